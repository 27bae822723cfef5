"""Tables out of HTML, which many systems export under the name .xls or .xlsx.

A tokeniser of our own looks at tables only: nothing is run, fetched or expanded, and its cost is linear in the size of
the file whatever stands in it.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import TableError
from gridkit.io.csv_text import decoded, text_bytes
from gridkit.io.hidden import Hidden, Page
from gridkit.io.workbook_parts import MOST_CELLS
from gridkit.io.workbooks import trimmed
from gridkit.locale import N_

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.io.hidden import Range

_TOKEN: Final = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,40})((?:[\s/][^<>]{0,8000})?)>|([^<]+)|<")
_VALUE: Final = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_SILENT: Final = ("script", "style", "noscript", "template")
_THROUGH: Final = re.compile(r"line-through", re.I)
_NONE: Final = re.compile(r"display\s*:\s*none", re.I)
_CLASS: Final = re.compile(r"\.([\w-]+)\s*\{([^{}]{0,4000})\}")
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
MOST_COLUMNS: Final = 16_384
"""No spreadsheet program has more."""

WIDEST: Final = 1000
"""A browser takes no cell to span more columns."""


@dataclass
class _Table:
    """One table while it is read."""

    cells: list[dict[int, Any]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    taken: dict[int, int] = field(default_factory=dict)  # column -> row up to which a cell above reaches
    text: list[str] | None = None
    at: tuple[int, int] = (0, 0)
    exact: str = ""
    lines: list[bool] = field(default_factory=list)  # for each piece of text, whether it is struck out
    whole: bool = False

    def open_row(self, given: dict[str, str], gone: frozenset[str]) -> None:
        self.close_cell()
        self.cells.append({})
        if "hidden" in given or _NONE.search(given.get("style", "")) or given.get("class", "") in gone:
            self.hidden.add(len(self.cells) - 1)

    def open_cell(self, given: dict[str, str], struck: frozenset[str]) -> int:
        """Begin a cell; return how many positions were looked at or taken."""
        self.close_cell()
        if not self.cells:
            self.cells.append({})
        row, column = len(self.cells) - 1, len(self.cells[-1])
        start = column
        while column in self.cells[-1] or self.taken.get(column, -1) >= row:
            column += 1
        down, right = _span(given, "rowspan", 65_534), _span(given, "colspan", WIDEST)
        if down > 1 or right > 1:
            self.merged.append(((row, column), (row + down - 1, column + right - 1)))
        for one in range(column, column + right):
            self.cells[-1][one] = ""
            if down > 1:
                self.taken[one] = row + down - 1
        self.text, self.lines, self.at = [], [], (row, column)
        self.whole = _THROUGH.search(given.get("style", "")) is not None or given.get("class", "") in struck
        self.exact = given.get("x:num", "")
        return column + right - start

    def close_cell(self) -> None:
        if self.text is None:
            return
        text = "".join(self.text).strip(" \t\n\r\xa0")
        row, column = self.at
        self.cells[row][column] = self.exact if self.exact and _SCIENTIFIC.fullmatch(text) else text
        if text and (self.whole or (self.lines and all(self.lines))):
            self.struck.add(self.at)
        self.text = None


def _span(given: dict[str, str], key: str, most: int) -> int:
    text = given.get(key, "").strip()
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def read_html(file: Path, name: str, *, encoding: str = "") -> list[Page]:
    """Return the tables of an HTML file that hold anything, one page each; a single one has no name.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        Its name for messages.
    encoding : str
        Its encoding where neither a byte order mark nor the file itself states it.

    Raises
    ------
    TableError
        If it is too large or cannot be decoded.
    """
    data = text_bytes(file, name)
    if data[:13].lower() == b"mime-version:":
        data, encoding = _first_part(data)
    stated = _CHARSET.search(data[: 1 << 16])
    charset = stated[1].decode("ascii") if stated else ""
    try:
        text = decoded(data, name, encoding=encoding or charset)[0]
    except TableError:  # the file states a wrong encoding of itself
        text = decoded(data, name)[0]
    filled = [table for table in tables_in(text, name) if any(any(row.values()) for row in table.cells)]
    return [_page(table, f"table{at + 1}" if len(filled) > 1 else "", name) for at, table in enumerate(filled)]


def _first_part(data: bytes) -> tuple[bytes, str]:
    """Return the first HTML of a web page saved as one file (MHTML), and its encoding."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        body = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(body, bytes):
            return body, part.get_content_charset() or ""
    return b"", ""


def _page(table: _Table, name: str, place: str) -> Page:
    width = max((max(row) + 1 for row in table.cells if row), default=0)
    if width * len(table.cells) > MOST_CELLS:
        raise _too_wide(place)
    cells = trimmed([[row.get(column, "") for column in range(width)] for row in table.cells])
    last = len(cells) - 1
    merged = sorted(((r1, c1), (min(r2, last), c2)) for (r1, c1), (r2, c2) in table.merged if r1 <= last)
    hidden = Hidden(tuple(sorted(table.hidden)), struck=frozenset(table.struck), unseen=("columns", "sums", "errors"))
    return Page(name, cells, tuple(merged), hidden)


def _too_wide(place: str) -> TableError:
    return TableError(
        N_("a table of the file spans more than {most} cells"),
        place=place,
        remedy=N_("copy the table into a new workbook"),
        most=MOST_CELLS,
    )


class _Reader:
    """What to do at each tag and text."""

    def __init__(self, styles: str, name: str) -> None:
        rules = _CLASS.findall(styles)
        self.found: list[_Table] = []
        self._struck = frozenset(one for one, rule in rules if _THROUGH.search(rule))
        self._gone = frozenset(one for one, rule in rules if _NONE.search(rule))
        self._open: list[_Table] = []
        self._through = self._spanned = 0
        self._name = name

    def tag(self, tag: str, rest: str, *, close: bool) -> None:
        if tag == "table":
            if not close:
                self._open.append(_Table())
                self.found.append(self._open[-1])
            elif self._open:
                self._open.pop().close_cell()
        elif tag in ("s", "strike", "del"):
            self._through = max(self._through - 1, 0) if close else self._through + 1
        elif self._open:
            self._inside(self._open[-1], tag, rest, close=close)

    def _inside(self, table: _Table, tag: str, rest: str, *, close: bool) -> None:
        if tag in ("td", "th", "tr") and close:
            table.close_cell()
        elif tag == "tr":
            table.open_row(_values(rest), self._gone)
        elif tag in ("td", "th"):
            self._spanned += table.open_cell(_values(rest), self._struck)
            if self._spanned > MOST_CELLS or table.at[1] > MOST_COLUMNS:
                raise _too_wide(self._name)
        elif tag in ("br", "p", "div") and table.text:
            table.text.append("\n")

    def words(self, words: str) -> None:
        if self._open and self._open[-1].text is not None:
            text = html.unescape(" ".join(words.split()) if "\n" in words else words)
            self._open[-1].text.append(text)
            if text.strip():
                self._open[-1].lines.append(self._through > 0)

    def finish(self) -> list[_Table]:
        for table in self._open:
            table.close_cell()
        return self.found


def tables_in(text: str, name: str = "") -> list[_Table]:
    """Return all tables of an HTML text, those inside others too.

    >>> (table,) = tables_in("<table><tr><td rowspan=2>a<td><s>b</s><tr><td>c &amp; d</table>")
    >>> table.cells, table.merged, table.struck
    ([{0: 'a', 1: 'b'}, {1: 'c & d'}], [((0, 0), (1, 0))], {(0, 1)})
    """
    reader = _Reader(text[: 1 << 20], name)
    for found in _TOKEN.finditer(_quiet(text)):
        close, tag, rest, words = found.groups()
        if tag:
            reader.tag(tag.lower(), rest, close=bool(close))
        else:
            reader.words(words or "<")
    return reader.finish()


def _values(rest: str) -> dict[str, str]:
    found = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _VALUE.findall(rest)} if "=" in rest else {}
    if "hidden" not in found and re.search(r"(?:^|\s)hidden(?:\s|$|/)", rest):
        found["hidden"] = ""
    return found


def _quiet(text: str) -> str:
    """Return the text without comments, declarations, scripts and styles, each found by a plain search."""
    for start, end in (("<!--", "-->"), ("<!", ">"), ("<?", ">"), *((f"<{tag}", f"</{tag}") for tag in _SILENT)):
        text = _without(text, start, end)
    return text


def _without(text: str, start: str, end: str) -> str:
    lower = text.lower() if start[1].isalpha() else text
    if len(lower) != len(text):
        lower = text  # a few capital letters change their length
    kept: list[str] = []
    at = 0
    while (opening := lower.find(start, at)) >= 0:
        kept.append(text[at:opening])
        closing = lower.find(end, opening + len(start))
        if closing < 0:
            return "".join(kept)
        at = closing + (len(end) if end.endswith(">") else 0)
    kept.append(text[at:])
    return "".join(kept)
