"""The filled-in review workbook, read as lines of an overrides file: what was picked from a list becomes a decision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.text import cell_text
from gridkit.model.overrides import OVERRIDE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.sheets import Sheet

CANDIDATES: Final = 5
"""Candidates of one row."""
TARGETS: Final = tuple(f"target{at}" for at in range(1, CANDIDATES + 1))
OPTIONS: Final = tuple(f"option{at}" for at in range(1, 2 * CANDIDATES + 2))
"""What can be picked, in this order without gaps: each candidate, none of them, each candidate as an alias."""
CHECK: Final = "check"
"""The key once more at the other end of the row: a row that was sorted in part has two different ones."""
REVIEW_COLUMNS: Final = (
    "key", "mention", "parent", "choice", *(f"candidate{at}" for at in range(1, CANDIDATES + 1)), "other", "reason",
    "impact", "households", "registry", "address", "cells", "reviewer_role", "decided_on", "expires", "kind", "field",
    *TARGETS, *OPTIONS, CHECK,
)  # fmt: skip
"""Columns of the review workbook; the names stand in a hidden row above the headings."""
HEAD: Final = 10
"""That row is among the first so many."""
NO_MATCH: Final = "no_match"


def as_overrides(sheet: Sheet) -> Sheet:
    """Return a sheet of a review workbook as a sheet of overrides, row by row; any other sheet as it is.

    A row where nothing was picked has no decision. What cannot be understood stands in the column ``decision`` as it
    was written, and a row that was torn apart has no usable key, so that the reader of overrides refuses it by its row.
    """
    for head, row in enumerate(sheet.cells[:HEAD]):
        names = [cell_text(cell).strip().lower() for cell in row]
        at = {name: names.index(name) for name in REVIEW_COLUMNS if name in names}
        if {"key", "choice", CHECK, *OPTIONS} <= set(at):
            blank = [""] * len(OVERRIDE_COLUMNS)
            lines = [_line(cells, at) for cells in sheet.cells[head + 2 :]]
            # the headings that a reader sees stand between the names of the columns and the rows
            return replace(sheet, cells=[*[blank] * head, list(OVERRIDE_COLUMNS), blank, *lines], merged=())
    return sheet


def _line(cells: Sequence[Any], at: Mapping[str, int]) -> list[Any]:
    said = {name: _said(cells[place]) if place < len(cells) else "" for name, place in at.items()}
    decision, target = _decided(said)
    key = said["key"] if said["key"] == said[CHECK] else f"{said['key']}/{said[CHECK]}"
    line = {**said, "key": key, "decision": decision, "target": target}
    line["expires"] = cells[at["expires"]] if at.get("expires", len(cells)) < len(cells) else ""
    return [line.get(name, "") for name in OVERRIDE_COLUMNS]


def _said(cell: object) -> str:
    return cell_text(cell).strip()


def _decided(said: Mapping[str, str]) -> tuple[str, str]:
    """Return the decision and the target of a row."""
    choice, other = said["choice"], said.get("other", "")
    if other:
        several = len([part for part in other.replace("；", ";").split(";") if part.strip()]) > 1
        kind = "split" if several else "link"
        return (kind, other) if not choice else (f"{choice} + {other}", "")
    targets = [said[name] for name in TARGETS if said.get(name)]
    options = [said[name] for name in OPTIONS if said[name]]
    if choice in options:
        place = options.index(choice)
    elif choice.isascii() and choice.isdecimal() and 1 <= int(choice) <= len(targets):
        place = int(choice) - 1
    elif choice in targets:
        place = targets.index(choice)
    else:
        return (choice, "")
    if place == len(targets):
        return NO_MATCH, ""
    return ("link", targets[place]) if place < len(targets) else ("alias", targets[place - len(targets) - 1])
