"""What one number of a text says: value, unit, range and bounds; or that it is no figure."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from gridkit.audit.texts.numbers import ARABIC, CHINESE, MASK, TIMES, chinese_range, is_masked, number
from gridkit.audit.texts.words import AFTER, BEFORE, BEFORE_PATTERN, BREAKS, EVERY, MORE, SLOGANS, SPANS, UNIT

_NUMBER: Final = f"(?:{ARABIC}|{CHINESE}|{MASK})"
FIGURE: Final = re.compile(
    rf"(?:(?P<part>[百千])分之(?P<of>{_NUMBER})|(?P<down>{CHINESE})分之(?P<up>{CHINESE})|"
    rf"(?P<tenths>[一二两三四五六七八九])成(?P<half>半|[一二三四五六七八九](?!个))?(?![立员为功果效本熟都长年绩就人品因语交分])|"
    rf"(?P<sign>[-−+](?=[\d.]+%))?(?P<first>{_NUMBER})"
    rf"(?P<more1>[余多来])?(?P<times>{TIMES})?(?P<more2>[余多来])?(?P<percent1>[%‰])?"
    rf"(?:(?P<dash>[-~—–至到])(?P<second>{_NUMBER})(?P<times2>{TIMES})?)?"
    rf"(?P<percent>[%‰])?(?P<unit>{UNIT})?(?P<more3>[余多])?)(?P<after>及?以上|以下|以内|之内|左右|上下|之多)?"
)
_CLAUSE: Final = re.compile(f"[{re.escape(BREAKS)}]")
_ALONE: Final = re.compile(
    r"(?:网格|支部|小组|组织|社区|街道|小区|中心|驿站|服务站|企业|公司|党员|单位|委员会|业委会|数量?|合计|总计|共计|总数)"
    r"[:：为\t]?$"
)
_YEARS: Final = range(1900, 2101)
_NAMING: Final = frozenset("第初周之其几数")
_NO_COUNT: Final = frozenset("二百千万零〇")
_ABOUT: Final = frozenset("近上约逾超")
_NO_TENTHS: Final = frozenset("第一二三四五六七八九十")
NEAR: Final = 12
"""A word that bounds a number stands so near before it."""


def is_share(hit: re.Match[str]) -> bool:
    """Tell whether a hit of :data:`FIGURE` states a percentage by its sign or in words."""
    return bool(hit["percent"] or hit["percent1"] or hit["part"])


def read(hit: re.Match[str], plain: str, start: int) -> dict[str, Any] | None:
    """Return value, unit, kind and bounds of a hit in the sentence that begins at ``start``; None: it is no figure."""
    before = plain[max(start, hit.start() - NEAR) : hit.start()]
    if hit["part"] or hit["down"] or hit["tenths"]:
        share = _in_words(hit, before)
        return None if share is None else {"unit": "%", "kind": "share", **share, **_bounds(hit, before)}
    unit = "%" if is_share(hit) else (hit["unit"] or "").replace("个百分点", "百分点")
    if "‰" in (hit["percent"], hit["percent1"]):
        unit = "‰"
    fits = _is_counted(hit, unit, before, plain) and (unit or _stands_alone(hit, before, plain))
    if not fits or unit in SPANS or not _stands_free(hit, plain):
        return None
    values = _values(hit, before)
    return None if values is None else {"unit": unit, "kind": "share" if unit in ("%", "‰") else "count", **values}


def _in_words(hit: re.Match[str], before: str) -> dict[str, Any] | None:
    """Return 百分之九十五, 三分之二 and 九成 as shares."""
    if hit["of"] and is_masked(hit["of"]):
        return {"value": None, "redacted": True}
    if hit["part"]:
        found = number(hit["of"])
        scale = 1 if hit["part"] == "百" else Fraction(1, 10)
        return None if found is None else {"value": found[0] * scale, "decimals": found[1]}
    if hit["down"]:
        down, up = number(hit["down"]), number(hit["up"])
        fine = down is not None and up is not None and up[0] <= down[0] != 0
        return {"value": 100 * up[0] / down[0]} if fine and down and up else None
    tenths, half = number(hit["tenths"]), hit["half"] or "零"
    more = Fraction(5) if half == "半" else (number(half) or (Fraction(0), 0))[0]
    return None if tenths is None or before[-1:] in _NO_TENTHS else {"value": tenths[0] * 10 + more}


def _stands_free(hit: re.Match[str], plain: str) -> bool:
    """Tell whether no letter, digit or sign of a code touches the number."""
    previous = plain[hit.start() - 1] if hit.start() else "\n"
    if previous == "第" or (previous.isascii() and (previous.isalnum() or previous in "._+/#@=\\")):
        return False
    if previous in "-−–" and not hit["sign"] and not is_share(hit):
        return False
    following = plain[hit.end() : hit.end() + 1] or "\n"
    plainly = hit["unit"] or is_share(hit)
    return bool(plainly) or not (following.isascii() and (following.isalnum() or following in "._+-/:%@"))


def _is_counted(hit: re.Match[str], unit: str, before: str, plain: str) -> bool:
    """Tell whether a Chinese number counts (五个) rather than names (一批, 二次, 三家村), and a mask masks a number."""
    first = hit["first"]
    if is_masked(first):
        word = unit in ("个", "家", "人") and re.match(r"[人性体别案庭]", plain[hit.end() : hit.end() + 1])
        return bool(unit) and not (word and len(first) < 3)
    if first[0].isdigit() or unit in ("%", "‰"):
        return True
    if not unit or before[-1:] in _NAMING or SLOGANS.match(plain, hit.start("unit")):
        return False
    if first == "一":
        return _is_one(hit, before)
    return first not in _NO_COUNT or (first in "百千" and before[-1:] in _ABOUT)


def _is_one(hit: re.Match[str], before: str) -> bool:
    """Tell whether 一 counts, which it does only with a bound (至少一名) or where it is shared out (每个社区一名)."""
    if hit["after"] or BEFORE_PATTERN.search(before) or BEFORE_PATTERN.search(before.removesuffix("有")):
        return True
    return before[-1:] not in ("每", "各", "某", "同") and EVERY.search(_CLAUSE.split(before)[-1]) is not None


def _stands_alone(hit: re.Match[str], before: str, plain: str) -> bool:
    """Tell whether a number without a unit is a count all the same: right behind a noun, and nothing follows."""
    first = hit["first"]
    if not first[0].isdigit() or hit["dash"] or hit["more1"] or hit["sign"]:
        return False
    following = plain[hit.end() : hit.end() + 1]
    if following and following not in BREAKS + ")）":
        return False
    if len(first) > 6 or (first.isdigit() and int(first) in _YEARS and not before.endswith("\t")):
        return False
    return _ALONE.search(before) is not None


def _bounds(hit: re.Match[str], before: str) -> dict[str, Any]:
    """Return the comparator of a number, and the word that makes it a rough one."""
    words = BEFORE_PATTERN.search(before)
    more = hit["more1"] or hit["more2"] or hit["more3"] or ""
    sign = AFTER.get((hit["after"] or "").removeprefix("及"), "") or MORE.get(more, "")
    word = hit["after"] or more
    if words and words[1] != "上" and not (sign and word in AFTER):
        sign, word = BEFORE[words[1]], words[1]
    rough = word if sign.endswith("~") or word in MORE or word in ("左右", "上下", "之多") else ""
    return {"comparator": sign.rstrip("~") or "=", "approx": rough}


def _values(hit: re.Match[str], before: str) -> dict[str, Any] | None:
    """Return value, range, decimals and bounds of a number; None where it is too long for one."""
    first, times = hit["first"], hit["times"] or ""
    shared = _bounds(hit, before)
    if is_masked(first):
        return {"value": None, "redacted": True, **shared}
    ends = chinese_range(first)
    if ends:
        return {"value": ends[0], "upper": ends[1], **shared}
    second = "" if hit["dash"] in ("至", "到") and before.endswith(("从", "由")) else hit["second"] or ""
    if second and is_masked(second):
        return {"value": None, "redacted": True, **shared}
    low = number(first, times or (hit["times2"] or "" if second else ""))
    high = number(second, hit["times2"] or "") if second else low
    if low is None or high is None:
        return None
    value = -low[0] if hit["sign"] in ("-", "−") else low[0]
    if second and high[0] <= value:
        return None
    return {"value": value, "upper": high[0] if second else None, "decimals": max(low[1], high[1]), **shared}
