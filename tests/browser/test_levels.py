"""Levels of any map: what is drawn, switched, hit and said, with ordinary folium elements around them."""

from __future__ import annotations

import io

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from folium.plugins import GroupedLayerControl
from PIL import Image
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from benchmarks.map_worlds import map_world
from gridkit.maps import GridMap
from gridkit.maps.codec import encode_levels, project, unproject

HOSTILE = [
    "<img src=x onerror='window.pwned=1'>",
    "</script><script>window.pwned=1</script>",
    "${window.pwned=1}",
    "`;window.pwned=1;`",
    "{{ 7 * 7 }}{% if x %}",
    "C:\\2019\\u",
    "\"'; window.pwned=1; //",
    "\u2028\u2029\0\r\n",
    "<!--<script>",
    "javascript:window.pwned=1",
    "__proto__",
    "\ud800 lone",
    "\u202eright to left 🏘",
]
READY = ".gk-level-box"
POINT = """([event, lng]) => { const map = gk.stores[0].map, latlng = L.latLng(26.01, lng);
         map.fire(event, { latlng, containerPoint: map.latLngToContainerPoint(latlng) }); }"""


@pytest.fixture(scope="module")
def city():
    return map_world(1_000)


def visible(page):
    return page.evaluate("gk.stores[0].levels.filter(one => one.on).map(one => one.said.name)")


def test_two_levels_among_ordinary_elements_are_switched_by_a_layer_control(open_page, quiet, city):
    grid_map = GridMap((26.22, 107.42), zoom_start=14, title="levels", language="en")
    grid_map.add_level(city["grid"], "grids", style_by="denominator", fields={"name": "Name"})
    compounds = city["compound"].to_crs(4545)
    grid_map.add_level(
        compounds, "compounds", style_by="type", fields=["name", "households"], labels="name", name="Homes"
    )
    grid_map.add_level(city["community"], "communities", show=False)
    folium.Marker((26.22, 107.42), popup="a popup", tooltip="a tip").add_to(grid_map)
    folium.LayerControl(collapsed=False).add_to(grid_map)
    opened = open_page(grid_map, ready=READY)
    page = opened.page
    assert visible(page) == ["grids", "Homes"]
    boxes = page.locator(".leaflet-control-layers-overlays label")
    assert [text.strip() for text in boxes.all_inner_texts()] == ["grids", "Homes", "communities"]
    boxes.nth(1).locator("input").uncheck()
    boxes.nth(2).locator("input").check()
    page.locator("[data-legend] span", has_text="communities").wait_for()  # without classes its one row has the name
    assert visible(page) == ["grids", "communities"]
    assert "Homes" not in page.locator("[data-legend]").inner_text()
    page.mouse.click(640, 400)
    assert page.locator("[data-panel]").count() == 0  # communities have no fields, and lie on top
    boxes.nth(2).locator("input").uncheck()
    page.mouse.click(645, 405)
    assert page.locator("[data-panel] dt").all_inner_texts() == ["Name"]
    quiet(opened)


def test_numbers_have_at_most_five_classes_and_no_value_is_apart(open_page, city):
    frame = city["compound"].assign(size=city["compound"]["households"].astype("float64"))
    frame.iloc[:7, frame.columns.get_loc("size")] = [np.nan, np.inf, -np.inf, np.nan, np.nan, np.nan, np.nan]
    grid_map = GridMap(language="en")
    grid_map.add_level(frame, "homes", style_by="size")
    page = open_page(grid_map, ready=READY).page
    rows = page.locator("[data-legend] div")
    counts = [int(text) for text in rows.locator("b").all_inner_texts()]
    assert len(counts) == 6 and sum(counts) == len(frame)
    assert rows.last.inner_text().split("\n")[0] == "no value" and counts[-1] == 7


def test_pointer_and_click_show_the_fields_as_text(open_page, quiet):
    squares = [box(107 + at / 100, 26, 107.01 + at / 100, 26.02) for at in range(len(HOSTILE))]
    index = pd.Index(HOSTILE, dtype=object)
    texts, others = (pd.Series(some, dtype=object, index=index) for some in (HOSTILE, [*HOSTILE[1:], None]))
    frame = gpd.GeoDataFrame({"a": texts, "b": others}, geometry=squares, crs=4490, index=index)
    grid_map = GridMap(title=HOSTILE[1], language="en")
    for at, text in enumerate(HOSTILE[:4]):
        frame[f"column {text}"] = texts
        grid_map.add_level(
            frame,
            text,
            style_by="a" if at else f"column {text}",
            fields={"a": text, f"column {text}": HOSTILE[at + 1]},
            labels="b",
            name=HOSTILE[at + 5],
        )
    folium.LayerControl(collapsed=False).add_to(grid_map)
    opened = open_page(grid_map, ready=READY)
    page = opened.page
    for at in range(len(HOSTILE)):
        page.evaluate(POINT, ["click", 107.005 + at / 100])
        expected = HOSTILE[at].replace("\ud800", "\ufffd")
        found = page.evaluate("document.querySelector('[data-panel] dd').textContent")
        assert found == expected
    page.evaluate(POINT, ["mousemove", 107.005])
    page.wait_for_selector(".gk-level-tip:not([hidden])")
    assert HOSTILE[0] in page.evaluate("document.querySelector('.gk-level-tip').textContent")
    assert page.evaluate("window.pwned") is None
    assert page.locator(".gk-level-box img, .gk-level-box script, .gk-level-tip *").count() == 0
    page.locator("[data-panel] button").click()
    assert page.locator("[data-panel]").count() == 0
    quiet(opened)


def test_hits_agree_with_shapely_on_three_thousand_points(open_page, city):
    holed = Polygon([(107.5, 26.2), (107.6, 26.2), (107.6, 26.3), (107.5, 26.3)]).difference(
        Point(107.55, 26.25).buffer(0.03)
    )
    two = MultiPolygon([box(107.5, 26.31, 107.52, 26.33), box(107.53, 26.31, 107.55, 26.33)])
    odd = gpd.GeoDataFrame({"name": ["h", "t"]}, index=["h", "t"], geometry=[holed, two], crs=4490)
    frame = pd.concat([city["compound"][["name", "geometry"]], odd])
    grid_map = GridMap(language="en")
    grid_map.add_level(frame, "compounds")
    page = open_page(grid_map, ready=READY).page
    random = np.random.default_rng(5)
    near = random.uniform((107.39, 26.19), (107.5, 26.23), (2000, 2))
    points = project(np.concatenate([near, random.uniform((107.49, 26.19), (107.61, 26.34), (1000, 2))]))
    found = page.evaluate(
        """points => { const level = gk.stores[0].levels[0].data; return points.map(([x, y]) =>
           level.within(x, y, x, y).filter(i => level.hit(i, x, y, 0)).map(i => level.code[i]).sort()); }""",
        points.tolist(),
    )
    shapes = frame.geometry.to_numpy()
    at, feature = shapely.STRtree(shapes).query(shapely.points(unproject(points)), "intersects")
    expected = [[] for _ in points]
    for point, code in zip(at.tolist(), frame.index[feature], strict=True):
        expected[point].append(code)
    apart = shapely.distance(
        shapely.union_all(shapely.boundary(shapes)), shapely.points(unproject(points))
    )  # degrees; a point within a unit of a border may fall on either side
    unsure = apart < 360 / 2**28
    assert unsure.sum() < 15 and sum(map(bool, expected)) > 1200
    assert [point for point in np.flatnonzero(~unsure).tolist() if found[point] != sorted(expected[point])] == []


def test_geometry_of_every_kind_is_drawn_and_hit(open_page, quiet):
    shapes = [
        Point(179.9, 10),
        LineString([(179, 11), (181, 12)]),
        box(178, 13, 182, 14),
        None,
        Polygon(),
        GeometryCollection([Point(180, 15), LineString([(179, 16), (181, 16)])]),
        Polygon([(179, 17), (181, 19), (181, 17), (179, 19)]),
        box(179, 20, 179 + 1e-9, 20 + 1e-9),
    ]
    frame = gpd.GeoDataFrame({"kind": [str(at) for at in range(len(shapes))]}, geometry=shapes, crs=4326)
    grid_map = GridMap(language="en")
    grid_map.add_level(frame, "odd", style_by="kind", fields=["kind"])
    grid_map.add_level(frame.iloc[:0], "empty", style_by="kind")
    grid_map.add_level(frame.iloc[3:5], "nowhere")
    opened = open_page(grid_map, ready=READY)
    for place, kind in (
        ((10, 179.9), "0"),
        ((11.5, 180), "1"),
        ((13.5, 180), "2"),
        ((15, 180), "5"),
        ((16, 179.5), "5"),
        ((17.3, 180.9), "6"),
        ((20, 179), "7"),
    ):
        said = """at => { const hit = gk.levelAt(gk.stores[0], L.latLng(at));
                   return hit && hit.level.data.get('f0', hit.i); }"""
        assert opened.page.evaluate(said, place) == kind, (place, kind)
    assert opened.page.evaluate("gk.levelAt(gk.stores[0], L.latLng([0, 0]))") is None
    opened.page.wait_for_function("() => document.querySelectorAll('.leaflet-tile-loaded').length > 3")
    picture = Image.open(io.BytesIO(opened.page.screenshot())).convert("RGB")
    ground, drawn, beyond = (
        picture.getpixel(
            tuple(
                opened.page.evaluate(
                    """at => { const p = gk.stores[0].map.latLngToContainerPoint(at);
                       return [Math.round(p.x), Math.round(p.y)]; }""",
                    place,
                )
            )
        )
        for place in ([14.5, 177], [13.4, 179], [13.4, 181.5])
    )
    assert drawn == beyond != ground
    quiet(opened)


def test_grouped_and_tree_controls_switch_levels(open_page, quiet, city):
    grid_map = GridMap(language="en")
    layers = [grid_map.add_level(city[level], level) for level in ("street", "community")]
    GroupedLayerControl({"areas": layers}, exclusive_groups=False, collapsed=False).add_to(grid_map)
    opened = open_page(grid_map, ready=READY)
    assert visible(opened.page) == ["street", "community"]
    opened.page.locator(".leaflet-control-layers-overlays input[type=checkbox]").first.uncheck()
    opened.page.locator("[data-legend] h2", has_text="street").wait_for(state="detached")
    assert visible(opened.page) == ["community"]
    quiet(opened)


def test_the_page_reads_what_python_wrote(open_page):
    columns = {
        "text": ["\ufeff名", "🏘🏘", "", "a\0b"],
        "words": ["x", "x", "y", "x"],
        "whole": [1, None, -70_000, 2],
        "wide": [2**40, -(2**51), 0, 3],
        "real": [0.5, None, -1e300, 1 / 3],
        "list": [("a", "🏘b"), (), ("a",), ("c", "c")],
        "mixed": [None, ("a", (1,)), 3, "t"],
        "constructor": ["p", "q", "r", "s"],
    }
    line = LineString([(107, 26), (107.005, 26.1)])
    shapes = [box(107, 26, 107.01, 26.01), box(107.01, 26, 107.02, 26.01), None, line]
    index = ["same", "same", "b", "c"]
    series = {name: pd.Series(values, dtype=object, index=index) for name, values in columns.items()}
    frame = gpd.GeoDataFrame(series, geometry=shapes, index=index, crs=4490)
    frames = {"area": frame.iloc[:2][["text", "geometry"]], "l": frame}
    encoded = encode_levels(frames, later={"l": ["list", "wide"]}, ordered=["l"])
    grid_map = GridMap(language="en")
    grid_map.add_level(frame, "any")
    page = open_page(grid_map, ready=READY).page
    found = page.evaluate(
        """([data, later, names]) => { let reads = 0; const store = gk.open(data, () => { reads++; return later; });
           const l = store.levels.l, out = { order: store.order, code: l.code, first: l.at.get("same"), before: 0 };
           names.forEach(name => { if (name === "list") out.before = reads;
             out[name] = l.code.map((_, i) => l.get(name, i)); });
           out.values = l.values("mixed").of.length; out.reads = reads; out.has = [l.has("wide"), l.has("toString")];
           out.none = l.get("toString", 0) === undefined; out.box = Array.from(l.box); out.kind = Array.from(l.kind);
           out.paths = [l.path(0), l.path(2, true)]; return out; }""",
        [encoded.data, encoded.later, [name for name in columns if name not in ("list", "wide")] + ["list", "wide"]],
    )
    plain = {name: [list(one) if isinstance(one, tuple) else one for one in values] for name, values in columns.items()}
    plain["mixed"][1] = ["a", [1]]
    assert {name: found[name] for name in columns} == plain
    assert (found["order"], found["code"], found["first"]) == (["area", "l"], index, 0)
    assert (found["before"], found["reads"], found["values"]) == (0, 1, 4)
    assert (found["has"], found["none"]) == ([True, False], True)
    units = project(shapely.get_coordinates([shapes[0], shapes[3]]))
    assert found["box"][:4] == [*units[:5].min(axis=0).tolist(), *units[:5].max(axis=0).tolist()]
    assert found["box"][8:12] == [1, 1, 0, 0] and found["kind"] == [0, 0, 2]
    corners = zip(found["paths"][0][::2], found["paths"][0][1::2], strict=True)
    assert sorted(corners) == sorted(map(tuple, units[:4].tolist()))
    assert found["paths"][1] == units[5:].ravel().tolist()
