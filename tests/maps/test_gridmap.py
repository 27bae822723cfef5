from __future__ import annotations

import base64
import hashlib
import io
import os
import re

import folium
import pytest
from branca.element import Element, Figure, JavascriptLink
from folium.plugins import Geocoder, MiniMap

from gridkit.errors import OutputError, UsageError
from gridkit.maps import GridMap, OfflineFigure
from gridkit.maps.gridmap import write_whole


def sample() -> GridMap:
    grid_map = GridMap((27.1, 107.9), title="图")
    folium.Marker((27.1, 107.9), popup="p", tooltip="t").add_to(grid_map)
    folium.FeatureGroup(name="g").add_to(grid_map)
    folium.LayerControl().add_to(grid_map)
    return grid_map


def test_it_is_a_folium_map_in_an_offline_figure():
    grid_map = GridMap()
    assert isinstance(grid_map, folium.Map)
    assert isinstance(grid_map.get_root(), OfflineFigure)
    assert len(grid_map.get_root().render()) < 300_000


def test_equal_maps_give_equal_bytes_and_rendering_twice_changes_nothing():
    grid_map = sample()
    first = grid_map.get_root().render()
    assert grid_map.get_root().render() == first == sample().get_root().render()
    assert '<html lang="en">' in first and "<title>图</title>" in first


def test_names_that_elements_took_early_stay_right():
    """``fit_bounds`` and method calls keep the name of their target from the time when they were made."""
    grid_map = GridMap((27.1, 107.9))
    group = folium.FeatureGroup().add_to(grid_map)
    group.add_child(folium.elements.MethodCall(group, "bringToFront"))
    text = grid_map.get_root().render()
    name = re.search(r"var (feature_group_\w+) =", text)[1]
    assert f"{name}.bringToFront(" in text


def test_the_policy_names_exactly_the_scripts_of_the_page():
    page = sample().get_root().render()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    texts = re.findall(r"(?s)<script>(.*?)</script>", page)
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts}
    assert set(re.findall(r"'sha256-([^']*)'", policy)) == hashes
    assert policy.startswith("default-src 'none'") and "connect-src 'none'" in policy


def test_scripts_in_the_body_are_not_trusted():
    grid_map = sample()
    grid_map.get_root().html.add_child(Element("<script>alert(1)</script>"))
    page = grid_map.get_root().render()
    digest = base64.b64encode(hashlib.sha256(b"alert(1)").digest()).decode()
    assert digest not in page


@pytest.mark.parametrize(
    ("add", "address"),
    [
        (lambda m: Geocoder().add_to(m), "leaflet-control-geocoder"),
        (lambda m: folium.TileLayer("OpenStreetMap").add_to(m), "tile.openstreetmap.org"),
        (lambda m: m.get_root().header.add_child(Element('<script src="https://x.example/a"></script>')), "x.example"),
        (lambda m: m.get_root().html.add_child(Element("<link rel=stylesheet href=//x.example/a.css>")), "x.example"),
    ],
)  # fmt: skip
def test_what_lies_outside_is_refused_by_name(add, address, tmp_path):
    grid_map = sample()
    add(grid_map)
    with pytest.raises(OutputError, match=address):
        grid_map.save(tmp_path / "map.html")
    assert list(tmp_path.iterdir()) == []


def test_all_addresses_are_named_at_once():
    grid_map = GridMap()
    Geocoder().add_to(grid_map)
    MiniMap().add_to(grid_map)
    folium.CustomIcon("https://x.example/icon.png").add_to(folium.Marker((0, 0)).add_to(grid_map))
    with pytest.raises(OutputError) as caught:
        grid_map.get_root().render()
    assert str(caught.value).count("https://") == 4


def test_inline_leaves_out_what_we_do_not_have_and_says_so(tmp_path):
    grid_map = sample()
    before = grid_map.get_root().render()
    Geocoder().add_to(grid_map)
    folium.TileLayer("OpenStreetMap").add_to(grid_map)
    grid_map.get_root().header.add_child(JavascriptLink("https://x.example/a.js"), name="mine")
    with pytest.warns(UserWarning, match=r"Geocoder, TileLayer \(.*openstreetmap") as caught:
        grid_map.save(tmp_path / "map.html", resources="inline")
    assert len(caught) == 1
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert page == before
    with pytest.raises(OutputError):
        grid_map.save(tmp_path / "map.html")


def test_cdn_keeps_the_links_and_has_no_policy(tmp_path):
    grid_map = sample()
    Geocoder().add_to(grid_map)
    folium.TileLayer("OpenStreetMap").add_to(grid_map)
    grid_map.save(tmp_path / "map.html", resources="cdn")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" not in page
    assert '<script src="https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist/leaflet.js"></script>' in page
    assert "Control.Geocoder.js" in page and "tile.openstreetmap.org" in page and len(page) < 20_000


def test_no_other_way_to_save():
    with pytest.raises(UsageError, match="strict, inline or cdn"):
        GridMap().save(io.BytesIO(), resources="offline")


def test_heavy_files_come_only_where_an_element_needs_them():
    """Kilobytes that an element adds to a page: what folium itself adds to every page is 1.8 MB when it is inlined."""

    def size(*elements):
        grid_map = GridMap((0, 0))
        for element in elements:
            element.add_to(grid_map)
        return len(grid_map.get_root().render()) // 1000

    empty = size()
    assert empty <= 200
    assert size(folium.CircleMarker((0, 0))) <= empty + 2
    assert size(folium.Marker((0, 0), popup="fa and glyph, table and btn")) <= empty + 95
    assert 250 <= size(folium.Marker((0, 0), icon=folium.DivIcon(html='<i class="fa fa-flag"></i>'))) - empty <= 520
    assert 150 <= size(folium.Marker((0, 0), popup='<table class="table table-striped"></table>')) - empty <= 300
    assert size(folium.Marker((0, 0), icon=folium.Icon())) - empty <= 620


def test_a_plain_folium_map_becomes_offline_in_our_figure():
    figure = OfflineFigure("Demo")
    folium.Map(tiles=None).add_to(figure)
    page = figure.render()
    assert len(page) < 200_000
    assert "connect-src 'none'" in page


def test_texts_are_harmless_in_the_page_and_unchanged_in_the_map():
    text, name = "`${alert(1)}` C:\\2019\\u {{ 7*7 }} </script>", "<img src=x onerror=alert(1)> {{ 7*7 }}"
    grid_map = GridMap((27.1, 107.9), title="{{ 7*7 }}")
    marker = folium.Marker((27.1, 107.9), popup=text, tooltip=text).add_to(grid_map)
    group = folium.FeatureGroup(name=name).add_to(grid_map)
    folium.LayerControl().add_to(grid_map)
    feature = {"type": "Point", "coordinates": [0, 0], "name": "{{ 7*7 }}"}
    folium.GeoJson({"type": "Feature", "properties": feature, "geometry": feature}).add_to(grid_map)
    page = grid_map.get_root().render()
    assert "`${alert" not in page and "${alert(1)}` C:\\2019\\u" not in page
    assert "49" not in page.split("</title>")[0].rsplit("<title>")[1]
    assert '"name": "{{ 7*7 }}"' in page
    assert "<img src=x" not in page
    tooltip = next(child for child in marker._children.values() if isinstance(child, folium.Tooltip))
    assert tooltip.text == text and group.layer_name == name


def test_a_hash_in_a_text_is_not_taken_for_an_element_id():
    digest = "0123456789abcdef" * 2
    grid_map = GridMap((27.1, 107.9))
    folium.Marker((27.1, 107.9), tooltip=digest).add_to(grid_map)
    assert digest in grid_map.get_root().render()


def test_save_writes_whole_files_and_open_files(tmp_path):
    grid_map, path = sample(), tmp_path / "map.html"
    path.write_text("old")
    grid_map.save(path)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    buffer = io.BytesIO()
    grid_map.save(buffer, close_file=False)
    assert buffer.getvalue() == path.read_bytes()
    assert [item.name for item in tmp_path.iterdir()] == ["map.html"]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(OutputError, match="cannot be written") as caught:
        GridMap().save(tmp_path / "none" / "map.html")
    assert str(tmp_path) in str(caught.value)
    assert caught.value.exit_code == 5


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        GridMap().save(tmp_path / "map.html")


def test_the_notebook_shows_the_offline_page():
    assert "srcdoc=" in GridMap()._repr_html_()
    assert isinstance(GridMap().get_root(), Figure)


def test_jquery_and_pictures_come_only_when_they_are_needed():
    assert "jQuery" not in GridMap().get_root().render()
    assert "jQuery" in sample().get_root().render()


def test_a_link_is_followed_and_a_folder_is_refused(tmp_path):
    target, link = tmp_path / "real.html", tmp_path / "link.html"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    with pytest.raises(OutputError, match="no file that could be written over"):
        write_whole(tmp_path, b"new")
