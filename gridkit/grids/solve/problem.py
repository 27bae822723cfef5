"""One community as the solver sees it: whole numbers on a graph, and what a grid costs."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

VIOLATION = 100.0
"""Cost of a grid outside the band, and of every 100 households outside: more than all else that a grid costs."""


@dataclass(frozen=True)
class Weights:
    """What counts beside the band: borders away from roads, and households that leave their old grid."""

    road: float = 1.0
    keep: float = 0.0


@dataclass(frozen=True)
class Band:
    """Households of a grid: at least ``low``, at most ``high``, best ``target``."""

    low: int
    high: int
    target: int

    def outside(self, size: int) -> int:
        """Return how many households ``size`` lies outside the band.

        >>> [Band(300, 500, 400).outside(size) for size in (250, 300, 520)]
        [50, 0, 20]
        """
        return max(self.low - size, size - self.high, 0)


class Problem:
    """The atoms of one connected piece of a community; sets of atoms are whole numbers with a bit for each.

    Parameters
    ----------
    size : sequence of int
        Households (or persons) of each atom, never negative.
    area : sequence of int
        Square decimetres of each atom.
    border : sequence of int
        Centimetres of each atom's whole border.
    edges : iterable of (int, int, int, int)
        Two atoms, the centimetres of border that they share, and how many of them run along a road.
    band : Band
    weights : Weights
    old : sequence of int, optional
        The old grid of each atom, -1 for none.

    Notes
    -----
    The cost of a grid is ``100 x violation + 1 / Polsby-Popper + ((households - target) / 100)^2
    + road x inner border away from roads / perimeter + keep x households that leave their old grid / 100``, where a
    violation is 1 plus the distance from the band in hundreds. It depends on the grid alone, so that a partition is a
    choice of columns.

    Examples
    --------
    >>> row = Problem([200, 200, 200], [100] * 3, [400] * 3, [(0, 1, 100, 0), (1, 2, 100, 0)], Band(300, 500, 400))
    >>> row.households(0b011), row.is_connected(0b101), round(row.cost(0b011), 3)
    (400, False, 1.599)
    """

    def __init__(
        self,
        size: Sequence[int],
        area: Sequence[int],
        border: Sequence[int],
        edges: Iterable[tuple[int, int, int, int]],
        band: Band,
        weights: Weights = Weights(),
        old: Sequence[int] | None = None,
    ) -> None:
        self.size, self.area, self.border = list(size), list(area), list(border)
        self.band, self.weights = band, weights
        self.n = len(self.size)
        self.all = (1 << self.n) - 1
        self.edges = sorted((min(a, b), max(a, b), length, road) for a, b, length, road in edges)
        self.beside: list[list[tuple[int, int, int]]] = [[] for _ in range(self.n)]
        self.near = [0] * self.n
        for a, b, length, road in self.edges:
            self.beside[a].append((b, length, road))
            self.beside[b].append((a, length, road))
            self.near[a] |= 1 << b
            self.near[b] |= 1 << a
        self.old = list(old) if old is not None and weights.keep else None
        self._costs: dict[int, float] = {}

    def households(self, mask: int) -> int:
        """Return the households of a set of atoms."""
        size = self.size
        return sum(size[i] for i in bits(mask))

    def cost(self, mask: int) -> float:
        """Return what the grid made of these atoms costs; remembered, as the pool is made of what was asked."""
        found = self._costs.get(mask)
        if found is None:
            found = self._costs[mask] = self._cost(mask)
        return found

    def _cost(self, mask: int) -> float:
        size = area = perimeter = inner = 0
        away = 0
        for i in bits(mask):
            size += self.size[i]
            area += self.area[i]
            perimeter += self.border[i]
            for j, length, road in self.beside[i]:
                if mask >> j & 1:
                    inner += length
                else:
                    away += length - road
        return self.price(size, area, perimeter - inner, away) + self._leaving(mask, size)

    def price(self, size: int, area: int, perimeter: int, away: int) -> float:
        """Return the cost of a grid, without what leaves its old grid, from its figures.

        Parameters
        ----------
        size : int
            Households.
        area : int
            Square decimetres.
        perimeter : int
            Centimetres.
        away : int
            Centimetres of the border with other atoms of the community that run along no road.
        """
        outside = self.band.outside(size)
        violation = VIOLATION * (1 + outside / 100) if outside else 0.0
        if not perimeter or not area:
            return violation + 1.0
        shape = perimeter * perimeter / (400 * pi * area)
        return violation + shape + ((size - self.band.target) / 100) ** 2 + self.weights.road * away / perimeter

    def _leaving(self, mask: int, size: int) -> float:
        if self.old is None:
            return 0.0
        stay: dict[int, int] = {}
        for i in bits(mask):
            stay[self.old[i]] = stay.get(self.old[i], 0) + self.size[i]
        stay.pop(-1, None)
        return self.weights.keep * (size - max(stay.values(), default=0)) / 100

    def is_connected(self, mask: int) -> bool:
        """Return whether the atoms of a set hang together; the empty set does not."""
        return bool(mask) and self.reached(mask & -mask, mask) == mask

    def reached(self, start: int, mask: int) -> int:
        """Return the atoms of ``mask`` that can be walked to from ``start`` inside it."""
        near = self.near
        seen = fresh = start
        while fresh:
            around = 0
            while fresh:
                low = fresh & -fresh
                around |= near[low.bit_length() - 1]
                fresh ^= low
            fresh = around & mask & ~seen
            seen |= fresh
        return seen

    def pieces(self, mask: int) -> list[int]:
        """Return the connected pieces of a set, that with the smallest atom first."""
        found = []
        while mask:
            found.append(self.reached(mask & -mask, mask))
            mask &= ~found[-1]
        return found

    def around(self, mask: int) -> int:
        """Return the atoms beside a set."""
        near, out = self.near, 0
        for i in bits(mask):
            out |= near[i]
        return out & ~mask

    def total(self, grids: Iterable[int]) -> float:
        """Return the cost of a partition."""
        return sum(map(self.cost, grids))

    def connected_known(self) -> list[int]:
        """Return every connected set whose cost was ever asked, in one order."""
        return sorted(mask for mask in self._costs if self.is_connected(mask))

    def costs_of(self, masks: Sequence[int]) -> np.ndarray[Any, Any]:
        """Return the costs of many sets at once, shape (m,), equal to :meth:`cost` up to rounding.

        Every sum is of whole numbers, so that no order of adding shows.
        """
        inside = matrix(masks, self.n)
        size = inside @ np.array(self.size, dtype=np.int64)
        area = inside @ np.array(self.area, dtype=np.int64)
        perimeter = inside @ np.array(self.border, dtype=np.int64)
        away = np.zeros(len(masks), dtype=np.int64)
        for a, b, length, road in self.edges:
            both = inside[:, a] * inside[:, b]
            perimeter -= 2 * length * both
            away += (length - road) * (inside[:, a] + inside[:, b] - 2 * both)
        outside = np.maximum(np.maximum(self.band.low - size, size - self.band.high), 0)
        violation = np.where(outside > 0, VIOLATION * (1 + outside / 100), 0.0)
        whole = np.maximum(perimeter, 1), np.maximum(area, 1)
        shape = whole[0] * whole[0] / (400 * pi * whole[1])
        rest = shape + ((size - self.band.target) / 100) ** 2 + self.weights.road * away / whole[0]
        out = violation + np.where((perimeter > 0) & (area > 0), rest, 1.0)
        if self.old is not None:
            old = np.array(self.old)
            stay = np.zeros(len(masks), dtype=np.int64)
            for grid in sorted(set(self.old) - {-1}):
                stay = np.maximum(stay, inside @ np.where(old == grid, self.size, 0))
            out = out + self.weights.keep * (size - stay) / 100
        return out


def bits(mask: int) -> Iterator[int]:
    """Yield the atoms of a set, smallest first.

    >>> list(bits(0b10110))
    [1, 2, 4]
    """
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def matrix(masks: Sequence[int], n: int) -> np.ndarray[Any, Any]:
    """Return sets as rows of 0 and 1, shape (m, n), int64.

    >>> matrix([0b101, 0b010], 3).tolist()
    [[1, 0, 1], [0, 1, 0]]
    """
    width = (n + 7) // 8
    raw = np.frombuffer(b"".join(mask.to_bytes(width, "little") for mask in masks), dtype=np.uint8)
    return np.unpackbits(raw.reshape(len(masks), width), axis=1, count=n, bitorder="little").astype(np.int64)
