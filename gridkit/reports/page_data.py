"""The data behind the page: rows and cells of every figure that it marks, once, as one small JSON text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from gridkit.coverage.explain import WITHOUT_ORGANISATION
from gridkit.locale import gettext as _
from gridkit.model.fields import COMPOUND
from gridkit.reports import proof_words, words
from gridkit.reports.names import Names
from gridkit.reports.trail import Trail, figure_ids
from gridkit.reports.trail_cells import Finder, source_fields
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from gridkit.model import Run
    from gridkit.reports.traced import Traced

LARGE: Final = 5_000
"""With more compounds than this the page holds only the first rows of each figure."""
MOST: Final = 5_000
"""Rows that the page holds of one figure."""
MOST_OF_LARGE: Final = 150


@dataclass
class Marks:
    """The figures that a page marks, collected while it is laid out."""

    trail: Trail
    titles: dict[str, str] = field(default_factory=dict)
    traced: dict[str, Traced] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run) -> Marks:
        """Return marks of a run, none yet."""
        return cls(figure_ids(run))

    def mark(self, key: str, text: object = None, title: str = "") -> Markup:
        """Return a figure as a button that opens its rows; as plain text where nothing stands behind it.

        Parameters
        ----------
        key : str
            Key of the figure; without ``text`` its number is shown.
        title : str
            What the figure counts, for the head of the list.
        """
        traced = self._look(key)
        shown = text if text is not None else f"{traced.figure:,}" if traced else ""
        if traced is None or not (traced.ids or traced.records or traced.made_of):
            return Markup("<span{} class=n0>{}</span>").format(
                Markup(' data-figure="{}"').format(key) if traced else "", shown
            )
        self.titles.setdefault(key, title)
        for part in traced.made_of:
            if self._look(part) is not None:
                self.titles.setdefault(part, "")
        return Markup('<button type="button" class="f" data-figure="{}">{}</button>').format(key, shown)

    def _look(self, key: str) -> Traced | None:
        if key not in self.traced:
            try:
                self.traced[key] = self.trail[key]
            except KeyError:
                return None
        return self.traced[key]


def ranges(numbers: list[int]) -> str:
    """Return sorted whole numbers as ranges.

    >>> ranges([0, 1, 2, 5, 7, 8])
    '0-2,5,7-8'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def embedded(marks: Marks) -> Markup:
    """Return the JSON of all marked figures, safe inside ``<script type="application/json">``.

    ``s`` sources with their key columns, ``t`` things (kind, id, name, status, source, row, further things, cells),
    ``f`` figures (title, number, things, part that is no thing, its records, made of, where all of them are, how many).
    """
    run = marks.trail.run
    most = MOST if len(run.coverage.frame) <= LARGE else MOST_OF_LARGE
    things = _Things(run)
    figures = {
        key: [
            title, traced.figure, ranges(sorted(things.at(ident) for ident in traced.ids[:most])), traced.extra,
            ranges(sorted({things.at(ident) for ident in traced.records[:most]})),
            [part for part in traced.made_of if part in marks.titles],
            f"tables/{traced.table}.parquet: {traced.where}".removesuffix(": ") if traced.table else "",
            len(traced.ids), _weight(traced.weight),
        ]
        for key, title in marks.titles.items()
        for traced in [marks.traced[key]]
    }  # fmt: skip
    things.complete()
    data = {"s": things.sources(), "k": things.kinds, "st": things.statuses, "t": things.rows, "f": figures,
            "w": _words()}  # fmt: skip
    return safe_json(data)


def safe_json(data: object) -> Markup:
    """Return JSON that no HTML parser takes for markup.

    >>> json.loads(str(safe_json(["</script>", "&"]))), "<" in str(safe_json(["</script>"]))
    (['</script>', '&'], False)
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _weight(name: str) -> str:
    if not name:
        return ""
    last = name.rpartition(".")[2]
    return proof_words.weight_label("members" if last.endswith("members") or "members_" in last else last)


def _words() -> dict[str, str]:
    """Return the words of the panel."""
    return {
        "rows": _("{n} row(s)"),
        "sum": _("{n} row(s), together {figure} {weight}"),
        "first": _("the first {n} of {total}; all of them: {where}"),
        "all": _("also in {where}"),
        "extra": _("{n} more may be covered by names that match nothing known; the rows of these names:"),
        "records": _("rows that explain it:"),
        "made": _("computed from:"),
        "more": _("show more"),
        "cells": _("cells"),
        "through": _("through"),
        "none": _("no cell of a file: it is an area of the layer"),
        "numerator": _("numerator"),
        "denominator": _("denominator"),
        "unknown": _("unknown among them"),
        "missing": _("not fulfilled"),
        "excluded": _("left out"),
        "rate": _("share"),
    }


class _Things:
    """The things of a page, each once, in the order in which they were asked for."""

    def __init__(self, run: Run) -> None:
        self.run, self.finder, self.names = run, Finder(run), Names.of(run)
        self.index: dict[str, int] = {}
        self.rows: list[list[Any]] = []
        self.kinds: list[str] = []
        self.statuses = [words.status_label(status) for status in run.coverage.by_status()]
        self._status = {status: at for at, status in enumerate(run.coverage.by_status())}
        self._source_at: dict[str, int] = {}
        self._waiting: list[tuple[int, list[str]]] = []

    def at(self, ident: str) -> int:
        """Return the number of a thing; it is added where it is new."""
        if ident not in self.index:
            self.index[ident] = len(self.rows)
            self.rows.append([])
            self.rows[self.index[ident]] = self._row(ident)
        return self.index[ident]

    def complete(self) -> None:
        """Add the things that other things lead to."""
        while self._waiting:
            place, idents = self._waiting.pop()
            self.rows[place][6] = [self.at(ident) for ident in idents]

    def _kind(self, name: str) -> int:
        if name not in self.kinds:
            self.kinds.append(name)
        return self.kinds.index(name)

    def _source(self, name: str) -> int:
        return self._source_at.setdefault(name, len(self._source_at))

    def sources(self) -> list[list[Any]]:
        """Return name, whether it has spreadsheet columns, and label and column of each key field."""
        known = self.finder.sources
        out = []
        for name in self._source_at:
            source = known.get(name)
            fields = [[label(key, "field"), source.columns[key]] for key in source_fields(source)] if source else []
            out.append([name, int(source.tabular) if source else 0, fields])
        return out

    def _row(self, ident: str) -> list[Any]:
        """Return kind, id, name, status, source, row, further things, cells of one thing."""
        found = self.finder.finding(ident)
        if found is not None:
            return self._finding(ident, *found)
        at = self.finder.thing(ident)
        if at is None:
            return [self._kind(""), ident, self.names.thing(ident), -1, -1, 0, [], []]
        src, row, level = at
        status, name = -1, self.names.thing(ident)
        kind = level or self.finder.sources[src].kind if level or src in self.finder.sources else ""
        more: list[str] = []
        cells: list[str] = []
        if level == COMPOUND:
            status, more, cells = self._compound(ident)
        if more:
            self._waiting.append((len(self.rows) - 1, more))
        return [self._kind(words.table_label(kind) if kind else ""), ident if level else "",
                "" if name == ident else name, status, self._source(src), row, [], cells]  # fmt: skip

    def _compound(self, ident: str) -> tuple[int, list[str], list[str]]:
        cover = self.run.coverage.frame
        if ident not in cover.index:
            return -1, [], []
        row = cover.loc[ident]
        via = [] if row["status"] in WITHOUT_ORGANISATION and not row["via"] else list(row["via"])
        more = dict.fromkeys([*via, *row["open_via"], *self.finder.origins(ident)])
        return self._status[row["status"]], list(more), list(row["refs"])

    def _finding(self, ident: str, subject: str, refs: tuple[str, ...]) -> list[Any]:
        code, _mark, number = ident.rpartition("#")
        params = self.run.findings.with_code(code)["params"].iloc[int(number)]
        if subject and self.finder.thing(subject) is not None:
            self._waiting.append((len(self.rows) - 1, [subject]))
        return [self._kind(_("finding")), ident, words.finding_sentence(code, params), -1, -1, 0, [], list(refs)]
