from __future__ import annotations

import datetime as dt

import pytest

from gridkit.errors import TableError
from gridkit.io.sheets import decoded, separator_of
from gridkit.io.tables import read_table
from tests.io import files

FORM = [
    ["平安街道小区党组织覆盖情况统计表", None, None, None, None, None, None, None],
    ["填报单位：平安街道（盖章）", None, None, None, None, "填报时间：2024年6月", None, None],
    ["序号", "社区", "小区名称", "党员情况", None, "党组织设置", None, "是否符合组建条件"],
    [None, None, None, "正式党员数", "预备党员数", "组建方式", "网格编码", None],
    [1, "东门社区", "五鼎　小区", "３", 1, "单独组建", 990101001001001, "√"],
    [2, None, "启明小区", "2人", None, "联合组建", 990101001001002, "×"],
    ["小计", None, None, 5, 1, None, None, None],
    [3, "西门社区", "和平花园", 4, 0, "单独组建", 990101001002001, "是"],
    [4, None, "向阳院", None, None, None, None, None],
    ["小计", None, None, 4, 0, None, None, None],
    ["合计", None, None, 9, 1, None, None, None],
    [None, None, None, None, None, None, None, None],
    ["注：1.正式党员数按组织关系统计。", None, None, None, None, None, None, None],
    ["2.预备党员不计入。", None, None, None, None, None, None, None],
    ["填表人：张某某", None, None, "联系电话：13900000000", None, None, None, None],
]
MERGES = ["A1:H1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:G3", "H3:H4", "B5:B6"]


def test_a_form_as_offices_send_it(tmp_path):
    files.workbook(tmp_path / "a.xlsx", FORM, merges=MERGES, hidden=[6])
    city, findings = files.read(tmp_path, '[registries.compounds]\npath = "a.xlsx"\nhidden = "keep"\n')
    frame = city.rows("compounds")
    assert list(frame.index) == [f"a.xlsx!Sheet1!{row}" for row in (5, 6, 8, 9)]
    assert list(frame["name"]) == ["五鼎 小区", "启明小区", "和平花园", "向阳院"]
    # filled inside the merged range only: 向阳院 really has no community
    assert list(frame["community_name"]) == ["东门社区", "东门社区", "西门社区", ""]
    assert frame["formal_members"].fillna(-1).to_list() == [3, 2, 4, -1]
    assert frame["probationary_members"].fillna(-1).to_list() == [1, -1, 0, -1]
    assert list(frame["eligible"]) == ["yes", "no", "yes", "unknown"]
    assert list(frame["grid_code"]) == ["990101001001001", "990101001001002", "990101001002001", ""]
    source = city.sources[0]
    assert (source.rows_in, source.kept, source.set_aside) == (11, 4, 7)
    assert city.cell("a.xlsx!Sheet1!6", "formal_members") == "a.xlsx!Sheet1!D6"
    assert source.headers["formal_members"] == "党员情况_正式党员数"
    reasons = dict(zip(city.set_aside["row"], city.set_aside["reason"], strict=True))
    assert reasons == {7: "S141", 10: "S141", 11: "S141", 12: "S140", 13: "S142", 14: "S142", 15: "S142"}
    assert findings.counts() == {"S140": 1, "S141": 1, "S142": 1, "S144": 1, "S145": 1, "S154": 1}
    (totals,) = [row["params"] for row in findings.rows() if row["code"] == "S154"]
    assert totals == {"n": 6, "equal": 6, "differ": 0, "uncertain": 0}
    assert dict(source.stated) == {
        "title": "平安街道小区党组织覆盖情况统计表", "body": "平安街道", "date": "2024年6月",
    }  # fmt: skip
    everything = f"{city.set_aside.to_dict()} {findings.frame.to_dict()}"
    assert "张某某" not in everything
    assert "13900000000" not in everything
    assert "填报单位：平安街道" in everything  # who reported and when stays


def test_a_two_row_header_without_merged_cells(tmp_path):
    city, _ = files.read_registry(tmp_path, "compounds", [[cell or "" for cell in row] for row in FORM[2:6]])
    frame = city.rows("compounds")
    assert frame["formal_members"].to_list() == [3, 2]
    assert city.sources[0].headers["probationary_members"] == "党员情况_预备党员数"
    assert list(frame["community_name"]) == ["东门社区", ""]  # nothing is filled where nothing is merged


def test_repeated_headers_and_column_numbers_are_no_records(tmp_path):
    rows = [["序号", "小区名称", "户数"], [1, 2, 3], [1, "甲小区", 5], ["序号", "小区名称", "户数"], [2, "乙小区", 6]]
    city, findings = files.read_compounds(tmp_path, rows)
    assert list(city.rows("compounds")["name"]) == ["甲小区", "乙小区"]
    assert findings.counts() == {"S143": 1}
    assert city.sources[0].set_aside == 2


def test_a_count_in_a_merged_cell_is_not_multiplied(tmp_path):
    rows = [["小区名称", "户数", "社区"], ["甲小区", 300, "东门社区"], ["乙小区", None, None]]
    city, findings = files.read_compounds(tmp_path, rows, merges=["B2:B3", "C2:C3"])
    frame = city.rows("compounds")
    assert frame["households"].fillna(-1).to_list() == [-1, -1]  # of both together, of neither alone
    assert list(frame["community_name"]) == ["东门社区", "东门社区"]
    assert list(findings.with_code("S117")["refs"]) == [("a.xlsx!Sheet1!B2", "a.xlsx!Sheet1!B3")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_tables_of_every_encoding_and_separator(tmp_path, encoding, separator):
    rows = [["小区编号", "小区名称", "地址"], ["00123", "金井㵲水小区", '一号院\n"东"门']]
    files.table(tmp_path / "a.csv", rows, encoding=encoding, separator=separator)
    city, _ = files.read(tmp_path, '[registries.compounds]\npath = "a.csv"\n')
    row = city.rows("compounds").iloc[0]
    assert (row["compound_id"], row["name"], row["address"]) == ("00123", "金井㵲水小区", '一号院 "东"门')
    assert city.cell("a.csv!2", "name") == "a.csv!B2"


def test_gbk_is_read_as_gb18030(tmp_path):
    files.table(tmp_path / "a.csv", [["小区名称", "户数"], ["金井㵲水小区", "1"]], encoding="gb18030")
    city, _ = files.read(tmp_path, '[registries.compounds]\npath = "a.csv"\nencoding = "GBK"\n')
    assert city.rows("compounds")["name"].to_list() == ["金井㵲水小区"]


def test_long_codes_rounded_by_a_spreadsheet_are_not_used(tmp_path):
    rows = [["小区编号", "小区名称"], ["522601001001002000", "甲"], ["522601001001003000", "乙"]]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    assert city.rows("compounds")["compound_id"].to_list() == ["", ""]
    assert findings.counts()["S115"] == 2
    exact = [["小区编号", "小区名称"], ["522601001001002000", "甲"], ["522601001001003001", "乙"]]
    city, findings = files.read_registry(tmp_path, "compounds", exact)
    assert city.rows("compounds")["compound_id"].to_list() == ["522601001001002000", "522601001001003001"]
    assert "S115" not in findings.counts()


def test_units_in_headers(tmp_path):
    rows = [["名称", "面积（公顷）", "级别"], ["东门站", "0.02", "社区"]]
    city, _ = files.read_registry(tmp_path, "service_points", rows)
    assert city.rows("service_points")["area_m2"].to_list() == [200.0]
    rows = [["小区名称", "常住人口（万人）", "户数"], ["甲小区", "0.12", "5"]]
    city, _ = files.read_registry(tmp_path, "compounds", rows)
    assert city.rows("compounds")["population"].to_list() == [1200]


def test_dates_of_a_term_end_at_its_end(tmp_path):
    rows = [
        ["党组织名称", "党组织类型", "成立时间", "任期届满"],
        ["甲支部", "小区党支部", "2021年5月", dt.date(2024, 5, 2)],
    ]
    rows += [["乙支部", "联合党支部", 2021.5, "2024年5月"]]
    files.workbook(tmp_path / "a.xlsx", rows)
    city, _ = files.read(tmp_path, '[registries.branches]\npath = "a.xlsx"\n')
    assert city.rows("branches")["founded_on"].to_list() == ["2021-05-01", "2021-05-01"]
    assert city.rows("branches")["term_end"].to_list() == ["2024-05-02", "2024-05-31"]


def test_a_column_of_communities_that_holds_codes(tmp_path):
    rows = [["小区名称", "所属社区"], ["甲小区", "990101001001"], ["乙小区", ""]]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    assert city.rows("compounds")["community_code"].to_list() == ["990101001001", ""]
    assert city.rows("compounds")["community_name"].to_list() == ["", ""]
    assert findings.counts()["S126"] == 1


def test_the_only_sheet_with_a_header_is_found(tmp_path):
    others = [("说明", [["本表由各社区填报"]]), ("填表说明", [["勿改"]])]
    files.workbook(tmp_path / "a.xlsx", files.COMPOUNDS, others=others, hidden_sheets=["填表说明"])
    city, findings = files.read(tmp_path, '[registries.compounds]\npath = "a.xlsx"\n')
    assert len(city.rows("compounds")) == 1
    assert [row["sheets"] for row in findings.with_code("S146")["params"]] == ["说明, 填表说明"]


def test_two_sheets_of_a_layer_must_be_told_apart(tmp_path):
    files.workbook(tmp_path / "a.xlsx", files.COMPOUNDS, others=[("Sheet2", files.COMPOUNDS)])
    with pytest.raises(TableError, match=r"a\.xlsx: several sheets could be meant: Sheet1, Sheet2"):
        read_table("a.xlsx", tmp_path, "compounds")
    assert read_table("a.xlsx", tmp_path, "compounds", sheet="Sheet2").sheet == "Sheet2"


def _corrupt(path):
    path.write_bytes(b"PK\x03\x04 and nothing more")


def _empty_sheet(path):
    files.workbook(path, [])


def _no_header(path):
    files.workbook(path, [["甲", "乙"], [1, 2]])


def _broken_csv(path):
    path.with_suffix(".csv").write_text('小区名称,户数\n"甲小区,5' + "x" * 200_000, encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda path: None, "a.xlsx", ["a.xlsx: there is no such file", "correct the path"]),
        (_corrupt, "a.xlsx", ["a.xlsx: this is not a workbook", "save it as .xlsx"]),
        (_empty_sheet, "a.xlsx", ["a.xlsx: the sheet is empty"]),
        (
            _no_header,
            "a.xlsx",
            ["a.xlsx!Sheet1: no header row is recognised; of the 2 cell(s) in row 1 these are known: none"],
        ),
        (lambda path: path.with_suffix(".csv").write_text(""), "a.csv", ["a.csv: the file is empty"]),
        (
            lambda path: path.with_suffix(".csv").write_bytes(b"\xff\xff\xff"),
            "a.csv",
            ["cannot be decoded", "save it as UTF-8"],
        ),
        (_broken_csv, "a.csv", ["a.csv: line 2 breaks the rules of CSV", "quotation marks"]),
        (lambda path: path.mkdir(), "a.xlsx", ["this is a folder"]),
    ],
)
def test_files_that_cannot_be_used(tmp_path, make, name, words):
    make(tmp_path / "a.xlsx")
    with pytest.raises(TableError) as caught:
        read_table(name, tmp_path, "compounds")
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_wrong_sheet_name_lists_those_that_exist(tmp_path):
    files.workbook(tmp_path / "a.xlsx", files.COMPOUNDS, sheet="台账")
    with pytest.raises(TableError, match="there is no sheet 台帐; the workbook has: 台账"):
        read_table("a.xlsx", tmp_path, "compounds", sheet="台帐")


def test_a_missing_file_names_its_neighbours(tmp_path):
    files.table(tmp_path / "compounds.csv", files.COMPOUNDS)
    with pytest.raises(TableError, match=r"similar files there: compounds\.csv"):
        read_table("compound.csv", tmp_path, "compounds")


def test_a_stated_column_that_is_not_there(tmp_path):
    files.table(tmp_path / "a.csv", files.COMPOUNDS)
    with pytest.raises(TableError, match="the column 楼盘, named for aliases, is not there; found: 小区编号"):
        files.read(tmp_path, '[registries.compounds]\npath = "a.csv"\ncolumns = { aliases = "楼盘" }\n')


def test_no_message_shows_the_first_row_of_data_as_persons(tmp_path):
    files.workbook(tmp_path / "a.xlsx", [["张某", "13900000000"], ["李某", "13900000001"]])
    with pytest.raises(TableError) as caught:
        read_table("a.xlsx", tmp_path, "compounds")
    assert "13900000000" not in str(caught.value)
    assert "张某" not in str(caught.value)


def test_the_separator_is_the_one_that_gives_headers():
    assert separator_of("小区名称;户数\n甲,乙,丙,丁;3\n", "compounds") == ";"


def test_utf8_goes_before_gb18030():
    assert decoded("平安街道".encode(), "a")[1] == "utf-8"
    assert decoded("平安街道".encode("gb18030"), "a")[1:] == ("gb18030", True)


@pytest.mark.parametrize(
    "row",
    [
        "甲 乙 1 2", "(1) (2) (3) (4)", "① ② ③ ④", "栏次 1 2 3", "1栏 2栏 3栏 4栏", "A B 1 2", "甲 1 2 3=1+2",
        "— — 1 2", "A B C D", "（1） （2） （3） （4）",
    ],
)  # fmt: skip
def test_a_row_that_numbers_the_columns_is_no_record(tmp_path, row):
    head = ["社区", "小区名称", "户数", "小区类型"]
    rows = [head, row.split(), ["东门社区", "甲小区", 20, "商品房"]]
    city, findings = files.read_compounds(tmp_path, rows)
    assert list(city.rows("compounds")["name"]) == ["甲小区"]
    assert findings.counts()["S143"] == 1


@pytest.mark.parametrize(
    "row",
    [["示例", "例：某某花园", 1, ""], ["东门社区", "例：某某花园", 100, "商品房"], ["填写说明", "全称", "数字", ""]],
)
def test_an_example_is_no_record(tmp_path, row):
    rows = [["社区", "小区名称", "户数", "小区类型"], row, ["东门社区", "甲小区", 20, "商品房"]]
    city, findings = files.read_compounds(tmp_path, rows)
    assert list(city.rows("compounds")["name"]) == ["甲小区"]
    assert findings.counts()["S142"] == 1


def test_page_lines_repeated_titles_and_notes_without_a_colon(tmp_path):
    head = ["社区", "小区名称", "户数", "小区类型"]
    one, two = ["东门社区", "甲小区", 20, "商品房"], ["东门社区", "注新小区", 30, "商品房"]
    rows = [["小区台账"], head, one, ["第1页", "共2页"], ["小区台账（续表）"], head, two]
    city, findings = files.read_compounds(
        tmp_path, [*rows, ["第 2 页，共 2 页"], ["注", "以上数据截至六月"], ["※ 说明"]]
    )
    assert list(city.rows("compounds")["name"]) == ["甲小区", "注新小区"]
    assert (findings.counts()["S142"], [len(refs) for refs in findings.with_code("S143")["refs"]]) == (1, [4])
    assert len(city.sources) == 1


def test_blocks_with_titles_of_their_own_are_tables_of_their_own(tmp_path):
    head = ["小区名称", "户数", "小区类型"]
    rows = [["东门社区小区台账"], head, ["甲小区", 20, "商品房"], ["西门社区"], head, ["乙小区", 30, "商品房"]]
    city, _ = files.read_compounds(tmp_path, rows)
    frame = city.rows("compounds")
    assert frame[["name", "community_name"]].to_numpy().tolist() == [["甲小区", "东门社区"], ["乙小区", "西门社区"]]


def test_the_date_alone_above_a_table_is_that_of_the_data(tmp_path):
    head = ["小区名称", "户数", "小区类型"]
    rows = [["小区台账"], ["填报单位：东门社区党委（盖章）", None, "2024年9月30日"], head, ["甲小区", 20, "商品房"]]
    city, findings = files.read_compounds(tmp_path, rows)
    assert dict(city.sources[0].stated) == {"title": "小区台账", "body": "东门社区党委", "date": "2024年9月30日"}
    assert list(city.rows("compounds")["community_name"]) == ["东门社区"]
    assert "2024年9月30日" in findings.with_code("S144")["params"].iloc[0]["text"]


def test_of_two_years_the_newer_one_is_read(tmp_path):
    rows = [["小区名称", "小区类型", "2023年", None, "2024年", None], [None, None, *["户数", "正式党员数"] * 2]]
    rows.append(["甲小区", "商品房", 100, 3, 150, 5])
    city, findings = files.read_compounds(tmp_path, rows, merges=["A1:A2", "B1:B2", "C1:D1", "E1:F1"])
    assert city.rows("compounds")[["households", "formal_members"]].to_numpy().tolist() == [[150, 5]]
    assert "S124" not in findings.counts()
    assert findings.with_code("S123")["params"].iloc[0]["n"] == 2


def test_tables_that_another_part_of_the_project_reads_are_not_called_unread(tmp_path):
    rows = [["小区名称", "户数", "小区类型"], ["甲小区", 5, "商品房"], []]
    rows += [["党组织名称", "党组织类型", "任期届满", "覆盖小区"], ["甲支部", "小区党支部", "2026-01-01", "甲小区"]]
    files.workbook(tmp_path / "a.xlsx", rows)
    both = '[registries.compounds]\npath = "a.xlsx"\n[registries.branches]\npath = "a.xlsx"\n'
    _, findings = files.read(tmp_path, both)
    assert "S146" not in findings.counts()


def test_a_unit_of_hundreds_in_the_header(tmp_path):
    city, _ = files.read_compounds(tmp_path, [["小区名称", "户数（百户）", "小区类型"], ["甲小区", 1.25, "商品房"]])
    assert list(city.rows("compounds")["households"]) == [125]
