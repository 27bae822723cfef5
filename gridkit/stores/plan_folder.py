"""``plans/<name>/``: a plan of grids with its atoms, codes and edits, written whole or not at all, and read again."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from gridkit import __version__
from gridkit.errors import InputError, TableError
from gridkit.grids.baseline import with_assignment
from gridkit.grids.replay import replay, start
from gridkit.io.assignment import read_assignment, write_assignment
from gridkit.io.edits import read_edits, write_edits
from gridkit.locale import N_, gettext
from gridkit.model.plan import (
    ATOM_COLUMNS,
    EDGE_COLUMNS,
    GRID_COLUMNS,
    LEDGER_COLUMNS,
    UNASSIGNED,
    Atoms,
    EditLog,
    Norm,
    Plan,
)
from gridkit.stores.check_folder import write_check
from gridkit.stores.digest import file_digest
from gridkit.stores.gpkg import write_geopackage
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

DOCUMENT: Final = "plan.json"
ATOMS, ASSIGNMENT, GRIDS, LEDGER, EDITS = "atoms.gpkg", "assignment.csv", "grids.csv", "ledger.csv", "edits.jsonl"
BASE: Final = "base"
"""Folder with atoms, assignment and grids as they were before the first edit, where there are edits."""
FORMAT: Final = 2
_REMEDY: Final = N_("restore the folder from a copy, or make the plan again; edits go through gridkit grids edit")


@dataclass(frozen=True)
class Stored:
    """A plan folder as it was read.

    ``plan`` is the plan as it stands, ``base`` the one from which ``log`` starts; ``changed`` names files that were
    changed by hand and used; ``document`` is what ``plan.json`` says.
    """

    plan: Plan
    base: Plan
    log: EditLog
    ledger: pd.DataFrame
    document: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """What a reader has to know, in words."""
        return [
            gettext("{file} was changed by hand: it counts as a new base, and the edits before it are closed").format(
                file=name
            )
            for name in self.changed
        ]


def write_plan(
    stored: Stored, folder: Path, *, inputs: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Path:  # fmt: skip
    """Write a plan folder, whole or not at all; one that is there is replaced where all its files are as written.

    Parameters
    ----------
    stored : Stored
    folder : pathlib.Path
    inputs : mapping of str to str, optional
        Files from which the plan was made -> sha256; by default those that its ``plan.json`` named before.
    settings : mapping, optional
        How it was made, as plain values; by default as before.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written, or holds something that was changed since or is not ours.
    """
    named = dict(stored.document.get("inputs", {})) if inputs is None else dict(inputs)
    said = dict(stored.document.get("settings", {})) if settings is None else dict(settings)
    writers: dict[str, Callable[[Path], None]] = _state(stored.plan, "")
    if len(stored.log):
        writers |= _state(stored.base, f"{BASE}/")
        if stored.base.atoms.version == stored.plan.atoms.version:
            writers[f"{BASE}/{ATOMS}"] = _copy_atoms
    writers[LEDGER] = partial(_write_table, stored.ledger, LEDGER_COLUMNS)
    writers[EDITS] = partial(write_edits, stored.log)
    writers[DOCUMENT] = partial(_write_document, _document(stored, named, said), list(writers))
    return write_check(folder, writers, listing=DOCUMENT, also=stored.changed)


def _copy_atoms(path: Path) -> None:
    """Write the atoms of the base as a copy of those beside its folder: most edits cut no atom."""
    with whole(path) as draft:
        shutil.copyfile(path.parent.parent / ATOMS, draft)


def plan_of(plan: Plan, *, ledger: pd.DataFrame | None = None) -> Stored:
    """Return a plan without edits, as it is stored."""
    empty = pd.DataFrame(columns=list(LEDGER_COLUMNS), dtype="object")
    return Stored(plan, plan, start(plan), empty if ledger is None else ledger)


def _state(plan: Plan, where: str) -> dict[str, Callable[[Path], None]]:
    return {
        f"{where}{ATOMS}": partial(write_atoms, plan.atoms),
        f"{where}{ASSIGNMENT}": partial(write_assignment, shown(plan)),
        f"{where}{GRIDS}": partial(_write_table, plan.grids.reset_index(), ("uid", *GRID_COLUMNS)),
    }


def shown(plan: Plan) -> pd.Series:
    """Return the assignment with codes where they name one grid, else with uids."""
    codes = plan.grids["code"]
    clear = codes[(codes != "") & ~codes.duplicated(keep=False) & ~codes.isin(plan.grids.index)]
    names = {str(uid): str(uid) for uid in plan.grids.index} | {str(uid): str(code) for uid, code in clear.items()}
    return plan.assignment.map({**names, UNASSIGNED: UNASSIGNED})


def write_atoms(atoms: Atoms, path: Path) -> None:
    """Write ``atoms.gpkg``: the layer ``atoms`` in its metric system, and the table ``edges``.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    frame = atoms.frame.rename_axis("atom").reset_index()
    frame = frame.assign(known=frame["known"].astype(bool))
    edges = pd.DataFrame(atoms.edges).astype({"length": float, "road": float})
    write_geopackage([("atoms", frame), ("edges", edges)], path)


def read_atoms(path: Path) -> Atoms:
    """Read ``atoms.gpkg``.

    Raises
    ------
    InputError
        The file cannot be read, or holds no atoms.
    """
    try:
        frame = pyogrio.read_dataframe(path, layer="atoms")
        edges = pyogrio.read_dataframe(path, layer="edges", read_geometry=False)
        frame = frame.set_index("atom")
        frame.index = pd.Index([str(one) for one in frame.index], name="atom", dtype="object")
        frame["known"] = frame["known"].astype(bool)
        texts = ("community", "kind", "compound", "name")
        frame = frame.assign(**{name: frame[name].fillna("").astype("object") for name in texts})
        sizes = {name: frame[name].astype("int64") for name in ("households", "persons")}
        shapes = frame.geometry.to_numpy()
        one = shapely.get_num_geometries(shapes) == 1
        shapes = np.where(one, shapely.get_geometry(shapes, 0), shapes)
        frame = gpd.GeoDataFrame(frame.drop(columns="geometry").assign(**sizes), geometry=shapes, crs=frame.crs)
        edges = edges.astype({"a": "object", "b": "object", "length": float, "road": float})
        return Atoms(frame[list(ATOM_COLUMNS)].sort_index(), edges[list(EDGE_COLUMNS)])
    except (DataSourceError, DataLayerError, KeyError, ValueError, TypeError, OSError) as problem:
        raise InputError(
            N_("these are no atoms: {reason}"), place=str(path), remedy=_REMEDY, reason=str(problem)[:200]
        ) from problem


def _write_table(table: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    book = io.StringIO(newline="")
    writer = csv.writer(book, lineterminator="\n")
    writer.writerow(columns)
    texts = [["" if value is None else str(value) for value in table[name]] for name in columns]
    writer.writerows(zip(*texts, strict=True))
    with whole(path) as draft:
        draft.write_bytes(book.getvalue().encode("utf-8", "replace"))


def _read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        if not rows or rows[0] != list(columns) or any(len(row) != len(columns) for row in rows):
            raise ValueError(", ".join(columns))
    except (OSError, ValueError, csv.Error) as problem:
        raise TableError(
            N_("the table cannot be read: {reason}"), place=str(path), remedy=_REMEDY, reason=str(problem)[:200]
        ) from problem
    return pd.DataFrame(rows[1:], columns=list(columns), dtype="object")


def _document(stored: Stored, inputs: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, Any]:
    plan = stored.plan
    return {
        "format": FORMAT,
        "versions": {"gridkit": __version__, "atoms": plan.atoms.version, "plan": plan.base},
        "base": stored.log.base,
        "head": stored.log.head,
        "edits": len(stored.log),
        "norm": asdict(plan.norm),
        "norms": {code: asdict(norm) for code, norm in sorted(plan.norms.items())},
        "crs": "" if plan.atoms.frame.crs is None else plan.atoms.frame.crs.to_string(),
        "inputs": dict(sorted(inputs.items())),
        "settings": dict(settings),
    }


def _write_document(document: Mapping[str, Any], names: Sequence[str], path: Path) -> None:
    files = {name: file_digest(path.parent / name) for name in sorted(names)}
    text = json.dumps({**document, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)
    with whole(path) as draft:
        draft.write_bytes((text + "\n").encode("utf-8", "replace"))


def read_plan(folder: Path) -> tuple[Plan, EditLog, pd.DataFrame]:
    """Read a plan folder: the plan as it stands, its log of edits, and the ledger of codes; see :func:`open_plan`."""
    stored = open_plan(folder)
    return stored.plan, stored.log, stored.ledger


def open_plan(folder: Path) -> Stored:
    """Read a plan folder with all that it holds.

    Parameters
    ----------
    folder : pathlib.Path

    Raises
    ------
    InputError
        It is no plan folder, a file is damaged or was changed since it was written (only ``assignment.csv`` may be
        changed by hand), or the edits do not lead from the base to the plan.
    """
    document = _read_document(folder / DOCUMENT)
    changed = _changed(folder, document)
    plan = _read_state(folder, document, by_hand=bool(changed))
    ledger = _read_table(folder / LEDGER, LEDGER_COLUMNS)
    if changed:
        return Stored(plan, plan, start(plan), ledger, document, changed)
    log = read_edits(folder / EDITS, base=str(document["base"]))
    base = _read_state(folder / BASE, document) if len(log) else plan
    if replay(base, log).base != plan.base or plan.base != document["versions"]["plan"]:
        raise InputError(N_("the edits do not lead from the base to the plan"), place=str(folder), remedy=_REMEDY)
    return Stored(plan, base, log, ledger, document)


def is_plan(folder: Path) -> bool:
    """Tell whether a path is a plan folder."""
    try:
        return (folder / DOCUMENT).is_file()
    except (OSError, ValueError):
        return False


def _read_document(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise InputError(
                N_("this plan has format {found}; known is {known}"), place=str(path),
                remedy=N_("use the version of gridkit that wrote it, or a later one"),
                found=str(document["format"])[:20], known=FORMAT,
            )  # fmt: skip
        norm, norms = Norm(**document["norm"]), {code: Norm(**one) for code, one in document["norms"].items()}
        texts = (document["base"], document["versions"]["plan"], *document["files"], *document["files"].values())
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("files")
    except FileNotFoundError as problem:
        raise InputError(
            N_("this is no folder of a plan: {file} is not there"), place=str(path.parent), file=DOCUMENT,
            remedy=N_("name the folder that gridkit grids propose has written"),
        ) from problem  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise InputError(
            N_("the plan cannot be read: {reason}"), place=str(path), remedy=_REMEDY,
            reason=getattr(problem, "strerror", None) or str(problem)[:200],
        ) from problem  # fmt: skip
    return {**document, "norm": norm, "norms": norms}


def _changed(folder: Path, document: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that were changed by hand and may be, with their hashes.

    Raises
    ------
    InputError
        Another file was changed, or is gone.
    """
    found = {}
    for name, wanted in sorted(document["files"].items()):
        try:
            digest = file_digest(folder / name)
        except (OSError, ValueError) as problem:
            raise InputError(
                N_("a file of the plan is not there: {file}"), place=str(folder), remedy=_REMEDY, file=name
            ) from problem
        if digest == wanted:
            continue
        if name != ASSIGNMENT:
            raise InputError(
                N_("{file} was changed after it was written"), place=str(folder), file=name,
                remedy=N_("restore it from a copy; only assignment.csv may be changed by hand, all else through "
                          "gridkit grids edit"),
            )  # fmt: skip
        found[name] = digest
    return found


def _read_state(folder: Path, document: Mapping[str, Any], *, by_hand: bool = False) -> Plan:
    atoms = read_atoms(folder / ATOMS)
    table = _read_table(folder / GRIDS, ("uid", *GRID_COLUMNS))
    table["locked"] = [value == "True" for value in table["locked"]]
    grids = table.set_index("uid").sort_index()
    names = {*grids.index, *grids["code"]}
    file = folder / ASSIGNMENT
    assignment = (
        read_assignment(file, atoms=set(atoms.frame.index), grids=names) if len(atoms) else pd.Series(dtype=str)
    )
    try:
        nothing = pd.Series(UNASSIGNED, index=atoms.frame.index, dtype="object", name="grid")
        plan = with_assignment(Plan(atoms, nothing, grids, document["norm"], document["norms"]), assignment)
    except ValueError as problem:
        raise InputError(
            N_("the plan cannot be read: {reason}"), place=str(folder), remedy=_REMEDY, reason=str(problem)[:200]
        ) from problem
    if not by_hand and len(plan.grids) != len(grids):
        raise InputError(N_("the plan names grids that it does not list"), place=str(folder), remedy=_REMEDY)
    return plan
