"""Two tellings of one figure: what explains them row by row, and the way from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.reports.names import Names
from gridkit.reports.tables import Column, Table, each, listed, table
from gridkit.reports.traced import figure_key
from gridkit.reports.values import short, texts, whole
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridkit.model import Run
    from gridkit.reports.trail import Trail

DIFFERENCES: Final[Mapping[str, str]] = {
    "unlinked_a": N_("in {a}, not to be found on the ground"),
    "unlinked_b": N_("in {b}, not to be found on the ground"),
    "twice_a": N_("counted twice in {a}"),
    "twice_b": N_("counted twice in {b}"),
    "merged_a": N_("merged in {a}"),
    "merged_b": N_("merged in {b}"),
    "only_a": N_("only in {a}"),
    "only_b": N_("only in {b}"),
    "moved_out_a": N_("listed in {a}, but not counted there"),
    "moved_out_b": N_("listed in {b}, but not counted there"),
    "reclassified": N_("another class"),
    "renamed": N_("another name"),
    "value": N_("another number"),
}
"""Kinds of differences between two tellings of one figure (``gridkit.model.proof.DIFFERENCE_KINDS``)."""

LINES: Final[Mapping[str, str]] = {
    **DIFFERENCES,
    "rows_a": N_("{a} tells"),
    "not_counted_a": N_("rows that {a} does not count"),
    "counted_a": N_("counted in {a}"),
    "open_a": N_("only in {a}, unless an open name of {b} means it"),
    "unstated_a": N_("without a number in {a}"),
    "unstated_b": N_("without a number in {b}"),
    "open_b": N_("only in {b}, unless an open name of {a} means it"),
    "counted_b": N_("counted in {b}"),
    "not_counted_b": N_("rows that {b} does not count"),
    "rows_b": N_("{b} tells"),
}
"""Lines of the bridge from one telling to the other (``gridkit.model.proof.BRIDGE_LINES``)."""

ROWS: Final = "rows"
TOTALS: Final = ("rows_a", "counted_a", "counted_b", "rows_b")
OPEN: Final = "open"
"""What the field of a difference says where an open name may mean the thing."""


def said(words: Mapping[str, str], key: object, sides: tuple[str, str] = ("", "")) -> str:
    """Return a kind of difference or a line of the bridge, with the names of both sides.

    >>> said(LINES, "only_a", ("the list", "the yearbook")), said(LINES, "rows_b"), said(LINES, "strange")
    ('only in the list', 'the second tells', 'strange')
    """
    a, b = sides[0] or _("the first"), sides[1] or _("the second")
    # Names are put in last, as they may hold braces.
    return gettext(words.get(str(key), str(key))).replace("{a}", a).replace("{b}", b)


def figure_label(key: object) -> str:
    """Return which figure a bridge leads over: rows, or a column that both tell.

    >>> figure_label("rows")
    'number of rows'
    """
    return _("number of rows") if key == ROWS else label(str(key), "field")


def sides_of(run: Run) -> dict[str, tuple[str, str]]:
    """Return, per comparison, who tells each side."""
    frame = run.result.bridges
    return {str(name): (str(a), str(b)) for name, a, b in zip(frame["name"], frame["a"], frame["b"], strict=True)}


def lines(run: Run, trail: Trail) -> list[dict[str, Any]]:
    """Return the ways from one telling to the other, line by line; lines of nothing are left out.

    The key of a line is given where as many rows stand behind it as it counts.
    """
    frame, sides, out = run.result.bridges, sides_of(run), []
    for (name, figure), rows in frame.groupby(["name", "figure"], sort=False):
        known = []
        for row in rows.to_dict("records"):
            line, things = row["line"], int(row["things"])
            if line not in TOTALS and not row["amount"] and not things:
                continue
            key = figure_key("difference", name, line, figure)
            known.append(
                {
                    "label": said(LINES, line, sides[name]), "amount": int(row["amount"]), "things": things,
                    "total": line in TOTALS, "key": key if _figure(trail, key) == things else "",
                }
            )  # fmt: skip
        out.append({"name": name, "figure": figure_label(figure), "sides": sides[name], "lines": known})
    return out


def _figure(trail: Trail, key: str) -> int:
    try:
        return trail[key].figure
    except KeyError:
        return -1


def in_brief(run: Run) -> list[str]:
    """Return one sentence per comparison: what both sides tell, and how many differences explain it."""
    frame, sides, found = run.result.bridges, sides_of(run), []
    counts = run.result.differences["name"].value_counts()
    for name, rows in frame[frame["figure"] == ROWS].groupby("name", sort=False):
        amounts = {str(line): int(n) for line, n in zip(rows["line"], rows["amount"], strict=True)}
        n, m = (amounts.get(f"counted_{side}", amounts.get(f"rows_{side}", 0)) for side in ("a", "b"))
        (a, b), count = sides[name], int(counts.get(name, 0))
        text = _("reconciliation “{name}”: {a} {n}, {b} {m}; differences: {count}")
        found.append(text.format(name=name, a=a, b=b, n=f"{n:,}", m=f"{m:,}", count=count))
    return found


def differences(run: Run, names: Names | None = None) -> Table:
    """Return what explains two tellings of one figure, row by row."""
    names = names or Names.of(run)
    frame, sides = run.result.differences, sides_of(run)
    columns = [
        Column("name", _("figure"), 28),
        Column("kind", _("difference"), 30),
        Column("thing", _("about"), 26),
        Column("code", _("code"), 20),
        Column("field", _("field"), 18),
        Column("a", _("first side says"), 22),
        Column("b", _("second side says"), 22),
        Column("a_cells", _("cells of the first side"), 40),
        Column("b_cells", _("cells of the second side"), 40),
    ]
    data: dict[str, object] = {
        "name": texts(frame["name"]),
        "kind": each(
            lambda kind, name: said(DIFFERENCES, kind, sides.get(name, ("", ""))), frame["kind"], frame["name"]
        ),
        "thing": each(lambda codes: _things(codes, names), frame["code"]),
        "code": texts(frame["code"]),
        "field": each(_field, frame["field"]),
        **{side: [short(value) for value in frame[side]] for side in ("a", "b")},
        **{f"{side}_cells": [_cells(run, ids, field) for ids, field in
                             zip(frame[f"{side}_records"], frame["field"], strict=True)] for side in ("a", "b")},
    }  # fmt: skip
    return table("differences", _("Reconciliation"), columns, data)


def _things(codes: object, names: Names) -> str:
    found = [code for code in str(codes or "").split(",") if code]
    return _("; ").join(name for code in found if (name := names.thing(code)) != code)


def _field(name: object) -> str:
    if name == OPEN:
        return _("an open name may mean it")
    return label(str(name), "field") if name else ""


def _cells(run: Run, ids: object, field: object) -> str:
    known = ids if isinstance(ids, (tuple, list, np.ndarray)) else () if not ids else (str(ids),)
    return listed([run.city.cell(str(record), "" if field == OPEN else str(field or "")) for record in known])


def bridge(run: Run) -> Table:
    """Return the way from what one telling counts to what the other does, line by line."""
    frame: pd.DataFrame = run.result.bridges
    sides = sides_of(run)
    columns = [
        Column("name", _("figure"), 28),
        Column("figure", _("counted in"), 16),
        Column("line", _("line of the reconciliation"), 44),
        Column("amount", _("amount"), 12, number=True),
        Column("things", _("things behind it"), 12, number=True),
    ]
    data: dict[str, object] = {
        "name": texts(frame["name"]),
        "figure": each(figure_label, frame["figure"]),
        "line": each(lambda line, name: said(LINES, line, sides[name]), frame["line"], frame["name"]),
        "amount": whole(frame["amount"]),
        "things": whole(frame["things"]),
    }
    return table("bridge", _("Reconciliation, summed up"), columns, data)
