"""Repaired layers and defects as GeoPackages: columns and numbers of the file kept, equal bytes for equal repairs."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import quoteattr

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from gridkit.stores.gpkg import demand_all, new_gpkg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[Any]

MOST_WIDE: Final = 2**53
"""Whole numbers beyond are text: programs would round them."""
_COLOURS: Final = {
    "T201": "168,32,26", "T202": "31,78,121", "T203": "122,79,0", "T208": "122,11,82", "T206": "150,60,0",
    "T205": "150,60,0",
}  # fmt: skip
_OTHER: Final = "85,97,110"


def write_features(
    path: Path,
    layers: Sequence[tuple[str, Mapping[str, Sequence[Any]], Array, str]],
    *,
    day: str = "",
    styled: bool = False,
) -> None:
    """Write layers to one GeoPackage.

    Parameters
    ----------
    path : pathlib.Path
        File to write; an existing one is replaced.
    layers : sequence of tuple
        Name, columns (name -> cells), geometries (None for none), coordinate system. Types of numbers and dates are
        kept; what fits no type is text.
    day : str
        Date that the file carries.
    styled : bool
        Whether layers named ``<level>_<rule>`` get a colour for QGIS.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written, or another program has it open.
    """
    with new_gpkg(path, day) as draft:
        for name, columns, shapes, crs in layers:
            _write(draft, name, columns, shapes, crs)
            demand_all(draft, name, len(shapes))
        if styled:
            _add_styles(draft, [name for name, *_ in layers], day or "1980-01-01")


def _write(draft: Path, name: str, columns: Mapping[str, Sequence[Any]], shapes: Array, crs: str) -> None:
    taken = {column.lower() for column in columns}
    geometry = next(one for one in ("geom", "geometry", "the_geom", "gridkit_geom") if one not in taken)
    fid = next(one for one in ("fid", "ogc_fid", "gridkit_fid") if one not in taken)
    arrays = {column: typed(cells) for column, cells in columns.items()}
    table = pa.table({**arrays, geometry: pa.array(shapely.to_wkb(shapes).tolist(), type=pa.binary())})
    pyogrio.write_arrow(
        table, draft, layer=name, driver="GPKG", geometry_name=geometry, geometry_type=_kind(shapes), crs=crs,
        layer_options={"FID": fid, "GEOMETRY_NAME": geometry}, append=draft.exists(),
    )  # fmt: skip


def _kind(shapes: Array) -> str:
    """Return the one type of geometries, ``Unknown`` for a mixture: no shape is turned into another type."""
    names = {
        -1: "",
        0: "Point",
        1: "LineString",
        3: "Polygon",
        4: "MultiPoint",
        5: "MultiLineString",
        6: "MultiPolygon",
    }
    found = {names.get(int(one), "Unknown") for one in np.unique(shapely.get_type_id(shapes))} - {""}
    return found.pop() if len(found) == 1 else "Unknown"


def typed(cells: Sequence[Any]) -> pa.Array:
    """Return cells as a column of one type, text where they have none in common.

    >>> typed([1, None]).type, typed(["a", 1]).to_pylist(), typed([2**60]).to_pylist()
    (DataType(int64), ['a', '1'], ['1152921504606846976'])
    """
    kinds = {type(cell) for cell in cells if cell is not None}
    wide = int in kinds and any(type(cell) is int and abs(cell) > MOST_WIDE for cell in cells)
    if not wide and str not in kinds:
        with contextlib.suppress(pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            found = pa.array(list(cells))
            if not pa.types.is_nested(found.type) and not pa.types.is_decimal(found.type):
                return pa.array([None] * len(cells), type=pa.string()) if pa.types.is_null(found.type) else found
    texts = [None if cell is None else str(cell).encode("utf-8", "replace").decode() for cell in cells]
    return pa.array(texts, type=pa.string())


def _add_styles(draft: Path, names: Sequence[str], day: str) -> None:
    """Add the table in which QGIS looks for the style of a layer."""
    with contextlib.closing(sqlite3.connect(draft)) as book, book:
        book.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
            "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), "
            "styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), "
            "update_time DATETIME)"
        )
        at = f"{day}T00:00:00.000Z"
        book.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) VALUES "
            "('layer_styles', 'attributes', 'layer_styles', ?, 0)", (at,),
        )  # fmt: skip
        kinds = dict(book.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns"))
        rows = [
            (
                "",
                "",
                name,
                "geom",
                name,
                _style(name.rpartition("_")[2], kinds.get(name, "")),
                "",
                1,
                "",
                "gridkit",
                "",
                at,
            )
            for name in names
        ]
        book.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            rows,
        )


def _style(rule: str, kind: str) -> str:
    """Return a QGIS style of one symbol: a translucent fill, or a line, in the colour of the rule."""
    colour = _COLOURS.get(rule, _OTHER)
    if "LINE" in kind:
        symbol, layer = "line", {"line_color": f"{colour},255", "line_width": "0.8"}
    elif "POINT" in kind:
        symbol, layer = "marker", {"color": f"{colour},255", "size": "2.4"}
    else:
        symbol, layer = "fill", {
            "color": f"{colour},110", "outline_color": f"{colour},255", "outline_width": "0.5", "style": "solid",
        }  # fmt: skip
    of = {"line": "SimpleLine", "marker": "SimpleMarker", "fill": "SimpleFill"}[symbol]
    props = "".join(f"<prop k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in layer.items())
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.0" styleCategories="Symbology">'
        f'<renderer-v2 type="singleSymbol" symbollevels="0"><symbols><symbol type="{symbol}" name="0" alpha="1">'
        f'<layer class="{of}" enabled="1" pass="0" locked="0">{props}</layer></symbol></symbols></renderer-v2></qgis>'
    )
