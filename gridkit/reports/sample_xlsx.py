"""Workbooks of a sample: a list with a column to fill, and a sheet that says what the sample proves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.sampling import CONFIDENCE, bound
from gridkit.audit.shades import say_shade
from gridkit.io.labels import LABEL_HEADING, LINK_WORDS, SITE_WORDS
from gridkit.locale import gettext as _
from gridkit.reports import proof_words, words
from gridkit.reports.book import whole_book
from gridkit.reports.sheet import RowSheet
from gridkit.reports.xlsx import Styles, page, put, sheet_title, text_of
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from gridkit.model.samples import Sample

CELLS: Final = 6
"""Cells of one row that are named; the others are counted."""
ZERO, ONE, FEW = 0, 1, 3
"""Numbers of wrong ones for which the sheet says what follows."""
_HEAD: Final = 2
"""Row of the headings; above them the instructions and the hidden names of the columns."""


@dataclass(frozen=True)
class _Form:
    """One list to fill: ``columns`` (name, heading, width; a width of 0 hides it), what to do, what to pick."""

    title: str
    what: str
    columns: Sequence[tuple[str, str, int]]
    picks: Sequence[str]


def write_sites(sample: Sample, path: Path, *, as_of: str = "") -> None:
    """Write the list of compounds to visit in the current language.

    Parameters
    ----------
    sample : Sample
        Rows with ``SITE_COLUMNS``.
    path : pathlib.Path
        File to write; an existing one is replaced. Equal samples give equal bytes.
    as_of : str
        Date of the data, which becomes the date of the workbook.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    form = _Form(
        _("Sites to visit"),
        _(
            "Visit every compound of this list, also where it is inconvenient, and pick in the yellow column whether "
            "it is as recorded here. Do not exchange compounds for others: the conclusion rests on chance. Write no "
            "names of persons. Then run: gridkit sample sites --read FILE RUN"
        ),
        (
            ("code", _("code"), 20), ("name", _("compound"), 24), ("street", _("street"), 16),
            ("community", _("community"), 16), ("status", _("status"), 18), ("shade", _("how sure"), 14),
            ("reason", _("reason"), 44), ("cells", _("where it stands"), 40), ("label", _(LABEL_HEADING), 16),
            ("note", _("remark (no names of persons)"), 24), ("stratum", "", 0), ("by", "", 0), ("run", "", 0),
        ),
        [_(word) for word in SITE_WORDS.values()],
    )  # fmt: skip
    rows = [_site(code, row, sample) for code, row in zip(sample.rows.index, _records(sample), strict=True)]
    _write(path, sample, form, rows, as_of=as_of)


def write_link_sample(sample: Sample, path: Path, *, as_of: str = "") -> None:
    """Write the list of links to check in the current language; as :func:`write_sites`."""
    form = _Form(
        _("Links to check"),
        _(
            "Look at every row: does the name in the registry mean the place that it was linked to? Pick in the yellow "
            "column. Leave no row out, not the hard ones either; what cannot be told counts as wrong, so that the "
            "bound holds. Save the file and write below [links] in gridkit.toml: sample = \"FILE\""
        ),
        (
            ("key", _("key of the link"), 0), ("mention", _("name in the registry"), 26),
            ("parent", _("community as stated"), 18), ("name", _("linked to"), 26),
            ("community", _("its community"), 18), ("label", _(LABEL_HEADING), 16), ("method", _("linked by"), 22),
            ("score", _("points"), 9), ("code", _("code"), 20), ("cell", _("where it stands"), 36),
        ),
        [_(word) for word in LINK_WORDS.values()],
    )  # fmt: skip
    rows = [
        {**row, "key": key, "method": label(row["method"], "method")}
        for key, row in zip(sample.rows.index, _records(sample), strict=True)
    ]
    _write(path, sample, form, rows, as_of=as_of)


def _records(sample: Sample) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in sample.rows.to_dict("records")]


def _site(code: object, row: Mapping[str, Any], sample: Sample) -> dict[str, Any]:
    cells = list(row["cells"])
    more = [_("… and {n} more").format(n=len(cells) - CELLS)] if len(cells) > CELLS else []
    return {
        **row, "code": code, "status": words.status_label(row["status"]),
        "shade": proof_words.shade_label(row["shade"]) if row["shade"] else "",
        "reason": say_shade(row["reason"]) if row["reason"] else "", "cells": "\n".join([*cells[:CELLS], *more]),
        "by": sample.by, "run": sample.run,
    }  # fmt: skip


def _write(path: Path, sample: Sample, form: _Form, rows: Sequence[Mapping[str, Any]], *, as_of: str) -> None:
    created = dt.datetime.fromisoformat(as_of) if as_of else dt.datetime(1980, 1, 1)
    with whole_book(path) as book:
        book.set_properties({"title": text_of(form.title), "author": "gridkit", "created": created})
        styles = Styles(book)
        _list(book, form, rows, styles)
        _proves(book, sample, styles)


def _list(book: Workbook, form: _Form, rows: Sequence[Mapping[str, Any]], styles: Styles) -> None:
    sheet = book.add_worksheet(sheet_title(form.title), worksheet_class=RowSheet)
    fill = book.add_format(
        {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "text_wrap": True, "bg_color": "#FFF9DB",
         "border": 1, "border_color": "#D9D9D9", "num_format": "@"}
    )  # fmt: skip
    shown = [at for at, (_name, _heading, width) in enumerate(form.columns) if width]
    for at, (_name, _heading, width) in enumerate(form.columns):
        sheet.set_column(at, at, width or 10, None, {"hidden": not width})
    sheet.set_row(0, 48)
    sheet.merge_range(0, shown[0], 0, shown[-1], form.what, styles.text)
    for at, (name, _heading, _width) in enumerate(form.columns):
        sheet.write_string(1, at, name)
    sheet.set_row(1, None, None, {"hidden": True})
    for at, (_name, heading, _width) in enumerate(form.columns):
        sheet.write_string(_HEAD, at, heading, styles.head)
    for at, row in enumerate(rows, start=_HEAD + 1):
        _row(sheet, at, form, row, styles=styles, fill=fill)
    last = max(_HEAD + len(rows), _HEAD + 1)
    at = [name for name, _heading, _width in form.columns].index("label")
    sheet.data_validation(_HEAD + 1, at, last, at, {
        "validate": "list", "source": list(form.picks), "ignore_blank": True,
        "error_title": _("Pick from the list")[:32], "error_message": _("Pick one of the list.")[:255],
    })  # fmt: skip
    sheet.freeze_panes(_HEAD + 1, shown[0] + 2)
    sheet.autofilter(_HEAD, shown[0], last, shown[-1])
    page(sheet)
    sheet.repeat_rows(_HEAD)


def _row(sheet: RowSheet, row: int, form: _Form, values: Mapping[str, Any], *, styles: Styles, fill: Format) -> None:
    for at, (name, _heading, _width) in enumerate(form.columns):
        if name in ("label", "note"):
            sheet.write_blank(row, at, None, fill)
        else:
            put(sheet, row, at, values.get(name), styles)


def _proves(book: Workbook, sample: Sample, styles: Styles) -> None:
    """Add the sheet that says what bound the sample buys, and how it was drawn."""
    sheet = book.add_worksheet(sheet_title(_("What it proves")), worksheet_class=RowSheet)
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 2, 14)
    sheet.write_string(0, 0, _("What it proves"), styles.title)
    lines = [*says(sample), *drawn(sample)]
    for at, text in enumerate(lines, start=2):
        sheet.write_string(at, 0, text_of(text), styles.text)
    top = len(lines) + 3
    for col, heading in enumerate((by_label(sample.by), _("in all"), _("drawn"))):
        sheet.write_string(top, col, heading, styles.head)
    for at, (name, size, number) in enumerate(sample.strata.itertuples(), start=top + 1):
        put(sheet, at, 0, stratum_label(sample.by, str(name)), styles)
        put(sheet, at, 1, int(size), styles)
        put(sheet, at, 2, int(number), styles)
    page(sheet)


def says(sample: Sample) -> list[str]:
    """Return what follows from a sample in which none, one, or a few are found wrong."""
    size, n = sample.population, len(sample.rows)
    if not n:
        return [_("nothing was drawn, so nothing follows")]
    found = []
    for wrong in (one for one in (ZERO, ONE, FEW) if one <= n):
        most = bound(size, n, wrong)
        text = (
            _("If all {n} are found right, at most {most} of {size} ({share}) are wrong, at {sure} confidence.")
            if wrong == ZERO
            else _(
                "With {wrong} of {n} found wrong, at most {most} of {size} ({share}) are wrong, at {sure} confidence."
            )
        )
        numbers = {"most": f"{most:,}", "size": f"{size:,}", "share": up(most, size), "sure": f"{CONFIDENCE:.0%}"}
        found.append(text.format(n=n, wrong=wrong, **numbers))
    return found


def drawn(sample: Sample) -> list[str]:
    """Return how a sample was drawn, so that it can be repeated."""
    return [
        _("Drawn at random with the seed {seed}; strata: {by}, each in proportion to its size. The same data and the "
          "same seed give the same list. Rows that are not filled in are counted as wrong.").format(
              seed=sample.seed, by=by_label(sample.by)),
        _("The bound is that of a simple random sample without putting back (hypergeometric distribution); strata in "
          "proportion to their size make it no wider."),
    ]  # fmt: skip


def up(part: int, whole: int) -> str:
    """Return a share in percent, rounded up to one decimal: a bound must not become smaller by rounding.

    >>> up(1, 3), up(0, 5), up(5, 5)
    ('33.4%', '0.0%', '100.0%')
    """
    tenths = -(-1000 * part // whole) if whole else 1000
    return f"{tenths // 10}.{tenths % 10}%"


def by_label(by: str) -> str:
    """Return what the strata of a sample are called."""
    known = {"street": _("street"), "community": _("community"), "status": _("status"), "method": _("linked by")}
    return known[by]


def stratum_label(by: str, name: str) -> str:
    """Return what one stratum is called."""
    if by == "status":
        return words.status_label(name)
    return (label(name, "method") if by == "method" else name) or "–"
