"""Drafts of claims: every figure of a text as a claim that an indicator judges, or as a comment that says why not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from gridkit.audit.texts.arithmetic import ledger_of, of_promised, written
from gridkit.audit.texts.measured import COUNTED, UNMEASURED, UNNAMED, declared_in, measured_beside, measured_by
from gridkit.io.persons import mask_surely
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gridkit.audit.texts.figures import Figure
    from gridkit.audit.texts.ratios import CountRatio

_AIM: Final = N_("stated as an aim, not as a result")
_ABOUT: Final = N_("the text says “{word}”: the figure is a rough one")
_UNDECLARED: Final = N_("no definition is declared")
_EITHER: Final = N_("the text may mean either: {indicators}")
_WORDS: Final = N_("no figure is written: the text says “{words}”")
_IMPLIED: Final = N_("the text states no percentage: it follows from {part} of {whole}")
_YEAR: Final = N_("the text names no day but “{words}”: {day} is taken")
_LARGE: Final = N_("the text speaks of {place}: check that this is the city of the project")
_NO_NOUN: Final = N_("(the text does not say of what)")
_ROUNDED: Final = N_("rounded here: {exact}")

_LEDGER: Final = (
    ("ledger.promised", "promised", "collected"),
    ("ledger.resolved_of_promised", "resolved", "promised"),
    ("ledger.resolved", "resolved", "collected"),
)
REACH: Final = 8
"""So many figures before a rate may be its operands."""

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Draft:
    """One ``[[claims]]`` table to be, or a comment where ``indicator`` is "".

    ``figure`` is written as in the text (``100``, ``55.20``, ``XX``); ``why`` says why no indicator measures it.
    """

    text: str
    source: str
    figure: str
    noun: str
    unit: str
    comparator: str = "="
    indicator: str = ""
    upper: str = ""
    rounding: int | None = None
    scope: str = ""
    as_of: str = ""
    definition: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    why: str = ""
    start: int = 0


def draft_claims(figures: Sequence[Figure], text: str, *, source: str = "") -> tuple[Draft, ...]:
    """Return a draft for every figure of a text, in its order; none is lost.

    Parameters
    ----------
    figures : sequence of Figure
        Of :func:`gridkit.audit.texts.figures_in`.
    text : str
        The same text.
    source : str
        Its name; every draft adds the line.

    Returns
    -------
    tuple of Draft
        Shares and full coverage in words, each with its indicator where one measures it; the three rates that a ledger
        of collected, promised and resolved implies; all other figures without an indicator.

    Examples
    --------
    >>> from gridkit.audit.texts.figures import figures_in
    >>> text = "组织覆盖率达XX%。收集问题119个，承诺98个，解决93个。"
    >>> [(one.figure, one.indicator) for one in draft_claims(figures_in(text), text) if one.indicator][:2]
    [('XX', 'coverage.organisation.declared'), ('82.4', 'ledger.promised')]
    """
    places = _Places(text, source)
    drafts: list[Draft] = []
    for _, group in groupby(figures, key=lambda one: one.at):
        told = list(group)
        for at, one in enumerate(told):
            drafts += _drafts_of(one, places, told[max(0, at - REACH) : at])
        drafts += _of_ledger(told, places)
    return tuple(sorted(drafts, key=lambda one: one.start))


class _Places:
    """Where in a text something stands, by lines counted from 1."""

    def __init__(self, text: str, source: str) -> None:
        self._ends = [hit.start() for hit in re.finditer("\n", text)]
        self._source = source

    def of(self, one: Figure) -> str:
        from bisect import bisect_left

        line = bisect_left(self._ends, one.start) + 1
        return f"{self._source}:{line}" if self._source else f":{line}"


def _drafts_of(one: Figure, places: _Places, earlier: Sequence[Figure]) -> Iterator[Draft]:
    indicators, why = measured_by(one)
    counts = [other for other in earlier[-2:] if other.kind == "count"]
    if why == UNMEASURED and (beside := measured_beside(one, counts)):
        indicators, why = beside, ""
    if indicators == ("ledger.resolved",) and of_promised(earlier, one):
        indicators = ("ledger.resolved_of_promised",)
    notes = list(_notes(one))
    if len(indicators) > 1 and "pairing.units" in indicators:
        notes.append(gettext(_EITHER).format(indicators=", ".join(indicators)))
    why = gettext(why).format(place=one.place) if why == UNNAMED else why
    figure, upper, rounding = _written(one, notes)
    for indicator in indicators or ("",):
        definition = declared_in(one.clause) if indicator.startswith("coverage.") else {}
        yield Draft(
            text=_quoted(one.sentence), source=places.of(one), figure=figure, noun=one.noun, unit=one.unit,
            comparator=one.comparator, indicator=indicator, upper=upper, rounding=rounding, scope=_scope(one),
            as_of=one.as_of, definition=definition, notes=tuple(notes), why=why,
            start=one.start,
        )  # fmt: skip


@lru_cache(maxsize=8)
def _quoted(sentence: str) -> str:
    """Return a sentence on one line, without what names or numbers a person."""
    return mask_surely(" ".join(_CONTROL.sub(" ", sentence).split()))


def _notes(one: Figure) -> Iterator[str]:
    if one.aim:
        yield gettext(_AIM)
    if one.approx:
        yield gettext(_ABOUT).format(word=one.approx)
    if one.dated:
        yield gettext(_YEAR).format(words=one.dated, day=one.as_of)
    if one.place_kind == "large":
        yield gettext(_LARGE).format(place=one.place)
    if one.kind == "full":
        yield gettext(_WORDS).format(words=" ".join(_CONTROL.sub(" ", one.written).split()))


def _written(one: Figure, notes: list[str]) -> tuple[str, str, int | None]:
    """Return figure, upper end and decimals as they are written; a third is rounded, and says so."""
    if one.value is None:
        return "XX", "", None
    decimals = one.decimals
    if (one.value * 10**decimals).denominator != 1 and one.unit == "%":
        decimals = 2
        notes.append(gettext(_ROUNDED).format(exact=_CONTROL.sub(" ", one.written)))
    places = decimals if one.unit in ("%", "‰", "百分点") else _needed(one.value)
    upper = written(one.upper, places) if one.upper is not None else ""
    return written(one.value, places), upper, decimals


def _needed(value: Fraction) -> int:
    return next((places for places in range(4) if (value * 10**places).denominator == 1), 4)


def _scope(one: Figure) -> str:
    """Return the class of places or the place that a figure speaks of."""
    if "城市社区" in one.noun or "乡镇社区" in one.noun:
        return "urban" if "城市社区" in one.noun else "township"
    return one.place if one.place_kind == "named" else ""


def _of_ledger(told: list[Figure], places: _Places) -> Iterator[Draft]:
    """Yield the rates that a ledger of all three steps implies: 98 of 119 are 82.4 %."""
    steps = ledger_of(told)
    if len(steps) < 3:
        return
    for indicator, late, early in _LEDGER:
        part, whole = steps[late], steps[early]
        if not whole.value or (part.value or 0) > whole.value:
            continue
        share = 100 * (part.value or Fraction(0)) / whole.value
        decimals = 1 if 0.1 < share < 99.9 else 4  # 99.96 must not read as 100
        note = gettext(_IMPLIED).format(part=int(part.value or 0), whole=int(whole.value))
        figure = written(share, 0 if share in (0, 100) else decimals)
        yield Draft(
            text=_quoted(part.sentence), source=places.of(part), figure=figure, noun=whole.noun, unit="%",
            indicator=indicator, rounding=len(figure.partition(".")[2]), as_of=part.as_of, notes=(note,),
            start=told[-1].start,
        )  # fmt: skip


def claims_toml(drafts: Sequence[Draft], ratios: Sequence[CountRatio] = (), *, head: Sequence[str] = ()) -> str:
    """Return drafts as a claims file; what no indicator measures stands in comments.

    Examples
    --------
    >>> import tomllib
    >>> from gridkit.audit.texts.figures import figures_in
    >>> text = "工作覆盖率达100%，网格党支部194个。"
    >>> [claim["figure"] for claim in tomllib.loads(claims_toml(draft_claims(figures_in(text), text)))["claims"]]
    [100]
    """
    lines = [_comment(line) for line in head]
    made = [one for one in drafts if one.indicator]
    lines += [""] if lines else []
    if not made:
        lines += ["claims = []", ""]
    for one in made:
        lines += [*_table(one), ""]
    for ratio in ratios:
        lines += _of_ratio(ratio)
    left = [one for one in drafts if not one.indicator]
    if left:
        lines += [_comment(gettext("Figures that no indicator measures:"))]
        lines += [_comment(_told(one)) for one in left]
    return "\n".join(lines).rstrip("\n") + "\n"


def _told(one: Draft) -> str:
    sign = "" if one.comparator == "=" else f"{one.comparator} "
    number = f"{sign}{one.figure}{f'–{one.upper}' if one.upper else ''}{one.unit}"
    why = "" if one.why == COUNTED else gettext(" ({reason})").format(reason=gettext(one.why))
    return f"  {one.source}  {number}  {one.noun or gettext(_NO_NOUN)}{why}"


def _of_ratio(ratio: CountRatio) -> list[str]:
    """Return a count ratio as comments: no claim, as counts alone cannot decide it."""
    if ratio.numerator is None or ratio.denominator is None:
        return []
    line = gettext("{noun}: {numerator} / {denominator} = {share}, undetermined without rows").format(
        noun=ratio.noun, numerator=f"{ratio.numerator:,}", denominator=f"{ratio.denominator:,}", share=ratio.share
    )
    return [_comment(line), *(_comment(f"  {reason}") for reason in ratio.why()), ""]


def _table(one: Draft) -> list[str]:
    lines = [*(_comment(note) for note in one.notes), "[[claims]]", f"text = {_string(one.text)}"]
    lines.append(f"indicator = {_string(one.indicator)}")
    lines.append('figure = "XX%"' if one.figure == "XX" else f"figure = {one.figure}")
    if one.upper:
        lines.append(f"upper = {one.upper}")
    if one.comparator != "=":
        lines.append(f"comparator = {_string(one.comparator)}")
    if one.rounding is not None:
        lines.append(f"rounding = {one.rounding}")
    if one.scope:
        lines.append(f"scope = {_string(one.scope)}")
    if one.as_of:
        lines.append(f"as_of = {one.as_of}")
    if one.definition:
        pairs = ", ".join(f"{key} = {_string(value)}" for key, value in sorted(one.definition.items()))
        lines.append(f"definition = {{ {pairs} }}")
    else:
        lines.append(_comment(gettext(_UNDECLARED)))
    lines.append(f"source = {_string(one.source)}")
    return lines


def _string(text: str) -> str:
    """Return a TOML string; control characters and halves of surrogate pairs, which TOML refuses, become spaces."""
    return json.dumps(_CONTROL.sub(" ", text), ensure_ascii=False)


def _comment(text: str) -> str:
    return f"# {_CONTROL.sub(' ', text)}".rstrip()
