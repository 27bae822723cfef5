"""Write tables as offices do: workbooks with title, merged headers, subtotals and notes; CSV in three encodings."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.demo.tables import Sheet

CREATED = dt.datetime(2024, 6, 30)
"""Creation date of every workbook: the as-of date, so that equal content gives equal bytes."""


@dataclass
class Layout:
    """Where a table ended up: row numbers (from 1) by row key, columns by header, and the sheet name."""

    file: str
    sheet: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)


def write_csv(sheet: Sheet, folder: Path, name: str, encoding: str) -> Layout:
    """Write a plain CSV (``utf-8``, ``utf-8-sig``, ``gb18030``), one line per row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.header)
    for row in sheet.rows:
        writer.writerow(["" if row[column] is None else row[column] for column in sheet.header])
    (folder / name).write_bytes(text.getvalue().encode(encoding))
    return Layout(
        f"registries/{name}",
        rows={key: number for number, key in enumerate(sheet.keys, 2)},
        columns={column: xl_col_to_name(at) for at, column in enumerate(sheet.header)},
    )


class _Book:
    """A workbook with the formats that all tables share."""

    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"in_memory": True})
        self.book.set_properties({"created": CREATED, "author": "", "title": "synthetic"})
        self.title = self.book.add_format({"bold": True, "align": "center", "font_size": 16})
        self.head = self.book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
        )
        self.cell = self.book.add_format({"border": 1})
        self.middle = self.book.add_format({"border": 1, "valign": "vcenter"})
        self.sum = self.book.add_format({"border": 1, "bold": True, "bg_color": "#EEEEEE"})

    def start(self, name: str, title: str, width: int) -> Any:
        page = self.book.add_worksheet(name)
        page.merge_range(0, 0, 0, width - 1, title, self.title)
        page.write(1, 0, "填报单位：演示市社会工作部（盖章）")
        page.write(1, max(4, width // 2), "填报时间：2024年6月")
        return page


def _put(page: Any, at: tuple[int, int], value: object, form: Any) -> None:
    """Write text as text (codes stay text) and whole numbers as numbers."""
    if value is None or value == "":
        page.write_blank(*at, None, form)
    elif isinstance(value, int):
        page.write_number(*at, value, form)
    else:
        page.write_string(*at, str(value), form)


def write_table(sheet: Sheet, folder: Path, name: str, title: str) -> Layout:
    """Write a workbook with title, unit and date row, one header row, the rows, and a sheet of notes behind it."""
    book = _Book(folder / name)
    page = book.start(sheet.name, title, len(sheet.header))
    for at, header in enumerate(sheet.header):
        page.write_string(2, at, header, book.head)
    for number, row in enumerate(sheet.rows, 3):
        for at, header in enumerate(sheet.header):
            _put(page, (number, at), row[header], book.cell)
    page.write_string(len(sheet.rows) + 4, 0, "注：本表数据截至2024年6月30日，由各社区填报。")
    notes = book.book.add_worksheet("填表说明")
    notes.write_string(0, 0, "填表说明")
    notes.write_string(1, 0, "1. 一个单元格内有多个小区的，用顿号分开。")
    book.book.close()
    return Layout(
        f"registries/{name}",
        sheet.name,
        {key: number for number, key in enumerate(sheet.keys, 4)},
        {header: xl_col_to_name(at) for at, header in enumerate(sheet.header)},
    )


_GROUPED = {"正式党员数": "党员情况", "预备党员数": "党员情况"}
_SUMMED = ("楼栋数", "户数", "常住人口", "正式党员数", "预备党员数", "报到党员数")


def write_compounds(sheet: Sheet, folder: Path, name: str, hidden: set[str]) -> Layout:
    """Write the compound registry: two header rows, communities merged down, a subtotal each, a total and a note.

    ``hidden`` names the rows that the office has hidden.
    """
    header = ("序号", *sheet.header)
    book = _Book(folder / name)
    page = book.start(sheet.name, "演示市住宅小区党组织覆盖情况统计表", len(header))
    _double_header(page, book, header)
    layout = Layout(f"registries/{name}", sheet.name, columns={h: xl_col_to_name(at) for at, h in enumerate(header)})
    at, total, start = 4, dict.fromkeys(_SUMMED, 0), 0
    while start < len(sheet.rows):
        community = sheet.rows[start]["社区"]
        end = start
        while end < len(sheet.rows) and sheet.rows[end]["社区"] == community:
            end += 1
        for order in range(start, end):
            row = {"序号": order + 1, **sheet.rows[order]}
            layout.rows[sheet.keys[order]] = at + order - start + 1
            for column, head in enumerate(header):
                if head not in {"所属街道", "社区"}:
                    _put(page, (at + order - start, column), row[head], book.cell)
            if sheet.keys[order] in hidden:
                page.set_row(at + order - start, None, None, {"hidden": True})
        for head in ("所属街道", "社区"):
            _merge_down(page, (at, at + end - start - 1, header.index(head)), sheet.rows[start][head], book)
        at += end - start
        sums = _sums(sheet.rows[start:end])
        _sum_row(page, book, header, (at, "小计", sums))
        total = {head: total[head] + sums[head] for head in _SUMMED}
        at, start = at + 1, end
    _sum_row(page, book, header, (at, "合计", total))
    page.write_string(at + 2, 0, "注：1. 本表由各社区填报；2. 正式党员数以组织关系在本小区为准；3. “√”表示是。")
    book.book.close()
    return layout


def _double_header(page: Any, book: _Book, header: tuple[str, ...]) -> None:
    for at, head in enumerate(header):
        if head in _GROUPED:
            page.write_string(3, at, head, book.head)
        else:
            page.merge_range(2, at, 3, at, head, book.head)
    first = header.index("正式党员数")
    page.merge_range(2, first, 2, first + 1, "党员情况", book.head)


def _merge_down(page: Any, span: tuple[int, int, int], value: str, book: _Book) -> None:
    top, bottom, column = span
    if bottom > top:
        page.merge_range(top, column, bottom, column, value, book.middle)
    else:
        page.write_string(top, column, value, book.cell)


def _sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {head: sum(row[head] for row in rows if isinstance(row[head], int)) for head in _SUMMED}


def _sum_row(page: Any, book: _Book, header: tuple[str, ...], what: tuple[int, str, dict[str, int]]) -> None:
    at, word, sums = what
    for column, head in enumerate(header):
        _put(page, (at, column), word if head == "序号" else sums.get(head), book.sum)
