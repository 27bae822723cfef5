"""Atoms: they tile the communities, compounds stay whole, nobody is lost, and the order of rows says nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridkit.grids.atoms import Ground, build_atoms
from gridkit.model.plan import Norm

CRS = "EPSG:4545"
X, Y = 500_000, 2_940_000
WEST, EAST = "520100001001", "520100001002"
LEFT_OUT = ("outside", "no_place", "no_ground", "same_code")
LAW = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def box(x0, y0, x1, y1):
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def line(*points):
    return shapely.LineString([(X + x, Y + y) for x, y in points])


def communities():
    shapes = [box(0, 0, 400, 400), box(400, 0, 800, 400)]
    return gpd.GeoDataFrame(index=pd.Index([WEST, EAST], name="code"), geometry=shapes, crs=CRS)


def compounds(shapes, households=None):
    """Return compounds ``C0``, ``C1`` ... with so many households, None for not stated."""
    n = len(shapes)
    table = pd.DataFrame(
        {"name": [f"小区{i}" for i in range(n)], "households": pd.array(households or [100] * n, dtype="Int64"),
         "persons": pd.array([None if h is None else 3 * h for h in households or [100] * n], dtype="Int64")},
        index=pd.Index([f"C{i}" for i in range(n)], name="code", dtype="object"),
    )  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs=CRS)


def layer(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


def demand_tiling(built, outlines):
    """Every community is covered by its atoms, once; neighbours have the same vertices; all hang together."""
    frame = built.atoms.frame
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())
    for code, outline in outlines.geometry.items():
        mine = frame.loc[frame["community"] == code]
        assert mine.geometry.area.sum() == pytest.approx(outline.area, abs=1.0)
        assert shapely.area(shapely.union_all(mine.geometry.to_numpy())) == pytest.approx(outline.area, abs=1.0)
        assert pieces(built.atoms, mine.index) == len(shapely.get_parts(outline))


def pieces(atoms, members):
    place = {atom: at for at, atom in enumerate(members)}
    edges = atoms.edges.loc[atoms.edges["a"].isin(members) & atoms.edges["b"].isin(members)]
    a, b = [place[one] for one in edges["a"]], [place[one] for one in edges["b"]]
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(len(place), len(place)))
    return int(connected_components(graph, directed=False)[0])


def events(built):
    return built.log.groupby("event")["subject"].agg(list).to_dict()


def test_two_compounds_share_the_land_between_them():
    built = build_atoms(communities(), compounds([box(100, 100, 190, 300), box(210, 100, 300, 300)]))
    demand_tiling(built, communities())
    border = built.atoms.edges.set_index(["a", "b"])["length"]["C0", "C1"]
    assert border > 200  # along the middle of the lane between them
    assert built.atoms.frame["kind"].value_counts().to_dict()["compound"] == 2


def test_a_community_without_compounds_is_one_piece_of_land():
    built = build_atoms(communities(), compounds([]))
    assert built.atoms.frame["kind"].tolist() == ["land", "land"]
    assert built.atoms.frame["households"].sum() == 0
    demand_tiling(built, communities())


def test_roads_cut_land_and_no_compound():
    roads = layer([line((0, 200), (800, 200)), line((200, 0), (200, 400))])
    bare = build_atoms(communities(), compounds([]), ground=Ground(roads=roads))
    assert bare.atoms.frame["community"].value_counts().to_dict() == {WEST: 4, EAST: 2}
    assert (bare.atoms.edges["road"] == bare.atoms.edges["length"]).all()
    middle = box(150, 150, 250, 250)
    built = build_atoms(communities(), compounds([middle]), ground=Ground(roads=roads))
    demand_tiling(built, communities())
    assert shapely.covers(built.atoms.frame.geometry["C0"].buffer(0.01), middle)


def test_water_as_an_area_cuts_along_its_banks():
    pond = layer([box(100, 100, 300, 300)])
    built = build_atoms(communities(), compounds([]), ground=Ground(water=pond))
    assert built.atoms.frame["community"].value_counts().to_dict() == {WEST: 2, EAST: 1}
    demand_tiling(built, communities())


def test_of_overlapping_compounds_the_smaller_one_keeps_its_ground():
    small, large = box(150, 150, 200, 200), box(100, 100, 300, 300)
    built = build_atoms(communities(), compounds([large, small], [70, 30]))
    demand_tiling(built, communities())
    assert events(built) == {"overlap": ["C0"]}
    assert built.log["area"].tolist() == [2500.0]
    assert built.atoms.frame.loc[["C0", "C1"], "households"].tolist() == [70, 30]
    assert shapely.covers(built.atoms.frame.geometry["C1"].buffer(0.01), small)


def test_a_compound_across_two_communities_belongs_to_the_larger_part():
    built = build_atoms(communities(), compounds([box(300, 100, 450, 200)]))
    demand_tiling(built, communities())
    assert events(built) == {"clipped": ["C0"]}
    assert built.log["area"].tolist() == [5000.0]
    assert built.atoms.frame["community"]["C0"] == WEST


def test_compounds_that_cannot_be_atoms_are_told():
    shapes = [box(100, 100, 200, 200), box(2000, 0, 2100, 100), None, shapely.Point(X + 50, Y + 50)]
    built = build_atoms(communities(), compounds([*shapes, shapes[0]], [10, 20, 30, 40, 50]))
    told = events(built)
    assert (told["outside"], told["no_place"], told["overlap"]) == (["C1"], ["C2"], ["C4"])
    assert told["no_ground"] == ["C3", "C4"]  # a point, and the later one of two on the same ground
    assert [code for code in built.atoms.frame.index if code.startswith("C")] == ["C0"]


@pytest.mark.parametrize("stated", [None, -1])
def test_households_that_are_not_stated_count_as_none(stated):
    built = build_atoms(communities(), compounds([box(100, 100, 200, 200)], [stated]))
    row = built.atoms.frame.loc["C0"]
    assert (row["households"], row["persons"], bool(row["known"])) == (0, 0, False)
    assert events(built) == {"unknown": ["C0"]}


def test_a_large_compound_is_cut_between_its_buildings():
    houses = [box(20 + 60 * i, 20 + 60 * j, 50 + 60 * i, 50 + 60 * j) for i in range(6) for j in range(6)]
    large = compounds([box(0, 0, 400, 400)], [1440])
    built = build_atoms(communities(), large, ground=Ground(buildings=layer(houses)), norm=Norm(300, 500))
    demand_tiling(built, communities())
    parts = built.atoms.frame.loc[built.atoms.frame["kind"] == "part"]
    assert events(built) == {"cut": ["C0"]}
    assert len(parts) == 14  # groups of a quarter of the target of 400
    assert (parts["households"].sum(), parts["persons"].sum()) == (1440, 4320)
    assert parts["households"].max() <= 135
    assert set(parts["compound"]) == {"C0"}
    inside = shapely.intersects(parts.geometry.to_numpy()[:, None], np.array(houses))
    deep = shapely.area(shapely.intersection(parts.geometry.to_numpy()[:, None], np.array(houses))) > 1
    assert (deep.sum(axis=0) == 1).all()  # no building is cut
    assert inside.any(axis=0).all()
    without = build_atoms(communities(), large, norm=Norm(300, 500))
    assert events(without) == {"too_large": ["C0"]}
    assert without.atoms.frame["kind"]["C0"] == "compound"


def test_a_compound_in_the_corner_of_its_community():
    """Clipping Voronoi cells to the envelope once left a line beside an area."""
    built = build_atoms(communities(), compounds([box(0, 0, 37, 37), box(0, 20, 137, 157)]))
    demand_tiling(built, communities())


def test_exclusive_areas_come_first():
    market = gpd.GeoDataFrame({"name": ["市场"], "households": [5]}, index=pd.Index(["E1"], name="code"),
                              geometry=[box(150, 100, 250, 200)], crs=CRS)  # fmt: skip
    built = build_atoms(communities(), compounds([box(100, 100, 200, 200)]), ground=Ground(exclusive=market))
    demand_tiling(built, communities())
    assert built.atoms.frame["kind"]["E1"] == "exclusive"
    assert built.atoms.frame.geometry.area["E1"] == pytest.approx(10_000, abs=0.5)  # no land joins it
    assert built.atoms.frame.geometry["C0"].intersection(market.geometry["E1"]).area < 1


@pytest.mark.parametrize(("stated", "households"), [(pd.NA, 100), (5, 5)])
def test_a_compound_with_the_code_of_an_exclusive_area_is_part_of_it(stated, households):
    market = gpd.GeoDataFrame({"name": ["市场"], "households": [stated]}, index=pd.Index(["C0"], name="code"),
                              geometry=[box(150, 100, 250, 200)], crs=CRS)  # fmt: skip
    built = build_atoms(communities(), compounds([box(100, 100, 200, 200)]), ground=Ground(exclusive=market))
    assert events(built)["same_code"] == ["C0"]
    assert built.atoms.frame.loc["C0", ["kind", "households"]].tolist() == ["exclusive", households]
    assert built.atoms.frame["households"].sum() == households


corner = st.integers(0, 38).map(lambda n: 20 * n)
side = st.integers(2, 9).map(lambda n: 20 * n - 3)
rectangles = st.lists(st.tuples(corner, corner, side, side), max_size=8)
size = st.one_of(st.none(), st.integers(-2, 900))
streets = st.lists(st.tuples(*[st.integers(-20, 820)] * 4).filter(lambda p: p[:2] != p[2:]), max_size=5)


@LAW
@given(
    boxes=rectangles,
    sizes=st.lists(size, min_size=8, max_size=8),
    roads=streets,
    turn=st.randoms(use_true_random=False),
)
def test_laws(boxes, sizes, roads, turn):
    some = compounds([box(x, y, x + w, y + h) for x, y, w, h in boxes], sizes[: len(boxes)] or None)
    ground = Ground(roads=layer([line(p[:2], p[2:]) for p in roads]))
    built = build_atoms(communities(), some, ground=ground)
    demand_tiling(built, communities())
    told = events(built)
    gone = {code for event in LEFT_OUT for code in told.get(event, [])}
    stated = some["households"].fillna(0).clip(lower=0)
    assert built.atoms.frame["households"].sum() == stated[[code for code in some.index if code not in gone]].sum()
    assert {code for code in some.index if code not in gone} == set(built.atoms.frame.index) & set(some.index)
    changed = gone | set(told.get("clipped", [])) | set(told.get("overlap", []))
    for code in some.index.difference(list(changed)):
        assert shapely.area(shapely.difference(some.geometry[code], built.atoms.frame.geometry[code])) < 1
    order = list(range(len(some)))
    turn.shuffle(order)
    other = build_atoms(communities().iloc[::-1], some.iloc[order], ground=Ground(roads=ground.roads.iloc[::-1]))
    assert other.atoms.version == built.atoms.version
    pd.testing.assert_frame_equal(other.atoms.edges, built.atoms.edges)
    pd.testing.assert_frame_equal(other.log, built.log)


@pytest.mark.parametrize("stated", [float("inf"), float("-inf"), 1e30, -5.0, float("nan")])
def test_a_number_that_cannot_be_is_not_stated(stated):
    found = compounds([box(20, 20, 120, 120), box(200, 20, 320, 120)])
    found = found.assign(households=[stated, 100.0], persons=[300.0, stated])
    frame = build_atoms(communities(), found).atoms.frame
    assert frame.loc["C0", ["households", "known"]].tolist() == [0, False]
    assert frame.loc["C1", ["households", "persons"]].tolist() == [100, 0]


def test_a_community_whose_border_crosses_itself_is_drawn():
    bow = shapely.Polygon([(X, Y), (X + 400, Y + 400), (X + 400, Y), (X, Y + 400)])
    outlines = communities()
    outlines.loc[WEST, "geometry"] = bow
    built = build_atoms(outlines, compounds([box(20, 150, 60, 250), box(340, 150, 380, 250)], [10, 20]))
    mine = built.atoms.frame.loc[built.atoms.frame["community"] == WEST]
    assert mine.geometry.area.sum() == pytest.approx(80_000, abs=1.0)  # two triangles of 400 m by 200 m
    assert int(mine["households"].sum()) == 30


def test_no_land_has_the_code_of_a_compound():
    some = compounds([box(20, 20, 60, 60), box(300, 300, 340, 340)], [10, 20])
    some.index = pd.Index([f"{WEST}L001", f"{WEST}L002"], name="code")
    frame = build_atoms(communities(), some).atoms.frame
    assert frame["households"][[f"{WEST}L001", f"{WEST}L002"]].tolist() == [10, 20]
    assert f"{WEST}L001_2" in frame.index


def test_households_of_buildings_outside_compounds_are_told():
    houses = layer([box(110, 110, 130, 130), box(300, 300, 320, 320), box(500, 300, 520, 320), box(540, 300, 560, 320)],
                   households=[50, 7, 2, None])  # fmt: skip
    built = build_atoms(communities(), compounds([box(100, 100, 200, 200)]), ground=Ground(buildings=houses))
    told = built.log.loc[built.log["event"] == "scattered"]
    assert told[["community", "households", "note"]].to_numpy().tolist() == [[WEST, 7, "1"], [EAST, 2, "1"]]
    assert int(built.atoms.frame["households"].sum()) == 100
