"""The fourteen tricks: a failing and a passing case each, what they leave of the figure, laws and hostile values."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from gridkit.audit.tricks import find_tricks, impact, search, told
from gridkit.audit.tricks.copied import _chance
from gridkit.coverage import check_coverage, check_tree, cover
from gridkit.errors import InputError
from gridkit.geo import to_lonlat
from gridkit.linkage import check_links
from gridkit.locale import speaking
from gridkit.model import Attributes, Findings, Links
from gridkit.model.proof import TRICK_COLUMNS
from gridkit.model.results import LINK_COLUMNS
from gridkit.rules import CATALOGUE
from gridkit.rules.ruleset import load_ruleset, override
from gridkit.rules.tricks import RULES
from tests import tiny
from tests.coverage.build import COMMUNITIES, build

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "audit" / "tricks.toml").read_text("utf-8"))["case"]
IDS = [f"{case['rule']}-{number}" for number, case in enumerate(CASES)]


def whole(case: dict, thresholds: dict | None = None, rule: str = ""):
    """Return the values of a case that tricks are searched in, as arguments; findings as far as ``rule`` needs them."""
    city, places, links, attributes = build(case)
    ruleset = override(load_ruleset(), {"thresholds": thresholds} if thresholds else {})
    coverage = cover(city, places, links, attributes, ruleset)
    known = [check_coverage(city, places, links, attributes, coverage, ruleset)]
    if rule in {"A104", "A105"}:
        known.append(check_tree(city, places, links, thresholds=ruleset.thresholds))
    if rule == "A105":
        known.append(check_links(city, links, covers=False, places=places))
    return (city, places, links, attributes, coverage), {"ruleset": ruleset, "findings": known}


@functools.cache
def bad(number: int):
    """Return the values of the failing case of that number, made once."""
    case = CASES[number]
    return whole(case["bad"], case.get("thresholds"), case["rule"])


def found(case: dict, thresholds: dict | None = None, rule: str = "") -> Findings:
    values, more = whole(case, thresholds, rule)
    return find_tricks(*values, **more)


def subject(token: str | int) -> str:
    return f"branches.xlsx!Sheet1!{token}" if isinstance(token, int) else COMMUNITIES.get(token, token)


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_the_bad_case_is_found(number):
    case, (values, more) = CASES[number], bad(number)
    rows = find_tricks(*values, **more).with_code(case["rule"])
    assert sorted(rows["subject"]) == sorted(subject(token) for token in case["subjects"])
    params = rows["params"].iloc[0]
    assert {name: params[name] for name in case.get("params", {})} == case.get("params", {})
    assert (rows["refs"].map(len) > 0).all()
    for row in rows.to_dict("records"):
        for language in ("en", "zh"):
            with speaking(language):
                assert not set("?〈{") & set(CATALOGUE[row["code"]].say(row["params"]))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_good_case_is_not(case):
    assert list(found(case["good"], case.get("thresholds"), case["rule"]).with_code(case["rule"])["subject"]) == []


def test_every_rule_has_a_case_and_all_its_texts():
    assert sorted({case["rule"] for case in CASES}) == [rule.code for rule in RULES]
    assert [rule.code for rule in RULES] == [f"A{number}" for number in range(101, 115)]
    for rule in RULES:
        assert rule.severity in {"error", "warning", "notice"}
        assert all((rule.title, rule.sentence, rule.remedy, rule.source)), rule.code


def test_a_second_limit_makes_an_error_of_a_warning():
    row = {"name": "x", "branch_kind": "joint", "covers": "a1、a2、a3、a4、b1、b2", "formal_members": 6}
    for hard, severity in ((10, "warning"), (5, "error")):
        assert list(found({"branches": [row]}, {"joint_hard_units": hard}).with_code("A103")["severity"]) == [severity]


def test_a_trick_has_a_place_on_the_map():
    case = {"branches": [{"name": "x", "branch_kind": "compound", "covers": "a1", "formal_members": 1}]}
    row = found(case).with_code("A108").iloc[0]
    # compound a1 is the square from 40 to 100 m east and north of the corner: its middle is 70 m east of 105 degrees
    assert row["lon"] == pytest.approx(105 + 70 / (111_320 * 0.769), abs=2e-5)
    assert 39.7 < row["lat"] < 39.8
    twice = {"branches": [{"name": "x", "branch_kind": "compound", "covers": "a1", "community_code": "A",
                           "formal_members": 9}]}  # fmt: skip
    assert np.isfinite(found(twice).with_code("A109")[["lon", "lat"]].to_numpy(dtype=float)).all()


# What is left of the figure -------------------------------------------------------------------------------------------

SHARED = {
    "branches": [
        {"name": "a", "branch_kind": "compound", "covers": "a1", "formal_members": 5, "term_end": "2023-01-01"},
        {"name": "b", "branch_kind": "compound", "covers": "a2", "formal_members": 5, "term_end": "2023-01-01"},
        {"name": "c", "branch_kind": "joint", "covers": "a2、a3", "formal_members": 5, "term_end": "2026-01-01"},
        {"name": "d", "branch_kind": "compound", "covers": "b1", "formal_members": 1, "term_end": "2026-01-01"},
    ]
}


def test_what_is_left_without_the_rows_of_a_trick():
    """a1 rests on an expired branch alone; a2 also on a joint one that is in term; b1 on one that is too small."""
    values, more = whole(SHARED, rule="A104")
    table = impact(search(*values, **more), values[-1], ruleset=more["ruleset"]).set_index("code")
    row = {3: "branches.xlsx!Sheet1!3", 4: "branches.xlsx!Sheet1!4", 6: "branches.xlsx!Sheet1!6"}
    assert table.loc["A104", ["records", "compounds"]].to_list() == [(row[3], row[4]), ("a1",)]
    assert table.loc["A108", ["records", "compounds"]].to_list() == [(row[6],), ("b1",)]
    assert table.loc["A104", ["findings", "numerator", "without", "denominator"]].to_list() == [2, 4, 3, 8]
    assert table.loc["", ["compounds", "numerator", "without"]].to_list() == [("a1", "b1"), 4, 2]
    assert list(table.reset_index().columns) == list(TRICK_COLUMNS)


def test_tricks_of_the_denominator_take_no_compound_away():
    case = next(case for case in CASES if case["rule"] == "A106")
    values, more = whole(case["bad"])
    table = impact(search(*values, **more), values[-1], ruleset=more["ruleset"]).set_index("code")
    assert table.loc["A106", ["compounds", "numerator", "without", "denominator"]].to_list() == [(), 1, 1, 8]


def test_a_repeated_branch_takes_its_other_rows_away_and_never_the_first():
    case = next(case for case in CASES if case["rule"] == "A105")
    values, more = whole(case["bad"], rule="A105")
    table = impact(search(*values, **more), values[-1], ruleset=more["ruleset"]).set_index("code")
    assert table.loc["A105", ["compounds", "numerator", "without"]].to_list() == [(), 1, 1]


def test_nothing_found_leaves_an_empty_table():
    values, more = whole({})
    assert search(*values, **more) == ()
    table = impact((), values[-1], ruleset=more["ruleset"])
    assert list(table.columns) == list(TRICK_COLUMNS)
    assert table.empty


# Laws -----------------------------------------------------------------------------------------------------------------

CLEAN = {
    "complete": ["branches", "compounds", "pairings"],
    "layer": {"a3": {"compound_type": "unit"}},
    "branches": [
        {"name": "金桂家园党支部", "branch_kind": "compound", "covers": "a1", "formal_members": 5, "secretary": "yes",
         "term_end": "2026-01-01", "members": 6},
        {"name": "银杏翠湖联合党支部", "branch_kind": "joint", "covers": "a2、a4", "formal_members": 3,
         "secretary": "yes", "term_end": "2026-03-01", "members": 3},
        {"name": "市财政局党委", "branch_kind": "unit", "covers": "a3", "formal_members": 33, "secretary": "yes",
         "agreement_on": "2023-02-01", "term_end": "2027-03-01", "members": 35},
    ],
    "compounds": [
        {"compound_id": code, "name": name, "coverage_claimed": claimed, "households": households, "formal_members": n}
        for code, name, claimed, households, n in (
            ("a1", "金桂家园", "单独组建", 211, 5), ("a2", "银杏小区", "联合组建", 78, 2),
            ("a3", "家属院", "依托单位", 44, 3), ("a4", "翠湖苑一期", "联合组建", 93, 1),
            ("b1", "翠湖苑二期", "无", 301, 1), ("b2", "和平花园", "无", 155, 1),
            ("c1", "向阳院", "无", 87, 0), ("c2", "金桂家园", "未组建", 62, 0),
        )
    ],
    "units": [{"unit_id": "u", "name": "市财政局"}],
    "premises": [{"unit_id": "u", "unit_name": "市财政局", "compound_id": "a3", "compound_name": "a3"}],
    "pairings": [{"unit_id": "u", "unit_name": "市财政局", "target_kind": "compound", "target_id": "a3"}],
}  # fmt: skip


def test_a_clean_city_has_no_tricks():
    assert found(CLEAN, rule="A105").counts() == {}


def _shuffled(number: int):
    """The values of a failing case with every frame in another row order."""
    (city, places, links, attributes, coverage), more = bad(number)
    mix = lambda frame: frame.sample(frac=1, random_state=number)  # noqa: E731
    registries = {kind: dataclasses.replace(one, frame=mix(one.frame)) for kind, one in city.registries.items()}
    city = dataclasses.replace(city, registries=registries)
    coverage = dataclasses.replace(coverage, trace=mix(coverage.trace), frame=mix(coverage.frame))
    known = [Findings(mix(part.frame)) for part in more["findings"]]
    values = (
        city,
        places,
        Links(mix(links.frame)),
        Attributes(mix(attributes.frame), mix(attributes.origin)),
        coverage,
    )
    return values, {**more, "findings": known}


@pytest.mark.parametrize("number", range(0, len(CASES), 2), ids=IDS[::2])
def test_the_order_of_rows_does_not_matter(number):
    (values, more), (mixed, again) = bad(number), _shuffled(number)
    first, second = search(*values, **more), search(*mixed, **again)
    assert first == second
    pd.testing.assert_frame_equal(told(first, values[0]).frame, told(second, mixed[0]).frame)
    left = [impact(first, values[-1], ruleset=more["ruleset"]), impact(second, mixed[-1], ruleset=more["ruleset"])]
    pd.testing.assert_frame_equal(*left)


_BRANCH = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["x", "y", "功能型党支部", ""]),
        "branch_kind": st.sampled_from(["compound", "joint", "functional", "unit", "community", ""]),
        "covers": st.sampled_from(["a1", "a1、a2", "a1、b2、c2", "a3?", "海天佳苑", "", "a1、a2、a3、a4、b1、b2"]),
        "community_code": st.sampled_from(["A", "B", "", "没有"]),
        "formal_members": st.sampled_from([None, 0, 1, 2, 3, 60]),
        "term_end": st.sampled_from(["", "2020-01-01", "2026-01-01"]),
        "secretary": st.sampled_from(["yes", "no", "unknown"]),
        "branch_status": st.sampled_from(["active", "", "planned", "dissolved", "unknown"]),
    }
)


@settings(max_examples=5, deadline=None)
@given(rows=st.lists(_BRANCH, max_size=6), complete=st.booleans())
def test_whatever_stands_in_the_files_the_figure_only_shrinks(rows, complete):
    case = {"branches": rows, "complete": ["branches"] * complete} if rows else {}
    values, more = whole(case, rule="A104")
    tricks = search(*values, **more)
    table = impact(tricks, values[-1], ruleset=more["ruleset"])
    declared = int((values[-1].frame["organisation"] == "yes").sum())
    for row in table.to_dict("records"):
        assert 0 <= row["without"] <= row["numerator"] == declared <= row["denominator"] == 8
        assert row["numerator"] - row["without"] == len(row["compounds"]) == len(set(row["compounds"]))
    assert len(told(tricks, values[0])) == len(tricks)
    if len(table):
        assert table["without"].iloc[-1] == table["without"].min()


# Hostile values -------------------------------------------------------------------------------------------------------


def test_without_registries_and_without_findings_nothing_is_found():
    (city, places, _, attributes, coverage), more = whole({})
    links = Links(pd.DataFrame(columns=list(LINK_COLUMNS)))
    assert find_tricks(city, places, links, attributes, coverage, ruleset=more["ruleset"]).counts() == {}


def test_empty_registries_are_no_tricks():
    city, places, links, attributes = build({})
    kinds = ("branches", "compounds", "units", "premises", "pairings", "property_companies", "property_service")
    registries = {kind: tiny.registry(kind, [{"src": ""}], complete=True) for kind in kinds}
    registries = {kind: dataclasses.replace(one, frame=one.frame.iloc[:0]) for kind, one in registries.items()}
    city = dataclasses.replace(city, registries=registries)
    coverage = cover(city, places, links, attributes, load_ruleset())
    assert find_tricks(city, places, links, attributes, coverage, ruleset=load_ruleset()).counts() == {}


def test_registries_without_numbers_and_without_places():
    rows = {
        "branches": [{"name": "", "branch_kind": ""}] * 7,
        "compounds": [{"name": "<b>{x}</b>、=1+1"}] * 7,
        "units": [{"name": "", "lon": None, "lat": 99.0}] * 7,
        "pairings": [{"unit_name": "{n}", "target_name": ""}] * 7,
        "premises": [{"unit_name": "", "compound_name": ""}],
    }
    counts = found({**rows, "complete": list(rows)}).counts()
    assert {code for code in counts if code not in {"A114"}} == set()


def test_text_of_a_file_is_never_taken_for_a_template():
    row = {"name": "{n}<script>", "branch_kind": "compound", "covers": "a1", "formal_members": 1}
    params = found({"branches": [row]}).with_code("A108")["params"].iloc[0]
    assert CATALOGUE["A108"].say(params).startswith("{n}<script> counts as a branch of its own")


def test_compounds_without_a_place_are_told_without_one():
    city, places, links, attributes = build({"branches": [{"name": "x", "branch_kind": "compound", "covers": "a1",
                                                           "formal_members": 1}]})  # fmt: skip
    layer = city.layers["compound"]
    frame = layer.frame.copy()
    frame["geometry"] = gpd.GeoSeries([None] * len(frame), index=frame.index, crs=tiny.CRS)
    city = city.with_layers(compound=dataclasses.replace(layer, frame=frame))
    ruleset = load_ruleset()
    coverage = cover(city, places, links, attributes, ruleset)
    known = check_coverage(city, places, links, attributes, coverage, ruleset)
    rows = find_tricks(city, places, links, attributes, coverage, ruleset=ruleset, findings=[known]).with_code("A108")
    assert len(rows) == 1
    assert rows["lon"].isna().all()


# Single detectors -----------------------------------------------------------------------------------------------------


def _paired(target: str, more: dict | None = None):
    """A unit in the middle of compound a1 that is paired with ``target``."""
    middle = gpd.GeoSeries([Point(tiny.X0 + 70, tiny.Y0 + 70)], crs=tiny.CRS)
    point = to_lonlat(middle).iloc[0]
    unit = {"unit_id": "u", "name": "市财政局", "lon": point.x, "lat": point.y}
    pair = {"unit_id": "u", "unit_name": "市财政局", "target_kind": "compound", "target_id": target, **(more or {})}
    return {"units": [unit], "pairings": [pair]}


def test_a_pair_beyond_the_threshold_past_an_unpaired_neighbour():
    """From the middle of a1 to the near edge of c2 (1040 m east, 240 m north of the corner) it is 970 by 170 m."""
    row = found(_paired("c2"), {"pairing_far_m": 900}).with_code("A111").iloc[0]
    assert row["subject"] == "units.xlsx!Sheet1!3"
    wanted = {
        "target": "金桂家园",
        "span_km": round(np.hypot(970, 170) / 1000, 1),
        "nearest_name": "金桂家园",
        "near_km": 0.0,
    }
    assert {name: row["params"][name] for name in wanted} == wanted
    assert found(_paired("c2"), {"pairing_far_m": 1_000}).with_code("A111").empty
    assert found(_paired("a1"), {"pairing_far_m": 0}).with_code("A111").empty
    assert found(_paired("c2", {"pairing_reason": "premises"}), {"pairing_far_m": 900}).with_code("A111").empty


def test_a_company_whose_instructor_counts_for_all_that_it_serves():
    case = {"layer": {code: {"instructor": "yes"} for code in tiny.COMPOUNDS}}
    (city, places, _, attributes, coverage), more = whole(case)
    company = tiny.registry("property_companies", [{"company_id": "W", "name": "安居物业", "party_form": "instructor"}])
    service = tiny.registry(
        "property_service", [{"company_name": "安居物业", "compound_name": c} for c in tiny.COMPOUNDS]
    )
    city = dataclasses.replace(city, registries={"property_companies": company, "property_service": service})
    base = {"position": 0, "mention": "", "method": "code", "score": 9.0, "margin": 9.0, "rank": 1, "accepted": True,
            "reason": {}}  # fmt: skip
    rows = [{**base, "record": record, "field": "company", "level": "company", "code": company.frame.index[0]}
            for record in service.frame.index]  # fmt: skip
    rows += [{**base, "record": record, "field": "compound", "level": "compound", "code": code}
             for record, code in zip(service.frame.index, tiny.COMPOUNDS, strict=True)]  # fmt: skip
    links = Links(pd.DataFrame(rows)[list(LINK_COLUMNS)])
    row = find_tricks(city, places, links, attributes, coverage, ruleset=more["ruleset"]).with_code("A113").iloc[0]
    assert {name: row["params"][name] for name in ("name", "n", "variant")} == {
        "name": "安居物业", "n": 8, "variant": "company",
    }  # fmt: skip
    one = attributes.frame.assign(instructor=np.where(attributes.frame.index == "a1", "no", "yes"))
    values = (city, places, links, Attributes(one, attributes.origin), coverage)
    assert find_tricks(*values, ruleset=more["ruleset"]).with_code("A113").empty


def test_round_numbers_are_told_once_with_their_rows():
    rows = [{"name": f"n{n}", "households": 100 + 10 * n, "population": 307 + 13 * n} for n in range(24)]
    table = found({"compounds": rows}).with_code("A112")
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["params"]["count"], row["params"]["n"], row["params"]["field"]) == (24, 24, "households")
    assert len(row["refs"]) == 24
    # 24 numbers of which every tenth is round, as chance has it; and 19 round ones are too few to judge
    assert found({"compounds": [{**r, "households": 101 + 7 * n} for n, r in enumerate(rows)]}).with_code("A112").empty
    assert found({"compounds": rows[:19]}).with_code("A112").empty


def test_the_chance_of_equal_rows():
    """Ten rows, the last four equal in two columns: elsewhere in six rows once both (2/8), the columns 3/8 and 4/8."""
    table = np.array([[1, 1], [7, 9], [7, 2], [3, 9], [4, 9], [5, 5], [7, 9], [7, 9], [7, 9], [7, 9]], dtype=float)
    assert _chance(table, 6, 10, np.array([True, True])) == pytest.approx(10 * max(2 / 8, 3 / 8 * 4 / 8) ** 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("copied_min_rows", 1), ("copied_min_columns", 0), ("round_percent", 101), ("round_min_values", 0),
     ("chance_one_in", 0), ("pairing_far_m", -1), ("instructor_max_compounds", "many")],
)  # fmt: skip
def test_thresholds_out_of_range_are_stated(name, value):
    with pytest.raises(InputError, match="cannot be used"):
        override(load_ruleset(), {"thresholds": {name: value}})


def test_values_that_many_rows_have_are_no_copies():
    """Groups of three members each stand together in a table; two of the other nine rows have the same numbers."""
    table = np.array([[3, 3]] * 6 + [[n, n + 1] for n in range(10, 17)] + [[3, 3], [3, 3]], dtype=float)
    assert _chance(table, 0, 6, np.array([True, True])) == 1.0


@pytest.mark.parametrize(
    ("names", "told_twice"),
    [
        (("金桂东区党支部", "金桂西区党支部"), False), (("金桂A区党支部", "金桂Ｂ区党支部"), False),
        (("金桂党支部", "金桂退休党支部"), False), (("金桂离退休干部第一党支部", "金桂第一党支部"), False),
        (("金桂在职党员党支部", "金桂流动党员党支部"), False), (("金桂一区党支部", "金桂东区党支部"), False),
        (("金桂新区党支部", "金桂老区党支部"), False), (("金桂退休党支部", "金桂离退休党支部"), True),
        (("金桂Ａ区党支部", "中共金桂a区支部委员会"), True), (("金桂党支部", "金桂里支部"), True),
        (("教师新村党支部", "金桂党支部"), True),  # the name of a place, not of members
    ],
)  # fmt: skip
def test_names_that_tell_the_branches_of_one_compound_apart(names, told_twice):
    rows = [{"name": name, "branch_kind": "compound", "covers": "a1", "formal_members": 5, "founded_on": "2021-07-01"}
            for name in names]  # fmt: skip
    assert bool(len(found({"branches": rows}, rule="A105").with_code("A105"))) is told_twice


def test_a_blank_number_of_a_branch_is_not_filled_in_by_its_compound():
    row = {"name": "x", "branch_kind": "compound", "covers": "a1", "secretary": "no"}
    rows = found({"branches": [row]})
    assert rows.with_code("A101").empty
    told_of = rows.with_code("A108").iloc[0]
    assert told_of["refs"] == ("compound.gpkg!compound!1.formal_members", "branches.xlsx!Sheet1!O3")  # covers
    assert CATALOGUE["A108"].say(told_of["params"]) == (
        "x counts as a branch of its own and states no formal members; 金桂家园, which it covers, has 1, and 3 are "
        "needed"
    )


def _rows(copies: int, values: tuple[int, ...], *others: tuple[int, ...]):
    names = ("buildings", "households", "population")
    return {"compounds": [{"name": f"n{n}", **dict(zip(names, row, strict=True))}
                          for n, row in enumerate([values] * copies + list(others))]}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        (_rows(8, (9, 312, 871)), [8]),  # 8 x (1/2) ** (2 x 7) = 0.0005
        (_rows(7, (9, 312, 871)), []),  # 7 x (1/2) ** (2 x 6) = 0.0017
        (_rows(6, (90, 312, 871)), [6]),  # 6 x (1/2) ** (3 x 5) = 0.0002
        (_rows(5, (90, 312, 871)), []),  # 5 x (1/2) ** (3 x 4) = 0.0012
        (_rows(9, (9, 312, 871), (12, 412, 999)), [9]),  # one other row at the end: not in the order of its values
        (_rows(5, (90, 312, 871), (1, 30, 60), *[(90, 312, 871)] * 6), [6]),  # the first five are too few to be sure
        (_rows(8, (1, 3, 3)), []),  # small numbers are alike
        (_rows(8, (1, 3, 21)), []),  # and one column is not enough
    ],
)  # fmt: skip
def test_a_table_that_is_alike_as_a_whole(case, rows):
    assert [params["rows"] for params in found(case).with_code("A112")["params"]] == rows
