"""Make atoms: compounds whole, land shared out and cut along roads, compounds above the limit cut along buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import shared_borders
from gridkit.geo.nesting import nest
from gridkit.grids.land import LAND, areas_of, disjoint, noded, tiles
from gridkit.grids.oversize import building_groups
from gridkit.grids.scattered import scattered
from gridkit.model.plan import ATOM_COLUMNS, EDGE_COLUMNS, Atoms, Norm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Array = np.ndarray[Any, Any]

LOG_COLUMNS: Final = ("event", "subject", "community", "area", "households", "note")
"""Columns of ``Built.log``; events: ``cut`` (a compound into building groups), ``clipped`` (by the border of its
community), ``outside`` (no community), ``overlap`` (ground given to a smaller compound), ``no_place`` (no geometry),
``no_ground`` (a point or line, or all its ground is that of other compounds or exclusive areas: left out),
``same_code`` (as an exclusive area, of which it becomes part), ``too_large`` (above the limit, no buildings to cut
along), ``unknown`` (households not stated), ``scattered`` (of a community: households of buildings outside compounds,
in no atom; ``note`` says how many buildings). The households of the compounds that came in are those of the atoms and
of the rows ``no_place``, ``outside``, ``no_ground``, and of ``same_code`` where the exclusive area states its own: a
compound whose ground others have is one drawn twice or made up of them, and would count twice."""

MOST: Final = 10**12
"""Households or persons above which a number of one compound is none: not stated."""
ON_A_LINE: Final = 0.5
"""Metres within which a border runs along a road."""


@dataclass(frozen=True)
class Ground:
    """What lies in the way: lines that cut land, buildings, and areas that are grids of their own.

    Each a ``GeoDataFrame`` in the metric system of the communities, or None. Buildings may have ``households`` and
    ``floors``; exclusive areas are indexed by code and have ``name``.
    """

    roads: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    exclusive: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class Built:
    """Atoms, and what was done to compounds on the way (``LOG_COLUMNS``)."""

    atoms: Atoms
    log: pd.DataFrame


def build_atoms(
    communities: gpd.GeoDataFrame,
    compounds: gpd.GeoDataFrame,
    *,
    ground: Ground = Ground(),
    norm: Norm = Norm(),  # noqa: B008 - a frozen value
    norms: Mapping[str, Norm] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Built:
    """Return the atoms of every community.

    Parameters
    ----------
    communities : geopandas.GeoDataFrame
        Indexed by code; polygons in a metric system that do not overlap.
    compounds : geopandas.GeoDataFrame
        Indexed by code (unique), with ``name``, ``households`` and ``persons`` (missing or negative: not stated), in
        the same system. A compound belongs to the community that holds most of it.
    ground : Ground
    norm, norms
        Compounds with more households than the band's upper end are cut along buildings.
    progress : callable, optional
        Called with a text, how many communities are done, and of how many.

    Returns
    -------
    Built
        Atoms tile the communities; each compound is one atom or, cut, several of kind ``part``. The same whatever the
        order of rows.
    """
    communities = _sound(communities.sort_index())
    seeds = _seeds(communities, compounds.sort_index(), ground.exclusive)
    lines = _lines(ground)
    log = [seeds.log, scattered(communities, compounds, ground.exclusive, ground.buildings)]
    taken = {str(code) for code in compounds.index} | set(seeds.frame.index)
    pieces: list[Array] = []
    rows: list[pd.DataFrame] = []
    owners: list[Array] = []
    count = 0
    tree = shapely.STRtree(lines)
    groups = seeds.frame.groupby("community").indices
    for done, (code, outline) in enumerate(communities.geometry.items()):
        if progress:
            progress(str(code), done, len(communities))
        if outline is None or outline.is_empty:
            continue
        mine = seeds.frame.iloc[groups.get(code, [])]
        band = (norms or {}).get(str(code), norm)
        near = lines[np.sort(tree.query(outline, predicate="intersects"))]
        table, some, whose, cuts = _community(str(code), outline, mine, near, band=band, buildings=ground.buildings)
        table.index = _free(table, taken)
        rows.append(table)
        pieces.append(some)
        owners.append(whose + count)
        log.append(cuts)
        count += len(table)
    return _built(pd.concat(rows) if rows else None, pieces, owners, lines, log=log, crs=communities.crs)


def _sound(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas whose borders do not cross themselves, as those of a hand-drawn community may."""
    shapes = frame.geometry.to_numpy()
    wrong = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    if not wrong.any():
        return frame
    shapes = shapes.copy()
    shapes[wrong] = [areas_of(shape) for shape in shapely.make_valid(shapes[wrong])]
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _free(table: pd.DataFrame, taken: set[str]) -> pd.Index:
    """Return the names of atoms, of land and parts such that nothing else bears them, and enter these into ``taken``.

    >>> _free(pd.DataFrame({"kind": ["compound", "land"]}, index=["cL001", "cL001"]), {"cL001"}).tolist()
    ['cL001', 'cL001_2']
    """
    names = []
    for ident, kind in zip(table.index, table["kind"], strict=True):
        name, number = str(ident), 1
        while kind in {"land", "part"} and name in taken:
            number += 1
            name = f"{ident}_{number}"
        taken.add(name)
        names.append(name)
    return pd.Index(names, name="atom", dtype="object")


@dataclass(frozen=True)
class _Seeds:
    """Compounds and exclusive areas, clipped to their community and without overlaps."""

    frame: pd.DataFrame
    log: pd.DataFrame


def _seeds(communities: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame, exclusive: gpd.GeoDataFrame | None) -> _Seeds:
    frame = _stated(compounds)
    log: list[tuple[Any, ...]] = []
    if exclusive is not None and len(exclusive):
        frame, more, both = _with_exclusive(frame, _stated(exclusive.sort_index()).assign(kind="exclusive"))
        log += _logged("same_code", both)
        frame = pd.concat([more, frame])
    placed = ~shapely.is_missing(frame["geometry"].to_numpy()) & ~shapely.is_empty(frame["geometry"].to_numpy())
    log += _logged("no_place", frame.loc[~placed])
    frame = frame.loc[placed].copy()
    parent = nest(gpd.GeoSeries(frame["geometry"], crs=communities.crs), communities.geometry)["parent"]
    frame["community"] = parent.reindex(frame.index).fillna("").astype(str)
    log += _logged("outside", frame.loc[frame["community"] == ""])
    frame = frame.loc[frame["community"] != ""].copy()
    whole = shapely.make_valid(frame["geometry"].to_numpy())
    outlines = communities.geometry.reindex(frame["community"]).to_numpy()
    inside = shapely.intersection(whole, outlines)
    out = np.round(shapely.area(whole) - shapely.area(inside), 2)
    log += _logged("clipped", frame.loc[out > 1.0], out[out > 1.0])
    # exclusive areas are taken out first: a compound that overlaps one gives way
    first = (frame["kind"] == "exclusive").to_numpy()
    if first.any():
        inside[~first] = shapely.difference(inside[~first], shapely.union_all(inside[first]))
    inside, lost = disjoint(inside)
    log += _logged("overlap", frame.loc[lost > 1.0], np.round(lost[lost > 1.0], 2))
    frame["geometry"] = inside
    log += _logged("no_ground", frame.loc[shapely.area(inside) <= 0])
    frame = frame.loc[shapely.area(inside) > 0]
    log += _logged("unknown", frame.loc[~frame["known"]])
    return _Seeds(frame, pd.DataFrame(log, columns=list(LOG_COLUMNS)))


def _with_exclusive(frame: pd.DataFrame, more: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return compounds, exclusive areas, and compounds that are one of them: they give it what it does not state."""
    both = frame.loc[frame.index.isin(more.index)]
    silent = both.index[~more.loc[both.index, "known"].to_numpy(dtype=bool)]
    more = more.copy()
    more.loc[silent, ["households", "persons", "known"]] = both.loc[silent, ["households", "persons", "known"]]
    return frame.loc[~frame.index.isin(more.index)], more, both


def _stated(compounds: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return compounds with whole numbers of households, 0 and not ``known`` where none are stated."""
    households = pd.to_numeric(compounds.get("households", pd.Series(pd.NA, index=compounds.index)), errors="coerce")
    persons = pd.to_numeric(compounds.get("persons", pd.Series(pd.NA, index=compounds.index)), errors="coerce")
    households, persons = (counts.where(counts.between(0, MOST)) for counts in (households, persons))
    known = households.notna().to_numpy(dtype=bool, na_value=False)
    name = compounds.get("name", pd.Series("", index=compounds.index)).fillna("")
    return pd.DataFrame(
        {
            "kind": "compound",
            "compound": [str(code) for code in compounds.index],
            "name": name.to_numpy(),
            "households": households.where(known, 0).astype("int64").to_numpy(),
            "persons": persons.fillna(0).astype("int64").to_numpy(),
            "known": known,
            "community": "",
            "geometry": compounds.geometry.to_numpy(),
        },
        index=pd.Index([str(code) for code in compounds.index], name="atom"),
    )


def _logged(event: str, rows: pd.DataFrame, area: Array | None = None) -> list[tuple[Any, ...]]:
    sizes = [0.0] * len(rows) if area is None else area.tolist()
    columns = zip(rows.index, rows["community"], sizes, rows["households"], strict=True)
    return [(event, atom, community, size, int(n), "") for atom, community, size, n in columns]


def _lines(ground: Ground) -> Array:
    """Return roads and water as lines, of areas their borders."""
    found = []
    for layer in (ground.roads, ground.water):
        if layer is not None and len(layer):
            shapes = layer.geometry.to_numpy()
            shapes = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
            areal = shapely.get_dimensions(shapes) == 2
            shapes = np.where(areal, shapely.boundary(shapes), shapes)
            found.append(shapes[shapely.get_dimensions(shapes) == 1])
    lines = np.concatenate(found) if found else np.zeros(0, dtype=object)
    if not len(lines):
        return lines
    return lines[np.lexsort((*shapely.bounds(lines).T[::-1], shapely.length(lines)))]


def _community(
    code: str, outline: Any, mine: pd.DataFrame, lines: Array, *, band: Norm, buildings: gpd.GeoDataFrame | None
) -> tuple[pd.DataFrame, Array, Array, pd.DataFrame]:
    """Return the atoms of a community without their shapes, the pieces that make them, whose each is, and the log."""
    closed = (mine["kind"] == "exclusive").to_numpy()
    pieces, owner = tiles(outline, mine["geometry"].to_numpy(), lines, keeps_out=closed)
    land = np.flatnonzero(owner == LAND)
    owner = owner.copy()
    order = land[
        np.lexsort((-shapely.get_y(shapely.centroid(pieces[land])), shapely.get_x(shapely.centroid(pieces[land]))))
    ]
    owner[order] = len(mine) + np.arange(len(land))
    wild = _land_rows(code, len(land))
    table = pd.concat([mine.drop(columns="geometry"), wild])
    log: list[tuple[Any, ...]] = []
    large = np.flatnonzero((mine[band.measure] > band.high).to_numpy() & ~closed)
    for at in large:
        row = mine.iloc[at]
        ground = shapely.union_all(pieces[owner == at])
        groups = building_groups(ground, row, buildings, band) if buildings is not None else None
        if groups is None:
            log.append(("too_large", row.name, code, 0.0, int(row["households"]), ""))
            continue
        keep = owner != at
        pieces = np.append(pieces[keep], groups.shapes)
        owner = np.append(owner[keep], len(table) + groups.part)
        table = pd.concat([table, groups.rows])
        log.append(("cut", row.name, code, 0.0, int(row["households"]), str(len(groups.rows))))
    used = np.unique(owner)
    place = np.full(len(table), -1)
    place[used] = np.arange(len(used))
    return table.iloc[used], pieces, place[owner], pd.DataFrame(log, columns=list(LOG_COLUMNS))


def _land_rows(code: str, count: int) -> pd.DataFrame:
    index = pd.Index([f"{code}L{at + 1:03d}" for at in range(count)], name="atom", dtype="object")
    columns = {
        "kind": "land",
        "compound": "",
        "name": "",
        "households": 0,
        "persons": 0,
        "known": True,
        "community": code,
    }
    return pd.DataFrame(columns, index=index)


def _built(
    table: pd.DataFrame | None,
    pieces: list[Array],
    owners: list[Array],
    lines: Array,
    *,
    log: list[pd.DataFrame],
    crs: Any,
) -> Built:
    if table is None:
        empty = gpd.GeoDataFrame(columns=list(ATOM_COLUMNS), geometry="geometry", crs=crs)
        return Built(Atoms(empty, pd.DataFrame(columns=list(EDGE_COLUMNS))), _log(log))
    shapes = noded(np.concatenate(pieces), np.concatenate(owners), len(table))
    frame = gpd.GeoDataFrame(table.assign(geometry=shapes), geometry="geometry", crs=crs)[list(ATOM_COLUMNS)]
    there = shapely.area(shapes) > 0
    lost = frame.loc[~there & (frame["kind"] != "land").to_numpy()]  # less ground than vertices are rounded to
    said = _log([*log, pd.DataFrame(_logged("no_ground", lost), columns=list(LOG_COLUMNS))])
    frame = frame.loc[there].sort_index()
    return Built(Atoms(frame, edges_of(frame, lines)), said)


def _log(parts: list[pd.DataFrame]) -> pd.DataFrame:
    some = [part for part in parts if len(part)] or [pd.DataFrame(columns=list(LOG_COLUMNS))]
    return pd.concat(some, ignore_index=True).sort_values(["event", "subject"], kind="stable", ignore_index=True)


def edges_of(frame: gpd.GeoDataFrame, lines: Array) -> pd.DataFrame:
    """Return which atoms of one community are neighbours (``EDGE_COLUMNS``).

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Atoms with the same vertices on both sides of every border.
    lines : numpy.ndarray of shapely lines
        Roads and water.
    """
    borders = shared_borders(frame.geometry.to_numpy())
    community = frame["community"].to_numpy()
    borders = borders.loc[community[borders["a"]] == community[borders["b"]]]
    parts, owner = shapely.get_parts(borders["geometry"].to_numpy(), return_index=True)
    on_line = np.zeros(len(parts), dtype=bool)
    if len(lines) and len(parts):
        middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
        on_line[shapely.STRtree(lines).query(middle, predicate="dwithin", distance=ON_A_LINE)[0]] = True
    road = np.bincount(owner, weights=np.where(on_line, shapely.length(parts), 0.0), minlength=len(borders))
    ids = frame.index.to_numpy()
    edges = pd.DataFrame(
        {"a": ids[borders["a"]], "b": ids[borders["b"]], "length": borders["length"].to_numpy(), "road": road}
    )
    return edges.round({"length": 2, "road": 2}).sort_values(["a", "b"], ignore_index=True)
