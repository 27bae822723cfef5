"""What a workbook hides or strikes out is held, read or left out, as the project says, and always told."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.styles import Font

from gridkit import pipeline
from gridkit.coverage import explain
from gridkit.errors import ProjectError
from gridkit.locale import speaking
from tests.io import files

HEAD = ["小区编号", "小区名称", "户数", "小区类型"]
ROWS = [HEAD, ["X1", "甲小区", 5, "商品房"], ["X2", "乙小区", 6, "商品房"], ["X3", "丙小区", 7, "商品房"]]
TOML = '[registries.compounds]\npath = "a.xlsx"\n'


def book(
    folder, rows=ROWS, *, struck=(), hidden=(), columns=(), others=(), hidden_sheets=(), merges=(), sheet="Sheet1"
):
    path = files.workbook(
        folder / "a.xlsx", rows, hidden=hidden, others=others, hidden_sheets=hidden_sheets, merges=merges, sheet=sheet
    )
    work = openpyxl.load_workbook(path)
    page = work[sheet]
    for cell in struck:
        page[cell].font = Font(strike=True)
    for letter in columns:
        page.column_dimensions[letter].hidden = True
    work.save(path)
    return path


def told(findings, *codes):
    return {row["code"]: (row["params"], row["refs"]) for row in findings.rows() if row["code"] in codes}


@pytest.mark.parametrize(
    ("setting", "kept", "code", "reasons"),
    [
        ("", ["X1", "X3"], "S149", ["S149"]),
        ('hidden = "pending"\n', ["X1", "X3"], "S149", ["S149"]),
        ('hidden = "keep"\n', ["X1", "X2", "X3"], "S145", []),
        ('hidden = "exclude"\n', ["X1", "X3"], "S150", ["S150"]),
    ],
)
@pytest.mark.parametrize(("how", "variant"), [({"hidden": [3]}, {}), ({"struck": ["A3", "B3"]}, {"variant": "struck"})])
def test_a_row_that_is_hidden_or_struck_out(tmp_path, setting, kept, code, reasons, how, variant):
    book(tmp_path, **how)
    city, findings = files.read(tmp_path, TOML + setting)
    assert list(city.rows("compounds")["compound_id"]) == kept
    assert list(city.set_aside["reason"]) == reasons
    assert told(findings, "S145", "S149", "S150", "S152") == {code: ({"n": 1, **variant}, ("a.xlsx!Sheet1!3",))}
    source = city.sources[0]
    assert (source.rows_in, source.kept, source.set_aside) == (3, len(kept), len(reasons))
    held = city.pending.get("compounds")
    assert (None if held is None else held[["name", "why"]].to_numpy().tolist()) == (
        [["乙小区", variant.get("variant", "row")]] if code == "S149" else None
    )


def test_the_project_gives_the_default_and_a_registry_its_own(tmp_path):
    book(tmp_path, hidden=[3])
    files.workbook(tmp_path / "b.xlsx", ROWS, hidden=[3])
    text = '[project]\nhidden = "keep"\n[[registries.compounds]]\npath = "a.xlsx"\n'
    text += '[[registries.compounds]]\npath = "b.xlsx"\nhidden = "exclude"\n'
    city, _ = files.read(tmp_path, text)
    assert [len(rows) for _, rows in city.rows("compounds").groupby("src")] == [3, 2]


def test_settings_that_are_none(tmp_path):
    with pytest.raises(ProjectError, match="hidden must be one of: 'pending', 'keep', 'exclude'"):
        files.read(tmp_path, TOML + 'hidden = "ask"\n')
    with pytest.raises(ProjectError, match="hidden must be one of"):
        files.read(tmp_path, "[project]\nhidden = true\n")
    with pytest.raises(ProjectError, match="unknown key hiden; did you mean hidden"):
        files.read(tmp_path, TOML + 'hiden = "keep"\n')


@pytest.mark.parametrize(
    ("struck", "kept", "cells"),
    [
        (["B3"], ["X1", "X3"], 0),  # the name: the row
        (["A3"], ["X1", "X2", "X3"], 1),  # the code alone: a code that no longer holds
        (["A3", "C3", "D3"], ["X1", "X3"], 0),  # most cells
        (["C3"], ["X1", "X2", "X3"], 1),
        (["C3", "C4"], ["X1", "X2", "X3"], 2),
    ],
)
def test_which_cells_strike_out_a_row(tmp_path, struck, kept, cells):
    book(tmp_path, struck=struck)
    city, findings = files.read(tmp_path, TOML)
    names = {"X1": "甲小区", "X2": "乙小区", "X3": "丙小区"}
    assert list(city.rows("compounds")["name"]) == [names[one] for one in kept]
    found = told(findings, "S152")
    assert (len(found["S152"][1]) if found else 0) == cells


def test_a_struck_cell_is_held_and_said(tmp_path):
    book(tmp_path, struck=["C3"])
    for setting, value, variant in (("pending", -1, None), ("exclude", -1, "exclude"), ("keep", 6, "keep")):
        city, findings = files.read(tmp_path, TOML + f'hidden = "{setting}"\n')
        assert city.rows("compounds")["households"].fillna(-1).to_list() == [5, value, 7]
        params, refs = told(findings, "S152")["S152"]
        assert (params["header"], params.get("variant"), refs) == ("户数", variant, ("a.xlsx!Sheet1!C3",))


def test_a_struck_merged_cell_strikes_all_its_rows(tmp_path):
    rows = [["小区名称", "社区", "户数"], ["甲小区", "东门社区", 5], ["乙小区", None, 6], ["丙小区", "西门社区", 7]]
    book(tmp_path, rows, struck=["B2"], merges=["B2:B3"])
    city, _ = files.read(tmp_path, TOML)
    assert list(city.rows("compounds")["community_name"]) == ["", "", "西门社区"]


def test_a_hidden_column_is_not_read_and_said(tmp_path):
    book(tmp_path, columns=["C"])
    city, findings = files.read(tmp_path, TOML)
    assert "households" not in city.registries["compounds"].given
    assert told(findings, "S151") == {"S151": ({"n": 1, "headers": "户数"}, ("a.xlsx!Sheet1!C",))}
    assert city.cell("a.xlsx!Sheet1!2", "compound_type") == "a.xlsx!Sheet1!D2"
    city, findings = files.read(tmp_path, TOML + 'hidden = "keep"\n')
    assert list(city.rows("compounds")["households"]) == [5, 6, 7]
    assert told(findings, "S151")["S151"][0]["variant"] == "keep"
    city, findings = files.read(tmp_path, TOML + 'columns = { households = "户数" }\n')  # the project names it
    assert list(city.rows("compounds")["households"]) == [5, 6, 7]
    assert not told(findings, "S151")


def test_hidden_columns_of_persons_are_dropped_as_always(tmp_path):
    rows = [[*HEAD, "联系电话"], *[[*row, "13900000000"] for row in ROWS[1:]]]
    book(tmp_path, rows, columns=["E"])
    _, findings = files.read(tmp_path, TOML)
    assert findings.counts() == {"S120": 1}


def test_a_hidden_sheet_is_held_unless_the_project_names_it(tmp_path):
    old = [HEAD, ["X9", "旧小区", 3, "商品房"], ["合计", None, 3, None]]
    book(tmp_path, others=[("旧", old)], hidden_sheets=["旧"])
    city, findings = files.read(tmp_path, TOML)
    assert list(city.rows("compounds")["compound_id"]) == ["X1", "X2", "X3"]
    assert told(findings, "S149") == {"S149": ({"n": 1, "variant": "sheet"}, ("a.xlsx!旧!2",))}
    assert list(city.pending["compounds"].index) == ["a.xlsx!旧!2"]
    assert [(one.name, one.rows_in, one.kept) for one in city.sources] == [("a.xlsx!Sheet1", 3, 3), ("a.xlsx!旧", 2, 0)]
    city, _ = files.read(tmp_path, TOML + 'hidden = "keep"\n')
    assert "X9" in list(city.rows("compounds")["compound_id"])
    city, _ = files.read(tmp_path, TOML + 'sheet = "旧"\n')
    assert list(city.rows("compounds")["compound_id"]) == ["X9"]


def test_nothing_of_a_row_that_is_left_out_is_told(tmp_path):
    rows = [*ROWS, ["X4", "张某某", 1, "13900000000"]]
    book(tmp_path, rows, hidden=[5])
    for setting in ("pending", "exclude"):
        city, findings = files.read(tmp_path, TOML + f'hidden = "{setting}"\n')
        assert "13900000000" not in f"{city.set_aside.to_dict()} {findings.frame.to_dict()}"
    assert list(city.set_aside["subject"]) == [""]


def test_a_compound_that_only_a_held_branch_covers_is_unknown_to_the_end(tmp_path):
    columns = {"小区编号": ["X1", "X2"], "小区名称": ["甲小区", "乙小区"]}
    files.layer(tmp_path / "c.gpkg", columns, [files.square(), files.square(0.002)])
    rows = [["党组织名称", "党组织类型", "任期届满", "正式党员数", "覆盖小区", "状态"]]
    rows += [[f"{name}支部", "小区党支部", "2030-01-01", 5, f"{name}小区", "正常"] for name in "甲乙"]
    book(tmp_path, rows, hidden=[3])
    text = '[project]\nas_of = "2024-06-30"\n[layers.compound]\npath = "c.gpkg"\n'
    text += '[registries.branches]\npath = "a.xlsx"\ncomplete = true\n'
    files.read(tmp_path, text)
    status = {}
    for setting in ("pending", "keep", "exclude"):
        (tmp_path / "gridkit.toml").write_text(text + f'hidden = "{setting}"\n', encoding="utf-8")
        run = pipeline.audit(pipeline_project(tmp_path), language="en")
        status[setting] = run.coverage.frame["status"].to_list()
        if setting == "pending":
            assert run.coverage.frame.loc["X2", "open_via"] == ("a.xlsx!Sheet1!3",)
            assert run.findings.with_code("C114")["refs"].to_list() == [("a.xlsx!Sheet1!E3",)]
            assert run.indicators.get("coverage.organisation.declared", basis="compounds")["unknown"] == 1
            with speaking("en"):
                said = " ".join(explain(run, "X2"))
            assert "its row is hidden or struck out and held" in said
    assert status == {
        "pending": ["OWN_BRANCH", "UNKNOWN"], "keep": ["OWN_BRANCH", "OWN_BRANCH"],
        "exclude": ["OWN_BRANCH", "UNCOVERED"],
    }  # fmt: skip


def pipeline_project(folder):
    from gridkit.io.project import read_project

    return read_project(folder)
