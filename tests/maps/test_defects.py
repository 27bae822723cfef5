"""Defects of boundaries on the map: the worst ones, switched off, counted; none where the map is public."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from gridkit.maps import coverage_map
from gridkit.maps.codec import decode_levels
from gridkit.maps.coverage_map import CoverageView
from gridkit.maps.defects import MOST, defect_features, defect_words
from gridkit.model import Findings
from gridkit.model.boundaries import DEFECT_COLUMNS
from gridkit.rules import CATALOGUE
from tests import tiny
from tests.maps.sample import run as sample_run


def defects(n: int) -> gpd.GeoDataFrame:
    """``n`` overlaps of growing area, of three severities in turn; the third of each ten has people inside."""
    rows = [
        {
            "code": "T201", "level": "grid", "units": (tiny.A1, tiny.A2), "parents": (tiny.A,), "area_m2": float(at),
            "width_m": 0.05, "length_m": float("nan"), "compounds": 0, "households": 7 if at % 10 == 3 else 0,
            "severity": ("notice", "warning", "error")[at % 3], "cause": "", "action": "give", "target": tiny.A1,
            "alternatives": (), "borders": (), "auto_ok": True, "exception": "",
            "geometry": box(tiny.X0 + 200, tiny.Y0 + at % 400, tiny.X0 + 200.05, tiny.Y0 + at % 400 + 1),
        }
        for at in range(n)
    ]  # fmt: skip
    index = pd.Index([f"d{at:07d}" for at in range(n)], name="defect_id", dtype="object")
    return gpd.GeoDataFrame(pd.DataFrame(rows, index, columns=list(DEFECT_COLUMNS)), geometry="geometry", crs=tiny.CRS)


def with_defects(n: int, **changes):
    frame = defects(n)
    said = {"name": "第一网格", "other_name": "{{ 1 }}", "area": "1", "size": "0.05"}
    found = [CATALOGUE["T201"].found(tiny.A1, **said, defect=ident) for ident in frame.index[:5]]
    return replace(sample_run(findings=Findings.of(found)), defects=frame, **changes)


def page(run, **kwargs):
    grid_map = coverage_map(run, **kwargs)
    view = next(child for child in grid_map._children.values() if isinstance(child, CoverageView))
    return view, decode_levels(view.data), grid_map.get_root().render()


def test_a_map_without_defects_has_no_such_level():
    for frame in (None, defects(0)):
        view, levels, _ = page(replace(sample_run(), defects=frame))
        assert "defect" not in levels
        assert view.settings["defects"]["styles"] == []


def test_a_public_map_has_none():
    view, levels, text = page(with_defects(5), profile="public")
    assert "defect" not in levels
    assert "d0000001" not in text
    assert view.settings["defects"]["count"] == "0"


def test_what_a_defect_says():
    _, levels, _ = page(with_defects(5, language="en"))
    found = levels["defect"].loc["d0000003"]
    assert (found["name"], found["rule"], found["of"]) == ("Two units claim the same place", "T201", "grid")
    assert found["units"] == (tiny.A1, tiny.A2)
    assert found["size"] == "3.0 m², 0.05 m wide"
    assert "{{ 1 }}" in found["sentence"]
    assert found["class"] == "defect-notice"


def test_the_worst_are_drawn_and_counted():
    run = with_defects(MOST + 500, language="en")
    view, levels, text = page(run)
    drawn = levels["defect"]
    assert len(drawn) == MOST
    words = view.settings["defects"]
    assert words["count"] == "2,000/2,500"
    assert "worst 2,000 of 2,500" in words["note"]
    kinds = drawn["class"].value_counts()
    everything = run.defects["severity"].value_counts()
    assert kinds["defect-error"] == everything["error"]
    assert kinds["defect-warning"] == everything["warning"]
    assert kinds["defect-notice"] < everything["notice"]
    assert drawn["class"].iloc[-1] == "defect-error"  # drawn last, on top
    settings = re.search(r'id="gk-settings">(.*?)</script>', text)[1]
    assert json.loads(settings)["levels"]["defect"] == "Boundary defects"


def test_a_hundred_thousand_defects_do_not_blow_up_the_map():
    frame = defects(1000)
    many = pd.concat([frame] * 100)
    many.index = pd.Index([f"d{at:07d}" for at in range(len(many))], name="defect_id", dtype="object")
    run = replace(sample_run(), defects=gpd.GeoDataFrame(many, geometry="geometry", crs=tiny.CRS))
    view, _, _ = page(run)
    assert len(view.data.data) < 100_000
    assert defect_words(run, MOST)["count"] == "2,000/100,000"


def test_row_order_does_not_matter():
    run = with_defects(300)
    mixed = replace(run, defects=run.defects.iloc[np.random.default_rng(1).permutation(300)])
    assert page(run)[0].data == page(mixed)[0].data


@pytest.mark.parametrize("shape", [LineString([(tiny.X0, tiny.Y0), (tiny.X0 + 9, tiny.Y0)]), Point(tiny.X0, tiny.Y0)])
def test_lines_and_points_are_places_too(shape):
    frame = defects(3)
    frame.loc["d0000001", "geometry"] = shape
    frame.loc["d0000002", "geometry"] = None
    found = defect_features(replace(sample_run(), defects=frame))
    assert sorted(found.index) == ["d0000000", "d0000001"]
