"""Findings A212-A217: claims that contradict each other or cannot be judged, and rule sets that cannot be used."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.claims import MISTYPED
from gridkit.audit.figures import comparator, figure_of
from gridkit.audit.verdicts import bounds, exact_upper
from gridkit.locale import gettext
from gridkit.model import Findings
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from gridkit.audit.claims import Claim

FILE: Final = "gridkit.toml"
_DAY: Final = ("other_day", "no_day")


def check_claims(claims: Iterable[Claim], judged: pd.DataFrame, *, file: str = FILE) -> Findings:
    """Return what is wrong with the claims themselves; every other claim is judged all the same.

    Parameters
    ----------
    claims : iterable of Claim
        In the order in which they stand in ``file``.
    judged : pandas.DataFrame
        Their verdicts, in the same order (:func:`gridkit.audit.judge`).
    file : str
        Where they stand, for the reader.

    Returns
    -------
    Findings
        A211 (a declared definition that is not there), A212 (contradictions), A214 (entries that cannot be read), A215
        (nothing loaded measures it), A216 (masked figures), A217 (another day than that of the data). Each names the
        file and the claim by its number.
    """
    claims = tuple(claims)
    because = judged["because"].tolist()
    rows = [*_contradictions(claims, file), *_unjudged(claims, because, judged["definition"].tolist(), file)]
    return Findings.of(rows)


def unread_claims(claims: Iterable[Claim], *, file: str = FILE) -> Findings:
    """Return A214 for every entry that cannot be read, before anything is judged."""
    return Findings.of(
        row
        for number, claim in enumerate(claims, start=1)
        for row in _unread(claim, number, tuple(getattr(claim, "mistakes", ())), file=file)
    )


def _unread(claim: Claim, number: int, mistakes: Iterable[str], *, file: str) -> Iterator[dict[str, Any]]:
    for mistake in mistakes:
        yield CATALOGUE["A214"].found(claim.text, refs=(_place(file, number),), own=number, mistake=mistake)


def broken_rules(mistakes: Iterable[tuple[str, str, str]]) -> Findings:
    """Return A213 for every mistake of a rule set: file, key (``rules.0.status``), sentence in words."""
    return Findings.of(
        CATALOGUE["A213"].found(file, refs=(f"{file}!{key}" if key else file,), key=key or "-", mistake=sentence)
        for file, key, sentence in mistakes
    )


def _place(file: str, number: int, key: str = "") -> str:
    return f"{file}!claims.{number}" + (f".{key}" if key else "")


def _unjudged(
    claims: Sequence[Claim], because: Sequence[dict[str, Any]], definitions: Sequence[str], file: str
) -> Iterator[dict[str, Any]]:
    for number, (claim, why, definition) in enumerate(zip(claims, because, definitions, strict=True), start=1):
        key = why["key"]
        if key == "unreadable":
            yield from _unread(claim, number, why["mistakes"], file=file)
        elif key in MISTYPED and definition:
            variant = MISTYPED[key]
            values = {"mention": why[variant], "near": gettext(", ").join(why["near"]) or "-", "indicator": definition}
            refs = (_place(file, number, "definition" if variant == "definition" else "scope"),)
            yield CATALOGUE["A211"].found(claim.text, refs=refs, variant=variant, **values)
        elif key in ("no_indicator", "ambiguous_scope", "no_denominator"):
            refs = (_place(file, number, "scope" if key == "ambiguous_scope" else "indicator"),)
            values = {"mention": claim.scope if key == "ambiguous_scope" else definition or claim.indicator}
            yield CATALOGUE["A215"].found(claim.text, refs=refs, variant=key, **values)
        elif key == "redacted":
            yield CATALOGUE["A216"].found(claim.text, refs=(_place(file, number, "figure"),))
        elif key in _DAY:
            refs, of_data = (_place(file, number, "as_of"),), why.get("of_data", "?")
            yield CATALOGUE["A217"].found(claim.text, refs=refs, as_of=why["as_of"], of_data=of_data)


def _contradictions(claims: Sequence[Claim], file: str) -> Iterator[dict[str, Any]]:
    """Yield each claim that no figure can satisfy together with an earlier one about the same thing.

    Two ranges that do not meet contradict each other; among many it is enough to look at the extreme ones, so the cost
    is linear.
    """
    lowest: dict[tuple[Any, ...], tuple[Fraction, bool, int]] = {}
    highest: dict[tuple[Any, ...], tuple[Fraction, bool, int]] = {}
    for number, claim in enumerate(claims):
        span = _span(claim)
        if span is None:
            continue
        about = _about(claim)
        (low, low_out), (high, high_out) = span
        against = {top[2] for top in [highest.get(about)] if top and _apart(low, low_out, top[0], top[1])}
        against |= {end[2] for end in [lowest.get(about)] if end and _apart(end[0], end[1], high, high_out)}
        if against:
            other = min(against)
            refs = (_place(file, other + 1, "figure"), _place(file, number + 1, "figure"))
            told = claims[other].text
            yield CATALOGUE["A212"].found(claim.text, refs=refs, other_claim=told, number=other + 1, own=number + 1)
        # Of the upper ends the lowest is kept, of the lower ends the highest: they exclude the most.
        if about not in highest or (high, not high_out) < (highest[about][0], not highest[about][1]):
            highest[about] = (high, high_out, number)
        if about not in lowest or (low, low_out) > (lowest[about][0], lowest[about][1]):
            lowest[about] = (low, low_out, number)


def _apart(low: Fraction, low_out: bool, high: Fraction, high_out: bool) -> bool:
    """Return whether nothing lies at or above ``low`` and at or below ``high`` (``out``: the end itself left out)."""
    return low > high or (low == high and (low_out or high_out))


def _about(claim: Claim) -> tuple[Any, ...]:
    definition = getattr(claim, "definition", None)
    words = tuple(
        str((definition.get(key) if isinstance(definition, dict) else getattr(definition, key, "")) or "")
        for key in ("numerator", "denominator", "weight")
    )
    return claim.indicator, claim.scope, claim.basis, words, getattr(claim, "as_of", None)


_FAR: Final = Fraction(10**12)


def _span(claim: Claim) -> tuple[tuple[Fraction, bool], tuple[Fraction, bool]] | None:
    """Return the lower and the upper end of what a claim states, each with whether the end itself is left out."""
    stated = None if getattr(claim, "mistakes", ()) else figure_of(claim)
    if stated is None:
        return None
    sign, share = comparator(claim.comparator), not claim.indicator.startswith("load.")
    decimals = -1 if getattr(claim, "rounding", None) == "none" else stated[1]
    low, high = bounds(stated[0], decimals, sign=sign, share=share, upper=exact_upper(claim))
    below, above = (-_FAR, False), (_FAR, False)
    return {
        "=": ((low, False), (high, False)), ">=": ((low, False), above), ">": ((stated[0], True), above),
        "<=": (below, (high, False)), "<": (below, (stated[0], True)),
    }[sign]  # fmt: skip
