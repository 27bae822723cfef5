"""Split a connected set along random spanning trees."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from gridkit.grids.solve.problem import bits

if TYPE_CHECKING:
    from random import Random

    from gridkit.grids.solve.problem import Problem

TRIES = 8
"""Trees of one split."""
ROAD = 0.5
"""Added to the random weight of an edge across a road: the tree then crosses roads last, and its cuts follow them."""


def spanning_cuts(problem: Problem, mask: int, random: Random) -> list[tuple[int, int]]:
    """Return, of one random spanning tree of ``mask``, every side that cutting one edge gives, with its households.

    Both sides of a cut are connected, by construction.
    """
    order, parent = _tree(problem, mask, random)
    below = dict.fromkeys(order, 0)
    size = dict.fromkeys(order, 0)
    cuts = []
    for i in reversed(order):
        below[i] |= 1 << i
        size[i] += problem.size[i]
        if parent[i] >= 0:
            below[parent[i]] |= below[i]
            size[parent[i]] += size[i]
            cuts.append((below[i], size[i]))
    return cuts


def _tree(problem: Problem, mask: int, random: Random) -> tuple[list[int], dict[int, int]]:
    """Return the atoms in the order in which Prim's algorithm takes them, and each one's parent."""
    draw = random.random
    atoms = list(bits(mask))
    root = atoms[int(draw() * len(atoms))]
    order: list[int] = []
    parent: dict[int, int] = {}
    heap = [(0.0, root, -1)]
    while heap:
        _, i, via = heappop(heap)
        if i in parent:
            continue
        parent[i] = via
        order.append(i)
        for j, length, road in problem.beside[i]:
            if mask >> j & 1 and j not in parent:
                heappush(heap, (draw() + (ROAD if 2 * road > length else 0.0), j, i))
    return order, parent


def split(problem: Problem, mask: int, k: int, random: Random) -> list[int]:
    """Return ``mask`` cut into at most ``k`` connected sets of about the same number of households.

    Never fails: where no good cut exists the least bad one is taken, and a single atom is not cut at all.
    """
    done: list[int] = []
    waiting = [(mask, k)]
    while waiting:
        piece, parts = waiting.pop()
        if parts <= 1 or piece & (piece - 1) == 0:
            done.append(piece)
            continue
        side, share = _best_cut(problem, piece, parts, random)
        waiting.append((side, share))
        waiting.append((piece & ~side, parts - share))
    return done


def _best_cut(problem: Problem, mask: int, k: int, random: Random) -> tuple[int, int]:
    """Return one side of the cut that leaves both sides nearest to so many grids inside the band."""
    low, high = problem.band.low, problem.band.high
    whole = problem.households(mask)
    mean = whole / k
    best: tuple[float, float, int, int] | None = None
    for _ in range(TRIES):
        for side, size in spanning_cuts(problem, mask, random):
            share = min(max(round(size / mean), 1), k - 1) if mean else 1
            rest, others = whole - size, k - share
            bad = max(low * share - size, size - high * share, 0) + max(low * others - rest, rest - high * others, 0)
            off = abs(size - share * mean) / (share * others) ** 0.5
            if best is None or (bad, off) < best[:2]:
                best = (bad, off, side, share)
        if best is not None and best[0] == 0 and best[1] < mean * 0.02:
            break
    assert best is not None
    return best[2], best[3]
