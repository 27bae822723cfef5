"""List cells: several names in one cell, as offices write them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from gridkit.linkage.names import normalise, number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

NOTHING: Final = frozenset({"", "无", "暂无", "没有", "未覆盖", "-", "--", "—", "——", "/", "\\", "空", "待定", "N/A"})
"""Cells that say that there is nothing."""
UNDECIDED: Final = "待定"
"""Alone it says nothing yet; inside a list it is a place that nobody has named: a name that matches nothing."""
DITTO: Final = frozenset({"同上", "同前", "〃", '"', "″"})

_NUMERAL: Final = r"(?:[一二三四五六七八九十]{1,4}|[0-9０-９]{1,5}|[ⅠⅡⅢⅣⅤⅥ])"
_COUNTED: Final = r"(?:期|区|号院|号楼|组团|栋|幢|网格)"
_COUNT: Final = rf"(?:{_NUMERAL}|两|俩)"
_PLACES: Final = r"(?:居民|住宅)?(?:小区|网格|院落|楼院|点位|项目)?"
_DECLARED: Final = re.compile(
    rf"[,，、]?\s*[(（]?(?:等|共计|合计|总计|共|等共|共有)\s*({_COUNT})余?\s*[个处]{_PLACES}\s*[)）]?\s*[。.]?$"
    rf"|(?<=[^0-9０-９一二三四五六七八九十两第])({_COUNT})[个处](?:居民|住宅)?(?:小区|网格|院落|楼院)\s*[。.]?$"
)
_DECLARED_FIRST: Final = re.compile(
    rf"^\s*(?:共计|合计|共有|共|覆盖|包括|包含|涵盖|所辖|下辖|辖)*\s*({_COUNT})\s*[个处]{_PLACES}\s*[:：]\s*"
)
_LEAD: Final = re.compile(
    r"^\s*(?:覆盖|包括|包含|涵盖|分别为|分别是|所辖|下辖|小区|网格)+(?:小区|网格|范围)?\s*[:：]\s*"
)
_AND_OTHERS: Final = re.compile(rf"\s*等{_PLACES}\s*[。.]?$")
_SEPARATED: Final = "、，,;；/／\n\r\t|｜"
_BRACKET: Final = re.compile(
    rf"([^{_SEPARATED}（(）)]{{1,60}})[（(]([^（）()、，,;；/]{{0,60}}[、，,;；/][^（）()]{{0,300}})[）)]"
)
_MARK_RANGE: Final = re.compile(rf"(第?)({_NUMERAL})({_COUNTED})\s*(?:至|到|-|－|—|~|～)\s*第?({_NUMERAL})(?=\3)")
_RANGE: Final = re.compile(rf"({_NUMERAL})\s*(?:至|到|-|－|—|~|～)\s*({_NUMERAL})\s*(?=({_COUNTED}))")
_ELLIPSIS: Final = re.compile(
    rf"([^{_SEPARATED}]{{0,60}}?)((?:{_NUMERAL}|[A-ZＡ-Ｚ])(?:[、,，/及和](?:{_NUMERAL}|[A-ZＡ-Ｚ]))+)({_COUNTED})"
)
_SEPARATORS: Final = re.compile(rf"[{_SEPARATED}]+|以及|(?<=\S) {{2,}}(?=\S)")
_AND: Final = re.compile(r"和|及|与| ")
_ONLY_MARK: Final = re.compile(rf"^第?(?:{_NUMERAL}|[A-Z])(?:{_COUNTED})$")
_LAST_MARK: Final = re.compile(rf"(?:{_NUMERAL}|[A-Z])(?:{_COUNTED})$")
_HOUSE: Final = re.compile(rf"(?<=..)(?:{_NUMERAL}|[A-Z])(?:号楼|栋|幢)$")
_CIRCLED: Final = re.compile(r"[\u2460-\u249b\u3220-\u3229]")
_CHINESE_NUMBERS: Final = "一二三四五六七八九十"
_FIRST_NUMBERS: Final = ("1", "１", "(", "（", "一")
_STYLES: Final = (r"{n}[.．、)）](?![0-9０-９])", r"[(（]{n}[)）]", r"{h}[、.．]", r"[(（]{h}[)）]")
LONGEST: Final = 2000
"""Letters of a cell beyond which it is split at its separators only."""
JOINTS: Final = 12
"""Words such as 和 up to which a piece is tried; more of them are no list of names."""
MOST: Final = 30
"""Longest range that is written out (1-30期 is a slip, not a list)."""


class ListCell(NamedTuple):
    """The names in a cell, and how many it says there are (None where it does not).

    ``repeated`` are names that stand in it more than once, ``long`` ranges that are not written out.
    """

    items: tuple[str, ...]
    declared: int | None
    repeated: tuple[str, ...] = ()
    long: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the cell lists as many as it declares; buildings of one compound count as one place too."""
        places = {_HOUSE.sub("", item) for item in self.items}
        return self.declared is None or self.declared in (len(self.items), len(places))


def split_cell(text: str, known: Collection[str] = frozenset()) -> ListCell:
    """Split a list cell.

    和, 及, 与 and a single space stand inside names too; a cell is split there only if both sides are known. Brackets
    are kept in one piece unless they list nothing but phases, zones or yards.

    Parameters
    ----------
    text : str
        The cell as written.
    known : collection of str
        Normalised names that exist.

    Examples
    --------
    >>> split_cell("阳光花园、锦绣小区、市财政局家属院等5个小区")[:2]
    (('阳光花园', '锦绣小区', '市财政局家属院'), 5)
    >>> split_cell("翠湖苑一、二、三期;金桂名邸A、B区").items
    ('翠湖苑一期', '翠湖苑二期', '翠湖苑三期', '金桂名邸A区', '金桂名邸B区')
    >>> split_cell("和平花园和平安小区", {"和平花园", "平安小区"}).items
    ('和平花园', '平安小区')
    >>> split_cell("和平花园和平安小区").items
    ('和平花园和平安小区',)
    >>> split_cell("1.阳光花园 2.锦绣小区").items, split_cell("①阳光花园②锦绣小区③阳光花园").repeated
    (('阳光花园', '锦绣小区'), ('阳光花园',))
    """
    text = text.strip()
    if text in NOTHING:
        return ListCell((), None)
    if len(text) > LONGEST:
        return _long_cell(text)
    text, declared = _declared(text, known)
    text = _unnumbered(text)
    long: list[str] = []
    text = _BRACKET.sub(_open_bracket, text)
    text = _MARK_RANGE.sub(_mark_range, text)
    text = _RANGE.sub(lambda match: _range(match, long), text)
    text = _ELLIPSIS.sub(_write_out, _protected(text))
    items: list[str] = []
    for piece in _SEPARATORS.split(text):
        for item in _split_and(_unprotected(piece).strip(" 。.\u3000"), known):
            items.append(_complete(item, items))
    named = [item for item in items if item == UNDECIDED or item not in NOTHING]
    return ListCell(tuple(dict.fromkeys(named)), declared, _repeated(named), tuple(long))


def _long_cell(text: str) -> ListCell:
    items = [item for piece in _SEPARATORS.split(text) if (item := piece.strip(" 。.\u3000")) not in NOTHING]
    return ListCell(tuple(dict.fromkeys(items)), None, _repeated(items))


def _repeated(items: list[str]) -> tuple[str, ...]:
    counts = Counter(items)
    return tuple(item for item in counts if counts[item] > 1)


def _declared(text: str, known: Collection[str]) -> tuple[str, int | None]:
    """Return a cell without the words that say how many it lists, and that number."""
    first = _DECLARED_FIRST.match(text)
    if first:
        return text[first.end() :], _count(first.group(1))
    text = _LEAD.sub("", text)
    match = _DECLARED.search(text)
    if match and match.start() > 0 and (match.group(1) or _SEPARATORS.search(text)):
        return text[: match.start()], _count(match.group(1) or match.group(2))
    others = _AND_OTHERS.search(text)
    # only in a list, or after a name that is known: 平等小区 is a name
    if others and (_SEPARATORS.search(text) or normalise([text[: others.start()]])[0] in known):
        return text[: others.start()], None
    return text, None


def _count(numeral: str) -> int:
    return 2 if numeral in ("两", "俩") else number(normalise([numeral])[0])


def _unnumbered(text: str) -> str:
    """Write the numbers 1. 2. or (1) (2) or ① ② in front of the items as line breaks; names that hold numbers stay."""
    if _CIRCLED.match(text):
        return _CIRCLED.sub("\n", text).lstrip("\n")
    if text[:1] not in _FIRST_NUMBERS:
        return text
    for style in _STYLES:
        pieces = list(_numbered(text, style))
        least = 1 if re.match(r"[1１][.．)）]", text) else 2
        if len(pieces) >= least and all(len(piece) > 1 and not _ONLY_MARK.match(piece) for piece in pieces):
            return "\n".join(pieces)
    return text


def _numbered(text: str, style: str) -> Iterator[str]:
    """Yield the pieces behind the numbers 1, 2, 3 of one style; the first must begin the text."""
    here = re.match(_number_of(style, 1), text)
    count = 1
    while here is not None:
        count += 1
        following = re.compile(r"(?<![0-9０-９])" + _number_of(style, count)).search(text, here.end())
        yield text[here.end() : following.start() if following else None].strip(" 、，,;；。\n")
        here = following


def _number_of(style: str, count: int) -> str:
    """Return the pattern of one number of a list."""
    wide = str(count).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    return style.format(n=f"(?:{count}|{wide})", h=_CHINESE_NUMBERS[count - 1 : count] or "(?!)")


def _mark_range(match: re.Match[str]) -> str:
    lead, first, _, last = match.groups()
    return f"{lead}{first}至{last}"


def _range(match: re.Match[str], long: list[str]) -> str:
    first, last = (number(normalise([part])[0]) for part in match.group(1, 2))
    if first < last <= first + MOST:
        return "、".join(str(n) for n in range(first, last + 1))
    long.append(match.group(0) + match.group(3))
    return f"{match.group(1)}至{match.group(2)}"  # a dash is dropped from keys, and 1-300期 would read as 1300期


def _write_out(match: re.Match[str]) -> str:
    base, numerals, unit = match.groups()
    return "、".join(f"{base}{numeral}{unit}" for numeral in re.split(r"[、,，/及和]", numerals))


def _open_bracket(match: re.Match[str]) -> str:
    """Write out 翠湖苑（一期、二期）; keep other brackets in one piece."""
    base, inside = match.groups()
    parts = [part.strip() for part in _SEPARATORS.split(inside)]
    if all(_ONLY_MARK.match(part) for part in parts):
        return "、".join(base + part for part in parts)
    return match.group(0)


_HIDDEN: Final = {letter: chr(0xE000 + at) for at, letter in enumerate(_SEPARATED)}
_SHOWN: Final = str.maketrans(dict.fromkeys(_HIDDEN.values(), " "))


def _protected(text: str) -> str:
    """Hide the separators inside of brackets, nested ones too; unless brackets do not match."""
    if "(" not in text and "（" not in text:
        return text
    depth, out = 0, []
    for letter in text:
        depth += (letter in "(（") - (letter in ")）")
        if depth < 0:
            return text
        out.append(_HIDDEN.get(letter, letter) if depth else letter)
    return text if depth else "".join(out)


def _unprotected(text: str) -> str:
    return text.translate(_SHOWN)


def _split_and(piece: str, known: Collection[str]) -> list[str]:
    """Split at 和, 及, 与 or a space where both sides are known and the whole is not."""
    joints = list(_AND.finditer(piece))
    if not known or not 0 < len(joints) <= JOINTS or normalise([piece])[0] in known:
        return [piece]
    for match in joints:
        left, right = piece[: match.start()], piece[match.end() :]
        if len(left) < 2 or len(right) < 2 or normalise([left])[0] not in known:
            continue
        rest = _split_and(right, known)
        if all(one in known for one in normalise(rest)):
            return [left, *rest]
    return [piece]


def _complete(item: str, before: list[str]) -> str:
    """Complete 二期 after 翠湖苑一期."""
    if before and _ONLY_MARK.match(item) and _LAST_MARK.search(before[-1]):
        base = _LAST_MARK.sub("", before[-1])
        lead = "" if base.endswith("第") and item.startswith("第") else base
        return lead + item if lead else base[:-1] + item
    return item
