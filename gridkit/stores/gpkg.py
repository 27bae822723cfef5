"""``city.gpkg``: the layers with their status, for any desktop GIS; the same bytes for the same run."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gridkit.errors import OutputError
from gridkit.geo.crs import to_lonlat
from gridkit.locale import N_, speaking
from gridkit.model.boundaries import DEFECT_COLUMNS
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS, STREET
from gridkit.rules.labels import label
from gridkit.stores.defects import defect_layers
from gridkit.stores.tables import PRIVATE
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gridkit.model import City, Findings, Run

_SIDE_FILES: Final = ("-wal", "-shm", "-journal")
_EPOCH: Final = "1980-01-01"
_ROOM: Final = 1 << 20
"""Bytes; with less than that left a failure is one of the full disk."""
_DATE_OPTION: Final = "OGR_CURRENT_DATE"
_PARENT: Final = {COMMUNITY: (STREET, "street_name"), GRID: (COMMUNITY, "community_name")}
"""Level -> the level above, and the column that holds the name of what lies above."""


@contextmanager
def _dated(day: str) -> Iterator[None]:
    """Let the GeoPackage carry ``day`` instead of the time of writing."""
    before = pyogrio.get_gdal_config_option(_DATE_OPTION)
    pyogrio.set_gdal_config_options({_DATE_OPTION: f"{day}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_DATE_OPTION: before})


def _compounds(run: Run, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return compounds with their merged attributes, their place, and how they are covered.

    ``status_label`` and ``type_label`` say the status and the type in the language of the run.
    """
    cover = run.coverage.frame.reindex(frame.index)
    data = run.attributes.frame.reindex(frame.index).drop(columns=list(PRIVATE))
    for name in (GRID, COMMUNITY, STREET):
        data[name] = run.places.frame[name].reindex(frame.index)
    for level in (COMMUNITY, STREET):
        data[f"{level}_name"] = _names(run, level, data[level], data[f"{level}_name"])
    for name in ("status", "organisation", "work", "valid", "rule"):
        data[name] = cover[name]
    data["status_label"] = _labels(data["status"], "status")
    data["type_label"] = _labels(data["compound_type"], "compound_type")
    for name in ("via", "open_via", "flags", "refs"):
        data[name] = ["; ".join(map(str, value)) if isinstance(value, tuple) else "" for value in cover[name]]
    return gpd.GeoDataFrame(data.assign(src=frame["src"], row=frame["row"]), geometry=frame.geometry, crs=frame.crs)


def _labels(codes: pd.Series, vocabulary: str) -> pd.Series:
    """Return what codes are called in the current language, worked out once for each."""
    known = {code: label(code, vocabulary) if code else "" for code in codes.fillna("").unique()}
    return codes.fillna("").map(known)


def _names(run: Run, level: str, codes: pd.Series, stated: pd.Series) -> pd.Series:
    """Return the names of places as they are stated; where nothing is stated, those of the layer of ``level``."""
    if level not in run.city.layers:
        return stated
    names = codes.map(run.city.layers[level].frame["name"])
    return stated.where(stated.fillna("") != "", names).fillna("")


def _areas(run: Run, level: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return an area layer with the name of what lies above, its number of compounds in all and in each status."""
    if level in _PARENT and level in run.places.parents:
        above, column = _PARENT[level]
        frame = frame.assign(
            **{column: _names(run, above, run.places.parents[level].reindex(frame.index), frame[column])}
        )
    place = run.places.frame[level].reindex(run.coverage.frame.index).to_numpy(dtype=object)
    row = frame.index.get_indexer(place)
    status = run.coverage.frame["status"].to_numpy(dtype=object)
    counts = {
        name: np.bincount(row[(row >= 0) & (status == name)], minlength=len(frame)) for name in run.coverage.by_status()
    }
    totals = {"compounds": sum(counts.values()), **{f"n_{name.lower()}": of for name, of in counts.items()}}
    return frame.assign(**totals)


def _findings(run: Run) -> gpd.GeoDataFrame:
    frame = run.findings.frame
    frame = frame[frame["lon"].notna() & frame["lat"].notna()]
    data = frame[["code", "severity", "subject"]].reset_index(drop=True)
    data["refs"] = ["; ".join(map(str, refs)) for refs in frame["refs"]]
    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    return gpd.GeoDataFrame(data, geometry=points, crs="EPSG:4490")


def layers(run: Run) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """Yield the layers of the file in EPSG:4490, each sorted by code, the codes as text; one at a time in memory."""
    for level in LEVELS:
        layer = run.city.layers.get(level)
        if layer is None:
            continue
        frame = layer.frame.sort_index()
        shown = _compounds(run, frame) if level == COMPOUND else _areas(run, level, frame)
        yield level, to_lonlat(shown.rename_axis("code").reset_index())
    yield "findings", _findings(run)
    for name, frame in defect_layers(run.defects, run.findings):
        yield name, to_lonlat(frame)


def _text_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose text columns hold text only: a broken file may bring what UTF-8 cannot hold."""
    texts = [name for name in frame.columns if name != "geometry" and frame[name].dtype.kind not in "iufbIF"
             and not isinstance(frame[name].dtype, (pd.Int64Dtype, pd.Float64Dtype))]  # fmt: skip
    return frame.assign(**{name: pd.Series(_clean(frame[name]), index=frame.index, dtype=object) for name in texts})


def _clean(values: pd.Series) -> list[str]:
    texts = [value if type(value) is str else str(value) for value in values.tolist()]
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return [text.encode("utf-8", "replace").decode() for text in texts]
    return texts


def _kind(frame: gpd.GeoDataFrame) -> str:
    """Return the geometry type of a layer; ``Unknown`` holds a mixture."""
    single = {kind.removeprefix("Multi") for kind in frame.geom_type.dropna()}
    plain = {"Polygon": "MultiPolygon", "Point": "Point"}
    return plain.get(single.pop(), "Unknown") if len(single) == 1 else "Unknown"


def write_gpkg(run: Run, path: Path) -> None:
    """Write the layers of a run: street, community, grid, compound, findings, and the defects of its boundaries.

    The file is written beside ``path``, counted through, and moved there when it is complete. Codes are text,
    coordinates EPSG:4490 (degrees), the date inside is ``as_of``.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written, or another program has it open (a GeoPackage that is exchanged under an open
        connection is damaged without a word).
    """
    with speaking(run.language):
        write_geopackage(layers(run), path, day=run.city.as_of.isoformat() if run.city.as_of else _EPOCH)


def write_defects(defects: gpd.GeoDataFrame | None, findings: Findings, city: City, path: Path) -> None:
    """Write the defects of the boundary layers of a city, in its metres; the same bytes for the same defects.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written, or another program has it open.
    """
    frame = gpd.GeoDataFrame(columns=list(DEFECT_COLUMNS), geometry="geometry", crs=city.crs)
    day = city.as_of.isoformat() if city.as_of else ""
    write_geopackage(defect_layers(frame if defects is None else defects, findings), path, day=day)


def write_geopackage(named: Iterable[tuple[str, pd.DataFrame]], path: Path, *, day: str = _EPOCH) -> None:
    """Write layers, and tables without geometry, as one GeoPackage: complete, or not at all.

    Parameters
    ----------
    named : iterable of (str, GeoDataFrame or DataFrame)
        Each is taken when its turn comes, so that one at a time is in memory.
    day : str
        The date inside, ``YYYY-MM-DD``: equal layers give equal bytes.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written, or another program has it open.
    """
    with new_gpkg(path, day) as draft:
        for name, frame in named:
            if isinstance(frame, gpd.GeoDataFrame):
                pyogrio.write_dataframe(
                    _text_columns(frame), draft, layer=name, driver="GPKG", geometry_type=_kind(frame),
                    promote_to_multi=_kind(frame) == "MultiPolygon", append=False,
                )  # fmt: skip
            else:
                pyogrio.write_dataframe(_text_columns(frame), draft, layer=name, driver="GPKG", append=False)
            demand_all(draft, name, len(frame))


@contextmanager
def new_gpkg(path: Path, day: str = "") -> Iterator[Path]:
    """Give a path to write a GeoPackage to; it gets its name when the block has ended without an error.

    Parameters
    ----------
    path : pathlib.Path
        The file to be.
    day : str
        The date that it carries, ``2024-06-30``; a fixed one where none is given.

    Raises
    ------
    gridkit.errors.OutputError
        As of :func:`write_gpkg`.
    """
    busy = [side for side in _SIDE_FILES if path.with_name(path.name + side).exists()]
    if busy:
        raise OutputError(
            N_("the GeoPackage is open in another program, or was left unfinished: {side} lies beside it"),
            place=path.name,
            remedy=N_("close it there, or write to a new name"),
            side=path.name + busy[0],
        )
    with (
        whole(path, also=(DataSourceError, DataLayerError, sqlite3.Error)) as target,
        tempfile.TemporaryDirectory(prefix=".tmp-", dir=target.parent) as folder,
        _dated(day or _EPOCH),
        _no_room(target.parent),
    ):
        draft = Path(folder) / "city.gpkg"  # SQLite lays its journal beside it
        yield draft
        draft.replace(target)


@contextmanager
def _no_room(folder: Path) -> Iterator[None]:
    """Say of a failure on a full disk that the disk is full; the library only tells which statement failed."""
    try:
        yield
    except (DataSourceError, DataLayerError) as problem:
        if shutil.disk_usage(folder).free < _ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from problem
        raise


def demand_all(draft: Path, layer: str, rows: int) -> None:
    """Read back how many features are in the file: the library does not report every write that fails."""
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(draft))}?mode=ro", uri=True)) as book:
        try:
            (found,) = book.execute(f'SELECT count(*) FROM "{layer}"').fetchone()
        except sqlite3.Error as problem:
            raise DataLayerError(str(problem)) from problem
    if found != rows:
        raise DataLayerError(f"{layer}: {found} / {rows}")
