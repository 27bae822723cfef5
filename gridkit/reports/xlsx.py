"""The workbook: every table on its own sheet, the same bytes for the same run."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from gridkit.locale import gettext as _
from gridkit.locale import speaking
from gridkit.model import AuditResult, Findings
from gridkit.model.findings import SEVERITIES
from gridkit.reports import compounds, figures, proof, proof_words, ranking, reconciled, summary, tables
from gridkit.reports.book import whole_book
from gridkit.reports.names import Names
from gridkit.reports.sheet import RowSheet
from gridkit.reports.values import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from gridkit.model import City, Run
    from gridkit.reports.tables import Table

MAX_ROWS: Final = 1_000_000
"""Rows of one sheet; a longer table goes on in a second sheet (a sheet holds 1,048,576)."""
MOST_LINKS: Final = 20_000
"""Links of one sheet (a sheet holds 65,530; each costs memory until the book is closed)."""
LINKED: Final = 200_000
"""Compounds that others can lead to."""
MAX_TEXT: Final = 32_000
"""Characters of one cell (the format ends at 32,767, the library then drops the cell without a word)."""
MOST_DECIMALS: Final = 10
"""Decimals of a percentage: enough for one of 10,000 million."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_START: Final = ("=", "+", "-", "@", "\t", "\r")
"""With one of these a text would be read as a formula once somebody edits its cell."""
_FONT = "Microsoft YaHei"
_EPOCH = dt.datetime(1980, 1, 1)


def text_of(value: str) -> str:
    r"""Return ``value`` as a cell can hold it: no control characters, cut with a mark where it is too long.

    >>> text_of("a\x00b")
    'a�b'
    """
    value = _UNPRINTABLE.sub("\ufffd", value)
    return value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + " …"


def columns_wide(text: str) -> int:
    """Return the width of a text in Latin characters; Chinese ones count twice.

    >>> columns_wide("小区 a")
    6
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def sheet_title(title: str, part: int = 1) -> str:
    r"""Return a title that Excel accepts for a sheet: no ``[]:*?/\``, 31 characters at most."""
    tail = f" ({part})" if part > 1 else ""
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("'")[: 31 - len(tail)] + tail


def percent_format(share: float) -> str:
    """Return the number format of a share: with so many decimals that only 1 reads as 100 % and only 0 as 0 %.

    >>> percent_format(0.5), percent_format(0.99999), percent_format(1.0)
    ('0.00%', '0.000%', '0.00%')
    """
    if 0.001 < share < 0.999:
        return "0.00%"
    decimals = 2
    while decimals < MOST_DECIMALS and share not in (0, 1) and round(100 * share, decimals) in (0, 100):
        decimals += 1
    return f"0.{'0' * decimals}%"


def book_properties(city: City, title: str) -> dict[str, object]:
    """Return the properties of a workbook: its date is that of the data, so that equal data give equal bytes."""
    created = dt.datetime.combine(city.as_of, dt.time()) if city.as_of else _EPOCH
    return {"title": text_of(title), "author": "gridkit", "created": created}


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        base = {"font_name": _FONT, "font_size": 10, "valign": "top"}
        self.text: Format = book.add_format({**base, "text_wrap": True})
        # Excel would read such a text as a formula once somebody edits the cell; the prefix keeps it a text.
        self.guarded: Format = book.add_format({**base, "text_wrap": True, "quote_prefix": True})
        self.plain: Format = book.add_format(base)
        self.number: Format = book.add_format({**base, "num_format": "#,##0"})
        self._book, self._base = book, base
        self._reals: dict[str, Format] = {}
        self.head: Format = book.add_format(
            {**base, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "border": 1}
        )
        self.title: Format = book.add_format({**base, "bold": True, "font_size": 16})
        self.subtitle: Format = book.add_format({**base, "bold": True, "font_size": 12, "font_color": "#1F4E79"})
        self.key: Format = book.add_format({**base, "bold": True, "text_wrap": True})
        self.note: Format = book.add_format({**base, "italic": True, "font_color": "#595959"})

    def of(self, text: str) -> Format:
        """Return the format of a text."""
        return self.guarded if text.startswith(FORMULA_START) else self.text

    def real(self, value: float) -> Format:
        """Return the format of a number that is not whole: a share in percent, anything else with two decimals."""
        shape = percent_format(value) if isinstance(value, Share) else "#,##0.00"
        if shape not in self._reals:
            self._reals[shape] = self._book.add_format({**self._base, "num_format": shape})
        return self._reals[shape]


def put(sheet: Worksheet, row: int, col: int, value: object, styles: Styles) -> None:
    """Write one value: a number, a share in percent, or a text that stays one; nothing where there is none."""
    if value is None or value == "":
        return
    if isinstance(value, (int, float)):
        sheet.write_number(row, col, value, styles.number if isinstance(value, int) else styles.real(value))
        return
    text = text_of(str(value))
    sheet.write_string(row, col, text, styles.of(text))


def table_rows(sheet: RowSheet, table: Table, top: int, styles: Styles) -> int:
    """Write heading and rows from ``top`` on; return the row after the last one."""
    for col, column in enumerate(table.columns):
        sheet.write_string(top, col, column.heading, styles.head)
    rows = table.frame.itertuples(index=False, name=None)
    sheet.write_rows(
        top + 1,
        rows,
        style_of=styles.of,
        number=styles.number,
        real=styles.real,
        put=partial(put, sheet, styles=styles),
    )
    return top + 1 + len(table)


def add_table(book: Workbook, table: Table, styles: Styles, links: Mapping[str, str] | None = None) -> None:
    """Add a table as a sheet of its own, as several where it is too long for one.

    ``links`` leads from a value of the first column to a place in the workbook (``'Compounds'!A7``).
    """
    for part, first in enumerate(range(0, max(len(table), 1), MAX_ROWS), start=1):
        sheet = book.add_worksheet(sheet_title(table.title, part), worksheet_class=RowSheet)
        for col, column in enumerate(table.columns):
            sheet.set_column(col, col, max(column.width, min(columns_wide(column.heading) + 4, 28)))
        # The heading is the first row of every sheet, as pivot tables and filters want it; notes are in the summary.
        links = links or {}
        end = table_rows(sheet, replace(table, frame=table.frame.iloc[first : first + MAX_ROWS]), 0, styles)
        sheet.freeze_panes(1, 2 if table.key in ("compounds", "uncovered", "unknown") else 1)
        sheet.autofilter(0, 0, max(end - 1, 0), len(table.columns) - 1)
        page(sheet)
        first_column = table.frame.iloc[first : first + MAX_ROWS, 0].tolist()
        aims = [(row, 0, f"internal:{links[key]}") for row, key in enumerate(first_column, start=1) if key in links]
        sheet.add_links(aims[:MOST_LINKS])


def add_blocks(book: Workbook, title: str, blocks: list[Table], styles: Styles) -> None:
    """Add small tables as one sheet, one below the other."""
    sheet = book.add_worksheet(sheet_title(title), worksheet_class=RowSheet)
    for col in range(max(len(block.columns) for block in blocks)):
        sheet.set_column(col, col, max(block.columns[col].width for block in blocks if col < len(block.columns)))
    row = 0
    for block in blocks:
        sheet.write_string(row, 0, text_of(block.title), styles.subtitle)
        row = table_rows(sheet, block, row + 1, styles) + 1
    sheet.freeze_panes(0, 1)
    page(sheet)


def page(sheet: Worksheet) -> None:
    """Set how a sheet is printed: A4 across, as wide as the page, its heading on each."""
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P / &N")


def _add_summary(book: Workbook, run: Run, styles: Styles) -> None:
    sheet = book.add_worksheet(sheet_title(_("Summary")), worksheet_class=RowSheet)
    for col, width in enumerate((34, 50, 14, 14, 14, 14, 36, 14, 16, 44)):
        sheet.set_column(col, col, width)
    sheet.write_string(0, 0, text_of(_("Coverage audit: {city}").format(city=run.city.name)), styles.title)
    row = 2
    for key, value in summary.about(run):
        sheet.write_string(row, 0, key, styles.key)
        put(sheet, row, 1, value, styles)
        row += 1
    for table in (t for t in summary.blocks(run) if len(t)):
        row += 1
        sheet.write_string(row, 0, table.title, styles.subtitle)
        row = table_rows(sheet, table, row + 1, styles)
    for at, (title, note) in enumerate(notes(run), start=row + 1):
        put(sheet, at, 0, title, styles)
        put(sheet, at, 1, note, styles)
    page(sheet)


PROOFS: Final[Mapping[str, tuple[Callable[..., Table], ...]]] = {
    "matrix": (proof.matrix,),
    "tricks": (proof.tricks,),
    "shades": (proof.shades,),
    "plan": (proof.plan,),
    "differences": (reconciled.differences,),
    "bridges": (lambda run, _names: reconciled.bridge(run),),
    "league": (ranking.league,),
    "evaluating": (ranking.evaluating,),
}
"""Parts of the proof, in the order of their sheets; a part without rows has none."""


def sheets(run: Run, parts: Collection[str] | None = None) -> Iterator[Table]:
    """Yield the tables of the workbook after the summary, in the order of its sheets; each is made when its turn is.

    ``parts`` names the parts of the proof that are shown: those with rows, where it is not given.
    """
    names = Names.of(run)
    yield figures.claims(run, names)
    for part in proved(run) if parts is None else parts:
        for make in PROOFS[part]:
            yield make(run, names)
    yield figures.indicators(run, names)
    full = compounds.compounds(run, names)
    yield full
    yield compounds.with_status(run, full, "UNCOVERED")
    yield compounds.with_status(run, full, "UNKNOWN")
    del full
    yield compounds.unmatched(run, names)
    yield tables.finding_counts(run)
    yield tables.findings(run)
    yield tables.set_aside(run)
    yield tables.sources(run)


def proved(run: Run) -> list[str]:
    """Return which parts of the proof have rows."""
    return [part for part in PROOFS if len(getattr(run.result, part))]


def notes(run: Run) -> list[tuple[str, str]]:
    """Return, per sheet that needs one, its title and what a reader has to know; they stand in the summary."""
    nothing = replace(
        run, coverage=replace(run.coverage, frame=run.coverage.frame.iloc[:0]), claims=run.claims.iloc[:0],
        indicators=replace(run.indicators, frame=run.indicators.frame.iloc[:0]), findings=Findings.none(),
        result=AuditResult(),
    )  # fmt: skip
    said = [(table.title, table.note) for table in sheets(nothing, proved(run)) if table.note]
    if len(run.result.matrix):
        said.append((_("link errors"), proof_words.allowance_sentence(run.result.allowance)))
    links = _("a click on the code in a list leads to the row of the compound, on a rule to its first finding")
    return [*said, (_("links"), links)]


def _links(run: Run) -> dict[str, dict[str, str]]:
    """Return, per sheet, where the values of its first column lead to: a compound, the first finding of a rule."""
    place = "'{}'!A{}".format
    listed = sheet_title(_("Compounds"))
    codes = run.coverage.frame.index.astype(str).tolist()[: min(MAX_ROWS, LINKED)]
    rows = {code: place(listed, row) for row, code in enumerate(codes, start=2)}
    frame = run.findings.frame
    order = sorted(zip(frame["severity"].map(SEVERITIES.index), frame["code"], strict=True))
    found: dict[str, str] = {}
    for row, (_rank, code) in enumerate(order[:MAX_ROWS], start=2):
        found.setdefault(str(code), place(sheet_title(_("Findings")), row))
    return {
        **dict.fromkeys(("shades", "uncovered", "unknown"), rows),
        **dict.fromkeys(("tricks", "finding_counts"), found),
    }


def write_xlsx(run: Run, path: Path) -> None:
    """Write the workbook of a run.

    Parameters
    ----------
    run : Run
        All values of the audit; ``run.language`` is the language of headings and sentences.
    path : pathlib.Path
        File to write; an existing one is replaced.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with speaking(run.language), whole_book(path) as book:
        book.set_properties(book_properties(run.city, run.city.name))
        styles = Styles(book)
        _add_summary(book, run, styles)
        links = _links(run)
        for table in sheets(run):
            if table.key == "matrix":
                add_blocks(book, _("Definition matrix"), proof.matrix_blocks(run), styles)
            add_table(book, table, styles, links.get(table.key))
