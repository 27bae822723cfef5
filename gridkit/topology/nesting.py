"""Nesting of the layers: stated against geometric parents, features outside every parent or cut by a boundary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd
import shapely

from gridkit.geo import comprehensive, nest, stated_parent, to_lonlat
from gridkit.geo.finite import finite
from gridkit.geo.places import WIDER
from gridkit.model import Findings
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS, STREET
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import numpy as np

    from gridkit.model import City, Places

SPLIT_BELOW: Final = 0.98
"""A feature with less than this share of its area in its parent is reported (2 % is digitising tolerance)."""


class _Pair(NamedTuple):
    """A child layer, its parent layer, the last digit of the rule codes, and the field that states the parent."""

    child: str
    parent: str
    digit: int
    stated_in: str


_PAIRS: Final = (
    _Pair(COMPOUND, COMMUNITY, 1, "community_code"),
    _Pair(COMPOUND, GRID, 2, "grid_code"),
    _Pair(GRID, COMMUNITY, 3, "community_code"),
    _Pair(COMMUNITY, STREET, 4, "street_code"),
    _Pair(COMPOUND, STREET, 5, "street_name"),
)


def check_nesting(city: City, places: Places) -> Findings:
    """Check that every feature lies in one parent, the one that it states (rules T3xx).

    Exclusive grids are left out as parents (they lie over the comprehensive ones) but must lie in their community.
    Compounds are compared with streets only where there is no community layer with geometry.

    Parameters
    ----------
    city : City
    places : Places
        As returned by :func:`gridkit.geo.place` for the same city: which communities have grids, which compounds
        lie in those that have none (reported once per community).

    Returns
    -------
    Findings
        Subjects are feature codes; places in degrees of EPSG:4490.
    """
    rows: list[dict[str, Any]] = []
    homeless: set[object] = set()
    gridless = _gridless(city, places)
    for pair in _PAIRS:
        if not (_has_shapes(city, pair.child) and _has_shapes(city, pair.parent)):
            continue
        if pair.digit == 5 and _has_shapes(city, COMMUNITY):
            continue
        nested = _measure(city, pair)
        if pair.digit == 1:
            homeless = set(nested.index[nested["method"] == "none"])
        if pair.digit == 2:
            # Outside every community, or in a community without grids: reported there, not once more per compound.
            bare = set(places.frame.index[places.frame["community"].isin(gridless.index)]) | homeless
            nested = nested[~(nested.index.isin(bare) & (nested["method"] == "none"))]
        rows.extend(_judge(city, pair, nested))
    rows.extend(_gridless_findings(city, gridless))
    rows.extend(_without_geometry(city))
    return Findings.of(rows)


def _has_shapes(city: City, level: str) -> bool:
    layer = city.layers.get(level)
    return layer is not None and bool(_drawn(layer.frame).any())


def _measure(city: City, pair: _Pair) -> pd.DataFrame:
    """Return the nesting of one pair of layers, the stated parents, and the runner-up's share (``rest``)."""
    children, parents = city.layers[pair.child].frame, city.layers[pair.parent].frame
    parents = comprehensive(parents) if pair.parent == GRID else parents
    nested = nest(children.geometry[_drawn(children)], parents.geometry)
    nested["stated"] = stated_parent(city, pair.child, pair.parent).reindex(nested.index)
    nested["rest"] = nested["share"] - nested["margin"]
    return nested


def _judge(city: City, pair: _Pair, nested: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the findings of one pair of layers."""
    children, parents = city.layers[pair.child].frame, city.layers[pair.parent].frame
    has = nested["method"] != "none"
    low = has & (nested["share"] < SPLIT_BELOW)
    cut = low & (nested["runner_up"] != "") & (nested["rest"] > 1 - SPLIT_BELOW)
    differs = has & (nested["stated"] != "") & (nested["stated"] != nested["parent"])
    name = _Namer(children, parents)
    points = _points(children.geometry, nested.index[differs | ~has | low])
    away = _nearest(children.geometry, parents, nested.index[~has])
    records = dict(zip(children.index, children["src"] + "!" + children["row"].astype(str), strict=True))
    for tens, which in {0: differs, 1: ~has, 2: cut, 3: low & ~cut}.items():
        rule = CATALOGUE[f"T3{tens}{pair.digit}"]
        field = pair.stated_in if tens == 0 else "geometry"
        for code, row in zip(nested.index[which], nested[which].to_dict("records"), strict=True):
            params = _params(str(code), {**row, **away.get(str(code), {})}, tens, name)
            lon, lat = points[str(code)]
            yield rule.found(str(code), refs=[city.cell(records[code], field)], lon=lon, lat=lat, **params)


def _gridless(city: City, places: Places) -> pd.Series:
    """Return the number of compounds of each community that has no comprehensive grid, where there is a grid layer."""
    if GRID not in city.layers or COMMUNITY not in city.layers or not len(city.layers[GRID]):
        return pd.Series([], dtype="int64", index=pd.Index([], dtype="object"))
    grids = comprehensive(city.layers[GRID].frame).index
    with_grids = set(places.parents[GRID].reindex(grids))
    counts = places.frame["community"].value_counts()
    communities = [code for code in city.layers[COMMUNITY].frame.index if code not in with_grids]
    return pd.Series([int(counts.get(code, 0)) for code in communities], index=pd.Index(communities, dtype="object"))


def _gridless_findings(city: City, gridless: pd.Series) -> Iterator[dict[str, Any]]:
    if gridless.empty:
        return
    frame = city.layers[COMMUNITY].frame.loc[gridless.index]
    points = _points(frame.geometry[_drawn(frame)], gridless.index)
    for code, name, src, row in frame[["name", "src", "row"]].itertuples():
        lon, lat = points.get(str(code), (math.nan, math.nan))
        yield CATALOGUE["T342"].found(str(code), refs=[city.cell(f"{src}!{row}", "code")], lon=lon, lat=lat,
                                      name=name or str(code), compounds=int(gridless[code]))  # fmt: skip


class _Namer:
    """Looks up names of children and parents, falling back to their codes."""

    def __init__(self, children: pd.DataFrame, parents: pd.DataFrame) -> None:
        self._children = dict(zip(children.index, children["name"], strict=True))
        self._parents = dict(zip(parents.index, parents["name"], strict=True))

    def child(self, code: str) -> str:
        return str(self._children.get(code) or code)

    def parent(self, code: str) -> str:
        return str(self._parents.get(code) or code)


def _params(code: str, row: dict[str, Any], tens: int, name: _Namer) -> dict[str, Any]:
    """Return the values that the sentence of one finding names."""
    params: dict[str, Any] = {"name": name.child(code)}
    if tens == 1:
        near = row.get("nearest", "")
        return {**params, "nearest": near, "nearest_name": name.parent(near), "distance_m": row.get("distance_m", "?")}
    share = 1.0 if math.isnan(row["share"]) else row["share"]
    params |= {"parent": row["parent"], "parent_name": name.parent(row["parent"])}
    params |= {"share": round(share, 4), "percent": percent(share)}
    if tens == 0:
        params |= {"stated": row["stated"], "stated_name": name.parent(row["stated"])}
    if tens == 2:
        params |= {"other": row["runner_up"], "other_name": name.parent(row["runner_up"])}
        params |= {"other_percent": percent(row["rest"])}
    return params


def percent(share: float) -> str:
    """Return a share as text, rounded down to a tenth: 100% only where it is all.

    >>> percent(1.0), percent(0.99999), percent(0.755)
    ('100%', '99.9%', '75.5%')
    """
    return "100%" if share >= 1 else f"{math.floor(round(share * 1000, 6)) / 10:.1f}%"


def _points(shapes: gpd.GeoSeries, codes: pd.Index) -> dict[str, tuple[float, float]]:
    """Return a point inside each flagged feature, in degrees."""
    inside = to_lonlat(shapes[shapes.index.isin(codes)].representative_point())
    return {str(code): (round(point.x, 7), round(point.y, 7)) for code, point in inside.items()}


def _nearest(shapes: gpd.GeoSeries, parents: gpd.GeoDataFrame, codes: pd.Index) -> dict[str, dict[str, Any]]:
    """Return the nearest parent of each feature that lies in none, ties to the smallest code, and how far it is."""
    parents = parents[_drawn(parents)].sort_index()
    lost = shapes[shapes.index.isin(codes)]
    if not len(lost) or not len(parents):
        return {}
    tree = shapely.STRtree(parents.geometry.to_numpy())
    (child, parent), distance = tree.query_nearest(lost.to_numpy(), return_distance=True, all_matches=True)
    table = pd.DataFrame({"child": child, "parent": parent, "distance": distance})
    table = table.sort_values(["child", "parent"]).drop_duplicates("child")
    rows = zip(lost.index[table["child"]], parents.index[table["parent"]], table["distance"], strict=True)
    return {str(code): {"nearest": str(near), "distance_m": round(metres)} for code, near, metres in rows}


def _drawn(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Return which features have a geometry with finite coordinates."""
    return finite(frame.geometry.to_numpy())


def _without_geometry(city: City) -> Iterator[dict[str, Any]]:
    for level in LEVELS:
        if level not in city.layers:
            continue
        layer = city.layers[level]
        lost = layer.frame[~_drawn(layer.frame)]
        fields = WIDER[level]
        stated = (lost[list(fields)].fillna("") != "").any(axis=1)
        lacking = "empty" if set(fields) & layer.given else "bare"
        for code, name, src, row in lost[["name", "src", "row"]].itertuples():
            cell = city.cell(f"{src}!{row}", "geometry")
            said: dict[str, Any] = {} if stated[code] or not fields else {"field": fields[0], "variant": lacking}
            yield CATALOGUE["T341"].found(str(code), refs=[cell], name=name or str(code), level=level, **said)
