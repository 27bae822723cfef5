"""Covered, possible, confirmed: nothing in the files may be able to cover a compound that is called uncovered."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gridkit.audit.shades import SENTENCES, say_shade, shade
from gridkit.coverage import cover
from gridkit.linkage import link, merge_attributes
from gridkit.locale import speaking
from gridkit.rules.ruleset import load_ruleset
from tests import tiny

OWN = {"branch_kind": "compound", "org_level": "branch", "branch_status": "active", "formal_members": 5,
       "term_end": "2026-01-01", "community_name": "东门社区"}  # fmt: skip


def shades(rows, *, complete=True, more=(), city=None):
    city = city or tiny.city([tiny.registry("branches", [{**OWN, **row} for row in rows], complete=complete), *more])
    places = tiny.places()
    links = link(city, places)
    attributes, _ = merge_attributes(city, links)
    return shade(city, places, links, cover(city, places, links, attributes, load_ruleset()))


def whys(frame) -> dict[str, str]:
    return {code: because["why"] for code, because in frame["because"].items()}


GOOD = {"name": "银杏小区党支部", "covers": "银杏小区"}


def test_covered_and_confirmed():
    found = shades([GOOD])
    assert found["shade"].to_dict() == {**dict.fromkeys(tiny.COMPOUNDS, "confirmed"), "a2": "covered"}
    assert found["because"]["a2"] == {"why": "covered", "n": 1, "records": ("branches.xlsx!Sheet1!3",)}


def test_silence_of_an_incomplete_registry_confirms_nothing():
    assert set(whys(shades([GOOD], complete=False)).values()) == {"silent", "covered"}


def test_an_unlinked_name_leaves_its_community_possible_and_no_other():
    found = whys(shades([GOOD, {"name": "某某党支部", "covers": "老粮站大院"}]))
    assert {code for code, why in found.items() if why == "unlinked"} == {"a1", "a3", "a4"}
    assert {found[code] for code in ("b1", "b2", "c1", "c2")} == {"confirmed"}


def test_a_name_without_any_place_may_lie_anywhere():
    row = {"name": "某某党支部", "covers": "老粮站大院", "community_name": ""}
    found = whys(shades([GOOD, row]))
    assert set(found.values()) == {"covered", "anywhere"}


def test_a_name_without_community_but_with_a_street_leaves_the_street_possible():
    row = {"name": "某某党支部", "covers": "老粮站大院", "community_name": "", "street_name": "临河镇"}
    found = whys(shades([GOOD, row]))
    assert {code for code, why in found.items() if why == "unlinked"} == {"c1", "c2"}
    assert found["a1"] == found["b1"] == "confirmed"


def test_a_like_name_of_another_community_is_a_doubt():
    """The row may state the wrong community: the compound that is called like this stays possible."""
    row = {"name": "某某党支部", "covers": "和平花园", "community_name": "河口社区"}
    found = whys(shades([GOOD, row]))
    assert found["b2"] in ("alike", "candidate")
    assert found["b1"] == "confirmed"


def test_a_waiting_name_makes_its_candidates_possible():
    found = whys(shades([GOOD, {"name": "某某党支部", "covers": "金桂花苑"}]))
    assert found["a1"] in ("candidate", "alike")


def test_names_that_wait_leave_their_community_possible_once_they_are_many():
    """5 of 100 such names mean another: one among four uncovered compounds 1.25 %, three 3.75 %; 3 % are tolerated."""
    waits = {"name": "某某党支部", "covers": "金桂花苑"}
    few, many = whys(shades([waits])), whys(shades([waits] * 3))
    assert few["a3"] == "confirmed"
    assert many["a3"] == "waiting"
    assert many["b1"] == "confirmed"


def test_a_branch_called_after_a_compound_means_it_whatever_its_list_says():
    found = whys(shades([{"name": "银杏小区党支部", "covers": "老粮站大院"}]))
    assert found["a2"] == "alike"
    assert found["a1"] == found["a3"] == "confirmed"
    listed = whys(shades([{"name": "银杏小区党支部", "covers": "老粮站大院、银杏小区"}]))
    assert listed["a1"] == "unlinked"


def test_an_organisation_that_names_nothing_leaves_its_community_possible():
    found = whys(shades([GOOD, {"name": "某某党支部", "covers": ""}]))
    assert {found[code] for code in ("a1", "a3", "a4")} == {"blank"}
    assert found["b1"] == "confirmed"


def test_dissolved_and_functional_organisations_cast_no_doubt():
    ghost = {"name": "某某党支部", "covers": "老粮站大院"}
    for change in ({"branch_status": "dissolved"}, {"branch_kind": "functional"}):
        assert whys(shades([GOOD, {**ghost, **change}]))["a1"] == "confirmed"


def test_a_held_row_leaves_possible_what_it_would_cover():
    base = tiny.city([tiny.registry("branches", [{**OWN, **GOOD}], complete=True)])
    held = tiny.registry("branches", [{**OWN, "name": "金桂党支部", "covers": "金桂家园"}], first_row=9).frame
    found = whys(shades([], city=replace(base, pending={"branches": held.assign(why="row")})))
    assert found["a1"] == "held"
    assert found["b1"] == "confirmed"


def test_a_row_that_could_not_be_read_may_cover_anything():
    base = tiny.city([tiny.registry("branches", [{**OWN, **GOOD}], complete=True)])
    aside = pd.DataFrame([{"src": "branches.xlsx!Sheet1", "row": 8, "reason": "S120", "subject": ""}])
    assert set(whys(shades([], city=replace(base, set_aside=aside))).values()) == {"covered", "unread"}
    total = aside.assign(reason="S141")
    assert whys(shades([], city=replace(base, set_aside=total)))["a1"] == "confirmed"


def test_row_order_does_not_matter():
    rows = [GOOD, {"name": "某某党支部", "covers": "老粮站大院"}, {"name": "甲党支部", "covers": ""}]
    one, other = shades(rows), shades(rows[::-1])
    assert one["shade"].equals(other["shade"])
    assert whys(one) == whys(other)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_is_a_sentence(language):
    with speaking(language):
        for why in SENTENCES:
            assert not set("{}") & set(say_shade({"why": why, "n": 3, "records": ()}))
