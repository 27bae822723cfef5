"""The main job against the answer sheet of the demo city, which was written from the truth before the files were."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction

from openpyxl import load_workbook

from gridkit import cli, errors, locale, pipeline
from gridkit.audit.widening import MEASURES
from gridkit.io.project import read_project
from gridkit.model.fields import STATUSES
from gridkit.reports.marked import write_marked
from gridkit.rules import CATALOGUE
from tests.main_job import DATA, done


def test_every_compound_has_its_true_status():
    truth, found = done().answers["compounds"], done().run.coverage.frame
    assert sorted(found.index) == sorted(truth)
    wrong = {
        code: (want["status"], found.at[code, "status"])
        for code, want in truth.items()
        if want["linkable"] and found.at[code, "status"] != want["status"]
    }
    assert wrong == {}


def test_validity_is_as_in_the_answer_sheet():
    truth, found = done().answers["compounds"], done().run.coverage.frame
    wrong = {
        code: (want["valid"], found.at[code, "valid"])
        for code, want in truth.items()
        if want["linkable"] and want["organisation"] == "yes" and found.at[code, "valid"] != want["valid"]
    }
    assert wrong == {}


def test_a_compound_whose_evidence_cannot_be_linked_is_never_plainly_uncovered():
    """Its row names something nobody knows: it is unknown, or uncovered with the flag that a row may mean it."""
    truth, found = done().answers["compounds"], done().run.coverage.frame
    accused = [
        code
        for code, want in truth.items()
        if not want["linkable"] and found.at[code, "status"] == "UNCOVERED" and "C111" not in found.at[code, "flags"]
    ]
    assert accused == []


def test_statuses_partition_the_compounds():
    counts = done().run.coverage.by_status()
    assert tuple(counts) == STATUSES
    assert sum(counts.values()) == done().answers["totals"]["compounds"]


def test_true_indicators_lie_in_the_intervals():
    indicators, outside = done().run.indicators, []
    truth = {name: scopes for name, scopes in done().answers["indicators"].items() if not name.startswith("gap.")}
    for name, scopes in truth.items():
        for scope, bases in scopes.items():
            for basis, want in bases.items():
                row = indicators.get(name, scope=scope, basis=basis)
                same = row["denominator"] == want["denominator"]
                inside = row["numerator"] <= want["numerator"] <= row["numerator"] + row["unknown"]
                if not (same and inside):
                    got = (int(row["numerator"]), int(row["unknown"]), int(row["denominator"]))
                    outside.append((name, scope, basis, (want["numerator"], want["denominator"]), got))
    assert outside == []


def test_the_urban_township_gap():
    row = done().run.indicators.get("gap.organisation", basis="compounds")
    low, high = row["details"]["points"]
    assert low <= done().answers["indicators"]["gap.organisation"][""]["compounds"]["points"] <= high


def test_claims_have_their_true_verdicts():
    """The truth knows every link. Of a claim of all units the audit cannot tell, as nobody has checked its links."""
    found = done().run.claims.set_index(["text", "indicator"])
    open_ = []
    for want in done().answers["claims"]:
        row = found.loc[(want["text"], want["indicator"])]
        if row["because"]["key"] == "open_links":
            open_.append(want["text"])
        else:
            assert row["verdict"] == want["verdict"], want["text"]
    assert open_ == ["机关企事业单位结对率100%"]


def test_planted_defects_are_found_where_they_are():
    """Every planted defect with a rule of ours: a finding of that rule that names its subject, row or cell."""
    findings, missed = done().run.findings.frame, []
    for planted in done().answers["planted"]:
        rule = str(planted.get("code") or "")
        if rule not in CATALOGUE:
            continue
        row = "!".join(filter(None, [planted["file"], planted["sheet"], str(planted["row"])]))
        cell = "!".join(filter(None, [planted["file"], planted["sheet"], f"{planted['column']}{planted['row']}"]))
        rows = findings[findings["code"] == rule].to_dict("records")
        named = [{found["subject"], *map(str, found["params"].values()), *found["refs"]} for found in rows]
        if not any({planted["subject"], row, cell} & names for names in named):
            missed.append((rule, planted["subject"], cell, planted["note"]))
    assert missed == []


def test_tricks_are_those_of_the_truth():
    """Every offender of the answer sheet is told and nobody else, through the linker."""
    city, findings = done().run.city, done().run.findings.frame
    accepted = done().run.links.frame[done().run.links.frame["accepted"]]
    ids: dict[str, str] = {}
    for kind, column in (("branches", "branch_id"), ("units", "unit_id")):
        ids |= city.rows(kind)[column].to_dict()
    for kind, field in (("compounds", "compound"), ("pairings", "unit")):
        links = accepted[(accepted["field"] == field) & accepted["record"].isin(city.rows(kind).index)]
        ids |= {record: ids.get(code, code) for record, code in zip(links["record"], links["code"], strict=True)}
    found = {
        code: sorted({ids.get(subject, subject) for subject in findings.loc[findings["code"] == code, "subject"]})
        for code in done().answers["tricks"]
    }
    assert found == done().answers["tricks"]


def test_rows_are_conserved():
    for source in done().run.city.sources:
        assert source.rows_in == source.kept + source.set_aside
    assert len(done().run.city.set_aside) == sum(source.set_aside for source in done().run.city.sources)


def test_no_person_in_any_output():
    for path in sorted(done().folder.rglob("*")):
        if path.suffix in {".html", ".json"}:
            text = re.sub(r"[0-9a-f]{32,}", "", path.read_text(encoding="utf-8"))  # hashes and ids are no numbers
            for filler in ("甲某", "乙某", "丙某", "00000000000"):
                assert filler not in text, path.name


def test_json_has_its_documented_parts():
    said = json.loads((done().folder / "audit.json").read_text(encoding="utf-8"))
    assert said["compounds"]["total"] == sum(said["compounds"]["by_status"].values())
    for row in said["indicators"]:
        assert {"id", "scope", "basis", "numerator", "denominator", "excluded", "unknown", "low", "high"} <= set(row)
    assert {"text", "verdict", "low", "high", "because"} <= set(said["claims"][0])
    assert {"code", "count"} <= set(said["findings"][0])
    assert {"path", "sha256", "rows_in", "kept", "set_aside"} <= set(said["inputs"][0])


def test_hundred_percent_only_where_it_is_true():
    for row in done().run.indicators.frame.itertuples():
        if row.denominator and row.low == 1:
            assert Fraction(int(row.numerator), int(row.denominator)) == 1


def test_same_bytes_whatever_the_hash_seed(tmp_path):
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    command = [sys.executable, "-m", "gridkit", "audit", str(DATA), "--out", str(tmp_path), "--lang", "zh"]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == errors.EXIT_FINDINGS, finished.stderr
    (folder,) = tmp_path.iterdir()
    assert folder.name == done().folder.name
    for path in sorted(done().folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            assert (folder / path.relative_to(done().folder)).read_bytes() == path.read_bytes(), path.name


def test_verify_holds_and_notices_tampering(tmp_path, capsys):
    city = tmp_path / "city"
    with locale.speaking("en"):
        assert cli.run(["demo", str(city), "--size", "town", "--lang", "en"]) == errors.EXIT_CLEAN
        (folder,) = (city / "runs").iterdir()
        assert cli.run(["verify", str(folder), "--lang", "en"]) == errors.EXIT_CLEAN
        assert "same inputs, same bytes" in capsys.readouterr().out
        report = folder / "audit.html"
        report.write_text(report.read_text(encoding="utf-8").replace("100", "101"), encoding="utf-8")
        assert cli.run(["verify", str(folder), "--lang", "en"]) == errors.EXIT_FINDINGS
        said = capsys.readouterr().out
        assert "audit.html" in said
        assert "map.html" not in said


def test_explain_a_compound_down_to_the_cells(capsys):
    covered = next(c for c, want in done().answers["compounds"].items() if want["status"] == "OWN_BRANCH")
    assert cli.run(["explain", str(done().folder), covered, "--lang", "zh"]) == errors.EXIT_CLEAN
    said = capsys.readouterr().out
    assert covered in said
    assert "branches.xlsx!党组织台账!" in said


def test_an_identical_run_is_kept(tmp_path):
    with locale.speaking("zh"):
        run = done().run
        first = pipeline.save(run, tmp_path, project=DATA / "gridkit.toml", with_map=False)
        stamp = (first / "audit.json").stat().st_mtime_ns
        second = pipeline.save(run, tmp_path, project=DATA / "gridkit.toml", with_map=False)
    assert first == second
    assert (first / "audit.json").stat().st_mtime_ns == stamp
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_one_figure_has_one_interval():
    """An indicator that is a cell of the definition matrix, and a place in the league table, say the same."""
    run = done().run
    names = ["numerator", "denominator", "unknown", "allowance_low", "allowance_high", "low", "high"]
    cells = run.result.matrix.assign(level=run.result.matrix["scope_level"])
    compared = 0
    for name, (subject, numerator, denominator) in MEASURES.items():
        part = cells[(cells["subject"] == subject) & (cells["numerator_id"] == numerator)]
        part = part[part["denominator_id"] == denominator]
        mine = run.indicators.frame[run.indicators.frame["id"] == name].rename(columns={"basis": "weight"})
        both = mine.merge(part, on=["scope_level", "scope", "weight"], suffixes=("", "_cell"))
        compared += len(both)
        for one in names:
            assert both[one].fillna(-1).tolist() == both[f"{one}_cell"].fillna(-1).tolist(), (name, one)
    valid = run.indicators.frame[run.indicators.frame["id"] == "coverage.organisation.valid"]
    valid = valid[valid["basis"] == "compounds"].rename(columns={"scope_level": "level", "scope": "code"})
    ranked = run.result.league.merge(valid, on=["level", "code"], suffixes=("", "_rate"))
    assert len(ranked) == len(run.result.league)
    assert all(ranked[one].tolist() == ranked[f"{one}_rate"].tolist() for one in names if one not in ("low", "high"))
    assert compared > 20


def test_defects_that_an_audit_finds_are_marked_as_well(tmp_path):
    """A run can be marked like a check; what was planted in a row is noted in that row."""
    run, answers = done().run, done().answers
    with locale.speaking("zh"):
        write_marked(run, read_project(DATA), tmp_path)
    found = set(run.findings.frame["code"])
    elsewhere = {("C101", "registries/branches.xlsx")}  # told of the compound, not of the branch that is not there
    pages, looked = {}, 0
    for one in answers["planted"]:
        code, file = one["code"], one["file"]
        if file.startswith("registries/") and code in found and (code, file) not in elsewhere:
            name = file if file.endswith(".xlsx") else f"{file}.xlsx"
            page = pages.setdefault(name, load_workbook(tmp_path / name).worksheets[0])
            notes = [cell.comment.text for cell in page[one["row"]] if cell.comment]
            assert any(code in note for note in notes), one
            looked += 1
    assert looked > 50
