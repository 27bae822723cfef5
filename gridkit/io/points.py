"""Points inside registries: one system for all, conversions said, and numbers that are no degrees of the place."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.errors import LayerError
from gridkit.geo.axes import CHINA, decimals, metric_reading, step_in_metres
from gridkit.geo.detect import ENOUGH
from gridkit.io.notes import noticed
from gridkit.io.shifts import SHIFTED, shift_of
from gridkit.locale import N_

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridkit.io.fields import Records
    from gridkit.model import Source

    Numbers = NDArray[np.float64]
    Mask = NDArray[np.bool_]

COARSE = 100.0
"""Metres: points known to this only are in another compound."""


def converted(records: Records) -> Records:
    """Return a registry whose ``lon`` and ``lat`` are WGS 84 (CGCS2000) degrees.

    Rows whose ``datum`` says GCJ-02 or BD-09 are converted, and say ``WGS84`` then (``S131``). Numbers that are no
    degrees on earth are taken away and named (``S135``), or (``S174``) if they are latitudes of China in place of
    longitudes; so are metres (``S175``): nothing is exchanged or converted unasked. Where no system is stated, WGS 84
    is assumed and said (``S130``).
    """
    if not {"lon", "lat"} <= records.given:
        return records
    frame, source = records.frame.copy(), records.source
    lon = frame["lon"].to_numpy(dtype=float, na_value=math.nan)
    lat = frame["lat"].to_numpy(dtype=float, na_value=math.nan)
    filled = np.isfinite(lon) & np.isfinite(lat)
    rows = frame["row"].to_numpy()
    swapped = filled & swapped_rows(lon, lat)
    wrong = filled & ((np.abs(lon) > 180) | (np.abs(lat) > 90) | ((lon == 0) & (lat == 0)) | swapped)
    notes = [*records.notes, *_axis_notes(source, rows, lon, lat, swapped=swapped, wrong=wrong)]
    notes += _digit_notes(source, lon[filled & ~wrong], lat[filled & ~wrong])
    rest = wrong & ~swapped  # what S174 tells is not told again
    if rest.any():
        refs = [source.cell(int(row), "lon") for row in rows[rest]]
        notes.append(noticed("S135", source.name, refs=refs, n=int(rest.sum())))
    lon[wrong] = lat[wrong] = math.nan
    stated = frame["datum"] if "datum" in frame else pd.Series("", index=frame.index, dtype="object")
    system = stated.map(shift_of).to_numpy(dtype=object)
    datum = stated.to_numpy(dtype=object).copy()
    for name, back in SHIFTED.items():
        mask = (system == name) & filled & ~wrong
        if mask.any():
            notes.append(noticed("S131", source.name, crs=str(datum[mask][0]), n=int(mask.sum())))
            lon[mask], lat[mask] = back(lon[mask], lat[mask])
            datum[mask] = "WGS84"
    unsaid = filled & ~wrong & (stated.to_numpy(dtype=object) == "")
    if unsaid.any():
        notes.append(noticed("S130", source.name, crs="EPSG:4326", n=int(unsaid.sum())))
    frame["lon"], frame["lat"] = pd.array(lon, dtype="Float64"), pd.array(lat, dtype="Float64")
    frame.loc[np.isnan(lon), ["lon", "lat"]] = pd.NA
    frame["datum"] = pd.array(datum, dtype="object")
    return replace(records, frame=frame, notes=notes)


def swapped_rows(lon: Numbers, lat: Numbers) -> Mask:
    """Tell in which rows what stands for a longitude is a latitude of China, and the other way round.

    >>> swapped_rows(np.array([26.5, 107.9]), np.array([107.9, 26.5])).tolist()
    [True, False]
    """
    west, south, east, north = CHINA
    found: Mask = (lon >= south) & (lon <= north) & (lat >= west) & (lat <= east)
    return found


def demand_order(records: Records, stated: bool, x: Numbers, y: Numbers) -> None:
    """Refuse a table of points whose columns are exchanged, with the line that exchanges them.

    Only columns as a whole are refused: at least half of their rows are latitudes of China where longitudes belong, or
    northings where eastings belong. ``stated``: whether the project states a system.
    """
    if not len(x):
        return
    metres = metric_reading([float(one) for one in (x.min(), y.min(), x.max(), y.max())])
    if 2 * swapped_rows(x, y).sum() > len(x):
        problem, known = N_("latitude and longitude are swapped"), True
    else:
        problem, known = N_("eastings and northings are swapped"), stated or metres is None or bool(metres.zone)
        if metres is None or not metres.swapped:
            return
    remedy = N_("write {line} for this layer in gridkit.toml")
    if not known:
        remedy = N_('write {line} and the zone, such as crs = "EPSG:4545" for 108°E, for this layer in gridkit.toml')
    line = exchange_line(records.source)
    if metres is not None and metres.zone and not stated:
        line += f' crs = "{metres.systems[0]}"'
    raise LayerError(problem, place=records.source.name, remedy=remedy, line=line)


def exchange_line(source: Source) -> str:
    """Return the line of a project file that exchanges the two columns."""
    lon, lat = (source.headers.get(field, field) for field in ("lon", "lat"))
    return f'columns = {{ lon = "{lat}", lat = "{lon}" }}'


def _axis_notes(
    source: Source, rows: Any, lon: Numbers, lat: Numbers, *, swapped: Mask, wrong: Mask
) -> list[dict[str, Any]]:
    """Tell of exchanged axes, with the line that exchanges whole columns, and of metres, with the system they name."""
    notes = []
    header, other = (source.headers.get(field, field) for field in ("lon", "lat"))
    filled = np.isfinite(lon) & np.isfinite(lat)
    if swapped.any():
        refs = [source.cell(int(row), "lon") for row in rows[swapped]]
        params: dict[str, Any] = {"header": header, "column": other, "n": int(swapped.sum())}
        if 2 * swapped.sum() > filled.sum():
            params |= {"line": exchange_line(source), "variant": "columns"}
        notes.append(noticed("S174", source.name, refs=refs, **params))
    metres = wrong & ~swapped & (np.abs(lon) > 1_000) & (np.abs(lat) > 1_000)
    if metres.any():
        bounds = (lon[metres].min(), lat[metres].min(), lon[metres].max(), lat[metres].max())
        reading = metric_reading([float(one) for one in bounds])
        if reading is not None:
            refs = [source.cell(int(row), "lon") for row in rows[metres]]
            order = "y, x: " if reading.swapped else ""
            line = order + (reading.systems[0] if reading.zone else f"{reading.systems[0]} - {reading.systems[-1]}")
            notes.append(noticed("S175", source.name, refs=refs, header=header, n=int(metres.sum()), line=line))
    return notes


def _digit_notes(source: Source, lon: Numbers, lat: Numbers) -> list[dict[str, Any]]:
    """Tell of places that are rounded to more than a hundred metres."""
    if len(lon) < ENOUGH:
        return []
    digits = decimals(np.concatenate([lon, lat]))
    step = step_in_metres(digits, degrees=True)
    if step < COARSE:
        return []
    params: dict[str, Any] = {"decimals": digits, "step": round(step, 1), "n": len(lon)}
    return [noticed("S176", source.name, refs=[source.name], **params)]
