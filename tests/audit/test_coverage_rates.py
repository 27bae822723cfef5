"""Coverage rates of the tiny city, worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from tests import tiny
from tests.audit.build import indicators, numbers

YES_VALID = ("OWN_BRANCH", "yes", "yes", "yes")
YES_EXPIRED = ("OWN_BRANCH", "yes", "yes", "no")
YES_UNSURE = ("JOINT_BRANCH", "yes", "yes", "unknown")
INSTRUCTOR = ("INSTRUCTOR_ONLY", "no", "yes", "yes")
NONE = ("UNCOVERED", "no", "no", "unknown")
VALUES = {
    "a1": YES_VALID,
    "a2": YES_EXPIRED,
    "a3": YES_UNSURE,
    "a4": NONE,
    "b1": YES_VALID,
    "b2": INSTRUCTOR,
    "c1": NONE,
}  # c2 is unknown
HOUSEHOLDS = {"a1": {"households": 10}, "a2": {"households": 20}, "b2": {"households": None}, "c2": {"households": 70}}


@pytest.fixture(scope="module")
def table():
    return indicators(values=VALUES, compounds=HOUSEHOLDS)


@pytest.mark.parametrize(
    ("name", "scope", "basis", "expected"),
    [
        ("coverage.organisation.declared", "", "compounds", (4, 8, 0, 1)),
        ("coverage.organisation.valid", "", "compounds", (2, 8, 0, 2)),
        ("coverage.work.declared", "", "compounds", (5, 8, 0, 1)),
        ("coverage.work.valid", "", "compounds", (3, 8, 0, 2)),
        # households: 10 + 20 + 100 + 100 + 100 + 100 + 70, b2 excluded
        ("coverage.organisation.declared", "", "households", (230, 500, 1, 70)),
        ("coverage.organisation.valid", "", "households", (110, 500, 1, 170)),
        ("coverage.organisation.declared", "urban", "compounds", (4, 6, 0, 0)),
        ("coverage.organisation.declared", "township", "compounds", (0, 2, 0, 1)),
        ("coverage.organisation.declared", "unclassed", "compounds", None),
        ("coverage.organisation.declared", tiny.STREET1, "compounds", (4, 6, 0, 0)),
        ("coverage.organisation.declared", tiny.A, "compounds", (3, 4, 0, 0)),
        ("coverage.organisation.declared", tiny.A1, "compounds", (2, 2, 0, 0)),
        ("coverage.organisation.declared", tiny.B, "households", (100, 100, 1, 0)),
    ],
)
def test_numbers(table, name, scope, basis, expected):
    if expected is None:
        with pytest.raises(KeyError):
            numbers(table, name, scope=scope, basis=basis)
    else:
        assert numbers(table, name, scope=scope, basis=basis) == expected


def test_ids_behind_each_number(table):
    row = table.get("coverage.organisation.valid", basis="compounds")
    assert row["numerator_ids"] == ("a1", "b1")
    assert row["unknown_ids"] == ("a3", "c2")
    assert row["missing_ids"] == ("a2", "a4", "b2", "c1")
    assert row["excluded_ids"] == ()
    assert (row["low"], row["high"]) == (0.25, 0.5)
    assert table.get("coverage.work.declared", basis="households")["excluded_ids"] == ("b2",)
    assert row["details"]["counts_as"] == ("OWN_BRANCH", "JOINT_BRANCH", "UNIT_ORG")


def test_city_answers_first(table):
    row = table.get("coverage.work.declared")
    assert (row["scope_level"], row["basis"]) == ("city", "compounds")


def test_every_scope_has_a_row(table):
    rows = table.frame[(table.frame["id"] == "coverage.work.valid") & (table.frame["basis"] == "compounds")]
    counts = rows["scope_level"].value_counts().to_dict()
    assert counts == {"city": 1, "class": 2, "street": 2, "community": 3, "grid": 4}


def test_gap_is_an_interval(table):
    # urban 4/6, township 0/2 .. 1/2
    row = table.get("gap.organisation", basis="compounds")
    assert (row["numerator"], row["denominator"], row["unknown"]) == (4 * 2 - 1 * 6, 12, 6)
    assert row["details"]["points"] == (16.666667, 66.666667)
    assert row["details"]["township"] == {"numerator": 0, "denominator": 2, "unknown": 1}
    assert row["details"]["small_n"] is True


def test_compounds_without_a_place_are_not_lost():
    city = tiny.city()
    places = tiny.places()
    places.frame.loc["a1", ["grid", "community", "street"]] = ""
    from gridkit.audit import measure
    from tests.audit.build import attributes, coverage, links

    table = measure(city, places, links(), attributes(city), coverage(city, VALUES)).frame
    rows = table[(table["id"] == "coverage.organisation.declared") & (table["basis"] == "compounds")]
    for level in ("class", "street", "community", "grid"):
        assert rows.loc[rows["scope_level"] == level, "denominator"].sum() == 8
    unplaced = rows[rows["scope"] == "unplaced"]
    assert set(unplaced["scope_level"]) == {"street", "community", "grid"}
    assert set(unplaced["numerator_ids"]) == {("a1",)}


def test_a_city_without_compounds_has_no_rate():
    from gridkit.audit import measure
    from gridkit.model import Attributes, Places
    from tests.audit.build import attributes, coverage, links

    city = tiny.city()
    empty = city.with_layers(compound=type(city.layers["compound"])("compound", city.layers["compound"].frame.iloc[:0]))
    full = attributes(city)
    table = measure(
        empty,
        Places(tiny.places().frame.iloc[:0]),
        links(),
        Attributes(full.frame.iloc[:0], full.origin.iloc[:0]),
        coverage(empty),
    )
    row = table.get("coverage.organisation.declared")
    assert row["denominator"] == 0
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])


def test_modes_cross_age():
    table = indicators(
        values=VALUES,
        compounds={
            "a1": {"management_mode": "joint", "built_year": 2000},
            "a4": {"management_mode": "joint", "built_year": 1985},
            "b1": {"management_mode": "street", "built_year": 2001},
        },
    )
    assert numbers(table, "mode.covered", scope="joint/old") == (1, 2, 0, 0)
    assert numbers(table, "mode.covered", scope="street/new") == (1, 1, 0, 0)
    assert numbers(table, "mode.covered", scope="unknown/unknown") == (2, 5, 0, 1)
    rows = table.frame[table.frame["id"] == "mode.covered"]
    assert rows["denominator"].sum() == 8


def test_row_order_does_not_matter():
    straight = indicators(values=VALUES).frame
    city = tiny.city()
    from gridkit.audit import measure
    from gridkit.model import Coverage, Places
    from tests.audit.build import attributes, coverage, links

    turned = measure(
        city,
        Places(tiny.places().frame[::-1], tiny.places().parents),
        links(),
        attributes(city),
        Coverage(coverage(city, VALUES).frame[::-1], "strict", ("OWN_BRANCH", "JOINT_BRANCH", "UNIT_ORG")),
    ).frame
    pd.testing.assert_frame_equal(straight, turned)
