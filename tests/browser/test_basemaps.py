"""Base maps in a browser, against a tile server on this machine: what is asked, from whom, and where it is drawn."""

from __future__ import annotations

import base64
import http.server
import threading
from contextlib import contextmanager, suppress

import folium
import numpy as np
import pytest

from gridkit.geo.datum import gcj02_to_wgs84, wgs84_to_gcj02
from gridkit.maps import GridMap
from gridkit.maps.basemaps import BaseMap

pytestmark = pytest.mark.browser
READY = ".leaflet-container"
PICTURE = base64.b64decode("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=")
PLACES = {"Jinan": (36.65, 117.0), "Chongqing": (29.56, 106.55), "Shanghai": (31.23, 121.47)}


@contextmanager
def tile_server(*, cors=True):
    """A server on 127.0.0.1 that gives the same picture for every tile; yields its address and what was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            if cors:
                self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "image/gif")
            self.end_headers()
            with suppress(OSError):  # the page may have gone
                self.wfile.write(PICTURE)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_for_tiles(page):
    page.wait_for_function(
        "gkBase.layers.every(layer => Object.values(layer._tiles).length && !layer.isLoading())", timeout=8_000
    )


def tainted(page):
    return page.evaluate(
        """() => { const canvas = document.createElement('canvas');
            canvas.getContext('2d').drawImage(document.querySelector('img.leaflet-tile'), 0, 0);
            try { canvas.toDataURL(); return false; } catch (error) { return true; } }"""
    )


def test_tiles_come_from_the_host_and_the_policy_blocks_any_other(open_page):
    with tile_server() as (address, asked), tile_server() as (other, asked_there):
        grid_map = GridMap((27.1, 107.9), zoom_start=12, basemap=address + "/tiles/{z}/{x}/{y}.png", language="en")
        folium.CircleMarker((27.1, 107.9), tooltip="t").add_to(grid_map)
        opened = open_page(grid_map, ready=READY)
        page = opened.page
        wait_for_tiles(page)
        outside = [url for url in opened.requests if url.startswith("http")]
        assert outside and all(url.startswith(address + "/tiles/12/") for url in outside)
        assert len(asked) == len(outside) and opened.errors == []
        assert page.evaluate("gkBase.exportable") is True and tainted(page) is False
        assert page.locator(".gk-base-note").count() == 0
        page.evaluate(
            "url => new Promise(done => { const i = new Image(); i.onerror = i.onload = done; i.src = url; })", other
        )
        page.evaluate("url => fetch(url).catch(() => 0)", address)
        assert asked_there == [] and len(asked) == len(outside)
        refused = [error for error in opened.errors if "Content Security Policy" in error]
        assert any(other in error for error in refused) and any(f"{address}/." in error for error in refused)


def test_a_server_without_cors_still_shows_its_tiles(open_page):
    with tile_server(cors=False) as (address, _):
        opened = open_page(GridMap((27.1, 107.9), basemap=address + "/{z}/{x}/{y}"), ready=READY)
        opened.page.wait_for_function("gkBase.exportable === false")
        opened.page.wait_for_selector("img.leaflet-tile-loaded")
        assert opened.page.locator(".gk-base-note").count() == 0
        assert tainted(opened.page) is True


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_server_that_does_not_answer_is_said_once(open_page, language):
    base = BaseMap("two", tuple("http://127.0.0.1:9/" + part + "/{z}/{x}/{y}" for part in "ab"), "who", ("",))
    grid_map = GridMap((27.1, 107.9), basemap=base, language=language)
    folium.CircleMarker((27.1, 107.9)).add_to(grid_map)
    page = open_page(grid_map, ready=READY).page
    page.wait_for_selector(".gk-base-note[role=status]")
    page.evaluate(
        "Object.keys(window).filter(k => /^map_/.test(k)).forEach(k => window[k].panBy([700, 0], {animate: false}))"
    )
    page.wait_for_timeout(300)
    assert page.locator(".gk-base-note").count() == 1
    assert page.locator("path.leaflet-interactive").count() == 1
    assert page.inner_text(".leaflet-control-attribution") == "who"


def test_tiles_in_a_folder_beside_the_page(open_page, tmp_path):
    for x in range(3270, 3280):
        for y in range(1720, 1740):
            (tmp_path / "tiles" / "12" / str(x)).mkdir(parents=True, exist_ok=True)
            (tmp_path / "tiles" / "12" / str(x) / f"{y}.gif").write_bytes(PICTURE)
    for basemap in ("tiles/{z}/{x}/{y}.gif", f"{tmp_path}/tiles/{{z}}/{{x}}/{{y}}.gif"):
        page = open_page(GridMap((27.1, 107.9), zoom_start=12, basemap=basemap), ready=READY).page
        page.wait_for_selector("img.leaflet-tile-loaded")
        assert page.locator(".gk-base-note").count() == 0


def test_the_shift_is_that_of_the_geo_module(open_page):
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(70, 140, 400), rng.uniform(0, 57, 400)
    with tile_server() as (address, _):
        base = BaseMap("shifted", (address + "/{z}/{x}/{y}",), "", ("",), shifted=True)
        page = open_page(GridMap((36.65, 117.0), basemap=base), ready=READY).page
        there = np.array(page.evaluate("points => points.map(p => gkBase.toGcj(p[0], p[1]))", np.c_[lon, lat].tolist()))
        back = np.array(
            page.evaluate("points => points.map(p => gkBase.fromGcj(p[0], p[1]))", np.c_[lon, lat].tolist())
        )
    assert np.abs(there - np.c_[wgs84_to_gcj02(lon, lat)]).max() < 1e-9
    assert np.abs(back - np.c_[gcj02_to_wgs84(lon, lat)]).max() < 1e-9


def test_every_tile_lies_where_it_belongs(open_page):
    """At the corners and the middle of every tile on the screen, at zoom 12 to 18: within 0.8 pixels."""
    with tile_server() as (address, _):
        base = BaseMap("shifted", (address + "/{z}/{x}/{y}",), "", ("",), shifted=True)
        page = open_page(GridMap((36.65, 117.0), basemap=base), ready=READY).page
        for place in PLACES.values():
            for zoom in (12, 13, 15, 16, 18):
                rows = np.array(page.evaluate(DRAWN, [list(place), zoom]))
                assert worst(rows, zoom) <= 0.8, (place, zoom)
                # without a shift the tiles would lie some 500 m off: 13 pixels at zoom 12, 800 at zoom 18
                assert np.abs(rows[:, 2:4] - rows[:, :2] * 256).max() > 5
                assert covered(rows[:, 2:], page.evaluate(SCREEN)), (place, zoom)


DRAWN = """([place, zoom]) => { const layer = gkBase.layers[0], map = layer._map;
    map.setView(place, zoom, {animate: false});
    return Object.values(layer._tiles).filter(tile => tile.current).map(tile => {
        const at = L.DomUtil.getPosition(tile.el).add(layer._level.origin);
        return [tile.coords.x, tile.coords.y, at.x, at.y,
            parseFloat(tile.el.style.width), parseFloat(tile.el.style.height)]; }); }"""
SCREEN = "() => { const b = gkBase.layers[0]._map.getPixelBounds(); return [b.min.x, b.min.y, b.max.x, b.max.y]; }"


def worst(rows, zoom):
    """The largest distance in pixels between where a point of a tile is drawn and where it belongs."""
    size = 256.0 * 2**zoom
    parts = np.array([(u, v) for u in (0.0, 0.5, 1.0) for v in (0.0, 0.5, 1.0)])
    inside = rows[:, None, :2] + parts
    lon = inside[..., 0] * 256 / size * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * inside[..., 1] * 256 / size))))
    lon, lat = (part.reshape(inside.shape[:2]) for part in gcj02_to_wgs84(lon.ravel(), lat.ravel()))
    right = np.stack([
        (lon + 180) / 360 * size,
        (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * size,
    ], axis=-1)  # fmt: skip
    return float(np.abs(right - (rows[:, None, 2:4] + parts * rows[:, None, 4:])).max())


def covered(tiles, screen):
    """Whether the tiles leave no part of the screen blank: one lies under each of a grid of its points."""
    west, north, east, south = screen
    points = np.stack(np.meshgrid(np.linspace(west + 1, east - 1, 30), np.linspace(north + 1, south - 1, 30)), -1)
    points = points.reshape(-1, 1, 2)
    # a pixel of room for the rounding of neighbours
    under = ((points >= tiles[:, :2] - 1) & (points <= tiles[:, :2] + tiles[:, 2:] + 1)).all(axis=-1)
    return bool(under.any(axis=1).all())
