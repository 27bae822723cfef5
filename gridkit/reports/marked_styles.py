"""How a marked copy looks: its colours, the shapes of its values, and the sheet that explains both."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.persons import MASK
from gridkit.io.text import cell_text
from gridkit.locale import gettext as _
from gridkit.reports import words
from gridkit.reports.marked_cells import NOT_READ
from gridkit.reports.sheet import RowSheet
from gridkit.reports.xlsx import FORMULA_START, sheet_title, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SEVERITY_COLOURS: Final = {"error": "#F4A6A0", "warning": "#FFD966", "notice": "#BDD7EE"}
"""Fill of a cell with a finding."""

_FONT: Final = "Microsoft YaHei"
_LOOKS: Final[dict[str, dict[str, object]]] = {
    "data": {},
    "head": {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "border": 1},
    "aside": {"bg_color": "#E7E6E6", "font_color": "#7F7F7F"},
    "outside": {"italic": True, "font_color": "#595959"},
    "unread": {"bg_color": "#EDEDED", "font_color": "#7F7F7F"},
    "left": {"bg_color": "#D0CECE", "font_color": "#7F7F7F"},
}
_SHAPES: Final[dict[str, dict[str, object]]] = {
    "text": {},
    "guarded": {"quote_prefix": True},
    "number": {},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
}
_DAY_0: Final = dt.datetime(1899, 12, 30)
_FIRST: Final = dt.datetime(1900, 3, 1)
"""Spreadsheet programs count a 29 February 1900, which was not; earlier dates stay text."""

_MOST_DIGITS: Final = 10**15


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[object, ...], Format] = {}

    def of(self, look: str, severity: str, shape: str, *, struck: bool = False, hidden: bool = False) -> Format:
        """Return the format of a cell."""
        key = (look, severity, shape, struck, hidden)
        if key not in self._made:
            made = {"font_name": _FONT, "font_size": 10, "valign": "top", **_LOOKS[look], **_SHAPES[shape]}
            if hidden:
                made.update(italic=True, font_color="#7030A0")
            if severity:
                made.update(bg_color=SEVERITY_COLOURS[severity], font_color="#000000")
            if struck:
                made["font_strikeout"] = True
            self._made[key] = self._book.add_format(made)
        return self._made[key]

    def text(self, value: str, look: str = "data", severity: str = "") -> tuple[str, Format]:
        """Return a text as it is written, and its format."""
        return text_of(value), self.of(look, severity, "guarded" if value.startswith(FORMULA_START) else "text")


def as_cell(raw: object) -> tuple[Any, str]:
    """Return a value as a sheet can hold it, and its shape.

    Dates become numbers with the format of a date; what a sheet cannot hold without a loss (numbers of more than 15
    digits, dates before March 1900) becomes text.

    >>> as_cell("=1+1"), as_cell(12), as_cell(dt.date(2024, 6, 30)), as_cell(10**17), as_cell(None)
    (('=1+1', 'guarded'), (12, 'number'), (45473, 'date'), ('100000000000000000', 'text'), ('', 'text'))
    """
    if raw is None:
        return "", "text"
    if isinstance(raw, bool):
        return cell_text(raw), "text"
    if isinstance(raw, (int, float)):
        fits = not isinstance(raw, float) or math.isfinite(raw)
        return (raw, "number") if fits and abs(raw) < _MOST_DIGITS else (cell_text(raw), "text")
    if isinstance(raw, dt.date):
        return _date(raw)
    text = text_of(str(raw))
    return text, "guarded" if text.startswith(FORMULA_START) else "text"


def _date(raw: dt.date) -> tuple[Any, str]:
    moment = raw if isinstance(raw, dt.datetime) else dt.datetime.combine(raw, dt.time())
    moment = moment.replace(tzinfo=None)
    if moment < _FIRST:
        return cell_text(raw), "text"
    span = moment - _DAY_0
    if moment.time() == dt.time():
        return span.days, "date"
    return span.days + span.seconds / 86_400, "time"


def lay_out(page: Worksheet) -> None:
    """Set how a copy is printed; its codes are text on purpose."""
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P / &N")


def add_legend(book: Workbook, styles: Styles, titles: Iterable[str], *, path: str) -> None:
    """Add the sheet that says what the colours and the ``***`` of a copy mean."""
    title, number = sheet_title(_("Legend")), 1
    taken = {one.lower() for one in titles}
    while title.lower() in taken:
        number += 1
        title = sheet_title(_("Legend"), number)
    page = book.add_worksheet(title, worksheet_class=RowSheet)
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 100)
    for row, ((first, look, severity), second) in enumerate(_legend(path)):
        page.write_styled(row, [(0, *styles.text(first, look, severity)), (1, *styles.text(second))])
    lay_out(page)


def _legend(path: str) -> list[tuple[tuple[str, str, str], str]]:
    finding = _("a cell, or the first cell of a row or table, with such a finding; its note says which")
    return [
        ((_("Copy of"), "head", ""), path),
        (
            (_("what it is"), "data", ""),
            _("values only, each cell where it stands in the original; no formulas, macros, links or pictures. "
              "Correct the original, not this copy: gridkit reads only the original"),
        ),
        *(((words.severity(name), "data", name), finding) for name in SEVERITY_COLOURS),
        ((_("row set aside"), "aside", ""), _("the row was not read as a record: totals, notes, repeated headers, …")),
        (
            (MASK, "left", ""),
            _("about persons: a column that identifies them, or what could name one. Left out of this copy; it is "
              "still in the original"),
        ),
        (
            (NOT_READ, "unread", ""),
            _("not read: nothing is taken from this column. Its numbers and dates are shown, its texts are not, since "
              "they were not examined; they are still in the original"),
        ),
        (
            (_("around the table"), "outside", ""),
            _("titles and notes as far as they can name no person; *** and a number of characters: the rest"),
        ),
        ((_("hidden row"), "data", ""), _("purple and slanted: the row is hidden in the original")),
        ((_("struck out"), "data", ""), _("struck out as in the original")),
    ]  # fmt: skip
