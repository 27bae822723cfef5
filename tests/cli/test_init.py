"""``gridkit init``: the command, on the bundled city and on what offices send."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from gridkit import errors
from gridkit.io.city import read_city
from gridkit.io.project import read_project
from tests.io.files import table, workbook

DATA = Path(__file__).resolve().parents[2] / "data"
BRANCHES = [
    ["党组织名称", "党组织类型", "所属社区", "覆盖小区", "正式党员数"],
    ["金桂家园党支部", "小区党支部", "东门社区", "金桂家园", 5],
]


@pytest.fixture
def city(tmp_path):
    """The bundled city without its project file."""
    folder = tmp_path / "演示市"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("gridkit.toml", "runs"))
    return folder


def written(folder) -> dict:
    return tomllib.loads((folder / "gridkit.toml").read_text(encoding="utf-8"))


def test_the_bundled_city_is_proposed_as_its_own_project_file_has_it(gridkit, city):
    said = gridkit("init", city)
    assert said.code == errors.EXIT_CLEAN, said
    found, own = written(city), tomllib.loads((DATA / "gridkit.toml").read_text(encoding="utf-8"))
    assert {level: one["path"] for level, one in found["layers"].items()} == {
        level: one["path"] for level, one in own["layers"].items()
    }
    assert {kind: one["path"] for kind, one in found["registries"].items()} == {
        kind: one["path"] for kind, one in own["registries"].items()
    }
    mine, its = (read_city(read_project(folder))[0] for folder in (city, DATA))
    assert {source.name: source.kept for source in mine.sources} == {source.name: source.kept for source in its.sources}
    assert found["project"]["name"] == "演示市"
    assert found["project"]["as_of"] == own["project"]["as_of"]
    assert not any("complete" in one for one in found["registries"].values())
    assert "claims" not in found
    assert "# answers.json" in (city / "gridkit.toml").read_text(encoding="utf-8")
    assert "gridkit check" in said.out
    text = (city / "gridkit.toml").read_text(encoding="utf-8")
    assert "甲某" not in text + said.out


def test_two_runs_give_equal_bytes_in_both_languages(gridkit, city):
    shutil.rmtree(city / "registries")
    for language in ("zh", "en"):
        assert gridkit("init", city, "--force", "--lang", language).code == errors.EXIT_CLEAN
        first = (city / "gridkit.toml").read_bytes()
        assert gridkit("init", city, "--force", "--lang", language).code == errors.EXIT_CLEAN
        assert (city / "gridkit.toml").read_bytes() == first
    assert first.decode().startswith("# Written by gridkit init")


def test_a_project_file_is_never_written_over_unasked(gridkit, tmp_path):
    table(tmp_path / "a.csv", BRANCHES)
    (tmp_path / "gridkit.toml").write_text("# mine", encoding="utf-8")
    said = gridkit("init", tmp_path)
    assert said.code == errors.EXIT_OUTPUT
    assert "--force" in said.err
    assert (tmp_path / "gridkit.toml").read_text(encoding="utf-8") == "# mine"
    assert gridkit("init", tmp_path, "--dry-run").out.startswith("# Written")
    assert (tmp_path / "gridkit.toml").read_text(encoding="utf-8") == "# mine"
    assert gridkit("init", tmp_path, "--force").code == errors.EXIT_CLEAN
    assert written(tmp_path)["registries"]["branches"]["path"] == "a.csv"


def test_json_tells_the_proposal(gridkit, tmp_path):
    table(tmp_path / "党组织.csv", BRANCHES)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    said = gridkit("init", tmp_path, "--json")
    assert said.code == errors.EXIT_CLEAN
    told = json.loads(said.out)
    assert [one["section"] for one in told["used"]] == ["registries.branches"]
    assert told["used"][0]["tables"][0]["confidence"] == "high"
    assert told["unused"] == [
        {
            "name": "photo.jpg",
            "reason": "an image holds no data that can be read",
            "remedy": "ask for the file that it was made from",
        }
    ]
    assert told["written"] == (tmp_path / "gridkit.toml").as_posix()
    assert (tmp_path / "gridkit.toml").read_text(encoding="utf-8") == told["text"]


@pytest.mark.parametrize("make", ["nothing", "unusable", "missing", "file"])
def test_nothing_usable_is_said_with_what_was_found(gridkit, tmp_path, make):
    folder = tmp_path / "f"
    if make != "missing":
        folder.mkdir() if make != "file" else folder.write_text("x")
    if make == "unusable":
        (folder / "a.docx").write_bytes(b"%PDF-1.7")
        (folder / "b.gpkg").write_bytes(b"")
    said = gridkit("init", folder)
    assert said.code == errors.EXIT_INPUT
    assert folder.name in said.err and "(" in said.err
    if make == "unusable":
        assert "a.docx" in said.err and "b.gpkg" in said.err
    assert not (folder / "gridkit.toml").exists() if make != "file" else True


def test_a_folder_that_cannot_be_written(gridkit, tmp_path, monkeypatch):
    table(tmp_path / "a.csv", BRANCHES)
    (tmp_path / "gridkit.toml").mkdir()
    said = gridkit("init", tmp_path, "--force")
    assert said.code == errors.EXIT_OUTPUT
    assert "gridkit.toml" in said.err


def test_chinese(gridkit, tmp_path):
    workbook(tmp_path / "a.xlsx", BRANCHES, sheet="党组织")
    said = gridkit("init", tmp_path, "--lang", "zh")
    assert said.code == errors.EXIT_CLEAN
    assert written(tmp_path)["project"]["language"] == "zh"
    assert written(tmp_path)["registries"]["branches"] == {"path": "a.xlsx"}
