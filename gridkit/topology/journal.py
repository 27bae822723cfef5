"""The log of a repair: written, taken back defect by defect, and done again, to the byte."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError
from gridkit.locale import N_
from gridkit.model.boundaries import LOG_COLUMNS, SHAPE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.topology.work import Entry

Array = np.ndarray[Any, Any]

BEFORE, AFTER, GAINED, LOST = "before", "after", "gained", "lost"
"""Kinds of stored shapes: a unit before and after everything, and what it gained or lost at one defect."""
HASH_LENGTH: Final = 16
WEIGHTLESS: Final = 1e-3
"""Square metres by which a shape taken back in part may differ from all shapes that the log leads to."""
INSIDE: Final = 0.5
"""A unit that has more than this share of a patch has the patch."""


def fingerprint(shape: shapely.Geometry | None) -> str:
    """Return the hash of a shape: sha256 of its well-known binary, 16 hex digits.

    >>> fingerprint(shapely.Point(0, 0)), fingerprint(None)
    ('ef93c98cbe28c31e', '')
    """
    return "" if shape is None else hashlib.sha256(shapely.to_wkb(shape)).hexdigest()[:HASH_LENGTH]


class Changed(NamedTuple):
    """The units of one level that changed: codes, shapes before and after, and the entries of the log."""

    level: str
    codes: Sequence[str]
    before: Array
    after: Array
    entries: Sequence[tuple[str, Entry]]


def write_log(levels: Iterable[Changed]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the log (``LOG_COLUMNS``) and the stored shapes (``SHAPE_COLUMNS``) of a repair."""
    log: list[tuple[Any, ...]] = []
    shapes: list[tuple[Any, ...]] = []
    for level in levels:
        old = dict(zip(level.codes, level.before, strict=True))
        new = dict(zip(level.codes, level.after, strict=True))
        marks = {code: (fingerprint(old[code]), fingerprint(new[code])) for code in level.codes}
        for code, entry in level.entries:
            if code not in marks:  # gained at one defect what it lost at the next: nothing changed
                continue
            area = round(entry.area, 6)
            log.append((entry.defect_id, entry.rule, level.level, entry.op, code, entry.role, area, *marks[code]))
            if entry.gains is not None:
                kind = GAINED if entry.gains else LOST
                shapes.append((level.level, code, kind, entry.defect_id, shapely.to_wkb(entry.geometry)))
        for code in level.codes:
            shapes.append((level.level, code, BEFORE, "", shapely.to_wkb(old[code])))
            shapes.append((level.level, code, AFTER, "", shapely.to_wkb(new[code])))
    return pd.DataFrame(log, columns=list(LOG_COLUMNS)), pd.DataFrame(shapes, columns=list(SHAPE_COLUMNS))


def replay(
    layers: Mapping[str, gpd.GeoDataFrame], log: pd.DataFrame, shapes: pd.DataFrame, *, ids: Iterable[str] | None = None
) -> dict[str, gpd.GeoDataFrame]:
    """Do a logged repair again, as a whole or only the defects ``ids``.

    Parameters
    ----------
    layers : mapping of str to geopandas.GeoDataFrame
        By level, indexed by code, in the system of the repair.
    log, shapes : pandas.DataFrame
        Of the repair.
    ids : iterable of str, optional
        Defects to be done; those that are done already stay done.

    Raises
    ------
    InputError
        If a unit of the log is missing, or has neither its shape before nor one of those that the log leads to.
    """
    wanted = set(log["defect_id"]) if ids is None else set(ids)
    return _stand(layers, log, shapes, wanted=wanted, add=True)


def revert(
    layers: Mapping[str, gpd.GeoDataFrame], log: pd.DataFrame, shapes: pd.DataFrame, *, ids: Iterable[str] | None = None
) -> dict[str, gpd.GeoDataFrame]:
    """Take back a logged repair, as a whole or only the defects ``ids``.

    A unit of which everything is taken back has its old bytes; of which a part is, the patches of that part are given
    back and taken away.

    Parameters
    ----------
    layers, log, shapes, ids
        As in :func:`replay`.

    Raises
    ------
    InputError
        As in :func:`replay`.
    """
    wanted = set(log["defect_id"]) if ids is None else set(ids)
    return _stand(layers, log, shapes, wanted=wanted, add=False)


def standing(
    layers: Mapping[str, gpd.GeoDataFrame], log: pd.DataFrame, shapes: pd.DataFrame, ids: Iterable[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the log and the stored shapes of the defects ``ids``, after the others were taken back.

    Parameters
    ----------
    layers : mapping of str to geopandas.GeoDataFrame
        As they stand with only these defects done.
    log, shapes : pandas.DataFrame
        Of the whole repair.
    ids : iterable of str

    Notes
    -----
    The shape after the repair, and its hash, are those that stand now: whoever takes back more goes on from there.
    """
    wanted = set(ids)
    log = log[log["defect_id"].isin(wanted)].reset_index(drop=True)
    units = list(zip(log["level"].astype(str), log["unit"].astype(str), strict=True))
    now = {
        level: dict(zip(map(str, frame.index), frame.geometry.to_numpy(), strict=True))
        for level, frame in layers.items()
        if level in {level for level, _ in units}
    }
    log["after"] = [fingerprint(now[level][unit]) for level, unit in units]
    left = set(units)
    rows = []
    for row in shapes[list(SHAPE_COLUMNS)].itertuples(index=False, name=None):
        level, unit, kind, name, data = row
        if (level, unit) not in left or (kind in (GAINED, LOST) and name not in wanted):
            continue
        rows.append((level, unit, kind, name, shapely.to_wkb(now[level][unit]) if kind == AFTER else data))
    return log, pd.DataFrame(rows, columns=list(SHAPE_COLUMNS))


def _stand(
    layers: Mapping[str, gpd.GeoDataFrame], log: pd.DataFrame, shapes: pd.DataFrame, *, wanted: set[str], add: bool
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers with the defects ``wanted`` done as well (``add``), or no longer."""
    unknown = wanted - set(log["defect_id"])
    if unknown:
        raise InputError(
            N_("the log knows no defect {ids}"), ids=", ".join(sorted(unknown)), remedy=N_("see the column defect_id")
        )
    histories = _histories(log, shapes)
    result = dict(layers)
    for level in dict.fromkeys(level for level, _ in histories):
        if level not in layers:
            raise InputError(N_("the log changes the level {level}, which is missing"), level=level)
        frame = layers[level].copy()
        geometry = frame.geometry.to_numpy().copy()
        position = {str(code): at for at, code in enumerate(frame.index)}
        for (_, code), history in [item for item in histories.items() if item[0][0] == level]:
            if code not in position:
                raise InputError(N_("the log changes the unit {unit}, which is missing"), unit=code)
            at = position[code]
            done = history.done(geometry[at])
            if done is None:
                raise InputError(
                    N_("the unit {unit} has another shape than the log says"),
                    unit=code,
                    remedy=N_("use the layer that was repaired, or the one that came out of it"),
                )
            geometry[at] = history.shape((done | wanted if add else done - wanted) & history.ids)
        frame.geometry = gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs)
        result[level] = frame
    return result


class _History(NamedTuple):
    """One unit: shapes before and after, the defects that changed it, and what it gained or lost at each, in order."""

    before: bytes
    after: bytes
    ids: frozenset[str]
    patches: tuple[tuple[str, str, shapely.Geometry], ...]

    def shape(self, done: set[str] | frozenset[str]) -> shapely.Geometry:
        """Return the shape with the defects ``done`` done: depends on nothing else."""
        if not done or (not done & {name for name, _, _ in self.patches} and done != self.ids):
            return shapely.from_wkb(self.before)
        result = shapely.from_wkb(self.after)
        if done >= self.ids:
            return result
        single = result.geom_type == "Polygon"
        for name, kind, patch in reversed(self.patches):
            if name not in done:
                result = shapely.difference(result, patch) if kind == GAINED else shapely.union(result, patch)
        parts = shapely.get_parts(shapely.get_parts(result))
        parts = parts[shapely.get_dimensions(parts) == 2]
        return parts[0] if single and len(parts) == 1 else shapely.multipolygons(parts)

    def done(self, now: shapely.Geometry) -> set[str] | None:
        """Return which defects are done in the shape ``now``, None if it is none that the log leads to."""
        written = shapely.to_wkb(now)
        if written == self.before:
            return set()
        if written == self.after:
            return set(self.ids)
        seen = set()
        for name, kind, patch in self.patches:
            has = shapely.area(shapely.intersection(now, patch)) > INSIDE * shapely.area(patch)
            if has == (kind == GAINED):
                seen.add(name)
        for some in (seen, seen | (self.ids - {name for name, _, _ in self.patches})):
            if shapely.to_wkb(self.shape(some)) == written:
                return some
        # Patches of the last digits cannot be told apart by place; all beside them must be as after the repair.
        apart = shapely.symmetric_difference(now, shapely.from_wkb(self.after))
        patches = shapely.union_all([patch for _, _, patch in self.patches])
        return seen if shapely.area(shapely.difference(apart, patches)) < WEIGHTLESS else None


def _histories(log: pd.DataFrame, shapes: pd.DataFrame) -> dict[tuple[str, str], _History]:
    named = log.groupby(["level", "unit"])["defect_id"].agg(frozenset)
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for level, unit, kind, name, data in shapes[list(SHAPE_COLUMNS)].itertuples(index=False):
        mine = parts.setdefault((str(level), str(unit)), {"patches": []})
        if kind in (BEFORE, AFTER):
            mine[kind] = bytes(data)
        else:
            mine["patches"].append((str(name), kind, shapely.from_wkb(bytes(data))))
    return {
        key: _History(mine[BEFORE], mine[AFTER], named.get(key, frozenset()), tuple(mine["patches"]))
        for key, mine in parts.items()
    }
