"""Text of cells: full-width characters, missing values, masks."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import Final

_MISSING: Final = frozenset(
    [
        "",
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "//",
        "\\",
        "无",
        "暂无",
        "空",
        "待定",
        "不详",
        "未知",
        "未填",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
    ]
)
LONGEST: Final = 8
"""Longer texts are missing only where they are masks."""

_MASKS: Final = "xX×*○□ｘＸ＊ \u3000"
_MASKED: Final = re.compile(r"[x×*○□]+", re.IGNORECASE)
_ERRORS: Final = frozenset(("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"))
_INVISIBLE: Final = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")


def narrow(text: str) -> str:
    """Return ``text`` in NFKC: full-width digits, letters and brackets become ASCII.

    >>> narrow("３人（正式）")
    '3人(正式)'
    """
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip()


def compact(text: str) -> str:
    """Return ``text`` narrow, lower-case and without any space: the form in which words are compared."""
    return "".join(narrow(text).split()).lower()


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no value: blank, a dash, 无, 待定, or a mask of X.

    >>> [is_missing(text) for text in ("", "——", "／", "XX", "无", "无锡路小区")]
    [True, True, True, True, True, False]
    """
    if len(text) > LONGEST and text[-1] not in _MASKS:
        return False
    bare = compact(text)
    return bare in _MISSING or _MASKED.fullmatch(bare) is not None


def is_error(text: str) -> bool:
    """Tell whether a cell holds a spreadsheet error such as ``#REF!``."""
    return text in _ERRORS


def tidy(text: str) -> str:
    """Return ``text`` trimmed, with every run of spaces (full-width ones too) as one space; nothing else is changed.

    >>> tidy("　五鼎　小区 ")
    '五鼎 小区'
    """
    return " ".join((text if text.isascii() else _INVISIBLE.sub("", text)).split())


def cell_text(value: object) -> str:
    """Return a cell as the text that a person sees: whole numbers without ``.0``, dates as ``YYYY-MM-DD``.

    >>> cell_text(123.0), cell_text(None), cell_text(2.5)
    ('123', '', '2.5')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def _number_text(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
