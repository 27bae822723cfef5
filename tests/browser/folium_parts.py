"""One example of every part of folium that works offline, and what must be on the page when it has worked."""

# ruff: noqa: E501  one row for each part

from __future__ import annotations

import folium
from folium import plugins
from folium.utilities import JsCode

PLACE = (27.1, 107.9)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[107.9, 27.1], [107.92, 27.1], [107.92, 27.12], [107.9, 27.12], [107.9, 27.1]]],
}
AREAS = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "id": "a", "properties": {"name": "甲", "rate": 1}, "geometry": SQUARE}],
}
ENDS = [(27.1, 107.9), (27.12, 107.92)]
TIMES = {
    "type": "FeatureCollection",
    "features": [{
        "type": "Feature", "properties": {"times": [1435708800000, 1435795200000], "start": 1, "end": 2e12},
        "geometry": {"type": "LineString", "coordinates": [[107.9, 27.1], [107.92, 27.12]]},
    }],
}  # fmt: skip
PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


def group(grid_map, name="group", **kwargs):
    return folium.FeatureGroup(name=name, **kwargs).add_to(grid_map)


def _search(m):
    layer = folium.GeoJson(AREAS).add_to(m)
    plugins.Search(layer, search_label="name", geom_type="Polygon", placeholder="找").add_to(m)


def _subgroup(m):
    parent = group(m)
    child = plugins.FeatureGroupSubGroup(parent, "sub").add_to(m)
    folium.CircleMarker(PLACE).add_to(child)


def _grouped(m):
    plugins.GroupedLayerControl({"组": [group(m, "one"), group(m, "two")]}, collapsed=False).add_to(m)


def _tree(m):
    tree = {"label": "all", "children": [{"label": "one", "layer": group(m, "one")}]}
    plugins.TreeLayerControl(overlay_tree=tree, collapsed=False).add_to(m)


def _text_path(m):
    line = folium.PolyLine(ENDS).add_to(m)
    plugins.PolyLineTextPath(line, "text").add_to(m)


def _side_by_side(m):
    left, right = (folium.TileLayer(PICTURE, attr="x", overlay=True).add_to(m) for _ in range(2))
    plugins.SideBySideLayers(left, right).add_to(m)


def _stripes(m):
    pattern = plugins.StripePattern().add_to(m)
    folium.GeoJson(AREAS, style_function=lambda _: {"fillPattern": pattern}).add_to(m)


def _circles(m):
    pattern = plugins.CirclePattern().add_to(m)
    folium.GeoJson(AREAS, style_function=lambda _: {"fillPattern": pattern}).add_to(m)


def _timeline(m):
    layer = plugins.Timeline(TIMES, get_interval=JsCode("f => ({start: 1, end: 2e12})")).add_to(m)
    plugins.TimelineSlider(auto_play=False).add_timelines(layer).add_to(m)


def _realtime(m):
    feature = {"type": "Feature", "properties": {"id": 1}, "geometry": {"type": "Point", "coordinates": [107.9, 27.1]}}
    source = JsCode(f"function (ok) {{ ok({{type: 'FeatureCollection', features: [{feature}]}}); }}")
    point = JsCode("(f, at) => L.circleMarker(at)")
    plugins.Realtime(source, interval=10_000_000, point_to_layer=point).add_to(m)


def _topojson(m):
    ring = [[107.9, 27.1], [107.92, 27.1], [107.92, 27.12], [107.9, 27.1]]
    shape = {"type": "Polygon", "arcs": [[0]], "properties": {}}
    topology = {
        "type": "Topology",
        "arcs": [ring],
        "objects": {"x": {"type": "GeometryCollection", "geometries": [shape]}},
    }
    folium.TopoJson(topology, "objects.x").add_to(m)


def _choropleth(m):
    import pandas as pd

    data = pd.DataFrame({"id": ["a", "b"], "rate": [1, 2]})
    folium.Choropleth(AREAS, data=data, columns=["id", "rate"], key_on="feature.id", legend_name="率", bins=3).add_to(m)


def _time_slider(m):
    style = {
        "a": {"1435708800": {"color": "#ff0000", "opacity": 0.5}, "1435795200": {"color": "#00ff00", "opacity": 1}}
    }
    plugins.TimeSliderChoropleth(AREAS, style).add_to(m)


def _beautiful(m):
    folium.Marker(PLACE, icon=plugins.BeautifyIcon(icon="flag", icon_shape="marker")).add_to(m)


def _spider(m):
    folium.Marker(PLACE).add_to(m)
    plugins.OverlappingMarkerSpiderfier().add_to(m)


def _minimap(m):
    plugins.MiniMap(folium.TileLayer(PICTURE, attr="x"), toggle_display=True).add_to(m)


def _boat(m):
    plugins.BoatMarker(PLACE, heading=30, wind_heading=10, wind_speed=20, color="#8f8").add_to(m)


PARTS = {
    "Marker": (lambda m: folium.Marker(PLACE, popup="p", tooltip="t").add_to(m), "img.leaflet-marker-icon"),
    "Icon": (lambda m: folium.Marker(PLACE, icon=folium.Icon(color="red", angle=90)).add_to(m), ".awesome-marker-icon-red i.glyphicon-info-sign"),
    "Icon(fa)": (lambda m: folium.Marker(PLACE, icon=folium.Icon(icon="flag", prefix="fa")).add_to(m), ".awesome-marker i.fa-flag"),
    "DivIcon": (lambda m: folium.Marker(PLACE, icon=folium.DivIcon(html="<b>x</b>")).add_to(m), ".leaflet-marker-icon b"),
    "CustomIcon": (lambda m: folium.Marker(PLACE, icon=folium.CustomIcon(PICTURE)).add_to(m), "img[src^='data:image/gif']"),
    "Popup(IFrame)": (lambda m: folium.Marker(PLACE, popup=folium.Popup(folium.IFrame("text"), show=True)).add_to(m), ".leaflet-popup iframe"),
    "RegularPolygonMarker": (lambda m: folium.RegularPolygonMarker(PLACE).add_to(m), "path"),
    "GeoJson": (lambda m: folium.GeoJson(AREAS, tooltip=folium.GeoJsonTooltip(["name"])).add_to(m), "path.leaflet-interactive"),
    "TopoJson": (_topojson, "path.leaflet-interactive"),
    "Choropleth": (_choropleth, "#legend .caption"),
    "ImageOverlay": (lambda m: folium.raster_layers.ImageOverlay(PICTURE, bounds=ENDS).add_to(m), ".leaflet-image-layer"),
    "LayerControl": (lambda m: (group(m), folium.LayerControl(collapsed=False).add_to(m)), ".leaflet-control-layers-overlays label"),
    "LatLngPopup": (lambda m: folium.LatLngPopup().add_to(m), ".leaflet-map-pane"),
    "ClickForMarker": (lambda m: folium.ClickForMarker("`x`").add_to(m), ".leaflet-map-pane"),
    "AntPath": (lambda m: plugins.AntPath(ENDS).add_to(m), "path.leaflet-ant-path"),
    "BeautifyIcon": (_beautiful, ".beautify-marker i.fa-flag"),
    "BoatMarker": (_boat, "canvas.leaflet-marker-icon, .leaflet-marker-icon canvas, .leaflet-marker-icon"),
    "CirclePattern": (_circles, "pattern circle"),
    "StripePattern": (_stripes, "pattern path"),
    "Draw": (lambda m: (plugins.Draw(export=True).add_to(m), plugins.Draw(export=True, position="topright").add_to(m)), ".leaflet-right .leaflet-draw-draw-polygon"),
    "FastMarkerCluster": (lambda m: plugins.FastMarkerCluster([PLACE, PLACE]).add_to(m), ".marker-cluster"),
    "FeatureGroupSubGroup": (_subgroup, "path.leaflet-interactive"),
    "FloatImage": (lambda m: plugins.FloatImage(PICTURE).add_to(m), "img[alt=float_image]"),
    "Fullscreen": (lambda m: plugins.Fullscreen().add_to(m), ".leaflet-control-zoom-fullscreen"),
    "GroupedLayerControl": (_grouped, ".leaflet-control-layers-group-name"),
    "HeatMap": (lambda m: plugins.HeatMap([PLACE]).add_to(m), "canvas.leaflet-heatmap-layer"),
    "HeatMapWithTime": (lambda m: plugins.HeatMapWithTime([[[27.1, 107.9, 1]], [[27.1, 107.9, 1]]]).add_to(m), ".timecontrol-play"),
    "LocateControl": (lambda m: plugins.LocateControl().add_to(m), ".leaflet-control-locate"),
    "MarkerCluster": (lambda m: plugins.MarkerCluster([PLACE, PLACE]).add_to(m), ".marker-cluster"),
    "MeasureControl": (lambda m: plugins.MeasureControl().add_to(m), ".leaflet-control-measure .js-startprompt"),
    "MiniMap": (_minimap, ".leaflet-control-minimap"),
    "MousePosition": (lambda m: plugins.MousePosition(prefix="x").add_to(m), ".leaflet-control-mouseposition"),
    "OverlappingMarkerSpiderfier": (_spider, "img.leaflet-marker-icon"),
    "PolygonFromEncoded": (lambda m: plugins.PolygonFromEncoded("_p~iF~cn~U_ulLn{vA_mqNvxq`@").add_to(m), "path"),
    "PolyLineFromEncoded": (lambda m: plugins.PolyLineFromEncoded("_p~iF~cn~U_ulLn{vA_mqNvxq`@").add_to(m), "path"),
    "PolyLineOffset": (lambda m: plugins.PolyLineOffset(ENDS, offset=5).add_to(m), "path"),
    "PolyLineTextPath": (_text_path, "textPath"),
    "Realtime": (_realtime, "path.leaflet-interactive"),
    "ScrollZoomToggler": (lambda m: plugins.ScrollZoomToggler().add_to(m), "button[id^=scroll_zoom_toggler]"),
    "Search": (_search, ".leaflet-control-search input[placeholder='找']"),
    "SemiCircle": (lambda m: plugins.SemiCircle(PLACE, 500, start_angle=0, stop_angle=90).add_to(m), "path"),
    "SideBySideLayers": (_side_by_side, ".leaflet-sbs-range"),
    "TagFilterButton": (lambda m: plugins.TagFilterButton(["a"]).add_to(m), ".easy-button-button"),
    "Terminator": (lambda m: plugins.Terminator().add_to(m), "path"),
    "TimeSliderChoropleth": (_time_slider, "[id^=slider_] input[type=range]"),
    "Timeline": (_timeline, ".leaflet-timeline-control"),
    "TimestampedGeoJson": (lambda m: plugins.TimestampedGeoJson(TIMES, auto_play=False).add_to(m), ".timecontrol-play"),
    "TreeLayerControl": (_tree, ".leaflet-layerstree-node"),
}  # fmt: skip
"""Name -> what adds it to a map, and a selector of what it shows."""

ELSEWHERE = {
    "DualMap": "a page of two maps, no part of one",
    "Geocoder": "asks a server",
    "GeoMan": "folium names no version",
    "TimestampedWmsTileLayers": "asks a server",
    "TimelineSlider": "shown with Timeline",
    "VectorGridProtobuf": "asks a server",
}
"""Plugins without an example, and why."""
