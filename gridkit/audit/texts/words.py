"""The words between which numbers stand: units, comparators, verbs that end a noun, and what is no figure."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = (
    "个百分点 百分点 平方公里 平方米 个小时 人次 场次 户次 件次 家次 个月 公里 万元 亿元 小时 分钟 个 名 支 "
    "家 项 户 场 件 人 次 起 类 处 所 座 栋 幢 条 张 份 对 套 间 块 片 位 组 队 米 元 辆 台 部 篇 幅 课 节 "
    "轮 班 宗 例 桩 种 倍 亩 天 年 岁 "
)
UNITS: Final = tuple(_UNITS.split())
"""Words that follow a counted number, the longer ones first."""

SPANS: Final = frozenset(("个月", "个小时", "小时", "分钟", "天", "年", "岁", "月"))
"""Units of time and age: they date or bound a figure and are none."""

_NOT_UNIT: Final = (
    r"名(?:单(?!位)|称|誉|义|录)|家(?:庭(?!户)|园|长|政|属|乡)|户(?:籍|口|外)|项目(?![标的])|人(?:民|口|才|大|"
    r"均|力|事)|支(?:部(?!队)|委|持|撑)|组(?:织|建|合|长|成)|条(?:件|例)|处(?:理|置|于|长)|对(?:接|象|应|于|"
    r"口)|位(?:置|于)|次(?:性|数|要|序)|起(?:来|草|点|到)|部(?:门|分|署)|类(?:型|别|似)|场(?:所|地|景)|"
    r"件(?:套|数)|所(?:辖|属|有|在)|班(?:子)|节(?:点|日|约)|例(?:如|会)|队(?:伍|长)|台(?:账|帐)|片(?:区)|"
    r"份(?:额)|天(?:然)|年(?:度|底|初|代|级|间|轻)|课(?:题)|轮(?:换)"
)
"""Words that only begin like a unit: 部门, 组织, 条件."""

UNIT: Final = rf"(?!{_NOT_UNIT})(?:{'|'.join(UNITS)})"

AFTER: Final[dict[str, str]] = {
    "以上": ">=", "及以上": ">=", "以下": "<=", "以内": "<=", "之内": "<=", "左右": "~", "上下": "~", "之多": "~",
}  # fmt: skip
BEFORE: Final[dict[str, str]] = {
    "不少于": ">=", "不低于": ">=", "不小于": ">=", "至少有": ">=", "至少": ">=", "最少": ">=", "大于等于": ">=",
    "不超过": "<=", "不高于": "<=", "不大于": "<=", "不多于": "<=", "至多": "<=", "最多": "<=", "最高": "<=",
    "超过了": ">", "超过": ">", "超出": ">", "突破": ">", "高于": ">", "多于": ">", "大于": ">", "逾": ">", "超": ">",
    "不足": "<", "不满": "<", "不到": "<", "未达": "<", "未满": "<", "少于": "<", "低于": "<", "小于": "<",
    "将近": "<~", "接近": "<~", "近": "<~", "大约": "~", "约为": "~", "约": "~", "大概": "~", "上": "~",
    "≥": ">=", "≤": "<=", ">=": ">=", "<=": "<=", ">": ">", "<": "<",
}  # fmt: skip
"""What is written before a number -> what it means; ``~`` is "about"."""

MORE: Final = {"余": ">", "多": ">", "来": "~", "几": ">"}
"""What is written between a number and its unit, or behind it."""

BEFORE_PATTERN: Final = re.compile(
    rf"({'|'.join(sorted(map(re.escape, BEFORE), key=len, reverse=True))})(?:了|到|达|为|是|有)?$"
)

BREAKS: Final = ",，、;；:：。！？!?\n\t|…—→"
"""Where a phrase ends."""

_VERBS: Final = (
    "建立 成立 设立 组建 建成 建有 新建 创建 划分为 划分 划定 配备 配强 选派 选任 选聘 选配 选优 下派 指派 "
    "派出 下设 下沉 担任 兼任 进行 开展 完成 实现 推动 推行 推进 覆盖 达到 提高 提升 上升 下降 增加 减少 "
    "降低 增长 压减 精简 扩大 参与 参加 挂点 联系 结对 报到 纳入 引导 督促 确保 保障 力争 制定 出台 明确 "
    "赋予 打造 培育 评选 解决 办理 办结 化解 兴办 帮助 摸排 链接 形成 设置 设有 收集 征集 调查 走访 召开 "
    "举办 协调 处理 整合 优化 健全 动员 组织开展 签订 升格 转为 改造 带动 吸纳 发展 实行 实施 落实 指导 从事 "
    "服务于 认领 承诺 妥善 挖掘 汇聚 聚集 辖有 下辖 管辖 共有 现有 拥有 涉及 包括 包含 同时 常态化 全覆盖 "
    "单独 分别 统一 累计 总计 合计 共计 新增 减为 增至 增到 减到 降到 降至 升至 提到 压到 压缩到 减至 发放 "
    "投入 安装 排查 整改 验收 评为 招募 注册 吸引 回应 答复 满足 对接 列入 分为 分成 组成 取得 获得 获评 "
    "开放 共享 共设 共建成 "
)
VERBS: Final = tuple(_VERBS.split())
"""Verbs at which the noun beside a number begins or ends."""

_BUT: Final = {
    "指导": "员|组|站", "联系": "点|户|人|群众", "调查": "组|员|队", "协调": "会|员|机制|小组",
    "保障": "房|性|金", "服务于": "此", "共设": "施", "发展": "中心|对象|党员", "参加": "人",
    "报到": "党员|人员", "结对": "单位|党组织|率", "承诺": "率|书|事项", "解决": "率|方案", "办结": "率",
    "化解": "率", "覆盖": "率|面", "培育": "对象", "共享": "小屋|单车|空间", "整改": "率", "完成": "率",
    "对接": "率", "改造": "项目", "投入": "资金", "处理": "率", "提升": "行动", "增长": "率", "走访": "率",
    "实施": "方案", "推进": "会", "参与": "率", "建成": "区", "开放": "日", "征集": "率", "优化": "率",
}  # fmt: skip
"""A verb that is part of a noun before these words: 党建指导员, 结对率."""


def _pattern(words: tuple[str, ...]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(f"{word}(?!{_BUT[word]})" if word in _BUT else word for word in longest_first)


_ENDINGS: Final = (
    r"并|由(?!于)|将|把|与|和(?!谐|美)|及(?!时|格)|或|且|而|但|等(?!级|院|学)|情况|全部|(?<![方面导])向|"
    r"在(?!职|册|编|校|建|岗|家)|到|为|是|有"
)
STOP_AFTER: Final = re.compile(f"{_pattern(VERBS)}|{_ENDINGS}")
"""Where the noun behind a number ends."""

LAST_VERB: Final = re.compile(rf".*({_pattern(VERBS)})(?:了|出|起|好|到|成)?")
LEADING: Final = re.compile(
    r"^(?:其中|目前|截至目前|截至|全市|全州|全区|全县|我市|我区|共|已|现|现已|累计|另有|另|还有|还|以及|及|和|"
    r"与|有|对|将|把|向|在|由|从|为|近|约|新|按照|根据|各(?!类|项|级|方|种)|公开|同步|主动|率先|先后|全面|"
    r"全部|合计|选)+"
)
TRAILING: Final = re.compile(
    r"(?:已经|已达|达到|达|已|共有|共计|共|总数|为|是|有|约|近|超|从|由|自|在|到|至|等|的|了|中|里|内|上|仅|"
    r"只|各|不足|不少于|至少|超过|分别|就|现)+$"
)
NO_NOUN: Final = re.compile(r"^(?:以上|以下|且|或|的?比例|的?标准|不等|之间|之内|以内|左右|组成|构成|人员?$)")
LOST: Final = re.compile(r"^[&＆@#$]+")

QUOTES: Final = {"“": "”", "‘": "’", "「": "」", "『": "』"}
LONGEST_NAME: Final = 12
"""A quotation that is not longer is a name or a slogan: “三张清单”, “15分钟服务圈”."""

SLOGANS: Final = re.compile(
    r"个(?:一(?!致)|代表|意识|自信|维护|确立|全面|伟大|务必|文明|结合|转变|责任制)|(?:家|户|里|座|间|支|条|块|"
    r"台|对|位|处|组|张|个|人|名)[村店庄湾坪寨沟巷坝屯岭塘镇](?!民)"
)
"""What follows a Chinese number in slogans (三个代表) and names of places (三家村)."""

SCOPES: Final = re.compile(
    r"全市|全州|全区|全县|全省|全镇|全街道|全域|我市|我区|我县|我州|本市|本区|市本级|辖区|所辖|城市社区|"
    r"乡镇社区|农村社区|城区|中心城区"
)
AIMS: Final = re.compile(r"确保|力争|争取|目标|力求|计划|拟|预计|应当|必须|要求|要(?!求)")
EVERY: Final = re.compile(r"(?:每|各自|各)(?!项|类|级|方|种)")
FULL: Final = re.compile(
    r"(?<!未)(?<!没有)(?<!尚未)(?:全覆盖|全面覆盖|全部覆盖|应覆尽覆|覆盖率(?:达到?|为)?百分之百)|"
    r"每个(?:综合|城区|专属)?(?:网格|小区|社区|街道|楼栋)(?:都|均|已|全部)*(?:成立|建立|设立|组建|配备|建有|设有)"
    r"(?:了|起)?[\u4e00-\u9fff]{0,6}(?:支部|小组|党组织|中心|业委会|指导员)"
)
"""Full coverage without a number."""
