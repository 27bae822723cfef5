from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridkit.locale import speaking
from gridkit.maps.indicators import MOST_CLASSES, breaks, choropleths
from gridkit.maps.shares import MEMBERS, UNCOVERED, shares
from gridkit.model import Indicators
from gridkit.model.results import INDICATOR_COLUMNS
from tests import tiny
from tests.maps import sample
from tests.maps.pages import data_of, page_of, settings_of


def with_rows(rows, *, name="grids.branch_rate", basis="grids", level="community"):
    run = sample.run(language="en")
    empty = dict.fromkeys(INDICATOR_COLUMNS, ())
    table = [
        empty | {"id": name, "scope_level": level, "scope": scope, "basis": basis, "numerator": n, "denominator": d,
                 "unknown": u, "excluded": 0, "allowance_low": 0, "allowance_high": 0}
        for scope, (n, d, u) in rows.items()
    ]  # fmt: skip
    frame = pd.concat([run.indicators.frame, pd.DataFrame(table)], ignore_index=True)
    return type(run)(**{**vars(run), "indicators": Indicators(frame)})


def test_the_first_is_organisation_coverage_with_the_classes_that_the_map_always_had():
    with speaking("en"):
        first, second, *_ = choropleths(sample.run(language="en"))
    assert (first.column, first.text, second.text) == ("class", "rate", "valid_rate")
    assert first.areas["street"]["class"].to_dict() == {tiny.STREET1: "lt80", tiny.STREET2: "zero"}
    assert first.areas["street"]["rate"].to_dict() == {
        tiny.STREET1: "3/6, 50.0%", tiny.STREET2: "0/2, 0%; interval 0%–50.0% (1 unknown)",
    }  # fmt: skip


def test_classes_by_hand_100_and_no_denominator_and_all_unknown_apart():
    run = with_rows({tiny.A: (3, 3, 0), tiny.B: (1, 4, 1), tiny.C: (0, 0, 0)})
    with speaking("en"):
        one = next(one for one in choropleths(run) if one.id == "grids.branch_rate.grids")
        labels = {style["id"].rpartition("/")[2]: style["label"] for style in one.said()["classes"]}
    assert list(one.areas) == ["community"]
    assert [value.rpartition("/")[2] for value in one.areas["community"]["class"]] == ["full", "0", "none"]
    assert one.areas["community"]["rate"].tolist() == [
        "3/3, 100%", "1/4, 25.0%; interval 25.0%–50.0% (1 unknown)", "no denominator",
    ]  # fmt: skip
    assert labels == {
        "full": "100%", "0": "above 0%, below 100%", "zero": "0 of them", "unknown": "all data missing",
        "none": "no denominator",
    }  # fmt: skip
    run = with_rows({tiny.A: (0, 3, 3), tiny.B: (0, 4, 1), tiny.C: (2, 3, 0)})
    with speaking("en"):
        one = next(one for one in choropleths(run) if one.id == "grids.branch_rate.grids")
    assert [value.rpartition("/")[2] for value in one.areas["community"]["class"]] == ["unknown", "zero", "0"]


@pytest.mark.parametrize("size", [1, 2, 4, 5, 6, 200, 5000])
def test_never_more_than_five_classes_and_every_share_below_its_end(size):
    shares_ = np.random.default_rng(size).random(size) * 0.999
    cuts = breaks(shares_.tolist())
    assert len(cuts) < MOST_CLASSES and cuts == sorted(set(cuts))
    assert all(cut == round(cut, 3) for cut in cuts)
    assert cuts == breaks(shares_[::-1].tolist())


def test_equal_shares_are_one_class():
    assert breaks([0.5] * 100) == [] and breaks([]) == []
    assert breaks([0.1, 0.2, 0.2]) == [0.1]


def test_own_figures_by_hand():
    """Street 2 holds one uncovered and one unknown compound; all have 100 households and 1 member."""
    rows = shares(sample.run(), ["street"]).set_index(["id", "scope"])
    numbers = ["numerator", "denominator", "unknown"]
    assert rows.loc[(UNCOVERED, tiny.STREET2), numbers].tolist() == [1, 2, 1]
    assert rows.loc[(UNCOVERED, tiny.STREET1), numbers].tolist() == [0, 6, 0]
    assert rows.loc[(MEMBERS, tiny.STREET1), numbers].tolist() == [6, 600, 0]
    with speaking("en"):
        one = next(one for one in choropleths(sample.run(language="en")) if one.name == MEMBERS)
    assert one.areas["street"]["rate"].tolist() == ["6/600, 1.00", "2/200, 1.00"]


def test_the_page_has_a_column_of_classes_and_of_words_per_indicator_and_level():
    page = page_of(sample.run(language="en"))
    settings, levels = settings_of(page), data_of(page)
    assert settings["indicators"][0]["id"] == "coverage.organisation.declared.compounds"
    for one in settings["indicators"]:
        known = {style["id"] for style in one["classes"]}
        assert len([style for style in known if style.rpartition("/")[2].isdigit()]) <= MOST_CLASSES
        for level in one["levels"]:
            assert set(levels[level][one["column"]]) <= known
            assert levels[level][one["text"]].map(bool).all()


def test_words_of_the_second_language_stand_beside():
    levels = data_of(page_of(sample.run(language="zh")))
    assert levels["street"].loc[tiny.STREET2, "rate@en"] == "0/2, 0%; interval 0%–50.0% (1 unknown)"
    assert levels["compound"].loc["a2", "reason@en"].startswith("a joint branch with other compounds")
    page = page_of(sample.run(language="zh"), both_languages=False)
    assert settings_of(page)["languages"] == {}
    assert not [name for name in data_of(page)["compound"] if "@" in name]
    languages = settings_of(page_of(sample.run()))["languages"]
    assert languages["en"]["words"]["reset"] == "Show all" and languages["zh"]["levels"]["street"] == "街道"
    assert languages["en"]["page"]["title"].endswith(": coverage of residential compounds")
