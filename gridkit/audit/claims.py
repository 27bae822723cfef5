"""Claims against the recomputed interval: upheld, refuted or undetermined, exactly."""

from __future__ import annotations

from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Protocol

import pandas as pd

from gridkit.audit.figures import REFUTED, UNDETERMINED, UPHELD, comparator, figure_of, half_width, verdict
from gridkit.audit.format import interval, mean
from gridkit.audit.shares import totals_for
from gridkit.audit.titles import INDICATORS, basis_label, definition, indicator_title
from gridkit.locale import N_, gettext
from gridkit.model.results import CLAIM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gridkit.model import City, Indicators


class Claim(Protocol):
    """What somebody stated: a sentence, and the indicator, scope, basis and figure that it speaks of.

    ``figure`` is in percent (in plain units for ``load.*``), or None where it is redacted.
    """

    @property
    def text(self) -> str:
        """The sentence."""

    @property
    def indicator(self) -> str:
        """Id of the indicator."""

    @property
    def scope(self) -> str:
        """Code, class or name of the place; empty for the city."""

    @property
    def basis(self) -> str:
        """What the indicator counts; empty for its first basis."""

    @property
    def figure(self) -> float | None:
        """The figure stated."""

    @property
    def comparator(self) -> str:
        """``=``, ``>=``, ``<=``, ``>`` or ``<``."""

    @property
    def source(self) -> str:
        """Where it is stated."""


BECAUSE: Final[Mapping[str, str]] = {
    "agrees": N_("{share} ({numerator} of {denominator}) agrees with {claimed}."),
    "agrees_anyway": N_("Whatever the {unknown} unknown turn out to be, {share} agrees with {claimed}."),
    "contradicts": N_("{share} ({numerator} of {denominator}) contradicts {claimed}."),
    "contradicts_anyway": N_("Whatever the {unknown} unknown turn out to be, {share} contradicts {claimed}."),
    "open": N_("{unknown} of {denominator} are unknown: {share} leaves {claimed} open."),
    "redacted": N_("The figure is redacted; there is nothing to compare."),
    "no_indicator": N_(
        "Nothing in the files measures “{indicator}”: its registry is missing, or there is no such indicator."
    ),
    "no_such_indicator": N_("There is no indicator “{indicator}”; the nearest are {near}."),
    "no_scope": N_("“{indicator}” is not measured for {scope}; the nearest are {near}."),
    "ambiguous_scope": N_("{count} places are named {scope}; state the code of one."),
    "no_basis": N_("“{indicator}” is not measured by {basis}; it is by {near}."),
    "no_denominator": N_("There is nothing to count: the denominator is zero."),
}
"""Why a verdict was given: templates over the values in the ``because`` of a claim."""

EXCLUDED = N_("{excluded} are outside this definition or lack the numbers, and are excluded.")
HOLDS_UNDER = N_("It would hold for: {names}.")
NOT_REACHABLE = N_("No {committees} committees of 5, 7, 9 or 11 members can have this share.")

MISTYPED: Final = {"no_such_indicator": "indicator", "no_scope": "scope", "no_basis": "basis"}
"""Keys of :data:`BECAUSE` that say that a claim names something that is not there -> what it names (rule A211)."""

_SIGNS = {"=": "", ">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< "}


def judge(claims: Iterable[Claim], indicators: Indicators, city: City) -> pd.DataFrame:
    """Return the verdict on every claim.

    Parameters
    ----------
    claims : iterable of Claim
        Objects with ``text``, ``indicator``, ``scope`` (``""`` for the city, a class, a code, or a name that only one
        place has), ``basis`` (``""``: the first of the indicator), ``figure``, ``comparator``, ``source``.
    indicators : Indicators
        The recomputed figures.
    city : City
        Where names of scopes are looked up.

    Returns
    -------
    pandas.DataFrame
        ``CLAIM_COLUMNS`` in the order of the claims. ``verdict`` compares the exact interval (numerator / denominator
        to (numerator + unknown) / denominator) with the figure read to its stated decimals; ``because`` is a dict for
        :func:`say_because`; ``ids`` are those that decide: counter-examples of a refuted claim, the unknown ones of an
        undetermined claim, those that hold of an upheld one.
    """
    rows = [_judge(claim, indicators, city) for claim in claims]
    frame = pd.DataFrame(rows, columns=list(CLAIM_COLUMNS))
    return frame.astype({"numerator": "Int64", "denominator": "Int64", "figure": float, "low": float, "high": float})


def _judge(claim: Claim, indicators: Indicators, city: City) -> dict[str, Any]:
    sign, stated = comparator(claim.comparator), figure_of(claim)
    row: dict[str, Any] = dict.fromkeys(CLAIM_COLUMNS)
    row |= {name: getattr(claim, name) for name in ("text", "indicator", "scope", "basis", "source")}
    row |= {"comparator": sign, "figure": float(stated[0]) if stated else None, "verdict": UNDETERMINED, "ids": ()}
    found = find(claim, indicators.frame, city)
    if isinstance(found, dict):
        return row | {"because": found}
    row |= {name: found[name] for name in ("basis", "numerator", "denominator", "low", "high")}
    values = {name: int(found[name]) for name in ("numerator", "denominator", "unknown", "excluded")}
    if stated is None:
        return row | {"because": {"key": "redacted", **values}}
    if not values["denominator"]:
        return row | {"because": {"key": "no_denominator", **values}}
    answer = weigh(found, *stated, sign=sign)
    key = {UPHELD: "agrees", REFUTED: "contradicts", UNDETERMINED: "open"}[answer]
    because = {"key": key + ("_anyway" if values["unknown"] and answer != UNDETERMINED else ""), **values}
    because |= {"load": claim.indicator.startswith("load."), "claimed": _claimed(claim, stated, sign)}
    if answer != UPHELD:
        because["holds_under"] = _holds_under(found, indicators.frame, stated, sign)
    because |= _reachable(found, stated, sign)
    return row | {"verdict": answer, "because": because, "ids": _deciding(found, answer, stated[0])}


def weigh(found: Mapping[Any, Any], figure: Fraction, decimals: int, *, sign: str) -> str:
    """Return the verdict of one indicator row on a figure."""
    share = not str(found["id"]).startswith("load.")
    scale, denominator = (100 if share else 1), int(found["denominator"])
    half = half_width(figure, decimals, sign, share=share)
    low = Fraction(scale * int(found["numerator"]), denominator)
    high = low + Fraction(scale * int(found["unknown"]), denominator)
    return verdict(low, high, figure, sign=sign, half=half)


def find(claim: Claim, frame: pd.DataFrame, city: City) -> pd.Series | dict[str, Any]:
    """Return the indicator row that a claim speaks of, or why there is none (a ``because``, with what is near)."""
    rows = frame[frame["id"] == claim.indicator]
    if rows.empty:
        if claim.indicator in INDICATORS:
            return {"key": "no_indicator", "indicator": claim.indicator}
        near = _near(claim.indicator, {*INDICATORS, *frame["id"]})
        return {"key": "no_such_indicator", "indicator": claim.indicator, "near": near}
    codes = _codes(claim.scope, city, set(rows["scope"]))
    if len(codes) > 1:
        return {"key": "ambiguous_scope", "scope": claim.scope, "count": len(codes)}
    places, rows = rows, rows[rows["scope"].isin(codes)]
    if rows.empty:
        near = _near(claim.scope, _names(places, city))
        return {"key": "no_scope", "indicator": claim.indicator, "scope": claim.scope, "near": near}
    measured, rows = rows, rows[rows["basis"] == claim.basis] if claim.basis else rows
    if rows.empty:
        near = tuple(sorted(set(measured["basis"])))
        return {"key": "no_basis", "indicator": claim.indicator, "basis": claim.basis, "near": near}
    return rows.iloc[0]


def _near(stated: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the three of ``known`` that look most like ``stated``."""
    return tuple(get_close_matches(stated, sorted(known), n=3, cutoff=0.0))


def _names(rows: pd.DataFrame, city: City) -> set[str]:
    """Return what the scopes of indicator rows are called: names of places, classes, the city's own name."""
    scopes = set(rows["scope"])
    named = {scope for scope in scopes if scope}
    for layer in city.layers.values():
        names = layer.frame["name"][layer.frame.index.isin(scopes)]
        named |= set(names) - {""}
    return named | ({city.name} if "" in scopes and city.name else set())


def _codes(scope: str, city: City, known: set[str]) -> list[str]:
    """Return the scopes that ``scope`` may mean: itself, the whole city, or the places of that name."""
    if scope in known:
        return [scope]
    if scope == city.name:
        return [""]
    named = {code for layer in city.layers.values() for code in layer.frame.index[layer.frame["name"] == scope]}
    return sorted(named & known)


def _holds_under(found: pd.Series, frame: pd.DataFrame, stated: tuple[Fraction, int], sign: str) -> tuple[str, ...]:
    """Return the other definitions of the same family, at the same scope, under which the claim would be upheld."""
    family = str(found["id"]).split(".")[0] + "."
    rows = frame[(frame["scope"] == found["scope"]) & (frame["scope_level"] == found["scope_level"])]
    rows = rows[rows["id"].str.startswith(family) & (rows["denominator"] > 0)]
    return tuple(
        f"{row['id']} ({row['basis']})" for row in rows.to_dict("records") if weigh(row, *stated, sign=sign) == UPHELD
    )


def _reachable(found: pd.Series, stated: tuple[Fraction, int], sign: str) -> dict[str, Any]:
    """Return whether so many committees can have the stated party share at all."""
    if sign != "=" or not str(found["id"]).startswith("owners.party_share"):
        return {}
    lowest = found["id"] == "owners.party_share_min"
    committees = 1 if lowest else len(found["numerator_ids"] + found["missing_ids"] + found["excluded_ids"])
    return {"reachable": bool(totals_for(*stated, committees)), "committees": committees}


def _deciding(found: pd.Series, answer: str, figure: Fraction) -> tuple[str, ...]:
    if answer == UNDETERMINED:
        return tuple(found["unknown_ids"])
    scale = 1 if str(found["id"]).startswith("load.") else 100
    short = Fraction(scale * (int(found["numerator"]) + int(found["unknown"])), int(found["denominator"])) < figure
    if answer == REFUTED and short and found["missing_ids"]:
        return tuple(found["missing_ids"])
    return tuple(found["numerator_ids"])


def _claimed(claim: Claim, stated: tuple[Fraction, int], sign: str) -> str:
    value = f"{float(stated[0]):.{stated[1]}f}"
    return _SIGNS[sign] + value + ("" if claim.indicator.startswith("load.") else "%")


def say_because(row: Mapping[Any, Any]) -> str:
    """Return why a claim got its verdict, in the current language.

    Parameters
    ----------
    row : mapping
        A row of :func:`judge`, or at least its ``because``.

    Examples
    --------
    >>> say_because({"because": {"key": "contradicts", "numerator": 194, "denominator": 1359, "unknown": 0,
    ...     "claimed": "100%"}})
    '14.3% (194 of 1359) contradicts 100%.'
    """
    values = dict(row["because"])
    if "numerator" in values:
        numbers = values["numerator"], values["denominator"]
        values["share"] = mean(*numbers) if values.get("load") else interval(*numbers, values["unknown"])
    if "indicator" in values:
        values["indicator"] = indicator_title(str(values["indicator"]))
    if "basis" in values:
        values["basis"] = basis_label(str(values["basis"]))
    if "near" in values:
        of_basis = values["key"] == "no_basis"
        values["near"] = gettext(", ").join(basis_label(name) if of_basis else name for name in values["near"]) or "-"
    sentences = [gettext(BECAUSE[values["key"]])]
    if values.get("excluded"):
        sentences.append(gettext(EXCLUDED))
    if values.get("holds_under"):
        sentences.append(gettext(HOLDS_UNDER))
        names = (entry.removesuffix(")").partition(" (") for entry in values["holds_under"])
        values["names"] = gettext(", ").join(definition(name, basis) for name, _, basis in names)
    if values.get("reachable") is False:
        sentences.append(gettext(NOT_REACHABLE))
    text = sentences[0].format_map(values)
    for sentence in sentences[1:]:
        text = gettext("{text} {sentence}").format(text=text, sentence=sentence.format_map(values))
    return text
