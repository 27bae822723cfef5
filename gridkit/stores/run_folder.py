"""A run folder is written whole or not at all: beside its place first, then renamed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gridkit.errors import OutputError
from gridkit.locale import N_
from gridkit.stores.digest import inputs_digest
from gridkit.stores.manifest import MANIFEST, outputs, write_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gridkit.model import Run

    Writer = Callable[[Run, Path], None]

_TRIES = 1000
_DRAFT: Final = re.compile(r"\.tmp-(?:\d{4}-\d\d-\d\d|undated)-[0-9a-f]{8}-\w{8}")
"""Names of our drafts."""
_ABANDONED: Final = 24 * 3600
"""Seconds after which a draft that nothing was written to belongs to nobody."""


def run_name(run: Run) -> str:
    """Return the name of a run's folder: ``2024-06-30-1a2b3c4d``, or ``undated-1a2b3c4d``."""
    day = run.city.as_of.isoformat() if run.city.as_of else "undated"
    return f"{day}-{(run.inputs_hash or inputs_digest(run.city.sources, run.settings))[:8]}"


def write_run(
    run: Run, parent: Path, writers: Mapping[str, Writer], *, project: Path | None = None, ruleset_text: str = ""
) -> Path:
    """Write the folder of a run below ``parent`` and return its path.

    Everything is written to a hidden folder beside it, which gets its name when all is there; a failure or an
    interruption leaves nothing behind. A folder that holds the same run already is kept as it is. One of the same name
    with another content (other library versions, a changed file) is kept as well; the new run then gets the ending
    ``-2``.

    Parameters
    ----------
    run : Run
        All values of the audit.
    parent : pathlib.Path
        Folder of run folders, made where it does not exist.
    writers : Mapping[str, callable]
        File (or folder) name -> function of run and path that writes it: ``{"audit.xlsx": write_xlsx, ...}``.
    project : pathlib.Path, optional
        The project file; the manifest notes where it is as seen from the run folder. Without it the file is expected
        beside ``parent``.
    ruleset_text : str
        Text of the coverage rule set, for its hash in the manifest.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written.
    """
    try:
        return _write(run, parent, writers, project=project, ruleset_text=ruleset_text)
    except OSError as problem:
        raise OutputError(
            N_("the run folder cannot be written: {why}"),
            place=str(parent),
            remedy=N_("choose a folder that you may write to, with room on the disk"),
            why=problem.strerror or type(problem).__name__,
        ) from problem


def _write(run: Run, parent: Path, writers: Mapping[str, Writer], *, project: Path | None, ruleset_text: str) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(parent)
    name = run_name(run)
    draft = Path(tempfile.mkdtemp(prefix=f".tmp-{name}-", dir=parent))
    try:
        for file, write in writers.items():
            with _in_its_place(parent / name / file):
                write(run, draft / file)
        where = _seen_from(parent / name, project)
        write_manifest(run, draft / MANIFEST, project=where, ruleset_text=ruleset_text)
        settle(draft)
        return _place(draft, parent, name)
    finally:
        # Also after Ctrl-C; a draft that was renamed is not there any more.
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _in_its_place(path: Path) -> Iterator[None]:
    """Let an error name the file as it would have been called, not the draft that is gone when the error is read."""
    try:
        yield
    except OutputError as problem:
        problem.place = str(path)
        raise


def _clear_abandoned(parent: Path) -> None:
    """Remove drafts that a killed process has left: folders with a name of ours, not touched for a day.

    A younger one may belong to a run that is under way, on another machine as well.
    """
    for folder in parent.glob(".tmp-*"):
        with contextlib.suppress(OSError):  # somebody else was faster, or it is not ours to remove
            if _DRAFT.fullmatch(folder.name) and not folder.is_symlink() and folder.is_dir():
                last = max(path.lstat().st_mtime for path in (folder, *folder.rglob("*")))
                if time.time() - last > _ABANDONED:
                    shutil.rmtree(folder)


def _seen_from(folder: Path, project: Path | None) -> str:
    """Return the way from a run folder to the project file, so that no path of this machine is written down."""
    if project is None:
        return "../../gridkit.toml"
    try:
        return Path(os.path.relpath(project.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return project.name


def settle(folder: Path) -> None:
    """Bring every file to the disk and give all the rights that a new file has (mkdtemp makes a private folder)."""
    mask = os.umask(0)
    os.umask(mask)
    folder.chmod(0o777 & ~mask)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())


def _same(draft: Path, existing: Path) -> bool:
    """Tell whether an existing folder holds the same run, every file of it unchanged."""
    manifest = existing / MANIFEST
    if not manifest.is_file() or manifest.read_bytes() != (draft / MANIFEST).read_bytes():
        return False
    return outputs(existing) == outputs(draft)


def _place(draft: Path, parent: Path, name: str) -> Path:
    """Give the draft the first free name, or return the folder that holds the same run already."""
    for number in range(1, _TRIES):
        target = parent / (name if number == 1 else f"{name}-{number}")
        if not target.exists():
            try:
                return draft.rename(target)
            except OSError:
                # Another process may have put its run there in the meantime.
                if not target.exists():
                    raise
        if _same(draft, target):
            return target
    raise FileExistsError(name)
