"""Cells to values: codes, counts, numbers, yes/no. Each converter says what was wrong instead of guessing.

A converter takes a cell and returns a value and a rule code (empty where nothing was wrong). What a cell says beside
its value (约, 不足, 无, XX) is its remark: :func:`remark_of`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.answers import NOT_YES_NO, to_filled, to_yesno
from gridkit.io.dates import AMBIGUOUS_DATE, END_FIELDS, NOT_A_DATE, NOT_A_NUMBER, to_date, to_year
from gridkit.io.distinct import distinct
from gridkit.io.quantities import quantity
from gridkit.io.text import LONGEST, cell_text, compact, is_error, is_missing, missing_kind, narrow, tidy
from gridkit.model.fields import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Converter = Callable[[object], tuple[Any, str]]

__all__ = [
    "AMBIGUOUS_DATE", "END_FIELDS", "NOT_A_DATE", "NOT_YES_NO", "convert", "remark_of", "to_area", "to_code",
    "to_count", "to_date", "to_filled", "to_list", "to_number", "to_text", "to_year", "to_yesno",
]  # fmt: skip

APPROXIMATE, DAMAGED_CODE, CELL_ERROR, LIMIT = "S112", "S115", "S116", "S180"

_SCIENTIFIC: Final = re.compile(r"[1-9](\.\d+)?e\+\d+", re.IGNORECASE)
_WHOLE: Final = re.compile(r"(\d+)\.0+")
_APOSTROPHES: Final = "'`‘’＇"
_BOXES: Final = frozenset("□■○●◻☐ \u3000")
_MASK_IN_CODE: Final = re.compile(r"[*×●■□○]|(?<![A-Za-z])[xX]{2,}(?![A-Za-z])")
_PLAIN: Final = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
_AREA_UNITS: Final = (
    ("万平方米", 1e4), ("平方公里", 1e6), ("平方千米", 1e6), ("km2", 1e6), ("公顷", 1e4), ("hm2", 1e4),
    ("亩", 10_000 / 15), ("平方米", 1.0), ("平米", 1.0), ("m2", 1.0),
)  # fmt: skip
"""What an area in each unit is multiplied by to give square metres; the longer units first."""


def convert(values: Sequence[object], converter: Converter) -> tuple[list[Any], dict[str, dict[str, list[int]]]]:
    """Convert a column, each distinct cell once.

    Returns
    -------
    list
        The values.
    dict
        Problem (a rule code) -> cell as written -> positions.

    Examples
    --------
    >>> convert(["3人", "若干", 2.0], to_count)
    ([3, None, 2], {'S111': {'若干': [1]}})
    """
    column = distinct(values)
    results = converted(column.cells, converter)
    problems: dict[str, dict[str, list[int]]] = {}
    wrong = {one: code for one, (_, code) in enumerate(results) if code}
    for one, rows in column.rows_of(wrong).items():
        cells = problems.setdefault(wrong[one], {})
        cells.setdefault(tidy(cell_text(column.cells[one])), []).extend(rows)
    return column.spread([value for value, _ in results]), problems


def converted(cells: Sequence[object], converter: Converter) -> list[tuple[Any, str]]:
    """Return value and problem of each cell; an error of a spreadsheet is a problem in every column."""
    if "#" not in "\0".join([cell for cell in cells if type(cell) is str]):
        return list(map(converter, cells))
    wrong = converter("")[0], CELL_ERROR
    return [wrong if type(cell) is str and is_error(cell.strip()) else converter(cell) for cell in cells]


def remark_of(cell: object, dtype: str, value: Any) -> str:
    """Return what a cell says beside its value, in the words of ``City.remarks``; empty where it says nothing more.

    >>> remark_of("约300户", "count", 300), remark_of("不足10人", "count", None), remark_of("无", "count", None)
    ('about', 'at_most', 'none')
    >>> remark_of("无", "yesno", "no"), remark_of("XX", "text", ""), remark_of("", "count", None)
    ('', 'masked', '')
    """
    if not isinstance(cell, str):
        return ""
    lacking = value is None or value in ("", UNKNOWN)
    kind = missing_kind(cell) if lacking else ""
    if kind:
        if kind == "masked" and dtype == "yesno" and set(cell) <= _BOXES:
            return ""  # a box that nobody ticked, no figure that somebody hid
        said = kind == "blank" or (dtype == "vocab" and value == kind)  # 不详 is a value of some vocabularies
        return "" if said else kind
    if dtype in ("count", "number"):
        found = quantity(cell)
        return found.remark if found is not None and found.remark != "range" else ""
    return "masked" if lacking and dtype == "code" and _MASK_IN_CODE.search(cell) else ""


def to_text(cell: object) -> tuple[str, str]:
    """Return text trimmed, with inner spaces normalised; ``""`` for every kind of missing."""
    if type(cell) is str and cell.isalnum() and len(cell) > LONGEST:
        return cell, ""  # the common case: neither spaces nor signs, and too long for a word that means "missing"
    text = tidy(cell_text(cell))
    return ("" if is_missing(text) else text), ""


def to_list(cell: object) -> tuple[str, str]:
    """Return a cell that holds a list as it was written, line breaks kept (they separate items)."""
    written = cell_text(cell)
    if "\n" not in written and "\r" not in written and "_x0" not in written:
        return to_text(written)
    lines = [tidy(line) for line in re.split(r"(?:_x000D_)?(?:\r\n|\r|\n)|_x000[AD]_", written)]
    text = "\n".join(line for line in lines if line)
    return ("" if is_missing(text) else text), ""


def to_code(cell: object) -> tuple[str, str]:
    """Return a code as text; numbers of 16 digits and more and ``5.2E+14`` are damaged beyond repair.

    A spreadsheet keeps 15 significant digits (domain 3.3): a longer number is plausible and wrong. A code with masked
    places (5226****01) says nothing.

    >>> to_code(522601001001.0), to_code("５２２６ "), to_code("007"), to_code(522601001001002001)
    (('522601001001', ''), ('5226', ''), ('007', ''), ('', 'S115'))
    """
    if type(cell) is str and cell.isascii() and cell.isdigit():
        return cell, ""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 1e15:
        return "", DAMAGED_CODE
    text = cell_text(cell)
    text = re.sub(r"\s+", "", narrow(text)).strip(_APOSTROPHES)
    if is_missing(text) or _MASK_IN_CODE.search(text):
        return "", ""
    if _SCIENTIFIC.fullmatch(text):
        return "", DAMAGED_CODE
    whole = _WHOLE.fullmatch(text)
    return (whole.group(1) if whole else text), ""


def to_number(cell: object, *, factor: float = 1.0) -> tuple[float | None, str]:
    """Return a number, times ``factor``; words around it are understood, and said (``APPROXIMATE``).

    A number with a scale of its own (2.6万) does not take the factor of the header (万人). Upper limits and ranges give
    no number (``LIMIT``).

    >>> to_number("2.6万"), to_number("约300户"), to_number("不足3人"), to_number("1,234"), to_number("55.2%以上")
    ((26000.0, ''), (300.0, 'S112'), (None, 'S180'), (1234.0, ''), (0.552, 'S112'))
    """
    value, problem, _ = _number(cell, factor)
    return value, problem


def _number(cell: object, factor: float) -> tuple[float | None, str, bool]:
    """Return number, problem, and whether it is a percentage."""
    if isinstance(cell, (bool, dt.date, dt.time, dt.timedelta)):
        return None, NOT_A_NUMBER, False
    if isinstance(cell, (int, float)):
        return *_finite(cell, factor), False
    text = compact(cell_text(cell))
    if _PLAIN.fullmatch(text):
        return *_finite(float(text), factor), False
    return (None, "", False) if is_missing(text) else _worded(text, factor)


def _worded(text: str, factor: float) -> tuple[float | None, str, bool]:
    found = quantity(text)
    if found is None:
        return None, NOT_A_NUMBER, False
    if found.value is None:
        return None, "" if found.remark == "masked" else LIMIT, False
    own = found.scaled or found.percent
    return found.value * (1.0 if own else factor), APPROXIMATE if found.remark else "", found.percent


def _finite(number: float, factor: float) -> tuple[float | None, str]:
    if math.isnan(number):
        return None, ""
    return (float(number) * factor, "") if math.isfinite(number) else (None, NOT_A_NUMBER)


def to_area(cell: object, *, factor: float = 1.0) -> tuple[float | None, str]:
    """Return square metres; the unit in the cell outranks that of the header.

    >>> to_area("2公顷"), to_area("300㎡"), to_area(15, factor=10_000 / 15)
    ((20000.0, ''), (300.0, ''), (10000.0, ''))
    """
    if isinstance(cell, str):
        text = compact(cell)
        for unit, own in _AREA_UNITS:
            if text.endswith(unit):
                return to_number(text.removesuffix(unit), factor=own)
    return to_number(cell, factor=factor)


def area_factor(text: str) -> float:
    """Return what the unit in a header multiplies by, 1 where it names none."""
    return next((factor for unit, factor in _AREA_UNITS if unit in text), 1.0)


def to_count(cell: object, *, factor: float = 1.0) -> tuple[int | None, str]:
    """Return a whole number that is not negative; anything else is missing and said.

    无 is missing here, with the remark ``none``: whether it stands for 0 or for "we keep no such figure" the cell does
    not say.

    >>> to_count("３人"), to_count(2.5), to_count(-1), to_count("—"), to_count("320余名"), to_count("三百户")
    ((3, ''), (None, 'S111'), (None, 'S111'), (None, ''), (320, 'S112'), (300, ''))
    """
    number, problem, percent = _number(cell, factor)
    if number is None:
        return None, problem
    if percent or not 0 <= number <= 2**53:
        return None, NOT_A_NUMBER
    whole = round(number)
    if abs(number - whole) > 1e-6:
        return None, NOT_A_NUMBER
    return whole, problem
