"""What a public map leaves out stands nowhere in the file, packed or not."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from gridkit.errors import UsageError
from gridkit.io.map_settings import EVIDENCE, FIELDS
from gridkit.maps.profiles import BANDED, Options, from_project, military, reduced
from gridkit.model import Findings, Indicators, Links
from gridkit.model.results import LINK_COLUMNS
from tests import tiny
from tests.maps import sample
from tests.maps.pages import data_of, everything, page_of, settings_of

SECRET = "秘密单位甲"
COMPOUNDS = {
    "a1": {"households": 12, "formal_members": 2, "owner_unit": "小单位"},
    "a3": {"owner_unit_id": "U1", "owner_unit": SECRET, "name": "玄武院"},
    "b1": {"formal_members": 2},
}


def guarded(*, registries=(), compounds=COMPOUNDS, **options):
    units = tiny.registry("units", [{"unit_id": "U1", "name": SECRET, "unit_kind": "military"}])
    return tiny.city([tiny.registry("branches", sample.BRANCHES), units, *registries], compounds, **options)


def test_the_armed_forces_stand_nowhere_in_a_public_page():
    run = sample.run(guarded(), language="en")
    assert military(run.city, run.links) == {"a3"}
    public, internal = page_of(run, profile="public"), page_of(run)
    assert "a3" not in data_of(public)["compound"].index and "a3" in data_of(internal)["compound"].index
    for word in ("玄武院", SECRET, '"a3"'):
        assert word not in everything(public)
    assert "玄武院" in everything(internal)
    assert "Places of the armed forces are not shown" in public


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("premises", {"unit_id": "U1", "unit_name": "x", "compound_id": "b2", "compound_name": "?"}),
        ("premises", {"unit_name": SECRET, "compound_name": "和平花园"}),
        ("premises", {"unit_name": "某部队", "compound_name": "和平花园"}),
        ("compounds", {"compound_id": "b2", "name": "y", "owner_unit": SECRET}),
    ],
)
def test_premises_and_registry_tell_military_compounds(kind, row):
    assert military(guarded(registries=[tiny.registry(kind, [row])], compounds={})) == {"b2"}


def test_links_decide_where_a_name_is_several_places():
    """c2 is called like a1; the row is linked to c2 only, and a1 stays on the map."""
    city = guarded(
        registries=[tiny.registry("premises", [{"unit_id": "U1", "compound_name": "金桂家园"}])], compounds={}
    )
    assert military(city) == {"a1", "c2"}
    link = dict.fromkeys(LINK_COLUMNS, "") | {"record": "premises.xlsx!Sheet1!3", "level": "compound", "code": "c2"}
    link |= {"accepted": True, "reason": {}}
    assert military(city, Links(pd.DataFrame([link]))) == {"c2"}


def test_a_military_grid_is_left_out_and_its_code_too():
    city = tiny.city()
    frame = city.layers["grid"].frame.copy()
    frame.loc[tiny.A2, ["name", "grid_kind"]] = ["驻军营区", "exclusive"]
    frame.loc[tiny.B1, "name"] = "营区路网格"  # comprehensive: a road may be called so
    run = sample.run(city.with_layers(grid=dataclasses.replace(city.layers["grid"], frame=frame)))
    page = page_of(run, profile="public")
    assert sorted(data_of(page)["grid"].index) == [tiny.A1, tiny.B1, tiny.C1]
    assert tiny.A2 not in everything(page) and "驻军" not in everything(page)


def test_small_compounds_say_place_and_status_only():
    page = page_of(sample.run(guarded(), language="en"), profile="public", fields=FIELDS)
    row = data_of(page)["compound"].loc["a1"]
    assert row["status"] == "OWN_BRANCH" and row["name"] == "金桂家园"
    assert [row[name] for name in ("type", "rule", "reason", "unit")] == [""] * 4
    assert row["households"] is None and not row["formal_members"]
    assert "小单位" not in everything(page)


def test_small_counts_of_persons_are_banded():
    frame = data_of(page_of(sample.run(guarded()), profile="public", fields=["name", "formal_members"]))["compound"]
    assert frame.loc["b1", "formal_members"] == BANDED == "<3"
    assert frame.loc["a2", "households"] is None


def test_evidence_never_leaves_even_if_asked_for():
    found = Findings.of([{"code": "C101", "subject": "a2", "params": {"name": "n", "members": 5, "status": "x"}}])
    page = page_of(sample.run(guarded(), findings=found), profile="public", fields=FIELDS)
    text = everything(page)
    assert "branches.xlsx" not in text and "C101" not in text and "东门联合党支部" not in text
    assert settings_of(page)["fields"] == [name for name in FIELDS if name not in EVIDENCE]


def test_fields_by_allow_list_are_empty_everywhere():
    run = sample.run(tiny.city([], {"a2": {"property_company": "甲物业公司"}}), language="en")
    assert "甲物业公司" in everything(page_of(run))
    page = page_of(run, fields=["name"])
    assert "甲物业公司" not in everything(page)
    frame = data_of(page)["compound"]
    assert set(frame["reason"]) == {""} and set(frame["cells"]) == {()} and set(frame["households"]) == {None}
    assert set(data_of(page_of(run, fields=["type"]))["compound"]["name"]) == {""}
    assert "银杏小区" not in everything(page_of(run, fields=["type"]))


def test_public_indicators_speak_of_no_persons_and_withhold_few_households():
    run = sample.run(guarded(), language="en")
    ids = [one["id"] for one in settings_of(page_of(run, profile="public"))["indicators"]]
    assert "map.members_per_100.members" not in ids and "map.uncovered.compounds" in ids
    assert "map.members_per_100.members" in [one["id"] for one in settings_of(page_of(run))["indicators"]]


@pytest.mark.parametrize(("small", "said"), [((), True), (("a1",), False), (("a1", "a2", "b1"), False)])
def test_sums_of_households_from_which_a_small_compound_follows_are_withheld(small, said):
    """A street's sum less what is said would give the withheld compounds away; the head and the legend would differ."""
    run = sample.run(tiny.city([], {code: {"households": 20} for code in small}), language="en")
    homes = run.indicators.frame[run.indicators.frame["scope_level"] == "street"].iloc[:1].assign(
        id="coverage.organisation.declared", basis="households", numerator=300, denominator=600, unknown=0
    )  # fmt: skip
    run = dataclasses.replace(run, indicators=Indicators(pd.concat([run.indicators.frame, homes], ignore_index=True)))
    ident = "coverage.organisation.declared.households"
    row = data_of(page_of(run, profile="public"))["street"].loc[homes["scope"].iloc[0]]
    assert str(row.get(f"rate:{ident}")).startswith("300/600") is said
    assert ("300/600" in everything(page_of(run, profile="public"))) is said
    assert "300/600" in everything(page_of(run))


def test_unknown_profile_or_field():
    with pytest.raises(UsageError, match="secret is not a profile"):
        Options(profile="secret")
    with pytest.raises(UsageError, match="phone is not a field of the map"):
        Options(fields=["name", "phone"])


def test_the_map_table_outranks_the_project():
    stated = {"profile": "internal", "map": {"profile": "public", "approval_no": "S1", "fields": []}}
    assert from_project(stated) == {"profile": "public", "approval_no": "S1"}


def test_review_number_and_as_of_stand_at_the_foot():
    run = sample.run(language="en")
    page = page_of(run, profile="public", approval_no="黔S(2024)001号")
    for words in ("Map review number: 黔S(2024)001号", "Data as of 2024-06-30", "Rule set: strict", "Inputs: 5f5f"):
        assert words in page
    assert "have the map reviewed" in page_of(run, profile="public")
    assert "have the map reviewed" not in page


def test_reducing_keeps_the_frame_it_is_given():
    columns = pd.DataFrame(
        {name: [()] if name in EVIDENCE else [""] for name in FIELDS} | {"status": ["UNKNOWN"], "name": ["A"]}
    )
    for name in ("households", "formal_members"):
        columns[name] = pd.array([5], dtype="Int64")
    before = columns.copy()
    reduced(columns, Options(profile="public"))
    pd.testing.assert_frame_equal(columns, before)
