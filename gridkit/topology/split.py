"""Long gaps between several units divided among them, so that none of them grows a spike along another's border."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.geo.edges import segments
from gridkit.topology.defects import of_faces
from gridkit.topology.mesh import Mesh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]
Edge = tuple[float, float, float, float]

LONG: Final = 8.0
"""A gap is long from this ratio of length to width on: a square has 1, a strip of 80 by 10 m has 8."""
ONE_SIDE: Final = 0.4
"""A unit with this share of the border has one whole side of the gap: it gets all of it."""


def split_gaps(defects: Defects, which: Array, barred: Array) -> tuple[Defects, Array, Array]:
    """Divide long gaps among the units beside them.

    Parameters
    ----------
    defects : Defects
    which : numpy.ndarray of bool
        The gaps that may be divided.
    barred : numpy.ndarray of bool
        Units, by position in the layer, that get nothing.

    Returns
    -------
    defects : Defects
        The same, with a row for each part of a gap.
    origin : numpy.ndarray of int
        The row in the defects given.
    heir : numpy.ndarray of int
        The unit that gets the part, -1 for what was not divided.

    Notes
    -----
    A gap is cut into triangles that have its own vertices only, so no border beside it gets a new one. The unit with
    the longest border gets all triangles along its stretch, then the next one; what touches none goes with the
    triangle beside it. The idea is that of smart_repair (MGGG, maup); there it works on holes, here on faces, so on
    gaps round a unit as well.

    Examples
    --------
    >>> from gridkit.topology.defects import find_defects
    >>> boxes = [(0, 1, 50, 9), (50, 1, 100, 9), (0, -9, 50, 0), (50, -9, 100, 0), (-9, -9, 0, 9), (100, -9, 109, 9)]
    >>> found = find_defects(np.array([shapely.box(*one) for one in boxes]))
    >>> parts, origin, heir = split_gaps(found, np.array([True]), np.zeros(6, dtype=bool))
    >>> sorted(zip(heir.tolist(), parts.frame["area"].tolist()))
    [(0, 25.0), (1, 25.0), (2, 25.0), (3, 25.0)]
    """
    nothing = np.full(len(defects.frame), -1, dtype=np.intp)
    chosen = _divisible(defects, which)
    if not len(chosen):
        return defects, np.arange(len(defects.frame)), nothing
    cut = defects.cut
    stay = ~np.isin(defects.of_face, chosen)
    moved = np.cumsum(stay) - 1
    pieces, of_piece, heirs = [cut.faces[stay]], [defects.of_face[stay]], [np.full(stay.sum(), -1, dtype=np.intp)]
    tree = shapely.STRtree(cut.faces)
    for at in chosen.tolist():
        parts = shapely.get_parts(shapely.constrained_delaunay_triangles(defects.frame["geometry"].to_numpy()[at]))
        near = tree.query(defects.frame["geometry"].to_numpy()[at], predicate="intersects")
        rows = defects.borders[(defects.borders["defect"] == at).to_numpy()]
        rows = rows[~barred[rows["unit"].to_numpy(np.intp)]]
        ranked = rows.sort_values(["length", "unit"], ascending=[False, True])["unit"].to_numpy(np.intp)
        pieces.append(parts)
        of_piece.append(np.full(len(parts), at, dtype=np.intp))
        heirs.append(_heirs(parts, _owners(cut, near), ranked))
    faces, old, heir = np.concatenate(pieces), np.concatenate(of_piece), np.concatenate(heirs)
    key = np.unique(np.column_stack([old, heir]), axis=0, return_inverse=True)[1].reshape(-1)
    kept = stay[cut.face]
    fresh = of_faces(Mesh(cut.units, faces, moved[cut.face[kept]], cut.unit[kept]), old >= 0, key)
    given = np.full(len(fresh.frame), -1, dtype=np.intp)
    origin = np.full(len(fresh.frame), -1, dtype=np.intp)
    wrong = fresh.of_face >= 0
    origin[fresh.of_face[wrong]], given[fresh.of_face[wrong]] = old[wrong], heir[wrong]
    return fresh, origin, given


def _divisible(defects: Defects, which: Array) -> Array:
    """Return the gaps that are long, have three or more neighbours, and none with a whole side."""
    size = len(defects.frame)
    shapes = defects.frame["geometry"].to_numpy()
    borders = defects.borders
    at, length = borders["defect"].to_numpy(np.intp), borders["length"].to_numpy()
    total = np.bincount(at, weights=length, minlength=size)
    most = np.zeros(size)
    np.maximum.at(most, at, length)
    ratio = shapely.length(shapes) ** 2 / np.maximum(4 * shapely.area(shapes), 1e-12)
    several = np.bincount(at, minlength=size) > 2
    return np.flatnonzero(which & several & (most < ONE_SIDE * total) & (ratio > LONG))


def _owners(cut: Mesh, near: Array) -> dict[Edge, int]:
    """Return the unit that has the ground behind each edge for itself."""
    alone = near[cut.count[near] == 1]
    owner = np.full(len(cut.faces), -1, dtype=np.intp)
    owner[cut.face] = cut.units[cut.unit]
    ends, face = segments(cut.faces[alone])
    turned = ends[:, [2, 3, 0, 1]]
    return dict(zip(map(tuple, turned.tolist()), owner[alone[face]].tolist(), strict=True))


def _heirs(parts: Array, owners: dict[Edge, int], ranked: Array) -> Array:
    """Return the unit that gets each triangle."""
    ends, of = segments(parts)
    edges = [tuple(edge) for edge in ends.tolist()]
    behind = np.array([owners.get(edge, -1) for edge in edges], dtype=np.intp)
    at_vertex: dict[tuple[float, float], set[int]] = {}
    for (x0, y0, x1, y1), unit in zip(edges, behind.tolist(), strict=True):
        if unit >= 0:
            at_vertex.setdefault((x0, y0), set()).add(unit)
            at_vertex.setdefault((x1, y1), set()).add(unit)
    corner = [at_vertex.get((x, y), set()) for x, y, _, _ in edges]
    only = np.array([next(iter(some)) if len(some) == 1 else -1 for some in corner], dtype=np.intp)
    result = np.full(len(parts), -1, dtype=np.intp)
    for unit in ranked.tolist():
        touched = np.unique(of[(behind == unit) | (only == unit)])
        result[touched[result[touched] < 0]] = unit
    for _ in range(len(parts)):
        free = np.flatnonzero(result < 0)
        if not len(free):
            break
        taken = dict(_beside(edges, of, result))
        if not taken:
            result[free] = ranked[0]
            break
        for part, unit in taken.items():
            result[part] = unit
    return result


def _beside(edges: list[Any], of: Array, result: Array) -> Iterator[tuple[int, int]]:
    """Yield, for each triangle without an heir, that of the triangle beside it with the longest common edge (last)."""
    mine = dict(zip(edges, of.tolist(), strict=True))
    found = []
    for (x0, y0, x1, y1), part in mine.items():
        other = mine.get((x1, y1, x0, y0))
        if other is not None and result[part] < 0 <= result[other]:
            found.append((float(np.hypot(x1 - x0, y1 - y0)), -int(result[other]), part, int(result[other])))
    for _, _, part, unit in sorted(found):
        yield part, unit
