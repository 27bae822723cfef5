"""Codes of a column against each other: what was probably meant is said, and nothing is changed."""

from __future__ import annotations

import pytest

from gridkit.model import Findings
from gridkit.schema import check_city
from gridkit.schema.codes import look_alike, rounded, separated, shorter
from tests.io import files

HEAD = ["单位编号", "单位名称"]


def found(folder, codes):
    files.table(folder / "a.csv", [HEAD, *([code, f"第{n}局"] for n, code in enumerate(codes))])
    city, noticed = files.read(folder, '[registries.units]\npath = "a.csv"\n')
    assert city.rows("units")["unit_id"].to_list() == list(codes)  # as written
    return {row["code"]: row for row in Findings.concat([noticed, check_city(city)]).rows()}


def once(*codes):
    return dict.fromkeys(codes, 1)


FIVE = ("000101", "000102", "000103", "000104", "000105")


def test_lost_zeros_are_told_with_the_code_that_it_would_be(tmp_path):
    row = found(tmp_path, [*FIVE, "106"])["S184"]
    assert row["params"] | {"header": ""} == {
        "header": "", "value": "106", "n": 1, "length": 3, "expected": 6, "other": "000106", "variant": "zeros",
    }  # fmt: skip
    assert row["refs"] == ("a.csv!A7",)


def test_a_code_that_is_known_with_zeros_is_told(tmp_path):
    assert found(tmp_path, [*FIVE, "101"])["S184"]["params"]["variant"] == "known"


@pytest.mark.parametrize(
    ("codes", "doubtful"),
    [
        (once("522601", "522602", "522603", "522604", "52260"), ["52260"]),  # five digits of six
        (once("8", "9", "10", "11", "12", "13", "14", "15", "16", "17"), []),  # running numbers
        (once("98", "99", "100", "101", "102", "103", "104", "105", "106", "107", "108"), []),
        (once("522601", "522602", "5226", "5227", "52260"), []),  # no habit
        (once("522601", "52260"), []),  # too few
        (once("A1", "B2", "C3", "D4", "5"), []),
        ({}, []),
    ],
)
def test_which_codes_are_too_short(codes, doubtful):
    assert list(shorter(codes)) == doubtful


def test_a_short_code_that_exists_elsewhere_is_no_shortened_one():
    codes = once("522601001001", "522601001002", "522601001003", "522601001004", "522601001")
    assert shorter(codes, {"522601001"}) == {}
    assert list(shorter(codes)) == ["522601001"]


def test_letters_like_digits(tmp_path):
    assert found(tmp_path, ["522601", "522602", "522603", "522604", "5226O5"])["S185"]["params"]["other"] == "522605"
    codes = {"522601": 9, "l22605": 1, "B22606": 1}
    assert look_alike(codes) == {"l22605": {"other": "122605"}}
    assert look_alike(once("A1O", "B2", "C3")) == {}  # a scheme of letters
    assert look_alike(once("1", "2", "3", "4", "O")) == {}


def test_separators_and_rounded_codes(tmp_path):
    assert "S186" in found(tmp_path, ["5226-01", "522602", "522603", "522604", "522605"])
    assert separated(once("A-1", "A-2", "A-3", "A-4", "A5")) == {}
    good = [f"52260100100100200{n}" for n in range(1, 5)]
    row = found(tmp_path / "b", [*good, "522601001001002000"])["S187"]
    assert row["params"]["value"] == "522601001001002000"
    assert rounded(once("5226010010010020", "5226010010010021")) == {}  # of 16 digits one in ten ends in 0
