"""The folder of a check: written whole or not at all, and never over something that no check has written."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gridkit.errors import OutputError
from gridkit.locale import N_
from gridkit.stores.digest import file_digest
from gridkit.stores.run_folder import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LISTING: Final = "check.json"
"""File of the folder that names the others with their hashes; written last."""


def write_check(
    folder: Path, writers: Mapping[str, Callable[[Path], None]], *, listing: str = LISTING,
    also: Mapping[str, str] | None = None,
) -> Path:  # fmt: skip
    """Write the folder of a check, or of a repair, and return it.

    Everything is written to a hidden folder beside it, which gets its name when all is there. A folder that is there
    already is replaced where it is empty, or where all its files are those of an earlier check as they were written.

    Parameters
    ----------
    folder : pathlib.Path
        The folder to be.
    writers : Mapping[str, callable]
        Name in the folder -> function of a path that writes it, in the order in which they are called.
    listing : str
        The last of them: a JSON file with ``files``, the names and hashes of the others.
    also : Mapping[str, str], optional
        Files and hashes that are replaced as well: changed by hand, and read.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written, or holds something else.
    """
    try:
        place = folder.resolve()
        _demand_free(place, listing, also or {})
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".tmp-{place.name}-", dir=place.parent))
        try:
            for name, write in writers.items():
                try:
                    (draft / name).parent.mkdir(exist_ok=True)
                    write(draft / name)
                except OutputError as problem:  # name the file as it would have been called, not the draft
                    problem.place = str(folder / name)
                    raise
            settle(draft)
            _put_in_place(draft, place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as problem:
        raise OutputError(
            N_("the folder cannot be written: {why}"),
            place=str(folder),
            remedy=N_(
                "choose a folder that you may write to, with room on the disk; close its files where they are open"
            ),
            why=problem.strerror or type(problem).__name__,
        ) from problem
    return folder


def _demand_free(place: Path, listing: str, also: Mapping[str, str]) -> None:
    """Refuse a place that holds anything but an earlier check."""
    if not place.exists():
        return
    strange = place.name if not place.is_dir() else _stranger(place, listing, also)
    if strange:
        raise OutputError(
            N_("{file} was not written by this command, or was changed since; nothing is written over it"),
            place=str(place),
            remedy=N_("name another folder with --out, or move that file away"),
            file=strange,
        )


def _stranger(place: Path, listing: str, also: Mapping[str, str]) -> str:
    """Return the first file of a folder that no check has written, or that was changed since; ``""`` without one."""
    files = {file.relative_to(place).as_posix(): file for file in place.rglob("*") if not file.is_dir()}
    known = {**_listed(files.pop(listing, None)), **also}
    for name, file in sorted(files.items()):
        if file.is_symlink() or known.get(name) != file_digest(file):
            return name
    return ""


def _listed(listing: Path | None) -> dict[str, str]:
    """Return the files that an earlier check has written; none where its list cannot be read."""
    try:
        document = json.loads(listing.read_text(encoding="utf-8")) if listing else {}
        return dict(document["files"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _put_in_place(draft: Path, place: Path) -> None:
    """Give the draft its name; an earlier check steps aside, and comes back where that fails."""
    if not place.exists():
        draft.rename(place)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".tmp-{place.name}-", dir=place.parent))
    try:
        earlier = aside / place.name
        place.rename(earlier)
        try:
            draft.rename(place)
        except OSError:
            earlier.rename(place)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
