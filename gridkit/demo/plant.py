"""Defects planted in the truth itself: organisations that break a rule, a tree that does not hold, gaps in the tiers.

Defects of the files (spelling, codes, counts) are planted later, by :mod:`gridkit.demo.degrade`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from gridkit.demo.parties import Book

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridkit.demo.territory import Record

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
    """The truth while defects are planted in it; no compound or branch is used twice."""

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

    def pick(self, count: int, test: Callable[[Record], bool]) -> list[Record]:
        """Return ``count`` unused compounds that pass ``test``, and use them; none where there are too few."""
        found = [home for home in self.order if home["id"] not in self.used and test(home)][:count]
        if len(found) < count:
            return []
        self.used.update(home["id"] for home in found)
        return found

    def sound(self, home: Record) -> Record | None:
        """Return the sole, valid compound branch of ``home``, or None."""
        rows = [row for row in self.branches if home["id"] in row["covers"] and row["branch_kind"] != "functional"]
        good = [row for row in rows if row["status"] == "active" and row["term_end"] >= "2024-06-30"]
        return good[0] if len(rows) == len(good) == 1 and good[0]["branch_kind"] == "compound" else None

    def note(self, kind: str, row: Record, column: str, subject: str, note: str) -> None:
        """Remember a defect of the organisation ``row``."""
        self.used.add(row["id"])
        self.plants.append(Plant(kind, "branches", row["id"], column, subject, note))


def plant_all(homes: list[Record], branches: list[Record], seed: int) -> list[Plant]:
    """Plant every defect of the truth; small cities get those for which they have room."""
    garden = Garden(homes, branches, seed)
    for step in (_should_have_own, _own_branches, _joint_branches, _far_joints, _unit_compounds, _twins, _ghosts):
        step(garden)
    _tree(garden)
    _grids(garden)
    return garden.plants


def _place(home: Record, garden: Garden) -> Record:
    head = next(r for r in garden.branches if r["branch_kind"] == "community" and r["community"] == home["community"])
    return {"street": home["street"], "community": home["community"], "parent": head["id"]}


def _should_have_own(garden: Garden) -> None:
    for home in garden.pick(3, lambda h: h["intent"] == "none" and h["compound_type"] == "commercial"):
        home.update(formal_members=5, members_transferred=5 + home["probationary_members"], eligible="yes", ineligible_reason="")
        garden.plants.append(
            Plant("C101", "compounds", home["id"], "正式党员数", home["id"], "正式党员3名以上且符合条件，应建未建")
        )
    joined = [row for row in garden.branches if row["branch_kind"] == "joint" and row["status"] == "active"]
    for row in joined[:2]:
        home = garden.home[row["covers"][0]]
        added = 4 - home["formal_members"]
        row["formal_members"] += added
        row["members"] += added
        home.update(formal_members=4, members_transferred=4 + home["probationary_members"], eligible="yes", ineligible_reason="")
        garden.used.update(row["covers"])
        garden.note("C101", row, COVERS, home["id"], "符合单独组建条件，仅在联合党支部中")


def _own_branches(garden: Garden) -> None:
    """Own branches with too few members, none at all, too many, and without a count."""
    cases = (("C102", 2, "正式党员不足3名却单独组建"), ("C102", 1, "正式党员不足3名却单独组建"), ("A101", 0, "空壳支部：没有党员，没有书记"),
             ("C106", 63, "党员超过50名"), ("unknown_validity", None, "党员数空白，是否有效不明"))  # fmt: skip
    homes = garden.pick(len(cases), lambda h: h["intent"] == "own" and garden.sound(h) is not None)
    for home, (kind, formal, note) in zip(homes, cases, strict=False):
        row = garden.sound(home)
        assert row is not None  # noqa: S101 - picked by this very test
        row["formal_members"] = home["formal_members"] = formal
        row["members"] = formal if formal is None else formal + (1 if formal > 2 else 0)
        home["members_transferred"] = None if formal is None else formal + home["probationary_members"]
        row["group_count"] = 0 if not formal else formal // 8
        row["secretary"] = kind != "A101"
        garden.note(kind, row, FORMAL, home["id"], note)
    for row in garden.branches:
        if row["branch_kind"] == "compound" and row["status"] == "active" and row["term_end"] < "2024-06-30":
            note = "任期已届满" if row["term_end"] else "任期届满时间空白，是否在任期内不明"
            kind = "A104" if row["term_end"] else "unknown_validity"
            garden.plants.append(Plant(kind, "branches", row["id"], "任期届满", row["covers"][0], note))


def _joint_branches(garden: Garden) -> None:
    for home in garden.pick(1, lambda h: h["intent"] == "own" and garden.sound(h) is not None):
        row = garden.book.add(
            f"{home['root']}联合党支部", "joint", "branch", covers=(home["id"],), double=True,
            formal_members=home["formal_members"], **_place(home, garden),
        )  # fmt: skip
        garden.note("C103", row, COVERS, row["id"], "联合党支部只覆盖一个小区")
    for home in garden.pick(1, lambda h: h["intent"] == "own" and garden.sound(h) is not None):
        row = garden.book.add(
            f"{home['root']}幸福里联合党支部", "joint", "branch", covers=(home["id"],), ghosts=("幸福里小区", "望江台花园"), double=True,
            formal_members=home["formal_members"], **_place(home, garden),
        )  # fmt: skip
        garden.note("C103", row, COVERS, row["id"], "联合党支部的其他小区都不在小区图层中")
    _large_joint(garden)
    for first in garden.pick(1, lambda h: h["intent"] == "none" and h["klass"] == "urban"):
        near = garden.pick(1, lambda h: h["intent"] == "none" and h["community"] == first["community"])
        for home in (first, *near):
            home.update(formal_members=1, members_transferred=1 + home["probationary_members"], eligible="yes")
        covers = (first["id"], *(home["id"] for home in near))
        if near:
            row = garden.book.add(
                f"{first['root']}片区联合党支部", "joint", "branch", covers=covers, formal_members=2, **_place(first, garden)
            )
            garden.note("C107", row, COVERS, row["id"], "各小区正式党员合计不足3名")


def _large_joint(garden: Garden) -> None:
    communities = sorted({home["community"] for home in garden.homes})
    for community in communities:
        test = lambda h, c=community: h["intent"] == "none" and h["community"] == c and h["formal_members"] < 3  # noqa: E731
        homes = garden.pick(6, test)
        if homes:
            formal = 0
            for home in homes:
                home.update(formal_members=1, members_transferred=1 + home["probationary_members"])
                formal += 1
            row = garden.book.add(
                f"{homes[0]['root']}大片区联合党支部", "joint", "branch", covers=tuple(h["id"] for h in homes),
                formal_members=formal, **_place(homes[0], garden),
            )  # fmt: skip
            garden.note("C104", row, COVERS, row["id"], "联合党支部覆盖6个小区，超过5个")
            return


def _far_joints(garden: Garden) -> None:
    """One joint branch over two far ends of a township community, one over two communities."""
    best: tuple[float, list[Record]] = (0.0, [])
    lone = [h for h in garden.homes if h["intent"] == "none" and h["id"] not in garden.used and h["compound_type"] != "unit"]
    for first in lone:
        for second in lone:
            if first["community"] == second["community"] and first["id"] < second["id"]:
                far = ((first["x"] - second["x"]) ** 2 + (first["y"] - second["y"]) ** 2) ** 0.5
                best = max(best, (far, [first, second]), key=lambda pair: pair[0])
    homes = best[1]
    if homes and best[0] > 1000:
        for home in homes:
            home.update(formal_members=2, members_transferred=2 + home["probationary_members"])
        row = garden.book.add(
            f"{homes[0]['root']}、{homes[1]['root']}联合党支部", "joint", "branch", covers=tuple(h["id"] for h in homes),
            formal_members=4, **_place(homes[0], garden),
        )  # fmt: skip
        garden.used.update(home["id"] for home in homes)
        garden.note("C105", row, COVERS, row["id"], f"联合党支部的小区相距{round(best[0])}米")
    homes = garden.pick(1, lambda h: h["intent"] == "own" and garden.sound(h) is not None)
    for home in homes:
        other = garden.pick(1, lambda h: h["intent"] == "own" and h["community"] != home["community"] and garden.sound(h) is not None)
        if other:
            row = garden.book.add(
                f"{home['root']}、{other[0]['root']}联合党支部", "joint", "branch", covers=(home["id"], other[0]["id"]), double=True,
                formal_members=home["formal_members"] + other[0]["formal_members"], **_place(home, garden),
            )  # fmt: skip
            garden.note("C105", row, COVERS, row["id"], "联合党支部的小区分属不同社区")


def _unit_compounds(garden: Garden) -> None:
    backed = {code for row in garden.branches if row["branch_kind"] in {"unit", "retired"} for code in row["covers"]}
    proven = {
        code
        for row in garden.branches
        if row["big_committee_member"] == "yes" or row["agreement_on"]
        for code in row["covers"]
    }
    for home in garden.pick(2, lambda h: h["compound_type"] == "unit" and h["id"] in backed and h["id"] not in proven):
        home.update(formal_members=7, members_transferred=7 + home["probationary_members"])
        row = garden.book.add(
            f"{home['name']}党支部", "compound", "branch", covers=(home["id"],), formal_members=7, **_place(home, garden)
        )
        row["founded_on"], row["term_end"] = "2024-03-11", "2027-03-11"
        garden.note("C108", row, NAME, home["id"], "单位型小区新建党支部（原则上不再新建）")
    for row in garden.branches:
        if row["branch_kind"] in {"unit", "retired"} and row["covers"] and not (set(row["covers"]) & proven):
            if set(row["covers"]) - garden.used:
                codes = " ".join(sorted(set(row["covers"]) - garden.used))
                garden.plants.append(Plant("C109", "branches", row["id"], COVERS, codes, "单位型小区没有大党委成员或共建协议为据"))


def _twins(garden: Garden) -> None:
    """The same members in two branches, the same branch under two names, and the same row twice."""
    home, *_ = garden.pick(1, lambda h: h["intent"] == "own" and garden.sound(h) is not None) or [None]
    if home is not None:
        for near in garden.pick(1, lambda h: h["intent"] == "none" and h["community"] == home["community"]):
            near.update(formal_members=2, members_transferred=2 + near["probationary_members"])
            formal = home["formal_members"] + 2
            covers = (home["id"], near["id"])
            row = garden.book.add(
                f"{home['root']}、{near['root']}联合党支部", "joint", "branch", covers=covers, formal_members=formal, double=True,
                **_place(home, garden),
            )  # fmt: skip
            garden.note("C110", row, FORMAL, row["id"], "同一批党员在小区党支部和联合党支部中重复计算")
    for home in garden.pick(1, lambda h: h["intent"] == "own" and garden.sound(h) is not None):
        first = garden.sound(home)
        assert first is not None  # noqa: S101
        twin = {**first, "id": garden.book.next_id(), "name": f"{home['root']}党支部", "duplicate_of": first["id"], "double": True}
        garden.branches.append(twin)
        garden.note("A105", twin, NAME, home["id"], "同一党支部以两个名称登记")


def _ghosts(garden: Garden) -> None:
    for home in garden.pick(1, lambda h: h["klass"] == "urban" and h["intent"] == "own"):
        row = garden.book.add("紫薇天城党支部", "compound", "branch", ghosts=("紫薇天城",), formal_members=6, **_place(home, garden))
        garden.note("C111", row, COVERS, row["id"], "党组织表中的小区不在小区图层中")


def _tree(garden: Garden) -> None:
    """A parent that does not exist, a cycle of two, and a branch that reports past its community."""
    functional = [row for row in garden.branches if row["branch_kind"] == "functional" and row["id"] not in garden.used]
    own = [
        row
        for row in garden.branches
        if row["branch_kind"] == "compound" and row["status"] == "active" and row["id"] not in garden.used and row["covers"]
        and row["covers"][0] not in garden.used
    ]  # fmt: skip
    if not own:
        return
    own[0]["parent"] = "DZZ999999"
    garden.note("tree_orphan", own[0], PARENT, own[0]["id"], "上级党组织编码不存在")
    if functional and len(own) > 2:
        partner = own[1]
        functional[0]["parent"], partner["parent"] = partner["id"], functional[0]["id"]
        garden.note("tree_cycle", functional[0], PARENT, functional[0]["id"], f"与{partner['id']}互为上级")
        garden.note("tree_cycle", partner, PARENT, partner["id"], f"与{functional[0]['id']}互为上级")
        street = next(r for r in garden.branches if r["branch_kind"] == "street" and r["street"] == own[2]["street"])
        own[2]["parent"] = street["id"]
        garden.note("tree_skip", own[2], PARENT, own[2]["id"], "越过社区党组织，直接隶属街道")


def _grids(garden: Garden) -> None:
    """A grid without branch or group, one with two branches, a branch over two grids, an exclusive grid without group."""
    groups = [row for row in garden.branches if row["branch_kind"] == "grid" and row["org_level"] == "group"]
    branches = [row for row in garden.branches if row["branch_kind"] == "grid" and row["org_level"] == "branch"]
    if len(groups) > 3 and len(branches) > 3:
        bare = groups.pop(1)
        garden.branches.remove(bare)
        garden.plants.append(Plant("grid_without_organisation", "grids", bare["covers"][0], "网格编码", bare["covers"][0], "网格没有党支部，也没有党小组"))
        first = branches[0]
        row = garden.book.add(
            first["name"].replace("党支部", "第二党支部"), "grid", "branch", covers=first["covers"], formal_members=4,
            parent=first["parent"], street=first["street"], community=first["community"],
        )  # fmt: skip
        garden.note("grid_with_two_branches", row, COVERS, first["covers"][0], "一个网格有两个党支部")
        wide = next((b for b in branches[1:] for g in groups if b["community"] == g["community"]), None)
        if wide is not None:
            near = next(g for g in groups if g["community"] == wide["community"])
            garden.branches.remove(near)
            for row in garden.branches:
                row["parent"] = wide["id"] if row["parent"] == near["id"] else row["parent"]
            wide["covers"] = (*wide["covers"], *near["covers"])
            garden.note("branch_over_two_grids", wide, COVERS, wide["id"], "一个网格党支部覆盖两个网格")
        loose = garden.book.add(
            branches[2]["name"].replace("第", "流动第"), "grid", "branch", formal_members=3, parent=branches[2]["parent"],
            street=branches[2]["street"], community=branches[2]["community"],
        )  # fmt: skip
        garden.note("branch_without_grid", loose, COVERS, loose["id"], "网格党支部没有对应网格")
    exclusive = [row for row in garden.branches if row["branch_kind"] == "exclusive_grid_group"]
    if len(exclusive) > 1:
        garden.branches.remove(exclusive[-1])
        code = exclusive[-1]["covers"][0]
        garden.plants.append(Plant("exclusive_grid_without_group", "grids", code, "网格编码", code, "专属网格没有党小组"))
