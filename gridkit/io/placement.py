"""What two layers of a project say of each other's datum: the kinds of evidence, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo.crs import LONLAT, to_lonlat
from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from gridkit.geo.detect import ENOUGH, HYPOTHESES, SAME, DatumScores, score_datum, score_pairs
from gridkit.geo.labels import bare, first_words, labels_in, learned
from gridkit.io.shifts import shift_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridkit.io.fields import Records
    from gridkit.io.vector import Draft

NAMES: Final = {"gcj02": "GCJ-02", "bd09": "BD-09"}
_FORWARD: Final = {"GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}
_LEARNED_FIT: Final = 0.9
"""Areas learned from addresses are districts; of a right layer nearly everything lies in its own."""
_DISTRICT, _STREET = 6, 9
"""Digits of a statistical code that say the county or district, and the street."""


@dataclass(frozen=True)
class Placed:
    """A layer, or a registry with points: its table and its places, twice.

    Parameters
    ----------
    records : Records
        The table, in the fields of its kind.
    used : geopandas.GeoSeries
        Degrees as they are used: converted where a map service is stated.
    raw : geopandas.GeoSeries
        Degrees as the file says them.
    stated : str
        ``GCJ-02`` or ``BD-09`` where that is stated, else ``""``.
    assumed : bool
        Whether no system at all is stated.
    crs : str
        System of the numbers of the file (degrees for a map service).
    """

    records: Records
    used: gpd.GeoSeries
    raw: gpd.GeoSeries
    stated: str
    assumed: bool
    crs: str = LONLAT

    @property
    def kind(self) -> str:
        """Level or registry kind."""
        return self.records.kind

    @property
    def name(self) -> str:
        """File and sheet."""
        return self.records.source.name

    @property
    def doubts(self) -> list[dict[str, Any]]:
        """The findings that the file states a system whatever its numbers are (``S166``)."""
        return [note for note in self.records.notes if note["code"] == "S166"]

    @property
    def areal(self) -> bool:
        """Whether it has polygons that others may lie in."""
        return bool((shapely.get_dimensions(self.used.to_numpy()) == 2).any())

    def column(self, field: str) -> pd.Series:
        """Return a column as text, ``""`` where the file has none."""
        frame = self.records.frame
        if field not in frame or field not in self.records.given:
            return pd.Series("", index=self.used.index, dtype=object)
        return frame.loc[self.used.index, field].astype(object).fillna("").astype(str).astype(object)


def placed(draft: Draft) -> Placed | None:
    """Return a layer with its places, None where it has none."""
    there = draft.geometry[draft.geometry.notna()]
    if not len(there):
        return None
    used = to_lonlat(there)
    return _placed(draft.records, used, draft.crs)


def placed_points(records: Records) -> Placed | None:
    """Return a registry with the places of its rows (converted already), None where it has none."""
    if not {"lon", "lat"} <= records.given:
        return None
    points = records.frame[["lon", "lat"]].dropna()
    if not len(points):
        return None
    x, y = (points[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    used = gpd.GeoSeries(shapely.points(x, y), points.index, crs=LONLAT)
    return _placed(records, used, LONLAT)


def _placed(records: Records, used: gpd.GeoSeries, crs: str) -> Placed:
    stated = {NAMES.get(shift_of(str(note["params"].get("crs", ""))), "") for note in records.notes
              if note["code"] == "S131"} - {""}  # fmt: skip
    one = stated.pop() if len(stated) == 1 else ""
    assumed = any(note["code"] == "S130" for note in records.notes)
    raw = used
    if one and records.kind in ("street", "community", "grid", "compound"):
        forward = _FORWARD[one]
        numbers = shapely.transform(used.to_numpy(), lambda xy: np.column_stack(forward(xy[:, 0], xy[:, 1])))
        raw = gpd.GeoSeries(numbers, used.index, crs=used.crs)
    elif stated:
        one = ""  # rows of a registry each state their own system
    return Placed(records, used, raw, one, assumed, crs)


def compare(child: Placed, parent: Placed) -> DatumScores:
    """Score a layer against one that its features lie in, with the strongest evidence that decides.

    Stated codes and names of parents go first, then districts learned from first words of addresses, then names of
    parents in addresses, and mere containment in any parent last.
    """
    best: DatumScores | None = None
    for polygons, stated, least in _evidence(child, parent):
        scores = score_datum(child.raw, polygons, stated=stated, least=least)
        if scores.verdict:
            return scores
        if best is None or (scores.n >= ENOUGH > best.n):
            best = scores
    assert best is not None  # containment in any parent is always tried
    return best


def same_things(left: Placed, right: Placed) -> DatumScores | None:
    """Score a registry of points against a layer with the same names; None where fewer than 15 names are shared."""
    one, two = left.column("name"), right.column("name")
    one, two = one[(one != "") & ~one.duplicated(keep=False)], two[(two != "") & ~two.duplicated(keep=False)]
    found = pd.Series(two.index, index=two.to_numpy()).reindex(one.to_numpy())
    there = found.notna().to_numpy()
    if there.sum() < ENOUGH:
        return None
    return score_pairs(left.raw[one.index[there]], right.used[found.to_numpy()[there]])


def _evidence(child: Placed, parent: Placed) -> Iterator[tuple[gpd.GeoSeries, pd.Series | None, float | None]]:
    codes = parent.column("code")
    polygons = parent.used.set_axis(codes.where(codes != "", pd.Series(parent.used.index, codes.index)))
    known = _by_code(child, parent, set(polygons.index))
    for stated in (known, _by_name(child, parent, polygons)):
        if _enough(stated):
            yield polygons, stated, None
    addresses = child.column("address")
    if (addresses != "").sum() >= ENOUGH:
        for digits in (_DISTRICT, _STREET):
            areas = _areas(polygons, digits)
            if areas is not None:
                labels = learned(first_words(addresses), _lying(child.raw, areas))
                if _enough(labels):
                    yield areas, labels, _LEARNED_FIT
        names = parent.column("name").set_axis(polygons.index)
        labels = labels_in(addresses, names[~names.index.duplicated()])
        if _enough(labels):
            yield polygons, labels, None
    yield polygons, None, None


def _enough(stated: pd.Series) -> bool:
    return bool((stated != "").sum() >= ENOUGH)


def _by_code(child: Placed, parent: Placed, known: set[str]) -> pd.Series:
    """Return the codes of parents that the features state, in full or by the digits that say the street."""
    field = "parent_grid_code" if child.kind == parent.kind else f"{parent.kind}_code"
    stated = child.column(field)
    out = stated.where(stated.isin(known), "")
    if parent.kind != "street":
        return out
    short = {code[:_STREET]: code for code in sorted(known, reverse=True)}
    for source in (stated, child.column("community_code"), child.column("code")):
        digits = source.where(source.str.fullmatch(r"\d{9,}"), "").str[:_STREET]
        out = out.where(out != "", digits.map(lambda one: short.get(one, "")))
    return out


def _by_name(child: Placed, parent: Placed, polygons: gpd.GeoSeries) -> pd.Series:
    """Return the parents whose names the features state, where one parent alone has the name."""
    stated = child.column(f"{parent.kind}_name").map(bare)
    names = parent.column("name").map(bare).to_numpy()
    table = pd.Series(polygons.index, index=names, dtype=object)
    known = table[~table.index.duplicated(keep=False)].to_dict()
    known.pop("", None)
    return stated.map(lambda one: known.get(one, "")).astype(object)


def _areas(polygons: gpd.GeoSeries, digits: int) -> gpd.GeoSeries | None:
    """Return the areas that the first digits of codes make, None where they make one area or nothing wider."""
    codes = pd.Series([str(code)[:digits] for code in polygons.index], index=polygons.index)
    if not codes.str.fullmatch(rf"\d{{{digits}}}").all() or not 1 < codes.nunique() <= len(codes) / 2:
        return None
    shapes = polygons.to_numpy()
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    whole = {code: shapely.union_all(shapes[(codes == code).to_numpy()]) for code in sorted(codes.unique())}
    return gpd.GeoSeries(whole, crs=polygons.crs)


def _lying(raw: gpd.GeoSeries, areas: gpd.GeoSeries) -> dict[str, NDArray[np.object_]]:
    """Return hypothesis -> the area in which each feature's centre lies under it."""
    xy = shapely.get_coordinates(shapely.centroid(raw.to_numpy()))
    tree = shapely.STRtree(areas.to_numpy())
    names = areas.index.to_numpy(dtype=object)
    out = {}
    for name in HYPOTHESES:
        move = HYPOTHESES[name]
        child, area = tree.query(shapely.points(*move(xy[:, 0], xy[:, 1])), predicate="intersects")
        found = np.full(len(xy), "", dtype=object)
        found[child[::-1]] = names[area[::-1]]
        out[name] = found
    return out


def agrees(verdict: str, stated: str) -> bool:
    """Tell whether a verdict on the numbers of a file is what the file or the project states."""
    return verdict == (stated or SAME)
