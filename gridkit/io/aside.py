"""Rows that are no records: blank ones, totals, notes, repeated headers; and what may be told of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.dictionary import match
from gridkit.io.lines import is_footnote, shown, without_page
from gridkit.io.persons import MASK
from gridkit.io.privacy import is_personal_header, is_post_header
from gridkit.io.row_words import is_bare_note, is_example, is_group, is_numbering, is_page, is_total
from gridkit.io.sheets import filled_count
from gridkit.io.text import cell_text, tidy
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

BLANK, TOTAL, FOOTNOTE, REPEATED = "S140", "S141", "S142", "S143"
BLANK_RUN: Final = 1000
"""More blank rows one after the other are no rows of the table, but the empty part of the sheet below it."""

TOTAL_WORD: Final = re.compile(
    r"本页小?计|小计|合计|总计|累计|共计|汇总|总数|总和|总户数|总人数|共(?=\d)|subtotal|total"
)
UNDER_HEADER: Final = 3
"""Only in so many rows under the header are the columns numbered and examples given."""

NAME_CELLS: Final = 3
"""So many of the first cells that are filled may name a row."""

_NOTE_BEGINS: Final = frozenset("注备附说填※*＊★制审复负单统分联")
_AMOUNT: Final = re.compile(r"\d{1,9}(?:[.,]\d+)*")


def reasons_of(
    rows: Sequence[Sequence[object]],
    headers: Sequence[str],
    *,
    titles: Collection[str] = (),
    naming: Sequence[int] = (),
) -> dict[int, str]:
    """Return position -> why the row is no record.

    Parameters
    ----------
    rows : sequence of sequence
        The rows below the header.
    headers : sequence of str
        The header of each column.
    titles : collection of str
        Lines above the header without spaces: one of them again is the title of the next page.
    naming : sequence of int
        Columns that name a record; a total may stand there, behind other cells.
    """
    reasons: dict[int, str] = {}
    parts = frozenset(part for text in headers for part in text.split("_") if part)
    tail = False  # below the first footnote, a line with one cell goes on with it
    for position, row in enumerate(rows):
        texts = lead(row)
        if not texts:
            reasons[position] = BLANK
        elif len(texts) < NAME_CELLS and _between_pages(texts, titles):
            reasons[position] = REPEATED
        elif _is_note(row, texts) or (position < UNDER_HEADER and any(is_example(text) for text in texts)):
            reasons[position] = FOOTNOTE
            tail = position >= UNDER_HEADER or _is_note(row, texts)
        elif tail and len(texts) == 1 and len(headers) > 2:
            reasons[position] = FOOTNOTE
        elif _repeats(row, parts) or (position < UNDER_HEADER and is_numbering(row)):
            reasons[position] = REPEATED
            if position and position - 1 not in reasons and filled_count(rows[position - 1]) == 1 < len(headers) - 1:
                reasons[position - 1] = FOOTNOTE  # the title of the page or block that begins here
        elif any(is_total(cell) for cell in texts) or _is_total_by_name(row, naming):
            reasons[position] = TOTAL
        elif naming and is_group_head(row, texts, naming):
            reasons[position] = TOTAL if filled_count(row) > 1 else FOOTNOTE
    return reasons


def _between_pages(texts: Sequence[str], titles: Collection[str]) -> bool:
    return (len(texts) == 1 and without_page(texts[0]) in titles) or is_page(texts)


def _is_total_by_name(row: Sequence[object], naming: Sequence[int]) -> bool:
    return any(isinstance(name := row[column], str) and is_total(name) for column in naming)


def is_group_head(row: Sequence[object], texts: Sequence[str], naming: Sequence[int]) -> bool:
    """Tell whether a row is the head of a group, such as 一、翠湖社区 with its amounts: it names no record itself."""
    return (
        is_group(texts[0])
        and all(text == "#" or text.strip().isdigit() for text in texts[1:])
        and not any(cell_text(row[column]).strip() for column in naming)
    )


def lead(row: Sequence[object]) -> list[str]:
    """Return the texts of the first three cells that are filled; ``#`` stands for any number or date.

    >>> lead(["", "小计", None, 5.0, "x", "y"])
    ['小计', '#', 'x']
    """
    found: list[str] = []
    for cell in row:
        if type(cell) is str:
            if not cell or cell.isspace():
                continue
            found.append(cell)
        elif cell is not None:
            found.append("#")
        if len(found) == NAME_CELLS:
            break
    return found


def _is_note(row: Sequence[object], texts: Sequence[str]) -> bool:
    first = texts[0]
    if (":" in first or "：" in first) and is_footnote(first):
        return filled_count(row) <= 4
    if first[0] not in _NOTE_BEGINS and first.strip()[:1] not in _NOTE_BEGINS:
        return False
    return is_bare_note([text for cell in row if (text := cell_text(cell).strip())])


def _repeats(row: Sequence[object], parts: frozenset[str]) -> bool:
    """Tell whether a row repeats the header, as on the next printed page: nothing but texts of the header."""
    first = next((cell for cell in row if cell not in ("", None)), None)
    if not isinstance(first, str) or tidy(first) not in parts:
        return False
    texts = [tidy(cell) if isinstance(cell, str) else None for cell in row if cell not in ("", None)]
    return len(texts) >= 2 and all(text in parts for text in texts)


def blank_runs(reasons: Mapping[int, str]) -> list[tuple[int, int]]:
    """Return the first and last position of every long run of blank rows: no part of the table."""
    blank = [position for position, reason in reasons.items() if reason == BLANK]
    ends = [n for n, position in enumerate(blank) if n + 1 == len(blank) or blank[n + 1] != position + 1]
    firsts = [0, *(n + 1 for n in ends)]
    return [(blank[a], blank[b]) for a, b in zip(firsts, ends, strict=False) if b - a >= BLANK_RUN]


def subject(row: Sequence[object], reason: str, amounts_in: Mapping[int, str]) -> str:
    """Return what is told of a row set aside: no cell that could name a person.

    Of records that are left out nothing is told. Of totals it is the word and the amounts of columns of counts, of
    notes what they say about the whole table, and of repeated headers the headers.
    """
    texts = [tidy(cell_text(cell)) for cell in row]
    if reason == FOOTNOTE:
        return shown(" ".join(text for text in texts if text))[:120]
    if reason == TOTAL:
        word = next((found[0] for text in texts if (found := TOTAL_WORD.search(text.lower()))), "")
        amounts = {at: label for at, label in amounts_in.items() if _AMOUNT.fullmatch(texts[at])}
        rest = sum(text != "" for text in texts) - len(amounts) - (word != "")
        told = [f"{label}={texts[at]}" for at, label in amounts.items()]
        return " ".join([word or "SUM", *told, *([f"{MASK}×{rest}"] if rest > 0 else [])])[:120]
    return " ".join(text for text in texts if text)[:120] if reason == REPEATED else ""


def counted(headers: Sequence[str], kind: str, columns: Mapping[str, str]) -> dict[int, str]:
    """Return position -> header of the columns of counts: the only ones of which a row of totals is quoted."""
    types = LAYER_FIELDS[kind] if kind in LAYER_FIELDS else REGISTRY_FIELDS[kind]
    found = match(headers, kind, stated=columns).fields
    return {
        position: headers[position].split("_")[-1]
        for field, position in sorted(found.items(), key=lambda item: item[1])
        if types.get(field) == "count"
        and not is_personal_header(headers[position])
        and not is_post_header(headers[position])
    }
