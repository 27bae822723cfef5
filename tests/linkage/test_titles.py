import dataclasses

import pandas as pd
import pytest

from gridkit.coverage import check_coverage, cover
from gridkit.geo import place, to_lonlat
from gridkit.linkage import check_links, link, mention_keys, merge_attributes
from gridkit.model import City, Coverage, Overrides
from gridkit.model.overrides import KEPT_COLUMNS
from gridkit.rules.ruleset import load_ruleset
from tests import tiny

EAST, WEST = {"community_name": "东门社区"}, {"community_name": "西门社区"}
BRANCH = {
    "branch_kind": "compound", "branch_status": "active", "formal_members": 5, "term_end": "2026-01-01",
    "org_level": "branch",
}  # fmt: skip


def city_of(*rows: dict, **more: list[dict]) -> City:
    registries = [tiny.registry("branches", [{**BRANCH, **row} for row in rows], complete=True)]
    return tiny.city([*registries, *(tiny.registry(kind, value) for kind, value in more.items())])


def named(name: str, profile: str = "audit", **row: str) -> pd.DataFrame:
    city = city_of({"name": name, **row})
    frame = link(city, place(city), profile=profile).frame
    return frame[frame["field"] == "covers"].reset_index(drop=True)


@pytest.mark.parametrize(
    ("name", "row", "codes"),
    [
        ("中共东门社区金桂家园党支部", EAST, ["a1"]),
        ("中共東門社區金桂家園黨支部", EAST, ["a1"]),
        ("金桂家园党支部", EAST, ["a1"]),
        ("金桂家园第一党支部", EAST, ["a1"]),
        ("金桂家园小区党支部委员会", EAST, ["a1"]),
        ("平安街道东门社区金桂家园小区功能型党支部", EAST, ["a1"]),
        ("平安街道西门社区和平花园在职党员功能型党支部", {}, ["b2"]),  # the name itself says where
        ("金桂家园、银杏小区联合党支部", EAST, ["a1", "a2"]),
        ("中共东门社区金桂家园和银杏小区联合党支部", EAST, ["a1", "a2"]),
        ("金桂家园片区联合党支部", EAST, ["a1"]),
        ("翠湖苑一期党支部", EAST, ["a4"]),
        ("翠湖苑一、二期联合党支部", EAST, ["a4"]),  # the second phase lies in another community
        ("金桂家园、无名小区联合党支部", EAST, ["a1"]),
        ("翠湖苑党支部", EAST, []),  # no such name: a phase is missing
        ("金桂家园酒店党支部", EAST, []),
        ("金桂家园", EAST, []),  # no organisation
        ("东门社区党委", EAST, []),
        ("中共东门社区委员会", EAST, []),
        ("和平花园党支部", EAST, []),  # lies in another community than stated
        ("金桂家园党支部", {**EAST, "covers": "银杏小区"}, ["a2"]),  # the list comes first
        ("金桂家园党支部", {**EAST, "covers": "无"}, []),
        ("金桂家园党支部", {**EAST, "branch_kind": "unit"}, []),
        ("金桂家园党支部", {**EAST, "branch_kind": ""}, ["a1"]),
        ("党支部", EAST, []),
        ("", EAST, []),
        ("金" * 500 + "党支部", EAST, []),
    ],
)
def test_what_a_name_says(name, row, codes):
    frame = named(name, **row)
    if row.get("covers") == "银杏小区":
        assert frame["accepted"].all()
    else:
        assert not frame["accepted"].any()  # never in the profile audit
        assert [reason["from"] for reason in frame["reason"]] == ["name"] * len(codes)
    assert frame["code"].to_list() == codes
    assert frame["mention"].str.contains(name if codes != ["a2"] else "银杏", regex=False).all()


@pytest.mark.parametrize("name", ["东门第一网格党支部", "东门社区第一网格党支部", "第一网格党支部"])
def test_grids_by_name(name):
    frame = named(name, branch_kind="grid", **EAST)
    assert frame[["level", "code", "accepted"]].to_numpy().tolist() == [["grid", tiny.A1, False]]
    assert named("西门第一网格党支部", branch_kind="grid")["code"].to_list() == [tiny.B1]
    assert named("金桂家园党支部", branch_kind="grid", **EAST).empty


def test_in_the_profile_normal_the_same_name_in_the_same_parent_is_enough():
    for name, row, codes in (
        ("金桂家园党支部", EAST, ["a1"]),
        ("金桂家园、银杏小区联合党支部", {**EAST, "branch_kind": "joint"}, ["a1", "a2"]),
        ("金桂家园小区党支部", EAST, []),  # without its type word only
        ("和平花园党支部", {}, []),  # no parent
        ("金桂家园片区联合党支部", {**EAST, "branch_kind": "joint"}, []),  # there must be more
    ):
        frame = named(name, "normal", **row)
        assert frame.loc[frame["accepted"], "code"].to_list() == codes, name
        assert len(frame)


def covered(*rows: dict, profile: str = "audit", overrides: Overrides | None = None) -> tuple[City, Coverage]:
    city = city_of(*rows)
    places = place(city)
    links = link(city, places, profile=profile, overrides=overrides)
    attributes, _ = merge_attributes(city, links)
    return city, cover(city, places, links, attributes, load_ruleset("strict"))


ELSEWHERE = {"name": "西门党支部", "covers": "翠湖苑二期", **WEST}


def test_what_only_a_name_says_is_unknown_not_uncovered():
    _, without = covered(ELSEWHERE)
    assert without.frame["status"]["a1"] == "UNCOVERED"
    city, coverage = covered(ELSEWHERE, {"name": "金桂家园党支部", **EAST})
    status = coverage.frame["status"]
    assert status[["a1", "b1", "b2"]].to_list() == ["UNKNOWN", "OWN_BRANCH", "UNCOVERED"]
    assert coverage.frame["open_via"]["a1"] == (city.rows("branches").index[1],)
    assert status["a2"] == "UNKNOWN"  # the list is empty: it may cover others too


def test_an_accepted_name_is_what_the_branch_covers():
    _, coverage = covered(ELSEWHERE, {"name": "金桂家园党支部", **EAST}, profile="normal")
    assert coverage.frame["status"][["a1", "a2"]].to_list() == ["OWN_BRANCH", "UNCOVERED"]


def test_a_joint_branch_of_one_name_is_not_accused():
    city = city_of({"name": "金桂家园片区联合党支部", "branch_kind": "joint", **EAST})
    places = place(city)
    for profile in ("audit", "normal"):
        links = link(city, places, profile=profile)
        attributes, _ = merge_attributes(city, links)
        rules = load_ruleset("strict")
        coverage = cover(city, places, links, attributes, rules)
        counts = check_coverage(city, places, links, attributes, coverage, rules).counts()
        assert "C107" not in counts
        assert counts["C113"] == 1
        assert coverage.frame["status"]["a1"] == "UNKNOWN"


def test_a_decision_about_a_name_is_none_about_a_list():
    city = city_of({"name": "金桂家园党支部", **EAST}, {"name": "联合党支部", "covers": "金桂家园", **EAST})
    frame = link(city, place(city)).frame
    covers = frame[frame["field"] == "covers"]
    keys = mention_keys(city, covers)["key"].to_list()
    assert len(set(keys)) == 2
    row = dict.fromkeys(KEPT_COLUMNS, "") | {"key": keys[0], "kind": "branches", "field": "covers"}
    decisions = {
        decision: Overrides(pd.DataFrame([row | {"decision": decision, "target": target}], columns=list(row)))
        for decision, target in (("link", "a1"), ("no_match", ""))
    }
    after = link(city, place(city), overrides=decisions["no_match"]).frame
    assert after.loc[(after["field"] == "covers") & after["accepted"], "record"].to_list() == [
        city.rows("branches").index[1]
    ]
    rows = [{"name": "金桂家园党支部", **EAST}, ELSEWHERE]
    assert covered(*rows, overrides=decisions["link"])[1].frame["status"]["a1"] == "OWN_BRANCH"
    assert covered(*rows, overrides=decisions["no_match"])[1].frame["status"]["a1"] == "UNKNOWN"


def test_it_waits_for_a_person_at_the_name():
    city = city_of({"name": "金桂家园党支部", **EAST})
    findings = check_links(city, link(city, place(city)))
    (row,) = [row for row in findings.rows() if row["code"] == "L102"]
    assert row["refs"] == ("branches.xlsx!Sheet1!B3",)


def test_no_column_of_lists_at_all():
    city = city_of({"name": "金桂家园党支部", **EAST})
    registry = city.registries["branches"]
    bare = dataclasses.replace(city, registries={"branches": dataclasses.replace(registry, given=frozenset({"name"}))})
    frame = link(bare, place(bare)).frame
    assert frame.loc[frame["field"] == "covers", "code"].to_list() == ["a1"]


def sites(*rows: dict, compounds: dict | None = None, profile: str = "audit") -> list[list[str]]:
    city = tiny.city([tiny.registry("units", list(rows))], compounds)
    frame = link(city, place(city), profile=profile).frame
    frame = frame[frame["field"] == "site"]
    assert frame["accepted"].all()
    assert set(frame["level"]) <= {"compound"}
    return frame[["record", "code", "mention"]].to_numpy().tolist()


def test_units_sit_in_compounds_by_point_and_by_address():
    inside = to_lonlat(tiny.city().layers["compound"].frame).representative_point()
    here = {"lon": inside["a1"].x, "lat": inside["a1"].y}
    point = f"{here['lon']:.6f}, {here['lat']:.6f}"
    first, second = (f"units.xlsx!Sheet1!{n}" for n in (3, 4))
    # several units may sit in one compound; one without anything has none
    assert sites({"name": "甲", **here}, {"name": "乙", **here}, {"name": "丙", **EAST}) == [
        [first, "a1", point], [second, "a1", point]]  # fmt: skip
    street = {"name": "甲", "lon": inside["a1"].x + 0.0005, "lat": inside["a1"].y}
    assert sites(street) == []  # beside it
    at = {"a2": {"address": "文化路12号"}}
    unit = {"name": "甲", "address": "演示市文化路12号3楼", **EAST}
    assert sites(unit, compounds=at, profile="normal") == [[first, "a2", "演示市文化路12号3楼"]]
    assert sites(unit, compounds=at) == []  # an address alone is not enough for an audit
    assert sites({**unit, **WEST}, compounds=at, profile="normal") == []  # another community
    both = at | {"a1": {"address": "文化路12号"}}
    assert sites(unit, compounds=both, profile="normal") == []
    assert sites({**unit, **here}, compounds=both) == [[first, "a1", "演示市文化路12号3楼"]]


def test_a_site_covers_nothing():
    inside = to_lonlat(tiny.city().layers["compound"].frame).representative_point()["a1"]
    unit = {"unit_id": "U1", "name": "市局", "lon": inside.x, "lat": inside.y, **EAST}
    city = city_of(
        {"name": "市局党支部", "branch_kind": "unit", "unit_id": "U1", "unit_name": "市局", **EAST}, units=[unit]
    )
    places = place(city)
    links = link(city, places)
    assert links.accepted("compound", "site")["code"].to_list() == ["a1"]
    attributes, _ = merge_attributes(city, links)
    assert cover(city, places, links, attributes, load_ruleset("strict")).frame["status"]["a1"] == "UNCOVERED"


def test_service_points_lie_in_communities_by_their_point():
    inside = to_lonlat(tiny.city().layers["community"].frame).representative_point()[tiny.B]
    point = {"name": "西门党群服务中心", "lon": inside.x, "lat": inside.y}
    city = tiny.city([tiny.registry("service_points", [point])])
    frame = link(city, place(city)).frame
    assert frame[["field", "code", "accepted"]].to_numpy().tolist() == [["community", tiny.B, True]]
