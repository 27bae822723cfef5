"""Boundary layers inspected: what is wrong in each level and between two, as records and as findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.model import Findings
from gridkit.model.boundaries import DEFECT_COLUMNS, Inspection
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, STREET
from gridkit.rules import CATALOGUE
from gridkit.topology.between import find_between
from gridkit.topology.covering import find_covering, find_nested, find_twins
from gridkit.topology.exceptions import apply_exceptions, weigh
from gridkit.topology.levels import PARENT, read_levels, system_of
from gridkit.topology.listed import codes_of, find_listed
from gridkit.topology.outlines import find_outlines
from gridkit.topology.placing import find_far, find_ties
from gridkit.topology.records import defect_ids
from gridkit.topology.resolve import ASK, GIVE, Limits
from gridkit.topology.rows import Inside, no_rows, objects
from gridkit.topology.told import tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridkit.model import City, Places
    from gridkit.topology.levels import Level

Array = np.ndarray[Any, Any]

GROUND: Final = (STREET, COMMUNITY, GRID)
"""Levels that cover the ground."""
_PEOPLE: Final = ("T201", "T202", "T207", "T351", "T352")
"""Rules whose defects are errors where a compound lies inside: it would belong to nobody, or to two."""
NOISE: Final = 10
"""Across superiors, what is narrower than this many match widths (1 m) and uninhabited is a warning: drawing noise."""
_DEFAULT: Final = Limits()


def inspect(
    city: City,
    places: Places,
    *,
    limits: Limits = _DEFAULT,
    exceptions: pd.DataFrame | None = None,
    official: pd.DataFrame | None = None,
    said: Findings | None = None,
) -> Inspection:
    """Return what is wrong with the boundary layers of a city.

    Parameters
    ----------
    city : City
    places : Places
        As returned by :func:`gridkit.geo.place` for the same city.
    limits : Limits
        How wide and large a defect may be that is settled without a person; and the match width.
    exceptions : pandas.DataFrame, optional
        Defects that are kept: ``defect_id``, ``reason``, ``role``, ``until``. They stay in the frame, with the
        exception, and are no findings. One that has ended, or concerns nothing, is a finding (T601, T602).
    official : pandas.DataFrame, optional
        Official codes (``code``, ``name``, ``parent_code``); the registry ``codes`` of the city where not given.
    said : Findings, optional
        Of :func:`gridkit.topology.check_nesting`: what it has told of a unit is no finding once more.

    Returns
    -------
    Inspection

    Notes
    -----
    Streets, communities and comprehensive grids are coverages: overlaps, gaps, slivers and edges are defects. Exclusive
    grids lie over them and compounds inside them: of these only outlines, identical shapes and (compounds) overlaps
    are told. What reading a file has made valid is told there (S134) and not once more.

    Examples
    --------
    >>> from gridkit.geo import place
    >>> from gridkit.model import City
    >>> nowhere = City("nowhere", "EPSG:4544")
    >>> len(inspect(nowhere, place(nowhere)).frame)
    0
    """
    crs = system_of(city)
    levels = read_levels(city, places, crs)
    if official is None and "codes" in city.registries:
        official = _codes(city)
    found = list(_all_rows(levels, limits, official))
    table = pd.concat(found, ignore_index=True) if found else no_rows()
    frame, params = _frame(table, levels, limits, crs=crs)
    frame = apply_exceptions(frame, exceptions, as_of=city.as_of)
    told = [*tell(city, frame, params, said=said, crs=crs), *weigh(frame, exceptions, as_of=city.as_of).findings]
    return Inspection(frame, Findings.of(told))


def _codes(city: City) -> pd.DataFrame:
    frame = city.rows("codes")
    return codes_of(frame).assign(record=[str(name) for name in frame.index])


def _all_rows(levels: Mapping[str, Level], limits: Limits, official: pd.DataFrame | None) -> Iterator[pd.DataFrame]:
    """Yield the defects of every family, level by level."""
    inside = Inside.of(levels.get(COMPOUND))
    known = official is not None and len(official) > 0
    for name, level in levels.items():
        parts = [find_outlines(level, limits), find_far(level)]
        if name in GROUND:
            covering = find_covering(level, inside, limits=limits, held=held_by_others(levels, level))
            covering = _by_children(covering, level, _below(levels, name))
            parts += [covering, *_against_parents(levels, level, covering, inside, limits=limits)]
        if name == GRID:
            over = find_twins(level, np.setdiff1d(level.drawn, np.flatnonzero(level.covers)), "T205")
            parts.append(over.assign(severity="warning"))
        if name == COMPOUND:
            parts += [*_of_compounds(levels, level, limits)]
        if known and official is not None and name in (STREET, COMMUNITY):
            parts.append(find_listed(level, official))
        yield from (part for part in parts if len(part))


def _against_parents(
    levels: Mapping[str, Level], level: Level, covering: pd.DataFrame, inside: Inside, *, limits: Limits
) -> Iterator[pd.DataFrame]:
    above = levels.get(PARENT.get(level.name, ""))
    if above is None:
        return
    if level.name == GRID:
        above = _without(above, np.isin(above.codes, np.setdiff1d(above.codes, level.parent[level.covers])))
    known = covering["geometry"].to_numpy()[covering["code"].isin(["T202", "T203", "T207"])]
    found = find_between(level, above, limits=limits, known=known)
    found["compounds"], found["households"] = inside.count(found["geometry"].to_numpy())
    yield found


def _below(levels: Mapping[str, Level], name: str) -> Level | None:
    """Return the level whose units name those of level ``name`` as parents."""
    return next((level for child, level in levels.items() if child != COMPOUND and PARENT.get(child) == name), None)


def _by_children(found: pd.DataFrame, level: Level, below: Level | None) -> pd.DataFrame:
    """Return overlaps that wait for a person with the claimant suggested that the children on the spot name.

    What the code of a child says is better evidence than the longest border.
    """
    if below is None or not len(found):
        return found
    at = np.flatnonzero(found["code"].isin(["T201", "T208"]) & (found["action"] == ASK))
    child = below.drawn[below.covers[below.drawn]]
    points = shapely.point_on_surface(found["geometry"].to_numpy()[at])
    place, which = shapely.STRtree(below.shapes[child]).query(points, predicate="intersects")
    said: dict[int, set[str]] = {}
    for one, code in zip(at[place].tolist(), below.parent[child[which]].tolist(), strict=True):
        said.setdefault(one, set()).add(code)
    for one, codes in said.items():
        if len(codes) == 1 and codes <= set(found.loc[one, "units"]):
            found.loc[one, "target"] = next(iter(codes))
    return found


def _without(level: Level, which: Array) -> Level:
    """Return a level with some shapes left out."""
    shapes = level.shapes.copy()
    shapes[which] = None
    return replace(level, shapes=shapes)


def held_by_others(levels: Mapping[str, Level], level: Level) -> Array:
    """Return what fills gaps between grids: exclusive grids, and communities that have no grids (told by T342)."""
    if level.name != GRID:
        return np.empty(0, dtype=object)
    held = [level.shapes[np.setdiff1d(level.drawn, np.flatnonzero(level.covers))]]
    if COMMUNITY in levels:
        above = levels[COMMUNITY]
        bare = np.setdiff1d(above.codes, level.parent[level.covers])
        held.append(above.shapes[np.intersect1d(above.drawn, np.flatnonzero(np.isin(above.codes, bare)))])
    return np.concatenate(held)


def _of_compounds(levels: Mapping[str, Level], level: Level, limits: Limits) -> Iterator[pd.DataFrame]:
    twins = find_twins(level, level.drawn, "T508")
    again = {unit for some in twins["units"] for unit in some[1:]}
    yield twins
    yield find_nested(level, level.drawn[~np.isin(level.codes[level.drawn], list(again))], limits)
    for name in (GRID, COMMUNITY):
        if name in levels and len(levels[name].drawn):
            yield find_ties(level, levels[name])
            return


def _frame(
    table: pd.DataFrame, levels: Mapping[str, Level], limits: Limits, *, crs: str
) -> tuple[gpd.GeoDataFrame, list[dict[str, Any]]]:
    """Return the frame of an inspection, in order of rule and place, and what each sentence needs besides."""
    corners = shapely.bounds(table["geometry"].to_numpy(dtype=object)).reshape(-1, 4)
    order = np.lexsort((table["units"].map(str), np.nan_to_num(corners[:, 1]), np.nan_to_num(corners[:, 0]),
                        table["level"], table["code"]))  # fmt: skip
    table = table.iloc[order].reset_index(drop=True)
    table["parents"] = objects(_parents(table, levels))
    table["severity"] = _severity(table, limits)
    table["auto_ok"] = (table["action"] == GIVE) & (table["severity"] != "error")
    table.loc[(table["action"] == GIVE) & ~table["auto_ok"], "action"] = ASK
    table["exception"] = ""
    geometry = table["geometry"].to_numpy(dtype=object)
    texts = pd.Series([_named(units, own) for units, own in zip(table["units"], table["params"], strict=True)])
    table.index = defect_ids_by_level(table, texts, geometry)
    frame = gpd.GeoDataFrame(table[list(DEFECT_COLUMNS)], geometry="geometry", crs=crs)
    return frame, table["params"].tolist()


def _named(units: tuple[str, ...], own: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what names a defect besides its rule and place; a code that is on no map by itself."""
    return units or tuple(str(own[key]) for key in ("value",) if key in own)


def defect_ids_by_level(table: pd.DataFrame, units: pd.Series, geometry: Array) -> pd.Index:
    """Return the id of each defect; one without a place is named by its units."""
    result = np.empty(len(table), dtype=object)
    placed = objects([shapely.Point(0, 0) if one is None or one.is_empty else one for one in geometry])
    for level in table["level"].unique():
        mine = np.flatnonzero(table["level"] == level)
        result[mine] = defect_ids(table["code"].to_numpy()[mine], units.iloc[mine], placed[mine], level=level)
    return pd.Index(result, name="defect_id", dtype="object")


def _parents(table: pd.DataFrame, levels: Mapping[str, Level]) -> list[tuple[str, ...]]:
    """Return the parents of the units of each defect, where its own row does not say them."""
    above = {name: dict(zip(level.codes, level.parent, strict=True)) for name, level in levels.items()}
    return [
        given or tuple(sorted({above[level].get(unit, "") for unit in units} - {""}))
        for given, level, units in zip(table["parents"], table["level"], table["units"], strict=True)
    ]


def _severity(table: pd.DataFrame, limits: Limits) -> Array:
    """Return how bad each defect is: as its rule says, worse where somebody lives inside or parents differ."""
    given = table["severity"].to_numpy(dtype=object)
    plain = np.array([CATALOGUE[code].severity for code in table["code"]], dtype=object)
    wide = (table["area_m2"] > limits.area) | (table["width_m"] > NOISE * limits.match_width)
    worse = table["code"].isin(_PEOPLE) & (table["compounds"] > 0)
    worse |= (table["code"] == "T201") & ((table["area_m2"] > limits.area) | ((table["cause"] == "parents") & wide))
    worse |= (table["code"] == "T351") & wide
    plain[worse.to_numpy()] = "error"
    return np.where(given == "", plain, given)
