"""One registry of a project: all its files, sheets and tables, read as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gridkit.errors import InputError
from gridkit.io.fields import Records, shape
from gridkit.io.notes import noticed
from gridkit.io.parts import all_missing, community_of, compare, files_of, without_copies
from gridkit.io.pending import HELD
from gridkit.io.points import converted
from gridkit.io.raw import located
from gridkit.io.tables import read_tables
from gridkit.model import conform
from gridkit.model.fields import LEVELS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from gridkit.io.project import Project, RegistrySpec
    from gridkit.io.raw import RawTable

WHY = "why"
"""Column of held rows: ``row`` (hidden), ``struck``, ``sheet`` (on a hidden sheet)."""


@dataclass(frozen=True)
class Part:
    """The records of one table, and apart from them the rows that are ``held``: hidden or struck out, not decided.

    ``begins`` is its first row of headers, ``party.xlsx!Sheet1!3``.
    """

    records: Records
    held: pd.DataFrame
    begins: str = ""


def without_read(notes: Iterable[dict[str, Any]], begins: Iterable[str]) -> list[dict[str, Any]]:
    """Return notes without what they say of sheets and tables (``S146``) that another part of the project reads.

    >>> note = {"code": "S146", "subject": "a.xlsx", "params": {"sheets": "S, T", "n": 2}, "refs": ()}
    >>> without_read([note], ["a.xlsx!S!3"])[0]["params"], without_read([note], ["a.xlsx!S!3", "a.xlsx!T!1"])
    ({'sheets': 'T', 'n': 1}, [])
    """
    read = set(begins)
    pages = {one.rpartition("!")[0] for one in read}
    kept = []
    for note in notes:
        if note["code"] == "S146":
            params, refs = dict(note["params"]), note["refs"]
            if refs:
                refs = tuple(ref for ref in refs if ref not in read)
                left = [ref.rpartition("!")[2] for ref in refs]
            else:
                left = [one for one in params["sheets"].split(", ") if f"{note['subject']}!{one}" not in pages]
            if not left:
                continue
            told = {**params, "sheets": ", ".join(left), "n": len(left)}
            kept.append({**note, "refs": refs, "params": told})
        else:
            kept.append(note)
    return kept


def find_files(project: Project) -> dict[int, list[str]]:
    """Return the files of every registry specification, by its identity.

    Raises
    ------
    InputError
        If files are missing: all of them at once, those of boundary layers too.
    """
    found: dict[int, list[str]] = {}
    problems: list[InputError] = []
    for level in LEVELS:
        layer = project.layers.get(level)  # type: ignore[call-overload]
        if layer is not None and not any(mark in layer.path for mark in "*?[!|"):
            try:
                if not (project.root / layer.path).exists() and not _inside(project, layer.path):
                    located(layer.path, project.root, layer=True)
            except InputError as problem:
                problems.append(problem)
            except (OSError, ValueError):  # a path that no system has; reading it will say so
                continue
    for kind in REGISTRY_FIELDS:
        for spec in project.registries.get(kind, ()):  # type: ignore[call-overload]
            try:
                found[id(spec)] = files_of(spec.path, project.root)
            except InputError as problem:
                problems.append(problem)
    if problems:
        raise all_missing(problems)
    return found


def _inside(project: Project, path: str) -> bool:
    """Tell whether a path leads into a file, such as a layer of an archive."""
    return any((project.root / parent).is_file() for parent in _parents(path))


def _parents(path: str) -> list[str]:
    parts = path.replace("\\", "/").split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def read_registry(
    project: Project, kind: str, spec: RegistrySpec, files: Sequence[str], *, taken: set[str], known: Sequence[str] = ()
) -> list[Part]:
    """Read the tables of one registry.

    Parameters
    ----------
    project : Project
        The project.
    kind : str
        Registry kind.
    spec : RegistrySpec
        What the project says of it.
    files : sequence of str
        Its files, from :func:`find_files`.
    taken : set of str
        Names of the tables that were read before; those of this registry are added.
    known : sequence of str
        Names of the communities of the city.
    """
    hidden = spec.hidden or project.hidden
    tables: list[RawTable] = []
    for file in files:
        how = {"sheet": spec.sheet, "encoding": spec.encoding, "hidden": hidden}
        tables += read_tables(file, project.root, kind, columns=spec.columns, **how)
    tables, notes = without_copies(tables)
    notes += compare(tables, kind, spec.columns)
    parts = []
    for table in tables:
        raw = table
        while raw.name in taken:  # a second reading of one sheet needs row ids of its own
            raw = replace(raw, sheet=f"{raw.sheet}#{kind}" if raw.sheet else f"#{kind}")
        taken.add(raw.name)
        parts.append(_part(raw, kind, spec, known))
    parts[0].records.notes.extend([*notes, *_nowhere([part.records for part in parts], kind)])
    return parts


def _nowhere(records: Sequence[Records], kind: str) -> list[dict[str, Any]]:
    """Tell of the tables that name no community at all, where other tables of the registry do."""
    if "community_name" not in REGISTRY_FIELDS[kind]:
        return []
    without = [one for one in records if not {"community_name", "community_code"} & one.given and len(one.frame)]
    if len(without) == len(records):
        return []
    return [noticed("S156", one.source.name, n=len(one.frame), variant="community") for one in without]


def _part(raw: RawTable, kind: str, spec: RegistrySpec, known: Sequence[str]) -> Part:
    records = converted(shape(raw, kind, columns=spec.columns))
    records = _placed(records, raw, kind, known)
    source = replace(records.source, complete=spec.complete, scope=spec.scope, stated=raw.stated)
    return replace(_apart(replace(records, source=source), raw.held, kind), begins=raw.begins)


def _placed(records: Records, raw: RawTable, kind: str, known: Sequence[str]) -> Records:
    """Fill in the community that the sheet, the title or the path names, where the table has no column of them."""
    stated = {"community_name", "community_code"} & records.given
    if "community_name" not in REGISTRY_FIELDS[kind] or stated or not len(records.frame):
        return records
    name, where = community_of(raw, known)
    if not name:
        return records
    frame = records.frame.assign(community_name=name)
    note: dict[str, Any] = noticed("S157", raw.name, name=name, n=len(frame), variant=where)
    return replace(records, frame=frame, given=records.given | {"community_name"}, notes=[*records.notes, note])


def _apart(records: Records, held: Mapping[int, str], kind: str) -> Part:
    """Set the held rows aside: they are no records, but they are read, so that what they would say can be asked."""
    frame = records.frame
    waiting = frame["row"].isin(list(held)).to_numpy(bool)
    aside = frame[waiting]
    fields = REGISTRY_FIELDS[kind]
    kept = conform(aside, fields)
    kept[WHY] = [held[int(row)] for row in aside["row"]]
    if not waiting.any():
        return Part(records, kept)
    label = next((name for name in ("name", "unit_name", "company_name", "compound_name") if name in frame), "")
    told = aside[label].fillna("").astype(str).to_list() if label else [""] * len(aside)
    rows = [(int(row), HELD, text) for row, text in zip(aside["row"], told, strict=True)]
    source = records.source
    source = replace(source, kept=source.kept - len(rows), set_aside=source.set_aside + len(rows))
    records = replace(
        records,
        frame=frame[~waiting],
        source=source,
        set_aside=[*records.set_aside, *rows],
        remarks=records.remarks[~records.remarks["record"].isin(aside.index)],
    )
    return Part(records, kept)
