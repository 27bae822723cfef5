"""Give overlaps and gaps to units, so that the layer is a coverage there; every other unit keeps its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.topology.mesh import dissolved
from gridkit.topology.vertices import kept_only, points_of

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]

ROUNDS: Final = 5
"""How often what did not come out clean is rolled back before all of it is."""
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


def settle(shapes: Array, defects: Defects, target: Array) -> Repaired:
    """Give each defect to its target, and take back what does not come out clean.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        The layer, in metres, as it was given to :func:`gridkit.topology.defects.find_defects`.
    defects : Defects
    target : numpy.ndarray of int
        Position of the unit that gets each defect, -1 to leave it as it is.

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
    for _ in range(ROUNDS):
        result, changed = _given(shapes, defects, goal)
        broken = _broken(shapes, result, changed, left=defects.frame["geometry"].to_numpy()[goal < 0])
        if not len(broken):
            return Repaired(result, changed, goal >= 0, (target >= 0) & (goal < 0))
        goal[_touching(defects, broken)] = -1
    return Repaired(shapes.copy(), np.zeros(0, dtype=np.intp), np.zeros(len(target), dtype=bool), target >= 0)


def _given(shapes: Array, defects: Defects, target: Array) -> tuple[Array, Array]:
    """Return the shapes with every settled defect given to its target, and the units that it touches."""
    cut, of_face = defects.cut, defects.of_face
    position = np.full(len(shapes), -1, dtype=np.intp)
    position[cut.units] = np.arange(len(cut.units))
    goal = np.where(of_face >= 0, target[of_face], -1) if len(target) else np.full(len(of_face), -1)
    given = np.flatnonzero(goal >= 0)
    keep = goal[cut.face] < 0
    fresh = dissolved(cut, np.r_[cut.face[keep], given], np.r_[cut.unit[keep], position[goal[given]]])
    changed = _touched(defects, target)
    result = shapes.copy()
    made = fresh[position[changed]]
    lost = np.array([one is None for one in made], dtype=bool)
    made[lost] = shapely.Polygon()
    result[changed] = made
    whole = changed[~lost]
    result[whole] = kept_only(result[whole], _needed(shapes, defects, target), shapes[whole])
    return result, changed


def _needed(shapes: Array, defects: Defects, target: Array) -> Array:
    """Return the vertices of settled defects, and of units that are cut only because their edges do not match."""
    settled = defects.frame["geometry"].to_numpy()[target >= 0]
    return np.r_[points_of(settled), points_of(shapes[_uneven(defects)])]


def _touched(defects: Defects, target: Array) -> Array:
    """Return the units that a settled defect touches, and those whose vertices a neighbour lacks."""
    return np.union1d(_beside(defects, target >= 0), _uneven(defects))


def _beside(defects: Defects, which: Array) -> Array:
    """Return the units that touch any of the defects ``which``."""
    cut = defects.cut
    tree = shapely.STRtree(cut.faces)
    faces = tree.query(defects.frame["geometry"].to_numpy()[which], predicate="intersects")[1]
    return cut.units[np.unique(cut.unit[np.isin(cut.face, faces)])]


def _uneven(defects: Defects) -> Array:
    """Return the units that touch no defect: they were cut only because a neighbour lacks a vertex of theirs."""
    return np.setdiff1d(defects.cut.units, _beside(defects, np.ones(len(defects.frame), dtype=bool)))


def _broken(before: Array, result: Array, changed: Array, *, left: Array) -> Array:
    """Return the changed units that are empty, or whose edges match no longer but where a defect was ``left``."""
    empty = changed[shapely.is_empty(result[changed]) | ~shapely.is_valid(result[changed])]
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


def _touching(defects: Defects, units: Array) -> Array:
    """Return the defects that the given units claim or border on."""
    rows = [table.loc[table["unit"].isin(units), "defect"] for table in (defects.claimed, defects.borders)]
    return np.union1d(*rows)
