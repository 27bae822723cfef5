"""One sentence per compound says why: never the rule, never something that the records contradict."""

from __future__ import annotations

import dataclasses

import pytest

from gridkit.coverage.reasons import reason, reasons
from gridkit.locale import speaking
from gridkit.maps.certainty import certainty
from gridkit.maps.evidence import Evidence
from gridkit.model import Findings, Source
from gridkit.model.fields import STATUSES
from gridkit.model.proof import AuditResult
from tests import tiny
from tests.maps import sample


def row(status, organisation="no", work="no", valid="no"):
    return {"status": status, "organisation": organisation, "work": work, "valid": valid}


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_a_sentence_in_both_languages(status):
    with speaking("en"):
        english = reason(row(status), via="X")
    with speaking("zh"):
        chinese = reason(row(status), via="X")
    assert english.isascii() and not chinese.isascii()
    assert status not in english


@pytest.mark.parametrize(
    ("answers", "texts", "sentence"),
    [
        (
            row("UNKNOWN", "unknown", "unknown", "unknown"),
            {"waiting": "Branch A"},
            "may be covered, which a person has to confirm: Branch A",
        ),
        (
            row("UNCOVERED"),
            {"unproven": "Unit A"},
            "the registry names an organisation of its unit, but no big-committee membership and no agreement is "
            "recorded, so that it is not recognised: Unit A",
        ),
        (
            row("UNCOVERED", work="unknown"),
            {},
            "the registry is declared complete and names no organisation for it; "
            "whether it has work coverage is unknown",
        ),
        (
            row("GRID_BRANCH", "unknown", "yes", "yes"),
            {"via": "Grid 1", "waiting": "Branch A"},
            "only the branch of its grid: Grid 1; its organisation coverage waits for confirmation: Branch A",
        ),
        (
            row("INSTRUCTOR_ONLY", "no", "yes", "yes"),
            {"via": "Unit B", "unproven": "Unit A"},
            "only an instructor or a paired unit: Unit B; "
            "the registry also names an organisation of its unit, but without membership or agreement: Unit A",
        ),
        (row("OWN_BRANCH", "yes", "yes", "yes"), {"via": "B", "unproven": "U"}, "a branch of its own: B"),
        (
            row("JOINT_BRANCH", "yes", "yes", "unknown"),
            {"via": "B", "named": False},
            "a joint branch with other compounds; whether it holds as valid is unknown",
        ),
    ],
)
def test_sentences(answers, texts, sentence):
    with speaking("en"):
        assert reason(answers, **texts) == sentence


def test_an_unknown_compound_with_waiting_records_is_not_said_to_be_named_nowhere():
    cover = sample.coverage()
    cover.frame.at["c2", "open_via"] = (sample.BRANCH + "3",)
    found = Findings.of([{"code": "C109", "subject": "c1", "params": {"branch": "市财政局党支部", "name": "向阳院"}}])
    run = sample.run(cover=cover, findings=found)
    with speaking("zh"):
        said = reasons(run)
        nameless = reasons(run, named=False)
    assert said["c2"] == "可能已有组织覆盖，对应关系待人工确认：金桂家园党支部"
    assert said["c1"].startswith("台账写有单位党组织覆盖，但缺") and said["c1"].endswith("：市财政局党支部")
    assert said.index.equals(cover.frame.index)
    assert not nameless.str.contains("党支部：|家园|财政局").any()
    assert nameless["c2"] == "可能已有组织覆盖，对应关系待人工确认"


def test_many_records_are_counted_and_a_compound_row_is_its_instructor():
    rows = [{"name": f"B{at}"} for at in range(5)]
    city = tiny.city([tiny.registry("branches", rows), tiny.registry("compounds", [{"name": "金桂家园"}])])
    cover = sample.coverage()
    cover.frame.at["a1", "via"] = tuple(f"{sample.BRANCH}{at}" for at in range(3, 8))
    cover.frame.at["b1", "via"] = ("compounds.xlsx!Sheet1!3",)
    with speaking("en"):
        said = reasons(sample.run(city, cover=cover, language="en"))
    assert said["a1"] == "a branch of its own: B0, B1, B2, 2 more"
    assert said["b1"] == "only an instructor or a paired unit: instructor in the compound registry"


def test_files_of_one_name_keep_their_folders():
    city = tiny.city()
    sources = tuple(dataclasses.replace(city.sources[0], path=path) for path in ("a/x.gpkg", "b/x.gpkg", "b/y.gpkg"))
    with speaking("zh"):
        evidence = Evidence.of(dataclasses.replace(city, sources=sources))
        said = [evidence.place(f"{path}!street!7") for path in ("a/x.gpkg", "b/x.gpkg", "b/y.gpkg")]
        assert evidence.cells(("b/y.gpkg!street!7.户数",)) == ("y.gpkg · street · 第 7 行 户数",)
    assert said == ["a/x.gpkg · street · 第 7 行", "b/x.gpkg · street · 第 7 行", "y.gpkg · street · 第 7 行"]


def with_sources(*sources):
    city = tiny.city([tiny.registry("branches", [{"name": "甲", "formal_members": 4, "term_end": "2025-01-01"}])])
    return dataclasses.replace(city, sources=sources)


def test_the_registry_that_is_silent_is_named_where_its_scope_reaches():
    """c1 lies in community 2; a registry that is complete elsewhere only says nothing of it."""
    place = tiny.places().frame.loc["c1", "community"]
    whole = Source("a/branches.xlsx", "0" * 64, "branches", sheet="党组织台账", complete=True)
    here = dataclasses.replace(whole, path="b.csv", sheet="", scope=place)
    there = dataclasses.replace(whole, path="c.csv", sheet="", scope="88")
    said = reasons(sample.run(with_sources(whole, here, there), language="en"))["c1"]
    assert said.startswith("no organisation for it stands in branches.xlsx (党组织台账), b.csv, which is declared")
    assert "b.csv" not in reasons(sample.run(with_sources(whole, here), language="en"), named=False)["c1"]


def test_a_cell_is_said_with_its_head_and_a_number_with_its_content():
    columns = {"name": "B", "covers": "C", "formal_members": "D"}
    headers = {"covers": "覆盖小区", "formal_members": "正式党员数", "name": ""}
    source = Source("branches.xlsx", "0" * 64, "branches", sheet="Sheet1", columns=columns, headers=headers)
    city = with_sources(source)
    row = city.registries["branches"].frame.index[0].rpartition("!")[2]
    found = Evidence.of(city).cells(tuple(f"branches.xlsx!Sheet1!{letter}{row}" for letter in "BCD"))
    assert found == (f"branches.xlsx · Sheet1 · B{row}, C{row} (覆盖小区), D{row} (正式党员数: 4)",)


def test_the_groups_of_the_headline_are_led_to_the_figures_of_the_reports():
    run = sample.run(language="en")
    assert certainty(run) == []
    names = ["covered"] * 3 + ["confirmed"] * 2 + ["possible"] * 3
    shades = run.coverage.frame.assign(shade=names)[["shade"]]
    (said,) = certainty(dataclasses.replace(run, result=AuditResult(shades=shades)))
    assert said.startswith(
        "Without organisation coverage: 5 = work coverage only 2 + planned only 1 + not covered 1 + "
    )
    assert "2 are confirmed uncovered" in said and "3 are possibly covered" in said
