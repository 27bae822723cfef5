"""Numbers with words: value and qualifier; every expected reading is written down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.io import values
from gridkit.io.cells import header_factor
from gridkit.io.quantities import chinese, quantity


@pytest.mark.parametrize(
    ("cell", "value", "remark"),
    [
        ("3人", 3, ""),
        ("2.6万", 26_000, ""),
        ("共3个", 3, ""),
        ("1,234户", 1234, ""),
        ("三名正式党员", 3, ""),
        ("一千二百", 1200, ""),
        ("两百户", 200, ""),
        ("一万二", 12_000, ""),
        ("一千零五", 1005, ""),
        ("三万五千二百一十一", 35_211, ""),
        ("壹佰贰拾", 120, ""),
        ("廿三", 23, ""),
        ("300(户)", 300, ""),
        ("約300戶", 300, "about"),
        ("约300户", 300, "about"),
        ("近百户", 100, "about"),
        ("300户左右", 300, "about"),
        ("300户（约）", 300, "about"),
        ("二十来户", 20, "about"),
        ("320余名", 320, "at_least"),
        ("三百多户", 300, "at_least"),
        ("兩百餘戶", 200, "at_least"),
        ("二十余", 20, "at_least"),
        ("百余户", 100, "at_least"),
        ("十多万", 100_000, "at_least"),
        ("20余万", 200_000, "at_least"),
        ("至少5人", 5, "at_least"),
        ("不少于5人", 5, "at_least"),
        ("3人以上", 3, "at_least"),  # 以上 includes the number
        ("5人及以上", 5, "at_least"),
        ("≥5", 5, "at_least"),
        ("100+", 100, "at_least"),
        ("不足10人", None, "at_most"),  # 不足 excludes it: 10 would be wrong, and 9 a guess
        ("5人以下", None, "at_most"),
        ("不超过5人", None, "at_most"),
        ("300-320户", None, "range"),
        ("三五户", None, "range"),
        ("三四百", None, "range"),
        ("十几户", None, "range"),
        ("数百户", None, "range"),
        ("XX户", None, "masked"),
        ("约××人", None, "masked"),
        ("***", None, "masked"),
    ],
)
def test_value_and_qualifier(cell, value, remark):
    found = quantity(cell)
    assert (found.value, found.remark) == (value, remark)


@pytest.mark.parametrize("cell", ["若干", "5人/户", "-1", "万", "百户", "某人", "3栋502", "2021年5月", "12,34", "甲"])
def test_what_says_nothing_of_an_amount(cell):
    assert quantity(cell) is None


@pytest.mark.parametrize(
    ("cell", "value", "problem"),
    [
        ("不足10人", None, "S180"),
        ("300-320户", None, "S180"),
        ("XX户", None, ""),  # masked: told in S181
        ("无", None, ""),  # none is not 0
        ("零", 0, ""),
        ("55.2%", None, "S111"),  # a share is no count
        ("100%", None, "S111"),
        ("2.5人", None, "S111"),
        ("若干", None, "S111"),
    ],
)
def test_counts(cell, value, problem):
    assert values.to_count(cell) == (value, problem)


def test_shares_and_areas():
    assert values.to_number("55.2%以上") == (0.552, "S112")
    assert values.to_number("百分之五十") == (0.5, "")
    assert values.to_area("0.5平方公里") == (500_000.0, "")
    assert values.to_area("约2公顷") == (20_000.0, "S112")
    assert values.to_area("3亩", factor=1e6)[0] == pytest.approx(2000.0)  # the cell outranks the header


def test_the_unit_of_the_header_counts_once():
    assert values.to_count("2.6", factor=header_factor("人口（万人）")) == (26_000, "")
    assert values.to_count("2.6万", factor=header_factor("人口（万人）")) == (26_000, "")
    assert header_factor("人口/万人") == 10_000
    assert header_factor("常住人口_（单位：千人）") == 1_000
    assert header_factor("户数（户）") == header_factor("户数(含万科)") == header_factor("万达小区户数") == 1
    assert header_factor("面积[亩]", area=True) == pytest.approx(10_000 / 15)


BEFORE = {"": "", "约": "about", "大约": "about", "近": "about", "至少": "at_least", "超过": "at_least", "共": ""}
AFTER = {"": "", "余": "at_least", "多": "at_least", "以上": "at_least", "左右": "about", "及以上": "at_least"}
UNITS = ["", "人", "户", "名", "个", "名党员"]


def in_chinese(number: int) -> str:
    """The numeral of 0 to 99,999,999 as a clerk writes it."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        zero = "零" if 0 < low < 1000 else ""
        return in_chinese(high) + "万" + zero + (in_chinese(low) if low else "")
    out, gap = "", False
    for unit, letter in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        gap |= digit == 0 and out != ""
        if digit:
            out += ("零" if gap else "") + "零一二三四五六七八九"[digit] + letter
            gap = False
    return out or "零"


@given(
    st.integers(0, 10**7), st.sampled_from(sorted(BEFORE)), st.sampled_from(sorted(AFTER)), st.sampled_from(UNITS),
    st.booleans(),
)  # fmt: skip
def test_any_number_in_any_wording_is_that_number(number, before, after, unit, thousands):
    digits = f"{number:,}" if thousands else str(number)
    inside = after if after in ("余", "多") else ""
    cell = f"{before}{digits}{inside}{unit}{'' if inside else after}"
    remark = "at_least" if "at_least" in (BEFORE[before], AFTER[after]) else BEFORE[before] or AFTER[after]
    assert values.to_count(cell) == (number, "S112" if remark else "")
    assert values.remark_of(cell, "count", number) == remark


@given(st.integers(0, 99_999_999))
def test_any_numeral_is_its_number(number):
    text = in_chinese(number)
    assert chinese(text) == number
    assert values.to_count(f"约{text}户")[0] == number


@given(st.text(alphabet="约近三百五十万零两余多0123456789.,-~%户人XX以上不足至少 ", max_size=12))
def test_no_text_breaks_it(cell):
    quantity(cell)
    values.to_count(cell)
