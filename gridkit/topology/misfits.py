"""Where the children of a parent and the drawn parent differ: by code on one side, by outline on the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import grouped, segments
from gridkit.topology.faces import claims, clear_points, noded, polygons_between

Array = np.ndarray[Any, Any]


def find_misfits(children: Array, label: Array, parents: Array) -> pd.DataFrame:
    """Return the places whose children say another parent than the outline that is drawn there.

    Parameters
    ----------
    children, parents : numpy.ndarray of shapely polygons or multipolygons
        Valid, in metres; shapes (n,) and (m,).
    label : numpy.ndarray of int
        The parent that each child states, a position in ``parents``; -1 for none, which fits nowhere.

    Returns
    -------
    pandas.DataFrame
        One row per place: ``children`` and ``drawn`` (tuples of positions: the children and the parents that claim it),
        ``stated`` (tuple of the parents that those children state), ``area`` (square metres), ``geometry``. Places
        without a child are there (a parent that its children do not fill), and places without a parent.

    Notes
    -----
    Per parent, the segments of its children add up to their common outline, and the segments of the drawn parent are
    subtracted: what is left over bounds the places where the two differ. Where children of one parent overlap, such a
    place may go on beyond a segment that has cancelled out; it is cut there.

    Examples
    --------
    >>> children = np.array([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 4, 1)])
    >>> found = find_misfits(children, np.array([0, 1]), np.array([shapely.box(0, 0, 3, 1), shapely.box(3, 0, 4, 1)]))
    >>> found[["children", "stated", "drawn", "area"]].values.tolist()
    [[(1,), (1,), (0,), 1.0]]
    """
    ends, unit = segments(children)
    outer, parent = segments(parents)
    every = np.vstack([ends, outer[:, [2, 3, 0, 1]]])
    key = np.r_[label[unit], parent]
    left = _left_over(every, key)
    faces = polygons_between(noded(every[left]))
    if not len(faces):
        return _table([], [], label, faces)
    faces = _divided(faces, ends[np.setdiff1d(_left_over(ends, label[unit]), left)])
    of_child, of_parent = _claimed(faces, children), _claimed(faces, parents)
    wrong = [
        at
        for at, (mine, drawn) in enumerate(zip(of_child, of_parent, strict=True))
        if (mine or drawn) and {int(label[child]) for child in mine} != set(drawn)
    ]
    return _table([of_child[at] for at in wrong], [of_parent[at] for at in wrong], label, faces[wrong])


def _divided(faces: Array, ends: Array) -> Array:
    """Return faces cut along the segments that run through them."""
    if not len(ends):
        return faces
    tree = shapely.STRtree(faces)
    low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
    near = np.unique(tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))[0])
    lines = shapely.linestrings(ends[near].reshape(-1, 2, 2))
    line, at = tree.query(lines, predicate="intersects")
    through = ~shapely.touches(lines[line], faces[at])
    line, at = np.unique(line[through]), np.unique(at[through])
    if not len(line):
        return faces
    edges, _ = segments(faces[at])
    pieces = polygons_between(noded(np.vstack([edges, ends[near][line]])))
    inside = shapely.STRtree(faces[at]).query(clear_points(pieces), predicate="intersects")[0]
    return np.r_[np.delete(faces, at), pieces[np.unique(inside)]]


def _left_over(ends: Array, key: Array) -> Array:
    """Return one segment for each place and key whose segments do not cancel out."""
    order, starts, sign = grouped(ends)
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(ends)]))
    table = pd.DataFrame({"group": group, "key": key[order], "sign": sign[order], "at": order})
    found = table.groupby(["group", "key"]).agg(sum=("sign", "sum"), at=("at", "min"))
    return np.unique(found.loc[found["sum"] != 0, "at"].to_numpy())


def _claimed(faces: Array, shapes: Array) -> list[tuple[int, ...]]:
    face, unit = claims(faces, shapes)
    cuts = np.searchsorted(face, np.arange(1, len(faces)))
    return [tuple(part.tolist()) for part in np.split(unit, cuts)]


def _table(mine: list[tuple[int, ...]], drawn: list[tuple[int, ...]], label: Array, shapes: Array) -> pd.DataFrame:
    stated = [tuple(sorted({int(label[child]) for child in some})) for some in mine]
    frame = pd.DataFrame({
        "children": pd.Series(mine, dtype=object), "stated": pd.Series(stated, dtype=object),
        "drawn": pd.Series(drawn, dtype=object), "area": shapely.area(shapes), "geometry": shapes,
    })  # fmt: skip
    corners = shapely.bounds(shapes).reshape(-1, 4)
    order = np.lexsort((frame["area"], corners[:, 1], corners[:, 0]))
    return frame.iloc[order].reset_index(drop=True)
