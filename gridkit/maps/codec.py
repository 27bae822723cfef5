"""The map's data as text that the page decodes: columns per level and quantised integer coordinates.

Coordinates are Web-Mercator integers: the world is 2**28 units wide, so that one unit is one pixel of zoom level 20
(0.15 m at the equator, less elsewhere) and the page needs no trigonometry. Each ring holds its first point and then
the steps from point to point. The whole is JSON, gzip (no time stamp) and base64.

.. code-block:: text

    {"gk": 1, "levels": [{
        "level": "compound", "n": 2, "code": [...],
        "columns": {"name": ["..."], "status": {"of": ["OWN_BRANCH", "UNKNOWN"], "at": [0, 1]}},
        "parts": [1, 1],                 polygons (or points) of each feature, 0 without geometry
        "rings": [2, 1],                 rings of each part, 0 for a point
        "points": [4, 4, 4],             points of each ring without the closing one (of a point: 1)
        "xy": [x, y, dx, dy, ...]}]}
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

VERSION = 1
WORLD = 2**28
"""Width of the world in units."""

_MAX_LAT = 85.0511287798


def project(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return whole Web-Mercator units, shape (n, 2), of degrees, shape (n, 2); y grows to the south.

    >>> project(np.array([[0.0, 0.0], [-180.0, 85.0511287798]])).tolist()
    [[134217728, 134217728], [0, 0]]
    """
    lat = np.radians(np.clip(lonlat[:, 1], -_MAX_LAT, _MAX_LAT))
    x = lonlat[:, 0] / 360.0 + 0.5
    y = 0.5 - np.arctanh(np.sin(lat)) / (2 * np.pi)
    return np.rint(np.column_stack([x, y]) * WORLD).astype(np.int64)


def unproject(units: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return degrees of Web-Mercator units, the inverse of :func:`project` up to rounding."""
    x, y = units[:, 0] / WORLD, units[:, 1] / WORLD
    lat = np.degrees(np.arcsin(np.tanh((0.5 - y) * 2 * np.pi)))
    return np.column_stack([(x - 0.5) * 360.0, lat])


def encode_levels(frames: Mapping[str, gpd.GeoDataFrame]) -> str:
    """Return the text for frames of features.

    Parameters
    ----------
    frames : mapping of str to geopandas.GeoDataFrame
        Level -> features indexed by code, in degrees; columns of text, whole numbers (missing allowed) or tuples of
        text. Polygons and points are kept, of another geometry its representative point; None stays None.

    Returns
    -------
    str
        Base64 text, the same for equal frames.
    """
    levels = [_level(level, frame) for level, frame in frames.items()]
    text = json.dumps({"gk": VERSION, "levels": levels}, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode("ascii")


def decode_levels(text: str) -> dict[str, gpd.GeoDataFrame]:
    """Return the frames that :func:`encode_levels` was given, coordinates to one unit, for tests and tools."""
    data = json.loads(gzip.decompress(base64.b64decode(text)))
    if data["gk"] != VERSION:
        raise ValueError(f"version {data['gk']}")
    return {level["level"]: _frame(level) for level in data["levels"]}


def _level(level: str, frame: gpd.GeoDataFrame) -> dict[str, Any]:
    columns = {str(name): _column(frame[name]) for name in frame.columns if name != frame.geometry.name}
    head = {"level": level, "n": len(frame), "code": [str(code) for code in frame.index], "columns": columns}
    return head | _geometry(np.asarray(frame.geometry.array))


def _column(values: pd.Series) -> Any:
    """Return values as they are, or as places in the list of distinct values where that is shorter."""
    plain = [_plain(value) for value in values]
    if not all(isinstance(value, str) for value in plain):
        return plain
    distinct = sorted(set(plain))
    if 2 * len(distinct) > len(plain):
        return plain
    place = {value: at for at, value in enumerate(distinct)}
    return {"of": distinct, "at": [place[value] for value in plain]}


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else int(value)


def _geometry(shapes: NDArray[Any]) -> dict[str, list[int]]:
    """Return the parts, rings, points and steps of geometries, without a loop over them."""
    shapes = shapes.copy()
    shapes[shapely.is_empty(shapes)] = None
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    kind = shapely.get_type_id(parts)
    other = (kind != shapely.GeometryType.POLYGON) & (kind != shapely.GeometryType.POINT)
    # a collection made by repair holds stray lines beside its polygons: they have no area and are not drawn
    has_area = np.bincount(owner[kind == shapely.GeometryType.POLYGON], minlength=len(shapes)) > 0
    keep = ~(other & has_area[owner])
    parts, owner, other = parts[keep], owner[keep], other[keep]
    parts[other] = shapely.point_on_surface(parts[other])
    parts = shapely.orient_polygons(parts)  # the page fills by winding number: holes must run the other way
    polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_part = shapely.get_rings(np.where(polygon, parts, None), return_index=True)
    # one path per ring or point, in the order of the parts
    paths = np.concatenate([rings, parts[~polygon]])
    order = np.argsort(np.concatenate([ring_part, np.flatnonzero(~polygon)]), kind="stable")
    xy, path = shapely.get_coordinates(paths[order], return_index=True)
    is_ring = np.concatenate([np.ones(len(rings), bool), np.zeros(int((~polygon).sum()), bool)])[order]
    last = np.append(path[1:] != path[:-1], True) if len(path) else np.zeros(0, bool)
    keep = ~(last & is_ring[path])
    units, path = project(xy[keep]), path[keep]
    steps = np.diff(units, axis=0, prepend=0) if len(units) else units
    first = np.append(True, path[1:] != path[:-1]) if len(path) else np.zeros(0, bool)
    steps[first] = units[first]
    return {
        "parts": np.bincount(owner, minlength=len(shapes)).tolist(),
        "rings": np.bincount(ring_part, minlength=len(parts)).tolist(),
        "points": np.bincount(path, minlength=len(paths)).tolist(),
        "xy": steps.ravel().tolist(),
    }


def _frame(level: dict[str, Any]) -> gpd.GeoDataFrame:
    columns = {}
    for name, values in level["columns"].items():
        plain = [values["of"][at] for at in values["at"]] if isinstance(values, dict) else values
        columns[name] = [tuple(value) if isinstance(value, list) else value for value in plain]
    index = pd.Index(level["code"], dtype="object", name="code")
    frame = pd.DataFrame(columns, index=index, dtype="object")
    return gpd.GeoDataFrame(frame, geometry=_shapes(level), crs="EPSG:4490")


def _shapes(level: dict[str, Any]) -> list[Any]:
    """Return the geometries of a decoded level; a plain loop, for tests and tools only."""
    steps = np.array(level["xy"], dtype=np.int64).reshape(-1, 2)
    ends = np.cumsum(level["points"]).tolist()
    starts = [0, *ends][: len(ends)]
    paths = iter([unproject(np.cumsum(steps[a:b], axis=0)) for a, b in zip(starts, ends, strict=True)])
    parts = iter(level["rings"])
    shapes: list[Any] = []
    for count in level["parts"]:
        made = []
        for _ in range(count):
            rings = next(parts)
            made.append(_part([next(paths) for _ in range(max(rings, 1))], is_point=rings == 0))
        shapes.append(None if not made else made[0] if len(made) == 1 else _multi(made))
    return shapes


def _part(paths: list[NDArray[np.float64]], *, is_point: bool) -> Any:
    return shapely.Point(paths[0][0]) if is_point else shapely.Polygon(paths[0], paths[1:])


def _multi(parts: list[Any]) -> Any:
    if all(part.geom_type == "Polygon" for part in parts):
        return shapely.MultiPolygon(parts)
    if all(part.geom_type == "Point" for part in parts):
        return shapely.MultiPoint(parts)
    return shapely.GeometryCollection(parts)
