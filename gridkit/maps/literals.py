r"""Make texts harmless that folium writes into JavaScript template literals or into HTML.

folium puts the text of a tooltip or popup between backticks: ``${...}`` in it would be carried out as code, a backtick
or a ``\u`` would break the whole map, and no content security policy helps because the script around it is ours. A
layer's name goes into ``innerHTML``.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from branca.element import Element, Html
from folium.map import Layer, Popup, Tooltip

from gridkit.maps.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator


def literal(text: str) -> str:
    r"""Return ``text`` so that it means itself between backticks.

    >>> print(literal("`${alert(1)}` C:\\2019"))
    \`\${alert(1)}\` C:\\2019

    Nor does it mean anything to Jinja, which branca lets read the finished script once more.

    >>> print(literal("{{ 7 * 7 }} {% if %}"))
    {\{ 7 * 7 }} {\% if %}
    """
    text = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return re.sub(r"\{(?=[{%#])", r"{\\", text)


class _Literal(Element):
    """Stands for an element of a popup and renders it as the inside of a template literal."""

    def __init__(self, inner: Element) -> None:
        super().__init__()
        self.inner = inner

    def render(self, **kwargs: Any) -> str:
        text = str(self.inner.render(**kwargs))
        if isinstance(self.inner, Html):  # folium has put a backslash before the backticks of a string already
            text = text.replace("\\`", "`")
        return literal(text)


@contextmanager
def harmless(root: Element) -> Iterator[None]:
    """Exchange the texts of tooltips, popups and layer names below ``root`` while it is rendered."""
    undo: list[tuple[Any, str, Any]] = []

    def put(element: Any, name: str, value: Any) -> None:
        undo.append((element, name, getattr(element, name)))
        setattr(element, name, value)

    for element in list(walk(root)):
        if isinstance(element, Tooltip):
            put(element, "text", literal(str(element.text)))
        elif isinstance(element, Popup):
            inner = element.html._children
            put(element.html, "_children", type(inner)((name, _Literal(item)) for name, item in inner.items()))
        elif isinstance(element, Layer):
            put(element, "layer_name", escape(str(element.layer_name)).replace("{", "&#123;"))
    try:
        yield
    finally:
        for element, name, value in reversed(undo):
            setattr(element, name, value)
