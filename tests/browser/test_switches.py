"""Languages and colours of the map page: nothing of the other language stays, everything can be read."""

from __future__ import annotations

import re

import pytest

from gridkit.maps import coverage_map
from tests import tiny
from tests.browser.test_compare import THEN, before
from tests.maps import sample

pytestmark = pytest.mark.browser

# every text of the page and every label that a screen reader or a pointer finds; the switch itself names the other one
WALK = """() => {
  const found = [document.title], skip = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT']);
  const visit = node => {
    if (node.nodeType === 3) { if (node.data.trim()) found.push(node.data.trim()); return; }
    if (node.nodeType !== 1 || skip.has(node.tagName)) return;
    if (node.id === 'gk-language') return;
    ['title', 'aria-label', 'placeholder', 'label'].forEach(name => found.push(node.getAttribute(name) || ''));
    node.childNodes.forEach(visit);
  };
  visit(document.body);
  return found;
}"""
CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
CONTRAST = """() => {
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = node => {
    for (; node; node = node.parentElement) {
      const c = parse(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] > 0.9) return c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  document.querySelectorAll('body *').forEach(node => {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (!own || !node.offsetParent || node.closest(':disabled, [disabled], #gk-error, noscript')) return;
    const a = light(parse(getComputedStyle(node).color)), b = light(ground(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push([node.outerHTML.slice(0, 120), ratio]);
  });
  return bad;
}"""


def pairs(one, two):
    """Texts of two languages side by side."""
    if isinstance(one, dict):
        for key in one.keys() & two.keys():
            yield from pairs(one[key], two[key])
    elif isinstance(one, list):
        for left, right in zip(one, two, strict=False):
            yield from pairs(left, right)
    elif isinstance(one, str):
        yield one, two


def parts(texts):
    """What of templates is always said, where it is long enough to be known again."""
    found = {part.strip() for text in texts for part in re.split(r"\{\w+\}", text)}
    return {part for part in found if len(part) > 4}


def leftover_english(page):
    """English on a Chinese page, words aside that the catalogue does not translate."""
    known = page.evaluate("gk.settings.languages")
    both = list(pairs(known["en"], known["zh"]))
    kept = [a.partition(" (")[0] for a, b in both if a.partition(" (")[0] in b]
    other, same = parts(a for a, b in both if a != b), parts(kept)
    assert len(other) > 100
    texts = [text for text in page.evaluate(WALK) if any(part in text for part in other)]
    return [text for text in texts if not any(part in text for part in same)]


@pytest.fixture
def full(open_page):
    """A Chinese page with a comparison and findings, everything with words opened."""
    run = sample.run()
    opened = open_page(coverage_map(run, compare=before()))
    page = opened.page
    page.evaluate("gk.select({level: 'community', i: 0}, {zoom: true})")
    page.select_option("#gk-fill", "street")
    page.click("#gk-measure")
    page.fill("#gk-query", "a")
    return opened


def leftover_chinese(page):
    """Chinese on an English page, names of places and organisations left aside."""
    names = page.evaluate("gk.order.flatMap(name => gk.levels[name].code.map((_, i) => gk.levels[name].name(i)))")
    names += [row["name"] for row in sample.BRANCHES] + [name for name, _ in THEN.values()]
    data = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    return [text for text in page.evaluate(WALK) if CJK.search(data.sub("", text))]


def test_no_word_of_the_other_language_stays(full, quiet):
    page = full.page
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert leftover_english(page) == []
    page.click("#gk-language")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert leftover_chinese(page) == []
    for code in ("a2", "c2", tiny.STREET1):
        page.evaluate("code => gk.select(gk.find(code))", code)
        assert leftover_chinese(page) == []
    page.click("#gk-see-changes")
    page.click("#gk-summary-tab")
    assert leftover_chinese(page) == []
    assert page.inner_text("#gk-see-changes") == "Changes"
    page.click("#gk-language")
    assert leftover_english(page) == []
    quiet(full)


def test_what_is_chosen_stays_and_the_address_holds_the_language(full):
    page = full.page
    page.keyboard.press("Escape")
    page.click("#gk-measure-end")
    page.click("#gk-see-now")  # a comparison opens on the changes, which have a legend of their own
    page.click("#gk-legend [data-status=UNCOVERED]")
    page.click("#gk-details-tab")
    page.click("#gk-language")
    assert page.get_attribute("#gk-details-tab", "aria-selected") == "true"
    assert page.inner_text("#gk-details h2") == "东门社区"
    assert page.inner_text("#gk-shown") == "1 of 8 compounds shown"
    assert page.input_value("#gk-fill") == "street"
    assert "lang=en" in page.evaluate("location.hash")
    page.goto(page.url)
    page.reload()
    page.wait_for_selector("body.gk-ready")
    assert page.inner_text("#gk-shown") == "1 of 8 compounds shown"
    page.evaluate("location.hash = 'lang=zh'")
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
    assert page.title() == "tiny：小区党组织覆盖图"


def test_colours_follow_the_system_until_somebody_chooses_and_can_be_read(full):
    page = full.page
    page.click("#gk-measure-end")
    page.click("#gk-see-before")
    assert page.evaluate("gk.theme") == "light"
    assert page.evaluate(CONTRAST) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => gk.theme === 'dark'")
    for tab in ("list", "details", "summary"):
        page.click(f"#gk-{tab}-tab")
        assert page.evaluate(CONTRAST) == []
    own = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(own) == "rgb(21, 24, 29)"
    page.click("#gk-theme")  # from "as the system" to light
    assert page.evaluate("[gk.theme, location.hash.includes('theme=light')]") == ["light", True]
    page.click("#gk-theme")
    assert page.evaluate("[gk.theme, location.hash.includes('theme=dark')]") == ["dark", True]
    page.emulate_media(color_scheme="light")
    assert page.evaluate("gk.theme") == "dark"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def light(colour):
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_statuses_stand_out_on_the_dark_ground_and_a_sandbox_is_no_obstacle(open_page, browser):
    opened = open_page(coverage_map(sample.run()), fragment="#theme=dark&lang=en")
    page = opened.page
    plain = "gk.settings.statuses.filter(style => !style.pattern).map(style => gk.colour(style))"
    seen = page.evaluate(plain)  # a pattern has light dots or stripes
    ground = light(page.evaluate("gk.palette().ground"))
    assert min((light(colour) + 0.05) / (ground + 0.05) for colour in seen) > 3
    assert page.evaluate("gk.map.getContainer().getAttribute('aria-label')").startswith("Map")
    text = coverage_map(sample.run()).get_root().render()
    page.goto("about:blank")
    page.evaluate(
        "text => { const frame = document.createElement('iframe'); frame.setAttribute('sandbox', 'allow-scripts');"
        "frame.style.cssText = 'width: 1200px; height: 700px'; frame.srcdoc = text;"
        "document.body.appendChild(frame); }",
        text,
    )
    frame = page.frame_locator("iframe")
    frame.locator("body.gk-ready").wait_for()
    frame.locator("#gk-language").click()
    frame.locator("#gk-theme").click()
    assert frame.locator("#gk-shown").inner_text() == "8 of 8 compounds shown"
    assert opened.errors == []


def test_a_page_of_one_language_has_no_switch(open_page):
    page = open_page(coverage_map(sample.run(language="en"), both_languages=False)).page
    assert page.locator("#gk-language").count() == 0
    for language in ("zh", "constructor"):
        page.evaluate("language => { location.hash = 'theme=constructor&lang=' + language; }", language)
        page.wait_for_timeout(60)
    assert page.inner_text("#gk-shown") == "8 of 8 compounds shown"
