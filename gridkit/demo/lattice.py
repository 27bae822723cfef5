"""Ground plan: a warped lattice of roads, whose cells are the city blocks.

Everything above a block is a rectangle of whole cells, drawn along the same lattice nodes. Streets, communities and
grids therefore tile each other exactly, and a compound, which lies inside one cell, is never cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

ORIGIN = (496_000.0, 4_398_000.0)
"""South-western corner in EPSG:4544: lon 105, lat 39.7, a desert without any settlement."""

Rect = tuple[int, int, int, int]
"""Cells ``i0 <= i < i1``, ``j0 <= j < j1``."""


@dataclass(frozen=True)
class Lattice:
    """Nodes of the road lattice, metres of EPSG:4544.

    ``nodes`` has the shape ``(2 * nx + 1, 2 * ny + 1, 2)``: even indices are crossings, odd ones lie half way.
    ``road_x`` (``nx + 1``) and ``road_y`` (``ny + 1``) are half widths in metres of the north-south and east-west
    roads.
    """

    nodes: np.ndarray
    road_x: np.ndarray
    road_y: np.ndarray

    @property
    def nx(self) -> int:
        """Number of cells from west to east."""
        return len(self.road_x) - 1

    @property
    def ny(self) -> int:
        """Number of cells from south to north."""
        return len(self.road_y) - 1


def _half_widths(lines: int, sizes: np.ndarray, every: int) -> np.ndarray:
    widths = np.full(lines, 10.0)
    widths[::every] = 18.0
    wide = np.append(sizes, sizes[-1]) > 250  # country roads keep more distance
    return widths + 6.0 * wide


def make_lattice(widths: np.ndarray, heights: np.ndarray, *, seed: int) -> Lattice:
    """Return a lattice with columns ``widths`` and rows ``heights`` (metres), warped so that it looks grown.

    Only ``Generator.random`` is used, whose stream is the same in all numpy versions; nodes are rounded to 1 cm.
    """
    rng = np.random.default_rng(seed)
    x = ORIGIN[0] + np.concatenate([[0.0], np.cumsum(widths)])
    y = ORIGIN[1] + np.concatenate([[0.0], np.cumsum(heights)])
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    warp = np.zeros_like(grid)
    for axis in (0, 1):
        for amplitude, wave in ((300.0, 8000.0), (70.0, 3100.0), (40.0, 1900.0), (18.0, 1100.0)):
            turn, phase = rng.random() * 2 * np.pi, rng.random() * 2 * np.pi
            along = (grid[..., 0] * np.cos(turn) + grid[..., 1] * np.sin(turn)) / wave
            warp[..., axis] += amplitude * np.sin(2 * np.pi * along + phase)
    crossings = grid + warp + (rng.random(grid.shape) - 0.5) * 16.0
    nodes = np.zeros((2 * len(x) - 1, 2 * len(y) - 1, 2))
    nodes[::2, ::2] = crossings
    nodes[1::2, ::2] = (crossings[:-1] + crossings[1:]) / 2
    nodes[::2, 1::2] = (crossings[:, :-1] + crossings[:, 1:]) / 2
    nodes[1::2, 1::2] = (nodes[1::2, :-2:2] + nodes[1::2, 2::2]) / 2
    bend = (rng.random(nodes.shape) - 0.5) * 7.0
    bend[::2, ::2] = 0.0
    road_y = _half_widths(len(y), heights, 3)
    road_y[len(y) // 3] = 42.0  # a river runs along this line
    return Lattice(np.round(nodes + bend, 2), _half_widths(len(x), widths, 4), road_y)


def divide(rect: Rect, parts: int, rng: Random) -> list[Rect]:
    """Cut ``rect`` into ``parts`` rectangles of roughly equal numbers of cells, by repeated halving.

    >>> import random
    >>> divide((0, 4, 0, 1), 2, random.Random(1))
    [(0, 2, 0, 1), (2, 4, 0, 1)]
    """
    if parts == 1:
        return [rect]
    i0, i1, j0, j1 = rect
    wide, high = i1 - i0, j1 - j0
    first = parts // 2 + (parts % 2 if rng.random() < 0.5 else 0)
    length, depth = (wide, high) if wide >= high else (high, wide)
    cut = round(length * first / parts) + (rng.choice((-1, 0, 0, 1)) if length > 5 and parts <= 6 else 0)
    cut = max(1, min(cut, length - 1))
    first = min(max(first, parts - (length - cut) * depth), cut * depth)  # no half with more parts than cells
    if wide >= high:
        halves = (i0, i0 + cut, j0, j1), (i0 + cut, i1, j0, j1)
    else:
        halves = (i0, i1, j0, j0 + cut), (i0, i1, j0 + cut, j1)
    return divide(halves[0], first, rng) + divide(halves[1], parts - first, rng)


def outline(lattice: Lattice, rect: Rect) -> np.ndarray:
    """Return the closed ring of lattice nodes around ``rect``, counter-clockwise, shape ``(n, 2)``."""
    i0, i1, j0, j1 = (2 * edge for edge in rect)
    nodes = lattice.nodes
    return np.concatenate(
        [
            nodes[i0:i1, j0],
            nodes[i1, j0:j1],
            nodes[i1:i0:-1, j1],
            nodes[i0, j1:j0:-1],
            nodes[i0 : i0 + 1, j0],
        ]
    )


def polygons(lattice: Lattice, rects: Sequence[Rect]) -> np.ndarray:
    """Return the polygon of each rectangle of cells."""
    rings = [outline(lattice, rect) for rect in rects]
    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    return shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=owner))


_SHAPES = (
    ((0, 0), (1, 0), (1, 1), (0, 1)),
    ((0, 0), (1, 0), (1, 0.72), (0.7, 1), (0, 1)),
    ((0, 0), (1, 0), (1, 0.55), (0.55, 0.55), (0.55, 1), (0, 1)),
    ((0.2, 0), (0.85, 0), (1, 0.2), (1, 0.8), (0.8, 1), (0.15, 1), (0, 0.8), (0, 0.25)),
    ((0, 0), (1, 0), (1, 0.5), (0.7, 0.5), (0.7, 1), (0.3, 1), (0.3, 0.5), (0, 0.5)),
    (
        (0.15, 0), (0.8, 0), (0.8, 0.15), (1, 0.15), (1, 0.8), (0.85, 0.8), (0.85, 1), (0.2, 1), (0.2, 0.85), (0, 0.85),
        (0, 0.2), (0.15, 0.2),
    ),
)  # fmt: skip
_SHAPE_SHARES = np.cumsum([0.34, 0.18, 0.17, 0.12, 0.1])


@dataclass(frozen=True)
class Parcels:
    """Parcels inside cells: ``cell`` (n, 2) cell indices, ``frame`` (n, 4) u0, u1, v0, v1 inside the cell (0..1)."""

    cell: np.ndarray
    frame: np.ndarray


def parcels(lattice: Lattice, counts: np.ndarray) -> Parcels:
    """Cut each cell into ``counts[i, j]`` parcels (0..4) between its roads, with lanes between the parcels."""
    i, j = np.nonzero(counts)
    number = counts[i, j]
    nodes = lattice.nodes
    wide = np.abs(nodes[2 * i + 2, 2 * j, 0] - nodes[2 * i, 2 * j, 0])
    high = np.abs(nodes[2 * i, 2 * j + 2, 1] - nodes[2 * i, 2 * j, 1])
    low = np.stack([lattice.road_x[i] / wide, lattice.road_y[j] / high], axis=1)
    top = 1 - np.stack([lattice.road_x[i + 1] / wide, lattice.road_y[j + 1] / high], axis=1)
    cells, frames = [], []
    for count, pieces in _CUTS.items():
        chosen = number == count
        for u0, u1, v0, v1 in pieces:
            span = top[chosen] - low[chosen]
            start = low[chosen] + span * (u0, v0)
            end = low[chosen] + span * (u1, v1)
            cells.append(np.stack([i[chosen], j[chosen]], axis=1))
            frames.append(np.stack([start[:, 0], end[:, 0], start[:, 1], end[:, 1]], axis=1))
    return Parcels(np.concatenate(cells), np.concatenate(frames))


_CUTS = {
    1: ((0, 1, 0, 1),),
    2: ((0, 0.48, 0, 1), (0.52, 1, 0, 1)),
    3: ((0, 0.48, 0, 0.48), (0.52, 1, 0, 0.48), (0, 1, 0.52, 1)),
    4: ((0, 0.47, 0, 0.52), (0.51, 1, 0, 0.47), (0, 0.47, 0.56, 1), (0.51, 1, 0.51, 1)),
}


def compound_polygons(lattice: Lattice, plots: Parcels, *, seed: int) -> np.ndarray:
    """Return one polygon of 4 to 12 corners per parcel, slightly turned and well inside it (coordinates to 1 cm)."""
    rng = np.random.default_rng([seed, 7])
    count = len(plots.cell)
    kind = np.searchsorted(_SHAPE_SHARES, rng.random(count))
    angle = (rng.random(count) - 0.5) * 0.2
    scale = 0.7 + 0.19 * rng.random((count, 2))
    out = np.empty(count, dtype=object)
    for number, corners in enumerate(_SHAPES):
        chosen = np.nonzero(kind == number)[0]
        unit = (np.asarray(corners) - 0.5)[None] * scale[chosen][:, None]
        cos, sin = np.cos(angle[chosen])[:, None], np.sin(angle[chosen])[:, None]
        u = unit[..., 0] * cos - unit[..., 1] * sin + 0.5
        v = unit[..., 0] * sin + unit[..., 1] * cos + 0.5
        frame = plots.frame[chosen]
        u = frame[:, :1] + u * (frame[:, 1:2] - frame[:, :1])
        v = frame[:, 2:3] + v * (frame[:, 3:] - frame[:, 2:3])
        out[chosen] = shapely.polygons(np.round(_into_cell(lattice, plots.cell[chosen], u, v), 2))
    return out


def _into_cell(lattice: Lattice, cell: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Map cell coordinates (0..1) to metres by the four crossings of the cell."""
    i, j = 2 * cell[:, 0], 2 * cell[:, 1]
    nodes = lattice.nodes
    u, v = u[..., None], v[..., None]
    south = nodes[i, j][:, None] * (1 - u) + nodes[i + 2, j][:, None] * u
    north = nodes[i, j + 2][:, None] * (1 - u) + nodes[i + 2, j + 2][:, None] * u
    return south * (1 - v) + north * v
