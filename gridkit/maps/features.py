"""From a run to the features of the map: one frame per level, with exactly the fields that a map may show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridkit.coverage.reasons import reasons
from gridkit.geo.crs import to_lonlat
from gridkit.locale import gettext
from gridkit.maps.evidence import Evidence
from gridkit.maps.palette import rate_class
from gridkit.maps.rates import DECLARED, VALID, Numbers, in_words, numbers
from gridkit.model.fields import COMPOUND, LEVELS
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from gridkit.model import Coverage, Findings, Layer, Run

COMPOUND_FIELDS = (
    "name", "type", "households", "formal_members", "street", "community", "grid", "status", "organisation", "work",
    "valid", "reason", "rule", "records", "waiting", "cells", "findings",
)  # fmt: skip
"""Fields of a compound on the map. Of persons only the number of formal members, and that on an internal map only; no
address, no free text of a registry besides names of places and organisations."""

AREA_FIELDS = ("name", "parent", "numerator", "denominator", "unknown", "rate", "valid_rate", "class")
"""Fields of a street, community or grid on the map."""

PUBLIC_LEAVES_OUT = ("records", "waiting", "cells", "findings")
FEW_HOUSEHOLDS = 30
"""A public map says of smaller compounds only where they are and their status (a choice of ours: households of a small
compound could be recognised)."""


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
            columns = _compounds(run, layer, public=public) if level == COMPOUND else _areas(run, layer)
            if public and level == COMPOUND:
                columns = _for_the_public(columns)
            shapes = to_lonlat(layer.frame.geometry)
            frames[level] = gpd.GeoDataFrame(columns, geometry=shapes.reindex(columns.index), crs=shapes.crs)
    return frames


def _compounds(run: Run, layer: Layer, *, public: bool) -> pd.DataFrame:
    index = layer.frame.index.sort_values()
    attributes, places = run.attributes.frame.reindex(index), run.places.frame.reindex(index)
    coverage = run.coverage.frame.reindex(index)
    evidence = Evidence.of(run.city)
    columns = {
        "name": attributes["name"].fillna("").where(attributes["name"].fillna("") != "", layer.frame["name"]),
        "type": attributes["compound_type"].fillna(""),
        **{name: attributes[name].astype("Int64") for name in ("households", "formal_members")},
        **{level: places[level].fillna("") for level in LEVELS[:3]},
        "status": coverage["status"].fillna("UNKNOWN"),
        **{name: coverage[name].fillna("unknown") for name in ("organisation", "work", "valid")},
        "reason": reasons(run, named=not public).reindex(index).fillna(""),
        "rule": coverage["rule"].fillna(""),
        "records": [evidence.records(ids) for ids in coverage["via"]],
        "waiting": [evidence.records(ids) for ids in coverage["open_via"]],
        "cells": [evidence.cells(refs) for refs in coverage["refs"]],
        "findings": _sentences(run.findings, index),
    }
    return pd.DataFrame(columns, index=index)[list(COMPOUND_FIELDS)]


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
    columns["formal_members"] = pd.array([None] * len(columns), dtype="Int64")
    for name in ("type", "rule", "reason"):
        columns[name] = columns[name].mask(few, "")
    return columns


def _areas(run: Run, layer: Layer) -> pd.DataFrame:
    index = layer.frame.index.sort_values()
    declared, valid = (
        numbers(run, name, layer.level).reindex(index).fillna(0).astype("int64") for name in (DECLARED, VALID)
    )
    parent = run.places.parents.get(layer.level)
    columns = {
        "name": layer.frame["name"].reindex(index),
        "parent": "" if parent is None else parent.reindex(index).fillna(""),
        **{name: declared[name] for name in ("numerator", "denominator", "unknown")},
        "rate": _rates(declared),
        "valid_rate": _rates(valid),
        "class": [rate_class(*row[:3]) for row in _rows(declared)],
    }
    return pd.DataFrame(columns, index=index)[list(AREA_FIELDS)]


def _rows(table: pd.DataFrame) -> list[Numbers]:
    return [(int(n), int(d), int(u), int(less), int(more)) for n, d, u, less, more in table.itertuples(index=False)]


def _rates(table: pd.DataFrame) -> list[str]:
    return [in_words(*row) if row[1] else gettext("no compound") for row in _rows(table)]


def group_of(coverage: Coverage) -> pd.Series:
    """Return compound -> group of the headline: covered, work, planned, uncovered, unknown; the groups add up.

    Organisation coverage decides first, the status the rest, so that headline and legend add up to the same.
    """
    frame = coverage.frame
    group = frame["status"].map({"PLANNED": "planned", "UNCOVERED": "uncovered", "UNKNOWN": "unknown"})
    group = group.astype("object").fillna("work")
    return group.mask(frame["organisation"] == "yes", "covered")
