"""Attributes that people write into a free text: tables of HTML, lines of ``名称：…``; tags never come through."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

from gridkit.io.dictionary import field_of
from gridkit.io.privacy import is_personal_header, is_post_header
from gridkit.io.text import tidy
from gridkit.model.fields import LAYER_FIELDS

LONGEST: Final = 200_000
"""Characters of a description that are looked at for attributes."""

LABEL: Final = 20
"""A name of an attribute is not longer than this."""

_BREAKING: Final = frozenset(("br", "p", "div", "li", "tr", "table", "h1", "h2", "h3", "h4", "hr"))
_SILENT: Final = frozenset(("script", "style", "head", "title"))
_LINE: Final = re.compile(r"\s*([^:：=\n]{1,20}?)\s*[:：=]\s*(.*?)\s*$")
_TAG: Final = re.compile(r"<[^<>]*>")


class _Reader(HTMLParser):
    """Collects the rows of tables, and everything else as lines of text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._rows: list[list[str]] = []
        self._silent = 0
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "tr":
            self._end_row()
            self._rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            self._flush()
            self._cell = True
        elif tag in _BREAKING:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
        elif tag in _BREAKING:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._text.append(data)

    def _break(self) -> None:
        if self._cell:
            self._text.append("\n")
        else:
            self._flush()

    def _flush(self) -> None:
        self.lines += "".join(self._text).splitlines()
        self._text = []

    def _end_cell(self) -> None:
        if self._cell and self._rows:
            self._rows[-1].append("".join(self._text))
            self._text = []
        self._cell = False

    def _end_row(self) -> None:
        self._end_cell()
        self._flush()
        cells = [tidy(cell) for cell in self._rows.pop()] if self._rows else []
        if len(cells) == 2 and 0 < len(cells[0].rstrip(":：")) <= LABEL:
            self.pairs.append((cells[0].rstrip(":： "), cells[1]))
        else:
            self.lines += [cell for cell in cells if cell]

    def finish(self) -> None:
        self.close()
        while self._rows:
            self._end_row()
        self._flush()


def pairs_of(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return the attributes in a description, and what is left of its text without any tag.

    Examples
    --------
    >>> pairs_of("<table><tr><td>名称</td><td>启明社区</td></tr></table>户数：120<br>靠近<b>河</b>")
    ([('名称', '启明社区'), ('户数', '120')], '靠近河')
    """
    reader = _Reader()
    reader.feed(text[:LONGEST])
    reader.finish()
    pairs, rest = list(reader.pairs), []
    for line in reader.lines:
        found = _LINE.match(line)
        if found and found[2] and not found[2].startswith("//"):
            pairs.append((tidy(found[1]), tidy(found[2])))
        elif line.strip():
            rest.append(tidy(line))
    return pairs, "\n".join(rest)


def without_tags(text: str) -> str:
    """Return a short text without tags and entities.

    >>> without_tags("&lt;b&gt;启明&lt;/b&gt;<i>社区</i>")
    '启明社区'
    """
    return tidy(_TAG.sub("", unescape(_TAG.sub("", text[:LONGEST]))))


def is_header(label: str) -> bool:
    """Tell whether a label of a free text is known as a column; others could be names of persons."""
    return is_personal_header(label) or is_post_header(label) or any(field_of(label, level) for level in LAYER_FIELDS)
