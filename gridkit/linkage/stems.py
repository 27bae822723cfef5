"""The parts of a name that a looser comparison needs, and addresses as road and number."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from gridkit.linkage.names import MARK, normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_TYPES: Final = re.compile(
    r"(?<=..)(?:住宅小区|居住小区|安置小区|小区|社区|花园|家园|花苑|佳苑|家苑|嘉园|嘉苑|公寓|新村|新城|名邸|名苑|华庭|雅苑|雅居|庭院|大院|"
    r"家属院|宿舍|广场|公馆|大厦|苑|园|府|院|庭|居|里|坊)$"
)
_ONLY_TYPE: Final = re.compile(
    r"(?:住宅|居民|居住|安置|本)?(?:小区|社区|花园|家园|花苑|公寓|宿舍|家属院|大院|院|苑|楼|大厦|广场|[0-9A-Z东西南北中]+(?:区|期|栋))+"
)
_GENERIC: Final = re.compile(r"(?<=..)(?:住宅小区|居住小区|小区)+$")
_LEADING: Final = re.compile(r"^[一-鿿]{1,6}?(?:省|自治区|自治州|州|市|县|(?<![社小])区)(?=.{2,})")
LEARNED: Final = 2
"""Names that must be known without a leading word before it is taken for one."""
_ADMIN: Final = re.compile(r"^.{1,8}?(?:省|自治区|自治州|市|区|县|镇|乡|街道办?|社区)(?=.{3,})")
_ADDRESS: Final = re.compile(r"([^0-9号]{1,8}?(?:路|街|大道|道|巷|弄|胡同|里))([0-9]+)(?:号|弄|$)")


def base_of(full: str) -> str:
    """Return a normalised name of a compound without its phases, zones and yards, and without 小区 at its end.

    >>> base_of("翠湖苑1期"), base_of("金桂名邸小区A区")
    ('翠湖苑', '金桂名邸')
    """
    bare = MARK.sub("", full) or full
    return _GENERIC.sub("", bare) or bare


def stem_of(base: str) -> str:
    """Return a name without its type words: 金桂 of 金桂花园小区.

    >>> stem_of("金桂花园小区"), stem_of("花园小区")
    ('金桂', '花园')
    """
    before = ""
    while before != base:
        before, base = base, _TYPES.sub("", base)
    return base


def is_type(full: str) -> bool:
    """Tell whether a normalised name says nothing but what kind of place it is.

    >>> [is_type(full) for full in ("小区", "住宅小区1期", "花园", "金桂花园", "A区")]
    [True, True, True, False, True]
    """
    return _ONLY_TYPE.fullmatch(full) is not None


def leading_words(names: Sequence[str], known: Collection[str]) -> frozenset[str]:
    """Return the words such as 演示市 that many names have in front of a name that is known.

    Most registries write the city or county before some names; which one it is is learned from the names themselves.

    >>> sorted(leading_words(["演示市金桂苑", "演示市翠湖苑", "演示市碧波苑", "城市花园"], {"金桂苑", "翠湖苑"}))
    ['演示市']
    """
    total: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for name in dict.fromkeys(names):
        found = _LEADING.match(name)
        if found and name not in known:
            total[found[0]] += 1
            met[found[0]] += name[found.end() :] in known
    return frozenset(word for word, count in met.items() if count >= LEARNED and 3 * count >= total[word])


def without_leading(name: str, words: Collection[str]) -> str:
    """Return a name without a leading word that was learned.

    >>> without_leading("演示市金桂苑", {"演示市"}), without_leading("城市花园", {"演示市"})
    ('金桂苑', '城市花园')
    """
    found = _LEADING.match(name)
    return name[found.end() :] if found and found[0] in words else name


def addresses(texts: Sequence[str]) -> list[str]:
    """Return ``road|number`` of each address, ``""`` where it has none.

    >>> addresses(["示范市演示区文化路12号3栋", "文化路１２号", "文化路口"])
    ['文化路|12', '文化路|12', '']
    """
    unique = list(dict.fromkeys(texts))
    found = {text: _address(full) for text, full in zip(unique, normalise(unique), strict=True)}
    return [found[text] for text in texts]


def _address(full: str) -> str:
    before = ""
    while before != full:
        before, full = full, _ADMIN.sub("", full)
    match = _ADDRESS.search(full)
    return f"{match[1]}|{int(match[2])}" if match else ""
