import dataclasses

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import Point, Polygon

from gridkit.geo import place
from gridkit.locale import speaking
from gridkit.model import City, Findings
from gridkit.rules import CATALOGUE, topology
from gridkit.topology import check_nesting
from tests import tiny


def change(level: str, code: str, *, drop: tuple[str, ...] = (), geometry=..., **fields) -> City:
    """The tiny city with one feature changed."""
    city = tiny.city()
    layer = city.layers[level]
    frame = layer.frame.copy()
    for name, value in fields.items():
        frame.loc[code, name] = value
    if geometry is not ...:
        shapes = [geometry if c == code else g for c, g in frame.geometry.items()]
        frame["geometry"] = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
    layers = {**city.layers, level: dataclasses.replace(layer, frame=frame)}
    return dataclasses.replace(city, layers={k: v for k, v in layers.items() if k not in drop})


def check(city: City) -> Findings:
    return check_nesting(city, place(city))


NO_COMMUNITY = ("community", "grid")
CASES = {
    "T301": ("a1", change("compound", "a1", community_code=tiny.C)),
    "T302": ("a1", change("compound", "a1", grid_code=tiny.A2)),
    "T303": (tiny.B1, change("grid", tiny.B1, community_code=tiny.A)),
    "T304": (tiny.C, change("community", tiny.C, street_code=tiny.STREET1)),
    "T305": ("a1", change("compound", "a1", drop=NO_COMMUNITY, street_name="临河镇")),
    "T311": ("c2", change("compound", "c2", geometry=Point(tiny.X0 + 1300, tiny.Y0 + 100))),
    "T312": ("a1", change("grid", tiny.A1, geometry=tiny.square(0, 200, 100, 50))),
    "T313": (tiny.C1, change("grid", tiny.C1, geometry=tiny.square(5000, 0, 10))),
    "T314": (tiny.C, change("community", tiny.C, geometry=tiny.square(5000, 0, 10))),
    "T315": ("a1", change("compound", "a1", drop=NO_COMMUNITY, geometry=Point(0, 0))),
    "T321": ("b1", change("compound", "b1", geometry=tiny.square(380, 40, 60))),
    "T322": ("a1", change("compound", "a1", geometry=tiny.square(190, 40, 60))),
    "T323": (tiny.A2, change("grid", tiny.A2, geometry=tiny.square(200, 0, 300, 400))),
    "T324": (tiny.B, change("community", tiny.B, geometry=tiny.square(400, 0, 500, 400))),
    "T325": ("b2", change("compound", "b2", drop=NO_COMMUNITY, geometry=tiny.square(780, 40, 60))),
    "T331": ("c2", change("compound", "c2", geometry=tiny.square(1190, 40, 60))),
    "T332": ("a1", change("grid", tiny.A1, geometry=tiny.square(0, 60, 200, 300))),
    "T333": (tiny.C1, change("grid", tiny.C1, geometry=tiny.square(1000, 0, 300, 400))),
    "T334": (tiny.C, change("community", tiny.C, geometry=tiny.square(1000, 0, 300, 400))),
    "T335": ("c2", change("compound", "c2", drop=NO_COMMUNITY, geometry=tiny.square(1190, 40, 60))),
    "T342": (tiny.C, change("grid", tiny.C1, grid_kind="exclusive")),
    "T341": ("a1", change("compound", "a1", geometry=None)),
}


def test_a_clean_city_passes_every_rule():
    assert len(check(tiny.city())) == 0


def test_every_rule_has_a_case():
    assert set(CASES) == {rule.code for rule in topology.RULES}


@pytest.mark.parametrize("code", CASES)
def test_rule_fails(code):
    subject, city = CASES[code]
    found = check(city).with_code(code)
    assert found["subject"].to_list() == [subject]
    with speaking("en"):
        sentence = CATALOGUE[code].say(found["params"].iloc[0])
    assert "?" not in sentence
    assert found["refs"].iloc[0][0].split("!")[0].endswith(".gpkg")


def test_a_shifted_border_names_both_parents_and_shares():
    row = check(CASES["T321"][1]).with_code("T321").iloc[0]
    assert row["params"]["percent"] == "66.6%"
    assert row["params"]["other_percent"] == "33.3%"
    assert (row["params"]["parent"], row["params"]["other"]) == (tiny.B, tiny.A)
    assert row["lon"] == pytest.approx(105.0, abs=0.02)


def test_stated_parent_is_shown_with_its_cell():
    row = check(CASES["T301"][1]).with_code("T301").iloc[0]
    assert row["params"]["stated_name"] == "河口社区"
    assert row["params"]["parent_name"] == "东门社区"
    assert row["refs"] == ("compound.gpkg!compound!1.community_code",)


def test_outside_names_the_nearest_and_is_said_once():
    found = check(CASES["T311"][1])
    assert found.counts() == {"T311": 1}
    assert found.frame["params"].iloc[0] | {"name": ""} == {
        "name": "", "nearest": tiny.C, "nearest_name": "河口社区", "distance_m": 100}  # fmt: skip


def test_a_community_without_grids_is_said_once_not_per_compound():
    found = check(CASES["T342"][1])
    assert found.counts() == {"T342": 1}
    assert found.frame["params"].iloc[0]["compounds"] == 2


def test_two_percent_is_tolerance():
    assert len(check(change("compound", "a1", geometry=tiny.square(141, 40, 60)))) == 0  # 1 of 60 m beyond the line
    assert check(change("compound", "a1", geometry=tiny.square(142, 40, 60))).counts() == {"T322": 1}


def test_exclusive_grids_do_not_cut():
    city = change("grid", tiny.A2, grid_kind="exclusive", geometry=tiny.square(0, 0, 70, 400))
    assert "T322" not in check(city).counts()
    assert check(city).counts() == {"T312": 2}  # a3 and a4 are left without a comprehensive grid


def test_hostile_geometry():
    bow = shapely.affinity.translate(Polygon([(0, 0), (50, 50), (50, 0), (0, 50)]), tiny.X0 + 40, tiny.Y0 + 40)
    assert len(check(change("compound", "a1", geometry=bow))) == 0
    for nothing in (Polygon(), Point(float("nan"), 1)):
        assert check(change("compound", "a1", geometry=nothing)).counts() == {"T341": 1}
    assert check(City("none", tiny.CRS)).counts() == {}


NOWHERE = {"community_code": "", "community_name": "", "grid_code": "", "street_name": ""}


@pytest.mark.parametrize(
    ("fields", "given", "variant"),
    [({}, {"community_code"}, ""), (NOWHERE, {"community_code"}, "empty"), (NOWHERE, {"name"}, "bare")],
)
def test_without_geometry_it_is_said_whether_codes_place_it(fields, given, variant):
    city = change("compound", "a1", geometry=None, **fields)
    layer = dataclasses.replace(city.layers["compound"], given=frozenset(given))
    city = dataclasses.replace(city, layers={**city.layers, "compound": layer})
    (row,) = check(city).with_code("T341").to_dict("records")
    assert row["params"].get("variant", "") == variant
