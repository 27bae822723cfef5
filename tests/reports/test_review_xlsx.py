"""The review workbook: what is picked in it comes back as decisions, whatever the names are."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from gridkit.errors import TableError
from gridkit.io.overrides import read_overrides
from gridkit.io.review import OPTIONS, REVIEW_COLUMNS
from gridkit.linkage.queue import QUEUE_COLUMNS
from gridkit.locale import speaking
from gridkit.reports import write_review_xlsx

KEYS = ("00000000000000a1", "00000000000000b2", "00000000000000c3", "00000000000000d4")
HOSTILE = '=HYPERLINK("http://x","y")'


def candidate(code: str, name: str, **more: object) -> dict:
    return {"code": code, "target": code, "level": "compound", "name": name, "parent": "东门社区", "score": 6.5,
            "why": "same community", **more}  # fmt: skip


def queue() -> pd.DataFrame:
    rows = [
        ("金桂", (candidate("a1", "金桂家园"), candidate("a2", "银杏小区"))),
        (HOSTILE, tuple(candidate(f"a{at}", f"{'很长的名称' * 30}{at}") for at in range(1, 6))),
        ("-绿洲<b>\x07\n新城", ()),
        ("同名", (candidate("a1", "同"), candidate("a2", "同"))),
    ]
    made = [
        {"key": key, "kind": "branches", "field": "covers", "level": "compound", "mention": mention, "parent": "@东门",
         "address": "", "cells": tuple(f"branches.xlsx!Sheet1!P{at}" for at in range(9)), "candidates": candidates,
         "impact": 2, "households": 200, "changes": ("a1", "a2"), "x": float("nan"), "y": float("nan")}
        for key, (mention, candidates) in zip(KEYS, rows, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(made, columns=list(QUEUE_COLUMNS))


def fill(path, choices: dict[int, dict[str, object]]):
    """Fill columns of rows (by their number in the queue) as a person would; a whole number picks from the list."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = {name: column for column, name in enumerate(REVIEW_COLUMNS, start=1)}
    for row, values in choices.items():
        for name, value in values.items():
            option = sheet.cell(4 + row, at[OPTIONS[value]]).value if isinstance(value, int) else value
            assert option
            sheet.cell(4 + row, at[name]).value = option
    filled = path.with_name("filled.xlsx")
    book.save(filled)
    return filled


def read(path) -> dict[str, tuple[str, str]]:
    frame = read_overrides([(path, path.name)])[0].frame
    return {row.key: (row.decision, row.target) for row in frame.itertuples()}


@pytest.fixture(params=["zh", "en"])
def written(tmp_path, request):
    with speaking(request.param):
        write_review_xlsx(queue(), tmp_path / "review.xlsx")
        yield tmp_path / "review.xlsx"


def test_nothing_picked_is_nothing_decided(written):
    assert read(written) == {}


def test_every_kind_of_decision_comes_back(written):
    filled = fill(written, {0: {"choice": 1}, 1: {"choice": 10}, 2: {"choice": 0}, 3: {"choice": 2}})
    assert read(filled) == {
        KEYS[0]: ("link", "a2"), KEYS[1]: ("alias", "a5"), KEYS[2]: ("no_match", ""), KEYS[3]: ("no_match", ""),
    }  # fmt: skip


def test_what_is_written_by_hand(written):
    filled = fill(written, {0: {"choice": "2"}, 1: {"choice": "a3"}, 2: {"other": "b1；b2"}, 3: {"other": "b1"}})
    assert read(filled) == {
        KEYS[0]: ("link", "a2"), KEYS[1]: ("link", "a3"), KEYS[2]: ("split", "b1；b2"), KEYS[3]: ("link", "b1"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "cells", [{"choice": "7"}, {"choice": "perhaps"}, {"choice": 0, "other": "b9"}, {"choice": 0, "check": KEYS[1]}]
)
def test_what_cannot_be_meant_is_refused_by_its_row(written, cells):
    with pytest.raises(TableError) as refused:
        read(fill(written, {0: cells}))
    assert "filled.xlsx!" in str(refused.value) and ":4:" in str(refused.value)


def test_texts_stay_texts(written):
    sheet = openpyxl.load_workbook(written).worksheets[0]
    at = {name: column for column, name in enumerate(REVIEW_COLUMNS, start=1)}
    assert [sheet.cell(row, at["mention"]).value for row in (4, 5)] == ["金桂", HOSTILE]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet.cell(5, at["mention"]).quotePrefix
    assert sheet.column_dimensions["A"].hidden and sheet.row_dimensions[2].hidden
    assert len(sheet.cell(5, at["option1"]).value) < 80
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref)) == ("list", "D4:D7")
    assert rule.formula1 == "$AA4:$AK4"  # the options of its own row


def test_equal_queues_give_equal_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_review_xlsx(queue(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_empty_queue_is_a_workbook_too(tmp_path):
    write_review_xlsx(queue().iloc[:0], tmp_path / "review.xlsx")
    assert read(tmp_path / "review.xlsx") == {}
