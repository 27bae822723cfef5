"""Where units lie: compounds in several grids equally, units far away from all others (T502, T505)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo import nest
from gridkit.geo.finite import finite
from gridkit.topology.rows import objects, rows

if TYPE_CHECKING:
    from gridkit.topology.levels import Level

Array = np.ndarray[Any, Any]

TIED, FAR = "T502", "T505"
USUAL: Final = 10
"""Deviations from the middle (of the median, scaled to a standard deviation) from which a unit may be an outlier."""
APART: Final = 5_000.0
"""Metres to the nearest of the others that an outlier must have, at least."""
FEWEST: Final = 5


def find_ties(compounds: Level, above: Level) -> pd.DataFrame:
    """Return compounds that lie in two units equally: contained in both, or a point on their border."""
    which = above.drawn
    which = which[above.covers[which]]
    there = np.flatnonzero(~shapely.is_missing(compounds.raw))
    children = gpd.GeoSeries(
        np.where(shapely.is_missing(compounds.shapes), compounds.raw, compounds.shapes)[there],
        index=compounds.codes[there],
    )
    nested = nest(children, gpd.GeoSeries(above.shapes[which], index=above.codes[which]))
    tied = nested[nested["status"].isin(["several", "on_border"]) & (nested["method"] != "overlap")]
    units = [(str(code),) for code in tied.index]
    found = rows(compounds.name, TIED, units, children[tied.index].to_numpy())
    found["length_m"] = np.nan
    pairs = list(zip(tied["parent"], tied["runner_up"], strict=True))
    found["parents"], found["alternatives"] = objects(pairs), objects(pairs)
    found["params"] = objects([{"drawn": one, "second": other, "above": above.name} for one, other in pairs])
    return found


def find_far(level: Level) -> pd.DataFrame:
    """Return units, or parts of units, that lie far away from all others of their level.

    An outlier is far from the middle of the level (measured in deviations from the median, which outliers do not move)
    and far from every unit that is none.
    """
    there = finite(level.raw)
    shapes = np.where(shapely.is_missing(level.shapes) & there, level.raw, level.shapes)
    parts, of = shapely.get_parts(shapes, return_index=True)
    inside = shapely.is_empty(parts)
    parts, of = parts[~inside], of[~inside]
    middle = shapely.bounds(parts).reshape(-1, 2, 2).mean(axis=1)
    if len(np.unique(of)) < FEWEST:
        return rows(level.name, FAR, [], objects([]))
    away = np.hypot(*(middle - np.median(middle, axis=0)).T)
    spread = 1.4826 * np.median(np.abs(away - np.median(away)))
    odd = away > np.median(away) + USUAL * spread + APART
    distance = np.zeros(int(odd.sum()))
    if odd.any() and not odd.all():
        at, metres = shapely.STRtree(parts[~odd]).query_nearest(parts[odd], return_distance=True, all_matches=False)
        distance[at[0]] = metres
    far = distance > max(APART, np.median(away))
    chosen = np.flatnonzero(odd)[far]
    table = pd.DataFrame({"of": of[chosen], "at": chosen, "metres": distance[far]}).sort_values(["of", "metres"])
    table = table.drop_duplicates("of", keep="first")
    whole = {unit: bool(odd[of == unit].all()) for unit in table["of"].tolist()}
    found = rows(level.name, FAR, [(level.codes[at],) for at in table["of"]], shapes_at(parts, table["at"].to_numpy()))
    found["length_m"] = np.nan
    found["params"] = objects([
        {"distance_m": f"{metres:,.0f}", **({} if whole[unit] else {"variant": "part"})}
        for unit, metres in zip(table["of"].tolist(), table["metres"], strict=True)
    ])  # fmt: skip
    return found


def shapes_at(shapes: Array, at: Array) -> Array:
    """Return the geometries at some positions."""
    return shapes[at.astype(np.intp)]
