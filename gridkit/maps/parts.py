"""Geometries as paths of whole Web-Mercator units: the rings of polygons, lines, and points, without a loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORLD = 2**28
"""Width of the world in units."""
POLYGON, POINT, LINE = 0, 1, 2
"""Kinds of parts."""

_MAX_LAT = 85.0511287798
_MAX_LON = 1000.0
_KIND = np.array([POINT, LINE, LINE, POLYGON], dtype=np.int64)
"""By ``shapely.GeometryType``: point, line string, linear ring, polygon."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Features cut into parts, parts into paths, paths into points.

    ``units`` has shape (points, 2); a path of a polygon leaves out the closing point.
    """

    parts: NDArray[np.int64]
    """Parts of each feature."""
    kind: NDArray[np.int64]
    """Kind of each part."""
    paths: NDArray[np.int64]
    """Paths of each part."""
    points: NDArray[np.int64]
    """Points of each path."""
    closed: NDArray[np.bool_]
    """Whether each path is a ring."""
    units: NDArray[np.int64]


def project(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return whole Web-Mercator units, shape (n, 2), of degrees, shape (n, 2); y grows to the south.

    >>> project(np.array([[0.0, 0.0], [-180.0, 85.0511287798]])).tolist()
    [[134217728, 134217728], [0, 0]]
    """
    lat = np.radians(np.clip(lonlat[:, 1], -_MAX_LAT, _MAX_LAT))
    x = np.clip(lonlat[:, 0], -_MAX_LON, _MAX_LON) / 360.0 + 0.5
    y = 0.5 - np.arctanh(np.sin(lat)) / (2 * np.pi)
    return np.rint(np.column_stack([x, y]) * WORLD).astype(np.int64)


def unproject(units: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return degrees of Web-Mercator units, the inverse of :func:`project` up to rounding."""
    x, y = units[:, 0] / WORLD, units[:, 1] / WORLD
    lat = np.degrees(np.arcsin(np.tanh((0.5 - y) * 2 * np.pi)))
    return np.column_stack([(x - 0.5) * 360.0, lat])


def parts_of(shapes: NDArray[Any]) -> Parts:
    """Return the parts of geometries in degrees, shape (n,), None and empty ones without any part.

    Rings run one way and holes the other, so that a page may fill by winding number. Points closer than a unit become
    one; a polygon or line of which less than an outline is left becomes a point, a hole nothing. Lines beside polygons
    of one feature, which a repair leaves, have no area and are dropped.
    """
    parts, owner = _exploded(shapes)
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are dropped below
        parts = shapely.orient_polygons(parts)
    kind = _KIND[shapely.get_type_id(parts)] if len(parts) else np.zeros(0, np.int64)
    polygon = kind == POLYGON
    rings, ring_part = shapely.get_rings(np.where(polygon, parts, None), return_index=True)
    paths = np.concatenate([rings, parts[~polygon]])
    part = np.concatenate([ring_part, np.flatnonzero(~polygon)]).astype(np.int64)
    order = np.argsort(part, kind="stable")
    part = part[order]
    units, path = _quantised(paths[order], polygon[part])
    return _whole(units, path, part, kind=kind, owner=owner, features=len(shapes))


def _exploded(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return simple geometries and the feature of each."""
    parts, owner = shapes, np.arange(len(shapes))
    while True:
        there = ~(shapely.is_missing(parts) | shapely.is_empty(parts))
        parts, owner = parts[there], owner[there]
        if not (shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any():
            break
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    kind = shapely.get_type_id(parts)
    has_area = np.bincount(owner[kind == shapely.GeometryType.POLYGON], minlength=len(shapes)) > 0
    line = (kind == shapely.GeometryType.LINESTRING) | (kind == shapely.GeometryType.LINEARRING)
    keep = ~(line & has_area[owner])
    return parts[keep], owner[keep]


def _quantised(paths: NDArray[Any], closed: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return units and the path of each point, without repeated points and the closing point of rings."""
    lonlat, path = shapely.get_coordinates(paths, return_index=True)
    finite = np.isfinite(lonlat).all(axis=1)
    if not finite.all():
        lonlat, path = lonlat[finite], path[finite]
    units = project(lonlat)
    fresh = np.ones(len(units), dtype=bool)
    fresh[1:] = (units[1:] != units[:-1]).any(axis=1) | (path[1:] != path[:-1])
    units, path = units[fresh], path[fresh]
    first, last = _ends(path)
    closing = last[(first < last) & closed[path[last]] & (units[first] == units[last]).all(axis=1)]
    return np.delete(units, closing, axis=0), np.delete(path, closing)


def _ends(path: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the first and last points of runs of equal numbers."""
    turn = np.flatnonzero(np.diff(path)) + 1
    if not len(path):
        return turn, turn
    return np.concatenate([[0], turn]), np.concatenate([turn, [len(path)]]) - 1


def _whole(
    units: NDArray[np.int64],
    path: NDArray[np.int64],
    part: NDArray[np.int64],
    *,
    kind: NDArray[np.int64],
    owner: NDArray[np.int64],
    features: int,
) -> Parts:
    """Return parts of which every path is one: degenerate rings and lines become points or nothing."""
    count = np.bincount(path, minlength=len(part))
    start = np.cumsum(count) - count
    second = np.minimum(start + 1, start + np.maximum(count - 1, 0))[path]
    third = (units != units[start[path]]).any(axis=1) & (units != units[second]).any(axis=1)
    has_three = np.bincount(path[third], minlength=len(part)) > 0
    good = np.select([kind[part] == POLYGON, kind[part] == LINE], [has_three, count > 1], count > 0)
    outer = np.ones(len(part), dtype=bool)
    outer[1:] = part[1:] != part[:-1]
    part_good = good[outer]
    feature_good = np.bincount(owner[part_good], minlength=features) > 0
    to_point = ~part_good & ~feature_good[owner] & (count[outer] > 0)
    kept_part = part_good | to_point
    kept = kept_part[part] & np.where(to_point[part], outer, good)
    is_first = np.zeros(len(units), dtype=bool)
    is_first[start[count > 0]] = True
    point_kept = kept[path] & (~to_point[part[path]] | is_first)
    kind = np.where(to_point, POINT, kind)
    return Parts(
        parts=np.bincount(owner[kept_part], minlength=features),
        kind=kind[kept_part],
        paths=np.bincount(part[kept], minlength=len(kind))[kept_part],
        points=np.bincount(path[point_kept], minlength=len(part))[kept],
        closed=(kind == POLYGON)[part[kept]],
        units=units[point_kept],
    )
