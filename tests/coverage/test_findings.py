"""Every coded rule of the room, with a failing and a passing case."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from gridkit.audit import measure
from gridkit.coverage import check_coverage, check_tree, cover
from gridkit.coverage.silent import KINDS
from gridkit.linkage import link, merge_attributes
from gridkit.locale import speaking
from gridkit.rules import CATALOGUE
from gridkit.rules.coverage import RULES
from gridkit.rules.ruleset import load_ruleset
from tests import tiny
from tests.coverage.build import COMMUNITIES, GRIDS, build

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "coverage" / "findings.toml").read_text("utf-8"))["case"]
IDS = [f"{case['rule']}-{number}" for number, case in enumerate(CASES)]


def found(case: dict, rule: str):
    city, places, links, attributes = build(case)
    if rule.startswith("C2"):
        return check_tree(city, places, links).with_code(rule)
    ruleset = load_ruleset()
    coverage = cover(city, places, links, attributes, ruleset)
    return check_coverage(city, places, links, attributes, coverage, ruleset).with_code(rule)


def subject(token: str | int) -> str:
    if isinstance(token, int):
        return f"branches.xlsx!Sheet1!{token}"
    return {**COMMUNITIES, **GRIDS}.get(token, token)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_bad_case_is_found(case):
    rows = found(case["bad"], case["rule"])
    assert sorted(rows["subject"]) == sorted(subject(token) for token in case["subjects"])
    if "params" in case:
        wanted = subject(case.get("params_of", case["subjects"][0]))
        params = rows[rows["subject"] == wanted]["params"].iloc[0]
        assert {name: params[name] for name in case["params"]} == case["params"]
    for row in rows.to_dict("records"):
        for language in ("en", "zh"):
            with speaking(language):
                assert not set("?〈") & set(CATALOGUE[row["code"]].say(row["params"]))
    if case["rule"] not in {"C203"}:
        assert all(rows["refs"].map(len) > 0)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_good_case_is_not(case):
    assert list(found(case["good"], case["rule"])["subject"]) == []


def test_every_rule_has_a_case():
    assert sorted({case["rule"] for case in CASES}) == [rule.code for rule in RULES]


def test_rules_are_complete():
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.severity in {"error", "warning", "notice"}
        assert all((rule.title, rule.sentence, rule.remedy, rule.source)), rule.code
    assert [rule.code for rule in RULES][:12] == [f"C{number}" for number in range(101, 113)]


def test_a_finding_has_a_place_on_the_map():
    case = next(case for case in CASES if case["rule"] == "C101")
    row = found(case["bad"], "C101").iloc[0]
    # compound a1 is the square from 40 to 100 m east and north of the corner: its middle is 70 m east of 105 degrees
    assert row["lon"] == pytest.approx(105 + 70 / (111_320 * 0.769), abs=2e-5)
    assert 39.7 < row["lat"] < 39.8
    assert row["refs"] == ("compound.gpkg!compound!1.formal_members", "compound.gpkg!compound!1.eligible")


def test_flags_name_the_compounds_that_a_finding_concerns():
    case = next(case for case in CASES if case["rule"] == "C105")
    coverage = cover(*build(case["bad"]), load_ruleset())
    flagged = coverage.frame.index[coverage.frame["flags"].map(lambda codes: "C105" in codes)]
    assert list(flagged) == ["a1", "b2"]


def test_a_name_that_nothing_matches_is_flagged_on_the_uncovered_compounds_of_its_community():
    case = {
        "complete": ["branches", "pairings"],
        "pairings": [],
        "branches": [
            {"name": "x", "branch_kind": "compound", "community_code": "B", "covers": "海天佳苑"},
            {"name": "y", "branch_kind": "compound", "community_code": "B", "covers": "b1"},
        ],
    }
    frame = cover(*build(case), load_ruleset()).frame
    assert frame["flags"].to_dict() == {**dict.fromkeys(tiny.COMPOUNDS, ()), "b1": ("C102",), "b2": ("C111",)}


def test_a_wide_joint_branch_is_measured_by_its_hull():
    from gridkit.coverage import joint

    case = {"branches": [{"name": "x", "branch_kind": "joint", "covers": "a1、a2、b2、c2"}]}
    results = []
    for limit in (32, 2):
        joint_small, joint._SMALL = joint._SMALL, limit
        try:
            results.append(found(case, "C105").iloc[0]["params"])
        finally:
            joint._SMALL = joint_small
    assert results[0] == results[1] == {"branch": "x", "span_km": 1.0, "communities": 3}


def test_cities_without_layers_or_rows_are_quiet():
    city, places, links, _ = build({})
    assert len(check_tree(city, places, links)) == 0
    bare = type(city)("bare", tiny.CRS)
    assert len(check_tree(bare, places, links)) == 0


def test_seed_of_fourteen_groups():
    """D1-14: each group takes one city grid; with four grids and four groups nothing is found."""
    rows = [{"branch_id": "J", "name": "联合党支部", "branch_kind": "joint", "covers": ""}]
    rows += [
        {"branch_id": f"J{n}", "name": f"联合党小组{n}", "branch_kind": "joint", "org_level": "group", "parent_id": "J",
         "covers": grid} for n, grid in enumerate(GRIDS)
    ]  # fmt: skip
    city, places, links, _ = build({"branches": rows, "complete": ["branches"]})
    codes = check_tree(city, places, links).counts()
    assert not {"C207", "C212", "C213"} & set(codes)


def test_a_registry_without_a_column_of_compounds_is_told_once():
    city, places, links, attributes = build({"branches": [{"name": kind, "branch_kind": kind} for kind in KINDS]})
    registry = city.registries["branches"]
    bare = dataclasses.replace(registry, given=registry.given - {"covers"})
    city = dataclasses.replace(city, registries={"branches": bare})
    coverage = cover(city, places, links, attributes, load_ruleset())
    found = check_coverage(city, places, links, attributes, coverage, load_ruleset()).with_code("C113")
    assert len(found) == 1
    assert "4 branches" in CATALOGUE["C113"].say(found["params"].iloc[0])


def test_all_of_a_community_that_nobody_knows_may_be_any_compound():
    row = {"name": "x", "branch_kind": "joint", "covers": "全部小区"}
    city = tiny.city([tiny.registry("branches", [row], complete=True)])
    places = tiny.places()
    links = link(city, places)
    attributes, _ = merge_attributes(city, links)
    coverage = cover(city, places, links, attributes, load_ruleset())
    assert set(coverage.frame["status"]) == {"UNKNOWN"}
    assert set(coverage.frame["open_via"]) == {("branches.xlsx!Sheet1!3",)}
    found = check_coverage(city, places, links, attributes, coverage, load_ruleset())
    assert found.counts() == {"C113": 1}
    assert found.with_code("C113")["params"].to_list() == [{"branch": "x", "variant": "all"}]
    organisation = measure(city, places, links, attributes, coverage).get("coverage.organisation.declared")
    assert (organisation["numerator"], organisation["unknown"], organisation["details"]["possible"]) == (0, 8, ())


def test_a_head_of_unreadable_status_is_not_missing():
    head = {"name": "东门社区党总支", "branch_kind": "community", "community_code": "A", "branch_status": "unknown"}
    city, places, links, _ = build({"complete": ["branches"], "branches": [head]})
    assert sorted(check_tree(city, places, links).with_code("C203")["subject"]) == [tiny.B, tiny.C]
