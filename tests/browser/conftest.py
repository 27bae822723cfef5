"""One Chromium for all browser tests: found by scripts/browser.py; skipped where there is none, but never in CI."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium() -> str | None:
    spec = importlib.util.spec_from_file_location("browser_finder", ROOT / "scripts" / "browser.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.find()


@pytest.fixture(scope="session")
def browser():
    pytest.importorskip("playwright")
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no Chromium: run scripts/browser.py first")
        pytest.skip("no Chromium: set GRIDKIT_CHROMIUM or run scripts/browser.py")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page, and everything that it did which an offline page must not do."""

    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(browser, tmp_path):
    """A function that saves a map, opens the file and waits until it is drawn."""
    contexts = []

    def opened(grid_map, *, fragment="", ready="body.gk-ready", script=True) -> Opened:
        path = tmp_path / "map.html"
        grid_map.save(path)
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, java_script_enabled=script, accept_downloads=True
        )
        contexts.append(context)
        context.set_default_timeout(5_000)
        page = context.new_page()
        result = Opened(page)
        page.on("request", lambda request: result.requests.append(request.url))
        page.on("console", lambda message: result.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: result.errors.append(str(error)))
        page.on("dialog", lambda dialog: (result.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri() + fragment)
        if ready and script:
            page.wait_for_selector(ready, timeout=10_000)
        return result

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def quiet():
    """A check that a page asked for nothing but its own file and reported no error."""

    def check(opened: Opened) -> None:
        assert [url for url in opened.requests if not url.startswith(("file:", "data:", "blob:"))] == []
        assert len([url for url in opened.requests if url.startswith("file:")]) == 1
        assert opened.errors == []

    return check
