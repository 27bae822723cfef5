"""Numbers as offices write them: with units, with words around them, in Chinese numerals."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from gridkit.io.text import compact, missing_kind, simplified

SCALES: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGITS: Final = dict(zip("零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖", "001223456789123456789", strict=True))
_FORMAL: Final = str.maketrans({"拾": "十", "佰": "百", "仟": "千", "廿": "二十", "卅": "三十"})
_HAN: Final = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖十百千万亿"

_MEASURE: Final = (
    "人次|人数|个人|个|人|名|位|户|家|栋|幢|座|处|所|支|套|间|层|岁|年|月|次|件|项|条|批|场|米|平方米|平米|m2|公里|平方公里|公顷|亩|"
    "单元|口|梯|片|块|部"
)
_NOUN: Final = (
    "正式党员|预备党员|在职党员|中共党员|党员|居民户|居民|住户|业主|家庭|小区|楼栋|楼房|楼|网格|党支部|支部|党小组|小组|委员|单位|企业|"
    "人口|职工|员工|户|人|户数|人数"
)
_UNIT: Final = rf"(?:(?:{_MEASURE})?(?:{_NOUN})?)"
_ARABIC: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER: Final = rf"(?:{_ARABIC}(?:[十百千万亿]{{1,2}})?|[{_HAN}]+)"

_AT_MOST: Final = "不足|不满|未满|不到|少于|低于|小于|至多|最多|不超过|不多于|不大于|不高于|未超过|<=|<|≤|≦"
_AT_LEAST: Final = (
    "至少|最少|起码|不少于|不低于|不小于|不下于|不下|超过|超出|超|逾|多于|大于|高于|突破|上(?=[百千万])|>=|>|≥|≧"
)
_ABOUT: Final = "大约有|大约为|大约|约有|约为|约计|约|大概|接近|将近|近"
_EXACT: Final = "总共有|总共|共计|共有|合计|总计|一共|现有|共|计|有"
_CELL: Final = re.compile(
    rf"(?:{_EXACT})?(?P<before>(?P<at_most>{_AT_MOST})|(?P<at_least>{_AT_LEAST})|(?P<about>{_ABOUT})|)(?:有)?"
    rf"(?P<number>{_NUMBER})(?P<more>有余|余|多|来|\+)?(?P<scale>[十百千万亿]{{0,2}})(?P<later>有余|余|多|来)?"
    rf"(?P<percent>%)?{_UNIT}"
    rf"(?P<after>(?P<up>及以上|或以上|以上|之上|有余|余|多|\+)|(?P<down>及以下|或以下|以下|以内|之内)"
    rf"|(?P<near>左右|上下|前后|许|\(约\)|\(大约\)|\(左右\)))?"
)
_RANGE: Final = re.compile(
    rf"(?:{_ABOUT})?{_NUMBER}%?{_UNIT}(?:-|~|～|—|–|―|至|到|或)+{_NUMBER}%?{_UNIT}(?:左右|之间)?", re.IGNORECASE
)
_VAGUE: Final = re.compile(rf"(?:{_ABOUT}|{_EXACT})?[{_HAN}\d]*[几数][{_HAN}]*(?:余|多)?{_UNIT}")
_MASKED: Final = re.compile(
    rf"(?:{_ABOUT}|{_EXACT})?[x×*○□●■]+(?:[.,][x×*○□●■]+)?(?:余|多)?[十百千万亿]?%?{_UNIT}(?:以上|左右)?"
)
_UNIT_IN_BRACKETS: Final = re.compile(rf"\(({_MEASURE})\)$")

_D: Final = "[一二两三四五六七八九壹贰叁肆伍陆柒捌玖]"
_SECTION: Final = re.compile(
    rf"[零〇]?(?P<千>{_D}?千)?[零〇]?(?P<百>{_D}?百)?[零〇]?(?P<十>{_D}?十)?[零〇]?(?P<last>{_D})?"
)


class Quantity(NamedTuple):
    """A number and the words around it.

    ``value`` is None for upper limits, ranges and masks; ``remark`` is ``about``, ``at_least``, ``at_most``, ``range``,
    ``masked`` or empty for an exact number; ``percent`` and ``scaled`` (万) say what stood in the cell itself.
    """

    value: float | None
    remark: str = ""
    percent: bool = False
    scaled: bool = False


@cache
def quantity(text: str) -> Quantity | None:
    """Return what a cell says of an amount; None where it says nothing of one.

    ``以上`` includes the number and is a lower limit; ``不足`` excludes it and leaves no number at all.

    >>> quantity("约300户"), quantity("三百多户"), quantity("55.2%以上")
    (Quantity(value=300.0, remark='about', percent=False, scaled=False), \
Quantity(value=300.0, remark='at_least', percent=False, scaled=False), \
Quantity(value=0.552, remark='at_least', percent=True, scaled=False))
    >>> quantity("不足10人"), quantity("300-320户"), quantity("某人") is None
    (Quantity(value=None, remark='at_most', percent=False, scaled=False), \
Quantity(value=None, remark='range', percent=False, scaled=False), True)
    """
    bare = _UNIT_IN_BRACKETS.sub(r"\1", simplified(compact(text)).translate(_FORMAL).rstrip("。.;,"))
    if missing_kind(bare) == "masked" or _MASKED.fullmatch(bare):
        return Quantity(None, "masked")
    bare = bare.removeprefix("百分之") + "%" if bare.startswith("百分之") else bare
    found = _CELL.fullmatch(bare)
    if found is not None:
        number = _number(found["number"], found["scale"], more=bool(found["more"]))
        bare_scale = found["number"] in "百千万亿" and not (found["before"] or found["more"])
        if number is not None:
            return None if bare_scale else _read(found, number)
    if _RANGE.fullmatch(bare) or _VAGUE.fullmatch(bare) or found is not None:
        return Quantity(None, "range")
    return None


def _read(found: re.Match[str], number: float) -> Quantity:
    if found["at_most"] or found["down"]:
        return Quantity(None, "at_most")
    remark = ""
    more = {found["more"], found["later"]} - {None}
    if found["at_least"] or found["up"] or more - {"来"}:
        remark = "at_least"
    elif found["about"] or found["near"] or more:
        remark = "about"
    percent = found["percent"] is not None
    scaled = any(letter in "万亿" for letter in found["number"] + found["scale"])
    return Quantity(round(number / 100, 10) if percent else number, remark, percent, scaled)


def _number(text: str, scale: str, *, more: bool) -> float | None:
    """Return the value of a number with its scale; 十几 and 三五 are none."""
    if scale and not more:
        return None  # a scale that the number itself did not take: 一百二百
    value = _arabic(text) if text[0].isdigit() else chinese(text)
    for letter in scale if value is not None else "":
        value = value * SCALES[letter] if value is not None else None
    return value


def _arabic(text: str) -> float:
    digits = text.rstrip("十百千万亿")
    value = float(digits.replace(",", ""))
    for letter in text[len(digits) :]:
        value *= SCALES[letter]
    return round(value, 6)


def chinese(text: str) -> float | None:
    """Return the value of a numeral in Chinese characters; None for 三五 (three to five) and what is no numeral.

    >>> [chinese(text) for text in ("三", "两百", "一千二百", "十五", "一万二", "一百零五", "三百五", "二〇", "三五")]
    [3.0, 200.0, 1200.0, 15.0, 12000.0, 105.0, 350.0, 20.0, None]
    """
    if not any(letter in SCALES for letter in text):
        digits = "".join(_DIGITS.get(letter, "") for letter in text)
        plain = len(text) != 2 or "0" in digits  # two digits side by side are a range: 三五户
        return float(digits) if len(digits) == len(text) and plain else None
    return _scaled(text)


def _scaled(text: str) -> float | None:
    """Return the value of a numeral with 亿 and 万: what stands before them, and what follows."""
    for letter in "亿万":
        left, there, right = text.rpartition(letter)
        if there:
            head = _scaled(left) if left else 1.0
            tail = (
                _section(right, SCALES[letter]) if letter == "万" or len(right) < 2 else _scaled(right.lstrip("零〇"))
            )
            return None if head is None or tail is None else head * SCALES[letter] + tail
    return _section(text, 10)


def _section(text: str, above: int) -> float | None:
    """Return the value of a numeral below 10,000; a last digit alone counts the next place: 三百五, 一万二."""
    found = _SECTION.fullmatch(text)
    if found is None:
        return None
    value = 0
    for unit, letter in ((1000, "千"), (100, "百"), (10, "十")):
        digit = found[letter]
        if digit is not None:
            value += unit * int(_DIGITS.get(digit.rstrip(letter), "1"))
            above = unit
    if found["last"]:
        value += int(_DIGITS[found["last"]]) * (1 if text[-2:-1] in ("零", "〇") else above // 10)
    return float(value)
