"""From one connected piece of a community to its grids: starts, search, pool and proof."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from gridkit.grids.solve.exact import columns_near, connected_sets, largest_size
from gridkit.grids.solve.pool import choose
from gridkit.grids.solve.problem import VIOLATION
from gridkit.grids.solve.search import improve, search
from gridkit.grids.solve.trees import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.grids.solve.problem import Problem


@dataclass(frozen=True)
class Profile:
    """How much is tried: starts, rounds of search, and how many neighbouring grids are cut in every possible way."""

    starts: int
    rounds: int
    reach: int


PROFILES = {
    "fast": Profile(1, 0, 0),
    "balanced": Profile(3, 8, 2),
    "best": Profile(4, 20, 3),
}


@dataclass(frozen=True)
class Solved:
    """The grids of one piece: sets of atoms, their cost, and a lower bound where the optimum is proven or known."""

    grids: list[int]
    cost: float
    bound: float | None

    @property
    def proven(self) -> bool:
        """Whether no partition is cheaper."""
        return self.bound is not None and self.cost - self.bound <= 1e-6


def solve(
    problem: Problem,
    seed: int,
    *,
    profile: str = "balanced",
    prove: bool = False,
    baseline: Sequence[int] | None = None,
) -> Solved:
    """Return the best partition found.

    Parameters
    ----------
    problem : Problem
        Connected.
    seed : int
        Equal seeds give equal partitions.
    profile : str
        A key of ``PROFILES``.
    prove : bool
        List all columns and solve to the optimum where they are not too many.
    baseline : sequence of int, optional
        Connected sets that partition the atoms, as one more start.

    Examples
    --------
    >>> from gridkit.grids.solve.problem import Band, Problem
    >>> row = Problem([200] * 4, [100] * 4, [400] * 4, [(i, i + 1, 100, 0) for i in range(3)], Band(300, 500, 400))
    >>> solve(row, 1, prove=True).grids, solve(row, 1, prove=True).proven
    ([3, 12], True)
    """
    random, how = Random(seed), PROFILES[profile]
    grids = _start(problem, random, how.starts, baseline)
    if how.rounds:
        grids = search(problem, grids, random, how.rounds)
    if how.reach:
        grids = _polished(problem, grids, how.reach)
    if prove:
        return _proven(problem, grids)
    return Solved(sorted(grids), problem.total(grids), None)


def _start(problem: Problem, random: Random, starts: int, baseline: Sequence[int] | None) -> list[int]:
    found = [] if baseline is None else [improve(problem, list(baseline), random)]
    counts = numbers(problem)
    for at in range(starts):
        first = at % len(counts)
        for k in counts[first:] + counts[:first]:
            grids = improve(problem, split(problem, problem.all, k, random), random)
            found.append(grids)
            if max(map(problem.cost, grids)) < VIOLATION:
                break
    return min(found, key=lambda grids: (problem.total(grids), sorted(grids)))


def numbers(problem: Problem) -> list[int]:
    """Return numbers of grids worth trying, that nearest to the target first.

    Those for which all grids could lie in the band; where there is none, those just below and above the target.
    """
    total, band = problem.households(problem.all), problem.band
    wish = total / band.target
    low, high = -(-total // band.high), total // max(band.low, 1)
    fitting = [k for k in range(max(low, 1), high + 1) if k <= problem.n]
    if not fitting:
        fitting = sorted({min(max(k, 1), problem.n) for k in (int(wish), int(wish) + 1)})
    return sorted(fitting, key=lambda k: (abs(k - wish), k))[:4]


def _polished(problem: Problem, grids: list[int], reach: int) -> list[int]:
    """Choose from all sets known and all that neighbouring grids can be cut into, until that gains nothing more."""
    pool = set(problem.connected_known())
    while True:
        pool |= columns_near(problem, grids, reach=reach)
        better = choose(problem, sorted(pool), grids).grids
        if sorted(better) == sorted(grids):
            return grids
        grids = better


def _proven(problem: Problem, grids: list[int]) -> Solved:
    best = problem.total(grids)
    columns = connected_sets(problem, largest_size(problem, best))
    if columns is None:
        return Solved(sorted(grids), best, None)
    chosen = choose(problem, columns, grids)
    return Solved(chosen.grids, problem.total(chosen.grids), chosen.bound)
