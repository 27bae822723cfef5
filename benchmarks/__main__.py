"""Run every comparison: ``python -m benchmarks`` (``--tiny`` for the sizes that the test suite runs)."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "startup",
    "nesting",
    "audit",
    "datum",
    "validation",
    "reading",
    "linking",
    "calibration",
    "rules",
    "boundaries",
    "grids",
    "merge",
    "maps",
)


def main(arguments: list[str]) -> None:
    """Run them one after the other."""
    for name in NAMES:
        print(f"== {name}")
        importlib.import_module(f"benchmarks.{name}").main(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
