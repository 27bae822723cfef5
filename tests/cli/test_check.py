"""``gridkit check`` on the command line: what it prints, what it writes, and that every planted defect is marked."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import openpyxl
import pytest

from gridkit import errors
from tests.io import files

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The committed demo city, checked once, in Chinese."""
    from gridkit import cli

    out = tmp_path_factory.mktemp("check") / "out"
    assert cli.run(["check", str(DATA), "--out", str(out), "--lang", "zh"]) == errors.EXIT_FINDINGS
    return out


@pytest.fixture
def small(tmp_path):
    """A project of one table with eight bad cells of two kinds, and an unused column."""
    rows = [["小区编号", "小区名称", "社区代码", "小区类型", "户数", "备用"]]
    kinds = ["别墅区", "洋房区", "排屋区", "塔楼区", "板楼区", "木屋区", "竹楼区"]
    rows += [[f"X{n}", f"第{n}小区", "990101001001", kind, 5, "x"] for n, kind in enumerate(kinds)]
    rows += [["X9", "末小区", "9.90101E+11", "商品房小区", 3, ""]]
    files.table(tmp_path / "p" / "表.csv", rows)
    (tmp_path / "p" / "gridkit.toml").write_text('[registries.compounds]\npath = "表.csv"\n', encoding="utf-8")
    return tmp_path / "p"


def test_findings_are_told_by_severity_and_rule(gridkit, small):
    said = gridkit("check", small, "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    lines = said.out.splitlines()
    severities = [line.partition(":")[0] for line in lines if line.partition(":")[0] in ("error", "warning", "notice")]
    assert severities == ["error", "warning", "notice"]
    assert "  S115 Code was damaged by a spreadsheet (1 finding(s), 1 cell(s))" in lines
    assert any("← 表.csv!C9" in line for line in lines)
    assert "what to do about one: gridkit explain rule S115" in said.out
    assert "gridkit check --out DIR" in said.out


def test_examples_first_and_all_on_request(gridkit, small):
    short, full = gridkit("check", small, "--lang", "en").out, gridkit("check", small, "--all", "--lang", "en").out
    assert "--all lists them" in short
    assert "--all" not in full
    assert [cell in full for cell in ("!D2", "!D8")] == [True, True]
    assert "!D8" not in short


def test_many_cells_of_one_finding_are_cut_on_the_terminal_only(gridkit, small):
    files.table(small / "表.csv", [["小区编号", "小区名称", "户数"], *[[f"X{n}", "甲园", "若干"] for n in range(300)]])
    said = gridkit("check", small, "--lang", "en").out
    assert "表.csv!C2 表.csv!C3 表.csv!C4 … and 297 more" in said
    found = json.loads(gridkit("check", small, "--json").out)["findings"]
    assert [len(row["refs"]) for row in found if row["code"] == "S111"] == [300]


def test_the_same_document_on_stdout_and_in_the_file(gridkit, small, tmp_path):
    said = gridkit("check", small, "--json", "-o", tmp_path / "out")
    assert said.code == errors.EXIT_FINDINGS
    assert json.loads(said.out) == json.loads((tmp_path / "out" / "check.json").read_text(encoding="utf-8"))
    only = json.loads(gridkit("check", small, "--json").out)
    assert only == {**json.loads(said.out), "files": {}}
    assert not (small / "check").exists()


def test_what_is_written(gridkit, small, tmp_path):
    said = gridkit("check", small, "--out", tmp_path / "out", "--lang", "en")
    names = sorted(entry.relative_to(tmp_path / "out").as_posix() for entry in (tmp_path / "out").rglob("*.*"))
    assert names == ["check.json", "check.xlsx", "defects.gpkg", "marked/表.csv.xlsx"]
    assert str(tmp_path / "out" / "check.xlsx") in said.out
    document = json.loads((tmp_path / "out" / "check.json").read_text(encoding="utf-8"))
    assert set(document["files"]) == {"check.xlsx", "defects.gpkg", "marked/表.csv.xlsx"}


def test_a_second_check_replaces_the_first_and_nothing_else(gridkit, small, tmp_path):
    for _ in range(2):
        assert gridkit("check", small, "--out", tmp_path / "out").code == errors.EXIT_FINDINGS
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    said = gridkit("check", small, "--out", tmp_path / "out")
    assert said.code == errors.EXIT_OUTPUT
    assert "notes.txt" in said.err
    assert (tmp_path / "out" / "notes.txt").read_text(encoding="utf-8") == "mine"
    said = gridkit("check", small, "--out", small)
    assert said.code == errors.EXIT_OUTPUT
    assert (small / "gridkit.toml").exists()


EXPECTED = {
    "grid_does_not_exist": "S107", "parent_does_not_exist": "S107", "duplicate_row": "S105", "duplicate_branch": "S105",
    "unknown_compound": "L101", "misspelt": "L102", "phase_dropped": "L102", "count_with_words": "S112",
    "code_scientific": "S115", "value_out_of_vocabulary": "S110", "count_not_a_number": "S111",
    "lon_lat_swapped": "S174",
}  # fmt: skip
"""Planted defect -> the rule of the check that must find it; the others are for the audit to find, or no defects."""


def test_every_planted_defect_of_a_cell_is_marked_in_the_copy(demo):
    planted = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))["planted"]
    looked = [one for one in planted if one["kind"] in EXPECTED and one["file"].startswith("registries/")]
    assert {one["kind"] for one in looked} == set(EXPECTED)
    pages: dict[str, object] = {}
    for one in looked:
        name = one["file"] if one["file"].endswith(".xlsx") else f"{one['file']}.xlsx"
        page = pages.setdefault(name, sheet_of(demo / "marked" / name))
        cell = page[f"{one['column']}{one['row']}"]
        assert cell.comment is not None, one
        assert EXPECTED[one["kind"]] in [line[:4] for line in cell.comment.text.splitlines()], one
        assert cell.fill.fill_type == "solid", one


def sheet_of(path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(path).worksheets[0]


def test_what_is_to_decide_stands_first_and_a_project_without_compounds_is_told_so(gridkit, small):
    said = gridkit("check", small, "--lang", "en").out
    assert said.startswith("For you to decide\n")
    assert '[layers.compound] path = "..."' in said
    assert "gridkit audit decides" not in said
    assert said.splitlines()[-1].startswith("next: name the layer of compounds")
