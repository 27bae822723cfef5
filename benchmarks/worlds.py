"""Noisy worlds for measuring the linker: a city of compounds, and registry rows that mention them badly.

The rates are those of the measurement from which the linker was designed; they are constants here and were written down
before the linker was tuned. Every world is made from its seed alone. The truth is known by construction: the code that
each row means, ``""`` where its compound is not in the layer.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import opencc
import pandas as pd
import shapely

from gridkit.geo.crs import to_lonlat
from gridkit.io.values import to_code

CRS: Final = "EPSG:4545"
ORIGIN: Final = (500_000.0, 2_940_000.0)
SIDE: Final = 1_100.0
"""Metres of the side of a community."""
PER_COMMUNITY: Final = 21
ESTATES, SISTERS = 0.22, 0.05
"""Shares of names that are phases of one estate, and that differ from their neighbour's by the type word only."""
SLOTS: Final = 5
"""Compounds stand on a lattice of 5 x 5 slots."""

SUFFIX, TRADITIONAL, NUMERAL, PREFIX = 0.30, 0.20, 0.15, 0.15
TYPO, UNKNOWN_ALIAS, KNOWN_ALIAS, PHASE_DROPPED = 0.085, 0.03, 0.04, 0.03
ABSENT, WRONG_COMMUNITY, NO_COMMUNITY = 0.04, 0.06, 0.06
CODE, CODE_WRONG, CODE_SCIENTIFIC, CODE_FLOAT, CODE_WIDE, CODE_SWAPPED = 0.40, 0.08, 0.08, 0.17, 0.05, 0.01
POINT, POINT_CENTRE, POINT_OFF, OFF = 0.60, 0.08, 0.07, (380.0, -250.0)
ADDRESS, ADDRESS_WRONG = 0.60, 1 / 6
MARKED, NUMBERED = 0.38, 0.20
"""Shares of names with a phase or zone, and with a numbered one, to which the two rates above are related."""
JITTER: Final = 15.0
"""Metres (one sigma) by which a good point misses the middle of its compound."""

_FIRST: Final = "金银翠碧锦绣紫丹青云星晨春瑞祥福康安和雅馨嘉怡龙华富盛永阳明"
_SECOND: Final = "桂湖波枫兰竹荷柳桐泉溪岭景园辉丽泽润台城河庭源海"
_TYPES: Final = (
    ("小区", 26), ("花园", 14), ("苑", 13), ("家园", 10), ("公寓", 6), ("新村", 5), ("名邸", 3), ("华庭", 4), ("府", 3),
    ("广场", 2), ("", 4), ("新城", 3), ("雅居", 2), ("大院", 2), ("宿舍", 3),
)  # fmt: skip
_BODIES: Final = (
    "财政局", "教育局", "民政局", "水务局", "统计局", "审计局", "司法局", "交通局",
    "商务局", "税务局", "粮食局", "供电局", "人民医院", "第一中学", "棉纺厂", "农机厂",
)  # fmt: skip
_MARKS: Final = (("一期", "二期", "三期"), ("A区", "B区", "C区"), ("东区", "西区"), ("一区", "二区"))
_ROADS: Final = (
    "文化", "人民", "解放", "建设", "中山", "和平", "团结", "胜利",
    "迎宾", "环城", "滨江", "学府", "工农", "朝阳", "新华", "长征",
    "民主", "友谊",
)  # fmt: skip
_SOUND_ALIKE: Final = dict(
    zip("园苑湖兰桂泉丽华阳富景嘉怡明康悦锦翠庭泽", "圆院胡蓝贵全莉花杨福锦佳宜名庚月景萃廷则", strict=True)
)
_ROMAN: Final = {"一": "Ⅰ", "二": "Ⅱ", "三": "Ⅲ"}
_DIGIT: Final = {"一": "1", "二": "2", "三": "3"}
_FORMAL: Final = {"一": "壹", "二": "贰", "三": "叁"}


@dataclass(frozen=True)
class World:
    """A city and its registry.

    ``communities``: ``name``, ``street``, geometry by code. ``compounds``: ``name``, ``aliases``, ``community``,
    ``address``, geometry by code. ``rows``: what the registry says (``name``, ``code``, ``community``, ``address``,
    ``lon``, ``lat``) with ``truth`` and ``noise`` (the kinds of noise that fell on the row, separated by spaces).
    """

    communities: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    rows: pd.DataFrame


def make_world(compounds: int = 10_000, rows: int = 10_000, *, seed: int = 0, one_to_one: bool = False) -> World:
    """Return a world; with ``one_to_one`` every compound has at most one row (an attribute registry)."""
    dice = random.Random(seed)
    communities = _communities(max(compounds // PER_COMMUNITY, 4), dice)
    layer = _compounds(communities, compounds, dice)
    return World(communities, layer, _rows(layer, communities, rows, dice, one_to_one=one_to_one))


def _communities(count: int, dice: random.Random) -> gpd.GeoDataFrame:
    width = int(np.ceil(np.sqrt(count)))
    names: list[str] = []
    while len(names) < count:
        name = dice.choice(_FIRST) + dice.choice(_SECOND) + "社区"
        if name not in names:
            names.append(name)
    x = ORIGIN[0] + SIDE * (np.arange(count) % width)
    y = ORIGIN[1] + SIDE * (np.arange(count) // width)
    street = np.arange(count) // 8
    codes = [f"522601{s + 1:03d}{i % 8 + 1:03d}" for i, s in enumerate(street)]
    return gpd.GeoDataFrame(
        {"name": names, "street": [f"522601{s + 1:03d}" for s in street]},
        geometry=shapely.box(x, y, x + SIDE, y + SIDE), index=pd.Index(codes, name="code"), crs=CRS,
    )  # fmt: skip


def _compounds(communities: gpd.GeoDataFrame, count: int, dice: random.Random) -> gpd.GeoDataFrame:
    found: list[tuple[str, str, str, str, str, float, float, float, float]] = []
    corners = shapely.bounds(communities.geometry.to_numpy())
    per = int(np.ceil(count / len(communities)))
    for code, corner in zip(communities.index, corners, strict=True):
        slots = dice.sample(range(SLOTS * SLOTS), min(per, SLOTS * SLOTS))
        roads = dice.sample(_ROADS, 4)
        names = _names(len(slots), dice)
        for number, (slot, name) in enumerate(zip(slots, names, strict=True), start=1):
            x = corner[0] + (slot % SLOTS + 0.5) * SIDE / SLOTS + dice.uniform(-15, 15)
            y = corner[1] + (slot // SLOTS + 0.5) * SIDE / SLOTS + dice.uniform(-15, 15)
            alias = _name(dice)
            address = f"{dice.choice(roads)}路{dice.randint(1, 400)}号"
            found.append(
                (f"{code}{number:04d}", name, alias, code, address, x, y, dice.uniform(60, 170), dice.uniform(60, 170))
            )
    table = pd.DataFrame(found[:count], columns=["code", "name", "aliases", "community", "address", "x", "y", "w", "h"])
    x, y, w, h = (table[name].to_numpy() for name in ("x", "y", "w", "h"))
    shapes = shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    return gpd.GeoDataFrame(
        table.set_index("code")[["name", "aliases", "community", "address"]], geometry=shapes, crs=CRS
    )


def _names(count: int, dice: random.Random) -> list[str]:
    """Return names of one community: some are phases of one estate."""
    names: list[str] = []
    while len(names) < count:
        name = _name(dice)
        if names and dice.random() < SISTERS:
            name = _other_type(names[-1], dice)
        marks = dice.choice(_MARKS) if dice.random() < ESTATES else ("",)
        names += [f"{name}{mark}" for mark in marks if f"{name}{mark}" not in names]
    return names[:count]


def _other_type(name: str, dice: random.Random) -> str:
    """Return the name of a sister: 金桂家园 beside 金桂花园."""
    word = next((word for word, _ in _TYPES if len(word) > 1 and name.endswith(word)), "")
    stem = name[: len(name) - len(word)] if word else name[:2]
    return stem + dice.choice([other for other, _ in _TYPES if len(other) > 1 and other != word])


def _name(dice: random.Random) -> str:
    if dice.random() < 0.08:
        return "市" + dice.choice(_BODIES) + dice.choice(("家属院", "宿舍", "小区"))
    kinds, weights = zip(*_TYPES, strict=True)
    stem = dice.choice(_FIRST) + dice.choice(_SECOND) + (dice.choice(_SECOND) if dice.random() < 0.15 else "")
    return (
        stem + dice.choices(kinds, weights)[0] if len(stem) > 2 else stem + (dice.choices(kinds, weights)[0] or "小区")
    )


def _rows(
    layer: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, count: int, dice: random.Random, *, one_to_one: bool
) -> pd.DataFrame:
    """Return registry rows in random order, each with its truth and its noise."""
    codes = list(layer.index)
    wanted = dice.sample(codes, min(count, len(codes))) if one_to_one else dice.choices(codes, k=count)
    cells = layer[["name", "aliases", "community", "address"]].to_dict("index")
    middle = dict(zip(layer.index, shapely.get_coordinates(shapely.centroid(layer.geometry.to_numpy())), strict=True))
    names = communities["name"].to_dict()
    centre = dict(
        zip(communities.index, shapely.get_coordinates(shapely.centroid(communities.geometry.to_numpy())), strict=True)
    )
    neighbours = _neighbours(communities)
    town = _Town(codes, names, centre, neighbours, opencc.OpenCC("s2t"))
    found = [_row(code, cells[code], middle[code], town, dice) for code in wanted]
    table = pd.DataFrame(found)
    codes_given = table["code"].to_list()
    with_code = np.flatnonzero((table["code"] != "").to_numpy())
    for at in with_code[: -1 if len(with_code) else 0]:
        if dice.random() < CODE_SWAPPED / 2:
            other = dice.choice(with_code.tolist())
            codes_given[at], codes_given[other] = codes_given[other], codes_given[at]
    table["code"] = codes_given
    there = table["x"].notna()
    degrees = to_lonlat(gpd.GeoSeries(gpd.points_from_xy(table.loc[there, "x"], table.loc[there, "y"]), crs=CRS))
    table["lon"], table["lat"] = np.nan, np.nan
    table.loc[there, "lon"], table.loc[there, "lat"] = degrees.x.to_numpy(), degrees.y.to_numpy()
    return table.drop(columns=["x", "y"])


def _neighbours(communities: gpd.GeoDataFrame) -> dict[str, list[str]]:
    tree = shapely.STRtree(communities.geometry.to_numpy())
    first, second = tree.query(communities.geometry.to_numpy(), predicate="touches")
    codes = communities.index.to_numpy()
    found: dict[str, list[str]] = {}
    for a, b in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        found.setdefault(codes[a], []).append(codes[b])
    return found


@dataclass(frozen=True)
class _Town:
    """What the noise of a row is drawn from."""

    codes: list[str]
    names: dict[str, str]
    centre: dict[str, np.ndarray]
    neighbours: dict[str, list[str]]
    converter: opencc.OpenCC


def _row(code: str, cells: dict[str, str], xy: np.ndarray, town: _Town, dice: random.Random) -> dict[str, object]:
    names, neighbours = town.names, town.neighbours
    noise: list[str] = []
    name, truth, address = cells["name"], code, cells["address"]
    if dice.random() < ABSENT:
        name, truth, address = _name(dice), "", f"{dice.choice(_ROADS)}路{dice.randint(1, 400)}号"
        noise.append("absent")
    name = _worn(name, cells, dice, noise, truth)
    community = names[cells["community"]]
    luck = dice.random()
    if luck < WRONG_COMMUNITY:
        community = names[
            dice.choice(neighbours[cells["community"]]) if dice.random() < 0.7 else dice.choice(list(names))
        ]
        noise.append("wrong_community")
    elif luck < WRONG_COMMUNITY + NO_COMMUNITY:
        community = ""
        noise.append("no_community")
    if dice.random() < PREFIX:
        name = (names[cells["community"]] if dice.random() < 0.7 else "凯棠市") + name
        noise.append("prefix")
    if dice.random() < TRADITIONAL:
        name = town.converter.convert(name)
        noise.append("traditional")
    x, y = _point(xy, town.centre[cells["community"]], dice, noise) if dice.random() < POINT else (np.nan, np.nan)
    written = ""
    if dice.random() < ADDRESS:
        written = address if dice.random() >= ADDRESS_WRONG else f"{dice.choice(_ROADS)}路{dice.randint(1, 400)}号"
    return {
        "name": name, "code": _code(code if truth else "", town.codes, dice, noise), "community": community,
        "address": written, "x": x, "y": y, "truth": truth, "noise": " ".join(noise) or "clean",
    }  # fmt: skip


def _worn(name: str, cells: dict[str, str], dice: random.Random, noise: list[str], truth: str) -> str:
    """Return a name as somebody else would write it."""
    luck = dice.random()
    if truth and luck < UNKNOWN_ALIAS:
        noise.append("unknown_alias")
        return _name(dice)
    if truth and luck < UNKNOWN_ALIAS + KNOWN_ALIAS:
        noise.append("known_alias")
        return cells["aliases"]
    mark = next((one for many in _MARKS for one in many if name.endswith(one)), "")
    base = name[: len(name) - len(mark)] if mark else name
    if dice.random() < SUFFIX:
        base = (
            base[:-2] if base.endswith("小区") and len(base) > 3 else base + ("" if base.endswith("小区") else "小区")
        )
        noise.append("suffix")
    if dice.random() < TYPO:
        base = _typo(base, dice)
        noise.append("typo")
    if mark and dice.random() < PHASE_DROPPED / MARKED:
        noise.append("phase_dropped")
        return base
    if mark and dice.random() < NUMERAL / NUMBERED and mark[0] in _ROMAN:
        mark = dice.choice((_ROMAN, _DIGIT, _FORMAL))[mark[0]] + mark[1:]
        noise.append("numeral")
    return f"{base}（{mark}）" if mark and dice.random() < 0.3 else base + mark


def _typo(name: str, dice: random.Random) -> str:
    alike = [at for at, letter in enumerate(name) if letter in _SOUND_ALIKE]
    if alike and dice.random() < 0.6:
        at = dice.choice(alike)
        return name[:at] + _SOUND_ALIKE[name[at]] + name[at + 1 :]
    at = dice.randrange(len(name))
    if dice.random() < 0.3 and len(name) > 3:
        return name[:at] + name[at + 1 :]
    return name[:at] + dice.choice(_SECOND) + name[at + 1 :]


def _point(xy: np.ndarray, centre: np.ndarray, dice: random.Random, noise: list[str]) -> tuple[float, float]:
    luck = dice.random()
    if luck < POINT_CENTRE:
        noise.append("point_centre")
        return float(centre[0]), float(centre[1])
    if luck < POINT_CENTRE + POINT_OFF:
        noise.append("point_off")
        return float(xy[0] + OFF[0]), float(xy[1] + OFF[1])
    return float(xy[0] + dice.gauss(0, JITTER)), float(xy[1] + dice.gauss(0, JITTER))


def _code(code: str, codes: list[str], dice: random.Random, noise: list[str]) -> str:
    """Return the code as the importer would hand it on: unusable ones are empty."""
    if not code or dice.random() >= CODE:
        return ""
    luck = dice.random()
    if luck < CODE_WRONG:
        noise.append("code_wrong")
        return dice.choice(codes)
    if luck < CODE_WRONG + CODE_SCIENTIFIC:
        return to_code(f"{float(code):.5E}")[0]
    if luck < CODE_WRONG + CODE_SCIENTIFIC + CODE_FLOAT:
        return to_code(f"{code}.0")[0]
    if luck < CODE_WRONG + CODE_SCIENTIFIC + CODE_FLOAT + CODE_WIDE:
        return to_code("".join(chr(ord(digit) + 0xFEE0) for digit in code))[0]
    return code
