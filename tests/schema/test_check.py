from __future__ import annotations

import pytest

from gridkit.model.fields import REQUIRED
from gridkit.rules import CATALOGUE
from gridkit.schema import check_city
from gridkit.schema.check import _missing_column
from gridkit.schema.official import bare_name
from gridkit.schema.schemes import SCHEMES, is_credit_code, street_code
from tests import tiny


def test_the_tiny_city_is_clean():
    assert len(check_city(tiny.city())) == 0


@pytest.mark.parametrize(
    ("level", "code", "fits"),
    [
        ("street", "990101001", True),
        ("street", "990101001000", True),
        ("street", "990101001001", False),  # a community
        ("street", "99010100", False),
        ("community", "990101001001", True),
        ("community", "990101001", False),
        ("community", "99010100100A", False),
        ("grid", "990101001001001", True),
        ("grid", "990101001001", False),
        ("grid", "１" * 15, False),
        ("compound", "anything", True),
    ],
)
def test_grammar_of_the_statistical_code(level, code, fits):
    assert SCHEMES["stat12+3"].fits(level, code) is fits


def test_a_scheme_is_stated_never_inferred():
    findings = check_city(tiny.city(), scheme="cjt349")
    assert set(findings.with_code("S102")["subject"]) == {tiny.A1, tiny.A2, tiny.B1, tiny.C1}
    with pytest.raises(KeyError):
        check_city(tiny.city(), scheme="guess")


def test_streets_of_nine_and_twelve_digits_are_the_same():
    assert street_code("990101001000") == street_code("990101001")


def test_names_of_offices_are_the_names_of_their_places():
    assert bare_name("白浪街办") == bare_name("白浪街道办事处") == bare_name("白浪街道") == "白浪街道"
    assert bare_name("西村村民委员会") == bare_name("西村")
    assert bare_name("社区") == "社区"


def test_check_characters():
    assert is_credit_code("91350100M000100Y43")
    assert not is_credit_code("91350100M000100Y4I")  # I is none of the letters
    assert not is_credit_code("91350100M000100Y4")


def test_many_rows_are_one_finding_with_their_count():
    rows = [{"name": "", "branch_kind": "compound"} for _ in range(51)]
    findings = check_city(tiny.city([tiny.registry("branches", rows)])).with_code("S101")
    assert [params["n"] for params in findings["params"]] == [51]
    assert len(findings.iloc[0]["refs"]) == 51
    few = check_city(tiny.city([tiny.registry("branches", rows[:50])])).with_code("S101")
    assert len(few) == 50


def test_findings_do_not_depend_on_the_order_of_rows():
    rows = [{"branch_id": "D1", "name": f"支部{n}", "branch_kind": "compound"} for n in range(3)]
    one = tiny.registry("branches", rows)
    two = tiny.registry("branches", rows)
    two = type(two)(two.kind, two.frame.iloc[::-1], two.complete, two.scope, two.given)
    assert check_city(tiny.city([one])).frame.equals(check_city(tiny.city([two])).frame)


def test_a_name_may_be_missing_where_its_code_is_there():
    rows = [{"unit_id": "U1", "unit_name": "", "compound_id": "a1", "compound_name": ""}]
    assert "S101" not in check_city(tiny.city([tiny.registry("premises", rows)])).counts()


def test_words_where_a_code_of_a_grid_could_stand_are_left_to_linking():
    rows = [{"compound_id": "a1", "name": "甲", "compound_type": "commercial", "grid_code": "第二网格"}]
    assert "S107" not in check_city(tiny.city([tiny.registry("compounds", rows)])).counts()


def test_a_missing_column_says_how_it_may_be_headed_and_filled_and_what_follows():
    params = _missing_column("branches", "branch_kind")
    assert params | {"headers": "", "values": ""} == {
        "field": "branch_kind", "table": "branches", "headers": "", "values": "", "effect": "undecided",
        "variant": "vocabulary",
    }  # fmt: skip
    assert params["headers"].startswith("党组织类型、")
    assert params["values"].startswith("网格党支部、小区党支部、联合党支部、")
    said = CATALOGUE["S127"].say(params)
    assert said.startswith("the registry of Party organisations has no column “kind of Party organisation”; recognised")
    assert said.endswith("coverage cannot be decided")
    assert "values" not in _missing_column("units", "name")


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in REQUIRED.items() for field in fields])
def test_every_required_column_can_be_explained(kind, field):
    said = CATALOGUE["S127"].say(_missing_column(kind, field))
    assert "without it" in said
    assert not set("?〈") & set(said)


def test_a_different_name_is_told_with_the_official_one_however_many_differ():
    rows = [
        {"code": code, "name": name}
        for code, name in ((tiny.A, "东关社区"), (tiny.B, "西关社区"), (tiny.C, "河口社区"))
    ]
    found = check_city(tiny.city([tiny.registry("codes", rows)])).with_code("S109")
    assert [(row["value"], row["official"]) for row in found["params"]] == [
        ("东门社区", "东关社区"), ("西门社区", "西关社区"),
    ]  # fmt: skip


def test_an_impossible_number_says_whose_it_is():
    (row,) = check_city(tiny.city(compounds={"a1": {"households": 75_000}})).with_code("S118").to_dict("records")
    assert (
        CATALOGUE["S118"].say(row["params"]) == "金桂家园: number of households is 75000; 1 to 30000 would be expected"
    )
