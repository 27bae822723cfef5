"""Names as keys: one spelling for traditional, full-width, bracketed and numbered variants of the same name.

The original text is never changed; keys are only compared. Numerals become digits only where they count something
(一期, 三区, 5号院, 第一), so that 三里屯 and 七一新村 stay what they are.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import opencc
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

_HAN: Final = "零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾"
_DIGIT: Final = dict(zip("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖", "0012345678912345678" + "9", strict=True))
_ROMAN: Final = {"I": 1, "V": 5, "X": 10}
_NUMBER: Final = f"(?:[{_HAN}]+|[IVX]+|[0-9]+)"
COUNTED: Final = "期|区|号院|号楼|组团|栋|幢|弄|座|网格"
"""Words before which a numeral is a number."""

LONGEST: Final = 1000
"""Letters of a text that is read as a name; a longer one is only ever the same as itself."""

_WIDE: Final = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_WIDE_ROMAN: Final = {
    "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V", "Ⅵ": "VI", "Ⅶ": "VII", "Ⅷ": "VIII", "Ⅸ": "IX", "Ⅹ": "X",
    "Ⅺ": "XI", "Ⅻ": "XII",
}  # fmt: skip
_MARKS_TABLE: Final = str.maketrans(
    {
        **{chr(code): value for code, value in _WIDE.items()},
        **_WIDE_ROMAN,
        **{chr(0x2460 + i): str(i + 1) for i in range(20)},
    }
)
_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_TONES: Final = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN: Final = re.compile(rf"\([A-Za-zü{_TONES}]*[{_TONES}][^()\u4e00-\u9fff]*\)")
_TONELESS: Final = re.compile(r"(?<=[\u3400-\u9fff])\([A-ZÜ]{2,6}\)")
_ZHUYIN: Final = re.compile(r"\([\u3105-\u312f\u31a0-\u31bfˊˇˋ˙\s]+\)")
_COMPATIBLE: Final = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
"""Radicals and doubles of characters that look like the ordinary ones."""
_OTHER: Final = r"(?:原名?|又名|又称|曾用名|曾名|别名|别称|旧称|旧名|俗称|亦称|也称|简称)"
_DAY: Final = r"(?:19|20)[0-9]{2}(?:年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?|[./-][0-9]{1,2}(?:[./-][0-9]{1,2})?)?"
_SINCE: Final = r"(?:[以之]?[前后]|起|止|至今|底|初|[更改]名|[停曾启使]用|建成|竣工|交付)"
_DATED: Final = rf"(?:[约自从至到截于]|始?建于)*{_DAY}(?:[-~至到—]+(?:今|{_DAY}))?{_SINCE}*"
"""How long a name held: 2019年前, 2001-2019, 至2015年6月."""
_VALID: Final = re.compile(rf"\((?=[^()]*(?:年|[前后起止今用]|[0-9][-~至到—]+[0-9今])){_DATED}\)")
_FORMER: Final = re.compile(rf"\((?:{_DATED},?)?{_OTHER}:?([^()]*)\)")
_DATE_AT_END: Final = re.compile(rf",?{_DATED}$")
_OTHER_IN_FRONT: Final = re.compile(rf"^(?:{_OTHER}:|原名|又名|又称|曾用名|曾名|别名|旧称|旧名|俗称)")
_DROPPED: Final = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f·•・‧∙⋅●\-‐‑‒–—―_~.,:;'\"“”‘’`()\[\]{}<>《》〈〉【】「」『』〔〕、，。；：*#"
    r"\ufeff\u200b-\u200f\u00ad\u2060-\u2064\u202a-\u202e\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)
_POSITIONAL: Final = re.compile(rf"({_NUMBER})(?=(?:{COUNTED}|村))|(?<=第)([{_HAN}]+|[0-9]+)")
_BUILDING: Final = re.compile(r"(?<=[0-9])(?:号楼|幢)")
MARK: Final = re.compile(r"(?:[0-9]+|[A-Z]+|[东西南北中])(?:期|区|号院|组团|栋|弄|座)|[0-9]+村")
"""A phase, zone, yard or building in a normalised name."""
_GENERIC: Final = re.compile(r"(?:住宅小区|居住小区|小区|(?<![属大医学法检])院)$")


class Keys(NamedTuple):
    """Keys of one name.

    ``full`` (K1) keeps the type words (花园, 家园, 小区); ``core`` (K2) drops the generic ones (小区, 住宅小区, 院) and
    may only be used where it is unique within a parent; ``marks`` are the phases, zones and yards (``1期``, ``A区``).
    """

    full: str
    core: str
    marks: tuple[str, ...]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(texts: Sequence[str]) -> list[str]:
    """Return one spelling per text: simplified, half width, upper case, no separators, counted numerals as digits.

    Traditional characters are converted in one joined string, which costs a quarter of a call per name.

    >>> normalise(["翠湖苑（一期）", "翠湖苑Ⅰ期", "翠湖苑·壹期", "陽光花園", "三里屯", "問(wèn)題"])
    ['翠湖苑1期', '翠湖苑1期', '翠湖苑1期', '阳光花园', '三里屯', '问题']
    """
    unique = list(dict.fromkeys(texts))
    table = {text: _one(easy) for text, easy in zip(unique, simplified(unique), strict=True)}
    return [table[text] for text in texts]


def simplified(texts: Sequence[str]) -> list[str]:
    """Return texts in simplified characters, line breaks as blanks, otherwise as written."""
    joined = "\n".join(text.replace("\n", " ").replace("\r", " ") for text in texts)
    return _converter().convert(joined).split("\n") if texts else []


def _one(text: str) -> str:
    if len(text) > LONGEST:
        return "LONG" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16].upper()
    if _COMPATIBLE.search(text):
        text = unicodedata.normalize("NFKC", text)
    text = text.translate(_MARKS_TABLE).translate(_UPPER)
    if "(" in text:
        text, times = _PINYIN.subn("", text)
        text = _VALID.sub("", _FORMER.sub("", _ZHUYIN.sub("", _TONELESS.sub("", text) if times else text)))
    text = _DROPPED.sub("", text)
    before = ""
    while before != text:  # numerals of two kinds side by side (0Ⅱ区) become one number
        before, text = text, _POSITIONAL.sub(lambda match: str(number(match.group(0))), text)
    return _BUILDING.sub("栋", text)


def number(text: str) -> int:
    """Return the value of a numeral in Chinese, Roman or Arabic digits.

    >>> [number(text) for text in ("一", "十二", "二十", "一百零三", "贰", "IV", "007", "二〇")]
    [1, 12, 20, 103, 2, 4, 7, 20]
    """
    if text.isdecimal() and text.isascii():
        return int(text)
    if text[0] in _ROMAN:
        values = [_ROMAN[letter] for letter in text]
        return sum(-v if i + 1 < len(values) and v < values[i + 1] else v for i, v in enumerate(values))
    text = text.replace("拾", "十")
    if "十" not in text and "百" not in text:
        return int("".join(_DIGIT[letter] for letter in text))
    total = digit = 0
    for letter in text:
        if letter in "十百":
            total += max(digit, 1) * (10 if letter == "十" else 100)
            digit = 0
        else:
            digit = int(_DIGIT[letter])
    return total + digit


def former_names(text: str) -> list[str]:
    """Return the former names that stand in brackets after a name.

    >>> former_names("金桂家园（原名：市粮食局宿舍）"), former_names("金桂家园（原老粮站院，2019年更名）")
    (['市粮食局宿舍'], ['老粮站院'])
    """
    return [bare for name in _FORMER.findall(text.translate(_MARKS_TABLE)) if (bare := _undated(name))]


def other_names(text: str) -> list[str]:
    """Return the names that one entry of a list of aliases gives, without the dates between which they held.

    >>> other_names("老粮站院（2019年前）"), other_names("原名：老粮站院"), other_names("桂花里(又名:桂花巷)")
    (['老粮站院'], ['老粮站院'], ['桂花里', '桂花巷'])
    """
    plain = text.translate(_MARKS_TABLE)
    own = _undated(_OTHER_IN_FRONT.sub("", _VALID.sub("", _FORMER.sub("", plain)).strip()))
    return [name for name in (own, *former_names(plain)) if name]


def _undated(name: str) -> str:
    """Return a name without the date at its end; a bare year may be part of the name."""
    found = _DATE_AT_END.search(name)
    dated = found is not None and ("年" in found[0] or "," in found[0])
    return (name[: found.start()] if found and dated else name).strip(" ,")


def _compound(full: str) -> Keys:
    marks = tuple(sorted(MARK.findall(full)))
    core = MARK.sub("", full)
    short = _GENERIC.sub("", core)
    core = short if len(short) >= 2 else core
    return Keys(full, f"{core}|{','.join(marks)}" if core else full, marks)


_STREETS: Final = (
    (re.compile(r"地区办事处$"), "地区"),
    (re.compile(r"(?:街道)?(?:街道办|办事处|街道办事处)$"), "街道"),
    (re.compile(r"(?<=[镇乡])(?:人民)?政府$"), ""),
)


def _street(full: str) -> Keys:
    for pattern, word in _STREETS:
        full = pattern.sub(word, full)
    return Keys(full, re.sub(r"(?<=..)(?:街道|地区|镇|乡)$", "", full), ())


_RESIDENTS: Final = re.compile(r"(?:社区)?(?:居民委员会|居委会|工作站)$|社区$")
_VILLAGERS: Final = re.compile(r"村?(?:村民委员会|村委会)$")


def _community(full: str) -> Keys:
    short = _VILLAGERS.sub("村", full)
    short = _RESIDENTS.sub("", short) or full
    return Keys(short, re.sub(r"(?<=..)村$", "", short), ())


_GRID: Final = re.compile(r"第?([0-9]+)(?:号|综合|全科|基础)*网格$|网格第?0*([0-9]+)号?$")


def _grid(full: str) -> Keys:
    match = _GRID.search(full)
    if not match:
        return Keys(full, re.sub(r"(?:综合|全科|专属|基础)?网格$", "", full) or full, ())
    count = f"{int(match.group(1) or match.group(2))}网格"
    return Keys(full[: match.start()] + count, count, (count,))


_COMPANY: Final = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|集团公司|公司)$")


def _organisation(full: str) -> Keys:
    return Keys(full, _COMPANY.sub("", full) or full, ())


def _branch(full: str) -> Keys:
    short = re.sub(r"^(?:中共|中国共产党)", "", full)
    short = re.sub(r"(?:党支部|支部委员会|党支部委员会)$", "支部", short)
    return Keys(short, short, ())


_BY_LEVEL: Final[dict[str, Callable[[str], Keys]]] = {
    "street": _street,
    "community": _community,
    "grid": _grid,
    "compound": _compound,
    "unit": _organisation,
    "company": _organisation,
    "branch": _branch,
}


def keys(texts: Sequence[str], level: str) -> list[Keys]:
    """Return the keys of names of one level.

    >>> keys(["东门社区居民委员会", "河口村委会"], "community")
    [Keys(full='东门', core='东门', marks=()), Keys(full='河口村', core='河口', marks=())]
    >>> keys(["翠湖苑小区一期"], "compound")
    [Keys(full='翠湖苑小区1期', core='翠湖苑|1期', marks=('1期',))]
    """
    return keys_of(normalise(texts), level)


def keys_of(normalised: Iterable[str], level: str) -> list[Keys]:
    """Return the keys of names that :func:`normalise` has already treated."""
    make = _BY_LEVEL[level]
    seen: dict[str, Keys] = {}
    return [seen[text] if text in seen else seen.setdefault(text, make(text)) for text in normalised]


def marks_clash(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two names speak of different phases, zones or yards of the same kind.

    A mark that only one of them has is no clash, but no agreement either.

    >>> marks_clash(("1期",), ("2期",)), marks_clash(("1期",), ()), marks_clash(("1期",), ("A区",))
    (True, False, False)
    """
    for unit in {_unit(mark) for mark in one} & {_unit(mark) for mark in other}:
        if {mark for mark in one if _unit(mark) == unit} != {mark for mark in other if _unit(mark) == unit}:
            return True
    return False


def _unit(mark: str) -> str:
    return re.sub(r"^(?:[0-9]+|[A-Z]+|[东西南北中])", "", mark)


_PARENT_END: Final = re.compile(r"社区|街道|地区|镇|乡|村")
_LEADING_CODE: Final = re.compile(r"^(?:[0-9]{5,}|[A-Z]{1,3}[0-9]{3,})(?=[^0-9A-Z])")


def strip_parents(full: str, known: Collection[str]) -> tuple[str, list[str]]:
    """Return a normalised name without known parent names and without a code in front, and the parents found.

    >>> strip_parents("平安街道东门社区金桂家园", {"平安街道", "东门社区"})
    ('金桂家园', ['平安街道', '东门社区'])
    >>> strip_parents("5060802第2网格", set()), strip_parents("XQ0012金桂家园", set())
    (('第2网格', []), ('金桂家园', []))
    """
    found: list[str] = []
    full = _LEADING_CODE.sub("", full)
    while True:
        for match in _PARENT_END.finditer(full):
            if full[: match.end()] in known and len(full) - match.end() >= 2 and full[match.end() :] != "小区":
                found.append(full[: match.end()])
                full = full[match.end() :]
                break
        else:
            return full, found


def key_frame(names: pd.Series, level: str) -> pd.DataFrame:
    """Return a frame ``full``, ``core``, ``marks`` on the index of ``names``."""
    rows = keys([str(name) for name in names], level)
    return pd.DataFrame(rows, index=names.index, columns=["full", "core", "marks"], dtype=object)
