"""Dates as offices write them; what can mean two days is not decided."""

from __future__ import annotations

import datetime as dt
import math
import re
from calendar import monthrange
from typing import Final

from gridkit.io.quantities import chinese
from gridkit.io.text import cell_text, compact, is_missing, narrow, simplified

NOT_A_DATE, AMBIGUOUS_DATE, NOT_A_NUMBER = "S113", "S183", "S111"

END_FIELDS: Final = frozenset(("term_end", "valid_to", "due_on"))
"""Dates that end something: a missing day means the last of the month, a missing month the last of the year."""

YEARS: Final = (1800, 2100)
SERIALS: Final = (20_000, 80_000)
"""Numbers that count days since 1899-12-30, as spreadsheets do: 1954 to 2119."""

_ENDLESS: Final = frozenset(("长期", "至今", "永久", "长期有效", "无期限", "无固定期限"))
_SEPARATOR: Final = r"[年./\-,、。·‧—–−]"
_TIME: Final = re.compile(
    r"(?:\s+|(?<=\d)T|(?<=[日号]))\d{1,2}\s*[:时]\s*\d{1,2}(?:\s*[:分]\s*\d{1,2}(?:\.\d+)?)?[秒分]?(?:Z|[+-]\d\d:?\d\d)?$"
)
_SAID: Final = (
    r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
    r"(?:成立|建立|组建|设立|换届|选举|届满|到期|签订|备案|办结|止|起)?"
)
_WHOLE: Final = re.compile(
    rf"(?:公元)?(\d{{4}})(?:{_SEPARATOR}(?:(\d{{1,2}})(?:[月./\-,、。·‧—–−](?:(\d{{1,2}})[日号]?)?)?)?)?{_SAID}"
)
_JOINED: Final = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_DAY_LAST_YEAR: Final = re.compile(r"(\d{1,2})[./\-](\d{1,2})[./\-](\d{4})")
_SPAN: Final = re.compile(r"(\d{4}(?!\d).*)-(\d{4}(?!\d).*)")
_EDGE: Final = re.compile(r"(\d{4})年(?:(\d{1,2})月)?(年?底|年?末|年?初)")
_HAN_YEAR: Final = re.compile(r"([一二][零〇○oO0一二三四五六七八九]{3})(?=年)")
_HAN_PART: Final = re.compile(r"([一二三四五六七八九十]{1,3})(?=[月日号])")
_HAN_ZERO: Final = str.maketrans("○oO0", "〇〇〇〇")
_LAST_TENTH: Final = re.compile(r"(\d{4})\.1")


def to_year(cell: object) -> tuple[int | None, str]:
    """Return the year of ``1998年``, ``2001.5``, a date, or a year; ranges and decades are not guessed at.

    >>> to_year("一九九八年"), to_year("1998年建成"), to_year("90年代"), to_year("1998-2001")
    ((1998, ''), (1998, ''), (None, 'S111'), (None, 'S111'))
    """
    if isinstance(cell, dt.date):
        return cell.year, ""
    text = _with_digits(compact(cell_text(cell)))
    if is_missing(text):
        return None, ""
    found = re.fullmatch(
        r"(?:约|大约)?(\d{4})(年(\d{1,2}月(\d{1,2}[日号])?)?|[./-]\d{1,2}([./-]\d{1,2})?|\.0)?(初|底|末)?"
        r"(建成?|竣工|交付|入住|前后|左右)?",
        text,
    )
    if found is None or not YEARS[0] <= int(found[1]) <= YEARS[1]:
        return None, NOT_A_NUMBER
    return int(found[1]), ""


def to_date(cell: object, *, end: bool = False) -> tuple[str, str]:
    """Return ``YYYY-MM-DD``; a missing day or month is the first, or the last where the date ends something.

    ``5/3/2021`` may be March or May and is not decided; another calendar than the Gregorian (农历, 民国) is not
    converted.

    >>> to_date("2021年5月"), to_date("2021.5.3"), to_date("2024年", end=True), to_date(44319.0)
    (('2021-05-01', ''), ('2021-05-03', ''), ('2024-12-31', ''), ('2021-05-03', ''))
    >>> to_date("二〇二一年五月三日"), to_date("5/3/2021"), to_date("5/23/2021"), to_date("农历五月初三")
    (('2021-05-03', ''), ('', 'S183'), ('2021-05-23', ''), ('', 'S113'))
    """
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat(), ""
    if isinstance(cell, dt.date):
        return cell.isoformat(), ""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and not math.isnan(cell):
        return _date_of_number(float(cell), end)
    text = simplified(compact(_TIME.sub("", narrow(cell_text(cell)))))
    if is_missing(text) or text in _ENDLESS:
        return "", ""
    text = _with_digits(text)
    span = _SPAN.fullmatch(text)
    parts = list(span.groups()) if span else [part for part in re.split(r"至|到|[~～]+|—{1,2}(?=\d{4})", text) if part]
    return _date_of_text(parts[-1 if end else 0] if parts else "", end)


def lost_zero(texts: list[str]) -> set[str]:
    """Return the cells of a text table that may be an October whose zero a spreadsheet dropped: 2021.1 for 2021.10.

    Where the column writes any October or a January as 2021.01 its writer kept zeros, and nothing is in doubt.

    >>> lost_zero(["2021.1", "2021.5"]), lost_zero(["2021.1", "2020.10"])
    ({'2021.1'}, set())
    """
    if any(re.fullmatch(r"\d{4}\.(?:10|0\d)", text) for text in texts):
        return set()
    return {text for text in texts if _LAST_TENTH.fullmatch(text)}


def _with_digits(text: str) -> str:
    """Return a date with Arabic digits: 二〇二一年五月三日."""
    if text.isascii():
        return text
    text = _HAN_YEAR.sub(lambda found: _digits(found[1].translate(_HAN_ZERO)), text)
    return _HAN_PART.sub(lambda found: _digits(found[1]), text)


def _digits(numeral: str) -> str:
    value = chinese(numeral)
    return numeral if value is None else str(int(value))


def _date_of_number(number: float, end: bool) -> tuple[str, str]:
    if SERIALS[0] <= number < SERIALS[1]:
        if number.is_integer() and number < 20_300 and number % 10:
            return "", AMBIGUOUS_DATE  # 20215 is a day of 1955, or May 2021
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(number))).isoformat(), ""
    if not 0 <= number < 1e9:
        return "", NOT_A_DATE
    tenth = round(number * 10) % 10
    if not number.is_integer() and tenth == 1 and abs(number * 10 - round(number * 10)) < 1e-6:
        return "", AMBIGUOUS_DATE  # 2021.1 is January, or an October whose zero the spreadsheet dropped
    return _date_of_text(cell_text(number), end)


def _date_of_text(text: str, end: bool) -> tuple[str, str]:
    found = _WHOLE.fullmatch(text) or _JOINED.fullmatch(text)
    if found is not None:
        return _day(found[1], found[2], found[3], end=end)
    edge = _EDGE.fullmatch(text)
    if edge is not None and edge[3].endswith("初") != end:  # 2024年底 ends a term, 2021年初 begins one
        return _day(edge[1], edge[2], None, end=end)
    american = _DAY_LAST_YEAR.fullmatch(text)
    if american is not None:
        return _either(int(american[1]), int(american[2]), american[3])
    if re.fullmatch(r"[34]\d{4}", text):  # 1982 to 2036, as a spreadsheet writes dates to a text file
        return _date_of_number(float(text), end)
    return "", NOT_A_DATE


def _either(one: int, other: int, year: str) -> tuple[str, str]:
    """Return a date whose year stands last, where only one order of day and month is possible."""
    months = {(one, other), (other, one)}
    days = {_day(year, str(month), str(day), end=False)[0] for month, day in months} - {""}
    if len(days) == 1:
        return days.pop(), ""
    return "", AMBIGUOUS_DATE if days else NOT_A_DATE


def _day(year_text: str, month_text: str | None, day_text: str | None, *, end: bool) -> tuple[str, str]:
    year = int(year_text)
    month = int(month_text) if month_text else (12 if end else 1)
    if not (YEARS[0] <= year <= YEARS[1] and 1 <= month <= 12):
        return "", NOT_A_DATE
    last = monthrange(year, month)[1]
    day = int(day_text) if day_text else (last if end else 1)
    return (f"{year:04d}-{month:02d}-{day:02d}", "") if 1 <= day <= last else ("", NOT_A_DATE)
