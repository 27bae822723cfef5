"""Edits by hand, refused where they must be; any sequence keeps the tiling, replays to the same plan, is undone."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.errors import UsageError
from gridkit.grids.replay import add, replay, start, undo, verify
from gridkit.grids.totals import totals
from gridkit.model.plan import Edit, EditLog
from tests.grids.plans import EAST, WEST, atoms_of, plan_of, usual


def after(plan, *steps):
    log = start(plan)
    for op, args in steps:
        plan, log = add(plan, log, op, args)
    return plan


def members(plan, uid):
    return sorted(plan.assignment.index[plan.assignment == uid])


def test_move():
    plan = after(usual(), ("move", {"atoms": ["A12"], "to": "g2"}))
    assert members(plan, "g1") == ["A11"]
    assert members(plan, "g2") == ["A12", "A21", "A22"]


def test_merge_keeps_the_uid_that_is_named():
    plan = after(usual(), ("merge", {"grids": ["g1", "g2"], "into": "g2"}))
    assert members(plan, "g2") == ["A11", "A12", "A21", "A22"]
    assert "g1" not in plan.grids.index


def test_split_gives_the_first_part_the_uid():
    plan = after(usual(), ("split", {"grid": "g1", "parts": [["A11"], ["A12"]]}))
    assert members(plan, "g1") == ["A11"]
    assert plan.assignment["A12"] not in {"g1", "g2", "g3", "g4"}
    assert plan.grids["community"][plan.assignment["A12"]] == WEST


def test_new_retire_kind_name_lock():
    plan = after(
        usual(),
        ("new", {"community": WEST, "kind": "exclusive", "atoms": ["A11"]}),
        ("rename", {"grid": "g2", "name": "第二网格"}),
        ("move", {"atoms": ["A12"], "to": "g2"}),
        ("retire", {"grid": "g1"}),
        ("lock", {"community": EAST}),
    )
    assert "g1" not in plan.grids.index
    assert plan.grids["name"]["g2"] == "第二网格"
    assert plan.grids["locked"][["g3", "g4"]].all()
    assert not plan.grids["locked"]["g2"]
    assert plan.grids["kind"][plan.assignment["A11"]] == "exclusive"
    assert not after(plan, ("unlock", {})).grids["locked"].any()
    assert after(plan, ("set_kind", {"grid": "g2", "kind": "basic"})).grids["kind"]["g2"] == "basic"


def test_cut_keeps_the_tiling_and_the_neighbours():
    atoms = atoms_of(((900, 200, 200, 200), (200, 200, 200, 200)))
    plan = plan_of(
        atoms, {"g1": ["A11"], "g2": ["A12", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"], "g5": ["A21"]}
    )
    line = [[500_050, 2_939_900], [500_050, 2_940_200]]
    cut = after(plan, ("cut", {"atom": "A11", "lines": [line], "households": [500, 400]}))
    assert members(cut, "g1") == ["A11~1", "A11~2"]
    assert cut.atoms.frame["households"][["A11~1", "A11~2"]].tolist() == [500, 400]
    assert set(cut.atoms.frame["kind"][["A11~1", "A11~2"]]) == {"part"}
    shapes = cut.atoms.frame.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(80_000)
    edges = {(row.a, row.b): row.length for row in cut.atoms.edges.itertuples()}
    assert edges["A11~1", "A11~2"] == 100
    assert edges["A11~2", "A12"] == 100
    assert edges["A11~1", "A21"] == 50
    assert ("A11~1", "A12") not in edges


REFUSED = {
    "another community": ("move", {"atoms": ["A13"], "to": "g1"}),
    "unknown atom": ("move", {"atoms": ["B1"], "to": "g1"}),
    "unknown grid": ("move", {"atoms": ["A11"], "to": "g9"}),
    "no atoms": ("move", {"atoms": [], "to": "g1"}),
    "text for a list": ("move", {"atoms": "A11", "to": "g1"}),
    "missing argument": ("move", {"atoms": ["A11"]}),
    "strange argument": ("move", {"atoms": ["A11"], "to": "g1", "colour": "red"}),
    "unknown operation": ("explode", {}),
    "merge across communities": ("merge", {"grids": ["g1", "g3"], "into": "g1"}),
    "parts are not the grid": ("split", {"grid": "g1", "parts": [["A11"], ["A21"]]}),
    "one part": ("split", {"grid": "g1", "parts": [["A11", "A12"]]}),
    "retire with land": ("retire", {"grid": "g1"}),
    "cut a compound in the band": ("cut", {"atom": "A11", "lines": [[[0, 0], [1, 1]]], "households": []}),
    "unknown kind": ("set_kind", {"grid": "g1", "kind": "gold"}),
    "unknown community": ("new", {"community": "9", "kind": "basic", "atoms": []}),
    "no grid in community": ("lock", {"community": "9"}),
    "undo is of a log": ("undo", {"seq": 1}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    plan = usual()
    with pytest.raises(UsageError) as caught:
        add(plan, start(plan), *REFUSED[case])
    assert caught.value.remedy
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("op", ["move", "merge", "split", "retire", "set_kind", "rename"])
def test_a_locked_grid_is_not_touched(op):
    plan = after(usual(), ("lock", {"grid": "g1"}))
    args = {
        "move": {"atoms": ["A11"], "to": "g2"},
        "merge": {"grids": ["g1", "g2"], "into": "g2"},
        "split": {"grid": "g1", "parts": [["A11"], ["A12"]]},
        "retire": {"grid": "g1"},
        "set_kind": {"grid": "g1", "kind": "basic"},
        "rename": {"grid": "g1", "name": "a"},
    }[op]
    with pytest.raises(UsageError, match="locked"):
        after(plan, (op, args))


def some_edit(draw: random.Random, plan):
    """Return a random edit; it may well be refused."""
    atoms, grids = list(plan.atoms.frame.index), list(plan.grids.index)
    op = draw.choice(["move", "move", "merge", "split", "cut", "new", "retire", "set_kind", "lock", "unlock", "rename"])
    grid = draw.choice(grids)
    inside = members(plan, grid)
    half = draw.randint(0, len(inside))
    line = [[500_000 + draw.randint(0, 400), 2_939_850], [500_000 + draw.randint(0, 400), 2_940_150]]
    return op, {
        "move": {"atoms": draw.sample(atoms, draw.randint(1, 3)), "to": draw.choice(["", *grids])},
        "merge": {"grids": draw.sample(grids, min(2, len(grids))), "into": grid},
        "split": {"grid": grid, "parts": [inside[:half], inside[half:]]},
        "cut": {"atom": draw.choice(atoms), "lines": [line], "households": []},
        "new": {"community": draw.choice([WEST, EAST]), "kind": "comprehensive", "atoms": draw.sample(atoms, 1)},
        "retire": {"grid": grid},
        "set_kind": {"grid": grid, "kind": draw.choice(["basic", "exclusive"])},
        "lock": {"grid": grid},
        "unlock": draw.choice([{}, {"grid": grid}]),
        "rename": {"grid": grid, "name": draw.choice(["", "=1+1", "<b>"])},
    }[op]


@given(st.integers(0, 10**9))
@settings(max_examples=20, deadline=None)
def test_any_session_tiles_replays_and_is_undone(seed):
    draw = random.Random(seed)
    base = plan_of(
        atoms_of(((900, 0, 200, 800), (200, 200, 0, 200))),
        {"g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]},
    )
    plan, log, history = base, start(base), [base.base]
    for _ in range(14):
        try:
            plan, log = add(plan, log, *some_edit(draw, plan))
        except UsageError:
            continue
        history.append(plan.base)
    shapes = plan.atoms.frame.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(80_000, abs=0.5)
    assert int(plan.atoms.frame["households"].sum()) == 2500
    assert (
        int(totals(plan)["households"].sum())
        + int(plan.atoms.frame["households"][(plan.assignment == "").to_numpy()].sum())
        == 2500
    )
    assert replay(base, log).base == plan.base
    for expected in reversed(history[:-1]):
        plan, log = undo(base, log)
        assert plan.base == expected
    with pytest.raises(UsageError, match="no edit to undo"):
        undo(base, log)


def two():
    plan = usual()
    log = start(plan)
    for step in (("move", {"atoms": ["A12"], "to": "g2"}), ("rename", {"grid": "g1", "name": "a"})):
        plan, log = add(plan, log, *step, user="u", time="2026-01-02T03:04:05", reason="r", doc_no="d")
    return plan, log


def test_a_log_is_applied_once():
    plan, log = two()
    with pytest.raises(UsageError, match="start from plan"):
        replay(plan, log)
    named = EditLog(plan.base)
    plan, named = add(plan, named, "rename", {"grid": "g1", "name": "b"})
    with pytest.raises(UsageError, match="start from plan"):  # a name is part of what a log starts from
        replay(plan, named)


@pytest.mark.parametrize(
    "forge",
    [
        lambda edits: edits[:1] + edits[2:] if len(edits) > 2 else edits[1:],
        lambda edits: (edits[1], edits[0]),
        lambda edits: (replace(edits[0], reason="other"), edits[1]),
        lambda edits: (replace(edits[0], args={"atoms": ["A11"], "to": "g2"}), edits[1]),
        lambda edits: (replace(edits[0], args={"atoms": ["A11"], "to": "g2"}).sealed(), edits[1]),
        lambda edits: (*edits, edits[1]),
    ],
)
def test_a_log_that_was_tampered_with_is_told(forge):
    _, log = two()
    verify(log)
    with pytest.raises(UsageError, match="line"):
        verify(EditLog(log.base, tuple(forge(log.edits))))


def test_a_whole_number_is_the_same_however_it_is_written():
    """A browser writes 500000.0 as 500000."""
    said = {"time": "", "user": "", "reason": "", "doc_no": "", "base": "b", "prev_hash": "b"}
    one = Edit(1, op="cut", args={"lines": [[[500000.0, 0.25]]]}, **said)
    assert one.digest() == Edit(1, op="cut", args={"lines": [[[500000, 0.25]]]}, **said).digest()
    assert one.digest() != Edit(1, op="cut", args={"lines": [[[500000.5, 0.25]]]}, **said).digest()
