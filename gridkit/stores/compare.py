"""Tables of two runs compared cell by cell: other bytes with equal values, or other values, and which."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gridkit.locale import gettext as _
from gridkit.stores.digest import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SHOWN: Final = 3
"""Examples of each table."""
RELATIVE: Final = 1e-9
"""Two numbers that differ by less of themselves are equal: libraries may add up in another order."""
NEAR: Final[Mapping[str, float]] = {"x": 0.001, "y": 0.001, "area_m2": 1.0, "lon": 1e-8, "lat": 1e-8}
"""How far places may lie apart (a millimetre, and what that does to an area) and be equal."""
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "compounds": ("code",),
    "indicators": ("id", "scope_level", "scope", "basis"),
    "links": ("record", "field", "position", "level", "code", "rank"),
    "trace": ("compound", "rule"),
    "sources": ("path", "sheet", "kind"),
    "rows": ("kind", "code", "record"),
    "claims": ("text", "indicator", "scope", "basis"),
    "bridges": ("name", "figure", "line"),
    "definitions": ("subject", "code"),
    "differences": ("name", "kind", "code", "field"),
    "findings": ("code", "subject"),
    "league": ("level", "code"),
    "matrix": ("subject", "scope_level", "scope", "numerator_id", "denominator_id", "weight"),
    "plan": ("kind", "community"),
    "set_aside": ("src", "row"),
    "shades": ("code",),
    "tricks": ("code",),
}
"""What tells the rows of a table apart; those of others are compared in their order."""


@dataclass(frozen=True)
class TableChange:
    """How a table differs: in its bytes only (``values_equal``), or in rows, columns and cells.

    ``gone`` and ``new`` count rows that only one side has, ``rows`` those that both have with another value,
    ``columns`` the columns they differ in; ``examples`` are (row, column, before, after), ``problem`` what keeps the
    table from being compared.
    """

    table: str
    values_equal: bool = False
    before: int = 0
    after: int = 0
    gone: int = 0
    new: int = 0
    rows: int = 0
    columns: tuple[str, ...] = ()
    examples: tuple[tuple[str, str, str, str], ...] = ()
    problem: str = ""


def compare_tables(before: Path, after: Path) -> list[TableChange]:
    """Return the tables of two run folders that differ, by name; those with the same bytes are not read.

    Parameters
    ----------
    before, after : pathlib.Path
        Folders with ``tables/*.parquet``.
    """
    sides = [{path.stem: path for path in sorted((one / "tables").glob("*.parquet"))} for one in (before, after)]
    found = []
    for name in sorted({*sides[0], *sides[1]}):
        if name not in sides[1]:
            found.append(TableChange(name, problem=_("the table is not written any more")))
        elif name not in sides[0]:
            found.append(TableChange(name, problem=_("the table was not written before")))
        elif file_digest(sides[0][name]) != file_digest(sides[1][name]):
            found.append(_compare(name, sides[0][name], sides[1][name]))
    return found


def _compare(name: str, before: Path, after: Path) -> TableChange:
    try:
        old, new = pq.read_table(before), pq.read_table(after)
    except (OSError, pa.ArrowException):
        return TableChange(name, problem=_("the table cannot be read; its bytes differ"))
    shared = [column for column in old.column_names if column in new.column_names]
    lacking = [column for column in (*old.column_names, *new.column_names) if column not in shared]
    old_keys, new_keys = _keys(name, old, shared), _keys(name, new, shared)
    at = {key: row for row, key in enumerate(new_keys)}
    pairs = [(row, at[key]) for row, key in enumerate(old_keys) if key in at]
    left = np.array([row for row, _ in pairs], dtype=np.int64)
    right = np.array([row for _, row in pairs], dtype=np.int64)
    differ: dict[str, list[int]] = {}
    examples = []
    for column in shared:
        one, other = old[column].take(pa.array(left)), new[column].take(pa.array(right))
        if one.equals(other):
            continue
        values, others = one.to_pylist(), other.to_pylist()
        rows = [row for row in range(len(values)) if not _equal(values[row], others[row], NEAR.get(column, 0.0))]
        if rows:
            differ[column] = rows
            examples += [
                (_said(old_keys[left[row]]), column, _short(values[row]), _short(others[row])) for row in rows[:SHOWN]
            ]
    gone, new_rows = old.num_rows - len(pairs), new.num_rows - len(pairs)
    examples = sorted(examples, key=lambda one: shared.index(one[1]))[:SHOWN]
    examples += [(_said(key), "", _("there"), _("not there")) for key in old_keys if key not in at][
        : SHOWN if not examples else 1
    ]
    known = set(old_keys)
    examples += [(_said(key), "", _("not there"), _("there")) for key in new_keys if key not in known][
        : SHOWN if not examples else 1
    ]
    touched = {row for rows in differ.values() for row in rows}
    return TableChange(
        name,
        values_equal=not (gone or new_rows or touched or lacking),
        before=old.num_rows,
        after=new.num_rows,
        gone=gone,
        new=new_rows,
        rows=len(touched),
        columns=(*differ, *lacking),
        examples=tuple(examples),
    )


def _keys(name: str, table: pa.Table, shared: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what tells the rows of a table apart; rows that share a key are numbered."""
    columns = [column for column in KEYS.get(name, ()) if column in shared]
    if not columns:
        return [(str(row + 1),) for row in range(table.num_rows)]
    seen: Counter[tuple[str, ...]] = Counter()
    keys = []
    for values in zip(*(table[column].to_pylist() for column in columns), strict=True):
        key = tuple("" if value is None else str(value) for value in values)
        key = key[:2] if name == "rows" and key[1] else key  # a feature is known by its code, wherever it stands
        seen[key] += 1
        keys.append(key if seen[key] == 1 else (*key, f"#{seen[key]}"))
    return keys


def _equal(one: Any, other: Any, near: float) -> bool:
    if one == other or one is None or other is None:
        return bool(one == other)
    if isinstance(one, float) and isinstance(other, float):
        if one != one or other != other:  # noqa: PLR0124 - what is no number
            return one != one and other != other  # noqa: PLR0124
        return abs(one - other) <= max(near, RELATIVE * max(abs(one), abs(other)))
    return False


def _said(key: Sequence[str]) -> str:
    return " · ".join(part for part in key if part)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:80] + " …"


def say_changes(changes: Sequence[TableChange]) -> Iterator[str]:
    """Yield how tables differ, in sentences.

    >>> list(say_changes([TableChange("trace", values_equal=True)]))
    ['table trace: all values are equal, only the bytes differ (another version of a library)']
    """
    for change in changes:
        if change.problem:
            yield _("table {table}: {problem}").format(table=change.table, problem=change.problem)
        elif change.values_equal:
            said = _("table {table}: all values are equal, only the bytes differ (another version of a library)")
            yield said.format(table=change.table)
        else:
            said = _(
                "table {table}: values differ; {rows} of {before} rows changed ({columns}), {gone} gone, {new} new"
            )
            columns = ", ".join(change.columns) or "-"
            yield said.format(
                table=change.table,
                rows=change.rows,
                before=change.before,
                columns=columns,
                gone=change.gone,
                new=change.new,
            )
            for row, column, before, after in change.examples:
                what = f"{row}, {column}" if column else row
                yield _("  {what}: {before} before, {after} now").format(what=what, before=before, after=after)
