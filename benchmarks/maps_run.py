"""One map page in Chromium without a graphics card: how soon, how smooth, how large it is.

Addresses that a page asks for are answered from the vendored files, so that a network costs the peers nothing; what is
not vendored gets an empty answer. Needs playwright and a Chromium (``scripts/browser.py`` finds or fetches one).
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.maps import vendored

if TYPE_CHECKING:
    from collections.abc import Iterator

ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-features=SpareRendererForSitePerProcess",
]
SIZE: Final = {"width": 1200, "height": 800}
QUIET: Final = 1200
"""Milliseconds without a long task after which a page counts as open."""
WATCH: Final = f"""() => {{
    window.__long = 0; window.__frames = [];
    new PerformanceObserver(list => list.getEntries().forEach(entry => {{
        window.__long = Math.max(window.__long, entry.startTime + entry.duration);
    }})).observe({{type: "longtask", buffered: true}});
    const frame = time => {{ window.__frames.push(time); requestAnimationFrame(frame); }};
    requestAnimationFrame(frame);
    window.__map = () => window.gk && gk.map || Object.values(window).find(one => window.L && one instanceof L.Map);
    window.__stands = () => document.readyState === "complete" && window.__map() && !(window.gk && gk.drawing());
    window.__open = null; window.__drawn = null;
    const look = () => {{
        if (window.__stands()) window.__drawn = window.__drawn || performance.now(); else window.__drawn = null;
        const last = Math.max(window.__long, window.__drawn || 0);
        if (window.__drawn && performance.now() - last > {QUIET}) window.__open = last;
        else setTimeout(look, 20);
    }};
    look();
}}"""


@dataclass
class Opened:
    """What was measured of one page; None where the page cannot do it."""

    interactive: float | None = None
    """Seconds from opening to the end of the last long task."""
    pan: tuple[float, float] | None = None
    """Median and 95th percentile of milliseconds between frames while the mouse drags the map."""
    gap: float | None = None
    """Longest milliseconds between frames in an animated zoom by three levels."""
    memory: float | None = None
    """Megabytes (PSS) of the page's process."""
    requests: int = 0
    search: float | None = None
    filter: float | None = None
    png: float | None = None
    hover: float | None = None
    """Milliseconds of one hit test."""
    unknown: list[str] = field(default_factory=list)
    """Addresses that nothing was there for."""


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    path = Path(__file__).resolve().parents[1] / "scripts" / "browser.py"
    spec = importlib.util.spec_from_file_location("browser_finder", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(found) if (found := module.find()) else None


@contextlib.contextmanager
def started() -> Iterator[Any]:
    """Give a browser of its own, so that no page inherits the memory of another."""
    from playwright.sync_api import sync_playwright  # an optional tool

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def available() -> bool:
    """Return whether pages can be measured here."""
    return importlib.util.find_spec("playwright") is not None and chromium() is not None


def measure(
    path: Path, *, patience: float = 180.0, points: list[list[float]] | None = None, short: bool = False
) -> tuple[Opened, list[Any]]:
    """Return what a page measures, and what it finds at ``points`` (longitude, latitude): codes of compounds.

    Parameters
    ----------
    path : Path
        A saved page, of gridkit or of folium.
    patience : float
        Seconds after which a page counts as not loaded; then nothing else is measured.
    points : list of pairs, optional
        Only a page of gridkit is asked.
    short : bool
        Drag for a moment only, and wait less: for tests of this program itself.
    """
    result = Opened()
    with started() as browser:
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(patience * 1000)
        page.on("request", lambda request: _count(request, result))
        page.route(re.compile("^https?:"), lambda route: _answer(route, result))
        page.add_init_script(f"({WATCH})()")
        try:
            page.goto(path.resolve().as_uri(), wait_until="commit")
            _wait(page, patience)
        except Exception as error:  # playwright's own, or a renderer that dies
            print(f"{path.name}: not loaded after {patience:.0f} s ({type(error).__name__}: {str(error)[:200]})")
            return result, []
        result.interactive = page.evaluate("window.__open") / 1000
        result.pan = _pan(page, 0.4 if short else 2.0)
        result.gap = _zoom(page, 600 if short else 2500)
        page.wait_for_timeout(100 if short else 1000)
        result.memory = _memory(browser)
        found = _own(page, result, points or []) if page.evaluate("!!window.gk") else []
        return result, found


def _wait(page: Any, patience: float) -> None:
    """Wait until the page is open; ``wait_for_function`` would need what the policy of our pages forbids."""
    end = time.perf_counter() + patience
    while page.evaluate("window.__open") is None:
        if time.perf_counter() > end:
            raise TimeoutError
        time.sleep(0.1)


def _count(request: Any, result: Opened) -> None:
    if not request.url.startswith(("file:", "data:", "blob:")):
        result.requests += 1


def _answer(route: Any, result: Opened) -> None:
    url = route.request.url
    files = vendored.find(url)
    if files is None:
        result.unknown.append(url)
        route.fulfill(status=200, body="", content_type="text/css" if url.endswith(".css") else "text/javascript")
        return
    styled = url.split("?")[0].endswith(".css")
    text = "\n".join(vendored.style(file) if styled else vendored.script(file) for file in files)
    route.fulfill(status=200, body=text, content_type="text/css" if styled else "text/javascript")


def _frames(page: Any) -> np.ndarray[Any, Any]:
    return np.diff(np.array(page.evaluate("window.__frames"), dtype=float))


def _middle(page: Any) -> tuple[float, float]:
    box = page.evaluate(
        "(() => { const b = __map().getContainer().getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()"
    )
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def _pan(page: Any, seconds: float) -> tuple[float, float]:
    """Drag to and fro, as a hand does."""
    x, y = _middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("window.__frames = []")
    end = time.perf_counter() + seconds
    step = 0
    while time.perf_counter() < end:
        step += 1
        page.mouse.move(x + 250 * np.sin(step / 14), y + 150 * np.sin(step / 23))
        time.sleep(0.012)
    frames = _frames(page)
    page.mouse.up()
    page.wait_for_timeout(600)
    if not len(frames):
        return float("inf"), float("inf")
    return float(np.median(frames)), float(np.percentile(frames, 95))


def _zoom(page: Any, wait: float) -> float:
    page.evaluate("(() => { __frames = []; __map().setZoom(__map().getZoom() + 3, {animate: true}); })()")
    page.wait_for_timeout(wait)
    frames = _frames(page)
    page.evaluate("(() => { __map().setZoom(__map().getZoom() - 3, {animate: false}); })()")
    page.wait_for_timeout(wait / 2)
    return float(frames.max()) if len(frames) else float("inf")


def _memory(browser: Any) -> float | None:
    """Return the PSS of the largest renderer in MB."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    sizes = []
    for process in processes:
        if process["type"] != "renderer":
            continue
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{process['id']}/smaps_rollup").read_text(encoding="ascii")
            sizes.append(int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:"))) / 1024)
    return max(sizes, default=None)


DRAWN: Final = (
    "await new Promise(done => { const wait = () => gk.drawing() ? requestAnimationFrame(wait) : done(); wait(); })"
)
FILTER: Final = f"""async () => {{
    const times = [];
    for (const only of [["UNCOVERED"], []]) {{
        const from = performance.now();
        gk.state.only = only;
        gk.refresh();
        {DRAWN};
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - from);
    }}
    return Math.max(...times);
}}"""
SEARCH: Final = """async (query) => {
    const input = document.getElementById("gk-query"), times = [];
    for (let n = 1; n <= query.length; n++) {
        const from = performance.now();
        input.value = query.slice(0, n);
        input.dispatchEvent(new Event("input", {bubbles: true}));
        times.push(performance.now() - from);
        await new Promise(done => setTimeout(done, 30));
    }
    input.value = "";
    input.dispatchEvent(new Event("input", {bubbles: true}));
    return Math.max(...times.slice(1), times.length > 1 ? 0 : times[0]);
}"""
HITS: Final = """(points) => {
    const level = gk.levels.compound, scale = Math.pow(2, gk.map.getZoom() - gk.UNIT_ZOOM);
    const units = points.map(p => gk.map.project([p[1], p[0]], gk.UNIT_ZOOM)), from = performance.now();
    const found = units.map(p => gk.hitAt(p, scale, 0)), spent = performance.now() - from;
    const codes = found.map(one => one && one.level === "compound" ? level.code[one.i] : "");
    return [codes, spent / Math.max(1, points.length)];
}"""


def _own(page: Any, result: Opened, points: list[list[float]]) -> list[Any]:
    """Measure what only a page of gridkit can do."""
    result.filter = page.evaluate(FILTER)
    if page.locator("#gk-query").count():
        result.search = page.evaluate(SEARCH, "翠湖花")
    if page.evaluate("!!gk.png"):
        page.wait_for_timeout(300)
        spent = page.evaluate(
            "async () => { const from = performance.now(); await gk.png({a3: true}); return performance.now() - from; }"
        )
        result.png = spent / 1000
    found: list[Any] = []
    if points:
        page.evaluate(HITS, points[:50])
        found, result.hover = page.evaluate(HITS, points)
    return found
