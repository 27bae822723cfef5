"""Rows of totals: recognised by what they say or add up, and compared with the rows that they speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.io.aside import TOTAL, TOTAL_WORD, lead
from gridkit.io.notes import noticed
from gridkit.io.raw import letter
from gridkit.io.row_words import is_apart, is_group
from gridkit.io.text import cell_text
from gridkit.io.values import to_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.io.hidden import Area
    from gridkit.io.regions import Region

    Spans = list[tuple[int, int]]
    Sums = Mapping[tuple[int, int], Spans]

ABOUT: Final = 0.1
"""A number such as 约300 may be off by this share in a comparison."""

MOST: Final = 2.0**53
"""A greater number is no count."""

DEEPEST: Final = 2
LONGEST: Final = 1000
"""Totals of totals are followed so deep, and only through so many rows that hold no record."""

_SUBTOTAL: Final = re.compile(r"小计|subtotal")
_SO_FAR: Final = re.compile(r"累计")


def sums_of(region: Region) -> Sums:
    """Return the cells whose formula adds rows of the same column of the table, with the positions it adds.

    Positions are counted from the first row below the header, ends excluded, columns from the left of the table. A
    computed column such as ``=SUM(D5:F5)`` adds no rows and is left out.
    """
    return _spans_of(region, region.sheet.hidden.sums)


def chosen_of(region: Region) -> Sums:
    """Return the same of the cells whose formula adds only some rows (SUMIF): nobody can say which."""
    return _spans_of(region, region.sheet.hidden.chosen)


def _spans_of(region: Region, sums: Mapping[tuple[int, int], tuple[Area, ...]]) -> Sums:
    start = region.header.last + 1
    found: dict[tuple[int, int], Spans] = {}
    for (row, column), areas in sums.items():
        inside = start <= row < region.bottom and region.left <= column < region.right
        if inside and areas and all(_adds_rows(area, row, column, region) for area in areas):
            spans = [(max(r1 - start, 0), r2 + 1 - start) for r1, _, r2, _ in areas]
            found[row - start, column - region.left] = _merged(spans)
    return found


def _adds_rows(area: Area, row: int, column: int, region: Region) -> bool:
    r1, c1, r2, c2 = area
    return c1 == c2 == column and r2 < region.bottom and r2 > region.header.last and not r1 <= row <= r2


def by_formula(rows: Sequence[Sequence[Any]], sums: Sums, *, naming: Iterable[int], saying: Iterable[int]) -> set[int]:
    """Return the positions of rows that are totals by their formulas.

    Several columns add rows of the table; one column is enough where no cell names the row. Cells in the columns
    ``saying`` (codes, types, dates) are those of a record, whose numbers may well be added up from others.
    """
    columns: dict[int, int] = {}
    for position, _ in sums:
        columns[position] = columns.get(position, 0) + 1
    naming, saying = tuple(naming), tuple(saying)

    def filled(position: int, where: Iterable[int]) -> bool:
        return any(cell_text(rows[position][column]).strip() for column in where)

    return {
        position
        for position, n in columns.items()
        if (n >= 2 or not filled(position, naming)) and not filled(position, saying)
    }


@dataclass(frozen=True)
class Ledger:
    """What is needed to compare the totals of one table.

    Parameters
    ----------
    region : Region
        The table.
    rows : sequence
        Its rows below the header.
    reasons : Mapping of int to str
        Position -> why the row is no record.
    apart : frozenset of int
        Positions of records that are held or left out: a total may count them or not.
    sums : Mapping
        From :func:`sums_of`.
    counted : Mapping of int to str
        Position of each column of counts -> its header.
    chosen : Mapping
        From :func:`chosen_of`.
    """

    region: Region
    rows: Sequence[Sequence[Any]]
    reasons: Mapping[int, str]
    apart: frozenset[int]
    sums: Sums
    counted: Mapping[int, str]
    chosen: Sums = field(default_factory=dict)

    def cell(self, position: int, column: int) -> str:
        """Return the name of a cell of the table."""
        place = f"{letter(self.region.left + column)}{self.region.header.last + 2 + position}"
        return f"{self.source}!{place}"

    @property
    def source(self) -> str:
        """File and sheet."""
        name = self.region.name
        return f"{self.region.sheet.path}!{name}" if name else self.region.sheet.path


@dataclass(frozen=True)
class _Column:
    """Running sums over the rows: records, their amounts in one column, what is unreadable, how far off.

    ``text`` is the part of the amounts that is stored as text, which the SUM of a spreadsheet leaves out.
    """

    records: np.ndarray[Any, Any]
    total: np.ndarray[Any, Any]
    without: np.ndarray[Any, Any]
    unread: np.ndarray[Any, Any]
    slack: np.ndarray[Any, Any]
    text: np.ndarray[Any, Any]

    def over(self, running: np.ndarray[Any, Any], spans: Spans) -> float:
        """Return the sum over some spans."""
        return float(sum(running[b] - running[a] for a, b in spans))


def control(ledger: Ledger) -> list[dict[str, Any]]:
    """Compare every amount in the rows of totals with the records that it spans.

    Returns
    -------
    list of dict
        ``S153`` for each amount that differs; ``S154`` once, with how many agree, differ and cannot be compared.
    """
    totals = sorted(position for position, reason in ledger.reasons.items() if reason == TOTAL)
    totals = [position for position in totals if not any(is_apart(text) for text in lead(ledger.rows[position]))]
    if not totals or not ledger.counted:
        return []
    spans = _spoken(ledger, totals)
    records = np.ones(len(ledger.rows), dtype=np.int64)
    records[list(ledger.reasons)] = 0
    counts = np.concatenate([[0], np.cumsum(records)])
    notes, equal, uncertain = [], 0, []
    for column in sorted(ledger.counted):
        running = _column(ledger, column, counts)
        for position in totals:
            stated, problem = _amount(ledger.rows[position][column])
            if stated is None and not problem:
                continue
            choices = _choices(ledger, position, column, spans, counts)
            choices = [one for one in choices if running.over(counts, one)]
            verdict = _verdict(running, choices, stated, problem)
            if verdict is None:
                uncertain.append(ledger.cell(position, column))
            elif verdict == "":
                equal += 1
            else:
                notes.append(_difference(ledger, position, column, choices[0], stated, running))
    if equal or notes or uncertain:
        compared = {"n": equal + len(notes) + len(uncertain), "equal": equal, "differ": len(notes)}
        refs = uncertain
        notes.append(noticed("S154", ledger.source, refs=refs, uncertain=len(uncertain), **compared))
    return notes


def _amount(cell: Any) -> tuple[int | None, str]:
    """Return an amount as a count, the usual whole number without detours."""
    if type(cell) is float and 0 <= cell <= MOST and cell.is_integer():
        return int(cell), ""
    return to_count(cell)


def _column(ledger: Ledger, column: int, counts: np.ndarray[Any, Any]) -> _Column:
    size = len(ledger.rows)
    cells = [row[column] for row in ledger.rows]
    plain = np.fromiter((cell if type(cell) is float else -1.0 for cell in cells), dtype=float, count=size)
    record = np.diff(counts) > 0
    fine = record & (plain >= 0) & (plain == np.floor(plain)) & (plain <= MOST)
    total = np.where(fine, plain, 0.0)
    unread, slack, text = np.zeros(size), np.zeros(size), np.zeros(size)
    known: dict[Any, tuple[int | None, str]] = {}
    for position in np.flatnonzero(record & ~fine).tolist():
        cell = cells[position]
        key = (type(cell), cell)
        found, problem = known[key] if key in known else known.setdefault(key, to_count(cell))
        if found is None:
            unread[position] = 1
        else:
            total[position] = found
            slack[position] = ABOUT * found if problem else 0
            text[position] = found
    without = total.copy()
    without[list(ledger.apart)] = 0
    return _Column(counts, *(np.concatenate([[0], np.cumsum(one)]) for one in (total, without, unread, slack, text)))


def _choices(
    ledger: Ledger, position: int, column: int, spans: Mapping[int, list[Spans]], counts: np.ndarray[Any, Any]
) -> list[Spans]:
    """Return the spans that an amount may speak of, the likeliest first; a formula says it exactly."""
    if (position, column) in ledger.chosen:
        return []
    exact = ledger.sums.get((position, column))
    if exact is None:
        return spans[position]
    return [_records_in(ledger, exact, column, counts)]


def _records_in(ledger: Ledger, spans: Spans, column: int, counts: np.ndarray[Any, Any], depth: int = 0) -> Spans:
    """Return spans that hold records: a formula that adds only totals speaks of what those add."""
    if any(counts[b] > counts[a] for a, b in spans) or depth > DEEPEST or sum(b - a for a, b in spans) > LONGEST:
        return spans
    found: Spans = []
    for a, b in spans:
        for position in range(a, b):
            inner = ledger.sums.get((position, column))
            if inner:
                found += _records_in(ledger, inner, column, counts, depth + 1)
    return _merged(found)


def _verdict(column: _Column, choices: Sequence[Spans], stated: int | None, problem: str) -> str | None:
    """Return ``""`` where an amount agrees with one of its spans, ``differs``, or None where nobody can say."""
    if stated is None:
        return None
    unsure = not choices
    for spans in choices:
        slack = column.over(column.slack, spans) + (ABOUT * stated if problem else 0)
        sums = [column.over(column.total, spans), column.over(column.without, spans)]
        if any(abs(found - stated) <= slack + 1e-6 for found in sums):
            return ""
        unsure |= column.over(column.unread, spans) > 0
    return None if unsure else "differs"


def _difference(
    ledger: Ledger, position: int, column: int, spans: Spans, stated: int | None, running: _Column
) -> dict[str, Any]:
    top = ledger.region.header.last + 2
    counts = running.records
    ends = [np.searchsorted(counts, counts[a] + 1) for a, b in spans if counts[b] > counts[a]]
    lasts = [np.searchsorted(counts, counts[b]) for a, b in spans if counts[b] > counts[a]]
    rows = {"first": top + int(ends[0]) - 1, "last": top + int(lasts[-1]) - 1}
    n, computed = int(running.over(running.records, spans)), round(running.over(running.total, spans))
    refs = [ledger.cell(position, column)]
    left_out = [
        one for a, b in spans for one in range(a, b) if running.text[one + 1] > running.text[one]
    ]  # what a spreadsheet does not add up
    told: dict[str, Any] = {}
    if left_out and abs(running.over(running.total, spans) - running.over(running.text, spans) - (stated or 0)) < 1e-6:
        refs += [ledger.cell(one, column) for one in left_out]
        told = {"variant": "text", "rows": len(left_out)}
    return noticed(
        "S153",
        f"{ledger.source}!{top + position}",
        refs=refs,
        header=ledger.counted[column],
        stated=stated,
        computed=computed,
        n=n,
        **rows,
        **told,
    )


def _spoken(ledger: Ledger, totals: Sequence[int]) -> dict[int, list[Spans]]:
    """Return, per row of totals, the spans that its words may mean, the likeliest first.

    小计 speaks of the rows since the total before it, or of those of the merged cell that it stands under; 累计 of all
    rows so far; the head of a group of the rows below it; 合计, 总计 and 共计 of all rows, or since the last of its
    kind where there are several.
    """
    end = len(ledger.rows)
    parents = _parents(ledger.region, end)
    found: dict[int, list[Spans]] = {}
    before, grand = 0, 0
    for number, position in enumerate(totals):
        words = " ".join(lead(ledger.rows[position])).lower()
        whole: Spans = [(0, end)]
        since: Spans = [(before, position)]
        following = totals[number + 1] if number + 1 < len(totals) else end
        if is_group(lead(ledger.rows[position])[0]):  # the head of the rows below it
            found[position] = [[(position + 1, following)]]
        elif _SO_FAR.search(words):
            found[position] = [[(0, position)], whole]
        elif _SUBTOTAL.search("".join(words.split())) or not TOTAL_WORD.search("".join(words.split())):
            parent = [[(max(a, before), position)] for a, b in parents.get(position, ()) if max(a, before) < position]
            found[position] = [*parent, since] if before < position else [[(position + 1, following)]]
        else:
            part: Spans = [(grand, position)]
            found[position] = [whole, part] if grand == 0 else [part, whole]
            grand = position + 1
        before = position + 1
    return found


def _parents(region: Region, end: int) -> dict[int, list[tuple[int, int]]]:
    """Return, per position, the merged cells over several rows that end just above it or hold it, narrow ones first."""
    start = region.header.last + 1
    found: dict[int, list[tuple[int, int]]] = {}
    for (r1, c1), (r2, _) in region.sheet.merged:
        first, last = r1 - start, min(r2 - start, end - 1)
        if r2 > r1 and first >= 0 and region.left <= c1 < region.right:
            for position in (last, last + 1):
                found.setdefault(position, []).append((first, last + 1))
    return {position: sorted(areas, key=lambda area: area[1] - area[0]) for position, areas in found.items()}


def _merged(spans: Spans) -> Spans:
    """Return spans in order, those that touch or overlap as one.

    >>> _merged([(4, 6), (0, 2), (1, 3)])
    [(0, 3), (4, 6)]
    """
    out: Spans = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out
