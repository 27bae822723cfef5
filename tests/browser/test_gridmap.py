"""Ordinary folium elements on a GridMap: no request, and no text of a user is carried out."""

from __future__ import annotations

import folium
import pytest

from gridkit.maps import GridMap
from tests.browser.test_coverage_map import PAYLOADS

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
def test_html_in_the_values_of_a_geojson_does_not_run(open_page, sink):
    """folium puts these values into ``innerHTML``: there only the content security policy stands between."""
    payload = "<img src=x onerror='window.hacked=1'><script>window.hacked=2</script>"
    grid_map = GridMap((27.1, 107.9), zoom_start=13)
    kind = folium.GeoJsonTooltip if sink == "tooltip" else folium.GeoJsonPopup
    feature = {
        "type": "Feature",
        "properties": {"name": payload},
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[107.9, 27.1], [107.91, 27.1], [107.91, 27.11], [107.9, 27.1]]],
        },
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    folium.GeoJson(collection, **{sink: kind(fields=["name"], aliases=[payload])}).add_to(grid_map)
    opened = open_page(grid_map, ready=READY)
    opened.page.hover("path.leaflet-interactive")
    if sink == "popup":
        opened.page.click("path.leaflet-interactive")
    opened.page.wait_for_selector(f".leaflet-{sink} img", state="attached")
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in error for error in opened.errors)
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("sink", ["tooltip", "popup", "escaped popup", "layer name", "title"])
def test_payloads_in_folium_texts(open_page, sink):
    """Eleven payloads per sink in one page: the script of the page lives, and nothing that they hold is run."""
    grid_map = GridMap((27.1, 107.9), title="".join(PAYLOADS) if sink == "title" else "map", zoom_start=13)
    for at, text in enumerate(PAYLOADS):
        place = (27.1 + at / 1000, 107.9)
        if sink == "layer name":
            folium.FeatureGroup(name=text).add_to(grid_map)
            continue
        popup = folium.Popup(text, parse_html=sink == "escaped popup") if sink.endswith("popup") else None
        folium.CircleMarker(place, popup=popup, tooltip=text if sink == "tooltip" else None).add_to(grid_map)
    if sink == "layer name":
        folium.LayerControl(collapsed=False).add_to(grid_map)
    opened = open_page(grid_map, ready=READY)
    page = opened.page
    page.evaluate(
        """() => { for (const key of Object.keys(window)) if (/^circle_marker_/.test(key)) {
            window[key].openTooltip(); window[key].openPopup(); } }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("Object.keys(window).filter(key => /^map_/.test(key)).length") == 1
    if sink == "layer name":
        names = page.eval_on_selector_all(".leaflet-control-layers-overlays label", "rows => rows.length")
        assert names == len(PAYLOADS)
    # what the policy refuses it reports; nothing else may go wrong
    refused = ("Content Security Policy", "Content-Security-Policy")
    assert [error for error in opened.errors if not any(word in error for word in refused)] == []
    assert [url for url in opened.requests if url.startswith("http")] == []
