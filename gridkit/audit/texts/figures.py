"""The figures of a report: number, unit and noun, with everything that qualifies them, and their place in the text."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.texts import nouns
from gridkit.audit.texts.numbers import TIMES
from gridkit.audit.texts.plain import plain_of, sentences
from gridkit.audit.texts.quotes import REACH, closed_spans
from gridkit.audit.texts.reading import FIGURE, is_share, read
from gridkit.audit.texts.tables import with_heads
from gridkit.audit.texts.when_where import day_of, place_of
from gridkit.audit.texts.words import AIMS, BEFORE_PATTERN, BREAKS, DENIED, FULL, SCOPES, UNIT, WAS

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
    stands before the number back to the last figure, ``before`` the sentence up to the end of its clause. ``kind`` is
    ``count``, ``share``, or ``full`` for full coverage in words. ``scope`` is the last word for a place before it
    (全市), ``as_of`` a day that the sentence states, ``aim`` whether it is wanted rather than reported,
    ``was`` whether it is what another figure of the sentence has become; ``dated`` the words that name a year or month
    without a day, ``place`` the place that is named and ``place_kind`` how (:func:`.when_where.place_of`).
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
    before: str = ""
    scope: str = ""
    as_of: str = ""
    aim: bool = False
    dated: str = ""
    place: str = ""
    place_kind: str = ""
    was: bool = False

    @property
    def exact(self) -> bool:
        """Whether the figure states one number, neither rough nor bounded nor redacted."""
        return self.value is not None and self.upper is None and self.comparator == "=" and not self.approx


_CLAUSE: Final = re.compile(f"[{re.escape(BREAKS)}]")
_DAY: Final = re.compile(r"截[至止]到?(\d{4})年(?:(\d{1,2})月)?(?:(\d{1,2})[日号]|(底|末))?")
_CHANGE: Final = re.compile(
    r"^[^,，。;；]{0,8}(?:提高|上升|提升|增加|增长|扩大|减少|下降|降低|压减|精简|压缩|减|降|升|增|变|→|至|到)[^,，。;；]{0,4}$|^→$"
)
_COUNTED: Final = re.compile(rf"^[\d.,]+(?:{TIMES})?[余多]?(?:{UNIT})?")


NEXT: Final = 14
"""What a figure was stands so near before what it is."""

FAR: Final = 300
"""No clause and no word for a place that matters reaches further."""


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
        names = closed[bisect_left(closed, (start - REACH, 0)) : bisect_left(closed, (end, 0))]
        figures = sorted(_of_sentence(plain, start, end, names), key=lambda one: (one.start, one.end))
        found += [replace(one, at=at) for one in figures]
    return with_heads(found, text)


def _of_sentence(plain: Plain, start: int, end: int, names: list[tuple[int, int]]) -> list[Figure]:
    shared = {"sentence": plain.original(start, end).strip(), "as_of": _day(plain.plain[start:end])}
    found: list[Figure] = []
    last = start
    for hit in FIGURE.finditer(plain.plain, start, end):
        if not is_share(hit) and any(low <= hit.start() and hit.end() <= high for low, high in names):
            continue
        values = read(hit, plain.plain, start)
        if values is None:
            continue
        lead, behind = plain.plain[last : hit.start()], plain.plain[hit.end() : min(end, hit.end() + FAR)]
        earlier = plain.plain[max(start, hit.start() - FAR) : hit.start()]
        one = _figure(plain, hit, values | shared, (earlier, lead, behind))
        if found and _CHANGE.match(BEFORE_PATTERN.sub("", lead)):
            one = replace(one, noun=found[-1].noun)
        if (
            found
            and found[-1].kind == one.kind
            and found[-1].unit == one.unit
            and WAS.search(lead)
            and len(lead) < NEXT
        ):
            found[-1] = replace(found[-1], was=True)
        found.append(_scoped(one, earlier))
        last = hit.end()
    return [*_shared_out(found), *_full(plain, (start, end), shared, found)]


def _figure(plain: Plain, hit: re.Match[str], read: dict[str, Any], around: tuple[str, str, str]) -> Figure:
    earlier, lead, behind = around
    bare = BEFORE_PATTERN.sub("", lead)
    first, second = nouns.after(behind), nouns.before(bare)
    noun = (first or second) if (read["kind"] == "count") != behind.startswith("的") else (second or first)
    start, end = plain.index[hit.start()], plain.index[hit.end() - 1] + 1
    rest = hit[0] + _CLAUSE.split(behind, maxsplit=1)[0]
    clause = _CLAUSE.split(lead)[-1] + rest
    written = plain.text[start:end]
    aim = AIMS.search(_CLAUSE.split(lead)[-1]) is not None
    return Figure(start, end, written, at=0, noun=noun, lead=lead, clause=clause, aim=aim,
                  before=earlier + rest, **read)  # fmt: skip


def _scoped(one: Figure, before: str) -> Figure:
    scopes = SCOPES.findall(before + one.noun)
    place, kind = place_of(before, one.noun)
    day, dated = (one.as_of, "") if one.as_of else day_of(before)
    return replace(one, scope=scopes[-1] if scopes else "", place=place, place_kind=kind, as_of=day, dated=dated)


def _shared_out(found: list[Figure]) -> list[Figure]:
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
        if DENIED.search(plain.plain[low : hit.start()]) or any(
            one.kind == "share" and inside[0] <= one.start < inside[1] for one in found
        ):
            continue
        clause, lead = plain.plain[low:high], plain.plain[low : hit.start()]
        wanted = re.split("[,，。;；]", plain.plain[span[0] : hit.start()])[-1]
        noun = _COUNTED.sub("", nouns.before(lead)) or nouns.after(plain.plain[hit.end() : high])
        one = Figure(start, end, plain.text[start:end], kind="full", value=Fraction(100), unit="%", noun=noun, at=0,
                     lead=lead, clause=clause, before=plain.plain[max(span[0], high - FAR) : high],
                     aim=AIMS.search(wanted) is not None, **shared)  # fmt: skip
        yield _scoped(one, plain.plain[span[0] : hit.start()])


def _day(sentence: str) -> str:
    """Return the day that a sentence speaks of, "" where it states none that can be.

    >>> _day("截至2024年6月底"), _day("截至2023年12月5日"), _day("截至目前"), _day("截至2023年")
    ('2024-06-30', '2023-12-05', '', '')
    """
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
