"""One sentence per compound says why: never the rule, never something that the records contradict."""

from __future__ import annotations

import dataclasses

import pytest

from gridkit.coverage.reasons import reason, reasons
from gridkit.locale import speaking
from gridkit.maps.evidence import Evidence
from gridkit.model import Findings
from gridkit.model.fields import STATUSES
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
