"""One column: its cells converted, what they say of persons taken out, and what was wrong or remarkable said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.io import values
from gridkit.io.dates import NOT_A_NUMBER, lost_zero
from gridkit.io.distinct import Distinct, distinct
from gridkit.io.gate import POST_FIELDS
from gridkit.io.notes import by_value, noticed
from gridkit.io.person_numbers import mask_numbers
from gridkit.io.persons import MASK, is_answer, is_plain, is_word, mask, triggered, without_rooms
from gridkit.io.privacy import masked_bodies, masked_codes, masked_column
from gridkit.io.quantities import quantity
from gridkit.io.shifts import DEGREES, to_degrees
from gridkit.io.text import cell_text, compact, is_missing, tidy
from gridkit.io.vocabulary import UNSURE, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from gridkit.io.raw import RawTable
    from gridkit.io.values import Converter
    from gridkit.model import Source

BODY_FIELDS: Final = frozenset(("owner_unit", "branch_name", "coverage_claimed", "ineligible_reason"))
"""Texts in which a name of a person may stand instead of what is asked for."""

DITTO: Final = frozenset(("同上", "同前", "同上行", "同上栏", "〃", "″", '"', "''"))
"""Cells that say that the one above holds here too."""

COUNTED_KINDS: Final = ("none", "undecided", "not_applicable", "unknown")
"""Kinds of missing that are counted in a finding (``S182``); masks have one of their own."""

_LACKING: Final = frozenset(("", "unknown", None))

BLOCK: Final = 512
"""Texts that are searched for persons in one go; only blocks with a hit are looked at text by text."""

LEAST_OF_PERSON: Final = 10_000_000_000
"""Mobile and identity numbers have eleven places and more; smaller amounts are not looked at."""

_OWN: Final[Mapping[str, Converter]] = {
    "built_year": values.to_year, **dict.fromkeys(POST_FIELDS, values.to_filled),
    "lon": to_degrees, "lat": to_degrees,
}  # fmt: skip
_BY_TYPE: Final[Mapping[str, Converter]] = {
    "number": values.to_number, "code": values.to_code, "list": values.to_list, "yesno": values.to_yesno,
}  # fmt: skip
_COUNT_HEADER: Final = re.compile(r"(?:单位[:]?)?([百千万亿])?(?:人|户|名|个|栋|幢|家|座|套|人次|户数|人数)?")
_COUNT_SCALES: Final = {"百": 100.0, "千": 1_000.0, "万": 10_000.0, "亿": 1e8}
_IN_BRACKETS: Final = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]|[/_,，]([^/_,，()]+)$")


@dataclass(frozen=True)
class Cells:
    """A converted column: ``values`` per row, findings, and remarks as (row position, remark, cell as written)."""

    values: Any
    notes: list[dict[str, Any]]
    remarks: list[tuple[int, str, str]]


@dataclass(frozen=True)
class Place:
    """Where a column stands: its table, its field and type."""

    raw: RawTable
    source: Source
    field: str
    dtype: str

    @property
    def header(self) -> str:
        """Header of the column."""
        return self.source.headers.get(self.field, self.field)

    def refs(self, positions: Iterable[int]) -> list[str]:
        """Return the cells at some positions."""
        rows, source = self.raw.rows, self.source
        head, _, tail = source.cell(0, self.field)[len(source.name) :].rpartition("0" if source.tabular else "!0")
        head = f"{source.name}{head}" if source.tabular else f"{source.name}{head}!"
        return [f"{head}{rows[one]}{tail}" for one in positions]

    def note(self, code: str, positions: Sequence[int], **params: Any) -> list[dict[str, Any]]:
        """Return one finding about cells of the column, none where there are none."""
        if not positions:
            return []
        refs = self.refs(positions)
        return [noticed(code, self.source.name, refs=refs, header=self.header, n=len(positions), **params)]


def read_column(raw: RawTable, source: Source, field: str, position: int, dtype: str) -> Cells:
    """Convert the column of ``field``, each distinct cell once.

    Parameters
    ----------
    raw : RawTable
        The table as read.
    source : Source
        The table in the words of the city; its ``headers`` name ``field``.
    field : str
        What the column holds.
    position : int
        Which column it is.
    dtype : str
        Type of ``field``.
    """
    place = Place(raw, source, field, dtype)
    column, notes = _repeated(place, distinct(raw.columns[position]))
    results = values.converted(column.cells, _converter(field, dtype, raw.headers[position]))
    found = [value for value, _ in results]
    wrong = {one: code for one, (_, code) in enumerate(results) if code}
    if dtype in ("count", "number"):
        for one in _numbers_of_persons(column.cells, found):
            found[one], wrong[one] = None, NOT_A_NUMBER
    if raw.encoding and dtype == "date":
        for one in _lost_zeros(column):
            found[one], wrong[one] = "", values.AMBIGUOUS_DATE
    notes += _problem_notes(place, column, wrong)
    if field in UNSURE:
        for one in [one for one, code in wrong.items() if code == values.CELL_ERROR]:
            found[one] = UNSURE[field]
    remarks, kind_notes = _remarks(place, column, found)
    notes += kind_notes
    found, mask_notes = _without_persons(place, column, found)
    notes += mask_notes
    if dtype == "code" and raw.tabular and raw.encoding:
        found, rounded = _without_rounded(place, column, found)
        notes += rounded
    unknown = sorted(raw.filled.get(position, ())) if dtype == "count" else []
    notes += place.note("S117", unknown)
    return Cells(_typed(found, column.places, dtype, unknown), notes, remarks)


def _converter(field: str, dtype: str, header: str) -> Converter:
    if field in _OWN:
        return _OWN[field]
    if field == "area_m2":
        return partial(values.to_area, factor=header_factor(header, area=True))
    if dtype == "count":
        return partial(values.to_count, factor=header_factor(header))
    if dtype == "date":
        return partial(values.to_date, end=field in values.END_FIELDS)
    return vocabulary_of(field) if dtype == "vocab" else _BY_TYPE.get(dtype, values.to_text)


def header_factor(header: str, *, area: bool = False) -> float:
    """Return what the unit in a header multiplies by: 人口(万人), 人口/万人, 面积[公顷]; 万科 is no unit.

    >>> header_factor("人口（万人）"), header_factor("户数(万科小区)"), header_factor("面积（公顷）", area=True)
    (10000.0, 1.0, 10000.0)
    >>> header_factor("户数（百户）")
    100.0
    """
    for inside, tail in _IN_BRACKETS.findall(compact(header)):
        text = inside or tail
        if area and (factor := values.area_factor(text)) != 1.0:
            return factor
        unit = _COUNT_HEADER.fullmatch(text)
        if not area and unit and unit[1]:
            return _COUNT_SCALES[unit[1]]
    return 1.0


def _repeated(place: Place, column: Distinct) -> tuple[Distinct, list[dict[str, Any]]]:
    """Read 同上 as the nearest cell above in the same file."""
    if not place.raw.tabular:
        return column, []
    ditto = [
        one for one, cell in enumerate(column.cells) if type(cell) is str and len(cell) < 8 and cell.strip() in DITTO
    ]
    if not ditto:
        return column, []
    says = np.isin(column.places, ditto)
    source = np.maximum.accumulate(np.where(says, -1, np.arange(len(says))))
    nothing = source < 0
    there = set(ditto)
    cells = [*("" if one in there else cell for one, cell in enumerate(column.cells)), ""]
    places = np.where(nothing, len(cells) - 1, column.places[source])
    notes = place.note("S189", np.flatnonzero(says & ~nothing).tolist())
    notes += place.note("S189", np.flatnonzero(nothing).tolist(), variant="nothing")
    return Distinct(cells, places), notes


def _numbers_of_persons(cells: Sequence[object], found: Sequence[Any]) -> list[int]:
    """Return which cells hold a mobile or identity number where an amount should stand: no amount is so large."""
    large = [one for one, value in enumerate(found) if value is not None and abs(value) >= LEAST_OF_PERSON]
    return [one for one in large if mask(text := tidy(cell_text(cells[one]))) != text]


def _lost_zeros(column: Distinct) -> list[int]:
    texts = [tidy(cell) if isinstance(cell, str) else "" for cell in column.cells]
    doubtful = lost_zero(texts)
    return [one for one, text in enumerate(texts) if text in doubtful]


def _problem_notes(place: Place, column: Distinct, wrong: Mapping[int, str]) -> list[dict[str, Any]]:
    """Tell of cells that could not be read; one is quoted only where it can name no person."""
    rows = column.rows_of(wrong)
    problems: dict[str, dict[str, list[int]]] = {}
    for one in sorted(wrong, key=lambda one: rows[one][:1]):
        cells = problems.setdefault(wrong[one], {})
        cells.setdefault(tidy(cell_text(column.cells[one])), []).extend(rows[one])
    return [note for code, cells in sorted(problems.items()) for note in _problem(place, code, cells)]


def _problem(place: Place, code: str, cells: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Tell of one kind of problem.

    Numbers, dates, their units and error values are quoted, in vocabularies short words; of all others the cell and the
    length are told.
    """
    if code == DEGREES:
        return place.note(DEGREES, sorted(one for positions in cells.values() for one in positions))
    fits = _quotable(place.dtype)
    shown: dict[str, list[int]] = {}
    hidden: list[int] = []
    longest = 0
    for text, positions in cells.items():
        rows = [place.raw.rows[one] for one in positions]
        if code == values.CELL_ERROR or is_plain(text) or fits(text):
            shown[text] = rows
        else:
            hidden += rows
            longest = max(longest, len(text))
    variant = {"variant": "status"} if place.field in UNSURE and code == "S110" else {}
    notes = by_value(code, place.source, place.field, shown, **variant)
    if hidden:
        refs = [place.source.cell(row, place.field) for row in sorted(hidden)]
        told: dict[str, Any] = {"value": MASK, "n": len(hidden), "length": longest, "variant": "withheld"}
        subject = place.source.row_id(min(hidden))
        notes.append(noticed(code, subject, refs=refs, header=place.header, **told))
    return notes


def _quotable(dtype: str) -> Callable[[str], bool]:
    fits = {"vocab": is_word, "yesno": is_answer, "count": _is_amount, "number": _is_amount}
    return fits.get(dtype, is_plain)


def _is_amount(text: str) -> bool:
    """Tell whether a cell is of the words in which amounts are written, so that it can name no person."""
    return len(text) <= 20 and quantity(text) is not None and mask_numbers(text) == text


def _remarks(
    place: Place, column: Distinct, found: Sequence[Any]
) -> tuple[list[tuple[int, str, str]], list[dict[str, Any]]]:
    """Return what cells say beside their values, and findings that count why cells have none."""
    amounts = place.dtype in ("count", "number")
    said: dict[int, str] = {}
    for one, value in enumerate(found):
        if (amounts or value in _LACKING) and type(cell := column.cells[one]) is str:
            remark = values.remark_of(cell, place.dtype, value)
            if remark:
                said[one] = remark
    if not said:
        return [], []
    rows = column.rows_of(said)
    written = {one: _shown(column.cells[one], place.dtype) for one in said}
    remarks = [(row, remark, written[one]) for one, remark in said.items() for row in rows[one]]
    by_kind: dict[str, list[int]] = {}
    for one, remark in said.items():
        by_kind.setdefault(remark, []).extend(rows[one])
    return sorted(remarks), _kind_notes(place, column, by_kind)


def _shown(cell: object, dtype: str) -> str:
    text = tidy(cell_text(cell))
    return text if is_missing(text) or is_plain(text) or (dtype in ("count", "number") and _is_amount(text)) else ""


def _kind_notes(place: Place, column: Distinct, by_kind: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    notes = []
    masked = sorted(by_kind.get("masked", ()))
    if masked:
        blank = [one for one, cell in enumerate(column.cells) if not cell_text(cell).strip()]
        filled = len(column.places) - sum(len(rows) for rows in column.rows_of(blank).values())
        notes += place.note("S181", masked, filled=filled)
    if place.dtype not in ("text", "list"):
        for kind in COUNTED_KINDS:
            notes += place.note("S182", sorted(by_kind.get(kind, ())), variant=kind)
    return notes


def _without_persons(place: Place, column: Distinct, found: list[Any]) -> tuple[list[Any], list[dict[str, Any]]]:
    """Take out of texts and codes what they say of persons."""
    notes: list[dict[str, Any]] = []

    def told(code: str, touched: Sequence[int]) -> None:
        rows = sorted(row for found in column.rows_of(touched).values() for row in found)
        notes.extend(place.note(code, rows))

    if place.dtype == "code":
        found, touched = masked_codes(found)
        told("S122", touched)
    elif place.dtype in ("text", "list"):
        found, touched = masked_texts(found)
        told("S122", touched)
    if place.field in BODY_FIELDS:
        found, touched = masked_bodies(found)
        told("S122", touched)
    if place.field == "address":
        short = [without_rooms(text) for text in found]
        told("S119", [one for one, (text, old) in enumerate(zip(short, found, strict=True)) if text != old])
        found = short
    return found, notes


def masked_texts(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return texts without what they say of persons, and which were touched; blocks without a hit cost one search.

    >>> masked_texts(["甲小区", "乙小区，联系13900000000"])
    (['甲小区', '乙小区，联系***'], [1])
    """
    out, touched = list(texts), []
    for start in range(0, len(out), BLOCK):
        block = out[start : start + BLOCK]
        if triggered(block):
            out[start : start + BLOCK], found = masked_column(block)
            touched += [start + one for one in found]
    return out, touched


def _without_rounded(place: Place, column: Distinct, found: list[Any]) -> tuple[list[Any], list[dict[str, Any]]]:
    """Drop the long codes of a text table that a spreadsheet has rounded: each ends in zeros from place 16 on."""
    long = [one for one, code in enumerate(found) if len(code) > 15 and code.isdigit()]
    if not long or any(found[one][15:].strip("0") for one in long):
        return found, []
    rows = column.rows_of(long)
    if sum(len(some) for some in rows.values()) < 2:
        return found, []
    cells: dict[str, list[int]] = {}
    for one in long:
        cells.setdefault(found[one], []).extend(place.raw.rows[row] for row in rows[one])
    out = list(found)
    for one in long:
        out[one] = ""
    return out, by_value("S115", place.source, place.field, cells)


def _typed(found: Sequence[Any], places: NDArray[np.intp], dtype: str, unknown: Sequence[int]) -> Any:
    """Return one value per row in the type of the field; ``unknown`` rows are missing."""
    kind = {"count": "Int64", "number": "Float64"}.get(dtype)
    if kind is None:
        held = np.empty(len(found), dtype=object)
        held[:] = found
        return pd.Series(held[places], dtype="object")
    amounts = pd.array(found, dtype=kind).take(places)
    amounts[list(unknown)] = pd.NA
    return pd.Series(amounts)
