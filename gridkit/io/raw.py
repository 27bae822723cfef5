"""A table as it stands in a file, before anything is understood."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import InputError, LayerError, TableError
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping


PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""Files of a Shapefile that say what it holds."""


@dataclass(frozen=True)
class RawTable:
    """Cells, column by column, of the data area of one table or layer.

    Parameters
    ----------
    path, sheet, sha256, encoding : str
        As in :class:`gridkit.model.Source`.
    tabular : bool
        Whether it is a spreadsheet (columns have letters) or a layer (columns have names).
    headers, letters : list of str
        Header text and letter of each column.
    columns : list of list
        Cells as read, one list per column.
    rows : list of int
        Row of the file of each record.
    set_aside : list of (row, reason, subject)
        Rows of the data area that are no records.
    filled : Mapping of int to set of int
        Column -> positions of cells that got their value from a merged cell above.
    notes : list of dict
        Findings made on the way.
    held : dict of int to str
        Row of the file -> why nobody knows yet whether it is a record: ``row`` (hidden), ``struck``, ``sheet``. Such
        rows are among ``rows``.
    stated : dict of str to str
        What the lines around the table say of it: ``title``, ``body``, ``date``, ``unit``.
    begins : str
        Its first row of headers: ``party.xlsx!Sheet1!3``; empty for a layer.
    """

    path: str
    sheet: str
    sha256: str
    headers: list[str]
    letters: list[str]
    columns: list[list[Any]]
    rows: list[int]
    tabular: bool = True
    encoding: str = ""
    set_aside: list[tuple[int, str, str]] = field(default_factory=list)
    filled: Mapping[int, set[int]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    held: dict[int, str] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    begins: str = ""

    @property
    def name(self) -> str:
        """File and sheet."""
        return f"{self.path}!{self.sheet}" if self.sheet else self.path


def letter(position: int) -> str:
    """Return the spreadsheet letter of a column counted from 0.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    text = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def located(path: str, root: Path, *, layer: bool) -> tuple[Path, str]:
    """Return the file that a project names, and its name relative to the project file with ``/``, as it may be shown.

    Raises
    ------
    LayerError, TableError
        If there is no such file; the message lists files of a similar name.
    """
    file = root / path
    try:
        if not file.is_file():
            raise _missing(path, file, layer=layer)
        resolved = file.resolve()
    except (OSError, ValueError) as problem:  # too long, or a character that no path can have
        error = LayerError if layer else TableError
        raise error(
            N_("this path cannot be used: {reason}"),
            place=path[:80],
            remedy=N_("correct the path in gridkit.toml"),
            reason=getattr(problem, "strerror", None) or str(problem),
        ) from problem
    try:
        name = Path(os.path.relpath(resolved, root.resolve())).as_posix()
    except ValueError:  # another drive
        name = file.name
    return file, mask_name_of_file(name)


def _missing(path: str, file: Path, *, layer: bool) -> InputError:
    import difflib

    try:
        neighbours = sorted(entry.name for entry in file.parent.iterdir() if entry.is_file())
    except OSError:
        neighbours = []
    near = difflib.get_close_matches(file.name, neighbours, n=3, cutoff=0.4)
    error = LayerError if layer else TableError
    if file.is_dir():
        return error(N_("this is a folder, not a file"), place=path, remedy=N_("name one file in it"))
    if near:
        remedy = N_("correct the path in gridkit.toml; similar files there: {near}")
        return error(N_("there is no such file"), place=path, remedy=remedy, near=", ".join(near))
    return error(N_("there is no such file"), place=path, remedy=N_("correct the path in gridkit.toml"))


def digest(file: Path, name: str, *, layer: bool) -> str:
    """Return the sha256 of a file's bytes; for a Shapefile that of the hashes of all its parts, in a fixed order.

    The parts are ``.shp``, ``.shx``, ``.dbf``, ``.prj`` and ``.cpg``; a line ``.dbf <hash>`` stands for each one there.

    Raises
    ------
    LayerError, TableError
        If the file cannot be read.
    """
    try:
        if file.suffix.lower() != ".shp":
            return _digest(file)
        lines = [f"{end} {_digest(part)}\n" for end in PARTS if (part := part_of(file, end)) is not None]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    except OSError as problem:
        error = LayerError if layer else TableError
        raise error(
            N_("the file cannot be read: {reason}"),
            place=name,
            remedy=N_("close it in other programs and check your rights"),
            reason=problem.strerror or str(problem),
        ) from problem


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def part_of(file: Path, end: str) -> Path | None:
    """Return the part of a Shapefile with the ending ``end``, written in small or capital letters; None without it."""
    for ending in (end, end.upper()):
        part = file.with_suffix(ending)
        if part.is_file():
            return part
    return None
