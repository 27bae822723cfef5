import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from gridkit.errors import OutputError
from gridkit.reports import write_xlsx, xlsx
from gridkit.reports.tables import Column, Table
from gridkit.reports.xlsx import MAX_TEXT, columns_wide, percent_format, sheet_title, text_of
from tests.reports import sample, sample_proof

SHEETS = ["Summary", "Claims", "Indicators", "Compounds", "Status “uncovered”", "No data", "Names that match nothing",
          "Findings by rule", "Findings", "Rows set aside", "Sources"]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    target = tmp_path_factory.mktemp("xlsx") / "audit.xlsx"
    write_xlsx(sample.run("en"), target)
    return target


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


PROVED = ["Summary", "Claims", "Definition matrix", "Definition matrix (all columns", "What may be too high",
          "No organisation, by certainty", "What full coverage needs", "Reconciliation", "Reconciliation, summed up",
          "League table", "Evaluating streets", *SHEETS[2:]]  # fmt: skip


@pytest.fixture(scope="module")
def proved(tmp_path_factory):
    target = tmp_path_factory.mktemp("xlsx") / "audit.xlsx"
    write_xlsx(sample_proof.run("en"), target)
    return target


def rows(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_sheets_and_rows(book):
    assert book.sheetnames == SHEETS
    assert len(rows(book["Compounds"])) == 1 + 8
    assert [row[0] for row in rows(book["Status “uncovered”"])[1:]] == ["c1"]
    assert len(rows(book["Findings"])) == 1 + 3
    assert len(rows(book["Rows set aside"])) == 1 + 2


def test_no_cell_is_a_formula_or_a_link(book, path):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert sample.FORMULA in {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.hyperlink.target is None for cell in cells if cell.hyperlink)  # only places of the workbook itself
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
    assert book["Status “uncovered”"].auto_filter.ref == "A1:K2"


def test_every_sheet_begins_with_its_heading_and_repeats_it_on_paper(book):
    for sheet in book.worksheets[1:]:
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    text = [row[0] for row in rows(book["Summary"])]
    assert {"Status “uncovered”", "Names that match nothing", "Rows set aside"} <= set(text)


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
    monkeypatch.setattr(xlsx, "sheets", lambda *_: [Table("t", "Rows", (Column("a", "a"),), frame)])
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


def test_what_is_proved_has_its_sheets(proved):
    book = openpyxl.load_workbook(proved)
    assert [name.rstrip(")") for name in book.sheetnames] == PROVED
    for name in book.sheetnames[3:]:
        assert book[name].freeze_panes, name
        assert book[name].auto_filter.ref, name


def test_the_matrix_is_readable_by_weight(proved):
    book = openpyxl.load_workbook(proved)
    text = rows(book["Definition matrix"])
    assert text[0][0] == "compounds, by compounds"
    assert text[1][:3] == ["numerator", "all of the layer", "those that fulfil the conditions"]
    assert text[2][:3] == ["covered as declared", "25.0%–75.0% (3/8)", "28.6%–85.7% (3/7)"]
    assert [row[0] for row in text if row[0] and row[1] is None] == [
        "compounds, by compounds", "compounds, by households", "compounds, by area (m²)", "grids, by grids",
    ]  # fmt: skip
    exact = rows(book[book.sheetnames[3]])
    assert len(exact) == 1 + len(sample_proof.result().matrix)


def test_verdicts_come_first(proved):
    cells = [cell for row in rows(openpyxl.load_workbook(proved)["Summary"]) for cell in row if cell]
    assert cells.index("Verdicts") < cells.index("refuted") < cells.index("Headline")
    assert cells.index("Headline") < cells.index("Compounds by certainty") < cells.index("Compounds by status")
    assert "How much is needed" in cells
    assert any("measured: 0 of 240 checked links wrong" in str(cell) for cell in cells)


def test_claims_say_under_which_definitions_they_hold(proved):
    head, first, _second = rows(openpyxl.load_workbook(proved)["Claims"])
    row = dict(zip(head, first, strict=True))
    assert row["definition it was made under"] == "covered as declared ÷ all of the layer, by compounds"
    under = row["would hold only under"]
    assert under.startswith("work coverage ÷ all of the layer, by compounds; covered as declared")


def test_links_lead_to_the_rows_they_name(proved):
    book = openpyxl.load_workbook(proved)
    aims = {
        (name, cell.value): cell.hyperlink.location
        for name in book.sheetnames for row in book[name].iter_rows() for cell in row if cell.hyperlink
    }  # fmt: skip
    lists = {"No organisation, by certainty", "Status “uncovered”", "No data", "Findings by rule"}
    assert {name for name, _ in aims} >= lists
    for (_name, value), aim in aims.items():
        sheet, _, at = aim.rpartition("!")
        assert book[sheet.strip("'")][at].value == value


def test_equal_runs_give_equal_bytes(proved, tmp_path):
    write_xlsx(sample_proof.run("en"), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == proved.read_bytes()
