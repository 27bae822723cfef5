"""The scripts, styles and pictures that lie in the package, found by the address that folium would load them from."""

from __future__ import annotations

import base64
import posixpath
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

OWN = "gk:"
"""Scheme of the addresses of our own files: ``gk:map.js``."""

FOLIUM = "folium:"
"""Scheme of files that lie in the installed folium itself."""

STAND_INS = (
    (r"/Leaflet\.MousePosition/src/L\.Control\.MousePosition\.min\.js$", ("gk-mouse.js",)),
    (r"/Leaflet\.MousePosition/src/L\.Control\.MousePosition\.min\.css$", ("gk-mouse.css",)),
    (r"/folium/templates/leaflet\.awesome\.rotate\.min\.css$", ("gk-rotate.css",)),
    (r"/bootstrap/3\.0\.0/css/bootstrap-glyphicons\.css$", ("gk-glyphs.css",)),
    (r"//code\.jquery\.com/ui/1\.\d+\.\d+/jquery-ui\.js$", ("gk-draggable.js",)),
    (r"/jqueryui/1\.10\.\d+/jquery-ui\.min\.js$|/highlight\.js/8\.4/styles/default\.min\.css$", ()),
)
"""Our own files for addresses that no package holds; none for two that folium names and nothing uses."""

MENDED = {
    "vendor/leaflet-search/files/leaflet-search.min.js": ("gk-plain.js",),
    "vendor/leaflet-timedimension/files/leaflet.timedimension.control.css": ("gk-time.css",),
}
"""Our own files that follow a vendored one."""

MADE_WITHOUT_EVAL = "vendor/leaflet-measure/files/leaflet-measure.js"
"""A script that makes functions out of texts; ``gk-templates.js`` holds them as functions."""

_OWN_FILE = re.compile(r"gk:([a-z][a-z0-9_-]*\.(?:js|css))")
_FOLIUM_FILE = re.compile(r"/folium(?:@\w+)?/folium/templates/(pa7_(?:leaflet_)?hm\.min\.js)$")
_CSS_URL = re.compile(r"url\(\s*(['\"]?)(?!data:|#)([^'\")]*)\1\s*\)")
_OWN_LAYOUT = re.compile(r"(?m)^[ \t]*(?://.*)?(?:\n|(?=\S))")
_SOURCE_MAP = re.compile(r"(?m)^//[#@] sourceMappingURL=.*$|/\*# sourceMappingURL=[^*]*\*/")
_COMMON_JS = re.compile(r"(?m)^module\.exports = ")
_TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".gif": "image/gif",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One third-party file of ``ASSETS.toml``.

    ``url`` is a pattern of the addresses that the file stands for, empty for a file that other files refer to.
    """

    name: str
    version: str
    licence: str
    licence_file: str
    package: str
    source: str
    file: str
    sha256: str
    url: str


def folder() -> Traversable:
    """Return the folder of the assets inside the package."""
    return files("gridkit.maps") / "assets"


@cache
def assets() -> tuple[Asset, ...]:
    """Return all third-party files.

    >>> [asset.version for asset in assets() if asset.file == "leaflet.js"]
    ['1.9.4']
    """
    table = tomllib.loads((folder() / "ASSETS.toml").read_text(encoding="utf-8"))
    return tuple(Asset(**row) for row in table["asset"])


@cache
def find(url: str) -> tuple[str, ...] | None:
    """Return the files that stand for the address ``url``, or None where we have none.

    >>> find("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js")
    ('leaflet.js',)
    >>> find("https://example.org/plugin.js") is None
    True
    """
    found = [asset.file for asset in assets() if asset.url and re.search(asset.url, url)]
    if found:
        return (*found, *(name for file in found for name in MENDED.get(file, ())))
    for pattern, names in STAND_INS:
        if re.search(pattern, url):
            return names
    own, folium = _OWN_FILE.fullmatch(url), _FOLIUM_FILE.search(url)
    if folium and (files("folium") / "templates" / folium[1]).is_file():
        return (FOLIUM + folium[1],)
    return (own[1],) if own and (folder() / own[1]).is_file() else None


def _read(file: str) -> str:
    if file.startswith(FOLIUM):
        return (files("folium") / "templates" / file.removeprefix(FOLIUM)).read_text(encoding="utf-8")
    return (folder() / file).read_text(encoding="utf-8")


@cache
def data_uri(file: str) -> str:
    """Return a picture or font of the package as a ``data:`` address.

    >>> data_uri("images/layers.png")[:22]
    'data:image/png;base64,'
    """
    kind = _TYPES[posixpath.splitext(file)[1]]
    return f"data:{kind};base64," + base64.b64encode((folder() / file).read_bytes()).decode("ascii")


@cache
def script(file: str) -> str:
    """Return the text of a script, safe to stand inside a ``<script>`` element."""
    text = _SOURCE_MAP.sub("", _read(file))
    if _COMMON_JS.search(text):  # written for a bundler: give it what it asks for
        text = "(function () {\nvar module = {}, require = function () { return window.L; };\n" + text + "\n})();"
    if file == MADE_WITHOUT_EVAL:
        text = f"{_read('gk-templates.js')}(function (Function) {{\n{text}\n}})(gkTemplates);"
    if file.startswith("gk-"):  # comments of ours are for the reader of the source, not of the page
        text = _OWN_LAYOUT.sub("", text)
    return safe_script(text).strip() + "\n"


@cache
def style(file: str) -> str:
    """Return the text of a style sheet with its pictures and fonts inside; what is not vendored is left out.

    A font stands inside once: Font Awesome names each a second and third time for the classes of its old versions.
    """
    here = posixpath.dirname(file)
    fonts: set[str] = set()

    def inside(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(here, match[2]))
        known = posixpath.splitext(path)[1] in _TYPES and ".." not in path and (folder() / path).is_file()
        known = known and path not in fonts
        if path.endswith(".woff2"):
            fonts.add(path)
        return f"url({data_uri(path)})" if known else 'url("data:,")'

    text = _CSS_URL.sub(inside, _SOURCE_MAP.sub("", _read(file)))
    return re.sub(r"(?i)</(?=style)", r"<\\/", text).strip() + "\n"


def safe_script(text: str) -> str:
    r"""Return JavaScript that cannot end the ``<script>`` element around it, with the same meaning.

    The sequences can only stand inside strings, template literals, regular expressions and comments, where the added
    backslash changes nothing. Line separators end a string before ES2019.

    >>> print(safe_script("a = '</script><!--\u2028'"))
    a = '<\/script><\!--\u2028'
    """
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return re.sub(r"(?i)<(?=/script|!--)", "<\\\\", text)
