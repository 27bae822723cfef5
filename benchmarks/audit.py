"""The whole audit without the map at two sizes: ``python -m benchmarks.audit [--repeat 1]``.

Each size runs in a process of its own on a synthetic city (about 10,000 and 100,000 compounds), from reading the files
to the written run folder. Printed are cpu seconds, the exponent of growth (target <= 1.1), and peak memory of the
larger run (target <= 1.5 GB).
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = {"tiny": "town", "small": "district", "large": "city"}

CHILD = """
import json, resource, sys, time
from pathlib import Path
from gridkit import pipeline
from gridkit.io.project import read_project
folder = Path(sys.argv[1])
start = time.process_time()
laps = {}
last = ["", start]
def progress(step, done, total):
    now = time.process_time()
    if last[0]:
        laps[last[0]] = round(laps.get(last[0], 0) + now - last[1], 2)
    last[:] = [step.partition(" ")[0] if step.startswith("reading") else step, now]
run = pipeline.audit(read_project(folder), progress=progress, language="en")
audited = time.process_time()
pipeline.save(run, folder / "runs", project=folder / "gridkit.toml", with_map=False)
done = time.process_time()
laps["writing the run folder"] = round(done - audited, 2)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps({"compounds": len(run.coverage.frame), "cpu": done - start, "peak_gb": peak, "laps": laps}))
"""


def measure(size: str, folder: Path) -> dict[str, float]:
    """Write a city of a size, audit it in a process of its own, and return its figures."""
    from gridkit.demo import make_city, write

    write(make_city(size), folder)
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder)], check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main(arguments: list[str] | None = None) -> float:
    """Measure and print; return the exponent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args(arguments)
    wanted = ("tiny",) if options.tiny else ("small", "large")
    exponents = []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(options.repeat):
            runs = [measure(SIZES[size], Path(name) / f"{turn}-{at}") for at, size in enumerate(wanted)]
            for figures in runs:
                print("{compounds} compounds: {cpu:.1f} cpu s, peak {peak_gb:.2f} GB".format(**figures))
                print("  " + ", ".join(f"{step} {cpu}" for step, cpu in figures["laps"].items()))
            if not options.tiny:
                growth = math.log(runs[1]["cpu"] / runs[0]["cpu"])
                exponents.append(growth / math.log(runs[1]["compounds"] / runs[0]["compounds"]))
                print(f"cpu grows with exponent {exponents[-1]:.2f}")
    return max(exponents, default=1.0)


if __name__ == "__main__":
    main()
