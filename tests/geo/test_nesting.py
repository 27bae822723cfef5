import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from gridkit.errors import InputError
from gridkit.geo import nest


def lattice(columns: int, rows: int, size: float = 10.0) -> gpd.GeoSeries:
    cells = {f"p{i:02d}{j:02d}": box(i * size, j * size, (i + 1) * size, (j + 1) * size)
             for i in range(columns) for j in range(rows)}  # fmt: skip
    return gpd.GeoSeries(cells)


def brute(children: gpd.GeoSeries, parents: gpd.GeoSeries) -> list[str]:
    """The definition, pair by pair."""
    found = []
    for child in children:
        if child is None or child.is_empty:
            found.append("")
            continue
        scores = {
            code: round(child.intersection(parent).area * 100) if child.area > 0.005 else int(parent.covers(child))
            for code, parent in parents.items()
        }
        best = max(scores.values(), default=0)
        found.append(min((code for code, score in scores.items() if score == best), default="") if best else "")
    return found


squares = st.tuples(st.integers(-8, 42), st.integers(-8, 42), st.integers(1, 14), st.integers(1, 14)).map(
    lambda t: box(t[0], t[1], t[0] + t[2], t[1] + t[3])
)
points = st.tuples(st.integers(-3, 43), st.integers(-3, 43)).map(lambda t: Point(*t))


@given(st.lists(st.one_of(squares, points, st.none()), min_size=1, max_size=25), st.lists(squares, max_size=4))
@settings(max_examples=60, deadline=None)
def test_nest_equals_brute_force(shapes, extra):
    """Also where parents overlap each other."""
    parents = pd.concat([lattice(3, 3), gpd.GeoSeries({f"x{i}": shape for i, shape in enumerate(extra)})])
    children = gpd.GeoSeries(shapes, index=[f"c{i}" for i in range(len(shapes))])
    assert nest(children, parents)["parent"].to_list() == brute(children, parents)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_row_order_does_not_matter(random):
    rng = np.random.default_rng(random.randrange(10**6))
    xy = rng.uniform(0, 40, (60, 2))
    children = gpd.GeoSeries(
        [Point(*p) if i % 5 == 0 else box(*p, *(p + 3)) for i, p in enumerate(xy)],
        index=[f"c{i:02d}" for i in range(60)],
    )
    parents = lattice(4, 4)
    straight = nest(children, parents)
    shuffled = nest(children.sample(frac=1, random_state=1), parents.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(shuffled.sort_index(), straight)


def test_shares_margins_and_runner_up():
    parents = lattice(2, 1)
    children = gpd.GeoSeries({
        "in": box(1, 1, 2, 2),
        "edge": box(0, 0, 2, 2),  # shares the border of its parent: still inside
        "split": box(7, 0, 11, 1),
        "half": box(9, 0, 11, 1),  # a tie goes to the smallest code
        "mostly out": box(-3, 0, 1, 1),
        "out": box(100, 100, 101, 101),
        "touch": box(20, 0, 21, 1),
    })  # fmt: skip
    got = nest(children, parents)
    assert got["parent"].to_list() == ["p0000", "p0000", "p0000", "p0000", "p0000", "", ""]
    assert got["method"].to_list() == ["contains", "contains", "overlap", "overlap", "overlap", "none", "none"]
    assert got["share"].to_list()[:5] == [1.0, 1.0, 0.75, 0.5, 0.25]
    assert got["margin"].to_list()[:5] == [1.0, 1.0, 0.5, 0.0, 0.25]
    assert got["runner_up"].to_list() == ["", "", "p0100", "p0100", "", "", ""]
    assert got["share"].isna().to_list()[5:] == [True, True]


def test_overlapping_parents_name_the_runner_up():
    parents = gpd.GeoSeries({"b": box(0, 0, 10, 10), "a": box(0, 0, 10, 10), "c": box(0, 0, 10, 10)})
    got = nest(gpd.GeoSeries({"x": box(1, 1, 2, 2), "y": Point(1, 1)}), parents)
    assert got["parent"].to_list() == ["a", "a"]
    assert got["runner_up"].to_list() == ["b", "b"]
    assert got["margin"].iloc[0] == 0.0


def test_hostile_geometry_is_carried_through():
    bow = Polygon([(1, 1), (3, 3), (3, 1), (1, 3)])
    children = gpd.GeoSeries(
        {
            "none": None,
            "empty": Polygon(),
            "bow": bow,
            "bow on a line": shapely.affinity.translate(bow, 8, 0),
            "line": LineString([(1, 1), (2, 2)]),
            "flat": Polygon([(1, 1), (2, 2), (1, 1)]),
            "nan": Point(float("nan"), 1),
            "multi": MultiPolygon([box(1, 1, 2, 2), box(5, 5, 6, 6)]),
            "multipoint": shapely.MultiPoint([(1, 1), (12, 1)]),
        }
    )
    parents = pd.concat(
        [lattice(2, 1), gpd.GeoSeries({"nothing": None, "empty": Polygon(), "dot": Point(1, 1), "bow": bow})]
    )
    got = nest(children, parents)
    assert got["parent"].to_dict() | {"multipoint": ""} == {
        "none": "",
        "empty": "",
        "bow": "bow",
        "bow on a line": "p0000",
        "line": "bow",
        "flat": "bow",
        "nan": "",
        "multi": "p0000",
        "multipoint": "",
    }
    assert got.loc["multipoint", "method"] == "point"


def test_nothing_in_nothing():
    nobody = gpd.GeoSeries([], dtype="geometry")
    assert nest(nobody, lattice(1, 1)).empty
    assert nest(gpd.GeoSeries({"a": Point(1, 1)}), nobody)["parent"].to_list() == [""]
    assert list(nest(nobody, nobody).columns) == ["parent", "method", "share", "runner_up", "margin", "status"]


def test_refuses_mixed_systems_and_repeated_codes():
    parents = lattice(1, 1).set_crs("EPSG:4545")
    with pytest.raises(InputError, match="different"):
        nest(lattice(1, 1).set_crs("EPSG:4544"), parents)
    with pytest.raises(ValueError, match="unique"):
        nest(parents, pd.concat([parents, parents]))


def test_the_status_names_ties():
    parents = gpd.GeoSeries({"a": box(0, 0, 10, 10), "b": box(10, 0, 20, 10), "c": box(5, 0, 15, 10)})
    children = gpd.GeoSeries({
        "inside": box(1, 1, 2, 2), "point": Point(2, 5), "border": Point(10, 12), "edge": Point(20, 5),
        "both": box(6, 1, 7, 2), "both_point": Point(7, 5), "share": box(18, 1, 23, 2), "half": box(9, 20, 11, 21),
    })  # fmt: skip
    parents["d"], parents["e"] = box(0, 11, 10, 30), box(10, 11, 20, 30)
    assert nest(children, parents)["status"].to_dict() == {
        "inside": "inside", "point": "inside", "border": "on_border", "edge": "inside", "both": "several",
        "both_point": "several", "share": "by_share", "half": "several",
    }  # fmt: skip
    assert nest(children[:1], parents[:0])["status"].to_list() == ["none"]
