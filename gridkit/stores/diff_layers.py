"""Two versions of a boundary layer compared, as a GeoPackage: events with their places, and the crosswalk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd

from gridkit.geo.crs import to_lonlat
from gridkit.stores.gpkg import write_geopackage
from gridkit.topology.changes import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from gridkit.model.boundaries import LayerDiff


def write_layers_gpkg(diff: LayerDiff, path: Path) -> None:
    """Write the events (layer ``events``, EPSG:4490) and the crosswalk (a table without geometry); codes are text.

    The same bytes for the same two files.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written, or another program has it open.
    """
    write_geopackage([("events", _events(diff)), ("crosswalk", diff.crosswalk)], path)


def _events(diff: LayerDiff) -> gpd.GeoDataFrame:
    events = diff.events
    data: dict[str, Any] = {
        "event": events["event"].astype(object),
        "kind": events["event"].map(KINDS).astype(object),
        "level": diff.level,
        "old": _joined(events["old"]),
        "new": _joined(events["new"]),
        "old_names": [_named(codes, diff.names_old) for codes in events["old"]],
        "new_names": [_named(codes, diff.names_new) for codes in events["new"]],
    }
    for name in ("area_m2", "share_old", "share_new", "households"):
        data[name] = events[name]
    data["evidence"] = ["; ".join(f"{key}={_said(value)}" for key, value in one.items()) for one in events["evidence"]]
    frame = gpd.GeoDataFrame(data, geometry=events.geometry.to_numpy(), crs=events.crs or "EPSG:4490")
    return to_lonlat(frame)


def _joined(codes: pd.Series) -> list[str]:
    return ["; ".join(some) for some in codes]


def _named(codes: tuple[str, ...], names: Any) -> str:
    return "; ".join(names.get(code, "") for code in codes)


def _said(value: Any) -> str:
    return ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)
