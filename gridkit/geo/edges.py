"""Segments of polygons: which ones neighbours have in common, and which ones nobody has on the other side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

Array = np.ndarray[Any, Any]

_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5)
"""Odd 64-bit constants (golden ratio, xxHash primes) that spread four coordinates over one number."""


def segments(shapes: Array) -> tuple[Array, Array]:
    """Return all segments of polygons, the inside to the left, and the position of the polygon of each.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        Valid; shape (n,).

    Returns
    -------
    ends : numpy.ndarray of float
        Shape (m, 4): x and y of the start, x and y of the end, in the units of the coordinates.
    unit : numpy.ndarray of int
        Shape (m,).

    Examples
    --------
    >>> ends, unit = segments(np.array([shapely.box(0, 0, 1, 1)]))
    >>> len(ends), unit.tolist()
    (4, [0, 0, 0, 0])
    """
    parts, of_part = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    points = points + 0.0  # a negative zero is a zero
    same = ring[1:] == ring[:-1]
    ends = np.hstack([points[:-1][same], points[1:][same]])
    unit = of_part[of_ring[ring[:-1][same]]]
    moving = (ends[:, :2] != ends[:, 2:]).any(axis=1)
    return ends[moving], unit[moving]


def mixed(*columns: Array) -> Array:
    """Return one 64-bit number per row that stands for all its values: up to four arrays of 64-bit numbers.

    Rows with equal bits have equal numbers; two of m different rows have the same with a probability of about
    m * m / 2 ** 65.

    >>> one = mixed(np.array([1.0, 1.0, 2.0]), np.array([3, 3, 3]))
    >>> (one[1:] == one[:-1]).tolist()
    [True, False]
    """
    key = np.zeros(len(columns[0]), dtype=np.uint64)
    for column, factor in zip(columns, _MIX, strict=False):
        key = (key ^ np.ascontiguousarray(column).view(np.uint64)) * np.uint64(factor)
        key ^= key >> np.uint64(29)
    return key


def places_of(ends: Array) -> tuple[Array, Array]:
    """Return one number for the place of each segment, the same for a segment and its reverse, and which run forward.

    >>> place, forward = places_of(np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]]))
    >>> bool(place[0] == place[1]), forward.tolist()
    (True, [True, False])
    """
    forward = (ends[:, 0] < ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] < ends[:, 3]))
    canonical = np.where(forward[:, None], ends, ends[:, [2, 3, 0, 1]])
    return mixed(*canonical.T), forward


def grouped(ends: Array) -> tuple[Array, Array, Array]:
    """Return segments in the order of their place: equal and reversed ones stand together.

    Returns
    -------
    order : numpy.ndarray of int
        Positions of the segments, grouped.
    starts : numpy.ndarray of int
        Where each group begins in ``order``.
    sign : numpy.ndarray of int
        1 or -1 per segment (as given): its direction.

    Notes
    -----
    Segments are equal where their coordinates are, bit by bit: one number is :func:`mixed` from them and sorted.
    """
    key, forward = places_of(ends)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ends) else np.zeros(0, dtype=np.intp)
    return order, starts, np.where(forward, 1, -1)


def unmatched(ends: Array) -> Array:
    """Return which segments have no partner: on their two sides there are not equally many polygons.

    A segment and its reverse cancel out, as in a valid coverage; what is left over separates places that different
    numbers of polygons claim, or bounds the whole. Segments are equal where their coordinates are equal, bit by bit.

    Parameters
    ----------
    ends : numpy.ndarray of float
        Shape (m, 4), from :func:`segments`.

    Examples
    --------
    >>> there = np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    >>> unmatched(there).tolist()
    [False, False, True]
    """
    if not len(ends):
        return np.zeros(0, dtype=bool)
    order, starts, sign = grouped(ends)
    balance = np.add.reduceat(sign[order], starts)
    result = np.empty(len(ends), dtype=bool)
    result[order] = np.repeat(balance != 0, np.diff(np.r_[starts, len(ends)]))
    return result


def shared_lengths(shapes: Array) -> tuple[Array, Array, Array]:
    """Return which polygons of a valid coverage share a border, and its length: positions ``one`` < ``other``, metres.

    Examples
    --------
    >>> cells = np.array([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 2)])
    >>> [part.tolist() for part in shared_lengths(cells)]
    [[0], [1], [2.0]]
    """
    one, other, ends, begins = _shared(shapes)
    length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    return one[begins], other[begins], np.add.reduceat(length, begins) if len(begins) else np.zeros(0)


def shared_borders(shapes: Array) -> pd.DataFrame:
    """Return the common borders of the polygons of a valid coverage.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons, shape (n,)

    Returns
    -------
    pandas.DataFrame
        ``a < b`` positions of two polygons, ``length`` of the border that they share (metres), and its pieces as
        ``geometry`` (a multilinestring); sorted by a, b.

    Examples
    --------
    >>> row = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(5, 0, 6, 1)])
    >>> shared_borders(row)[["a", "b", "length"]].to_numpy().tolist()
    [[0.0, 1.0, 1.0]]
    """
    one, other, ends, begins = _shared(shapes)
    pair = np.repeat(np.arange(len(begins)), np.diff(np.r_[begins, len(one)]))
    lines = shapely.linestrings(ends.reshape(-1, 2, 2)) if len(ends) else np.zeros(0, dtype=object)
    shared = shapely.multilinestrings(lines, indices=pair) if len(lines) else lines
    return pd.DataFrame({"a": one[begins], "b": other[begins], "length": shapely.length(shared), "geometry": shared})


def _shared(shapes: Array) -> tuple[Array, Array, Array, Array]:
    """Return the segments that two polygons have in common, and where each pair of polygons begins among them."""
    ends, unit = segments(shapes)
    order, starts, _ = grouped(ends)
    paired = np.flatnonzero(np.diff(np.r_[starts, len(ends)]) == 2)
    first, second = order[starts[paired]], order[starts[paired] + 1]
    one, other = np.minimum(unit[first], unit[second]), np.maximum(unit[first], unit[second])
    apart = one != other
    one, other, ends = one[apart], other[apart], ends[first[apart]]
    length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    pair = one * len(shapes) + other
    several = np.lexsort((length, pair))  # sums do not depend on the order of the segments
    one, other, ends, pair = one[several], other[several], ends[several], pair[several]
    new = np.r_[True, pair[1:] != pair[:-1]] if len(pair) else np.zeros(0, dtype=bool)
    return one, other, ends, np.flatnonzero(new)
