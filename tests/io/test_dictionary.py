from __future__ import annotations

import pytest

from gridkit.io.dictionary import cut_fields, field_of, fields_of, match, spellings
from gridkit.io.headers import HEADERS
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

CONTRACT = {
    "branches": """
        党组织编码 branch_id, 党组织名称 name, 党组织类型 branch_kind, 组织层级 org_level, 上级党组织编码 parent_id,
        上级党组织 parent_name, 所属街道 street_name, 所属社区 community_name, 社区代码 community_code,
        成立时间 founded_on, 任期届满 term_end, 换届时间 term_end, 党员数 members, 正式党员数 formal_members,
        党小组数 group_count, 覆盖小区(网格) covers, 状态 branch_status, 书记 secretary, 书记类别 secretary_source,
        星级 star_level, 所属单位代码 unit_id, 所属单位 unit_name, 是否大党委成员单位 big_committee_member,
        共建协议签订时间 agreement_on
    """,
    "compounds": """
        小区编号 compound_id, 小区名称 name, 所属街道 street_name, 社区 community_name, 社区代码 community_code,
        所属网格 grid_code, 小区类型 compound_type, 建成年份 built_year, 楼栋数 buildings, 单元数 entrances,
        户数 households, 入住户数 households_occupied, 常住人口 population, 党员情况_正式党员数 formal_members,
        正式党员人数 formal_members, 党员情况_预备党员数 probationary_members, 报到党员数 members_reported,
        组织关系在本小区 members_transferred, 是否符合组建条件 eligible, 不符合原因 ineligible_reason,
        组建方式 coverage_claimed, 所属党支部 branch_name, 联建小区 joint_partners, 党建指导员(有/无) instructor,
        物业服务企业 property_company, 物业类型 property_mode, 管理模式 management_mode, 产权单位 owner_unit,
        别名 aliases, 院落 name, 楼院 name
    """,
    "units": """
        单位编号 unit_id, 单位名称 name, 统一社会信用代码 uscc, 单位性质 unit_kind, 层级 unit_level,
        层级(省/州/市/县) unit_level, 党组织名称 party_org, 党员数 members, 报到党员数 members_reported,
        地址 address, 所属社区 community_name, 经度 lon, 纬度 lat, 坐标系 datum
    """,
    "premises": """
        单位名称 unit_name, 驻地类型 premises_kind, 小区名称 compound_name, 所属社区 community_name
    """,
    "pairings": """
        单位名称 unit_name, 结对对象类型 target_kind, 结对对象 target_name, 所属社区 community_name, 结对时间 since,
        联系人 contact_named, 协议签订时间 agreement_on, 结对依据 pairing_reason
    """,
    "property_companies": """
        企业编号 company_id, 企业名称 name, 统一社会信用代码 uscc, 党员数 members, 正式党员数 formal_members,
        从业人员 employees, 党组织形式 party_form, 是否符合组建条件 eligible, 星级 star_level
    """,
    "property_service": """
        物业服务企业 company_name, 服务小区 compound_name, 所属社区 community_name, 网点名称 site_name
    """,
    "owners_committees": """
        小区名称 compound_name, 所属社区 community_name, 机构类型 body_kind, 成立时间 founded_on, 任期届满 term_end,
        委员人数 members, 党员委员数 party_members, 与支部交叉任职人数 in_branch_committee
    """,
    "service_points": """
        名称 name, 级别 service_level, 类型 kind, 所属街道 street_name, 所属社区 community_name,
        面积(平方米) area_m2, 开放时间 open_hours, 经度 lon, 纬度 lat, 坐标系 datum, 服务范围 serves
    """,
    "ledgers": """
        编号 item_id, 清单类型 ledger_kind, 所属社区 community_name, 小区名称 compound_name, 事项 item,
        提出时间 raised_on, 承诺时间 promised_on, 限办时间 due_on, 办结时间 resolved_on, 责任单位 owner_unit,
        对应需求编号 answers, 状态 status
    """,
    "codes": """
        code code, name name, streetCode parent_code
    """,
    "street": """
        街道代码 code, 街道名称 name, 主管单位 managing_body, code code, Name name
    """,
    "community": """
        社区代码 code, 统计用区划代码 code, 社区名称 name, 村(社区) name, 街道代码 street_code,
        社区类型 community_type, 城乡分类代码 urban_rural_class, 户数 households, 户籍户数 households,
        常住人口 population, 社区工作者人数 workers
    """,
    "grid": """
        网格编码 code, 网格名称 name, 社区代码 community_code, 所属社区(代码) community_code, 网格类型 grid_kind,
        户数 households, 网格长 grid_head, 备案时间 filed_on, 备案文号 filing_no, 起始日期 valid_from,
        终止日期 valid_to, 原网格编码 old_codes, 楼栋数 buildings
    """,
    "compound": """
        小区编号 code, 小区名称 name, 社区代码 community_code, 小区类型 compound_type, 建成年份 built_year,
        户数 households, 常住人口 population, 经度 lon, 纬度 lat
    """,
}
PAIRS = [(kind, *pair.split()) for kind, text in CONTRACT.items() for pair in text.split(",")]


@pytest.mark.parametrize(("kind", "header", "field"), PAIRS)
def test_known_headers(kind, header, field):
    assert field_of(header, kind) == field


@pytest.mark.parametrize("kind", sorted(HEADERS))
def test_the_dictionary_speaks_only_of_fields_that_exist(kind):
    assert set(HEADERS[kind]) <= set(fields_of(kind))


def test_every_kind_has_a_dictionary():
    assert set(HEADERS) == {*LAYER_FIELDS, *REGISTRY_FIELDS}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("小区\n名称", "name"),
        ("户 数（户）", "households"),
        ("*小区名称：", "name"),
        ("正式党员数（人）", "formal_members"),
        ("Formal_Members", "formal_members"),
    ],
)
def test_headers_in_disguise(header, field):
    assert field_of(header, "compounds") == field


def test_a_vague_last_part_needs_what_stands_above_it():
    assert field_of("物业_名称", "compounds") != "name"
    assert field_of("党员情况_人数", "compounds") == ""


def test_stated_columns_outrank_the_dictionary():
    found = match(["小区名称", "推广名", "户数"], "compounds", stated={"name": "推广名"})
    assert found.fields["name"] == 1
    assert found.rivals == {0: "name"}


def test_names_cut_by_a_shapefile():
    assert dict(match(["正式党员人", "小区名称"], "compound", cut=True).cut) == {"formal_members": 0}
    assert dict(match(["正式党员人", "小区名称"], "compound").cut) == {}
    # three fields cut to one name: none is guessed
    assert "grid_code" not in dict(match(["所属综合网", "所属综合_1", "所属综合_2"], "compound", cut=True).cut)


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("compounds", "小(xiǎo)區(qū)名稱", "name"),
        ("compounds", "所屬街道", "street_name"),
        ("compounds", "黨(dǎng)員情況_正式", "formal_members"),
        ("compounds", "黨員情況＿預備", "probationary_members"),
        ("compounds", "人口（万人）", "population"),
        ("compounds", "人口_（万人）", "population"),
        ("compounds", "常住人口，万人", ""),  # no bracket: not guessed
        ("compounds", "【小区名称】", "name"),
        ("compounds", "小区“名称”", "name"),
        ("compounds", "小\u200b区名\u00ad称", "name"),
        ("compounds", "户数\ufeff", "households"),
        ("compounds", "基本情况_小区_名称", "name"),
        ("compounds", "党员情况_党员数_其中_正式", "formal_members"),
        ("compounds", "一、基本情况_房屋情况_楼栋数", "buildings"),
        ("compounds", "物业情况_物业服务企业_名称", "property_company"),
        ("compounds", "物业服务企业_正式党员数", ""),  # members of the company, not of the compound
        ("compounds", "业委会情况_是否符合组建条件", ""),
        ("compounds", "物业情况_物业类型", "property_mode"),
        ("property_companies", "员工_正式", ""),
        ("property_companies", "党员情况_正式", "formal_members"),
        ("owners_committees", "业委会_委员人数", "members"),
        ("service_points", "面积（㎡）", "area_m2"),
        ("service_points", "建筑面积(平方米)", "area_m2"),
        ("community", "XZQDM", "code"),
        ("compound", "XQMC", "name"),
        ("branches", "换届（届满）时间", "term_end"),
        ("branches", "覆盖的小区名称", "covers"),
        ("pairings", "结对（包保）对象", "target_name"),
        ("units", "单位（部门）名称", "name"),
    ],
)
def test_headers_of_real_forms(kind, header, field):
    assert field_of(header.replace("＿", "_"), kind) == field


@pytest.mark.parametrize("kind", sorted(HEADERS))
def test_no_header_means_two_fields_of_one_kind(kind):
    seen: dict[str, str] = {}
    for field, labels in HEADERS[kind].items():
        for label in labels.split():
            assert seen.setdefault(spellings(label)[0], field) == field, label


def test_names_cut_in_the_middle_of_a_character_and_numbered_ones():
    assert dict(match(["组织关系在", "所属社\ufffd"], "compound", cut=True).cut) == {"members_transferred": 0}
    assert cut_fields("所属社\ufffd", "compound") == {"community_name", "community_code"}  # asked, not guessed
    assert cut_fields("报到党员_1", "compounds") == {"members_reported"}
    assert cut_fields("formal_mem", "compounds") == {"formal_members"}
    assert cut_fields("formal", "compounds") == frozenset()  # short words are words


def test_every_registry_header_of_the_demo_is_known_when_traditional():
    assert field_of("覆蓋小區（網格）", "branches") == "covers"
    assert field_of("統一社會信用代碼", "units") == "uscc"
    assert field_of("任期屆滿", "branches") == "term_end"
