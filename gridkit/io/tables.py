"""From a sheet of cells to records: where the header is, which rows are data, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import TableError
from gridkit.io.aside import BLANK, FOOTNOTE, REPEATED, TOTAL, blank_runs, counted, reasons_of, subject
from gridkit.io.dictionary import field_of, match
from gridkit.io.lines import known_parts
from gridkit.io.notes import REFS, noticed
from gridkit.io.raw import RawTable, letter, located
from gridkit.io.sheets import Sheet, filled_count, looks_like_number, read_sheets
from gridkit.io.text import cell_text, tidy
from gridkit.locale import N_, gettext
from gridkit.model.fields import LAYER_FIELDS, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gridkit.io.sheets import Range

SEARCHED: Final = 60
"""The header is looked for in this many rows."""


@dataclass(frozen=True)
class Header:
    """``first`` and ``last`` row of the header, counted from 0, and the text of each column."""

    first: int
    last: int
    texts: tuple[str, ...]


def read_table(
    path: str,
    root: Path,
    kind: str,
    *,
    sheet: str = "",
    columns: Mapping[str, str] | None = None,
    encoding: str = "",
) -> RawTable:
    """Read one table of a workbook or CSV file.

    Parameters
    ----------
    path : str
        Path as the project states it, relative to ``root``.
    root : Path
        Folder of the project file.
    kind : str
        Registry kind, or level of a point layer.
    sheet : str
        Sheet; where it is not named, the only visible sheet in which a header is recognised.
    columns : mapping of str to str, optional
        Field -> header, for headers that the dictionary does not know.
    encoding : str
        Encoding of a CSV file.

    Raises
    ------
    TableError
        If the file cannot be used; the message names the file, the place and what to do.
    """
    file, name = located(path, root, layer=False)
    sheets = read_sheets(file, name, sheet=sheet, encoding=encoding, kind=kind)
    found = [(one, header) for one in sheets if (header := find_header(one, kind, columns or {})) is not None]
    if not found:
        raise _no_header(sheets, kind)
    if len(found) > 1:
        raise TableError(
            N_("several sheets could be meant: {names}"),
            place=name,
            remedy=N_("name one of them with sheet in gridkit.toml"),
            names=", ".join(one.name for one, _ in found),
        )
    chosen, header = found[0]
    unread = (*(one.name for one in sheets if one is not chosen), *chosen.unread)
    return _records(chosen, header, unread, counted(header.texts, kind, columns or {}))


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


def find_header(sheet: Sheet, kind: str, columns: Mapping[str, str]) -> Header | None:
    """Return the header: the first row with at least three known names, else the first with two, or with a stated one.

    A header of two or three rows is joined from its merged cells: ``党员情况_正式党员数``.
    """
    filled = _filled_header(sheet)
    best: tuple[int, Header] | None = None
    for row in range(min(len(sheet.cells), SEARCHED)):
        if filled_count(sheet.cells[row]) < min(2, len(sheet.cells[row])):
            continue
        header = _joined(sheet, filled, row)
        known = match(header.texts, kind, stated=columns).fields
        stated = sum(field in known for field in columns)
        if len(known) >= 3 or stated:
            return header
        if len(known) == 2 and best is None:
            best = 2, header
    return best[1] if best else None


def _filled_header(sheet: Sheet) -> list[list[Any]]:
    """Return the first rows with every merged range filled by its first cell, both ways."""
    top = [list(row) for row in sheet.cells[: SEARCHED + 3]]
    for (r1, c1), (r2, c2) in sheet.merged:
        for row in range(r1, min(r2, len(top) - 1) + 1):
            for column in range(c1, min(c2, len(top[row]) - 1) + 1):
                top[row][column] = sheet.cells[r1][c1]
    return top


def _joined(sheet: Sheet, filled: Sequence[Sequence[Any]], row: int) -> Header:
    last = min(row + _depth(sheet, row) - 1, len(filled) - 1)
    upper = [list(filled[one]) for one in range(row, last + 1)]
    if not sheet.merged and last > row:  # no merged cells in a CSV: a group name stands over its first column only
        for column in range(1, len(upper[0])):
            if not cell_text(upper[0][column]).strip() and cell_text(upper[1][column]).strip():
                upper[0][column] = upper[0][column - 1]
    texts = []
    for column in range(len(upper[0])):
        parts = [tidy(cell_text(line[column])) for line in upper]
        texts.append("_".join(dict.fromkeys(part for part in parts if part)))
    return Header(row, last, tuple(texts))


def _depth(sheet: Sheet, row: int) -> int:
    """Return over how many rows the header that begins in ``row`` reaches, at most three."""
    if row + 1 >= len(sheet.cells):
        return 1
    below = sheet.cells[row + 1]
    starting = [(end, start) for start, end in sheet.merged if start[0] == row]
    depth = max((end[0] - row + 1 for end, start in starting if end[0] > row), default=1)
    if any(end[1] > start[1] and end[0] == row and _is_group(sheet, row, start[1], end[1]) for end, start in starting):
        depth = max(depth, 2)
    if sheet.merged or depth > 1:
        return min(depth, 3)
    gaps = [j for j, cell in enumerate(below) if cell_text(cell).strip() and not cell_text(sheet.cells[row][j]).strip()]
    plain = all(not looks_like_number(cell) for cell in below if cell_text(cell).strip())
    return 2 if gaps and plain and filled_count(below) >= 2 and filled_count(sheet.cells[row]) > len(gaps) else 1


def _is_group(sheet: Sheet, row: int, first: int, last: int) -> bool:
    """Tell whether texts stand below a cell merged sideways: then it is the name of a group of columns."""
    below = sheet.cells[row + 1][first : last + 1]
    return filled_count(below) >= 2 and all(not looks_like_number(cell) for cell in below if cell_text(cell).strip())


def _records(sheet: Sheet, header: Header, unread: Sequence[str], amounts: Mapping[int, str]) -> RawTable:
    start = header.last + 1
    rows = sheet.cells[start:]
    reasons = reasons_of(rows, header.texts)
    runs = blank_runs(reasons)
    outside = {position for first, last in runs for position in range(first, last + 1)}
    keep = [position for position in range(len(rows)) if position not in reasons]
    set_aside = [
        (start + position + 1, reason, subject(rows[position], reason, amounts))
        for position, reason in reasons.items()
        if position not in outside
    ]
    filled = _fill_down(sheet.merged, rows, start)
    width = len(header.texts)
    order = {position: number for number, position in enumerate(keep)}
    return RawTable(
        path=sheet.path,
        sheet=sheet.name,
        sha256=sheet.sha256,
        headers=list(header.texts),
        letters=[letter(column) for column in range(width)],
        columns=[[rows[position][column] for position in keep] for column in range(width)],
        rows=[start + position + 1 for position in keep],
        encoding=sheet.encoding,
        set_aside=set_aside,
        filled={column: {order[p] for p in found if p in order} for column, found in filled.items()},
        notes=_notes(sheet, header, set_aside, unread)
        + [_run_note(sheet, start + first + 1, start + last + 1) for first, last in runs],
    )


def _run_note(sheet: Sheet, first: int, last: int) -> dict[str, Any]:
    name = f"{sheet.path}!{sheet.name}" if sheet.name else sheet.path
    return noticed("S148", name, refs=[f"{name}!{last + 1}"], n=last - first + 1, row=last + 1)


def _fill_down(merged: Sequence[Range], rows: list[list[Any]], start: int) -> dict[int, set[int]]:
    """Fill the first column of each merged range downwards, inside the range only; return which cells were filled."""
    filled: dict[int, set[int]] = {}
    for (r1, c1), (r2, _) in merged:
        first = r1 - start
        if r2 == r1 or first < 0 or first >= len(rows) or c1 >= len(rows[first]):
            continue
        for position in range(first + 1, min(r2 - start, len(rows) - 1) + 1):
            rows[position][c1] = rows[first][c1]
            filled.setdefault(c1, set()).add(position)
    return filled


def _notes(
    sheet: Sheet, header: Header, set_aside: Sequence[tuple[int, str, str]], unread: Sequence[str]
) -> list[dict[str, Any]]:
    name = f"{sheet.path}!{sheet.name}" if sheet.name else sheet.path
    notes = []
    for code in (BLANK, TOTAL, FOOTNOTE, REPEATED):
        rows = [row for row, reason, _ in set_aside if reason == code]
        if rows:
            notes.append(noticed(code, name, refs=[f"{name}!{row}" for row in rows[:REFS]], n=len(rows)))
    notes += _above(sheet, header, name)
    hidden = [row + 1 for row in sheet.hidden.rows if header.last < row < len(sheet.cells)]
    if hidden:
        notes.append(noticed("S145", name, refs=[f"{name}!{row}" for row in hidden[:REFS]], n=len(hidden)))
    if unread:
        notes.append(noticed("S146", sheet.path, sheets=", ".join(unread), n=len(unread)))
    if sheet.guessed:
        notes.append(noticed("S132", name, encoding=sheet.encoding))
    for cells, why in ((sheet.hidden.errors, "error"), (sheet.hidden.empty, "formula")):
        if cells:
            refs = [f"{name}!{cell}" for cell in cells[:REFS]]
            notes.append(noticed("S116", name, refs=refs, n=len(cells), value=why, header=""))
    return notes


def _above(sheet: Sheet, header: Header, name: str) -> list[dict[str, Any]]:
    """Tell what stands above the header: reporting body, date, unit; the rest is counted: it may name persons."""
    above = [row for row in range(header.first) if filled_count(sheet.cells[row])]
    if not above:
        return []
    parts = [known_parts(tidy(cell_text(cell))) for row in above for cell in sheet.cells[row]]
    text = " / ".join(kept for kept, _ in parts if kept)
    rest = sum(count for _, count in parts)
    variant: dict[str, Any] = {} if text and not rest else {"variant": "part" if text else "bare"}
    return [noticed("S144", name, refs=[f"{name}!{row + 1}" for row in above], text=text, n=rest, **variant)]
