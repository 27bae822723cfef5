"""Boundary layers as their files have them, beside what was read from them: so that a repair keeps what it leaves.

A repair works in the metres of the city. What it changes goes back to the system of the file, vertex by vertex: one
that the file has gets the very numbers of the file, only a new one is converted. What it leaves keeps its shape there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from gridkit.geo.crs import LONLAT, to_metric
from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from gridkit.io.control import Control
from gridkit.io.dictionary import match
from gridkit.io.gate import CODE_FIELDS, gate, place_of
from gridkit.io.layers import finish
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.privacy import masked_codes, masked_column, shown_header
from gridkit.io.shifts import ASSUMED, shift_of
from gridkit.io.vector import is_table, parts_of, read_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import Geometry

    from gridkit.io.project import LayerSpec, Project
    from gridkit.io.raw import RawTable
    from gridkit.model import Layer

    Array = NDArray[Any]

LEVELS: Final = ("street", "community", "grid")
"""Levels that a repair may change."""
LOST_AREA: Final = 0.01
"""Square metres that making a polygon valid in the numbers of its file may cost."""
_DROPPED: Final = ("S120", "S121", "S190")
"""Findings of the gate about columns that name persons."""
_AWAY: Final[Mapping[str, Callable[[Any, Any], tuple[Any, Any]]]] = {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}
"""Map-service systems, and the way to them."""


@dataclass(frozen=True)
class Part:
    """One layer of one file: ``name`` as in ``src`` of the layer of the city, ``title`` of the layer in the file.

    ``crs`` is the system that its numbers are in and ``shift`` the map service they come from (``gcj02``, ``bd09``,
    else ``""``); ``columns`` (name -> values) are without those of persons, of which there are ``dropped``;
    ``geometry`` has the numbers of the file, ``metric`` the same in metres (None where it was set aside), ``code`` the
    unit of the city that each row is (``""`` for none). ``converted``: the layer was read with control points, and is
    in the metres of the city here.
    """

    name: str
    title: str
    crs: str
    shift: str
    columns: Mapping[str, Sequence[Any]]
    dropped: int
    geometry: Array
    metric: Array
    code: Array
    converted: bool = False


@dataclass(frozen=True)
class Original:
    """One level: its parts, and the layer of the city that is read from them."""

    level: str
    parts: tuple[Part, ...]
    layer: Layer
    sha256: tuple[tuple[str, str], ...]


def read_originals(project: Project, crs: str, levels: Collection[str] = LEVELS) -> dict[str, Original]:
    """Read the boundary layers of a project that a repair may change; tables of points are no such layers.

    Parameters
    ----------
    project : Project
    crs : str
        Metric system of the city.
    levels : collection of str

    Raises
    ------
    LayerError
        If a file cannot be used.
    """
    specs = cast("Mapping[str, LayerSpec]", project.layers)
    return {
        level: _original(project, level, specs[level], crs)
        for level in LEVELS
        if level in levels and level in specs and not is_table(specs[level].path, project.root)
    }


def _original(project: Project, level: str, spec: LayerSpec, crs: str) -> Original:
    control = Control(spec.control, project.root, spec.transform, spec.crs) if spec.control else None
    draft = read_layer(
        spec.path, project.root, level, layer=spec.layer, columns=spec.columns, crs=control or spec.crs,
        encoding=spec.encoding,
    )  # fmt: skip
    layer = finish(draft, crs).layer
    frame = draft.records.frame
    metric = pd.Series(
        list(to_metric(draft.geometry, crs).to_numpy()),
        index=pd.MultiIndex.from_arrays([frame["src"].to_numpy(object), frame["row"].to_numpy()]), dtype=object,
    )  # fmt: skip
    codes = dict(zip(zip(layer.frame["src"], layer.frame["row"], strict=True), layer.frame.index, strict=True))
    found = parts_of(
        spec.path, project.root, level, layer=spec.layer, columns=spec.columns, encoding=spec.encoding
    )  # fmt: skip
    parts = []
    for (raw, geometry, stated, cut), source in zip(found, draft.all_sources, strict=True):
        at = pd.MultiIndex.from_arrays([[source.name] * len(raw.rows), raw.rows])
        read = np.array(metric.reindex(at).where(lambda one: one.notna(), None).to_list() or [None], dtype=object)
        read = read[: len(raw.rows)]
        columns, dropped = _columns(raw, level, spec.columns, cut=cut)
        shift = shift_of(spec.crs) if control is None else ""
        system = crs if control is not None else (stated or ASSUMED) if shift else spec.crs or stated
        parts.append(Part(
            source.name, mask_name_of_file(raw.sheet) or level, _plain_crs(system), shift, columns, dropped,
            read if control is not None else geometry, read,
            np.array([codes.get((source.name, row), "") for row in raw.rows], dtype=object), control is not None,
        ))  # fmt: skip
    return Original(level, tuple(parts), layer, tuple((one.path, one.sha256) for one in draft.all_sources))


def _plain_crs(stated: str) -> str:
    """Return a system in two dimensions, as a short name where there is one."""
    crs = CRS.from_user_input(stated)
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    epsg = crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else crs.to_wkt()


def _columns(
    raw: RawTable, level: str, stated: Mapping[str, str], *, cut: bool
) -> tuple[dict[str, Sequence[Any]], int]:
    """Return the columns of a file under names that differ, without those of persons, and how many of those it has."""
    found = match(raw.headers, level, stated=stated, cut=cut)
    fields, notes = gate(raw, found)
    personal = {ref for note in notes if note["code"] in _DROPPED for ref in note["refs"]}
    codes = {position for field, position in fields.items() if field in CODE_FIELDS}
    result: dict[str, Sequence[Any]] = {}
    taken: set[str] = set()
    for position, header in enumerate(raw.headers):
        if place_of(raw, position) in personal:
            continue
        name = base = shown_header(header) or f"column_{position + 1}"
        number = 1
        while name.lower() in taken:  # SQLite knows no capitals
            number += 1
            name = f"{base}_{number}"
        taken.add(name.lower())
        result[name] = _clean(raw.columns[position], codes=position in codes)
    return result, len(personal)


def _clean(cells: Sequence[Any], *, codes: bool) -> list[Any]:
    """Return cells without what their texts say of persons."""
    texts = [cell if isinstance(cell, str) else "" for cell in cells]
    masked, touched = masked_codes(texts) if codes else masked_column(texts)
    out = list(cells)
    for position in touched:
        out[position] = masked[position]
    return out


def rewritten(original: Original, frame: gpd.GeoDataFrame) -> list[tuple[Part, Array, Array]]:
    """Return the geometries of each part after a repair, in the numbers of its file.

    Parameters
    ----------
    original : Original
    frame : geopandas.GeoDataFrame
        The level after the repair, indexed by code, in the system of ``original.layer``.

    Returns
    -------
    list of tuple of Part, (n,) array of Geometry, (n,) array of bool
        What is written, row by row, and which rows differ from the file. Rows that are no unit of the city stay, and
        so does what cannot be written validly (see :func:`unsound`).
    """
    result = []
    for part, out, changed in _in_file_numbers(original, frame):
        broken = np.flatnonzero(changed)[~_sound(out[changed])]
        out[broken], changed[broken] = part.geometry[broken], False
        result.append((part, out, changed))
    return result


def unsound(original: Original, frame: gpd.GeoDataFrame) -> list[str]:
    """Return the codes of changed units that are no valid polygons in metres, or in the numbers of their file.

    Two vertices that differ by a thousandth of a millimetre can be one in degrees, and a border that runs back along
    itself can cross itself there. Where less than ``LOST_AREA`` is lost by making it valid, that is done.
    """
    now = frame.geometry
    metric = {str(code) for code, good in zip(now.index, _sound(now.to_numpy()), strict=True) if not good}
    return sorted(
        str(code)
        for part, out, changed in _in_file_numbers(original, frame)
        for code, good in zip(part.code[changed], _sound(out[changed]), strict=True)
        if not good or code in metric
    )


def _sound(shapes: Array) -> Array:
    """Return which shapes are valid polygons, or nothing."""
    areas = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    good: Array = (areas & shapely.is_valid(shapes)) | shapely.is_missing(shapes)
    return good


def _in_file_numbers(original: Original, frame: gpd.GeoDataFrame) -> list[tuple[Part, Array, Array]]:
    """Return the geometries of each part in the numbers of its file, valid where that loses next to nothing."""
    now = dict(zip(frame.index, frame.geometry.to_numpy(), strict=True))
    was = dict(zip(original.layer.frame.index, original.layer.frame.geometry.to_numpy(), strict=True))
    city = original.layer.frame.crs.to_string()
    result = []
    for part in original.parts:
        shapes = np.array([now.get(code) for code in part.code] or [None], dtype=object)[: len(part.code)]
        given = np.array([was.get(code) for code in part.code] or [None], dtype=object)[: len(part.code)]
        unit = part.code != ""
        same = shapely.equals_identical(shapes, given) | (shapely.is_missing(shapes) & shapely.is_missing(given))
        # What reading made valid is written as it was read.
        same &= shapely.equals_identical(given, part.metric) | shapely.is_missing(given)
        changed = unit & ~same
        out = part.geometry.copy()
        if changed.any():
            out[changed] = _straightened(_back(original, part, shapes[changed], city), shapes[changed])
        result.append((part, out, changed))
    return result


def _straightened(shapes: Array, metric: Array) -> Array:
    """Return shapes in the numbers of a file, made valid where that costs less than ``LOST_AREA`` and no other type."""
    result = shapes.copy()
    for at in np.flatnonzero(~_sound(shapes) & _sound(metric)).tolist():
        fixed = shapely.make_valid(shapes[at], method="structure", keep_collapsed=False)
        parts = shapely.get_parts(shapely.get_parts(fixed))
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        single = shapes[at].geom_type == "Polygon"
        if not len(parts):
            continue
        whole = parts[np.argmax(shapely.area(parts))] if single else shapely.multipolygons(parts)
        # Square metres of one square unit of the file; both shapes are the same but for the last digits.
        scale = shapely.area(metric[at]) / max(shapely.area(fixed), np.finfo(float).tiny)
        lost = max(abs(shapely.area(shapes[at]) - shapely.area(whole)), shapely.area(fixed) - shapely.area(whole))
        if lost * scale < LOST_AREA and shapely.is_valid(whole):
            result[at] = whole
    return result


def made_valid(original: Original) -> list[tuple[str, Geometry, Geometry]]:
    """Return the units that reading changed, as drawn and as read (metres): they were invalid, or mixed with lines.

    What reading took away because nothing of it had an area stays as it is in the file, and so does what cannot be
    written validly.
    """
    was = dict(zip(original.layer.frame.index, original.layer.frame.geometry.to_numpy(), strict=True))
    broken = set(unsound(original, original.layer.frame))
    return [
        (str(code), read, was[code])
        for part in original.parts
        for code, read in zip(part.code, part.metric, strict=True)
        if code and was[code] is not None and not shapely.equals_identical(was[code], read) and str(code) not in broken
    ]


def _back(original: Original, part: Part, shapes: Array, city: str) -> Array:
    """Return shapes in metres in the numbers of a file: known vertices exactly, new ones converted."""
    beside = [one for one in original.parts if one is not part and (one.crs, one.shift) == (part.crs, part.shift)]
    known, where = _vertices([part, *beside])  # a vertex that came from a file beside has the numbers of that
    result = np.empty(len(shapes), dtype=object)
    result[:] = shapes
    result[shapely.is_empty(shapes)] = None

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        key = xy[:, 0] + 1j * xy[:, 1]
        at = np.minimum(np.searchsorted(known, key), max(len(known) - 1, 0))
        hit = known[at] == key if len(known) else np.zeros(len(key), dtype=bool)
        out = np.empty_like(xy)
        out[hit] = where[at[hit]]
        out[~hit] = _converted(part, xy[~hit], city)
        return out

    moved: Array = shapely.transform(result, move)
    return moved


def _vertices(parts: Sequence[Part]) -> tuple[Array, Array]:
    """Return the vertices in metres, sorted as complex numbers, and where each is in its file; the first file wins."""
    metric, numbers = [], []
    for part in parts:
        there = ~shapely.is_missing(part.metric) & (
            shapely.get_num_coordinates(part.metric) == shapely.get_num_coordinates(part.geometry)
        )
        metric.append(shapely.get_coordinates(part.metric[there]))
        numbers.append(shapely.get_coordinates(part.geometry[there]))
    xy = np.concatenate(metric)
    known, first = np.unique(xy[:, 0] + 1j * xy[:, 1], return_index=True)
    return known, np.concatenate(numbers)[first]


def _converted(part: Part, xy: NDArray[np.float64], city: str) -> NDArray[np.float64]:
    """Return points in metres in the system of a file."""
    if not len(xy):
        return xy
    target = LONLAT if part.shift else part.crs
    if CRS.from_user_input(target) == CRS.from_user_input(city):
        return xy
    # WGS 84 is read as CGCS2000, so it is written as such.
    target = LONLAT if CRS.from_user_input(target).to_epsg() == 4326 else target
    x, y = Transformer.from_crs(city, target, always_xy=True).transform(xy[:, 0], xy[:, 1])
    if part.shift:
        x, y = _AWAY[part.shift](x, y)
    return np.column_stack([x, y])
