"""Two runs compared, for people and for programs: lines of the terminal, tables of a workbook, one JSON document."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.audit.format import interval
from gridkit.audit.titles import basis_label, indicator_title
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.model.changes import CAUSES
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS
from gridkit.reports import words
from gridkit.reports.book import whole_book
from gridkit.reports.sheet import RowSheet
from gridkit.reports.tables import Column, Table
from gridkit.reports.xlsx import Styles, add_table, page, put, sheet_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gridkit.model.changes import RunDiff

SCHEMA: Final = "gridkit-diff-runs/1"
SHOWN: Final = 12
"""Rows of one kind that the terminal shows; the workbook and --json have all."""
CAUSE_WORDS: Final[Mapping[str, str]] = {
    "boundary": N_("boundaries"),
    "rules": N_("rules"),
    "settings": N_("project settings"),
    "links": N_("linkage"),
    "data": N_("data"),
    "version": N_("version of gridkit"),
    "elsewhere": N_("rows about other places"),
}
_CHANGE_WORDS: Final[Mapping[str, str]] = {"new": N_("new"), "gone": N_("gone"), "changed": N_("changed")}
_PARTS: Final[Mapping[str, str]] = {
    "settings": N_("setting"), "rules": N_("rule set"), "versions": N_("version"), "outputs": N_("output"),
}  # fmt: skip
_ANSWERS: Final[Mapping[str, str]] = {
    "status": N_("status"), "organisation": N_("organisation coverage"), "work": N_("work coverage"),
    "valid": N_("valid"),
}  # fmt: skip
_VERDICTS: Final[Mapping[str, str]] = {
    "upheld": N_("upheld"), "refuted": N_("refuted"), "undetermined": N_("undetermined"), "": N_("not stated"),
}  # fmt: skip
LONGEST: Final = 200
"""Letters of a setting that are shown."""


def causes_text(causes: tuple[str, ...]) -> str:
    """Return causes in words, in the order in which they are told.

    >>> causes_text(("data", "rules"))
    'rules, data'
    """
    return _(", ").join(_(CAUSE_WORDS[cause]) for cause in CAUSES if cause in causes)


def _listed(rows: tuple[str, ...]) -> str:
    shown = _(", ").join(rows[:SHOWN])
    return shown if len(rows) <= SHOWN else _("{shown} and {n} more").format(shown=shown, n=len(rows) - SHOWN)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _kind(kind: str) -> str:
    if kind == "overrides":
        return _("overrides file")
    if kind == "labels":
        return _("sample of checked links")
    second, _dot, first = kind.rpartition(".")
    label = words.table_label(first)
    return _("second telling: {kind}").format(kind=label) if second else label


def _rate(row: Mapping[str, Any], when: str) -> str:
    numbers = [row[f"{name}_{when}"] for name in ("numerator", "denominator", "unknown")]
    if any(number is None for number in numbers):
        return _("not measured")
    numerator, denominator, unknown = (int(number) for number in numbers)
    if numerator > denominator:
        return f"{numerator:,} / {denominator:,}"
    return f"{interval(numerator, denominator, unknown)} ({numerator:,} / {denominator:,})"


def inputs(diff: RunDiff) -> Table:
    """Return the files that differ."""
    rows = [
        (row["name"], _kind(row["kind"]), _(_CHANGE_WORDS[row["change"]]), row["before"], row["after"])
        for row in diff.inputs.to_dict("records")
    ]
    columns = (
        Column("name", _("file"), 40),
        Column("kind", _("what it is"), 28),
        Column("change", _("change"), 12),
        Column("before", _("sha256 before"), 30),
        Column("after", _("sha256 after"), 30),
    )
    return _table("inputs", _("Inputs"), columns, rows)


def settings(diff: RunDiff) -> Table:
    """Return settings, rules and versions that differ."""
    rows = [
        (_(_PARTS[row["part"]]), row["key"], _short(row["before"]), _short(row["after"]))
        for row in diff.settings.to_dict("records")
    ]
    columns = (
        Column("part", _("part"), 14),
        Column("key", _("key"), 44),
        Column("before", _("before"), 40),
        Column("after", _("after"), 40),
    )
    return _table("settings", _("Settings and versions"), columns, rows)


def rows_table(diff: RunDiff) -> Table:
    """Return how many rows of each kind say something else."""
    columns = (
        Column("kind", _("layer or registry"), 30),
        Column("before", _("rows before"), 14, number=True),
        Column("after", _("rows after"), 14, number=True),
        Column("gone", _("gone or changed"), 16, number=True),
        Column("new", _("new or changed"), 16, number=True),
    )
    order = {kind: at for at, kind in enumerate((*LAYER_FIELDS, *REGISTRY_FIELDS))}
    found = sorted(diff.rows.to_dict("records"), key=lambda row: order.get(row["kind"], len(order)))
    rows = [(_kind(row["kind"]), *(int(row[name]) for name in ("before", "after", "gone", "new"))) for row in found]
    return _table("rows", _("Rows that changed"), columns, rows)


def indicators(diff: RunDiff) -> Table:
    """Return the indicators that differ."""
    columns = (
        Column("title", _("indicator"), 40),
        Column("scope", _("scope"), 18),
        Column("basis", _("counted by"), 16),
        Column("before", _("before"), 30),
        Column("after", _("after"), 30),
        Column("id", _("code"), 30),
    )
    rows = [
        (
            indicator_title(row["id"]),
            words.scope_label(row["scope"]) if row["scope"] else _("whole city"),
            basis_label(row["basis"]),
            _rate(row, "before"),
            _rate(row, "after"),
            row["id"],
        )
        for row in diff.indicators.to_dict("records")
    ]
    return _table("indicators", _("Indicators"), columns, rows)


def claims(diff: RunDiff) -> Table:
    """Return the claims with another verdict."""
    columns = (
        Column("text", _("claim"), 60),
        Column("before", _("verdict before"), 18),
        Column("after", _("verdict after"), 18),
        Column("indicator", _("code"), 34),
    )
    rows = [
        (row["text"], _(_VERDICTS.get(row["before"], row["before"])), _(_VERDICTS.get(row["after"], row["after"])),
         row["indicator"])
        for row in diff.claims.to_dict("records")
    ]  # fmt: skip
    return _table("claims", _("Claims with another verdict"), columns, rows)


def compounds(diff: RunDiff) -> Table:
    """Return the compounds whose coverage differs, and why."""
    columns = (
        Column("code", _("code"), 22),
        Column("name", _("compound"), 26),
        Column("before", _("status before"), 26),
        Column("after", _("status after"), 26),
        Column("field", _("what differs"), 26),
        Column("causes", _("why"), 26),
        Column("rows_before", _("rows before"), 40),
        Column("rows_after", _("rows after"), 40),
    )
    rows = [
        (
            row["code"],
            row["name"],
            words.status_label(row["status_before"]) if row["status_before"] else _("not there"),
            words.status_label(row["status_after"]) if row["status_after"] else _("not there"),
            _(", ").join(_(_ANSWERS[name]) for name in row["field"].split(",")),
            causes_text(row["causes"]),
            _listed(row["rows_before"]),
            _listed(row["rows_after"]),
        )
        for row in diff.compounds.to_dict("records")
    ]
    return _table("compounds", _("Compounds with another coverage"), columns, rows)


def findings(diff: RunDiff) -> Table:
    """Return the rules that are broken more or less often."""
    columns = (
        Column("code", _("rule"), 10),
        Column("title", _("what it says"), 60),
        Column("before", _("before"), 12, number=True),
        Column("after", _("after"), 12, number=True),
    )
    rows = [
        (row["code"], words.rule_title(row["code"]), int(row["before"]), int(row["after"]))
        for row in diff.findings.to_dict("records")
    ]
    return _table("findings", _("Findings by rule"), columns, rows)


def _table(key: str, title: str, columns: tuple[Column, ...], rows: list[tuple[Any, ...]]) -> Table:
    names = [column.key for column in columns]
    return Table(key, title, columns, pd.DataFrame(rows, columns=names, dtype=object))


def diff_tables(diff: RunDiff) -> list[Table]:
    """Return what differs as tables, the results first, then what explains them; those without rows left out."""
    makers = (claims, indicators, compounds, inputs, settings, rows_table, findings)
    return [table for table in (make(diff) for make in makers) if len(table)]


def by_cause(diff: RunDiff) -> list[tuple[str, int]]:
    """Return how many compounds each cause holds for, in the order of causes; one compound may have several."""
    counts = [(cause, sum(cause in causes for causes in diff.compounds["causes"])) for cause in CAUSES]
    return [(cause, n) for cause, n in counts if n]


def diff_lines(diff: RunDiff) -> Iterator[str]:
    """Yield what differs as lines of a terminal."""
    for note in diff.notes:
        yield _("note: {text}").format(text=_(note))
    if diff.same:
        yield _("nothing differs between {a} and {b}").format(a=diff.a, b=diff.b)
        return
    yield _("{a} → {b}").format(a=diff.a, b=diff.b)
    for table in diff_tables(diff):
        yield ""
        yield f"{table.title} ({len(table):,})"
        if table.key == "compounds":
            counts = [_("{cause}: {n}").format(cause=_(CAUSE_WORDS[cause]), n=n) for cause, n in by_cause(diff)]
            yield "  " + _("Why: {counts}").format(counts=_(", ").join(counts))
        for row in table.frame.head(SHOWN).to_dict("records"):
            yield "  " + _line(table.key, row)
        if len(table) > SHOWN:
            yield "  " + _("… and {n} more; -o FILE.xlsx or --json has all").format(n=len(table) - SHOWN)


_LINES: Final[Mapping[str, str]] = {
    "inputs": N_("{name}: {change}"),
    "rows": N_("{kind}: {before} before, {after} now; {gone} gone or changed, {new} new or changed"),
    "claims": N_("{text}: {before} → {after}"),
    "indicators": N_("{title}, {scope}, {basis}: {before} → {after}"),
    "compounds": N_("{name} ({code}): {status} [{field}]; why: {causes}"),
    "findings": N_("{code} {title}: {before} → {after}"),
    "settings": N_("{key}: {before} → {after}"),
}


def _line(key: str, row: Mapping[str, Any]) -> str:
    """Return one row in words."""
    values = {**row, "status": row.get("before", "")}
    if key == "compounds" and row["before"] != row["after"]:
        values["status"] = _("{before} → {after}").format(**row)
    return _(_LINES[key]).format(**{name: "-" if value == "" else value for name, value in values.items()})


def diff_document(diff: RunDiff) -> dict[str, Any]:
    """Return everything as plain values; codes and ids, no words."""
    found = {name: _plain(table) for name, table in diff.tables().items()}
    return {
        "schema": SCHEMA,
        "a": diff.a,
        "b": diff.b,
        "same": diff.same,
        "causes": list(CAUSES),
        "notes": list(diff.notes),
        **found,
    }


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{name: _value(value) for name, value in row.items()} for row in table.to_dict("records")]


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if value is None or isinstance(value, (str, bool)):
        return value
    number = float(value)
    return None if math.isnan(number) else int(number) if number.is_integer() else number


def write_diff_xlsx(diff: RunDiff, path: Path) -> None:
    """Write a workbook with one sheet per kind of difference; the same bytes for the same two runs.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole_book(path) as book:
        title = _("Two runs compared")
        book.set_properties({"title": title, "author": "gridkit", "created": dt.datetime(1980, 1, 1)})
        styles = Styles(book)
        sheet = book.add_worksheet(sheet_title(_("Summary")), worksheet_class=RowSheet)
        sheet.set_column(0, 0, 110)
        for row, line in enumerate(diff_lines(diff)):
            put(sheet, row, 0, line, styles)
        page(sheet)
        for table in diff_tables(diff):
            add_table(book, table, styles)
