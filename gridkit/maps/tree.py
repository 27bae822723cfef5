"""Helpers over a tree of branca elements: walk it, render it without changing it, and give it seeded ids."""

from __future__ import annotations

import re
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import branca.element
from branca.element import Element
from jinja2 import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"\{\{'((?:stripe|circle)_pattern_[0-9a-f]{32})'\}\}")


def walk(root: Element) -> Iterator[Element]:
    """Yield every element below and including ``root`` once, children and elements held in attributes alike."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        yield element
        held = [value for name, value in vars(element).items() if name != "_parent" and isinstance(value, Element)]
        waiting.extend(reversed([*held, *element._children.values()]))


@contextmanager
def unchanged(root: Element) -> Iterator[set[int]]:
    """Put the children of every element back at the end: folium adds elements while it renders.

    Gives the ``id()`` of every element that was there before.
    """
    before = [(element, element._children.copy()) for element in walk(root)]
    try:
        yield {id(element) for element, _ in before}
    finally:
        for element, children in before:
            element._children = OrderedDict(children)


class _Late:
    """A Jinja template that is compiled when it is used, if ever."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __getattr__(self, name: str) -> Any:
        return getattr(Template(self.text), name)


@contextmanager
def late_templates() -> Iterator[None]:
    """Let branca compile no template from what a macro returned: ``{% if %}`` in the data would be an error."""
    names = vars(branca.element)
    own = names["Template"]
    names["Template"] = _Late
    try:
        yield
    finally:
        names["Template"] = own


class Verbatim(Element):
    """A text that is put into the page as it is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_kwargs: Any) -> str:
        """Return the text."""
        return self.text


def settle(*parts: Element, before: set[int]) -> None:
    """Make the texts that rendering put into ``parts`` final.

    branca hands what a macro returned to ``Element``, which would read it as a Jinja template once more: a name
    ``{{ ... }}`` in the data would be carried out, in Python. Patterns of folium count on it for the name of an
    element, so that this one case is carried out here.
    """
    for part in parts:
        for name, child in part._children.items():
            if type(child) is Element and id(child) not in before and child._template_str is not None:
                part._children[name] = Verbatim(_NAME.sub(r"\1", child._template_str))


def ids(root: Element) -> set[str]:
    """Return the random ids that branca gave to the elements of a tree."""
    return {element._id for element in walk(root)}


def seeded(text: str, names: dict[str, str], known: set[str]) -> str:
    """Replace random element ids by numbers in the order in which they appear.

    ``names`` is filled on the way, so that several texts of one page share it. Other runs of 32 hexadecimal digits
    (a hash in a registry) stay as they are because they are not in ``known``.

    >>> seeded("map_" + "0a" * 16 + " " + "0b" * 16, {}, {"0a" * 16})
    'map_00000000000000000000000000000001 0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b'
    """

    def number(match: re.Match[str]) -> str:
        if match[0] not in known:
            return match[0]
        return names.setdefault(match[0], f"{len(names) + 1:032x}")

    return _ID.sub(number, text)


def addresses(element: Element) -> set[str]:
    """Return the addresses of tiles and pictures that one element would load from outside the page.

    Tiles are outside wherever they lie, also as files beside the page: a policy cannot allow a folder.

    >>> from folium import TileLayer
    >>> addresses(TileLayer("https://tiles.example/{z}/{x}/{y}.png", attr="x"))
    {'https://tiles.example/{z}/{x}/{y}.png'}
    """
    own = vars(element)
    options = own.get("options")
    options = options if isinstance(options, dict) else {}
    pictures = [own.get("url"), own.get("image"), options.get("icon_url"), options.get("shadow_url")]
    found = {value for value in pictures if isinstance(value, str) and re.match(r"(?i)(?:https?:)?//", value)}
    tiles = own.get("tiles")
    if isinstance(tiles, str) and not tiles.lower().startswith(("data:", "blob:")):
        found.add(tiles)
    return found


def hosts(root: Element) -> list[str]:
    """Return the sources of pictures that elements of the tree declare in ``picture_sources``, sorted."""
    return sorted({host for element in walk(root) for host in getattr(element, "picture_sources", ())})
