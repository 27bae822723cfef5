"""Marked copies: the right cells in colour with a note, no formula, no person, every cell where it stood."""

from __future__ import annotations

import datetime as dt
import json
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
import python_calamine as calamine
import xlsxwriter

from gridkit import locale, pipeline
from gridkit.errors import TableError
from gridkit.io.project import read_project
from gridkit.io.sheets import Sheet
from gridkit.model import Source
from gridkit.reports.marked import MOST_NOTES, WHOLE_ROW, Marks, apart, settled
from gridkit.reports.marked_cells import NOT_READ, Table, shown_rows
from gridkit.reports.marked_styles import SEVERITY_COLOURS, Styles, as_cell
from gridkit.reports.sheet import RowSheet
from tests.io import files

PERSON, MOBILE, IDENTITY = "王建国", "13900001111", "990101199003070012"
HOSTILE = '=HYPERLINK("http://evil.example/","x")'
TOML = """
[project]
name = "试验"
as_of = 2024-06-30
hidden = "keep"

[registries.compounds]
path = "表/小区.xlsx"
"""
HEAD = [
    "序号",
    "小区编号",
    "小区名称",
    "社区代码",
    "小区类型",
    "建成年份",
    "户数",
    "常住人口",
    "党建指导员",
    "联系电话",
    "家属",
    "地址",
]


def rows():
    return [
        [f"小区台账（填表人：{PERSON}）"],
        [f"填报单位：平安街道办事处 联系人：{PERSON} {MOBILE}", None, None, "单位：户"],
        HEAD,
        [1, "X1", "金桂家园", "990101001001", "商品房小区", 2001, 12, 30, PERSON, MOBILE, PERSON, "平安路1号3栋502室"],
        [2, "X2", "银杏小区", "990101001001", "别墅区", 2002, "若干", "约320余人", None, "", "", "平安路2号"],
        [3, "X3", HOSTILE, "9.90101E+11", "商品房小区", 2003, 5, 10, "无", None, None, f"平安路3号，联系{MOBILE}"],
        [4, "X4", "@cmd", "990101001001", "老旧小区", dt.datetime(1995, 5, 1), 30, 61, "空缺", MOBILE, "", "平安路4号"],
        [5, "X5", f"和平苑（书记{PERSON}）", "990101001001", "商品房小区", 2004, -3, 10, PERSON, MOBILE, "", ""],
        [6, "X6", "向阳院", "990101001001", "商品房小区", 2004, 12, 10, "", "", "", ""],
        ["小计", None, None, None, None, None, 47, 101],
        [f"注：由{PERSON}提供，身份证{IDENTITY}"],
    ]  # fmt: skip


def write_book(path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    for row in rows():
        page.append(row)
    for cell in (page["C6"], page["C7"]):
        cell.data_type = "s"
    page.merge_cells("A1:L1")
    page["A20"] = "=1+1"
    page["L6"].comment = openpyxl.comments.Comment(f"问{PERSON}", PERSON)
    page.row_dimensions[9].hidden = True
    book.properties.creator = PERSON
    book.create_sheet("通讯录").append([PERSON, MOBILE])
    path.parent.mkdir(parents=True)
    book.save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("marked")
    write_book(root / "表" / "小区.xlsx")
    (root / "gridkit.toml").write_text(TOML, encoding="utf-8")
    return check(root)


def check(root: Path, language: str = "zh", name: str = "out") -> Path:
    with locale.speaking(language):
        project = read_project(root)
        return pipeline.save_check(pipeline.check(project), project, root / name)


def opened(path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # openpyxl warns of notes and links that it cannot keep
        return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def page(folder):
    return opened(folder / "marked" / "表" / "小区.xlsx")["台账"]


def colour(cell) -> str:
    return f"#{cell.fill.fgColor.rgb[2:]}" if cell.fill.fill_type else ""


def test_every_cell_stands_where_it_stood(page):
    assert [cell.value for cell in page[3]] == HEAD
    assert [page.cell(row, 2).value for row in range(4, 10)] == ["X1", "X2", "X3", "X4", "X5", "X6"]
    assert [cell.value for cell in page[4]][:9] == [
        1, "X1", "金桂家园", "990101001001", "商品房小区", 2001, 12, 30, "***",
    ]  # fmt: skip
    assert [str(area) for area in page.merged_cells.ranges] == ["A1:L1"]
    assert page.freeze_panes == "A4"


@pytest.mark.parametrize(
    ("cell", "severity", "code"),
    [("E5", "warning", "S110"), ("G5", "warning", "S111"), ("H5", "notice", "S"), ("D6", "error", "S115"),
     ("G8", "warning", "S111"), ("J3", "notice", "S120"), ("I3", "notice", "S121")],
)  # fmt: skip
def test_cells_with_findings_are_coloured_and_say_why(page, cell, severity, code):
    assert colour(page[cell]) == SEVERITY_COLOURS[severity]
    assert page[cell].comment.text.startswith(code)
    assert {"error": "错误", "warning": "警告", "notice": "提示"}[severity] in page[cell].comment.text


def test_cells_without_findings_have_neither_colour_nor_note(page):
    for cell in ("B4", "G4", "E4", "C5", "H4", "C7"):
        assert colour(page[cell]) == ""
        assert page[cell].comment is None


def test_what_could_not_be_read_is_shown_where_it_names_nobody(page):
    assert (page["E5"].value, page["G5"].value, page["H5"].value) == ("别墅区", "若干", "约320余人")
    assert (page["D6"].value, page["G8"].value) == ("9.90101E+11", -3)


def test_columns_of_persons_are_left_out(page):
    assert [page.cell(row, 9).value for row in range(4, 9)] == ["***", None, "无", "空缺", "***"]
    assert [page.cell(row, 10).value for row in range(4, 9)] == ["***", None, None, "***", "***"]
    assert page["K4"].value == NOT_READ  # a column that nothing is read from
    assert page["K4"].fill.fgColor.rgb != page["J4"].fill.fgColor.rgb
    assert page["J4"].fill.fill_type == "solid"
    assert page["L4"].value == "平安路1号3栋"
    assert MOBILE not in str(page["L6"].value)


def test_lines_around_the_table_keep_only_what_names_nobody(page):
    assert page["A1"].value.startswith("***")
    assert page["A2"].value.startswith("填报单位：平安街道办事处")
    assert page["D2"].value == "单位：户"
    assert [page["A10"].value, page["G10"].value, page["H10"].value] == ["小计", 47, 101]
    assert page["A11"].value.startswith("***")


def test_no_person_and_no_formula_is_anywhere_in_the_folder(folder):
    for file in folder.rglob("*"):
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as book:
                parts = {name: book.read(name).decode("utf-8") for name in book.namelist()}
        elif file.is_file():
            parts = {file.name: file.read_bytes().decode("utf-8", "replace")}
        else:
            continue
        for name, text in parts.items():
            assert "<f>" not in text, (file, name)
            for person in (PERSON, MOBILE, IDENTITY):
                assert person not in text, (file, name, person)
        assert not any("externalLink" in name or "vbaProject" in name for name in parts)


def test_hostile_texts_stay_texts(page):
    for cell in ("C6", "C7"):
        assert page[cell].data_type in ("s", "inlineStr")
        assert page[cell].quotePrefix
    assert page["C6"].value == HOSTILE


def test_other_sheets_stay_behind_and_a_legend_is_added(folder):
    assert opened(folder / "marked" / "表" / "小区.xlsx").sheetnames[0] == "台账"
    assert len(opened(folder / "marked" / "表" / "小区.xlsx").sheetnames) == 2


def test_the_row_that_is_hidden_is_shown_and_says_so(page):
    assert not page.row_dimensions[9].hidden
    assert page["A9"].comment is not None
    assert page["B9"].font.italic


def test_equal_inputs_give_equal_bytes(folder):
    again = check(folder.parent, name="again")
    names = sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    assert names == sorted(file.relative_to(again) for file in again.rglob("*") if file.is_file())
    for name in names:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_a_number_of_a_person_in_a_column_of_counts_is_left_out():
    source = Source("a.xlsx", "0" * 64, "compounds", sheet="S", rows_in=1, kept=1, columns={"households": "A"})
    table = Table(source, {1: 0}, {0: ("households", "count")}, {0: [13900001111]}, {})
    assert [[value for value, _ in row] for row in shown_rows([[13900001111]], [table], frozenset())] == [["***"]]


@pytest.mark.parametrize(
    ("raw", "name", "kind", "read", "shown"),
    [
        ("金桂家园", "name", "text", "金桂家园", "金桂家园"),
        (" 金桂  家园", "name", "text", "金桂 家园", " 金桂  家园"),
        ("甲（书记张三）", "name", "text", "甲（书记***）", "甲（书记***）"),
        ("张三", "owner_unit", "text", "***", "***"),
        ("张三", "owner_unit", "text", "", "***"),
        ("—", "owner_unit", "text", "", "—"),
        (990101001001.0, "community_code", "code", "990101001001", 990101001001.0),
        ("9.9E+11", "community_code", "code", "", "9.9E+11"),
        (IDENTITY, "community_code", "code", "", "***"),
        ("约300户", "households", "count", 300, "约300户"),
        ("三百户", "households", "count", 300, "三百户"),
        ("2024-05-01(611931195202197317)", "term_end", "date", "", "***"),
        ("2024年6月", "term_end", "date", "2024-06-30", "2024年6月"),
        ("2024-06-30 00:00:00", "term_end", "date", "2024-06-30", "2024-06-30"),
        ("3(张三等)", "households", "count", None, "***"),
        ("3（张三等）", "households", "count", 3, 3),
        ("张三", "secretary", "yesno", "yes", "***"),
        ("空缺", "secretary", "yesno", "no", "空缺"),
        ("√", "eligible", "yesno", "yes", "√"),
        ("是（张三）", "eligible", "yesno", "yes", "是"),
        ("张三", "eligible", "yesno", "unknown", "***"),
        ("别墅（张三）", "compound_type", "vocab", "", "别墅(***)"),
        ("商品房小区", "compound_type", "vocab", "commercial", "商品房小区"),
        ("商品房小区（张三、李四负责）", "compound_type", "vocab", "commercial", "商品房小区(***)"),
        ("张三负责的那个小区", "compound_type", "vocab", "", "***"),
        (True, "eligible", "yesno", "yes", True),
        ("#REF!", "households", "count", None, "#REF!"),
    ],
)
def test_what_a_copy_shows_of_a_cell(raw, name, kind, read, shown):
    source = Source("a.xlsx", "0" * 64, "compounds", sheet="S", rows_in=1, kept=1, columns={"name": "A"})
    table = Table(source, {1: 0}, {0: (name, kind)}, {0: [read]}, {})
    assert next(shown_rows([[raw]], [table], frozenset()))[0][0] == shown


def test_nothing_of_a_sheet_without_a_table_is_shown():
    assert [value for value, _ in next(shown_rows([["张三", 13900001111, "3"]], [], frozenset()))] == [
        "***(2)", "***(11)", "3",
    ]  # fmt: skip


def test_marks_inside_merged_cells_go_to_the_first_of_them():
    sheet = Sheet("a.xlsx", "S", "0" * 64, [["x", "y"], ["", "z"], ["", ""]], merged=(((0, 0), (1, 0)),))
    marks = Marks([("error", "E"), ("notice", "N")], {(1, 0): [0], (0, 0): [1, 0], (1, WHOLE_ROW): [1], (7, 3): [0]})
    found = settled(marks, sheet, [(0, 0, 1, 0)])
    assert found.cells == {(0, 0): [0, 1], (1, 1): [1], (7, 3): [0]}
    assert found.severity((0, 0)) == "error"


def test_merged_areas_that_overlap_are_left_out():
    areas = [((0, 0), (2, 2)), ((1, 1), (3, 3)), ((3, 0), (3, 0)), ((4, 0), (900_000, 1)), ((9, 9), (9, 10))]
    assert list(apart(areas, 6)) == [(0, 0, 2, 2), (4, 0, 5, 1)]


@pytest.mark.parametrize(
    "raw", ["a\x00b\x1f", "x" * 40_000, float("nan"), float("inf"), 10**30, dt.date(1899, 1, 1), dt.time(8, 30)]
)
def test_hostile_values_are_written_whole(tmp_path, raw):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True}) as book:
        page = book.add_worksheet("a", worksheet_class=RowSheet)
        value, shape = as_cell(raw)
        page.write_styled(0, [(0, value, Styles(book).of("data", "error", shape))])
        page.add_notes([(0, 0, "note")], {})
    cell = opened(tmp_path / "a.xlsx")["a"]["A1"]
    assert cell.comment.text == "note"
    assert cell.value is None or isinstance(cell.value, str)
    assert len(cell.value or "") <= 32_767


@pytest.mark.parametrize("write", [files.table, files.workbook])
def test_two_registries_on_one_sheet_share_one_copy(tmp_path, write):
    name = "a.csv" if write is files.table else "a.xlsx"
    head = ["小区编号", "小区名称", "社区代码", "户数", "楼长"]
    write(tmp_path / name, [head, ["X1", "甲园", "990101001001", "若干", PERSON]])
    tables = "".join(f'[registries.{kind}]\npath = "{name}"\n' for kind in ("compounds", "codes"))
    (tmp_path / "gridkit.toml").write_text(tables.replace("codes", "premises"), encoding="utf-8")
    out = check(tmp_path, "en")
    (copy,) = (out / "marked").glob("*.xlsx")
    page = opened(copy).worksheets[0]
    assert [cell.value for cell in page[2]][:4] == ["X1", "甲园", "990101001001", "若干"]
    assert page["E2"].value == "***"


def test_a_file_that_changes_meanwhile_is_refused(tmp_path):
    files.table(tmp_path / "a.csv", [["小区编号", "小区名称", "户数"], ["X1", "甲园", 3]])
    (tmp_path / "gridkit.toml").write_text('[registries.compounds]\npath = "a.csv"\n', encoding="utf-8")
    project = read_project(tmp_path)
    checked = pipeline.check(project)
    files.table(tmp_path / "a.csv", [["小区编号", "小区名称", "户数"], ["X1", PERSON, 3]])
    with pytest.raises(TableError, match="changed"):
        pipeline.save_check(checked, project, tmp_path / "out")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.csv", "gridkit.toml"]


@pytest.mark.slow
def test_a_long_workbook(tmp_path):
    """25,000 rows with a finding in each: no cell is lost, the notes end where a program would be slow."""
    size = 25_000
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True})
    page = book.add_worksheet("台账")
    for col, head in enumerate(["小区编号", "小区名称", "户数", "联系电话"]):
        page.write(0, col, head)
    for row in range(1, size + 1):
        page.write_row(row, 0, [f"X{row:06}", f"第{row}小区", "若干", MOBILE])
    book.close()
    (tmp_path / "gridkit.toml").write_text('[registries.compounds]\npath = "a.xlsx"\n', encoding="utf-8")
    out = check(tmp_path)
    data = zipfile.ZipFile(out / "marked" / "a.xlsx")
    text = data.read("xl/worksheets/sheet1.xml").decode()
    assert text.count("<row ") == size + 1
    assert MOBILE not in text
    assert data.read("xl/comments1.xml").decode().count("<comment ") == MOST_NOTES
    cell = next(calamine.CalamineWorkbook.from_path(out / "marked" / "a.xlsx").get_sheet_by_index(0).iter_rows())
    assert cell[:4] == ["小区编号", "小区名称", "户数", "联系电话"]
    document = json.loads((out / "check.json").read_text(encoding="utf-8"))
    assert next(row["cells"] for row in document["rules"] if row["code"] == "S111") == size


def test_an_html_table_gets_a_workbook(tmp_path):
    head = "".join(f"<th>{text}</th>" for text in ("小区编号", "小区名称", "户数", "联系电话"))
    body = f"<tr><td>X1</td><td>甲园&lt;b&gt;</td><td>若干</td><td>{MOBILE}</td></tr>"
    (tmp_path / "a.xls").write_text(
        f"<html><meta charset=utf-8><table><tr>{head}</tr>{body}</table></html>", encoding="utf-8"
    )
    (tmp_path / "gridkit.toml").write_text('[registries.compounds]\npath = "a.xls"\n', encoding="utf-8")
    page = opened(check(tmp_path) / "marked" / "a.xls.xlsx").worksheets[0]
    assert [cell.value for cell in page[2]] == ["X1", "甲园<b>", "若干", "***"]
    assert "S111" in page["C2"].comment.text


def test_two_tables_of_a_sheet_and_what_is_struck_out(tmp_path):
    table = [["小区编号", "小区名称", "社区代码", "户数"], ["X1", "甲园", "990101001001", 5]]
    again = [["小区编号", "小区名称", "社区代码", "户数", "姓名"], ["X2", "乙园", "990101001001", "若干", PERSON]]
    path = files.workbook(tmp_path / "a.xlsx", [*table, [], ["第二批"], *again])
    book = openpyxl.load_workbook(path)
    book["Sheet1"]["D2"].font = openpyxl.styles.Font(strike=True)
    book.save(path)
    (tmp_path / "gridkit.toml").write_text('[registries.compounds]\npath = "a.xlsx"\n', encoding="utf-8")
    page = opened(check(tmp_path) / "marked" / "a.xlsx").worksheets[0]
    assert [cell.value for cell in page[2]][:4] == ["X1", "甲园", "990101001001", 5]
    assert page["D2"].font.strike
    assert "S152" in page["D2"].comment.text
    assert [cell.value for cell in page[6]] == ["X2", "乙园", "990101001001", "若干", "***"]
    assert page["B5"].fill.fgColor.rgb == "FF1F4E79"
    assert "S111" in page["D6"].comment.text


def test_files_whose_names_hold_numbers_of_persons_are_told_apart(tmp_path):
    for number, name in (("13900001111", "甲园"), ("13900002222", "乙园")):
        files.table(tmp_path / f"台账{number}" / "a.csv", [["小区编号", "小区名称", "户数"], [name, name, "若干"]])
    (tmp_path / "gridkit.toml").write_text('[registries.compounds]\npath = "台账13900002222/a.csv"\n', encoding="utf-8")
    out = check(tmp_path)
    (copy,) = (out / "marked").rglob("*.xlsx")
    assert "1390000" not in str(copy.relative_to(out))
    assert opened(copy).worksheets[0]["B2"].value == "乙园"


def test_columns_that_are_not_read_show_numbers_and_dates_and_nothing_else(tmp_path):
    head = ["小区编号", "小区名称", "社区代码", "户数", "单元数", "验收", "说明栏", "家庭电话"]
    rows = [
        ["平安街道小区情况统计表（2024年6月）"], head,
        ["X1", "甲园", "990101001001", "若干", 6, "2024-05-01", f"{PERSON}来过", MOBILE],
        ["X2", "乙园", "990101001001", 7, 7, dt.datetime(2024, 5, 1), 8223456, ""],
        ["X3", "丙园", "990101001001", 7, "8个", "", 13900002222, ""],
        ["X4", "丁园", "990101001001", 7, 9, "", "无", ""],
    ]  # fmt: skip
    files.workbook(tmp_path / "a.xlsx", rows)
    (tmp_path / "gridkit.toml").write_text('[registries.compounds]\npath = "a.xlsx"\n', encoding="utf-8")
    book = opened(check(tmp_path) / "marked" / "a.xlsx")
    page = book.worksheets[0]
    assert page["A1"].value == rows[0][0]  # a finding prints it as well
    assert [cell.value for cell in page[2]][:7] == head[:7]
    assert [page.cell(row, 5).value for row in (3, 4, 5)] == [6, 7, "8个"]
    assert (page["F3"].value, page["F4"].value) == ("2024-05-01", dt.datetime(2024, 5, 1))
    assert [page.cell(row, 7).value for row in (3, 4, 5)] == [NOT_READ] * 3
    assert page["H3"].value == "***"
    legend = [[cell.value for cell in row[:2]] for row in book.worksheets[1].iter_rows()]
    assert {NOT_READ, "***"} <= {first for first, *_ in legend}
