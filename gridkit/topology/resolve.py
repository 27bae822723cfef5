"""Who gets an overlap or a gap: what may be settled by itself, what a person must decide, and to whom each goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.topology.defects import wider

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]

GIVE, ASK, KEEP = "give", "ask", "keep"
"""What is done with a defect: given to one unit, left until a person has decided, left for good (an exception)."""

CAUSES: Final = ("several", "parents", "wide", "large", "share", "alone", "inside")
"""Why a defect is asked about: more than two claimants, units of several parents, wider or larger than the limits, more
of a unit than its bound, nobody beside it, something lies inside."""


@dataclass(frozen=True)
class Limits:
    """How much is settled without a person.

    Parameters
    ----------
    gap_width, overlap_width : float
        Widest gap and overlap, in metres (the widest circle that fits in).
    area : float
        Largest defect, and the most that a unit may gain or lose by one, in square metres.
    share : float
        The same as a share of the unit's area (0..1).
    match_width : float
        Across parents, only what is narrower than this (metres) is settled: drawing noise.
    """

    gap_width: float = 20.0
    overlap_width: float = 20.0
    area: float = 500.0
    share: float = 0.005
    match_width: float = 0.1


def resolve(
    defects: Defects, area: Array, parent: Array, *, limits: Limits, inside: Array | None = None
) -> pd.DataFrame:
    """Return, per defect, what is done with it.

    Parameters
    ----------
    defects : Defects
    area : numpy.ndarray of float
        Area of each unit of the layer, square metres.
    parent : numpy.ndarray of int
        Number of the parent of each unit; -1 for none stated, which is a parent like another.
    limits : Limits
    inside : numpy.ndarray of int, optional
        How many things of weight (compounds, households) lie in each defect: a gap with one in it is asked about.

    Returns
    -------
    pandas.DataFrame
        Indexed like ``defects.frame``: ``action`` (``give``, ``ask``), ``target`` (position of the unit it goes to, or
        is suggested to go to; -1 for none), ``cause`` (one of ``CAUSES``, ``""`` where nothing stands against it).

    Notes
    -----
    An overlap goes to the claimant, a gap to the neighbour, with the longest border to it; the smaller position among
    equals. The bound on a unit counts every defect that would be given to it or taken from it.
    """
    frame = defects.frame
    count = frame["count"].to_numpy(np.int64)
    best = _longest(defects)
    gap = count == 0
    shapes = frame["geometry"].to_numpy()
    seen = wider(shapes, np.full(len(frame), limits.match_width))
    checks = {
        "several": count > 2,
        "alone": best < 0,
        "inside": (inside > 0) & gap if inside is not None else np.zeros(len(frame), dtype=bool),
        "parents": (_parents_beside(defects, parent) > 1) & seen,
        "wide": wider(shapes, np.where(gap, limits.gap_width, limits.overlap_width)),
        "large": frame["area"].to_numpy() > limits.area,
    }
    cause = np.select(list(checks.values()), list(checks), default="").astype(object)
    over = _over_bound(defects, best, cause == "", area=area, limits=limits)
    cause[over[seen[over]]] = "share"  # what is too narrow to see is drawing noise, however small the unit
    action = np.where(cause == "", GIVE, ASK).astype(object)
    return pd.DataFrame({"action": action, "target": best, "cause": cause}, index=frame.index)


def _longest(defects: Defects) -> Array:
    """Return the unit with the longest border to each defect; of an overlap one of its claimants, of a gap any."""
    count = defects.frame["count"].to_numpy(np.int64)
    claimed, borders = defects.claimed.assign(claims=True), defects.borders
    rows = borders.merge(claimed, how="outer", on=["defect", "unit"])
    rows = rows[(count[rows["defect"].to_numpy(np.int64)] == 0) | rows["claims"].notna()]
    rows = rows.fillna({"length": 0.0}).sort_values(
        ["defect", "length", "unit"], ascending=[True, False, True], kind="stable"
    )
    rows = rows.drop_duplicates("defect")
    best = np.full(len(count), -1, dtype=np.int64)
    best[rows["defect"].to_numpy(np.int64)] = rows["unit"].to_numpy(np.int64)
    return best


def _parents_beside(defects: Defects, parent: Array) -> Array:
    """Return how many parents the claimants of each overlap, or the neighbours of each gap, have."""
    count = defects.frame["count"].to_numpy(np.int64)
    gaps = defects.borders[count[defects.borders["defect"].to_numpy(np.int64)] == 0]
    seen = pd.concat([defects.claimed, gaps[["defect", "unit"]]])
    seen = pd.DataFrame({"defect": seen["defect"], "parent": parent[seen["unit"].to_numpy(np.int64)]})
    return np.bincount(seen.drop_duplicates()["defect"], minlength=len(count))


def _over_bound(defects: Defects, best: Array, free: Array, *, area: Array, limits: Limits) -> Array:
    """Return the defects that would bring the change of a unit over its bound, the smallest counted first."""
    frame = defects.frame
    gaps = np.flatnonzero(free & (frame["count"].to_numpy() == 0))
    lost = defects.claimed[free[defects.claimed["defect"].to_numpy(np.int64)]]
    lost = lost[lost["unit"].to_numpy() != best[lost["defect"].to_numpy(np.int64)]]
    table = pd.concat([pd.DataFrame({"defect": gaps, "unit": best[gaps]}), lost], ignore_index=True)
    table["area"] = frame["area"].to_numpy()[table["defect"]]
    table = table.sort_values(["unit", "area", "defect"], kind="stable")
    total = table.groupby("unit")["area"].cumsum().to_numpy()
    bound = np.minimum(limits.share * area[table["unit"].to_numpy()], limits.area)
    return np.unique(table["defect"].to_numpy()[total > bound])
