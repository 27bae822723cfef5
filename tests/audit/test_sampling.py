"""Bounds against tables and brute force; draws that depend on nothing but data and seed."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.audit.sampling import bound, draw, interval, least, results, sample_size, take


def seen(population: int, wrong_in_all: int, sample: int, wrong: int) -> Fraction:
    """Probability of at most ``wrong`` wrong ones in the sample, exactly."""
    ways = sum(comb(wrong_in_all, k) * comb(population - wrong_in_all, sample - k) for k in range(wrong + 1))
    return Fraction(ways, comb(population, sample))


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 40), st.data())
def test_bound_is_the_largest_that_is_not_refuted(population, data):
    sample = data.draw(st.integers(0, population))
    wrong = data.draw(st.integers(0, sample))
    possible = range(wrong, population - (sample - wrong) + 1)
    brute = max((k for k in possible if seen(population, k, sample, wrong) > Fraction(1, 20)), default=wrong)
    assert bound(population, sample, wrong) == brute
    assert least(population, sample, wrong) == population - bound(population, sample, sample - wrong)
    low, high = interval(population, sample, wrong)
    assert 0 <= low <= high <= population


@pytest.mark.parametrize(("population", "tolerable", "size"), [
    # Hypergeometric discovery sampling at 95 %: (1 - n/N)... known corners, and 59 for a very large population.
    (100, 0, 95), (1, 0, 1), (50, 50, 0), (10_000_000, 499_999, 59), (10_000_000, 99_999, 299),
])  # fmt: skip
def test_sizes(population, tolerable, size):
    assert sample_size(population, tolerable=tolerable) == size


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 120), st.data())
def test_size_is_the_smallest_that_will_do(population, data):
    tolerable = data.draw(st.integers(0, population))
    n = sample_size(population, tolerable=tolerable)
    assert bound(population, n, 0) <= tolerable
    assert n == 0 or bound(population, n - 1, 0) > tolerable


@pytest.mark.parametrize("numbers", [(10, 11, 0), (10, 5, 6), (10, -1, 0), (-1, 0, 0)])
def test_numbers_that_contradict_each_other(numbers):
    with pytest.raises(ValueError):
        bound(*numbers)
    with pytest.raises(ValueError):
        bound(10, 5, 0, 1.0)
    with pytest.raises(ValueError):
        sample_size(10, tolerable=-1)


SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 40), max_size=8)


@given(SIZES, st.integers(0, 200), st.integers(0, 50))
def test_draws_are_proportional_and_whole(sizes, n, seed):
    by = [name for name, size in sizes.items() for _ in range(size)]
    frame = pd.DataFrame({"by": by}, index=[f"c{n:04d}" for n in range(len(by))])
    found = draw(frame, frame["by"], n, seed)
    assert found.index.is_unique
    assert len(found) == min(n, len(by))
    drawn = found["stratum"].value_counts()
    for name, size in sizes.items():
        share = Fraction(min(n, len(by)) * size, len(by))
        assert share - 1 < drawn.get(name, 0) < share + 1


def test_small_strata_are_drawn_too():
    """200 strata of 10: whatever the stratum is called, some seed draws from it, and the bound holds."""
    frame = pd.DataFrame({"by": [f"s{n // 10:03d}" for n in range(2000)]}, index=[f"c{n:04d}" for n in range(2000)])
    wrong = set(frame.index[frame["by"] >= "s180"])  # 10 % of all, in the strata last by name
    hits = [len(wrong & set(draw(frame, frame["by"], 57, seed).index)) for seed in range(200)]
    assert 4.5 < sum(hits) / 200 < 6.9  # 5.7 expected
    assert sum(bound(2000, 57, hit) >= len(wrong) for hit in hits) >= 190


def test_draws_repeat_and_row_order_does_not_matter():
    frame = pd.DataFrame({"by": ["s"] * 60 + ["t"] * 40, "x": range(100)}, index=[f"c{n:03d}" for n in range(100)])
    one = draw(frame, frame["by"], 10, seed=7)
    assert one["stratum"].value_counts().to_dict() == {"s": 6, "t": 4}
    other = draw(frame.sample(frac=1, random_state=3), frame["by"].sample(frac=1, random_state=5), 10, seed=7)
    pd.testing.assert_frame_equal(one, other)
    assert not draw(frame, frame["by"], 10, seed=8).index.equals(one.index)
    assert len(draw(frame, frame["by"], 1_000, seed=7)) == 100


def test_every_row_is_as_likely():
    frame = pd.DataFrame({"by": ["s"] * 10}, index=list("abcdefghij"))
    hits = pd.Series([code for seed in range(600) for code in draw(frame, frame["by"], 3, seed=seed).index])
    assert hits.value_counts().between(130, 230).all()  # 180 expected, 12 the standard deviation


def test_a_sample_keeps_how_it_was_drawn():
    frame = pd.DataFrame({"street": ["s", "s", "t"]}, index=["a", "b", "c"])
    sample = take(frame, "street", 2, 1, run="x")
    assert (sample.population, sample.by, sample.seed, sample.run) == (3, "street", 1, "x")
    assert sample.strata["size"].to_dict() == {"s": 2, "t": 1}
    assert sample.strata["drawn"].sum() == len(sample.rows) == 2


def test_results_of_visits():
    """10 of 100 in s, all of t: what could not be verified is a class of its own."""
    labels = pd.DataFrame({"stratum": ["s"] * 10 + ["t"] * 2, "label": ["true"] * 8 + ["false", "unverifiable"] +
                           ["true", "false"]})  # fmt: skip
    told = results({"s": 100, "t": 2, "u": 5}, labels).set_index("stratum")
    assert told.loc["t", ["false", "false_estimate", "false_low", "false_high"]].tolist() == [1, 1, 1, 1]
    assert told.loc["s", ["drawn", "false", "unverifiable", "false_estimate"]].tolist() == [10, 1, 1, 10]
    assert told.loc["", ["population", "drawn", "false", "unverifiable"]].tolist() == [107, 12, 2, 1]
    assert told.loc["", "false_low"] >= 2


def test_what_is_not_filled_in_may_be_anything():
    labels = pd.DataFrame({"stratum": ["s"] * 10, "label": ["true"] * 4 + ["false"] + ["unanswered"] * 5})
    told = results({"s": 100}, labels).iloc[-1]
    whole = results({"s": 100}, labels.assign(label=["true"] * 4 + ["false"] * 6)).iloc[-1]
    none = results({"s": 100}, labels.assign(label=["true"] * 9 + ["false"])).iloc[-1]
    assert (told["unanswered"], told["false"], told["false_estimate"]) == (5, 1, 20)
    assert (told["false_low"], told["false_high"]) == (none["false_low"], whole["false_high"])
