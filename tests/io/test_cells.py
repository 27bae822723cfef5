"""Columns of cells: yes and no, kinds of missing, remarks, repeated cells, codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.io import values
from gridkit.io.cells import masked_texts
from gridkit.io.distinct import counted, distinct
from gridkit.io.privacy import masked_column
from gridkit.io.text import missing_kind, simplified, tidy, without_readings, word
from gridkit.io.vocabulary import vocabulary_of
from gridkit.model.city import REMARK_COLUMNS, REMARKS
from tests.io import files

HEAD = ["小区编号", "小区名称", "户数", "是否符合组建条件", "小区类型", "共建协议签订时间"]


def rows(*some):
    return [HEAD, *(list(row) for row in some)]


def told(findings, code):
    return [row for row in findings.rows() if row["code"] == code]


YES = "是 有 √ ✓ ✔ ✔️ ☑ ✅ 对 v Y yes 1 1.0 已 已建 已覆盖 符合 具備 已簽訂 是。 是（联合） ☑是□否 是√否"
NO = "否 无 無 没有 沒有 × ✗ ✘ ❌ ✖️ x N no 0 未 未建 未组建 未組建 不符合 尚未成立 □是☑否 ｘ"


@pytest.mark.parametrize(("cells", "answer"), [(YES, "yes"), (NO, "no")])
def test_yes_and_no(cells, answer):
    assert {cell: values.to_yesno(cell) for cell in cells.split()} == dict.fromkeys(cells.split(), (answer, ""))


@pytest.mark.parametrize("cell", ["部分", "基本具备", "○", "〇", "□", "是/否", "拟建", "是□否□", "☑是☑否", "是□"])
def test_neither_yes_nor_no_is_said(cell):
    assert values.to_yesno(cell) == ("unknown", "S114")


@pytest.mark.parametrize("cell", ["", "—", "/", "XX", "待定", "不详", "不适用"])
def test_nothing_said_is_unknown_without_a_finding(cell):
    assert values.to_yesno(cell) == ("unknown", "")


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("blank", ["", " ", "　", "空", "NULL", "nan"]),
        ("not_applicable", ["-", "—", "——", "－", "/", "／", "\\", "―", "n/a", "N/A", "不适用"]),
        ("none", ["无", "無", "暂无", "没有"]),
        ("undecided", ["待定", "待核实", "未定", "待統計"]),
        ("unknown", ["不详", "不詳", "未知", "未填"]),
        ("masked", ["XX", "xx", "××", "***", "○○", "XX.X", "××%"]),
        ("", ["无锡路小区", "待建小区", "3", "不详细", "空军大院", "x1", "X-1"]),
    ],
)
def test_kinds_of_missing(kind, cells):
    assert {cell: missing_kind(cell) for cell in cells} == dict.fromkeys(cells, kind)


def test_remarks_say_what_the_value_does_not(tmp_path):
    city, findings = files.read_compounds(
        tmp_path,
        rows(
            ("X1", "甲小区", "约300户", "是", "商品房", "待定"),
            ("X2", "乙小区", "不足10户", "—", "——", ""),
            ("X3", "丙小区", "XX", "待定", "XX", "/"),
            ("X4", "丁小区", "无", "无", "不详", None),
            ("X5", "戊小区", "300-320户", "", "", "2021.5"),
        ),
    )
    records = city.rows("compounds")
    assert records["households"].to_list()[0] == 300
    assert records["households"].isna().to_list() == [False, True, True, True, True]
    assert list(city.remarks.columns) == list(REMARK_COLUMNS)
    said = {(row.record[-1], row.field): (row.remark, row.written) for row in city.remarks.itertuples()}
    assert said == {
        ("2", "households"): ("about", "约300户"),
        ("2", "agreement_on"): ("undecided", "待定"),
        ("3", "households"): ("at_most", "不足10户"),
        ("3", "eligible"): ("not_applicable", "—"),
        ("3", "compound_type"): ("not_applicable", "——"),
        ("4", "households"): ("masked", "XX"),
        ("4", "eligible"): ("undecided", "待定"),
        ("4", "compound_type"): ("masked", "XX"),
        ("4", "agreement_on"): ("not_applicable", "/"),
        ("5", "households"): ("none", "无"),
    }
    assert set(city.remarks["remark"]) <= set(REMARKS)
    assert records["eligible"].to_list() == ["yes", "unknown", "unknown", "no", "unknown"]
    assert [row["params"]["value"] for row in told(findings, "S180")] == ["不足10户", "300-320户"]
    masked = {row["params"]["header"]: row["params"] for row in told(findings, "S181")}
    assert {header: (params["n"], params["filled"]) for header, params in masked.items()} == {
        "户数": (1, 5), "小区类型": (1, 4),
    }  # fmt: skip
    assert all(row["refs"] for row in told(findings, "S181"))
    assert {(row["params"]["header"], row["params"]["variant"]) for row in told(findings, "S182")} == {
        ("户数", "none"), ("是否符合组建条件", "undecided"), ("是否符合组建条件", "not_applicable"),
        ("共建协议签订时间", "undecided"), ("共建协议签订时间", "not_applicable"), ("小区类型", "not_applicable"),
    }  # fmt: skip


def test_what_is_written_beside_a_value_names_no_person(tmp_path):
    city, _ = files.read_compounds(tmp_path, rows(("X1", "甲小区", "约300户(王某某家)", "XX", "商品房", "")))
    assert "王" not in city.remarks.to_csv()
    assert city.remarks["written"].to_list() == ["XX"]


def test_the_same_as_above(tmp_path):
    city, findings = files.read_compounds(
        tmp_path,
        rows(
            ("X1", "甲小区", 5, "是", "商品房", "2021.5"),
            ("X2", "乙小区", "同上", "〃", "同上", "同上"),
            ("X3", "丙小区", 7, "同上", '"', ""),
        ),
    )
    records = city.rows("compounds")
    assert records["households"].to_list() == [5, 5, 7]
    assert records["eligible"].to_list() == ["yes"] * 3
    assert records["compound_type"].to_list() == ["commercial"] * 3
    assert records["agreement_on"].to_list() == ["2021-05-01", "2021-05-01", ""]
    assert sum(row["params"]["n"] for row in told(findings, "S189")) == 6


def test_nothing_stands_above_the_first_row(tmp_path):
    city, findings = files.read_compounds(tmp_path, rows(("X1", "甲小区", "同上", "是", "商品房", "")))
    assert city.rows("compounds")["households"].isna().all()
    assert [row["params"]["variant"] for row in told(findings, "S189")] == ["nothing"]


def test_an_october_without_its_zero_in_a_csv(tmp_path):
    table = [["单位名称", "结对对象", "结对时间"], ["甲局", "甲小区", "2021.1"], ["乙局", "乙小区", "2021.5"]]
    city, findings = files.read_registry(tmp_path, "pairings", table)
    assert city.rows("pairings")["since"].to_list() == ["", "2021-05-01"]
    assert [row["params"]["value"] for row in told(findings, "S183")] == ["2021.1"]


@pytest.mark.parametrize(
    ("cell", "code", "problem"),
    [
        ("‘522601001’", "522601001", ""),
        ("＇５２２６０１", "522601", ""),
        ("522601 001 002", "522601001002", ""),
        ("522601-001-002", "522601-001-002", ""),  # kept as written, and said where the others have none
        ("5226****0012", "", ""),
        ("5226XX0012", "", ""),
        ("5226O1", "5226O1", ""),  # an O stays an O
        ("5.22601E+14", "", "S115"),
        (522601001001001.0, "522601001001001", ""),
        (5226010010010010.0, "", "S115"),
        ("91350100M000100Y43", "91350100M000100Y43", ""),
        ("XXA1", "XXA1", ""),
    ],
)
def test_codes(cell, code, problem):
    assert values.to_code(cell) == (code, problem)


def test_some_codes_of_a_column_are_damaged_and_others_not(tmp_path):
    good, rounded = "522601001001002001", 522601001001002001
    table = rows((good, "甲小区", 5, "", "商品房", ""), (rounded, "乙小区", 5, "", "商品房", ""))
    city, findings = files.read_compounds(tmp_path, [*table, ["5.22601E+14", "丙小区", 5, "", "商品房", ""]])
    assert city.rows("compounds")["compound_id"].to_list() == [good, "", ""]
    assert sum(row["params"]["n"] for row in told(findings, "S115")) == 2


def test_traditional_characters_and_readings():
    assert simplified("陽光花園") == "阳光花园"
    assert without_readings("問（wèn）題（tí）") == "問題"
    assert without_readings("陽(ㄧㄤˊ)光") == "陽光"
    assert without_readings("A区(abc)、甲(一期)") == "A区(abc)、甲(一期)"
    assert word("黨組（zǔ）織 類型") == "党组织类型"
    assert vocabulary_of("compound_type")("商(shāng)品房小區") == ("commercial", "")
    assert vocabulary_of("branch_status")("已撤銷") == ("dissolved", "")


def test_rare_and_invisible_characters(tmp_path):
    city, _ = files.read_compounds(tmp_path, rows(("X1", "㵲\u200b水花园\u00ad_x000D_", 5, "", "商品房", "")))
    assert city.rows("compounds")["name"].to_list() == ["㵲水花园"]
    assert tidy("葛\U000e0100城") == "葛城"
    assert tidy("a_xyz_b") == "a_xyz_b"


@given(st.lists(st.one_of(st.text(max_size=3), st.integers(-2, 2), st.booleans(), st.none(), st.floats(-1, 1))))
def test_distinct_cells_give_the_column_back(cells):
    column = distinct(cells)
    back = column.spread(column.cells)
    assert back == cells
    assert [type(one) is bool for one in back] == [type(one) is bool for one in cells]  # True is not 1
    assert sum(counted(cells).values()) == len(cells)
    rows = column.rows_of(range(len(column.cells)))
    assert sorted(row for some in rows.values() for row in some) == list(range(len(cells)))


def test_cells_that_cannot_be_keys():
    cells = [["a"], ["a"], {"b": 1}, "a"]
    assert distinct(cells).places.tolist() == [0, 0, 1, 2]
    assert sum(counted(cells).values()) == 4


@given(st.lists(st.sampled_from(["甲小区", "联系13900000000", "书记张某", "乙苑", ""]), max_size=1200))
def test_masks_in_blocks_are_the_masks_of_the_whole(texts):
    assert masked_texts(texts) == masked_column(texts)


def test_words_for_nothing_known_are_no_names(tmp_path):
    words = ("暂无资料", "暂无数据", "暂无信息", "未提供", "不清楚", "待补充")
    table = [["小区编号", "小区名称", "物业服务企业"], *[[f"X{n}", one, one] for n, one in enumerate(words)]]
    files.table(tmp_path / "a.csv", table)
    city, _ = files.read(tmp_path, '[registries.compounds]\npath = "a.csv"\n')
    records = city.rows("compounds")
    assert set(records["name"]) | set(records["property_company"]) == {""}
    assert len(city.remarks) == 2 * len(words)
    assert set(city.remarks["remark"]) == {"unknown", "undecided"}


def test_an_empty_box_is_no_masked_figure(tmp_path):
    table = [["小区编号", "小区名称", "是否符合组建条件"], ["X1", "甲小区", "□"], ["X2", "乙小区", "XX"]]
    files.table(tmp_path / "a.csv", table)
    city, findings = files.read(tmp_path, '[registries.compounds]\npath = "a.csv"\n')
    assert city.rows("compounds")["eligible"].to_list() == ["unknown", "unknown"]
    assert [row["params"]["n"] for row in told(findings, "S181")] == [1]
