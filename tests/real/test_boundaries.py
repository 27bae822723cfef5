"""What an inspection of real boundary layers finds, and what comes of following it everywhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gridkit.geo import place
from gridkit.model import City
from gridkit.model.fields import COMMUNITY, STREET
from gridkit.topology.inspect import inspect
from gridkit.topology.mend import mend
from gridkit.topology.survey import survey
from tests.real.test_boundary_repair import AIRPORT, CHAOYANG, SHUNYI, layer

pytestmark = pytest.mark.real
BEIJING, DENVER = "EPSG:32650", "EPSG:26913"
LACKING = {"110115403", "110115404", "110115405", "110115406", "110116400", "110118400"}
"""Street-level codes of the official list of 2023 (development zones, the new airport) that the map does not draw."""


@pytest.fixture(scope="module")
def streets(real):
    """Streets of Beijing with the codes of their districts, and the districts as they are drawn."""
    given = pyogrio.read_dataframe(real / "beijing" / "streets.gpkg")
    districts = pyogrio.read_dataframe(real / "beijing" / "districts.gpkg")
    below = layer(COMMUNITY, given, BEIJING, code=given["code"], name=given["Name"].to_numpy(),
                  street_code=given["parentCode"].astype(str).to_numpy())  # fmt: skip
    above = layer(STREET, districts, BEIJING, code=districts["code"], name=districts["Name"].to_numpy())
    return City("Beijing", BEIJING, layers={STREET: above, COMMUNITY: below})


@pytest.fixture(scope="module")
def inspected(streets):
    return inspect(streets, place(streets))


@pytest.fixture(scope="module")
def denver(real):
    given = pyogrio.read_dataframe(real / "denver" / "orig" / "DenverCo_precincts2020_orig.shp")
    drawn = layer(STREET, given, DENVER, code=given["PRECID"], name=given["NAME"].to_numpy())
    return City("Denver", DENVER, layers={STREET: drawn})


def shapes_of(city, level):
    return np.asarray(city.layers[level].frame.geometry.to_numpy())


def pairs_of(defects):
    return defects.claimed.groupby("defect")["unit"].agg(tuple).nunique()


def test_gaps_and_overlaps_of_beijing(streets):
    shapes = shapes_of(streets, COMMUNITY)
    defects = survey(shapes).defects
    gap = defects.frame["count"] == 0
    assert gap.sum() in (312, 313)
    assert defects.frame.loc[gap, "area"].sum() == pytest.approx(21_306, abs=1)
    assert pairs_of(defects) == 68
    assert defects.frame.loc[~gap, "area"].sum() == pytest.approx(45_442, abs=1)
    assert (~shapely.is_empty(shapely.coverage_invalid_edges(shapes))).sum() == 75


def test_the_inspection_says_as_much(inspected):
    frame = inspected.frame
    own = frame[frame["level"] == COMMUNITY]
    holes = own[own["code"].isin(["T201", "T202", "T203", "T206", "T207", "T208"])]
    assert holes["area_m2"].sum() == pytest.approx(21_306 + 45_442, abs=100)
    across = own[own["parents"].map(len) > 1]
    assert not (across["auto_ok"] & (across["width_m"] > 0.1)).any()


def test_the_airport_is_the_first_thing_asked(inspected):
    frame = inspected.frame
    row = frame[frame["code"] == "T201"].sort_values("area_m2").iloc[-1]
    assert row["area_m2"] == pytest.approx(10_566_000, rel=1e-3)
    assert set(row["units"]) == {CHAOYANG, SHUNYI}
    assert (row["target"], row["action"], row["severity"], row["auto_ok"]) == (CHAOYANG, "ask", "error", False)


def test_the_six_official_codes_that_the_map_lacks(real):
    given = pyogrio.read_dataframe(real / "beijing" / "streets.gpkg")
    drawn = layer(STREET, given, BEIJING, code=given["code"], name=given["Name"].to_numpy())
    one = City("Beijing", BEIJING, layers={STREET: drawn})
    listed = pd.read_csv(real / "beijing" / "streets_2023.csv", dtype=str)
    listed = listed.rename(columns={"areaCode": "parent_code"})[["code", "name", "parent_code"]]
    found = inspect(one, place(one), official=listed).findings.with_code("T404")
    assert {params["value"] for params in found["params"]} == LACKING


def test_the_airport_stays_when_every_suggestion_is_followed(streets, inspected):
    """Every place is decided as the inspection suggests; what comes up later, as the repair does."""
    frame = inspected.frame
    asked = frame[frame["action"].isin(["ask", "give"]) & (frame["target"] != "")]
    table = pd.DataFrame({"defect_id": asked.index, "decision": "give", "target": asked["target"].to_numpy()})
    table = table[table["defect_id"].isin(mend(streets, authority="top").waiting)]
    repair = mend(streets, authority="top", decisions=table)
    airport = repair.layers[COMMUNITY].geometry[AIRPORT]
    districts = repair.layers[STREET].geometry
    assert airport.area == pytest.approx(10_565_679, rel=1e-4)
    assert districts[CHAOYANG].intersection(airport).area > 0.999 * airport.area
    assert districts[SHUNYI].intersection(airport).area < 1


def test_a_decision_without_a_target_follows_the_suggestion(streets, inspected):
    frame = inspected.frame
    (name,) = frame.index[(frame["code"] == "T201") & (frame["area_m2"] > 1e7)]
    table = pd.DataFrame({"defect_id": [name], "decision": ["give"]})
    repair = mend(streets, authority="top", decisions=table)
    assert repair.layers[COMMUNITY].geometry[AIRPORT].area == pytest.approx(10_565_679, rel=1e-4)


def test_overlaps_and_holes_of_denver(denver):
    shapes = shapes_of(denver, STREET)
    defects = survey(shapes).defects
    assert pairs_of(defects) == 27
    holes = defects.frame.loc[defects.frame["count"] == 0, "area"]
    assert len(holes) in (32, 33)  # one is a crack of the last digit, which the projection closes
    assert (holes > 1_000).sum() == 9
    assert holes[holes <= 1_000].max() < 4


def test_denver_repaired_leaves_only_its_enclaves(denver):
    repair = mend(denver)
    shapes = np.asarray(repair.layers[STREET].geometry.to_numpy())
    defects = survey(shapes).defects
    assert (defects.frame["count"] == 0).all()
    assert (defects.frame["area"] > 1_000).all()
    assert len(defects.frame) == 9
    assert len(repair.waiting) >= 9
    assert not repair.failed


def test_the_file_that_was_repaired_by_hand_has_no_defect_but_its_enclaves(real):
    given = pyogrio.read_dataframe(real / "denver" / "repaired" / "DenverCo_precincts2020_repaired.shp")
    shapes = np.asarray(given.to_crs(DENVER).geometry.to_numpy())
    frame = survey(shapes).defects.frame
    assert (frame["count"] == 0).all()
    assert len(frame) == 10
    assert (~shapely.is_empty(shapely.coverage_invalid_edges(shapes))).sum() == 0
