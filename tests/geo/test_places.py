import dataclasses

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from gridkit.geo import place
from gridkit.model import City, Layer
from tests import tiny


def without(city: City, *levels: str) -> City:
    return dataclasses.replace(city, layers={level: x for level, x in city.layers.items() if level not in levels})


def edited(layer: Layer, **columns: object) -> Layer:
    return dataclasses.replace(layer, frame=layer.frame.assign(**columns))


def moved(layer: Layer, geometry: dict[str, object]) -> Layer:
    frame = layer.frame.copy()
    frame["geometry"] = gpd.GeoSeries([geometry.get(code, g) for code, g in frame.geometry.items()], frame.index,
                                      crs=frame.crs)  # fmt: skip
    return dataclasses.replace(layer, frame=frame)


def test_the_tiny_city():
    got, want = place(tiny.city()), tiny.places()
    pd.testing.assert_frame_equal(got.frame, want.frame, check_dtype=False, check_index_type=False)
    for level in ("community", "grid"):
        assert got.parents[level].to_dict() == want.parents[level].to_dict()


def test_levels_of_different_systems_are_placed_as_those_of_one():
    city = tiny.city()
    for level in city.layers:
        frame = city.layers[level].frame.to_crs("EPSG:4490")
        mixed = city.with_layers(**{level: dataclasses.replace(city.layers[level], frame=frame)})
        got = place(mixed)
        assert got.frame[["grid", "community", "street"]].equals(place(city).frame[["grid", "community", "street"]])
        assert {name: one.to_dict() for name, one in got.parents.items()} == {
            name: one.to_dict() for name, one in place(city).parents.items()
        }


def test_exclusive_grids_hold_no_compounds():
    city = tiny.city()
    grids = city.layers["grid"]
    kinds = grids.frame["grid_kind"].where(grids.frame.index != tiny.A1, "exclusive")
    got = place(city.with_layers(grid=edited(grids, grid_kind=kinds)))
    assert got.frame.loc["a1", "grid"] == ""
    assert got.frame.loc["a1", "community"] == tiny.A
    assert got.parents["grid"][tiny.A1] == tiny.A


@pytest.mark.parametrize(
    ("missing", "want"),
    [
        (["grid"], ("", tiny.A, tiny.STREET1)),
        (["community"], (tiny.A1, tiny.A, tiny.STREET1)),
        (["street"], (tiny.A1, tiny.A, tiny.STREET1)),
        (["grid", "community"], ("", tiny.A, tiny.STREET1)),
        (["grid", "street"], ("", tiny.A, tiny.STREET1)),
        (["grid", "community", "street"], (tiny.A1, tiny.A, "")),
    ],
)
def test_layers_may_be_missing(missing, want):
    got = place(without(tiny.city(), *missing)).frame.loc["a1"]
    assert tuple(got[["grid", "community", "street"]]) == want or (
        # without a grid layer nothing contradicts the stated grid code
        "grid" in missing and tuple(got[["grid", "community", "street"]]) == (tiny.A1, *want[1:])
    )


def test_only_streets_and_points():
    city = without(tiny.city(), "grid", "community")
    compounds = edited(moved(city.layers["compound"], {"a1": Point(tiny.X0 + 5, tiny.Y0 + 5), "a2": Point(0, 0)}),
                       grid_code="", community_code="", community_name="")  # fmt: skip
    got = place(city.with_layers(compound=compounds))
    assert got.frame.loc["a1"].drop("share").to_list() == ["", "", tiny.STREET1, "point"]
    assert got.frame.loc["a2"].drop("share").to_list() == ["", "", "", "none"]
    assert got.frame.loc["a3", "share"] == 1.0
    assert got.parents["community"].empty


def test_geometry_beats_codes_and_codes_fill_in():
    city = tiny.city()
    shapes = {"b1": None, "b2": Point(0, 0), "a2": Point(tiny.X0 + 500, tiny.Y0 + 5)}
    compounds = edited(moved(city.layers["compound"], shapes), community_code=tiny.C, community_name="")
    no_grid_here = moved(city.layers["grid"], {tiny.B1: None})
    got = place(city.with_layers(compound=compounds, grid=no_grid_here)).frame
    assert got.loc["a1", "community"] == tiny.A
    assert got.loc["a2"].drop("share").to_list() == ["", tiny.B, tiny.STREET1, "point"]  # its stated grid lies in A
    assert got.loc["b1"].drop("share").to_list() == [tiny.B1, tiny.B, tiny.STREET1, "code"]  # the grid decides
    assert got.loc["b2", "community"] == tiny.B


def test_names_place_only_where_they_are_unique():
    city = tiny.city()
    compounds = edited(moved(city.layers["compound"], {"b1": None}), community_code="", grid_code="")
    assert place(city.with_layers(compound=compounds)).frame.loc["b1", "community"] == tiny.B
    twins = edited(city.layers["community"], name="西门社区")
    assert place(city.with_layers(compound=compounds, community=twins)).frame.loc["b1", "community"] == ""


def test_no_layers_at_all():
    got = place(City("empty", tiny.CRS))
    assert got.frame.empty
    assert got.parents["grid"].empty
