"""Yes, no, and all else that stands in columns that ask for one of them."""

from __future__ import annotations

import re
from typing import Final

from gridkit.io.text import cell_text, is_missing, missing_kind, word
from gridkit.model.fields import NO, UNKNOWN, YES

NOT_YES_NO: Final = "S114"

_WORDS: Final = {
    YES: (
        "是 是的 有 已有 现有 √ ✓ ✔ ☑ 🗹 ✅ 🗸 v y yes t true 1 1.0 已 已建 已建立 已成立 已组建 已覆盖 全覆盖 "
        "已全覆盖 已签 已签订 已签约 已设立 已设置 已配 已配备 已选派 已派 已派驻 已落实 已明确 已完成 已达标 已备案 "
        "已公示 符合 符合条件 符合组建条件 完全符合 具备 具备条件 具备组建条件 满足 满足条件 对 属于 合格 达标 打勾 "
        "打钩 勾 对勾 对钩 建有 设有 配有 存在"
    ),
    NO: (
        "否 不 无 没有 没 × ✗ ✘ ☒ ✕ ✖ ╳ ❌ ❎ 🗶 🗷 x n no f false 0 0.0 未 未建 未建立 未成立 未组建 未覆盖 未签 "
        "未签订 未签约 未设立 未设置 未配 未配备 未选派 未派驻 未落实 未明确 未完成 未备案 未公示 不符合 不符合条件 "
        "不符合组建条件 不具备 不具备条件 不具备组建条件 不满足 不满足条件 不够条件 错 不是 不属于 不合格 未达标 "
        "不达标 暂无 尚无 尚未 暂未 尚未成立 尚未组建 尚未建立 暂未成立 暂未组建 空缺 不存在 打叉 叉"
    ),
}
_YES: Final = frozenset(_WORDS[YES].split())
_NO: Final = frozenset(_WORDS[NO].split())
_NOBODY: Final = frozenset(("待配", "待配备", "待选派", "暂缺", "缺", "暂未配备", "暂未选派", "未明确", "未落实"))
_TICK, _EMPTY_BOX = "☑✅✔✓√🗹■", "□☐◻▢"
_TICKED: Final = re.compile(
    rf"(?:[{_TICK}][是有](?:[{_EMPTY_BOX}]?[否无])?|[是有][{_TICK}](?:[否无][{_EMPTY_BOX}]?)?"
    rf"|(?:[是有][{_EMPTY_BOX}]?)?(?P<no>[否无])[{_TICK}]|(?:[{_EMPTY_BOX}][是有])?[{_TICK}](?P<no2>[否无]))"
)
_AFTER_ANSWER: Final = re.compile(r"\([^()]*\)$|[。.;；,，!！]+$")


def to_yesno(cell: object) -> tuple[str, str]:
    """Return ``yes``, ``no`` or ``unknown``; an empty cell is unknown, not no, and so is 部分 or an empty circle.

    >>> [to_yesno(cell)[0] for cell in ("√", "×", "", "已成立", 0.0, "—", "☑是□否", "部分", "○")]
    ['yes', 'no', 'unknown', 'yes', 'no', 'unknown', 'yes', 'unknown', 'unknown']
    """
    text = word(cell_text(cell))
    for form in (text, _AFTER_ANSWER.sub("", text)):
        if form in _YES:
            return YES, ""
        if form in _NO:
            return NO, ""
    ticked = _TICKED.fullmatch(text)
    if ticked:
        return NO if ticked["no"] or ticked["no2"] else YES, ""
    told = missing_kind(text)
    return UNKNOWN, "" if told and not (told == "masked" and text[0] in "○□●■") else NOT_YES_NO


def to_filled(cell: object) -> tuple[str, str]:
    """Reduce a cell that names a person to whether a person is named.

    ``no`` only where the cell says so (无, 否, 空缺, 待选派); an empty cell or a dash is ``unknown``: nobody said that
    there is nobody.

    >>> [to_filled(cell)[0] for cell in ("张三", "无", "", "—", "空缺")]
    ['yes', 'no', 'unknown', 'unknown', 'no']
    """
    text = word(cell_text(cell))
    if text in _NO or text in _NOBODY:
        return NO, ""
    return (UNKNOWN if is_missing(text) else YES), ""
