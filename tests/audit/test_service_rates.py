"""Double reporting, cross-appointment, overdue items and the three lists, by hand."""

import pandas as pd
import pytest

from gridkit.audit.titles import INDICATORS
from tests import tiny
from tests.audit import build

UNIT, BODY, ITEM = "units.xlsx!Sheet1!{}", "owners_committees.xlsx!Sheet1!{}", "ledgers.xlsx!Sheet1!{}"


def units():
    return tiny.registry(
        "units",
        [
            {"name": "甲", "unit_kind": "agency", "members": 10, "members_reported": 8},
            {"name": "乙", "unit_kind": "school", "members": 20, "members_reported": pd.NA},
            {"name": "丙", "unit_kind": "school", "members": 5, "members_reported": 9},
            {"name": "丁", "unit_kind": "", "members": pd.NA, "members_reported": 3},
            {"name": "戊", "unit_kind": "agency", "members": 0, "members_reported": 0},
        ],
    )


def test_double_reporting():
    made = build.indicators([units()], rows=[(UNIT.format(3), "community", "community", tiny.C)])
    assert build.numbers(made, "members.reported") == (8, 30, 2, 20)  # 丙 says more than all, 丁 has no members
    assert build.numbers(made, "members.reported", scope="agency") == (8, 10, 0, 0)
    assert build.numbers(made, "members.reported", scope="school") == (0, 20, 1, 20)
    assert build.numbers(made, "members.reported", scope="unknown") == (0, 0, 1, 0)
    assert build.numbers(made, "members.reported", scope=tiny.C) == (8, 10, 0, 0)
    row = made.get("members.reported")
    assert row["details"]["contradictory"] == (UNIT.format(5),)
    assert row["excluded_ids"] == (UNIT.format(5), UNIT.format(6))
    levels = made.frame.loc[made.frame["id"] == "members.reported", "scope_level"].tolist()
    assert levels.count("city") == 1


def test_double_reporting_needs_both_columns():
    made = build.indicators([tiny.registry("units", [{"name": "甲", "members": 10}])])
    assert "members.reported" not in set(made.frame["id"])


def test_cross_appointment():
    bodies = [
        {"body_kind": "owners_committee", "members": 7, "in_branch_committee": 2},
        {"body_kind": "owners_committee", "members": 5, "in_branch_committee": 0},
        {"body_kind": "owners_committee", "members": 5, "in_branch_committee": pd.NA},
        {"body_kind": "owners_committee", "members": 5, "in_branch_committee": 6},
        {"body_kind": "management_committee", "members": 5, "in_branch_committee": 3},
    ]
    made = build.indicators([tiny.registry("owners_committees", bodies)])
    row = made.get("owners.cross_appointment")
    assert build.numbers(made, "owners.cross_appointment") == (1, 3, 1, 1)
    assert row["details"] == {"cross_appointed": 2}
    assert row["excluded_ids"] == (BODY.format(6),)


@pytest.fixture
def ledger():
    issue = {"ledger_kind": "issue", "raised_on": "2024-01-01", "promised_on": "2024-02-01", "due_on": "2024-03-01"}
    rows = [
        {**issue, "resolved_on": "2024-02-20"},
        {**issue, "resolved_on": ""},
        {**issue, "resolved_on": "", "status": "已办结"},
        {**issue, "resolved_on": "", "due_on": ""},
        {**issue, "resolved_on": "", "due_on": tiny.AS_OF.isoformat()},
        {"ledger_kind": "need", "item_id": "X1"},
        {"ledger_kind": "need", "item_id": "X2"},
        {"ledger_kind": "resource", "item_id": "Z1"},
        {"ledger_kind": "project", "item_id": "P1", "answers": "X1"},
    ]
    return tiny.registry("ledgers", rows, complete=True)


def test_overdue_items(ledger):
    made = build.indicators([ledger])
    row = made.get("ledger.overdue")
    assert build.numbers(made, "ledger.overdue") == (1, 4, 1, 1)  # due today is not overdue
    assert row["numerator_ids"] == (ITEM.format(4),)
    assert row["unknown_ids"] == (ITEM.format(5),)


def test_the_three_lists_show_their_totals(ledger):
    details = build.indicators([ledger]).get("lists.match_rate")["details"]
    assert {key: details[key] for key in ("needs", "unanswered", "projects", "resources")} == {
        "needs": 2, "unanswered": 1, "projects": 1, "resources": 1,
    }  # fmt: skip


def test_all_of_them_have_titles():
    assert {"members.reported", "owners.cross_appointment", "ledger.overdue"} <= INDICATORS
