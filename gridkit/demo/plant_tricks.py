"""Planted tricks: ways to make the coverage look full, one at least for each of the rules A101-A114.

Some are defects that are planted for another reason (a joint branch over six compounds is C104 and A103); they are
written down a second time. The others are planted here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from gridkit.demo.oracle import ORGANISED
from gridkit.demo.plant import COVERS, Plant, set_members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.demo.oracle import Truth
    from gridkit.demo.plant import Garden
    from gridkit.demo.territory import Record

HUGE, RUN, MANY = 11, 6, 7
"""Compounds of the very large joint branch, rows that are copies of each other, compounds of one instructing unit."""

_OF_BRANCH = {
    "C102": "A108", "C104": "A103", "C105": "A102", "term_over": "A104", "A101": "A101", "A105": "A105",
    "duplicate_branch": "A105",
}  # fmt: skip
_OF_PLACE = {"C110": "A109", "duplicate_row": "A105"}
"""Kind of a planted defect -> the trick that it is as well; its offender is the branch, or what the defect is about."""


def also_tricks(plants: list[Plant], truth: Mapping[str, Truth]) -> list[Plant]:
    """Return ``plants`` with the tricks that are among them, each with its offender as subject."""
    found = [plant for plant in plants if plant.kind not in {"A101", "A105"}]
    for plant in plants:
        if plant.kind in _OF_BRANCH:
            branch = plant.key.removesuffix("#2")
            found.append(replace(plant, kind=_OF_BRANCH[plant.kind], subject=branch))
        elif plant.kind in _OF_PLACE:
            found.append(replace(plant, kind=_OF_PLACE[plant.kind]))
        elif plant.kind == "C101" and plant.table == "branches":
            found.append(replace(plant, kind="A108"))
        elif plant.subject in truth and truth[plant.subject].status not in ORGANISED:
            if plant.kind == "C109":
                found.append(replace(plant, kind="A107"))
            elif plant.kind == "C111" and plant.table == "compounds.layer":
                found.append(replace(plant, kind="A106", note="未覆盖的小区没有列入台账，分母变小"))
    return found


def plant_tricks(garden: Garden) -> None:
    """Plant the tricks of branches and of the compound registry for which the city has room."""
    _huge_joint(garden)
    _functional_as_own(garden)
    _copied_rows(garden)


def _huge_joint(garden: Garden) -> None:
    """A joint branch over eleven compounds of one community: those without cover, and some that have their own."""
    at: dict[str, list[Record]] = defaultdict(list)
    for home in garden.order:
        free = home["intent"] == "none" or (home["intent"] == "own" and garden.sound(home) is not None)
        if free and home["id"] not in garden.used:
            at[home["community"]].append(home)
    _, homes = max(sorted(at.items()), key=lambda item: len(item[1]), default=("", []))
    if len(homes) < HUGE:
        return
    homes = sorted(homes, key=lambda home: (home["intent"] == "own", home["id"]))[:HUGE]
    garden.used.update(home["id"] for home in homes)
    for home in homes:
        if home["intent"] == "none":
            set_members(home, 1)
    row = garden.joint(homes, double=True)
    garden.note("C104", row, COVERS, homes[0]["id"], f"联合党支部覆盖{HUGE}个小区，超过5个")


def _functional_as_own(garden: Garden) -> None:
    """Compounds with a functional branch only, which the compound registry reports as branches of their own."""
    served = _served_grids(garden)
    for home in garden.pick(2, lambda h: h["intent"] == "functional" and h["grid"] not in served):
        home["claimed"] = "单独组建"
        note = "只有功能型党支部，小区台账写为单独组建"
        garden.plants.append(Plant("A110", "compounds", home["id"], "组建方式", home["id"], note))


def _served_grids(garden: Garden) -> set[str]:
    """Return what branches cover: a compound whose grid has one is no case of a functional branch or unit alone."""
    return {code for row in garden.branches if row["org_level"] == "branch" for code in row["covers"]}


def _copied_rows(garden: Garden) -> None:
    """Neighbouring rows of the compound registry with the same figures: nobody went there."""
    for at in range(len(garden.homes) - RUN):
        run = garden.homes[at : at + RUN]
        if len({home["community"] for home in run}) == 1:
            break
    else:
        return
    first = run[0]
    for home in run:
        for name in ("buildings", "entrances", "households", "households_occupied", "population", "members_reported"):
            home[name] = first[name]
        note = f"连续{RUN}个小区的楼栋、户数、人口完全相同，疑为复制"
        garden.plants.append(Plant("A112", "compounds", home["id"], "户数", first["id"], note))


def plant_pairs(garden: Garden, units: list[Record], premises: list[Record], pairings: list[Record]) -> None:
    """Plant the tricks of pairings for which the city has room."""
    _away_from_home(garden, premises, pairings)
    _one_for_many(garden, units, pairings)


def _away_from_home(garden: Garden, premises: list[Record], pairings: list[Record]) -> None:
    """Pair a unit that has premises in compounds with a community where it has none, and with nothing else."""
    own: dict[str, set[str]] = defaultdict(set)
    for row in premises:
        own[row["unit"]].add(garden.home[row["compound"]]["community"])
    pairs: dict[str, list[Record]] = defaultdict(list)
    for pair in pairings:
        pairs[pair["unit"]].append(pair)
    served = Counter(pair["target"] for pair in pairings if pair["target_kind"] == "community")
    for unit, areas in sorted(own.items()):
        only = pairs[unit][0]
        if len(pairs[unit]) == 1 and only["target_kind"] == "community" and served[only["target"]] > 1:
            only["target"] = max(community for community in served if community not in areas)
            note = "在小区有驻地，却与别处社区结对"
            garden.plants.append(Plant("A111", "pairings", f"{unit}/{only['target']}", "结对对象", unit, note))
            return


def _one_for_many(garden: Garden, units: list[Record], pairings: list[Record]) -> None:
    """Pair one unit with many compounds that have nothing but an instructor."""
    taken = {pair["target"] for pair in pairings}
    alone = [h for h in garden.order if h["intent"] == "instructor" and h["id"] not in garden.used | taken]
    served = _served_grids(garden)
    homes = sorted((h for h in alone if h["grid"] not in served), key=lambda h: str(h["id"]))[:MANY]
    if not units or len(homes) < MANY:
        return
    unit = units[len(units) // 3]["id"]
    for home in homes:
        home["paired"] = True
        garden.used.add(home["id"])
        pairings.append({
            "unit": unit, "target_kind": "compound", "target": home["id"], "since": "2023-09-01", "contact": True,
            "agreement_on": "", "reason": "demand",
        })  # fmt: skip
        note = f"{MANY}个小区只靠同一单位指导"
        garden.plants.append(Plant("A113", "pairings", f"{unit}/{home['id']}", "结对对象", unit, note))
