"""All consistency checks of the coverage: as flags on compounds and as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.coverage.concern import Concern, findings, flags
from gridkit.coverage.consistency import (
    joint_branches,
    large_branch,
    own_branch_due,
    small_own_branch,
    unit_compounds,
)
from gridkit.coverage.facts import collect
from gridkit.coverage.held import would_cover
from gridkit.coverage.lists import full_of_less, members_twice, names_none, one_list_only

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from gridkit.coverage.facts import Facts
    from gridkit.model import Attributes, City, Coverage, Findings, Links, Places
    from gridkit.rules.ruleset import RuleSet

CHECKS = (
    own_branch_due,
    small_own_branch,
    joint_branches,
    large_branch,
    unit_compounds,
    members_twice,
    one_list_only,
    full_of_less,
    names_none,
    would_cover,
)
"""One function per question; each yields the offenders of one or a few rules C101-C114."""


def concerns(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> list[Concern]:
    """Return all offenders of C101-C114; ``frame`` has the ``status`` of each compound."""
    return [concern for check in CHECKS for concern in check(facts, frame, ruleset)]


def flags_of(facts: Facts, frame: pd.DataFrame, *, ruleset: RuleSet) -> np.ndarray[Any, Any]:
    """Return, per compound, the codes of the findings that concern it or a record that covers it."""
    return flags(concerns(facts, frame, ruleset), len(facts.codes))


def check_coverage(
    city: City, places: Places, links: Links, attributes: Attributes, coverage: Coverage, ruleset: RuleSet
) -> Findings:
    """Return the findings C101-C112 (F1-F12 of the domain brief, in that order), C113 and C114.

    Each names a compound, a branch record or (C110, C112) a community, the cells to look at and a place on the map.
    """
    facts = collect(city, places, links, attributes, ruleset=ruleset)
    return findings(concerns(facts, coverage.frame, ruleset), city)
