"""Events between two versions of a layer: planted changes are found, nothing else is, and the laws hold."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import LineString, Point, Polygon, box
from shapely.ops import split

from benchmarks.coverages import world
from gridkit.errors import InputError
from gridkit.topology.changes import APART, BOUNDARY, DRAWING, KINDS, LISTED, PARENT_RECODED, RECORD, changes, compare

CRS = 4544
MIRROR = {"new": "abolished", "abolished": "new", "split": "merged", "merged": "split"}


def layer(rows, *, crs=CRS) -> gpd.GeoDataFrame:
    """Rows are (code, name, parent, geometry)."""
    frame = gpd.GeoDataFrame(
        {"name": [row[1] for row in rows], "parent_code": [row[2] for row in rows]},
        geometry=[row[3] for row in rows],
        crs=crs,
    )
    return frame.set_axis(pd.Index([row[0] for row in rows], dtype=object), axis=0)


def told(events) -> set:
    return {(row.event, row.old, row.new) for row in events.itertuples()}


def lattice(n=4, side=200.0):
    return [(f"c{i}{j}", f"N{i}{j}", f"p{i}", box(i * side, j * side, (i + 1) * side, (j + 1) * side))
            for i in range(n) for j in range(n)]  # fmt: skip


# ---------------------------------------------------------------- planted truth


def halves(shape, *, angle):
    """Cut a polygon in two by a line through its centre."""
    middle = shape.centroid
    far = 4 * np.sqrt(shape.area)
    dx, dy = far * np.cos(angle), far * np.sin(angle)
    cut = LineString([(middle.x - dx, middle.y - dy), (middle.x + dx, middle.y + dy)])
    return sorted(split(shape, cut).geoms, key=lambda part: -part.area)


def planted(count, seed):  # noqa: C901 - one line or two per kind of event
    """Return two versions and the answer sheet: every fifth cell in both directions has something happen to it."""
    cells = world(count, seed=seed, dirty=0).truth
    n = round(np.sqrt(len(cells)))
    rng = np.random.default_rng(seed)
    old = {f"{at:06d}": [f"Place {at}", f"p{at // n // 5}", shape] for at, shape in enumerate(cells)}
    new = {code: list(row) for code, row in old.items()}
    answers = set()
    kinds = ("split", "merged", "border_moved", "renamed", "recoded", "transferred", "redigitised", "new", "abolished",
             "rearranged", "renamed+border_moved")  # fmt: skip
    sites = [i * n + j for i in range(1, n - 3, 4) for j in range(1, n - 3, 4)]
    for number, at in enumerate(sites):
        kind, (a, b) = kinds[number % len(kinds)], (f"{at:06d}", f"{at + 1:06d}")
        mine, other = old[a][2], old[b][2]
        if kind == "split":
            parts = halves(mine, angle=rng.uniform(0, np.pi))
            new[a][2], new[a + "b"] = parts[0], ["Half", old[a][1], shapely.union_all(parts[1:])]
            answers.add((kind, (a,), (a, a + "b")))
        elif kind == "merged":
            new[a][2] = mine.union(other)
            del new[b]
            answers.add((kind, (a, b), (a,)))
        elif kind.endswith("border_moved"):
            strip = other.intersection(mine.buffer(rng.uniform(8, 40)))
            new[a][2], new[b][2] = mine.union(strip), other.difference(strip)
            answers |= {("border_moved", (a,), (a,)), ("border_moved", (b,), (b,))}
        elif kind == "recoded":
            new["9" + a] = new.pop(a)
            answers.add((kind, (a,), ("9" + a,)))
        elif kind == "transferred":
            new[a][1] = "p0" if old[a][1] != "p0" else "p1"
            answers.add((kind, (a,), (a,)))
        elif kind == "redigitised":
            xy = shapely.get_coordinates(mine)[:-1]
            new[a][2] = Polygon(xy + rng.uniform(-0.3, 0.3, xy.shape))
            answers.add((kind, (a,), (a,)))
        elif kind == "new":
            del old[a]
            answers.add((kind, (), (a,)))
        elif kind == "abolished":
            del new[a]
            answers.add((kind, (a,), ()))
        elif kind == "rearranged":
            parts = halves(mine.union(other), angle=np.pi / 2 - 0.1)
            new["8" + a], new["8" + b] = ["X", old[a][1], parts[0]], ["Y", old[a][1], shapely.union_all(parts[1:])]
            del new[a], new[b]
            answers.add((kind, (a, b), ("8" + a, "8" + b)))
        if kind.startswith("renamed"):
            new[a][0] = "Another name"
            answers.add(("renamed", (a,), (a,)))
    return *(layer([(code, *row) for code, row in one.items()]) for one in (old, new)), answers


@pytest.mark.parametrize("seed", range(4))
def test_planted_changes_are_found_and_nothing_else_is(seed):
    old, new, answers = planted(2_500, seed)
    events = changes(old, new)
    found = told(events[events["event"] != "same"])
    assert found - answers == set(), "precision"
    assert answers - found == set(), "recall"
    assert {event for event, _, _ in answers} == set(KINDS) - {"same"}


def test_changes_of_boundaries_stand_first_and_are_told_apart():
    old, new, answers = planted(1_600, 7)
    events = changes(old, new)
    kinds = events["event"].map(KINDS)
    order = [BOUNDARY, RECORD, DRAWING]
    assert list(kinds) == sorted(kinds, key=order.index)
    legal = {event for event, _, _ in answers if KINDS[event] == BOUNDARY}
    assert set(events.loc[kinds == BOUNDARY, "event"]) == legal
    assert not {"renamed", "redigitised"} & legal


# ---------------------------------------------------------------- single events, by hand


def test_the_parts_of_a_split_and_its_evidence():
    old = layer([("a", "A", "p", box(0, 0, 400, 100))])
    new = layer([("a", "A", "p", box(0, 0, 100, 100)), ("b", "B", "p", box(100, 0, 400, 100))])
    homes = gpd.GeoDataFrame(
        {"households": [10, 5, 7]}, geometry=[Point(50, 50), Point(150, 50), Point(900, 0)], crs=CRS
    )
    (row,) = changes(old, new, households=homes, level="grid").to_dict("records")
    assert (row["event"], row["level"], row["old"], row["new"]) == ("split", "grid", ("a",), ("a", "b"))
    assert (row["area_m2"], row["share_old"], row["share_new"], row["households"]) == (40_000, 1, 1, 15)
    assert row["evidence"] == {"geometry": "overlap", "code": "same", "members": {"both": 2, "old": 0, "new": 0}}


def test_a_moved_border_says_what_changed_hands_and_who_lives_there():
    old = layer([("a", "A", "p", box(0, 0, 100, 100)), ("b", "B", "p", box(100, 0, 200, 100))])
    new = layer([("a", "A", "p", box(0, 0, 120, 100)), ("b", "B", "p", box(120, 0, 200, 100))])
    homes = gpd.GeoDataFrame({"households": [10, 5]}, geometry=[Point(50, 50), Point(110, 50)], crs=CRS)
    events = changes(old, new, households=homes)
    assert told(events) == {("border_moved", ("a",), ("a",)), ("border_moved", ("b",), ("b",))}
    first = events.iloc[0]
    assert (first["area_m2"], first["households"]) == (2_000, 5)
    assert first["evidence"]["gained_from"] == {"b": 2_000} and first["evidence"]["lost_to"] == {}
    assert first["evidence"]["outside_m2"] == 0
    assert events.iloc[1]["evidence"]["lost_to"] == {"a": 2_000}
    assert first["geometry"].equals(box(100, 0, 120, 100))


def test_a_border_that_moves_at_ground_of_nobody_says_so():
    old, new = layer([("a", "A", "", box(0, 0, 100, 100))]), layer([("a", "A", "", box(0, 0, 100, 110))])
    (row,) = changes(old, new).to_dict("records")
    assert (row["event"], row["evidence"]["outside_m2"]) == ("border_moved", 1_000)


@pytest.mark.parametrize(
    ("by", "event"), [(0.0, "same"), (0.0005, "same"), (0.5, "redigitised"), (3.0, "border_moved")]
)
def test_how_far_a_border_may_be_drawn_elsewhere(by, event):
    old = layer([("a", "A", "p", box(0, 0, 400, 400))])
    new = layer([("a", "A", "p", box(by, 0, 400 + by, 400))])
    assert list(changes(old, new)["event"]) == [event]
    assert list(changes(old, new, tolerance=5.0)["event"]) == [event if event == "same" else "redigitised"]


def test_names_of_offices_and_blanks_are_no_other_names():
    old = layer([("1", "多福巷社区", "p", box(0, 0, 9, 9))])
    new = layer([("1", "多福巷 社区居委会", "p", box(0, 0, 9, 9))])
    assert list(changes(old, new)["event"]) == ["same"]


def test_a_unit_may_be_renamed_and_recoded_and_given_to_another_parent_at_once():
    old = layer([("1", "A", "p", box(0, 0, 9, 9)), ("2", "B", "q", box(9, 0, 18, 9))])
    new = layer([("7", "X", "q", box(0, 0, 9, 9)), ("2", "B", "q", box(9, 0, 18, 9))])
    assert told(changes(old, new)) == {
        ("renamed", ("1",), ("7",)), ("recoded", ("1",), ("7",)), ("transferred", ("1",), ("7",)),
        ("same", ("2",), ("2",)),
    }  # fmt: skip


def test_a_parent_with_another_code_transfers_nobody():
    old = layer([("1", "A", "110228", box(0, 0, 9, 9)), ("2", "B", "110228", box(9, 0, 18, 9))])
    new = layer([("1", "A", "110118", box(0, 0, 9, 9)), ("2", "B", "110118", box(9, 0, 18, 9))])
    found = compare(old, new)
    assert list(found.events["event"]) == ["same", "same"]
    assert found.notes == ((PARENT_RECODED, {"old": "110228", "new": "110118"}),)


def test_codes_that_change_places_are_new_codes_of_the_places():
    old = layer([("1", "A", "p", box(0, 0, 90, 90)), ("2", "B", "p", box(90, 0, 180, 90))])
    new = layer([("2", "A", "p", box(0, 0, 90, 90.2)), ("1", "B", "p", box(90, 0, 180, 90))])
    assert told(changes(old, new)) == {
        ("redigitised", ("1",), ("2",)), ("recoded", ("1",), ("2",)), ("recoded", ("2",), ("1",)),
    }  # fmt: skip


def test_a_unit_that_lies_in_another_is_no_split_of_it():
    """The airport lies in the outline of a neighbour before and after; a new overlay splits nobody."""
    big, small = box(0, 0, 1000, 1000), box(400, 400, 500, 500)
    old = layer([("s", "S", "p", big), ("a", "A", "q", small)])
    new = layer([("s", "S", "p", translate(big, 0.4)), ("a", "A", "q", translate(small, 0, 0.3))])
    assert told(changes(old, new)) == {("redigitised", ("s",), ("s",)), ("redigitised", ("a",), ("a",))}
    more = pd.concat([new, layer([("x", "X", "p", box(0, 0, 50, 50))])])
    assert told(changes(old, more)) - told(changes(old, new)) == {("new", (), ("x",))}


def test_provisional_codes_are_no_codes():
    old, new = layer([("~1a", "A", "", box(0, 0, 9, 9))]), layer([("~2b", "A", "", box(0, 0, 9, 9))])
    (row,) = changes(old, new).to_dict("records")
    assert (row["event"], row["evidence"]["code"]) == ("same", "")


# ---------------------------------------------------------------- lists without polygons


def table(rows) -> pd.DataFrame:
    index = pd.Index([row[0] for row in rows], dtype=object)
    return pd.DataFrame({"name": [row[1] for row in rows], "parent_code": [row[2] for row in rows]}, index=index)


def test_lists_are_compared_by_code_and_name():
    old = table([("1", "A", "p"), ("2", "B", "p"), ("3", "C", "p"), ("4", "D", "p"), ("5", "E", "p"), ("6", "A", "q")])
    new = table(
        [("1", "A", "p"), ("2", "Bee", "p"), ("33", "C", "p"), ("4", "D", "q"), ("7", "F", "p"), ("6", "A", "q")]
    )
    found = compare(old, new)
    assert told(found.events) == {
        ("renamed", ("2",), ("2",)), ("recoded", ("3",), ("33",)), ("transferred", ("4",), ("4",)),
        ("abolished", ("5",), ()), ("new", (), ("7",)),
    }  # fmt: skip
    assert set(found.events["evidence"].map(lambda one: one["geometry"])) == {"unknown"}
    assert found.notes[0][0] == LISTED


def test_a_list_of_nine_digits_and_a_map_of_twelve():
    drawn = layer([("110101001000", "东华门街道", "110101", box(0, 0, 9, 9))])
    official = table([("110101001", "东华门街道", "110101"), ("110101002", "景山街道", "110101")])
    assert told(changes(drawn, official)) == {("new", (), ("110101002",))}
    assert told(changes(official, drawn)) == {("abolished", ("110101002",), ())}


# ---------------------------------------------------------------- laws


@st.composite
def versions(draw):  # noqa: C901 - one line or two per kind of mischief
    """A small lattice, and the same after random mischief."""
    rows = lattice(4)
    after = {row[0]: list(row) for row in rows}
    for _ in range(draw(st.integers(0, 5))):
        code = draw(st.sampled_from(sorted(after)))
        row = after[code]
        act = draw(st.sampled_from(["drop", "name", "code", "parent", "shift", "cut", "grow", "merge"]))
        if act == "drop":
            del after[code]
        elif act == "name":
            row[1] = draw(st.sampled_from(["N00", "X", ""]))
        elif act == "code" and "z" + code not in after:
            after["z" + code] = ["z" + code, *row[1:]]
            del after[code]
        elif act == "parent":
            row[2] = draw(st.sampled_from(["p0", "p1", "pz", ""]))
        elif act == "shift":
            row[3] = translate(row[3], draw(st.sampled_from([0.0004, 0.3, 7.0, 90.0])), 0)
        elif act == "cut":
            parts = halves(row[3], angle=draw(st.floats(0.1, 3.0)))
            if len(parts) == 2 and code + "x" not in after:
                row[3], after[code + "x"] = parts[0], [code + "x", "", row[2], parts[1]]
        elif act == "grow":
            row[3] = row[3].buffer(draw(st.sampled_from([0.5, 15.0, 60.0])), join_style="mitre")
        elif act == "merge" and len(after) > 1:
            other = draw(st.sampled_from(sorted(set(after) - {code})))
            row[3] = row[3].union(after.pop(other)[3])
    return layer(rows), layer([tuple(row) for row in after.values()]) if after else layer(rows).iloc[:0]


def bare(events):
    return events.drop(columns=["geometry", "evidence"])


@given(versions())
@settings(max_examples=60, deadline=None)
def test_the_other_way_round_is_the_mirror_image(pair):
    old, new = pair
    there, back = told(changes(old, new)), told(changes(new, old))
    assert {(MIRROR.get(event, event), after, before) for event, before, after in back} == there


@given(versions())
@settings(max_examples=30, deadline=None)
def test_nothing_differs_from_itself(pair):
    for one in pair:
        events = changes(one, one.copy())
        assert list(events["event"]) == ["same"] * len(one)
        assert list(events["old"]) == [(code,) for code in sorted(one.index)]


@given(versions(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_does_not_matter(pair, random):
    mixed = []
    for one in pair:
        order = list(range(len(one)))
        random.shuffle(order)
        mixed.append(one.iloc[order])
    one, other = changes(*pair), changes(*mixed)
    pd.testing.assert_frame_equal(pd.DataFrame(bare(one)), pd.DataFrame(bare(other)))
    assert list(one["evidence"]) == list(other["evidence"])


@given(versions())
@settings(max_examples=40, deadline=None)
def test_every_unit_stands_in_exactly_one_event_of_its_ground(pair):
    old, new = pair
    events = changes(old, new)
    ground = events[(events["event"].map(KINDS) != RECORD)]
    silent = events[events["event"].map(KINDS) == RECORD]
    for side, one in (("old", old), ("new", new)):
        seen = [code for codes in ground[side] for code in codes]
        assert len(seen) == len(set(seen))
        left = set(one.index) - set(seen)
        assert left <= {code for codes in silent[side] for code in codes}  # unchanged ground, but another record


@given(st.integers(0, 2**31), st.floats(0, np.pi), st.integers(5, 12))
@settings(max_examples=60, deadline=None)
def test_a_polygon_cut_by_a_line_is_one_split(seed, angle, corners):
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    whole = Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * 300 + 5_000).convex_hull
    if whole.area < 20_000:
        return
    parts = halves(whole, angle=angle)
    new = layer([(f"n{k}", "", "", part) for k, part in enumerate(parts)])
    assert told(changes(layer([("a", "", "", whole)]), new)) == {("split", ("a",), tuple(new.index))}


# ---------------------------------------------------------------- bad input


def test_empty_versions():
    one, none = layer(lattice(2)), layer(lattice(2)).iloc[:0]
    assert list(changes(none, none)["event"]) == []
    assert set(changes(none, one)["event"]) == {"new"}
    assert set(changes(one, none)["event"]) == {"abolished"}


def test_codes_that_stand_twice_are_refused():
    with pytest.raises(InputError, match="c00"):
        changes(layer([*lattice(2), ("c00", "", "", box(0, 0, 1, 1))]), layer(lattice(2)))


@pytest.mark.parametrize("crs", [4326, 2232, 4545])
def test_degrees_feet_and_another_system_are_refused(crs):
    with pytest.raises(InputError):
        changes(layer(lattice(2)), layer(lattice(2), crs=crs))


def test_degrees_without_a_word_are_refused():
    far = [(code, name, parent, translate(shape, 500_000, 4_000_000)) for code, name, parent, shape in lattice(2)]
    near = [("a", "", "", box(116, 39, 117, 40))]
    with pytest.raises(InputError):
        changes(layer(near, crs=None), layer(far, crs=None))


def test_layers_that_share_no_ground_are_told_so():
    far = [(code, name, parent, translate(shape, 90_000)) for code, name, parent, shape in lattice(2)]
    found = compare(layer(lattice(2)), layer(far))
    assert (APART, {}) in found.notes
    assert found.counts == {"new": 4, "abolished": 4}
    assert {one["code"] for one in found.events["evidence"]} == {"elsewhere"}


def test_a_third_of_invalid_shapes():
    rows = [list(row) for row in lattice(6)]
    for row in rows[::3]:
        x, y, x2, y2 = row[3].bounds
        row[3] = Polygon([(x, y), (x2, y2), (x2, y), (x, y2)])  # a bow-tie: half of the cell
    spoilt = layer([tuple(row) for row in rows])
    found = compare(layer(lattice(6)), spoilt)
    assert found.counts == {"border_moved": 12, "same": 24}
    assert compare(spoilt, spoilt.copy()).counts == {"same": 36}


def test_all_polygons_identical():
    rows = [(f"c{k}", f"N{k}", "", box(0, 0, 9, 9)) for k in range(300)]
    old, new = layer(rows), layer(rows[:250])
    assert compare(old, new).counts == {"abolished": 50, "same": 250}


def test_nothing_to_measure():
    odd = [("a", "A", "", None), ("b", "B", "", Polygon()), ("c", "C", "", Point(1, 1)),
           ("d", "D", "", LineString([(0, 0), (1, 1)])),
           ("e", "E", "", shapely.GeometryCollection([box(0, 0, 9, 9), Point(3, 3)]))]  # fmt: skip
    found = compare(layer(odd), layer(odd))
    assert found.counts == {"same": 1}
    assert found.notes[0][0] == LISTED


def test_a_unit_of_five_hundred_parts():
    parts = shapely.MultiPolygon([box(20 * k, 0, 20 * k + 10, 10) for k in range(500)])
    fewer = shapely.MultiPolygon(list(parts.geoms)[:480])
    old, new = layer([("a", "A", "", parts)]), layer([("a", "A", "", fewer)])
    assert compare(old, new).counts == {"border_moved": 1}
    assert compare(old, old.copy()).counts == {"same": 1}
