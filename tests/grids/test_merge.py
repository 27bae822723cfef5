"""Networks laid over atoms, compared and merged: expectations counted by hand on blocks of 100 m."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridkit.grids.check import check
from gridkit.grids.merge import POSTS, Network, kept, overlay, votes
from gridkit.grids.merge_borders import Borders, shares
from gridkit.grids.merge_drawn import (
    by_networks,
    codes_twice,
    drawn_borders,
    grid_relations,
    lines,
    pairs,
    uncovered,
)
from gridkit.grids.merge_plan import merge_networks
from gridkit.grids.merge_through import through
from gridkit.grids.propose import Wish, problem_of, propose
from gridkit.grids.solve.merged import MergeProblem, solve_merged
from gridkit.grids.solve.problem import Band, Problem
from gridkit.grids.totals import totals
from gridkit.model.plan import Norm
from tests.grids.merge_city import NORM, PAIRS, ROWS, X, Y, atoms, laid, network

FAST = Wish(profile="fast")


def without(grids, *codes, **more):
    return {code: rect for code, rect in grids.items() if code not in codes} | more


def test_the_same_network_drawn_ten_metres_beside_is_the_same():
    found = laid(network("党建", PAIRS), network("综治", PAIRS, apart=10.0))
    assert found.plans[0].assignment.equals(found.plans[1].assignment)
    drawn = drawn_borders(found)
    table = pairs(found, drawn).iloc[0]
    # inner borders: 200 m beside grids 1 and 6, 200 m between 2 and 3, 4 and 5; the border of the communities is none
    assert table["agree"] == pytest.approx(800, rel=0.06)
    assert table["share"] == 1.0
    assert set(grid_relations(found)["relation"]) == {"unchanged"}
    assert pairs(found, drawn_borders(found, 5.0)).iloc[0]["share"] < 0.2  # farther apart than that tolerance


def test_what_differs_is_counted_in_metres_and_told_by_grid():
    other = without(PAIRS, "2", "3", **{"9": (1, 0, 3, 2)})
    found = laid(network("党建", PAIRS), network("综治", other))
    drawn = drawn_borders(found)
    table = pairs(found, drawn).iloc[0]
    # within the tolerance of a crossing the end of a border counts as the other one: ten metres at each
    assert table[["agree", "one_alone", "other_alone"]].tolist() == pytest.approx([600, 200, 0], abs=20)
    some = by_networks(found, drawn).set_index("networks")["length"]
    assert some[["党建", "党建+综治"]].tolist() == pytest.approx([200, 600], abs=20)
    assert some.sum() == pytest.approx(800)
    relation = grid_relations(found).set_index("grid_one")["relation"].to_dict()
    assert relation["2"] == relation["3"] == "merge"
    assert relation["1"] == "unchanged"
    told = lines(found, drawn)
    assert told.loc[~told["agreed"], "lacking"].tolist() == ["综治"]
    assert told["length"].sum() == pytest.approx(800, abs=1)


def test_votes_count_only_networks_that_cover_the_place():
    found = laid(network("党建", PAIRS), network("综治", without(PAIRS, "4", "5", "6")))
    table = votes(found)
    sums = shares(table, found.plans[0])
    assert (sums["agreed"], sums["alone"], sums["some"]) == (800.0, 400.0, 0.0)
    left = uncovered(found)
    assert left[["network", "households", "by_others"]].to_numpy().tolist() == [["综治", 1200, 1200]]
    assert left["whole"].all()
    assert set(grid_relations(found)["relation"]) == {"unchanged", "retired"}


def test_codes_are_of_their_network():
    swapped = {**PAIRS, "2": PAIRS["3"], "3": PAIRS["2"]}
    table = codes_twice(laid(network("党建", PAIRS), network("综治", swapped)))
    assert table[["code", "where", "shared"]].to_numpy().tolist() == [["2", "across", 0.0], ["3", "across", 0.0]]
    twice = network("综治", PAIRS)
    grids = twice.grids.assign(code=["1", "2", "2", "4", "5", "6"])
    found = laid(network("党建", PAIRS), Network("综治", grids))
    assert codes_twice(found).query("where == 'within'")["grids"].tolist() == ["综治 2; 综治 3"]
    assert sorted(found.plans[1].grids["code"]) == ["", "1", "2", "4", "5", "6"]


def test_agreed_borders_are_kept_and_some_settled():
    one = without(PAIRS, "2", "3", **{"7": (1, 0, 2, 2), "8": (2, 0, 3, 2)})
    made = merge_networks(laid(network("党建", PAIRS), network("综治", PAIRS), network("城管", one)), wish=FAST)
    assert made.shares["agreed_kept"] == made.shares["agreed"] == 600.0
    assert made.shares["new"] == 0.0
    assert made.given_up.empty
    assert (totals(made.plan)["outside"] == 0).all()
    assert set(made.plan.grids["code"]) >= {"1", "4", "5", "6"}


def test_an_agreed_border_is_given_up_for_the_band_and_says_why():
    # everybody draws grids of one block: 200 households, fewer than a grid needs
    single = {f"{y}{x}": (x, y, x + 1, y + 1) for y in range(2) for x in range(6)}
    made = merge_networks(laid(network("党建", single), network("综治", single)), wish=FAST)
    assert (totals(made.plan)["outside"] == 0).all()
    assert len(made.plan) == 6
    assert set(made.given_up["reason"]) == {"small"}
    assert set(made.given_up["size"]) == {200}
    assert made.shares["agreed"] - made.shares["agreed_kept"] == made.given_up["length"].sum() == 600.0
    # two halves of the same size: nobody can say where the posts of a merged grid's halves go but there
    assert set(made.homes["outcome"]) <= {"same", "follows"}


def test_an_agreed_border_through_a_block_is_no_border_between_atoms_and_is_told():
    # everybody draws the same line through the middle of two blocks, 50 m from any border between atoms
    halves = {"1": (0, 0, 1.5, 2), "2": (1.5, 0, 3, 2), "4": (3, 0, 5, 2), "6": (5, 0, 6, 2)}
    found = laid(network("党建", halves), network("综治", halves))
    made = merge_networks(found, wish=FAST)
    table, metres = through(made, drawn_borders(found))
    # 1.5 | 1.5 is 200 m long; 3 | 4 is a border of communities; 4 | 6 runs between atoms
    assert metres == {"drawn_agreed": 400.0, "drawn_kept": 200.0, "drawn_given_up": 0.0, "drawn_through": 200.0}
    assert len(table) == 2
    assert table["length"].tolist() == [100.0, 100.0]
    # the pieces of 10 m in the middle of a block lie 45 m from its upper or lower side
    assert table["apart"].tolist() == [45.0, 45.0]
    assert table["households"].tolist() == [200, 200]
    assert set(table["networks"]) == {0b11}
    assert set(table["atom"]) < set(found.atoms.frame.index)


def test_posts_go_with_most_households_and_ties_wait():
    halves = without(PAIRS, "2", "3", **{"2": (1, 0, 3, 2)})  # 800 households, two grids of the other network
    listed = pd.DataFrame({"kind": ["staff"] * 3, "code": ["1", "2", "nobody"], "n": [2, 3, 4]})
    points = pd.DataFrame({"kind": "stations", "x": [X + 50.0, X - 9e5, np.nan], "y": [Y + 50.0, Y, np.nan], "n": 1})
    other = network("综治", halves)
    made = merge_networks(laid(network("党建", PAIRS), Network("综治", other.grids, points, listed)), wish=FAST)
    table = made.homes.loc[made.homes["network"] == "综治"]
    found = {(row.kind, row.code, row.outcome): row.n for row in table.itertuples()}
    assert found["staff", "2", "decide"] == 2 + 3
    assert found["staff", "1", "same"] == 2 + 2
    assert found["staff", "nobody", "unknown"] == 4
    assert found["stations", "1", "place"] == 1
    assert found["stations", "", "no_place"] == 2
    assert "50.0%" in table.loc[table["outcome"] == "decide", "alternatives"].iloc[0]


def conserved(made):
    for network_ in made.overlay.networks:
        mine = made.homes.loc[made.homes["network"] == network_.name].groupby("kind")["n"].sum()
        assert {kind: int(mine.get(kind, 0)) for kind in POSTS} == network_.total


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_laws_of_a_merge(data):
    sizes = tuple(tuple(data.draw(st.lists(st.integers(0, 450), min_size=6, max_size=6))) for _ in range(2))
    networks = []
    for name in ("a", "b"):
        cut = data.draw(st.integers(1, 2)), data.draw(st.integers(4, 5))
        grids = {"1": (0, 0, cut[0], 2), "2": (cut[0], 0, 3, 1), "3": (cut[0], 1, 3, 2), "4": (3, 0, cut[1], 2),
                 "5": (cut[1], 0, 6, 2)}  # fmt: skip
        gone = data.draw(st.sampled_from(["", "4", "1"]))
        networks.append(network(name, without(grids, gone), apart=data.draw(st.sampled_from([0.0, 9.0]))))
    made = merge_networks(laid(*networks, sizes=sizes), wish=FAST)
    conserved(made)
    assert not set(check(made.plan).counts()) & {"G101", "G102", "G103", "G108"}  # whole, contiguous, one community
    assert made.crosswalk.groupby(["network", "key"])["weight"].sum().round(4).isin([0.0, 1.0]).all()
    assert made.plan.grids["code"].is_unique
    assert (made.plan.grids["code"] != "").all()
    lost = made.shares["agreed"] - made.shares["agreed_kept"]
    assert lost == pytest.approx(made.given_up["length"].sum())
    assert set(made.lineage.ledger["code"]) >= {code for one in networks for code in one.grids["code"]}


def test_the_order_of_rows_does_not_matter():
    one, other = network("党建", PAIRS), network("综治", PAIRS, apart=8.0)
    turned = Network("综治", other.grids.iloc[::-1])
    first = merge_networks(laid(one, other), wish=FAST)
    again = merge_networks(laid(Network("党建", one.grids.iloc[[3, 1, 0, 5, 2, 4]]), turned), wish=FAST)
    assert first.plan.base == again.plan.base
    pd.testing.assert_frame_equal(first.homes, again.homes)
    a, b = (lines(laid(one, that), drawn_borders(laid(one, that))) for that in (other, turned))
    assert a["length"].sum() == pytest.approx(b["length"].sum())


def test_a_sliver_within_the_tolerance_goes_where_the_others_have_it():
    sizes = ((200, 200, 200, 200), (200, 200, 200, 200))
    land = atoms(sizes)
    frame = land.frame.copy()
    strip = shapely.box(X + 96, Y, X + 100, Y + 100)
    frame.loc["A11", "geometry"] = frame.geometry["A11"].difference(strip)
    row = frame.loc[["A11"]].assign(kind="land", compound="", households=0, persons=0).set_index(pd.Index(["S"]))
    row.geometry = [strip]
    frame = gpd.GeoDataFrame(pd.concat([frame, row]).sort_index().rename_axis("atom"), crs=frame.crs)
    from gridkit.grids.atoms import edges_of
    from gridkit.model.plan import Atoms

    some = Atoms(frame, edges_of(frame, np.zeros(0, dtype=object)))
    left = {"1": (0, 0, 1, 2), "2": (1, 0, 2, 2), "3": (2, 0, 4, 2)}
    right = {"1": (0, 0, 0.95, 2), "2": (0.95, 0, 2, 2), "3": (2, 0, 4, 2)}
    found = overlay(some, [network("党建", left), network("综治", right)], NORM)
    assert found.plans[0].assignment.equals(found.plans[1].assignment)
    assert found.settled["atom"].tolist() == ["S"]
    strict = overlay(some, [network("党建", left), network("综治", right)], NORM, tolerance=1.0)
    assert not strict.plans[0].assignment.equals(strict.plans[1].assignment)


def test_exclusive_grids_without_ground_are_told():
    special = network("综治", {**PAIRS, "901": (0.2, 0.2, 0.4, 0.4)}, grid_kind=["comprehensive"] * 6 + ["exclusive"])
    made = merge_networks(laid(network("党建", PAIRS), special), wish=FAST)
    row = made.crosswalk.query("key == '901'").iloc[0]
    assert (row["code_new"], row["weight"]) == ("1", 1.0)
    conserved(made)


def test_the_solver_takes_zones_and_matches_its_vectors():
    edges = [(i, i + 1, 8000, 0) for i in range(5)]
    agreed = [(1, 2, 8000), (3, 4, 8000)]
    row = MergeProblem([200] * 6, [640_000] * 6, [32_000] * 6, edges, Band(300, 500, 400), agreed=agreed,
                       starts=[[0, 0, 1, 1, 2, 2], [0, 0, 1, 1, -1, -1]])  # fmt: skip
    assert row.zones() == [0b11, 0b1100, 0b110000]
    assert solve_merged(row, 3, profile="fast").grids == row.zones()
    masks = list(range(1, 64))
    np.testing.assert_allclose(row.costs_of(masks), [row.cost(mask) for mask in masks])
    assert solve_merged(row, 3, prove=True).proven
    plain = Problem(row.size, row.area, row.border, row.edges, row.band)
    assert row.cost(0b1) == plain.cost(0b1)


def test_plain_proposals_have_plain_problems():
    some = atoms(ROWS)
    here = some.frame.loc[some.frame["community"] == some.frame["community"].iloc[0]]
    old = pd.Series("", index=some.frame.index)
    assert type(problem_of(here, some.edges, NORM, old=old, wish=FAST)) is Problem
    said = Borders.of(laid(network("党建", PAIRS), network("综治", PAIRS)))
    assert type(problem_of(here, some.edges, NORM, old=old, wish=Wish(borders=said))) is MergeProblem
    assert kept(votes(laid(network("党建", PAIRS))), propose(some, Norm(300, 500), wish=FAST).plan).any()
