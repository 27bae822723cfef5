"""What the spreadsheet reader cannot see in a sheet of an .xlsx file, found in one pass over its XML.

Hidden rows and columns, struck-out cells, error cells, formulas (Office Open XML, ECMA-376 part 1, 18.3.1). Regular
expressions look at whole rows, a megabyte at a time, no tree is built: most rows hold nothing of interest, and a search
for a few bytes tells so. Markup that is not written as usual (prefixes, single quotes, cells that do not name where
they stand) is first rewritten as usual, which is slower.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gridkit.io.formulas import added, column_number, reaches_out, shifted
from gridkit.io.hidden import Hidden, positions
from gridkit.io.raw import letter
from gridkit.io.workbook_parts import attributes, is_struck_text, pieces, tags

if TYPE_CHECKING:
    import zipfile

    from gridkit.io.formulas import Reference
    from gridkit.io.hidden import Area

_CELL: Final = re.compile(rb'<c r="([A-Z]+)([0-9]+)"((?:[^>]*[^/>])?)>(?!</c>)(.*?)</c>', re.S)
_FILLED: Final = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>(?!</c>)')
_FORMULA: Final = re.compile(rb"<f(?:\s([^>]*?))?(?:/>|>([^<]*)</f>)")
_VALUE: Final = re.compile(rb"<v(?:\s[^>]*)?>[^<]")
_ROW_HIDDEN: Final = re.compile(rb'\bhidden="(?:1|true|on)"|\bht="0(?:\.0*)?"')
_TAG: Final = re.compile(rb"<(/?)(?:[\w.-]+:)?(row|c|f|v|is|r|rPr|strike|t)(?=[\s/>])([^>]*)>")
_ASIDE: Final = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>", re.S)
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass
class Scan:
    """What was found so far in one sheet.

    ``rows`` and ``columns`` are a row and column, counted from 1, beyond which no cell is filled; ``whole`` tells that
    the end of the sheet was seen.
    """

    rows: int = 0
    columns: int = 0
    hidden: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    struck: set[tuple[int, int]] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    sums: dict[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)
    external: int = 0
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
    """

    def __init__(self, sheet: str, styles: frozenset[int] = frozenset(), strings: frozenset[int] = frozenset()) -> None:
        self.found = Scan()
        self._sheet = sheet
        self._strings = strings
        self._styles = frozenset(str(number).encode() for number in styles)
        numbers = b"|".join(sorted(self._styles))
        self._styled = re.compile(rb' s="(?:' + numbers + rb')"') if numbers else None
        self._marks = [b' s="' + number + b'"' for number in sorted(self._styles)] if len(styles) <= MARKS else []
        self._columns: list[tuple[int, int]] = []  # struck out unless a cell or row has a style of its own
        self._shared: dict[bytes, tuple[int, int, tuple[Reference, ...], bool]] = {}
        self._row = self._column = 0  # last seen, for markup that does not say where a cell stands

    def run(self, book: zipfile.ZipFile, member: str, name: str) -> Scan:
        """Look at all pieces of the part ``member``; ``name`` is the place that messages tell."""
        tail = b""
        started = False
        for prefix, piece in pieces(book, member, b"row", name):
            usual = self._usual(piece, prefix)
            head, *rows = usual.split(b"<row")
            if not started:
                self._head(head, prefix)
                started = True
            self._look(rows, usual)
            tail = piece[-4096:]
        self.found.whole = b"worksheet>" in tail
        return self.found

    def _usual(self, piece: bytes, prefix: bytes) -> bytes:
        """Return a piece with double quotes, no prefixes, and every row and cell naming first where it stands."""
        if b"<!" in piece:
            piece = _ASIDE.sub(lambda found: html.escape((found[1] or b"").decode("utf-8", "replace")).encode(), piece)
        count = piece.count
        usual = not prefix and b"='" not in piece
        usual = usual and count(b"<c") == count(b'<c r="') and count(b"<row") == count(b'<row r="')
        return piece if usual else _TAG.sub(self._usual_tag, piece)

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

    def _head(self, head: bytes, prefix: bytes) -> None:
        for column in tags(head, b"col"):
            first, last = _whole(column.get("min")) - 1, _whole(column.get("max"))
            if column.get("hidden") in ("1", "true") or column.get("width") in ("0", "0.0"):
                self.found.hidden_columns.append((max(first, 0), last - 1))
            if column.get("style", "").encode() in self._styles:
                self._columns.append((first, last))

    def _look(self, rows: list[bytes], piece: bytes) -> None:
        """Take from whole rows what is of interest."""
        found = self.found
        last = next((row for row in reversed(rows) if b"<v" in row or b"<is" in row or b"<f" in row), None)
        if last is not None:
            found.rows = max(found.rows, _number(last))
            self._extent(piece)
        if b"hidden=" in piece or b' ht="0' in piece:
            marked = (row for row in rows if b"hidden=" in row or b' ht="0' in row)
            found.hidden.update(_number(row) - 1 for row in marked if _ROW_HIDDEN.search(row, 0, row.find(b">")))
        if self._styled or self._strings or b"strike" in piece:
            self._strikes(rows, piece)
        if b"<f" in piece:
            for row in rows:
                if b"<f" in row:
                    self._formulas(row)
        if b't="e"' in piece:
            for row in rows:
                if b't="e"' in row:
                    found.errors += [(a + b).decode() for a, b, rest, _ in _CELL.findall(row) if b't="e"' in rest]

    def _extent(self, piece: bytes) -> None:
        """Widen the extent by cells beyond the last column, or that claim to stand in a later row than they do."""
        found = self.found
        beyond = b"[A-Z]{2}|[%c-Z][0-9]" % (65 + found.columns) if found.columns < 26 else b"[A-Z]{2}"
        if re.search(rb'<c r="(?:%b|[A-Z]+[0-9]{%d})' % (beyond, len(str(found.rows)) + 1), piece):
            places = set(_FILLED.findall(piece))
            found.rows = max(found.rows, max((int(row) for _, row in places), default=0))
            widest = max((column_number(letters.decode()) for letters in {one for one, _ in places}), default=-1)
            found.columns = max(found.columns, widest + 1)

    def _strikes(self, rows: list[bytes], piece: bytes) -> None:
        inline = b"strike" in piece
        if not (self._columns or self._strings):
            marks = [mark for mark in self._marks if mark in piece]
            if self._styled is None or (self._marks and not marks):
                rows = [row for row in rows if inline and b"strike" in row]
            elif len(marks) == 1 and not inline:
                rows = [row for row in rows if marks[0] in row]
            else:
                rows = [row for row in rows if self._styled.search(row) or (inline and b"strike" in row)]
        for row in rows:
            head = row[: row.find(b">")]
            own = b"customFormat=" in head
            whole_row = own and self._styled is not None and self._styled.search(head) is not None
            for letters, number, rest, inside in _CELL.findall(row):
                column = column_number(letters.decode())
                if self._is_struck(rest, inside, column, whole_row=whole_row, own=own):
                    self.found.struck.add((int(number) - 1, column))

    def _is_struck(self, rest: bytes, inside: bytes, column: int, *, whole_row: bool, own: bool) -> bool:
        if b' s="' in rest:
            if self._styled is not None and self._styled.search(rest):
                return True
        elif whole_row or (not own and any(first <= column < last for first, last in self._columns)):
            return True
        if b"strike" in inside:
            return is_struck_text(inside)
        if self._strings and b't="s"' in rest:
            value = re.search(rb"<v>\s*([0-9]{1,9})", inside)
            return value is not None and int(value[1]) in self._strings
        return False

    def _formulas(self, row: bytes) -> None:
        found = self.found
        for letters, number, rest, inside in _CELL.findall(row):
            formula = _FORMULA.search(inside)
            if formula is None:
                continue
            name = (letters + number).decode()
            if b"</v>" not in inside or (not _VALUE.search(inside) and b't="str"' not in rest):
                found.empty.append(name)
            place = int(number) - 1, column_number(letters.decode())
            given = formula[1] or b""
            text = html.unescape((formula[2] or b"").decode("utf-8", "replace"))
            areas, outside = self._meaning(text, place, given)
            found.external += outside
            if areas:
                found.sums[place] = areas

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


def _number(row: bytes) -> int:
    """Return the number of a row that begins ``r="17" ...``."""
    digits = row[4 : row.find(b'"', 4)] if row.startswith(b' r="') else b""
    return int(digits) if digits.isdigit() and len(digits) <= 7 else 0
