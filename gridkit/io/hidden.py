"""What the spreadsheet reader cannot see: hidden rows, error cells and formulas whose result was never stored.

A side look into the sheet's XML (Office Open XML, ECMA-376 part 1, 18.3.1): one pass of regular expressions, no DOM.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ROW: Final = re.compile(rb"<row\b[^>]*>")
_CELL: Final = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
_FORMULA: Final = re.compile(rb"<c\b([^>]*)><f\b[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
_FILLED: Final = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""")
_QUICK: Final = re.compile(rb""" r=["']([A-Z]{2,3}|)(\d{1,7})["'](?![^>]*/>)""")
PIECE: Final = 1 << 22
"""Bytes of a sheet that are looked at in one go."""

_REF: Final = re.compile(rb'\br="([A-Z]*\d+)"')
_NAMESPACE: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


Area = tuple[int, int, int, int]
"""First row, first column, last row and last column of a range of cells, counted from 0."""


@dataclass(frozen=True)
class Hidden:
    """What a sheet holds beside its values; positions are counted from 0 like those of ``Sheet.cells``.

    Parameters
    ----------
    rows, columns : tuple of int
        Positions of hidden rows and columns, those that a filter hides too.
    struck : frozenset of (int, int)
        Row and column of the filled cells that are struck out.
    errors : tuple of str
        Names of the cells with an error value: ``D17``.
    empty : tuple of str
        Names of the cells with a formula whose result was never stored.
    sums : Mapping of (int, int) to tuple of Area
        Row and column of a cell with a SUM or SUBTOTAL formula -> the ranges of the same sheet that it adds.
    external : int
        How many formulas reach into other workbooks.
    macros : bool
        Whether the workbook holds macros; they are never run.
    sheet : bool
        Whether the sheet itself is hidden.
    unseen : tuple of str
        What the format does not let us see: of "rows", "columns", "struck", "sums", "errors".
    """

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    struck: frozenset[tuple[int, int]] = frozenset()
    errors: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    sums: Mapping[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)
    external: int = 0
    macros: bool = False
    sheet: bool = False
    unseen: tuple[str, ...] = ()


def scan(file: Path, sheet: str) -> Hidden:
    """Return what is hidden in a sheet of an .xlsx file; nothing where its parts are not where they usually are."""
    try:
        with zipfile.ZipFile(file) as book:
            part = _part(book, sheet)
            data = book.read(part) if part else b""
    except (OSError, KeyError, zipfile.BadZipFile, ET.ParseError):
        return Hidden()
    rows = (found for found in _ROW.findall(data) if b'hidden="1"' in found or b'hidden="true"' in found)
    return Hidden(
        tuple(sorted({int(ref[1]) - 1 for row in rows if (ref := _REF.search(row))})),
        (),
        frozenset(),
        tuple(ref[1].decode() for cell in _CELL.findall(data) if (ref := _REF.search(cell))),
        tuple(ref[1].decode() for cell in _FORMULA.findall(data) if (ref := _REF.search(cell))),
    )


def extent(file: Path, sheet: str, most: int) -> tuple[int, int]:
    """Return a row and column of a sheet of an .xlsx file, counted from 1, beyond which no cell is filled.

    The spreadsheet reader makes room for every cell up to there, so that one cell in the last corner of a sheet would
    take all memory. Rows that are there and columns beyond Z are looked up first, which is quick; every filled cell
    only where that gives more than ``most`` cells. Zeros where the parts are not where they usually are.
    """
    rows, columns = _farthest(file, sheet, _QUICK)
    return _farthest(file, sheet, _FILLED) if rows * max(columns, 26) > most else (rows, max(columns, 26))


def _farthest(file: Path, sheet: str, pattern: re.Pattern[bytes]) -> tuple[int, int]:
    """Return the greatest row and column that a pattern finds in a sheet, which is read in pieces."""
    rows = columns = 0
    try:
        with zipfile.ZipFile(file) as book:
            part = _part(book, sheet)
            if not part:
                return 0, 0
            with book.open(part) as stream:
                rest = b""
                while piece := stream.read(PIECE):
                    whole, _, tail = (rest + piece).rpartition(b"<")
                    refs = set(pattern.findall(whole))
                    rows = max(rows, max((int(row) for _, row in refs), default=0))
                    columns = max(columns, max((_number(letters) for letters in {one for one, _ in refs}), default=0))
                    rest = b"<" + tail
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError):
        return 0, 0
    return rows, columns


def _number(letters: bytes) -> int:
    number = 0
    for code in letters:
        number = number * 26 + code - 64
    return number


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """Return the member that holds ``sheet``."""
    entries = ET.fromstring(book.read("xl/workbook.xml")).iter()
    ident = next(
        (e.get(f"{_NAMESPACE}id") for e in entries if e.tag.endswith("}sheet") and e.get("name") == sheet), None
    )
    relations = ET.fromstring(book.read("xl/_rels/workbook.xml.rels")).iter()
    target = next((e.get("Target") for e in relations if ident and e.get("Id") == ident), None)
    if not target:
        return ""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
