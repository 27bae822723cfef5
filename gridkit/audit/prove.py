"""Everything that an audit proves beside indicators and claims, in one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.audit.evaluating import evaluating
from gridkit.audit.league import league
from gridkit.model import Allowance, AuditResult, Findings

if TYPE_CHECKING:
    from gridkit.model import Attributes, City, Coverage, Links, Places
    from gridkit.rules.ruleset import RuleSet


def prove(
    city: City,
    places: Places,
    links: Links,
    attributes: Attributes,
    coverage: Coverage,
    *,
    ruleset: RuleSet,
    allowance: Allowance,
) -> tuple[AuditResult, Findings]:
    """Return what the audit proves of ``city``, and the findings A101-A114 that it is made of."""
    del attributes
    result = AuditResult(
        allowance=allowance,
        league=league(city, places, links, coverage, ruleset=ruleset),
        evaluating=evaluating(city, places, links),
    )
    return result, Findings.none()
