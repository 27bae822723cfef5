"""Our nesting against geopandas.overlay for the same assignment, in one run, by cpu time.

``python -m benchmarks.nesting [--n 100000] [--repeat 3]`` builds a warped lattice of communities, grids and compounds
(about a tenth of the compounds lie near a border), assigns compounds to grids and grids to communities with both,
checks that the answers are equal, and prints the ratio of cpu seconds with its spread.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo import nest

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:4545"
GRID_SIZE = 400.0
GRIDS_PER_SIDE = 3
"""A community is a block of 3 x 3 grids."""
COMPOUNDS_PER_SIDE = 3
"""A grid holds 3 x 3 compounds (less a few on its edges)."""
TARGET = 4.0


@dataclass(frozen=True)
class Lattice:
    """Three layers indexed by code, in shuffled row order."""

    communities: gpd.GeoSeries
    grids: gpd.GeoSeries
    compounds: gpd.GeoSeries


@dataclass(frozen=True)
class Result:
    """Cpu seconds of each repetition, and whether both gave the same assignment."""

    ours: tuple[float, ...]
    overlay: tuple[float, ...]
    equal: bool

    @property
    def ratios(self) -> list[float]:
        """Overlay's cpu time over ours, one per repetition, sorted."""
        return sorted(other / max(own, 1e-9) for own, other in zip(self.ours, self.overlay, strict=True))


def make_lattice(n: int, seed: int = 0) -> Lattice:
    """Return a lattice with about ``n`` compounds; neighbours share vertices exactly."""
    rng = np.random.default_rng(seed)
    per_community = (GRIDS_PER_SIDE * COMPOUNDS_PER_SIDE) ** 2
    side = max(int(np.ceil(np.sqrt(n / per_community))), 1)
    return Lattice(
        _shuffled(_cells(side, GRID_SIZE * GRIDS_PER_SIDE, 8 * GRIDS_PER_SIDE, "c"), rng),
        _shuffled(_cells(side * GRIDS_PER_SIDE, GRID_SIZE, 8, "g"), rng),
        _shuffled(_compounds(n, side * GRIDS_PER_SIDE, rng), rng),
    )


def _warp(xy: np.ndarray) -> np.ndarray:
    """Bend straight lines; rounded so that shared vertices stay identical."""
    x, y = xy[..., 0], xy[..., 1]
    bent = np.stack([x + 25 * np.sin(y / 170.0), y + 25 * np.sin(x / 190.0)], axis=-1)
    return np.round(bent + 500_000.0, 3)


def _cells(side: int, size: float, steps: int, prefix: str) -> gpd.GeoSeries:
    """Return ``side`` x ``side`` warped squares with ``4 * steps`` vertices each."""
    t = np.arange(steps) / steps
    zero, one = np.zeros(steps), np.ones(steps)
    ring = np.concatenate(
        [np.stack([t, zero], 1), np.stack([one, t], 1), np.stack([1 - t, one], 1), np.stack([zero, 1 - t], 1)]
    )
    i, j = np.divmod(np.arange(side * side), side)
    corners = (ring[None] + np.stack([i, j], 1)[:, None]) * size
    codes = [f"{prefix}{a:04d}{b:04d}" for a, b in zip(i, j, strict=True)]
    return gpd.GeoSeries(shapely.polygons(_warp(corners)), index=pd.Index(codes, dtype=object), crs=CRS)


def _compounds(n: int, side: int, rng: np.random.Generator) -> gpd.GeoSeries:
    """Return ``n`` polygons of 14 vertices; one in ten is pushed towards the border of its grid."""
    cells = side * COMPOUNDS_PER_SIDE
    chosen = np.sort(rng.permutation(cells * cells)[:n])
    i, j = np.divmod(chosen, cells)
    step = GRID_SIZE / COMPOUNDS_PER_SIDE
    centre = (np.stack([i, j], 1) + 0.5) * step
    pushed = rng.random(n) < 0.1
    centre[pushed] += rng.uniform(-0.5, 0.5, (int(pushed.sum()), 2)) * step
    angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    radius = rng.uniform(0.2, 0.32, (n, 1)) * step
    ring = centre[:, None] + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    codes = pd.Index([f"k{k:07d}" for k in range(n)], dtype=object)
    return gpd.GeoSeries(shapely.polygons(_warp(ring)), index=codes, crs=CRS)


def _shuffled(series: gpd.GeoSeries, rng: np.random.Generator) -> gpd.GeoSeries:
    return series.iloc[rng.permutation(len(series))]


def ours(lattice: Lattice) -> tuple[pd.Series, pd.Series]:
    """Assign with :func:`gridkit.geo.nest`."""
    return nest(lattice.compounds, lattice.grids)["parent"], nest(lattice.grids, lattice.communities)["parent"]


def overlay(lattice: Lattice) -> tuple[pd.Series, pd.Series]:
    """Assign with geopandas.overlay and the same rule: rounded area, then the smallest code."""
    return _overlay(lattice.compounds, lattice.grids), _overlay(lattice.grids, lattice.communities)


def _overlay(children: gpd.GeoSeries, parents: gpd.GeoSeries) -> pd.Series:
    left = gpd.GeoDataFrame({"child": children.index}, geometry=children.to_numpy(), crs=CRS)
    right = gpd.GeoDataFrame({"parent": parents.index}, geometry=parents.to_numpy(), crs=CRS)
    pieces = gpd.overlay(left, right, how="intersection", keep_geom_type=True)
    area = np.rint(pieces.area * 100).astype("int64")
    table = pd.DataFrame({"child": pieces["child"], "parent": pieces["parent"], "area": -area})
    table = table[table["area"] < 0].sort_values(["child", "area", "parent"]).drop_duplicates("child")
    return table.set_index("child")["parent"].reindex(children.index).fillna("")


def _cpu(job: Callable[[Lattice], tuple[pd.Series, pd.Series]], lattice: Lattice) -> tuple[float, list[pd.Series]]:
    start = time.process_time()
    answer = job(lattice)
    return time.process_time() - start, list(answer)


def run(n: int, repeat: int) -> Result:
    """Time both ways ``repeat`` times, one after the other."""
    lattice = make_lattice(n)
    times: list[tuple[float, float]] = []
    equal = True
    for _ in range(repeat):
        own, mine = _cpu(ours, lattice)
        other, theirs = _cpu(overlay, lattice)
        times.append((own, other))
        equal &= all((a.to_numpy() == b.to_numpy()).all() for a, b in zip(mine, theirs, strict=True))
    return Result(tuple(own for own, _ in times), tuple(other for _, other in times), equal)


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; exit code 1 if the answers differ or the target is missed at full size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nesting", description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="number of compounds")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="a size that only shows that it runs")
    given = parser.parse_args(arguments)
    if given.tiny:
        given.n, given.repeat = 400, 1
    result = run(given.n, given.repeat)
    ratios = result.ratios
    middle = float(np.median(ratios))
    print(f"{given.n} compounds, {given.repeat} repetitions, cpu seconds (best of each)")
    print(f"  gridkit.geo.nest   {min(result.ours):8.3f}")
    print(f"  geopandas.overlay  {min(result.overlay):8.3f}")
    print(f"  ratio {middle:.1f} (from {ratios[0]:.1f} to {ratios[-1]:.1f}), target {TARGET:.0f} at 100000")
    print(f"  same assignment: {'yes' if result.equal else 'NO'}")
    return 0 if result.equal and (given.n < 100_000 or middle >= TARGET) else 1


if __name__ == "__main__":
    sys.exit(main())
