"""Branches that cover compounds by their kind, but do not say which: they may mean any compound where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gridkit.coverage.duplicates import EXISTING
from gridkit.coverage.gather import record_order
from gridkit.coverage.kleene import MAYBE
from gridkit.coverage.ties import Open, listed

if TYPE_CHECKING:
    from gridkit.model import City

KINDS: Final = ("compound", "joint", "functional", "")
"""Kinds that name the compounds they cover, and the unknown kind. Others are tied by their unit or their grid."""
SHOWN: Final = 20
"""Rows of one kind and place that are named on each of its compounds; C113 names all of them."""


def saying_nothing(rows: pd.DataFrame, table: pd.DataFrame, links: Open) -> pd.Series:
    """Return, per branch row, ``none`` where it names no place though its kind covers compounds, else ``""``.

    ``all`` where it covers everything in a community that is not known. An empty list may be an unreadable one: a cell
    with an error, masked, or "to be decided". A place that only the name of an organisation says ends its silence
    once the link is accepted.
    """
    mentions = listed(links.frame, rows)
    exists = table["status"].isin(EXISTING)
    none = exists & table["kind"].isin(KINDS) & (table["level"] != "group") & ~rows.index.isin(mentions["record"])
    anywhere = mentions.loc[(mentions["method"] == "all") & (mentions["code"] == ""), "record"]
    everything = exists & rows.index.isin(anywhere)
    return pd.Series(np.where(everything, "all", np.where(none, "none", "")), index=rows.index, dtype=object)


def open_ties(city: City, table: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return ``record``, ``code``, ``through``, ``strength`` (maybe) of such branches to every compound they may mean.

    These are the compounds of their community, or where none is known those of the scope of their registry. Of many
    rows of one kind in one place the first ``SHOWN`` stand for all, as the others say no more about a compound.
    """
    rows = table[table["silent"] != ""]
    empty = pd.DataFrame({"record": [], "code": [], "through": [], "strength": []}, dtype="object")
    if rows.empty:
        return empty
    known = set(places["community"]) - {""}
    linked = rows["community"].isin(known)
    layer = city.layers.get("community")
    elsewhere = rows["community"].isin(layer.frame.index) & ~linked if layer is not None else ~linked & False
    scope = _scopes(city, rows.index)
    about = pd.DataFrame({
        "record": rows.index, "community": rows["community"].where(linked, "").to_numpy(),
        "scope": scope.where(~linked, "").to_numpy(), "kind": rows["kind"].to_numpy(),
        "level": rows["level"].to_numpy(), "status": rows["status"].to_numpy(),
    })[~elsewhere.to_numpy()]  # fmt: skip
    about = about.iloc[np.argsort(record_order(about["record"].to_numpy(object)), kind="stable")]
    first = about[about.groupby(["community", "scope", "kind", "level", "status"]).cumcount() < SHOWN]
    lying = pd.DataFrame({"code": places.index, "community": places["community"].to_numpy()})
    parts = [first[first["community"] != ""].merge(lying, on="community")[["record", "code"]]]
    wide = first[first["community"] == ""]
    where = places["community"].where(places["community"] != "", places.index.to_series())
    for prefix, records in wide.groupby("scope")["record"]:
        inside = places.index[where.str.startswith(str(prefix)).to_numpy(bool)]
        parts.append(records.to_frame().merge(pd.DataFrame({"code": inside}), how="cross"))
    return pd.concat(parts, ignore_index=True).assign(through="covers", strength=MAYBE)


def _scopes(city: City, records: pd.Index) -> pd.Series:
    """Return the scope (a code prefix) of the registry that each record stands in."""
    scopes = {source.name: source.scope for source in city.sources if source.kind == "branches"}
    default = city.registries["branches"].scope
    return pd.Series([scopes.get(str(record).rpartition("!")[0], default) for record in records], index=records)
