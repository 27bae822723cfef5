"""``gridkit grids board``: one page from a plan, lines to snap to, the plan that holds, bad input told."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

from gridkit import cli, errors
from tests.cli.grid_project import EAST, WEST, layers, save


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    found = layers()
    found["compound"].loc[5, "户数"] = 900  # may be cut
    folder = save(tmp_path_factory.mktemp("board") / "project", found, more='[grids]\nplan = "plan"\n')
    done = cli.run(["grids", "propose", str(folder), "--fresh", "--profile", "fast", "-o", str(folder / "plan")])
    assert done == errors.EXIT_FINDINGS
    return folder


def document(path):
    """Return what the page holds: the packed plan and the settings."""
    text = path.read_text("utf-8")
    packed = re.search(r'id="gk-plan">([^<]*)<', text)[1]
    settings = json.loads(re.search(r'id="gk-settings">([^<]*)<', text)[1])
    return json.loads(gzip.decompress(base64.b64decode(packed))), settings


def test_a_page_of_the_plan_of_a_project(gridkit, project, tmp_path):
    said = gridkit("grids", "board", project, "-o", tmp_path / "board.html", "--title", "Two <b>")
    assert (said.code, said.out) == (errors.EXIT_CLEAN, f"Board  {tmp_path / 'board.html'}\n")
    found, settings = document(tmp_path / "board.html")
    assert found["communities"] == [[WEST, "东门社区"], [EAST, "西门社区"]]
    assert len(found["atoms"]["id"]) == 24 and settings["title"] == "Two <b>"
    assert set(found["lines"]["kind"]) == {"road"}  # of the project: cuts snap to them
    assert "Paint" in settings["words"].values()
    first = (tmp_path / "board.html").read_bytes()
    gridkit("grids", "board", project, "-o", tmp_path / "board.html", "--title", "Two <b>")
    assert (tmp_path / "board.html").read_bytes() == first


def test_a_plan_folder_stands_beside_its_page_and_is_compared_with_another(gridkit, project):
    said = gridkit("grids", "board", project / "plan", "--filed", project / "plan", "--lines", project / "road.gpkg")
    assert said.code == errors.EXIT_CLEAN and (project / "board.html").is_file()
    found, settings = document(project / "board.html")
    assert found["filed"]["assignment"] == found["assignment"]
    assert settings["title"] == "Redraw grids: plan" and len(found["lines"]["kind"]) >= 1


def test_what_cannot_be_done_is_told(gridkit, project, tmp_path):
    said = gridkit("grids", "board", tmp_path)
    assert said.code == errors.EXIT_INPUT and "no folder of a plan" in said.err
    said = gridkit("grids", "board", project / "plan", "-o", tmp_path)
    assert said.code == errors.EXIT_USAGE and "is a folder" in said.err
    said = gridkit("grids", "board", project / "plan", "-o", tmp_path / "no" / "board.html")
    assert said.code == errors.EXIT_OUTPUT and not (tmp_path / "no").exists()
    said = gridkit("grids", "board", project / "plan", "--lines", tmp_path / "nothing.gpkg", "-o", tmp_path / "b.html")
    assert said.code == errors.EXIT_INPUT and "nothing.gpkg" in said.err and not (tmp_path / "b.html").exists()
    assert "gridkit.toml" not in said.err
