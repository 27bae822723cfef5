"""The tree of party organisations: orphans, cycles, missing and skipped tiers, double heads, and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.concern import Concern, fields, findings
from gridkit.coverage.duplicates import EXISTING, later_rows, plain_name
from gridkit.coverage.facts import branch_table, scopes
from gridkit.coverage.grids import grid_concerns
from gridkit.coverage.ties import Open
from gridkit.rules.ruleset import Thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.model import City, Findings, Links, Places

TIERS = {"street": 0, "community": 1, "grid": 2, "compound": 2, "joint": 2, "functional": 2}
"""Tier of each kind of organisation in the territorial tree (D1-1); other kinds are led along other lines."""


def check_tree(city: City, places: Places, links: Links, *, thresholds: Thresholds | None = None) -> Findings:
    """Return the findings C201-C218: the tree of organisations, its branches, and branches and groups against grids.

    Silence is a finding (C203, C207, C211) only where a branch registry is declared complete.
    """
    limits = thresholds or Thresholds()
    split = Open.of(links)
    table = branch_table(city, split, least=limits.min_formal_members)
    if table.empty:
        return findings([*_missing_tier(city, split, table), *grid_concerns(city, places, split, table=table)], city)
    parent = parents(city, split)
    found = [
        *_orphans(city, split, table, parent=parent),
        *_cycles(city, parent),
        *_missing_tier(city, split, table),
        *_skips(city, table, parent),
        *_double_heads(city, table),
        *_rows(city, split, table, limits=limits),
        *grid_concerns(city, places, split, table=table),
    ]
    return findings(found, city)


def parents(city: City, links: Open) -> pd.Series:
    """Return the row id of the superior of each branch (``""`` for none): the accepted link, else the exact code."""
    rows = city.rows("branches")
    sure = links.sure[(links.sure["field"] == "parent") & (links.sure["level"] == "branch")]
    linked = sure.drop_duplicates("record").set_index("record")["code"].reindex(rows.index)
    ids = rows["branch_id"][(rows["branch_id"] != "") & ~rows["branch_id"].duplicated(keep=False)]
    by_code = rows["parent_id"].map(pd.Series(ids.index, index=ids.to_numpy(), dtype="object"))
    found = linked.where(linked.isin(rows.index), by_code)
    return found.fillna("").astype("object")


def _orphans(city: City, links: Open, table: pd.DataFrame, *, parent: pd.Series) -> Iterator[Concern]:
    """C201: a superior is named but not found; C206: none is named where the registry has that column."""
    rows = city.rows("branches")
    stated = rows["parent_name"].where(rows["parent_name"] != "", rows["parent_id"])
    waiting = links.perhaps.loc[links.perhaps["field"] == "parent", "record"]
    active = table["status"] == "active"
    lost = (stated != "") & (parent == "") & ~rows.index.isin(waiting) & active
    for record in rows.index[lost]:
        params = {"branch": rows.loc[record, "name"], "parent": stated[record]}
        yield Concern("C201", record, (), params, fields(record, "parent_name", "parent_id"))
    if not {"parent_id", "parent_name"} & given(city):
        return
    below = table["kind"].map(TIERS).fillna(0).gt(0) | (table["level"] == "group")
    for record in rows.index[(stated == "") & (parent == "") & below & active]:
        yield Concern("C206", record, (), {"branch": rows.loc[record, "name"]}, fields(record, "parent_name"))


def given(city: City) -> frozenset[str]:
    """Return the fields that the branch registry has columns for."""
    registry = city.registries.get("branches")
    return registry.given if registry else frozenset()


def _cycles(city: City, parent: pd.Series) -> Iterator[Concern]:
    """C202: one finding per cycle, at its first row."""
    rows = city.rows("branches")
    up = parent.index.get_indexer(parent)
    for members in cycles(up):
        records = sorted(parent.index[members])
        where = tuple((record, "parent_id") for record in records)
        params = {"branch": rows.loc[records[0], "name"], "count": len(records)}
        yield Concern("C202", records[0], (), params, where)


def cycles(up: np.ndarray[Any, Any]) -> list[list[int]]:
    """Return the cycles of a forest given by the position of each node's parent (-1 for none).

    Pointer doubling: after n steps upwards only nodes of cycles are left.

    >>> cycles(np.array([1, 0, 0, -1, 4]))
    [[0, 1], [4]]
    """
    if len(up) == 0:
        return []
    jump = np.append(np.where(up < 0, len(up), up), len(up))
    for _ in range(len(up).bit_length()):
        jump = jump[jump]
    on_cycle = sorted(set(jump.tolist()) - {len(up)})
    seen: set[int] = set()
    result = []
    for start in on_cycle:
        ring: list[int] = []
        node = start
        while node not in seen:
            seen.add(node)
            ring.append(node)
            node = int(up[node])
        if ring:
            result.append(sorted(ring))
    return result


def _missing_tier(city: City, links: Open, table: pd.DataFrame) -> Iterator[Concern]:
    """C203: a community of the layer without a community organisation, where the branch registry is complete."""
    if "community" not in city.layers or "branches" not in city.registries:
        return
    layer = city.layers["community"].frame
    heads = table.index[(table["kind"] == "community") & table["status"].isin(EXISTING)]
    waiting = links.perhaps[(links.perhaps["field"] == "community") & links.perhaps["record"].isin(heads)]
    known = set(table.loc[heads, "community"]) | set(waiting["code"])
    silent = scopes(city, "branches")
    for code, name in layer["name"].items():
        if code not in known and name not in known and any(str(code).startswith(scope) for scope in silent):
            yield Concern("C203", str(code), (), {"community": name}, (), ("community", str(code)))


def _skips(city: City, table: pd.DataFrame, parent: pd.Series) -> Iterator[Concern]:
    """C204: more than one tier between an organisation and its superior, or the wrong way round."""
    rows = city.rows("branches")
    tier = table["kind"].map(TIERS)
    below = tier.where((table["level"] != "group") | tier.isna(), 2)
    above = tier.reindex(parent.to_numpy()).to_numpy()
    step = below.to_numpy(float) - above
    wrong = ((step > 1) | (step < 0)) & (table["status"] == "active").to_numpy()
    for record in rows.index[wrong]:
        over = parent[record]
        params = {
            "branch": rows.loc[record, "name"],
            "kind": table.loc[record, "kind"],
            "parent": rows.loc[over, "name"],
            "parent_kind": table.loc[over, "kind"],
        }
        yield Concern("C204", record, (), params, fields(record, "parent_name", "parent_id"))


def _double_heads(city: City, table: pd.DataFrame) -> Iterator[Concern]:
    """C205: two organisations that lead the same community or street."""
    rows = city.rows("branches")
    active = (table["status"] == "active") & ~table["duplicate"]
    streets = rows["street_name"].map(plain_name)
    for kind, key, level in (("community", table["community"], "community"), ("street", streets, "")):
        heads = key[active & (table["kind"] == kind) & (key != "")]
        for place, records in heads.groupby(heads).groups.items():
            if len(records) > 1:
                first = min(records)
                params = {"place": str(place), "count": len(records), "branch": rows.loc[first, "name"]}
                where = tuple((record, "name") for record in sorted(records))
                yield Concern("C205", first, (), params, where, (level, str(place)))


def _rows(city: City, links: Open, table: pd.DataFrame, *, limits: Thresholds) -> Iterator[Concern]:
    """C214-C218: what single branch rows say of themselves."""
    rows = city.rows("branches")
    active = table["status"] == "active"
    covering = links.sure.loc[(links.sure["field"] == "covers") & (links.sure["level"] == "compound")]
    count = covering.groupby("record")["code"].nunique().reindex(rows.index, fill_value=0)
    as_of = city.as_of.isoformat() if city.as_of else ""
    latest = f"{city.as_of.year + limits.term_max_years:04d}{as_of[4:]}" if city.as_of else "9999"
    end = rows["term_end"]
    several = active & (table["kind"] == "compound") & (table["level"] != "group") & (table["named"] > 1)
    tests = (
        ("C214", several, ("covers",)),
        ("C215", later_rows(rows, table), ("name", "branch_id")),
        ("C216", (table["status"] == "dissolved") & (count > 0), ("branch_status", "covers")),
        ("C217", active & (end != "") & (end < as_of), ("term_end",)),
        ("C218", active & (end > latest), ("term_end",)),
    )
    for code, mask, names in tests:
        for record in rows.index[mask.to_numpy(bool)]:
            figures = {
                "C214": {"named": int(table.loc[record, "named"])},
                "C216": {"count": int(count[record])},
                "C217": {"term_end": end[record]},
                "C218": {"term_end": end[record], "years": limits.term_max_years},
                "C215": {"variant": "disputed"} if table.loc[record, "disputed"] else {},
            }
            params = {"branch": rows.loc[record, "name"], **figures.get(code, {})}
            yield Concern(code, record, (), params, fields(record, *names))
