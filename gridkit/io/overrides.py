"""The overrides file: decisions of persons about links, one per line, as CSV or on a sheet of a workbook.

A line is read by its key and its decision. What else stands in it tells a reader what it is about; what a reviewer
wrote to explain it is not kept, as it may name persons.
"""

from __future__ import annotations

import difflib
import hashlib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from gridkit.errors import TableError
from gridkit.io.dates import to_date
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.persons import mask
from gridkit.io.raw import letter
from gridkit.io.review import as_overrides
from gridkit.io.sheets import read_sheets, side_source
from gridkit.io.text import cell_text
from gridkit.locale import N_, gettext
from gridkit.model import Overrides, Source
from gridkit.model.overrides import DECISIONS, KEPT_COLUMNS, KEY, OVERRIDE_COLUMNS, targets_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gridkit.io.sheets import Sheet

KIND: Final = "overrides"
"""``Source.kind`` of an overrides file."""
NEEDED: Final = ("key", "decision", "target")
HEAD: Final = 10
"""The line with the names of the columns is among the first so many."""
LONGEST: Final = 200
"""A longer name of a place is cut: it is only shown, or names nothing."""
TOLD: Final = 1000
"""Mistakes that are told one by one; the others are counted."""
_FORMULA: Final = ("'=", "'+", "'-", "'@")
"""How a text that begins like a formula is written so that no spreadsheet program takes it for one."""


class _Line(NamedTuple):
    """A decision as it was read, and the place of its line."""

    key: str
    kind: str
    field: str
    mention: str
    decision: str
    target: str
    expires: str
    ref: str

    @property
    def says(self) -> tuple[str, tuple[str, ...]]:
        """What is decided."""
        return self.decision, tuple(sorted(targets_of(self.target)))


def read_overrides(
    files: Sequence[tuple[Path, str]], *, as_of: dt.date | None = None
) -> tuple[Overrides, tuple[Source, ...]]:
    """Read the decisions of one or several files.

    Parameters
    ----------
    files : sequence of (Path, str)
        Each file, and its name for messages and references.
    as_of : datetime.date, optional
        Date of the data: a decision that had expired by then gives way to another one for the same key.

    Returns
    -------
    tuple of Overrides and tuple of Source
        The decisions, one per key, and what they were read from.

    Raises
    ------
    TableError
        A file cannot be read or has no such columns; lines that are wrong, and keys with two different decisions, all
        of them at once, each with its line.
    """
    lines: list[_Line] = []
    sources: list[Source] = []
    mistakes: list[str] = []
    for file, name in files:
        sheet, head, columns = _table(file, mask_name_of_file(name))
        found = list(_lines(sheet, head, columns, mistakes))
        lines += found
        letters = {field: letter(at) for field, at in columns.items()}
        rows = len(sheet.cells) - head - 1
        sources.append(side_source(sheet, KIND, rows=rows, kept=len(found), columns=letters))
    frame = _settled(lines, "" if as_of is None else as_of.isoformat(), mistakes)
    if mistakes:
        raise _refused(mistakes)
    digests = "".join(source.sha256 for source in sources)
    return Overrides(frame, hashlib.sha256(digests.encode()).hexdigest() if sources else ""), tuple(sources)


def _table(file: Path, name: str) -> tuple[Sheet, int, dict[str, int]]:
    """Return the sheet with the decisions, the row of its headers, and the position of each column."""
    sheets = read_sheets(file, name)
    best: tuple[Sheet, int, dict[str, int]] = (sheets[0], 0, {})
    whole: set[str] = set()
    for sheet in map(as_overrides, sheets):
        for at, row in enumerate(sheet.cells[:HEAD]):
            heads = [cell_text(cell).strip().lower() for cell in row]
            columns = {one: heads.index(one) for one in OVERRIDE_COLUMNS if one in heads}
            if set(NEEDED) <= set(columns):
                whole.add(sheet.name)
                _demand_spelling(heads, columns, f"{name}!{sheet.name}" if sheet.name else name)
            if len(set(NEEDED) & set(columns)) > len(set(NEEDED) & set(best[2])):
                best = (sheet, at, columns)
    lacking = [one for one in NEEDED if one not in best[2]]
    if lacking:
        raise TableError(
            N_("this is no overrides file: it has no column {columns}"),
            place=name,
            remedy=N_("its first line names the columns: {known}"),
            columns=", ".join(lacking),
            known=",".join(OVERRIDE_COLUMNS),
        )
    if len(whole) > 1:
        raise TableError(
            N_("several sheets hold decisions: {names}"),
            place=name,
            remedy=N_("copy all lines into one sheet, or save each sheet as a file of its own"),
            names=", ".join(sorted(whole)),
        )
    return best


def _demand_spelling(heads: list[str], columns: Mapping[str, int], place: str) -> None:
    """Refuse a column whose name is nearly one of ours: an expiry that is not read would make a decision permanent."""
    for head in heads:
        lacking = [one for one in OVERRIDE_COLUMNS if one not in columns]
        near = get_close_matches(head, lacking, n=1, cutoff=0.7) if head and head not in OVERRIDE_COLUMNS else []
        if near:
            raise TableError(
                N_("the column {header} is not known"),
                place=place,
                remedy=N_("write {known}"),
                header=head[:40],
                known=near[0],
            )


def _lines(sheet: Sheet, head: int, columns: Mapping[str, int], mistakes: list[str]) -> Iterator[_Line]:
    """Yield the decisions of a sheet; a line without one has not been decided yet."""
    place = f"{sheet.path}!{sheet.name}" if sheet.name else sheet.path
    for at, row in enumerate(sheet.cells[head + 1 :], start=head + 2):

        def cell(name: str, row: Sequence[Any] = row) -> str:
            return _text(row[columns[name]]) if name in columns and columns[name] < len(row) else ""

        decision = cell("decision").lower()
        if not decision:
            continue
        expires, wrong = to_date(row[columns["expires"]], end=True) if "expires" in columns else ("", "")
        target = "" if decision == "no_match" else cell("target")
        shown = {name: mask(cell(name))[:LONGEST] for name in ("kind", "field", "mention")}
        line = _Line(cell("key").lower(), **shown, decision=decision, target=target, expires=expires,
                     ref=f"{place}!{at}")  # fmt: skip
        faults = list(_faults(line, bool(wrong)))
        mistakes += [f"{place}:{at}: {fault}" for fault in faults]
        if not faults:
            yield line._replace(target=mask(target)[:10_000])


def _text(cell: object) -> str:
    text = cell_text(cell).strip()
    return text[1:] if text.startswith(_FORMULA) else text


def _faults(line: _Line, wrong_date: bool) -> Iterator[str]:
    """Yield what is wrong with a line, in the reader's language."""
    if not KEY.fullmatch(line.key):
        said = gettext("{text} is no key (16 digits 0-9 and a-f); a spreadsheet program may have changed it")
        yield said.format(text=mask(line.key)[:40] or gettext("nothing"))
    if line.decision not in DECISIONS:
        near = difflib.get_close_matches(line.decision[:40], DECISIONS, n=1, cutoff=0.6)
        said = gettext("{text} is no decision; known are: {known}")
        yield said.format(text=mask(line.decision)[:40], known=", ".join(near or DECISIONS))
        return
    count = len(targets_of(line.target))
    if line.decision != "no_match" and not count:
        yield gettext("{decision} needs a target").format(decision=line.decision)
    if line.decision in ("link", "alias") and count > 1:
        yield gettext("{decision} takes one target, not {n}; several are a split").format(
            decision=line.decision, n=count
        )
    if line.decision == "alias" and not line.mention:
        yield gettext("an alias needs the name in the column mention")
    if wrong_date:
        yield gettext("expires must be a date such as 2024-06-30")


def _settled(lines: Sequence[_Line], as_of: str, mistakes: list[str]) -> pd.DataFrame:
    """Return one decision per key; keys with two different ones are mistakes, and all their lines are named."""
    by_key: dict[str, list[_Line]] = {}
    for line in lines:
        by_key.setdefault(line.key, []).append(line)
    kept = []
    for key in sorted(by_key):
        current = [line for line in by_key[key] if not line.expires or line.expires >= as_of]
        if len({line.says for line in current}) > 1:
            said = ", ".join(f"{line.ref} ({' '.join((line.decision, *line.says[1]))})" for line in current)
            text = gettext("two different decisions for one key, {key} {mention}: {lines}")
            mistakes.append(text.format(key=key, mention=current[0].mention, lines=said))
        # Of equal decisions the one that holds longest.
        kept.append(max(current or by_key[key], key=lambda line: (not line.expires, line.expires, line.says)))
    return pd.DataFrame(kept, columns=list(KEPT_COLUMNS), dtype="object")


def _refused(mistakes: Sequence[str]) -> TableError:
    told = list(mistakes[:TOLD])
    if len(mistakes) > TOLD:
        told.append(gettext("… and {n} more").format(n=len(mistakes) - TOLD))
    told.append(gettext("nothing was decided: correct these lines of the overrides file"))
    return TableError("{text}", text="\n".join(told))
