"""What a grid holds: atoms, people, ground, how compact it is and whether it hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from gridkit.model.plan import Plan

TOTAL_COLUMNS: Final = (
    "atoms", "households", "persons", "area", "perimeter", "compactness", "pieces", "outside", "unknown",
)  # fmt: skip
"""Columns of :func:`totals`: whole numbers of atoms, households and persons; square metres, metres; the Polsby-Popper
measure (1 for a circle, NaN without ground); pieces that do not hang together; households (or persons) below (negative)
or above the band, 0 inside it; compounds whose households are not stated."""


def pieces_of(plan: Plan) -> pd.Series:
    """Return for each atom the number of the piece of its grid in which it lies, 0 the one with most households.

    Atoms hang together where they share a border; unassigned atoms are pieces of nobody (-1).
    """
    frame, grid = plan.atoms.frame, plan.assignment
    place = pd.Series(np.arange(len(frame)), index=frame.index)
    a, b = place.reindex(plan.atoms.edges["a"]).to_numpy(), place.reindex(plan.atoms.edges["b"]).to_numpy()
    codes = pd.factorize(grid.to_numpy(), sort=True)[0]
    same = codes[a] == codes[b]
    links = coo_array((np.ones(int(same.sum())), (a[same], b[same])), shape=(len(frame), len(frame)))
    label = connected_components(links, directed=False)[1]
    weight = pd.DataFrame({"grid": grid.to_numpy(), "label": label, "n": frame["households"].to_numpy()})
    weight["count"] = 1
    sums = weight.groupby(["grid", "label"], sort=True)[["n", "count"]].sum().reset_index()
    sums = sums.sort_values(["grid", "n", "count", "label"], ascending=[True, False, False, True], kind="stable")
    sums["rank"] = sums.groupby("grid").cumcount()
    rank = sums.set_index("label")["rank"].reindex(label).to_numpy()
    return pd.Series(np.where(grid == "", -1, rank), index=frame.index, name="piece")


def totals(plan: Plan) -> pd.DataFrame:
    """Return ``TOTAL_COLUMNS`` of every grid of a plan, on the index of ``plan.grids``.

    Parameters
    ----------
    plan : Plan

    Notes
    -----
    The perimeter is the sum of the atoms' borders less twice their common ones: nothing is dissolved, so that it costs
    the same for one grid as for a city.
    """
    frame = plan.atoms.frame
    grid = plan.assignment
    index = plan.grids.index
    sums = pd.DataFrame(
        {
            "atoms": 1,
            "households": frame["households"].astype("int64"),
            "persons": frame["persons"].astype("int64"),
            "area": frame.geometry.area,
            "perimeter": frame.geometry.length,
            "unknown": (~frame["known"].astype(bool) & (frame["kind"] != "land")).astype("int64"),
        }
    )
    out = sums.groupby(grid.to_numpy()).sum().reindex(index).fillna(0)
    inner = plan.atoms.edges
    one, other = grid.reindex(inner["a"]).to_numpy(), grid.reindex(inner["b"]).to_numpy()
    shared = inner["length"].groupby(np.where(one == other, one, "")).sum().reindex(index).fillna(0.0)
    out["perimeter"] = (out["perimeter"] - 2 * shared).clip(lower=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        out["compactness"] = 4 * np.pi * out["area"] / out["perimeter"] ** 2
    piece = pieces_of(plan).groupby(grid.to_numpy()).max()
    out["pieces"] = (piece + 1).reindex(index).fillna(0)
    out["outside"] = _outside(plan, out)
    whole = dict.fromkeys(("atoms", "households", "persons", "pieces", "outside", "unknown"), "int64")
    return out.astype(whole)[list(TOTAL_COLUMNS)]


def _outside(plan: Plan, sums: pd.DataFrame) -> np.ndarray[Any, Any]:
    norms = [plan.norm_of(code) for code in plan.grids["community"]]
    low, high = (np.array([getattr(norm, end) for norm in norms], dtype=np.int64) for end in ("low", "high"))
    people = np.array([norm.measure == "persons" for norm in norms], dtype=bool)
    size = np.where(people, sums["persons"], sums["households"])
    off = np.where(size < low, size - low, np.where(size > high, size - high, 0))
    return np.where(plan.grids["kind"] == "comprehensive", off, 0)


def grid_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Return the polygons of the grids with their figures: derived from the atoms, never edited.

    Indexed by ``uid``; empty grids have no geometry.
    """
    frame = plan.atoms.frame[["geometry"]].assign(grid=plan.assignment)
    shapes = frame.loc[frame["grid"] != ""].dissolve("grid", method="coverage").geometry
    table = plan.grids.join(totals(plan))
    return gpd.GeoDataFrame(table, geometry=shapes.reindex(table.index), crs=frame.crs)
