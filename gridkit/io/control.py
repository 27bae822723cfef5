"""Control points of a project: read, fitted, and applied to a layer, with every residual said."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gridkit.errors import LayerError
from gridkit.geo.axes import degrees_of, metric_reading, swapped_degrees
from gridkit.geo.control import LEAST_POINTS, Fit, fit
from gridkit.geo.crs import LONLAT, resolve_crs
from gridkit.io.notes import noticed
from gridkit.io.raw import located
from gridkit.io.sheets import read_sheets, side_source
from gridkit.io.text import cell_text, compact
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from gridkit.io.fields import Records
    from gridkit.model import Source

KIND: Final = "control"
"""``Source.kind`` of a table of control points."""
FINE: Final = 1.0
"""Metres of residuals above which a fit is too rough to measure compounds with."""
AROUND: Final = 20_000.0
"""Metres from the layer in which control points lie."""

_HEADERS: Final = {
    "name": "name 点名 点号 名称 编号 id",
    "x": "x 东坐标 原东坐标 旧东坐标 原x 旧x east easting",
    "y": "y 北坐标 原北坐标 旧北坐标 原y 旧y north northing",
    "lon": "lon 经度 目标经度 longitude",
    "lat": "lat 纬度 目标纬度 latitude",
    "target_x": "target_x 目标东坐标 目标x 新东坐标 新x",
    "target_y": "target_y 目标北坐标 目标y 新北坐标 新y",
    "target_crs": "target_crs 目标坐标系 新坐标系",
    "height": "height 高程 原高程 大地高 h",
    "target_height": "target_height 目标高程 新高程 目标大地高",
}
_FIELD_OF: Final = {compact(word): field for field, words in _HEADERS.items() for word in words.split()}


@dataclass(frozen=True)
class Control:
    """What a project says of control points: the file, its folder, the number of parameters, and the old system."""

    path: str
    root: Path
    transform: str = "4"
    crs: str = ""


def fitted(
    records: Records, geometry: NDArray[np.object_], control: Control, *, stated: str
) -> tuple[Records, NDArray[np.object_], str]:
    """Bring a layer in an old or local system to CGCS2000 with the control points of the project.

    Parameters
    ----------
    records : Records
        The layer's table; the findings ``S178`` and ``S179`` are added to it.
    geometry : array of geometries
        In the numbers of the file.
    control : Control
        Where the points stand.
    stated : str
        The system that the file states, where the project states none.

    Returns
    -------
    Records, array of geometries, str
        The findings added; degrees; ``EPSG:4490``.

    Raises
    ------
    LayerError
        If the points cannot be read, are not those of the layer, or decide no transformation.
    """
    points, place = read_points(control)
    usable = _usable(control.crs or stated)
    _demand_near(points, geometry, usable, place)
    found = fit(points, control.transform, source=usable, place=place)
    there = ~shapely.is_missing(geometry) & np.isfinite(shapely.bounds(geometry)).all(axis=1)
    moved = geometry.copy()
    moved[there] = found.to_lonlat(geometry[there])
    notes = [*records.notes, *_notes(records.source.name, place, found, int(there.sum()))]
    return replace(records, notes=notes), moved, LONLAT


def source_of(control: Control) -> Source:
    """Return the file of the control points as an input of the project; it is no table that is marked or counted."""
    file, place = located(control.path, control.root, layer=True)
    sheet = read_sheets(file, place)[0]
    rows = sum(any(cell_text(cell).strip() for cell in row) for row in sheet.cells) - 1
    return side_source(sheet, KIND, rows=rows, kept=rows)


def read_points(control: Control) -> tuple[pd.DataFrame, str]:
    """Return the control points with ``lon`` and ``lat`` in degrees of CGCS2000, and the name of their file."""
    file, place = located(control.path, control.root, layer=True)
    sheet = read_sheets(file, place)[0]
    rows = [row for row in sheet.cells if any(cell_text(cell).strip() for cell in row)]
    headers = [_FIELD_OF.get(compact(cell_text(cell)), "") for cell in rows[0]] if rows else []
    columns = {field: [row[at] for row in rows[1:]] for at, field in enumerate(headers) if field}
    targets = ("lon", "lat") if {"lon", "lat"} <= set(columns) else ("target_x", "target_y", "target_crs")
    lacking = [field for field in ("x", "y", *targets) if field not in columns]
    if lacking:
        raise LayerError(
            N_("the control points lack the column(s) {lacking}"),
            place=place,
            remedy=N_(
                "name them: name, x, y (old system, easting first), and lon, lat or target_x, target_y, target_crs"
            ),
            lacking=", ".join(lacking),
        )
    table = pd.DataFrame({"name": _names(columns, len(rows) - 1)})
    for field in ("x", "y", *targets[:2], "height", "target_height"):
        if field in columns:
            table[field] = _numbers(columns[field], field, place, empty=field.endswith("height"))
    if targets[0] != "lon":
        table["lon"], table["lat"] = _degrees(table, columns["target_crs"], place)
    _demand_order(table, place)
    return table, place


def _names(columns: dict[str, list[Any]], n: int) -> list[str]:
    given = [cell_text(cell).strip() for cell in columns.get("name", [""] * n)]
    return [name or str(number) for number, name in enumerate(given, start=1)]


def _numbers(cells: Sequence[Any], field: str, place: str, *, empty: bool) -> list[float]:
    out = []
    for number, cell in enumerate(cells, start=2):
        text = cell_text(cell).strip()
        value = degrees_of(text)
        if value is None:
            try:
                value = float(text) if text or not empty else math.nan
            except ValueError:
                value = math.nan
        if not (math.isfinite(value) or (empty and not text)):
            raise LayerError(
                N_("line {row}: {field} is not a number"),
                place=place,
                remedy=N_("correct the cell, or remove the line"),
                row=number,
                field=field,
            )
        out.append(value)
    return out


def _degrees(table: pd.DataFrame, systems: Sequence[Any], place: str) -> tuple[Any, Any]:
    """Return the targets in degrees; their system must be one that needs no control points itself."""
    names = sorted({cell_text(cell).strip() for cell in systems} - {""})
    if len(names) != 1:
        raise LayerError(
            N_("the column target_crs must name one system, such as EPSG:4545"),
            place=place,
            remedy=N_("write the same system in each line"),
        )
    x, y = table["target_x"].to_numpy(dtype=float), table["target_y"].to_numpy(dtype=float)
    usable = resolve_crs(names[0], bounds=(x.min(), y.min(), x.max(), y.max()), place=place)
    lonlat: tuple[Any, Any] = Transformer.from_crs(usable, LONLAT, always_xy=True).transform(x, y)
    return lonlat


def _demand_order(table: pd.DataFrame, place: str) -> None:
    """Refuse northings before eastings, and latitudes before longitudes."""
    old = tuple(float(one) for one in (*table[["x", "y"]].min(), *table[["x", "y"]].max()))
    new = tuple(float(one) for one in (*table[["lon", "lat"]].min(), *table[["lon", "lat"]].max()))
    reading = metric_reading(old)
    if swapped_degrees(new) or swapped_degrees(old) or (reading is not None and reading.swapped):
        raise LayerError(
            N_("the columns of the control points are exchanged"),
            place=place,
            remedy=N_("x is the easting or longitude, y the northing or latitude"),
        )
    if not (table["lon"].between(-180, 180) & table["lat"].between(-90, 90)).all():
        raise LayerError(
            N_("lon and lat of the control points are no degrees"),
            place=place,
            remedy=N_("for metres use target_x, target_y and target_crs"),
        )


def _usable(crs: str) -> str:
    """Return a system that pyproj knows, ``""`` for a local one or none."""
    try:
        found = CRS.from_user_input(crs) if crs.strip() else None
    except CRSError:
        return ""
    return crs if found is not None and (found.is_geographic or found.is_projected) else ""


def _demand_near(points: pd.DataFrame, geometry: NDArray[np.object_], crs: str, place: str) -> None:
    """Refuse points that lie nowhere near the layer in the old system: they belong to another one."""
    minx, miny, maxx, maxy = shapely.total_bounds(geometry)
    if not math.isfinite(minx):
        return
    slack = AROUND / 111_000 if crs and CRS.from_user_input(crs).is_geographic else AROUND
    slack += max(maxx - minx, maxy - miny)
    near = points["x"].between(minx - slack, maxx + slack) & points["y"].between(miny - slack, maxy + slack)
    if not near.any():
        raise LayerError(
            N_("no control point lies near the layer in the old system"),
            place=place,
            remedy=N_("x and y must be numbers of the same system, zone and order as those of the layer"),
        )


def _notes(layer: str, place: str, found: Fit, n: int) -> list[dict[str, Any]]:
    table = found.residuals
    params: dict[str, Any] = {"n": n, "kind": found.kind, "points": len(table)}
    if len(table) <= LEAST_POINTS[found.kind] and found.kind == "4":
        return [noticed("S178", layer, refs=[place], **params, variant="bare")]
    text = "; ".join(f"{row.name_} {row.length:.2f}" for row in table.rename(columns={"name": "name_"}).itertuples())
    notes = [noticed("S178", layer, refs=[place], **params, rms=f"{found.rms:.2f}", text=text)]
    if found.outlier:
        length = float(table.loc[table["name"] == found.outlier, "length"].iloc[0])
        notes.append(noticed("S179", place, refs=[place], ident=found.outlier, distance_m=f"{length:.2f}"))
    elif found.rms > FINE:
        notes.append(noticed("S179", place, refs=[place], rms=f"{found.rms:.2f}", limit=f"{FINE:.0f}", variant="rough"))
    return notes
