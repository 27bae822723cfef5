"""``gridkit init`` alone on the real Beijing files: recognised, the datum named, and a project that audits."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tomllib
from pathlib import Path

import pytest

from gridkit import cli, errors

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def done(real, tmp_path_factory) -> tuple[Path, dict]:
    """The folder with its new project, and what the command said of it."""
    target = tmp_path_factory.mktemp("init") / "北京"
    target.mkdir()
    for file in sorted((real / "beijing").iterdir()):
        shutil.copyfile(file, target / file.name)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert cli.run(["init", str(target), "--lang", "zh", "--json"]) == errors.EXIT_CLEAN
    return target, json.loads(said.getvalue())


@pytest.fixture(scope="module")
def folder(done) -> Path:
    return done[0]


@pytest.fixture(scope="module")
def project(folder) -> dict:
    return tomllib.loads((folder / "gridkit.toml").read_text(encoding="utf-8"))


def test_every_file_is_recognised(folder, project):
    assert project["project"] == {"name": "北京", "language": "zh"}
    assert project["layers"]["street"] == {"path": "streets.gpkg"}
    assert project["layers"]["compound"] == {"path": "compounds_4sources.csv", "crs": "BD-09"}
    assert set(project["layers"]) == {"street", "compound"}
    assert set(project["registries"]) == {"codes", "property_service"}
    assert project["registries"]["codes"] == {"path": ["communities_2023.csv", "streets_2023.csv"]}
    assert project["registries"]["property_service"] == {
        "path": "compounds_4sources.csv",
        "columns": {"compound_name": "name"},
    }
    text = (folder / "gridkit.toml").read_text(encoding="utf-8")
    assert "# districts.gpkg" in text.replace("#  ", "# ")


def test_the_datum_of_the_listing_is_named_with_its_scores(done):
    said = done[1]
    found = next(
        one for one in said["datum"] if (one["layer"], one["parent"]) == ("compounds_4sources.csv", "districts.gpkg")
    )
    assert found["verdict"] == "BD-09"
    assert found["n"] > 1_000
    assert found["shares"]["BD-09"] > 0.97 and 0.95 > found["shares"]["GCJ-02"] > found["shares"]["same"] > 0.8
    layer = next(one for one in said["used"] if one["section"] == "layers.compound")
    assert any("BD-09" in doubt for doubt in layer["tables"][0]["doubts"])


def test_the_project_audits(folder, tmp_path, capsys):
    """On every twentieth row of the listing: all of it is audited in test_beijing."""
    listing = folder / "compounds_4sources.csv"
    head, *rows = listing.read_bytes().splitlines(keepends=True)
    listing.write_bytes(b"".join([head, *rows[::20]]))
    code = cli.run(["audit", str(folder), "--out", str(tmp_path), "--no-map", "--json", "--lang", "en"])
    assert code == errors.EXIT_FINDINGS
    said = json.loads(capsys.readouterr().out)
    assert said["compounds"]["total"] == 1_097
    counts = {row["code"]: row["count"] for row in said["findings"]}
    assert counts["T315"] < 40  # with BD-09 left as it is far more points miss every street
