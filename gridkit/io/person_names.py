"""Chinese names of persons: which texts look like one, and which columns hold nothing else.

A name cannot be told from a word for certain. A column can: nearly every cell has two to four characters, begins with
a surname, goes on with characters that given names are made of, ends like no place and no organisation, and hardly
any cell repeats. The lists are the usual surnames and given-name characters; names of real places (streets,
communities, compounds of a city) are the test of what must not be taken for persons.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.text import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMON: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅"
    "钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭謝許鄧馮韓蕭葉蔣蘇呂盧鐘薑譚範陸賈韋鄒閻賀顧龔萬錢嚴湯"
)
RARER: Final = frozenset(
    "殷俞纪章施洪包左季盛倪翁柯翟聂焦庄关柳岳骆祝欧申耿童祁霍柏涂鲍艾应符温凌甘柴解喻葛詹齐尚辛管苗鲁樊兰牛路游成康简"
    "麦阮连盘安常乐伍颜梅穆裴屈丘单房苟晏植冉卓阳明文平时肖付谷费卜匡邢项米桂娄宫臧闫岑缪阚车侍鞠褚池窦司尤滕蒲边储靳权"
    "舒华代闵党占桑花幸瞿沙吉敖银班景隋巩仇巫蔺商宁居原商普丰利青胥哈查仲古仝逯帅亢翦隆宗郁茹郎薄郜扈冼邬栾戚莘荆麻井"
)
_DOUBLED: Final = (
    "欧阳 上官 司马 诸葛 司徒 夏侯 皇甫 尉迟 令狐 慕容 端木 公孙 宇文 亓官 澹台 闻人 钟离 长孙 万俟 呼延 轩辕 独孤 "
    "拓跋 赫连 申屠 公冶 淳于 歐陽 司馬 諸葛 尉遲 鍾離 長孫"
)
DOUBLE: Final = frozenset(_DOUBLED.split())
_DOUBLE: Final = DOUBLE | {"东方"}
"""东方 begins the names of too many places to say anything by itself."""
GIVEN: Final = frozenset(
    "璟颢翀昶琬琰翾妤晗珩霁昀沅洛芮汐瑀翊骐宥"
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲华红玉梅国建春志海晓小燕荣雪琴云鹏飞斌波鑫浩宇轩泽子涵梓怡欣诗"
    "雨佳慧婷颖倩琳璐莹洁雅琪瑶萍丹凤珍贞莉淑惠珠翠香菊莲蓉芬芝月巧爱美素彩萌思梦雯露婉嘉昕妍晨曦佩瑞祥庆永德福贵富财发"
    "才宝成功胜利民生忠义信仁礼智孝全兴旺盛昌隆顺康宁健龙虎彪豪雄武威毅坚恒峰岭岩川江河湖涌源泉林森树松柏杨柳楠东南西北"
    "中正直良善诚朴刚柔和睦友亮光辉耀灿煜炜烨炎焱锋锐铭钧铁银锦钢钰镇世代家祖宗先继承绍传启学士博文章书翰墨杰俊贤达才俏"
    "长元一三四五七二大新立军少乐天晴阳旭昊昆晖景晗冰冬夏秋珊珂珺瑜瑾璇璋瑛瑗瑄玮珍玥萱薇蕾菲茜芸苗若茹莎蓓蕊芷苡艺芹茂"
    "勤奋敬孟仲伯季叔卫保安守定邦振国兵帅彬彦延庭廷宏弘广宽容宗宝宜宣宪宸峻崇巍帆希幸年开弼征律心必志怀恩悦惜意慕懿扬拓振"
    "政敦斯方日昭显晶智朋望本权来柱栋根桐桦梁楚欢正殿毓水汉池沁沛泓泰津洪浚润淇淳清渊湘滔滢漫潇澄澜灵煊熙燊爽牧献琦琛琨理"
    "瑚璞生甫益真睿石硕磊礼祎祺禄福秉科程稳竹笑筠粤素红纪纯绪维绮缘群羽翔翼耘聪胤自舒航良芃苏荔荷莺蒙蓝虹行裕西言训讯识诺"
    "谦谷贝贤赫超越跃路轶进远连迪逸遥邦郁野金钊鉴钦锡锴镔长闯阔阳隽雁雄霄霆霏霖青靓靖静韬韵音项顺颂颜飒馨驰骁骏高魁鸣鸿鹤鹰麒麟龄"
    "偉麗強軍艷濤蘭劍國華紅雲鵬飛澤詩穎瑩瑤鳳貞蓮愛慶貴財寶勝義禮興順寧龍鋒銳銘鋼鎮繼紹傳啟學書賢達長樂陽瑋藝衛"
)
_NOT_GIVEN: Final = frozenset(
    "区园苑院村路街巷里楼栋幢座号站厂店校局所部处室科办委会社组队网格层房屋桥门口庄营屯寨坝坡岗沟镇乡县市省州城场馆寺庙庵塔市坊"
    "湾洼井店子头上下边面前后内外左右幼托式型类级梯盘胡同郡府邸第期墅厦公寓庭沿道弄垡务"
)
_TRANSCRIBED: Final = frozenset(
    "阿卜布都杜拉买提江古丽木力汗尔麦尼吾斯克肉孜依萨艾合努热帕玛伊吐逊托赛达米亚塔迪娜扎莱巴图格日勒其齐哈孜买买苏来曼居马库班"
)
_LANDSCAPE: Final = frozenset("湖山港岛河江海淀岭观线机桥段旁侧泉滩峡洲原源地段年期")
_TRANSCRIBED_FOUR: Final = 4
_TRANSCRIBED_PLACES: Final = frozenset(("齐齐哈尔", "阿拉木图"))
_PLACES: Final = re.compile(
    r"[江金石龙黄白云万高方武汉][东南西北]|江[宁阴津华海山安源]|龙[泉华海山江文胜]|金[山华水海昌平秋]|白[云玉山]|黄[山石梅河龙]|石[林泉柱]|高[明平安邑新]"
    r"|武[昌汉平安宁功]|汉[阳川中]|万[年宁全安源]|方[正圆山]|萧山|余[杭江庆]|康[定平]|洪[山江]|彭[水山泽]|孟津|潘安|东方.{1,2}|顺[平昌]"
)
"""Names of districts and districts' halves that could be those of persons."""
_NOT_NAMES: Final = re.compile(
    r"万[元人户亩]|(?:小|高|多|低|中)层|平房|高层|洋房|商品|安置|单位|老旧|公租|廉租|经适|正常|良好|一般|较[好差]|优秀|合格|空缺|暂缺|待定|未知|不详|全部|部分|其他"
    r"|汉族|满族|回族|苗族|侗族|党员|群众|团员|干部|居民|本科|专科|大专|高中|初中|小学|男|女|党支部|支部|物业|家属|宿舍|花园|家园|新村|小区|社区|大厦|广场|公司"
    r"|集团|医院|学校|大学|中学|人民|解放|和平|建设路|东风|红旗|安居|康居|金融|商业|平安|万达|万科|恒大|高新|文化|公安|石油|金属|成立|成员|任命|连任"
)
_NAME: Final = re.compile(r"[一-鿿]{2,4}|[一-鿿]{1,6}·[一-鿿]{1,6}")
SHARE: Final = 0.7
"""At least this share of the filled cells of a column of names look like one."""
LIKELY: Final = 0.5
"""At least this share of its different cells are made of usual surnames and usual characters of given names."""
FEWEST: Final = 3
"""A column with fewer different cells is not judged."""


def surname_of(text: str) -> str:
    """Return the surname that a text begins with, ``""`` for none.

    >>> surname_of("欧阳小明"), surname_of("王小明"), surname_of("幸福里")
    ('欧阳', '王', '幸')
    """
    if text[:2] in _DOUBLE:
        return text[:2]
    return text[:1] if text[:1] in COMMON or text[:1] in RARER else ""


def is_possible_name(text: str) -> bool:
    """Tell whether a text could be the full name of a person.

    >>> [is_possible_name(text) for text in ("王小明", "王府井", "高层", "买买提·吐尔逊", "马连道路")]
    [True, False, False, True, False]
    """
    if _NAME.fullmatch(text) is None:
        return False
    if "·" in text:
        return True
    surname = surname_of(text)
    given = text[len(surname) :]
    return surname != "" and 1 <= len(given) <= 2 and given[-1] not in _NOT_GIVEN and _NOT_NAMES.search(text) is None


def is_likely_name(text: str) -> bool:
    """Tell whether a text is a usual surname with usual characters of given names after it.

    >>> [is_likely_name(text) for text in ("王小明", "张伟", "东门", "石佛营")]
    [True, True, False, False]
    """
    if not is_possible_name(text):
        return False
    if "·" in text:
        return 4 * sum(letter in _TRANSCRIBED for letter in text) >= 3 * (len(text) - 1)
    surname = surname_of(text)
    usual = len(surname) == 2 or surname in COMMON
    return usual and all(letter in GIVEN for letter in text[len(surname) :])


def is_name_in_brackets(text: str) -> bool:
    """Tell whether a text that stands apart from others, as in brackets, is likely the name of a person.

    A little more counts than for :func:`is_likely_name`, since places in brackets are few words: 一期, 东区, 原某院.

    >>> [is_name_in_brackets(text) for text in ("王建国", "张伟", "慕容云海", "蒲松龄", "库尔班江")]
    [True, True, True, True, True]
    >>> [is_name_in_brackets(text) for text in ("一期", "东区", "原京哈", "丰台", "秦皇岛", "万科城")]
    [False, False, False, False, False, False]
    """
    if is_likely_name(text):
        return _PLACES.fullmatch(text) is None
    if len(text) == _TRANSCRIBED_FOUR and set(text) <= _TRANSCRIBED:
        return text not in _TRANSCRIBED_PLACES
    if "·" in text or not is_possible_name(text):
        return False
    surname = surname_of(text)
    given = text[len(surname) :]
    if text[:2] in DOUBLE or len(given) == 1:
        return text[:2] in DOUBLE
    return all(letter in GIVEN for letter in given) or (surname in COMMON and given[-1] not in _LANDSCAPE)


def holds_names(cells: Iterable[object]) -> bool:
    """Tell whether nearly every cell of a column holds the name of a person, several persons in one cell included.

    >>> holds_names(["王小明", "张伟", "刘玉兰", "陈建国、李桂英"]), holds_names(["高层", "多层", "平房", "高层"])
    (True, False)
    """
    names: list[str] = []
    texts: list[str] = []
    for cell in cells:
        if not isinstance(cell, str) or not cell.strip():
            if cell_text(cell).strip():
                texts.append("")
            continue
        texts.append(cell)
    if not texts or sum(len(text) <= 4 for text in texts) < len(texts) / 4:
        return False
    for text in texts:
        names += [part for part in _BETWEEN.split(_BESIDE.sub("", text)) if part] or [""]
    if sum(map(is_possible_name, names)) < SHARE * len(names):
        return False
    distinct = {name for name in names if name}
    return (
        len(distinct) >= FEWEST
        and sum(map(is_likely_name, distinct)) >= LIKELY * len(distinct)
        and 5 * len(distinct) >= len(names)
    )


_BETWEEN: Final = re.compile(r"[、,，;；/／\s]+")
_BESIDE: Final = re.compile(
    r"[(（][^()（）]*[)）]|(?<=[一-鿿])(?:同志|先生|女士|书记|主任)$|(?<=^[一-鿿])\s+(?=[一-鿿]$)|\d+|:|："
)
