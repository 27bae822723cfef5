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


def resolve(defects: Defects, area: Array, parent: Array, *, limits: Limits, inside: Array | None = None) -> pd.DataFrame:
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
    count = frame["claimants"].map(len).to_numpy(np.int64)
    best = _longest(defects, count)
    parents = _parents_beside(defects, parent)
    gap = count == 0
    shapes = frame["geometry"].to_numpy()
    wide = wider(shapes, np.where(gap, limits.gap_width, limits.overlap_width))
    seen = wider(shapes, np.full(len(frame), limits.match_width))
    checks = {
        "several": count > 2,
        "alone": best < 0,
        "inside": (inside > 0) & gap if inside is not None else np.zeros(len(frame), dtype=bool),
        "parents": (parents > 1) & seen,
        "wide": wide,
        "large": frame["area"].to_numpy() > limits.area,
    }
    cause = np.select(list(checks.values()), list(checks), default="").astype(object)
    cause = _bounded(defects, best, cause, seen=seen, area=area, limits=limits)
    action = np.where(cause == "", GIVE, ASK).astype(object)
    return pd.DataFrame({"action": action, "target": best, "cause": cause}, index=frame.index)


def _longest(defects: Defects, count: Array) -> Array:
    """Return the unit with the longest border to each defect; of an overlap one of its claimants, of a gap any."""
    best = np.full(len(count), -1, dtype=np.int64)
    claimants = defects.frame["claimants"]
    for at in np.flatnonzero(count > 0).tolist():  # where no claimant borders on it by itself
        best[at] = claimants.iat[at][0]
    borders = defects.borders
    if borders.empty:
        return best
    pairs = claimants[count > 0].explode()
    allowed = pd.MultiIndex.from_arrays([pairs.index.to_numpy(np.int64), pairs.to_numpy(np.int64)])
    here = pd.MultiIndex.from_arrays([borders["defect"].to_numpy(np.int64), borders["unit"].to_numpy(np.int64)])
    fits = (count[borders["defect"].to_numpy()] == 0) | here.isin(allowed)
    rows = borders[fits].sort_values(["defect", "length", "unit"], ascending=[True, False, True], kind="stable")
    rows = rows.drop_duplicates("defect")
    best[rows["defect"].to_numpy()] = rows["unit"].to_numpy()
    return best


def _parents_beside(defects: Defects, parent: Array) -> Array:
    """Return how many parents the claimants of each overlap, or the neighbours of each gap, have."""
    frame, borders = defects.frame, defects.borders
    count = frame["claimants"].map(len).to_numpy(np.int64)
    claimed = frame["claimants"].explode().dropna()
    gaps = borders[count[borders["defect"].to_numpy()] == 0]
    where = np.r_[claimed.index.to_numpy(np.int64), gaps["defect"].to_numpy(np.int64)]
    who = np.r_[claimed.to_numpy(np.int64), gaps["unit"].to_numpy(np.int64)]
    seen = pd.DataFrame({"defect": where, "parent": parent[who]}).drop_duplicates()
    return np.bincount(seen["defect"], minlength=len(frame))


def _bounded(defects: Defects, best: Array, cause: Array, *, seen: Array, area: Array, limits: Limits) -> Array:
    """Return the causes with ``share`` for what would change a unit by more than its bound, smallest defects first."""
    free = np.flatnonzero(cause == "")
    frame = defects.frame
    size = frame["area"].to_numpy()
    claimants = frame["claimants"]
    gains = [(at, int(best[at])) for at in free.tolist() if not claimants.iat[at]]
    losses = [(at, unit) for at in free.tolist() for unit in claimants.iat[at] if unit != best[at]]
    table = pd.DataFrame([*gains, *losses], columns=["defect", "unit"])
    if table.empty:
        return cause
    table["area"] = size[table["defect"]]
    table = table.sort_values(["unit", "area", "defect"], kind="stable")
    table["sum"] = table.groupby("unit")["area"].cumsum()
    bound = np.minimum(limits.share * area[table["unit"]], limits.area)
    over = table.loc[(table["sum"] > bound).to_numpy(), "defect"].unique()
    # What is too narrow to see is drawing noise, however small the unit.
    result = cause.copy()
    result[over[seen[over]]] = "share"
    return result
