"""A run from a city and its coverage alone, for a map without an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.audit import measure
from gridkit.geo.places import place
from gridkit.linkage import link, merge_attributes
from gridkit.model import Attributes, Coverage, Findings, Indicators, Links, Run
from gridkit.model.fields import COMPOUND, LAYER_FIELDS
from gridkit.model.results import (
    CLAIM_COLUMNS,
    COVERAGE_COLUMNS,
    INDICATOR_COLUMNS,
    LINK_COLUMNS,
)

if TYPE_CHECKING:
    from gridkit.model import City

NOT_AUDITED: Final = "not_audited"
"""Key of ``Run.settings``: claims, findings and the allowance for wrong links are not in such a run."""


def run_of(city: City, coverage: Coverage, *, language: str = "zh") -> Run:
    """Return a run with places, links, attributes and indicators of a city whose coverage is decided.

    These are worked out as an audit does it. There are no findings, no claims, no hash of inputs, and the indicators
    have no allowance for wrong links; the map says so.

    Parameters
    ----------
    city : City
    coverage : Coverage
        Of the compounds of this city.
    language : str
        ``zh`` or ``en``.
    """
    places = place(city)
    links = link(city, places)
    attributes, _conflicts = merge_attributes(city, links)
    return Run(
        city=city,
        places=places,
        links=links,
        attributes=attributes,
        coverage=coverage,
        indicators=measure(city, places, links, attributes, coverage),
        claims=pd.DataFrame(columns=list(CLAIM_COLUMNS)),
        findings=Findings.none(),
        language=language,
        settings={NOT_AUDITED: True},
    )


def without_compounds(city: City, *, language: str = "zh") -> Run:
    """Return a run of a city that has boundaries only: places above places, and nothing whose coverage is decided.

    >>> from gridkit.model import City
    >>> len(without_compounds(City("nowhere", "EPSG:4544")).coverage.frame)
    0
    """
    nothing = pd.DataFrame(columns=list(COVERAGE_COLUMNS), index=pd.Index([], dtype="object", name="code"))
    attributes = pd.DataFrame(columns=list(LAYER_FIELDS[COMPOUND]), index=nothing.index)
    return Run(
        city=city,
        places=place(city),
        links=Links(pd.DataFrame(columns=list(LINK_COLUMNS))),
        attributes=Attributes(attributes, attributes),
        coverage=Coverage(nothing, ""),
        indicators=Indicators(pd.DataFrame(columns=list(INDICATOR_COLUMNS))),
        claims=pd.DataFrame(columns=list(CLAIM_COLUMNS)),
        findings=Findings.none(),
        language=language,
        settings={NOT_AUDITED: True},
    )
