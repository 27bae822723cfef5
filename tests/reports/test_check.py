"""What a check says: counts by rule, places, JSON and workbook; nothing is cut."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from gridkit import locale
from gridkit.model import City, Findings, Source
from gridkit.reports import check_document, check_xlsx, write_check_json, write_check_xlsx
from gridkit.reports.check import Places, concerned, copies, ordered, rule_counts, severity_counts, sheet_of
from gridkit.reports.check_decisions import block, decisions
from gridkit.reports.marked import sheet_titles
from gridkit.rules import CATALOGUE
from tests import tiny
from tests.reports import sample

DOCUMENT = Path(__file__).parents[2] / "docs" / "check-json.md"


@dataclass(frozen=True)
class Checked:
    city: City
    findings: Findings


def source(path: str, sheet: str = "", *, kind: str = "branches", tabular: bool = True) -> Source:
    columns = {"name": "B" if tabular else "名称", "members": "D" if tabular else "人数"}
    return Source(path, "0" * 64, kind, sheet=sheet, tabular=tabular, columns=columns, headers={"name": "名称"})


def checked(*rows: dict, sources: tuple[Source, ...] = ()) -> Checked:
    made = sample.city()
    known = sources or (
        source("甲/a.xlsx", "表 1"),
        source("b.csv"),
        source("c.gpkg", "网格", kind="grid", tabular=False),
    )
    return Checked(City("试验市", made.crs, made.as_of, sources=known, set_aside=made.set_aside), Findings.of(rows))


FOUND = (
    CATALOGUE["S110"].found(
        "甲/a.xlsx!表 1!7", refs=["甲/a.xlsx!表 1!B7", "甲/a.xlsx!表 1!B9"], header="名称", value="x", n=2
    ),
    CATALOGUE["S110"].found("b.csv!3", refs=["b.csv!D3"], header="人数", value="=1+1", n=1),
    CATALOGUE["S104"].found("990101", refs=["c.gpkg!网格!3.人数", "c.gpkg!网格!4.人数"], ident="990101", n=2),
    CATALOGUE["S120"].found("b.csv", refs=["b.csv!F"], header="电话", n=9),
    CATALOGUE["S141"].found("b.csv", refs=["b.csv!8", "b.csv!9"], n=2),
    CATALOGUE["S132"].found("b.csv", encoding="gb18030"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    with locale.speaking("en"):
        yield


def test_places_of_all_kinds():
    places = Places(checked().city.sources)
    assert [places.of(ref).what for row in FOUND for ref in row["refs"]] == [
        "cell", "cell", "cell", "cell", "cell", "column", "row", "row",
    ]  # fmt: skip
    assert places.found_in("b.csv", ()) == [places.of("b.csv")]
    assert places.found_in("990101", ())[0].what == ""


@pytest.mark.parametrize(
    "ref", ["", "!", "b.csv!", "b.csv!D0", "b.csv!d3", "c.gpkg!网格!x", "c.gpkg!网格!3.a!b", "x!D3"]
)
def test_strange_places_are_no_error(ref):
    assert Places(checked().city.sources).of(ref).ref == ref


def test_counts_by_rule_errors_first():
    counts = [(count.code, count.counts) for count in rule_counts(checked(*FOUND))]
    assert [code for code, _ in counts] == ["S104", "S110", "S120", "S132", "S141"]
    assert counts[1][1] == {"findings": 2, "cells": 3, "rows": 0, "columns": 0}
    assert counts[4][1] == {"findings": 1, "cells": 0, "rows": 2, "columns": 0}
    assert severity_counts(checked(*FOUND))["notice"] == {"findings": 3, "cells": 0, "rows": 2, "columns": 1}


def test_one_cell_in_two_findings_counts_once():
    twice = checked(FOUND[1], {**FOUND[1], "subject": "b.csv"})
    assert concerned(rule_counts(twice)[0].counts) == "2 finding(s), 1 cell(s)"


def test_rows_may_come_in_any_order():
    assert check_document(checked(*FOUND)) == check_document(checked(*reversed(FOUND)))
    assert list(ordered(checked(*FOUND).findings)["severity"]) == ["error", *["warning"] * 2, *["notice"] * 3]


def documented() -> dict[str, set[str]]:
    sections = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        re.match(r"`(\w+)(?:\[\])?`", text).group(1): set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
        for text in sections
    }


def test_every_key_is_documented_and_every_documented_key_exists(tmp_path):
    known, made = documented(), check_document(checked(*FOUND), tmp_path)
    assert set(made) - {"schema"} == set(known)
    assert made["schema"] in DOCUMENT.read_text(encoding="utf-8")
    for section in ("rules", "inputs", "findings", "set_aside"):
        assert set().union(*made[section]) == known[section], section
    assert set(made["check"]) == known["check"]
    assert set().union(*made["severities"].values()) == known["severities"]


def test_every_finding_and_every_place_is_in_the_document(tmp_path):
    refs = [f"b.csv!D{row}" for row in range(1, 5001)]
    many = checked(CATALOGUE["S111"].found("b.csv", refs=refs, header="人数", value="x", n=5000), *FOUND)
    write_check_json(many, tmp_path / "check.json")
    document = json.loads((tmp_path / "check.json").read_text(encoding="utf-8"))
    assert document == check_document(many, tmp_path)
    assert next(row for row in document["findings"] if row["code"] == "S111")["refs"] == refs
    assert sum(row["findings"] for row in document["rules"]) == document["check"]["findings"] == 7


def rows(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def book(tmp_path):
    write_check_xlsx(checked(*FOUND), tmp_path / "check.xlsx")
    return openpyxl.load_workbook(tmp_path / "check.xlsx")


def test_workbook_has_one_row_per_place(book):
    assert book.sheetnames == ["Summary", "Findings", "Inputs", "Rows set aside"]
    head, *body = rows(book["Findings"])
    assert len(body) == 9
    first = dict(zip(head, body[0], strict=True))
    assert (first["rule"], first["file"], first["sheet or layer"], first["row or feature"]) == (
        "S104",
        "c.gpkg",
        "网格",
        3,
    )
    assert [row[0] for row in body] == [1, 1, 2, 3, 3, 4, 5, 6, 6]
    assert book["Findings"].freeze_panes == "C2"
    assert book["Findings"].auto_filter.ref == "A1:Q10"


def test_links_lead_to_the_cell_in_the_marked_copy(book):
    links = {cell.value: cell.hyperlink for row in book["Findings"].iter_rows() for cell in row if cell.hyperlink}
    link = links["甲/a.xlsx!表 1!B7"]
    assert link.target.replace("%20", " ") == "marked/甲/a.xlsx"
    assert link.location == "'表 1'!B7"
    assert links["b.csv!D3"].location == "'b'!D3"
    assert "c.gpkg!网格!3.人数" not in links


def test_no_formula_in_the_workbook(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


def test_rows_say_what_they_are_about_and_what_to_do(tmp_path):
    city = tiny.city(
        [tiny.registry("branches", [{"name": "甲党支部", "street_name": "平安街道", "community_code": tiny.A}])]
    )
    refs = [f"compound.gpkg!compound!{row}.code" for row in range(1, 9)]
    rows_ = [
        CATALOGUE["S110"].found("branches.xlsx!Sheet1!3", refs=["branches.xlsx!Sheet1!B3"], header="x", value="x", n=1),
        CATALOGUE["S103"].found("compound.gpkg!compound", refs=refs, n=8, ident="~0 ..."),
    ]
    write_check_xlsx(Checked(city, Findings.of(rows_)), tmp_path / "check.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "check.xlsx")["Findings"]
    head, first, *more = rows(sheet)
    said = dict(zip(head, first, strict=True))
    assert [said[key] for key in ("name", "street", "community")] == ["甲党支部", "平安街道", "东门社区"]
    assert (said["what to do"], said["result of handling"]) == ("use one of the known values", None)
    assert [row[1] for row in more] == ["S103"]  # one row for the whole layer
    (choice,) = sheet.data_validations.dataValidation
    assert "corrected" in choice.formula1
    assert str(choice.sqref) == "P2:P3"


def test_what_is_left_to_decide():
    city = dataclasses.replace(tiny.city([tiny.registry("branches", [{"name": "甲党支部"}])]), as_of=None)
    city = dataclasses.replace(city, pending={"branches": city.rows("branches")})
    found = Findings.of(
        [
            CATALOGUE["S127"].found("branches.xlsx!Sheet1", table="branches", field="branch_kind", effect="undecided"),
            CATALOGUE["S170"].found("compound.gpkg!compound", line='[layers.compound] crs = "BD-09"'),
        ]
    )
    made = decisions(
        Checked(city, found), "# [registries.units]\n# [[claims]]\n# [registries.王某]\n[layers.compound]\n"
    )
    assert [one.line for one in made] == [
        "[project] as_of = 2024-06-30",
        "[registries.branches] complete = true",
        '[registries.branches] columns = { branch_kind = "..." }',
        '[registries.branches] hidden = "keep" / hidden = "exclude"',
        '[layers.compound] crs = "BD-09"',
        "[registries.units]",
    ]
    lines = block(made)
    assert lines[0] == "For you to decide"
    assert sum(line.startswith("  - ") for line in lines) == 6
    assert all(len(line) <= 80 for line in lines)
    assert (
        block(
            decisions(Checked(tiny.city([tiny.registry("branches", [{"name": "甲"}], complete=True)]), Findings.none()))
        )
        == []
    )


def test_without_compounds_the_layer_is_asked_for():
    made = decisions(Checked(City("empty", tiny.CRS, tiny.AS_OF), Findings.none()))
    assert [one.line for one in made] == ['[layers.compound] path = "..."', '[registries.branches] path = "..."']


def test_summary_counts(book):
    lines = rows(book["Summary"])
    assert lines[0][0] == "Check of the input files: 试验市"
    assert lines[2][:2] == ["error", "1 finding(s), 2 cell(s)"]
    head = next(at for at, line in enumerate(lines) if line[0] == "rule")
    assert lines[head + 2][:7] == ["S110", "warning", "Value is not in the vocabulary", 2, 3, 0, 0]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(check_xlsx, "MAX_ROWS", 4)
    write_check_xlsx(checked(*FOUND), tmp_path / "check.xlsx")
    book = openpyxl.load_workbook(tmp_path / "check.xlsx")
    parts = [sheet for sheet in book if sheet.title.startswith("Findings")]
    assert [sheet.title for sheet in parts] == ["Findings", "Findings (2)", "Findings (3)"]
    assert [row[-1] for sheet in parts for row in rows(sheet)[1:]] == [
        row[-1] for row in rows(openpyxl.load_workbook(write_plain(tmp_path))["Findings"])[1:]
    ]


def write_plain(folder: Path) -> Path:
    check_xlsx.MAX_ROWS = 1_000_000
    write_check_xlsx(checked(*FOUND), folder / "plain.xlsx")
    return folder / "plain.xlsx"


def test_a_check_without_findings(tmp_path):
    write_check_xlsx(checked(), tmp_path / "check.xlsx")
    book = openpyxl.load_workbook(tmp_path / "check.xlsx")
    assert len(rows(book["Findings"])) == 1
    assert check_document(checked())["findings"] == []


def test_chinese_is_the_default_of_a_project(tmp_path):
    with locale.speaking("zh"):
        write_check_xlsx(checked(*FOUND), tmp_path / "check.xlsx")
    assert openpyxl.load_workbook(tmp_path / "check.xlsx").sheetnames[0] == "摘要"


def test_names_of_copies_are_apart_and_stay_inside():
    paths = ["a.xlsx", "A.XLSX", "a.csv", "../x/a.csv", "b/a.csv", "/etc/a.csv"]
    made = copies([source(path) for path in paths])
    assert len({name.lower() for name in made.values()}) == len(paths)
    assert all(name.startswith("marked/") and ".." not in name for name in made.values())


@pytest.mark.parametrize(
    ("sheets", "titles"),
    [
        (["表", "表#branches"], ["表"]),
        (["表", "表#2", "表#2#units"], ["表"]),
        (["a" * 40, "a" * 41], ["a" * 31, "a" * 27 + " (2)"]),
        (["x/y", "x:y"], ["x y", "x y (2)"]),
        ([""], ["a"]),
        (["History"], ["History (2)"]),
    ],
)
def test_titles_of_sheets(sheets, titles):
    found = [source("甲/a.xlsx", sheet) for sheet in sheets]
    assert list(sheet_titles(found, "甲/a.xlsx").values()) == titles


def test_a_run_can_be_told_as_well(tmp_path):
    write_check_xlsx(sample.run("en"), tmp_path / "check.xlsx")
    assert check_document(sample.run("en"))["check"]["findings"] == 3
    assert sheet_of(tiny.source("units", 1)) == "Sheet1"
