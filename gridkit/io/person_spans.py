"""Where a running text names or numbers persons: names beside a post, a title, a label or a phone number.

:mod:`gridkit.io.persons` masks cells of tables. In sentences words go on right behind a name (书记王小丽包联小区), and
what is left must keep its places, so spans are returned instead of a masked text. A name begins with a surname; where
only a common word stands beside it (党员, 居民), its other characters must be those of names.
"""

from __future__ import annotations

import re
from typing import Final

from gridkit.io.person_names import COMMON, DOUBLE, GIVEN, RARER, is_name_in_brackets
from gridkit.io.person_numbers import EMAIL, IDENTITY, MOBILE
from gridkit.io.persons import mask

__all__ = ["TITLES", "person_spans"]

TITLES: Final = (
    "第一书记|副书记|书记|副主任|主任|党小组长|副组长|组长|副队长|队长|站长|局长|部长|科长|处长|所长|院长|校长|会长|秘书长|"
    "主席|常委|副县长|县长|区长|副市长|市长|镇长|乡长|州长|省长|村长|楼栋长|楼道长|楼长|单元长|网格长|专职网格员|网格员|总经理|"
    "经理|联系人|联络人|联络员|负责人|责任人|包保人|指导员|法定代表人|产权人|户主|同志|先生|女士|老师|民警|律师|医生"
)
"""Posts and forms of address beside which a name stands."""

_COMMON_WORDS: Final = "党员|居民|业主|群众|村民|干部|委员|志愿者|租户|住户"
_DOES: Final = "负责|包联|包保|联系|牵头|带领|分管|走访|担任|兼任"
_ON: Final = (
    f"{_DOES}|{TITLES}|带头|带队|组织|率领|率队|主持|召开|深入|任|挂|下沉|驻|调研|督导|介绍|表示|说|等|和|与|及|的|率|为|在|是|到|"
    "帮|对|将|把|向|已|共|先后|每|亲自|参加|填|报|电话|手机|微信|不|拒|反对|去世|生病|住院|外出|辞|提供|整理|审核|家|协调|"
    "解决|收集|办理|推动|发现|认领|承诺|累计"
)
"""Words that go on behind a name: its third character is none of theirs."""

_NOT_BEGUN: Final = (
    "高度|高质|高效|高标|高位|高频|高龄|严格|严肃|严守|方案|方面|方式|方法|何时|何种|万[元名人余户]|江苏|白天|夏季|黄牌|余[名个]|"
    "程序|范围|范例|陆续|陶冶|钱款|顾问|金融|马上|毛病|左右|许多|许可|武装|龙头|段位|汪洋|谢绝|"
    "任(?:组|职|命|期|务|小区|社区|网格|第|党|支|团|队|副|主|委|免|教|满|何)|[于向](?:社|小区|居|群|党|网|上|组|全|街|单|业|物|市|区|县)|"
    "成(?:立|员|为|功|效|果)|平(?:均|时|安|台)|明(?:确|显)|时[任间]|文[明件化]|单(?:位|独|元)|管理|党[的支组员建小风课务政群校徽]|代表|项目|计划|"
    "经[济常]|常[态务年]|安[全装]|全[面市州县]|连续|温馨|华丽|路[口段]|花园|原[则有]|商[户圈]|应建|解决|关[爱心于]|施工|包[联保]"
)
"""Words that begin like a name."""

_NOT_ENDED: Final = re.compile(
    r"[区部委组村街道镇乡县市州省局办院所站会室厂店校楼栋幢园苑路格处级届员长任书党记副总职业]"
)
"""What stands in places and bodies rather than in names: 江社区书记."""

_GIVEN: Final = f"[{''.join(sorted(GIVEN))}]"
_COMMONLY: Final = f"[{''.join(sorted(COMMON))}]"
_RARELY: Final = f"[{''.join(sorted(RARER))}]"
_DOUBLED: Final = "|".join(sorted(DOUBLE))
_FAMILY: Final = rf"(?:{_DOUBLED}|{_COMMONLY})"
_NEXT: Final = rf"(?!{_ON})[一-鿿]"
_NAME: Final = rf"(?!{_NOT_BEGUN})(?:{_FAMILY}[一-鿿](?:{_NEXT})?|{_RARELY}{_GIVEN}(?:(?!{_ON}){_GIVEN})?)"
_USUAL: Final = rf"(?!{_NOT_BEGUN}){_FAMILY}{_GIVEN}(?:(?!{_ON}){_GIVEN})?"
_BEFORE: Final = re.compile(
    rf"((?:{_DOUBLED})[一-鿿]{{1,2}}|{_COMMONLY}[一-鿿]{{0,2}}|{_RARELY}{_GIVEN}{{1,2}})(?={TITLES})"
)
_BEHIND: Final = re.compile(rf"(?:{TITLES})({_NAME})")
_COMMON: Final = re.compile(rf"(?:{_COMMON_WORDS})({_USUAL})")
_WHO: Final = re.compile(rf"(?:由|(?<![一-鿿]))({_NAME})(?=(?:同志)?(?:{_DOES}))")
_LABEL: Final = re.compile(
    rf"(?:{TITLES}|姓名|审核|制表|填报人?|填表人?|经办人?|联系|联络)[ \u3000]*(?:姓名)?[:：(（][ \u3000]*"
    rf"((?:{_DOUBLED}|{_COMMONLY}|{_RARELY})[一-鿿](?:{_NEXT})?|[一-鿿·]{{2,9}}(?![一-鿿·]))"
)
_BESIDE_NUMBER: Final = re.compile(r"([一-鿿·]{2,4})[ \u3000:：,，(（]{0,3}(?:电话|手机|微信)?[ \u3000:：]{0,2}$")
_MORE: Final = re.compile(rf"[、,，和及 \u3000]{{1,2}}({_USUAL})(?![一-鿿])|、({_USUAL})")
_IN_BRACKETS: Final = re.compile(r"[(（\[［【〔][ \u3000]{0,2}([一-鿿·]{2,9})[ \u3000]{0,2}[)）\]］】〕]")
_CELL: Final = re.compile(r"(?<![^\t\n])([一-鿿·]{2,9})(?=\t)|(?<=\t)([一-鿿·]{2,9})(?![^\t\n])")
_NUMBERS: Final = (
    EMAIL,
    IDENTITY,
    MOBILE,
    re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)1[3-9]\d[- ]\d{4}[- ]\d{4}(?!\d)"),
    re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?![\dA-Za-z])"),
    re.compile(r"(?<!\d)1[3-9]\d[*＊xX×]{3,5}\d{3,4}(?!\d)"),
    re.compile(r"(?<!\d)[(（]?0\d{2,3}[)）]?[-－–— ]{0,2}[2-8]\d{2,3}[- ]?\d{4}(?!\d)"),
    re.compile(r"(?:电话|热线|传真|手机|座机|号码)(?:号码?)?[:：为是]?[ \u3000]*([\d(（][\d*＊\-－() （）]{5,20}\d)"),
    re.compile(
        r"(?:微信|weixin|wechat|wx|(?<![A-Za-z])qq)(?:号码?)?[ :：]{0,3}(?!公众|群|小程序)([A-Za-z0-9_-]{5,20})", re.I
    ),
    re.compile(r"(?<![0-9A-Za-z])wxid_[0-9a-z]{6,20}|(?<![0-9A-Za-z])62\d{2}(?: ?\d{4}){3}(?: ?\d{3})?(?![0-9A-Za-z])"),
)
_WIDE: Final = {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *map(ord, "＋－．＠＿ＸｘＱｑ"))}
_REACH: Final = 14
"""A name stands at most so far before its number."""


def person_spans(text: str) -> list[tuple[int, int]]:
    """Return where names and numbers of persons stand in a text in simplified characters, in order, none overlapping.

    >>> text = "由李明同志负责，党支部书记王小丽包联小区41个，热线13900000000"
    >>> [text[start:end] for start, end in person_spans(text)]
    ['李明', '王小丽', '13900000000']
    >>> person_spans("社区党总支书记高度重视，江社区书记、党员占比55.2%"), person_spans("统计用代码522601001002")
    ([], [])
    """
    bare = text if text.isascii() else text.translate(_WIDE)
    numbers = [hit.span(hit.re.groups) for pattern in _NUMBERS for hit in pattern.finditer(bare)]
    found = [*numbers, *(span for start, _ in numbers for span in _name_before(bare, start))]
    for pattern in (_BEFORE, _BEHIND, _COMMON, _WHO, _LABEL):
        found += [hit.span(1) for hit in pattern.finditer(bare) if _is_name(hit)]
    for pattern in (_IN_BRACKETS, _CELL):
        found += [hit.span(hit.lastindex or 1) for hit in pattern.finditer(bare) if _stands_apart(hit)]
    return _with_lists(bare, _joined(found))


def _is_name(hit: re.Match[str]) -> bool:
    """Tell whether a name beside a title is one: behind a post stand other words (空缺), before it stand bodies."""
    name = hit[1]
    if hit.re is _BEHIND:
        return mask(f"书记{name}") != f"书记{name}"
    if hit.re is not _BEFORE:
        return True
    if len(name) == 1:
        return re.fullmatch(r"[一-鿿]", hit.string[max(0, hit.start() - 1) : hit.start()]) is None
    return _NOT_ENDED.search(name[1:]) is None and re.match(_NOT_BEGUN, name) is None


def _stands_apart(hit: re.Match[str]) -> bool:
    """Tell whether what stands in brackets or in a cell of its own is a name."""
    return is_name_in_brackets(hit[hit.lastindex or 1])


def _name_before(text: str, at: int) -> list[tuple[int, int]]:
    """Return the name right before a number: 李明（13900000000）."""
    base = max(0, at - _REACH)
    hit = _BESIDE_NUMBER.search(text[base:at])
    if hit is None:
        return []
    for size in (4, 3, 2):
        if len(hit[1]) >= size and is_name_in_brackets(hit[1][-size:]):
            return [(base + hit.end(1) - size, base + hit.end(1))]
    return []


def _with_lists(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Add the names that follow one in a list: 组长赵敏、钱伟芳."""
    more = list(spans)
    for _, end in spans:
        at = end
        while hit := _MORE.match(text, at):
            more.append(hit.span(hit.lastindex or 1))
            at = hit.end()
    return _joined(more)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        elif end > start:
            out.append((start, end))
    return out
