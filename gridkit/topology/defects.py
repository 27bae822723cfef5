"""Overlaps and gaps of a layer as records: who claims them, who borders on them, how large and how wide they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridkit.geo.edges import shared_lengths
from gridkit.topology.faces import clear_points, find_regions
from gridkit.topology.mesh import Mesh, joined_by, mesh_around

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Defects:
    """The places of a layer that are not claimed exactly once.

    ``frame`` has one row per place: ``count`` (how many units claim it; 0 for a gap), ``area`` (square metres),
    ``width`` (mean, metres), ``geometry``. ``claimed`` has one row per place and claimant (``defect``, ``unit``),
    ``borders`` one per place and unit that has the ground beside it for itself (``defect``, ``unit``, ``length`` in
    metres); units are positions in the layer. ``cut`` are the units that touch any of them as faces, ``of_face`` the
    defect of each face, -1 for a face that is claimed once.
    """

    frame: pd.DataFrame
    claimed: pd.DataFrame
    borders: pd.DataFrame
    cut: Mesh
    of_face: Array


def find_defects(shapes: Array) -> Defects:
    """Return overlaps and gaps of a layer.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        Valid, in metres; shape (n,).

    Examples
    --------
    >>> found = find_defects(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]))
    >>> found.frame[["count", "area"]].values.tolist(), found.claimed["unit"].tolist()
    ([[2.0, 1.0]], [0, 1])
    """
    regions = find_regions(shapes)
    near = shapely.STRtree(shapes).query(regions.shapes, predicate="intersects")[1] if len(regions.shapes) else []
    cut = mesh_around(shapes, np.union1d(np.asarray(near, dtype=np.intp), regions.loose), regions)
    return of_faces(cut, _wrong_faces(cut, regions.shapes))


def of_faces(cut: Mesh, wrong: Array, key: Array | None = None) -> Defects:
    """Return the faces ``wrong`` as defects: those side by side with the same claimants (and ``key``) are one."""
    shared = shared_lengths(cut.faces)
    of_face = _grouped(cut, wrong, key, shared)
    claimed = _claimed(cut, of_face)
    return Defects(_records(cut, of_face, claimed), claimed, _borders(cut, of_face, shared), cut, of_face)


def _wrong_faces(cut: Mesh, regions: Array) -> Array:
    """Return which faces lie in a region that is not claimed once; a face between the units may belong to others."""
    result = cut.count > 1
    empty = np.flatnonzero(cut.count == 0)
    if len(empty) and len(regions):
        points = clear_points(cut.faces[empty])
        inside = np.unique(shapely.STRtree(regions).query(points, predicate="intersects")[0])
        result[empty[inside]] = True
    return result


def _grouped(cut: Mesh, wrong: Array, key: Array | None, shared: tuple[Array, Array, Array]) -> Array:
    """Return the number of the defect of each face, -1 for faces that are not wrong."""
    size = len(cut.faces)
    mixed = np.random.Generator(np.random.PCG64(1)).integers(1, 2**63, size=len(cut.units), dtype=np.uint64)
    claim = np.zeros(size, dtype=np.uint64) if key is None else (key.astype(np.int64) + 1).astype(np.uint64)
    np.add.at(claim, cut.face, mixed[cut.unit])
    one, other, _ = shared
    same = wrong[one] & wrong[other] & (claim[one] == claim[other])
    graph = coo_array((np.ones(same.sum(), dtype=np.int8), (one[same], other[same])), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    result = np.full(size, -1, dtype=np.intp)
    if not wrong.any():
        return result
    # Numbered by place, not by the order of the rows: by the lower left corner of the bounds of each.
    corners = shapely.bounds(cut.faces[wrong])
    _, mine = np.unique(group[wrong], return_inverse=True)
    low = np.full((2, mine.max() + 1), np.inf)
    np.minimum.at(low[0], mine, corners[:, 0])
    np.minimum.at(low[1], mine, corners[:, 1])
    rank = np.empty(low.shape[1], dtype=np.intp)
    rank[np.lexsort((np.bincount(mine, weights=shapely.area(cut.faces[wrong])), low[1], low[0]))] = np.arange(len(rank))
    result[wrong] = rank[mine]
    return result


def _claimed(cut: Mesh, of_face: Array) -> pd.DataFrame:
    defect = of_face[cut.face]
    pairs = np.column_stack([defect, cut.units[cut.unit]])[defect >= 0]
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    first = np.r_[True, (pairs[1:] != pairs[:-1]).any(axis=1)][: len(pairs)]
    return pd.DataFrame(pairs[first], columns=["defect", "unit"])


def _records(cut: Mesh, of_face: Array, claimed: pd.DataFrame) -> pd.DataFrame:
    wrong = np.flatnonzero(of_face >= 0)
    order = wrong[np.argsort(of_face[wrong], kind="stable")]
    shapes = joined_by(cut.faces[order], of_face[order])
    count = np.bincount(claimed["defect"], minlength=len(shapes))
    return pd.DataFrame({"count": count, "area": shapely.area(shapes), "width": widths(shapes), "geometry": shapes})


def widths(shapes: Array) -> Array:
    """Return the mean width of polygons in metres, as of a strip: twice the area over the border.

    The widest circle that fits in is never narrower.

    >>> widths(np.array([shapely.box(0, 0, 100, 2)])).round(2).tolist()
    [1.96]
    """
    return np.asarray(2 * shapely.area(shapes) / np.maximum(shapely.length(shapes), 1e-12))


def wider(shapes: Array, limit: Array) -> Array:
    """Return whether a circle wider than ``limit`` (metres, one per polygon) fits into each polygon.

    Most are settled by two bounds: the circle is not narrower than twice the area over the border, and no larger than
    the area. Of the others, something must be left when half the limit is taken away along their border.

    >>> wider(np.array([shapely.box(0, 0, 100, 2), shapely.box(0, 0, 100, 2)]), np.array([1.9, 2.1])).tolist()
    [True, False]
    """
    least, most = widths(shapes), 2 * np.sqrt(shapely.area(shapes) / np.pi)
    result = np.asarray(least > limit)
    unsure = np.flatnonzero(~result & (most > limit))
    if len(unsure):
        left = shapely.buffer(shapes[unsure], -limit[unsure] / 2, quad_segs=2)
        result[unsure] = ~shapely.is_empty(left)
    return result


def _borders(cut: Mesh, of_face: Array, shared: tuple[Array, Array, Array]) -> pd.DataFrame:
    """Return the length of the border between each defect and each unit that owns a face beside it alone."""
    alone = cut.count == 1
    owner = np.full(len(cut.faces), -1, dtype=np.intp)
    single = alone[cut.face]
    owner[cut.face[single]] = cut.units[cut.unit[single]]
    one, other, length = shared
    here, there = np.r_[one, other], np.r_[other, one]
    beside = (of_face[here] >= 0) & (owner[there] >= 0)
    defect, unit, length = of_face[here][beside], owner[there][beside], np.r_[length, length][beside]
    order = np.lexsort((length, unit, defect))  # sums do not depend on the order of the faces
    defect, unit, length = defect[order], unit[order], length[order]
    starts = np.flatnonzero(np.r_[True, (defect[1:] != defect[:-1]) | (unit[1:] != unit[:-1])][: len(defect)])
    total = np.add.reduceat(length, starts) if len(starts) else length
    return pd.DataFrame({"defect": defect[starts], "unit": unit[starts], "length": total})
