"""The levels of a city made ready to be looked at: polygons in metres, codes in order, the parent of each unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gridkit.geo import comprehensive, metric_crs, stated_parent, to_lonlat, to_metric
from gridkit.geo.finite import finite
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS, STREET

if TYPE_CHECKING:
    import geopandas as gpd

    from gridkit.model import City, Places

Array = np.ndarray[Any, Any]

POINT, POLYGON, MULTIPOLYGON, COLLECTION = 0, 3, 6, 7
PARENT: Final = {COMMUNITY: STREET, GRID: COMMUNITY, COMPOUND: COMMUNITY}
"""The level that states the parent of another."""
_STEPS: Final = (12, 9, 6)
"""Digits of a statistical code of a community, a street, a county."""


@dataclass(frozen=True)
class Level:
    """One level, its units in the order of their codes.

    ``raw`` is the geometry as given, in metres; ``shapes`` the valid polygons of it, None where there is no area;
    ``parent`` the code of the parent that a unit states or that its own code begins with, ``""`` for none;
    ``covers`` the units that should cover the ground without overlap (no exclusive grids, no compounds).
    """

    name: str
    frame: pd.DataFrame
    codes: Array
    raw: Array
    shapes: Array
    parent: Array
    covers: Array

    @property
    def drawn(self) -> Array:
        """Positions of the units with an area."""
        return np.flatnonzero(~shapely.is_missing(self.shapes))


def system_of(city: City) -> str:
    """Return the metric system of the city; one for its centre where the city is in degrees."""
    if not CRS.from_user_input(city.crs).is_geographic:
        return city.crs
    for level in city.layers.values():
        bounds = shapely.bounds(level.frame.geometry.to_numpy()).reshape(-1, 4)
        bounds = bounds[np.isfinite(bounds).all(axis=1)]
        if len(bounds):
            middle = (bounds[:, :2].min(axis=0) + bounds[:, 2:].max(axis=0)) / 2
            return metric_crs(float(middle[0]), float(middle[1]))
    return city.crs


def read_levels(city: City, places: Places, crs: str) -> dict[str, Level]:
    """Return the levels of ``city`` in the metric system ``crs``."""
    return {name: _level(city, places, name, crs) for name in LEVELS if name in city.layers}


def _level(city: City, places: Places, name: str, crs: str) -> Level:
    frame = city.layers[name].frame
    texts = np.array([str(code) for code in frame.index], dtype=object)
    order = np.argsort(texts, kind="stable")
    shapes = frame.geometry if frame.crs is not None else frame.geometry.set_crs(city.crs)
    raw = np.array(to_metric(shapes, crs).to_numpy(), dtype=object)[order]
    sheet = pd.DataFrame(frame.drop(columns="geometry"))
    covers = np.ones(len(frame), dtype=bool)
    if name == GRID:
        covers = frame.index.isin(comprehensive(frame).index)
    if name == COMPOUND:
        covers[:] = False
    parent = _parents(city, places, name).to_numpy(dtype=object)
    return Level(name, sheet.iloc[order], texts[order], raw, areal(raw), parent[order], covers[order])


def areal(raw: Array) -> Array:
    """Return the valid polygons of geometries; None where nothing of one has an area.

    >>> areal(np.array([shapely.Point(0, 0), shapely.box(0, 0, 1, 1), None])).tolist()
    [None, <POLYGON ((1 0, 1 1, 0 1, 0 0, 1 0))>, None]
    """
    kinds = shapely.get_type_id(raw)
    there = finite(raw)
    result = np.full(len(raw), None, dtype=object)
    plain = there & np.isin(kinds, (POLYGON, MULTIPOLYGON))
    result[plain] = raw[plain]
    for at in np.flatnonzero((there & (kinds == COLLECTION)) | (plain & ~shapely.is_valid(raw))):
        result[at] = _polygons_of(raw[at])
    result[~(shapely.area(result) > 0)] = None
    return result


def _polygons_of(geometry: shapely.Geometry) -> shapely.Geometry | None:
    fixed = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(fixed))
    parts = parts[shapely.get_type_id(parts) == POLYGON]
    if not len(parts):
        return None
    whole = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    return whole if shapely.is_valid(whole) else None


def _parents(city: City, places: Places, name: str) -> pd.Series:
    """Return the parent of each unit: as stated, else as its own code begins, else by place."""
    frame = city.layers[name].frame
    if name == STREET:
        return pd.Series([county_of(str(code)) for code in frame.index], index=frame.index, dtype=object)
    above = PARENT[name]
    stated = stated_parent(city, name, above).fillna("")
    if above not in city.layers:
        return stated
    known = {stem(str(code)): str(code) for code in city.layers[above].frame.index}
    by_code = pd.Series([known.get(_above(str(code)), "") for code in frame.index], index=frame.index, dtype=object)
    placed = places.frame["community"] if name == COMPOUND else places.parents.get(name)
    by_place = pd.Series("", index=frame.index) if placed is None else placed.reindex(frame.index).fillna("")
    found = stated.where(stated != "", by_code)
    return found.where(found != "", by_place)


def stem(code: str) -> str:
    """Return a statistical code without the zeros that fill it up.

    >>> stem("110105020000"), stem("110105000000"), stem("110105020"), stem("A-7")
    ('110105020', '110105', '110105020', 'A-7')
    """
    if len(code) == _STEPS[0] and code.isdigit():
        for digits in reversed(_STEPS):
            if not code[digits:].strip("0"):
                return code[:digits]
    return code


def county_of(code: str) -> str:
    """Return the county that the code of a street begins with, ``""`` where it is no statistical code.

    >>> county_of("110105020000"), county_of("110105020"), county_of("S1")
    ('110105', '110105', '')
    """
    short = stem(code)
    return short[: _STEPS[2]] if len(short) == _STEPS[1] and short.isdigit() else ""


def _above(code: str) -> str:
    short = stem(code)
    if not short.isdigit() or len(short) <= _STEPS[2]:
        return ""
    return next(short[:digits] for digits in _STEPS if digits < len(short))


def lonlat(shapes: Array, crs: str) -> Array:
    """Return the place of each geometry in degrees, shape (n, 2), rounded to a centimetre; NaN where there is none."""
    import geopandas as gpd

    points = np.full(len(shapes), None, dtype=object)
    there = finite(shapes)
    points[there] = shapely.point_on_surface(shapes[there])
    degrees: gpd.GeoSeries = to_lonlat(gpd.GeoSeries(points, crs=crs))
    return np.round(np.column_stack([shapely.get_x(degrees.to_numpy()), shapely.get_y(degrees.to_numpy())]), 7)
