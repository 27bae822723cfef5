"""The map of two plans in a browser: it asks for nothing, layers switch, no name is carried out."""

from __future__ import annotations

import pytest

from gridkit.locale import speaking
from gridkit.maps import GridMap
from gridkit.maps.plan_map import plan_map
from tests.browser.test_coverage_map import PAYLOADS
from tests.maps.test_plan_map import two_plans

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not hasattr(GridMap, "add_level"), reason="this GridMap has no add_level"),
]
READY = ".gk-level-box"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_layers_legend_and_table(open_page, quiet, language):
    old, new = two_plans()
    with speaking(language):
        grid_map = plan_map(new, before=old, title="<b>方案</b>")
    opened = open_page(grid_map, ready=READY)
    page = opened.page
    assert page.locator(".gk-plan h1").inner_text() == "<b>方案</b>"
    assert page.locator(".gk-plan tbody tr").count() == 3
    shown = "gk.stores[0].levels.map(one => [one.said.level, !!one.on])"
    assert dict(page.evaluate(shown)) == {
        "before": False, "after": True, "changed": True, "outside": True, "communities": True,
    }  # fmt: skip
    page.locator(".leaflet-control-layers-overlays label").nth(0).locator("input").check()
    page.wait_for_function("gk.stores[0].levels[0].on")
    legend = page.locator("[data-legend]").inner_text()
    assert "2/4" in legend
    assert "null" not in legend
    if language == "en":
        assert "comprehensive grid (colour 1: only tells neighbours apart)" in legend
    quiet(opened)


def test_hostile_names_are_shown_and_not_run(open_page, quiet):
    old, new = two_plans("".join(PAYLOADS))
    with speaking("en"):
        opened = open_page(plan_map(new, before=old, title="".join(PAYLOADS)), ready=READY)
    page = opened.page
    box = page.locator(".leaflet-container").bounding_box()
    for share in (0.3, 0.5, 0.7):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.6 * box["height"])
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    quiet(opened)
