"""What a file is, told by what stands in it: exports come as HTML named .xls, workbooks as .csv, archives as anything.

Only the head of a file, the list of members of an archive and the directory of a compound file are looked at.
"""

from __future__ import annotations

import re
import struct
import tomllib
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD: Final = 1 << 16
"""Bytes at the start of a file that are looked at."""

SEPARATORS: Final = (",", "\t", ";", "|")
"""What may stand between the cells of a text table."""

_LONG: Final = 1 << 22
"""An HTML file may carry this many bytes of styles before its first table."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLAIN: Final = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "doc"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"AutoCAD Binary DXF", "dxf"),
    (b"\x09\x00\x04\x00", "xls"),
    (b"\x09\x02\x06\x00", "xls"),
    (b"\x09\x04\x06\x00", "xls"),
    (b"\x09\x08\x06\x05", "xls"),
    (b"\x09\x08\x08\x00", "xls"),
    (b"\x09\x08\x10\x00", "xls"),
)
_BITMAP: Final = struct.Struct("<2sI4xI")
_DWG: Final = re.compile(rb"AC(?:10\d\d|1\.\d|2\.\d)")
_DXF: Final = re.compile(r"(?:\s*999\s*\n[^\n]*\n)*\s*0\s*\n\s*SECTION\s*\n")
_ROOT: Final = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>|\s)*<(?:[\w.-]+:)?([\w.-]+)", re.S)
_HTML: Final = frozenset(("html", "head", "meta", "style", "body", "table", "div", "center", "title", "font", "script"))
_GEOMETRY: Final = re.compile(
    r'"type"\s*:\s*"(?:Feature|FeatureCollection|(?:Multi)?(?:Point|LineString|Polygon)|GeometryCollection)"'
)
_VECTOR_PART: Final = re.compile(r"\.(?:shp|gpkg|geojson|dxf|tab|mif)$|\.gdb/")
_WORKBOOK_PART: Final = re.compile(r"xl/.*workbook\d*\.(xml|bin)$")
_SYSTEM: Final = re.compile(r"(?:PROJCS|GEOGCS|GEODCRS|PROJCRS|COMPD_CS|COMPOUNDCRS|LOCAL_CS|BOUNDCRS)\[")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1d\x1f]")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def format_of(file: Path) -> str:
    """Return what a file or folder is by its content, never by its name.

    Parameters
    ----------
    file : Path
        File or folder; nothing in it is run, unpacked or changed.

    Returns
    -------
    str
        Workbooks ``xlsx`` (.xlsm too), ``xlsb``, ``xls``, ``ods``, ``encrypted``; tables ``html-table``,
        ``xml-spreadsheet``, ``text-table``; layers ``gpkg``, ``shp``, ``dbf``, ``geojson``, ``geoparquet``, ``kml``,
        ``kmz``, ``gdb``, ``dxf``, ``zip-vector``; and ``parquet``, ``dwg``, ``zip``, ``doc``, ``pdf``, ``image``,
        ``toml``, ``json``, ``empty``, ``folder``, ``unknown``.

    Raises
    ------
    OSError
        If the file cannot be read. No content raises anything.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp(), "export.xlsx")
    >>> _ = file.write_text("<html><table><tr><td>1</td></tr></table></html>")
    >>> format_of(file)
    'html-table'
    """
    if file.is_dir():
        return "gdb" if any(file.glob("a0000000*.gdbtable")) else "folder"
    with file.open("rb") as stream:
        head = stream.read(HEAD)
        if not head:
            return "empty"
        return _binary(head, stream) or _text(head, stream, file)


def _binary(head: bytes, stream: BinaryIO) -> str:
    """Return what the first bytes tell; "" where they tell nothing."""
    for marks, judge in _JUDGED:
        if head.startswith(marks):
            return judge(head, stream)
    if _DWG.match(head):
        return "dwg"
    for mark, name in _PLAIN:
        if head.startswith(mark) and (mark != b"BM" or _BITMAP.unpack(head[:14].ljust(14))[2] < 4096):
            return name
    return "dbf" if _is_dbf(head) else ""


def _database(head: bytes, _: BinaryIO) -> str:
    return "gpkg" if head[68:70] == b"GP" or b"gpkg_contents" in head else "unknown"


def _shapes(head: bytes, _: BinaryIO) -> str:
    """Return whether this is a Shapefile; the index beside it (.shx) begins like it, then with the offset 50."""
    return "shp" if head[28:32] == b"\xe8\x03\x00\x00" and head[100:104] != b"\x00\x00\x00\x32" else "unknown"


def _riff(head: bytes, _: BinaryIO) -> str:
    return "image" if head[8:12] == b"WEBP" else "unknown"


def _archive(head: bytes, stream: BinaryIO) -> str:
    """Return what an archive holds; of one that is cut off, what the names at its start say."""
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            names = [member.filename.replace("\\", "/").lower() for member in members]
            locked = any(member.flag_bits & 1 for member in members)
            stated = _member(archive, "mimetype", 100)
            locked |= b"opendocument" in stated and b"encryption-data" in _member(archive, "META-INF/manifest.xml")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, struct.error):
        heads = re.finditer(rb"PK\x03\x04.{22}(..)..", head, re.S)
        found = ((at.end(), int.from_bytes(at[1], "little")) for at in heads)
        names = [head[end : end + length].decode("latin-1").lower() for end, length in found]
        stated = head[30:100] if names[:1] == ["mimetype"] else b""
        locked = False
    return "encrypted" if locked else _archive_of(names, stated)


def _archive_of(names: list[str], stated: bytes) -> str:
    books = [found[1] for name in names if (found := _WORKBOOK_PART.match(name))]
    if books or any(name.startswith("xl/") for name in names):
        return "xlsb" if "bin" in books and "xml" not in books else "xlsx"
    if b"opendocument.spreadsheet" in stated:
        return "ods"
    if b"opendocument" in stated or any(name.startswith(("word/", "ppt/")) for name in names):
        return "doc"
    if any(_VECTOR_PART.search(name) for name in names):
        return "zip-vector"
    return "kmz" if any(name.endswith((".kml", ".ovkml")) for name in names) else "zip"


def _member(archive: zipfile.ZipFile, name: str, most: int = HEAD) -> bytes:
    """Return the start of a member; nothing where it is not there or broken."""
    try:
        with archive.open(name) as stream:
            return stream.read(most)
    except (KeyError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        return b""


def _compound_file(head: bytes, stream: BinaryIO) -> str:
    """Return what a compound file (OLE, MS-CFB) holds, by the names in its directory."""
    names = directory(head, stream)
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        return "encrypted"
    if names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return "xls"
    return "doc" if names & {"WordDocument", "PowerPoint Document"} else "unknown"


def directory(head: bytes, stream: BinaryIO) -> frozenset[str]:
    """Return the names in the directory of a compound file, as far as its chain of sectors can be followed."""
    names: set[str] = set()
    try:
        size = 1 << max(7, min(struct.unpack_from("<H", head, 30)[0], 16))  # never smaller than one entry
        sector = struct.unpack_from("<I", head, 48)[0]
        tables = struct.unpack_from("<109I", head, 76)
        for _ in range(256):  # a directory of some thousand names at the most
            stream.seek((sector + 1) * size)
            entries = stream.read(size)
            for start in range(0, len(entries) - 127, 128):
                length = struct.unpack_from("<H", entries, start + 64)[0]
                if 2 < length <= 64:
                    names.add(entries[start : start + length - 2].decode("utf-16-le", "replace"))
            table, place = divmod(sector, size // 4)
            if table >= len(tables):
                break
            stream.seek((tables[table] + 1) * size + place * 4)
            sector = struct.unpack("<I", stream.read(4))[0]
            if sector >= 0xFFFFFFFA:
                break
    except (struct.error, OverflowError, OSError, ValueError):
        pass
    return frozenset(names)


def _parquet(_: bytes, stream: BinaryIO) -> str:
    try:
        stream.seek(-8, 2)
        tail = stream.read(8)
        if tail[4:] != b"PAR1":
            return "unknown"
        length = min(struct.unpack("<I", tail[:4])[0], _LONG * 4)
        stream.seek(-8 - length, 2)
        return "geoparquet" if b"\x18\x03geo" in stream.read(length) else "parquet"
    except (OSError, struct.error):
        return "unknown"


def _is_dbf(head: bytes) -> bool:
    """Tell whether a header is that of dBASE: version, a date, and a list of fields that ends where it says."""
    if len(head) < 33 or head[0] not in (0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0x8E, 0xF5):
        return False
    length, width = struct.unpack_from("<HH", head, 8)
    fields = length >= 65 and width > 0 and head[:length].rstrip(b"\x00")[-1:] == b"\x0d"
    return fields and head[2] <= 12 and head[3] <= 31


_JUDGED: Final[tuple[tuple[tuple[bytes, ...], Callable[[bytes, BinaryIO], str]], ...]] = (
    ((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), _archive),
    ((_OLE,), _compound_file),
    ((b"SQLite format 3\x00",), _database),
    ((b"\x00\x00\x27\x0a",), _shapes),
    ((b"PAR1",), _parquet),
    ((b"RIFF",), _riff),
)


def text_of(head: bytes) -> str:
    r"""Return the text at the start of a file, cut anywhere; "" where it is no text.

    >>> text_of("小区,户数".encode("gb18030")), text_of("a\tb\n".encode("utf-16-le")), text_of(bytes(range(32)))
    ('小区,户数', 'a\tb\n', '')
    """
    codec = next((codec for mark, codec in _BOMS if head.startswith(mark)), "") or wide_codec(head)
    if not codec:
        try:
            head[: last_whole(head)].decode("utf-8")
            codec = "utf-8"
        except UnicodeError:
            codec = "gb18030"
    text = head.decode(codec, "replace")
    wrong = len(_CONTROL.findall(text)) + text.count("\ufffd")
    return "" if wrong * 50 > len(text) else text


def last_whole(head: bytes) -> int:
    """Return where the last character of UTF-8 that may have been cut off begins, or else the length."""
    for back in range(1, min(4, len(head)) + 1):
        lead = head[-back]
        if lead >= 0xC0:
            return len(head) - back
        if lead < 0x80:
            break
    return len(head)


def wide_codec(head: bytes) -> str:
    """Return the codec of UTF-16 without a byte order mark: every second byte of its digits and tabs is zero."""
    low, high = head[::2].count(0), head[1::2].count(0)
    least, most = sorted((low, high))
    if most * 20 < len(head) // 2 or least * 10 > most:
        return ""
    return "utf-16-le" if high > low else "utf-16-be"


def _text(head: bytes, stream: BinaryIO, file: Path) -> str:
    text = text_of(head).replace("\r\n", "\n").lstrip("\ufeff")
    start = text.lstrip(" \t\n\x1e")
    if not start:
        return "unknown" if head.strip(b"\x00 \t\r\n") and not text else "empty"
    if start[0] == "<":
        return _markup(start, stream)
    found = "toml" if _is_toml(start, file) else "dxf" if _DXF.match(text) else ""
    found = found or (_objects(start) if start[0] in "{[" else "")
    if start.startswith("MIME-Version:") and "multipart/related" in start[:2000]:
        return "html-table"
    return found or ("text-table" if _is_table(start) else "unknown")


def _markup(start: str, stream: BinaryIO) -> str:
    found = _ROOT.match(start[:HEAD])
    root = found[1] if found else ""
    if root == "Workbook" and "schemas-microsoft-com:office:spreadsheet" in start:
        return "xml-spreadsheet"
    if root.lower() in ("kml", "ovkml"):
        return "kml"
    if root.lower() in _HTML:
        stream.seek(0)
        head = stream.read(_LONG).replace(b"\x00", b"").lower()
        return "html-table" if b"<table" in head else "unknown"
    return "unknown"


def _objects(start: str) -> str:
    """Return which kind of JSON begins here; "" if it is none."""
    if not re.match(r"[{\[]\s*(?:[\"{}\[\]]|-?\d|true|false|null)", start):
        return ""
    if _GEOMETRY.search(start) and ('"geometry"' in start or '"coordinates"' in start or '"features"' in start):
        return "geojson"
    return "json"


def _is_toml(start: str, file: Path) -> bool:
    if not re.search(r"^\s*(?:\[{1,2}[^\]\n]+\]{1,2}|[\w.\"-]+\s*=\s*[\"'\[{\d+tf-])", start, re.M):
        return False
    try:
        return file.stat().st_size <= _LONG and bool(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeError, RecursionError):
        return False


def _is_table(start: str) -> bool:
    """Tell whether one separator stands in at least half of the first lines, or in the first of all."""
    lines = [line for line in start.splitlines()[:40] if line.strip()]
    if _SYSTEM.match(start):
        return False
    return any(sum(mark in line for line in lines) * 2 >= len(lines) or mark in lines[0] for mark in SEPARATORS)
