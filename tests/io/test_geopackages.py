"""GeoPackages: several layers, journals beside them, and not a byte written."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pyogrio
import pytest

from gridkit.errors import LayerError
from gridkit.io.vector import layers_of, read_layer
from tests.io import boundaries as b

HOT = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504)


def two_layers(folder):
    b.write(folder / "a.gpkg", layer="社区")
    grids = b.frame({"网格编码": list("123"), "网格名称": list("甲乙丙"), "社区代码": b.CODES})
    b.write(folder / "a.gpkg", grids, layer="网格", append=True)


def test_the_only_layer_with_the_right_headers_is_taken_and_said(tmp_path):
    two_layers(tmp_path)
    assert layers_of("a.gpkg", tmp_path) == ("社区", "网格")
    for level, layer in (("community", "社区"), ("grid", "网格")):
        draft = read_layer("a.gpkg", tmp_path, level)
        assert draft.records.source.sheet == layer
        assert b.codes_of(draft)["S163"] == {"values": "社区, 网格", "layer": layer}
    assert "S163" not in b.codes_of(read_layer("a.gpkg", tmp_path, "grid", layer="网格"))


def test_where_none_or_several_fit_all_are_named(tmp_path):
    two_layers(tmp_path)
    with pytest.raises(LayerError, match=r"a\.gpkg: the file has several layers: 社区, 网格 \(state layer"):
        read_layer("a.gpkg", tmp_path, "street")
    columns = {"code": "网格编码", "name": "网格名称"}
    assert read_layer("a.gpkg", tmp_path, "street", columns=columns).records.source.sheet == "网格"


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_reading_writes_nothing(tmp_path, mode):
    file = b.write(tmp_path / "a.gpkg")
    with closing(sqlite3.connect(file)) as base:
        base.execute(f"PRAGMA journal_mode={mode}")
    before, data = b.listing(tmp_path), file.read_bytes()
    read_layer("a.gpkg", tmp_path, "community")
    layers_of("a.gpkg", tmp_path)
    assert b.listing(tmp_path) == before
    assert file.read_bytes() == data


def test_a_stale_journal_is_not_played_back(tmp_path):
    file = b.write(tmp_path / "a.gpkg")
    (tmp_path / "a.gpkg-journal").write_bytes(HOT)
    before, data = b.listing(tmp_path), file.read_bytes()
    draft = read_layer("a.gpkg", tmp_path, "community")
    assert draft.records.frame["code"].to_list() == b.CODES
    assert b.codes_of(draft)["S162"] == {"part": "a.gpkg-journal"}
    assert (b.listing(tmp_path), file.read_bytes()) == (before, data)


@pytest.mark.parametrize("content", [b"", bytes(512)])
def test_a_finished_journal_is_nothing(tmp_path, content):
    b.write(tmp_path / "a.gpkg")
    (tmp_path / "a.gpkg-journal").write_bytes(content)
    assert "S162" not in b.codes_of(read_layer("a.gpkg", tmp_path, "community"))


def test_a_write_that_was_stopped_half_way_is_refused(tmp_path):
    """The journal of a real transaction that never ended, beside a file of which some pages are written."""
    file = b.write(tmp_path / "a.gpkg")
    data = bytearray(file.read_bytes())
    with closing(sqlite3.connect(file)) as base:
        size = base.execute("PRAGMA page_size").fetchone()[0]
        root = base.execute("SELECT rootpage FROM sqlite_master WHERE name = 'a'").fetchone()[0]
    data[(root - 1) * size : root * size] = b"\x05" * size
    file.write_bytes(bytes(data))
    (tmp_path / "a.gpkg-journal").write_bytes(HOT)  # last: SQLite itself would play it back
    with pytest.raises(LayerError, match="a program was stopped while it wrote this GeoPackage"):
        read_layer("a.gpkg", tmp_path, "community")


def test_a_database_that_is_no_geopackage(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as base:
        base.execute("CREATE TABLE a (x)")
        base.execute("PRAGMA application_id = 1196444487")
        base.commit()
    with pytest.raises(LayerError, match=r"a\.gpkg: this is not a boundary file .* no gpkg_contents"):
        read_layer("a.gpkg", tmp_path, "community")


def test_a_geopackage_of_tables_only(tmp_path):
    pyogrio.write_dataframe(b.frame()[["社区代码"]], tmp_path / "a.gpkg", driver="GPKG")
    with pytest.raises(LayerError, match=r"a\.gpkg: (the file has no layer|this is not a boundary file)"):
        read_layer("a.gpkg", tmp_path, "community")


def test_texts_in_the_wrong_encoding(tmp_path):
    file = b.write(tmp_path / "a.gpkg")
    with closing(sqlite3.connect(file)) as base:
        triggers = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for one in triggers:
            base.execute(f'DROP TRIGGER "{one}"')
        for code, name in zip(b.CODES, b.NAMES, strict=True):
            text = name.encode("gb18030")
            base.execute("UPDATE a SET 社区名称 = CAST(? AS TEXT) WHERE 社区代码 = ?", (text, code))
        base.commit()
    assert read_layer("a.gpkg", tmp_path, "community").records.frame["name"].to_list() == b.NAMES


def test_an_attribute_beyond_reason(tmp_path):
    b.write(tmp_path / "a.gpkg", b.frame({"社区代码": b.CODES, "备注": ["x" * 1_000_001, "", ""]}))
    with pytest.raises(LayerError, match=r"a\.gpkg!a: the attribute 备注 holds a text of 1000001 characters"):
        read_layer("a.gpkg", tmp_path, "community")
