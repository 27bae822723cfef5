"""The fixed column names of layers and registries, and the vocabularies of their values.

Every frame that a room hands to another has exactly these columns (domain names of the field; the Chinese headers that
offices use are in :mod:`gridkit.io.dictionary`). A column that the file did not have is there too, filled with its
kind of "missing", so that no consumer asks whether a column exists.

===========  ======================================  =================
type         in the frame                            missing
===========  ======================================  =================
``code``     text, never a number                    ``""``
``text``     text                                    ``""``
``list``     text as written, split by the linker    ``""``
``date``     text ``YYYY-MM-DD``                     ``""``
``yesno``    ``"yes"``, ``"no"`` or ``"unknown"``    ``"unknown"``
``vocab``    one of ``VOCABULARIES[field]``          ``""``
``count``    pandas ``Int64``, never negative        ``<NA>``
``number``   pandas ``Float64``                      ``<NA>``
===========  ======================================  =================
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

STREET, COMMUNITY, GRID, COMPOUND = "street", "community", "grid", "compound"
LEVELS: Final = (STREET, COMMUNITY, GRID, COMPOUND)
"""Polygon levels, the widest first."""

YES, NO, UNKNOWN = "yes", "no", "unknown"

OWN_BRANCH, JOINT_BRANCH, UNIT_ORG = "OWN_BRANCH", "JOINT_BRANCH", "UNIT_ORG"
STATUSES: Final = (
    UNIT_ORG,
    OWN_BRANCH,
    JOINT_BRANCH,
    "GRID_BRANCH",
    "FUNCTIONAL_ONLY",
    "INSTRUCTOR_ONLY",
    "PLANNED",
    "UNCOVERED",
    "UNKNOWN",
)
"""Coverage statuses in the order in which they are tried (domain rule D1-3, D1-4, D3-1)."""

VOCABULARIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "compound_type": (
            "commercial",
            "unit",
            "old",
            "affordable",
            "resettlement",
            "village",
            "open_block",
            "mixed",
            "unknown",
        ),
        "community_type": ("urban", "township", "village"),
        "grid_kind": ("comprehensive", "exclusive", "basic", "micro", "unit_cell", "rural"),
        "property_mode": ("company", "public_benefit", "self", "community", "unit", "none"),
        "management_mode": ("joint", "single", "entrusted", "street", "self", "unknown"),
        "body_kind": ("owners_committee", "management_committee", "self_committee", "none"),
        "branch_kind": (
            "grid",
            "compound",
            "joint",
            "functional",
            "unit",
            "retired",
            "property",
            "industry",
            "community",
            "street",
            "exclusive_grid_group",
        ),
        "org_level": ("group", "branch", "general_branch", "committee", "work_committee"),
        "branch_status": ("active", "planned", "dissolved", "unknown"),
        "unit_kind": ("agency", "institution", "state_owned", "private", "social", "school", "hospital", "military"),
        "unit_level": ("central", "province", "prefecture", "county", "street"),
        "premises_kind": ("living", "office", "business"),
        "target_kind": ("community", "compound"),
        "pairing_reason": ("premises", "demand", "near"),
        "party_form": ("own", "joint", "instructor", "none"),
        "service_level": ("street", "community", "grid"),
        "ledger_kind": ("need", "resource", "project", "issue", "promise"),
    }
)

_COMPOUND = {
    "name": "text",
    "street_name": "text",
    "community_code": "code",
    "community_name": "text",
    "grid_code": "code",
    "compound_type": "vocab",
    "built_year": "count",
    "buildings": "count",
    "entrances": "count",
    "households": "count",
    "households_occupied": "count",
    "population": "count",
    "formal_members": "count",
    "probationary_members": "count",
    "members_transferred": "count",
    "members_reported": "count",
    "eligible": "yesno",
    "ineligible_reason": "text",
    "coverage_claimed": "text",
    "branch_name": "text",
    "joint_partners": "list",
    "instructor": "yesno",
    "property_company_id": "code",
    "property_company": "text",
    "property_mode": "vocab",
    "management_mode": "vocab",
    "owner_unit_id": "code",
    "owner_unit": "text",
    "big_committee_member": "yesno",
    "agreement_on": "date",
    "address": "text",
    "aliases": "list",
}

_POINT = {"lon": "number", "lat": "number", "datum": "text"}

LAYER_FIELDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        STREET: {"name": "text", "households": "count", "population": "count", "managing_body": "text"},
        COMMUNITY: {
            "name": "text",
            "street_code": "code",
            "street_name": "text",
            "community_type": "vocab",
            "urban_rural_class": "code",
            "households": "count",
            "population": "count",
            "workers": "count",
            "managing_body": "text",
        },
        GRID: {
            "name": "text",
            "community_code": "code",
            "community_name": "text",
            "grid_kind": "vocab",
            "grid_level": "text",
            "parent_grid_code": "code",
            "households": "count",
            "population": "count",
            "buildings": "count",
            "grid_head": "yesno",
            "grid_worker_count": "count",
            "branch_id": "code",
            "group_count": "count",
            "filed_on": "date",
            "filing_no": "text",
            "valid_from": "date",
            "valid_to": "date",
            "old_codes": "list",
        },
        COMPOUND: _COMPOUND,
    }
)
"""Columns of each layer frame besides its index ``code``, its ``geometry`` and ``src``, ``row``."""

REGISTRY_FIELDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "compounds": {"compound_id": "code", **_COMPOUND, **_POINT},
        "branches": {
            "branch_id": "code",
            "name": "text",
            "branch_kind": "vocab",
            "org_level": "vocab",
            "parent_id": "code",
            "parent_name": "text",
            "street_name": "text",
            "community_code": "code",
            "community_name": "text",
            "founded_on": "date",
            "term_end": "date",
            "members": "count",
            "formal_members": "count",
            "group_count": "count",
            "covers": "list",
            "branch_status": "vocab",
            "secretary": "yesno",
            "secretary_source": "text",
            "star_level": "text",
            "unit_id": "code",
            "unit_name": "text",
            "big_committee_member": "yesno",
            "agreement_on": "date",
        },
        "units": {
            "unit_id": "code",
            "name": "text",
            "uscc": "code",
            "unit_kind": "vocab",
            "unit_level": "vocab",
            "party_org": "text",
            "members": "count",
            "members_reported": "count",
            "address": "text",
            "street_name": "text",
            "community_code": "code",
            "community_name": "text",
            "lon": "number",
            "lat": "number",
            "datum": "text",
        },
        "premises": {
            "unit_id": "code",
            "unit_name": "text",
            "premises_kind": "vocab",
            "compound_id": "code",
            "compound_name": "text",
            "community_name": "text",
            "address": "text",
            **_POINT,
        },
        "pairings": {
            "unit_id": "code",
            "unit_name": "text",
            "target_kind": "vocab",
            "target_id": "code",
            "target_name": "text",
            "community_name": "text",
            "since": "date",
            "contact_named": "yesno",
            "agreement_on": "date",
            "pairing_reason": "vocab",
        },
        "property_companies": {
            "company_id": "code",
            "name": "text",
            "uscc": "code",
            "members": "count",
            "formal_members": "count",
            "employees": "count",
            "party_form": "vocab",
            "eligible": "yesno",
            "star_level": "text",
        },
        "property_service": {
            "company_id": "code",
            "company_name": "text",
            "compound_id": "code",
            "compound_name": "text",
            "street_name": "text",
            "community_name": "text",
            "address": "text",
            "site_name": "text",
        },
        "owners_committees": {
            "compound_id": "code",
            "compound_name": "text",
            "community_name": "text",
            "address": "text",
            "body_kind": "vocab",
            "founded_on": "date",
            "term_end": "date",
            "members": "count",
            "party_members": "count",
            "in_branch_committee": "count",
        },
        "service_points": {
            "name": "text",
            "service_level": "vocab",
            "kind": "text",
            "street_name": "text",
            "community_name": "text",
            "area_m2": "number",
            "open_hours": "text",
            "lon": "number",
            "lat": "number",
            "datum": "text",
            "serves": "list",
        },
        "ledgers": {
            "item_id": "code",
            "ledger_kind": "vocab",
            "community_name": "text",
            "compound_name": "text",
            "item": "text",
            "raised_on": "date",
            "promised_on": "date",
            "due_on": "date",
            "resolved_on": "date",
            "owner_unit": "text",
            "answers": "code",
            "status": "text",
        },
        "codes": {"code": "code", "name": "text", "parent_code": "code"},
    }
)
"""Columns of each registry frame besides its index ``row_id`` and ``src``, ``row``."""

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        STREET: ("code", "name"),
        COMMUNITY: ("code", "name"),
        GRID: ("code", "community_code"),
        COMPOUND: ("name", "compound_type"),
        "compounds": ("name",),
        "branches": ("name", "branch_kind"),
        "units": ("name",),
        "premises": ("unit_name", "compound_name"),
        "pairings": ("unit_name", "target_name"),
        "property_companies": ("name",),
        "property_service": ("company_name", "compound_name"),
        "owners_committees": ("compound_name", "body_kind"),
        "service_points": ("name",),
        "ledgers": ("ledger_kind",),
        "codes": ("code", "name"),
    }
)
"""Fields that a row of each layer or registry must fill (``code`` is the index of a layer)."""


def vocabulary(field: str) -> tuple[str, ...]:
    """Return the values that the vocabulary field ``field`` may have."""
    return VOCABULARIES[field]
