"""Tables that refer to grids by their code: read to be carried over, without the columns that identify persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import TableError
from gridkit.io.dictionary import field_of
from gridkit.io.gate import CODE_FIELDS, POST_FIELDS
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.privacy import (
    holds_names,
    holds_persons,
    is_personal_header,
    is_post_header,
    masked_codes,
    masked_column,
    shown_header,
)
from gridkit.io.sheets import read_sheets
from gridkit.io.text import cell_text, compact
from gridkit.locale import N_
from gridkit.model.fields import REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gridkit.io.sheets import Sheet

SEARCHED: Final = 30
"""Rows from the top in which the header is looked for."""


@dataclass(frozen=True)
class Referring:
    """One table that refers to grids.

    Parameters
    ----------
    name : str
        Name of the file, and of the sheet where there are several: ``staff.xlsx!A``.
    sha256 : str
        Hash of the file.
    headers : tuple of str
        Headings of the columns that were kept.
    cells : tuple of tuple of str
        Its rows as text, without persons.
    rows : tuple of int
        Row of the file of each, counted from 1.
    at : int
        Position of the column of codes among ``headers``.
    dropped : tuple of str
        Headings of the columns that identify persons and were left out.
    """

    name: str
    sha256: str
    headers: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    rows: tuple[int, ...]
    at: int
    dropped: tuple[str, ...]

    @property
    def codes(self) -> list[str]:
        """Return the codes of grids, as they stand there."""
        return [row[self.at] for row in self.cells]


def read_referring(path: Path, column: str) -> list[Referring]:
    """Read every sheet of a workbook, or a text table, that has a column of grid codes.

    Parameters
    ----------
    path : pathlib.Path
    column : str
        Its heading; blanks and width of characters do not matter.

    Returns
    -------
    list of Referring
        In the order of the sheets. Columns that name, number or locate persons are left out, by heading or by cells,
        as :mod:`gridkit.io.gate` does; what other cells say of persons is masked.

    Raises
    ------
    TableError
        The file cannot be read, or no sheet has such a column.
    """
    name = mask_name_of_file(path.name)
    if not path.is_file():
        raise TableError(N_("there is no such file"), place=name, remedy=N_("name a workbook or a CSV file"))
    found, seen = [], []
    sheets = read_sheets(path, name)
    for sheet in sheets:
        head = _head(sheet, column)
        if head is None:
            first = [cell_text(cell).strip() for row in sheet.cells[:3] for cell in row]
            seen += [shown_header(text) for text in first if text]
            continue
        said = f"{name}!{mask_name_of_file(sheet.name)}" if sheet.name and len(sheets) > 1 else name
        found.append(_referring(sheet, head, column, name=said))
    if not found:
        raise TableError(
            N_("no sheet has a column {column}"), place=name,
            remedy=N_("name the column of grid codes with --column; the first rows hold: {seen}"),
            column=column[:40], seen=", ".join(list(dict.fromkeys(seen))[:12])[:300] or "-",
        )  # fmt: skip
    return found


def _head(sheet: Sheet, column: str) -> int | None:
    wanted = compact(column)
    for at, row in enumerate(sheet.cells[:SEARCHED]):
        if any(compact(cell_text(cell)) == wanted for cell in row):
            return at
    return None


def _referring(sheet: Sheet, head: int, column: str, *, name: str) -> Referring:
    headers = [cell_text(cell).strip() for cell in sheet.cells[head]]
    below = [
        (at + 1, row)
        for at, row in enumerate(sheet.cells[head + 1 :], start=head + 1)
        if any(cell_text(cell).strip() for cell in row)
    ]
    code_at = next(at for at, header in enumerate(headers) if compact(header) == compact(column))
    kept: list[tuple[str, list[str]]] = []
    dropped: list[str] = []
    at_kept = 0
    for at, header in enumerate(headers):
        cells = [row[at] if at < len(row) else None for _, row in below]
        if not header and not any(cell_text(cell).strip() for cell in cells):
            continue
        if at == code_at:
            at_kept = len(kept)
            kept.append((header, masked_codes([cell_text(cell).strip() for cell in cells])[0]))
        elif _of_persons(header, cells):
            dropped.append(shown_header(header) or "?")
        else:
            kept.append((shown_header(header), masked_column([cell_text(cell) for cell in cells])[0]))
    rows = tuple(zip(*(cells for _, cells in kept), strict=True))
    return Referring(
        name, sheet.sha256, tuple(header for header, _ in kept), rows, tuple(row for row, _ in below), at_kept,
        tuple(dropped),
    )  # fmt: skip


def _of_persons(header: str, cells: Sequence[Any]) -> bool:
    """Return whether a column identifies persons: by heading, by numbers, or by names where its field is unknown."""
    if is_personal_header(header) or is_post_header(header):
        return True
    fields = {field_of(header, kind) for kind in REGISTRY_FIELDS} - {""}
    if fields & POST_FIELDS or holds_persons(cells, codes=bool(fields & CODE_FIELDS)):
        return True
    return not fields and holds_names(cells)
