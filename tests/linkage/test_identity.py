"""What rows are about: places by their links, records by code and words."""

from __future__ import annotations

import pandas as pd
import pytest

from gridkit.linkage import link
from gridkit.linkage.identity import identify
from gridkit.linkage.resolve import no_links
from gridkit.model import Links
from tests import tiny

NAMES = {"a1": {"name": "翠湖苑一期"}, "a2": {"name": "翠湖苑二期"}, "a4": {"name": "荷香里"}}


def of(kind: str, a: list[dict], b: list[dict], compounds=None):
    sides = []
    for rows in (a, b):
        city = tiny.city([tiny.registry(kind, rows)], compounds)
        sides.append((city, link(city, tiny.places())))
    return identify(kind, *sides)


def compound(name: str, community: str = "东门社区", **fields) -> dict:
    return {"name": name, "community_name": community, **fields}


def test_rows_are_about_the_places_that_they_are_linked_to():
    told, _ = of(
        "compounds", [compound("银杏小区"), compound("没有这个小区名"), compound("银杏")], [compound("金桂家园")]
    )
    assert told.things.to_list() == [("a2",), (), ("a2",)]


@pytest.mark.parametrize("name", ["翠湖苑一、二期", "翠湖苑", "翠湖苑小区"])
def test_one_row_that_names_several(name):
    a, b = of("compounds", [compound(name)], [compound("翠湖苑一期"), compound("翠湖苑二期")], NAMES)
    assert a.things.to_list() == [("a1", "a2")]
    assert b.things.to_list() == [("a1",), ("a2",)]


def test_a_place_with_a_row_of_its_own_is_not_taken_into_another():
    a, _ = of("compounds", [compound("翠湖苑"), compound("翠湖苑一期")], [compound("翠湖苑")], NAMES)
    assert ("a1", "a2") not in a.things.to_list()


def test_namesakes_are_not_merged():
    a, _ = of("compounds", [compound("金桂家园", "")], [compound("银杏小区")])
    assert a.things.to_list() == [()]
    assert set(a.maybe.iloc[0]) == {"a1", "c2"}


def test_owners_committees_are_about_compounds():
    rows = [{"compound_name": "银杏小区", "community_name": "东门社区", "body_kind": "owners_committee"}]
    a, b = of("owners_committees", rows, rows * 2)
    assert a.things.to_list() == [("a2",)]
    assert b.things.to_list() == [("a2",), ("a2",)]


def branch(code: str, name: str, community: str = "东门社区") -> dict:
    return {"branch_id": code, "name": name, "community_name": community, "branch_kind": "compound"}


def test_records_are_the_same_by_code_whatever_they_are_called():
    a, b = of("branches", [branch("B1", "甲支部")], [branch("B1", "乙支部"), branch("B2", "甲支部")])
    assert a.things.to_list() == [("B1",)]
    assert b.things.to_list() == [("B1",), ("B2",)]
    assert a.names.iloc[0] != b.names.iloc[0]


def test_records_without_code_or_with_a_new_one_are_found_by_name_and_place():
    a = [branch("B1", "甲党支部"), branch("", "乙党支部"), branch("", "乙党支部"), branch("", "丙党支部")]
    b = [branch("N1", "甲党支部"), branch("", "乙党支部"), branch("", "丙党支部", "西门社区")]
    one, other = of("branches", a, b)
    assert one.things.iloc[0] == other.things.iloc[0]
    assert one.things.iloc[1] == one.things.iloc[2] == other.things.iloc[1]
    assert one.things.iloc[3] != other.things.iloc[2]


def test_a_name_that_several_have_is_not_taken_for_one():
    a, b = of(
        "units",
        [{"unit_id": "", "name": "财政局"}],
        [{"unit_id": "U1", "name": "财政局"}, {"unit_id": "U2", "name": "财政局"}],
    )
    assert not set(a.things.iloc[0]) & {code for codes in b.things for code in codes}


def test_a_record_that_says_nothing_is_about_nothing():
    a, _ = of("units", [{"name": "", "unit_kind": "agency"}], [{"name": "财政局"}])
    assert a.things.to_list() == [()]


def test_row_order_decides_nothing():
    rows = [
        branch("B1", "甲党支部"),
        branch("", "甲党支部"),
        branch("", "乙党支部"),
        branch("B9", "乙党支部", "西门社区"),
    ]
    a, b = of("branches", rows, rows[::-1])
    assert sorted(a.things) == sorted(b.things)
    assert a.things.to_list() == b.things.to_list()[::-1]


def test_without_layers_compounds_are_records():
    city = tiny.city([tiny.registry("compounds", [compound("银杏小区", compound_id="K7"), compound("金桂")])])
    city = type(city)(city.name, city.crs, registries=city.registries)
    told, _ = identify("compounds", (city, Links(no_links())), (city, Links(no_links())))
    assert told.things.iloc[0] == ("K7",)
    assert told.things.iloc[1][0].startswith("金桂")
    assert isinstance(told.maybe, pd.Series)
