import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.linkage import wholes
from gridkit.linkage.lists import split_cell
from gridkit.linkage.names import former_names, keys, marks_clash, normalise, number, other_names, strip_parents

text = st.text(alphabet="金桂家园小区一二三十壹Ⅱ期号院弄栋楼第网格社村街道花苑 ·-（）()0123ＡBx乾隆陽問è", max_size=12)


@settings(deadline=None)
@given(text)
def test_normalising_twice_changes_nothing(name):
    once = normalise([name])
    assert normalise(once) == once


@settings(deadline=None)
@given(st.lists(text, max_size=8))
def test_names_are_normalised_one_by_one(names):
    assert normalise(names) == [normalise([name])[0] for name in names]


@pytest.mark.parametrize(
    "group",
    [
        ["翠湖苑一期", "翠湖苑1期", "翠湖苑Ⅰ期", "翠湖苑壹期", "翠湖苑（一期）", "翠湖苑 I期", "翠湖苑１期"],
        ["陽光花園", "阳光花园", "阳光·花园", "阳光-花园", "【阳光】花园"],
        ["和平路3号院", "和平路三号院", "和平路叁号院"],
        ["金桂名邸3号楼", "金桂名邸3幢", "金桂名邸三栋"],
        ["问题小区", "問(wèn)題小区"],
        ["金桂家园", "金桂家园（原名：粮食局宿舍）"],
        ["滨江•万家花城", "滨江万家花城"],
        ["田林三村", "田林3村", "田林叁村"],
        ["和平里二组团", "和平里2组团"],
        ["文化路八十八弄", "文化路88弄"],
        [
            "老粮站院",
            "老粮站院（2019年前）",
            "老粮站院(2001-2019)",
            "老粮站院（至2015年6月）",
            "老粮站院(2019.6起使用)",
        ],
        ["金桂家园", "金桂家园（2019年前原名老粮站院）", "金桂家园(原老粮站院，2019年更名)", "金桂家园（俗称：粮站）"],
    ],
)
def test_spellings_of_one_name(group):
    assert len({key.full for key in keys(group, "compound")}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("翠湖苑一期", "翠湖苑二期"),
        ("金桂家园", "金桂花园"),
        ("和平里一区", "和平里二区"),
        ("金桂名邸A区", "金桂名邸B区"),
        ("和平路3号院", "和平路13号院"),
        ("翠湖苑", "翠湖苑一期"),
        ("田林三村", "田林四村"),
    ],
)
def test_different_compounds_keep_different_keys(one, other):
    first, second = keys([one, other], "compound")
    assert first.full != second.full
    assert first.core != second.core


@pytest.mark.parametrize("name", ["三里屯", "七一新村", "一品江山", "八角", "五棵松", "四季花城"])
def test_numerals_inside_names_stay(name):
    assert normalise([name]) == [name]


def test_the_phrase_table_is_used():
    assert normalise(["乾隆花園"]) == ["乾隆花园"]


@pytest.mark.parametrize(
    ("level", "group"),
    [
        ("community", ["东门社区", "东门社区居委会", "东门社区居民委员会", "东门居委会", "东门"]),
        ("community", ["河口村", "河口村委会", "河口村村民委员会", "河口村民委员会"]),
        ("street", ["平安街道", "平安街道办事处", "平安街道办"]),
        ("street", ["临河镇", "临河镇人民政府", "临河镇政府"]),
        ("grid", ["第一网格", "1网格", "一网格", "第01网格", "网格1", "第1综合网格", "第一全科网格"]),
        ("branch", ["中共金桂家园支部委员会", "金桂家园党支部", "金桂家园支部"]),
    ],
)
def test_bodies_have_one_key(level, group):
    assert len({key.full for key in keys(group, level)}) == 1


def test_core_drops_only_generic_words():
    cores = [
        key.core for key in keys(["翠湖苑小区", "翠湖苑", "向阳院", "市财政局家属院", "市医院", "小区"], "compound")
    ]
    assert cores == ["翠湖苑|", "翠湖苑|", "向阳|", "市财政局家属院|", "市医院|", "小区|"]
    assert [key.core for key in keys(["市税务局", "金安物业有限公司"], "company")] == ["市税务局", "金安物业"]


def test_numbers():
    assert [number(n) for n in ("十", "二十三", "XII", "九")] == [10, 23, 12, 9]


def test_marks():
    assert marks_clash(("A区", "1期"), ("1期", "B区"))
    assert not marks_clash(("1期",), ("1期", "B区"))


def test_parents_and_codes_in_front():
    known = {"东门社区", "平安街道"}
    assert strip_parents("东门社区小区", known)[0] == "东门社区小区"
    assert strip_parents("5060802东门社区第2网格", known) == ("第2网格", ["东门社区"])
    assert strip_parents("西门社区金桂家园", known) == ("西门社区金桂家园", [])
    assert strip_parents("XQ0012东门社区金桂家园", known) == ("金桂家园", ["东门社区"])
    assert strip_parents("A1金桂家园", known)[0] == "A1金桂家园"  # no code
    assert former_names("甲(又名乙)(丙)") == ["乙"]


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("老粮站院(2019年前)", ["老粮站院"]),
        ("老粮站院（2001—2019）", ["老粮站院"]),
        ("老粮站院2019年前", ["老粮站院"]),
        ("原名老粮站院", ["老粮站院"]),
        ("原名：老粮站院（2019年更名）", ["老粮站院"]),
        ("金桂家园（原名老粮站院，2019年前）", ["金桂家园", "老粮站院"]),
        ("公馆2000", ["公馆2000"]),  # a year that is part of the name
        ("金桂家园（2期）", ["金桂家园(2期)"]),
        ("原乡墅", ["原乡墅"]),
        ("", []),
    ],
)
def test_names_that_held_for_a_time(entry, names):
    assert other_names(entry) == names


@pytest.mark.parametrize(
    ("cell", "items", "declared"),
    [
        ("阳光花园、锦绣小区、市财政局家属院等5个小区", ["阳光花园", "锦绣小区", "市财政局家属院"], 5),
        ("翠湖苑一、二、三期", ["翠湖苑一期", "翠湖苑二期", "翠湖苑三期"], None),
        ("翠湖苑一期、二期", ["翠湖苑一期", "翠湖苑二期"], None),
        ("翠湖苑（一期、二期）；和平里", ["翠湖苑一期", "翠湖苑二期", "和平里"], None),
        ("翠湖苑1-3期", ["翠湖苑1期", "翠湖苑2期", "翠湖苑3期"], None),
        ("金桂名邸A、B区", ["金桂名邸A区", "金桂名邸B区"], None),
        ("东门社区第一、二网格", ["东门社区第一网格", "东门社区第二网格"], None),
        ("东门社区第一网格、第二网格", ["东门社区第一网格", "东门社区第二网格"], None),
        ("平等小区", ["平等小区"], None),
        ("阳光花园、锦绣小区等小区", ["阳光花园", "锦绣小区"], None),
        ("和平花园等三个小区", ["和平花园"], 3),
        ("都市水乡-水秀苑\n和平里/向阳院", ["都市水乡-水秀苑", "和平里", "向阳院"], None),
        ("和平里、和平里", ["和平里"], None),
        ("无", [], None),
        ("  ", [], None),
        ("和平里、无", ["和平里"], None),
        ("和平花园和平安小区", ["和平花园", "平安小区"], None),
        ("翠湖苑和向阳院", ["翠湖苑和向阳院"], None),
    ],
)
def test_list_cells(cell, items, declared):
    got = split_cell(cell, {"和平花园", "平安小区", "翠湖苑"})
    assert list(got.items) == items
    assert got.declared == declared


@settings(deadline=None)
@given(st.text(alphabet="金桂和及、，,;/（）()一二三1-期区号院等共个小 \n第网格A", max_size=20))
def test_any_cell_can_be_split(cell):
    got = split_cell(cell, {"金桂"})
    assert all(item and item == item.strip() for item in got.items)


@pytest.mark.parametrize(("cell", "whole"), [("全部小区", True), ("本社区所有小区", True), ("辖区内全部网格", True),
                                             ("和平小区", False), ("全部和平小区", False)])  # fmt: skip
def test_reserved_words(cell, whole):
    assert (wholes.whole(cell) is not None) == whole
