"""A street of twelve blocks in one community, and networks drawn over it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gridkit.grids.merge import Network, overlay
from gridkit.model.plan import Norm
from tests.grids.plans import atoms_of

ROWS = ((200, 200, 200, 200, 200, 200), (200, 200, 200, 200, 200, 200))
"""Blocks of 100 m with 200 households; the three in the west are WEST, the others EAST: four columns of each row."""
X, Y = 500_000, 2_940_000
NORM = Norm(300, 500)


def atoms(sizes=ROWS):
    return atoms_of(sizes)


def box(x0, y0, x1, y1):
    """Return a rectangle in blocks: x from the west, y downwards."""
    return shapely.box(X + 100 * x0, Y + 100 - 100 * y1, X + 100 * x1, Y + 100 - 100 * y0)


def network(name, grids, *, apart=0.0, **columns):
    """Return a network of rectangles by code, every corner ``apart`` metres to the east and south."""
    codes = list(grids)
    shapes = [shapely.transform(box(*grids[code]), lambda xy: xy + np.array([apart, -apart])) for code in codes]
    table = {"code": codes, "name": [f"网格{n}" for n in range(len(codes))], "grid_kind": "comprehensive",
             "branches": 1, "staff": 2, "stations": 0, **columns}  # fmt: skip
    return Network(name, gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4545", index=list(codes)))


PAIRS = {
    "1": (0, 0, 1, 2),
    "2": (1, 0, 3, 1),
    "3": (1, 1, 3, 2),
    "4": (3, 0, 5, 1),
    "5": (3, 1, 5, 2),
    "6": (5, 0, 6, 2),
}
"""Six grids of two blocks, all in the band, three in each community."""


def laid(*networks, sizes=ROWS, tolerance=15.0):
    return overlay(atoms(sizes), networks, NORM, tolerance=tolerance)
