"""One version of a boundary layer as arrays, checked: codes, names, parents, valid shapes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError
from gridkit.geo.crosswalk import areal
from gridkit.geo.labels import bare_name
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]

PARENTS: Final = ("parent_code", "street_code", "community_code", "grid_code")
"""Columns that may hold the code of the parent; the first one that is there counts."""
_PROVISIONAL: Final = "~"
_SHORT, _FULL, _TAIL = 9, 12, "000"


@dataclass(frozen=True)
class Version:
    """A layer in the order of its codes.

    ``codes``, ``names``, ``parents`` are text (``""`` where there is none); ``keys`` and ``parent_keys`` the codes as
    they are compared with those of the other version, ``""`` for a provisional one; ``shapes`` valid polygons, None
    for a unit without one.
    """

    codes: Array
    names: Array
    parents: Array
    keys: Array
    parent_keys: Array
    shapes: Array

    @cached_property
    def drawn(self) -> Array:
        """Which units have a polygon."""
        return np.asarray(~shapely.is_missing(self.shapes))

    @cached_property
    def plain_names(self) -> Array:
        """Names without blanks and offices: two that are equal mean one place."""
        known = {name: bare_name(name) if name else "" for name in set(self.names.tolist())}
        return np.array([known[name] for name in self.names.tolist()], dtype=object)


def versions(old: pd.DataFrame, new: pd.DataFrame) -> tuple[Version, Version]:
    """Return two versions whose codes can be compared.

    Street codes of 9 digits on one side are those of 12 digits with ``000`` at the end on the other.

    Parameters
    ----------
    old, new : geopandas.GeoDataFrame or pandas.DataFrame
        Indexed by code, with ``name`` and one of :data:`PARENTS` where there are such; polygons in metres of one
        system, or no geometry at all.

    Raises
    ------
    InputError
        If a code stands twice, a layer is in degrees, or the systems differ.
    """
    _demand_metres(old, new)
    codes = [_codes(frame) for frame in (old, new)]
    keys = _keys(*codes)
    above = [_parents(frame) for frame in (old, new)]
    above_keys = _keys(*above)
    found = []
    for frame, code, key, parent, parent_key in zip((old, new), codes, keys, above, above_keys, strict=True):
        order = np.argsort(code, kind="stable")
        shapes = np.full(len(frame), None, dtype=object)
        if _has_geometry(frame):
            shapes = areal(np.asarray(frame.geometry.array, dtype=object))
        names = _texts(frame["name"]) if "name" in frame else np.full(len(frame), "", dtype=object)
        found.append(Version(*(part[order] for part in (code, names, parent, key, parent_key, shapes))))
    return found[0], found[1]


def _has_geometry(frame: pd.DataFrame) -> bool:
    return getattr(frame, "_geometry_column_name", None) in frame.columns


def _texts(values: Sequence[Any] | pd.Series) -> Array:
    return np.array([str(one).strip() if isinstance(one, str) else "" for one in values], dtype=object)


def _codes(frame: pd.DataFrame) -> Array:
    codes = np.array([str(code) for code in frame.index], dtype=object)
    double = pd.Series(codes, dtype=object).duplicated()
    if double.any():
        raise InputError(
            N_("codes stand more than once: {codes}"),
            remedy=N_("give each unit a code of its own"),
            codes=", ".join(sorted(set(codes[double.to_numpy()]))[:10]),
        )
    return codes


def _parents(frame: pd.DataFrame) -> Array:
    column = next((name for name in PARENTS if name in frame), None)
    return np.full(len(frame), "", dtype=object) if column is None else _texts(frame[column])


def _keys(old: Array, new: Array) -> tuple[Array, Array]:
    """Return codes as they are compared: shortened on both sides where only one side fills them up with zeros."""
    lengths = [{len(code) for code in codes.tolist() if code.isdigit()} for codes in (old, new)]
    shorten = any(_SHORT in one and _FULL not in one and _FULL in other for one, other in (lengths, lengths[::-1]))
    for short in (shorten, False):
        keys = [np.array([_key(code, short) for code in codes.tolist()], dtype=object) for codes in (old, new)]
        if all(len(set(key)) >= len(set(code)) - _made(code) for key, code in zip(keys, (old, new), strict=True)):
            break
    return keys[0], keys[1]


def _made(codes: Array) -> int:
    """Return how many codes are no codes: made by gridkit for features without one."""
    return sum(code.startswith(_PROVISIONAL) for code in codes.tolist())


def _key(code: str, shorten: bool) -> str:
    if code.startswith(_PROVISIONAL):
        return ""
    return code[:_SHORT] if shorten and len(code) == _FULL and code.isdigit() and code.endswith(_TAIL) else code


def _demand_metres(old: pd.DataFrame, new: pd.DataFrame) -> None:
    placed = [frame for frame in (old, new) if _has_geometry(frame) and not frame.geometry.is_empty.all()]
    for frame in placed:
        crs = frame.crs
        if crs is not None and (crs.is_geographic or crs.axis_info[0].unit_conversion_factor != 1.0):
            raise InputError(
                N_("the layer is not in metres: areas and distances cannot be measured"),
                remedy=N_("bring both layers to one system in metres"),
            )
    if len(placed) == 2 and (placed[0].crs != placed[1].crs or _degrees_and_metres(*placed)):
        raise InputError(N_("the layers are in different coordinate systems"), remedy=N_("bring them to one system"))


def _degrees_and_metres(*frames: pd.DataFrame) -> bool:
    """Tell whether, of two layers that state no system, one is in degrees and the other one is not."""
    if frames[0].crs is not None:
        return False
    bounds = [frame.total_bounds for frame in frames]
    degrees = [bool((np.abs(one) <= [180.0, 90.0, 180.0, 90.0]).all()) for one in bounds]
    far = [bool(np.abs(one).max() > 10_000) for one in bounds]
    return (degrees[0] and far[1]) or (degrees[1] and far[0])
