"""Numbers as reports write them: Arabic, Chinese, with 万 and 余, as ranges, and redacted ones."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_DIGITS: Final = {letter: at for at, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}
_GROUPS: Final = {"万": 10**4, "亿": 10**8}

MULTIPLIERS: Final = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6,
                      "千万": 10**7, "亿": 10**8, "万亿": 10**12}  # fmt: skip

ARABIC: Final = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
CHINESE: Final = r"[零〇一二两三四五六七八九十百千万亿]{1,20}(?:点[零〇一二三四五六七八九]{1,6})?"
MASK: Final = r"(?:[Xx×*＊○〇□■●_]{1,8}(?:\.[Xx×*○〇□]{1,4})?|某某+)"
TIMES: Final = r"(?:万亿|[十百千]?万|亿|[百千](?=[余多]?[个名支家项户场件人次]))"

LONGEST: Final = 15
"""A number of more digits is a code."""


def is_masked(text: str) -> bool:
    """Tell whether a number is redacted.

    >>> is_masked("XXXX"), is_masked("XX.X"), is_masked("12")
    (True, True, False)
    """
    return re.fullmatch(MASK, text) is not None and not re.fullmatch("〇+", text)


def arabic(text: str, times: str = "") -> tuple[Fraction, int] | None:
    """Return an Arabic number times its 万 or 亿, and the decimals written; None where it is too long for a number.

    >>> arabic("2.6", "万"), arabic("1,359"), arabic("55.20")
    ((Fraction(26000, 1), 1), (Fraction(1359, 1), 0), (Fraction(276, 5), 2))
    """
    bare = text.replace(",", "")
    if not bare.isascii() or len(bare) > LONGEST:
        return None
    return Fraction(bare) * MULTIPLIERS.get(times, 1), len(bare.partition(".")[2])


def chinese(text: str) -> Fraction | None:
    """Return a Chinese number; None where the signs are no number.

    >>> [int(chinese(text)) for text in ("五", "十二", "二十", "一百零五", "两百", "一千三百五十九", "二万三")]
    [5, 12, 20, 105, 200, 1359, 20003]
    >>> chinese("五六"), chinese("万"), chinese("XX"), chinese("九十五点五")
    (None, None, None, Fraction(191, 2))
    """
    text, _, behind = text.partition("点")
    if behind:
        whole = chinese(text)
        digits = [_DIGITS.get(letter, -1) for letter in behind]
        if whole is None or min(digits) < 0:
            return None
        return whole + Fraction(int("".join(map(str, digits))), 10 ** len(digits))
    if not text or re.fullmatch(CHINESE, text) is None or text[0] in "万亿" or len(text) > LONGEST:
        return None
    if all(letter in _DIGITS for letter in text):
        long = len(text) == 1 or len(text) > 2
        return Fraction("".join(str(_DIGITS[letter]) for letter in text)) if long else None
    total = section = digit = 0
    for letter in text:
        if letter in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[letter]
        elif letter in _PLACES:
            section += (digit or 1) * _PLACES[letter]
            digit = 0
        else:
            total = (total + section + digit) * _GROUPS[letter]
            section = digit = 0
    return Fraction(total + section + digit)


def chinese_range(text: str) -> tuple[Fraction, Fraction] | None:
    """Return the two ends of a number such as 五六 or 三四十; None for any other.

    >>> [tuple(map(int, chinese_range(text))) for text in ("五六", "三四十")], chinese_range("六五")
    ([(5, 6), (30, 40)], None)
    """
    found = re.fullmatch(r"([一二三四五六七八九])([二三四五六七八九])([十百千万]?)", text)
    if found is None or _DIGITS[found[2]] != _DIGITS[found[1]] + 1:
        return None
    times = MULTIPLIERS[found[3]]
    return Fraction(_DIGITS[found[1]] * times), Fraction(_DIGITS[found[2]] * times)


def number(text: str, times: str = "") -> tuple[Fraction, int] | None:
    """Return any number and its decimals; None where it is redacted or no number.

    >>> number("五"), number("XX"), number("3", "万")
    ((Fraction(5, 1), 0), None, (Fraction(30000, 1), 0))
    """
    if text[:1].isdigit() and text.isascii():
        return arabic(text, times)
    value = chinese(text)
    return None if value is None else (value * MULTIPLIERS.get(times, 1), len(text.partition("点")[2]))
