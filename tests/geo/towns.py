"""Synthetic towns whose datum is known: Voronoi communities, compounds inside them, numbers of a map service."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gridkit.geo.crs import metric_crs
from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02

CITIES = {"Kaili": (107.98, 26.57), "Guangzhou": (113.264, 23.129), "Beijing": (116.39, 39.9), "Urumqi": (87.6, 43.8)}
NUMBERS = {"GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}


def town(rng, k=60, size=1_100.0):
    """Return about ``k`` polygons that tile a disc."""
    side = size * np.sqrt(k)
    cells = shapely.voronoi_polygons(
        shapely.multipoints(rng.uniform(0, side, (k, 2))), extend_to=shapely.box(0, 0, side, side)
    )
    parts = shapely.intersection(
        shapely.get_parts(cells), shapely.buffer(shapely.Point(side / 2, side / 2), side * 0.56)
    )
    return parts[shapely.area(parts) > 1e4]


def homes(rng, parents, n, *, areal=True, noise=5.0):
    """Return ``n`` rectangles (or points) inside the parents, and the position of the parent of each."""
    weight = shapely.area(parents)
    chosen = rng.choice(len(parents), n, p=weight / weight.sum())
    shapes = []
    for at, width in zip(chosen, rng.uniform(70, 280, n), strict=True):
        inner = parents[at].buffer(-0.3 * width) if areal else parents[at]
        inner = parents[at] if inner.is_empty else inner
        minx, miny, maxx, maxy = inner.bounds
        spot = inner.representative_point()
        for x, y in zip(rng.uniform(minx, maxx, 40), rng.uniform(miny, maxy, 40), strict=True):
            if inner.contains(shapely.Point(x, y)):
                spot = shapely.Point(x, y)
                break
        x, y = spot.x + rng.normal(0, noise), spot.y + rng.normal(0, noise)
        half = width / 2
        shapes.append(shapely.box(x - half, y - half, x + half, y + half) if areal else shapely.Point(x, y))
    return np.array(shapes, dtype=object), chosen


class Place:
    """A city's metric system around which towns are laid."""

    def __init__(self, city="Kaili"):
        self.lon, self.lat = CITIES[city]
        crs = metric_crs(self.lon, self.lat)
        self.back = Transformer.from_crs(crs, "EPSG:4490", always_xy=True)
        self.x, self.y = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(self.lon, self.lat)

    def degrees(self, shapes, numbers=""):
        """Return metres about the city in degrees, or in the numbers of a map service."""

        def move(xy):
            lon, lat = self.back.transform(xy[:, 0] + self.x, xy[:, 1] + self.y)
            return np.column_stack(NUMBERS[numbers](lon, lat) if numbers else (lon, lat))

        return shapely.transform(shapes, move)


def layers(rng, truth, *, city="Kaili", n=60, label=True, shift=(0.0, 0.0), parents=None, **how):
    """Return children and parents in degrees, and the stated parents (None without ``label``)."""
    place = Place(city)
    cells = town(rng) if parents is None else parents
    shapes, at = homes(rng, cells, n, **how)
    shapes = shapely.transform(shapes, lambda xy: xy + np.array(shift))
    numbers = truth.removeprefix("reverse ")
    wrong = "" if truth == "same" else numbers
    reverse = truth.startswith("reverse")
    codes = np.array([f"p{i:03d}" for i in range(len(cells))], dtype=object)
    index = pd.Index([f"c{i:04d}" for i in range(n)])
    children = gpd.GeoSeries(place.degrees(shapes, "" if reverse else wrong), index=index, crs=4490)
    holders = gpd.GeoSeries(place.degrees(cells, wrong if reverse else ""), index=codes, crs=4490)
    return children, holders, pd.Series(codes[at], index=index) if label else None
