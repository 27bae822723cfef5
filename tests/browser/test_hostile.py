"""Hostile texts in every place where folium puts a text: nothing runs, no map breaks, nothing is asked for."""

from __future__ import annotations

import pytest

from tests.browser.hostile import PAYLOADS, SINKS, run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def results(browser, tmp_path_factory):
    """One page for each payload, with every sink on it, made when it is asked for."""
    made = {}

    def result(payload):
        if payload not in made:
            made[payload] = run(browser, PAYLOADS[payload], tmp_path_factory.mktemp("hostile"))
        return made[payload]

    return result


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_map_breaks(results, payload):
    result = results(payload)
    assert result["ready"] and not result["away"]
    assert result["errors"] == []
    assert result["outside"] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_runs(results, payload):
    assert [sink for sink, cell in results(payload)["cells"].items() if cell == "EXECUTED"] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_no_html_is_shown_as_it_is(results, payload):
    """Names, values and titles of the kinds that folium does not document as HTML, where they are visible at all."""
    cells = results(payload)["cells"]
    # a search finds letters only; folium cannot tell a backslash before a backtick from its own
    aside = {"Search value", "Draw filename", "FloatImage"}
    aside |= {"Popup parse_html", "Popup Html"} if payload == "backslash" else set()
    plain = {sink for sink, (_, is_html) in SINKS.items() if not is_html} | {"title"}
    assert {sink for sink in plain - aside if cells[sink] != "text"} == set()
