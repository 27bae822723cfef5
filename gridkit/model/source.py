"""Where a value came from: the file, its hash, its sheet or layer, and the cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEX64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Source:
    """One table or layer as it was read.

    Parameters
    ----------
    path : str
        Path relative to the project file, with ``/``.
    sha256 : str
        Hash of the file's bytes, 64 hexadecimal digits; for a Shapefile over the hashes of all its parts.
    kind : str
        The layer level or registry kind that was read from it.
    sheet : str
        Sheet of a workbook or layer of a vector file; empty for CSV.
    tabular : bool
        Whether ``columns`` holds spreadsheet letters (workbook, CSV) rather than attribute names.
    encoding, crs_stated, crs_used : str
        Text encoding; coordinate system as stated by the file and as used.
    rows_in, kept, set_aside : int
        Row conservation: ``rows_in == kept + set_aside`` always.
    columns : Mapping[str, str]
        Field name -> column letter (``"D"``) or attribute name as in the file.
    headers : Mapping[str, str]
        Field name -> header text as in the file.
    complete : bool
        Whether the project declares this registry complete for its scope.
    scope : str
        Code prefix that ``complete`` speaks of; empty for the whole city.
    stated : Mapping[str, str]
        What the lines above and below the table say of it, as far as it can name no person: ``title``, ``body`` (who
        reported), ``date``, ``unit``.

    Examples
    --------
    >>> source = Source("party.xlsx", "0" * 64, "branches", sheet="Sheet1", rows_in=1, kept=1, columns={"name": "D"})
    >>> source.name, source.row_id(17), source.cell(17, "name")
    ('party.xlsx!Sheet1', 'party.xlsx!Sheet1!17', 'party.xlsx!Sheet1!D17')
    """

    path: str
    sha256: str
    kind: str
    sheet: str = ""
    tabular: bool = True
    encoding: str = ""
    crs_stated: str = ""
    crs_used: str = ""
    rows_in: int = 0
    kept: int = 0
    set_aside: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False
    scope: str = ""
    stated: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _HEX64.fullmatch(self.sha256):
            raise ValueError(f"sha256 of {self.path}")
        if self.rows_in != self.kept + self.set_aside:
            raise ValueError(f"{self.path}: {self.rows_in} rows in, {self.kept} kept, {self.set_aside} set aside")
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))
        object.__setattr__(self, "headers", MappingProxyType(dict(self.headers)))
        object.__setattr__(self, "stated", MappingProxyType(dict(self.stated)))

    @property
    def name(self) -> str:
        """File and sheet, as it stands in the ``src`` column of frames."""
        return f"{self.path}!{self.sheet}" if self.sheet else self.path

    def row_id(self, row: int) -> str:
        """Return the id of the record in row ``row``: ``party.xlsx!Sheet1!17``."""
        return f"{self.name}!{row}"

    def cell(self, row: int, name: str = "") -> str:
        """Return the place of field ``name`` in row ``row``: ``party.xlsx!Sheet1!D17`` or ``grids.gpkg!grids!17.户数``.

        Falls back to the row where the field has no column in this file.
        """
        column = self.columns.get(name, "")
        if not column:
            return self.row_id(row)
        return f"{self.name}!{column}{row}" if self.tabular else f"{self.name}!{row}.{column}"
