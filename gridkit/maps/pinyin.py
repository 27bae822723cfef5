"""Initials of names in pinyin, so that 金桂家园 is found by ``jgjy``."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST: Final = 4
"""Spellings of one name: the common reading first, then others where a character has several."""
LONGEST: Final = 40
"""Characters of a name that are spelt; nobody types more."""
_LISTED: Final = """
長cz 單ds 樂ly 廈sx 會hk 調td 傳cz 係xj 車cj 適sk 鉛qy 重cz 长cz 行hx 厦sx 乐ly 朝cz 单ds
曾zc 解jx 校xj 藏cz 调td 卡kq 番fp 圩wx 堡bp 埔pb 涌yc 盛sc 屏pb 蔚wy 尉wy 会hk 系xj 泊bp
弄nl 宿sx 澄cd 沈sc 翟zd 巷xh 提td 晟sc 秘mb 贾jg 峒td 浒hx 铅qy 莘sx 曲qx 覃qt 尾wy 柜gj
伽gj 茄qj 参cs 传cz 降jx 乾qg 幢zc 仔zc 适sk 畜cx 车cj 缪mj 隗wk 查cz 郄qx 褚cz 仇qc 洗xs
囤td 折zs 便bp
"""
_SEVERAL: Final = {entry[0]: tuple(entry[1:]) for entry in _LISTED.split()}
"""Characters of place names that are read in several ways, the common initial first. The dictionary knows a rare or
ancient second reading of most characters (家 as gu): to offer all of them would find everything."""


def initials(names: Iterable[str]) -> list[str]:
    """Return the pinyin initials of each name, lower case; digits and Latin letters are kept, the rest is left out.

    A character with several readings gives alternatives, joined by a space, the common reading first; at most ``MOST``
    per name. Names without a letter, digit or Chinese character give an empty text.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    list of str
        One text per name.

    Notes
    -----
    Each character is looked up once, however many names have it: the cost of 132,000 names is that of joining letters.

    Examples
    --------
    >>> initials(["金桂家园", "重庆路3号院", "A区-2期", "😀", "长安里"])
    ['jgjy', 'cql3hy zql3hy', 'aq2q', '', 'cal zal']
    """
    known: dict[str, tuple[str, ...]] = {}
    found: dict[str, str] = {}
    said = []
    for name in names:
        text = str(name)
        if text not in found:
            found[text] = _spelt(text[:LONGEST], known)
        said.append(found[text])
    return said


def readings(names: Iterable[str]) -> dict[str, str]:
    """Return Chinese character -> its common reading without tones, for every character of the names; ü is v.

    A page spells names with it: one reading per character takes far less room than a spelling per name.

    >>> readings(["怡桂路", "重庆", "A1绿"])
    {'庆': 'qing', '怡': 'yi', '桂': 'gui', '绿': 'lv', '路': 'lu', '重': 'chong'}
    """
    found = {}
    for character in sorted(set("".join(map(str, names)))):
        known = [_toneless(reading) for reading in _readings().get(ord(character), "").split(",")]
        common = [one for one in known if one.startswith(_SEVERAL.get(character, ("",))[0])]
        if known[0]:
            found[character] = (common or known)[0]
    return found


def _toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def _spelt(text: str, known: dict[str, tuple[str, ...]]) -> str:
    letters = []
    for character in text:
        if character not in known:
            known[character] = _letters(character)
        if known[character]:
            letters.append(known[character])
    first = "".join([one[0] for one in letters])
    several = [at for at, one in enumerate(letters) if len(one) > 1][:2]
    if not several:
        return first
    made = [first]
    for choice in product(*(letters[at] for at in several)):
        spelling = list(first)
        for at, letter in zip(several, choice, strict=True):
            spelling[at] = letter
        made.append("".join(spelling))
    return " ".join(list(dict.fromkeys(made))[:MOST])


def _letters(character: str) -> tuple[str, ...]:
    """Return the initials a character may have: of a Chinese one those of its readings, of a letter itself."""
    plain = unicodedata.normalize("NFKC", character).lower()
    if len(plain) != 1:
        return ()
    if plain.isascii():
        return (plain,) if plain.isalnum() else ()
    reading = _readings().get(ord(plain), "")
    head = unicodedata.normalize("NFD", reading)[:1]
    common = (head,) if head.isascii() and head.isalpha() else ()
    return _SEVERAL.get(plain, common)


@cache
def _readings() -> dict[int, str]:
    """Return the readings of every character, the common one first; loaded on first use, as it takes 50 ms."""
    from pypinyin.constants import PINYIN_DICT

    return dict(PINYIN_DICT)
