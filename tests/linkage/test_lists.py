"""List cells: nothing that stands in them is lost, and nothing is read into them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.geo import place
from gridkit.linkage import check_links, explain_link, link
from gridkit.linkage.lists import split_cell
from gridkit.linkage.wholes import Whole, whole
from tests import tiny

KNOWN = {"阳光花园", "锦绣小区", "和平花园", "平安小区"}
SUN, SILK = "阳光花园", "锦绣小区"


def test_an_undecided_place_in_a_list_is_not_lost():
    assert split_cell("金桂家园、待定").items == ("金桂家园", "待定")
    assert split_cell("待定").items == ()
    assert split_cell("金桂家园、无、").items == ("金桂家园",)


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("阳光花园；锦绣小区;平安小区", (SUN, SILK, "平安小区")),
        ("阳光花园\r\n锦绣小区\n", (SUN, SILK)),
        ("阳光花园/锦绣小区｜平安小区", (SUN, SILK, "平安小区")),
        ("阳光花园，锦绣小区，", (SUN, SILK)),
        ("阳光花园  锦绣小区", (SUN, SILK)),
        ("翠湖苑一、二、三期", ("翠湖苑一期", "翠湖苑二期", "翠湖苑三期")),
        ("翠湖苑一期至三期、锦绣小区", ("翠湖苑1期", "翠湖苑2期", "翠湖苑3期", SILK)),
        ("翠湖苑（一期、二期）", ("翠湖苑一期", "翠湖苑二期")),
        ("金桂名邸A、B区", ("金桂名邸A区", "金桂名邸B区")),
        ("A、B区", ("A区", "B区")),
        ("阳光花园1-3号楼", ("阳光花园1号楼", "阳光花园2号楼", "阳光花园3号楼")),
        ("1-3号楼", ("1号楼", "2号楼", "3号楼")),
        ("第1-3网格", ("第1网格", "第2网格", "第3网格")),
        ("1.阳光花园 2.锦绣小区", (SUN, SILK)),
        ("1、阳光花园；2、锦绣小区", (SUN, SILK)),
        ("1、阳光花园2、锦绣小区", (SUN, SILK)),
        ("１．阳光花园\n２．锦绣小区", (SUN, SILK)),
        ("1．阳光花园", (SUN,)),
        ("（1）阳光花园（2）锦绣小区", (SUN, SILK)),
        ("①阳光花园②锦绣小区", (SUN, SILK)),
        ("一、阳光花园 二、锦绣小区", (SUN, SILK)),
        ("68号院、70号院", ("68号院", "70号院")),  # numbers that are names
        ("1号院、2号院", ("1号院", "2号院")),
        ("覆盖小区：阳光花园、锦绣小区", (SUN, SILK)),
        ("阳光花园（含一期（东区、西区）、二期）、锦绣小区", ("阳光花园（含一期（东区 西区） 二期）", SILK)),
        ("阳光花园（原名：A、B）", ("阳光花园（原名：A B）",)),
        ("阳光花园（东区、锦绣小区", ("阳光花园（东区", SILK)),  # a bracket that nobody closes hides nothing
        ("滨江·万家花城", ("滨江·万家花城",)),
        ("平等小区", ("平等小区",)),
        ("和平花园和平安小区", ("和平花园和平安小区",)),
    ],
)
def test_what_stands_in_a_cell(cell, items):
    assert split_cell(cell).items == items


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("和平花园和平安小区", ("和平花园", "平安小区")),
        ("阳光花园 锦绣小区", (SUN, SILK)),
        ("阳光花园等小区", (SUN,)),
    ],
)
def test_known_names_decide_where_a_cell_is_split(cell, items):
    assert split_cell(cell, KNOWN).items == items
    assert len(split_cell(cell).items) == 1


@pytest.mark.parametrize(
    ("cell", "declared", "fits"),
    [
        ("阳光花园、锦绣小区、市财政局家属院等5个小区", 5, False),
        ("阳光花园、锦绣小区等两个小区", 2, True),
        ("阳光花园、锦绣小区（共2个）", 2, True),
        ("阳光花园、锦绣小区（共3个小区）", 3, False),
        ("共3个：阳光花园、锦绣小区、平安小区", 3, True),
        ("辖3个小区：阳光花园、锦绣小区", 3, False),
        ("阳光花园、锦绣小区2个小区", 2, True),
        ("阳光花园1-5号楼、锦绣小区等2个小区", 2, True),  # buildings of one compound are one place
        ("阳光花园、阳光花园、锦绣小区等3个小区", 3, False),
        ("阳光花园", None, True),
    ],
)
def test_the_number_that_a_cell_declares_is_checked(cell, declared, fits):
    split = split_cell(cell)
    assert (split.declared, split.fits) == (declared, fits)


def test_repeated_names_and_ranges_that_are_slips():
    assert split_cell("阳光花园、锦绣小区、阳光花园").repeated == (SUN,)
    long = split_cell("阳光花园1-300期")
    assert long.items == ("阳光花园1至300期",)  # never 1300期, which the key of the dash would give
    assert long.long == ("1-300期",)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(
            (cell, Whole("compound"))
            for cell in ("全部小区", "全部", "所有小区", "辖区内所有小区", "本社区全部居民小区")
        ),
        *(
            (cell, Whole("compound"))
            for cell in ("社区内的所有小区", "全覆盖", "全体小区", "各小区", "辖区全部住宅小区")
        ),
        *((cell, Whole("grid")) for cell in ("全部网格", "所辖各网格")),
        ("全部小区（除锦绣小区外）", Whole("compound", SILK)),
        ("全部小区(不含锦绣小区、阳光花园)", Whole("compound", "锦绣小区、阳光花园")),
        ("除锦绣小区外全部小区", Whole("compound", SILK)),
        ("除锦绣小区、阳光花园以外的所有小区", Whole("compound", "锦绣小区、阳光花园")),
        ("辖区除锦绣小区外其余小区", Whole("compound", SILK)),
        *((cell, None) for cell in ("阳光花园", "全福小区", "所有巷小区", "除夕苑", "内外小区", "各庄小区")),
    ],
)
def test_cells_that_mean_all_places(cell, expected):
    assert whole(cell) == expected


@given(st.text(alphabet="阳光花园锦绣一二三期区栋号楼1２3A、，;和及（）()①.-至等共个小除外全部 \n", max_size=20))
def test_no_cell_breaks_and_no_item_is_empty(cell):
    split = split_cell(cell, KNOWN)
    assert all(item.strip() for item in split.items)
    assert len(set(split.items)) == len(split.items)
    whole(cell)


@given(st.lists(st.sampled_from(sorted(KNOWN)), min_size=2, max_size=4, unique=True), st.sampled_from("、，;\n/"))
def test_a_list_reads_back_however_it_is_written(names, mark):
    expected = tuple(names)
    assert split_cell(mark.join(names)).items == expected
    assert split_cell(" ".join(f"{n}.{name}" for n, name in enumerate(names, 1))).items == expected
    assert split_cell("".join(f"({n}){name}" for n, name in enumerate(names, 1))).items == expected
    assert split_cell(f"{mark.join(names)}等{len(names)}个小区").fits


ROW = {"branch_kind": "joint", "branch_status": "active", "name": "联合党支部", "community_name": "西门社区"}


def covered(cell):
    city = tiny.city([tiny.registry("branches", [{**ROW, "covers": cell}])])
    links = link(city, place(city))
    frame = links.frame[links.frame["field"] == "covers"]
    return frame, check_links(city, links)


def test_all_places_but_some():
    frame, findings = covered("全部小区（除和平花园外）")
    assert frame[["code", "accepted"]].to_numpy().tolist() == [["b1", True]]
    assert "without b2" in explain_link(frame.iloc[0])
    (row,) = [row for row in findings.rows() if row["code"] == "L114"]
    assert (row["params"]["variant"], row["params"]["codes"]) == ("except", "b2")


def test_what_is_left_out_must_be_known():
    frame, findings = covered("除无名小区外的所有小区")
    assert frame[["code", "accepted"]].to_numpy().tolist() == [["b1", False], ["b2", False]]  # a person decides
    (row,) = [row for row in findings.rows() if row["code"] == "L114"]
    assert (row["params"]["variant"], row["params"]["name"]) == ("except_unknown", "无名小区")


def test_all_places_but_all_is_nothing():
    frame, _ = covered("全部小区（除翠湖苑二期、和平花园外）")
    assert not frame["accepted"].any()
    assert frame["code"].to_list() == [""]
