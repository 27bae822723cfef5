"""The coverage map as its reader sees it, opened from a file in a real browser."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from gridkit.maps import coverage_map
from gridkit.model import Findings
from tests import tiny
from tests.maps import sample

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(open_page):
    return open_page(coverage_map(sample.run(language="en")))


def legend(page):
    pairs = page.eval_on_selector_all(
        "#gk-legend [data-status]",
        "rows => rows.map(row => [row.dataset.status, row.closest('tr').querySelector('td').textContent])",
    )
    return dict(pairs)


def test_it_opens_from_a_file_and_asks_for_nothing(opened, quiet):
    opened.page.wait_for_timeout(300)
    quiet(opened)


def test_legend_counts_equal_the_input(opened):
    counts = legend(opened.page)
    assert counts == {status: f"{n}/8" for status, n in sample.coverage().by_status().items()}
    opened.page.select_option("#gk-street", tiny.STREET2)
    assert legend(opened.page)["UNCOVERED"] == "1/2"
    assert legend(opened.page)["OWN_BRANCH"] == "0/2"


def test_headline_adds_up(opened):
    figures = dict(
        opened.page.eval_on_selector_all(
            ".gk-figure", "rows => rows.map(row => [row.dataset.figure, +row.querySelector('b').textContent])"
        )
    )
    assert figures == {"total": 8, "covered": 3, "work": 2, "planned": 1, "uncovered": 1, "unknown": 1}


def pressed(page):
    return page.eval_on_selector_all(
        "#gk-legend [data-status][aria-pressed=true]", "rows => rows.map(row => row.dataset.status)"
    )


def codes(page):
    return page.eval_on_selector_all("#gk-list tbody tr", "rows => rows.map(row => row.dataset.code)")


def test_a_click_shows_one_status_alone_and_further_ones_add_and_remove(opened):
    page = opened.page
    page.click("#gk-legend [data-status=OWN_BRANCH]")
    assert page.inner_text("#gk-shown") == "1 of 8 compounds shown"
    assert (pressed(page), codes(page)) == (["OWN_BRANCH"], ["a1"])
    page.click("#gk-legend [data-status=UNCOVERED]")
    assert (pressed(page), codes(page)) == (["OWN_BRANCH", "UNCOVERED"], ["a1", "c1"])
    page.click("#gk-legend [data-status=OWN_BRANCH]", modifiers=["Control"])
    assert (pressed(page), codes(page)) == (["UNCOVERED"], ["c1"])
    page.select_option("#gk-kind", "OWN_BRANCH")
    assert codes(page) == []
    page.click("#gk-all")
    assert page.inner_text("#gk-shown") == "8 of 8 compounds shown"
    assert len(pressed(page)) == 9 and len(codes(page)) == 8
    page.click("#gk-legend [data-status=UNKNOWN]", modifiers=["Control"])
    assert page.inner_text("#gk-shown") == "7 of 8 compounds shown"
    assert "UNKNOWN" not in pressed(page)


def test_removing_the_last_status_shows_everything(opened):
    for _ in range(2):
        opened.page.click("#gk-legend [data-status=PLANNED]")
    assert opened.page.inner_text("#gk-shown") == "8 of 8 compounds shown"


def test_a_street_narrows_everything_but_the_figures_of_the_city(opened):
    page = opened.page
    assert page.locator("#gk-scope").is_hidden()
    page.select_option("#gk-street", tiny.STREET2)
    assert page.inner_text("#gk-shown") == "2 of 2 compounds shown in 临河镇 (whole map: 8)"
    assert codes(page) == ["c1"]
    assert "those of the whole map" in page.inner_text("#gk-scope")
    assert page.inner_text("[data-figure=total] b") == "8"
    assert page.locator("#gk-summary .gk-current").count() == 1
    page.click("#gk-legend [data-status=UNKNOWN]")
    with page.expect_download() as waiting:
        page.click("#gk-csv")
    assert "临河镇" in waiting.value.suggested_filename
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"), newline="")))
    assert [row[1] for row in rows] == ["Code", "c2"]


def test_the_address_holds_what_is_shown(open_page, opened, quiet):
    page = opened.page
    page.click("#gk-legend [data-status=UNCOVERED]")
    page.click("#gk-legend [data-status=PLANNED]")
    page.select_option("#gk-street", tiny.STREET2)
    page.select_option("#gk-fill", "community")
    page.evaluate("gk.select(gk.find('c1'))")
    address = page.evaluate("location.hash")
    view, _, rest = address.partition("&")
    assert rest == f"f=c1&s=PLANNED,UNCOVERED&street={tiny.STREET2}&fill=community&list=shown"
    zoom, lat, lon = (float(part) for part in view[1:].split("/"))
    assert page.evaluate("[gk.map.getZoom(), gk.map.getCenter().lat, gk.map.getCenter().lng]") == [
        zoom, pytest.approx(lat, abs=1e-5), pytest.approx(lon, abs=1e-5),
    ]  # fmt: skip
    again = open_page(coverage_map(sample.run(language="en")), fragment=address)
    assert pressed(again.page) == ["PLANNED", "UNCOVERED"]
    assert again.page.input_value("#gk-street") == tiny.STREET2
    assert again.page.input_value("#gk-fill") == "community"
    assert again.page.input_value("#gk-kind") == "shown"
    assert again.page.inner_text("#gk-details h2") == "向阳院"
    assert codes(again.page) == ["c1"]
    again.page.click("#gk-all")
    again.page.keyboard.press("Escape")
    again.page.select_option("#gk-fill", "")
    again.page.click("#gk-list-tab")
    again.page.select_option("#gk-kind", "UNCOVERED")
    assert again.page.evaluate("location.hash") == ""
    quiet(again)


@pytest.mark.parametrize(
    "fragment", ["#f=%E0%A4%A&s=x,y&street=zz&fill=compound&list=__proto__", "#fill=constructor", "#&=&"]
)
def test_an_address_that_the_page_does_not_know_changes_nothing(open_page, quiet, fragment):
    again = open_page(coverage_map(sample.run(language="en")), fragment=fragment)
    assert again.page.inner_text("#gk-shown") == "8 of 8 compounds shown"
    assert codes(again.page) == ["c1"]
    assert again.page.locator("#gk-classes").is_hidden()
    quiet(again)


def test_search_finds_by_name_and_code_and_selects(opened):
    page = opened.page
    page.fill("#gk-query", "金桂")
    assert page.locator("#gk-found [role=option][id]:not(.gk-filter-hit)").count() == 2
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.inner_text("#gk-details h2") == "金桂家园"
    assert page.evaluate("location.hash").endswith("&f=c2")
    page.fill("#gk-query", tiny.B1)
    page.keyboard.press("Enter")
    assert page.inner_text("#gk-details h2") == "第一网格"
    page.fill("#gk-query", "xiang yang")  # in full, where the initials find nothing
    page.keyboard.press("Enter")
    assert page.inner_text("#gk-details h2") == "向阳院"
    page.fill("#gk-query", "nowhere")
    assert page.locator("#gk-found").is_hidden()
    assert page.inner_text("#gk-no-hit") == "nothing found"


def test_a_click_on_a_compound_says_why_and_where_it_stands(opened):
    page = opened.page
    x, y = page.evaluate(
        """() => { const level = gk.levels.compound, i = level.at.get("a2");
        const at = gk.map.unproject([level.label[2 * i], level.label[2 * i + 1]], gk.UNIT_ZOOM);
        const p = gk.map.latLngToContainerPoint(at), box = gk.map.getContainer().getBoundingClientRect();
        return [p.x + box.x, p.y + box.y]; }"""
    )
    page.mouse.move(x, y)
    page.wait_for_selector("#gk-tip:not([hidden])")
    page.mouse.click(x, y)
    text = page.inner_text("#gk-details")
    assert "银杏小区" in text
    assert "joint branch" in text
    assert "Why\na joint branch with other compounds: 东门联合党支部; does not hold as valid" in text
    assert "organisation: covered, work: covered" in text
    assert "东门联合党支部 (branches.xlsx · Sheet1 · row 4)" in text
    assert "branches.xlsx · Sheet1 · B9" in text
    assert "not valid" in text
    assert "Formal members\n1" in text
    page.keyboard.press("Escape")
    assert "银杏小区" not in page.inner_text("#gk-details")


def test_the_uncovered_list_leads_to_the_map_by_keyboard(opened):
    page = opened.page
    rows = page.locator("#gk-list tbody tr")
    assert rows.count() == 1
    assert rows.first.get_attribute("data-code") == "c1"
    page.select_option("#gk-kind", "shown")
    assert rows.count() == 8
    page.focus("#gk-table")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#gk-table [aria-selected=true]", "data-code") == "a1"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#gk-table [aria-selected=true]", "data-code") == "a2"
    before = page.evaluate("gk.map.getZoom()")
    page.keyboard.press("Enter")
    assert page.evaluate("gk.map.getZoom()") > before
    assert page.evaluate("location.hash").endswith("&f=a2&list=shown")


def test_a_link_opens_at_its_feature(open_page):
    page = open_page(coverage_map(sample.run(language="en")), fragment="#f=c1").page
    assert page.inner_text("#gk-details h2") == "向阳院"


def test_layers_can_be_switched_and_areas_coloured_by_rate(opened):
    page = opened.page
    page.select_option("#gk-fill", "community")
    classes = dict(
        page.eval_on_selector_all(
            "#gk-classes [data-class]", "rows => rows.map(row => [row.dataset.class, row.lastChild.textContent])"
        )
    )
    # A: 3 of 4; B: 0 of 2; C: 0 of 2, one of them unknown
    assert classes == {
        "full": "0/3", "lt100": "0/3", "lt80": "1/3", "lt50": "0/3", "zero": "2/3", "unknown": "0/3", "none": "0/3",
    }  # fmt: skip
    for level in ("compound", "grid", "community", "street"):
        page.uncheck(f"#gk-layers [data-level={level}]")
    assert opened.errors == []


def test_the_page_draws_what_it_says(opened):
    """The colour in the middle of a covered compound is the colour of its status, and no other."""
    pixel = opened.page.evaluate(
        """() => { const canvas = document.createElement("canvas"); canvas.width = canvas.height = 3;
        const level = gk.levels.compound, i = level.at.get("a1"), scale = 1 / 4;
        gk.paint(canvas.getContext("2d"), {x: level.label[2 * i] * scale - 1, y: level.label[2 * i + 1] * scale - 1,
            width: 3, height: 3, scale: scale, radius: 4});
        return Array.from(canvas.getContext("2d").getImageData(1, 1, 1, 1).data); }"""
    )
    assert np.abs(np.array(pixel[:3]) - [0x12, 0x28, 0x96]).max() <= 2
    assert pixel[3] == pytest.approx(0.88 * 255, abs=2)


def test_only_a_cover_can_be_invalid(open_page):
    """``valid`` of an uncovered compound is no; nothing says so in its details."""
    cover = sample.coverage({**sample.SITUATIONS, "c1": ("UNCOVERED", "no", "no", "no", ())})
    page = open_page(coverage_map(sample.run(language="en", cover=cover)), fragment="#f=c1").page
    assert "not valid" not in page.inner_text("#gk-details")


def test_uncovered_with_unknown_work_says_so(open_page):
    cover = sample.coverage({**sample.SITUATIONS, "c1": ("UNCOVERED", "no", "unknown", "unknown", ())})
    page = open_page(coverage_map(sample.run(cover=cover)), fragment="#f=c1").page
    assert "组织未覆盖，工作覆盖不明" in page.inner_text("#gk-details")


def test_a_public_page_says_nothing_about_members(open_page):
    page = open_page(coverage_map(sample.run(language="en"), profile="public"), fragment="#f=c1").page
    assert "Formal members" not in page.inner_text("#gk-details")
    with page.expect_download() as waiting:
        page.evaluate("document.getElementById('gk-csv').click()")
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"), newline="")))
    assert "Formal members" not in rows[0] and {len(row) for row in rows} == {len(rows[0])}


def test_the_zoom_buttons_speak_the_language_of_the_page(open_page):
    page = open_page(coverage_map(sample.run())).page
    assert page.get_attribute(".leaflet-control-zoom-in", "title") == "放大"
    assert page.get_attribute(".leaflet-control-zoom-out", "title") == "缩小"


def test_on_paper_the_whole_city_is_drawn_and_the_view_comes_back(opened, quiet):
    page = opened.page
    page.evaluate("gk.select(gk.find('a1'), {zoom: true})")
    view = "[gk.map.getZoom(), gk.map.getCenter().lat, gk.map.getSize().x, gk.map.getSize().y]"
    before = page.evaluate(view)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    on_paper = page.evaluate(
        """() => { const b = gk.map.getBounds(), c = gk.settings.bounds, size = gk.map.getSize();
        const tiles = Array.from(document.querySelectorAll("canvas.leaflet-tile"));
        return [b.contains(c), size.x, tiles.length, tiles.every(t => getComputedStyle(t).visibility === "visible"),
            gk.map.getContainer().getBoundingClientRect().width]; }"""
    )
    assert on_paper[0] is True and on_paper[1] == on_paper[4] == 680
    assert on_paper[2] > 0 and on_paper[3] is True
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(view) == pytest.approx(before)
    assert page.pdf()[:4] == b"%PDF"
    quiet(opened)


def test_holes_are_not_filled(open_page):
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)])
    frame = city.layers["compound"].frame.copy()
    outer = tiny.square(40, 40, 60)
    frame.loc["a1", "geometry"] = outer.difference(tiny.square(60, 60, 20))
    layer = type(city.layers["compound"])("compound", frame)
    page = open_page(coverage_map(sample.run(city.with_layers(compound=layer), language="en"))).page
    hit = page.evaluate(
        """() => { const level = gk.levels.compound, i = level.at.get("a1"), b = level.box;
        const x = (b[4*i] + b[4*i+2]) / 2, y = (b[4*i+1] + b[4*i+3]) / 2, scale = 1;
        const canvas = document.createElement("canvas"); canvas.width = canvas.height = 3;
        gk.paint(canvas.getContext("2d"), {x: x - 1, y: y - 1, width: 3, height: 3, scale: scale, radius: 4});
        return [level.hit(i, x, y, 0), canvas.getContext("2d").getImageData(1, 1, 1, 1).data[3]]; }"""
    )
    assert hit == [False, 0]


def test_without_scripts_the_table_and_the_figures_stand(open_page):
    page = open_page(coverage_map(sample.run(language="en")), script=False).page
    text = page.inner_text("body")
    assert "The map needs scripts" in text
    rows = page.locator("#gk-summary tbody tr")
    assert rows.count() == 3
    assert rows.nth(0).inner_text().split()[:4] == ["平安街道", "6", "3/6", "50.0%"]
    assert rows.nth(2).inner_text().split() == ["All", "8", "3/8", "37.5%", "37.5%–50.0%", *"111101111"]
    assert "Data as of 2024-06-30" in text


def test_the_list_is_saved_as_csv_that_no_spreadsheet_runs(open_page):
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)], {"c1": {"name": '=cmd|"/c calc"!A1,甲'}})
    page = open_page(coverage_map(sample.run(city, language="en"))).page
    with page.expect_download() as waiting:
        page.click("#gk-csv")
    data = waiting.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0][:2] == ["Name", "Code"]
    assert rows[1][:4] == ['\'=cmd|"/c calc"!A1,甲', "c1", "临河镇", "河口社区"]
    said = dict(zip(rows[0], rows[1], strict=True))
    assert (said["Households"], said["Formal members"]) == ("100", "1")
    assert said["Why"] == "the registry is declared complete and names no organisation for it"
    assert said["Coverage"] == "organisation: not covered, work: not covered"
    assert b"\r\n" in data


def test_compounds_without_position_are_listed_and_counted(open_page, quiet):
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)])
    frame = city.layers["compound"].frame.copy()
    frame.loc[["a1", "c2"], "geometry"] = None
    layer = type(city.layers["compound"])("compound", frame)
    opened = open_page(coverage_map(sample.run(city.with_layers(compound=layer), language="en")))
    opened.page.select_option("#gk-kind", "placeless")
    assert opened.page.locator("#gk-list tbody tr").count() == 2
    assert legend(opened.page)["OWN_BRANCH"] == "1/8"
    opened.page.click("#gk-list tbody tr")
    assert "Without position" in opened.page.inner_text("#gk-details")
    quiet(opened)


PAYLOADS = [
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=2>",
    "${window.hacked=3}",
    "`;window.hacked=4;`",
    "C:\\2019\\u",
    "\"'><svg onload=window.hacked=5>",
    "line\nbreak\u2028\u2029end",
    "{{ 7 * 7 }}{% if %}",
    "=cmd|'/c calc'!A1",
    "<!--<script>",
    "javascript:window.hacked=6",
]


def test_hostile_names_stay_text(open_page, quiet):
    """Eleven payloads in every text of ours that comes from a registry; the page works and nothing runs."""
    codes = list(tiny.COMPOUNDS)
    names = {code: {"name": PAYLOADS[at % 11]} for at, code in enumerate(codes)}
    city = tiny.city([tiny.registry("branches", [{"name": name} for name in PAYLOADS])], names)
    for level in ("street", "community", "grid"):
        frame = city.layers[level].frame.copy()
        frame["name"] = [PAYLOADS[(at + 8) % 11] for at in range(len(frame))]
        city = city.with_layers(**{level: type(city.layers[level])(level, frame)})
    city = type(city)("<b>${x}`</title>", city.crs, city.as_of, city.layers, city.registries, city.sources)
    cells = {code: tuple(PAYLOADS) for code in codes}
    findings = Findings.of([{"code": "C101", "subject": "a1", "params": {"name": text}} for text in PAYLOADS])
    run = sample.run(city, language="en", cover=sample.coverage(refs=cells), findings=findings)
    opened = open_page(coverage_map(run))
    page = opened.page
    for at, code in enumerate(codes):
        page.evaluate("code => gk.select(gk.find(code), {zoom: true})", code)
        assert page.evaluate("document.querySelector('#gk-details h2').textContent") == PAYLOADS[at]
    page.fill("#gk-query", "<img")
    assert page.locator("#gk-found [role=option]").count() >= 1
    page.click("#gk-list-tab")
    page.select_option("#gk-kind", "shown")
    assert page.locator("#gk-list tbody tr").count() == 8
    assert page.locator("#gk-side img, #gk-side svg, #gk-head b b").count() == 0
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    quiet(opened)
