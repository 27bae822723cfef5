"""The dictionary itself: for each kind of file, field -> the headers that mean it, separated by spaces.

Compared after :func:`gridkit.io.dictionary.spellings`: without spaces, brackets, punctuation, in lower case. English
field names are understood besides. Where two fields list one header the first one has it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_STREET_NAME = (
    "所属街道 街道名称 街道 镇(街) 镇街 所属镇街 所在街道 街道(乡镇) 乡镇街道 街道(镇) 所属街道(乡镇) "
    "所属乡镇 乡镇 乡镇(街道) 所属镇(街)  "
    "街道办 街道办事处 所属街道办 镇(街道) street"
)
_COMMUNITY_NAME = (
    "社区 社区名称 所属社区 村(社区) 村社区 所在社区 所属村(社区) 社区(村) 居委会 所属居委会 社区居委会 "
    "村居 所属村居 所属社区名称 社区(村)名称  "
    "村(居) 所属社区(村) 所属社区居委会 community"
)
_COMMUNITY_CODE = (
    "社区代码 所属社区代码 社区编码 所属社区编码 统计用区划代码 社区区划代码 社区(代码) 村(社区)代码 所属社区(代码)"
)
_HOUSEHOLDS = "户数 总户数 常住户数 户籍户数 居民户数 住户数 户数(户) 住宅户数 家庭户数 居民总户数"
_POPULATION = "常住人口 人口 人口数 总人口 居民人数 常住人口数 人口(人) 实有人口 居民人口 常住人口总数"
_BUILDINGS = "楼栋数 楼栋 栋数 楼幢数 楼栋数量 楼房栋数 幢数 楼栋总数"
_LON = "经度 lng longitude x 东经 x坐标 经度坐标"
_LAT = "纬度 latitude y 北纬 y坐标 纬度坐标"
_DATUM = "坐标系 坐标系统 坐标类型 坐标基准"
_POINT = {"lon": _LON, "lat": _LAT, "datum": _DATUM}
_ADDRESS = "地址 详细地址 坐落 位置 小区地址 所在位置"
_USCC = "统一社会信用代码 信用代码 社会信用代码 统一信用代码 统一代码"
_ELIGIBLE = "是否符合组建条件 符合组建条件 符合条件 是否符合条件 是否具备组建条件 是否应建 组建条件"
_FORMAL = "正式党员数 正式党员人数 正式党员 正式党员总数 正式党员数量"
_STAR = "星级 星级评定 星级等级 星级情况"

_COMPOUND = {
    "name": "小区名称 名称 院落 楼院 小区 小区(院落)名称 院落名称 小区名 居民小区名称 居民小区 "
    "小区(楼院)名称 住宅小区名称 小区院落 小区全称",
    "street_name": _STREET_NAME,
    "community_code": _COMMUNITY_CODE,
    "community_name": _COMMUNITY_NAME,
    "grid_code": "所属网格 网格编码 网格代码 所属网格编码 所在网格 网格编号 所属综合网格编码 所属网格代码 "
    "所属综合网格 综合网格编码",
    "compound_type": "小区类型 小区性质 类型 小区类别 房屋性质 住宅类型 小区分类",
    "built_year": "建成年份 建成时间 建设年代 竣工年份 建成年代 建造年份 竣工时间 建成年 建筑年代 修建年份",
    "buildings": _BUILDINGS,
    "entrances": "单元数 单元 单元数量 单元总数",
    "households": _HOUSEHOLDS,
    "households_occupied": "入住户数 实际入住户数 已入住户数 入住数 实住户数",
    "population": _POPULATION,
    "formal_members": _FORMAL,
    "probationary_members": "预备党员 预备党员数 预备党员人数 预备党员总数",
    "members_transferred": "组织关系在本小区 组织关系在本小区党员数 转入党员数 组织关系转入党员数 "
    "组织关系在小区党员数 组织关系在本小区的党员数",
    "members_reported": "报到党员数 在职党员数 双报到党员数 报到党员 在职党员报到数 在职报到党员数 "
    "在职党员 报到在职党员数",
    "eligible": _ELIGIBLE,
    "ineligible_reason": "不符合原因 不具备原因 不符合条件原因 未组建原因 不符合组建条件原因",
    "coverage_claimed": "组建方式 党组织设置 党组织覆盖方式 覆盖方式 设置方式 党组织设置方式 "
    "党组织组建方式 党组织覆盖情况",
    "branch_name": "所属党支部 党支部名称 党组织名称 小区党支部 所属党组织 覆盖党组织 所属党组织名称 "
    "小区党组织名称 党支部",
    "joint_partners": "联建小区 联合小区 联合组建小区 联建对象",
    "instructor": "党建指导员 指导员 是否选派党建指导员 党建工作指导员 选派党建指导员",
    "property_company_id": "物业企业编号 物业公司编号 物业服务企业编号 物业企业代码",
    "property_company": "物业服务企业 物业公司 物业企业 物业公司名称 物业服务企业名称 物业名称 "
    "物业服务公司 物业企业名称",
    "property_mode": "物业类型 物业管理方式 物业服务类型 物业管理类型 物业模式 物业服务方式 物业管理模式 有无物业",
    "management_mode": "管理模式 管理方式 管理类型",
    "owner_unit_id": "产权单位代码 产权单位编号 主管单位代码",
    "owner_unit": "产权单位 主管单位 产权单位名称 主管单位名称 管理单位 所属单位",
    "big_committee_member": "是否大党委成员单位 大党委成员单位 大党委成员",
    "agreement_on": "共建协议签订时间 协议签订时间 共建协议时间 签订协议时间",
    "address": "地址 小区地址 详细地址 坐落 位置 小区位置",
    "aliases": "别名 曾用名 俗称 其他名称 又名 小区别名 推广名",
}
_COMPOUND_ID = "小区编号 小区代码 小区编码 小区id 院落编号 楼院编号 小区标识码"
_COMPOUND_REF = {
    "compound_id": _COMPOUND_ID + " 结对小区编号 服务小区编号",
    "compound_name": "小区名称 小区 所在小区 院落 楼院 服务小区 服务小区名称 所属小区 小区(院落)名称 "
    "小区名 居民小区 项目名称 服务项目 驻地小区",
    "community_name": _COMMUNITY_NAME,
}
_UNIT_REF = {
    "unit_id": "单位编号 单位代码 单位编码 所属单位代码 所属单位编号",
    "unit_name": "单位名称 单位 驻区单位 所属单位 结对单位 单位全称 共建单位 包保单位 机关企事业单位 "
    "所属单位名称 包联单位 包保单位名称",
}
_LAYER_CODE = "代码 编码 编号 code id"

HEADERS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "street": {
            "code": "街道代码 街道编码 乡镇代码 镇街代码 统计用区划代码 区划代码 "
            "行政区划代码 乡镇编码 街道(乡镇)代码  " + _LAYER_CODE,
            "name": "街道名称 名称 街道 乡镇名称 镇街名称 街道(乡镇)名称 镇(街) 所属街道 镇街 乡镇 街道办事处 mc",
            "households": _HOUSEHOLDS,
            "population": _POPULATION,
            "managing_body": "主管单位 管理主体 管理单位",
            "lon": _LON,
            "lat": _LAT,
            "datum": _DATUM,
        },
        "community": {
            "code": _COMMUNITY_CODE + " 区划代码 行政区划代码 居委会代码 " + _LAYER_CODE,
            "name": "社区名称 名称 社区 村(社区) 村社区 居委会 居委会名称 社区(村)名称 村(社区)名称 "
            "社区居委会 村居 村居名称 mc",
            "street_code": "街道代码 所属街道代码 上级代码 街道编码 所属街道编码 乡镇代码 parent_code",
            "street_name": _STREET_NAME,
            "community_type": "社区类型 类型 社区性质 社区类别",
            "urban_rural_class": "城乡分类代码 城乡分类 城乡分类码",
            "households": _HOUSEHOLDS,
            "population": _POPULATION,
            "workers": "社区工作者人数 社区工作者 社区工作者数 工作人员数 社区工作者总数",
            "managing_body": "主管单位 管理主体 管理单位",
            "lon": _LON,
            "lat": _LAT,
            "datum": _DATUM,
        },
        "grid": {
            "code": "网格编码 网格代码 网格编号 grid_code 综合网格编码 " + _LAYER_CODE,
            "name": "网格名称 名称 网格 grid_name 网格名 综合网格名称 mc",
            "community_code": _COMMUNITY_CODE + " 上级代码 parent_code",
            "community_name": _COMMUNITY_NAME,
            "grid_kind": "网格类型 类型 网格类别 网格性质",
            "grid_level": "网格级别 级别 网格层级 网格等级",
            "parent_grid_code": "上级网格 上级网格编码 上级网格代码 所属上级网格",
            "households": _HOUSEHOLDS,
            "population": _POPULATION,
            "buildings": _BUILDINGS,
            "grid_head": "网格长 网格长姓名 网格负责人 是否配备网格长 网格长配备情况",
            "grid_worker_count": "网格员数 网格员人数 网格员数量 专职网格员数",
            "branch_id": "网格党支部编码 党支部编码 党组织编码 所属党组织编码 网格党组织编码",
            "group_count": "党小组数 党小组 党小组数量",
            "filed_on": "备案时间 备案日期",
            "filing_no": "备案文号 备案号 备案编号",
            "valid_from": "起始日期 启用日期 开始日期 起始时间",
            "valid_to": "终止日期 停用日期 结束日期 终止时间",
            "old_codes": "原网格编码 原编码 旧编码 原网格代码",
            "lon": _LON,
            "lat": _LAT,
            "datum": _DATUM,
        },
        "compound": {
            "code": _COMPOUND_ID + " compound_id " + _LAYER_CODE,
            **_COMPOUND,
            "name": _COMPOUND["name"] + " compound_name mc",
            "lon": _LON,
            "lat": _LAT,
            "datum": _DATUM,
        },
        "compounds": {
            "compound_id": _COMPOUND_ID + " 编号 编码",
            **_COMPOUND,
            "name": _COMPOUND["name"] + " compound_name",
            **_POINT,
        },
        "branches": {
            "branch_id": "党组织编码 党组织代码 党支部编码 组织编码 党组织编号 支部编码 党支部编号",
            "name": "党组织名称 党支部名称 支部名称 组织名称 名称 党组织全称 党组织 党支部 branch_name",
            "branch_kind": "党组织类型 支部类型 类型 党支部类型 组织类型 党组织类别 支部类别",
            "org_level": "组织层级 层级 党组织层级 组织形式 党组织级别 组织级别",
            "parent_id": "上级党组织编码 上级编码 上级党组织代码 上级组织编码",
            "parent_name": "上级党组织 上级党组织名称 所属党委 隶属党组织 所属上级党组织 上级组织",
            "street_name": _STREET_NAME,
            "community_code": _COMMUNITY_CODE,
            "community_name": _COMMUNITY_NAME,
            "founded_on": "成立时间 成立日期 组建时间 设立时间 组建日期",
            "term_end": "任期届满 任期届满时间 换届时间 届满时间 任期截止 下次换届时间 任期届满日期 "
            "应换届时间 届满日期 到届时间",
            "members": "党员数 党员人数 党员总数 党员 党员总人数 党员数量",
            "formal_members": _FORMAL,
            "group_count": "党小组数 党小组 党小组数量 下设党小组数",
            "covers": "覆盖小区(网格) 覆盖小区 覆盖网格 覆盖范围 覆盖小区/网格 覆盖小区名称 覆盖小区和网格 "
            "所辖小区 覆盖对象 覆盖小区网格名称",
            "branch_status": "状态 党组织状态 支部状态 运行状态 当前状态",
            "secretary": "书记 党支部书记 支部书记 书记姓名 党组织书记 党组织负责人 支部书记姓名 党组织书记姓名",
            "secretary_source": "书记类别 书记来源 书记身份 书记类型",
            "star_level": _STAR,
            "unit_id": "所属单位代码 单位编号 单位代码 所属单位编号 依托单位代码",
            "unit_name": "所属单位 单位名称 依托单位 所在单位 所属单位名称 依托单位名称",
            "big_committee_member": "是否大党委成员单位 大党委成员单位 大党委成员 是否为大党委成员单位",
            "agreement_on": "共建协议签订时间 协议签订时间 共建协议时间 签订协议时间 共建协议签订日期",
        },
        "units": {
            "unit_id": "单位编号 单位代码 单位编码 编号",
            "name": "单位名称 名称 单位 unit_name 单位全称 驻区单位",
            "uscc": _USCC,
            "unit_kind": "单位性质 单位类型 性质 类型 单位类别",
            "unit_level": "层级 单位层级 级别 隶属 隶属关系 单位级别",
            "party_org": "党组织名称 单位党组织 党组织 所属党组织",
            "members": "党员数 党员人数 党员总数 党员",
            "members_reported": "报到党员数 在职党员报到数 报到党员 双报到党员数 在职党员数",
            "address": "地址 单位地址 详细地址 办公地址",
            "street_name": _STREET_NAME,
            "community_code": _COMMUNITY_CODE,
            "community_name": _COMMUNITY_NAME,
            "lon": _LON,
            "lat": _LAT,
            "datum": _DATUM,
        },
        "premises": {
            **_UNIT_REF,
            "premises_kind": "驻地类型 类型 驻地性质 场所类型 驻地类别",
            **_COMPOUND_REF,
            "address": _ADDRESS + " 驻地地址 单位地址 办公地址",
            **_POINT,
        },
        "pairings": {
            **_UNIT_REF,
            "target_kind": "结对对象类型 对象类型 结对类型 结对对象类别",
            "target_id": "结对对象编号 结对对象编码 结对对象代码 对象编号 对象代码",
            "target_name": "结对对象 结对对象名称 结对小区 结对社区 对象名称 包保小区 包联小区 "
            "结对小区名称 结对社区名称 compound_name",
            "community_name": _COMMUNITY_NAME,
            "since": "结对时间 起始时间 结对日期 开始时间",
            "contact_named": "联系人 联络员 指定联系人 党建指导员 包保联系人 联系人姓名 是否明确联系人",
            "agreement_on": "协议签订时间 共建协议签订时间 签订协议时间 协议时间",
            "pairing_reason": "结对依据 结对原因 结对方式 结对理由",
        },
        "property_companies": {
            "company_id": "企业编号 企业代码 公司编号 物业企业编号 编号 物业公司编号",
            "name": "企业名称 物业服务企业 物业公司 公司名称 物业企业名称 名称 物业服务企业名称 "
            "company_name 物业公司名称 物业企业",
            "uscc": _USCC,
            "members": "党员数 党员人数 党员总数 党员",
            "formal_members": _FORMAL,
            "employees": "从业人员 从业人数 员工数 从业人员数 职工数 员工人数 从业人员总数",
            "party_form": "党组织形式 组建形式 组建方式 党组织组建方式 两建一派 党组织组建形式",
            "eligible": _ELIGIBLE,
            "star_level": _STAR,
        },
        "property_service": {
            "company_id": "企业编号 企业代码 公司编号 物业企业编号 物业公司编号 property_company_id",
            "company_name": "物业服务企业 企业名称 物业公司 物业企业 公司名称 物业服务企业名称 "
            "property_company 物业公司名称 物业企业名称",
            "street_name": _STREET_NAME,
            **_COMPOUND_REF,
            "address": _ADDRESS,
            "site_name": "网点名称 服务网点 网点 物业服务中心 服务处 网点(服务处)名称",
        },
        "owners_committees": {
            **_COMPOUND_REF,
            "address": _ADDRESS,
            "body_kind": "机构类型 组织类型 类型 机构类别 自治组织类型 治理机构 治理机构类型",
            "founded_on": "成立时间 成立日期 组建时间 备案时间",
            "term_end": "任期届满 任期届满时间 届满时间 换届时间 任期截止 届满日期 任期届满日期",
            "members": "委员人数 委员数 成员人数 委员总数 成员数",
            "party_members": "党员委员数 党员委员人数 党员委员 党员数 委员中党员数 党员人数 其中党员",
            "in_branch_committee": "与支部交叉任职人数 交叉任职人数 交叉任职 交叉任职数 与党支部交叉任职人数",
        },
        "service_points": {
            "name": "名称 站点名称 服务中心名称 阵地名称 党群服务中心名称 党群服务中心 中心(站)名称 站点",
            "service_level": "级别 层级 站点级别 等级 阵地级别",
            "kind": "类型 站点类型 类别 阵地类型",
            "street_name": _STREET_NAME,
            "community_name": _COMMUNITY_NAME,
            "area_m2": "面积 建筑面积 面积(平方米) 使用面积 场地面积",
            "open_hours": "开放时间 服务时间 开放时段",
            "lon": _LON,
            "lat": _LAT,
            "datum": _DATUM,
            "serves": "服务范围 服务对象 覆盖范围 服务小区 服务网格",
        },
        "ledgers": {
            "item_id": "编号 事项编号 序列号 项目编号 清单编号",
            "ledger_kind": "清单类型 类型 台账类型 清单类别 类别 kind",
            "community_name": _COMMUNITY_NAME,
            "compound_name": "小区名称 小区 所在小区 院落 涉及小区",
            "item": "事项 内容 事项内容 需求内容 问题描述 项目名称 事项名称 问题内容 具体内容 承诺内容",
            "raised_on": "提出时间 收集时间 登记时间 上报时间 提出日期",
            "promised_on": "承诺时间 认领时间 承诺日期",
            "due_on": "限办时间 办结时限 完成时限 限办日期 办理时限",
            "resolved_on": "办结时间 完成时间 解决时间 办结日期",
            "owner_unit": "责任单位 牵头单位 承办单位 认领单位 办理单位",
            "answers": "对应需求编号 对应需求 需求编号 对应编号",
            "status": "状态 办理状态 办理情况 进展",
        },
        "codes": {
            "code": "代码 编码 统计用区划代码 区划代码 社区代码 社区编码 行政区划代码",
            "name": "名称 社区名称 单位名称 区划名称",
            "parent_code": "上级代码 父级代码 街道代码 所属街道代码 上级区划代码 street_code 父代码",
        },
    }
)
"""Kind -> field -> headers."""
