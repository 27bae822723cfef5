import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from gridkit.maps.codec import WORLD, decode_levels, encode_levels, project

# degrees of longitude in one unit; in latitude one unit is never more
QUANTUM = 360 / WORLD


def frame(shapes, **columns):
    index = pd.Index([f"f{i}" for i in range(len(shapes))], dtype="object", name="code")
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=list(shapes), crs="EPSG:4490", index=index)


def far(shape, found):
    """The largest distance between a corner of one and the corner of the other that is nearest to it, in degrees."""
    a, b = shapely.get_coordinates(shape), shapely.get_coordinates(found)
    apart = np.abs(a[:, None] - b[None]).max(axis=2)
    return max(apart.min(axis=0).max(), apart.min(axis=1).max())


def there_and_back(shapes):
    """The shapes after the round trip, in the order in which they were given."""
    given = frame(shapes)
    return decode_levels(encode_levels({"compound": given}))["compound"].loc[given.index]


def test_geometry_of_every_kind_comes_back_to_one_unit():
    holed = Polygon([(107, 26), (108, 26), (108, 27), (107, 27)], [[(107.2, 26.2), (107.2, 26.4), (107.4, 26.2)]])
    shapes = [
        holed,
        None,
        Point(107.123456, 26.654321),
        MultiPolygon([box(1, 1, 2, 2), holed]),
        Polygon(),
        MultiPoint([(5, 5), (6, 6)]),
        box(100, -40, 100.1, -39.9),
    ]
    back = there_and_back(shapes)
    for shape, found in zip(shapes, back.geometry, strict=True):
        if shape is None or shape.is_empty:
            assert found is None
            continue
        assert found.geom_type == shape.geom_type
        assert shapely.get_num_coordinates(found) == shapely.get_num_coordinates(shape)
        assert far(shape, found) <= QUANTUM


def test_lines_that_repair_left_beside_polygons_are_not_drawn_and_a_lone_line_is_one():
    shapes = [GeometryCollection([box(0, 0, 1, 1), LineString([(2, 2), (3, 3)])]), LineString([(0, 0), (2, 0)])]
    back = there_and_back(shapes)
    assert [shape.geom_type for shape in back.geometry] == ["Polygon", "LineString"]


def test_columns_come_back_as_they_were():
    given = frame(
        [Point(0, 0)] * 4,
        name=["金桂家园", "</script>", "\u2028`${x}`", "C:\\2019\\u"],
        status=["UNKNOWN", "OWN_BRANCH", "UNKNOWN", "UNKNOWN"],
        households=pd.array([1, None, 3, 600], dtype="Int64"),
        cells=[("a.xlsx!S!A1", "b"), (), ("c",), ()],
    )
    back = decode_levels(encode_levels({"compound": given}))["compound"]
    assert back["name"].tolist() == given["name"].tolist()
    assert back["status"].tolist() == given["status"].tolist()
    assert back["households"].tolist() == [1, None, 3, 600]
    assert back["cells"].tolist() == given["cells"].tolist()
    assert back.index.tolist() == given.index.tolist()


def test_equal_frames_give_equal_text_and_levels_stay_in_order():
    frames = {"street": frame([box(0, 0, 1, 1)]), "compound": frame([])}
    assert encode_levels(frames) == encode_levels(frames)
    assert list(decode_levels(encode_levels(frames))) == ["street", "compound"]
    assert len(decode_levels(encode_levels(frames))["compound"]) == 0


def test_units_are_leaflet_pixels_of_zoom_20():
    # Leaflet: map.project([27, 107.9], 20); hand computed from the definition of spherical Mercator
    x, y = project(np.array([[107.9, 27.0]]))[0]
    assert x == round((107.9 + 180) / 360 * 2**28)
    assert y == round((0.5 - np.log(np.tan(np.pi / 4 + np.radians(27) / 2)) / (2 * np.pi)) * 2**28)


def test_another_version_is_refused(monkeypatch):
    monkeypatch.setattr("gridkit.maps.codec.VERSION", 3)
    text = encode_levels({})
    monkeypatch.undo()
    with pytest.raises(ValueError, match="version 3"):
        decode_levels(text)


degrees = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), degrees.map(Point), degrees.map(lambda p: box(*p, p[0] + 0.01, p[1] + 0.01)))))
def test_no_feature_is_lost(shapes):
    back = there_and_back(shapes)
    assert len(back) == len(shapes)
    for shape, found in zip(shapes, back.geometry, strict=True):
        assert (shape is None) == (found is None)
        if shape is not None:
            assert far(shape, found) <= QUANTUM
