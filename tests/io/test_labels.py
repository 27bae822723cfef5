"""Filled-in samples as they come back from people: every mistake told with its row."""

from __future__ import annotations

import pytest

from gridkit.errors import ProjectError, TableError
from gridkit.io.labels import read_labels, read_visits
from gridkit.io.project import read_project
from gridkit.locale import speaking
from tests.io import files

KEY, OTHER, THIRD = "a" * 16, "b" * 16, "c" * 16
HEAD = ["key", "code", "label"]
SITES = ["code", "label", "by", "run"]


def read(path, rows, head=HEAD):
    return read_labels(files.table(path, [head, *rows]), path.name)


def refused(read_one, path, rows, head=HEAD) -> str:
    with speaking("en"), pytest.raises(TableError) as caught:
        read_one(files.table(path, [head, *rows]), path.name)
    with speaking("en"):
        return str(caught.value)


def test_labels_by_word_and_by_their_own_name(tmp_path):
    rows = [[KEY, "a1", "the link is right"], [OTHER, "a2", "wrong"], [THIRD, "a3", ""]]
    found, source = read(tmp_path / "l.csv", rows)
    assert repr(found) == "<Labels: 1 right, 1 wrong, 1 unanswered>"
    assert found.frame.iloc[1].to_list() == [OTHER, "a2", "wrong", "l.csv!3"]
    assert (source.kind, source.rows_in, source.kept) == ("labels", 3, 2)


def test_the_headings_that_a_reader_sees_are_no_row(tmp_path):
    with speaking("en"):
        found, _ = read(tmp_path / "l.csv", [["key of the link", "code", "result (pick one)"], [KEY, "a1", "right"]])
    assert len(found) == 1


def test_equal_labels_of_one_key_count_once(tmp_path):
    found, _ = read(tmp_path / "l.csv", [[KEY, "a1", "right"], [KEY, "a1", "right"]])
    assert len(found) == 1


def test_all_mistakes_at_once(tmp_path):
    rows = [[KEY, "a1", "perhaps"], ["1.5E+15", "a1", "right"], [OTHER, "a1", "right"], [OTHER, "a1", "wrong"]]
    said = refused(read_labels, tmp_path / "l.csv", rows)
    assert "l.csv!2: perhaps is no result" in said
    assert "l.csv!3: 1.5" in said
    assert f"two different results for {OTHER}: l.csv!4, l.csv!5" in said
    assert "nothing was counted" in said


def test_other_files_are_no_samples(tmp_path):
    assert "this is no filled-in sample" in refused(read_labels, tmp_path / "l.csv", [["x"]], head=["name"])
    assert "this is no filled-in sample" in refused(read_visits, tmp_path / "l.csv", [[KEY, "a1", "right"]])


def test_persons_in_a_label_are_not_repeated(tmp_path):
    said = refused(read_labels, tmp_path / "l.csv", [[KEY, "a1", "13900000000"]])
    assert "13900000000" not in said


def test_visits(tmp_path):
    rows = [["x2", "false", "street", "r"], ["x1", "as recorded", "street", "r"], ["x3", "", "street", "r"]]
    frame, by, run = read_visits(files.table(tmp_path / "s.csv", [SITES, *rows]), "s.csv")
    assert frame["label"].to_dict() == {"x1": "true", "x2": "false", "x3": "unanswered"}
    assert (by, run) == ("street", "r")


def test_visits_that_cannot_be_used(tmp_path):
    path = tmp_path / "s.csv"
    assert "no result is filled in" in refused(read_visits, path, [["x", "", "street", "r"]], SITES)
    two = [["x", "true", "street", "r"], ["y", "true", "street", "q"]]
    assert "several samples" in refused(read_visits, path, two, SITES)
    twice = [["x", "true", "street", "r"], ["x", "false", "street", "r"]]
    assert "two different results for x" in refused(read_visits, path, twice, SITES)


def test_the_project_names_the_sample(tmp_path):
    (tmp_path / "gridkit.toml").write_text('[links]\nsample = "l.xlsx"\n', encoding="utf-8")
    (tmp_path / "l.xlsx").write_bytes(b"")
    assert read_project(tmp_path).sample_file() == (tmp_path / "l.xlsx", "l.xlsx")
    (tmp_path / "gridkit.toml").write_text("[links]\nsampel = 1\n", encoding="utf-8")
    with speaking("en"), pytest.raises(ProjectError) as caught:
        read_project(tmp_path)
    assert "did you mean sample" in str(caught.value.mistakes)
