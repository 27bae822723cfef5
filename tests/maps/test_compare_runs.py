from __future__ import annotations

import pandas as pd
import pytest

from gridkit.errors import InputError
from gridkit.maps.compare import Before
from tests.maps import sample
from tests.maps.pages import data_of, everything, page_of, settings_of

EARLIER = {
    **sample.SITUATIONS,
    "a1": ("UNCOVERED", "no", "no", "unknown", ()),
    "z9": ("OWN_BRANCH", "yes", "yes", "yes", ()),
}


def before():
    cover = sample.coverage({code: row for code, row in EARLIER.items() if code != "c2"})
    names = pd.DataFrame({"name": "旧址花园", "status": cover.frame["status"]})
    return Before(names, "2023-12-31", "strict")


def test_what_changed_is_new_or_gone_by_hand():
    page = page_of(sample.run(language="en"), compare=before())
    then = data_of(page)["compound"]["before_status"]
    assert then.to_dict() == {code: "" if code == "c2" else EARLIER[code][0] for code in sample.SITUATIONS}
    said = settings_of(page)["compare"]
    assert (said["label"], said["new"], said["changed"], said["same"]) == ("2023-12-31", ["c2"], 1, 6)
    assert said["vanished"] == [{"code": "z9", "name": "旧址花园", "status": "OWN_BRANCH"}]
    assert said["counts"]["OWN_BRANCH"] == 1 and said["counts"]["UNCOVERED"] == 2 and said["same_rules"]


def test_a_run_can_be_given_as_it_is():
    run = sample.run(language="en")
    said = settings_of(page_of(run, compare=run))["compare"]
    assert (said["changed"], said["new"], said["vanished"], said["same"]) == (0, [], [], 8)


def test_a_public_page_does_not_name_what_is_gone():
    page = page_of(sample.run(), compare=before(), profile="public")
    assert settings_of(page)["compare"]["vanished"] == [] and settings_of(page)["compare"]["vanished_count"] == 1
    assert "旧址花园" not in everything(page)


def test_another_city_with_equal_codes_is_told():
    run = sample.run(language="en")
    said = settings_of(page_of(run, compare=before()))["compare"]
    assert (said["common"], said["renamed"], said["city"]) == (7, 7, "")
    assert said["figures"] == {"total": 8, "covered": 3, "work": 2, "planned": 1, "uncovered": 2, "unknown": 0}
    there = Before(before().frame, "2023", "strict", "彼市")
    assert settings_of(page_of(run, compare=there))["compare"]["city"] == "彼市"
    same = settings_of(page_of(run, compare=run))["compare"]
    assert (same["renamed"], same["city"]) == (0, "")


def test_without_a_comparison_the_page_has_none():
    page = page_of(sample.run())
    assert "compare" not in settings_of(page) and "before_status" not in data_of(page)["compound"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"name": ["a"], "status": ["COVERED"]}, index=["x"]),
        pd.DataFrame({"name": ["a", "b"], "status": ["UNKNOWN"] * 2}, index=["x", "x"]),
        pd.DataFrame({"status": ["UNKNOWN"]}, index=["x"]),
    ],
)
def test_what_is_no_earlier_run(frame):
    with pytest.raises(InputError, match="earlier run"):
        Before(frame)
