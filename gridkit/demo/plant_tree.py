"""Planted defects of the tree of organisations, and of branches and groups against grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.demo.plant import COVERS, PARENT, Garden, Plant

if TYPE_CHECKING:
    from gridkit.demo.territory import Record


def plant_tree(garden: Garden) -> None:
    """Plant all defects of the tree and of the grids for which the city has room."""
    _parents(garden)
    branches = [row for row in _of_grids(garden) if row["org_level"] == "branch"]
    if len(branches) > 2 and len(_groups(garden)) > 3:
        _without(garden)
        _two_on_one(garden, branches[0])
        _one_on_two(garden, branches)
        _loose(garden, branches[2])
    _exclusive(garden)


def _parents(garden: Garden) -> None:
    """A parent that does not exist, a cycle of two, and a branch that reports past its community."""
    functional = [row for row in garden.branches if row["branch_kind"] == "functional" and row["id"] not in garden.used]
    own = [branch for _, branch in garden.own(3)]
    if not own or not functional:
        return
    orphan, partner, skipping = own
    orphan["parent"] = "DZZ999999"
    garden.note("orphan", orphan, PARENT, orphan["id"], "上级党组织编码不存在")
    other = functional[0]
    other["parent"], partner["parent"] = partner["id"], other["id"]
    for row, over in ((other, partner), (partner, other)):
        garden.note("cycle", row, PARENT, row["id"], f"与{over['id']}互为上级")
    street = next(r for r in garden.branches if r["branch_kind"] == "street" and r["street"] == skipping["street"])
    skipping["parent"] = street["id"]
    garden.note("level_skipped", skipping, PARENT, skipping["id"], "越过社区党组织，直接隶属街道")


def _of_grids(garden: Garden) -> list[Record]:
    return [row for row in garden.branches if row["branch_kind"] == "grid"]


def _groups(garden: Garden) -> list[Record]:
    return [row for row in _of_grids(garden) if row["org_level"] == "group"]


def _without(garden: Garden) -> None:
    """A grid without branch or group."""
    bare = _groups(garden)[1]
    garden.branches.remove(bare)
    code = bare["covers"][0]
    garden.plants.append(
        Plant("grid_without_organisation", "grids", code, "网格编码", code, "网格没有党支部，也没有党小组")
    )


def _two_on_one(garden: Garden, first: Record) -> None:
    """A second branch on the grid of ``first``."""
    name = first["name"].replace("党支部", "第二党支部")
    row = garden.book.add(name, "grid", "branch", covers=first["covers"], formal_members=4, **_beside(first))
    garden.note("grid_with_two_branches", row, COVERS, first["covers"][0], "一个网格有两个党支部")


def _one_on_two(garden: Garden, branches: list[Record]) -> None:
    """A branch that serves a second grid, whose group is gone."""
    pairs = ((branch, group) for branch in branches[1:] for group in _groups(garden))
    wide, near = next(((b, g) for b, g in pairs if b["community"] == g["community"]), (None, None))
    if wide is None or near is None:
        return
    garden.branches.remove(near)
    wide["covers"] = (*wide["covers"], *near["covers"])
    garden.note("branch_over_two_grids", wide, COVERS, wide["id"], "一个网格党支部覆盖两个网格")


def _loose(garden: Garden, beside: Record) -> None:
    """A grid branch that names no grid."""
    name = beside["name"].replace("第", "流动第")
    row = garden.book.add(name, "grid", "branch", formal_members=3, **_beside(beside))
    garden.note("branch_without_grid", row, COVERS, row["id"], "网格党支部没有对应网格")


def _beside(row: Record) -> Record:
    return {"parent": row["parent"], "street": row["street"], "community": row["community"]}


def _exclusive(garden: Garden) -> None:
    """An exclusive grid without a group."""
    groups = [row for row in garden.branches if row["branch_kind"] == "exclusive_grid_group"]
    if len(groups) > 1:
        garden.branches.remove(groups[-1])
        code = groups[-1]["covers"][0]
        garden.plants.append(
            Plant("exclusive_grid_without_group", "grids", code, "网格编码", code, "专属网格没有党小组")
        )
