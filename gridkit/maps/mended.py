"""What two plugins of folium write into a page that cannot stand there, put right after they have rendered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from folium.plugins import Draw, ScrollZoomToggler

from gridkit.maps.tree import Verbatim, walk

if TYPE_CHECKING:
    from branca.element import Element, Figure

_OPTIONS = re.compile(r"(?<![\w\"'.])options(?=\s*[.=\n])")
_IMAGE = re.compile(r"(?s)<img(\s+id=\"\w+\")\s+alt=\"scroll\".*?</img>")


def mend(figure: Figure) -> None:
    """Change the rendered texts of the plugins below ``figure``; the elements stay as they are."""
    for element in list(walk(figure)):
        if isinstance(element, Draw):
            _draw(figure, element.get_name())
        elif isinstance(element, ScrollZoomToggler):
            _toggler(figure, element)


def _change(part: Element, name: str, pairs: tuple[tuple[re.Pattern[str], str], ...]) -> None:
    child = part._children.get(name)
    if isinstance(child, Verbatim):
        for pattern, text in pairs:
            child.text = pattern.sub(text, child.text)


def _draw(figure: Figure, name: str) -> None:
    """Names of its own for what ``Draw`` calls ``export`` and ``options`` in every page."""
    own = (re.compile(r"(?<=#)export(?= \{)|(?<=')export(?=')"), f"export_{name}")
    _change(figure.html, name, (own,))
    _change(figure.script, name, (own, (_OPTIONS, f"options_{name}")))


def _toggler(figure: Figure, element: ScrollZoomToggler) -> None:
    """A button instead of a picture on a server with a handler in its attribute, which the policy refuses."""
    name, parent = element.get_name(), vars(element)["_parent"].get_name()
    _change(
        figure.html, name, ((_IMAGE, r'<button type="button"\1 style="z-index: 999999; padding: 0">&#10021;</button>'),)
    )
    click = f'document.getElementById("{name}").addEventListener("click", function () {{ {parent}.toggleScroll(); }});'
    _change(figure.script, name, ((re.compile(r"\Z"), f"\n{click}\n"),))
