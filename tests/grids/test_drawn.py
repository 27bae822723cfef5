"""Grids drawn by hand: every finding with its place, hand-derived."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridkit.grids.drawn import Surroundings, check_drawn
from gridkit.model.plan import LEDGER_COLUMNS, Norm

X, Y = 500_000, 2_940_000
WEST, EAST = "520100001001", "520100001002"


def box(x0, y0, x1, y1):
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def communities():
    index = pd.Index([WEST, EAST], name="code")
    return gpd.GeoDataFrame(index=index, geometry=[box(0, 0, 200, 200), box(200, 0, 400, 200)], crs="EPSG:4545")


def compounds(**more):
    shapes = {
        "a": box(10, 10, 90, 190),
        "b": box(110, 10, 190, 190),
        "c": box(210, 10, 290, 190),
        "d": box(310, 10, 390, 190),
    }
    shapes |= more
    columns = {"name": [f"小区{code}" for code in shapes], "households": 400, "persons": 1200}
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=pd.Index(shapes, name="code")), geometry=list(shapes.values()),
                            crs="EPSG:4545")  # fmt: skip


GOOD = (box(0, 0, 100, 200), box(100, 0, 200, 200), box(200, 0, 300, 200), box(300, 0, 400, 200))


def drawn(shapes=GOOD, codes=None, kinds=None):
    n = len(shapes)
    table = {"code": codes or [""] * n, "name": [f"网格{i + 1}" for i in range(n)], "kind": kinds or [""] * n}
    return gpd.GeoDataFrame(pd.DataFrame(table, index=[str(i + 1) for i in range(n)]), geometry=list(shapes),
                            crs="EPSG:4545")  # fmt: skip


def said(shapes=GOOD, codes=None, kinds=None, **more):
    around = Surroundings(communities(), more.pop("compounds", compounds()), **more)
    return check_drawn(drawn(shapes, codes, kinds), around)


def test_sound_grids():
    assert said().counts() == {}


@pytest.mark.parametrize(("shapes", "wanted"), [
    ((box(0, 0, 95, 200), *GOOD[1:]), {"G121": 1}),
    ((*GOOD[:3], box(295, 0, 400, 200)), {"G122": 1}),
    ((box(-5, 0, 100, 200), *GOOD[1:]), {"G123": 1}),
    ((box(0, 0, 50, 200), box(50, 0, 200, 200), *GOOD[2:]), {"G105": 1}),
    ((GOOD[0], box(100, 0, 300, 200), GOOD[3]), {"G102": 1, "G104": 1}),
    ((*GOOD, None), {"G108": 1}),
    ((*GOOD, shapely.LineString([(X, Y), (X + 1, Y)])), {"G108": 1}),
    ((shapely.union(GOOD[0], GOOD[2]), GOOD[1], GOOD[3]), {"G102": 1, "G103": 1, "G104": 1}),
    ((GOOD[0], GOOD[1], GOOD[2]), {"G121": 1}),
])  # fmt: skip
def test_each_mistake(shapes, wanted):
    assert said(shapes).counts() == wanted


def test_places_and_numbers():
    rows = said((box(0, 0, 95, 200), *GOOD[1:3], box(295, 0, 400, 200))).frame.set_index("code")
    assert rows["params"]["G121"] == {"community": WEST, "area": 1000.0}
    assert rows["params"]["G122"] == {"name": "网格3", "other": "网格4", "area": 1000.0}
    assert np.isfinite(rows[["lon", "lat"]].to_numpy(dtype=float)).all()
    row = said((box(0, 0, 50, 200), box(50, 0, 200, 200), *GOOD[2:])).with_code("G105").iloc[0]
    assert row["subject"] == "a"
    assert row["params"] == {"name": "小区a", "households": 400, "n": 2, "grids": "网格1, 网格2"}


def test_a_corner_of_a_compound_is_no_cut():
    shapes = (box(0, 0, 89.5, 200), box(89.5, 0, 200, 200), *GOOD[2:])
    assert said(shapes).counts() == {}


def test_a_compound_above_the_band_may_be_cut():
    large = compounds()
    large.loc["a", "households"] = 700
    counts = said((box(0, 0, 50, 200), box(50, 0, 100, 200), *GOOD[1:]), compounds=large).counts()
    assert "G105" not in counts


def test_households_that_are_not_stated():
    some = compounds()
    some["households"] = some["households"].astype(object)
    some.loc["a", "households"] = None
    some.loc["b", "households"] = -4
    assert said(compounds=some).counts() == {"G104": 2, "G110": 2}


def test_compounds_that_are_points():
    assert said(compounds=compounds(a=shapely.Point(X + 50, Y + 50), b=shapely.Point(X + 100, Y + 50))).counts() == {
        "G104": 2
    }  # both lie in the first grid: one has 800, the other none


def test_exclusive_grids_may_lie_over_others():
    assert said((*GOOD, box(10, 10, 20, 20)), kinds=[""] * 4 + ["exclusive"]).counts() == {}


def test_codes():
    ledger = pd.DataFrame(
        [(WEST + "001", "u", WEST, "live", "", "", "", "", ""),
         (WEST + "002", "v", WEST, "retired", "", "2024-01-01", "", "", "")],
        columns=list(LEDGER_COLUMNS),
    )  # fmt: skip
    codes = [WEST + "001", WEST + "002", EAST + "009", "5.2E+14"]
    rows = said(codes=codes, ledger=ledger).frame
    assert rows[["code", "subject"]].to_numpy().tolist() == [["G106", "3"], ["G106", "4"], ["G107", "2"]]
    assert said(codes=[WEST + "001"] * 2 + ["", WEST + "003"]).counts() == {"G106": 1, "G107": 1}


def test_bands_and_rows_in_another_order():
    assert said(norm=Norm(500, 600)).counts() == {"G104": 4}
    assert said(norm=Norm(500, 600), norms={WEST: Norm(300, 500)}).counts() == {"G104": 2}
    around = Surroundings(communities().iloc[::-1], compounds().iloc[::-1])
    mixed = drawn((box(0, 0, 95, 200), *GOOD[1:])).iloc[::-1]
    assert check_drawn(mixed, around).counts() == {"G121": 1}


def test_nothing_drawn():
    assert said(()).counts() == {"G121": 2}
