"""Polygons cut into faces along all their borders: every place once, with those who claim it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.geo.edges import grouped, places_of, segments
from gridkit.topology.faces import GRAIN, claims, noded, polygons_between

if TYPE_CHECKING:
    from gridkit.topology.faces import Regions

Array = np.ndarray[Any, Any]

LOST: Final = 1e-3
"""Square metres that the faces of a unit may differ from it."""
SAME: Final = 1e-8
"""Share of its area by which they may, too."""


@dataclass(frozen=True)
class Mesh:
    """Some units of a layer as faces.

    ``units`` are the positions of the units in the layer; ``faces`` the polygons between all their borders, without
    overlap and with equal vertices along shared borders; ``face`` and ``unit`` the claims: pairs of a face and a
    position in ``units``, sorted. A face without a claim lies between the units.
    """

    units: Array
    faces: Array
    face: Array
    unit: Array

    @property
    def count(self) -> Array:
        """How many units claim each face."""
        return np.bincount(self.face, minlength=len(self.faces))


def mesh(shapes: Array, units: Array, *, lines: Array | None = None) -> Mesh:
    """Return the units at the positions ``units`` of ``shapes`` as faces, cut along further ``lines`` (m, 4) as well.

    Where the last digit keeps lines from closing, so that faces do not add up to their unit, vertices are rounded.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> found = mesh(two, np.array([0, 1]))
    >>> sorted(zip(shapely.area(found.faces).tolist(), found.count.tolist()))
    [(1.0, 1), (1.0, 1), (1.0, 2)]
    """
    chosen = shapes[units]
    ends, _ = segments(chosen)
    ends = ends if lines is None else np.vstack([ends, lines])
    order, starts, _ = grouped(ends)
    each = ends[np.sort(order[starts])]
    cut = _of_lines(noded(each), chosen, units)
    return cut if _is_whole(cut, chosen) else _of_lines(noded(each, grain=GRAIN), chosen, units)


def _of_lines(lines: Array, chosen: Array, units: Array) -> Mesh:
    faces = polygons_between(lines)
    face, unit = claims(faces, chosen)
    return Mesh(units, faces, face, unit)


def mesh_around(shapes: Array, units: Array, regions: Regions) -> Mesh:
    """Return the units at the positions ``units``, all that are ``loose`` among them, as faces.

    The segments without a partner are cut already. Those with one meet anything but at common ends only in places that
    several units claim, or on the edge of such a place: along it, or with an end at which the edge has no vertex.

    Examples
    --------
    >>> from gridkit.topology.faces import find_regions
    >>> two = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> sorted(mesh_around(two, np.array([0, 1]), find_regions(two)).count.tolist())
    [1, 1, 2]
    """
    chosen = shapes[units]
    ends, _ = segments(chosen)
    place, _ = places_of(ends)
    _, first = np.unique(place, return_index=True)
    first = np.sort(first[~np.isin(place[first], places_of(regions.ends)[0])])
    even = shapely.linestrings(ends[first].reshape(-1, 2, 2))
    over = regions.shapes[regions.count > 1]
    crossing = np.unique(shapely.STRtree(over).query(even, predicate="intersects")[0])
    if not len(crossing):
        return _of_lines(np.r_[regions.lines, even], chosen, units)
    met = np.unique(shapely.STRtree(even[crossing]).query(regions.lines, predicate="intersects")[0])
    both = shapely.get_coordinates(regions.lines[met]).reshape(-1, 4)
    again = noded(np.vstack([both, ends[first[crossing]]]))
    cut = _of_lines(np.r_[np.delete(regions.lines, met), np.delete(even, crossing), again], chosen, units)
    return cut if _is_whole(cut, chosen) else mesh(shapes, units)  # the last digit can keep lines from closing


def _is_whole(cut: Mesh, chosen: Array) -> bool:
    """Return whether the faces of each unit add up to it."""
    own = shapely.area(chosen)
    parts = np.bincount(cut.unit, weights=shapely.area(cut.faces)[cut.face], minlength=len(chosen))
    return bool((np.abs(parts - own) <= LOST + SAME * own).all())


def dissolved(cut: Mesh, face: Array, unit: Array) -> Array:
    """Return the shape that each unit of the mesh has if it owns the given faces; None where it owns none.

    Parameters
    ----------
    cut : Mesh
    face, unit : numpy.ndarray of int
        Pairs: the face, and the position in ``cut.units`` of a unit that owns it.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> cut = mesh(two, np.array([0, 1]))
    >>> keep = np.flatnonzero((cut.count[cut.face] == 1) | (cut.unit == 0))  # the first keeps what both claim
    >>> shapely.area(dissolved(cut, cut.face[keep], cut.unit[keep])).tolist()
    [2.0, 1.0]
    """
    order = np.lexsort((face, unit))
    face, unit = face[order], unit[order]
    result = np.empty(len(cut.units), dtype=object)
    result[np.unique(unit)] = joined_by(cut.faces[face], unit)
    return result


def joined_by(faces: Array, key: Array) -> Array:
    """Return the faces of each ``key`` (sorted) put together, in the order of the keys.

    >>> shapely.area(joined_by(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]), np.array([3, 3]))).tolist()
    [2.0]
    """
    _, starts, number = np.unique(key, return_index=True, return_counts=True)
    result = np.empty(len(starts), dtype=object)
    for many in np.unique(number).tolist():  # all of as many faces at once
        mine = np.flatnonzero(number == many)
        some = faces[starts[mine, None] + np.arange(many)]
        result[mine] = some[:, 0] if many == 1 else _joined_each(some)
    return result


def _joined_each(faces: Array) -> Array:
    """Return each row of faces, shape (n, m), put together."""
    try:
        return np.asarray(shapely.coverage_union_all(faces, axis=1))
    except shapely.GEOSException:
        result = np.empty(len(faces), dtype=object)
        result[:] = [joined(some) for some in faces]
        return result


def joined(faces: Array) -> shapely.Geometry:
    """Return faces put together.

    >>> joined(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])).area
    2.0
    """
    try:
        return shapely.coverage_union_all(faces)
    except shapely.GEOSException:  # noded at the last digit, faces can overlap by that digit
        return shapely.union_all(faces)
