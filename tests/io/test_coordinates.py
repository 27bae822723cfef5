"""Coordinates that look right and are not: datums of layers and registries, zones, axes, control points."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import shapely

from gridkit.errors import InputError, LayerError
from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from gridkit.io.project import read_project
from gridkit.rules import CATALOGUE
from gridkit.stores import inputs_digest
from tests.io import boundaries, files
from tests.schema.coordinate_cases import X0, Y0, communities, controlled, degrees, far_zone, homes


def said(folder, text):
    return files.read(folder, text)[1]


def only(findings, code):
    (row,) = findings.with_code(code).to_dict("records")
    return row


def sentence(row):
    return CATALOGUE[row["code"]].say(row["params"])


def test_the_finding_names_datum_shares_and_line(tmp_path):
    row = only(said(tmp_path, homes(tmp_path, numbers=wgs84_to_bd09)), "S170")
    assert row["subject"] == "p.csv"
    assert row["params"]["crs"] == "BD-09"
    assert float(row["params"]["bd"]) > 99
    assert float(row["params"]["same"]) < 30
    assert '[layers.compound] crs = "BD-09"' in sentence(row)


def test_the_wider_layer_can_be_the_wrong_one(tmp_path):
    text = homes(tmp_path)
    cells, codes, _ = communities(tmp_path)
    files.layer(tmp_path / "c.gpkg", {"社区代码": codes, "社区名称": [f"第{n}社区" for n in range(25)]},
                degrees(cells, wgs84_to_gcj02))  # fmt: skip
    row = only(said(tmp_path, text), "S170")
    assert row["subject"] == "c.gpkg!c"
    assert row["params"]["line"] == '[layers.community] crs = "GCJ-02"'
    assert float(row["params"]["gcj"]) > 99 > float(row["params"]["same"])


def test_what_is_stated_rightly_is_not_said(tmp_path):
    for numbers, crs in ((wgs84_to_gcj02, "GCJ-02"), (wgs84_to_bd09, "BD-09"), (None, "EPSG:4326")):
        text = homes(tmp_path, numbers=numbers, stated=f'crs = "{crs}"\n')
        assert not {"S170", "S171", "S172", "S173"} & set(said(tmp_path, text).counts())


@pytest.mark.parametrize(("numbers", "stated", "value"), [(wgs84_to_bd09, "GCJ-02", "BD-09"), (None, "GCJ-02", "same")])
def test_what_is_stated_wrongly_is_contradicted(tmp_path, numbers, stated, value):
    row = only(said(tmp_path, homes(tmp_path, numbers=numbers, stated=f'crs = "{stated}"\n')), "S171")
    assert row["params"]["crs"] == stated
    assert row["params"]["value"] == value


def test_the_constant_shift_is_measured(tmp_path):
    row = only(said(tmp_path, homes(tmp_path, shift=(90.0, 60.0), spread=0.45, many=20)), "S173")
    assert row["params"]["east"] == pytest.approx(90, abs=25)
    assert row["params"]["north"] == pytest.approx(60, abs=25)


def registry(folder, numbers, *, names=False, datum=""):
    cells, _, text = communities(folder)
    rng = np.random.default_rng(4)
    spots = [shapely.Point(c.centroid.x + dx, c.centroid.y + dy)
             for c, (dx, dy) in zip(cells, rng.uniform(-150, 150, (25, 2)), strict=True)]  # fmt: skip
    head = ["单位名称", "所属社区", "经度", "纬度", "坐标系"]
    rows = [[f"第{n}单位", f"第{n}社区", round(p.x, 7), round(p.y, 7), datum]
            for n, p in enumerate(degrees(spots, numbers))]  # fmt: skip
    if names:
        rows = [[f"第{n}小区", "", *row[2:]] for n, row in enumerate(rows)]
        columns = {"小区编号": [f"X{n}" for n in range(25)], "小区名称": [row[0] for row in rows]}
        files.layer(folder / "k.gpkg", columns, degrees([spot.buffer(60) for spot in spots]))
        text = '[layers.compound]\npath = "k.gpkg"\n'
    files.table(folder / "u.csv", [head, *rows])
    return f'{text}[registries.units]\npath = "u.csv"\n'


@pytest.mark.parametrize("names", [False, True])
def test_points_of_a_registry(tmp_path, names):
    """Against the community that each states, or against the layer in which the same names stand."""
    row = only(said(tmp_path, registry(tmp_path, wgs84_to_gcj02, names=names)), "S170")
    assert row["subject"] == "u.csv"
    assert row["params"]["line"] == "坐标系: GCJ-02"
    assert ("within 100 m" in sentence(row)) == names
    assert "S170" not in said(tmp_path, registry(tmp_path, None, names=names)).counts()
    assert "S170" not in said(tmp_path, registry(tmp_path, wgs84_to_gcj02, names=names, datum="GCJ-02")).counts()


def test_a_registry_whose_column_states_the_wrong_system(tmp_path):
    row = only(said(tmp_path, registry(tmp_path, wgs84_to_gcj02, datum="WGS84")), "S171")
    assert row["params"]["crs"] == "WGS84"
    assert row["params"]["value"] == "GCJ-02"


def test_rows_in_another_order_say_the_same(tmp_path):
    text = homes(tmp_path, numbers=wgs84_to_gcj02)
    one = only(said(tmp_path, text), "S170")["params"]
    head, *rows = (tmp_path / "p.csv").read_text("utf-8").splitlines()
    (tmp_path / "p.csv").write_text("\n".join([head, *rows[::-1]]), "utf-8")
    assert only(said(tmp_path, text), "S170")["params"] == one


@pytest.mark.parametrize(("crs", "wrong"), [("EPSG:4545", False), ("EPSG:4544", True), ("EPSG:4548", True)])
def test_a_six_digit_easting_in_another_zone(tmp_path, crs, wrong):
    findings = said(tmp_path, far_zone(tmp_path, crs))
    assert ("S175" in findings.counts()) == wrong
    if wrong:
        row = only(findings, "S175")
        assert row["params"]["line"] == '[layers.grid] crs = "EPSG:4545"'
        assert row["params"]["distance_m"] > 250


def test_a_better_hypothesis_is_a_warning_with_the_line_to_try(tmp_path):
    """A shift of its own comes on top of that of the map service: no verdict, but a remark."""
    row = only(said(tmp_path, homes(tmp_path, deep=True)), "S172")
    assert (row["severity"], "line" in row["params"]) == ("warning", False)
    text = homes(tmp_path, numbers=wgs84_to_gcj02, shift=(260.0, 130.0))
    row = only(said(tmp_path, text), "S172")
    assert row["severity"] == "warning"
    assert row["params"]["crs"] == "GCJ-02"
    assert '[layers.compound] crs = "GCJ-02"' in sentence(row)


def test_a_kml_file_says_the_shares(tmp_path):
    cells, _, text = communities(tmp_path)
    homes_of = degrees([cell.buffer(-200) for cell in cells], wgs84_to_gcj02)
    marks = "".join(boundaries.placemark(f"第{n}小区", one) for n, one in enumerate(homes_of))
    (tmp_path / "k.kml").write_text(boundaries.kml_text(marks), "utf-8")
    row = only(said(tmp_path, text + '[layers.compound]\npath = "k.kml"\n'), "S166")
    assert float(row["params"]["gcj"]) > float(row["params"]["same"])
    assert f"{row['params']['gcj']} % with GCJ-02 undone" in sentence(row)


def table(folder, lon, lat):
    rows = [[f"X{k}", f"第{k}小区", "商品房", a, b] for k, (a, b) in enumerate(zip(lon, lat, strict=True))]
    files.table(folder / "p.csv", [["小区编号", "小区名称", "小区类型", "经度", "纬度"], *rows])
    return '[layers.compound]\npath = "p.csv"\n'


LON, LAT = [107.98, 107.981, 107.982], [26.58, 26.581, 26.582]
EAST, NORTH = [498_000, 498_100, 498_200], [2_938_500, 2_938_600, 2_938_700]


@pytest.mark.parametrize(
    ("x", "y", "extra", "words"),
    [
        (LAT, LON, "", ["swapped", 'columns = { lon = "纬度", lat = "经度" }']),
        (NORTH, EAST, "", ["swapped", 'columns = { lon = "纬度", lat = "经度" }', "EPSG:4545"]),
        (NORTH, EAST, 'crs = "EPSG:4545"\n', ["swapped", 'columns = { lon = "纬度", lat = "经度" }']),
        (NORTH, [one + 36_000_000 for one in EAST], "", ["swapped", 'crs = "EPSG:4524"']),
        (EAST, NORTH, "", ["do not name their zone", 'crs = "EPSG:4545" for 108°E']),
        ([one + 36_000_000 for one in EAST], NORTH, "", ['crs = "EPSG:4524"', "begin with the zone"]),
        ([one + 18_000_000 for one in EAST], NORTH, "", ['crs = "EPSG:4496"']),
        ([one + 36_000_000 for one in EAST], NORTH, 'crs = "EPSG:4545"\n', ["zone 36", 'crs = "EPSG:4524"']),
    ],
)
def test_axes_and_zones_of_a_table_of_points(tmp_path, x, y, extra, words):
    text = table(tmp_path, x, y) + extra
    with pytest.raises(LayerError) as caught:
        files.read(tmp_path, text)
    assert str(caught.value).startswith("p.csv: ")
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_degrees_with_minutes_and_seconds(tmp_path):
    text = table(
        tmp_path, ["107°58'48\"E", "107°58′51.6″", "东经107度58分55.2秒"], ["26°34'48\"N", "26°34′51.6″", "26.582"]
    )
    city, findings = files.read(tmp_path, text)
    counts = findings.with_code("S177")
    assert sorted(row["n"] for row in counts["params"]) == [2, 3]
    assert "S111" not in findings.counts()
    points = city.layers["compound"].frame.geometry.to_crs(4490)
    assert points.x.to_list() == pytest.approx(LON, abs=1e-6)
    assert points.y.to_list() == pytest.approx(LAT, abs=1e-6)


def test_too_few_decimals(tmp_path):
    row = only(said(tmp_path, homes(tmp_path, digits=2)), "S176")
    assert row["params"]["decimals"] == 2
    assert row["params"]["step"] == 1110.0
    assert "S176" not in said(tmp_path, homes(tmp_path, digits=5)).counts()


@pytest.mark.parametrize(("digits", "wrong"), [(4, True), (6, False)])
def test_decimals_against_the_width_of_polygons(tmp_path, digits, wrong):
    squares = [shapely.box(X0 + 150 * k, Y0, X0 + 150 * k + 80, Y0 + 80) for k in range(20)]
    rough = [shapely.transform(one, lambda xy: np.round(xy, digits)) for one in degrees(squares)]
    files.layer(tmp_path / "k.geojson", {"小区编号": [f"X{k}" for k in range(20)]}, rough)
    findings = said(tmp_path, '[layers.compound]\npath = "k.geojson"\n')
    assert ("S176" in findings.counts()) == wrong


def test_single_exchanged_rows_are_named(tmp_path):
    files.table(tmp_path / "u.csv", [
        ["单位名称", "经度", "纬度", "坐标系"], ["甲局", "107.98", "26.58", "WGS84"],
        ["乙局", "43.8", "87.6", "WGS84"], ["丙局", "107.99", "26.59", "WGS84"],
    ])  # fmt: skip
    city, findings = files.read(tmp_path, '[registries.units]\npath = "u.csv"\n')
    row = only(findings, "S174")
    assert row["refs"] == ("u.csv!B3",)
    assert "S135" not in findings.counts()  # told once
    assert "the latitude stands in column 经度, the longitude in column 纬度" in sentence(row)
    assert city.rows("units")["lon"].isna().tolist() == [False, True, False]


class TestControlPoints:
    """A layer in Beijing 1954 metres with points known in both systems."""

    def test_the_table_is_an_input_and_a_changed_one_another(self, tmp_path):
        hashes = []
        for wrong in (0.0, 6.0):
            city, _ = files.read(tmp_path, controlled(tmp_path, wrong=wrong))
            (source,) = (one for one in city.sources if one.kind == "control")
            assert (source.path, source.rows_in, source.kept, source.tabular) == ("control.csv", 5, 5, False)
            assert source.sha256 == hashlib.sha256((tmp_path / "control.csv").read_bytes()).hexdigest()
            hashes.append(inputs_digest([source], {}))
        assert hashes[0] != hashes[1]

    def test_the_layer_comes_to_its_place(self, tmp_path):
        city, findings = files.read(tmp_path, controlled(tmp_path))
        bounds = city.layers["compound"].frame.geometry.to_crs("EPSG:4545").total_bounds
        assert bounds == pytest.approx([X0, Y0, X0 + 900, Y0 + 900], abs=0.01)
        row = only(findings, "S178")
        assert row["params"]["rms"] == "0.00"
        assert row["params"]["text"].startswith("K0 0.00; K1 0.00")
        assert row["refs"] == ("control.csv",)

    def test_without_them_the_layer_is_refused_and_they_are_named(self, tmp_path):
        text = controlled(tmp_path).replace('control = "control.csv"\n', "")
        with pytest.raises(LayerError, match=r'control = "control\.csv"'):
            files.read(tmp_path, text)

    def test_seven_parameters(self, tmp_path):
        city, findings = files.read(tmp_path, controlled(tmp_path) + "transform = 7\n")
        bounds = city.layers["compound"].frame.geometry.to_crs("EPSG:4545").total_bounds
        assert bounds == pytest.approx([X0, Y0, X0 + 900, Y0 + 900], abs=0.2)
        assert only(findings, "S178")["params"]["kind"] == "7"

    def test_the_point_that_is_wrong_is_named(self, tmp_path):
        findings = said(tmp_path, controlled(tmp_path, wrong=6.0))
        assert only(findings, "S179")["params"]["ident"] == "K2"

    def test_two_points_check_nothing(self, tmp_path):
        text = controlled(tmp_path)
        lines = (tmp_path / "control.csv").read_text("utf-8").splitlines()
        (tmp_path / "control.csv").write_text("\n".join(lines[:3]), "utf-8")
        assert "nothing checks them" in sentence(only(said(tmp_path, text), "S178"))

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("点名,x,y,lon,lat", "点名,x,y,lon,b", "lack the column"),
            ("点名,x,y,lon,lat", "点名,y,x,lon,lat", "exchanged"),
            ("点名,x,y,lon,lat", "点名,x,y,lat,lon", "exchanged"),
            ("点名,x,y,lon,lat", "点名,lon,lat,x,y", "no degrees|exchanged"),
            ("K1,", "K1,abc", "is not a number"),
            ("K1,", "K1,nan", "is not a number"),
        ],
    )
    def test_points_that_cannot_be_used(self, tmp_path, old, new, words):
        text = controlled(tmp_path)
        content = (tmp_path / "control.csv").read_text("utf-8").replace(old, new, 1)
        (tmp_path / "control.csv").write_text(content, "utf-8")
        with pytest.raises(InputError, match=words) as caught:
            files.read(tmp_path, text)
        assert str(caught.value).startswith("control.csv")

    def test_points_of_another_place_are_refused(self, tmp_path):
        text = controlled(tmp_path)
        content = (tmp_path / "control.csv").read_text("utf-8").replace(",49", ",69").replace(",50", ",69")
        (tmp_path / "control.csv").write_text(content, "utf-8")
        with pytest.raises(InputError, match=r"no control point lies near|do not fit"):
            files.read(tmp_path, text)

    @pytest.mark.parametrize("content", ["", "x,y,lon,lat\n", "x,y,lon,lat\n498048,2938439,107.98,26.56\n"])
    def test_files_without_enough_points(self, tmp_path, content):
        text = controlled(tmp_path)
        (tmp_path / "control.csv").write_text(content, "utf-8")
        with pytest.raises(InputError):
            files.read(tmp_path, text)

    def test_a_file_that_is_not_there(self, tmp_path):
        text = controlled(tmp_path)
        (tmp_path / "control.csv").unlink()
        with pytest.raises(InputError, match=r"control\.csv"):
            files.read(tmp_path, text)

    def test_targets_in_metres(self, tmp_path):
        text = controlled(tmp_path)
        _, *lines = (tmp_path / "control.csv").read_text("utf-8").splitlines()
        rows = [line.split(",") for line in lines]
        new = [[*row[:3], str(float(row[1]) - 48.0), str(float(row[2]) + 61.0), "EPSG:4545"] for row in rows]
        files.table(tmp_path / "control.csv", [["点名", "x", "y", "target_x", "target_y", "target_crs"], *new])
        city, _ = files.read(tmp_path, text)
        bounds = city.layers["compound"].frame.geometry.to_crs("EPSG:4545").total_bounds
        assert bounds == pytest.approx([X0, Y0, X0 + 900, Y0 + 900], abs=0.01)

    def test_another_number_of_parameters_is_a_mistake_of_the_project(self, tmp_path):
        text = controlled(tmp_path) + "transform = 6\n"
        (tmp_path / "gridkit.toml").write_text(text, "utf-8")
        with pytest.raises(InputError):
            read_project(tmp_path)
