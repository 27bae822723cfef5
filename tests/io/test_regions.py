"""Where tables are on a sheet: headers of up to four rows, tables below and beside each other, lines around them."""

from __future__ import annotations

import pytest

from gridkit.errors import TableError
from gridkit.io.lines import stated_in, title_of
from tests.io import files

TOML = '[registries.{kind}]\npath = "a.xlsx"\n'


def read(folder, rows, kind="compounds", extra="", **how):
    files.workbook(folder / "a.xlsx", rows, **how)
    return files.read(folder, TOML.format(kind=kind) + extra)


def test_a_header_of_four_rows(tmp_path):
    rows = [
        ["小区名称", "社区", "党组织情况", None, None, None],
        [None, None, "党员情况", None, None, "组建方式"],
        [None, None, "组织关系", None, "预备党员数", None],
        [None, None, "正式党员数", "报到党员数", None, None],
        ["甲小区", "东门社区", 5, 2, 1, "单独组建"],
        ["乙小区", "东门社区", 3, 0, 0, "联合组建"],
    ]
    merges = ["A1:A4", "B1:B4", "C1:F1", "C2:E2", "C3:D3", "E3:E4", "F2:F4"]
    city, _ = read(tmp_path, rows, merges=merges)
    frame = city.rows("compounds")
    assert list(frame["name"]) == ["甲小区", "乙小区"]
    assert frame[["formal_members", "members_reported", "probationary_members"]].to_numpy().tolist() == [
        [5, 2, 1],
        [3, 0, 0],
    ]
    assert city.sources[0].headers["formal_members"] == "党组织情况_党员情况_组织关系_正式党员数"
    assert city.cell("a.xlsx!Sheet1!6", "members_reported") == "a.xlsx!Sheet1!D6"


def test_a_header_of_three_rows_whose_first_columns_are_not_merged_down(tmp_path):
    rows = [
        ["小区名称", "户数", "党组织情况", None, None],
        [None, None, "党员情况", None, "其他"],
        [None, None, "正式党员数", "预备党员数", "组建方式"],
        ["甲小区", 20, 5, 2, "单独组建"],
    ]
    city, _ = read(tmp_path, rows, merges=["C1:E1", "C2:D2"])
    row = city.rows("compounds").iloc[0]
    assert (row["name"], row["formal_members"], row["probationary_members"]) == ("甲小区", 5, 2)


def test_two_tables_below_each_other_with_other_columns(tmp_path):
    rows = [
        ["东门社区小区台账"],
        ["小区名称", "户数", "小区类型"],
        ["甲小区", 5, "商品房"],
        ["合计", 5, None],
        ["注：截至2024年6月"],
        [],
        ["西门社区小区台账"],
        ["小区编号", "小区名称", "户数"],
        ["X7", "乙小区", 7],
        ["X8", "丙小区", 8],
        ["合计", None, 15],
    ]
    city, findings = read(tmp_path, rows, merges=["A1:C1", "A7:C7"])
    frame = city.rows("compounds")
    assert list(frame.index) == ["a.xlsx!Sheet1!3", "a.xlsx!Sheet1#2!9", "a.xlsx!Sheet1#2!10"]
    assert list(frame["name"]) == ["甲小区", "乙小区", "丙小区"]
    assert list(frame["households"]) == [5, 7, 8]
    assert list(frame["community_name"]) == ["东门社区", "西门社区", "西门社区"]  # from the titles
    assert city.cell("a.xlsx!Sheet1#2!9", "households") == "a.xlsx!Sheet1#2!C9"
    assert [dict(source.stated) for source in city.sources] == [
        {"title": "东门社区小区台账", "date": "2024年6月"},
        {"title": "西门社区小区台账"},
    ]
    assert [(source.rows_in, source.kept) for source in city.sources] == [(3, 1), (3, 2)]
    assert findings.counts() == {"S141": 2, "S142": 1, "S144": 2, "S154": 2, "S155": 1, "S156": 1, "S157": 2}
    assert findings.with_code("S156")["params"].iloc[0]["lacking"] == "小区类型"


def test_the_same_header_again_is_a_new_page_and_no_new_table(tmp_path):
    head = ["小区名称", "户数", "小区类型"]
    rows = [head, ["甲小区", 5, "商品房"], head, ["乙小区", 6, "商品房"]]
    city, findings = read(tmp_path, rows)
    assert list(city.rows("compounds").index) == ["a.xlsx!Sheet1!2", "a.xlsx!Sheet1!4"]
    assert findings.counts() == {"S143": 1}


def test_a_table_of_another_kind_below_is_not_read_into_this_one(tmp_path):
    rows = [
        ["小区名称", "户数", "小区类型"],
        ["甲小区", 5, "商品房"],
        [],
        ["党组织名称", "党组织类型", "任期届满", "覆盖小区"],
        ["甲支部", "小区党支部", "2026-01-01", "甲小区"],
    ]
    city, findings = read(tmp_path, rows)
    assert list(city.rows("compounds")["name"]) == ["甲小区"]
    (row,) = [row for row in findings.rows() if row["code"] == "S146"]
    assert (row["params"], row["refs"]) == ({"n": 1, "sheets": "4", "variant": "tables"}, ("a.xlsx!Sheet1!4",))
    city, findings = read(tmp_path, rows, kind="branches")
    assert list(city.rows("branches")["name"]) == ["甲支部"]
    assert list(city.rows("branches").index) == ["a.xlsx!Sheet1#2!5"]


def test_tables_side_by_side(tmp_path):
    rows = [
        ["小区名称", "户数", None, "小区名称", "户数", "楼栋数"],
        ["甲小区", 5, None, "丙小区", 7, 2],
        ["乙小区", 6, None, None, None, None],
        ["合计", 11, None, "合计", 7, 2],
    ]
    city, findings = read(tmp_path, rows)
    frame = city.rows("compounds")
    assert frame["name"].to_dict() == {
        "a.xlsx!Sheet1!2": "甲小区", "a.xlsx!Sheet1!3": "乙小区", "a.xlsx!Sheet1#2!2": "丙小区",
    }  # fmt: skip
    assert city.cell("a.xlsx!Sheet1#2!2", "households") == "a.xlsx!Sheet1#2!E2"
    reasons = city.set_aside[["src", "row", "reason"]].to_numpy().tolist()
    assert reasons == [["a.xlsx!Sheet1", 4, "S141"], ["a.xlsx!Sheet1#2", 3, "S140"], ["a.xlsx!Sheet1#2", 4, "S141"]]
    assert findings.counts()["S156"] == 1


def test_two_kinds_side_by_side(tmp_path):
    rows = [
        ["小区名称", "户数", None, "党组织名称", "党组织类型", "覆盖小区"],
        ["甲小区", 5, None, "甲支部", "小区党支部", "甲小区"],
        ["乙小区", 6, None, None, None, None],
    ]
    city, _ = read(tmp_path, rows)
    assert list(city.rows("compounds")["name"]) == ["甲小区", "乙小区"]
    assert "branch_name" not in city.registries["compounds"].given
    city, _ = read(tmp_path, rows, kind="branches")
    assert list(city.rows("branches")["name"]) == ["甲支部"]


def test_a_gap_in_one_table_stays_a_gap(tmp_path):
    rows = [["小区名称", "户数", None, "楼栋数", "单元数"], ["甲小区", 5, None, 2, 4]]
    city, _ = read(tmp_path, rows)
    row = city.rows("compounds").iloc[0]
    assert (row["name"], row["households"], row["buildings"], row["entrances"]) == ("甲小区", 5, 2, 4)
    titled = [
        ["小区台账", None, None, None, None],
        ["小区名称", "户数", None, "小区名称", "户数"],
        ["甲小区", 5, None, "乙", 4],
    ]
    city, _ = read(tmp_path, titled, merges=["A1:E1"])  # one title over both: one table
    assert list(city.rows("compounds")["name"]) == ["甲小区"]


SHEET = [["小区名称", "户数"], ["甲小区", 5]]


def test_a_sheet_per_community_is_one_registry(tmp_path):
    others = [("西门社区", [["小区名称", "户数"], ["乙小区", 6]]), ("汇总", [["社区", "户数"], ["东门社区", 5]])]
    city, findings = read(tmp_path, SHEET, sheet="东门社区", others=others)
    frame = city.rows("compounds")
    assert frame["community_name"].to_dict() == {"a.xlsx!东门社区!2": "东门社区", "a.xlsx!西门社区!2": "西门社区"}
    assert findings.counts() == {"S146": 1, "S155": 1, "S157": 2}
    assert {row["params"]["variant"] for row in findings.rows() if row["code"] == "S157"} == {"sheet"}
    assert "community_name" in city.registries["compounds"].given


def test_a_community_is_only_filled_where_one_is_named(tmp_path):
    for name in ("Sheet1", "各社区", "城市社区", "说明"):
        city, _ = read(tmp_path, SHEET, sheet=name)
        assert list(city.rows("compounds")["community_name"]) == [""], name
    titled = [["填报单位：东门社区"], *SHEET]
    city, _ = read(tmp_path, titled, sheet="西门社区")  # sheet and reporting body contradict each other
    assert list(city.rows("compounds")["community_name"]) == [""]
    city, _ = read(tmp_path, titled)
    assert list(city.rows("compounds")["community_name"]) == ["东门社区"]
    own = [["小区名称", "社区"], ["甲小区", ""]]
    city, _ = read(tmp_path, own, sheet="西门社区")  # a column of its own, however empty, outranks the sheet
    assert list(city.rows("compounds")["community_name"]) == [""]


def test_sheets_of_several_dates_must_be_told_apart(tmp_path):
    with pytest.raises(TableError, match="several sheets could be meant: 2023年, 2024年"):
        read(tmp_path, SHEET, sheet="2023年", others=[("2024年", [["小区名称", "户数"], ["甲小区", 9]])])
    city, _ = read(tmp_path, SHEET, extra='sheet = "2024年"\n', sheet="2023年", others=[("2024年", SHEET)])
    assert list(city.rows("compounds").index) == ["a.xlsx!2024年!2"]


def test_sheets_of_other_kinds_are_passed_over(tmp_path):
    branches = [["党组织名称", "党组织类型", "任期届满", "覆盖小区"], ["甲支部", "小区党支部", "2026-01-01", "甲小区"]]
    compounds = [["小区名称", "小区类型", "户数", "党组织名称"], ["甲小区", "商品房", 5, "甲支部"]]
    files.workbook(tmp_path / "a.xlsx", compounds, sheet="小区", others=[("党组织", branches)])
    both = '[registries.compounds]\npath = "a.xlsx"\n[registries.branches]\npath = "a.xlsx"\n'
    city, _ = files.read(tmp_path, both)
    assert list(city.rows("compounds").index) == ["a.xlsx!小区!2"]
    assert list(city.rows("branches").index) == ["a.xlsx!党组织!2"]


def test_a_copied_sheet_is_read_once(tmp_path):
    city, findings = read(tmp_path, SHEET, others=[("Sheet1 (2)", SHEET)])
    assert len(city.rows("compounds")) == 1
    assert findings.with_code("S158")["params"].to_list() == [{"same": "a.xlsx!Sheet1", "n": 1}]


@pytest.mark.parametrize(
    ("above", "below", "stated"),
    [
        (["某某市小区情况统计表", "单位：户"], [], {"title": "某某市小区情况统计表", "unit": "户"}),
        (["张某某小区统计表"], [], {}),
        (["附件2", "××街道党组织覆盖情况一览表（2024年第二季度）"], ["填报单位：平安街道 填表人：张某某"],
         {"title": "××街道党组织覆盖情况一览表（2024年第二季度）", "body": "平安街道"}),
        (["数据截至2024年6月30日"], [], {"date": "2024年6月30日"}),
    ],
)  # fmt: skip
def test_what_stands_around_a_table(above, below, stated):
    assert stated_in(above, below) == stated


@pytest.mark.parametrize(
    "text", ["李四负责的小区台账", "联系人张某某小区台账", "王某某同志包联小区清单", "张三丰台账", "小区" * 40 + "表"]
)
def test_titles_that_could_name_a_person_are_not_kept(text):
    assert title_of(text) == ""


def test_the_foot_gives_body_and_date(tmp_path):
    rows = [*SHEET, ["填报单位：平安街道", "填报时间：2024年6月"], ["填表人：张某某"]]
    city, _ = read(tmp_path, rows)
    assert dict(city.sources[0].stated) == {"body": "平安街道", "date": "2024年6月"}


def test_same_as_above_goes_past_totals(tmp_path):
    rows = [
        ["小区名称", "社区", "户数"],
        ["甲小区", "东门社区", 5],
        ["小计", None, 5],
        ["乙小区", "同上", 7],
    ]
    city, findings = read(tmp_path, rows)
    assert list(city.rows("compounds")["community_name"]) == ["东门社区"] * 2
    assert [row["refs"] for row in findings.rows() if row["code"] == "S189"] == [("a.xlsx!Sheet1!B4",)]


def test_rows_that_only_look_like_headers_are_records(tmp_path):
    rows = [["小区名称", "小区类型", "社区", "组建方式"], *[[f"{n}号院", "类型", "社区", "名称"] for n in range(700)]]
    city, _ = read(tmp_path, rows)
    assert len(city.rows("compounds")) == 700


def test_a_layer_is_read_from_the_sheet_that_is_seen(tmp_path):
    rows = [["小区名称", "经度", "纬度", "坐标系"], ["甲小区", "107.98", "26.58", "WGS84"]]
    files.workbook(tmp_path / "a.xlsx", rows, hidden=[2], others=[("旧", rows)], hidden_sheets=["旧"])
    city, findings = files.read(tmp_path, '[layers.compound]\npath = "a.xlsx"\n')
    assert len(city.layers["compound"]) == 1  # a layer is the whole of its places: hidden rows count
    assert {"S145", "S146"} <= set(findings.counts())
