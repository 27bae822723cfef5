"""Workbooks of every kind: the values come from calamine, the rest from a look at the file itself."""

from __future__ import annotations

import gc
import io
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import python_calamine as calamine

from gridkit.errors import TableError
from gridkit.io.hidden import Hidden, Page
from gridkit.io.ods_scan import scan_content
from gridkit.io.workbook_parts import (
    Parts,
    demand_room,
    demand_size,
    opened,
    parts_of,
    small,
    struck_strings,
    struck_styles,
)
from gridkit.io.workbook_scan import Scan, Scanner
from gridkit.io.xlsb_scan import demand_room_in
from gridkit.io.zip_splice import spliced
from gridkit.locale import N_

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LARGE: Final = 1 << 20
"""A sheet with more XML than this is worth a copy that is quicker to read."""

_ENDINGS: Final = {"xlsx": (".xlsx", ".xlsm"), "xlsb": (".xlsb",), "xls": (".xls",), "ods": (".ods",)}
_SHEET = calamine.SheetTypeEnum.WorkSheet
_VISIBLE = calamine.SheetVisibleEnum.Visible


def read_workbook(file: Path, name: str, kind: str, *, sheet: str = "") -> tuple[list[Page], tuple[str, ...]]:
    """Return the pages of a workbook and the names of its hidden sheets, which are read only if asked for.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        Its name for messages.
    kind : str
        ``xlsx``, ``xlsb``, ``xls`` or ``ods``, as :func:`gridkit.io.formats.format_of` tells.
    sheet : str
        The one sheet to read; all visible ones where it is not named.

    Raises
    ------
    TableError
        If the workbook is protected, damaged, too large, or has no such sheet.
    """
    scans, quicker = _scans(file, name, sheet) if kind == "xlsx" else ({}, None)
    seen = scan_content(file, name, sheet) if kind == "ods" else {}
    if kind == "xlsb":
        demand_room_in(file, name)
    if quicker is not None:
        with suppress(TableError):  # then the file itself says what is wrong
            return _read(io.BytesIO(quicker), name, sheet, scans, seen)
    told = file.suffix.lower() in _ENDINGS[kind]  # the reader believes the name
    return _read(file if told else io.BytesIO(file.read_bytes()), name, sheet, scans, seen)


def _read(
    source: Path | io.BytesIO,
    name: str,
    sheet: str,
    scans: Mapping[str, tuple[Scan, Hidden]],
    seen: Mapping[str, Hidden],
) -> tuple[list[Page], tuple[str, ...]]:
    with _reading(name), calamine.CalamineWorkbook.from_object(source) as book:
        entries = [entry for entry in book.sheets_metadata if entry.typ == _SHEET]
        names = [entry.name for entry in entries]
        demand_sheet(sheet, names, name)
        shown = [entry.name for entry in entries if entry.visible == _VISIBLE]
        pages = [_page(book, one, scans.get(one), name) for one in ([sheet] if sheet else shown)]
    pages = [page._replace(hidden=seen.get(page.name, page.hidden)) for page in pages]
    if sheet and sheet not in shown:
        pages = [page._replace(hidden=replace(page.hidden, sheet=True)) for page in pages]
    return pages, tuple(one for one in names if one not in shown)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn what calamine raises, and where it panics, into an error that says what to do."""
    collecting = gc.isenabled()
    gc.disable()  # millions of cells and no cycle among them
    try:
        yield
    except TableError:
        raise
    except calamine.PasswordError as problem:
        raise protected(name) from problem
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as problem:
        raise unreadable(name, str(problem)) from problem
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":
            raise
        raise unreadable(name, str(problem)) from problem
    finally:
        if collecting:
            gc.enable()


def demand_sheet(sheet: str, names: Sequence[str], name: str) -> None:
    """Refuse a sheet that the project names and the workbook does not have."""
    if sheet and sheet not in names:
        raise TableError(
            N_("there is no sheet {sheet}; the workbook has: {names}"),
            place=name,
            remedy=N_("correct sheet in gridkit.toml"),
            sheet=sheet,
            names=", ".join(names),
        )


def protected(name: str) -> TableError:
    """Return the error about a workbook that needs a password."""
    return TableError(
        N_("the workbook is protected by a password"), place=name, remedy=N_("save a copy without a password")
    )


def unreadable(name: str, reason: str) -> TableError:
    """Return the error about a workbook that the reader gives up on."""
    return TableError(
        N_("this is not a workbook that can be read: {reason}"),
        place=name,
        remedy=N_("open it in a spreadsheet program and save it as .xlsx"),
        reason=reason[:120],
    )


def _scans(file: Path, name: str, sheet: str) -> tuple[dict[str, tuple[Scan, Hidden]], bytes | None]:
    """Return what can be seen beside the values, by sheet, and a copy that is quicker to read where that is worth it.

    Raises
    ------
    TableError
        If a sheet would take all memory.
    """
    with opened(file, name) as book:
        parts = parts_of(book, name)
        wanted = {one: member for one, member in parts.sheets.items() if member and (not sheet or one == sheet)}
        demand_size(book, {*wanted.values(), parts.strings}, name)
        scans = _scanned(book, parts, wanted, name)
        sizes = {info.filename: info.file_size for info in book.infolist()}
        large = {wanted[one]: scan.checksum for one, (scan, _) in scans.items() if sizes[wanted[one]] > LARGE}
        quicker = spliced(file.read_bytes(), book, large) if large else None
    return scans, quicker


def _scanned(
    book: zipfile.ZipFile, parts: Parts, wanted: Mapping[str, str], name: str
) -> dict[str, tuple[Scan, Hidden]]:
    styles = struck_styles(small(book, parts.styles, name)) if parts.styles else frozenset()
    strings, partly = struck_strings(book, parts.strings, name) if parts.strings else (frozenset(), {})
    scans = {}
    for one, member in wanted.items():
        place = f"{name}!{one}"
        scan = Scanner(one, styles, strings, partly).run(book, member, place)
        if not scan.whole:
            raise TableError(
                N_("the XML of the sheet breaks off after row {row}"),
                place=place,
                remedy=N_("copy or download the file again, or open it in a spreadsheet program and save it anew"),
                row=scan.rows,
            )
        demand_room(scan.rows, scan.columns, place)
        scans[one] = scan, scan.as_hidden(macros=parts.macros)
    return scans


def _page(book: Any, sheet: str, scan: tuple[Scan, Hidden] | None, name: str) -> Page:
    found = book.get_sheet_by_name(sheet)
    demand_room(found.total_height, found.total_width, f"{name}!{sheet}")
    cells = trimmed(found.to_python(skip_empty_area=False))
    if scan is None:
        unseen = ("rows", "columns", "struck", "sums", "errors")
        return Page(sheet, cells, tuple(sorted(found.merged_cell_ranges or ())), Hidden(unseen=unseen))
    for (row, column), left in scan[1].partly.items():
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = left  # the reader puts all parts of a text together
    return Page(sheet, cells, tuple(sorted(scan[0].merged)), scan[1])


def trimmed(cells: list[list[Any]]) -> list[list[Any]]:
    """Return rows without the empty ones at the end, all of one width."""
    while cells and not any(cell not in ("", None) for cell in cells[-1]):
        cells.pop()
    return rectangle(cells)


def rectangle(cells: Sequence[list[Any]]) -> list[list[Any]]:
    """Return rows of one width.

    >>> rectangle([["a"], ["b", "c"]])
    [['a', ''], ['b', 'c']]
    """
    width = max((len(row) for row in cells), default=0)
    return [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in cells]
