"""The solver: contiguous partitions always, the optimum where it says so, and equal answers for equal questions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.grids.solve.exact import columns_near, connected_sets, largest_size
from gridkit.grids.solve.pool import choose
from gridkit.grids.solve.problem import Band, Problem, Weights, bits
from gridkit.grids.solve.solver import PROFILES, numbers, solve
from gridkit.grids.solve.trees import spanning_cuts, split
from tests.grids.graphs import BAND, lattice, partitions, random_lattice


def assert_partition(problem, grids):
    together = 0
    for grid in grids:
        assert problem.is_connected(grid)
        assert not together & grid
        together |= grid
    assert together == problem.all


@pytest.mark.parametrize("block", range(10))
def test_the_proven_optimum_is_that_of_all_partitions(block):
    """240 lattices of up to nine squares: nothing that brute force finds is cheaper."""
    for seed in range(24 * block, 24 * block + 24):
        problem = random_lattice(seed)
        solved = solve(problem, seed, profile="fast", prove=True)
        assert solved.proven
        assert_partition(problem, solved.grids)
        assert solved.cost == pytest.approx(min(problem.total(grids) for grids in partitions(problem)))


@given(st.integers(0, 10**6), st.sampled_from(sorted(PROFILES)))
@settings(max_examples=60, deadline=None)
def test_every_profile_gives_a_contiguous_partition(seed, profile):
    problem = random_lattice(seed, most=24)
    assert_partition(problem, solve(problem, seed, profile=profile).grids)


@given(st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_equal_questions_have_equal_answers(seed):
    assert solve(random_lattice(seed, most=16), seed).grids == solve(random_lattice(seed, most=16), seed).grids


@given(st.integers(0, 10**6), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_a_split_never_fails(seed, k):
    import random

    problem = random_lattice(seed, most=24)
    grids = split(problem, problem.all, k, random.Random(seed))
    assert_partition(problem, grids)
    assert len(grids) <= k


def test_the_sides_of_a_tree_are_connected_and_counted():
    import random

    problem = lattice([100, 200, 300, 400, 500, 600], 3)
    cuts = spanning_cuts(problem, problem.all, random.Random(1))
    assert len(cuts) == 5
    for side, size in cuts:
        assert problem.is_connected(side)
        assert problem.is_connected(problem.all & ~side)
        assert problem.households(side) == size


def test_costs_of_many_sets_equal_the_cost_of_each():
    problem = lattice([0, 120, 250, 310, 90, 700], 3, weights=Weights(1.0, 3.0), old=[0, 0, 1, -1, 1, 2])
    masks = list(range(1, 64))
    assert problem.costs_of(masks).tolist() == pytest.approx([problem.cost(mask) for mask in masks])


def test_the_cost_by_hand():
    """Two squares of 100 m and 400 households: perimeter 600 m, 20,000 m2, a side of 100 m off every road."""
    problem = lattice([200, 200, 200, 200], 2)
    expected = 600**2 / (4 * np.pi * 20_000) + 0 + 200 / 600
    # square 0 and 1 are the upper row; below each lies another square, no border of theirs is a road
    assert problem.cost(0b0011) == pytest.approx(expected)


def test_households_outside_the_band_cost_by_distance():
    problem = lattice([250], 1)
    assert problem.cost(1) == pytest.approx(100 * 1.5 + 400**2 / (4 * np.pi * 10_000) + 1.5**2)


def test_every_connected_set_is_listed_once():
    problem = lattice([100] * 6, 3)
    found = connected_sets(problem, 10**9)
    assert len(found) == len(set(found))
    assert set(found) == {mask for mask in range(1, 64) if problem.is_connected(mask)}
    assert set(connected_sets(problem, 10**9, within=0b011011)) == {m for m in found if m & 0b011011 == m}
    assert connected_sets(problem, 10**9, limit=5) is None


def test_the_largest_size_leaves_out_no_better_partition():
    problem = lattice([300, 300, 300], 3)
    for best in (2.0, 150.0, 800.0):
        most = largest_size(problem, best)
        over = problem.price(most + 1, 10**9, 0, 0) + ((most + 1 - 400) / 100) ** 2
        assert most == BAND.high or over > best


def test_columns_near_lie_in_the_band_and_are_connected():
    problem = lattice([150] * 9, 3)
    grids = [0b000000111, 0b000111000, 0b111000000]
    found = columns_near(problem, grids, reach=2)
    assert all(problem.is_connected(mask) and 300 <= problem.households(mask) <= 500 for mask in found)
    assert 0b000001011 in found


def test_a_pool_without_a_better_partition_gives_the_incumbent_back():
    problem = lattice([200, 200, 200, 200], 4)
    chosen = choose(problem, [0b0001, 0b1110], [0b0011, 0b1100])
    assert chosen.grids == [0b0011, 0b1100]
    assert chosen.proven


def test_an_atom_above_the_band_stands_alone():
    problem = lattice([900, 200, 200], 3)
    assert 0b001 in solve(problem, 0, prove=True).grids


def test_numbers_of_grids_worth_trying():
    assert numbers(lattice([400] * 5, 5))[0] == 5
    assert numbers(lattice([250], 1)) == [1]
    assert numbers(lattice([0, 0], 2)) == [1]


def test_few_households_change_grid_when_the_old_plan_counts():
    sizes = [200] * 8
    old = [0, 0, 1, 1, 2, 2, 3, 3]
    problem = lattice(sizes, 8, weights=Weights(1.0, 3.0), old=old)
    before = [0b11, 0b1100, 0b110000, 0b11000000]
    assert solve(problem, 3, baseline=before).grids == before


def test_without_a_border_everything_still_has_a_cost():
    point = Problem([400], [0], [0], [], Band(300, 500, 400))
    assert point.cost(1) == 1.0
    assert list(bits(point.all)) == [0]
