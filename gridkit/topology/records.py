"""Overlaps and gaps of one level as records: which rule each breaks, and a name that it keeps from run to run."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.topology.defects import wider

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]

OVERLAP, GAP, SLIVER, TWICE, INSIDE, SEVERAL = "T201", "T202", "T203", "T205", "T206", "T208"
WHOLE: Final = 0.999
"""An overlap that is more than this share of a unit is the unit itself."""
ID_LENGTH: Final = 12


def rule_of(defects: Defects, shapes: Array, *, match_width: float) -> Array:
    """Return the code of the rule that each defect breaks.

    Parameters
    ----------
    defects : Defects
    shapes : numpy.ndarray of shapely polygons or multipolygons
        The units of the layer, in metres.
    match_width : float
        What is narrower (metres) is a sliver.

    Examples
    --------
    >>> from gridkit.topology.defects import find_defects
    >>> two = np.array([shapely.box(0, 0, 9, 9), shapely.box(2, 2, 4, 4)])
    >>> rule_of(find_defects(two), two, match_width=0.1).tolist()
    ['T206']
    """
    frame = defects.frame
    geometry, count = frame["geometry"].to_numpy(), frame["count"].to_numpy()
    code = np.select([count == 0, count > 2], [GAP, SEVERAL], default=OVERLAP).astype(object)
    code[~wider(geometry, np.full(len(frame), match_width))] = SLIVER
    claimed = defects.claimed
    filled = frame["area"].to_numpy()[claimed["defect"]] >= WHOLE * shapely.area(
        shapes[claimed["unit"].to_numpy(np.intp)]
    )
    whole = np.bincount(claimed["defect"][filled], minlength=len(frame))
    code[(whole > 0) & (count == 2)] = INSIDE
    code[(whole > 1) & (count == 2)] = TWICE
    return code


def units_of(defects: Defects, codes: pd.Index) -> pd.Series:
    """Return the codes of the units that each defect concerns, sorted: claimants, of a gap those beside it."""
    near = defects.borders["defect"].to_numpy(np.intp)
    gap = (defects.frame["count"].to_numpy() == 0)[near]
    defect = np.r_[defects.claimed["defect"].to_numpy(np.intp), near[gap]]
    unit = np.r_[defects.claimed["unit"].to_numpy(np.intp), defects.borders["unit"].to_numpy(np.intp)[gap]]
    known, at = np.unique(unit, return_inverse=True)
    names = codes.to_numpy(dtype=object)[known]
    rank = np.empty(len(known), dtype=np.intp)
    rank[np.argsort(names, kind="stable")] = np.arange(len(known))
    order = np.lexsort((rank[at], defect))
    ends = np.cumsum(np.bincount(defect, minlength=len(defects.frame)))
    some = [tuple(one.tolist()) for one in np.split(names[at[order]], ends[:-1])] if len(ends) else []
    return pd.Series(some, index=defects.frame.index, dtype=object)


def defect_ids(rules: Array, units: pd.Series, geometry: Array, *, level: str) -> pd.Index:
    """Return a name for each defect that depends on its rule, level, units and place (to the metre) alone.

    Examples
    --------
    >>> one = defect_ids(np.array(["T201"]), pd.Series([("a", "b")]), np.array([shapely.box(0, 0, 1, 1)]), level="grid")
    >>> len(one[0])
    12
    """
    corners = np.round(shapely.bounds(geometry).reshape(-1, 4)[:, :2])
    texts = [
        f"{rule}|{level}|{','.join(some)}|{x:.0f},{y:.0f}"
        for rule, some, (x, y) in zip(rules.tolist(), units, corners.tolist(), strict=True)
    ]
    plain = [hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH] for text in texts]
    seen: dict[str, int] = {}
    result = []
    for name in plain:  # two of one kind, between the same units, at the same metre
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return pd.Index(result, name="defect_id", dtype="object")
