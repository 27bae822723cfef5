"""Headers of columns that name, number or locate persons, in Chinese (also traditional), pinyin and English."""

from __future__ import annotations

import re
from typing import Final

from gridkit.io.person_names import is_likely_name
from gridkit.io.person_numbers import MASK
from gridkit.io.persons import mask_surely
from gridkit.io.text import compact

_SIMPLE: Final = str.maketrans(
    "證號機電話聯繫絡負責書記網長員導樓棟單組戶業經辦審製報領辨護隊顧問總錄採簽稱類別數據經紀師專職務黨黨聯產權養護親屬郵箱門牌況歲齡貫齊",
    "证号机电话联系络负责书记网长员导楼栋单组户业经办审制报领辨护队顾问总录采签称类别数据经纪师专职务党党联产权养护亲属邮箱门牌况岁龄贯齐",
)
_PERSONAL: Final = re.compile(
    r"姓名|身份证|证件号|证件号码|护照|手机|电话|联系方式|联系电|通讯方式|出生|生日|住址|门牌|邮箱|邮件地址|微信|户主|房号|室号|照片|银行卡|银行账号|车牌"
    r"|党员名|残疾证|社保卡|签字|签名"
    r"|(?:^|_)qq|xingming|shenfenzh|shouji|dianhua|lianxi(?:fangshi|dianh)|weixin|youxiang|chusheng|huzhu|zhuzhi|menpai"
    r"|e-?mail|phone|mobile|wechat|id_?card|identity|passport|birth|full_?name|first_?name|last_?name|sur_?name|given_?name"
    r"|family_?name|name_?of_?(?:person|head)|person_?name|householder|head_?of_?household|licen[cs]e_?plate|bank_?card"
)
_COUNTED: Final = re.compile(
    r"(?:户主|业主|房号|室号|姓名|签[字名]|微信群?|电话|手机|照片|门牌)[^_]{0,40}(?:人数|户数|个数|次数|数量|总数|数|率|占比|面积|时间|日期)(?:\([^()]*\))?$"
    r"|微信群|微信公众|公众号|(?:热线|值班|服务|物业|报修|投诉)电话次|出生(?:人口|率)|身份(?!证)"
)
_WHOLE_HEADERS: Final = (
    "业主 业主名 名字 人名 名单 居民 村民 党员名单 租户 承租人 租客 房主 房东 屋主 产权人 配偶 子女 监护人 "
    "xm xingm sfz sfzh sfzhm sjh sjhm lxdh lxr lxrdh lxfs dh dhhm yzxm yezhu tel telno telephone cell cellphone cellno "
    "cellular qq qqno qqhao wx wxh wxid dob idno idnumber idnum residentname ownername contact contactname "
    "contacts mail personname leadername landlord tenant spouse csrq csny contactperson"
)
_EXACT: Final = frozenset(_WHOLE_HEADERS.split())
_WORDS: Final = "xm sfz sfzh sfzhm sjh sjhm lxdh lxr tel qq wx dob mail idno"
_TOKENS: Final = frozenset(_WORDS.split())
_POST: Final = re.compile(
    r"书记|网格长|网格员|指导员|联系人|联络人|联络员|负责人|责任人|主任|楼栋长|楼长|栋长|楼门长|巷长|片长|单元长|组长|法人|法定代表|经理|管家|民警|律师"
    r"|法律顾问|挂点领导|包联领导|联系领导|包保领导|分管领导|挂钩领导|包抓领导|带队领导|包片领导|包保干部|包联干部|包片干部|联系干部|下沉干部"
    r"|填表人|填报人|填写人|审核人|审批人|制表人|经办人|录入人|录入员|采集人|采集员|报送人|统计人|统计员|登记人|调查员|调查人"
    r"|党务工作者|委员名单|成员名单|党员名单|人员名单|信息员|监督员|带头人|队长|理事长|会长|董事长|村长|户长|中心户|党代表|人大代表"
    r"|组织委员|宣传委员|纪检委员|lianxiren|fuzeren|wangge(?:yuan|zhang)|louzhang|zhidaoyuan|shuji(?!u)|zhuren|zerenren|jingli"
)
_NOT_AFTER: Final = re.compile(
    r"数|类别|类型|来源|身份(?!证)|方式|途径|是否|率|编码|代码|编号|数量|时间|日期|单位|情况|有无|总计|合计|频次|一肩挑|交叉|任职|兼任|职务|职责|级别|待遇|电话会|工作室|服务站|办公室"
    r"|制度|结构|学历|培训|shuliang|renshu"
)
_ASKED: Final = re.compile(r"是否|有无|配备|配齐|选派")
_NAMED: Final = re.compile(r"姓名|名字|名称|名单|人选|签字|签名|人员|xingming|name")
_BRACKETS: Final = re.compile(r"[(\[【<]([^()\[\]【】<>]*)[)\]】>]")


def _simple(header: str) -> str:
    return compact(header).translate(_SIMPLE)


def _parts(header: str) -> list[str]:
    """Return the parts of a header of several rows, the lowest last."""
    return [part for part in header.split("_") if part] or [""]


def is_personal_header(header: str) -> bool:
    """Tell whether a header says that the column identifies persons.

    >>> [is_personal_header(h) for h in ("联系电话", "姓名", "单位地址", "手机号(户主)", "業主", "sfzh", "业主人数")]
    [True, True, False, True, True, True, False]
    """
    text = _simple(header)
    if _PERSONAL.search(_COUNTED.sub("", text)) is not None:
        return True
    if _BRACKETS.sub("", _parts(text)[-1]) in _EXACT:
        return True
    words = re.findall(r"[a-z]+", text) if text.isascii() else []
    return "".join(words) in _EXACT or not _TOKENS.isdisjoint(words)


def is_post_header(header: str) -> bool:
    """Tell whether a header names a post whose cells hold the names of those who fill it.

    What follows the post decides (书记类别 is none), and in a header of several rows its last row.

    >>> [is_post_header(h) for h in ("书记", "书记类别", "网格员人数", "单位负责人", "党组织情况_书记", "负责人_姓名")]
    [True, False, False, True, True, True]
    """
    parts = _parts(_simple(header))
    last = parts[-1]
    if _is_post(last):
        return True
    above = any(_is_post(part) for part in parts[:-1])
    return above and _NAMED.search(last) is not None and _NOT_AFTER.search(_NAMED.sub("", last)) is None


def _is_post(part: str) -> bool:
    bare = _BRACKETS.sub("", part)
    found = list(_POST.finditer(bare))
    if not found:
        return any(_POST.fullmatch(inner) is not None for inner in _BRACKETS.findall(part))
    before, after = bare[: found[0].start()], bare[found[-1].end() :]
    return _ASKED.search(before) is None and _NOT_AFTER.search(after) is None


def shown_header(header: str) -> str:
    """Return a header as findings may show it: without numbers and names of persons, should it hold any.

    >>> [shown_header(h) for h in ("户数", "13900000000", "户数(王小明填)", "张伟", "联系方式（手机）")]
    ['户数', '***', '户数(***)', '***', '联系方式（手机）']
    """
    found = mask_surely(header)
    found = _IN_BRACKETS.sub(lambda hit: hit[1] + MASK + hit[4] if is_likely_name(hit[2]) else hit[0], found)
    return "_".join(MASK if is_likely_name(part.strip()) else part for part in found.split("_"))


_IN_BRACKETS: Final = re.compile(r"([(（])([一-鿿]{2,3})((?:填|报|负责|整理|提供|录入|审核|制|汇总|统计)?)([)）])")
