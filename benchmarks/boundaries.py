"""Boundary layers beside their peers: findings, repair, error to a planted truth, memory, growth.

``python -m benchmarks.boundaries [--tiny] [--peers] [--real FOLDER]`` prints, per comparison, cpu seconds (the best of
each) and the ratio of gridkit to the peer with its spread, both measured in turns in one run. shapely.coverage_clean
comes with our own requirements and is always there; maup needs another pandas and gets an environment of its own with
``--peers``. Real layers (Beijing, Denver) are read from ``--real``, the environment variable ``GRIDKIT_REAL``, or
``../shared/real`` beside the project.

The synthetic layers are those of :mod:`benchmarks.coverages`. As the peers settle whatever they find, the limits of
gridkit are set wide for the comparison; only what crosses parents is left to a person where parents are known.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.coverages import world
from gridkit.geo import place
from gridkit.model import City, Layer, conform
from gridkit.model.fields import GRID, LAYER_FIELDS, STREET
from gridkit.topology.defects import find_defects
from gridkit.topology.inspect import inspect
from gridkit.topology.mend import mend
from gridkit.topology.repair import LEAVE, settle
from gridkit.topology.resolve import GIVE, Limits, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, Any]

CRS: Final = "EPSG:4545"
GAP: Final = 20.0
"""Metres: wider gaps stay open, with every tool."""
WIDE: Final = Limits(gap_width=GAP, overlap_width=np.inf, area=np.inf, share=np.inf)
"""Settle everything that a peer would settle."""
PEERS: Final = Path(__file__).parent / "peers"
REAL: Final = {
    "Beijing": ("beijing/streets.gpkg", "EPSG:32650"),
    "Denver": ("denver/orig/DenverCo_precincts2020_orig.shp", "EPSG:26913"),
}
PARTS: Final = ("findings", "smart_repair", "repair", "growth")
ABSENT: Final = "{name} is not measured: {path} is not there (--real, GRIDKIT_REAL)"


@dataclass(frozen=True)
class Case:
    """A synthetic layer: about ``count`` polygons, a share ``dirty`` of them spoilt, their ``parents`` known or not."""

    count: int
    dirty: float
    parents: bool = False
    repeat: int = 3
    target: float | None = None

    def __str__(self) -> str:
        known = ", parents known" if self.parents else ""
        return f"{self.count} polygons, {self.dirty:.1%} dirty{known}"


CASES: Final = (
    Case(1_000, 0.015, repeat=5, target=1.5),
    Case(1_000, 0.38, parents=True, repeat=5, target=1.5),
    Case(10_000, 0.015),
    Case(10_000, 0.38, parents=True),
    Case(100_000, 0.015, repeat=2, target=0.6),
    Case(100_000, 0.38, parents=True, repeat=1, target=0.2),
)
TINY: Final = (Case(64, 0.1, repeat=1), Case(64, 0.38, parents=True, repeat=1))


def city_of(shapes: Array, parent: Array | None, crs: str = CRS) -> City:
    """Return a city with one layer: streets, or grids that state their communities."""
    level = STREET if parent is None else GRID
    frame = pd.DataFrame({"src": f"{level}.gpkg!{level}", "row": range(1, len(shapes) + 1)})
    frame.index = pd.Index([f"u{at:07d}" for at in range(len(shapes))], dtype="object", name="code")
    if parent is not None:
        frame["community_code"] = [f"c{of:06d}" for of in parent.tolist()]
    frame["geometry"] = shapes
    layer = gpd.GeoDataFrame(conform(frame, LAYER_FIELDS[level]), geometry="geometry", crs=crs)
    return City("layer", crs, layers={level: Layer(level, layer, frozenset(frame.columns) & {"community_code"})})


def clean(shapes: Array, parent: Array | None) -> Array:
    """Repair with GEOS, which knows no parents; the function is given the layer ready made."""
    return np.asarray(shapely.coverage_clean(shapes, gap_width=GAP))


def kernel(shapes: Array, parent: Array | None) -> Array:
    """Repair once with the kernel alone: no rounds, no names, no log."""
    defects = find_defects(shapes)
    above = np.zeros(len(shapes), dtype=np.int64) if parent is None else parent
    plan = resolve(defects, shapely.area(shapes), above, limits=WIDE)
    return settle(shapes, defects, np.where(plan["action"] == GIVE, plan["target"], LEAVE).astype(np.int64)).shapes


def whole(shapes: Array, parent: Array | None) -> Array:
    """Repair as the command does: levels, names of defects, rounds until nothing changes, log."""
    city = city_of(shapes, parent)
    (layer,) = mend(city, limits=WIDE).layers.values()
    return np.asarray(layer.geometry.to_numpy())


JOBS: Final[dict[str, Callable[[Array, Array | None], Array]]] = {
    "coverage_clean": clean,
    "kernel": kernel,
    "mend": whole,
}


@dataclass(frozen=True)
class Run:
    """Cpu seconds and peak memory (MB) of a job, what the memory was before it, and the error to the truth (m2)."""

    seconds: float
    peak: float
    before: float
    error: float


def work(name: str, case: Case) -> Run:
    """Do a job on a synthetic layer, here and now."""
    made = world(case.count, dirty=case.dirty)
    JOBS[name](*_given(world(36, dirty=0.3), parents=case.parents))  # what is loaded on first use is not timed
    before = _peak()
    start = time.process_time()
    result = JOBS[name](*_given(made, parents=case.parents))
    seconds = time.process_time() - start
    peak = _peak()
    return Run(seconds, peak, before, error_of(result, made.truth))


def _given(made: Any, *, parents: bool) -> tuple[Array, Array | None]:
    return made.spoilt, made.parent if parents else None


def error_of(shapes: Array, truth: Array) -> float:
    """Return the area by which each polygon differs from the true one, added up; equal ones cost nothing."""
    other = np.flatnonzero(~shapely.equals_identical(shapely.normalize(shapes), shapely.normalize(truth)))
    return float(shapely.area(shapely.symmetric_difference(shapes[other], truth[other])).sum())


def _peak() -> float:
    """Return the peak memory of this process in MB; NaN where the system does not tell.

    The operating system counts what a parent process had as the child's, save in this file.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


def fresh(name: str, case: Case) -> Run:
    """Do a job in a process of its own."""
    asked = [sys.executable, "-m", "benchmarks.boundaries", "--job", name, str(case.count), str(case.dirty)]
    said = subprocess.run([*asked, *(["parents"] if case.parents else [])], check=True, capture_output=True, text=True)
    return Run(**json.loads(said.stdout.splitlines()[-1]))


def repairs(cases: Sequence[Case], run: Callable[[str, Case], Run]) -> None:
    """Print our repair beside coverage_clean."""
    for case in cases:
        runs: dict[str, list[Run]] = {name: [] for name in JOBS}
        for _ in range(case.repeat):
            for name in JOBS:
                runs[name].append(run(name, case))
        print(f"repair of {case}")
        for name, some in runs.items():
            best = min(one.seconds for one in some)
            print(f"  {name:15} {best:8.3f} s  peak {some[0].peak:6.0f} MB  error to truth {some[0].error:10.0f} m2")
        for name in ("kernel", "mend"):
            ratios = _ratios(runs[name], runs["coverage_clean"])
            memory = runs[name][0].peak / runs["coverage_clean"][0].peak
            goal = f", target {case.target:g}" if case.target and name == "mend" else ""
            print(f"  {name} / coverage_clean: {spread(ratios)}{goal}; memory {memory:.2f}")


def _ratios(ours: list[Run], theirs: list[Run]) -> list[float]:
    return [own.seconds / max(other.seconds, 1e-9) for own, other in zip(ours, theirs, strict=True)]


def spread(ratios: list[float]) -> str:
    """Return the middle of some ratios, the lowest and the highest.

    >>> spread([0.5, 0.25, 0.75])
    '0.50 (0.25 to 0.75)'
    """
    return f"{float(np.median(ratios)):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def growth(sizes: Sequence[int], run: Callable[[str, Case], Run]) -> None:
    """Print how cpu time per polygon grows."""
    per = {}
    for size in sizes:
        per[size] = run("mend", Case(size, 0.015)).seconds / size * 1e6
    first = next(iter(per.values()))
    print("mend, microseconds per polygon at 1.5% dirty (1.00 throughout is linear)")
    for size, one in per.items():
        print(f"  {size:7d}  {one:8.1f}  {one / first:.2f}")


def real_layers(folder: Path) -> dict[str, Array]:
    """Return the real layers that are there, in metres, and say which are not."""
    layers = {}
    for name, (path, crs) in REAL.items():
        if (folder / path).exists():
            layers[name] = np.asarray(gpd.read_file(folder / path).to_crs(crs).geometry.to_numpy())
        else:
            print(ABSENT.format(name=name, path=folder / path))
    return layers


def findings(name: str, shapes: Array, repeat: int, python: Path | None) -> None:
    """Print our findings with geometry beside maup.doctor, which counts."""
    crs = REAL[name][1]
    city = city_of(shapes, None, crs)
    places = place(city)
    inspect(city, places)
    ours: dict[str, list[float]] = {"find_defects": [], "inspect": []}
    theirs: list[float] = []
    for _ in range(repeat):
        ours["find_defects"].append(_cpu(lambda: find_defects(shapes)))
        ours["inspect"].append(_cpu(lambda: inspect(city, places)))
        if python is not None:
            theirs.append(float(beside(python, "doctor", shapes, crs)[0]["seconds"]))
    frame = inspect(city, places).frame
    print(f"findings in {name}: {len(shapes)} polygons, {frame['code'].value_counts().sort_index().to_dict()}")
    for which, some in ours.items():
        ratio = ""
        if theirs:
            found = [own / max(other, 1e-9) for own, other in zip(some, theirs, strict=True)]
            ratio = f"  / maup.doctor {spread(found)}, target 0.5"
        print(f"  {which:15} {min(some):8.3f} s{ratio}")
    if theirs:
        print(f"  maup.doctor     {min(theirs):8.3f} s (counts only)")


def smart(name: str, shapes: Array, parent: Array | None, crs: str, python: Path) -> None:
    """Print our repair beside maup.smart_repair, once: it takes long."""
    own = min(_cpu(lambda: whole(shapes, parent)) for _ in range(2))
    said, _ = beside(python, "smart_repair", shapes, crs)
    end = f"; it broke: {said['broke']}" if "broke" in said else ""
    print(f"repair of {name}: mend {own:.2f} s, maup.smart_repair {said['seconds']:.1f} s{end}")
    if not end:
        print(f"  maup.smart_repair / mend: {float(said['seconds']) / own:.1f}, target 20")


def _cpu(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def beside(python: Path, name: str, shapes: Array, crs: str) -> tuple[dict[str, Any], list[str]]:
    """Run a function of maup in its own environment; return what it said and the shapes it made."""
    with tempfile.TemporaryDirectory() as scratch:
        layer, result = Path(scratch) / "layer.gpkg", Path(scratch) / "result.json"
        gpd.GeoDataFrame(geometry=shapes, crs=crs).to_file(layer)
        asked = [python, PEERS / "maup_run.py", name, layer, result]
        subprocess.run(asked, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made = Path(f"{result}.wkb")
        return json.loads(result.read_text()), made.read_text().split() if made.exists() else []


def environment() -> Path | None:
    """Return the python of maup's environment, made where it is not there; None where it cannot be made."""
    folder = PEERS / ".venv-maup"
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            venv.create(folder, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", str(PEERS / "maup.txt")], check=True)
        subprocess.run([python, "-c", "import maup"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"maup is not measured: its environment cannot be made ({error})")
        return None
    return python


def main(arguments: list[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.boundaries", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a size that only shows that it runs")
    parser.add_argument("--peers", action="store_true", help="maup as well, in an environment of its own")
    parser.add_argument("--real", type=Path, help="folder with the real layers")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="some of the comparisons")
    parser.add_argument("--job", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.job:
        name, count, dirty, *parents = given.job
        print(json.dumps(vars(work(name, Case(int(count), float(dirty), bool(parents))))))
        return
    parts = given.only or PARTS
    if {"findings", "smart_repair"} & set(parts):
        if not given.peers:
            print("maup is not measured without --peers")
        real_and_peer(given, environment() if given.peers else None, parts)
    if "repair" in parts:
        repairs(TINY if given.tiny else CASES, work if given.tiny else fresh)
    if "growth" in parts:
        growth((36, 144) if given.tiny else (10_000, 40_000, 160_000), work if given.tiny else fresh)


def real_and_peer(given: argparse.Namespace, python: Path | None, parts: Sequence[str]) -> None:
    """Print what needs the real layers or maup."""
    beside_ourselves = Path(__file__).resolve().parents[2] / "shared" / "real"
    folder = given.real or Path(os.environ.get("GRIDKIT_REAL", beside_ourselves))
    layers = {} if given.tiny else real_layers(folder)
    if "findings" in parts:
        for name, shapes in layers.items():
            findings(name, shapes, 5, python)
    if "smart_repair" in parts and python is not None:
        for name, shapes in layers.items():
            smart(name, shapes, None, REAL[name][1], python)
        for case in TINY if given.tiny else (Case(400, 0.015), Case(400, 0.38, parents=True)):
            made = world(case.count, dirty=case.dirty)
            smart(str(case), *_given(made, parents=case.parents), CRS, python)


if __name__ == "__main__":
    main(sys.argv[1:])
