"""Figures of published reports that check each other: known answers for the audit."""

from __future__ import annotations

from fractions import Fraction

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from gridkit.audit import judge, mean, measure, percent, reachable_shares
from gridkit.audit.shares import totals_for
from gridkit.model import City, Layer, Places, conform
from gridkit.model.fields import LAYER_FIELDS
from gridkit.model.results import PLACE_COLUMNS
from tests import tiny
from tests.audit.build import attributes, coverage, indicators, links, numbers
from tests.audit.test_claims import Claim

GRIDS = [f"99{number:07d}" for number in range(1359)]


def prefecture() -> City:
    """1,359 comprehensive grids, 194 with a branch and the other 1,165 with a party group."""
    frame = pd.DataFrame({"grid_kind": "comprehensive"}, index=pd.Index(GRIDS, name="code", dtype="object"))
    frame["src"], frame["row"] = "grid.gpkg!grid", range(1, len(GRIDS) + 1)
    frame["geometry"] = [box(at, 0, at + 1, 1) for at in range(len(GRIDS))]
    grid = Layer("grid", gpd.GeoDataFrame(conform(frame, LAYER_FIELDS["grid"]), geometry="geometry", crs=tiny.CRS))
    branch = {"branch_kind": "grid", "org_level": "branch"}
    rows = [branch if at < 194 else {**branch, "org_level": "group"} for at in range(len(GRIDS))]
    compound = tiny.layer("compound", {"x": {"name": "x"}}, [box(0, 0, 1, 1)])
    registry = tiny.registry("branches", rows, complete=True)
    return City("prefecture", tiny.CRS, None, {"grid": grid, "compound": compound}, {"branches": registry})


def test_r2_same_grids_14_or_100_percent_by_definition():
    city = prefecture()
    records = city.rows("branches").index
    table = measure(
        city,
        Places(pd.DataFrame("", index=["x"], columns=list(PLACE_COLUMNS))),
        links([(record, "covers", "grid", code) for record, code in zip(records, GRIDS, strict=True)]),
        attributes(city),
        coverage(city),
    )
    assert numbers(table, "grids.branch_rate") == (194, 1359, 0, 0)
    assert percent(194, 1359) == "14.3%"
    assert numbers(table, "grids.branch_or_group_rate") == (1359, 1359, 0, 0)
    claims = [Claim("grids.branch_rate"), Claim("grids.branch_or_group_rate"), Claim("grids.branch_rate", 14.3)]
    verdicts = judge(claims, table, city)
    assert verdicts["verdict"].tolist() == ["refuted", "upheld", "upheld"]
    assert verdicts["because"][0]["holds_under"] == ("grids.branch_or_group_rate (grids)",)
    assert len(verdicts["ids"][0]) == 1165


def companies() -> list[dict]:
    """20 companies: 6 with a branch, 11 not eligible with 20 members together, 3 without members."""
    own = [{"members": 4, "formal_members": 3, "eligible": "yes", "party_form": "own"}] * 6
    few = [{"members": 2, "formal_members": 2, "eligible": "no", "party_form": "instructor"}] * 9
    few += [{"members": 1, "formal_members": 1, "eligible": "no", "party_form": "instructor"}] * 2
    none = [{"members": 0, "formal_members": 0, "eligible": "no", "party_form": "instructor"}] * 3
    return own + few + none


def test_r6_property_companies():
    rows = companies()
    assert sum(row["members"] for row in rows if row["eligible"] == "no") == 20
    table = indicators([tiny.registry("property_companies", rows)])
    name = "property.organisation_rate"
    assert numbers(table, name, basis="companies") == (6, 20, 0, 0)
    assert numbers(table, name, basis="companies_with_members") == (6, 17, 3, 0)
    assert (percent(6, 20), percent(6, 17)) == ("30.0%", "35.3%")
    assert table.get(name, basis="companies")["details"]["contradictions"] == {}


def test_r7_ledger():
    rows = [
        {"ledger_kind": "issue", "promised_on": "2021-01-01" * (at < 98), "resolved_on": "2021-02-01" * (at < 93)}
        for at in range(119)
    ]
    table = indicators([tiny.registry("ledgers", rows)])
    claims = [
        Claim("ledger.promised", 82.4), Claim("ledger.resolved_of_promised", 94.9), Claim("ledger.resolved", 78.2),
        Claim("ledger.resolved", 94.9),
    ]  # fmt: skip
    assert judge(claims, table, tiny.city())["verdict"].tolist() == ["upheld"] * 3 + ["refuted"]


def test_r11_lists():
    rows = [{"ledger_kind": "need", "item_id": f"N{at}"} for at in range(325)]
    rows += [{"ledger_kind": "resource"}] * 470
    rows += [{"ledger_kind": "project", "answers": f"N{at}"} for at in range(263)]
    table = indicators([tiny.registry("ledgers", rows, complete=True)])
    assert numbers(table, "lists.match_rate") == (263, 325, 0, 0)
    assert percent(263, 325) == "80.9%"


def test_party_share_of_55_2_percent():
    """19 committees of 5 to 11 members have 95 to 209 members, an odd number; 55.2 % can only be an overall share."""
    reached = totals_for(Fraction("55.2"), 1, 19)
    assert reached
    assert all(95 <= members <= 209 and members % 2 == 1 for _, members in reached)
    assert all(percent(party, members) == "55.2%" for party, members in reached)
    assert totals_for(Fraction("55.2"), 1, 1) == []
    assert Fraction(6, 11) in reachable_shares()
    assert not [share for share in reachable_shares() if Fraction("0.5515") <= share <= Fraction("0.5525")]


def test_minimum_of_55_2_percent_is_refuted_as_impossible():
    rows = [{"body_kind": "owners_committee", "members": 9, "party_members": 5}] * 19
    table = indicators([tiny.registry("owners_committees", rows)])
    verdicts = judge(
        [
            Claim("owners.party_share_min", 55.2),
            Claim("owners.party_share_min", 55.2, ">="),
            Claim("owners.party_share", 55.6),
        ],
        table,
        tiny.city(),
    )
    assert verdicts["verdict"].tolist() == ["refuted", "upheld", "upheld"]
    assert [because.get("reachable") for because in verdicts["because"]] == [False, None, True]


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (43 + 178, 221, "100%"),
        (123, 1359, "9.1%"),
        (25, 66, "37.9%"),
        (104, 109, "95.4%"),
        (93, 98, "94.9%"),
        (52, 91, "57.1%"),
    ],
)
def test_shares_of_the_reports(numerator, denominator, text):
    assert percent(numerator, denominator) == text


@pytest.mark.parametrize(
    ("total", "number", "text"),
    [
        (1359, 178, "7.63"),
        (1009, 178, "5.67"),
        (26000, 1009, "25.77"),
        (2871, 178, "16.13"),
        (25, 5, "5.00"),
        (20, 11, "1.82"),
    ],
)
def test_means_of_the_reports(total, number, text):
    assert mean(total, number) == text
