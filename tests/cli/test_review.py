"""From waiting names to decisions: the review folder is written, filled in, and applied."""

from __future__ import annotations

import openpyxl
import pyarrow.parquet as pq
import pytest

from gridkit import errors
from gridkit.io.review import REVIEW_COLUMNS
from gridkit.model.results import LINK_COLUMNS
from tests.cli.test_link import project  # noqa: F401  # a fixture

FILES = {"link.json", "links.parquet", "review.html", "review.xlsx"}


@pytest.fixture
def written(gridkit, project, tmp_path):  # noqa: F811
    said = gridkit("link", project, "-o", tmp_path / "out", "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    assert f"Decide in the browser  {tmp_path / 'out' / 'review.html'}" in said.out
    return tmp_path / "out"


def test_the_folder_holds_what_a_reviewer_needs(written):
    assert {path.name for path in written.iterdir()} == FILES
    assert pq.read_schema(written / "links.parquet").names == list(LINK_COLUMNS)


def test_the_workbook_filled_in_is_applied(gridkit, project, written):  # noqa: F811
    book = openpyxl.load_workbook(written / "review.xlsx")
    sheet = book.worksheets[0]
    at = {name: column for column, name in enumerate(REVIEW_COLUMNS, start=1)}
    assert sheet.cell(4, at["mention"]).value == "金桂家圆"
    assert sheet.cell(4, at["impact"]).value == 1
    sheet.cell(4, at["choice"]).value = sheet.cell(4, at["option1"]).value
    book.save(written / "review.xlsx")
    said = gridkit("link", project, "--apply", written / "review.xlsx", "--lang", "en")
    assert "1 mention(s) linked now" in said.out
    assert "1 compound(s) with another status" in said.out  # as many as the workbook had said


def test_equal_projects_give_equal_files(gridkit, project, tmp_path):  # noqa: F811
    for name in ("a", "b"):
        gridkit("link", project, "-o", tmp_path / name)
    assert [(tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in sorted(FILES)] == [
        True
    ] * len(FILES)
