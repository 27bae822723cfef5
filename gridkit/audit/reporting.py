"""Double reporting: how many in-service members have reported to the community where they live, per kind of unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridkit.audit.pairing import unit_items
from gridkit.audit.rollup import Items, Rate, rollup
from gridkit.model.fields import UNKNOWN

if TYPE_CHECKING:
    from gridkit.audit.evidence import Evidence
    from gridkit.audit.scopes import Scopes


def reporting_rates(scopes: Scopes, evidence: Evidence) -> list[list[pd.DataFrame]]:
    """Return ``members.reported``: members who have reported / members of the units, by place and by kind of unit.

    Counts only. A unit without a number of members, or with more reported than members, is excluded and named
    (``contradictory`` in the details); one without a number of reported members is unknown with all of its members.
    Left out where the registry of units does not have both columns.
    """
    registry = scopes.city.registries.get("units")
    if registry is None or not {"members", "members_reported"} <= registry.given:
        return []
    items = unit_items(scopes, evidence)
    rows = registry.frame.reindex(items.frame.index)
    kinds = rows["unit_kind"].fillna("").replace("", UNKNOWN).astype("object")
    _city, *by_kind = rollup(Items(pd.DataFrame({"kind": kinds}, index=items.frame.index)), _reported(rows))
    return [rollup(items, _reported(rows)), by_kind]


def _reported(rows: pd.DataFrame) -> Rate:
    members, reported = rows["members"], rows["members_reported"]
    strange = (reported > members).fillna(False).to_numpy(dtype=bool)
    counted = members.notna().to_numpy(dtype=bool) & ~strange
    whole, part = (values.fillna(0).to_numpy(dtype=np.int64) for values in (members, reported))
    unknown = reported.isna().to_numpy(dtype=bool)
    held = ~unknown & ((part > 0) | (whole == 0))  # a unit without members has none who could report
    details = {"units": int(counted.sum()), "contradictory": tuple(rows.index[strange])}
    return Rate("members.reported", "members", held, unknown, counted, whole, part, details)
