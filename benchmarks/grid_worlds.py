"""Communities cut into atoms, for measuring how grids are drawn: sets S, A, A2 and B of the design's measurements.

A community is a convex cell that is cut in two again and again; the cuts of the first three levels are roads.
Households are lognormal, 8 % of the atoms have none, and a community has 2,000 to 6,000. Made from the seed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gridkit.geo.edges import shared_borders
from gridkit.grids.solve.problem import Band, Problem, Weights

SIGMA: Final = 0.7
EMPTY: Final = 0.08
ROAD_LEVELS: Final = 3
GROUP: Final = 110
"""Households of a building group, where an atom above the band is cut."""


@dataclass(frozen=True)
class World:
    """One community: polygons, households, and neighbours with border lengths in cm and whether they lie on a road."""

    code: str
    shapes: np.ndarray[Any, Any]
    households: np.ndarray[Any, Any]
    edges: list[tuple[int, int, int, int]]

    def problem(self, band: Band = Band(300, 500, 400), *, weights: Weights = Weights(), old: Any = None) -> Problem:  # noqa: B008
        """Return the community as the solver takes it."""
        area = np.rint(shapely.area(self.shapes) * 100).astype(int).tolist()
        border = np.rint(shapely.length(self.shapes) * 100).astype(int).tolist()
        return Problem(self.households.tolist(), area, border, self.edges, band, weights, old)


def community(
    seed: int, atoms: tuple[int, int], *, cut: bool = False, households: tuple[int, int] = (2000, 6000)
) -> World:
    """Return one community with so many atoms; with ``cut`` atoms above 500 households are cut into building groups."""
    random = np.random.default_rng(seed)
    n = int(random.integers(atoms[0], atoms[1] + 1))
    cell = _cell(random)
    pieces = [(cell, ())]
    while len(pieces) < n:
        at = max(range(len(pieces)), key=lambda i: (pieces[i][0].area, i))
        pieces[at : at + 1] = _halves(*pieces[at], random)
    size = np.exp(random.normal(0, SIGMA, n))
    size[random.random(n) < EMPTY] = 0
    total = int(random.integers(*households))
    size = np.rint(size / max(size.sum(), 1e-9) * total).astype(int)
    if cut:
        pieces, size = _groups(pieces, size, random)
    return _noded(f"{seed:06d}", pieces, size)


def _cell(random: np.random.Generator) -> Any:
    angle = np.sort((np.arange(7) + random.random(7) * 0.7) * 2 * np.pi / 7)
    radius = 450 * (0.8 + 0.4 * random.random(7))
    return shapely.convex_hull(shapely.multipoints(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])))


def _halves(shape: Any, path: tuple[int, ...], random: np.random.Generator) -> list[tuple[Any, tuple[int, ...]]]:
    """Cut a convex polygon across its longer side near the middle."""
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    one, other = box[1] - box[0], box[2] - box[1]
    along = one if np.hypot(*one) >= np.hypot(*other) else other
    along = along / max(np.hypot(*along), 1e-9)
    turn = random.normal(0, 0.12)
    normal = np.array(
        [along[0] * np.cos(turn) - along[1] * np.sin(turn), along[0] * np.sin(turn) + along[1] * np.cos(turn)]
    )
    across = np.array([-normal[1], normal[0]])
    middle = np.array(shape.centroid.coords[0]) + normal * random.normal(0, 0.06) * np.sqrt(shape.area)
    far = 5000.0
    side = shapely.Polygon(
        [
            middle + across * far,
            middle - across * far,
            middle - across * far + normal * far,
            middle + across * far + normal * far,
        ]
    )
    return [(shapely.intersection(shape, side), (*path, 0)), (shapely.difference(shape, side), (*path, 1))]


def _groups(pieces: list[Any], size: Any, random: np.random.Generator) -> tuple[list[Any], Any]:
    out, households = [], []
    for piece, here in zip(pieces, size.tolist(), strict=True):
        parts = [piece]
        wanted = max(1, round(here / GROUP)) if here > 500 else 1
        while len(parts) < wanted:
            at = max(range(len(parts)), key=lambda i: (parts[i][0].area, i))
            parts[at : at + 1] = _halves(*parts[at], random)
        out += parts
        share = np.full(len(parts), here // len(parts))
        share[: here - int(share.sum())] += 1
        households += share.tolist()
    return out, np.array(households)


def _noded(code: str, pieces: list[Any], size: Any) -> World:
    shapes = np.array([shape for shape, _ in pieces])
    lines = shapely.union_all(shapely.get_exterior_ring(shapes), grid_size=0.01)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    tree = shapely.STRtree(shapes)
    at, face = tree.query(shapely.point_on_surface(faces), predicate="intersects")[::-1]
    keep = np.unique(face, return_index=True)[1]
    owner = np.zeros(len(faces), dtype=int)
    owner[face[keep]] = at[keep]
    noded = np.array([shapely.union_all(faces[owner == i]) for i in range(len(shapes))])
    borders = shared_borders(noded)
    edges = []
    for a, b, length in zip(borders["a"], borders["b"], borders["length"], strict=True):
        one, other = pieces[a][1], pieces[b][1]
        common = next((k for k, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), ROAD_LEVELS)
        whole = round(float(length) * 100)
        edges.append((int(a), int(b), whole, whole if common < ROAD_LEVELS else 0))
    return World(code, noded, size, edges)
