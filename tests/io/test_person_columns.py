"""Which columns hold persons: by their headers in every writing, by numbers, by names; and which never do."""

from __future__ import annotations

import pytest

from gridkit.io import gate
from gridkit.io.headers import HEADERS
from gridkit.io.person_names import holds_names, is_likely_name
from gridkit.io.person_numbers import holds_numbers, is_card, is_credit_code, is_identity, mask_numbers
from gridkit.io.privacy import is_personal_header, is_post_header, shown_header
from tests.io import files
from tests.privacy.people import identity

NUMBERED = [
    "姓名", "姓 名", "姓\n名", "户主", "戶主", "户主（签字）", "业主", "業主姓名", "联系电话", "聯繫電話",
    "手机号码", "手機", "电话（必填）", "身份证号", "公民身份證號碼", "证件号码", "出生年月", "家庭住址",
    "门牌号", "房号", "邮箱", "電子郵箱", "微信号", "QQ", "QQ号", "护照号", "车牌", "xingming", "XingMing",
    "shenfenzheng", "SFZH", "shouji", "sjh", "lxdh", "lianxidianhua", "Name of person", "Full Name",
    "Phone No.", "Mobile", "TEL", "E-mail", "ID_Card", "passport no", "DOB", "contact person", "WeChat",
    "householder", "负责人_姓名", "住户信息_身份证", "联系人\n联系电话", "租户", "承租人", "配偶", "名单",
]  # fmt: skip
POSTS = [
    "书记", "書記", "党支部书记", "网格长", "網格員", "楼长", "樓棟長", "楼门长", "联系人", "聯絡員", "负责人",
    "單位負責人", "单位负责人", "责任人", "法人", "法定代表人", "物业经理", "填表人", "审核人", "经办人",
    "分管领导", "包保干部", "lianxiren", "fuzeren", "党组织情况_书记", "负责人_姓名", "小区（楼长）",
    "网格员名单", "信息员",
]  # fmt: skip
NEITHER = [
    "业主人数", "户主人数", "业主委员会", "业主委员会名称", "业主大会召开时间", "书记类别", "书记来源",
    "书记身份", "网格员人数", "网格长数", "主任类别", "负责单位", "联系单位数", "是否有党建指导员",
    "书记、主任一肩挑", "党员数", "小区名称", "地址", "单位名称", "统一社会信用代码", "网格编码", "经度",
    "姓名人数", "微信群数", "微信公众号", "热线电话次数", "出生人口", "户数(万人)", "name", "street", "hotel",
    "area", "code", "units", "message",
]  # fmt: skip


@pytest.mark.parametrize("header", NUMBERED)
def test_headers_that_identify_persons(header):
    assert is_personal_header(header) or is_post_header(header)


@pytest.mark.parametrize("header", POSTS)
def test_headers_of_posts(header):
    assert is_post_header(header) or is_personal_header(header)


@pytest.mark.parametrize("header", NEITHER)
def test_headers_that_name_nobody(header):
    assert not is_personal_header(header)
    assert not is_post_header(header)


def test_no_header_of_the_dictionary_is_taken_for_one_of_persons():
    headers = [
        (kind, field, header)
        for kind, fields in HEADERS.items()
        for field, text in fields.items()
        for header in text.split()
        if field not in gate.POST_FIELDS
    ]
    assert [row for row in headers if is_personal_header(row[2]) or is_post_header(row[2])] == []
    assert [row for row in headers if shown_header(row[2]) != row[2]] == []


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("王小明", "***"),
        ("13900000000", "***"),
        ("户数(李建国填)", "户数(***)"),
        ("户数（张伟）", "户数（***）"),
        ("金额(万元)", "金额(万元)"),
        ("联系人：王小明", "联系人：***"),
        ("党员情况_王小明", "党员情况_***"),
        ("所属社区", "所属社区"),
        ("楼栋长情况", "楼栋长情况"),
        ("联系人王五电话", "联系人***电话"),
        ("单元数", "单元数"),
        ("", ""),
    ],
)
def test_persons_in_headers(header, shown):
    assert shown_header(header) == shown


ID = identity("990101", "19900307", 1)


@pytest.mark.parametrize(
    "cells",
    [
        ["13900000000", "139 0000 0001", "+86-13900000002"],
        ["１３９００００００００", "(86)13900000001", "13900000002、13900000003"],
        [13900000000.0, 13900000001.0],
        ["1.3900000001E10", "1.3900000002E+10"],
        ["某某 13900000000", "某某13900000001"],
        [ID, identity("990101", "19510228", 7)],
        [ID.lower(), f"{ID[:6]} {ID[6:14]} {ID[14:]}"],
        [ID, "990101570307001", "990101570307001"],
        ["a@example.cn", "b@example.com"],
        ["0855-8223456", "（0855）8223457"],
        ["微信:abc_12345", "QQ：123456789"],
        [f"990101{year}{year % 12 + 1:02d}{year % 28 + 1:02d}001" for year in range(51, 81)],
    ],
)
def test_columns_of_numbers(cells):
    assert holds_numbers(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["91350100M000100Y43", "91350100M000100Y43"],
        ["522601001002", "522601001003"],
        [""],
        [f"52260100{one}{two:03d}{three:03d}" for one in (1, 2) for two in range(1, 13) for three in range(1, 10)],
        [f"522601{street:03d}{community:03d}001001" for street in range(1, 9) for community in range(1, 60)],
        ["107.9823456789", "26.5812345678"],
        ["2024-06-30", "20240630"],
        ["116.399379,39.961909"],
        ["约300户", "1234567890"],
        ["甲小区，联系13900000000", "乙小区", "丙小区"],
    ],
)
def test_columns_of_codes_and_numbers_of_places(cells):
    assert not holds_numbers(cells)


def test_identity_numbers_credit_codes_and_cards():
    assert is_identity(ID, checked=True)
    assert not is_identity("990101199002300012")  # there is no 30 February
    assert is_credit_code("91350100M000100Y43") and not is_credit_code("91350100M000100Y44")
    digits = "621700000000000"
    (whole,) = [digits + str(last) for last in range(10) if is_card(digits + str(last))]
    assert mask_numbers(f"卡号{whole}") == "卡号***"
    assert mask_numbers("统计用代码522601001002001001") == "统计用代码522601001002001001"


SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", ["建国", "秀英", "伟", "桂兰", "小红", "志强", "玉梅", "海燕", "俊杰", "雪"]
NAMES = [surname + given for surname, given in zip(SURNAMES * 3, GIVEN * 3, strict=True)]
KNOWN = [["小区名称", "小区类型"], *[[f"启明小区{n}", "商品房"] for n in range(10)]]


@pytest.mark.parametrize("header", ["备注1", "Unnamed: 3", "Column5", "F3", "列3"])
def test_a_column_of_names_is_dropped_whatever_it_is_called(tmp_path, header):
    rows = [[*row, header if n == 0 else NAMES[n]] for n, row in enumerate(KNOWN)]
    city, findings = files.read_registry(tmp_path, "compounds", rows)
    (found,) = findings.with_code("S190")["params"]
    assert (found["n"], found["header"]) == (10, header)
    assert "S123" not in findings.counts()
    assert not any(
        name in f"{city.rows('compounds').to_dict()}{findings.frame.to_dict()}{city.sources}" for name in NAMES
    )


@pytest.mark.parametrize(
    "cells",
    [
        ["王府井", "马连道", "方庄", "石佛营", "和平里", "高碑店", "潘家园", "史家胡同", "金鱼池", "白家庄"],
        ["高层", "多层", "平房", "洋房"] * 3,
        ["正常", "良好", "空缺", "待定", "一般"] * 2,
        ["汉族", "苗族", "侗族", "回族"] * 3,
        ["万科物业", "金地物业", "方正公司", "石油公司"] * 3,
        ["东门社区", "西门社区", "向阳社区", "和平社区"],
        [],
        ["", ""],
        [1, 2, 3],
    ],
)
def test_columns_of_words_and_places_are_no_names(cells):
    assert not holds_names(cells)


def test_a_column_that_the_project_names_is_never_taken_for_names(tmp_path):
    """Places may be called like persons; who names the column knows what it is."""
    rows = [[*row, "备注1" if n == 0 else NAMES[n]] for n, row in enumerate(KNOWN)]
    files.table(tmp_path / "a.csv", rows)
    toml = '[registries.compounds]\npath = "a.csv"\ncolumns = { aliases = "备注1" }\n'
    city, findings = files.read(tmp_path, toml)
    assert "S190" not in findings.counts()
    assert city.rows("compounds")["aliases"].to_list() == NAMES[1:11]


def test_names_in_a_column_of_yes_or_no_are_reduced_and_told(tmp_path):
    head = ["党组织名称", "党组织类型", "覆盖小区", "secretary"]
    rows = [head, *[[f"甲{n}支部", "小区党支部", "", name] for n, name in enumerate(NAMES[:6])]]
    city, findings = files.read_registry(tmp_path, "branches", rows)
    assert set(city.rows("branches")["secretary"]) == {"yes"}
    assert [row["params"]["n"] for row in findings.rows() if row["code"] == "S121"] == [6]


def test_names_of_files_and_sheets(tmp_path):
    for name in ("a13900000001.xlsx", f"b{ID}.xlsx"):
        files.workbook(tmp_path / name, KNOWN, sheet="表13900000002")
        city, findings = files.read(tmp_path, f'[registries.compounds]\npath = "{name}"\n')
        text = f"{city.sources}{city.rows('compounds').to_dict()}{findings.frame.to_dict()}"
        assert findings.counts()["S192"] == 1
        assert "1390000000" not in text and ID not in text
        assert city.rows("compounds").index[0] == f"{name[0]}***.xlsx!表***!2"


@pytest.mark.parametrize("name", ["王小明", "欧阳建国", "阿卜杜拉·买买提"])
def test_names(name):
    assert is_likely_name(name)
