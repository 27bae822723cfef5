"""One boundary file of any format, opened: its layers, the names of their attributes, and how to read each."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import pyogrio

from gridkit.errors import LayerError
from gridkit.io import dxf, geojson, geopackage, geoparquet, kml, shapefile
from gridkit.io.containers import Dataset, datasets, unpack
from gridkit.io.features import Features, asking, attributes, binary_of, read_gdal, shapes_of, unreadable
from gridkit.io.paths import plain_path
from gridkit.io.sources import kind_of, unusable
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_HINTS: Final = {
    "dwg": (
        N_("this is a DWG drawing, which cannot be read"),
        N_("save it as DXF in the drawing program (AutoCAD, CASS, ZWCAD: save as, DXF)"),
    ),
    "parquet": (
        N_("this Parquet file is a table without geometry: it has no “geo” metadata"),
        N_("write it as GeoParquet, for example with geopandas to_parquet"),
    ),
    "dbf": (
        N_("this is the table of a Shapefile; the shapes are in the .shp beside it"),
        N_("name the .shp in gridkit.toml"),
    ),
    "encrypted": (N_("the file is locked with a password"), N_("save it without a password")),
    "zip": (N_("there is no boundary file in this archive"), N_("correct the path in gridkit.toml")),
}


@dataclass(frozen=True)
class Opened:
    """A boundary file.

    Parameters
    ----------
    layers : mapping of str to callable
        Name of each layer with geometry -> reads it.
    headers : mapping of str to callable
        Name of each layer -> the names of its attributes; empty for formats that have one layer.
    others : int
        Files in an archive that are not read.
    lenient : bool
        Whether the one layer may be asked for by any name, because the file cannot hold another.
    """

    layers: Mapping[str, Callable[[], Features]]
    headers: Mapping[str, Callable[[], list[str]]]
    others: int = 0
    lenient: bool = False


@contextmanager
def opened(file: Path, name: str, *, encoding: str = "") -> Iterator[Opened]:
    """Open a boundary file; copies and unpacked archives live in a temporary folder until it is closed.

    Raises
    ------
    LayerError
        If it is none, or cannot be opened.
    """
    with tempfile.TemporaryDirectory(prefix="gridkit-", ignore_cleanup_errors=True) as folder:
        yield _open(file, name, Path(folder), encoding)


def _open(file: Path, name: str, scratch: Path, encoding: str) -> Opened:
    try:
        kind = kind_of(file)
    except OSError as problem:
        raise unusable(problem, name) from problem
    if kind in ("zip-vector", "kmz"):
        return _archive(file, name, scratch, encoding)
    if kind == "dxf":
        found = dxf.drawing(file, name, encoding=encoding)
        return Opened({layer: partial(dxf.read, found, name, layer) for layer in found.layers}, {})
    if kind == "gpkg":
        known = geopackage.layers(file, name)
        return Opened(
            {layer: partial(geopackage.read, file, name, layer, plain_path(file, scratch)) for layer in known},
            {layer: partial(list, headers) for layer, headers in known.items()},
        )
    if kind in ("gdb", "fgb"):
        return _database(plain_path(file, scratch), name)
    if kind == "shp":
        copies = scratch / "parts"
        copies.mkdir()
        reader = partial(shapefile.read, file, name, copies, encoding=encoding)
        return Opened({file.stem: reader}, {file.stem: partial(shapefile.headers, file, name)}, lenient=True)
    readers: dict[str, Callable[[], Features]] = {
        "geojson": partial(geojson.read, file, name, encoding=encoding),
        "geoparquet": partial(geoparquet.read, file, name),
        "kml": partial(kml.read, file, name, encoding=encoding),
    }
    if kind not in readers:
        raise _no_boundaries(name, kind)
    return Opened({geojson.title(file) if kind == "geojson" else file.stem: readers[kind]}, {})


def _no_boundaries(name: str, kind: str) -> LayerError:
    if kind in _HINTS:
        template, remedy = _HINTS[kind]
        return LayerError(template, place=name, remedy=remedy)
    return unreadable(
        name, gettext("it is empty") if kind == "empty" else gettext("it looks like: {kind}").format(kind=kind)
    )


def _database(file: Path, name: str) -> Opened:
    """Open what pyogrio reads by itself: File Geodatabases and FlatGeobuf."""
    with asking(name):
        listed = [str(layer) for layer, geometry in pyogrio.list_layers(file) if geometry is not None]
    return Opened(
        {layer: partial(_from_database, file, name, layer) for layer in listed},
        {layer: partial(_database_headers, file, name, layer) for layer in listed},
    )


def _database_headers(file: Path, name: str, layer: str) -> list[str]:
    with asking(name):
        return [str(one) for one in pyogrio.read_info(file, layer=layer)["fields"]]


def _from_database(file: Path, name: str, layer: str) -> Features:
    meta, table = read_gdal(file, name, layer=layer)
    column = meta["geometry_name"] or "wkb_geometry"
    names, cells = attributes(table, f"{name}!{layer}", without=[column])
    geometry, remarks = shapes_of(binary_of(table, column), file, layer=layer)
    return Features(layer, names, cells, geometry, meta["crs"] or "", meta["encoding"] or "", tuple(remarks))


def _archive(file: Path, name: str, scratch: Path, encoding: str) -> Opened:
    """Open an archive: each boundary file in it is a layer named by its path there, or several below that path."""
    found, others = datasets(file, name)
    if not found:
        raise _no_boundaries(name, "zip")
    layers: dict[str, Callable[[], Features]] = {}
    headers: dict[str, Callable[[], list[str]]] = {}
    for number, dataset in enumerate(found):
        inner = _Inner(file, name, dataset, scratch / str(number), encoding)
        stem = str(PurePosixPath(dataset.name).with_suffix(""))
        if len(found) == 1 and dataset.kind in (".kml", ".ovkml"):
            stem = file.stem
        if dataset.kind in (".gpkg", ".gdb", ".dxf"):
            one = inner.open()
            names = {layer: stem if len(one.layers) == 1 else f"{stem}/{layer}" for layer in one.layers}
        else:
            names = {"": stem}
        for layer, shown in names.items():
            layers[shown] = partial(inner.read, layer, shown)
            headers[shown] = partial(inner.headers, layer)
    return Opened(layers, headers, others, lenient=len(layers) == 1)


class _Inner:
    """A boundary file in an archive, unpacked when it is first needed."""

    def __init__(self, file: Path, name: str, dataset: Dataset, folder: Path, encoding: str) -> None:
        self._file, self._name, self._dataset, self._folder, self._encoding = file, name, dataset, folder, encoding
        self._opened: Opened | None = None

    def open(self) -> Opened:
        if self._opened is None:
            self._folder.mkdir()
            target = unpack(self._file, self._name, self._dataset, self._folder)
            place = f"{self._name}!{self._dataset.name}"
            kind = kind_of(target)
            if kind in ("zip-vector", "kmz", "zip"):
                raise _no_boundaries(place, "zip")
            self._opened = _open(target, place, self._folder, self._encoding)
        return self._opened

    def read(self, layer: str, shown: str) -> Features:
        found = self.open().layers
        return replace(found[layer or next(iter(found))](), layer=shown)

    def headers(self, layer: str) -> list[str]:
        found = self.open().headers
        return found[layer or next(iter(found))]() if found else []
