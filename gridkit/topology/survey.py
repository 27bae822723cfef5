"""A layer looked at once: overlaps, gaps, edges that do not match, and how long the common borders are.

The defects are those of :func:`gridkit.topology.defects.find_defects`. That one cuts every unit beside a defect into
faces, because a repair puts the units together again; to report, only the places themselves have to be cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import grouped, segments
from gridkit.topology.defects import of_faces
from gridkit.topology.faces import claims, clear_points, noded, polygons_between
from gridkit.topology.mesh import Mesh

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]

ASIDE: Final = 1e-4
"""Metres beside an edge at which is asked whose ground it is."""
NEAR: Final = 1e-6
"""Metres within which an edge belongs to a unit."""


@dataclass(frozen=True)
class Survey:
    """What is wrong with a layer.

    ``defects`` has only the faces of the defects in its ``cut``: enough to report, not to repair. ``loose`` has one row
    per pair of units whose vertices do not match though nothing lies between them (``units``, ``geometry``: lines);
    ``shared`` one row per pair with a common border (``one`` < ``other``, ``length`` in metres, ``x`` and ``y`` of its
    middle); ``outline`` are the segments on the outside, the inside to the left, ``inner`` those between units, shapes
    (m, 4) and (k, 4).
    """

    defects: Defects
    loose: pd.DataFrame
    shared: pd.DataFrame
    outline: Array
    inner: Array


class _Ends(NamedTuple):
    """Segments, their units, grouped by place, and which have no partner."""

    ends: Array
    unit: Array
    order: Array
    starts: Array
    single: Array


def survey(shapes: Array) -> Survey:
    """Return what is wrong with a layer.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        Valid, in metres; shape (n,).

    Examples
    --------
    >>> found = survey(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]))
    >>> found.defects.frame[["count", "area"]].values.tolist(), found.defects.borders.values.tolist()
    ([[2.0, 1.0]], [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    """
    given = _prepared(shapes)
    edges = _segments_of(noded(given.ends[given.single]))
    faces = polygons_between(shapely.linestrings(edges.reshape(-1, 2, 2)))
    face, _ = claims(faces, shapes)
    count = np.bincount(face, minlength=len(faces))
    pieces, of_piece = _divided(faces, np.flatnonzero(count > 1), shapes, given, edges)
    kept = np.setdiff1d(np.flatnonzero(count != 1), of_piece)
    cut = Mesh(np.arange(len(shapes)), *_claimed(np.r_[faces[kept], pieces], shapes))
    count[of_piece] = cut.count[len(kept) :]  # a point on a border within a face counts both sides; its pieces do not
    wrong = np.flatnonzero(cut.count != 1)
    stay = np.isin(cut.face, wrong)
    cut = Mesh(cut.units, cut.faces[wrong], np.searchsorted(wrong, cut.face[stay]), cut.unit[stay])
    defects = of_faces(cut, np.ones(len(cut.faces), dtype=bool))
    defects = replace(defects, borders=_borders(defects, shapes))
    loose, outline, inner = _edges(edges, faces, count)
    inner = np.vstack([inner, given.ends[~given.single]])
    return Survey(defects, _loose(loose, shapes), _shared(given), outline, inner)


def _prepared(shapes: Array) -> _Ends:
    ends, unit = segments(shapes)
    order, starts, sign = grouped(ends)
    single = np.zeros(len(ends), dtype=bool)
    if len(ends):
        balance = np.add.reduceat(sign[order], starts)
        single[order] = np.repeat(balance != 0, np.diff(np.r_[starts, len(ends)]))
    return _Ends(ends, unit, order, starts, single)


def _segments_of(lines: Array) -> Array:
    """Return the segments of noded lines, shape (m, 4)."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    return np.hstack([points[:-1][same], points[1:][same]]) + 0.0


def _claimed(faces: Array, shapes: Array) -> tuple[Array, Array, Array]:
    return (faces, *claims(faces, shapes))


def _divided(faces: Array, over: Array, shapes: Array, given: _Ends, edges: Array) -> tuple[Array, Array]:
    """Return the pieces of overlaps through which borders run, and the face of each: the claimants differ there.

    Borders that match were not among the lines; those that do not match may end inside a face.
    """
    nothing = np.empty(0, dtype=object), np.zeros(0, dtype=np.intp)
    if not len(over):
        return nothing
    near = np.zeros(len(shapes), dtype=bool)
    near[shapely.STRtree(shapes).query(faces[over])[1]] = True  # others have no border there
    first = given.order[given.starts]
    ends = np.vstack([given.ends[first[~given.single[first] & near[given.unit[first]]]], edges])
    tree = shapely.STRtree(faces[over])
    low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
    ends = ends[np.unique(tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))[0])]
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    line, at = tree.query(lines, predicate="intersects")
    through = ~shapely.touches(lines[line], faces[over][at]) & ~shapely.covered_by(
        lines[line], shapely.boundary(faces[over])[at]
    )
    if not through.any():
        return nothing
    again = over[np.unique(at[through])]
    rings, _ = segments(faces[again])
    pieces = polygons_between(noded(np.vstack([rings, ends[np.unique(line[through])]])))
    inside, of = shapely.STRtree(faces[again]).query(clear_points(pieces), predicate="intersects")
    return pieces[inside], again[of]


def _borders(defects: Defects, shapes: Array) -> pd.DataFrame:
    """Return the length of the border between each defect and each unit that has the ground beside it for itself."""
    ends, defect = segments(defects.frame["geometry"].to_numpy())
    step = ends[:, 2:] - ends[:, :2]
    length = np.hypot(step[:, 0], step[:, 1])
    right = np.column_stack([step[:, 1], -step[:, 0]]) / np.maximum(length, 1e-300)[:, None]
    beside = shapely.points((ends[:, :2] + ends[:, 2:]) / 2 + right * ASIDE)
    unit, edge = shapely.STRtree(beside).query(shapes, predicate="intersects")  # each unit is prepared once
    alone = np.bincount(edge, minlength=len(ends))[edge] == 1
    table = pd.DataFrame({"defect": defect[edge[alone]], "unit": unit[alone], "length": length[edge[alone]]})
    table = table.sort_values(["defect", "unit", "length"], kind="stable")  # sums do not depend on the order of rows
    return table.groupby(["defect", "unit"], as_index=False)["length"].sum()


def _edges(ends: Array, faces: Array, count: Array) -> tuple[Array, Array, Array]:
    """Return the segments with the same number of claims on both sides, those on the outside, and all others."""
    sides, of_face = segments(faces)
    every = np.vstack([ends, sides])
    if not len(every):
        return ends, ends, ends
    order, starts, _ = grouped(every)
    group = np.empty(len(every), dtype=np.intp)
    group[order] = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(every)]))
    beside = np.bincount(group[len(ends) :], minlength=len(starts))
    total = np.bincount(group[len(ends) :], weights=count[of_face], minlength=len(starts))
    squares = np.bincount(group[len(ends) :], weights=count[of_face] ** 2, minlength=len(starts))
    even = (beside == 0) | ((beside == 2) & (2 * squares == total**2))  # two numbers are equal
    outside = ((beside == 1) & (total > 0))[group]
    even = even[group[: len(ends)]]
    inner = ~even & ~outside[: len(ends)]
    return ends[even], sides[outside[len(ends) :]], ends[inner]


def _loose(ends: Array, shapes: Array) -> pd.DataFrame:
    """Return segments that do not match, put together by the units that have them."""
    if not len(ends):
        return pd.DataFrame({"units": pd.Series([], dtype=object), "geometry": pd.Series([], dtype=object)})
    middle = shapely.points((ends[:, :2] + ends[:, 2:]) / 2)
    at, unit = shapely.STRtree(shapes).query(middle, predicate="dwithin", distance=NEAR)
    table = pd.DataFrame({"at": at, "unit": unit}).sort_values(["at", "unit"])
    units = table.groupby("at")["unit"].agg(tuple)
    lines = pd.Series(shapely.linestrings(ends[units.index].reshape(-1, 2, 2)), index=units.index, dtype=object)
    rows = [(some, shapely.multilinestrings(part.tolist())) for some, part in lines.groupby(units)]
    merged = shapely.line_merge(np.array([line for _, line in rows], dtype=object))
    return pd.DataFrame({"units": pd.Series([some for some, _ in rows], dtype=object), "geometry": merged})


def _shared(given: _Ends) -> pd.DataFrame:
    """Return the length of the common border of each pair of units, where exactly two have a segment."""
    size = np.diff(np.r_[given.starts, len(given.ends)])
    paired = given.starts[(size == 2) & ~given.single[given.order[given.starts]]]
    first, second = given.order[paired], given.order[paired + 1]
    pair = np.sort(np.column_stack([given.unit[first], given.unit[second]]), axis=1)
    step = given.ends[first, 2:] - given.ends[first, :2]
    table = pd.DataFrame({"one": pair[:, 0], "other": pair[:, 1], "length": np.hypot(step[:, 0], step[:, 1])})
    table["x"], table["y"] = given.ends[first, :2].T + step.T / 2
    table = table[table["one"] != table["other"]].sort_values(["one", "other", "length"], kind="stable")
    return table.groupby(["one", "other"], as_index=False).agg(
        length=("length", "sum"), x=("x", "mean"), y=("y", "mean")
    )
