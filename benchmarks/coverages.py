"""Synthetic boundary layers with a known truth: a lattice of irregular cells, some of them spoilt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

SIDE = 200.0
"""Metres between the corners of the lattice."""


@dataclass(frozen=True)
class World:
    """``truth`` and ``spoilt`` polygons in metres, the ``parent`` (block) of each, and which are ``dirty``."""

    truth: Array
    spoilt: Array
    parent: Array
    dirty: Array


def world(count: int, *, dirty: float = 0.015, seed: int = 0, points: int = 3, block: int = 12) -> World:
    """Return about ``count`` cells, a share ``dirty`` of which had one to three vertices moved or was shrunk.

    ``points`` is the number of vertices between two corners; ``block`` the cells of a parent along one side.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    n = max(2, int(np.sqrt(count)))
    corners = np.stack(np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"), -1) * SIDE
    corners = corners + rng.uniform(-0.25, 0.25, corners.shape) * SIDE
    along = _edges(corners[:-1], corners[1:], rng, points)  # from (i, j) to (i + 1, j)
    up = _edges(corners[:, :-1], corners[:, 1:], rng, points)  # from (i, j) to (i, j + 1)
    south, north = along[:, :-1], along[:, 1:]
    west, east = up[:-1], up[1:]
    rings = np.concatenate([south[:, :, :-1], east[:, :, :-1], north[:, :, :0:-1], west[:, :, :0:-1]], axis=2).reshape(
        n * n, -1, 2
    )
    truth = _polygons(rings)
    i, j = np.divmod(np.arange(n * n), n)
    parent = (i // block) * (n // block + 1) + j // block
    spoilt, which = rings.copy(), rng.random(n * n) < dirty
    chosen = np.flatnonzero(which)
    for _ in range(3):
        at = rng.integers(0, rings.shape[1], len(chosen))
        moved = rng.random(len(chosen)) < 0.7
        shift = rng.normal(0, 4, (len(chosen), 2))
        spoilt[chosen[moved], at[moved]] += shift[moved]
    shapes = _polygons(spoilt)
    shrunk = chosen[rng.random(len(chosen)) < 0.1]
    shapes[shrunk] = shapely.buffer(shapes[shrunk], -0.8, join_style="mitre")
    bad = ~shapely.is_valid(shapes) | shapely.is_empty(shapes)
    shapes[bad] = truth[bad]
    return World(truth, shapes, parent, which & ~bad)


def _edges(start: Array, end: Array, rng: np.random.Generator, points: int) -> Array:
    """Return the vertices of edges, both ends included, those between moved to the side."""
    share = np.linspace(0, 1, points + 2)[:, None]
    line = start[:, :, None] * (1 - share) + end[:, :, None] * share
    line[:, :, 1:-1] += rng.normal(0, SIDE * 0.02, line[:, :, 1:-1].shape)
    return np.asarray(line)


def _polygons(rings: Array) -> Array:
    return np.asarray(shapely.polygons(shapely.linearrings(np.concatenate([rings, rings[:, :1]], axis=1))))
