"""All indicators of a city in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.audit.balance import load_means
from gridkit.audit.bodies import committee_rates, company_rates, governance_rate
from gridkit.audit.compounds import coverage_rates, mode_table
from gridkit.audit.evidence import Evidence
from gridkit.audit.grids import grid_rates
from gridkit.audit.ledgers import completeness_rates, ledger_rates
from gridkit.audit.pairing import pairing_rates
from gridkit.audit.reporting import reporting_rates
from gridkit.audit.rollup import table
from gridkit.audit.scopes import Scopes
from gridkit.model import Indicators

if TYPE_CHECKING:
    from gridkit.model import Attributes, City, Coverage, Links, Places


def measure(city: City, places: Places, links: Links, attributes: Attributes, coverage: Coverage) -> Indicators:
    """Return every indicator that the city's layers and registries allow.

    The denominator of a rate of compounds is the compound layer, always; what is not known stays in the denominator
    and makes the rate an interval.

    Parameters
    ----------
    city, places, links, attributes, coverage
        What the earlier rooms hand on.

    Returns
    -------
    Indicators
        One row per indicator, scope and basis, sorted. ``coverage.*`` rows are always there; an indicator whose
        registry the city has not got is left out.
    """
    scopes = Scopes(city, places)
    evidence = Evidence(city, links)
    parts = coverage_rates(scopes, evidence, attributes, coverage=coverage)
    parts.append(mode_table(scopes, evidence, attributes, coverage=coverage))
    parts += grid_rates(scopes, evidence)
    parts += company_rates(scopes, evidence)
    parts += committee_rates(scopes, evidence)
    parts += governance_rate(scopes, evidence, attributes)
    parts += pairing_rates(scopes, evidence)
    parts += reporting_rates(scopes, evidence)
    parts += load_means(scopes, evidence, attributes)
    parts += ledger_rates(scopes, evidence)
    parts += completeness_rates(city)
    return Indicators(table(parts))
