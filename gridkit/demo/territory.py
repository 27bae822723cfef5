"""Streets, communities, grids and the compounds' plots of the demo city: the truth, in metres of EPSG:4544."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridkit.demo.lattice import Lattice, Rect, compound_polygons, divide, make_lattice, parcels, polygons
from gridkit.demo.names import grid_name, place_names

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How large a demo city is: cells and bodies of its urban and its township part."""

    rows: int
    urban: tuple[int, int, int]
    """Columns of cells, streets, communities."""
    township: tuple[int, int, int]
    """Columns of cells, towns, communities."""
    grids: tuple[int, int] = (8, 5)
    """Grids per community: urban, township."""


SIZES = {
    "town": Size(4, (6, 1, 3), (3, 1, 1), (4, 4)),
    "county": Size(12, (20, 4, 15), (11, 3, 11)),
    "district": Size(73, (60, 43, 864), (17, 19, 304)),
    "city": Size(230, (190, 136, 2730), (54, 60, 960)),
}
PLAIN = ("district", "city")
"""Sizes that are only large, for benchmarks: three registries, no planted defects."""

_PER_COUNTY = 20
_PARCELS = {"urban": (0.08, 0.2, 0.4, 0.12, 0.2), "township": (0.36, 0.42, 0.16, 0.04, 0.02)}
_LAND = {"market": "农贸市场", "campus": "职业学校", "tower": "商务楼宇", "park": "物流园区"}


@dataclass(frozen=True)
class Territory:
    """Bodies and plots, each a list of records with a ``geometry``; compounds carry codes and place only."""

    lattice: Lattice
    streets: list[Record] = field(default_factory=list)
    communities: list[Record] = field(default_factory=list)
    grids: list[Record] = field(default_factory=list)
    plots: list[Record] = field(default_factory=list)


def make_territory(size: Size, seed: int) -> Territory:
    """Return the whole ground plan of a city of ``size``."""
    rng = Random(f"{seed}/territory")
    columns, rows = size.urban[0] + size.township[0], size.rows
    shade = np.random.default_rng([seed, 3])
    widths = np.concatenate([150 + 90 * shade.random(size.urban[0]), 330 + 120 * shade.random(size.township[0])])
    lattice = make_lattice(widths, 160 + 80 * shade.random(rows), seed=seed)
    land = Territory(lattice)
    _draw_bodies(land, size, rng)
    cell_grid = np.full((columns, rows), -1)
    for number, grid in enumerate(land.grids):
        i0, i1, j0, j1 = grid["rect"]
        cell_grid[i0:i1, j0:j1] = number
    counts = _parcel_counts(size, shade)
    _draw_exclusive(land, counts, cell_grid, rng)
    _draw_plots(land, counts, cell_grid, seed)
    return land


def _draw_bodies(land: Territory, size: Size, rng: Random) -> None:
    """Streets, their communities and their grids as nested rectangles of cells, with codes and names."""
    names: dict[str, list[str]] = {}
    columns = size.urban[0] + size.township[0]
    regions: tuple[tuple[str, Rect, tuple[int, int, int], int], ...] = (
        ("urban", (0, size.urban[0], 0, size.rows), size.urban, size.grids[0]),
        ("township", (size.urban[0], columns, 0, size.rows), size.township, size.grids[1]),
    )
    for klass, region, (_, bodies, communities), grids in regions:
        parts = divide(region, bodies, rng)
        shares = _share_out(communities, [(r[1] - r[0]) * (r[3] - r[2]) for r in parts])
        for number, (rect, count) in enumerate(zip(_ordered(parts), shares, strict=True)):
            county = f"9901{number // _PER_COUNTY + 1:02d}"
            if county not in names:
                names[county] = place_names(rng)
            pool = names[county]
            local = number % _PER_COUNTY + (1 if klass == "urban" else 101)
            code, name = f"{county}{local:03d}", pool.pop() + ("街道" if klass == "urban" else "镇")
            office = name + ("办事处" if klass == "urban" else "人民政府")
            land.streets.append({"code": code, "name": name, "rect": rect, "managing_body": office})
            for order, place in enumerate(_ordered(divide(rect, count, rng)), 1):
                _draw_community(land, f"{code}{order:03d}", place, (klass, pool.pop(), code, grids), rng)
    for level in (land.streets, land.communities, land.grids):
        for body, shape in zip(level, polygons(land.lattice, [body["rect"] for body in level]), strict=True):
            body["geometry"] = shape


def _draw_community(land: Territory, code: str, rect: Rect, what: tuple[str, str, str, int], rng: Random) -> None:
    klass, name, street, grids = what
    central = klass == "urban" or code.endswith("001")
    land.communities.append(
        {
            "code": code,
            "name": name + "社区",
            "street": street,
            "klass": klass,
            "rect": rect,
            "urban_rural_class": ("111" if klass == "urban" else "121") if central else "122",
        }
    )
    cells = (rect[1] - rect[0]) * (rect[3] - rect[2])
    wanted = min(cells, max(2, round(grids * cells / (16 if klass == "urban" else 12)) + rng.choice((-1, 0, 0, 1))))
    for number, place in enumerate(_ordered(divide(rect, wanted, rng)), 1):
        land.grids.append(
            {
                "code": f"{code}{number:03d}",
                "name": grid_name(number),
                "community": code,
                "kind": "comprehensive",
                "rect": place,
            }
        )


def _ordered(rects: Iterable[Rect]) -> list[Rect]:
    """From west to east, then from north to south, as grid codes are given."""
    return sorted(rects, key=lambda rect: (rect[0], -rect[3]))


def _share_out(total: int, weights: list[int]) -> list[int]:
    """Split ``total`` by ``weights`` into whole numbers >= 1 (largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [max(1, int(value)) for value in exact]
    order = sorted(range(len(weights)), key=lambda k: (int(exact[k]) - exact[k], k))
    for k in order * 2:
        if sum(shares) >= total:
            break
        shares[k] += 1
    return shares


def _parcel_counts(size: Size, shade: np.random.Generator) -> np.ndarray:
    columns, rows = size.urban[0] + size.township[0], size.rows
    draw = shade.random((columns, rows))
    counts = np.searchsorted(np.cumsum(_PARCELS["township"]), draw)
    counts[: size.urban[0]] = np.searchsorted(np.cumsum(_PARCELS["urban"]), draw[: size.urban[0]])
    return np.minimum(counts, 4)


def _draw_exclusive(land: Territory, counts: np.ndarray, cell_grid: np.ndarray, rng: Random) -> None:
    """Exclusive grids (market, campus ...) on cells without compounds, over the comprehensive grid that holds them."""
    urban = {community["code"] for community in land.communities if community["klass"] == "urban"}
    spare = [
        (int(i), int(j))
        for i, j in zip(*np.nonzero(counts == 0), strict=True)
        if land.grids[cell_grid[i, j]]["community"] in urban
    ]
    rng.shuffle(spare)
    kinds = list(_LAND.items())
    while len(spare) < 2:  # a small town may have no free block: clear one
        i, j = rng.randrange(0, 4), rng.randrange(counts.shape[1])
        counts[i, j] = 0
        spare = [*spare, (i, j)]
    for number, (i, j) in enumerate(spare[: max(2, min(len(kinds), len(urban) // 3))]):
        kind, word = kinds[number]
        low = _corner(land.lattice, i, j, 0.2)
        high = _corner(land.lattice, i, j, 0.8)
        community = land.grids[cell_grid[i, j]]["community"]
        taken = sum(grid["community"] == community and grid["kind"] == "exclusive" for grid in land.grids)
        name = next(c["name"] for c in land.communities if c["code"] == community).removesuffix("社区")
        land.grids.append(
            {
                "code": f"{community}{901 + taken}",
                "name": f"{name}{word}专属网格",
                "community": community,
                "kind": "exclusive",
                "sub_kind": kind,
                "geometry": shapely.box(*low, *high),
            }
        )


def _corner(lattice: Lattice, i: int, j: int, share: float) -> tuple[float, float]:
    low, high = lattice.nodes[2 * i, 2 * j], lattice.nodes[2 * i + 2, 2 * j + 2]
    x, y = low * (1 - share) + high * share
    return round(float(x), 2), round(float(y), 2)


def _draw_plots(land: Territory, counts: np.ndarray, cell_grid: np.ndarray, seed: int) -> None:
    """Compounds with codes: numbered inside their community from west to east, then north to south."""
    plots = parcels(land.lattice, counts)
    shapes = compound_polygons(land.lattice, plots, seed=seed)
    grid_of = cell_grid[plots.cell[:, 0], plots.cell[:, 1]]
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    area = shapely.area(shapes)
    community_of = np.array([grid["community"] for grid in land.grids])[grid_of]
    order = np.lexsort((-centre[:, 1], plots.cell[:, 0], community_of))
    meta = {community["code"]: community for community in land.communities}
    number, last = 0, ""
    for at in order.tolist():
        community = str(community_of[at])
        number, last = (number + 1, community) if community == last else (1, community)
        land.plots.append(
            {
                "id": f"{community}X{number:03d}",
                "grid": land.grids[grid_of[at]]["code"],
                "community": community,
                "street": meta[community]["street"],
                "klass": meta[community]["klass"],
                "x": float(centre[at, 0]),
                "y": float(centre[at, 1]),
                "area": float(area[at]),
                "geometry": shapes[at],
            }
        )
