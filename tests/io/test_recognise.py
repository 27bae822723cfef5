"""What lies in a folder is told by its content, and the project that is proposed runs as it is."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from gridkit.geo.detect import score_datum
from gridkit.io.city import read_city
from gridkit.io.initial import start
from gridkit.io.initial.columns import gloss
from gridkit.io.initial.datums import HYPOTHESES
from gridkit.io.initial.kinds import code_level, guess_level, name_level
from gridkit.io.initial.recognise import look_at, walk
from gridkit.io.initial.text import comment, key, quoted
from gridkit.io.project import read_project
from gridkit.locale import speaking
from tests.io.files import layer, table, workbook

BRANCHES = ["党组织名称", "党组织类型", "所属社区", "覆盖小区", "正式党员数"]
STREETS = {"代码": ["990101001", "990101002"], "名称": ["东门街道", "西门街道"]}


def branch(name: str, community: str = "东门社区") -> list:
    return [f"{name}党支部", "小区党支部", community, name, 5]


def cells(columns: int, rows: int, *, x: float = 107.98, y: float = 26.58, side: float = 0.01) -> list:
    return [
        box(x + i * side, y + j * side, x + (i + 1) * side, y + (j + 1) * side)
        for j in range(rows)
        for i in range(columns)
    ]


def proposed(folder: Path):
    """Propose, write and read: the text that is written must run as it is."""
    found = start(folder)
    (folder / "gridkit.toml").write_text(found.text, encoding="utf-8")
    if found.proposal.used:
        read_city(read_project(folder))
    return found.proposal, tomllib.loads(found.text), found.text


# ---------------------------------------------------------------- what a file is


def test_the_walk_passes_over_what_is_no_file_of_a_project(tmp_path):
    for name in (
        "b.csv",
        "a/c.csv",
        ".git/x.csv",
        "runs/r/audit.csv",
        "__MACOSX/z.csv",
        "~$b.xlsx",
        ".b.csv",
        "Thumbs.db",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "gridkit.toml").write_text("")
    layer(tmp_path / "g" / "s.shp", {"code": ["1"]}, cells(1, 1))
    assert [file.relative_to(tmp_path).as_posix() for file in walk(tmp_path)] == ["a/c.csv", "b.csv", "g/s.shp"]


def test_too_many_files_are_no_project(tmp_path, monkeypatch):
    monkeypatch.setattr("gridkit.io.initial.recognise.MOST_FILES", 3)
    for n in range(5):
        (tmp_path / f"{n}.csv").write_text("x")
    with pytest.raises(Exception, match="more than 3 files"):
        walk(tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "needle"),
    [
        ("leer.xlsx", b"", "empty"),
        ("zero.gpkg", b"", "empty"),
        ("bild.png", b"\x89PNG\r\n\x1a\n", "image"),
        ("a.csv", b"%PDF-1.4", "PDF"),
        ("plan.dwg", b"AC1032\x00\x00\x00", "DWG"),
        ("x.bin", bytes(range(256)) * 4, "not recognised"),
    ],
)
def test_what_cannot_be_read_is_listed_with_its_reason(tmp_path, name, data, needle):
    (tmp_path / name).write_bytes(data)
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")])
    proposal, _, text = proposed(tmp_path)
    (found,) = [one for one in proposal.unused if one[0] == name]
    assert needle in found[1]
    assert f"# {name}" in text


def test_a_document_and_an_archive(tmp_path):
    for name, member in (("a.docx", "word/document.xml"), ("b.zip", "readme.txt")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(member, "x")
    assert [look_at(name, tmp_path)[0].form for name in ("a.docx", "b.zip")] == ["doc", "zip"]


def test_an_encrypted_workbook_is_listed_with_the_remedy(tmp_path):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(16)
    data += b"\x01\x00\x00\x00" + b"\x00" * (512 - len(data) - 4)
    entry = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\x00") + b"\x22\x00" + bytes(62)
    head = bytearray(data[:512].ljust(512, b"\x00"))
    head[48:52] = (0).to_bytes(4, "little")
    head[76:80] = (1).to_bytes(4, "little")
    (tmp_path / "党组织.xlsx").write_bytes(bytes(head) + entry.ljust(512, b"\x00") + b"\xfe\xff\xff\xff" * 128)
    proposal = start(tmp_path).proposal
    assert proposal.unused[0][0] == "党组织.xlsx"
    assert "password" in proposal.unused[0][1] and "without a password" in proposal.unused[0][2]


# ---------------------------------------------------------------- what a table or layer is


def test_levels_by_codes_and_names():
    assert code_level(["x"], [["990101001001", "990101001002"]]) == "community"
    assert code_level(["x"], [["990101", "990102"]]) == "district"
    assert code_level(["x"], [["990101001001001", "990101001001002"]]) == "grid"
    assert name_level(["名称"], [["第一网格", "第二网格", "第三网格"]])[0] == "grid"
    assert name_level(["名称"], [["甲小区", "乙花园", "丙家属院"]])[0] == "compound"
    assert guess_level(["a"], [["东城区", "西城区", "南城区"]], names=["x"])[0].kind == "district"


def test_a_name_of_a_parent_is_no_name_of_its_own():
    columns = [["金桂家园", "银杏小区", "玉兰花园"], ["东门社区", "东门社区", "东门社区"]]
    assert name_level(["名称", "社区"], columns)[0] == "compound"


def test_four_levels_in_one_folder_nest(tmp_path):
    layer(tmp_path / "街道.geojson", {"街道代码": STREETS["代码"], "街道名称": STREETS["名称"]}, cells(2, 1, side=0.02))
    communities = cells(4, 2)
    layer(
        tmp_path / "社区.gpkg",
        {
            "社区代码": [f"99010100{1 + i // 4}00{i % 4 + 1}" for i in range(8)],
            "社区名称": [f"第{i}社区" for i in range(8)],
        },
        communities,
    )
    grids = cells(8, 4, side=0.005)
    layer(tmp_path / "wg.gpkg", {"名称": [f"第{i}网格" for i in range(32)]}, grids)
    homes = [one.buffer(-0.0015) for one in grids]
    layer(tmp_path / "xq.gpkg", {"小区名称": [f"第{i}小区" for i in range(32)], "户数": range(32)}, homes)
    proposal, data, text = proposed(tmp_path)
    assert {level: one["path"] for level, one in data["layers"].items()} == {
        "street": "街道.geojson", "community": "社区.gpkg", "grid": "wg.gpkg", "compound": "xq.gpkg",
    }  # fmt: skip
    assert "100 % lie in wg.gpkg" in text
    assert not proposal.asked and not proposal.unused


def test_a_layer_without_words_is_told_by_its_place(tmp_path):
    layer(
        tmp_path / "社区.gpkg",
        {"社区代码": ["990101001001", "990101001002"], "社区名称": ["甲社区", "乙社区"]},
        cells(2, 1),
    )
    layer(tmp_path / "a.gpkg", {"id": range(8)}, cells(4, 2, side=0.005))
    layer(tmp_path / "b.gpkg", {"id": range(8)}, [one.buffer(-0.0015) for one in cells(4, 2, side=0.005)])
    _, data, text = proposed(tmp_path)
    assert data["layers"]["grid"]["path"] == "a.gpkg"
    assert data["layers"]["compound"]["path"] == "b.gpkg"
    assert "low confidence" in text


def test_lines_and_unknown_layers_are_listed(tmp_path):
    layer(tmp_path / "roads.gpkg", {"name": ["a"]}, [LineString([(108, 26), (108.1, 26)])])
    layer(tmp_path / "x.gpkg", {"v": [1, 2]}, cells(2, 1))
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")])
    proposal, _, _ = proposed(tmp_path)
    assert {name for name, _, _ in proposal.unused} == {"roads.gpkg", "x.gpkg"}


def test_two_layers_of_one_level_are_asked_about(tmp_path):
    for name, number in (("小区.gpkg", 4), ("小区旧.gpkg", 2)):
        layer(
            tmp_path / name,
            {"小区名称": [f"第{i}小区" for i in range(number)], "户数": range(number)},
            cells(number, 1),
        )
    _, data, text = proposed(tmp_path)
    assert data["layers"]["compound"]["path"] == "小区.gpkg"
    assert '# path = "小区旧.gpkg"' in text and "小区.gpkg is used; is it this one?" in text


# ---------------------------------------------------------------- columns by content


def test_columns_by_what_stands_in_them(tmp_path):
    names = [f"第{i}社区" for i in range(6)]
    layer(tmp_path / "社区.gpkg", {"社区代码": [f"99010100100{i}" for i in range(6)], "社区名称": names}, cells(6, 1))
    rows = [branch(f"第{i}小区", names[i]) for i in range(6)]
    table(tmp_path / "z.csv", [["党组织名称", "党组织类型", "片", "覆盖小区", "正式党员数"], *rows])
    _, data, text = proposed(tmp_path)
    assert data["registries"]["branches"]["columns"] == {"community_name": "片"}
    assert "community_name: 100 % of the column 片 fit" in text


def test_two_columns_that_fit_are_not_chosen_between(tmp_path):
    names = [f"第{i}社区" for i in range(6)]
    layer(tmp_path / "社区.gpkg", {"社区代码": [f"99010100100{i}" for i in range(6)], "社区名称": names}, cells(6, 1))
    rows = [[*branch(f"第{i}小区", names[i]), names[0]] for i in range(6)]
    table(tmp_path / "z.csv", [["党组织名称", "党组织类型", "片", "覆盖小区", "正式党员数", "旧片"], *rows])
    _, data, _ = proposed(tmp_path)
    assert "columns" not in data["registries"]["branches"]


def test_coordinates_by_their_numbers(tmp_path):
    rows = [[f"第{i}小区", "商品房小区", 100, f"107.98{i:03}", f"26.58{i:03}"] for i in range(8)]
    table(tmp_path / "小区.csv", [["小区名称", "小区类型", "户数", "坐标1", "坐标2"], *rows])
    _, data, _ = proposed(tmp_path)
    assert data["layers"]["compound"]["columns"] == {"lon": "坐标1", "lat": "坐标2"}


def test_persons_are_never_mentioned(tmp_path):
    rows = [[*branch(f"第{i}小区"), "王某某", f"1390000000{i}"] for i in range(6)]
    table(tmp_path / "z.csv", [[*BRANCHES, "支部书记", "什么"], *rows])
    found = start(tmp_path)
    assert "王某某" not in found.text and "1390000" not in found.text
    (look,) = look_at("z.csv", tmp_path)
    assert not any(cell for column in look.columns[5:] for cell in column)


# ---------------------------------------------------------------- several files, dates, systems


def test_files_of_the_communities_make_one_registry(tmp_path):
    for n in range(6):
        workbook(tmp_path / f"第{n}社区.xlsx", [["某表"], BRANCHES, branch(f"第{n}小区", f"第{n}社区")])
    proposal, data, _ = proposed(tmp_path)
    assert len(proposal.used) == 6
    assert data["registries"]["branches"] == {"path": "*.xlsx"}
    city, _ = read_city(read_project(tmp_path))
    assert len(city.rows("branches")) == 6


def test_a_pattern_that_matches_more_is_no_pattern(tmp_path):
    for n in range(5):
        table(tmp_path / "[社区]" / f"第{n}社区.csv", [BRANCHES, branch(f"第{n}小区", f"第{n}社区")])
    units = [["单位名称", "单位性质", "统一社会信用代码"], ["某局", "机关", ""]]
    table(tmp_path / "[社区]" / "单位.csv", units)
    _, data, _ = proposed(tmp_path)
    assert data["registries"]["branches"]["path"] == [f"[社区]/第{n}社区.csv" for n in range(5)]
    (tmp_path / "[社区]" / "单位.csv").rename(tmp_path / "单位.csv")
    assert proposed(tmp_path)[1]["registries"]["branches"]["path"] == "[[]社区]/*.csv"


def test_sheets_of_one_workbook_and_tables_of_one_sheet(tmp_path):
    units = [["单位名称", "单位性质", "统一社会信用代码"], ["某局", "机关", ""], ["某校", "学校", ""]]
    sheets = [(f"第{n}社区", [BRANCHES, branch(f"第{n}小区", f"第{n}社区")]) for n in range(3)]
    workbook(tmp_path / "a.xlsx", sheets[0][1], sheet=sheets[0][0], others=sheets[1:])
    workbook(
        tmp_path / "b.xlsx", [*units, [], [], ["物业服务企业", "服务小区", "网点名称"], ["某物业", "甲小区", "一处"]]
    )
    _, data, _ = proposed(tmp_path)
    assert data["registries"] == {
        "branches": {"path": "a.xlsx"},
        "units": {"path": "b.xlsx", "sheet": "Sheet1"},
        "property_service": {"path": "b.xlsx", "sheet": "Sheet1"},
    }
    city, _ = read_city(read_project(tmp_path))
    assert [len(city.rows(kind)) for kind in ("branches", "units", "property_service")] == [3, 2, 1]


def test_a_hidden_sheet_is_listed_and_read_with_the_others(tmp_path):
    hidden = [BRANCHES, branch("暗小区")]
    workbook(tmp_path / "a.xlsx", [BRANCHES, branch("明小区")], others=[("旧表", hidden)], hidden_sheets=("旧表",))
    proposal, data, _ = proposed(tmp_path)
    assert data["registries"]["branches"] == {"path": "a.xlsx"}
    assert proposal.unused[0][:2] == ("a.xlsx!旧表", "the sheet is hidden")


def test_an_older_version_of_a_table_is_asked_about(tmp_path):
    rows = [branch(f"第{i}小区") for i in range(6)]
    for name, when, some in (("a.xlsx", "2023年6月", rows), ("b.xlsx", "2024年6月", rows[:5])):
        workbook(tmp_path / name, [["党组织台账"], [f"填报时间：{when}"], BRANCHES, *some])
    _, data, text = proposed(tmp_path)
    assert [one["path"] for one in data["registries"]["branches"]] == ["b.xlsx"]
    assert str(data["project"]["as_of"]) == "2024-06-30"
    assert '# path = "a.xlsx"' in text and "100 % of its records are in b.xlsx" in text


def test_the_encoding_that_was_tried_is_stated(tmp_path):
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")], encoding="gb18030")
    assert proposed(tmp_path)[1]["registries"]["branches"]["encoding"] == "gb18030"


def test_degrees_without_a_system_are_doubted_and_metres_are_asked_about(tmp_path):
    layer(tmp_path / "社区.shp", {"社区代码": ["990101001001"], "社区名称": ["甲社区"]}, cells(1, 1), crs=None)
    metres = [box(35_400_000, 2_940_000, 35_400_100, 2_940_100)]
    layer(tmp_path / "小区.shp", {"小区名称": ["甲小区"], "户数": [3]}, metres, crs=None)
    _, data, text = proposed(tmp_path)
    assert data["layers"] == {"community": {"path": "社区.shp", "crs": "EPSG:4490"}}
    assert "it states no coordinate system" in text and "EPSG:4523" in text
    assert '# path = "小区.shp"' in text


def test_points_of_a_map_service_are_named(tmp_path):
    layer(
        tmp_path / "社区.gpkg",
        {"社区代码": [f"9901010010{i:02}" for i in range(36)], "社区名称": [f"第{i}社区" for i in range(36)]},
        cells(6, 6),
    )
    rows = []
    for i in range(36):
        for x, y in ((2, 2), (8, 2), (2, 8), (8, 8)):
            lon, lat = wgs84_to_bd09(107.98 + (i % 6 + x / 10) * 0.01, 26.58 + (i // 6 + y / 10) * 0.01)
            rows.append([f"{i}-{x}{y}小区", "商品房小区", f"第{i}社区", f"{float(lon):.6f}", f"{float(lat):.6f}"])
    table(tmp_path / "小区.csv", [["小区名称", "小区类型", "社区", "经度", "纬度"], *rows])
    _, data, text = proposed(tmp_path)
    assert data["layers"]["compound"] == {"path": "小区.csv", "crs": "BD-09"}
    assert "datum BD-09: of " in text


def test_a_registry_that_no_layer_needs_stays_one(tmp_path):
    layer(
        tmp_path / "小区.gpkg",
        {"小区编号": ["X1", "X2"], "小区名称": ["甲小区", "乙小区"], "户数": [1, 2]},
        cells(2, 1),
    )
    table(
        tmp_path / "小区.csv",
        [["小区编号", "小区名称", "户数", "经度", "纬度"], ["X1", "甲小区", 3, "107.981", "26.581"]],
    )
    _, data, _ = proposed(tmp_path)
    assert data["layers"]["compound"]["path"] == "小区.gpkg"
    assert data["registries"]["compounds"]["path"] == "小区.csv"


def test_a_broken_file_does_not_stop_the_rest(tmp_path):
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")])
    layer(tmp_path / "小区.shp", {"小区名称": ["甲小区"], "户数": [3]}, cells(1, 1))
    (tmp_path / "小区.shp").write_bytes((tmp_path / "小区.shp").read_bytes()[:90])
    proposal, data, _ = proposed(tmp_path)
    assert set(data["registries"]) == {"branches"} and "layers" not in data
    assert [name for name, _, _ in proposal.unused] == ["小区.shp"]


def test_polygons_that_cross_themselves(tmp_path):
    bow = Polygon([(107.98, 26.58), (107.99, 26.59), (107.99, 26.58), (107.98, 26.59)])
    layer(
        tmp_path / "社区.gpkg",
        {"社区代码": ["990101001001", "990101001002"], "社区名称": ["甲社区", "乙社区"]},
        [bow, bow],
    )
    layer(tmp_path / "小区.gpkg", {"小区名称": ["甲小区"], "户数": [3]}, [bow])
    assert set(proposed(tmp_path)[1]["layers"]) == {"community", "compound"}


def test_what_recognition_can_read_and_the_project_cannot_becomes_a_question(tmp_path, monkeypatch):
    from gridkit.errors import TableError
    from gridkit.io.initial import trial

    table(tmp_path / "y.csv", [["单位名称", "单位性质", "统一社会信用代码"], ["某局", "机关", ""]])
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")])
    real = trial.read_city

    def picky(project, progress=None):
        if "units" in project.registries:
            raise TableError("no luck", place="y.csv", remedy="try again")
        return real(project, progress)

    monkeypatch.setattr(trial, "read_city", picky)
    _, data, text = proposed(tmp_path)
    assert set(data["registries"]) == {"branches"}
    assert "it cannot be read: no luck (try again)" in text and '# path = "y.csv"' in text


def test_three_hundred_files(tmp_path):
    for n in range(300):
        folder = tmp_path / f"第{n // 20}街道"
        table(folder / f"第{n}社区.csv", [BRANCHES, branch(f"第{n}小区", f"第{n}社区")])
    found = start(tmp_path)
    assert not found.proposal.unused and not found.proposal.asked
    assert tomllib.loads(found.text)["registries"]["branches"] == {"path": "*/*.csv"}
    (tmp_path / "gridkit.toml").write_text(found.text, encoding="utf-8")
    city, _ = read_city(read_project(tmp_path))
    assert len(city.rows("branches")) == 300


# ---------------------------------------------------------------- hostile names


HOSTILE = ['a"b', "a\\b", "a'b", "a\nb", "#x", "[x]", "小 区\u202e", "x = 1", '"""', "a\tb", "\u2028x"]


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_of_files_are_written_as_they_are(tmp_path, name):
    table(tmp_path / name / f"{name}.csv", [BRANCHES, branch("金桂家园")])
    (tmp_path / f"{name}.pdf").write_bytes(b"%PDF-1.4")
    _, data, text = proposed(tmp_path)
    assert data["registries"]["branches"]["path"] == f"{name}/{name}.csv"
    assert text.count("[registries.branches]") == 1


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_name_that_is_no_text(tmp_path):
    try:
        shutil.copyfile(__file__, os.fsencode(tmp_path) + b"/a\xff.csv")
    except OSError:
        pytest.skip("this file system has no such names")
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")])
    proposal, _, text = proposed(tmp_path)
    assert proposal.unused[0][1] == "its name is no text in UTF-8"
    assert "a\\udcff.csv" in text


def test_hostile_headers_and_sheets(tmp_path):
    names = [f"第{i}社区" for i in range(6)]
    layer(tmp_path / "社区.gpkg", {"社区代码": [f"99010100100{i}" for i in range(6)], "社区名称": names}, cells(6, 1))
    rows = [branch(f"第{i}小区", names[i]) for i in range(6)]
    header = 'a"b\\c]#'
    head = ["党组织名称", "党组织类型", header, "覆盖小区", "正式党员数"]
    other = [["单位名称", "单位性质", "统一社会信用代码"], ["某局", "机关", ""]]
    workbook(tmp_path / "z.xlsx", [head, *rows], sheet='x"y#', others=[("单位'=", other)])
    _, data, _ = proposed(tmp_path)
    assert data["registries"]["units"] == {"path": "z.xlsx", "sheet": "单位'="}
    assert data["registries"]["branches"] == {"path": "z.xlsx", "sheet": 'x"y#', "columns": {"community_name": header}}


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs",))))
def test_any_text_survives_in_toml_and_no_comment_ends_early(text):
    written = f"{key(text)} = {quoted(text)}\n"
    assert tomllib.loads(written) == {text: text}
    (line,) = comment(text)
    assert tomllib.loads(line + "\n") == {}
    assert len(line.splitlines()) == 1


def test_a_point_layer_of_a_gpkg_is_taken_where_there_are_no_polygons(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = gpd.GeoDataFrame(
            {"小区名称": ["甲小区", "乙小区"], "户数": [1, 2]}, geometry=[Point(108, 26), Point(108.1, 26)], crs=4490
        )
        frame.to_file(tmp_path / "点.gpkg")
    _, data, text = proposed(tmp_path)
    assert data["layers"]["compound"]["path"] == "点.gpkg"
    assert "2 points" in text


# ---------------------------------------------------------------- boundary files of other kinds


KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'
RING = "<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
MARK = "<Placemark><name>{name}</name><Polygon>" + RING + "</Polygon></Placemark>"


def kml(path: Path, named: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    marks = [
        MARK.format(name=name, ring=" ".join(f"{x:.6f},{y:.6f},0" for x, y in shape.exterior.coords))
        for name, shape in named.items()
    ]
    path.write_text(KML.format(marks="".join(marks)), encoding="utf-8")


def test_one_kml_per_community_is_one_layer(tmp_path):
    homes = cells(4, 3, side=0.005)
    for n in range(3):
        kml(tmp_path / "网格" / f"第{n}社区.kml", {f"第{n}{i}网格": homes[n * 4 + i] for i in range(4)})
    _, data, text = proposed(tmp_path)
    assert data["layers"] == {"grid": {"path": "网格/*.kml"}}
    assert "3 files of one form" in text
    city, _ = read_city(read_project(tmp_path))
    assert len(city.layers["grid"].frame) == 12


def test_a_layer_per_community_in_one_file_and_layers_of_two_levels(tmp_path):
    homes = cells(4, 2, side=0.005)
    for n in range(2):
        layer(
            tmp_path / "wg.gpkg",
            {"网格名称": [f"第{n}{i}网格" for i in range(4)]},
            homes[n * 4 : n * 4 + 4],
            name=f"第{n}社区",
        )
    layer(tmp_path / "x.gpkg", {"街道代码": STREETS["代码"], "街道名称": STREETS["名称"]}, cells(2, 1), name="街道")
    layer(tmp_path / "x.gpkg", {"社区代码": ["990101001001"], "社区名称": ["甲社区"]}, cells(1, 1), name="社区")
    _, data, _ = proposed(tmp_path)
    assert data["layers"] == {
        "street": {"path": "x.gpkg", "layer": "街道"},
        "community": {"path": "x.gpkg", "layer": "社区"},
        "grid": {"path": "wg.gpkg", "layer": "*"},
    }


def test_a_zipped_gbk_shapefile(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = gpd.GeoDataFrame({"社区代码": ["990101001001"], "社区名称": ["甲社区"]}, geometry=cells(1, 1), crs=4490)
        frame.to_file(tmp_path / "s.shp", encoding="gbk")
    (tmp_path / "s.cpg").unlink(missing_ok=True)
    with zipfile.ZipFile(tmp_path / "社区.zip", "w") as archive:
        for part in sorted(tmp_path.glob("s.*")):
            archive.write(part, part.name)
            part.unlink()
    _, data, _ = proposed(tmp_path)
    assert data["layers"]["community"]["path"] == "社区.zip"
    city, _ = read_city(read_project(tmp_path))
    assert list(city.layers["community"].frame["name"]) == ["甲社区"]


def test_a_drawing_without_a_system_is_asked_about(tmp_path):
    text = "0\nSECTION\n2\nENTITIES\n"
    for i in range(4):
        x, y = 400_000 + 200 * i, 2_940_000
        ring = "".join(f"10\n{a}\n20\n{b}\n" for a, b in ((x, y), (x + 200, y), (x + 200, y + 200), (x, y + 200)))
        text += f"0\nLWPOLYLINE\n100\nAcDbEntity\n8\n网格\n100\nAcDbPolyline\n90\n4\n70\n1\n{ring}"
        text += f"0\nTEXT\n8\n注记\n10\n{x + 100}\n20\n{y + 100}\n40\n2.5\n1\n第{i}网格\n"
    (tmp_path / "网格.dxf").write_text(text + "0\nENDSEC\n0\nEOF\n", encoding="gb18030")
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")])
    _, data, text = proposed(tmp_path)
    assert "layers" not in data
    assert '# path = "网格.dxf"' in text and "# [layers.grid]" in text
    assert "states no coordinate system" in text


def test_html_named_xls_and_a_workbook_with_macros(tmp_path):
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in [BRANCHES, branch("甲小区")])
    (tmp_path / "党组织.xls").write_text(f"<html><body><table>{rows}</table></body></html>", encoding="utf-8")
    units = [["单位名称", "单位性质", "统一社会信用代码"], ["某局", "机关", ""]]
    workbook(tmp_path / "单位.xlsx", units)
    with zipfile.ZipFile(tmp_path / "单位.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    (tmp_path / "单位.xlsx").rename(tmp_path / "单位.xlsm")
    _, data, _ = proposed(tmp_path)
    assert data["registries"]["branches"]["path"] == "党组织.xls"
    assert data["registries"]["units"]["path"] == "单位.xlsm"


# ---------------------------------------------------------------- what must not be lost


def uncommented(text: str) -> str:
    """Take away the # of every proposed line; a second layer of a level stands in for the one that is used."""
    proposed = re.compile(r'# ((?:\[+[a-z_.]+\]+|[a-z_]+ = .*|    ".*",|\])$)')
    lines = [found[1] if (found := proposed.match(line)) else line for line in text.splitlines()]
    tables = re.split(r"(?m)^(?=\[layers\.)", "\n".join(lines))
    layers = {one.partition("]")[0]: one for one in tables[1:]}
    return tables[0] + "\n".join(layers.values())


def test_every_proposed_line_is_valid_when_its_mark_is_taken_away(tmp_path):
    layer(tmp_path / "社区.gpkg", {"社区代码": ["990101001001"], "社区名称": ["甲社区"]}, cells(1, 1))
    rows = [[f"第{i}小区", "商品房小区", 3, 2_940_000 + i, 36_400_000 + i] for i in range(6)]
    table(tmp_path / "小区.csv", [["小区名称", "小区类型", "户数", "经度", "纬度"], *rows])
    table(tmp_path / "a.csv", [BRANCHES, *(branch(f"第{i}小区") for i in range(6))])
    table(tmp_path / "b.csv", [BRANCHES, *(branch(f"第{i}小区") for i in range(5))])
    proposal, data, text = proposed(tmp_path)
    assert "as_of" not in data["project"] and not proposal.as_of
    found = tomllib.loads(uncommented(text))
    assert str(found["project"]["as_of"]) == "2024-06-30"
    assert [one["path"] for one in found["registries"]["branches"]] == ["a.csv", "b.csv"]
    assert found["layers"]["compound"] == {
        "path": "小区.csv", "crs": "EPSG:4524", "columns": {"lon": "纬度", "lat": "经度"},
    }  # fmt: skip
    assert len(found["claims"]) == 1


def test_a_date_in_a_cell_of_its_own_is_found(tmp_path):
    head = [["党组织台账"], ["填报单位：东门社区", "", "2024年9月30日"], BRANCHES]
    workbook(tmp_path / "a.xlsx", [*head, branch("甲小区")])
    assert str(proposed(tmp_path)[1]["project"]["as_of"]) == "2024-09-30"


def test_a_file_that_breaks_a_reader_is_listed_and_the_others_are_read(tmp_path, monkeypatch):
    from gridkit.io.initial import recognise

    table(tmp_path / "y.csv", [BRANCHES, branch("甲小区")])
    table(tmp_path / "z.csv", [BRANCHES, branch("金桂家园")])
    real = recognise.kind_of

    def odd(file):
        return 1 // 0 if file.name == "y.csv" else real(file)

    monkeypatch.setattr(recognise, "kind_of", odd)
    proposal, data, _ = proposed(tmp_path)
    assert [one[:2] for one in proposal.unused] == [("y.csv", "it cannot be read: ZeroDivisionError")]
    assert data["registries"]["branches"]["path"] == "z.csv"


@pytest.mark.parametrize("others", ["tables", "points"])
def test_tables_of_compounds_without_places_stay_together(tmp_path, others):
    head = ["小区编号", "小区名称", "小区类型", "户数", "所属社区"]
    for n in range(3):
        rows = [[f"X{n}{i}", f"第{n}{i}小区", "商品房小区", 9, f"第{n}社区"] for i in range(5)]
        table(tmp_path / f"第{n}社区小区.csv", [head, *rows])
        if others == "points":
            layer(tmp_path / "点.geojson", {"小区名称": ["甲小区"], "户数": [1]}, [Point(108, 26)])
            break
    _, data, _ = proposed(tmp_path)
    if others == "points":
        assert data["layers"]["compound"]["path"] == "点.geojson"
        assert data["registries"]["compounds"]["path"] == "第0社区小区.csv"
    else:
        assert "layers" not in data
        assert data["registries"]["compounds"]["path"] == [f"第{n}社区小区.csv" for n in range(3)]


def test_a_datum_that_fits_better_and_is_not_certain_is_asked_about(tmp_path):
    layer(
        tmp_path / "社区.gpkg",
        {"社区代码": ["990101001001", "990101001002", "990101001003"], "社区名称": ["甲社区", "乙社区", "丙社区"]},
        cells(3, 1),
    )
    homes = []
    for i in range(12):
        lon, lat = wgs84_to_gcj02(107.98 + (i % 6) * 0.005 + 0.0003, 26.58 + (i // 6) * 0.005 + 0.0003)
        homes.append(box(float(lon), float(lat), float(lon) + 0.0044, float(lat) + 0.0044))
    layer(tmp_path / "小区.gpkg", {"小区名称": [f"第{i}小区" for i in range(12)], "户数": range(12)}, homes)
    proposal, data, text = proposed(tmp_path)
    assert "crs" not in data["layers"]["compound"]
    assert '# crs = "GCJ-02"' in text.splitlines()
    assert tomllib.loads(uncommented(text))["layers"]["compound"]["crs"] == "GCJ-02"
    (entry,) = [one for one in proposal.used if one.kind == "compound"]
    assert entry.confidence != "high"
    assert "fewer than 15 features never settle it" in text


def test_geometries_are_counted_by_kind_and_a_mixture_is_doubted(tmp_path):
    shapes = [*cells(3, 1), Point(108, 26.58), LineString([(108, 26.58), (108.1, 26.58)])]
    layer(tmp_path / "小区.geojson", {"小区名称": [f"第{i}小区" for i in range(5)], "户数": range(5)}, shapes)
    proposal, _, text = proposed(tmp_path)
    assert "3 polygons, 1 points, 1 lines" in text and "# doubt: it mixes geometries" in text
    assert proposal.used[0].confidence != "high"


def test_a_column_of_words_of_another_field_is_named_for_the_files_that_need_it(tmp_path):
    for n in range(3):
        head = ["党组织名称", "组织形式" if n == 1 else "党组织类型", "所属社区", "覆盖小区", "正式党员数"]
        rows = [branch(f"第{n}{i}小区", f"第{n}社区") for i in range(5)]
        rows = [[row[0], "单独组建" if n == 1 else row[1], *row[2:]] for row in rows]
        table(tmp_path / f"第{n}社区.csv", [head, *rows])
    _, data, text = proposed(tmp_path)
    assert data["registries"]["branches"] == [
        {"path": ["第0社区.csv", "第2社区.csv"]},
        {"path": "第1社区.csv", "columns": {"branch_kind": "组织形式"}},
    ]
    assert text.count("[[registries.branches]]") == 2


def test_fields_are_glossed_for_readers_of_chinese():
    with speaking("zh"):
        assert gloss("branch_kind", "branches").startswith("branch_kind（")
    with speaking("en"):
        assert gloss("branch_kind", "branches") == "branch_kind"


def test_one_shapefile_per_community_is_one_layer_whatever_its_headers(tmp_path):
    homes = cells(4, 3, side=0.005)
    for n, header in enumerate(("小区名称", "XQMC", "名称")):
        names = [f"第{n}{i}小区" for i in range(4)]
        path = tmp_path / f"第{n}社区" / "小区.shp"
        layer(path, {header: names, "户数": range(4)}, homes[n * 4 : n * 4 + 4])
    proposal, data, _ = proposed(tmp_path)
    assert data["layers"] == {"compound": {"path": "*/小区.shp"}} and not proposal.asked
    city, _ = read_city(read_project(tmp_path))
    assert len(set(city.layers["compound"].frame["name"])) == 12


def test_sheets_of_the_communities_outrank_their_summary(tmp_path):
    head = ["小区名称", "小区类型", "户数", "所属社区"]
    sheets = [
        (f"第{n}社区", [head, *([f"第{n}{i}小区", "商品房小区", 9, f"第{n}社区"] for i in range(4))]) for n in range(3)
    ]
    everything = [head, *(row for _, rows in sheets for row in rows[1:])]
    workbook(tmp_path / "小区.xlsx", everything, sheet="汇总", others=sheets)
    proposal, data, text = proposed(tmp_path)
    assert [one["sheet"] for one in data["registries"]["compounds"]] == [f"第{n}社区" for n in range(3)]
    assert [entry.look.part for entry in proposal.asked] == ["汇总"]
    assert '# sheet = "汇总"' in text


def test_a_backup_ranks_last(tmp_path):
    for name, number in (("社区", 4), ("社区_备份", 5)):
        codes = [f"99010100100{i}" for i in range(number)]
        names = [f"第{i}社区" for i in range(number)]
        layer(tmp_path / "x.gpkg", {"社区代码": codes, "社区名称": names}, cells(number, 1), name=name)
    _, data, _ = proposed(tmp_path)
    assert data["layers"]["community"]["layer"] == "社区"


def test_degrees_and_minutes_are_coordinates(tmp_path):
    rows = [[f"第{i}小区", "商品房小区", f"东经107°58′{i}0.27″", f"北纬26°34′{i}.38″"] for i in range(6)]
    table(tmp_path / "小区.csv", [["小区名称", "小区类型", "经度", "纬度"], *rows])
    assert proposed(tmp_path)[1]["layers"]["compound"]["path"] == "小区.csv"


def test_what_is_not_looked_at_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("gridkit.io.initial.tables.MOST_COLUMNS", 6)
    table(tmp_path / "z.csv", [[*BRANCHES, "奇怪的列", *"bcd"], [*branch("甲小区"), *"wxyz"]])
    workbook(tmp_path / "a.xlsx", [["单位名称", "单位性质", "统一社会信用代码"], ["某局", "机关", ""]],
             others=[("填表说明", [BRANCHES, branch("例小区")])])  # fmt: skip
    mixed = "小区名称,户数\r\n甲小区,3\r\n".encode() + "小区名称为乙花园,商品房小区\r\n".encode("gb18030") * 9
    (tmp_path / "m.csv").write_bytes(mixed)
    proposal, _, text = proposed(tmp_path)
    assert {name: reason for name, reason, _ in proposal.unused} == {
        "a.xlsx!填表说明": "instructions for filling in, no table",
        "m.csv": "its lines are written in two encodings, UTF-8 and GB18030",
        "z.csv": "only the first 6 of its 9 columns are looked at",
    }
    assert "columns not recognised: 奇怪的列" in text


def test_two_coordinates_in_one_cell_are_doubted(tmp_path):
    rows = [[f"第{i}小区", "商品房小区", 9, f"107.97{i}076,26.56{i}883"] for i in range(6)]
    table(tmp_path / "小区.csv", [["小区名称", "小区类型", "户数", "坐标"], *rows])
    assert "坐标 holds longitude and latitude in one cell" in proposed(tmp_path)[2]


def test_every_hypothesis_about_a_datum_has_a_name():
    points = gpd.GeoSeries([Point(107.9 + n / 1e3, 26.5) for n in range(30)], crs="EPSG:4490")
    scores = score_datum(points, gpd.GeoSeries([box(107.8, 26.4, 108.1, 26.6)], crs="EPSG:4490")).scores
    assert set(scores["hypothesis"]) == set(HYPOTHESES)
