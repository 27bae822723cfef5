"""Layers that only the drawing of grids reads, and the table ``[grids]`` of the project file."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import LineString, box

from gridkit.errors import InputError, LayerError, ProjectError
from gridkit.io.ground import read_ground, read_shapes
from gridkit.io.project import read_project
from gridkit.model.plan import Norm

CRS = "EPSG:4544"
X, Y = 500_000.0, 4_400_000.0


def project_of(folder, text):
    (folder / "gridkit.toml").write_text(text, encoding="utf-8")
    return read_project(folder)


def layer(folder, name, columns, shapes, crs=CRS):
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    frame.to_file(folder / f"{name}.gpkg", driver="GPKG")
    return frame


TOML = '[layers.road]\npath = "road.gpkg"\n'


def test_roads_in_another_system_are_converted(tmp_path):
    road = layer(tmp_path, "road", {"highway": ["a", "b"]},
                 [LineString([(X, Y), (X + 100, Y)]),
                  LineString([(X, Y), (X, Y + 9), (X + 9, Y), (X, Y)])])  # fmt: skip
    road.to_crs("EPSG:32648").to_file(tmp_path / "road.gpkg", driver="GPKG")
    found, files = read_ground(project_of(tmp_path, TOML), CRS)
    assert list(files) == ["road.gpkg"]
    assert found["road"].crs == CRS
    assert found["road"].length.iloc[0] == pytest.approx(100, abs=0.01)
    assert found["road"].total_bounds[:2] == pytest.approx((X, Y), abs=0.01)


@pytest.mark.filterwarnings("ignore:.*crs.*was not provided")
def test_roads_without_a_system_are_refused(tmp_path):
    layer(tmp_path, "road", {"n": [1]}, [LineString([(X, Y), (X + 100, Y)])], crs=None)
    with pytest.raises(LayerError, match=r"road.gpkg.*states no coordinate system .*crs"):
        read_ground(project_of(tmp_path, TOML), CRS)
    found, _ = read_ground(project_of(tmp_path, TOML + f'crs = "{CRS}"\n'), CRS)
    assert len(found["road"]) == 1


def test_buildings_and_exclusive_areas(tmp_path):
    layer(
        tmp_path,
        "b",
        {"层数": ["6", "?"], "户数": [24, None]},
        [box(X, Y, X + 9, Y + 9), box(X, Y + 20, X + 9, Y + 30)],
    )
    layer(tmp_path, "e", {"name": ["商圈", "市场", "市场"], "code": ["", "Z1", "Z1"]},
          [box(X + 100 * n, Y, X + 100 * n + 50 + n, Y + 50) for n in range(3)])  # fmt: skip
    text = '[layers.building]\npath = "b.gpkg"\n[layers.exclusive]\npath = "e.gpkg"\n'
    found, files = read_ground(project_of(tmp_path, text), CRS)
    assert found["building"]["floors"].tolist()[0] == 6
    assert found["building"]["floors"].isna().tolist() == [False, True]
    assert found["building"]["households"].fillna(-1).tolist() == [24, -1]
    assert found["exclusive"]["name"].to_dict() == {"E001": "商圈", "Z1": "市场"}
    assert round(found["exclusive"].area["Z1"]) == 52 * 50  # the larger of two
    assert sorted(files) == ["b.gpkg", "e.gpkg"]
    text = text.replace('"b.gpkg"', '"b.gpkg"\ncolumns = { floors = "户数" }')
    assert read_ground(project_of(tmp_path, text), CRS)[0]["building"]["floors"].tolist()[0] == 24


def test_shapes_of_a_file(tmp_path):
    layer(tmp_path, "line", {"n": [1]}, [LineString([(X, Y), (X + 100, Y)])])
    assert read_shapes("line.gpkg", tmp_path, CRS).length.tolist() == [100.0]
    with pytest.raises(InputError):
        read_shapes("none.gpkg", tmp_path, CRS)


def test_settings(tmp_path):
    text = '[grids]\nband = "250:450"\nplan = "plans/a"\n[grids.bands]\nvillage = "100:300"\n520100001002 = "80:90"\n'
    project = project_of(tmp_path, text)
    assert project.grids.norm() == Norm(250, 450)
    assert project.grids.norm(band="1:5", measure="persons") == Norm(1, 5, measure="persons")
    assert project.grids.norm_of("520100001002", "village") == Norm(80, 90)
    assert project.grids.norm_of("520100001001", "urban") is None
    assert "grids" not in project.settings()


def test_ground_is_no_part_of_a_run(tmp_path):
    assert project_of(tmp_path, TOML).settings()["layers"] == {}


@pytest.mark.parametrize(("text", "needle"), [
    ('[grids]\nband = "500:300"\n', "2: band must be a band of sizes"),
    ('[grids]\nband = "a few"\n', "2: band must be a band of sizes"),
    ("[grids]\nband = 300\n", "2: band must be a band of sizes"),
    ('[grids.bands]\nvillage = "x"\n', "2: village must be a band of sizes"),
    ('[grids]\nmeasure = "flats"\n', "2: measure must be one of"),
    ('[grids]\nbnad = "1:2"\n', "unknown key bnad; did you mean band"),
    ("[grids]\nallow_mixed = 1\n", "allow_mixed must be true or false"),
    ('[layers.raod]\npath = "x"\n', "unknown key raod; did you mean road"),
    ('[layers.building]\npath = "x"\ncolumns = { flors = "x" }\n', "unknown key flors; did you mean floors"),
])  # fmt: skip
def test_mistakes_of_the_project_file(tmp_path, text, needle):
    with pytest.raises(ProjectError) as said:
        project_of(tmp_path, text)
    assert needle in str(said.value)
