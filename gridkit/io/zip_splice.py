"""An archive with a few bytes before the content of a member, made without unpacking that member.

The spreadsheet reader goes through a sheet a second time to find its merged ranges, which stand at its end; that takes
a third of its time. Merged ranges that our own scan has found already need not be looked for: where an empty list of
them comes first, the reader stops there. Deflate allows this: a stream that began with nothing before it stays right
behind a block that is stored as it is (RFC 1951, 3.2.4).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Mapping

PREFIX: Final = b"<mergeCells></mergeCells>"
_BLOCK: Final = b"\x00" + struct.pack("<HH", len(PREFIX), len(PREFIX) ^ 0xFFFF) + PREFIX
_ENTRY: Final = struct.Struct("<4s6H3I5H2I")
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_END: Final = struct.Struct("<4s4H2IH")
_MOST: Final = 1 << 31


def spliced(data: bytes, book: zipfile.ZipFile, sums: Mapping[str, int]) -> bytes | None:
    """Return the archive ``data`` with :data:`PREFIX` before the content of some members.

    Parameters
    ----------
    data : bytes
        The archive.
    book : ZipFile
        The same, opened.
    sums : Mapping of str to int
        Member -> CRC-32 of the prefix and the content after it.

    Returns
    -------
    bytes or None
        None where the archive is not a plain one: larger than 2 GB, something before or after it, not deflated.
    """
    start, end = book.start_dir, len(data) - _END.size
    if len(data) > _MOST or end < start or data[end : end + 4] != b"PK\x05\x06" or data[:4] != b"PK\x03\x04":
        return None
    known = {info.header_offset: info for info in book.infolist()}
    bodies: list[bytes] = []
    entries: list[bytes] = []
    length, at = start, start
    while at < end:
        if data[at : at + 4] != b"PK\x01\x02":
            return None
        fields = list(_ENTRY.unpack_from(data, at))
        size = _ENTRY.size + sum(fields[10:13])
        rest = data[at + _ENTRY.size : at + size]
        info = known.get(fields[16])
        if info is not None and info.filename in sums:
            body = _body(data, info)
            if body is None:
                return None
            crc, name = sums[info.filename], rest[: fields[10]]
            fields[3:4], fields[7:13] = (
                [fields[3] & ~8],
                [crc, len(body), info.file_size + len(PREFIX), len(name), 0, 0],
            )
            fields[16] = length
            rest = name
            local = _LOCAL.pack(b"PK\x03\x04", *fields[2:10], len(name), 0) + name
            bodies += [local, body]
            length += len(local) + len(body)
        entries.append(_ENTRY.pack(*fields) + rest)
        at += size
    if at != end:
        return None
    directory = b"".join(entries)
    count = len(entries)
    tail = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), length, 0)
    return b"".join((memoryview(data)[:start], *bodies, directory, tail))


def _body(data: bytes, info: zipfile.ZipInfo) -> bytes | None:
    """Return the packed content of a member behind the stored prefix."""
    if (
        info.compress_type != 8
        or info.flag_bits & 1
        or data[info.header_offset : info.header_offset + 4] != b"PK\x03\x04"
    ):
        return None
    name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    first = info.header_offset + _LOCAL.size + name + extra
    return _BLOCK + data[first : first + info.compress_size]


def checksum(piece: bytes, before: int) -> int:
    """Return the CRC-32 after one more piece; the first one comes after the prefix.

    >>> checksum(b"b", checksum(b"a", 0)) == zlib.crc32(PREFIX + b"ab")
    True
    """
    return zlib.crc32(piece, before or zlib.crc32(PREFIX))
