"""Repair of the boundary layers of a city, with a log: only what is beyond doubt or was decided is changed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError, UsageError
from gridkit.geo import place, stated_parent
from gridkit.geo.finite import finite
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.model.boundaries import Repair
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, STREET
from gridkit.topology.borders import BOTTOM, NONE, TOP, Borders
from gridkit.topology.choices import AUTO, read_choices
from gridkit.topology.closing import really
from gridkit.topology.in_order import Order, mend_in_order
from gridkit.topology.inspect import held_by_others
from gridkit.topology.journal import Changed, write_log
from gridkit.topology.levels import read_levels
from gridkit.topology.records import defect_ids
from gridkit.topology.resolve import Limits
from gridkit.topology.work import MATCHED, Entry, Units, Work

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gridkit.model import City, Places
    from gridkit.topology.choices import Choices
    from gridkit.topology.levels import Level

    Authority = str | Mapping[str, str] | Mapping[str | frozenset[str], str]

Array = np.ndarray[Any, Any]

PAIRS: Final = ((GRID, COMMUNITY), (COMMUNITY, STREET))
INVALID: Final = "T101"
SAME: Final = 1e-9
"""A geometry that is made valid is the same if its area differs by no more than this share."""


def mend(
    city: City,
    places: Places | None = None,
    *,
    authority: Authority | None = None,
    limits: Limits | None = None,
    decisions: pd.DataFrame | None = None,
    exceptions: pd.DataFrame | None = None,
    locked: Collection[str] = (),
) -> Repair:
    """Repair streets, communities and comprehensive grids.

    Parameters
    ----------
    city : City
        In metres.
    places : Places, optional
        As returned by :func:`gridkit.geo.place` for the same city.
    authority : str or mapping of str to str, optional
        ``bottom`` (parents are rebuilt from their children by code), ``top`` (children are cut to their parents) or
        ``none``, for all levels or by level of the children. A set of the codes of two streets or communities as a key
        says it of their common border; the value may be one of the two (what that one claims is its own). Where it says
        nothing: ``bottom`` if every child states a parent that exists, else ``none``.
    limits : Limits, optional
    decisions : pandas.DataFrame, optional
        ``BOUNDARY_DECISION_COLUMNS``: ``give`` the place to the unit ``target`` (blank: as suggested), ``keep`` it as
        it is, ``remove`` (of a unit drawn twice: the ground goes to the other; the row stays).
    exceptions : pandas.DataFrame, optional
        ``defect_id`` and ``until``: defects that stay.
    locked : collection of str
        Codes of units that neither gain nor lose.

    Returns
    -------
    Repair

    Raises
    ------
    InputError
        If a layer is in another coordinate system than the city: its numbers would have to change.
    UsageError
        If an authority is unknown, or a border of communities would follow grids and outlines of streets.
    TableError
        If a decision is unknown, contradicts another, or names a unit that has nothing to do with the place.

    Examples
    --------
    >>> from tests import tiny
    >>> repair = mend(tiny.city())
    >>> len(repair.log), repair.waiting
    (0, ())
    """
    limits = limits or Limits()
    if any(layer.frame.crs is not None and layer.frame.crs != city.crs for layer in city.layers.values()):
        raise InputError(N_("the layers are in different coordinate systems"), remedy=N_("bring them to one system"))
    levels = read_levels(city, place(city) if places is None else places, city.crs)
    choices = read_choices(decisions, exceptions, city.as_of)
    says = authorities(city, levels, authority)
    works = {name: _work(city, levels, name, locked) for name in (STREET, COMMUNITY, GRID) if name in levels}
    by_level = {
        child: _borders(works[parent], side, _of_borders(authority), cross=_crossing(child, authority, limits))
        for (child, parent), side in says.items()
    }
    for child, parent in says:
        works[parent].units = replace(works[parent].units, winners=by_level[child].winners())
    given = {name: work.units for name, work in works.items()}
    mend_in_order(Order(works, given, by_level, choices, limits))
    choices.demand_followed()
    changed = [_changed(levels[name], work) for name, work in works.items()]
    log, shapes = write_log(changed)
    layers = {name: _written(city, name, changed) for name in city.layers}
    waiting = [one for work in works.values() for one in (*work.waiting, *work.misfits)]
    failed = [one for work in works.values() for one in work.failed]
    return Repair(layers, log, tuple(dict.fromkeys(waiting)), tuple(dict.fromkeys(failed)), _notes(choices), shapes,
                  tuple(sorted(set(choices.by_id) - choices.used)))  # fmt: skip


def _of_borders(authority: Authority | None) -> dict[frozenset[str], str]:
    """Return what is said of borders between two units."""
    said = {} if authority is None or isinstance(authority, str) else authority
    return {pair: side for pair, side in said.items() if not isinstance(pair, str)}


def _borders(parents: Work, usual: str, said: Mapping[frozenset[str], str], *, cross: float) -> Borders:
    """Return who is right above a level: what is said of borders between two of its parents."""
    known = frozenset(map(str, parents.units.codes))
    return Borders(usual, {pair: side for pair, side in said.items() if pair <= known}, cross)


def _crossing(child: str, authority: Authority | None, limits: Limits) -> float:
    """Return how wide a strip may go from one parent to another: any, where a person has said who is right."""
    stated = authority if authority is None or isinstance(authority, str) else authority.get(child)
    return limits.match_width if stated is None else math.inf


def authorities(
    city: City, levels: Mapping[str, Level], authority: Authority | None = None
) -> dict[tuple[str, str], str]:
    """Return who is right between each two levels that are drawn: ``bottom``, ``top`` or ``none``."""
    result = {}
    for child, parent in PAIRS:
        if child not in levels or parent not in levels:
            continue
        said = authority if authority is None or isinstance(authority, str) else authority.get(child)
        if said is not None and said not in (BOTTOM, TOP, NONE):
            raise UsageError(N_("the authority {said!r} is unknown: bottom, top or none"), said=said)
        result[child, parent] = said or _usual(city, levels, child, parent)
    return result


def _usual(city: City, levels: Mapping[str, Level], child: str, parent: str) -> str:
    below, above = levels[child], levels[parent]
    drawn = below.drawn[below.covers[below.drawn]]
    if not len(drawn) or not len(above.drawn):
        return NONE
    stated = stated_parent(city, child, parent).reindex(below.frame.index).to_numpy(dtype=object)[drawn]
    return BOTTOM if np.isin(stated.astype(str), above.codes[above.drawn].astype(str)).all() else NONE


def _work(city: City, levels: Mapping[str, Level], name: str, locked: Collection[str]) -> Work:
    """Return one level as it is given, its geometry made valid where that changes nothing."""
    level = levels[name]
    at = level.drawn[level.covers[level.drawn]]
    shapes, raw = level.shapes[at], level.raw[at]
    polygons = np.isin(shapely.get_type_id(raw), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    invalid = np.flatnonzero(~shapely.is_valid(raw) | ~polygons)
    same = np.abs(shapely.area(shapes[invalid]) - shapely.area(raw[invalid])) <= SAME * shapely.area(shapes[invalid])
    same &= polygons[invalid]  # of a collection only the areas would be left
    same &= shapely.get_type_id(shapes[invalid]) <= shapely.get_type_id(raw[invalid])  # no polygon becomes several
    codes = pd.Index(level.codes[at], dtype=object)
    compounds, evidence = _compounds(city, levels, name, codes)
    units = Units(
        name, codes, shapes, pd.factorize(level.parent[at])[0], np.isin(codes, [str(code) for code in locked]),
        compounds, evidence, broken=invalid[~same], parents=level.parent[at],
        held=held_by_others(levels, level), below=_below(levels, name),
    )  # fmt: skip
    work = Work.on(units)
    fixed = invalid[same]
    names = defect_ids(
        np.full(len(invalid), INVALID),
        pd.Series([(codes[unit],) for unit in invalid], dtype=object),
        raw[invalid],
        level=name,
    )
    by_unit = dict(zip(invalid.tolist(), names, strict=True))
    work.entries = [Entry(by_unit[unit], INVALID, MATCHED, unit, AUTO, 0.0, None, None) for unit in fixed.tolist()]
    work.misfits = [by_unit[unit] for unit in units.broken.tolist()]
    return work


def _below(levels: Mapping[str, Level], name: str) -> tuple[Array, Array]:
    """Return the shapes of the level below, and the code of the parent of each."""
    child = next((levels[child] for child, parent in PAIRS if parent == name and child in levels), None)
    if child is None:
        return np.empty(0, dtype=object), np.empty(0, dtype=object)
    at = child.drawn[child.covers[child.drawn]]
    return child.shapes[at], child.parent[at]


def _compounds(city: City, levels: Mapping[str, Level], name: str, codes: pd.Index) -> tuple[Array, pd.DataFrame]:
    """Return where compounds lie, and of which unit of the level each says that it lies in it."""
    nothing = pd.DataFrame({"point": np.empty(0, dtype=object), "unit": np.zeros(0, dtype=np.int64)})
    if COMPOUND not in levels:
        return np.empty(0, dtype=object), nothing
    level = levels[COMPOUND]
    there = finite(level.raw)
    points = shapely.point_on_surface(np.where(shapely.is_missing(level.shapes), level.raw, level.shapes)[there])
    stated = stated_parent(city, COMPOUND, name).reindex(level.frame.index).fillna("").to_numpy(dtype=object)[there]
    unit = codes.get_indexer(pd.Index(stated, dtype=object))
    return points, pd.DataFrame({"point": points[unit >= 0], "unit": unit[unit >= 0]})


def _changed(level: Level, work: Work) -> Changed:
    """Return the units of a level whose shape is another, as they are written."""
    units = work.units
    touched = np.array([new is not old for new, old in zip(work.shapes, units.shapes, strict=True)], dtype=bool)
    at = really(units.shapes, work.shapes, np.flatnonzero(touched))
    fixed = [entry.unit for entry in work.entries if entry.rule == INVALID]
    at = np.setdiff1d(np.union1d(at, np.array(fixed, dtype=np.intp)), units.broken)
    raw = level.raw[level.drawn[level.covers[level.drawn]]][at]
    after = _as_given(raw, work.shapes[at])
    entries = [(str(units.codes[entry.unit]), entry) for entry in work.entries]
    return Changed(level.name, [str(code) for code in units.codes[at]], raw, after, entries)


def _as_given(raw: Array, shapes: Array) -> Array:
    """Return shapes in the type of the geometry given: of a layer of multipolygons, one part is one as well."""
    result = shapes.copy()
    many = shapely.get_type_id(raw) == shapely.GeometryType.MULTIPOLYGON
    for at in np.flatnonzero(many & (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON)).tolist():
        result[at] = shapely.MultiPolygon([] if shapes[at].is_empty else [shapes[at]])
    return result


def _written(city: City, name: str, changed: list[Changed]) -> gpd.GeoDataFrame:
    """Return the frame of a level with the new shapes; everything else as it is."""
    frame = city.layers[name].frame.copy()
    mine = next((one for one in changed if one.level == name), None)
    if mine is None or not len(mine.codes):
        return frame
    geometry = frame.geometry.to_numpy().copy()
    position = {str(code): at for at, code in enumerate(frame.index)}
    for code, shape in zip(mine.codes, mine.after, strict=True):
        geometry[position[code]] = shape
    frame.geometry = gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs)
    return frame


def _notes(choices: Choices) -> tuple[str, ...]:
    unused = sorted(set(choices.by_id) - choices.used - choices.excepted)
    if not unused:
        return ()
    sentence = _("{n} decisions name no defect of these layers (settled before, or gone): {ids}")
    return (sentence.format(n=len(unused), ids=", ".join(unused[:10]) + (" ..." if len(unused) > 10 else "")),)
