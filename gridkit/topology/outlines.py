"""Geometry of single units: invalid, without area, with spikes, of several parts, points among areas (T101-T105)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.geo.finite import finite
from gridkit.model.fields import COMPOUND
from gridkit.topology.levels import MULTIPOLYGON, POINT, POLYGON
from gridkit.topology.rows import no_rows, number, objects, rows

if TYPE_CHECKING:
    from gridkit.topology.levels import Level
    from gridkit.topology.resolve import Limits

Array = np.ndarray[Any, Any]

LEAST: Final = 0.01
"""Square metres below which a polygon has no area that could be compared."""
LONG: Final = 10
"""A spike is at least this many match widths (1 m) long."""


def find_outlines(level: Level, limits: Limits) -> pd.DataFrame:
    """Return what is wrong with single units of a level."""
    parts = [*_kinds(level), _spikes(level, limits)]
    if level.name != COMPOUND:
        parts.append(_several(level))
    return pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else no_rows()


def _kinds(level: Level) -> list[pd.DataFrame]:
    """Return units that are invalid, without area, or points where areas are needed."""
    raw, kinds = level.raw, shapely.get_type_id(level.raw)
    there = finite(raw)
    polygon = np.isin(kinds, (POLYGON, MULTIPOLYGON))
    area = np.where(shapely.is_missing(level.shapes), 0.0, np.nan_to_num(shapely.area(level.shapes)))
    changed = np.flatnonzero(polygon & there & (raw != level.shapes))
    invalid = changed[~shapely.is_valid(raw[changed])]
    small = np.flatnonzero(polygon & (area < LEAST))
    points = np.flatnonzero(there & (kinds == POINT)) if level.name != COMPOUND else small[:0]
    found = []
    for code, which in (("T101", invalid), ("T102", small), ("T105", points)):
        shapes = raw[which]
        shapes[~there[which]] = None
        part = rows(level.name, code, [(level.codes[at],) for at in which], shapes)
        part["length_m"] = np.nan
        if code == "T101":
            reasons = [reason.partition("[")[0].strip() for reason in shapely.is_valid_reason(raw[which])]
            part["params"] = objects([{"reason": reason} for reason in reasons])
        if code == "T102":
            part["params"] = objects([{} if fine else {"empty": True} for fine in there[which]])
        found.append(part)
    return found


def _several(level: Level) -> pd.DataFrame:
    """Return units of several parts; only those that cover the ground are expected to be of one."""
    many = np.flatnonzero((shapely.get_num_geometries(level.shapes) > 1) & level.covers)
    parts, of = shapely.get_parts(level.shapes[many], return_index=True)
    table = pd.DataFrame({"of": of, "area": shapely.area(parts)}).sort_values(["of", "area"], ascending=[True, False])
    rest = table[table.duplicated("of")]
    geometry = [shapely.multipolygons(parts[some.index].tolist()) for _, some in rest.groupby("of")]
    found = rows(level.name, "T104", [(level.codes[at],) for at in many], objects(geometry))
    found["params"] = objects([{"n": int(n)} for n in shapely.get_num_geometries(level.shapes[many])])
    return found


def _spikes(level: Level, limits: Limits) -> pd.DataFrame:
    """Return vertices at which an outline turns back on itself: the two sides stay within the match width.

    The spike is the triangle of the vertex and the points on both sides as far away as the shorter side is long.
    """
    at = level.drawn
    parts, of = shapely.get_parts(level.shapes[at], return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    keep = np.r_[True, (points[1:] != points[:-1]).any(axis=1) | (ring[1:] != ring[:-1])] if len(points) else []
    points, ring = points[keep], ring[keep]
    first = np.r_[True, ring[1:] != ring[:-1]] if len(ring) else np.zeros(0, dtype=bool)
    start = np.flatnonzero(first)
    size = np.diff(np.r_[start, len(ring)])
    here = np.flatnonzero(~first)  # every vertex of a ring once: the last is the first
    place = here - np.repeat(start, size - 1)
    after = np.where(place == np.repeat(size - 1, size - 1), np.repeat(start, size - 1) + 1, here + 1)
    to, fro = points[here - 1] - points[here], points[after] - points[here]
    long, wide = np.hypot(*to.T), np.hypot(*fro.T)
    leg = np.minimum(long, wide)
    one, other = to / np.maximum(long, 1e-12)[:, None], fro / np.maximum(wide, 1e-12)[:, None]
    foot = np.hypot(*(one - other).T) * leg
    sharp = np.flatnonzero((foot < limits.match_width) & (leg > LONG * limits.match_width))
    tip, reach = points[here[sharp]], leg[sharp, None]
    corners = np.stack([tip, tip + one[sharp] * reach, tip + other[sharp] * reach, tip], axis=1)
    lines = shapely.linestrings(corners[:, [1, 0]]) if len(sharp) else objects([])
    found = rows(level.name, "T103", [(code,) for code in level.codes[at[of[of_ring[ring[here[sharp]]]]]]], lines)
    found["length_m"], found["width_m"] = leg[sharp], foot[sharp]
    found["params"] = objects([{"size": number(width)} for width in foot[sharp]])
    return found
