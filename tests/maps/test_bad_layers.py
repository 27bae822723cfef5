"""Layers as nobody wants them: the map is drawn all the same, and says what it has."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Point

from gridkit.errors import UsageError
from gridkit.locale import speaking
from gridkit.maps import coverage_map
from gridkit.maps.bare import run_of, without_compounds
from gridkit.model import City, Layer
from gridkit.model.fields import LAYER_FIELDS
from tests import tiny
from tests.maps import sample
from tests.maps.pages import data_of, page_of, settings_of

UNKNOWN = dict.fromkeys(sample.SITUATIONS, ("UNKNOWN", "unknown", "unknown", "unknown", ()))


def test_a_city_and_its_coverage_without_an_audit():
    run = sample.run(language="en")
    with speaking("en"):
        page = page_of(run.city, run.coverage)
    assert data_of(page)["compound"]["status"].to_dict() == {code: row[0] for code, row in sample.SITUATIONS.items()}
    assert "Made without an audit" in page and "Made without an audit" not in page_of(run)
    with speaking("en"):
        shown = coverage_map(run.city, run.coverage)._repr_html_()
    assert shown.startswith("<div") and "srcdoc=" in shown
    assert run_of(run.city, run.coverage).indicators.get("coverage.organisation.declared", basis="compounds")[
        "numerator"
    ] == 3  # fmt: skip


@pytest.mark.parametrize("change", [lambda rows: rows.pop("c1"), lambda rows: rows.update(zz=rows["a1"])])
def test_coverage_of_other_compounds_is_refused(change):
    rows = dict(sample.SITUATIONS)
    change(rows)
    with pytest.raises(UsageError, match="differ in 1 compounds"):
        coverage_map(tiny.city(), sample.coverage(rows))


def test_everything_unknown():
    page = page_of(sample.run(language="en", cover=sample.coverage(UNKNOWN)))
    levels = data_of(page)
    assert set(levels["compound"]["status"]) == {"UNKNOWN"}
    assert set(levels["grid"]["class"]) == {"unknown"}
    assert levels["street"].loc[tiny.STREET1, "rate"] == "0/6, 0%; interval 0%–100% (6 unknown)"


@pytest.mark.parametrize("left", [("compound",), ("street",), ("grid", "compound"), ("community", "grid")])
def test_levels_missing(left):
    run = sample.run(language="en")
    city = City("x", tiny.CRS, None, {level: layer for level, layer in run.city.layers.items() if level in left})
    page = page_of(sample.run(city, language="en") if "compound" in left else without_compounds(city, language="en"))
    assert list(data_of(page)) == [level for level in ("street", "community", "grid", "compound") if level in left]


def test_no_layer_and_empty_layers():
    assert data_of(page_of(without_compounds(City("x", tiny.CRS), language="en"))) == {}
    city = tiny.city()
    empty = {level: Layer(level, layer.frame.iloc[:0]) for level, layer in city.layers.items()}
    page = page_of(without_compounds(City("x", tiny.CRS, None, empty), language="en"))
    assert {level: len(frame) for level, frame in data_of(page).items()} == dict.fromkeys(empty, 0)
    assert settings_of(page)["bounds"] == [[18.0, 73.0], [54.0, 135.0]]


def one(geometry, **fields):
    return tiny.layer("compound", {"p": {"name": "一", **fields}}, [geometry])


@pytest.mark.parametrize(
    "geometry",
    [
        tiny.square(0, 0, 9),
        Point(tiny.X0, tiny.Y0),
        shapely.MultiPolygon([tiny.square(0, 0, 9), tiny.square(20, 0, 9)]),
        shapely.Polygon(),
        None,
    ],
    ids=["polygon", "point", "parts", "empty", "none"],
)  # fmt: skip
def test_one_compound(geometry):
    city = City("x", tiny.CRS, None, {"compound": one(geometry)})
    cover = sample.coverage({"p": ("UNCOVERED", "no", "no", "unknown", ())})
    places = tiny.places()
    places = type(places)(places.frame.iloc[:1].set_axis(["p"]).rename_axis("code"))
    frame = data_of(page_of(sample.run(city, cover=cover, places=places, language="en")))["compound"]
    assert frame.index.tolist() == ["p"] and frame.loc["p", "status"] == "UNCOVERED"


@pytest.mark.parametrize(
    "name", ["名" * 10_000, "مجمع سكني", "\u202eevil\u202c", "🏠👨‍👩‍👧", "\x00\x07", "</script>", "  "],
    ids=["long", "rtl", "override", "emoji", "control", "script", "blank"],
)  # fmt: skip
def test_names_of_every_kind(name):
    page = page_of(sample.run(tiny.city([], {"a1": {"name": name}}), language="en"))
    frame = data_of(page)["compound"]
    assert frame.loc["a1", "name"] == name.encode("utf-8", "replace").decode()
    assert len(frame.loc["a1", "initials"]) <= 200
    page.encode("utf-8", "strict")
    if "<" in name:
        assert not re.search("</script>[^<]*</script>", page)


def test_two_hundred_attributes_do_not_get_onto_the_page():
    city = tiny.city()
    frame = city.layers["compound"].frame.copy()
    for at in range(200):
        frame[f"attribute_{at}"] = f"秘密{at}"
    page = page_of(sample.run(city.with_layers(compound=Layer("compound", gpd.GeoDataFrame(frame))), language="en"))
    assert "attribute_7" not in page and len(data_of(page)["compound"].columns) < 40
    assert not set(data_of(page)["compound"].columns) & {"address", *LAYER_FIELDS["compound"]} - {
        "name", "households", "formal_members", "grid", "community", "street",
    }  # fmt: skip


def test_a_city_outside_china_is_drawn_where_it_is():
    moved = {}
    for level, layer in tiny.city().layers.items():
        shapes = layer.frame.to_crs("EPSG:4490").geometry.translate(-105 + 179.99, -39.7 - 33)
        moved[level] = Layer(level, layer.frame.set_geometry(shapes.set_crs("EPSG:4490", allow_override=True)))
    settings = settings_of(page_of(sample.run(City("x", "EPSG:4490", None, moved), language="en")))
    (south, west), (north, east) = settings["bounds"]
    assert -34 < south < north < -32 and 179 < west < east


def test_the_order_of_rows_says_nothing():
    run = sample.run(language="en")
    mixed = {}
    for level, layer in run.city.layers.items():
        order = np.random.default_rng(3).permutation(len(layer.frame))
        mixed[level] = Layer(level, layer.frame.iloc[order], layer.given)
    assert page_of(sample.run(run.city.with_layers(**mixed), language="en")) == page_of(run)
