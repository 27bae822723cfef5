"""Points inside registries: one system for all, conversions said."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridkit.io.notes import REFS, noticed
from gridkit.io.shifts import SHIFTED, shift_of

if TYPE_CHECKING:
    from gridkit.io.fields import Records


def converted(records: Records) -> Records:
    """Return a registry whose ``lon`` and ``lat`` are WGS 84 (CGCS2000) degrees.

    Rows whose ``datum`` says GCJ-02 or BD-09 are converted, and say ``WGS84`` then (``S131``). Numbers that are no
    degrees on earth are taken away and named (``S135``). Where no system is stated, WGS 84 is assumed and said
    (``S130``).
    """
    if not {"lon", "lat"} <= records.given:
        return records
    frame, source = records.frame.copy(), records.source
    lon = frame["lon"].to_numpy(dtype=float, na_value=math.nan)
    lat = frame["lat"].to_numpy(dtype=float, na_value=math.nan)
    filled = np.isfinite(lon) & np.isfinite(lat)
    wrong = filled & ((np.abs(lon) > 180) | (np.abs(lat) > 90) | ((lon == 0) & (lat == 0)))
    notes = list(records.notes)
    if wrong.any():
        lon[wrong] = lat[wrong] = math.nan
        refs = [source.cell(int(row), "lon") for row in frame["row"].to_numpy()[wrong][:REFS]]
        notes.append(noticed("S135", source.name, refs=refs, n=int(wrong.sum())))
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
