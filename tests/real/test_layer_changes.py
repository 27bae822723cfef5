"""Versions of real layers: precincts of Denver before and after a repair, streets of Beijing and the official list."""

from __future__ import annotations

import pytest

from gridkit.geo import crosswalk
from gridkit.io.two_versions import read_versions
from gridkit.topology.changes import BOUNDARY, KINDS, LISTED, changes, compare

pytestmark = pytest.mark.real
LACKING = {"110115403", "110115404", "110115405", "110115406", "110116400", "110118400"}
"""Street-level codes of the official list of 2023 (development zones, the new airport) that the map does not draw."""


@pytest.fixture(scope="module")
def denver(real):
    names = {"code": "PRECID", "name": "NAME"}
    return read_versions(
        real / "denver/orig/DenverCo_precincts2020_orig.shp",
        real / "denver/repaired/DenverCo_precincts2020_repaired.shp",
        columns=names,
    )


def test_a_repair_splits_merges_and_renames_nobody(denver):
    found = compare(denver.old, denver.new)
    assert found.notes == () and denver.notes == ()
    assert set(found.counts) <= {"same", "redigitised", "border_moved"}
    assert sum(found.counts.values()) == 356
    assert found.counts["same"] == 231
    # what the precincts gave each other are slivers: the overlaps and gaps that were repaired
    moved = found.events[found.events["event"] == "border_moved"]
    given = {(row.old[0], to): area for row in moved.itertuples() for to, area in row.evidence["lost_to"].items()}
    assert len([area for area in given.values() if area > 1]) <= 27
    assert max(given.values()) < 100
    # with the tolerance of a drawing at a small scale most of the rest is drawing as well
    assert compare(denver.old, denver.new, tolerance=20.0).counts["border_moved"] < 40


def test_the_ground_of_denver_adds_up(denver):
    table = crosswalk(denver.old, denver.new)
    own = table[(table["old"] == table["new"])]
    assert len(own) == 356 and own["share_old"].min() > 0.94
    assert ((table[table["old"] != ""].groupby("old")["share_old"].sum() - 1).abs() < 0.001).all()


def test_the_official_codes_that_the_map_of_beijing_lacks(real):
    read = read_versions(real / "beijing/streets.gpkg", real / "beijing/streets_2023.csv")
    found = compare(read.old, read.new, level=read.level)
    assert read.level == "street" and found.notes == ((LISTED, {"n": 349}),)
    fresh = found.events[found.events["event"] == "new"]
    assert {code for codes in fresh["new"] for code in codes} == LACKING
    assert found.counts == {"new": 6, "renamed": 56}
    renamed = {row.old[0]: (row.evidence["old_name"], row.evidence["new_name"]) for row in found.events.itertuples()
               if row.event == "renamed"}  # fmt: skip
    assert renamed["110108023000"] == ("海淀镇", "万柳地区")
    assert not (found.events["event"].map(KINDS) == BOUNDARY).sum() > 6


def test_a_map_of_beijing_in_a_map_service_is_brought_back(real, tmp_path):
    import geopandas as gpd
    import shapely

    from gridkit.geo.datum import wgs84_to_bd09

    streets = gpd.read_file(real / "beijing/streets.gpkg")
    shifted = streets.set_geometry(shapely.transform(streets.geometry.values, wgs84_to_bd09, interleaved=False))
    shifted.set_crs(4326, allow_override=True).to_file(tmp_path / "bd09.gpkg")
    read = read_versions(tmp_path / "bd09.gpkg", real / "beijing/streets.gpkg")
    assert [values["datum"] for _, values in read.notes] == ["BD-09"]
    assert set(changes(read.old, read.new)["event"]) <= {"same", "redigitised"}
