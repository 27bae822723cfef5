"""Agreed borders as they were drawn against those of the merge: atoms stay whole, so that some cannot be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.grids.merge import TOLERANCE
from gridkit.grids.merge_drawn import Pieces
from gridkit.grids.totals import grid_layer

if TYPE_CHECKING:
    from gridkit.grids.merge_drawn import Drawn
    from gridkit.grids.merge_plan import Merged

Array = np.ndarray[Any, Any]

THROUGH_COLUMNS: Final = ("community", "atom", "households", "length", "apart", "networks")
"""Columns of :func:`through`: an atom through which an agreed border was drawn ("" for land outside), its households,
metres of that border, how many metres beside it the nearest border of the merge lies at most, and the networks."""


def through(made: Merged, drawn: Drawn, tolerance: float = TOLERANCE) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the agreed borders that run through atoms, and how much of what was drawn the merge keeps.

    :func:`gridkit.grids.merge_borders.shares` counts borders between atoms. A border that all departments drew through
    a compound or a piece of land, which stays whole, is none of these: it must not go unsaid.

    Parameters
    ----------
    made : Merged
    drawn : Drawn
        Of the same networks.
    tolerance : float
        Metres within which two borders count as one.

    Returns
    -------
    pandas.DataFrame
        ``THROUGH_COLUMNS``, by community and atom.
    dict
        ``drawn_agreed`` (metres), ``drawn_kept`` (along which a border of the merge runs), ``drawn_given_up`` (along a
        border between atoms that was given up, and is listed as such) and ``drawn_through``; they add up.
    """
    frame, plan = made.plan.atoms.frame, made.plan
    mask = drawn.first & (drawn.covering == drawn.having)
    mine = Pieces(drawn.xy[mask], drawn.grid[mask], drawn.length[mask])
    having = drawn.having[mask]
    rims = grid_layer(plan).geometry.to_numpy()
    held = mine.touched(Pieces.of(rims), tolerance)
    sides = (frame.geometry.reindex(made.given_up[side]).to_numpy() for side in ("a", "b"))
    told = mine.touched(Pieces.along(shapely.intersection(*sides)), tolerance) & ~held
    left = np.flatnonzero(~held & ~told)
    table = _by_atom(made, mine.some(left), having[left], rims)
    parts = {
        "drawn_agreed": np.ones(len(held), dtype=bool), "drawn_kept": held, "drawn_given_up": told,
        "drawn_through": ~held & ~told,
    }  # fmt: skip
    return table, {name: round(float(mine.length[part].sum()), 1) for name, part in parts.items()}


def _by_atom(made: Merged, pieces: Pieces, having: Array, rims: Array) -> pd.DataFrame:
    frame = made.plan.atoms.frame
    middle = pieces.middle
    at, atom = frame.sindex.query(middle, predicate="intersects")
    first = np.unique(at, return_index=True)[1]
    names = np.full(len(middle), "", dtype=object)
    names[at[first]] = frame.index.to_numpy()[atom[first]]
    borders = shapely.STRtree(shapely.boundary(rims))
    near = borders.query_nearest(middle, all_matches=False)[1] if len(middle) else np.zeros(0, dtype=int)
    apart = shapely.distance(middle, borders.geometries[near]) if len(middle) else np.zeros(0)
    rows = pd.DataFrame({"atom": names, "length": pieces.length, "apart": apart, "networks": having})
    out = rows.groupby("atom", sort=True).agg({"length": "sum", "apart": "max", "networks": np.bitwise_or.reduce})
    out = out.round({"length": 1, "apart": 1}).reset_index()
    out["community"] = frame["community"].reindex(out["atom"]).fillna("").to_numpy()
    out["households"] = frame["households"].reindex(out["atom"]).fillna(0).astype("int64").to_numpy()
    return out[list(THROUGH_COLUMNS)].sort_values(["community", "atom"], ignore_index=True)
