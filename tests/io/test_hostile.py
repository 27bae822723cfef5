"""Files that are broken, cut off, open elsewhere, or filled in the farthest corner."""

from __future__ import annotations

import json
import struct
import warnings

import geopandas as gpd
import openpyxl
import pytest

from gridkit.errors import InputError, LayerError, TableError
from gridkit.io.city import read_city
from gridkit.io.project import read_project
from gridkit.io.raw import digest, located
from gridkit.io.tables import read_table
from gridkit.io.vector import read_layer
from tests.io import files

HEAD = ["小区编号", "小区名称", "小区类型", "户数"]
GOOD = [HEAD, ["X1", "甲小区", "商品房", 5], ["X2", "乙小区", "商品房", 6]]


def shapefile(folder, number=3):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names are cut
        shapes = [files.square(0.002 * n) for n in range(number)]
        frame = gpd.GeoDataFrame({"code": [f"X{n}" for n in range(number)]}, geometry=shapes, crs=4490)
        frame.to_file(folder / "a.shp", encoding="utf-8")
    return folder


def test_lists_and_tables_in_attributes_become_json(tmp_path):
    feature = {
        "type": "Feature",
        "properties": {"小区编号": "X1", "小区名称": ["甲", "乙"], "别名": {"b": 1, "a": ["x"]}, "户数": [1, 2]},
        "geometry": {"type": "Point", "coordinates": [107.98, 26.58]},
    }
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    city, findings = files.read(tmp_path, '[layers.compound]\npath = "a.geojson"\n')
    row = city.layers["compound"].frame.iloc[0]
    assert row["name"] == '["甲", "乙"]'
    assert json.loads(row["aliases"]) == {"b": 1, "a": ["x"]}
    assert findings.counts()["S111"] == 1  # [1, 2] is no number of households


@pytest.mark.parametrize("cell", ["XFD1048576", "T1048576", "AAA40000"])
def test_one_cell_in_a_far_corner_is_refused(tmp_path, cell):
    files.workbook(tmp_path / "a.xlsx", GOOD)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.active[cell] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(
        TableError, match=rf"a\.xlsx!Sheet1: the sheet reaches to cell {cell}: that is more than 20000000"
    ):
        read_table("a.xlsx", tmp_path, "compounds")


def test_room_is_asked_for_filled_cells_only(tmp_path):
    files.workbook(tmp_path / "a.xlsx", GOOD)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)  # formatted, but empty
    book.save(tmp_path / "a.xlsx")
    assert len(read_table("a.xlsx", tmp_path, "compounds").rows) == 2


def test_a_note_far_below_the_table(tmp_path):
    rows = [*GOOD, *[[]] * 1500, ["注：至此为止"]]
    city, findings = files.read_compounds(tmp_path, rows)
    source = city.sources[0]
    assert (source.rows_in, source.kept, source.set_aside) == (3, 2, 1)
    assert city.set_aside[["row", "reason"]].to_numpy().tolist() == [[1504, "S142"]]
    (row,) = [row for row in findings.rows() if row["code"] == "S148"]
    assert (row["params"], row["refs"]) == ({"n": 1500, "row": 1504}, ("a.xlsx!Sheet1!1504",))


def test_records_far_below_the_table_are_kept(tmp_path):
    rows = [*GOOD, *[[]] * 1200, ["X3", "丙小区", "商品房", 7], [], ["X4", "丁小区", "商品房", 8]]
    city, findings = files.read_compounds(tmp_path, rows)
    assert city.rows("compounds")["compound_id"].to_list() == ["X1", "X2", "X3", "X4"]
    assert findings.counts()["S148"] == 1
    assert city.set_aside["reason"].to_list() == ["S140"]


@pytest.mark.parametrize("path", ["a" * 5000 + ".csv", "x/" * 3000 + "a.csv", "a\\u0000b.csv"])
def test_paths_that_no_system_has(tmp_path, path):
    for text in (f'[registries.units]\npath = "{path}"\n', f'[layers.grid]\npath = "{path[:-4]}.gpkg"\n'):
        with pytest.raises(InputError, match=r"this path cannot be used|there is no such file"):
            files.read(tmp_path, text)
    with pytest.raises(InputError):
        files.read(tmp_path, f'claims = "{path}"\n')
    with pytest.raises(InputError):
        read_project(tmp_path / ("a" * 5000))
    (tmp_path / "gridkit.toml").write_text(f'[coverage]\nruleset = "{path[:-4]}.toml"\n', encoding="utf-8")
    with pytest.raises(InputError):
        read_project(tmp_path).ruleset_text()


@pytest.mark.parametrize(("end", "lost"), [(".dbf", 20), (".dbf", 100), (".shp", 40), (".shp", 200), (".shx", 8)])
def test_a_shapefile_that_was_cut_off(tmp_path, end, lost):
    part = shapefile(tmp_path) / f"a{end}"
    part.write_bytes(part.read_bytes()[:-lost])
    with pytest.raises(LayerError) as caught:
        read_layer("a.shp", tmp_path, "compound")
    assert caught.value.exit_code == 3
    assert str(caught.value).startswith("a.shp: ")


def test_a_shapefile_whose_parts_come_from_different_copies(tmp_path):
    for name, number in (("one", 3), ("two", 2)):
        (tmp_path / name).mkdir()
        shapefile(tmp_path / name, number)
    (tmp_path / "one" / "a.dbf").write_bytes((tmp_path / "two" / "a.dbf").read_bytes())
    with pytest.raises(LayerError, match=r"the parts of the Shapefile differ: a\.shx 3, a\.dbf 2"):
        read_layer("a.shp", tmp_path / "one", "compound")


def test_records_marked_as_deleted_are_no_loss(tmp_path):
    table = shapefile(tmp_path) / "a.dbf"
    data = bytearray(table.read_bytes())
    start, width = struct.unpack("<HH", data[8:12])
    data[start + width] = ord("*")
    table.write_bytes(bytes(data))
    assert read_layer("a.shp", tmp_path, "compound").records.frame["code"].to_list() == ["X0", "X2"]


def test_the_hash_of_a_shapefile_covers_all_its_parts(tmp_path):
    shapefile(tmp_path)
    file, name = located("a.shp", tmp_path, layer=True)
    seen = {digest(file, name, layer=True)}
    for end in (".dbf", ".prj", ".cpg"):
        part = tmp_path / f"a{end}"
        part.write_bytes(part.read_bytes() + b" ")
        seen.add(digest(file, name, layer=True))
    assert len(seen) == 4
    (tmp_path / "a.cpg").unlink()
    assert digest(file, name, layer=True) not in seen
    (tmp_path / "a.qix").write_text("an index changes nothing")
    seen.add(digest(file, name, layer=True))
    assert len(seen) == 5


def test_a_geopackage_that_is_open_elsewhere(tmp_path):
    files.layer(tmp_path / "a.gpkg", {"小区编号": ["X1"]}, [files.square()])
    (tmp_path / "a.gpkg-wal").write_bytes(b"")
    assert len(read_layer("a.gpkg", tmp_path, "compound").records.frame) == 1
    (tmp_path / "a.gpkg-wal").write_bytes(b"changes")
    with pytest.raises(
        LayerError, match=r"a\.gpkg: changes to this GeoPackage are not written into it yet: a\.gpkg-wal"
    ):
        read_layer("a.gpkg", tmp_path, "compound")


def test_a_column_with_data_and_no_header_is_said(tmp_path):
    rows = [[*HEAD, "", ""], ["X1", "甲小区", "商品房", 5, "", ""], ["X2", "乙小区", "商品房", 6, "", "某某"]]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    (row,) = [row for row in findings.rows() if row["code"] == "S123"]
    assert (row["params"], row["refs"]) == ({"headers": "F", "n": 1}, ("a.csv!F",))
    assert city.sources[0].kept == 2


def test_of_two_columns_for_one_field_the_fuller_one_is_used(tmp_path):
    rows = [["党组织名称", "党组织类型", "覆盖小区", "覆盖小区"], ["甲支部", "小区党支部", "", "甲小区"]]
    city, findings = files.read_registry(tmp_path, "branches", rows)
    assert city.rows("branches")["covers"].to_list() == ["甲小区"]
    assert city.cell("a.csv!2", "covers") == "a.csv!D2"
    (row,) = [row for row in findings.rows() if row["code"] == "S124"]
    assert row["refs"] == ("a.csv!C", "a.csv!D")
    assert (row["params"]["n"], row["params"]["filled"]) == (0, 1)
    stated = '[registries.branches]\npath = "a.csv"\ncolumns = { covers = "覆盖小区" }\n'
    city, _ = files.read(tmp_path, stated)  # the project file outranks the count
    assert city.cell("a.csv!2", "covers") == "a.csv!C2"


STATUSES = {
    "": "", "—": "", "正常": "active", "整顿中": "active", "软弱涣散": "active", "未成立": "planned",
    "尚未成立": "planned",
    "筹备阶段": "planned", "筹建": "planned", "拟建": "planned", "已合并": "dissolved", "合并": "dissolved",
    "失效": "dissolved", "取消": "dissolved", "已取消": "dissolved", "停办": "dissolved", "撤销": "dissolved",
    "已停止活动": "dissolved", "XX": "unknown", "××": "unknown",
    "不详": "unknown", "待定": "unknown", "挂靠": "unknown",
    "张三丰": "unknown", "#REF!": "unknown",
}  # fmt: skip


def test_a_status_that_is_filled_but_not_understood_is_unknown(tmp_path):
    rows = [["党组织名称", "党组织类型", "状态"], *[[f"甲{n}", "小区党支部", text] for n, text in enumerate(STATUSES)]]
    city, findings = files.read_registry(tmp_path, "branches", rows)
    assert dict(zip(STATUSES, city.rows("branches")["branch_status"], strict=True)) == STATUSES
    told = {row["params"]["value"]: row["params"]["variant"] for row in findings.rows() if row["code"] == "S110"}
    assert told == {"挂靠": "status", "***": "withheld"}


def test_a_scope_that_no_code_begins_with(tmp_path):
    files.layer(tmp_path / "a.gpkg", {"社区代码": ["990101001001"]}, [files.square()])
    files.table(tmp_path / "b.csv", GOOD)
    text = (
        '[layers.community]\npath = "a.gpkg"\n[registries.compounds]\npath = "b.csv"\ncomplete = true\nscope = "{}"\n'
    )
    found = {}
    for scope in ("990101", "99010100100199", "东门街道", ""):
        (tmp_path / "gridkit.toml").write_text(text.format(scope), encoding="utf-8")
        _, findings = read_city(read_project(tmp_path))
        found[scope] = [row["params"] for row in findings.rows() if row["code"] == "S137"]
    assert found == {
        "990101": [],
        "99010100100199": [{"scope": "99010100100199"}],
        "东门街道": [{"scope": "东门街道"}],
        "": [],
    }
