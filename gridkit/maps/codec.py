"""The map's data as text that the page decodes: shared arcs of quantised coordinates, and columns per level.

Coordinates are Web-Mercator integers: the world is 2**28 units wide, so that one unit is one pixel of zoom level 20
(0.15 m at the equator, less elsewhere) and the page needs no trigonometry. docs/map-format.md describes the bytes.
"""

from __future__ import annotations

import base64
import gzip
import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.maps.arcs import Arcs, cut
from gridkit.maps.columns import read_column, write_column, write_texts
from gridkit.maps.parts import LINE, POINT, WORLD, Parts, parts_of, project, unproject
from gridkit.maps.places import in_order
from gridkit.maps.planes import Sections, read_numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["VERSION", "WORLD", "Encoded", "decode_levels", "encode_levels", "project", "unproject"]

VERSION: Final = 2
MAGIC: Final = b"GKM2"
_EFFORT: Final = 7
"""Of gzip: 9 takes three times as long for 0.7 % less."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Features as text for a page: ``data`` is read when it opens, ``later`` (may be empty) when first asked for."""

    data: str
    later: str = ""


def encode_levels(
    frames: Mapping[str, gpd.GeoDataFrame],
    *,
    later: Mapping[str, Sequence[str]] | None = None,
    ordered: Collection[str] = (),
) -> Encoded:
    """Return the text for frames of features.

    Parameters
    ----------
    frames : mapping of str to geopandas.GeoDataFrame
        Level -> features indexed by code, in degrees, the widest level first. Columns of text, numbers (missing
        allowed) and tuples of text come back as they are, other values as text.
    later : mapping of str to sequence of str, optional
        Level -> columns that the page reads only when it first needs one of them.
    ordered : collection of str
        Levels whose rows stay in their order; those of the others are sorted by place, so that the order in which
        they are given does not matter.

    Returns
    -------
    Encoded
        Base64 texts, the same for equal frames.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame({"name": ["A"]}, index=["a"], geometry=[shapely.Point(107, 27)], crs="EPSG:4490")
    >>> decode_levels(encode_levels({"compound": frame}))["compound"].loc["a", "name"]
    'A'
    """
    later = later or {}
    frames = {level: frame if level in ordered else in_order(frame) for level, frame in frames.items()}
    main, rest = Sections(), Sections()
    # the narrowest level first: the borders of the wider ones then refer to arcs that are there
    parts = {level: parts_of(np.asarray(frame.geometry.array)) for level, frame in reversed(frames.items())}
    heads = {level: _write_parts(main, some) for level, some in parts.items()}
    arcs = _cut(list(parts.values()))
    head: dict[str, Any] = {"gk": VERSION, "arcs": _write_arcs(main, arcs)}
    more: dict[str, Any] = {}
    for level, frame in frames.items():
        wait = set(later.get(level, ()))
        names = [name for name in frame.columns if name != frame.geometry.name]
        code = write_texts(main, [str(code) for code in frame.index])
        now = {str(name): write_column(main, frame[name]) for name in names if name not in wait}
        then = {str(name): write_column(rest, frame[name]) for name in names if name in wait}
        heads[level] |= {"level": level, "n": len(frame), "code": code, "columns": now, "later": list(then)}
        if then:
            more[level] = then
    head["levels"] = [heads[level] for level in frames]
    return Encoded(_packed(head, main), _packed({"gk": VERSION, "levels": more}, rest) if more else "")


def _packed(head: dict[str, Any], sections: Sections) -> str:
    text = json.dumps(head, separators=(",", ":")).encode("ascii")
    payload = MAGIC + struct.pack("<I", len(text)) + text + sections.bytes()
    return base64.b64encode(gzip.compress(payload, _EFFORT, mtime=0)).decode("ascii")


def _unpacked(text: str) -> tuple[dict[str, Any], bytes]:
    payload = gzip.decompress(base64.b64decode(text))
    if payload[:4] != MAGIC:
        raise ValueError("not map data of gridkit")
    end = 8 + struct.unpack("<I", payload[4:8])[0]
    head = json.loads(payload[8:end])
    if head["gk"] != VERSION:
        raise ValueError(f"version {head['gk']}")
    return head, payload[end:]


def _cut(levels: list[Parts]) -> Arcs:
    if not levels:
        return cut(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.zeros(0, bool))
    units = np.concatenate([some.units for some in levels])
    return cut(
        units, np.concatenate([some.points for some in levels]), np.concatenate([some.closed for some in levels])
    )


def _write_parts(sections: Sections, parts: Parts) -> dict[str, Any]:
    return {
        "parts": sections.numbers(parts.parts),
        "kind": sections.numbers(parts.kind),
        "rings": sections.numbers(parts.paths),
    }


def _write_arcs(sections: Sections, arcs: Arcs) -> dict[str, Any]:
    """Write the steps from point to point; an arc begins where the last one ended or a step away from it."""
    steps = np.diff(arcs.units, axis=0, prepend=0)
    first = np.zeros(len(steps), dtype=bool)
    first[np.cumsum(arcs.points) - arcs.points] = True
    return {
        "points": sections.numbers(arcs.points),
        "x0": sections.numbers(steps[first, 0]),
        "y0": sections.numbers(steps[first, 1]),
        "x": sections.numbers(steps[~first, 0]),
        "y": sections.numbers(steps[~first, 1]),
        "count": sections.numbers(arcs.count),
        "refs": sections.numbers(_tokens(arcs.refs), steps=False),
    }


def _tokens(refs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return twice the step from arc to arc, and one more where the arc runs backwards."""
    return 2 * np.diff(np.where(refs < 0, ~refs, refs), prepend=0) + (refs < 0)


def _refs(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    arc = np.cumsum(tokens >> 1)
    return np.where(tokens & 1, ~arc, arc)


def decode_levels(encoded: Encoded | str) -> dict[str, gpd.GeoDataFrame]:
    """Return the frames that :func:`encode_levels` was given, coordinates to one unit, for tests and tools.

    Of a text alone, the columns that are read later are missing. Rows are in the order of the data.

    Raises
    ------
    ValueError
        The text is no map data, or of another version.
    """
    encoded = Encoded(encoded) if isinstance(encoded, str) else encoded
    head, data = _unpacked(encoded.data)
    more, rest = _unpacked(encoded.later) if encoded.later else ({"levels": {}}, b"")
    paths, starts = _read_paths(data, head["arcs"])
    frames, at = {}, 0
    for level in reversed(head["levels"]):
        rings = read_numbers(data, level["rings"])
        total = int(rings.sum())
        shapes = _shapes(data, level, rings, paths, starts[at : at + total + 1])
        at += total
        columns = {name: read_column(data, one) for name, one in level["columns"].items()}
        columns |= {name: read_column(rest, one) for name, one in more["levels"].get(level["level"], {}).items()}
        index = pd.Index(read_column(data, level["code"]), dtype="object", name="code")
        frame = pd.DataFrame(columns, index=index, dtype="object")
        frames[level["level"]] = gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4490")
    return {level["level"]: frames[level["level"]] for level in head["levels"]}


def _read_paths(data: bytes, head: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the points of all paths in degrees, arc after arc with their ends, and where each path begins."""
    points, count = read_numbers(data, head["points"]), read_numbers(data, head["count"])
    refs = _refs(read_numbers(data, head["refs"]))
    start = np.cumsum(points) - points
    first = np.zeros(int(points.sum()), dtype=bool)
    first[start] = True
    steps = np.empty((len(first), 2), dtype=np.int64)
    for axis, name in enumerate("xy"):
        steps[first, axis] = read_numbers(data, head[name + "0"])
        steps[~first, axis] = read_numbers(data, head[name])
    lonlat = unproject(np.cumsum(steps, axis=0))
    arc = np.where(refs < 0, ~refs, refs)
    size = points[arc]
    offset = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    along = np.repeat(refs >= 0, size)
    index = np.repeat(start[arc], size) + np.where(along, offset, np.repeat(size, size) - 1 - offset)
    ends = np.concatenate([[0], np.cumsum(size)])
    return lonlat[index], ends[np.concatenate([[0], np.cumsum(count)]).astype(np.int64)]


def _shapes(
    data: bytes, level: dict[str, Any], rings: NDArray[np.int64], paths: NDArray[np.float64], starts: NDArray[np.int64]
) -> list[Any]:
    """Return the geometries of a decoded level; a plain loop, for tests and tools only."""
    kinds = read_numbers(data, level["kind"]).tolist()
    ends = starts.tolist()
    made: list[Any] = []
    ring = 0
    for kind, count in zip(kinds, rings.tolist(), strict=True):
        some = [_without_repeats(paths[ends[r] : ends[r + 1]]) for r in range(ring, ring + count)]
        ring += count
        made.append(
            shapely.Point(some[0][0])
            if kind == POINT
            else shapely.LineString(some[0])
            if kind == LINE
            else shapely.Polygon(some[0], some[1:])
        )
    shapes: list[Any] = []
    at = 0
    for count in read_numbers(data, level["parts"]).tolist():
        some = made[at : at + count]
        at += count
        shapes.append(None if not some else some[0] if count == 1 else _multi(some))
    return shapes


def _without_repeats(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a path with one point where two arcs meet."""
    fresh = np.ones(len(path), dtype=bool)
    fresh[1:] = (path[1:] != path[:-1]).any(axis=1)
    return np.asarray(path[fresh])


def _multi(parts: list[Any]) -> Any:
    kinds = {part.geom_type for part in parts}
    one = {"Polygon": shapely.MultiPolygon, "Point": shapely.MultiPoint, "LineString": shapely.MultiLineString}
    return one[kinds.pop()](parts) if len(kinds) == 1 else shapely.GeometryCollection(parts)
