"""The review queue: one row per decision, the ones that change most first, and what each would change."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from gridkit.coverage import cover
from gridkit.geo import place
from gridkit.linkage import key_of, link, merge_attributes, review_queue
from gridkit.linkage.queue import QUEUE_COLUMNS
from gridkit.locale import speaking
from gridkit.model import City, Overrides
from gridkit.model.overrides import KEPT_COLUMNS
from gridkit.rules.ruleset import load_ruleset
from tests import tiny

EAST, WEST = {"community_name": "东门社区"}, {"community_name": "西门社区"}
OWN = {"branch_kind": "compound", "branch_status": "active", "term_end": "2026-01-01", "formal_members": 5}


def covers_cell(row: int) -> str:
    return tiny.source("branches", 9).cell(row, "covers")


def decided(city: City, overrides: Overrides | None = None):
    places = place(city)
    links = link(city, places, overrides=overrides)
    attributes, _ = merge_attributes(city, links)
    return places, links, attributes, cover(city, places, links, attributes, load_ruleset())


def queue_of(city: City) -> pd.DataFrame:
    places, links, attributes, coverage = decided(city)
    return review_queue(city, places, links, coverage, attributes)


def city_of(*branches: dict, complete: bool = True, compounds=None, **more: list[dict]) -> City:
    registries = [tiny.registry("branches", list(branches), complete=complete)]
    registries += [tiny.registry(kind, rows) for kind, rows in more.items()]
    return tiny.city(registries, compounds)


def changed_by(city: City, row: dict) -> tuple[str, ...]:
    """Confirm the first candidate and decide everything again."""
    line = {**dict.fromkeys(KEPT_COLUMNS, ""), "key": row["key"], "decision": "link", "mention": row["mention"],
            "kind": row["kind"], "field": row["field"], "target": row["candidates"][0]["target"]}  # fmt: skip
    before = decided(city)[3].frame["status"]
    after = decided(city, Overrides(pd.DataFrame([line], dtype=object)))[3].frame["status"]
    return tuple(before.index[before != after])


@pytest.fixture(scope="module")
def city() -> City:
    """市财政局家属楼 may mean a3 (other type word), written in two rows; 翠湖苑 both phases; 绿洲新城 nothing."""
    return city_of(
        {**OWN, **EAST, "name": "甲", "covers": "银杏小区"},
        {**OWN, **EAST, "name": "乙", "covers": "银杏小去"},  # a2 is covered already
        {**OWN, **EAST, "name": "丙", "covers": "市财政局家属楼"},
        {**OWN, **EAST, "name": "丁", "covers": "市財政局家屬樓"},
        {**OWN, **WEST, "name": "戊", "covers": "绿洲新城"},
        compounds={"a3": {"households": 70}},
    )


def test_one_row_per_decision_most_impact_first(city):
    queue = queue_of(city)
    assert tuple(queue.columns) == QUEUE_COLUMNS
    assert queue["mention"].tolist()[0] == "市财政局家属楼"
    first = queue.iloc[0]
    assert first["cells"] == (covers_cell(5), covers_cell(6))
    assert first["key"] == key_of("branches", "covers", "市财政局家属楼", "东门社区")
    assert (first["impact"], first["households"], first["changes"]) == (1, 70, ("a3",))
    assert (first["kind"], first["field"], first["level"], first["parent"]) == (
        "branches",
        "covers",
        "compound",
        "东门社区",
    )
    rest = queue.iloc[1:]
    assert set(rest["mention"]) == {"银杏小去", "绿洲新城"}
    assert rest["impact"].tolist() == [0, 0]
    assert rest["key"].tolist() == sorted(rest["key"])


def test_candidates_say_who_they_are_and_why(city):
    with speaking("en"):
        one = queue_of(city).iloc[0]["candidates"][0]
    assert {name: one[name] for name in ("code", "target", "level", "name", "parent")} == {
        "code": "a3", "target": "a3", "level": "compound", "name": "市财政局家属院", "parent": "东门社区",
    }  # fmt: skip
    assert one["score"] > 0
    assert "same community" in one["why"] and "next best" not in one["why"]


def test_a_name_without_candidate_can_be_decided_too(city):
    queue = queue_of(city).set_index("mention")
    assert queue.loc["绿洲新城", "candidates"] == ()
    assert queue.loc["绿洲新城", "cells"] == (covers_cell(7),)


def test_the_other_candidate_is_free_when_the_first_is_right():
    """翠湖苑 may be either phase: one of them gets a branch, nothing is left for the other."""
    city = city_of({**OWN, "name": "甲", "street_name": "平安街道", "covers": "翠湖苑"})
    queue = queue_of(city)
    row = queue.iloc[0]
    assert [one["code"] for one in row["candidates"]] == ["a4", "b1"]
    assert row["changes"] == ("a4", "b1")  # own branch; uncovered, as the registry is complete
    assert row["changes"] == changed_by(city, row)
    silent = city_of({**OWN, "name": "甲", "street_name": "平安街道", "covers": "翠湖苑"}, complete=False)
    row = queue_of(silent).iloc[0]
    assert row["changes"] == ("a4",) == changed_by(silent, row)


def test_nothing_waits():
    city = city_of({**OWN, **EAST, "name": "甲", "covers": "银杏小区"})
    assert len(queue_of(city)) == 0
    assert len(queue_of(tiny.city())) == 0


def test_what_is_decided_is_not_asked_again(city):
    queue = queue_of(city)
    lines = [
        {**dict.fromkeys(KEPT_COLUMNS, ""), "key": key, "kind": "branches", "field": "covers", "mention": mention,
         "decision": "no_match"}
        for key, mention in zip(queue["key"], queue["mention"], strict=True)
    ]  # fmt: skip
    places, links, attributes, coverage = decided(city, Overrides(pd.DataFrame(lines, dtype=object).sort_values("key")))
    assert len(review_queue(city, places, links, coverage, attributes)) == 0


def test_the_order_of_rows_changes_nothing(city):
    frame = city.registries["branches"].frame
    turned = frame.sample(frac=1, random_state=1)
    other = City(city.name, city.crs, city.as_of, city.layers,
                 {"branches": type(city.registries["branches"])("branches", turned, True)}, city.sources)  # fmt: skip
    pd.testing.assert_frame_equal(queue_of(city), queue_of(other))


def test_units_premises_pairings_and_instructors():
    """One way each that is not a list: an instructor of the compound registry, a pairing, the premises of a unit."""
    unit = {"branch_kind": "unit", "branch_status": "active", "agreement_on": "2024-01-01"}
    city = city_of(
        {**unit, "name": "财政局党支部", "unit_name": "市财政局", **EAST},
        compounds={"a3": {"compound_type": "unit"}},
        units=[{"unit_id": "U1", "name": "市财政局", **EAST}],
        premises=[{"unit_name": "市财政局", "compound_name": "市财政局家属楼", **EAST}],
        pairings=[{"unit_name": "市财政局", "target_kind": "compound", "target_name": "和平花圆", **WEST}],
    )
    queue = queue_of(city).set_index("mention")
    assert queue.loc["市财政局家属楼", "changes"] == ("a3",)
    assert queue.loc["和平花圆", "changes"] == ("b2",)
    for row in queue.reset_index().to_dict("records"):
        assert changed_by(city, row) == row["changes"], row["mention"]


def test_the_best_of_a_record_is_named_as_an_overrides_file_names_it():
    city = city_of(
        {"name": "财政局党支部", "branch_kind": "unit", "unit_name": "市财政菊", **EAST},
        units=[{"unit_id": "U1", "name": "市财政局", **EAST}, {"unit_id": "U2", "name": "市民政局", **EAST}],
    )
    row = queue_of(city).set_index("field").loc["unit"]
    assert row["candidates"][0]["target"] == "U1"
    assert row["candidates"][0]["name"] == "市财政局"


NAMES = [name for *_, name in tiny.COMPOUNDS.values()]
WORN = ("小区", "花园", "家园", "院", "苑一期", "苑二期", "苑")


def noisy(dice: random.Random) -> City:
    """A tiny city whose branches name compounds badly."""
    places = [EAST, WEST, {"community_name": "河口社区"}, {"street_name": "平安街道"}, {}]
    kinds = ["compound", "joint", "functional", "unit", "grid", ""]
    branches = []
    for at in range(dice.randint(1, 7)):
        cells = [worn(dice.choice(NAMES), dice) for _ in range(dice.randint(1, 2))]
        branches.append({
            "name": f"支部{at}", "branch_kind": dice.choice(kinds),
            "branch_status": dice.choice(["active", "active", "planned", ""]),
            "covers": dice.choice(["、".join(cells)] * 5 + [""]), **dice.choice(places),
            "agreement_on": dice.choice(["", "2024-01-01"]), "formal_members": 4, "term_end": "2026-01-01",
        })  # fmt: skip
    types = {code: {"compound_type": dice.choice(["commercial", "unit", ""])} for code in tiny.COMPOUNDS}
    pairs = [{"unit_name": "某局", "target_kind": "compound", "target_name": worn(dice.choice(NAMES), dice), **EAST}]
    return city_of(*branches, complete=dice.random() < 0.7, compounds=types, pairings=pairs)


def worn(name: str, dice: random.Random) -> str:
    kind = dice.randint(0, 3)
    if kind == 0:
        return name
    if kind == 1:
        at = dice.randrange(len(name))
        return name[:at] + dice.choice("圆丽河星") + name[at + 1 :]
    return name[:2] + dice.choice(WORN)


@pytest.mark.parametrize("seed", (0, 2))
def test_the_impact_is_what_deciding_again_gives(seed):
    city = noisy(random.Random(seed))
    rows = [row for row in queue_of(city).to_dict("records") if row["candidates"]]
    for row in rows[:2]:
        assert changed_by(city, row) == row["changes"], row
