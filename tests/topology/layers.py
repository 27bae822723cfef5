"""Cities of a few shapes, for tests of boundary layers."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo import place
from gridkit.model import City, Layer, conform
from gridkit.model.boundaries import Inspection
from gridkit.model.fields import LAYER_FIELDS
from gridkit.topology.inspect import inspect
from tests import tiny


def layer(level: str, units: list[dict[str, Any]], *, crs: str = tiny.CRS) -> Layer:
    """A layer of units with ``code``, fields, and ``wkt`` from a corner of the sheet or ``shape`` as it is."""
    frame = pd.DataFrame([{key: value for key, value in unit.items() if key not in ("wkt", "shape")} for unit in units])
    frame.index = pd.Index(frame.pop("code"), dtype="object", name="code")
    frame["name"] = frame["name"].fillna("") if "name" in frame else ""
    frame["src"], frame["row"] = f"{level}.gpkg!{level}", range(1, len(frame) + 1)
    shapes = [unit["shape"] if "shape" in unit else moved(unit["wkt"]) for unit in units]
    frame["geometry"] = gpd.GeoSeries(shapes, index=frame.index)
    return Layer(level, gpd.GeoDataFrame(conform(frame, LAYER_FIELDS[level]), geometry="geometry", crs=crs))


def moved(wkt: str) -> shapely.Geometry:
    """The shape of a well-known text, moved to where the tiny city lies."""
    return shapely.transform(shapely.from_wkt(wkt), lambda points: points + np.array([tiny.X0, tiny.Y0]))


def city(layers: dict[str, list[dict[str, Any]]], *, crs: str = tiny.CRS, as_of: Any = None) -> City:
    made = {level: layer(level, units, crs=crs) for level, units in layers.items()}
    return City("shapes", crs, as_of, made, {}, tuple(tiny.source(level, len(one)) for level, one in made.items()))


def of_shapes(shapes: Any, *, level: str = "community", crs: str = tiny.CRS) -> City:
    """A city of one level whose units are named by their numbers."""
    return city({level: [{"code": f"{at:03d}", "shape": shape} for at, shape in enumerate(shapes)]}, crs=crs)


def inspected(one: City, **more: Any) -> Inspection:
    return inspect(one, place(one), **more)
