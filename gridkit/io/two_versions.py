"""Two versions of one boundary layer, read and brought together: one level, one datum, one metric system."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gridkit.errors import LayerError, TableError
from gridkit.geo.crs import to_lonlat
from gridkit.geo.detect import SAME, score_pairs
from gridkit.io.city import choose_crs
from gridkit.io.layers import PROVISIONAL, finish
from gridkit.io.shifts import convert_datum, shift_of
from gridkit.io.vector import read_layer
from gridkit.locale import N_
from gridkit.model import Findings
from gridkit.model.fields import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from gridkit.io.drafts import Draft

Note = tuple[str, dict[str, Any]]

CONVERTED: Final = N_(
    "the coordinates of {file} are those of {datum} as seen from {other}: they were converted for this comparison; "
    "state the system of both files to say otherwise"
)
DOUBTED: Final = N_(
    "{file} is stated to be in {stated}, but compared with {other} its coordinates look like {datum}: nothing was "
    "converted"
)
SHIFTED: Final = N_(
    "{file} lies off {other} as a whole, by {dx} m to the east and {dy} m to the north: borders that only moved with "
    "it are told as changes"
)
UNKNOWN: Final = N_("{n} compounds have no number of households and count none")
NOWHERE: Final = N_("{n} compounds with households have no place: their households belong to no unit")
_PARENT_OF: Final = {9: 6, 12: 9, 15: 12}
"""Digits of a statistical code -> digits of the code of what lies above."""
_PARENT_FIELDS: Final = {"community": "street_code", "grid": "community_code", "compound": "grid_code"}


@dataclass(frozen=True)
class TwoVersions:
    """Two versions of a layer in metres, with ``parent_code``; compounds where asked for; what is to be told."""

    level: str
    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame | None
    findings: Findings
    notes: tuple[Note, ...] = ()


def read_versions(
    old: Path,
    new: Path,
    *,
    level: str = "",
    layers: tuple[str, str] = ("", ""),
    columns: Mapping[str, str] | None = None,
    crs: tuple[str, str] = ("", ""),
    compounds: Path | None = None,
) -> TwoVersions:
    """Read two versions of a layer, and compounds with households.

    Parameters
    ----------
    old, new : pathlib.Path
        Boundary files, or tables of codes and names.
    level : str
        ``street``, ``community``, ``grid`` or ``compound``; found by the columns of the older file where it is ``""``.
    layers, crs : pair of str
        Layer and coordinate system of each; ``""`` for what the file itself says. Of a system that is not stated the
        numbers are compared with those of the other version, and brought to its datum where they clearly say which.
    columns : mapping of str to str, optional
        Field -> attribute name, for both files.
    compounds : pathlib.Path, optional
        Layer or table of compounds with households.

    Raises
    ------
    LayerError, TableError
        If a file cannot be used.
    """
    level, first = _first(old, level, layer=layers[0], columns=columns, crs=crs[0])
    drafts = [first, _read(new, level, layer=layers[1], columns=columns, crs=crs[1])]
    drafts, notes = _brought_together(drafts, crs, (old.name, new.name))
    metric = choose_crs(drafts)
    done = [finish(draft, metric) for draft in drafts]
    found = [note for one in done for note in one.notes]
    frames = [_with_parents(one.layer.frame, level) for one in done]
    homes = None
    if compounds is not None:
        third = finish(_read(compounds, "compound", layer="", columns=None, crs=""), metric)
        homes = third.layer.frame
        found += third.notes
        notes += _unknown(homes, third.layer.given, compounds.name)
    return TwoVersions(level, frames[0], frames[1], homes, Findings.of(found), tuple(notes))


def _unknown(homes: gpd.GeoDataFrame, given: frozenset[str], name: str) -> list[Note]:
    """Demand numbers of households, and tell of compounds without one, and without a place."""
    if "households" not in given:
        raise LayerError(
            N_("there is no column with numbers of households"),
            place=name,
            remedy=N_("name a file of compounds with one, for example 户数"),
        )
    unknown = int(homes["households"].isna().sum())
    nowhere = int((homes.geometry.isna() & (homes["households"].fillna(0) > 0)).sum())
    notes: list[Note] = [(UNKNOWN, {"n": unknown})] if unknown else []
    return notes + ([(NOWHERE, {"n": nowhere})] if nowhere else [])


def _read(path: Path, level: str, *, layer: str, columns: Mapping[str, str] | None, crs: str) -> Draft:
    return read_layer(path.name, path.parent, level, layer=layer, columns=columns, crs=crs)


def _first(path: Path, level: str, *, layer: str, columns: Mapping[str, str] | None, crs: str) -> tuple[str, Draft]:
    """Read the older version; without a level the first one whose columns are there."""
    if level:
        return level, _read(path, level, layer=layer, columns=columns, crs=crs)
    found: dict[str, Draft] = {}
    problem: LayerError | TableError | None = None
    for one in LEVELS:
        try:
            draft = _read(path, one, layer=layer, columns=columns, crs=crs)
        except (LayerError, TableError) as failed:
            problem = problem or failed
            continue
        if {"code", "name"} <= draft.records.given:
            return one, draft
        found[one] = draft
    if not found:
        assert problem is not None
        raise problem
    level = max(found, key=lambda one: len(found[one].records.given & {"code", "name"}))
    return level, found[level]


def _brought_together(
    drafts: Sequence[Draft], stated: tuple[str, str], names: tuple[str, str]
) -> tuple[list[Draft], list[Note]]:
    """Bring both versions to one datum where their numbers say clearly that they are not in one."""
    drafts = list(drafts)
    pairs = _pairs(*drafts)
    if pairs is None:
        return drafts, []
    scores = score_pairs(*pairs)
    verdict = scores.verdict
    if not verdict or verdict == SAME:
        if scores.shift == (0.0, 0.0):
            return drafts, []
        dx, dy = (f"{one:g}" for one in scores.shift)
        return drafts, [(SHIFTED, {"file": names[0], "other": names[1], "dx": dx, "dy": dy})]
    side = int(verdict.startswith("reverse"))
    datum = verdict.removeprefix("reverse ")
    values = {"file": names[side], "other": names[1 - side], "datum": datum, "stated": stated[side]}
    if stated[side]:
        return drafts, [(DOUBTED, values)]
    draft = drafts[side]
    degrees = to_lonlat(draft.geometry)
    moved = convert_datum(degrees.to_numpy(), shift_of(datum))
    geometry = gpd.GeoSeries(moved, index=degrees.index, crs=degrees.crs)
    drafts[side] = replace(draft, geometry=geometry, crs=str(degrees.crs.to_string()))
    return drafts, [(CONVERTED, values)]


def _pairs(old: Draft, new: Draft) -> tuple[gpd.GeoSeries, gpd.GeoSeries] | None:
    """Return the polygons of units that both versions have, position by position, in degrees; None for none."""
    for field in ("code", "name"):
        series = [_by(draft, field) for draft in (old, new)]
        shared = series[0].index.intersection(series[1].index).sort_values()
        if len(shared):
            return to_lonlat(series[0][shared]), to_lonlat(series[1][shared])
    return None


def _by(draft: Draft, field: str) -> gpd.GeoSeries:
    frame = draft.records.frame
    if field not in frame:
        return draft.geometry.iloc[:0].set_axis(np.zeros(0, dtype=object))
    words = frame[field].astype(object).fillna("").to_numpy()
    there = np.asarray(shapely.get_dimensions(draft.geometry.to_numpy()) == 2) & (words != "")
    series = draft.geometry[there].set_axis(words[there])
    return series[~series.index.duplicated(keep=False)]


def _with_parents(frame: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Return a layer with ``parent_code``: as stated, else the digits of a statistical code that say it."""
    stated = frame[_PARENT_FIELDS[level]] if level in _PARENT_FIELDS else None
    codes: list[str] = []
    for at, code in enumerate(frame.index):
        said = "" if stated is None else str(stated.iloc[at] or "")
        codes.append(said or _above(str(code), level))
    return frame.assign(parent_code=np.array(codes, dtype=object))


def _above(code: str, level: str) -> str:
    """Return the code of the parent that a code begins with, ``""`` where it names none.

    >>> _above("110105020000", "street"), _above("110105020001", "community"), _above("7", "street")
    ('110105', '110105020', '')
    """
    if not code.isdigit() or code.startswith(PROVISIONAL):
        return ""
    short = code[:9] if level == "street" and len(code) == 12 and code.endswith("000") else code
    return short[: _PARENT_OF[len(short)]] if len(short) in _PARENT_OF and level != "compound" else ""


def names_of(frame: pd.DataFrame) -> dict[str, str]:
    """Return code -> name."""
    return {str(code): str(name) for code, name in zip(frame.index, frame["name"], strict=True)}
