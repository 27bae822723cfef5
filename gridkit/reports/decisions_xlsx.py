"""``decisions.xlsx``: one row per defect that waits for a person, with a list to pick from; read back when filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.io.boundary_decisions import HEADINGS, WORDS
from gridkit.locale import gettext as _
from gridkit.reports import words
from gridkit.reports.book import whole_book
from gridkit.reports.boundary_rows import borders_of, decision_rows, level_name, names_of
from gridkit.reports.sheet import RowSheet
from gridkit.reports.xlsx import Styles, book_properties, page, put, sheet_title

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from gridkit.model.repairs import BoundaryPlan
    from gridkit.reports.boundary_rows import DecisionRow

_HEAD: Final = 2
"""Row of the headings; above them the instructions and the hidden names of the columns."""
COLUMNS: Final = {
    "number": 6, "severity": 8, "level": 10, "rule": 20, "units": 34, "cause": 34, "area_m2": 12, "width_m": 10,
    "compounds": 9, "households": 9, "suggested": 26, "decision": 18, "target": 18, "reason": 24, "role": 14,
    "decided_on": 12, "until": 12, "alternatives": 44, "defect_id": 16,
}  # fmt: skip
"""Column -> its width."""
_AT: Final = {name: at for at, name in enumerate(COLUMNS)}
FILLED: Final = ("decision", "target", "reason", "role", "decided_on", "until")
"""Columns that a person fills."""


def headings() -> dict[str, str]:
    """Return the heading of each column in the current language."""
    return {
        "number": _("no."), "severity": _("severity"), "level": _("level"), "rule": _("rule broken"),
        "units": _("areas concerned"),
        "cause": _("why a person is asked"), "area_m2": _("area (m²)"), "width_m": _("mean width (m)"),
        "compounds": _("compounds inside"), "households": _("households inside"), "suggested": _("suggested target"),
        "alternatives": _("alternatives, longest common border first"),
        **{name: _(text) for name, text in HEADINGS.items()},
    }  # fmt: skip


def _instructions() -> str:
    return _(
        "Pick a decision in the yellow column. “{give}”: the place goes to the unit whose code stands under target; "
        "left empty it goes to the suggested one. “{keep}”: the defect stays and is no longer asked about until the "
        "day under valid until. “{remove}”: the unit under target loses the place. Rows that are left empty wait on. "
        "repair.html shows each place under the same number. Save the file and run: "
        "gridkit repair --apply decisions.xlsx"
    ).format(**{key: _(text) for key, text in WORDS.items()})


def write_decisions_xlsx(plan: BoundaryPlan, path: Path) -> None:
    """Write the workbook in the current language; rows that were decided before keep their decision.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole_book(path) as book:
        book.set_properties(book_properties(plan.city, _("Decisions on boundaries")))
        _add(book, decision_rows(plan))


def _add(book: Workbook, rows: list[DecisionRow]) -> None:
    styles = Styles(book)
    sheet = book.add_worksheet(sheet_title(_("Decisions")), worksheet_class=RowSheet)
    fill = book.add_format(
        {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "text_wrap": True, "bg_color": "#FFF9DB",
         "border": 1, "border_color": "#D9D9D9", "num_format": "@"}
    )  # fmt: skip
    for name, at in _AT.items():
        sheet.set_column(at, at, COLUMNS[name])
    sheet.set_row(0, 62)
    sheet.merge_range(0, 0, 0, _AT["until"], _instructions(), styles.text)
    for name, at in _AT.items():
        sheet.write_string(1, at, name)
    sheet.set_row(1, None, None, {"hidden": True})
    for name, text in headings().items():
        sheet.write_string(_HEAD, _AT[name], text, styles.head)
    for number, row in enumerate(rows, start=1):
        _write(sheet, _HEAD + number, {"number": number, **_values(row)}, styles=styles, fill=fill)
    last = max(_HEAD + len(rows), _HEAD + 1)
    sheet.data_validation(
        _HEAD + 1, _AT["decision"], last, _AT["decision"],
        {
            "validate": "list", "source": [_(text) for text in WORDS.values()], "ignore_blank": True,
            "error_title": _("Pick from the list")[:32],
            "error_message": _("Pick one of the list, or leave the cell empty.")[:255],
        },
    )  # fmt: skip
    sheet.freeze_panes(_HEAD + 1, _AT["units"] + 1)
    sheet.autofilter(_HEAD, 0, last, len(COLUMNS) - 1)
    page(sheet)
    sheet.repeat_rows(_HEAD)


def _values(row: DecisionRow) -> dict[str, Any]:
    decided = dict(row.decided)
    if decided.get("decision"):
        decided["decision"] = _(WORDS.get(decided["decision"], decided["decision"]))
    return {
        **decided, "severity": words.severity(row.severity) if row.severity else "", "level": level_name(row.level),
        "rule": f"{row.rule} {row.title}".strip(), "units": names_of(row.units), "cause": row.cause,
        "area_m2": round(row.area, 2), "width_m": round(row.width, 2), "compounds": row.compounds,
        "households": row.households, "suggested": f"{row.suggested} {row.suggested_name}".strip(),
        "alternatives": borders_of(row), "defect_id": row.defect_id,
    }  # fmt: skip


def _write(sheet: RowSheet, at: int, values: dict[str, Any], *, styles: Styles, fill: Format) -> None:
    for name, col in _AT.items():
        value = values.get(name)
        if name in FILLED:
            if value:
                sheet.write_string(at, col, str(value), fill)
            else:
                sheet.write_blank(at, col, None, fill)
        else:
            put(sheet, at, col, value, styles)
