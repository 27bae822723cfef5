"""Claims against the recomputed interval: upheld, refuted or undetermined, exactly."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Protocol

import pandas as pd

from gridkit.audit.because import said_of, say_because
from gridkit.audit.definitions import OF_SUBJECT
from gridkit.audit.figures import REFUTED, UNDETERMINED, UPHELD, comparator, figure_of
from gridkit.audit.format import joined
from gridkit.audit.shares import totals_for
from gridkit.audit.titles import INDICATORS
from gridkit.audit.verdicts import bounds, cell, declared, ends, exact_upper, upheld_under, weigh
from gridkit.audit.widening import ALLOWANCE, GAP, MEASURES, widen
from gridkit.model import AuditResult
from gridkit.model.fields import NO, UNKNOWN, YES
from gridkit.model.results import CLAIM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from gridkit.model import City, Indicators

__all__ = ["MISTYPED", "Claim", "find", "judge", "say_because", "weigh"]


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


MISTYPED: Final = {
    "no_such_indicator": "indicator",
    "no_scope": "scope",
    "no_basis": "basis",
    "no_definition": "definition",
    "no_cell": "scope",
}
"""Keys of :data:`gridkit.audit.because.BECAUSE` that say that a claim names something that is not there -> what it
names (rule A211)."""

ON_COVERAGE: Final = ("coverage.", "gap.", "mode.")
"""Families of indicators that rest on the rule set."""

_SIGNS = {"=": "", ">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< "}


def judge(
    claims: Iterable[Claim],
    indicators: Indicators,
    city: City,
    *,
    result: AuditResult | None = None,
    trusted: bool = True,
) -> pd.DataFrame:
    """Return the verdict on every claim.

    Parameters
    ----------
    claims : iterable of Claim
        Objects with ``text``, ``indicator``, ``scope`` (``""`` for the city, a class, a code, or a name that only one
        place has), ``basis`` (``""``: the first of the indicator), ``figure``, ``comparator``, ``source``; and where
        they have them ``upper`` (of a range), ``decimals``, ``rounding``, ``as_of``, ``definition`` (``numerator``,
        ``denominator``, ``weight``), ``mistakes`` (why an entry cannot be read).
    indicators : Indicators
        The recomputed figures.
    city : City
        Where names of scopes are looked up; its ``as_of`` is the day of the data.
    result : AuditResult, optional
        The definition matrix and its allowance. Without it nothing is widened and no definition can be judged.
    trusted : bool
        Whether the rule set of the project placed the compounds. If not, claims that rest on it are undetermined.

    Returns
    -------
    pandas.DataFrame
        ``CLAIM_COLUMNS`` in the order of the claims. ``verdict`` compares the exact interval (numerator / denominator
        to (numerator + unknown) / denominator, for coverage and grids widened by the link-error allowance) with the
        figure read to its stated decimals; ``low`` and ``high`` are the ends of that interval. ``because`` is a dict
        for :func:`say_because`; ``ids`` are those that decide: counter-examples of a refuted claim, the unknown ones of
        an undetermined claim, those that hold of an upheld one. ``upheld_under`` names every definition of the same
        subject under which the claim would be upheld.

    Notes
    -----
    A claim of exactly 100 % is refuted by a compound without coverage only where the widened interval excludes 100 %:
    one wrong link may be all that hides the organisation.
    """
    proved = result or AuditResult()
    if not any(indicators.frame[name].any() for name in ALLOWANCE):
        indicators = widen(indicators, proved)
    rows = [_judge(claim, indicators, city, proved, trusted=trusted) for claim in claims]
    frame = pd.DataFrame(rows, columns=list(CLAIM_COLUMNS))
    real = dict.fromkeys(("figure", "upper", "low", "high"), float)
    return frame.astype({"numerator": "Int64", "denominator": "Int64", **real})


def _judge(claim: Claim, indicators: Indicators, city: City, result: AuditResult, *, trusted: bool) -> dict[str, Any]:
    sign, stated, upper = comparator(claim.comparator), figure_of(claim), exact_upper(claim)
    definition = declared(claim)
    row = _blank(claim, definition, sign=sign, stated=stated, upper=upper)
    reason = _cannot(claim, city, on_rules=not trusted and _on_rules(claim, definition))
    found = reason or (
        find(claim, indicators.frame, city) if definition is None else _find_cell(claim, definition, result, city)
    )
    if isinstance(found, dict) and "key" in found:
        return row | {"because": found}
    found = dict(found)
    values = {name: int(found[name]) for name in ("numerator", "denominator", "unknown", "excluded")}
    values |= {name: int(found[name] or 0) for name in ALLOWANCE if name in found}
    row |= {"basis": found["basis"], "numerator": values["numerator"], "denominator": values["denominator"]}
    row |= {"scope_level": str(found["scope_level"]), "scope_code": str(found["scope"])}
    if not values["denominator"]:
        return row | {"because": {"key": "redacted" if stated is None else "no_denominator", **values}}
    row |= dict(zip(("low", "high"), _floats(found), strict=True))
    if stated is None:
        return row | {"because": {"key": "redacted", **values}}
    stated = (stated[0], -1) if getattr(claim, "rounding", None) == "none" else stated
    answer = weigh(found, *stated, sign=sign, upper=upper)
    subject = definition[0] if definition else MEASURES.get(claim.indicator, ("",))[0]
    scope = str(found["scope_level"]), str(found["scope"])
    under = upheld_under(result, subject, scope, stated=stated, sign=sign, upper=upper)
    because = {"key": _key(answer, values), **values, **_said(found, result)}
    because |= {"load": claim.indicator.startswith("load."), "gap": str(found["id"]) == GAP}
    because |= {"claimed": _claimed(claim, stated, sign, upper)}
    because |= {} if answer == REFUTED else _read(claim, stated, sign, upper)
    if answer != UPHELD and definition is None and not under:
        because["holds_under"] = _holds_under(found, indicators.frame, stated=stated, sign=sign, upper=upper)
    because |= _reachable(found, stated, sign) if upper is None else {}
    return row | {"verdict": answer, "because": because, "ids": _deciding(found, answer, stated[0]),
                  "upheld_under": under}  # fmt: skip


def _blank(
    claim: Claim, definition: tuple[str, ...] | None, *, sign: str, stated: tuple[Fraction, int] | None,
    upper: Fraction | None,
) -> dict[str, Any]:  # fmt: skip
    """Return what a claim says itself, before anything is measured."""
    as_of = getattr(claim, "as_of", None)
    row: dict[str, Any] = dict.fromkeys(CLAIM_COLUMNS)
    row |= {name: getattr(claim, name) for name in ("text", "indicator", "scope", "basis", "source")}
    row |= {"comparator": sign, "figure": float(stated[0]) if stated else None, "verdict": UNDETERMINED, "ids": ()}
    row |= {"definition": "/".join(definition[1:]) if definition else "", "upheld_under": ()}
    row |= {"upper": None if upper is None or stated is None else float(upper), "scope_level": "", "scope_code": ""}
    return row | {"as_of": as_of.isoformat() if as_of else ""}


def _cannot(claim: Claim, city: City, *, on_rules: bool) -> dict[str, Any]:
    """Return why a claim cannot be judged whatever was measured; empty where nothing speaks against it."""
    mistakes, as_of = tuple(getattr(claim, "mistakes", ())), getattr(claim, "as_of", None)
    if mistakes:
        return {"key": "unreadable", "mistakes": mistakes}
    if as_of is not None and as_of != city.as_of:
        if city.as_of is None:
            return {"key": "no_day", "as_of": as_of.isoformat()}
        return {"key": "other_day", "as_of": as_of.isoformat(), "of_data": city.as_of.isoformat()}
    return {"key": "ruleset"} if on_rules else {}


def _on_rules(claim: Claim, definition: tuple[str, ...] | None) -> bool:
    return claim.indicator.startswith(ON_COVERAGE) if definition is None else definition[0] == "compound"


def _floats(found: Mapping[Any, Any]) -> tuple[float, float]:
    scale = 1 if str(found["id"]).startswith("load.") else 100
    low, high = ends(found, share=scale == 100)
    return float(low / scale), float(high / scale)


def _said(found: Mapping[Any, Any], result: AuditResult) -> dict[str, Any]:
    """Return what is to be said of the allowance, where it widens anything."""
    if not found.get("allowance_low") and not found.get("allowance_high"):
        return {}
    of = result.allowance
    return {"rate": of.rate, "sampled": of.sampled, "wrong": of.wrong, "unit": str(found["basis"])}


def _read(claim: Claim, stated: tuple[Fraction, int], sign: str, upper: Fraction | None) -> dict[str, Any]:
    """Return from where to where a rounded figure reaches, where it is no exact one."""
    if sign != "=" or stated[1] < 0:
        return {}
    low, high = bounds(*stated, sign=sign, share=not claim.indicator.startswith("load."), upper=upper)
    if (low, high) == (stated[0], stated[0] if upper is None else upper):
        return {}
    unit = "" if claim.indicator.startswith("load.") else "%"
    return {"read": tuple(f"{said_of(end, stated[1] + 1)}{unit}" for end in (low, high))}


def _key(answer: str, values: Mapping[str, int]) -> str:
    if answer == UNDETERMINED:
        return "open" if values["unknown"] else "open_links"
    return {UPHELD: "agrees", REFUTED: "contradicts"}[answer] + ("_anyway" if values["unknown"] else "")


def _find_cell(claim: Claim, definition: tuple[str, str, str, str], result: AuditResult, city: City) -> dict[str, Any]:
    """Return the cell of the matrix that a claim declares, with the ids behind it, or why there is none."""
    subject, *parts = definition
    text = "/".join(parts)
    frame = result.matrix
    frame = frame[frame["subject"] == subject]
    known = all(word in words for word, words in zip(parts, OF_SUBJECT[subject], strict=True))
    if frame.empty or not known:
        near = () if frame.empty else _near(text, {"/".join(one) for one in _triples(frame)})
        return {"key": "no_definition", "definition": text, "near": near}
    codes = _codes(claim.scope, city, set(frame["scope"]))
    if len(codes) > 1:
        return {"key": "ambiguous_scope", "scope": claim.scope, "count": len(codes)}
    scoped = frame[frame["scope"].isin(codes)]
    if scoped.empty:
        return {"key": "no_cell", "scope": claim.scope, "near": _near(claim.scope, _names(frame, city))}
    scope = str(scoped.iloc[0]["scope_level"]), str(scoped.iloc[0]["scope"])
    met = cell(result, definition, scope)
    assert met is not None  # every scope has every definition
    return {**met.to_dict(), "id": "matrix", "basis": parts[2], **_ids(result, definition, scope)}


def _triples(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    return set(frame[["numerator_id", "denominator_id", "weight"]].itertuples(index=False, name=None))


def _ids(result: AuditResult, key: tuple[str, ...], scope: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the codes behind a cell: those that hold, those that are unknown, those that do not hold."""
    subject, numerator, denominator, weight = key
    frame = result.definitions[subject]
    inside = frame[f"weight.{weight}"].notna() & (frame[f"denominator.{denominator}"] != NO)
    if scope[0] != "city":
        inside &= frame[f"scope.{scope[0]}"] == scope[1]
    part = frame[inside]
    answer = part[f"numerator.{numerator}"].where(part[f"denominator.{denominator}"] == YES, UNKNOWN)
    return {
        name: tuple(part.index[answer == value])
        for name, value in (("numerator_ids", YES), ("unknown_ids", UNKNOWN), ("missing_ids", NO))
    }


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


def _holds_under(
    found: Mapping[Any, Any], frame: pd.DataFrame, *, stated: tuple[Fraction, int], sign: str, upper: Fraction | None
) -> tuple[str, ...]:
    """Return the other definitions of the same family, at the same scope, under which the claim would be upheld."""
    family = str(found["id"]).split(".")[0] + "."
    rows = frame[(frame["scope"] == found["scope"]) & (frame["scope_level"] == found["scope_level"])]
    rows = rows[rows["id"].str.startswith(family) & (rows["denominator"] > 0)]
    return tuple(
        f"{row['id']} ({row['basis']})"
        for _, row in rows.iterrows()
        if weigh(row, *stated, sign=sign, upper=upper) == UPHELD
    )


def _reachable(found: Mapping[Any, Any], stated: tuple[Fraction, int], sign: str) -> dict[str, Any]:
    """Return whether so many committees can have the stated party share at all."""
    if sign != "=" or not str(found["id"]).startswith("owners.party_share"):
        return {}
    lowest = found["id"] == "owners.party_share_min"
    committees = 1 if lowest else len(found["numerator_ids"] + found["missing_ids"] + found["excluded_ids"])
    return {"reachable": bool(totals_for(*stated, committees)), "committees": committees}


def _deciding(found: Mapping[Any, Any], answer: str, figure: Fraction) -> tuple[str, ...]:
    if answer == UNDETERMINED:
        return tuple(found["unknown_ids"])
    share = not str(found["id"]).startswith("load.")
    if answer == REFUTED and ends(found, share=share)[1] < figure and found["missing_ids"]:
        return tuple(found["missing_ids"])
    return tuple(found["numerator_ids"])


def _claimed(claim: Claim, stated: tuple[Fraction, int], sign: str, upper: Fraction | None) -> str:
    figures = [stated[0]] if upper is None else [stated[0], upper]
    unit = "" if claim.indicator.startswith("load.") else "%"
    return _SIGNS[sign] + joined(*(said_of(value, stated[1]) + unit for value in (figures[0], figures[-1])))
