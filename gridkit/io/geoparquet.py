"""GeoParquet: a table with a geometry column, in well-known binary or in native coordinates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridkit.errors import LayerError
from gridkit.io.features import Features, attributes, shapes_of, unreadable
from gridkit.locale import N_

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.io.features import Remark, Shapes

LARGEST: Final = 2 << 30
"""Bytes that a table may take when unpacked."""

_NATIVE: Final = ("point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon")


def read(file: Path, name: str) -> Features:
    """Read the one layer of a GeoParquet file.

    Raises
    ------
    LayerError
        If it is damaged, has no geometry column, or unpacks to too much.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            stated = _stated(parquet, name)
            size = sum(parquet.metadata.row_group(one).total_byte_size for one in range(parquet.num_row_groups))
            if size > LARGEST:
                raise LayerError(
                    N_("the file unpacks to more than {most} bytes"),
                    place=name,
                    remedy=N_("open it in a GIS and save it as GeoPackage"),
                    most=LARGEST,
                )
            table = parquet.read()
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise unreadable(name, problem) from problem
    primary = stated["primary_column"]
    others = [one for one in stated["columns"] if one in table.column_names]
    bounds = [_box(one) for one in stated["columns"].values()]
    try:
        geometry, remarks = _geometry(table, primary, stated["columns"][primary])
        names, cells = attributes(table, name, without=[*others, *filter(None, bounds)])
    except (pa.ArrowException, ValueError, TypeError, KeyError) as problem:
        raise unreadable(name, problem) from problem
    return Features(file.stem, names, cells, geometry, _crs(stated["columns"][primary]), "utf-8", tuple(remarks))


def _stated(parquet: pq.ParquetFile, name: str) -> dict[str, Any]:
    """Return what the file says of its geometry columns."""
    try:
        stated = json.loads((parquet.schema_arrow.metadata or {})[b"geo"])
        primary = stated["primary_column"]
        if isinstance(stated["columns"][primary], dict) and primary in parquet.schema_arrow.names:
            return dict(stated)
    except (KeyError, TypeError, ValueError, RecursionError):
        pass
    raise LayerError(
        N_("this Parquet file is a table without geometry: it has no “geo” metadata"),
        place=name,
        remedy=N_("write it as GeoParquet, for example with geopandas to_parquet"),
    )


def _box(column: Any) -> str:
    """Return the column that only holds the bounds of the shapes."""
    try:
        return str(column["covering"]["bbox"]["xmin"][0])
    except (KeyError, TypeError, IndexError):
        return ""


def _geometry(table: pa.Table, primary: str, column: dict[str, Any]) -> tuple[Shapes, list[Remark]]:
    kind = str(column.get("encoding", "WKB"))
    if kind.lower() not in _NATIVE:
        return shapes_of(table.column(primary).to_pylist(), None, layer="")
    extension = pa.field(primary, table.schema.field(primary).type, metadata={
        b"ARROW:extension:name": f"geoarrow.{kind.lower()}".encode(), b"ARROW:extension:metadata": b"{}",
    })  # fmt: skip
    native = pa.table([table.column(primary)], schema=pa.schema([extension]))
    series = gpd.GeoDataFrame.from_arrow(native).geometry
    return np.array(series.to_numpy(), dtype=object), []


def _crs(column: dict[str, Any]) -> str:
    """Return the system as ``EPSG:<n>`` where it is one; left out it means longitude and latitude of WGS 84."""
    if "crs" not in column:
        return "EPSG:4326"
    if column["crs"] is None:
        return ""
    try:
        crs = CRS.from_user_input(column["crs"])
    except CRSError:
        return str(column["crs"])
    if crs.to_authority() == ("OGC", "CRS84"):
        return "EPSG:4326"
    number = crs.to_epsg()
    return f"EPSG:{number}" if number else crs.to_wkt()
