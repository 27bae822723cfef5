"""``review.xlsx``: one row per decision, with a list to pick from; filled in, it is an overrides file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from gridkit.io.review import CANDIDATES, CHECK, OPTIONS, REVIEW_COLUMNS, TARGETS
from gridkit.linkage.mentions import title_of
from gridkit.locale import gettext as _
from gridkit.reports import words
from gridkit.reports.book import whole_book
from gridkit.reports.sheet import RowSheet
from gridkit.reports.xlsx import Styles, page, put, sheet_title, text_of
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

CELLS: Final = 6
"""Cells of one decision that are named; the others are counted."""
SHORT: Final = 60
"""Characters of a name in the list to pick from."""
_HEAD: Final = 2
"""Row of the headings; above them the instructions and the hidden names of the columns."""
_AT: Final = {name: at for at, name in enumerate(REVIEW_COLUMNS)}
_HIDDEN: Final = ("key", "kind", "field", *TARGETS, *OPTIONS, CHECK)
_WIDTHS: Final = {
    "mention": 26, "parent": 16, "choice": 30, **{f"candidate{at}": 30 for at in range(1, CANDIDATES + 1)},
    "other": 18, "reason": 24, "impact": 9, "households": 9, "registry": 20, "address": 22, "cells": 36,
    "reviewer_role": 14, "decided_on": 12, "expires": 12,
}  # fmt: skip
_FILLED: Final = ("choice", "other", "reason", "reviewer_role", "decided_on", "expires")
"""Columns that a person fills."""


def write_review_xlsx(queue: pd.DataFrame, path: Path) -> None:
    """Write the review workbook in the current language.

    Parameters
    ----------
    queue : pandas.DataFrame
        From :func:`gridkit.linkage.queue.review_queue`.
    path : pathlib.Path
        File to write; an existing one is replaced. Equal queues give equal bytes.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole_book(path) as book:
        book.set_properties({"title": _("Review"), "author": "gridkit", "created": pd.Timestamp(1980, 1, 1)})
        _add(book, queue)


def headings() -> dict[str, str]:
    """Return the heading of each visible column in the current language."""
    numbered = {f"candidate{at}": _("candidate {n}").format(n=at) for at in range(1, CANDIDATES + 1)}
    return {
        "mention": _("name in the registry"), "parent": _("community as stated"), "choice": _("decision (pick one)"),
        **numbered, "other": _("another code (where none of them is right)"),
        "reason": _("reason (no names of persons)"),
        "impact": _("compounds that change"), "households": _("households in them"), "registry": _("registry, column"),
        "address": _("address"), "cells": _("where it stands"), "reviewer_role": _("who decides (role, no name)"),
        "decided_on": _("decided on"), "expires": _("valid until"),
    }  # fmt: skip


def _instructions() -> str:
    return _(
        "Pick a decision in the yellow column: a candidate by its number, “none of them”, or a candidate “as an alias”,"
        " which makes the name known in every registry. If another place is meant, write its code in the column for"
        " other codes (several with a semicolon). Rows that are left empty stay open. The rows that change the coverage"
        " of most compounds come first. Save the file and run: gridkit link --apply review.xlsx"
    )


def _add(book: Workbook, queue: pd.DataFrame) -> None:
    styles = Styles(book)
    sheet = book.add_worksheet(sheet_title(_("Review")), worksheet_class=RowSheet)
    fill = book.add_format(
        {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "text_wrap": True, "bg_color": "#FFF9DB",
         "border": 1, "border_color": "#D9D9D9", "num_format": "@"}
    )  # fmt: skip
    for name, at in _AT.items():
        sheet.set_column(at, at, _WIDTHS.get(name, 10), None, {"hidden": name in _HIDDEN})
    sheet.set_row(0, 62)
    sheet.merge_range(0, _AT["mention"], 0, _AT["candidate5"], _instructions(), styles.text)
    for name, at in _AT.items():
        sheet.write_string(1, at, name)
    sheet.set_row(1, None, None, {"hidden": True})
    for name, text in headings().items():
        sheet.write_string(_HEAD, _AT[name], text, styles.head)
    for row, decision in enumerate(queue.to_dict("records"), start=_HEAD + 1):
        _write(sheet, row, _values(decision), styles=styles, fill=fill)
    last = max(_HEAD + len(queue), _HEAD + 1)
    _lists(sheet, last)
    sheet.freeze_panes(_HEAD + 1, _AT["choice"] + 1)
    sheet.autofilter(_HEAD, _AT["mention"], last, _AT["expires"])
    page(sheet)
    sheet.repeat_rows(_HEAD)


def _write(sheet: RowSheet, row: int, values: Mapping[str, Any], *, styles: Styles, fill: Format) -> None:
    for name, at in _AT.items():
        if name in _FILLED:
            sheet.write_blank(row, at, None, fill)
        else:
            put(sheet, row, at, values.get(name), styles)


def _lists(sheet: RowSheet, last: int) -> None:
    """Let a decision be picked from the options that stand, hidden, in its own row."""
    first, final = xl_col_to_name(_AT[OPTIONS[0]]), xl_col_to_name(_AT[OPTIONS[-1]])
    sheet.data_validation(
        _HEAD + 1, _AT["choice"], last, _AT["choice"],
        {
            "validate": "list", "source": f"=${first}{_HEAD + 2}:${final}{_HEAD + 2}", "ignore_blank": True,
            "error_title": _("Pick from the list")[:32],
            "error_message": _("Pick one of the list, or write the code of another place in its own column.")[:255],
        },
    )  # fmt: skip


def _values(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of one decision by column."""
    candidates = decision["candidates"][:CANDIDATES]
    cells = decision["cells"]
    more = [_("… and {n} more").format(n=len(cells) - CELLS)] if len(cells) > CELLS else []
    registry = _("{table}, {column}").format(
        table=words.table_label(decision["kind"]), column=label(title_of(decision["kind"], decision["field"]), "field")
    )
    values: dict[str, Any] = {
        **{name: decision[name] for name in ("key", "kind", "field", "mention", "parent", "address")},
        "impact": int(decision["impact"]), "households": int(decision["households"]), "registry": registry,
        "cells": "\n".join([*cells[:CELLS], *more]), CHECK: decision["key"],
    }  # fmt: skip
    for at, one in enumerate(candidates, start=1):
        values[f"candidate{at}"] = candidate_text(one)
        values[f"target{at}"] = one["target"]
    values |= dict(zip(OPTIONS, options(candidates), strict=False))
    return values


def candidate_text(one: Mapping[str, Any]) -> str:
    """Return a candidate with its evidence on two lines.

    >>> one = {"target": "a1", "name": "金桂家园", "parent": "东门社区", "score": 6.5, "why": "same community"}
    >>> candidate_text(one).splitlines()
    ['a1 金桂家园 (东门社区)', '6.5 points: same community']
    """
    said = _("{code} {name} ({parent})") if one["parent"] else _("{code} {name}")
    first = said.format(code=one["target"], name=one["name"], parent=one["parent"])
    return first + "\n" + _("{score} points: {why}").format(score=f"{one['score']:g}", why=one["why"])


def options(candidates: tuple[Mapping[str, Any], ...]) -> list[str]:
    """Return what can be picked, in the order of :data:`gridkit.io.review.OPTIONS`.

    >>> options(({"target": "a1", "name": "金桂家园"},))
    ['1. a1 金桂家园', 'none of them', 'alias of 1. a1 金桂家园']
    """
    named = []
    for at, one in enumerate(candidates, start=1):
        said = text_of(f"{one['target']} {one['name']}").replace("\n", " ")
        named.append(f"{at}. {said[:SHORT]}".rstrip())
    return [*named, _("none of them"), *(_("alias of {one}").format(one=one) for one in named)]
