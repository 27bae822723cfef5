"""What lies in a folder: every file by its content, every sheet and layer of it, and what each could be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gridkit.errors import GridkitError, InputError
from gridkit.io.formats import HEAD
from gridkit.io.initial.layers import look_at_layers
from gridkit.io.initial.look import Look
from gridkit.io.initial.tables import look_at_tables
from gridkit.io.initial.text import printable
from gridkit.io.project import FILE
from gridkit.io.raw import PARTS
from gridkit.io.sources import VECTORS, kind_of
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[str, int, int], None]

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 1 << 29
"""A larger file is no register of a city; who has one names it himself."""

TABLES: Final = frozenset(("xlsx", "xlsb", "xls", "ods", "html-table", "xml-spreadsheet", "text-table", "dbf"))
_SKIPPED: Final = frozenset(
    ("runs", "networks", "__macosx", "node_modules", "__pycache__", "$recycle.bin", "system volume information")
)
_BESIDE: Final = (
    *PARTS[1:],
    ".sbn",
    ".sbx",
    ".qix",
    ".qpj",
    ".shp.xml",
    ".fbn",
    ".fbx",
    ".ain",
    ".aih",
    ".idm",
    ".ind",
)
"""Parts that stand beside a Shapefile and are no files of their own."""

_REMEDIES: Final = {
    "encrypted": (N_("it is protected by a password"), N_("save a copy without a password")),
    "doc": (N_("a text document holds no table that can be read"), N_("copy its tables into a workbook")),
    "pdf": (N_("a PDF holds no table that can be read"), N_("ask for the workbook that it was made from")),
    "image": (N_("an image holds no data that can be read"), N_("ask for the file that it was made from")),
    "empty": (N_("the file is empty"), N_("have it sent again")),
    "dwg": (N_("DWG is not read"), N_("save it as DXF or GeoPackage in the drawing program")),
    "zip": (N_("an archive without boundary files is not unpacked"), N_("unpack it into this folder")),
    "parquet": (N_("a Parquet table without geometry is not read"), N_("save it as .csv or .xlsx")),
    "toml": (N_("a settings file"), ""),
    "json": (N_("JSON without geometry is not read"), N_("save it as .csv or .xlsx")),
    "mixed": (N_("its lines are written in two encodings, UTF-8 and GB18030"), N_("save it anew as UTF-8")),
    "unknown": (N_("its content is not recognised"), ""),
}  # fmt: skip


def walk(folder: Path) -> list[Path]:
    """Return the files of a folder and its subfolders in a fixed order; a FileGDB is one of them.

    Hidden files, run folders, lock files of office programs and the parts of a Shapefile are passed over.

    Raises
    ------
    InputError
        If there is no such folder, or it holds too many files to be that of a project.
    """
    if not folder.is_dir():
        raise InputError(N_("there is no such folder"), place=str(folder), remedy=N_("name the folder of your files"))
    found: list[Path] = []
    for path, folders, files in os.walk(folder):
        here = Path(path)
        databases = [name for name in folders if name.lower().endswith(".gdb")]
        found += [here / name for name in databases]
        folders[:] = [name for name in folders if name not in databases and not _passed_over(name)]
        found += [here / name for name in files if not _passed_over(name) and not _is_part(here / name)]
        if len(found) > MOST_FILES:
            raise InputError(
                N_("there are more than {n} files in this folder and those below it"),
                place=str(folder),
                remedy=N_("put the files of the project into a folder of their own"),
                n=MOST_FILES,
            )
    return sorted((one for one in found if one != folder / FILE), key=lambda one: one.relative_to(folder).as_posix())


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$", "~")) or name.lower() in _SKIPPED or name.lower() in ("thumbs.db", "desktop.ini")


def _is_part(file: Path) -> bool:
    """Tell whether a file is a part of a Shapefile beside it."""
    low = file.name.lower()
    end = next((end for end in _BESIDE if low.endswith(end)), "")
    stem = file.name[: -len(end)] if end else ""
    return bool(stem) and any((file.parent / f"{stem}{shape}").exists() for shape in (".shp", ".SHP"))


def look_around(folder: Path, progress: Progress | None = None) -> list[Look]:
    """Look at every file of a folder.

    Parameters
    ----------
    folder : Path
        Nothing in it is changed.
    progress : callable, optional
        Called with the file that is read, the number of files done, and their total.

    Returns
    -------
    list of Look
        One for each table and layer, and one with a ``problem`` for each file that holds none.
    """
    files = walk(folder)
    looks: list[Look] = []
    for done, file in enumerate(files):
        path = file.relative_to(folder).as_posix()
        if progress is not None:
            progress(gettext("reading {path}").format(path=printable(path)), done, len(files))
        looks += look_at(path, folder)
    return looks


def look_at(path: str, root: Path) -> list[Look]:
    """Look at one file, whatever it is; what cannot be read is told and never stops the rest."""
    if any("\ud800" <= letter <= "\udfff" for letter in path):  # bytes that no text in UTF-8 has
        name = printable(path)
        return [Look(name, problem=gettext("its name is no text in UTF-8"), remedy=gettext("rename the file"))]
    form = ""
    try:
        form = kind_of(root / path)
        if form not in TABLES | VECTORS:
            name = "mixed" if form == "unknown" and _mixed(root / path) else form
            sentence, remedy = _REMEDIES.get(name, _REMEDIES["unknown"])
            return [Look(path, form=form, problem=gettext(sentence), remedy=gettext(remedy))]
        if form != "gdb" and (root / path).stat().st_size > MOST_BYTES:
            return [Look(path, form=form, problem=gettext("it is too large to be looked at"))]
        return list((look_at_tables if form in TABLES else look_at_layers)(path, root, form))
    except Exception as problem:  # one file that no library understands must not stop the others
        if isinstance(problem, GridkitError) and form == "text-table" and _mixed(root / path):
            sentence, remedy = _REMEDIES["mixed"]
            return [Look(path, form=form, problem=gettext(sentence), remedy=gettext(remedy))]
        return [_unreadable(path, form, problem)]


def _mixed(file: Path) -> bool:
    """Tell whether a text has lines in UTF-8 and lines in GB18030."""
    with file.open("rb") as stream:
        lines = stream.read(HEAD).splitlines()[:-1]
    codecs = {_codec(line) for line in lines if not line.isascii()}
    return codecs == {"utf-8", "gb18030"} and not any(b"\x00" in line for line in lines)


def _codec(line: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            line.decode(codec)
        except UnicodeDecodeError:
            continue
        return codec
    return ""


def _unreadable(path: str, form: str, problem: Exception) -> Look:
    if isinstance(problem, GridkitError):
        text = gettext(problem.template).format(**problem.values)
        return Look(path, form=form, problem=text, remedy=gettext(problem.remedy).format(**problem.values))
    if isinstance(problem, OSError):
        return Look(path, form=form, problem=problem.strerror or type(problem).__name__)
    text = gettext("it cannot be read: {reason}").format(reason=type(problem).__name__)
    return Look(path, form=form, problem=text, remedy=gettext("open it in its own program and save it again"))
