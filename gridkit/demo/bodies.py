"""Units, property companies, owners' committees, pairings, premises and service points of the demo city."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

import pyproj

from gridkit.demo.homes import draw
from gridkit.demo.names import DEPARTMENTS, PRIVATE, STATE_OWNED, credit_code

if TYPE_CHECKING:
    from gridkit.demo.territory import Record, Territory

_SITES = 20
_BODY = (("owners_committee", 42), ("management_committee", 16), ("self_committee", 12), ("none", 30))


def make_units(land: Territory, seed: int) -> list[Record]:
    """Return units with a seat in an urban community, their organisation and whether they own housing."""
    rng = Random(f"{seed}/units")
    urban = [c for c in land.communities if c["klass"] == "urban"]
    words = [(word, "agency" if word.endswith("局") else "institution", "county") for word in DEPARTMENTS]
    words += [(word, "state_owned", "county") for word in STATE_OWNED]
    words += [(f"第{n}中学", "school", "county") for n in "一二三四"] + [
        (f"第{n}小学", "school", "street") for n in "一二三四"
    ]
    words += [("人民医院", "hospital", "county"), ("中医医院", "hospital", "county")]
    words += [(word, "private", "county") for word in PRIVATE]
    for street in land.streets:
        words += [(street["name"] + word, "institution", "street") for word in ("财政所", "卫生院", "司法所", "文化站")]
    words = words[: max(12, 6 * len(land.communities))]
    units = []
    for number, (word, kind, level) in enumerate(words, 1):
        seat = urban[(number * 7) % len(urban)] if level == "county" else rng.choice(land.communities)
        owns = kind in {"agency", "state_owned", "school", "hospital"} and number % 3 != 0
        centre = seat["geometry"].representative_point()
        name = word if level == "street" and kind != "school" else f"演示县{word}"
        units.append(
            {
                "id": f"DW{number:04d}",
                "name": name,
                "uscc": credit_code(number),
                "unit_kind": kind,
                "unit_level": level,
                "members": rng.randint(9, 80),
                "community": seat["code"],
                "x": centre.x + rng.uniform(-60, 60),
                "y": centre.y + rng.uniform(-60, 60),
                "owns": owns,
                "evidence": rng.choice(("member", "agreement", "both", "member", "none")) if owns else "none",
                "address": f"演示路{rng.randint(1, 300)}号",
            }
        )
    return units


def make_companies(homes: list[Record], seed: int) -> tuple[list[Record], list[Record]]:
    """Return property companies and the service table.

    Twenty companies, 17 with members: 6 with a branch (4 own, 2 joint) and 14 not eligible, whose 11 with members have
    20 between them and 3 have none - the proportions of a real report (domain note, R6).
    """
    rng = Random(f"{seed}/companies")
    members = [14, 9, 7, 5, 4, 3, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 0, 0, 0]
    forms = ["own"] * 4 + ["joint"] * 2 + ["instructor"] * 9 + ["none"] * 2 + ["instructor"] * 2 + ["none"]
    companies = [
        {
            "id": f"WY{number:03d}",
            "name": f"演示{root}物业服务有限公司",
            "uscc": credit_code(5000 + number),
            "members": count,
            "formal_members": count if number <= 6 else max(0, count - (number % 4 == 0)),
            "employees": rng.randint(12, 160),
            "party_form": form,
            "eligible": "yes" if number <= 6 else "no",
            "star_level": rng.choice(("三星", "四星", "五星", "")),
        }
        for number, (root, count, form) in enumerate(zip(_ROOTS, members, forms, strict=True), 1)
    ]
    service = []
    for home in homes:
        if home["property_mode"] in {"company", "public_benefit"}:
            company = companies[min(int(rng.random() ** 1.6 * _SITES), _SITES - 1)]
            home["company"] = company["id"]
            service.append({"company": company["id"], "compound": home["id"], "site": f"{home['root']}服务处"})
    return companies, service


_ROOTS = (
    "安居", "嘉合", "众诚", "绿洲", "惠邻", "同心", "广厦", "祥和", "宜居", "新风", "长青", "顺达", "民悦", "天泽",
    "汇佳", "永固",
    "明德", "百盛", "清源", "通达",
)  # fmt: skip


def make_committees(homes: list[Record], seed: int) -> list[Record]:
    """Return owners' committees and the bodies in their place; sizes 5, 7, 9 or 11."""
    rng = Random(f"{seed}/committees")
    bodies = []
    for home in homes:
        kind = draw(_BODY, rng)
        if kind == "none" or home["compound_type"] in {"village", "unit"}:
            continue
        year = rng.randint(2019, 2023)
        size = rng.choice((5, 5, 7, 7, 9, 11)) if kind != "self_committee" else rng.choice((3, 5, 5))
        party = min(size, max(1, round(size * rng.uniform(0.35, 0.8))))
        bodies.append(
            {
                "compound": home["id"],
                "body_kind": kind,
                "founded_on": f"{year}-{rng.randint(1, 12):02d}-15",
                "term_end": f"{year + 5}-12-31",
                "members": size,
                "party_members": party,
                "in_branch_committee": rng.randint(0, min(2, party)),
            }
        )
    return bodies


def make_pairings(
    land: Territory, homes: list[Record], units: list[Record], seed: int
) -> tuple[list[Record], list[Record]]:
    """Return premises and pairings; marks ``paired`` on compounds.

    Every unit is paired, but one community has no unit, most compounds have none either, and some units with premises
    are paired elsewhere.
    """
    rng = Random(f"{seed}/pairings")
    premises, pairings = [], []
    left_out = land.communities[-1]["code"]
    by_unit: dict[str, list[Record]] = defaultdict(list)
    by_community: dict[str, list[Record]] = defaultdict(list)
    for home in homes:
        by_unit[home["owner_unit"]].append(home)
        by_community[home["community"]].append(home)
    for number, unit in enumerate(units):
        held = by_unit[unit["id"]][:2]
        if not held and number % 4 == 0 and by_community[unit["community"]]:
            held = [rng.choice(by_community[unit["community"]])]
        kind = "living" if by_unit[unit["id"]] else rng.choice(("office", "business"))
        premises += [{"unit": unit["id"], "premises_kind": kind, "compound": home["id"]} for home in held]
        target = unit["community"] if number % 5 else rng.choice(land.communities)["code"]
        target = land.communities[number % len(land.communities)]["code"] if number < len(land.communities) else target
        if target == left_out:
            target = land.communities[0]["code"]
        pairings.append(_pair(unit, "community", target, rng.choice(("demand", "near")), rng))
        if held and number % 6 != 3:
            pairings.append(_pair(unit, "compound", held[0]["id"], "premises", rng))
            held[0]["paired"] = True
    wishes = [home for home in homes if home["intent"] == "paired"]
    for number, home in enumerate(wishes if units else []):
        pairings.append(_pair(units[number * 5 % len(units)], "compound", home["id"], "near", rng))
        home["paired"] = True
    return premises, pairings


def _pair(unit: Record, kind: str, target: str, reason: str, rng: Random) -> Record:
    return {
        "unit": unit["id"],
        "target_kind": kind,
        "target": target,
        "since": f"2023-{rng.randint(1, 12):02d}-01",
        "contact": True,
        "agreement_on": f"2023-{rng.randint(1, 12):02d}-20" if rng.random() < 0.7 else "",
        "reason": reason,
    }


def make_points(land: Territory, homes: list[Record], seed: int) -> list[Record]:
    """Return service centres of every street and community (bar one community) and some stations in grids."""
    rng = Random(f"{seed}/points")
    points = [_point(s, "street", "党群服务中心", (s["code"], ""), rng) for s in land.streets]
    for number, community in enumerate(land.communities):
        if number != 4:
            points.append(_point(community, "community", "党群服务中心", (community["street"], community["code"]), rng))
    street = {community["code"]: community["street"] for community in land.communities}
    names = {community["code"]: community["name"] for community in land.communities}
    for number, grid in enumerate(land.grids):
        if number % 11 == 5 and grid["kind"] == "comprehensive":
            place = {**grid, "name": names[grid["community"]] + grid["name"]}
            points.append(_point(place, "grid", "党群服务驿站", (street[grid["community"]], grid["community"]), rng))
    return points


def _point(place: Record, level: str, kind: str, codes: tuple[str, str], rng: Random) -> Record:
    spot = place["geometry"].representative_point()
    return {
        "name": place["name"] + kind,
        "service_level": level,
        "kind": kind,
        "street": codes[0],
        "community": codes[1],
        "area_m2": {"street": 900, "community": 400, "grid": 60}[level] + rng.randint(0, 90),
        "open_hours": "8:30-18:00",
        "x": spot.x,
        "y": spot.y,
    }


_TO_LONLAT = pyproj.Transformer.from_crs("EPSG:4544", "EPSG:4490", always_xy=True)


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude (CGCS2000, 6 decimals, about 0.1 m) of a place in metres."""
    lon, lat = _TO_LONLAT.transform(x, y)
    return round(lon, 6), round(lat, 6)
