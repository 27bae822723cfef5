"""Boundary layers: vector files of any format, folders of them read as one layer, and tables of points."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.errors import LayerError, NoFeatureError
from gridkit.io.dictionary import cut_fields, match
from gridkit.io.drafts import Draft, joined, settled
from gridkit.io.features import plain
from gridkit.io.fields import Records, shape, types_of
from gridkit.io.notes import noticed
from gridkit.io.opened import Opened, opened
from gridkit.io.points import demand_order
from gridkit.io.raw import RawTable
from gridkit.io.sheets import WORKBOOKS
from gridkit.io.shifts import ASSUMED, crs_of_datum
from gridkit.io.sources import digest_of, found_files, kind_of
from gridkit.io.tables import read_table
from gridkit.io.text import cell_text
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from gridkit.io.control import Control
    from gridkit.io.features import Features, Remark

__all__ = ["Draft", "layers_of", "parts_of", "read_layer", "read_vector"]

TABLES: Final = (*WORKBOOKS, ".csv", ".txt", ".tsv")
ALL: Final = "*"
"""Read all layers of a file as one."""

FILE: Final = "文件名"
"""Attribute that holds the name of the file, where several are read as one layer."""

DOUBTFUL_DATUM: Final = "S166"
"""Said only where the project does not state the system."""

NOT_READ: Final = "S169"
"""Why lines and points of a layer of areas are set aside."""

_KINDS_OF_TABLES: Final = frozenset(("xlsx", "xlsb", "xls", "ods", "html-table", "xml-spreadsheet", "text-table"))
_COMMUNITIES: Final = ("社区", "村", "居委会", "村委会", "小区居", "居民区")
_STREETS: Final = ("街道", "镇", "乡", "办事处", "街道办")


@dataclass(frozen=True)
class _Part:
    """One layer of one file."""

    raw: RawTable
    geometry: NDArray[np.object_]
    crs: str
    cut: bool
    within: str


def read_layer(
    path: str,
    root: Path,
    level: str,
    *,
    layer: str = "",
    columns: Mapping[str, str] | None = None,
    crs: str | Control = "",
    encoding: str = "",
) -> Draft:
    """Read one level of the city.

    Lines without a code are no places: in a layer that has areas or points they are set aside (``S169``), and so are
    the points without a code of a layer that is mainly areas.

    Parameters
    ----------
    path, root : str, Path
        Path as the project states it, and the folder of the project file. A folder or a pattern (``communities/*.shp``)
        is read as one layer, in the order of the names.
    level : str
        ``street``, ``community``, ``grid`` or ``compound``.
    layer : str
        Layer of the file, or sheet of a workbook; may be left out where only one fits; ``*`` for all of them together.
    columns : mapping of str to str, optional
        Field -> attribute name.
    crs : str or Control
        Coordinate system that outranks the file's own; ``GCJ-02`` and ``BD-09`` are converted. Control points lead from
        an old or local system to CGCS2000.
    encoding : str
        Text encoding, found by itself where it is not stated.

    Raises
    ------
    LayerError, TableError
        If a file cannot be used.
    """
    stated = dict(columns or {})
    if is_table(path, root):
        return _points(path, root, level, layer=layer, columns=stated, crs=crs, encoding=encoding)
    fits = partial(_fits, level=level, columns=stated)
    parts = _read(path, root, layer=layer, encoding=encoding, fits=fits)
    drafts = [_drafted(_areas_alone(part, level, stated), level, stated, crs, several=len(parts) > 1) for part in parts]
    return joined(drafts, path)


def read_vector(
    path: str, root: Path, *, layer: str = "", encoding: str = ""
) -> tuple[RawTable, NDArray[np.object_], str]:
    """Return attributes, geometries and the stated system of one vector file, every feature.

    Geometries are flat, and closed lines are areas; nothing else is changed. See :func:`read_layer` for folders.

    Raises
    ------
    LayerError
        If the file cannot be used, or several files or layers could be meant.
    """
    parts = _read(path, root, layer=layer, encoding=encoding)
    if len(parts) > 1:
        raise LayerError(
            N_("this means several files or layers: {names}"),
            place=path,
            remedy=N_("name one of them"),
            names=", ".join(part.raw.name for part in parts[:10]),
        )
    return parts[0].raw, parts[0].geometry, parts[0].crs


def parts_of(
    path: str, root: Path, level: str, *, layer: str = "", columns: Mapping[str, str] | None = None, encoding: str = ""
) -> list[tuple[RawTable, NDArray[np.object_], str, bool]]:
    """Return what :func:`read_layer` reads a level from, file by file, before anything of it is understood.

    Each with attributes, flat geometries in the numbers of the file, the system that the file states, and whether its
    names may have been cut short; every feature, also those that a level sets aside.

    Raises
    ------
    LayerError
        If a file cannot be used.
    """
    fits = partial(_fits, level=level, columns=dict(columns or {}))
    parts = _read(path, root, layer=layer, encoding=encoding, fits=fits)
    return [(part.raw, part.geometry, part.crs, part.cut) for part in parts]


def layers_of(path: str, root: Path) -> tuple[str, ...]:
    """Return the names of the layers with geometry of a vector file; of several files those of all, each once.

    Raises
    ------
    LayerError
        If there is no such file, or it is no vector file.
    """
    names: dict[str, None] = {}
    for file, name in found_files(path, root)[0]:
        with opened(file, name) as found:
            names |= dict.fromkeys(found.layers)
    return tuple(names)


def is_table(path: str, root: Path) -> bool:
    """Tell whether a layer is a table of points, by its name or its content."""
    try:
        file = root / path
        return path.lower().endswith(TABLES) or (file.is_file() and kind_of(file) in _KINDS_OF_TABLES)
    except (OSError, ValueError):
        return False


def _read(path: str, root: Path, *, layer: str, encoding: str, fits: Any = None) -> list[_Part]:
    files, others = found_files(path, root)
    parts: list[_Part] = []
    for file, name in files:
        with opened(file, name, encoding=encoding) as found:
            chosen = list(found.layers) if layer == ALL else [_chosen(found, name, layer, fits)]
            notes = []
            if not layer and len(found.layers) > 1:
                notes.append(noticed("S163", name, values=", ".join(found.layers), layer=chosen[0]))
            if others + found.others:
                notes.append(noticed("S169", name, n=others + found.others, variant="others"))
            others = 0
            sha256 = digest_of(file, name)
            for one in chosen:
                parts.append(_part(found.layers[one](), name, sha256, notes))
                notes = []
    return parts


def _chosen(found: Opened, name: str, wanted: str, fits: Any) -> str:
    """Return the layer that is meant: by name, the only one, or the only one with code and name of the level."""
    names = list(found.layers)
    if wanted in found.layers:
        return wanted
    if len(names) == 1 and (not wanted or found.lenient):
        return names[0]
    if wanted:
        ends = [one for one in names if one.rpartition("/")[2] == wanted]
        if len(ends) == 1:
            return ends[0]
    elif fits is not None:
        fitting = [one for one in names if one in found.headers and fits(found.headers[one]())]
        if len(fitting) == 1:
            return fitting[0]
    template = (
        N_("there is no layer {layer}; the file has: {names}") if wanted else N_("the file has several layers: {names}")
    )
    if not names:
        template = N_("the file has no layer with geometry")
    raise LayerError(
        template, place=name, remedy=N_("state layer in gridkit.toml"), layer=wanted, names=", ".join(names)
    )


def _fits(headers: Sequence[str], *, level: str, columns: Mapping[str, str]) -> bool:
    return {"code", "name"} <= set(match(headers, level, stated=columns, cut=True).fields)


def _part(found: Features, name: str, sha256: str, notes: Sequence[dict[str, Any]]) -> _Part:
    """Bring what a reader found into a raw table and flat geometries."""
    place = f"{name}!{found.layer}" if found.layer else name
    if not len(found.geometry):
        raise NoFeatureError(N_("the layer holds no feature"), place=place, remedy=N_("name another layer"))
    geometry, remarks = plain(found.geometry)
    raw = RawTable(
        name, found.layer, sha256, found.names, list(found.names), found.cells, list(range(1, len(geometry) + 1)),
        tabular=False, encoding=found.encoding,
        notes=[*notes, *(_note(one, place) for one in (*found.remarks, *remarks))],
    )  # fmt: skip
    return _Part(raw, geometry, found.crs, found.cut, found.within)


def _note(remark: Remark, place: str) -> dict[str, Any]:
    x, y = remark.at or (math.nan, math.nan)
    refs = [f"{place}!{row}" for row in remark.rows]
    return noticed(remark.code, place, refs=refs, lon=x, lat=y, **remark.params)


def _areas_alone(part: _Part, level: str, columns: Mapping[str, str]) -> _Part:
    """Set aside lines without a code in a layer of areas or points, and points without one in a layer of mainly areas.

    What has a code of this level is a place all the same, drawn badly or only roughly, and is kept.
    """
    raw = part.raw
    dimensions = shapely.get_dimensions(part.geometry)
    lines, points, areas = (dimensions == 1), (dimensions == 0), (dimensions == 2)
    if not (areas.any() or points.any()):
        return part
    points &= 2 * int(areas.sum()) > int((dimensions >= 0).sum())
    at = match(raw.headers, level, stated=columns, cut=part.cut).fields.get("code")
    codes = raw.columns[at] if at is not None else [""] * len(raw.rows)
    other = (lines | points) & np.array([not cell_text(cell).strip() for cell in codes], dtype=bool)
    if not other.any():
        return part
    kept = np.flatnonzero(~other)
    away = [raw.rows[one] for one in np.flatnonzero(other)]
    params: dict[str, Any] = {"n": len(away), "total": int((dimensions == 2).sum()), "variant": "shapes"}
    note = noticed(NOT_READ, raw.name, refs=[f"{raw.name}!{row}" for row in away], **params)
    raw = replace(
        raw,
        columns=[[cells[one] for one in kept] for cells in raw.columns],
        rows=[raw.rows[one] for one in kept],
        set_aside=[*raw.set_aside, *((row, NOT_READ, "") for row in away)],
        notes=[*raw.notes, note],
    )
    return replace(part, raw=raw, geometry=part.geometry[kept])


def _drafted(part: _Part, level: str, columns: Mapping[str, str], crs: str | Control, *, several: bool) -> Draft:
    raw = part.raw
    if crs:
        raw = replace(raw, notes=[note for note in raw.notes if note["code"] != DOUBTFUL_DATUM])
    if several:
        stem = raw.path.rpartition("/")[2].partition(".")[0]
        raw = replace(
            raw,
            headers=[*raw.headers, FILE],
            letters=[*raw.letters, FILE],
            columns=[*raw.columns, [stem] * len(raw.rows)],
        )
    stated = dict(columns)
    for header in (part.within, FILE):
        field = _place_field(raw, header, level, stated, cut=part.cut)
        if field:
            stated[field] = header
    records = shape(raw, level, columns=stated, cut=part.cut)
    if part.cut:
        records = replace(records, notes=[*records.notes, *_ambiguous(raw, level, stated)])
    return settled(records, part.geometry, crs or part.crs, stated=part.crs)


def _place_field(raw: RawTable, header: str, level: str, columns: Mapping[str, str], *, cut: bool) -> str:
    """Return the field that the names of folders or files fill: every one of them names such a place."""
    if header not in raw.headers:
        return ""
    values = {str(one) for one in raw.columns[raw.headers.index(header)] if one}
    given = match(raw.headers, level, stated=columns, cut=cut).fields
    own = {"community": ("name", _COMMUNITIES), "street": ("name", _STREETS)}.get(level)
    for field, ends in (("community_name", _COMMUNITIES), ("street_name", _STREETS), own or ("", ())):
        if field in types_of(level) and field not in given and values and all(one.endswith(ends) for one in values):
            return field
    return ""


def _ambiguous(raw: RawTable, level: str, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Tell of names that were cut off and may mean several fields, or one field together with other such names."""
    found = match(raw.headers, level, stated=columns, cut=True)
    taken = {*found.fields.values(), *found.rivals}
    notes = []
    for position, header in enumerate(raw.headers):
        fields = sorted(cut_fields(header, level) - set(found.fields)) if position not in taken else []
        if fields:
            refs = [f"{raw.name}.{header}"]
            notes.append(noticed("S168", raw.name, refs=refs, header=header, values=", ".join(fields)))
    return notes


def _points(
    path: str,
    root: Path,
    level: str,
    *,
    layer: str,
    columns: Mapping[str, str],
    crs: str | Control,
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
        demand_order(records, bool(crs), x[there], y[there])
    if crs or not there_are(geometry):
        return settled(records, geometry, crs or ASSUMED, stated="")
    datum, mixed = _datum_column(records)
    if mixed:
        raise LayerError(
            N_("the column of coordinate systems holds several: {names}"),
            place=raw.name,
            remedy=N_("state crs in gridkit.toml, or split the table"),
            names=", ".join(mixed),
        )
    draft = settled(records, geometry, datum or ASSUMED, stated=datum)
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
