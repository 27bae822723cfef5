"""What a check found, rule by rule and place by place: the values behind its terminal text, workbook and JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Protocol

from gridkit.locale import gettext as _
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS
from gridkit.model.findings import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from gridkit.model import City, Findings, Source

MARKED: Final = "marked"
"""Folder of the marked copies, beside the workbook of a check."""

_CELL: Final = re.compile(r"([A-Z]{1,3})?(\d{1,7})?")
_FEATURE: Final = re.compile(r"(\d+)(?:\.(.*))?", re.DOTALL)


class Checked(Protocol):
    """A city and what was found in it; a :class:`gridkit.model.Run` is one as well."""

    @property
    def city(self) -> City:
        """What was read."""

    @property
    def findings(self) -> Findings:
        """What was found."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points to: a cell, a row, a column, or a whole table.

    ``source`` is the name of the table, ``row`` the row of its file (0: none), ``column`` the letter of a spreadsheet
    column or the name of an attribute of a layer.
    """

    ref: str
    source: str = ""
    row: int = 0
    column: str = ""

    @property
    def what(self) -> str:
        """Return ``cell``, ``row``, ``column``, ``table``, or ``""`` where the place is none of a file."""
        if self.row:
            return "cell" if self.column else "row"
        if self.column:
            return "column"
        return "table" if self.source else ""


class Places:
    """Finds the places that findings name.

    Examples
    --------
    >>> from gridkit.model import Source
    >>> places = Places([Source("a.xlsx", "0" * 64, "units", sheet="S"),
    ...                  Source("b.gpkg", "0" * 64, "grid", sheet="b", tabular=False)])
    >>> [(place.source, place.row, place.column, place.what)
    ...  for place in map(places.of, ("a.xlsx!S!D17", "a.xlsx!S!17", "a.xlsx!S!D", "b.gpkg!b!3.户数", "b.gpkg!b.户数"))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('a.xlsx!S', 17, 'D', 'cell'), ('a.xlsx!S', 17, '', 'row'), ('a.xlsx!S', 0, 'D', 'column'),
     ('b.gpkg!b', 3, '户数', 'cell'), ('b.gpkg!b', 0, '户数', 'column')]
    >>> places.of("elsewhere").what
    ''
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._tabular = {source.name: source.tabular for source in sources}
        self._longest = sorted(self._tabular, key=lambda name: (-len(name), name))

    def of(self, ref: str) -> Place:
        """Return the place that ``ref`` names."""
        name, _, tail = ref.rpartition("!")
        if name not in self._tabular:
            name = next((one for one in self._longest if ref.startswith(one)), "")
            tail = ref[len(name) :]
        if not name:
            return Place(ref)
        if not tail:
            return Place(ref, name)
        if self._tabular[name]:
            found = _CELL.fullmatch(tail.lstrip("!"))
            return Place(ref, name, int(found[2] or 0), found[1] or "") if found else Place(ref)
        if tail.startswith("."):
            return Place(ref, name, 0, tail[1:])
        found = _FEATURE.fullmatch(tail.lstrip("!"))
        return Place(ref, name, int(found[1]), found[2] or "") if found else Place(ref)

    def found_in(self, subject: str, refs: Sequence[str]) -> list[Place]:
        """Return the places of a finding: those of its cells, else the table that it is about, else one of nothing."""
        if refs:
            return [self.of(ref) for ref in refs]
        return [Place(subject, subject) if subject in self._tabular else Place("")]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule was broken: findings, and the different cells, rows and columns that they name."""

    code: str
    severity: str
    findings: int
    cells: int
    rows: int
    columns: int

    @property
    def counts(self) -> Mapping[str, int]:
        """Return the numbers by name."""
        return {"findings": self.findings, "cells": self.cells, "rows": self.rows, "columns": self.columns}


def ordered(findings: Findings) -> pd.DataFrame:
    """Return all findings, errors first, then by rule; inside a rule in the order of :class:`Findings`."""
    frame = findings.frame
    rank = frame["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    return frame.assign(_rank=rank).sort_values(["_rank", "code"], kind="stable").drop(columns="_rank")


def rule_counts(checked: Checked) -> list[RuleCount]:
    """Return the counts of every rule that found something, errors first."""
    places = Places(checked.city.sources)
    out = []
    for (severity, code), rows in ordered(checked.findings).groupby(["severity", "code"], sort=False):
        out.append(_counted(str(code), str(severity), len(rows), _kinds(places, rows["refs"])))
    return out


def severity_counts(checked: Checked) -> dict[str, dict[str, int]]:
    """Return, per severity, how many findings there are and how many different cells, rows and columns they name."""
    places = Places(checked.city.sources)
    frame = checked.findings.frame
    out = {}
    for severity in SEVERITIES:
        rows = frame[frame["severity"] == severity]
        out[severity] = dict(_counted("", severity, len(rows), _kinds(places, rows["refs"])).counts)
    return out


def _kinds(places: Places, refs: Iterable[Sequence[str]]) -> list[str]:
    return [places.of(ref).what for ref in {ref for some in refs for ref in some}]


def _counted(code: str, severity: str, findings: int, kinds: Sequence[str]) -> RuleCount:
    return RuleCount(code, severity, findings, kinds.count("cell"), kinds.count("row"), kinds.count("column"))


def concerned(counts: Mapping[str, int]) -> str:
    """Return counts in words, those that are 0 left out.

    >>> concerned({"findings": 3, "cells": 1200, "rows": 0, "columns": 2})
    '3 finding(s), 1,200 cell(s), 2 column(s)'
    """
    words = {
        "findings": _("{n} finding(s)"),
        "cells": _("{n} cell(s)"),
        "rows": _("{n} row(s)"),
        "columns": _("{n} column(s)"),
    }
    return _(", ").join(words[key].format(n=f"{counts[key]:,}") for key in words if counts[key] or key == "findings")


def sheet_of(source: Source) -> str:
    """Return the sheet of the file that a table stands on: its name without what tells two readings of it apart.

    >>> from gridkit.model import Source
    >>> sheet_of(Source("a.xlsx", "0" * 64, "units", sheet="S#2#units")), sheet_of(Source("a.csv", "0" * 64, "units"))
    ('S', '')
    """
    name = source.sheet
    while True:
        sheet, sign, tail = name.rpartition("#")
        if not sign or not (tail in REGISTRY_FIELDS or tail in LAYER_FIELDS or tail.isdigit()):
            return name
        name = sheet


def copies(sources: Iterable[Source]) -> dict[str, str]:
    """Return the marked copy of every spreadsheet that was read: path of the input -> path beside ``check.xlsx``.

    The folders of the inputs are kept, ``..`` is not: a copy never lies outside of its folder.

    >>> from gridkit.model import Source
    >>> copies([Source("../b/a.csv", "0" * 64, "units"), Source("a.XLSX", "0" * 64, "units", sheet="S")])
    {'../b/a.csv': 'marked/__/b/a.csv.xlsx', 'a.XLSX': 'marked/a.XLSX'}
    """
    out: dict[str, str] = {}
    taken: set[str] = set()
    for path in sorted({source.path for source in sources if source.tabular}):
        parts = ["__" if part == ".." else part.replace("*", "_") for part in PurePosixPath(path).parts if part != "/"]
        name = "/".join([MARKED, *parts])
        name = name if name.lower().endswith(".xlsx") else f"{name}.xlsx"
        stem, number = name[: -len(".xlsx")], 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}-{number}.xlsx"
        taken.add(name.lower())
        out[path] = name
    return out
