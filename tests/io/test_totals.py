"""Rows of totals are no records; what they say is compared with the rows that they speak of."""

from __future__ import annotations

import zipfile

import pytest
import xlsxwriter

from gridkit.io.hidden import Hidden
from gridkit.io.records import records_of
from gridkit.io.regions import regions
from gridkit.io.sheets import Sheet
from tests.io import files

HEAD = ["社区", "小区名称", "户数", "正式党员数"]


def table(rows, *, sums=None, merged=(), hidden=(), setting="pending", kind="compounds"):
    """Read cells as they would come out of a workbook; ``sums`` maps (row, column) to ranges, counted from 0."""
    width = max(len(row) for row in rows)
    cells = [[*(("" if cell is None else cell) for cell in row), *[""] * (width - len(row))] for row in rows]
    beside = Hidden(rows=tuple(hidden), sums={cell: tuple(areas) for cell, areas in (sums or {}).items()})
    sheet = Sheet("a.xlsx", "S", "0" * 64, cells, merged=tuple(merged), hidden=beside)
    (region,) = regions(sheet, kind)
    return records_of(region, kind, {}, hidden=setting, named=False, first=True)


def compared(found):
    (row,) = [note["params"] for note in found.notes if note["code"] == "S154"]
    return row["n"], row["equal"], row["differ"], row["uncertain"]


def differences(found):
    return [(note["refs"], note["params"]) for note in found.notes if note["code"] == "S153"]


FORM = [
    HEAD,
    ["东门社区", "甲小区", 100.0, 3.0],
    [None, "乙小区", 50.0, 2.0],
    ["小计", None, 150.0, 5.0],
    ["西门社区", "丙小区", 70.0, 1.0],
    ["小计", None, 70.0, 1.0],
    ["合计", None, 220.0, 6.0],
]


def changed(rows, **cells):
    copy = [list(row) for row in rows]
    for place, value in cells.items():
        copy[int(place[1:]) - 1][ord(place[0]) - ord("A")] = value
    return copy


def test_totals_that_agree_are_counted():
    found = table(FORM, merged=[((1, 0), (2, 0))])
    assert found.rows == [2, 3, 5]
    assert compared(found) == (6, 6, 0, 0)
    assert [(row, reason) for row, reason, _ in found.set_aside] == [(4, "S141"), (6, "S141"), (7, "S141")]


def test_a_total_that_differs_names_both_numbers_the_cell_and_the_rows():
    found = table(changed(FORM, C4=160.0, D7=7.0))
    assert differences(found) == [
        (("a.xlsx!S!C4",), {"header": "户数", "stated": 160, "computed": 150, "n": 2, "first": 2, "last": 3}),
        (("a.xlsx!S!D7",), {"header": "正式党员数", "stated": 7, "computed": 6, "n": 3, "first": 2, "last": 5}),
    ]
    assert compared(found) == (6, 4, 2, 0)


@pytest.mark.parametrize(
    ("cell", "total", "verdict"),
    [
        ("", 150.0, (6, 4, 0, 2)),  # blank: cannot be compared
        ("若干", 150.0, (6, 4, 0, 2)),
        ("", 100.0, (6, 5, 0, 1)),  # the others already make it up; the sum of all differs
        ("50户", 150.0, (6, 6, 0, 0)),
        ("约50户", 152.0, (6, 6, 0, 0)),  # within a tenth of what is only about right
        ("约50户", 170.0, (6, 5, 1, 0)),
    ],
)
def test_what_cannot_be_read_is_no_difference(cell, total, verdict):
    assert compared(table(changed(FORM, C3=cell, C4=total))) == verdict


def test_a_total_of_its_own_community_though_others_have_none():
    rows = [
        HEAD,
        ["东门社区", "甲小区", 100.0, 3.0],
        ["西门社区", "乙小区", 50.0, 2.0],
        [None, "丙小区", 70.0, 1.0],
        ["小计", None, 120.0, 3.0],
        ["总计", None, 220.0, 6.0],
    ]
    assert compared(table(rows, merged=[((2, 0), (3, 0))])) == (4, 4, 0, 0)
    assert compared(table(rows, merged=[((2, 0), (4, 0))])) == (4, 4, 0, 0)  # 小计 stands inside the merged cell
    assert compared(table(rows)) == (4, 2, 2, 0)  # nothing says that the first community is not meant


def test_a_total_above_the_rows_and_totals_of_parts():
    rows = [HEAD, ["合计", None, 30.0, 3.0], ["a", "甲小区", 10.0, 1.0], ["a", "乙小区", 20.0, 2.0]]
    assert compared(table(rows)) == (2, 2, 0, 0)
    rows = [
        HEAD,
        ["a", "甲小区", 10.0, 1.0], ["合计", None, 10.0, 1.0],
        ["b", "乙小区", 20.0, 2.0], ["合计", None, 20.0, 2.0],
        ["总计", None, 30.0, 3.0], ["累计", None, 30.0, 3.0],
    ]  # fmt: skip
    assert compared(table(rows)) == (8, 8, 0, 0)


def test_hidden_rows_may_be_in_a_total_or_not():
    for total in (150.0, 100.0):
        rows = [HEAD, ["a", "甲小区", 100.0, 3.0], ["a", "乙小区", 50.0, 2.0], ["合计", None, total, None]]
        found = table(rows, hidden=[2])
        assert compared(found) == (1, 1, 0, 0)
        assert found.held == {3: "row"}


def test_names_that_only_begin_with_the_word_are_records():
    rows = [HEAD, ["a", "合计苑小区", 5.0, 1.0], ["a", "总计新村", 5.0, 1.0], ["a", "小计巷1号院", 5.0, 1.0]]
    assert table(rows).rows == [2, 3, 4]


SUMMED = [
    HEAD,
    ["东门", "甲小区", 100.0, 3.0],
    ["东门", "乙小区", 50.0, 2.0],
    ["东门", None, 150.0, 5.0],
    ["西门", "丙小区", 70.0, 1.0],
    [None, None, 220.0, 6.0],
]
SUMS = {
    (3, 2): [(1, 2, 2, 2)], (3, 3): [(1, 3, 2, 3)],
    (5, 2): [(1, 2, 2, 2), (4, 2, 4, 2)], (5, 3): [(1, 3, 2, 3), (4, 3, 4, 3)],
}  # fmt: skip


def test_totals_are_known_by_their_formulas():
    found = table(SUMMED, sums=SUMS)
    assert found.rows == [2, 3, 5]
    assert compared(found) == (4, 4, 0, 0)
    assert [subject for _, _, subject in found.set_aside] == [
        "SUM 户数=150 正式党员数=5 ***×1",
        "SUM 户数=220 正式党员数=6",
    ]
    assert table(SUMMED).rows == [2, 3, 4, 5, 6]  # without formulas nothing tells


def test_a_formula_says_exactly_which_rows():
    rows = changed(SUMMED, C6=150.0)
    found = table(rows, sums={**SUMS, (5, 2): [(1, 2, 2, 2)]})
    assert compared(found) == (4, 4, 0, 0)  # it leaves row 5 out, and says so
    found = table(changed(SUMMED, C3="５０户", C4=100.0), sums=SUMS)  # a text, which SUM passes over
    assert differences(found)[0][1] == {
        "header": "户数", "stated": 100, "computed": 150, "n": 2, "first": 2, "last": 3, "variant": "text", "rows": 1,
    }  # fmt: skip


def test_a_formula_over_totals_speaks_of_their_rows():
    rows = [HEAD, ["a", "甲小区", 10.0, 1.0], ["小计", "", 10.0, 1.0]]
    rows += [["b", "乙小区", 20.0, 2.0], ["小计", "", 20.0, 2.0], ["合计", "", 30.0, 3.0]]
    sums = {(2, c): [(1, c, 1, c)] for c in (2, 3)} | {(4, c): [(3, c, 3, c)] for c in (2, 3)}
    sums |= {(5, c): [(2, c, 2, c), (4, c, 4, c)] for c in (2, 3)}
    assert compared(table(rows, sums=sums)) == (6, 6, 0, 0)
    sums |= {(5, c): [(1, c, 4, c)] for c in (2, 3)}  # over rows and totals alike: the stored result is doubled
    assert compared(table(changed(rows, C6=60.0, D6=6.0), sums=sums)) == (6, 4, 2, 0)


def test_a_computed_column_is_no_total():
    rows = [[*HEAD, "预备党员数"], ["a", "甲小区", 10.0, 1.0, 1.0], ["a", "乙小区", 20.0, 2.0, 2.0]]
    across = {(row, 4): [(row, 2, row, 3)] for row in (1, 2)}
    assert table(rows, sums=across).rows == [2, 3]
    running = {(2, 4): [(1, 4, 1, 4)]}  # one column that adds rows above, in a row with a name
    assert table(rows, sums=running).rows == [2, 3]


def test_records_whose_numbers_are_added_up_stay_records():
    rows = [
        ["党组织编码", "党组织名称", "党组织类型", "党员数", "正式党员数"],
        ["D0", "某社区党委", "社区党组织", 30.0, 25.0],
        ["D1", "甲支部", "小区党支部", 10.0, 10.0],
        ["D2", "乙支部", "小区党支部", 20.0, 15.0],
    ]
    sums = {(1, 3): [(2, 3, 3, 3)], (1, 4): [(2, 4, 3, 4)]}
    assert table(rows, sums=sums, kind="branches").rows == [2, 3, 4]


def test_a_count_in_a_merged_cell_is_added_once():
    rows = [HEAD, ["a", "甲小区", 300.0, 3.0], ["a", "乙小区", None, 2.0], ["合计", None, 300.0, 5.0]]
    assert compared(table(rows, merged=[((1, 2), (2, 2))])) == (2, 2, 0, 0)


def test_formulas_of_a_real_workbook(tmp_path):
    rows = [["社区", "小区名称", "户数", "正式党员数"], ["东门社区", "甲小区", 100, 3], ["东门社区", "乙小区", 50, 2],
            ["东门社区", None, "=SUM(C2:C3)", "=SUM(D2:D3)"]]  # fmt: skip
    path = files.workbook(tmp_path / "a.xlsx", rows)
    _with_results(path, {"C4": "150", "D4": "6"})
    city, findings = files.read(tmp_path, '[registries.compounds]\npath = "a.xlsx"\n')
    assert list(city.rows("compounds")["name"]) == ["甲小区", "乙小区"]
    assert list(city.set_aside["reason"]) == ["S141"]
    (row,) = [row for row in findings.rows() if row["code"] == "S153"]
    assert (row["refs"], row["params"]["stated"], row["params"]["computed"]) == (("a.xlsx!Sheet1!D4",), 6, 5)


def _with_results(path, results):
    """Store results beside the formulas of a workbook, as a spreadsheet program does."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = "xl/worksheets/sheet1.xml"
    for cell, value in results.items():
        text = parts[name].decode()
        at = text.index(f'r="{cell}"')
        end = text.index("</c>", at)
        inside = text[at:end].replace("<v></v>", "").replace("<v />", "").replace("<v/>", "")
        parts[name] = (text[:at] + inside + f"<v>{value}</v>" + text[end:]).encode()
    with zipfile.ZipFile(path, "w") as book:
        for part, data in parts.items():
            book.writestr(part, data)


def test_formulas_over_formulas_take_bounded_time():
    rows = [HEAD, ["a", "甲小区", 1.0, 1.0], *[["", "", 1.0, 1.0] for _ in range(300)]]
    sums = {(row, c): [(2, c, row - 1, c)] for row in range(3, 302) for c in (2, 3)}
    found = table(rows, sums=sums)
    assert found.rows == [2, 3]
    found = table([HEAD, *rows[2:]], sums={(row - 1, c): [(1, c, row - 2, c)] for row, c in sums})
    assert len(found.rows) == 1


def test_totals_of_totals_of_totals():
    rows = [HEAD, ["a", "甲小区", 1.0, 1.0], ["小计", "", 1.0, 1.0], ["合计", "", 1.0, 1.0], ["总计", "", 1.0, 1.0]]
    sums = {(row, c): [(row - 1, c, row - 1, c)] for row in (2, 3, 4) for c in (2, 3)}
    assert compared(table(rows, sums=sums)) == (6, 6, 0, 0)


WORDS = [
    "合计9个小区", "全街道总数", "汇总", "合计数", "总数", "合计（9个）", "小计3", "全区合计：9", "街道小计(3)",
    "本街道合计（户、人）", "共9个小区", "累计完成", "总计2个", "其中：老旧小区", "平均", "占比",
    "上年同期", "合\u3000计（9个）", "小 计 3",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("column", [0, 1])
def test_every_usual_word_for_a_total_sets_its_row_aside(word, column):
    row = ["", "", 150.0, 5.0]
    row[column] = word
    found = table([*FORM[:3], row])
    assert found.rows == [2, 3]
    assert [(place, reason) for place, reason, _ in found.set_aside] == [(4, "S141")]


@pytest.mark.parametrize(
    "name", ["合计苑小区", "总数苑", "累计花园", "总计小区", "共和小区", "汇总苑", "其乐小区", "平均苑"]
)
def test_a_name_with_such_a_word_is_a_record(name):
    assert table([*FORM[:3], ["东门社区", name, 7.0, 1.0]]).rows == [2, 3, 4]


def test_what_does_not_add_up_is_not_compared():
    found = table(
        [*FORM[:3], ["合计", None, 150.0, 5.0], ["其中：老旧小区", None, 50.0, 2.0], ["平均", None, 75.0, 2.5]]
    )
    assert compared(found) == (2, 2, 0, 0)


def test_the_head_of_a_group_speaks_of_the_rows_below_it():
    rows = [HEAD, ["一、东门社区", None, 150.0, 5.0], ["", "甲小区", 100.0, 3.0], ["", "乙小区", 50.0, 2.0]]
    found = table([*rows, ["二、西门社区", None, 80.0, 1.0], ["", "丙小区", 70.0, 1.0]])
    assert found.rows == [3, 4, 6]
    assert compared(found) == (4, 3, 1, 0)
    assert [params["computed"] for _, params in differences(found)] == [70]


def test_a_total_that_leaves_out_numbers_stored_as_text_says_so():
    found = table([HEAD, ["东门社区", "甲小区", 100.0, 3.0], ["", "乙小区", "５０", 2.0], ["合计", None, 100.0, 5.0]])
    ((refs, params),) = differences(found)
    assert refs == ("a.xlsx!S!C4", "a.xlsx!S!C3")
    assert (params["variant"], params["rows"], params["computed"]) == ("text", 1, 150)


def test_a_sum_of_some_rows_is_a_total_that_nobody_can_check(tmp_path):
    rows = [["社区", "小区名称", "户数", "正式党员数"], ["东门社区", "甲小区", 100, 3], ["东门社区", "乙小区", 50, 2]]
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("S")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    for column, total in (("C", 150), ("D", 5)):
        formula = f'=SUMIF($A$2:$A$3,"东门社区",{column}2:{column}3)'
        sheet.write_formula(f"{column}4", formula, None, total)
    sheet.write("A4", "东门社区")
    book.close()
    city, findings = files.read(tmp_path, '[registries.compounds]\npath = "a.xlsx"\n')
    assert list(city.rows("compounds")["name"]) == ["甲小区", "乙小区"]
    assert findings.with_code("S154")["params"].iloc[0]["uncertain"] == 2
