"""The same layer in every format says the same; nothing beside the files changes."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from gridkit.errors import LayerError
from gridkit.io.vector import layers_of, read_layer, read_vector
from tests.io import boundaries as b
from tests.io import files


@pytest.mark.parametrize("kind", b.FORMATS)
def test_every_format_says_the_same(tmp_path, kind):
    file = b.FORMATS[kind](tmp_path)
    before = b.listing(tmp_path)
    draft = read_layer(file.name, tmp_path, "community")
    frame = draft.records.frame
    assert frame["code"].to_list() == b.CODES
    assert frame["name"].to_list() == b.NAMES
    assert frame["households"].to_list() == [120, 240, 360]
    assert b.measured(draft) == pytest.approx(b.AREAS, abs=1e-9)
    assert draft.crs == "EPSG:4490"
    assert len(layers_of(file.name, tmp_path)) == 1
    assert b.listing(tmp_path) == before
    raw, geometry, _ = read_vector(file.name, tmp_path)
    assert len(raw.rows) == len(geometry) == 3
    assert draft.records.source.sha256 == raw.sha256


@pytest.mark.parametrize("kind", b.FORMATS)
def test_every_format_cut_off_is_refused(tmp_path, kind):
    file = b.FORMATS[kind](tmp_path)
    part = max(file.iterdir(), key=lambda one: one.stat().st_size) if file.is_dir() else file
    data = part.read_bytes()
    part.write_bytes(data[: len(data) * 6 // 10])
    with pytest.raises(LayerError) as caught:
        read_layer(file.name, tmp_path, "community")
    assert caught.value.exit_code == 3
    assert caught.value.place.startswith(file.name)


@pytest.mark.parametrize("kind", b.FORMATS)
def test_every_format_with_wrong_bytes_never_crashes(tmp_path, kind):
    file = b.FORMATS[kind](tmp_path)
    part = max(file.iterdir(), key=lambda one: one.stat().st_size) if file.is_dir() else file
    data = part.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(6):
        broken = bytearray(data)
        for place in random.integers(0, len(data), 20):
            broken[place] = int(random.integers(0, 256))
        part.write_bytes(bytes(broken))
        try:
            read_layer(file.name, tmp_path, "community", crs="EPSG:4490")
        except LayerError as problem:
            assert str(problem)


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
@pytest.mark.parametrize("shapes", [b.SHAPES, b.SHAPES[:2] * 2])
def test_geoparquet_in_both_encodings(tmp_path, encoding, shapes):
    shapes = shapes[:3] if encoding == "WKB" else [*b.SHAPES[:2], b.SHAPES[0]]
    frame = b.frame(shapes=shapes)
    frame.to_parquet(tmp_path / "a.parquet", geometry_encoding=encoding, write_covering_bbox=encoding == "WKB")
    raw, geometry, crs = read_vector("a.parquet", tmp_path)
    assert crs == "EPSG:4490"
    assert raw.headers == list(b.FIELDS)
    assert [one.equals(other) for one, other in zip(geometry, shapes, strict=True)] == [True] * 3


def test_geoparquet_without_a_system_and_with_the_default_one(tmp_path):
    b.frame(crs=None).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(LayerError, match="states no coordinate system"):
        read_layer("a.parquet", tmp_path, "community")
    table = pq.read_table(tmp_path / "a.parquet")
    meta = json.loads(table.schema.metadata[b"geo"])
    del meta["columns"]["geometry"]["crs"]
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(meta).encode()}), tmp_path / "b.parquet")
    assert read_vector("b.parquet", tmp_path)[2] == "EPSG:4326"


def test_plain_parquet_is_refused(tmp_path):
    pq.write_table(pa.table({"社区代码": b.CODES}), tmp_path / "a.parquet")
    with pytest.raises(LayerError, match=r"a\.parquet: this Parquet file is a table without geometry"):
        read_layer("a.parquet", tmp_path, "community")
    pq.write_table(pa.table({"a": b.CODES}).replace_schema_metadata({b"geo": b"{}"}), tmp_path / "b.parquet")
    with pytest.raises(LayerError, match="a table without geometry"):
        read_layer("b.parquet", tmp_path, "community")


def test_geoparquet_that_unpacks_to_too_much(tmp_path, monkeypatch):
    b.geoparquet(tmp_path / "a.parquet")
    monkeypatch.setattr("gridkit.io.geoparquet.LARGEST", 100)
    with pytest.raises(LayerError, match="unpacks to more than 100 bytes"):
        read_layer("a.parquet", tmp_path, "community")


# ---- geodatabases


def test_codes_that_became_floats_in_a_geodatabase(tmp_path):
    data = b.frame({"社区代码": np.array([int(one) for one in b.CODES]), "社区名称": b.NAMES})
    b.geodatabase(tmp_path / "a.gdb", data)
    assert pyogrio.read_info(tmp_path / "a.gdb")["dtypes"].tolist()[0] == "float64"
    draft = read_layer("a.gdb", tmp_path, "community")
    assert draft.records.frame["code"].to_list() == b.CODES
    long = b.frame({"网格编码": [522601001001002001, 522601001001002002, 9], "网格名称": list("甲乙丙")})
    b.geodatabase(tmp_path / "b.gdb", long)
    draft = read_layer("b.gdb", tmp_path, "grid")  # eighteen digits do not fit a float: lost before we came
    assert draft.records.frame["code"].to_list() == ["", "", "9"]
    assert "S115" in {one["code"] for one in draft.records.notes}


def test_a_geodatabase_of_several_layers(tmp_path):
    b.geodatabase(tmp_path / "a.gdb")
    grids = b.frame({"网格编码": ["1", "2", "3"], "网格名称": list("甲乙丙")})
    b.geodatabase(tmp_path / "a.gdb", grids, "网格")
    assert layers_of("a.gdb", tmp_path) == ("社区", "网格")
    draft = read_layer("a.gdb", tmp_path, "grid")
    assert draft.records.source.sheet == "网格"
    assert b.codes_of(draft)["S163"] == {"values": "社区, 网格", "layer": "网格"}


# ---- shapes


def wkb_of_circle():
    points = np.array([[107.98, 26.58], [107.981, 26.581], [107.982, 26.58], [107.981, 26.579], [107.98, 26.58]])
    string = b"\x01" + (8).to_bytes(4, "little") + (5).to_bytes(4, "little") + points.astype("<f8").tobytes()
    return b"\x01" + (10).to_bytes(4, "little") + (1).to_bytes(4, "little") + string


def test_arcs_become_straight_pieces(tmp_path):
    wkb = pa.array([wkb_of_circle(), shapely.to_wkb(b.SHAPES[1]), None], pa.binary())
    table = pa.table({"社区代码": b.CODES, "社区名称": b.NAMES, "wkb_geometry": wkb})
    how = {"driver": "GPKG", "geometry_type": "Unknown", "geometry_name": "wkb_geometry", "crs": "EPSG:4490"}
    pyogrio.write_arrow(table, tmp_path / "a.gpkg", layer="a", **how)
    draft = read_layer("a.gpkg", tmp_path, "community")
    areas = shapely.area(draft.geometry.to_numpy())
    assert areas[0] == pytest.approx(np.pi * 0.001**2, rel=0.002)
    assert shapely.get_type_id(draft.geometry.to_numpy()).tolist() == [3, 3, -1]
    assert b.codes_of(draft)["S160/curved"]["n"] == 1
    assert [note["refs"] for note in draft.records.notes if note["code"] == "S160"] == [("a.gpkg!a!1",)]


def test_heights_and_measures_are_left_out_and_said(tmp_path):
    shapes = [shapely.force_3d(b.SHAPES[0], 5), b.SHAPES[1], b.SHAPES[2]]
    b.write(tmp_path / "a.gpkg", b.frame(shapes=shapes))
    draft = read_layer("a.gpkg", tmp_path, "community")
    assert not shapely.has_z(draft.geometry.to_numpy()).any()
    assert b.codes_of(draft)["S160/heights"]["n"] >= 1
    assert b.measured(draft) == b.AREAS


def test_closed_lines_are_areas_and_open_ones_are_said(tmp_path):
    shapes = [b.SHAPES[0].exterior, shapely.LineString(b.SHAPES[1].exterior.coords[:-1]), b.SHAPES[2]]
    b.write(tmp_path / "a.gpkg", b.frame(shapes=shapes))
    city, findings = files.read(tmp_path, '[layers.community]\npath = "a.gpkg"\n')
    assert findings.with_code("S160").iloc[0]["refs"] == ("a.gpkg!a!1",)
    assert findings.with_code("S136").iloc[0]["refs"] == ("a.gpkg!a!2",)
    assert city.layers["community"].frame.geometry.notna().to_list() == [True, False, True]


def test_collections_give_their_polygons(tmp_path):
    inner = shapely.GeometryCollection([b.SHAPES[1], shapely.Point(107.98, 26.58)])
    shapes = [
        shapely.GeometryCollection([b.SHAPES[0], shapely.LineString([(107.98, 26.58), (107.99, 26.6)])]),
        shapely.GeometryCollection([inner]),
        shapely.Polygon(),
    ]
    b.geojson(tmp_path / "a.geojson", [b.feature({"社区代码": c}, s) for c, s in zip(b.CODES, shapes, strict=True)])
    city, findings = files.read(tmp_path, '[layers.community]\npath = "a.geojson"\n')
    frame = city.layers["community"].frame
    assert frame.geometry.notna().to_list() == [True, True, False]
    assert len(findings.with_code("S134")) == 2
    assert findings.with_code("S133").iloc[0]["params"]["n"] == 1
    square = files.read(tmp_path, '[layers.community]\npath = "a.geojson"\n')[0].layers["community"].frame.geometry
    assert square.iloc[1].area == pytest.approx(shapely.area(square.iloc[0]), rel=0.01)


@pytest.mark.parametrize("stem", ["a b#c%20d&e?f=1", "a!b", "a;b'c", "[x]", "x{y}"])
@pytest.mark.parametrize("kind", ["gpkg", "shp GB18030", "gdb", "fgb", "kml", "geojson"])
def test_names_of_files_that_mean_something_elsewhere(tmp_path, stem, kind):
    (tmp_path / "z").mkdir()
    made = b.FORMATS[kind](tmp_path / "z")
    (tmp_path / stem).mkdir()
    for one in list((tmp_path / "z").glob("a.*")):
        one.rename(tmp_path / stem / f"{stem}{one.suffix}")
    before = b.listing(tmp_path)
    draft = read_layer(f"{stem}/{stem}{made.suffix}", tmp_path, "community")
    assert draft.records.frame["code"].to_list() == b.CODES
    assert draft.records.source.path == f"{stem}/{stem}{made.suffix}"
    assert b.listing(tmp_path) == before
