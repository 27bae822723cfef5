"""Give overlaps and gaps to units, so that the layer is a coverage there; every other unit keeps its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridkit.topology.mesh import dissolved

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Repaired:
    """The shapes of a layer after a repair.

    ``shapes`` in the order given; ``changed`` the positions of the units whose shape is another; ``done`` which defects
    were settled (those that were rolled back are not).
    """

    shapes: Array
    changed: Array
    done: Array


def settle(shapes: Array, defects: Defects, target: Array) -> Repaired:
    """Give each defect to its target.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons or multipolygons
        The layer, in metres, as it was given to :func:`gridkit.topology.defects.find_defects`.
    defects : Defects
    target : numpy.ndarray of int
        Position of the unit that gets each defect, -1 to leave it as it is.

    Notes
    -----
    A unit is put together again from the faces that it owns; as all faces come from one set of noded lines, their
    common borders are equal. Units that touch no settled defect are handed back as they came.
    """
    cut, of_face = defects.cut, defects.of_face
    position = np.full(len(shapes), -1, dtype=np.intp)
    position[cut.units] = np.arange(len(cut.units))
    goal = np.where(of_face >= 0, target[of_face], -1) if len(target) else np.full(len(of_face), -1)
    given = np.flatnonzero(goal >= 0)
    keep = goal[cut.face] < 0
    face = np.r_[cut.face[keep], given]
    unit = np.r_[cut.unit[keep], position[goal[given]]]
    fresh = dissolved(cut, face, unit)
    changed = _touched(cut.units, defects, target, position)
    result = shapes.copy()
    for at in changed.tolist():
        if fresh[position[at]] is not None:
            result[at] = fresh[position[at]]
    return Repaired(result, changed, target >= 0)


def _touched(units: Array, defects: Defects, target: Array, position: Array) -> Array:
    """Return the units that a settled defect touches, and those with vertices that only one side has."""
    cut = defects.cut
    settled = defects.frame["geometry"].to_numpy()[target >= 0]
    tree = shapely.STRtree(cut.faces)
    beside = np.unique(tree.query(settled, predicate="intersects")[1]) if len(settled) else np.zeros(0, np.intp)
    owners = np.unique(cut.unit[np.isin(cut.face, beside)])
    del position
    return units[owners]


def summary(before: Array, after: Repaired) -> pd.DataFrame:
    """Return the area of each changed unit before and after, in square metres."""
    at = after.changed
    return pd.DataFrame({"unit": at, "before": shapely.area(before[at]), "after": shapely.area(after.shapes[at])})
