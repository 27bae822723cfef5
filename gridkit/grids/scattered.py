"""Households of buildings that lie in no compound: no atom has them, so that they are counted and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

COLUMNS = ("event", "subject", "community", "area", "households", "note")


def scattered(
    communities: gpd.GeoDataFrame,
    compounds: gpd.GeoDataFrame,
    exclusive: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
) -> pd.DataFrame:
    """Return how many households the buildings outside compounds have, for each community.

    Parameters
    ----------
    communities : geopandas.GeoDataFrame
        Valid areas indexed by code.
    compounds, exclusive, buildings : geopandas.GeoDataFrame, optional
        In the same system; buildings have ``households`` where they state any.

    Returns
    -------
    pandas.DataFrame
        A row of event ``scattered`` for each community that has such buildings, with the sum of their households and,
        as ``note``, their number.

    Notes
    -----
    They are not added to atoms: what a layer of buildings says is often copied from a compound nearby, and a grid
    would seem to have people whom no register knows. Where they are real, they need a compound of their own.
    """
    nothing = pd.DataFrame(columns=list(COLUMNS))
    if buildings is None or "households" not in buildings or not len(buildings):
        return nothing
    size = pd.to_numeric(buildings["households"], errors="coerce").fillna(0).to_numpy(dtype=float, na_value=0.0)
    shapes = buildings.geometry.to_numpy()
    some = (size >= 1) & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    size, points = size[some], shapely.point_on_surface(shapely.make_valid(shapes[some]))
    free = np.ones(len(points), dtype=bool)
    for areas in (compounds, exclusive):
        if areas is not None and len(areas):
            free[_within(points, areas)[0]] = False
    size, points = size[free], points[free]
    at, community = _within(points, communities)
    first = np.unique(at, return_index=True)[1]
    at, community = at[first], community[first]
    if not len(at):
        return nothing
    table = pd.DataFrame({"community": communities.index[community].astype(str), "households": np.rint(size[at])})
    sums = table.groupby("community", sort=True)["households"].agg(["sum", "count"])
    return pd.DataFrame(
        [("scattered", code, code, 0.0, int(row["sum"]), str(int(row["count"]))) for code, row in sums.iterrows()],
        columns=list(COLUMNS),
    )


def _within(points: Any, areas: gpd.GeoDataFrame) -> Any:
    """Return positions of points and of the areas in which they lie, the points in order."""
    bodies = areas.geometry.to_numpy()
    bodies = np.where(shapely.is_missing(bodies), shapely.Polygon(), shapely.make_valid(bodies))
    pairs = shapely.STRtree(bodies).query(points, predicate="intersects")
    return pairs[:, np.lexsort((pairs[1], pairs[0]))]
