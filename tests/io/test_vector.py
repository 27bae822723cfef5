from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon

from gridkit.errors import LayerError
from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from gridkit.io.decode import reveal, vote
from gridkit.io.vector import read_layer
from gridkit.rules import CATALOGUE
from tests.io import files

ROWS = {"社区代码": ["990101001001", "990101001002"], "社区名称": ["启明社区", "金井㵲水社区"], "户数": [120, 240]}
SQUARES = [files.square(), files.square(0.001)]


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson"])
def test_formats_that_keep_names(tmp_path, name):
    files.layer(tmp_path / name, ROWS, SQUARES)
    draft = read_layer(name, tmp_path, "community")
    frame = draft.records.frame
    assert frame["code"].to_list() == ROWS["社区代码"]
    assert frame["name"].to_list() == ROWS["社区名称"]
    assert frame["households"].to_list() == [120, 240]
    assert draft.records.source.cell(2, "households") == f"{name}!a!2.户数"
    assert draft.crs == "EPSG:4490"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("cpg", ["", "GBK", "UTF-8", "ISO-8859-1"])
def test_shapefiles_whatever_their_cpg_says(tmp_path, encoding, cpg):
    columns = {"社区代码": ROWS["社区代码"], "社区名称": ROWS["社区名称"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names are cut, which is the point
        frame = gpd.GeoDataFrame(columns, geometry=SQUARES, crs=4490)
        frame.to_file(tmp_path / "a.shp", encoding=encoding)
    (tmp_path / "a.cpg").unlink(missing_ok=True)
    if cpg:
        (tmp_path / "a.cpg").write_text(cpg)
    records = read_layer("a.shp", tmp_path, "community").records
    assert records.frame["name"].to_list() == ROWS["社区名称"]
    if encoding == "gb18030":  # in UTF-8 both names are cut to 社区代 and 社区名
        assert records.frame["code"].to_list() == ROWS["社区代码"]
    assert records.source.encoding == encoding


def test_a_name_cut_inside_a_character(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = gpd.GeoDataFrame({"正式党员人数": [3, 4], "code": ["1", "2"]}, geometry=SQUARES, crs=4490)
        frame.to_file(tmp_path / "a.shp", encoding="utf-8")
    records = read_layer("a.shp", tmp_path, "compound").records
    assert records.frame["formal_members"].to_list() == [3, 4]
    assert [note["params"]["header"] for note in records.notes if note["code"] == "S125"] == ["正式党"]


def test_votes():
    assert vote(["plain"]) == "utf-8"
    assert vote([text.encode().decode("latin-1") for text in ("启明小区", "金井")]) == "utf-8"
    assert reveal("小区", "utf-8") == ("小区", True)  # text already
    assert reveal("\xff\xff", "utf-8")[1] is False  # neither of the two: said, not hidden


def test_long_codes_of_a_layer_are_exact(tmp_path):
    columns = {"网格编码": np.array([522601001001002001, 522601001001002002]), "社区代码": ["1", "2"]}
    files.layer(tmp_path / "a.gpkg", columns, SQUARES)
    frame = read_layer("a.gpkg", tmp_path, "grid").records.frame
    assert frame["code"].to_list() == ["522601001001002001", "522601001001002002"]


def test_a_layer_without_crs(tmp_path):
    files.layer(tmp_path / "a.gpkg", ROWS, SQUARES, crs=None)
    with pytest.raises(
        LayerError, match=r"a\.gpkg!a: the layer states no coordinate system \(state it in gridkit\.toml"
    ):
        read_layer("a.gpkg", tmp_path, "community")
    assert read_layer("a.gpkg", tmp_path, "community", crs="EPSG:4490").crs == "EPSG:4490"


def test_several_layers(tmp_path):
    files.layer(tmp_path / "a.gpkg", ROWS, SQUARES, name="社区")
    files.layer(tmp_path / "a.gpkg", ROWS, SQUARES, name="旧")
    with pytest.raises(LayerError, match="the file has several layers: 社区, 旧"):
        read_layer("a.gpkg", tmp_path, "community")
    with pytest.raises(LayerError, match="there is no layer 新; the file has: 社区, 旧"):
        read_layer("a.gpkg", tmp_path, "community", layer="新")
    assert read_layer("a.gpkg", tmp_path, "community", layer="社区").records.source.sheet == "社区"


def test_tables_without_geometry_are_no_layers(tmp_path):
    files.layer(tmp_path / "a.gpkg", ROWS, SQUARES)
    pyogrio.write_dataframe(pd.DataFrame({"styleName": ["x"]}), tmp_path / "a.gpkg", layer="layer_styles", append=True)
    assert read_layer("a.gpkg", tmp_path, "community").records.source.sheet == "a"


def test_an_empty_layer(tmp_path):
    files.layer(tmp_path / "a.gpkg", {"社区代码": []}, [])
    with pytest.raises(LayerError, match=r"a\.gpkg!a: the layer holds no feature"):
        read_layer("a.gpkg", tmp_path, "community")


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"SQLite format 3\x00 broken"])
def test_files_that_are_no_layers(tmp_path, content):
    (tmp_path / "a.gpkg").write_bytes(content)
    with pytest.raises(LayerError, match=r"a\.gpkg: this is not a boundary file"):
        read_layer("a.gpkg", tmp_path, "community")


def test_a_missing_layer_file(tmp_path):
    with pytest.raises(LayerError, match=r"x\.gpkg: there is no such file"):
        read_layer("x.gpkg", tmp_path, "community")


def test_no_known_column_is_no_crash(tmp_path):
    files.layer(tmp_path / "a.gpkg", {"abc": [1, 2]}, SQUARES)
    assert read_layer("a.gpkg", tmp_path, "compound").records.given == frozenset()


@pytest.mark.parametrize(("crs", "there"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)])
def test_map_service_coordinates_are_brought_back(tmp_path, crs, there):
    lon, lat = there(np.array([107.98]), np.array([26.58]))
    files.table(tmp_path / "a.csv", [["小区名称", "经度", "纬度"], ["甲小区", f"{lon[0]:.9f}", f"{lat[0]:.9f}"]])
    draft = read_layer("a.csv", tmp_path, "compound", crs=crs)
    assert draft.geometry.iloc[0].distance(Point(107.98, 26.58)) < 1e-7
    assert (draft.records.source.crs_stated, draft.crs) == (crs, "EPSG:4490")
    assert [note["code"] for note in draft.records.notes] == ["S131"]
    stated = [["小区名称", "经度", "纬度", "坐标系"], ["甲小区", f"{lon[0]:.9f}", f"{lat[0]:.9f}", crs]]
    files.table(tmp_path / "b.csv", stated)
    assert read_layer("b.csv", tmp_path, "compound").geometry.iloc[0].distance(Point(107.98, 26.58)) < 1e-7


def test_points_of_a_table_without_a_system_are_assumed_and_said(tmp_path):
    files.table(
        tmp_path / "a.csv", [["小区名称", "经度", "纬度"], ["甲", "107.98", "26.58"], ["乙", "", ""], ["丙", "0", "0"]]
    )
    draft = read_layer("a.csv", tmp_path, "compound")
    codes = {note["code"]: note for note in draft.records.notes}
    assert set(codes) == {"S130", "S133", "S135"}
    assert codes["S135"]["refs"] == ("a.csv!B4",)
    assert draft.geometry.isna().to_list() == [False, True, True]
    assert len(draft.records.frame) == 3


def test_swapped_columns_are_refused(tmp_path):
    files.table(tmp_path / "a.csv", [["小区名称", "经度", "纬度"], ["甲", "26.58", "107.98"]])
    with pytest.raises(LayerError):
        read_layer("a.csv", tmp_path, "compound")


def test_a_table_of_several_systems_is_refused(tmp_path):
    rows = [
        ["小区名称", "经度", "纬度", "坐标系"],
        ["甲", "107.98", "26.58", "GCJ-02"],
        ["乙", "107.98", "26.58", "WGS84"],
    ]
    files.table(tmp_path / "a.csv", rows)
    with pytest.raises(LayerError, match="holds several: GCJ-02, WGS84"):
        read_layer("a.csv", tmp_path, "compound")


def test_a_table_without_places_is_no_layer(tmp_path):
    files.table(tmp_path / "a.csv", [["小区名称", "户数"], ["甲", "5"]])
    with pytest.raises(LayerError, match="without columns of longitude and latitude"):
        read_layer("a.csv", tmp_path, "compound")


def test_metric_points_of_a_stated_system(tmp_path):
    files.table(tmp_path / "a.csv", [["小区名称", "x", "y"], ["甲", "500000", "2941000"]])
    draft = read_layer("a.csv", tmp_path, "compound", crs="EPSG:4545")
    assert draft.geometry.iloc[0].x == 500000


BOWTIE = Polygon([(107.98, 26.58), (107.981, 26.581), (107.981, 26.58), (107.98, 26.581)])


def test_geometries_of_all_kinds_keep_their_rows(tmp_path):
    shapes = [files.square(), None, BOWTIE, LineString([(107.98, 26.58), (107.99, 26.58)]), Polygon()]
    files.layer(tmp_path / "a.gpkg", {"小区编号": list("ABCDE"), "小区名称": list("甲乙丙丁戊")}, shapes)
    city, findings = files.read(tmp_path, '[layers.compound]\npath = "a.gpkg"\n')
    frame = city.layers["compound"].frame
    assert list(frame.index) == list("ABCDE")
    assert frame.geometry.isna().to_list() == [False, True, False, True, True]
    assert shapely.is_valid(frame.geometry.to_numpy()).tolist() == [True, False, True, False, False]
    assert findings.counts() == {"S133": 1, "S134": 1, "S136": 1}
    bowtie = findings.with_code("S134").iloc[0]
    assert bowtie["subject"] == "C"
    assert bowtie["params"]["reason"] == "Self-intersection"
    assert (bowtie["lon"], bowtie["lat"]) == pytest.approx((107.9805, 26.5805), abs=1e-6)
    assert bowtie["params"]["after"] == pytest.approx(frame.geometry["C"].area, abs=0.01)
    assert bowtie["params"]["before"] == pytest.approx(0, abs=1)  # the two halves of a bow tie cancel out


def test_lines_set_aside_from_several_files_are_all_listed(tmp_path):
    line = LineString([(107.98, 26.58), (107.99, 26.58)])
    for n in range(2):
        names = [f"甲{n}", f"乙{n}"]
        files.layer(tmp_path / "k" / f"{n}.gpkg", {"小区名称": names}, [files.square(x=n / 100), line])
    city, _ = files.read(tmp_path, '[layers.compound]\npath = "k"\n')
    assert city.set_aside["src"].to_list() == ["k/0.gpkg!0", "k/1.gpkg!1"]
    assert [(one.rows_in, one.kept, one.set_aside) for one in city.sources] == [(2, 1, 1)] * 2


@pytest.mark.parametrize(("columns", "variant"), [({}, "bare"), ({"社区代码": ["990101001001", ""]}, "")])
def test_features_without_geometry_and_without_codes(tmp_path, columns, variant):
    files.layer(tmp_path / "a.gpkg", {"小区名称": ["甲", "乙"], **columns}, [files.square(), None])
    _, findings = files.read(tmp_path, '[layers.compound]\npath = "a.gpkg"\n')
    (row,) = findings.with_code("S133").to_dict("records")
    assert row["params"].get("variant", "") == variant
    assert ("社区代码" in CATALOGUE["S133"].remedy) and row["params"]["n"] == 1
