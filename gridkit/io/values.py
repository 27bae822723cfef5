"""Cells to values: codes, counts, numbers, dates, yes/no. Each converter says what was wrong instead of guessing."""

from __future__ import annotations

import datetime as dt
import math
import re
from calendar import monthrange
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.text import cell_text, compact, is_error, is_missing, narrow, tidy
from gridkit.model.fields import NO, UNKNOWN, YES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Converter = Callable[[object], tuple[Any, str]]

NOT_A_NUMBER, APPROXIMATE, NOT_A_DATE, NOT_YES_NO = "S111", "S112", "S113", "S114"
DAMAGED_CODE, CELL_ERROR = "S115", "S116"

END_FIELDS: Final = frozenset(("term_end", "valid_to", "due_on"))
"""Dates that end something: a missing day means the last of the month, a missing month the last of the year."""

_SCIENTIFIC: Final = re.compile(r"[1-9](\.\d+)?e\+\d+", re.IGNORECASE)
_WHOLE: Final = re.compile(r"(\d+)\.0+")
_COUNT: Final = re.compile(
    r"(?P<about>约|大约|近|超过|超|逾|共计|共|至少|>=|>|≥)?(?P<number>\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?)"
    r"(?P<scale>[十百千万亿]{1,2})?(?P<more>余|多|\+)?(?P<unit>人|名|户|栋|幢|座|个|家|处|岁|年|套|平方米|平米|m2|㎡)?"
    r"(?P<least>以上|左右|余|多)?"
)
_LESS: Final = re.compile(r"不足|不满|不到|少于|低于|小于|至多|<|≤|以下|以内")
_SCALES: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_WORDS: Final = {
    YES: "是 有 √ ✓ ✔ ☑ v y yes true 1 已 已建 已成立 已组建 已覆盖 已签 已签订 符合 具备 已配备 已选派 对 属于 合格 "
    "达标",
    NO: "否 无 没有 × ✗ ✘ ☒ x n no false 0 未 未建 未成立 未组建 未覆盖 未签 未签订 不符合 不具备 未配备 未选派 错 "
    "不是 不属于 不合格 不达标 暂无 尚未 暂未 空缺",
}
_YES: Final = frozenset(_WORDS[YES].split())
_NO: Final = frozenset(_WORDS[NO].split())
_NOBODY: Final = frozenset(("待配", "待配备", "待选派", "暂缺", "缺", "暂未配备", "暂未选派", "未明确", "未落实"))
_YEAR_RANGE: Final = (1800, 2100)


def convert(values: Iterable[object], converter: Converter) -> tuple[list[Any], dict[str, dict[str, list[int]]]]:
    """Convert a column, each distinct cell once.

    Returns
    -------
    list
        The values.
    dict
        Problem (a rule code) -> cell as written -> positions.

    Examples
    --------
    >>> convert(["3人", "三", 2.0], to_count)
    ([3, None, 2], {'S111': {'三': [1]}})
    """
    known: dict[object, tuple[Any, str]] = {}
    out: list[Any] = []
    problems: dict[str, dict[str, list[int]]] = {}
    for position, cell in enumerate(values):
        key = cell if type(cell) is str else (type(cell), cell)
        result = known.get(key)
        if result is None:
            result = known[key] = _converted(cell, converter)
        out.append(result[0])
        if result[1]:
            problems.setdefault(result[1], {}).setdefault(tidy(cell_text(cell)), []).append(position)
    return out, problems


def _converted(cell: object, converter: Converter) -> tuple[Any, str]:
    if isinstance(cell, str) and is_error(cell.strip()):
        return converter("")[0], CELL_ERROR
    return converter(cell)


def to_text(cell: object) -> tuple[str, str]:
    """Return text trimmed, with inner spaces normalised; ``""`` for every kind of missing."""
    text = tidy(cell_text(cell))
    return ("" if is_missing(text) else text), ""


def to_list(cell: object) -> tuple[str, str]:
    """Return a cell that holds a list as it was written, line breaks kept (they separate items)."""
    lines = [tidy(line) for line in cell_text(cell).splitlines()]
    text = "\n".join(line for line in lines if line)
    return ("" if is_missing(text) else text), ""


def to_code(cell: object) -> tuple[str, str]:
    """Return a code as text; numbers of 16 digits and more and ``5.2E+14`` are damaged beyond repair.

    A spreadsheet keeps 15 significant digits (domain 3.3): a longer number is plausible and wrong.

    >>> to_code(522601001001.0), to_code("５２２６ "), to_code("007"), to_code(522601001001002001)
    (('522601001001', ''), ('5226', ''), ('007', ''), ('', 'S115'))
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 1e15:
        return "", DAMAGED_CODE
    text = re.sub(r"\s+", "", narrow(cell_text(cell))).lstrip("'`")
    if is_missing(text):
        return "", ""
    if _SCIENTIFIC.fullmatch(text):
        return "", DAMAGED_CODE
    whole = _WHOLE.fullmatch(text)
    return (whole.group(1) if whole else text), ""


def to_number(cell: object, *, factor: float = 1.0) -> tuple[float | None, str]:
    """Return a number, times ``factor``; words around it are understood, and said (``APPROXIMATE``).

    >>> to_number("2.6万"), to_number("约300户"), to_number("不足3人"), to_number("1,234")
    ((26000.0, ''), (300.0, 'S112'), (None, 'S111'), (1234.0, ''))
    """
    if isinstance(cell, (bool, dt.date, dt.time, dt.timedelta)):
        return None, NOT_A_NUMBER
    if isinstance(cell, (int, float)):
        return _finite(cell, factor)
    text = compact(cell_text(cell))
    if is_missing(text):
        return None, ""
    if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text):
        return _finite(float(text), factor)
    found = None if _LESS.search(text) else _COUNT.fullmatch(text)
    if found is None:
        return None, NOT_A_NUMBER
    number = float(found["number"].replace(",", ""))
    for letter in found["scale"] or "":
        number *= _SCALES[letter]
    doubtful = any(found[name] for name in ("more", "least")) or (found["about"] or "") not in ("", "共", "共计")
    return number * factor, APPROXIMATE if doubtful else ""


def _finite(number: float, factor: float) -> tuple[float | None, str]:
    if math.isnan(number):
        return None, ""
    return (float(number) * factor, "") if math.isfinite(number) else (None, NOT_A_NUMBER)


def to_count(cell: object, *, factor: float = 1.0) -> tuple[int | None, str]:
    """Return a whole number that is not negative; anything else is missing and said.

    >>> to_count("３人"), to_count(2.5), to_count(-1), to_count("—"), to_count("320余名")
    ((3, ''), (None, 'S111'), (None, 'S111'), (None, ''), (320, 'S112'))
    """
    number, problem = to_number(cell, factor=factor)
    if number is None:
        return None, problem
    if not 0 <= number <= 2**53:
        return None, NOT_A_NUMBER
    whole = round(number)
    if abs(number - whole) > 1e-6:
        return None, NOT_A_NUMBER
    return whole, problem


def to_year(cell: object) -> tuple[int | None, str]:
    """Return the year of ``1998年``, ``2001.5``, a date, or a year; ranges and decades are not guessed at."""
    if isinstance(cell, dt.date):
        return cell.year, ""
    text = compact(cell_text(cell))
    if is_missing(text):
        return None, ""
    found = re.fullmatch(
        r"(\d{4})(年(\d{1,2}月(\d{1,2}日)?)?|[./-]\d{1,2}([./-]\d{1,2})?|\.0)?(建成?|竣工|前后)?", text
    )
    if found is None or not _YEAR_RANGE[0] <= int(found[1]) <= _YEAR_RANGE[1]:
        return None, NOT_A_NUMBER
    return int(found[1]), ""


def to_date(cell: object, *, end: bool = False) -> tuple[str, str]:
    """Return ``YYYY-MM-DD``; a missing day or month is the first, or the last where the date ends something.

    >>> to_date("2021年5月"), to_date("2021.5.3"), to_date("2024年", end=True), to_date(44319.0)
    (('2021-05-01', ''), ('2021-05-03', ''), ('2024-12-31', ''), ('2021-05-03', ''))
    """
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat(), ""
    if isinstance(cell, dt.date):
        return cell.isoformat(), ""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and not math.isnan(cell):
        return _date_of_number(float(cell), end)
    text = compact(cell_text(cell))
    if is_missing(text) or text in ("长期", "至今", "永久"):
        return "", ""
    parts = [part for part in re.split(r"至|到|[~～—]+", text) if part]
    return _date_of_text(parts[-1 if end else 0] if parts else "", end)


def _date_of_number(number: float, end: bool) -> tuple[str, str]:
    if 20_000 <= number < 80_000:  # days since 1899-12-30, as spreadsheets count
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(number))).isoformat(), ""
    if not 0 <= number < 1e9:
        return "", NOT_A_DATE
    tenth = round(number * 10) % 10
    if not number.is_integer() and tenth == 1 and abs(number * 10 - round(number * 10)) < 1e-6:
        return "", NOT_A_DATE  # 2021.1 is January, or an October whose zero the spreadsheet dropped
    return _date_of_text(cell_text(number), end)


def _date_of_text(text: str, end: bool) -> tuple[str, str]:
    found = re.fullmatch(
        r"(\d{4})(?:[年./-](?:(\d{1,2})(?:[月./-](?:(\d{1,2})日?)?)?)?)?(?:t?\d{1,2}:\d{2}(?::\d{2})?)?", text
    )
    found = found or re.fullmatch(r"(\d{4})(\d{2})(\d{2})?", text)
    if found is None:
        return "", NOT_A_DATE
    year = int(found[1])
    month = int(found[2]) if found[2] else (12 if end else 1)
    if not (_YEAR_RANGE[0] <= year <= _YEAR_RANGE[1] and 1 <= month <= 12):
        return "", NOT_A_DATE
    last = monthrange(year, month)[1]
    day = int(found[3]) if found[3] else (last if end else 1)
    return (f"{year:04d}-{month:02d}-{day:02d}", "") if 1 <= day <= last else ("", NOT_A_DATE)


def to_yesno(cell: object) -> tuple[str, str]:
    """Return ``yes``, ``no`` or ``unknown``; an empty cell is unknown, not no.

    >>> [to_yesno(cell)[0] for cell in ("√", "×", "", "已成立", 0.0, "—")]
    ['yes', 'no', 'unknown', 'yes', 'no', 'unknown']
    """
    text = compact(cell_text(cell))
    if text in _YES:
        return YES, ""
    if text in _NO:
        return NO, ""
    return UNKNOWN, "" if is_missing(text) else NOT_YES_NO


def to_filled(cell: object) -> tuple[str, str]:
    """Reduce a cell that names a person to whether a person is named.

    ``no`` only where the cell says so (无, 否, 空缺, 待选派); an empty cell or a dash is ``unknown``: nobody said that
    there is nobody.

    >>> [to_filled(cell)[0] for cell in ("张三", "无", "", "—", "空缺")]
    ['yes', 'no', 'unknown', 'unknown', 'no']
    """
    text = compact(cell_text(cell))
    if text in _NO or text in _NOBODY:
        return NO, ""
    return (UNKNOWN if is_missing(text) else YES), ""
