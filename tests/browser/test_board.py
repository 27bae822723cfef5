"""The redraw board as its user works it: by mouse and keyboard, from a file, and its edits replayed in Python."""

from __future__ import annotations

import sys
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridkit.grids.atoms import edges_of
from gridkit.grids.replay import add, replay, start
from gridkit.io.assignment import write_assignment
from gridkit.io.edits import read_edits
from gridkit.locale import speaking
from gridkit.maps.board import write_board_html
from gridkit.model.plan import Atoms, Plan
from gridkit.stores.plan_folder import shown
from tests.browser.test_accessibility import AXE
from tests.browser.test_coverage_map import PAYLOADS
from tests.grids.plans import EAST, EMPTY, WEST, atoms_of, plan_of

pytestmark = pytest.mark.browser

SIZES = tuple(tuple(0 if (x, y) == (3, 3) else 100 for x in range(8)) for y in range(4))
"""Four rows of eight squares; ``A44`` is land without households."""
QUARTERS = {
    f"{side}{1 + at}": [f"A{row + y}{first + column + x}" for y in (1, 2) for x in (1, 2)]
    for side, first in (("w", 0), ("e", 4))
    for at, (row, column) in enumerate([(0, 0), (0, 2), (2, 0), (2, 2)])
}
"""w1 w2 e1 e2 in the upper half, w3 w4 e3 e4 in the lower one: four squares each."""
NAMES = {uid: f"Grid {uid}" for uid in QUARTERS}


def city(**columns) -> Plan:
    return plan_of(atoms_of(SIZES), QUARTERS, **{"name": NAMES, **columns})


class Saved:
    """Writes itself like a map, for the fixture that opens pages."""

    def __init__(self, plan: Plan | None = None, *, log=None, language: str = "en", **more) -> None:
        self.plan = city() if plan is None else plan
        self.log, self.language = log or start(self.plan), language
        self.more = {"title": "Board", **more}

    def save(self, path) -> None:
        with speaking(self.language):
            write_board_html(self.plan, self.log, path, **self.more)


class Hand:
    """A hand on the mouse: places are in squares from the north-west corner (x to the east, y to the south)."""

    def __init__(self, page, rows: int = 4) -> None:
        self.page, self.north = page, 100 * rows
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_function("() => gk.board.ui.settled()")

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.page.locator("#gk-map").bounding_box()
        px, py = self.page.evaluate(
            "([x, y]) => { const v = gk.board.ui.view; return [v.px(x), v.py(y)]; }", [100 * x, self.north - 100 * y]
        )
        return box["x"] + px, box["y"] + py

    def click(self, x: float, y: float, **more) -> None:
        self.page.mouse.click(*self.at(x, y), **more)

    def drag(self, *places: tuple[float, float]) -> None:
        self.page.mouse.move(*self.at(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.at(*place), steps=6)
        self.page.mouse.up()

    def rest(self) -> None:
        """Wait until the panels have followed."""
        self.page.wait_for_timeout(80)

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


def toast(page) -> str:
    return page.text_content("#gk-toast")


def grid_of(page, *atoms: str) -> list[str]:
    return page.evaluate(
        "names => names.map(n => gk.board.ui.state.grid[gk.board.ui.state.atomAt.get(n)])", list(atoms)
    )


def ops(page) -> list[str]:
    return page.evaluate("gk.board.ui.session.lines.map(line => line.op)")


def saved(page, button: str, tmp_path) -> str:
    with page.expect_download() as waiting:
        page.click(button)
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.read_text(encoding="utf-8")


def paint(page, hand: Hand) -> None:
    # paint: a click, then a stroke; only from one source
    hand.keys("p")
    hand.click(2.5, 0.5)
    assert grid_of(page, "A13") == ["w1"] and "Grid w1" in toast(page)
    page.select_option("#gk-source", "w3")
    hand.drag((0.5, 2.5), (2.5, 2.5))
    assert grid_of(page, "A31", "A32", "A33") == ["w1", "w1", "w4"] and "1 left out" in toast(page)
    page.select_option("#gk-source", "*")
    # lasso and rectangle
    hand.keys("l")
    hand.drag((2.2, 0.2), (3.8, 0.2), (3.8, 1.8), (2.2, 1.8), (2.2, 0.3))
    assert grid_of(page, "A13", "A14", "A23", "A24") == ["w1"] * 4
    page.select_option("#gk-target", "w2")
    hand.keys("r")
    hand.drag((2.1, 0.1), (3.9, 1.9))
    assert grid_of(page, "A13", "A14", "A23", "A24") == ["w2"] * 4
    # take out
    hand.keys("e")
    hand.click(3.5, 2.5)
    hand.rest()
    assert grid_of(page, "A34") == [""] and "without a grid 1" in page.text_content("#gk-chips")
    # press on the border of e1 and e2, and drag it to the west: e2 grows
    hand.keys("d")
    hand.drag((6.0, 0.5), (5.4, 0.5), (5.4, 1.5))
    assert grid_of(page, "A16", "A26") == ["e2", "e2"]


def reshape(page, hand: Hand) -> None:
    # split along a line, then merge again
    hand.keys("s")
    hand.drag((4.5, 0.98), (7.9, 0.98))
    assert "Split Grid e2 into 2: 300 + 300" in page.text_content("#gk-confirm")
    hand.keys("Enter")
    upper, lower = grid_of(page, "A17", "A27")
    assert {upper, lower} > {"e2"} and upper != lower
    hand.keys("g", "Escape")
    hand.click(7.5, 0.5)
    hand.click(7.5, 1.5)
    assert "Together 600" in page.text_content("#gk-confirm")
    page.click("#gk-yes")
    assert len(set(grid_of(page, "A17", "A27"))) == 1
    # a new grid of what is caught, of another kind
    hand.keys("n")
    page.select_option("#gk-new-kind", "exclusive")
    hand.click(7.5, 3.5)
    fresh = grid_of(page, "A48")[0]
    assert fresh not in QUARTERS and page.evaluate("gk.board.ui.active") == fresh
    # cut the land, and not a compound inside the band
    hand.keys("b")
    hand.drag((2.5, 1.9), (2.5, 3.2))
    assert "kept whole" in toast(page)
    hand.drag((3.29, 2.9), (3.2, 4.1))  # both ends snap to the road at 3.25
    assert "Cut land into 2?" in page.text_content("#gk-confirm")
    hand.keys("Enter")
    assert "was cut into 2" in toast(page)
    pieces = "['A44~1', 'A44~2'].map(id => gk.board.ui.state.atoms.area[gk.board.ui.state.atomAt.get(id)])"
    assert page.evaluate(pieces) == [pytest.approx(2500, abs=20), pytest.approx(7500, abs=20)]
    # in two, names, locks
    hand.keys("i")
    hand.click(4.5, 2.5)
    page.click("#gk-two")
    hand.keys("Enter")
    page.click("#gk-rename")
    page.fill("#gk-new-name", "South")
    hand.keys("Enter")
    page.click("#gk-lock")
    hand.keys("p")
    hand.click(6.5, 2.5)
    assert "target grid is locked" in toast(page)


def test_a_session_by_hand_gives_the_same_plan_in_python(open_page, quiet, tmp_path):
    base = city()
    road = gpd.GeoDataFrame(
        {"kind": ["road"]}, geometry=[shapely.LineString([(500_325, 2_939_600), (500_325, 2_940_100)])], crs="EPSG:4545"
    )
    opened = open_page(Saved(base, lines=road))
    page, hand = opened.page, Hand(opened.page)
    assert "Click a grid" in page.text_content("#gk-status")
    hand.click(0.5, 0.5)
    assert page.text_content("#gk-grid h2 span") == "Grid w1"
    page.fill("#gk-reason", "new road")
    page.fill("#gk-doc", "No. 7")
    hand.keys("Escape")
    paint(page, hand)
    reshape(page, hand)
    # back and forth through the history
    before = page.evaluate("gk.board.ui.session.assignment()")
    hand.keys(*["Control+z"] * 5, *["Control+y"] * 5)
    after = page.evaluate("gk.board.ui.session.assignment()")
    assert len(after.splitlines()) == len(before.splitlines()) and ops(page).count("undo") == 5
    assert "in no file yet" in page.text_content("#gk-unsaved")
    edits, table = saved(page, "#gk-save", tmp_path), saved(page, "#gk-save-csv", tmp_path)
    assert "All edits are saved" in page.text_content("#gk-unsaved")
    log = read_edits(tmp_path / "edits.jsonl", base=base.base)
    assert len(log) == len(edits.splitlines()) and log.edits[0].reason == "new road" and log.edits[0].doc_no == "No. 7"
    write_assignment(shown(replay(base, log)), tmp_path / "replayed.csv")
    assert (tmp_path / "replayed.csv").read_text(encoding="utf-8") == table
    assert set(ops(page)) == {"move", "split", "merge", "new", "cut", "rename", "lock", "undo"}
    quiet(opened)


def test_what_breaks_a_grid_or_leaves_the_community(open_page):
    """Warned of or refused; land of another community and of locked grids never moves."""
    page = open_page(Saved(city(locked={"w3": True}), filed=city())).page
    hand = Hand(page)
    hand.click(2.5, 0.5)
    hand.keys("p")
    hand.drag((4.5, 0.5), (4.5, 1.5))
    assert "2 left out: they belong to another community" in toast(page)
    hand.click(0.5, 2.5)
    assert "1 left out: their grid is locked" in toast(page)
    for tool, places in (("g", [(0.5, 2.5)]), ("s", [(0.2, 2.98), (1.9, 2.98)]), ("b", [(0.5, 2.1), (0.5, 2.9)])):
        hand.keys(tool)
        page.evaluate("gk.board.ui.toast('')")
        hand.drag(*places)
        assert "Grid w3 is locked" in toast(page) and page.is_hidden("#gk-confirm")
    page.evaluate("gk.board.ui.setActive('w2')")
    hand.keys("p")
    assert ops(page) == []
    page.select_option("#gk-strict", "refuse")
    hand.click(0.5, 0.5)  # w2 would have a piece in the corner
    assert "Refused" in toast(page) and ops(page) == []
    page.select_option("#gk-strict", "warn")
    hand.click(0.5, 0.5)
    assert "no longer in one piece" in toast(page) and "Grid w2" in toast(page)
    hand.rest()
    assert "not connected 1" in page.text_content("#gk-chips")
    page.click("#gk-next-broken")
    assert "Grid w2 lies in 2 pieces" in toast(page)
    page.click("#gk-tab-pending")
    assert page.locator("#gk-pending .gk-entry").all_text_contents() == [
        "△ Grid w1520100001001changed · out 1 (100 households)−100",
        "△ Grid w2520100001001changed · in 1 (100 households)+100",
    ]
    page.click("#gk-next-broken")
    page.click("#gk-compare")
    page.wait_for_function("() => gk.board.ui.settled()")
    page.focus("#gk-swipe-at")
    page.keyboard.press("End")
    assert page.evaluate("gk.board.ui.swipe === gk.board.ui.view.width")


def test_scenarios_files_and_a_page_opened_again(open_page, tmp_path):
    base = city()
    log = add(base, start(base), "move", {"atoms": ["A13"], "to": "w1"}, reason="before", time="2026-01-01T00:00:00Z")[
        1
    ]
    opened = open_page(Saved(base, log=log))
    page, hand = opened.page, Hand(opened.page)
    assert grid_of(page, "A13") == ["w1"] and "All edits are saved" in page.text_content("#gk-unsaved")
    hand.keys("Control+z")
    assert grid_of(page, "A13") == ["w2"]
    hand.keys("Control+y")
    page.click("#gk-scenarios")
    page.fill("#gk-scenario-name", "North")
    hand.keys("Enter")
    page.evaluate("gk.board.ui.session.do('merge', {grids: ['w3'], into: 'w4'}, {})")
    page.select_option("#gk-scenario", "Main")
    assert grid_of(page, "A31") == ["w3"]
    page.select_option("#gk-scenario", "North")
    assert grid_of(page, "A31") == ["w4"]
    # opened again, the work goes on where it was
    text = saved(page, "#gk-save", tmp_path)
    page.reload()
    page.wait_for_selector("body.gk-ready")
    assert grid_of(page, "A31") == ["w4"] and page.input_value("#gk-scenario") == "North"
    # files: of another base, changed by hand, a table
    first = ops(page)
    for name, content, said in (
        ("other.jsonl", text.replace(base.base, "0123456789ab"), ""),
        ("edits.jsonl", text.replace("before", "bEfore"), "line 1"),
        ("number.jsonl", replace(log.edits[0], reason="13900000000").sealed().line(), "number of a person"),
    ):
        page.set_input_files("#gk-open", {"name": name, "mimeType": "text/plain", "buffer": content.encode()})
        page.wait_for_function("() => document.getElementById('gk-toast').className.indexOf('gk-bad') >= 0")
        assert said in toast(page) and ops(page) == first
        page.evaluate("gk.board.ui.toast('')")
    workbook = {"name": "a.xlsx", "mimeType": "text/csv", "buffer": b"PK\x03\x04\x14\x00"}
    page.set_input_files("#gk-open", workbook)
    page.wait_for_function("() => document.getElementById('gk-toast').textContent.indexOf('CSV UTF-8') >= 0")
    page.evaluate("gk.board.ui.toast('')")
    table = page.evaluate("gk.board.ui.session.assignment()").replace("A31,w4", "A31,e1").replace("A32,w4", "A32,")
    page.set_input_files("#gk-open", {"name": "a.csv", "mimeType": "text/csv", "buffer": table.encode()})
    page.wait_for_selector("#gk-dialog:not([hidden]), #gk-toast.gk-bad")
    assert "two communities" in toast(page)
    page.set_input_files(
        "#gk-open", {"name": "a.csv", "mimeType": "text/csv", "buffer": table.replace("A31,e1", "A31,w4").encode()}
    )
    page.wait_for_selector("#gk-answer-0")
    page.click("#gk-answer-0")
    assert grid_of(page, "A32") == [""]
    # the other scenario can go, the one of now cannot
    page.click("#gk-scenarios")
    assert page.locator("[data-drop=North]").is_disabled()
    page.click("[data-drop=Main]")
    page.click("#gk-answer-0")
    page.wait_for_selector("#gk-scenario-name")
    page.fill("#gk-scenario-name", "North")
    page.click("#gk-answer-2")  # a name is no second one of itself
    assert page.locator("#gk-scenario option").all_text_contents() == ["North"]


def test_two_tabs_never_overwrite_each_other(open_page):
    opened = open_page(Saved())
    one = opened.page
    two = one.context.new_page()
    two.goto(one.url)
    two.wait_for_selector("body.gk-ready")
    assert "another tab" in toast(one)
    move = "to => gk.board.ui.session.do('move', {atoms: ['A13'], to: to}, {})"
    two.evaluate(move, "w1")
    one.wait_for_selector("#gk-banner:not([hidden])")
    one.evaluate(move, "")
    kept = (
        "want => JSON.parse(localStorage.getItem('gk-board/' + gk.board.ui.state.base))"
        ".scenarios.map(one => one.text.split('\\n').length - 1).join() === want"
    )
    one.wait_for_function("() => document.getElementById('gk-unsaved').textContent.includes('not kept')")
    assert one.evaluate(kept, "1")
    one.click("#gk-take-theirs")  # what this tab had stays beside it
    one.wait_for_function(kept, arg="1,1")
    assert grid_of(one, "A13") == ["w1"]
    two.wait_for_function("() => document.querySelectorAll('#gk-scenario option').length === 2")
    # both go on in the same scenario
    two.evaluate(move, "w2")
    one.wait_for_selector("#gk-banner:not([hidden])")
    one.evaluate(move, "")
    one.click("#gk-keep-both")
    assert one.evaluate(kept, "2,1,2") and one.input_value("#gk-scenario") == "Main (this tab) 2"
    two.wait_for_function("() => document.querySelectorAll('#gk-scenario option').length === 3")
    assert grid_of(one, "A13") == [""] and grid_of(two, "A13") == ["w2"]
    # what others have left in the storage stops no page
    put = "text => localStorage.setItem('gk-board/' + gk.board.ui.state.base, text)"
    half = '{"scenarios": [{"name": "a", "text": "{"}], "revision": {}}'
    for left in ('{"scenarios": [null, {"name": 1}, "x"]}', half):
        one.evaluate(put, left)
        three = one.context.new_page()
        three.goto(one.url)
        three.wait_for_selector("body.gk-ready")
        assert grid_of(three, "A13") == ["w2"] and "kept in this browser" in three.text_content("#gk-unsaved")
        three.close()


def test_hostile_names_stay_text_and_nothing_is_asked(open_page, quiet):
    """Payloads as names of atoms, grids, communities, title, reasons; every panel drawn; nothing runs."""
    plan = city()
    frame = plan.atoms.frame.copy()
    frame["name"] = [PAYLOADS[at % len(PAYLOADS)] for at in range(len(frame))]
    atoms = type(plan.atoms)(frame, plan.atoms.edges)
    names = {uid: PAYLOADS[at % len(PAYLOADS)] for at, uid in enumerate(QUARTERS)}
    plan = plan_of(atoms, QUARTERS, name=names, code={"e4": PAYLOADS[1]})
    log = add(
        plan,
        start(plan),
        "move",
        {"atoms": ["A13"], "to": "w1"},
        reason=PAYLOADS[0],
        doc_no=PAYLOADS[1],
        time=PAYLOADS[5],
    )[1]
    opened = open_page(Saved(plan, log=log, title=PAYLOADS[0], names={WEST: PAYLOADS[1], EAST: PAYLOADS[5]}))
    page, hand = opened.page, Hand(opened.page)
    hand.click(0.5, 0.5)
    assert page.text_content("#gk-grid h2 span") == names["w1"]
    for tab in ("pending", "log", "grids"):
        page.click(f"#gk-tab-{tab}")
        page.wait_for_timeout(60)
    hand.keys("g")
    hand.click(2.5, 1.5)
    assert PAYLOADS[1] in page.text_content("#gk-confirm")
    hand.keys("Enter", "?", "Escape")
    page.click("#gk-scenarios")
    page.fill("#gk-scenario-name", PAYLOADS[1])
    hand.keys("Enter")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("#gk-print")
    page.click("#gk-answer-0")
    page.wait_for_function("() => window.printed")
    assert page.text_content("#gk-sheet h1 + p").startswith(PAYLOADS[1] + " · ")  # which community it is
    assert page.locator("#gk-sheet canvas").count() == 1 and page.locator("#gk-sheet tbody tr").count() >= 3
    assert page.locator("body img, body svg:not(.gk-icon):not(.gk-lock), #gk-side script").count() == 0
    assert page.evaluate("window.hacked") is None
    quiet(opened)


def test_by_keyboard_alone_and_in_chinese(open_page, quiet):
    opened = open_page(Saved(language="zh"))
    page, hand = opened.page, Hand(opened.page)
    assert page.get_attribute("html", "lang") == "zh-CN"
    # the cross starts in the middle: the corner of e1; a click there, then down into another grid
    hand.keys("ArrowRight", "Space")
    first = page.evaluate("gk.board.ui.active")
    assert first.startswith("e")
    step = page.evaluate("Math.ceil(100 * gk.board.ui.view.scale / 60)")
    hand.keys("p", *["ArrowDown"] * step, *["ArrowRight"] * step, "Space")
    assert ops(page) == ["move"]
    hand.keys("Control+z", "+", "-", "0", "?")
    assert page.evaluate("document.activeElement.closest('#gk-dialog') !== null")
    hand.keys("Escape")
    assert page.evaluate("document.activeElement.id") == "gk-map"
    # tools that drag: space holds, the arrows drag, space lets go
    put = "([x, y]) => { Object.assign(gk.board.ui.view, {x, y}); gk.board.ui.setActive('w1'); }"
    steps = page.evaluate("Math.ceil(180 * gk.board.ui.view.scale / 60)")
    page.evaluate(put, [210, 390])
    hand.keys("r", "Space", *["ArrowRight"] * steps, *["ArrowDown"] * steps, "Space")
    assert grid_of(page, "A13", "A14", "A23", "A24") == ["w1"] * 4
    page.evaluate(put, [250, 190])
    hand.keys("d", "Space", "ArrowUp", "Space")  # from beside the border of w1 to the north: w1 becomes smaller
    assert grid_of(page, "A23", "A33") == ["w4", "w4"] and ops(page)[-2:] == ["move", "move"]
    n = len(ops(page))
    hand.keys("l", "Space", "ArrowRight", "Escape", "Space", "Escape")
    assert len(ops(page)) == n
    page.focus("#gk-rows")
    hand.keys("End", "Home", "ArrowDown")
    hand.rest()
    assert page.get_attribute("#gk-rows [aria-selected=true]", "aria-posinset") == "2"
    for tool in ("pan", "pick", "paint", "lasso", "rect", "erase", "border", "merge", "split", "cut", "fresh"):
        page.click(f"#gk-tool-{tool}")
        assert page.get_attribute(f"#gk-tool-{tool}", "aria-pressed") == "true" and page.text_content("#gk-status")
    assert "undefined" not in page.inner_text("body")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']})")
    assert [one["id"] for one in found["violations"]] == []
    quiet(opened)


def test_painting_in_a_city_of_14_000(open_page, capsys):
    """The page stays below 2 MB; frames while a brush goes over the city are printed, and bounded loosely."""
    rows, columns = np.divmod(np.arange(14_160), 120)
    shapes = shapely.box(100 * columns, -100 * rows, 100 * columns + 100, 100 - 100 * rows)
    values = {"community": WEST, "kind": "compound", "compound": "", "name": "小区", "households": 40, "persons": 100}
    names = [f"A{row:03d}{column:03d}" for row, column in zip(rows, columns, strict=True)]
    frame = gpd.GeoDataFrame({**values, "known": True}, geometry=shapes, crs="EPSG:4545", index=names)
    grids = {}
    for name, row, column in zip(frame.index, rows, columns, strict=True):
        grids.setdefault(f"g{row // 3:02d}{column // 3:02d}", []).append(name)
    opened = open_page(Saved(plan_of(Atoms(frame, edges_of(frame, EMPTY)), grids)))
    page, hand = opened.page, Hand(opened.page, 118)
    assert len(page.content()) < 2_000_000
    page.evaluate(
        "() => { window.frames_ = []; let last = performance.now(); (function tick() { const now = performance.now();"
        " frames_.push(now - last); last = now; requestAnimationFrame(tick); })(); }"
    )
    hand.keys("e")
    page.select_option("#gk-brush", "300")
    hand.drag((40, 60), (60, 50), (75, 65))
    page.wait_for_timeout(500)
    frames = sorted(page.evaluate("frames_.slice(1)"))
    middle, worst = frames[len(frames) // 2], frames[-1]
    with capsys.disabled():
        sys.stderr.write(f"\n  {len(frames)} frames while painting: median {middle:.0f} ms, worst {worst:.0f} ms\n")
    assert ops(page) == ["move"] and frames[int(len(frames) * 0.9)] < 100
