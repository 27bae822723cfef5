"""From raw columns to the fixed fields of a kind: privacy first, then the dictionary, then the values."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.errors import LayerError, TableError
from gridkit.io import values
from gridkit.io.cells import read_column
from gridkit.io.dictionary import Columns, match, stated_position
from gridkit.io.gate import filled, gate, place_of, shown_table
from gridkit.io.notes import noticed
from gridkit.io.persons import MASK
from gridkit.io.privacy import is_personal_header, is_post_header, shown_header
from gridkit.io.text import compact
from gridkit.locale import N_
from gridkit.model import Source
from gridkit.model.city import REMARK_COLUMNS, no_remarks
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.io.raw import RawTable

_NUMBERING: Final = frozenset(("序号", "序", "no", "no.", "行号", "fid", "objectid", "ogc_fid", "gid"))
_PLACE_CODE: Final = re.compile(r"\d{9,}")


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
    raw = shown_table(raw)
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
    dropped = {ref for note in notes for ref in note["refs"]}
    notes += moved + _column_notes(raw, found, fields, source, dropped=dropped)
    if not raw.rows:
        notes.append(noticed("S147", source.name))
    if MASK in source.name:
        notes.append(noticed("S192", source.name))
    frame, remarks, found_notes = _frame(raw, source, fields, types_of(kind))
    return Records(kind, frame, source, frozenset(fields), raw.set_aside, [*raw.notes, *notes, *found_notes], remarks)


def _frame(
    raw: RawTable, source: Source, fields: Mapping[str, int], types: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, list[dict[str, Any]]]:
    """Return the values by row id, what cells say beside them, and findings about single cells."""
    data: dict[str, Any] = {}
    notes = []
    remarks: list[tuple[int, str, str, str]] = []
    for field, position in sorted(fields.items(), key=lambda item: item[1]):
        column = read_column(raw, source, field, position, types[field])
        data[field] = column.values
        notes += column.notes
        remarks += [(row, field, remark, written) for row, remark, written in column.remarks]
    start = source.row_id(0)[:-1]
    ids = [f"{start}{row}" for row in raw.rows]
    frame = pd.DataFrame(data, index=range(len(raw.rows)))
    frame["src"] = source.name
    frame["row"] = raw.rows
    frame.index = pd.Index(ids, dtype="object", name="row_id")
    if not remarks:
        return frame, no_remarks(), notes
    said = [(ids[row], field, remark, written) for row, field, remark, written in sorted(remarks)]
    return frame, pd.DataFrame(said, columns=list(REMARK_COLUMNS), dtype="object"), notes


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
            found=" | ".join(
                shown_header(header) for header in raw.headers if header and not is_personal_header(header)
            ),
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


def _column_notes(
    raw: RawTable, found: Columns, fields: Mapping[str, int], source: Source, *, dropped: set[str]
) -> list[dict[str, Any]]:
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
        header = shown_header(raw.headers[position])
        notes.append(noticed("S124", source.name, refs=refs, header=header, used=used, field=field, **counts))
    for field, position in sorted(found.cut.items()):
        if field in fields:
            notes.append(noticed("S125", source.name, header=raw.headers[position], field=field))
    unused = _unused(raw, {*fields.values(), *rivals, *found.fields.values()})
    unused = [position for position in unused if place_of(raw, position) not in dropped]
    if unused:
        refs = [place_of(raw, position) for position in unused]
        headers = ", ".join(shown_header(raw.headers[position]) or raw.letters[position] for position in unused)
        notes.append(noticed("S123", source.name, refs=refs, headers=headers, n=len(unused)))
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
