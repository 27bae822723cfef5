"""The audit page as its reader uses it: a figure, its rows, their cells; a keyboard; a phone; paper."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from gridkit import pipeline
from gridkit.demo import make_city, write
from gridkit.io.project import read_project
from gridkit.reports import write_html
from gridkit.reports.trail import figure_ids
from tests.reports import sample_proof

pytestmark = pytest.mark.browser
A4 = (595, 842)
DECLARED = '[data-figure="indicator|coverage.organisation.declared|city||compounds|{}"]'


class Saved:
    """A run as the fixture ``open_page`` takes it."""

    def __init__(self, run):
        self.run = run

    def save(self, path):
        write_html(self.run, path)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write(make_city("town", 0), folder)
    return pipeline.audit(read_project(folder / "gridkit.toml"), language="zh")


@pytest.fixture
def opened(open_page):
    return open_page(Saved(sample_proof.run("en")), ready="body.ready")


def test_it_opens_from_a_file_and_asks_for_nothing(opened, quiet):
    opened.page.wait_for_timeout(200)
    quiet(opened)


def test_a_click_on_a_figure_shows_its_rows_and_a_click_on_a_row_its_cells(opened, quiet):
    page = opened.page
    before = page.evaluate("[document.documentElement.scrollHeight, document.querySelector('main').offsetWidth]")
    page.click('.legend [data-figure="status|OWN_BRANCH"]')
    assert page.inner_text("#panel-title") == "own branch 1"
    rows = page.locator("#panel .row")
    assert [row.get_attribute("data-id") for row in rows.all()] == ["a1"]
    assert page.locator("#panel .cells li").count() == 0
    rows.first.click()
    cells = page.locator("#panel .cells").inner_text()
    assert "compound.gpkg!compound!1.name" in cells
    assert "branches.xlsx!Sheet1!B3" in cells
    assert before == page.evaluate(
        "[document.documentElement.scrollHeight, document.querySelector('main').offsetWidth]"
    ), "nothing of the page may move"
    quiet(opened)


def test_a_rate_leads_to_the_figures_it_is_made_of(opened):
    page = opened.page
    page.click(DECLARED.format("rate"))
    assert page.locator("#panel-body [data-figure]").count() == 3
    page.click('#panel-body [data-figure$="|unknown"]')
    assert "1 more may be covered by names that match nothing known" in page.inner_text("#panel-body")
    assert page.inner_text("#panel-title").endswith("2")


def test_by_keyboard_from_the_figure_to_the_cell_and_back(opened):
    page = opened.page
    button = page.locator('.legend [data-figure="status|UNCOVERED"]')
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel-close"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.id") == "c1"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert "compound.gpkg" in page.locator("#panel .cells").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    assert page.evaluate("document.activeElement.dataset.figure") == "status|UNCOVERED"


def test_every_button_of_the_demo_shows_as_many_rows_as_its_figure_says(open_page, town, quiet):
    opened = open_page(Saved(town), ready="body.ready")
    page, trail = opened.page, figure_ids(town)
    shown = page.evaluate(
        """() => Array.from(document.querySelectorAll("main [data-figure]")).map(node => {
        if (node.tagName !== "BUTTON") return [node.dataset.figure, node.textContent, 0, 0];
        node.click();
        for (let more; (more = document.querySelector("#panel .more:not([hidden])"));) more.click();
        const rows = document.querySelectorAll("#panel .row");
        let cells = 0;
        for (const row of rows) { row.click(); if (row.nextSibling.children.length) cells++; }
        return [node.dataset.figure, node.textContent, rows.length, cells]; })"""
    )
    assert len(shown) > 150
    for key, text, rows, cells in shown:
        traced = trail[key]
        if not key.endswith("|rate"):
            assert int(text.replace(",", "")) == traced.figure, key
        ids = len(set(traced.ids)) if key != "unmatched|all" else len(traced.ids)
        assert rows == cells, key
        assert rows == ids + len(set(traced.records)) or key == "unmatched|all", key
    quiet(opened)


def test_hostile_registry_text_is_inert(open_page, quiet):
    opened = open_page(Saved(sample_proof.run("en")), ready="body.ready")
    page = opened.page
    page.evaluate(
        """() => document.querySelectorAll("main button.f").forEach(button => {
        button.click();
        document.querySelectorAll("#panel .row").forEach(row => row.click()); })"""
    )
    assert page.locator("#panel img, main img").count() == 0
    page.wait_for_timeout(100)
    quiet(opened)


def test_a_phone_has_no_sideways_scroll(open_page, town):
    page = open_page(Saved(town), ready="body.ready").page
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("main button.f").nth(2).click()
    assert page.evaluate("document.getElementById('panel').getBoundingClientRect().width") <= 360
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_scripts_every_figure_can_still_be_read(open_page):
    page = open_page(Saved(sample_proof.run("en")), script=False).page
    text = page.inner_text("main")
    assert "37.5%–62.5%" in text
    assert "3 / 8" in text


def test_the_chinese_page_prints_on_a4_with_nothing_cut(open_page, town, tmp_path):
    page = open_page(Saved(town), ready="body.ready").page
    page.emulate_media(media="print")
    # The text area of A4 portrait is 186 mm wide.
    page.set_viewport_size({"width": 703, "height": 1000})
    wide = page.evaluate(
        """() => Array.from(document.querySelectorAll("main table, main svg, main li, main p"))
        .filter(node => node.offsetParent !== null || node.tagName === "svg")
        .filter(node => node.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map(node => node.className + " " + node.textContent.slice(0, 40))"""
    )
    assert wide == []
    path = tmp_path / "page.pdf"
    data = page.pdf(path=str(path), prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", data)
    assert 2 <= len(boxes) <= 12
    assert {(round(float(a)), round(float(b))) for a, b in boxes} == {A4}
    if shutil.which("pdftotext"):
        run = ["pdftotext", "-layout", str(path), "-"]
        text = subprocess.run(run, capture_output=True, check=True).stdout.decode()
        pages = ["".join(part.split()) for part in text.split("\f")]
        assert [at for at in range(len(boxes)) if f"{at + 1}/{len(boxes)}" not in pages[at]] == []
        assert all("2024-06-30" in part and "演示市" in part for part in pages[: len(boxes)])
