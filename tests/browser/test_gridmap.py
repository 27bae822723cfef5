"""Ordinary folium elements on a GridMap: no request, and no text of a user is carried out."""

from __future__ import annotations

import folium
import geopandas as gpd
import pytest
from branca.element import Figure
from folium import plugins
from shapely.geometry import box

from gridkit.maps import GridMap

pytestmark = pytest.mark.browser
READY = ".leaflet-container"


def test_an_empty_map_and_ordinary_elements_ask_for_nothing(open_page, quiet):
    grid_map = GridMap((27.1, 107.9), zoom_start=13)
    folium.Marker((27.1, 107.9), popup="popup", tooltip="tooltip").add_to(grid_map)
    group = folium.FeatureGroup(name="group").add_to(grid_map)
    folium.CircleMarker((27.11, 107.91)).add_to(group)
    folium.CircleMarker((27.1, 107.91), popup=folium.Popup("text", show=True)).add_to(grid_map)
    folium.GeoJson(
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [107.92, 27.1]}}
    ).add_to(grid_map)
    folium.LayerControl(collapsed=False).add_to(grid_map)
    opened = open_page(grid_map, ready=READY)
    assert opened.page.inner_text(".leaflet-popup-content").strip() == "text"
    icon = opened.page.get_attribute(".leaflet-marker-icon", "src")
    assert icon.startswith("data:image/png")
    quiet(opened)


@pytest.mark.parametrize("sink", ["tooltip", "popup"])
def test_the_values_of_a_geojson_are_text(open_page, quiet, sink):
    """folium itself puts them into ``innerHTML``."""
    payload = "<img src=x onerror='window.hacked=1'><script>window.hacked=2</script>"
    grid_map = GridMap((27.1, 107.9), zoom_start=13)
    kind = folium.GeoJsonTooltip if sink == "tooltip" else folium.GeoJsonPopup
    feature = {
        "type": "Feature",
        "properties": {"name": payload, "n": 1234, "none": None, "list": ["<b>"]},
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[107.9, 27.1], [107.91, 27.1], [107.91, 27.11], [107.9, 27.1]]],
        },
    }
    fields = ["name", "n", "none", "list"]
    collection = {"type": "FeatureCollection", "features": [feature]}
    folium.GeoJson(collection, **{sink: kind(fields=fields, aliases=[payload, "<i>", "c", "d"])}).add_to(grid_map)
    opened = open_page(grid_map, ready=READY)
    opened.page.hover("path.leaflet-interactive")
    if sink == "popup":
        opened.page.click("path.leaflet-interactive")
    cells = opened.page.eval_on_selector_all(
        f".leaflet-{sink} th, .leaflet-{sink} td", "all => all.map(c => c.textContent)"
    )
    number = "1234" if sink == "tooltip" else "1,234"
    assert [cell.strip() for cell in cells] == [payload, payload, "<i>", number, "c", "", "d", '["<b>"]']
    quiet(opened)


def test_html_of_a_popup_stays_html_but_runs_nothing(open_page):
    grid_map = GridMap((27.1, 107.9), zoom_start=13)
    text = "<b>bold</b><img src=x onerror='window.hacked=1'><a href='javascript:window.hacked=2'>go</a>"
    folium.CircleMarker((27.1, 107.9), popup=folium.Popup(text, show=True)).add_to(grid_map)
    opened = open_page(grid_map, ready=".leaflet-popup-content b")
    opened.page.click("text=go")
    opened.page.wait_for_timeout(100)
    assert opened.page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in error for error in opened.errors)
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []


def test_a_notebook_that_trusts_nothing_shows_the_map(browser, tmp_path):
    """``srcdoc`` in a sandbox: no origin, no storage, no requests; the frame inherits nothing that could help."""
    grid_map = GridMap((27.1, 107.9), zoom_start=13, title="in a notebook")
    folium.Marker((27.1, 107.9), popup=folium.Popup("text", show=True)).add_to(grid_map)
    plugins.MarkerCluster([(27.11, 107.91), (27.11, 107.91)]).add_to(grid_map)
    folium.LayerControl().add_to(grid_map)
    shown = grid_map._repr_html_()
    assert shown.count("<iframe srcdoc=") == 1
    path = tmp_path / "notebook.html"
    path.write_text(shown.replace("<iframe ", '<iframe sandbox="allow-scripts" '), encoding="utf-8")
    context = browser.new_context()
    page, asked, errors = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(".marker-cluster").wait_for(timeout=5_000)
    assert frame.locator(".leaflet-popup-content").inner_text().strip() == "text"
    assert errors == []
    assert [url for url in asked if not url.startswith(("data:", "about:"))] == [path.as_uri()]
    context.close()


def test_a_map_in_an_ordinary_figure_still_has_harmless_texts(browser, tmp_path):
    """``Figure(width=...).add_child(map)`` is common in notebooks; the page then asks for folium's files as usual."""
    grid_map = GridMap((27.1, 107.9))
    folium.CircleMarker((27.1, 107.9), tooltip="`${window.hacked=1}`").add_to(grid_map)
    page = Figure().add_child(grid_map).render()
    assert "\\`\\${window.hacked=1}\\`" in page


@pytest.mark.parametrize("column", ["rate", "name"])
def test_explore_of_geopandas_on_a_grid_map(open_page, quiet, column):
    """Its legend is HTML that branca reads as a template: a name there would be carried out in Python."""
    names = ["{{ 7 * 7 }}", "<script>window.hacked=1</script>", "<meta http-equiv=refresh content='0;url=about:blank'>"]
    places = [box(107.9 + at / 100, 27.1, 107.91 + at / 100, 27.11) for at in range(3)]
    frame = gpd.GeoDataFrame({"name": names, "rate": [1.0, 2.0, 3.0]}, geometry=places, crs=4326)
    grid_map = GridMap((27.1, 107.9), zoom_start=13)
    frame.explore(column, m=grid_map)
    opened = open_page(grid_map, ready="path.leaflet-interactive")
    opened.page.hover("path.leaflet-interactive")
    opened.page.wait_for_timeout(100)
    assert opened.page.evaluate("window.hacked") is None and opened.page.url.startswith("file:")
    if column == "name":
        assert "{{ 7 * 7 }}" in opened.page.inner_text(".maplegend")
    quiet(opened)
