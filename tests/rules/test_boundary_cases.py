"""Every rule of boundaries has a case that breaks it and one that does not, and both are as their file says."""

from __future__ import annotations

import pytest
import shapely

from gridkit.rules import CATALOGUE
from gridkit.rules.examples import cases
from tests.rules.case_city import inspected, shape

RULES = sorted(code for code in CATALOGUE if code.startswith("T"))


def test_every_rule_of_boundaries_has_both_cases():
    assert sorted(cases()) == RULES
    for code, both in cases().items():
        assert set(both) == {"failing", "passing"}, code
        assert not both["passing"].defect, code


@pytest.mark.parametrize("code", RULES)
def test_the_failing_case_breaks_the_rule(code):
    case = cases()[code]["failing"]
    seen, findings = inspected(case)
    assert code in set(findings.frame["code"])
    found = seen.frame[seen.frame["code"] == code]
    if len(found) and case.defect:
        _demand_same(found.geometry.iloc[0], shape(case.defect))
    elif case.defect:  # a rule about whole units
        whole = [shape(text) for units in case.layers.values() for text in units.values() if text]
        assert any(one.equals(shape(case.defect)) for one in whole) or code == "T601"


def _demand_same(found, expected):
    """The place that was found is the one that the case says."""
    if expected.area and found.area:
        assert found.symmetric_difference(expected).area < 1e-3
    else:
        assert shapely.distance(found, expected) < 1e-3
    assert not expected.length or abs(found.length - expected.length) < 0.5


@pytest.mark.parametrize("code", RULES)
def test_the_passing_case_does_not(code):
    _, findings = inspected(cases()[code]["passing"])
    found = set(findings.frame["code"])
    assert code not in found


@pytest.mark.parametrize("code", RULES)
def test_the_passing_case_breaks_no_other_rule(code):
    if code in ("T601", "T602"):  # they need a defect that is kept
        return
    _, findings = inspected(cases()[code]["passing"])
    assert not len(findings), findings.frame[["code", "subject", "params"]].to_dict("records")
