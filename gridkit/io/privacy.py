"""The gate for persons: columns that identify people go before anything else is read, with a count.

Registries hold organisations, posts and counts. A column that names, numbers or locates a person is dropped
(``S120``); a column of a post that is wanted as yes/no (书记, 网格长, 联系人) keeps only whether it is filled
(``S121``); an identity or mobile number inside any other text is masked (``S122``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.text import cell_text, compact, narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MASK: Final = "***"
SHARE: Final = 0.3
"""A column is personal where more than this share of its filled cells are identity or mobile numbers."""

SHORTEST: Final = 11
"""Digits of a mobile number; a shorter text holds none."""

_PERSONAL: Final = re.compile(
    r"姓名|身份证|证件号|手机|电话|联系方式|出生|生日|住址|门牌|邮箱|微信|户主|房号|室号|照片|e-?mail|phone|mobile|wechat|^qq|idcard|id_card"
)
_POST: Final = re.compile(
    r"书记|网格长|网格员|指导员|联系人|联络员|负责人|责任人|主任|楼栋长|楼长|单元长|组长|法人|法定代表|经理|管家|民警|法律顾问|挂点领导|包联领导|联系领导"
    r"|填表人|填报人|审核人|制表人|党务工作者|委员名单|成员名单|党员名单"
)
_NOT_A_NAME: Final = re.compile(
    r"数|人数|类别|类型|来源|是否|率|编码|代码|编号|数量|时间|日期|单位|情况|有无|总计|合计|频次"
)
_BIRTH: Final = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY: Final = re.compile(rf"(?<![0-9A-Za-z])[1-9]\d{{5}}{_BIRTH}\d{{3}}[0-9Xx](?![0-9A-Za-z])")
_MOBILE: Final = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])")
_NUMBERISH: Final = re.compile(r"\s*[+＋]?[\d\- ]{10,22}[\dXxＸｘ]\s*")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_LABEL: Final = re.compile(
    r"((?:填表|填报|制表|审核|统计|经办|负责|联系|联络|责任|审批|校对)(?:员|人)|单位领导|领导签字|签字)\s*[:：]?\s*[^\s,，;；、]*"
)


def is_personal_header(header: str) -> bool:
    """Tell whether a header says that the column identifies persons.

    >>> [is_personal_header(h) for h in ("联系电话", "身份证号码", "姓名", "单位地址", "手机号(户主)")]
    [True, True, True, False, True]
    """
    return _PERSONAL.search(compact(header)) is not None


def is_post_header(header: str) -> bool:
    """Tell whether a header names a post whose cells hold the names of those who fill it.

    >>> [is_post_header(h) for h in ("书记", "书记类别", "网格员人数", "党建指导员")]
    [True, False, False, True]
    """
    text = compact(header)
    return _POST.search(text) is not None and _NOT_A_NAME.search(text) is None


def is_identity(text: str, *, checked: bool = False) -> bool:
    """Tell whether ``text`` is an identity number: 18 places with a birth date; ``checked`` also tests the last one.

    >>> is_identity("990101199003070012"), is_identity("990101199003070012", checked=True)
    (True, False)
    """
    if _IDENTITY.fullmatch(text) is None:
        return False
    if not checked:
        return True
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def holds_persons(cells: Iterable[object], *, codes: bool = False) -> bool:
    """Tell whether a column holds identity or mobile numbers, whatever its header says.

    Parameters
    ----------
    cells : iterable
        Cells as read.
    codes : bool
        Whether the header says that these are codes: place codes of 18 digits can look like a date of birth, so the
        check digit must fit as well.

    Examples
    --------
    >>> holds_persons(["13900000000", "13900000001", "无"]), holds_persons(["522601001002", ""])
    (True, False)
    """
    filled = found = 0
    for cell in cells:
        text = cell_text(cell)
        filled += text != "" and not text.isspace()
        if len(text) < SHORTEST or _NUMBERISH.fullmatch(text) is None:
            continue
        text = narrow(text).replace(" ", "")
        found += is_identity(text, checked=codes) or _MOBILE.fullmatch(text) is not None
    return filled > 0 and found > SHARE * filled


def mask(text: str) -> str:
    """Return ``text`` with identity and mobile numbers replaced by ``***``; the text itself where it has none.

    >>> mask("联系 139 0000 0000 王"), mask("统计用代码522601001002")
    ('联系 *** 王', '统计用代码522601001002')
    """
    if len(text) < SHORTEST or not any(letter.isdigit() for letter in text):
        return text
    plain = text if text.isascii() else "".join(narrow(letter) if "０" <= letter <= "９" else letter for letter in text)
    return _MOBILE.sub(MASK, _IDENTITY.sub(MASK, plain)) if _has_number(plain) else text


def _has_number(text: str) -> bool:
    return _IDENTITY.search(text) is not None or _MOBILE.search(text) is not None


def mask_note(text: str) -> str:
    """Return a line above or below a table without the persons it names.

    >>> mask_note("填报单位：某街道 填表人：张三 电话：13900000000")
    '填报单位：某街道 填表人：*** 电话：***'
    """
    return _PERSON_LABEL.sub(lambda found: f"{found[1]}：{MASK}", mask(text))


def masked_column(values: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return a text column with numbers of persons masked, and the positions that were."""
    out, touched = list(values), []
    for position, value in enumerate(values):
        if len(value) >= SHORTEST:
            clean = mask(value)
            if clean is not value and clean != value:
                out[position] = clean
                touched.append(position)
    return out, touched
