"""The main job on real Beijing files: nothing crashes, nothing is lost, nothing is claimed that no registry says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gridkit import cli, errors

HERE = Path(__file__).parent / "beijing"
pytestmark = pytest.mark.real
ROWS = 21_924
"""Rows of the listing of compounds."""


@pytest.fixture(scope="module")
def run(real, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("beijing")
    code = cli.run(["audit", str(HERE), "--out", str(out), "--lang", "zh"])
    assert code == errors.EXIT_FINDINGS
    (folder,) = out.iterdir()
    return folder


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
    assert rows_in == [343, 7535, ROWS, ROWS]


def test_points_outside_every_street_and_repeated_compounds_are_reported(said):
    """11,816 rows have coordinates: each of these points lies in a street or is reported; the others have no place."""
    counts = {row["code"]: row["count"] for row in said["findings"]}
    streets = [
        row["denominator"]
        for row in said["indicators"]
        if (row["id"], row["basis"]) == ("coverage.organisation.declared", "compounds")
        and row["scope_level"] == "street"
        and row["scope"] != "unplaced"
    ]
    assert sum(streets) + counts["T315"] == 11_816
    assert counts["T315"] < 500  # with BD-09 left as it is far more points miss every street
    assert counts["T341"] == ROWS - 11_816
    assert counts["L110"] > 1_500
