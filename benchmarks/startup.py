"""``gridkit --help`` against importing geopandas and folium: ``python -m benchmarks.startup [--repeat 7]``.

Wall time of whole processes, alternating in one run; the ratio of the medians is the figure (target <= 0.25).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

OURS = [sys.executable, "-m", "gridkit", "--help"]
PEER = [sys.executable, "-c", "import geopandas, folium"]


def seconds(command: list[str]) -> float:
    """Return the wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(arguments: list[str] | None = None) -> float:
    """Measure and print; return the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args(arguments)
    repeat = 1 if options.tiny else options.repeat
    pairs = [(seconds(OURS), seconds(PEER)) for _ in range(repeat)]
    ratios = sorted(ours / peer for ours, peer in pairs)
    ours, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"gridkit --help {ours:.3f} s, import geopandas and folium {peer:.3f} s")
    print(f"ratio {ours / peer:.3f} (spread {ratios[0]:.3f} to {ratios[-1]:.3f} over {repeat} pairs)")
    return ours / peer


if __name__ == "__main__":
    main()
