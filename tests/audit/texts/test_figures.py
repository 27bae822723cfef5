"""Figures of invented sentences, and laws that hold for any text."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.audit.texts.figures import figures_in
from gridkit.audit.texts.numbers import CHINESE, MASK
from tests.audit.texts.sentences import SENTENCES


@pytest.mark.parametrize("name", SENTENCES)
def test_invented_sentences(name):
    text, expected = SENTENCES[name]
    found = [one for one in figures_in(text) if one.kind != "full"]
    shown = [(one.value, one.upper, one.unit, one.noun, one.comparator) for one in found]
    assert len(found) == len(expected), shown
    for one, (value, unit, noun, sign) in zip(found, expected, strict=True):
        low, _, high = (value or "").partition(" ")
        assert one.value == (Fraction(low) if low else None), shown
        assert not high or one.upper == Fraction(high), shown
        assert (one.unit, one.comparator, one.redacted) == (unit, sign, value is None), shown
        assert noun in one.noun, shown


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("实现党的组织全覆盖。", ["实现党的组织全覆盖"]),
        ("在每个网格成立党支部，全面覆盖。", ["在每个网格成立党支部", "全面覆盖"]),
        ("实现100%全覆盖。", []),  # the figure says it
        ("尚未全覆盖。", []),
        ("不断扩大覆盖面。", []),
    ],
)
def test_full_coverage_in_words(text, clauses):
    found = [one for one in figures_in(text) if one.kind == "full"]
    assert [one.clause for one in found] == clauses
    assert all(one.value == 100 and one.unit == "%" for one in found)


def test_scope_day_and_aim():
    first, second = figures_in("截至2024年6月底，全市组建网格党支部194个。力争覆盖率达100%。")
    assert (first.scope, first.as_of, first.aim) == ("全市", "2024-06-30", False)
    assert (second.scope, second.as_of, second.aim) == ("", "", True)


WORDS = (
    "全市 网格 党支部 小区 覆盖率 达到 约 至少 1359 194 3-5 55.2 XX ** % 个 名 家 万 余 以上 ， 。 、 “ ” ( ) 五 一 "
    "十二 百分之 成 全覆盖 分别 截至2024年 13月 31日 １２ 個 〇 问(wèn)题 && - ~ 第 至 其中 收集 承诺 解决 减到 减少"
)
PIECES = st.sampled_from([*WORDS.split(), "\n", "\t"])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_figure_lies_in_the_text_and_holds_its_number(text):
    last = 0
    for one in figures_in(text):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.written
        assert one.kind == "full" or re.search(
            rf"\d|{CHINESE}|{MASK}|[零一二两三四五六七八九十百千萬万億]", one.written
        )
        assert one.kind == "full" or one.start >= last
        last = max(last, one.end) if one.kind != "full" else last
        assert one.comparator in ("=", ">=", "<=", ">", "<")


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_redactions_never_get_a_value(text):
    for one in figures_in(text):
        assert one.redacted == (one.value is None)
        assert not one.redacted or (one.upper is None and not re.search(r"\d", re.split("[-~—–至到]", one.written)[0]))


@given(
    st.integers(1, 99999),
    st.sampled_from(["个", "名", "家", "支"]),
    st.sampled_from(["建立网格党支部", "配备党建指导员"]),
)
def test_a_number_written_is_the_number_read(number, unit, lead):
    (one,) = figures_in(f"全市{lead}{number}{unit}。")
    assert one.value == number
    (wide,) = figures_in(f"全市{lead}{number:,}{unit}。")
    assert wide.value == number


def test_the_head_of_a_column_says_what_is_counted():
    text = "表1\n街道\t小区数\t党组织覆盖率\n棠墩街道\t30个\t90%\n西门街道\t13个\t56.5%\n正文。\n网格\t5个\n"
    found = [(one.noun, one.written, one.place) for one in figures_in(text)]
    assert found == [
        ("小区数", "30个", "棠墩街道"), ("党组织覆盖率", "90%", "棠墩街道"), ("小区数", "13个", "西门街道"),
        ("党组织覆盖率", "56.5%", "西门街道"), ("网格", "5个", ""),
    ]  # fmt: skip
