"""The text of a report: plain text, Word documents and HTML pages; nothing is run, fetched or expanded."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from gridkit.errors import InputError, TableError
from gridkit.io.csv_text import decoded
from gridkit.io.workbook_parts import BROKEN
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_BYTES: Final = 1 << 25
"""A longer text, or a Word document that unpacks to more, is no report."""

_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_HTML: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype\s+html|<html|<head|<body|<meta|<div|<p[\s>]|<table)", re.I
)
_TOKEN: Final = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,40})((?:[\s/][^<>]{0,8000})?)>|([^<]+)|<")
_DECLARATION: Final = re.compile(r"<[!?][^<>]{0,2000}>")
_SILENT: Final = frozenset(("script", "style", "noscript", "template", "title", "svg", "select", "textarea"))
_BLOCK_WORDS: Final = (
    "address article aside blockquote br caption center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li main "
    "nav ol p pre section table tbody tfoot thead tr ul"
)
_BLOCKS: Final = frozenset(_BLOCK_WORDS.split())
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_FORMER: Final = frozenset(("rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange"))
"""What these hold is how the text looked before a change of its format that Word keeps track of."""

_OFF: Final = frozenset(("0", "false", "off"))
_OTHERS: Final = (
    (b"%PDF", "PDF"), (b"\xd0\xcf\x11\xe0", "Word 97–2003"), (b"{\\rtf", "RTF"), (b"\x7fELF", "ELF"),
    (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"),
)  # fmt: skip
_USUAL: Final = (
    "的一是在不了有和人中大上以要到地出就分成可主年同工也能下子面而方多定行法所民得十三之等部度家力如水化高自二理起小物加"
    "量性好合由其前外天政四日社平形相全表重心正黨党組组織织網网區区街道支率建月個个業业會会覆蓋盖居居達达為为數数實实動动"
)
"""Characters of both scripts that a report cannot do without."""

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class ReportText:
    """The text of a report, one paragraph or row of a table a line, cells between tabs.

    ``kind`` is ``text``, ``word`` or ``html``; ``encoding`` what it was read in, ``guessed`` whether that could be
    wrong; ``struck`` how many passages were left out because they are struck through or hidden.
    """

    text: str
    name: str
    kind: str
    encoding: str = ""
    guessed: bool = False
    struck: int = 0


def read_report(file: Path) -> ReportText:
    """Read the text of a report.

    Parameters
    ----------
    file : Path
        ``.txt``, ``.docx`` or ``.html``; what it is is told by its content, not by its name.

    Raises
    ------
    InputError
        If there is no such file.
    TableError
        If it is empty, too large, damaged, of another kind, or cannot be decoded.
    """
    name = file.name
    try:
        size = file.stat().st_size if file.is_file() else None
        data = file.read_bytes() if size is not None and size <= MOST_BYTES else b""
    except (OSError, ValueError) as problem:
        raise InputError(
            N_("the file cannot be read: {reason}"),
            place=name[:200],
            remedy=N_("close it in other programs and check your rights"),
            reason=getattr(problem, "strerror", None) or str(problem),
        ) from problem
    if size is None:
        raise InputError(
            N_("there is no such file"), place=str(file)[:200], remedy=N_("name a .txt, .docx or .html file")
        )
    if size > MOST_BYTES:
        raise _too_large(name)
    return _read(data, name)


def _read(data: bytes, name: str) -> ReportText:
    kind = next((kind for mark, kind in _OTHERS if data.startswith(mark)), "")
    if kind:
        raise TableError(
            N_("this is a file of the kind {kind}, whose text cannot be read"),
            place=name,
            remedy=N_("open it and save it as .docx, or copy its text into a .txt file"),
            kind=kind,
        )
    found = _word(data, name) if data.startswith(b"PK") else _plain(data, name)
    if not found.text.strip():
        raise TableError(N_("there is no text in the file"), place=name, remedy=N_("name a .txt, .docx or .html file"))
    return found


def _too_large(name: str) -> TableError:
    return TableError(
        N_("the text is larger than {most} MB"),
        place=name,
        remedy=N_("name the report alone; if it is small, do not trust this file"),
        most=MOST_BYTES >> 20,
    )


def _plain(data: bytes, name: str) -> ReportText:
    """Return plain text or an HTML page, in the encoding that it states or that fits."""
    stated = _CHARSET.search(data[:4096])
    text, encoding, guessed = "", "", True
    if stated:
        try:
            text, encoding, guessed = decoded(data, name, encoding=stated[1].decode("ascii"))
        except TableError:
            stated = None  # a page that states a wrong one; what fits is found like for any text
    if not stated:
        text, encoding, guessed = decoded(data, name)
        if guessed and encoding == "gb18030" and (other := _big5(data, text)):
            text, encoding = other, "big5"
    if len(_CONTROL.findall(text)) * 10 > len(text):
        raise TableError(N_("the file holds no text"), place=name, remedy=N_("name a .txt, .docx or .html file"))
    text = _lines(text.removeprefix("\ufeff"))
    if _HTML.match(text):
        return ReportText(html_text(text), name, "html", encoding, guessed)
    return ReportText(text, name, "text", encoding, guessed)


def _big5(data: bytes, text: str) -> str:
    """Return a text in Big5 that reads as words where GB18030 gave ``text``, rare characters only; "" for no such."""
    try:
        other = data.decode("big5hkscs")
    except UnicodeError:
        return ""
    return other if sum(map(other.count, _USUAL)) > 2 * sum(map(text.count, _USUAL)) else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")


def html_text(page: str) -> str:
    r"""Return the text of an HTML page: a block a line, cells between tabs, no scripts, styles or comments.

    >>> html_text("<style>p{}</style><p>网格&nbsp;<b>194</b>个</p><script>x=1</script><table><tr><td>a<td>b</table>")
    '网格 194个\na\tb'
    """
    parts: list[str] = []
    silent = ""
    for hit in _TOKEN.finditer(_uncommented(page)):
        closing, tag, text = hit[1], (hit[2] or "").lower(), hit[4]
        if silent:
            silent = "" if closing and tag == silent else silent
        elif text is not None:
            parts.append(re.sub(r"\s+", " ", html.unescape(text).replace("\u00a0", " ")))
        elif tag in _SILENT and not closing and not (hit[3] or "").endswith("/"):
            silent = tag
        elif tag in ("td", "th") and not closing:
            parts.append("\t")
        elif tag in _BLOCKS:
            parts.append("\n")
    lines = (line.strip(" ").removeprefix("\t").strip(" ") for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line.strip())


def _uncommented(page: str) -> str:
    """Return a page without its comments; one that never ends reaches to the end."""
    parts, at = [], 0
    while (start := page.find("<!--", at)) >= 0:
        parts.append(page[at:start])
        end = page.find("-->", start + 4)
        at = len(page) if end < 0 else end + 3
    return _DECLARATION.sub("", "".join([*parts, page[at:]]))


def _word(data: bytes, name: str) -> ReportText:
    """Return the text of a Word document: paragraphs and tables in their order, then the footnotes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            members = {member.filename.lstrip("/").lower(): member.filename for member in book.infolist()}
            main = members.get("word/document.xml")
            if main is None:
                raise TableError(
                    N_("the archive holds no Word document"), place=name, remedy=N_("name a .txt, .docx or .html file")
                )
            document = _Document(name)
            for member in filter(None, (main, members.get("word/footnotes.xml"), members.get("word/endnotes.xml"))):
                document.read(_part(book, member, name))
    except BROKEN as problem:
        raise TableError(
            N_("the document is damaged or was cut off: {reason}"),
            place=name,
            remedy=N_("copy or download it again, or open it in a text program and save it as .docx"),
            reason=str(problem)[:120] or type(problem).__name__,
        ) from problem
    return ReportText(document.text(), name, "word", struck=document.struck)


def _part(book: zipfile.ZipFile, member: str, name: str) -> bytes:
    """Return a part, never more of it than is read at all, whatever size the archive states."""
    with book.open(member) as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _too_large(name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise TableError(
            N_("the XML of the document declares entities of its own, which no text program writes"),
            place=name,
            remedy=N_("do not trust this file; ask for it again, saved by a text program"),
        )
    return data


class _Document:
    """The paragraphs of a document while its XML goes by."""

    def __init__(self, name: str) -> None:
        self.struck = 0
        self._name = name
        self._lines: list[str] = []
        self._cells: list[list[str]] = []  # of the rows that are open, outermost first
        self._line: list[str] = []
        self._gone = 0  # inside what was moved away, or stands twice
        self._former = 0  # inside what was formatted otherwise before
        self._hidden = self._in_text = False

    def read(self, data: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.buffer_text = True
        try:
            parser.Parse(data, True)
        except expat.ExpatError as problem:
            raise TableError(
                N_("the XML of the document breaks the rules: {reason}"),
                place=self._name,
                remedy=N_("open it in a text program and save it as .docx"),
                reason=str(problem),
            ) from problem

    def text(self) -> str:
        return "\n".join(line for line in self._lines if line.strip())

    def _start(self, tag: str, given: dict[str, str]) -> None:
        space, _, element = tag.rpartition(" ")
        if element in ("Fallback", "moveFrom", "del"):
            self._gone += 1
        if space not in (_WORD, _STRICT):
            return
        action: dict[str, Callable[[], None]] = {
            "r": self._open_run, "tab": lambda: self._put(" "), "br": lambda: self._put("\n"),
            "cr": lambda: self._put("\n"),
            "tr": lambda: self._cells.append([""]), "noBreakHyphen": lambda: self._put("-"),
        }  # fmt: skip
        if element in _FORMER:
            self._former += 1
        elif element in ("strike", "dstrike", "vanish") and not self._former:
            self._hidden |= given.get(f"{space} val", "1").lower() not in _OFF
        elif element == "t":
            self._in_text = True
        elif element in action:
            action[element]()

    def _open_run(self) -> None:
        self._hidden = False

    def _end(self, tag: str) -> None:
        space, _, element = tag.rpartition(" ")
        if element in ("Fallback", "moveFrom", "del"):
            self._gone -= 1
        if space not in (_WORD, _STRICT):
            return
        if element in _FORMER:
            self._former -= 1
        elif element == "t":
            self._in_text = False
        elif element == "p":
            self._close_paragraph()
        elif element == "tc" and self._cells:
            self._cells[-1].append("")
        elif element == "tr" and self._cells:
            self._close_row()

    def _data(self, text: str) -> None:
        if not self._in_text or self._gone:
            return
        if self._hidden:
            self.struck += 1
        else:
            self._line.append(text)

    def _put(self, text: str) -> None:
        if not self._gone and not self._hidden:
            self._line.append(text)

    def _close_paragraph(self) -> None:
        text = "".join(self._line)
        self._line = []
        if not self._cells:
            self._lines.append(text)
        elif text.strip():
            self._add(self._cells[-1], text)

    def _close_row(self) -> None:
        cells = self._cells.pop()
        row = "\t".join(cells if cells[-1] else cells[:-1])
        if self._cells:
            self._add(self._cells[-1], row)
        else:
            self._lines.append(row)

    @staticmethod
    def _add(cells: list[str], text: str) -> None:
        cells[-1] = f"{cells[-1]} {' '.join(text.split())}".strip()
