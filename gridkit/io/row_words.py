"""What single cells say that makes their row no record: totals, groups, numbers of columns, pages, examples, notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.text import cell_text, compact

if TYPE_CHECKING:
    from collections.abc import Sequence

_OF: Final = r"(?:小区|社区|网格|党?支部|党组织|单位|街道|村|院落|项目|点位)"
_NUMBER: Final = rf"(?:\d{{1,9}}|[一二三四五六七八九十]{{1,3}})(?:个{_OF}?|户|人|名|家|栋|支)?"
_LAST: Final = "区格部织位道村落目"
_AFTER: Final = rf"(?::?共?{_NUMBER}|[(][^()]{{0,12}}[)])?:?"
_WHOLE: Final = r"(?:[全本各]?(?:[一-鿿]{0,6}(?:街道|社区|[省市州县区镇乡村]))?)"
_TOTAL: Final = re.compile(
    rf".{{0,20}}(?:小计|合计|总计|累计|共计)数?{_AFTER}|本页小?计{_AFTER}|累计(?:完成|数|总数)?{_AFTER}"
    rf"|合计/.{{0,4}}|{_WHOLE}(?:数据)?(?:汇总|总数|总和|总户数|总人数){_AFTER}|共{_NUMBER}(?<=[个户人名家栋支{_LAST}])|total|subtotal"
)
_SPACED: Final = re.compile(r"\s*(本页小?计|小计|合计|总计|累计|共计)[\s:：(（,，]")
_APART: Final = re.compile(
    r"(?:平均|均|占)(?:数|值|比)?(?:[(]%[)])?|比[例率重](?:[(]%[)])?|(?:上年|去年|上期|上月|同期)(?:同期|数)?|同比|环比|合计/.{0,4}|其中.*"
)
_GROUP: Final = re.compile(r"(?:[一二三四五六七八九十]{1,3}[、.,:]|[(][一二三四五六七八九十]{1,3}[)]).{2,20}")
_TOTAL_HINT: Final = frozenset("计总共均占比同环其lL")
_PAGE: Final = re.compile(
    r"(?:第\d{1,4}页)?[,，/、]?(?:共\d{1,4}页)?|[-—–]\d{1,4}[-—–]|page\d{1,4}(?:of\d{1,4})?|接下页|续上页|转下页"
)
_NOTE: Final = re.compile(r"(?:注|备注|附注|说明|填表说明|填写说明|填报说明|注释)")
_SIGNED: Final = re.compile(
    r"(?:填表人|填报人|制表人?|审核人?|复核人?|负责人|单位负责人|统计负责人|分管领导|联系人|联系电话|填表日期|填报日期|填报单位)"
)
_EXAMPLE: Final = re.compile(
    r"(?:填[写报表])?(?:示例|样例|范例|例|例子|填写说明|填报说明|填表说明)|(?:示|样|范)?例[:].*|[(](?:示例|样例|例)[)].*|.*[(](?:示例|样例)[)]"
)
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_LABEL: Final = re.compile(r"栏次|行次|栏目|列次|序号?|[-—–]+|×")
_COLUMN: Final = re.compile(r"(?:[(](\d{1,3})[)]|第?(\d{1,3})[栏列.]?)(?:=[\d+\-*/×÷().]+%?)?")


def is_total(cell: str) -> bool:
    """Tell whether a cell names a row of totals, in any of the ways in which offices write it.

    >>> [is_total(text) for text in ("合  计（9个）", "全街道总数", "共9个小区", "小 计 3", "本街道合计（户、人）")]
    [True, True, True, True, True]
    >>> [is_total(text) for text in ("合计苑小区", "总数苑", "累计苑", "汇总花园", "共和小区", "一区总")]
    [False, False, False, False, False, False]
    """
    if _TOTAL_HINT.isdisjoint(cell):
        return False
    text = compact(cell)
    return _TOTAL.fullmatch(text) is not None or _SPACED.match(cell) is not None or is_apart(text)


def is_apart(text: str) -> bool:
    """Tell whether a cell names a row that speaks of the others without adding them up: 平均, 其中：….

    >>> is_apart("其中：老旧小区"), is_apart("上年同期"), is_apart("平均"), is_apart("平均苑")
    (True, True, True, False)
    """
    return _APART.fullmatch(compact(text)) is not None


def is_group(cell: str) -> bool:
    """Tell whether a cell looks like the head of a group of rows: 一、翠湖社区.

    >>> is_group("一、翠湖社区"), is_group("（二）金山社区"), is_group("一品小区")
    (True, True, False)
    """
    return _GROUP.fullmatch(compact(cell)) is not None


def is_page(texts: Sequence[str]) -> bool:
    """Tell whether cells only number a page: 第1页, 共3页.

    >>> is_page(["第 1 页", "共3页"]), is_page(["- 2 -"]), is_page(["第一页小区"])
    (True, True, False)
    """
    short = [compact(text) for text in texts]
    return bool(short) and all(text and _PAGE.fullmatch(text) for text in short)


def is_example(cell: str) -> bool:
    """Tell whether a cell marks a row as an example of how to fill in the form.

    >>> is_example("例：某某花园"), is_example("示例"), is_example("示例小区"), is_example("填写说明")
    (True, True, False, True)
    """
    return ("例" in cell or "说明" in cell) and _EXAMPLE.fullmatch(compact(cell)) is not None


def is_bare_note(texts: Sequence[str]) -> bool:
    """Tell whether a short row is a note without a colon, or a line for signatures; ``texts`` are all its cells.

    >>> is_bare_note(["注", "以上数据截至六月"]), is_bare_note(["※ 说明"]), is_bare_note(["注新小区", "7"])
    (True, True, False)
    >>> is_bare_note(["填表人", "某某", "审核人", "某某"]), is_bare_note(["说明", "翠湖社区", "商品房"])
    (True, False)
    """
    first = compact(texts[0])
    if _SIGNED.fullmatch(first):
        return len(texts) <= 8 and (len(texts) <= 2 or _SIGNED.fullmatch(compact(texts[2])) is not None)
    if len(texts) > 2 or any(compact(text).isdigit() for text in texts):
        return False
    return first[:1] in "※*＊★" or _NOTE.fullmatch(first) is not None


def is_numbering(row: Sequence[object]) -> bool:
    """Tell whether a row under the header only numbers the columns.

    >>> [is_numbering(text.split()) for text in ("甲 乙 1 2", "(1) (2) (3)", "栏次 ① ② ③", "1栏 2栏 3栏", "A B C 1 2")]
    [True, True, True, True, True]
    >>> is_numbering("甲 1 2 3=1+2".split()), is_numbering("— — 1 2".split()), is_numbering([1.0, "A", 2.0])
    (True, True, False)
    """
    texts = [text for cell in row if (text := compact(cell_text(cell)))]
    stems: list[str] = []
    letters: list[str] = []
    numbers: list[int] = []
    for text in texts:
        found = _COLUMN.fullmatch(text)
        if found:
            numbers.append(int(found[1] or found[2]))
        elif numbers:
            return False
        elif text in _STEMS:
            stems.append(text)
        elif len(text) == 1 and "a" <= text <= "z":
            letters.append(text)
        elif not _LABEL.fullmatch(text):
            return False
    in_order = (
        "".join(stems) == _STEMS[: len(stems)]
        and "".join(letters) == "abcdefghijklmnopqrstuvwxyz"[: len(letters)]
        and numbers in (list(range(1, len(numbers) + 1)), list(range(len(stems) + 1, len(stems) + len(numbers) + 1)))
    )
    return len(texts) >= 3 and in_order and len(stems) + len(letters) + len(numbers) >= 2
