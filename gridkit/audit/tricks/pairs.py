"""A111: a full pairing rate from pairs that are nobody's neighbours, or that pass by the unit's own premises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.audit.pairing import Pairs, pairs
from gridkit.audit.scopes import look_up
from gridkit.audit.tricks.trick import Trick
from gridkit.geo import LONLAT, bd09_to_wgs84, gcj02_to_wgs84, to_metric
from gridkit.model.fields import COMMUNITY, COMPOUND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.audit.evidence import Evidence
    from gridkit.audit.tricks.counted import Counted
    from gridkit.model import City

_AROUND: Final = 5_000.0
"""Metres around the compounds within which the point of a unit is believed."""
_UNDONE: Final = (("GCJ", gcj02_to_wgs84), ("火星", gcj02_to_wgs84), ("BD", bd09_to_wgs84), ("百度", bd09_to_wgs84))


def distant(counted: Counted) -> Iterator[Trick]:
    """Return the tricks A111, one per unit and kind; the subject is the unit.

    Far: a unit paired with a community (compound) farther away than the threshold, while a nearer one has no pair at
    all. Where the unit has no point its community stands for it, and the distance is the least there can be. A pair
    whose stated reason are premises is left out. Premises: a unit with premises in compounds is paired, but with none
    of them and not with their community.
    """
    if not {"pairings"} <= counted.city.registries.keys():
        return
    evidence = counted.evidence
    known = pairs(evidence)
    if known.settled.empty:
        return
    yield from _far(counted, evidence, known)
    yield from _passed_by(counted, evidence, known)


def _far(counted: Counted, evidence: Evidence, known: Pairs) -> Iterator[Trick]:
    limit = counted.limits.pairing_far_m
    seats = _seats(counted.city, evidence)
    for level in (COMMUNITY, COMPOUND):
        found: dict[str, list[tuple[float, str, str, str, float]]] = {}
        for record, unit, target, away, other, near in _beyond(counted, known, seats, level=level):
            found.setdefault(unit, []).append((-away, target, record, other, near))
        for unit, far in sorted(found.items()):
            far.sort()
            away, target, _, other, near = far[0]
            params = {
                "name": _unit(counted, unit), "target": _target(counted, level, target),
                "span_km": round(-away / 1000, 1), "limit": f"{limit / 1000:g}",
                "nearest_name": _target(counted, level, other), "near_km": round(near / 1000, 1),
            }  # fmt: skip
            where = tuple((one[2], name) for one in far for name in ("unit_name", "target_name"))
            codes = (target,) if level == COMPOUND else ()
            area = target if level == COMMUNITY else ""
            yield Trick("A111", unit, (), params, where, compounds=codes, area=area)


def _beyond(
    counted: Counted, known: Pairs, seats: pd.Series, *, level: str
) -> Iterator[tuple[str, str, str, float, str, float]]:
    """Yield pairs beyond the threshold with a nearer place that has none: record, unit, target, m, that place, m."""
    layer = counted.city.layers.get(level)
    if layer is None:
        return
    shapes = layer.frame.geometry
    reason = counted.city.rows("pairings")["pairing_reason"]
    part = known.of(level)
    part = part[part["target"].isin(shapes.index) & part["unit"].isin(seats.index)]
    part = part[(reason.reindex(part["record"]) != "premises").to_numpy(bool)]
    drawn = shapes[shapes.notna().to_numpy() & ~shapes.is_empty.to_numpy()].sort_index()
    free = drawn[~drawn.index.isin({*known.of(level)["target"], *known.perhaps_targets})]
    if part.empty or free.empty:
        return
    origins = seats.reindex(part["unit"]).to_numpy()
    away = shapely.distance(origins, shapes.reindex(part["target"]).to_numpy())
    far = np.flatnonzero(away > counted.limits.pairing_far_m)
    at, near = _nearest(shapely.STRtree(free.to_numpy()), origins[far])
    rows = part.iloc[far][["record", "unit", "target"]].itertuples(index=False)
    others = free.index.to_numpy(dtype=object)[at]
    for (record, unit, target), distance, other, nearer in zip(
        rows, away[far].tolist(), others, near.tolist(), strict=True
    ):
        if nearer < distance:
            yield str(record), str(unit), str(target), distance, str(other), nearer


def _nearest(tree: shapely.STRtree, origins: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return, per origin, the position of the nearest shape (the first of equally near ones) and its distance."""
    if not len(origins):
        return np.empty(0, dtype=np.int64), np.empty(0)
    (source, found), distance = tree.query_nearest(origins, return_distance=True, all_matches=True)
    order = np.lexsort((found, source))
    first = np.unique(source[order], return_index=True)[1]
    return found[order][first], distance[order][first]


def _seats(city: City, evidence: Evidence) -> pd.Series:
    """Return where each unit (row id) sits: its compound, its point near the compounds, or its community's polygon."""
    found: dict[str, Any] = {}
    for level, field in ((COMMUNITY, "community"), (COMPOUND, "site")):
        layer = city.layers.get(level)
        if layer is None:
            continue
        if level == COMPOUND:
            found |= _points(city)
        shapes = layer.frame.geometry
        linked = evidence.one("units", field, level)
        linked = linked[linked.isin(shapes.index)]
        found |= dict(zip(linked.index, shapes.reindex(linked).to_numpy(), strict=True))
    here = {record: shape for record, shape in found.items() if shape is not None and not shape.is_empty}
    return pd.Series(here, dtype="object")


def _points(city: City) -> dict[str, Any]:
    """Return the points of the units that lie near the compounds, in metres of the city; a stated datum is undone."""
    rows = city.rows("units")
    lon, lat = (rows[name].astype("float64").to_numpy(na_value=np.nan).copy() for name in ("lon", "lat"))
    for word, undo in _UNDONE:
        stated = rows["datum"].str.upper().str.contains(word, regex=False).fillna(False).to_numpy(bool)
        if stated.any():
            lon[stated], lat[stated] = undo(lon[stated], lat[stated])
    usable = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    if not usable.any():
        return {}
    points = to_metric(gpd.GeoSeries.from_xy(lon[usable], lat[usable], index=rows.index[usable], crs=LONLAT), city.crs)
    west, south, east, north = city.layers[COMPOUND].frame.total_bounds
    around = shapely.box(west - _AROUND, south - _AROUND, east + _AROUND, north + _AROUND)
    return points[points.within(around).to_numpy(bool)].to_dict()


def _passed_by(counted: Counted, evidence: Evidence, known: Pairs) -> Iterator[Trick]:
    """Units with premises in compounds that are paired, but neither there nor with the community there."""
    of_unit = evidence.linked("premises", "unit", "unit").rename(columns={"code": "unit"})
    owned = of_unit.merge(evidence.linked("premises", "compound", COMPOUND), on="record")
    if owned.empty:
        return
    owned["community"] = look_up(owned["code"], counted.places.frame[COMMUNITY])
    settled = set(known.settled[["level", "unit", "target"]].itertuples(index=False, name=None))
    kept = {
        unit for unit, code, area in owned[["unit", "code", "community"]].itertuples(index=False)
        if (COMPOUND, unit, code) in settled or (COMMUNITY, unit, area) in settled
    }  # fmt: skip
    elsewhere = known.settled[~known.settled["unit"].isin(kept | known.perhaps_units)].drop_duplicates("unit")
    paired = {str(unit): (str(level), str(target), str(record)) for unit, level, target, record in
              elsewhere[["unit", "level", "target", "record"]].itertuples(index=False)}  # fmt: skip
    homes: dict[str, list[tuple[str, str]]] = {}
    for unit, code, record in owned[["unit", "code", "record"]].itertuples(index=False):
        homes.setdefault(str(unit), []).append((str(code), str(record)))
    for unit, here in sorted(homes.items()):
        if unit not in paired:
            continue
        level, target, record = paired[unit]
        home = min(here)[0]
        params = {"name": _unit(counted, unit), "target": _target(counted, level, target),
                  "place": counted.name(home), "variant": "premises"}  # fmt: skip
        where = ((record, "target_name"), *((one, "compound_name") for one in sorted({row for _, row in here})))
        yield Trick("A111", unit, (), params, where, compounds=(home,))


def _unit(counted: Counted, unit: str) -> str:
    return counted.units.get(unit, "") or unit


def _target(counted: Counted, level: str, code: str) -> str:
    return counted.name(code) if level == COMPOUND else counted.community_name(code)
