"""The figures of a report: number, unit and noun, with everything that qualifies them, and their place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.texts import nouns
from gridkit.audit.texts.numbers import ARABIC, CHINESE, MASK, TIMES, chinese_range, is_masked, number
from gridkit.audit.texts.plain import plain_of, sentences
from gridkit.audit.texts.quotes import closed_spans
from gridkit.audit.texts.words import (
    AFTER, AIMS, BEFORE, BEFORE_PATTERN, BREAKS, EVERY, FULL, MORE, SCOPES, SLOGANS, SPANS, UNIT,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.audit.texts.plain import Plain


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a text.

    ``text[start:end]`` is what is written; ``sentence`` the sentence around it, ``at`` its number. ``value`` is exact
    (万 and 成 multiplied out, percent as percent), None where the figure is ``redacted``; ``upper`` the upper end of a
    range, ``decimals`` how many are written. ``comparator`` is one of ``= >= <= > <``; ``approx`` the word that makes
    it a rough one (余, 约). ``unit`` is a measure word or ``%``, ``noun`` what is counted, simplified; ``lead`` what
    stands before the number back to the last break. ``kind`` is ``count``, ``share``, or ``full`` for full coverage in
    words. ``scope`` is the last word for a place before it (全市), ``as_of`` a day that the sentence states, ``aim``
    whether it is wanted rather than reported.
    """

    start: int
    end: int
    written: str
    sentence: str
    at: int
    kind: str
    value: Fraction | None
    unit: str
    noun: str
    upper: Fraction | None = None
    decimals: int = 0
    comparator: str = "="
    approx: str = ""
    redacted: bool = False
    lead: str = ""
    clause: str = ""
    scope: str = ""
    as_of: str = ""
    aim: bool = False

    @property
    def exact(self) -> bool:
        """Whether the figure states one number, neither rough nor bounded nor redacted."""
        return self.value is not None and self.upper is None and self.comparator == "=" and not self.approx


_NUMBER: Final = f"(?:{ARABIC}|{CHINESE}|{MASK})"
_FIGURE: Final = re.compile(
    rf"(?:(?P<part>[百千])分之(?P<of>{_NUMBER})|(?P<down>{CHINESE})分之(?P<up>{CHINESE})|"
    rf"(?P<tenths>[一二两三四五六七八九])成(?P<half>半|[一二三四五六七八九](?!个))?(?![立员为功果效本熟都长年绩就人品因语交分])|"
    rf"(?P<sign>[-−+](?=[\d.]+%))?(?P<first>{_NUMBER})(?P<more1>[余多来])?(?P<times>{TIMES})?(?P<more2>[余多来])?(?P<percent1>[%‰])?"
    rf"(?:(?P<dash>[-~—–至到])(?P<second>{_NUMBER})(?P<times2>{TIMES})?)?"
    rf"(?P<percent>[%‰])?(?P<unit>{UNIT})?(?P<more3>[余多])?)(?P<after>及?以上|以下|以内|之内|左右|上下|之多)?"
)
_CLAUSE: Final = re.compile(f"[{re.escape(BREAKS)}]")
_DAY: Final = re.compile(r"截[至止]到?(\d{4})年(?:(\d{1,2})月)?(?:(\d{1,2})[日号]|(底|末))?")
_ALONE: Final = re.compile(
    r"(?:网格|支部|小组|组织|社区|街道|小区|中心|驿站|服务站|企业|公司|党员|单位|委员会|业委会|数量?|合计|总计|共计|总数)[:：为\t]?$"
)
_CHANGE: Final = re.compile(
    r"^[^,，。;；]{0,8}(?:提高|上升|提升|增加|增长|扩大|减少|下降|降低|压减|精简|压缩|减|降|升|增|变|→|至|到)[^,，。;；]{0,4}$|^→$"
)
_COUNTED: Final = re.compile(rf"^[\d.,]+(?:{TIMES})?[余多]?(?:{UNIT})?")
_YEARS: Final = range(1900, 2101)


def figures_in(text: str) -> tuple[Figure, ...]:
    """Return every figure of a text, in its order.

    A figure is a number with a unit of counting or a percent sign, a bare number right behind a noun that can be
    counted, a redacted one (``XX个``), or full coverage in words. Dates, document and phone numbers, numbers of lists,
    codes, names and slogans (“三张清单”, 一是, 三无小区) are none.

    Parameters
    ----------
    text : str
        A report; traditional or simplified, any width.

    Returns
    -------
    tuple of Figure
        With their places in ``text`` itself.

    Examples
    --------
    >>> [(one.noun, one.written, one.comparator) for one in figures_in("全州建立网格党支部194个，覆盖率达95%以上。")]
    [('网格党支部', '194个', '='), ('覆盖率', '95%以上', '>=')]
    >>> figures_in("组建小区党支部XX个")[0].value is None
    True
    """
    plain = plain_of(text)
    closed = closed_spans(plain.plain)
    found: list[Figure] = []
    for at, (start, end) in enumerate(sentences(plain.plain)):
        figures = sorted(_of_sentence(plain, start, end, closed), key=lambda one: (one.start, one.end))
        found += [replace(one, at=at) for one in figures]
    return tuple(found)


def _of_sentence(plain: Plain, start: int, end: int, closed: list[tuple[int, int]]) -> list[Figure]:
    told = plain.plain[start:end]
    shared = {"sentence": plain.original(start, end).strip(), "as_of": _day(told)}
    hits: list[tuple[re.Match[str], dict[str, Any]]] = []
    for hit in _FIGURE.finditer(plain.plain, start, end):
        if any(low <= hit.start() and hit.end() <= high for low, high in closed) and not _is_share(hit):
            continue
        read = _read(hit, plain.plain, start)
        if read is not None:
            hits.append((hit, read))
    found: list[Figure] = []
    last = start
    for hit, read in hits:
        behind = plain.plain[hit.end() : end]
        lead = plain.plain[last : hit.start()]
        one = _figure(plain, hit, read | shared, (lead, behind))
        if found and _CHANGE.match(BEFORE_PATTERN.sub("", lead)):
            one = replace(one, noun=found[-1].noun)
        found.append(_scoped(one, plain.plain[start : hit.start()]))
        last = hit.end()
    return [*_shared_out(found, plain, start), *_full(plain, (start, end), shared, found)]


def _is_share(hit: re.Match[str]) -> bool:
    return bool(hit["percent"] or hit["percent1"] or hit["part"])


def _read(hit: re.Match[str], plain: str, start: int) -> dict[str, Any] | None:
    """Return value, unit and kind of a hit; None where it is no figure."""
    if hit["part"] or hit["down"] or hit["tenths"]:
        read = _fraction(hit, plain)
        return None if read is None else read | _bounds(hit, plain[max(start, hit.start() - 12) : hit.start()])
    unit = "%" if _is_share(hit) else (hit["unit"] or "").replace("个百分点", "百分点")
    if (hit["percent"] or hit["percent1"]) == "‰":
        unit = "‰"
    before = plain[max(start, hit.start() - 12) : hit.start()]
    if not _stands_free(hit, plain) or unit in SPANS or not _is_counted(hit, unit, before, plain):
        return None
    if not unit and not _stands_alone(hit, before, plain):
        return None
    values = _values(hit, before)
    return None if values is None else {"unit": unit, "kind": "share" if unit in ("%", "‰") else "count", **values}


def _fraction(hit: re.Match[str], plain: str) -> dict[str, Any] | None:
    """Return 百分之九十五, 三分之二 and 九成 as shares."""
    if hit["part"]:
        if is_masked(hit["of"]):
            return {"unit": "%", "kind": "share", "value": None, "redacted": True}
        read = number(hit["of"])
        if read is None:
            return None
        scale = 1 if hit["part"] == "百" else Fraction(1, 10)
        return {"unit": "%", "kind": "share", "value": read[0] * scale, "decimals": read[1]}
    if hit["down"]:
        down, up = number(hit["down"]), number(hit["up"])
        if down is None or up is None or not down[0] or up[0] > down[0]:
            return None
        return {"unit": "%", "kind": "share", "value": 100 * up[0] / down[0]}
    if plain[hit.start() - 1 : hit.start()] in {"第", *"一二三四五六七八九十"} - {""}:
        return None
    tenths = number(hit["tenths"])
    half = {"": Fraction(0), "半": Fraction(5)}.get(hit["half"] or "")
    if tenths is None:
        return None
    more = half if half is not None else (number(hit["half"]) or (Fraction(0), 0))[0]
    return {"unit": "%", "kind": "share", "value": tenths[0] * 10 + more}


def _stands_free(hit: re.Match[str], plain: str) -> bool:
    """Tell whether no letter, digit or sign of a code touches the number."""
    previous = plain[hit.start() - 1] if hit.start() else "\n"
    if previous == "第" or (previous.isascii() and (previous.isalnum() or previous in "._+/#@=\\")):
        return False
    if previous in "-−–" and not hit["sign"] and not _is_share(hit):
        return False
    following = plain[hit.end() : hit.end() + 1] or "\n"
    plainly = hit["unit"] or _is_share(hit)
    return bool(plainly) or not (following.isascii() and (following.isalnum() or following in "._+-/:%@"))


def _is_counted(hit: re.Match[str], unit: str, before: str, plain: str) -> bool:
    """Tell whether a Chinese number counts (五个) rather than names (一批, 二次, 三家村), and a mask masks a number."""
    first = hit["first"]
    if is_masked(first):
        wordy = unit in ("个", "家", "人") and re.match(r"[人性体别案庭]", plain[hit.end() : hit.end() + 1])
        return bool(unit) and not (wordy and len(first) < 3)
    if first[0].isdigit():
        return True
    if not unit:
        return False
    if unit in ("%", "‰"):
        return True
    if before[-1:] in set("第初周之其几数") or SLOGANS.match(plain, hit.start("unit")):
        return False
    if first in ("二", "百", "千", "万", "十", "零", "〇"):
        return first == "十" or bool(first in "百千" and before[-1:] in set("近上约逾超"))
    if first != "一":
        return True
    bounded = hit["after"] or BEFORE_PATTERN.search(before) or BEFORE_PATTERN.search(before.removesuffix("有"))
    clause = _CLAUSE.split(before)[-1]
    return bool(bounded) or (before[-1:] not in ("每", "各", "某", "同") and EVERY.search(clause) is not None)


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
    second = hit["second"]
    low = number(first, times or (hit["times2"] or "" if second else ""))
    if low is None:
        return None
    value = -low[0] if hit["sign"] in ("-", "−") else low[0]
    if second and not (hit["dash"] in ("至", "到") and before.endswith(("从", "由"))):
        high = number(second, hit["times2"] or "")
        if high is None or high[0] <= value:
            return None
        return {"value": value, "upper": high[0], "decimals": max(low[1], high[1]), **shared}
    return {"value": value, "decimals": low[1], **shared}


def _figure(plain: Plain, hit: re.Match[str], read: dict[str, Any], around: tuple[str, str]) -> Figure:
    lead, behind = around
    bare = BEFORE_PATTERN.sub("", lead)
    first, second = nouns.after(behind), nouns.before(bare)
    noun = (first or second) if (read["kind"] == "count") != behind.startswith("的") else (second or first)
    start, end = plain.index[hit.start()], plain.index[hit.end() - 1] + 1
    clause = _CLAUSE.split(lead)[-1] + hit[0] + _CLAUSE.split(behind, maxsplit=1)[0]
    written = plain.text[start:end]
    aim = AIMS.search(_CLAUSE.split(lead)[-1]) is not None
    return Figure(start, end, written, at=0, noun=noun, lead=lead, clause=clause, aim=aim, **read)


def _scoped(one: Figure, before: str) -> Figure:
    scopes = SCOPES.findall(before + one.noun)
    return replace(one, scope=scopes[-1]) if scopes else one


def _shared_out(found: list[Figure], plain: Plain, start: int) -> list[Figure]:
    """Give the figures behind 分别 their own nouns: 组织和工作覆盖率分别达到XX%、100%."""
    out = list(found)
    for at, one in enumerate(found):
        if "分别" not in one.lead:
            continue
        group = [one]
        for other in found[at + 1 :]:
            if re.fullmatch(r"[、,，和与及]+", other.lead) is None or other.unit != one.unit:
                break
            group.append(other)
        phrase = re.split(r"[,，;；:：。]", one.lead.rpartition("分别")[0])[-1]
        for offset, noun in enumerate(nouns.respective(phrase, len(group))):
            out[at + offset] = replace(group[offset], noun=noun)
    return out


def _full(plain: Plain, span: tuple[int, int], shared: dict[str, Any], found: list[Figure]) -> Iterator[Figure]:
    """Yield full coverage in words, but not where its clause states the figure as well."""
    for hit in FULL.finditer(plain.plain, *span):
        low = max([span[0], *(plain.plain.rfind(mark, span[0], hit.start()) + 1 for mark in BREAKS)])
        high = min([span[1], *(at for mark in BREAKS if (at := plain.plain.find(mark, hit.end(), span[1])) >= 0)])
        start, end = plain.index[hit.start()], plain.index[hit.end() - 1] + 1
        inside = plain.index[low], plain.index[high - 1] + 1
        if any(one.kind == "share" and inside[0] <= one.start < inside[1] for one in found):
            continue
        clause, lead = plain.plain[low:high], plain.plain[low : hit.start()]
        noun = _COUNTED.sub("", nouns.before(lead)) or nouns.after(plain.plain[hit.end() : high])
        one = Figure(start, end, plain.text[start:end], kind="full", value=Fraction(100), unit="%", noun=noun, at=0,
                     lead=lead, clause=clause, aim=AIMS.search(lead) is not None, **shared)  # fmt: skip
        yield _scoped(one, plain.plain[span[0] : hit.start()])


def _day(sentence: str) -> str:
    """Return the day that a sentence speaks of, "" where it states none that can be.

    >>> _day("截至2024年6月底"), _day("截至2023年12月5日"), _day("截至目前"), _day("截至2023年")
    ('2024-06-30', '2023-12-05', '', '')
    """
    import datetime as dt

    hit = _DAY.search(sentence)
    if hit is None or not hit[2] or not (hit[3] or hit[4]):
        return ""
    year, month = int(hit[1]), int(hit[2])
    try:
        if hit[3]:
            return dt.date(year, month, int(hit[3])).isoformat()
        following = dt.date(year + month // 12, month % 12 + 1, 1)
    except ValueError:
        return ""
    return (following - dt.timedelta(days=1)).isoformat() if month <= 12 else ""
