"""Is a boundary file whole? What is cut off or not yet written is told before anything is read from it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import numpy as np

from gridkit.errors import LayerError
from gridkit.io.raw import part_of
from gridkit.locale import N_

if TYPE_CHECKING:
    from pathlib import Path

_SHX_HEADER: Final = 100
_SHX_RECORD: Final = 8
_DBF_HEADER: Final = 32
_DELETED: Final = ord("*")


def demand_written(file: Path, name: str) -> None:
    """Refuse a GeoPackage whose latest changes still lie in a ``-wal`` file beside it.

    Raises
    ------
    LayerError
        If another program has it open, or was stopped while it had.
    """
    journal = file.with_name(file.name + "-wal")
    if file.suffix.lower() == ".gpkg" and journal.is_file() and journal.stat().st_size > 0:
        raise LayerError(
            N_("changes to this GeoPackage are not written into it yet: {journal} lies beside it"),
            place=name,
            remedy=N_("close it in the program that has it open, then try again"),
            journal=journal.name,
        )


def demand_whole(file: Path, name: str, read: int) -> None:
    """Refuse a layer of which fewer features were read than it states; a Shapefile says so in each of its parts.

    Parameters
    ----------
    file : Path
        The file; only Shapefiles are looked into here.
    name : str
        Its name for messages.
    read : int
        How many features were read.

    Raises
    ------
    LayerError
        If a part of a Shapefile is shorter than it says, or the parts differ.
    """
    if file.suffix.lower() != ".shp":
        return
    counts = {}
    index, table = part_of(file, ".shx"), part_of(file, ".dbf")
    with file.open("rb") as stream:
        words = struct.unpack(">i", stream.read(28)[24:28])[0]
    if file.stat().st_size < 2 * words:
        raise cut_off(name, file.name)
    if index is not None:
        counts[index.name] = (index.stat().st_size - _SHX_HEADER) // _SHX_RECORD
    if table is not None:
        counts[table.name], live = _records(table, name)
        if len(set(counts.values())) == 1 and live == read:
            return
    elif set(counts.values()) <= {read}:
        return
    raise LayerError(
        N_("the parts of the Shapefile differ: {counts}; features read: {read}"),
        place=name,
        remedy=N_("copy all of its parts again, or repair it in a GIS and save it as GeoPackage"),
        counts=", ".join(f"{part} {count}" for part, count in counts.items()),
        read=read,
    )


def _records(table: Path, name: str) -> tuple[int, int]:
    """Return how many records a .dbf file states, and how many of them are not marked as deleted."""
    data = np.fromfile(table, dtype=np.uint8)
    if len(data) < _DBF_HEADER:
        raise cut_off(name, table.name)
    count, start, width = struct.unpack("<IHH", data[4:12].tobytes())
    if len(data) < start + count * width:
        raise cut_off(name, table.name)
    marks = data[start : start + count * width : width] if width else data[:0]
    return count, count - int((marks == _DELETED).sum())


def cut_off(name: str, part: str) -> LayerError:
    """Return the error for a part that is shorter than it says."""
    return LayerError(
        N_("{part} is shorter than it says: the file was cut off"),
        place=name,
        remedy=N_("copy all of its parts again, or repair it in a GIS and save it as GeoPackage"),
        part=part,
    )
