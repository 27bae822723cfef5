"""The document of a board: what a page reads back is the plan, whatever the order of rows; borders have room."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.grids.atoms import edges_of
from gridkit.grids.replay import add, start
from gridkit.maps import board_data
from gridkit.maps.board_data import board_document, packed
from gridkit.model.plan import Atoms, EditLog, Norm
from tests.grids.plans import EMPTY, WEST, atoms_of, plan_of, usual


def outlines(document):
    """Return the polygons that a page makes of a document."""
    points = np.cumsum(np.array(document["arcs"]["xy"]).reshape(-1, 2), axis=0) * document["unit"] + document["origin"]
    arcs = np.split(points, np.cumsum(document["arcs"]["count"])[:-1])
    refs = iter(np.split(document["rings"]["refs"], np.cumsum(document["rings"]["arcs"])[:-1]))
    found = []
    for rings in document["rings"]["atom"]:
        lines = [
            shapely.linearrings(
                np.concatenate([(arcs[ref] if ref >= 0 else arcs[~ref][::-1])[:-1] for ref in next(refs)])
            )
            for _ in range(rings)
        ]
        land = [line for line in lines if shapely.is_ccw(line)]
        holes = [shapely.Polygon(line) for line in lines if not shapely.is_ccw(line)]
        found.append(shapely.difference(shapely.union_all(shapely.polygons(land)), shapely.union_all(holes)))
    return np.array(found, dtype=object)


def test_a_page_reads_the_plan_back():
    plan = usual()
    document = board_document(plan, start(plan), names={WEST: "西社区"})
    assert document["base"] == plan.base
    assert document["communities"][0] == [WEST, "西社区"]
    assert document["atoms"]["id"] == list(plan.atoms.frame.index)
    assert [document["grids"][at][0] for at in document["assignment"]] == list(plan.assignment)
    assert (
        shapely.area(shapely.symmetric_difference(outlines(document), plan.atoms.frame.geometry.to_numpy())) < 1e-6
    ).all()
    assert document["edges"]["not"] == document["edges"]["also"] == document["rough"] == []
    assert json.loads(gzip.decompress(base64.b64decode(packed(document)))) == document


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_edges_and_grids_does_not_matter(random):
    plan = usual()
    edges = plan.atoms.edges.sample(frac=1, random_state=random.randint(0, 999))
    other = replace(plan, atoms=Atoms(plan.atoms.frame, edges))
    assert packed(board_document(other, start(other))) == packed(board_document(plan, start(plan)))


def test_neighbours_that_do_not_follow_from_borders_are_named():
    plan = usual()
    edges = plan.atoms.edges
    gone = edges.loc[(edges["a"] == "A11") & (edges["b"] == "A12")].index
    more = edges.drop(index=gone).copy()
    more.loc[len(edges)] = ["A11", "A22", 5.0, 2.0]
    other = replace(plan, atoms=Atoms(plan.atoms.frame, more))
    said = board_document(other, start(other))["edges"]
    assert said["also"] == [[0, 5, 50, 20]]
    assert len(said["not"]) == 1
    road = replace(plan, atoms=Atoms(plan.atoms.frame, edges.assign(road=edges["length"] / 4)))
    assert set(board_document(road, start(road))["edges"]["road"]) == {25}


def test_another_base_is_refused():
    plan = usual()
    with pytest.raises(ValueError, match="start from"):
        board_document(plan, EditLog("0" * 12))


def test_the_filed_plan_may_have_other_atoms():
    plan = plan_of(atoms_of(((900, 200, 200, 200), (200, 200, 200, 200))), {"g1": ["A11"], "g2": ["A12", "A22"]})
    line = [[500_050, 2_939_900], [500_050, 2_940_200]]
    cut, log = add(plan, start(plan), "cut", {"atom": "A11", "lines": [line], "households": []})
    document = board_document(plan, log, filed=cut)
    assert [row[0] for row in document["filed"]["grids"]] == ["g1", "g2"]
    assert document["filed"]["assignment"] == document["assignment"]
    assert document["cuts"][log.edits[0].hash]["households"] == [450, 450]
    assert document["cuts"][log.edits[0].hash]["centres"] == [[500_025, 2_940_050], [500_075, 2_940_050]]


def wavy(points):
    """Return a plan of two atoms with a wavy border between them and an island in the first."""
    x = np.linspace(0, 400, points)
    wave = np.column_stack([x, 100 + 0.3 * np.sin(x)])
    south = shapely.Polygon([*wave, (400, 0), (0, 0)])
    north = shapely.Polygon([*wave, (400, 200), (0, 200)])
    island = shapely.box(50.04, 20, 60, 30)
    frame = gpd.GeoDataFrame(
        {
            "community": [WEST] * 3, "kind": ["land"] * 3, "compound": [""] * 3, "name": ["", "<b>", "=1"],
            "households": [0] * 3, "persons": [0] * 3, "known": [True] * 3,
        },
        index=["a", "b", "c"], geometry=[south.difference(island), north, island], crs="EPSG:4545",
    ).rename_axis("atom")  # fmt: skip
    frame.geometry = frame.geometry.translate(500_000, 2_940_000)
    return plan_of(Atoms(frame, edges_of(frame, EMPTY)), {"g1": ["a", "b", "c"]})


def test_borders_are_simplified_only_where_there_is_no_room(monkeypatch):
    plan = wavy(2000)
    whole = board_document(plan, start(plan))
    monkeypatch.setattr(board_data, "MOST_POINTS", 300)
    less = board_document(plan, start(plan))
    assert whole["tolerance"] == 0
    assert 0 < less["tolerance"] <= 0.5
    assert sum(less["arcs"]["count"]) <= 300 < sum(whole["arcs"]["count"])
    shapes = plan.atoms.frame.geometry.to_numpy()
    assert (shapely.hausdorff_distance(outlines(less), shapes) < less["tolerance"] + 0.1).all()
    assert shapely.coverage_is_valid(outlines(less))
    assert less["rough"] == []
    assert less["edges"] == whole["edges"]


def test_lines_for_cuts_are_those_on_land_that_may_be_cut(monkeypatch):
    atoms = atoms_of(((900, 0, 200, 200), (200, 200, 200, 200)))
    plan = replace(plan_of(atoms, {"g1": ["A11"]}), norm=Norm(300, 500))
    shapes = [
        shapely.LineString([(500_150, 2_940_010), (500_150, 2_940_090)]),
        shapely.box(500_010, 2_940_010, 500_030, 2_940_030),
        shapely.LineString([(500_350, 2_940_010), (500_350, 2_940_090)]),
    ]  # fmt: skip
    lines = gpd.GeoDataFrame({"kind": ["road", "building", "road"]}, geometry=shapes, crs="EPSG:4545")
    said = board_document(plan, start(plan), lines=lines)["lines"]
    assert said["kind"] == ["building", "road"]
    assert said["count"] == [5, 2]
    assert said["left_out"] == 0
    monkeypatch.setattr(board_data, "LINE_POINTS", 6)
    assert board_document(plan, start(plan), lines=lines)["lines"]["left_out"] == 1
