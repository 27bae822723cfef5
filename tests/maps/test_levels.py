"""Levels of any table: classes, mistakes that are said clearly, and equal bytes."""

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from gridkit.errors import UsageError
from gridkit.locale import speaking
from gridkit.maps import GridMap
from gridkit.maps.classes import MANY, by_value


def squares(n=3, **columns):
    return gpd.GeoDataFrame(columns, geometry=[box(at, 0, at + 1, 1) for at in range(n)], crs=4490)


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (squares().set_crs(None, allow_override=True), {}, "no coordinate system"),
        (squares().set_crs('LOCAL_CS["x",UNIT["metre",1]]', allow_override=True), {}, "does not lead to degrees"),
        (pd.DataFrame({"a": [1]}), {}, "no table with geometries"),
        (gpd.GeoDataFrame({"a": [1]}), {}, "no table with geometries"),
        (squares(a=[1, 2, 3]), {"style_by": "b"}, "b is not one column"),
        (squares(a=[1, 2, 3]), {"fields": ["a", "geometry"]}, "geometry is not one column"),
        (squares(a=[1, 2, 3]), {"labels": "x"}, "choose of: a"),
        (squares(a=[1, 2, 3]), {"style_by": "a", "scheme": "Magic"}, "Magic is not a way"),
        (squares(a=list("xyz")), {"style_by": "a", "styles": {"x": "red"}}, "red is not a colour"),
        (squares(a=[1, 2, 3]), {"styled_by": "a"}, "styled_by is no keyword"),
    ],
)
def test_mistakes_are_said_with_a_remedy(table, options, said):
    with pytest.raises(UsageError, match=said) as caught:
        GridMap(language="en").add_level(table, "mine", **options)
    assert "(" in str(caught.value)


def test_a_level_is_added_once_and_columns_of_one_name_are_refused():
    grid_map = GridMap()
    grid_map.add_level(squares(), "mine")
    with pytest.raises(UsageError, match="already"):
        grid_map.add_level(squares(), "mine")
    twice = pd.concat([squares(a=[1, 2, 3]), pd.Series([1, 2, 3], name="a")], axis=1)
    with pytest.raises(UsageError, match="a is not one column"):
        grid_map.add_level(twice, "other", fields=["a"])


def test_all_levels_of_a_map_are_one_blob_and_one_layer_each():
    grid_map = GridMap(language="en")
    layers = [grid_map.add_level(squares(), name) for name in ("a", "b", "c")]
    page = grid_map.get_root().render()
    assert page.count("application/octet-stream") == 1 and page.count("new gk.LevelLayer(") == 3
    assert all(isinstance(layer, folium.map.Layer) for layer in layers)
    assert grid_map.get_root().render() == page

    other = GridMap(language="en")
    for name in ("a", "b", "c"):
        other.add_level(squares(), name)
    assert other.get_root().render() == page


def test_any_coordinate_system_and_any_index():
    shapes = [Point(500_000, 2_990_000), None]
    grid_map = GridMap()
    frame = gpd.GeoDataFrame(
        {"n": [1, 2]}, geometry=shapes, crs=4545, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    )
    layer = grid_map.add_level(frame.rename_geometry("shape"), "points", fields={"n": "Number"})
    kept = layer.store.frames["l0"]
    assert kept.index.tolist() == ["('a', 1)", "('b', 2)"] and kept["f0"].tolist() == ["1", "2"]
    assert kept.geometry.iloc[0].x == pytest.approx(108, abs=1e-6) and kept.geometry.iloc[1] is None


def test_columns_called_by_a_number():
    layer = GridMap().add_level(
        squares().assign(**{"a": list("xyz")}).rename(columns={"a": 0}), "n", style_by=0, labels=0
    )
    frame = layer.store.frames["l0"]
    assert frame["name"].tolist() == ["x", "y", "z"] and layer.store.levels[0]["by"] == "0"


def test_few_numbers_are_classes_of_their_own_and_many_are_five():
    # 0 0 1 1 1 5: three values, three classes
    ids, styles = by_value(pd.Series([0, 0, 1, 1, 1, 5]))
    assert ids.tolist() == ["0", "0", "1", "1", "1", "2"]
    assert [style.label for style in styles] == ["0", "1", "5"]
    for scheme in ("FisherJenks", "Quantiles", "EqualInterval"):
        ids, styles = by_value(pd.Series(np.arange(1000.0)), scheme=scheme)
        assert len(styles) == 5 and set(ids) == set("01234")
        assert styles[0].label.startswith("0 – ") and styles[-1].label.endswith("– 999")
    # equal intervals of 0..999: 199.8 wide
    assert by_value(pd.Series(np.arange(1000.0)), scheme="EqualInterval")[1][0].label == "0 – 199"
    # nine in ten the same: quantiles fall together, nothing is lost
    ids, styles = by_value(pd.Series([0.0] * 90 + list(range(1, 11))), scheme="Quantiles")
    assert len(styles) <= 5 and set(ids) == {style.id for style in styles}


def test_categories_by_frequency_with_a_rest_and_given_colours_first():
    values = pd.Series([chr(97 + at // 2) for at in range(2 * MANY + 8)] + [None], dtype=object)
    ids, styles = by_value(values)
    assert [style.id for style in styles[-2:]] == ["rest", "none"] and len(styles) == MANY + 2
    assert len({(style.color, style.pattern) for style in styles}) == len(styles)
    ids, styles = by_value(pd.Series([1, 2, 2, 3]), styles={3: "#ff0000"})
    assert (styles[0].label, styles[0].color) == ("3", "#ff0000")
    assert [styles[int(at)].label for at in ids] == ["1", "2", "2", "3"]


def test_no_value_at_all():
    assert [style.id for style in by_value(pd.Series([None, np.nan], dtype=object))[1]] == ["none"]
    assert [style.id for style in by_value(pd.Series([np.nan, np.inf]))[1]] == ["none"]
    assert by_value(pd.Series([], dtype=float))[1] == ()


def test_class_ranges_have_no_holes():
    # by hand: fractions say where the step before ends; whole numbers go on with the next one
    fractions = pd.Series([6.0, 19.5, 34.5, 42.0, 60.5, 69.0, 90.0, 111.0, 127.5])
    labels = [style.label for style in by_value(fractions, scheme="Quantiles")[1]]
    ends = [label.split()[-1] for label in labels]
    assert [label.split()[1] for label in labels[1:]] == ends[:-1] and ends[-1] == "127.5"
    assert [style.label for style in by_value(pd.Series([1, 2, 3, 40, 50, 99]), scheme="EqualInterval")[1]] == [
        "1 – 20", "21 – 40", "41 – 59", "60 – 79", "80 – 99",
    ]  # fmt: skip


def test_a_map_of_levels_has_its_title_and_a_scale_in_its_language():
    with speaking("zh"):
        grid_map = GridMap(title="公园")
        grid_map.add_level(squares(a=[1, 2, 3]), "公园")
    assert grid_map.units == ("{n} 米", "{n} 公里") and headline_of(grid_map) == "公园"


def headline_of(grid_map):
    return next(child.words["title"] for child in grid_map._children.values() if hasattr(child, "words"))
