"""How two versions of a layer share their ground and their households."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from gridkit.errors import InputError
from gridkit.geo import crosswalk
from gridkit.geo.crosswalk import areal, largest_remainder

CRS = 4544


def series(shapes) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes.values()), index=pd.Index(list(shapes), dtype=object), crs=CRS)


def homes(*rows) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"households": [n for n, _ in rows]}, geometry=[shape for _, shape in rows], crs=CRS)


def rows(table) -> list[tuple]:
    return [(row.old, row.new, round(row.area_m2, 6), row.households) for row in table.itertuples()]


def test_ground_and_households_by_hand():
    old = series({"a": box(0, 0, 100, 100), "b": box(100, 0, 200, 100)})
    new = series({"a": box(0, 0, 150, 100), "c": box(150, 0, 210, 100)})
    table = crosswalk(old, new, points=homes(
        (10, Point(50, 50)),
        (7, Point(120, 50)),
        (3, box(140, 0, 170, 10)),  # a third in a, two thirds in c
        (2, Point(900, 900)),
        (1, None),
    ))  # fmt: skip
    assert rows(table) == [
        ("", "", 0.0, 3), ("", "c", 1_000.0, 0), ("a", "a", 10_000.0, 10), ("b", "a", 5_000.0, 8),
        ("b", "c", 5_000.0, 2),
    ]  # fmt: skip
    assert table["share_old"].tolist()[2:] == [1.0, 0.5, 0.5]
    assert table["share_new"].round(6).tolist()[1:] == [0.166667, 0.666667, 0.333333, 0.833333]
    assert table["household_share"].tolist()[2:] == [1.0, 0.8, 0.2]


def test_without_households_they_are_not_known():
    table = crosswalk(series({"a": box(0, 0, 9, 9)}), series({"a": box(0, 0, 9, 9)}))
    assert rows(table) == [("a", "a", 81.0, pd.NA)]
    assert table["household_share"].isna().all()


def test_overlaps_within_one_version_are_found_beside_equal_units():
    """The airport and the district round it are equal in both versions, and both have the ground of the airport."""
    both = series({"s": box(0, 0, 100, 100), "a": box(40, 40, 60, 60), "t": box(100, 0, 200, 100)})
    assert rows(crosswalk(both, both)) == [
        ("a", "a", 400.0, pd.NA), ("a", "s", 400.0, pd.NA), ("s", "a", 400.0, pd.NA), ("s", "s", 10_000.0, pd.NA),
        ("t", "t", 10_000.0, pd.NA),
    ]  # fmt: skip


def test_what_is_left_goes_to_the_largest_remainders():
    assert largest_remainder(10, [1, 1, 1]) == [4, 3, 3]
    assert largest_remainder(5, [3, 3, 6]) == [1, 1, 3]
    assert largest_remainder(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize("number", [-1, 2.5, float("inf")])
def test_broken_numbers_of_households_are_refused(number):
    one = series({"a": box(0, 0, 9, 9)})
    with pytest.raises(InputError):
        crosswalk(one, one, points=homes((number, Point(1, 1))))


def test_no_numbers_other_systems_and_double_codes_are_refused():
    one = series({"a": box(0, 0, 9, 9)})
    with pytest.raises(InputError, match="households"):
        crosswalk(one, one, points=homes((1, Point(1, 1))).drop(columns="households"))
    with pytest.raises(InputError):
        crosswalk(one, one.set_crs(4545, allow_override=True))
    with pytest.raises(InputError, match="a"):
        crosswalk(pd.concat([one, one]), one)


def test_shapes_without_an_area_are_nothing():
    odd = np.array([None, Polygon(), Point(1, 1), shapely.GeometryCollection([box(0, 0, 1, 1), Point(5, 5)]),
                    Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], dtype=object)  # fmt: skip
    found = areal(odd)
    assert [one is None for one in found] == [True, True, True, False, False]
    assert shapely.area(found[3:]).tolist() == [1.0, 0.5]


@st.composite
def worlds(draw):
    """Two divisions of one square by vertical and by horizontal lines, and homes all over and beyond it."""

    def cuts():
        return sorted({0, 1000, *draw(st.lists(st.integers(1, 999), max_size=5))})

    xs, ys = cuts(), cuts()
    old = {f"o{k}": box(a, 0, b, 1000) for k, (a, b) in enumerate(itertools.pairwise(xs))}
    new = {f"n{k}": box(0, a, 1000, b) for k, (a, b) in enumerate(itertools.pairwise(ys))}
    places = draw(st.lists(st.tuples(st.integers(0, 400), st.integers(-50, 1050), st.integers(-50, 1050),
                                     st.integers(0, 300)), max_size=8))  # fmt: skip
    shapes = [(n, box(x, y, x + size, y + size / 2 + 1) if size else Point(x, y)) for n, x, y, size in places]
    return series(old), series(new), homes(*shapes) if shapes else None, sum(n for n, *_ in places)


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_laws(made):
    old, new, points, total = made
    table = crosswalk(old, new, points=points)
    covered = table[table["old"] != ""].groupby("old")["share_old"].sum()
    assert np.allclose(covered, 1.0, atol=1e-9)
    if points is not None:
        assert int(table["households"].sum()) == total
        share = table.groupby("old")["household_share"].sum(min_count=1).dropna()
        assert np.allclose(share[share.index != ""], 1.0)
    back = crosswalk(new, old, points=points)
    turned = back.rename(columns={"old": "new", "new": "old", "share_old": "share_new", "share_new": "share_old"})
    keys = ["old", "new", "area_m2", "share_old", "share_new"]
    pd.testing.assert_frame_equal(
        table[keys].sort_values(keys[:2], ignore_index=True), turned[keys].sort_values(keys[:2], ignore_index=True)
    )
    mixed = crosswalk(old.iloc[::-1], new.iloc[::-1], points=None if points is None else points.iloc[::-1])
    pd.testing.assert_frame_equal(table, mixed)


CORNERS, SIDES = st.integers(0, 8), st.integers(1, 4)


@given(
    st.lists(st.tuples(CORNERS, CORNERS, SIDES, SIDES), min_size=1, max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_equal_units_spare_work_and_change_nothing(boxes, moved):
    """However the units overlap within their own version, every pair is what it is measured one by one."""
    old = series({f"u{k}": box(x, y, x + w, y + h) for k, (x, y, w, h) in enumerate(boxes)})
    new = series({code: shapely.transform(shape, lambda xy: xy + 0.5) if turn else shape
                  for (code, shape), turn in zip(old.items(), moved, strict=False)})  # fmt: skip
    table = crosswalk(old, new)
    found = {(row.old, row.new): row.area_m2 for row in table.itertuples() if row.old and row.new}
    expected = {(a, b): one.intersection(other).area for a, one in old.items() for b, other in new.items()}
    assert found == {pair: area for pair, area in expected.items() if area > 0}
