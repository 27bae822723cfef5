"""Every row that was read, as a hash of what it says: enough to tell runs apart, nothing that could be read back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.model.fields import LAYER_FIELDS, LEVELS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.model import City

COLUMNS: Final = ("record", "kind", "code", "state", "content", "x", "y", "area_m2")
HELD: Final = "held"
"""State of a row that a workbook hides or strikes out, and about which nobody has decided."""
MILLIMETRE: Final = 3
"""Decimals to which places are kept: two libraries may differ beyond."""
DIGITS: Final = 32
PRIVATE: Final = ("address", "ineligible_reason")
"""Fields of a record that no run folder repeats: free text that may speak of persons."""


def content_rows(city: City) -> pd.DataFrame:
    """Return one row per feature and record of a city, sorted by kind, then by content, then by place in the files.

    ``content`` is the first half of the sha256 over the fields of the row without ``PRIVATE`` ones, in their fixed
    order, never over its number: a row that has moved in its file is the same row. ``x``, ``y`` (metres in the system
    of the city, the centre of the box around the shape) and ``area_m2`` say where a feature lies, rounded to the
    millimetre and to 0.01 square metres.

    Examples
    --------
    >>> from gridkit.model import City
    >>> len(content_rows(City("nowhere", "EPSG:4545")))
    0
    """
    parts = [
        _part(city.layers[level].frame, level, LAYER_FIELDS[level], codes=True)
        for level in LEVELS
        if level in city.layers
    ]
    parts += [_part(city.registries[kind].frame, kind, REGISTRY_FIELDS[kind]) for kind in sorted(city.registries)]
    parts += [_part(rows, kind, REGISTRY_FIELDS[kind], state=HELD) for kind, rows in sorted(city.pending.items())]
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame({name: pd.Series([], dtype="object") for name in COLUMNS})
    whole = pd.concat(filled, ignore_index=True)
    return whole.sort_values(["kind", "code", "content", "record"], ignore_index=True)[list(COLUMNS)]


def _part(
    frame: pd.DataFrame, kind: str, fields: Iterable[str], *, codes: bool = False, state: str = ""
) -> pd.DataFrame:
    told = [name for name in fields if name in frame and name not in PRIVATE]
    columns = [_texts(frame[name]) for name in told]
    index = frame.index.astype(str).to_numpy(dtype=object)
    code = index if codes else np.full(len(frame), "", dtype=object)
    columns = [code.tolist(), *columns] if codes else columns
    said = ("\x1f".join(row) for row in zip(*columns, strict=True))
    table = pd.DataFrame(
        {
            "record": (frame["src"].astype(str) + "!" + frame["row"].astype(str)).to_numpy(dtype=object),
            "kind": kind,
            "code": code,
            "state": state,
            "content": [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS] for text in said],
        },
        dtype=object,
    )
    x, y, area = _where(frame) if codes else (np.full(len(frame), np.nan),) * 3
    return table.assign(x=x, y=y, area_m2=area)


def _texts(values: pd.Series) -> list[str]:
    """Return values as texts that are the same on every system; nothing for what is missing."""
    if pd.api.types.is_float_dtype(values.dtype):
        return ["" if pd.isna(value) else repr(float(value)) for value in values]
    return values.astype(object).where(values.notna(), "").astype(str).tolist()


def _where(frame: pd.DataFrame) -> tuple[Any, Any, Any]:
    shapes = frame["geometry"].to_numpy()
    box = shapely.bounds(shapes)
    x, y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
    return x.round(MILLIMETRE), y.round(MILLIMETRE), np.where(np.isnan(x), np.nan, shapely.area(shapes)).round(2)
