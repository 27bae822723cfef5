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
from gridkit.geo.finite import finite
from gridkit.io.notes import noticed
from gridkit.model import Layer, conform
from gridkit.model.fields import LAYER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridkit.io.drafts import Draft
    from gridkit.model import Source

PROVISIONAL: Final = "~"
"""First character of a code that gridkit made for a feature without one."""

_AREAL: Final = (3, 6)
_POINT: Final = 0
_COLLECTION: Final = 7


@dataclass(frozen=True)
class Finished:
    """A layer of the city, its sources with the final counts, rows set aside (source, row, reason, code), findings."""

    layer: Layer
    sources: tuple[Source, ...]
    set_aside: list[tuple[str, int, str, str]]
    notes: list[dict[str, Any]]

    @property
    def source(self) -> Source:
        """The file it was read from, the first of several."""
        return self.sources[0]

    @property
    def parts(self) -> list[tuple[Source, list[tuple[int, str, str]], list[dict[str, Any]]]]:
        """Each source with its rows set aside; all findings stand with the first."""
        return [
            (
                one,
                [(row, reason, code) for src, row, reason, code in self.set_aside if src == one.name],
                [] if number else self.notes,
            )
            for number, one in enumerate(self.sources)
        ]


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
    records = draft.records
    frame = records.frame.copy()
    cells = _Cells(draft)
    notes = list(records.notes)
    frame["code"], made = _coded(frame, draft.geometry)
    notes += _code_notes(cells, frame, made)
    geometry, problems = _measurable(draft, crs, frame, cells)
    notes += problems
    frame["geometry"] = geometry
    keep, rivals = _one_per_code(frame, geometry)
    notes += _rival_notes(cells, rivals)
    src = frame["src"].to_numpy(dtype=object)
    set_aside = [*draft.aside, *((records.source.name, *rest) for rest in records.set_aside)]
    set_aside += [
        (src[one], int(frame["row"].iloc[one]), "S104", frame["code"].iloc[one]) for one in np.flatnonzero(~keep)
    ]
    kept = frame[keep]
    kept.index = pd.Index(kept["code"].to_numpy(dtype=object), dtype="object", name="code")
    kept = conform(kept.sort_index(), LAYER_FIELDS[records.kind])
    level = Layer(records.kind, gpd.GeoDataFrame(kept, geometry="geometry", crs=crs), records.given)
    return Finished(level, tuple(_counted(one, src[keep]) for one in draft.all_sources), set_aside, notes)


def _counted(source: Source, kept: NDArray[np.object_]) -> Source:
    """Return a source with how many of its rows are kept in the end."""
    number = int((kept == source.name).sum())
    return replace(source, kept=number, set_aside=source.rows_in - number)


class _Cells:
    """The cell of the file that each row of a draft came from, whichever of several files that is."""

    def __init__(self, draft: Draft) -> None:
        self.name = draft.records.source.name
        self._sources = {one.name: one for one in draft.all_sources}
        frame = draft.records.frame
        self._places = list(zip(frame["src"], frame["row"], strict=True))

    def of(self, position: int, field: str = "") -> str:
        src, row = self._places[position]
        return self._sources[src].cell(int(row), field)

    def where(self, mask: NDArray[np.bool_], field: str = "") -> list[str]:
        return [self.of(int(position), field) for position in np.flatnonzero(mask)]


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


def _code_notes(cells: _Cells, frame: pd.DataFrame, made: NDArray[np.bool_]) -> list[dict[str, Any]]:
    codes = frame["code"].to_numpy(dtype=object)[made]
    refs = cells.where(made, "code")
    ident = f"{codes[0]} ..." if len(refs) > 1 else "".join(codes)
    return [noticed("S103", cells.name, refs=refs, n=len(refs), ident=ident)] if refs else []


def _measurable(
    draft: Draft, crs: str, frame: pd.DataFrame, cells: _Cells
) -> tuple[NDArray[np.object_], list[dict[str, Any]]]:
    """Return metric geometries that can be measured: points, or valid polygons; None for the rest, each one noted."""
    geometry = np.array(to_metric(draft.geometry, crs).to_numpy(), dtype=object)
    codes = frame["code"].to_numpy(dtype=object)
    notes = []
    lost = ~shapely.is_missing(geometry) & ~finite(geometry)
    geometry[lost] = None
    kinds = shapely.get_type_id(geometry)
    strange = ~np.isin(kinds, (*_AREAL, _POINT, _COLLECTION, -1))
    for code, mask in (("S135", lost), ("S136", strange)):
        if mask.any():
            notes.append(noticed(code, cells.name, refs=cells.where(mask), n=int(mask.sum())))
    geometry[strange] = None
    invalid = np.flatnonzero((kinds == _COLLECTION) | (np.isin(kinds, _AREAL) & ~shapely.is_valid(geometry)))
    if len(invalid):
        before = geometry[invalid].copy()
        geometry[invalid] = [_areal(one) for one in before]
        refs = [cells.of(int(one)) for one in invalid]
        notes += _invalid_notes(refs, before, geometry[invalid], codes[invalid], crs=crs)
    return geometry, notes


def _areal(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Return the polygons of a geometry, made valid; None where nothing of it has an area."""
    fixed = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(fixed, return_index=False) if shapely.get_type_id(part) in _AREAL]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _invalid_notes(
    refs: Sequence[str],
    before: NDArray[np.object_],
    after: NDArray[np.object_],
    codes: NDArray[np.object_],
    *,
    crs: str,
) -> list[dict[str, Any]]:
    places = to_lonlat(gpd.GeoSeries(shapely.centroid(before), crs=crs))
    notes = []
    for old, new, code, ref, place in zip(before, after, codes, refs, places, strict=True):
        reason, _, point = shapely.is_valid_reason(old).partition("[")
        x, y = _where(point, place, crs)
        notes.append(
            noticed(
                "S134",
                code,
                refs=[ref],
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


def _rival_notes(cells: _Cells, rivals: dict[str, list[int]]) -> list[dict[str, Any]]:
    return [
        noticed("S104", code, refs=[cells.of(one, "code") for one in found], ident=code, n=len(found))
        for code, found in sorted(rivals.items())
    ]
