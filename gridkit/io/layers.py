"""From a layer as read to a layer of the city: codes for all, one feature per code, metres, measurable polygons."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo.crs import to_lonlat, to_metric
from gridkit.io.notes import LISTED, REFS, noticed
from gridkit.model import Layer, conform
from gridkit.model.fields import LAYER_FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridkit.io.vector import Draft
    from gridkit.model import Source

PROVISIONAL: Final = "~"
"""First character of a code that gridkit made for a feature without one."""

_AREAL: Final = (3, 6)
_POINT: Final = 0
_COLLECTION: Final = 7


@dataclass(frozen=True)
class Finished:
    """A layer of the city, its source with the final counts, rows set aside, and findings."""

    layer: Layer
    source: Source
    set_aside: list[tuple[int, str, str]]
    notes: list[dict[str, Any]]


def finish(draft: Draft, crs: str) -> Finished:
    """Bring a layer into the metric system of the city.

    Features without a code get a provisional one from their content; of several features with one code the largest is
    kept and the others are set aside; invalid polygons are made measurable, and every change is a finding.

    Parameters
    ----------
    draft : Draft
        From :func:`gridkit.io.vector.read_layer`.
    crs : str
        Metric system, ``EPSG:4545``.
    """
    records, source = draft.records, draft.records.source
    frame = records.frame.copy()
    notes = list(records.notes)
    frame["code"], made = _coded(frame, draft.geometry)
    notes += _code_notes(source, frame, made)
    geometry, problems = _measurable(draft, crs, frame)
    notes += problems
    frame["geometry"] = geometry
    keep, rivals = _one_per_code(frame, geometry)
    notes += _rival_notes(source, frame, rivals)
    set_aside = [(int(row), "S104", code) for row, code in zip(frame["row"][~keep], frame["code"][~keep], strict=True)]
    kept = frame[keep]
    kept.index = pd.Index(kept["code"].to_numpy(dtype=object), dtype="object", name="code")
    kept = conform(kept.sort_index(), LAYER_FIELDS[records.kind])
    level = Layer(records.kind, gpd.GeoDataFrame(kept, geometry="geometry", crs=crs), records.given)
    source = replace(source, kept=len(kept), set_aside=source.rows_in - len(kept))
    return Finished(level, source, [*records.set_aside, *set_aside], notes)


def _coded(frame: pd.DataFrame, geometry: gpd.GeoSeries) -> tuple[list[str], NDArray[np.bool_]]:
    """Return a code for every row, and where it was made: ``~`` and a hash of what the row says and where it lies."""
    codes = frame["code"].to_numpy(dtype=object) if "code" in frame else np.full(len(frame), "", dtype=object)
    lacking = codes == ""
    if not lacking.any():
        return list(codes), lacking
    contents = _contents(frame[lacking], geometry[lacking])
    seen: dict[str, int] = {}
    out = list(codes)
    for position, content in zip(np.flatnonzero(lacking), contents, strict=True):
        ident = PROVISIONAL + hashlib.sha256(content).hexdigest()[:12]
        seen[ident] = seen.get(ident, 0) + 1
        out[position] = ident if seen[ident] == 1 else f"{ident}-{seen[ident]}"
    return out, lacking


def _contents(frame: pd.DataFrame, geometry: gpd.GeoSeries) -> list[bytes]:
    """Return per row the bytes that say what it is: all fields in order of their names, and the normalised geometry."""
    names = sorted(set(frame.columns) - {"src", "row", "code", "geometry"})
    texts = [[f"{name}={'' if value is pd.NA else value}" for value in frame[name]] for name in names]
    digits = 8 if geometry.crs is not None and geometry.crs.is_geographic else 3
    rounded = shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, digits) + 0.0)
    shapes = shapely.to_wkb(shapely.normalize(rounded))
    rows = zip(*texts, strict=True) if texts else (() for _ in range(len(frame)))
    return ["\x1f".join(row).encode() + (one or b"") for row, one in zip(rows, shapes, strict=True)]


def _code_notes(source: Source, frame: pd.DataFrame, made: NDArray[np.bool_]) -> list[dict[str, Any]]:
    rows = frame["row"].to_numpy()[made]
    codes = frame["code"].to_numpy(dtype=object)[made]
    if len(rows) > LISTED:
        refs = [source.cell(int(row), "code") for row in rows]
        return [noticed("S103", source.name, refs=refs, n=len(rows), ident=f"{codes[0]} ...")]
    return [
        noticed("S103", code, refs=[source.cell(int(row), "code")], n=1, ident=code)
        for row, code in zip(rows, codes, strict=True)
    ]


def _measurable(draft: Draft, crs: str, frame: pd.DataFrame) -> tuple[NDArray[np.object_], list[dict[str, Any]]]:
    """Return metric geometries that can be measured: points, or valid polygons; None for the rest, each one noted."""
    source = draft.records.source
    geometry = np.array(to_metric(draft.geometry, crs).to_numpy(), dtype=object)
    rows, codes = frame["row"].to_numpy(), frame["code"].to_numpy(dtype=object)
    notes = []
    lost = ~shapely.is_missing(geometry) & ~np.isfinite(shapely.bounds(geometry)).all(axis=1)
    geometry[lost] = None
    kinds = shapely.get_type_id(geometry)
    strange = ~np.isin(kinds, (*_AREAL, _POINT, _COLLECTION, -1))
    for code, mask in (("S135", lost), ("S136", strange)):
        if mask.any():
            refs = [source.cell(int(row)) for row in rows[mask][:REFS]]
            notes.append(noticed(code, source.name, refs=refs, n=int(mask.sum())))
    geometry[strange] = None
    invalid = np.flatnonzero((kinds == _COLLECTION) | (np.isin(kinds, _AREAL) & ~shapely.is_valid(geometry)))
    if len(invalid):
        before = geometry[invalid].copy()
        geometry[invalid] = [_areal(one) for one in before]
        notes += _invalid_notes(source, before, geometry[invalid], codes[invalid], rows[invalid], crs=crs)
    return geometry, notes


def _areal(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Return the polygons of a geometry, made valid; None where nothing of it has an area."""
    fixed = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(fixed, return_index=False) if shapely.get_type_id(part) in _AREAL]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _invalid_notes(
    source: Source,
    before: NDArray[np.object_],
    after: NDArray[np.object_],
    codes: NDArray[np.object_],
    rows: NDArray[np.int64],
    *,
    crs: str,
) -> list[dict[str, Any]]:
    places = to_lonlat(gpd.GeoSeries(shapely.centroid(before), crs=crs))
    notes = []
    for old, new, code, row, place in zip(before, after, codes, rows, places, strict=True):
        reason, _, point = shapely.is_valid_reason(old).partition("[")
        x, y = _where(point, place, crs)
        notes.append(
            noticed(
                "S134",
                code,
                refs=[source.cell(int(row))],
                lon=x,
                lat=y,
                ident=code,
                reason=reason.strip() or "GeometryCollection",
                before=round(float(shapely.area(old)), 2),
                after=round(float(shapely.area(new)) if new is not None else 0.0, 2),
            )
        )
    return notes


def _where(point: str, fallback: shapely.Point, crs: str) -> tuple[float, float]:
    """Return the place that a validity report names (``x y]``) in degrees, else the centre of the feature."""
    try:
        x, y = (float(one) for one in point.rstrip("]").split()[:2])
    except ValueError:
        place = fallback
    else:
        place = to_lonlat(gpd.GeoSeries([shapely.Point(x, y)], crs=crs)).iloc[0]
    return (float("nan"), float("nan")) if place is None or place.is_empty else (round(place.x, 7), round(place.y, 7))


def _one_per_code(frame: pd.DataFrame, geometry: NDArray[np.object_]) -> tuple[NDArray[np.bool_], dict[str, list[int]]]:
    """Return which rows stay, and code -> all positions of codes that stand more than once; row order plays no part."""
    codes = frame["code"].to_numpy(dtype=object)
    double = frame["code"].duplicated(keep=False).to_numpy()
    keep = np.ones(len(frame), dtype=bool)
    rivals: dict[str, list[int]] = {}
    for position in np.flatnonzero(double):
        rivals.setdefault(codes[position], []).append(int(position))
    if rivals:
        area = shapely.area(geometry)
        fields = [name for name in frame.columns if name not in ("src", "row", "geometry")]
        for found in rivals.values():
            found.sort(key=lambda one: (-round(float(area[one]) or 0.0, 2) if geometry[one] is not None else 1.0,
                                        "\x1f".join(str(frame[name].iloc[one]) for name in fields),
                                        shapely.to_wkb(geometry[one]) or b""))  # fmt: skip
            keep[found[1:]] = False
    return keep, rivals


def _rival_notes(source: Source, frame: pd.DataFrame, rivals: dict[str, list[int]]) -> list[dict[str, Any]]:
    rows = frame["row"].to_numpy()
    return [
        noticed("S104", code, refs=[source.cell(int(rows[one]), "code") for one in found], ident=code, n=len(found))
        for code, found in sorted(rivals.items())
    ]
