"""XML spreadsheets of 2003 (SpreadsheetML), which older systems export under the name .xls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from gridkit.io.csv_text import decoded, text_bytes
from gridkit.io.formulas import reaches_out
from gridkit.io.hidden import Hidden, Page, positions
from gridkit.io.raw import letter
from gridkit.io.workbook_parts import broken_xml, demand_room, refuse_entities
from gridkit.io.workbooks import rectangle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridkit.io.hidden import Area, Range

_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']""")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SUM: Final = re.compile(r"=(?:SUM\(|SUBTOTAL\((?:9|109),)([^()]*)\)", re.I)
_PART: Final = re.compile(r"R(\d+|\[-?\d+\])?C(\d+|\[-?\d+\])?(?::R(\d+|\[-?\d+\])?C(\d+|\[-?\d+\])?)?", re.I)


@dataclass
class _Sheet:
    name: str
    cells: dict[int, dict[int, Any]] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    columns: list[tuple[int, int]] = field(default_factory=list)
    struck: set[tuple[int, int]] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    sums: dict[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)
    external: int = 0
    gone: bool = False


class _Reader:
    """What to do at each element."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self.struck_styles: set[str] = set()
        self.style = ""
        self.row = self.column = self.table_column = -1
        self.down = self.right = 0
        self.kind = ""
        self.text: list[str] | None = None
        self.cell_style = self.row_style = self.formula = ""
        self.visible: list[str] | None = None
        self._actions: dict[str, Callable[[dict[str, str]], None]] = {
            "Style": self._style,
            "Font": self._font,
            "Worksheet": self._worksheet,
            "Table": self._table,
            "Column": self._column,
            "Row": self._row,
            "Cell": self._cell,
            "Data": self._data,
            "Visible": self._visible,
        }

    def start(self, tag: str, given: dict[str, str]) -> None:
        values = {key.rpartition(":")[2]: value for key, value in given.items()}
        if action := self._actions.get(tag.rpartition(":")[2]):
            action(values)

    def _style(self, given: dict[str, str]) -> None:
        self.style = given.get("ID", "")
        if given.get("Parent", "") in self.struck_styles:
            self.struck_styles.add(self.style)

    def _font(self, given: dict[str, str]) -> None:
        if given.get("StrikeThrough") == "1" and self.style and not self.sheets:
            self.struck_styles.add(self.style)

    def _worksheet(self, given: dict[str, str]) -> None:
        self.sheets.append(_Sheet(given.get("Name", f"Sheet{len(self.sheets) + 1}")))
        self.row = self.table_column = -1

    def _table(self, _: dict[str, str]) -> None:
        self.row = self.table_column = -1

    def _column(self, given: dict[str, str]) -> None:
        self.table_column = _index(given, self.table_column)
        last = self.table_column + min(int(given.get("Span", 0)), 16_384)
        if self.sheets and (given.get("Hidden") == "1" or given.get("Width") == "0"):
            self.sheets[-1].columns.append((self.table_column, last))
        self.table_column = last

    def _row(self, given: dict[str, str]) -> None:
        self.row = _index(given, self.row)
        last = self.row + min(int(given.get("Span", 0)), 1_048_576)
        if self.sheets and (given.get("Hidden") == "1" or given.get("Height") == "0"):
            self.sheets[-1].rows.append((self.row, last))
        self.row = last
        self.column = -1
        self.right = 0
        self.row_style = given.get("StyleID", "")

    def _cell(self, given: dict[str, str]) -> None:
        self.column = _index(given, self.column + self.right)
        self.right = min(int(given.get("MergeAcross", 0)), 16_384)
        self.down = min(int(given.get("MergeDown", 0)), 1_048_576)
        self.cell_style = given.get("StyleID") or self.row_style
        self.formula = given.get("Formula", "")
        if self.sheets and (self.right or self.down):
            first = self.row, self.column
            self.sheets[-1].merged.append((first, (self.row + self.down, self.column + self.right)))
        self.kind = ""

    def _data(self, given: dict[str, str]) -> None:
        self.kind = given.get("Type", "String")
        self.text = []

    def _visible(self, _: dict[str, str]) -> None:
        self.visible = []

    def words(self, text: str) -> None:
        for held in (self.text, self.visible):
            if held is not None:
                held.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "Data" and self.text is not None and self.sheets:
            self._keep("".join(self.text))
            self.text = None
        elif name == "Cell" and self.formula and self.sheets:
            self._formula()
        elif name == "Visible" and self.visible is not None and self.sheets:
            self.sheets[-1].gone = "".join(self.visible).strip() in ("SheetHidden", "SheetVeryHidden")
            self.visible = None

    def _keep(self, text: str) -> None:
        sheet = self.sheets[-1]
        value: Any = text
        if self.kind == "Number" and _NUMBER.fullmatch(text.strip()):
            value = float(text)
        elif self.kind == "Boolean":
            value = text.strip() == "1"
        elif self.kind == "DateTime":
            value = text.partition("T")[0] if text.endswith("T00:00:00.000") else text.replace("T", " ")
        elif self.kind == "Error":
            value = ""
            sheet.errors.append(f"{letter(self.column)}{self.row + 1}")
        if text.strip():
            sheet.cells.setdefault(self.row, {})[self.column] = value
            if self.cell_style in self.struck_styles:
                sheet.struck.add((self.row, self.column))

    def _formula(self) -> None:
        sheet = self.sheets[-1]
        if not self.kind:
            sheet.empty.append(f"{letter(self.column)}{self.row + 1}")
        sheet.external += reaches_out(re.sub(r"([RC])\[-?\d+\]", r"\1", self.formula))
        if areas := summed(self.formula, self.row, self.column):
            sheet.sums[self.row, self.column] = areas
        self.formula = ""


def _index(given: dict[str, str], last: int) -> int:
    stated = given.get("Index", "")
    return int(stated) - 1 if stated.isdigit() and len(stated) < 8 else last + 1


def summed(formula: str, row: int, column: int) -> tuple[Area, ...]:
    """Return the areas that a formula in R1C1 style adds; nothing if it does anything else as well.

    >>> summed("=SUM(R[-5]C:R[-1]C)", 9, 3), summed("=SUM(R[-1]C)*2", 9, 3)
    (((4, 3, 8, 3),), ())
    """
    found = _SUM.fullmatch(formula)
    parts = [_PART.fullmatch(part.strip()) for part in found[1].split(",")] if found else []
    areas = []
    for part in parts:
        if part is None:
            return ()
        r1, c1 = _place(part[1], row), _place(part[2], column)
        single = ":" not in part[0]
        r2, c2 = (r1, c1) if single else (_place(part[3], row), _place(part[4], column))
        areas.append((min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2)))
    return tuple(areas)


def _place(text: str | None, here: int) -> int:
    if not text:
        return here
    return here + int(text[1:-1]) if text.startswith("[") else int(text) - 1


def read_xml(file: Path, name: str) -> tuple[list[Page], tuple[str, ...]]:
    """Return all pages of an XML spreadsheet and the names of its hidden sheets.

    Raises
    ------
    TableError
        If it is too large, breaks off, or declares entities.
    """
    data = text_bytes(file, name)
    declared = _DECLARED.search(data[:200])
    text = decoded(data, name, encoding=declared[1].decode() if declared else "")[0].lstrip("\ufeff \t\r\n")
    refuse_entities(text[: 1 << 20].encode("utf-8", "replace"), name)
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.words
    parser.StartDoctypeDeclHandler = lambda *_: refuse_entities(b"<!DOCTYPE", name)
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except (expat.ExpatError, ValueError, OverflowError) as problem:
        raise broken_xml(name, problem) from problem
    pages = [_page(sheet, name) for sheet in reader.sheets]
    return pages, tuple(sheet.name for sheet in reader.sheets if sheet.gone)


def _page(sheet: _Sheet, name: str) -> Page:
    height = max(sheet.cells, default=-1) + 1
    width = max((max(row) for row in sheet.cells.values()), default=-1) + 1
    demand_room(height, width, f"{name}!{sheet.name}")
    cells = []
    for number in range(height):
        row = sheet.cells.get(number, {})
        cells.append([row.get(column, "") for column in range(width)])
    hidden = Hidden(
        positions(sheet.rows, height),
        positions(sheet.columns, width),
        frozenset(sheet.struck),
        tuple(sheet.errors),
        tuple(sheet.empty),
        sheet.sums,
        sheet.external,
        sheet=sheet.gone,
    )
    return Page(sheet.name, rectangle(cells), tuple(sorted(sheet.merged)), hidden)
