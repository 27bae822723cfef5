"""Shares in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.audit import interval, mean, percent


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "text"),
    [
        (194, 1359, 1, "14.3%"),
        (249, 250, 0, ">99%"),  # 99.6 % is not 100 %
        (249, 250, 1, "99.6%"),
        (9999, 10000, 1, ">99.9%"),
        (1, 10000, 1, "<0.1%"),
        (1, 10000, 2, "0.01%"),
        (3, 3, 1, "100%"),
        (0, 3, 1, "0%"),
        (0, 0, 1, "—"),
        (1, 0, 1, "—"),
        (1, 8, 1, "12.5%"),
        (1, 16, 1, "6.3%"),
        (5, 4, 1, "125.0%"),
        (10001, 10000, 1, ">100%"),
        (-1, 6, 1, "-16.7%"),
        (-1, 10000, 1, ">-0.1%"),
    ],
)
def test_percent(numerator, denominator, decimals, text):
    assert percent(numerator, denominator, decimals) == text


def test_interval_and_mean():
    assert interval(6, 8, 0) == "75.0%"
    assert interval(0, 8, 8) == "0%–100%"
    assert interval(0, 0, 3) == "—"
    assert mean(1009, 178) == "5.67"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_never_all_unless_all_and_never_none_unless_none(numerator, denominator, decimals):
    numerator = min(numerator, denominator)
    text = percent(numerator, denominator, decimals)
    assert (text == "100%") == (numerator == denominator)
    assert (text == "0%") == (numerator == 0)
    if text[0] not in "<>":
        assert abs(Fraction(text[:-1]) - Fraction(100 * numerator, denominator)) <= Fraction(1, 2 * 10**decimals)
