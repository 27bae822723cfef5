"""GeoJSON: in any encoding, with long codes as numbers, as one object or one feature per line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import LayerError
from gridkit.io.decode import DISGUISE, vote
from gridkit.io.features import Features, Remark, attributes, binary_of, lost, read_gdal, shapes_of, unreadable
from gridkit.io.formats import HEAD, wide_codec
from gridkit.io.formats import text_of as text_at
from gridkit.locale import N_

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 1 << 29
"""Bytes of text that are read at once; a larger file belongs into a GeoPackage."""

_FEATURE: Final = re.compile(rb'"type"\s*:\s*"Feature"')
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LONG: Final = re.compile(rb"[:\[,]\s*-?\d{16,}")
"""A number that a float, or even GDAL's integers, may not hold."""

_WHOLE: Final = re.compile(r"(-?\d{16,})(?:\.0*)?")


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def text_of(file: Path, name: str, *, encoding: str = "", most: int = 0) -> tuple[bytes, str]:
    """Return the text of a file as UTF-8 without a mark, and the encoding it was in.

    Raises
    ------
    LayerError
        If it is too large, or no text in the encoding stated.
    """
    try:
        if file.stat().st_size > (most or LARGEST):
            raise LayerError(
                N_("the file is larger than {most} bytes"),
                place=name,
                remedy=N_("open it in a GIS and save it as GeoPackage"),
                most=most or LARGEST,
            )
        data = file.read_bytes()
    except OSError as problem:
        raise unreadable(name, problem) from problem
    for mark, codec in _BOMS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], codec
    codec = (
        encoding.lower() or wide_codec(data[:4096]) or ("utf-8" if _is_utf8(data) else vote([data.decode(DISGUISE)]))
    )
    codec = "gb18030" if codec in ("gbk", "gb2312", "cp936") else codec
    if codec in ("utf-8", "utf8") and _is_utf8(data):
        return data, "utf-8"
    try:
        return data.decode(codec, "replace").encode(), codec
    except (LookupError, UnicodeError) as problem:
        raise unreadable(name, problem) from problem


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def read(file: Path, name: str, *, encoding: str = "") -> Features:
    """Read the one layer of a GeoJSON file.

    Raises
    ------
    LayerError
        If it is cut off, nested too deeply, or not GeoJSON.
    """
    data, codec = text_of(file, name, encoding=encoding)
    if b"gdal_streamed_alg" in data[:100_000]:  # such a file would have GDAL run a program of its own
        raise unreadable(name, "gdal_streamed_alg")
    meta, table = read_gdal(data, name)
    column = meta["geometry_name"] or "wkb_geometry"
    names, cells = attributes(table, name, without=[column])
    wkb = binary_of(table, column)
    geometry, remarks = shapes_of(wkb, None, layer="")
    _demand_lines(data, name, table.num_rows)
    if _LONG.search(data) or len(_FEATURE.findall(data)) > table.num_rows:
        properties = _properties(data, name)
        if len(properties) != table.num_rows:
            raise lost(name, len(properties), table.num_rows)
        cells = [
            [_again(cell, own.get(one)) for cell, own in zip(column, properties, strict=True)]
            for one, column in zip(names, cells, strict=True)
        ]
    used = "" if codec == "utf-8" else codec
    found = [Remark("S132", params={"encoding": used})] if used and not encoding else []
    return Features(title(file), names, cells, geometry, meta["crs"] or "", used or "utf-8", (*found, *remarks))


def _demand_lines(data: bytes, name: str, read: int) -> None:
    """Refuse a file of one feature per line of which lines were passed over; GDAL says nothing of them."""
    first = data.lstrip(b"\x1e \t\r\n").split(b"\n", 1)[0]
    try:
        alone = json.loads(first).get("type") == "Feature"
    except (ValueError, AttributeError, RecursionError):
        return
    lines = sum(1 for line in data.splitlines() if line.strip(b"\x1e \t"))
    if alone and lines > 1 and lines != read:
        raise lost(name, lines, read)


def title(file: Path) -> str:
    """Return the name that a collection gives itself before its features, or that of the file."""
    with file.open("rb") as stream:
        head = text_at(stream.read(HEAD)).lstrip("\ufeff")
    before = re.match(r'\s*\{(?:\s*"(?:type|name)"\s*:\s*"[^"\\]*"\s*,?)+', head)
    found = re.search(r'"name"\s*:\s*"([^"\\]+)"', before[0]) if before else None
    return found[1] if found else file.stem


def _again(cell: Any, written: Any) -> Any:
    """Return a whole number of many digits as it is written."""
    whole = _WHOLE.fullmatch(written) if isinstance(written, _Number) else None
    return whole[1] if whole else cell


def _properties(data: bytes, name: str) -> list[dict[str, Any]]:
    """Return the attributes of every feature, all numbers as they are written."""
    decoder = json.JSONDecoder(parse_float=_Number, parse_int=_Number)
    try:
        try:
            whole = decoder.decode(data.decode())
        except json.JSONDecodeError:  # one feature per line
            whole = [decoder.decode(line) for line in data.decode().replace("\x1e", "").splitlines() if line.strip()]
    except (ValueError, RecursionError) as problem:
        raise unreadable(name, problem) from problem
    features = whole if isinstance(whole, list) else whole.get("features", [whole])
    return [one.get("properties") or {} for one in features if isinstance(one, dict) and one.get("type") == "Feature"]
