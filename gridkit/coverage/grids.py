"""Grids against branches and groups: each should have one, each should have one grid (C207-C213)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.coverage.concern import Concern, fields
from gridkit.coverage.duplicates import EXISTING
from gridkit.coverage.facts import scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from gridkit.coverage.ties import Open
    from gridkit.model import City, Places


def grid_concerns(city: City, places: Places, links: Open, *, table: pd.DataFrame) -> list[Concern]:
    """Return the offenders of C207-C213; ``table`` is the branch table."""
    if "grid" not in city.layers:
        return []
    rows = city.rows("branches")
    active = table[(table["status"] == "active") & ~table["duplicate"]]
    groups = active.index[active["level"] == "group"]
    branches = active.index[(active["kind"] == "grid") & (active["level"] != "group")]
    joined = links.to("grid", "covers", rows).drop_duplicates(["record", "code"])
    sure = joined[joined["strength"] == 2]
    found = [*_silent_grids(city, places, joined, table=table[table["status"].isin(EXISTING)])]
    if rows.empty:
        return found
    has_column = "covers" in city.registries["branches"].given
    found += _without_grid(city, joined, branches) if has_column else []
    city_groups = groups[active.loc[groups, "kind"].isin(("joint", "grid"))]
    found += _not_one_grid(city, links, table=active.loc[city_groups]) if has_column else []
    for code, records in (("C209", branches), ("C213", city_groups)):
        found += _shared(city, sure[sure["record"].isin(records)], code)
    count = sure[sure["record"].isin(branches)].groupby("record")["code"].nunique()
    for record in sorted(count.index[count > 1]):
        params = {"branch": rows.loc[record, "name"], "count": int(count[record])}
        found.append(Concern("C210", record, (), params, fields(record, "covers")))
    return found


def _silent_grids(city: City, places: Places, joined: pd.DataFrame, *, table: pd.DataFrame) -> Iterator[Concern]:
    """C207, C211: no branch and no group recorded, where the branch registry is declared complete.

    A grid whose own row names a known branch, or counts a group, has one; so has one that an open link may mean.
    """
    layer = city.layers["grid"].frame
    rows = city.rows("branches")
    tied = table.index[(table["kind"].isin(("grid", "exclusive_grid_group"))) | (table["level"] == "group")]
    known = rows.loc[table.index, "branch_id"]
    has = layer.index.isin(joined.loc[joined["record"].isin(tied), "code"])
    has |= ((layer["branch_id"] != "") & layer["branch_id"].isin(known)).to_numpy(bool)
    has |= layer["group_count"].gt(0).fillna(False).to_numpy(bool)
    parent = places.parents.get("grid", layer["community_code"]).reindex(layer.index).fillna("")
    silent = scopes(city, "branches")
    kinds = layer["grid_kind"]
    plain = (kinds == "comprehensive") | bool((kinds == "").all())
    for rule, wanted in (("C207", plain), ("C211", kinds == "exclusive")):
        for code in layer.index[wanted.to_numpy(bool) & ~has]:
            if any((parent[code] or str(code)).startswith(scope) for scope in silent):
                record = f"{layer.loc[code, 'src']}!{layer.loc[code, 'row']}"
                params = {"name": _name(layer, code)}
                yield Concern(rule, str(code), (), params, fields(record, "branch_id"), ("grid", str(code)))


def _without_grid(city: City, joined: pd.DataFrame, branches: pd.Index) -> list[Concern]:
    """C208: a grid branch that names no grid and that no grid names."""
    rows = city.rows("branches")
    named = city.layers["grid"].frame["branch_id"]
    lone = branches[~branches.isin(joined["record"]) & ~rows.loc[branches, "branch_id"].isin(named[named != ""])]
    return [
        Concern("C208", record, (), {"branch": rows.loc[record, "name"]}, fields(record, "covers")) for record in lone
    ]


def _not_one_grid(city: City, links: Open, *, table: pd.DataFrame) -> list[Concern]:
    """C212: a group that takes no grid, or several; groups that stand for compounds are left alone."""
    rows = city.rows("branches")
    mentions = links.frame[(links.frame["field"] == "covers") & links.frame["record"].isin(table.index)]
    speaks = set(mentions.loc[mentions["level"] == "grid", "record"]) | set(table.index[table["named"] == 0])
    waiting = set(links.perhaps.loc[links.perhaps["field"] == "covers", "record"])
    sure = mentions[mentions["accepted"] & (mentions["level"] == "grid")]
    count = sure.groupby("record")["code"].nunique().reindex(table.index, fill_value=0)
    wrong = [r for r in table.index if r in speaks and (count[r] > 1 or (count[r] == 0 and r not in waiting))]
    return [
        Concern("C212", r, (), {"branch": rows.loc[r, "name"], "count": int(count[r])}, fields(r, "covers"))
        for r in wrong
    ]


def _shared(city: City, sure: pd.DataFrame, code: str) -> list[Concern]:
    """C209, C213: a grid that two branches, or two groups, take."""
    rows, layer = city.rows("branches"), city.layers["grid"].frame
    found = []
    for grid, records in sure.groupby("code")["record"]:
        if len(records) > 1:
            takers = sorted(records)
            params: dict[str, Any] = {
                "name": _name(layer, grid),
                "count": len(takers),
                "branch": rows.loc[takers[0], "name"],
            }
            where = tuple((record, "covers") for record in takers)
            found.append(Concern(code, str(grid), (), params, where, ("grid", str(grid))))
    return found


def _name(layer: pd.DataFrame, code: Any) -> str:
    """The name with the code, since every community has a "first grid"."""
    name = str(layer.loc[code, "name"]) if code in layer.index else ""
    return f"{name} ({code})" if name else str(code)
