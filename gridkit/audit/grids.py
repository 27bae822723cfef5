"""Grids with a branch, with a branch or a group, and exclusive grids with their group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridkit.audit.rollup import Rate, among, rollup
from gridkit.model.fields import GRID

if TYPE_CHECKING:
    from gridkit.audit.evidence import Evidence
    from gridkit.audit.rollup import Items
    from gridkit.audit.scopes import Scopes


def grid_rates(scopes: Scopes, evidence: Evidence) -> list[list[pd.DataFrame]]:
    """Return ``grids.branch_rate``, ``grids.branch_or_group_rate`` and ``exclusive.group_rate``.

    A grid has a branch where an active branch of kind ``grid`` is linked to it, and a group where an active party group
    is. A grid without either is unknown, not without, while a link waits for a person, a branch of unreadable status is
    linked to it, one takes all grids of a community that is not known, or the registry is not declared complete.
    Excluded are the grids of no stated kind, which may belong or not; a layer that names no kind at all is taken to
    hold comprehensive grids only.
    """
    if GRID not in scopes.city.layers or not evidence.has("branches"):
        return []
    items = scopes.grids()
    kind = grid_kinds(scopes, items)
    records_of = tied_to_grids(evidence)
    details: dict[str, object] = {
        "kinds": {str(name or "unknown"): int(n) for name, n in kind.value_counts().sort_index().items()}
    }
    wanted = (
        ("grids.branch_rate", "branch", "comprehensive"),
        ("grids.branch_or_group_rate", "branch_or_group", "comprehensive"),
        ("exclusive.group_rate", "group", "exclusive"),
    )
    parts = []
    for name, who, which in wanted:
        mine = kind.isin((which, "")).to_numpy()
        population, counted = items.only(mine), (kind == which).to_numpy()[mine]
        rate = _rate(name, population, evidence, records=records_of[who], counted=counted, details=details)
        parts.append(rollup(population, rate))
    return parts


def grid_kinds(scopes: Scopes, items: Items) -> pd.Series:
    """Return the kind of each grid; ``comprehensive`` everywhere where the layer names no kind at all."""
    kind = scopes.city.layers[GRID].frame["grid_kind"].reindex(items.frame.index).fillna("")
    return kind.replace("", "comprehensive") if (kind == "").all() else kind


def tied_to_grids(evidence: Evidence) -> dict[str, pd.Index]:
    """Return the rows of organisations that exist or may: the branches of grids, the party groups, and both."""
    branches = evidence.existing_branches()
    group = (branches["org_level"] == "group") | (branches["branch_kind"] == "exclusive_grid_group")
    branch = (branches["branch_kind"] == "grid") & ~group
    wanted = {"branch": branch, "branch_or_group": branch | group, "group": group}
    return {name: branches.index[who] for name, who in wanted.items()}


def _links(evidence: Evidence, records: pd.Index) -> tuple[pd.DataFrame, pd.Series]:
    """Return the accepted links of ``records`` to grids, and the grids that they may mean."""
    linked, waiting = (
        rows[among(rows["record"], records)]
        for rows in (evidence.linked("branches", "covers", GRID), evidence.waiting("branches", "covers", GRID))
    )
    perhaps = waiting["code"]
    doubtful = among(linked["record"], evidence.existing_branches().index.difference(evidence.active_branches().index))
    if doubtful.any():
        perhaps, linked = pd.concat([perhaps, linked.loc[doubtful, "code"]]), linked[~doubtful]
    return linked, perhaps


def holding(items: Items, evidence: Evidence, records: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Return which grids one of ``records`` is linked to, and of which nobody knows."""
    linked, perhaps = _links(evidence, records)
    silent = ~evidence.speaks_of("branches", items.frame.index.to_series())
    unmatched = evidence.unmatched
    anywhere = unmatched[(unmatched["method"] == "all") & (unmatched["level"] == GRID)]
    unknown = silent | items.mask(perhaps) | bool(among(anywhere["record"], records).any())
    return items.mask(linked["code"]), np.asarray(unknown)


def _rate(
    name: str, items: Items, evidence: Evidence, *, records: pd.Index, counted: np.ndarray, details: dict[str, object]
) -> Rate:
    """Return the rate of grids that one of ``records`` is linked to."""
    held, unknown = holding(items, evidence, records)
    linked, _ = _links(evidence, records)
    seen = among(linked["code"], items.ids[counted])
    per_grid, per_record = linked[seen].groupby("code").size(), linked[seen].groupby("record").size()
    several = {
        "records": len(per_record),
        "grids_with_several": tuple(sorted(per_grid.index[per_grid > 1])),
        "records_with_several": tuple(sorted(per_record.index[per_record > 1])),
    }
    return Rate(name, "grids", held, unknown, counted, details={**details, **several})
