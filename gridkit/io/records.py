"""From one table of a sheet to records: every row is kept or set aside, and every cell comes from its own place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.io.aside import BLANK, FOOTNOTE, REPEATED, TOTAL, blank_runs, counted, reasons_of, subject
from gridkit.io.dictionary import match
from gridkit.io.lines import known_parts, stated_in, title_of, without_page
from gridkit.io.notes import noticed
from gridkit.io.oddities import oddities
from gridkit.io.pending import EXCLUDE, EXCLUDED, KEEP, PENDING, Doubt, doubt_of, notes_of, types_of
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.persons import mask
from gridkit.io.raw import RawTable, letter
from gridkit.io.text import cell_text, tidy
from gridkit.io.totals import Ledger, by_formula, chosen_of, control, sums_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.regions import Region
    from gridkit.io.sheets import Sheet

_NAMING: Final = ("name", "unit_name", "company_name", "compound_name", "target_name", "item")
_SAYING: Final = frozenset(("code", "vocab", "date", "yesno"))


def records_of(
    region: Region, kind: str, columns: Mapping[str, str], *, hidden: str, named: bool, first: bool
) -> RawTable:
    """Return the records of one table.

    Parameters
    ----------
    region : Region
        The table.
    kind : str
        Registry kind, or level of a point layer.
    columns : Mapping of str to str
        Field -> header from the project file.
    hidden : str
        What becomes of what is hidden or struck out: ``pending``, ``keep``, ``exclude``.
    named : bool
        Whether the project names the sheet.
    first : bool
        Whether it is the first table that is read from its sheet: what is noticed of the sheet is told there.
    """
    start = region.header.last + 1
    rows = region.rows()
    fields = match(region.header.texts, kind, stated=columns).fields
    sums = sums_of(region)
    chosen = chosen_of(region)
    reasons = _reasons(rows, region, kind, fields, {**sums, **chosen})
    runs = blank_runs(reasons)
    doubt = doubt_of(region, rows, reasons, fields, named=named)
    doubt = _decided(doubt, region, columns)
    amounts = counted(region.header.texts, kind, columns)
    checked = control(Ledger(region, rows, reasons, frozenset(doubt.rows), sums, amounts, chosen))
    rows = _without_struck(rows, doubt) if hidden != KEEP else rows
    filled = _fill_down(region, rows, reasons)
    if hidden == EXCLUDE:
        reasons |= dict.fromkeys(doubt.rows, EXCLUDED)
    outside = {position for a, b in runs for position in range(a, b + 1)}
    set_aside = [
        (start + position + 1, reason, subject(rows[position], reason, amounts))
        for position, reason in sorted(reasons.items())
        if position not in outside
    ]
    keep = [position for position in range(len(rows)) if position not in reasons]
    table = _table(region, rows, keep, filled, leave=set(doubt.columns) if hidden != KEEP else set())
    table.set_aside.extend(set_aside)
    if hidden == PENDING:
        table.held.update({start + position + 1: why for position, why in doubt.rows.items()})
    above, below = _around(region, rows, reasons)
    table.stated.update(stated_in((text for _, text in above), below))
    table.notes.extend(_notes(region, table.name, set_aside, above))
    table.notes.extend(_partly_notes(region, table.name, reasons))
    table.notes.extend([*notes_of(region, doubt, hidden, name=table.name), *checked])
    table.notes.extend(_run_note(table.name, start + a + 1, start + b + 1) for a, b in runs)
    if first:
        table.notes.extend(_sheet_notes(region.sheet, table.name))
    return table


def _reasons(
    rows: Sequence[Sequence[Any]],
    region: Region,
    kind: str,
    fields: Mapping[str, int],
    sums: Mapping[tuple[int, int], list[tuple[int, int]]],
) -> dict[int, str]:
    """Return position -> why the row is no record; totals by their formulas too."""
    naming = [fields[name] for name in _NAMING if name in fields]
    above = region.sheet.cells[region.top : region.header.first]
    titles = {without_page(cell_text(cell)) for line in above for cell in line}
    reasons = reasons_of(rows, region.header.texts, titles=titles - {""}, naming=naming)
    if sums:
        types = types_of(kind)
        saying = [column for field, column in fields.items() if types.get(field) in _SAYING and column not in naming]
        for position in by_formula(rows, sums, naming=naming, saying=saying):
            reasons.setdefault(position, TOTAL)
    return reasons


def _decided(doubt: Doubt, region: Region, columns: Mapping[str, str]) -> Doubt:
    """Leave hidden columns in doubt only where the project file does not name them."""
    named = set(columns.values())
    open_ = tuple(column for column in doubt.columns if region.header.texts[column] not in named)
    return Doubt(doubt.rows, doubt.cells, open_)


def _without_struck(rows: list[list[Any]], doubt: Doubt) -> list[list[Any]]:
    """Return the rows without single cells that are struck out."""
    if not doubt.cells:
        return rows
    rows = list(rows)
    for column, positions in doubt.cells.items():
        for position in positions:
            rows[position] = list(rows[position])
            rows[position][column] = None
    return rows


def _fill_down(region: Region, rows: list[list[Any]], reasons: Mapping[int, str]) -> dict[int, set[int]]:
    """Fill the first column of each merged range downwards, inside the range only.

    Returns the cells that share one with other records, the first of them too: a count there speaks of all together.
    """
    filled: dict[int, set[int]] = {}
    start = region.header.last + 1
    for (r1, c1), (r2, _) in region.sheet.merged:
        first, column = r1 - start, c1 - region.left
        if r2 == r1 or first < 0 or first >= len(rows) or not region.left <= c1 < region.right:
            continue
        for position in range(first + 1, min(r2 - start, len(rows) - 1) + 1):
            rows[position][column] = rows[first][column]
        shared = {one for one in range(first, min(r2 - start, len(rows) - 1) + 1) if one not in reasons}
        filled.setdefault(column, set()).update(shared if len(shared) > 1 else shared - {first})
    return filled


def _table(
    region: Region, rows: Sequence[Sequence[Any]], keep: Sequence[int], filled: Mapping[int, set[int]], leave: set[int]
) -> RawTable:
    """Return the records of the rows ``keep``, without the columns ``leave``."""
    sheet, texts = region.sheet, region.header.texts
    wanted = [column for column in range(len(texts)) if column not in leave]
    order = {position: number for number, position in enumerate(keep)}
    return RawTable(
        path=sheet.path,
        sheet=mask_name_of_file(region.name),
        sha256=sheet.sha256,
        headers=[texts[column] for column in wanted],
        letters=[letter(region.left + column) for column in wanted],
        columns=[[rows[position][column] for position in keep] for column in wanted],
        rows=[region.header.last + 2 + position for position in keep],
        encoding=sheet.encoding,
        filled={
            number: {order[position] for position in filled[column] if position in order}
            for number, column in enumerate(wanted)
            if column in filled
        },
        begins=f"{region.sheet_name}!{region.header.first + 1}",
    )


def _around(
    region: Region, rows: Sequence[Sequence[Any]], reasons: Mapping[int, str]
) -> tuple[list[tuple[int, str]], list[str]]:
    """Return the lines above the table with their rows, and the notes below it."""
    above = [
        (row, tidy(cell_text(cell)))
        for row in range(region.top, region.header.first)
        for cell in region.sheet.cells[row][region.left : region.right]
    ]
    below = [
        tidy(cell_text(cell)) for position, reason in reasons.items() if reason == FOOTNOTE for cell in rows[position]
    ]
    return [(row, text) for row, text in above if text], [text for text in below if text]


def _notes(
    region: Region, name: str, set_aside: Sequence[tuple[int, str, str]], above: Sequence[tuple[int, str]]
) -> list[dict[str, Any]]:
    notes = []
    for code in (BLANK, TOTAL, FOOTNOTE, REPEATED):
        rows = [row for row, reason, _ in set_aside if reason == code]
        if rows:
            notes.append(noticed(code, name, refs=[f"{name}!{row}" for row in rows], n=len(rows)))
    if above:
        notes.append(_above(name, above))
    return notes


def _above(name: str, above: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """Tell what stands above the header: title, body, date, unit; the rest is counted: it may name persons."""
    kept, rest = [], 0
    for _, text in above:
        title = title_of(text)
        part, count = (title, 0) if title else known_parts(text)
        kept += [part] if part else []
        rest += count
    told = " / ".join(kept)
    variant: dict[str, Any] = {} if told and not rest else {"variant": "part" if told else "bare"}
    refs = dict.fromkeys(f"{name}!{row + 1}" for row, _ in above)
    return noticed("S144", name, refs=refs, text=told, n=rest, **variant)


def _sheet_notes(sheet: Sheet, name: str) -> list[dict[str, Any]]:
    """Tell of the encoding that was guessed, and of cells of the sheet that hold no value."""
    notes = [noticed("S132", name, encoding=sheet.encoding)] if sheet.guessed else []
    notes += oddities(sheet, name)
    for cells, why in ((sheet.hidden.errors, "error"), (sheet.hidden.empty, "formula")):
        if cells:
            refs = [f"{name}!{cell}" for cell in cells]
            notes.append(noticed("S116", name, refs=refs, n=len(cells), value=why, header=""))
    return notes


def _partly_notes(region: Region, name: str, reasons: Mapping[int, str]) -> list[dict[str, Any]]:
    """Tell of the cells of records of which a part is struck out: only the rest was read."""
    start = region.header.last + 1
    found: dict[int, list[int]] = {}
    for row, column in sorted(region.sheet.hidden.partly):
        if start <= row < region.bottom and region.left <= column < region.right and row - start not in reasons:
            found.setdefault(column, []).append(row)
    notes = []
    for column, rows in sorted(found.items()):
        header = mask(region.header.texts[column - region.left]) or letter(column)
        refs = [f"{name}!{letter(column)}{row + 1}" for row in rows]
        notes.append(noticed("S152", name, refs=refs, header=header, n=len(rows), variant="partly"))
    return notes


def _run_note(name: str, first: int, last: int) -> dict[str, Any]:
    return noticed("S148", name, refs=[f"{name}!{last + 1}"], n=last - first + 1, row=last + 1)
