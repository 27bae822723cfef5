"""The hand-derived case table: statuses, measures, validity, records and flags."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from gridkit.coverage import cover
from gridkit.errors import InputError
from gridkit.model.fields import STATUSES
from gridkit.rules.ruleset import load_ruleset, override
from tests import tiny
from tests.coverage.build import build

CASES = Path(__file__).parents[1] / "cases" / "coverage"
STATUS_CASES = tomllib.loads((CASES / "statuses.toml").read_text("utf-8"))["case"]
ROWS = "{}.xlsx!Sheet1!{}"


def records(coverage_value: tuple[str, ...]) -> list[int]:
    return [int(record.rpartition("!")[2]) for record in coverage_value]


@pytest.mark.parametrize("case", STATUS_CASES, ids=[case["name"] for case in STATUS_CASES])
def test_case(case):
    city, places, links, attributes = build(case)
    coverage = cover(city, places, links, attributes, load_ruleset())
    assert sum(coverage.by_status().values()) == len(tiny.COMPOUNDS)
    expect = dict(case["expect"])
    rest = expect.pop("rest", {})
    for code, row in coverage.frame.iterrows():
        for field, value in expect.get(code, rest).items():
            got = row[field]
            if field in {"via", "open_via"}:
                got = records(got)
            elif field == "flags":
                got = list(got)
            assert got == value, (code, field)


def test_the_table_walks_every_status_and_validity_and_completeness():
    status_valid, status_complete = set(), set()
    for case in STATUS_CASES:
        for row in case["expect"].values():
            status_valid.add((row["status"], row.get("valid")))
            status_complete.add((row["status"], "branches" in case.get("complete", [])))
    for status in ("UNIT_ORG", "OWN_BRANCH", "JOINT_BRANCH"):
        assert {(status, answer) for answer in ("yes", "no", "unknown")} <= status_valid
    for status in set(STATUSES) - {"UNCOVERED"}:
        assert (status, False) in status_complete, status
    for status in STATUSES:
        assert (status, True) in status_complete, status
    assert ("UNCOVERED", False) not in status_complete


def test_cells_and_trace_lead_back_to_the_files():
    case = {
        "branches": [{"name": "x", "branch_kind": "compound", "covers": "a1", "formal_members": 3}],
        "compounds": [{"compound_id": "a1", "name": "金桂家园", "formal_members": 4, "instructor": "yes"}],
    }
    coverage = cover(*build(case), load_ruleset())
    row = coverage.frame.loc["a1"]
    assert row["via"] == ("branches.xlsx!Sheet1!3",)
    # fields of branches: covers 15th, formal_members 13th, term_end 11th; of compounds: formal_members 14th
    assert row["refs"] == (
        "branches.xlsx!Sheet1!O3",
        "branches.xlsx!Sheet1!M3",
        "branches.xlsx!Sheet1!K3",
        "compounds.xlsx!Sheet1!N3",
    )
    trace = coverage.trace[coverage.trace["compound"] == "a1"].set_index("rule")
    assert list(trace.index) == [rule.id for rule in load_ruleset().rules]
    assert trace["held"].to_dict() == {
        "UNIT_ORG": False, "OWN_BRANCH": True, "JOINT_BRANCH": False, "GRID_BRANCH": False, "FUNCTIONAL_ONLY": False,
        "INSTRUCTOR_ONLY": True, "PLANNED": False, "UNCOVERED": False, "UNKNOWN": True,
    }  # fmt: skip
    assert trace.loc["INSTRUCTOR_ONLY", "via"] == ("compounds.xlsx!Sheet1!3",)


def test_local_policy_is_configuration():
    case = {
        "complete": ["branches"],
        "branches": [
            {"name": "x", "branch_kind": "grid", "covers": "A2", "formal_members": 6, "term_end": "2026-01-01"},
            {"name": "f", "branch_kind": "functional", "covers": "a3、b1", "formal_members": 6},
        ],
    }
    strict = load_ruleset()
    local = override(strict, {"organisation": [*strict.organisation.statuses, "GRID_BRANCH"]})
    coverage = cover(*build(case), local)
    assert coverage.counts_as == (*strict.organisation.statuses, "GRID_BRANCH")
    assert coverage.ruleset == "strict+organisation"
    assert coverage.frame.loc[["a3", "a4", "b1"], "organisation"].to_list() == ["yes", "yes", "no"]
    functional = override(strict, {"organisation": [*strict.organisation.statuses, "FUNCTIONAL_ONLY"]})
    frame = cover(*build(case), functional).frame
    # a3 has status GRID_BRANCH, but the functional branch that names it counts here
    assert frame.loc[["a3", "a4", "b1"], "organisation"].to_list() == ["yes", "no", "yes"]


def test_a_city_without_compounds():
    city, places, links, attributes = build({"branches": [{"name": "x", "branch_kind": "grid", "covers": "A1"}]})
    attributes = type(attributes)(attributes.frame.iloc[:0], attributes.origin.iloc[:0])
    places = type(places)(places.frame.iloc[:0], places.parents)
    coverage = cover(city, places, links, attributes, load_ruleset())
    assert len(coverage.frame) == 0
    assert sum(coverage.by_status().values()) == 0


def test_a_project_without_a_compound_layer_is_told_so():
    city, places, links, attributes = build({"branches": [{"name": "x", "branch_kind": "grid", "covers": "A1"}]})
    layers = {level: layer for level, layer in city.layers.items() if level != "compound"}
    with pytest.raises(InputError, match="no compound layer"):
        cover(dataclasses.replace(city, layers=layers), places, links, attributes, load_ruleset())
