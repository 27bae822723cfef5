"""Bad boundary layers through ``gridkit check`` and ``gridkit repair``: told, not lost, taken back to the byte."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from shapely import affinity, box

from tests.topology.test_bad_shapes import BAD, not_a_number

X0, Y0 = 500_000.0, 4_400_000.0
CRS = "EPSG:4544"
HALVES = [box(x, -60, x + 75, 90) for x in (-60, 15)]
TOML = """
[project]
name = "bad"
as_of = 2024-06-30

[layers.community]
path = "{community}"

[layers.grid]
path = "{grid}"

[repair]
authority = {{ grid = "{authority}" }}
gap_width = 1e9
overlap_width = 1e9
area = 1e9
share = 1
"""
SKIPPED = {"no polygon", "not a number", "one polygon", "lines and points"}
"""Of the others every third one: the kernel takes all of them in tests/topology/test_bad_shapes."""
SYSTEMS = {"one system": (CRS, CRS), "communities in degrees": ("EPSG:4490", CRS), "all in degrees": ("EPSG:4326",) * 2}


def write(folder, level, shapes, crs, **columns):
    codes = [f"{at + 1:03d}" for at in range(len(shapes))]
    frame = gpd.GeoDataFrame({"code": codes, "name": codes, **columns}, geometry=list(shapes), crs=CRS).to_crs(crs)
    frame.to_file(folder / f"{level}.gpkg", layer=level)


def plain(shape):
    """A shape as GDAL writes it: a collection within a collection is one collection."""
    if shape is None or shape.geom_type != "GeometryCollection":
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.GeometryCollection(list(parts))


def project(folder, raw, *, systems=(CRS, CRS), authority="bottom"):
    """Two communities, and grids of one after the other."""
    folder.mkdir()

    def home(one):
        return None if one is None else affinity.translate(plain(one), X0, Y0)

    write(folder, "community", [home(one) for one in HALVES], systems[0])
    write(folder, "grid", [home(one) for one in raw], systems[1],
          community_code=[f"00{at % 2 + 1}" for at in range(len(raw))])  # fmt: skip
    text = TOML.format(community="community.gpkg", grid="grid.gpkg", authority=authority)
    (folder / "gridkit.toml").write_text(text, encoding="utf-8")
    return folder


def rows_of(path):
    with np.errstate(invalid="ignore"):
        frame = pyogrio.read_dataframe(path)
    return dict(zip(frame["code"], (None if one is None else one.wkb for one in frame.geometry), strict=True))


def ran(said, *codes):
    assert said.code in codes, said.err
    assert "Traceback" not in said.err + said.out
    return said


def check_all_steps(gridkit, folder, tmp_path):
    """Check, plan, apply, take back: no unit is lost, every change is logged, in the end the bytes are the same."""
    given = {level: rows_of(folder / f"{level}.gpkg") for level in ("community", "grid")}
    ran(gridkit("check", folder, "-o", tmp_path / "check"), 0, 1, 3)
    if gridkit("repair", folder, "--plan", "-o", tmp_path / "plan").code == 3:
        said = ran(gridkit("repair", folder), 3)
        assert ".gpkg" in said.err
        return None
    ran(gridkit("repair", folder, "--apply", "-o", tmp_path / "out"), 0, 1)
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text("utf-8").splitlines()]
    for level, before in given.items():
        now = rows_of(tmp_path / "out" / f"{level}.gpkg")
        assert list(now) == list(before)
        changed = {code for code in before if before[code] != now[code]}
        assert changed <= {one["unit"] for one in log if one["level"] == level}
    ran(gridkit("repair", folder, "--revert", tmp_path / "out" / "log.jsonl", "-o", tmp_path / "back"), 0, 1)
    for level, before in given.items():
        assert rows_of(tmp_path / "back" / f"{level}.gpkg") == before
    return log


@pytest.mark.parametrize("name", sorted(set(BAD) - SKIPPED)[::3])
def test_bad_shapes(gridkit, tmp_path, name):
    authority = ("bottom", "top", "none")[sorted(BAD).index(name) % 3]
    check_all_steps(gridkit, project(tmp_path / "p", BAD[name], authority=authority), tmp_path)


@pytest.mark.parametrize("authority", ["bottom", "top"])
@pytest.mark.parametrize("systems", SYSTEMS)
def test_levels_in_different_systems(gridkit, tmp_path, systems, authority):
    cells = [box(-60, -60, 15, 90), box(15.3, -60, 90, 90)]
    folder = project(tmp_path / "p", cells, systems=SYSTEMS[systems], authority=authority)
    log = check_all_steps(gridkit, folder, tmp_path)
    assert sum(one["area_m2"] for one in log if one["op"] != "matched") == pytest.approx(0.3 * 150, abs=0.1)


def test_coordinates_that_are_no_numbers_are_named_with_file_and_feature(gridkit, tmp_path):
    folder = project(tmp_path / "p", [box(0, 0, 10, 10), box(10, 0, 20, 10)])
    with np.errstate(invalid="ignore"):
        write(folder, "grid", [affinity.translate(box(0, 0, 10, 10), X0, Y0), not_a_number()], CRS,
              community_code=["001", "001"])  # fmt: skip
    said = ran(gridkit("check", folder), 1)
    assert "grid.gpkg!grid!2" in said.out
    assert "coordinates that cannot be" in said.out
    check_all_steps(gridkit, folder, tmp_path)
