"""Marked copies of the spreadsheets that were checked: every cell where it stood, what was found in colour and words.

A copy is a workbook of our own, written from the values of the cells: no formula, macro, link, picture or author of the
original comes along. What of the values it shows is decided in :mod:`gridkit.reports.marked_cells`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import TableError
from gridkit.io.person_numbers import MASK, mask_name_of_file
from gridkit.io.raw import digest
from gridkit.io.sheets import read_sheets
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.model.findings import SEVERITIES
from gridkit.reports import words
from gridkit.reports.book import whole_book
from gridkit.reports.check import MARKED, Places, copies, ordered, sheet_of
from gridkit.reports.marked_cells import HEAD, OUTSIDE, Table, heads_of, number_of, shown_rows, table_of
from gridkit.reports.marked_styles import Styles, add_legend, as_cell, lay_out
from gridkit.reports.sheet import RowSheet
from gridkit.reports.xlsx import book_properties, columns_wide, sheet_title, text_of
from gridkit.writing import unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from xlsxwriter.workbook import Workbook

    from gridkit.io.project import Project
    from gridkit.io.sheets import Sheet
    from gridkit.model import City, Source
    from gridkit.reports.check import Checked

MOST_NOTES: Final = 20_000
"""Cells of one sheet that get a note; a spreadsheet program is slow with more. All are coloured and listed."""
NOTES_OF_CELL: Final = 5
"""Findings that the note of one cell writes out."""
SAMPLED: Final = 300
"""Rows that decide how wide the columns are."""

MOST_FROZEN: Final = 12
"""Rows at the top that stay in sight; more would leave no room for the table."""

DROPPED: Final = ("S120", "S190")
"""Rules that drop a column of persons."""
WHOLE_ROW: Final = -1
"""Column of a mark that is about a row: it goes to the first filled cell."""

Where = tuple[int, int]


@dataclass(frozen=True)
class Marks:
    """What was found on one sheet: cell (counted from 0) -> the findings about it, as numbers in ``said``."""

    said: list[tuple[str, str]] = field(default_factory=list)
    cells: dict[Where, list[int]] = field(default_factory=dict)
    dropped: dict[str, set[int]] = field(default_factory=dict)
    """Name of a table -> columns of persons."""

    def severity(self, where: Where) -> str:
        """Return the worst severity of the findings about a cell, ``""`` where there is none."""
        found = self.cells.get(where)
        return min((self.said[one][0] for one in found), key=SEVERITIES.index) if found else ""

    def note(self, where: Where) -> str:
        """Return what the note of a cell says."""
        found = self.cells[where]
        lines = [self.said[one][1] for one in found[:NOTES_OF_CELL]]
        if len(found) > NOTES_OF_CELL:
            lines.append(_("… and {n} more").format(n=len(found) - NOTES_OF_CELL))
        return "\n".join(lines)


def write_marked(checked: Checked, project: Project, folder: Path) -> None:
    """Write a marked copy of every spreadsheet of a project below ``folder``.

    Parameters
    ----------
    checked : Checked
        City and findings.
    project : Project
        Where the spreadsheets lie.
    folder : pathlib.Path
        Folder of the copies, made where it does not exist.

    Raises
    ------
    gridkit.errors.OutputError
        A copy cannot be written.
    gridkit.errors.TableError
        A spreadsheet is not any more what it was when it was read.
    """
    for path, name in copies(checked.city.sources).items():
        write_copy(checked, project, path, folder / name.removeprefix(f"{MARKED}/"))


def write_copy(checked: Checked, project: Project, path: str, target: Path) -> None:
    """Write the marked copy of one spreadsheet; see :func:`write_marked`."""
    city = checked.city
    sources = [source for source in city.sources if source.tabular and source.path == path]
    marks = _marks(checked, sources)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(target, problem) from problem
    with whole_book(target) as book:
        book.set_properties(book_properties(city, target.name))
        styles = Styles(book)
        for name, title in sheet_titles(sources, path).items():
            here = [source for source in sources if sheet_of(source) == name]
            sheet = _read(project, here, name)
            dropped = marks[name].dropped
            same = [one for one in here if one.sha256 == sheet.sha256]
            tables = [table_of(city, one, frozenset(dropped.get(one.name, ()))) for one in same]
            _add_sheet(book, sheet, tables, marks=marks[name], styles=styles, title=title)
            del sheet, tables
        add_legend(book, styles, sheet_titles(sources, path).values(), path=path)


def sheet_titles(sources: Iterable[Source], path: str) -> dict[str, str]:
    """Return the sheets of a copy: name in the file -> title in the copy, as a workbook accepts it, none twice."""
    out: dict[str, str] = {}
    for name in dict.fromkeys(sheet_of(source) for source in sources if source.tabular and source.path == path):
        stem = path.rpartition("/")[2].rpartition(".")[0]
        title = sheet_title(name or stem) or "Sheet"
        number = 1
        while title.lower() in {one.lower() for one in out.values()} | {"history"}:
            number += 1
            title = sheet_title(name or stem or "Sheet", number)
        out[name] = title
    return out


def _read(project: Project, sources: Sequence[Source], name: str) -> Sheet:
    """Read a sheet once more, as it was read before."""
    first = sources[0]
    file = _file(project, first)
    sheet = _real_sheet(file, first, name) if MASK in name else name
    found = read_sheets(file, first.path, sheet=sheet, encoding=first.encoding, kind=first.kind)
    if first.sha256 != found[0].sha256:
        raise TableError(
            N_("the file was changed while it was being checked"), place=first.path, remedy=N_("check it again")
        )
    return found[0]


def _real_sheet(file: Path, source: Source, shown: str) -> str:
    """Return what a sheet is called in its file; the name that is shown leaves numbers of persons out."""
    pages = read_sheets(file, source.path, encoding=source.encoding, kind=source.kind)
    names = [page.name for page in pages] + [name for page in pages[:1] for name in page.unread]
    return next((name for name in names if mask_name_of_file(name) == shown), shown)


def _file(project: Project, source: Source) -> Path:
    """Return the file of a source; one on another drive, or with a number of a person, is known by its name only."""
    if MASK in source.path:
        found = [project.root]
        for part in PurePosixPath(source.path).parts:
            found = [one for folder in found for one in _entries(folder, part)]
        return next((one for one in found if digest(one, source.path, layer=False) == source.sha256), found[0])
    file = project.root / source.path
    if file.is_file():
        return file
    stated: list[str | tuple[str, ...]] = [spec.path for spec in project.layers.values()]
    stated += [spec.path for some in project.registries.values() for spec in some]
    named = [project.root / one for some in stated for one in ((some,) if isinstance(some, str) else some)]
    return next((one for one in named if one.name == source.path), file)


def _entries(folder: Path, shown: str) -> list[Path]:
    """Return what of a folder goes by a name; several where numbers of persons in their names are left out."""
    if MASK not in shown:
        return [folder / shown]
    return [one for one in sorted(folder.iterdir()) if mask_name_of_file(one.name) == shown] or [folder / shown]


def _marks(checked: Checked, sources: Sequence[Source]) -> dict[str, Marks]:
    """Return what was found on each sheet of a file."""
    places = Places(checked.city.sources)
    sheets = {source.name: sheet_of(source) for source in sources}
    tops = {source.name: _top(checked.city, source) for source in sources}
    marks = {name: Marks() for name in sheets.values()}
    for row in ordered(checked.findings).itertuples(index=False):
        numbers: dict[str, int] = {}
        for place in places.found_in(row.subject, row.refs):
            if place.source not in sheets:
                continue
            on = marks[sheets[place.source]]
            number = numbers.get(sheets[place.source])
            if number is None:
                number = numbers[sheets[place.source]] = len(on.said)
                on.said.append((row.severity, _sentence(row.code, row.severity, row.params)))
            top, left = tops[place.source]
            column = number_of(place.column) if place.column else left
            at = (place.row - 1 if place.row else top, column if place.what != "row" else WHOLE_ROW)
            on.cells.setdefault(at, []).append(number)
            if row.code in DROPPED and place.what == "column":
                on.dropped.setdefault(place.source, set()).add(column)
    return marks


def _sentence(code: str, severity: str, params: dict[str, object]) -> str:
    said = _("{code} [{severity}] {sentence}")
    return said.format(code=code, severity=words.severity(severity), sentence=words.finding_sentence(code, params))


def _top(city: City, source: Source) -> Where:
    """Return a row above the first row of a table, and its first column that is read: where findings of it all go."""
    rows = [int(row) for row in city.set_aside["row"][(city.set_aside["src"] == source.name).to_numpy()]]
    frame = city.layers[source.kind].frame if source.kind in city.layers and source.tabular else city.rows(source.kind)
    rows += [int(row) for row in frame["row"][(frame["src"] == source.name).to_numpy()]]
    left = min((number_of(letters) for letters in source.columns.values()), default=0)
    return max(min(rows, default=2) - 2, 0), left


def _add_sheet(
    book: Workbook, sheet: Sheet, tables: Sequence[Table], *, marks: Marks, styles: Styles, title: str
) -> None:
    page = book.add_worksheet(title, worksheet_class=RowSheet)
    merged = list(apart(sheet.merged, len(sheet.cells)))
    marks = settled(marks, sheet, merged)
    heads = heads_of(sheet.cells, tables)
    widths = _add_rows(
        page, sheet, shown_rows(sheet.cells, tables, heads, struck=sheet.hidden.struck), marks=marks, styles=styles
    )
    for column, width in widths.items():
        page.set_column(column, column, max(7, min(width + 2, 36)))
    page.add_merges(merged)
    page.set_comments_author("gridkit")
    page.add_notes(islice(_notes(marks, sheet), MOST_NOTES), {"x_scale": 2.4, "y_scale": 1.2, "font_size": 9})
    if heads:
        page.freeze_panes(min(_last_of_block(heads) + 1, MOST_FROZEN), 0)
    lay_out(page)


def _add_rows(
    page: RowSheet, sheet: Sheet, rows: Iterable[list[tuple[Any, str]]], *, marks: Marks, styles: Styles
) -> dict[int, int]:
    """Write the rows of a sheet; return how wide each column is in the first ones."""
    hidden, struck = frozenset(sheet.hidden.rows), sheet.hidden.struck
    marked: dict[int, list[int]] = {}
    for row, column in marks.cells:
        marked.setdefault(row, []).append(column)
    widths: dict[int, int] = {}
    beyond: list[list[tuple[Any, str]]] = [[] for _ in range(len(sheet.cells), max(marked, default=-1) + 1)]
    for row, line in enumerate(chain(rows, beyond)):
        missing = max(marked[row]) + 1 - len(line) if row in marked else 0
        cells = []
        for column, (raw, look) in enumerate([*line, *[("", OUTSIDE)] * missing]):
            severity = marks.severity((row, column)) if row in marked else ""
            if not severity and look != HEAD and (raw is None or raw == ""):
                continue
            value, shape = as_cell(raw)
            crossed = bool(struck) and (row, column) in struck
            cells.append((column, value, styles.of(look, severity, shape, struck=crossed, hidden=row in hidden)))
            if row < SAMPLED and look != OUTSIDE:
                widths[column] = max(widths.get(column, 0), columns_wide(str(value)))
        page.write_styled(row, cells)
    return widths


def _last_of_block(heads: frozenset[int]) -> int:
    """Return the last of the first rows of headers that follow one another."""
    last = min(heads)
    while last + 1 in heads:
        last += 1
    return last


def settled(marks: Marks, sheet: Sheet, merged: Iterable[tuple[int, int, int, int]]) -> Marks:
    """Return marks with those of whole rows at the first filled cell, and those in merged cells at the first of them.

    Inside a merged area only the first cell can show a colour and a note.
    """
    rows = {row for row, _ in marks.cells}
    first: dict[Where, Where] = {}
    for top, left, bottom, right in merged:
        inside = [row for row in range(top, bottom + 1) if row in rows]
        first.update({(row, column): (top, left) for row in inside for column in range(left, right + 1)})
    cells: dict[Where, list[int]] = {}
    for (row, column), found in marks.cells.items():
        at = (row, column)
        if column == WHOLE_ROW:
            at = (row, _first_filled(sheet.cells[row]) if row < len(sheet.cells) else 0)
        known = cells.setdefault(first.get(at, at), [])
        known += [one for one in found if one not in known]
    return Marks(marks.said, cells, marks.dropped)


def _notes(marks: Marks, sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    """Yield the notes of a sheet from the first row on."""
    hidden = {(row, _first_filled(sheet.cells[row])) for row in sheet.hidden.rows if row < len(sheet.cells)}
    for row, column in sorted({*marks.cells, *hidden}):
        lines = [marks.note((row, column))] if (row, column) in marks.cells else []
        if (row, column) in hidden:
            lines.append(_("This row is hidden in the original."))
        yield row, column, text_of("\n".join(lines))


def _first_filled(line: Sequence[Any]) -> int:
    return next((column for column, cell in enumerate(line) if cell not in ("", None)), 0)


def apart(merged: Iterable[tuple[Where, Where]], rows: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the merged areas of a sheet, without those that overlap another one: no program would open the copy."""
    open_now: list[tuple[int, int, int, int]] = []
    for (top, left), (bottom, right) in sorted(merged):
        if top >= rows or (top, left) == (bottom, right):
            continue
        open_now = [area for area in open_now if area[2] >= top]
        if not any(area[1] <= right and left <= area[3] for area in open_now):
            area = (top, left, min(bottom, rows - 1), right)
            open_now.append(area)
            if area[0] != area[2] or area[1] != area[3]:
                yield area
