"""``gridkit claims extract``: drafts on stdout or in a file, a summary, JSON, and reports that cannot be read."""

from __future__ import annotations

import json
import tomllib

import pytest

from gridkit import errors

TEXT = (
    "全州划分城市社区综合网格1359个，全覆盖。建立网格党支部194个，党小组1165个，专属网格党小组173个。\n"
    "小区党组织和工作覆盖率分别达到XX%、100%。表格从91张减到39张，减少65.3%。\n"
)


@pytest.fixture
def report(tmp_path):
    (tmp_path / "report.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "report.txt"


def test_drafts_are_printed_and_the_summary_is_told_beside(gridkit, report):
    said = gridkit("claims", "extract", report)
    assert said.code == errors.EXIT_FINDINGS  # 91 -> 39 is -57.1 %
    claims = tomllib.loads(said.out)["claims"]
    assert [(claim["indicator"], claim["figure"]) for claim in claims] == [
        ("coverage.organisation.declared", "XX%"), ("coverage.work.declared", 100),
    ]  # fmt: skip
    assert claims[0]["source"] == "report.txt:2"
    for words in (
        "report.txt: figures 9 (redacted 1), full coverage in words 1; claims drafted: 2",
        "A222 [warning] from 91张 to 39张 is -57.1%, not -65.3%",
        "A221 [notice] 194 + 1,165 = 1,359",
        "网格党支部 / 城市社区综合网格: 194 / 1,359 = 14.3%",
        "网格党支部 + 党小组 / 城市社区综合网格: 1,359 / 1,359 = 100.0%",
        "Count ratios, undetermined without rows:",
        "the 173 of “专属网格党小组” may be among the 1,165 of “党小组”",
    ):
        assert words in said.err, said.err


def test_a_file_is_written_once(gridkit, report, tmp_path):
    out = tmp_path / "claims.toml"
    said = gridkit("claims", "extract", report, "-o", out)
    assert "claims drafted: 2" in said.out
    assert f"wrote {out}" in said.out
    first = out.read_bytes()
    again = gridkit("claims", "extract", report, "-o", out)
    assert again.code == errors.EXIT_OUTPUT
    assert "--force" in again.err
    assert gridkit("claims", "extract", report, "-o", out, "--force").code == errors.EXIT_FINDINGS
    assert out.read_bytes() == first


def test_json(gridkit, report):
    found = json.loads(gridkit("claims", "extract", report, "--json").out)
    assert [claim["figure"] for claim in found["claims"]] == ["XX", "100"]
    assert [ratio["share"] for ratio in found["ratios"]] == ["14.3%", "100.0%"]
    assert {ratio["verdict"] for ratio in found["ratios"]} == {"undetermined"}
    assert [row["code"] for row in found["findings"]] == ["A221", "A222"]
    assert all(TEXT[one["start"] : one["end"]] == one["written"] for one in found["figures"])
    assert [one["value"] for one in found["figures"] if one["redacted"]] == [None]


def test_chinese(gridkit, report):
    said = gridkit("claims", "extract", report, "--lang", "zh")
    assert "claims drafted" not in said.err
    assert tomllib.loads(said.out)["claims"]


def test_a_clean_report(gridkit, tmp_path):
    (tmp_path / "a.txt").write_text("开展活动。", encoding="utf-8")
    said = gridkit("claims", "extract", tmp_path / "a.txt")
    assert (said.code, tomllib.loads(said.out)) == (errors.EXIT_CLEAN, {"claims": []})


@pytest.mark.parametrize(
    ("name", "data"), [("none.txt", None), ("a.pdf", b"%PDF-1.4"), ("e.txt", b""), ("b.docx", b"PK\x03")]
)
def test_what_cannot_be_read_is_told_in_one_line(gridkit, tmp_path, name, data):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    said = gridkit("claims", "extract", tmp_path / name)
    assert said.code == errors.EXIT_INPUT
    assert len(said.err.splitlines()) == 1
    assert "Traceback" not in said.err


def test_usage(gridkit):
    assert gridkit("claims", "extract").code == errors.EXIT_USAGE
    assert gridkit("claims", "nix").code == errors.EXIT_USAGE


def test_persons_are_not_named(gridkit, tmp_path):
    file = tmp_path / "联系人：王小明13900000000.txt"
    file.write_text("联系人：王小明，电话13900000000，组织覆盖率达100%。", encoding="utf-8")
    for more in ((), ("--json",)):
        said = gridkit("claims", "extract", file, *more)
        assert "13900000000" not in said.out + said.err
        assert "王小明" not in said.out + said.err
