"""Traps of Shapefiles, each in a file that the test makes."""

from __future__ import annotations

import shutil
import struct

import pytest
import shapely

from gridkit.errors import LayerError
from gridkit.io.vector import layers_of, read_layer, read_vector
from tests.io import boundaries as b
from tests.io import files


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("ldid", [0x00, 0x03, 0x4D, 0x57, 0xFF])
@pytest.mark.parametrize("cpg", [None, "ISO-8859-1"])
def test_the_header_may_say_any_code_page(tmp_path, encoding, ldid, cpg):
    names = b.frame({"code": b.CODES, "name": b.NAMES})
    table = b.shapefile(tmp_path / "a.shp", encoding, data=names).with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    data[29] = ldid
    table.write_bytes(bytes(data))
    table.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        table.with_suffix(".cpg").write_text(cpg)
    assert read_layer("a.shp", tmp_path, "community").records.frame["name"].to_list() == b.NAMES


def test_names_that_were_cut_and_could_be_several_are_asked_about(tmp_path):
    columns = {"所属综合网格编码": list("123"), "所属综合网格名称": list("甲乙丙"), "小区名称": b.NAMES}
    b.shapefile(tmp_path / "a.shp", data=b.frame(columns))
    draft = read_layer("a.shp", tmp_path, "compound")
    asked = [note for note in draft.records.notes if note["code"] == "S168"]
    assert [note["params"] for note in asked] == [
        {"header": "所属综合网", "values": "grid_code"},
        {"header": "所属综合_1", "values": "grid_code"},
    ]
    assert asked[0]["refs"] == ("a.shp!a.所属综合网",)
    assert "grid_code" not in draft.records.given
    told = read_layer("a.shp", tmp_path, "compound", columns={"grid_code": "所属综合网"})
    assert told.records.frame["grid_code"].to_list() == list("123")


def test_a_cut_name_that_may_mean_two_fields(tmp_path):
    columns = {"所属社区": b.CODES, "小区名称": b.NAMES}
    b.shapefile(tmp_path / "a.shp", "utf-8", data=b.frame(columns))  # 所属社 in UTF-8: name or code of the community
    draft = read_layer("a.shp", tmp_path, "compound")
    assert b.codes_of(draft)["S168"] == {"header": "所属社", "values": "community_code, community_name"}


def test_without_the_table_shapes_are_kept(tmp_path):
    b.shapefile(tmp_path / "a.shp").with_suffix(".dbf").unlink()
    city, findings = files.read(tmp_path, '[layers.community]\npath = "a.shp"\n')
    frame = city.layers["community"].frame
    assert len(frame) == 3
    assert all(code.startswith("~") for code in frame.index)
    (row,) = [row for row in findings.rows() if row["code"] == "S161"]
    assert row["params"] == {"part": ".dbf", "n": 3, "variant": "dbf"}
    assert findings.with_code("S103").iloc[0]["params"]["n"] == 3
    assert (city.sources[0].rows_in, city.sources[0].kept) == (3, 3)


def test_without_the_index_it_is_made_again_elsewhere(tmp_path):
    b.shapefile(tmp_path / "a.shp").with_suffix(".shx").unlink()
    before = b.listing(tmp_path)
    draft = read_layer("a.shp", tmp_path, "community")
    assert draft.records.frame["code"].to_list() == b.CODES
    assert b.measured(draft) == pytest.approx(b.AREAS, abs=1e-9)
    assert b.codes_of(draft)["S161/shx"]
    assert b.listing(tmp_path) == before


@pytest.mark.parametrize("lost", [1, 50, 3000])
def test_without_the_index_a_cut_off_file_is_refused(tmp_path, lost):
    shape = b.shapefile(tmp_path / "a.shp")
    shape.with_suffix(".shx").unlink()
    shape.write_bytes(shape.read_bytes()[:-lost])
    with pytest.raises(LayerError, match=r"a\.shp"):
        read_layer("a.shp", tmp_path, "community")


@pytest.mark.parametrize("change", [str.upper, str.title, lambda name: name.replace(".dbf", ".DBF")])
def test_endings_in_any_spelling(tmp_path, change):
    b.shapefile(tmp_path / "a.shp")
    for one in list(tmp_path.iterdir()):
        one.rename(tmp_path / change(one.name))
    name = change("a.shp")
    before = b.listing(tmp_path)
    draft = read_layer(name, tmp_path, "community")
    assert draft.records.frame["code"].to_list() == b.CODES
    assert draft.crs == "EPSG:4490"
    assert b.listing(tmp_path) == before
    parts = dict(draft.records.source.columns)
    table = next(one for one in tmp_path.iterdir() if one.suffix.lower() == ".dbf")
    sha256 = draft.records.source.sha256
    table.write_bytes(table.read_bytes() + b" ")
    again = read_layer(name, tmp_path, "community").records.source
    assert (again.sha256 != sha256, dict(again.columns)) == (True, parts)


def test_deleted_records_are_left_out(tmp_path):
    table = b.shapefile(tmp_path / "a.shp").with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    start, width = struct.unpack("<HH", data[8:12])
    data[start + width] = ord("*")
    table.write_bytes(bytes(data))
    draft = read_layer("a.shp", tmp_path, "community")
    assert draft.records.frame["code"].to_list() == [b.CODES[0], b.CODES[2]]
    assert shapely.equals(draft.geometry.iloc[1], b.SHAPES[2])


@pytest.mark.parametrize("deleted", [False, True])
def test_long_codes_in_a_numeric_column_are_exact(tmp_path, deleted):
    """A .dbf may hold nineteen digits and more as a number, which every reader makes a float of."""
    codes = ["522601001001002001001", "522601001001002001002", "17"]
    table = b.shapefile(tmp_path / "a.shp", data=b.frame({"code": ["x" * 21] * 3, "name": b.NAMES})).with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    data[32 + 11], data[32 + 16], data[32 + 17] = ord("N"), 21, 0
    start, width = struct.unpack("<HH", data[8:12])
    old = 254 if width > 300 else 21
    rows = bytes(data[start : start + 3 * width])
    head = bytearray(data[:start])
    head[10:12] = struct.pack("<H", width - old + 21)
    body = b""
    for n, code in enumerate(codes):
        row = rows[n * width : (n + 1) * width]
        body += (b"*" if deleted and n == 0 else b" ") + code.rjust(21).encode() + row[1 + old :]
    table.write_bytes(bytes(head) + body + b"\x1a")
    assert struct.unpack("<HH", table.read_bytes()[8:12])[1] == len(body) // 3
    found = read_layer("a.shp", tmp_path, "grid").records.frame["code"].to_list()
    assert found == codes[deleted:]


def test_a_shapefile_that_is_a_text(tmp_path):
    b.shapefile(tmp_path / "a.shp")
    (tmp_path / "a.shp").write_text("社区代码,社区名称\n1,甲\n", "utf-8")
    with pytest.raises(LayerError, match=r"a\.shp"):
        read_vector("a.shp", tmp_path)
    (tmp_path / "a.shp").write_text("nothing of the kind")
    with pytest.raises(LayerError, match=r"a\.shp: this is not a boundary file"):
        read_layer("a.shp", tmp_path, "community")


def test_the_table_named_instead_of_the_shapes(tmp_path):
    b.shapefile(tmp_path / "a.shp")
    with pytest.raises(LayerError, match=r"a\.dbf: this is the table of a Shapefile"):
        read_vector("a.dbf", tmp_path)


def test_lines_of_a_shapefile_that_are_closed(tmp_path):
    lines = [shape.exterior for shape in b.SHAPES[:2]] + [shapely.LineString([(107.98, 26.58), (108, 26.6)])]
    b.shapefile(tmp_path / "a.shp", data=b.frame(shapes=lines))
    draft = read_layer("a.shp", tmp_path, "community")
    assert shapely.get_type_id(draft.geometry.to_numpy()).tolist() == [3, 3, 1]
    assert b.codes_of(draft)["S160/closed"]["n"] == 2


# ---- archives


def test_a_zipped_shapefile_with_all_that_programs_add(tmp_path):
    shape = b.shapefile(tmp_path / "z" / "a.shp")
    inside = b.parts(shape, "边界/2024/启明㵲水")
    junk = tmp_path / "junk"
    junk.write_bytes(b"\x00\x05\x16\x07")
    inside |= {"__MACOSX/边界/._a.shp": junk, "边界/.DS_Store": junk, "说明.txt": junk}
    b.archive(tmp_path / "a.zip", inside, gbk=True)
    assert layers_of("a.zip", tmp_path) == ("边界/2024/启明㵲水",)
    draft = read_layer("a.zip", tmp_path, "community")
    assert draft.records.frame["name"].to_list() == b.NAMES
    assert draft.records.frame.index[0] == "a.zip!边界/2024/启明㵲水!1"
    assert b.codes_of(draft)["S169/others"]["n"] == 1
    assert draft.crs == "EPSG:4490"


@pytest.mark.parametrize("gbk", [True, False])
def test_several_shapefiles_in_one_archive(tmp_path, gbk):
    one = b.shapefile(tmp_path / "z" / "社区.shp")
    grids = b.frame({"网格编码": list("123"), "网格名称": list("甲乙丙")})
    other = b.shapefile(tmp_path / "z" / "网格.shp", data=grids)
    b.archive(tmp_path / "a.zip", b.parts(one) | b.parts(other), gbk=gbk)
    assert layers_of("a.zip", tmp_path) == ("社区", "网格")
    draft = read_layer("a.zip", tmp_path, "grid")
    assert draft.records.source.name == "a.zip!网格"
    assert b.codes_of(draft)["S163"] == {"values": "社区, 网格", "layer": "网格"}
    assert read_layer("a.zip", tmp_path, "community", layer="社区").records.frame["code"].to_list() == b.CODES
    with pytest.raises(LayerError, match="the file has several layers: 社区, 网格"):
        read_vector("a.zip", tmp_path)


def test_all_layers_of_an_archive_as_one(tmp_path):
    inside = {}
    for name, rows in (("启明社区", slice(0, 2)), ("五鼎社区", slice(2, 3))):
        data = b.frame({"小区编号": b.CODES, "小区名称": b.NAMES}).iloc[rows]
        inside |= b.parts(b.shapefile(tmp_path / "z" / f"{name}.shp", data=data))
    b.archive(tmp_path / "a.zip", inside)
    draft = read_layer("a.zip", tmp_path, "compound", layer="*")
    assert draft.records.frame["code"].to_list() == [b.CODES[2], *b.CODES[:2]]
    assert [one.name for one in draft.all_sources] == ["a.zip!五鼎社区", "a.zip!启明社区"]


@pytest.mark.parametrize("name", ["../a", "/tmp/a", "x/../../a", "C:\\a", "..\\a"])
def test_names_that_point_out_of_an_archive(tmp_path, name):
    shape = b.shapefile(tmp_path / "z" / "a.shp")
    (tmp_path / "y").mkdir()
    b.archive(tmp_path / "y" / "a.zip", b.parts(shape, name))
    before = b.listing(tmp_path)
    with pytest.raises(LayerError, match="points out of it"):
        read_layer("a.zip", tmp_path / "y", "community")
    assert b.listing(tmp_path) == before


def test_an_archive_that_unpacks_without_end(tmp_path, monkeypatch):
    b.zipped_shapefile(tmp_path / "a.zip")
    monkeypatch.setattr("gridkit.io.containers.LARGEST", 1000)
    with pytest.raises(LayerError, match="unpacks to more than 1000 bytes"):
        read_layer("a.zip", tmp_path, "community")
    monkeypatch.setattr("gridkit.io.containers.MOST_MEMBERS", 3)
    with pytest.raises(LayerError, match="holds more than 3 files"):
        read_layer("a.zip", tmp_path, "community")


def test_an_archive_that_lies_about_its_size(tmp_path, monkeypatch):
    file = b.zipped_shapefile(tmp_path / "a.zip")
    data = bytearray(file.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            data[place + offset : place + offset + 4] = (10).to_bytes(4, "little")
    file.write_bytes(bytes(data))
    monkeypatch.setattr("gridkit.io.containers.LARGEST", 1000)
    with pytest.raises(LayerError, match=r"a\.zip"):
        read_layer("a.zip", tmp_path, "community")


def test_a_locked_archive(tmp_path):
    file = b.zipped_shapefile(tmp_path / "a.zip")
    data = bytearray(file.read_bytes())
    place = -1
    while (place := data.find(b"PK\x01\x02", place + 1)) >= 0:
        data[place + 8] |= 1
    place = -1
    while (place := data.find(b"PK\x03\x04", place + 1)) >= 0:
        data[place + 6] |= 1
    file.write_bytes(bytes(data))
    with pytest.raises(LayerError, match=r"a\.zip: the file is locked"):
        read_layer("a.zip", tmp_path, "community")


def test_an_archive_in_an_archive_and_one_without_boundaries(tmp_path):
    b.zipped_shapefile(tmp_path / "z.zip")
    b.archive(tmp_path / "a.zip", {"z.zip": tmp_path / "z.zip"})
    with pytest.raises(LayerError, match="there is no boundary file in this archive"):
        read_layer("a.zip", tmp_path, "community")
    b.archive(tmp_path / "b.zip", {"z.gpkg": tmp_path / "z.zip", "y.gpkg": tmp_path / "z.zip"})
    with pytest.raises(LayerError, match="there is no boundary file in this archive"):
        read_layer("b.zip", tmp_path, "community")


def test_a_geopackage_of_several_layers_in_an_archive(tmp_path):
    for name in ("社区", "旧"):
        b.write(tmp_path / "z.gpkg", layer=name, append=(tmp_path / "z.gpkg").exists())
    b.archive(tmp_path / "a.zip", {"x/z.gpkg": tmp_path / "z.gpkg"})
    assert layers_of("a.zip", tmp_path) == ("x/z/社区", "x/z/旧")
    for wanted in ("x/z/旧", "旧"):
        assert read_layer("a.zip", tmp_path, "community", layer=wanted).records.source.sheet == "x/z/旧"


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    (tmp_path / "t").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    b.zipped_shapefile(tmp_path / "a.zip")
    read_layer("a.zip", tmp_path, "community")
    shutil.copy(tmp_path / "z" / "社区.shp", tmp_path / "b.shp")
    shutil.copy(tmp_path / "z" / "社区.dbf", tmp_path / "b.dbf")
    with pytest.raises(LayerError):
        read_layer("b.shp", tmp_path, "community")
    assert not list((tmp_path / "t").iterdir())


def test_columns_without_a_name_or_of_one_name(tmp_path):
    table = b.shapefile(tmp_path / "a.shp").with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    for start in (64, 96):  # the second and third column
        data[start : start + 11] = b"same".ljust(11, b"\x00")
    table.write_bytes(bytes(data))
    raw, _, _ = read_vector("a.shp", tmp_path)
    assert raw.headers[0] == "社区代码"
    assert [column[0] for column in raw.columns] == [b.CODES[0], b.NAMES[0], 120]


def test_a_coordinate_system_that_makes_no_sense(tmp_path):
    b.shapefile(tmp_path / "a.shp").with_suffix(".prj").write_text('GEOGCS["x",DATUM["y",SPHEROID["z",0,0]],"')
    with pytest.raises(LayerError, match=r"a\.shp"):
        read_layer("a.shp", tmp_path, "community")
