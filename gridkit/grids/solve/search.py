"""Better partitions by small steps: single atoms, pairs of grids, and a grid with its neighbours drawn afresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.grids.solve.problem import VIOLATION, bits
from gridkit.grids.solve.trees import spanning_cuts, split

if TYPE_CHECKING:
    from random import Random

    from gridkit.grids.solve.problem import Problem

TREES = 6
"""Trees that are tried for a pair of grids."""
GAIN = 1e-9
"""A step must save more than this, so that rounding cannot make the search go round in circles."""
RUINED = 3
"""Grids that are drawn afresh together."""


def improve(problem: Problem, grids: list[int], random: Random, tried: set[tuple[int, int]] | None = None) -> list[int]:
    """Return a partition that neither moving an atom nor re-cutting a pair of grids makes cheaper.

    Parameters
    ----------
    problem : Problem
    grids : list of int
        Connected sets that partition the atoms.
    random : random.Random
    tried : set, optional
        Pairs of grids that were re-cut before in vain; added to.
    """
    tried = set() if tried is None else tried
    grids = flip(problem, grids)
    while True:
        found = _recut_any(problem, grids, random, tried)
        if found is None:
            return grids
        grids = flip(problem, found)


def flip(problem: Problem, grids: list[int]) -> list[int]:
    """Move single atoms to a grid beside them as long as that saves cost and keeps both connected."""
    grids = list(grids)
    home = {i: at for at, grid in enumerate(grids) for i in bits(grid)}
    everything = sum(grids)
    waiting = sorted(home)
    while waiting:
        again: set[int] = set()
        for i in waiting:
            at = home[i]
            rest = grids[at] & ~(1 << i)
            beside = sorted({home[j] for j in bits(problem.near[i] & everything & ~grids[at])})
            if not beside or not rest or not _may_leave(problem, rest, i):
                continue
            freed = problem.cost(grids[at]) - problem.cost(rest)
            gain, to = max((freed + problem.cost(grids[b]) - problem.cost(grids[b] | 1 << i), -b) for b in beside)
            if gain <= GAIN:
                continue
            grids[at], grids[-to] = rest, grids[-to] | 1 << i
            home[i] = -to
            again.update(bits((grids[at] | grids[-to] | problem.around(1 << i)) & everything))
        waiting = sorted(again)
    return grids


def _may_leave(problem: Problem, rest: int, i: int) -> bool:
    """Return whether ``rest`` stays connected without atom ``i``: true at once where its neighbours hang together."""
    touching = problem.near[i] & rest
    low = touching & -touching
    if touching == low:
        return True
    if problem.reached(low, touching) == touching:
        return True
    return problem.reached(low, rest) == rest


def _recut_any(problem: Problem, grids: list[int], random: Random, tried: set[tuple[int, int]]) -> list[int] | None:
    """Return the partition after the first pair of neighbours that is cheaper merged or cut elsewhere."""
    around = [problem.around(grid) for grid in grids]
    order = sorted(range(len(grids)), key=lambda at: (-problem.cost(grids[at]), grids[at]))
    for a in order:
        for b in range(len(grids)):
            one, other = sorted((grids[a], grids[b]))
            if a == b or not around[a] & grids[b] or (one, other) in tried:
                continue
            tried.add((one, other))
            pair = _recut(problem, one, other, random)
            if pair is not None:
                return [grid for at, grid in enumerate(grids) if at not in (a, b)] + pair
    return None


def _recut(problem: Problem, one: int, other: int, random: Random) -> list[int] | None:
    """Return the best way to draw two grids afresh, as one, two or three, or None where it saves nothing."""
    both = one | other
    now = problem.cost(one) + problem.cost(other) - GAIN
    best: tuple[float, list[int]] = (now, [])
    size = problem.households(both)
    if size <= 2 * problem.band.high and problem.cost(both) < best[0]:
        best = (problem.cost(both), [both])
    for _ in range(TREES):
        for side in _promising(problem, both, size, random):
            cost = problem.cost(side)
            if cost < best[0]:
                cost += problem.cost(both & ~side)
                if cost < best[0]:
                    best = (cost, [side, both & ~side])
        if now < VIOLATION and best[1] and best[0] < now - 1:
            break
    if size > 2 * problem.band.high or (now > VIOLATION and size >= 3 * problem.band.low):
        three = split(problem, both, 3, random)
        if problem.total(three) < best[0]:
            best = (problem.total(three), three)
    return best[1] or None


def _promising(problem: Problem, both: int, size: int, random: Random) -> list[int]:
    """Return the cuts of one random tree that violate the band least."""
    band = problem.band
    cuts = spanning_cuts(problem, both, random)
    if not cuts:
        return []
    bad = [band.outside(here) + band.outside(size - here) for _, here in cuts]
    least = min(bad)
    return [cut for (cut, _), here in zip(cuts, bad, strict=True) if here == least]


def search(problem: Problem, grids: list[int], random: Random, rounds: int) -> list[int]:
    """Draw a grid and its neighbours afresh, so many times, and keep what is cheaper (large neighbourhood search).

    Grids outside the band are ruined first.
    """
    tried: set[tuple[int, int]] = set()
    for _ in range(rounds):
        if len(grids) < 2:
            return grids
        some = _neighbourhood(problem, grids, random)
        union = 0
        for at in some:
            union |= grids[at]
        before = problem.total(grids[at] for at in some)
        k = max(1, len(some) + int(random.random() * 3) - 1)
        fresh = improve(problem, split(problem, union, k, random), random, tried)
        if problem.total(fresh) < before - GAIN:
            grids = [grid for at, grid in enumerate(grids) if at not in some] + fresh
    return improve(problem, grids, random, tried)


def _neighbourhood(problem: Problem, grids: list[int], random: Random) -> set[int]:
    """Return the places of a grid, one that costs much more often than others, and of two beside it."""
    broken = [at for at, grid in enumerate(grids) if problem.cost(grid) >= VIOLATION]
    pool = broken if broken and random.random() < 0.7 else list(range(len(grids)))
    some = {pool[int(random.random() * len(pool))]}
    union = grids[next(iter(some))]
    while len(some) < RUINED:
        around = problem.around(union)
        beside = [at for at, grid in enumerate(grids) if at not in some and grid & around]
        if not beside:
            break
        at = beside[int(random.random() * len(beside))]
        some.add(at)
        union |= grids[at]
    return some
