"""The solver for one network out of several: borders on which all agree cost where a grid lies across them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.grids.solve.problem import VIOLATION, Problem, bits, matrix
from gridkit.grids.solve.search import improve
from gridkit.grids.solve.solver import Solved, solve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridkit.grids.solve.problem import Band, Weights

AGREED: Final = 12.0
"""Cost of 100 m of an agreed border inside a grid: more than any shape or size inside the band is worth; a grid outside
the band costs as much as 850 m of it, which is more border than two grids mostly have in common."""


class MergeProblem(Problem):
    """A community with borders that shall be kept.

    Parameters
    ----------
    size, area, border, edges, band, weights, old
        As of :class:`Problem`; the metres along a road count those along a border that some network has as well.
    agreed : iterable of (int, int, int)
        Two atoms and the centimetres of agreed border between them.
    starts : sequence of sequence of int
        The grid of each atom in each network, -1 for none.

    Examples
    --------
    >>> from gridkit.grids.solve.problem import Band
    >>> row = MergeProblem([200] * 2, [100] * 2, [400] * 2, [(0, 1, 100, 0)], Band(300, 500, 400), agreed=[(0, 1, 100)])
    >>> round(row.cost(0b11) - Problem.cost(Problem(row.size, row.area, row.border, row.edges, row.band), 0b11), 3)
    0.12
    """

    def __init__(  # noqa: PLR0913 - what a problem is, and what is agreed
        self,
        size: Sequence[int],
        area: Sequence[int],
        border: Sequence[int],
        edges: Iterable[tuple[int, int, int, int]],
        band: Band,
        weights: Weights | None = None,
        old: Sequence[int] | None = None,
        *,
        agreed: Iterable[tuple[int, int, int]] = (),
        starts: Sequence[Sequence[int]] = (),
    ) -> None:
        more = () if weights is None else (weights, old)
        super().__init__(size, area, border, edges, band, *more)
        self.agreed = sorted((min(a, b), max(a, b), length) for a, b, length in agreed)
        self.starts = [list(one) for one in starts]
        self._apart: list[list[tuple[int, int]]] = [[] for _ in range(self.n)]
        for a, b, length in self.agreed:
            self._apart[a].append((b, length))
        self._touch = sum(1 << a for a in range(self.n) if self._apart[a])
        # in a wide band the distance from the target must not outweigh borders: at its ends it costs 1, as in 300-500
        half = max(band.high - band.target, band.target - band.low, 1)
        self._ease = min(1.0, (100 / half) ** 2) - 1.0

    def crossed(self, mask: int) -> int:
        """Return the centimetres of agreed border inside a set."""
        apart = self._apart
        return sum(length for a in bits(mask & self._touch) for b, length in apart[a] if mask >> b & 1)

    def _leaving(self, mask: int, size: int) -> float:
        eased = self._ease * ((size - self.band.target) / 100) ** 2 if self._ease else 0.0
        crossed = self.crossed(mask)
        return super()._leaving(mask, size) + AGREED * crossed / 10_000 + eased

    def costs_of(self, masks: Sequence[int]) -> np.ndarray[Any, Any]:
        """Return the costs of many sets at once, shape (m,); see :meth:`Problem.costs_of`."""
        inside = matrix(masks, self.n)
        crossed = np.zeros(len(masks), dtype=np.int64)
        for a, b, length in self.agreed:
            crossed += length * inside[:, a] * inside[:, b]
        size = inside @ np.array(self.size, dtype=np.int64)
        eased = self._ease * ((size - self.band.target) / 100) ** 2
        return super().costs_of(masks) + AGREED * crossed / 10_000 + eased

    def zones(self) -> list[int]:
        """Return the connected sets into which the agreed borders cut the atoms, that with the smallest first."""
        cut = {(a, b) for a, b, _ in self.agreed}
        near = [0] * self.n
        for a, b, _, _ in self.edges:
            if (a, b) not in cut:
                near[a] |= 1 << b
                near[b] |= 1 << a
        found, left = [], self.all
        while left:
            zone = fresh = left & -left
            while fresh:
                around = 0
                for i in bits(fresh):
                    around |= near[i]
                fresh = around & ~zone
                zone |= fresh
            found.append(zone)
            left &= ~zone
        return found

    def part(self, mask: int) -> tuple[MergeProblem, list[int]]:
        """Return the problem of a connected set of atoms, and which atoms it has."""
        atoms = list(bits(mask))
        place = {i: at for at, i in enumerate(atoms)}
        some = MergeProblem(
            [self.size[i] for i in atoms], [self.area[i] for i in atoms], [self.border[i] for i in atoms],
            [(place[a], place[b], length, road) for a, b, length, road in self.edges if a in place and b in place],
            self.band, self.weights, None if self.old is None else [self.old[i] for i in atoms],
            agreed=[(place[a], place[b], length) for a, b, length in self.agreed if a in place and b in place],
            starts=[[one[i] for i in atoms] for one in self.starts],
        )  # fmt: skip
        return some, atoms


def solve_merged(problem: MergeProblem, seed: int, *, profile: str = "balanced", prove: bool = False) -> Solved:
    """Return the best partition found: zone by zone where each zone holds whole grids, and as a whole where not.

    Parameters
    ----------
    problem : MergeProblem
        Connected.
    seed, profile, prove
        As of :func:`solve`.

    Notes
    -----
    Agreed borders cut a community into zones. Where every zone can be divided into grids of the band alone, it is;
    that keeps every border between zones, and costs the least as each zone is small. Elsewhere the search starts from
    the networks' own grids, of which each keeps every agreed border, and from the zones.

    Examples
    --------
    >>> from gridkit.grids.solve.problem import Band
    >>> edges = [(i, i + 1, 5000, 0) for i in range(3)]
    >>> row = MergeProblem([200] * 4, [9] * 4, [9] * 4, edges, Band(300, 500, 400), agreed=[(1, 2, 5000)])
    >>> [bin(grid) for grid in solve_merged(row, 1).grids]
    ['0b11', '0b1100']
    """
    zones = problem.zones()
    best: list[int] | None = None
    if len(zones) > 1 and all(_holds_grids(problem, zone) for zone in zones):
        best = []
        bounds: list[float | None] = []
        for at, zone in enumerate(zones):
            part, atoms = problem.part(zone)
            solved = _whole(part, seed + at, profile=profile, prove=prove, start=None)
            best += [sum(1 << atoms[i] for i in bits(grid)) for grid in solved.grids]
            bounds.append(solved.bound)
        if max(map(problem.cost, best)) < VIOLATION and not prove:
            return Solved(sorted(best), problem.total(best), None)
    return _whole(problem, seed, profile=profile, prove=prove, start=best)


def _holds_grids(problem: Problem, zone: int) -> bool:
    """Tell whether the households of a zone could make grids of the band."""
    size, band = problem.households(zone), problem.band
    return -(-size // band.high) <= size // max(band.low, 1)


def _whole(problem: MergeProblem, seed: int, *, profile: str, prove: bool, start: list[int] | None) -> Solved:
    random = Random(seed)
    starts = [_pieces(problem, one) for one in problem.starts] + [problem.zones()]
    found = [improve(problem, some, random) for some in _different(starts)]
    if start is not None:
        found.append(start)
    best = min(found, key=lambda grids: (problem.total(grids), sorted(grids)))
    return solve(problem, seed, profile=profile, prove=prove, baseline=best)


def _pieces(problem: Problem, grid_of: Sequence[int]) -> list[int]:
    """Return the grids of a network as connected sets; what it does not cover as the pieces that hang together."""
    masks: dict[int, int] = {}
    for i, grid in enumerate(grid_of):
        masks[grid] = masks.get(grid, 0) | 1 << i
    return [piece for _, mask in sorted(masks.items()) for piece in problem.pieces(mask)]


def _different(starts: list[list[int]]) -> list[list[int]]:
    return [list(one) for one in dict.fromkeys(tuple(sorted(some)) for some in starts)]
