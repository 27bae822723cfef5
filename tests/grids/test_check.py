"""Every rule of a plan: a plan that breaks it, by hand, and one that does not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from shapely.geometry import Point

from gridkit.grids.check import check, fractions
from gridkit.grids.totals import grid_layer, totals
from gridkit.model.plan import LEDGER_COLUMNS
from gridkit.rules import CATALOGUE
from tests.grids.plans import EAST, WEST, atoms_of, plan_of, usual

SIZES = ((200, 200, 200, 200), (200, 200, 200, 200))


def ledger(*rows):
    return pd.DataFrame([dict(zip(LEDGER_COLUMNS, row, strict=True)) for row in rows], columns=list(LEDGER_COLUMNS))


def codes(plan, **more):
    return check(plan, **more).counts()


def broken():
    west = {"g1": ["A11", "A12"], "g2": ["A21", "A22"]}
    east = {"g3": ["A13", "A14"], "g4": ["A23", "A24"]}
    issued = ledger((WEST + "001", "g1", WEST, "retired", "2020-01-01", "2024-05-06", "", "", ""))
    row = ((200, 0, 200, 200, 200, 200),)
    parts = {"A11": "part", "A12": "part"}
    yield "G101", plan_of(atoms_of(), {**west, "g3": ["A13", "A14"], "g4": ["A23"]}), {}
    yield "G102", plan_of(atoms_of(), {"g1": ["A11", "A21"], "g2": ["A12", "A13"], "g3": ["A22", "A23"]}), {}
    yield "G103", plan_of(atoms_of(row), {"g1": ["A11", "A13"], "g2": ["A12"], "g3": ["A14", "A15", "A16"]}), {}
    yield "G104", plan_of(atoms_of(), {"g1": ["A11", "A12", "A21"], "g2": ["A22"], **east}), {}
    yield "G105", split_compound(), {}
    yield "G106", plan_of(atoms_of(), {**west, **east}, code={"g1": WEST + "001"}), {"ledger": ledger()}
    yield "G106", plan_of(atoms_of(), {**west, **east}, code={"g1": "5.201E+14"}), {}
    yield "G107", plan_of(atoms_of(), {**west, **east}, code={"g1": WEST + "001"}), {"ledger": issued}
    yield "G107", plan_of(atoms_of(), {**west, **east}, code={"g1": WEST + "001", "g2": WEST + "001"}), {}
    yield "G108", plan_of(atoms_of(), {**west, **east, "g5": []}), {}
    yield "G109", plan_of(atoms_of(((900, 200, 200, 200),)), {"g1": ["A11"], "g2": ["A12"], "g3": ["A13", "A14"]}), {}
    yield "G110", unknown(), {}
    yield "G111", plan_of(atoms_of(kinds=parts), {**west, **east}), {}
    yield "G112", plan_of(atoms_of(kinds={"A11": "exclusive"}), {**west, **east}), {}


def split_compound():
    atoms = atoms_of(kinds={"A11": "part", "A21": "part"})
    atoms.frame.loc[["A11", "A21"], "compound"] = "X"
    return plan_of(atoms, {"g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]})


def unknown():
    atoms = atoms_of()
    atoms.frame.loc["A11", "known"] = False
    return plan_of(atoms, {"g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]})


@pytest.mark.parametrize(("code", "plan", "more"), list(broken()))
def test_a_broken_plan_is_told(code, plan, more):
    found = check(plan, **more)
    assert found.counts().get(code) in (1, 2)
    for row in found.rows():
        assert "〈" not in CATALOGUE[row["code"]].say(row["params"])


@pytest.mark.parametrize("code", sorted(code for code in CATALOGUE if code.startswith("G10") or code.startswith("G11")))
def test_a_sound_plan_breaks_no_rule(code):
    issued = ledger((WEST + "001", "g1", WEST, "live", "2020-01-01", "", "", "", ""))
    plan = usual()
    plan.grids.loc["g1", "code"] = WEST + "001"
    assert code not in codes(plan, ledger=issued)


def test_every_rule_of_a_plan_has_a_failing_case():
    told = {code for code, _, _ in broken()}
    assert told == {code for code in CATALOGUE if code.startswith(("G10", "G11"))}


def test_a_finding_lies_where_its_grid_is():
    found = check(plan_of(atoms_of(), {"g1": ["A11", "A12", "A21"], "g2": ["A22"], "g3": ["A13", "A14", "A23", "A24"]}))
    place = found.with_code("G104").iloc[0]
    assert 80 < place["lon"] < 130
    assert 20 < place["lat"] < 30


def test_totals_by_hand():
    plan = plan_of(atoms_of(), {"g1": ["A11", "A12", "A21"], "g2": ["A22"], "g3": ["A13", "A24"]})
    table = totals(plan)
    assert table.loc["g1", ["atoms", "households", "persons", "pieces", "outside"]].tolist() == [3, 600, 1800, 1, 100]
    assert table.loc["g1", "area"] == pytest.approx(30_000)
    assert table.loc["g1", "perimeter"] == pytest.approx(800)
    assert table.loc["g2", "compactness"] == pytest.approx(3.14159 / 4, abs=1e-4)
    assert table.loc["g3", "pieces"] == 2
    assert fractions(plan) == {"in_band": (1, 3), "contiguous": (2, 3), "households": (400, 1600)}


def test_the_layer_of_grids_tiles_the_ground():
    layer = grid_layer(usual())
    assert layer.area.sum() == pytest.approx(80_000)
    assert layer.geometry["g3"].contains(Point(500_350, 2_940_050))
    assert set(layer["community"]) == {WEST, EAST}


def test_a_name_that_several_grids_have_is_told_with_its_code():
    plan = usual()
    plan.grids["name"] = "第一网格"
    plan.grids.loc["g1", "code"] = "XE1.2"  # letters and points are no trace of a spreadsheet program
    plan = replace(plan, assignment=plan.assignment.where(plan.assignment != "g1", "g2"))
    said = {row["code"]: CATALOGUE[row["code"]].say(row["params"]) for row in check(plan, ledger=ledger()).rows()}
    assert "第一网格 XE1.2" in said["G108"]
    assert "damaged" not in said["G106"]
