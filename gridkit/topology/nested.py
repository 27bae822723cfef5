"""Two levels made to fit: parents put together from their children, or children cut to their parents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import segments
from gridkit.topology.defects import of_faces
from gridkit.topology.faces import claims, clear_points
from gridkit.topology.mesh import joined, mesh
from gridkit.topology.misfits import find_misfits

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]

SAME: Final = 1e-9
"""Share by which the area of a union may differ from the sum of its parts."""
NOBODY: Final = -1
"""Target of a place that no child may have: it lies in no parent, or in one without a child beside it."""


def parents_of(children: Array, label: Array, count: int) -> Array:
    """Return the ``count`` parents put together from their children; None for one without children.

    Parameters
    ----------
    children : numpy.ndarray of shapely polygons or multipolygons
        Valid, in metres; shape (n,).
    label : numpy.ndarray of int
        The parent of each child, a position below ``count``; -1 for none.

    Notes
    -----
    Children that are a coverage keep their vertices along the outline of the parent, so that both levels have the same
    border; where children still overlap, the parent is their union.

    Examples
    --------
    >>> cells = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> parents_of(cells, np.array([0, 0]), 1)[0].area
    2.0
    """
    result = np.empty(count, dtype=object)
    order = np.argsort(label, kind="stable")
    order = order[label[order] >= 0]
    owners, starts = np.unique(label[order], return_index=True)
    if not len(owners):
        return result
    for owner, some in zip(owners.tolist(), np.split(children[order], starts[1:]), strict=True):
        result[owner] = _union(some)
    return result


def _union(some: Array) -> shapely.Geometry:
    """Return the union of polygons, with their vertices where they are a coverage."""
    if shapely.coverage_is_valid(some):
        whole, parts = joined(some), float(shapely.area(some).sum())
        if abs(whole.area - parts) <= SAME * parts:  # polygons of one outline pass as a coverage, and cancel out
            return whole
    return shapely.union_all(some)


@dataclass(frozen=True)
class Clips:
    """Places whose children say another parent than the outline there.

    ``defects`` are the places, ``drawn`` the parent in whose outline each lies (-1 for none, -2 for several),
    ``target`` the child of that parent that would get it: the one that claims it already, else the neighbour with the
    longest border; ``NOBODY`` where there is none.
    """

    defects: Defects
    drawn: Array
    target: Array


def find_clips(children: Array, label: Array, parents: Array) -> Clips:
    """Return what would change if the outlines of the parents were right.

    Parameters
    ----------
    children, parents : numpy.ndarray of shapely polygons or multipolygons
        Valid, in metres; shapes (n,) and (m,).
    label : numpy.ndarray of int
        The parent that each child states, a position in ``parents``; -1 for none.

    Examples
    --------
    >>> cells = np.array([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 4, 1)])
    >>> clips = find_clips(cells, np.array([0, 1]), np.array([shapely.box(0, 0, 3, 1), shapely.box(3, 0, 4, 1)]))
    >>> clips.drawn.tolist(), clips.target.tolist(), clips.defects.frame["area"].tolist()
    ([0], [0], [1.0])
    """
    places = find_misfits(children, label, parents)["geometry"].to_numpy()
    near = shapely.STRtree(children).query(places, predicate="intersects")[1] if len(places) else []
    around = shapely.STRtree(parents).query(places, predicate="intersects")[1] if len(places) else []
    outlines, _ = segments(parents[np.unique(around).astype(np.intp)])
    cut = mesh(children, np.unique(near).astype(np.intp), lines=outlines)
    points = clear_points(cut.faces)
    wrong = np.zeros(len(cut.faces), dtype=bool)
    if len(places):
        wrong[shapely.STRtree(places).query(points, predicate="intersects")[0]] = True
    drawn = _drawn(cut.faces, parents)
    defects = of_faces(cut, wrong, drawn)
    here = np.full(len(defects.frame), NOBODY, dtype=np.intp)
    here[defects.of_face[wrong]] = drawn[wrong]
    return Clips(defects, here, _heirs(defects, here, label))


def _drawn(faces: Array, parents: Array) -> Array:
    """Return the parent in whose outline each face lies, -1 for none, -2 for several."""
    face, parent = claims(faces, parents)
    result = np.full(len(faces), -1, dtype=np.intp)
    result[face] = parent
    result[np.bincount(face, minlength=len(faces)) > 1] = -2
    return result


def _heirs(defects: Defects, drawn: Array, label: Array) -> Array:
    """Return the child of the drawn parent that claims each place, else the one with the longest border to it."""
    claimed = defects.claimed.assign(length=np.inf)
    table = pd.concat([defects.borders, claimed], ignore_index=True)
    fits = label[table["unit"].to_numpy(np.intp)] == drawn[table["defect"].to_numpy(np.intp)]
    table = table[fits & (drawn[table["defect"].to_numpy(np.intp)] >= 0)]
    table = table.sort_values(["defect", "length", "unit"], ascending=[True, False, True], kind="stable")
    table = table.drop_duplicates("defect")
    result = np.full(len(drawn), NOBODY, dtype=np.intp)
    result[table["defect"].to_numpy(np.intp)] = table["unit"].to_numpy(np.intp)
    return result
