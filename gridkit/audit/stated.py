"""Where a row says that its places lie, and which compounds it may therefore mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.alike import resembling
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, STREET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.model import City, Links, Places

Flags = np.ndarray[Any, np.dtype[np.bool_]]
_COLUMNS: Final = ("place", "why", "record", "position")
_TAIL: Final = re.compile(
    r"(?:街道办事处|街道办|街办|街道|社区居民委员会|社区居委会|居民委员会|居委会|社区|村民委员会|村委会)$"
)


@dataclass(frozen=True)
class Where:
    """The compounds by their place, and the place that each row states.

    ``codes``: the compounds; ``table``: ``place`` (position in ``codes``), ``community``, ``street``, ``grid``;
    ``names``: their names by place;
    ``stated``: per row id ``community`` (code, ``""`` where none is known) and ``street`` (code, only where no
    community is known); ``complete``: whether the branch registry is declared complete where the compound lies;
    ``unit_run``: whether a unit may run it.
    """

    codes: pd.Index
    table: pd.DataFrame
    names: pd.Series
    stated: pd.DataFrame
    complete: Flags
    unit_run: Flags

    @classmethod
    def of(cls, city: City, places: Places, links: Links, codes: pd.Index) -> Where:
        """Return where compounds and rows lie."""
        table = places.frame.reindex(codes)[[COMMUNITY, STREET, GRID]].fillna("").astype(object)
        table = table.reset_index(drop=True).assign(place=np.arange(len(codes)))
        names = city.layers[COMPOUND].frame["name"].reindex(codes).reset_index(drop=True)
        complete, unit_run = _complete(city, codes, table), _unit_run(city, links, codes)
        return cls(codes, table, names, _stated(city, links), complete, unit_run)

    def compounds(self, links: pd.DataFrame, why: str) -> pd.DataFrame:
        """Return the compounds that links name: themselves, or by the grid that they lie in."""
        named = links.loc[links["level"] == COMPOUND, ["record", "position", "code"]]
        direct = named.assign(place=self.codes.get_indexer(named["code"]))
        grids = links.loc[(links["level"] == GRID) & (links["code"] != ""), ["record", "position", "code"]]
        inside = grids.merge(self.table[["grid", "place"]], left_on="code", right_on="grid")
        return _told(pd.concat([direct[direct["place"] >= 0], inside], ignore_index=True), why)

    def around(self, links: pd.DataFrame, why: str) -> pd.DataFrame:
        """Return the compounds of the community, else of the street, that the rows of links state."""
        mentions = self._mentions(links)
        near = mentions[mentions[COMMUNITY] != ""].merge(self.table[[COMMUNITY, "place"]], on=COMMUNITY)
        rest = mentions[(mentions[COMMUNITY] == "") & (mentions[STREET] != "")]
        wide = rest.merge(self.table[[STREET, "place"]], on=STREET)
        return pd.concat([_told(near, why), _told(wide, why)], ignore_index=True)

    def nowhere(self, links: pd.DataFrame) -> pd.DataFrame:
        """Return the mentions whose rows state neither community nor street."""
        mentions = self._mentions(links)
        return mentions.loc[(mentions[COMMUNITY] == "") & (mentions[STREET] == ""), ["record", "position"]]

    def _mentions(self, links: pd.DataFrame) -> pd.DataFrame:
        mentions = links[["record", "position"]].drop_duplicates()
        said = self.stated.reindex(mentions["record"].astype(object)).fillna("")
        return mentions.assign(community=said[COMMUNITY].to_numpy(), street=said[STREET].to_numpy())

    def alike(self, links: pd.DataFrame, why: str) -> pd.DataFrame:
        """Return the compounds whose name is like a mention, wherever they lie."""
        mentions = links.drop_duplicates(["record", "position"]).reset_index(drop=True)
        found = resembling(mentions["mention"], self.names)
        told = mentions.loc[found["mention"].astype("int64"), ["record", "position"]].reset_index(drop=True)
        return _told(told.assign(place=found["name"].to_numpy()), why)

    def named_after(self, links: pd.DataFrame) -> pd.DataFrame:
        """Return the compounds of the stated community whose whole name the mentions contain, as ``alike``."""
        mentions = links.drop_duplicates(["record", "position"])
        place = self._mentions(mentions).assign(mention=mentions["mention"].to_numpy())
        couples = place[place[COMMUNITY] != ""].merge(self.table[[COMMUNITY, "place"]], on=COMMUNITY)
        names = self.names.reindex(couples["place"]).astype(str)
        held = [len(name) > 2 and name in said for name, said in zip(names, couples["mention"], strict=True)]
        return _told(couples[np.array(held, dtype=bool)], "alike")

    def everywhere(self, mentions: pd.DataFrame, why: str) -> pd.DataFrame:
        """Return all compounds for each of the mentions."""
        mentions = mentions[["record", "position"]].drop_duplicates()
        return _told(mentions.merge(self.table[["place"]], how="cross"), why)


def _told(table: pd.DataFrame, why: str) -> pd.DataFrame:
    return table.assign(why=why)[list(_COLUMNS)].astype({"place": "int64", "position": "int64"})


def _bare(names: pd.Series) -> pd.Series:
    return names.astype(object).map(lambda name: _TAIL.sub("", str(name).strip()))


def _found(names: pd.Series, codes: Mapping[str, str]) -> pd.Series:
    return _bare(names).map(lambda name: codes.get(name, "")).astype(object)


def _by_name(city: City, level: str) -> dict[str, str]:
    """Return the codes of a level by bare name, of names that only one has."""
    if level not in city.layers:
        return {}
    names = _bare(city.layers[level].frame["name"])
    names = names[(names != "") & ~names.duplicated(keep=False)]
    return {str(name): str(code) for code, name in names.items()}


def _stated(city: City, links: Links) -> pd.DataFrame:
    """Return the community, else the street, of every row that names places; a link of the row comes first."""
    frame = pd.concat([links.frame, links.pending], ignore_index=True) if len(links.pending) else links.frame
    found = frame[frame["accepted"].astype(bool) & (frame["field"] == "community") & (frame["level"] == COMMUNITY)]
    linked = found.drop_duplicates("record").set_index("record")["code"]
    whole = city.with_pending() if city.pending else city
    communities, streets = _by_name(city, COMMUNITY), _by_name(city, STREET)
    known = set(city.layers[COMMUNITY].frame.index) if COMMUNITY in city.layers else set()
    parts = []
    for kind in ("branches", "premises", "compounds"):
        rows = whole.rows(kind)
        code = rows["community_code"] if "community_code" in rows else pd.Series("", index=rows.index)
        by_name = _found(rows["community_name"], communities)
        community = code.where(code.isin(known), by_name)
        community = linked.reindex(rows.index).fillna("").where(lambda one: one != "", community)
        street = _found(rows["street_name"], streets) if "street_name" in rows else ""
        parts.append(pd.DataFrame({COMMUNITY: community, STREET: street}, index=rows.index, dtype=object))
    table = pd.concat(parts)
    return table[~table.index.duplicated()]


def _complete(city: City, codes: pd.Index, table: pd.DataFrame) -> Flags:
    scopes = {source.scope for source in city.sources if source.kind == "branches" and source.complete}
    registry = city.registries.get("branches")
    if registry is not None and registry.complete:
        scopes.add(registry.scope)
    where = table[COMMUNITY].where(table[COMMUNITY] != "", pd.Series(codes, dtype=object)).astype(str)
    result = np.zeros(len(codes), dtype=bool)
    for scope in sorted(scopes):
        result |= where.str.startswith(scope).to_numpy(bool)
    return result


def _unit_run(city: City, links: Links, codes: pd.Index) -> Flags:
    """Return which compounds a unit may run: by the layer or the compound registry, or where neither says a type."""
    may = ("unit", "mixed", "unknown")
    layer = city.layers[COMPOUND].frame["compound_type"].reindex(codes).fillna("")
    rows = city.rows("compounds")["compound_type"]
    frame = links.frame
    own = frame[(frame["field"] == "compound") & (frame["level"] == COMPOUND) & frame["record"].isin(rows.index)]
    told = pd.DataFrame({"code": own["code"].to_numpy(), "type": rows.reindex(own["record"]).to_numpy()}, dtype=object)
    some = set(told.loc[told["type"] != "", "code"])
    by_registry = set(told.loc[told["type"].isin(may), "code"])
    silent = (layer == "") & ~layer.index.isin(some)
    return np.asarray(layer.isin(may) | silent | layer.index.isin(by_registry), dtype=bool)
