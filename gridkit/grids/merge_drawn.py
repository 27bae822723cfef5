"""The borders that departments have drawn, metre by metre: which run together within a tolerance, and which do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.grids.lineage import relations
from gridkit.grids.merge import TOLERANCE, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.grids.merge import Network, Overlay

Array = np.ndarray[Any, Any]

STEP: Final = 10.0
"""Metres of border that are looked at together."""
PARALLEL: Final = 0.7
"""Cosine of the angle between two borders that run together: below it one only crosses the other."""
ROUNDING: Final = 0.01
"""Metres."""
PAIR_COLUMNS: Final = (
    "one", "other", "agree", "one_alone", "other_alone", "one_elsewhere", "other_elsewhere", "share",
)  # fmt: skip
"""Columns of :func:`pairs`: two networks, metres of border that both have within the tolerance (the mean of both
drawings), that only the one or the other has where both cover the ground, and that lie where the other has no grids;
``share``: of the border where both have grids, how much agrees."""
RELATION_COLUMNS: Final = (
    "one", "other", "grid_one", "grid_other", "households_one", "households_other", "households_both", "area_both",
    "relation",
)  # fmt: skip
"""Columns of :func:`grid_relations`: grids by key; relations as of :data:`gridkit.model.plan.RELATION_COLUMNS`, where
``issued`` is a grid that only the other network has, and ``retired`` one that only the first has."""


@dataclass(frozen=True)
class Drawn:
    """Pieces of the inner borders of all networks, at most ``STEP`` metres each; every border comes from both sides.

    ``network``, ``grid`` (position in its layer) and ``length`` of each piece, its ends ``xy`` (m, 4), the networks
    that have a border there and that cover the ground there (as bits); ``first`` marks the pieces that stand for all
    others at the same place.
    """

    network: Array
    grid: Array
    length: Array
    xy: Array
    having: Array
    covering: Array
    first: Array


def drawn_borders(found: Overlay, tolerance: float = TOLERANCE) -> Drawn:
    """Return the inner borders of the networks as they were drawn, and which networks have them.

    Parameters
    ----------
    found : Overlay
    tolerance : float
        Metres within which two borders count as one.

    Notes
    -----
    A border of a grid is an inner one where another grid of its network lies on the other side within the tolerance; a
    border of a community is none, as all networks must have it, nor is the edge of what a network covers.
    """
    frame = found.atoms.frame
    rims = frame[["community", "geometry"]].dissolve("community", method="coverage").geometry.to_numpy()
    rim = Pieces.of(rims)
    sides = [Pieces.of(network.grids.geometry.to_numpy()) for network in found.networks]
    inner = []
    for side in sides:
        beside = side.touched(side, tolerance, apart=True)
        inner.append(side.some(beside & ~side.touched(rim, tolerance)))
    parts = []
    for n, side in enumerate(inner):
        having = np.full(len(side.length), 1 << n, dtype=np.int64)
        covering = having.copy()
        for m, network in enumerate(found.networks):
            if m != n:
                having |= side.touched(inner[m], tolerance).astype(np.int64) << m
                covering |= side.inside(network, tolerance).astype(np.int64) << m
        first = (having & ((1 << n) - 1)) == 0
        parts.append((np.full(len(side.length), n), side.of_shape, side.length, side.xy, having, covering | having,
                      first & side.one_sided(tolerance)))  # fmt: skip
    return Drawn(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


@dataclass(frozen=True)
class Pieces:
    """Borders of shapes, chopped."""

    xy: Array
    of_shape: Array
    length: Array

    @classmethod
    def of(cls, shapes: Array) -> Pieces:
        """Return the borders of areas, chopped; ``of_shape`` is the position of the area."""
        valid = shapely.make_valid(np.where(shapely.is_missing(shapes), shapely.Polygon(), shapes))
        return cls.along(shapely.boundary(valid))

    @classmethod
    def along(cls, shapes: Array) -> Pieces:
        """Return lines, chopped; what is no line among their parts is left out."""
        lines, owner = shapely.get_parts(shapes, return_index=True)
        lines, deep = shapely.get_parts(lines, return_index=True)
        lineal = shapely.get_dimensions(lines) == 1
        lines, owner = shapely.segmentize(lines[lineal], STEP), owner[deep[lineal]]
        points, line = shapely.get_coordinates(lines, return_index=True)
        same = line[1:] == line[:-1]
        xy = np.hstack([points[:-1][same], points[1:][same]])
        length = np.hypot(xy[:, 2] - xy[:, 0], xy[:, 3] - xy[:, 1])
        there = length > 0
        return cls(xy[there], owner[line[:-1][same]][there], length[there])

    def some(self, mask: Array) -> Pieces:
        """Return some of the pieces, by mask or position."""
        return Pieces(self.xy[mask], self.of_shape[mask], self.length[mask])

    @property
    def middle(self) -> Array:
        """The points in the middle of the pieces."""
        points: Array = shapely.points((self.xy[:, :2] + self.xy[:, 2:]) / 2)
        return points

    @property
    def direction(self) -> Array:
        """Unit vectors, shape (m, 2)."""
        return (self.xy[:, 2:] - self.xy[:, :2]) / self.length[:, None]

    def touched(self, other: Pieces, tolerance: float, *, apart: bool = False) -> Array:
        """Return beside which pieces a piece of ``other`` runs; with ``apart`` one of another shape."""
        out = np.zeros(len(self.length), dtype=bool)
        if not len(self.length) or not len(other.length):
            return out
        at, to = self._near(other, tolerance)
        if apart:
            at, to = (one[self.of_shape[at] != other.of_shape[to]] for one in (at, to))
        out[at] = True
        return out

    def _near(self, other: Pieces, tolerance: float) -> tuple[Array, Array]:
        lines = shapely.linestrings(other.xy.reshape(-1, 2, 2))
        at, to = shapely.STRtree(lines).query(self.middle, predicate="dwithin", distance=tolerance)
        along = np.abs((self.direction[at] * other.direction[to]).sum(axis=1)) >= PARALLEL
        return at[along], to[along]

    def inside(self, network: Network, tolerance: float) -> Array:
        """Return which pieces lie on ground that a network covers."""
        shapes = shapely.make_valid(network.grids.geometry.to_numpy())
        out = np.zeros(len(self.length), dtype=bool)
        out[shapely.STRtree(shapes).query(self.middle, predicate="dwithin", distance=tolerance)[0]] = True
        return out

    def one_sided(self, tolerance: float) -> Array:
        """Return the pieces of the first of the two grids on whose border they lie."""
        out = np.ones(len(self.length), dtype=bool)
        if not len(out):
            return out
        at, to = self._near(self, tolerance)
        # beside each other, not one behind the other
        apart = (self.xy[at, :2] + self.xy[at, 2:] - self.xy[to, :2] - self.xy[to, 2:]) / 2
        along = np.abs((apart * self.direction[to]).sum(axis=1)) <= self.length[to] / 2 + ROUNDING
        at, to = at[along], to[along]
        out[at[self.of_shape[to] < self.of_shape[at]]] = False
        return out


def pairs(found: Overlay, drawn: Drawn) -> pd.DataFrame:
    """Return for every two networks how many metres of border agree, and how many do not (``PAIR_COLUMNS``)."""
    rows = []
    for n in range(len(found.networks)):
        for m in range(n + 1, len(found.networks)):
            both = []
            for a, b in ((n, m), (m, n)):
                mine = drawn.network == a
                has, covers = (drawn.having >> b & 1).astype(bool), (drawn.covering >> b & 1).astype(bool)
                # every border comes from the grids on both of its sides
                masks = (mine & has, mine & ~has & covers, mine & ~covers)
                both.append([float(drawn.length[mask].sum()) / 2 for mask in masks])
            agree = (both[0][0] + both[1][0]) / 2
            whole = agree + both[0][1] + both[1][1]
            sizes = [agree, both[0][1], both[1][1], both[0][2], both[1][2]]
            rows.append((found.networks[n].name, found.networks[m].name, *(round(size, 1) for size in sizes),
                         round(agree / whole, 6) if whole else 1.0))  # fmt: skip
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def by_networks(found: Overlay, drawn: Drawn) -> pd.DataFrame:
    """Return metres of border by the networks that have it and those that cover the place but do not.

    Returns
    -------
    pandas.DataFrame
        ``networks`` and ``lacking`` (names joined by ``+``), ``length`` in metres, ``agreed``: nobody lacks it.
    """
    rows: dict[tuple[int, int], float] = {}
    # the drawing of the first network that has a border stands for it, and so do both sides
    lowest = drawn.having & -drawn.having
    mine = lowest == 1 << drawn.network
    for having, covering, length in zip(
        drawn.having[mine].tolist(), drawn.covering[mine].tolist(), drawn.length[mine].tolist(), strict=True
    ):
        key = (having, covering & ~having)
        rows[key] = rows.get(key, 0.0) + length / 2
    table = [
        ("+".join(names_of(having, found.networks)), "+".join(names_of(lacking, found.networks)), round(length, 1),
         lacking == 0)
        for (having, lacking), length in sorted(rows.items())
    ]  # fmt: skip
    return pd.DataFrame(table, columns=["networks", "lacking", "length", "agreed"])


def lines(found: Overlay, drawn: Drawn) -> gpd.GeoDataFrame:
    """Return the drawn borders as lines, each once, with the networks that have it and that lack it."""
    some = np.flatnonzero(drawn.first)
    columns = {
        "network": drawn.network[some], "grid": drawn.grid[some], "having": drawn.having[some],
        "covering": drawn.covering[some],
    }  # fmt: skip
    ends = shapely.linestrings(np.round(drawn.xy[some], 3).reshape(-1, 2, 2)) if len(some) else np.zeros(0, object)
    frame = gpd.GeoDataFrame(columns, geometry=ends, crs=found.atoms.frame.crs)
    groups = frame.groupby(["network", "having", "covering", "grid"], sort=True)["geometry"]
    rows = [(*key, shapely.line_merge(shapely.multilinestrings(part.to_numpy()))) for key, part in groups]
    table = pd.DataFrame(rows, columns=["network", "having", "covering", "grid", "geometry"])
    out = pd.DataFrame({
        "drawn_by": [found.networks[n].name for n in table["network"]],
        "networks": ["+".join(names_of(bits, found.networks)) for bits in table["having"]],
        "lacking": ["+".join(names_of(bits, found.networks)) for bits in table["covering"] & ~table["having"]],
        "agreed": (table["covering"] == table["having"]).to_numpy(dtype=bool),
        "length": [round(float(shapely.length(line)), 1) for line in table["geometry"]],
    })  # fmt: skip
    return gpd.GeoDataFrame(out, geometry=list(table["geometry"]), crs=found.atoms.frame.crs)


def grid_relations(found: Overlay) -> pd.DataFrame:
    """Return which grids of every two networks are the same, split, merged or cover what the other does not."""
    tables = []
    for n in range(len(found.networks)):
        for m in range(n + 1, len(found.networks)):
            table = relations(found.plans[n], found.plans[m])
            tables.append(pd.DataFrame({
                "one": found.networks[n].name, "other": found.networks[m].name,
                "grid_one": [found.keys[n].get(uid, "") for uid in table["grid_old"]],
                "grid_other": [found.keys[m].get(uid, "") for uid in table["grid_new"]],
                "households_one": table["households_old"], "households_other": table["households_new"],
                "households_both": table["households_both"], "area_both": table["area_both"],
                "relation": table["relation"],
            }))  # fmt: skip
    whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(RELATION_COLUMNS))
    return whole.sort_values(["one", "other", "grid_one", "grid_other"], ignore_index=True)


def uncovered(found: Overlay) -> pd.DataFrame:
    """Return what a network leaves out although another covers it, or nobody does.

    Returns
    -------
    pandas.DataFrame
        ``network``, ``community``, ``atoms``, ``households``, ``area`` (m²), ``by_others`` (households that another
        network covers), ``whole`` (the network has nothing in this community); exclusive areas are not asked for.
    """
    frame = found.atoms.frame
    asked: Array = (frame["kind"] != "exclusive").to_numpy()
    area = frame.geometry.area
    covered: Array = np.vstack([(plan.assignment != "").to_numpy() for plan in found.plans])
    anyone = np.asarray(covered.any(axis=0))
    rows = []
    for n, network in enumerate(found.networks):
        left = asked & ~covered[n]
        for community, part in frame.loc[left].groupby("community", sort=True):
            here = np.flatnonzero((frame["community"] == community).to_numpy() & asked)
            shared = anyone[frame.index.get_indexer(part.index)]
            rows.append((network.name, str(community), len(part), int(part["households"].sum()),
                         round(float(area[part.index].sum()), 1), int(part["households"][shared].sum()),
                         bool(left[here].all())))  # fmt: skip
    columns = ["network", "community", "atoms", "households", "area", "by_others", "whole"]
    return pd.DataFrame(rows, columns=columns)


def codes_twice(found: Overlay) -> pd.DataFrame:
    """Return codes that stand for different grids.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``where`` (``within`` one network, or ``across`` networks), ``grids`` (network and key of each), and
        ``shared``: the least share of their households that two of the grids have in common.
    """
    rows = []
    across: dict[str, list[tuple[int, str]]] = {}
    for n, network in enumerate(found.networks):
        for code, part in network.grids.groupby(network.grids["code"].astype(str), sort=True):
            if not code:
                continue
            across.setdefault(str(code), []).extend((n, str(key)) for key in part.index)
            if len(part) > 1:
                rows.append((str(code), "within", _said(found.networks, [(n, str(key)) for key in part.index]), 0.0))
    members = [_members(found, n) for n in range(len(found.networks))]
    size = found.atoms.frame["households"].to_dict()
    for code, some in sorted(across.items()):
        if len({n for n, _ in some}) < 2:
            continue
        shared = min(
            _common(members[n][one], members[m][other], size) if one in members[n] and other in members[m]
            else _overlap(found.networks[n], one, found.networks[m], other)
            for i, (n, one) in enumerate(some) for m, other in some[i + 1 :] if n != m
        )  # fmt: skip
        if shared <= 0.5:
            rows.append((code, "across", _said(found.networks, some), round(shared, 4)))
    return pd.DataFrame(rows, columns=["code", "where", "grids", "shared"]).sort_values(
        ["where", "code"], ascending=[False, True], ignore_index=True
    )


def _said(networks: Sequence[Network], some: list[tuple[int, str]]) -> str:
    return "; ".join(f"{networks[n].name} {key}" for n, key in some)


def _members(found: Overlay, n: int) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for atom, uid in found.plans[n].assignment.items():
        if uid:
            out.setdefault(found.keys[n][uid], set()).add(str(atom))
    return out


def _overlap(one: Network, key: str, other: Network, other_key: str) -> float:
    """Return the share of their land that two grids have in common, where one of them holds no atom."""
    a, b = one.grids.geometry[key], other.grids.geometry[other_key]
    whole = float(shapely.area(shapely.union(a, b)))
    return float(shapely.area(shapely.intersection(a, b))) / whole if whole else 0.0


def _common(one: set[str], other: set[str], size: dict[Any, int]) -> float:
    """Return the share of the atoms' households (of the atoms, where nobody lives) that two grids have in common."""
    both, whole = one & other, one | other
    people = sum(size[atom] for atom in whole)
    if people:
        return float(sum(size[atom] for atom in both) / people)
    return len(both) / len(whole) if whole else 0.0
