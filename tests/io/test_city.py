from __future__ import annotations

from pathlib import Path

import pytest
from shapely.geometry import box

from gridkit.errors import InputError
from gridkit.io.city import read_city
from gridkit.io.project import read_project
from tests.io import files

DATA = Path(__file__).parents[2] / "data"


def _compounds(folder, order):
    rows = [("甲小区", 0.0, 5), ("乙小区", 0.002, 6), ("丙小区", 0.004, 7), ("丙小区", 0.004, 7)]
    picked = [rows[one] for one in order]
    columns = {"小区名称": [row[0] for row in picked], "户数": [row[2] for row in picked]}
    files.layer(folder / "a.gpkg", columns, [files.square(row[1]) for row in picked])
    return files.read(folder, '[layers.compound]\npath = "a.gpkg"\n')


def test_provisional_codes_come_from_content_not_from_order(tmp_path):
    one, findings = _compounds(tmp_path / "a", [0, 1, 2, 3])
    two, _ = _compounds(tmp_path / "b", [3, 1, 0, 2])
    frame = one.layers["compound"].frame
    assert list(frame.index) == list(two.layers["compound"].frame.index)
    assert list(frame["name"]) == list(two.layers["compound"].frame["name"])
    assert all(len(code.split("-")[0]) == 13 and code.startswith("~") for code in frame.index)
    assert sum(code.endswith("-2") for code in frame.index) == 1  # the exact twin
    (made,) = findings.with_code("S103").to_dict("records")  # one for the layer, with all its features
    assert (made["params"]["n"], len(made["refs"])) == (4, 4)


def test_many_provisional_codes_are_one_finding(tmp_path):
    rows = [["小区名称", "经度", "纬度"], *[[f"小区{n}", 107.9 + n / 1000, 26.5] for n in range(60)]]
    files.table(tmp_path / "a.csv", rows)
    city, findings = files.read(tmp_path, '[layers.compound]\npath = "a.csv"\n')
    assert [row["n"] for row in findings.with_code("S103")["params"]] == [60]
    assert len(city.layers["compound"]) == 60


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_of_several_features_with_one_code_the_largest_stays(tmp_path, order):
    rows = [("A", "小", 0.001), ("A", "大", 0.003), ("B", "乙", 0.001)]
    picked = [rows[one] for one in order]
    columns = {"小区编号": [row[0] for row in picked], "小区名称": [row[1] for row in picked]}
    files.layer(tmp_path / "a.gpkg", columns, [files.square(side=row[2]) for row in picked])
    city, findings = files.read(tmp_path, '[layers.compound]\npath = "a.gpkg"\n')
    assert list(city.layers["compound"].frame["name"]) == ["大", "乙"]
    assert list(city.set_aside["reason"]) == ["S104"]
    assert len(findings.with_code("S104").iloc[0]["refs"]) == 2
    source = city.sources[0]
    assert (source.rows_in, source.kept, source.set_aside) == (3, 2, 1)


def test_everything_in_one_metric_system(tmp_path):
    files.layer(tmp_path / "a.gpkg", {"社区代码": ["1"]}, [files.square(side=0.01)])
    files.layer(tmp_path / "b.geojson", {"网格编码": ["2"]}, [files.square()], crs="EPSG:4326")
    files.layer(tmp_path / "c.gpkg", {"小区编号": ["3"]}, [box(498000, 2941000, 498100, 2941100)], crs="EPSG:4545")
    text = (
        '[layers.community]\npath = "a.gpkg"\n[layers.grid]\npath = "b.geojson"\n[layers.compound]\npath = "c.gpkg"\n'
    )
    city, _ = files.read(tmp_path, text)
    assert city.crs == "EPSG:4545"
    assert {layer.frame.crs.to_epsg() for layer in city.layers.values()} == {4545}
    grid = city.layers["grid"].frame.geometry.iloc[0]
    assert grid.area == pytest.approx(11020, rel=0.01)  # 0.001 degrees square at 26.58 N: 99.5 m x 110.8 m
    assert city.layers["community"].frame.geometry.iloc[0].buffer(0.01).contains(grid)


def test_strays_do_not_choose_the_zone(tmp_path):
    rows = [
        ["小区名称", "经度", "纬度"],
        *[[f"小区{n}", 107.9 + n / 1000, 26.5] for n in range(9)],
        ["远", "87.6", "43.8"],
    ]
    files.table(tmp_path / "a.csv", rows)
    city, _ = files.read(tmp_path, '[layers.compound]\npath = "a.csv"\n')
    assert city.crs == "EPSG:4545"
    assert city.layers["compound"].frame.geometry.notna().all()


def test_several_files_of_one_kind(tmp_path):
    files.table(tmp_path / "a.csv", [["党组织名称", "党组织类型"], ["甲支部", "小区党支部"]])
    files.table(tmp_path / "b.csv", [["支部名称", "支部类型", "党员数"], ["乙支部", "联合党支部", "5"]])
    text = '[[registries.branches]]\npath = "a.csv"\n'
    text += '[[registries.branches]]\npath = "b.csv"\ncomplete = true\nscope = "99"\n'
    city, _ = files.read(tmp_path, text)
    registry = city.registries["branches"]
    assert list(registry.frame.index) == ["a.csv!2", "b.csv!2"]
    assert (registry.complete, registry.scope) == (True, "99")
    assert "members" in registry.given
    assert [source.complete for source in city.sources] == [False, True]


def test_one_sheet_read_as_two_kinds_keeps_its_cells_apart(tmp_path):
    rows = [["小区名称", "物业公司", "经度", "纬度"], ["甲小区", "某物业", "107.98", "26.58"]]
    files.table(tmp_path / "a.csv", rows)
    text = '[layers.compound]\npath = "a.csv"\n'
    text += '[registries.property_companies]\npath = "a.csv"\ncolumns = { name = "物业公司" }\n'
    city, _ = files.read(tmp_path, text)
    (record,) = city.rows("property_companies").index
    assert city.cell(record, "name").endswith("B2")
    feature = city.layers["compound"].frame.iloc[0]
    assert city.cell(f"{feature['src']}!{feature['row']}", "name") == "a.csv!A2"


def test_points_of_a_registry_are_converted_and_said(tmp_path):
    rows = [
        ["单位名称", "经度", "纬度", "坐标系"],
        ["甲局", "107.985", "26.578", "GCJ-02"],
        ["乙局", "107.98", "26.58", "WGS84"],
    ]
    rows += [["丙局", "0", "0", "WGS84"], ["丁局", "107.98", "26.58", ""]]
    city, findings = files.read_registry(tmp_path, "units", rows)
    frame = city.rows("units")
    assert list(frame["datum"]) == ["WGS84", "WGS84", "WGS84", ""]
    assert frame["lon"].iloc[0] != 107.985
    assert frame["lon"].iloc[1] == 107.98
    assert frame["lon"].isna().to_list() == [False, False, True, False]
    assert findings.counts() == {"S130": 1, "S131": 1, "S135": 1}


def test_nothing_to_read(tmp_path):
    with pytest.raises(InputError, match="the project names no file"):
        files.read(tmp_path, '[project]\nname = "a"\n')


def test_progress_counts_files(tmp_path):
    files.table(tmp_path / "a.csv", files.COMPOUNDS)
    (tmp_path / "gridkit.toml").write_text('[registries.compounds]\npath = "a.csv"\n')
    seen = []
    read_city(read_project(tmp_path), lambda *step: seen.append(step))
    assert seen == [("reading a.csv", 0, 1)]


def test_the_demo_city_is_read_whole():
    city, findings = read_city(read_project(DATA))
    assert all(source.rows_in == source.kept + source.set_aside for source in city.sources)
    assert len(city.set_aside) == sum(source.set_aside for source in city.sources)
    kept = sum(len(layer) for layer in city.layers.values()) + sum(len(one) for one in city.registries.values())
    assert kept == sum(source.kept for source in city.sources)
    assert not {"S104", "S113", "S114", "S124", "S146"} & set(findings.counts())
    again, findings_again = read_city(read_project(DATA))
    assert findings.frame.equals(findings_again.frame)
    assert again.sources == city.sources


def test_names_of_persons_in_the_demo_registries_are_gone():
    city, findings = read_city(read_project(DATA))
    dropped = {row["params"]["header"] for row in findings.rows() if row["code"] in ("S120", "S121")}
    assert {"联系电话", "书记", "网格长", "党建指导员", "联系人"} <= dropped
    assert set(city.rows("branches")["secretary"]) <= {"yes", "no", "unknown"}
