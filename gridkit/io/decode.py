"""Texts of Shapefiles: read as bytes in disguise (ISO-8859-1), then decoded by vote, UTF-8 first, then GB18030.

The declared encoding is wrong or missing too often, and a name cut inside a character makes the usual readers stop
(domain 5.1, S1-S7). Of 41,352 township names none is valid UTF-8 when written in GB18030, so UTF-8 goes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

DISGUISE: Final = "ISO-8859-1"


def _tries(data: bytes, codec: str, *, cut: bool) -> str | None:
    """Return the text, or None; ``cut`` allows for up to three bytes of a character lost at the end."""
    for lost in range(4 if cut else 1):
        try:
            return data[: len(data) - lost].decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def vote(texts: Iterable[str], *, cut: bool = False) -> str:
    """Return the encoding in which most of the disguised texts make sense: ``utf-8`` or ``gb18030``.

    >>> vote([text.encode("gbk").decode("latin-1") for text in ("启明小区", "五鼎")])
    'gb18030'
    """
    special = [text.encode(DISGUISE, "replace") for text in texts if text and not text.isascii()]
    valid = sum(_tries(data, "utf-8", cut=cut) is not None for data in special)
    return "utf-8" if 2 * valid >= len(special) else "gb18030"


def reveal(text: str, codec: str, *, cut: bool = False) -> tuple[str, bool]:
    """Return the text behind a disguise, and whether it could be decoded; other encodings are tried before giving up.

    >>> reveal("启明小区".encode("gb18030").decode("latin-1"), "utf-8")
    ('启明小区', True)
    """
    if text.isascii():
        return text, True
    try:
        data = text.encode(DISGUISE)
    except UnicodeEncodeError:  # it was text already
        return text, True
    for name in dict.fromkeys((codec, "utf-8", "gb18030")):
        found = _tries(data, name, cut=cut)
        if found is not None:
            return found, True
    return data.decode(codec, "replace"), False
