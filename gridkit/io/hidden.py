"""What the spreadsheet reader cannot see: hidden rows, error cells and formulas whose result was never stored.

A side look into the sheet's XML (Office Open XML, ECMA-376 part 1, 18.3.1): one pass of regular expressions, no DOM.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from pathlib import Path

_ROW: Final = re.compile(rb"<row\b[^>]*>")
_CELL: Final = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
_FORMULA: Final = re.compile(rb"<c\b([^>]*)><f\b[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
_REF: Final = re.compile(rb'\br="([A-Z]*\d+)"')
_NAMESPACE: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass(frozen=True)
class Hidden:
    """Hidden ``rows`` (counted from 1), cells with an error value, and ``empty``: formulas without a result."""

    rows: tuple[int, ...] = ()
    errors: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


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
        tuple(sorted({int(ref[1]) for row in rows if (ref := _REF.search(row))})),
        tuple(ref[1].decode() for cell in _CELL.findall(data) if (ref := _REF.search(cell))),
        tuple(ref[1].decode() for cell in _FORMULA.findall(data) if (ref := _REF.search(cell))),
    )


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
