"""GeoJSON as it comes: numbers, encodings, lines, and files meant to do harm."""

from __future__ import annotations

import json

import pytest

from gridkit.errors import LayerError
from gridkit.io.vector import read_layer, read_vector
from tests.io import boundaries as b


@pytest.mark.parametrize("code", ["522601001001002001", "52260100100100200101", "9007199254740993"])
@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("rest", ["7", "7.5", "null", '"A1"'])
def test_long_codes_as_numbers_are_exact(tmp_path, code, lines, rest):
    items = [b.feature({"网格编码": "@1"}, b.SHAPES[0]), b.feature({"网格编码": "@2"}, b.SHAPES[1])]
    b.geojson(tmp_path / "a.geojson", items, lines=lines)
    text = (tmp_path / "a.geojson").read_text("utf-8").replace('"@1"', code).replace('"@2"', rest)
    (tmp_path / "a.geojson").write_text(text, "utf-8")
    found = read_layer("a.geojson", tmp_path, "grid").records.frame["code"].to_list()
    assert found == [code, {"null": "", '"A1"': "A1"}.get(rest, rest)]


def test_a_code_with_a_decimal_point_keeps_its_digits(tmp_path):
    items = [b.feature({"网格编码": "@1"}, b.SHAPES[0])]
    b.geojson(tmp_path / "a.geojson", items)
    text = (tmp_path / "a.geojson").read_text("utf-8").replace('"@1"', "522601001001002001.0")
    (tmp_path / "a.geojson").write_text(text, "utf-8")
    assert read_layer("a.geojson", tmp_path, "grid").records.frame["code"].to_list() == ["522601001001002001"]
    (tmp_path / "a.geojson").write_text(text.replace("522601001001002001.0", "5.22601e+17"), "utf-8")
    draft = read_layer("a.geojson", tmp_path, "grid")
    assert draft.records.frame["code"].to_list() == [""]
    assert "S115" in b.codes_of(draft)


def test_the_crs_member_is_obeyed(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    b.geojson(tmp_path / "a.geojson", crs=crs)
    assert read_vector("a.geojson", tmp_path)[2] == "EPSG:4490"
    b.geojson(tmp_path / "a.geojson")
    assert read_vector("a.geojson", tmp_path)[2] == "EPSG:4326"


def test_the_name_of_the_collection_is_that_of_the_layer(tmp_path):
    b.geojson(tmp_path / "a.geojson", name="社区")
    assert read_layer("a.geojson", tmp_path, "community", layer="社区").records.source.name == "a.geojson!社区"
    with pytest.raises(LayerError, match="there is no layer 旧; the file has: 社区"):
        read_layer("a.geojson", tmp_path, "community", layer="旧")


def test_the_encoding_is_told(tmp_path):
    b.geojson(tmp_path / "a.geojson", encoding="gbk", items=b.features()[:1])
    draft = read_layer("a.geojson", tmp_path, "community")
    assert draft.records.source.encoding == "gb18030"
    assert b.codes_of(draft)["S132"] == {"encoding": "gb18030"}
    assert "S132" not in b.codes_of(read_layer("a.geojson", tmp_path, "community", encoding="gbk"))


@pytest.mark.parametrize("cut", [2, 30, 200])
def test_a_line_that_was_cut_off_is_no_line_less(tmp_path, cut):
    file = b.geojson(tmp_path / "a.geojsonl", lines=True)
    file.write_bytes(file.read_bytes()[:-cut])
    with pytest.raises(LayerError, match=r"a\.geojsonl"):
        read_layer("a.geojsonl", tmp_path, "community")


def deep(text, depth=100_000):
    head = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": null}, '
    return head + text[0] * depth + "null" + text[1] * depth + "]}"


HARM = {
    "deep lists": deep("[]"),
    "deep objects": deep(('{"a":', "}")),
    "deep collections": deep(('{"type": "GeometryCollection", "geometries": [', "]}")),
    "deep attributes": json.dumps({"type": "Feature", "geometry": None, "properties": {"a": "@"}}).replace(
        '"@"', "[" * 100_000 + "]" * 100_000
    ),
    "not closed": '{"type": "FeatureCollection", "features": [' * 1000,
    "a pipeline": '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline", "x": {"type": "Feature", '
    '"geometry": null}}',
    "numbers": '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1e999}, "geometry": '
    '{"type": "Polygon", "coordinates": [[[1e999, 0], [NaN, 1], [1, 1], [0, 0]]]}}]}',
    "no list": '{"type": "FeatureCollection", "features": {"type": "Feature", "geometry": null}}',
}


@pytest.mark.parametrize("kind", HARM)
def test_files_meant_to_do_harm(tmp_path, kind):
    (tmp_path / "a.geojson").write_text(HARM[kind], "utf-8")
    try:
        read_layer("a.geojson", tmp_path, "community")
    except LayerError as problem:
        assert problem.place.startswith("a.geojson")
    else:
        assert kind in ("numbers", "deep lists")


def test_a_file_larger_than_memory_is_refused_unread(tmp_path, monkeypatch):
    b.geojson(tmp_path / "a.geojson")
    monkeypatch.setattr("gridkit.io.geojson.LARGEST", 100)
    with pytest.raises(LayerError, match="larger than 100 bytes"):
        read_layer("a.geojson", tmp_path, "community")
