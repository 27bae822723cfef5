"""Lines around a table: who reported, when, in which unit; all else may name persons and is only counted."""

from __future__ import annotations

import re
from typing import Final

from gridkit.io.persons import MASK, mask

_BODIES: Final = (
    "街道办事处 街道 社区 居委会 村委会 镇 乡 村 局 委员会 党委 党工委 工委 党组 委 办公室 办 部 中心 支部 处 站 所 "
    "院 校 公司 政府 集团 区 县 市 州 协会 大队"
)
_WHO: Final = (
    rf"(?:填报单位|制表单位|报送单位|填报部门|报送部门|单位)(?:[(（](?:盖章|公章)[)）])?[:：]\s*[一-鿿A-Za-z0-9×X]{{1,28}}?"
    rf"(?:{'|'.join(_BODIES.split())})(?=$|[\s,，;；。、(（/])"
)
_WHEN: Final = (
    r"(?:填报时间|填报日期|填表时间|填表日期|制表时间|制表日期|统计时间|统计截止时间|报送时间|数据截至|数据截止|截至|截止)[:：]?\s*"
    r"\d{4}\s*[年./-](?:\s*\d{1,2}(?:\s*[月./-](?:\s*\d{1,2}\s*日?)?)?)?"
)
_MEASURE: Final = "万人|人|名|户|个|平方米|公顷|亩|万元|元|栋|家|支|%"
_UNIT: Final = rf"单位[:：]\s*(?:{_MEASURE})(?:[、/,，](?:{_MEASURE}))*(?![一-鿿])"
_KNOWN: Final = re.compile(f"{_UNIT}|{_WHO}|{_WHEN}")


def known_parts(text: str) -> tuple[str, int]:
    """Return what a line says about the table as a whole, and of how many characters the rest of it is.

    >>> known_parts("填报单位：某某街道 填表人：某某某 填报时间：2024年6月")
    ('填报单位：某某街道 填报时间：2024年6月', 7)
    >>> known_parts("单位：人"), known_parts("填报单位：某某某")
    (('单位：人', 0), ('', 8))
    """
    kept = [found for found in _KNOWN.findall(text) if mask(found) == found]
    rest = len("".join(_KNOWN.sub("", text).split())) + sum(
        len("".join(found.split())) for found in _KNOWN.findall(text) if mask(found) != found
    )
    return " ".join(" ".join(found.split()) for found in kept), rest


def shown(text: str) -> str:
    """Return a line with ``***`` and a number of characters for all of it that is not kept.

    >>> shown("注：由某某某提供"), shown("填报时间：2024年6月 联系人：某某")
    ('***(8)', '填报时间：2024年6月 ***(6)')
    """
    kept, rest = known_parts(text)
    return f"{kept} {MASK}({rest})".strip() if rest else kept
