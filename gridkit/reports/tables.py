"""A run as named tables with headings in the reader's language; the workbook and the page only lay them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridkit.locale import gettext as _
from gridkit.model.fields import STATUSES
from gridkit.reports import words
from gridkit.reports.names import Names
from gridkit.reports.values import texts, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

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
    texts = list(map(str, items))
    if len(texts) <= shown:
        return "; ".join(texts)
    return "; ".join([*texts[:shown], _("… and {n} more").format(n=len(texts) - shown)])


def _each(make: Callable[..., str], *columns: Iterable[Any]) -> list[str]:
    """Return ``make`` of each row of some columns, worked out once for equal rows."""
    rows = list(zip(*columns, strict=True))
    said = {row: make(*row) for row in dict.fromkeys(rows)}
    return [said[row] for row in rows]


def _labels(labels: Mapping[str, str], keys: Iterable[object]) -> list[str]:
    return _each(lambda key: words.labelled(labels, key), keys)


def _table(key: str, title: str, columns: Sequence[Column], data: dict[str, object], *, note: str = "") -> Table:
    frame = pd.DataFrame({column.key: pd.Series(data[column.key], dtype="object") for column in columns})
    return Table(key, title, tuple(columns), frame, note)


def compounds(run: Run, names: Names | None = None, *, statuses: Collection[str] = STATUSES) -> Table:
    """Return one row per compound of some statuses: where it is, its status and why, through which records."""
    names = names or Names.of(run)
    cover = run.coverage.frame[run.coverage.frame["status"].isin(statuses)]
    place = run.places.frame.reindex(cover.index)
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
        "status": _each(words.status_label, cover["status"]),
        "reason": _each(
            lambda status, valid, via, open_via: words.reason(
                status, valid, listed(names.records(via), 3), listed(names.records(open_via), 3)
            ),
            *(cover[key] for key in ("status", "valid", "via", "open_via")),
        ),
        "rule": texts(cover["rule"]),
        **{key: [listed(value) for value in cover[key]] for key in ("via", "open_via", "flags", "refs")},
    }
    for key in ("organisation", "work", "valid"):
        data[key] = _labels(words.ANSWERS, cover[key])
    return _table("compounds", _("Compounds"), columns, data)


def with_status(run: Run, table: Table, status: str) -> Table:
    """Return the rows of the compounds table that have ``status``, as the list of uncovered or of unknown ones."""
    keys = ["code", "name", "street", "community", "grid", "grid_code", "households"]
    keys += {"UNCOVERED": ["formal_members", "flags"], "UNKNOWN": ["reason", "open_via"]}[status]
    held = run.coverage.frame["status"]
    rows = table.frame["code"].isin(set(texts(held.index[held == status]))).to_numpy()
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


def indicators(run: Run, names: Names | None = None, *, levels: Collection[str] | None = None) -> Table:
    """Return the indicators, of all levels or some: numerator, denominator, what was left out, what is unknown."""
    names = names or Names.of(run)
    frame = ordered(run)
    frame = frame if levels is None else frame[frame["scope_level"].isin(levels)]
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
        "title": _each(words.indicator_title, frame["id"]),
        "level": _labels(words.SCOPE_LEVELS, frame["scope_level"]),
        "scope": _each(names.scope, frame["scope_level"], frame["scope"]),
        "basis": _labels(words.BASES, frame["basis"]),
        **dict(zip(("numerator", "denominator", "unknown", "excluded"), figures, strict=True)),
        "rate": _each(lambda name, n, d, u: words.rate(name, n or 0, d or 0, u or 0), frame["id"], *figures[:3]),
        "details": [words.details(value) if value else "" for value in frame["details"]],
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
        "basis": _labels(words.BASES, frame["basis"]),
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
        "severity": _labels(words.SEVERITY_LABELS, frame["severity"]),
        "title": _each(words.rule_title, frame["code"]),
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
        "title": _each(words.rule_title, map(str, frame["reason"])),
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
