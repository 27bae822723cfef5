"""Invented names: places, compounds, units. Characters are combined, so that no list of real names is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

_PLACE_FIRST: Final = "松砚桐鹤梧苇砾澄榴芷岫沚樨麓笠篱藤蓼棠槿汀渚溯珂玳琢璞瑾菡萏薇蘅茗荇菱蒿"
_PLACE_SECOND: Final = "涧池荫汀溪塘原陌坞岬屿泓湾洼坪垭埂圩畈冲汊浦滩崖峪岗垅坳堰渡埠墩甸荡泾浜"
_HOME_FIRST: Final = "金银翠碧锦绣紫丹青蓝云霞星月晨曦春秋瑞祥福康安宁和悦雅馨嘉怡"
_HOME_SECOND: Final = "桂杏湖波枫梅兰竹荷莲榆柳桐松柏泉溪岭岩坡桥阳光景华盛丰泽润辰"
_HOME_ROOTS: Final = sorted({a + b for a in _HOME_FIRST for b in _HOME_SECOND})

SUFFIXES: Final = {
    "commercial": ("花园", "家园", "苑", "公寓", "小区"),
    "old": ("小区", "新村", "小区"),
    "affordable": ("公租房小区",),
    "resettlement": ("安置小区",),
    "village": ("新村",),
    "open_block": ("散居楼",),
    "mixed": ("大院",),
    "unknown": ("楼院",),
}
"""Endings of compound names by compound type (unit compounds are named after their unit)."""

DEPARTMENTS: Final = (
    "财政局", "教育局", "民政局", "水务局", "林草局", "统计局", "审计局", "档案馆", "司法局", "交通局", "商务局",
    "文旅局",
    "卫健局", "体育局", "气象局", "税务局", "医保局", "信访局", "住建局", "粮储局", "农业局", "科技局", "图书馆",
    "博物馆",
    "供销社", "残联", "工会", "妇联", "团委", "科协", "党校", "电视台",
)  # fmt: skip
STATE_OWNED: Final = (
    "供水公司",
    "供热公司",
    "公交公司",
    "粮油公司",
    "环卫公司",
    "城投公司",
    "盐业公司",
    "印刷厂",
    "农机厂",
    "棉纺厂",
)
PRIVATE: Final = ("清源商贸", "远航物流", "启明科技", "百汇超市", "同润建材", "恒丰粮行")
FILLERS: Final = tuple(f"{stem}某" for stem in "甲乙丙丁戊己庚辛壬癸")
"""Obviously synthetic fillers for cells in which offices write a person's name."""
NO_PHONE: Final = "00000000000"

_DIGITS: Final = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Return ``number`` (1..99) in Chinese numerals.

    >>> chinese_number(7), chinese_number(10), chinese_number(12), chinese_number(35)
    ('七', '十', '十二', '三十五')
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def grid_name(number: int) -> str:
    """Return the name of the grid ``number`` of a community.

    >>> grid_name(3)
    '第三网格'
    """
    return f"第{chinese_number(number)}网格"


def place_names(rng: Random) -> list[str]:
    """Return about 1,200 different two-character place names in random order."""
    pairs = sorted({a + b for a in _PLACE_FIRST for b in _PLACE_SECOND})
    rng.shuffle(pairs)
    return pairs


def home_roots(count: int, rng: Random) -> list[str]:
    """Return ``count`` two-character roots of compound names, all different."""
    return rng.sample(_HOME_ROOTS, count)


def credit_code(number: int) -> str:
    """Return a unified social credit code (18 characters, with its check character) of an invented body.

    >>> credit_code(1)
    '91990101MADEM00016'
    """
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91990101MADEM{number:04d}"
    total = sum(alphabet.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + alphabet[-total % 31]
