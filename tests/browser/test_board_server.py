"""The board in a browser with its server behind it: edits, undo, a proposal, saving, a second page, a server gone."""

from __future__ import annotations

import threading

import pytest

from gridkit.board_server import Board, Server, Shown
from gridkit.stores.journal import open_desk
from gridkit.stores.plan_folder import open_plan, plan_of, write_plan
from tests.grids.plans import WEST, usual

DO = "([op, args]) => { gk.board.ui.session.do(op, args, {reason: '新路'}); }"

NUMBERED = """() => {
    const base = gk.board.ui.state.base;
    const edit = {seq: 1, time: "", user: "", op: "lock", args: {}, reason: "13900000000", doc_no: "", base};
    edit.prev_hash = base;
    edit.hash = gk.board.digest(edit);
    gk.board.ui.session.load(gk.board.writeEdits([edit]));
}"""
"""A log that another program has sealed: what the page writes has no numbers of persons."""


@pytest.fixture
def served(tmp_path):
    """A function that starts the server of a plan, on a port where one is named."""
    write_plan(plan_of(usual()), tmp_path / "plan")
    running = []

    def start(port=0):
        desk = open_desk(tmp_path / "plan")
        server = Server(Board(desk, Shown("板")), port)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        running.append((server, desk))
        return server, desk

    def stop():
        while running:
            server, desk = running.pop()
            server.shutdown()
            server.server_close()
            desk.journal.close()

    yield start, stop
    stop()


def test_a_session(browser, served, tmp_path):  # noqa: PLR0915 - one page is opened once
    start, stop = served
    server, desk = start()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US", accept_downloads=True)
    context.set_default_timeout(8_000)
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(server.address)
    page.wait_for_selector("body.gk-ready")
    # every edit is on the disk at once
    page.evaluate(DO, ["merge", {"grids": ["g1", "g2"], "into": "g1"}])
    page.evaluate("() => gk.board.ui.session.undo({})")
    page.evaluate(DO, ["merge", {"grids": ["g1", "g2"], "into": "g1"}])
    page.wait_for_function("() => gk.board.server && gk.board.ui.unsaved() === 3")
    wait(lambda: len(desk.log) == 3)
    assert len(desk.journal.records()) >= 2 and desk.log.edits[0].reason == "新路"
    # a proposal, asked and taken over
    page.select_option("#gk-where", WEST)
    page.click("#gk-propose")
    page.click("#gk-yes")
    wait(lambda: len(desk.log) > 3)
    page.wait_for_function(f"() => gk.board.ui.session.community('{WEST}').grids === 2")
    n = page.evaluate("() => gk.board.ui.session.lines.length")
    wait(lambda: len(desk.log) == n)
    # a second page knows all that, and is told when the first goes on
    other = context.browser.new_context(locale="en-US")
    second = other.new_page()
    second.goto(server.address)
    second.wait_for_selector("body.gk-ready")
    assert second.evaluate("() => gk.board.ui.session.lines.length") == n
    page.click("#gk-save")
    wait(lambda: desk.unsaved == 0)
    page.wait_for_function("() => gk.board.ui.unsaved() === 0")
    assert open_plan(tmp_path / "plan").log == desk.log
    page.evaluate(DO, ["rename", {"grid": "g4", "name": "<img src=x onerror=alert(1)>"}])
    wait(lambda: len(desk.log) == n + 1)
    second.evaluate(DO, ["rename", {"grid": "g3", "name": "南"}])
    second.wait_for_selector("#gk-banner[data-server] #gk-server-file")
    assert len(desk.log) == n + 1 and second.evaluate("() => gk.board.ui.session.lines.length") == n + 1
    with second.expect_download():
        second.click("#gk-server-file")
    other.close()
    # the server goes and comes back with another token: what waits in the page is neither lost nor forced upon it
    port = server.server_address[1]
    stop()
    page.evaluate(DO, ["rename", {"grid": "g3", "name": "北"}])
    page.wait_for_selector("#gk-banner[data-server]")
    server, desk = start(port)
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks before it leaves edits that are not saved
    page.goto(server.address)
    page.wait_for_selector("body.gk-ready")
    wait(lambda: len(desk.log) == n + 2)
    # edits that the server refuses hold up the page only as long as it has them
    text = page.evaluate("() => gk.board.ui.session.save()")
    page.evaluate(NUMBERED)
    page.wait_for_selector("#gk-banner[data-server]")
    assert page.evaluate("() => gk.board.ui.unsaved()") == 1 and len(desk.log) == n + 2
    page.evaluate("text => { gk.board.ui.session.load(text); }", text)
    page.evaluate(DO, ["rename", {"grid": "g3", "name": "北"}])
    wait(lambda: len(desk.log) == n + 3)
    assert page.locator("#gk-banner[data-server]").count() == 0
    assert wrong == [] and {url.split("/")[2] for url in asked if url.startswith("http")} == {f"127.0.0.1:{port}"}
    context.close()


def wait(until, seconds=8.0):
    done = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if until():
            return
        done.wait(0.02)
    raise AssertionError("it did not happen")
