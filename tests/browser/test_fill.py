"""Areas coloured by any indicator, and the numbers behind each colour."""

from __future__ import annotations

import pandas as pd
import pytest

from gridkit.maps import coverage_map
from gridkit.model import Indicators
from tests import tiny
from tests.maps import sample

pytestmark = pytest.mark.browser

WORK = "coverage.work.declared"
# numerator, denominator, unknown of another indicator, by community: all, none at all, nothing known
NUMBERS = {tiny.A: (4, 4, 0), tiny.B: (0, 0, 0), tiny.C: (0, 2, 2)}


@pytest.fixture
def opened(open_page):
    run = sample.run(language="en")
    frame = run.indicators.frame
    rows = frame[(frame["scope_level"] == "community") & (frame["id"] == "coverage.organisation.declared")]
    rows = rows[rows["scope"].isin(NUMBERS)].assign(id=WORK)
    for at, name in enumerate(("numerator", "denominator", "unknown")):
        rows[name] = [NUMBERS[scope][at] for scope in rows["scope"]]
    indicators = Indicators(pd.concat([frame, rows], ignore_index=True))
    return open_page(coverage_map(type(run)(**{**vars_of(run), "indicators": indicators})))


def vars_of(run):
    return {name: getattr(run, name) for name in run.__dataclass_fields__}


def legend(page):
    return dict(
        page.eval_on_selector_all(
            "#gk-classes > span",
            "rows => rows.map(row => [row.dataset.class.replace(/.*\\//, ''), row.querySelector('b').textContent])",
        )
    )


def test_full_no_denominator_and_all_unknown_stand_apart(opened, quiet):
    page = opened.page
    page.select_option("#gk-fill", "community")
    assert legend(page) == {
        "full": "0/3", "lt100": "0/3", "lt80": "1/3", "lt50": "0/3", "zero": "2/3", "unknown": "0/3", "none": "0/3",
    }  # fmt: skip
    page.select_option("#gk-indicator", f"{WORK}.compounds")
    assert legend(page) == {"full": "1/3", "zero": "0/3", "unknown": "1/3", "none": "1/3"}
    assert "100%" in page.inner_text("#gk-classes") and "no denominator" in page.inner_text("#gk-classes")
    assert page.evaluate("gk.state.fillColumn") == f"class:{WORK}.compounds"
    assert f"of={WORK}.compounds" in page.evaluate("location.hash")
    disabled = page.eval_on_selector_all(
        "#gk-fill option", "all => all.filter(one => one.disabled).map(one => one.value)"
    )
    assert disabled == ["street", "grid"]
    tips = page.evaluate("['A', 'B'].map((_, i) => gk.tips.map(tip => tip({level: 'community', i: i})).join(''))")
    assert tips[0].startswith("4/4, 100") and tips[1] == "no denominator"
    page.evaluate("gk.select({level: 'community', i: 2})")
    assert "0/2" in page.inner_text(f"[data-indicator='{WORK}.compounds']")
    quiet(opened)


def test_an_address_brings_the_indicator_and_odd_ones_the_first(opened):
    page = opened.page
    for text, chosen in (
        (f"fill=community&of={WORK}.compounds", f"{WORK}.compounds"),
        ("fill=street&of=nothing", None),
    ):
        page.evaluate("text => { location.hash = text; }", text)
        page.wait_for_function("text => gk.state.fill && location.hash.includes(gk.state.fill)", arg=text)
        page.wait_for_function(
            "id => document.getElementById('gk-indicator').value === id",
            arg=chosen or "coverage.organisation.declared.compounds",
        )
    assert page.evaluate("gk.state.fillColumn") == "class"
    page.select_option("#gk-fill", "")
    assert page.locator("#gk-classes").is_hidden()


def test_picking_an_indicator_shows_it(opened):
    page = opened.page
    page.select_option("#gk-indicator", f"{WORK}.compounds")
    assert page.input_value("#gk-fill") == "community"
