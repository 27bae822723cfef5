"""``gridkit link``: the links in numbers, and what a file of decisions changes, on the terminal and in the audit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gridkit import errors
from gridkit.linkage import key_of
from gridkit.model.overrides import OVERRIDE_COLUMNS
from gridkit.rules.weights import load_weights
from tests.cli.test_bad_input import collection, compound, square

TOML = """
[project]
name = "t"
as_of = 2024-06-30
[layers.community]
path = "communities.geojson"
[layers.compound]
path = "compounds.geojson"
[registries.branches]
path = "branches.csv"
complete = true
"""
BRANCHES = """党组织编码,党组织名称,党组织类型,所属社区,任期届满,正式党员数,状态,覆盖小区
B1,金桂党支部,小区党支部,东门社区,2026-01-01,5,正常,金桂家圆
B2,银杏党支部,小区党支部,东门社区,2026-01-01,6,正常,银杏小区
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "gridkit.toml").write_text(TOML, encoding="utf-8")
    (folder / "branches.csv").write_text(BRANCHES, encoding="utf-8")
    area = {"社区代码": "990101001001", "社区名称": "东门社区"}
    (folder / "communities.geojson").write_text(collection((area, square(105, 39, 0.01))), encoding="utf-8")
    places = [
        (compound("990101001001X001", "金桂家园"), square(105.001, 39.001, 0.001)),
        (compound("990101001001X002", "银杏小区"), square(105.004, 39.004, 0.001)),
        (compound("990101001001X003", "市财政局家属院"), square(105.006, 39.006, 0.001)),
    ]
    (folder / "compounds.geojson").write_text(collection(*places), encoding="utf-8")
    return folder


def decide(path, target: str = "990101001001X001", decision: str = "link", mention: str = "金桂家圆"):
    key = key_of("branches", "covers", mention, "东门社区")
    row = [key, "branches", "covers", mention, "东门社区", decision, target, "王小明去过，13900000000", "街道", "", ""]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([OVERRIDE_COLUMNS, row])
    return path


def test_the_links_in_numbers(gridkit, project):
    said = gridkit("link", project, "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    lines = said.out.splitlines()
    assert lines[0].startswith("profile audit, weights version ")
    assert any("compound layer: 2 mentions = 1 linked + 1 waiting + 0 unknown" in line for line in lines)
    assert "1 mention(s) wait for a person" in lines
    assert "What the decisions change" not in said.out
    found = json.loads(gridkit("link", project, "--json").out)
    assert "changes" not in found
    row = next(row for row in found["columns"] if row["field"] == "covers")
    assert (row["mentions"], row["accepted"], row["waiting"], row["none"]) == (2, 1, 1, 0)
    assert [one["code"] for one in found["findings"]] == ["L102"]
    assert sum(found["coverage"].values()) == 3


def test_apply_shows_what_changes_and_changes_nothing(gridkit, project, tmp_path):
    before = {path.name: path.read_bytes() for path in project.iterdir()}
    file = decide(project / "mine.csv")
    said = gridkit("link", project, "--apply", file, "--lang", "en", "-o", tmp_path / "out")
    assert said.code == errors.EXIT_CLEAN
    assert "Decisions: 1 used" in said.out
    assert "1 mention(s) linked now" in said.out
    assert "金桂家圆: – → 990101001001X001  ← branches.csv!H2" in said.out
    assert "no data → own branch: 1\n      金桂家园 (990101001001X001)" in said.out
    assert "organisation coverage, as declared (compounds): 33.3%–66.7% → 66.7%" in said.out
    assert 'to keep them: write below [links] in gridkit.toml: overrides = "mine.csv"' in said.out
    assert not {"王小明", "13900000000"} & set(said.out.split())
    again = gridkit("link", project, "--apply", file, "--json")
    found = json.loads((tmp_path / "out" / "link.json").read_text(encoding="utf-8"))
    assert found == json.loads(again.out)
    assert found["changes"]["status_counts"] == [{"compounds": 1, "new": "OWN_BRANCH", "old": "UNKNOWN"}]
    assert [one["path"] for one in found["overrides"]] == ["mine.csv"]
    assert {path.name: path.read_bytes() for path in project.iterdir() if path != file} == before


def test_a_decision_can_take_coverage_away(gridkit, project):
    file = decide(project / "mine.csv", "", "no_match", "银杏小区")
    said = gridkit("link", project, "--apply", file, "--lang", "en").out
    assert "1 mention(s) linked no more" in said
    assert "own branch → uncovered: 1" in said
    assert "银杏小区: 990101001001X002 → –" in said


def test_stale_decisions_are_told(gridkit, project):
    file = decide(project / "mine.csv", "nowhere")
    said = gridkit("link", project, "--apply", file, "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    assert "Decisions: 1 whose target is not there" in said.out
    assert "0 compound(s) with another status" in said.out
    decide(file, mention="从前的小区")
    assert "1 that no row asks for" in gridkit("link", project, "--apply", file, "--lang", "en").out


def test_with_a_file_of_its_own_the_lines_are_to_be_added(gridkit, project):
    decide(project / "own.csv")
    toml = project / "gridkit.toml"
    toml.write_text(TOML + '[links]\noverrides = "own.csv"\nprofile = "normal"\n', encoding="utf-8")
    more = decide(project / "more.csv", "990101001001X003", "link", "银杏小区")
    said = gridkit("link", project, "--apply", more, "--lang", "en").out
    assert said.startswith("profile normal")
    assert "to keep them: add the lines of more.csv to own.csv" in said
    assert "1 mention(s) linked to another place" in said
    other = decide(project / "other.csv", "990101001001X002")
    refused = gridkit("link", project, "--apply", other, "--lang", "en")
    assert refused.code == errors.EXIT_INPUT
    assert "own.csv!2 (link 990101001001X001), other.csv!2 (link 990101001001X002)" in refused.err
    assert refused.out == ""


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "key,decision,target\nx,link,a\n"])
def test_files_that_cannot_be_used(gridkit, project, text):
    (project / "bad.csv").write_text(text, encoding="utf-8")
    said = gridkit("link", project, "--apply", project / "bad.csv", "--lang", "en")
    assert said.code == errors.EXIT_INPUT
    assert "bad.csv" in said.err
    assert gridkit("link", project, "--apply", project / "none.csv").code == errors.EXIT_INPUT
    (project / "gridkit.toml").write_text(TOML + '[links]\noverrides = "bad.csv"\n', encoding="utf-8")
    for command in ("check", "link", "audit"):
        assert gridkit(command, project).code == errors.EXIT_INPUT


def test_out_that_cannot_be_written(gridkit, project, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert gridkit("link", project, "--out", tmp_path / "file" / "below").code == errors.EXIT_OUTPUT


def test_the_audit_uses_decisions_and_verify_notices_when_they_change(gridkit, project):
    plain = json.loads(gridkit("audit", project, "--no-map", "--json").out)
    file = decide(project / "own.csv")
    (project / "gridkit.toml").write_text(TOML + '[links]\noverrides = "own.csv"\n', encoding="utf-8")
    run = json.loads(gridkit("audit", project, "--no-map", "--json").out)
    assert run["compounds"]["by_status"]["OWN_BRANCH"] == plain["compounds"]["by_status"]["OWN_BRANCH"] + 1
    assert run["run"] != plain["run"]
    manifest = json.loads((Path(run["run"]) / "manifest.json").read_text(encoding="utf-8"))
    assert [one["path"] for one in manifest["inputs"] if one["kind"] == "overrides"] == ["own.csv"]
    assert manifest["settings"]["links"] == {"overrides": "own.csv", "profile": "audit", "sample": ""}
    assert manifest["settings"]["weights"] == load_weights().version
    for path in (path for path in Path(run["run"]).rglob("*") if path.is_file()):
        assert b"13900000000" not in path.read_bytes()
    assert gridkit("verify", run["run"]).code == errors.EXIT_CLEAN
    decide(file, decision="alias")
    said = gridkit("verify", run["run"], "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    assert "input own.csv has changed" in said.out


def test_a_check_with_decisions(gridkit, project, tmp_path):
    decide(project / "own.csv", "nowhere")
    (project / "gridkit.toml").write_text(TOML + '[links]\noverrides = "own.csv"\n', encoding="utf-8")
    said = gridkit("check", project, "--all", "--out", tmp_path / "out", "--lang", "en")
    assert "own.csv: 1 rows = 1 kept + 0 set aside" in said.out
    assert "L117" in said.out
    assert "← own.csv!2 branches.csv!H2" in said.out
    assert [path.name for path in (tmp_path / "out" / "marked").iterdir()] == ["branches.csv.xlsx"]
