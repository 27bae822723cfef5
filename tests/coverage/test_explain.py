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
    rules = [line.split(":")[0] for line in lines[2:11]]
    assert rules == [rule.id for rule in load_ruleset().rules]
    assert lines[4].startswith("JOINT_BRANCH: would hold if an open link were confirmed")
    assert lines[4].endswith("[branches.xlsx!Sheet1!3]")
    assert lines[5].startswith("GRID_BRANCH: decides")
    assert lines[11] == "waiting for a person to confirm: branches.xlsx!Sheet1!3"
    assert lines[12].startswith("cells: branches.xlsx!Sheet1!O4, ")


def test_findings_about_its_branch_are_told():
    assert any(line.startswith("C107 ") and "联合" in line for line in explain(run(), "a2"))


def test_stored_rows_say_the_same_after_a_round_trip():
    value = run()
    row = {"compound": "a1", "name": "金桂家园", **value.coverage.frame.loc["a1"].to_dict()}
    trace = value.coverage.trace
    rows = trace[trace["compound"] == "a1"].to_dict("records")
    found = [f for f in value.findings.rows() if f["subject"] in {"a1", *row["via"]}]
    stored = json.loads(json.dumps([row, rows, found], default=str))
    assert explain_rows(*stored) == explain(value, "a1")


def test_an_unknown_compound_is_a_key_error():
    with pytest.raises(KeyError):
        explain(run(), "nowhere")


def test_rules_of_another_set_are_shown_by_their_id():
    row = {"compound": "a1", "name": "", "status": "UNKNOWN", "organisation": "unknown", "work": "unknown",
           "valid": "unknown", "rule": "X", "via": [], "open_via": [], "flags": [], "refs": []}  # fmt: skip
    trace = [{"compound": "a1", "rule": "X", "held": True, "via": []}]
    assert explain_rows(row, trace)[2] == "X: decides - X"


def test_the_texts_of_the_bundled_rules_are_marked_for_translation():
    assert tuple(rule.text for rule in load_ruleset().rules) == TEXTS


def test_it_speaks_chinese_without_failing():
    with speaking("zh"):
        assert len(explain(run(), "a1")) == len(explain(run(), "a1"))
