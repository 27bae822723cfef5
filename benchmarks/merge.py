"""One network from three: agreed borders kept, posts accounted for, grids in the band, cpu seconds.

``python -m benchmarks.merge [--tiny] [--communities N]`` draws a hidden truth over the communities of
:mod:`benchmarks.grid_worlds` (178 communities, about 1,359 grids), and derives three departmental networks from it:
some compounds go to the neighbouring grid, some grids are merged, some split, one community is left out, and every
border is drawn up to eight metres elsewhere. What is kept is measured three times: by the networks on their atoms, by
the borders as they were drawn, and by the truth that nobody sees: borders of the truth that all three departments left
alone.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.grid_worlds import community
from gridkit.grids.merge import Network, overlay
from gridkit.grids.merge_drawn import drawn_borders
from gridkit.grids.merge_plan import merge_networks
from gridkit.grids.merge_through import through
from gridkit.grids.propose import Wish, propose
from gridkit.grids.totals import totals
from gridkit.model.plan import EDGE_COLUMNS, UNASSIGNED, Atoms, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWN: Final = 8.0
"""Metres by which a department draws a corner elsewhere, at most."""
NAMES: Final = ("party", "security", "urban")
MOVED, JOINED, CUT = 0.04, 0.04, 0.04
"""Share of the compounds on a border that go to the other side; of grids that are merged with another, or split."""
HOUSEHOLDS: Final = (1470, 4640)


@dataclass(frozen=True)
class City:
    """A hidden truth and the networks that departments made of it; ``held`` are its edges that all left alone."""

    atoms: Atoms
    truth: Plan
    drawn: tuple[Plan, ...]
    networks: tuple[Network, ...]


def atoms_of(count: int) -> Atoms:
    """Return the atoms of so many communities."""
    frames, edges = [], []
    for at in range(count):
        world = community(at, (11, 60), cut=True, households=HOUSEHOLDS)
        code = f"522601{at:06d}"
        names = [f"{code}A{i:03d}" for i in range(len(world.households))]
        place = np.array([2000.0 * (at % 15), 2000.0 * (at // 15)])
        shapes = shapely.transform(world.shapes, partial(np.add, place))
        columns: dict[str, Any] = {"atom": names, "community": code, "kind": "compound", "compound": names, "name": ""}
        columns |= {"households": world.households, "persons": world.households * 3, "known": True, "geometry": shapes}
        frames.append(pd.DataFrame(columns))
        edges += [(names[a], names[b], length / 100, road / 100) for a, b, length, road in world.edges]
    frame = gpd.GeoDataFrame(pd.concat(frames).set_index("atom").sort_index(), geometry="geometry", crs="EPSG:4545")
    frame.geometry = frame.geometry.translate(500_000, 2_940_000)
    return Atoms(frame, pd.DataFrame(edges, columns=list(EDGE_COLUMNS)))


def perturbed(truth: Plan, seed: int) -> pd.Series:
    """Return the assignment of a department: the truth with compounds moved, grids merged and grids split."""
    random = np.random.default_rng(seed)
    grid = truth.assignment.copy()
    edges = truth.atoms.edges
    a, b = edges["a"].to_numpy(), edges["b"].to_numpy()
    for at in np.flatnonzero(grid.reindex(a).to_numpy() != grid.reindex(b).to_numpy()):
        if random.random() < MOVED:
            grid[a[at]] = grid[b[at]]
    beside: dict[str, set[str]] = {}
    for at in range(len(a)):
        one, other = grid[a[at]], grid[b[at]]
        if one != other:
            beside.setdefault(one, set()).add(other)
    for uid in sorted(set(grid)):
        draw = random.random()
        members = grid.index[grid == uid]
        if draw < JOINED and uid in beside:
            grid[members] = sorted(beside[uid])[int(random.random() * len(beside[uid]))]
        elif draw < JOINED + CUT and len(members) > 3:
            points = truth.atoms.frame.geometry[members].centroid
            east = points.x > points.x.median()
            grid[members[east.to_numpy()]] = f"{uid}b"
    codes = sorted(set(truth.atoms.frame["community"]))
    gone = truth.atoms.frame["community"] == codes[seed % len(codes)]
    return grid.where(~gone, UNASSIGNED) if seed % 3 == 2 else grid


def drawn(atoms: Atoms, grid: pd.Series, name: str, seed: int) -> Network:
    """Return the layer that a department draws: every corner somewhere near, the same for both grids beside it."""
    shake = np.random.default_rng(seed).random(4) * 2 * np.pi

    def moved(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        wave = np.sin(xy[:, ::-1] / 37.0 + shake[:2]) * np.cos(xy / 53.0 + shake[2:])
        return xy + DRAWN / 1.5 * wave

    some = atoms.frame.loc[grid != UNASSIGNED, ["geometry"]].assign(grid=grid[grid != UNASSIGNED])
    layer = some.dissolve("grid", method="coverage")
    layer.geometry = shapely.make_valid(shapely.transform(layer.geometry.to_numpy(), moved))
    codes = [f"{name}{n:04d}" for n in range(1, len(layer) + 1)]
    random = np.random.default_rng(seed + 99)
    columns: dict[str, Any] = {"code": codes, "name": "", "grid_kind": "comprehensive",
                               "branches": random.integers(0, 2, len(layer)),
                               "staff": random.integers(1, 4, len(layer)), "stations": 0}  # fmt: skip
    grids = gpd.GeoDataFrame(columns, geometry=layer.geometry.to_numpy(), crs=atoms.frame.crs, index=codes)
    spots = atoms.frame.geometry.sample(min(len(atoms), 40 * len(NAMES)), random_state=seed).representative_point()
    points = pd.DataFrame({"kind": "stations", "x": spots.x.to_numpy(), "y": spots.y.to_numpy(), "n": 1})
    return Network(name, grids, points)


def make_city(count: int, *, profile: str = "balanced") -> City:
    """Return a city with a hidden truth and three networks."""
    atoms = atoms_of(count)
    truth = propose(atoms, wish=Wish(profile=profile, seed=7)).plan
    grids = [perturbed(truth, 3 + n) for n in range(len(NAMES))]
    networks = tuple(drawn(atoms, grid, name, 11 + n) for n, (grid, name) in enumerate(zip(grids, NAMES, strict=True)))
    plans = tuple(_plan(truth, grid) for grid in grids)
    return City(atoms, truth, plans, networks)


def _plan(truth: Plan, grid: pd.Series) -> Plan:
    uids = sorted(set(grid) - {UNASSIGNED})
    community = truth.atoms.frame["community"].groupby(grid).first()
    table = pd.DataFrame(
        [(uid, "", "", "comprehensive", community[uid], False, "") for uid in uids],
        columns=["uid", "code", "name", "kind", "community", "locked", "valid_from"],
    ).set_index("uid")
    return Plan(truth.atoms, grid, table, truth.norm)


def held(city: City, merged: Plan) -> tuple[float, float]:
    """Return metres of the truth's borders that every department left alone, and how many of them the merge keeps."""
    edges = city.atoms.edges
    left = np.ones(len(edges), dtype=bool)
    for plan in (city.truth, *city.drawn):
        one, other = (plan.assignment.reindex(edges[side]).to_numpy() for side in ("a", "b"))
        left &= (one != other) | (one == UNASSIGNED)
    one, other = (merged.assignment.reindex(edges[side]).to_numpy() for side in ("a", "b"))
    length = edges["length"].to_numpy()
    return float(length[left].sum()), float(length[left & (one != other)].sum())


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    """Merge the networks of a city and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.merge", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a size that the test suite runs")
    parser.add_argument("--communities", type=int, default=178)
    parser.add_argument("--profile", default="balanced", choices=["fast", "balanced", "best"])
    given = parser.parse_args(arguments)
    city = make_city(3 if given.tiny else given.communities, profile="fast" if given.tiny else "balanced")
    print(
        f"{len(city.truth)} true grids of {len(city.atoms)} atoms; networks {[len(one.grids) for one in city.networks]}"
    )
    start = time.process_time()
    found = overlay(city.atoms, city.networks)
    laid = time.process_time()
    made = merge_networks(found, wish=Wish(profile="fast" if given.tiny else given.profile))
    drawn_at = time.process_time()
    sums, size = made.shares, totals(made.plan)
    common, still = held(city, made.plan)
    _, metres = through(made, drawn_borders(found))
    right = sum(
        float(((plan.assignment == UNASSIGNED) | _same(plan, laid_out)).mean())
        for plan, laid_out in zip(city.drawn, found.plans, strict=True)
    ) / len(NAMES)  # fmt: skip
    posts = {network.name: network.total for network in city.networks}
    homed = made.homes.groupby(["network", "kind"])["n"].sum()
    lost = sum(abs(n - int(homed.get((name, kind), 0))) for name, kinds in posts.items() for kind, n in kinds.items())
    out = {
        "agreed_kept": sums["agreed_kept"] / sums["agreed"],
        "drawn_kept": metres["drawn_kept"] / metres["drawn_agreed"],
        "drawn_through": metres["drawn_through"] / metres["drawn_agreed"], "truth_kept": still / common,
        "in_band": float((size["outside"] == 0).mean()), "contiguous": float((size["pieces"] == 1).mean()),
        "posts": float(sum(sum(kinds.values()) for kinds in posts.values())), "posts_lost": float(lost),
        "to_decide": float(made.homes.loc[made.homes["outcome"].isin(["decide", "unknown", "no_place"]), "n"].sum()),
        "overlay_s": laid - start, "merge_s": drawn_at - laid, "atoms_right": right, "grids": float(len(made.plan)),
    }  # fmt: skip
    for name, value in out.items():
        print(f"  {name:12} {value:.4f}")
    before = [float((totals(plan)["outside"] == 0).mean()) for plan in found.plans]
    print(f"  in the band before: {', '.join(f'{share:.4f}' for share in before)}")
    print(f"  given up: {made.given_up.groupby('reason')['length'].agg(['count', 'sum']).round(0).to_dict('index')}")
    return out


def _same(one: Plan, other: Plan) -> pd.Series:
    """Return which atoms lie in the grid that holds most of the atoms of theirs."""
    pairs = pd.DataFrame({"a": one.assignment, "b": other.assignment})
    counts = pairs.value_counts().reset_index(name="n").sort_values(["a", "n", "b"], ascending=[True, False, True])
    best = counts.drop_duplicates("a").set_index("a")["b"]
    return pairs["b"] == pairs["a"].map(best)


if __name__ == "__main__":
    main()
