"""Cut a compound that has more households than a grid may have into groups of buildings."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import shared_borders
from gridkit.grids.land import cells_of, noded
from gridkit.grids.solve.problem import Band, Problem, bits
from gridkit.grids.solve.trees import split

if TYPE_CHECKING:
    import geopandas as gpd

    from gridkit.model.plan import Norm

Array = np.ndarray[Any, Any]

GROUPS: Final = 4
"""Building groups of which a grid of the target size is made: with fewer the band is hard to meet."""


@dataclass(frozen=True)
class Groups:
    """Building groups: the cells of the buildings, the group of each, and the rows of the new atoms."""

    shapes: Array
    part: Array
    rows: pd.DataFrame


def building_groups(ground: Any, row: pd.Series, buildings: gpd.GeoDataFrame, norm: Norm) -> Groups | None:
    """Return the groups into which a compound is cut, or None where it has no two buildings to cut between.

    Parameters
    ----------
    ground : shapely polygon
        The compound with the land that counts to it.
    row : pandas.Series
        The compound: ``households``, ``persons``, ``name``; its name is its code.
    buildings : geopandas.GeoDataFrame
        Polygons; ``households`` where stated, else shared out by floor area (``floors``, 1 where missing).
    norm : Norm
    """
    inside = buildings.iloc[np.sort(buildings.sindex.query(ground, predicate="intersects"))]
    inside = inside.loc[shapely.intersects(ground, shapely.point_on_surface(inside.geometry.to_numpy()))]
    if len(inside) < 2:
        return None
    bodies = shapely.intersection(inside.geometry.to_numpy(), ground)
    order = np.lexsort((-shapely.get_y(shapely.centroid(bodies)), shapely.get_x(shapely.centroid(bodies))))
    inside, bodies = inside.iloc[order], bodies[order]
    cells = cells_of(ground, bodies)
    keep = ~shapely.is_missing(cells) & (shapely.area(cells) > 0)
    inside, cells = inside.loc[keep], cells[keep]
    households = shared_out(int(row["households"]), _weights(inside))
    persons = shared_out(int(row["persons"]), households if sum(households) else _weights(inside))
    sizes = households if norm.measure == "households" else persons
    cells = noded(cells, np.arange(len(cells)), len(cells))
    problem = _problem(cells, sizes, norm)
    wanted = max(2, round(sum(sizes) * GROUPS / norm.best))
    grids = [mask for piece in problem.pieces(problem.all) for mask in _split(problem, piece, wanted)]
    part = np.zeros(len(cells), dtype=np.intp)
    rows = []
    for at, mask in enumerate(sorted(grids, key=lambda grid: grid & -grid)):
        members = list(bits(mask))
        part[members] = at
        rows.append((f"{row.name}-{at + 1:02d}", sum(households[i] for i in members), sum(persons[i] for i in members)))
    table = pd.DataFrame(rows, columns=["atom", "households", "persons"]).set_index("atom")
    table = table.assign(kind="part", compound=str(row.name), name=row["name"], known=True, community=row["community"])
    return Groups(cells, part, table)


def _split(problem: Problem, piece: int, wanted: int) -> list[int]:
    share = problem.households(piece) / max(1, problem.households(problem.all))
    return split(problem, piece, max(1, round(wanted * share)), Random(1))


def _problem(cells: Array, sizes: list[int], norm: Norm) -> Problem:
    borders = shared_borders(cells)
    edges = [(int(a), int(b), 1, 0) for a, b in zip(borders["a"], borders["b"], strict=True)]
    group = max(1, norm.best // GROUPS)
    band = Band(max(1, group * 2 // 3), group * 4 // 3 + 1, group)
    return Problem(sizes, [1] * len(cells), [1] * len(cells), edges, band)


def _weights(buildings: gpd.GeoDataFrame) -> list[float]:
    """Return what households are shared out by: those stated where all are, else floor area."""
    if "households" in buildings:
        stated = pd.to_numeric(buildings["households"], errors="coerce")
        if stated.notna().all() and (stated >= 0).all() and stated.sum() > 0:
            return [float(n) for n in stated]
    floors = (
        pd.to_numeric(buildings["floors"], errors="coerce")
        if "floors" in buildings
        else pd.Series(1.0, buildings.index)
    )
    return (shapely.area(buildings.geometry.to_numpy()) * floors.fillna(1).clip(lower=1).to_numpy(dtype=float)).tolist()


def shared_out(total: int, weights: list[float] | list[int]) -> list[int]:
    """Return whole numbers that add up to ``total``, in proportion to the weights (largest remainders, then first).

    >>> shared_out(10, [1, 1, 1]), shared_out(3, [0, 0])
    ([4, 3, 3], [2, 1])
    """
    weight = np.array(weights, dtype=float)
    if not weight.sum():
        weight = np.ones(len(weight))
    exact = total * weight / weight.sum()
    whole = np.floor(exact).astype(np.int64)
    rest = np.lexsort((np.arange(len(weight)), -(exact - whole)))[: total - int(whole.sum())]
    whole[rest] += 1
    return [int(n) for n in whole]
