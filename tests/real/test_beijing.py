"""The main job on real Beijing files: nothing crashes, nothing is lost, nothing is claimed that no registry says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from gridkit import cli, errors

HERE = Path(__file__).parent / "beijing"
pytestmark = pytest.mark.real
PART = 3
LISTING = "compounds_4sources.csv"
ROWS = 21_924 // PART
"""Rows of the listing of compounds, every third one."""


@pytest.fixture(scope="module")
def run(real, tmp_path_factory) -> Path:
    out, files = tmp_path_factory.mktemp("runs"), tmp_path_factory.mktemp("beijing")
    text = (HERE / "gridkit.toml").read_text(encoding="utf-8")
    (files / "gridkit.toml").write_text(text.replace("../../../../shared/real/beijing/", ""), encoding="utf-8")
    for name in ("streets.gpkg", "communities_2023.csv"):
        shutil.copyfile(real / "beijing" / name, files / name)
    head, *rows = (real / "beijing" / LISTING).read_bytes().splitlines(keepends=True)
    (files / LISTING).write_bytes(b"".join([head, *rows[::PART]]))
    code = cli.run(["audit", str(files), "--out", str(out), "--lang", "zh"])
    assert code == errors.EXIT_FINDINGS
    (folder,) = out.iterdir()
    return folder


@pytest.fixture(scope="module")
def placed(real) -> int:
    """How many of these rows have coordinates."""
    table = pd.read_csv(real / "beijing" / LISTING, dtype=str)[::PART]
    return int((table["lon"].notna() & table["lat"].notna()).sum())


@pytest.fixture(scope="module")
def said(run) -> dict:
    return json.loads((run / "audit.json").read_text(encoding="utf-8"))


def test_every_compound_is_unknown_and_the_report_says_why(run, said):
    assert said["compounds"]["total"] == ROWS
    assert said["compounds"]["by_status"] == {**dict.fromkeys(said["compounds"]["by_status"], 0), "UNKNOWN": ROWS}
    for name in ("audit.html", "map.html"):
        assert "项目中没有党组织台账" in (run / name).read_text(encoding="utf-8")


def test_every_row_is_accounted_for(said):
    assert {row["path"].rsplit("/", 1)[-1] for row in said["inputs"]} == {
        "streets.gpkg",
        "compounds_4sources.csv",
        "communities_2023.csv",
    }
    for row in said["inputs"]:
        assert row["rows_in"] == row["kept"] + row["set_aside"]
    rows_in = sorted(row["rows_in"] for row in said["inputs"])
    assert rows_in == [343, ROWS, ROWS, 7535]


def test_points_outside_every_street_and_repeated_compounds_are_reported(said, placed):
    """Each point lies in a street or is reported; the rows without coordinates have no place."""
    counts = {row["code"]: row["count"] for row in said["findings"]}
    streets = [
        row["denominator"]
        for row in said["indicators"]
        if (row["id"], row["basis"]) == ("coverage.organisation.declared", "compounds")
        and row["scope_level"] == "street"
        and row["scope"] != "unplaced"
    ]
    assert sum(streets) + counts["T315"] == placed
    assert counts["T315"] < 170  # with BD-09 left as it is far more points miss every street
    assert counts["T341"] == ROWS - placed
    assert counts["L110"] > 200
