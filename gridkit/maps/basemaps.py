"""Base maps under a `GridMap`: none by default, and the only thing for which a page ever asks a server.

A base map's host is put into the content security policy of the page as the only source of pictures. The tiles of Amap
lie in GCJ-02: the page moves each of its tiles to where it belongs, and leaves the data alone.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from html import escape
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from folium.elements import JSCSSMixin
from folium.template import Template

from gridkit.errors import UsageError
from gridkit.locale import N_, gettext, speaking
from gridkit.maps import vendored

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_VARIABLE = "GRIDKIT_TIANDITU_KEY"
OSM_ATTRIBUTION = '&copy; <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors'
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?")
_PLACES = (("{z}",), ("{x}",), ("{y}", "{-y}"))


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Tiles to draw under a map.

    Parameters
    ----------
    name : str
        What the footer calls it.
    urls : tuple of str
        Address templates with ``{z}``, ``{x}``, ``{y}`` (or ``{-y}``) and ``{s}``, the lowest layer first.
    attribution : str
        Shown in the corner of the map; HTML, escaped by whoever makes the value.
    subdomains : tuple of str
        What ``{s}`` stands for.
    max_zoom : int
        Deepest level that the server has; beyond it the tiles are enlarged.
    shifted : bool
        Whether the tiles lie in GCJ-02.

    Examples
    --------
    >>> base_map("http://10.0.0.8:8080/tiles/{z}/{x}/{y}.png").sources()
    ('http://10.0.0.8:8080',)
    """

    name: str
    urls: tuple[str, ...]
    attribution: str = ""
    subdomains: tuple[str, ...] = ("a", "b", "c")
    max_zoom: int = 18
    shifted: bool = False

    def sources(self) -> tuple[str, ...]:
        """Return the sources of pictures for the content security policy: these hosts and nothing else."""
        found = dict.fromkeys(_source(url.replace("{s}", part)) for url in self.urls for part in self.subdomains)
        return tuple(source for text in found for source in text.split())


def tianditu(key: str | None = None) -> BaseMap:
    """Return the vector map of Tianditu with its labels (CGCS2000, which is WGS 84 to within a metre: no shift).

    Parameters
    ----------
    key : str, optional
        Key of a browser application, by default from the environment variable ``GRIDKIT_TIANDITU_KEY``. The browser
        sends it with every request, so that it stands in the saved page: whoever has the page has the key.

    Raises
    ------
    UsageError
        If there is no key, or it is no word of letters and digits.
    """
    key = (key or os.environ.get(KEY_VARIABLE, "")).strip()
    if not re.fullmatch(r"[0-9A-Za-z]+", key):
        raise UsageError(
            N_("the base map tianditu needs a key of letters and digits"),
            remedy=N_("ask for one at console.tianditu.gov.cn and set the environment variable {variable}"),
            variable=KEY_VARIABLE,
        )
    address = (
        "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
        "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
    )
    urls = tuple(address.format(layer=layer, key=key) for layer in ("vec", "cva"))
    return BaseMap("tianditu", urls, "&copy; 天地图", tuple("01234567"))


def openstreetmap() -> BaseMap:
    """Return the map of OpenStreetMap; its servers are for light use by pages that say where they come from."""
    return BaseMap("osm", ("https://tile.openstreetmap.org/{z}/{x}/{y}.png",), OSM_ATTRIBUTION, ("",), max_zoom=19)


def amap() -> BaseMap:
    """Return the map of Amap, whose tiles the page moves from GCJ-02 one by one."""
    address = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
    return BaseMap("amap", (address,), "&copy; 高德地图", tuple("1234"), shifted=True)


NAMED: dict[str, Callable[[], BaseMap]] = {"tianditu": tianditu, "osm": openstreetmap, "amap": amap}


def base_map(choice: str | BaseMap) -> BaseMap:
    """Return the base map that ``choice`` names.

    Parameters
    ----------
    choice : str or BaseMap
        ``tianditu``, ``osm``, ``amap``, or a template with ``{z}``, ``{x}`` and ``{y}`` of tiles in Web Mercator: an
        http address, a ``file:`` address, a path, or a path relative to the page.

    Raises
    ------
    UsageError
        If it is neither, or the key of Tianditu is missing.

    Examples
    --------
    >>> base_map("osm").sources(), base_map("tiles/{z}/{x}/{y}.png").sources()
    (('https://tile.openstreetmap.org',), ("'self'", 'file:'))
    """
    if isinstance(choice, BaseMap):
        made = choice
    elif choice in NAMED:
        made = NAMED[choice]()
    else:
        made = BaseMap(choice, (_address(choice),), subdomains=("a", "b", "c") if "{s}" in choice else ("",))
    for url in made.urls:
        _check(url)
    made.sources()
    return made


def _address(template: str) -> str:
    """Return an address for a template that may be a path."""
    if re.match(r"(?i)[a-z]:[\\/]", template) or template.startswith("\\\\"):
        return quote(PureWindowsPath(template).as_posix(), safe="/:{}-").join(
            ("file:" if template.startswith("\\\\") else "file:///", "")
        )
    return f"file://{template}" if template.startswith("/") and not template.startswith("//") else template


def _check(url: str) -> None:
    if not all(any(place in url for place in places) for places in _PLACES):
        raise UsageError(
            N_("{url} is no base map: it needs {{z}}, {{x}} and {{y}} where the numbers of a tile stand"),
            remedy=N_("name tianditu, osm or amap, or write for example http://host/tiles/{{z}}/{{x}}/{{y}}.png"),
            url=_without_query(url),
        )


def _source(url: str) -> str:
    """Return the source expression of one address.

    Only what a host name may hold gets through: whatever stands here stands in the policy.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return "file:"
    if not parts.scheme and not parts.netloc:
        return "'self' file:"
    try:
        host = parts.netloc.encode("idna").decode("ascii") if not parts.netloc.isascii() else parts.netloc
    except UnicodeError:
        host = ""
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        raise UsageError(
            N_("{url} is no address of a base map"),
            remedy=N_("write http://, https://, a path, or a path relative to the page; no user name and no password"),
            url=_without_query(url),
        )
    return f"{parts.scheme}://{host}"


def _without_query(url: str) -> str:
    """Return an address without what may be a secret: the query, and a user name with its password."""
    return re.sub(r"(?<=//)[^/@]*@", "", url.split("?", maxsplit=1)[0])


class BaseMapLayer(JSCSSMixin):
    """The tiles of a base map, as an element of a map.

    Parameters
    ----------
    base : BaseMap
        What to draw.
    language : str
        ``zh`` or ``en``, of the sentence that says that the server does not answer.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            gkBase.make({{ this._parent.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, base: BaseMap, language: str = "zh") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "BaseMapLayer"
        self.picture_sources = base.sources()
        with speaking(language):
            note = gettext("base map not reachable")
        self.settings: dict[str, Any] = {
            "urls": list(base.urls),
            "attribution": base.attribution,
            "subdomains": list(base.subdomains),
            "maxNativeZoom": base.max_zoom,
            "shifted": base.shifted,
            "note": note,
        }
        names = ["gk-base", "gk-gcj"] if base.shifted else ["gk-base"]
        self.default_js = [(name, f"{vendored.OWN}{name}.js") for name in names]
        self.default_css = [("gk_base_css", f"{vendored.OWN}gk-base.css")]


def with_attribution(base: BaseMap, text: str) -> BaseMap:
    """Return ``base`` with a plain text as its attribution.

    >>> with_attribution(base_map("http://host/{z}/{x}/{y}"), "<City> map").attribution
    '&lt;City&gt; map'
    """
    return replace(base, attribution=escape(text))
