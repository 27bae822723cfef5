"""Cells that name every place of a community, or every one but some."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_AREA: Final = r"(?:本|该|全|整个|辖区|社区|街道|村|所辖|范围|内|的|以?内的|各)*"
_PLACES: Final = r"(?:居民|住宅|居住)?(?P<level>小区|网格|院落|楼院)(?:和院落|及院落|院落|\(院落\))?"
_ALL: Final = (
    rf"{_AREA}(?:(?:全部|所有|全体|各个?|一切)的?{_PLACES}|全部|所有|全覆盖|全社区|全辖区|全域|整个社区|全部覆盖)"
    r"(?:全覆盖)?"
)
_ALONE: Final = re.compile(_ALL)
_OUTSIDE: Final = r"(?:等\d*个?(?:小区|网格)?)?(?:之外|以外|外)"
_AFTER: Final = re.compile(
    rf"(?P<all>{_ALL})[,:(]*(?:除去?|不含|不包括|不包含|扣除)(?P<but>.+?)(?:{_OUTSIDE})?(?:的?(?:小区|网格))?\)*"
)
_BEFORE: Final = re.compile(rf"{_AREA}除去?了?(?P<but>.+?){_OUTSIDE}[,]?(?:的|其[他余]的?|剩余的?)*(?P<all>{_ALL})")
_REST: Final = re.compile(rf"{_AREA}除去?了?(?P<but>.+?){_OUTSIDE}[,]?(?:的|其[他余]的?|剩余的?)+(?P<places>{_PLACES})")
_NARROW: Final = {**{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}, 0x3000: " "}

LONGEST: Final = 300
"""Letters of a cell that may say such a thing."""


class Whole(NamedTuple):
    """All places of ``level`` (``compound`` or ``grid``) of a community, but those in the list cell ``but``."""

    level: str
    but: str = ""


def whole(text: str) -> Whole | None:
    """Return what a cell that names all places of a community leaves out; None for other cells.

    >>> whole("辖区内所有小区"), whole("全部网格"), whole("阳光花园")
    (Whole(level='compound', but=''), Whole(level='grid', but=''), None)
    >>> whole("全部小区（除锦绣小区外）"), whole("除A区、B区外的所有小区"), whole("除锦绣小区外其余小区")
    (Whole(level='compound', but='锦绣小区'), Whole(level='compound', but='A区、B区'), \
Whole(level='compound', but='锦绣小区'))
    """
    if len(text) > LONGEST:
        return None
    bare = re.sub(r"[ \t]+", "", text.translate(_NARROW)).strip("。.;,")
    for pattern in (_ALONE, _AFTER, _BEFORE, _REST):
        found = pattern.fullmatch(bare)
        if found:
            level = "grid" if found["level"] == "网格" else "compound"
            return Whole(level, found["but"] if "but" in pattern.groupindex else "")
    return None
