"""Cracks between two units that are open to the outside: no border encloses them, so no gap is found there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.topology.levels import areal

if TYPE_CHECKING:
    from gridkit.topology.resolve import Limits

Array = np.ndarray[Any, Any]

WIDEST: Final = 10
"""Cracks are sought up to this many match widths (1 m): wider bays are as drawn."""
SLENDER: Final = 10
"""A crack is at least this many times as long as it may be wide."""
STEPS: Final = 64
"""Vertices that a side of a crack is followed."""
NEAR: Final = 1e-6


def find_cracks(outline: Array, inner: Array, shapes: Array, *, limits: Limits) -> pd.DataFrame:
    """Return narrow places of the outside that reach in between two units.

    Parameters
    ----------
    outline : numpy.ndarray of float
        Segments on the outside of the layer, the inside to the left; shape (m, 4).
    inner : numpy.ndarray of float
        Segments between units, shape (k, 4): where one meets the outline, a crack may end.
    shapes : numpy.ndarray of shapely polygons or multipolygons
        The units, in metres.
    limits : Limits

    Returns
    -------
    pandas.DataFrame
        ``units`` (tuples of positions) and ``geometry``.

    Examples
    --------
    >>> from gridkit.topology.resolve import Limits
    >>> from gridkit.topology.survey import survey
    >>> two = np.array([shapely.Polygon([(0, 0), (50, 0), (50, 20), (50, 100), (0, 100)]),
    ...                 shapely.Polygon([(50, 0), (99, 0), (99, 100), (50.5, 100), (50, 20)])])
    >>> seen = survey(two)
    >>> find_cracks(seen.outline, seen.inner, two, limits=Limits())["units"].tolist()
    [(0, 1)]
    """
    width = min(limits.gap_width, WIDEST * limits.match_width)
    units: list[tuple[int, ...]] = []
    cracks: list[shapely.Geometry] = []
    tips, after, before = _tips(outline, inner)
    if len(tips) and width > 0:
        arms = zip(_walk(outline, tips, after, forward=True), _walk(outline, before[tips], before, forward=False),
                   strict=True)  # fmt: skip
        for one, other in _slender(list(arms), width, shapes):
            ring = np.vstack([one, other[:0:-1]])
            shape = areal(np.array([shapely.Polygon(ring)]))[0]
            middle = shapely.points([one[len(one) // 2], other[len(other) // 2]])
            side, unit = shapely.STRtree(shapes).query(middle, predicate="dwithin", distance=NEAR)
            owners = [set(unit[side == number].tolist()) for number in (0, 1)]
            if shape is not None and not owners[0] & owners[1]:
                units.append(tuple(sorted(owners[0] | owners[1])))
                cracks.append(shape)
    geometry = np.empty(len(cracks), dtype=object)
    geometry[:] = cracks
    return pd.DataFrame({"units": pd.Series(units, dtype=object), "geometry": geometry})


def _tips(outline: Array, inner: Array) -> tuple[Array, Array, Array]:
    """Return the segments of the outline that begin where an inner border ends, and which segment follows and precedes.

    A segment without a neighbour (the outline touches itself there) has -1.
    """
    if not len(outline) or not len(inner):
        nothing = np.zeros(0, dtype=np.intp)
        return nothing, nothing, nothing
    start, end = outline[:, 0] + 1j * outline[:, 1], outline[:, 2] + 1j * outline[:, 3]
    order = np.argsort(start, kind="stable")
    at = np.minimum(np.searchsorted(start[order], end), len(order) - 1)
    after = np.where(start[order[at]] == end, order[at], -1)
    before = np.full(len(outline), -1, dtype=np.intp)
    before[after[after >= 0]] = np.flatnonzero(after >= 0)
    x = np.sort(outline[:, 0])
    ends = np.vstack([inner[:, :2], inner[:, 2:]])
    near = x[np.minimum(np.searchsorted(x, ends[:, 0]), len(x) - 1)] == ends[:, 0]
    meets = np.isin(start, ends[near, 0] + 1j * ends[near, 1])
    return np.flatnonzero(meets & (before >= 0)), after, before


def _walk(outline: Array, begin: Array, then: Array, *, forward: bool) -> Array:
    """Return the vertices met from each tip along the outline, shape (n, STEPS + 1, 2); NaN after its end."""
    first, second = (slice(0, 2), slice(2, 4)) if forward else (slice(2, 4), slice(0, 2))
    path = np.full((len(begin), STEPS + 1, 2), np.nan)
    path[:, 0] = outline[begin, first]
    here = begin.copy()
    for step in range(1, STEPS + 1):
        on = here >= 0
        path[on, step] = outline[here[on], second]
        here = np.where(on, then[np.maximum(here, 0)], -1)
    return path


def _slender(arms: list[tuple[Array, Array]], width: float, shapes: Array) -> list[tuple[Array, Array]]:
    """Return the two sides of each crack, as far as they stay near to each other."""
    found, middles = [], []
    for pair in arms:
        sides, lengths = [], []
        for arm in pair:
            points = arm[np.isfinite(arm).all(axis=1)]
            sides.append(points)
            lengths.append(np.r_[0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        far = min(lengths[0][-1], lengths[1][-1])
        marks = np.arange(width, far, width)
        if len(marks) < SLENDER:
            continue
        along = [
            np.column_stack([np.interp(marks, length, side[:, 0]), np.interp(marks, length, side[:, 1])])
            for side, length in zip(sides, lengths, strict=True)
        ]
        wide = np.hypot(*(along[0] - along[1]).T) > 1.5 * width
        count = int(np.argmax(wide)) if wide.any() else len(marks)
        if count < SLENDER:
            continue
        reach = marks[count - 1]
        cut = [
            np.vstack([side[length < reach], mark[count - 1]])
            for side, length, mark in zip(sides, lengths, along, strict=True)
        ]
        found.append((cut[0], cut[1]))
        middles.append((along[0][count // 2] + along[1][count // 2]) / 2)
    if not found:
        return []
    covered = np.unique(shapely.STRtree(shapes).query(shapely.points(middles), predicate="intersects")[0])
    return [pair for at, pair in enumerate(found) if at not in set(covered.tolist())]
