"""The inverse of GCJ-02 in numpy against two scalar loops, in one run, by cpu time per point.

``python -m benchmarks.datum [--n 1000000] [--repeat 3]`` undoes GCJ-02 for random points of China with
:func:`gridkit.geo.datum.gcj02_to_wgs84`: all at once; point by point with the same function, as ``apply`` does
it (the target is against this); and point by point in plain Python with :mod:`math`, the same four iterations of the
formula as it is usually written. All must agree to a millimetre. A published package is compared as well where one is
installed (``prcoords``, ``xyconvert``, ``coord_convert``).
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gridkit.geo.datum import AXIS, ECCENTRICITY2, ITERATIONS, gcj02_to_wgs84, wgs84_to_gcj02

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET: Final = 100.0
PART: Final = 200
"""The loops get every two-hundredth point."""
METRES: Final = 111_000.0
PEERS: Final = (("prcoords", "gcj_wgs"), ("xyconvert", "gcj2wgs"), ("coord_convert.transform", "gcj2wgs"))


@dataclass(frozen=True)
class Result:
    """Cpu seconds per point of each repetition, the largest difference in metres, and that after there and back."""

    ours: tuple[float, ...]
    calls: tuple[float, ...]
    plain: tuple[float, ...]
    difference: float
    error: float

    def ratios(self, loop: tuple[float, ...]) -> list[float]:
        """Return a loop's cpu time per point over ours, one per repetition, sorted."""
        return sorted(other / max(own, 1e-12) for own, other in zip(self.ours, loop, strict=True))


def points(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return random longitudes and latitudes of China."""
    rng = np.random.default_rng(seed)
    return rng.uniform(75.0, 134.0, n), rng.uniform(19.0, 53.0, n)


def shift(lon: float, lat: float) -> tuple[float, float]:
    """Return the shift of one point in degrees, with :mod:`math`."""
    x, y, pi = lon - 105.0, lat - 35.0, math.pi
    waves = (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    root = math.sqrt(abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = math.radians(lat)
    magic = 1.0 - ECCENTRICITY2 * math.sin(phi) ** 2
    dlat = north * 180.0 / (AXIS * (1.0 - ECCENTRICITY2) / (magic * math.sqrt(magic)) * pi)
    return east * 180.0 / (AXIS / math.sqrt(magic) * math.cos(phi) * pi), dlat


def back(lon: float, lat: float) -> tuple[float, float]:
    """Undo the shift of one point in four iterations."""
    x, y = lon, lat
    for _ in range(ITERATIONS):
        dlon, dlat = shift(x, y)
        x, y = lon - dlon, lat - dlat
    return x, y


def _cpu(job: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    answer = job()
    return time.process_time() - start, answer


def run(n: int, repeat: int) -> Result:
    """Time both ways ``repeat`` times, one after the other."""
    lon, lat = points(n)
    x, y = wgs84_to_gcj02(lon, lat)
    some = slice(None, None, min(PART, n))
    pairs = list(zip(x[some].tolist(), y[some].tolist(), strict=True))
    times = []
    for _ in range(repeat):
        own, mine = _cpu(lambda: gcj02_to_wgs84(x, y))
        called, single = _cpu(lambda: [gcj02_to_wgs84(a, b) for a, b in pairs])
        plain, theirs = _cpu(lambda: [back(a, b) for a, b in pairs])
        times.append((own / n, called / len(pairs), plain / len(pairs)))
    got = np.column_stack(mine)
    difference = max(float(np.abs(got[some] - np.array(one)).max()) for one in (single, theirs)) * METRES
    error = float(np.abs(got - np.column_stack([lon, lat])).max()) * METRES
    ours, calls, plain_loop = zip(*times, strict=True)
    return Result(ours, calls, plain_loop, difference, error)


def peers(n: int = 2_000) -> list[tuple[str, float, float]]:
    """Return name, cpu seconds per point and largest error in metres of the published packages that are installed."""
    lon, lat = points(n, seed=1)
    x, y = wgs84_to_gcj02(lon, lat)
    found = []
    for module, name in PEERS:
        try:
            function = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
        if module == "xyconvert":
            spent, answer = _cpu(lambda function=function: function(np.column_stack([x, y])))
        elif module == "prcoords":
            spent, answer = _cpu(lambda function=function: [function((b, a))[::-1] for a, b in zip(x, y, strict=True)])
        else:
            spent, answer = _cpu(lambda function=function: [function(a, b) for a, b in zip(x, y, strict=True)])
        missed = float(np.abs(np.asarray(answer, dtype=float)[:, :2] - np.column_stack([lon, lat])).max()) * METRES
        found.append((module, spent / n, missed))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; exit code 1 if the answers differ or the target is missed at full size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.datum", description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="number of points")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="a size that only shows that it runs")
    given = parser.parse_args(arguments)
    if given.tiny:
        given.n, given.repeat = 2_000, 1
    result = run(given.n, given.repeat)
    called, plain = result.ratios(result.calls), result.ratios(result.plain)
    middle = float(np.median(called))
    print(f"{given.n} points, {given.repeat} repetitions, cpu time per point (best of each)")
    print(f"  gcj02_to_wgs84, all at once     {min(result.ours) * 1e6:8.3f} us")
    print(f"  the same, point by point        {min(result.calls) * 1e6:8.3f} us")
    print(f"  plain Python, point by point    {min(result.plain) * 1e6:8.3f} us")
    print(f"  ratio {middle:.0f} (from {called[0]:.0f} to {called[-1]:.0f}), target {TARGET:.0f}")
    print(f"  ratio to plain Python {float(np.median(plain)):.0f} (from {plain[0]:.0f} to {plain[-1]:.0f})")
    print(f"  difference {result.difference:.1e} m, error after there and back {result.error:.1e} m")
    for name, spent, missed in peers(min(given.n, 2_000)):
        print(f"  {name:31s} {spent * 1e6:8.3f} us, error {missed:.1e} m")
    same = result.difference < 0.001 and result.error < 0.001
    return 0 if same and (given.n < 1_000_000 or middle >= TARGET) else 1


if __name__ == "__main__":
    sys.exit(main())
