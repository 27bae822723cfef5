"""Two levels against each other: children outside their code parent, parents not filled, exclaves (T351-T354)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.model.fields import GRID
from gridkit.topology.defects import wider, widths
from gridkit.topology.misfits import find_misfits
from gridkit.topology.resolve import GIVE, KEEP
from gridkit.topology.rows import no_rows, objects, rows

if TYPE_CHECKING:
    from gridkit.topology.levels import Level
    from gridkit.topology.resolve import Limits

Array = np.ndarray[Any, Any]

OUTSIDE, UNFILLED, UNMATCHED, EXCLAVE = "T351", "T352", "T353", "T354"
WHOLE: Final = 0.999
ROUNDING: Final = 0.01
"""Metres: outlines that differ by less are equal, as files round degrees (7 decimals are 1 cm)."""


def find_between(child: Level, parent: Level, *, limits: Limits, known: Array) -> pd.DataFrame:
    """Return the places where the parents that children name and the outlines of the parents differ.

    Parameters
    ----------
    child, parent : Level
    limits : Limits
    known : numpy.ndarray of shapely geometries
        Defects of the level of the children itself, which are told there: gaps and overlaps.
    """
    above = parent.drawn
    position = {code: at for at, code in enumerate(parent.codes[above])}
    label = np.array([position.get(code, -1) for code in child.parent], dtype=np.intp)
    below = child.drawn
    below = below[child.covers[below] & (label[below] >= 0)]
    if not len(below) or not len(above):
        return no_rows()
    label = label[below]
    named = np.unique(label)
    misfits = find_misfits(child.shapes[below], label, parent.shapes[above])
    bare = np.setdiff1d(np.arange(len(above)), named)
    parts = _told(misfits, child.codes[below], parent.codes[above], bare, known)
    wide = wider(parts["geometry"].to_numpy(), np.full(len(parts), limits.match_width))
    found = [_wide(child, parts[wide], child.shapes[below]), _narrow(child.name, parts[~wide], limits)]
    if child.name != GRID:  # a community without grids is told by T342
        found.append(_bare(child.name, parent, above[bare]))
    return pd.concat([part for part in found if len(part)], ignore_index=True) if any(map(len, found)) else no_rows()


def _told(misfits: pd.DataFrame, codes: Array, above: Array, bare: Array, known: Array) -> pd.DataFrame:
    """Return the misfits that nothing else tells, with codes in place of positions.

    Left out: what several children claim (T201), what children say of outlines that overlap (T201 there), what nobody
    claims inside the level (T202), and parents without any child.
    """
    empty = set(bare.tolist())
    stay = [
        len(children) <= 1 and not (children and set(stated) <= set(drawn)) and not (drawn and set(drawn) <= empty
                                                                                    and not children)
        for children, stated, drawn in misfits[["children", "stated", "drawn"]].itertuples(index=False)
    ]  # fmt: skip
    table = misfits[np.array(stay, dtype=bool)].reset_index(drop=True)
    free = table["children"].map(len).to_numpy() == 0
    points = shapely.point_on_surface(table["geometry"].to_numpy())
    if len(known) and free.any():
        hit = np.zeros(len(table), dtype=bool)
        hit[shapely.STRtree(known).query(points, predicate="intersects")[0]] = True
        table = table[~(hit & free)].reset_index(drop=True)
    table["child"] = pd.Series([codes[one[0]] if one else "" for one in table["children"]], dtype=object)
    table["at"] = pd.Series([one[0] if one else -1 for one in table["children"]], dtype=np.intp)
    for name in ("stated", "drawn"):
        table[name] = objects([tuple(above[list(one)]) for one in table[name]])
    return table


def _wide(child: Level, table: pd.DataFrame, shapes: Array) -> pd.DataFrame:
    geometry = table["geometry"].to_numpy()
    free = (table["child"] == "").to_numpy()
    exclave = _exclaves(table, shapes)
    outside = (table["drawn"].map(len) == 0).to_numpy()
    rule = np.select([free, exclave & ~outside], [UNFILLED, EXCLAVE], default=OUTSIDE).astype(object)
    units = [(one,) if one else tuple(drawn) for one, drawn in zip(table["child"], table["drawn"], strict=True)]
    found = rows(child.name, rule, units, geometry, cause=np.where(free, "", "parents"))
    both = [tuple(dict.fromkeys((*a, *b))) for a, b in zip(table["stated"], table["drawn"], strict=True)]
    found["parents"], found["alternatives"] = objects(both), objects(both)
    found["action"] = np.where(rule == EXCLAVE, KEEP, "ask")
    found["params"] = objects([
        {"stated": stated[0] if stated else "", "drawn": drawn[0] if drawn else "",
         **({} if drawn else {"variant": "none"})}
        for stated, drawn in zip(table["stated"], table["drawn"], strict=True)
    ])  # fmt: skip
    return found


def _exclaves(table: pd.DataFrame, shapes: Array) -> Array:
    """Return which places are a whole part of a unit of several parts."""
    result = np.zeros(len(table), dtype=bool)
    at = table["at"].to_numpy()
    for row in np.flatnonzero((at >= 0) & (shapely.get_num_geometries(shapes[at]) > 1)).tolist():
        place = table["geometry"].iloc[row]
        parts = shapely.get_parts(shapes[at[row]])
        mine = parts[shapely.intersects(parts, shapely.point_on_surface(place))]
        result[row] = bool(len(mine)) and shapely.area(place) >= WHOLE * shapely.area(mine).max()
    return result


def _narrow(name: str, table: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Return places narrower than the match width, put together by the unit and the outlines concerned."""
    units, both, geometry, params, width = [], [], [], [], []
    for (child, stated, drawn), some in table.groupby(["child", "stated", "drawn"], sort=True):
        shapes = some["geometry"].to_numpy()
        if widths(shapes).max() < ROUNDING:
            continue
        units.append((child,) if child else tuple(drawn))
        both.append(tuple(dict.fromkeys((*stated, *drawn))))
        geometry.append(shapely.multipolygons(shapely.get_parts(shapes).tolist()))
        width.append(float(widths(shapes).max()))
        params.append({"n": len(shapes), "limit": f"{limits.match_width:g}", "drawn": (*drawn, *stated)[0]})
        params[-1] |= {} if child else {"variant": "inside"}
    found = rows(name, UNMATCHED, units, objects(geometry), action=GIVE)
    found["parents"], found["params"], found["width_m"] = objects(both), objects(params), np.array(width, dtype=float)
    return found


def _bare(name: str, parent: Level, which: Array) -> pd.DataFrame:
    """Return parents without any child on the map."""
    found = rows(name, UNFILLED, [(code,) for code in parent.codes[which]], parent.shapes[which])
    found["parents"] = found["units"]
    found["params"] = objects([{"variant": "bare"} for _ in which])
    return found
