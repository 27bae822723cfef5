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

    Numbers = NDArray[np.float64]
    Pair = tuple[Numbers, Numbers]

AXIS: Final = 6378245.0
"""Semi-major axis of the Krasovsky ellipsoid in metres (not 6378137, a frequent error worth 12 mm)."""
ECCENTRICITY2: Final = 0.00669342162296594323
ITERATIONS: Final = 4
BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north outside of which the formula does not apply."""
CHUNK: Final = 8_192
"""So many points are iterated at a time that they stay in the processor's cache."""
_PER_METRE: Final = 180.0 / (AXIS * np.pi)
_SIN35, _COS35 = float(np.sin(np.deg2rad(35.0))), float(np.cos(np.deg2rad(35.0)))
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
    out_x, out_y = np.array(lon, dtype="float64"), np.array(lat, dtype="float64")
    aim = lon[inside], lat[inside]
    found = np.empty_like(aim[0]), np.empty_like(aim[1])
    for start in range(0, len(aim[0]), CHUNK):
        part = slice(start, start + CHUNK)
        aim_x, aim_y = aim[0][part], aim[1][part]
        x, y = aim_x, aim_y
        for _ in range(ITERATIONS):
            dlon, dlat = _shift(x, y)
            x, y = aim_x - dlon, aim_y - dlat
        found[0][part], found[1][part] = x, y
    out_x[inside], out_y[inside] = found
    return out_x, out_y


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return BD-09 degrees (Baidu) of GCJ-02 degrees."""
    lon, lat = _arrays(lon, lat)
    inside = in_box(lon, lat)
    x, y = _turned(np.where(inside, lon, 105.0), np.where(inside, lat, 35.0))
    return np.where(inside, x, lon), np.where(inside, y, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return GCJ-02 degrees of BD-09 degrees: the closed form (0.22 m), then the same iteration."""
    lon, lat = _arrays(lon, lat)
    inside = in_box(lon, lat)
    aim_x, aim_y = np.where(inside, lon, 105.0), np.where(inside, lat, 35.0)
    x, y = aim_x - 0.0065, aim_y - 0.006
    for _ in range(ITERATIONS):
        bx, by = _turned(x, y)
        x, y = x - (bx - aim_x), y - (by - aim_y)
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


def _turned(lon: Numbers, lat: Numbers) -> Pair:
    """Return the BD-09 numbers of GCJ-02 numbers."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _shift(lon: Numbers, lat: Numbers) -> Pair:
    """Return the GCJ-02 shift in degrees.

    All waves of the formula are multiples of one angle for the longitude and of one for the latitude, which follow from
    one sine each: twenty sines fewer than as it is usually written, and the same numbers to 1e-10 m.
    """
    x, y = lon - 105.0, lat - 35.0
    half = np.sin(x * (np.pi / 120.0))
    sin_x, cos_x = 2.0 * half * np.sqrt(1.0 - half * half), 1.0 - 2.0 * half * half
    x2, x5, x20, x60, cos60 = _multiples(sin_x, cos_x)
    x120 = 2.0 * x60 * cos60
    waves = 40.0 / 3.0 * (x120 * (4.0 - 4.0 * x120 * x120))  # sin 360 + sin 120 = sin 120 (3 - 4 sin² 120 + 1)
    sin_phi = np.sin(lat * (np.pi / 180.0))
    cos_phi = np.sqrt(1.0 - sin_phi * sin_phi)
    third, cos_third = sin_phi * _COS35 - cos_phi * _SIN35, cos_phi * _COS35 + sin_phi * _SIN35
    square = third * third
    y2, y5, y20, y60, _ = _multiples(third * (3.0 - 4.0 * square), cos_third * (1.0 - 4.0 * square))
    root, mixed = np.sqrt(np.abs(x)), 0.1 * x * y + waves
    north = -100.0 + 2.0 * x + y * (3.0 + 0.2 * y) + 0.2 * root + mixed
    north += 40.0 / 3.0 * y60 + 80.0 / 3.0 * y20 + 320.0 / 3.0 * y5 + 640.0 / 3.0 * y2
    east = 300.0 + x * (1.0 + 0.1 * x) + 2.0 * y + 0.1 * root + mixed
    east += 40.0 / 3.0 * x60 + 80.0 / 3.0 * x20 + 100.0 * x5 + 200.0 * x2
    magic = 1.0 - ECCENTRICITY2 * sin_phi * sin_phi
    root = np.sqrt(magic)
    return east * root / cos_phi * _PER_METRE, north * (magic * root) * (_PER_METRE / (1.0 - ECCENTRICITY2))


def _multiples(sin: Numbers, cos: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Return the sines of 2, 5, 20 and 60 times an angle, and the cosine of 60 times."""
    sin2, cos2 = 2.0 * sin * cos, 1.0 - 2.0 * sin * sin
    sin4, cos4 = 2.0 * sin2 * cos2, 1.0 - 2.0 * sin2 * sin2
    sin5, cos5 = sin4 * cos + cos4 * sin, cos4 * cos - sin4 * sin
    sin10, cos10 = 2.0 * sin5 * cos5, 1.0 - 2.0 * sin5 * sin5
    sin20, cos20 = 2.0 * sin10 * cos10, 1.0 - 2.0 * sin10 * sin10
    square = sin20 * sin20
    return sin2, sin5, sin20, sin20 * (3.0 - 4.0 * square), cos20 * (1.0 - 4.0 * square)
