"""``merge.xlsx``, ``merge.json``, ``merge.html``, ``homes.csv`` and ``crosswalk.csv`` of a merge of networks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from gridkit.grids.merge_homes import CROSSWALK_COLUMNS, HOME_COLUMNS
from gridkit.locale import current
from gridkit.locale import gettext as _
from gridkit.reports.book import whole_book
from gridkit.reports.merge import figures
from gridkit.reports.merge_tables import facts, tables
from gridkit.reports.repair_files import text_file
from gridkit.reports.sheet import RowSheet
from gridkit.reports.values import Share
from gridkit.reports.xlsx import FORMULA_START, Styles, add_table, page, percent_format, put, sheet_title, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from gridkit.reports.merge import MergeReport

SCHEMA: Final = "gridkit-merge/1"
SHOWN: Final = 300
"""Rows of a table on the page; the workbook has all."""
_LANG: Final = {"zh": "zh-CN", "en": "en"}
_EPOCH: Final = dt.datetime(1980, 1, 1)


def write_merge_xlsx(report: MergeReport, path: Path) -> None:
    """Write the workbook in the current language; codes are text, and equal merges give equal bytes.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole_book(path) as book:
        book.set_properties({"title": text_of(report.title), "author": "gridkit", "created": _EPOCH})
        styles = Styles(book)
        sheet = book.add_worksheet(sheet_title(_("Summary")), worksheet_class=RowSheet)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 60)
        sheet.write_string(0, 0, text_of(report.title), styles.title)
        for row, (key, value) in enumerate([*facts(report), *((_("Note"), note) for note in report.notes)], start=2):
            sheet.write_string(row, 0, text_of(key), styles.key)
            put(sheet, row, 1, value, styles)
        page(sheet)
        for one in tables(report):
            add_table(book, one, styles)


def document(report: MergeReport) -> dict[str, Any]:
    """Return the merge as plain values, grids by their codes and keys."""
    made = report.merged
    return {
        "schema": SCHEMA, "tolerance": report.tolerance, **figures(report), "pairs": _records(report.pairs),
        "borders_of_networks": _records(report.borders), "relations": _relation_counts(report),
        "uncovered": _records(report.uncovered), "codes": _records(report.codes),
        "given_up": _records(made.given_up.assign(
            grid=[made.plan.grids["code"][uid] for uid in made.given_up["grid"]],
            networks=[report.networks_of(bits) for bits in made.given_up["networks"]],
        )),
        "through": _records(report.through.assign(
            networks=[report.networks_of(bits) for bits in report.through["networks"]],
        )),
        "to_decide": _records(report.decisions), "findings": report.findings.counts(), "notes": list(report.notes),
    }  # fmt: skip


def _relation_counts(report: MergeReport) -> list[dict[str, Any]]:
    counts = report.relations.groupby(["one", "other", "relation"]).size().reset_index(name="n")
    return _records(counts)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    return [{str(key): None if value != value else value for key, value in row.items()} for row in rows]  # noqa: PLR0124


def write_merge_json(report: MergeReport, path: Path) -> None:
    """Write ``merge.json``: figures with numerators and denominators, differences, and what is to be decided."""
    text = json.dumps(document(report), ensure_ascii=False, indent=1, sort_keys=True, default=_plain)
    text_file(path, [text, "\n"])


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def write_merge_html(report: MergeReport, path: Path) -> None:
    """Write the page in the current language: one file that asks for nothing; whatever the files hold is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gridkit.reports"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["_"] = _
    style = (resources.files("gridkit.reports") / "templates" / "repair.css").read_text("utf-8")
    parts = [
        {"title": one.title, "heads": one.heads(), "rows": [[_shown(cell) for cell in row] for row in one.shown(SHOWN)],
         "more": max(len(one) - SHOWN, 0)} for one in tables(report) if len(one)
    ]  # fmt: skip
    said = [(key, _shown(value)) for key, value in facts(report)]
    text = environment.get_template("merge.html").render(
        lang=_LANG.get(current(), current()), title=report.title, style=Markup(style), facts=said, tables=parts,
        notes=report.notes,
    )  # fmt: skip
    text_file(path, [text.lstrip(), "\n"])


def _shown(value: Any) -> str:
    """Return a cell as the page shows it; only 1 reads as 100 %.

    >>> [_shown(value) for value in (Share(0.5), Share(0.99996), Share(1.0), 1234, None)]
    ['50.00%', '99.996%', '100.00%', '1,234', '']
    """
    if isinstance(value, Share):
        return f"{value:.{percent_format(value).count('0') - 1}%}"
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)


def write_homes_csv(report: MergeReport, path: Path) -> None:
    """Write ``HOME_COLUMNS``: where the posts of every old grid go."""
    _write_csv(report.merged.homes, HOME_COLUMNS, path)


def write_crosswalk_csv(report: MergeReport, path: Path) -> None:
    """Write ``CROSSWALK_COLUMNS``: old grid -> merged grid with weights."""
    _write_csv(report.merged.crosswalk, CROSSWALK_COLUMNS, path)


def _write_csv(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    r"""Write UTF-8 with a mark, so that spreadsheet programs know it, and no text that they take for a formula."""
    stream = io.StringIO()
    book = csv.writer(stream, lineterminator="\r\n")
    book.writerow(columns)
    book.writerows(_cells(frame[list(columns)].itertuples(index=False, name=None)))
    text_file(path, ["\ufeff", stream.getvalue()])


def _cells(rows: Iterable[tuple[Any, ...]]) -> Iterable[list[Any]]:
    for row in rows:
        yield [
            f"'{cell}" if isinstance(cell, str) and cell.lstrip().startswith(FORMULA_START) else cell for cell in row
        ]


WRITERS: Final[Mapping[str, Callable[[Any, Path], None]]] = {
    "merge.xlsx": write_merge_xlsx, "merge.json": write_merge_json, "merge.html": write_merge_html,
    "homes.csv": write_homes_csv, "crosswalk.csv": write_crosswalk_csv,
}  # fmt: skip
"""Reports that lie beside a merged plan: name -> function."""
