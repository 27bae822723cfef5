"""Claims with a declared definition, widened intervals, other days, ranges, contradictions and broken entries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import pandas as pd
import pytest
import shapely

from gridkit.audit import broken_rules, check_claims, judge, measure, say_because
from gridkit.audit.matrix import build_matrix
from gridkit.model import Allowance, AuditResult, Links, Places
from gridkit.model.results import LINK_COLUMNS
from gridkit.rules import CATALOGUE
from tests import tiny
from tests.audit import build
from tests.audit.test_matrix import MACHINE, ROW, VIA, link, world


@dataclass(frozen=True)
class Claim:
    indicator: str = "coverage.organisation.declared"
    figure: object = 100.0
    comparator: str = "="
    scope: str = ""
    basis: str = ""
    text: str = "全覆盖"
    source: str = ""
    definition: dict = field(default_factory=dict)
    as_of: dt.date | None = None
    upper: object = None
    rounding: object = None
    mistakes: tuple = ()


def proved(made, rate=0.0, **sample):
    allowance = Allowance(rate=rate, **sample)
    matrix, definitions = build_matrix(*made, allowance=allowance)
    return measure(*made), made[0], AuditResult(allowance=allowance, matrix=matrix, definitions=definitions)


def one(claim, made, rate=0.0, **sample):
    table, city, result = proved(made, rate, **sample)
    return judge([claim], table, city, result=result).iloc[0]


SMALL = world(MACHINE, via=VIA)  # declared: 4 of 8 and one unknown; see test_matrix
SURE = world([link(ROW(3 + at), code, "override") for at, code in enumerate(("a1", "a2", "a3", "b1"))], via=VIA)


# ---- one organisation per grid: 194 branches, 1165 groups, 1359 grids


def full_city(*, groups=1165, branches=194, method="override"):
    """Return a city of ``groups`` + ``branches`` comprehensive grids with one organisation each."""
    total = groups + branches
    codes = [f"{tiny.A}{number:04d}" for number in range(total)]
    base = tiny.city()
    shapes = list(shapely.box(range(total), 0, range(1, total + 1), 1))
    grid = tiny.layer(
        "grid", {code: {"community_code": tiny.A, "grid_kind": "comprehensive"} for code in codes}, shapes
    )
    rows = [{"name": "x", "branch_kind": "grid", "org_level": "branch" if at < branches else "group"}
            for at in range(total)]  # fmt: skip
    registry = tiny.registry("branches", rows, complete=True)
    city = type(base)("tiny", base.crs, base.as_of, {**base.layers, "grid": grid}, {"branches": registry})
    links = [link(record, code, method, level="grid") for record, code in zip(registry.frame.index, codes, strict=True)]
    parents = {"community": tiny.places().parents["community"], "grid": pd.Series(tiny.A, index=codes, dtype="object")}
    frame = pd.DataFrame(links, columns=list(LINK_COLUMNS)).astype({"accepted": bool})
    return city, Places(tiny.places().frame, parents), Links(frame), build.attributes(city), build.coverage(city)


FULL = full_city()


def test_full_coverage_is_14_3_percent_or_100_percent_by_definition():
    """The same rows: 194 of 1359 grids have a branch, 1359 of 1359 a branch or a group."""
    table, city, result = proved(FULL, 0.01)
    claims = [
        Claim("grids.branch_rate"),
        Claim("grids.branch_or_group_rate"),
        Claim("grids.branch_rate", definition={"numerator": "branch_or_group"}),
        Claim("grids.branch_rate", figure=14.3),
    ]
    by_branch, by_either, stated, share = (row for _, row in judge(claims, table, city, result=result).iterrows())
    assert (by_branch["verdict"], by_branch["numerator"], by_branch["denominator"]) == ("refuted", 194, 1359)
    assert by_branch["upheld_under"] == (
        "branch_or_group/all/area", "branch_or_group/all/grids",
        "branch_or_group/comprehensive/area", "branch_or_group/comprehensive/grids",
    )  # fmt: skip
    assert "14.3% (194 of 1359) contradicts 100%" in say_because(by_branch)
    assert (by_either["verdict"], by_either["low"], by_either["high"]) == ("upheld", 1.0, 1.0)
    assert (stated["verdict"], stated["definition"]) == ("upheld", "branch_or_group/comprehensive/grids")
    assert share["verdict"] == "upheld"
    assert "branch/comprehensive/grids" in share["upheld_under"]


def test_full_coverage_through_links_that_nobody_decided_stays_open():
    """Fourteen of the 1359 links may be wrong: 1345 of 1359 are 98.97 %."""
    made = full_city(method="code+name")
    row = one(Claim("grids.branch_or_group_rate"), made, 0.01)
    assert (row["verdict"], row["low"], row["high"]) == ("undetermined", 1345 / 1359, 1.0)
    said = say_because(row)
    assert said.startswith("The links alone leave it open: 99.0%–100% (1359 of 1359 as linked)")
    assert "widened by 14 downwards and 0 upwards, as up to 1.00% of the links" in said
    assert "assumed" in said
    assert row["upheld_under"] == ()
    row = one(Claim("grids.branch_or_group_rate", figure=98.5, comparator=">="), made, 0.00994, sampled=300)
    assert row["verdict"] == "upheld"
    assert "(measured: 0 of 300 checked)" in say_because(row)


# ---- widened intervals and definitions


def test_the_interval_of_an_indicator_is_widened():
    """4 of 8 and one unknown; one of four links may be wrong: 3 to 6 of 8."""
    row = one(Claim(figure=50, comparator=">="), SMALL, 0.1)
    assert (row["verdict"], row["low"], row["high"]) == ("undetermined", 3 / 8, 6 / 8)
    assert one(Claim(figure=50, comparator=">="), SURE, 0.1)["verdict"] == "upheld"
    assert one(Claim(figure=37.5, comparator=">="), SMALL, 0.1)["verdict"] == "upheld"
    assert one(Claim(figure=76, comparator=">="), SMALL, 0.1)["verdict"] == "refuted"
    assert one(Claim(figure=70, comparator=">="), SMALL, 0.1)["verdict"] == "undetermined"


def test_an_interval_below_the_streets_is_widened_too():
    row = one(Claim(scope=tiny.A, figure=75), SMALL, 0.1)  # a1 a2 a3 of four: one may be wrong, and mean a4
    assert (row["verdict"], row["low"], row["high"]) == ("undetermined", 2 / 4, 4 / 4)
    assert one(Claim(scope=tiny.A, figure=75), SURE, 0.1)["verdict"] == "upheld"
    homes = one(Claim(scope=tiny.A1, basis="households", figure=100), SMALL, 0.1)
    assert (homes["low"], homes["high"]) == (100 / 300, 1.0)


def test_a_hundred_percent_falls_only_where_the_widened_interval_excludes_it():
    values = dict.fromkeys(VIA, ("OWN_BRANCH", "yes", "yes", "yes")) | dict.fromkeys(
        ("a4",), ("UNCOVERED", "no", "no", "no")
    )
    made = world(MACHINE, via=VIA, values=values)
    assert one(Claim(scope=tiny.A), made)["verdict"] == "refuted"
    assert one(Claim(scope=tiny.A), made, 0.1)["verdict"] == "undetermined"  # the wrong link may be that of a4


@pytest.mark.parametrize(("definition", "figure", "verdict", "numbers"), [
    ({"numerator": "valid"}, 37.5, "undetermined", (2, 8)),
    ({"numerator": "valid", "weight": "households"}, 10.3, "undetermined", (300, 2900)),
    ({"numerator": "own", "denominator": "members3"}, 25, "undetermined", (2, 8)),
    ({"weight": "residents"}, 90, "refuted", (3300, 8700)),
])  # fmt: skip
def test_a_declared_definition_is_judged_by_its_cell(definition, figure, verdict, numbers):
    row = one(Claim(definition=definition, figure=figure), SMALL)
    assert (row["verdict"], (row["numerator"], row["denominator"])) == (verdict, numbers)
    assert row["definition"].count("/") == 2


def test_the_ids_behind_a_declared_definition():
    row = one(Claim(definition={"numerator": "declared"}, figure=90), SMALL)
    assert (row["verdict"], row["ids"]) == ("refuted", ("a4", "b2", "c1"))
    row = one(Claim(definition={"numerator": "declared"}, scope="urban", figure=66.7), SMALL)
    assert (row["verdict"], row["ids"]) == ("upheld", ("a1", "a2", "a3", "b1"))
    assert one(Claim(definition={"numerator": "declared"}, figure=50), SMALL)["ids"] == ("c2",)


@pytest.mark.parametrize(("lower", "upper", "verdict"), [
    (45, 65, "upheld"), (50, 60, "undetermined"), (70, 80, "refuted"), (60, 100, "undetermined"),
    (49.96, 62.54, "upheld"),
])  # fmt: skip
def test_ranges(lower, upper, verdict):
    """50 % to 62.5 % against "45 to 65 percent"."""
    row = one(Claim(figure=lower, upper=upper), SURE)
    assert row["verdict"] == verdict
    assert "–" in say_because(row)


def test_a_figure_that_is_exact():
    assert one(Claim(figure=66.7, scope="urban"), SURE)["verdict"] == "upheld"
    assert one(Claim(figure=66.7, scope="urban", rounding="none"), SURE)["verdict"] == "refuted"


def test_another_day():
    assert one(Claim(figure=50, comparator=">=", as_of=tiny.AS_OF), SURE)["verdict"] == "upheld"
    row = one(Claim(figure=50, comparator=">=", as_of=dt.date(2023, 12, 31)), SURE)
    assert (row["verdict"], row["as_of"]) == ("undetermined", "2023-12-31")
    assert say_because(row) == "The claim speaks of 2023-12-31, the data of 2024-06-30."
    undated = (replace(SURE[0], as_of=None), *SURE[1:])
    assert one(Claim(figure=50, as_of=tiny.AS_OF), undated)["because"]["key"] == "no_day"


# ---- bad input


def check(claims, made=SMALL, **more):
    table, city, result = proved(made)
    judged = judge(claims, table, city, result=result, **more)
    return judged, check_claims(claims, judged)


def test_contradictions_are_named_and_both_judged():
    claims = [
        Claim(text="1", figure=50, comparator=">="), Claim(text="2", figure=100), Claim(text="3", figure=40),
        Claim(text="4", figure=40, scope="urban"), Claim(text="5", figure=98, comparator="<"),
        Claim(text="6", figure=60, upper=70), Claim(text="7", figure=None),
    ]  # fmt: skip
    judged, found = check(claims)
    assert judged["verdict"].tolist().count("undetermined") < len(claims)
    rows = found.with_code("A212")
    assert rows["subject"].tolist() == ["3", "5", "6"]
    assert [row["own"] for row in rows["params"]] == [3, 5, 6]
    assert [row["number"] for row in rows["params"]] == [2, 2, 2]
    assert rows.iloc[0]["refs"] == ("gridkit.toml!claims.2.figure", "gridkit.toml!claims.3.figure")
    said = CATALOGUE["A212"].say(rows.iloc[0]["params"])
    assert said == "claim 3 cannot be true together with claim 2, “2”"


@pytest.mark.parametrize(("claims", "clean"), [
    ([Claim(figure=95), Claim(figure=95.4)], True),  # 95 means 94.5 to 95.5
    ([Claim(figure=95), Claim(figure=97)], False),
    ([Claim(figure=95, comparator=">"), Claim(figure=95, comparator="<=")], False),
    ([Claim(figure=95, comparator=">="), Claim(figure=95, comparator="<=")], True),
    ([Claim(figure=95), Claim(figure=40, as_of=tiny.AS_OF)], True),
    ([Claim(figure=95), Claim(figure=40, definition={"numerator": "own"})], True),
])  # fmt: skip
def test_what_contradicts(claims, clean):
    assert check(claims)[1].with_code("A212").empty is clean


def test_what_cannot_be_judged_is_a_finding_and_the_rest_is_judged():
    claims = [
        Claim(figure=50, comparator=">="),
        Claim("grids.branch_rate", text="no layer"),
        Claim(figure="XX%", text="masked"),
        Claim(scope="南门", definition={"numerator": "own"}, text="nowhere"),
        Claim(definition={"numerator": "owned"}, text="no such definition"),
        Claim(text="unread", mistakes=("gridkit.toml:7: unknown key figur",)),
        Claim(scope="第一网格", text="three of them"),
        Claim(as_of=dt.date(2020, 1, 1), text="long ago"),
    ]
    city = replace(SMALL[0], layers={name: layer for name, layer in SMALL[0].layers.items() if name != "grid"})
    judged, found = check(claims[:6] + claims[7:], (city, *SMALL[1:]))
    assert judged["verdict"].tolist() == ["upheld"] + ["undetermined"] * 6
    by = {row["subject"]: row["code"] for row in found.rows()}
    assert by == {"no layer": "A215", "masked": "A216", "nowhere": "A211", "no such definition": "A211",
                  "unread": "A214", "long ago": "A217"}  # fmt: skip
    assert found.with_code("A214").iloc[0]["severity"] == "error"
    assert found.with_code("A214").iloc[0]["refs"] == ("gridkit.toml!claims.6",)
    for row in judged.to_dict("records"):
        assert "{" not in say_because(row)
    for row in found.rows():
        assert "{" not in CATALOGUE[row["code"]].say(row["params"])
    _, found = check([claims[6]])
    assert CATALOGUE["A215"].say(found.frame["params"][0]) == "several places are named “第一网格”"


def test_a_rule_set_that_cannot_be_used_leaves_coverage_open():
    claims = [Claim(figure=50, comparator=">="), Claim("gap.organisation", 1), Claim(definition={"numerator": "own"}),
              Claim("completeness.branches", basis="")]  # fmt: skip
    judged, _ = check(claims, trusted=False)
    keys = [row["key"] for row in judged["because"]]
    assert keys[:3] == ["ruleset"] * 3
    assert keys[3] != "ruleset"
    found = broken_rules(
        [("rules.toml", "rules.0.status", "unknown key"), ("rules.toml", "", "rule ids must differ: A")]
    )
    assert found.frame["refs"].tolist() == [("rules.toml",), ("rules.toml!rules.0.status",)]
    assert set(found.frame["severity"]) == {"error"}


def test_hostile_words_of_a_claim_stay_words():
    claim = Claim(indicator="{x}<b>", scope="=cmd|'{y}'", text="{z}", definition={"numerator": "{n}"})
    judged, found = check([claim, replace(claim, definition={}), replace(claim, mistakes=("{m}",))])
    assert [say_because(row) for row in judged.to_dict("records")]
    assert [CATALOGUE[row["code"]].say(row["params"]) for row in found.rows()]
