"""The parts of an Office Open XML workbook (a zip of XML files), unpacked in pieces and never beyond a limit.

Nothing is parsed by an XML parser that could expand entities: a part with a document type is refused. The sizes that an
archive states are compared with what really comes out of it, so that a lie about them ends the reading, not the memory.
"""

from __future__ import annotations

import html
import posixpath
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gridkit.errors import TableError
from gridkit.io.raw import letter
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PIECE: Final = 1 << 20
"""Bytes of a part that are looked at in one go."""

MOST_BYTES: Final = 1 << 30
"""More XML than this is no register of a city: about 13 million filled cells."""

MOST_SMALL: Final = 1 << 26
"""More than this in a part that only lists sheets or styles."""

MOST_ROW: Final = 1 << 25
"""More than this in one row, or in one text, is no row of a table."""

MOST_CELLS: Final = 20_000_000
"""A larger sheet is no register of a city, but a cell that was filled by mistake in a far corner."""

MOST_STRINGS: Final = 5_000_000
"""More different texts than this are not kept."""

BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
    IndexError,
)
"""What a damaged archive makes the standard library raise."""

_ATTRIBUTE: Final = re.compile(r"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ROOT: Final = re.compile(rb"<([\w.-]+:)?(?:worksheet|sst)\b")
_STRIKE: Final = re.compile(rb"""<(?:\w+:)?d?strike\b(?![^>]*\bval\s*=\s*["'](?:0|false|off)["'])[^>]*>""")


@dataclass(frozen=True)
class Parts:
    """Which member holds what.

    ``sheets`` maps the name of each sheet to its member; ``strings`` and ``styles`` are members or "".
    """

    sheets: Mapping[str, str]
    strings: str = ""
    styles: str = ""
    macros: bool = False


@contextmanager
def opened(file: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive; whatever is wrong with it becomes a :class:`TableError`."""
    try:
        with zipfile.ZipFile(file) as book:
            yield book
    except BROKEN as problem:
        raise TableError(
            N_("the workbook is damaged or was cut off: {reason}"),
            place=name,
            remedy=N_("copy or download it again, or open it in a spreadsheet program, repair it and save it as .xlsx"),
            reason=str(problem)[:120] or type(problem).__name__,
        ) from problem


def attributes(tag: bytes | str) -> dict[str, str]:
    r"""Return the attributes of a tag, without the prefixes of their names.

    >>> attributes(b'<sheet name="A &amp; B" r:id=\'rId1\'/>')
    {'name': 'A & B', 'id': 'rId1'}
    """
    text = tag.decode("utf-8", "replace") if isinstance(tag, bytes) else tag
    return {key.rpartition(":")[2]: html.unescape(double or single) for key, double, single in _ATTRIBUTE.findall(text)}


def tags(data: bytes, element: bytes) -> list[dict[str, str]]:
    """Return the attributes of every element of a name, whatever its prefix."""
    found = re.findall(rb"<(?:[\w.-]+:)?" + element + rb"\b([^>]*)>", data)
    return [attributes(tag) for tag in found]


def parts_of(book: zipfile.ZipFile, name: str) -> Parts:
    """Return where the sheets, texts and styles of a workbook are.

    Raises
    ------
    TableError
        If its parts unpack to more than is read, or hold a document type.
    """
    members = {member.filename.lstrip("/"): member for member in book.infolist()}
    root = next((one for one in members if re.fullmatch(r"xl/.*workbook\d*\.xml", one, re.I)), "")
    folder, base = posixpath.split(root)
    relations = next((one for one in members if one.lower() == f"{folder}/_rels/{base}.rels".lower()), "")
    if not root or not relations:
        return Parts({})
    targets: dict[str, str] = {}
    kinds: dict[str, str] = {}
    lower = {member.lower(): member for member in members}
    for entry in tags(small(book, relations, name), b"Relationship"):
        target = entry.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        member = lower.get(path.lower(), "")
        targets[entry.get("Id", "")] = member
        kinds.setdefault(entry.get("Type", "").rpartition("/")[2], member)
    entries = tags(small(book, root, name), b"sheet")
    sheets = {entry.get("name", ""): targets.get(entry.get("id", ""), "") for entry in entries}
    macros = any(one.lower().endswith("vbaproject.bin") or "/macrosheets/" in one.lower() for one in members)
    return Parts(sheets, kinds.get("sharedStrings", ""), kinds.get("styles", ""), macros)


def demand_size(book: zipfile.ZipFile, members: set[str], name: str, most: int = MOST_BYTES) -> None:
    """Refuse parts that unpack to more than ``most`` bytes together, by the sizes that the archive states."""
    size = sum(member.file_size for member in book.infolist() if member.filename in members)
    if size > most:
        raise TableError(
            N_("the workbook unpacks to {size} MB; more than {most} MB is not read"),
            place=name,
            remedy=N_("copy the table alone into a new workbook; if it is small, do not trust this file"),
            size=size >> 20,
            most=most >> 20,
        )


def demand_room(rows: int, columns: int, place: str) -> None:
    """Refuse a sheet whose cells reach so far that reading it would take all memory."""
    if rows * columns > MOST_CELLS:
        raise TableError(
            N_("the sheet reaches to cell {cell}: that is more than {most} cells"),
            place=place,
            remedy=N_("delete what stands far outside the table, or copy the table into a new file"),
            cell=f"{letter(columns - 1)}{rows}",
            most=MOST_CELLS,
        )


def small(book: zipfile.ZipFile, member: str, name: str) -> bytes:
    """Return a whole part that lists sheets or styles."""
    demand_size(book, {member}, name, MOST_SMALL)
    data = book.read(member)
    refuse_entities(data, name)
    return data


def refuse_entities(data: bytes, name: str) -> None:
    """Refuse XML with a document type: it could make a few bytes into gigabytes, or fetch what it names."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise TableError(
            N_("the XML of the file declares entities of its own, which no spreadsheet program writes"),
            place=name,
            remedy=N_("do not trust this file; ask for it again, saved by a spreadsheet program"),
        )


def broken_xml(name: str, problem: Exception) -> TableError:
    """Return what is told of XML that breaks its rules."""
    return TableError(
        N_("the XML of the file breaks the rules: {reason}"),
        place=name,
        remedy=N_("open it in a spreadsheet program and save it as .xlsx"),
        reason=str(problem),
    )


def pieces(book: zipfile.ZipFile, member: str, element: bytes, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the prefix of the names in a part (``x:``) and the part in pieces, each cut before an ``element``.

    Raises
    ------
    TableError
        If no such element comes for too long (one row or text that fills the memory), or there is a document type.
    """
    with book.open(member) as stream:
        rest = stream.read(PIECE)
        refuse_entities(rest, name)
        root = _ROOT.search(rest)
        prefix = (root[1] or b"") if root else b""
        mark = b"<" + prefix + element
        while block := stream.read(PIECE):
            data = rest + block
            at = data.rfind(mark, max(len(rest) - 64, 1))
            if at > 0:
                yield prefix, data[:at]
                data = data[at:]
            if len(data) > MOST_ROW:
                raise _too_long(name)
            rest = data
        yield prefix, rest


def _too_long(name: str) -> TableError:
    return TableError(
        N_("one row or one text takes more than {most} MB"),
        place=name,
        remedy=N_("delete the overlong text in a spreadsheet program; a cell of a register holds a line or two"),
        most=MOST_ROW >> 20,
    )


def struck_styles(data: bytes) -> frozenset[int]:
    """Return the numbers of the cell styles whose font is struck out.

    >>> fonts = b"<fonts><font/><font><strike/></font></fonts>"
    >>> struck_styles(fonts + b'<cellXfs><xf fontId="0"/><xf fontId="1"><alignment/></xf></cellXfs>')
    frozenset({1})
    """
    fonts = _inside(data, b"fonts")
    entries = re.findall(rb"<(?:\w+:)?font(?:\s[^>]*)?(?:/>|>.*?</(?:\w+:)?font>)", fonts, re.S)
    struck = {number for number, font in enumerate(entries) if _STRIKE.search(font)}
    styles = tags(_inside(data, b"cellXfs"), b"xf") if struck else []
    return frozenset(number for number, style in enumerate(styles) if int(style.get("fontId") or 0) in struck)


def _inside(data: bytes, element: bytes) -> bytes:
    found = re.search(rb"<(?:\w+:)?" + element + rb"\b[^>]*>(.*?)</(?:\w+:)?" + element + rb">", data, re.S)
    return found[1] if found else b""


def is_struck_text(item: bytes) -> bool:
    """Tell whether every part of a rich text that shows something is struck out.

    >>> is_struck_text(b"<r><rPr><strike/></rPr><t>no</t></r><r><t> </t></r>"), is_struck_text(b"<t>yes</t>")
    (True, False)
    """
    shown = _shown_runs(item)
    return bool(shown) and all(_STRIKE.search(run) for run in shown)


def unstruck_text(item: bytes) -> str:
    """Return what is left of a rich text of which some parts are struck out and others not, ``""`` for any other.

    >>> unstruck_text(b"<r><rPr><strike/></rPr><t>old</t></r><r><t>new &amp; on</t></r>"), unstruck_text(b"<t>yes</t>")
    ('new & on', '')
    """
    shown = _shown_runs(item)
    left = [run for run in shown if not _STRIKE.search(run)]
    if not left or len(left) == len(shown):
        return ""
    text = b"".join(part for run in left for part in re.findall(rb"<(?:\w+:)?t\b[^>]*>([^<]*)<", run))
    return html.unescape(text.decode("utf-8", "replace")).strip()


def _shown_runs(item: bytes) -> list[bytes]:
    runs = re.findall(rb"<(?:\w+:)?r>(.*?)</(?:\w+:)?r>", item, re.S)
    return [run for run in runs if re.search(rb"<(?:\w+:)?t\b[^>]*>\s*[^<\s]", run)]


def struck_strings(book: zipfile.ZipFile, member: str, name: str) -> tuple[frozenset[int], dict[int, str]]:
    """Return the numbers of the shared texts that are struck out as a whole, and what is left of some in part.

    Looks at the size of all of them first.
    """
    struck: set[int] = set()
    partly: dict[int, str] = {}
    count = 0
    for prefix, piece in pieces(book, member, b"si", name):
        if b"strike" in piece:
            items = re.split(rb"<" + prefix + rb"si\b", piece)[1:]
            for at, item in enumerate(items):
                if b"strike" not in item:
                    continue
                if is_struck_text(item):
                    struck.add(count + at)
                elif left := unstruck_text(item):
                    partly[count + at] = left
        count += piece.count(b"<" + prefix + b"si>") + piece.count(b"<" + prefix + b"si/>")
        if count > MOST_STRINGS:
            raise TableError(
                N_("the workbook holds more than {most} different texts"),
                place=name,
                remedy=N_("copy the table alone into a new workbook"),
                most=MOST_STRINGS,
            )
    return frozenset(struck), partly
