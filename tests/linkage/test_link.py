import dataclasses

import pandas as pd
import pytest

from gridkit.geo import gcj02_to_wgs84, place, to_lonlat, wgs84_to_gcj02
from gridkit.linkage import explain_link, link, merge_attributes
from gridkit.model import City, Links
from gridkit.model.results import LINK_COLUMNS
from tests import tiny

BRANCH = {"branch_kind": "joint", "branch_status": "active"}


def linked(kind: str, *rows: dict, **more: list[dict]) -> Links:
    registries = [tiny.registry(kind, list(rows)), *(tiny.registry(name, value) for name, value in more.items())]
    city = tiny.city(registries)
    return link(city, place(city))


def covers(text: str, **row: str) -> pd.DataFrame:
    """The links of one cell of ``covers`` in a joint branch."""
    frame = linked("branches", {**BRANCH, "name": "联合党支部", "covers": text, **row}).frame
    return frame[frame["field"] == "covers"].reset_index(drop=True)


def accepted(frame: pd.DataFrame) -> list[str]:
    return frame.loc[frame["accepted"], "code"].to_list()


EAST = {"community_name": "东门社区"}


@pytest.mark.parametrize(
    ("text", "row", "codes", "method"),
    [
        ("金桂家园", EAST, ["a1"], "name+parent"),
        ("金桂家園", EAST, ["a1"], "name+parent"),
        ("金桂家园小区", EAST, ["a1"], "core+parent"),
        ("金桂花园", EAST, [], "similar+parent"),  # another type word is another name
        ("银杏", EAST, ["a2"], "core+parent"),
        ("翠湖苑1期", EAST, ["a4"], "name+parent"),
        ("翠湖苑（一期）", EAST, ["a4"], "name+parent"),
        ("翠湖苑二期", EAST, [], "name"),  # lies in another community than stated
        ("翠湖苑三期", EAST, [], "none"),  # another phase is never a candidate
        ("翠湖苑", EAST, [], "base+parent"),  # phase dropped: a person decides
        ("金桂家圆", EAST, [], "similar+parent"),
        ("西门社区翠湖苑二期", EAST, ["b1"], "name+parent"),  # the name itself says where
        ("a1", EAST, ["a1"], "code+parent"),
        ("a1", {}, [], "code"),  # a code alone waits
        ("a1", {"community_name": "河口社区"}, [], "code"),
        ("和平花园", {}, ["b2"], "name"),  # unique in the city
        ("金桂家园", {}, [], "name"),  # twice in the city
        ("和平花园", {"community_name": "不存在社区"}, [], "name"),
        ("和平花园", {"street_name": "平安街道办事处"}, ["b2"], "name+parent"),
        ("和平花园", {"street_name": "临河镇"}, [], "name"),
        ("向阳", {}, [], "core"),
        ("不知名的小区", EAST, [], "none"),
    ],
)
def test_one_mention(text, row, codes, method):
    frame = covers(text, **row)
    assert accepted(frame) == codes
    if method:
        assert frame["method"].iloc[0] == method
    assert frame["mention"].iloc[0] == text


def test_every_mention_has_a_row_and_every_candidate_is_kept():
    frame = covers("金桂家园、无此小区", street_name="")
    assert list(frame.columns) == list(LINK_COLUMNS)
    assert frame["position"].to_list() == [0, 0, 1]
    assert frame["code"].to_list() == ["a1", "c2", ""]
    assert frame["rank"].to_list() == [1, 2, 1]
    assert frame["reason"].iloc[0]["next"] == "c2"
    assert frame["margin"].iloc[0] == 0


def test_grids_and_compounds_in_one_column():
    frame = covers("第一网格、金桂家园", branch_kind="grid", **EAST)
    assert frame[["level", "code"]].to_numpy().tolist() == [["grid", tiny.A1], ["compound", "a1"]]
    assert accepted(covers(tiny.B1, branch_kind="grid", community_name="西门社区")) == [tiny.B1]
    assert accepted(covers("西门社区第一网格", branch_kind="grid", **EAST)) == [tiny.B1]
    assert accepted(covers("第九网格", branch_kind="grid", **EAST)) == []
    assert accepted(covers("第一网格", branch_kind="grid")) == []  # three grids are called so


def test_reserved_words():
    assert accepted(covers("全部小区", community_name="西门社区")) == ["b1", "b2"]
    assert accepted(covers("全部网格", **EAST)) == [tiny.A1, tiny.A2]
    nowhere = covers("全部小区")
    assert nowhere["code"].to_list() == [""]
    assert covers("无", **EAST).empty
    frame = linked(
        "branches", {**BRANCH, "name": "甲", "covers": "和平花园"}, {**BRANCH, "name": "乙", "covers": "同上"}
    ).frame
    assert frame["code"].to_list() == ["b2", "b2"]


def test_code_against_name():
    """A shifted code column must not win over the names."""
    frame = linked("premises", {"unit_name": "甲", "compound_id": "a2", "compound_name": "金桂家园", **EAST}).frame
    frame = frame[frame["level"] == "compound"]
    assert accepted(frame) == ["a1"]
    assert frame["reason"].iloc[0]["code"] == "contradicts"
    other = linked("premises", {"unit_name": "甲", "compound_id": "a2", "compound_name": "新名花园", **EAST}).frame
    assert accepted(other) == []
    both = linked("premises", {"unit_name": "甲", "compound_id": "b2", "compound_name": "和平花园", **EAST}).frame
    assert accepted(both) == ["b2"]  # code and name agree against the stated community
    assert both.loc[both["accepted"], "reason"].iloc[0]["parent"] == "near"


def test_records_are_linked_to_records():
    links = linked(
        "branches",
        {**BRANCH, "branch_id": "B1", "name": "市财政局党支部", "unit_name": "市财政局", "community_name": "东门社区"},
        {**BRANCH, "name": "第一党小组", "parent_id": "B1", "parent_name": "市财政局支部"},
        {**BRANCH, "name": "第二党小组", "parent_name": "市财政局党支部", "unit_id": "9", "unit_name": "市税务局"},
        units=[{"unit_id": "1", "name": "市財政局"}, {"unit_id": "2", "name": "市税务局"}],
    )
    assert links.accepted("unit", "unit")["code"].to_list() == ["units.xlsx!Sheet1!3", "units.xlsx!Sheet1!4"]
    assert links.accepted("branch", "parent")["code"].to_list() == ["branches.xlsx!Sheet1!3"] * 2
    assert links.accepted("community")["record"].to_list() == ["branches.xlsx!Sheet1!3"]


def test_inherited_community_breaks_ties_but_contradicts_nothing():
    links = linked(
        "branches",
        {**BRANCH, "branch_id": "B1", "name": "东门社区党总支", "community_name": "东门社区"},
        {**BRANCH, "name": "联合", "parent_id": "B1", "parent_name": "东门社区党总支", "covers": "金桂家园、和平花园"},
    )
    assert accepted(links.frame[links.frame["field"] == "covers"]) == ["a1", "b2"]


def test_one_record_per_compound():
    frame = linked(
        "compounds",
        {"name": "金桂家园", **EAST},
        {"name": "金桂家园", "compound_id": "a1", **EAST},
        {"name": "银杏小区", **EAST},
    ).frame
    kept = frame[frame["accepted"]]
    assert kept["code"].to_list() == ["a1", "a2"]
    assert kept["record"].to_list() == ["compounds.xlsx!Sheet1!4", "compounds.xlsx!Sheet1!5"]
    assert frame["reason"].iloc[0]["taken_by"] == "compounds.xlsx!Sheet1!4"


def test_aliases_of_the_registry_and_of_the_layer_are_used():
    links = linked(
        "branches",
        {**BRANCH, "name": "甲", "covers": "桂花里", **EAST},
        compounds=[{"name": "金桂家园", "aliases": "桂花里；老粮站院", **EAST}],
    )
    assert accepted(links.frame[links.frame["field"] == "covers"]) == ["a1"]
    city = tiny.city([tiny.registry("branches", [{**BRANCH, "name": "甲", "covers": "老粮站院", **EAST}])],
                     {"a1": {"aliases": "粮食局宿舍、老粮站院（2019年前）"}})  # fmt: skip
    assert accepted(link(city, place(city)).accepted("compound")) == ["a1"]


def test_points_place_units():
    inside = to_lonlat(tiny.city().layers["community"].frame).representative_point()[tiny.B]
    gcj = [float(value) for value in wgs84_to_gcj02(inside.x, inside.y)]
    assert gcj02_to_wgs84(*gcj)[0] == pytest.approx(inside.x)
    frame = linked(
        "units",
        {"name": "甲", "lon": inside.x, "lat": inside.y},
        {"name": "乙", "lon": gcj[0], "lat": gcj[1], "datum": "gcj-02"},
        {"name": "丙", "lon": inside.x, "lat": inside.y, "community_name": "东门社区"},
        {"name": "丁", "lon": 1.0, "lat": 2.0},
        {"name": "戊", "lon": inside.x, "lat": inside.y, "datum": "地方坐标"},
    ).frame
    assert frame.loc[frame["accepted"], "code"].to_list() == [tiny.B, tiny.B, tiny.A]
    assert frame["method"].to_list() == ["point", "point", "name", "point", "none"]
    assert frame["reason"].iloc[2]["point"] == "outside"


def test_pairings_and_services():
    links = linked(
        "pairings",
        {"unit_name": "市财政局", "target_kind": "community", "target_name": "东门社区居委会"},
        {"unit_name": "市财政局", "target_kind": "compound", "target_name": "和平花园", "community_name": "西门社区"},
        {"unit_name": "市财政局", "target_name": "西门社区"},
        property_service=[{"company_name": "金安物业", "compound_name": "和平花园", "community_name": "西门社区"}],
        property_companies=[{"company_id": "P1", "name": "金安物业有限公司"}],
    )
    assert links.accepted("community", "target")["code"].to_list() == [tiny.A, tiny.B]
    assert links.accepted("compound")["code"].to_list() == ["b2", "b2"]
    assert links.frame.loc[links.frame["level"] == "company", "method"].to_list() == ["core"]  # a person decides
    units = links.frame[links.frame["field"] == "unit"]
    assert units["reason"].to_list() == [{"targets": "absent"}] * 3


def test_row_order_does_not_matter():
    rows = [
        {**BRANCH, "name": f"支部{i}", "covers": text, "community_name": community}
        for i, (text, community) in enumerate(
            [
                ("金桂家园", "东门社区"),
                ("银杏、翠湖苑", "东门社区"),
                ("和平花园", ""),
                ("金桂家园", ""),
                ("全部小区", "河口社区"),
            ]
        )
    ]
    city = tiny.city([tiny.registry("branches", rows), tiny.registry("compounds", [{"name": "金桂家园"}] * 3)])
    turned = {
        kind: dataclasses.replace(registry, frame=registry.frame.iloc[::-1])
        for kind, registry in city.registries.items()
    }
    other = dataclasses.replace(city, registries=turned)
    pd.testing.assert_frame_equal(link(city, place(city)).frame, link(other, place(other)).frame)


def test_cities_with_little():
    empty = City("empty", tiny.CRS)
    assert link(empty, place(empty)).frame.empty
    branches = tiny.registry(
        "branches", [{**BRANCH, "name": "甲", "covers": "和平花园、第一网格", "community_name": "东门社区"}]
    )
    bare = City("bare", tiny.CRS, registries={"branches": branches})
    frame = link(bare, place(bare)).frame
    assert set(frame["code"]) == {""}
    assert all(reason == {"targets": "absent"} for reason in frame["reason"])
    streets = dataclasses.replace(tiny.city([branches]), layers={k: v for k, v in tiny.city().layers.items()
                                                                 if k in ("street", "compound")})  # fmt: skip
    assert accepted(link(streets, place(streets)).frame) == ["b2"]


def test_all_of_an_unknown_community_is_no_name_that_nobody_knows():
    row = {"name": "x", "branch_kind": "joint", "covers": "全部小区"}
    stray = {**row, "community_name": "无此社区"}
    city = tiny.city([tiny.registry("branches", [row, stray, {**row, "community_name": "西门社区"}])])
    frame = link(city, tiny.places()).frame
    covers = frame[frame["field"] == "covers"]
    assert covers["method"].to_list() == ["all"] * 4
    assert covers["code"].to_list() == ["", "", "b1", "b2"]
    assert covers["reason"].iloc[:2].to_list() == [{}, {"parent": "unresolved"}]
    assert "every place of a community" in explain_link(covers.iloc[0])


def test_two_rows_for_one_compound_are_chosen_by_what_they_say():
    rows = [{"name": "银杏小区", "community_name": "东门社区", "households": n} for n in (300, 90)]
    kept = []
    for order in (rows, rows[::-1]):
        city = tiny.city([tiny.registry("compounds", order)])
        links = link(city, tiny.places())
        kept.append(merge_attributes(city, links)[0].frame.loc["a2", "households"])
        assert len(links.accepted("compound", "compound")) == 1
    assert kept[0] == kept[1]


def test_a_column_of_codes_beside_empty_names_waits():
    """It may be shifted by a row together with its community, and nothing would show it."""
    rows = [{"company_name": "甲", "compound_id": code, **EAST} for code in ("a1", "a2", "a3", "a4")]
    frame = linked("property_service", *rows).frame
    frame = frame[frame["field"] == "compound"]
    assert accepted(frame) == []
    assert frame["code"].to_list() == ["a1", "a2", "a3", "a4"]
