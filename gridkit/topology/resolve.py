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
    best = np.full(len(count), -1, dtype=np.int64)
    (defect, unit), (near, beside) = _pairs(defects.claimed), _pairs(defects.borders)
    border = defects.borders["length"].to_numpy()
    size = 1 + max(unit.max(initial=0), beside.max(initial=0))
    mine, theirs = defect * size + unit, near * size + beside  # both are sorted
    length = np.zeros(len(mine))
    if len(theirs):
        at = np.minimum(np.searchsorted(theirs, mine), len(theirs) - 1)
        length = np.where(theirs[at] == mine, border[at], 0.0)
    gap = count[near] == 0
    defect, unit = np.r_[defect, near[gap]], np.r_[unit, beside[gap]]
    order = np.lexsort((unit, -np.r_[length, border[gap]], defect))
    found, first = np.unique(defect[order], return_index=True)
    best[found] = unit[order[first]]
    return best


def _pairs(table: pd.DataFrame) -> tuple[Array, Array]:
    return table["defect"].to_numpy(np.int64), table["unit"].to_numpy(np.int64)


def _parents_beside(defects: Defects, parent: Array) -> Array:
    """Return how many parents the claimants of each overlap, or the neighbours of each gap, have."""
    count = defects.frame["count"].to_numpy(np.int64)
    (defect, unit), (near, beside) = _pairs(defects.claimed), _pairs(defects.borders)
    gap = count[near] == 0
    defect, number = np.r_[defect, near[gap]], parent[np.r_[unit, beside[gap]]]
    order = np.lexsort((number, defect))
    defect, number = defect[order], number[order]
    first = np.r_[True, (defect[1:] != defect[:-1]) | (number[1:] != number[:-1])][: len(defect)]
    return np.bincount(defect[first], minlength=len(count))


def _over_bound(defects: Defects, best: Array, free: Array, *, area: Array, limits: Limits) -> Array:
    """Return the defects of the units whose change would pass their bound."""
    table = changes_of(defects, best, free)
    return over_bound(table, area, limits=limits)


def changes_of(defects: Defects, target: Array, which: Array) -> pd.DataFrame:
    """Return who gains and who loses at the defects ``which`` if each goes to its target: ``defect, unit, area``."""
    defect, unit = _pairs(defects.claimed)
    some = which[defect]
    defect, unit = defect[some], unit[some]
    has = unit == target[defect]
    gets = which & (target >= 0)
    gets[defect[has]] = False
    new = np.flatnonzero(gets)
    defect, unit = np.r_[new, defect[~has]], np.r_[target[new], unit[~has]]
    order = np.lexsort((unit, defect))
    area = defects.frame["area"].to_numpy()[defect[order]]
    return pd.DataFrame({"defect": defect[order], "unit": unit[order], "gains": (order < len(new)), "area": area})


def over_bound(table: pd.DataFrame, area: Array, *, limits: Limits, used: Array | None = None) -> Array:
    """Return the defects (column ``defect``) of units whose change, with what they ``used`` before, passes their bound.

    Examples
    --------
    >>> table = pd.DataFrame({"defect": [0, 1, 2], "unit": [0, 0, 1], "area": [4.0, 2.0, 3.0]})
    >>> over_bound(table, np.array([1000.0, 1000.0]), limits=Limits()).tolist()
    [0, 1]
    """
    unit = table["unit"].to_numpy(np.int64)
    order = np.lexsort((table["area"].to_numpy(), unit))  # sums do not depend on the order of the rows
    total = np.bincount(unit[order], weights=table["area"].to_numpy()[order], minlength=len(area))[unit]
    bound = limits.share * area[unit]
    before = 0.0 if used is None else used[unit]
    return np.unique(table["defect"].to_numpy(np.int64)[total + before > bound])
