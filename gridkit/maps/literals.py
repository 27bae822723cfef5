r"""Make texts harmless that folium writes into JavaScript or into HTML.

folium puts the text of a tooltip or popup between backticks: ``${...}`` in it would be carried out as code, a backtick
or a ``\u`` would break the whole map, and no content security policy helps because the script around it is ours. The
words of a search stand between quotes; names of layers and the values of a GeoJSON go into ``innerHTML``.

What folium documents as HTML (the text of a popup or tooltip, a ``DivIcon``, an attribution, the label of a
``TreeLayerControl``) stays HTML: there the policy and ``gk-guard.js`` see to it that nothing runs and nothing leaves.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from branca.element import Element, Html
from folium import ClickForMarker, GeoJson, plugins
from folium.features import GeoJsonDetail, GeoJsonPopup, GeoJsonTooltip
from folium.map import Layer, Popup, Tooltip
from folium.template import Template

from gridkit.maps.tree import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Put = Callable[[Any, str, Any], None]

_AS_TEXT = """.replace(/[&<>"']/g, c => '&#' + c.charCodeAt(0) + ';')"""
_DETAIL = GeoJsonDetail.base_template.replace(
    "return JSON.stringify(feature);", f"return JSON.stringify(feature){_AS_TEXT};"
).replace("return feature;", f"return typeof feature === 'string' ? feature{_AS_TEXT} : feature;")
_MACRO = """{% macro script(this, kwargs) %}
{{ this._parent.get_name() }}.BIND(DETAIL, {{ this.OPTIONS | tojavascript }});
{% endmacro %}"""


def _detail(bind: str, options: str) -> Template:
    text = _MACRO.replace("BIND", bind).replace("OPTIONS", options).replace("DETAIL", _DETAIL)
    return Template(text)


_DETAILS = {
    GeoJsonTooltip: _detail("bindTooltip", "tooltip_options"),
    GeoJsonPopup: _detail("bindPopup", "popup_options"),
}


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


def quoted(text: str) -> str:
    r"""Return ``text`` so that it means itself between quotes of either kind in a script.

    >>> print(quoted("'+alert(1)+\"\n{{ 7 }}"))
    \u0027+alert(1)+\u0022\u000a\u007b\u007b 7 }}
    """
    return re.sub(r"""[\x00-\x1f"'`\\<>&{$\u2028\u2029\ud800-\udfff]""", lambda match: f"\\u{ord(match[0]):04x}", text)


def in_html(text: str) -> str:
    """Return ``text`` so that it means itself in HTML, and nothing to Jinja.

    >>> in_html("<b> {{ 7 }}")
    '&lt;b&gt; &#123;&#123; 7 }}'
    """
    return escape(text).replace("{", "&#123;")


class _Path(str):
    """Where folium finds the identity of a feature: ``feature.properties.name``, in a script as safe look-ups."""

    __slots__ = ()

    def __str__(self) -> str:
        first, *rest = self.split(".")
        return first + "".join(f"[{json.dumps(part)}]" for part in rest)


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


def _style(text: str) -> str:
    """Return style declarations that can end neither the style element nor the template literal around them."""
    return re.sub(r"[`<]|\$\{|\{[{%#]", "", text)


def _tooltip(element: Any, put: Put) -> None:
    put(element, "text", literal(str(element.text)))
    if "style" in vars(element):
        put(element, "style", _style(element.style))


def _popup(element: Any, put: Put) -> None:
    inner = element.html._children
    put(element.html, "_children", type(inner)((name, _Literal(item)) for name, item in inner.items()))


def _geojson_detail(element: Any, put: Put) -> None:
    put(element, "_template", _DETAILS[GeoJsonTooltip if isinstance(element, GeoJsonTooltip) else GeoJsonPopup])
    put(element, "aliases", [escape(str(alias)) for alias in element.aliases])
    if "style" in vars(element):
        put(element, "style", _style(element.style))


def _layer(element: Any, put: Put) -> None:
    put(element, "layer_name", in_html(str(element.layer_name)))


def _geojson(element: Any, put: Put) -> None:
    if "feature_identifier" in vars(element):
        put(element, "feature_identifier", _Path(element.feature_identifier))


def _grouped(element: Any, put: Put) -> None:
    groups = element.grouped_overlays
    safe = {
        in_html(str(group)): {in_html(str(name)): layer for name, layer in layers.items()}
        for group, layers in groups.items()
    }
    put(element, "grouped_overlays", safe)
    if "exclusiveGroups" in element.options:
        names = [in_html(str(name)) for name in element.options["exclusiveGroups"]]
        put(element, "options", {**element.options, "exclusiveGroups": names})


def _search(element: Any, put: Put) -> None:
    for name in ("placeholder", "search_label", "position"):
        value = getattr(element, name, None)
        if isinstance(value, str):
            put(element, name, quoted(value))


def _click(element: Any, put: Put) -> None:
    if element.popup.startswith("`"):  # folium has put backslashes before its backticks
        put(element, "popup", "`" + literal(element.popup[1:-1].replace("\\`", "`")) + "`")


def _image(element: Any, put: Put) -> None:
    put(element, "image", in_html(str(element.image)))


def _dates(element: Any, put: Put) -> None:
    put(element, "date_options", quoted(str(element.date_options)))


def _slider(element: Any, put: Put) -> None:
    put(element, "stroke_color", quoted(str(element.stroke_color)))


_KINDS: tuple[tuple[type, Callable[[Any, Put], None]], ...] = (
    (Tooltip, _tooltip),
    (Popup, _popup),
    (GeoJsonDetail, _geojson_detail),
    (GeoJson, _geojson),
    (Layer, _layer),
    (plugins.GroupedLayerControl, _grouped),
    (plugins.Search, _search),
    (ClickForMarker, _click),
    (plugins.FloatImage, _image),
    (plugins.TimestampedGeoJson, _dates),
    (plugins.TimeSliderChoropleth, _slider),
)


@contextmanager
def harmless(root: Element) -> Iterator[None]:
    """Exchange the texts of the elements below ``root`` while it is rendered."""
    undo: list[tuple[Any, str, Any]] = []

    def put(element: Any, name: str, value: Any) -> None:
        undo.append((element, name, vars(element).get(name, undo)))
        setattr(element, name, value)

    for element in list(walk(root)):
        for kind, change in _KINDS:
            if isinstance(element, kind):
                change(element, put)
    try:
        yield
    finally:
        for element, name, value in reversed(undo):
            if value is undo:  # it was the class's
                delattr(element, name)
            else:
                setattr(element, name, value)
