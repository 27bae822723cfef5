"""Why a claim got its verdict, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.format import interval, joined, mean, percent
from gridkit.audit.titles import basis_label, definition, indicator_title
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

MOST_DECIMALS: Final = 10
"""Decimals of a stated figure that are written out."""

BECAUSE: Final[Mapping[str, str]] = {
    "agrees": N_("{share} ({numerator} of {denominator}) agrees with {claimed}."),
    "agrees_anyway": N_("Whatever the {unknown} unknown turn out to be, {share} agrees with {claimed}."),
    "contradicts": N_("{share} ({numerator} of {denominator}) contradicts {claimed}."),
    "contradicts_anyway": N_("Whatever the {unknown} unknown turn out to be, {share} contradicts {claimed}."),
    "open": N_("{unknown} of {denominator} are unknown: {share} leaves {claimed} open."),
    "open_links": N_(
        "The links alone leave it open: {share} ({numerator} of {denominator} as linked) neither agrees with {claimed} "
        "nor contradicts it."
    ),
    "redacted": N_("The figure is redacted; there is nothing to compare."),
    "no_indicator": N_(
        "Nothing in the files measures “{indicator}”: its registry is missing, or there is no such indicator."
    ),
    "no_such_indicator": N_("There is no indicator “{indicator}”; the nearest are {near}."),
    "no_scope": N_("“{indicator}” is not measured for {scope}; the nearest are {near}."),
    "ambiguous_scope": N_("{count} places are named {scope}; state the code of one."),
    "no_basis": N_("“{indicator}” is not measured by {basis}; it is by {near}."),
    "no_denominator": N_("There is nothing to count: the denominator is zero."),
    "no_definition": N_("There is no definition “{definition}”, or the layer that it counts is not loaded."),
    "no_cell": N_("Definitions are measured for the city, its classes and streets, not for {scope}; near are {near}."),
    "other_day": N_("The claim speaks of {as_of}, the data of {of_data}."),
    "no_day": N_("The claim speaks of {as_of}, and the project does not say of which day its data are."),
    "ruleset": N_(
        "The project's rule set cannot be used; the compounds were placed by the rules that come with gridkit, which "
        "prove nothing about this claim."
    ),
    "unreadable": N_("The entry cannot be read: {mistakes}."),
}
"""Why a verdict was given: templates over the values in the ``because`` of a claim."""

OF_GAP: Final[Mapping[str, str]] = {
    **dict.fromkeys(("agrees", "agrees_anyway"), N_("The gap of {share} agrees with {claimed}.")),
    **dict.fromkeys(("contradicts", "contradicts_anyway"), N_("The gap of {share} contradicts {claimed}.")),
    **dict.fromkeys(("open", "open_links"), N_("The gap of {share} leaves {claimed} open.")),
}
"""The same of the gap, whose whole numbers are cross products that nobody can read."""

EXCLUDED = N_("{excluded} are outside this definition or lack the numbers, and are excluded.")
HOLDS_UNDER = N_("It would hold for: {names}.")
NOT_REACHABLE = N_("No {committees} committees of 5, 7, 9 or 11 members can have this share.")
HOLDS_UNDER_MORE = N_("It would hold for: {names} and {more} more.")
READ = N_("{claimed} is read as {read}, as the figure is rounded.")
MEASURED = N_(
    "Counted in {unit}, the interval is widened by {less} downwards and {more_of} upwards, as up to {rate} of the "
    "links that no person decided may be wrong (measured: {wrong} of {sampled} checked)."
)
ASSUMED = N_(
    "Counted in {unit}, the interval is widened by {less} downwards and {more_of} upwards, as up to {rate} of the "
    "links that no person decided may be wrong (assumed: nobody has checked a sample)."
)
NAMED: Final = 3
"""Definitions under which a claim would hold that a sentence names; the rest is counted."""
POINTS = N_("percentage points")


def widened(values: Mapping[str, Any]) -> str:
    """Return the interval of a claim's figure, widened where there is an allowance.

    >>> widened({"numerator": 3, "denominator": 8, "unknown": 2}), widened({"numerator": 3, "denominator": 8})
    ('37.5%–62.5%', '37.5%')
    >>> widened({"numerator": 8, "denominator": 8, "unknown": 0, "allowance_low": 1, "allowance_high": 0})
    '87.5%–100%'
    """
    less, more = values.get("allowance_low", 0), values.get("allowance_high", 0)
    numbers = (values["numerator"], values["denominator"], values.get("unknown", 0))
    return interval(*numbers, less=less, more=more, share=not values.get("gap"))


def said_of(value: Fraction, decimals: int) -> str:
    """Return a stated number with so many decimals, at most ``MOST_DECIMALS``; below zero as short as it goes.

    >>> from fractions import Fraction
    >>> said_of(Fraction(119, 2), 1), said_of(Fraction(60), 0), said_of(Fraction(1, 2), -1), said_of(Fraction(1), 400)
    ('59.5', '60', '0.5', '1.0000000000')
    """
    return f"{float(value):g}" if decimals < 0 else f"{float(value):.{min(decimals, MOST_DECIMALS)}f}"


def say_because(row: Mapping[Any, Any]) -> str:
    """Return why a claim got its verdict, in the current language.

    Parameters
    ----------
    row : mapping
        A row of :func:`gridkit.audit.judge`, or at least its ``because``.

    Examples
    --------
    >>> say_because({"because": {"key": "contradicts", "numerator": 194, "denominator": 1359, "unknown": 0,
    ...     "claimed": "100%"}})
    '14.3% (194 of 1359) contradicts 100%.'
    """
    values = dict(row["because"])
    if "numerator" in values:
        values["share"] = mean(values["numerator"], values["denominator"]) if values.get("load") else widened(values)
    if "indicator" in values:
        values["indicator"] = indicator_title(str(values["indicator"]))
    if "basis" in values:
        values["basis"] = basis_label(str(values["basis"]))
    if "near" in values:
        of_basis = values["key"] == "no_basis"
        values["near"] = gettext(", ").join(basis_label(name) if of_basis else name for name in values["near"]) or "-"
    if "mistakes" in values:
        values["mistakes"] = gettext("; ").join(values["mistakes"])
    if values.get("holds_under"):
        names = [entry.removesuffix(")").partition(" (") for entry in values["holds_under"]]
        values["names"] = gettext(", ").join(definition(name, basis) for name, _, basis in names[:NAMED])
        values["more"] = len(names) - NAMED
    if "read" in values:
        values["read"] = joined(*values["read"])
    if "rate" in values:
        values |= _allowance(values)
    template = OF_GAP.get(values["key"], "") if values.get("gap") else ""
    text = gettext(template or BECAUSE[values["key"]]).format_map(values)
    for sentence in _more(values):
        text = gettext("{text} {sentence}").format(text=text, sentence=gettext(sentence).format_map(values))
    return text


def _more(values: Mapping[str, Any]) -> list[str]:
    """Return the templates of the sentences that follow the first."""
    told = {
        EXCLUDED: values.get("excluded"),
        MEASURED: values.get("rate") and values.get("sampled"),
        ASSUMED: values.get("rate") and not values.get("sampled"),
        READ: values.get("read"),
        HOLDS_UNDER: values.get("holds_under") and values["more"] <= 0,
        HOLDS_UNDER_MORE: values.get("holds_under") and values["more"] > 0,
        NOT_REACHABLE: values.get("reachable") is False,
    }
    return [sentence for sentence, said in told.items() if said]


def _allowance(values: Mapping[str, Any]) -> dict[str, str]:
    """Return by how much an interval is widened, and in what; of a gap in points."""
    unit, ends = str(values.get("unit", "")), (values["allowance_low"], values["allowance_high"])
    if values.get("gap"):
        less, more = (percent(end, values["denominator"]).removesuffix("%") for end in ends)
        return {"rate": _rate(values["rate"]), "unit": gettext(POINTS), "less": less, "more_of": more}
    less, more = (f"{end:,}" for end in ends)
    return {"rate": _rate(values["rate"]), "unit": basis_label(unit), "less": less, "more_of": more}


def _rate(rate: float) -> str:
    """Return a bound in percent, rounded up: a bound that is rounded down is none.

    >>> _rate(0.01), _rate(0.00994)
    ('1.00%', '1.00%')
    """
    return percent(-int(-(rate * 10_000) // 1), 10_000, 2)
