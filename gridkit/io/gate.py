"""The gate at which the columns of persons leave a table, before anything else is read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.io.notes import noticed
from gridkit.io.persons import mask
from gridkit.io.privacy import holds_persons, is_personal_header, is_post_header
from gridkit.io.text import cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.io.dictionary import Columns
    from gridkit.io.raw import RawTable

POST_FIELDS: Final = frozenset(("secretary", "grid_head", "instructor", "contact_named"))
"""Yes/no fields whose columns hold names: reduced to filled or not."""


def gate(raw: RawTable, found: Columns) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Drop the columns of persons and return field -> position of what may be read."""
    field_at = {position: field for field, position in found.fields.items()}
    fields: dict[str, int] = {}
    notes = []
    for position, header in enumerate(raw.headers):
        field = field_at.get(position, "")
        cells = raw.columns[position]
        if field in POST_FIELDS:
            fields[field] = position
            if is_post_header(header) or is_personal_header(header):
                notes.append(_person_note("S121", raw, position))
        elif (
            is_personal_header(header)
            or is_post_header(header)
            or holds_persons(cells, codes=field.endswith("code") or field in ("uscc", "old_codes"))
        ):
            notes.append(_person_note("S120", raw, position))
        elif field:
            fields[field] = position
    return fields, notes


def _person_note(code: str, raw: RawTable, position: int) -> dict[str, Any]:
    header = mask(raw.headers[position])
    return noticed(code, raw.name, refs=[place_of(raw, position)], header=header, n=filled(raw.columns[position]))


def place_of(raw: RawTable, position: int) -> str:
    """Return the place of a column: ``party.xlsx!Sheet1!D``, or ``grids.gpkg!grids.name``."""
    return f"{raw.name}!{raw.letters[position]}" if raw.tabular else f"{raw.name}.{raw.letters[position]}"


def filled(cells: Sequence[object]) -> int:
    """Return how many cells hold something."""
    return sum(bool(cell_text(cell).strip()) for cell in cells)
