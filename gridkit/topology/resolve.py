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

NOBODY: Final = -2
"""Preferred unit of a defect that no unit may have."""
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
        Largest defect, in square metres: the most that a unit may gain or lose by one.
    share : float
        The most that a unit may gain and lose by all together, as a share of its area (0..1).
    match_width : float
        Across parents, only what is narrower than this (metres) is settled: drawing noise.
    """

    gap_width: float = 20.0
    overlap_width: float = 20.0
    area: float = 500.0
    share: float = 0.005
    match_width: float = 0.1


def resolve(
    defects: Defects,
    area: Array,
    parent: Array,
    *,
    limits: Limits,
    inside: Array | None = None,
    prefer: Array | None = None,
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
    prefer : numpy.ndarray of int, optional
        Position of the unit that goes before the others at each defect, -1 where the border decides, ``NOBODY`` where
        none may have it.

    Returns
    -------
    pandas.DataFrame
        Indexed like ``defects.frame``: ``action`` (``give``, ``ask``), ``target`` (position of the unit it goes to, or
        is suggested to go to; -1 for none), ``cause`` (one of ``CAUSES``, ``""`` where nothing stands against it).

    Notes
    -----
    An overlap goes to the claimant, a gap to the neighbour, with the longest border to it; the smaller position among
    equals. The bound on a unit counts every defect that would be given to it or taken from it; of a unit that would
    pass it, all are asked about, so that a second repair finds the same.
    """
    frame = defects.frame
    count = frame["count"].to_numpy(np.int64)
    best = _longest(defects)
    if prefer is not None:
        best = np.where(prefer >= 0, prefer, np.where(prefer == NOBODY, -1, best))
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
    # What is too narrow to see is drawing noise, however small the unit.
    cause[_over_bound(defects, best, (cause == "") & seen, area=area, limits=limits)] = "share"
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
    """Return the defects of the units whose change would pass their bound."""
    table = changes_of(defects, best, free)
    return over_bound(table, area, limits=limits)


def changes_of(defects: Defects, target: Array, which: Array) -> pd.DataFrame:
    """Return who gains and who loses at the defects ``which`` if each goes to its target: ``defect, unit, area``."""
    claimed = defects.claimed[which[defects.claimed["defect"].to_numpy(np.int64)]]
    has = claimed["unit"].to_numpy() == target[claimed["defect"].to_numpy(np.int64)]
    new = np.setdiff1d(np.flatnonzero(which & (target >= 0)), claimed["defect"].to_numpy()[has])
    gained = pd.DataFrame({"defect": new, "unit": target[new], "gains": True})
    table = pd.concat([gained, claimed[~has].assign(gains=False)], ignore_index=True)
    table["area"] = defects.frame["area"].to_numpy()[table["defect"].to_numpy(np.int64)]
    return table.sort_values(["defect", "unit"], ignore_index=True)


def over_bound(table: pd.DataFrame, area: Array, *, limits: Limits, used: Array | None = None) -> Array:
    """Return the defects (column ``defect``) of units whose change, with what they ``used`` before, passes their bound.

    Examples
    --------
    >>> table = pd.DataFrame({"defect": [0, 1, 2], "unit": [0, 0, 1], "area": [4.0, 2.0, 3.0]})
    >>> over_bound(table, np.array([1000.0, 1000.0]), limits=Limits()).tolist()
    [0, 1]
    """
    unit = table["unit"].to_numpy(np.int64)
    total = table.sort_values(["unit", "area"], kind="stable").groupby("unit")["area"].sum().reindex(unit).to_numpy()
    bound = limits.share * area[unit]
    before = 0.0 if used is None else used[unit]
    return np.unique(table["defect"].to_numpy(np.int64)[total + before > bound])
