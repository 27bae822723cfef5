"""The arithmetic of a text: every rule with a sentence that breaks it and one that keeps it."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.audit.texts import check_text, count_ratios, figures_in, identities, unrelated
from gridkit.audit.texts.sums import expected_by_chance
from gridkit.locale import speaking
from gridkit.rules import CATALOGUE
from tests.audit.texts.test_figures import TEXTS


def codes(text):
    return check_text(figures_in(text))[0].counts()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("表格从91张减到39张，减少65.3%。", "A222"),
        ("证明事项1849项→904项，-51.21%。", "A222"),
        ("证明事项由1849项压减到904项，压减51.21%。", "A222"),
        ("109个项目中已完成104个，完成率96.4%。", "A222"),
        ("共有小区200个，其中建立党支部的150个，占80%。", "A222"),
        ("满意率从60%提高到93%，提高32个百分点。", "A222"),
        ("全市20个小区建立支部18个，组建率达100%。", "A222"),
        ("收集问题98个，承诺办理119个，已解决93个。", "A223"),
        ("率从60%提高到93%，增长33%。", "A226"),
        ("覆盖率从85%下降到80%，下降5%。", "A226"),
        ("单独组建党支部21个，联合组建党支部18个，合计40个。", "A227"),
        ("其中城区80个，乡镇30个，合计120个。", "A227"),
        ("收集问题180件，承诺解决150件，已办结120件，办结率达到85%。", "A222"),
        ("征集诉求50件，已办结60件。", "A223"),
        ("共有26个社区，其中城市社区15个，乡镇社区12个。", "A224"),
        ("共有党员30名，其中女党员40名。", "A224"),
        ("共有26个社区，其中城市社区15个，乡镇社区10个。", "A225"),
        ("43个街道和178个城市社区，建成街道社区党群服务中心221个。", "A221"),
    ],
)
def test_broken(text, code):
    assert codes(text) == {code: 1}


@pytest.mark.parametrize(
    "text",
    [
        "表格从91张减到39张，减少57.1%。",
        "证明事项1849项→904项，-51.11%。",
        "表格从39张增加到91张，增长133.3%。",
        "109个项目中已完成104个，完成率95.4%。",
        "109个项目中已完成104个，满意率99%。",  # another rate
        "满意率从60%提高到93%，提高33个百分点。",
        "率从60%提高到93%，增长55%。",  # percent of percent
        "收集问题180件，承诺解决150件，已办结120件，办结率80%。",
        "收集问题180件，承诺解决150件，已办结120件，办结率66.7%。",
        "单独组建21个，联合组建18个，合计39个。",
        "收集问题119个，承诺办理98个，已解决93个。",
        "收集问题100余个，解决119个。",  # a rough figure bounds nothing
        "共有26个社区，其中城市社区15个，乡镇社区11个。",
        "共有党员500名，其中35岁以下100名。",
        "共有小区200个，其中建立党支部的约150个，占80%。",
        "共有小区200个，其中XX个建立党支部，占80%。",
        "成立党支部7个、党小组9个，召开会议16场。",  # 7 + 9 = 16 of other things
        "建成网格50个，配备网格员62名，覆盖率达约80%。",
    ],
)
def test_kept(text):
    assert codes(text) == {}


def test_what_a_finding_says():
    findings, checks = check_text(figures_in("表格从91张减到39张，减少65.3%。"), place="a.txt")
    (row,) = findings.rows()
    assert row["subject"] == "a.txt"
    said = CATALOGUE["A222"].say(row["params"])
    assert said == "from 91张 to 39张 is -57.1%, not -65.3%: 表格从91张减到39张，减少65.3%。"
    (check,) = checks
    assert check.computed == Fraction(-5200, 91)
    with speaking("zh"):
        assert CATALOGUE["A222"].say({})


def test_sums_are_told_once_with_their_chance():
    text = "43个街道和178个城市社区。43个街道、178个社区。建成街道社区党群服务中心221个。"
    ((terms, total),) = identities(figures_in(text))
    assert ([int(term.value) for term in terms], int(total.value)) == ([43, 178], 221)
    assert unrelated(figures_in("场次7场，共享9处，培训16次。")) == (1, pytest.approx(0.0))
    assert expected_by_chance([100, 101, 102, 103, 200], 203) == pytest.approx(4 / 81.2)


RATIO = "全州划分城市社区综合网格1359个，实现全覆盖。建立网格党支部194个,党小组1165个。市场等建立专属网格党小组173个。"


def test_count_ratios_of_a_text_are_undetermined():
    branch, both = count_ratios(figures_in(RATIO))
    assert (branch.share, both.share) == ("14.3%", "100.0%")
    assert {branch.verdict, both.verdict} == {"undetermined"}
    assert both.why() == [
        "one of them may serve several, and several may serve one: the counts do not say which",
        "the 173 of “专属网格党小组” may be among the 1,165 of “党小组”",
    ]


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("全区小区210个，成立小区党支部63个。", ["30.0%"]),
        ("全市有街道12个，建成街道服务中心12个，实现全覆盖。", ["100.0%"]),
        ("划分综合网格XX个，建立网格党支部XX个。", ["—"]),
        ("在25个无物业小区中成立5个联合党支部。", ["20.0%"]),
        ("推动197个小区成立业主委员会，组建物业管理委员会69个。", []),  # 197 have one; they are no total
        ("全区小区10个，成立小区党支部63个。", []),  # more than places: no share
    ],
)
def test_ratios_of_other_nouns(text, shares):
    assert [one.share for one in count_ratios(figures_in(text))] == shares


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_any_text_can_be_checked(text):
    figures = figures_in(text)
    findings, checks = check_text(figures)
    assert all(check.agrees == (check.finding is None) for check in checks if check.kind != "parts")
    assert all(CATALOGUE[row["code"]].say(row["params"]) for row in findings.rows())
    for ratio in count_ratios(figures):
        assert ratio.verdict == "undetermined"
        assert ratio.numerator is None or 0 <= ratio.numerator <= ratio.denominator


@given(st.integers(2, 5000), st.integers(2, 5000))
def test_a_true_percentage_agrees(old, new):
    from gridkit.audit.texts.arithmetic import written

    change = Fraction(100 * (new - old), old)
    word, verb = ("减少", "减到") if new < old else ("增加", "增加到")
    text = f"表格从{old}张{verb}{new}张，{word}{written(abs(change), 1)}%。"
    assert "A222" not in codes(text)


@pytest.mark.parametrize("unit", ["43个街道、178个社区、共221个\n", "43个街道、178个社区、共221个。"])
def test_the_sums_cost_in_proportion_to_the_text(unit):
    """All totals are alike: each was compared with each sum."""
    figures = figures_in(unit * 3000)
    start = time.process_time()
    assert len(identities(figures)) <= 1
    assert time.process_time() - start < 3
