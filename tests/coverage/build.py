"""Builds the inputs of the coverage room from a case, with links made by hand so that no linker is involved.

In a case places are named by token: ``a1`` is a compound of the tiny city, ``A1`` a grid, ``a1?`` (or ``a1?a2``) a
mention with open candidates only, anything else a mention without any candidate. Lists are separated by ``、``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd

from gridkit.model import Attributes, Links
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS
from gridkit.model.results import LINK_COLUMNS
from tests import tiny

GRIDS = {"A1": tiny.A1, "A2": tiny.A2, "B1": tiny.B1, "C1": tiny.C1}
COMMUNITIES = {"A": tiny.A, "B": tiny.B, "C": tiny.C}
_FIELDS = {  # registry -> (column, link field, level)
    "branches": [("covers", "covers", "compound"), ("unit_id", "unit", "unit"), ("parent_id", "parent", "branch"),
                 ("community_code", "community", "community")],
    "premises": [("unit_id", "unit", "unit"), ("compound_id", "compound", "compound")],
    "pairings": [("target_id", "target", "compound"), ("unit_id", "unit", "unit")],
    "compounds": [("compound_id", "compound", "compound")],
}  # fmt: skip


def build(case: dict):
    """Return city, places, links and attributes of a case."""
    complete = case.get("complete", [])
    registries = []
    for kind in REGISTRY_FIELDS:
        if kind in case:
            rows = [_row(kind, row) for row in case[kind]]
            registry = tiny.registry(kind, rows, complete=kind in complete)
            registries.append(dataclasses.replace(registry, scope=COMMUNITIES.get(case.get("scope", ""), "")))
    city = tiny.city(registries, case.get("layer"))
    city = dataclasses.replace(
        city,
        as_of=None if case.get("as_of") == "" else dt.date.fromisoformat(case.get("as_of", "2024-06-30")),
        sources=tuple(dataclasses.replace(s, scope=COMMUNITIES.get(case.get("scope", ""), "")) for s in city.sources),
    )
    if "grids" in case:
        city = _grids(city, case["grids"])
    found, given = links(city), attributes(city)
    if "held" in case:
        city = dataclasses.replace(city, pending={kind: _held(kind, rows) for kind, rows in case["held"].items()})
        more = links(city.with_pending()).frame
        held = {record for rows in city.pending.values() for record in rows.index}
        found = Links(found.frame, more[more["record"].isin(held)])
    return city, tiny.places(), found, given


def _held(kind: str, rows: list[dict]) -> pd.DataFrame:
    """Held rows stand from row 101 on; ``why`` is ``row`` where a case does not say it."""
    frame = tiny.registry(kind, [_row(kind, row) for row in rows], first_row=101).frame
    return frame.assign(why=[row.get("why", "row") for row in rows])


def _row(kind: str, row: dict) -> dict:
    row = dict(row)
    if "community_code" in row:
        row["community_code"] = COMMUNITIES.get(row["community_code"], row["community_code"])
    if kind == "branches":
        row.setdefault("branch_status", "active")
        row.setdefault("covers", "")
    return row


def _grids(city, changes):
    layer = city.layers["grid"]
    frame = layer.frame.copy()
    for token, fields in changes.items():
        for field, value in fields.items():
            frame.loc[GRIDS[token], field] = value
    return city.with_layers(grid=dataclasses.replace(layer, frame=frame))


def links(city) -> Links:
    """Links by exact token: accepted, open (``?``), or without a candidate."""
    ids = {
        "unit": {row.unit_id: record for record, row in city.rows("units").iterrows()},
        "branch": {row.branch_id: record for record, row in city.rows("branches").iterrows() if row.branch_id},
        "community": {code: code for code in COMMUNITIES.values()},
        "compound": {code: code for code in tiny.COMPOUNDS},
        "grid": GRIDS,
    }
    rows = []
    for kind, columns in _FIELDS.items():
        for record, row in city.rows(kind).iterrows():
            for column, field, level in columns:
                tokens = [token for token in str(row[column]).split("、") if token]
                for position, token in enumerate(tokens):
                    rows += _mention(record, field, position, token, level, ids)
    frame = pd.DataFrame(rows, columns=list(LINK_COLUMNS))
    frame["accepted"] = frame["accepted"].astype(bool)
    return Links(frame)


def _mention(record, field, position, token, level, ids):
    name, mark, rest = token.partition("?")
    level = "grid" if (name in GRIDS and level == "compound") or name.endswith("网格") else level
    candidates = [code for code in (name, *filter(None, rest.split("?"))) if code in ids[level]]
    base = {"record": record, "field": field, "position": position, "mention": token, "level": level, "reason": {}}
    if not candidates:
        return [base | {"code": "", "method": "none", "score": 0.0, "margin": 0.0, "rank": 1, "accepted": False}]
    return [
        base | {"code": ids[level][code], "method": "code+name", "score": 9.0, "margin": 4.0, "rank": rank,
                "accepted": not mark}
        for rank, code in enumerate(candidates, 1)
    ]  # fmt: skip


def attributes(city) -> Attributes:
    """The layer's attributes, overlaid with those of the compound registry where a row gives one."""
    layer = city.layers["compound"].frame
    fields = list(LAYER_FIELDS["compound"])
    frame = pd.DataFrame(layer[fields]).copy()
    record = layer["src"] + "!" + layer["row"].astype(str)
    origin = pd.DataFrame(dict.fromkeys(fields, record), index=frame.index)
    registry = city.registries.get("compounds")
    if registry is not None:
        for row_id, row in registry.frame.iterrows():
            for field in registry.given & set(fields):
                if row["compound_id"] in frame.index:
                    frame.loc[row["compound_id"], field] = row[field]
                    origin.loc[row["compound_id"], field] = row_id
    return Attributes(frame, origin)
