"""``gridkit grids merge`` from files to a plan folder, and everything that may be wrong with the files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely

from gridkit import errors
from gridkit.geo.datum import wgs84_to_gcj02
from gridkit.io.networks import read_posts
from gridkit.networks import Ask, _called
from tests.cli.grid_project import CRS, EAST, WEST, layers, save, square

COLUMNS = [(0, 300, 0, 130), (300, 600, 0, 130), (0, 300, 130, 265), (300, 600, 130, 265), (0, 300, 265, 400),
           (300, 600, 265, 400)]  # fmt: skip
"""Six grids of two compounds each."""


def grids(name, *, only=(WEST, EAST), apart=0.0, rows=COLUMNS):
    """Return six grids in each community, drawn a little farther east where they have a neighbour there."""
    out = []
    for code, left in ((WEST, 0), (EAST, 600)):
        for n, (x0, x1, y0, y1) in enumerate(rows if code in only else (), start=1):
            west, east = (x + apart if 0 < x < 600 else x for x in (x0, x1))
            out.append((f"{code}{n:03d}", f"{name}{n}", n % 3, square(left + west, y0, east - west, y1 - y0)))
    columns = {"网格编码": [row[0] for row in out], "网格名称": [row[1] for row in out],
               "网格员数": [row[2] for row in out]}  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=[row[3] for row in out], crs=CRS)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A project without a layer of grids, and three networks."""
    folder = tmp_path_factory.mktemp("merge")
    save(folder / "project", layers(), leave_out=("grid",))
    grids("党建").to_file(folder / "party.gpkg", driver="GPKG")
    grids("综治", only=(WEST,), apart=6.0).to_crs("EPSG:4490").to_file(folder / "security.geojson")
    other = grids("=cmd()<script>", rows=[*COLUMNS[:4], (0, 600, 265, 400)])
    other.to_file(folder / "urban.gpkg", driver="GPKG", layer="城管")
    rows = ["网格编码,姓名,岗位", *(f"{WEST}{n:03d},张伟{n},专职" for n in (1, 1, 5)), "9,李娜,兼职"]
    (folder / "staff.csv").write_text("\n".join(rows), encoding="utf-8")
    spots = gpd.GeoSeries([square(10, 10, 1).centroid, square(5000, 0, 1).centroid], crs=CRS).to_crs(4490)
    gpd.GeoDataFrame({"名称": ["甲站", "乙站"]}, geometry=spots).to_file(folder / "stations.gpkg", driver="GPKG")
    return folder


def words(world):
    return ("党建=" + str(world / "party.gpkg"), f"{world / 'security.geojson'}", f"{world / 'urban.gpkg'}!城管",
            world / "project", "--profile", "fast")  # fmt: skip


@pytest.fixture(scope="module")
def made(world, tmp_path_factory):
    from gridkit import cli

    out = tmp_path_factory.mktemp("out") / "plan"
    posts = ["--posts", f"urban={world / 'staff.csv'}", "--posts", f"党建.stations={world / 'stations.gpkg'}"]
    line = ["grids", "merge", *map(str, words(world)), *posts, "-o", str(out), "--lang", "en"]
    assert cli.run(line) == errors.EXIT_FINDINGS
    return out, line


def test_everything_is_written_and_accounted_for(made):
    out, _ = made
    said = json.loads((out / "merge.json").read_text("utf-8"))
    assert said["grids"] == 12
    assert said["in_band"] == [12, 12]
    assert said["borders"]["agreed_kept"] == said["borders"]["agreed"] > 0
    assert said["networks"] == {"党建": 12, "security": 6, "urban": 10}
    assert {name: one["in"] for name, one in said["posts"].items() if one["in"]} == {
        "党建.staff": 12, "党建.stations": 2, "security.staff": 6, "urban.staff": 2 * (1 + 2 + 0 + 1 + 2) + 4,
    }  # fmt: skip
    assert all(one["homed"] + one["to_decide"] == one["in"] for one in said["posts"].values())
    kinds = {(one["kind"], one["network"]) for one in said["to_decide"]}
    assert kinds == {("post", "urban"), ("post", "党建"), ("area", "security")}
    book = openpyxl.load_workbook(out / "merge.xlsx", read_only=True)
    assert {"Decisions", "Homes of posts", "Old and merged grids"} <= set(book.sheetnames)
    assert {row[0] for row in gpd.list_layers(out / "differences.gpkg").to_numpy()} == {
        "drawn_borders", "merged_borders", "merged_grids", "network_1", "network_2", "network_3"}  # fmt: skip


def test_hostile_names_and_persons_stay_text_or_outside(made):
    out, _ = made
    page, homes = (out / "merge.html").read_text("utf-8"), (out / "homes.csv").read_text("utf-8-sig")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert ",'=cmd()<script>" in homes
    for path in out.iterdir():
        if path.is_file():
            assert "张伟".encode() not in path.read_bytes()
    assert "张伟" not in str(openpyxl.load_workbook(out / "merge.xlsx")["Homes of posts"]["D"])
    assert "script" not in (out / "merge-map.html").read_text("utf-8").partition("=cmd()")[2][:12].replace(
        "\\u003c", ""
    )


def test_equal_files_give_equal_bytes(made, world, tmp_path):
    from gridkit import cli

    out, line = made
    again = tmp_path / "again"
    assert cli.run([str(again) if part == str(out) else part for part in line]) == errors.EXIT_FINDINGS
    assert cli.run([str(again) if part == str(out) else part for part in line]) == errors.EXIT_FINDINGS  # over itself
    for path in sorted(out.iterdir()):
        if path.is_file():
            one, other = (hashlib.sha256(p.read_bytes()).hexdigest() for p in (path, again / path.name))
            assert one == other, path.name


def test_reports_stay_beside_a_plan_that_is_edited(gridkit, made, world, tmp_path):
    out, _ = made
    report = (out / "merge.xlsx").read_bytes()
    (out / "merge.xlsx").write_bytes(report + b"note")  # somebody wrote into it
    over = gridkit("grids", "merge", *words(world), "-o", out, "--lang", "en")
    assert over.code == errors.EXIT_OUTPUT
    assert "merge.xlsx was not written by this command, or was changed since" in over.err
    line = (out / "assignment.csv").read_text("utf-8").splitlines()[1].split(",")
    said = gridkit("grids", "edit", out, "rename", line[1], "一号", "--reason", "试", "--time",
                   "2024-06-30T09:00:00+08:00")  # fmt: skip
    assert said.code in (0, 1), said.err
    assert (out / "merge.xlsx").read_bytes() == report + b"note"
    assert (out / "homes.csv").is_file()
    assert gridkit("grids", "check", out).code in (0, 1)
    filed = gridkit("grids", "file", out, "-o", tmp_path / "filed", "--no-map", "--draft")
    assert filed.code in (0, 1), filed.err
    codes = {row.split(",")[0] for row in (tmp_path / "filed" / "codes.csv").read_text("utf-8-sig").splitlines()[1:]}
    assert codes == {row.split(",")[1] for row in (out / "grids.csv").read_text("utf-8").splitlines()[1:]}


def test_a_plan_folder_is_a_source_and_the_base_can_be_chosen(gridkit, world, tmp_path):
    assert gridkit("grids", "atoms", world / "project", "-o", tmp_path / "atoms").code in (0, 1)
    said = gridkit("grids", "merge", world / "party.gpkg", world / "security.geojson", tmp_path / "atoms", "--base",
                   "security", "--profile", "fast", "--json")  # fmt: skip
    assert said.code == errors.EXIT_FINDINGS
    found = json.loads(said.out)
    assert (found["base"], found["grids"]) == ("security", 12)
    clean = gridkit("grids", "merge", f"a={world / 'party.gpkg'}", f"b={world / 'party.gpkg'}", tmp_path / "atoms",
                    "--profile", "fast")  # fmt: skip
    assert clean.code == errors.EXIT_CLEAN, clean.out


def degrees(name, path, move=None):
    frame = grids(name, rows=[(x, x + 150, y, y + 100) for y in (0, 100, 200, 300) for x in (0, 150, 300, 450)])
    frame = frame.to_crs(4490)
    if move is not None:
        frame.geometry = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.column_stack(move(*xy.T)))
    frame.to_file(path, driver="GPKG")


def test_another_datum_is_refused_and_then_converted(gridkit, world, tmp_path):
    degrees("偏", tmp_path / "mars.gpkg", wgs84_to_gcj02)
    line = ("grids", "merge", world / "party.gpkg", tmp_path / "mars.gpkg", world / "project", "--profile", "fast",
            "--lang", "en")  # fmt: skip
    refused = gridkit(*line)
    assert refused.code == errors.EXIT_INPUT
    assert "mars seems to be in GCJ-02" in refused.err
    assert "--crs mars=GCJ-02" in refused.err
    assert gridkit(*line, "--crs", "mars=GCJ-02").code == errors.EXIT_CLEAN


BAD = {
    "one network": (lambda w, t: [w / "party.gpkg", w / "project"], errors.EXIT_USAGE, "two networks"),
    "no source": (lambda w, t: [w / "party.gpkg", w / "urban.gpkg"], errors.EXIT_USAGE, "neither a project"),
    "not there": (lambda w, t: [w / "party.gpkg", t / "no.gpkg", w / "project"], errors.EXIT_INPUT, "no.gpkg"),
    "a table": (lambda w, t: [w / "party.gpkg", w / "staff.csv", w / "project"], errors.EXIT_INPUT, "no borders"),
    "points": (lambda w, t: [w / "party.gpkg", w / "stations.gpkg", w / "project"], errors.EXIT_INPUT, "no area"),
    "same names": (lambda w, t: [w / "party.gpkg", w / "party.gpkg", w / "project"], errors.EXIT_USAGE, "called party"),
    "base": (lambda w, t: [w / "party.gpkg", w / "urban.gpkg", w / "project", "--base", "x"], errors.EXIT_USAGE, "x"),
    "posts": (lambda w, t: [w / "party.gpkg", w / "urban.gpkg", w / "project", "--posts", f"x={w / 'staff.csv'}"],
              errors.EXIT_USAGE, "names no network"),
    "kind": (lambda w, t: [w / "party.gpkg", w / "urban.gpkg", w / "project", "--posts", "urban.dogs=a.csv"],
             errors.EXIT_USAGE, "dogs"),
    "no codes": (lambda w, t: [w / "party.gpkg", w / "urban.gpkg", w / "project", "--posts",
                               f"urban={w / 'project' / 'gridkit.toml'}"], errors.EXIT_INPUT, "gridkit.toml"),
    "crs": (lambda w, t: [w / "party.gpkg", w / "urban.gpkg", w / "project", "--crs", "x=EPSG:4490"],
            errors.EXIT_USAGE, "no network"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_said(gridkit, world, tmp_path, case):
    line, code, text = BAD[case]
    said = gridkit("grids", "merge", *line(world, tmp_path), "--profile", "fast", "--lang", "en")
    assert (said.code, "Traceback" in said.err) == (code, False), said.err
    assert text in said.err


def test_layers_that_are_empty_elsewhere_or_without_people(gridkit, world, tmp_path):
    grids("空").iloc[:0].to_file(tmp_path / "empty.gpkg", driver="GPKG")
    far = grids("远")
    far.geometry = far.geometry.translate(90_000, 0)
    far.iloc[:3].to_file(tmp_path / "far.gpkg", driver="GPKG")
    for name, text in (("empty", "no feature"), ("far", "lies in a community")):
        said = gridkit(
            "grids", "merge", world / "party.gpkg", tmp_path / f"{name}.gpkg", world / "project", "--lang", "en"
        )
        assert said.code == errors.EXIT_INPUT
        assert text in said.err
    nobody = layers()
    nobody["compound"]["户数"] = 0
    save(tmp_path / "nobody", nobody, leave_out=("grid",))
    said = gridkit("grids", "merge", world / "party.gpkg", world / "urban.gpkg", tmp_path / "nobody", "--lang", "en")
    assert said.code == errors.EXIT_INPUT
    assert "states its households" in said.err


def test_gaps_overlaps_and_codes_twice_are_told(gridkit, world, tmp_path):
    bad = grids("坏")
    bad.loc[0, "geometry"] = square(0, 0, 350, 130)  # 50 m over its neighbour
    bad.loc[2, "geometry"] = square(40, 130, 260, 135)  # 40 m of nothing in the west
    bad.loc[5, "网格编码"] = bad.loc[4, "网格编码"]
    bad.loc[7, "geometry"] = None
    bad["驿站数"] = ["若干", "-3", "2", *[""] * 9]
    bad.to_file(tmp_path / "bad.gpkg", driver="GPKG")
    said = gridkit("grids", "merge", world / "party.gpkg", tmp_path / "bad.gpkg", world / "project", "--json", "--lang",
                   "en", "--profile", "fast")  # fmt: skip
    assert said.code == errors.EXIT_FINDINGS
    found = json.loads(said.out)
    assert {"G107", "G121", "G122"} <= set(found["findings"])
    assert [one["subject"] for one in found["to_decide"] if one["kind"] == "code"] == [f"{WEST}005"]
    assert "bad: 1 features without an area" in said.err
    assert "bad: 2 cells of stations are no counts" in said.err
    assert found["posts"]["bad.stations"]["in"] == 2
    # the feature without a shape is no grid, but its two posts are somebody's
    assert found["posts"]["bad.staff"]["in"] == 12
    assert [one["n"] for one in found["to_decide"] if one["subject"] == f"{EAST}002" and one["network"] == "bad"] == [2]


@pytest.mark.parametrize(
    ("rows", "posts", "said"),
    [
        # one row for each grid with its count; a remark beside a code is no note, and a total is none of them
        (["网格编码,网格员数,备注", "01,3,注：一人兼职", "02,若干,", "03,2,", ",5,合计"], {"01": 3, "03": 2},
         (1, "网格员数", 1)),
        # one row for each person: the column repeats what the rows add up to
        (["网格编码,网格员数", "01,2", "01,2", "02,1"], {"01": 2, "02": 1}, (0, "", 0)),
    ],
)  # fmt: skip
def test_tables_of_posts_count_rows_or_say_how_many(tmp_path, rows, posts, said):
    (tmp_path / "staff.csv").write_text("\n".join(rows), encoding="utf-8")
    read = read_posts(tmp_path / "staff.csv", CRS, kind="staff")
    assert dict(zip(read.listed["code"], read.listed["n"], strict=True)) == posts
    assert (read.sums, read.counted, read.unread) == said


def test_numbers_of_persons_are_no_names_of_networks():
    asked = [Ask(name, Path()) for name in ("party", "13812345678", "13812345679")]
    assert _called(asked) == ["party", "***", "***#2"]
