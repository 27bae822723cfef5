"""The main job on the demo city, done once for all tests that look at its result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from gridkit import locale, pipeline
from gridkit.io.project import read_project
from gridkit.model import Run

DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Done:
    run: Run
    folder: Path
    answers: dict[str, Any]


@cache
def done() -> Done:
    """Audit the committed demo city and write its run folder, in Chinese."""
    with locale.speaking("zh"):
        run = pipeline.audit(read_project(DATA), language="zh")
        folder = pipeline.save(run, Path(mkdtemp(prefix="gridkit-test-")), project=DATA / "gridkit.toml")
    return Done(run, folder, json.loads((DATA / "answers.json").read_text(encoding="utf-8")))
