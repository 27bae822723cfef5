"""Base maps without a browser: addresses, the policy, and everything that is refused."""

from __future__ import annotations

import re

import folium
import pytest

from gridkit.errors import UsageError
from gridkit.maps import GridMap
from gridkit.maps.basemaps import BaseMap, base_map, tianditu

KEY = "0123456789abcdef0123456789abcdef"


def sources(grid_map):
    page = grid_map.get_root().render()
    return re.search(r"img-src ([^;]*);", page)[1].split()


def test_no_base_map_by_default():
    grid_map = GridMap()
    assert sources(grid_map) == ["data:", "blob:"]
    assert grid_map.options["attribution_control"] is False


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("osm", ["https://tile.openstreetmap.org"]),
        ("amap", [f"https://webrd0{part}.is.autonavi.com" for part in "1234"]),
        ("http://10.0.0.8:8080/a/{z}/{x}/{y}.png?token=1", ["http://10.0.0.8:8080"]),
        ("https://{s}.tiles.example/{z}/{x}/{-y}", [f"https://{part}.tiles.example" for part in "abc"]),
        ("http://[::1]:80/{z}/{x}/{y}", ["http://[::1]:80"]),
        ("https://地图.example/{z}/{x}/{y}", ["https://xn--wcs7d.example"]),
        ("tiles/{z}/{x}/{y}.png", ["'self'", "file:"]),
        ("/srv/tiles/{z}/{x}/{y}.png", ["file:"]),
        ("file:///srv/tiles/{z}/{x}/{y}.png", ["file:"]),
        ("D:\\tiles\\{z}\\{x}\\{y}.png", ["file:"]),
        ("\\\\server\\share\\{z}\\{x}\\{y}.png", ["file:"]),
    ],
)
def test_only_its_host_enters_the_policy(choice, expected):
    grid_map = GridMap(basemap=choice)
    assert sorted(sources(grid_map)) == sorted(["data:", "blob:", *expected])
    assert grid_map.options["attribution_control"] is True
    assert "connect-src 'none'" in grid_map.get_root().render()


def test_paths_become_addresses():
    assert base_map("D:\\my tiles\\{z}\\{x}\\{y}.png").urls == ("file:///D:/my%20tiles/{z}/{x}/{y}.png",)
    assert base_map("\\\\server\\share\\{z}\\{x}\\{y}.png").urls == ("file://server/share/{z}/{x}/{y}.png",)
    assert base_map("/srv/{z}/{x}/{y}.png").urls == ("file:///srv/{z}/{x}/{y}.png",)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("google", "needs {z}, {x} and {y}"),
        ("http://host/{z}/{x}.png", "needs {z}, {x} and {y}"),
        ("javascript:alert({z}{x}{y})", "no address"),
        ("ftp://host/{z}/{x}/{y}", "no address"),
        ("data:image/png,{z}{x}{y}", "no address"),
        ("http://user:word@host/{z}/{x}/{y}", "no address"),
        ("http://host;script-src *;/{z}/{x}/{y}", "no address"),
        ("http://host 'unsafe-inline'/{z}/{x}/{y}", "no address"),
        ("http://*/{z}/{x}/{y}", "no address"),
        ("https:///{z}/{x}/{y}", "no address"),
    ],
)
def test_what_is_no_base_map_is_refused(choice, words):
    with pytest.raises(UsageError, match=re.escape(words)) as caught:
        GridMap(basemap=choice)
    assert "word@" not in str(caught.value)


def test_tianditu_needs_a_key(monkeypatch):
    monkeypatch.delenv("GRIDKIT_TIANDITU_KEY", raising=False)
    with pytest.raises(UsageError, match="GRIDKIT_TIANDITU_KEY"):
        GridMap(basemap="tianditu")
    monkeypatch.setenv("GRIDKIT_TIANDITU_KEY", "wrong&key")
    with pytest.raises(UsageError) as caught:
        GridMap(basemap="tianditu")
    assert "wrong" not in str(caught.value)
    monkeypatch.setenv("GRIDKIT_TIANDITU_KEY", f" {KEY}\n")
    from_environment = base_map("tianditu")
    assert from_environment == tianditu(KEY)
    assert [f"LAYER={layer}&" in url and url.endswith(f"tk={KEY}") for layer, url in
            zip(("vec", "cva"), from_environment.urls, strict=True)] == [True, True]  # fmt: skip
    assert sources(GridMap(basemap=tianditu(KEY)))[2:] == [f"https://t{part}.tianditu.gov.cn" for part in range(8)]


def test_the_key_is_only_where_a_base_map_is(monkeypatch):
    monkeypatch.setenv("GRIDKIT_TIANDITU_KEY", KEY)
    assert KEY not in GridMap().get_root().render()
    assert KEY in GridMap(basemap="tianditu").get_root().render()


def test_a_base_map_of_ones_own_and_other_elements_beside_it():
    base = BaseMap("own", ("http://a.example/{z}/{x}/{y}", "http://b.example/{z}/{x}/{y}"), "us", ("",), max_zoom=16)
    grid_map = GridMap(basemap=base)
    folium.LayerControl().add_to(grid_map)
    page = grid_map.get_root().render()
    assert sources(grid_map)[2:] == ["http://a.example", "http://b.example"]
    assert grid_map.get_root().render() == page
    with pytest.raises(UsageError):
        GridMap(basemap=BaseMap("bad", ("http://a.example/{z}",)))
