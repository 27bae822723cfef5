"""From the sheets of a file to tables: which of them are meant, which rows are data, and what became of the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import TableError
from gridkit.io.dictionary import field_of
from gridkit.io.notes import noticed
from gridkit.io.pending import KEEP
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.raw import located
from gridkit.io.records import records_of
from gridkit.io.regions import SEARCHED, Header, Region, best_elsewhere, find_header, regions
from gridkit.io.sheets import Sheet, filled_count, read_sheets
from gridkit.io.text import cell_text, compact, tidy
from gridkit.locale import N_, gettext
from gridkit.model.fields import LAYER_FIELDS, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gridkit.io.raw import RawTable

__all__ = ["SEARCHED", "Header", "find_header", "read_table", "read_tables"]

_DATE: Final = re.compile(
    r"(?:19|20)\d{2}年?(?:[-./]?\d{1,2}月?(?:[-./]?\d{1,2}日?)?)?|\d{2}年(?:\d{1,2}月)?|\d{1,2}月(?:\d{1,2}日)?"
    r"|第?[一二三四1-4]季度|[上下]半年"
)
"""Dates in the names of sheets."""


def read_table(
    path: str,
    root: Path,
    kind: str,
    *,
    sheet: str = "",
    columns: Mapping[str, str] | None = None,
    encoding: str = "",
) -> RawTable:
    """Read the one table of a file, hidden rows like all others, hidden sheets not: what boundary layers need.

    Parameters and errors are those of :func:`read_tables`; several tables are an error too.
    """
    found = read_tables(path, root, kind, sheet=sheet, columns=columns, encoding=encoding, hidden="")
    if len(found) > 1:
        raise _ambiguous(path, [one.sheet for one in found])
    return found[0]


def read_tables(
    path: str,
    root: Path,
    kind: str,
    *,
    sheet: str = "",
    columns: Mapping[str, str] | None = None,
    encoding: str = "",
    hidden: str = KEEP,
) -> list[RawTable]:
    """Read every table of a workbook or CSV file that is meant: usually one, or one per community.

    Parameters
    ----------
    path : str
        Path as the project states it, relative to ``root``.
    root : Path
        Folder of the project file.
    kind : str
        Registry kind, or level of a point layer.
    sheet : str
        Sheet; where it is not named, all sheets whose tables fit the kind.
    columns : mapping of str to str, optional
        Field -> header, for headers that the dictionary does not know.
    encoding : str
        Encoding of a CSV file.
    hidden : str
        What becomes of hidden and struck-out rows, cells, columns and sheets: ``pending``, ``keep`` or ``exclude``;
        empty for ``keep`` without hidden sheets.

    Returns
    -------
    list of RawTable
        In the order of the sheets, and on a sheet from above and from the left. Two of them may have the same cells;
        see :mod:`gridkit.io.parts`.

    Raises
    ------
    TableError
        If the file cannot be used, or what is meant cannot be told; the message names the file, the place and what to
        do.
    """
    file, name = located(path, root, layer=False)
    stated = columns or {}
    sheets = read_sheets(file, name, sheet=sheet, encoding=encoding, kind=kind)
    shown = sheets
    if hidden and not sheet:
        sheets = [*sheets, *_hidden_sheets(file, name, sheets, kind)]
    found = {number: regions(one, kind, stated) for number, one in enumerate(sheets)}
    fitting = [region for one in found.values() for region in one]
    chosen = _chosen(fitting, kind, stated, name if not sheet else "")
    if not chosen:
        raise _no_header(shown, kind)
    unread = _unread(sheets, found, chosen)
    tables = [
        records_of(region, kind, stated, hidden=hidden or KEEP, named=bool(sheet), first=_first_of(region, chosen))
        for region in chosen
    ]
    tables[0].notes.extend(unread)
    return tables


def _hidden_sheets(file: Path, name: str, sheets: Sequence[Sheet], kind: str) -> list[Sheet]:
    """Return the sheets that are passed over because they are hidden, as far as they can be read."""
    found: list[Sheet] = []
    for hidden in sheets[0].unread if sheets else ():
        try:
            found += read_sheets(file, name, sheet=hidden, kind=kind)
        except TableError:  # empty, or no table at all
            continue
    return found


def _first_of(region: Region, chosen: Sequence[Region]) -> bool:
    return next(one for one in chosen if one.sheet is region.sheet) is region


def _chosen(found: Sequence[Region], kind: str, stated: Mapping[str, str], name: str) -> list[Region]:
    """Return the tables that are meant: of several those with all that the kind needs and that fit no other kind more.

    Tables with the same header belong together, such as one sheet per community. Sheets that only differ by their date
    do not: they say the same things twice. Without ``name`` the project names the sheet, and it may be a hidden one.
    """
    seen = [one for one in found if not (name and one.sheet.hidden.sheet)]
    known = {id(one): one.known(kind, stated) for one in found}
    pool = [one for one in found if len(known[id(one)]) >= 2 or set(stated) & known[id(one)]]
    if len(pool) > 1:
        needed = set(REQUIRED[kind]) - {"code"}
        whole = [one for one in pool if needed <= known[id(one)]]
        best = [one for one in whole if len(known[id(one)]) >= best_elsewhere(one, kind)]
        alike = len({frozenset(one.header.texts) for one in whole}) == 1
        rivals = [one for one in whole or pool if any(one is other for other in seen)]
        if not (best or (whole and alike)) and len(rivals) > 1:
            raise _ambiguous(rivals[0].sheet.path, [one.name for one in rivals])
        pool = best or whole or pool
    shown = [one for one in pool if any(one is other for other in seen)]
    dated = {one.sheet.name: _DATE.sub("", compact(one.sheet.name)) for one in shown if _DATE.search(one.sheet.name)}
    if len(dated) > 1 and len(set(dated.values())) == 1:
        raise _ambiguous(shown[0].sheet.path, list(dated))
    return pool if shown else []


def _ambiguous(name: str, names: Sequence[str]) -> TableError:
    return TableError(
        N_("several sheets could be meant: {names}"),
        place=name,
        remedy=N_("name one of them with sheet in gridkit.toml"),
        names=", ".join(names),
    )


def _unread(
    sheets: Sequence[Sheet], found: Mapping[int, Sequence[Region]], chosen: Sequence[Region]
) -> list[dict[str, Any]]:
    """Tell of the sheets that were not read, and of other tables on those that were."""
    used = {id(one.sheet) for one in chosen}
    left = [one.name for one in sheets if id(one) not in used]
    read = {one.name for one in sheets}
    left += [name for name in (sheets[0].unread if sheets else ()) if name not in read]
    notes = []
    if left:
        told = ", ".join(mask_name_of_file(one) for one in left)
        notes.append(noticed("S146", sheets[0].path, sheets=told, n=len(left)))
    for number, sheet in enumerate(sheets):
        tables = [one for one in found[number] if id(sheet) in used and not any(one is other for other in chosen)]
        if tables:
            name = tables[0].sheet_name
            refs = [f"{name}!{one.header.first + 1}" for one in tables]
            rows = ", ".join(str(one.header.first + 1) for one in tables)
            notes.append(noticed("S146", name, refs=refs, n=len(tables), sheets=rows, variant="tables"))
    return notes


def _no_header(sheets: Sequence[Sheet], kind: str) -> TableError:
    """Say where a header was expected and which is needed; of the cells only known headers are shown, no data."""
    one = sheets[0]
    row = next((n for n, cells in enumerate(one.cells[:SEARCHED]) if filled_count(cells) >= 2), 0)
    cells = [tidy(cell_text(cell)) for cell in (one.cells[row] if one.cells else [])]
    known = [cell for cell in cells if field_of(cell, kind)]
    needed = REQUIRED[kind] if kind not in LAYER_FIELDS else tuple(dict.fromkeys((*REQUIRED[kind], "lon", "lat")))
    return TableError(
        N_("no header row is recognised; of the {n} cell(s) in row {row} these are known: {found}; needed: {needed}"),
        place=f"{one.path}!{one.name}" if one.name else one.path,
        remedy=N_("name the columns in gridkit.toml: columns = {{ {example} }}"),
        n=sum(cell != "" for cell in cells),
        row=row + 1,
        found=" | ".join(known) or gettext("none"),
        needed=", ".join(needed),
        example=", ".join(f'{field} = "..."' for field in needed[:2]),
    )
