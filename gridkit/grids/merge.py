"""Several networks of grids laid over the same atoms: which border every department draws, and which only some do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.grids.baseline import NO_CODE, from_layer
from gridkit.grids.propose import uid_of
from gridkit.model.plan import UNASSIGNED, Atoms, Norm, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

Array = np.ndarray[Any, Any]

POSTS: Final = ("branches", "staff", "stations")
"""What is carried over from old grids: branches of the party, posts of grid staff, stations; always as counts."""
TOLERANCE: Final = 15.0
"""Metres by which departments draw the same border apart: half the width of a main road."""
POINT_COLUMNS: Final = ("kind", "x", "y", "n")
"""Columns of ``Network.points``: one of ``POSTS``, metres in the system of the atoms (NaN: no place), how many."""
LISTED_COLUMNS: Final = ("kind", "code", "n")
"""Columns of ``Network.listed``: one of ``POSTS``, the code of a grid as a table states it, how many rows."""


@dataclass(frozen=True)
class Network:
    """The grids of one department.

    Parameters
    ----------
    name : str
        What it is called; codes are told apart by it.
    grids : geopandas.GeoDataFrame
        Indexed by key (text, unique): the code, or ``code#row`` where several features bear it. Columns ``code`` (""
        for none), ``name``, ``grid_kind``, the counts of ``POSTS``, and areas in the metric system of the atoms.
    points : pandas.DataFrame
        Posts with a place (``POINT_COLUMNS``).
    listed : pandas.DataFrame
        Posts by the code of their grid (``LISTED_COLUMNS``).
    """

    name: str
    grids: gpd.GeoDataFrame
    points: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(POINT_COLUMNS)))
    listed: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(LISTED_COLUMNS)))

    def __post_init__(self) -> None:
        lacking = [name for name in ("code", "name", "grid_kind", *POSTS) if name not in self.grids]
        if lacking or not self.grids.index.is_unique:
            raise ValueError(f"network {self.name}: {lacking or 'keys are not unique'}")

    def __repr__(self) -> str:
        return f"<Network {self.name}: {len(self.grids)} grids>"

    @property
    def total(self) -> dict[str, int]:
        """How many posts of each kind it has, however they are given."""
        parts = {kind: int(self.grids[kind].sum()) for kind in POSTS}
        for table in (self.points, self.listed):
            for kind, n in table.groupby("kind")["n"].sum().items():
                parts[str(kind)] += int(n)
        return parts


@dataclass(frozen=True)
class Overlay:
    """Networks on the same atoms.

    Parameters
    ----------
    networks : tuple of Network
    plans : tuple of Plan
        Each network on the atoms; a code that several of its grids bear stays with the largest.
    keys : tuple of dict of str to str
        uid -> key of the grids of each network, also of those without an atom.
    cuts : tuple of pandas.DataFrame
        Atoms that the borders of each network cut (:data:`gridkit.grids.baseline.CUT_COLUMNS`).
    settled : pandas.DataFrame
        Atoms that a border may or may not take in within the tolerance: ``network``, ``atom``, ``was`` (key), ``now``.
    """

    networks: tuple[Network, ...]
    plans: tuple[Plan, ...]
    keys: tuple[dict[str, str], ...]
    cuts: tuple[pd.DataFrame, ...]
    settled: pd.DataFrame

    @property
    def atoms(self) -> Atoms:
        """The atoms of all of them."""
        return self.plans[0].atoms

    def __repr__(self) -> str:
        return f"<Overlay: {', '.join(map(repr, self.networks))} on {len(self.atoms)} atoms>"


def overlay(
    atoms: Atoms, networks: Sequence[Network], norm: Norm = Norm(), *,  # noqa: B008 - a frozen value
    norms: Mapping[str, Norm] | None = None, tolerance: float = TOLERANCE,
) -> Overlay:  # fmt: skip
    """Lay networks over atoms: each atom belongs to the grid of a network that holds most of it.

    Parameters
    ----------
    atoms : Atoms
    networks : sequence of Network
        The first is the one whose codes go on, where nothing else is said.
    norm, norms
        Bands, as of :class:`Plan`.
    tolerance : float
        Metres. An atom that would belong to another grid of its network if that drew a border so much elsewhere goes
        where the other networks have it: departments draw the same border twice, and never the same way.

    Returns
    -------
    Overlay
    """
    plans, keys, cuts = [], [], []
    for network in networks:
        plan, cut = from_layer(atoms, network.grids, norm, norms=norms)
        names = {uid_of("", [str(key)], "layer"): str(key) for key in network.grids.index}
        plans.append(_coded(plan, network, names))
        keys.append(names)
        cuts.append(cut)
    rows = _settle(atoms, networks, plans, keys, tolerance=tolerance) if len(networks) > 1 else []
    table = pd.DataFrame(rows, columns=["network", "atom", "was", "now"])
    changed = []
    for plan, network, names in zip(plans, networks, keys, strict=True):
        mine = table.loc[table["network"] == network.name]
        uids = {key: uid for uid, key in names.items()}
        assignment = plan.assignment.copy()
        assignment[mine["atom"]] = [uids[key] for key in mine["now"]]
        changed.append(replace(plan, assignment=assignment))
    return Overlay(tuple(networks), tuple(changed), tuple(keys), tuple(cuts), table)


def _coded(plan: Plan, network: Network, names: Mapping[str, str]) -> Plan:
    """Return the plan with codes as the layer has them; of several grids with one code the largest keeps it."""
    grids = plan.grids.copy()
    codes = [str(network.grids["code"][names[uid]]) for uid in grids.index]
    grids["code"] = ["" if code.startswith(NO_CODE) else code for code in codes]
    size = plan.atoms.frame["households"].groupby(plan.assignment.to_numpy()).sum().reindex(grids.index).fillna(0)
    order = sorted(grids.index, key=lambda uid: (-size[uid], names[uid]))
    twice = grids.loc[order, "code"].duplicated() & (grids.loc[order, "code"] != "")
    grids.loc[twice.index[twice], "code"] = ""
    return replace(plan, grids=grids)


# ---- atoms that lie within the tolerance of a border


def _settle(
    atoms: Atoms, networks: Sequence[Network], plans: Sequence[Plan], keys: Sequence[Mapping[str, str]], *,
    tolerance: float,
) -> list[tuple[str, str, str, str]]:  # fmt: skip
    """Return which atoms change their grid within the tolerance, so that networks agree."""
    options = [_options(atoms, network, plan, names, tolerance)
               for network, plan, names in zip(networks, plans, keys, strict=True)]  # fmt: skip
    if not any(options):
        return []
    weight = (atoms.frame["households"] * 1000 + atoms.frame.geometry.area).to_numpy()
    now = [plan.assignment.copy() for plan in plans]
    rows = []
    for n, mine in enumerate(options):
        others = [m for m in range(len(plans)) if m != n]
        shared = {m: _shared(plans[n], plans[m], weight, set(mine) | set(options[m])) for m in others} if mine else {}
        for atom, grids in sorted(mine.items()):
            was = plans[n].assignment[atom]
            # where two are in doubt the later one follows the earlier
            there = [(m, now[m][atom]) for m in others if m < n or atom not in options[m]]
            score = {uid: sum(shared[m].get((uid, other), 0.0) for m, other in there if other) for uid in grids}
            best = max(sorted(score), key=lambda uid: (score[uid], uid == was))
            now[n][atom] = best
            if best != was:
                rows.append((networks[n].name, atom, keys[n].get(was, ""), keys[n][best]))
    return rows


def _options(
    atoms: Atoms, network: Network, plan: Plan, keys: Mapping[str, str], tolerance: float
) -> dict[str, list[str]]:
    """Return atom -> its grid and the others within whose borders, drawn so much wider, it lies whole."""
    frame = atoms.frame
    uids = [uid for uid in plan.grids.index if plan.grids["kind"][uid] != "exclusive"]
    shapes = network.grids.geometry[[keys[uid] for uid in uids]].to_numpy()
    wide = shapely.buffer(shapely.make_valid(shapes), tolerance, quad_segs=2)
    inside = np.flatnonzero((frame["kind"] != "exclusive").to_numpy())
    if not uids or not len(inside):
        return {}
    at, grid = shapely.STRtree(wide).query(frame.geometry.to_numpy()[inside], predicate="covered_by")
    here = frame["community"].to_numpy()[inside[at]]
    fits = plan.grids.loc[uids, "community"].to_numpy()[grid] == here
    found: dict[str, list[str]] = {}
    for one, other in zip(frame.index[inside[at[fits]]], grid[fits], strict=True):
        found.setdefault(str(one), []).append(uids[other])
    own = plan.assignment
    return {
        atom: sorted({*some, own[atom]} - {UNASSIGNED}) for atom, some in found.items() if set(some) - {own[atom]}
    }  # fmt: skip


def _shared(one: Plan, other: Plan, weight: Array, without: set[str]) -> dict[tuple[str, str], float]:
    """Return how much the grids of two networks have in common, on atoms of which both are sure."""
    sure = ~one.assignment.index.isin(without)
    pairs = pd.DataFrame({"a": one.assignment.to_numpy()[sure], "b": other.assignment.to_numpy()[sure],
                          "w": weight[sure]})  # fmt: skip
    return {(str(a), str(b)): float(w) for (a, b), w in pairs.groupby(["a", "b"])["w"].sum().items()}


# ---- what networks say of each border between two atoms


def votes(found: Overlay) -> pd.DataFrame:
    """Return for every edge of the atoms how many networks cover both sides, and how many have a border there.

    Returns
    -------
    pandas.DataFrame
        On the index of ``atoms.edges``: ``a``, ``b``, ``length``, ``cover`` and ``have`` (numbers of networks),
        ``covering`` and ``having`` (the networks as bits), ``agreed``: every network that covers the place has it.
    """
    edges = found.atoms.edges
    out = edges[["a", "b", "length"]].assign(cover=0, have=0, covering=0, having=0)
    for n, plan in enumerate(found.plans):
        one, other = (plan.assignment.reindex(edges[side]).to_numpy() for side in ("a", "b"))
        covered = (one != UNASSIGNED) & (other != UNASSIGNED)
        border = covered & (one != other)
        out["cover"] += covered
        out["have"] += border
        out["covering"] += covered.astype("int64") << n
        out["having"] += border.astype("int64") << n
    return out.assign(agreed=(out["cover"] > 0) & (out["have"] == out["cover"]))


def kept(found: pd.DataFrame, plan: Plan) -> Array:
    """Return which edges of :func:`votes` are borders of a plan, shape (m,)."""
    one, other = (plan.assignment.reindex(found[side]).to_numpy() for side in ("a", "b"))
    return np.asarray(one != other)


def names_of(bits: int, networks: Sequence[Network]) -> list[str]:
    """Return the names of the networks that a set of bits stands for."""
    return [network.name for n, network in enumerate(networks) if bits >> n & 1]
