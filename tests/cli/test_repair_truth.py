"""``gridkit repair``: what is written is valid in the numbers of its file, and what is said follows the log."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from gridkit import repairs
from gridkit.errors import InputError
from gridkit.io.originals import rewritten, unsound
from gridkit.io.project import read_project
from gridkit.repair_folder import save_repair
from gridkit.reports.boundary_rows import decision_rows, noise, summary
from gridkit.topology.journal import replay, standing
from tests import tiny
from tests.topology.spoilt import random_city


def write(folder: Path, city, extension="geojson") -> Path:
    """Write communities and grids of a city as a project."""
    folder.mkdir(parents=True)
    text = '[project]\nname = "t"\nas_of = 2024-06-30\n'
    for level in ("community", "grid"):
        frame = city.layers[level].frame
        columns = {"code": list(frame.index), "name": list(frame["name"])}
        if level == "grid":
            columns["community_code"] = list(frame["community_code"])
        table = gpd.GeoDataFrame(columns, geometry=list(frame.geometry), crs=frame.crs)
        file = folder / f"{level}.{extension}"
        if extension == "geojson":
            table.to_crs(4326).to_file(file, driver="GeoJSON", COORDINATE_PRECISION=12)
        else:
            table.to_file(file)
        text += f'[layers.{level}]\npath = "{file.name}"\n'
    (folder / "gridkit.toml").write_text(text, encoding="utf-8")
    return folder


def records(path: Path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("seed", [302, 303])
def test_areas_are_valid_in_the_degrees_of_their_file(seed, tmp_path):
    project = write(tmp_path / "p", random_city(seed))
    done = repairs.do_repair(read_project(project), language="en")
    save_repair(done, tmp_path / "out")
    log = records(tmp_path / "out" / "log.jsonl")
    for level in ("community", "grid"):
        made = pyogrio.read_dataframe(tmp_path / "out" / f"{level}.gpkg")
        given = pyogrio.read_dataframe(project / f"{level}.geojson")
        logged = {one["unit"] for one in log if one["level"] == level}
        assert made.geometry.is_valid.all()
        other = shapely.to_wkb(made.geometry.to_numpy()) != shapely.to_wkb(given.geometry.to_numpy())
        assert set(given["code"][other]) <= logged
    assert not set(done.plan.waiting) & set(done.plan.repair.log["defect_id"])
    half = sorted({one["defect_id"] for one in log})[::2]
    for _ in range(2):
        try:
            back = repairs.undo_repair(read_project(project), tmp_path / "out" / "log.jsonl", half, language="en")
        except InputError as problem:  # refused, with the names of those that have to go as well
            assert problem.values["more"]
            half += problem.values["more"].split(", ")
            continue
        break
    save_repair(back, tmp_path / "half")
    for level in ("community", "grid"):
        assert pyogrio.read_dataframe(tmp_path / "half" / f"{level}.gpkg").geometry.is_valid.all()
    left = records(tmp_path / "half" / "log.jsonl")
    assert {one["defect_id"] for one in left} == {one["defect_id"] for one in log} - set(half)
    again = repairs.undo_repair(
        read_project(project), tmp_path / "half" / "log.jsonl", [left[0]["defect_id"]], language="en"
    )
    for level, original in again.originals.items():  # what was taken back before stays so
        now, logged = again.frames[level].geometry, set(again.plan.repair.log["unit"])
        for code in set(original.layer.frame.index) - logged:
            assert now[code].wkb == original.layer.frame.geometry[code].wkb


def test_what_cannot_be_made_valid_cheaply_is_as_it_came(tmp_path):
    """A bow tie of 100 m2 is no rounding: it stays as it came, and is named."""
    project = write(tmp_path / "p", tiny.city())
    done = repairs.do_repair(read_project(project), language="en")
    original, frame = done.originals["grid"], done.frames["grid"].copy()
    x, y = shapely.bounds(frame.geometry.iloc[0])[:2]
    tie = shapely.Polygon([(x, y), (x + 20, y), (x, y + 20), (x + 20, y + 20)])
    geometry = frame.geometry.to_numpy().copy()
    geometry[0] = tie
    frame.geometry = gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs)
    assert unsound(original, frame) == [frame.index[0]]
    ((part, out, changed),) = rewritten(original, frame)
    assert not changed.any()
    assert [a.wkb for a in out] == [b.wkb for b in part.geometry]


def test_a_part_that_is_left_starts_from_what_stands():
    """Two defects of one unit: after the first is taken back, the log of the rest has the hash of what stands."""
    before, after = shapely.box(0, 0, 10, 10), shapely.box(-1, 0, 11, 10)
    left, right = shapely.box(-1, 0, 0, 10), shapely.box(10, 0, 11, 10)
    layers = {"grid": gpd.GeoDataFrame(geometry=[before], index=["a"], crs="EPSG:4544")}
    log = pd.DataFrame(
        [(name, "T202", "grid", "gained", "a", "auto", 10.0, "", "") for name in ("one", "two")],
        columns=["defect_id", "code", "level", "op", "unit", "role", "area_m2", "before", "after"],
    )
    kinds = [("before", "", before), ("after", "", after), ("gained", "one", left), ("gained", "two", right)]
    shapes = pd.DataFrame(
        [("grid", "a", kind, name, shape.wkb) for kind, name, shape in kinds],
        columns=["level", "unit", "kind", "defect_id", "wkb"],
    )
    frames = replay(layers, log, shapes, ids=["two"])
    assert frames["grid"].geometry["a"].area == 110
    rest, stored = standing(frames, log, shapes, ["two"])
    assert rest["defect_id"].tolist() == ["two"]
    assert replay(layers, rest, stored)["grid"].geometry["a"].wkb == frames["grid"].geometry["a"].wkb
    none, nothing = standing(layers, log, shapes, [])
    assert (len(none), len(nothing)) == (0, 0)
    # shapes of units that the log no longer names do nothing
    assert replay(layers, rest.iloc[:0], shapes)["grid"].geometry["a"].wkb == before.wkb


def test_what_waits_is_never_settled_and_every_defect_is_counted_once(tmp_path):
    plan = repairs.plan_repair(read_project(write(tmp_path / "p", random_city(305))), language="en")
    waits, logged = set(plan.waiting), set(plan.repair.log["defect_id"])
    frame = plan.inspection.frame
    for one in summary(plan):
        kinds = ("settled", "decided", "kept", "waiting", "gone", "reported")
        assert sum(one[key] for key in kinds) == one["count"]
        ids = set(frame.index[(frame["level"] == one["level"]) & (frame["code"] == one["rule"])])
        assert one["waiting"] == len(ids & waits)
        assert one["settled"] == len((ids & logged) - waits)
    found = noise(plan)
    mine = plan.repair.log[~plan.repair.log["defect_id"].isin(frame.index)]
    assert found["places"] == mine["defect_id"].nunique()
    assert found["units"] == len(mine[["level", "unit"]].drop_duplicates())
    locked = {code for row in decision_rows(plan) for code, *_ in row.alternatives}
    assert locked <= {str(code) for layer in plan.city.layers.values() for code in layer.frame.index}


def shifted(metres: float):
    """Return the tiny city with the border of two grids of one community moved by metres into the second."""
    city = tiny.city()
    frame = city.layers["grid"].frame.copy()
    geometry = frame.geometry.to_numpy().copy()
    x0, y0, x1, y1 = shapely.bounds(geometry[0])
    geometry[0] = shapely.box(x0, y0, x1 + metres, y1)
    frame.geometry = gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs)
    import dataclasses

    return city.with_layers(grid=dataclasses.replace(city.layers["grid"], frame=frame))


def test_a_bow_tie_made_valid_is_in_the_plan_and_in_the_log(gridkit, tmp_path):
    city = tiny.city()
    frame = city.layers["grid"].frame
    x0, y0, x1, y1 = shapely.bounds(frame.geometry.iloc[0])
    project = write(tmp_path / "p", city, "gpkg")
    table = pyogrio.read_dataframe(project / "grid.gpkg")
    tie = shapely.Polygon([(x0, y0), (x1, y1), (x1, y0), (x0, y1)])
    shapes = table.geometry.to_numpy().copy()
    shapes[0] = tie
    table.set_geometry(gpd.GeoSeries(shapes, crs=table.crs)).to_file(project / "grid.gpkg")
    plan = json.loads(gridkit("repair", project, "--json").out)
    (row,) = [one for one in plan["rules"] if one["rule"] == "T101"]
    assert (row["level"], row["count"], row["settled"]) == ("grid", 1, 1)
    gridkit("repair", project, "--apply", "-o", tmp_path / "out")
    (change,) = [one for one in records(tmp_path / "out" / "log.jsonl") if one["op"] == "made_valid"]
    assert change in plan["changes"]
    half = (x1 - x0) * (y1 - y0) / 2
    assert change["area_before_m2"] == pytest.approx(0, abs=1e-6)
    assert change["area_after_m2"] == pytest.approx(half)
    assert change["area_m2"] == pytest.approx(half)
    assert len(change["before"]) == len(change["after"]) == 16
    assert change["before"] != change["after"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_looked_at_is_not_nothing_wrong(gridkit, tmp_path, language):
    project = write(tmp_path / "p", tiny.city(), "gpkg")
    for level in ("community", "grid"):
        table = pyogrio.read_dataframe(project / f"{level}.gpkg")
        lines = gpd.GeoSeries([shapely.LineString(one.exterior.coords[:3]) for one in table.geometry], crs=table.crs)
        (project / f"{level}.gpkg").unlink()
        table.set_geometry(lines).to_file(project / f"{level}.gpkg")
    said = gridkit("repair", project, "--lang", language)
    assert "nothing is wrong" not in said.out
    assert "S136" in said.out
    assert "没有问题" not in said.out
    found = json.loads(gridkit("repair", project, "--json").out)
    assert [one["looked_at"] for one in found["looked_at"]] == [0, 0]
    assert {"S136", "T341"} <= {one["code"] for one in found["findings"]}
    gridkit("repair", project, "-o", tmp_path / "plan", "--lang", "en")
    page = (tmp_path / "plan" / "repair.html").read_text("utf-8")
    assert "no boundary could be looked at" in page


def test_units_looked_at_are_counted(gridkit, tmp_path):
    said = gridkit("repair", write(tmp_path / "p", tiny.city(), "gpkg"), "--lang", "en")
    assert "looked at: community layer: 3 of 3 units; grid layer: 4 of 4 units" in said.out


def test_drawing_noise_is_told_wherever_the_repair_is(gridkit, tmp_path):
    """A border that is 0.1 mm over is no defect, but is fitted and logged: plan, page and JSON say so."""
    project = write(tmp_path / "p", shifted(1e-4), "gpkg")
    found = json.loads(gridkit("repair", project, "--json").out)
    changed = {(one["level"], one["unit"]) for one in found["changes"]}
    named = {one["defect_id"] for one in found["changes"]}
    listed = sum(one["settled"] for one in found["rules"])
    assert found["noise"]["places"] + listed == len(named)
    if found["noise"]["places"]:
        assert found["noise"]["units"] <= len(changed)
        assert "drawing noise fitted" in gridkit("repair", project, "--lang", "en").out


def test_the_workbook_offers_no_locked_unit(gridkit, tmp_path):
    city = shifted(30.0)
    project = write(tmp_path / "p", city, "gpkg")
    locked = str(city.layers["grid"].frame.index[0])
    with (project / "gridkit.toml").open("a", encoding="utf-8") as stream:
        stream.write(f'[repair]\nlocked = ["{locked}"]\n')
    gridkit("repair", project, "-o", tmp_path / "plan")
    sheet = openpyxl.load_workbook(tmp_path / "plan" / "decisions.xlsx").active
    at = {cell.value: cell.column for cell in sheet[2]}
    cells = [
        str(sheet.cell(row, at[name]).value or "")
        for row in range(4, sheet.max_row + 1)
        for name in ("suggested", "alternatives")
    ]
    assert np.array([locked not in cell.split() for cell in cells]).all()


def test_a_repair_that_gives_no_valid_areas_is_taken_back_whole_and_waits(tmp_path, monkeypatch):
    """Nothing may be lost by making valid: the units are written as they came, unlogged, and the plan says so."""
    monkeypatch.setattr("gridkit.io.originals._straightened", lambda shapes, metric: _tied(shapes))
    project = write(tmp_path / "p", shifted(1.0), "gpkg")
    before = pyogrio.read_dataframe(project / "grid.gpkg")
    done = repairs.do_repair(read_project(project), language="en")
    repair = done.plan.repair
    assert len(repair.failed)
    assert not len(repair.log)
    assert not len(repair.shapes)
    assert "were taken back" in repair.notes[0]
    save_repair(done, tmp_path / "out")
    after = pyogrio.read_dataframe(tmp_path / "out" / "grid.gpkg")
    assert [a.wkb for a in after.geometry] == [b.wkb for b in before.geometry]
    assert set(done.plan.waiting) <= set(repair.failed) | set(repair.waiting)


def _tied(shapes):
    """Return bow ties instead of shapes."""
    result = shapes.copy()
    for at, (x0, y0, x1, y1) in enumerate(shapely.bounds(shapes)):
        result[at] = shapely.Polygon([(x0, y0), (x1, y1), (x1, y0), (x0, y1)])
    return result
