"""The folder of a check: whole or not at all, and never over something else."""

from __future__ import annotations

import hashlib
import json

import pytest

from gridkit.errors import OutputError
from gridkit.stores import write_check


def writers(text: str = "a", files: dict | None = None):
    listed = {"check.xlsx": hashlib.sha256(text.encode()).hexdigest()} if files is None else files
    return {
        "check.xlsx": lambda path: path.write_text(text, encoding="utf-8"),
        "check.json": lambda path: path.write_text(json.dumps({"files": listed}), encoding="utf-8"),
    }


def names(folder) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_new_folder_an_empty_one_and_an_earlier_check(tmp_path):
    (tmp_path / "b").mkdir()
    for place in ("a/deep", "b", "a/deep"):
        write_check(tmp_path / place, writers())
        assert names(tmp_path / place) == ["check.json", "check.xlsx"]
    write_check(tmp_path / "b", writers("new"))
    assert (tmp_path / "b" / "check.xlsx").read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["a", "b"]
    assert names(tmp_path / "a") == ["deep"]


@pytest.mark.parametrize("what", ["foreign", "changed", "listing", "file", "link"])
def test_nothing_else_is_written_over(tmp_path, what):
    place = tmp_path / "out"
    write_check(place, writers()) if what != "file" else place.write_text("mine", encoding="utf-8")
    if what == "foreign":
        (place / "notes.txt").write_text("mine", encoding="utf-8")
    elif what == "changed":
        (place / "check.xlsx").write_text("mine", encoding="utf-8")
    elif what == "listing":
        (place / "check.json").write_text("[" * 100_000, encoding="utf-8")
    elif what == "link":
        (place / "check.xlsx").rename(tmp_path / "elsewhere")
        (place / "check.xlsx").symlink_to(tmp_path / "elsewhere")
    before = names(tmp_path)
    with pytest.raises(OutputError, match="nothing is written over it"):
        write_check(place, writers("new"))
    assert names(tmp_path) == before


def test_a_failure_leaves_the_earlier_check(tmp_path):
    def full(path):
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    write_check(tmp_path / "out", writers())
    with pytest.raises(OutputError, match="No space left"):
        write_check(tmp_path / "out", {**writers("new"), "marked": full})
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "check.xlsx").read_text(encoding="utf-8") == "a"


def test_a_place_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_check(tmp_path / "file" / "out", writers())


def test_an_error_names_the_file_as_it_would_have_been_called(tmp_path):
    def full(path):
        raise OutputError("the file cannot be written: full", place=str(path))

    with pytest.raises(OutputError) as caught:
        write_check(tmp_path / "out", {"check.xlsx": full})
    assert caught.value.place == str(tmp_path / "out" / "check.xlsx")
    assert names(tmp_path) == []
