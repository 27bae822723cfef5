"""Places that no polygon of a layer claims, or several do: found from the segments that do not match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gridkit.geo.edges import segments, unmatched

Array = np.ndarray[Any, Any]

_SHARES: Final = (0.618, 0.382, 0.236, 0.146, 0.09, 0.056)
"""Shares of the extent of a face in which points are sought; no simple fractions, which borders have, too."""


@dataclass(frozen=True)
class Regions:
    """Places that are not claimed exactly once.

    ``shapes`` are polygons that do not overlap; ``count`` says how many polygons of the layer claim each (0 for a gap,
    2 and more for an overlap). ``loose`` are the units (positions) with segments that match none of a neighbour: those
    beside such places, those on the outside, and those with vertices that only one side has. ``ends`` are these
    segments, shape (m, 4), and ``lines`` what they are cut into where they meet.
    """

    shapes: Array
    count: Array
    loose: Array
    ends: Array
    lines: Array


CLEAR: Final = 1e-7
"""Metres from its border at which a point says whose a face is."""
GRAIN: Final = 1e-6
"""Metres to which vertices are rounded where lines would not close at the last digit."""


def noded(ends: Array, *, grain: float | None = None) -> Array:
    """Return segments cut where they meet, each place once: line strings, their vertices rounded to ``grain`` metres.

    Examples
    --------
    >>> len(noded(np.array([[0.0, 0.0, 2.0, 0.0], [1.0, -1.0, 1.0, 1.0]])))
    4
    """
    if not len(ends):
        return np.empty(0, dtype=object)
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    return shapely.get_parts(shapely.union_all(shapely.multilinestrings(lines), grid_size=grain))


def polygons_between(lines: Array) -> Array:
    """Return the polygons that noded lines enclose."""
    return shapely.get_parts(shapely.polygonize(lines)) if len(lines) else np.empty(0, dtype=object)


def claims(faces: Array, shapes: Array) -> tuple[Array, Array]:
    """Return which unit claims which face, as pairs of positions (face, unit), by a point inside each face.

    A face may have borders inside that two units have in common: a point on one says nothing, another is taken.

    Examples
    --------
    >>> claims(np.array([shapely.box(0, 0, 2, 1)]), np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    (array([0]), array([0]))
    """
    tree = shapely.STRtree(shapes)
    points = clear_points(faces)
    face, unit = tree.query(points, predicate="intersects")
    for share in _SHARES:
        number = np.bincount(face, minlength=len(faces))
        several = np.flatnonzero(number[face] > 1)
        again = face[several[shapely.touches(points[face[several]], shapes[unit[several]])]]
        free = np.flatnonzero(number == 0)  # a point on a border may, by its last digit, lie in neither unit
        free = free[shapely.distance(points[free], shapely.boundary(faces[free])) >= CLEAR]
        again = np.union1d(again, free[tree.query(points[free], predicate="dwithin", distance=CLEAR)[0]])
        if not len(again):
            break
        points[again] = _corner(faces[again], share)
        stay = ~np.isin(face, again)
        more, of = tree.query(points[again], predicate="intersects")
        face, unit = np.r_[face[stay], again[more]], np.r_[unit[stay], of]
    order = np.lexsort((unit, face))
    return face[order], unit[order]


def clear_points(faces: Array) -> Array:
    """Return a point inside each face, away from its border where the face has room.

    A face may have a tail as thin as the last digit, along lines that nearly meet: a point in it lies beside units that
    do not have the face.
    """
    points = shapely.point_on_surface(faces)
    tight = np.flatnonzero(shapely.distance(points, shapely.boundary(faces)) < CLEAR)
    for part in (10, 100):  # an inscribed circle would be searched for along all of a tail
        inner = shapely.buffer(faces[tight], -np.sqrt(shapely.area(faces[tight])) / part, quad_segs=1)
        room = ~shapely.is_empty(inner)
        points[tight[room]] = shapely.point_on_surface(inner[room])
        tight = tight[~room]
    return points


def _corner(faces: Array, share: float) -> Array:
    """Return a point inside each face, in the western part of its southern part, each of ``share`` of the extent."""
    west, south, east, north = shapely.bounds(faces).T
    part = shapely.intersection(faces, shapely.box(west, south, east, south + share * (north - south)))
    west, south, east, north = shapely.bounds(part).T
    return shapely.point_on_surface(
        shapely.intersection(part, shapely.box(west, south, west + share * (east - west), north))
    )


def find_regions(shapes: Array) -> Regions:
    """Return the places of a layer that are not claimed exactly once.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        Valid, in metres; shape (n,).

    Notes
    -----
    Only segments without a partner are noded: across a segment that has one, the number of claims does not change, so
    every face between unmatched segments has one number of claims throughout.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> found = find_regions(two)
    >>> found.count.tolist(), shapely.area(found.shapes).tolist()
    ([2], [1.0])
    """
    ends, unit = segments(shapes)
    single = unmatched(ends)
    lines = noded(ends[single])
    faces = polygons_between(lines)
    face, _ = claims(faces, shapes)
    count = np.bincount(face, minlength=len(faces))
    wrong = count != 1
    return Regions(faces[wrong], count[wrong], np.unique(unit[single]), ends[single], lines)
