"""Planted defects of branches and what they cover: a case at least for each of the findings F1-F12 of domain 2.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.demo.plant import AS_OF, COVERS, FORMAL, NAME, Garden, Plant, apart, set_members

if TYPE_CHECKING:
    from gridkit.demo.territory import Record

FAR = 1800.0
"""Metres between the compounds of the far joint branch."""


def plant_branches(garden: Garden) -> None:
    """Plant all defects of branches for which the city has room."""
    for step in (_should_have_own, _members, _terms, _small_joints, _large_joint, _far_joint, _units, _twins, _ghosts):
        step(garden)
    for row in garden.branches:
        if row["double"] and not row["duplicate_of"]:
            garden.note("C110", row, FORMAL, row["community"], "同一批党员在小区党支部和联合党支部中重复计算")


def _should_have_own(garden: Garden) -> None:
    for home in garden.bare(3, lambda h: h["compound_type"] == "commercial"):
        set_members(home, 5, eligible="yes", ineligible_reason="")
        note = "正式党员3名以上且符合条件，应建未建"
        garden.plants.append(Plant("C101", "compounds", home["id"], FORMAL, home["id"], note))
    joined = [row for row in garden.branches if row["branch_kind"] == "joint" and row["status"] == "active"]
    for row in joined[:2]:
        home = garden.home[row["covers"][0]]
        row["formal_members"] += 4 - home["formal_members"]
        row["members"] = row["formal_members"] + 1
        set_members(home, 4, eligible="yes", ineligible_reason="")
        garden.used.update(row["covers"])
        garden.note("C101", row, COVERS, home["id"], "符合单独组建条件，仅在联合党支部中")


_CASES = (
    ("C102", 2, "正式党员不足3名却单独组建"),
    ("C102", 1, "正式党员不足3名却单独组建"),
    ("A101", 0, "空壳支部：没有党员，没有书记"),
    ("C106", 63, "党员超过50名"),
    ("unknown_validity", None, "党员数空白，是否有效不明"),
)


def _members(garden: Garden) -> None:
    """Own branches with too few members, none at all, too many, and without a count."""
    for (home, row), (kind, formal, note) in zip(garden.own(len(_CASES)), _CASES, strict=False):
        set_members(home, formal)
        row["formal_members"] = formal
        row["members"] = formal if formal is None else formal + (formal > 2)
        row["group_count"] = (formal or 0) // 8
        row["secretary"] = kind != "A101"
        garden.note(kind, row, FORMAL, home["id"], note)
        if kind == "A101":
            garden.plants.append(Plant("C102", "branches", row["id"], FORMAL, home["id"], note))


def _terms(garden: Garden) -> None:
    """Write down the compound branches that are out of term, do not state it, or are dissolved."""
    for row in garden.branches:
        if row["branch_kind"] != "compound" or row["status"] == "planned":
            continue
        what = None
        if row["status"] == "dissolved":
            what = ("dissolved_still_covers", "状态", "已撤销的党组织仍列有小区")
            note = "党支部已撤销，符合条件而没有支部"
            garden.plants.append(Plant("C101", "compounds", row["covers"][0], FORMAL, row["covers"][0], note))
        elif not row["term_end"]:
            what = ("unknown_validity", "任期届满", "任期届满时间空白，是否在任期内不明")
        elif row["term_end"] < AS_OF:
            what = ("term_over", "任期届满", "任期已届满")
        if what:
            garden.plants.append(Plant(what[0], "branches", row["id"], what[1], row["covers"][0], what[2]))


def _small_joints(garden: Garden) -> None:
    """Joint branches of one compound, of ghosts, and of too few members."""
    for home, _ in garden.own():
        garden.note("C103", garden.joint([home], double=True), COVERS, home["id"], "联合党支部只覆盖一个小区")
    for home, _ in garden.own():
        row = garden.joint([home], double=True, ghosts=("幸福里小区", "望江台花园"))
        garden.note("C103", row, COVERS, home["id"], "联合党支部的其他小区都不在小区图层中")
        garden.note("C111", row, COVERS, row["id"], "党组织表中的小区不在小区图层中")
    homes = _together(garden, 2)
    for home in homes:
        set_members(home, 1)
    if homes:
        garden.note("C107", garden.joint(homes), COVERS, homes[0]["id"], "各小区正式党员合计不足3名")


def _together(garden: Garden, count: int) -> list[Record]:
    """Pick ``count`` bare compounds of one community, the first community that has so many."""
    for community in sorted(garden.heads):
        homes = garden.bare(count, lambda h, here=community: h["community"] == here and h["formal_members"] < 3)  # type: ignore[misc]
        if homes:
            return homes
    return []


def _large_joint(garden: Garden) -> None:
    homes = _together(garden, 6)
    for home in homes:
        set_members(home, 1)
    if homes:
        garden.note("C104", garden.joint(homes), COVERS, homes[0]["id"], "联合党支部覆盖6个小区，超过5个")


def _far_joint(garden: Garden) -> None:
    """One joint branch over two compounds far apart, in two communities (each has its own branch too)."""
    for home, _ in garden.own():
        for other, _ in garden.own(1, lambda h, near=home: apart(h, near) > FAR):  # type: ignore[misc]
            note = f"联合党支部的小区相距{round(apart(home, other))}米，分属不同社区"
            garden.note("C105", garden.joint([home, other], double=True), COVERS, home["id"], note)


def _units(garden: Garden) -> None:
    """Unit-run compounds: with a new branch of their own, and covered through the unit by word only."""
    through = [row for row in garden.branches if row["branch_kind"] in {"unit", "retired"} and row["covers"]]
    by_word = [row for row in through if row["big_committee_member"] != "yes" and not row["agreement_on"]]
    bare = {code for row in by_word for code in row["covers"]}
    for home in garden.pick(2, lambda h: h["id"] in bare):
        set_members(home, 7)
        name = f"{home['name']}党支部"
        row = garden.book.add(name, "compound", "branch", covers=(home["id"],), formal_members=7, **garden.place(home))
        row["founded_on"], row["term_end"] = "2024-03-11", "2027-03-11"
        garden.note("C108", row, NAME, home["id"], "单位型小区新建党支部（原则上不再新建）")
    for row in by_word:
        for code in row["covers"]:
            note = "单位型小区没有大党委成员或共建协议为据"
            garden.plants.append(Plant("C109", "branches", row["id"], COVERS, code, note))


def _twins(garden: Garden) -> None:
    """The same members in two branches, and the same branch under two names."""
    for home, _ in garden.own():
        for near in garden.bare(1, lambda h, here=home: h["community"] == here["community"]):  # type: ignore[misc]
            set_members(near, 2)
            garden.joint([home, near], double=True)
    for home, first in garden.own():
        twin = {**first, "id": garden.book.next_id(), "name": f"{home['root']}党支部"}
        twin.update(duplicate_of=first["id"], double=True)
        garden.branches.append(twin)
        garden.note("A105", twin, NAME, home["id"], "同一党支部以两个名称登记")


def _ghosts(garden: Garden) -> None:
    for home, _ in garden.own():
        place = garden.place(home)
        row = garden.book.add("紫薇天城党支部", "compound", "branch", ghosts=("紫薇天城",), formal_members=6, **place)
        garden.note("C111", row, COVERS, row["id"], "党组织表中的小区不在小区图层中")
        garden.note("A114", row, COVERS, row["id"], "党支部只列有不存在的小区，无法落到图上")
