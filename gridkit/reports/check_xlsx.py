"""``check.xlsx``: every finding, one row per cell that it names, with a link to that cell in its marked copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.locale import gettext as _
from gridkit.model.findings import SEVERITIES
from gridkit.reports import tables, words
from gridkit.reports.book import whole_book
from gridkit.reports.check import Places, concerned, copies, ordered, rule_counts, severity_counts, sheet_of
from gridkit.reports.check_subjects import Subjects
from gridkit.reports.marked import MOST_NOTES, sheet_titles
from gridkit.reports.marked_styles import SEVERITY_COLOURS
from gridkit.reports.sheet import RowSheet
from gridkit.reports.tables import Column, Table
from gridkit.reports.xlsx import (
    FORMULA_START,
    MAX_ROWS,
    Styles,
    add_table,
    book_properties,
    columns_wide,
    page,
    sheet_title,
    table_rows,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from gridkit.model import City
    from gridkit.reports.check import Checked, Place

MOST_LINKS: Final = 65_000
"""Links of one sheet; the format ends at 65,530."""
LONGEST_LINK: Final = 250
"""Characters of the file of a link that every spreadsheet program follows."""

LAYER_WIDE: Final = ("S103", "S133")
"""Rules about a layer as a whole: one row, not one per feature; check.json names every feature."""


def write_check_xlsx(checked: Checked, path: Path) -> None:
    """Write the workbook of a check; its links lead to the marked copies that lie beside it.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole_book(path) as book:
        book.set_properties(book_properties(checked.city, checked.city.name))
        styles = Styles(book)
        _add_summary(book, checked, styles)
        _Findings(book, checked, styles).add()
        add_table(book, inputs(checked.city), styles)
        add_table(book, tables.set_aside(checked), styles)


def rules(checked: Checked) -> Table:
    """Return what was found by rule, errors first, with what to do and where the rule comes from."""
    counts = rule_counts(checked)
    columns = (
        Column("code", _("rule"), 12),
        Column("severity", _("severity"), 10),
        Column("title", _("finding"), 40),
        Column("findings", _("number of findings"), 10, number=True),
        Column("cells", _("number of cells"), 10, number=True),
        Column("rows", _("number of rows"), 10, number=True),
        Column("columns", _("number of columns"), 10, number=True),
        Column("remedy", _("what to do"), 60),
        Column("source", _("source of the rule"), 60),
    )
    data = {
        "code": [count.code for count in counts],
        "severity": [words.severity(count.severity) for count in counts],
        "title": [words.rule_title(count.code) for count in counts],
        **{key: [count.counts[key] for count in counts] for key in ("findings", "cells", "rows", "columns")},
        "remedy": [words.rule_remedy(count.code) for count in counts],
        "source": [words.rule_source(count.code) for count in counts],
    }
    return tables.table("rules", _("Findings by rule"), columns, data)


def inputs(city: City) -> Table:
    """Return every table or layer that was read, with its row balance and its marked copy."""
    marked = copies(city.sources)
    rows = sorted(city.sources, key=lambda source: (source.kind, source.name))
    columns = (
        Column("kind", _("content"), 18),
        Column("path", _("file"), 40),
        Column("sheet", _("sheet or layer"), 18),
        Column("rows_in", _("rows in"), 10, number=True),
        Column("kept", _("kept"), 10, number=True),
        Column("set_aside", _("set aside"), 10, number=True),
        Column("encoding", _("encoding"), 12),
        Column("crs_stated", _("coordinate system stated"), 18),
        Column("crs_used", _("coordinate system used"), 18),
        Column("marked", _("marked copy"), 44),
        Column("sha256", _("SHA-256"), 66),
    )
    data: dict[str, object] = {
        key: [getattr(source, key) for source in rows]
        for key in ("path", "sheet", "rows_in", "kept", "set_aside", "encoding", "crs_stated", "crs_used", "sha256")
    }
    data["kind"] = [words.table_label(source.kind) for source in rows]
    data["marked"] = [marked[source.path] if source.tabular else "" for source in rows]
    return tables.table("inputs", _("Inputs"), columns, data)


def _add_summary(book: Workbook, checked: Checked, styles: Styles) -> None:
    city = checked.city
    sheet = book.add_worksheet(sheet_title(_("Summary")), worksheet_class=RowSheet)
    table = rules(checked)
    for col, column in enumerate(table.columns):
        sheet.set_column(col, col, max(column.width, columns_wide(column.heading) + 2))
    sheet.write_string(0, 0, text_of(_("Check of the input files: {city}").format(city=city.name)), styles.title)
    row = 2
    for severity, counts in severity_counts(checked).items():
        style = book.add_format({"bold": True, "bg_color": SEVERITY_COLOURS[severity]})
        sheet.write_string(row, 0, words.severity(severity), style)
        sheet.write_string(row, 1, concerned(counts), styles.plain)
        row += 1
    top = row + 1
    last = table_rows(sheet, table, top, styles)
    if len(table):
        sheet.autofilter(top, 0, last - 1, len(table.columns) - 1)
    for at, note in enumerate(_notes(), start=last + 1):
        sheet.write_string(at, 0, note, styles.note)
    page(sheet)


def _notes() -> list[str]:
    return [
        _("Findings: one row per cell, row or column that a finding names; rows of one number are one finding."),
        _("What concerns a whole layer is one row; check.json names every feature."),
        _("Links open the cell in its marked copy (folder marked); the first {n} rows of a sheet have one.").format(
            n=f"{MOST_LINKS:,}"
        ),
        _("Marked copies: the first {n} cells of a sheet have a note; all are coloured.").format(n=f"{MOST_NOTES:,}"),
        _("What a rule means: gridkit explain rule CODE"),
    ]


class _Findings:
    """The sheets of findings."""

    def __init__(self, book: Workbook, checked: Checked, styles: Styles) -> None:
        self._book, self._checked, self._styles = book, checked, styles
        self._targets = _targets(checked.city)
        self._sources = {source.name: source for source in checked.city.sources}
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self._link: Format = book.add_format({**base, "font_color": "#0563C1", "underline": 1})
        self._fills = {
            name: book.add_format({**base, "bg_color": SEVERITY_COLOURS[name]}) for name in SEVERITIES
        }  # fmt: skip
        self._plain: Format = book.add_format(base)
        self._guarded: Format = book.add_format({**base, "quote_prefix": True})
        self._wrapped: Format = book.add_format({**base, "text_wrap": True})

    def add(self) -> None:
        """Add as many sheets as the findings need, one at least."""
        rows = self._rows()
        part, ended = 1, False
        while not ended:
            ended = self._add_part(rows, part)
            part += 1

    def _add_part(self, rows: Iterator[tuple[str, Place, tuple[Any, ...]]], part: int) -> bool:
        """Write rows to one sheet; return whether there are no more."""
        sheet = self._book.add_worksheet(sheet_title(_("Findings"), part), worksheet_class=RowSheet)
        columns = _columns()
        for col, (heading, width) in enumerate(columns):
            sheet.set_column(col, col, max(width, columns_wide(heading) + 4))
            sheet.write_string(0, col, heading, self._styles.head)
        row = 0
        ended = True
        links = []
        for severity, place, values in rows:
            row += 1
            target = self._target(place) if row <= MOST_LINKS else ""
            if target:
                links.append((row, len(columns) - 1, target))
            cells = [(col, *self._cell(col, value, severity)) for col, value in enumerate(values)]
            if target:
                cells[-1] = (*cells[-1][:2], self._link)
            sheet.write_styled(row, [cell for cell in cells if cell[1] not in ("", None)])
            if row == MAX_ROWS:
                ended = False
                break
        result = len(columns) - 2
        answers = {"validate": "list", "source": _results(), "show_error": False}
        sheet.data_validation(1, result, max(row, 1), result, answers)
        sheet.add_links(links)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(row, 1), len(columns) - 1)
        page(sheet)
        return ended

    def _cell(self, col: int, value: object, severity: str) -> tuple[object, Format]:
        """Return a value of a row as it is written, and its format."""
        text = text_of(value) if isinstance(value, str) else value
        if isinstance(text, str) and text.startswith(FORMULA_START):
            return text, self._guarded
        return text, self._fills[severity] if col == 2 else self._wrapped if col == 4 else self._plain

    def _target(self, place: Place) -> str:
        """Return the link to a place in its marked copy; ``""`` where there is none."""
        found = self._targets.get(place.source)
        if found is None or not place.what:
            return ""
        name, title = found
        cell = f"{place.column or 'A'}{place.row or 1}"
        return f"external:{name}#'{title.replace(chr(39), chr(39) * 2)}'!{cell}"

    def _rows(self) -> Iterator[tuple[str, Place, tuple[Any, ...]]]:
        """Yield severity, place and values of every row of the sheets of findings."""
        places = Places(self._checked.city.sources)
        headings = {source.name: _headings(source.columns, source.headers) for source in self._sources.values()}
        subjects = Subjects(self._checked.city)
        for number, finding in enumerate(ordered(self._checked.findings).itertuples(index=False), start=1):
            sentence = words.finding_sentence(finding.code, finding.params)
            lead = (number, finding.code, words.severity(finding.severity), words.rule_title(finding.code), sentence)
            remedy = words.rule_remedy(finding.code)
            refs = () if finding.code in LAYER_WIDE else finding.refs
            for place in places.found_in(str(finding.subject), refs):
                source = self._sources.get(place.source)
                about = (str(finding.subject), *subjects.of(place))
                where = (
                    source.path if source else "",
                    source.sheet if source else "",
                    place.row or None,
                    place.column,
                    headings[place.source].get(place.column, "") if source else "",
                )
                yield finding.severity, place, (*lead, *about, *where, remedy, None, place.ref)


def _columns() -> list[tuple[str, int]]:
    return [
        (_("finding no."), 8),
        (_("rule"), 8),
        (_("severity"), 9),
        (_("finding"), 30),
        (_("what was found"), 64),
        (_("about"), 26),
        (_("name"), 24),
        (_("street"), 14),
        (_("community"), 16),
        (_("file"), 32),
        (_("sheet or layer"), 16),
        (_("row or feature"), 10),
        (_("column or attribute"), 12),
        (_("heading"), 20),
        (_("what to do"), 40),
        (_("result of handling"), 16),
        (_("position"), 44),
    ]


def _results() -> list[str]:
    """Return what may have come of a finding; whoever handles it may write something else."""
    return [_("corrected"), _("right as it is"), _("asked back"), _("cannot be settled")]


def _headings(columns: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    """Return letter or attribute of a column -> its heading in the file."""
    return {column: headers.get(field, "") for field, column in columns.items()}


def _targets(city: City) -> dict[str, tuple[str, str]]:
    """Return the name of each spreadsheet table -> its marked copy and the sheet there; none that no link can name."""
    out = {}
    marked = copies(city.sources)
    for source in city.sources:
        if source.tabular:
            name = marked[source.path]
            if not set("#%?*[]") & set(name) and len(name) <= LONGEST_LINK:
                out[source.name] = (name, sheet_titles(city.sources, source.path)[sheet_of(source)])
    return out
