"""The demo city: its truth, made first, and the answer sheet computed from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridkit.demo.bodies import make_committees, make_companies, make_pairings, make_points, make_units
from gridkit.demo.homes import make_homes
from gridkit.demo.ledgers import make_ledgers
from gridkit.demo.oracle import Truth, decide
from gridkit.demo.parties import add_property_branches, finish_heads, make_branches
from gridkit.demo.plant import AS_OF, Garden, Plant
from gridkit.demo.plant_branches import plant_branches
from gridkit.demo.plant_tree import plant_tree
from gridkit.demo.plant_tricks import plant_pairs, plant_tricks
from gridkit.demo.territory import PLAIN, SIZES, Record, make_territory
from gridkit.errors import UsageError
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

CRS = "EPSG:4544"
NAME = "演示市（虚构）"
GEOMETRIC = ("streets", "communities", "grids", "compounds")


@dataclass(frozen=True)
class DemoCity:
    """The truth about a synthetic city.

    ``tables`` holds records by table name (``streets``, ``communities``, ``grids``, ``compounds``, ``branches``,
    ``units``,
    ``premises``, ``pairings``, ``companies``, ``service``, ``committees``, ``points``, ``ledgers``), ``truth`` the
    true coverage by compound
    id, ``plants`` the defects planted in the truth itself.

    Examples
    --------
    >>> city = make_city("town")
    >>> len(city.truth) == len(city.tables["compounds"]) > 40
    True
    """

    size: str
    seed: int
    tables: Mapping[str, tuple[Record, ...]]
    truth: Mapping[str, Truth]
    plants: tuple[Plant, ...] = ()
    name: str = NAME
    as_of: str = AS_OF
    crs: str = field(default=CRS)

    def frame(self, table: str) -> pd.DataFrame:
        """Return one table as a frame; a GeoDataFrame in metres for the polygon tables."""
        rows = list(self.tables[table])
        if table in GEOMETRIC:
            return gpd.GeoDataFrame(rows, geometry="geometry", crs=self.crs)
        return pd.DataFrame(rows)

    def by_status(self) -> dict[str, int]:
        """Return the number of compounds by true status."""
        count: dict[str, int] = defaultdict(int)
        for truth in self.truth.values():
            count[truth.status] += 1
        return dict(sorted(count.items()))

    def __repr__(self) -> str:
        return (
            f"<DemoCity {self.size}, seed {self.seed}: {len(self.truth)} compounds, {len(self.plants)} planted defects>"
        )


def make_city(size: str = "county", seed: int = 0) -> DemoCity:
    """Make a synthetic city; equal arguments give an equal city.

    Parameters
    ----------
    size : str
        ``town`` (about 60 compounds), ``county`` (about 600 in 26 communities) or ``city`` (about 100,000, with
        layers, compounds, branches and property service only, for benchmarks).
    seed : int
        Any whole number.

    Raises
    ------
    UsageError
        When ``size`` is none of the three.
    """
    if size not in SIZES:
        raise UsageError(
            N_("there is no demo city of the size {size!r}"), remedy=N_("take town, county or city"), size=size
        )
    land = make_territory(SIZES[size], seed)
    units = make_units(land, seed) if size not in PLAIN else []
    homes = make_homes(land, units, seed)
    branches = make_branches(land, homes, units, seed)
    companies, service = make_companies(homes, seed)
    add_property_branches(branches, companies, seed)
    garden = Garden(homes, branches, seed)
    if size not in PLAIN:  # a benchmark city is only large
        plant_branches(garden)
        plant_tree(garden)
        plant_tricks(garden)
    finish_heads(branches, land)
    premises, pairings = make_pairings(land, homes, units, seed)
    plant_pairs(garden, units, premises, pairings)
    _sum_households(land.communities, land.grids, homes)
    tables: dict[str, list[Record]] = {
        "streets": land.streets, "communities": land.communities, "grids": land.grids, "compounds": homes,
        "branches": branches, "units": units, "premises": premises, "pairings": pairings, "companies": companies,
        "service": service,
    }  # fmt: skip
    if size not in PLAIN:
        tables["committees"] = make_committees(homes, seed)
        tables["points"] = make_points(land, homes, seed)
        tables["ledgers"] = make_ledgers(land, homes, seed)
    frozen = MappingProxyType({name: tuple(rows) for name, rows in tables.items()})
    return DemoCity(size, seed, frozen, MappingProxyType(decide(homes, branches, AS_OF)), tuple(garden.plants))


def _sum_households(communities: list[Record], grids: list[Record], homes: list[Record]) -> None:
    """Households and people of grids and communities: those of their compounds and some scattered ones."""
    for body in (*communities, *grids):
        body["households"] = body["population"] = 0
    by_grid = {grid["code"]: grid for grid in grids}
    by_community = {community["code"]: community for community in communities}
    for home in homes:
        grid = by_grid[home["grid"]]
        grid["households"] += home["households"]
        grid["population"] += home["population"]
    for number, grid in enumerate(grids):
        scattered = 20 + number * 37 % 60
        grid["households"] += scattered
        grid["population"] += scattered * 3
        grid["grid_head"] = number % 13 != 4
        if grid["kind"] == "comprehensive":
            for measure in ("households", "population"):
                by_community[grid["community"]][measure] += grid[measure]
