"""The words of the reports: labels of statuses, indicators, verdicts, and the reason of a compound in one sentence.

Everything here is looked up late, in the language of the reader.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from gridkit.audit.claims import say_because
from gridkit.audit.format import NO_RATE, interval, mean
from gridkit.coverage.explain import STATUS_LABELS
from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.reports.values import short
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ANSWERS: Final[Mapping[str, str]] = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("unknown")}

SEVERITY_LABELS: Final[Mapping[str, str]] = {"error": N_("error"), "warning": N_("warning"), "notice": N_("notice")}

VERDICTS: Final[Mapping[str, str]] = {
    "upheld": N_("upheld"),
    "refuted": N_("refuted"),
    "undetermined": N_("undetermined"),
}

KINDS: Final[Mapping[str, str]] = {
    "street": N_("streets"),
    "community": N_("communities"),
    "grid": N_("grids"),
    "compound": N_("residential compounds"),
    "compounds": N_("compound registry"),
    "branches": N_("party organisations"),
    "units": N_("units"),
    "premises": N_("premises of units"),
    "pairings": N_("pairings"),
    "property_companies": N_("property companies"),
    "property_service": N_("property service"),
    "owners_committees": N_("owners' committees"),
    "service_points": N_("service points"),
    "ledgers": N_("ledgers"),
    "codes": N_("code list"),
}

BASES: Final[Mapping[str, str]] = {
    "compounds": N_("compounds"),
    "households": N_("households"),
    "grids": N_("grids"),
    "companies": N_("companies"),
    "companies_with_members": N_("companies with members"),
    "sites": N_("service sites"),
    "members": N_("members"),
    "units": N_("units"),
    "communities": N_("communities"),
    "items": N_("items"),
    "needs": N_("needs"),
    "rows": N_("rows"),
}

SCOPE_LEVELS: Final[Mapping[str, str]] = {
    "city": N_("whole city"),
    "class": N_("class"),
    "street": N_("street"),
    "community": N_("community"),
    "grid": N_("grid"),
    "mode": N_("management mode"),
}

SCOPES: Final[Mapping[str, str]] = {
    "": N_("whole city"),
    "urban": N_("urban communities"),
    "township": N_("township communities"),
    "joint": N_("joint management"),
    "single": N_("single management"),
    "entrusted": N_("entrusted management"),
    "street": N_("run by the street"),
    "self": N_("self-management"),
    "unknown": N_("unknown"),
    "unclassed": N_("communities without a class"),
    "old": N_("old compounds"),
    "new": N_("newer compounds"),
}

INDICATOR_TITLES: Final[Mapping[str, str]] = {
    "coverage.organisation.declared": N_("organisation coverage, as declared"),
    "coverage.organisation.valid": N_("organisation coverage, as valid"),
    "coverage.work.declared": N_("work coverage, as declared"),
    "coverage.work.valid": N_("work coverage, as valid"),
    "grids.branch_rate": N_("grids with a branch"),
    "grids.branch_or_group_rate": N_("grids with a branch or a group"),
    "exclusive.group_rate": N_("exclusive grids with a group"),
    "property.organisation_rate": N_("property companies with an own or joint branch"),
    "owners.party_share": N_("party members in owners' committees"),
    "owners.party_share_min": N_("party members in owners' committees, lowest share"),
    "governance.body_rate": N_("compounds with a governance body"),
    "pairing.units": N_("units that are paired"),
    "pairing.communities": N_("communities that are paired"),
    "pairing.compounds": N_("compounds that are paired"),
    "premises.priority_kept": N_("units paired where they have premises"),
    "load.units_per_community": N_("units per community"),
    "load.households_per_grid": N_("households per grid"),
    "mode.covered": N_("coverage by management mode"),
    "ledger.promised": N_("ledger: promised of collected"),
    "ledger.resolved_of_promised": N_("ledger: resolved of promised"),
    "ledger.resolved": N_("ledger: resolved of collected"),
    "lists.match_rate": N_("needs answered by a project"),
    "gap.organisation": N_("gap between urban and township communities"),
}

DETAILS: Final[Mapping[str, str]] = {
    "min": N_("minimum"),
    "max": N_("maximum"),
    "cv": N_("coefficient of variation"),
    "band": N_("usual range"),
    "in_band": N_("within the usual range"),
    "points": N_("percentage points"),
    "committees": N_("committees"),
    "equally_low": N_("equally low"),
    "pairings": N_("pairings"),
    "projects": N_("projects"),
    "resources": N_("resources"),
    "overdue": N_("overdue"),
}
"""Details of an indicator that people read; the others are for programs."""

GAP: Final = "gap.organisation"

MEANS: Final = ("load.",)
"""Indicators whose quotient is a mean, not a share: shown as a number."""

_SIGNS: Final = {"=": "", ">=": "≥ ", "<=": "≤ "}

_REASONS: Final[Mapping[str, str]] = {
    "UNIT_ORG": N_("relies on the organisation of its unit: {via}"),
    "OWN_BRANCH": N_("a branch of its own: {via}"),
    "JOINT_BRANCH": N_("a joint branch with other compounds: {via}"),
    "GRID_BRANCH": N_("only the branch of its grid: {via}"),
    "FUNCTIONAL_ONLY": N_("only a functional branch of in-service members: {via}"),
    "INSTRUCTOR_ONLY": N_("only an instructor or a paired unit: {via}"),
    "PLANNED": N_("decided, but not founded yet: {via}"),
    "UNCOVERED": N_("the registry is declared complete and names no organisation for it"),
    "UNKNOWN": N_("no registry that is declared complete speaks of it"),
}


def status_label(status: str) -> str:
    """Return the label of a coverage status.

    >>> status_label("OWN_BRANCH")
    'own branch'
    """
    return gettext(STATUS_LABELS.get(status, status))


def labelled(labels: Mapping[str, str], key: object) -> str:
    """Return the label of ``key`` in the current language, or the key itself where there is none."""
    return gettext(labels.get(str(key), str(key)))


def indicator_title(name: str) -> str:
    """Return the title of an indicator.

    >>> indicator_title("completeness.branches")
    'completeness: party organisations'
    """
    family, _dot, kind = name.partition(".")
    if family == "completeness":
        return _("completeness: {kind}").format(kind=labelled(KINDS, kind))
    return labelled(INDICATOR_TITLES, name)


def rule_title(code: str) -> str:
    """Return the title of a coded rule; the code itself where the catalogue does not have it."""
    rule = CATALOGUE.get(code)
    return gettext(rule.title) if rule else code


def rule_source(code: str) -> str:
    """Return where a coded rule comes from; empty where the catalogue does not have it."""
    rule = CATALOGUE.get(code)
    return rule.source if rule else ""


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


def reason(status: str, valid: str, via: str, waiting: str) -> str:
    """Return in one sentence why a compound has its status.

    Parameters
    ----------
    status, valid : str
        Coverage status, and whether the organisation holds as valid (``yes``, ``no``, ``unknown``).
    via, waiting : str
        What covers it, and what would cover it if an open link were confirmed, as text; empty for nothing.

    Examples
    --------
    >>> reason("OWN_BRANCH", "no", "Branch A", "")
    'a branch of its own: Branch A; does not hold as valid'
    """
    if status == "UNKNOWN" and waiting:
        return _("a link waits for confirmation: {waiting}").format(waiting=waiting)
    text = gettext(_REASONS.get(status, status)).format(via=via or _("no record named"))
    if status in ("UNCOVERED", "UNKNOWN", "PLANNED") or valid == "yes":
        return text
    return text + (_("; does not hold as valid") if valid == "no" else _("; validity is unknown"))


def rate(name: str, numerator: int, denominator: int, unknown: int = 0) -> str:
    """Return the rate of an indicator, as an interval where something is unknown; a mean where it is no share.

    >>> rate("coverage.work.valid", 3, 8, 2), rate("load.units_per_community", 10, 4), rate(GAP, -1, 8, 2)
    ('37.5%–62.5%', '2.50', '-12.5–12.5 points')
    """
    if name.startswith(MEANS):
        return mean(numerator, denominator)
    if name == GAP:
        return _("{points} points").format(points=interval(numerator, denominator, unknown).replace("%", ""))
    return interval(numerator, denominator, unknown)


def details(values: Mapping[str, object]) -> str:
    """Return the details of an indicator that people read.

    >>> details({"min": 3, "band": (300, 500), "overdue": ("a", "b"), "other": 1})
    'minimum 3; usual range 300–500; overdue 2'
    """
    shown = []
    for key in (key for key in DETAILS if values.get(key) not in (None, ())):
        value = values[key]
        if isinstance(value, (list, tuple)) and isinstance(value[0], str):
            value = len(value)
        text = "–".join(short(item) for item in value) if isinstance(value, (list, tuple)) else short(value)
        shown.append(f"{gettext(DETAILS[key])} {text}")
    return "; ".join(shown)


def because(value: object) -> str:
    """Return why a claim got its verdict: a sentence as it is, the values of one in words."""
    return say_because({"because": value}) if isinstance(value, dict) else str(value or "")


def stated(name: str, comparator: str, figure: float | None) -> str:
    """Return the figure of a claim as it was stated, in percent or, for a mean, in plain units.

    >>> stated("coverage.work.valid", ">=", 95.5), stated("load.units_per_community", "=", 5.67)
    ('≥ 95.5%', '5.67')
    >>> stated("coverage.work.valid", "=", float("nan"))
    'none stated'
    """
    if figure is None or math.isnan(figure):
        return _("none stated")
    sign = _SIGNS.get(comparator, comparator + " ")
    return f"{sign}{short(float(figure))}" + ("" if name.startswith(MEANS) else "%")


def claim_rate(name: str, numerator: int | None, denominator: int | None, high: float) -> str:
    """Return the recomputed rate of a claim; ``high`` (0..1) gives how many of the denominator are unknown.

    >>> claim_rate("load.units_per_community", 10, 4, float("nan"))
    '2.50'
    """
    if numerator is None or not denominator:
        return NO_RATE
    unknown = 0 if math.isnan(high) else round(high * denominator) - numerator
    return rate(name, numerator, denominator, max(unknown, 0))
