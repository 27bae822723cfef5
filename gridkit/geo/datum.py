"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps.

The formulas are the unofficial reconstruction that circulates in public (its author reports random terms of up to about
one metre per axis in the original); they are not a standard. The inverse is the fixed-point iteration with four steps:
0.001 mm of inversion error, and a cap where common code loops until a tolerance is met. Every vertex must be converted,
because the shift varies by tens of metres inside a city.

Outside the box of China nothing is shifted, in either direction. The box is a rectangle, as in the map services' own
clients: it reaches into the neighbouring countries, where the numbers of a map service are not shifted and undoing a
shift would be wrong. Inside a prefecture of China that does not matter; along its land borders the user has to know.
Within about 1.5 km of the edge of the box, in no city of China, there and back is not exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]

AXIS: Final = 6378245.0
"""Semi-major axis of the Krasovsky ellipsoid in metres (not 6378137, a frequent error worth 12 mm)."""
ECCENTRICITY2: Final = 0.00669342162296594323
ITERATIONS: Final = 4
BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north outside of which the formula does not apply."""
_BD_PI: Final = np.pi * 3000.0 / 180.0


def in_box(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell which degrees lie in the box in which the formulas are applied at all; NaN does not.

    >>> in_box([108.0, -104.9], [26.6, 39.7]).tolist()
    [True, False]
    """
    lon, lat = _arrays(lon, lat)
    west, south, east, north = BOX
    found: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return GCJ-02 degrees of WGS 84 (or CGCS2000) degrees, element by element.

    >>> lon, lat = wgs84_to_gcj02([116.3913], [39.9075])
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4)
    (116.3975, 39.9089)
    """
    lon, lat = _arrays(lon, lat)
    inside = in_box(lon, lat)
    dlon, dlat = _shift(np.where(inside, lon, 105.0), np.where(inside, lat, 35.0))
    return np.where(inside, lon + dlon, lon), np.where(inside, lat + dlat, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return WGS 84 degrees of GCJ-02 degrees (Amap, Tencent), exact to about 1e-6 m.

    >>> lon, lat = gcj02_to_wgs84(*wgs84_to_gcj02([113.26], [23.13]))
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (113.26, 23.13)
    """
    lon, lat = _arrays(lon, lat)
    inside = in_box(lon, lat)
    x = aim_x = np.where(inside, lon, 105.0)
    y = aim_y = np.where(inside, lat, 35.0)
    for _ in range(ITERATIONS):
        dlon, dlat = _shift(x, y)
        x, y = aim_x - dlon, aim_y - dlat
    return np.where(inside, x, lon), np.where(inside, y, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return BD-09 degrees (Baidu) of GCJ-02 degrees."""
    lon, lat = _arrays(lon, lat)
    inside = in_box(lon, lat)
    x, y = _turned(lon, lat)
    return np.where(inside, x, lon), np.where(inside, y, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return GCJ-02 degrees of BD-09 degrees: the closed form (0.22 m), then the same iteration."""
    lon, lat = _arrays(lon, lat)
    inside = in_box(lon, lat)
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(ITERATIONS):
        bx, by = _turned(x, y)
        x, y = x - (bx - lon), y - (by - lat)
    return np.where(inside, x, lon), np.where(inside, y, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return BD-09 degrees of WGS 84 degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return WGS 84 degrees of BD-09 degrees (Baidu).

    >>> lon, lat = bd09_to_wgs84(*wgs84_to_bd09([108.0], [26.6]))
    >>> round(float(lon[0]), 8), round(float(lat[0]), 8)
    (108.0, 26.6)
    """
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _arrays(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lon, dtype="float64"), np.asarray(lat, dtype="float64")


def _turned(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """Return the BD-09 numbers of GCJ-02 numbers."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """Return the GCJ-02 shift in degrees."""
    x, y, pi = lon - 105.0, lat - 35.0, np.pi
    waves = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = np.deg2rad(lat)
    magic = 1.0 - ECCENTRICITY2 * np.sin(phi) ** 2
    dlat = north * 180.0 / (AXIS * (1.0 - ECCENTRICITY2) / (magic * np.sqrt(magic)) * pi)
    dlon = east * 180.0 / (AXIS / np.sqrt(magic) * np.cos(phi) * pi)
    return dlon, dlat
