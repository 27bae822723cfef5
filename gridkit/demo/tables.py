"""The truth put into the words and columns of the offices' tables - still clean; degraded by the next step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gridkit.demo.bodies import lonlat
from gridkit.demo.names import FILLERS, NO_PHONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gridkit.demo.city import DemoCity
    from gridkit.demo.territory import Record

Row = dict[str, Any]

WORDS: dict[str, dict[str, str]] = {
    "compound_type": {
        "commercial": "商品房小区", "unit": "单位型小区", "old": "老旧小区", "affordable": "保障房",
        "resettlement": "安置房",
        "village": "村改居", "open_block": "零散楼栋", "mixed": "混合型", "unknown": "不详",
    },
    "property_mode": {
        "company": "专业化物业", "public_benefit": "公益性物业", "self": "自管", "community": "居委会托管",
        "unit": "单位自管", "none": "无",
    },
    "management_mode": {
        "joint": "共管", "single": "单管", "entrusted": "委托", "street": "街道代管", "self": "自管", "unknown": "不详",
    },
    "body_kind": {"owners_committee": "业委会", "management_committee": "物管会", "self_committee": "自管委员会"},
    "branch_kind": {
        "grid": "网格党支部", "compound": "小区党支部", "joint": "联合党支部", "functional": "功能型党支部",
        "unit": "单位党组织",
        "retired": "离退休党组织", "property": "物业企业党组织", "industry": "行业党委", "community": "社区党组织",
        "street": "街道党组织", "exclusive_grid_group": "专属网格党小组",
    },
    "org_level": {
        "group": "党小组", "branch": "党支部", "general_branch": "党总支", "committee": "党委",
        "work_committee": "党工委",
    },
    "branch_status": {"active": "正常", "planned": "拟建", "dissolved": "已撤销"},
    "unit_kind": {
        "agency": "机关", "institution": "事业单位", "state_owned": "国企", "private": "非公企业", "school": "学校",
        "hospital": "医院",
    },
    "unit_level": {"county": "县", "street": "街道"},
    "premises_kind": {"living": "住宿区", "office": "办公区", "business": "营业区"},
    "target_kind": {"community": "社区", "compound": "小区"},
    "reason": {"premises": "驻地优先", "demand": "按需分配", "near": "就近就便"},
    "party_form": {"own": "单独组建", "joint": "联合组建", "instructor": "选派指导员", "none": "无"},
    "service_level": {"street": "街道", "community": "社区", "grid": "网格"},
    "ledger_kind": {"issue": "问题", "need": "需求", "resource": "资源", "project": "项目"},
    "yesno": {"yes": "是", "no": "否"},
    "klass": {"urban": "城市社区", "township": "乡镇社区"},
    "grid_kind": {"comprehensive": "综合网格", "exclusive": "专属网格"},
}  # fmt: skip
"""Vocabulary code -> the word offices write."""

_CLAIMED = {
    "UNIT_ORG": "依托单位党组织", "OWN_BRANCH": "单独组建", "JOINT_BRANCH": "联合组建", "GRID_BRANCH": "网格党支部覆盖",
    "FUNCTIONAL_ONLY": "功能型党支部", "INSTRUCTOR_ONLY": "选派党建指导员", "PLANNED": "拟组建", "UNCOVERED": "未组建",
}  # fmt: skip


@dataclass
class Sheet:
    """One table on its way to a file: ``rows`` map header -> value, ``keys`` name each row for planting."""

    name: str
    header: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def row(self, key: str) -> Row:
        """Return the row called ``key``."""
        return self.rows[self.keys.index(key)]


@dataclass(frozen=True)
class Lookup:
    """True codes -> records, for writing names."""

    city: DemoCity
    by: dict[str, dict[str, Record]]

    @classmethod
    def of(cls, city: DemoCity) -> Lookup:
        """Index the tables of ``city`` by their codes."""
        keys = {"streets": "code", "communities": "code", "grids": "code"}
        by = {
            table: {row[keys.get(table, "id")]: row for row in city.tables.get(table, ())}
            for table in ("streets", "communities", "grids", "compounds", "branches", "units", "companies")
        }
        return cls(city, by)

    def name(self, table: str, code: str) -> str:
        """Return the name of a record, or nothing."""
        return self.by[table][code]["name"] if code in self.by[table] else ""


def _sheet(name: str, rows: Iterable[tuple[str, Row]]) -> Sheet:
    pairs = list(rows)
    header = tuple(pairs[0][1]) if pairs else ()
    return Sheet(name, header, [row for _, row in pairs], [key for key, _ in pairs])


def compounds(look: Lookup, aliases: Mapping[str, str]) -> Sheet:
    """The compound registry, one row per compound, by community; ``aliases`` by compound id."""
    named = _named_by(look.city)

    def row(home: Record, number: int) -> Row:
        truth = look.city.truth[home["id"]]
        via = [look.by["branches"][code] for code in truth.via]
        partners = [code for b in named.get(home["id"], []) if b["branch_kind"] == "joint" for code in b["covers"]]
        return {
            "小区编号": home["id"],
            "小区名称": home["name"],
            "所属街道": look.name("streets", home["street"]),
            "社区": look.name("communities", home["community"]),
            "社区代码": home["community"],
            "所属网格": home["grid"],
            "小区类型": WORDS["compound_type"][home["compound_type"]],
            "建成年份": home["built_year"],
            "楼栋数": home["buildings"],
            "单元数": home["entrances"],
            "户数": home["households"],
            "入住户数": home["households_occupied"],
            "常住人口": home["population"],
            "正式党员数": home["formal_members"],
            "预备党员数": home["probationary_members"],
            "报到党员数": home["members_reported"],
            "组织关系在本小区": home["members_transferred"],
            "是否符合组建条件": WORDS["yesno"][home["eligible"]],
            "不符合原因": home["ineligible_reason"],
            "组建方式": home["claimed"] or _CLAIMED[truth.status],
            "所属党支部": via[0]["name"] if via else "",
            "联建小区": "、".join(look.name("compounds", code) for code in partners if code != home["id"]),
            "党建指导员": FILLERS[number % len(FILLERS)] if home["instructor"] else "",
            "物业服务企业": look.name("companies", home["company"]),
            "物业类型": WORDS["property_mode"][home["property_mode"]],
            "管理模式": WORDS["management_mode"][home["management_mode"]],
            "产权单位": look.name("units", home["owner_unit"]),
            "别名": aliases.get(home["id"], ""),
        }

    return _sheet("小区台账", ((home["id"], row(home, n)) for n, home in enumerate(look.city.tables["compounds"])))


def _named_by(city: DemoCity) -> dict[str, list[Record]]:
    named: dict[str, list[Record]] = {}
    for branch in city.tables["branches"]:
        for code in branch["covers"]:
            named.setdefault(code, []).append(branch)
    return named


def covered_names(look: Lookup, branch: Record) -> list[str]:
    """Names of what an organisation covers; the community stands before a compound of another community."""
    names = []
    for code in branch["covers"]:
        if code in look.by["grids"]:
            names.append(look.by["grids"][code]["name"])
            continue
        home = look.by["compounds"][code]
        away = home["community"] != branch["community"]
        names.append(look.name("communities", home["community"]) * away + home["name"])
    return [*names, *branch["ghosts"]]


def branches(look: Lookup, mention: Callable[[str, Record, int], str]) -> Sheet:
    """The registry of party organisations; ``mention`` writes the name of one covered thing."""

    def row(branch: Record, number: int) -> Row:
        names = covered_names(look, branch)
        written = [mention(name, branch, at) for at, name in enumerate(names)]
        parent = branch["parent"]
        yes = branch["big_committee_member"]
        return {
            "序号": number + 1,
            "党组织编码": branch["id"],
            "党组织名称": branch["name"],
            "党组织类型": WORDS["branch_kind"][branch["branch_kind"]],
            "组织层级": WORDS["org_level"][branch["org_level"]],
            "上级党组织编码": parent,
            "上级党组织": look.name("branches", parent),
            "所属街道": look.name("streets", branch["street"]),
            "所属社区": look.name("communities", branch["community"]),
            "社区代码": branch["community"],
            "成立时间": branch["founded_on"],
            "任期届满": branch["term_end"],
            "党员数": branch["members"],
            "正式党员数": branch["formal_members"],
            "党小组数": branch["group_count"],
            "覆盖小区(网格)": "、".join(written),
            "状态": WORDS["branch_status"][branch["status"]],
            "书记": FILLERS[number % len(FILLERS)] if branch["secretary"] else "",
            "联系电话": NO_PHONE if branch["secretary"] else "",
            "书记类别": branch["secretary_source"],
            "星级": branch["star_level"],
            "所属单位代码": branch["unit"],
            "所属单位": look.name("units", branch["unit"]),
            "是否大党委成员单位": WORDS["yesno"].get(yes, ""),
            "共建协议签订时间": branch["agreement_on"],
        }

    ordered = sorted(look.city.tables["branches"], key=lambda b: (b["street"], b["community"], b["id"]))
    return _sheet("党组织台账", ((branch["id"], row(branch, n)) for n, branch in enumerate(ordered)))


def units(look: Lookup) -> Sheet:
    """The registry of units."""

    def row(unit: Record, number: int) -> Row:
        lon, lat = lonlat(unit["x"], unit["y"])
        return {
            "单位编号": unit["id"], "单位名称": unit["name"], "统一社会信用代码": unit["uscc"],
            "单位性质": WORDS["unit_kind"][unit["unit_kind"]],
            "层级": WORDS["unit_level"][unit["unit_level"]], "党组织名称": unit["party_org"], "党员数": unit["members"],
            "报到党员数": unit["members"] * 7 // 8, "地址": unit["address"],
            "所属社区": look.name("communities", unit["community"]),
            "联系人": FILLERS[number % len(FILLERS)], "联系电话": NO_PHONE, "经度": f"{lon:.6f}",
            "纬度": f"{lat:.6f}", "坐标系": "CGCS2000",
        }  # fmt: skip

    return _sheet("units", ((unit["id"], row(unit, n)) for n, unit in enumerate(look.city.tables["units"])))


def _home_place(look: Lookup, code: str) -> tuple[str, str]:
    home = look.by["compounds"][code]
    return home["name"], look.name("communities", home["community"])


def premises(look: Lookup) -> Sheet:
    """Premises of units in compounds."""

    def row(record: Record) -> Row:
        name, community = _home_place(look, record["compound"])
        kind = WORDS["premises_kind"][record["premises_kind"]]
        return {
            "单位名称": look.name("units", record["unit"]),
            "驻地类型": kind,
            "小区名称": name,
            "所属社区": community,
        }

    rows = look.city.tables["premises"]
    return _sheet("premises", ((f"{r['unit']}/{r['compound']}", row(r)) for r in rows))


def pairings(look: Lookup) -> Sheet:
    """Pairs of units with communities and compounds."""

    def row(pair: Record, number: int) -> Row:
        community = look.name("communities", pair["target"])
        name, community = (
            (community, community) if pair["target_kind"] == "community" else _home_place(look, pair["target"])
        )
        return {
            "序号": number + 1, "单位名称": look.name("units", pair["unit"]),
            "结对对象类型": WORDS["target_kind"][pair["target_kind"]],
            "结对对象": name, "所属社区": community, "结对时间": pair["since"],
            "联系人": FILLERS[number % len(FILLERS)] if pair["contact"] else "", "协议签订时间": pair["agreement_on"],
            "结对依据": WORDS["reason"][pair["reason"]],
        }  # fmt: skip

    rows = look.city.tables["pairings"]
    return _sheet("结对共建", ((f"{p['unit']}/{p['target']}", row(p, n)) for n, p in enumerate(rows)))


def companies(look: Lookup) -> Sheet:
    """Property companies."""

    def row(company: Record) -> Row:
        return {
            "企业编号": company["id"], "物业服务企业": company["name"], "统一社会信用代码": company["uscc"],
            "党员数": company["members"],
            "正式党员数": company["formal_members"], "从业人员": company["employees"],
            "党组织形式": WORDS["party_form"][company["party_form"]],
            "是否符合组建条件": WORDS["yesno"][company["eligible"]], "星级": company["star_level"],
        }  # fmt: skip

    return _sheet("property_companies", ((c["id"], row(c)) for c in look.city.tables["companies"]))


def service(look: Lookup, mention: Callable[[str, Record, int], str]) -> Sheet:
    """Property service: which company serves which compound."""

    def row(record: Record, number: int) -> Row:
        name, community = _home_place(look, record["compound"])
        home = look.by["compounds"][record["compound"]]
        return {
            "物业服务企业": look.name("companies", record["company"]), "服务小区": mention(name, home, number),
            "所属社区": community,
            "网点名称": record["site"],
        }  # fmt: skip

    rows = look.city.tables["service"]
    return _sheet("property_service", ((r["compound"], row(r, n)) for n, r in enumerate(rows)))


def committees(look: Lookup) -> Sheet:
    """Owners' committees and the bodies in their place."""

    def row(body: Record, number: int) -> Row:
        name, community = _home_place(look, body["compound"])
        return {
            "序号": number + 1, "小区名称": name, "所属社区": community,
            "机构类型": WORDS["body_kind"][body["body_kind"]],
            "成立时间": body["founded_on"], "任期届满": body["term_end"], "委员人数": body["members"],
            "党员委员数": body["party_members"],
            "与支部交叉任职人数": body["in_branch_committee"],
        }  # fmt: skip

    return _sheet("业委会", ((b["compound"], row(b, n)) for n, b in enumerate(look.city.tables["committees"])))


def points(look: Lookup) -> Sheet:
    """Service centres and stations."""

    def row(point: Record) -> Row:
        lon, lat = lonlat(point["x"], point["y"])
        return {
            "名称": point["name"], "级别": WORDS["service_level"][point["service_level"]], "类型": point["kind"],
            "所属街道": look.name("streets", point["street"]), "所属社区": look.name("communities", point["community"]),
            "面积(平方米)": point["area_m2"], "开放时间": point["open_hours"], "经度": f"{lon:.6f}",
            "纬度": f"{lat:.6f}",
            "坐标系": "CGCS2000",
            "服务范围": look.name("communities", point["community"]) or look.name("streets", point["street"]),
        }  # fmt: skip

    return _sheet("service_points", ((p["name"], row(p)) for p in look.city.tables["points"]))


def ledgers(look: Lookup) -> Sheet:
    """Issues and the three lists in one table."""

    def row(item: Record) -> Row:
        return {
            "编号": item["id"], "清单类型": WORDS["ledger_kind"][item["kind"]],
            "所属社区": look.name("communities", item["community"]),
            "小区名称": look.name("compounds", item["compound"]), "事项": item["item"], "提出时间": item["raised_on"],
            "承诺时间": item["promised_on"], "限办时间": item["due_on"], "办结时间": item["resolved_on"],
            "责任单位": item["owner_unit"],
            "对应需求编号": item["answers"], "状态": item["status"],
        }  # fmt: skip

    return _sheet("ledgers", ((item["id"], row(item)) for item in look.city.tables["ledgers"]))
