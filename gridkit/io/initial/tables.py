"""The tables of workbooks and text files: every visible sheet, and every table on it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gridkit.io.initial.dates import DATE
from gridkit.io.initial.kinds import guess, likely
from gridkit.io.initial.look import Look, without_persons
from gridkit.io.lines import known_parts, title_of
from gridkit.io.regions import SEARCHED, regions
from gridkit.io.sheets import read_sheets
from gridkit.io.text import cell_text, tidy
from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridkit.io.regions import Region
    from gridkit.io.sheets import Sheet


MOST_COLUMNS: Final = 400
MOST_TABLES: Final = 40
"""So much of one sheet is looked at; more is told."""

_INSTRUCTIONS: Final = re.compile(r"填表说明|填报说明|填写说明|填报须知|填表须知|使用说明|^说明$|instructions", re.I)


def look_at_tables(path: str, root: Path, form: str) -> Iterator[Look]:
    """Look at every visible sheet of a workbook, or at a text table; hidden sheets are named.

    Raises
    ------
    TableError
        If the file cannot be read.
    """
    sheets = read_sheets(root / path, path)
    for sheet in sheets:
        yield from _sheet(sheet, form)
    for name in dict.fromkeys(name for sheet in sheets for name in sheet.unread):
        yield Look(
            path, name, form, problem=gettext("the sheet is hidden"), remedy=gettext("name it with sheet if it counts")
        )


def _sheet(sheet: Sheet, form: str) -> Iterator[Look]:
    if _INSTRUCTIONS.search(sheet.name):
        yield Look(sheet.path, sheet.name, form, problem=gettext("instructions for filling in, no table"))
        return
    wide = max((len(row) for row in sheet.cells[:SEARCHED]), default=0)
    if wide > MOST_COLUMNS:
        sheet = replace(sheet, cells=[row[:MOST_COLUMNS] for row in sheet.cells])
    found: list[Region] = []
    for kind in likely(sheet.cells[:SEARCHED]):
        if len(found) > MOST_TABLES:
            break
        found += [one for one in regions(sheet, kind) if not any(_overlap(one, other) for other in found)]
    if not found:
        problem = gettext("no header row is recognised")
        yield Look(sheet.path, sheet.name, form, problem=problem, remedy=gettext("name its columns"))
    ordered = sorted(found, key=lambda one: (one.header.first, one.left))
    for number, region in enumerate(ordered[:MOST_TABLES], start=1):
        yield _table(region, form, number)
    told = []
    if wide > MOST_COLUMNS:
        told.append(
            gettext("only the first {n} of its {total} columns are looked at").format(n=MOST_COLUMNS, total=wide)
        )
    if len(found) > MOST_TABLES:
        told.append(
            gettext("only the first {n} of its {total} tables are looked at").format(n=MOST_TABLES, total=len(found))
        )
    for text in told:
        yield Look(sheet.path, sheet.name, form, problem=text, remedy=gettext("cut the sheet into smaller ones"))


def _overlap(one: Region, other: Region) -> bool:
    return one.top < other.bottom and other.top < one.bottom and one.left < other.right and other.left < one.right


def _sayable(text: str) -> str:
    """Return what a line above a table says of it and names no person: its known parts, its title, or a bare date."""
    return known_parts(text)[0] or title_of(text) or (text if DATE.fullmatch(text) else "")


def _table(region: Region, form: str, number: int) -> Look:
    sheet, headers = region.sheet, region.header.texts
    rows = region.rows()
    columns = tuple(without_persons(header, [row[at] for row in rows]) for at, header in enumerate(headers))
    lines = [row[region.left : region.right] for row in sheet.cells[region.top : region.header.first]]
    titles = [text for line in lines for cell in line if (text := tidy(cell_text(cell)))]
    names = [sheet.path, sheet.name, *titles]
    guesses = sorted(
        (guess(kind, headers, columns, names=names) for kind in likely([headers])), key=lambda one: -one.score
    )
    return Look(
        sheet.path,
        sheet.name,
        form,
        headers,
        columns,
        tuple(guesses),
        stated=" ".join(_sayable(text) for text in titles).strip(),
        encoding=sheet.encoding if sheet.guessed else "",
        number=number,
    )
