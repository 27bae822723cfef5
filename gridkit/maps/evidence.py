"""Records and cells as a reader finds them again: file, sheet, row or cell; and the records by name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.coverage.reasons import record_names
from gridkit.locale import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.model import City

_FIELD_OF_ROW = re.compile(r"(\d+)\.(.+)", re.S)
_ROW = re.compile(r"\d+")
_CELL = re.compile(r"([A-Z]{1,3})(\d+)")
_SAID: Final = ("formal_members", "term_end")
"""Fields whose content is said beside the cell: numbers and dates, never free text."""


@dataclass(frozen=True)
class Evidence:
    """How the sources and the records of a city are called.

    ``labels`` maps the name of a source (``registries/party.xlsx!Sheet1``) to file and sheet without the folders,
    unless two files of that name exist; ``names`` maps a row id to the name of its organisation; ``headers`` maps a
    source to the heads of its columns by letter, ``values`` row id and letter to what a cell says.
    """

    labels: Mapping[str, str]
    names: Mapping[str, str]
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, city: City) -> Evidence:
        """Collect the names of a city."""
        files = {source.path: PurePosixPath(source.path).name for source in city.sources}
        often = Counter(files.values())
        labels = {}
        for source in city.sources:
            base = files[source.path]
            file = base if often[base] == 1 else source.path
            labels[source.name] = " · ".join(filter(None, (file, source.sheet)))
        headers = {
            source.name: {
                letter: source.headers[name] for name, letter in source.columns.items() if source.headers.get(name)
            }
            for source in city.sources
        }
        return cls(labels, record_names(city), headers, _values(city))

    def records(self, ids: object) -> tuple[str, ...]:
        """Return the records by name, file, sheet and row.

        >>> Evidence({"a/p.xlsx!S": "p.xlsx · S"}, {"a/p.xlsx!S!17": "Branch A"}).records(("a/p.xlsx!S!17",))
        ('Branch A (p.xlsx · S · row 17)',)
        """
        if not isinstance(ids, (tuple, list)):
            return ()
        said = []
        for record in map(str, ids):
            place, name = self.place(record), self.names.get(record, "")
            said.append(_("{name} ({place})").format(name=name, place=place) if name else place)
        return tuple(said)

    def cells(self, refs: object) -> tuple[str, ...]:
        """Return one line per file and sheet with its cells.

        >>> Evidence({"a/p.xlsx!S": "p.xlsx · S"}, {}).cells(("a/p.xlsx!S!B9", "a/p.xlsx!S!C9", "b.gpkg!g!3.name"))
        ('p.xlsx · S · B9, C9', 'b.gpkg · g · row 3 name')
        """
        if not isinstance(refs, (tuple, list)):
            return ()
        lines: dict[str, list[str]] = {}
        for ref in map(str, refs):
            source, cell = self._parts(ref)
            lines.setdefault(source, []).append(self._with_head(ref, cell))
        return tuple(" · ".join(filter(None, (source, _(", ").join(cells)))) for source, cells in lines.items())

    def _with_head(self, ref: str, cell: str) -> str:
        """Return a cell with the head of its column, and with its content where that is a number or a date."""
        source, _bang, name = ref.rpartition("!")
        parts = _CELL.fullmatch(name)
        head = self.headers.get(source, {}).get(parts[1], "") if parts else ""
        if not parts or not head:
            return cell
        value = self.values.get((f"{source}!{parts[2]}", parts[1]), "")
        said = _("{head}: {value}").format(head=head, value=value) if value else head
        return _("{name} ({place})").format(name=cell, place=said)

    def place(self, ref: str) -> str:
        """Return file, sheet, and row or cell of one reference."""
        return " · ".join(filter(None, self._parts(ref)))

    def _parts(self, ref: str) -> tuple[str, str]:
        source, _bang, cell = ref.rpartition("!")
        return self.labels.get(source) or source.replace("!", " · "), _cell(cell)


def _values(city: City) -> dict[tuple[str, str], str]:
    """Return row id and letter -> content of the fields of ``_SAID``."""
    sources = {source.name: source for source in city.sources}
    found = {}
    for registry in city.registries.values():
        for name in set(_SAID) & set(registry.frame.columns):
            for record, value in registry.frame[name].items():
                source = sources.get(str(record).rpartition("!")[0])
                if source is not None and name in source.columns and not pd.isna(value) and str(value):
                    found[str(record), source.columns[name]] = str(value)
    return found


def _cell(cell: str) -> str:
    if _ROW.fullmatch(cell):
        return _("row {row}").format(row=cell)
    field = _FIELD_OF_ROW.fullmatch(cell)
    return _("row {row} {column}").format(row=field[1], column=field[2]) if field else cell
