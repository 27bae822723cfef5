"""Repair with a log: what is guaranteed (K1-K9) on random cities, decisions, locks, authorities, and taking back."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from gridkit.errors import InputError, TableError, UsageError
from gridkit.geo import place
from gridkit.model import City
from gridkit.model.boundaries import LOG_COLUMNS, SHAPE_COLUMNS
from gridkit.model.fields import COMMUNITY, GRID
from gridkit.topology.inspect import inspect
from gridkit.topology.journal import replay, revert
from gridkit.topology.mend import mend
from tests import tiny
from tests.topology import spoilt

few = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2000)
authorities = st.sampled_from(["bottom", "none"])
every = st.sampled_from(["bottom", "top", "none"])


def grids(shapes: dict[str, object], *, parents: dict[str, object] | None = None) -> City:
    """Grids by code; the community of each is the letter that its code begins with."""
    layers = {GRID: spoilt.layer(GRID, list(shapes), np.array(list(shapes.values()), dtype=object),
                                 community_code=[code[0] for code in shapes])}  # fmt: skip
    if parents:
        layers[COMMUNITY] = spoilt.layer(COMMUNITY, list(parents), np.array(list(parents.values()), dtype=object))
    return City("drawn", spoilt.CRS, layers=layers)


def area(repair, code: str, level: str = GRID) -> float:
    return float(repair.layers[level].geometry[code].area)


OVERLAP = {"A1": box(0, 0, 100.25, 100), "A2": box(100, 0, 200, 100), "A3": box(200, 0, 300, 100)}
"""25 m2 that A1 and A2 claim."""
WIDE = {"A1": box(0, 0, 130, 100), "A2": box(100, 0, 200, 100)}
"""3,000 m2 that both claim."""


@few
@given(seeds, every)
def test_rows_types_bytes_and_metres(seed, authority):
    """K1, K2, K5, K6."""
    city = spoilt.random_city(seed)
    repair = mend(city, authority=authority)
    spoilt.k1_rows_and_types(city, repair)
    spoilt.k2_unlogged_units_keep_their_bytes(city, repair)
    spoilt.k5_every_changed_metre_is_logged(city, repair)
    spoilt.k6_no_unit_changes_beyond_its_bound(city, repair, authority)


@few
@given(seeds, every)
@example(5116, "top")
@example(5137, "top")
def test_edges_match_but_where_a_decision_waits(seed, authority):
    """K3, K4."""
    city = spoilt.random_city(seed)
    repair = mend(city, authority=authority)
    spoilt.k3_valid_except_where_a_decision_waits(city, repair, authority)
    spoilt.k4_children_fill_their_parents(city, repair, authority)


@few
@given(seeds, st.sampled_from(["bottom", "top"]))
def test_children_fill_their_parents_where_all_is_drawing_noise(seed, authority):
    """K4."""
    city = spoilt.random_city(seed, gentle=True)
    repair = mend(city, authority=authority)
    spoilt.k4_children_fill_their_parents(city, repair, authority)


@few
@given(seeds, every)
@example(5028, "top")  # a unit passed its bound by what came up after it was cut
@example(5094, "top")
@example(5116, "top")  # units of several parts fell apart only in a second repair
def test_a_second_repair_changes_nothing_and_rows_may_stand_in_any_order(seed, authority):
    """K7."""
    city = spoilt.random_city(seed)
    repair = mend(city, authority=authority)
    assert not len(mend(spoilt.after(city, repair), authority=authority).log)
    other = mend(spoilt.shuffled(city, seed), authority=authority)
    for name in city.layers:
        assert spoilt.bytes_of(other.layers[name]) == spoilt.bytes_of(repair.layers[name])


@few
@given(seeds, every)
@example(5085, "top")
def test_no_ground_crosses_code_parents(seed, authority):
    """K8."""
    city = spoilt.random_city(seed)
    spoilt.k8_no_ground_crosses_code_parents(city, mend(city, authority=authority), authority)


@few
@given(seeds, every)
def test_exceptions_stay(seed, authority):
    """K9."""
    city = spoilt.random_city(seed)
    log = mend(city, authority=authority).log
    kept = sorted(set(log.loc[log["op"].isin(["gained", "lost"]) & log["code"].str.startswith("T2"), "defect_id"]))[:3]
    again = mend(city, authority=authority, exceptions=pd.DataFrame({"defect_id": kept}))
    assert not set(kept) & set(again.log["defect_id"])


@few
@given(seeds, every)
def test_taken_back_and_done_again(seed, authority):
    city = spoilt.random_city(seed)
    repair = mend(city, authority=authority)
    back = revert(repair.layers, repair.log, repair.shapes)
    some = revert(repair.layers, repair.log, repair.shapes, ids=sorted(set(repair.log["defect_id"]))[::2])
    for name, old in city.layers.items():
        assert spoilt.bytes_of(back[name]) == spoilt.bytes_of(old.frame)
        for start in (back, some):
            again = replay(start, repair.log, repair.shapes)
            assert spoilt.bytes_of(again[name]) == spoilt.bytes_of(repair.layers[name])


def test_what_is_beyond_doubt_is_settled_and_logged():
    repair = mend(grids(OVERLAP))
    assert list(repair.log.columns) == list(LOG_COLUMNS)
    assert list(repair.shapes.columns) == list(SHAPE_COLUMNS)
    assert repair.waiting == ()
    # A quarter of a metre by 100 m; each has 100 m of border with it, A1 as well the two ends: it keeps it.
    lost = repair.log[repair.log["op"] == "lost"]
    assert lost[["code", "unit", "role", "area_m2"]].to_numpy().tolist() == [["T201", "A2", "auto", 25.0]]
    assert area(repair, "A2") == 9_975
    assert "A3" not in set(repair.log["unit"])


def test_what_is_large_waits_until_it_is_decided():
    city = grids(WIDE)
    repair = mend(city)
    (waits,) = repair.waiting
    assert not len(repair.log)
    decided = pd.DataFrame({"defect_id": [waits], "decision": ["give"], "target": ["A2"], "role": ["grid office"]})
    repair = mend(city, decisions=decided)
    assert (area(repair, "A1"), area(repair, "A2"), repair.waiting) == (10_000, 10_000, ())
    assert set(repair.log["role"]) == {"grid office"}


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ({"decision": ["give"], "target": ["A9"]}, TableError),
        ({"decision": ["burn"], "target": ["A1"]}, TableError),
        ({"decision": ["give", "give"], "target": ["A1", "A2"]}, TableError),
    ],
)
def test_decisions_that_cannot_be_followed_are_refused(rows, error):
    city = grids(WIDE)
    (waits,) = mend(city).waiting
    with pytest.raises(error):
        mend(city, decisions=pd.DataFrame({"defect_id": [waits] * len(rows["decision"]), **rows}))


ACROSS = {"A1": box(0, 0, 130, 100), "B1": box(130, 0, 200, 100)}
"""A1 lies 30 m deep in the outline of B."""
HALVES = {"A": box(0, 0, 100, 100), "B": box(100, 0, 200, 100)}


@pytest.mark.parametrize(
    ("authority", "decision", "target", "said"),
    [
        ("bottom", "give", "B", ("state the parent A", "targets: A;", "codes")),
        ("bottom", "remove", "A", ("state the parent A",)),
        ("top", "give", "C9", ("neither claims", "targets: B1, A1, B, A;")),
        ("top", "remove", "A", ("nothing is removed", "targets: B1")),
    ],
)
def test_a_decision_between_levels_that_cannot_be_followed_is_refused(authority, decision, target, said):
    city = grids(ACROSS, parents=HALVES)
    (waits,) = mend(city, authority=authority).waiting
    row = {"defect_id": [waits], "decision": [decision], "target": [target], "ref": ["d.csv!7"]}
    with pytest.raises(TableError) as error:
        mend(city, authority=authority, decisions=pd.DataFrame(row))
    for words in ("d.csv:7", waits, *said):
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("target", "areas"), [("B1", (100, 100)), ("B", (100, 100)), ("A", (130, 70)), ("", (100, 100))]
)
def test_a_place_outside_its_parent_goes_to_a_unit_or_to_the_one_of_a_parent(target, areas):
    city = grids(ACROSS, parents=HALVES)
    (waits,) = mend(city, authority="top").waiting
    decided = pd.DataFrame({"defect_id": [waits], "decision": ["give"], "target": [target]})
    repair = mend(city, authority="top", decisions=decided)
    assert (area(repair, "A1"), area(repair, "B1")) == tuple(100 * one for one in areas)
    assert repair.waiting == ()


def test_a_decision_that_would_change_a_locked_unit_is_refused_with_all_others():
    city = grids({**WIDE, "A3": box(300, 0, 430, 100), "A4": box(400, 0, 500, 100)})
    waits = mend(city).waiting
    decided = pd.DataFrame({"defect_id": waits, "decision": "give", "target": ["A2", "A4"]})
    with pytest.raises(TableError) as error:
        mend(city, decisions=decided, locked=["A1", "A3"])
    assert str(error.value).count("locked") == 2


def test_a_decision_without_a_target_goes_to_the_parent_that_the_units_there_name():
    drawn = {"A1": box(0, 0, 100, 100), "B1": box(100, 0, 200, 100), "B2": box(200, 0, 300, 100)}
    city = grids(drawn, parents={"A": box(0, 0, 180, 100), "B": box(100, -50, 300, 100)})
    found = inspect(city, place(city)).frame
    (name,) = found.index[(found["code"] == "T201") & (found["level"] == COMMUNITY)]
    assert found.loc[name, "target"] == "B"
    decided = pd.DataFrame({"defect_id": [name], "decision": ["give"]})
    for authority in ("top", "none"):
        repair = mend(city, authority=authority, decisions=decided)
        assert area(repair, "A", COMMUNITY) == 10_000


def test_a_decision_that_names_nothing_is_told():
    repair = mend(grids(OVERLAP), decisions=pd.DataFrame({"defect_id": ["gone"], "decision": ["keep"]}))
    assert "gone" in repair.notes[0]


def test_a_unit_drawn_twice_is_emptied_only_by_a_decision():
    city = grids({"A1": box(0, 0, 100, 100), "A2": box(0, 0, 100, 100), "A3": box(100, 0, 200, 100)})
    (waits,) = mend(city).waiting
    decided = pd.DataFrame({"defect_id": [waits], "decision": ["remove"], "target": ["A2"]})
    repair = mend(city, decisions=decided)
    assert list(repair.layers[GRID].index) == ["A1", "A2", "A3"]
    assert (area(repair, "A1"), area(repair, "A2")) == (10_000, 0)


def test_a_locked_unit_neither_gains_nor_loses():
    assert area(mend(grids(OVERLAP), locked=["A2"]), "A2") == 10_000
    gap = {"A1": box(0, 0, 99.75, 100), "A2": box(100, 0, 200, 100)}
    crack = {**gap, "A3": box(0, 100, 200, 200), "A4": box(0, -100, 200, 0)}
    repair = mend(grids(crack), locked=["A1"])
    assert (area(repair, "A1"), area(repair, "A2")) == (9_975, 10_025)


def test_what_compounds_say_goes_before_the_longest_border():
    city = tiny.city()
    layer = city.layers["compound"]
    inside = layer.frame.copy()
    inside.loc["a3", "geometry"] = Point(tiny.X0 + 200.5, tiny.Y0 + 250)
    frame = city.layers[GRID].frame.copy()
    frame.loc[tiny.A1, "geometry"] = tiny.square(0, 0, 201, 400)
    city = city.with_layers(
        compound=dataclasses.replace(layer, frame=inside), grid=dataclasses.replace(city.layers[GRID], frame=frame)
    )
    repair = mend(city)  # a3 says that it lies in A2
    assert repair.layers[GRID].geometry[tiny.A2].area == pytest.approx(80_000)
    assert set(repair.log.loc[repair.log["op"] == "lost", "unit"]) == {tiny.A1}


def test_parents_are_rebuilt_or_children_are_cut():
    drawn = {"A1": box(0, 0, 100, 200), "B1": box(100, 0, 200, 200)}
    outlines = {"A": box(0, 0, 100.25, 200), "B": box(100.25, 0, 200, 200)}
    city = grids(drawn, parents=outlines)
    unsaid = mend(city)  # every grid states a community that exists, but nobody has said that the grids are right
    assert not len(unsaid.log)
    assert len(unsaid.waiting) == 1
    bottom = mend(city, authority="bottom")
    assert (area(bottom, "A", COMMUNITY), area(bottom, "A1")) == (20_000, 20_000)
    assert set(bottom.log["code"]) == {"T351"}
    cut = mend(city, authority="top", limits=spoilt.Limits(share=0.05))
    assert (area(cut, "A", COMMUNITY), area(cut, "A1")) == (20_050, 20_050)
    none = mend(city, authority={GRID: "none"})
    assert not len(none.log)


def test_a_place_far_outside_its_code_parent_waits_whoever_is_right():
    """A whole grid of A lies in the outline of B, as an airport does."""
    drawn = {
        "A1": box(0, 0, 100, 200),
        "A2": box(120, 50, 180, 150),
        "B1": box(100, 0, 200, 200) - box(120, 50, 180, 150),
    }
    outlines = {"A": shapely.MultiPolygon([box(0, 0, 100, 200)]), "B": shapely.MultiPolygon([box(100, 0, 200, 200)])}
    city = grids(drawn, parents=outlines)
    for authority in ("bottom", "top"):
        repair = mend(city, authority=authority)
        assert len(repair.waiting) == 1
        assert not len(repair.log)
    decided = pd.DataFrame({"defect_id": mend(city).waiting, "decision": ["give"], "target": ["A"]})
    repair = mend(city, decisions=decided)
    assert (area(repair, "A", COMMUNITY), area(repair, "B", COMMUNITY)) == (26_000, 14_000)
    assert repair.waiting == ()


def test_a_long_gap_is_divided_among_the_units_beside_it():
    boxes = {
        "A1": box(0, 0.5, 50, 299),
        "A2": box(50, 0.5, 100, 299),
        "A3": box(0, -299, 50, 0),
        "A4": box(50, -299, 100, 0),
    }
    boxes |= {"A5": box(-99, -299, 0, 299), "A6": box(100, -299, 199, 299)}
    repair = mend(grids(boxes))
    gained = repair.log[repair.log["op"] == "gained"]
    assert gained["area_m2"].sum() == 50
    assert len(gained) == 4
    assert len(set(gained["defect_id"])) == 1


def test_an_unknown_authority_is_refused():
    with pytest.raises(UsageError):
        mend(tiny.city(), authority="both")


ROOM = spoilt.Limits(share=0.5, area=5000)


def three(**more) -> City:
    """Two streets of a community each, of two grids each; grids, communities and streets have borders of their own."""
    drawn = {
        "A1": box(0, 0, 50, 100),
        "A2": box(50, 0, 103, 100),
        "B1": box(103, 0, 150, 100),
        "B2": box(150, 0, 200, 100),
    }
    city = grids(drawn, parents={"A": box(0, 0, 106, 100), "B": box(106, 0, 200, 100), **more})
    streets = spoilt.layer("street", ["S", "T"], np.array([box(0, 0, 100, 100), box(100, 0, 200, 100)], dtype=object))
    above = city.layers[COMMUNITY].frame
    above["street_code"] = ["S", *["T"] * (len(above) - 1)]
    return city.with_layers(street=streets)


def test_grids_make_communities_and_lie_in_the_streets():
    city = three()
    repair = mend(city, authority={GRID: "bottom", COMMUNITY: "top"}, limits=ROOM)
    assert [area(repair, code) for code in ("A2", "B1")] == [5000, 5000]
    assert [area(repair, code, COMMUNITY) for code in "AB"] == [10_000, 10_000]
    assert "street" not in set(repair.log["level"])
    again = mend(spoilt.after(city, repair), authority={GRID: "bottom", COMMUNITY: "top"}, limits=ROOM)
    assert not len(again.log)


def test_a_community_without_grids_that_lies_outside_its_street_waits():
    city = three(C=box(0, 100, 60, 200))
    repair = mend(city, authority={GRID: "bottom", COMMUNITY: "top"}, limits=ROOM)
    frame = inspect(city, place(city), limits=ROOM).frame
    asked = set(frame.index[frame["units"].map(lambda units: "C" in units) & (frame["code"] == "T351")])
    assert asked
    assert asked <= set(repair.waiting)


CORNER = {
    "A1": box(0, 0, 103, 100),
    "B1": box(103, 0, 200, 100),
    "C1": box(0, 100, 96, 200),
    "D1": box(96, 100, 200, 200),
}
OUTLINES = {
    "A": box(0, 0, 100, 100),
    "B": box(100, 0, 200, 100),
    "C": box(0, 100, 100, 200),
    "D": box(100, 100, 200, 200),
}


@pytest.mark.parametrize(
    ("usual", "said", "widths"),
    [  # of A1 and of C1 (100 by the outlines, 103 and 96 by the grids), and of A and C
        ("bottom", {"CD": "top"}, (103, 100, 103, 100)),
        ("top", {"CD": "bottom"}, (100, 96, 100, 96)),
        ("none", {"CD": "bottom"}, (103, 96, 100, 96)),
        ("none", {"CD": "top"}, (103, 100, 100, 100)),
        ("bottom", {"CD": "none"}, (103, 96, 103, 100)),
        ("none", {"AB": "A", "CD": "C"}, (103, 100, 103, 100)),
        ("none", {"AB": "B", "CD": "D"}, (100, 96, 100, 96)),
    ],
)
def test_a_border_of_two_parents_follows_what_is_said_of_it(usual, said, widths):
    city = grids(CORNER, parents=OUTLINES)
    authority = {GRID: usual} | {frozenset(pair): side for pair, side in said.items()}
    repair = mend(city, authority=authority, limits=ROOM)
    found = [area(repair, "A1"), area(repair, "C1"), area(repair, "A", COMMUNITY), area(repair, "C", COMMUNITY)]
    assert found == [100 * one for one in widths]
    assert len(repair.waiting) == (1 if "none" in said.values() else 0)
    again = mend(spoilt.after(city, repair), authority=authority, limits=ROOM)
    assert not len(again.log)


def test_what_two_outlines_claim_goes_to_the_one_that_is_right_at_their_border():
    outlines = {"A": box(0, 0, 104, 100), "B": box(100, 0, 200, 100)}
    city = grids({"A1": box(0, 0, 100, 100), "B1": box(100, 0, 200, 100)}, parents=outlines)
    for winner in "AB":
        repair = mend(city, authority={GRID: "top", frozenset("AB"): winner}, limits=ROOM)
        assert area(repair, "A", COMMUNITY) == (10_400 if winner == "A" else 10_000)
        assert area(repair, "A1") == area(repair, "A", COMMUNITY)


def test_a_border_that_is_to_follow_grids_and_streets_is_refused():
    with pytest.raises(UsageError, match=r"A / B.*S / T"):
        mend(three(), authority={GRID: "top", COMMUNITY: "top", frozenset("AB"): "bottom"})


def test_a_log_is_not_done_to_another_layer():
    repair = mend(grids(OVERLAP))
    other = {GRID: grids(WIDE).layers[GRID].frame}
    with pytest.raises(InputError):
        replay(other, repair.log, repair.shapes)
    with pytest.raises(InputError):
        revert(repair.layers, repair.log, repair.shapes, ids=["unknown"])


def test_an_invalid_polygon_is_left_alone():
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    city = grids({"A1": bow, "A2": box(99, 0, 200, 100)})
    repair = mend(city)
    assert set(repair.log["op"]) <= {"matched"}
    assert repair.layers[GRID].geometry["A1"].equals_exact(bow, 0)
    assert len(repair.waiting) == 2  # the polygon, and what it overlaps
