"""Property companies, owners' committees, and the bodies that govern compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.outcomes import ORGANISED, OUTCOMES, contradictions, outcomes
from gridkit.audit.rollup import Items, Rate, one_row, rollup
from gridkit.audit.scopes import look_up, only_city
from gridkit.model.fields import COMPOUND

if TYPE_CHECKING:
    from gridkit.audit.evidence import Evidence
    from gridkit.audit.scopes import Scopes
    from gridkit.model import Attributes

NOT_OBLIGED: Final = ("open_block", "unit", "village")
"""Compound types that no rule obliges to have an owners' or management committee: their owners are a unit, a village
collective, or not one community of owners. Which types are obliged is local policy; ``details`` state the list."""

GOVERNING: Final = ("owners_committee", "management_committee")
"""Kinds of body that count for ``governance.body_rate``."""


def company_rates(scopes: Scopes, evidence: Evidence) -> list[list[pd.DataFrame]]:
    """Return ``property.organisation_rate`` over companies, over companies with members, and over sites.

    A company is organised where its stated form is an own or a joint branch; one without a stated form is unknown.
    A company without a member count is excluded from the companies with members, as nobody knows whether it has any.
    """
    if not evidence.has("property_companies"):
        return []
    name = "property.organisation_rate"
    items = only_city(scopes.city.rows("property_companies").index)
    companies = scopes.city.rows("property_companies").reindex(items.frame.index)
    form = outcomes(companies)
    held, unknown = form.isin(ORGANISED).to_numpy(), (form == "unknown").to_numpy()
    counts = form.value_counts()
    details = {
        "outcomes": {kind: int(counts.get(kind, 0)) for kind in OUTCOMES},
        "contradictions": contradictions(companies).to_dict(),
    }
    some = (companies["members"].fillna(companies["formal_members"]) > 0).fillna(False).to_numpy(dtype=bool)
    parts = [
        rollup(items, Rate(name, "companies", held, unknown, details=details)),
        rollup(items, Rate(name, "companies_with_members", held, unknown, some, details=details)),
    ]
    if evidence.has("property_service"):
        parts.append(rollup(*_sites(scopes, evidence, form)))
    return parts


def _sites(scopes: Scopes, evidence: Evidence, form: pd.Series) -> tuple[Items, Rate]:
    """Return the rate over the rows of the service table; a site of an unknown company is unknown."""
    rows = scopes.city.rows("property_service")
    where = evidence.one("property_service", "compound", COMPOUND)
    items = scopes.rows_by_compound(rows.index, where.reindex(rows.index))
    company = evidence.one("property_service", "company", "company").reindex(items.frame.index)
    outcome = look_up(company, form, "unknown")
    details = {"without_company": int(company.isna().sum())}
    held, unknown = outcome.isin(ORGANISED).to_numpy(), (outcome == "unknown").to_numpy()
    return items, Rate("property.organisation_rate", "sites", held, unknown, details=details)


def committee_rates(scopes: Scopes, evidence: Evidence) -> list[list[pd.DataFrame]]:
    """Return ``owners.party_share`` (of all members), ``owners.party_share_min``, ``owners.cross_appointment``.

    A committee without one of the two counts, or with more party members than members, is excluded and named.
    """
    if not evidence.has("owners_committees"):
        return []
    rows = scopes.city.rows("owners_committees")
    rows = rows[rows["body_kind"] == "owners_committee"].sort_index()
    where = evidence.one("owners_committees", "compound", COMPOUND)
    items = scopes.rows_by_compound(rows.index, where.reindex(rows.index))
    rows = rows.reindex(items.frame.index)
    members, party = rows["members"], rows["party_members"]
    counted = ((party <= members) & (members > 0)).fillna(False).to_numpy(dtype=bool)
    whole, part = members.fillna(0).to_numpy(dtype=np.int64), party.fillna(0).to_numpy(dtype=np.int64)
    details = {"committees": int(counted.sum()), "members": int(whole[counted].sum())}
    nothing = np.zeros(len(items), dtype=bool)
    share = Rate("owners.party_share", "members", part > 0, nothing, counted, whole, part, details)
    parts = [rollup(items, share), [pd.DataFrame([_lowest(items, counted, part, whole)])]]
    if "in_branch_committee" in scopes.city.registries["owners_committees"].given:
        parts.append(rollup(items, _cross_appointed(rows)))
    return parts


def _cross_appointed(rows: pd.DataFrame) -> Rate:
    """Return the rate of committees with a member who also sits in the committee of the compound branch.

    A committee without that number is unknown; one with more such members than members is excluded and named.
    """
    both = rows["in_branch_committee"]
    counted = ~(both > rows["members"]).fillna(False).to_numpy(dtype=bool)
    some = (both > 0).fillna(False).to_numpy(dtype=bool)
    details = {"cross_appointed": int(both.fillna(0).to_numpy(dtype=np.int64)[counted].sum())}
    return Rate("owners.cross_appointment", "committees", some, both.isna().to_numpy(), counted, details=details)


def _lowest(items: Items, counted: np.ndarray, part: np.ndarray, whole: np.ndarray) -> dict[str, Any]:
    """Return the row of the committee with the lowest share, the smallest id among equals (compared as fractions)."""
    name, excluded = "owners.party_share_min", tuple(items.ids[~counted].tolist())
    numbers, ties = (0, 0), 0
    who: tuple[str, ...] = ()
    if counted.any():
        a, b = part[counted], whole[counted]
        at = int(np.argmin(a / b))
        lowest = a * b[at] == a[at] * b
        first = int(np.flatnonzero(lowest)[0])
        numbers, who, ties = (int(a[first]), int(b[first])), (str(items.ids[counted][first]),), int(lowest.sum())
    details = {"committee": who[0] if who else "", "committees": int(counted.sum()), "equally_low": ties}
    return one_row(name, "members", (*numbers, int((~counted).sum()), 0), ids=((), (), who, excluded), details=details)


def governance_rate(scopes: Scopes, evidence: Evidence, attributes: Attributes) -> list[list[pd.DataFrame]]:
    """Return ``governance.body_rate``: compounds with an owners' or management committee / compounds obliged to one.

    A compound for which the registry names another body or none has no such committee, for certain; one that it does
    not name is unknown unless the registry is declared complete.
    """
    if not evidence.has("owners_committees"):
        return []
    items, rows = scopes.compounds, scopes.city.rows("owners_committees")
    linked = evidence.linked("owners_committees", "compound", COMPOUND)
    kind = look_up(linked["record"], rows["body_kind"])
    held = items.mask(linked.loc[kind.isin(GOVERNING), "code"])
    other = items.mask(linked.loc[kind.isin(("self_committee", "none")), "code"])
    unclear = items.mask(linked.loc[kind == "", "code"])
    waiting = evidence.waiting("owners_committees", "compound", COMPOUND)
    waiting = waiting[look_up(waiting["record"], rows["body_kind"]).isin((*GOVERNING, ""))]
    silent = ~evidence.speaks_of("owners_committees", items.frame.index.to_series()) & ~other
    types = attributes.frame["compound_type"].reindex(items.frame.index)
    counted = ~types.isin(NOT_OBLIGED).to_numpy()
    details = {"not_obliged": NOT_OBLIGED, "bodies": GOVERNING}
    unknown = silent | unclear | items.mask(waiting["code"])
    return [rollup(items, Rate("governance.body_rate", "compounds", held, unknown, counted, details=details))]
