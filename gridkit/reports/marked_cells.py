"""What of a spreadsheet its marked copy may show: what was read into a field, and nothing else.

The list is one of what is allowed. A cell is copied as it was written only where reading took the same value from it,
or where it says nothing but a number, a date or a known word; where reading masked something, what reading kept is
copied; all else becomes ``***``: columns of persons, what could name one, whatever stands around the table. Of columns
that were not read numbers and dates are copied, texts become ``…``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.io.cells import BODY_FIELDS
from gridkit.io.fields import types_of
from gridkit.io.gate import POST_FIELDS
from gridkit.io.lines import shown, title_of
from gridkit.io.persons import MASK, is_answer, is_name_alone, is_plain, is_word, mask, without_rooms
from gridkit.io.privacy import masked_bodies, masked_codes, masked_column, shown_header
from gridkit.io.quantities import quantity
from gridkit.io.text import cell_text, compact, is_error, is_missing, tidy
from gridkit.model.fields import LAYER_FIELDS, NO, UNKNOWN, YES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gridkit.model import City, Source

DATA, HEAD, ASIDE, OUTSIDE, LEFT_OUT, UNREAD = "data", "head", "aside", "outside", "left", "unread"
"""Looks of a cell: of a record, of the header, of a row set aside, around the table, left out of the copy since it
could name a person, in a column that nothing is read from."""

LONGEST_TOTAL: Final = 20
"""A longer text is no label of a row of totals."""

RECORDS: Final = frozenset(("S104", "S149", "S150"))
"""Rows set aside that are records none the less (doubles, hidden ones); all others are totals, notes or headers."""

LONGEST_ANSWER: Final = 3
"""A longer cell that is read as yes or no may say more than that."""

LONGEST_SAID: Final = 200
"""A longer cell that is read as a yes, a no or a word of a vocabulary is not shown."""

LONGEST_AMOUNT: Final = 20
"""A longer text says more than an amount."""

LONGEST_NUMBERING: Final = 7
"""A longer number in a column that numbers the rows is no number of a row."""

NOT_READ: Final = "…"
"""Stands for a text in a column that nothing is read from; numbers and dates of such a column are shown."""

_NUMBERING: Final = frozenset(("序号", "序", "no", "no.", "行号"))
_TOTAL: Final = re.compile(r"本页小?计|小计|合计|总计|累计|共计|subtotal|total", re.IGNORECASE)
_LONG: Final = re.compile(r"\d[\d -]{9,}\d")
_PHONE: Final = re.compile(r"(?<!\d)\d{7,}(?!\.)")
_BRACKETS: Final = re.compile(r"[(（][^)）]*[)）]")
_NUMBERS: Final = (int, float)
_SHORT: Final = 10**9
_NUMERIC: Final = frozenset(("count", "number", "date"))


@dataclass(frozen=True)
class Table:
    """One table of a sheet as it was read.

    ``at`` gives the position of the record in each row of the file (counted from 1), ``fields`` field and type of each
    column (counted from 0), ``values`` what was read from it where that was kept, ``aside`` the rows set aside with
    their reason, ``dropped`` the columns that identify persons, ``parts`` the texts that headers are made of.
    """

    source: Source
    at: Mapping[int, int]
    fields: Mapping[int, tuple[str, str]]
    values: Mapping[int, Sequence[Any]]
    aside: Mapping[int, str]
    dropped: frozenset[int] = frozenset()
    parts: frozenset[str] = frozenset()
    known: dict[tuple[Any, ...], Any] = field(default_factory=dict)


def number_of(letters: str) -> int:
    """Return the position of a column, counted from 0.

    >>> number_of("A"), number_of("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def table_of(city: City, source: Source, dropped: frozenset[int]) -> Table:
    """Return a table of ``city`` as it was read."""
    types = types_of(source.kind)
    layer = source.kind in LAYER_FIELDS
    whole = pd.DataFrame(city.layers[source.kind].frame) if layer else city.with_pending().rows(source.kind)
    frame = whole[(whole["src"] == source.name).to_numpy()]
    fields = {number_of(letters): (name, types[name]) for name, letters in source.columns.items() if name in types}
    values: dict[int, Sequence[Any]] = {}
    for position, (name, _) in fields.items():
        if name in frame:
            values[position] = [None if value is pd.NA else value for value in frame[name].tolist()]
        elif layer and name == "code":
            values[position] = frame.index.tolist()
    aside = city.set_aside[(city.set_aside["src"] == source.name).to_numpy()]
    return Table(
        source,
        {int(row): at for at, row in enumerate(frame["row"])},
        fields,
        values,
        dict(zip(map(int, aside["row"]), map(str, aside["reason"]), strict=True)),
        dropped,
        frozenset(part for text in source.headers.values() for part in (text, *text.split("_")) if part),
    )


def shown_rows(
    cells: Sequence[Sequence[Any]],
    tables: Sequence[Table],
    heads: frozenset[int],
    *,
    struck: Collection[tuple[int, int]] = frozenset(),
) -> Iterator[list[tuple[Any, str]]]:
    """Yield, row by row, what the copy shows of each cell, and its look.

    Parameters
    ----------
    cells : sequence of rows
        The sheet as read.
    tables : sequence of Table
        The tables that stand on it.
    heads : frozenset of int
        Rows of headers, counted from 0; see :func:`heads_of`.
    struck : collection of (int, int)
        Cells that are struck out, counted from 0: they are shown although reading may hold them as missing.
    """
    dropped = frozenset().union(*(table.dropped for table in tables))
    numbering = _numbering(cells, heads)
    for row, line in enumerate(cells):
        if row in heads:
            yield [(_head(raw, tables), HEAD) for raw in line]
            continue
        held = [table for table in tables if row + 1 in table.at]
        waiting = held or [table for table in tables if row + 1 in table.aside]
        if not waiting:
            yield [(_outside(raw), OUTSIDE) for raw in line]
            continue
        look = DATA if any(row + 1 not in table.aside for table in held) else ASIDE
        out = []
        for column, raw in enumerate(line):
            if raw is None or raw == "":
                out.append(("", look))
                continue
            crossed = bool(struck) and (row, column) in struck
            value = MASK if column in dropped else _of_tables(raw, row + 1, column, waiting, crossed=crossed)
            if value is None:
                out.append((_row_number(raw), look) if column in numbering else (_unread(raw), UNREAD))
            else:
                out.append((value, LEFT_OUT if value == MASK else look))
        yield out


def heads_of(cells: Sequence[Sequence[Any]], tables: Sequence[Table]) -> frozenset[int]:
    """Return the rows of headers, counted from 0: no record, and at least two cells of it are parts of headers."""
    parts: frozenset[str] = frozenset().union(*(table.parts for table in tables))
    wanted = min(2, len(parts))
    out = set()
    for row, line in enumerate(cells):
        if any(row + 1 in table.at or row + 1 in table.aside for table in tables):
            continue
        found = sum(isinstance(raw, str) and raw != "" and tidy(raw) in parts for raw in line)
        if wanted and found >= wanted:
            out.add(row)
    return frozenset(out)


def _numbering(cells: Sequence[Sequence[Any]], heads: frozenset[int]) -> frozenset[int]:
    """Return the columns that number the rows."""
    return frozenset(
        column for row in heads for column, raw in enumerate(cells[row]) if compact(cell_text(raw)) in _NUMBERING
    )


def _head(raw: object, tables: Sequence[Table]) -> str:
    text = tidy(cell_text(raw))
    if not text or any(text in table.parts for table in tables):
        return text
    return shown_header(text)


def _outside(raw: object) -> Any:
    text = tidy(cell_text(raw))
    if not text:
        return ""
    return _written(raw) if _is_amount(text) or is_error(text) else title_of(text) or shown(text)


def _row_number(raw: object) -> Any:
    text = cell_text(raw).strip()
    return _written(raw) if len(text) <= LONGEST_NUMBERING and _is_amount(text) else MASK


def _unread(raw: object) -> Any:
    """Return a number or a date of a column that nothing is read from; a number as long as that of a phone is none."""
    text = tidy(cell_text(raw))
    if is_missing(text) or is_error(text) or isinstance(raw, dt.date):
        return _written(raw)
    return _written(raw) if _PHONE.search(text) is None and _is_amount(text) else NOT_READ


def _of_tables(raw: object, row: int, column: int, tables: Sequence[Table], *, crossed: bool) -> Any:
    """Return what the copy shows of a cell, None where no table reads its column."""
    for table in tables:
        at = table.at.get(row)
        name, kind = table.fields.get(column, ("", ""))
        if at is None and table.aside.get(row) not in RECORDS:
            return _around(raw, kind, table)
        if not kind:
            continue
        kept = at is not None and column in table.values and not crossed
        read = table.values[column][at] if at is not None and kept else None
        if kept and _is_as_read(raw, read):  # most cells: nothing to weigh, nothing to remember
            return raw
        key = (type(raw), raw, read, name, kept)
        if key not in table.known:
            table.known[key] = _of_record(raw, name, kind, read) if kept else _of_no_record(raw, name, kind)
        return table.known[key]
    return None


def _is_as_read(raw: object, read: object) -> bool:
    """Tell whether a text, or a number too short for one of a person, is exactly what was read from its cell."""
    if type(raw) is str:
        return raw == read
    return type(raw) in _NUMBERS and raw == read and abs(raw) < _SHORT  # type: ignore[arg-type]


def _around(raw: object, kind: str, table: Table) -> Any:
    """Return what the copy shows of a cell of a row that is no record: totals, notes, headers once more."""
    bare = tidy(cell_text(raw))
    if bare in table.parts or is_missing(bare) or is_error(bare) or (kind in _NUMERIC and _is_amount(bare)):
        return _written(raw)
    total = _TOTAL.search(bare)
    return total[0] if total and len(bare) <= LONGEST_TOTAL else shown(bare) if not kind else MASK


def _of_record(raw: Any, name: str, kind: str, read: Any) -> Any:
    """Return what the copy shows of a cell of a record, given what was read from it."""
    bare = tidy(cell_text(raw))
    if is_missing(bare) or is_error(bare) or (bare == read and name not in POST_FIELDS):
        return _written(raw)
    if name in POST_FIELDS:
        return _written(raw) if read == NO else MASK
    if kind not in _NUMERIC and kind != "code":
        return read or MASK if kind in ("text", "list") else _word(raw, bare, kind, read)
    if _is_amount(bare) or (kind == "code" and is_plain(bare)):
        return _written(raw)
    return read if _is_amount(cell_text(read)) or (kind == "code" and is_plain(cell_text(read))) else MASK


def _is_amount(text: str) -> bool:
    """Tell whether a cell says nothing but a number or a date with its unit, too short for a number of a person."""
    if _LONG.search(text) is not None or mask(text) != text:
        return False
    return is_plain(text) or (len(text) <= LONGEST_AMOUNT and quantity(text) is not None)


def _word(raw: Any, bare: str, kind: str, read: Any) -> Any:
    """Return what the copy shows of a yes, a no or a word of a vocabulary; never what stands in brackets behind it."""
    known = read not in ("", UNKNOWN, None)
    if len(bare) > LONGEST_SAID:
        return MASK
    if kind == "yesno":
        fits = known and len(bare) <= LONGEST_ANSWER and not is_name_alone(bare)
        if isinstance(raw, bool) or fits or is_plain(bare) or (is_answer(bare) and not _BRACKETS.search(bare)):
            return _written(raw)
        return {YES: "是", NO: "否"}.get(read, MASK)
    outside = _BRACKETS.sub(f"({MASK})", bare)
    if is_plain(bare) or (is_word(bare) and outside == bare):
        return _written(raw)
    return outside if (known or is_word(outside)) and mask(outside) == outside else MASK


def _of_no_record(raw: Any, name: str, kind: str) -> Any:
    """Return what the copy shows of a cell of which it is not kept what was read: masked as reading masks."""
    bare = tidy(cell_text(raw))
    if is_missing(bare) or is_error(bare):
        return _written(raw)
    if name in POST_FIELDS:
        return MASK
    if kind in _NUMERIC:
        return _written(raw) if _is_amount(bare) else MASK
    if kind == "code":
        return masked_codes([bare])[0][0] or MASK
    return _masked_text(bare, name) if kind in ("text", "list") else _word(raw, bare, kind, "")


def _masked_text(bare: str, name: str) -> str:
    if name == "address":
        bare = without_rooms(bare)
    clean = masked_column([bare])[0]
    return masked_bodies(clean)[0][0] if name in BODY_FIELDS else clean[0]


def _written(raw: Any) -> Any:
    """Return a cell as it was written, times of a day as text."""
    if raw is None or isinstance(raw, (str, int, float, dt.date)):
        return raw
    return cell_text(raw)
