import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from gridkit.errors import OutputError
from gridkit.reports import write_xlsx, xlsx
from gridkit.reports.tables import Column, Table
from gridkit.reports.xlsx import MAX_TEXT, columns_wide, percent_format, sheet_title, text_of
from tests.reports import sample

SHEETS = ["Summary", "Indicators", "Claims", "Compounds", "Uncovered", "No data", "Names that match nothing",
          "Findings by rule", "Findings", "Rows set aside", "Sources"]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    target = tmp_path_factory.mktemp("xlsx") / "audit.xlsx"
    write_xlsx(sample.run("en"), target)
    return target


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def rows(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_sheets_and_rows(book):
    assert book.sheetnames == SHEETS
    assert len(rows(book["Compounds"])) == 1 + 8
    assert [row[0] for row in rows(book["Uncovered"])[1:]] == ["c1"]
    assert len(rows(book["Findings"])) == 1 + 3
    assert len(rows(book["Rows set aside"])) == 1 + 2


def test_no_cell_is_a_formula_or_a_link(book, path):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert sample.FORMULA in {cell.value for cell in cells}
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    guarded = next(cell for cell in cells if cell.value == sample.FORMULA)
    assert guarded.data_type in ("s", "inlineStr")
    assert guarded.quotePrefix
    names = zipfile.ZipFile(path).namelist()
    assert not any("external" in name or "rels/sheet" in name for name in names)


def test_codes_are_text_and_counts_are_numbers(book):
    head, *body = rows(book["Compounds"])
    by_code = {row[0]: dict(zip(head, row, strict=True)) for row in body}
    assert by_code["a1"]["grid code"] == "990101001001001"
    assert by_code["a1"]["number of households"] == 100


def test_head_is_frozen_and_filtered(book):
    assert book["Compounds"].freeze_panes == "C2"
    assert book["Compounds"].auto_filter.ref == "A1:R9"
    assert book["Uncovered"].auto_filter.ref == "A1:K2"


def test_every_sheet_begins_with_its_heading_and_repeats_it_on_paper(book):
    for sheet in book.worksheets[1:]:
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    text = [row[0] for row in rows(book["Summary"])]
    assert {"Uncovered", "Names that match nothing", "Rows set aside"} <= set(text)


def test_rates_are_numbers_to_sort_by(book):
    head, *body = list(book["Indicators"].iter_rows())
    at = [cell.value for cell in head].index("lowest")
    first = body[0][at]
    assert (first.value, first.number_format) == (0.375, "0.00%")
    mean = next(row for row in body if row[0].value == "units per community")
    assert (mean[at].value, mean[at].number_format) == (2.5, "#,##0.00")


@pytest.mark.parametrize("n", [10, 1_000, 99_999, 10_000_000, 2_000_000_000])
def test_no_share_is_rounded_to_all_or_nothing(n):
    for share in ((n - 1) / n, 1 / n):
        decimals = len(percent_format(share).partition(".")[2]) - 1
        assert f"{100 * share:.{decimals}f}" not in (f"{100:.{decimals}f}", f"{0:.{decimals}f}")


def test_the_summary_says_what_counts(book):
    text = "\n".join(str(value) for row in rows(book["Summary"]) for value in row if value is not None)
    assert "through the unit's organisation, own branch, joint branch" in text
    assert "strict definition (strict)" in text


def test_the_date_inside_is_that_of_the_data(book):
    assert book.properties.created.date() == sample.run().city.as_of


def test_undated_run(tmp_path):
    run = sample.run("en")
    write_xlsx(replace(run, city=replace(run.city, as_of=None)), tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").properties.created.year == 1980


def test_hostile_texts():
    assert text_of("a\x00\ud800b") == "a��b"
    assert len(text_of("x" * 50_000)) == MAX_TEXT + 2
    assert sheet_title("a[b]:c*d?e/f\\g" + "x" * 40, 2).endswith(" (2)")
    assert len(sheet_title("x" * 40, 2)) == 31
    assert columns_wide("小区") == 4


def test_hostile_texts_survive_the_file(tmp_path):
    run = sample.run("en")
    claims = run.claims.assign(
        text=pd.Series(["a\x00\x0bb\ud800" + "长" * 40_000, " leading\nand _x0041_ \t"], dtype="object")
    )
    write_xlsx(replace(run, claims=claims), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Claims"]
    assert sheet["A2"].value.startswith("a��b�长")
    assert sheet["A2"].value.endswith(" …")
    assert sheet["A3"].value.startswith(" leading\nand ")


def test_a_long_table_goes_on_in_a_second_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
    frame = pd.DataFrame({"a": pd.Series([str(i) for i in range(7)], dtype="object")})
    monkeypatch.setattr(xlsx, "sheets", lambda _run: [Table("t", "Rows", (Column("a", "a"),), frame)])
    write_xlsx(sample.run("en"), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Summary", "Rows", "Rows (2)", "Rows (3)"]
    assert [row[0] for name in book.sheetnames[1:] for row in rows(book[name])[1:]] == list("0123456")


def test_a_path_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"audit\.xlsx: the file cannot be written"):
        write_xlsx(sample.run("en"), tmp_path / "file" / "audit.xlsx")


def test_chinese_is_the_default(tmp_path):
    write_xlsx(sample.run(), tmp_path / "a.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames) == len(SHEETS)
