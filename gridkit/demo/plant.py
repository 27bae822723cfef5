"""The garden in which defects are planted in the truth itself, and the record that is kept of each.

Defects of the files (spelling, codes, counts) are planted later, by :mod:`gridkit.demo.degrade`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from gridkit.demo.parties import Book

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridkit.demo.territory import Record

AS_OF = "2024-06-30"
COVERS, PARENT, FORMAL, NAME = "覆盖小区(网格)", "上级党组织编码", "正式党员数", "党组织名称"


@dataclass(frozen=True)
class Plant:
    """A planted defect: ``kind`` is a rule code where one is fixed, else a word; ``key`` finds the row of ``table``."""

    kind: str
    table: str
    key: str
    column: str
    subject: str
    note: str


@dataclass
class Garden:
    """The truth while defects are planted in it; no compound or organisation is used twice."""

    homes: list[Record]
    branches: list[Record]
    seed: int
    plants: list[Plant] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.book = Book(Random(f"{self.seed}/plant"), self.branches)
        self.home = {home["id"]: home for home in self.homes}
        self.order = list(self.homes)
        self.book.rng.shuffle(self.order)
        self.heads = {row["community"]: row["id"] for row in self.branches if row["branch_kind"] == "community"}

    def pick(self, count: int, test: Callable[[Record], bool]) -> list[Record]:
        """Return ``count`` unused compounds that pass ``test``, and use them; none where there are too few."""
        found = list(islice((home for home in self.order if home["id"] not in self.used and test(home)), count))
        if len(found) < count:
            return []
        self.used.update(home["id"] for home in found)
        return found

    def sound(self, home: Record) -> Record | None:
        """Return the sole, valid compound branch of ``home``, or None."""
        rows = [row for row in self.branches if home["id"] in row["covers"]]
        good = [row for row in rows if row["status"] == "active" and row["term_end"] >= AS_OF]
        return good[0] if len(rows) == len(good) == 1 and good[0]["branch_kind"] == "compound" else None

    def own(self, count: int = 1, also: Callable[[Record], bool] = lambda _: True) -> list[tuple[Record, Record]]:
        """Pick ``count`` compounds with a sole, valid compound branch of their own; return each with its branch."""
        pairs = []
        for home in self.pick(count, lambda h: h["intent"] == "own" and self.sound(h) is not None and also(h)):
            branch = self.sound(home)
            if branch is not None:
                pairs.append((home, branch))
        return pairs

    def bare(self, count: int, also: Callable[[Record], bool] = lambda _: True) -> list[Record]:
        """Pick ``count`` compounds that no compound branch, joint branch or unit names."""
        return self.pick(count, lambda h: h["intent"] == "none" and also(h))

    def joint(self, homes: list[Record], **more: Any) -> Record:
        """Found a joint branch over ``homes`` in the community of the first; its members are all of theirs."""
        more.setdefault("formal_members", sum(home["formal_members"] for home in homes))
        more.setdefault("covers", tuple(home["id"] for home in homes))
        name = "、".join(home["name"] for home in homes[:2]) + "联合党支部"
        return self.book.add(name, "joint", "branch", **self.place(homes[0]), **more)

    def place(self, home: Record) -> Record:
        """Return street, community and superior of an organisation at ``home``."""
        community = home["community"]
        return {"street": home["street"], "community": community, "parent": self.heads[community]}

    def note(self, kind: str, row: Record, column: str, subject: str, note: str) -> None:
        """Remember a defect of the organisation ``row``."""
        self.used.add(row["id"])
        self.plants.append(Plant(kind, "branches", row["id"], column, subject, note))


def set_members(home: Record, formal: int | None, **more: Any) -> None:
    """Give ``home`` so many formal members (None: not stated anywhere)."""
    transferred = None if formal is None else formal + home["probationary_members"]
    home.update(formal_members=formal, members_transferred=transferred, **more)


def apart(one: Record, other: Record) -> float:
    """Return the distance of two compounds in metres."""
    return float(((one["x"] - other["x"]) ** 2 + (one["y"] - other["y"]) ** 2) ** 0.5)
