"""One figure as two sides tell it: a bridge from one to the other, and the rows behind every step of it.

Every row of a side ends in exactly one place: it does not count, names nothing known, or is about one thing or several.
From ``n`` things the rows that count are ``n`` + those that tell a thing once more - those that tell several in one row
+ those that name nothing known. The things of both sides differ by what only one of them tells or counts. So the bridge
closes whatever the rows say; it is no estimate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.model.fields import REGISTRY_FIELDS, VOCABULARIES
from gridkit.model.proof import BRIDGE_COLUMNS, BRIDGE_LINES, DIFFERENCE_COLUMNS, DIFFERENCE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Things = dict[str, tuple[str, ...]]
Pair = tuple[Iterable[str], Iterable[str]]

NO_SUMS: Final = ("built_year",)
"""Whole numbers that are no amounts."""
ROWS: Final = "rows"
"""The figure that counts rows."""


@dataclass(frozen=True)
class Side:
    """What one side tells.

    Parameters
    ----------
    label : str
        Who tells it.
    rows : pandas.DataFrame
        Its registry, indexed by row id, with the columns of its kind.
    things, maybe, names : pandas.Series
        Per row what it is about (tuple of codes), what it may be about, and its name as it is compared; see
        :func:`gridkit.linkage.identity.identify`.
    """

    label: str
    rows: pd.DataFrame
    things: pd.Series
    maybe: pd.Series
    names: pd.Series


class _Told:
    """A side, taken apart: which rows count, and which rows tell each thing."""

    def __init__(self, side: Side, not_counted: Mapping[str, Iterable[str]]) -> None:
        self.side = side
        order = sorted(side.rows.index, key=_row_order)
        self.things: Things = {record: side.things[record] for record in order}
        self.why = _left_out(side.rows, not_counted)
        self.counted = [record for record in order if record not in self.why]
        self.by_thing = _by_thing((record, self.things[record]) for record in order)
        self.counted_by = _by_thing((record, self.things[record]) for record in self.counted)
        self.may_mean = _by_thing((record, side.maybe[record]) for record in order if not self.things[record])
        self.unlinked = [record for record in self.counted if not self.things[record]]

        self.names: dict[str, str] = dict(side.names)
        self._cells: dict[str, dict[str, Any]] = {}

    def cell(self, record: str, field: str) -> Any:
        """Return the value of a field in a row."""
        if field not in self._cells:
            self._cells[field] = dict(zip(self.side.rows.index, self.side.rows[field], strict=True))
        return self._cells[field][record]

    def first(self, thing: str) -> str:
        """Return the row that speaks for a thing: the first that counts, else the first."""
        return (self.counted_by.get(thing) or self.by_thing[thing])[0]


def _row_order(record: str) -> tuple[str, int, str]:
    source, _, row = record.rpartition("!")
    return source, int(row) if row.isascii() and row.isdigit() else -1, row


def _left_out(rows: pd.DataFrame, not_counted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the rows that a side lists and does not count, and by which field."""
    found: dict[str, str] = {}
    for field, values in not_counted.items():
        if field in rows:
            found |= {
                str(record): field for record in rows.index[rows[field].isin(list(values))] if record not in found
            }
    return found


def _by_thing(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record, codes in pairs:
        for code in codes:
            found.setdefault(code, []).append(record)
    return found


def reconcile(
    name: str, kind: str, a: Side, b: Side, *, not_counted: Mapping[str, Iterable[str]] | None = None, scope: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay two tellings of one registry side by side.

    Parameters
    ----------
    name, kind : str
        What the comparison is called, and the kind of registry.
    a, b : Side
        The two tellings.
    not_counted : Mapping[str, iterable of str], optional
        Field -> values of rows that stand in a list and are not part of its figure.
    scope : str
        Code prefix: rows about things elsewhere are left out on both sides; rows about nothing known stay.

    Returns
    -------
    differences : pandas.DataFrame
        ``DIFFERENCE_COLUMNS``: one row per thing (or row) and difference, with the rows of both sides.
    bridge : pandas.DataFrame
        ``BRIDGE_COLUMNS``: from what ``a`` tells to what ``b`` tells, for the number of rows and for every amount
        (households, members, ...). The lines between two totals add up exactly to their difference.

    Examples
    --------
    >>> def side(label, codes):
    ...     index = pd.Index([f"{label}.csv!{n}" for n in range(len(codes))], name="row_id")
    ...     rows = pd.DataFrame({"name": codes, "members": pd.array([3] * len(codes), "Int64")}, index=index)
    ...     things = pd.Series([(code,) for code in codes], index=index, dtype=object)
    ...     return Side(label, rows, things, things.map(lambda _: ()), rows["name"])
    >>> differences, bridge = reconcile("units", "units", side("a", ["x", "y", "y"]), side("b", ["x", "z"]))
    >>> [(row.kind, row.code) for row in differences.itertuples()]
    [('twice_a', 'y'), ('only_a', 'y'), ('only_b', 'z')]
    >>> rows = bridge[bridge["figure"] == "rows"].set_index("line")["amount"]
    >>> {line: n for line, n in rows.items() if n}
    {'rows_a': 3, 'counted_a': 3, 'twice_a': -1, 'only_a': -1, 'only_b': 1, 'counted_b': 2, 'rows_b': 2}
    """
    sides = tuple(_Told(_within(side, scope), not_counted or {}) for side in (a, b))
    found = [*_rows_of(*sides), *_things_of(*sides), *_values_of(kind, *sides)]
    order = {one: at for at, one in enumerate(DIFFERENCE_KINDS)}
    found.sort(key=lambda row: (order[row["kind"]], row["code"], row["field"], row["a_records"], row["b_records"]))
    table = pd.DataFrame([{"name": name, **row} for row in found], columns=list(DIFFERENCE_COLUMNS), dtype=object)
    lines = [*_count_lines(*sides), *(line for field in _amounts(kind, *sides) for line in _sum_lines(field, *sides))]
    known = {"name": name, "registry": kind, "a": a.label, "b": b.label}
    bridge = pd.DataFrame([{**known, **line} for line in lines], columns=list(BRIDGE_COLUMNS))
    return table, bridge


def _within(side: Side, scope: str) -> Side:
    if not scope:
        return side
    codes = [
        (*side.things[record], *(side.maybe[record] if not side.things[record] else ())) for record in side.rows.index
    ]
    keep = np.array([not one or any(code.startswith(scope) for code in one) for one in codes], dtype=bool)
    return Side(side.label, side.rows[keep], side.things[keep], side.maybe[keep], side.names[keep])


def _row(
    kind: str, code: str, field: str = "", *, values: tuple[object, object] = ("", ""), records: Pair
) -> dict[str, Any]:
    a, b = (_text(value) for value in values)
    rows = {"a_records": tuple(records[0]), "b_records": tuple(records[1])}
    return {"kind": kind, "code": code, "field": field, "a": a, "b": b, **rows}


def _text(value: object) -> str:
    """Return a value as text; a whole number without a point."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(int(value)) if isinstance(value, (int, float, np.integer)) else str(value)


def _pair(own: str, mine: Any, theirs: Any) -> tuple[Any, Any]:
    """Return what this side and the other say in the order of a and b."""
    return (mine, theirs) if own == "a" else (theirs, mine)


def _rows_of(a: _Told, b: _Told) -> Iterator[dict[str, Any]]:
    """Yield what one side shows by itself: rows about nothing known, things told twice, rows that tell several."""
    for own, one, other in (("a", a, b), ("b", b, a)):
        for record in one.unlinked:
            yield _row(f"unlinked_{own}", "", records=_pair(own, [record], ()))
        for code, records in one.counted_by.items():
            if len(records) > 1:
                number = _pair(own, len(records), len(other.counted_by.get(code, ())))
                yield _row(
                    f"twice_{own}", code, values=number, records=_pair(own, records, other.by_thing.get(code, ()))
                )
        for record in one.counted:
            codes = one.things[record]
            if len(codes) > 1:
                theirs = sorted({row for code in codes for row in other.by_thing.get(code, ())}, key=_row_order)
                number, rows = _pair(own, 1, len(theirs)), _pair(own, [record], theirs)
                yield _row(f"merged_{own}", ",".join(codes), values=number, records=rows)


def _things_of(a: _Told, b: _Told) -> Iterator[dict[str, Any]]:
    """Yield the things that only one side tells or counts."""
    for own, one, other in (("a", a, b), ("b", b, a)):
        for code, records in one.counted_by.items():
            theirs = other.by_thing.get(code)
            if theirs is None:
                near = other.may_mean.get(code, [])
                yield _row(f"only_{own}", code, "open" if near else "", records=_pair(own, records, near))
            elif code not in other.counted_by:
                field = other.why[theirs[0]]
                said = _pair(own, one.cell(records[0], field), other.cell(theirs[0], field))
                side = "b" if own == "a" else "a"
                yield _row(f"moved_out_{side}", code, field, values=said, records=_pair(own, records, theirs))


def _values_of(kind: str, a: _Told, b: _Told) -> Iterator[dict[str, Any]]:
    """Yield the things that both tell, under another name, in another class, or with another number."""
    fields = [name for name in REGISTRY_FIELDS[kind] if name in a.side.rows and name in b.side.rows]
    title = next((field for field in fields if field in ("name", "compound_name")), "")
    for code in a.by_thing:
        if code not in b.by_thing:
            continue
        here, there = a.first(code), b.first(code)
        if not len(a.things[here]) == len(b.things[there]) == 1:
            continue
        rows = a.by_thing[code], b.by_thing[code]
        names = a.names[here], b.names[there]
        if title and all(names) and names[0] != names[1]:
            yield _row("renamed", code, title, values=(a.cell(here, title), b.cell(there, title)), records=rows)
        for field in fields:
            one, other = a.cell(here, field), b.cell(there, field)
            how = _differ(one, other, field, REGISTRY_FIELDS[kind][field])
            if how:
                yield _row(how, code, field, values=(one, other), records=rows)


def _differ(one: Any, other: Any, field: str, dtype: str) -> str:
    """Return how two values of a field differ that both are stated: ``reclassified``, ``value`` or not."""
    if field in VOCABULARIES or field == "eligible":
        return "reclassified" if one != other and {one, other}.isdisjoint(("", "unknown")) else ""
    if dtype != "count" or one is pd.NA or other is pd.NA:
        return ""
    return "value" if one != other else ""


def _line(figure: str, line: str, amount: int, things: int) -> dict[str, Any]:
    return {"figure": figure, "line": line, "amount": amount, "things": things}


def _count_lines(a: _Told, b: _Told) -> Iterator[dict[str, Any]]:
    """Yield the bridge of the number of rows."""
    values: dict[str, tuple[int, int]] = dict.fromkeys(BRIDGE_LINES, (0, 0))
    for own, one, other, sign in (("a", a, b, -1), ("b", b, a, 1)):
        side = "b" if own == "a" else "a"
        only = [code for code in one.counted_by if code not in other.by_thing]
        near = sum(code in other.may_mean for code in only)
        moved = sum(code in other.by_thing and code not in other.counted_by for code in one.counted_by)
        twice = [len(records) - 1 for records in one.counted_by.values() if len(records) > 1]
        merged = [len(one.things[record]) - 1 for record in one.counted if len(one.things[record]) > 1]
        values[f"rows_{own}"] = (len(one.things),) * 2
        values[f"not_counted_{own}"] = (sign * len(one.why), len(one.why))
        values[f"counted_{own}"] = (len(one.counted),) * 2
        values[f"unlinked_{own}"] = (sign * len(one.unlinked), len(one.unlinked))
        values[f"twice_{own}"] = (sign * sum(twice), len(twice))
        values[f"merged_{own}"] = (-sign * sum(merged), len(merged))
        values[f"only_{own}"] = (sign * (len(only) - near), len(only) - near)
        values[f"open_{own}"] = (sign * near, near)
        values[f"moved_out_{side}"] = (sign * moved, moved)
    yield from (_line(ROWS, line, *value) for line, value in values.items())


def _amounts(kind: str, a: _Told, b: _Told) -> list[str]:
    """Return the amounts that both sides state at least once."""
    fields = [name for name, dtype in REGISTRY_FIELDS[kind].items() if dtype == "count" and name not in NO_SUMS]
    frames = (a.side.rows, b.side.rows)
    return [name for name in fields if all(name in frame and frame[name].notna().any() for frame in frames)]


def _sum_lines(field: str, a: _Told, b: _Told) -> Iterator[dict[str, Any]]:
    """Yield the bridge of an amount: every row gives its whole amount to one line.

    What both sides count is compared in groups: the rows of both sides that share a thing, directly or through others.
    """
    values: dict[str, list[int]] = {line: [0, 0] for line in BRIDGE_LINES}

    def add(line: str, amount: int, things: int = 1) -> None:
        values[line][0] += amount
        values[line][1] += things

    groups = _Joined()
    matched: list[tuple[str, int, int | None, str]] = []
    for own, one, other, sign in (("a", a, b, -1), ("b", b, a, 1)):
        amounts = one.side.rows[field]
        stated = {str(record): int(value) for record, value in amounts[amounts.notna()].items()}
        seen: set[str] = set()
        for record, codes in one.things.items():
            amount = stated.get(record, 0)
            values[f"rows_{own}"][0] += amount
            values[f"rows_{own}"][1] += record in stated
            if record in one.why:
                add(f"not_counted_{own}", sign * amount)
                continue
            add(f"counted_{own}", amount, record in stated)
            line = _line_of(codes, seen, other)
            seen.update(codes)
            if line == "matched":
                for code in codes:
                    groups.join(codes[0], code)
                matched.append((codes[0], sign * amount, stated.get(record), own))
            elif line:
                side = {"moved_out": "b" if own == "a" else "a"}.get(line, own)
                add(f"{line}_{side}", sign * amount)
    for line, amount in groups.differences(matched):
        add(line, amount)
    yield from (_line(field, line, *value) for line, value in values.items())


def _line_of(codes: tuple[str, ...], seen: set[str], other: _Told) -> str:
    """Return to which line of a bridge the amount of a row that counts belongs."""
    if not codes:
        return "unlinked"
    if seen.issuperset(codes):
        return "twice"
    if any(code in other.counted_by for code in codes):
        return "matched"
    if any(code in other.by_thing for code in codes):
        return "moved_out"
    return "open" if any(code in other.may_mean for code in codes) else "only"


class _Joined:
    """Things that one row names together."""

    def __init__(self) -> None:
        self._head: dict[str, str] = {}

    def find(self, code: str) -> str:
        while (head := self._head.get(code, code)) != code:
            code = head
        return code

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.find(one), self.find(other)))
        if low != high:
            self._head[high] = low

    def differences(self, matched: Iterable[tuple[str, int, int | None, str]]) -> Iterator[tuple[str, int]]:
        """Yield line and difference of every group of rows that both sides count and that comes to another amount."""
        groups: dict[str, list[tuple[int, int | None, str]]] = {}
        for code, amount, stated, own in matched:
            groups.setdefault(self.find(code), []).append((amount, stated, own))
        for _, rows in sorted(groups.items()):
            silent = {own for own in ("a", "b") if all(stated is None for _, stated, side in rows if side == own)}
            change = sum(amount for amount, _, _ in rows)
            if change:
                yield (f"unstated_{silent.pop()}" if len(silent) == 1 else "value"), change
