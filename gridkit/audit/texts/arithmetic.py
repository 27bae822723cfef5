"""What the figures of one sentence say about each other: percentages, parts of a total, ledgers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.figures import half_width
from gridkit.audit.texts.sums import sum_hints
from gridkit.io.text import simplified
from gridkit.model import Findings
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gridkit.audit.texts.figures import Figure

_DOWN: Final = re.compile(r"减少|下降|降低|压减|压缩|精简|缩减|削减|减幅|降幅|减负")
_UP: Final = re.compile(r"增加|增长|提高|上升|提升|扩大|增幅|新增")
_TO: Final = re.compile(
    r"(?:提高|上升|提升|增加|增长|扩大|减少|下降|降低|压减|精简|压缩|削减|缩减|减|降|升|增|变|调整)[了]?(?:到|至|为)$|→$"
)
_RATE: Final = re.compile(
    r"占|占比|比例|比重|(?:完成|办结|办理|解决|化解|覆盖|组建|成立|结对|兑现|整改|达标|合格|报到|入户|签约|参与|建成|认领|落实|响应|回复|配备)率"
)
_OF_WHICH: Final = re.compile(r"其中|包括|包含|分别|[含即]")
_RESOLVED: Final = re.compile(r"(?:办结|解决|化解|办理)率")
_TOTAL: Final = re.compile(r"(?:合计|总计|共计|小计|一共|总共)(?:为|是|达|有)?[:：]?$")
_AMONG: Final = re.compile(r"(?<![其集])中$")
_PEOPLE: Final = frozenset(("人", "名", "位"))
STAGES: Final = {
    "collected": re.compile(r"收集|征集|梳理|摸排出|受理|接收|收到|征求|接到|排查出"),
    "promised": re.compile(r"承诺|认领|答应"),
    "resolved": re.compile(r"解决|办结|化解|办理完毕|办理完成|整改到位|已完成|完成整改|答复"),
}
"""The steps of a ledger, in their order, by the words before the number."""

QUOTED: Final = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of figures of a sentence that could be made, whether or not they agree.

    ``kind`` is ``share``, ``change``, ``points``, ``ledger``, ``parts`` or ``of`` (a part of a total without a stated
    percentage); ``figures`` those compared, the stated total or percentage last; ``computed`` what follows from the
    others, exactly: a sum for ``parts``, a percentage for the rest.
    """

    kind: str
    agrees: bool
    figures: tuple[Figure, ...]
    computed: Fraction
    finding: dict[str, Any] | None = None


def check_text(figures: Sequence[Figure], *, place: str = "") -> tuple[Findings, tuple[Check, ...]]:
    """Return what contradicts itself among the figures of a text, and every comparison that was made.

    Parameters
    ----------
    figures : sequence of Figure
        In the order of the text, of :func:`gridkit.audit.texts.figures_in`.
    place : str
        Name of the text for the findings.

    Returns
    -------
    findings : Findings
        A221 (sums, only hints), A222 (percentages), A223 (ledgers), A224, A225 and A227 (parts of a total),
        A226 (percent for percentage points).
    checks : tuple of Check
        All comparisons inside sentences, those that agree as well.

    Examples
    --------
    >>> from gridkit.audit.texts.figures import figures_in
    >>> findings, checks = check_text(figures_in("表格从91张减到39张，减少65.3%。"))
    >>> list(findings.counts()), [(check.kind, check.agrees) for check in checks]
    (['A222'], [('change', False)])
    """
    checks: list[Check] = []
    for _, group in groupby(figures, key=lambda one: one.at):
        of_sentence = list(group)
        checks += [*_percentages(of_sentence), *_ledger(of_sentence), *_parts(of_sentence), *_totals(of_sentence)]
    rows = [{**check.finding, "subject": place} for check in checks if check.finding is not None]
    told = {tuple(one.start for one in check.figures) for check in checks if check.kind == "parts"}
    hints = ({**row, "subject": place} for row in sum_hints(figures, told))
    return Findings.of([*rows, *hints]), tuple(checks)


def _quote(one: Figure) -> str:
    text = " ".join(one.sentence.split())
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"


def said(one: Figure) -> str:
    """Return a figure as it is written, in simplified characters and without blanks."""
    return "".join(simplified(one.written).split())


def written(value: Fraction, decimals: int) -> str:
    """Return a number with so many decimals, halves away from zero.

    >>> written(Fraction(-400, 7), 1), written(Fraction(5), 0)
    ('-57.1', '5')
    """
    scale = 10**decimals
    size = (abs(value.numerator) * scale * 2 + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(size, scale)
    return ("-" if value < 0 and size else "") + (f"{whole}.{rest:0{decimals}d}" if decimals else str(whole))


def _alike(a: Figure, b: Figure) -> bool:
    return a.unit == b.unit or not a.unit or not b.unit or {a.unit, b.unit} <= _PEOPLE


def _percentages(figures: list[Figure]) -> Iterator[Check]:
    for at, one in enumerate(figures):
        if one.value is None or one.upper is not None or one.kind == "full" or one.unit not in ("%", "百分点"):
            continue
        before = figures[:at]
        found = _change(before, one) or ((_share(before, one) or _resolved(before, one)) if one.unit == "%" else None)
        if found:
            yield found


def _change(before: list[Figure], one: Figure) -> Check | None:
    """Return "from A to B, by P": the two figures right before it, of the same kind, the second one after 到 or →."""
    if len(before) < 2:
        return None
    a, b = before[-2:]
    arrow = b.lead.endswith("→")
    if not (a.exact and b.exact and a.kind == b.kind and _alike(a, b) and _TO.search(b.lead)):
        return None
    near = one.lead + one.clause
    down, up = _DOWN.search(near) is not None, _UP.search(near) is not None
    old, new, stated = a.value or Fraction(0), b.value or Fraction(0), one.value or Fraction(0)
    if not (down or up or arrow or stated < 0):
        return None
    points = a.kind == "share"
    if points and one.unit == "%":
        return _meant(a, b, one)
    if points != (one.unit == "百分点") or not old:
        return None
    computed = new - old if points else 100 * (new - old) / old
    signed = -stated if stated > 0 and down and not up else stated
    if signed == stated > 0 and not (down or up):
        computed = abs(computed)  # an arrow alone: the sign is left to the reader
    return _percentage("points" if points else "change", (a, b, one), computed, signed)


def _meant(a: Figure, b: Figure, one: Figure) -> Check | None:
    """Return "from 85 % to 80 %, down 5 %": percentage points, which 5 % of 85 % are not; None where 5 % fits."""
    old, new, stated = a.value or Fraction(0), b.value or Fraction(0), abs(one.value or Fraction(0))
    if not old or abs(new - old) != stated or abs(100 * (new - old) / old) == stated:
        return None
    finding = CATALOGUE["A226"].found(
        "", whole=said(a), part=said(b), figure=said(one), points=written(stated, one.decimals),
        computed=f"{written(100 * (new - old) / old, 1)}%", quote=_quote(one),
    )  # fmt: skip
    return Check("points", False, (a, b, one), new - old, finding)


def _share(before: list[Figure], one: Figure) -> Check | None:
    """Return "M of N, a rate of P": exactly two counts of one unit before it, and a word that says which rate."""
    since = max((at + 1 for at, other in enumerate(before) if other.kind == "share"), default=0)
    counts = [other for other in before[since:] if other.exact and other.kind == "count" and _alike(other, before[-1])]
    if len(counts) != 2 or not _RATE.search(one.lead + one.noun) or len(before[since:]) != 2:
        return None
    first, second = counts
    whole, part = (first, second) if (first.value or 0) >= (second.value or 0) else (second, first)
    if part is first and not re.search(r"占|总数|其中", second.lead + one.lead):
        return None
    if not whole.value:
        return None
    return _percentage("share", (part, whole, one), 100 * (part.value or Fraction(0)) / whole.value, one.value)


def of_promised(before: Sequence[Figure], one: Figure) -> bool:
    """Tell whether a rate of resolved issues is one of those promised, not of those collected, as far as it says so."""
    steps = ledger_of(before)
    if "promised" not in steps or "resolved" not in steps or one.value is None:
        return False
    if "collected" not in steps:
        return True
    return _fits(steps["promised"], steps["resolved"], one) and not _fits(steps["collected"], steps["resolved"], one)


def _fits(whole: Figure, part: Figure, one: Figure) -> bool:
    if not whole.value:
        return False
    half = half_width(one.value or Fraction(0), one.decimals, one.comparator, share=True)
    return abs(100 * (part.value or Fraction(0)) / whole.value - (one.value or Fraction(0))) <= half


def _resolved(before: list[Figure], one: Figure) -> Check | None:
    """Return a rate of resolved issues behind all three steps: of those promised or of those collected."""
    steps = ledger_of(before)
    if len(steps) < len(STAGES) or not _RESOLVED.search(one.lead + one.noun) or "按时" in one.lead + one.noun:
        return None
    collected, promised, part = (steps[stage] for stage in STAGES)
    if not (collected.value and promised.value):
        return None
    of = promised if _fits(promised, part, one) else collected
    found = _percentage("share", (part, of, one), 100 * (part.value or Fraction(0)) / of.value, one.value)  # type: ignore[operator]
    if found.finding is None:
        return found
    other = f"{written(100 * (part.value or Fraction(0)) / promised.value, max(one.decimals, 1))}%"
    values: dict[str, Any] = {
        **found.finding["params"],
        "variant": "either",
        "promised": said(promised),
        "other": other,
    }
    return Check("share", False, found.figures, found.computed, CATALOGUE["A222"].found("", **values))


def _percentage(kind: str, three: tuple[Figure, Figure, Figure], computed: Fraction, stated: Fraction | None) -> Check:
    a, b, one = three
    half = half_width(abs(stated or Fraction(0)), one.decimals, one.comparator, share=kind == "share")
    low, high = (stated or Fraction(0)) - half, (stated or Fraction(0)) + half
    rough = one.approx and one.comparator == "="
    agrees = rough or {
        "=": low <= computed <= high, ">=": computed >= low, ">": computed > low, "<=": computed <= high,
        "<": computed < high,
    }[one.comparator]  # fmt: skip
    if agrees:
        return Check(kind, True, three, computed)
    part, whole = (b, a) if kind != "share" else (a, b)
    decimals = max(one.decimals, 1)
    sign = "" if kind == "points" else "%"
    finding = CATALOGUE["A222"].found(
        "", variant="" if kind == "share" else kind, part=said(part), whole=said(whole),
        computed=f"{written(computed, decimals)}{sign}", figure=f"{written(stated or Fraction(0), one.decimals)}{sign}",
        quote=_quote(one),
    )  # fmt: skip
    return Check(kind, False, three, computed, finding)


def ledger_of(figures: Sequence[Figure]) -> dict[str, Figure]:
    """Return the steps of a ledger that a sentence tells: collected, promised, resolved, as far as they are there."""
    found: dict[str, Figure] = {}
    for one in figures:
        if one.kind != "count" or not one.exact:
            continue
        near = one.lead[-16:]
        stages = [stage for stage, words in STAGES.items() if words.search(near)]
        for stage in stages[:1]:
            if stage not in found and all(_alike(one, other) for other in found.values()):
                found[stage] = one
    return {stage: found[stage] for stage in STAGES if stage in found}


def _ledger(figures: list[Figure]) -> Iterator[Check]:
    steps = list(ledger_of(figures).items())
    if len(steps) < 2:
        return
    for (early, whole), (late, part) in pairwise(steps):
        old, new = whole.value or Fraction(0), part.value or Fraction(0)
        if not old:
            continue
        finding = None
        if new > old:
            values: dict[str, Any] = {"stage": early, "whole": said(whole), "next_stage": late, "part": said(part)}
            finding = CATALOGUE["A223"].found("", **values, quote=_quote(part))
        yield Check("ledger", new <= old, (whole, part), 100 * new / old, finding)


def _parts(figures: list[Figure]) -> Iterator[Check]:
    """Yield totals with what is counted of them: 共26个,其中城市社区15个,乡镇社区11个; 109个项目中完成104个."""
    for total, first in pairwise(figures):
        if not (total.kind == first.kind == "count" and total.exact and first.exact and _alike(first, total)):
            continue
        if _OF_WHICH.search(first.lead):
            parts = list(_listed(total, figures[figures.index(first) :]))
            if len(parts) > 1 or (parts and (first.value or 0) > (total.value or 0)):
                yield _summed(parts, total)
                continue
        elif not _AMONG.search(total.clause) or (first.noun and first.noun[-2:] != total.noun[-2:]):
            continue
        if total.value and (first.value or 0) <= total.value:
            yield Check("of", True, (first, total), 100 * (first.value or Fraction(0)) / total.value)
        elif total.value:
            yield _summed([first], total)


def _totals(figures: list[Figure]) -> Iterator[Check]:
    """Yield totals behind their parts: 单独21个，联合18个，合计40个."""
    for at, total in enumerate(figures):
        if total.kind != "count" or not total.exact or not _TOTAL.search(total.lead):
            continue
        parts: list[Figure] = []
        for one in reversed(figures[:at]):
            ends = one.kind != "count" or not one.exact or not _alike(one, total)
            if ends or _AMONG.search(one.clause.rpartition(one.written)[0]) or one.value == total.value:
                break
            parts.insert(0, one)
            if _OF_WHICH.search(one.lead):
                break
        if len(parts) > 1:
            yield _summed(parts, total, code="A227")


def _listed(total: Figure, figures: list[Figure]) -> Iterator[Figure]:
    for part in figures:
        if part.kind != "count" or not part.exact or not _alike(part, total) or not _is_part(part, total):
            return
        yield part


def _is_part(part: Figure, total: Figure) -> bool:
    """Tell whether a part is a kind of what the total counts: 城市社区 of 社区, or 有党员的 of them."""
    return part.lead.rstrip("有").endswith("的") or not part.noun or part.noun[-2:] == total.noun[-2:]


def _summed(parts: list[Figure], total: Figure, *, code: str = "") -> Check:
    found, stated = sum((part.value or Fraction(0) for part in parts), Fraction(0)), total.value or Fraction(0)
    values: dict[str, Any] = {
        "terms": " + ".join(written(part.value or Fraction(0), 0) for part in parts),
        "sum": written(found, 0),
        "whole": written(stated, 0),
        "quote": _quote(total),
    }
    finding = None
    if code and found != stated:
        finding = CATALOGUE[code].found("", **values)
    elif found > stated:
        finding = CATALOGUE["A224"].found("", **values)
    elif found < stated:
        finding = CATALOGUE["A225"].found("", **values, rest=written(stated - found, 0))
    return Check("parts", found == stated, (*parts, total), found, finding)
