"""A mention that names nothing known widens the interval by at most one compound, where its row says it lies."""

from __future__ import annotations

import pandas as pd
import pytest

from gridkit.audit.measure import measure
from gridkit.model import Attributes, Coverage, Links
from gridkit.model.results import COVERAGE_COLUMNS, LINK_COLUMNS
from tests import tiny


def link(record: str, field: str, level: str, code: str) -> dict:
    found = bool(code)
    row = dict.fromkeys(LINK_COLUMNS, "") | {"record": record, "field": field, "position": 0, "level": level}
    return row | {"code": code, "score": 0.0, "margin": 0.0, "rank": 1, "accepted": found, "reason": {}}


def measured(branch: dict, community: str):
    """No compound is covered; one branch names a compound that nobody knows."""
    row = {"name": "乌有支部", "covers": "乌有花园", "branch_kind": "compound", **branch}
    city = tiny.city([tiny.registry("branches", [row], complete=True)], {"a3": {"households": 900}})
    record = city.rows("branches").index[0]
    rows = [link(record, "covers", "compound", "")]
    rows += [link(record, "community", "community", community)] if community else []
    frame = city.layers["compound"].frame
    status = dict.fromkeys(COVERAGE_COLUMNS, "") | {
        "status": "UNCOVERED",
        "organisation": "no",
        "work": "no",
        "valid": "no",
    }
    coverage = Coverage(pd.DataFrame([status] * len(frame), index=frame.index), counts_as=("OWN_BRANCH",))
    attributes = Attributes(frame, frame)
    return measure(city, tiny.places(), Links(pd.DataFrame(rows, columns=list(LINK_COLUMNS))), attributes, coverage)


def unknown(indicators, scope: str = "", basis: str = "compounds", name: str = "coverage.organisation.declared") -> int:
    return int(indicators.get(name, scope=scope, basis=basis)["unknown"])


def test_one_more_in_its_community_and_above():
    indicators = measured({}, tiny.A)
    assert [unknown(indicators, scope) for scope in ("", tiny.STREET1, tiny.A)] == [1, 1, 1]
    assert [unknown(indicators, scope) for scope in (tiny.STREET2, tiny.B, tiny.C)] == [0, 0, 0]
    assert [unknown(indicators, scope) for scope in (tiny.A1, tiny.A2, tiny.B1)] == [1, 1, 0]
    assert unknown(indicators, name="coverage.work.valid") == 1


def test_the_heaviest_compound_bounds_the_households():
    indicators = measured({}, tiny.A)
    assert unknown(indicators, basis="households") == 900
    assert unknown(indicators, tiny.A1, "households") == 100


def test_anywhere_where_no_community_is_stated():
    indicators = measured({}, "")
    assert [unknown(indicators, scope) for scope in ("", tiny.A, tiny.B, tiny.C)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "branch", [{"branch_status": "planned"}, {"branch_status": "dissolved"}, {"branch_kind": "industry"}]
)
def test_what_cannot_cover_leaves_no_doubt(branch):
    assert unknown(measured(branch, tiny.A)) == 0


def test_a_functional_branch_leaves_doubt_about_work_only():
    indicators = measured({"branch_kind": "functional"}, tiny.A)
    assert unknown(indicators) == 0
    assert unknown(indicators, name="coverage.work.declared") == 1


def test_the_records_are_named():
    row = measured({}, tiny.A).get("coverage.organisation.declared", basis="compounds")
    assert row["details"]["possible"] == ("branches.xlsx!Sheet1!3",)


def everything(households: object, organisation: str):
    """All compounds alike; one branch names a ghost."""
    registry = tiny.registry("branches", [{"name": "乌有支部", "covers": "乌有花园", "branch_kind": "compound"}])
    city = tiny.city([registry], {code: {"households": households} for code in tiny.COMPOUNDS})
    links = Links(pd.DataFrame([link("branches.xlsx!Sheet1!3", "covers", "compound", "")], columns=list(LINK_COLUMNS)))
    frame = city.layers["compound"].frame
    row = dict.fromkeys(COVERAGE_COLUMNS, "") | {"status": "UNKNOWN", "organisation": organisation, "work": "unknown"}
    coverage = Coverage(pd.DataFrame([row] * len(frame), index=frame.index), counts_as=("OWN_BRANCH",))
    return measure(city, tiny.places(), links, Attributes(frame, frame), coverage)


def test_nothing_is_added_where_the_registry_is_incomplete_and_no_compound_lacks_coverage():
    indicators = everything(100, "unknown")
    assert unknown(indicators) == len(tiny.COMPOUNDS)
    assert unknown(indicators, tiny.A) == 4


def test_nothing_is_added_to_households_that_no_compound_states():
    indicators = everything(pd.NA, "no")
    assert unknown(indicators) == 1
    assert unknown(indicators, basis="households") == 0
