"""Every A2xx rule with a row that it finds and one that it leaves alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from gridkit.audit import check_arithmetic
from gridkit.rules import CATALOGUE
from gridkit.rules.audit import RULES
from tests import tiny
from tests.audit.build import indicators
from tests.audit.test_claims import Claim

CASES = tomllib.loads((Path(__file__).parent.parent / "cases/audit/arithmetic.toml").read_text(encoding="utf-8"))[
    "case"
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['code']} {case['kind']}")
def test_cases(case):
    found = check_arithmetic(tiny.city([tiny.registry(case["kind"], case["bad"])])).with_code(case["code"])
    assert len(found) == 1
    row = found.iloc[0]
    assert row["subject"] == case.get("subject", f"{case['kind']}.xlsx!Sheet1!3")
    assert row["refs"]
    if "refs" in case:
        assert list(row["refs"]) == case["refs"]
    if "sentence" in case:
        assert CATALOGUE[case["code"]].say(row["params"]) == case["sentence"]
    clean = check_arithmetic(tiny.city([tiny.registry(case["kind"], case["good"])]))
    assert case["code"] not in clean.counts()


def test_every_rule_has_a_case():
    of_claims = {"A210", *(f"A2{number}" for number in range(11, 18))}
    assert {rule.code for rule in RULES} == {case["code"] for case in CASES} | of_claims


def test_stated_shares():
    committees = tiny.registry("owners_committees", [{"body_kind": "owners_committee"}] * 2)
    city = tiny.city([committees])
    name = "owners.party_share"
    # two committees have 10 to 22 members, an even number: 50 % is 5 of 10, and 55.2 % would need 29 of 58 thousandths
    claims = [Claim(name, 50, text="half"), Claim(name, 55.2, text="odd"), Claim(name, 55.2, ">=", text="at least")]
    claims += [
        Claim(name + "_min", 60, text="three of five"),
        Claim(name, None, text="hidden"),
        Claim("pairing.units", 55.2),
    ]
    found = check_arithmetic(city, claims)
    assert found.counts() == {"A210": 1}
    assert found.frame["subject"].tolist() == ["odd"]


def test_occupied_households_of_a_layer():
    city = tiny.city(compounds={"a1": {"households": 10, "households_occupied": 11}})
    found = check_arithmetic(city)
    assert found.counts() == {"A207": 1}
    assert found.frame.loc[0, "subject"] == "compound.gpkg!compound!1"


def test_ledger_without_promises_is_not_judged():
    rows = [{"ledger_kind": "issue", "community_name": "东门社区", "resolved_on": "2024-02-01"}]
    assert len(check_arithmetic(tiny.city([tiny.registry("ledgers", rows)]))) == 0


def test_nothing_to_check():
    assert len(check_arithmetic(tiny.city())) == 0


def test_file_headers_are_named():
    registry = tiny.registry("branches", [{"founded_on": "2024-07-01"}])
    city = tiny.city([registry])
    source = city.sources[-1]
    named = type(source)(
        **{name: getattr(source, name) for name in source.__slots__} | {"headers": {"founded_on": "成立时间"}}
    )
    city = type(city)(city.name, city.crs, city.as_of, city.layers, city.registries, (*city.sources[:-1], named))
    assert check_arithmetic(city).frame.loc[0, "params"]["field"] == "成立时间"


def test_a_city_without_a_compound_layer():
    city = tiny.city([tiny.registry("units", [{"members": 5, "members_reported": 6}])])
    layers = {level: layer for level, layer in city.layers.items() if level != "compound"}
    bare = type(city)(city.name, city.crs, city.as_of, layers, city.registries, city.sources)
    assert check_arithmetic(bare).counts() == {"A207": 1}


def test_claims_that_name_nothing_measured():
    city = tiny.city()
    good = [
        Claim(),
        Claim(scope="东门社区"),
        Claim(scope="tiny"),
        Claim(scope="urban", basis="households"),
        Claim("pairing.units"),  # there is such an indicator; its registry is missing
        Claim("completeness.units"),
        Claim(scope="第一网格"),  # three places have that name: said with the verdict
    ]
    bad = [
        Claim("coverage.organization.declared", text="1"),
        Claim(scope="东门社趣", text="2"),
        Claim(basis="residents", text="3"),
    ]
    assert len(check_arithmetic(city, good, indicators())) == 0
    found = check_arithmetic(city, [*good, *bad], indicators())
    assert found.frame["subject"].to_list() == ["1", "2", "3"]
    said = [CATALOGUE["A211"].say(params) for params in found.frame["params"]]
    assert said[0].startswith(
        "“coverage.organization.declared” is no indicator; the nearest are coverage.organisation."
    )
    assert said[1].startswith(
        "organisation coverage, as declared is not measured for “东门社趣”; the nearest are 东门社区"
    )
    assert said[2] == "organisation coverage, as declared is not measured by “residents”, but by compounds, households"
    assert check_arithmetic(city, [*good, *bad]).frame["subject"].to_list() == ["1"]
