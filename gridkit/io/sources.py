"""Where boundary files lie: one file, a File Geodatabase, a folder, or a pattern such as ``communities/*.shp``."""

from __future__ import annotations

import glob
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gridkit.errors import LayerError
from gridkit.io.formats import format_of
from gridkit.io.raw import PARTS, located
from gridkit.io.shapefile import parts
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

VECTORS: Final = frozenset(("gpkg", "shp", "geojson", "geoparquet", "kml", "kmz", "gdb", "dxf", "zip-vector", "fgb"))
"""Formats that are read as layers, by the names of :func:`kind_of`."""

JUNK: Final = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")
MOST_FILES: Final = 10_000
"""More files than this in one folder are not looked at one by one."""


def found_files(path: str, root: Path) -> tuple[list[tuple[Path, str]], int]:
    """Return the boundary files that a path means, each with its name for messages, and how many others lie there.

    Parameters
    ----------
    path : str
        A file, a folder, or a pattern with ``*``, ``?`` or ``[...]``, relative to ``root``.
    root : Path
        Folder of the project file.

    Raises
    ------
    LayerError
        If there is nothing of the kind.
    """
    whole = root / path
    try:
        there, folder = whole.exists(), whole.is_dir()
    except (OSError, ValueError):
        there = folder = False
    if folder:
        if format_of(whole) == "gdb":
            return [(whole, _named(whole, root))], 0
        files, others = _in_folder(whole, path)
        return [(file, _named(file, root)) for file in files], others
    if not there and glob.has_magic(path) and "\x00" not in path:
        hits = sorted(Path(one) for one in glob.glob(str(root / path)))[: MOST_FILES + 1]  # noqa: PTH207  # an absolute pattern too
        shapes = {file.stem.lower() for file in hits if file.suffix.lower() == ".shp"}
        hits = [one for one in hits if not _junk(one.name) and (_is_vector(one) or not _part(one, shapes))]
        _demand_some(hits, path)
        return [(file, _named(file, root)) for file in hits], 0
    file, name = located(path, root, layer=True)
    return [(file, _sayable(name))], 0


def _in_folder(folder: Path, path: str) -> tuple[list[Path], int]:
    try:
        entries = sorted(entry for entry in folder.iterdir() if not _junk(entry.name))
    except OSError as problem:
        raise unusable(problem, path) from problem
    files = [entry for entry in entries[: MOST_FILES + 1] if _is_vector(entry)]
    _demand_some(files, path)
    stems = {file.stem.lower() for file in files if file.suffix.lower() == ".shp"}
    others = [entry for entry in entries if entry not in files and not _part(entry, stems)]
    return files, len(others)


def _part(entry: Path, stems: set[str]) -> bool:
    """Tell whether a file belongs to a Shapefile beside it: ``a.dbf``, ``a.shp.xml``."""
    return entry.name.lower().split(".", 1)[0] in stems or entry.stem.lower() in stems


def _demand_some(files: Iterable[Path], path: str) -> None:
    number = len(list(files))
    if number == 0:
        raise LayerError(
            N_("there is no boundary file there"), place=path[:200], remedy=N_("correct the path in gridkit.toml")
        )
    if number > MOST_FILES:
        raise LayerError(
            N_("there are more than {most} files there"), place=path[:200], remedy=N_("name fewer"), most=MOST_FILES
        )


def _junk(name: str) -> bool:
    return name.lower() in JUNK or name.startswith(("._", "~$", "."))


def _named(file: Path, root: Path) -> str:
    try:
        name = Path(os.path.relpath(file.resolve(), root.resolve())).as_posix()
    except ValueError:  # another drive
        name = file.name
    return _sayable(name)


def _sayable(name: str) -> str:
    """Return a name that can be written as text; a file system may hold bytes that are none."""
    try:
        name.encode()
    except UnicodeEncodeError as problem:
        shown = name.encode("utf-8", "replace").decode()
        raise LayerError(N_("the name of this file is no text"), place=shown, remedy=N_("rename it")) from problem
    return name


def kind_of(file: Path) -> str:
    """Return what a file is by its content; FlatGeobuf is known beside those of ``format_of``."""
    kind = format_of(file)
    if kind in ("unknown", "text-table"):
        with file.open("rb") as stream:
            if stream.read(7).lower() == b"fgb\x03fgb":
                return "fgb"
    return kind


def _is_vector(file: Path) -> bool:
    try:
        return kind_of(file) in VECTORS
    except OSError:  # whoever names it will be told
        return True


def digest_of(file: Path, name: str) -> str:
    """Return the sha256 of a boundary file; for a File Geodatabase over the hashes of its files, in order."""
    try:
        if file.is_dir():
            inside = sorted(part for part in file.iterdir() if part.is_file() and not part.name.endswith(".lock"))
            lines = [f"{part.name} {_hash(part)}\n" for part in inside]
        elif file.suffix.lower() == ".shp":
            there = parts(file)
            lines = [f"{end} {_hash(there[end])}\n" for end in PARTS if end in there]
        else:
            return _hash(file)
    except OSError as problem:
        raise unusable(problem, name) from problem
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unusable(problem: OSError, name: str) -> LayerError:
    """Return the error for a file that the system does not let us read."""
    return LayerError(
        N_("the file cannot be read: {reason}"),
        place=name,
        remedy=N_("close it in other programs and check your rights"),
        reason=problem.strerror or str(problem),
    )
