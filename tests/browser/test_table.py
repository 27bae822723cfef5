"""The list beside the map: only the rows in view exist, the keyboard walks it, heads sort it, it is saved as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from gridkit.maps import coverage_map
from tests import tiny
from tests.maps import sample

pytestmark = pytest.mark.browser
MANY = 3000


class Rendered:
    """A map that is rendered once and saved often."""

    def __init__(self, grid_map):
        self.text = grid_map.get_root().render()

    def save(self, path):
        path.write_text(self.text, encoding="utf-8")


@pytest.fixture(scope="module")
def long():
    return Rendered(coverage_map(sample.listing(MANY)))


@pytest.fixture(scope="module")
def short():
    people = {"a1": 30, "a2": 2, "a3": 100, "b1": None}
    rows = {code: {"households": n} for code, n in people.items()} | {"c1": {"name": "安居苑"}}
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)], rows)
    return Rendered(coverage_map(sample.run(city, language="en")))


def codes(page):
    return page.eval_on_selector_all("#gk-table tbody tr", "rows => rows.map(row => row.dataset.code)")


def chosen(page):
    return page.evaluate(
        """() => { const row = document.querySelector("#gk-table [aria-selected=true]");
        const id = document.getElementById("gk-table").getAttribute("aria-activedescendant");
        return row && row.id === id ? [row.dataset.code, +row.getAttribute("aria-rowindex")] : null; }"""
    )


def test_only_the_rows_in_view_exist(open_page, long, quiet):
    opened = open_page(long)
    page = opened.page
    page.select_option("#gk-kind", "shown")
    table = page.locator("#gk-table")
    assert table.get_attribute("aria-rowcount") == str(MANY + 1)
    assert page.locator("#gk-table tbody tr").count() < 60
    page.evaluate("document.querySelector('.gk-window').scrollTop = 1e9")
    page.wait_for_selector(f"#gk-row-{MANY - 1}")
    assert page.locator("#gk-table tbody tr").count() < 60
    last = page.evaluate(
        """() => { const row = document.querySelector("#gk-table tbody tr:last-child").getBoundingClientRect();
        const box = document.querySelector(".gk-window").getBoundingClientRect(); return row.bottom - box.bottom; }"""
    )
    assert abs(last) <= 2  # the last row ends where the list ends
    quiet(opened)


def test_the_keyboard_walks_through_all_rows(open_page, long):
    page = open_page(long).page
    page.select_option("#gk-kind", "shown")
    order = page.evaluate("Array.from(gk.levels.compound.code)")
    page.focus("#gk-table")
    page.keyboard.press("ArrowDown")
    assert chosen(page) == [order[0], 2]
    page.keyboard.press("End")
    assert chosen(page) == [order[-1], MANY + 1]
    page.keyboard.press("PageUp")
    step = MANY + 1 - chosen(page)[1]
    assert 2 <= step <= 20
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowDown")
    assert chosen(page) == [order[-1], MANY + 1]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == [order[0], 2]
    assert page.inner_text("#gk-say") == page.inner_text("#gk-row-0 .gk-line") + " no data"
    zoom = page.evaluate("gk.map.getZoom()")
    page.keyboard.press("Enter")
    assert page.evaluate("gk.map.getZoom()") > zoom
    assert page.locator("#gk-details").is_visible()
    page.click(".gk-back")
    assert page.evaluate("document.activeElement.id") == "gk-table"
    assert chosen(page) == [order[0], 2]
    page.keyboard.press("Escape")
    assert chosen(page) is None


def test_the_map_leads_to_the_row(open_page, long):
    page = open_page(long).page
    page.select_option("#gk-kind", "shown")
    order = page.evaluate("Array.from(gk.levels.compound.code)")
    page.evaluate("code => gk.select(gk.find(code))", order[1700])
    page.click("#gk-list-tab")
    assert chosen(page) == [order[1700], 1702]
    assert page.locator("#gk-row-1700").is_visible()
    page.evaluate("gk.select(gk.levels.street ? {level: 'street', i: 0} : null, {stay: true})")
    assert chosen(page) is None


def test_a_click_on_a_row_far_down_selects_that_row(open_page, long):
    page = open_page(long).page
    page.select_option("#gk-kind", "shown")
    page.evaluate("document.querySelector('.gk-window').scrollTop = 40000")
    page.wait_for_selector("#gk-row-1020")
    middle = page.evaluate(
        """() => { const box = document.querySelector(".gk-window").getBoundingClientRect();
        const y = box.y + box.height / 2, row = document.elementFromPoint(box.x + 60, y).closest("tr");
        return [box.x + 60, y, row.dataset.code]; }"""
    )
    page.mouse.click(middle[0], middle[1])
    assert page.evaluate("gk.levels.compound.code[gk.state.selected.i]") == middle[2]


def test_heads_sort_by_name_status_area_and_households(open_page, short):
    page = open_page(short).page
    page.select_option("#gk-kind", "shown")
    usual = codes(page)

    def press(column):
        page.click(f"#gk-table [data-sort={column}]")
        return codes(page)

    households = press("households")
    assert households[:2] == ["a2", "a1"] and households[-1] == "b1"  # 2, 30, ..., not stated last
    head = page.locator("#gk-table th", has=page.locator("[data-sort=households]"))
    assert head.get_attribute("aria-sort") == "ascending"
    falling = press("households")
    assert falling[-2:] == ["a2", "b1"]  # not stated stays last
    assert head.get_attribute("aria-sort") == "descending"
    assert press("households") == usual
    assert head.get_attribute("aria-sort") == "none"
    # the order of the legend: unit, own, joint, grid, instructor, planned, uncovered, unknown
    assert press("status") == ["a3", "a1", "a2", "a4", "b1", "b2", "c1", "c2"]
    names = page.evaluate("codes => codes.map(code => gk.levels.compound.name(gk.find(code).i))", press("name"))
    expected = page.evaluate("names => names.slice().sort(new Intl.Collator('en', {numeric: true}).compare)", names)
    assert names == expected
    assert page.locator("#gk-table th button").count() == 4


def test_a_head_is_pressed_by_keyboard_and_keeps_the_focus(open_page, short):
    page = open_page(short).page
    page.focus("#gk-table")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.sort") == "name"
    assert page.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"


def test_names_are_sorted_as_chinese_readers_expect(open_page):
    names = {"a1": {"name": "张家院"}, "a2": {"name": "安居苑"}, "a3": {"name": "10号院"}, "a4": {"name": "9号院"}}
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)], names)
    page = open_page(coverage_map(sample.run(city))).page
    page.select_option("#gk-kind", "shown")
    page.click("#gk-table [data-sort=name]")
    order = [code for code in codes(page) if code in names]
    assert order == ["a4", "a3", "a2", "a1"]  # 9, 10, an, zhang


def test_areas_are_listed_with_numerator_and_denominator(open_page, short):
    page = open_page(short).page
    page.select_option("#gk-kind", "level:community")
    assert page.locator("#gk-table tbody tr").count() == 3
    page.click("#gk-table [data-sort=ratio]")
    page.click("#gk-table [data-sort=ratio]")
    # A: 3 of 4; B: 0 of 2; C: 0 of 2, one of them unknown
    first = page.locator("#gk-table tbody tr").first
    assert "3/4, 75.0%" in first.inner_text()
    assert "+ 1 unknown" in page.inner_text("#gk-table tbody")
    first.click()
    assert "Compounds by status" in page.inner_text("#gk-details")
    page.click("#gk-list-tab")
    with page.expect_download() as waiting:
        page.click("#gk-csv")
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0][:5] == ["Name", "Code", "Organisation-covered", "Compounds counted", "Data missing"]
    assert rows[1][2:5] == ["3", "4", "0"]


def test_the_csv_follows_the_order_on_the_screen_and_keeps_codes_as_text(open_page, short):
    page = open_page(short).page
    page.select_option("#gk-kind", "shown")
    page.click("#gk-table [data-sort=households]")
    with page.expect_download() as waiting:
        page.click("#gk-csv")
    data = waiting.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n")
    assert data.count(b"\r\n") == data.count(b"\n") == 9
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row[1] for row in rows[1:4]] == codes(page)[:3]
    said = page.evaluate("['00120', '370102001001', 'c1', '1e5', '=1+1', '2024-06', 'a,b'].map(gk.codeCell)")
    assert said == ['"\t00120"', '"\t370102001001"', "c1", '"\t1e5"', "'=1+1", '"\t2024-06"', '"a,b"']
