"""From raw columns to the fixed fields of a kind: privacy first, then the dictionary, then the values."""

from __future__ import annotations

import dataclasses
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.errors import LayerError, TableError
from gridkit.io import values
from gridkit.io.dictionary import Columns, match, stated_position
from gridkit.io.gate import POST_FIELDS, filled, gate, place_of
from gridkit.io.notes import REFS, by_value, noticed
from gridkit.io.persons import MASK, is_answer, is_plain, is_word, mask, without_rooms
from gridkit.io.privacy import (
    is_personal_header,
    is_post_header,
    masked_bodies,
    masked_codes,
    masked_column,
)
from gridkit.io.text import compact
from gridkit.io.vocabulary import UNSURE, vocabulary_of
from gridkit.locale import N_
from gridkit.model import Source
from gridkit.model.city import no_remarks
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.raw import RawTable
    from gridkit.io.values import Converter

BODY_FIELDS: Final = frozenset(("owner_unit", "branch_name", "coverage_claimed", "ineligible_reason"))
"""Texts in which a name of a person may stand instead of what is asked for."""

_NUMBERING: Final = frozenset(("序号", "序", "no", "no.", "行号", "fid", "objectid", "ogc_fid", "gid"))
_PLACE_CODE: Final = re.compile(r"\d{9,}")
_COUNT_UNITS: Final = (("万", 10_000.0), ("千", 1_000.0))
_AREA_UNITS: Final = (
    ("万平方米", 1e4), ("平方公里", 1e6), ("平方千米", 1e6), ("km2", 1e6), ("公顷", 1e4), ("hm2", 1e4),
    ("亩", 10_000 / 15),
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Records:
    """One table or layer in the fixed fields of its kind; ``frame`` is indexed by row id, with ``src`` and ``row``."""

    kind: str
    frame: pd.DataFrame
    source: Source
    given: frozenset[str]
    set_aside: list[tuple[int, str, str]]
    notes: list[dict[str, Any]]
    remarks: pd.DataFrame = dataclasses.field(default_factory=no_remarks)


def types_of(kind: str) -> Mapping[str, str]:
    """Return field -> type of everything that can be read for ``kind``."""
    if kind in LAYER_FIELDS:
        return {"code": "code", **LAYER_FIELDS[kind], "lon": "number", "lat": "number", "datum": "text"}
    return REGISTRY_FIELDS[kind]


def shape(raw: RawTable, kind: str, *, columns: Mapping[str, str] | None = None, cut: bool = False) -> Records:
    """Bring a raw table into the fields of ``kind``.

    Parameters
    ----------
    raw : RawTable
        As read.
    kind : str
        Registry kind or layer level.
    columns : mapping of str to str, optional
        Field -> header from the project file.
    cut : bool
        Whether names may have been cut short by the file format (Shapefile).

    Raises
    ------
    TableError, LayerError
        If a column that the project file names is not there.
    """
    found = _fullest(raw, match(raw.headers, kind, stated=columns, cut=cut), columns or {})
    _demand_stated(raw, columns or {})
    fields, notes = gate(raw, found)
    fields, moved = _codes_in_names(raw, fields, kind)
    source = Source(
        raw.path,
        raw.sha256,
        kind,
        sheet=raw.sheet,
        tabular=raw.tabular,
        encoding=raw.encoding,
        rows_in=len(raw.rows) + len(raw.set_aside),
        kept=len(raw.rows),
        set_aside=len(raw.set_aside),
        columns={field: raw.letters[position] for field, position in fields.items()},
        headers={field: raw.headers[position] for field, position in fields.items()},
    )
    notes += moved + _column_notes(raw, found, fields, source)
    if not raw.rows:
        notes.append(noticed("S147", source.name))
    data: dict[str, Any] = {}
    for field, position in sorted(fields.items(), key=lambda item: item[1]):
        data[field], problems = _column(raw, source, field, position, types_of(kind)[field])
        notes += problems
    frame = pd.DataFrame(data, index=range(len(raw.rows)), dtype="object")
    frame["src"] = source.name
    frame["row"] = raw.rows
    frame.index = pd.Index([source.row_id(row) for row in raw.rows], dtype="object", name="row_id")
    return Records(kind, frame, source, frozenset(fields), raw.set_aside, [*raw.notes, *notes])


def _fullest(raw: RawTable, found: Columns, stated: Mapping[str, str]) -> Columns:
    """Of several columns that mean one field take the one with the most filled cells, the first of equals."""
    fields, rivals = dict(found.fields), dict(found.rivals)
    for field in sorted(set(rivals.values()) - set(stated)):
        columns = sorted([fields[field], *(position for position, other in rivals.items() if other == field)])
        best = max(columns, key=lambda position: (filled(raw.columns[position]), -position))
        fields[field] = best
        rivals = {position: other for position, other in rivals.items() if other != field}
        rivals |= {position: field for position in columns if position != best}
    return Columns(fields, rivals, found.cut)


def _demand_stated(raw: RawTable, stated: Mapping[str, str]) -> None:
    lacking = sorted(field for field, header in stated.items() if stated_position(raw.headers, header) is None)
    if lacking:
        error = TableError if raw.tabular else LayerError
        raise error(
            N_("the column {header}, named for {field}, is not there; found: {found}"),
            place=raw.name,
            remedy=N_("correct columns in gridkit.toml"),
            header=stated[lacking[0]],
            field=lacking[0],
            found=" | ".join(header for header in raw.headers if header and not is_personal_header(header)),
        )


def _codes_in_names(raw: RawTable, fields: dict[str, int], kind: str) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Read a column of names as codes where every value is one: 所属社区 often holds the code of the community."""
    moved = dict(fields)
    notes = []
    for name in ("community", "street"):
        position = fields.get(f"{name}_name", -1)
        target = f"{name}_code"
        if position < 0 or target in fields or target not in types_of(kind):
            continue
        texts = [text for cell in raw.columns[position] if (text := values.to_code(cell)[0])]
        if texts and all(_PLACE_CODE.fullmatch(text) for text in texts):
            moved[target] = moved.pop(f"{name}_name")
            notes.append(noticed("S126", raw.name, header=raw.headers[position], field=target))
    return moved, notes


def _column_notes(raw: RawTable, found: Columns, fields: Mapping[str, int], source: Source) -> list[dict[str, Any]]:
    notes = []
    rivals = {position: field for position, field in sorted(found.rivals.items()) if field in fields}
    for position, field in rivals.items():
        counts: dict[str, Any] = {
            "n": filled(raw.columns[position]),
            "filled": filled(raw.columns[fields[field]]),
            "variant": "counted",
        }
        refs = [place_of(raw, position), place_of(raw, fields[field])]
        used = source.headers.get(field, "")
        header = mask(raw.headers[position])
        notes.append(noticed("S124", source.name, refs=refs, header=header, used=used, field=field, **counts))
    for field, position in sorted(found.cut.items()):
        if field in fields:
            notes.append(noticed("S125", source.name, header=raw.headers[position], field=field))
    unused = _unused(raw, {*fields.values(), *rivals, *found.fields.values()})
    if unused:
        refs = [place_of(raw, position) for position in unused]
        headers = ", ".join(mask(raw.headers[position]) or raw.letters[position] for position in unused)
        notes.append(noticed("S123", source.name, refs=refs[:REFS], headers=headers, n=len(unused)))
    return notes


def _unused(raw: RawTable, taken: set[int]) -> list[int]:
    """Return the columns that nothing is read from: those with a header, and those without one that hold something."""
    return [
        position
        for position, header in enumerate(raw.headers)
        if position not in taken
        and (compact(header) not in _NUMBERING if header else filled(raw.columns[position]) > 0)
        and not is_personal_header(header)
        and not is_post_header(header)
    ]


def _converter(field: str, dtype: str, header: str) -> Converter:
    own = {"built_year": values.to_year, **dict.fromkeys(POST_FIELDS, values.to_filled)}.get(field)
    if own is not None:
        return own
    if dtype == "count":
        return partial(values.to_count, factor=_factor(header, _COUNT_UNITS))
    if dtype == "number":
        return partial(values.to_number, factor=_factor(header, _AREA_UNITS) if field == "area_m2" else 1.0)
    if dtype == "date":
        return partial(values.to_date, end=field in values.END_FIELDS)
    if dtype == "vocab":
        return vocabulary_of(field)
    plain = {"code": values.to_code, "list": values.to_list, "yesno": values.to_yesno}
    return plain.get(dtype, values.to_text)


def _factor(header: str, units: Sequence[tuple[str, float]]) -> float:
    """Return what the unit in the brackets of a header multiplies by: 人口(万人), 面积(公顷)."""
    found = re.findall(r"\(([^)]*)\)", compact(header))
    return next((factor for unit, factor in units for text in found if unit in text), 1.0)


def _column(raw: RawTable, source: Source, field: str, position: int, dtype: str) -> tuple[Any, list[dict[str, Any]]]:
    """Convert one column; return its values and what was wrong with single cells."""
    converted, problems = values.convert(raw.columns[position], _converter(field, dtype, raw.headers[position]))
    notes = []
    for code, cells in sorted(problems.items()):
        notes += _problem_notes(raw, source, field, code, cells, dtype=dtype)
        if field in UNSURE and code == values.CELL_ERROR:
            converted = _set(converted, [one for found in cells.values() for one in found], UNSURE[field])
    header = raw.headers[position]
    if dtype in ("text", "list", "code"):
        clean = masked_codes if dtype == "code" else masked_column
        converted, touched = clean(converted)
        notes += _cell_note("S122", raw, source, field, touched, header=header)
    if field in BODY_FIELDS:
        converted, alone = masked_bodies(converted)
        notes += _cell_note("S122", raw, source, field, alone, header=header)
    if field == "address":
        short = [without_rooms(text) for text in converted]
        touched = [one for one, (text, old) in enumerate(zip(short, converted, strict=True)) if text != old]
        converted = short
        notes += _cell_note("S119", raw, source, field, touched, header=header)
    if dtype == "code":
        damaged = _lost_digits(converted) if raw.tabular and raw.encoding else []
        if damaged:
            cells = {converted[one]: [raw.rows[one]] for one in damaged}
            notes += by_value("S115", source, field, cells)
            converted = ["" if value in cells else value for value in converted]
    if dtype == "count" and raw.filled.get(position):
        below = sorted(raw.filled[position])
        notes += _cell_note("S117", raw, source, field, below, header=header)
        converted = _set(converted, below, None)
    return _typed(converted, dtype), notes


def _set(converted: Sequence[Any], positions: Sequence[int], value: Any) -> list[Any]:
    there = set(positions)
    return [value if one in there else old for one, old in enumerate(converted)]


def _cell_note(
    code: str, raw: RawTable, source: Source, field: str, positions: Sequence[int], *, header: str
) -> list[dict[str, Any]]:
    """Return one finding about cells of a column, none where there are none."""
    if not positions:
        return []
    refs = [source.cell(raw.rows[one], field) for one in positions[:REFS]]
    return [noticed(code, source.name, refs=refs, header=header, n=len(positions))]


def _problem_notes(
    raw: RawTable, source: Source, field: str, code: str, cells: Mapping[str, Sequence[int]], *, dtype: str
) -> list[dict[str, Any]]:
    """Tell of cells that could not be read; one is quoted only where it can name no person.

    Numbers, dates and their units may be quoted, error values too, and in vocabulary columns short words; of all
    others the cell and the length are told.
    """
    fits = {"vocab": is_word, "yesno": is_answer}.get(dtype, is_plain)
    shown: dict[str, list[int]] = {}
    hidden: list[int] = []
    longest = 0
    for text, positions in cells.items():
        rows = [raw.rows[one] for one in positions]
        if code == values.CELL_ERROR or is_plain(text) or fits(text):
            shown[text] = rows
        else:
            hidden += rows
            longest = max(longest, len(text))
    variant = {"variant": "status"} if field in UNSURE and code == "S110" else {}
    notes = by_value(code, source, field, shown, **variant)
    if hidden:
        refs = [source.cell(row, field) for row in sorted(hidden)[:REFS]]
        told: dict[str, Any] = {"value": MASK, "n": len(hidden), "length": longest, "variant": "withheld"}
        header = source.headers.get(field, field)
        notes.append(noticed(code, source.row_id(min(hidden)), refs=refs, header=header, **told))
    return notes


def _lost_digits(codes: Sequence[str]) -> list[int]:
    """Return the long codes of a text table that a spreadsheet has rounded: each ends in zeros from place 16 on."""
    long = [one for one, code in enumerate(codes) if len(code) > 15 and code.isdigit()]
    rounded = [one for one in long if not codes[one][15:].strip("0")]
    return rounded if len(rounded) >= 2 and len(rounded) == len(long) else []


def _typed(converted: list[Any], dtype: str) -> Any:
    if dtype == "count":
        return pd.array(converted, dtype="Int64")
    if dtype == "number":
        return pd.array(converted, dtype="Float64")
    return pd.array(converted, dtype="object")
