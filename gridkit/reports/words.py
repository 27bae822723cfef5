"""The words of the reports: titles, labels, rates and details, as people read them.

Everything here is looked up late, in the language of the reader. What the rules and the indicators are called is said
in :mod:`gridkit.rules.labels` and :mod:`gridkit.audit.titles`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.because import BECAUSE, READ, say_because
from gridkit.audit.format import NO_RATE, interval, joined, mean, percent
from gridkit.audit.titles import basis_label, definition, indicator_title
from gridkit.coverage.explain import WITHOUT_ORGANISATION
from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.reports.values import short, whole
from gridkit.rules import CATALOGUE
from gridkit.rules.labels import ANSWERS, STATUS_LABELS, label, ruleset_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["basis_label", "indicator_title", "ruleset_label"]

VERDICTS: Final[Mapping[str, str]] = {
    "upheld": N_("upheld"),
    "refuted": N_("refuted"),
    "undetermined": N_("undetermined"),
}

SCOPE_LEVELS: Final[Mapping[str, str]] = {
    "city": N_("whole city"),
    "class": N_("class"),
    "street": N_("street"),
    "community": N_("community"),
    "grid": N_("grid"),
    "mode": N_("management mode"),
    "kind": N_("kind of unit"),
}

SCOPES: Final[Mapping[str, str]] = {
    "": N_("whole city"),
    "urban": N_("urban communities"),
    "township": N_("township communities"),
    "unclassed": N_("communities without a class"),
    "unplaced": N_("in no known area"),
    "old": N_("old compounds"),
    "new": N_("newer compounds"),
}
"""Scopes that are no places; management modes are in the vocabulary of that column."""

GRID_KINDS: Final[Mapping[str, str]] = {
    "comprehensive": N_("comprehensive grids"),
    "exclusive": N_("exclusive grids"),
    "basic": N_("basic grids"),
    "micro": N_("micro-grids"),
    "unit_cell": N_("unit grids"),
    "rural": N_("rural grids"),
    "": N_("grids of no stated kind"),
}

DETAILS: Final[Mapping[str, str]] = {
    "min": N_("minimum"),
    "max": N_("maximum"),
    "cv": N_("coefficient of variation"),
    "band": N_("usual range"),
    "in_band": N_("within the usual range"),
    "committees": N_("committees"),
    "equally_low": N_("equally low"),
    "pairings": N_("pairings"),
    "needs": N_("needs"),
    "unanswered": N_("needs without a project"),
    "projects": N_("projects"),
    "resources": N_("resources"),
    "overdue": N_("overdue"),
    "units": N_("units"),
    "contradictory": N_("units with more reported than members"),
    "cross_appointed": N_("persons cross-appointed"),
}
"""Details of an indicator that people read; the others are for programs."""


GAP: Final = "gap.organisation"

MEANS: Final = ("load.",)
"""Indicators whose quotient is a mean, not a share: shown as a number."""


_SIGNS: Final = {"=": "", ">=": "≥ ", "<=": "≤ "}


def status_label(status: str) -> str:
    """Return the label of a coverage status.

    >>> status_label("OWN_BRANCH")
    'own branch'
    """
    return gettext(STATUS_LABELS.get(status, status))


def labelled(labels: Mapping[str, str], key: object) -> str:
    """Return the label of ``key`` in the current language, or the key itself where there is none."""
    return gettext(labels.get(str(key), str(key)))


def severity(name: object) -> str:
    """Return what the severity of a rule is called (its words are marked in :mod:`gridkit.rules.rule`)."""
    return gettext(str(name))


def table_label(kind: str) -> str:
    """Return what a layer or registry is called.

    >>> table_label("pairings")
    'table of pairings'
    >>> table_label("reconcile.compounds")
    'second telling: compound registry'
    """
    family, _dot, told = kind.partition(".")
    if family == "reconcile" and told:
        return _("second telling: {table}").format(table=label(told, "table"))
    return label(kind, "table")


def scope_label(part: str) -> str:
    """Return what a scope that is no place, or a part of one, is called.

    >>> scope_label("urban"), scope_label("entrusted"), scope_label("unknown")
    ('urban communities', 'entrusted management', 'unknown')
    """
    return gettext(SCOPES[part]) if part in SCOPES else label(part, "management_mode")


def defined(name: str, basis: str) -> str:
    """Return an indicator with its basis, in one pair of brackets where its title ends in some.

    >>> defined("coverage.work.valid", "households")
    'work coverage, as valid (by households)'
    """
    return definition(name, basis).replace("）（", "，")


def valid_label(status: str, valid: str) -> str:
    """Return whether the organisation of a compound holds as valid; a dash where there is none.

    >>> valid_label("OWN_BRANCH", "yes"), valid_label("INSTRUCTOR_ONLY", "yes")
    ('yes', '—')
    """
    return NO_RATE if status in WITHOUT_ORGANISATION else labelled(ANSWERS, valid)


def rule_title(code: str) -> str:
    """Return the title of a coded rule; the code itself where the catalogue does not have it."""
    rule = CATALOGUE.get(code)
    return gettext(rule.title) if rule else code


def rule_source(code: str) -> str:
    """Return where a coded rule comes from; empty where the catalogue does not have it."""
    rule = CATALOGUE.get(code)
    return gettext(rule.source) if rule else ""


def rule_remedy(code: str) -> str:
    """Return what to do about a finding; empty where the catalogue does not say."""
    rule = CATALOGUE.get(code)
    return gettext(rule.remedy) if rule else ""


def coded(code: str) -> str:
    """Return the code of a rule with its title.

    >>> coded("C101")
    'C101 Should have its own branch'
    """
    title = rule_title(code)
    return code if title == code else f"{code} {title}"


def finding_sentence(code: str, params: dict[str, object]) -> str:
    """Return the sentence of one finding; the code itself where the catalogue does not have it."""
    rule = CATALOGUE.get(code)
    return rule.say(params) if rule else code


def counts_as_sentence(counts_as: Sequence[str]) -> str:
    """Return which statuses count as organisation coverage, in one sentence.

    >>> counts_as_sentence(("OWN_BRANCH", "JOINT_BRANCH"))
    'own branch, joint branch'
    """
    return _(", ").join(status_label(status) for status in counts_as) if counts_as else _("none stated")


def rate(name: str, numerator: int, denominator: int, unknown: int = 0, *, less: int = 0, more: int = 0) -> str:
    """Return the rate of an indicator, an interval where something is unknown or linked; a mean where it is no share.

    ``less`` and ``more`` are the link-error allowance; without them it is the rate as counted.

    >>> rate("coverage.work.valid", 3, 8, 2), rate("load.units_per_community", 10, 4), rate(GAP, -1, 8, 2)
    ('37.5%–62.5%', '2.50', '-12.5 to 12.5 points')
    >>> rate("coverage.work.valid", 3, 8, 2, less=1, more=1)
    '25.0%–75.0%'
    """
    if name.startswith(MEANS):
        return joined(mean(numerator - less, denominator), mean(numerator + unknown + more, denominator))
    share = interval(numerator, denominator, unknown, less=less, more=more, share=name != GAP)
    return _("{points} points").format(points=share.replace("%", "")) if name == GAP else share


def details(name: str, values: Mapping[str, Any]) -> str:
    """Return the details of an indicator that people read.

    >>> details("load.households_per_grid", {"min": 3, "cv": 1 / 3, "band": (300, 500), "overdue": ("a",), "other": 1})
    'minimum 3; coefficient of variation 0.33; usual range 300–500; overdue 1'
    >>> details("grids.branch_rate", {"kinds": {"comprehensive": 173, "exclusive": 4}})
    'beside them 4 exclusive grids'
    """
    if name == GAP:
        return _gap(values)
    shown = []
    for key in (key for key in DETAILS if values.get(key) not in (None, ())):
        value = values[key]
        if isinstance(value, (list, tuple)) and isinstance(value[0], str):
            value = len(value)
        text = "–".join(short(item) for item in value) if isinstance(value, (list, tuple)) else _number(value)
        shown.append(f"{gettext(DETAILS[key])} {text}")
    own = "exclusive" if name.startswith("exclusive.") else "comprehensive"
    others = {kind: n for kind, n in sorted(values.get("kinds", {}).items()) if kind != own and n}
    shown += [_("beside them {n} {kind}").format(n=n, kind=labelled(GRID_KINDS, kind)) for kind, n in others.items()]
    return _("; ").join(shown)


def _number(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else short(value)


def _gap(values: Mapping[str, Any]) -> str:
    """Return the two shares behind a gap and their difference, as far as they are known."""
    sides = [values.get(side, {}) for side in ("urban", "township")]
    (a, m, p), (b, n, q) = [
        [int(side.get(key, 0)) for key in ("numerator", "denominator", "unknown")] for side in sides
    ]
    if not m or not n:
        return ""
    text = _("{urban} ({a}/{m}) − {township} ({b}/{n}) = {points} points").format(
        urban=percent(a, m), a=f"{a:,}", m=f"{m:,}", township=percent(b, n), b=f"{b:,}", n=f"{n:,}",
        points=percent(a * n - b * m, m * n).replace("%", ""),
    )  # fmt: skip
    if not p and not q:
        return text
    return _("as far as known {gap}; unknown {p} and {q}").format(gap=text, p=f"{p:,}", q=f"{q:,}")


def because(value: object) -> str:
    """Return why a claim got its verdict: a sentence as it is, the values of one in words."""
    return say_because({"because": value}) if isinstance(value, dict) else str(value or "")


def stated(name: str, comparator: str, figure: float | None, upper: float | None = None) -> str:
    """Return the figure or the range of a claim as it was stated, in percent or, for a mean, in plain units.

    >>> stated("coverage.work.valid", ">=", 95.5), stated("load.units_per_community", "=", 5.67)
    ('≥ 95.5%', '5.67')
    >>> stated("coverage.work.valid", "=", float("nan")), stated("coverage.work.valid", "=", 60.0, 75.0)
    ('XX%', '60%–75%')
    """
    unit = "" if name.startswith(MEANS) else "%"
    if figure is None or math.isnan(figure):
        return f"XX{unit}"
    sign = _SIGNS.get(comparator, comparator + " ")
    last = figure if upper is None or math.isnan(upper) else upper
    return sign + joined(*(short(float(end)) + unit for end in (figure, last)))


def claim_rate(row: Mapping[Any, Any]) -> str:
    """Return the recomputed rate of a row of the claims; a dash where nothing measures it.

    >>> claim_rate({"indicator": "load.units_per_community", "numerator": 10, "denominator": 4, "because": {}})
    '2.50'
    """
    numerator, denominator = whole([row["numerator"], row["denominator"]])
    if numerator is None or not denominator:
        return NO_RATE
    values = row["because"] if isinstance(row["because"], dict) else {}
    unknown, less, more = (int(values.get(name, 0)) for name in ("unknown", "allowance_low", "allowance_high"))
    if not values and not math.isnan(row.get("high", math.nan)):  # a table of an older run
        unknown = max(round(row["high"] * denominator) - numerator, 0)
    return rate(str(row["indicator"]), numerator, denominator, unknown, less=less, more=more)


def plainly(because: object) -> object:
    """Return the reason of a verdict without what a report says once: by how much links widen an interval."""
    if not isinstance(because, dict):
        return because
    return {name: value for name, value in because.items() if name != "rate" or "{rate}" in BECAUSE[because["key"]]}


def read_as(values: Mapping[str, Any]) -> str:
    """Return how a rounded figure is read, from the values of a reason."""
    return gettext(READ).format(claimed=values["claimed"], read=joined(*values["read"]))


_BRIEF: Final = ("redacted", "unreadable", "no_denominator", "other_day", "no_day", "ruleset")


def in_brief(row: Mapping[Any, Any]) -> str:
    """Return why a claim got its verdict in a few words: what was recomputed, with its whole numbers.

    >>> in_brief({"because": {"key": "contradicts", "numerator": 6, "denominator": 17, "unknown": 0, "claimed": "100%"},
    ...     "indicator": "pairing.units", "numerator": 6, "denominator": 17, "high": 0.3, "low": 0.3})
    'recomputed 35.3% (6 of 17)'
    """
    values = row["because"]
    key = values.get("key", "") if isinstance(values, dict) else ""
    n, d = whole([row["numerator"], row["denominator"]])
    if n is None or not d or key in _BRIEF:
        return because(values)
    if row["indicator"] == GAP:
        return _("recomputed {rate}").format(rate=claim_rate(row))
    unknown = values.get("unknown", 0) if isinstance(values, dict) else 0
    said = _("recomputed {rate} ({n} of {d}, {unknown} unknown)") if unknown else _("recomputed {rate} ({n} of {d})")
    return said.format(rate=claim_rate(row), n=f"{n:,}", d=f"{d:,}", unknown=f"{unknown:,}")
