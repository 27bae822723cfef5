"""Attributes that people write into a free text: tables of HTML, lines of ``名称：…``; tags never come through."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from gridkit.io.dictionary import field_of
from gridkit.io.privacy import is_personal_header, is_post_header
from gridkit.io.text import tidy
from gridkit.model.fields import LAYER_FIELDS

LONGEST: Final = 200_000
"""Characters of a description that are looked at for attributes."""

LABEL: Final = 20
"""A name of an attribute is not longer than this."""

_BREAKING: Final = frozenset(("br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "hr"))
_SILENT: Final = frozenset(("script", "style", "head", "title"))
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
_MARK: Final = re.compile(r"<[!?/]?[^<>]*>")
_LINE: Final = re.compile(r"([^:：=]{1,20})[:：=](.+)")


class _Table:
    """The rows of tables inside each other, and everything else as lines of text, as one tag after the other comes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._rows: list[list[str]] = []
        self._silent = ""
        self._cell = False

    def text(self, text: str) -> None:
        if not self._silent:
            self._text.append(unescape(text))

    def tag(self, name: str, *, end: bool) -> None:
        if self._silent:
            self._silent = "" if end and name == self._silent else self._silent
        elif name in _SILENT:
            self._silent = "" if end else name
        elif name in ("td", "th"):
            self._end_cell()
            self._cell = not end
        elif name in ("tr", "table"):
            self.end_row()
            if name == "tr" and not end:
                self._rows.append([])
        elif name in _BREAKING:
            self._text.append("\n")

    def end_row(self) -> None:
        """End the row that is read, if there is one, and the text before it."""
        self._end_cell()
        self._flush()
        cells = [tidy(cell) for cell in self._rows.pop()] if self._rows else []
        if len(cells) == 2 and 0 < len(cells[0].rstrip(":：")) <= LABEL:
            self.pairs.append((cells[0].rstrip(":： "), cells[1]))
        else:
            self.lines += [cell for cell in cells if cell]

    def _end_cell(self) -> None:
        if self._cell and self._rows:
            self._rows[-1].append("".join(self._text))
            self._text = []
        else:
            self._flush()
        self._cell = False

    def _flush(self) -> None:
        self.lines += "".join(self._text).splitlines()
        self._text = []


def pairs_of(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return the attributes in a description, and what is left of its text without any tag.

    Examples
    --------
    >>> pairs_of("<table><tr><td>名称</td><td>启明社区</td></tr></table>户数：120<br>靠近<b>河</b>")
    ([('名称', '启明社区'), ('户数', '120')], '靠近河')
    """
    bare = _without_comments(text[:LONGEST])
    table, place = _Table(), 0
    for found in _TAG.finditer(bare):
        table.text(bare[place : found.start()])
        table.tag(found[2].lower(), end=bool(found[1]))
        place = found.end()
    table.text(bare[place:])
    table.end_row()
    pairs, rest = list(table.pairs), []
    for line in (tidy(_MARK.sub("", one).replace("<", " ")) for one in table.lines):
        pair = _LINE.fullmatch(line)
        if pair and not pair[2].startswith("//") and pair[1].strip() and pair[2].strip():
            pairs.append((pair[1].strip(), pair[2].strip()))
        elif line:
            rest.append(line)
    return [(label, tidy(value.replace("<", " "))) for label, value in pairs], "\n".join(rest)


def _without_comments(text: str) -> str:
    """Return a text without comments and the marks around raw data; each character is looked at once."""
    kept, place = [], 0
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    while (start := text.find("<!--", place)) >= 0:
        kept.append(text[place:start])
        end = text.find("-->", start)
        place = len(text) if end < 0 else end + 3
    return "".join([*kept, text[place:]])


def without_tags(text: str) -> str:
    """Return a short text without tags and entities.

    >>> without_tags("&lt;b&gt;启明&lt;/b&gt;<i>社区</i>")
    '启明社区'
    """
    return tidy(_MARK.sub("", unescape(_MARK.sub("", text[:LONGEST]))))


def is_header(label: str) -> bool:
    """Tell whether a label of a free text is known as a column; others could be names of persons."""
    return is_personal_header(label) or is_post_header(label) or any(field_of(label, level) for level in LAYER_FIELDS)
