"""Titles of indicators, and what each counts, for sentences about claims."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gridkit.locale import N_, gettext
from gridkit.model.fields import REGISTRY_FIELDS
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Final[Mapping[str, str]] = MappingProxyType({
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
    "owners.cross_appointment": N_("owners' committees with cross-appointment"),
    "governance.body_rate": N_("compounds with a governance body"),
    "members.reported": N_("double reporting: members who have reported"),
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
    "ledger.overdue": N_("ledger: overdue of those with a due date"),
    "lists.match_rate": N_("needs answered by a project"),
    "gap.organisation": N_("gap between urban and township communities"),
})  # fmt: skip
"""Every indicator but ``completeness.<kind>``."""

INDICATORS: Final = frozenset({*TITLES, *(f"completeness.{kind}" for kind in REGISTRY_FIELDS)})
"""Every indicator that there is, whether or not the files of a project allow to measure it."""

BASES: Final[Mapping[str, str]] = MappingProxyType({
    "compounds": N_("compounds"),
    "households": N_("households"),
    "grids": N_("grids"),
    "companies": N_("companies"),
    "companies_with_members": N_("companies with members"),
    "sites": N_("service sites"),
    "members": N_("members"),
    "units": N_("units"),
    "communities": N_("communities"),
    "committees": N_("committees"),
    "items": N_("items"),
    "needs": N_("needs"),
    "rows": N_("rows"),
})  # fmt: skip
"""What an indicator counts."""


def indicator_title(name: str) -> str:
    """Return the title of an indicator in the current language; its id where there is none.

    >>> indicator_title("pairing.units"), indicator_title("completeness.branches"), indicator_title("nothing.known")
    ('units that are paired', 'completeness: registry of Party organisations', 'nothing.known')
    """
    family, _, kind = name.partition(".")
    if family == "completeness":
        return gettext("completeness: {kind}").format(kind=label(kind, "table"))
    return gettext(TITLES[name]) if name in TITLES else name


def basis_label(name: str) -> str:
    """Return what an indicator counts, in the current language; the code where there is no word.

    >>> basis_label("sites")
    'service sites'
    """
    return gettext(BASES[name]) if name in BASES else name


def definition(indicator: str, basis: str) -> str:
    """Return an indicator with its basis.

    >>> definition("property.organisation_rate", "sites")
    'property companies with an own or joint branch (by service sites)'
    """
    return gettext("{title} (by {basis})").format(title=indicator_title(indicator), basis=basis_label(basis))
