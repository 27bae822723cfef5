"""Cut paths into arcs so that a border which many rings share is stored once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs in the order in which the paths first need them.

    ``refs`` holds the arcs of each path one after another: ``a`` along arc a, ``~a`` against it. The last point of one
    arc is the first of the next; a point alone is an arc of one point.
    """

    points: NDArray[np.int64]
    """Points of each arc, both ends included."""
    units: NDArray[np.int64]
    """Shape (points, 2)."""
    count: NDArray[np.int64]
    """References of each path."""
    refs: NDArray[np.int64]


def cut(units: NDArray[np.int64], points: NDArray[np.int64], closed: NDArray[np.bool_]) -> Arcs:
    """Return the shared arcs of paths.

    A place is a node if paths leave it in more than one pair of directions, turn back at it, or end there; arcs run
    from node to node. A ring without a node gets one, the same for every ring along the same places. So an arc is known
    by its first and last step, and no sequence of points is ever compared.

    Parameters
    ----------
    units : numpy.ndarray
        Points of all paths, shape (n, 2); no two neighbours within a path are equal.
    points : numpy.ndarray
        Points of each path.
    closed : numpy.ndarray
        Whether each path is a ring (its first point is not repeated).

    Examples
    --------
    Two squares beside each other have one side in common:

    >>> square = np.array([[0, 0], [2, 0], [2, 2], [0, 2]])
    >>> arcs = cut(np.concatenate([square, square + [2, 0]]), np.array([4, 4]), np.array([True, True]))
    >>> arcs.points.tolist(), arcs.refs.tolist()
    ([2, 4, 4], [0, 1, 2, -1])
    """
    if not len(units):
        none = np.zeros(0, np.int64)
        return Arcs(none, units, np.zeros(len(points), np.int64), none)
    start = np.cumsum(points) - points
    path = np.repeat(np.arange(len(points)), points)
    place = _places(units)
    after, before = _neighbours(start, points, closed)
    node = _nodes(place, after, before)
    bare = closed & (np.bincount(path[node[place]], minlength=len(points)) == 0)
    node[np.minimum.reduceat(place, start)[bare]] = True
    # one reference per node on a path: from there to the next node; none from the end of a line
    at = np.flatnonzero(node[place])
    owner = path[at]
    last = np.append(owner[1:] != owner[:-1], True)
    first = np.append(True, last[:-1])
    begin = np.repeat(at[first], np.diff(np.append(np.flatnonzero(first), len(at))))
    end = np.where(last, begin + points[owner], np.append(at[1:], 0))  # beyond the path: around its end
    alone = points[owner] == 1
    end = np.where(alone, at, end)
    keep = closed[owner] | ~last | alone
    at, end, owner = at[keep], end[keep], owner[keep]
    arc, forward, chosen = _shared(place, at, end - (end >= (start + points)[owner]) * points[owner], after, before)
    index, sizes = _ranges(at[chosen], end[chosen] - at[chosen] + 1)
    around = np.repeat((start + points)[owner[chosen]], sizes)
    index = np.where(index >= around, index - np.repeat(points[owner[chosen]], sizes), index)
    refs = np.where(forward == forward[chosen][arc], arc, ~arc)
    return Arcs(sizes, units[index], np.bincount(owner, minlength=len(points)), refs)


def _places(units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each point, equal for equal points, in the order of appearance."""
    low = units.min(axis=0)
    span = int(units[:, 1].max() - low[1]) + 1
    codes, _ = pd.factorize((units[:, 0] - low[0]) * span + (units[:, 1] - low[1]))
    return codes.astype(np.int64)


def _neighbours(
    start: NDArray[np.int64], points: NDArray[np.int64], closed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the index of the next and the last point of each point; -1 beyond the ends of a line."""
    n = int(points.sum())
    after, before = np.arange(1, n + 1), np.arange(-1, n - 1)
    end = start + points - 1
    after[end] = np.where(closed, start, -1)
    before[start] = np.where(closed, end, -1)
    return after, before


def _nodes(place: NDArray[np.int64], after: NDArray[np.int64], before: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each place is a node."""
    a, b = np.where(after < 0, -1, place[after]), np.where(before < 0, -1, place[before])
    low, high = np.minimum(a, b), np.maximum(a, b)
    places = int(place.max()) + 1
    some_low, some_high = np.empty(places, np.int64), np.empty(places, np.int64)
    some_low[place], some_high[place] = low, high
    node = np.zeros(places, dtype=bool)
    node[place[(low != some_low[place]) | (high != some_high[place]) | (low == high) | (low < 0)]] = True
    return node


def _shared(
    place: NDArray[np.int64],
    at: NDArray[np.int64],
    end: NDArray[np.int64],
    after: NDArray[np.int64],
    before: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return for each reference its arc and whether it runs along the canonical direction, and each arc's first use."""
    wide = int(place.max()) + 1
    alone = at == end
    alone &= (after[at] < 0) & (before[at] < 0)
    ahead = place[at] * wide + np.where(alone, place[at], place[after[at]])
    back = place[end] * wide + np.where(alone, place[at], place[before[end]])
    arc, _ = pd.factorize(np.minimum(ahead, back))
    arc = arc.astype(np.int64)
    chosen = np.empty(int(arc.max()) + 1, dtype=np.int64)
    chosen[arc[::-1]] = np.arange(len(arc))[::-1]
    return arc, ahead <= back, chosen


def _ranges(start: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers start, start + 1, ... of each range, one after another."""
    shift = start - (np.cumsum(sizes) - sizes)
    return np.arange(int(sizes.sum())) + np.repeat(shift, sizes), sizes
