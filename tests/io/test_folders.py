"""A folder, or a pattern, of files per community read as one layer; every row traceable to its file."""

from __future__ import annotations

import pytest

from gridkit.errors import LayerError
from gridkit.io.vector import layers_of, read_layer, read_vector
from tests.io import boundaries as b
from tests.io import files


def compounds(names, **more):
    shapes = [b.SHAPES[0].buffer(-0.001 * (n + 1)) for n in range(len(names))]
    return b.frame({"小区名称": names, **more}, shapes)


@pytest.fixture
def folder(tmp_path):
    b.write(tmp_path / "c" / "启明社区.gpkg", compounds(["甲小区", "乙小区"]))
    b.shapefile(tmp_path / "c" / "五鼎社区.shp", data=compounds(["丙小区"], 户数=[7]))
    b.geojson(tmp_path / "c" / "金井社区.geojson", [b.feature({"小区名称": "丁小区"}, b.SHAPES[1])])
    (tmp_path / "c" / "说明.docx").write_bytes(b"x")
    return tmp_path


def test_a_folder_is_one_layer(folder):
    before = b.listing(folder / "c")
    city, findings = files.read(folder, '[layers.compound]\npath = "c"\n')
    frame = city.layers["compound"].frame
    where = dict(zip(frame["name"], frame["community_name"], strict=True))
    assert where == {"甲小区": "启明社区", "乙小区": "启明社区", "丙小区": "五鼎社区", "丁小区": "金井社区"}
    assert [source.path for source in city.sources] == ["c/五鼎社区.shp", "c/启明社区.gpkg", "c/金井社区.geojson"]
    assert [(source.rows_in, source.kept, source.set_aside) for source in city.sources] == [
        (1, 1, 0),
        (2, 2, 0),
        (1, 1, 0),
    ]
    row = frame[frame["name"] == "乙小区"].iloc[0]
    assert city.source(row["src"]).cell(int(row["row"]), "name") == "c/启明社区.gpkg!启明社区!2.小区名称"
    assert city.cell(f"{row['src']}!{row['row']}", "community_name") == "c/启明社区.gpkg!启明社区!2.文件名"
    differing = findings.with_code("S167")
    assert {row["params"]["variant"]: row["params"] for row in differing.to_dict("records")} == {
        "headers": {"headers": "户数", "total": 3, "variant": "headers"},
    }
    (other,) = [row["params"] for row in findings.rows() if row["params"].get("variant") == "others"]
    assert other["n"] == 1
    assert b.listing(folder / "c") == before


@pytest.mark.parametrize("others", [1, 2])
def test_codes_in_one_file_of_a_folder_only(tmp_path, others):
    b.write(tmp_path / "c" / "a.gpkg", compounds(["甲小区"], 小区代码=["990101001001X001"]))
    for at in range(others):
        b.write(tmp_path / "c" / f"b{at}.gpkg", compounds([f"乙小区{at}"]))
    city, findings = files.read(tmp_path, '[layers.compound]\npath = "c"\n')
    codes = city.layers["compound"].frame.index
    assert len(codes) == 1 + others and codes[0] == "990101001001X001"
    assert all(code.startswith("~") for code in codes[1:])
    assert not len(findings.with_code("S104"))


def test_a_pattern_takes_what_it_matches(folder):
    draft = read_layer("c/*.[gs]*", folder, "compound")
    assert [one.path for one in draft.all_sources] == ["c/五鼎社区.shp", "c/启明社区.gpkg", "c/金井社区.geojson"]
    assert draft.records.frame["name"].to_list() == ["丙小区", "甲小区", "乙小区", "丁小区"]
    assert set(layers_of("c/*.gpkg", folder)) == {"启明社区"}
    with pytest.raises(LayerError, match="this means several files or layers"):
        read_vector("c", folder)


def test_one_file_of_a_pattern_is_read_like_a_file(folder):
    draft = read_layer("c/启明*.gpkg", folder, "compound")
    assert draft.all_sources == (draft.records.source,)
    assert "community_name" not in draft.records.given


def test_files_in_different_systems_meet_in_degrees(folder):
    b.write(folder / "c" / "城东社区.gpkg", compounds(["戊小区"]).to_crs("EPSG:4545"))
    draft = read_layer("c", folder, "compound")
    assert draft.crs == "EPSG:4490"
    same = draft.geometry[draft.records.frame["name"] == "戊小区"].iloc[0]
    assert same.equals_exact(b.SHAPES[0].buffer(-0.001), 1e-7)
    (note,) = [one for one in draft.records.notes if one["params"].get("variant") == "systems"]
    assert note["params"]["values"] == "EPSG:4490, EPSG:4545"


def test_codes_that_stand_in_two_files(folder):
    for name in ("启明社区", "五鼎社区"):
        b.write(folder / "d" / f"{name}.gpkg", compounds(["甲小区"], 小区编号=["X1"]))
    city, findings = files.read(folder, '[layers.compound]\npath = "d"\n')
    assert [(one.path, one.kept, one.set_aside) for one in city.sources] == [
        ("d/五鼎社区.gpkg", 1, 0),
        ("d/启明社区.gpkg", 0, 1),
    ]
    assert city.set_aside.to_dict("records") == [
        {"src": "d/启明社区.gpkg!启明社区", "row": 1, "reason": "S104", "subject": "X1"}
    ]
    assert findings.with_code("S104").iloc[0]["refs"] == (
        "d/五鼎社区.gpkg!五鼎社区!1.小区编号",
        "d/启明社区.gpkg!启明社区!1.小区编号",
    )


def test_the_names_of_files_may_be_the_communities_themselves(tmp_path):
    for name, shape in zip(b.NAMES, b.SHAPES, strict=True):
        b.write(tmp_path / "c" / f"{name}.geojson", b.frame({"备注": ["x"]}, [shape]))
    frame = read_layer("c/*.geojson", tmp_path, "community").records.frame
    assert sorted(frame["name"]) == sorted(b.NAMES)


@pytest.mark.parametrize("path", ["none/*.shp", "leer", "none"])
def test_nothing_there(tmp_path, path):
    (tmp_path / "leer").mkdir()
    with pytest.raises(LayerError, match=r"there is no boundary file there|there is no such file"):
        read_layer(path, tmp_path, "compound")


def test_one_broken_file_is_named(folder):
    (folder / "c" / "坏.gpkg").write_bytes((folder / "c" / "启明社区.gpkg").read_bytes()[:9000])
    with pytest.raises(LayerError, match=r"c/坏\.gpkg: "):
        read_layer("c", folder, "compound")
