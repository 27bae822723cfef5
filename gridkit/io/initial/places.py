"""Where the features of a look lie: in degrees, and inside which other layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridkit.geo.crs import to_lonlat
from gridkit.io.shifts import to_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.io.initial.look import Look

LONLAT: Final = "EPSG:4490"
_MOST: Final = 2_000


def degrees(look: Look) -> gpd.GeoSeries | None:
    """Return the geometries of a layer in degrees; None where its system does not say how."""
    if look.geometry is None or not look.crs:
        return None
    try:
        return to_lonlat(gpd.GeoSeries(look.geometry, crs=look.crs))
    except (CRSError, ValueError):
        return None


def written(look: Look, fields: Mapping[str, int]) -> gpd.GeoSeries | None:
    """Return the places of a layer or table that are written in degrees, as they are written; None for metres."""
    if look.geometry is None:
        return _points(look, fields)
    if look.crs and not _geographic(look.crs):
        return None
    fits = in_degrees(look)
    return gpd.GeoSeries(look.geometry, crs=LONLAT) if fits else None


def in_degrees(look: Look) -> bool:
    """Tell whether all numbers of a layer can be degrees."""
    west, south, east, north = shapely.total_bounds(look.geometry)
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def _points(look: Look, fields: Mapping[str, int]) -> gpd.GeoSeries | None:
    if not {"lon", "lat"} <= set(fields):
        return None
    x, y = (np.array([_number(cell) for cell in look.columns[fields[name]]], dtype=float) for name in ("lon", "lat"))
    points = np.full(len(x), None, dtype=object)
    there = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    points[there] = shapely.points(x[there], y[there])
    return gpd.GeoSeries(points, crs=LONLAT)


def _number(cell: object) -> float:
    number = to_degrees(cell)[0]
    return float("nan") if number is None else number


def _geographic(crs: str) -> bool:
    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        return False


def share_inside(children: gpd.GeoSeries, parents: gpd.GeoSeries) -> float:
    """Return the share of features of which a point inside lies in some parent; of many features a sample.

    >>> from shapely.geometry import box
    >>> share_inside(gpd.GeoSeries([box(0, 0, 1, 1), box(5, 5, 6, 6)]), gpd.GeoSeries([box(0, 0, 2, 2)]))
    0.5
    """
    shapes = _usable(children)
    holders = _usable(parents)
    if not len(shapes) or not len(holders):
        return float("nan")
    if len(shapes) > _MOST:
        shapes = shapes[np.linspace(0, len(shapes) - 1, _MOST).astype(int)]
    hits = shapely.STRtree(holders).query(shapely.point_on_surface(shapes), predicate="within")[0]
    return len(np.unique(hits)) / len(shapes)


def tiled(children: gpd.GeoSeries, parents: gpd.GeoSeries) -> float:
    """Return the area of the features as a share of that of the parents; both in degrees, so that only a share is told.

    >>> from shapely.geometry import box
    >>> tiled(gpd.GeoSeries([box(0, 0, 1, 1)]), gpd.GeoSeries([box(0, 0, 2, 1)]))
    0.5
    """
    whole = float(shapely.area(_usable(parents)).sum())
    return float(shapely.area(_usable(children)).sum()) / whole if whole else float("nan")


def _usable(series: gpd.GeoSeries) -> np.ndarray:
    shapes = np.array(series.array, dtype=object)
    fine = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    usable: np.ndarray = shapely.force_2d(shapes[fine])
    usable = usable[np.isfinite(shapely.bounds(usable)).all(axis=1)]
    broken = ~shapely.is_valid(usable)
    usable[broken] = shapely.make_valid(usable[broken])  # only looked at here, never written
    return usable
