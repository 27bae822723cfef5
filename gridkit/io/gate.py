"""The gate at which the columns of persons leave a table, before anything else is read from it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.notes import noticed
from gridkit.io.person_numbers import MASK, mask_name_of_file
from gridkit.io.privacy import holds_names, holds_persons, is_personal_header, is_post_header, shown_header
from gridkit.io.text import cell_text, compact
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.io.dictionary import Columns
    from gridkit.io.raw import RawTable

POST_FIELDS: Final = frozenset(("secretary", "grid_head", "instructor", "contact_named"))
"""Yes/no fields whose columns hold names: reduced to filled or not."""

CODE_FIELDS: Final = frozenset(
    field
    for fields in (*LAYER_FIELDS.values(), *REGISTRY_FIELDS.values())
    for field, dtype in fields.items()
    if dtype == "code"
) | {"code"}
"""Fields of codes: 18 digits are a person's there only where the check digit fits."""

_CODES: Final = re.compile(r"代[码碼]|[编編][码碼号號]|code|uscc")


def gate(raw: RawTable, found: Columns) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Drop the columns of persons and return field -> position of what may be read.

    A column goes by its header, or by its cells: numbers of persons whatever field it would be, names of persons only
    where it is no field at all, since names of places and organisations can look like those of persons.
    """
    field_at = {position: field for field, position in found.fields.items()}
    fields: dict[str, int] = {}
    notes = []
    for position, header in enumerate(raw.headers):
        field = field_at.get(position, "")
        cells = raw.columns[position]
        headed = is_personal_header(header) or is_post_header(header)
        if field in POST_FIELDS:
            fields[field] = position
            if headed or holds_names(cells):
                notes.append(_person_note("S121", raw, position))
        elif headed or holds_persons(cells, codes=field in CODE_FIELDS or _CODES.search(compact(header)) is not None):
            notes.append(_person_note("S120", raw, position))
        elif field:
            fields[field] = position
        elif position not in found.rivals and holds_names(cells):
            notes.append(_person_note("S190", raw, position))
    return fields, notes


def _person_note(code: str, raw: RawTable, position: int) -> dict[str, Any]:
    header = shown_header(raw.headers[position]) or raw.letters[position]
    return noticed(code, raw.name, refs=[place_of(raw, position)], header=header, n=filled(raw.columns[position]))


def shown_table(raw: RawTable) -> RawTable:
    """Return a table as it may be spoken of: no person in its headers, nor a number of one in the name of its sheet."""
    sheet = mask_name_of_file(raw.sheet)
    notes = harmless(raw.notes) if MASK in sheet else raw.notes
    return replace(raw, sheet=sheet, headers=[shown_header(header) for header in raw.headers], notes=notes)


def harmless(value: Any) -> Any:
    """Return plain values (settings for a manifest) without numbers of persons in any text, names of files included.

    >>> harmless({"path": "某某13900000000.xlsx", "n": [1]})
    {'path': '某某***.xlsx', 'n': [1]}
    """
    if isinstance(value, str):
        return mask_name_of_file(value)
    if isinstance(value, dict):
        return {harmless(key): harmless(one) for key, one in value.items()}
    return type(value)(harmless(one) for one in value) if isinstance(value, (list, tuple)) else value


def place_of(raw: RawTable, position: int) -> str:
    """Return the place of a column: ``party.xlsx!Sheet1!D``, or ``grids.gpkg!grids.name``."""
    return f"{raw.name}!{raw.letters[position]}" if raw.tabular else f"{raw.name}.{raw.letters[position]}"


def filled(cells: Sequence[object]) -> int:
    """Return how many cells hold something."""
    return sum(bool(cell_text(cell).strip()) for cell in cells)
