"""Dates in every usual form; what can mean two days is not decided."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.io.dates import lost_zero, to_date, to_year


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("二〇二一年五月", "2021-05-01", "2021-05-31"),
        ("二零二一年十二月三十一日", "2021-12-31", "2021-12-31"),
        ("二○二一年五月三日", "2021-05-03", "2021-05-03"),
        ("2021年五月", "2021-05-01", "2021-05-31"),
        ("2021年5月3号", "2021-05-03", "2021-05-03"),
        ("2021年05月03日星期一", "2021-05-03", "2021-05-03"),
        ("2021．5．3", "2021-05-03", "2021-05-03"),
        ("2021、5、3", "2021-05-03", "2021-05-03"),
        ("2021-05-03T09:30:00", "2021-05-03", "2021-05-03"),
        ("2021-5-1 12:30", "2021-05-01", "2021-05-01"),  # not the 11th at 2:30
        ("2021/5/1 9:30:00.123", "2021-05-01", "2021-05-01"),
        ("20210503", "2021-05-03", "2021-05-03"),
        (20210503.0, "2021-05-03", "2021-05-03"),
        ("44319", "2021-05-03", "2021-05-03"),
        (44319.5, "2021-05-03", "2021-05-03"),
        ("5/23/2021", "2021-05-23", "2021-05-23"),
        ("23.5.2021", "2021-05-23", "2021-05-23"),
        ("5/5/2021", "2021-05-05", "2021-05-05"),
        ("2021.5-2024.5", "2021-05-01", "2024-05-31"),
        ("2021年5月成立", "2021-05-01", "2021-05-31"),
    ],
)
def test_forms(cell, first, last):
    assert to_date(cell) == (first, "")
    assert to_date(cell, end=True) == (last, "")


@pytest.mark.parametrize("cell", ["5/3/2021", "03-05-2021", 2021.1, 20215.0])
def test_two_days_are_not_decided(cell):
    assert to_date(cell) == ("", "S183")


@pytest.mark.parametrize("cell", ["农历五月初三", "民国110年5月3日", "13/13/2021", "2021年2月30日", "五月", "21.5.3"])
def test_other_calendars_and_impossible_days(cell):
    assert to_date(cell) == ("", "S113")


def test_the_end_of_a_year_ends_and_its_beginning_begins():
    assert to_date("2024年底", end=True) == ("2024-12-31", "")
    assert to_date("2024年底") == ("", "S113")
    assert to_date("2021年初") == ("2021-01-01", "")


def test_an_october_that_lost_its_zero_in_a_text_table():
    assert lost_zero(["2021.1", "2020.12"]) == {"2021.1"}
    assert lost_zero(["2021.1", "2020.10"]) == set()  # this column keeps its zeros
    assert lost_zero(["2021.01"]) == set()


def test_years():
    assert to_year("一九九八年") == to_year("1998年底建成") == to_year("约1998年") == (1998, "")
    assert to_year("90年代") == to_year("1998-2001") == (None, "S111")


@given(st.dates(dt.date(1901, 1, 1), dt.date(2099, 12, 31)), st.integers(0, 23), st.integers(0, 59))
def test_a_day_is_the_same_day_in_every_form(day, hour, minute):
    y, m, d = day.year, day.month, day.day
    clock = f"{hour}:{minute:02}"
    forms = [
        day, dt.datetime(y, m, d, hour, minute), f"{y}-{m}-{d} {clock}", f"{y}/{m:02}/{d:02}", f"{y}.{m}.{d}",
        f"{y}年{m}月{d}日{hour}时{minute}分", f"{y}年{m}月{d}号", f"{y:04}{m:02}{d:02}", f"{y}-{m:02}-{d:02}T0{clock}Z",
    ]  # fmt: skip
    forms[-1] = forms[-1].replace("T0", "T" if hour > 9 else "T0")
    assert {to_date(form) for form in forms} == {(day.isoformat(), "")}
    serial = (day - dt.date(1899, 12, 30)).days
    assert y < 1956 or to_date(float(serial)) == (day.isoformat(), "")
