"""What every reader of boundary files gives back, and what they share: bulk reading, cells exact, shapes plain."""

from __future__ import annotations

import json
import math
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import fiona
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely

from gridkit.errors import LayerError
from gridkit.io.decode import DISGUISE, reveal, vote
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

LONGEST: Final = 1_000_000
"""An attribute with more characters is a mistake of the file, or meant to do harm."""

BROKEN: Final = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    fiona.errors.FionaError,
    ValueError,
    RuntimeError,
    OSError,
    NameError,  # pyogrio: "local variable referenced before assignment", where a coordinate system makes no sense
    TypeError,
    LookupError,
    ArithmeticError,
)
"""What GDAL and its two front ends raise on files that are not what they seem."""

_FOLDERS: Final = re.compile(r"(?:[A-Za-z]:)?[/\\](?:[^/\\'\":]+[/\\])+")
"""Folders of this machine in what others say."""

_LINE, _RING, _POLYGON, _COLLECTION = 1, 2, 3, 7
_CURVED: Final = frozenset(range(8, 13))
"""Types of shapes with arcs in well-known binary (ISO 13249-3): from CircularString to MultiSurface."""


@dataclass(frozen=True)
class Remark:
    """A finding that a reader makes: rule, features (counted from 1), a place in the file's own system, and params."""

    code: str
    rows: tuple[int, ...] = ()
    at: tuple[float, float] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Features:
    """One layer as a reader found it.

    Parameters
    ----------
    layer : str
        Its name, unique in the file.
    names : list of str
        Names of the attributes.
    cells : list of list
        One list per attribute.
    geometry : (n,) array of Geometry or None
        As in the file; :func:`plain` comes later.
    crs, encoding : str
        As stated by the file.
    remarks : tuple of Remark
        What the reader noticed.
    cut : bool
        Whether names may have been cut short by the format.
    within : str
        Attribute that may name the place in which features lie: a folder of the file.
    """

    layer: str
    names: list[str]
    cells: list[list[Any]]
    geometry: Shapes
    crs: str = ""
    encoding: str = ""
    remarks: tuple[Remark, ...] = ()
    cut: bool = False
    within: str = ""


def unreadable(name: str, problem: Exception | str) -> LayerError:
    """Return the error for a file that is not what it seems."""
    text = _FOLDERS.sub("", str(problem))
    return LayerError(
        N_("this is not a boundary file that can be read: {reason}"),
        place=name,
        remedy=N_("open it in a GIS and save it as GeoPackage"),
        reason=text.splitlines()[0][:160] if text else type(problem).__name__,
    )


@contextmanager
def asking(name: str) -> Iterator[None]:
    """Turn what GDAL raises into our error, and keep its warnings to ourselves: we check what they tell of."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except BROKEN as problem:
        raise unreadable(name, problem) from problem


def read_gdal(source: Path | bytes, name: str, *, layer: str = "", **options: Any) -> tuple[dict[str, Any], pa.Table]:
    """Read one layer in bulk and demand that all of its features came.

    Raises
    ------
    LayerError
        If it cannot be read, or fewer features come than it states.
    """
    chosen = {"layer": layer} if layer else {}
    with asking(name):
        meta, table = pyogrio.read_arrow(source, **chosen, **options)
        stated = pyogrio.read_info(source, force_feature_count=True, **chosen, **options)["features"]
    if options.get("encoding") != DISGUISE and table.num_rows != stated:
        raise lost(f"{name}!{layer}" if layer else name, stated, table.num_rows)
    return meta, table


def lost(place: str, stated: int, read: int) -> LayerError:
    """Return the error for a layer that is not all there."""
    return LayerError(
        N_("the layer states {stated} features, but {read} can be read"),
        place=place,
        remedy=N_("repair it in a GIS and save it as GeoPackage"),
        stated=stated,
        read=read,
    )


def attributes(table: pa.Table, place: str, *, without: Sequence[str]) -> tuple[list[str], list[list[Any]]]:
    """Return names and cells of a table: long whole numbers as text, lists as JSON, broken texts decoded by vote.

    Raises
    ------
    LayerError
        If an attribute is longer than any text that people write.
    """
    kept = [(position, one) for position, one in enumerate(table.column_names) if one not in without]
    return [one for _, one in kept], [_exact(_pylist(table.column(position), place, one)) for position, one in kept]


def binary_of(table: pa.Table, column: str) -> list[bytes | None]:
    """Return the shapes of a table; nothing for each feature where it has no such column."""
    if column not in table.column_names:
        return [None] * table.num_rows
    last = len(table.column_names) - 1 - table.column_names[::-1].index(column)  # an attribute may have the same name
    found: list[bytes | None] = table.column(last).to_pylist()
    return found


def _pylist(column: pa.ChunkedArray, place: str, header: str) -> list[Any]:
    texts = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if texts or pa.types.is_binary(column.type):
        demand_short(pc.max(pc.binary_length(column)).as_py() or 0, place, header)
    try:
        cells: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        disguised = [
            None if data is None else data.decode(DISGUISE) for data in column.cast(pa.large_binary()).to_pylist()
        ]
        codec = vote({text for text in disguised if text})
        cells = [None if text is None else reveal(text, codec)[0] for text in disguised]
    return cells


def demand_short(length: int, place: str, header: str) -> None:
    """Refuse a text of more than a million characters."""
    if length > LONGEST:
        raise LayerError(
            N_("the attribute {header} holds a text of {length} characters"),
            place=place,
            remedy=N_("remove it in a GIS and save the file anew"),
            header=header[:80],
            length=length,
        )


def _exact(cells: list[Any]) -> list[Any]:
    return [_cell(cell) if isinstance(cell, (int, float, list, dict, bytes)) else cell for cell in cells]


def _cell(cell: Any) -> Any:
    """Return whole numbers too long for a spreadsheet as text: in a layer they are exact up to 2**53, as integers all.

    >>> _cell(522601001001002001), _cell(5226010010010020.0), _cell(5.22601001001002e17), _cell(["甲"])
    ('522601001001002001', '5226010010010020', 5.22601001001002e+17, '["甲"]')
    """
    if isinstance(cell, (list, dict)):
        return json.dumps(cell, ensure_ascii=False, sort_keys=True, default=str)
    if isinstance(cell, bytes):
        return ""
    if type(cell) is int and abs(cell) >= 10**15:
        return str(cell)
    if type(cell) is float and 1e15 <= abs(cell) < 2**53 and cell.is_integer():
        return str(int(cell))
    return cell


def lossy(cells: Sequence[Any]) -> bool:
    """Tell whether a column of numbers holds one that a float cannot hold exactly."""
    return any(type(cell) is float and math.isfinite(cell) and abs(cell) >= 2**53 for cell in cells)


def shapes_of(
    wkb: Sequence[bytes | None], file: Path | None, *, layer: str, **options: Any
) -> tuple[Shapes, list[Remark]]:
    """Return geometries from well-known binary; arcs are drawn straight by fiona, which pyogrio cannot do.

    Parameters
    ----------
    wkb : sequence of bytes or None
        Feature by feature.
    file : Path or None
        Where fiona can read the same layer again; it is asked only where there are arcs.
    """
    coded = np.empty(len(wkb), dtype=object)
    coded[:] = wkb
    remarks = []
    try:
        with np.errstate(invalid="ignore"):  # numbers that are none are told as S166, not by numpy
            geometry = shapely.from_wkb(coded, on_invalid="ignore")
    except NotImplementedError:  # arcs, at the top or inside a collection
        curved = np.array([one is not None and _kind(one) in _CURVED for one in wkb], dtype=bool)
        straight = _straightened(file, layer, len(wkb), **options) if file is not None else None
        geometry = straight if straight is not None else _each(coded)
        done = curved & ~shapely.is_missing(geometry)
        if done.any():
            remarks.append(Remark("S160", _rows(done), params={"n": int(done.sum()), "variant": "curved"}))
    broken = shapely.is_missing(geometry)
    broken[broken] = [one is not None for one in coded[broken]]
    if broken.any():
        remarks.append(Remark("S169", _rows(broken), params={"n": int(broken.sum()), "variant": "geometry"}))
    return geometry, remarks


def _kind(wkb: bytes) -> int:
    order = "little" if wkb[:1] == b"\x01" else "big"
    return (int.from_bytes(wkb[1:5], order) & 0x0FFFFFFF) % 1000  # type: ignore[arg-type]


def _straightened(file: Path, layer: str, count: int, **options: Any) -> Shapes | None:
    """Return the geometries as fiona reads them, every arc as chords; None where it does not see the same features."""
    geometry = np.full(count, None, dtype=object)
    try:
        with warnings.catch_warnings(), fiona.open(file, layer=layer, **options) as features:
            warnings.simplefilter("ignore")
            for position, feature in enumerate(features):
                if position < count and feature.geometry is not None:
                    geometry[position] = shapely.geometry.shape(feature.geometry)
            return geometry if len(features) == count else None
    except BROKEN:
        return None


def _each(coded: Shapes) -> Shapes:
    geometry = np.full(len(coded), None, dtype=object)
    for position, one in enumerate(coded):
        try:
            with np.errstate(invalid="ignore"):
                geometry[position] = shapely.from_wkb(one, on_invalid="ignore")
        except NotImplementedError:
            continue
    return geometry


def plain(geometry: Shapes, *, lines: bool = True) -> tuple[Shapes, list[Remark]]:
    """Return flat geometries: without heights and measures, closed lines as the areas inside them.

    Parameters
    ----------
    geometry : (n,) array of Geometry or None
        As read.
    lines : bool
        Whether closed lines are areas.
    """
    high = shapely.has_z(geometry) | shapely.has_m(geometry)
    flat: Shapes = shapely.force_2d(geometry).copy()
    for nested in np.flatnonzero(shapely.get_type_id(flat) == _COLLECTION):
        flat[nested] = _unnested(flat[nested])
    remarks = []
    if high.any():
        remarks.append(Remark("S160", _rows(high), params={"n": int(high.sum()), "variant": "heights"}))
    kinds = shapely.get_type_id(flat)
    closed = np.isin(kinds, (_LINE, _RING)) & shapely.is_closed(flat) & (shapely.get_num_points(flat) >= 4) & lines
    if closed.any():
        points, owner = shapely.get_coordinates(flat[closed], return_index=True)
        flat[closed] = shapely.polygons(shapely.linearrings(points, indices=owner))
        remarks.append(Remark("S160", _rows(closed), params={"n": int(closed.sum()), "variant": "closed"}))
    return flat, remarks


def _unnested(collection: shapely.GeometryCollection) -> shapely.GeometryCollection:
    """Return a collection of single parts, however deep they lie."""
    parts = shapely.get_parts(collection)
    while (shapely.get_type_id(parts) > _POLYGON).any():
        parts = shapely.get_parts(parts)
    return shapely.GeometryCollection(list(parts))


def _rows(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple((np.flatnonzero(mask) + 1).tolist())
