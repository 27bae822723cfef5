"""Overlaps and gaps of a layer as records: who claims them, who borders on them, how large and how wide they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridkit.topology.edges import shared_lengths
from gridkit.topology.faces import find_regions
from gridkit.topology.mesh import Mesh, joined, mesh_around

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
        points = shapely.point_on_surface(cut.faces[empty])
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
    table = pd.DataFrame({"group": group[wrong], "x": corners[:, 0], "y": corners[:, 1]})
    table["claim"], table["area"] = claim[wrong], shapely.area(cut.faces[wrong])
    first = table.groupby("group").agg({"x": "min", "y": "min", "area": "sum"})
    rank = pd.Series(np.arange(len(first)), index=first.sort_values(["x", "y", "area"], kind="stable").index)
    result[wrong] = rank.reindex(group[wrong]).to_numpy()
    return result


def _claimed(cut: Mesh, of_face: Array) -> pd.DataFrame:
    defect = of_face[cut.face]
    table = pd.DataFrame({"defect": defect, "unit": cut.units[cut.unit]})[defect >= 0]
    return table.drop_duplicates().sort_values(["defect", "unit"], ignore_index=True)


def _records(cut: Mesh, of_face: Array, claimed: pd.DataFrame) -> pd.DataFrame:
    wrong = np.flatnonzero(of_face >= 0)
    order = wrong[np.argsort(of_face[wrong], kind="stable")]
    _, starts = np.unique(of_face[order], return_index=True)
    pieces = np.split(cut.faces[order], starts[1:]) if len(order) else []
    shapes = np.empty(len(pieces), dtype=object)
    shapes[:] = [one[0] if len(one) == 1 else joined(one) for one in pieces]
    count = np.bincount(claimed["defect"], minlength=len(pieces))
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
    table = pd.DataFrame({
        "defect": of_face[here][beside], "unit": owner[there][beside], "length": np.r_[length, length][beside],
    })  # fmt: skip
    table = table.sort_values(["defect", "unit", "length"], kind="stable")
    return table.groupby(["defect", "unit"], as_index=False)["length"].sum()
