"""Where the tables of a sheet are: their headers, one below the other, and side by side with blank columns between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.dictionary import match
from gridkit.io.headers import HEADERS
from gridkit.io.lines import is_footnote, known_parts, title_of, without_page
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.row_words import is_page, is_total
from gridkit.io.sheets import filled_count, looks_like_number
from gridkit.io.text import cell_text, tidy
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.sheets import Range, Sheet

SEARCHED: Final = 60
"""The first header is looked for in this many rows."""

DEEPEST: Final = 4
"""Rows of a merged header at most."""

_SHARE: Final = 0.6
"""Share of the texts of a row that must be known headers before it begins another table."""

_SOME: Final = 0.4
"""Share of the cells of its first row that are words of the dictionary."""

MOST_FAILED: Final = 500
"""After so many rows that looked like a header and are none no further table is looked for."""

Merges = dict[int, list["Range"]]
"""First row -> merged ranges that begin in it."""


@dataclass(frozen=True)
class Header:
    """``first`` and ``last`` row of the header, counted from 0, and the text of each column."""

    first: int
    last: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Region:
    """One table of a sheet.

    Parameters
    ----------
    sheet : Sheet
        Where it stands.
    header : Header
        Its header; ``texts`` speak of its own columns only.
    top, bottom, left, right : int
        Rows (with the lines above the header) and columns, counted from 0, the ends excluded.
    number : int
        1 for the first table of the sheet, from above and from the left.
    """

    sheet: Sheet
    header: Header
    top: int
    bottom: int
    left: int
    right: int
    number: int = 1

    @property
    def name(self) -> str:
        """Name of the sheet; from the second table on with its number, so that no two have one name."""
        return self.sheet.name if self.number == 1 else f"{self.sheet.name}#{self.number}"

    @property
    def sheet_name(self) -> str:
        """File and sheet."""
        return f"{self.sheet.path}!{mask_name_of_file(self.sheet.name)}" if self.sheet.name else self.sheet.path

    def known(self, kind: str, columns: Mapping[str, str] | None = None) -> frozenset[str]:
        """Return the fields of ``kind`` that the header names."""
        return frozenset(match(self.header.texts, kind, stated=columns or {}).fields)

    def rows(self) -> list[list[Any]]:
        """Return the cells below the header, in the columns of the table."""
        rows = self.sheet.cells[self.header.last + 1 : self.bottom]
        whole = self.left == 0 and self.right >= (len(rows[0]) if rows else 0)
        return rows if whole else [row[self.left : self.right] for row in rows]


def merges_by_row(sheet: Sheet) -> Merges:
    """Return the merged ranges of a sheet by the row in which they begin."""
    found: Merges = {}
    for area in sheet.merged:
        found.setdefault(area[0][0], []).append(area)
    return found


def find_header(sheet: Sheet, kind: str, columns: Mapping[str, str]) -> Header | None:
    """Return the header: the first row with at least three known names, else the first with two, or with a stated one.

    A header of two to four rows is joined from its merged cells: ``党员情况_正式党员数``.
    """
    merges = merges_by_row(sheet)
    best: Header | None = None
    for row in range(min(len(sheet.cells), SEARCHED)):
        if filled_count(sheet.cells[row]) < min(2, len(sheet.cells[row])):
            continue
        header = joined(sheet, merges, row)
        known = match(header.texts, kind, stated=columns).fields
        if len(known) >= 3 or any(field in known for field in columns):
            return header
        if len(known) == 2 and best is None:
            best = header
    return best


def joined(sheet: Sheet, merges: Merges, row: int) -> Header:
    """Return the header that begins in ``row``, its rows joined."""
    last = min(row + _depth(sheet, merges, row), len(sheet.cells)) - 1
    upper = _filled(sheet, merges, row, last)
    if not sheet.merged and last > row:  # no merged cells in a CSV: a group name stands over its first column only
        for column in range(1, len(upper[0])):
            if not cell_text(upper[0][column]).strip() and cell_text(upper[1][column]).strip():
                upper[0][column] = upper[0][column - 1]
    texts = []
    for column in range(len(upper[0])):
        parts = [tidy(cell_text(line[column])) for line in upper]
        texts.append("_".join(dict.fromkeys(part for part in parts if part)))
    return Header(row, last, tuple(texts))


def _filled(sheet: Sheet, merges: Merges, first: int, last: int) -> list[list[Any]]:
    """Return some rows with every merged range filled by its first cell, both ways."""
    lines = [list(sheet.cells[row]) for row in range(first, last + 1)]
    for start in range(max(0, first - DEEPEST), last + 1):
        for (r1, c1), (r2, c2) in merges.get(start, ()):
            for row in range(max(r1, first), min(r2, last) + 1):
                for column in range(c1, min(c2, len(lines[0]) - 1) + 1):
                    lines[row - first][column] = sheet.cells[r1][c1]
    return lines


def _depth(sheet: Sheet, merges: Merges, row: int) -> int:
    """Return over how many rows the header that begins in ``row`` reaches."""
    if row + 1 >= len(sheet.cells):
        return 1
    starting = merges.get(row, ())
    depth = max((r2 - row + 1 for (r1, _), (r2, _) in starting if r1 < r2 < row + DEEPEST), default=1)
    while depth < DEEPEST and _goes_on(sheet, merges, row, depth):
        depth += 1
    if sheet.merged or depth > 1:
        return depth
    above, below = sheet.cells[row], sheet.cells[row + 1]
    if any(isinstance(cell, str) and known_parts(tidy(cell))[0] for cell in above):
        return 1  # who reported, and when: no groups of columns
    gaps = [j for j, cell in enumerate(below) if cell_text(cell).strip() and not cell_text(above[j]).strip()]
    plain = all(not looks_like_number(cell) for cell in below if cell_text(cell).strip())
    return 2 if gaps and plain and filled_count(below) >= 2 and filled_count(above) > len(gaps) else 1


def _goes_on(sheet: Sheet, merges: Merges, row: int, depth: int) -> bool:
    """Tell whether the last row so far names groups of columns, whose own names stand in the row below."""
    last = row + depth - 1
    if last + 1 >= len(sheet.cells):
        return False
    areas = [area for start in range(row, last + 1) for area in merges.get(start, ()) if area[1][0] == last]
    groups = [(c1, c2) for (_, c1), (_, c2) in areas if c2 > c1 and _is_group(sheet, last, c1, c2)]
    if not groups or depth == 1:
        return bool(groups)
    below = sheet.cells[last + 1]
    wide = [area for start in range(row, last + 1) for area in merges.get(start, ()) if area[1][1] > area[0][1]]
    inside = {column for (_, c1), (_, c2) in wide for column in range(c1, c2 + 1)}
    return all(column in inside for column, cell in enumerate(below) if cell_text(cell).strip())


def _is_group(sheet: Sheet, row: int, first: int, last: int) -> bool:
    """Tell whether texts stand below a cell merged sideways: then it is the name of a group of columns."""
    below = sheet.cells[row + 1][first : last + 1]
    return filled_count(below) >= 2 and all(not looks_like_number(cell) for cell in below if cell_text(cell).strip())


def regions(sheet: Sheet, kind: str, columns: Mapping[str, str] | None = None) -> list[Region]:
    """Return the tables of a sheet from above and from the left, those of other kinds too.

    The first one is found by what it has in common with ``kind``; every further one by at least three headers of any
    kind. A header that is written again on the next page begins no new table.
    """
    first = find_header(sheet, kind, columns or {})
    if first is None:
        return []
    merges = merges_by_row(sheet)
    above = _further(sheet, merges, None, 0, first.first)
    headers = [*above, first, *_further(sheet, merges, first, first.last + 1, len(sheet.cells))]
    found: list[Region] = []
    top = 0
    for header, following in zip(headers, [*headers[1:], None], strict=True):
        after = _lines_above(sheet, merges, header.last + 1, following.first) if following else len(sheet.cells)
        bottom = after if following is None else _without_blank(sheet, header.last + 1, after)
        whole = Region(sheet, header, top, bottom, 0, len(header.texts))
        found += _side_by_side(whole, kind, columns or {}, merges)
        top = after
    return [replace(one, number=number) for number, one in enumerate(found, start=1)]


@cache
def _words() -> frozenset[str]:
    """Return every header of the dictionary as it is written there: what rows are searched for first."""
    return frozenset(word for table in HEADERS.values() for labels in table.values() for word in labels.split()) | {
        "序号"
    }


def _further(sheet: Sheet, merges: Merges, current: Header | None, row: int, end: int) -> list[Header]:
    """Return the headers of other tables in some rows; ``current`` is the header of the table that goes before."""
    cells = sheet.cells
    words, headers, failed = _words(), [], 0
    if current is not None:  # one office writes its headers in one way
        above = cells[current.first : current.last + 1]
        words = words | {cell for line in above for cell in line if isinstance(cell, str) and cell.strip()}

    def alike(at: int) -> bool:
        known = len(words.intersection(cells[at]))
        return known >= 2 and known >= _SOME * filled_count(cells[at])

    while row < end and failed < MOST_FAILED:
        if alike(row) and not (current and _again(cells[row], current) and not _own_title(sheet, current, row)):
            header = _header_at(sheet, merges, row)
            below = header.last + 1 if header is not None else end
            if header is not None and below <= end and not (below < len(cells) and alike(below)):
                headers.append(header)
                current, row = header, header.last
            else:
                failed += 1
        row += 1
    return headers


def _own_title(sheet: Sheet, current: Header, row: int) -> bool:
    """Tell whether a header that is written again stands under a title of its own: then it is that of another table.

    The title of the table before it, written again with a word such as 续表, is only that of the next page.
    """
    cells = sheet.cells
    above = [tidy(cell_text(cell)) for cell in cells[row - 1] if cell_text(cell).strip()]
    if row - 1 <= current.last or len(above) != 1 or not title_of(above[0]):
        return False
    title = without_page(above[0])
    if is_total(title) or is_page(above) or is_footnote(title) or not title:
        return False
    before = cells[max(current.first - DEEPEST, 0) : current.first]
    return title not in {without_page(tidy(cell_text(cell))) for line in before for cell in line}


def _again(row: Sequence[Any], header: Header) -> bool:
    """Tell whether a row repeats a header in its own columns, as on the next printed page."""
    texts = ((tidy(cell_text(cell)), column) for column, cell in enumerate(row) if cell not in ("", None))
    return all(text in header.texts[column].split("_") for text, column in texts if text)


def _header_at(sheet: Sheet, merges: Merges, row: int) -> Header | None:
    """Return the header of another table that begins in ``row``, None where the row is a record."""
    filled = [cell for cell in sheet.cells[row] if cell_text(cell).strip()]
    if len(filled) < 3 or any(looks_like_number(cell) for cell in filled):
        return None
    header = joined(sheet, merges, row)
    texts = {text for text in header.texts if text}
    known = max(len(match(header.texts, kind).fields) for kind in REGISTRY_FIELDS)
    return header if known >= 3 and known >= _SHARE * len(texts - {"序号", "备注"}) else None


def _lines_above(sheet: Sheet, merges: Merges, first: int, row: int) -> int:
    """Return the first of the lines that belong to the header in ``row``: its title, unit and date."""
    start = row
    while start > first and not _blank(sheet.cells[start - 1]):
        line = sheet.cells[start - 1]
        texts = [tidy(cell_text(cell)) for cell in line if cell_text(cell).strip()]
        wide = any(c2 > c1 for (_, c1), (_, c2) in merges.get(start - 1, ()))
        said = any(known_parts(text)[0] or title_of(text) for text in texts)
        alone = len(texts) == 1 and (start < 2 or start - 1 == first or _blank(sheet.cells[start - 2]))
        if len(texts) > 3 or is_footnote(texts[0]) or not (said or (wide and len(texts) < 3) or alone):
            break
        start -= 1
    return start


def _without_blank(sheet: Sheet, first: int, end: int) -> int:
    while end > first and _blank(sheet.cells[end - 1]):
        end -= 1
    return end


def _blank(row: Sequence[Any]) -> bool:
    return all(cell in ("", None) or (isinstance(cell, str) and not cell.strip()) for cell in row)


def _side_by_side(whole: Region, kind: str, columns: Mapping[str, str], merges: Merges) -> list[Region]:
    """Split a table at its blank columns where at least two parts are tables of their own."""
    bounds = _runs(whole)
    if len(bounds) < 2:
        return [whole]
    above = [area for row in range(whole.top, whole.header.first) for area in merges.get(row, ())]
    parts = [_part(whole, left, right) for left, right in bounds]
    alone = [part for part in parts if _stands_alone(part, kind, columns)]
    across = any(
        c1 < one.right <= c2 for (_, c1), (_, c2) in above for one in parts[:-1]
    )  # one title over all of it: one table with a gap
    if len(alone) < 2 or across:
        return [whole]
    starts = [whole.left, *(part.left for part in alone[1:])]
    ends = [*starts[1:], whole.right]
    return [_trimmed(_part(whole, left, right)) for left, right in zip(starts, ends, strict=True)]


def _runs(whole: Region) -> list[tuple[int, int]]:
    """Return the columns between blank ones, as (first, behind the last)."""
    texts = whole.header.texts
    last = max((n for n, text in enumerate(texts) if text), default=0)
    gaps = [n for n in range(last) if not texts[n] and any(texts[:n])]
    rows = whole.sheet.cells[whole.header.first : whole.bottom]
    blank = [n for n in gaps if not any(cell_text(row[n]).strip() for row in rows)]
    starts = [0, *(n + 1 for n in blank)]
    ends = [*blank, len(texts)]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if any(texts[a:b])]


def _part(whole: Region, left: int, right: int) -> Region:
    header = replace(whole.header, texts=whole.header.texts[left:right])
    return replace(whole, header=header, left=left, right=right)


def _trimmed(part: Region) -> Region:
    """Return a part without the blank rows below it, which only its neighbour fills."""
    bottom = part.bottom
    cells = part.sheet.cells
    while bottom > part.header.last + 1 and _blank(cells[bottom - 1][part.left : part.right]):
        bottom -= 1
    return replace(part, bottom=bottom)


def _stands_alone(part: Region, kind: str, columns: Mapping[str, str]) -> bool:
    """Tell whether a part has everything that a table of some kind needs."""
    for one in (kind, *REGISTRY_FIELDS):
        known = part.known(one, columns if one == kind else {})
        if len(known) >= 2 and set(REQUIRED[one]) - {"code"} <= known:
            return True
    return False


def best_elsewhere(region: Region, kind: str) -> int:
    """Return the most fields that any other kind of registry finds in a table."""
    other = [one for one in REGISTRY_FIELDS if one != kind and one not in LAYER_FIELDS]
    return max(len(region.known(one)) for one in other)
