"""The review page as its reader works it: opened from a file, by keyboard, without a network."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from gridkit.io.overrides import read_overrides
from gridkit.linkage.queue import QUEUE_COLUMNS
from gridkit.locale import speaking
from gridkit.maps import write_review_html
from gridkit.model.overrides import OVERRIDE_COLUMNS
from tests import tiny
from tests.browser.test_coverage_map import PAYLOADS

pytestmark = pytest.mark.browser
KEYS = tuple(f"00000000000000{at:02x}" for at in range(0xA1, 0xFF))


def candidate(code: str, **more: object) -> dict:
    name = tiny.COMPOUNDS[code][4] if code in tiny.COMPOUNDS else "市财政局"
    return {"code": code, "target": code, "level": "compound", "name": name, "parent": "东门社区", "score": 6.5,
            "why": "same community", **more}  # fmt: skip


def row(at: int, mention: str, candidates: tuple[dict, ...], **more: object) -> dict:
    return {"key": KEYS[at], "kind": "branches", "field": "covers", "level": "compound", "mention": mention,
            "parent": "东门社区", "address": "", "cells": (f"branches.xlsx!Sheet1!P{at + 2}",),
            "candidates": candidates,
            "impact": len(more.get("changes", ())), "households": 100, "changes": (), "x": float("nan"),
            "y": float("nan"), **more}  # fmt: skip


ROWS = (
    row(0, "金桂家圆", (candidate("a1"), candidate("c2")), changes=("a1", "c2"), x=tiny.X0 + 60, y=tiny.Y0 + 60),
    row(1, "银杏", (candidate("a2"),), changes=("a2",)),
    row(2, "翠湖苑", (candidate("a4"), candidate("b1")), changes=("a4",)),
    row(3, "绿洲新城", ()),
    row(4, "市财政菊", (candidate("units.xlsx!Sheet1!3", target="U1", level="unit"),), field="unit", level="unit"),
    row(5, "和平花圆", (candidate("b2"),), parent="西门社区"),
)


def queue(rows=ROWS) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(QUEUE_COLUMNS))


class Saved:
    """Writes itself like a map, for the fixture that opens pages."""

    def __init__(self, rows=ROWS, *, language: str = "en", city=None) -> None:
        self.queue, self.language, self.city = queue(rows), language, city or tiny.city()

    def save(self, path) -> None:
        with speaking(self.language):
            write_review_html(self.queue, self.city, path)


@pytest.fixture
def opened(open_page):
    return open_page(Saved())


def mentions(page) -> list[str]:
    return page.eval_on_selector_all(".gk-option b", "nodes => nodes.map(node => node.textContent)")


def press(page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def current(page) -> str:
    return page.text_content("#gk-card h2")


def text_of(page) -> str:
    return page.evaluate("gk.review.csv()")


def decisions(text: str, tmp_path) -> dict[str, tuple[str, str]]:
    (tmp_path / "overrides.csv").write_bytes(text.encode("utf-8"))
    frame = read_overrides([(tmp_path / "overrides.csv", "overrides.csv")])[0].frame
    return {one.key: (one.decision, one.target) for one in frame.itertuples()}


def test_it_opens_from_a_file_and_asks_for_nothing(opened, quiet):
    assert mentions(opened.page) == [one["mention"] for one in ROWS]
    assert opened.page.text_content("#gk-progress") == "0 of 6 decided, 0 of 4 compounds settled"
    opened.page.wait_for_timeout(200)
    quiet(opened)


def test_three_rows_by_keyboard_give_a_file_that_is_read(opened, quiet, tmp_path):
    page = opened.page
    press(page, "1")
    assert current(page) == "银杏"
    press(page, "n")
    assert current(page) == "翠湖苑"
    press(page, "a")
    assert "As an alias" in page.text_content("#gk-standing")
    press(page, "2")
    assert page.text_content("#gk-progress") == "3 of 6 decided, 4 of 4 compounds settled"
    with page.expect_download() as waiting:
        page.click("#gk-save")
    data = waiting.value.path().read_bytes()
    assert waiting.value.suggested_filename == "overrides.csv"
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == OVERRIDE_COLUMNS
    assert [line[:5] for line in rows[1:]] == [
        [KEYS[at], "branches", "covers", ROWS[at]["mention"], "东门社区"] for at in (0, 1, 2)
    ]
    assert decisions(data.decode(), tmp_path) == {
        KEYS[0]: ("link", "a1"), KEYS[1]: ("no_match", ""), KEYS[2]: ("alias", "b1"),
    }  # fmt: skip
    assert "kept in this browser" in page.text_content("#gk-kept")
    assert "not saved" not in page.text_content("#gk-kept")
    quiet(opened)


def test_every_step_taken_back_leaves_what_was_before(opened):
    page = opened.page
    states = [text_of(page)]
    for keys in ("1", "n", "a 2", "ArrowUp Delete", "Shift+Digit1 Shift+Digit2 Enter"):
        press(page, keys)
        states.append(text_of(page))
    assert len(set(states)) >= 5
    for before in reversed(states[:-1]):
        press(page, "u")
        assert text_of(page) == before
    press(page, "u")
    assert "Nothing to take back" in page.text_content("#gk-toast")
    assert page.text_content("#gk-progress").startswith("0 of 6")


def test_several_places_only_where_a_cell_may_name_several(opened, tmp_path):
    page = opened.page
    press(page, "Shift+Digit1 Shift+Digit2")
    assert "2 picked" in page.text_content("#gk-standing")
    press(page, "Enter")
    assert decisions(text_of(page), tmp_path) == {KEYS[0]: ("split", "a1;c2")}
    page.click(f"[data-key='{KEYS[4]}']")
    press(page, "Shift+Digit1")
    assert "one place only" in page.text_content("#gk-toast")
    press(page, "1")
    assert decisions(text_of(page), tmp_path)[KEYS[4]] == ("link", "U1")


def test_a_place_can_be_picked_on_the_map(opened, tmp_path):
    page = opened.page
    page.click(f"[data-key='{KEYS[3]}']")
    assert "Nothing similar" in page.text_content("#gk-card")
    page.click("#gk-map path[data-code=a3]")
    assert page.text_content(".gk-pick b") == "市财政局家属院"
    press(page, "0")
    assert decisions(text_of(page), tmp_path) == {KEYS[3]: ("link", "a3")}


def test_the_map_shows_numbers_neighbours_point_outline_and_scale(opened):
    page = opened.page
    count = "selector => document.querySelectorAll('#gk-map ' + selector).length"
    assert page.evaluate(count, ".gk-candidate") == 2
    assert page.evaluate(count, ".gk-home") == 1
    assert page.evaluate(count, ".gk-point") == 1
    assert page.evaluate(count, ".gk-other") > 2
    assert page.text_content(".gk-scale text").endswith(" m")
    # the bar is as long as it says: the community is 400 m wide
    bar, home = (page.locator(f"#gk-map {name}").bounding_box() for name in (".gk-scale path", ".gk-home"))
    said = float(page.text_content(".gk-scale text").removesuffix(" m"))
    assert bar["width"] / said == pytest.approx(home["width"] / 400, rel=0.03)
    page.click("#gk-map .gk-candidate[data-number='2']")
    assert page.evaluate("gk.review.of(gk.review.rows[0].k).target") == "c2"


def test_filters_and_search(opened):
    page = opened.page
    page.fill("#gk-query", "西门")
    assert mentions(page) == ["和平花圆"]
    page.fill("#gk-query", "b1")
    assert mentions(page) == ["翠湖苑"]
    page.fill("#gk-query", "")
    page.select_option("#gk-show", "matters")
    assert mentions(page) == ["金桂家圆", "银杏", "翠湖苑"]
    page.select_option("#gk-show", "all")
    page.select_option("#gk-column", "branches/unit")
    assert mentions(page) == ["市财政菊"]
    page.select_option("#gk-column", "")
    page.focus("#gk-list")
    press(page, "1")
    page.select_option("#gk-show", "open")
    assert len(mentions(page)) == 5
    page.fill("#gk-query", "nothing like it")
    assert "Nothing matches" in page.text_content("#gk-list")
    # letters in a field are text
    page.focus("#gk-query")
    press(page, "n u 1")
    assert page.evaluate("gk.review.count()") == 1


def test_letters_work_under_a_chinese_input_method(opened):
    event = "new KeyboardEvent('keydown', {key: 'Process', code: 'KeyN', bubbles: true})"
    opened.page.evaluate(f"document.body.dispatchEvent({event})")
    assert opened.page.evaluate("gk.review.of(gk.review.rows[0].k).decision") == "no_match"


def test_it_goes_on_where_the_browser_was_left(opened, quiet):
    page = opened.page
    page.fill("#gk-role", "社区网格员")
    press(page, "Tab")
    page.evaluate("document.activeElement.blur()")
    press(page, "1 n")
    before = text_of(page)
    page.reload()
    page.wait_for_selector("body.gk-ready")
    assert text_of(page) == before
    assert "社区网格员" in before
    assert current(page) == "翠湖苑"
    assert "2 decisions of an earlier visit" in page.text_content("#gk-toast")


def test_it_works_without_a_memory(open_page):
    page = open_page(Saved(), ready="").page
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})")
    page.reload()
    page.wait_for_selector("body.gk-ready")
    assert "keeps nothing" in page.text_content("#gk-toast")
    press(page, "1")
    assert page.evaluate("gk.review.count()") == 1


EARLIER = (
    f"{','.join(OVERRIDE_COLUMNS)}\r\n"
    f'{KEYS[0]},branches,covers,金桂家圆,东门社区,link,c2,"a, ""b""",街道,2024-05-01,2025-01-01\r\n'
    f"{KEYS[90]},branches,covers,'=另一个,别处,alias,x9,,,,\r\n"
    f"{KEYS[1]},branches,covers,银杏,东门社区,,,,,,\r\n"
    "nonsense,,,,,link,a1,,,,\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_an_earlier_file_is_gone_on_with(opened, tmp_path, encoding):
    page = opened.page
    press(page, "1")
    before = text_of(page)
    (tmp_path / "earlier.csv").write_text(EARLIER, encoding=encoding, newline="")
    page.set_input_files("#gk-import", tmp_path / "earlier.csv")
    page.locator("#gk-toast", has_text="decisions read").wait_for()
    said = page.text_content("#gk-toast")
    assert "1 decisions read; 1 others" in said and "1 of your own were replaced" in said and "1 lines" in said
    assert decisions(text_of(page), tmp_path) == {KEYS[0]: ("link", "c2"), KEYS[90]: ("alias", "x9")}
    lines = list(csv.reader(io.StringIO(text_of(page).lstrip("\ufeff"), newline="")))
    assert lines[1][7:] == ['a, "b"', "街道", "2024-05-01", "2025-01-01"]
    assert lines[2][3] == "'=另一个"
    press(page, "u")
    assert text_of(page) == before
    page.click("#gk-text")
    page.fill("#gk-csv", "this is, no such\nfile")
    page.click("#gk-read")
    assert "no overrides file" in page.text_content("#gk-toast")
    page.fill("#gk-csv", EARLIER)
    page.click("#gk-read")
    assert page.is_hidden("#gk-dialog")
    assert decisions(text_of(page), tmp_path)[KEYS[0]] == ("link", "c2")


def test_the_text_can_be_copied_where_nothing_can_be_saved(opened, tmp_path):
    page = opened.page
    press(page, "1")
    page.click("#gk-text")
    assert decisions(page.input_value("#gk-csv"), tmp_path) == {KEYS[0]: ("link", "a1")}
    press(page, "Escape")
    assert page.is_hidden("#gk-dialog")


def test_hostile_names_stay_text(open_page, quiet, tmp_path):
    rows = [
        row(at, text, (candidate("a1", name=text, target=text, why=text, parent=text),), parent=text, address=text,
            cells=(text,), x=tiny.X0, y=tiny.Y0)
        for at, text in enumerate(PAYLOADS)
    ]  # fmt: skip
    city = tiny.city(compounds={code: {"name": PAYLOADS[at]} for at, code in enumerate(tiny.COMPOUNDS)})
    city = type(city)("<b>${x}`</title>", city.crs, city.as_of, city.layers, city.registries, city.sources)
    opened = open_page(Saved(rows, city=city))
    page = opened.page
    for text in PAYLOADS:
        assert current(page) == text
        assert page.text_content(".gk-pick b") == text
        press(page, "1")
    assert page.evaluate("gk.review.count()") == len(PAYLOADS)
    assert page.locator("#gk-card img, #gk-card svg, #gk-queue img, #gk-map script, #gk-map img").count() == 0
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    found = list(csv.reader(io.StringIO(text_of(page).lstrip("\ufeff"), newline="")))
    assert len(found) == len(PAYLOADS) + 1
    assert not [cell for line in found for cell in line if cell[:1] in ("=", "+", "-", "@")]
    quiet(opened)


def test_ten_thousand_rows(open_page, quiet):
    rows = [
        {**row(0, f"名称{at}", (candidate(list(tiny.COMPOUNDS)[at % 8]),)), "key": f"{at:015x}a"}
        for at in range(10_000)
    ]
    opened = open_page(Saved(rows))
    page = opened.page
    assert page.locator(".gk-option").count() < 60
    press(page, "End")
    assert current(page) == "名称9999"
    press(page, "n")
    assert current(page) == "名称0"
    took = page.evaluate(
        """() => { const start = performance.now(), press = {key: "1", bubbles: true};
        for (let i = 0; i < 20; i++) document.body.dispatchEvent(new KeyboardEvent("keydown", press));
        return performance.now() - start; }"""
    )
    assert page.text_content("#gk-progress").startswith("21 of 10000")
    assert took / 20 < 250
    quiet(opened)


def test_chinese_is_the_language_of_a_chinese_page(open_page, quiet):
    opened = open_page(Saved(language="zh"))
    page = opened.page
    assert page.get_attribute("html", "lang") == "zh-CN"
    press(page, "1")
    assert page.text_content("#gk-progress")
    quiet(opened)


@pytest.mark.parametrize("width", [360, 800, 1500])
def test_nothing_sticks_out(open_page, width):
    rows = [
        row(
            0, "很长的名称" * 12, tuple(candidate(code, name="长" * 40) for code in ("a1", "a2", "a3")), changes=("a1",)
        )
    ]
    page = open_page(Saved(rows)).page
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_empty_queue_says_so(open_page, quiet):
    opened = open_page(Saved(()))
    assert "Nothing waits" in opened.page.text_content("#gk-list")
    press(opened.page, "1 n u s Delete ArrowDown")
    quiet(opened)


def test_equal_queues_give_equal_bytes(tmp_path):
    for name in ("a.html", "b.html"):
        Saved().save(tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert "built-in" not in (tmp_path / "a.html").read_text(encoding="utf-8")
