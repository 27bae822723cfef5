"""What offices write for the values of vocabulary fields: Chinese labels and synonyms (domain section 7.2)."""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gridkit.io.text import cell_text, compact, is_missing, missing_kind, word
from gridkit.model.fields import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OUT_OF_VOCABULARY: Final = "S110"

SYNONYMS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "compound_type": {
            "commercial": "商品房小区 商品房 商品住宅 商品住宅小区 普通商品房 商业小区 住宅小区 封闭式小区",
            "unit": "单位型小区 单位小区 单位家属院 家属院 机关宿舍 单位宿舍 单位型 家属区 机关家属院 "
            "企业家属院 职工宿舍 单位院落  "
            "机关小区 单位房 房改房 单位自管小区",
            "old": "老旧小区 老小区 老旧 老旧院落",
            "affordable": "保障房 保障房小区 保障性住房 保障性住房小区 公租房 公租房小区 廉租房 廉租房小区 "
            "经适房 经适房小区  "
            "经济适用房 经济适用房小区 共有产权房 保障性小区",
            "resettlement": "安置房 安置房小区 安置小区 回迁 回迁房 回迁小区 回迁房小区 拆迁安置 拆迁安置房 "
            "拆迁安置小区  "
            "易地扶贫搬迁安置点 安置点",
            "village": "村改居 村改居小区 自建房 城中村 自建房小区 农村自建房 城郊村",
            "open_block": "开放式街区 零散楼栋 单体楼 开放式小区 零散楼 独栋楼 散居楼栋 街巷 开放街区 独栋",
            "mixed": "混合型 混合型小区 混合 商住混合 商住两用 综合型",
            "unknown": "不明 不详 未知 无法判断",
        },
        "community_type": {
            "urban": "城市社区 城市 城镇社区 城区社区 街道社区 城市居委会",
            "township": "乡镇社区 镇社区 乡镇 农村社区 城乡结合部社区 镇区社区 涉农社区",
            "village": "村 行政村 村委会 建制村",
        },
        "grid_kind": {
            "comprehensive": "综合网格 全科网格 综合 城市网格 城市综合网格 全要素网格 一般网格 普通网格",
            "exclusive": "专属网格 专属 专业网格 特殊网格",
            "basic": "基础网格 基础",
            "micro": "微网格 微格",
            "unit_cell": "单元网格 单元",
            "rural": "农村网格 农村 农村综合网格",
        },
        "property_mode": {
            "company": "专业化物业 专业物业 物业公司 市场化物业 专业物业公司 物业服务企业 专业化 市场化 "
            "物业企业管理 有物业",
            "public_benefit": "公益性物业 公益物业 公益性 红色物业 国有物业",
            "self": "自管 自管委员会 自管小组 业主自管 自治管理 居民自管 自主管理 业主自治",
            "community": "居委会托管 社区托管 社区代管 托管 居委会代管 社区兜底 兜底",
            "unit": "单位自管 后勤 单位后勤 产权单位自管 单位管理 单位后勤管理",
            "none": "无 无物业 没有 无物业管理 无人管理",
        },
        "management_mode": {
            "joint": "共管 共同管理 多家共管",
            "single": "单管 部门单管 单位单管 独管",
            "entrusted": "委托 委托管理 委托物业 委托公司 委托物业管理",
            "street": "街道代管 代管 街道 街道管理 社区代管",
            "self": "自管 居民自管 业主自管 自治",
            "unknown": "不明 不详 未知",
        },
        "body_kind": {
            "owners_committee": "业委会 业主委员会 业主大会",
            "management_committee": "物管会 物业管理委员会 物业管理委员会(物管会)",
            "self_committee": "自管委员会 自管小组 自管会 自治委员会 业主自治小组 居民自管小组",
            "none": "无 未成立 没有 未建",
        },
        "branch_kind": {
            "grid": "网格党支部 网格支部 网格党组织 综合网格党支部",
            "compound": "小区党支部 小区党组织 居民小区党支部 小区支部 单独组建",
            "joint": "联合党支部 小区联合党支部 联合支部 联建党支部 联合组建 联合党组织",
            "functional": "功能型党支部 功能性党支部 兼合式党支部 兼合式 功能型 功能型小区党支部 功能党支部 "
            "兼合式小区党支部 临时党支部  "
            "功能型党组织",
            "unit": "单位党组织 单位党支部 机关党支部 企事业单位党组织 机关党组织 单位党委 单位党总支 "
            "机关企事业单位党组织",
            "retired": "离退休党组织 离退休党支部 老干部党支部 离退休干部党支部 离退休干部党组织 退休党支部",
            "property": "物业企业党组织 物业党支部 物业企业党支部 物业服务企业党组织 物业党组织 物业公司党支部",
            "industry": "行业党委 物业行业党委 行业党组织 行业综合党委",
            "community": "社区党组织 社区党委 社区党总支 社区党支部 村党组织 村社区党组织 村党支部 村党总支",
            "street": "街道党工委 街道党组织 镇党委 乡镇党委 镇街党组织 党工委 街道 镇街党工委",
            "exclusive_grid_group": "专属网格党小组 专属网格党组织 专属网格党支部 专属网格",
        },
        "org_level": {
            "group": "党小组 小组",
            "branch": "党支部 支部 支部委员会",
            "general_branch": "党总支 总支 总支部 党总支部",
            "committee": "党委 委员会 基层党委",
            "work_committee": "党工委 工委 街道党工委 工作委员会",
        },
        "branch_status": {
            "active": "正常 在用 已成立 已组建 运行 正常运行 有效 已建 存续 在册 整顿中 整顿 软弱涣散 软弱涣散整顿中",
            "planned": "拟组建 筹建 拟建 计划 计划组建 待建 待组建 筹备 筹备中 筹备阶段 筹建中 拟成立 未成立 尚未成立 "
            "暂未成立 待成立 未组建 未建",
            "dissolved": "撤销 已撤销 注销 停止 已解散 解散 已注销 合并撤销 停用 合并 已合并 被合并 失效 已失效 取消 "
            "已取消 停办 已停办 停止活动 已停止活动 无效",
            "unknown": "不明 不详 未知 待定 待核实 待查",
        },
        "unit_kind": {
            "agency": "机关 党政机关 行政机关 行政单位 机关单位 政府机关",
            "institution": "事业单位 事业 参公事业单位",
            "state_owned": "国企 国有企业 央企 国有 国有控股企业",
            "private": "非公企业 民企 非公 民营企业 私营企业 非公有制企业 企业",
            "social": "社会组织 社团 社会团体 民办非企业 基金会",
            "school": "学校 高校 中小学 幼儿园",
            "hospital": "医院 医疗机构 卫生院",
            "military": "部队 军队 驻军",
        },
        "unit_level": {
            "central": "中央 中直 国家 中央驻地方 国家级",
            "province": "省 省级 省直 自治区 直辖市",
            "prefecture": "州 市 州市 地级市 州级 市级 州直 市直 设区市 地级",
            "county": "县 区 县级 区级 县直 县级市 县市区 区县 县市 区直 县区",
            "street": "街道 镇 乡镇 街道级 镇街 乡 乡镇街道",
        },
        "premises_kind": {
            "living": "住宿区 家属区 生活区 住宅区 居住区 宿舍区 宿舍",
            "office": "办公区 办公 办公点 办公场所",
            "business": "营业区 经营区 营业 经营场所 营业场所",
        },
        "target_kind": {"community": "社区 村 村社区 居委会", "compound": "小区 居民小区 院落 楼院"},
        "pairing_reason": {
            "premises": "驻地 属地 驻地优先 有驻地 住宿区 办公区 营业区 驻地关系 驻区单位",
            "demand": "按需 需求 按需分配 需求匹配 按需结对",
            "near": "就近 就近就便 邻近 就近结对",
        },
        "party_form": {
            "own": "单独组建 单独建 单独 单建 独立组建 单独党支部",
            "joint": "联合组建 联合建 联合 联建 联合党支部",
            "instructor": "选派指导员 派指导员 选派 指导员 选派党建指导员 派驻指导员 派",
            "none": "无 未建 没有 未组建",
        },
        "service_level": {
            "street": "街道 镇 街道级 镇街 乡镇 镇街级 一级",
            "community": "社区 村 社区级 村社区 二级",
            "grid": "网格 小区 驿站 网格级 小区级 三级",
        },
        "ledger_kind": {
            "need": "需求 需求清单 群众需求",
            "resource": "资源 资源清单",
            "project": "项目 项目清单 服务项目 服务清单 服务",
            "issue": "问题 问题清单",
            "promise": "承诺 承诺清单 承诺事项",
        },
    }
)
"""Field -> code -> Chinese labels and synonyms, separated by spaces."""

UNSURE: Final[Mapping[str, str]] = MappingProxyType({"branch_status": "unknown"})
"""Vocabulary fields in which an empty cell has a meaning of its own, and what a filled one is that nobody understands.

An organisation without a stated status counts as active; one whose status cannot be read must not.
"""

_BRACKETS: Final = re.compile(r"\([^)]*\)")


@cache
def _table(field: str) -> Mapping[str, str]:
    """Return compact label -> code; a label that two codes share would be an error of this file."""
    table = {code: code for code in VOCABULARIES[field]}
    for code, labels in SYNONYMS[field].items():
        for label in labels.split():
            known = table.setdefault(compact(label), code)
            if known != code and known in SYNONYMS[field]:
                raise AssertionError((field, label, known, code))
    return MappingProxyType(table)


def vocabulary_of(field: str) -> Callable[[object], tuple[str, str]]:
    """Return the converter of a vocabulary field: the code, or ``""`` and the rule that the value is not known.

    Traditional characters and readings in brackets do not matter. A status that is filled but not understood, or
    masked, is ``unknown``.

    >>> to_kind = vocabulary_of("branch_kind")
    >>> to_kind("兼合式"), to_kind("小区党支部（单独）"), to_kind("俱乐部"), to_kind(""), to_kind("聯合黨支部")
    (('functional', ''), ('compound', ''), ('', 'S110'), ('', ''), ('joint', ''))
    >>> to_status = vocabulary_of("branch_status")
    >>> to_status("已合并"), to_status("挂靠"), to_status("XX"), to_status("—")
    (('dissolved', ''), ('unknown', 'S110'), ('unknown', ''), ('', ''))
    """
    table = _table(field)

    def to_vocabulary(cell: object) -> tuple[str, str]:
        text = word(cell_text(cell))
        code = table.get(text) or table.get(_BRACKETS.sub("", text)) or table.get(re.sub(r"[()、/]", "", text))
        if code:
            return code, ""
        unsure = "" if missing_kind(text) in ("blank", "not_applicable") else UNSURE.get(field, "")
        return unsure, "" if is_missing(text) else OUT_OF_VOCABULARY

    return to_vocabulary
