"""Levels that should cover the ground once: overlaps, gaps, slivers, edges that do not match (T201-T209)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.topology.cracks import find_cracks
from gridkit.topology.records import GAP, INSIDE, OVERLAP, SLIVER, TWICE, rule_of, units_of
from gridkit.topology.resolve import ASK, GIVE, resolve
from gridkit.topology.rows import no_rows, objects, rows
from gridkit.topology.survey import survey

if TYPE_CHECKING:
    from gridkit.topology.defects import Defects
    from gridkit.topology.levels import Level
    from gridkit.topology.resolve import Limits
    from gridkit.topology.rows import Inside
    from gridkit.topology.survey import Survey

Array = np.ndarray[Any, Any]

MISMATCH, CRACK, SHORT = "T204", "T207", "T209"
CORNER: Final = 10
"""A common border shorter than this many match widths (1 m) is a corner drawn twice."""
HELD: Final = 0.99
"""A gap of which this share belongs to something else is none."""


def find_covering(level: Level, inside: Inside, *, limits: Limits, held: Array | None = None) -> pd.DataFrame:
    """Return the defects of a level that should be a coverage.

    Parameters
    ----------
    level : Level
    inside : Inside
    limits : Limits
    held : numpy.ndarray of shapely polygons, optional
        Places that are no gaps: communities that have no grids at all, exclusive grids.
    """
    at = level.drawn
    at = at[level.covers[at]]
    if not len(at):
        return no_rows()
    shapes, codes = level.shapes[at], pd.Index(level.codes[at])
    seen = survey(shapes)
    parent = pd.factorize(level.parent[at])[0]
    parts = [_places(level.name, seen.defects, shapes, codes, parent=parent, inside=inside, limits=limits)]
    parts[0] = _without_held(parts[0], held)
    parts += [_mismatched(level.name, seen, codes), _short(level.name, seen, codes, limits)]
    cracks = find_cracks(seen.outline, seen.inner, shapes, limits=limits)
    units = [tuple(sorted(codes[list(some)])) for some in cracks["units"]]
    parts.append(rows(level.name, CRACK, units, cracks["geometry"].to_numpy()))
    parts[-1]["length_m"] = shapely.length(parts[-1]["geometry"].to_numpy()) / 2
    return pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else no_rows()


def _places(name: str, defects: Defects, shapes: Array, codes: pd.Index, *, parent: Array, inside: Inside,
            limits: Limits) -> pd.DataFrame:  # fmt: skip
    """Return one row per place that is not claimed exactly once."""
    frame = defects.frame
    if not len(frame):
        return no_rows()
    geometry = frame["geometry"].to_numpy()
    compounds, households = inside.count(geometry)
    decided = resolve(defects, shapely.area(shapes), parent, limits=limits, inside=compounds + households)
    rule = twins_counted(rule_of(defects, shapes, match_width=limits.match_width), defects, shapes)
    target = decided["target"].to_numpy()
    alternatives, borders = _alternatives(defects, codes)
    ask = np.isin(rule, (TWICE, INSIDE))  # never a matter of metres: a row too many, or of another level
    found = rows(
        name, rule, units_of(defects, codes).tolist(), geometry,
        area_m2=frame["area"].to_numpy(), width_m=frame["width"].to_numpy(), compounds=compounds,
        households=households, cause=decided["cause"].to_numpy(),
        action=np.where(ask, ASK, decided["action"].to_numpy()),
        target=np.where(target >= 0, codes.to_numpy()[target], "").astype(object),
        alternatives=alternatives, borders=borders,
    )  # fmt: skip
    count = frame["count"].to_numpy()
    found["params"] = objects([{"count": int(n)} for n in count])
    found.loc[(rule == SLIVER) & (count == 0), "params"] = objects(
        [{"count": 0, "variant": "gap"} for _ in range(int(((rule == SLIVER) & (count == 0)).sum()))]
    )
    inner = np.flatnonzero(rule == INSIDE)
    found.loc[inner, "units"] = objects(inner_first(defects, shapes, codes, inner))
    return found


def twins_counted(rule: Array, defects: Defects, shapes: Array) -> Array:
    """Return the rules, with more than two units of one outline counted as such, not as several claims."""
    claimed, frame = defects.claimed, defects.frame
    whole = frame["area"].to_numpy()[claimed["defect"]] >= 0.999 * shapely.area(
        shapes[claimed["unit"].to_numpy(np.intp)]
    )
    number = np.bincount(claimed["defect"][whole], minlength=len(frame))
    rule[(number == frame["count"].to_numpy()) & (number > 1)] = TWICE
    return rule


def inner_first(defects: Defects, shapes: Array, codes: pd.Index, which: Array) -> list[tuple[str, ...]]:
    """Return the codes of the claimants of the defects ``which``, the smallest unit first."""
    claimed = defects.claimed[np.isin(defects.claimed["defect"], which)]
    claimed = claimed.assign(area=shapely.area(shapes[claimed["unit"].to_numpy(np.intp)]))
    claimed = claimed.sort_values(["defect", "area", "unit"], kind="stable")
    grouped = claimed.groupby("defect")["unit"].agg(list)
    return [tuple(codes[grouped[at]]) for at in which.tolist()]


def _alternatives(defects: Defects, codes: pd.Index) -> tuple[Array, Array]:
    """Return who could get each place, the longest common border first, and those lengths."""
    count = defects.frame["count"].to_numpy()
    table = defects.claimed.merge(defects.borders, how="outer", on=["defect", "unit"], indicator="from")
    claims = (table["from"] != "right_only").to_numpy()
    table = table[claims | (count[table["defect"].to_numpy(np.intp)] == 0)].fillna({"length": 0.0})
    table = table.sort_values(["defect", "length", "unit"], ascending=[True, False, True], kind="stable")
    who, how = [()] * len(count), [()] * len(count)
    names = codes.to_numpy()[table["unit"].to_numpy(np.intp)]
    defect, starts = np.unique(table["defect"].to_numpy(np.intp), return_index=True)
    lengths = np.round(table["length"].to_numpy(), 2)
    for one, some, metres in zip(
        defect.tolist(), np.split(names, starts[1:]), np.split(lengths, starts[1:]), strict=True
    ):
        who[one], how[one] = tuple(some.tolist()), tuple(metres.tolist())
    return objects(who), objects(how)


def _without_held(found: pd.DataFrame, held: Array | None) -> pd.DataFrame:
    """Return the rows without gaps that something else fills."""
    if held is None or not len(held) or not len(found):
        return found
    gap = np.flatnonzero(found["code"] == GAP)
    full = filled(found["geometry"].to_numpy()[gap], held)
    return found.drop(index=gap[full]).reset_index(drop=True)


def filled(gaps: Array, held: Array) -> Array:
    """Return which gaps are filled by something else: polygons ``held``."""
    result = np.zeros(len(gaps), dtype=bool)
    at, which = shapely.STRtree(held).query(gaps, predicate="intersects")
    for one in np.unique(at).tolist():
        inside = shapely.intersection(gaps[one], shapely.union_all(held[which[at == one]]))
        result[one] = shapely.area(inside) >= HELD * shapely.area(gaps[one])
    return result


def _mismatched(name: str, seen: Survey, codes: pd.Index) -> pd.DataFrame:
    units = [tuple(codes[list(some)]) for some in seen.loose["units"]]
    return rows(name, MISMATCH, units, seen.loose["geometry"].to_numpy(), action=GIVE)


def _short(name: str, seen: Survey, codes: pd.Index, limits: Limits) -> pd.DataFrame:
    """Return pairs of units that share next to nothing, and no defect that explains it."""
    pairs = seen.shared[seen.shared["length"] < CORNER * limits.match_width]
    known = set(zip(*[seen.defects.borders[one] for one in ("defect", "unit")], strict=True))
    beside: dict[int, set[int]] = {}
    for defect, unit in known:
        beside.setdefault(int(unit), set()).add(int(defect))
    free = [
        not (beside.get(int(one), set()) & beside.get(int(other), set()))
        for one, other in zip(pairs["one"], pairs["other"], strict=True)
    ]
    pairs = pairs[np.array(free, dtype=bool)]
    units = [tuple(codes[[one, other]]) for one, other in zip(pairs["one"], pairs["other"], strict=True)]
    points = shapely.points(pairs[["x", "y"]].to_numpy())
    return rows(name, SHORT, units, points, length_m=pairs["length"].to_numpy())


def find_twins(level: Level, which: Array, code: str) -> pd.DataFrame:
    """Return the units, of those at the positions ``which``, that have the same outline as another."""
    shapes = level.shapes[which]
    size = np.round(np.column_stack([shapely.area(shapes), shapely.bounds(shapes).reshape(-1, 4)]), 2)
    table = pd.DataFrame(size).assign(at=range(len(which)))
    alike = table[table.duplicated(list(range(5)), keep=False)]
    units, geometry = [], []
    for _, some in alike.groupby(list(range(5)), sort=True):
        at = some["at"].to_numpy()
        plain = shapely.normalize(shapes[at])
        while len(at) > 1:
            same = shapely.equals_exact(plain, plain[0], tolerance=1e-3)
            if same.sum() > 1:
                units.append(tuple(level.codes[which[at[same]]]))
                geometry.append(shapes[at[0]])
            at, plain = at[~same], plain[~same]
    return rows(level.name, code, units, objects(geometry))


def find_nested(level: Level, which: Array, limits: Limits) -> pd.DataFrame:
    """Return the areas, of those at the positions ``which``, that overlap or lie inside each other (no coverage)."""
    shapes = level.shapes[which]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    one, other = (part[~shapely.touches(shapes[one], shapes[other])] for part in (one, other))
    both = shapely.intersection(shapes[one], shapes[other])
    area, own = shapely.area(both), np.column_stack([shapely.area(shapes[one]), shapely.area(shapes[other])])
    least, most = own.min(axis=1), own.max(axis=1)
    wide = 2 * area > limits.match_width * np.maximum(shapely.length(both), 1e-12)
    keep = wide & ~(area >= 0.999 * most)
    smaller = np.where(own[:, 0] <= own[:, 1], one, other)
    larger = np.where(own[:, 0] <= own[:, 1], other, one)
    codes = level.codes[which]
    units = [(codes[a], codes[b]) for a, b in zip(smaller[keep], larger[keep], strict=True)]
    rule = np.where(area[keep] >= 0.999 * least[keep], INSIDE, OVERLAP).astype(object)
    found = rows(level.name, rule, units, both[keep], severity="notice")
    found["params"] = objects([{"variant": "compound"} if code == OVERLAP else {} for code in rule])
    return found
