"""The true tricks of a city, A101-A114, straight from their definitions - a second, independent reading of them.

This module knows true codes, not names or files, and shares nothing with the rooms that are tested against it. It
speaks of everything in the true city that satisfies a definition, planted or not. A branch, compound, unit or community
is an offender where it makes the declared figure of organisation coverage larger than it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import shapely

from gridkit.demo.oracle import ORGANISED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gridkit.demo.oracle import Truth
    from gridkit.demo.territory import Record

LEAST, SOFT, SPAN, AWAY, MANY, RUN = 3, 5, 1500.0, 3000.0, 5, 5
"""Formal members of a branch; compounds of a joint branch; metres between them; metres between a unit and what it is
paired with; compounds of one instructor; equal rows one after the other."""
_LARGE = ("households", "households_occupied", "population", "members_reported")
"""Figures so large that neighbours hardly have the same by chance."""
_BRANCHES = ("compound", "joint")


@dataclass(frozen=True)
class Facts:
    """True tables, and what the files leave out or tell twice.

    ``silent`` are compounds whose row in the compound registry is missing or held (their members and eligibility stand
    nowhere), ``unlisted`` those that it leaves out, ``listed_twice`` compounds and ``written_twice`` branches with two
    rows, ``pointless`` units whose point is unusable.
    """

    homes: Sequence[Record]
    branches: Sequence[Record]
    truth: Mapping[str, Truth]
    as_of: str
    units: Sequence[Record] = ()
    premises: Sequence[Record] = ()
    pairings: Sequence[Record] = ()
    communities: Sequence[Record] = ()
    pointless: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    listed_twice: frozenset[str] = frozenset()
    written_twice: frozenset[str] = frozenset()


def tricks(facts: Facts) -> dict[str, list[str]]:
    """Return the offenders of every trick: ids of branches, compounds, units and communities, sorted."""
    return {code: sorted(set(find(facts))) for code, find in _TRICKS.items()}


def carried(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return, per branch, the compounds that count as covered by an organisation because it names them."""
    kind_of = {home["id"]: home["compound_type"] for home in facts.homes}
    found = {}
    for row in facts.branches:
        codes = [code for code in row["covers"] if code in kind_of]
        if row["branch_kind"] in {"unit", "retired"}:
            evident = row["big_committee_member"] == "yes" or row["agreement_on"]
            codes = [code for code in codes if evident and kind_of[code] == "unit"]
        elif row["branch_kind"] not in _BRANCHES or row["org_level"] == "group":
            codes = []
        if codes and row["status"] == "active":
            found[row["id"]] = tuple(sorted(codes))
    return found


def _counting(facts: Facts) -> list[Record]:
    held = carried(facts)
    return [row for row in facts.branches if row["id"] in held]


def _named(row: Record) -> int:
    return len(row["covers"]) + len(row["ghosts"])


def _joint(facts: Facts) -> list[Record]:
    """Branches that several compounds share, and that count."""
    return [
        row
        for row in _counting(facts)
        if row["branch_kind"] == "joint" or (row["branch_kind"] == "compound" and _named(row) > 1)
    ]


def members(row: Record, facts: Facts) -> int | None:
    """Return the formal members of a branch; of a joint one never more than its compounds have together."""
    stated = row["formal_members"]
    if row["branch_kind"] not in _BRANCHES:
        return stated
    by_code = {home["id"]: home["formal_members"] for home in facts.homes if home["id"] not in facts.silent}
    numbers = [by_code.get(code) for code in row["covers"]]
    whole = None if None in numbers or row["ghosts"] else sum(n for n in numbers if n is not None)
    if row["branch_kind"] == "compound" and _named(row) == 1:
        return whole if stated is None else stated
    known = [n for n in (stated, whole) if n is not None]
    return min(known) if known else None


def _paper(facts: Facts) -> Iterator[str]:
    """A101: too few formal members, by its own number, and no secretary."""
    for row in _counting(facts):
        count = row["formal_members"]
        if count is not None and count < LEAST and not row["secretary"]:
            yield row["id"]


def _far(facts: Facts) -> Iterator[str]:
    """A102: compounds far apart, or in several communities."""
    homes = {home["id"]: home for home in facts.homes}
    for row in _joint(facts):
        mine = [homes[code] for code in row["covers"] if code in homes]
        wide = any(((a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2) ** 0.5 > SPAN for a, b in combinations(mine, 2))
        if wide or len({home["community"] for home in mine}) > 1:
            yield row["id"]


def _large(facts: Facts) -> Iterator[str]:
    """A103: more than five compounds."""
    return (row["id"] for row in _joint(facts) if _named(row) > SOFT)


def _expired(facts: Facts) -> Iterator[str]:
    """A104: out of term."""
    return (row["id"] for row in _counting(facts) if row["term_end"] and row["term_end"] < facts.as_of)


def _twice(facts: Facts) -> Iterator[str]:
    """A105: a branch under a second name or in a second row, and a compound in two rows that both claim coverage."""
    for row in _counting(facts):
        if row["duplicate_of"] or row["id"] in facts.written_twice:
            yield row["id"]
    yield from facts.listed_twice


def _shrunk(facts: Facts) -> Iterator[str]:
    """A106: a compound without coverage that the compound registry leaves out."""
    return (code for code in facts.unlisted if facts.truth[code].status not in ORGANISED)


def _exempt(facts: Facts) -> Iterator[str]:
    """A107: a unit-run compound that no organisation covers."""
    for home in facts.homes:
        if home["compound_type"] == "unit" and not _organised(facts, home["id"]):
            yield home["id"]


def _organised(facts: Facts, code: str) -> bool:
    return facts.truth[code].status in ORGANISED


def _wrong_form(facts: Facts) -> Iterator[str]:
    """A108: an own branch of too few members, and only a joint branch where an own one is due."""
    for row in _counting(facts):
        count = members(row, facts)
        alone = row["branch_kind"] == "compound" and _named(row) == 1
        if alone and count is not None and count < LEAST:
            yield row["id"]
    for home in facts.homes:
        due = (home["formal_members"] or 0) >= LEAST and home["eligible"] == "yes" and home["compound_type"] != "unit"
        if due and home["id"] not in facts.silent and facts.truth[home["id"]].status == "JOINT_BRANCH":
            yield home["id"]


def _members_twice(facts: Facts) -> Iterator[str]:
    """A109: a community whose branches have more formal members than it has (a row that stands twice is A105)."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    heads: dict[str, int] = {}
    for row in facts.branches:
        if row["status"] != "active" or row["formal_members"] is None:
            continue
        if row["branch_kind"] == "community":
            heads[row["community"]] = heads.get(row["community"], 0) + row["formal_members"]
        elif row["org_level"] != "group" and row["branch_kind"] in {*_BRANCHES, "grid"}:
            counts[row["community"]][0] += row["formal_members"]
            counts[row["community"]][1] += row["formal_members"] * (row["branch_kind"] != "grid")
    homes: dict[str, list[int | None]] = defaultdict(list)
    for home in facts.homes:
        homes[home["community"]].append(None if home["id"] in facts.silent else home["formal_members"])
    for community, (wide, narrow) in counts.items():
        known = [n for n in homes[community] if n is not None]
        if community in heads:
            more = wide > heads[community]
        else:
            more = bool(known) and len(known) == len(homes[community]) and narrow > sum(known)
        if more:
            yield community


def _functional(facts: Facts) -> Iterator[str]:
    """A110: a functional branch is all there is, and the compound registry reports an own or joint one."""
    for home in facts.homes:
        only = facts.truth[home["id"]].status == "FUNCTIONAL_ONLY"
        if only and home.get("claimed") and home["id"] not in facts.silent:
            yield home["id"]


def _distant(facts: Facts) -> Iterator[str]:
    """A111: a unit paired far away past something nearer that has no pair, or anywhere but at its own premises."""
    units = {unit["id"]: unit for unit in facts.units}
    communities = {row["code"]: row["geometry"] for row in facts.communities}
    compounds = {home["id"]: home["geometry"] for home in facts.homes} if facts.pairings else {}
    for kind, shapes in (("community", communities), ("compound", compounds)):
        taken = {pair["target"] for pair in facts.pairings if pair["target_kind"] == kind}
        free = [shape for code, shape in shapes.items() if code not in taken]
        for pair in facts.pairings:
            if pair["target_kind"] != kind or pair["reason"] == "premises":
                continue
            unit = units[pair["unit"]]
            lost = unit["id"] in facts.pointless
            seat = communities[unit["community"]] if lost else shapely.Point(unit["x"], unit["y"])
            away = seat.distance(shapes[pair["target"]])
            if away > AWAY and any(seat.distance(shape) < away for shape in free):
                yield unit["id"]
    yield from _passed_by(facts)


def _passed_by(facts: Facts) -> Iterator[str]:
    """Units with premises that are paired, but neither with those compounds nor with their communities."""
    area = {home["id"]: home["community"] for home in facts.homes}
    met: dict[str, set[str]] = defaultdict(set)
    own: dict[str, set[str]] = defaultdict(set)
    for pair in facts.pairings:
        met[pair["unit"]].add(pair["target"])
    for row in facts.premises:
        own[row["unit"]] |= {row["compound"], area[row["compound"]]}
    return (unit for unit, places in own.items() if met[unit] and not met[unit] & places)


def _copied(facts: Facts) -> Iterator[str]:
    """A112: the first of several neighbouring rows of the compound registry with the same large figures."""
    rows = [home for home in facts.homes if home["id"] not in facts.silent and "population" in home]
    at = 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and all(rows[end][name] == rows[at][name] for name in _LARGE):
            end += 1
        if end - at >= RUN:
            yield rows[at]["id"]
        at = end


def _stretched(facts: Facts) -> Iterator[str]:
    """A113: one unit alone stands for more than five compounds that have nothing but an instructor."""
    units: dict[str, set[str]] = defaultdict(set)
    for pair in facts.pairings:
        if pair["target_kind"] == "compound" and facts.truth[pair["target"]].status == "INSTRUCTOR_ONLY":
            units[pair["target"]].add(pair["unit"])
    alone = Counter(next(iter(who)) for who in units.values() if len(who) == 1)
    return (unit for unit, count in alone.items() if count > MANY)


def _ghosts(facts: Facts) -> Iterator[str]:
    """A114: a branch that names only compounds of no layer."""
    for row in facts.branches:
        if row["branch_kind"] in _BRANCHES and row["status"] == "active" and row["ghosts"] and not row["covers"]:
            yield row["id"]


_TRICKS: dict[str, Callable[[Facts], Iterator[str]]] = {
    "A101": _paper, "A102": _far, "A103": _large, "A104": _expired, "A105": _twice, "A106": _shrunk, "A107": _exempt,
    "A108": _wrong_form, "A109": _members_twice, "A110": _functional, "A111": _distant, "A112": _copied,
    "A113": _stretched, "A114": _ghosts,
}  # fmt: skip
