from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.io import privacy
from tests.io import files

PERSON = ["联系电话", "身份证号", "书记姓名", "出生年月", "家庭住址", "邮箱", "微信号", "手机", "户主"]
FINE = ["单位地址", "书记类别", "网格员人数", "党员数", "小区名称", "负责单位", "联系单位数", "主任类别"]


@pytest.mark.parametrize("header", PERSON)
def test_headers_of_persons(header):
    assert privacy.is_personal_header(header)


@pytest.mark.parametrize("header", FINE)
def test_headers_of_organisations(header):
    assert not privacy.is_personal_header(header)
    assert not privacy.is_post_header(header)


@pytest.mark.parametrize(
    "header", ["书记", "网格长", "党建指导员", "联系人", "负责人", "业委会主任", "法定代表人", "楼栋长"]
)
def test_headers_of_posts(header):
    assert privacy.is_post_header(header)


def test_a_column_is_personal_by_its_content():
    assert privacy.holds_persons(["13900000000", "139 0000 0001", "", "无"])
    assert privacy.holds_persons([13900000000.0, 13900000001.0])
    assert not privacy.holds_persons(["522601001001002001", "522601001001002002"], codes=True)
    assert not privacy.holds_persons([""])


def test_persons_never_reach_the_city(tmp_path):
    rows = [
        ["党组织名称", "党组织类型", "书记", "联系电话", "备用", "覆盖小区", "书记类别"],
        [
            "甲支部",
            "小区党支部",
            "张某某",
            "13900000000",
            "990101199003070012",
            "甲小区，李某13900000001",
            "社区工作者",
        ],
        ["乙支部", "小区党支部", "", "", "990101199003070020", "乙小区", ""],
        ["丙支部", "小区党支部", "空缺", "13900000003", "990101199003070039", "丙小区", ""],
    ]
    city, findings = files.read_registry(tmp_path, "branches", rows)
    frame = city.rows("branches")
    assert list(frame["secretary"]) == ["yes", "unknown", "no"]
    assert frame["covers"].to_list() == ["甲小区，李某***", "乙小区", "丙小区"]
    assert frame["secretary_source"].to_list() == ["社区工作者", "", ""]
    dropped = {row["params"]["header"]: row["params"]["n"] for row in findings.rows() if row["code"] == "S120"}
    assert dropped == {"联系电话": 2, "备用": 3}
    assert [row["params"]["n"] for row in findings.rows() if row["code"] == "S121"] == [2]
    everything = f"{frame.to_dict()} {findings.frame.to_dict()} {city.sources}"
    assert not any(word in everything for word in ("张某某", "139000", "99010119900307"))


def test_the_project_file_cannot_bring_a_person_in(tmp_path):
    rows = [["小区名称", "户主姓名", "小区类型"], ["甲小区", "张某某", "商品房"]]
    files.table(tmp_path / "a.csv", rows)
    city, findings = files.read(
        tmp_path, '[registries.compounds]\npath = "a.csv"\ncolumns = { aliases = "户主姓名" }\n'
    )
    assert city.rows("compounds")["aliases"].to_list() == [""]
    assert findings.counts()["S120"] == 1


@given(st.text(), st.integers(10**8, 10**9 - 1), st.text())
def test_no_mobile_number_survives_a_mask(before, number, after):
    mobile = f"13{number}"
    text = f"{before} {mobile} {after}"
    assert mobile not in privacy.mask(text)


def test_codes_are_not_masked():
    for code in ("522601001002", "522601001001002001", "91350100M000100Y43", "990101001001X015"):
        assert privacy.mask(code) == code
