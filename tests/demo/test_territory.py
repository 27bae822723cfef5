"""The ground plan: bodies tile each other exactly, and compounds are whole, apart and inside."""

import random

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridkit.demo import make_city
from gridkit.demo.lattice import divide
from gridkit.demo.territory import _share_out


def by_code(city, table):
    return {row["code"]: row["geometry"] for row in city.tables[table]}


@pytest.mark.parametrize(("size", "seed"), [("town", 0), ("town", 5), ("county", 0), ("county", 3)])
def test_grids_tile_communities_and_communities_tile_streets(size, seed):
    city = make_city(size, seed)
    for parents, children, key in (("communities", "grids", "community"), ("streets", "communities", "street")):
        parts = {}
        for row in city.tables[children]:
            if row.get("kind") != "exclusive":
                parts.setdefault(row[key], []).append(row["geometry"])
        for code, shape in by_code(city, parents).items():
            assert shapely.union_all(parts[code]).equals(shape)
            assert abs(sum(part.area for part in parts[code]) - shape.area) < 1e-4


def test_county_has_the_bodies_of_the_survey(county):
    assert len(county.tables["communities"]) == 26
    assert sum(row["klass"] == "urban" for row in county.tables["communities"]) == 15
    assert len(county.tables["streets"]) == 7
    assert 550 <= len(county.tables["compounds"]) <= 650
    assert 160 <= sum(row["kind"] == "comprehensive" for row in county.tables["grids"]) <= 200
    assert {row["sub_kind"] for row in county.tables["grids"] if row["kind"] == "exclusive"} >= {"market", "campus"}


def test_compounds_are_whole_apart_and_inside_their_grid(county):
    homes = county.tables["compounds"]
    shapes = np.array([home["geometry"] for home in homes])
    assert shapely.is_valid(shapes).all()
    corners = shapely.get_num_coordinates(shapes) - 1
    assert corners.min() >= 4 and corners.max() <= 12 and len(set(corners.tolist())) >= 4
    grids = by_code(county, "grids")
    inner = np.array([grids[home["grid"]] for home in homes])
    assert (shapely.distance(shapely.boundary(inner), shapes) > 4).all()  # room for the planted overlap and gap
    assert shapely.contains_properly(inner, shapes).all()
    tree = shapely.STRtree(shapes)
    assert len(tree.query(shapes, predicate="intersects")[0]) == len(shapes)  # each meets itself only


def test_exclusive_grids_lie_in_one_community_and_hold_no_compound(county):
    communities = by_code(county, "communities")
    shapes = shapely.STRtree([home["geometry"] for home in county.tables["compounds"]])
    for grid in county.tables["grids"]:
        if grid["kind"] == "exclusive":
            assert communities[grid["community"]].contains(grid["geometry"])
            assert not len(shapes.query(grid["geometry"], predicate="intersects"))


def test_codes_have_their_parents_in_them_and_are_unique(county):
    for table, parent in (("communities", "street"), ("grids", "community"), ("compounds", "community")):
        rows = county.tables[table]
        codes = [row.get("code") or row["id"] for row in rows]
        assert len(set(codes)) == len(codes)
        assert all(code.startswith(row[parent]) for code, row in zip(codes, rows, strict=True))
    assert {len(row["code"]) for row in county.tables["grids"]} == {15}
    assert {row["code"][6:9] < "100" for row in county.tables["streets"] if row["name"].endswith("街道")} == {True}


@pytest.mark.parametrize(("size", "seed"), [("town", 1), ("county", 0), ("county", 3)])
def test_names_are_unique_inside_a_community(size, seed):
    city = make_city(size, seed)
    for table in ("compounds", "branches", "grids"):
        seen = [(row["community"], row["name"]) for row in city.tables[table]]
        assert len(set(seen)) == len(seen), table


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_divide_cuts_into_whole_parts(wide, high, data):
    parts = data.draw(st.integers(1, wide * high))
    rects = divide((0, wide, 0, high), parts, random.Random(data.draw(st.integers(0, 99))))
    cells = [(i, j) for i0, i1, j0, j1 in rects for i in range(i0, i1) for j in range(j0, j1)]
    assert len(rects) == parts
    assert sorted(cells) == [(i, j) for i in range(wide) for j in range(high)]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 40))
def test_shares_add_up(weights, more):
    shares = _share_out(len(weights) + more, weights)
    assert min(shares) >= 1
    assert abs(sum(shares) - len(weights) - more) <= len(weights)
