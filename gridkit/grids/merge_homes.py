"""Where branches, staff and stations of old grids go: a crosswalk to the merged grids, and what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.grids.lineage import relations
from gridkit.grids.merge import POSTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.grids.merge import Network, Overlay
    from gridkit.model.plan import Plan

CROSSWALK_COLUMNS: Final = (
    "network", "key", "code", "name", "grid_new", "code_new", "households_old", "households_new", "households_both",
    "area_both", "weight", "relation",
)  # fmt: skip
"""Columns of :func:`crosswalk`: one row for each old grid of a network and each merged grid that shares land with it;
``weight`` is the share of the old grid's households (of its land, where nobody lives). A grid that holds no atom has
one row without a merged grid, or rows by the land that it was drawn over."""
HOME_COLUMNS: Final = (
    "network", "kind", "key", "code", "name", "n", "outcome", "home", "code_new", "weight", "alternatives",
)  # fmt: skip
"""Columns of :func:`homes`: ``n`` posts of a kind (``POSTS``) of an old grid, the outcome (``OUTCOMES``), the merged
grid (uid and code) that they go to, the share of households that go there, and other merged grids with their shares."""
OUTCOMES: Final = ("same", "follows", "majority", "place", "decide", "unknown", "no_place")
"""``same``: the grid goes on under its code; ``follows``: all of it lies in one merged grid; ``majority``: more than
half of its households; ``place``: the merged grid around the point; ``decide``: no half, a person chooses; ``unknown``:
no grid of the network has the code (or several have); ``no_place``: the point lies in no merged grid."""
TO_DECIDE: Final = ("decide", "unknown", "no_place")


def crosswalk(found: Overlay, merged: Plan) -> pd.DataFrame:
    """Return which old grid became which merged one (``CROSSWALK_COLUMNS``), by network and key."""
    codes = merged.grids["code"].astype(str)
    tables = []
    for network, plan, keys in zip(found.networks, found.plans, found.keys, strict=True):
        table = relations(plan, merged)
        table = table.loc[table["grid_old"] != ""]
        there = table.assign(key=[keys.get(uid, uid) for uid in table["grid_old"]], network=network.name)
        lost = [key for uid, key in keys.items() if uid not in set(plan.grids.index)]
        more = _by_land(network, sorted(lost), merged)
        tables.append(pd.concat([there, more.assign(network=network.name)]) if len(more) else there)
        names = network.grids[["code", "name"]].astype(str)
        tables[-1] = tables[-1].join(names, on="key")
    out = pd.concat(tables, ignore_index=True)
    out["code_new"] = [codes.get(uid, "") for uid in out["grid_new"]]
    return out[list(CROSSWALK_COLUMNS)].sort_values(
        ["network", "key", "weight", "grid_new"], ascending=[True, True, False, True], ignore_index=True
    )


def _by_land(network: Network, keys: list[str], merged: Plan) -> pd.DataFrame:
    """Return a row for each merged grid over which a grid was drawn that holds no atom."""
    frame = merged.atoms.frame
    shapes = shapely.make_valid(network.grids.geometry[keys].to_numpy())
    at, atom = frame.sindex.query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[at], frame.geometry.to_numpy()[atom]))
    pairs = pd.DataFrame({"key": np.array(keys, dtype=object)[at], "area_both": area,
                          "grid_new": merged.assignment.to_numpy()[atom]})  # fmt: skip
    sums = pairs.loc[pairs["area_both"] > 0].groupby(["key", "grid_new"], as_index=False)["area_both"].sum()
    whole = sums.groupby("key")["area_both"].transform("sum")
    rest = sorted(set(keys) - set(sums["key"]))
    sums = sums.assign(weight=(sums["area_both"] / whole).round(6), area_both=sums["area_both"].round(2))
    none = pd.DataFrame({"key": rest, "grid_new": "", "area_both": 0.0, "weight": 0.0})
    both = pd.concat([part for part in (sums, none) if len(part)]) if len(sums) + len(none) else sums
    zero: dict[str, Any] = {"households_old": 0, "households_new": 0, "households_both": 0}
    return both.assign(**zero, relation="retired")


def homes(found: Overlay, merged: Plan, table: pd.DataFrame) -> pd.DataFrame:
    """Return a home for every post of every old grid, or the alternatives among which a person chooses.

    Parameters
    ----------
    found : Overlay
    merged : Plan
        With codes.
    table : pandas.DataFrame
        From :func:`crosswalk`.

    Returns
    -------
    pandas.DataFrame
        ``HOME_COLUMNS``. The counts add up to what the networks have (:attr:`Network.total`), always.
    """
    rows: list[tuple[Any, ...]] = []
    codes = merged.grids["code"].astype(str).to_dict()
    for network in found.networks:
        mine = table.loc[table["network"] == network.name]
        parts: dict[str, list[tuple[str, str, str, float]]] = {}
        columns = (mine[name].tolist() for name in ("key", "code", "grid_new", "code_new", "weight"))
        for key, *row in zip(*columns, strict=True):
            parts.setdefault(str(key), []).append((str(row[0]), str(row[1]), str(row[2]), float(row[3])))
        known = {key: _home(part) for key, part in parts.items()}
        rows += _of_layer(network, known)
        rows += _listed(network, known)
        rows += _points(network, merged, codes)
    out = pd.DataFrame(rows, columns=list(HOME_COLUMNS))
    # posts that the layer counts and posts that a table lists are posts of one grid
    out = out.groupby([name for name in HOME_COLUMNS if name != "n"], sort=True, as_index=False)["n"].sum()
    return out[list(HOME_COLUMNS)].sort_values(
        ["network", "kind", "key", "outcome", "home"], kind="stable", ignore_index=True
    )


def _home(part: list[tuple[str, str, str, float]]) -> tuple[str, str, str, float, str]:
    """Return outcome, uid, code, weight and alternatives of one old grid.

    ``part``: its code, and a merged grid (uid and code) with the share of households, by falling share.
    """
    some = [(own, uid, code, weight) for own, uid, code, weight in part if uid]
    if not some:
        return "decide", "", "", 0.0, ""
    said = [f"{code or uid} {weight:.1%}" for _, uid, code, weight in some]
    own, uid, code, weight = some[0]
    if len(some) > 1 and weight <= 0.5:
        return "decide", "", "", weight, "; ".join(said)
    other = "follows" if len(some) == 1 else "majority"
    return "same" if code and code == own else other, uid, code, weight, "; ".join(said[1:])


def _of_layer(network: Network, known: Mapping[str, tuple[str, str, str, float, str]]) -> list[tuple[Any, ...]]:
    """Return the posts that the columns of the layer count."""
    rows = []
    for key, row in network.grids[["code", "name", *POSTS]].iterrows():
        outcome, uid, code, weight, rest = known[str(key)]
        said = (str(key), str(row["code"]), str(row["name"]))
        home = (outcome, uid, code, weight, rest)
        rows += [(network.name, kind, *said, int(row[kind]), *home) for kind in POSTS if row[kind]]
    return rows


def _listed(network: Network, known: Mapping[str, tuple[str, str, str, float, str]]) -> list[tuple[Any, ...]]:
    """Return the posts that a table lists by the code of their grid."""
    keys: dict[str, list[str]] = {}
    for key, code in zip(network.grids.index, network.grids["code"].astype(str), strict=True):
        if code:
            keys.setdefault(code, []).append(str(key))
    names = network.grids["name"].astype(str)
    rows = []
    for (kind, code), n in network.listed.groupby(["kind", "code"], sort=True)["n"].sum().items():
        mine = keys.get(str(code), [])
        if len(mine) == 1:
            outcome, uid, to, weight, rest = known[mine[0]]
            rows.append((network.name, kind, mine[0], code, names[mine[0]], int(n), outcome, uid, to, weight, rest))
        else:
            places = sorted({known[key][2] or known[key][1] for key in mine} - {""})
            rows.append((network.name, kind, "", code, "", int(n), "unknown", "", "", 0.0, "; ".join(places)))
    return rows


def _points(network: Network, merged: Plan, codes: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Return the posts that have a place: in the merged grid that lies around it."""
    table = network.points
    if table.empty:
        return []
    spots = shapely.points(table["x"].to_numpy(dtype=float), table["y"].to_numpy(dtype=float))
    at, atom = merged.atoms.frame.sindex.query(spots, predicate="intersects")
    first = np.unique(at, return_index=True)[1]
    home = np.full(len(table), "", dtype=object)
    home[at[first]] = merged.assignment.to_numpy()[atom[first]]
    bodies = shapely.make_valid(network.grids.geometry.to_numpy())
    at, body = shapely.STRtree(bodies).query(spots, predicate="intersects")
    order = np.lexsort((network.grids.index.to_numpy(dtype=str)[body], at)) if len(at) else at
    first = np.unique(at[order], return_index=True)[1]
    key = np.full(len(table), "", dtype=object)
    key[at[order][first]] = network.grids.index.to_numpy()[body[order][first]]
    counts = pd.DataFrame({"kind": table["kind"].to_numpy(), "key": key, "home": home, "n": table["n"].to_numpy()})
    rows = []
    for (kind, old, uid), n in counts.groupby(["kind", "key", "home"], sort=True)["n"].sum().items():
        code, name = network.grids.loc[old, ["code", "name"]] if old else ("", "")
        rows.append((network.name, kind, old, str(code), str(name), int(n), "place" if uid else "no_place", uid,
                     codes.get(uid, ""), 1.0 if uid else 0.0, ""))  # fmt: skip
    return rows
