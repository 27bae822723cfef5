"""Decisions of persons about defects of boundary layers, and the exceptions that last: CSV, or the filled workbook."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.errors import TableError
from gridkit.io.dates import to_date
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.persons import mask
from gridkit.io.raw import letter
from gridkit.io.sheets import read_sheets, side_source
from gridkit.io.text import cell_text
from gridkit.locale import LANGUAGES, N_, gettext, speaking
from gridkit.model.boundaries import BOUNDARY_DECISION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from gridkit.io.sheets import Sheet
    from gridkit.model import Source

    Row = dict[str, str]
    Fault = Callable[[Row, Mapping[str, Any]], Iterator[str]]

WORDS: Final[Mapping[str, str]] = {
    "give": N_("give to the target"), "keep": N_("keep as it is"), "remove": N_("take from the target"),
}  # fmt: skip
"""Decision -> what the list to pick from says."""
HEADINGS: Final[Mapping[str, str]] = {
    "defect_id": N_("id of the defect"), "decision": N_("decision (pick one)"), "target": N_("target (code)"),
    "reason": N_("reason (no names of persons)"), "role": N_("who decides (role, no name)"),
    "decided_on": N_("decided on"), "until": N_("valid until"),
}  # fmt: skip
"""Column -> what a reader of the workbook sees above it."""
EXCEPTION_COLUMNS: Final = ("defect_id", "reason", "role", "until")
KEY: Final = re.compile(r"[0-9a-f]{12}(?:-\d{1,4})?")
"""An id of a defect."""
HEAD: Final = 10
"""The row with the names of the columns is among the first so many."""
TOLD: Final = 1000
"""Mistakes that are told one by one; the others are counted."""
LONGEST: Final = 300


def read_decisions(file: Path, name: str, *, codes: Collection[str] | None = None) -> tuple[pd.DataFrame, Source]:
    """Read what persons decided about defects.

    Parameters
    ----------
    file : Path
        A CSV or a workbook with the columns ``BOUNDARY_DECISION_COLUMNS``; others are for the reader.
    name : str
        Its name for messages.
    codes : collection of str, optional
        Codes of all units: a target that is none of them is a mistake.

    Returns
    -------
    pandas.DataFrame
        ``BOUNDARY_DECISION_COLUMNS`` and ``ref`` (where it stands); rows without a decision are left out. Dates are
        ``YYYY-MM-DD``; an expired decision is there, and whoever uses it sees that it is.
    Source
        The file.

    Raises
    ------
    TableError
        All mistakes at once, each with its row: an unknown word, an id that cannot be one, two decisions for one
        defect, an unknown target, a date that is none.
    """
    known = frozenset(codes) if codes is not None else None

    def faults(row: Row, cells: Mapping[str, Any]) -> Iterator[str]:
        del cells
        if row["decision"] not in WORDS:
            near = difflib.get_close_matches(row["decision"][:40], WORDS, n=1, cutoff=0.6)
            said = gettext("{text} is no decision; known are: {known}")
            yield said.format(text=mask(row["decision"])[:40], known=", ".join(near or WORDS))
        elif row["decision"] == "keep" and row["target"]:
            row["target"] = ""
        elif row["target"] and known is not None and row["target"] not in known:
            near = difflib.get_close_matches(row["target"], sorted(known), n=1, cutoff=0.8)
            said = gettext("there is no unit with the code {code}; did you mean {near}?") if near else gettext(
                "there is no unit with the code {code}")  # fmt: skip
            yield said.format(code=mask(row["target"])[:40], near="".join(near))

    found, source = _read(file, name, BOUNDARY_DECISION_COLUMNS, needed=("defect_id", "decision"), more=faults)
    return found, source


def read_exceptions(file: Path, name: str) -> tuple[pd.DataFrame, Source]:
    """Read which defects are kept for good: ``defect_id``, ``reason``, ``role``, ``until``, and ``ref``.

    Raises
    ------
    TableError
        All mistakes at once, each with its row.
    """
    return _read(file, name, EXCEPTION_COLUMNS, needed=("defect_id", "reason"), more=lambda _row, _cells: iter(()))


def _read(
    file: Path, name: str, columns: Sequence[str], *, needed: Sequence[str], more: Fault
) -> tuple[pd.DataFrame, Source]:
    sheet, head, at = _table(file, mask_name_of_file(name), columns, needed)
    place = f"{sheet.path}!{sheet.name}" if sheet.name else sheet.path
    kept: list[Row] = []
    mistakes: list[str] = []
    for number, cells in enumerate(sheet.cells[head + 1 :], start=head + 2):
        given = {column: cells[position] for column, position in at.items() if position < len(cells)}
        row = {column: cell_text(given.get(column)).strip() for column in columns}
        row["defect_id"] = row["defect_id"].lower()
        asked = "decision" if "decision" in columns else "defect_id"
        if not row[asked] or row["defect_id"] in _said("defect_id"):
            continue
        row |= {"decision": _word(row["decision"])} if "decision" in row else {}
        faults = [*_common(row, given), *more(row, given)]
        mistakes += [f"{place}:{number}: {fault}" for fault in faults]
        if not faults:
            kept.append({**row, "ref": f"{place}!{number}"})
    mistakes += _twice(kept)
    if mistakes:
        raise _refused(mistakes)
    source = side_source(
        sheet, "decisions" if "decision" in columns else "exceptions", rows=len(sheet.cells) - head - 1, kept=len(kept),
        columns={column: letter(position) for column, position in at.items()},
    )  # fmt: skip
    return pd.DataFrame(kept, columns=[*columns, "ref"], dtype="object"), source


def _table(file: Path, name: str, columns: Sequence[str], needed: Sequence[str]) -> tuple[Sheet, int, dict[str, int]]:
    """Return the sheet that has the needed columns, the row with their names, and where each is."""
    for sheet in read_sheets(file, name):
        for at, row in enumerate(sheet.cells[:HEAD]):
            heads = [cell_text(cell).strip().lower() for cell in row]
            found = {one: heads.index(one) for one in columns if one in heads}
            if set(needed) <= set(found):
                _demand_spelling(heads, found, columns, f"{name}!{sheet.name}" if sheet.name else name)
                return sheet, at, found
    raise TableError(
        N_("no row names the columns {columns}"),
        place=name,
        remedy=N_("use the file that gridkit repair --plan writes; its columns are: {known}"),
        columns=", ".join(needed),
        known=", ".join(columns),
    )


def _demand_spelling(heads: Sequence[str], found: Mapping[str, int], columns: Sequence[str], place: str) -> None:
    """Refuse a column whose name is nearly one of ours: an end that is not read would make a decision last for ever."""
    lacking = [one for one in columns if one not in found]
    for head in heads:
        near = difflib.get_close_matches(head, lacking, n=1, cutoff=0.8) if head else []
        if near:
            raise TableError(
                N_("the column {header} is not known"), place=place, remedy=N_("write {known}"), header=head[:40],
                known=near[0],
            )  # fmt: skip


def _said(column: str) -> set[str]:
    """Return what the workbook says above a column, in any language, in small letters."""
    found = set()
    for language in LANGUAGES:
        with speaking(language):
            found.add(gettext(HEADINGS[column]).lower())
    return found


def _word(text: str) -> str:
    """Return the decision that a cell means, whatever its language; the text itself where it means none."""
    given = text.lower()
    for word, label in WORDS.items():
        for language in LANGUAGES:
            with speaking(language):
                if given in (word, gettext(label).lower()):
                    return word
    return given


def _common(row: Row, cells: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the id and the dates of a row, and put both in order."""
    if not KEY.fullmatch(row["defect_id"]):
        said = gettext("{text} is no id of a defect (12 digits 0-9 and a-f); a spreadsheet program may have changed it")
        yield said.format(text=mask(row["defect_id"])[:40] or gettext("nothing"))
    for column in ("until", "decided_on"):
        if row.get(column):
            day, wrong = to_date(cells[column], end=column == "until")
            if wrong or not _is_day(day):
                yield gettext("{column} must be a date such as 2024-06-30").format(column=column)
            row[column] = day
    for column in ("reason", "role"):
        row[column] = mask(row.get(column, ""))[:LONGEST]


def _is_day(text: str) -> bool:
    try:
        return not text or bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _twice(rows: Sequence[Row]) -> list[str]:
    """Return a sentence for each defect that is decided more than once."""
    places: dict[str, list[Row]] = {}
    for row in rows:
        places.setdefault(row["defect_id"], []).append(row)
    said = gettext("{defect} is decided {n} times: {lines}; keep one of these rows")
    return [
        said.format(
            defect=key, n=len(some),
            lines=", ".join(f"{row['ref']} ({' '.join(filter(None, (row.get('decision'), row.get('target'))))})"
                            if row.get("decision") else row["ref"] for row in some),
        )
        for key, some in sorted(places.items()) if len(some) > 1
    ]  # fmt: skip


def _refused(mistakes: Sequence[str]) -> TableError:
    told = list(mistakes[:TOLD])
    if len(mistakes) > TOLD:
        told.append(gettext("… and {n} more").format(n=len(mistakes) - TOLD))
    told.append(gettext("nothing was decided: correct these rows"))
    return TableError("{text}", text="\n".join(told))
