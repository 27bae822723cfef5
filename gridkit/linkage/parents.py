"""In which community each registry row lies: as stated, by its point, or through its superior or unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gridkit.geo import LONLAT, bd09_to_wgs84, gcj02_to_wgs84, nest, to_metric
from gridkit.linkage.mentions import COMMUNITY_COLUMNS, STATING, simple
from gridkit.linkage.names import keys, normalise
from gridkit.linkage.resolve import no_links, resolve
from gridkit.linkage.stems import addresses
from gridkit.model.fields import COMMUNITY, STREET

if TYPE_CHECKING:
    from gridkit.linkage.overrides import Decisions
    from gridkit.linkage.targets import Targets
    from gridkit.model import City, Places

_SHIFTED: Final = {
    **dict.fromkeys(("GCJ-02", "GCJ02", "火星", "火星坐标", "高德", "腾讯"), gcj02_to_wgs84),
    **dict.fromkeys(("BD-09", "BD09", "百度"), bd09_to_wgs84),
}
_PLAIN: Final = ("", "WGS84", "WGS-84", "WGS 84", "CGCS2000", "国家2000", "2000", "EPSG:4326", "EPSG:4490", "天地图")
_DEPTH: Final = 5
"""Tiers of party organisations through which a community is inherited."""


class Rows:
    """Where registry rows lie, by row id.

    ``community``, ``street``, ``unresolved``, ``inherited``; as far as they say so, ``x`` and ``y`` (metres in the
    system of the city) and ``address`` (road and number).
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def attach(self, mentions: pd.DataFrame) -> pd.DataFrame:
        """Return mentions with the place of their row."""
        where = self.frame.reindex(mentions["record"])
        return mentions.assign(
            community=where["community"].fillna("").to_numpy(dtype=object),
            street=where["street"].fillna("").to_numpy(dtype=object),
            unresolved=where["unresolved"].eq(True).to_numpy(dtype=bool),
            # An inherited place says where the superior sits; it breaks ties but contradicts nothing.
            soft=mentions["soft"].astype(bool).to_numpy() | where["inherited"].eq(True).to_numpy(dtype=bool),
            x=where["x"].to_numpy(dtype=float),
            y=where["y"].to_numpy(dtype=float),
            address=where["address"].fillna("").to_numpy(dtype=object),
        )


def hints(city: City) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return normalised names of streets and communities -> ``(level, code)``, as they may stand before a name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for level in (COMMUNITY, STREET):
        if level not in city.layers:
            continue
        frame = city.layers[level].frame
        names = frame["name"].to_list()
        for code, name, key in zip(frame.index, normalise(names), keys(names, level), strict=True):
            spellings = {name, key.full} if level == STREET else {name, key.full + "社区"}
            for spelling in spellings - {"", "社区"}:
                found.setdefault(spelling, []).append((level, str(code)))
    return {name: tuple(sorted(set(pairs))) for name, pairs in found.items()}


def streets(city: City, names: pd.Series) -> pd.Series:
    """Return the street code of each street name; ``""`` where it names none or several."""
    table: dict[str, set[str]] = {}
    if STREET in city.layers:
        frame = city.layers[STREET].frame
        for code, key in zip(frame.index, keys(frame["name"].to_list(), "street"), strict=True):
            for spelling in {key.full, key.core}:
                table.setdefault(spelling, set()).add(str(code))
    found = []
    for key in keys(names.to_list(), "street"):
        codes = table.get(key.full, table.get(key.core, set())) if key.full else set()
        found.append(next(iter(codes)) if len(codes) == 1 else "")
    return pd.Series(found, index=names.index, dtype=object)


def locate(city: City, places: Places, communities: Targets, decisions: Decisions) -> tuple[pd.DataFrame, Rows]:
    """Resolve every stated community; return the links among them and the place of every row.

    A code without a name places a row, but as a link it waits for a person like any code alone.
    """
    columns = [column for column in (*COMMUNITY_COLUMNS, *STATING) if column.kind in city.registries]
    parts, places_of = [], []
    for column in columns:
        rows = city.rows(column.kind)
        if "street_name" in rows:
            street = streets(city, rows["street_name"])
        else:
            street = pd.Series("", index=rows.index, dtype=object)
        xy = points_of(city, rows)
        places_of.append(pd.DataFrame({"street": street, "address": _addresses(rows)}, index=rows.index).join(xy))
        mentions = simple(city, column)
        point = _communities_at(city, xy) if column.field else pd.Series([], dtype=object)
        mentions = _with_points(mentions, point, column.field, rows) if len(point) else mentions
        parts.append(mentions.assign(street=street.reindex(mentions["record"]).to_numpy(dtype=object)))
    if not parts:
        names = ("community", "street", "unresolved", "inherited", "x", "y", "address")
        empty = pd.DataFrame({name: [] for name in names}, dtype=object)
        return no_links(), Rows(empty)
    mentions = pd.concat(parts, ignore_index=True)
    links = decisions.apply(resolve(mentions, communities, {}), communities)
    frame = pd.concat(places_of).assign(community="", unresolved=False, inherited=False).astype({"community": object})
    chosen = links[links["accepted"] | ((links["method"] == "code") & (links["rank"] == 1))]
    community = pd.Series(chosen["code"].to_numpy(), index=chosen["record"], dtype=object)
    frame["community"] = community.reindex(frame.index).fillna("").astype(object)
    if len(communities):
        # plain objects: membership tests on them are several times faster than on arrow-backed text
        stating = frame.index.astype(object).isin(links["record"].astype(object))
        frame["unresolved"] = stating & (frame["community"] == "")
    else:
        frame["community"] = _codes_without_layer(mentions, places).reindex(frame.index).fillna("").astype(object)
    return links[links["field"] != ""], Rows(frame)


def _codes_without_layer(mentions: pd.DataFrame, places: Places) -> pd.Series:
    """Return stated codes that the compounds state too, for a city without a community layer."""
    known = mentions[mentions["code"].isin(set(places.frame["community"]) - {""})]
    return pd.Series(known["code"].to_numpy(), index=known["record"], dtype=object)


def points_of(city: City, rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``x`` and ``y`` of the rows with a usable point, in metres in the system of the city."""
    if "lon" not in rows or "lat" not in rows or rows.empty:
        return pd.DataFrame({"x": [], "y": []}, dtype=float)
    lon, lat = (rows[name].astype("float64").to_numpy(na_value=np.nan).copy() for name in ("lon", "lat"))
    datum = rows["datum"].str.strip().str.upper()
    usable = np.isfinite(lon) & np.isfinite(lat) & datum.isin([*_PLAIN, *_SHIFTED]).to_numpy()
    usable &= (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    for name, convert in _SHIFTED.items():
        here = usable & (datum == name).to_numpy()
        lon[here], lat[here] = convert(lon[here], lat[here])
    points = to_metric(gpd.GeoSeries.from_xy(lon[usable], lat[usable], index=rows.index[usable], crs=LONLAT), city.crs)
    found = pd.DataFrame({"x": points.x, "y": points.y})
    return found[np.isfinite(found).all(axis=1)]


def _communities_at(city: City, xy: pd.DataFrame) -> pd.Series:
    """Return the community that each point lies in."""
    layer = city.layers.get(COMMUNITY)
    if layer is None or xy.empty:
        return pd.Series([], dtype=object)
    return nest(gpd.GeoSeries.from_xy(xy["x"], xy["y"], index=xy.index, crs=city.crs), layer.frame.geometry)["parent"]


def _addresses(rows: pd.DataFrame) -> list[str]:
    return addresses(rows["address"].to_list()) if "address" in rows else [""] * len(rows)


def _with_points(mentions: pd.DataFrame, point: pd.Series, field: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the points to the mentions, and a mention for each row that has nothing but a point."""
    mentions = mentions.assign(point=point.reindex(mentions["record"]).fillna("").to_numpy(dtype=object))
    bare = point[~point.index.isin(mentions["record"])]
    more = pd.DataFrame({"record": bare.index, "point": bare.to_numpy()}, dtype=object)
    more["field"], more["position"], more["level"], more["soft"] = field, 0, "community", False
    more["text"], more["code"] = "", ""
    where = rows.loc[bare.index, ["lon", "lat"]].itertuples(index=False)
    more["mention"] = pd.Series([f"{lon:.6f}, {lat:.6f}" for lon, lat in where], dtype=object)
    return pd.concat([mentions, more], ignore_index=True)


def inherit(rows: Rows, links: pd.DataFrame, branches: pd.Index) -> Rows:
    """Return the places with branches that state none filled from their superior, then from their unit."""
    frame = rows.frame.copy()
    open_rows = branches[(frame["community"].reindex(branches) == "") & ~frame["unresolved"].reindex(branches).eq(True)]
    up = links[links["accepted"] & links["record"].isin(open_rows)]
    superior = up[up["level"] == "branch"].set_index("record")["code"]
    unit = up[up["level"] == "unit"].set_index("record")["code"]
    for _ in range(_DEPTH):
        known = frame["community"]
        gained = superior.map(known).fillna("")
        gained = gained[(gained != "") & (known.reindex(gained.index) == "")]
        if gained.empty:
            break
        frame.loc[gained.index, ["community", "inherited"]] = pd.DataFrame({"community": gained, "inherited": True})
    rest = unit[frame["community"].reindex(unit.index) == ""].map(frame["community"]).fillna("")
    rest = rest[rest != ""]
    frame.loc[rest.index, ["community", "inherited"]] = pd.DataFrame({"community": rest, "inherited": True})
    return Rows(frame)
