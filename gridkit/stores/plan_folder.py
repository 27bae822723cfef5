"""``plans/<name>/``: a plan of grids with its atoms, codes and edits, written whole or not at all, and read again."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit import __version__
from gridkit.errors import InputError, OutputError
from gridkit.grids.baseline import with_assignment
from gridkit.grids.propose import REPORT_COLUMNS
from gridkit.grids.replay import replay, start
from gridkit.io.assignment import read_assignment, write_assignment
from gridkit.io.edits import read_edits, write_edits
from gridkit.locale import N_, gettext
from gridkit.model.plan import GRID_COLUMNS, LEDGER_COLUMNS, UNASSIGNED, Atoms, EditLog, Norm, Plan
from gridkit.stores.check_folder import write_check
from gridkit.stores.digest import file_digest
from gridkit.stores.plan_files import REMEDY, read_atoms, read_table, write_atoms, write_table
from gridkit.stores.plan_reports import kept_reports, recorded_reports, report_digests
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

DOCUMENT: Final = "plan.json"
ATOMS, ASSIGNMENT, GRIDS, LEDGER, EDITS = "atoms.gpkg", "assignment.csv", "grids.csv", "ledger.csv", "edits.jsonl"
REPORT: Final = "report.csv"
"""How good the grids of each community were when they were proposed (``REPORT_COLUMNS``), where they were."""
BASE: Final = "base"
"""Folder with atoms, assignment and grids as they were before the first edit, where there are edits."""
BEFORE: Final = "before"
"""Folder with assignment and grids of the plan that a proposal started from, the grids of today; with its atoms where
they are neither those of the plan nor those of the base."""
FORMAT: Final = 2


@dataclass(frozen=True)
class Stored:
    """A plan folder as it was read.

    ``plan`` is the plan as it stands, ``base`` the one from which ``log`` starts; ``changed`` names files that were
    changed by hand and used; ``document`` is what ``plan.json`` says. ``before`` is the plan that a proposal started
    from (the grids of today), ``report`` how good it was when proposed (``REPORT_COLUMNS`` as text, of the base), and
    ``communities`` their names by code.
    """

    plan: Plan
    base: Plan
    log: EditLog
    ledger: pd.DataFrame
    document: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)
    before: Plan | None = None
    report: pd.DataFrame | None = None
    communities: Mapping[str, str] = field(default_factory=dict)

    @property
    def held(self) -> Plan | None:
        """The plan that held until now: what was proposed from, else the base, where it has codes; else None."""
        plan = self.base if self.before is None else self.before
        return plan if (plan.grids["code"] != "").any() else None

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
    settings: Mapping[str, Any] | None = None, extra: Mapping[str, Callable[[Path], None]] | None = None,
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
    extra : mapping of str to callable, optional
        Reports that lie beside the plan -> function of a path that writes each; by default those that lie there stay as
        they are, notes that somebody made in them included.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written, or holds something that was changed since or is not ours, or edits that the plan
        does not go on from.
    """
    if not stored.changed:
        _keep_edits(folder, stored.log)
    named = dict(stored.document.get("inputs", {})) if inputs is None else dict(inputs)
    said = dict(stored.document.get("settings", {})) if settings is None else dict(settings)
    writers: dict[str, Callable[[Path], None]] = _state(stored.plan, "")
    if len(stored.log):
        writers |= _state(stored.base, f"{BASE}/")
        if stored.base.atoms.version == stored.plan.atoms.version:
            writers[f"{BASE}/{ATOMS}"] = _copy_atoms
    if stored.before is not None:
        writers |= _state(stored.before, f"{BEFORE}/")
        if _home(stored) != BEFORE:
            del writers[f"{BEFORE}/{ATOMS}"]
    if stored.report is not None:
        writers[REPORT] = partial(write_table, stored.report, REPORT_COLUMNS)
    writers[LEDGER] = partial(write_table, stored.ledger, LEDGER_COLUMNS)
    writers[EDITS] = partial(write_edits, stored.log)
    known = recorded_reports(folder, DOCUMENT)
    listed = list(writers)
    writers |= kept_reports(folder, DOCUMENT) if extra is None else extra
    document = _document(stored, named, said) | ({"extra": known} if known and extra is None else {})
    writers[DOCUMENT] = partial(_write_document, document, listed, list(extra or ()))
    # notes in a report stay when the plan is edited; a new report is not written over them
    also = {**stored.changed, **(report_digests(folder, DOCUMENT) if extra is None else known)}
    return write_check(folder, writers, listing=DOCUMENT, also=also)


def _keep_edits(folder: Path, log: EditLog) -> None:
    """Refuse to write over a plan whose edits are no part of a log: somebody made them by hand."""
    try:
        json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
        lines = (folder / EDITS).read_text(encoding="utf-8").splitlines()
        last = json.loads(lines[-1])["hash"] if lines else ""
    except (OSError, ValueError, LookupError, TypeError):
        return  # no plan, or a damaged one: what is not as it was written is not replaced
    if last and all(edit.hash != last for edit in log.edits):
        raise OutputError(
            N_("there is a plan with {n} edits, which would be lost"), place=str(folder),
            remedy=N_("choose another folder, or move that plan away"), n=len(lines),
        )  # fmt: skip


def _copy_atoms(path: Path) -> None:
    """Write the atoms of the base as a copy of those beside its folder: most edits cut no atom."""
    with whole(path) as draft:
        shutil.copyfile(path.parent.parent / ATOMS, draft)


def _home(stored: Stored) -> str:
    """Return the folder with the atoms of the plan before: most proposals are on the same ones."""
    version = "" if stored.before is None else stored.before.atoms.version
    for where, plan in (("", stored.plan), (BASE, stored.base)):
        if version == plan.atoms.version:
            return where
    return BEFORE


def plan_of(plan: Plan, *, ledger: pd.DataFrame | None = None) -> Stored:
    """Return a plan without edits, as it is stored."""
    empty = pd.DataFrame(columns=list(LEDGER_COLUMNS), dtype="object")
    return Stored(plan, plan, start(plan), empty if ledger is None else ledger)


def _state(plan: Plan, where: str) -> dict[str, Callable[[Path], None]]:
    return {
        f"{where}{ATOMS}": partial(write_atoms, plan.atoms),
        f"{where}{ASSIGNMENT}": partial(write_assignment, shown(plan)),
        f"{where}{GRIDS}": partial(write_table, plan.grids.reset_index(), ("uid", *GRID_COLUMNS)),
    }


def shown(plan: Plan) -> pd.Series:
    """Return the assignment with codes where they name one grid, else with uids."""
    codes = plan.grids["code"]
    clear = codes[(codes != "") & ~codes.duplicated(keep=False) & ~codes.isin(plan.grids.index)]
    names = {str(uid): str(uid) for uid in plan.grids.index} | {str(uid): str(code) for uid, code in clear.items()}
    return plan.assignment.map({**names, UNASSIGNED: UNASSIGNED})


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
        "communities": dict(sorted(stored.communities.items())),
        "before": None if stored.before is None else {"plan": stored.before.base, "atoms": _home(stored)},
    }


def _write_document(document: Mapping[str, Any], names: Sequence[str], extra: Sequence[str], path: Path) -> None:
    files, more = ({name: file_digest(path.parent / name) for name in sorted(some)} for some in (names, extra))
    full = {**document, **({"extra": more} if more else {}), "files": files}
    text = json.dumps(full, ensure_ascii=False, indent=1, sort_keys=True)
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
    ledger = read_table(folder / LEDGER, LEDGER_COLUMNS)
    log = read_edits(folder / EDITS, base=str(document["base"]))
    base = _read_state(folder / BASE, document) if len(log) else plan
    before = _read_before(folder, document, {"": plan.atoms, BASE: base.atoms})
    named = dict(document["communities"])
    if changed:
        return Stored(plan, plan, start(plan), ledger, document, changed, before, communities=named)
    if log.head != document["head"] or replay(base, log).base != plan.base or plan.base != document["versions"]["plan"]:
        raise InputError(N_("the edits do not lead from the base to the plan"), place=str(folder), remedy=REMEDY)
    report = read_table(folder / REPORT, REPORT_COLUMNS) if REPORT in document["files"] else None
    return Stored(plan, base, log, ledger, document, before=before, report=report, communities=named)


def _read_before(folder: Path, document: Mapping[str, Any], atoms: Mapping[str, Atoms]) -> Plan | None:
    """Return the plan that a proposal started from, on the atoms that are there already or on its own."""
    said = document["before"]
    if said is None:
        return None
    before = _read_state(folder / BEFORE, document, atoms=atoms.get(said["atoms"]))
    if before.base != said["plan"]:
        raise InputError(N_("the plan before is not the one that was written"), place=str(folder), remedy=REMEDY)
    return before


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
        norm, norms = _norm(document["norm"]), {code: _norm(one) for code, one in document["norms"].items()}
        stated = (document["base"], document["head"], document["versions"]["plan"])
        texts = (*stated, *document["files"], *document["files"].values())
        before, named = document["before"], document["communities"]
        texts = (*texts, *named, *named.values(), *(() if before is None else (before["plan"], before["atoms"])))
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("files")
    except FileNotFoundError as problem:
        raise InputError(
            N_("this is no folder of a plan: {file} is not there"), place=str(path.parent), file=DOCUMENT,
            remedy=N_("name the folder that gridkit grids propose has written"),
        ) from problem  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise InputError(
            N_("the plan cannot be read: {reason}"), place=str(path), remedy=REMEDY,
            reason=_reason(problem),
        ) from problem  # fmt: skip
    return {**document, "norm": norm, "norms": norms}


def _norm(said: Mapping[str, Any]) -> Norm:
    """Return a norm as the document has it; a :class:`ValueError` is in the reader's language."""
    low, high, target, measure = (said[name] for name in ("low", "high", "target", "measure"))
    whole_numbers = all(type(one) is int for one in (low, high, 0 if target is None else target))
    best = (low + high) // 2 if whole_numbers and target is None else target
    if not whole_numbers or not 0 < low <= best <= high or measure not in {"households", "persons"}:
        text = ":".join(str(one) for one in (low, best, high) if one is not None)
        raise ValueError(gettext("{text} is no band").format(text=f"{text} ({measure})"[:60]))
    return Norm(low, high, target, measure)


def _reason(problem: Exception) -> str:
    """Return why a document cannot be read, in the reader's language."""
    if isinstance(problem, json.JSONDecodeError):
        return gettext("line {line} is no JSON").format(line=problem.lineno)
    if isinstance(problem, KeyError):
        return gettext("missing: {names}").format(names=str(problem.args[0])[:60])
    if isinstance(problem, OSError):
        return problem.strerror or type(problem).__name__
    if type(problem) is ValueError:
        return str(problem)[:200]
    return gettext("a value is of another kind than the one that was written")


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
                N_("a file of the plan is not there: {file}"), place=str(folder), remedy=REMEDY, file=name
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


def _read_state(
    folder: Path, document: Mapping[str, Any], *, by_hand: bool = False, atoms: Atoms | None = None
) -> Plan:
    atoms = read_atoms(folder / ATOMS) if atoms is None else atoms
    table = read_table(folder / GRIDS, ("uid", *GRID_COLUMNS))
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
            N_("the plan cannot be read: {reason}"), place=str(folder), remedy=REMEDY, reason=str(problem)[:200]
        ) from problem
    if not by_hand and len(plan.grids) != len(grids):
        raise InputError(N_("the plan names grids that it does not list"), place=str(folder), remedy=REMEDY)
    return plan
