"""A registry whose rows are written in another order gives the same statuses, validity and indicators."""

from __future__ import annotations

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridkit.audit import measure
from gridkit.coverage import cover
from gridkit.linkage import link, merge_attributes
from gridkit.rules.ruleset import load_ruleset
from tests import tiny

ROWS = {
    "branches": [
        # one branch told in two ways, twice; a third row names its community differently and repeats the first
        {"branch_id": "B1", "name": "启明小区党支部", "community_name": "东门社区", "covers": "金桂家园",
         "formal_members": 5, "term_end": "2026-01-01"},
        {"branch_id": "B1", "name": "启明小区党支部", "community_name": "东门社区", "covers": "银杏小区",
         "formal_members": 1, "term_end": "2020-01-01"},
        # listed twice alike
        {"branch_id": "B2", "name": "翠湖苑党支部", "community_name": "西门社区", "covers": "翠湖苑二期、和平花园",
         "formal_members": 6, "term_end": "2026-01-01"},
        {"branch_id": "B2", "name": "翠湖苑党支部", "community_name": "西门社区", "covers": "和平花园、翠湖苑二期",
         "formal_members": 6, "term_end": "2026-01-01"},
        # the same name in one community, one of them without a list
        {"name": "河口党支部", "community_name": "河口社区", "covers": "向阳院", "formal_members": 4},
        {"name": "河口党支部", "community_name": "河口社区", "covers": "", "formal_members": 4},
        {"name": "乌有党支部", "community_name": "东门社区", "covers": "乌有花园", "formal_members": 4},
        {"name": "联合党支部", "branch_kind": "joint", "covers": "全部小区", "formal_members": 4},
    ],
    "compounds": [
        {"name": "银杏小区", "community_name": "东门社区", "households": 300, "formal_members": 7, "instructor": "yes"},
        {"name": "银杏小区", "community_name": "东门社区", "households": 90, "formal_members": 1, "instructor": "no"},
        {"name": "翠湖苑一期", "community_name": "东门社区", "households": 80, "formal_members": 2},
        {"name": "和平花园", "community_name": "西门社区", "households": 70, "formal_members": 0},
        {"name": "和平花园", "community_name": "西门社区", "households": 70, "formal_members": 0},
    ],
}  # fmt: skip
NUMBERS = ["id", "scope_level", "scope", "basis", "numerator", "denominator", "excluded", "unknown"]
RULESET = load_ruleset()


def audited(rows: dict[str, list[dict]], complete: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filled = [{"branch_kind": "compound", "branch_status": "active", **row} for row in rows["branches"]]
    rows = {**rows, "branches": filled}
    city = tiny.city([tiny.registry(kind, part, complete=kind in complete) for kind, part in rows.items()])
    places = tiny.places()
    links = link(city, places)
    attributes, _ = merge_attributes(city, links)
    coverage = cover(city, places, links, attributes, RULESET)
    indicators = measure(city, places, links, attributes, coverage)
    values = ["status", "organisation", "work", "valid", "rule"]
    return coverage.frame[values].assign(households=attributes.frame["households"]), indicators.frame[NUMBERS]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(ROWS["branches"]), st.permutations(ROWS["compounds"]), st.sampled_from([[], ["branches"]]))
def test_the_order_of_the_rows_decides_nothing(branches, compounds, complete):
    before = audited(ROWS, complete)
    after = audited({"branches": branches, "compounds": compounds}, complete)
    for one, two in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, two)


def test_contradicting_rows_are_known_to_cover_but_not_to_be_valid():
    frame, _ = audited(ROWS, ["branches"])
    assert frame.loc[["a1", "a2"], "status"].to_list() == ["OWN_BRANCH", "OWN_BRANCH"]
    assert frame.loc[["a1", "a2"], "valid"].to_list() == ["unknown", "unknown"]
    assert frame.loc["c2", "status"] == "UNKNOWN"
