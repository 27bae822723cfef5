"""Rows written in one piece are the bytes that the library writes cell by cell."""

import io
from datetime import datetime

import pytest
import xlsxwriter

from gridkit.reports.sheet import RowSheet

ROWS = {
    "plain": [("a", 1, None), ("中文 b", 2_000_000, ""), ("", None, "c")],
    "numbers": [("a", 0.5, "b"), ("b", 1 / 3, ""), ("c", 1e-9, "d"), (" e", 2.0, "")],
    "markup": [("a & b", 0, "x < y > z"), ('"quoted"', -1, "<r>no</r>"), ("&amp;", True, "<b")],
    "blanks": [(" a", 1, "b "), ("\u3000", 2, "a\nb"), ("\t", 3, "\u00a0")],
    "escapes": [("_x000D_", 1, "a_xb"), ("=1+1", 2, "+2"), ("@", 3, "-")],
    "long": [("字" * 20_000, 1, "b"), ("😀" * 31_000, 2, ""), ("c", 3, "😀" * 16_000)],
    "empty between": [("a", 1, "b"), ("", None, ""), ("c", 2, "d")],
    "none": [],
}


def book(rows, *, at_once):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False}) as made:
        made.set_properties({"created": datetime(2024, 6, 30)})
        head, text, guarded, number = (made.add_format({"font_size": size}) for size in (14, 11, 12, 13))
        share = made.add_format({"num_format": "0.00%"})

        def style_of(value):
            return guarded if value.startswith(("=", "+", "-", "@", "\t")) else text

        def put(row, col, value):
            if value is None or value == "":
                return
            if isinstance(value, (int, float)):
                sheet.write_number(row, col, value, share if isinstance(value, float) else number)
            else:
                sheet.write_string(row, col, value, style_of(value))

        for _part in range(2):
            sheet = made.add_worksheet(worksheet_class=RowSheet)
            for col in range(3):
                sheet.write_string(0, col, "head", head)
            if at_once:
                styles = {"style_of": style_of, "number": number, "real": lambda _value: share}
                assert sheet.write_rows(1, iter(rows), put=put, **styles) == len(rows)
            else:
                for row, values in enumerate(rows, start=1):
                    for col, value in enumerate(values):
                        put(row, col, value)
            sheet.autofilter(0, 0, len(rows), 2)
    return target.getvalue()


@pytest.mark.parametrize("name", ROWS)
def test_same_bytes(name):
    assert book(ROWS[name], at_once=True) == book(ROWS[name], at_once=False)


def test_same_bytes_where_plain_rows_and_others_take_turns():
    rows = [row for some in ROWS.values() for row in some] * 2
    assert book(rows, at_once=True) == book(rows, at_once=False)
