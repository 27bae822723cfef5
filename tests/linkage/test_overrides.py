"""Decisions of persons: found again by what a row says, before all evidence, and told where they cannot be used."""

from __future__ import annotations

import dataclasses
import time

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridkit.geo import place
from gridkit.linkage import check_links, explain_link, key_of, link, mention_keys, merge_attributes
from gridkit.linkage.changes import link_changes, mentions, tally
from gridkit.linkage.references import References
from gridkit.linkage.targets import record_targets
from gridkit.model import City, Links, Overrides
from gridkit.model.overrides import KEPT_COLUMNS, KEY
from tests import tiny

EAST = {"community_name": "东门社区"}
BRANCH = {"branch_kind": "joint", "branch_status": "active", "name": "联合党支部", **EAST}
COVERS = ("branches", "covers")


def overrides(*rows: tuple[str, ...]) -> Overrides:
    """Decisions as (kind, field, mention, parent, decision, target[, expires])."""
    made = []
    for at, (kind, field, mention, parent, decision, target, *rest) in enumerate(rows, start=2):
        key = key_of(kind, field, mention, parent)
        made.append((key, kind, field, mention, decision, target, rest[0] if rest else "", f"overrides.csv!{at}"))
    return Overrides(pd.DataFrame(made, columns=list(KEPT_COLUMNS), dtype=object).sort_values("key"))


def city_of(**registries: list[dict]) -> City:
    return tiny.city([tiny.registry(kind, rows) for kind, rows in registries.items()])


def linked(city: City, *rows: tuple[str, ...], profile: str = "audit") -> Links:
    return link(city, place(city), overrides=overrides(*rows), profile=profile)


def covers(links: Links) -> list[tuple[str, str, str]]:
    """Mention, code and method of what the lists of branches were linked to."""
    frame = links.frame[links.frame["accepted"] & (links.frame["field"] == "covers")]
    return sorted(frame[["mention", "code", "method"]].itertuples(index=False, name=None))


def test_keys_speak_of_content_only():
    one = key_of(*COVERS, "翠湖苑一期", "东门社区", "文化路12号")
    assert one == key_of(*COVERS, "翠湖苑（Ⅰ期）", "東門社區居委会", "示范市文化路１２号3栋")
    others = {
        key_of("premises", "covers", "翠湖苑一期", "东门社区", "文化路12号"),
        key_of("branches", "unit", "翠湖苑一期", "东门社区", "文化路12号"),
        key_of(*COVERS, "翠湖苑二期", "东门社区", "文化路12号"),
        key_of(*COVERS, "翠湖苑一期", "西门社区", "文化路12号"),
        key_of(*COVERS, "翠湖苑一期", "东门社区", "文化路13号"),
        key_of(*COVERS, "翠湖苑一期"),
    }
    assert len(others | {one}) == 7


@given(st.text(max_size=20), st.text(max_size=10))
def test_no_spreadsheet_program_takes_a_key_for_a_number(mention, parent):
    key = key_of(*COVERS, mention, parent)
    assert KEY.fullmatch(key)
    with pytest.raises(ValueError, match="could not convert"):
        float(key)


def test_a_code_stands_for_a_parent_without_a_name_and_a_street_for_that_of_a_community():
    rows = [{**BRANCH, "covers": "甲园", "community_name": "", "community_code": tiny.A},
            {"name": "乙支部", "community_name": "乌有社区", "street_name": "平安街道办"}]  # fmt: skip
    city = city_of(branches=rows)
    frame = link(city, place(city)).frame
    told = frame.join(mention_keys(city, frame))
    keys = dict(zip(told["mention"], told["key"], strict=True))
    assert keys["甲园"] == key_of(*COVERS, "甲园", tiny.A)
    assert keys["乌有社区"] == key_of("branches", "community", "乌有社区", "平安街道")


LISTS = [{**BRANCH, "covers": "金桂家圆、不知名的小区"}]


@pytest.mark.parametrize(
    ("decision", "target", "found"),
    [
        ("link", "a1", [("金桂家圆", "a1", "override")]),
        ("link", "c1", [("金桂家圆", "c1", "override")]),  # in another community, and no candidate at all
        ("link", tiny.A1, [("金桂家圆", tiny.A1, "override")]),  # a list may name grids
        ("alias", "a1", [("金桂家圆", "a1", "override")]),
        ("split", "a1; a2", [("金桂家圆", "a1", "override"), ("金桂家圆", "a2", "override")]),
        ("no_match", "", []),
        ("link", "nowhere", []),
        ("split", "a1;nowhere", []),
    ],
)
def test_decisions(decision, target, found):
    links = linked(city_of(branches=LISTS), (*COVERS, "金桂家圆", "东门社区", decision, target))
    assert covers(links) == found
    waits = "nowhere" in target
    assert ("金桂家圆" in set(links.open()["mention"])) == waits
    assert links.decisions["state"].to_list() == ["gone" if waits else "used"]
    said = links.frame[links.frame["method"] == "override"]
    assert {reason["override"] for reason in said["reason"]} == (set() if waits else {decision})


def test_a_decision_is_told_with_the_link():
    city = city_of(branches=LISTS)
    frame = linked(city, (*COVERS, "金桂家圆", "东门社区", "link", "a1")).frame
    row = frame[frame["method"] == "override"].iloc[0].to_dict()
    assert explain_link(row).endswith("decided by a person; one character differs; same community")
    frame = linked(city, (*COVERS, "金桂家圆", "东门社区", "no_match", "")).frame
    row = frame[frame["method"] == "override"].iloc[0].to_dict()
    assert (row["code"], row["accepted"], row["level"]) == ("", False, "compound")
    assert "a person has decided" in explain_link(row)


def test_what_is_decided_to_be_nothing_is_told_no_more():
    city = city_of(branches=[{**BRANCH, "covers": "不知名的小区、乌有花园"}])
    links = linked(city, (*COVERS, "不知名的小区", "东门社区", "no_match", ""))
    told = check_links(city, links).with_code("L101")
    assert [params["mention"] for params in told["params"]] == ["乌有花园"]
    assert len(links.unmatched()) == 2


def test_a_decision_comes_before_the_evidence_and_the_contradiction_is_told():
    rows = [{"compound_id": "a1", "compound_name": "金桂家园", **EAST}]
    city = city_of(owners_committees=rows)
    column = ("owners_committees", "compound")
    assert link(city, place(city)).accepted("compound")["code"].to_list() == ["a1"]
    links = linked(city, (*column, "金桂家园", "东门社区", "link", "a2"))
    assert links.accepted("compound")["code"].to_list() == ["a2"]
    told = check_links(city, links).with_code("L103")
    assert [row["variant"] for row in told["params"]] == ["decided"]
    links = linked(city, (*column, "金桂家园", "东门社区", "no_match", ""))
    told = check_links(city, links).with_code("L103")
    assert [(row["variant"], row["other_name"]) for row in told["params"]] == [("none", "金桂家园")]
    agreeing = linked(city, (*column, "金桂家园", "东门社区", "link", "a1"))
    assert "L103" not in check_links(city, agreeing).counts()


def test_one_alias_serves_all_registries():
    old = "老粮站大院"
    city = city_of(
        branches=[{**BRANCH, "covers": old}],
        premises=[{"unit_name": "甲局", "compound_name": old, **EAST}],
        owners_committees=[{"compound_name": old, **EAST}, {"compound_name": "老糧站大院"}],
        property_service=[{"company_name": "乙公司", "compound_name": old, "community_name": "河口社区"}],
        compounds=[{"name": old, **EAST}],
        pairings=[{"unit_name": "甲局", "target_kind": "compound", "target_name": old, **EAST}],
    )
    before = link(city, place(city)).accepted("compound")
    assert before.empty
    after = linked(city, (*COVERS, old, "东门社区", "alias", "a3"))
    found = after.accepted("compound")
    assert set(found["code"]) == {"a3"}
    assert sorted(found["record"].str.partition(".")[0]) == [
        "branches", "compounds", "owners_committees", "owners_committees", "pairings", "premises"]  # fmt: skip
    # In another community than the compound it still is a person who decides.
    assert set(after.open("compound")["record"].str.partition(".")[0]) == {"property_service"}
    # The row that it was decided on is gone; the others still use it, and it is not stale.
    rest = {kind: city.registries[kind] for kind in city.registries if kind != "branches"}
    later = linked(dataclasses.replace(city, registries=rest), (*COVERS, old, "东门社区", "alias", "a3"))
    assert len(later.accepted("compound")) == 5
    assert later.decisions["state"].to_list() == ["used"]


def test_aliases_of_records_communities_and_grids():
    city = city_of(
        units=[{"unit_id": "U1", "name": "粮食和物资储备局", **EAST}],
        branches=[{**BRANCH, "covers": "东片网格", "unit_name": "老粮食局"}],
        premises=[{"unit_name": "老粮食局", "compound_name": "银杏小区", "community_name": "东关社区"}],
    )
    links = linked(
        city,
        ("branches", "unit", "老粮食局", "东门社区", "alias", "U1"),
        ("branches", "covers", "东片网格", "东门社区", "alias", tiny.A1),
        ("branches", "community", "东关社区", "", "alias", tiny.A),
    )
    assert links.accepted("unit")["record"].str.partition(".")[0].to_list() == ["branches", "premises"]
    assert links.accepted("grid")["code"].to_list() == [tiny.A1]
    assert links.accepted("compound")["code"].to_list() == ["a2"]  # its community is known now


def test_records_are_referred_to_by_what_they_state():
    rows = [{"unit_id": "U1", "name": "甲局"}, {"name": "乙局"}, {"name": "丙局", **EAST},
            {"name": "丙局", "community_name": "西门社区"}, {"name": "丁局"}, {"name": "丁局"}]  # fmt: skip
    city = city_of(units=rows)
    community = pd.Series(["", "", tiny.A, tiny.B, "", ""], index=city.rows("units").index)
    targets = record_targets(city, "unit", community)
    refer = References(targets)
    said = [refer.text(code) for code in city.rows("units").index]
    assert said == ["U1", "乙局", f"丙局@{tiny.A}", f"丙局@{tiny.B}", "丁局", "丁局"]
    assert [refer.owner(text) for text in said] == [*city.rows("units").index[:4], "", ""]
    assert [refer.owner(text) for text in (" u１", "units.xlsx!Sheet1!3", "", "@", "丙局@9")] == [
        city.rows("units").index[0], "", "", "", ""]  # fmt: skip


def test_a_record_is_linked_by_its_code_wherever_it_stands():
    units = [{"unit_id": "U1", "name": "甲局"}, {"unit_id": "U2", "name": "乙局"}]
    for order in (units, units[::-1]):
        city = city_of(units=order, branches=[{**BRANCH, "unit_name": "甲乙联合单位"}])
        links = linked(city, ("branches", "unit", "甲乙联合单位", "东门社区", "link", "U2"))
        code = links.accepted("unit", "unit")["code"].iloc[0]
        assert city.rows("units").loc[code, "name"] == "乙局"


def test_one_thing_per_column_that_names_one():
    city = city_of(units=[{"unit_id": "U1", "name": "甲局"}, {"unit_id": "U2", "name": "乙局"}],
                   branches=[{**BRANCH, "unit_name": "甲乙联合单位"}])  # fmt: skip
    links = linked(city, ("branches", "unit", "甲乙联合单位", "东门社区", "split", "U1;U2"))
    assert links.decisions["state"].to_list() == ["single"]
    assert links.accepted("unit").empty
    told = check_links(city, links).with_code("L117")["params"].iloc[0]
    assert (told["variant"], told["n"]) == ("single", 2)


def test_a_decided_community_places_the_row():
    city = city_of(branches=[{**BRANCH, "covers": "金桂家园", "community_name": "乌有社区"}])
    assert covers(link(city, place(city))) == []
    links = linked(city, ("branches", "community", "乌有社区", "", "link", tiny.A))
    assert covers(links) == [("金桂家园", "a1", "name+parent")]


def test_all_places_can_be_decided_as_well():
    city = city_of(branches=[{**BRANCH, "covers": "全部小区", "community_name": ""}])
    links = linked(city, (*COVERS, "全部小区", "", "split", "a1;b1"))
    assert [code for _, code, _ in covers(links)] == ["a1", "b1"]


def test_decisions_and_one_record_per_compound():
    """What is decided is not there for others; who would have had it says so."""
    rows = [{"name": "金桂家园", "households": 10, **EAST}, {"name": "老院", "households": 20, **EAST}]
    city = city_of(compounds=rows)
    links = linked(city, ("compounds", "compound", "老院", "东门社区", "link", "a1"))
    chosen = links.accepted("compound", "compound")
    assert chosen["record"].to_list() == ["compounds.xlsx!Sheet1!4"]
    assert check_links(city, links).counts()["L105"] == 1
    attributes, _ = merge_attributes(city, links)
    assert attributes.frame.loc["a1", "households"] == 20
    free = linked(city, ("compounds", "compound", "金桂家园", "东门社区", "link", "a2"),
                  ("compounds", "compound", "老院", "东门社区", "link", "a1"))  # fmt: skip
    assert sorted(free.accepted("compound")["code"]) == ["a1", "a2"]
    assert "L105" not in check_links(city, free).counts()


@pytest.mark.parametrize("order", [1, -1])
def test_two_records_decided_to_be_one_compound(order):
    """Both stay linked; the values of one are used, whatever the order of the rows, and the other says so."""
    rows = [{"name": "老院", "households": 20, **EAST}, {"name": "旧院", "households": 30, **EAST}][::order]
    city = city_of(compounds=rows)
    links = linked(city, *(("compounds", "compound", name, "东门社区", "link", "a1") for name in ("老院", "旧院")))
    assert links.accepted("compound", "compound")["code"].to_list() == ["a1", "a1"]
    assert merge_attributes(city, links)[0].frame.loc["a1", "households"] == 30
    told = check_links(city, links).with_code("L105")
    assert [params["mention"] for params in told["params"]] == ["老院"]


def test_expired_and_unseen():
    city = city_of(branches=LISTS)
    links = linked(
        city,
        (*COVERS, "金桂家圆", "东门社区", "link", "a1", "2024-06-29"),
        (*COVERS, "从前的小区", "东门社区", "link", "a1", "2020-01-01"),
    )
    assert sorted(links.decisions["state"]) == ["expired", "unseen"]
    assert covers(links) == []
    assert {code for code in check_links(city, links).counts() if code >= "L117"} == {"L118", "L119"}
    undated = dataclasses.replace(city, as_of=None)  # nobody can say what has expired
    assert covers(linked(undated, (*COVERS, "金桂家圆", "东门社区", "link", "a1", "2024-06-29")))


def test_held_rows_are_decided_too():
    held = tiny.registry("branches", [{**BRANCH, "covers": "金桂家圆"}], first_row=90).frame.assign(why="row")
    city = dataclasses.replace(city_of(branches=[{**BRANCH, "covers": "银杏小区"}]), pending={"branches": held})
    links = linked(city, (*COVERS, "金桂家圆", "东门社区", "link", "a1"))
    assert links.decisions["state"].to_list() == ["used"]
    pending = links.pending[links.pending["field"] == "covers"]
    assert pending.loc[pending["accepted"], "code"].to_list() == ["a1"]
    assert covers(links) == [("银杏小区", "a2", "name+parent")]


def test_without_decisions_nothing_changes():
    city = city_of(branches=LISTS)
    plain, none = link(city, place(city)), link(city, place(city), overrides=Overrides())
    pd.testing.assert_frame_equal(plain.frame, none.frame)
    assert len(none.decisions) == 0
    assert repr(Overrides()) == "<Overrides: 0 decisions>"


ROWS = {
    "branches": [
        {**BRANCH, "name": "甲支部", "covers": "金桂家圆、银杏小区"},
        {**BRANCH, "name": "乙支部", "covers": "老粮站大院"},
        {**BRANCH, "name": "丙支部", "covers": "翠湖苑", "community_name": "西门社区居委会"},
        {**BRANCH, "name": "丁支部", "covers": "金桂家圆", "unit_name": "老财政"},
    ],
    "premises": [
        {"unit_name": "财政局", "compound_name": "老粮站大院", "community_name": "东门社区"},
        {"unit_name": "老财政", "compound_name": "向阳大院", "community_name": "河口社区"},
    ],
    "compounds": [{"name": "财政局大院", "community_name": "东门社区"}, {"name": "和平花苑", **EAST}],
    "units": [{"unit_id": "U1", "name": "财政局"}, {"unit_id": "U2", "name": "税务局"}],
}
DECIDED = (
    (*COVERS, "金桂家圆", "东门社区", "link", "a1"),
    (*COVERS, "老粮站大院", "东门社区", "alias", "a2"),
    (*COVERS, "翠湖苑", "西门社区", "split", "a4;b1"),
    ("branches", "unit", "老财政", "东门社区", "link", "U1"),
    ("premises", "unit", "老财政", "河口社区", "no_match", ""),
    ("premises", "compound", "向阳大院", "河口社区", "link", "c1"),
    ("compounds", "compound", "财政局大院", "东门社区", "link", "a3"),
    ("compounds", "compound", "和平花苑", "东门社区", "no_match", ""),
)


def said(city: City, links: Links) -> list[tuple]:
    """What was decided, without a word of where it stands."""
    table = mentions(links).reset_index()
    table = table[table["method"] == "override"]
    units = city.rows("units")["name"]
    codes = [tuple(units.get(code, code) for code in codes) for codes in table["codes"]]
    return sorted(zip(table["field"], table["mention"], table["state"], codes, strict=True))


def reissued(registry, order: list[int], name: str):
    """The same registry with its rows in another order, in another file and on another sheet."""
    frame = registry.frame.iloc[order].copy()
    frame["src"], frame["row"] = name, range(7, 7 + len(frame))
    frame.index = pd.Index([f"{name}!{row}" for row in frame["row"]], dtype="object", name="row_id")
    return dataclasses.replace(registry, frame=frame)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_decision_is_lost_when_files_are_shuffled_and_issued_again(data):
    first = city_of(**ROWS)
    expected = said(first, linked(first, *DECIDED))
    assert len(expected) == len(DECIDED) + 1  # one of them is said twice
    registries = {}
    for at, (kind, registry) in enumerate(first.registries.items()):
        order = data.draw(st.permutations(range(len(registry))))
        registries[kind] = reissued(registry, list(order), f"2025/新表{at}.xlsx!第{at}张")
    again = dataclasses.replace(first, registries=registries, sources=())
    links = linked(again, *data.draw(st.permutations(DECIDED)))
    assert said(again, links) == expected
    assert set(links.decisions["state"]) == {"used"}


def test_tally_and_changes():
    city = city_of(**ROWS)
    before, after = link(city, place(city)), linked(city, *DECIDED)
    for links in (before, after):
        table = tally(city, links)
        assert (table["mentions"] == table["accepted"] + table["waiting"] + table["none"]).all()
        assert table["mentions"].sum() == len(links.frame.drop_duplicates(["record", "field", "position"]))
    row = tally(city, after).set_index(["kind", "field", "level"]).loc[("branches", "covers", "compound")]
    assert (row["decided"], row["methods"]["override"]) == (4, 4)
    changes = link_changes(city, before, after)
    assert set(changes["change"]) <= {"gained", "settled", "changed"}
    split = changes[changes["mention"] == "翠湖苑"].iloc[0]
    assert (split["change"], split["before"], split["after"]) == ("gained", (), ("a4", "b1"))
    assert split["cell"].startswith("branches.xlsx!Sheet1!")
    back = link_changes(city, after, before)
    assert sorted(back["mention"]) == sorted(changes["mention"])
    assert set(back["change"]) <= {"lost", "reopened", "changed"}
    assert link_changes(city, after, after).empty


def test_thousands_of_decisions_cost_little():
    """Joined on keys: a tenth of the mentions is decided, and the time stays near that of linking."""
    size = 4000
    rows = [{**BRANCH, "name": f"第{n}支部", "covers": f"旧名{n}院"} for n in range(size)]
    city = city_of(branches=rows)
    where = place(city)
    decided = overrides(*((*COVERS, f"旧名{n}院", "东门社区", "link", "a1") for n in range(size)))
    start = time.process_time()
    link(city, where)
    plain = time.process_time() - start
    start = time.process_time()
    links = link(city, where, overrides=decided)
    spent = time.process_time() - start
    assert len(links.accepted("compound")) == size
    assert spent < 4 * plain + 2


def test_nothing_as_the_only_decision_on_the_compound_registry():
    city = city_of(compounds=[{"name": "金桂家园", **EAST}])
    decided = overrides(("compounds", "compound", "金桂家园", "东门社区", "no_match", ""))
    frame = link(city, place(city), overrides=decided).frame
    assert not frame.loc[frame["field"] == "compound", "accepted"].any()
