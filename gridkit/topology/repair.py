"""Give overlaps and gaps to units, so that the layer is a coverage there; every other unit keeps its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.topology.mesh import dissolved
from gridkit.topology.resolve import changes_of
from gridkit.topology.vertices import kept_only, points_of

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]

ROUNDING: Final = 1e-6
"""Metres by which a border may move when lines are cut."""
ROUNDS: Final = 8
"""How often what did not come out clean is rolled back before all of it is."""
LEAVE, REMOVE = -1, -2
"""Targets of a defect that is left as it is, and of one that no unit has afterwards."""
NEAR: Final = 1e-6
"""Metres within which an edge belongs to a defect that was left."""


@dataclass(frozen=True)
class Repaired:
    """The shapes of a layer after a repair.

    ``shapes`` in the order given; ``changed`` the positions of the units whose shape may be another; ``done`` which
    defects were settled; ``failed`` which were rolled back, because a unit beside them did not come out clean.
    """

    shapes: Array
    changed: Array
    done: Array
    failed: Array


def settle(shapes: Array, defects: Defects, target: Array, *, may_empty: Array | None = None) -> Repaired:
    """Give each defect to its target, and take back what does not come out clean.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        The layer, in metres, as it was given to :func:`gridkit.topology.defects.find_defects`.
    defects : Defects
    target : numpy.ndarray of int
        Position of the unit that gets each defect, ``LEAVE`` (-1) to leave it as it is, ``REMOVE`` (-2) to take it from
        all that claim it.
    may_empty : numpy.ndarray of int, optional
        Positions of the units of which nothing need be left.

    Notes
    -----
    A unit is put together again from the faces that it owns; as all faces come from one set of noded lines, their
    common borders are equal. Units that touch no settled defect are handed back as they came.

    Examples
    --------
    >>> from gridkit.topology.defects import find_defects
    >>> two = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> shapely.area(settle(two, find_defects(two), np.array([1])).shapes).tolist()
    [1.0, 2.0]
    """
    goal = target.copy()
    spared = np.zeros(0, dtype=np.intp) if may_empty is None else may_empty
    loose = _loose(shapes, defects)
    for _ in range(ROUNDS):
        result, changed = _given(shapes, defects, goal, loose)
        left = defects.frame["geometry"].to_numpy()[goal < 0]
        broken = _broken(shapes, result, changed, left=left, may_empty=spared)
        broken = np.union1d(broken, _other_area(shapes, result, changed, defects=defects, target=goal))
        if not len(broken):
            return Repaired(result, changed, goal != LEAVE, (target != LEAVE) & (goal == LEAVE))
        goal[_touching(defects, broken)] = LEAVE
        loose = _Loose(np.setdiff1d(loose.units, broken), loose.points)
    return Repaired(shapes.copy(), np.zeros(0, dtype=np.intp), np.zeros(len(target), dtype=bool), target != LEAVE)


def _given(shapes: Array, defects: Defects, target: Array, loose: _Loose) -> tuple[Array, Array]:
    """Return the shapes with every settled defect given to its target, and the units that it touches."""
    cut, of_face = defects.cut, defects.of_face
    position = np.full(len(shapes), -1, dtype=np.intp)
    position[cut.units] = np.arange(len(cut.units))
    goal = np.where(of_face >= 0, target[of_face], LEAVE) if len(target) else np.full(len(of_face), LEAVE)
    given = np.flatnonzero(goal >= 0)
    keep = goal[cut.face] == LEAVE
    fresh = dissolved(cut, np.r_[cut.face[keep], given], np.r_[cut.unit[keep], position[goal[given]]])
    changed = _touched(defects, target, loose)
    result = shapes.copy()
    made = fresh[position[changed]]
    lost = np.array([one is None for one in made], dtype=bool)
    made[lost] = shapely.Polygon()
    result[changed] = made
    whole = changed[~lost]
    result[whole] = kept_only(result[whole], _needed(defects, target, loose), shapes[whole])
    return result, changed


@dataclass(frozen=True)
class _Loose:
    """Units with edges that match none of a neighbour though no defect lies there, and the vertices of these edges."""

    units: Array
    points: Array


def _loose(shapes: Array, defects: Defects) -> _Loose:
    units = defects.cut.units
    edges, of = segments_of(shapely.coverage_invalid_edges(shapes[units]))
    free = np.ones(len(edges), dtype=bool)
    at = shapely.STRtree(defects.frame["geometry"].to_numpy()).query(edges, predicate="dwithin", distance=NEAR)[0]
    free[at] = False
    if not free.any():
        return _Loose(units[:0], np.zeros(0, dtype=np.uint64))
    middle = shapely.line_interpolate_point(edges[free], 0.5, normalized=True)
    beside = shapely.STRtree(shapes[units]).query(middle, predicate="dwithin", distance=NEAR)[1]
    return _Loose(np.unique(units[np.r_[of[free], beside]]), np.unique(points_of(edges[free])))


def segments_of(lines: Array) -> tuple[Array, Array]:
    """Return the segments of lines as lines of their own, and the position of the line of each."""
    parts, of_part = shapely.get_parts(lines, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    same = part[1:] == part[:-1]
    if not same.any():
        return np.empty(0, dtype=object), np.zeros(0, dtype=np.intp)
    return shapely.linestrings(np.stack([points[:-1][same], points[1:][same]], axis=1)), of_part[part[:-1][same]]


def _needed(defects: Defects, target: Array, loose: _Loose) -> Array:
    """Return the vertices of settled defects, and of edges that do not match though nothing lies between them."""
    settled = defects.frame["geometry"].to_numpy()[target != LEAVE]
    return np.r_[points_of(settled), loose.points]


def _touched(defects: Defects, target: Array, loose: _Loose) -> Array:
    """Return the units that a settled defect touches, and those whose vertices a neighbour lacks."""
    return np.union1d(_beside(defects, target != LEAVE), loose.units)


def _beside(defects: Defects, which: Array) -> Array:
    """Return the units that touch any of the defects ``which``."""
    cut = defects.cut
    tree = shapely.STRtree(cut.faces)
    faces = tree.query(defects.frame["geometry"].to_numpy()[which], predicate="intersects")[1]
    return cut.units[np.unique(cut.unit[np.isin(cut.face, faces)])]


def _broken(before: Array, result: Array, changed: Array, *, left: Array, may_empty: Array) -> Array:
    """Return the changed units that are empty, or in more parts than a polygon, or whose edges match no longer.

    Edges may differ where a defect was ``left``.
    """
    empty = np.setdiff1d(changed[shapely.is_empty(result[changed])], may_empty)
    single = shapely.get_type_id(before[changed]) == shapely.GeometryType.POLYGON
    parts = shapely.get_num_geometries(result[changed])
    empty = np.union1d(empty, changed[~shapely.is_valid(result[changed]) | (single & (parts > 1))])
    near = np.unique(shapely.STRtree(result).query(result[changed], predicate="intersects")[1])
    if not len(near):
        return empty
    was = shapely.coverage_invalid_edges(before[near])
    known = np.r_[left, was[~shapely.is_empty(was)]]
    parts, of = shapely.get_parts(shapely.coverage_invalid_edges(result[near]), return_index=True)
    some = ~shapely.is_empty(parts)
    parts, of = parts[some], of[some]
    if len(known) and len(parts):
        middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
        expected = np.unique(shapely.STRtree(known).query(middle, predicate="dwithin", distance=NEAR)[0])
        of = np.delete(of, expected)
    return np.union1d(empty, np.intersect1d(near[np.unique(of)], changed))


def _other_area(before: Array, result: Array, changed: Array, *, defects: Defects, target: Array) -> Array:
    """Return the changed units whose area did not change by what they gained and lost: their faces are incomplete.

    Lines that run along each other in the last digits can leave a face open.
    """
    moves = changes_of(defects, target, target != LEAVE)
    signed = np.where(moves["gains"].to_numpy(dtype=bool), 1.0, -1.0) * moves["area"].to_numpy()
    due = np.bincount(moves["unit"].to_numpy(np.intp), weights=signed, minlength=len(before))
    error = np.abs(shapely.area(result[changed]) - shapely.area(before[changed]) - due[changed])
    return changed[error > ROUNDING * np.maximum(shapely.length(before[changed]), 1.0)]


def _touching(defects: Defects, units: Array) -> Array:
    """Return the defects that the given units claim or border on."""
    rows = [table.loc[table["unit"].isin(units), "defect"] for table in (defects.claimed, defects.borders)]
    return np.union1d(*rows)
