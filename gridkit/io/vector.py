"""Boundary layers: GeoPackage, GeoJSON, Shapefile, and tables of points."""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from gridkit.errors import LayerError
from gridkit.geo.crs import resolve_crs
from gridkit.io.decode import DISGUISE, reveal, vote
from gridkit.io.fields import Records, shape
from gridkit.io.notes import REFS, noticed
from gridkit.io.raw import RawTable, digest, located
from gridkit.io.sheets import WORKBOOKS
from gridkit.io.shifts import ASSUMED, convert_datum, crs_of_datum, shift_of
from gridkit.io.tables import read_table
from gridkit.io.whole import demand_whole, demand_written
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


TABLES: Final = (*WORKBOOKS, ".csv", ".txt", ".tsv")


@dataclass(frozen=True)
class Draft:
    """A layer in the fields of its level and the system of its file: ``records`` row for row with ``geometry``."""

    records: Records
    geometry: gpd.GeoSeries
    crs: str


def read_layer(
    path: str,
    root: Path,
    level: str,
    *,
    layer: str = "",
    columns: Mapping[str, str] | None = None,
    crs: str = "",
    encoding: str = "",
) -> Draft:
    """Read one level of the city.

    Parameters
    ----------
    path, root : str, Path
        Path as the project states it, and the folder of the project file.
    level : str
        ``street``, ``community``, ``grid`` or ``compound``.
    layer : str
        Layer of the file, or sheet of a workbook; may be left out where there is only one.
    columns : mapping of str to str, optional
        Field -> attribute name.
    crs : str
        Coordinate system that outranks the file's own; ``GCJ-02`` and ``BD-09`` are converted.
    encoding : str
        Text encoding, found by itself where it is not stated.

    Raises
    ------
    LayerError, TableError
        If the file cannot be used.
    """
    if path.lower().endswith(TABLES):
        return _points(path, root, level, layer=layer, columns=columns, crs=crs, encoding=encoding)
    raw, geometry, stated = read_vector(path, root, layer=layer, encoding=encoding)
    records = shape(raw, level, columns=columns, cut=path.lower().endswith(".shp"))
    return _draft(records, geometry, crs or stated, stated=stated)


def read_vector(
    path: str, root: Path, *, layer: str = "", encoding: str = ""
) -> tuple[RawTable, NDArray[np.object_], str]:
    """Return attributes, geometries and the stated system of a vector file, every feature, as they are."""
    file, name = located(path, root, layer=True)
    demand_written(file, name)
    chosen = _layer_name(file, name, layer)
    shapefile = file.suffix.lower() == ".shp"
    options = {"encoding": DISGUISE} if shapefile else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns of what is checked here anyway
            meta, table = pyogrio.read_arrow(file, layer=chosen, **options)
            stated = pyogrio.read_info(file, layer=chosen, force_feature_count=True, **options)["features"]
        demand_whole(file, name, table.num_rows)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        ValueError,
        RuntimeError,
        OSError,
    ) as problem:
        raise _unreadable(name, problem) from problem
    if not shapefile and table.num_rows != stated:
        raise LayerError(
            N_("the layer states {stated} features, but {read} can be read"),
            place=f"{name}!{chosen}",
            remedy=N_("repair it in a GIS and save it as GeoPackage"),
            stated=stated,
            read=table.num_rows,
        )
    wkb = meta["geometry_name"] or "wkb_geometry"
    if wkb not in table.column_names:
        raise LayerError(N_("the layer holds no geometry"), place=f"{name}!{chosen}", remedy=N_("name another layer"))
    geometry = shapely.from_wkb(np.asarray(table.column(wkb).to_pylist(), dtype=object), on_invalid="ignore")
    if table.num_rows == 0:
        raise LayerError(N_("the layer holds no feature"), place=f"{name}!{chosen}", remedy=N_("name another layer"))
    names = [one for one in table.column_names if one != wkb]
    cells = [_exact(table.column(one).to_pylist()) for one in names]
    used, bad = meta["encoding"] or "", 0
    if shapefile:
        names, cells, used, bad = _revealed(names, cells, encoding)
    notes = [noticed("S132", f"{name}!{chosen}", encoding=used)] if shapefile and used != "ascii" else []
    if bad:
        notes.append(noticed("S116", f"{name}!{chosen}", n=bad, value="encoding", header=""))
    raw = RawTable(
        name, chosen, digest(file, name, layer=True), names, list(names), cells, list(range(1, len(geometry) + 1)),
        tabular=False, encoding=used, notes=notes,
    )  # fmt: skip
    return raw, geometry, meta["crs"] or ""


def _unreadable(name: str, problem: Exception) -> LayerError:
    return LayerError(
        N_("this is not a boundary file that can be read: {reason}"),
        place=name,
        remedy=N_("open it in a GIS and save it as GeoPackage"),
        reason=str(problem).splitlines()[0][:160] if str(problem) else type(problem).__name__,
    )


def _layer_name(file: Path, name: str, wanted: str) -> str:
    try:
        listed = pyogrio.list_layers(file)
    except (pyogrio.errors.DataSourceError, ValueError, RuntimeError, OSError) as problem:
        raise _unreadable(name, problem) from problem
    names = [str(one) for one in listed[:, 0]]
    if not wanted:  # tables without geometry, such as the styles that QGIS stores, are no layers
        names = [str(one) for one, geometry in listed if geometry is not None] or names
    if wanted and wanted in names:
        return wanted
    if not wanted and len(names) == 1:
        return names[0]
    if wanted and len(names) == 1 and file.suffix.lower() == ".shp":
        return names[0]
    template = (
        N_("there is no layer {layer}; the file has: {names}") if wanted else N_("the file has several layers: {names}")
    )
    raise LayerError(
        template, place=name, remedy=N_("state layer in gridkit.toml"), layer=wanted, names=", ".join(names)
    )  # fmt: skip


def _exact(cells: list[Any]) -> list[Any]:
    """Return whole numbers too long for a spreadsheet as text: in a layer they are exact; lists and tables as JSON."""
    return [_cell(cell) if isinstance(cell, (int, list, dict, bytes)) else cell for cell in cells]


def _cell(cell: Any) -> Any:
    if isinstance(cell, (list, dict)):
        return json.dumps(cell, ensure_ascii=False, sort_keys=True, default=str)
    if isinstance(cell, bytes):
        return ""
    return str(cell) if type(cell) is int and abs(cell) >= 10**15 else cell


def _revealed(names: list[str], columns: list[list[Any]], encoding: str) -> tuple[list[str], list[list[Any]], str, int]:
    """Decode the names and texts of a Shapefile, one vote per column."""
    codec = vote(names, cut=True)
    shown = [reveal(one, codec, cut=True)[0] for one in names]
    out, used, bad = [], set(), 0
    for cells in columns:
        texts = {cell for cell in cells if isinstance(cell, str)}
        if not texts:
            out.append(cells)
            continue
        choice = encoding.lower() if encoding.lower() in ("utf-8", "utf8") else ("gb18030" if encoding else vote(texts))
        table = {text: reveal(text, choice) for text in texts}
        bad += sum(not fine for _, fine in table.values())
        out.append([table[cell][0] if isinstance(cell, str) else cell for cell in cells])
        used |= {choice} if any(not text.isascii() for text in texts) else set()
    used |= {codec} if any(not one.isascii() for one in names) else set()
    return shown, out, "+".join(sorted(used)) or "ascii", bad


def _points(
    path: str,
    root: Path,
    level: str,
    *,
    layer: str,
    columns: Mapping[str, str] | None,
    crs: str,
    encoding: str,
) -> Draft:
    """Read a table with longitude and latitude as a layer of points."""
    raw = read_table(path, root, level, sheet=layer, columns=columns, encoding=encoding)
    records = shape(raw, level, columns=columns)
    lacking = {"lon", "lat"} - records.given
    if lacking and records.given >= {"code"}:
        geometry = np.full(len(records.frame), None, dtype=object)
    elif lacking:
        raise LayerError(
            N_("a table without columns of longitude and latitude is no layer; found: {found}"),
            place=raw.name,
            remedy=N_('name them in gridkit.toml: columns = {{ lon = "...", lat = "..." }}'),
            found=" | ".join(sorted(records.source.headers.values())),
        )
    else:
        x = records.frame["lon"].to_numpy(dtype=float, na_value=math.nan)
        y = records.frame["lat"].to_numpy(dtype=float, na_value=math.nan)
        geometry = np.full(len(x), None, dtype=object)
        there = np.isfinite(x) & np.isfinite(y)
        geometry[there] = shapely.points(x[there], y[there])
    if crs or not there_are(geometry):
        return _draft(records, geometry, crs or ASSUMED, stated="")
    datum, mixed = _datum_column(records)
    if mixed:
        raise LayerError(
            N_("the column of coordinate systems holds several: {names}"),
            place=raw.name,
            remedy=N_("state crs in gridkit.toml, or split the table"),
            names=", ".join(mixed),
        )
    draft = _draft(records, geometry, datum or ASSUMED, stated=datum)
    if datum:
        return draft
    note = noticed("S130", raw.name, crs=ASSUMED)
    return replace(draft, records=replace(draft.records, notes=[*draft.records.notes, note]))


def there_are(geometry: NDArray[np.object_]) -> bool:
    """Tell whether any feature has a geometry."""
    return bool((~shapely.is_missing(geometry)).any())


def _datum_column(records: Records) -> tuple[str, list[str]]:
    """Return the one system that the table's own column states, or all of them where there are several."""
    if "datum" not in records.given:
        return "", []
    names = sorted({str(value) for value in records.frame["datum"]} - {""})
    if len(names) > 1:
        return "", names
    stated = names[0] if names else ""
    return crs_of_datum(stated), []


def _draft(records: Records, geometry: NDArray[np.object_], crs: str, *, stated: str) -> Draft:
    """Settle the system, convert map-service coordinates, and set aside what cannot be a place."""
    name = records.source.name
    notes = list(records.notes)
    shifted = shift_of(crs)
    geometry, problems = _plausible(records, geometry, degrees=bool(shifted) or _seems_degrees(crs))
    notes += problems
    if shifted:
        geometry = convert_datum(geometry, shifted)
        notes.append(noticed("S131", name, crs=crs, n=int((~shapely.is_missing(geometry)).sum())))
        crs_used = ASSUMED
    else:
        crs_used = crs
    bounds = shapely.total_bounds(geometry)
    crs_used = resolve_crs(crs_used, bounds=tuple(float(one) for one in bounds), place=name)
    series = gpd.GeoSeries(geometry, index=records.frame.index, crs=crs_used)
    source = replace(records.source, crs_stated=stated or crs if shifted else stated, crs_used=crs_used)
    return Draft(replace(records, source=source, notes=notes), series, crs_used)


def _seems_degrees(crs: str) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        return False


def _plausible(
    records: Records, geometry: NDArray[np.object_], *, degrees: bool
) -> tuple[NDArray[np.object_], list[dict[str, Any]]]:
    """Take away geometries that are empty or lie at no place on earth; every row stays, and is named."""
    source, rows = records.source, records.frame["row"].to_numpy()
    nothing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    bounds = shapely.bounds(geometry)
    wrong = ~nothing & ~np.isfinite(bounds).all(axis=1)
    if degrees:
        outside = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
        null_island = (np.abs(bounds) < 1e-9).all(axis=1)
        wrong |= ~nothing & (outside | null_island) if _few(outside, nothing) else ~nothing & null_island
    notes = []
    for code, mask in (("S133", nothing), ("S135", wrong)):
        if mask.any():
            refs = [source.cell(int(row), "lon") for row in rows[mask][:REFS]]
            notes.append(noticed(code, source.name, refs=refs, n=int(mask.sum())))
    kept = shapely.force_2d(geometry).copy()
    kept[nothing | wrong] = None
    return kept, notes


def _few(outside: NDArray[np.bool_], nothing: NDArray[np.bool_]) -> bool:
    """Tell whether only single features are off the earth; a whole layer in metres must be refused, not emptied."""
    return 2 * int(outside.sum()) < int((~nothing).sum())
