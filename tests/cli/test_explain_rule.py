"""``gridkit explain rule``: what it says of a rule of boundaries, with a picture that fits the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import shapely

from gridkit.reports.picture import COLUMNS
from gridkit.reports.xlsx import columns_wide


def test_a_rule_of_boundaries_is_drawn(gridkit):
    said = gridkit("explain", "rule", "T203").out
    assert "T203 sliver [notice]" in said
    assert "In GIS programs: ArcGIS: Must Not Overlap" in said
    picture = said[said.index("A case that breaks the rule:") :].splitlines()[1:]
    assert max(map(columns_wide, picture)) <= COLUMNS
    assert any("A1" in line for line in picture)


def test_other_rules_have_no_picture(gridkit):
    said = gridkit("explain", "rule", "C101").out
    assert "A case that breaks" not in said
    assert "In GIS programs" not in said


def test_json_has_both_cases_as_well_known_text(gridkit):
    told = json.loads(gridkit("explain", "rule", "t203", "--json").out)
    assert told["elsewhere"].startswith("ArcGIS")
    assert set(told["case"]) == {"failing", "passing"}
    place = shapely.from_wkt(told["case"]["failing"]["defect"])
    one, other = (shapely.from_wkt(text) for text in told["case"]["failing"]["layers"]["grid"].values())
    assert one.intersection(other).symmetric_difference(place).area < 1e-9
    assert json.loads(gridkit("explain", "rule", "C101", "--json").out)["case"] is None


@pytest.mark.parametrize(("encoding", "dense"), [("utf-8", "\u28ff"), ("gbk", "#")])
def test_the_picture_suits_the_encoding(encoding, dense):
    line = [sys.executable, "-m", "gridkit", "explain", "rule", "T201", "--lang", "en"]
    env = {**os.environ, "PYTHONIOENCODING": f"{encoding}:replace", "PYTHONUTF8": "0"}
    done = subprocess.run(line, capture_output=True, env=env, check=True)
    picture = done.stdout.decode(encoding).partition("A case that breaks the rule:")[2]
    assert dense * 3 in picture
    assert "?" not in picture
