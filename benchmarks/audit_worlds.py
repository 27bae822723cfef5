"""Noisy worlds for calibrating the audit: compounds, the organisations that truly cover them, and what offices write.

Names and their wear are those of :mod:`benchmarks.worlds`; here they stand in the lists of branches, beside a community
that is missing or wrong at the same rates. The truth is kept twice: as records, which :mod:`gridkit.demo.oracle`
judges, and as links without any error.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import opencc
import pandas as pd
import shapely

from benchmarks import worlds
from gridkit.demo.oracle import Truth, decide
from gridkit.demo.oracle_tricks import Facts
from gridkit.model import City, Layer, Links, Registry, Source, conform
from gridkit.model.fields import COMMUNITY, COMPOUND, LAYER_FIELDS, REGISTRY_FIELDS
from gridkit.model.results import LINK_COLUMNS

AS_OF: Final = "2024-06-30"
Record = dict[str, Any]

INTENTS: Final = (("own", 36), ("joint", 28), ("none", 18), ("functional", 6), ("instructor", 5), ("planned", 3))
UNIT_RUN: Final = 0.12
"""Share of unit-run compounds; the intents share out the others."""
EVIDENCE: Final = 0.75
OUT_OF_TERM, NO_TERM, DISSOLVED, SMALL, PAPER = 0.08, 0.01, 0.02, 0.04, 0.02
"""Shares of own branches with each flaw."""
UNLISTED: Final = 0.04
"""Share of compounds that the compound registry leaves out."""
TWINS, FAR, LARGE, HUGE = 0.004, 0.004, 0.002, 0.001
"""Planted per compound: the same branch under two names; joint branches over two places far apart, of six compounds,
and of eleven."""


_CLAIMED: Final = {
    "OWN_BRANCH": "单独组建", "JOINT_BRANCH": "联合组建", "UNIT_ORG": "依托单位党组织",
    "FUNCTIONAL_ONLY": "功能型党支部",
}  # fmt: skip


@dataclass(frozen=True)
class AuditWorld:
    """One world: the truth, and what the offices wrote of it.

    ``homes`` and ``branches`` are records of the truth (as in the demo city), ``truth`` the coverage by compound;
    ``city`` is what was written. ``meant`` gives, per branch row and position in its list, the compound that is meant
    (``""`` for one that does not exist), ``listed`` the same per row of the compound registry, ``rows`` the row of each
    branch.
    """

    homes: tuple[Record, ...]
    branches: tuple[Record, ...]
    truth: dict[str, Truth]
    city: City
    meant: dict[tuple[str, int], str]
    listed: dict[str, str]
    rows: dict[str, str]


def make_audit_world(compounds: int = 2_000, *, seed: int = 0) -> AuditWorld:
    """Return a world made from ``seed`` alone."""
    base = worlds.make_world(compounds, compounds, seed=seed, one_to_one=True)
    dice = random.Random(f"{seed}/audit")
    homes = _homes(base, dice)
    branches = _branches(homes, dice)
    _plant(homes, branches, dice)
    truth = decide(homes, branches, AS_OF)
    table, meant = _branch_rows(base, homes, branches, dice)
    listing, listed = _compound_rows(base, homes, truth, dice)
    city = _city(base, homes, {"branches": table, "compounds": listing})
    rows = dict(zip(table["branch_id"], table.index, strict=True))
    return AuditWorld(tuple(homes), tuple(branches), truth, city, meant, listed, rows)


def facts_of(world: AuditWorld) -> Facts:
    """Return the truth of a world as the oracle of tricks wants it."""
    silent = frozenset(home["id"] for home in world.homes) - frozenset(world.listed.values())
    return Facts(world.homes, world.branches, world.truth, AS_OF, unlisted=silent, silent=silent)


def true_links(world: AuditWorld) -> Links:
    """Return the links of a world without any error: what its rows mean, read from the truth.

    Names of nothing are decided as such, as by a person: undecided ones might mean a compound.
    """
    rows = [(record, "covers", at, COMPOUND, code) for (record, at), code in world.meant.items()]
    rows += [(record, "compound", 0, COMPOUND, code) for record, code in world.listed.items()]
    rows += [(world.rows[b["id"]], "community", 0, COMMUNITY, b["community"]) for b in world.branches]
    frame = pd.DataFrame(rows, columns=["record", "field", "position", "level", "code"])
    named = frame["code"] != ""
    reason = {"name": "same", "parent": "same"}
    frame = frame.assign(
        mention=frame["record"] + " " + frame["position"].astype(str),
        method=np.where(named, "name+parent", "override"),
        score=np.where(named, 11.0, 0.0), margin=np.where(named, 11.0, 0.0), rank=1, accepted=named,
        reason=[reason if name else {} for name in named],
    )[list(LINK_COLUMNS)]  # fmt: skip
    return Links(frame.sort_values(["record", "field", "position"], ignore_index=True))


def _homes(base: worlds.World, dice: random.Random) -> list[Record]:
    names, weights = zip(*INTENTS, strict=True)
    middle = shapely.get_coordinates(shapely.centroid(base.compounds.geometry.to_numpy()))
    homes = []
    for (code, row), (x, y) in zip(base.compounds.iterrows(), middle, strict=True):
        unit = dice.random() < UNIT_RUN
        intent = "unit" if unit else dice.choices(names, weights)[0]
        households = dice.randint(60, 1_500)
        formal = {"own": 3 + dice.randint(0, 20), "joint": dice.choice((1, 1, 2, 2))}.get(
            intent, dice.choice((0, 1, 2))
        )
        homes.append({
            "id": str(code), "name": row["name"], "alias": row["aliases"], "community": row["community"],
            "street": row["community"][:9], "grid": "", "x": float(x), "y": float(y), "households": households,
            "formal_members": formal, "probationary_members": 0, "eligible": "yes" if formal >= 3 else "no",
            "compound_type": "unit" if unit else "commercial", "instructor": intent == "instructor", "paired": False,
            "intent": intent, "owner_unit": "",
        })  # fmt: skip
    return homes


class _Book:
    def __init__(self, dice: random.Random, names: frozenset[str] = frozenset()) -> None:
        self.rows: list[Record] = []
        self.dice, self.names = dice, names

    def ghost(self) -> str:
        """Return a name that no compound of the layer has."""
        name = worlds._name(self.dice)
        return self.ghost() if name in self.names else name

    def add(self, name: str, kind: str, homes: list[Record], **more: Any) -> Record:
        dice, year = self.dice, self.dice.randint(2020, 2023)
        row: Record = {
            "id": f"B{len(self.rows) + 1:06d}", "name": name, "branch_kind": kind, "org_level": "branch",
            "community": homes[0]["community"], "street": homes[0]["street"], "status": "active",
            "founded_on": f"{year}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
            "term_end": f"{year + 5}-{dice.randint(1, 12):02d}-15", "covers": tuple(home["id"] for home in homes),
            "formal_members": sum(home["formal_members"] for home in homes), "secretary": True, "unit": "",
            "big_committee_member": "", "agreement_on": "", "duplicate_of": "", "ghosts": (), "double": False,
            **more,
        }  # fmt: skip
        row["members"] = more.get("members", None if row["formal_members"] is None else row["formal_members"] + 1)
        self.rows.append(row)
        return row


def _branches(homes: list[Record], dice: random.Random) -> list[Record]:
    book = _Book(dice, frozenset(home["name"] for home in homes))
    by_community: dict[str, list[Record]] = defaultdict(list)
    for home in homes:
        by_community[home["community"]].append(home)
    for here in by_community.values():
        for home in here:
            if home["intent"] == "own":
                _own(book, home, dice)
            elif home["intent"] == "planned":
                more: Record = {"status": "planned", "formal_members": None, "founded_on": "", "term_end": ""}
                book.add(f"{home['name']}党支部", "compound", [home], secretary=False, **more)
            elif home["intent"] == "unit":
                evident = dice.random() < EVIDENCE
                more = {"big_committee_member": "yes" if evident else "no", "formal_members": dice.randint(8, 60)}
                book.add(f"{home['name']}单位党支部", "unit", [home], **more)
        _joint(book, [home for home in here if home["intent"] == "joint"], dice)
        functional = [home for home in here if home["intent"] == "functional"]
        if functional:
            book.add(f"{here[0]['name']}在职党员功能型党支部", "functional", functional, formal_members=9)
    return book.rows


def _own(book: _Book, home: Record, dice: random.Random) -> None:
    luck = dice.random()
    more: Record = {}
    flaws = np.cumsum([OUT_OF_TERM, NO_TERM, DISSOLVED, SMALL, PAPER])
    at = int(np.searchsorted(flaws, luck, side="right"))
    if at == 0:
        more = {"term_end": f"{dice.randint(2021, 2023)}-12-31"}
    elif at == 1:
        more = {"term_end": ""}
    elif at == 2:
        more = {"status": "dissolved"}
    elif at in (3, 4):
        home["formal_members"] = dice.choice((1, 2)) if at == 3 else dice.choice((0, 1, 2))
        home["eligible"] = "no"
        more = {} if at == 3 else {"secretary": False}
    book.add(f"{home['name']}党支部", "compound", [home], **more)
    if dice.random() < worlds.ABSENT:  # a branch of a compound that no layer has
        ghost = book.ghost()
        book.add(f"{ghost}党支部", "compound", [home], covers=(), ghosts=(ghost,), formal_members=5)


def _joint(book: _Book, homes: list[Record], dice: random.Random) -> None:
    """Join neighbours, two to four each; one that is left over has nothing."""
    homes = sorted(homes, key=lambda home: (home["x"] // 400, home["y"], home["id"]))
    while len(homes) > 1:
        size = min(dice.choice((2, 3, 4)), len(homes))
        group, homes = homes[:size], homes[size:]
        short = 3 - sum(home["formal_members"] for home in group)
        group[0]["formal_members"] += max(0, short)
        group[0]["eligible"] = "no"
        ghosts = tuple(book.ghost() for _ in group if dice.random() < worlds.ABSENT)
        book.add(f"{group[0]['name']}片区联合党支部", "joint", group, ghosts=ghosts)


def _plant(homes: list[Record], branches: list[Record], dice: random.Random) -> None:
    """Plant the tricks that do not come by themselves, on compounds used once."""
    free = [home for home in homes if home["intent"] == "none"]
    dice.shuffle(free)
    book = _Book(dice)
    book.rows = branches
    sound = [b for b in branches if b["branch_kind"] == "compound" and b["covers"] and b["status"] == "active"
             and b["term_end"] >= AS_OF and b["formal_members"] >= 3]  # fmt: skip
    dice.shuffle(sound)
    names = {home["id"]: home["name"] for home in homes}
    for first in sound[: round(TWINS * len(homes))]:
        twin = {**first, "id": f"B{len(branches) + 1:06d}", "name": f"{names[first['covers'][0]][:2]}里党支部"}
        branches.append({**twin, "duplicate_of": first["id"], "double": True})
    for _ in range(round(FAR * len(homes))):
        one = free.pop()
        other = next((h for h in free if h["community"] != one["community"] and _apart(one, h) > 1_600), None)
        if other is None:
            continue
        free.remove(other)
        one["formal_members"] = other["formal_members"] = 2
        book.add(f"{one['name']}{other['name']}联合党支部", "joint", [one, other])
    by_community: dict[str, list[Record]] = defaultdict(list)
    for home in free:
        by_community[home["community"]].append(home)
    fields = sorted(by_community.values(), key=len)
    for size, share in ((11, HUGE), (6, LARGE)):
        for _ in range(round(share * len(homes))):
            group: list[Record] = []
            while len(group) < size and fields:
                group += fields.pop()
            for home in group[:size]:
                home["formal_members"] = 1
            if len(group) >= size:
                book.add(f"{group[0]['name']}等小区联合党支部", "joint", group[:size])


def _apart(one: Record, other: Record) -> float:
    return float(np.hypot(one["x"] - other["x"], one["y"] - other["y"]))


def _branch_rows(
    base: worlds.World, homes: list[Record], branches: list[Record], dice: random.Random
) -> tuple[pd.DataFrame, dict[tuple[str, int], str]]:
    """Return the branch registry as offices write it, and what each name in its lists means."""
    home_of = {home["id"]: home for home in homes}
    names = base.communities["name"].to_dict()
    near, converter = worlds._neighbours(base.communities), opencc.OpenCC("s2t")
    rows, meant = [], {}
    for number, branch in enumerate(branches):
        row_id = f"branches.xlsx!Sheet1!{number + 2}"
        written: list[str] = []
        for code in branch["covers"]:
            home = home_of[code]
            name = worlds._worn(home["name"], {"aliases": home["alias"]}, dice, [], code)
            away = home["community"] != branch["community"]
            if away or dice.random() < worlds.PREFIX:
                name = (names[home["community"]] if away or dice.random() < 0.7 else "凯棠市") + name
            if dice.random() < worlds.TRADITIONAL:
                name = converter.convert(name)
            meant[row_id, len(written)] = code
            written.append(name)
        for name in branch["ghosts"]:
            meant[row_id, len(written)] = ""
            written.append(name)
        community, luck = names[branch["community"]], dice.random()
        if luck < worlds.WRONG_COMMUNITY:
            away = near[branch["community"]] if dice.random() < 0.7 else list(names)
            community = names[dice.choice(away)]
        elif luck < worlds.WRONG_COMMUNITY + worlds.NO_COMMUNITY:
            community = ""
        code = worlds._code(branch["community"], list(names), dice, [])
        rows.append({
            "community_code": code, "branch_id": branch["id"], "name": branch["name"],
            "branch_kind": branch["branch_kind"], "org_level": "branch", "community_name": community,
            "founded_on": branch["founded_on"],
            "term_end": branch["term_end"], "members": branch["members"],
            "formal_members": branch["formal_members"],
            "covers": "、".join(written), "branch_status": branch["status"],
            "secretary": "yes" if branch["secretary"] else "no",
            "big_committee_member": branch["big_committee_member"] or "unknown",
        })  # fmt: skip
    table = _numbered(pd.DataFrame(rows), "branches")
    table.attrs.clear()
    return table, meant


def _compound_rows(
    base: worlds.World, homes: list[Record], truth: dict[str, Truth], dice: random.Random
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the compound registry: the rows of the linking world with the attributes of what they mean."""
    home_of = {home["id"]: home for home in homes}
    rows = base.rows[[dice.random() >= UNLISTED for _ in range(len(base.rows))]]
    table = pd.DataFrame({
        "compound_id": rows["code"], "name": rows["name"], "community_name": rows["community"],
        "address": rows["address"], "lon": pd.array(rows["lon"], dtype="Float64"),
        "lat": pd.array(rows["lat"], dtype="Float64"),
    })  # fmt: skip
    stated = [home_of.get(code, {}) for code in rows["truth"]]
    table["formal_members"] = pd.array([home.get("formal_members") for home in stated], dtype="Int64")
    table["eligible"] = [home.get("eligible", "unknown") for home in stated]
    table["instructor"] = ["yes" if home.get("instructor") else "no" for home in stated]
    table["coverage_claimed"] = [
        _CLAIMED.get(truth[home["id"]].status, "未组建") if home else "未组建" for home in stated
    ]
    table["aliases"] = [home.get("alias", "") for home in stated]
    table = _numbered(table, "compounds")
    return table, dict(zip(table.index, rows["truth"], strict=True))


def _numbered(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    table["src"], table["row"] = f"{kind}.xlsx!Sheet1", range(2, len(table) + 2)
    table.index = pd.Index([f"{kind}.xlsx!Sheet1!{row}" for row in table["row"]], name="row_id", dtype="object")
    return table


def _city(base: worlds.World, homes: list[Record], tables: dict[str, pd.DataFrame]) -> City:
    of_homes = pd.DataFrame(homes).set_index("id")
    compounds = base.compounds.drop(columns="aliases").rename(columns={"community": "community_code"})
    compounds = compounds.assign(
        households=of_homes["households"].reindex(compounds.index).astype("Int64"),
        compound_type=of_homes["compound_type"].reindex(compounds.index),
    )
    communities = base.communities.rename(columns={"street": "street_code"})
    layers = {COMMUNITY: _layer(COMMUNITY, communities), COMPOUND: _layer(COMPOUND, compounds)}
    registries = {
        kind: Registry(kind, conform(table, REGISTRY_FIELDS[kind]), complete=True, given=frozenset(table.columns))
        for kind, table in tables.items()
    }
    sources = tuple(
        Source(f"{kind}.xlsx", "0" * 64, kind, sheet="Sheet1", tabular=True, rows_in=len(table), kept=len(table),
               complete=True)
        for kind, table in tables.items()
    )  # fmt: skip
    return City("world", worlds.CRS, dt.date.fromisoformat(AS_OF), layers, registries, sources)


def _layer(level: str, frame: gpd.GeoDataFrame) -> Layer:
    given = frozenset(frame.columns) - {"geometry"}
    frame = frame.assign(src=f"{level}.gpkg!{level}", row=range(1, len(frame) + 1))
    whole = gpd.GeoDataFrame(conform(frame, LAYER_FIELDS[level]), geometry="geometry", crs=worlds.CRS)
    return Layer(level, whole.sort_index(), given)
