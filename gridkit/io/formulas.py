"""Which cells a formula adds, and whether it reaches into another workbook. Formulas are read, never computed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gridkit.io.hidden import Area

_REF: Final = r"(?:(?:'(?:[^']|'')+'|[^\s'!(),+:]+)!)?\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
_TERM: Final = rf"(?:(?:SUM|SUBTOTAL|AGGREGATE)\([^()]*\)|{_REF})"
_SUM: Final = re.compile(rf"[=+]?{_TERM}(?:\+{_TERM})*", re.I)
_CALL: Final = re.compile(r"(SUM|SUBTOTAL|AGGREGATE)\(([^()]*)\)|([^+]+)", re.I)
_CORNER: Final = r"(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})"
_PART: Final = re.compile(rf"(?:('(?:[^']|'')+'|[^\s'!(),+:]+)!)?{_CORNER}(?::{_CORNER})?", re.I)
_EXTERNAL: Final = re.compile(r"\[\d+\]|\[[^\[\]]*\.(?:xl\w{1,2}|ods|et|csv)\]|\|'", re.I)
_SIMPLE: Final = re.compile(r"SUM\(([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})\)")
_SUM_IF: Final = re.compile(r"[=+]?SUMIF(S?)\(([^()]*)\)", re.I)
_ADDS: Final = ("9", "109")
LONGEST: Final = 8192
"""Longer formulas do not exist in a spreadsheet program."""

Reference = tuple[int, int, int, int, bool, bool, bool, bool]
"""An area, and whether its first row, first column, last row and last column stay put when the formula is copied."""


def column_number(letters: str) -> int:
    """Return the position of a column counted from 0.

    >>> column_number("A"), column_number("aa")
    (0, 26)
    """
    number = 0
    for one in letters.upper():
        number = number * 26 + ord(one) - 64
    return number - 1


def reaches_out(text: str) -> bool:
    r"""Tell whether a formula takes values from another workbook or program.

    >>> reaches_out("[1]Sheet1!A1"), reaches_out("'C:\\x\\[b.xlsx]S'!A1"), reaches_out("SUM(T[Count])+S!A1")
    (True, True, False)
    """
    return ("[" in text or "|" in text) and _EXTERNAL.search(text) is not None


def added(text: str, sheet: str = "") -> tuple[Reference, ...]:
    """Return the areas of its own sheet that a formula adds; nothing if it does anything else as well.

    Parameters
    ----------
    text : str
        Formula as stored: English names of functions, commas between arguments.
    sheet : str
        Name of the sheet it stands on.

    Examples
    --------
    >>> [one[:4] for one in added("SUM(D5:D9,D11)")], [one[:4] for one in added("SUBTOTAL(9,$D5:D9)")]
    ([(4, 3, 8, 3), (10, 3, 10, 3)], [(4, 3, 8, 3)])
    >>> added("SUM(D5:D9)*2"), added("D5"), len(added("D5+D6+D7"))
    ((), (), 3)
    """
    if simple := _SIMPLE.fullmatch(text):  # nearly all there are
        c1, r1, c2, r2 = simple.groups()
        return ((int(r1) - 1, column_number(c1), int(r2) - 1, column_number(c2), False, False, False, False),)
    if len(text) > LONGEST or not _SUM.fullmatch(text):
        return ()
    found: list[Reference] = []
    for function, inside, plain in _CALL.findall(text.lstrip("=+")):
        parts = [part.strip() for part in inside.split(",")] if function else [plain]
        if function.upper() in ("SUBTOTAL", "AGGREGATE"):
            if parts[0] not in _ADDS:
                return ()
            parts = parts[1 if function.upper() == "SUBTOTAL" else 2 :]
        references = [_reference(part, sheet) for part in parts]
        if not all(references):
            return ()
        found += [one for one in references if one]
    return () if len(found) == 1 and "(" not in text else tuple(found)


def added_if(text: str, sheet: str = "") -> tuple[Reference, ...]:
    """Return the area of its own sheet of which a SUMIF or SUMIFS adds some cells; nothing for any other formula.

    >>> [one[:4] for one in added_if('SUMIF($A$2:$A$9,"x",F2:F9)')]
    [(1, 5, 8, 5)]
    >>> [one[:4] for one in added_if("SUMIFS(F2:F9,A2:A9,1)")]
    [(1, 5, 8, 5)]
    """
    found = _SUM_IF.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return ()
    parts = [part.strip() for part in found[2].split(",")]
    reference = _reference(parts[0] if found[1] or len(parts) < 3 else parts[2], sheet)
    return (reference,) if reference else ()


def _reference(part: str, sheet: str) -> Reference | None:
    match = _PART.fullmatch(part)
    if match is None:
        return None
    page, c1_fixed, c1, r1_fixed, r1, c2_fixed, c2, r2_fixed, r2 = match.groups()
    if page and page.strip("'").replace("''", "'").casefold() != sheet.casefold():
        return None
    if c2 is None:
        c2, r2, c2_fixed, r2_fixed = c1, r1, c1_fixed, r1_fixed
    first, last = (int(r1) - 1, column_number(c1)), (int(r2) - 1, column_number(c2))
    return (*first, *last, r1_fixed == "$", c1_fixed == "$", r2_fixed == "$", c2_fixed == "$")


def shifted(references: tuple[Reference, ...], down: int, right: int) -> tuple[Area, ...]:
    """Return the areas of a formula that was copied by some rows and columns.

    >>> shifted(added("SUM(D5:D$9)"), 1, 2)
    ((5, 5, 8, 5),)
    """
    found = []
    for r1, c1, r2, c2, r1_fixed, c1_fixed, r2_fixed, c2_fixed in references:
        rows = (r1 if r1_fixed else r1 + down, r2 if r2_fixed else r2 + down)
        columns = (c1 if c1_fixed else c1 + right, c2 if c2_fixed else c2 + right)
        found.append((min(rows), min(columns), max(rows), max(columns)))
    return tuple(found)
