"""Which atom belongs to which grid, as a table: our own, Districtr's, the Census', or two bare columns."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.errors import TableError
from gridkit.io.csv_text import decoded, text_bytes
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.sheets import read_sheets
from gridkit.locale import N_, gettext
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

HEADERS: Final = (
    ("atom_id", "grid_code"), ("atom_id", "grid_uid"), ("geo_id", "zone"), ("geoid", "zone"), ("blockid", "district"),
    ("geoid20", "district"), ("atom", "grid"),
)  # fmt: skip
"""Names of the two columns, in small letters: ours, Districtr's, the Census Bureau's."""
TOLD: Final = 20
_MARKS: Final = ",|\t;"
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,3}")
_ROUNDED: Final = re.compile(r"\d{15}0{3,}")
"""A spreadsheet program keeps 15 digits of a number and writes zeros for the others."""
_EXCEL: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et")
_REMEDY: Final = N_("give the columns the format Text before the codes are typed or pasted, or start from the file as "
                    "it was written")  # fmt: skip

Row = tuple[int, str, str]


def read_assignment(
    path: Path, *, atoms: Collection[str] | None = None, grids: Collection[str] | None = None
) -> pd.Series:
    """Read which atom belongs to which grid.

    Parameters
    ----------
    path : pathlib.Path
        Text with two columns, separated by commas, bars, tabs or semicolons, with or without a header, or a workbook
        whose cells are text.
    atoms, grids : collection of str, optional
        Atoms that there are, and codes or uids of grids: what stands among them is never taken as damaged.

    Returns
    -------
    pandas.Series of str
        Grid (``""`` for none), indexed by atom, sorted.

    Raises
    ------
    TableError
        All mistakes at once, each with its row: numbers instead of text, scientific notation, leading zeros or last
        digits that are lost, an atom twice, an atom that is not there.
    """
    name = mask_name_of_file(path.name)
    rows = list(_rows(path, name))
    if not rows:
        raise TableError(
            N_("the table holds no row"), place=name, remedy=N_("two columns are expected: atom_id, grid_code")
        )
    mistakes = [*_damaged(rows, atoms, grids), *_strange(rows, atoms)]
    if mistakes:
        raise TableError("{text}", text=_told(name, sorted(mistakes)))
    found = pd.Series({atom: grid for _, atom, grid in rows}, dtype="object", name="grid").sort_index()
    return found.rename_axis("atom")


def write_assignment(assignment: pd.Series, path: Path) -> None:
    """Write ``atom_id,grid_code`` as UTF-8, all text, sorted by atom.

    Parameters
    ----------
    assignment : pandas.Series of str
        Grid, indexed by atom.
    path : pathlib.Path

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    book = io.StringIO(newline="")
    writer = csv.writer(book, lineterminator="\n")
    writer.writerow(HEADERS[0])
    writer.writerows((str(atom), str(grid)) for atom, grid in assignment.sort_index().items())
    with whole(path) as draft:
        draft.write_bytes(book.getvalue().encode("utf-8", "replace"))


def _told(name: str, mistakes: Sequence[tuple[int, str]]) -> str:
    lines = [f"{name}:{row}: {said}" for row, said in mistakes[:TOLD]]
    if len(mistakes) > TOLD:
        lines.append(gettext("… and {n} more rows with mistakes").format(n=f"{len(mistakes) - TOLD:,}"))
    return "\n".join(lines)


def _rows(path: Path, name: str) -> Iterator[Row]:
    """Yield row number, atom and grid, without the header and blank rows."""
    columns: tuple[int, int] | None = None
    for number, cells in _cells(path, name):
        if not any(str(cell).strip() for cell in cells if cell is not None):
            continue
        if columns is None:
            columns = _header(cells)
            if columns is not None:
                continue
            if len(cells) != 2:
                raise TableError(
                    N_("the header names no known columns: {found}"), place=f"{name}:{number}",
                    remedy=N_("two columns are expected: atom_id, grid_code"),
                    found=" | ".join(str(cell) for cell in cells)[:100],
                )  # fmt: skip
            columns = (0, 1)
        if max(columns) >= len(cells):
            raise TableError(
                N_("the row has too few cells"), place=f"{name}:{number}",
                remedy=N_("two columns are expected: atom_id, grid_code"),
            )  # fmt: skip
        atom, grid = cells[columns[0]], cells[columns[1]]
        yield number, _as_text(atom, name, number), _as_text(grid, name, number)


def _header(cells: Sequence[Any]) -> tuple[int, int] | None:
    names = [str(cell or "").strip().lower() for cell in cells]
    for one, other in HEADERS:
        if one in names and other in names:
            return names.index(one), names.index(other)
    return None


def _as_text(cell: Any, name: str, number: int) -> str:
    """Return a cell as it is written; a number is refused, as nobody can tell which zeros it has lost."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        raise TableError(
            N_("{value} is a number, not text: leading zeros and the digits after the 15th are lost"),
            place=f"{name}:{number}", remedy=_REMEDY, value=str(cell)[:40],
        )  # fmt: skip
    return cell.strip()


def _cells(path: Path, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        if path.suffix.lower() in _EXCEL:
            yield from enumerate(read_sheets(path, name)[0].cells, start=1)
            return
        text = decoded(text_bytes(path, name), name)[0].removeprefix("\ufeff")
    except OSError as problem:
        raise TableError(
            N_("the file cannot be read: {reason}"), place=str(path)[:200],
            remedy=N_("name the assignment.csv of a plan, and check your rights"),
            reason=problem.strerror or type(problem).__name__,
        ) from problem  # fmt: skip
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max(_MARKS, key=lambda one: (first.count(one), -_MARKS.index(one)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as problem:
        raise TableError(
            N_("the table cannot be read: {reason}"), place=f"{name}:{reader.line_num}",
            remedy=N_("save it as UTF-8 text with two columns"), reason=str(problem),
        ) from problem  # fmt: skip


def _damaged(
    rows: Sequence[Row], atoms: Collection[str] | None, grids: Collection[str] | None
) -> Iterator[tuple[int, str]]:
    for at, known in ((1, atoms), (2, grids)):
        values = [str(row[at]) for row in rows]
        there = frozenset(known or ())
        widths = Counter(len(value) for value in values if value.isdecimal())
        wide = max(widths, key=lambda width: (widths[width], width), default=0)
        zeros = any(len(value) == wide and value[0] == "0" for value in values if value.isdecimal())
        padded = {one.lstrip("0"): one for one in there if one.startswith("0")}
        for row, value in zip(rows, values, strict=True):
            if not value or value in there:
                continue
            if _SCIENTIFIC.fullmatch(value) or _ROUNDED.fullmatch(value):
                said = gettext("{value} has lost its digits to a spreadsheet program").format(value=value)
            elif value in padded or (not there and zeros and value.isdecimal() and len(value) < wide):
                said = gettext("{value} has lost its leading zeros to a spreadsheet program").format(value=value)
            else:
                continue
            yield row[0], f"{said} ({gettext(_REMEDY)})"


def _strange(rows: Sequence[Row], atoms: Collection[str] | None) -> Iterator[tuple[int, str]]:
    known = None if atoms is None else frozenset(atoms)
    first: dict[str, int] = {}
    for number, atom, _ in rows:
        if not atom:
            yield number, gettext("the row names no atom")
        elif atom in first:
            yield (
                number,
                gettext("{atom} stands here again; first in row {row}").format(atom=atom[:60], row=first[atom]),
            )
        elif known is not None and atom not in known and not (_SCIENTIFIC.fullmatch(atom) or _ROUNDED.fullmatch(atom)):
            yield number, gettext("there is no atom {atom} (it may be a table of other atoms)").format(atom=atom[:60])
        first.setdefault(atom, number)
