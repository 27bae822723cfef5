"""A run as named tables with headings in the reader's language; the workbook and the page only lay them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gridkit.locale import gettext as _
from gridkit.reports import words
from gridkit.reports.names import Names
from gridkit.reports.values import texts, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridkit.model import Run

SHOWN = 12
"""How many references one cell lists; the rest is counted."""


@dataclass(frozen=True)
class Column:
    """One column: key in the frame, heading, width in Latin characters, whether its values are whole numbers."""

    key: str
    heading: str
    width: int = 14
    number: bool = False


@dataclass(frozen=True)
class Table:
    """One named table.

    ``frame`` has exactly the keys of ``columns``; text columns hold ``str``, number columns ``int`` or None.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    note: str = ""

    def __post_init__(self) -> None:
        if [column.key for column in self.columns] != list(self.frame.columns):
            raise ValueError(f"table {self.key}: {list(self.frame.columns)}")

    def __len__(self) -> int:
        return len(self.frame)


def listed(items: Iterable[object], shown: int = SHOWN) -> str:
    """Return items joined by ``; ``, the first ones written out and the rest counted.

    >>> listed(["a", "b", "c"], 2)
    'a; b; … and 1 more'
    """
    texts = [str(item) for item in items]
    more = [_("… and {n} more").format(n=len(texts) - shown)] if len(texts) > shown else []
    return "; ".join(texts[:shown] + more)


def _table(key: str, title: str, columns: Sequence[Column], data: dict[str, object], *, note: str = "") -> Table:
    frame = pd.DataFrame({column.key: pd.Series(data[column.key], dtype="object") for column in columns})
    return Table(key, title, tuple(columns), frame, note)


def compounds(run: Run, names: Names | None = None) -> Table:
    """Return one row per compound: where it is, its status and why, through which records and cells."""
    names = names or Names.of(run)
    cover, place = run.coverage.frame, run.places.frame.reindex(run.coverage.frame.index)
    attributes = run.attributes.frame.reindex(cover.index)
    columns = [
        Column("code", _("code"), 20),
        Column("name", _("compound"), 24),
        Column("street", _("street"), 16),
        Column("community", _("community"), 16),
        Column("grid", _("grid"), 16),
        Column("grid_code", _("grid code"), 20),
        Column("households", _("households"), 9, number=True),
        Column("formal_members", _("formal members"), 9, number=True),
        Column("status", _("status"), 18),
        Column("reason", _("reason"), 48),
        Column("organisation", _("organisation coverage"), 10),
        Column("work", _("work coverage"), 10),
        Column("valid", _("valid"), 10),
        Column("rule", _("deciding rule"), 16),
        Column("via", _("through the records"), 32),
        Column("open_via", _("waiting for confirmation"), 32),
        Column("flags", _("findings"), 14),
        Column("refs", _("cells"), 40),
    ]
    data: dict[str, object] = {
        "code": texts(cover.index),
        "name": texts(attributes["name"]),
        "street": names.places("street", place["street"]),
        "community": names.places("community", place["community"]),
        "grid": names.places("grid", place["grid"]),
        "grid_code": texts(place["grid"]),
        "households": whole(attributes["households"]),
        "formal_members": whole(attributes["formal_members"]),
        "status": [words.status_label(status) for status in cover["status"]],
        "reason": [
            words.reason(status, valid, listed(names.records(via), 3), listed(names.records(open_via), 3))
            for status, valid, via, open_via in zip(
                cover["status"], cover["valid"], cover["via"], cover["open_via"], strict=True
            )
        ],
        "rule": texts(cover["rule"]),
        **{key: [listed(value) for value in cover[key]] for key in ("via", "open_via", "flags", "refs")},
    }
    for key in ("organisation", "work", "valid"):
        data[key] = [words.labelled(words.ANSWERS, value) for value in cover[key]]
    return _table("compounds", _("Compounds"), columns, data)


def with_status(run: Run, table: Table, status: str) -> Table:
    """Return the rows of the compounds table that have ``status``, as the list of uncovered or of unknown ones."""
    keys = ["code", "name", "street", "community", "grid", "grid_code", "households"]
    keys += {"UNCOVERED": ["formal_members", "flags"], "UNKNOWN": ["reason", "open_via"]}[status]
    rows = (run.coverage.frame["status"] == status).to_numpy()
    title, note = {
        "UNCOVERED": (
            _("Uncovered"),
            _("Compounds that a registry declared complete does not cover. Planned and unknown ones are not here."),
        ),
        "UNKNOWN": (
            _("Unknown"),
            _("Compounds of which the data do not tell whether they are covered. Unknown is not uncovered."),
        ),
    }[status]
    frame = table.frame.loc[rows, keys].reset_index(drop=True)
    columns = tuple(column for column in table.columns if column.key in keys)
    return Table(status.lower(), title, columns, frame[[column.key for column in columns]], note)


def ordered(run: Run) -> pd.DataFrame:
    """Return the indicator rows in reading order: coverage first, completeness last, otherwise as measured."""
    frame = run.indicators.frame
    places = {name: place for place, name in enumerate(words.INDICATOR_TITLES)}
    return frame.iloc[frame["id"].map(lambda name: places.get(name, len(places))).argsort(kind="stable")]


def indicators(run: Run, names: Names | None = None) -> Table:
    """Return every indicator with numerator, denominator, what was left out, what is unknown, and its interval."""
    names = names or Names.of(run)
    frame = ordered(run)
    columns = [
        Column("title", _("indicator"), 34),
        Column("level", _("level"), 12),
        Column("scope", _("area"), 22),
        Column("basis", _("counted in"), 14),
        Column("numerator", _("numerator"), 11, number=True),
        Column("denominator", _("denominator"), 11, number=True),
        Column("unknown", _("unknown among them"), 11, number=True),
        Column("excluded", _("left out"), 11, number=True),
        Column("rate", _("rate (interval)"), 22),
        Column("details", _("details"), 30),
        Column("id", _("id"), 32),
        Column("scope_code", _("area code"), 18),
    ]
    figures = [whole(frame[key]) for key in ("numerator", "denominator", "unknown", "excluded")]
    data: dict[str, object] = {
        "title": [words.indicator_title(name) for name in frame["id"]],
        "level": [words.labelled(words.SCOPE_LEVELS, level) for level in frame["scope_level"]],
        "scope": [names.scope(level, code) for level, code in zip(frame["scope_level"], frame["scope"], strict=True)],
        "basis": [words.labelled(words.BASES, basis) for basis in frame["basis"]],
        **dict(zip(("numerator", "denominator", "unknown", "excluded"), figures, strict=True)),
        "rate": [
            words.rate(name, n or 0, d or 0, u or 0) for name, n, d, u in zip(frame["id"], *figures[:3], strict=True)
        ],
        "details": [words.details(value) for value in frame["details"]],
        "id": texts(frame["id"]),
        "scope_code": texts(frame["scope"]),
    }
    note = _("An interval says: from the share that is known, to the share if everything unknown were fulfilled.")
    return _table("indicators", _("Indicators"), columns, data, note=note)


def claims(run: Run, names: Names | None = None) -> Table:
    """Return every claim with its verdict, what decides it, and the figures it was measured by."""
    names = names or Names.of(run)
    frame = run.claims
    columns = [
        Column("text", _("claim"), 36),
        Column("verdict", _("verdict"), 12),
        Column("because", _("because"), 48),
        Column("stated", _("stated"), 12),
        Column("rate", _("recomputed (interval)"), 22),
        Column("numerator", _("numerator"), 11, number=True),
        Column("denominator", _("denominator"), 11, number=True),
        Column("indicator", _("indicator"), 32),
        Column("scope", _("area"), 18),
        Column("basis", _("counted in"), 14),
        Column("ids", _("decided by"), 40),
        Column("source", _("source"), 24),
    ]
    figures = [whole(frame[key]) for key in ("numerator", "denominator")]
    data: dict[str, object] = {
        **{key: texts(frame[key]) for key in ("text", "source")},
        "verdict": [words.labelled(words.VERDICTS, verdict) for verdict in frame["verdict"]],
        "because": [words.because(value) for value in frame["because"]],
        "stated": [
            words.stated(name, sign, figure)
            for name, sign, figure in zip(frame["indicator"], frame["comparator"], frame["figure"], strict=True)
        ],
        "rate": [
            words.claim_rate(name, n, d, float(high))
            for name, n, d, high in zip(frame["indicator"], *figures, frame["high"], strict=True)
        ],
        **dict(zip(("numerator", "denominator"), figures, strict=True)),
        "indicator": [words.indicator_title(name) for name in frame["indicator"]],
        "scope": [names.anywhere(code) for code in frame["scope"]],
        "basis": [words.labelled(words.BASES, basis) for basis in frame["basis"]],
        "ids": [listed(ids) for ids in frame["ids"]],
    }
    return _table("claims", _("Claims"), columns, data)


def findings(run: Run) -> Table:
    """Return every finding with its sentence and the cells to look at."""
    frame = run.findings.frame
    columns = [
        Column("code", _("rule"), 8),
        Column("severity", _("severity"), 9),
        Column("title", _("finding"), 32),
        Column("subject", _("about"), 24),
        Column("sentence", _("what was found"), 64),
        Column("refs", _("cells"), 48),
    ]
    data: dict[str, object] = {
        "code": texts(frame["code"]),
        "severity": [words.labelled(words.SEVERITY_LABELS, severity) for severity in frame["severity"]],
        "title": [words.rule_title(code) for code in frame["code"]],
        "subject": texts(frame["subject"]),
        "sentence": [words.finding_sentence(c, p) for c, p in zip(frame["code"], frame["params"], strict=True)],
        "refs": [listed(refs) for refs in frame["refs"]],
    }
    return _table("findings", _("Findings"), columns, data)


def set_aside(run: Run) -> Table:
    """Return every row that was read but not used, with its reason."""
    frame = run.city.set_aside.sort_values(["src", "row", "reason"], kind="stable")
    columns = [
        Column("src", _("source"), 36),
        Column("row", _("row"), 8, number=True),
        Column("reason", _("rule"), 10),
        Column("title", _("reason"), 40),
        Column("subject", _("about"), 32),
    ]
    data: dict[str, object] = {
        "src": texts(frame["src"]),
        "row": whole(frame["row"]),
        "reason": texts(frame["reason"]),
        "title": [words.rule_title(str(code)) for code in frame["reason"]],
        "subject": texts(frame["subject"]),
    }
    note = _("Rows in = rows kept + rows set aside, for every source.")
    return _table("set_aside", _("Rows set aside"), columns, data, note=note)


def sources(run: Run) -> Table:
    """Return every table or layer that was read, with its hash and its row balance."""
    rows = sorted(run.city.sources, key=lambda source: (source.kind, source.name))
    columns = [
        Column("kind", _("content"), 18),
        Column("path", _("file"), 36),
        Column("sheet", _("sheet or layer"), 16),
        Column("rows_in", _("rows in"), 9, number=True),
        Column("kept", _("kept"), 9, number=True),
        Column("set_aside", _("set aside"), 9, number=True),
        Column("complete", _("declared complete"), 10),
        Column("scope", _("complete for"), 14),
        Column("encoding", _("encoding"), 12),
        Column("crs_stated", _("coordinate system stated"), 16),
        Column("crs_used", _("coordinate system used"), 16),
        Column("sha256", _("SHA-256"), 66),
    ]
    data: dict[str, object] = {
        key: [getattr(source, key) for source in rows] for key in (column.key for column in columns)
    }
    data["kind"] = [words.labelled(words.KINDS, source.kind) for source in rows]
    data["complete"] = [words.labelled(words.ANSWERS, "yes" if source.complete else "no") for source in rows]
    return _table("sources", _("Sources"), columns, data)
