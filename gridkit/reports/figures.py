"""Indicators and claims as tables: every rate beside the whole numbers it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.audit.format import NO_RATE
from gridkit.audit.titles import TITLES, basis_label
from gridkit.audit.widening import ALLOWANCE
from gridkit.locale import gettext as _
from gridkit.model.fields import GRID
from gridkit.reports import proof_words, words
from gridkit.reports.names import Names
from gridkit.reports.tables import Column, Table, each, labels_of, listed, table
from gridkit.reports.values import shares, texts, whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from gridkit.model import City, Run

DECIDING = 5
"""Things that a claim names as deciding it; the rest is counted."""
_HOMES_PER_GRID = "load.households_per_grid"
_COUNTS = ("numerator", "denominator", "unknown", "excluded")


def ordered(run: Run) -> pd.DataFrame:
    """Return the indicator rows in reading order: coverage first, completeness last, otherwise as measured."""
    frame = run.indicators.frame
    places = {name: place for place, name in enumerate(TITLES)}
    return frame.iloc[frame["id"].map(lambda name: places.get(name, len(places))).argsort(kind="stable")]


def title(name: str, city: City) -> str:
    """Return the title of an indicator; that of households per grid says where the households are taken from.

    The grid layer counts every household of a grid, the compounds only their own: the totals differ.
    """
    text = words.indicator_title(name)
    if name != _HOMES_PER_GRID or GRID not in city.layers:
        return text
    stated = city.layers[GRID].frame["households"].notna()
    source = (
        _("as the grid layer states them") if stated.all()
        else _("summed over the compounds") if not stated.any()
        else _("as the grid layer states them, else summed over the compounds")
    )  # fmt: skip
    return _("{title} ({source})").format(title=text, source=source)


def _details(run: Run, frame: pd.DataFrame) -> list[str]:
    layer = run.city.layers.get(GRID)
    kinds = {} if layer is None else {"kinds": layer.frame["grid_kind"].fillna("").value_counts().to_dict()}
    return [
        words.details(name, {**values, **(kinds if values.get("other_kinds") else {})}) if values else ""
        for name, values in zip(frame["id"].tolist(), frame["details"].tolist(), strict=True)
    ]


def _rate(name: str, n: int | None, d: int | None, u: int | None, less: int = 0, more: int = 0) -> str:
    return words.rate(name, n or 0, d or 0, u or 0, less=less, more=more)


def allowances(frame: pd.DataFrame) -> list[list[int]]:
    """Return the link-error allowance of indicator rows: how much fewer and how much more; 0 where nobody noted it."""
    return [[value or 0 for value in whole(_given(frame, name, None))] for name in ALLOWANCE]


def interval_note() -> str:
    """Return what an interval says."""
    return _(
        "An interval says: from the share that is known, to the share if everything unknown were fulfilled; both ends "
        "moved outwards by the links that may be wrong."
    )


def _blank(values: Iterable[Any], hidden: Iterable[bool]) -> list[Any]:
    """Return values, None where ``hidden``: the numbers of a gap are cross products that nobody can read."""
    return [None if hide else value for value, hide in zip(values, hidden, strict=True)]


def indicators(run: Run, names: Names | None = None, *, levels: Collection[str] | None = None) -> Table:
    """Return the indicators, of all levels or some: numerator, denominator, what was left out, what is unknown."""
    names = names or Names.of(run)
    frame = ordered(run)
    frame = frame if levels is None else frame[frame["scope_level"].isin(levels)]
    columns = [
        Column("title", _("indicator"), 34),
        Column("level", _("level"), 12, page=False),
        Column("scope", _("area"), 22),
        Column("basis", _("counted in"), 14),
        Column("numerator", _("numerator"), 11, number=True),
        Column("denominator", _("denominator"), 11, number=True),
        Column("unknown", _("unknown among them"), 11, number=True),
        Column("excluded", _("left out"), 11, number=True),
        Column("rate", _("rate (interval)"), 22),
        Column("plain", _("without the link-error allowance"), 22, page=False),
        Column("low", _("lowest"), 10, number=True, page=False),
        Column("high", _("highest"), 10, number=True, page=False),
        Column("details", _("details"), 48),
        Column("scope_code", _("area code"), 18, page=False),
        Column("id", _("internal id"), 32, page=False),
    ]
    gap, mean = (frame["id"] == words.GAP).tolist(), frame["id"].str.startswith(words.MEANS).tolist()
    figures = [whole(frame[key]) for key in _COUNTS]
    data: dict[str, object] = {
        "title": each(lambda name: title(name, run.city), frame["id"]),
        "level": labels_of(words.SCOPE_LEVELS, frame["scope_level"]),
        "scope": each(names.scope, frame["scope_level"], frame["scope"]),
        "basis": each(basis_label, frame["basis"]),
        **{key: _blank(values, gap) for key, values in zip(_COUNTS, figures, strict=True)},
        "rate": each(_rate, frame["id"], *figures[:3], *allowances(frame)),
        "plain": each(_rate, frame["id"], *figures[:3]),
        "low": _blank(shares(frame["low"], mean), gap),
        "high": _blank(shares(frame["high"], mean), gap),
        "details": _details(run, frame),
        "id": texts(frame["id"]),
        "scope_code": texts(frame["scope"]),
    }
    note = interval_note()
    return table("indicators", _("Indicators"), columns, data, note=note)


def _given(frame: pd.DataFrame, name: str, missing: Any) -> list[Any]:
    """Return a column of the claims, ``missing`` for all where an older table does not have it."""
    return frame[name].tolist() if name in frame else [missing] * len(frame)


def _unreadable(row: dict[str, Any]) -> bool:
    return isinstance(row["because"], dict) and row["because"].get("key") == "unreadable"


def _stated(row: dict[str, Any]) -> str:
    """Return the figure of a claim as it was stated; a dash where the entry cannot be read."""
    if _unreadable(row) and not row["figure"] == row["figure"]:  # noqa: SIM201 - NaN
        return NO_RATE
    return words.stated(row["indicator"], row["comparator"], row["figure"], row.get("upper"))


def _scope(row: dict[str, Any], names: Names) -> str:
    """Return the place that a claim speaks of; nothing where the entry cannot be read and names none."""
    if not row["scope"] and _unreadable(row):
        return ""
    level, code = (str(row.get(key) or "") for key in ("scope_level", "scope_code"))
    return names.scope(level, code) if level and code else names.anywhere(row["scope"])


def claims(run: Run, names: Names | None = None) -> Table:
    """Return every claim with its verdict, what decides it, and the figures it was measured by."""
    names = names or Names.of(run)
    frame = run.claims
    columns = [
        Column("text", _("claim"), 36),
        Column("verdict", _("verdict"), 12),
        Column("because", _("because"), 48),
        Column("definition", _("definition it was made under"), 30, page=False),
        Column("upheld_under", _("would hold only under"), 40, page=False),
        Column("stated", _("stated"), 12),
        Column("rate", _("recomputed (interval)"), 22),
        Column("low", _("lowest"), 10, number=True),
        Column("high", _("highest"), 10, number=True),
        Column("numerator", _("numerator"), 11, number=True),
        Column("denominator", _("denominator"), 11, number=True),
        Column("indicator", _("indicator"), 32),
        Column("scope", _("area"), 18),
        Column("basis", _("counted in"), 14),
        Column("things", _("decided by"), 40),
        Column("source", _("source"), 24),
        Column("ids", _("internal ids"), 40),
    ]
    gap, mean = (frame["indicator"] == words.GAP).tolist(), [str(n).startswith(words.MEANS) for n in frame["indicator"]]
    figures = [whole(frame[key]) for key in ("numerator", "denominator")]
    data: dict[str, object] = {
        **{key: texts(frame[key]) for key in ("text", "source")},
        "verdict": labels_of(words.VERDICTS, frame["verdict"]),
        "because": [words.because(value) for value in frame["because"]],
        "definition": [proof_words.definition_label(text) for text in texts(_given(frame, "definition", ""))],
        "upheld_under": [
            "" if verdict == "upheld" else listed(ids, say=proof_words.definition_label)
            for verdict, ids in zip(frame["verdict"], _given(frame, "upheld_under", ()), strict=True)
        ],
        "stated": [_stated(row) for row in frame.to_dict("records")],
        "rate": [words.claim_rate(row) for row in frame.to_dict("records")],
        "low": _blank(shares(frame["low"], mean), gap),
        "high": _blank(shares(frame["high"], mean), gap),
        **{key: _blank(values, gap) for key, values in zip(("numerator", "denominator"), figures, strict=True)},
        "indicator": [title(name, run.city) for name in frame["indicator"]],
        "scope": [_scope(row, names) for row in frame.to_dict("records")],
        "basis": [basis_label(str(basis)) for basis in frame["basis"]],
        "things": [listed(ids, DECIDING, names.thing) for ids in frame["ids"]],
        "ids": [listed(ids) for ids in frame["ids"]],
    }
    return table("claims", _("Claims"), columns, data)
