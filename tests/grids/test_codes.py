"""Codes and their lineage: numbered in reading order, never used again, kept by majority, carried over."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.errors import UsageError
from gridkit.grids.carry import carried
from gridkit.grids.codes import SCHEMES, Scheme, empty_ledger, next_serials, reading_order
from gridkit.grids.compare import diff_plans
from gridkit.grids.lineage import issue_codes, matching, relations
from gridkit.grids.replay import add, start
from gridkit.model.plan import LEDGER_COLUMNS
from tests.grids.plans import EAST, WEST, atoms_of, plan_of, usual
from tests.grids.test_edit import after, some_edit


def coded(plan, **more):
    return issue_codes(plan, date="2026-01-01", doc_no="1", **more)


def test_first_issue_goes_from_west_to_east_and_north_to_south():
    atoms = atoms_of(((200,) * 4, (200,) * 4))
    one_each = plan_of(atoms, {f"g{name}": [name] for name in atoms.frame.index})
    plan, lineage = coded(one_each)
    assert [plan.grids["code"]["g" + name] for name in ("A11", "A12", "A21", "A22")] == [
        WEST + serial for serial in ("001", "002", "003", "004")
    ]
    assert plan.grids["code"]["gA13"] == EAST + "001"
    assert set(lineage.ledger["status"]) == {"live"}
    assert set(plan.grids["valid_from"]) == {"2026-01-01"}


@pytest.mark.parametrize(("name", "code"), [
    ("stat12+3", "520100001001007"), ("beijing15", "520100001001007"), ("cjt349", "01010152010000100107"),
])  # fmt: skip
def test_presets(name, code):
    assert SCHEMES[name].code(WEST, 7) == code
    assert SCHEMES[name].parse(code) == (WEST, 7)
    assert SCHEMES[name].parse("x" + code) is None


def test_free_scheme():
    scheme = Scheme.of("G-{community}-{serial}")
    assert scheme.code(WEST, 12) == f"G-{WEST}-012"
    assert scheme.parse(f"G-{WEST}-012") == (WEST, 12)
    with pytest.raises(UsageError, match="no scheme"):
        Scheme.of("{community}")


def test_exclusive_grids_have_their_own_numbers():
    plan = plan_of(atoms_of(), {"g1": ["A11", "A12"], "g2": ["A21", "A22"]}, kind={"g2": "exclusive"})
    assert coded(plan)[0].grids["code"].tolist() == [WEST + "001", WEST + "801"]


def test_serials_run_out_before_one_is_used_again():
    rows = pd.DataFrame([[WEST + "800", "x", WEST, "retired", "", "", "", "", ""]], columns=list(LEDGER_COLUMNS))
    with pytest.raises(UsageError, match="no serials left"):
        next_serials(SCHEMES["stat12+3"], WEST, rows, exclusive=False, count=1)
    assert next_serials(SCHEMES["stat12+3"], EAST, rows, exclusive=False, count=2) == [1, 2]


def test_a_border_that_moves_keeps_both_codes():
    old, lineage = coded(plan_of(atoms_of(((200, 150, 50, 200, 200, 200),)), {"g1": ["A11", "A12"], "g2": ["A13"]}))
    new = after(old, ("move", {"atoms": ["A12"], "to": "g2"}))
    plan, after_ = issue_codes(new, lineage.ledger, before=old, date="2026-06-01", doc_no="2")
    assert plan.grids["code"]["g1"] == WEST + "001"
    # 150 of the 200 households of g2 are new: its code does not go on
    assert sorted(plan.grids["code"]) == [WEST + "001", WEST + "003"]
    assert after_.ledger.set_index("code").loc[WEST + "002", ["status", "valid_to", "doc_no"]].tolist() == [
        "retired", "2026-06-01", "2",
    ]  # fmt: skip


def test_split_and_merge():
    old, lineage = coded(usual())
    split, second = issue_codes(
        after(old, ("split", {"grid": "g1", "parts": [["A11"], ["A12"]]})),
        lineage.ledger,
        before=old,
        date="2026-02-01",
    )
    # neither half has a majority: the old code ends, and is never used again
    assert second.ledger.set_index("code").loc[WEST + "001", "status"] == "retired"
    assert second.ledger.set_index("code").loc[WEST + "001", "successors"] == f"{WEST}003 {WEST}004"
    assert second.relations.set_index("grid_old").loc["g1", "relation"].tolist() == ["split", "split"]
    uids = [uid for uid in split.grids.index if split.grids["code"][uid] in (WEST + "003", WEST + "004")]
    merged, third = issue_codes(
        after(split, ("merge", {"grids": uids, "into": uids[0]})), second.ledger, before=split, date="2026-03-01"
    )
    assert WEST + "001" not in set(merged.grids["code"])
    assert sorted(merged.grids["code"]) == [WEST + "002", WEST + "005", EAST + "001", EAST + "002"]
    assert set(third.relations.loc[third.relations["grid_new"] == uids[0], "relation"]) <= {"merge"}


def test_a_grid_without_land_goes_on_without_land():
    plan = after(usual(), ("new", {"community": WEST, "kind": "comprehensive", "atoms": []}))
    found = diff_plans(plan, plan)
    assert (found.kept, found.changed, found.issued, found.retired) == (5, 0, 0, 0)
    coded, lineage = issue_codes(plan)
    again, after_it = issue_codes(coded, lineage.ledger, before=coded)
    assert again.base == coded.base
    assert set(after_it.ledger["status"]) == {"live"}


def test_strict_policy_gives_new_codes_for_any_change():
    old, lineage = coded(plan_of(atoms_of(((300, 10, 200, 200, 200, 200),)), {"g1": ["A11", "A12"], "g2": ["A13"]}))
    new = after(old, ("move", {"atoms": ["A12"], "to": "g2"}))
    majority, _ = issue_codes(new, lineage.ledger, before=old)
    strict, _ = issue_codes(new, lineage.ledger, before=old, policy="strict")
    assert sorted(majority.grids["code"]) == [WEST + "001", WEST + "002"]
    assert sorted(strict.grids["code"]) == [WEST + "003", WEST + "004"]


def test_a_fresh_plan_takes_over_the_uids_of_the_grids_that_go_on():
    old, lineage = coded(usual())
    fresh = plan_of(
        usual().atoms, {"x1": ["A11", "A12"], "x2": ["A21"], "x3": ["A22"], "x4": ["A13", "A14", "A23", "A24"]}
    )
    plan, _ = issue_codes(fresh, lineage.ledger, before=old)
    assert plan.grids["code"]["g1"] == WEST + "001"
    assert matching(old, fresh) == {"x1": "g1"}


def test_a_code_that_was_never_entered_is_not_issued_again():
    old = plan_of(
        atoms_of(), {"g1": ["A11", "A12"], "g2": ["A21", "A22"]}, code={"g1": WEST + "001", "g2": WEST + "002"}
    )
    new = after(old, ("merge", {"grids": ["g1", "g2"], "into": "g1"}))
    plan, lineage = issue_codes(new, before=old)
    assert plan.grids["code"].tolist() == [WEST + "003"]
    assert lineage.ledger["status"].tolist() == ["retired", "retired", "live"]
    assert diff_plans(old, new).moved == 800


def test_relations_by_hand():
    old = usual()
    new = after(old, ("move", {"atoms": ["A12"], "to": "g2"}))
    table = relations(old, new).set_index(["grid_old", "grid_new"])
    assert table.loc[("g1", "g2"), ["households_old", "households_both", "households_new"]].tolist() == [400, 200, 600]
    assert table.loc[("g1", "g2"), "weight"] == 0.5
    assert table.loc[("g3", "g3"), "relation"] == "unchanged"
    assert table.loc[("g2", "g2"), ["part_old", "part_new", "weight"]].tolist() == ["", "P", 1.0]


def test_registries_are_carried_over():
    old, lineage = coded(usual())
    new = after(
        old, ("split", {"grid": "g1", "parts": [["A11"], ["A12"]]}), ("merge", {"grids": ["g3", "g4"], "into": "g4"})
    )
    plan, after_ = issue_codes(new, lineage.ledger, before=old)
    codes = pd.Series([WEST + "001", WEST + "002", EAST + "001", "", "99"], index=list("abcde"))
    table = carried(codes, after_.relations, old.grids["code"].to_dict(), plan.grids["code"].to_dict())
    assert table["outcome"].tolist() == ["decide", "same", "follows", "blank", "unknown"]
    assert table["candidates"]["a"].count("50.0%") == 2
    assert table["code"]["c"] == plan.grids["code"]["g4"]
    assert len(table) == len(codes)


@given(st.integers(0, 10**9))
@settings(max_examples=8, deadline=None)
def test_any_history_conserves_households_and_never_uses_a_code_again(seed):
    draw = random.Random(seed)
    base = plan_of(
        atoms_of(((900, 0, 200, 800), (200, 200, 0, 200))),
        {"g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]},
    )
    plan, lineage = coded(base)
    owners: dict[str, str] = {}
    for _year in range(3):
        before, log = plan, start(plan)
        for _ in range(5):
            try:
                plan, log = add(plan, log, *some_edit(draw, plan))
            except UsageError:
                continue
        rows = len(lineage.ledger)
        plan, lineage = issue_codes(
            plan, lineage.ledger, before=before, date="2026-01-01", policy=draw.choice(["majority", "strict"])
        )
        live = lineage.ledger.loc[lineage.ledger["status"] == "live", "code"]
        assert sorted(live) == sorted(plan.grids["code"])
        assert lineage.ledger["code"].is_unique
        assert len(lineage.ledger) >= rows
        for uid, code in plan.grids["code"].items():
            assert owners.setdefault(code, uid) == uid  # a code never passes to another grid
        table = lineage.relations
        land = table.loc[(table["grid_old"] != "") & (table["area_both"] > 0)]
        weights = land.groupby("grid_old")["weight"].sum()
        assert (abs(weights - 1) < 1e-5).all()
        assert diff_plans(before, plan).households == 2500


def test_reading_order_is_that_of_the_page():
    order = reading_order(usual())
    assert order[["g1", "g2"]].tolist() == [0, 1]


def test_a_first_ledger_is_empty():
    assert list(empty_ledger().columns) == list(LEDGER_COLUMNS)
