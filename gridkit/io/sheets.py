"""Sheets of cells out of workbooks and CSV files, each cell where it stands in the file."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyogrio
import python_calamine as calamine

from gridkit.errors import TableError
from gridkit.io.dictionary import field_of
from gridkit.io.hidden import Hidden, extent, scan
from gridkit.io.raw import digest, letter
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb")
MOST_CELLS: Final = 20_000_000
"""A larger sheet is no register of a city, but a cell that was filled by mistake in a far corner."""

_VECTOR: Final = (".geojson", ".json", ".gpkg", ".shp", ".dbf", ".kml", ".gdb")
_SEPARATORS: Final = (",", "\t", ";")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHINESE: Final = frozenset(("gbk", "gb2312", "cp936", "936", "ansi", "gb18030", "gb-18030"))

Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """All cells of one sheet.

    ``cells`` are rows from the first row of the sheet on, all of one width; ``merged`` are (row, column) of the first
    and the last cell, counted from 0; ``guessed`` tells that the encoding was found by trial; ``unread`` names sheets
    that were passed over.
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


def read_sheets(file: Path, name: str, *, sheet: str = "", encoding: str = "", kind: str = "") -> list[Sheet]:
    """Read a workbook or CSV file.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        Its name for messages.
    sheet : str
        The one sheet to read; all visible sheets that are not empty where it is not named.
    encoding : str
        Encoding of a CSV file, guessed where it is not stated.
    kind : str
        Registry kind or level, to tell which separator gives headers that are known.

    Raises
    ------
    TableError
        If the file cannot be read, the sheet does not exist, or there is nothing in it.
    """
    sha256 = digest(file, name, layer=False)
    if file.suffix.lower() in WORKBOOKS:
        return _workbook(file, name, sha256, sheet=sheet)
    if file.suffix.lower() in _VECTOR:
        raise TableError(
            N_("this is a boundary file, not a table; its attributes are: {names}"),
            place=name,
            remedy=N_("name it under [layers] in gridkit.toml, or save its attributes as a table (.xlsx or .csv)"),
            names=", ".join(_attributes(file)) or gettext("none"),
        )
    if sheet:
        raise TableError(
            N_("a text table has no sheets, but sheet {sheet} is asked for"),
            place=name,
            remedy=N_("leave sheet out in gridkit.toml"),
            sheet=sheet,
        )
    return [_csv(file, name, sha256, encoding=encoding, kind=kind)]


def _attributes(file: Path) -> list[str]:
    """Return the names of the attributes of a boundary file, never a value."""
    try:
        return [str(one) for one in pyogrio.read_info(file)["fields"]]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError, OSError):
        return []


def _workbook(file: Path, name: str, sha256: str, *, sheet: str) -> list[Sheet]:
    try:
        with calamine.CalamineWorkbook.from_path(file) as book:
            visible = {
                entry.name for entry in book.sheets_metadata if entry.visible == calamine.SheetVisibleEnum.Visible
            }
            names = book.sheet_names
            if sheet and sheet not in names:
                raise TableError(
                    N_("there is no sheet {sheet}; the workbook has: {names}"),
                    place=name,
                    remedy=N_("correct sheet in gridkit.toml"),
                    sheet=sheet,
                    names=", ".join(names),
                )
            wanted = [sheet] if sheet else [entry for entry in names if entry in visible]
            sheets = [_sheet(book, file, entry, name=name, sha256=sha256) for entry in wanted]
            filled = [one for one in sheets if one.cells]
            unread = () if sheet else tuple(entry for entry in names if entry not in visible)
    except calamine.PasswordError as problem:
        raise TableError(
            N_("the workbook is protected by a password"), place=name, remedy=N_("save a copy without a password")
        ) from problem
    except (calamine.CalamineError, OSError, ValueError) as problem:
        raise TableError(
            N_("this is not a workbook that can be read: {reason}"),
            place=name,
            remedy=N_("open it in a spreadsheet program and save it as .xlsx"),
            reason=str(problem)[:120],
        ) from problem
    if not filled:
        place = f"{name}!{sheet}" if sheet else name
        raise TableError(N_("the sheet is empty"), place=place, remedy=N_("name another sheet or file in gridkit.toml"))
    return [Sheet(**{**vars(one), "unread": unread}) for one in filled]


def _sheet(book: calamine.CalamineWorkbook, file: Path, sheet: str, *, name: str, sha256: str) -> Sheet:
    if file.suffix.lower() in (".xlsx", ".xlsm"):
        _demand_room(file, sheet, name)
    found = book.get_sheet_by_name(sheet)
    cells = found.to_python(skip_empty_area=False)
    while cells and not any(cell not in ("", None) for cell in cells[-1]):
        cells.pop()
    return Sheet(
        name,
        sheet,
        sha256,
        _rectangle(cells),
        merged=tuple(sorted(found.merged_cell_ranges or ())),
        hidden=scan(file, sheet) if file.suffix.lower() in (".xlsx", ".xlsm") else Hidden(),
    )


def _demand_room(file: Path, sheet: str, name: str) -> None:
    """Refuse a sheet whose cells reach so far that reading it would take all memory."""
    rows, columns = extent(file, sheet, MOST_CELLS)
    if rows * columns > MOST_CELLS:
        raise TableError(
            N_("the sheet reaches to cell {cell}: that is more than {most} cells"),
            place=f"{name}!{sheet}",
            remedy=N_("delete what stands far outside the table, or copy the table into a new file"),
            cell=f"{letter(columns - 1)}{rows}",
            most=MOST_CELLS,
        )


def _rectangle(cells: list[list[Any]]) -> list[list[Any]]:
    width = max((len(row) for row in cells), default=0)
    return [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in cells]


def _csv(file: Path, name: str, sha256: str, *, encoding: str, kind: str) -> Sheet:
    text, used, guessed = decoded(file.read_bytes(), name, encoding=encoding)
    if not text.strip():
        raise TableError(N_("the file is empty"), place=name, remedy=N_("name another file in gridkit.toml"))
    cells = _records(text, separator_of(text, kind), name)
    while cells and not any(cell.strip() for cell in cells[-1]):
        cells.pop()
    return Sheet(name, "", sha256, _rectangle(cells), encoding=used, guessed=guessed)


def decoded(data: bytes, name: str, *, encoding: str = "") -> tuple[str, str, bool]:
    """Return the text of a file, its encoding, and whether that was a guess that could be wrong.

    A byte order mark decides, then the project file, then UTF-8, then GB18030 (of which GBK and GB2312 are parts).

    >>> decoded("小区".encode("gbk"), "a.csv"), decoded("小区".encode(), "a.csv")
    (('小区', 'gb18030', True), ('小区', 'utf-8', False))
    """
    marked = next((codec for mark, codec in _BOMS if data.startswith(mark)), "")
    stated = "gb18030" if encoding.lower() in _CHINESE else encoding
    for codec in filter(None, (marked, stated) if (marked or stated) else ("utf-8", "gb18030")):
        try:
            text = data.decode(codec)
        except LookupError as problem:
            raise TableError(
                N_("{encoding} is not an encoding that is known here"),
                place=name,
                remedy=N_('leave encoding out in gridkit.toml, or state "utf-8" or "gb18030"'),
                encoding=encoding,
            ) from problem
        except UnicodeError:
            continue
        if "\x00" in text:
            break
        return text, codec, not (marked or stated) and codec == "gb18030"
    raise TableError(
        N_("the text of the file cannot be decoded"),
        place=name,
        remedy=N_("state its encoding in gridkit.toml, or save it as UTF-8"),
    )


def separator_of(text: str, kind: str = "") -> str:
    r"""Return the separator with which most headers are known, or else which gives the widest lines.

    >>> separator_of("小区名称;户数\n甲,乙;3", "compounds"), separator_of("a\tb\n1\t2")
    (';', '\t')
    """
    head = text[:20_000].splitlines()[:20]

    def rank(separator: str) -> tuple[int, int]:
        lines = [line.split(separator) for line in head]
        known = max((len({field_of(cell, kind) for cell in line} - {""}) for line in lines), default=0) if kind else 0
        return known, sorted(len(line) for line in lines)[len(lines) // 2]

    return max(_SEPARATORS, key=rank)


def _records(text: str, separator: str, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as problem:
        raise TableError(
            N_("line {line} breaks the rules of CSV: {reason}"),
            place=name,
            remedy=N_("check the quotation marks there, or save the table again from a spreadsheet program"),
            line=reader.line_num,
            reason=str(problem),
        ) from problem


def looks_like_number(cell: object) -> bool:
    """Tell whether a cell can be no header: a number or a date."""
    return not isinstance(cell, str) or re.fullmatch(r"\s*-?[\d.,]+%?\s*", cell) is not None


def filled_count(row: Sequence[object]) -> int:
    """Return how many cells of a row hold something."""
    return sum(cell is not None and (not isinstance(cell, str) or bool(cell.strip())) for cell in row)
