"""The explanation of one compound, from a run and from stored rows."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from gridkit.coverage import check_coverage, cover, explain, explain_rows
from gridkit.locale import speaking
from gridkit.model import Findings, Indicators, Run
from gridkit.model.results import CLAIM_COLUMNS, INDICATOR_COLUMNS
from gridkit.rules.ruleset import TEXTS, load_ruleset
from tests.coverage.build import build

CASE = {
    "complete": ["branches", "compounds"],
    "compounds": [],
    "branches": [
        {"name": "联合", "branch_kind": "joint", "covers": "a1?、a2、a3", "formal_members": 2},
        {"name": "网格", "branch_kind": "grid", "covers": "A1", "formal_members": 5, "term_end": "2026-01-01"},
    ],
}


def run() -> Run:
    city, places, links, attributes = build(CASE)
    ruleset = load_ruleset()
    coverage = cover(city, places, links, attributes, ruleset)
    found = check_coverage(city, places, links, attributes, coverage, ruleset)
    indicators = Indicators(pd.DataFrame(columns=list(INDICATOR_COLUMNS)))
    claims = pd.DataFrame(columns=list(CLAIM_COLUMNS))
    return Run(city, places, links, attributes, coverage, indicators, claims, Findings.concat([found]))


def test_every_rule_is_answered_in_order():
    lines = explain(run(), "a1")
    assert lines[0] == "a1 金桂家园: grid branch (GRID_BRANCH)"
    assert lines[1] == "organisation coverage: unknown; work coverage: yes; by a valid branch: yes"
    assert lines[2:4] == ["not met: through the unit's organisation (UNIT_ORG)", "not met: own branch (OWN_BRANCH)"]
    assert (
        lines[4] == "would be met if an open link were confirmed: joint branch (JOINT_BRANCH) [branches.xlsx!Sheet1!3]"
    )
    assert lines[5].startswith("decided: grid branch (GRID_BRANCH) - it lies in a grid that a grid branch names")
    assert lines[6] == "waiting for a person to confirm: branches.xlsx!Sheet1!3"
    assert lines[7].startswith("cells: branches.xlsx!Sheet1!O4, ")


STORED = {"compound": "a1", "name": "", "organisation": "no", "work": "no", "valid": "no", "via": [], "open_via": [],
          "flags": [], "refs": []}  # fmt: skip


def traced(*held: str) -> list[dict]:
    """The rules of the strict set; those in ``held`` hold."""
    return [{"rule": rule.id, "held": rule.id in held, "via": []} for rule in load_ruleset().rules]


def test_later_rules_are_told_only_where_they_hold_and_the_rest_never_holds_beside_another():
    row = STORED | {"status": "OWN_BRANCH", "rule": "OWN_BRANCH"}
    lines = explain_rows(row, traced("OWN_BRANCH", "GRID_BRANCH", "UNCOVERED", "UNKNOWN"))[2:]
    assert lines == [
        "not met: through the unit's organisation (UNIT_ORG)",
        "decided: own branch (OWN_BRANCH) - a compound branch names this compound alone",
        "also met: grid branch (GRID_BRANCH)",
    ]


def test_uncovered_cannot_be_said_where_nothing_is_known():
    lines = explain_rows(STORED | {"status": "UNKNOWN", "rule": "UNKNOWN"}, traced("UNKNOWN"))
    assert lines[-2:] == [
        "cannot be said: uncovered (UNCOVERED)",
        "decided: no data (UNKNOWN) - nothing that counts is recorded for it, and nothing says that it is uncovered",
    ]


def test_an_unknown_compound_names_the_record_that_waits():
    row = STORED | {"status": "UNKNOWN", "rule": "UNKNOWN", "open_via": ["party.xlsx!7"]}
    lines = explain_rows(row, traced("UNKNOWN"))
    assert len(lines) == 4, "rows that do not say which rule waits deny none"
    assert lines[-1] == (
        "decided: no data (UNKNOWN) - the record party.xlsx!7 may mean it; nothing can be said before a person confirms"
    )


def test_a_unit_organisation_without_evidence_is_named_and_not_accepted():
    city, places, links, attributes = build({
        "complete": ["branches", "pairings"], "pairings": [], "layer": {"a3": {"compound_type": "unit"}},
        "branches": [{"name": "市局党总支", "branch_kind": "unit", "covers": "a3", "big_committee_member": "no"}],
    })  # fmt: skip
    ruleset = load_ruleset()
    coverage = cover(city, places, links, attributes, ruleset)
    found = list(check_coverage(city, places, links, attributes, coverage, ruleset).rows())
    row = coverage.frame.loc["a3"].to_dict() | {"compound": "a3"}
    lines = explain_rows(row, coverage.trace[coverage.trace["compound"] == "a3"].to_dict("records"), found)
    reason = (
        "the registry has 市局党总支 cover it (branches.xlsx!Sheet1!O3), but neither big-committee membership nor a "
        "co-building agreement: not accepted"
    )
    assert row["status"] == "UNCOVERED"
    assert f"decided: uncovered (UNCOVERED) - {reason}" in lines
    paired = row | {"status": "INSTRUCTOR_ONLY", "rule": "INSTRUCTOR_ONLY"}
    lines = explain_rows(paired, traced("INSTRUCTOR_ONLY"), found)
    assert lines[2] == f"not met: through the unit's organisation (UNIT_ORG) - {reason}"


def test_findings_about_its_branch_are_told():
    assert any(line.startswith("C107 ") and "联合" in line for line in explain(run(), "a2"))


def test_stored_rows_say_the_same_after_a_round_trip():
    value = run()
    row = {"compound": "a1", "name": "金桂家园", **value.coverage.frame.loc["a1"].to_dict()}
    trace = value.coverage.trace
    rows = trace[trace["compound"] == "a1"].to_dict("records")
    found = [f for f in value.findings.rows() if f["subject"] in {"a1", *row["via"], *row["open_via"]}]
    stored = json.loads(json.dumps([row, rows, found], default=str))
    assert explain_rows(*stored) == explain(value, "a1")


def test_an_unknown_compound_is_a_key_error():
    with pytest.raises(KeyError):
        explain(run(), "nowhere")


def test_rules_of_another_set_are_shown_by_their_id():
    row = {"compound": "a1", "name": "", "status": "UNKNOWN", "organisation": "unknown", "work": "unknown",
           "valid": "unknown", "rule": "X", "via": [], "open_via": [], "flags": [], "refs": []}  # fmt: skip
    trace = [{"compound": "a1", "rule": "X", "held": True, "via": []}]
    assert explain_rows(row, trace)[2] == "decided: X (X) - X"


def test_the_texts_of_the_bundled_rules_are_marked_for_translation():
    assert tuple(rule.text for rule in load_ruleset().rules) == TEXTS


def test_it_speaks_chinese_without_failing():
    with speaking("zh"):
        assert len(explain(run(), "a1")) == len(explain(run(), "a1"))
