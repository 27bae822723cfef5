"""``gridkit sample``: lists to fill, and what they prove when they come back."""

from __future__ import annotations

import json

import openpyxl
import pytest

from gridkit import errors, pipeline
from gridkit.cli import sample as command
from gridkit.io.project import read_project
from gridkit.linkage import key_of
from tests.cli.test_link import project

__all__ = ["project"]


def sheet(path):
    return openpyxl.load_workbook(path).worksheets[0]


def fill(path, words):
    """Fill the column of results, row by row; return the names of the columns."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    names = [cell.value for cell in page[2]]
    for row, word in enumerate(words, start=4):
        page.cell(row, names.index("label") + 1).value = word
    book.save(path)
    return names


@pytest.fixture
def run(gridkit, project):
    gridkit("audit", project, "--no-map", "--lang", "en")
    return next((project / "runs").iterdir())


def test_sites_from_a_run_or_a_project_are_the_same_bytes(gridkit, project, run, tmp_path):
    one, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    said = gridkit("sample", "sites", run, "-o", one, "-n", "2", "--lang", "en")
    assert said.code == errors.EXIT_CLEAN
    assert "2 of 3 drawn" in said.out
    assert "If all 2 are found right, at most 1 of 3 (33.4%) are wrong, at 95% confidence." in said.out
    gridkit("sample", "sites", project, "-o", other, "-n", "2", "--lang", "en")
    assert one.read_bytes() == other.read_bytes()
    gridkit("sample", "sites", run, "-o", other, "-n", "2", "--seed", "4", "--lang", "en")
    assert one.read_bytes() != other.read_bytes()


def test_the_list_of_sites(gridkit, run, tmp_path):
    path = tmp_path / "a.xlsx"
    gridkit("sample", "sites", run, "-o", path, "--by", "status", "--lang", "en")
    page = sheet(path)
    assert page.row_dimensions[2].hidden
    check = page.data_validations.dataValidation[0]
    assert (check.formula1, str(check.sqref)) == ('"as recorded,not as recorded,cannot be verified"', "I4:I6")
    names = [cell.value for cell in page[2]]
    row = dict(zip(names, [cell.value for cell in page[4]], strict=True))
    assert row["code"] == "990101001001X002"  # strata come in order: own branch, uncovered
    assert row["community"] == "东门社区"
    assert row["by"] == "status"
    proof = openpyxl.load_workbook(path).worksheets[1]
    text = "\n".join(str(cell.value) for line in proof.iter_rows() for cell in line)
    assert "If all 3 are found right, at most 0 of 3 (0.0%) are wrong" in text
    assert str(command.SEED) in text


def test_visits_come_back(gridkit, run, tmp_path):
    path = tmp_path / "a.xlsx"
    gridkit("sample", "sites", run, "-o", path, "--lang", "en")
    fill(path, ["as recorded", "not as recorded", "cannot be verified"])
    said = gridkit("sample", "sites", run, "--read", path, "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    all_in_all = "3 of 3 drawn are answered, of 3 in all; not as recorded 1, which makes about 1 in all (1 to 1)"
    assert f"All together: {all_in_all}" in said.out
    told = json.loads(gridkit("sample", "sites", run, "--read", path, "--json").out)
    assert told["results"][-1]["unverifiable"] == 1
    fill(path, ["as recorded", "as recorded", "as recorded"])
    assert gridkit("sample", "sites", run, "--read", path).code == errors.EXIT_CLEAN


def test_visits_of_other_data_are_refused(gridkit, project, run, tmp_path):
    path = tmp_path / "a.xlsx"
    gridkit("sample", "sites", run, "-o", path, "--lang", "en")
    fill(path, ["as recorded"])
    text = (project / "branches.csv").read_text(encoding="utf-8")
    (project / "branches.csv").write_text(text.replace("银杏小区", "市财政局家属院"), encoding="utf-8")
    said = gridkit("sample", "sites", project, "--read", path, "--lang", "en")
    assert said.code == errors.EXIT_USAGE
    assert "drawn from other compounds" in said.err


def test_labels_of_links_become_the_allowance(gridkit, project, tmp_path):
    path = project / "links-sample.xlsx"
    assert gridkit("sample", "links", project, "-o", path, "--lang", "en").code == errors.EXIT_CLEAN
    names = fill(path, ["the link is right"])
    page = sheet(path)
    row = dict(zip(names, [cell.value for cell in page[4]], strict=True))
    assert row["key"] == key_of("branches", "covers", "银杏小区", "东门社区")
    assert (row["name"], row["code"]) == ("银杏小区", "990101001001X002")
    before = pipeline.audit(read_project(project), language="en").result.allowance
    toml = project / "gridkit.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + '[links]\nsample = "links-sample.xlsx"\n', encoding="utf-8")
    found = pipeline.audit(read_project(project), language="en")
    after = found.result.allowance
    assert not before.measured
    assert (after.sampled, after.wrong, after.rate) == (1, 0, 0.0)  # the only link there is
    assert [source.kind for source in found.city.sources if source.path == "links-sample.xlsx"] == ["labels"]


@pytest.mark.parametrize("line", [["sites", "."], ["sites", ".", "-o", "a.txt"], ["links", "."],
                                  ["links", ".", "-o", "a.csv"], ["sites", "nowhere", "-o", "a.xlsx"]])  # fmt: skip
def test_wrong_lines_are_told(gridkit, project, monkeypatch, line):
    monkeypatch.chdir(project)
    said = gridkit("sample", *line, "--lang", "en")
    assert said.code in (errors.EXIT_USAGE, errors.EXIT_INPUT)
    assert said.err


def test_formulas_stay_texts(gridkit, project, tmp_path):
    text = (project / "branches.csv").read_text(encoding="utf-8")
    (project / "branches.csv").write_text(text.replace("东门社区", "=1+1社区"), encoding="utf-8")
    path = tmp_path / "l.xlsx"
    gridkit("sample", "links", project, "-o", path, "--lang", "en")
    if path.exists():
        assert all(cell.data_type != "f" for line in sheet(path).iter_rows() for cell in line)
