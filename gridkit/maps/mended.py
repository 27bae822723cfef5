"""What folium and geopandas write into a page that cannot stand there, put right after it has been rendered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from branca.element import Element
from folium.plugins import Draw, ScrollZoomToggler

from gridkit.maps.tree import Verbatim, walk

if TYPE_CHECKING:
    from branca.element import Figure

_AWAY = re.compile(r"(?i)<(?=/?(?:meta|base|link|script|iframe)\b)")
_OPTIONS = re.compile(r"(?<![\w\"'.])options(?=\s*[.=\n])")
_IMAGE = re.compile(r"(?s)<img(\s+id=\"\w+\")\s+alt=\"scroll\".*?</img>")


def mend(figure: Figure) -> None:
    """Change the rendered texts of the plugins below ``figure``; the elements stay as they are."""
    for key, child in figure.html._children.items():
        # the legend of geopandas: names of categories in a text that branca would read as a template, in Python
        if type(child) is Element and child._template_name == "legend" and child._template_str is not None:
            figure.html._children[key] = Verbatim(_AWAY.sub("&lt;", child._template_str))
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
