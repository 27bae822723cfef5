"""Check grids that somebody has drawn as polygons: gaps, overlaps, borders, compounds, sizes and codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gridkit.geo.crs import LONLAT
from gridkit.grids.land import areas_of
from gridkit.model import Findings
from gridkit.model.plan import Norm
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    Array = np.ndarray[Any, Any]

Row = dict[str, Any]

LEAST: Final = 1.0
"""Square metres below which a gap, an overlap or a piece is a matter of rounding."""
CUT: Final = 0.01
"""Share of a compound, or of a grid in another community, that counts as cut."""
NAMED: Final = 5
_DAMAGED: Final = re.compile(r"^\d+(\.\d*)?[eE]\+?\d+$|^\d+\.\d*$|^\d{15}0{3,}$")


@dataclass(frozen=True)
class Surroundings:
    """What drawn grids are checked against, all in one metric system.

    ``communities``: polygons by code. ``compounds``: by code, with ``name``, ``households``, ``persons`` (missing: not
    stated). ``norm``, ``norms``: bands. ``ledger``: every code that was ever issued, where there is a ledger.
    """

    communities: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    norm: Norm = Norm()  # noqa: RUF009 - a frozen value
    norms: Mapping[str, Norm] | None = None
    ledger: pd.DataFrame | None = None

    def band(self, community: str) -> Norm:
        """Return the band of a community."""
        return (self.norms or {}).get(community, self.norm)


def check_drawn(drawn: gpd.GeoDataFrame, around: Surroundings) -> Findings:
    """Return what is wrong with grids that were drawn by hand.

    Parameters
    ----------
    drawn : geopandas.GeoDataFrame
        Grids in any order, indexed by what tells them apart (their row), with ``code``, ``name`` and ``kind`` (a grid
        without a kind is comprehensive), in the system of the surroundings.
    around : Surroundings

    Returns
    -------
    Findings
        G121 gap, G122 overlap, G123 outside, and G102 to G110 as for a plan, each with its place.

    Notes
    -----
    Exclusive grids may lie over comprehensive ones; gaps and compounds are counted with comprehensive grids alone where
    they cover the ground.
    """
    facts = _Facts(drawn, around)
    parts = (_shapes(facts), _overlaps(facts), _communities(facts), _gaps(facts), _compounds(facts), _codes(facts))
    return Findings.of([row for part in parts for row in part])


class _Facts:
    """Valid shapes, names and places of the drawn grids, and in which community each lies."""

    def __init__(self, drawn: gpd.GeoDataFrame, around: Surroundings) -> None:
        self.around = around
        self.ids = [str(one) for one in drawn.index]
        shapes = drawn.geometry.to_numpy()
        missing = shapely.is_missing(shapes)
        valid = np.where(missing, shapely.Polygon(), shapely.make_valid(shapes))
        self.shapes = np.array([areas_of(shape) for shape in valid], dtype=object)
        self.area = shapely.area(self.shapes)
        self.kind = [str(kind) or "comprehensive" for kind in drawn["kind"]]
        self.code = [str(code) for code in drawn["code"]]
        self.name = titles(drawn)
        # one for all: a sloppy drawing has thousands of findings, each with its place
        self.degrees = Transformer.from_crs(drawn.crs, LONLAT, always_xy=True)
        frame = around.communities.sort_index()
        bodies = frame.geometry.to_numpy()
        bodies = np.where(shapely.is_missing(bodies), shapely.Polygon(), shapely.make_valid(bodies))
        self.communities, self.bodies = [str(code) for code in frame.index], bodies
        self.pairs = _pairs(self.shapes, bodies)
        best = self.pairs.sort_values(["a", "area", "b"], ascending=[True, False, True], kind="stable")
        home = best.drop_duplicates("a").set_index("a")["b"]
        self.home = [self.communities[home[at]] if at in home.index else "" for at in range(len(self.ids))]

    def at(self, shape: Any) -> dict[str, Any]:
        """Return the place of a shape, for a finding."""
        if shape is None or shapely.is_empty(shape):
            return {}
        point = shapely.point_on_surface(shape)
        lon, lat = self.degrees.transform(shapely.get_x(point), shapely.get_y(point))
        return {"lon": round(lon, 6), "lat": round(lat, 6)}


def titles(drawn: gpd.GeoDataFrame) -> list[str]:
    """Return what each drawn grid is called: its name, with its code or row where several have it."""
    many = drawn["name"].duplicated(keep=False)
    out = []
    for row, name, code, unclear in zip(drawn.index, drawn["name"], drawn["code"], many, strict=True):
        more = str(code) or str(row).removeprefix(str(name)).strip()
        out.append(f"{name} {more}".strip() if unclear and name else str(name) or str(code) or str(row))
    return out


def _pairs(one: Array, other: Array) -> pd.DataFrame:
    """Return which polygons share how much ground: positions ``a``, ``b`` and ``area``."""
    a, b = shapely.STRtree(other).query(one, predicate="intersects")
    area = shapely.area(shapely.intersection(one[a], other[b]))
    return pd.DataFrame({"a": a, "b": b, "area": area}).loc[area > 0].reset_index(drop=True)


def _shapes(facts: _Facts) -> Iterator[Row]:
    for at, ident in enumerate(facts.ids):
        if facts.area[at] < LEAST:
            yield CATALOGUE["G108"].found(ident, name=facts.name[at])


def _overlaps(facts: _Facts) -> Iterator[Row]:
    pairs = _pairs(facts.shapes, facts.shapes)
    for a, b, area in pairs.loc[(pairs["a"] < pairs["b"]) & (pairs["area"] >= LEAST)].itertuples(index=False):
        if (facts.kind[a] == "exclusive") == (facts.kind[b] == "exclusive"):
            both = areas_of(shapely.intersection(facts.shapes[a], facts.shapes[b]))
            yield CATALOGUE["G122"].found(
                facts.ids[a], **facts.at(both), name=facts.name[a], other=facts.name[b], area=round(float(area), 1)
            )


def _communities(facts: _Facts) -> Iterator[Row]:
    inside = facts.pairs.groupby("a")["area"].sum()
    beside = facts.pairs.groupby("a")["b"].agg(list).to_dict()
    for at, ident in enumerate(facts.ids):
        out = float(facts.area[at] - inside.get(at, 0.0))
        if out >= LEAST:
            left = areas_of(shapely.difference(facts.shapes[at], shapely.union_all(facts.bodies[beside.get(at, [])])))
            yield CATALOGUE["G123"].found(ident, **facts.at(left), name=facts.name[at], area=round(out, 1))
    for at, some in facts.pairs.groupby("a"):
        large = some.loc[(some["area"] >= LEAST) & (some["area"] > CUT * facts.area[at])]
        if len(large) > 1:
            codes = sorted(facts.communities[b] for b in large["b"])
            yield CATALOGUE["G102"].found(
                facts.ids[at], **facts.at(facts.shapes[at]), name=facts.name[at], n=len(codes),
                communities=", ".join(codes[:NAMED]),
            )  # fmt: skip


def _gaps(facts: _Facts) -> Iterator[Row]:
    beside = facts.pairs.groupby("b")["a"].agg(list).to_dict()
    for at, code in enumerate(facts.communities):
        covered = shapely.union_all(facts.shapes[beside.get(at, [])])
        for part in shapely.get_parts(areas_of(shapely.difference(facts.bodies[at], covered))):
            area = float(shapely.area(part))
            if area >= LEAST:
                yield CATALOGUE["G121"].found(code, **facts.at(part), community=code, area=round(area, 1))


def _compounds(facts: _Facts) -> Iterator[Row]:
    """Yield compounds that are cut, and grids outside the band, by the compounds of which each holds most."""
    frame = facts.around.compounds.sort_index()
    shapes = frame.geometry.to_numpy()
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    frame, shapes = frame.loc[there], shapely.make_valid(shapes[there])
    common = np.flatnonzero([kind != "exclusive" for kind in facts.kind])
    pairs = _shares(shapes, facts.shapes[common])
    pairs["b"] = common[pairs["b"].to_numpy(dtype=np.intp)]
    pairs = pairs.sort_values(["a", "share", "b"], ascending=[True, False, True], kind="stable")
    sizes = {name: pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
             for name in ("households", "persons")}  # fmt: skip
    home = pairs.drop_duplicates("a").set_index("a")["b"].to_dict()
    many = pairs.loc[pairs["share"] > CUT].groupby("a")["b"].agg(list)
    for at, grids in many[many.map(len) > 1].items():
        norm = facts.around.band(facts.home[grids[0]])
        if not sizes[norm.measure][at] > norm.high:
            code, stated = str(frame.index[at]), sizes["households"][at]
            yield CATALOGUE["G105"].found(
                code, **facts.at(shapes[at]), name=str(frame["name"].iloc[at]) or code,
                households=int(stated) if stated >= 0 else 0, n=len(grids),
                grids=", ".join(facts.name[grid] for grid in grids[:NAMED]),
            )  # fmt: skip
    members: dict[int, list[int]] = {}
    for one, grid in home.items():
        members.setdefault(grid, []).append(one)
    for at in common.tolist():
        if facts.area[at] >= LEAST:
            yield from _size(facts, at, members.get(at, []), shapes, sizes)


def _shares(shapes: Array, grids: Array) -> pd.DataFrame:
    """Return which share of each compound lies in each grid; that of a point is 1."""
    flat = shapely.get_dimensions(shapes) < 2
    a, b = shapely.STRtree(grids).query(shapes, predicate="intersects")
    whole = np.maximum(shapely.area(shapes[a]), 1e-9)
    share = np.where(flat[a], 1.0, shapely.area(shapely.intersection(shapes[a], grids[b])) / whole)
    found = pd.DataFrame({"a": a, "b": b, "share": share})
    found = found.loc[~(pd.Series(flat[a]) & found["a"].duplicated())]
    return found.loc[found["share"] > 0].reset_index(drop=True)


def _size(facts: _Facts, at: int, members: list[int], shapes: Array, sizes: Mapping[str, Array]) -> Iterator[Row]:
    ident, name, place = facts.ids[at], facts.name[at], facts.at(facts.shapes[at])
    households = np.nan_to_num(np.maximum(sizes["households"][members], 0))
    parts = shapely.get_parts(facts.shapes[at])
    parts = parts[shapely.area(parts) >= LEAST]
    if len(parts) > 1:
        largest = parts[int(np.argmax(shapely.area(parts)))]
        away = ~shapely.intersects(largest, shapely.point_on_surface(shapes[members]))
        yield CATALOGUE["G103"].found(ident, **place, name=name, n=len(parts), households=int(households[away].sum()))
    norm = facts.around.band(facts.home[at])
    measured = sizes[norm.measure][members]
    size = int(np.nansum(np.maximum(measured, 0)))
    if size < norm.low or size > norm.high:
        more: dict[str, Any] = {"variant": "above"} if size > norm.high else {}
        off = max(norm.low - size, size - norm.high)
        yield CATALOGUE["G104"].found(
            ident, **place, name=name, size=size, measure=norm.measure, off=off, low=norm.low, high=norm.high, **more
        )
    unknown = int((~(measured >= 0)).sum())
    if unknown:
        yield CATALOGUE["G110"].found(ident, **place, name=name, n=unknown)


def _codes(facts: _Facts) -> Iterator[Row]:
    ledger = facts.around.ledger
    status = {} if ledger is None else ledger.set_index("code")["status"].to_dict()
    until = {} if ledger is None else ledger.set_index("code")["valid_to"].to_dict()
    for code in sorted({code for code in facts.code if code and facts.code.count(code) > 1}):
        same = [at for at, other in enumerate(facts.code) if other == code]
        yield CATALOGUE["G107"].found(
            code, **facts.at(facts.shapes[same[0]]), variant="twice", code=code, n=len(same),
            names=", ".join(facts.name[at] for at in same[:NAMED]),
        )  # fmt: skip
    for at, code in enumerate(facts.code):
        if not code:
            continue
        said: dict[str, Any] = {"name": facts.name[at], "code": code, **facts.at(facts.shapes[at])}
        if (ledger is None or code not in status) and _DAMAGED.search(code):
            yield CATALOGUE["G106"].found(facts.ids[at], variant="damaged", **said)
        elif ledger is not None and code not in status:
            yield CATALOGUE["G106"].found(facts.ids[at], **said)
        elif status.get(code) == "retired":
            yield CATALOGUE["G107"].found(facts.ids[at], date=str(until.get(code, "")), **said)
        elif code.isdecimal() and len(code) >= 15 and facts.home[at] and facts.home[at] not in code:
            yield CATALOGUE["G106"].found(facts.ids[at], variant="elsewhere", community=facts.home[at], **said)
