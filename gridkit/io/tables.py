"""From a sheet of cells to records: where the header is, which rows are data, and what became of the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import TableError
from gridkit.io.dictionary import match
from gridkit.io.notes import REFS, noticed
from gridkit.io.privacy import mask, mask_note
from gridkit.io.raw import RawTable, letter, located
from gridkit.io.sheets import Sheet, filled_count, looks_like_number, read_sheets
from gridkit.io.text import cell_text, compact, tidy
from gridkit.locale import N_, gettext
from gridkit.model.fields import LAYER_FIELDS, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gridkit.io.sheets import Range

BLANK, TOTAL, FOOTNOTE, REPEATED = "S140", "S141", "S142", "S143"
SEARCHED: Final = 60
"""The header is looked for in this many rows."""

_TOTAL: Final = re.compile(r".{0,20}(小计|合计|总计|累计|共计)[:：]?|本页小?计|total|subtotal")
_NOTE: Final = re.compile(
    r"[(（]?(注|备注|附注|说明|填表说明|填报说明|填报单位|填报人|填表人|填表|填报|制表人?|制表单位|审核人?|负责人|单位负责人|联系人|联系电话|填报时间|填报日期"
    r"|填表日期|统计时间|统计截止时间|数据来源|来源|单位[(（]盖章[)）])\d*[:：]"
)


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
    return _records(chosen, header, unread)


def _no_header(sheets: Sequence[Sheet], kind: str) -> TableError:
    """Say which headers were seen and which are needed; only header-like cells are shown, and no person's data."""
    one = sheets[0]
    seen = next((row for row in one.cells[:SEARCHED] if filled_count(row) >= 2), one.cells[0] if one.cells else [])
    shown = [tidy(cell) for cell in seen if isinstance(cell, str) and cell.strip()][:12]
    if any(mask(cell) != cell for cell in shown):  # a row of data, and of persons
        shown = []
    needed = REQUIRED[kind] if kind not in LAYER_FIELDS else tuple(dict.fromkeys((*REQUIRED[kind], "lon", "lat")))
    return TableError(
        N_("no header row is recognised; found: {found}; needed: {needed}"),
        place=f"{one.path}!{one.name}" if one.name else one.path,
        remedy=N_("name the columns in gridkit.toml: columns = {{ {example} }}"),
        found=" | ".join(shown) or gettext("nothing"),
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


def _records(sheet: Sheet, header: Header, unread: Sequence[str]) -> RawTable:
    start = header.last + 1
    rows = sheet.cells[start:]
    reasons = _reasons(rows, header)
    keep = [position for position in range(len(rows)) if position not in reasons]
    set_aside = [
        (start + position + 1, reason, mask_note(_subject(rows[position]))) for position, reason in reasons.items()
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
        notes=_notes(sheet, header, set_aside, unread),
    )


def _subject(row: Sequence[object]) -> str:
    return " ".join(tidy(cell_text(cell)) for cell in row if cell_text(cell).strip())[:120]


def _reasons(rows: Sequence[Sequence[object]], header: Header) -> dict[int, str]:
    """Return position -> why the row is no record."""
    reasons: dict[int, str] = {}
    parts = frozenset(part for text in header.texts for part in text.split("_") if part)
    tail = False  # below the first footnote, a line with one cell goes on with it
    for position, row in enumerate(rows):
        lead = _lead(row)
        if not lead:
            reasons[position] = BLANK
        elif _is_note(row, lead[0]):
            reasons[position] = FOOTNOTE
            tail = True
        elif tail and len(lead) == 1 and len(header.texts) > 2:
            reasons[position] = FOOTNOTE
        elif any(("计" in cell or "otal" in cell) and _TOTAL.fullmatch(compact(cell)) for cell in lead):
            reasons[position] = TOTAL
        elif _repeats(row, parts) or (position == 0 and _is_numbering(row)):
            reasons[position] = REPEATED
    return reasons


def _lead(row: Sequence[object]) -> list[str]:
    """Return the texts of the first three cells that are filled."""
    found = []
    for cell in row:
        text = cell if type(cell) is str else cell_text(cell)
        if text and not text.isspace():
            found.append(text)
            if len(found) == 3:
                break
    return found


def _is_note(row: Sequence[object], first: str) -> bool:
    return (":" in first or "：" in first) and filled_count(row) <= 4 and _NOTE.match(compact(first)) is not None


def _repeats(row: Sequence[object], parts: frozenset[str]) -> bool:
    """Tell whether a row repeats the header, as on the next printed page: nothing but texts of the header."""
    first = next((cell for cell in row if cell not in ("", None)), None)
    if not isinstance(first, str) or tidy(first) not in parts:
        return False
    texts = [tidy(cell) if isinstance(cell, str) else None for cell in row if cell not in ("", None)]
    return len(texts) >= 2 and all(text in parts for text in texts)


def _is_numbering(row: Sequence[object]) -> bool:
    """Tell whether a row under the header only numbers the columns: 1 2 3 4, or 甲 乙 1 2."""
    texts = [cell_text(cell).strip() for cell in row if cell_text(cell).strip()]
    numbers = [text for text in texts if text not in ("甲", "乙", "丙", "丁")]
    return len(texts) >= 3 and len(numbers) >= 2 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


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
    above = [(row, _subject(sheet.cells[row])) for row in range(header.first) if filled_count(sheet.cells[row])]
    if above:
        text = " / ".join(mask_note(subject) for _, subject in above)
        notes.append(noticed("S144", name, refs=[f"{name}!{row + 1}" for row, _ in above], text=text))
    hidden = [row for row in sheet.hidden.rows if row > header.last + 1 and row <= len(sheet.cells)]
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
