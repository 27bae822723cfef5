"""No name, number or address of a person reaches the city, a finding, a row set aside or an error."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gridkit.errors import TableError
from gridkit.io import person_numbers, persons
from gridkit.io.lines import known_parts, shown
from gridkit.io.tables import read_table
from gridkit.rules import CATALOGUE
from tests.io import files

NAMES = ["张三丰", "李四光", "王五", "赵六", "周芷若", "胡青牛", "谢逊", "杨逍"]
NUMBERS = ["13812345678", "8223456", "zhang@qq.com", "990101199003070012"]
HEAD = ["党组织名称", "党组织编码", "党组织类型", "覆盖小区", "正式党员数", "任期届满", "书记"]


def everything(city, findings):
    said = [CATALOGUE[row["code"]].say(row["params"]) for row in findings.rows()]
    frames = [registry.frame.to_dict() for registry in city.registries.values()]
    return f"{frames} {city.set_aside.to_dict()} {findings.frame.to_dict()} {said} {city.sources}"


def clean(text):
    return [word for word in (*NAMES, *NUMBERS) if word in text] == []


def test_rows_around_a_table_name_nobody(tmp_path):
    rows = [
        ["某街道党组织台账（张三丰整理）"],
        ["填报单位：东门街道 填报人：张三丰 电话：13812345678 分管领导：李四光 填报时间：2024年6月"],
        HEAD,
        ["甲支部", "B1", "小区党支部", "甲小区", "5", "2026-01-01", "杨逍"],
        ["合计", "制表周芷若", "", "", "5", "", "审核谢逊"],
        ["小计 赵六", "", "", "", "", "", ""],
        ["注：以上由王五提供，联系李四光 0855-8223456", "", "", "", "", "", ""],
        ["续一行赵六 zhang@qq.com", "", "", "", "", "", ""],
    ]
    city, findings = files.read_registry(tmp_path, "branches", rows)
    text = everything(city, findings)
    assert clean(text), text
    assert city.set_aside["subject"].to_list() == ["合计 正式党员数=5 ***×2", "小计", "***(27)", "***(17)"]
    assert city.set_aside["reason"].to_list() == ["S141", "S141", "S142", "S142"]
    (above,) = findings.with_code("S144")["params"]
    assert above["text"] == "填报单位：东门街道 填报时间：2024年6月"  # who reported and when stays
    assert (above["n"], above["variant"]) == (44, "part")


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("填报单位（盖章）：平安街道办事处", "填报单位（盖章）：平安街道办事处"),
        ("填报单位：平安街道（盖章） 填报时间：2024.6.30", "填报单位：平安街道 填报时间：2024.6.30"),
        ("单位：人、户", "单位：人、户"),
        ("填报单位：张三丰", ""),
        ("某区某某情况统计表", ""),
        ("截至2024年6月底", "截至2024年6月"),
    ],
)
def test_what_is_known_of_a_line(line, kept):
    assert known_parts(line)[0] == kept
    assert clean(shown(line))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("启明党支部(书记杨逍 13912345678)", "启明党支部(书记*** ***)"),
        ("网格长：张三丰", "网格长：***"),
        ("负责人为李四光", "负责人为***"),
        ("物业经理王五同意", "物业经理***"),
        ("启明路3栋502谢逊家", "启明路3栋***"),
        ("1栋2单元301室胡青牛家", "1栋***"),
        ("电话 0855-8223456", "电话 ***"),
        ("(0855)8223456", "***"),
        ("服务热线：8223456", "服务热线：***"),
        ("zhang@qq.com", "***"),
        ("李四光同志反映", "***同志反映"),
        ("甲小区（联系杨逍）", "甲小区（联系***）"),
        ("范遥不同意", "***不同意"),
        ("阳光花园党支部（王建国）", "阳光花园党支部（***）"),
        ("翠湖花园(张伟)", "翠湖花园(***)"),
        ("锦绣花园【慕容云海】", "锦绣花园【***】"),
        ("龙泉花园（买买提·艾力）", "龙泉花园（***）"),
        ("五鼎花园（ 亓官文博 ）", "五鼎花园（ *** ）"),
        ("王建国、李秀英", "***、***"),
        ("欧阳震华，慕容云海", "***，***"),
        ("李秀英不愿意担任，欧阳震华生病", "***不愿意担任，***生病"),
        ("蒲松龄生病", "***生病"),
        ("凤凰花园党支部（龙应台）", "凤凰花园党支部（***）"),
        ("王建国负责锦绣花园", "***负责锦绣花园"),
        ("联系人王五电话", "联系人***电话"),
    ],
)
def test_persons_in_free_texts_are_masked(text, left):
    assert persons.mask(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "缺少支部书记人选", "书记空缺", "书记不在", "无党建指导员", "党支部书记工作室", "物业经理办公室", "主任办公室",
        "书记暂缺，党员不足3人", "启明小区3栋", "幸福人家", "3栋幸福之家", "党员之家", "统计用代码522601001002",
        "阳光花园（一期）", "阳光花园（东区）", "和平里（原京哈）", "石油局（丰台）", "锦绣花园（秦皇岛）",
        "万科（江北）", "龙泉、高岭", "王家园、李家园", "楼栋长情况", "网格长信息", "书记队伍", "项目部负责",
        "物业负责", "高层住户不同意",
        "2024-06-30", "第12号楼", "启明小区一期2-3号楼", "联系方式另附", "网格员3名", "业主方不同意", "0855",
    ],
)  # fmt: skip
def test_texts_without_persons_stay(text):
    assert persons.mask(text) is text


def test_rejected_values_are_quoted_only_where_they_name_nobody(tmp_path):
    head = ["小区编号", "小区名称", "小区类型", "户数", "建成年份", "是否符合组建条件", "管理模式", "共建协议签订时间"]
    rows = [
        head,
        ["X1", "甲小区", "别墅区", "100户(周芷若)", "九十年代末", "部分", "胡青牛", "谢逊"],
        ["X2", "乙小区", "书记杨逍", "约300户", "19988", "王五", "托底", "2024-13-40"],
        ["X3", "丙小区", "赵六", "若干", "1998", "是", "共管", "2024-06-30"],
    ]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    assert clean(everything(city, findings))
    quoted = {(row["code"], row["params"]["value"]) for row in findings.rows() if "value" in row["params"]}
    assert quoted == {
        ("S110", "别墅区"), ("S110", "托底"), ("S110", "***"), ("S111", "***"), ("S111", "若干"), ("S111", "19988"),
        ("S112", "约300户"), ("S113", "2024-13-40"), ("S113", "***"), ("S114", "部分"), ("S114", "***"),
    }  # fmt: skip
    hidden = {
        row["params"]["header"]: (row["refs"], row["params"]["n"], row["params"]["length"])
        for row in findings.rows()
        if row["params"].get("variant") == "withheld"
    }
    assert hidden["小区类型"] == (("a.csv!C3", "a.csv!C4"), 2, 4)
    assert hidden["户数"] == (("a.csv!D2",), 1, 9)
    assert city.rows("compounds")["compound_type"].to_list() == ["", "", ""]


def test_texts_that_should_name_a_body_but_name_a_person(tmp_path):
    rows = [
        ["小区名称", "小区类型", "产权单位", "所属党支部", "不符合原因", "地址"],
        ["甲小区", "单位型小区", "张三丰", "甲支部（书记杨逍）", "李四光不同意", "启明路3栋502谢逊家"],
        ["乙小区", "单位型小区", "石油局", "乙支部", "党员不足3人", "启明路8号"],
    ]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    frame = city.rows("compounds")
    assert clean(everything(city, findings))
    assert frame["owner_unit"].to_list() == ["***", "石油局"]
    assert frame["branch_name"].to_list() == ["甲支部（书记***）", "乙支部"]
    assert frame["ineligible_reason"].to_list() == ["***不同意", "党员不足3人"]
    assert frame["address"].to_list() == ["启明路3栋", "启明路8号"]
    assert findings.counts()["S122"] == 4


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("演示路1号3号楼2单元101室", "演示路1号3号楼"),
        ("演示路1号A座1203", "演示路1号A座"),
        ("演示路1号综合楼5楼501室", "演示路1号综合楼"),
        ("演示路1号2单元", "演示路1号"),
        ("演示小区3-2-501", "演示小区"),
        ("演示路1号院", "演示路1号院"),
        ("", ""),
    ],
)
def test_addresses_end_at_the_building(address, left):
    assert persons.without_rooms(address) == left


def test_numbers_of_persons_in_columns_of_codes(tmp_path):
    codes = ["13812345678", "990101199003070012", *[f"B{n}" for n in range(8)], "522601001001002001"]
    rows = [HEAD[:4], *[[f"甲{n}支部", code, "小区党支部", ""] for n, code in enumerate(codes)]]
    city, findings = files.read_registry(tmp_path, "branches", rows)
    assert city.rows("branches")["branch_id"].to_list() == ["", *codes[1:]]
    assert findings.counts()["S122"] == 1  # the check digit of the longer one does not fit: it is a code


def test_layers_go_through_the_same_gate(tmp_path):
    columns = {"小区编号": ["X1"], "小区名称": ["甲小区"], "产权单位": ["张三丰"], "地址": ["启明路3栋502室"]}
    files.layer(tmp_path / "a.gpkg", columns, [files.square()])
    city, findings = files.read(tmp_path, '[layers.compound]\npath = "a.gpkg"\n')
    frame = city.layers["compound"].frame
    assert (frame["owner_unit"].iloc[0], frame["address"].iloc[0]) == ("***", "启明路3栋")
    assert {"S119", "S122"} <= set(findings.counts())


def test_no_header_error_names_no_cell(tmp_path):
    files.table(tmp_path / "a.csv", [["张伟", "启明小区", "东门社区"], ["李娜", "五鼎花园", "东门社区"]])
    with pytest.raises(TableError) as caught:
        read_table("a.csv", tmp_path, "branches")
    said = str(caught.value)
    assert not any(word in said for word in ("张伟", "启明小区", "东门"))
    assert "of the 3 cell(s) in row 1 these are known: none" in said
    files.table(tmp_path / "a.csv", [["组织的名字", "党组织类型"], ["李娜", "五鼎花园"]])
    with pytest.raises(TableError, match=r"of the 2 cell\(s\) in row 1 these are known: 党组织类型"):
        read_table("a.csv", tmp_path, "branches")


def test_a_boundary_file_as_registry_names_attributes_not_values(tmp_path):
    feature = {
        "type": "Feature",
        "properties": {"户主": "张三丰"},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    with pytest.raises(TableError, match="this is a boundary file, not a table; its attributes are: 户主") as caught:
        read_table("a.geojson", tmp_path, "units")
    assert clean(str(caught.value))


LONG = """
import sys
from gridkit.io import person_headers, person_names, person_numbers, persons
from gridkit.reports import marked_cells

weigh = (
    persons.mask, persons.mask_surely, persons.is_plain, persons.without_rooms, person_numbers.mask_name_of_file,
    lambda text: persons.triggered([text]), lambda text: person_numbers.holds_numbers([text]),
    lambda text: person_names.holds_names([text]), person_headers.is_personal_header, person_headers.is_post_header,
    person_headers.shown_header,
)
length = int(sys.argv[1])
for part in sys.argv[2:]:
    for text in (part * (length // len(part)), part + " " * length):
        for one in weigh:
            one(text)
print("done")
"""


@pytest.mark.parametrize("length", [32_767, pytest.param(300_000, marks=pytest.mark.slow)])
def test_the_longest_cells_take_linear_time(length):
    """Quadratic patterns would take hours with the longer ones: the process would be ended."""
    parts = ["1", "一", "wx", "栋", "书记", "电话1", "（", "户主", "王、"] if length < 100_000 else ["1"]
    command = [sys.executable, "-c", LONG, str(length), *parts]
    found = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert found.stdout.strip() == "done", found.stderr


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("小区台账（联系人：慕容云海13912345671）.xlsx", "小区台账（联系人：***）.xlsx"),
        ("台账_负责人王小明.xlsx", "台账_负责人***.xlsx"),
        ("台账-王小明13912345671.xlsx", "台账-***.xlsx"),
        ("慕容云海填", "***填"),
        ("负责人名单.xlsx", "负责人名单.xlsx"),
        ("书记述职/表.xlsx", "书记述职/表.xlsx"),
        ("东门社区填报.xlsx", "东门社区填报.xlsx"),
        ("小区台账.xlsx", "小区台账.xlsx"),
    ],
)
def test_names_in_names_of_files(name, shown):
    assert person_numbers.mask_name_of_file(name) == shown
    assert person_numbers.mask_name_of_file(shown) == shown


@pytest.mark.parametrize("number", [13912345678, "13912345678", 13912345678.0, "139 1234 5678", "990101199003070012"])
def test_a_number_of_a_person_is_no_amount(tmp_path, number):
    rows = [["小区编号", "小区名称", "户数", "面积(平方米)"], ["X1", "甲小区", number, number]]
    rows += [[f"X{n}", f"第{n}小区", 300, 500] for n in range(2, 9)]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    assert city.rows("compounds")["households"].isna().to_list() == [True] + [False] * 7
    text = everything(city, findings).replace(" ", "")
    assert not any(part in text for part in ("13912345678", "990101199003070012"))
    assert findings.counts()["S111"] >= 1


def test_a_row_of_signatures_is_no_record(tmp_path):
    rows = [
        ["小区编号", "小区名称", "小区类型", "户数", "建成年份", "地址"],
        ["X1", "甲小区", "商品房小区", "5", "2001", "启明路8号"],
        ["填表人", "张三丰", "审核人", "李四光", "联系电话", "13812345678"],
        ["单位负责人", "周芷若", "统计负责人", "谢逊", "", ""],
    ]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    assert city.rows("compounds")["name"].to_list() == ["甲小区"]
    assert city.set_aside["reason"].to_list() == ["S142", "S142"]
    assert clean(everything(city, findings))
