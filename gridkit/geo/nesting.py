"""Exact nesting: which parent polygon each child lies in.

Most children lie inside one parent. They are found by one containment query; only the rest (children on a border) pay
for a true intersection. Areas are whole numbers of 0.01 m2 and ties go to the smallest code, so the answer depends
neither on the order of rows nor on the version of GEOS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError
from gridkit.geo.finite import finite
from gridkit.locale import N_

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]
    Positions = NDArray[np.intp]

UNITS_PER_M2: Final = 100
"""Areas are compared as int64 of 0.01 m2."""
POLYGON, MULTIPOLYGON = 3, 6


class _Pairs(NamedTuple):
    """Candidate pairs: position of the child, rank of the parent by code, overlap in 0.01 m2 (1 for a hit)."""

    child: Positions
    parent: Positions
    overlap: NDArray[np.int64]


def nest(children: gpd.GeoSeries, parents: gpd.GeoSeries) -> pd.DataFrame:
    """Assign every child to the parent that holds it.

    A polygon belongs to the parent that contains it (the smallest code where several do), otherwise to the parent with
    the largest overlap. A point, a line (by a point on it) or a polygon without area belongs to the smallest code
    among the parents that cover it. Invalid polygons take part with a valid copy; the input is not changed.

    Parameters
    ----------
    children : geopandas.GeoSeries, shape (n,)
        Polygons and points, mixed; None, empty and non-finite geometries get no parent.
    parents : geopandas.GeoSeries, shape (m,)
        Polygons indexed by unique codes (text), in the same metric system; other geometries hold nothing.

    Returns
    -------
    pandas.DataFrame
        On the index of ``children``: ``parent`` (code, ``""`` for none), ``method`` (``contains``, ``overlap``,
        ``point``, ``none``), ``share`` of the child's area in its parent (0..1, NaN for points and none), ``runner_up``
        (the next parent by overlap, ``""`` for none; among containing parents only for ``contains``), ``margin`` (share
        minus the runner-up's share, NaN like ``share``), ``status``: ``inside``, ``by_share`` (parts of it lie
        elsewhere), ``on_border`` (a point on the border of several), ``several`` (as much in another: ``parent`` is
        only the smaller code), ``none``.

    Raises
    ------
    InputError
        If the two series are in different coordinate systems: areas in metres and in degrees do not compare.
    ValueError
        If the codes of the parents are not unique.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import Point, box
    >>> grids = gpd.GeoSeries({"g1": box(0, 0, 10, 10), "g2": box(10, 0, 20, 10)})
    >>> compounds = gpd.GeoSeries({"a": box(1, 1, 2, 2), "b": box(8, 1, 11, 2), "c": Point(10, 5), "d": None})
    >>> nest(compounds, grids)[["parent", "method"]].to_dict("list")
    {'parent': ['g1', 'g1', 'g1', ''], 'method': ['contains', 'overlap', 'point', 'none']}
    """
    if children.crs is not None and parents.crs is not None and children.crs != parents.crs:
        raise InputError(N_("the layers are in different coordinate systems"), remedy=N_("bring them to one system"))
    if not parents.index.is_unique:
        raise ValueError("codes of parents are not unique")
    codes = np.array([str(code) for code in parents.index], dtype=object)
    order = np.argsort(codes, kind="stable")
    codes, holders = codes[order], _polygons(np.asarray(parents.array)[order])
    shapes = np.array(children.array, dtype=object)
    area = _areal(shapes)
    points = ~area & finite(shapes)
    shapes[points] = shapely.point_on_surface(shapes[points])

    size = len(shapes)
    answer = _Answer(size, codes)
    inside = _query(holders, shapes, area, "contains")
    answer.settle(inside, "contains", np.full(size, 1, dtype=np.int64))
    rest = np.flatnonzero(area & (answer.parent < 0))
    pairs, totals = _overlaps(rest, shapes, holders)
    answer.settle(pairs, "overlap", totals)
    answer.settle(_query(holders, shapes, points, "covers"), "point", np.full(size, 1, dtype=np.int64))
    tied = np.flatnonzero(points & (answer.second >= 0))
    inner = [shapely.contains(holders[parent[tied]], shapes[tied]) for parent in (answer.parent, answer.second)]
    return answer.frame(children.index, on_border=tied[~(inner[0] & inner[1])])


class _Answer:
    """The result while it is being filled, by position."""

    def __init__(self, size: int, codes: NDArray[np.object_]) -> None:
        self.codes = codes
        self.parent = np.full(size, -1, dtype=np.intp)
        self.second = np.full(size, -1, dtype=np.intp)
        self.method = np.full(size, "none", dtype=object)
        self.share = np.full(size, np.nan)
        self.margin = np.full(size, np.nan)

    def settle(self, pairs: _Pairs, method: str, totals: NDArray[np.int64]) -> None:
        """Give each child of ``pairs`` its best parent (largest overlap, smallest code) and the runner-up."""
        if not len(pairs.child):
            return
        order = np.lexsort((pairs.parent, -pairs.overlap, pairs.child))
        child, parent, overlap = pairs.child[order], pairs.parent[order], pairs.overlap[order]
        first = np.flatnonzero(np.r_[True, child[1:] != child[:-1]])
        who = child[first]
        self.parent[who], self.method[who] = parent[first], method
        after = first + 1
        has = (after < len(child)) & (np.append(child, -1)[np.minimum(after, len(child))] == who)
        self.second[who[has]] = parent[after[has]]
        if method != "point":
            best, other = overlap[first].astype(float), np.zeros(len(first))
            other[has] = overlap[after[has]]
            self.share[who] = np.minimum(best / totals[who], 1.0)
            self.margin[who] = np.minimum((best - other) / totals[who], 1.0)

    def _status(self, on_border: Positions) -> NDArray[np.object_]:
        """Return in which way each child belongs to its parent; ties are named, not hidden behind the choice."""
        tied = (self.second >= 0) & ((self.method != "overlap") | (self.margin <= 0))
        several = [self.method == "none", tied, self.method == "overlap"]
        status = np.select(several, ["none", "several", "by_share"], default="inside").astype(object)
        status[on_border] = "on_border"
        return status

    def frame(self, index: pd.Index, *, on_border: Positions) -> pd.DataFrame:
        names = np.append(self.codes, "")  # position -1 is the empty code
        columns = {
            "parent": pd.Series(names[self.parent], index=index, dtype=object),
            "method": pd.Series(self.method, index=index, dtype=object),
            "share": pd.Series(self.share, index=index),
            "runner_up": pd.Series(names[self.second], index=index, dtype=object),
            "margin": pd.Series(self.margin, index=index),
            "status": pd.Series(self._status(on_border), index=index, dtype=object),
        }
        return pd.DataFrame(columns, index=index)


def _areal(shapes: Geometries) -> NDArray[np.bool_]:
    kinds = shapely.get_type_id(shapes)
    polygons = ((kinds == POLYGON) | (kinds == MULTIPOLYGON)) & finite(shapes)
    # A polygon of less than half a unit has no area to compare: it is treated as a point.
    polygons[polygons] = _units(shapely.area(shapes[polygons])) > 0
    return polygons


def _units(area: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(area * UNITS_PER_M2).astype(np.int64)


def _polygons(shapes: Geometries) -> Geometries:
    """Return the valid polygons of ``shapes``, None in place of everything else."""
    kept = np.array(shapes, dtype=object)
    kinds = shapely.get_type_id(kept)
    kept[~(((kinds == POLYGON) | (kinds == MULTIPOLYGON)) & finite(kept))] = None
    return _valid(kept)


def _valid(shapes: Geometries) -> Geometries:
    broken = np.flatnonzero(~(shapely.is_valid(shapes) | shapely.is_missing(shapes)))
    if len(broken):
        shapes = shapes.copy()
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes


def _query(holders: Geometries, shapes: Geometries, which: NDArray[np.bool_], predicate: str) -> _Pairs:
    """Return pairs where the parent contains (or covers) one of the children ``which``."""
    positions = np.flatnonzero(which)
    tree = shapely.STRtree(shapes[positions])
    parent, child = tree.query(holders, predicate=predicate)
    return _Pairs(positions[child], parent, np.ones(len(parent), dtype=np.int64))


def _overlaps(rest: Positions, shapes: Geometries, holders: Geometries) -> tuple[_Pairs, NDArray[np.int64]]:
    """Return the true overlaps of the children ``rest``, and every child's own area (1 for the others)."""
    totals = np.ones(len(shapes), dtype=np.int64)
    own = _valid(shapes[rest])
    totals[rest] = np.maximum(_units(shapely.area(own)), 1)
    child, parent = shapely.STRtree(holders).query(own, predicate="intersects")
    overlap = _units(shapely.area(shapely.intersection(own[child], holders[parent])))
    real = overlap > 0
    return _Pairs(rest[child[real]], parent[real], overlap[real]), totals
