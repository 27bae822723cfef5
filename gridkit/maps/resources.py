"""Which files a page carries: what its elements ask for, what they need without asking, and what we do not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import folium
from branca.element import CssLink, Element, JavascriptLink, Link
from folium.elements import JSCSSMixin
from folium.raster_layers import TileLayer

from gridkit.errors import UsageError
from gridkit.locale import N_
from gridkit.maps import tree, vendored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MODES = ("strict", "inline", "cdn")

_JQUERY = "https://code.jquery.com/jquery-3.7.1.min.js"
_URLS = dict([*folium.Map.default_js, *folium.Map.default_css])
_MARKERS = [_URLS["awesome_markers"], _URLS["awesome_markers_css"], _URLS["awesome_rotate_css"]]
_WORDS = r"table(?:-\w+)?|btn|badge|card|alert|list-group|accordion|d-flex|text-(?:center|end|start|muted)"
_DEMANDS = tuple(
    (re.compile(pattern), tuple(urls))
    for pattern, urls in (
        (r"\$[.(]|jQuery|\bTDHeatmap\b", [_JQUERY]),
        (rf"""class\s*=\s*\\?["'](?:[^"'<>]*[\s])?(?:{_WORDS})(?![\w-])""", [_URLS["bootstrap_css"]]),
        (r"data-bs-|\bbootstrap\.[A-Z]", [_URLS["bootstrap_css"], _URLS["bootstrap"]]),
        (
            r"""(?:class|className|prefix|icon\w*)["']?\s*[=:]\s*\\?["'](?:[^"'<>]*\s)?fa[srlb]?(?![\w])"""
            r"|\bfa-(?:solid|regular|brands)\b|L\.BeautifyIcon|L\.control\.(?:locate|tagFilterButton)",
            [_URLS["awesome_markers_font_css"]],
        ),
        (r"glyphicon", [_URLS["glyphicons_css"]]),
        (r"L\.AwesomeMarkers", _MARKERS),
    )
)
"""What a page needs where its script or HTML matches: folium asks for all of it in every map."""

_OPTIONAL = set(_URLS) - {"leaflet", "leaflet_css"}
_RAW = re.compile(r"""(?i)<script\s+src=["']([^"']+)["']\s*>\s*</script\s*>""")
_ICONS = """<script>L.Icon.Default.imagePath = "";
L.Icon.Default.mergeOptions({{iconUrl: "{icon}", iconRetinaUrl: "{retina}", shadowUrl: "{shadow}"}});</script>"""


def check_mode(mode: str) -> str:
    """Return ``mode`` if it is one of `MODES`.

    Raises
    ------
    UsageError
        If it is not.
    """
    if mode not in MODES:
        raise UsageError(
            N_("{mode} is no way to save a map"), remedy=N_("choose strict, inline or cdn"), mode=repr(mode)
        )
    return mode


def parts(header: Element, script: str, body: str) -> list[Element]:
    """Return the elements of the head in their order: what was asked for and is used, and what is needed besides.

    Pictures of markers come last, because other scripts set them as well.
    """
    asked = [(name, part) for name, part in header._children.items() if name != "meta_http"]
    kept = [part for name, part in asked if not (name in _OPTIONAL and isinstance(part, Link))]
    script += "\n".join(part.text for part in kept if isinstance(part, tree.Verbatim))
    urls = [url for pattern, urls in _DEMANDS if pattern.search(script) or pattern.search(body) for url in urls]
    have = {part.url for part in kept if isinstance(part, Link)}
    needed: list[Element] = [_link(url) for url in dict.fromkeys(urls) if url not in have]
    first = max((at + 1 for at, part in enumerate(kept) if _is_leaflet(part)), default=0)
    kept[first:first] = needed
    if first:
        kept.insert(0, JavascriptLink(f"{vendored.OWN}gk-guard.js"))
        names = {"icon": "marker-icon", "retina": "marker-icon-2x", "shadow": "marker-shadow"}
        pictures = {key: vendored.data_uri(f"images/{name}.png") for key, name in names.items()}
        kept.append(Element(_ICONS.format(**pictures)))
    return kept


def _link(url: str) -> Link:
    return JavascriptLink(url) if url.endswith(".js") else CssLink(url)


def _is_leaflet(part: Element) -> bool:
    return isinstance(part, Link) and bool({"leaflet.js", "leaflet.css"} & set(vendored.find(part.url) or ()))


def is_unknown(part: Element) -> bool:
    """Return whether an element of the head is a link to a file that we do not have."""
    return isinstance(part, Link) and vendored.find(part.url) is None


def inline(part: Element, **kwargs: Any) -> str:
    """Return the text of one element of the head, a link replaced by what it links to."""
    if not isinstance(part, Link) or is_unknown(part):
        return _RAW.sub(lambda match: _files(match[1]) or match[0], str(part.render(**kwargs)))
    return _files(part.url)


def _files(url: str) -> str:
    """Return the elements that stand for an address; empty where we have none."""
    texts = []
    for file in vendored.find(url) or ():
        is_script = file.endswith(".js")
        texts.append(
            f"<script>{vendored.script(file)}</script>" if is_script else f"<style>{vendored.style(file)}</style>"
        )
    return "\n".join(texts)


def linked(part: Element, **kwargs: Any) -> str:
    """Return the text of one element of the head, our own files inside and all others as links."""
    if isinstance(part, Link) and not part.url.startswith(vendored.OWN):
        tag = (
            '<script src="{url}"></script>'
            if isinstance(part, JavascriptLink)
            else '<link rel="stylesheet" href="{url}">'
        )
        return tag.format(url=part.url)
    return inline(part, **kwargs)


def wanted(element: Element) -> set[str]:
    """Return the addresses outside the page that one element of a map would load, files that we have left out."""
    found = set(tree.addresses(element))
    for held in vars(element).values():
        if isinstance(held, TileLayer) and held is not element._parent:
            found |= set(tree.addresses(held))
    if isinstance(element, JSCSSMixin):
        found |= {url for _, url in (*element.default_js, *element.default_css) if vendored.find(url) is None}
    return found


def missing(root: Element) -> Iterator[tuple[Element, set[str]]]:
    """Yield the elements of a tree that want something from outside, with the addresses."""
    for element in tree.walk(root):
        urls = set() if isinstance(element, Link) else wanted(element)
        if urls:
            yield element, urls


def leave_out(elements: Iterable[Element]) -> list[str]:
    """Take elements out of their tree and return their names; see :func:`gridkit.maps.tree.unchanged`."""
    names = []
    for element in elements:
        names.append(type(element).__name__)
        parent = element._parent
        if parent is not None:
            for name in [name for name, child in parent._children.items() if child is element]:
                del parent._children[name]
    return names
