"""Drawing grids beside its peers: share of grids in the band, contiguity, compactness, time; proofs; re-drawing.

``python -m benchmarks.grids [--tiny] [--peers] [--only PART ...]`` makes the communities of
:mod:`benchmarks.grid_worlds`. A community that a peer cannot cut counts as so many grids outside the band as the target
asks for. Times are cpu seconds of one run; what counts is the ratio. ``--peers`` builds an environment of its own for
spopt, gerrychain, pygeoda and METIS.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.grid_worlds import World, community
from gridkit.grids.propose import Wish, propose
from gridkit.grids.solve.problem import Band, Weights
from gridkit.grids.solve.solver import solve
from gridkit.model.plan import EDGE_COLUMNS, Atoms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PEERS: Final = Path(__file__).parent / "peers"
BAND: Final = Band(300, 500, 400)
METHODS: Final = ("metis", "pygeoda", "ward", "maxp", "gerrychain")
SETS: Final = {"S": ((10, 18), False), "A": ((11, 60), False), "A2": ((11, 60), True), "B": ((40, 110), False)}
"""Atoms of a community, and whether compounds above the band are cut into building groups."""


@dataclass
class Tally:
    """What a method made of all communities."""

    grids: int = 0
    inside: int = 0
    whole: int = 0
    households: int = 0
    inside_households: int = 0
    failed: int = 0
    seconds: float = 0.0
    compact: list[float] = field(default_factory=list)

    def add(self, world: World, groups: Sequence[Sequence[int]]) -> None:
        """Count the grids of one community."""
        problem = world.problem(BAND)
        for group in groups:
            mask = sum(1 << i for i in group)
            size = problem.households(mask)
            connected = problem.is_connected(mask)
            good = connected and not BAND.outside(size)
            self.grids += 1
            self.whole += connected
            self.inside += good
            self.households += size
            self.inside_households += size * good
            shape = shapely.coverage_union_all(world.shapes[list(group)])
            self.compact.append(4 * np.pi * shape.area / shape.length**2)

    def fail(self, world: World) -> None:
        """Count a community without an answer."""
        self.failed += 1
        self.grids += wanted(world)
        self.households += int(world.households.sum())

    def line(self, name: str, count: int) -> str:
        """Return one row of the table."""
        share = self.inside / max(1, self.grids)
        people = self.inside_households / max(1, self.households)
        whole = self.whole / max(1, len(self.compact))
        compact = float(np.mean(self.compact)) if self.compact else float("nan")
        return (
            f"  {name:22} fails {self.failed:3}  in band {share:.4f}  households {people:.4f}  contiguous {whole:.4f}  "
            f"compactness {compact:.3f}  {1000 * self.seconds / count:8.1f} ms per community"
        )


def wanted(world: World) -> int:
    """Return the number of grids that the target asks for."""
    return max(1, round(int(world.households.sum()) / BAND.target))


def worlds(name: str, count: int) -> list[World]:
    """Return the first communities of a set."""
    atoms, cut = SETS[name]
    return [community(seed, atoms, cut=cut) for seed in range(count)]


def own(some: Sequence[World], profile: str) -> Tally:
    """Draw all communities with our solver."""
    tally = Tally()
    for at, world in enumerate(some):
        problem = world.problem(BAND, weights=Weights(1.0))
        start = time.process_time()
        solved = solve(problem, at, profile=profile)
        tally.seconds += time.process_time() - start
        tally.add(world, [[i for i in range(problem.n) if grid >> i & 1] for grid in solved.grids])
    return tally


def environment() -> Path:
    """Return the Python of the peers' environment, built on first use beside the benchmarks."""
    folder = PEERS.parent.parent / ".venv-grids"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", PEERS / "grids.txt"], check=True)
        (folder / "installed").touch()
    return python


def peer(python: Path, name: str, some: Sequence[World]) -> Tally:
    """Draw all communities with a peer."""
    given = [
        {
            "households": world.households.tolist(),
            "edges": world.edges,
            "x": shapely.get_x(shapely.centroid(world.shapes)).tolist(),
            "y": shapely.get_y(shapely.centroid(world.shapes)).tolist(),
            "k": wanted(world),
            "low": BAND.low,
            "wkb": [shape.hex() for shape in shapely.to_wkb(world.shapes)],
        }
        for world in some
    ]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.json", Path(folder) / "out.json"
        source.write_text(json.dumps(given))
        subprocess.run([python, PEERS / "grids_run.py", name, source, target], check=True)
        said = json.loads(target.read_text())
    tally = Tally()
    for world, answer in zip(some, said, strict=True):
        tally.seconds += answer["seconds"]
        if "broke" in answer:
            tally.fail(world)
            continue
        labels = np.array(answer["labels"])
        tally.add(world, [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)])
    return tally


def quality(given: argparse.Namespace) -> None:
    """Print in-band share, contiguity and time of every method on the same communities."""
    for name, few in (("A2", 6), ("S", 6), ("A", 2)):
        count = few if given.tiny else 40
        some = worlds(name, count)
        print(f"set {name}: {count} communities")
        mine = {profile: own(some, profile) for profile in (("fast",) if given.tiny else ("fast", "balanced", "best"))}
        for profile, tally in mine.items():
            print(tally.line(f"gridkit {profile}", count))
        if not given.peers:
            print("  spopt, gerrychain, pygeoda and METIS are not measured without --peers")
            continue
        python = environment()
        others = {method: peer(python, method, some) for method in METHODS}
        for method, tally in others.items():
            print(tally.line(method, count))
        for profile, tally in mine.items():
            print(f"  {profile}: {others['maxp'].seconds / tally.seconds:.1f} times as fast as spopt MaxP")


def whole(given: argparse.Namespace) -> None:
    """Print the share of grids in the band on the whole sets, and the share of households that could be."""
    for name in ("A", "A2", "B"):
        count = 4 if given.tiny else 178
        some = worlds(name, count)
        sizes = np.concatenate([world.households for world in some])
        bound = 1 - sizes[sizes > BAND.high].sum() / sizes.sum()
        for profile in ("fast",) if given.tiny or name == "B" else ("fast", "best"):
            tally = own(some, profile)
            share = tally.inside_households / tally.households
            print(f"set {name}: {len(sizes)} atoms, household bound {bound:.4f}, reached {share / bound:.4f} of it")
            print(tally.line(f"gridkit {profile}", count))
            print(f"  {tally.seconds:.2f} cpu s")


def proofs(given: argparse.Namespace) -> None:
    """Print the gap between what each profile finds and the proven optimum."""
    some = worlds("A2", 4 if given.tiny else 40) + worlds("S", 4 if given.tiny else 20)
    for profile in ("fast",) if given.tiny else ("fast", "balanced", "best"):
        gaps = []
        for at, world in enumerate(some):
            proven = solve(world.problem(BAND, weights=Weights(1.0)), at, profile=profile, prove=True)
            if proven.proven:
                found = solve(world.problem(BAND, weights=Weights(1.0)), at, profile=profile).cost
                gaps.append((found - proven.cost) / proven.cost)
        print(f"{profile}: {len(gaps)} of {len(some)} proven, mean gap {np.mean(gaps):.4%}, largest {np.max(gaps):.4%}")


def city(count: int, *, grown: bool) -> Atoms:
    """Return a city of communities of set A2; ``grown`` with other households, and one estate larger in each."""
    frames, edges = [], []
    for at, world in enumerate(worlds("A2", count)):
        code = f"522601{at:06d}"
        households = world.households.copy()
        if grown:
            random = np.random.default_rng(1000 + at)
            households = np.rint(households * np.exp(random.normal(0, 0.12, len(households)))).astype(int)
            households[int(random.integers(len(households)))] += 200
        names = [f"{code}A{i:03d}" for i in range(len(households))]
        columns: dict[str, Any] = {"atom": names, "community": code, "kind": "compound", "compound": names, "name": ""}
        columns |= {"households": households, "persons": households * 3, "known": True, "geometry": world.shapes}
        frames.append(pd.DataFrame(columns))
        edges += [(names[a], names[b], length / 100, road / 100) for a, b, length, road in world.edges]
    frame = gpd.GeoDataFrame(pd.concat(frames).set_index("atom").sort_index(), geometry="geometry", crs="EPSG:4545")
    return Atoms(frame, pd.DataFrame(edges, columns=list(EDGE_COLUMNS)))


def redraw(given: argparse.Namespace) -> None:
    """Print how many households change grid when a plan is drawn again after growth."""
    count = 3 if given.tiny else 40
    profile = "fast" if given.tiny else "best"
    before = propose(city(count, grown=False), wish=Wish(profile=profile)).plan
    grown = city(count, grown=True)
    for name, keep in (("afresh", 0.0), ("with least change", Wish().keep)):
        made = propose(grown, baseline=before, wish=Wish(profile=profile, keep=keep))
        moved = made.report["moved"].sum() / made.report["households"].sum()
        share = made.report["in_band"].sum() / made.report["grids"].sum()
        print(f"{name}: {moved:.2%} of households change grid, {share:.4f} of grids in the band")


PARTS: Final[dict[str, Callable[[argparse.Namespace], None]]] = {
    "quality": quality, "whole": whole, "proofs": proofs, "redraw": redraw,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grids", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="sizes that the test suite runs")
    parser.add_argument("--peers", action="store_true", help="other libraries as well, in an environment of their own")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    given = parser.parse_args(arguments)
    for name in given.only:
        print(f"-- {name}")
        PARTS[name](given)


if __name__ == "__main__":
    main()
