"""The scripts, styles and pictures that lie in the package, found by the address that folium would load them from."""

from __future__ import annotations

import base64
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

_OWN_FILE = re.compile(r"gk:([a-z][a-z0-9_-]*\.(?:js|css))")
_CSS_URL = re.compile(r"url\(\s*['\"]?(images/[\w.-]+)['\"]?\s*\)")
_SOURCE_MAP = re.compile(r"(?m)^//[#@] sourceMappingURL=.*$")


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


def find(url: str) -> str | None:
    """Return the file that stands for the address ``url``, or None where we have none.

    >>> find("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js")
    'leaflet.js'
    >>> find("https://example.org/plugin.js") is None
    True
    """
    for asset in assets():
        if asset.url and re.search(asset.url, url):
            return asset.file
    own = _OWN_FILE.fullmatch(url)
    return own[1] if own and (folder() / own[1]).is_file() else None


@cache
def data_uri(file: str) -> str:
    """Return a PNG picture of the package as a ``data:`` address."""
    return "data:image/png;base64," + base64.b64encode((folder() / file).read_bytes()).decode("ascii")


@cache
def script(file: str) -> str:
    """Return the text of a script, safe to stand inside a ``<script>`` element."""
    return safe_script(_SOURCE_MAP.sub("", (folder() / file).read_text(encoding="utf-8"))).strip() + "\n"


@cache
def style(file: str) -> str:
    """Return the text of a style sheet with its pictures inside."""
    text = (folder() / file).read_text(encoding="utf-8")
    text = _CSS_URL.sub(lambda match: f"url({data_uri(match[1])})", text)
    return re.sub(r"(?i)</(?=style)", r"<\\/", text).strip() + "\n"


def safe_script(text: str) -> str:
    r"""Return JavaScript that cannot end the ``<script>`` element around it, with the same meaning.

    Both sequences can only stand inside strings, template literals, regular expressions and comments, where the added
    backslash changes nothing.

    >>> print(safe_script("a = '</script><!--'"))
    a = '<\/script><\!--'
    """
    return re.sub(r"(?i)<(?=/script|!--)", "<\\\\", text)
