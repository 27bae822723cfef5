"""How far the cells of a binary workbook (.xlsb, MS-XLSB 2.1.4) reach: record by record, nothing is decoded."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from gridkit.io.workbook_parts import demand_room, demand_size, opened

if TYPE_CHECKING:
    from pathlib import Path

MOST_BINARY: Final = 1 << 28
"""Larger sheets of a binary workbook are not looked through."""

_ROW: Final = 0
_CELLS: Final = range(1, 12)


def demand_room_in(file: Path, name: str) -> None:
    """Refuse a binary workbook of which a sheet reaches so far that reading it would take all memory.

    Raises
    ------
    TableError
        If it does, or the archive is damaged or too large.
    """
    with opened(file, name) as book:
        members = {one for one in book.namelist() if one.lower().endswith(".bin")}
        demand_size(book, members, name, MOST_BINARY)
        for member in sorted(one for one in members if "worksheets/" in one.lower()):
            demand_room(*reach(book.read(member)), name)


def reach(data: bytes) -> tuple[int, int]:
    """Return a row and a column, counted from 1, beyond which no cell of a sheet stands.

    >>> reach(bytes([0, 4, 6, 0, 0, 0, 1, 4, 2, 0, 0, 0]))  # the header of row 7, a blank cell in column C
    (7, 3)
    """
    rows = columns = row = at = 0
    number = struct.Struct("<I")
    try:
        while at < len(data):
            kind, at = data[at], at + 1
            if kind & 0x80:
                kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
            size = shift = 0
            while True:
                byte, at = data[at], at + 1
                size |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80 or shift > 21:
                    break
            if kind == _ROW:
                row = number.unpack_from(data, at)[0] + 1
            elif kind in _CELLS:
                rows, columns = max(rows, row), max(columns, number.unpack_from(data, at)[0] + 1)
            at += size
    except (IndexError, struct.error):  # cut off: the reader will say so
        pass
    return rows, columns
