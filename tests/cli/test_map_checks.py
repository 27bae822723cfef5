"""``gridkit map`` refuses what cannot be before it reads a file."""

from __future__ import annotations

import errno

import pytest

from gridkit import errors, locale
from gridkit.cli import map_checks
from gridkit.writing import unwritable


@pytest.mark.parametrize(
    ("arguments", "code", "needle"),
    [
        (("nowhere/run-1",), errors.EXIT_INPUT, "nowhere/run-1: there is no such file or folder"),
        ((".", "-o", "nowhere/map.html"), errors.EXIT_OUTPUT, "the folder does not exist"),
        ((".", "-o", "."), errors.EXIT_USAGE, "map.html"),
        ((".", "--png", "-o", "map.html"), errors.EXIT_USAGE, "--png writes a PNG picture"),
        ((".", "-o", "map.PNG"), errors.EXIT_USAGE, "add --png for a picture"),
        ((".", "--by-street", "-o", "file"), errors.EXIT_USAGE, "is a file"),
        ((".", "--basemap", "tianditu"), errors.EXIT_USAGE, "needs a key"),
        ((".", "--fields", "area"), errors.EXIT_USAGE, "households (Households)"),
        (("--layer", "grid=file"), errors.EXIT_INPUT, "file"),
    ],
)
def test_refused_with_what_to_do(gridkit, tmp_path, monkeypatch, arguments, code, needle):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRIDKIT_TIANDITU_KEY", raising=False)
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = gridkit("map", *arguments)
    assert (said.code, needle in said.err) == (code, True), said.err
    assert "--layer" not in arguments or "gridkit.toml" not in said.err


def test_fields_by_the_words_of_an_office():
    assert map_checks.fields_of("小区名称、正式党员数, rule") == ["name", "formal_members", "rule"]
    with locale.speaking("zh"), pytest.raises(errors.UsageError) as caught:
        map_checks.fields_of("面积")
    assert "户数" in str(caught.value)


def test_why_a_file_cannot_be_written_is_said_in_our_words(tmp_path):
    assert "the folder does not exist" in str(unwritable(tmp_path, OSError(errno.ENOENT, "No such file or directory")))
    assert "Strange" in str(unwritable(tmp_path, OSError(9999, "Strange")))
