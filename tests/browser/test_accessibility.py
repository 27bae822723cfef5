"""The page for everybody: axe-core, a walk by keyboard, no canvas, an old browser, no script, a phone, paper."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gridkit.maps import coverage_map
from tests.browser.test_table import Rendered
from tests.maps import sample

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "axe.min.js"
WITHOUT_CANVAS = "HTMLCanvasElement.prototype.getContext = function () { return null; };"
OLD = """
delete Uint8Array.fromBase64; delete Array.prototype.at; delete Array.prototype.flat; delete Array.prototype.findLast;
delete window.structuredClone; delete window.ResizeObserver; delete window.IntersectionObserver; delete Intl.Segmenter;
delete String.prototype.replaceAll; delete String.prototype.at; delete Object.hasOwn; delete CSS.escape;
delete window.DecompressionStream; delete window.queueMicrotask; delete window.requestIdleCallback;
delete window.OffscreenCanvas;
delete Promise.prototype.finally; delete Object.fromEntries; delete window.createImageBitmap;
"""


@pytest.fixture(scope="module")
def pages():
    return {language: Rendered(coverage_map(sample.run(language=language))) for language in ("zh", "en")}


@pytest.fixture
def prepared(browser, tmp_path, pages):
    """A function that opens a page after running a script in it."""
    contexts = []

    def opened(before, *, language="en", size=(1280, 800), fragment=""):
        path = tmp_path / "map.html"
        pages[language].save(path)
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        context.set_default_timeout(5_000)
        page = context.new_page()
        page.add_init_script(before)
        page.failures = []
        page.on("pageerror", lambda error: page.failures.append(str(error)))
        page.goto(path.as_uri() + fragment)
        page.wait_for_selector("body.gk-ready", timeout=10_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def serious(page):
    """What axe-core finds serious or critical: rule, help and where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        (one["id"], one["help"], [node["target"] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_axe_is_the_file_that_the_note_names():
    digest = hashlib.sha256(AXE.read_bytes()).hexdigest()
    assert digest in AXE.with_suffix("").with_suffix(".md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_axe_finds_nothing_serious(prepared, language, theme):
    page = prepared("", language=language, fragment="#f=a2&list=shown")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.select_option("#gk-fill", "community")
    for tab in ("gk-details", "gk-list", "gk-summary"):
        page.evaluate("id => gk.showTab(id)", tab)
        assert serious(page) == [], tab
    page.fill("#gk-query", "金桂")
    page.click("#gk-legend [data-status=UNCOVERED]")
    page.fill("#gk-query", "金桂")
    assert serious(page) == []


def test_every_control_is_reached_by_keyboard_and_shows_it(prepared):
    page = prepared("")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => { const one = document.activeElement, style = getComputedStyle(one);
            const box = one.closest(".gk-window"), data = one.dataset;
            const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            const name = one.id || data.status || data.level || data.sort || one.className;
            const seen = ring || !!box && getComputedStyle(box).boxShadow !== "none";
            return one === document.body ? null : [name, seen]; }"""
        )
        if at is None or (seen and at[0] == seen[0][0] and len(seen) > 10):
            break
        seen.append(at)
    names = [name for name, _ in seen]
    wanted = {"gk-query", "gk-street", "gk-in-city", "UNCOVERED", "gk-list-tab", "gk-kind", "gk-csv", "gk-table"}
    assert (wanted | {"households", "gk-layer-fold", "street", "gk-fill"}) - set(names) == set()
    assert [name for name, ring in seen if not ring] == []
    page.focus("#gk-list-tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "gk-details-tab"
    page.keyboard.press("ArrowRight")
    assert page.locator("#gk-summary").is_visible()


def test_without_canvas_the_list_works_and_the_page_says_why(prepared):
    page = prepared(WITHOUT_CANVAS)
    assert "cannot draw the map" in page.inner_text("#gk-error")
    page.select_option("#gk-kind", "shown")
    assert page.locator("#gk-table tbody tr").count() == 8
    page.click("#gk-legend [data-status=UNCOVERED]")
    assert page.locator("#gk-table tbody tr").count() == 1
    page.focus("#gk-table")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.inner_text("#gk-details h2") == "向阳院"
    page.fill("#gk-query", "金桂")
    assert page.locator("#gk-found [role=option]").count() >= 2
    page.click("#gk-summary-tab")
    assert page.locator("#gk-summary tbody tr").count() == 3
    assert page.failures == []


def test_an_old_browser_shows_the_same(prepared):
    page = prepared(OLD)
    page.fill("#gk-query", "jgjy")
    page.keyboard.press("Enter")
    assert page.inner_text("#gk-details h2") == "金桂家园"
    page.click("#gk-list-tab")
    page.select_option("#gk-kind", "shown")
    page.click("#gk-table [data-sort=name]")
    assert page.locator("#gk-table tbody tr").count() == 8
    assert page.locator("canvas.leaflet-tile").count() > 0
    assert page.failures == []


def test_a_page_that_cannot_be_read_says_so_and_keeps_its_table(browser, tmp_path, pages):
    path = tmp_path / "map.html"
    text = pages["en"].text
    start = text.index('id="gk-data">') + len('id="gk-data">')
    path.write_text(text[:start] + "AAAA" + text[start + 4 :], encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert "Something on this page does not work" in page.inner_text("#gk-error")
    assert page.locator("#gk-summary tbody tr").count() == 3
    assert page.locator("#gk-summary").is_visible()
    page.close()


def test_errors_after_opening_are_said_in_words(prepared):
    page = prepared("")
    page.evaluate("setTimeout(() => { throw new Error('broken wheel'); }, 0)")
    page.wait_for_selector("#gk-error:not([hidden])")
    assert "broken wheel" in page.inner_text("#gk-error")


def test_a_phone_shows_everything_without_scrolling_sideways(prepared):
    page = prepared("", language="zh", size=(390, 844))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#gk-layers").is_hidden()
    box = page.locator(".folium-map").bounding_box()
    assert box["width"] == 390 and box["height"] > 300
    page.select_option("#gk-kind", "shown")
    page.click("#gk-table tbody tr >> nth=2")
    assert page.locator("#gk-details h2").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_paper_and_no_script_show_the_table(browser, tmp_path, pages):
    path = tmp_path / "map.html"
    pages["zh"].save(path)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    assert page.locator("#gk-summary table").is_visible()
    assert page.locator(".gk-noscript").is_visible()
    assert page.locator("#gk-opening").is_hidden()
    context.close()


def test_axe_would_find_something(prepared):
    """The check itself is alive: a picture without a text and a pale word are found."""
    page = prepared("")
    page.evaluate(
        """() => { const button = document.createElement("button"), word = document.createElement("p");
        word.textContent = "pale"; word.style.color = "#ddd"; word.style.background = "#fff";
        document.getElementById("gk-head").append(button, word); }"""
    )
    assert {"button-name", "color-contrast"} <= {one[0] for one in serious(page)}
