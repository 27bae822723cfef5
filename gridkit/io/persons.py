"""Persons inside free texts: numbers, addresses, and names that stand beside a post or a door number.

A name alone cannot be told from other words; what can be told is a name beside something that says so: ``书记`` and two
to four characters, a surname before ``同志``, a door number before ``某某家``. Names of organisations and places stay.
"""

from __future__ import annotations

import re
from typing import Final

from gridkit.io.person_names import DOUBLE, is_name_in_brackets
from gridkit.io.person_numbers import EMAIL, IDENTITY, MASK, MOBILE, mask_numbers, plain

__all__ = [
    "EMAIL", "IDENTITY", "MASK", "MOBILE", "is_answer", "is_name_alone", "is_plain", "is_word", "mask", "mask_surely",
    "triggered", "without_rooms",
]  # fmt: skip

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅"
    "钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向汤"
)
_RARER: Final = (
    "殷俞纪章施洪包左季盛倪翁柯翟聂焦庄关柳岳骆祝欧申耿童祁霍柏涂鲍艾应符温凌甘柴解喻葛詹齐尚辛管苗鲁樊兰牛路游成康简"
    "麦阮连盘安常乐伍颜梅穆裴屈丘单房苟晏植冉卓阳明文平时"
)
"""Surnames that begin too many other words to be looked for inside a text."""

_AFTER_NAME: Final = "电话|電話|手机|手機|联系|聯繫|情况|情況|信息|名单|名單|生病|住院"
_LETTER: Final = rf"(?:(?!{_AFTER_NAME})[一-鿿])"
_NAME: Final = rf"(?:{'|'.join(sorted(DOUBLE))}|[{_SURNAMES}]){_LETTER}{{1,2}}"
_POSTS: Final = (
    "书记|主任|联系人|联络员|负责人|经理|网格长|网格员|楼栋长|户主|指导员|法定代表人|产权人"
    "|書記|聯繫人|聯絡員|負責人|經理|網格長|網格員|樓棟長|戶主|指導員|法定代表人|產權人"
)
_NO_NAME: Final = (
    r"办公|工作|会|室|兼|一肩|人|员|助理|制|级|岗|类|信箱|接待|姓名|党|等|和|及|与|或|的|空缺|待|暂|缺|电话|联系|同志|不|未|已|无|"
    r"由|为|是|尚|没|有|需|应|原|现|在|任期|任职|任免|选|因|职|院|楼|苑|园|小区|公寓|家|路|街|巷|村|馆|学|所|队|站|处|部|公司|"
    r"中心|调|辞|退|书记|主任|经理|轮换|到位|配备|培训|述职|情况|情況|信息|台账|名册|明细|汇总|统计|分布|队伍|管理|考核|履职|补贴|设置|建设"
)
_BESIDE_POST: Final = re.compile(rf"({_POSTS})((?:姓名)?[\s:：是为(（]{{0,3}})(?!{_NO_NAME})(?:·|{_LETTER}){{2,4}}")
_SURE: Final = re.compile(rf"((?:{_POSTS})(?:姓名)?[\s:：是为(（]{{0,3}})(?!{_NO_NAME}){_NAME}")
_BEFORE_TITLE: Final = re.compile(rf"{_NAME}(?=同志|先生|女士)")
_WHO_OBJECTS: Final = re.compile(rf"(?<![一-鿿]){_NAME}(?=不同意|不愿|拒绝|反对|去世|生?病|住院|外出|辞职)")
_AFTER_VERB: Final = re.compile(rf"((?:联系|联络|审核|制表|填报|填表|经办|提供)(?!方)[:：\s]{{0,2}}){_NAME}(?![一-鿿])")
_AT_DOOR: Final = re.compile(
    r"(\d{1,4}\s{0,3}(?:栋|幢|号楼|座))\s{0,3}\d{1,6}\s{0,3}(?:单元)?\s{0,3}\d{0,6}\s{0,3}(?:室|号|房)?\s{0,3}"
    r"[一-鿿]{2,4}(?<!之)家(?![园苑属庭具])"
)
_IN_BRACKETS: Final = re.compile(
    r"([(（\[［【〔〈<《][ \u3000]{0,2})([一-鿿·]{2,9})(?=[ \u3000]{0,2}[)）\]］】〕〉>》])"
)
_WHO_DOES: Final = re.compile(
    r"(?<![一-鿿·])([一-鿿·]{3,9}?)(?=不同意|不愿|拒绝|反对|去世|生?病|住院|外出|辞职|负责|担任|兼任|提供|整理)"
)
_NAMES: Final = rf"{_NAME}(?:[、,，;；/／\s]{{1,9}}{_NAME})+"
_NAME_LIST: Final = re.compile(_NAMES)
_ANY_LIST: Final = re.compile(rf"(?:\A|\0){_NAMES}(?:\0|\Z)")
_ITEMS: Final = re.compile(r"[一-鿿]+")
SHORT_NAME: Final = 2
"""Names of two characters alone are taken for places: 龙泉、高岭."""
_PERSONAL_WORDS: Final = re.compile(rf"{_POSTS}|同志|先生|女士|电话|联系")
_BRACKET: Final = re.compile(r"[()（）\[\]【】、,，;；:：/\s]+")
_NAME_ALONE: Final = re.compile(rf"{_NAME}|[{_RARER}][一-鿿]{{1,2}}")
_BODY: Final = re.compile(r".*[局委办院校厂司部处站所会社行队馆店矿场库段房团组科室镇乡村区县市州路街]")
_ANSWER: Final = re.compile(r"[是否有无未已不没暂部基可待拟]")
_TRIGGER: Final = re.compile(
    rf"\d{{6}}|\d[-–— .·]\d{{4}}|\d{{4}}[- ]\d{{2}}|@|微信|(?i:wechat|wxid|wx|qq)|{_POSTS}"
    r"|同志|先生|女士|电话|热线|传真|手机|联系|联络|审核|制表|填报|填表|经办|提供"
    r"|[栋幢楼座].{0,40}家|不同意|不愿|拒绝|反对|去世|病|外出|辞职|负责|住院|担任"
    r"|[(（\[［【〔〈<《][ \u3000]{0,2}[一-鿿·]{2,9}[ \u3000]{0,2}[)）\]］】〕〉>》]"
)
_UNITS: Final = (
    "约 大约 近 超过 超 逾 共 共计 至少 至多 余 多 以上 以下 以内 左右 前后 不足 不满 不到 少于 低于 小于 "
    "十 百 千 万 亿 一 二 三 四 五 六 七 八 九 零 两 半 人 名 户 栋 幢 座 个 家 处 岁 年 月 日 号 时 分 秒 套 "
    "平方米 平方公里 平米 公顷 亩 米 年代 世纪 上半年 下半年 年初 年底 去年 今年 明年 若干 建成 建 竣工 至 到 m2 km2"
)
_PLAIN: Final = re.compile(
    rf"(?:[\d.,，:：;；/\\\-—–~～+＋%％()（）<>＜＞≤≥=#?？!！*×□○…、 eExXtT]|{'|'.join(_UNITS.split())}){{1,30}}"
)
LONGEST_WORD: Final = 8
"""A longer text is no word of a vocabulary."""


def mask(text: str) -> str:
    """Return ``text`` without numbers, addresses and names of persons; the text itself where it has none.

    >>> mask("联系 139 0000 0000 王"), mask("统计用代码522601001002")
    ('联系 *** 王', '统计用代码522601001002')
    >>> mask("某支部（书记某某某）"), mask("电话0851-8220000"), mask("书记空缺"), mask("3栋502某某家")
    ('某支部（书记***）', '电话***', '书记空缺', '3栋***')
    >>> mask("阳光花园（王建国）"), mask("阳光花园（一期）"), mask("欧阳震华生病")
    ('阳光花园（***）', '阳光花园（一期）', '***生病')
    """
    if _TRIGGER.search(text) is None:
        return mask_list(text)
    bare = plain(text)
    found = mask_numbers(bare)
    found = _BESIDE_POST.sub(rf"\1\2{MASK}", _AT_DOOR.sub(rf"\1{MASK}", found))
    found = _IN_BRACKETS.sub(lambda hit: hit[1] + MASK if is_name_in_brackets(hit[2]) else hit[0], found)
    found = _WHO_DOES.sub(lambda hit: MASK if is_name_in_brackets(hit[1]) else hit[0], found)
    found = _WHO_OBJECTS.sub(MASK, found)
    found = _AFTER_VERB.sub(rf"\1{MASK}", _BEFORE_TITLE.sub(MASK, found))
    return text if found == bare else found


def mask_list(text: str) -> str:
    """Return a list without items that are names, where all of it is nothing but names of persons.

    >>> mask_list("王建国、李秀英"), mask_list("龙泉、高岭"), mask_list("王建国、甲小区")
    ('***、***', '龙泉、高岭', '王建国、甲小区')
    """
    if _NAME_LIST.fullmatch(text) is None:
        return text
    items = _ITEMS.findall(text)
    sure = all(map(is_name_in_brackets, items)) and any(len(item) > SHORT_NAME for item in items)
    return _ITEMS.sub(MASK, text) if sure else text


def mask_surely(text: str) -> str:
    """Return ``text`` without what certainly names or numbers a person: for sentences and titles.

    :func:`mask` takes whatever stands beside a post for a name, which suits cells of tables; in a sentence words go on
    there. Here a name must begin with a surname.

    >>> mask_surely("书记交叉任职比例达到80%"), mask_surely("联系人：王小明，13900000000")
    ('书记交叉任职比例达到80%', '联系人：***，***')
    """
    if _TRIGGER.search(text) is None:
        return text
    bare = plain(text)
    found = _SURE.sub(rf"\1{MASK}", mask_numbers(bare))
    found = _BEFORE_TITLE.sub(MASK, _AT_DOOR.sub(rf"\1{MASK}", found))
    return text if found == bare else found


def triggered(texts: list[str]) -> bool:
    """Tell whether any of many texts can hold something to mask: one search over all of them.

    >>> triggered(["甲小区", "乙小区"]), triggered(["甲小区", "书记某某"])
    (False, True)
    """
    joined = "\0".join(set(texts))
    return _TRIGGER.search(joined) is not None or _ANY_LIST.search(joined) is not None


def is_plain(text: str) -> bool:
    """Tell whether a cell says nothing but numbers, dates and their units, so that it may be quoted.

    >>> [is_plain(text) for text in ("2024.13.40", "约300户", "5(某某等)", "13900000000")]
    [True, True, False, False]
    """
    return _PLAIN.fullmatch(text) is not None and mask(text) == text


def is_word(text: str) -> bool:
    """Tell whether a cell of a vocabulary column is a short word that can name nobody, so that it may be quoted.

    >>> [is_word(text) for text in ("俱乐部", "别墅区", "张某某", "别墅(张某某)", "书记某某", "3号")]
    [True, True, False, False, False, False]
    """
    bare = text.strip()
    return (
        len(bare) <= LONGEST_WORD
        and not any(letter.isdigit() for letter in bare)
        and _PERSONAL_WORDS.search(bare) is None
        and not any(_NAME_ALONE.fullmatch(part) for part in _BRACKET.split(bare))
        and mask(bare) == bare
    )


def is_answer(text: str) -> bool:
    """Tell whether a cell of a yes/no column answers in some way, so that it may be quoted.

    >>> [is_answer(text) for text in ("部分", "基本具备", "某某某")]
    [True, True, False]
    """
    return is_word(text) and _ANSWER.search(text) is not None


def is_name_alone(text: str) -> bool:
    """Tell whether a cell that should name a body holds nothing but what looks like the name of a person.

    >>> [is_name_alone(text) for text in ("张某某", "黎明厂", "石油局", "某局家属院")]
    [True, False, False, False]
    """
    return _NAME_ALONE.fullmatch(text) is not None and _BODY.fullmatch(text) is None


_HOUSE: Final = re.compile(r".*?(?:\d|[A-Za-z一二三四五六七八九十])\s*(?:号楼|栋|幢|座)")
_ROOM_NUMBER: Final = r"[\dA-Za-z一二三四五六七八九十-]"
_ROOM: Final = re.compile(rf"(?<!{_ROOM_NUMBER}){_ROOM_NUMBER}+\s*(?:单元|室|层|楼|房|户|F)|(?<!\d)\d+-\d+-?\d*")


def without_rooms(address: str) -> str:
    """Return an address as far as the building: no entrance, floor or room.

    >>> without_rooms("演示路12号3栋2单元502室"), without_rooms("演示路8号大楼305室"), without_rooms("演示路8号")
    ('演示路12号3栋', '演示路8号大楼', '演示路8号')
    """
    house = _HOUSE.match(address)
    if house:
        return house[0]
    room = _ROOM.search(address)
    return address[: room.start()].rstrip(" ,，、(（") if room else address
