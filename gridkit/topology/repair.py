"""Give overlaps and gaps to units, so that the layer is a coverage there; every other unit keeps its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.geo.edges import mixed, places_of, segments, unmatched
from gridkit.topology.mesh import dissolved
from gridkit.topology.resolve import changes_of
from gridkit.topology.vertices import kept_only, points_of

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects
    from gridkit.topology.mesh import Mesh

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
    goal, result = target.copy(), shapes.copy()
    spared = np.zeros(0, dtype=np.intp) if may_empty is None else may_empty
    tree, corners = shapely.STRtree(shapes), _Corners.of(defects.cut)
    loose = _loose(shapes, defects, tree)
    changed = anew = np.union1d(_beside(defects, corners, goal != LEAVE), loose.units)
    for _ in range(ROUNDS):
        needed = np.r_[corners.at(defects, goal != LEAVE), loose.points]
        result[anew] = shapes[anew]
        _give(result, defects, goal, np.intersect1d(anew, changed), needed=needed)
        broken = _broken(shapes, result, anew, may_empty=spared)
        broken = np.union1d(broken, _other_area(shapes, result, changed, defects=defects, target=goal))
        broken = np.union1d(broken, _uneven(shapes, result, defects, goal, near=_around(tree, shapes, anew)))
        broken = np.intersect1d(broken, changed)
        if not len(broken):
            return Repaired(result, changed, goal != LEAVE, (target != LEAVE) & (goal == LEAVE))
        dropped = np.zeros(len(goal), dtype=bool)
        dropped[_touching(defects, broken)] = True
        anew = np.union1d(_beside(defects, corners, dropped & (goal != LEAVE)), broken)
        goal[dropped] = LEAVE
        loose = _Loose(np.setdiff1d(loose.units, broken), loose.points)
        changed = np.union1d(_beside(defects, corners, goal != LEAVE), loose.units)
    return Repaired(shapes.copy(), np.zeros(0, dtype=np.intp), np.zeros(len(target), dtype=bool), target != LEAVE)


def _give(result: Array, defects: Defects, target: Array, units: Array, *, needed: Array) -> None:
    """Put the units together again, each settled defect given to its target; of their new vertices the needed stay."""
    cut, of_face = defects.cut, defects.of_face
    position = np.full(len(result), -1, dtype=np.intp)
    position[cut.units] = np.arange(len(cut.units))
    goal = np.where(of_face >= 0, target[of_face], LEAVE) if len(target) else np.full(len(of_face), LEAVE)
    given = np.flatnonzero(goal >= 0)
    keep = goal[cut.face] == LEAVE
    face, owner = np.r_[cut.face[keep], given], np.r_[cut.unit[keep], position[goal[given]]]
    wanted = np.zeros(len(cut.units), dtype=bool)
    wanted[position[units]] = True
    made = dissolved(cut, face[wanted[owner]], owner[wanted[owner]])[position[units]]
    lost = shapely.is_missing(made)
    made[lost] = shapely.Polygon()
    made[~lost] = kept_only(made[~lost], needed, result[units[~lost]])
    result[units] = made


@dataclass(frozen=True)
class _Corners:
    """The vertices of the faces of a mesh: one number for the place of each, and its face."""

    keys: Array
    face: Array

    @classmethod
    def of(cls, cut: Mesh) -> _Corners:
        """Return the vertices of a mesh."""
        points, face = shapely.get_coordinates(cut.faces, return_index=True)
        return cls(mixed(*(points + 0.0).T), face)

    def at(self, defects: Defects, which: Array) -> Array:
        """Return the vertices of the defects ``which`` (a mask)."""
        return self.keys[np.r_[which, False][defects.of_face][self.face]]


@dataclass(frozen=True)
class _Loose:
    """Units with edges that match none of a neighbour though no defect lies there, and the vertices of these edges."""

    units: Array
    points: Array


def _loose(shapes: Array, defects: Defects, tree: shapely.STRtree) -> _Loose:
    """Find the edges among those without a partner that are no edge of a defect."""
    units = defects.cut.units
    near = _around(tree, shapes, units)
    ends, unit = segments(shapes[near])
    free = unmatched(ends) & np.isin(near[unit], units)
    ends, unit = ends[free], near[unit[free]]
    places = defects.frame["geometry"].to_numpy()
    free = ~np.isin(places_of(ends)[0], places_of(segments(places)[0])[0])
    free[_within(places, ends, free)] = False
    some = np.unique(unit[free])
    near = _around(tree, shapes, some)
    edges, of = segments_of(shapely.coverage_invalid_edges(shapes[near]))
    mine = np.isin(near[of], some)
    edges, of = edges[mine], near[of[mine]]
    free = np.ones(len(edges), dtype=bool)
    free[shapely.STRtree(places).query(edges, predicate="dwithin", distance=NEAR)[0]] = False
    if not free.any():
        return _Loose(units[:0], np.zeros(0, dtype=np.uint64))
    middle = shapely.line_interpolate_point(edges[free], 0.5, normalized=True)
    beside = shapely.STRtree(shapes[units]).query(middle, predicate="dwithin", distance=NEAR)[1]
    return _Loose(np.unique(np.r_[of[free], units[beside]]), np.unique(points_of(edges[free])))


def _within(places: Array, ends: Array, which: Array) -> Array:
    """Return the segments, of those ``which`` (a mask), that belong to one of the places."""
    at = np.flatnonzero(which)
    lines = shapely.linestrings(ends[at].reshape(-1, 2, 2))
    return at[shapely.STRtree(places).query(lines, predicate="dwithin", distance=NEAR)[0]]


def _around(tree: shapely.STRtree, shapes: Array, units: Array) -> Array:
    """Return the units and those beside them, and perhaps some more: those whose bounds meet theirs."""
    return np.union1d(tree.query(shapes[units])[1], units)


def segments_of(lines: Array) -> tuple[Array, Array]:
    """Return the segments of lines as lines of their own, and the position of the line of each."""
    parts, of_part = shapely.get_parts(lines, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    same = part[1:] == part[:-1]
    if not same.any():
        return np.empty(0, dtype=object), np.zeros(0, dtype=np.intp)
    return shapely.linestrings(np.stack([points[:-1][same], points[1:][same]], axis=1)), of_part[part[:-1][same]]


def _beside(defects: Defects, corners: _Corners, which: Array) -> Array:
    """Return the units that touch any of the defects ``which`` (a mask)."""
    cut = defects.cut
    touched = np.zeros(len(cut.faces), dtype=bool)
    touched[corners.face[np.isin(corners.keys, corners.at(defects, which))]] = True
    return cut.units[np.unique(cut.unit[touched[cut.face]])]


def _broken(before: Array, result: Array, units: Array, *, may_empty: Array) -> Array:
    """Return the units that are empty, not valid, or in more parts than a polygon."""
    shapes = result[units]
    several = (shapely.get_type_id(before[units]) == shapely.GeometryType.POLYGON) & (
        shapely.get_num_geometries(shapes) > 1
    )
    empty = shapely.is_empty(shapes) & ~np.isin(units, may_empty)
    return units[empty | several | ~shapely.is_valid(shapes)]


def _uneven(before: Array, result: Array, defects: Defects, target: Array, *, near: Array) -> Array:
    """Return the units, of those at the positions ``near``, whose edges match no longer.

    Edges may differ where a defect was left. Edges that match, or did not before and lie at no settled defect, need no
    closer look.
    """
    ends, unit = segments(result[near])
    single = unmatched(ends)
    place, unit = places_of(ends[single])[0], near[unit[single]]
    earlier, _ = segments(before[near])
    settled = np.r_[target != LEAVE, False][defects.of_face]
    fresh = ~np.isin(place, places_of(earlier[unmatched(earlier)])[0])
    fresh |= np.isin(place, places_of(segments(defects.cut.faces[settled])[0])[0])
    some = np.unique(unit[fresh])
    if not len(some):
        return some
    near = np.union1d(near[np.unique(shapely.STRtree(result[near]).query(result[some])[1])], some)
    was = shapely.coverage_invalid_edges(before[near])
    known = np.r_[defects.frame["geometry"].to_numpy()[target == LEAVE], was[~shapely.is_empty(was)]]
    parts, of = shapely.get_parts(shapely.coverage_invalid_edges(result[near]), return_index=True)
    there = ~shapely.is_empty(parts)
    parts, of = parts[there], of[there]
    if len(known) and len(parts):
        middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
        expected = np.unique(shapely.STRtree(known).query(middle, predicate="dwithin", distance=NEAR)[0])
        of = np.delete(of, expected)
    return near[np.unique(of)]


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
