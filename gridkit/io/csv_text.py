"""Text tables: which encoding, which separator, and records even where quotation marks are not in order."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from gridkit.errors import TableError
from gridkit.io.dictionary import field_of
from gridkit.io.formats import SEPARATORS, wide_codec
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHINESE: Final = frozenset(("gbk", "gb2312", "cp936", "936", "ansi", "gb18030", "gb-18030"))
_STATED: Final = re.compile(r"sep=(.)\r?\n?", re.I)

MOST_TEXT: Final = 1 << 28
"""A longer text table is no register of a city."""

SURE: Final = 10
"""So many valid characters of three bytes before the first wrong one are no chance."""

LINES: Final = 50
"""A cell with more line breaks is no cell, but a quotation mark that was never closed."""


class TextTable(NamedTuple):
    """A text table; ``odd`` are the lines that were read in spite of stray quotation marks."""

    cells: list[list[str]]
    encoding: str
    guessed: bool
    odd: tuple[int, ...]


def decoded(data: bytes, name: str, *, encoding: str = "") -> tuple[str, str, bool]:
    r"""Return the text of a file, its encoding, and whether that was a guess that could be wrong.

    A byte order mark decides, then the zero bytes of UTF-16, then the project file, then UTF-8, then GB18030 (of which
    GBK and GB2312 are parts). Zero bytes that fill a text up are cut out.

    >>> decoded("小区".encode("gbk"), "a.csv"), decoded("小区".encode(), "a.csv")
    (('小区', 'gb18030', True), ('小区', 'utf-8', False))
    >>> decoded("a\t小区\n".encode("utf-16-le"), "a.txt")
    ('a\t小区\n', 'utf-16-le', True)
    """
    marked = next((codec for mark, codec in _BOMS if data.startswith(mark)), "")
    stated = "gb18030" if encoding.lower() in _CHINESE else encoding
    wide = "" if marked or stated.lower().replace("_", "-").startswith("utf-16") else wide_codec(data[: 1 << 16])
    for codec in filter(None, (marked, wide, stated) if (marked or stated or wide) else ("utf-8", "gb18030")):
        try:
            text = _damaged_utf8(data, name) if codec == "utf-8" else data.decode(codec)
        except LookupError as problem:
            raise TableError(
                N_("{encoding} is not an encoding that is known here"),
                place=name,
                remedy=N_('leave encoding out in gridkit.toml, or state "utf-8" or "gb18030"'),
                encoding=encoding,
            ) from problem
        except UnicodeError:
            continue
        if "\x00" in text:
            if text.count("\x00") * 4 > len(text.rstrip("\x00")):
                break
            text = text.replace("\x00", "")
        return text, codec, codec == wide or (not (marked or stated) and codec == "gb18030")
    raise TableError(
        N_("the text of the file cannot be decoded"),
        place=name,
        remedy=N_("state its encoding in gridkit.toml, or save it as UTF-8"),
    )


def _damaged_utf8(data: bytes, name: str) -> str:
    """Return UTF-8; if it is damaged in one place, say where instead of taking all of it for GB18030."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        good = data[: problem.start]
        if sum(byte >= 0xE0 for byte in good[:10_000]) < SURE:
            raise
        if problem.start >= len(data) - 3:
            return good.decode("utf-8")  # cut off inside the last character
        raise TableError(
            N_("the text is UTF-8, but line {line} holds bytes that are not"),
            place=name,
            remedy=N_("repair that line in a text editor, or save the table again from the program it comes from"),
            line=good.count(b"\n") + 1,
        ) from problem


def separator_of(text: str, kind: str = "") -> str:
    r"""Return the separator with which most headers are known, or else which gives the widest even lines.

    A first line ``sep=;`` decides. Separators between quotation marks do not count.

    >>> separator_of("小区名称;户数\n甲,乙;3", "compounds"), separator_of("a\tb\n1\t2"), separator_of("sep=|\na;b|c")
    (';', '\t', '|')
    >>> separator_of('"甲,乙,丙";3\n"丁,戊";4')
    ';'
    """
    if stated := _STATED.match(text):
        return stated[1]
    head = text[:20_000]
    lines = {mark: [record for _, record in zip(range(20), records(head, mark), strict=False)] for mark in SEPARATORS}

    def rank(mark: str) -> tuple[int, int, int]:
        found = [line for line in lines[mark] if any(line)]
        known = max((len({field_of(cell, kind) for cell in line} - {""}) for line in found), default=0) if kind else 0
        widths = sorted(len(line) for line in found) or [0]
        middle = widths[len(widths) // 2]
        return known, middle, sum(width == middle for width in widths)

    return max(SEPARATORS, key=rank)


def records(text: str, mark: str) -> Iterator[list[str]]:
    """Yield records as a spreadsheet program would read them: a quotation mark out of place is a character."""
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)


def text_bytes(file: Path, name: str) -> bytes:
    """Return the bytes of a text file.

    Raises
    ------
    TableError
        If it is larger than ``MOST_TEXT``.
    """
    if file.stat().st_size > MOST_TEXT:
        raise TableError(
            N_("the text is larger than {most} MB"),
            place=name,
            remedy=N_("leave out what is not needed, or split the table"),
            most=MOST_TEXT >> 20,
        )
    return file.read_bytes()


def read_text(file: Path, name: str, *, encoding: str = "", kind: str = "") -> TextTable:
    """Read a text table.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        Its name for messages.
    encoding : str
        Its encoding, guessed where it is not stated.
    kind : str
        Registry kind or level, to tell which separator gives headers that are known.

    Raises
    ------
    TableError
        If it is empty or too large, cannot be decoded, or one of its cells never ends.
    """
    text, used, guessed = decoded(text_bytes(file, name), name, encoding=encoding)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise TableError(N_("the file is empty"), place=name, remedy=N_("name another file in gridkit.toml"))
    mark = separator_of(text, kind)
    stated = _STATED.match(text)
    cells, odd = _cells(text[stated.end() :] if stated else text, mark, name, 1 if stated else 0)
    if stated:
        cells.insert(0, [""])  # the line stays a row, so that all others keep their numbers
    while cells and not any(cell.strip() for cell in cells[-1]):
        cells.pop()
    width = max((len(row) for row in cells), default=0)
    while width > 1 and not any(len(row) >= width and row[width - 1].strip() for row in cells):
        width -= 1  # a separator at the end of every line
    even = [row[:width] if len(row) >= width else row + [""] * (width - len(row)) for row in cells]
    return TextTable(even, used, guessed, tuple(odd))


def _cells(text: str, mark: str, name: str, skipped: int) -> tuple[list[list[str]], list[int]]:
    """Return the records, and the lines in which quotation marks are not in order."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        found = list(reader)
        if reader.line_num == len(found) or not _swallowed(found, mark):
            return found, []
    except csv.Error:
        pass
    lines = list(io.StringIO(text, newline=""))
    cells: list[list[str]] = []
    odd: list[int] = []
    at = 0
    while at < len(lines):
        taken, record = _whole(lines, at, mark)
        if not taken:
            odd.append(at + 1 + skipped)
            taken, record = 1, _lenient(lines[at], mark, name, at + 1 + skipped)
        cells.append(record)
        at += taken
    return cells, odd


def _swallowed(cells: list[list[str]], mark: str) -> bool:
    r"""Tell whether a cell holds lines that are records themselves: its quotation mark was closed much later.

    >>> _swallowed([["a,1\nb,2\nc,3\nd,4\ne", "5"]], ","), _swallowed([["one\ntwo\nthree\nfour\nfive", "5"]], ",")
    (True, False)
    """
    for record in cells:
        for cell in record:
            if "\n" in cell and (lines := cell.splitlines()[1:-1]):
                alike = len(record) > 1 and all(line.count(mark) == len(record) - 1 for line in lines)
                if len(lines) >= LINES or (alike and len(lines) >= 3):
                    return True
    return False


def _whole(lines: list[str], at: int, mark: str) -> tuple[int, list[str]]:
    """Return how many lines the record takes that begins at a line, and the record; no lines if it is not in order."""
    if '"' not in lines[at]:
        return 1, lines[at].rstrip("\r\n").split(mark) if lines[at].strip("\r\n") else []
    marks = 0
    for end in range(at, min(at + LINES, len(lines))):
        marks += lines[end].count('"')
        if marks % 2:
            continue
        try:
            found = list(csv.reader(lines[at : end + 1], delimiter=mark, strict=True))
        except csv.Error:
            return 0, []
        return (end - at + 1, found[0]) if len(found) == 1 and not _swallowed(found, mark) else (0, [])
    return 0, []


def _lenient(line: str, mark: str, name: str, number: int) -> list[str]:
    """Return the cells of one line whose quotation marks are not in order: they are kept as characters."""
    try:
        if line.count('"') % 2 == 0:
            found = list(csv.reader([line], delimiter=mark))
            if len(found) == 1:
                return found[0]
        cells = next(csv.reader([line], delimiter=mark, quoting=csv.QUOTE_NONE), [])
        return [cell.strip('"') if cell.count('"') == 1 else cell for cell in cells]
    except csv.Error as problem:
        raise TableError(
            N_("line {line} breaks the rules of CSV: {reason}"),
            place=name,
            remedy=N_("check the quotation marks there, or save the table again from a spreadsheet program"),
            line=number,
            reason=str(problem),
        ) from problem
