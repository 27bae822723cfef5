"""Shapefiles: parts found whatever their spelling, an index made again, texts decoded by vote, long numbers exact."""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.io.decode import DISGUISE, reveal, vote
from gridkit.io.features import Features, Remark, attributes, binary_of, lossy, read_gdal, shapes_of, unreadable
from gridkit.io.paths import is_plain
from gridkit.io.raw import PARTS
from gridkit.io.whole import cut_off, demand_whole

if TYPE_CHECKING:
    from pathlib import Path

_HEADER: Final = 100
_DELETED: Final = ord("*")


def parts(file: Path) -> dict[str, Path]:
    """Return ending -> part of a Shapefile, however the names are spelt (``A.SHP``, ``a.Dbf``)."""
    try:
        beside = sorted(file.parent.iterdir(), key=lambda one: (one.stem != file.stem, one.name))
    except OSError:
        beside = [file]
    found: dict[str, Path] = {".shp": file}
    for one in beside:
        ending = one.suffix.lower()
        if ending in PARTS and one.stem.lower() == file.stem.lower() and one.is_file():
            found.setdefault(ending, one)
    return found


def headers(file: Path, name: str) -> list[str]:
    """Return the names of the attributes, from the table beside the shapes; none where there is no table."""
    table = parts(file).get(".dbf")
    if table is None:
        return []
    raw = [one[0] for one in _columns(table, name)]
    codec = vote(raw, cut=True)
    return [reveal(one, codec, cut=True)[0] for one in raw]


def read(file: Path, name: str, scratch: Path, *, encoding: str = "") -> Features:
    """Read a Shapefile.

    Parameters
    ----------
    file, name : Path, str
        The ``.shp``, and its name for messages.
    scratch : Path
        An empty folder, into which parts are copied where they cannot be read as they lie.
    encoding : str
        Of the texts; found by vote where it is not stated.

    Raises
    ------
    LayerError
        If a part is cut off, or the parts do not belong together.
    """
    there = parts(file)
    remarks = []
    if ".shx" not in there:
        remarks.append(Remark("S161", params={"part": ".shx", "variant": "shx"}))
    at = file if _regular(file, there) else _copied(there, name, scratch)
    meta, table = read_gdal(at.absolute(), name, encoding=DISGUISE)
    demand_whole(at, name, table.num_rows)
    column = meta["geometry_name"] or "wkb_geometry"
    names, cells = attributes(table, name, without=[column])
    geometry, more = shapes_of(binary_of(table, column), None, layer="")
    remarks += more
    if ".dbf" not in there:
        remarks.append(Remark("S161", params={"part": ".dbf", "n": len(geometry), "variant": "dbf"}))
        names, cells = [], []
    else:
        cells = _exact(there[".dbf"], name, cells)
    names, cells, used, bad = revealed(names, cells, encoding)
    if used != "ascii":
        remarks.append(Remark("S132", params={"encoding": used}))
    if bad:
        remarks.append(Remark("S116", params={"n": bad, "value": "encoding", "header": ""}))
    return Features(file.stem, names, cells, geometry, meta["crs"] or "", used, tuple(remarks), cut=True)


def _regular(file: Path, there: dict[str, Path]) -> bool:
    """Tell whether GDAL finds all parts by itself: the same name, each ending in small or in capital letters."""
    same = all(one.stem == file.stem and one.suffix in (end, end.upper()) for end, one in there.items())
    return same and ".shx" in there and is_plain(file)


def _copied(there: dict[str, Path], name: str, scratch: Path) -> Path:
    """Copy the parts into a folder of their own under plain names, with an index made from the shapes if need be."""
    try:
        for ending, part in there.items():
            shutil.copyfile(part, scratch / f"part{ending}")
    except OSError as problem:
        raise unreadable(name, problem) from problem
    if ".shx" not in there:
        (scratch / "part.shx").write_bytes(_index((scratch / "part.shp").read_bytes(), name, there[".shp"].name))
    return scratch / "part.shp"


def _index(data: bytes, name: str, part: str) -> bytes:
    """Return the index of the shapes: where each record begins and how long it is (ESRI Shapefile, 1998, page 23)."""
    entries = []
    place = _HEADER
    while place + 8 <= len(data):
        words = struct.unpack_from(">i", data, place + 4)[0]
        if words < 0 or place + 8 + 2 * words > len(data):
            raise cut_off(name, part)
        entries.append(struct.pack(">ii", place // 2, words))
        place += 8 + 2 * words
    if place != len(data):
        raise cut_off(name, part)
    length = struct.pack(">i", (_HEADER + 8 * len(entries)) // 2)
    return data[:24] + length + data[28:_HEADER] + b"".join(entries)


def _columns(table: Path, name: str) -> list[tuple[str, int, int]]:
    """Return name in disguise, offset in the record, and width of each column of a .dbf."""
    try:
        with table.open("rb") as stream:
            head = stream.read(32)
            length = struct.unpack("<H", head[8:10])[0]
            body = stream.read(max(length - 32, 0))
    except (OSError, struct.error) as problem:
        raise cut_off(name, table.name) from problem
    found, place = [], 1
    for start in range(0, len(body) - 31, 32):
        if body[start] == 0x0D:
            break
        title = body[start : start + 11].split(b"\x00", 1)[0].decode(DISGUISE)
        width = body[start + 16] + (body[start + 17] << 8 if body[start + 11 : start + 12] == b"C" else 0)
        found.append((title, place, width))
        place += width
    return found


def _exact(table: Path, name: str, cells: list[list[Any]]) -> list[list[Any]]:
    """Exchange numbers that a float cannot hold for the digits that stand in the .dbf."""
    damaged = [position for position, column in enumerate(cells) if lossy(column)]
    columns = _columns(table, name) if damaged else []
    if len(columns) != len(cells):
        return cells
    data = np.fromfile(table, dtype=np.uint8)
    count, start, width = struct.unpack("<IHH", data[4:12].tobytes())
    if width == 0:
        return cells
    records = data[start : start + count * width].reshape(count, width)
    live = records[records[:, 0] != _DELETED]
    out = list(cells)
    for position in damaged:
        _, place, wide = columns[position]
        written = np.ascontiguousarray(live[:, place : place + wide]).view(f"S{wide}").ravel()
        if len(written) == len(cells[position]):
            out[position] = [
                text.strip().decode("ascii", "replace") if type(cell) is float and abs(cell) >= 2**53 else cell
                for cell, text in zip(cells[position], written.tolist(), strict=True)
            ]
    return out


def revealed(names: list[str], columns: list[list[Any]], encoding: str) -> tuple[list[str], list[list[Any]], str, int]:
    """Decode names and texts in disguise, one vote per column.

    Returns
    -------
    list of str, list of list
        Names and cells.
    str
        The encodings found, ``ascii`` where there is nothing else.
    int
        How many distinct texts fit no encoding.
    """
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
