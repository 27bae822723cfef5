"""Load balance: means with what they hide."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.pairing import pairs
from gridkit.audit.rollup import one_row
from gridkit.audit.scopes import look_up
from gridkit.model.fields import COMMUNITY, GRID

if TYPE_CHECKING:
    from gridkit.audit.evidence import Evidence
    from gridkit.audit.rollup import Items
    from gridkit.audit.scopes import Scopes
    from gridkit.model import Attributes

HOUSEHOLDS_BAND: Final = (300, 500)
"""Usual local norm of households per city grid (domain note 2.6: no national number is known)."""


def spread(values: np.ndarray, band: tuple[int, int]) -> dict[str, Any]:
    """Return minimum, maximum, coefficient of variation and how many ``values`` lie in ``band``, both ends included.

    >>> spread(np.array([2, 4, 6]), (4, 6))
    {'min': 2, 'max': 6, 'cv': 0.408248, 'band': (4, 6), 'in_band': 2}
    """
    if not len(values):
        return {"min": None, "max": None, "cv": None, "band": band, "in_band": 0}
    n, total, squares = len(values), int(values.sum()), int((values.astype(np.int64) ** 2).sum())
    cv = round(math.sqrt(n * squares - total * total) / total, 6) if total else None
    inside = int(((values >= band[0]) & (values <= band[1])).sum())
    return {"min": int(values.min()), "max": int(values.max()), "cv": cv, "band": band, "in_band": inside}


def _rows(
    name: str, basis: str, items: Items, values: pd.Series, *, band: tuple[int, int] | None, also: dict[str, Any]
) -> list[pd.DataFrame]:
    """Return the mean of ``values`` for the city, the classes and the streets; items without a value are excluded.

    Without a ``band`` half to one and a half of the mean is taken. ``also`` joins the details of the city.
    """
    counted = values.notna().to_numpy(dtype=bool)
    numbers, rows = values.fillna(0).to_numpy(dtype=np.int64), []
    for level in ("city", "class", "street"):
        groups = items.groups[level]
        for label, (start, end) in zip(groups.labels, pairwise(groups.bounds), strict=True):
            at = groups.order[start:end]
            inside, outside = at[counted[at]], at[~counted[at]]
            total, n = int(numbers[inside].sum()), len(inside)
            around = (-(-total // (2 * n)), 3 * total // (2 * n)) if n else (0, 0)
            details = spread(numbers[inside], band or around) | (also if level == "city" else {})
            ids = (tuple(items.ids[inside]), (), (), tuple(items.ids[outside]))
            counts = (total, n, len(outside), 0)
            rows.append(one_row(name, basis, counts, ids=ids, scope=(level, label), details=details))
    return [pd.DataFrame(rows)]


def load_means(scopes: Scopes, evidence: Evidence, attributes: Attributes) -> list[list[pd.DataFrame]]:
    """Return ``load.units_per_community`` and ``load.households_per_grid``: sum / number, the spread in ``details``."""
    parts = []
    if evidence.has("pairings") and COMMUNITY in scopes.city.layers:
        parts.append(_units_per_community(scopes, evidence))
    if GRID in scopes.city.layers:
        parts.append(_households_per_grid(scopes, attributes))
    return [part for part in parts if part]


def _units_per_community(scopes: Scopes, evidence: Evidence) -> list[pd.DataFrame]:
    """Units paired with a community, or with a compound in it; each unit once per community.

    The band is half to one and a half of the mean, for want of a norm. Pairings that are not settled are not in the
    sum; ``details`` say how many units they concern.
    """
    items, known = scopes.communities(), pairs(evidence)
    place = scopes.places.frame[COMMUNITY]
    target = known.settled["target"].where(known.settled["level"] == COMMUNITY, look_up(known.settled["target"], place))
    units = known.settled.assign(community=target).drop_duplicates(["unit", "community"])
    count = units.groupby("community").size().reindex(items.frame.index).fillna(0).astype("Int64")
    also = {"unsettled_units": len(known.perhaps_units)}
    return _rows("load.units_per_community", "units", items, count, band=None, also=also)


def _households_per_grid(scopes: Scopes, attributes: Attributes) -> list[pd.DataFrame]:
    """Households of comprehensive grids as the grid layer states them, else the sum over the grid's compounds.

    A grid with neither, or with a compound that has no count, is excluded and named.
    """
    items = scopes.grids()
    frame = scopes.city.layers[GRID].frame.reindex(items.frame.index)
    comprehensive = (frame["grid_kind"] == "comprehensive") | (frame["grid_kind"].fillna("") == "").all()
    kept = type(items)(items.frame[comprehensive])
    values = grid_households(scopes, attributes, items).reindex(kept.frame.index)
    also = {"other_kinds": int((~comprehensive).sum())}
    return _rows("load.households_per_grid", "households", kept, values, band=HOUSEHOLDS_BAND, also=also)


def grid_households(scopes: Scopes, attributes: Attributes, items: Items) -> pd.Series:
    """Return the households of each grid as its layer states them, else the sum over its compounds, else missing."""
    frame = scopes.city.layers[GRID].frame.reindex(items.frame.index)
    place = scopes.places.frame[GRID]
    households = attributes.frame["households"].reindex(place.index).astype("Int64")
    complete = households.notna().groupby(place).all()
    summed = households.groupby(place).sum().where(complete)
    return frame["households"].astype("Int64").fillna(summed.reindex(items.frame.index).astype("Int64"))
