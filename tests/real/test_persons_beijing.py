"""Real names of streets, communities and compounds are never taken for persons: none dropped, none masked."""

from __future__ import annotations

import csv
import random

import pytest

from gridkit.io.person_names import holds_names, is_likely_name
from gridkit.io.person_numbers import holds_numbers, mask_name_of_file
from gridkit.io.persons import mask
from gridkit.io.privacy import masked_codes, masked_column

pytestmark = pytest.mark.real
ENDS = ("社区居委会", "居委会", "村委会", "社区", "街道", "地区", "镇", "乡")


@pytest.fixture(scope="module")
def columns(real):
    found = {}
    for name in ("communities_2023", "compounds_4sources", "streets_2023"):
        with (real / "beijing" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        found |= {(name, header): [row[header] for row in rows] for header in rows[0]}
    return found


def bare(name: str) -> str:
    return next((name.removesuffix(end) for end in ENDS if name.endswith(end) and len(name) > len(end) + 1), name)


def test_no_real_column_is_dropped(columns):
    assert [place for place, cells in columns.items() if holds_numbers(cells) or holds_names(cells)] == []


@pytest.mark.parametrize("place", [("communities_2023", "name"), ("streets_2023", "name")])
def test_names_without_their_ending_are_no_persons(columns, place):
    """Offices leave 社区 and 街道 out; then 龙泉 and 高岭 could be persons, but no column of them is."""
    cells = [bare(name) for name in columns[place]]
    assert not holds_names(cells)
    draw = random.Random(0)
    assert [one for one in (draw.sample(cells, 8) for _ in range(500)) if holds_names(one)] == []
    assert sum(map(is_likely_name, set(cells))) < 0.05 * len(set(cells))


def test_no_real_name_or_code_is_masked(columns):
    for (_, header), cells in columns.items():
        if header in ("name", "address_chain", "property_company", "developer"):
            touched = [cells[position] for position in masked_column(cells)[1]]
            assert [text for text in touched if not text.replace("-", "").isdigit()] == [], header  # phones of nobody
            assert len(touched) <= 1
        elif header.lower().endswith("code"):
            assert masked_codes(cells)[1] == [], header


def test_of_the_addresses_only_phone_numbers_are_masked(columns):
    cells = columns["compounds_4sources", "address"]
    _, touched = masked_column(cells)
    assert len(touched) < 0.001 * len(cells)


def test_no_name_of_a_place_is_masked_for_what_stands_in_brackets_or_in_a_list(columns):
    """Of all cells of all columns, whatever they hold, one is masked: a telephone number."""
    texts = {cell for cells in columns.values() for cell in cells}
    assert [text for text in texts if mask(text) != text and not text.replace("-", "").isdigit()] == []
    assert sum("（" in text or "(" in text for text in texts) > 1000


def test_no_name_of_a_place_is_masked_in_the_name_of_a_file(columns):
    texts = {cell for (_, header), cells in columns.items() if header == "name" for cell in cells}
    assert [text for text in texts if mask_name_of_file(text) != text] == []
