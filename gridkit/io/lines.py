"""Lines around a table: who reported, when, in which unit; all else may name persons and is only counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.persons import MASK, mask
from gridkit.io.text import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

_BODIES: Final = (
    "街道办事处 街道 社区 居委会 村委会 镇 乡 村 局 委员会 党委 党工委 工委 党组 委 办公室 办 部 中心 支部 处 站 所 "
    "院 校 公司 党总支 党支部 支部 工作站 政府 集团 区 县 市 州 协会 大队"
)
_WHO: Final = (
    rf"(?:填报单位|制表单位|报送单位|填报部门|报送部门|单位)(?:[(（](?:盖章|公章)[)）])?[:：]\s*[一-鿿A-Za-z0-9×X]{{1,28}}?"
    rf"(?:{'|'.join(_BODIES.split())})(?=$|[\s,，;；。、(（/])"
)
_WHEN: Final = (
    r"(?:数据时间|数据日期|统计日期|截止时间|截止日期|填报时间|填报日期|填表时间|填表日期|制表时间|制表日期|统计时间|统计截止时间|报送时间|数据截至|数据截止|截至|截止)[:：]?\s*"
    r"\d{4}\s*[年./-](?:\s*\d{1,2}(?:\s*[月./-](?:\s*\d{1,2}\s*日?)?)?)?"
)
_MEASURE: Final = "万人|人|名|户|个|平方米|公顷|亩|万元|元|栋|家|支|%"
_UNIT: Final = rf"单位[:：]\s*(?:{_MEASURE})(?:[、/,，](?:{_MEASURE}))*(?![一-鿿])"
_KNOWN: Final = re.compile(f"{_UNIT}|{_WHO}|{_WHEN}")
_FOOTNOTE: Final = re.compile(
    r"[(（]?(注|备注|附注|说明|填表说明|填报说明|填报单位|填报人|填表人|填表|填报|制表人?|制表单位|审核人?|负责人|单位负责人|联系人|联系电话|填报时间|填报日期"
    r"|填表日期|统计时间|统计截止时间|数据来源|来源|单位[(（]盖章[)）])\d*[:：]"
)

_PLACE_WORD: Final = (
    r"[一-鿿×X]{1,7}?(?:省|市|州|盟|县|(?<![小社园景校])区|旗|街道办事处|街道|镇|乡|社区|居委会|村委会|村"
    r"|局|办公室|委员会|集团|公司|中心)"
)
_TITLE_WORDS: Final = (
    "全市 全区 全县 全州 全街道 各 所辖 辖区 市 区 县 街道 乡镇 镇 社区 村 居民 住宅 小区 院落 楼院 楼栋 老旧 单位型 "
    "商品房 红色 红色物业 党组织 党支部 党小组 党建 党员 党群 党务 组织 支部 网格 综合网格 专属网格 网格化 物业 服务 "
    "企业 项目 公司 业委会 业主委员会 物管会 业主大会 治理 机构 单位 驻区 驻地 机关 事业 企事业 州市 双报到 报到 在职 "
    "结对 包保 包联 共建 联建 大党委 覆盖 组建 设置 建设 成立 换届 任期 基本 信息 情况 数据 人口 户数 房屋 统计 汇总 "
    "登记 采集 调查 摸底 排查 核查 自查 台账 清单 名单 名录 名册 花名册 一览 明细 分布 进度 完成 工作 年报 月报 季报 "
    "阵地 站点 中心 需求 资源 问题 承诺 三张 四张 代码 编码 对照 附件 附 表 册 及 和 与 年度 年 月 日 季度 第 上半年 "
    "下半年 基层 截至 版 修订 新 一 二 三 四 五 六 七 八 九 十"
)
_PLACE: Final = re.compile(_PLACE_WORD)
_TITLE: Final = re.compile(
    rf"{'|'.join(sorted(_TITLE_WORDS.split(), key=len, reverse=True))}|[\d\s()（）《》“”\"、:：.．—-]|××|XX"
)
_TITLE_END: Final = re.compile(
    r"(?:表|台账|清单|名单|名录|一览|情况|统计|汇总|名册|册)(?:[(（][\d一-十年月日季度第上下半版、.\s-]*[)）])?$"
)
_PAGE: Final = re.compile(r"续表\d*|[(（]续表?[一-十\d]*[)）]|[(（]?第\d+页[)）]?|[(（]?共\d+页[)）]?")
_PLACE_ALONE: Final = re.compile(
    r"(?:[一-鿿]{2,6}(?:街道办事处|街道|镇|乡))?[一-鿿]{2,8}?(?:社区|居委会|村委会)|[一-鿿]{2,6}(?:街道办事处|街道)"
)
_DAY: Final = r"\d{4}\s*(?:年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|[./-]\s*\d{1,2}(?:\s*[./-]\s*\d{1,2})?)"
_DATE_ALONE: Final = re.compile(rf"[(（]?({_DAY}|\d{{4}}年?(?:第[一二三四1-4]季度|[上下]半年))[)）]?")
_NO_TITLE: Final = re.compile(r"联系|负责|挂|书记|主任|网格长|同志|的")
LONGEST_TITLE: Final = 60


def known_parts(text: str) -> tuple[str, int]:
    """Return what a line says about the table as a whole, and of how many characters the rest of it is.

    A date that stands alone is that of the data.

    >>> known_parts("填报单位：某某街道 填表人：某某某 填报时间：2024年6月")
    ('填报单位：某某街道 填报时间：2024年6月', 7)
    >>> known_parts("单位：人"), known_parts("填报单位：某某某")
    (('单位：人', 0), ('', 8))
    """
    if date_alone(text):
        return " ".join(text.split()), 0
    kept = [found for found in _KNOWN.findall(text) if mask(found) == found]
    rest = len("".join(_KNOWN.sub("", text).split())) + sum(
        len("".join(found.split())) for found in _KNOWN.findall(text) if mask(found) != found
    )
    return " ".join(" ".join(found.split()) for found in kept), rest


def title_of(text: str) -> str:
    """Return a line that is the title of a table and can name no person, ``""`` for any other.

    Only places and the words of which titles of registers are made count as one.

    >>> title_of("平安街道小区党组织覆盖情况统计表（2024年6月）"), title_of("某某某联系小区台账"), title_of("张某某")
    ('平安街道小区党组织覆盖情况统计表（2024年6月）', '', '')
    """
    line = "".join(text.split())
    if _PLACE_ALONE.fullmatch(line) and not _NO_TITLE.search(line) and mask(line) == line:
        return line
    if len(line) > LONGEST_TITLE or _NO_TITLE.search(line) or mask(line) != line:
        return ""
    if not _TITLE_END.search(line):
        return ""
    start = 0
    for _ in range(4):  # places stand before the words
        if not _TITLE.sub("", line[start:]):
            return line
        place = _PLACE.match(line, start)
        if place is None:
            return ""
        start = place.end()
    return "" if _TITLE.sub("", line[start:]) else line


def date_alone(text: str) -> str:
    """Return the date that a line or cell consists of, without spaces.

    >>> date_alone("（2024年 9月30日）"), date_alone("2024-09-30"), date_alone("2024年9月30日某某")
    ('2024年9月30日', '2024-09-30', '')
    """
    found = _DATE_ALONE.fullmatch(text.strip()) if len(text) < 40 else None
    return "".join(found[1].split()) if found else ""


def without_page(title: str) -> str:
    """Return a title without spaces and without what only says that it goes on from the page before.

    >>> without_page("小区台账（续表）"), without_page("续表 小区台账")
    ('小区台账', '小区台账')
    """
    return "".join(_PAGE.sub("", title).split())


def is_footnote(text: str) -> bool:
    """Tell whether a line begins like a note under a table.

    >>> is_footnote("注：1.按组织关系统计。"), is_footnote("注意小区")
    (True, False)
    """
    return _FOOTNOTE.match(compact(text)) is not None


def stated_in(above: Iterable[str], below: Iterable[str] = ()) -> dict[str, str]:
    """Return what the lines around a table say of it: ``title``, ``body``, ``date``, ``unit``, as far as they do.

    >>> stated_in(["某某街道小区台账", "填报单位：某某街道（盖章） 单位：户"], ["填报时间：2024年6月"])
    {'title': '某某街道小区台账', 'body': '某某街道', 'unit': '户', 'date': '2024年6月'}
    """
    found: dict[str, str] = {}
    for number, lines in enumerate((above, below)):
        for text in lines:
            title = title_of(text) if number == 0 else ""
            if title:
                found.setdefault("title", title)
                continue
            if number == 0 and date_alone(text):
                found.setdefault("date", date_alone(text))
                continue
            for key, pattern in (("unit", _UNIT), ("body", _WHO), ("date", _WHEN)):
                for part in re.findall(pattern, text):
                    if mask(part) == part and not (key == "body" and re.fullmatch(_UNIT, part)):
                        value = re.split(r"[:：]", part, maxsplit=1)[-1] if ":" in part or "：" in part else part
                        value = re.sub(r"^(?:数据)?截[至止]", "", "".join(value.split()))
                        found.setdefault(key, value)
    order = ("title", "body", "unit", "date")
    return {key: found[key] for key in order if key in found}


def shown(text: str) -> str:
    """Return a line with ``***`` and a number of characters for all of it that is not kept.

    >>> shown("注：由某某某提供"), shown("填报时间：2024年6月 联系人：某某")
    ('***(8)', '填报时间：2024年6月 ***(6)')
    """
    kept, rest = known_parts(text)
    return f"{kept} {MASK}({rest})".strip() if rest else kept
