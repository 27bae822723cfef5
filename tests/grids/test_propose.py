"""Proposals: cut compounds by themselves, locked grids, and the same whatever the order of rows."""

from __future__ import annotations

import pandas as pd
import pytest

from gridkit.grids.check import check
from gridkit.grids.propose import Wish, propose, unmixed
from gridkit.model.plan import Atoms, Norm
from tests.grids.plans import WEST, atoms_of, usual

FAST = Wish(profile="fast")


def cut_city():
    """One row: compound X cut into A11..A13 (3 x 150), then compounds of 250 each, and land shut in by X."""
    sizes = ((150, 150, 150, 200, 200, 200, 200, 200),)
    atoms = atoms_of(sizes, kinds={"A11": "part", "A12": "part", "A13": "part"})
    frame = atoms.frame.copy()
    frame["community"] = WEST
    frame.loc[["A11", "A12", "A13"], "compound"] = "X"
    edges = pd.DataFrame([(f"A1{n}", f"A1{n + 1}", 100.0, 0.0) for n in range(1, 8)], columns=list(atoms.edges.columns))
    return Atoms(frame, edges)


def test_parts_of_a_cut_compound_stay_among_themselves():
    plan = propose(cut_city(), Norm(300, 500), wish=FAST).plan
    assert len(set(plan.assignment[["A11", "A12", "A13"]])) == 1
    assert check(plan).counts().get("G111", 0) == 0
    assert check(plan).counts().get("G103", 0) == 0


def test_mixing_is_allowed_where_it_is_asked_for():
    atoms = cut_city()
    atoms.frame.loc["A13", "households"] = 50  # 350 in X and 1,000 beside: in the band either way
    apart = propose(atoms, Norm(300, 360), wish=FAST).report
    mixed = propose(atoms, Norm(300, 360), wish=Wish(profile="fast", allow_mixed=True)).report
    assert apart["households"].tolist() == mixed["households"].tolist()
    assert len(unmixed(atoms.frame, atoms.edges)) == 6
    assert unmixed(atoms.frame, atoms.edges)[["a", "b"]].to_numpy().tolist().count(["A13", "A14"]) == 0


def test_land_that_a_cut_compound_shuts_in_joins_it():
    atoms = cut_city()
    atoms.frame.loc["A12", ["kind", "compound", "households"]] = ["land", "", 0]
    kept = unmixed(atoms.frame, atoms.edges)
    assert kept[["a", "b"]].to_numpy().tolist()[:2] == [["A11", "A12"], ["A12", "A13"]]
    plan = propose(atoms, Norm(250, 500), wish=FAST).plan
    assert len(set(plan.assignment[["A11", "A12", "A13"]])) == 1


@pytest.mark.parametrize("prove", [False, True])
def test_locked_grids_stay_and_the_baseline_is_kept(prove):
    base = usual()
    base.grids.loc["g1", "locked"] = True
    found = propose(base.atoms, base.norm, baseline=base, wish=Wish(profile="fast", prove=prove))
    assert found.plan.assignment.equals(base.assignment)
    assert found.report["moved"].sum() == 0
    assert set(found.report["status"]) <= {"optimal", "feasible"}


def test_rows_in_another_order_and_other_communities_change_nothing():
    atoms = atoms_of()
    whole = propose(atoms, Norm(300, 500), wish=FAST).plan
    alone = atoms.frame.loc[atoms.frame["community"] == WEST]
    edges = atoms.edges.loc[atoms.edges["a"].isin(alone.index)].iloc[::-1]
    part = propose(Atoms(alone, edges.reset_index(drop=True)), Norm(300, 500), wish=FAST).plan
    assert part.assignment.equals(whole.assignment[alone.index])


def test_the_bound_counts_the_grids_that_can_be_filled():
    """288 + 288 reach the lower end once only, and no grid holds more than the upper end."""
    report = propose(atoms_of(((288, 288, 200, 200),)), Norm(300, 500), wish=FAST).report
    assert int(report.set_index("community").loc[WEST, "bound_households"]) == 500
