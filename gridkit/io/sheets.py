"""Sheets of cells out of workbooks and text tables, each cell where it stands in the file.

What a file is decides its content, not its name: exports that are HTML come as .xls, workbooks as .csv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyogrio

from gridkit.errors import TableError
from gridkit.io.csv_text import decoded, read_text, separator_of
from gridkit.io.formats import format_of
from gridkit.io.hidden import Hidden, Page, Range
from gridkit.io.html_table import read_html
from gridkit.io.raw import digest
from gridkit.io.workbooks import demand_sheet, protected, read_workbook, unreadable
from gridkit.io.xml_spreadsheet import read_xml
from gridkit.locale import N_, gettext
from gridkit.model import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["WORKBOOKS", "Range", "Sheet", "decoded", "filled_count", "looks_like_number", "read_sheets", "separator_of"]

WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb")

_VECTOR: Final = frozenset(("gpkg", "shp", "dbf", "geojson", "geoparquet", "kml", "kmz", "gdb", "dxf", "zip-vector"))
_PAGED: Final = frozenset(("xlsx", "xlsb", "xls", "ods"))
_OTHER: Final = {
    "doc": N_("a text document"),
    "pdf": N_("a PDF"),
    "image": N_("an image"),
    "dwg": N_("a DWG drawing"),
    "zip": N_("an archive"),
    "parquet": N_("a Parquet file"),
    "json": N_("a JSON file"),
    "toml": N_("a TOML file"),
    "folder": N_("a folder"),
}


@dataclass(frozen=True)
class Sheet:
    """All cells of one sheet.

    ``cells`` are rows from the first row of the sheet on, all of one width; ``merged`` are (row, column) of the first
    and the last cell, counted from 0; ``guessed`` tells that the encoding was found by trial; ``unread`` names hidden
    sheets that were passed over; ``format`` is what the file is by its content; ``odd`` are the lines of a text table,
    counted from 1, whose quotation marks are not in order.
    """

    path: str
    name: str
    sha256: str
    cells: list[list[Any]]
    merged: tuple[Range, ...] = ()
    encoding: str = ""
    guessed: bool = False
    hidden: Hidden = field(default_factory=Hidden)
    unread: tuple[str, ...] = ()
    format: str = ""
    odd: tuple[int, ...] = ()


def read_sheets(file: Path, name: str, *, sheet: str = "", encoding: str = "", kind: str = "") -> list[Sheet]:
    """Read a workbook or a text table, whatever it is called.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        Its name for messages.
    sheet : str
        The one sheet to read; all visible sheets that are not empty where it is not named.
    encoding : str
        Encoding of a text table, guessed where it is not stated.
    kind : str
        Registry kind or level, to tell which separator gives headers that are known.

    Raises
    ------
    TableError
        If the file cannot be read, the sheet does not exist, or there is nothing in it.
    """
    sha256 = digest(file, name, layer=False)
    what = format_of(file)
    _refuse(file, name, what)
    if what not in _PAGED and what not in ("html-table", "xml-spreadsheet"):
        _demand_no_sheet(sheet, name)
        text = read_text(file, name, encoding=encoding, kind=kind)
        return [
            Sheet(name, "", sha256, text.cells, encoding=text.encoding, guessed=text.guessed, format=what, odd=text.odd)
        ]
    unread: tuple[str, ...] = ()
    if what == "html-table":
        pages = read_html(file, name, encoding=encoding)
    elif what == "xml-spreadsheet":
        pages, unread = read_xml(file, name)
    else:
        pages, unread = read_workbook(file, name, what, sheet=sheet)
    if what == "html-table" and len(pages) == 1 and not pages[0].name:
        _demand_no_sheet(sheet, name)
    return _filled(pages, unread, Sheet(name, sheet, sha256, [], format=what))


def _filled(pages: Sequence[Page], unread: tuple[str, ...], like: Sheet) -> list[Sheet]:
    """Return the pages that are wanted and hold something."""
    name, sheet = like.path, like.name
    demand_sheet(sheet, (*(page.name for page in pages), *unread), name)
    wanted = [page for page in pages if page.cells and (page.name == sheet if sheet else page.name not in unread)]
    if not wanted:
        place = f"{name}!{sheet}" if sheet else name
        raise TableError(N_("the sheet is empty"), place=place, remedy=N_("name another sheet or file in gridkit.toml"))
    return [
        Sheet(
            name,
            page.name,
            like.sha256,
            page.cells,
            merged=page.merged,
            hidden=page.hidden,
            unread=() if sheet else unread,
            format=like.format,
        )
        for page in wanted
    ]


def _demand_no_sheet(sheet: str, name: str) -> None:
    if sheet:
        raise TableError(
            N_("a text table has no sheets, but sheet {sheet} is asked for"),
            place=name,
            remedy=N_("leave sheet out in gridkit.toml"),
            sheet=sheet,
        )


def _refuse(file: Path, name: str, what: str) -> None:
    """Refuse what can be no table, and say what it is."""
    if what == "encrypted":
        raise protected(name)
    if what == "empty":
        raise TableError(N_("the file is empty"), place=name, remedy=N_("name another file in gridkit.toml"))
    if what in _VECTOR or file.suffix.lower() == ".gdb":
        raise TableError(
            N_("this is a boundary file, not a table; its attributes are: {names}"),
            place=name,
            remedy=N_("name it under [layers] in gridkit.toml, or save its attributes as a table (.xlsx or .csv)"),
            names=", ".join(_attributes(file)) or gettext("none"),
        )
    if what in ("unknown", "zip") and file.suffix.lower() in WORKBOOKS:
        raise unreadable(name, gettext("its content is that of no workbook"))
    if what in _OTHER:
        raise TableError(
            N_("this is {what}, not a table"),
            place=name,
            remedy=N_("save the table in it as .xlsx or .csv and name that file in gridkit.toml"),
            what=gettext(_OTHER[what]),
        )


def _attributes(file: Path) -> list[str]:
    """Return the names of the attributes of a boundary file, never a value."""
    try:
        return [str(one) for one in pyogrio.read_info(file)["fields"]]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError, OSError):
        return []


def looks_like_number(cell: object) -> bool:
    """Tell whether a cell can be no header: a number or a date."""
    return not isinstance(cell, str) or re.fullmatch(r"\s*-?[\d.,]+%?\s*", cell) is not None


def filled_count(row: Sequence[object]) -> int:
    """Return how many cells of a row hold something."""
    return sum(cell is not None and (not isinstance(cell, str) or bool(cell.strip())) for cell in row)


def side_source(sheet: Sheet, kind: str, *, rows: int, kept: int, columns: Mapping[str, str] | None = None) -> Source:
    """Return the source of a table that steers the reading (control points, decisions).

    It is an input of the run, hashed like the others, but no table that is marked or counted among the registries.

    Parameters
    ----------
    sheet : Sheet
        As read.
    kind : str
        What it is, ``control`` or ``overrides``.
    rows, kept : int
        Rows below the header, and how many of them are used.
    columns : mapping of str to str, optional
        Field -> letter of its column.
    """
    return Source(
        sheet.path,
        sheet.sha256,
        kind,
        sheet=sheet.name,
        tabular=False,
        encoding=sheet.encoding,
        rows_in=rows,
        kept=kept,
        set_aside=rows - kept,
        columns=columns or {},
    )
