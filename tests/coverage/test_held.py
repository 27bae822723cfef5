"""Rows that are hidden or struck out: whatever they would cover is unknown, whatever else is covered stays so."""

from __future__ import annotations

import pytest

from gridkit.coverage import check_coverage, cover
from gridkit.coverage.explain import explain_rows
from gridkit.locale import speaking
from gridkit.rules.ruleset import load_ruleset
from tests.coverage.build import build

HELD = "branches.xlsx!Sheet1!101"
BASE = {"complete": ["branches", "compounds", "pairings"]}


def covered(case):
    city, places, links, attributes = build({**BASE, **case})
    ruleset = load_ruleset()
    coverage = cover(city, places, links, attributes, ruleset)
    return coverage, check_coverage(city, places, links, attributes, coverage, ruleset)


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"branch_kind": "compound", "covers": "a1"}, "UNKNOWN"),
        ({"branch_kind": "joint", "covers": "a1、a2"}, "UNKNOWN"),
        ({"branch_kind": "compound", "covers": "a1?"}, "UNKNOWN"),
        ({"branch_kind": "grid", "covers": "A1"}, "UNKNOWN"),
        ({"branch_kind": "compound", "covers": ""}, "UNKNOWN"),  # it may mean any compound
        ({"branch_kind": "compound", "covers": "b1"}, "UNCOVERED"),
        ({"branch_kind": "compound", "covers": "a1", "branch_status": "dissolved"}, "UNCOVERED"),
    ],
)
def test_what_only_a_held_branch_covers_is_unknown(row, status):
    coverage, _ = covered(
        {"branches": [{"name": "z", "branch_kind": "compound", "covers": "c1"}], "held": {"branches": [row]}}
    )
    found = coverage.frame.loc["a1"]
    assert found["status"] == status
    assert found["via"] == ()
    assert found["open_via"] == ((HELD,) if status == "UNKNOWN" else ())
    assert coverage.frame.loc["c1", "status"] == "OWN_BRANCH"


def test_a_held_branch_takes_nothing_from_what_is_covered():
    branch = {"name": "x", "branch_kind": "compound", "covers": "a1", "formal_members": 5, "term_end": "2026-01-01"}
    plain, _ = covered({"branches": [branch]})
    coverage, findings = covered(
        {"branches": [branch], "held": {"branches": [{**branch, "name": "old", "formal_members": 1}]}}
    )
    columns = ["status", "organisation", "work", "valid", "rule", "via"]
    assert coverage.frame.loc["a1", columns].equals(plain.frame.loc["a1", columns])
    assert len(findings.with_code("C114")) == 0


def test_a_held_pairing_and_a_held_instructor_leave_work_coverage_open():
    rows = {"pairings": [{"target_kind": "compound", "target_id": "a1", "target_name": "a1"}]}
    coverage, findings = covered({"branches": [], "held": rows})
    assert coverage.frame.loc["a1", ["status", "organisation", "work"]].to_list() == ["UNKNOWN", "no", "unknown"]
    assert list(findings.with_code("C114")["subject"]) == ["pairings.xlsx!Sheet1!101"]
    rows = {
        "compounds": [
            {"compound_id": "a1", "name": "金桂家园", "instructor": "yes"},
            {"compound_id": "a2", "name": "x"},
        ]
    }
    coverage, _ = covered({"branches": [], "held": rows})
    assert coverage.frame.loc["a1", "open_via"] == ("compounds.xlsx!Sheet1!101",)
    assert coverage.frame.loc[["a1", "a2", "a3"], "status"].to_list() == ["UNKNOWN", "UNCOVERED", "UNCOVERED"]


def test_explain_says_why():
    coverage, findings = covered(
        {"branches": [], "held": {"branches": [{"name": "x", "branch_kind": "compound", "covers": "a1"}]}}
    )
    row = coverage.frame.loc["a1"].to_dict() | {"compound": "a1"}
    trace = coverage.trace[coverage.trace["compound"] == "a1"].to_dict("records")
    with speaking("en"):
        lines = explain_rows(row, trace, [one for one in findings.rows() if one["subject"] == HELD])
    assert any(
        f"the record {HELD} would cover it, but its row is hidden or struck out and held" in line for line in lines
    )
    assert any(line.startswith("C114 x stands in a hidden row, which is held; 1 compound(s)") for line in lines)
