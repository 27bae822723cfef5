"""Search, filters, legend, layers and the address: what is asked for is what is counted, listed and linked to."""

from __future__ import annotations

import csv
import io

import pytest

from gridkit.maps import coverage_map
from tests import tiny
from tests.browser.test_table import Rendered, codes
from tests.maps import sample

pytestmark = pytest.mark.browser

ROWS = {
    "a1": {"households": 120, "owner_unit": "市财政局", "property_company": "安心物业"},
    "a2": {"compound_type": "unit", "households": None, "property_company": "安心物业"},
    "c1": {"compound_type": "unit", "households": 80, "property_company": "康宁物业（三分公司）"},
}


@pytest.fixture(scope="module")
def town():
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)], ROWS)
    return Rendered(coverage_map(sample.run(city, language="en")))


def cells(page, status):
    """Compounds n/d, share, households n/d, share of one row of the legend."""
    return page.eval_on_selector_all(
        f"#gk-legend tr:has([data-status={status}]) td", "cells => cells.map(cell => cell.textContent)"
    )


def hits(page):
    return page.eval_on_selector_all(
        "#gk-found [role=option]:not(.gk-filter-hit) small", "all => all.map(one => one.textContent.split(' ')[0])"
    )


def until(page, expression):
    """Wait in small steps: the policy of the page forbids the way of playwright itself."""
    for _ in range(60):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def test_the_legend_says_both_shares_with_their_denominators(open_page, town, quiet):
    opened = open_page(town)
    page = opened.page
    # households: 120 + six times 100 less a2 (not known) less 20 of c1: a1 120, a3..b2 and c2 100 each, c1 80
    assert cells(page, "OWN_BRANCH") == ["1/8", "12.5%", "120/700", "17.1%"]
    assert cells(page, "JOINT_BRANCH") == ["1/8", "12.5%", "0/700", "0%"]
    assert "not known of 1 of 8 compounds" in page.inner_text("#gk-homes")
    page.select_option("#gk-street", tiny.STREET2)
    assert cells(page, "UNCOVERED") == ["1/2", "50.0%", "80/180", "44.4%"]
    assert page.locator("#gk-homes").is_hidden()
    # a status that is left out stays in the denominators
    page.click("#gk-legend [data-status=UNKNOWN]")
    assert cells(page, "UNCOVERED") == ["1/2", "50.0%", "80/180", "44.4%"]
    quiet(opened)


def test_the_legend_counts_the_view(open_page, town):
    page = open_page(town).page
    page.evaluate(
        """() => { const level = gk.levels.compound, i = level.at.get("c1");
        const at = gk.map.unproject([level.label[2 * i], level.label[2 * i + 1]], gk.UNIT_ZOOM);
        gk.map.setView(at, 19, {animate: false}); }"""
    )
    page.click("#gk-in-view")
    assert cells(page, "UNCOVERED")[:2] == ["1/1", "100%"]
    page.select_option("#gk-kind", "shown")
    assert codes(page) == ["c1"]  # the list is that of the view, too, and says so
    assert page.inner_text("#gk-list").count("View") == 1
    assert page.inner_text("#gk-shown") == "1 of 1 compounds shown in this view (whole map: 8)"
    page.evaluate("gk.home()")
    assert cells(page, "UNCOVERED")[0] == "1/8"
    page.click("#gk-in-city")
    assert page.get_attribute("#gk-in-city", "aria-pressed") == "true"


def test_no_rounding_makes_a_share_whole(open_page, town):
    said = open_page(town).page.evaluate(
        "[[9999, 10000], [1, 10000], [0, 5], [5, 5], [0, 0]].map(p => gk.percent(p[0], p[1]))"
    )
    assert said == [">99.9%", "<0.1%", "0%", "100%", "—"]


def test_large_numbers_are_brief_and_exact_in_the_tooltip(open_page, town):
    page = open_page(town).page
    page.evaluate("gk.numbers(gk.levels.compound, 'households').fill(20e6); gk.drawLegend()")
    cell = page.locator("#gk-legend tr:has([data-status=OWN_BRANCH]) td").nth(2)
    assert (cell.inner_text(), cell.get_attribute("title")) == ("20.00M/160.00M", "20000000/160000000")


def test_filters_by_type_and_company_work_together_and_are_cleared(open_page, town, quiet):
    opened = open_page(town)
    page = opened.page
    page.select_option("#gk-type", "=unit")
    page.select_option("#gk-kind", "shown")
    assert codes(page) == ["a2", "c1"]
    page.fill("#gk-party", "nobody")
    page.wait_for_selector("#gk-no-party:not([hidden])")
    assert "nobody" in page.inner_text("#gk-no-party")
    page.fill("#gk-party", "安心")  # as it is typed
    page.wait_for_function("() => gk.state.party === '安心'")
    assert codes(page) == ["a2"] and page.locator("#gk-no-party").is_hidden()
    assert page.inner_text("#gk-shown") == "1 of 1 compounds shown that pass the filter (whole map: 8)"
    assert "安心" in page.inner_text("#gk-scope")
    with page.expect_download() as waiting:
        page.click("#gk-csv")
    assert "安心" in waiting.value.suggested_filename
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"), newline="")))
    assert [row[1] for row in rows[1:]] == ["a2"]
    page.click("#gk-legend [data-status=UNIT_ORG]")
    with page.expect_download() as waiting:
        page.click("#gk-csv")
    assert page.inner_text("#gk-legend [data-status=UNIT_ORG]") in waiting.value.suggested_filename
    page.click("#gk-legend [data-status=UNIT_ORG]")
    address = page.evaluate("location.hash")
    assert "type=unit&party=%E5%AE%89%E5%BF%83" in address
    page.click("#gk-all")
    assert len(codes(page)) == 8
    assert (page.input_value("#gk-type"), page.input_value("#gk-party")) == ("*", "")
    assert page.locator("#gk-scope").is_hidden()
    quiet(opened)
    again = open_page(town, fragment=address).page
    assert codes(again) == ["a2"]


def test_what_is_gone_to_lies_beside_the_open_box_of_layers(open_page, town):
    page = open_page(town).page
    page.select_option("#gk-type", "=unit")
    page.select_option("#gk-street", tiny.STREET1)
    line = page.inner_text("#gk-shown")
    assert line.endswith("(which has 6; whole map: 8)") and "that pass the filter in 平安街道" in line
    apart = """() => { const box = document.querySelector('.gk-layer-box').getBoundingClientRect();
        const map = gk.map.getContainer().getBoundingClientRect(), f = gk.find('%s');
        const b = f ? gk.outline(gk.map, f).getBounds() : L.latLngBounds(gk.settings.bounds);
        const ne = gk.map.latLngToContainerPoint(b.getNorthEast());
        return ne.x + map.left <= box.left || ne.y + map.top >= box.bottom; }"""
    assert page.evaluate(apart % tiny.STREET1)
    page.evaluate("gk.home()")
    assert page.evaluate(apart % "")
    page.select_option("#gk-fill", "street")  # the box grows, and the map with nobody's hand on it makes room
    assert page.evaluate(apart % "")
    assert page.is_checked("[data-level=compound]") is False
    page.select_option("#gk-fill", "")
    assert page.is_checked("[data-level=compound]")


def test_small_frames_fold_the_notes_and_the_legend(open_page, town):
    page = open_page(town).page
    assert page.evaluate("document.getElementById('gk-notes').open")
    page.set_viewport_size({"width": 900, "height": 540})
    page.reload()
    page.wait_for_selector("body.gk-ready")
    assert not page.evaluate("document.getElementById('gk-notes').open")
    assert page.locator("#gk-layer-body").is_hidden() and page.locator("#gk-legend").is_hidden()
    assert page.evaluate("document.querySelector('.gk-window').clientHeight") > 150


def test_other_parts_can_filter(open_page, town):
    page = open_page(town).page
    page.evaluate(
        """window.told = 0; gk.onRefresh.push(() => told++);
        gk.filters.push(i => gk.levels.compound.code[i] > 'b'); gk.refresh()"""
    )
    page.select_option("#gk-kind", "shown")
    assert sorted(codes(page)) == ["b1", "b2", "c1", "c2"]
    assert cells(page, "UNCOVERED")[0] == "1/4"
    assert page.evaluate("told") == 1
    page.evaluate(
        "gk.addTool({id: 'gk-try', label: 'Try', icon: 'M2 2h12v12z', press: () => { window.pressed = true; }})"
    )
    page.click("#gk-toolbar #gk-try")
    assert page.evaluate("pressed") is True


def test_search_finds_by_name_code_and_initials_on_every_level(open_page, town):
    page = open_page(town).page
    page.fill("#gk-query", "金桂")
    assert sorted(hits(page)) == ["a1", "c2"]
    assert page.locator("#gk-found mark").first.inner_text() == "金桂"
    page.fill("#gk-query", "PAJD")  # 平安街道
    assert hits(page) == [tiny.STREET1]
    page.fill("#gk-query", "jgjy")  # 金桂家园
    assert "c2" in hits(page)
    page.fill("#gk-query", "ｃ１")  # full width
    assert hits(page)[0] == "c1"
    page.fill("#gk-query", "第一 网格")
    assert len(hits(page)) == 3
    page.fill("#gk-query", "  ")
    assert page.locator("#gk-found").is_hidden() and page.locator("#gk-no-hit").is_hidden()


def test_search_by_keyboard(open_page, town):
    page = open_page(town).page
    query = page.locator("#gk-query")
    query.fill("金桂")
    assert query.get_attribute("aria-expanded") == "true"
    first = query.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert query.get_attribute("aria-activedescendant") != first
    page.keyboard.press("ArrowUp")
    assert query.get_attribute("aria-activedescendant") == first
    page.keyboard.press("Escape")
    assert page.locator("#gk-found").is_hidden() and query.input_value() == ""
    query.fill("金桂")
    page.keyboard.press("ArrowUp")  # the last entry: show these only
    page.keyboard.press("Enter")
    assert sorted(codes(page)) == ["a1", "c2"]
    assert page.inner_text("#gk-words") == "Search: 金桂 ✕"
    assert "&q=%E9%87%91%E6%A1%82" in "&" + page.evaluate("location.hash.slice(1)")
    page.click("#gk-words")
    assert len(codes(page)) == 8


def test_search_says_how_many_more_there_are(open_page):
    page = open_page(coverage_map(sample.listing(1000))).page
    page.fill("#gk-query", "小区")
    assert page.inner_text("#gk-found .gk-hint") == "and 976 more: type more of the name"
    assert len(hits(page)) == 24
    page.fill("#gk-query", "小区77")
    assert hits(page)[0] == "p000077"  # the whole name first, then those that begin with it
    assert len(hits(page)) == 11


@pytest.mark.parametrize("code", ["nowhere", "<img src=x onerror=window.hacked=1>"])
def test_a_link_to_an_unknown_code_says_so(open_page, town, quiet, code):
    opened = open_page(town, fragment="#f=" + code)
    assert opened.page.inner_text("#gk-details [role=alert]") == f"This map has no feature with the code {code}."
    assert opened.page.evaluate("window.hacked") is None
    quiet(opened)


def test_the_view_is_kept_in_the_address(open_page, town):
    page = open_page(town).page
    assert page.evaluate("location.hash") == ""
    page.evaluate("""() => { const box = document.getElementById(gk.map.getContainer().id);
        box.style.width = box.clientWidth + 1 + "px"; gk.map.invalidateSize(); gk.map.fire("moveend"); }""")
    page.wait_for_timeout(300)  # the address is written 250 ms after the last move
    assert page.evaluate("location.hash") == ""
    page.evaluate("gk.map.setView([39.7355, 105.0101], 17, {animate: false})")
    until(page, "location.hash.startsWith('#17/39.73')")
    page.evaluate("location.hash = '#16/39.7340/105.0120&f=c1'")
    until(page, "gk.state.selected !== null")
    assert page.evaluate("gk.map.getZoom()") == 16
    assert page.inner_text("#gk-details h2") == "向阳院"


def test_a_link_is_copied(open_page, town):
    page = open_page(town, fragment="#f=c1").page
    page.evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
    page.click(".gk-copy")
    until(page, "!!window.copied")
    assert page.evaluate("copied") == page.evaluate("location.href.split('#')[0]") + "#f=c1"
    assert page.inner_text(".gk-acts [role=status]") == "Link copied."


def test_layers_are_a_tree_with_counts(open_page, town):
    page = open_page(town).page
    counts = page.eval_on_selector_all(
        "#gk-layers label:has([data-level])",
        "all => all.map(one => [one.firstChild.dataset.level, one.lastChild.textContent])",
    )
    assert counts == [["labels", ""], ["street", "2"], ["community", "3"], ["grid", "4"], ["compound", "8"]]
    group = page.locator("#gk-layers > li > label > input:not([data-level])")
    group.uncheck()
    assert page.evaluate("[gk.state.show.street, gk.state.show.grid, gk.state.show.compound]") == [False, False, True]
    page.check("#gk-layers [data-level=street]")
    assert group.evaluate("one => [one.checked, one.indeterminate]") == [False, True]
    page.uncheck("#gk-layers [data-level=labels]")
    assert page.evaluate("getComputedStyle(document.querySelector('.gk-labels')).display") == "none"
    page.click("#gk-layer-fold")
    assert page.locator("#gk-layers").is_hidden()
    assert page.get_attribute("#gk-layer-fold", "aria-expanded") == "false"


def test_the_legend_folds_away_and_leaves_the_list_the_room(open_page, town):
    page = open_page(town).page
    before = page.locator("#gk-list").bounding_box()["height"]
    page.click("#gk-fold")
    assert page.locator("#gk-legend").is_hidden() and page.locator("#gk-query").is_visible()
    assert page.locator("#gk-list").bounding_box()["height"] > before + 150
    assert page.get_attribute("#gk-fold", "aria-expanded") == "false"
    page.click("#gk-fold")
    assert page.locator("#gk-legend").is_visible()


@pytest.mark.parametrize("left", [("compound",), ("street", "community", "grid"), ()])
def test_missing_levels_and_strange_names(open_page, quiet, left):
    """Missing levels, and names of 10,000 characters, right to left, with separators of ours in them."""
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)])
    names = {"a1": "长" * 10_000, "a2": "حي السلام", "a3": "x\ty\nz", "b1": "👩‍👩‍👧 花园", "c1": ""}
    if "compound" not in left:
        frame = city.layers["compound"].frame.copy()
        frame["name"] = frame["name"].where(~frame.index.isin(list(names)), frame.index.map(names))
        city = city.with_layers(compound=type(city.layers["compound"])("compound", frame))
    layers = {level: layer for level, layer in city.layers.items() if level not in left}
    few = type(city)(city.name, city.crs, city.as_of, layers, city.registries, city.sources)
    run = sample.run(city, language="en")
    opened = open_page(coverage_map(type(run)(**{**vars(run), "city": few})))
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    if "compound" in left:
        assert page.inner_text("#gk-shown") == "This city has no compound layer."
        page.select_option("#gk-kind", "level:street")
        assert page.locator("#gk-table tbody tr").count() == 2
    else:
        page.select_option("#gk-kind", "shown")
        assert len(codes(page)) == 8
        heights = page.eval_on_selector_all("#gk-table tbody tr", "rows => rows.map(row => row.offsetHeight)")
        assert max(heights) == min(heights)
        for query, code in [("السلام", "a2"), ("长长长", "a1"), ("y z", "a3"), ("👩‍👧", "b1"), ("b2", "b2")]:
            page.fill("#gk-query", query)
            assert hits(page) == [code]
        page.evaluate("gk.select(gk.find('a1'))")
        assert page.locator("#gk-details h2").bounding_box()["height"] < 140
    quiet(opened)
