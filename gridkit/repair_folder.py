"""What a repair of boundary layers leaves in its folder: planned, done, taken back, or with fewer vertices."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.io.boundary_decisions import EXCEPTION_COLUMNS
from gridkit.io.originals import rewritten
from gridkit.locale import gettext, speaking
from gridkit.reports.boundary_rows import UnitNames, cause_words
from gridkit.reports.decisions_xlsx import write_decisions_xlsx
from gridkit.reports.repair_files import (
    repair_document,
    text_file,
    write_decisions_csv,
    write_document,
    write_exceptions_csv,
    write_log,
    write_undo,
)
from gridkit.reports.repair_page import write_repair_page
from gridkit.rules import CATALOGUE
from gridkit.stores import write_check
from gridkit.stores.boundary_layers import write_features

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import geopandas as gpd

    from gridkit.io.originals import Original, Part
    from gridkit.io.project import Project
    from gridkit.model.repairs import BoundaryPlan

    Array = np.ndarray[Any, Any]
    PlanWriter = Callable[[BoundaryPlan, Path], None]
    DoneWriter = Callable[["Done", Path], None]

PLAN: Final = "plan.json"
DOCUMENT: Final = "repair.json"
LOG: Final = "log.jsonl"
UNDO: Final = "undo.jsonl"
EXCEPTIONS: Final = "exceptions.csv"


@dataclass(frozen=True)
class Done:
    """Layers to be written, as a repair, a reversal or a simplification leaves them, and how they came about.

    ``frames`` holds the levels in the system of the city; ``originals`` the same levels as their files have them.
    """

    plan: BoundaryPlan
    frames: Mapping[str, gpd.GeoDataFrame]
    originals: Mapping[str, Original]
    project: Project
    undone: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """The date of the data, which the files carry."""
        return self.plan.city.as_of.isoformat() if self.plan.city.as_of else ""


def _write_defects(plan: BoundaryPlan, path: Path) -> None:
    """Write ``defects.gpkg``: one layer per level and rule, in the metres of the city."""
    frame, names = plan.inspection.frame, UnitNames(plan.city)
    layers = []
    for (level, code), some in frame.groupby(["level", "code"], sort=True):
        columns = {
            "defect_id": list(some.index), "rule": [CATALOGUE[str(code)].name] * len(some),
            "title": [gettext(CATALOGUE[str(code)].title)] * len(some), "severity": some["severity"].tolist(),
            "units": ["; ".join(map(str, one)) for one in some["units"]],
            "names": ["; ".join(names.of(str(one), str(level)) for one in units) for units in some["units"]],
            "parents": ["; ".join(map(str, one)) for one in some["parents"]],
            **{name: some[name].astype(float).tolist() for name in ("area_m2", "width_m")},
            "length_m": [None if value != value else float(value) for value in some["length_m"]],  # noqa: PLR0124
            **{name: [int(one) for one in some[name]] for name in ("compounds", "households")},
            "action": some["action"].tolist(), "target": some["target"].fillna("").astype(str).tolist(),
            "alternatives": ["; ".join(map(str, one)) for one in some["alternatives"]],
            "why": [cause_words(cause) if action == "ask" else "" for cause, action in zip(
                some["cause"].fillna("").astype(str), some["action"], strict=True)],
            "exception": some["exception"].tolist(),
        }  # fmt: skip
        layers.append((f"{level}_{code}", columns, some.geometry.to_numpy(), plan.city.crs))
    if not layers:
        layers = [("no_defects", {"defect_id": []}, np.empty(0, dtype=object), plan.city.crs)]
    day = plan.city.as_of.isoformat() if plan.city.as_of else ""
    write_features(path, layers, day=day, styled=True)


def _write_level(level: str, done: Done, path: Path) -> None:
    """Write one repaired level: a layer per file that it was read from, in the numbers of that file."""
    original = done.originals[level]
    parts = rewritten(original, done.frames[level])
    valid = {one.code for one in done.plan.made_valid if one.level == level}
    layers = []
    taken: set[str] = set()
    for part, made, changed in parts:
        shapes = _as_in_file(done, original, part, made, changed=changed, valid=valid) if done.undone else made
        name = _free_name(part.title, taken)
        layers.append((name, part.columns, shapes, part.crs))
    write_features(path, layers, day=done.day)


def _as_in_file(done: Done, original: Original, part: Part, shapes: Array, *, changed: Array, valid: set[str]) -> Array:
    """Return shapes of which those that only reading had changed are as in the file, where that was taken back."""
    was = original.layer.frame.geometry
    now = done.frames[original.level].geometry
    out = shapes.copy()
    for at in np.flatnonzero(changed).tolist():
        code = part.code[at]
        if code not in valid and shapely.equals_identical(was[code], now[code]):
            out[at] = part.geometry[at]
    return out


def _free_name(title: str, taken: set[str]) -> str:
    name, number = title, 1
    while name.lower() in taken:
        number += 1
        name = f"{title}_{number}"
    taken.add(name.lower())
    return name


def _write_settings(done: Done, folder: Path, path: Path) -> None:
    """Write the tables of a project file that name the layers written here."""
    text_file(path, _settings_lines(done, folder))


def _settings_lines(done: Done, folder: Path) -> list[str]:
    lines = [gettext("# these tables in gridkit.toml make the repaired layers those of the project") + "\n"]
    for level, original in done.originals.items():
        part = original.parts[0]
        where = _relative(folder / f"{level}.gpkg", done.project.root)
        headers = done.plan.city.source(part.name).headers
        columns = ", ".join(f"{_toml(field)} = {_toml(header)}" for field, header in sorted(headers.items())
                            if header in part.columns)  # fmt: skip
        lines += [f"\n[layers.{level}]\n", f"path = {_toml(where)}\n"]
        lines += ['layer = "*"\n'] if len(original.parts) > 1 else []
        lines += [f"columns = {{ {columns} }}\n"] if columns else []
        if part.shift:
            lines.append(f"crs = {_toml({'gcj02': 'GCJ-02', 'bd09': 'BD-09'}[part.shift])}\n")
    return lines


def _relative(path: Path, root: Path) -> str:
    try:
        return os.path.relpath(path.resolve(), root.resolve()).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.as_posix()


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _write_exceptions(done: Done, path: Path) -> None:
    """Write the exceptions of the project and every decision to keep a defect."""
    kept = done.plan.decisions[done.plan.decisions["decision"] == "keep"]
    table = pd.concat([done.plan.exceptions, kept], ignore_index=True).reindex(columns=list(EXCEPTION_COLUMNS))
    write_exceptions_csv(table.drop_duplicates("defect_id", keep="last").fillna(""), path)


# Part of the register of writers of :mod:`gridkit.pipeline`.
PLAN_WRITERS: Final[Mapping[str, PlanWriter]] = {
    "defects.gpkg": _write_defects,
    "decisions.xlsx": write_decisions_xlsx,
    "decisions.csv": write_decisions_csv,
    "repair.html": write_repair_page,
    PLAN: lambda plan, path: write_document(repair_document(plan), path),
}
"""What ``gridkit repair --plan`` leaves: name -> function; the last one lists the others with their hashes."""

REPAIR_WRITERS: Final[Mapping[str, DoneWriter]] = {
    **{f"{level}.gpkg": partial(_write_level, level) for level in ("street", "community", "grid")},
    LOG: lambda done, path: write_log(done.plan, path),
    UNDO: lambda done, path: write_undo(done.plan, path),
    EXCEPTIONS: _write_exceptions,
    "layers.toml": lambda done, path: _write_settings(done, path.parent, path),
    DOCUMENT: lambda done, path: write_document(repair_document(done.plan, undone=done.undone), path),
}
"""What a repair leaves: name -> function; levels that the project does not have are left out."""


def save_plan(plan: BoundaryPlan, folder: Path) -> Path:
    """Write what is planned to ``folder``, whole or not at all.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written, or holds something that was changed since or is not ours.
    """
    with speaking(plan.language):
        return write_check(folder, {name: partial(write, plan) for name, write in PLAN_WRITERS.items()}, listing=PLAN)


def save_repair(done: Done, folder: Path) -> Path:
    """Write repaired layers to ``folder``, whole or not at all; the inputs stay as they are.

    Raises
    ------
    gridkit.errors.OutputError
        As of :func:`save_plan`.
    """
    with speaking(done.plan.language):
        writers: dict[str, Callable[[Path], None]] = {
            name: partial(write, done) for name, write in REPAIR_WRITERS.items() if _wanted(name, done)
        }
        writers["layers.toml"] = partial(_write_settings, done, folder)
        return write_check(folder, writers, listing=DOCUMENT)


def _wanted(name: str, done: Done) -> bool:
    """Return whether a file is written: no level that the project lacks, and no log where nothing was repaired."""
    if name.endswith(".gpkg"):
        return name.removesuffix(".gpkg") in done.originals
    return "simplify" not in done.plan.settings or name not in (LOG, UNDO, EXCEPTIONS)
