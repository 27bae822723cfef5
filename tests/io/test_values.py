from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.io import values
from gridkit.io.vocabulary import SYNONYMS, _table, vocabulary_of
from gridkit.model.fields import VOCABULARIES


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("522601001001", ("522601001001", "")),
        (522601001001.0, ("522601001001", "")),
        (522601001001001.0, ("522601001001001", "")),  # 15 digits survive
        (5226010010010010.0, ("", "S115")),
        (522601001001002001, ("", "S115")),
        ("522601001001002001", ("522601001001002001", "")),  # text is safe
        ("5.22601E+14", ("", "S115")),
        ("５２２６０１", ("522601", "")),
        ("'007", ("007", "")),
        (" 12 34 ", ("1234", "")),
        ("522601001001.0", ("522601001001", "")),
        ("1E5", ("1E5", "")),  # no sign of a power: a code of a letter
        ("——", ("", "")),
        (None, ("", "")),
        ("91350100M000100Y43", ("91350100M000100Y43", "")),
    ],
)
def test_codes_stay_text(cell, expected):
    assert values.to_code(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (3.0, (3, "")),
        ("３", (3, "")),
        ("3人", (3, "")),
        ("1,234", (1234, "")),
        ("2.6万", (26000, "")),
        ("2.6万人", (26000, "")),
        ("约300户", (300, "S112")),
        ("320余名", (320, "S112")),
        ("3人以上", (3, "S112")),  # 以上 includes the number
        ("不足3人", (None, "S180")),  # and 不足 excludes it: 3 would be wrong
        ("三", (3, "")),
        ("-1", (None, "S111")),
        (2.5, (None, "S111")),
        (True, (None, "S111")),
        (dt.date(2021, 3, 5), (None, "S111")),  # 3-5 turned into a date
        ("", (None, "")),
        ("—", (None, "")),
        ("XX", (None, "")),
        ("0", (0, "")),
        (float("nan"), (None, "")),
    ],
)
def test_counts(cell, expected):
    assert values.to_count(cell) == expected


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        (dt.date(2021, 5, 3), "2021-05-03", "2021-05-03"),
        (dt.datetime(2021, 5, 3, 9, 30), "2021-05-03", "2021-05-03"),
        ("2021-05-03", "2021-05-03", "2021-05-03"),
        ("2021.5.3", "2021-05-03", "2021-05-03"),
        ("2021/5/3", "2021-05-03", "2021-05-03"),
        ("2021年5月3日", "2021-05-03", "2021-05-03"),
        ("2021年5月", "2021-05-01", "2021-05-31"),
        ("2024年2月", "2024-02-01", "2024-02-29"),
        ("2021年", "2021-01-01", "2021-12-31"),
        (2021.0, "2021-01-01", "2021-12-31"),
        (2021.5, "2021-05-01", "2021-05-31"),
        ("20210503", "2021-05-03", "2021-05-03"),
        (202105.0, "2021-05-01", "2021-05-31"),
        (44319.0, "2021-05-03", "2021-05-03"),
        ("2021-05-03 00:00:00", "2021-05-03", "2021-05-03"),
        ("2021年5月至2024年5月", "2021-05-01", "2024-05-31"),
        ("待定", "", ""),
        ("", "", ""),
        ("长期", "", ""),
    ],
)
def test_dates(cell, first, last):
    assert values.to_date(cell) == (first, "")
    assert values.to_date(cell, end=True) == (last, "")


@pytest.mark.parametrize("cell", ["2021年13月", "2021-02-30", "去年", "21.5", True, "2021年5月左右"])
def test_dates_that_are_none(cell):
    assert values.to_date(cell) == ("", "S113")


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("1998年", 1998),
        (1998.0, 1998),
        ("1998年5月", 1998),
        (dt.date(1998, 5, 1), 1998),
        ("2001.5", 2001),
        ("1998年建成", 1998),
    ],
)
def test_years(cell, year):
    assert values.to_year(cell) == (year, "")


@pytest.mark.parametrize("cell", ["90年代", "1998-2001", "98", "3020"])
def test_years_that_are_none(cell):
    assert values.to_year(cell) == (None, "S111")


def test_empty_is_not_no():
    assert values.to_yesno("")[0] == values.to_yesno("待定")[0] == "unknown"
    assert values.to_yesno("部分") == ("unknown", "S114")


@given(st.integers(0, 10**12))
def test_a_count_reads_back(number):
    assert values.to_count(str(number)) == values.to_count(float(number)) == (number, "")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_a_date_reads_back_however_it_is_written(day):
    forms = [day, day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}"]
    assert {values.to_date(form)[0] for form in forms} == {day.isoformat()}


@given(st.lists(st.one_of(st.text(max_size=8), st.floats(allow_nan=False), st.booleans(), st.none(), st.integers())))
def test_no_cell_breaks_a_converter(cells):
    converters = (values.to_code, values.to_count, values.to_number, values.to_date, values.to_yesno, values.to_filled)
    for converter in (*converters, values.to_text, values.to_list, values.to_year):
        out, _ = values.convert(cells, converter)
        assert len(out) == len(cells)


def test_equal_numbers_of_different_kind_are_not_confused():
    assert values.convert([1, True, 1.0], values.to_count)[0] == [1, None, 1]


@pytest.mark.parametrize("field", sorted(VOCABULARIES))
def test_vocabularies_are_complete_and_unambiguous(field):
    assert set(SYNONYMS[field]) == set(VOCABULARIES[field])
    table = _table(field)  # raises where one label means two codes
    assert set(table.values()) == set(VOCABULARIES[field])
    assert all(vocabulary_of(field)(label) == (code, "") for label, code in table.items())


@pytest.mark.parametrize(
    ("field", "label", "code"),
    [
        ("compound_type", "单位型小区", "unit"),
        ("compound_type", "机关宿舍", "unit"),
        ("compound_type", "回迁", "resettlement"),
        ("branch_kind", "兼合式", "functional"),
        ("org_level", "党工委", "work_committee"),
        ("body_kind", "无", "none"),
        ("party_form", "选派指导员", "instructor"),
        ("unit_level", "县(市、区)", "county"),
        ("unit_level", "州(市)", "prefecture"),
        ("property_mode", "居委会托管", "community"),
    ],
)
def test_labels_of_the_domain(field, label, code):
    assert vocabulary_of(field)(label) == (code, "")
