"""A branca figure that renders to one page without any outside resource.

branca puts the address of every script and style that a map element wants into ``figure.header``. Here each of them is
exchanged for the vendored text when the page is rendered, whoever asked for it, and a content security policy lists
the hashes of the scripts that were put in: the browser itself then refuses any other script and any request.
"""

from __future__ import annotations

import base64
import hashlib
import re
import warnings
from html import escape
from typing import Any

from branca.element import Figure, Link

from gridkit.errors import OutputError
from gridkit.locale import N_, gettext
from gridkit.maps import mended, resources, tree, vendored
from gridkit.maps.literals import harmless

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}

_POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src {images}; font-src data:; "
    "media-src data: blob:; frame-src data:; connect-src 'none'; form-action 'none'; base-uri 'none'"
)
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
{policy}<meta name="viewport" content="width=device-width, initial-scale=1">
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
_META = '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
_SCRIPT = re.compile(r"(?is)<script\b([^>]*)>(.*?)</script\s*>")
_TAG = re.compile(r"""(?i)<(?:script|link|img|iframe)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = re.compile(r"""(?i)([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


class OfflineFigure(Figure):
    """A figure whose page needs nothing but itself.

    Parameters
    ----------
    title : str
        Text of the window; escaped.
    language : str
        ``zh`` or ``en``, for the ``lang`` attribute.
    resources : str
        What happens to scripts, styles and tiles that are not part of gridkit: ``strict`` refuses them, ``inline``
        leaves their elements out and warns, ``cdn`` keeps all links as folium writes them, and drops the policy.
    **kwargs
        As for :class:`branca.element.Figure`.

    Raises
    ------
    OutputError
        When the page is rendered strictly and an element wants an address that is not vendored; all are listed.
    UsageError
        When ``resources`` is none of the three.

    Examples
    --------
    >>> OfflineFigure("a < b").render().split("<title>")[1].split("</title>")[0]
    'a &lt; b'
    """

    def __init__(self, title: str = "", language: str = "zh", *, resources: str = "strict", **kwargs: Any) -> None:
        super().__init__(title=title, **kwargs)
        self.language, self.resources = language, resources

    def render(self, **kwargs: Any) -> str:
        """Return the page; equal trees give equal text, and rendering twice changes nothing.

        ``resources=`` stands for that of the figure for this once.
        """
        mode = resources.check_mode(kwargs.pop("resources", self.resources))
        with tree.unchanged(self) as before:
            absent = list(resources.missing(self)) if mode != "cdn" else []
            outside = set().union(*(urls for _, urls in absent))
            names = resources.leave_out(element for element, _ in absent) if mode == "inline" else []
            with harmless(self), tree.late_templates():
                for child in list(self._children.values()):
                    child.render(**kwargs)
            tree.settle(self.header, self.html, self.script, before=before)
            mended.mend(self)
            script = vendored.safe_script(self.script.render(**kwargs))
            body = self.html.render(**kwargs)
            parts = resources.parts(self.header, script, _SCRIPT.sub(_only_tag, body))
            if mode != "cdn":
                outside |= {part.url for part in parts if isinstance(part, Link) and resources.is_unknown(part)}
                parts = [part for part in parts if not resources.is_unknown(part)]
            put = resources.linked if mode == "cdn" else resources.inline
            head = [put(part, **kwargs) for part in parts]
            known, hosts = tree.ids(self), tree.hosts(self)
        if mode != "cdn":
            bare = (_SCRIPT.sub(_only_tag, text) for text in (*head, body))
            _refuse(outside.union(*map(_outside, bare)), names, strict=mode == "strict")
        return self._page("\n".join(head), body, script, known, policy=None if mode == "cdn" else hosts)

    def _page(self, head: str, body: str, script: str, known: set[str], *, policy: list[str] | None) -> str:
        """Put the parts together: clean text, seeded ids, and the policy that names every script."""
        names: dict[str, str] = {}
        head, body, script = (tree.seeded(_clean(text), names, known) for text in (head, body, f"\n{script}\n"))
        texts = [text for attributes, text in _SCRIPT.findall(head) if "src" not in attributes]
        hashes = " ".join(sorted({_hash(text) for text in (*texts, script)}))
        images = " ".join(["data:", "blob:", *(policy or [])])
        return _PAGE.format(
            language=LANGUAGE_TAGS.get(self.language, "en"),
            policy="" if policy is None else _META.format(policy=_POLICY.format(hashes=hashes, images=images)),
            title=escape(_clean(self.title or "")),
            head=head,
            body=body,
            script=script,
        )


def _refuse(urls: set[str], names: list[str], *, strict: bool) -> None:
    """Say what the page asks for and gridkit does not have: as an error, or as a warning that it was left out."""
    if not urls:
        return
    listed = ", ".join(sorted(urls))
    if strict:
        raise OutputError(
            N_("the map asks for files that are not part of gridkit: {urls}"),
            remedy=N_(
                "leave out the element that needs them, or save with resources='inline' (without it) or 'cdn' (online)"
            ),
            urls=listed,
        )
    text = gettext("left out of the map, because its files are not part of gridkit: {names} ({urls})")
    warnings.warn(text.format(names=", ".join(sorted(names)), urls=listed), stacklevel=3)


def _outside(text: str) -> set[str]:
    """Return what the tags of a text would load from outside the page."""
    found = set()
    for tag in _TAG.finditer(text):
        for name, *values in _ATTRIBUTE.findall(tag[1]):
            address = "".join(values)
            if name.lower() in {"src", "href"} and not address.lower().startswith(("data:", "blob:")):
                found.add(address)
    return found - {""}


def _only_tag(match: re.Match[str]) -> str:
    return f"<script{match[1]}></script>"


def _clean(text: str) -> str:
    """Return text as an HTML parser reads it (line ends, no NUL), so that hashes of scripts hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
