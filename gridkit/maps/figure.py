"""A branca figure that renders to one page without any outside resource.

branca puts the address of every script and style that a map element wants into ``figure.header``. Here each of them is
exchanged for the vendored text when the page is rendered, whoever asked for it, and a content security policy lists
the hashes of the scripts that were put in: the browser itself then refuses any other script and any request.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import Any

from branca.element import CssLink, Element, Figure, JavascriptLink, Link

from gridkit.errors import OutputError
from gridkit.locale import N_
from gridkit.maps import tree, vendored

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}

_JQUERY = "https://code.jquery.com/jquery-3.7.1.min.js"
_POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'"
)
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
{head}
</head>
<body>
{body}
<script>{script}</script>
</body>
</html>
"""
_SCRIPT = re.compile(r"(?is)<script\b([^>]*)>(.*?)</script\s*>")
_OUTSIDE = re.compile(r"(?i)<(?:script|link)\b[^>]*?\s(?:src|href)\s*=\s*[\"']?(?!data:)([^\"'\s>]+)")
_ICONS = """<script>L.Icon.Default.imagePath = "";
L.Icon.Default.mergeOptions({{iconUrl: "{icon}", iconRetinaUrl: "{retina}", shadowUrl: "{shadow}"}});</script>"""


class OfflineFigure(Figure):
    """A figure whose page needs nothing but itself.

    Parameters
    ----------
    title : str
        Text of the window; escaped.
    language : str
        ``zh`` or ``en``, for the ``lang`` attribute.
    **kwargs
        As for :class:`branca.element.Figure`.

    Raises
    ------
    OutputError
        When the page is rendered and an element wants an address that is not vendored; all addresses are listed.

    Examples
    --------
    >>> OfflineFigure("a < b").render().split("<title>")[1].split("</title>")[0]
    'a &lt; b'
    """

    def __init__(self, title: str = "", language: str = "zh", **kwargs: Any) -> None:
        super().__init__(title=title, **kwargs)
        self.language = language

    def render(self, **kwargs: Any) -> str:
        """Return the page; equal trees give equal text, and rendering twice changes nothing."""
        with tree.unchanged(self) as before:
            for child in list(self._children.values()):
                child.render(**kwargs)
            tree.settle(self.header, self.html, self.script, before=before)
            script = vendored.safe_script(self.script.render(**kwargs))
            body = self.html.render(**kwargs)
            parts = [part for name, part in self.header._children.items() if name != "meta_http"]
            parts += _helpers(script)
            missing = tree.outside_addresses(self) | {str(vars(part)["url"]) for part in parts if _is_unknown(part)}
            head = [_inline(part, **kwargs) for part in parts if not _is_unknown(part)]
            known = tree.ids(self)
        missing.update(url for text in (*head, body) for url in _OUTSIDE.findall(_SCRIPT.sub(_only_tag, text)))
        if missing:
            raise OutputError(
                N_("the map asks for files that are not part of gridkit: {urls}"),
                remedy=N_("leave out the element that needs them; an offline map can make no request"),
                urls=", ".join(sorted(missing)),
            )
        return self._page("\n".join(head), body, script, known)

    def _page(self, head: str, body: str, script: str, known: set[str]) -> str:
        """Put the parts together: clean text, seeded ids, and the policy that names every script."""
        names: dict[str, str] = {}
        head, body, script = (tree.seeded(_clean(text), names, known) for text in (head, body, f"\n{script}\n"))
        texts = [text for attributes, text in _SCRIPT.findall(head) if "src" not in attributes]
        return _PAGE.format(
            language=LANGUAGE_TAGS.get(self.language, "en"),
            policy=_POLICY.format(hashes=" ".join(sorted({_hash(text) for text in (*texts, script)}))),
            title=escape(_clean(self.title or "")),
            head=head,
            body=body,
            script=script,
        )


def _is_unknown(part: Element) -> bool:
    return isinstance(part, Link) and vendored.find(part.url) is None


def _inline(part: Element, **kwargs: Any) -> str:
    """Return the text of one element of the head, a link replaced by what it links to."""
    file = vendored.find(part.url) if isinstance(part, Link) else None
    if file and isinstance(part, JavascriptLink):
        return f"<script>{vendored.script(file)}</script>"
    if file and isinstance(part, CssLink):
        return f"<style>{vendored.style(file)}</style>"
    return str(part.render(**kwargs))


def _helpers(script: str) -> list[Element]:
    """Return what the page's script needs besides what its elements ask for: jQuery, pictures of markers."""
    parts: list[Element] = []
    if re.search(r"\$[.(]", script):
        parts.append(JavascriptLink(_JQUERY))
    if "L.marker(" in script or "L.Icon.Default" in script:
        names = {"icon": "marker-icon", "retina": "marker-icon-2x", "shadow": "marker-shadow"}
        pictures = {key: vendored.data_uri(f"images/{name}.png") for key, name in names.items()}
        parts.append(Element(_ICONS.format(**pictures)))
    return parts


def _only_tag(match: re.Match[str]) -> str:
    return f"<script{match[1]}></script>"


def _clean(text: str) -> str:
    """Return text as an HTML parser reads it (line ends, no NUL), so that hashes of scripts hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
