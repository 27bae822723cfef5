"""Verdicts on claims, by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.audit import judge, say_because
from gridkit.audit.claims import weigh
from gridkit.errors import UsageError
from gridkit.model.results import CLAIM_COLUMNS
from tests import tiny
from tests.audit.build import indicators
from tests.audit.test_coverage_rates import VALUES

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.model import Indicators


@dataclass(frozen=True)
class Claim:
    indicator: str = "coverage.organisation.declared"
    figure: object = 100.0
    comparator: str = "="
    scope: str = ""
    basis: str = ""
    text: str = "全覆盖"
    source: str = ""


@pytest.fixture(scope="module")
def table() -> Indicators:
    return indicators(values=VALUES)


def one(claim: Claim, table: Indicators) -> pd.Series:
    frame = judge([claim], table, tiny.city())
    assert tuple(frame.columns) == CLAIM_COLUMNS
    return frame.iloc[0]


# the tiny city: 4 of 8 declared, 1 unknown: 50 % to 62.5 %; in class urban 4 of 6, nothing unknown
@pytest.mark.parametrize(
    ("figure", "comparator", "scope", "verdict", "ids"),
    [
        (100.0, "=", "", "refuted", ("a4", "b2", "c1")),
        (50, "=", "", "undetermined", ("c2",)),
        (50, ">=", "", "upheld", ("a1", "a2", "a3", "b1")),
        (50, ">", "", "undetermined", ("c2",)),
        (62.5, "<=", "", "upheld", ("a1", "a2", "a3", "b1")),
        (62.5, "<", "", "undetermined", ("c2",)),
        (62.6, ">", "", "refuted", ("a4", "b2", "c1")),
        (40, "<=", "", "refuted", ("a1", "a2", "a3", "b1")),
        (66.7, "=", "urban", "upheld", ("a1", "a2", "a3", "b1")),
        (66.6, "=", "urban", "refuted", ("a1", "a2", "a3", "b1")),
        (67, "=", "urban", "upheld", ("a1", "a2", "a3", "b1")),
        (67, ">=", "urban", "refuted", ("a4", "b2")),
        (66.7, "≥", "urban", "upheld", ("a1", "a2", "a3", "b1")),
        (100, "=", tiny.A1, "upheld", ("a1", "a2")),
        (99.9, "=", tiny.A1, "refuted", ("a1", "a2")),
        (75, "=", "东门社区", "upheld", ("a1", "a2", "a3")),
        (None, "=", "", "undetermined", ()),
        ("XX", "=", "", "undetermined", ()),
        (float("nan"), "=", "", "undetermined", ()),
    ],
)
def test_verdicts(table, figure, comparator, scope, verdict, ids):
    row = one(Claim(figure=figure, comparator=comparator, scope=scope), table)
    assert (row["verdict"], row["ids"]) == (verdict, ids)
    assert say_because(row)


@pytest.mark.parametrize(
    ("claim", "key", "words"),
    [
        (Claim(indicator="pairing.units"), "no_indicator", "“units that are paired”"),
        (Claim(indicator="pairing.unit"), "no_such_indicator", "pairing.units"),
        (Claim(scope="南门社区"), "no_scope", "南门社区"),
        (Claim(scope="东门社趣"), "no_scope", "东门社区"),
        (Claim(scope="第一网格"), "ambiguous_scope", "3 places"),
        (Claim(basis="residents"), "no_basis", "it is by compounds, households"),
        (Claim(figure=None), "redacted", "redacted"),
        (Claim(figure=100), "contradicts_anyway", "50.0%–62.5% contradicts 100%"),
        (Claim(figure=55.2), "open", "1 of 8 are unknown"),
        (Claim(figure=55.2, scope="urban"), "contradicts", "66.7% (4 of 6) contradicts 55.2%"),
        (Claim(figure=50, comparator=">="), "agrees_anyway", "≥ 50%"),
        (Claim(indicator="load.households_per_grid", figure=190), "agrees", "190.00 (760 of 4) agrees with 190."),
    ],
)
def test_reasons(table, claim, key, words):
    row = one(claim, table)
    assert row["because"]["key"] == key
    assert words in say_because(row)


def test_a_claim_that_another_definition_would_uphold_says_so(table):
    row = one(Claim(figure=62.5, comparator=">="), table)
    assert row["verdict"] == "undetermined"
    assert row["because"]["holds_under"] == (
        "coverage.work.declared (compounds)",
        "coverage.work.declared (households)",
    )
    assert "work coverage, as declared (by compounds)" in say_because(row)


def test_nothing_to_count():
    table = indicators([tiny.registry("branches", [{"name": "x"}], complete=True)])
    row = one(Claim(indicator="exclusive.group_rate"), table)
    assert (row["verdict"], row["because"]["key"]) == ("undetermined", "no_denominator")


def test_no_claims():
    assert len(judge([], indicators(), tiny.city())) == 0


def test_a_comparator_that_is_none(table):
    with pytest.raises(UsageError, match="comparator"):
        one(Claim(comparator="about"), table)


@given(
    st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 100),
    st.sampled_from(["=", ">=", "<=", ">", "<"]),
)  # fmt: skip
def test_a_verdict_never_changes_when_the_unknown_become_known(yes, no, unknown, figure, sign):
    denominator = yes + no + unknown or 1
    row = {"id": "x", "numerator": yes, "denominator": denominator, "unknown": unknown}
    answer = weigh(row, figure, 0, sign=sign)
    for known in range(unknown + 1):
        settled = weigh({**row, "numerator": yes + known, "unknown": 0}, figure, 0, sign=sign)
        assert settled != "undetermined"
        assert answer in ("undetermined", settled)
    if sign == "=" and figure == 100:
        assert (answer == "upheld") == (yes == denominator)


@pytest.mark.parametrize(("decimals", "verdict"), [(None, "upheld"), (1, "upheld"), (2, "refuted")])
def test_the_decimals_as_stated_are_the_tolerance(table, decimals, verdict):
    """4 of 6 are 66.666 %: 66.7 agrees, 66.70 does not."""
    claim = Claim(figure=66.7, scope="urban")
    object.__setattr__(claim, "decimals", decimals)
    row = one(claim, table)
    assert row["verdict"] == verdict
    assert row["because"]["claimed"] == ("66.70%" if decimals == 2 else "66.7%")
