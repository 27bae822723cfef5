import sqlite3
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import pyogrio
import pytest

from gridkit.errors import OutputError
from gridkit.model import City, Findings, Layer
from gridkit.stores import write_gpkg
from tests.reports import sample


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    target = tmp_path_factory.mktemp("gpkg") / "city.gpkg"
    write_gpkg(sample.run(), target)
    return target


def test_layers_in_degrees(path):
    assert [row[0] for row in pyogrio.list_layers(path)] == ["street", "community", "grid", "compound", "findings"]
    for layer in ("street", "compound", "findings"):
        frame = gpd.read_file(path, layer=layer)
        assert frame.crs.to_epsg() == 4490
        assert frame.total_bounds[0] == pytest.approx(105, abs=0.2)


def test_status_and_codes_as_text(path):
    frame = gpd.read_file(path, layer="compound").set_index("code")
    assert frame["status"].to_dict() == {code: row[0] for code, row in sample.STATUS.items()}
    assert frame.loc["a1", "grid"] == "990101001001001"
    assert frame.loc["a1", "via"] == "branches.xlsx!Sheet1!3"
    assert frame.loc["a1", "name"] == sample.HOSTILE


def test_labels_are_in_the_language_of_the_run(tmp_path):
    write_gpkg(sample.run("en"), tmp_path / "a.gpkg")
    frame = gpd.read_file(tmp_path / "a.gpkg", layer="compound").set_index("code")
    assert frame["status_label"].to_dict()["a2"] == "joint branch"
    assert frame["type_label"].isin(["commodity housing", "unit-run compound", "old compound", ""]).all()


def test_free_text_stays_out_and_areas_are_named(path):
    compound = gpd.read_file(path, layer="compound")
    assert not {"address", "ineligible_reason"} & set(compound.columns)
    assert (compound["street_name"] != "").all()
    assert (compound["community_name"] != "").all()
    communities = gpd.read_file(path, layer="community").set_index("code")["street_name"]
    assert set(communities) == {"平安街道", "临河镇"}
    assert (gpd.read_file(path, layer="grid")["community_name"] != "").all()


def test_areas_count_their_compounds(path):
    frame = gpd.read_file(path, layer="street").set_index("name")
    assert frame["compounds"].to_dict() == {"平安街道": 6, "临河镇": 2}
    statuses = [name for name in frame.columns if name.startswith("n_")]
    assert (frame[statuses].sum(axis=1) == frame["compounds"]).all()


def test_only_findings_with_a_place(path):
    assert gpd.read_file(path, layer="findings")["code"].tolist() == ["C101"]


def test_the_date_inside_is_that_of_the_data(path):
    with closing(sqlite3.connect(path)) as connection:
        dates = {row[0] for row in connection.execute("select last_change from gpkg_contents")}
    assert dates == {"2024-06-30T00:00:00.000Z"}
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_nothing_lies_beside_the_file(path):
    assert [entry.name for entry in path.parent.iterdir()] == ["city.gpkg"]


def test_a_compound_without_geometry_and_points(tmp_path):
    run = sample.run()
    layer = run.city.layers["compound"]
    frame = layer.frame.copy()
    frame["geometry"] = frame.geometry.centroid.where(frame.index != "a1", None)
    city = run.city.with_layers(compound=Layer("compound", frame))
    write_gpkg(replace(run, city=city), tmp_path / "a.gpkg")
    read = gpd.read_file(tmp_path / "a.gpkg", layer="compound").set_index("code")
    assert len(read) == 8
    assert read.geometry["a1"] is None
    assert read.geom_type["a2"] == "Point"


def test_only_compounds_and_no_findings(tmp_path):
    run = sample.run()
    city = City("x", run.city.crs, None, {"compound": run.city.layers["compound"]})
    write_gpkg(replace(run, city=city, findings=Findings.none()), tmp_path / "a.gpkg")
    assert [row[0] for row in pyogrio.list_layers(tmp_path / "a.gpkg")] == ["compound", "findings"]


def test_a_file_that_is_open_elsewhere_is_not_touched(path, tmp_path):
    target = tmp_path / "city.gpkg"
    target.write_bytes(b"old")
    (tmp_path / "city.gpkg-wal").write_bytes(b"")
    with pytest.raises(OutputError, match="gpkg-wal"):
        write_gpkg(sample.run(), target)
    assert target.read_bytes() == b"old"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OutputError):
        write_gpkg(sample.run(), tmp_path / "missing" / "city.gpkg")


def test_an_interruption_keeps_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "city.gpkg"
    target.write_bytes(b"old")
    write = pyogrio.write_dataframe

    def interrupted(*args, layer, **more):
        if layer == "grid":
            raise KeyboardInterrupt
        write(*args, layer=layer, **more)

    monkeypatch.setattr(pyogrio, "write_dataframe", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_gpkg(sample.run(), target)
    assert [entry.name for entry in tmp_path.iterdir()] == ["city.gpkg"]
    assert target.read_bytes() == b"old"
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
