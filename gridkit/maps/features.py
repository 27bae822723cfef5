"""From a run to the features of the map: one frame per level, with exactly the fields that a map may show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridkit.audit.format import interval
from gridkit.geo.crs import to_lonlat
from gridkit.locale import gettext
from gridkit.maps.palette import rate_class
from gridkit.model.fields import COMPOUND, LEVELS
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from gridkit.model import Coverage, Findings, Layer, Run

COMPOUND_FIELDS = (
    "name", "type", "households", "street", "community", "grid", "status", "valid", "rule", "records", "waiting",
    "cells", "findings",
)  # fmt: skip
"""Fields of a compound on the map. No count of persons, no address, no free text of a registry besides names of places
and organisations."""

AREA_FIELDS = ("name", "parent", "numerator", "denominator", "unknown", "rate", "valid_rate", "class")
"""Fields of a street, community or grid on the map."""

PUBLIC_LEAVES_OUT = ("records", "waiting", "cells", "findings")
FEW_HOUSEHOLDS = 30
"""A public map says of smaller compounds only where they are and their status (a choice of ours: households of a small
compound could be recognised)."""

DECLARED, VALID = "coverage.organisation.declared", "coverage.organisation.valid"


def features(run: Run, *, public: bool = False) -> dict[str, gpd.GeoDataFrame]:
    """Return level -> features in degrees, the widest level first; only levels that the city has.

    Parameters
    ----------
    run : Run
        The audit.
    public : bool
        Leave out evidence, and details of compounds with few households.
    """
    frames = {}
    for level in LEVELS:
        layer = run.city.layers.get(level)
        if layer is not None:
            columns = _compounds(run, layer) if level == COMPOUND else _areas(run, layer)
            if public and level == COMPOUND:
                columns = _for_the_public(columns)
            shapes = to_lonlat(layer.frame.geometry)
            frames[level] = gpd.GeoDataFrame(columns, geometry=shapes.reindex(columns.index), crs=shapes.crs)
    return frames


def _compounds(run: Run, layer: Layer) -> pd.DataFrame:
    index = layer.frame.index.sort_values()
    attributes, places = run.attributes.frame.reindex(index), run.places.frame.reindex(index)
    coverage = run.coverage.frame.reindex(index)
    names = _record_names(run)
    columns = {
        "name": attributes["name"].fillna("").where(attributes["name"].fillna("") != "", layer.frame["name"]),
        "type": attributes["compound_type"].fillna(""),
        "households": attributes["households"].astype("Int64"),
        **{level: places[level].fillna("") for level in LEVELS[:3]},
        "status": coverage["status"].fillna("UNKNOWN"),
        "valid": coverage["valid"].fillna("unknown"),
        "rule": coverage["rule"].fillna(""),
        "records": [_named(ids, names) for ids in coverage["via"]],
        "waiting": [_named(ids, names) for ids in coverage["open_via"]],
        "cells": [tuple(map(str, refs)) if isinstance(refs, tuple) else () for refs in coverage["refs"]],
        "findings": _sentences(run.findings, index),
    }
    return pd.DataFrame(columns, index=index)[list(COMPOUND_FIELDS)]


def _record_names(run: Run) -> pd.Series:
    """Return row id -> name of the organisation, for the registries that can cover a compound."""
    kinds = ("branches", "units")
    return pd.concat([run.city.rows(kind)["name"].astype("object") for kind in kinds])


def _named(ids: object, names: pd.Series) -> tuple[str, ...]:
    """Return ``name · row id`` for records, the row id alone where the record has no name."""
    if not isinstance(ids, (tuple, list)):
        return ()
    said = []
    for record in map(str, ids):
        name = names.get(record, "")
        said.append(f"{name} · {record}" if name else record)
    return tuple(said)


def _sentences(findings: Findings, index: pd.Index) -> list[tuple[str, ...]]:
    """Return the findings about each compound in words."""
    said: dict[str, list[str]] = {}
    frame = findings.frame
    for row in frame[frame["subject"].isin(index)].to_dict("records"):
        rule = CATALOGUE.get(row["code"])
        sentence = f"{row['code']} {rule.say(row['params'])}" if rule else str(row["code"])
        said.setdefault(row["subject"], []).append(sentence)
    return [tuple(dict.fromkeys(said.get(code, ()))) for code in index]


def _for_the_public(columns: pd.DataFrame) -> pd.DataFrame:
    columns = columns.copy()
    for name in PUBLIC_LEAVES_OUT:
        columns[name] = [()] * len(columns)
    few = (columns["households"] < FEW_HOUSEHOLDS).fillna(False).to_numpy(dtype=bool)
    columns["households"] = columns["households"].mask(few)
    columns["rule"] = columns["rule"].mask(few, "")
    columns["type"] = columns["type"].mask(few, "")
    return columns


def _areas(run: Run, layer: Layer) -> pd.DataFrame:
    index = layer.frame.index.sort_values()
    declared, valid = _numbers(run, DECLARED, layer.level, index), _numbers(run, VALID, layer.level, index)
    parent = run.places.parents.get(layer.level)
    columns = {
        "name": layer.frame["name"].reindex(index),
        "parent": "" if parent is None else parent.reindex(index).fillna(""),
        **{name: declared[name] for name in ("numerator", "denominator", "unknown")},
        "rate": _rates(declared),
        "valid_rate": _rates(valid),
        "class": [rate_class(*row) for row in _rows(declared)],
    }
    return pd.DataFrame(columns, index=index)[list(AREA_FIELDS)]


def _numbers(run: Run, name: str, level: str, index: pd.Index) -> pd.DataFrame:
    """Return numerator, denominator and unknown of an indicator by compounds, 0 / 0 where there is no row."""
    frame = run.indicators.frame
    rows = frame[(frame["id"] == name) & (frame["scope_level"] == level) & (frame["basis"] == "compounds")]
    rows = rows.drop_duplicates("scope").set_index("scope")
    return rows[["numerator", "denominator", "unknown"]].reindex(index).fillna(0).astype("int64")


def _rows(numbers: pd.DataFrame) -> list[tuple[int, int, int]]:
    return [(int(n), int(d), int(u)) for n, d, u in numbers.itertuples(index=False)]


def _rates(numbers: pd.DataFrame) -> list[str]:
    return [f"{n}/{d} = {interval(n, d, u)}" if d else gettext("no compound") for n, d, u in _rows(numbers)]


def group_of(coverage: Coverage) -> pd.Series:
    """Return compound -> group of the headline: covered, work, planned, uncovered, unknown; the groups add up.

    Organisation coverage decides first, the status the rest, so that headline and legend add up to the same.
    """
    frame = coverage.frame
    group = frame["status"].map({"PLANNED": "planned", "UNCOVERED": "uncovered", "UNKNOWN": "unknown"})
    group = group.astype("object").fillna("work")
    return group.mask(frame["organisation"] == "yes", "covered")
