"""Small communities for tests: lattices of unit squares with given households."""

from __future__ import annotations

import random

from gridkit.grids.solve.problem import Band, Problem, Weights

BAND = Band(300, 500, 400)


ROADS = Weights(1.0)


def lattice(sizes, width, *, weights=ROADS, old=None, missing=()) -> Problem:
    """Return squares of 100 m in rows of ``width``; ``missing`` are pairs of neighbours without a common border."""
    edges = []
    for i in range(len(sizes)):
        right, below = i + 1, i + width
        if right % width and right < len(sizes):
            edges.append((i, right, 10_000, 10_000 if i % 3 == 0 else 0))
        if below < len(sizes):
            edges.append((i, below, 10_000, 10_000 if i // width == 1 else 0))
    edges = [edge for edge in edges if edge[:2] not in missing]
    return Problem(sizes, [1_000_000] * len(sizes), [40_000] * len(sizes), edges, BAND, weights, old)


def random_lattice(seed: int, *, most: int = 9) -> Problem:
    """Return a connected lattice with up to ``most`` squares, some empty and some above the band."""
    draw = random.Random(seed)
    n, width = draw.randint(1, most), draw.randint(1, 4)
    sizes = [draw.choice([0, 60, 120, 180, 250, 310, 420, 560, 900]) for _ in range(n)]
    return lattice(sizes, width)


def partitions(problem: Problem):
    """Yield every partition into connected sets, by brute force."""

    def parts(left):
        if not left:
            yield []
            return
        low = left & -left
        rest = left & ~low
        sub = rest
        while True:
            mask = low | sub
            if problem.is_connected(mask):
                for more in parts(left & ~mask):
                    yield [mask, *more]
            if not sub:
                return
            sub = (sub - 1) & rest

    yield from parts(problem.all)
