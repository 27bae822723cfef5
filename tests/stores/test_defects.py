"""Defects of boundaries in a GeoPackage: one layer per kind, words beside codes, equal bytes."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import LineString, Point

from gridkit.locale import speaking
from gridkit.model import Findings
from gridkit.rules import CATALOGUE
from gridkit.rules.examples import cases
from gridkit.stores import write_defects
from gridkit.stores.gpkg import layers
from tests import tiny
from tests.maps.test_defects import defects, with_defects
from tests.reports import sample
from tests.rules.case_city import city as case_city
from tests.rules.case_city import inspected

NONE = Findings.none()


def names(path) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in pyogrio.list_layers(path)}


def test_each_kind_of_geometry_has_its_layer(tmp_path):
    frame = defects(4)
    frame.loc["d0000001", "geometry"] = LineString([(tiny.X0, tiny.Y0), (tiny.X0 + 9, tiny.Y0)])
    frame.loc["d0000002", "geometry"] = Point(tiny.X0, tiny.Y0)
    frame.loc["d0000003", "geometry"] = None
    write_defects(frame, NONE, tiny.city(), tmp_path / "d.gpkg")
    assert list(names(tmp_path / "d.gpkg")) == ["defects", "defects_lines", "defects_points"]
    found = pyogrio.read_dataframe(tmp_path / "d.gpkg", layer="defects")
    assert found["defect_id"].to_list() == ["d0000000", "d0000003"]
    assert found.crs == tiny.CRS
    assert found.geometry.isna().to_list() == [False, True]
    assert found["units"].iloc[0] == f"{tiny.A1}; {tiny.A2}"


@pytest.mark.parametrize("frame", [None, defects(0)])
def test_nothing_found_is_an_empty_layer(tmp_path, frame):
    write_defects(frame, NONE, tiny.city(), tmp_path / "d.gpkg")
    assert len(pyogrio.read_dataframe(tmp_path / "d.gpkg", layer="defects")) == 0


def test_equal_defects_give_equal_bytes_and_words_are_of_the_reader(tmp_path):
    run = with_defects(6)
    for name in ("one.gpkg", "two.gpkg"):
        write_defects(run.defects, run.findings, run.city, tmp_path / name)
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()
    with speaking("en"):
        write_defects(run.defects, run.findings, run.city, tmp_path / "three.gpkg")
    found = pyogrio.read_dataframe(tmp_path / "three.gpkg", layer="defects").set_index("defect_id")
    assert found.loc["d0000000", "title"] == "Two units claim the same place"
    assert "{{ 1 }}" in found.loc["d0000000", "sentence"]
    assert found.loc["d0000005", "sentence"] == ""


@pytest.mark.parametrize("code", ["T201", "T203", "T204", "T209", "T404", "T351"])
def test_what_is_inspected_comes_back(tmp_path, code):
    case = cases()[code]["failing"]
    seen, findings = inspected(case)
    path = tmp_path / "d.gpkg"
    write_defects(seen.frame, findings, case_city(case), path)
    read = pd.concat([pyogrio.read_dataframe(path, layer=name) for name in names(path)])
    assert set(read["defect_id"]) == set(seen.frame.index)
    row = read[read["code"] == code].iloc[0]
    with speaking("zh"):
        assert row["sentence"] or CATALOGUE[code].say()
    if code != "T404":
        expected = seen.frame.loc[row["defect_id"], "geometry"]
        assert row.geometry.distance(expected) == 0
        assert row.geometry.area == pytest.approx(expected.area, abs=1e-6)


def test_a_run_has_them_in_degrees():
    run = replace(sample.run(), defects=defects(3))
    found = dict(layers(run))["defects"]
    assert len(found) == 3
    assert found.crs == "EPSG:4490"
    assert found.geometry.iloc[0].bounds[0] == pytest.approx(105, abs=0.1)
    assert "defects" not in dict(layers(sample.run()))


def test_a_hundred_thousand_are_written(tmp_path):
    frame = gpd.GeoDataFrame(pd.concat([defects(1000)] * 100), geometry="geometry", crs=tiny.CRS)
    frame.index = pd.Index([f"d{at:07d}" for at in range(len(frame))], name="defect_id", dtype="object")
    write_defects(frame, NONE, tiny.city(), tmp_path / "d.gpkg")
    assert (tmp_path / "d.gpkg").stat().st_size < 80_000_000
