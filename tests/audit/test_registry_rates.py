"""Indicators of the registries in the tiny city, worked out by hand."""

from __future__ import annotations

import pytest

from gridkit.audit import measure
from tests import tiny
from tests.audit.build import attributes, coverage, indicators, links, numbers
from tests.tiny import A1, A2, B1, C1, A, B, C


def row(kind: str, number: int) -> str:
    """Id of the ``number``-th row (from 0) of a registry of the tiny city."""
    return f"{kind}.xlsx!Sheet1!{number + 3}"


BRANCHES = [
    {"name": "甲网格党支部", "branch_kind": "grid", "org_level": "branch"},
    {"name": "乙党小组", "branch_kind": "grid", "org_level": "group"},
    {"name": "丙网格党支部", "branch_kind": "grid", "branch_status": "planned"},
    {"name": "丁小区党支部", "branch_kind": "compound"},
]
COVERS = [
    (row("branches", 0), "covers", "grid", A1),
    (row("branches", 1), "covers", "grid", A2),
    (row("branches", 2), "covers", "grid", B1),
    (row("branches", 3), "covers", "grid", C1),
]


@pytest.mark.parametrize(
    ("complete", "rows", "branch", "either"),
    [
        (True, COVERS, (1, 4, 0, 0), (2, 4, 0, 0)),
        (False, COVERS, (1, 4, 0, 3), (2, 4, 0, 2)),
        (True, [*COVERS[1:], (*COVERS[0], False)], (0, 4, 0, 1), (1, 4, 0, 1)),
        (True, [], (0, 4, 0, 0), (0, 4, 0, 0)),
    ],
)
def test_grids(complete, rows, branch, either):
    table = indicators([tiny.registry("branches", BRANCHES, complete=complete)], rows=rows)
    assert numbers(table, "grids.branch_rate") == branch
    assert numbers(table, "grids.branch_or_group_rate") == either


def test_grids_name_double_use():
    twice = [*COVERS, (row("branches", 0), "covers", "grid", A2)]
    details = indicators([tiny.registry("branches", BRANCHES)], rows=twice).get("grids.branch_or_group_rate")["details"]
    assert details["grids_with_several"] == (A2,)
    assert details["records_with_several"] == (row("branches", 0),)
    assert details["kinds"] == {"comprehensive": 4}


@pytest.mark.parametrize(
    ("kinds", "branch", "exclusive"),
    [
        (["comprehensive", "exclusive", "exclusive", ""], (1, 1, 1, 0), (1, 2, 1, 0)),
        (["", "", "", ""], (1, 4, 0, 0), (0, 0, 0, 0)),
        (["comprehensive", "comprehensive", "rural", "micro"], (1, 2, 0, 0), (0, 0, 0, 0)),
    ],
)
def test_grids_of_other_kinds(kinds, branch, exclusive):
    city = tiny.city([tiny.registry("branches", BRANCHES, complete=True)])
    layer = city.layers["grid"]
    frame = layer.frame.assign(grid_kind=kinds)
    table = measure(
        city.with_layers(grid=type(layer)("grid", frame)),
        tiny.places(),
        links(COVERS),
        attributes(city),
        coverage(city),
    )
    assert numbers(table, "grids.branch_rate") == branch
    assert numbers(table, "exclusive.group_rate") == exclusive


def test_no_exclusive_grid_no_rate():
    table = indicators([tiny.registry("branches", BRANCHES, complete=True)], rows=COVERS)
    assert numbers(table, "exclusive.group_rate") == (0, 0, 0, 0)


COMPANIES = [
    {"name": "甲", "members": 5, "formal_members": 4, "eligible": "yes", "party_form": "own"},
    {"name": "乙", "members": 4, "formal_members": 3, "eligible": "yes", "party_form": "joint"},  # contradiction
    {"name": "丙", "members": 0, "formal_members": 0, "party_form": "instructor"},
    {"name": "丁", "members": 2, "formal_members": 2, "party_form": "none"},
    {"name": "戊", "party_form": ""},
]
SITES = [{"company_name": "甲"}, {"company_name": "甲"}, {"company_name": "丁"}, {"company_name": "某"}]
SERVICE = [
    (row("property_service", 0), "company", "company", row("property_companies", 0)),
    (row("property_service", 1), "company", "company", row("property_companies", 0)),
    (row("property_service", 2), "company", "company", row("property_companies", 3)),
    (row("property_service", 0), "compound", "compound", "a1"),
    (row("property_service", 2), "compound", "compound", "c1"),
]


def test_property_companies_have_three_denominators():
    registries = [tiny.registry("property_companies", COMPANIES), tiny.registry("property_service", SITES)]
    table = indicators(registries, rows=SERVICE)
    name = "property.organisation_rate"
    assert numbers(table, name) == numbers(table, name, basis="companies") == (2, 5, 0, 1)
    assert numbers(table, name, basis="companies_with_members") == (2, 3, 2, 0)
    assert numbers(table, name, basis="sites") == (2, 4, 0, 1)
    assert numbers(table, name, scope=tiny.STREET1, basis="sites") == (1, 1, 0, 0)
    assert numbers(table, name, scope="township", basis="sites") == (0, 1, 0, 0)
    details = table.get(name, basis="companies")["details"]
    assert details["outcomes"] == {"own": 1, "joint": 1, "instructor": 1, "none": 1, "unknown": 1}
    assert details["contradictions"] == {row("property_companies", 1): "should_be_own"}


COMMITTEES = [
    {"body_kind": "owners_committee", "members": 5, "party_members": 3},
    {"body_kind": "owners_committee", "members": 7, "party_members": 3},
    {"body_kind": "owners_committee", "members": 9, "party_members": None},
    {"body_kind": "owners_committee", "members": 5, "party_members": 6},
    {"body_kind": "management_committee", "members": 5, "party_members": 0},
    {"body_kind": "self_committee"},
    {"body_kind": "owners_committee", "members": 7, "party_members": 3},
]
HOMES = [
    (row("owners_committees", at), "compound", "compound", code)
    for at, code in enumerate(["a1", "a2", "a3", "a4", "b1", "b2"])
]


def test_party_share():
    table = indicators([tiny.registry("owners_committees", COMMITTEES)], rows=HOMES)
    # 3/5 + 3/7 + 3/7; the row without a count and the impossible one are excluded
    assert numbers(table, "owners.party_share") == (9, 19, 2, 0)
    assert numbers(table, "owners.party_share", scope=A) == (6, 12, 2, 0)
    assert numbers(table, "owners.party_share", scope="unplaced") == (3, 7, 0, 0)
    assert numbers(table, "owners.party_share_min") == (3, 7, 2, 0)
    details = table.get("owners.party_share_min")["details"]
    assert details == {"committee": row("owners_committees", 1), "committees": 3, "equally_low": 2}


@pytest.mark.parametrize(("complete", "unknown"), [(True, 0), (False, 1)])
def test_governance_body(complete, unknown):
    table = indicators(
        [tiny.registry("owners_committees", COMMITTEES, complete=complete)],
        rows=HOMES,
        compounds={"c1": {"compound_type": "unit"}},
    )
    # a1..a4, b1 have one; b2 has a self-management committee; c1 is not obliged; c2 is not named
    assert numbers(table, "governance.body_rate") == (5, 7, 1, unknown)
    assert table.get("governance.body_rate")["details"]["not_obliged"] == ("open_block", "unit", "village")


UNITS = [{"name": name} for name in ("财政局", "税务局", "一中", "武警中队")]
UNITS[3]["unit_kind"] = "military"
PAIRINGS = [
    {"unit_name": "财政局", "target_kind": "compound"},
    {"unit_name": "财政局", "target_kind": "community"},
    {"unit_name": "税务局", "target_kind": "community"},
    {"unit_name": "一中", "target_kind": "community"},
]
PREMISES = [{"unit_name": "财政局"}, {"unit_name": "税务局"}, {"unit_name": "一中"}]
U, P, R = (lambda at: row("units", at)), (lambda at: row("pairings", at)), (lambda at: row("premises", at))
PAIRED = [
    (P(0), "unit", "unit", U(0)), (P(0), "target", "compound", "a3"),
    (P(1), "unit", "unit", U(0)), (P(1), "target", "community", A),
    (P(2), "unit", "unit", U(1)), (P(2), "target", "community", A),
    (P(3), "unit", "unit", U(2)),  # its target was not found
    (U(0), "community", "community", A), (U(1), "community", "community", A), (U(2), "community", "community", C),
]  # fmt: skip
OWNED = [
    (R(0), "unit", "unit", U(0)), (R(0), "compound", "compound", "a3"),
    (R(1), "unit", "unit", U(1)), (R(1), "compound", "compound", "a4"),
    (R(2), "unit", "unit", U(2)),  # its compound was not found
]  # fmt: skip


def paired(complete: bool, rows=()):
    registries = [
        tiny.registry("units", UNITS),
        tiny.registry("pairings", PAIRINGS, complete=complete),
        tiny.registry("premises", PREMISES),
    ]
    return indicators(registries, rows=[*PAIRED, *OWNED, *rows])


def test_pairing_from_both_sides():
    table = paired(True)
    assert numbers(table, "pairing.units") == (2, 4, 0, 1)
    assert numbers(table, "pairing.units", scope=A) == (2, 2, 0, 0)
    assert numbers(table, "pairing.units", scope="township") == (0, 1, 0, 1)
    assert numbers(table, "pairing.communities") == (1, 3, 0, 0)
    assert numbers(table, "pairing.compounds") == (1, 8, 0, 0)
    row = table.get("pairing.units")
    assert row["numerator_ids"] == (U(0), U(1))
    assert row["unknown_ids"] == (U(2),)
    assert row["missing_ids"] == row["details"]["military"] == (U(3),)


def test_pairing_without_a_complete_registry_is_open():
    table = paired(False)
    assert numbers(table, "pairing.units") == (2, 4, 0, 2)
    assert numbers(table, "pairing.communities") == (1, 3, 0, 2)
    assert numbers(table, "pairing.compounds") == (1, 8, 0, 7)


def test_open_candidates_keep_a_unit_open():
    table = paired(True, [(P(3), "target", "community", B, False), (P(3), "target", "community", C, False)])
    assert numbers(table, "pairing.communities") == (1, 3, 0, 2)
    table = paired(True, [(P(3), "target", "community", B), (P(2), "unit", "unit", U(3), False)])
    assert numbers(table, "pairing.units") == (3, 4, 0, 1)


def test_own_premises_first():
    table = paired(True)
    # the finance office is paired where it has premises; the tax office only with the community around them
    assert numbers(table, "premises.priority_kept") == (1, 3, 0, 1)
    row = table.get("premises.priority_kept")
    assert row["missing_ids"] == row["details"]["only_with_its_community"] == (U(1),)


def test_pairings_without_a_unit_registry():
    rows = [(P(1), "target", "community", A), (P(2), "target", "community", B)]
    table = indicators([tiny.registry("pairings", PAIRINGS, complete=True)], rows=rows)
    assert numbers(table, "pairing.communities") == (2, 3, 0, 0)
    assert "pairing.units" not in set(table.frame["id"])


def test_load():
    table = paired(True)
    # two units with community A (one of them twice: by the community and by a compound), none with B and C
    assert numbers(table, "load.units_per_community") == (2, 3, 0, 0)
    details = table.get("load.units_per_community")["details"]
    assert (details["min"], details["max"], details["cv"], details["unsettled_units"]) == (0, 2, 1.414214, 1)
    assert numbers(table, "load.households_per_grid") == (760, 4, 0, 0)
    details = table.get("load.households_per_grid")["details"]
    assert (details["min"], details["max"], details["band"], details["in_band"]) == (100, 240, (300, 500), 0)
    assert numbers(table, "load.households_per_grid", scope="township") == (100, 1, 0, 0)


LEDGER = [
    {"ledger_kind": "issue", "raised_on": "2024-01-01", "promised_on": "2024-01-05", "resolved_on": "2024-02-01"},
    {"ledger_kind": "issue", "raised_on": "2024-01-01", "promised_on": "2024-01-05", "due_on": "2024-03-01"},
    {"ledger_kind": "issue", "raised_on": "2024-01-01", "resolved_on": "2024-02-01"},
    {"ledger_kind": "issue", "raised_on": "2024-01-01", "promised_on": "2024-01-05", "status": "已办结"},
    {"ledger_kind": "issue", "raised_on": "2024-01-01", "status": "未办结"},
    {"ledger_kind": "need", "item_id": "N1"},
    {"ledger_kind": "need", "item_id": "N2"},
    {"ledger_kind": "need", "item_id": ""},
    {"ledger_kind": "project", "answers": "N1、N9"},
    {"ledger_kind": "project", "answers": "N1"},
    {"ledger_kind": "resource"},
]


def test_ledger_rates():
    rows = [(row("ledgers", at), "community", "community", A) for at in (0, 1)]
    table = indicators([tiny.registry("ledgers", LEDGER, complete=True)], rows=rows)
    assert numbers(table, "ledger.promised") == (3, 5, 0, 0)
    assert numbers(table, "ledger.resolved") == (2, 5, 0, 1)
    assert numbers(table, "ledger.resolved_of_promised") == (1, 3, 0, 1)
    assert numbers(table, "ledger.resolved", scope=A) == (1, 2, 0, 0)
    details = table.get("ledger.resolved")["details"]
    assert details["resolved_without_promise"] == (row("ledgers", 2),)
    assert details["overdue"] == (row("ledgers", 1),)
    assert numbers(table, "lists.match_rate") == (1, 3, 0, 1)
    assert table.get("lists.match_rate")["details"] == {
        "needs": 3, "unanswered": 1, "projects": 2, "resources": 1, "answer_no_need": 1,
    }  # fmt: skip


def test_needs_in_an_incomplete_ledger_stay_open():
    table = indicators([tiny.registry("ledgers", LEDGER)])
    assert numbers(table, "lists.match_rate") == (1, 3, 0, 2)


def test_completeness():
    table = indicators([tiny.registry("pairings", [{"unit_name": "甲", "target_name": "乙"}, {"unit_name": "甲"}])])
    assert numbers(table, "completeness.pairings") == (1, 2, 0, 0)
    assert table.get("completeness.pairings")["missing_ids"] == (row("pairings", 1),)
    assert numbers(table, "completeness.compound") == (8, 8, 0, 0)


def test_without_registries_only_what_the_layers_know():
    prefixes = {name.split(".")[0] for name in indicators().frame["id"]}
    assert prefixes == {"coverage", "gap", "mode", "load", "completeness"}
