"""Passages whose numbers are no figures: titles of documents, their numbers, names and slogans in quotation marks."""

from __future__ import annotations

import re
from typing import Final

from gridkit.audit.texts.words import LONGEST_NAME, QUOTES

REACH: Final = 200
"""No passage is longer."""

_TITLES: Final = re.compile(
    r"《[^《》\n]{0,80}》|〔[^〔〕\n]{0,20}〕|(?:[A-Za-z]{1,10}://|www\.)[^\s\u3400-\u9fff]{1,180}"
)
_NAMES: Final = re.compile(
    "|".join(f"{opening}[^{opening}{closing}\n]{{1,{LONGEST_NAME}}}{closing}" for opening, closing in QUOTES.items())
    + f'|"[^"\n]{{1,{LONGEST_NAME}}}"'
)


def closed_spans(plain: str) -> list[tuple[int, int]]:
    """Return where such passages begin and end.

    >>> closed_spans("落实“三张清单”和《办法(10条)》"), closed_spans("按照“正式党员3名以上且符合条件的小区”的原则")
    ([(2, 8), (9, 18)], [])
    """
    return sorted(hit.span() for pattern in (_TITLES, _NAMES) for hit in pattern.finditer(plain))
