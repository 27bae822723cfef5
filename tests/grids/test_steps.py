"""The edits between two plans: they lead from one to the other, are always allowed, and are as few as can be."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.errors import UsageError
from gridkit.grids.replay import replay, start
from gridkit.grids.steps import follow, steps_between
from gridkit.model.plan import GRID_COLUMNS, Norm, Plan
from tests.grids.plans import EAST, WEST, atoms_of, plan_of, usual

ATOMS = atoms_of(((200, 0, 250, 100), (150, 100, 0, 300)))
KINDS = ("comprehensive", "exclusive")


def test_by_hand():
    before = usual()
    after = plan_of(
        before.atoms, {"g1": ["A11"], "g2": ["A12", "A21", "A22"], "g4": ["A23"], "g9": ["A13", "A14"]},
        name={"g2": "北", "g9": "新"}, kind={"g4": "exclusive"}, locked={"g9": True},
    )  # fmt: skip
    assert steps_between(before, after) == [
        ("new", {"community": EAST, "kind": "comprehensive", "atoms": ["A13", "A14"]}),
        ("rename", {"grid": "", "name": "新"}),
        ("lock", {"grid": ""}),
        ("move", {"atoms": ["A12"], "to": "g2"}),
        ("move", {"atoms": ["A24"], "to": ""}),
        ("rename", {"grid": "g2", "name": "北"}),
        ("set_kind", {"grid": "g4", "kind": "exclusive"}),
        ("retire", {"grid": "g3"}),
    ]


def test_a_locked_grid_is_opened_and_locked_again():
    before = plan_of(ATOMS, {"g1": ["A11", "A12"], "g2": ["A21", "A22"]}, locked={"g1": True, "g2": True})
    after = plan_of(ATOMS, {"g1": ["A11"], "g2": ["A21", "A22"]}, locked={"g1": True, "g2": True})
    assert steps_between(before, after) == [
        ("unlock", {"grid": "g1"}), ("move", {"atoms": ["A12"], "to": ""}), ("lock", {"grid": "g1"}),
    ]  # fmt: skip
    assert steps_between(before, before) == []


def test_one_uid_in_two_communities_is_two_grids():
    before, after = plan_of(ATOMS, {"g1": ["A11"]}), plan_of(ATOMS, {"g1": ["A13"]})
    assert [op for op, _args in steps_between(before, after)] == ["new", "move", "retire"]
    assert partition(follow(before, start(before), steps_between(before, after))[0]) == partition(after)


def test_other_atoms_are_refused():
    with pytest.raises(UsageError, match="different atoms"):
        steps_between(usual(), plan_of(ATOMS, {"g1": ["A11"]}))


@st.composite
def plans(draw):
    """Draw a plan of ATOMS: any grids, empty ones too, of any kind, name and lock, and any land without a grid."""
    rows, homes = [], {WEST: [""], EAST: [""]}
    for uid in ("g1", "g2", "g3", "g4", "g5"):
        if draw(st.booleans()):
            community = draw(st.sampled_from((WEST, EAST)))
            homes[community].append(uid)
            rows.append((uid, "", draw(st.sampled_from(("", "甲", "乙"))), draw(st.sampled_from(KINDS)), community,
                         draw(st.booleans()), ""))  # fmt: skip
    table = pd.DataFrame(rows, columns=["uid", *GRID_COLUMNS]).set_index("uid").astype({"locked": bool})
    given = [draw(st.sampled_from(homes[community])) for community in ATOMS.frame["community"]]
    return Plan(ATOMS, pd.Series(given, index=ATOMS.frame.index, dtype="object", name="grid"), table, Norm(300, 500))


def partition(plan):
    """Return the grids by their land, kind, name and lock, and how many are empty: all but the uids."""
    return sorted(
        (
            sorted(plan.assignment.index[plan.assignment == uid]),
            *row[["community", "kind", "name"]],
            bool(row["locked"]),
        )
        for uid, row in plan.grids.iterrows()
    )


@settings(max_examples=40, deadline=None)
@given(before=plans(), after=plans())
def test_the_steps_lead_from_one_plan_to_the_other(before, after):
    steps = steps_between(before, after)
    found, log = follow(before, start(before), steps)
    assert partition(found) == partition(after)
    assert replay(before, log).base == found.base
    assert steps_between(found, found) == []
    shuffled = replace(after, grids=after.grids.iloc[::-1].sort_index())
    assert steps_between(before, shuffled) == steps
    same = {uid for uid in set(before.grids.index) & set(after.grids.index)
            if before.grids["community"][uid] == after.grids["community"][uid]}  # fmt: skip
    gain = {uid for uid in same if set(after.assignment.index[after.assignment == uid])
            - set(before.assignment.index[before.assignment == uid])}  # fmt: skip
    freed = bool(((after.assignment == "") & (before.assignment != "")).any())
    ops = [op for op, _args in steps]
    assert ops.count("new") == len(after.grids) - len(same)
    assert ops.count("retire") == len(before.grids) - len(same)
    assert ops.count("move") == len(gain) + freed
