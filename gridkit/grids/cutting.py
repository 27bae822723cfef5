"""Cut one atom along lines, so that the atoms still tile the ground and know their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import shared_borders
from gridkit.grids.land import noded
from gridkit.grids.oversize import shared_out
from gridkit.model.plan import ATOM_COLUMNS, EDGE_COLUMNS, Atoms

if TYPE_CHECKING:
    from collections.abc import Sequence

BESIDE: Final = 2.0
"""Metres within which the centres of pieces count as equally far west."""
SLIVER: Final = 4.0
"""Square metres below which what a line cuts off is no piece."""


def cut_atom(
    atoms: Atoms, atom: str, lines: Sequence[Sequence[Sequence[float]]], households: Sequence[int]
) -> tuple[Atoms, list[str]]:
    """Return atoms in which one is cut, and the names of its pieces, west to east and north to south.

    Parameters
    ----------
    atoms : Atoms
    atom : str
    lines : sequence of sequences of (x, y)
        Lines across the atom, in its metric system.
    households : sequence of int
        Of each piece, adding up to those of the atom; empty to share them out by area.

    Raises
    ------
    ValueError
        The lines do not cut the atom, or the households do not fit.
    """
    frame = atoms.frame
    row = frame.loc[atom]
    knives = [shapely.LineString([(float(x), float(y)) for x, y in line]) for line in lines]
    network = shapely.node(shapely.union_all([shapely.boundary(row["geometry"]), *knives]))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    faces = faces[shapely.intersects(row["geometry"], shapely.point_on_surface(faces))]
    faces = _without_slivers(faces)
    if len(faces) < 2:
        raise ValueError("lines")
    faces = faces[_in_order(shapely.centroid(faces))]
    sizes = _sizes(int(row["households"]), faces, households)
    persons = shared_out(int(row["persons"]), sizes if sum(sizes) else shapely.area(faces).tolist())
    names = [f"{atom}~{at + 1}" for at in range(len(faces))]
    touching = atoms.edges.loc[(atoms.edges["a"] == atom) | (atoms.edges["b"] == atom)]
    # by place, not by edges: those know only the neighbours of one community
    near = frame.index[frame.sindex.query(row["geometry"], predicate="intersects")]
    beside = sorted(set(near) - {atom})
    shapes = np.append(faces, frame.geometry[beside].to_numpy())
    shapes = noded(shapes, np.arange(len(shapes)), len(shapes))
    pieces = pd.DataFrame([row.drop("geometry").to_dict()] * len(names), index=pd.Index(names, name="atom"))
    pieces = pieces.assign(households=sizes, persons=persons, geometry=shapes[: len(names)])
    if row["kind"] == "compound":
        pieces["kind"] = "part"
    kept = frame.drop(index=atom).copy()
    kept.loc[beside, "geometry"] = shapes[len(names) :]
    whole = gpd.GeoDataFrame(pd.concat([kept, pieces])[list(ATOM_COLUMNS)], geometry="geometry", crs=frame.crs)
    inside = np.append(np.ones(len(names), dtype=bool), frame["community"][beside] == row["community"])
    edges = _edges(atoms.edges, touching, atom, np.array([*names, *beside], dtype=object), shapes, inside, len(names))
    return Atoms(whole.sort_index(), edges), names


def _without_slivers(faces: Any) -> Any:
    """Return faces without slivers: each joins the piece with which it has the longest border, else the nearest one.

    A border that was drawn along a wall wriggles by centimetres; where a line crosses it, no piece of land comes about.
    """
    small = shapely.area(faces) < SLIVER
    if not small.any() or small.all():
        return faces[~small]
    large = np.flatnonzero(~small)
    borders = shared_borders(faces)
    pairs = np.vstack([borders[["a", "b"]].to_numpy(), borders[["b", "a"]].to_numpy()])
    table = pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "length": np.tile(borders["length"].to_numpy(), 2)})
    table = table.loc[small[table["a"]] & ~small[table["b"]]].sort_values(["a", "length"], kind="stable")
    home = np.arange(len(faces))
    longest = table.drop_duplicates("a", keep="last")
    home[longest["a"]] = longest["b"]
    for lost in np.setdiff1d(np.flatnonzero(small), longest["a"]):
        home[lost] = large[np.argmin(shapely.distance(faces[lost], faces[large]))]
    return np.array([shapely.coverage_union_all(faces[home == at]) for at in large], dtype=object)


def _in_order(centres: Any) -> Any:
    """Return the order of pieces: west to east; those whose centres are within ``BESIDE`` metres, north to south.

    A cut straight across gives centres that differ by less than a coordinate can say: which piece is the first must not
    hang on that, neither here nor in the page.
    """
    x, y = shapely.get_x(centres), shapely.get_y(centres)
    west = np.argsort(x, kind="stable")
    column = np.zeros(len(x), dtype=np.intp)
    column[west[1:]] = np.cumsum(np.diff(x[west]) > BESIDE)
    return np.lexsort((-y, column))


def _sizes(total: int, faces: Any, households: Sequence[int]) -> list[int]:
    if not len(households):
        return shared_out(total, shapely.area(faces).tolist())
    sizes = [int(n) for n in households]
    if len(sizes) != len(faces) or min(sizes) < 0 or sum(sizes) != total:
        raise ValueError("households")
    return sizes


def _edges(
    edges: pd.DataFrame, touching: pd.DataFrame, atom: str, names: Any, shapes: Any, inside: Any, count: int
) -> pd.DataFrame:
    """Return the edges after the cut; of a border along a road each piece gets its share of the road."""
    borders = shared_borders(shapes)
    borders = borders.loc[(borders["a"] < count) & inside[borders["b"]]]  # those among the neighbours are as before
    other = np.where(touching["a"] == atom, touching["b"], touching["a"])
    road = pd.Series((touching["road"] / touching["length"].clip(lower=1e-9)).to_numpy(), index=other)
    a, b = names[borders["a"]], names[borders["b"]]
    share = road.reindex(b).fillna(0.0).to_numpy()
    first, second = np.where(a < b, a, b), np.where(a < b, b, a)
    length = borders["length"].to_numpy()
    fresh = pd.DataFrame({"a": first, "b": second, "length": length, "road": length * share})
    kept = edges.drop(index=touching.index)
    out = pd.concat([kept, fresh.round({"length": 2, "road": 2})])[list(EDGE_COLUMNS)]
    return out.sort_values(["a", "b"], ignore_index=True)
