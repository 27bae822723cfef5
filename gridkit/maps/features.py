"""From a run to the features of the map: one frame per level, with exactly the fields that a map may show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gridkit.coverage.reasons import reasons
from gridkit.geo.crs import to_lonlat
from gridkit.io.map_settings import EVIDENCE, FIELDS
from gridkit.locale import gettext
from gridkit.maps.evidence import Evidence
from gridkit.maps.indicators import choropleths
from gridkit.maps.pinyin import initials
from gridkit.maps.profiles import Options, military, reduced
from gridkit.model.fields import COMPOUND, LEVELS
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.maps.indicators import Choropleth
    from gridkit.model import Coverage, Findings, Layer, Run

COMPOUND_FIELDS: Final = FIELDS
"""Fields of a compound on the map; with a comparison also ``before_status``."""

AREA_FIELDS: Final = (
    "name", "initials", "parent", "numerator", "denominator", "unknown", "rate", "valid_rate", "class",
)  # fmt: skip
"""Fields of a street, community or grid on the map; for each further indicator also ``class:<id>``, ``rate:<id>``."""

TEXTS: Final = ("reason", *EVIDENCE)
"""Fields of a compound whose words depend on the language."""


def features(
    run: Run, options: Options | None = None, *, indicators: Sequence[Choropleth] | None = None
) -> dict[str, gpd.GeoDataFrame]:
    """Return level -> features in degrees, the widest level first; only levels that the city has.

    Parameters
    ----------
    run : Run
        The audit.
    options : Options, optional
        What may be shown; a public map leaves out evidence, details of compounds with few households, and military
        places.
    indicators : sequence of Choropleth, optional
        As of :func:`gridkit.maps.indicators.choropleths`, where they are there already.
    """
    options = options or Options()
    shown = choropleths(run, public=options.public) if indicators is None else indicators
    hidden = military(run.city, run.links) if options.public else frozenset()
    frames = {}
    for level in LEVELS:
        layer = run.city.layers.get(level)
        if layer is None:
            continue
        index = layer.frame.index.sort_values()
        index = index[~index.isin(hidden)] if hidden else index
        if level != COMPOUND:
            columns = _areas(run, layer, index, shown)
        else:
            columns = reduced(_compounds(run, layer, index, named=not options.public), options)
            columns["grid"] = columns["grid"].mask(columns["grid"].isin(hidden), "")
        shapes = to_lonlat(layer.frame.geometry)
        frames[level] = gpd.GeoDataFrame(columns, geometry=shapes.reindex(columns.index), crs=shapes.crs)
    return frames


def spoken(
    run: Run, frames: dict[str, gpd.GeoDataFrame], options: Options, indicators: Sequence[Choropleth]
) -> dict[str, pd.DataFrame]:
    """Return level -> the columns whose words depend on the language, in the current one.

    Parameters
    ----------
    run : Run
    frames : dict
        From :func:`features`; of a column that is empty there nothing is said here either.
    options : Options
    indicators : sequence of Choropleth
        In the current language.
    """
    said = {}
    for level, frame in frames.items():
        if level == COMPOUND:
            texts = pd.DataFrame(_texts(run, frame.index, named=not options.public), index=frame.index)
            for name in TEXTS:
                empty = frame[name].map(len).to_numpy() == 0
                texts.loc[empty, name] = pd.Series([type(v)() for v in frame.loc[empty, name]], frame.index[empty])
            said[level] = texts
        elif level in LEVELS:
            here = [one for one in indicators if level in one.areas]
            rates = {one.text: one.areas[level]["rate"].reindex(frame.index) for one in here}
            said[level] = pd.DataFrame(rates, index=frame.index)
    return said


def _compounds(run: Run, layer: Layer, index: pd.Index, *, named: bool) -> pd.DataFrame:
    attributes, places = run.attributes.frame.reindex(index), run.places.frame.reindex(index)
    coverage = run.coverage.frame.reindex(index)
    names = attributes["name"].fillna("")
    names = names.where(names != "", layer.frame["name"].reindex(index).fillna(""))
    columns = {
        "name": names,
        "initials": initials(names.tolist()),
        "type": attributes["compound_type"].fillna(""),
        **{name: attributes[name].astype("Int64") for name in ("households", "formal_members")},
        **{level: places[level].fillna("") for level in LEVELS[:3]},
        "status": coverage["status"].fillna("UNKNOWN"),
        **{name: coverage[name].fillna("unknown") for name in ("organisation", "work", "valid")},
        "rule": coverage["rule"].fillna(""),
        "unit": attributes["owner_unit"].fillna(""),
        "company": attributes["property_company"].fillna(""),
        **_texts(run, index, named=named),
    }
    return pd.DataFrame(columns, index=index)[list(COMPOUND_FIELDS)]


def _texts(run: Run, index: pd.Index, *, named: bool) -> dict[str, object]:
    """Return what is said of compounds in the current language."""
    coverage = run.coverage.frame.reindex(index)
    evidence = Evidence.of(run.city)
    return {
        "reason": reasons(run, named=named).reindex(index).fillna(""),
        "records": [evidence.records(ids) for ids in coverage["via"]],
        "waiting": [evidence.records(ids) for ids in coverage["open_via"]],
        "cells": [evidence.cells(refs) for refs in coverage["refs"]],
        "findings": _sentences(run.findings, index),
    }


def _sentences(findings: Findings, index: pd.Index) -> list[tuple[str, ...]]:
    """Return the findings about each compound in words."""
    said: dict[str, list[str]] = {}
    frame = findings.frame
    for row in frame[frame["subject"].isin(index)].to_dict("records"):
        rule = CATALOGUE.get(row["code"])
        sentence = f"{row['code']} {rule.say(row['params'])}" if rule else str(row["code"])
        said.setdefault(row["subject"], []).append(sentence)
    return [tuple(dict.fromkeys(said.get(code, ()))) for code in index]


def _areas(run: Run, layer: Layer, index: pd.Index, indicators: Sequence[Choropleth]) -> pd.DataFrame:
    parent = run.places.parents.get(layer.level)
    names = layer.frame["name"].reindex(index).fillna("")
    columns: dict[str, object] = {
        "name": names,
        "initials": initials(names.tolist()),
        "parent": "" if parent is None else parent.reindex(index).fillna(""),
        **dict.fromkeys(("numerator", "denominator", "unknown"), np.zeros(len(index), dtype=np.int64)),
        "rate": gettext("no compound"),
        "valid_rate": gettext("no compound"),
        "class": "none",
    }
    for one in indicators:
        here = one.areas.get(layer.level)
        if here is None:
            continue
        here = here.reindex(index)
        columns |= {one.column: here["class"], one.text: here["rate"]}
        if one.column == "class":
            columns |= {name: here[name] for name in ("numerator", "denominator", "unknown")}
    return pd.DataFrame(columns, index=index)


def group_of(coverage: Coverage) -> pd.Series:
    """Return compound -> group of the headline: covered, work, planned, uncovered, unknown; the groups add up.

    Organisation coverage decides first, the status the rest, so that headline and legend add up to the same.
    """
    return grouped(coverage.frame)


def grouped(frame: pd.DataFrame) -> pd.Series:
    """Return the same of ``status`` and ``organisation`` of any run.

    >>> grouped(pd.DataFrame({"status": ["OWN_BRANCH", "PLANNED"], "organisation": ["yes", "no"]})).tolist()
    ['covered', 'planned']
    """
    group = frame["status"].map({"PLANNED": "planned", "UNCOVERED": "uncovered", "UNKNOWN": "unknown"})
    group = group.astype("object").fillna("work")
    return group.mask(frame["organisation"] == "yes", "covered")
