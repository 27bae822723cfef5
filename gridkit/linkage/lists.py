"""List cells: several names in one cell, as offices write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from gridkit.linkage.names import normalise, number

if TYPE_CHECKING:
    from collections.abc import Collection

NOTHING: Final = frozenset({"", "无", "暂无", "没有", "未覆盖", "-", "--", "—", "——", "/", "\\", "空", "待定", "N/A"})
"""Cells that say that there is nothing."""
UNDECIDED: Final = "待定"
"""Alone it says nothing yet; inside a list it is a place that nobody has named: a name that matches nothing."""
DITTO: Final = frozenset({"同上", "同前", "〃", '"', "″"})
ALL: Final = re.compile(
    r"^(?:本|该|辖区|社区|所辖|内|的)*(?:全部|所有|全体|各)(?:居民|住宅)?(小区|网格)$|^(?:全部|全覆盖|全社区|全域)$"
)
"""Cells that name every compound (or grid) of the stated community."""

_NUMERAL: Final = r"(?:[一二三四五六七八九十]+|[0-9０-９]+|[ⅠⅡⅢⅣⅤⅥ])"
_COUNTED: Final = r"(?:期|区|号院|号楼|组团|栋|幢|网格)"
_PLACES: Final = r"(?:居民|住宅)?(?:小区|网格|院落|楼院|点位)?"
_DECLARED: Final = re.compile(rf"[,，、]?\s*(?:等|共计|合计|共|等共)\s*({_NUMERAL})余?\s*个{_PLACES}\s*[。.]?$")
_AND_OTHERS: Final = re.compile(rf"\s*等{_PLACES}\s*[。.]?$")
_BRACKET: Final = re.compile(r"([^、，,;；/\n（(]+)[（(]([^（）()]*[、，,;；/][^（）()]*)[）)]")
_RANGE: Final = re.compile(rf"({_NUMERAL})\s*(?:至|到|-|－|—|~|～)\s*({_NUMERAL})\s*(?=({_COUNTED}))")
_ELLIPSIS: Final = re.compile(
    rf"([^、，,;；/\n]*?)((?:{_NUMERAL}|[A-ZＡ-Ｚ])(?:[、,，/及和](?:{_NUMERAL}|[A-ZＡ-Ｚ]))+)({_COUNTED})"
)
_SEPARATORS: Final = re.compile(r"[、，,;；/／\n\r\t|｜]+|以及|(?<=\S) {2,}(?=\S)")
_AND: Final = re.compile(r"和|及|与")
_ONLY_MARK: Final = re.compile(rf"^第?(?:{_NUMERAL}|[A-Z])(?:{_COUNTED})$")
_LAST_MARK: Final = re.compile(rf"(?:{_NUMERAL}|[A-Z])(?:{_COUNTED})$")
MOST: Final = 30
"""Longest range that is written out (1-30期 is a slip, not a list)."""


class ListCell(NamedTuple):
    """The names in a cell, and how many it says there are (None where it does not)."""

    items: tuple[str, ...]
    declared: int | None


def split_cell(text: str, known: Collection[str] = frozenset()) -> ListCell:
    """Split a list cell.

    和, 及 and 与 stand inside names too; a cell is split there only if both sides are known.

    Parameters
    ----------
    text : str
        The cell as written.
    known : collection of str
        Normalised names that exist.

    Examples
    --------
    >>> split_cell("阳光花园、锦绣小区、市财政局家属院等5个小区")
    ListCell(items=('阳光花园', '锦绣小区', '市财政局家属院'), declared=5)
    >>> split_cell("翠湖苑一、二、三期;金桂名邸A、B区").items
    ('翠湖苑一期', '翠湖苑二期', '翠湖苑三期', '金桂名邸A区', '金桂名邸B区')
    >>> split_cell("和平花园和平安小区", {"和平花园", "平安小区"}).items
    ('和平花园', '平安小区')
    >>> split_cell("和平花园和平安小区").items
    ('和平花园和平安小区',)
    """
    text = text.strip()
    if text in NOTHING:
        return ListCell((), None)
    declared = None
    match = _DECLARED.search(text)
    if match and match.start() > 0:
        declared = number(normalise([match.group(1)])[0])
        text = text[: match.start()]
    elif _SEPARATORS.search(text):
        text = _AND_OTHERS.sub("", text)  # only in a list: 平等小区 is a name
    text = _BRACKET.sub(_open_bracket, text)
    text = _ELLIPSIS.sub(_write_out, _RANGE.sub(_range, text))
    items: list[str] = []
    for piece in _SEPARATORS.split(text):
        for item in _split_and(piece.strip(" 。.\u3000"), known):
            items.append(_complete(item, items))
    return ListCell(tuple(dict.fromkeys(item for item in items if item == UNDECIDED or item not in NOTHING)), declared)


def _range(match: re.Match[str]) -> str:
    first, last = (number(normalise([part])[0]) for part in match.group(1, 2))
    if not first < last <= first + MOST:
        return match.group(0)
    return "、".join(str(n) for n in range(first, last + 1))


def _write_out(match: re.Match[str]) -> str:
    base, numerals, unit = match.groups()
    short = base.strip("第")
    if len(short) < 2 and unit != "网格":
        return match.group(0)
    return "、".join(f"{base}{numeral}{unit}" for numeral in re.split(r"[、,，/及和]", numerals))


def _open_bracket(match: re.Match[str]) -> str:
    """Write out 翠湖苑（一期、二期）; keep other brackets in one piece."""
    base, inside = match.groups()
    parts = [part.strip() for part in _SEPARATORS.split(inside)]
    if all(_ONLY_MARK.match(part) for part in parts):
        return "、".join(base + part for part in parts)
    return f"{base}({' '.join(parts)})"


def _split_and(piece: str, known: Collection[str]) -> list[str]:
    """Split at 和, 及 or 与 where both sides are known and the whole is not."""
    if not known or not _AND.search(piece) or normalise([piece])[0] in known:
        return [piece]
    for match in _AND.finditer(piece):
        left, right = piece[: match.start()], piece[match.end() :]
        if len(left) < 2 or len(right) < 2:
            continue
        rest = _split_and(right, known)
        if all(one in known for one in normalise([left, *rest])):
            return [left, *rest]
    return [piece]


def _complete(item: str, before: list[str]) -> str:
    """Complete 二期 after 翠湖苑一期."""
    if before and _ONLY_MARK.match(item) and _LAST_MARK.search(before[-1]):
        base = _LAST_MARK.sub("", before[-1])
        lead = "" if base.endswith("第") and item.startswith("第") else base
        return lead + item if lead else base[:-1] + item
    return item
