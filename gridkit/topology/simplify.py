"""Levels with fewer vertices that still fit: common borders stay common, parents are what their children add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError
from gridkit.locale import N_
from gridkit.model.fields import COMMUNITY, GRID, STREET
from gridkit.rules.labels import label
from gridkit.topology.defects import find_defects, widths
from gridkit.topology.misfits import find_misfits
from gridkit.topology.nested import parents_of
from gridkit.topology.rows import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.topology.levels import Level

Array = np.ndarray[Any, Any]

ORDER: Final = (GRID, COMMUNITY, STREET)
"""Levels from the lowest to the highest."""
FIT: Final = 0.001
"""Metres that a parent and its children may differ by."""
NAMED: Final = 10
"""Defects that a refusal names."""


def simplify_levels(levels: Mapping[str, Level], tolerance: float) -> dict[str, pd.Series]:
    """Return the levels with fewer vertices.

    Parameters
    ----------
    levels : mapping of str to Level
        From :func:`gridkit.topology.levels.read_levels`, in metres.
    tolerance : float
        Metres: about the square root of the area by which a border may move at one vertex.

    Returns
    -------
    dict of str to pandas.Series
        Level -> shapes by code, of every unit that should cover the ground. Exclusive grids and compounds, which are
        no coverages, are not in it.

    Raises
    ------
    InputError
        If a level is no coverage, or does not add up to the level above; the defects are named.

    Notes
    -----
    The lowest units are simplified together: grids, communities without grids, streets without either. Every level
    above is put together from them by code, so that no border is simplified twice. Vertices are left out, never moved:
    those that stay keep their numbers.
    """
    present = [name for name in ORDER if name in levels and len(_covering(levels[name]))]
    if not present:
        raise InputError(N_("there is no layer of areas to simplify"), place="gridkit.toml")
    shapes, codes, home = _atoms(levels, present)
    _demand_coverage(shapes, codes)
    for name in present:
        _demand_fit(levels[name], shapes, home[name])
    smaller = shapely.coverage_simplify(shapes, tolerance)
    return {name: _put_together(levels[name], smaller, home[name]) for name in present}


def _covering(level: Level) -> Array:
    """Return the units that are drawn and cover the ground."""
    at: Array = level.drawn[level.covers[level.drawn]]
    return at


def _atoms(levels: Mapping[str, Level], present: list[str]) -> tuple[Array, Array, dict[str, Array]]:
    """Return the lowest units with their codes, and per level the unit that each belongs to (position, -1 for none)."""
    parts: list[tuple[str, Array]] = []
    used: set[str] = set()
    for name in present:
        at = _covering(levels[name])
        parts.append((name, at[~np.isin(levels[name].codes[at], list(used))]))
        used = _ancestors(levels[name], at, parts[-1][1], used)
    shapes = np.concatenate([levels[name].shapes[at] for name, at in parts])
    codes = np.concatenate([levels[name].codes[at] for name, at in parts])
    home: dict[str, Array] = {}
    for name in present:
        codes_here = pd.Index(levels[name].codes[_covering(levels[name])])
        home[name] = np.concatenate([
            codes_here.get_indexer(pd.Index(_codes_above(levels, present, part, at, name), dtype=object))
            for part, at in parts
        ])  # fmt: skip
    return shapes, codes, home


def _ancestors(level: Level, at: Array, fresh: Array, used: set[str]) -> set[str]:
    """Return the codes of the units above that already have a part."""
    mine = at[np.isin(level.codes[at], list(used))]
    return {str(code) for code in level.parent[np.union1d(fresh, mine)]} - {""}


def _codes_above(levels: Mapping[str, Level], present: list[str], name: str, at: Array, wanted: str) -> Array:
    """Return the code of the unit of the level ``wanted`` that each unit of ``name`` belongs to, ``""`` for none."""
    start, end = ORDER.index(name), ORDER.index(wanted)
    if end < start:
        return np.full(len(at), "", dtype=object)
    codes: Array = levels[name].codes[at].astype(object)
    for step in range(start, end):
        here = ORDER[step]
        if here not in present:
            return np.full(len(at), "", dtype=object)
        parent = dict(zip(levels[here].codes, levels[here].parent, strict=True))
        codes = np.array([parent.get(code, "") for code in codes], dtype=object)
    return codes


def _demand_coverage(shapes: Array, codes: Array) -> None:
    """Refuse units that overlap or whose common borders do not match, and name some of them."""
    if shapely.coverage_is_valid(shapes):
        return
    defects = find_defects(shapes)
    over = np.flatnonzero((defects.frame["count"] > 1).to_numpy())
    claimed = defects.claimed[defects.claimed["defect"].isin(over)]
    named = [
        f"{' / '.join(codes[some.to_numpy(np.intp)])} ({number(defects.frame['area'].iloc[int(str(at))])} m²)"
        for at, some in list(claimed.groupby("defect")["unit"])[:NAMED]
    ]
    if not named:
        uneven = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
        named = [str(code) for code in codes[uneven[:NAMED]]]
    raise InputError(
        N_("the units are no coverage, so no border can be simplified for both sides: {n} places, {names}"),
        remedy=N_("repair the layers first: gridkit repair --apply -o DIR"),
        n=len(over) or len(named), names="; ".join(named) + (" …" if len(over) > NAMED else ""),
    )  # fmt: skip


def _demand_fit(level: Level, shapes: Array, home: Array) -> None:
    """Refuse a level that its lowest units do not add up to."""
    at = _covering(level)
    found = find_misfits(shapes[home >= 0], home[home >= 0], level.shapes[at])
    wrong = found[widths(found["geometry"].to_numpy()) > FIT] if len(found) else found
    if not len(wrong):
        return
    names = [
        f"{' / '.join(level.codes[at[list(drawn)]]) or '–'} ({number(area)} m²)"
        for drawn, area in wrong[["drawn", "area"]].head(NAMED).itertuples(index=False)
    ]
    raise InputError(
        N_("the outlines of the {level} are not what the units below add up to: {n} places, {names}"),
        remedy=N_("repair the layers first: gridkit repair --apply -o DIR"),
        level=label(level.name, "table"), n=len(wrong), names="; ".join(names) + (" …" if len(wrong) > NAMED else ""),
    )  # fmt: skip


def _put_together(level: Level, shapes: Array, home: Array) -> pd.Series:
    at = _covering(level)
    made = parents_of(shapes, home, len(at))
    given = level.raw[at]
    many = shapely.get_type_id(given) == shapely.GeometryType.MULTIPOLYGON
    for one in np.flatnonzero(many & (shapely.get_type_id(made) == shapely.GeometryType.POLYGON)).tolist():
        made[one] = shapely.MultiPolygon([made[one]])
    return pd.Series(made, index=pd.Index(level.codes[at], dtype=object), dtype=object)
