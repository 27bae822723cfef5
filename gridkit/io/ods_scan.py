"""What the spreadsheet reader cannot see in an OpenDocument spreadsheet: one pass over its XML, no tree is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from gridkit.io.formulas import LONGEST, added, reaches_out, shifted
from gridkit.io.hidden import Hidden, positions
from gridkit.io.raw import letter
from gridkit.io.workbook_parts import PIECE, broken_xml, demand_room, demand_size, opened, refuse_entities

if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

    from gridkit.io.hidden import Area

MOST_CONTENT: Final = 1 << 29
"""More XML than this in an OpenDocument spreadsheet is no register of a city."""

_GONE: Final = ("collapse", "filter")


@dataclass
class _Sheet:
    name: str
    row: int = 0
    column: int = 0
    rows: int = 0
    columns: int = 0
    style: str = ""
    row_repeated: int = 1
    table_column: int = 0
    gone: list[tuple[int, int]] = field(default_factory=list)
    gone_columns: list[tuple[int, int]] = field(default_factory=list)
    styles: list[tuple[int, int, str]] = field(default_factory=list)
    struck: set[tuple[int, int]] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    sums: dict[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)
    external: int = 0


class _Content:
    """What to do at each element of ``content.xml`` and ``styles.xml``."""

    def __init__(self, name: str) -> None:
        self.sheets: list[_Sheet] = []
        self._place = name
        self._struck: set[str] = set()
        self._style = ""
        self._depth = 0

    def start(self, tag: str, given: dict[str, str]) -> None:
        element = tag.rpartition(":")[2]
        if element == "style":
            self._style = given.get("style:name", "")
            if given.get("style:parent-style-name", "") in self._struck:
                self._struck.add(self._style)
        elif element == "text-properties" and self._style:
            line = given.get("style:text-line-through-style") or given.get("style:text-line-through-type") or "none"
            if line != "none":
                self._struck.add(self._style)
        elif element == "table" and "table:name" in given:
            self.sheets.append(_Sheet(given["table:name"]))
        elif self.sheets and tag.startswith("table:"):
            self._table(element, given, self.sheets[-1])

    def end(self, tag: str) -> None:
        if tag == "table:table-row" and self.sheets:
            self.sheets[-1].row += self.sheets[-1].row_repeated
        elif tag == "style:style":
            self._style = ""

    def _table(self, element: str, given: dict[str, str], sheet: _Sheet) -> None:
        if element == "table-column":
            repeated = _count(given, "table:number-columns-repeated")
            span = sheet.table_column, sheet.table_column + repeated - 1
            if given.get("table:visibility") in _GONE:
                sheet.gone_columns.append(span)
            if given.get("table:default-cell-style-name", "") in self._struck:
                sheet.styles.append((*span, given["table:default-cell-style-name"]))
            sheet.table_column += repeated
        elif element == "table-row":
            sheet.row_repeated, sheet.column = _count(given, "table:number-rows-repeated"), 0
            sheet.style = given.get("table:default-cell-style-name", "")
            if given.get("table:visibility") in _GONE:
                sheet.gone.append((sheet.row, sheet.row + sheet.row_repeated - 1))
        elif element in ("table-cell", "covered-table-cell"):
            repeated = _count(given, "table:number-columns-repeated")
            if "office:value-type" in given or "table:formula" in given:
                self._cell(given, sheet, repeated)
            sheet.column += repeated

    def _cell(self, given: dict[str, str], sheet: _Sheet, repeated: int) -> None:
        sheet.rows = max(sheet.rows, sheet.row + sheet.row_repeated)
        sheet.columns = max(sheet.columns, sheet.column + repeated)
        demand_room(sheet.rows, sheet.columns, f"{self._place}!{sheet.name}")
        own = given.get("table:style-name") or sheet.style
        if own in self._struck or (not own and any(a <= sheet.column <= b for a, b, _ in sheet.styles)):
            down, right = range(sheet.row, sheet.row + sheet.row_repeated), range(sheet.column, sheet.column + repeated)
            sheet.struck.update((row, column) for row in down for column in right)
        name = f"{letter(sheet.column)}{sheet.row + 1}"
        if given.get("calcext:value-type") == "error":
            sheet.errors.append(name)
        formula = given.get("table:formula", "")
        if formula:
            if "office:value-type" not in given:
                sheet.empty.append(name)
            sheet.external += "#$" in formula or reaches_out(formula.replace("[", ""))
            if areas := shifted(added(_plain(formula), sheet.name), 0, 0):
                sheet.sums[sheet.row, sheet.column] = areas


def _plain(formula: str) -> str:
    """Return a formula as Office Open XML would write it, its beginning if it is longer than there can be.

    >>> _plain("of:=SUM([.D5:.D9];[$Sheet1.D11])")
    'SUM(D5:D9,Sheet1!D11)'
    """
    text = formula.partition("=")[2][:LONGEST]
    for part in text.split("[")[1:]:
        inside = part.partition("]")[0]
        page = inside.partition(":")[0].rpartition(".")[0].lstrip("$")
        cells = ":".join(corner.rpartition(".")[2] for corner in inside.split(":"))
        text = text.replace(f"[{inside}]", f"{page}!{cells}" if page else cells, 1)
    return text.replace(";", ",")


def _count(given: dict[str, str], key: str) -> int:
    text = given.get(key, "1")
    return min(max(int(text), 1), 1 << 21) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def scan_content(file: Path, name: str, sheet: str = "") -> dict[str, Hidden]:
    """Return what the sheets of an OpenDocument spreadsheet hide, by name.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        Its name for messages.
    sheet : str
        The one sheet that is wanted; all where it is not named.

    Raises
    ------
    TableError
        If it is damaged, protected, declares entities, or reaches too far.
    """
    content = _Content(name)
    with opened(file, name) as book:
        members = set(book.namelist())
        demand_size(book, members & {"content.xml", "styles.xml"}, name, MOST_CONTENT)
        macros = any(member.startswith(("Basic/", "Scripts/")) for member in members)
        for member in ("styles.xml", "content.xml"):
            if member in members:
                _parse(book, member, content, name)
    return {
        one.name: Hidden(
            positions(one.gone, one.rows),
            positions(one.gone_columns, one.columns),
            frozenset(one.struck),
            tuple(one.errors),
            tuple(one.empty),
            one.sums,
            one.external,
            macros,
        )
        for one in content.sheets
        if not sheet or one.name == sheet
    }


def _parse(book: zipfile.ZipFile, member: str, content: _Content, name: str) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = content.start, content.end
    parser.StartDoctypeDeclHandler = lambda *_: refuse_entities(b"<!DOCTYPE", name)
    try:
        with book.open(member) as stream:
            while piece := stream.read(PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise broken_xml(name, problem) from problem
