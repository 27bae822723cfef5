"""Rows of defects: one form for all families, and who lives inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridkit.geo.finite import finite
from gridkit.topology.defects import widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.topology.levels import Level

Array = np.ndarray[Any, Any]

ROW_COLUMNS = (
    "code", "level", "units", "parents", "area_m2", "width_m", "length_m", "compounds", "households", "severity",
    "cause", "action", "target", "alternatives", "borders", "geometry", "params",
)  # fmt: skip
"""Columns of a row while defects are gathered: those of a defect, and the values that its sentence names."""


@dataclass(frozen=True)
class Inside:
    """Where compounds lie (points in metres) and how many households each has."""

    points: Array
    households: Array

    @classmethod
    def of(cls, level: Level | None) -> Inside:
        """Return the compounds of a level; of none where there is no such level."""
        if level is None:
            return cls(np.empty(0, dtype=object), np.zeros(0, dtype=np.int64))
        there = finite(level.raw)
        shapes = np.where(shapely.is_missing(level.shapes), level.raw, level.shapes)[there]
        households = pd.to_numeric(level.frame["households"], errors="coerce").fillna(0).to_numpy(np.int64)
        return cls(shapely.point_on_surface(shapes), households[there])

    def count(self, shapes: Array) -> tuple[Array, Array]:
        """Return how many compounds and households lie in each geometry."""
        size = len(shapes)
        if not size or not len(self.points):
            return np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        at, point = shapely.STRtree(self.points).query(shapes, predicate="intersects")
        households = np.bincount(at, weights=self.households[point], minlength=size)
        return np.bincount(at, minlength=size), np.rint(households).astype(np.int64)


def objects(values: Sequence[Any]) -> Array:
    """Return values, tuples and dictionaries among them, as one array of objects."""
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


def no_rows() -> pd.DataFrame:
    """Return rows without any."""
    return pd.DataFrame(columns=list(ROW_COLUMNS))


def rows(level: str, code: str | Array, units: Sequence[tuple[str, ...]], geometry: Array, **more: Any) -> pd.DataFrame:
    """Return rows of one level; what ``more`` does not give is filled.

    Parameters
    ----------
    level : str
    code : str or numpy.ndarray
        The rule, one for all or one per row.
    units : sequence of tuple of str
        Codes of the units of each row.
    geometry : numpy.ndarray of shapely geometries
    """
    size = len(units)
    lines = shapely.get_dimensions(geometry) == 1
    areal = (shapely.get_dimensions(geometry) == 2) & ~shapely.is_empty(geometry)
    table = {
        "code": code, "level": level, "units": objects(list(units)), "parents": objects([()] * size),
        "area_m2": np.where(areal, shapely.area(geometry), 0.0), "width_m": np.where(areal, widths(geometry), 0.0),
        "length_m": np.where(lines, shapely.length(geometry), np.nan), "compounds": 0, "households": 0, "severity": "",
        "cause": "", "action": "ask", "target": "", "alternatives": objects([()] * size),
        "borders": objects([()] * size), "geometry": geometry, "params": objects([{} for _ in range(size)]), **more,
    }  # fmt: skip
    return pd.DataFrame(table, index=range(size))[list(ROW_COLUMNS)]


def number(value: float) -> str:
    """Return a length or an area as short text, never 0 for something.

    >>> [number(value) for value in (10566123.4, 45.678, 0.5, 0.0001, 0.0)]
    ['10,566,123', '45.7', '0.50', '<0.01', '0']
    """
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.005 else "<0.01" if value > 0 else "0"
