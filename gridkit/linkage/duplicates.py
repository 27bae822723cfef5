"""The same compound several times in the compound layer, for example from several sources; names that clash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gridkit.geo import place, to_lonlat
from gridkit.linkage.names import key_frame
from gridkit.linkage.namesakes import namesakes
from gridkit.linkage.stems import addresses
from gridkit.linkage.told import Told, listed
from gridkit.model import Findings
from gridkit.model.fields import COMPOUND
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridkit.model import City, Places

NEAR_M: Final = 200.0
"""Features of the same name within this distance are one compound."""
_APART: Final = 10_000.0
"""Distance in a third dimension that keeps different names apart in one search tree."""
SHOWN: Final = 10
"""Codes named in a finding; the cells of all are in its refs."""


def find_duplicates(city: City, places: Places | None = None) -> Findings:
    """Find clusters of compounds with the same normalised name that lie together, and names that clash in a parent.

    Together is: within 200 m of each other; or, where at least one of them is a point, in the same community (in the
    same street where there are no communities); or at the same road and number, unless they lie in several communities.
    Cost is linear in the number of features; features at one spot are chained, not compared with each other.

    Returns
    -------
    Findings
        L110, one per cluster; subject is its smallest code, refs are the name cells of all. L106 as told by
        :func:`gridkit.linkage.namesakes.namesakes`.
    """
    if not city.layers:
        return Findings.none()
    places = place(city) if places is None else places
    return Findings.of([*_clusters(city, places), *namesakes(city, places)])


def _clusters(city: City, places: Places) -> Iterator[dict[str, Any]]:
    layer = city.layers.get(COMPOUND)
    if layer is None or len(layer) < 2:
        return
    frame = layer.frame
    name = key_frame(frame["name"], COMPOUND)["full"]
    shapes = frame.geometry.to_numpy()
    who = np.flatnonzero(_drawn(shapes) & (name != "").to_numpy())
    xy = np.full((len(frame), 2), np.nan)
    xy[who] = shapely.get_coordinates(shapely.centroid(shapes[who]))
    group = pd.factorize(name, sort=True)[0]
    area = _areas(frame.index, places)
    address = np.array(addresses(frame["address"].to_list()), dtype=object)
    edges = [_near(xy, group, who), _same_place(name, area, shapes), _same_address(name, address, area)]
    first, second = np.concatenate(edges, axis=1)
    graph = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(len(frame), len(frame)))
    cluster = pd.Series(connected_components(graph, directed=False)[1])
    sizes = cluster.map(cluster.value_counts())
    positions = cluster[sizes > 1].groupby(cluster).groups
    told = frame[["name", "src", "row", "geometry"]].assign(address=address)
    clusters = [told.iloc[np.asarray(rows)].sort_index() for rows in positions.values()]
    yield from _findings(city, clusters, Told(city, places))


def _drawn(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.isfinite(shapely.bounds(shapes).reshape(-1, 4)).all(axis=1)


def _near(xy: NDArray[np.float64], group: NDArray[np.intp], who: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return pairs of the same name within ``NEAR_M``; features at one spot are chained, not paired with each other."""
    table = pd.DataFrame({"at": who, "group": group[who], "x": xy[who, 0].round(3), "y": xy[who, 1].round(3)})
    table = table.sort_values(["group", "x", "y", "at"], ignore_index=True)
    spot = table.groupby(["group", "x", "y"])["at"].transform("first").to_numpy()
    chained = np.stack([table["at"].to_numpy(), spot])
    once = table[table["at"].to_numpy() == spot]
    repeated = once[once["group"].duplicated(keep=False)]
    if repeated.empty:
        return chained
    tree = cKDTree(np.column_stack([repeated["x"], repeated["y"], repeated["group"] * _APART]))
    pairs = tree.query_pairs(NEAR_M, output_type="ndarray")
    at = repeated["at"].to_numpy()
    return np.concatenate([chained, at[pairs].T.reshape(2, -1)], axis=1)


def _areas(index: pd.Index, places: Places) -> NDArray[np.object_]:
    """Return the community of each feature, else its street."""
    where = places.frame.reindex(index)
    return where["community"].where(where["community"] != "", where["street"]).fillna("").to_numpy(dtype=object)


def _same_place(name: pd.Series, area: NDArray[np.object_], shapes: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return chains of the same name in one community (or street), for groups with at least one point."""
    table = pd.DataFrame({"at": range(len(name)), "name": name.to_numpy(), "area": area})
    table["point"] = shapely.get_type_id(shapes) == 0
    table = table[(table["name"] != "") & (table["area"] != "")]
    groups = table.groupby(["name", "area"])
    return _chains(table[groups["point"].transform("any") & (groups["at"].transform("size") > 1)], ["name", "area"])


def _same_address(name: pd.Series, address: NDArray[np.object_], area: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return chains of the same name, road and number; where that is found in several communities, within each."""
    table = pd.DataFrame({"at": range(len(name)), "name": name.to_numpy(), "address": address, "area": area})
    table = table[(table["name"] != "") & (table["address"] != "")]
    known = table["area"].mask(table["area"] == "")
    several = known.groupby([table["name"], table["address"]]).transform("nunique") > 1
    table = table[~several | (table["area"] != "")].assign(area=table["area"].where(several, ""))
    return _chains(table, ["name", "address", "area"])


def _chains(table: pd.DataFrame, by: list[str]) -> NDArray[np.intp]:
    return np.stack([table["at"].to_numpy(), table.groupby(by)["at"].transform("first").to_numpy()])


def _evidence(cluster: pd.DataFrame) -> dict[str, Any]:
    """Return what besides the name says that the features are one: their address."""
    address = cluster["address"].iloc[0]
    if address and (cluster["address"] == address).all():
        return {"variant": "address", "address": address.replace("|", "")}
    return {}


def _findings(city: City, clusters: list[gpd.GeoDataFrame], told: Told) -> Iterator[dict[str, Any]]:
    heads = city.layers[COMPOUND].frame.geometry.loc[[cluster.index[0] for cluster in clusters]]
    points = to_lonlat(heads.representative_point())
    for cluster, lon, lat in zip(clusters, points.x.round(7), points.y.round(7), strict=True):
        codes = [str(code) for code in cluster.index]
        records = [f"{src}!{row}" for src, row in zip(cluster["src"], cluster["row"], strict=True)]
        communities = {told.community(code) for code in codes} - {""}
        several: dict[str, Any] = {"variant": "communities", "n": len(communities)} if len(communities) > 1 else {}
        yield CATALOGUE["L110"].found(
            codes[0], refs=[city.cell(record, "name") for record in records], lon=float(lon), lat=float(lat),
            name=cluster["name"].iloc[0], count=len(codes),
            codes=", ".join(codes[:SHOWN]) + (" …" if len(codes) > SHOWN else ""),
            distance_m=_extent(cluster), candidates=listed(told.spot(code) for code in codes),
            **(several or _evidence(cluster)),
        )  # fmt: skip


def _extent(cluster: gpd.GeoDataFrame) -> int | str:
    """Return how far the features lie from each other at most (the diagonal around them), ``?`` where it is unknown."""
    shapes = cluster.geometry.to_numpy()
    xy = shapely.get_coordinates(shapely.centroid(shapes[_drawn(shapes)]))
    return round(float(np.hypot(*np.ptp(xy, axis=0)))) if len(xy) > 1 else "?"
