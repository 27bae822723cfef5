"""Which polygons of a coverage lie beside which, and how long their common border is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


def segments(shapes: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return every straight piece of the borders of polygons, and whose it is.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons, shape (n,)

    Returns
    -------
    tuple of numpy.ndarray
        ``x1, y1, x2, y2`` of each piece with the smaller end first, shape (m, 4), and the position of its polygon.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return np.zeros((0, 4)), np.zeros(0, dtype=np.intp)
    inner = ring[1:] == ring[:-1]
    first, second = xy[:-1][inner], xy[1:][inner]
    long = (first != second).any(axis=1)
    first, second, whose = first[long], second[long], owner[part[ring[:-1][inner][long]]]
    swap = (first[:, 0] > second[:, 0]) | ((first[:, 0] == second[:, 0]) & (first[:, 1] > second[:, 1]))
    first[swap], second[swap] = second[swap], first[swap].copy()
    return np.hstack([first, second]), whose


def shared_borders(shapes: NDArray[Any]) -> pd.DataFrame:
    """Return the common borders of the polygons of a noded coverage.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons, shape (n,)
        Neighbours must have the same vertices along their common border, as those of a polygonised network of lines.

    Returns
    -------
    pandas.DataFrame
        ``a < b`` positions of two polygons, and ``geometry``, the pieces of border that they share (a multilinestring),
        and its ``length``; sorted by a, b.

    Examples
    --------
    >>> row = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(5, 0, 6, 1)])
    >>> shared_borders(row)[["a", "b", "length"]].to_numpy().tolist()
    [[0.0, 1.0, 1.0]]
    """
    ends, whose = segments(shapes)
    order = np.lexsort((whose, ends[:, 3], ends[:, 2], ends[:, 1], ends[:, 0]))
    ends, whose = ends[order], whose[order]
    same = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1) & (whose[1:] != whose[:-1]))
    a, b = whose[same], whose[same + 1]
    lines = shapely.linestrings(ends[same].reshape(-1, 2, 2)) if len(same) else np.zeros(0, dtype=object)
    order = np.lexsort((b, a))
    a, b, lines = a[order], b[order], lines[order]
    first = np.append(True, (a[1:] != a[:-1]) | (b[1:] != b[:-1])) if len(a) else np.zeros(0, dtype=bool)
    pair = np.cumsum(first) - 1
    shared = shapely.multilinestrings(lines, indices=pair) if len(lines) else lines
    return pd.DataFrame({"a": a[first], "b": b[first], "length": shapely.length(shared), "geometry": shared})
