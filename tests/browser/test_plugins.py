"""Every part of folium on a GridMap: no request, no error, and what it shows is there."""

from __future__ import annotations

import folium.plugins
import pytest

from gridkit.maps import GridMap
from tests.browser.folium_parts import ELSEWHERE, PARTS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tab(browser):
    """One tab for all pages: opening a browser context costs more than a page."""
    context = browser.new_context(viewport={"width": 900, "height": 600})
    context.set_default_timeout(4_000)
    yield context.new_page()
    context.close()


def test_every_plugin_of_folium_is_here():
    assert set(folium.plugins.__all__) <= set(PARTS) | set(ELSEWHERE)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_folium_asks_for_nothing(tab, name, tmp_path):
    add, shows = PARTS[name]
    grid_map = GridMap((27.1, 107.9), zoom_start=13)
    add(grid_map)
    grid_map.save(tmp_path / "map.html")
    asked, errors = [], []
    listeners = {
        "request": lambda request: asked.append(request.url),
        "console": lambda message: errors.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: errors.append(str(error)),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)
    try:
        tab.goto((tmp_path / "map.html").as_uri())
        tab.wait_for_selector(shows, state="attached")
    finally:
        for event, listener in listeners.items():
            tab.remove_listener(event, listener)
    assert errors == []
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [(tmp_path / "map.html").as_uri()]
