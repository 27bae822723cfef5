"""Coordinates of Chinese map services: known by name, and brought back to the earth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.geo.axes import degrees_of
from gridkit.geo.datum import bd09_to_wgs84, gcj02_to_wgs84
from gridkit.io import values
from gridkit.io.text import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Shifts = Mapping[str, Callable[[Any, Any], tuple[Any, Any]]]

DEGREES: Final = "S177"
"""Said of cells with degrees, minutes and seconds."""

ASSUMED: Final = "EPSG:4326"
"""What degrees are taken for where nothing is stated."""

SHIFTED: Final[Shifts] = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
"""Map-service systems that are no coordinate systems of the earth, and the way back."""

_SHIFT_NAMES: Final = {
    "gcj02": "gcj02", "火星坐标": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "火星": "gcj02", "火星坐标系": "gcj02",
    "bd09": "bd09", "bd09ll": "bd09", "百度": "bd09", "百度坐标": "bd09", "百度坐标系": "bd09",
}  # fmt: skip
_WGS84_NAMES: Final = {
    "wgs84": "EPSG:4326",
    "cgcs2000": "EPSG:4490",
    "国家2000": "EPSG:4490",
    "2000国家大地坐标系": "EPSG:4490",
}


def shift_of(stated: str) -> str:
    """Return ``gcj02`` or ``bd09`` where a system is one of them, else ``""``.

    >>> shift_of("GCJ-02"), shift_of("BD-09"), shift_of("EPSG:4490")
    ('gcj02', 'bd09', '')
    """
    return _SHIFT_NAMES.get(compact(stated).replace("-", "").replace("_", "").split("(")[0], "")


def crs_of_datum(stated: str) -> str:
    """Return the coordinate system that a cell such as ``WGS84`` or ``国家2000`` names; the text itself otherwise.

    >>> crs_of_datum("WGS-84"), crs_of_datum("国家2000"), crs_of_datum("GCJ-02")
    ('EPSG:4326', 'EPSG:4490', 'GCJ-02')
    """
    return _WGS84_NAMES.get(compact(stated).replace("-", "").replace("_", ""), stated)


def to_degrees(cell: object) -> tuple[float | None, str]:
    """Return a coordinate; degrees with minutes and seconds are understood, and said (``S177``).

    >>> to_degrees("107°58'30″E"), to_degrees("107.975")
    ((107.975, 'S177'), (107.975, ''))
    """
    found = degrees_of(cell) if isinstance(cell, str) else None
    return values.to_number(cell) if found is None else (found, DEGREES)


def convert_datum(geometry: NDArray[np.object_], shifted: str) -> NDArray[np.object_]:
    """Return geometries in WGS 84 degrees, every vertex converted from ``gcj02`` or ``bd09``."""
    back = SHIFTED[shifted]

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = back(xy[:, 0], xy[:, 1])
        return np.column_stack([lon, lat])

    moved: NDArray[np.object_] = shapely.transform(shapely.force_2d(geometry), move)
    return moved
