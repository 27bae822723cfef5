"""Measuring on the map against the geodesics of PROJ, the scale, the whole map and full screen."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from gridkit.maps import coverage_map
from tests.maps import sample

pytestmark = pytest.mark.browser

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture
def opened(open_page):
    return open_page(coverage_map(sample.run(language="en")))


def test_distances_and_areas_are_those_of_the_ellipsoid(opened):
    draw = np.random.default_rng(7)
    start = np.column_stack([draw.uniform(18, 53, 300), draw.uniform(74, 134, 300)])
    reach = 10.0 ** draw.uniform(-5, 1.2, (300, 1))  # a metre to more than a thousand kilometres
    end = start + draw.uniform(-1, 1, (300, 2)) * reach
    found = opened.page.evaluate(
        "([a, b]) => a.map((one, i) => gk.distance(one, b[i]))", [start.tolist(), end.tolist()]
    )
    _, _, true = GEOD.inv(start[:, 1], start[:, 0], end[:, 1], end[:, 0])
    assert np.max(np.abs(np.array(found) - true) / np.maximum(true, 1e-3)) < 1e-4
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    rings = [
        np.column_stack([a + size * np.sin(turn), b + size * np.cos(turn)]).tolist()
        for a, b, size in zip(*start.T, draw.uniform(1e-4, 0.5, 300), strict=True)
    ]
    areas = opened.page.evaluate("rings => rings.map(gk.area)", rings)
    right = [abs(GEOD.polygon_area_perimeter([p[1] for p in ring], [p[0] for p in ring])[0]) for ring in rings]
    assert np.max(np.abs(np.array(areas) / np.array(right) - 1)) < 1e-3
    assert opened.page.evaluate("[gk.distance([30, 100], [30, 100]), gk.area([[30, 100], [30, 101]])]") == [0, 0]


def test_clicks_keys_and_escape(opened, quiet):
    page = opened.page
    size = page.evaluate("[gk.map.getSize().x, gk.map.getSize().y]")
    corners = [(0.3, 0.4), (0.3, 0.6), (0.5, 0.6)]
    page.evaluate("gk.select(gk.find('a1'))")
    page.click("#gk-measure")
    assert page.get_attribute("#gk-measure", "aria-pressed") == "true"
    for x, y in corners:
        page.click(".folium-map", position={"x": size[0] * x, "y": size[1] * y})
    places = page.evaluate(
        "all => all.map(p => gk.map.containerPointToLatLng([p[0], p[1]])).map(p => [p.lng, p.lat])",
        [[round(size[0] * x), round(size[1] * y)] for x, y in corners],
    )
    length = GEOD.line_length(*zip(*places, strict=True))
    said = page.inner_text("#gk-measured")
    assert said.startswith("Distance") and float(said.split()[1]) == pytest.approx(length, rel=0.01)
    page.click("#gk-measure-area")
    area = abs(GEOD.polygon_area_perimeter(*zip(*places, strict=True))[0]) / 1e4
    said = page.inner_text("#gk-measured").split()
    assert (float(said[1]), said[2]) == (pytest.approx(area, rel=0.02), "ha,")
    page.focus(".folium-map")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    assert page.inner_text("#gk-measured") == ""
    page.keyboard.press("Enter")
    assert page.inner_text("#gk-measured").startswith("Distance")
    page.keyboard.press("Escape")  # ends measuring only: what was chosen stays
    assert page.locator(".gk-measure").count() == 0
    assert page.evaluate("gk.state.selected") == page.evaluate("gk.find('a1')")
    assert page.evaluate("document.activeElement.id") == "gk-measure"
    page.click(".folium-map", position={"x": 20, "y": size[1] / 2})
    assert page.evaluate("gk.state.selected") is None
    quiet(opened)


def test_scale_whole_map_and_full_screen(opened):
    page = opened.page
    assert page.inner_text(".leaflet-control-scale-line").endswith(" m")  # before anybody has moved the map
    home = page.evaluate("[gk.map.getZoom(), gk.map.getCenter().lng]")
    page.evaluate("gk.map.setView([30, 100], 7, {animate: false})")
    assert page.inner_text(".leaflet-control-scale-line").endswith(" km")
    page.click("#gk-home")
    assert page.evaluate("[gk.map.getZoom(), gk.map.getCenter().lng]") == pytest.approx(home)
    if page.evaluate("document.fullscreenEnabled"):
        page.click("#gk-full")
        page.wait_for_function("() => document.fullscreenElement !== null")
        page.wait_for_selector("#gk-full[aria-pressed=true]")
        page.click("#gk-full")
        page.wait_for_function("() => document.fullscreenElement === null")
    else:
        assert page.locator("#gk-full").count() == 0
