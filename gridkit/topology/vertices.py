"""Drop vertices of polygons that cutting has put in and nothing needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gridkit.geo.edges import mixed

Array = np.ndarray[Any, Any]


def points_of(shapes: Array) -> Array:
    """Return one number for the place of each vertex of shapes, which numpy can look up quickly."""
    return mixed(*(shapely.get_coordinates(shapes) + 0.0).T)


def kept_only(shapes: Array, allowed: Array, own: Array) -> Array:
    """Return polygons without the vertices that neither they had before nor others need.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        Shape (n,).
    allowed : numpy.ndarray of numpy.uint64
        Vertices that every polygon may have, from :func:`points_of`.
    own : numpy.ndarray of shapely polygons or multipolygons
        Shape (n,): each polygon as it was; its vertices stay.

    Returns
    -------
    numpy.ndarray
        A ring that would have fewer than three vertices is kept whole.

    Examples
    --------
    >>> cut = np.array([shapely.Polygon([(0, 0), (1, 0), (2, 0), (2, 2), (0, 2)])])
    >>> kept_only(cut, np.array([], dtype=np.uint64), np.array([shapely.box(0, 0, 2, 2)]))[0].wkt
    'POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))'
    """
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    keys = points_of(rings)
    last = np.r_[ring[1:] != ring[:-1], True]
    stay = np.isin(keys, allowed) | _own(keys, of_part[of_ring[ring]], own)
    stay &= ~last
    enough = np.bincount(ring[stay], minlength=len(rings)) >= 3
    stay |= ~last & ~enough[ring]
    if stay.sum() == (~last).sum():
        return shapes
    points, ring = points[stay], ring[stay]
    fresh = shapely.linearrings(points, indices=ring)  # closes each ring
    part_of_ring = of_ring
    shell = np.r_[True, part_of_ring[1:] != part_of_ring[:-1]]
    polygons = shapely.polygons(fresh[shell])
    holed = np.unique(part_of_ring[~shell])
    for at in holed.tolist():
        mine = part_of_ring == at
        polygons[at] = shapely.polygons(fresh[mine & shell][0], fresh[mine & ~shell])
    result = shapes.copy()
    many = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON
    result[of_part[~many[of_part]]] = polygons[~many[of_part]]
    if many.any():
        result[many] = shapely.multipolygons(polygons[many[of_part]], indices=_dense(of_part[many[of_part]]))
    return result


def _own(keys: Array, unit: Array, own: Array) -> Array:
    """Return which vertices (of unit ``unit``) the unit had before."""
    points, owner = shapely.get_coordinates(own, return_index=True)
    before = mixed(mixed(*(points + 0.0).T), owner)
    return np.isin(mixed(keys, unit), before)


def _dense(values: Array) -> Array:
    return np.unique(values, return_inverse=True)[1]
