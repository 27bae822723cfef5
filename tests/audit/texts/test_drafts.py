"""Drafts of claims: what is mapped, what is a comment, and that the file can be read whatever the text holds."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from hypothesis import given, settings

from gridkit.audit.texts import claims_toml, count_ratios, draft_claims, figures_in
from gridkit.audit.titles import INDICATORS
from gridkit.io.project import read_project
from tests.audit.texts.test_figures import TEXTS


def drafts(text):
    return [one for one in draft_claims(figures_in(text), text, source="a.txt") if one.indicator]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("组织覆盖率达96.40%。", [("coverage.organisation.declared", "96.40", "=")]),
        ("小区党组织和工作覆盖率分别达XX%、100%。",
         [("coverage.organisation.declared", "XX", "="), ("coverage.work.declared", "100", "=")]),
        ("组织和工作覆盖率均达100%。",
         [("coverage.organisation.declared", "100", "="), ("coverage.work.declared", "100", "=")]),
        ("网格党支部组建率达98%以上。", [("grids.branch_rate", "98", ">=")]),
        ("网格党组织覆盖率达100%。", [("grids.branch_or_group_rate", "100", "=")]),
        ("在每个网格成立党支部。", [("grids.branch_rate", "100", "=")]),
        ("每个小区成立业委会。", [("governance.body_rate", "100", "=")]),
        ("物业企业党组织覆盖率超过90%。", [("property.organisation_rate", "90", ">")]),
        ("单位与社区结对率100%。", [("pairing.units", "100", "="), ("pairing.communities", "100", "=")]),
        ("机关党组织结对率不低于95%。", [("pairing.units", "95", ">=")]),
        ("业委会成员中党员占比55.2%。", [("owners.party_share", "55.2", "=")]),
        ("承诺办理率82%，办结率达九成五。", [("ledger.promised", "82", "="), ("ledger.resolved", "95", "=")]),
        ("承诺98件，办结93件，办结率94.9%。", [("ledger.resolved_of_promised", "94.9", "=")]),
        ("组织覆盖率达九十五点五%。", [("coverage.organisation.declared", "95.5", "=")]),
        ("组织覆盖率达百分之四十二点五。", [("coverage.organisation.declared", "42.5", "=")]),
        ("组织覆盖率没有达到90%，尚未实现工作全覆盖。", [("coverage.organisation.declared", "90", "<")]),
        ("组织覆盖率由60%提高到93%。", [("coverage.organisation.declared", "93", "=")]),
        ("组织覆盖率从100%下降到80%。", [("coverage.organisation.declared", "80", "=")]),
        ("某县组织覆盖率达100%。", []),
        ("综合网格11个，建立网格党支部6个，组建率54.5%。", [("grids.branch_rate", "54.5", "=")]),
        ("物业服务企业20家，建立党组织6家，党组织组建率30%。", [("property.organisation_rate", "30", "=")]),
        ("95%以上的综合网格建有党支部或党小组。", [("grids.branch_or_group_rate", "95", ">=")]),
        ("居民满意率98%，知晓率95%。", []),
        ("覆盖率提高12个百分点。", []),
        ("组织覆盖率同比增长12%。", []),
        ("网格194个。", []),
        ("43个街道全覆盖单独设立党建办。", []),
    ],
)  # fmt: skip
def test_which_indicator_measures_it(text, made):
    found = drafts(text)
    assert [(one.indicator, one.figure, one.comparator) for one in found] == made
    assert {one.indicator for one in found} <= INDICATORS


@pytest.mark.parametrize(
    ("text", "scope", "day", "note"),
    [
        ("2023年组织覆盖率达到95%。", "", "2023-12-31", "2023年"),
        ("截至2024年6月底，组织覆盖率达到95%。", "", "2024-06-30", ""),
        ("2021年以来，组织覆盖率达到95%。", "", "", ""),
        ("棠墩街道小区党组织覆盖率90%以上。", "棠墩街道", "", ""),
        ("2022年，临溪县组织覆盖率达90%。", "临溪县", "2022-12-31", "2022年"),
        ("棠墩街道率先试点，全市组织覆盖率达90%。", "", "", ""),
        ("演示市组织覆盖率达90%。", "", "", "演示市"),
        ("城市社区小区组织覆盖率达90%。", "urban", "", ""),
    ],
)
def test_of_which_place_and_day(text, scope, day, note):
    (found,) = drafts(text)
    assert (found.scope, found.as_of) == (scope, day)
    assert note in "".join(found.notes)
    assert bool(note) == bool(found.notes)


def test_nothing_is_lost():
    text = "网格194个，满意率98%，组织覆盖率XX%，全面覆盖，小区XX个。"
    figures = figures_in(text)
    assert {one.start for one in draft_claims(figures, text)} == {one.start for one in figures}
    written = claims_toml(draft_claims(figures, text, source="a.txt"))
    for said in ("194个  网格", "98%  满意率 (no indicator measures this)", "XX个  小区"):
        assert said in written


def test_scope_day_range_definition_and_aim():
    text = (
        "截至2024年6月底，城市社区党组织覆盖率达85%～90%。力争结对率达100%。\n"
        "符合条件的小区按户数计组织覆盖率约98%。三分之二的小区党组织覆盖率达标。"
    )
    first, second, third, fourth = drafts(text)
    assert (first.scope, first.as_of, first.figure, first.upper) == ("urban", "2024-06-30", "85", "90")
    assert second.notes == ("stated as an aim, not as a result",)
    assert third.definition == {"denominator": "eligible", "weight": "households"}
    assert third.notes == ("the text says “约”: the figure is a rough one",)
    assert third.source == "a.txt:2"
    assert (fourth.figure, fourth.rounding, fourth.notes) == ("66.67", 2, ("rounded here: 三分之二",))


def test_a_ledger_of_three_steps_implies_three_rates():
    made = drafts("收集问题119个，公开承诺办理98个，现已解决93个。")
    assert [(one.indicator, one.figure) for one in made] == [
        ("ledger.promised", "82.4"), ("ledger.resolved_of_promised", "94.9"), ("ledger.resolved", "78.2"),
    ]  # fmt: skip
    assert drafts("收集问题7个，解决5个。") == []
    assert drafts("收集问题93个，承诺98个，解决119个。") == []
    assert [one.figure for one in drafts("收集问题98个，承诺98个，解决98个。")] == ["100", "100", "100"]
    close = drafts("收集问题10000个，承诺9999个，解决9999个。")
    assert [one.figure for one in close] == ["99.9900", "100", "99.9900"]


PROJECT = '[layers.compound]\npath = "a.gpkg"\n'


def test_a_project_reads_what_is_drafted(tmp_path):
    (tmp_path / "gridkit.toml").write_text('claims = "claims.toml"\n' + PROJECT, encoding="utf-8")
    text = "组织覆盖率达XX%，工作覆盖率达55.20%。结对率85%～90%。党员占业委会成员“90%”\\以上。"
    made = claims_toml(draft_claims(figures_in(text), text, source="a.txt"))
    (tmp_path / "claims.toml").write_text(made, encoding="utf-8")
    claims = read_project(tmp_path).claims
    assert [(one.figure, one.upper, one.decimals) for one in claims] == [
        (None, None, None), (55.2, None, 2), (85.0, 90.0, 0), (90.0, None, 0),
    ]  # fmt: skip
    (tmp_path / "claims.toml").write_text(claims_toml(()), encoding="utf-8")
    assert read_project(tmp_path).claims == ()


def test_persons_are_not_quoted():
    (one,) = drafts("联系人：王小明，13900000000，组织覆盖率达100%。")
    assert "13900000000" not in one.text
    assert "王小明" not in one.text


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_file_is_toml_whatever_the_text_holds(text):
    figures = figures_in(text)
    made = draft_claims(figures, text, source="a\n[[claims]]\x00.txt")
    written = claims_toml(made, count_ratios(figures), head=[text])
    found = tomllib.loads(written, parse_float=Decimal)["claims"]
    assert len(found) == sum(bool(one.indicator) for one in made)
    assert {one.start for one in made} >= {one.start for one in figures}
    written.encode("utf-8")
