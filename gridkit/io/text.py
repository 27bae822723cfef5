"""Text of cells: full-width characters, traditional characters, readings in brackets, masks, and kinds of missing."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import opencc

if TYPE_CHECKING:
    from collections.abc import Mapping

_MISSING_WORDS: Final = {
    "blank": "空 空白 nan null none <na> <null>",
    "not_applicable": "n/a na 不适用 不涉及 /\\ -/-",
    "none": "无 暂无 没有 無 暫無 沒有 无此项 没",
    "undecided": "待定 待核实 待核 待查 待补 待补充 待填 待填报 待统计 待完善 待确认 待确定 未定 未确定 待明确 待核定 "
    "待提供 待更新 待录入 待采集 待登记 待上报 暂未确定 待核實 待補 待統計 待確認 待確定 未確定",
    "unknown": "不详 不祥 未知 不明 不清楚 不清 未填 未填写 未填报 未统计 未提供 暂未提供 未掌握 暂不掌握 不掌握 "
    "不知道 暂不清楚 暂不详 无资料 无数据 无信息 无记录 暂无资料 暂无数据 暂无信息 暂无记录 未采集 未登记 未录入 "
    "未上报 未核实 资料缺失 数据缺失 信息缺失 缺失 缺项 不詳 未統計 暫無資料 暫無數據 暫無信息",
}
_MISSING: Final[Mapping[str, str]] = MappingProxyType(
    {"": "blank", **{word: kind for kind, words in _MISSING_WORDS.items() for word in words.split()}}
)
"""Word -> why there is no value, in the words of ``City.remarks`` (``blank``: no remark)."""

LONGEST: Final = 8
"""Longer texts are missing only where they are masks."""

_MASKS: Final = "xX×*○□●■ｘＸ＊ \u3000"
_MASKED: Final = re.compile(r"[x×*○□●■]+(?:[.,][x×*○□●■]+)?%?", re.IGNORECASE)
_DASHES: Final = re.compile(r"[-‐‑‒–—―─━−ーㄧ_/\\|]{1,8}")
_FIRST_OF_MISSING: Final = frozenset(letter[0] for letter in _MISSING if letter)
_ERRORS: Final = frozenset(("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0100-\U000e01ef]"
)
"""Characters that nobody sees: joiners, directions of writing, byte order marks, selectors of variants."""

_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]|_x00(?:0[0-9a-f]|1[0-9a-f])_", re.IGNORECASE)
"""Control characters, also as workbooks write them (``_x000D_``)."""

_TONES: Final = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_READING: Final = re.compile(
    rf"[(（]\s*(?:[a-zü']*[{_TONES}][a-zü'{_TONES}\s]*|[\u3105-\u312f\u31a0-\u31bfˊˇˋ˙\s]+)\s*[)）]", re.IGNORECASE
)
_TONELESS: Final = re.compile(r"(?<=[\u3400-\u9fff])[(（][a-zü]{2,6}[)）]")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Return ``text`` in simplified characters; for comparing only, the original is what is kept.

    >>> simplified("陽光花園"), simplified("乾隆")
    ('阳光花园', '乾隆')
    """
    return text if text.isascii() else _converter().convert(text)


def without_readings(text: str) -> str:
    """Return ``text`` without the sounds of its characters in brackets.

    >>> without_readings("問(wèn)題(tí)"), without_readings("房(fáng)子(zi)A区(一期)"), without_readings("A区(abc)")
    ('問題', '房子A区(一期)', 'A区(abc)')
    """
    if "(" not in text and "（" not in text:
        return text
    found, times = _READING.subn("", text)
    return _TONELESS.sub("", found) if times else text


def reading_spans(text: str) -> list[tuple[int, int]]:
    """Return where the sounds of characters stand in brackets, as :func:`without_readings` leaves them out.

    >>> reading_spans("問(wèn)題(tí)"), reading_spans("A区(一期)")
    ([(1, 6), (7, 11)], [])
    """
    found = [hit.span() for hit in _READING.finditer(text)] if "(" in text or "（" in text else []
    return sorted([*found, *(hit.span() for hit in _TONELESS.finditer(text))]) if found else found


def narrow(text: str) -> str:
    """Return ``text`` in NFKC: full-width digits, letters and brackets become ASCII.

    >>> narrow("３人（正式）")
    '3人(正式)'
    """
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip()


def compact(text: str) -> str:
    """Return ``text`` narrow, lower-case and without any space: the form in which words are compared."""
    return "".join(narrow(text).split()).lower()


def word(text: str) -> str:
    """Return a word as words are looked up: compact, simplified, without readings.

    >>> word("黨 組（zǔ）織")
    '党组织'
    """
    return compact(text) if text.isascii() else compact(simplified(without_readings(text)))


def missing_kind(text: str) -> str:
    """Return why a cell has no value, ``""`` where it has one.

    ``blank``; ``not_applicable`` (a dash); ``none`` (无: there is none, which for a count is not always 0); ``masked``
    (XX); ``undecided`` (待定); ``unknown`` (不详).

    >>> [missing_kind(text) for text in ("", "——", "／", "XX", "无", "待定", "不详", "无锡路小区")]
    ['blank', 'not_applicable', 'not_applicable', 'masked', 'none', 'undecided', 'unknown', '']
    """
    if len(text) > LONGEST and text[-1] not in _MASKS:
        return ""
    first = text[:1]
    if "\u4e00" <= first <= "\u9fff" and first not in _FIRST_OF_MISSING:
        return ""
    bare = compact(text)
    kind = _MISSING.get(bare, "")
    if kind or not bare:
        return kind
    if _DASHES.fullmatch(bare):
        return "not_applicable"
    return "masked" if _MASKED.fullmatch(bare) else ""


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no value: blank, a dash, 无, 待定, or a mask of X.

    >>> [is_missing(text) for text in ("", "——", "／", "XX", "无", "无锡路小区")]
    [True, True, True, True, True, False]
    """
    return missing_kind(text) != ""


def is_error(text: str) -> bool:
    """Tell whether a cell holds a spreadsheet error such as ``#REF!``."""
    return text in _ERRORS


def tidy(text: str) -> str:
    """Return ``text`` trimmed, with every run of spaces (full-width ones too) as one space, without invisible ones.

    >>> tidy("　五鼎　小区 "), tidy("五鼎\u200b小区_x000D_")
    ('五鼎 小区', '五鼎小区')
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return " ".join((_CONTROL.sub(" ", text) if not text.isprintable() or "_x0" in text else text).split())


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
