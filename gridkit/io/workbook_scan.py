"""What the spreadsheet reader cannot see in a sheet of an .xlsx file, found in one pass over its XML.

Hidden rows and columns, struck-out cells, error cells, formulas (Office Open XML, ECMA-376 part 1, 18.3.1). Regular
expressions look at whole rows, a megabyte at a time, no tree is built: most rows hold nothing of interest, and a search
for a few bytes tells so. Markup that is not written as usual (prefixes, single quotes, cells that do not name where
they stand) is first rewritten as usual, which is slower.
"""

from __future__ import annotations

import functools
import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from gridkit.io.formulas import added, added_if, column_number, reaches_out, shifted
from gridkit.io.hidden import Hidden, positions
from gridkit.io.raw import letter
from gridkit.io.workbook_parts import attributes, is_struck_text, pieces, tags, unstruck_text
from gridkit.io.zip_splice import checksum

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Mapping

    from gridkit.io.formulas import Reference
    from gridkit.io.hidden import Area, Range

_CELL: Final = re.compile(rb'<c r="([A-Z]+)([0-9]+)"((?:[^>]*[^/>])?)>(?!</c>)(.*?)</c>', re.S)
_FILLED: Final = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>(?!</c>)')
_PLACE: Final = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_SIMPLE: Final = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*><f>SUM\(([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})\)</f><v>[^<]'
)
_FORMULA: Final = re.compile(rb"<f(?:\s([^>]*?))?(?:/>|>([^<]*)</f>)")
_VALUE: Final = re.compile(rb"<v(?:\s[^>]*)?>[^<]")
_NUMBER: Final = re.compile(rb"<v>\s*([0-9]{1,9})")
_MERGE: Final = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["']"""
)
_ROW_HIDDEN: Final = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true|on)["']""")
_ROW_NUMBER: Final = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']""")
_TAG: Final = re.compile(rb"<(/?)(?:[\w.-]+:)?(row|c|f|v|is|r|rPr|strike|t)(?=[\s/>])([^>]*)>")
_ASIDE: Final = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>", re.S)
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass
class Scan:
    """What was found so far in one sheet.

    ``rows`` and ``columns`` are a row and column, counted from 1, beyond which no cell is filled; ``whole`` tells that
    the end of the sheet was seen; ``checksum`` is for :func:`gridkit.io.zip_splice.spliced`.
    """

    rows: int = 0
    columns: int = 0
    hidden: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    struck: set[tuple[int, int]] = field(default_factory=set)
    partly: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    sums: dict[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)
    chosen: dict[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)
    external: int = 0
    merged: list[Range] = field(default_factory=list)
    checksum: int = 0
    whole: bool = False

    def as_hidden(self, *, macros: bool = False, sheet: bool = False) -> Hidden:
        """Return what was found as it is handed on: rows and columns without any filled cell are left out."""
        return Hidden(
            tuple(sorted(row for row in self.hidden if row < self.rows)),
            positions(self.hidden_columns, self.columns),
            frozenset(self.struck),
            tuple(self.errors),
            tuple(self.empty),
            self.sums,
            self.external,
            macros,
            sheet,
            partly=self.partly,
            chosen=self.chosen,
        )


MARKS: Final = 16
"""Up to so many struck-out styles are looked for one by one."""


class Scanner:
    """One pass over the XML of one sheet.

    Parameters
    ----------
    sheet : str
        Name of the sheet, to tell its own ranges from those of others.
    styles : frozenset of int
        Numbers of the cell styles that are struck out.
    strings : frozenset of int
        Numbers of the shared texts that are struck out.
    partly : Mapping of int to str
        Numbers of the shared texts of which a part is struck out -> what is left.
    """

    def __init__(
        self,
        sheet: str,
        styles: frozenset[int] = frozenset(),
        strings: frozenset[int] = frozenset(),
        partly: Mapping[int, str] | None = None,
    ) -> None:
        self.found = Scan()
        self._sheet = sheet
        self._strings = strings
        self._partly = partly or {}
        self._styles = frozenset(str(number).encode() for number in styles)
        numbers = b"|".join(sorted(self._styles))
        self._styled = re.compile(rb' s="(?:' + numbers + rb')"') if numbers else None
        self._marks = [b' s="' + number + b'"' for number in sorted(self._styles)] if len(styles) <= MARKS else []
        self._columns: list[tuple[int, int]] = []  # struck out unless a cell or row has a style of its own
        self._shared: dict[bytes, tuple[int, int, tuple[Reference, ...], bool]] = {}
        self._row = self._column = 0  # last seen, for markup that does not say where a cell stands

    def run(self, book: zipfile.ZipFile, member: str, name: str) -> Scan:
        """Look at all pieces of the part ``member``; ``name`` is the place that messages tell."""
        found = self.found
        first, ended = True, False
        for prefix, piece in pieces(book, member, b"row", name):
            found.checksum = checksum(piece, found.checksum)
            end = piece.rfind(b"</" + prefix + b"sheetData")
            if first:
                self._head(piece[: max(piece.find(b"<" + prefix + b"row"), 0) or len(piece)])
            if not ended:
                self._look(self._usual(piece, prefix))
            if ended or end >= 0:
                found.merged += _merged(piece[max(end, 0) :])
                found.whole = b"worksheet>" in piece[-4096:]
            first, ended = False, ended or end >= 0
        return found

    def _usual(self, piece: bytes, prefix: bytes) -> bytes:
        """Return a piece with double quotes, no prefixes, and every row and cell naming first where it stands."""
        if b"!" in piece and b"<!" in piece:
            piece = _ASIDE.sub(lambda found: html.escape((found[1] or b"").decode("utf-8", "replace")).encode(), piece)
        first, last = piece.find(b"<" + prefix + b"row"), piece.rfind(b"</" + prefix + b"sheetData")
        body = piece[max(first, 0) : last if last >= 0 else len(piece)]  # not the columns above, nor the rules below
        if not prefix and not (b"'" in body and b"='" in body) and self._is_usual(body):
            return body
        body = _TAG.sub(self._usual_tag, body)
        self._is_usual(body)
        return body

    def _is_usual(self, piece: bytes) -> bool:
        """Tell whether every cell begins by naming where it stands; widen the extent by cells that stand farther out.

        A look at some bytes of each cell by numpy shows that nearly all pieces hold nothing of the kind.
        """
        data = np.frombuffer(piece, np.uint8)
        cells = np.flatnonzero((data[:-1] == ord("<")) & (data[1:] == ord("c"))) if len(data) > 1 else data
        if not len(cells):
            return True
        name = [data.take(cells + at, mode="clip") for at in (2, 3, 5, 6, 7)]
        if not all((name[at] == code).all() for at, code in ((0, 32), (1, 114), (2, 34))) or name[3].max() > ord("Z"):
            return False
        found = self.found
        last = piece.rfind(b"<v")
        last = max(last, piece.rfind(b"<is", max(last, 0)))
        place = _PLACE.match(piece, piece.rfind(b'<c r="', 0, last)) if last > 0 else None
        found.rows = max(found.rows, int(place[2]) if place else 0)
        later = data.take(cells + (7 + len(str(found.rows))), mode="clip")
        beyond = name[3].max() >= ord("A") + found.columns or name[4].max() > ord("9")
        if beyond or ((later >= ord("0")) & (later <= ord("9"))).any():
            places = set(_FILLED.findall(piece))
            found.rows = max(found.rows, max((int(row) for _, row in places), default=0))
            widest = max((_column(letters) for letters in {one for one, _ in places}), default=-1)
            found.columns = max(found.columns, widest + 1)
        return True

    def _usual_tag(self, found: re.Match[bytes]) -> bytes:
        close, element, rest = found.groups()
        if close:
            return b"</" + element + b">"
        end = b"/>" if rest.endswith(b"/") else b">"
        values = attributes(rest)
        if element == b"row":
            number = values.pop("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = 0
            values = {"r": str(self._row), **values}
        elif element == b"c":
            place = _REFERENCE.fullmatch(values.pop("r", ""))
            self._column = column_number(place[1]) + 1 if place else self._column + 1
            row = int(place[2]) if place else self._row
            values = {"r": f"{letter(self._column - 1)}{row}", **values}
        text = "".join(f' {key}="{html.escape(value)}"' for key, value in values.items())
        return b"<" + element + text.encode() + end

    def _head(self, head: bytes) -> None:
        for column in tags(head, b"col"):
            first, last = _whole(column.get("min")) - 1, _whole(column.get("max"))
            if column.get("hidden") in ("1", "true") or column.get("width") in ("0", "0.0"):
                self.found.hidden_columns.append((max(first, 0), last - 1))
            if column.get("style", "").encode() in self._styles:
                self._columns.append((first, last))

    def _look(self, piece: bytes) -> None:
        """Take from whole rows what is of interest."""
        found = self.found
        if b"hidden" in piece:
            found.hidden.update(_hidden_rows(piece))
        inline = b"k" in piece and b"strike" in piece  # no usual markup holds a k, and to find one letter is quick
        if self._columns or self._strings or self._partly or inline or (self._styled and not self._marks):
            for row in piece.split(b"<row")[1:]:
                self._strikes(row)
        else:
            for mark in self._marks:
                self._marked(piece, mark)
        at = piece.find(b"<f")
        while at >= 0:
            start, end = piece.rfind(b"<c ", 0, at), piece.find(b"</c>", at)
            if start < 0 or end < 0:
                break
            self._formula(piece[start : end + 4])
            at = piece.find(b"<f", end)
        if b"#" in piece and b't="e"' in piece:
            found.errors += [(a + b).decode() for a, b, rest, _ in _CELL.findall(piece) if b't="e"' in rest]

    def _marked(self, piece: bytes, mark: bytes) -> None:
        """Take the filled cells with one struck-out style."""
        at = piece.find(mark)
        while at >= 0:
            start, end = piece.rfind(b"<", 0, at), piece.find(b">", at)
            place = _PLACE.match(piece, start)
            if place is None:
                row = piece[start + 4 : piece.find(b"</row>", end)] if piece.startswith(b"<row", start) else b""
                self._strikes(row)
            elif piece[end - 1] != ord("/") and not piece.startswith(b"</c>", end + 1):
                self.found.struck.add((int(place[2]) - 1, _column(place[1])))
            at = piece.find(mark, end)

    def _strikes(self, row: bytes) -> None:
        """Take the struck-out cells of one row, by every way in which a cell can be struck out."""
        head = row[: row.find(b">")]
        own = b"customFormat=" in head
        whole_row = own and self._styled is not None and self._styled.search(head) is not None
        for letters, number, rest, inside in _CELL.findall(row):
            column = _column(letters)
            if self._is_struck(rest, inside, column, whole_row=whole_row, own=own):
                self.found.struck.add((int(number) - 1, column))
            elif left := self._left_of(rest, inside):
                self.found.partly[int(number) - 1, column] = left

    def _is_struck(self, rest: bytes, inside: bytes, column: int, *, whole_row: bool, own: bool) -> bool:
        if b' s="' in rest:
            if self._styled is not None and self._styled.search(rest):
                return True
        elif whole_row or (not own and any(first <= column < last for first, last in self._columns)):
            return True
        if b"strike" in inside:
            return is_struck_text(inside)
        if self._strings and b't="s"' in rest:
            value = _NUMBER.search(inside)
            return value is not None and int(value[1]) in self._strings
        return False

    def _left_of(self, rest: bytes, inside: bytes) -> str:
        """Return what is left of a cell of which a part is struck out."""
        if b"strike" in inside:
            return unstruck_text(inside)
        value = _NUMBER.search(inside) if self._partly and b't="s"' in rest else None
        return self._partly.get(int(value[1]), "") if value else ""

    def _formula(self, cell: bytes) -> None:
        found = self.found
        if simple := _SIMPLE.match(cell):  # nearly all there are
            letters, number, c1, r1, c2, r2 = simple.groups()
            area = int(r1) - 1, _column(c1), int(r2) - 1, _column(c2)
            found.sums[int(number) - 1, _column(letters)] = (area,)
            return
        whole = _CELL.match(cell)
        formula = _FORMULA.search(whole[4]) if whole else None
        if whole is None or formula is None:
            return
        letters, number, rest, inside = whole.groups()
        if b"</v>" not in inside or (not _VALUE.search(inside) and b't="str"' not in rest):
            found.empty.append((letters + number).decode())
        place = int(number) - 1, _column(letters)
        given = formula[1] or b""
        text = html.unescape((formula[2] or b"").decode("utf-8", "replace"))
        areas, outside = self._meaning(text, place, given)
        found.external += outside
        if areas:
            found.sums[place] = areas
        elif text[:6].upper().startswith("SUMIF"):
            found.chosen[place] = shifted(added_if(text, self._sheet), 0, 0)

    def _meaning(self, text: str, place: tuple[int, int], given: bytes) -> tuple[tuple[Area, ...], bool]:
        """Return what a formula adds, and whether it reaches into another workbook."""
        if b't="shared"' not in given:
            return shifted(added(text, self._sheet), 0, 0), reaches_out(text)
        number = re.search(rb'\bsi="([0-9]+)"', given)
        key = number[1] if number else b""
        if text:
            self._shared[key] = (*place, added(text, self._sheet), reaches_out(text))
        row, column, references, outside = self._shared.get(key, (*place, (), False))
        return shifted(references, place[0] - row, place[1] - column), outside


def _whole(text: str | None) -> int:
    return min(int(text), 16_384) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _merged(tail: bytes) -> Iterator[Range]:
    """Yield the merged ranges that are listed below the rows."""
    for c1, r1, c2, r2 in _MERGE.findall(tail):
        rows, columns = (int(r1) - 1, int(r2) - 1), (_column(c1), _column(c2))
        yield (min(rows), min(columns)), (max(rows), max(columns))


def _hidden_rows(piece: bytes) -> Iterator[int]:
    """Yield the positions of the hidden rows; one that does not say its number says it in its first cell."""
    at = piece.find(b"hidden")
    while at >= 0:
        start, end = piece.rfind(b"<", 0, at), piece.find(b">", at)
        tag = piece[start : end + 1]
        if tag.startswith(b"<row") and _ROW_HIDDEN.search(tag):
            number = _ROW_NUMBER.search(tag)
            place = None if number else _PLACE.search(piece, end, piece.find(b"</row>", end))
            if number or place:
                yield int(number[1] if number else place[2] if place else 0) - 1
        at = piece.find(b"hidden", max(end, at + 1))


@functools.cache
def _column(letters: bytes) -> int:
    return column_number(letters.decode())
