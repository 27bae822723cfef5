"""Boundary layers inspected: each rule, each kind of bad input, and laws that hold for all layers."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, affinity, box

from benchmarks.coverages import world
from gridkit import pipeline
from gridkit.geo import place
from gridkit.io.project import read_project
from gridkit.locale import speaking
from gridkit.model.boundaries import DEFECT_COLUMNS
from gridkit.rules import CATALOGUE, boundaries
from gridkit.rules.examples import cases
from gridkit.topology import check_nesting
from gridkit.topology.defects import find_defects
from gridkit.topology.resolve import Limits
from gridkit.topology.survey import survey
from tests import tiny
from tests.rules import case_city
from tests.topology.layers import city, inspected, of_shapes

SAID = {
    "T101": ("warning", "A1: the boundary crosses itself; its valid polygons are used"),
    "T102": ("warning", "A2 has an area of <0.01 m²: nothing can lie in it"),
    "T103": ("notice", "the outline of A1 has a spike 60.0 m long, 0.05 m wide at its foot"),
    "T104": ("notice", "A1 consists of 2 parts; all but the largest have 1,600 m² together"),
    "T105": ("warning", "A2 is a point: the grid layer needs an area"),
    "T201": ("error", "A1 and A2 both claim 6,000 m² (26.1 m wide)"),
    "T202": ("warning", "3,200 m² (26.7 m wide) beside A1, A2 belong to nobody"),
    "T203": ("notice", "a sliver of 5.00 m² (0.02 m wide) is claimed by several: A1, A2"),
    "T204": ("notice", "the border of A1 and A2 has different vertices on its two sides, over 200 m"),
    "T205": ("error", "A2, A3 have the same outline (40,000 m²)"),
    "T206": ("error", "A2 (6,400 m²) lies wholly inside A1"),
    "T207": ("notice", "a crack 140 m long and 0.30 m wide lies between A1, A2, open to the outside"),
    "T208": ("error", "3 units claim the same 2,000 m² (22.2 m wide): A1, A2, A3"),
    "T209": ("notice", "A1 and A4 share a border of 0.50 m only: probably a corner that was drawn twice"),
    "T351": ("error", "6,000 m² of A1 (26.1 m wide) lie in B, though its superior is A"),
    "T352": ("warning", "10,000 m² of A (40.0 m wide) belong to none of the units below it"),
    "T353": ("notice", "the outlines of A1 and A differ by less than 0.1 m in 1 place(s): 5.00 m²"),
    "T354": ("notice", "a part of A1 (6,400 m²) lies wholly inside B; its superior is A"),
    "T404": ("warning", "the official list has 西门社区 (990101001002); the layer has no such code"),
    "T406": ("notice", "西门社区 (990101001002) has the code 990101001005 in the official list"),
    "T502": ("warning", "P lies in A1 and as much in A2; A1 is taken because its code is the smaller one"),
    "T505": ("warning", "A5 lies 24,000 m away from the nearest of the others"),
    "T508": ("warning", "P, Q have the same polygon (6,400 m²)"),
    "T602": ("notice", "no defect 000000000000 is found any more, though an exception is kept for it"),
}
"""What is said of the failing case of each rule (gridkit/rules/cases), and how bad it is."""


def say(found, code):
    with speaking("en"):
        return CATALOGUE[code].say(found.with_code(code)["params"].iloc[0])


@pytest.mark.parametrize("code", SAID)
def test_a_failing_case_is_told_once_with_numbers_rows_and_a_place(code):
    seen, findings = case_city.inspected(cases()[code]["failing"])
    told = findings.with_code(code)
    assert (told["severity"].to_list(), say(findings, code)) == ([SAID[code][0]], SAID[code][1])
    if code[:2] not in ("T4", "T6"):
        assert ".gpkg!" in told["refs"].iloc[0][0]
        assert np.isfinite([told["lon"].iloc[0], told["lat"].iloc[0]]).all()
        assert told["params"].iloc[0]["defect"] in seen.frame.index


def test_every_rule_is_told_and_has_a_name_elsewhere():
    assert set(SAID) == {rule.code for rule in boundaries.RULES} - {"T601"}  # has a test of its own
    assert all(rule.elsewhere for rule in boundaries.RULES)


def test_a_clean_city_has_no_defects():
    one = tiny.city()
    found = inspected(one)
    assert list(found.frame.columns) == list(DEFECT_COLUMNS)
    assert (len(found.frame), len(found.findings)) == (0, 0)


def two(width: float, *, level: str = "community", **fields):
    """Two units with a gap of a width between them, closed above and below by one of them."""
    gap = box(10, 2, 10 + width, 8)
    units = [box(0, 0, 10, 10).union(box(0, 0, 10 + width, 2)).union(box(0, 8, 10 + width, 10)),
             Polygon([(10 + width, 0), (30, 0), (30, 10), (10 + width, 10), (10 + width, 8),
                      (10 + width, 2)])]  # fmt: skip
    return {
        level: [
            {"code": "A", "wkt": units[0].wkt, **fields},
            {"code": "B", "wkt": units[1].wkt, **fields},
        ]
    }, gap


def test_a_gap_with_a_compound_in_it_is_an_error_and_never_settled_by_itself():
    layers, gap = two(4.0)
    wide = Limits(share=1.0)
    empty = inspected(city(layers), limits=wide).frame
    assert empty.loc[empty["code"] == "T202", ["severity", "action", "auto_ok"]].values.tolist() == [
        ["warning", "give", True]
    ]
    layers["compound"] = [{"code": "x", "households": 12, "wkt": gap.centroid.wkt}]
    found = inspected(city(layers), limits=wide)
    row = found.frame[found.frame["code"] == "T202"].iloc[0]
    assert (row["severity"], row["action"], row["auto_ok"], row["cause"]) == ("error", "ask", False, "inside")
    assert (row["compounds"], row["households"]) == (1, 12)
    assert say(found.findings, "T202").endswith("1 compounds with 12 households lie there")


def test_alternatives_stand_with_their_borders_the_longest_first():
    layers, _ = two(4.0)
    row = inspected(city(layers)).frame.iloc[0]
    assert (row["alternatives"], row["borders"], row["target"]) == (("A", "B"), (14.0, 6.0), "A")


def test_an_overlap_across_superiors_is_an_error_and_asked():
    layers = {"community": [
        {"code": "990101001001", "wkt": box(0, 0, 12, 10).wkt}, {"code": "990101002001", "wkt": box(10, 0, 20, 10).wkt},
    ], "street": [{"code": "990101001", "wkt": box(0, 0, 10, 10).wkt},
                  {"code": "990101002", "wkt": box(10, 0, 20, 10).wkt}]}  # fmt: skip
    found = inspected(city(layers))
    row = found.frame[found.frame["code"] == "T201"].iloc[0]
    assert (row["severity"], row["cause"], row["auto_ok"]) == ("error", "parents", False)
    assert row["parents"] == ("990101001", "990101002")
    assert "different superiors" in say(found.findings, "T201")
    assert not len(found.frame[found.frame["code"] == "T351"])  # the overlap has said it


def test_what_the_children_say_is_suggested_for_an_overlap_of_their_superiors():
    """An airport belongs to one district by its code and lies in the outline of both: the code counts."""
    layers = {
        "street": [
            {"code": "A", "wkt": MultiPolygon([box(0, 0, 1000, 1000), box(2000, 400, 2100, 500)]).wkt},
            {"code": "B", "wkt": box(1000, 0, 3000, 1000).wkt},
        ],
        "community": [
            {"code": "a1", "street_code": "A", "wkt": box(0, 0, 1000, 1000).wkt},
            {"code": "a2", "street_code": "A", "wkt": box(2000, 400, 2100, 500).wkt},
            {"code": "b1", "street_code": "B",
             "wkt": box(1000, 0, 3000, 1000).difference(box(2000, 400, 2100, 500)).wkt},
        ],
    }  # fmt: skip
    row = inspected(city(layers)).frame.query("level == 'street' and code == 'T201'").iloc[0]
    assert (row["target"], row["severity"], row["action"]) == ("A", "error", "ask")
    layers["community"][1]["street_code"] = "B"
    row = inspected(city(layers)).frame.query("level == 'street' and code == 'T201'").iloc[0]
    assert row["target"] == "B"


def test_exclusive_grids_and_communities_without_grids_leave_no_gaps():
    ring = box(0, 0, 30, 30).difference(box(10, 10, 20, 20))
    rest = [{"code": "a", "community_code": "A", "wkt": ring.wkt, "grid_kind": "comprehensive"}]
    assert inspected(city({"grid": rest})).frame["code"].to_list() == ["T202"]
    over = {"code": "x", "community_code": "A", "wkt": box(10, 10, 20, 20).wkt, "grid_kind": "exclusive"}
    assert not len(inspected(city({"grid": [*rest, over]})).frame)
    communities = [{"code": "A", "wkt": ring.wkt}, {"code": "B", "wkt": box(10, 10, 20, 20).wkt}]
    found = inspected(city({"grid": rest, "community": communities})).frame
    assert not len(found)
    twice = inspected(city({"grid": [*rest, over, {**over, "code": "y"}]})).frame
    assert twice[["code", "severity", "units"]].values.tolist() == [["T205", "warning", ("x", "y")]]


def test_compounds_are_no_coverage():
    shapes = [box(0, 0, 10, 10), box(2, 2, 4, 4), box(9, 0, 20, 10), box(20, 0, 30, 10), box(0, 50, 9, 60)]
    found = inspected(of_shapes(shapes, level="compound"))
    assert found.frame[["code", "severity", "units"]].values.tolist() == [
        ["T201", "notice", ("000", "002")],
        ["T206", "notice", ("001", "000")],
    ]


def test_what_nesting_has_said_is_not_said_again():
    one = case_city.city(cases()["T351"]["failing"])
    nesting = check_nesting(one, place(one))
    assert "T323" in nesting.counts()
    found = inspected(one, said=nesting)
    assert "T351" in set(found.frame["code"])
    assert "T351" not in found.findings.counts()


def test_exceptions_hold_until_they_end_and_tell_when_they_concern_nothing():
    layers, _ = two(4.0)
    one = city(layers, as_of=dt.date(2024, 6, 30))
    (name,) = inspected(one).frame.index
    saved = pd.DataFrame([
        {"defect_id": name, "reason": "a lake", "role": "street office", "until": "2024-06-30"},
        {"defect_id": "feedfeedfeed", "reason": "old", "role": "x", "until": ""},
    ])  # fmt: skip
    found = inspected(one, exceptions=saved)
    assert found.frame[["exception", "action", "auto_ok"]].values.tolist() == [
        ["street office: a lake (2024-06-30)", "keep", False]
    ]
    assert found.findings.counts() == {"T602": 1}
    later = inspected(city(layers, as_of=dt.date(2024, 7, 1)), exceptions=saved.set_index("defect_id"))
    assert later.frame["exception"].to_list() == [""]
    assert later.findings.counts() == {"T202": 1, "T601": 1, "T602": 1}
    assert say(later.findings, "T601") == f"the exception for defect {name} ended on 2024-06-30; it counts again"
    assert inspected(city(layers), exceptions=saved).findings.counts() == {"T602": 1}


def spiral(turns: int) -> Polygon:
    angle = np.linspace(0, turns * 2 * np.pi, turns * 40)
    line = np.column_stack([np.cos(angle), np.sin(angle)]) * (10 + 5 * angle)[:, None]
    return LineString(line).buffer(0.02)


def at_home(shape):
    return shapely.transform(shape, lambda points: points + np.array([tiny.X0, tiny.Y0]))


ENCLAVE = [box(0, 0, 90, 90) - box(20, 20, 70, 70), box(20, 20, 70, 70) - box(30, 30, 60, 60),
           box(30, 30, 60, 60) - box(40, 40, 50, 50)]  # fmt: skip
BAD = {
    "all identical": ([box(0, 0, 50, 50)] * 40, {"T205"}),
    "one contains all": ([box(0, 0, 90, 90), *(box(x, 0, x + 10, 10) for x in range(0, 80, 10))], {"T206"}),
    "bow-tie": ([Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), box(20, 0, 30, 10)], {"T101", "T104"}),
    "spiral sliver": ([box(-300, -300, 300, 300), spiral(6)], {"T206"}),
    "1e-9 slivers": ([box(0, 0, 10, 10), Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10 + 1e-9, 5)])], None),
    "hole in enclave in hole": (ENCLAVE, {"T202"}),
    "500 parts": ([MultiPolygon([box(x, y, x + 1, y + 1) for x in range(0, 50, 2) for y in range(0, 40, 2)]),
                   box(60, 0, 70, 10)], {"T104"}),
    "empty": ([Polygon(), box(0, 0, 10, 10), None], {"T102"}),
    "collections": ([GeometryCollection([box(0, 0, 10, 10), LineString([(0, 0), (5, 20)])]), box(10, 0, 20, 10),
                     GeometryCollection([Point(1, 1)])], set()),
    "not finite": ([Polygon([(0, 0), (np.inf, 0), (5, 5)]), box(0, 0, 10, 10)], {"T102"}),
    "lines and points": ([LineString([(0, 0), (9, 9)]), Point(3, 3), box(0, 0, 10, 10)], {"T105"}),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("level", ["street", "community", "grid", "compound"])
def test_bad_input_is_reported_and_breaks_nothing(name, level):
    shapes, expected = BAD[name]
    one = of_shapes([None if shape is None else at_home(shape) for shape in shapes], level=level)
    found = inspected(one)
    assert found.frame.index.is_unique
    if level == "community" and expected is not None:
        assert set(found.frame["code"]) == expected
    for row in found.findings.rows():
        assert "〈" not in CATALOGUE[row["code"]].say(row["params"])


def test_a_third_of_invalid_geometry():
    given = world(100, dirty=0.3, seed=1)
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    shapes = [affinity.translate(bow, *one.centroid.coords[0]) if at % 3 == 0 else one
              for at, one in enumerate(given.spoilt)]  # fmt: skip
    found = inspected(of_shapes(shapes))
    assert found.frame["code"].value_counts()["T101"] == 34


def test_degrees_and_levels_in_different_systems_are_measured_in_metres():
    layers, _ = two(4.0)
    plain = city(layers)
    degrees = {level: one.frame.to_crs("EPSG:4490") for level, one in plain.layers.items()}
    units = [{"code": code, "shape": shape} for code, shape in degrees["community"].geometry.items()]
    found = inspected(city({"community": units}, crs="EPSG:4490"))
    assert found.frame.loc[found.frame["code"] == "T202", "area_m2"].to_list() == [pytest.approx(24.0, rel=1e-3)]
    mixed = city({"community": units}, crs="EPSG:4490")
    mixed = type(plain)("mixed", plain.crs, None, dict(mixed.layers), {}, plain.sources)
    assert "T202" in set(inspected(mixed).frame["code"])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_ids_and_findings_do_not_depend_on_the_order_of_rows(seed, random):
    shapes = world(36, dirty=0.4, seed=seed).spoilt
    units = [{"code": f"{at:03d}", "shape": at_home(shape)} for at, shape in enumerate(shapes)]
    first = inspected(city({"community": units}))
    random.shuffle(units)
    second = inspected(city({"community": units}))
    pd.testing.assert_frame_equal(
        pd.DataFrame(first.frame.drop(columns=["geometry", "area_m2", "width_m", "length_m", "borders"])),
        pd.DataFrame(second.frame.drop(columns=["geometry", "area_m2", "width_m", "length_m", "borders"])),
    )
    assert np.allclose(first.frame["area_m2"], second.frame["area_m2"])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_overlaps_add_up_to_what_pairs_of_units_have_in_common(seed):
    shapes = world(36, dirty=0.4, seed=seed).spoilt
    frame = inspected(of_shapes(shapes)).frame
    frame = frame[frame["code"].isin(["T201", "T203", "T205", "T206", "T208"])]
    gaps = frame["cause"].eq("") & frame["units"].map(len).eq(0)
    places = survey(np.asarray(shapes)).defects.frame.query("count > 1")
    pairs = float((places["area"] * places["count"] * (places["count"] - 1) / 2).sum())
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = one < other
    common = shapely.area(shapely.intersection(shapes[one[apart]], shapes[other[apart]])).sum()
    assert pairs == pytest.approx(float(common), abs=1e-4)
    assert not gaps.any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_a_clean_coverage_has_no_findings(seed):
    shapes = world(49, dirty=0.0, seed=seed).truth
    found = inspected(of_shapes(shapes))
    assert set(found.frame["code"]) <= {"T209"}, found.frame


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_the_survey_finds_what_the_repair_works_on(seed):
    shapes = np.asarray(world(49, dirty=0.3, seed=seed).spoilt)
    seen, whole = survey(shapes).defects, find_defects(shapes)
    assert seen.frame["count"].to_list() == whole.frame["count"].to_list()
    assert np.allclose(seen.frame["area"], whole.frame["area"], atol=1e-4)
    pd.testing.assert_frame_equal(seen.claimed, whole.claimed, check_dtype=False)
    both = seen.borders.merge(whole.borders, on=["defect", "unit"], how="outer").fillna(0.0)
    assert np.allclose(both["length_x"], both["length_y"], atol=0.05)


def test_a_layer_of_ten_thousand_is_named_by_place_not_by_number():
    shapes = world(400, dirty=0.2, seed=3).spoilt
    frame = inspected(of_shapes(shapes)).frame
    half = inspected(of_shapes(shapes[:200])).frame
    assert len(set(frame.index) & set(half.index)) > len(half) / 2


def test_the_frame_is_a_layer():
    layers, _ = two(4.0)
    frame = inspected(city(layers)).frame
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs == tiny.CRS
    assert frame.index.name == "defect_id"


def test_a_project_keeps_what_its_exceptions_say(tmp_path):
    demo = Path(__file__).parents[2] / "data"
    shutil.copytree(demo, tmp_path / "data")
    toml = tmp_path / "data" / "gridkit.toml"
    before = pipeline.check(read_project(toml))
    assert before.findings.counts()["T202"] == before.findings.counts()["T201"] == 1
    (name,) = before.defects.index[before.defects["code"] == "T202"]
    (tmp_path / "data" / "exceptions.csv").write_text(
        f"defect_id,reason,role,until\n{name},a lake,street office,\nfeedfeedfeed,gone,street office,\n", "utf-8"
    )
    toml.write_text(toml.read_text("utf-8") + '\n[repair]\nexceptions = "exceptions.csv"\n', "utf-8")
    counts = pipeline.check(read_project(toml)).findings.counts()
    assert {code: n for code, n in counts.items() if code[:2] in ("T2", "T6")} == {"T201": 1, "T602": 1}
