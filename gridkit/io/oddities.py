"""What is told of a table as a file: what could not be seen in it, and what was not taken at its word."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.notes import noticed

if TYPE_CHECKING:
    from gridkit.io.sheets import Sheet

_TEXT: Final = ("text-table", "unknown")
_NAMED: Final = {
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xlsb": ("xlsb",),
    ".xls": ("xls",),
    ".ods": ("ods",),
    ".csv": _TEXT,
    ".tsv": _TEXT,
    ".txt": _TEXT,
}
_KIND: Final = {
    "xlsx": "xlsx",
    "xlsb": "xlsb",
    "xls": "xls",
    "ods": "ods",
    "html-table": "HTML",
    "xml-spreadsheet": "XML",
    "text-table": "CSV",
}


def oddities(sheet: Sheet, name: str) -> list[dict[str, Any]]:
    """Return findings about the file that a sheet comes from; ``name`` is its name, with that of the sheet if any."""
    notes = []
    if sheet.odd:
        notes.append(noticed("S159", name, refs=[f"{name}!{line}" for line in sheet.odd], n=len(sheet.odd)))
    hidden = sheet.hidden
    if "rows" in hidden.unseen:
        notes.append(noticed("S159", name, variant="unseen", n=0))
    if hidden.external:
        notes.append(noticed("S159", name, variant="external", n=hidden.external))
    if hidden.macros:
        notes.append(noticed("S159", name, variant="macros", n=0))
    ending = PurePosixPath(sheet.path).suffix.lower()
    if sheet.format in _KIND and sheet.format not in _NAMED.get(ending, _TEXT):
        notes.append(noticed("S159", name, variant="named", n=0, ending=ending, what=_KIND[sheet.format]))
    return notes
