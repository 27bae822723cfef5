"""What lies in a folder: every file by its content, every sheet and layer of it, and what each could be."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely

from gridkit.errors import GridkitError, InputError
from gridkit.io.formats import format_of
from gridkit.io.initial.kinds import Guess, guess, guess_level, likely
from gridkit.io.initial.text import printable
from gridkit.io.lines import known_parts
from gridkit.io.privacy import holds_persons, is_personal_header, is_post_header
from gridkit.io.project import FILE
from gridkit.io.raw import PARTS
from gridkit.io.sheets import read_sheets
from gridkit.io.tables import SEARCHED, find_header
from gridkit.io.text import cell_text, tidy
from gridkit.io.vector import read_vector
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from gridkit.io.sheets import Sheet

    Progress = Callable[[str, int, int], None]

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 1 << 29
"""A larger file is no register of a city; who has one names it himself."""

TABLES: Final = frozenset(("xlsx", "xlsb", "xls", "ods", "html-table", "xml-spreadsheet", "text-table", "dbf"))
VECTORS: Final = frozenset(
    ("gpkg", "shp", "geojson", "geoparquet", "kml", "kmz", "gdb", "dxf", "zip-vector", "gml", "topojson")
)
_SKIPPED: Final = frozenset(
    ("runs", "__macosx", "node_modules", "__pycache__", "$recycle.bin", "system volume information")
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
    "unknown": (N_("its content is not recognised"), ""),
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One table or layer of a file, and what it could be.

    Parameters
    ----------
    path, part, form : str
        File relative to the folder, sheet or layer in it, and what the file is.
    headers, columns : lists
        Header and cells of each column; columns of persons are empty.
    guesses : tuple of Guess
        The best first.
    stated : str
        What the lines above the table say: reporting body, date, unit.
    encoding : str
        Encoding of a text table that was found by trial.
    geometry : array or None
        Geometries of a layer as in the file; ``crs`` is what the file states of them.
    problem, remedy : str
        Why it cannot be used.
    """

    path: str
    part: str = ""
    form: str = ""
    headers: tuple[str, ...] = ()
    columns: tuple[list[Any], ...] = ()
    guesses: tuple[Guess, ...] = ()
    stated: str = ""
    encoding: str = ""
    geometry: NDArray[np.object_] | None = field(default=None, repr=False)
    crs: str = ""
    problem: str = ""
    remedy: str = ""

    @property
    def name(self) -> str:
        """File and sheet or layer."""
        return f"{self.path}!{self.part}" if self.part else self.path

    @property
    def rows(self) -> int:
        """Number of records."""
        return len(self.columns[0]) if self.columns else 0 if self.geometry is None else len(self.geometry)

    @property
    def shape(self) -> str:
        """``polygon``, ``line``, ``point``; ``""`` for a table."""
        if self.geometry is None:
            return ""
        sizes = shapely.get_dimensions(self.geometry)
        return ("point", "line", "polygon")[int(sizes.max())] if len(sizes) and sizes.max() >= 0 else ""


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
        form = format_of(root / path)
        if form not in TABLES | VECTORS:
            sentence, remedy = _REMEDIES.get(form, _REMEDIES["unknown"])
            return [Look(path, form=form, problem=gettext(sentence), remedy=gettext(remedy))]
        if form != "gdb" and (root / path).stat().st_size > MOST_BYTES:
            return [Look(path, form=form, problem=gettext("it is too large to be looked at"))]
        return list(_tables(path, root, form) if form in TABLES else _layers(path, root, form))
    except GridkitError as problem:
        text = gettext(problem.template).format(**problem.values)
        return [Look(path, form=form, problem=text, remedy=gettext(problem.remedy).format(**problem.values))]
    except OSError as problem:
        return [Look(path, form=form, problem=problem.strerror or type(problem).__name__)]


def _tables(path: str, root: Path, form: str) -> Iterator[Look]:
    """Look at every visible sheet of a workbook, or at a text table."""
    sheets = read_sheets(root / path, path)
    for sheet in sheets:
        yield _table(sheet, form)
    for name in dict.fromkeys(name for sheet in sheets for name in sheet.unread):
        yield Look(
            path, name, form, problem=gettext("the sheet is hidden"), remedy=gettext("name it with sheet if it counts")
        )


def _table(sheet: Sheet, form: str) -> Look:
    names = [sheet.path, sheet.name]
    guesses, first = [], SEARCHED
    for kind in likely(sheet.cells[:SEARCHED]):
        header = find_header(sheet, kind, {})
        if header is None:
            continue
        first = min(first, header.first)
        columns = _cells(sheet, header.last + 1, header.texts)
        guesses.append(
            (guess(kind, header.texts, columns, names=[*names, *_titles(sheet, header.first)]), header, columns)
        )
    look = Look(sheet.path, sheet.name, form, encoding=sheet.encoding if sheet.guessed else "")
    if not guesses:
        return replace(look, problem=gettext("no header row is recognised"), remedy=gettext("name its columns"))
    guesses.sort(key=lambda one: -one[0].score)
    _, header, columns = guesses[0]
    same = tuple(one for one, other, _ in guesses if other.texts == header.texts)
    stated = " ".join(known_parts(text)[0] for text in _titles(sheet, header.first)).strip()
    return replace(look, headers=header.texts, columns=columns, guesses=same, stated=stated)


def _titles(sheet: Sheet, first: int) -> list[str]:
    """Return the texts above the header."""
    return [text for row in sheet.cells[:first] for cell in row if (text := tidy(cell_text(cell)))]


def _cells(sheet: Sheet, start: int, headers: Sequence[str]) -> tuple[list[Any], ...]:
    """Return the columns below the header; those of persons are emptied."""
    return tuple(without_persons(header, [row[at] for row in sheet.cells[start:]]) for at, header in enumerate(headers))


def without_persons(header: str, cells: list[Any]) -> list[Any]:
    """Return a column, emptied where it names persons: nothing about them may be looked at."""
    personal = is_personal_header(header) or is_post_header(header) or holds_persons(cells, codes=True)
    return [""] * len(cells) if personal else cells


def layers_of(path: str, root: Path) -> tuple[str, ...]:
    """Stub until gridkit.io.vector has it."""
    import pyogrio

    try:
        return tuple(str(one) for one, geometry in pyogrio.list_layers(root / path) if geometry is not None)
    except (pyogrio.errors.DataSourceError, ValueError, RuntimeError) as problem:
        raise InputError(N_("it cannot be read: {reason}"), reason=str(problem)[:120]) from problem


def _layers(path: str, root: Path, form: str) -> Iterator[Look]:
    names = layers_of(path, root)
    for name in names:
        try:
            raw, geometry, crs = read_vector(path, root, layer=name)
        except GridkitError as problem:
            text = gettext(problem.template).format(**problem.values)
            remedy = gettext(problem.remedy).format(**problem.values)
            yield Look(path, name if len(names) > 1 else "", form, problem=text, remedy=remedy)
            continue
        columns = tuple(without_persons(header, cells) for header, cells in zip(raw.headers, raw.columns, strict=True))
        look = Look(path, name if len(names) > 1 else "", form, tuple(raw.headers), columns, geometry=geometry, crs=crs)
        guesses = guess_level(look.headers, columns, names=[path, name], cut=form in ("shp", "zip-vector"))
        yield replace(look, guesses=tuple(guesses))
