"""The gate for persons: columns that identify people go before anything else is read, with a count.

Registries hold organisations, posts and counts. A column that names, numbers or locates a person is dropped
(``S120``); a column of a post that is wanted as yes/no (书记, 网格长, 联系人) keeps only whether it is filled
(``S121``); what any other text says of persons is masked (``S122``, :mod:`gridkit.io.persons`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.distinct import counted
from gridkit.io.persons import IDENTITY, MASK, MOBILE, is_name_alone, mask, triggered
from gridkit.io.text import cell_text, compact, narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHARE: Final = 0.3
"""A column is personal where more than this share of its filled cells are identity or mobile numbers."""

SHORTEST: Final = 11
"""Digits of a mobile number; a shorter cell is none."""

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
_NUMBERISH: Final = re.compile(r"\s*[+＋]?[\d\- ]{10,22}[\dXxＸｘ]\s*")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


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
    if IDENTITY.fullmatch(text) is None:
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
    for cell, times in counted(cells).items():
        text = cell_text(cell)
        filled += times * (text != "" and not text.isspace())
        if len(text) < SHORTEST or _NUMBERISH.fullmatch(text) is None:
            continue
        text = narrow(text).replace(" ", "")
        found += times * (is_identity(text, checked=codes) or MOBILE.fullmatch(text) is not None)
    return filled > 0 and found > SHARE * filled


def masked_column(values: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return a text column without what it says of persons, and the positions that were masked.

    >>> masked_column(["甲小区", "乙小区，联系13900000000"])
    (['甲小区', '乙小区，联系***'], [1])
    """
    out, touched = list(values), []
    if triggered(out):
        for position, value in enumerate(values):
            clean = mask(value)
            if clean is not value:
                out[position] = clean
                touched.append(position)
    return out, touched


def masked_bodies(values: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return a column that should name bodies without cells that hold but a person's name, and their positions.

    >>> masked_bodies(["某局", "张某某"])
    (['某局', '***'], [1])
    """
    alone = {value for value in set(values) if is_name_alone(value)}
    touched = [position for position, value in enumerate(values) if value in alone]
    return [MASK if value in alone else value for value in values], touched


def masked_codes(codes: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return a column of codes without identity and mobile numbers (empty then), and the positions of those.

    Place codes of 18 digits can look like an identity number; its check digit must fit as well.

    >>> masked_codes(["522601001002", "13900000000"])
    (['522601001002', ''], [1])
    """
    touched = [
        position
        for position, code in enumerate(codes)
        if len(code) >= SHORTEST
        and (is_identity(code, checked=True) or MOBILE.fullmatch(code) or (not code.isascii() and mask(code) != code))
    ]
    out = list(codes)
    for position in touched:
        out[position] = ""
    return out, touched
