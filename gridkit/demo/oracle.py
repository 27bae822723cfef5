"""The true coverage of every compound, straight from domain rule 2.1 - on purpose a second, independent reading of it.

This module knows true codes, not names or files, and shares nothing with the rooms that are tested against it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridkit.demo.territory import Record

ORGANISED = ("UNIT_ORG", "OWN_BRANCH", "JOINT_BRANCH")
"""Statuses that count as organisation coverage in the strict reading."""
WORKED = (*ORGANISED, "GRID_BRANCH", "FUNCTIONAL_ONLY", "INSTRUCTOR_ONLY")
"""Statuses that count as work coverage."""

_REASONS = {
    "UNIT_ORG": "单位型小区，依托单位（离退休）党组织覆盖，有大党委成员单位或共建协议为据",
    "OWN_BRANCH": "小区党支部单独组建",
    "JOINT_BRANCH": "联合党支部覆盖",
    "GRID_BRANCH": "所在网格的网格党支部覆盖",
    "FUNCTIONAL_ONLY": "仅有功能型党支部",
    "INSTRUCTOR_ONLY": "仅有党建指导员或结对单位",
    "PLANNED": "拟组建，尚未成立",
    "UNCOVERED": "台账完整，没有任何党组织或力量覆盖",
}


@dataclass(frozen=True)
class Truth:
    """How one compound is truly covered; ``via`` are organisation ids (instructor and pairing have none)."""

    status: str
    valid: str
    via: tuple[str, ...] = ()

    @property
    def organisation(self) -> str:
        """Whether it counts as organisation coverage, ``yes`` or ``no``."""
        return "yes" if self.status in ORGANISED else "no"

    @property
    def work(self) -> str:
        """Whether it counts as work coverage, ``yes`` or ``no``."""
        return "yes" if self.status in WORKED else "no"

    @property
    def reason(self) -> str:
        """Why, in one sentence of Chinese data."""
        return _REASONS[self.status]


def validity(branch: Record, as_of: str) -> str:
    """Say whether an organisation is valid: in term, active, three formal members or more, not a duplicate."""
    if branch["status"] != "active" or branch["duplicate_of"]:
        return "no"
    if branch["term_end"] and branch["term_end"] < as_of:
        return "no"
    if branch["formal_members"] is not None and branch["formal_members"] < 3:
        return "no"
    return "yes" if branch["term_end"] and branch["formal_members"] is not None else "unknown"


def decide(homes: list[Record], branches: list[Record], as_of: str) -> dict[str, Truth]:
    """Return the truth of every compound by the ordered tests of rule 2.1."""
    named: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for branch in branches:
        if branch["status"] == "dissolved" or (branch["branch_kind"] == "grid" and branch["org_level"] == "group"):
            continue
        slot = "planned" if branch["status"] == "planned" else branch["branch_kind"]
        for code in branch["covers"]:
            named[code][slot].append(branch)
    return {home["id"]: _decide(home, named, as_of) for home in homes}


def _decide(home: Record, named: dict[str, dict[str, list[Record]]], as_of: str) -> Truth:
    mine = named.get(home["id"], {})
    grid = named.get(home["grid"], {})
    evident = [
        branch
        for kind in ("unit", "retired")
        for branch in mine.get(kind, [])
        if branch["big_committee_member"] == "yes" or branch["agreement_on"]
    ]
    tests = (
        ("UNIT_ORG", evident if home["compound_type"] == "unit" else []),
        ("OWN_BRANCH", mine.get("compound", [])),
        ("JOINT_BRANCH", mine.get("joint", [])),
        ("GRID_BRANCH", grid.get("grid", [])),
        ("FUNCTIONAL_ONLY", mine.get("functional", [])),
    )
    for status, found in tests:
        if found:
            return Truth(
                status, _best([validity(branch, as_of) for branch in found]), tuple(sorted(b["id"] for b in found))
            )
    if home["instructor"] or home["paired"]:
        return Truth("INSTRUCTOR_ONLY", "yes")
    if mine.get("planned"):
        return Truth("PLANNED", "no", tuple(sorted(branch["id"] for branch in mine["planned"])))
    return Truth("UNCOVERED", "no")


def _best(verdicts: list[str]) -> str:
    return "yes" if "yes" in verdicts else "unknown" if "unknown" in verdicts else "no"
