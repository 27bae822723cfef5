"""Plans from a drawn layer and from a table."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from gridkit.grids.baseline import from_layer, with_assignment
from gridkit.grids.totals import grid_layer
from gridkit.model.plan import Norm
from tests.grids.plans import EAST, WEST, atoms_of, plan_of, usual

X, Y = 500_000, 2_940_000


def layer(shapes, kinds=None):
    index = pd.Index([f"{WEST}{n + 1:03d}" for n in range(len(shapes))], name="code")
    columns = {"name": "第一网格", "grid_kind": kinds or "comprehensive", "valid_from": "2020-05-06"}
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=list(shapes), crs="EPSG:4545")


def box(x0, y0, x1, y1):
    return shapely.box(X + x0, Y + 100 - y1, X + x1, Y + 100 - y0)  # y counts down from the northern border


def test_a_plan_drawn_as_a_layer_comes_back():
    plan = usual()
    drawn = grid_layer(plan)
    drawn.index = pd.Index([f"{uid}c" for uid in drawn.index], name="code")
    drawn["grid_kind"] = drawn["kind"]
    back, cuts = from_layer(plan.atoms, drawn, Norm())
    assert cuts.empty
    assert back.grids["code"][back.assignment].str.removesuffix("c").tolist() == plan.assignment.tolist()


def test_the_largest_overlap_wins_and_what_is_cut_is_told():
    atoms = atoms_of()
    plan, cuts = from_layer(atoms, layer([box(0, 0, 140, 200), box(140, 0, 200, 200), box(200, 0, 400, 150)]), Norm())
    code = plan.grids["code"].str[-3:]
    got = {atom: code.get(uid, "") for atom, uid in plan.assignment.items()}
    assert got == {"A11": "001", "A12": "002", "A21": "001", "A22": "002", "A13": "003", "A14": "003", "A23": "003",
                   "A24": "003"}  # fmt: skip
    assert cuts.to_numpy().tolist() == [
        ["A12", WEST + "002", WEST + "001", 0.6], ["A22", WEST + "002", WEST + "001", 0.6],
        ["A23", WEST + "003", "", 0.5], ["A24", WEST + "003", "", 0.5],
    ]  # fmt: skip
    assert set(plan.grids["community"]) == {WEST, EAST}
    assert set(plan.grids["valid_from"]) == {"2020-05-06"}


def test_a_grid_across_two_communities_keeps_the_larger_one():
    plan, _ = from_layer(atoms_of(), layer([box(0, 0, 300, 200)]), Norm())
    assert plan.grids["community"].tolist() == [WEST]
    assert plan.assignment[["A13", "A23"]].tolist() == ["", ""]
    assert (plan.assignment != "").sum() == 4


def test_exclusive_grids_hold_exclusive_atoms_only():
    atoms = atoms_of(kinds={"A11": "exclusive"})
    drawn = layer([box(0, 0, 100, 200), box(0, 0, 100, 100)], ["comprehensive", "exclusive"])
    plan, _ = from_layer(atoms, drawn, Norm())
    kind = plan.grids["kind"][plan.assignment[["A11", "A21"]]]
    assert kind.tolist() == ["exclusive", "comprehensive"]


def test_nothing_drawn():
    plan, cuts = from_layer(atoms_of(), layer([None, shapely.Polygon(), box(900, 900, 950, 950)]), Norm())
    assert len(plan) == 0
    assert cuts.empty


def test_a_table_of_codes_uids_and_new_names():
    plan = plan_of(atoms_of(), {"g1": ["A11", "A12"], "g2": ["A21"]}, code={"g1": WEST + "001"})
    found = with_assignment(plan, pd.Series({"A11": WEST + "001", "A12": "g2", "A22": "新", "A13": "东"}))
    assert found.assignment[["A11", "A12", "A21"]].tolist() == ["g1", "g2", ""]
    assert found.grids["name"][found.assignment["A22"]] == "新"
    assert found.grids["community"][found.assignment["A13"]] == EAST
    assert with_assignment(plan, plan.assignment).base == plan.base
