"""Every connected set that can be part of an optimal partition, so that the best choice of them is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.grids.solve.problem import VIOLATION, bits

if TYPE_CHECKING:
    from gridkit.grids.solve.problem import Problem

COLUMNS = 200_000
"""More sets than this are not listed: the proof would take minutes."""


def largest_size(problem: Problem, best: float) -> int:
    """Return the largest number of households that a grid of a partition cheaper than ``best`` can have.

    The cost of one grid is at least what its households cost, and that grows above the band.
    """
    band = problem.band
    size = band.high
    step = max(1, band.high)
    while step:
        over = size + step
        cost = VIOLATION * (1 + band.outside(over) / 100) + ((over - band.target) / 100) ** 2
        if cost <= best:
            size = over
        else:
            step //= 2
    return size


def connected_sets(problem: Problem, most: int, *, within: int | None = None, limit: int = COLUMNS) -> list[int] | None:
    """Return every connected set with at most ``most`` households, or None where there are more than ``limit``.

    ``within`` restricts them to the subsets of a set.

    Single atoms are always among them. Each set is found once: from its smallest atom, by deciding for one neighbour
    after the other whether it belongs to it.
    """
    size, near = problem.size, problem.near
    found: list[int] = []
    everything = problem.all if within is None else within
    for root in bits(everything):
        below = ~everything | ((1 << root) - 1)
        stack = [(1 << root, size[root], near[root] & ~below, below | 1 << root)]
        while stack:
            mask, households, edge, barred = stack.pop()
            found.append(mask)
            if len(found) > limit:
                return None
            edge &= ~barred
            while edge:
                low = edge & -edge
                edge ^= low
                barred |= low
                i = low.bit_length() - 1
                if households + size[i] <= most:
                    stack.append((mask | low, households + size[i], edge | near[i], barred))
    return found


def columns_near(problem: Problem, grids: list[int], *, reach: int = 3, limit: int = 3_000) -> set[int]:
    """Return the connected sets inside the band that can be cut out of a few neighbouring grids of a partition.

    Parameters
    ----------
    problem : Problem
    grids : list of int
    reach : int
        Neighbouring grids that are taken together.
    limit : int
        A neighbourhood with more sets is looked at with one grid less.
    """
    around = {grid: problem.around(grid) for grid in grids}
    groups = {frozenset([grid]) for grid in grids}
    found: set[int] = set()
    for _ in range(reach - 1):
        groups = {
            group | {other}
            for group in groups
            for grid in group
            for other in grids
            if around[grid] & other and other not in group
        }
        for group in groups:
            some = connected_sets(problem, problem.band.high, within=sum(group), limit=limit)
            found.update(mask for mask in some or () if problem.households(mask) >= problem.band.low)
    return found
