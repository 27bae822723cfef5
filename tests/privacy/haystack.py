"""Everything that a file says, however it is packed: what a search for a person has to look through."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pyarrow.parquet as pq

from tests.privacy.people import GIVEN, SURNAMES

_PACKED = re.compile(rb"[A-Za-z0-9+/]{100,}={0,2}")


def layers_of(path: Path) -> list[bytes]:
    """Return the bytes of a file, and all that is packed in them."""
    data = path.read_bytes()
    found = [path.name.encode(), data]
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                found += [name.encode(), archive.read(name)]
    elif data[:16] == b"SQLite format 3\x00":
        found.append(_rows_of(path))
    elif data[:4] == b"PAR1":
        table = pq.read_table(path)
        found.append(json.dumps([table.column_names, table.to_pylist()], ensure_ascii=False, default=str).encode())
    for text in _PACKED.findall(data):
        found += _unpacked(text)
    return found


def _rows_of(path: Path) -> bytes:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as book:
        names = [row[0] for row in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        plain = [name for name in names if not name.startswith("rtree_")]
        rows = [repr(row) for name in plain for row in book.execute(f'SELECT * FROM "{name}"')]
    book.close()
    return "\n".join(rows).encode("utf-8", "replace")


def _unpacked(text: bytes) -> list[bytes]:
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
        return [data, gzip.decompress(data)] if data[:2] == b"\x1f\x8b" else [data]
    except (ValueError, OSError, EOFError):
        return []


_ESCAPED = re.compile(r"\\+u([0-9a-f]{4})")
_NAME = re.compile(f"[{SURNAMES}][{GIVEN}]{{2}}")
_SHAPES = (
    re.compile(r"\d{4}[ -]\d{4}"),
    re.compile(r"s\d{8}@example\.cn"),
    re.compile(r"\d{2}07室"),
    re.compile(r"wx\d{1,8}zz"),
)
_DIGITS = re.compile(r"\d{11,}X?")


def words_in(data: bytes) -> set[str]:
    """Return everything in ``data`` that has the form of one of our secrets, in one pass however many there are."""
    text = _ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), data.decode("utf-8", "ignore"))
    found = {hit for shape in (_NAME, *_SHAPES) for hit in shape.findall(text)}
    for digits in set(_DIGITS.findall(text.translate(_NARROW))):
        for length in (11, 18):
            found |= {digits[at : at + length] for at in range(len(digits) - length + 1)}
    return found


_NARROW = {ord(wide): digit for wide, digit in zip("０１２３４５６７８９", "0123456789", strict=True)}


def leaks(found: list[tuple[str, bytes]], secrets: set[str]) -> list[tuple[str, str]]:
    """Return (where, what) of every secret that can be read anywhere."""
    return sorted({(where, word) for where, data in found for word in words_in(data) & secrets})


def everything_below(folder: Path) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of all that the files of a folder say."""
    return [
        (path.relative_to(folder).as_posix(), data)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for data in layers_of(path)
    ]
