"""Audits of the cities of :mod:`benchmarks.map_worlds`, without reading or linking anything: what a map is made of."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gridkit.audit import measure
from gridkit.model import Attributes, City, Coverage, Findings, Layer, Links, Places, Run, conform
from gridkit.model.fields import COMPOUND, LAYER_FIELDS
from gridkit.model.results import CLAIM_COLUMNS, LINK_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

CRS: Final = "EPSG:4544"
_ORGANISATION: Final = {"OWN_BRANCH": "yes", "JOINT_BRANCH": "yes", "UNIT_ORG": "yes", "UNKNOWN": "unknown"}
_WORK: Final = {"UNCOVERED": "no", "PLANNED": "no", "UNKNOWN": "unknown"}
_PARENT: Final = {"community": "street_code", "grid": "community_code"}


def run_of(frames: Mapping[str, gpd.GeoDataFrame], *, language: str = "zh") -> Run:
    """Return the audit of a city of :func:`benchmarks.map_worlds.map_world`: its statuses as the coverage.

    Examples
    --------
    >>> from benchmarks.map_worlds import map_world
    >>> run = run_of(map_world(1_000))
    >>> len(run.coverage.frame), len(run.city.layers)
    (1131, 4)
    """
    layers = {level: _layer(level, frame) for level, frame in frames.items()}
    city = City("示例市", CRS, dt.date(2024, 6, 30), layers)
    compounds = frames[COMPOUND].drop(columns="geometry").sort_index()
    inside = compounds[["grid", "community", "street"]].assign(method="contains", share=1.0)
    parents = {level: pd.Series(frames[level]["parent"]) for level in _PARENT if level in frames}
    places = Places(inside.rename_axis("code"), parents)
    coverage = _coverage(compounds)
    attributes = layers[COMPOUND].frame[list(LAYER_FIELDS[COMPOUND])].sort_index()
    links = Links(pd.DataFrame(columns=list(LINK_COLUMNS)))
    held = Attributes(pd.DataFrame(attributes), pd.DataFrame("", index=attributes.index, columns=attributes.columns))
    return Run(
        city=city,
        places=places,
        links=links,
        attributes=held,
        coverage=coverage,
        indicators=measure(city, places, links, held, coverage),
        claims=pd.DataFrame(columns=list(CLAIM_COLUMNS)),
        findings=Findings.none(),
        inputs_hash="5f" * 32,
        language=language,
    )


def _layer(level: str, frame: gpd.GeoDataFrame) -> Layer:
    columns: dict[str, Any] = {"name": frame["name"]}
    if level in _PARENT:
        columns[_PARENT[level]] = frame["parent"]
    if level == COMPOUND:
        columns |= {
            "compound_type": frame["type"],
            "households": frame["households"],
            "community_code": frame["community"],
            "grid_code": frame["grid"],
            "address": frame["address"],
            "property_company": frame["company"],
            "eligible": "yes",
        }
    table = pd.DataFrame(columns, index=frame.index).assign(src=f"{level}.gpkg!{level}", row=np.arange(len(frame)) + 1)
    given = frozenset(columns)
    shapes = gpd.GeoSeries(frame.geometry).to_crs(CRS)
    return Layer(level, gpd.GeoDataFrame(conform(table, LAYER_FIELDS[level]), geometry=shapes, crs=CRS), given)


def _coverage(compounds: pd.DataFrame) -> Coverage:
    status = compounds["status"]
    frame = pd.DataFrame(
        {
            "status": status,
            "organisation": status.map(_ORGANISATION).fillna("no"),
            "work": status.map(_WORK).fillna("yes"),
            "valid": np.where(np.arange(len(status)) % 9 == 0, "no", "yes"),
            "rule": status,
        },
        index=pd.Index(compounds.index, name="code"),
    )
    reasons = compounds["reason"].tolist()
    frame["via"] = [(f"branches.xlsx!Sheet1!{at + 2}",) for at in range(len(frame))]
    frame["open_via"] = [()] * len(frame)
    frame["flags"] = [()] * len(frame)
    frame["refs"] = [(f"branches.xlsx!Sheet1!B{at + 2}", reason) for at, reason in enumerate(reasons)]
    return Coverage(frame, "strict", ("OWN_BRANCH", "JOINT_BRANCH", "UNIT_ORG"))
