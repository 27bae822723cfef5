"""Several files that are one registry: found by folder, pattern or list, compared, every row accounted for."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridkit.errors import InputError, ProjectError, TableError
from gridkit.io.parts import files_of
from gridkit.io.project import read_project
from gridkit.io.registries import read_registry
from tests.io import files

HEAD = ["党组织名称", "党组织类型", "覆盖小区"]


def branch(name):
    return [HEAD, [f"{name}支部", "小区党支部", f"{name}小区"]]


def make(folder, *names, rows=branch):
    for name in names:
        files.workbook(folder / "registries" / name / "党组织.xlsx", rows(name))


@pytest.mark.parametrize(
    "path",
    [
        '"registries/*/党组织.xlsx"',
        '"registries/**/*.xlsx"',
        '["registries/西门社区/党组织.xlsx", "registries/东门社区/党组织.xlsx", "registries/*/*.xlsx"]',
        '["registries/西门社区", "registries/东门社区"]',
    ],
)
def test_one_file_per_community_is_one_registry(tmp_path, path):
    make(tmp_path, "东门社区", "西门社区")
    city, findings = files.read(tmp_path, f"[registries.branches]\npath = {path}\n")
    frame = city.rows("branches")
    ids = ["registries/东门社区/党组织.xlsx!Sheet1!2", "registries/西门社区/党组织.xlsx!Sheet1!2"]
    assert sorted(frame.index) == ids
    assert list(frame.index) == (ids[::-1] if path.startswith("[") else ids)
    assert frame.loc[ids, "community_name"].to_list() == ["东门社区", "西门社区"]
    assert findings.counts()["S155"] == 1
    assert "S156" not in findings.counts()


def test_a_folder(tmp_path):
    for name in ("b.xlsx", "a.xlsx"):
        files.workbook(tmp_path / "registries" / name, branch(name))
    (tmp_path / "registries" / "~$a.xlsx").write_bytes(b"open elsewhere")
    (tmp_path / "registries" / "readme.md").write_text("no table")
    assert files_of("registries", tmp_path) == ["registries/a.xlsx", "registries/b.xlsx"]
    city, _ = files.read(tmp_path, '[registries.branches]\npath = "registries"\ncomplete = true\nscope = "99"\n')
    assert list(city.rows("branches")["src"]) == ["registries/a.xlsx!Sheet1", "registries/b.xlsx!Sheet1"]
    assert [(one.complete, one.scope) for one in city.sources] == [(True, "99")] * 2


def test_headers_that_differ_are_said(tmp_path):
    make(tmp_path, "东门社区", "西门社区", "南门社区")
    other = [["党组织名称", "覆盖小区", "党组织类型", "联系电话", "任期届满"]]
    other += [["北支部", "北小区", "小区党支部", "13900000000", "2026-01-01"]]
    files.workbook(tmp_path / "registries" / "北门社区" / "党组织.xlsx", other)
    files.workbook(tmp_path / "registries" / "中街社区" / "党组织.xlsx", [HEAD[:2], ["中支部", "小区党支部"]])
    city, findings = files.read(tmp_path, '[registries.branches]\npath = "registries/*/*.xlsx"\n')
    assert len(city.rows("branches")) == 5
    found = {row["subject"].split("/")[1]: row["params"] for row in findings.rows() if row["code"] == "S156"}
    usual = "registries/东门社区/党组织.xlsx!Sheet1"
    assert found == {
        "北门社区": {"lacking": "", "more": "任期届满", "usual": usual, "variant": "more"},
        "中街社区": {"lacking": "覆盖小区", "more": "", "usual": usual, "variant": "lacking"},
    }


def test_headers_that_mean_the_same_do_not_differ_and_a_table_without_community_is_told(tmp_path):
    one = [["小区名称", "户数", "社区"], ["甲小区", 5, "东门社区"]]
    two = [["序号", "院落名称", "总户数（户）", "所属社区"], [1, "乙小区", 6, "西门社区"]]
    files.workbook(tmp_path / "r" / "1.xlsx", one)
    files.workbook(tmp_path / "r" / "2.xlsx", two)
    _, findings = files.read(tmp_path, '[registries.compounds]\npath = "r"\n')
    assert "lacking" not in str(findings.with_code("S156")["params"].to_list())
    files.workbook(tmp_path / "r" / "3.xlsx", [["小区名称", "户数"], ["丙小区", 7]])
    _, findings = files.read(tmp_path, '[registries.compounds]\npath = "r"\n')
    told = [(row["subject"], row["params"].get("variant")) for row in findings.rows() if row["code"] == "S156"]
    assert ("r/3.xlsx!Sheet1", "community") in told


def test_the_same_file_under_two_names_is_read_once(tmp_path):
    make(tmp_path, "东门社区")
    copy = tmp_path / "registries" / "西门社区" / "党组织.xlsx"
    copy.parent.mkdir()
    copy.write_bytes((tmp_path / "registries" / "东门社区" / "党组织.xlsx").read_bytes())
    city, findings = files.read(tmp_path, '[registries.branches]\npath = "registries/*/*.xlsx"\n')
    assert len(city.rows("branches")) == 1
    (row,) = [row for row in findings.rows() if row["code"] == "S158"]
    assert row["subject"] == "registries/西门社区/党组织.xlsx!Sheet1"
    assert row["params"] == {"same": "registries/东门社区/党组织.xlsx!Sheet1", "n": 1}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ('"registries/*/nope.xlsx"', "registries/*/nope.xlsx: no file matches this pattern"),
        ('"empty"', "empty: the folder holds no table (name another folder, or a pattern such as empty/*/*.xlsx)"),
        ('["registries/东门社区", "nope.xlsx"]', "nope.xlsx: there is no such file"),
        (f'"{"a" * 5000}/*.xlsx"', "a: "),
    ],
)
def test_paths_that_give_nothing(tmp_path, path, words):
    make(tmp_path, "东门社区")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TableError) as caught:
        files.read(tmp_path, f"[registries.branches]\npath = {path}\n")
    assert words in str(caught.value)


def test_all_missing_files_at_once(tmp_path):
    make(tmp_path, "东门社区")
    text = '[layers.grid]\npath = "a.gpkg"\n[registries.branches]\npath = "registries/*/党组织.xlsx"\n'
    text += '[registries.units]\npath = "b.csv"\n[registries.codes]\npath = "c/*.csv"\n'
    with pytest.raises(InputError) as caught:
        files.read(tmp_path, text)
    said = str(caught.value).splitlines()
    assert said[0] == "3 files of the project cannot be found:"
    assert [line.split(":")[0] for line in said[1:]] == ["a.gpkg", "b.csv", "c/*.csv"]
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("[]", "path is empty"),
        ('["a.xlsx", 5]', "path must be text"),
        ('[""]', "path is empty"),
        ("5", "path must be text"),
    ],
)
def test_lists_that_are_none(tmp_path, path, words):
    with pytest.raises(ProjectError) as caught:
        files.read(tmp_path, f"[registries.branches]\npath = {path}\n")
    assert words in str(caught.value)
    assert [line for line, _ in caught.value.mistakes] == [2]


def test_a_list_is_kept_in_the_settings(tmp_path):
    (tmp_path / "gridkit.toml").write_text('[registries.branches]\npath = ["a.xlsx", "b/*.xlsx"]\n', encoding="utf-8")
    project = read_project(tmp_path)
    assert project.registries["branches"][0].path == ("a.xlsx", "b/*.xlsx")
    assert project.settings()["registries"]["branches"][0]["path"] == ["a.xlsx", "b/*.xlsx"]


ROW = st.sampled_from(["record", "blank", "subtotal", "total", "note", "header"])
LINES = {
    "record": ["东门社区", "甲小区", 5.0],
    "blank": [None, None, None],
    "subtotal": ["小计", None, 5.0],
    "total": ["合计", None, 7.0],
    "note": ["注：截至2024年6月", None, None],
    "header": ["社区", "小区名称", "户数"],
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.lists(ROW, max_size=12), st.sets(st.integers(1, 13), max_size=4)), min_size=1, max_size=3),
    st.sampled_from(["pending", "keep", "exclude"]),
)
def test_every_row_is_kept_or_set_aside(tmp_path_factory, sheets, setting):
    folder = tmp_path_factory.mktemp("law")
    for number, (kinds, hidden) in enumerate(sheets):
        rows = [LINES["header"], ["东门社区", f"第{number}小区", 1.0], *(LINES[kind] for kind in kinds)]
        files.workbook(folder / "r" / f"{number}.xlsx", rows, hidden=sorted(hidden))
    city, findings = files.read(folder, f'[registries.compounds]\npath = "r/*.xlsx"\nhidden = "{setting}"\n')
    frame = city.rows("compounds")
    assert all(source.rows_in == source.kept + source.set_aside for source in city.sources)
    assert sum(source.kept for source in city.sources) == len(frame)
    assert sum(source.set_aside for source in city.sources) == len(city.set_aside)
    for source in city.sources:
        there = {int(row) for row in frame.loc[frame["src"] == source.name, "row"]}
        aside = {int(row) for row in city.set_aside.loc[city.set_aside["src"] == source.name, "row"]}
        assert not there & aside
        assert there | aside == set(range(2, 2 + source.rows_in))
    held = city.pending.get("compounds")
    waiting = city.set_aside[city.set_aside["reason"] == "S149"]
    assert (0 if held is None else len(held)) == len(waiting)
    assert (setting == "pending") or waiting.empty
    seen = len(frame) + sum(city.set_aside["reason"].isin(["S149", "S150"]))
    twins = findings.with_code("S158")["params"].map(lambda params: params["n"]).sum() if len(findings) else 0
    assert seen <= sum(1 + kinds.count("record") for kinds, _ in sheets)
    assert seen + twins <= sum(1 + kinds.count("record") for kinds, _ in sheets)


def test_reading_is_the_same_whatever_was_read_before(tmp_path):
    make(tmp_path, "东门社区", "西门社区")
    (tmp_path / "gridkit.toml").write_text('[registries.branches]\npath = "registries/*/*.xlsx"\n', encoding="utf-8")
    project = read_project(tmp_path)
    spec = project.registries["branches"][0]
    found = files_of(spec.path, tmp_path)
    parts = read_registry(project, "branches", spec, found, taken=set())
    assert [part.records.source.path for part in parts] == found
