"""How other offices spell the name of a compound: variants that a linker must see through, and some that it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from gridkit.demo.city import DemoCity
    from gridkit.demo.territory import Record

TRADITIONAL = str.maketrans(
    "银锦绣云华庄园阳丰盛泽润岭桥兰荷莲柳晓丽红蓝宁乐苏宝汉东门馆办处网电财检计审档气税务医经济县镇党区楼庆",
    "銀錦繡雲華莊園陽豐盛澤潤嶺橋蘭荷蓮柳曉麗紅藍寧樂蘇寶漢東門館辦處網電財檢計審檔氣稅務醫經濟縣鎮黨區樓慶",
)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_PHASES = {"一期": ("1期", "Ⅰ期", "１期"), "二期": ("2期", "Ⅱ期", "二 期")}
_ALIASES = (
    "幸福楼",
    "东风院",
    "前进里",
    "团结坊",
    "建设院",
    "友谊楼",
    "光明里",
    "胜利坊",
    "红旗院",
    "和气楼",
    "劳动里",
    "曙光坊",
)
_SLIPS = dict(
    zip("银翠金锦绣紫碧蓝云月曦春秋瑞祥福安宁悦雅嘉怡", "垠粹今绵秀姿壁篮芸玥熹椿楸锐详富桉柠阅娅佳宜", strict=True)
)
"""First character of a name -> a character that sounds or looks like it."""


def variant(name: str, home: Record, number: int) -> str:
    """Write a compound's name as another office would: traditional, another numeral, with or without 小区.

    >>> variant("锦兰花园", {"root": "锦兰"}, 1), variant("锦兰花园一期", {"root": "锦兰"}, 0)
    ('錦蘭花園', '锦兰花园1期')
    """
    for phase, others in _PHASES.items():
        if name.endswith(phase):
            return name.removesuffix(phase) + others[number % 3]
    turn = number % 12
    if turn == 1:
        return name.translate(TRADITIONAL)
    if turn == 5 and name.endswith(("花园", "家园", "苑")):
        return name + "小区"
    if turn == 5 and name == home["root"] + "小区":
        return str(home["root"])
    if turn == 8 and name.endswith("小区"):
        return name.replace("小区", " 小区")
    return name


@dataclass(frozen=True)
class OtherName:
    """Another name of a compound in the branch table; ``kind`` as in the answer sheet."""

    compound: str
    text: str
    kind: str
    note: str


def other_names(city: DemoCity, rng: Random) -> list[OtherName]:
    """Choose compounds, each covered by its one own branch only, that the branch table calls by another name.

    ``alias_known``: the compound table lists the alias. ``alias_unknown``: no table explains it. ``misspelt``: one
    character is wrong. ``phase_dropped``: 一期 is left out, while there is a 二期 with a branch of its own.
    """
    sole = _covered_once(city)
    rng.shuffle(sole)
    many = city.size == "county"
    found = _phases_dropped([home for home in sole if "期" in home["name"]], 2 if many else 0)
    plain = [home for home in sole if "期" not in home["name"]]
    slips = [home for home in plain if home["root"][0] in _SLIPS][: 4 if many else 1]
    for home in slips:
        text = _SLIPS[home["root"][0]] + home["name"][1:]
        found.append(OtherName(home["id"], text, "misspelt", f"“{home['name']}”误写为“{text}”"))
    plain = [home for home in plain if home not in slips]
    half = 6 if many else 1
    for number, (home, alias) in enumerate(zip(plain[: 2 * half], _ALIASES, strict=False)):
        if number < half:
            note = f"以别名“{alias}”登记，别名列中有"
            found.append(OtherName(home["id"], alias, "alias_known", note))
        else:
            note = f"以别名“{alias}”登记，任何表中都没有说明"
            found.append(OtherName(home["id"], alias, "alias_unknown", note))
    return found


def _covered_once(city: DemoCity) -> list[Record]:
    """Compounds with an own branch that no other organisation names and on which nothing is planted."""
    times: dict[str, int] = {}
    for branch in city.tables["branches"]:
        for code in branch["covers"]:
            times[code] = times.get(code, 0) + 1
    planted = {plant.subject for plant in city.plants}
    homes = [home for home in city.tables["compounds"] if times.get(home["id"]) == 1 and home["id"] not in planted]
    return [home for home in homes if city.truth[home["id"]].status == "OWN_BRANCH"]


def _phases_dropped(phases: list[Record], count: int) -> list[OtherName]:
    """First phases whose second phase is here too: both have a branch, so only the link is in doubt."""
    seconds = {(home["community"], home["root"]) for home in phases if home["name"].endswith("二期")}
    firsts = [h for h in phases if h["name"].endswith("一期") and (h["community"], h["root"]) in seconds]
    found = []
    for home in firsts[:count]:
        text = home["name"].removesuffix("一期")
        found.append(OtherName(home["id"], text, "phase_dropped", f"“{home['name']}”略去期数，写为“{text}”"))
    return found
