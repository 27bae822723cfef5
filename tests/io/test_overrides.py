"""The overrides file as it comes back from people: every mistake told with its line, nothing taken on trust."""

from __future__ import annotations

import datetime as dt

import pytest

from gridkit.errors import TableError
from gridkit.io.overrides import read_overrides
from gridkit.io.project import read_project
from gridkit.locale import speaking
from gridkit.model.overrides import DECISIONS, OVERRIDE_COLUMNS
from gridkit.rules.weights import DEFAULT, PROFILES
from tests.io import files

KEY, OTHER, THIRD = "a" * 16, "b" * 16, "c" * 16


def line(
    key: str = KEY, decision: str = "link", target: str = "a1", mention: str = "老院", expires: str = ""
) -> list[str]:
    return [key, "branches", "covers", mention, "东门社区", decision, target, "去过现场", "街道", "2024-05-01", expires]


def read(path, rows, **how):
    found, sources = read_overrides([(files.table(path, [list(OVERRIDE_COLUMNS), *rows], **how), path.name)])
    return found, sources[0]


def refused(path, rows, **how) -> str:
    with speaking("en"), pytest.raises(TableError) as caught:
        read(path, rows, **how)
    with speaking("en"):
        return str(caught.value)


def test_a_good_file(tmp_path):
    rows = [line(), line(OTHER, "no_match", ""), line(THIRD, "split", "a1;a2", expires="2025-12-31")]
    found, source = read(tmp_path / "o.csv", [*rows, [""] * 11, line("", "", "")])
    assert repr(found) == "<Overrides: 1 link, 1 no_match, 1 split>"
    assert found.frame.iloc[2].to_list() == [
        THIRD, "branches", "covers", "老院", "split", "a1;a2", "2025-12-31", "o.csv!4"]  # fmt: skip
    assert (source.kind, source.rows_in, source.kept, source.set_aside) == ("overrides", 5, 3, 2)
    assert source.columns["target"] == "G"
    assert len(found.digest) == 64
    # What a reviewer wrote may name persons: it goes no further than the file.
    assert not {"reason", "reviewer_role"} & set(found.frame)


@pytest.mark.parametrize("how", [{"encoding": "utf-8-sig"}, {"encoding": "gb18030"}, {"separator": ";"},
                                 {"encoding": "utf-16", "separator": "\t"}])  # fmt: skip
def test_as_spreadsheet_programs_save_it(tmp_path, how):
    found, _ = read(tmp_path / "o.csv", [line()], **how)
    assert found.frame["mention"].to_list() == ["老院"]


def test_a_sheet_of_a_workbook(tmp_path):
    """A review workbook: the decisions stand on one of its sheets, below a title, with further columns."""
    head = ["n", *OVERRIDE_COLUMNS, "候选1"]
    until = dt.datetime(2025, 1, 31)  # a cell knows no zone
    decided = [1, *line()[:-1], until, "x"]
    pages = [("待核", [["待确认的名称"], head, decided, [2, OTHER, "", "", "", "", "", "", "", "", "", "", ""]])]
    book = files.workbook(tmp_path / "review.xlsx", [["说明"], ["key"]], others=pages)
    found, sources = read_overrides([(book, "review.xlsx")])
    assert found.frame[["key", "expires", "ref"]].iloc[0].to_list() == [KEY, "2025-01-31", "review.xlsx!待核!3"]
    assert (sources[0].sheet, sources[0].kept, sources[0].set_aside) == ("待核", 1, 1)


@pytest.mark.parametrize(
    ("row", "needle"),
    [
        (line("1.23457E+15"), "o.csv:2: 1.23457e+15 is no key"),
        (line(""), "nothing is no key"),
        (line("=HYPERLINK(1)"), "is no key"),
        (line(decision="lnk"), "lnk is no decision; known are: link"),
        (line(decision="=1+1"), "known are: link, no_match, split, alias"),
        (line(target=""), "link needs a target"),
        (line(decision="split", target=" ; ；"), "split needs a target"),
        (line(target="a1;a2"), "link takes one target, not 2; several are a split"),
        (line(decision="alias", mention=""), "needs the name in the column mention"),
        (line(expires="next year"), "expires must be a date"),
        (line(expires="5/3/2025"), "expires must be a date"),
    ],
)
def test_a_wrong_line(tmp_path, row, needle):
    said = refused(tmp_path / "o.csv", [row, line(OTHER)])
    assert needle in said
    assert said.endswith("nothing was decided: correct these lines of the overrides file")


def test_all_mistakes_at_once_and_not_without_end(tmp_path):
    said = refused(tmp_path / "o.csv", [line(""), line(decision="x", target="=cmd|' /C calc'!A0"), line(OTHER)])
    assert "o.csv:2:" in said
    assert "o.csv:3:" in said
    many = refused(tmp_path / "o.csv", [line("z" * 1000)] * 3000)
    assert len(many) < 300_000
    assert "… and 2000 more" in many


def test_two_different_decisions_for_one_key(tmp_path):
    rows = [line(), line(OTHER), line(target="a2"), line(OTHER, "no_match", ""), line(THIRD), line(THIRD)]
    said = refused(tmp_path / "o.csv", rows)
    assert f"two different decisions for one key, {KEY} 老院: o.csv!2 (link a1), o.csv!4 (link a2)" in said
    assert "o.csv!3 (link a1), o.csv!5 (no_match)" in said
    assert THIRD not in said
    with speaking("en"), pytest.raises(TableError, match=r"a.csv!2 \(link a1\), b.csv!2 \(alias a1\)"):
        one = files.table(tmp_path / "a.csv", [OVERRIDE_COLUMNS, line()])
        two = files.table(tmp_path / "b.csv", [OVERRIDE_COLUMNS, line(decision="alias")])
        read_overrides([(one, "a.csv"), (two, "b.csv")])


def test_equal_decisions_and_expired_ones_are_no_conflict(tmp_path):
    path = tmp_path / "o.csv"
    again = line(decision="split", target="a2;a1")
    files.table(path, [OVERRIDE_COLUMNS, line(decision="split", target="a1;a2"), again])
    assert len(read_overrides([(path, "o.csv")])[0]) == 1
    rows = [
        line(expires="2023-12-31"),
        line(target="a2"),
        line(OTHER, expires="2024-01-01"),
        line(OTHER, expires="2025"),
    ]
    for order in (rows, rows[::-1]):
        files.table(path, [OVERRIDE_COLUMNS, *order])
        found, _ = read_overrides([(path, "o.csv")], as_of=dt.date(2024, 6, 30))
        assert found.frame["target"].to_list() == ["a2", "a1"]
        assert found.frame["expires"].to_list() == ["", "2025-12-31"]


@pytest.mark.parametrize(
    ("rows", "needle"),
    [
        ([["key", "decision"], [KEY, "link"]], "it has no column target"),
        ([["小区", "户数"], ["甲", 3]], "it has no column key, decision, target"),
        ([[]], "empty"),
    ],
)
def test_another_table(tmp_path, rows, needle):
    with speaking("en"), pytest.raises(TableError, match=needle):
        read_overrides([(files.table(tmp_path / "o.csv", rows), "o.csv")])


def test_a_large_cell_and_persons(tmp_path):
    rows = [line(mention="院" * 100_000), line(OTHER, mention="联系人王某某13900000000", target="13900000000")]
    found, _ = read(tmp_path / "13900000000.csv", rows)
    assert max(len(text) for text in found.frame["mention"]) == 200
    assert "13900000000" not in found.frame.to_csv()


def test_a_text_that_was_kept_from_being_a_formula(tmp_path):
    found, _ = read(tmp_path / "o.csv", [line(mention="'=甲院"), line(OTHER, mention="'甲院")])
    assert found.frame["mention"].to_list() == ["=甲院", "'甲院"]


def test_the_project_names_its_file_and_profile(tmp_path):
    path = tmp_path / "gridkit.toml"
    path.write_text('[links]\noverrides = "sub/o.csv"\nprofile = "normal"\n', encoding="utf-8")
    files.table(tmp_path / "sub" / "o.csv", [OVERRIDE_COLUMNS])
    found = read_project(tmp_path)
    assert found.overrides_files() == [(tmp_path / "sub/o.csv", "sub/o.csv")]
    assert found.settings()["links"] == {"overrides": "sub/o.csv", "profile": "normal", "sample": ""}
    assert read_overrides(found.overrides_files())[0].frame.empty
    path.write_text("", encoding="utf-8")
    assert read_project(tmp_path).overrides_files() == []
    assert read_project(tmp_path).links.profile == DEFAULT
    assert {*PROFILES} == {"audit", "normal"}


def test_mistakes_in_the_table_of_links(tmp_path):
    (tmp_path / "gridkit.toml").write_text('[links]\noveride = "o.csv"\nprofile = "best"\n', encoding="utf-8")
    with speaking("en"), pytest.raises(TableError.__mro__[1]) as caught:
        read_project(tmp_path)
    with speaking("en"):
        said = str(caught.value)
    assert "gridkit.toml:2: unknown key overide; did you mean overrides?" in said
    assert "gridkit.toml:3: profile must be one of" in said


def test_every_decision_has_a_case():
    assert DECISIONS == ("link", "no_match", "split", "alias")


def test_a_column_that_is_nearly_known_is_refused(tmp_path):
    path = files.table(tmp_path / "o.csv", [["key", "decision", "target", "Expiry"], [KEY, "link", "a1", "2020-01-01"]])
    with speaking("en"), pytest.raises(TableError, match=r"expiry is not known.*write expires"):
        read_overrides([(path, path.name)])


def test_decisions_on_two_sheets_are_refused(tmp_path):
    head = ["key", "decision", "target"]
    path = files.workbook(
        tmp_path / "o.xlsx", [head, [KEY, "link", "a1"]], others=[("乙", [head, [OTHER, "link", "a2"]])]
    )
    with speaking("en"), pytest.raises(TableError, match="several sheets"):
        read_overrides([(path, path.name)])
