"""What the compounds of the demo city are: type, age, households, names - and how each is meant to be covered."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

from gridkit.demo.names import SUFFIXES, home_roots

if TYPE_CHECKING:
    from gridkit.demo.territory import Record, Territory

_TYPES = {
    "urban": (
        ("commercial", 46), ("old", 16), ("unit", 16), ("affordable", 6), ("resettlement", 7), ("open_block", 4),
        ("mixed", 5),
    ),
    "township": (
        ("commercial", 24), ("old", 18), ("unit", 10), ("affordable", 5), ("resettlement", 15), ("village", 18),
        ("open_block", 6), ("mixed", 3), ("unknown", 1),
    ),
}  # fmt: skip
_YEARS = {"old": (1978, 2000), "unit": (1982, 2006), "open_block": (1975, 1999), "mixed": (1985, 2004)}
_INTENTS = {
    "urban": (
        ("own", 36), ("joint", 27), ("none", 19), ("functional", 6), ("instructor", 5), ("paired", 3), ("planned", 4),
    ),
    "township": (
        ("own", 17), ("joint", 24), ("none", 40), ("functional", 4), ("instructor", 7), ("paired", 3), ("planned", 5),
    ),
}  # fmt: skip
_REASONS = ("党员组织关系未转入", "新建小区入住率低", "缺少支部书记人选")
_PROPERTY = {
    "commercial": (("company", 88), ("self", 6), ("none", 6)),
    "old": (("company", 22), ("public_benefit", 16), ("self", 22), ("community", 20), ("none", 20)),
    "unit": (("unit", 62), ("company", 26), ("self", 12)),
    "village": (("none", 60), ("self", 40)),
}
_OTHER_PROPERTY = (("company", 40), ("public_benefit", 15), ("self", 15), ("community", 15), ("none", 15))
_MODES = {"company": "entrusted", "public_benefit": "street", "self": "self", "community": "street", "unit": "single"}


def draw(table: tuple[tuple[str, int], ...], rng: Random) -> str:
    """Pick a word by its weight.

    >>> draw((("only", 1),), Random(0))
    'only'
    """
    at = rng.random() * sum(weight for _, weight in table)
    for word, weight in table:
        at -= weight
        if at < 0:
            return word
    return table[-1][0]


def make_homes(land: Territory, units: list[Record], seed: int) -> list[Record]:
    """Return the compounds with all their attributes; ``intent`` says how they are meant to be covered."""
    by_community: dict[str, list[Record]] = defaultdict(list)
    for plot in land.plots:
        by_community[plot["community"]].append(plot)
    homes: list[Record] = []
    owners = [unit for unit in units if unit["owns"]]
    uses: dict[str, int] = defaultdict(int)
    for community in land.communities:
        members = by_community[community["code"]]
        rng = Random(f"{seed}/homes/{community['code']}")
        roots = home_roots(len(members), rng)
        for plot, root in zip(members, roots, strict=True):
            homes.append(_home(plot, root, rng))
        here = homes[len(homes) - len(members) :]
        _name_unit_compounds(here, owners, community["code"], uses)
        _name_phases(here)
    return homes


def _home(plot: Record, root: str, rng: Random) -> Record:
    klass = plot["klass"]
    kind = draw(_TYPES[klass], rng)
    first, last = _YEARS.get(kind, (2001, 2022))
    households = max(12, round(plot["area"] / rng.uniform(50, 95) * (1.0 if klass == "urban" else 0.32)))
    intent = draw(_INTENTS[klass], rng) if kind != "unit" else "unit"
    mode = draw(_PROPERTY.get(kind, _OTHER_PROPERTY), rng)
    managed = _MODES.get(mode, "unknown" if rng.random() < 0.3 else "joint")
    home = {
        **plot,
        "root": root,
        "name": root + rng.choice(SUFFIXES.get(kind, ("",))),
        "compound_type": kind,
        "built_year": rng.randint(first, last),
        "households": households,
        "households_occupied": round(households * rng.uniform(0.62, 0.98)),
        "population": round(households * rng.uniform(2.1, 3.2)),
        "buildings": max(1, round(households / rng.uniform(28, 60))),
        "intent": intent,
        "instructor": intent == "instructor",
        "property_mode": mode,
        "management_mode": "joint" if rng.random() < 0.15 else managed,
        "company": "",
        "owner_unit": "",
        "paired": False,
        "claimed": "",
    }
    home["entrances"] = home["buildings"] * rng.choice((1, 2, 2, 3))
    _members(home, rng)
    return home


def _members(home: Record, rng: Random) -> None:
    """Formal members and eligibility that fit the intent (own branch: three or more; joint: fewer, or not eligible)."""
    intent, eligible, reason = home["intent"], "yes", ""
    if intent == "own":
        formal = min(45, 3 + round(home["households"] * rng.uniform(0.01, 0.06)))
    elif intent == "unit":
        formal, eligible, reason = rng.randint(0, 9), "no", "单位型小区依托单位党组织"
    elif rng.random() < 0.18:
        formal, eligible, reason = rng.randint(3, 6), "no", rng.choice(_REASONS)
    else:
        formal = rng.choice((1, 1, 2, 2)) if intent == "joint" else rng.choice((0, 1, 1, 2, 2))
    home["formal_members"] = formal
    home["probationary_members"] = rng.choice((0, 0, 0, 1, 1, 2))
    home["members_transferred"] = formal + home["probationary_members"]
    home["members_reported"] = round(home["households"] * rng.uniform(0.02, 0.12))
    home["eligible"], home["ineligible_reason"] = eligible, reason


def _name_unit_compounds(homes: list[Record], owners: list[Record], community: str, uses: dict[str, int]) -> None:
    """Unit-run compounds are named after their unit; one seated here first, three each before any has more."""
    for home in homes:
        if home["compound_type"] != "unit":
            continue
        if not owners:  # benchmark cities have no registry of units
            home["name"] = f"{home['root']}单位宿舍"
            continue
        owner = min(owners, key=lambda u: (uses[u["id"]] // 3, u["community"] != community, uses[u["id"]], u["id"]))
        home["owner_unit"] = owner["id"]
        number = uses[owner["id"]]
        word = _UNIT_WORDS[number] if number < len(_UNIT_WORDS) else f"{number + 1}号院"
        home["name"] = owner["name"].removeprefix("演示县") + word
        uses[owner["id"]] += 1


_UNIT_WORDS = ("家属院", "职工宿舍", "家属楼", "职工公寓", "单身楼", "老家属区")


def _name_phases(homes: list[Record]) -> None:
    """Two neighbours of a larger community become phases of one compound: 一期, 二期."""
    plain = [home for home in homes if home["compound_type"] == "commercial" and home["name"].endswith(("苑", "花园"))]
    if len(plain) >= 3:
        first, second = plain[0], plain[1]
        base = first["name"]
        first["name"], second["name"] = base + "一期", base + "二期"
        second["root"] = first["root"]
