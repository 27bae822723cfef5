"""What a sheet hides or strikes out: rows, columns and single cells that nobody has decided about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.notes import noticed
from gridkit.io.persons import mask
from gridkit.io.raw import letter
from gridkit.io.text import cell_text
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.regions import Region

HELD, EXCLUDED = "S149", "S150"
PENDING, KEEP, EXCLUDE = "pending", "keep", "exclude"
ROW, STRUCK, SHEET = "row", "struck", "sheet"
"""Why a row is held: it is hidden, struck out, or stands on a hidden sheet."""

_CODES: Final = (
    "code", "compound_id", "branch_id", "unit_id", "company_id", "item_id", "target_id", "uscc",
)  # fmt: skip
_NAMES: Final = ("name", "unit_name", "company_name", "compound_name", "target_name", "item")


@dataclass(frozen=True)
class Doubt:
    """What of a table is hidden or struck out.

    ``rows`` are position -> why; ``cells`` are column -> positions of single cells that are struck out; ``columns`` are
    the positions of hidden columns that something would be read from.
    """

    rows: Mapping[int, str]
    cells: Mapping[int, tuple[int, ...]]
    columns: tuple[int, ...]


def doubt_of(
    region: Region, rows: Sequence[Sequence[Any]], reasons: Mapping[int, str], fields: Mapping[str, int], *, named: bool
) -> Doubt:
    """Find what is hidden or struck out in a table.

    Parameters
    ----------
    region, rows, reasons
        The table, its rows below the header, and position -> why a row is no record.
    fields : Mapping of str to int
        Field -> column, as the header is understood.
    named : bool
        Whether the project names this sheet: then it is no matter that the sheet is hidden.
    """
    start = region.header.last + 1
    hidden = region.sheet.hidden
    why: dict[int, str] = {}
    if hidden.sheet and not named:
        why = dict.fromkeys((one for one in range(len(rows)) if one not in reasons), SHEET)
    struck = _struck(region, len(rows))
    cells: dict[int, list[int]] = {}
    for position, columns in sorted(struck.items()):
        if position in reasons:
            continue
        if _whole(rows[position], columns, fields):
            why.setdefault(position, STRUCK)
        else:
            for column in sorted(columns):
                cells.setdefault(column, []).append(position)
    for row in hidden.rows:
        if 0 <= row - start < len(rows) and row - start not in reasons:
            why.setdefault(row - start, ROW)
    mapped = set(fields.values())
    out_of_sight = tuple(
        column - region.left
        for column in hidden.columns
        if region.left <= column < region.right
        and column - region.left in mapped
        and any(cell_text(row[column - region.left]).strip() for row in rows)
    )
    kept = {column: tuple(one for one in found if one not in why) for column, found in cells.items()}
    return Doubt(dict(sorted(why.items())), {column: found for column, found in kept.items() if found}, out_of_sight)


def _struck(region: Region, size: int) -> dict[int, set[int]]:
    """Return position -> columns of struck cells; a merged cell that is struck strikes all rows that it covers."""
    struck = region.sheet.hidden.struck
    if not struck:
        return {}
    start = region.header.last + 1
    found: dict[int, set[int]] = {}
    for row, column in struck:
        if 0 <= row - start < size and region.left <= column < region.right:
            found.setdefault(row - start, set()).add(column - region.left)
    for (r1, c1), (r2, _) in region.sheet.merged:
        if r2 > r1 and (r1, c1) in struck and region.left <= c1 < region.right:
            for row in range(max(r1, start), min(r2, start + size - 1) + 1):
                found.setdefault(row - start, set()).add(c1 - region.left)
    return found


def _whole(row: Sequence[Any], struck: set[int], fields: Mapping[str, int]) -> bool:
    """Tell whether a row is struck out as a whole: the cell that names it, or most of its cells."""
    for names in (_NAMES, _CODES):
        own = [fields[name] for name in names if name in fields and cell_text(row[fields[name]]).strip()]
        if own:
            if set(own) <= struck:
                return True
            break
    filled = [column for column, cell in enumerate(row) if cell_text(cell).strip()]
    return len(struck & set(filled)) * 2 > len(filled)


def notes_of(region: Region, doubt: Doubt, setting: str, *, name: str) -> list[dict[str, Any]]:
    """Return the findings about what is hidden or struck out, and what became of it."""
    top = region.header.last + 2
    code = {PENDING: HELD, EXCLUDE: EXCLUDED, KEEP: "S145"}[setting]
    notes = []
    for why in (ROW, STRUCK, SHEET):
        found = [position for position, reason in doubt.rows.items() if reason == why]
        if found:
            variant: dict[str, Any] = {} if why == ROW else {"variant": why}
            refs = [f"{name}!{top + position}" for position in found]
            notes.append(noticed(code, name, refs=refs, n=len(found), **variant))
    texts = region.header.texts
    if doubt.columns:
        told: dict[str, Any] = {
            "n": len(doubt.columns),
            "headers": ", ".join(mask(texts[column]) for column in doubt.columns),
        }
        refs = [f"{name}!{letter(region.left + column)}" for column in doubt.columns]
        notes.append(noticed("S151", name, refs=refs, **told, **_as(setting)))
    for column, positions in sorted(doubt.cells.items()):
        refs = [f"{name}!{letter(region.left + column)}{top + position}" for position in positions]
        header = mask(texts[column]) or letter(region.left + column)
        notes.append(noticed("S152", name, refs=refs, header=header, n=len(positions), **_as(setting)))
    return notes


def _as(setting: str) -> dict[str, Any]:
    return {} if setting == PENDING else {"variant": setting}


def types_of(kind: str) -> Mapping[str, str]:
    """Return field -> type of a registry or layer."""
    return LAYER_FIELDS[kind] if kind in LAYER_FIELDS else REGISTRY_FIELDS[kind]
