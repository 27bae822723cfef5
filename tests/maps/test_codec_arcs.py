"""Shared arcs: nothing lost, borders that were shared stay shared, and the order of rows does not matter."""

import base64
import gzip
import json
import struct
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from benchmarks.map_worlds import map_world
from gridkit.maps.arcs import cut
from gridkit.maps.codec import Encoded, decode_levels, encode_levels
from gridkit.maps.columns import read_column, write_column
from gridkit.maps.parts import WORLD, parts_of, project, unproject
from gridkit.maps.planes import Sections

UNIT = 360 / WORLD


def frame(shapes, codes=None, **columns):
    index = pd.Index(codes or [f"f{at}" for at in range(len(shapes))], dtype="object", name="code")
    series = {name: pd.Series(values, dtype=object, index=index) for name, values in columns.items()}
    return gpd.GeoDataFrame(series, geometry=list(shapes), crs="EPSG:4490", index=index)


def head_of(encoded):
    payload = gzip.decompress(base64.b64decode(encoded.data))
    return json.loads(payload[8 : 8 + struct.unpack("<I", payload[4:8])[0]])


def snapped(shape):
    """The shape with each corner on the nearest whole unit, worked out by shapely alone."""
    return shapely.transform(shape, lambda xy: unproject(project(xy)))


def alike(a, b):
    """Whether two shapes have the same corners, wherever their rings begin."""
    one, other = (set(map(tuple, shapely.get_coordinates(shape).round(9))) for shape in (a, b))
    return one == other


# small whole units around a place, so that corners, borders and whole rings coincide often
places = st.tuples(st.integers(0, 6), st.integers(0, 6))
boxes = st.builds(
    lambda a, w, h: [(a[0], a[1]), (a[0] + w, a[1]), (a[0] + w, a[1] + h), (a[0], a[1] + h)],
    places, st.integers(1, 3), st.integers(1, 3),
)  # fmt: skip
rings = st.one_of(boxes, st.lists(places, min_size=3, max_size=7))


def polygon(units):
    return Polygon(unproject(np.array(units, dtype=np.int64) * 8 + WORLD // 2))


shapes = st.one_of(
    st.none(),
    rings.map(polygon),
    places.map(lambda at: Point(unproject(np.array([at]) * 8 + WORLD // 2)[0])),
    st.lists(places, min_size=2, max_size=5).map(lambda at: LineString(unproject(np.array(at) * 8 + WORLD // 2))),
    st.lists(rings.map(polygon), max_size=3).map(MultiPolygon),
    st.lists(rings.map(polygon), max_size=2).map(GeometryCollection),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(shapes, max_size=7), st.lists(shapes, max_size=3), st.randoms())
def test_no_feature_is_lost_and_the_order_of_rows_does_not_matter(some, others, random):
    frames = {"street": frame(others), "compound": frame(some)}
    encoded = encode_levels(frames)
    back = decode_levels(encoded)
    for level, given_frame in frames.items():
        found = back[level]
        assert sorted(found.index) == sorted(given_frame.index)
        for code, shape in given_frame.geometry.items():
            there = found.geometry[code]
            assert (shape is None or shape.is_empty) == (there is None)
            if there is not None and shape.is_valid and shape.geom_type in ("Polygon", "Point"):
                assert there.equals(shape) or shape.symmetric_difference(there).area < 1e-15
    order = list(range(len(some)))
    random.shuffle(order)
    assert encode_levels(frames | {"compound": frames["compound"].iloc[order]}) == encoded


@settings(max_examples=150, deadline=None)
@given(st.lists(rings, min_size=1, max_size=6))
def test_each_edge_is_stored_once_and_each_ring_comes_back(some):
    parts = parts_of(np.array([polygon(ring) for ring in some], dtype=object))
    arcs = cut(parts.units, parts.points, parts.closed)
    ends = np.cumsum(arcs.points)
    pieces = [arcs.units[b - n : b].tolist() for b, n in zip(ends, arcs.points, strict=True)]
    edges = [frozenset(map(tuple, edge)) for piece in pieces for edge in pairwise(piece)]
    assert len(edges) == len(set(edges))
    at = 0
    start = 0
    for count, points, closed in zip(arcs.count, parts.points, parts.closed, strict=True):
        path = []
        for ref in arcs.refs[at : at + count].tolist():
            piece = pieces[ref] if ref >= 0 else pieces[~ref][::-1]
            assert not path or path[-1] == piece[0]
            path += piece[1:] if path else piece
        at += count
        expected = parts.units[start : start + points].tolist()
        start += points
        if closed:
            assert path[0] == path[-1]
            path = path[:-1]
            turn = next(k for k in range(len(path)) if path[k:] + path[:k] == expected)
            assert turn >= 0
        else:
            assert path == expected


def test_a_partition_is_stored_once_for_all_levels():
    city = map_world(1_000)
    only = head_of(encode_levels({"compound": city["compound"], "grid": city["grid"]}))
    every = head_of(encode_levels(city))
    # communities and streets run along borders of grids: not one new point
    assert every["arcs"]["x"][1] == only["arcs"]["x"][1]
    back = decode_levels(encode_levels(city))
    for level, given_frame in city.items():
        found = back[level].loc[given_frame.index]
        assert found.drop(columns="geometry").astype(object).equals(given_frame.drop(columns="geometry").astype(object))
        assert all(map(alike, map(snapped, given_frame.geometry), found.geometry))


def test_neighbours_share_their_border_exactly_after_the_round_trip():
    city = map_world(1_000)
    back = decode_levels(encode_levels({"grid": city["grid"]}))["grid"]
    union = shapely.union_all(back.geometry.to_numpy())
    assert union.geom_type == "Polygon" and len(union.interiors) == 0
    assert union.area == pytest.approx(shapely.area(back.geometry.to_numpy()).sum(), rel=1e-12)


def test_degenerate_rings_keep_their_feature():
    tiny = 1e-9
    with np.errstate(invalid="ignore"):
        broken = Polygon([(0, 0), (np.nan, 1), (1, 1), (1, 0)])
    holed = Polygon(box(1, 1, 2, 2).exterior, [box(1.5, 1.5, 1.5 + tiny, 1.5 + tiny).exterior])
    some = [
        box(5, 5, 5 + tiny, 5 + tiny),
        Polygon([(3, 3), (4, 4), (3, 3)]),
        holed,
        MultiPolygon([box(0, 0, 1, 1), box(7, 7, 7 + tiny, 7 + tiny)]),
        LineString([(8, 8), (8 + tiny, 8)]),
        broken,
        Polygon([(10, 10), (12, 12), (12, 10), (10, 12)]),
        Polygon([(0, 0), (4, 0), (4, 4), (2, 0.0), (0, 4)]),
        Polygon(box(20, 20, 30, 30).exterior, [box(22, 22, 28, 28).exterior, box(24, 24, 26, 26).exterior]),
        Point(np.inf, 0),
        LineString([(178, 0), (182, 1)]),
        MultiPoint([(1, 1), (1, 1)]),
    ]
    back = decode_levels(encode_levels({"odd": frame(some)}))["odd"]
    kinds = [back.geometry[f"f{at}"] for at in range(len(some))]
    assert [None if one is None else one.geom_type for one in kinds] == [
        "Point", "Point", "Polygon", "Polygon", "Point", "Polygon", "Polygon", "Polygon", "Polygon", None,
        "LineString", "MultiPoint",
    ]  # fmt: skip
    assert len(kinds[2].interiors) == 0 and len(kinds[8].interiors) == 2
    assert np.abs(shapely.get_coordinates(kinds[10]) - [(178, 0), (182, 1)]).max() <= UNIT


def test_columns_of_every_kind_come_back():
    n = 4
    given_columns = {
        "long": ["名" * 10_000, "", "🏘" * 5000 + "\u202e", "\ufeffa\0b\r\n\u2028"],
        "same": ["a", "a", "b", "a"],
        "lone": ["\ud800x", "y", "\udfffz", "w"],
        "whole": [1, None, -(2**40), 600],
        "real": [0.1, None, float("nan"), -1e300],
        "large": [2**60, 1, 2, 3],
        "list": [("a", "b"), (), ("\ud83d",), ["c"]],
        "mixed": [None, "a", 3, (1, ("x",))],
        "truth": [True, False, True, True],
        "none": [None] * n,
        "__proto__": ["a", "b", "c", "d"],
    } | {f"column {at}": [str(at)] * n for at in range(200)}
    codes = ["same", "same", "other", "\ud800"]
    encoded = encode_levels({"l": frame([Point(1, at) for at in range(n)], codes, **given_columns)}, ordered=["l"])
    back = decode_levels(encoded)["l"]
    assert back.index.tolist() == ["same", "same", "other", "\ufffd"]
    expected = given_columns | {
        "lone": ["\ufffdx", "y", "\ufffdz", "w"],
        "real": [0.1, None, None, -1e300],
        "large": [str(2**60), 1, 2, 3],
        "list": [("a", "b"), (), ("\ufffd",), ("c",)],
        "truth": [1, 0, 1, 1],
    }
    assert {name: back[name].tolist() for name in expected} == expected


def test_later_columns_are_in_a_blob_of_their_own():
    given_frame = frame([Point(0, 0), Point(1, 1)], name=["a", "b"], reason=["because " * 500, "so"])
    encoded = encode_levels({"compound": given_frame}, later={"compound": ["reason", "strange"], "grid": ["x"]})
    assert len(encoded.data) < 600 and encoded.later
    assert decode_levels(encoded)["compound"]["reason"].tolist() == given_frame["reason"].tolist()
    assert list(decode_levels(encoded.data)["compound"].columns) == ["name", "geometry"]
    assert encode_levels({"compound": given_frame}).later == ""


def test_rows_of_one_code_survive_and_their_order_does_not_matter():
    rows = frame([box(1, 1, 2, 2)] * 3 + [None, None], ["c"] * 5, name=["x", "y", "x", "z", "a"])
    first = encode_levels({"l": rows})
    assert sorted(decode_levels(first)["l"]["name"]) == ["a", "x", "x", "y", "z"]
    assert encode_levels({"l": rows.iloc[[4, 2, 0, 3, 1]]}) == first


def test_no_levels_and_other_texts():
    assert decode_levels(encode_levels({})) == {}
    with pytest.raises(ValueError, match="not map data"):
        decode_levels(Encoded(base64.b64encode(gzip.compress(b"{}")).decode()))


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        ([f"52010200{at:04d}" for at in range(40)], "code"),
        ([f"{at:020d}" for at in range(10**6, 10**6 + 40)], "code"),
        ([f"c{at}" for at in range(40)], "text"),
        ([f"c{at:02d}" for at in range(39)] + ["c3٣"], "text"),
        ([f"c{at:02d}" for at in range(39)] + ["c-1"], "text"),
        ([f"号{at:02d}" for at in range(40)], "text"),
        (["007"] * 40, "words"),
        ([f"{at:018d}" for at in range(0, 4 * 10**17, 10**16)], "text"),
    ],
)
def test_codes_are_written_as_numbers_only_where_that_is_exact(texts, kind):
    sections = Sections()
    head = write_column(sections, pd.Series(texts, dtype=object))
    assert head["kind"] == kind and read_column(sections.bytes(), head) == texts
