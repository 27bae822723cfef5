"""Hostile texts against every place where folium puts a text: ``python -m tests.browser.hostile`` prints the table."""

# ruff: noqa: E501  one row for each sink

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import folium
from branca.element import Html
from folium import plugins

from gridkit.maps import GridMap

PAYLOADS = {
    "script end": "</script><script>hit('NAME')</script>",
    "img onerror": "<img src=x onerror=\"hit('NAME')\">",
    "${}": "${hit('NAME')}",
    "backtick": "`;hit('NAME');`",
    "backslash": "C:\\2019\\u \\x \\` NAME \\",
    "attribute": "\"'><svg onload=hit('NAME')>",
    "quotes, lines": "');hit('NAME');//\"\nnext\r\nline\u2028\u2029end",
    "jinja": "{{ 7 * 7 }}{% if %}{# NAME #}",
    "comment": "<!--<script> NAME",
    "surrogate": "\ud800 NAME \udfff",
    "javascript:": "<a href=\"javascript:hit('NAME')\">NAME</a>",
    "refresh": "<meta http-equiv=refresh content='0;url=about:blank#NAME'>NAME",
}
PLACE = (27.1, 107.9)
PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


def circle(m, **kwargs):
    return folium.CircleMarker(PLACE, **kwargs).add_to(m)


def marker(m, **kwargs):
    return folium.Marker(PLACE, **kwargs).add_to(m)


def area(name="name", value="x", **kwargs):
    ring = [[107.9, 27.1], [107.92, 27.1], [107.92, 27.12], [107.9, 27.1]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [
        {"type": "Feature", "properties": {name: text}, "geometry": shape} for text in dict.fromkeys((value, "other"))
    ]
    return folium.GeoJson({"type": "FeatureCollection", "features": features}, **kwargs)


def framed(text):
    """What branca itself can take: it reads the text of a frame as a template, and as UTF-8."""
    return text.replace("{", "(").encode("utf-8", "replace").decode("utf-8")


def group(m, name):
    return folium.FeatureGroup(name=name).add_to(m)


def _timestamped(m, text):
    feature = {
        "type": "Feature",
        "properties": {"times": [1435708800000], "popup": text, "tooltip": text, "icon": "circle"},
        "geometry": {"type": "MultiPoint", "coordinates": [[107.9, 27.1]]},
    }
    data = {"type": "FeatureCollection", "features": [feature]}
    plugins.TimestampedGeoJson(data, auto_play=False, date_options=text).add_to(m)


def _grouped(m, text):
    plugins.GroupedLayerControl({text: [group(m, "g " + text), group(m, "h")]}, collapsed=False).add_to(m)


def _text_path(m, text):
    plugins.PolyLineTextPath(folium.PolyLine([PLACE, (27.12, 107.92)]).add_to(m), text).add_to(m)


def _choropleth(m, text):
    layer = area("id", text)
    folium.Choropleth(
        layer.data, data={text: 1, "other": 2}, key_on="feature.properties.id", legend_name=text, name=text, bins=3
    ).add_to(m)


# what adds a text to a map; whether folium documents the text as HTML
SINKS = {
    "Tooltip": (lambda m, t: circle(m, tooltip=t), True),
    "Tooltip style": (lambda m, t: circle(m, tooltip=folium.Tooltip("x", style=t)), True),
    "Popup": (lambda m, t: circle(m, popup=t), True),
    "Popup parse_html": (lambda m, t: circle(m, popup=folium.Popup(t, parse_html=True)), False),
    "Popup lazy": (lambda m, t: circle(m, popup=folium.Popup(t, lazy=True)), True),
    "Popup Html": (lambda m, t: circle(m, popup=folium.Popup(Html(t))), False),
    "Popup IFrame": (lambda m, t: circle(m, popup=folium.Popup(folium.IFrame(framed(t), width="50px", height="50px"))), True),
    "GeoJsonTooltip value": (lambda m, t: area(value=t, tooltip=folium.GeoJsonTooltip(["name"])).add_to(m), False),
    "GeoJsonTooltip alias": (lambda m, t: area(tooltip=folium.GeoJsonTooltip(["name"], aliases=[t])).add_to(m), False),
    "GeoJsonPopup value": (lambda m, t: area(value=t, popup=folium.GeoJsonPopup(["name"])).add_to(m), False),
    "GeoJsonPopup alias": (lambda m, t: area(popup=folium.GeoJsonPopup(["name"], aliases=[t])).add_to(m), False),
    "GeoJson column": (lambda m, t: area(t.replace(".", " "), "v", style_function=lambda _: {"color": "#f00"},
                                         tooltip=folium.GeoJsonTooltip([t.replace(".", " ")])).add_to(m), False),
    "layer name": (group, False),
    "GroupedLayerControl": (_grouped, False),
    "TreeLayerControl": (lambda m, t: plugins.TreeLayerControl(
        overlay_tree={"label": t, "children": [{"label": t, "layer": group(m, "tree")}]}, collapsed=False).add_to(m), True),
    "Search placeholder": (lambda m, t: plugins.Search(area().add_to(m), search_label="name", placeholder=t).add_to(m), False),
    "Search value": (lambda m, t: plugins.Search(area(value=t).add_to(m), search_label="name", geom_type="Polygon").add_to(m), False),
    "DivIcon": (lambda m, t: marker(m, icon=folium.DivIcon(html=t)), True),
    "Icon": (lambda m, t: marker(m, icon=folium.Icon(icon=t, prefix="fa")), True),
    "BeautifyIcon": (lambda m, t: marker(m, icon=plugins.BeautifyIcon(number=t)), True),
    "Marker title": (lambda m, t: marker(m, title=t, alt=t), False),
    "attribution": (lambda m, t: folium.raster_layers.ImageOverlay(PICTURE, [PLACE, (27.2, 108)], attribution=t).add_to(m), True),
    "PolyLineTextPath": (_text_path, False),
    "MarkerCluster": (lambda m, t: plugins.MarkerCluster([PLACE], popups=[t], name=t).add_to(m), True),
    "MousePosition": (lambda m, t: plugins.MousePosition(empty_string=t).add_to(m), False),
    "TagFilterButton": (lambda m, t: plugins.TagFilterButton([t]).add_to(m), True),
    "Fullscreen": (lambda m, t: plugins.Fullscreen(title=t).add_to(m), False),
    "Draw filename": (lambda m, t: plugins.Draw(export=True, filename=t).add_to(m), False),
    "ClickForMarker": (lambda m, t: folium.ClickForMarker(t).add_to(m), True),
    "TimestampedGeoJson": (_timestamped, True),
    "Choropleth legend": (_choropleth, False),
    "FloatImage": (lambda m, t: plugins.FloatImage("data:" + t).add_to(m), False),
}  # fmt: skip

LOOK = """async () => {
    const map = window[Object.keys(window).find(key => /^map_/.test(key))], seen = [];
    const rest = () => new Promise(done => setTimeout(done, 0));
    const open = () => document.querySelectorAll('.leaflet-popup-content, .leaflet-tooltip').forEach(
        one => seen.push(one.textContent));
    map.fire('click', {latlng: map.getCenter()});
    const layers = [];
    map.eachLayer(layer => layers.push(layer));
    for (const layer of layers) {
        if (layer.getTooltip && layer.getTooltip()) { layer.openTooltip(map.getCenter()); open();
            layer.closeTooltip(); }
        if (layer.getPopup && layer.getPopup() || layer.listens && layer.listens('click')) {
            try { layer.fire('click', {latlng: map.getCenter()}); layer.openPopup(); } catch (error) { }
            await rest();
            open();
            document.querySelectorAll('.leaflet-popup a[href^=javascript]').forEach(link => link.click());
            if (layer.closePopup) layer.closePopup();
        }
    }
    for (const key of Object.keys(window).filter(key => /searchControl$/.test(key))) {
        const search = window[key];
        search._layer.eachLayer(layer => {
            const text = layer.feature.properties.name;
            if (text !== 'other' && text !== 'x') search.searchText(text.replace(/[^A-Za-z<]/g, ' ').trim().split(' ')[0]);
        });
    }
    document.querySelectorAll('a[href^=javascript]').forEach(link => link.click());
    document.querySelectorAll('.easy-button-button').forEach(button => button.click());
    await new Promise(done => setTimeout(done, 420));
    for (const one of document.querySelectorAll('.leaflet-container *')) {
        seen.push(...[one.title, one.alt, one.placeholder].filter(text => text && typeof text === 'string'));
        if (/^(li|label|text|textPath|div|span|a|output)$/.test(one.localName)) seen.push(one.textContent);
    }
    return {seen, hacked: window.hacked, title: document.title, ready: !!map._loaded,
        names: Object.keys(window).filter(key => /^(circle_marker|geo_json|marker|feature_group)_/.test(key)).length};
}"""


def hostile_map(payload: str) -> GridMap:
    """Return a map with the payload in every sink."""
    grid_map = GridMap(PLACE, zoom_start=13, title=payload.replace("NAME", "title"), attribution_control=True)
    for at, (add, _) in enumerate(SINKS.values()):
        add(grid_map, payload.replace("NAME", f"s{at:02d}"))
    folium.LayerControl(collapsed=False).add_to(grid_map)
    return grid_map


def plain(text: str) -> str:
    """Return a text as it can be compared: one blank for any, one mark for what is no character."""
    return re.sub(r"[\ud800-\udfff\ufffd]", "?", " ".join(text.split()))


def run(browser, payload: str, folder: Path) -> dict[str, object]:
    """Open a page with the payload everywhere, open everything on it, and return what happened.

    ``cells`` names what became of each sink: ``EXECUTED``, ``text`` (shown as it is) or ``inert`` (HTML that does
    nothing, or not shown at all).
    """
    hostile_map(payload).save(folder / "hostile.html")
    context = browser.new_context(viewport={"width": 800, "height": 600})
    page, asked, errors = context.new_page(), [], []
    page.add_init_script("window.hacked = []; window.hit = name => { window.hacked.push(name); };")
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (errors.append("dialog"), dialog.dismiss()))
    address = (folder / "hostile.html").as_uri()
    page.goto(address)
    found = page.evaluate(LOOK)
    shown = plain("\n".join([*found["seen"], found["title"]]))
    cells = {}
    for at, name in enumerate([*SINKS, "title"]):
        mark = "title" if name == "title" else f"s{at:02d}"
        text = plain(payload.replace("NAME", mark))
        cells[name] = "EXECUTED" if mark in found["hacked"] else "text" if text in shown else "inert"
    away = page.url != address
    context.close()
    outside = [url for url in asked if url.startswith(("http:", "https:", "ws"))]
    return {"cells": cells, "errors": errors, "outside": outside, "away": away, "ready": found["ready"], "found": found}


def main() -> int:
    """Print the table of all sinks and payloads; the exit code is 1 if anything ran or broke."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, chromium

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        results = {name: run(browser, payload, Path(folder)) for name, payload in PAYLOADS.items()}
        browser.close()
    lines = ["| sink | " + " | ".join(PAYLOADS) + " |", "|---" * (len(PAYLOADS) + 1) + "|"]
    lines += [
        f"| {sink} | " + " | ".join(str(results[name]["cells"][sink]) for name in PAYLOADS) + " |"
        for sink in [*SINKS, "title"]
    ]
    broken = [name for name, result in results.items() if result["errors"] or not result["ready"] or result["away"]]
    executed = sum(cell == "EXECUTED" for result in results.values() for cell in result["cells"].values())
    sys.stdout.write("\n".join(lines) + f"\n\nexecuted: {executed}; broken maps: {len(broken)} {broken}\n")
    return int(bool(executed or broken))


if __name__ == "__main__":
    sys.exit(main())
