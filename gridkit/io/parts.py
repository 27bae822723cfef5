"""Several files, sheets or tables that are one registry: found, compared, and told apart by the community they name."""

from __future__ import annotations

import glob
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import InputError, TableError
from gridkit.io.dictionary import match
from gridkit.io.notes import noticed
from gridkit.io.persons import mask
from gridkit.io.raw import located
from gridkit.io.text import compact
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from gridkit.io.raw import RawTable

TABLES: Final = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".xlsb", ".csv", ".tsv", ".txt")
"""Files of a folder that are read as tables."""

_END: Final = r"(?:社区|居委会|居民委员会|村委会|村民委员会|村)"
_ALONE: Final = re.compile(rf"[一-鿿]{{1,12}}{_END}")
_IN_TITLE: Final = re.compile(r"(?:^|省|市|州|县|区|街道办事处|街道|镇|乡)([一-鿿]{2,4}?(?:社区|居委会))")
_NO_PLACE: Final = re.compile(
    r"^(?:各|全[市区县州镇省]?|[我本][市区县州镇]?|[市区县州]|所属|所辖|下辖|辖区|农村|城市|城镇|乡镇|街道|智慧|城|老旧|其他|村|社区)+(?:社区|村|居委会)$"
)
_ORGAN: Final = re.compile(
    r"(?<=[区村])(?:(?:综合)?(?:党委|党总支|党支部|支部|联合党委|党工委|大党委|委员会|居民委员会|居委会|居民自治委员会|党群服务中心|工作站"
    r"|服务站|服务中心)[、和及与]?)+$"
)
"""Behind the name of a community: the body that reports for it."""

_SEAL: Final = re.compile(r"[(（][^()（）]{0,6}[)）]$|(?:盖章|公章)$")
_SUFFIX: Final = re.compile(rf"{_END}$")


def files_of(paths: str | Sequence[str], root: Path) -> list[str]:
    """Return the files that a ``path`` of the project file means, relative to it, without doubles.

    Parameters
    ----------
    paths : str or sequence of str
        A file, a folder (all tables directly in it), a pattern with ``*``, ``?`` or ``[...]`` (``**`` for any number of
        folders), or several of these.
    root : Path
        Folder of the project file.

    Returns
    -------
    list of str
        In the order of ``paths``; of a folder or a pattern in the order of their names.

    Raises
    ------
    TableError
        If a file does not exist, or a folder or pattern gives none; the message names it.
    """
    found: dict[str, None] = {}
    for path in (paths,) if isinstance(paths, str) else paths:
        found |= dict.fromkeys(_expanded(path, root))
    return list(found)


def _expanded(path: str, root: Path) -> list[str]:
    try:
        whole = root / path
        if whole.is_dir():
            names = sorted(entry.name for entry in whole.iterdir() if entry.is_file())
            found = [f"{path.rstrip('/')}/{name}" for name in names if name.lower().endswith(TABLES) and _wanted(name)]
            if not found:
                raise TableError(
                    N_("the folder holds no table"),
                    place=path,
                    remedy=N_("name another folder, or a pattern such as {pattern}"),
                    pattern=f"{path.rstrip('/')}/*/*.xlsx",
                )
            return found
        if not glob.has_magic(path) or whole.is_file():
            located(path, root, layer=False)
            return [path]
        matched = glob.glob(path, root_dir=root, recursive=True)  # noqa: PTH207  # Path.glob knows no full paths
        names = [name.replace("\\", "/") for name in matched if (root / name).is_file()]
    except (OSError, ValueError) as problem:
        raise TableError(
            N_("this path cannot be used: {reason}"),
            place=path[:80],
            remedy=N_("correct the path in gridkit.toml"),
            reason=getattr(problem, "strerror", None) or str(problem),
        ) from problem
    found = sorted(name for name in names if _wanted(name.rpartition("/")[2]))
    if not found:
        raise TableError(N_("no file matches this pattern"), place=path, remedy=N_("correct the path in gridkit.toml"))
    return found


def _wanted(name: str) -> bool:
    """Tell whether a name is that of a file, not of the trace that a program leaves while a file is open."""
    return not name.startswith(("~$", ".", ".~"))


def all_missing(problems: Sequence[InputError]) -> InputError:
    """Return one error that tells of all files that are missing."""
    if len(problems) == 1:
        return problems[0]
    return InputError(
        N_("{n} files of the project cannot be found:\n{list}"),
        n=len(problems),
        list="\n".join(str(problem) for problem in problems),
    )


def without_copies(tables: Sequence[RawTable]) -> tuple[list[RawTable], list[dict[str, Any]]]:
    """Return the tables without those that hold the same cells as an earlier one, and a finding for each of these.

    Whole files with the same bytes count, and tables of one workbook with the same cells.
    """
    kept: list[RawTable] = []
    notes = []
    for table in tables:
        twin = next((one for one in kept if _same(one, table)), None)
        if twin is None:
            kept.append(table)
        else:
            notes.append(noticed("S158", table.name, same=twin.name, n=len(table.rows)))
    return kept, notes


def _same(one: RawTable, other: RawTable) -> bool:
    if one.sha256 == other.sha256 and one.path != other.path:
        return one.sheet == other.sheet
    within = one.path == other.path and one.sha256 == other.sha256
    return within and bool(one.rows) and one.headers == other.headers and one.columns == other.columns


def compare(tables: Sequence[RawTable], kind: str, columns: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Tell that several tables are read as one registry (``S155``), and which of them lack a field (``S156``).

    Compared with what most of them hold, the first of equals; neither the order of columns nor the words of their
    headers matter, and a table of which every row is held is told of elsewhere.
    """
    if len(tables) < 2:
        return []
    refs = [f"{table.name}!{row}" for table in tables for row in table.rows[:1]]
    notes = [noticed("S155", tables[0].name, refs=refs, n=len(tables), rows=sum(len(one.rows) for one in tables))]
    tables = [table for table in tables if any(row not in table.held for row in table.rows)]
    held = [match(table.headers, kind, stated=columns or {}).fields for table in tables]
    heads = [frozenset(fields) for fields in held]
    if not heads:
        return notes
    counts = Counter(heads)
    most = max(counts.values())
    model = next(number for number, head in enumerate(heads) if counts[head] == most)
    for table, fields in zip(tables, held, strict=True):
        lacking = [mask(tables[model].headers[at]) for name, at in held[model].items() if name not in fields]
        more = [mask(table.headers[at]) for name, at in fields.items() if name not in held[model]]
        if lacking or more:
            told: dict[str, Any] = {"lacking": ", ".join(lacking), "more": ", ".join(more), "usual": tables[model].name}
            if not (lacking and more):
                told["variant"] = "lacking" if lacking else "more"
            notes.append(noticed("S156", table.name, **told))
    return notes


def community_of(table: RawTable, known: Iterable[str] = ()) -> tuple[str, str]:
    """Return the community that a table is about, and where that is written, where nothing else can be meant.

    Parameters
    ----------
    table : RawTable
        A table without a column of communities.
    known : iterable of str
        Names of the communities of the city, as far as there is a layer of them.

    Returns
    -------
    tuple of str
        The name as written, and ``sheet``, ``body``, ``title`` or ``path``; both empty where none is named, or where
        two of these name different ones.
    """
    names = {compact(name): name for name in sorted(known) if name}
    cores = Counter(_SUFFIX.sub("", name) for name in names)
    short = {_SUFFIX.sub("", name): name for name in names if cores[_SUFFIX.sub("", name)] == 1}
    folder, _, file = table.path.rpartition("/")
    texts = {
        "sheet": (table.sheet.partition("#")[0],),
        "body": (table.stated.get("body", ""),),
        "title": (table.stated.get("title", ""),),
        "path": (file.rpartition(".")[0], folder.rpartition("/")[2]),
    }
    found: dict[str, str] = {}
    for where, parts in texts.items():
        for text in parts:
            bare = _ORGAN.sub("", _SEAL.sub("", compact(text)))
            name = _named(bare, names, short, inside=where == "title")
            if name:
                found.setdefault(where, name)
    said = {_SUFFIX.sub("", name) for name in found.values()}
    return (next(iter(found.values())), next(iter(found))) if len(said) == 1 else ("", "")


def _named(text: str, names: Mapping[str, str], short: Mapping[str, str], *, inside: bool) -> str:
    if not text or mask(text) != text:
        return ""
    if not inside:
        if text in names or text in short:
            return names[text] if text in names else names[short[text]]
        alone = re.sub(r"^.*?(?:街道办事处|街道|镇|乡)(?=.)", "", text)
        if alone in names:
            return names[alone]
        return alone if _ALONE.fullmatch(alone) and not _NO_PLACE.match(alone) else ""
    there = [name for name in names if name in text]
    there = [name for name in there if not any(name != other and name in other for other in there)]
    if names:
        return names[there[0]] if len(there) == 1 else ""
    told = {name for name in _IN_TITLE.findall(text) if not _NO_PLACE.match(name)}
    return told.pop() if len(told) == 1 else ""
