"""Two runs side by side in the map page, counted by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
from PIL import Image

from gridkit.maps import coverage_map
from gridkit.maps.compare import Before
from gridkit.maps.prepared import prepare
from gridkit.maps.profiles import Options
from gridkit.maps.streets import part_of
from tests import tiny
from tests.maps import sample

pytestmark = pytest.mark.browser

# a1 gained, a2 same, a3 had no data, a4 lost, b1 same, b2 was not there, c1 other, c2 same, z9 gone
THEN = {
    "a1": ("金桂家园", "UNCOVERED"),
    "a2": ("银杏小区", "JOINT_BRANCH"),
    "a3": ("市财政局家属院", "UNKNOWN"),
    "a4": ("翠湖苑一期", "OWN_BRANCH"),
    "b1": ("翠湖苑二期", "INSTRUCTOR_ONLY"),
    "c1": ("向阳院", "PLANNED"),
    "c2": ("金桂家园", "UNKNOWN"),
    "z9": ("=<img src=x onerror=alert(1)>老街院", "UNCOVERED"),
}


def before(ruleset="strict") -> Before:
    return Before(pd.DataFrame.from_dict(THEN, orient="index", columns=["name", "status"]), "2023-12-31", ruleset)


@pytest.fixture
def opened(open_page):
    return open_page(coverage_map(sample.run(language="en"), compare=before("broad")))


def counts(page):
    return dict(
        page.eval_on_selector_all(
            "#gk-changes tr",
            "rows => rows.map(row => [row.querySelector('[data-change]').dataset.change, row.cells[1].textContent])",
        )
    )


def labels(page):
    return page.evaluate("Object.fromEntries(gk.settings.statuses.map(style => [style.id, style.label]))")


def rows_of(page):
    with page.expect_download() as waiting:
        page.click("#gk-csv-changes")
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    return waiting.value.suggested_filename, list(csv.reader(io.StringIO(text, newline="")))


def test_changes_are_counted_filtered_listed_and_saved(opened, quiet):
    page = opened.page
    assert page.locator("#gk-changes").is_visible() and page.locator("#gk-legend").is_hidden()
    assert "2023-12-31" in page.inner_text(".gk-compare-head")
    assert "another rule set" in page.inner_text(".gk-compare .gk-warning")
    assert counts(page) == {
        "gained": "1/7", "lost": "1/7", "invalid": "0/7", "valid": "0/7", "other": "2/7", "new": "1/8", "same": "3/7",
        "gone": "1/8",
    }  # fmt: skip
    changed = "rows => rows.map(row => [row.dataset.code, ...[1, 2, 3].map(k => row.cells[k].textContent)].join())"
    short = page.evaluate("Object.fromEntries(gk.settings.statuses.map(style => [style.id, style.short]))")
    assert sorted(page.eval_on_selector_all("#gk-list tbody tr", changed)) == [
        f"a1,gained,{short['UNCOVERED']},{short['OWN_BRANCH']}", f"a3,other,{short['UNKNOWN']},{short['UNIT_ORG']}",
        f"a4,lost,{short['OWN_BRANCH']},{short['GRID_BRANCH']}",
        f"b2,not there before,was not there,{short['PLANNED']}",
        f"c1,other,{short['PLANNED']},{short['UNCOVERED']}",
    ]  # fmt: skip
    assert page.inner_text(".gk-covered .gk-then") == "before: 2 (+1)"
    page.click("#gk-summary-tab")
    gains = page.eval_on_selector_all("#gk-summary .gk-gains", "cells => cells.map(cell => cell.textContent)")
    assert gains == ["Gain, loss", "+1 −1", "0", "+1 −1"]
    page.click("#gk-list-tab")
    name, rows = rows_of(page)
    label = labels(page)
    assert name == "Changes-2023-12-31.csv"
    assert [(row[1].strip(), *row[5:]) for row in rows[1:]] == [
        ("a1", "gained organisation coverage", label["UNCOVERED"], label["OWN_BRANCH"]),
        ("a3", "other change of status", label["UNKNOWN"], label["UNIT_ORG"]),
        ("a4", "lost organisation coverage", label["OWN_BRANCH"], label["GRID_BRANCH"]),
        ("b2", "new compound", "was not there", label["PLANNED"]),
        ("c1", "other change of status", label["PLANNED"], label["UNCOVERED"]),
        ("z9", "gone: not in this run", label["UNCOVERED"], ""),
    ]
    assert rows[-1][0] == "'=<img src=x onerror=alert(1)>老街院"
    assert page.inner_text("#gk-gone summary").endswith("1")
    page.click("[data-change=gained]")
    assert page.inner_text("#gk-shown").startswith("1 of 1 compounds shown")
    assert page.eval_on_selector_all("#gk-list tbody tr", "rows => rows.map(row => row.dataset.code)") == ["a1"]
    assert counts(page)["lost"] == "1/7"
    assert [row[1].strip() for row in rows_of(page)[1][1:]] == ["a1"]
    page.select_option("#gk-street", tiny.STREET2)
    assert counts(page) == {
        "gained": "0/2", "lost": "0/2", "invalid": "0/2", "valid": "0/2", "other": "1/2", "new": "0/2", "same": "1/2",
    }  # fmt: skip
    page.click("#gk-all")
    assert counts(page)["gone"] == "1/8"
    quiet(opened)


def test_before_shows_the_earlier_statuses(opened):
    page = opened.page
    page.click("#gk-see-now")
    page.click("#gk-legend [data-status=UNKNOWN]")
    page.click("#gk-see-before")
    assert {key: value for key, value in counts(page).items() if not value.startswith("0")} == {
        "JOINT_BRANCH": "1/8", "OWN_BRANCH": "1/8", "INSTRUCTOR_ONLY": "1/8", "PLANNED": "1/8", "UNCOVERED": "2/8",
        "UNKNOWN": "2/8", "ABSENT": "1/8",
    }  # fmt: skip
    colour = """code => {
      const f = gk.find(code), level = gk.levels.compound, canvas = document.createElement('canvas');
      canvas.width = canvas.height = 9;
      const ctx = canvas.getContext('2d', { willReadFrequently: true }), scale = Math.pow(2, 17 - gk.UNIT_ZOOM);
      const x = level.label[2 * f.i] * scale - 2, y = level.label[2 * f.i + 1] * scale - 2;
      gk.paint(ctx, { x: x, y: y, width: 9, height: 9, scale: scale, radius: 4, ratio: 1 });
      return Array.from(ctx.getImageData(3, 3, 1, 1).data);
    }"""
    blue = page.evaluate(colour, "a4")
    assert blue[2] > 120 > blue[0]  # an own branch then, a grid branch now
    page.click("#gk-see-now")
    violet = page.evaluate(colour, "a4")
    assert violet[0] > 120 and page.locator("#gk-legend").is_visible()


def test_the_address_holds_the_comparison_and_details_say_what_was(open_page):
    page = open_page(
        coverage_map(sample.run(language="en"), compare=before()), fragment="#f=a4&see=changes&change=lost"
    ).page
    assert page.get_attribute("[data-change=lost]", "aria-pressed") == "true"
    assert page.locator(".gk-compare .gk-warning").count() == 0
    details, label = page.inner_text("#gk-details dl"), labels(page)
    assert "lost organisation coverage" in details and f"Status before\n{label['OWN_BRANCH']}" in details
    tip = page.evaluate(
        "gk.tips.map(tip => tip({level: 'compound', i: gk.levels.compound.at.get('a4')})).filter(Boolean)"
    )
    assert tip == [f"lost organisation coverage · {label['OWN_BRANCH']} → {label['GRID_BRANCH']}"]
    page.click("#gk-see-now")
    assert "see=now" in page.evaluate("location.hash") and "change=" not in page.evaluate("location.hash")


def test_what_lost_its_validity_is_a_change_of_its_own(open_page):
    """a2 was valid and is not any more; b1 the other way round; c1 is not covered, so that its "no" says nothing."""
    rows = {
        **sample.SITUATIONS,
        "a2": ("JOINT_BRANCH", "yes", "yes", "yes", ()),
        "c1": ("UNCOVERED", "no", "no", "yes", ()),
    }
    rows["b1"] = ("INSTRUCTOR_ONLY", "no", "yes", "no", ())
    then = Before.of(sample.run(cover=sample.coverage(rows)))
    then = replace(then, city="elsewhere", frame=then.frame.assign(name="=x"))
    page = open_page(coverage_map(sample.run(language="en"), compare=then)).page
    assert [text[:36] for text in page.locator(".gk-compare .gk-warning").all_inner_texts()] == [
        "The earlier run is of another city: ", "8 of 8 compounds with the same code ",
    ]  # fmt: skip
    assert {kind: n for kind, n in counts(page).items() if n[0] != "0"} == {
        "invalid": "1/8", "valid": "1/8", "same": "6/8",
    }  # fmt: skip
    assert rows_of(page)[1][0][-2:] == ["Validity before", "Validity"]
    assert [row[1].strip() for row in rows_of(page)[1][1:]] == ["a2", "b1"]


def test_a_line_parts_before_from_now(opened):
    page = opened.page
    page.evaluate("gk.compareBy('now', ''); gk.select(gk.find('a4'), {zoom: true}); gk.select(null)")
    page.click("#gk-see-swipe")
    page.wait_for_function("() => !gk.drawing()")
    spot = """() => {
      const box = gk.map.getContainer().getBoundingClientRect();
      const at = gk.map.latLngToContainerPoint(gk.outline(gk.map, gk.find('a4')).getBounds().getCenter());
      return { x: box.left + at.x, y: box.top + at.y, width: 8, height: 8 };
    }"""
    page.evaluate("gk.showLevel('labels', false)")
    page.wait_for_function("() => !gk.drawing()")
    seen = []
    for part in ("Home", "End"):  # the line at the left end: all is now; at the right end: all is before
        page.focus("#gk-swipe")
        page.keyboard.press(part)
        page.wait_for_timeout(120)
        seen.append(middle(page.screenshot(clip=page.evaluate(spot))))
    now, then = seen
    assert now[0] > 120 and then[0] < 100 < then[2]
    assert page.locator("#gk-legend").is_visible()
    assert "see=swipe" in page.evaluate("location.hash")
    page.reload()
    page.wait_for_selector(".gk-swipe-line")
    page.click("#gk-see-now")
    assert page.locator(".gk-swipe, .gk-swipe-line").count() == 0
    assert opened.errors == []


def middle(picture):
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.getpixel((image.width // 2, image.height // 2))


def test_the_page_of_a_street_says_nothing_of_compounds_that_are_gone():
    prepared = prepare(sample.run(language="en"), Options(), before=before())
    found = part_of(prepared, tiny.STREET2, name="x").settings()["compare"]
    assert (found["vanished"], found["whole"], found["new"], found["changed"], found["same"]) == ([], False, [], 1, 1)
    assert prepared.settings()["compare"]["whole"] is True


def test_without_an_earlier_run_nothing_speaks_of_one(open_page):
    page = open_page(coverage_map(sample.run(language="en")), fragment="#see=changes&change=lost").page
    assert page.locator(".gk-compare").count() == 0
    assert page.inner_text("#gk-shown") == "8 of 8 compounds shown"
