"""Everything that an audit proves beside indicators and claims, in one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gridkit.audit.evaluating import evaluating
from gridkit.audit.league import league
from gridkit.audit.matrix import build_matrix
from gridkit.audit.needed import plan_needed
from gridkit.audit.shades import shade
from gridkit.audit.tricks import impact, search, told
from gridkit.model import Allowance, AuditResult

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.model import Attributes, City, Coverage, Findings, Links, Places
    from gridkit.rules.ruleset import RuleSet


@dataclass(frozen=True)
class Decided:
    """What the earlier rooms hand on: a city, where its compounds lie, what is linked, and how each is covered."""

    city: City
    places: Places
    links: Links
    attributes: Attributes
    coverage: Coverage


def prove(
    decided: Decided, *, ruleset: RuleSet, allowance: Allowance, findings: Iterable[Findings] = ()
) -> tuple[AuditResult, Findings]:
    """Return what the audit proves of a city, and the findings A101-A114 that it is made of.

    ``findings`` are those of the earlier rooms (linking, coverage, tree): tricks with the same offenders as one of
    their rules take them from there.
    """
    city, places, links = decided.city, decided.places, decided.links
    attributes, coverage = decided.attributes, decided.coverage
    tricks = search(city, places, links, attributes, coverage, ruleset=ruleset, findings=findings)
    matrix, definitions = build_matrix(city, places, links, attributes, coverage, allowance=allowance)
    shades = shade(city, places, links, coverage)
    plan, bounds = plan_needed(city, places, attributes, coverage, shades, ruleset=ruleset)
    proved = AuditResult(allowance=allowance, matrix=matrix, definitions=definitions)
    result = replace(
        proved,
        tricks=impact(tricks, coverage, ruleset=ruleset),
        shades=shades,
        plan=plan,
        bounds=bounds,
        league=league(city, places, links, coverage, ruleset=ruleset, result=proved),
        evaluating=evaluating(city, places, links),
    )
    return result, told(tricks, city)
