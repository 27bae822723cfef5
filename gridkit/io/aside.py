"""Rows that are no records: blank ones, totals, notes, repeated headers; and what may be told of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.dictionary import match
from gridkit.io.lines import is_footnote, shown
from gridkit.io.persons import MASK
from gridkit.io.privacy import is_personal_header, is_post_header
from gridkit.io.sheets import filled_count
from gridkit.io.text import cell_text, compact, tidy
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BLANK, TOTAL, FOOTNOTE, REPEATED = "S140", "S141", "S142", "S143"
BLANK_RUN: Final = 1000
"""More blank rows one after the other are no rows of the table, but the empty part of the sheet below it."""

_TOTAL: Final = re.compile(r".{0,20}(小计|合计|总计|累计|共计)[:：]?|本页小?计|total|subtotal")
TOTAL_WORD: Final = re.compile(r"本页小?计|小计|合计|总计|累计|共计|subtotal|total")
_TOTAL_OF: Final = re.compile(r"\s*(本页小?计|小计|合计|总计|累计|共计)[\s:：(（,，]")
_AMOUNT: Final = re.compile(r"\d{1,9}(?:[.,]\d+)*")


def reasons_of(rows: Sequence[Sequence[object]], headers: Sequence[str]) -> dict[int, str]:
    """Return position -> why the row is no record."""
    reasons: dict[int, str] = {}
    parts = frozenset(part for text in headers for part in text.split("_") if part)
    tail = False  # below the first footnote, a line with one cell goes on with it
    for position, row in enumerate(rows):
        texts = lead(row)
        if not texts:
            reasons[position] = BLANK
        elif _is_note(row, texts[0]):
            reasons[position] = FOOTNOTE
            tail = True
        elif tail and len(texts) == 1 and len(headers) > 2:
            reasons[position] = FOOTNOTE
        elif any(("计" in cell or "otal" in cell) and _is_total(cell) for cell in texts):
            reasons[position] = TOTAL
        elif _repeats(row, parts) or (position == 0 and _is_numbering(row)):
            reasons[position] = REPEATED
    return reasons


def _is_total(cell: str) -> bool:
    return _TOTAL.fullmatch(compact(cell)) is not None or _TOTAL_OF.match(cell) is not None


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
        if len(found) == 3:
            break
    return found


def _is_note(row: Sequence[object], first: str) -> bool:
    return (":" in first or "：" in first) and filled_count(row) <= 4 and is_footnote(first)


def _repeats(row: Sequence[object], parts: frozenset[str]) -> bool:
    """Tell whether a row repeats the header, as on the next printed page: nothing but texts of the header."""
    first = next((cell for cell in row if cell not in ("", None)), None)
    if not isinstance(first, str) or tidy(first) not in parts:
        return False
    texts = [tidy(cell) if isinstance(cell, str) else None for cell in row if cell not in ("", None)]
    return len(texts) >= 2 and all(text in parts for text in texts)


def _is_numbering(row: Sequence[object]) -> bool:
    """Tell whether a row under the header only numbers the columns: 1 2 3 4, or 甲 乙 1 2."""
    texts = [cell_text(cell).strip() for cell in row if cell_text(cell).strip()]
    numbers = [text for text in texts if text not in ("甲", "乙", "丙", "丁")]
    return len(texts) >= 3 and len(numbers) >= 2 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


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
