"""``gridkit repair``: planned, decided, done, taken back, and with fewer vertices."""

from __future__ import annotations

import csv
import hashlib
import json
import re

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from gridkit.io.boundary_decisions import WORDS
from gridkit.locale import gettext, speaking

X0, Y0 = 500_000.0, 3_000_000.0
HOSTILE = "<script>alert(1)</script>{{7*7}}"
TOML = """
[project]
name = "{name}"
as_of = 2024-06-30

[layers.street]
path = "streets.geojson"

[layers.community]
path = "communities.gpkg"
columns = {{ street_code = "街道代码" }}
{more}
"""


def box(x, y, width, height):
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def project(tmp_path):
    """Two streets of two communities each: a gap of 2 x 200 m between the first two, an overlap of 30 x 400 m between
    the others, which is too wide to be settled by a rule."""
    folder = tmp_path / "p"
    folder.mkdir()
    notched = shapely.difference(box(0, 0, 1000, 400), box(998, 100, 2, 200))
    shapes = [
        notched,
        box(1000, 0, 1000, 400),
        box(0, 400, 1030, 400),
        box(1000, 400, 1000, 400),
        box(2000, 0, 500, 400),
    ]
    names = ["甲社区", "乙社区", HOSTILE, "丁社区", "戊社区"]
    codes = [f"99010100{street}00{n}" for street, n in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3))]
    gpd.GeoDataFrame(
        {"社区代码": codes, "社区名称": names, "街道代码": [code[:9] for code in codes], "负责人": ["张三"] * 5,
         "编号": [1, 2, 3, None, 5], "备注": ["x", "=1+1", None, "y", ""], "电话": ["13900000000"] * 5},
        geometry=shapes, crs="EPSG:4544",
    ).to_file(folder / "communities.gpkg", layer="communities")  # fmt: skip
    streets = gpd.GeoDataFrame(
        {"街道代码": ["990101001", "990101002"], "街道名称": ["一街道", "二街道"]},
        geometry=[box(0, 0, 2500, 400), box(0, 400, 2000, 400)], crs="EPSG:4544",
    ).to_crs("EPSG:4326")  # fmt: skip
    streets.to_file(folder / "streets.geojson", driver="GeoJSON", COORDINATE_PRECISION=12)
    write(folder)
    return folder


def write(folder, more="", name="示范市"):
    (folder / "gridkit.toml").write_text(TOML.format(more=more, name=name), encoding="utf-8")


def rows(folder):
    with (folder / "decisions.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def decide(path, **given):
    """Write a file of decisions: id -> (decision, target)."""
    lines = [f"{key.replace('_', '-')},{decision},{target},seen,street office,2024-06-01," for key, (decision, target)
             in given.items()]  # fmt: skip
    path.write_text("\n".join(["defect_id,decision,target,reason,role,decided_on,until", *lines]), encoding="utf-8")
    return path


def test_a_plan_writes_nothing_but_its_folder(gridkit, project, tmp_path):
    before = digests(project)
    said = gridkit("repair", project, "--plan", "-o", tmp_path / "plan")
    assert said.code == 1
    assert "1 defect(s) wait for a person" in said.out
    assert digests(project) == before
    assert {path.name for path in tmp_path.iterdir()} == {"p", "plan"}
    assert {path.name for path in (tmp_path / "plan").iterdir()} == {
        "defects.gpkg", "decisions.xlsx", "decisions.csv", "repair.html", "plan.json",
    }  # fmt: skip
    (row,) = rows(tmp_path / "plan")
    assert row["units"] == f"990101002001 {HOSTILE}; 990101002002 丁社区"
    assert row["area_m2"] == "12000.00"
    assert row["decision"] == ""


def test_a_plan_has_no_trace_of_the_hostile_name_as_markup(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan")
    page = (tmp_path / "plan" / "repair.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)


def test_defects_open_by_level_and_rule_with_styles(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan")
    file = tmp_path / "plan" / "defects.gpkg"
    layers = {str(name) for name, _kind in pyogrio.list_layers(file)}
    assert {"community_T201", "community_T202", "layer_styles"} <= layers
    frame = gpd.read_file(file, layer="community_T201")
    assert frame.crs.to_epsg() == 4544
    assert frame.geometry.area.round().tolist() == [12000.0]
    styles = pyogrio.read_dataframe(file, layer="layer_styles", read_geometry=False)
    assert set(styles["f_table_name"]) == layers - {"layer_styles"}


def test_two_plans_are_equal_to_the_byte(gridkit, project, tmp_path):
    for name in ("one", "two"):
        gridkit("repair", project, "-o", tmp_path / name, "--lang", "zh")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_unchanged_units_keep_the_bytes_of_the_file(gridkit, project, tmp_path):
    before = digests(project)
    said = gridkit("repair", project, "--apply", "-o", tmp_path / "out")
    assert said.code == 1
    assert digests(project) == before
    given, made = (gpd.read_file(path) for path in (project / "communities.gpkg", tmp_path / "out" / "community.gpkg"))
    assert made["社区代码"].tolist() == given["社区代码"].tolist()
    assert list(made.columns) == ["社区代码", "社区名称", "街道代码", "编号", "备注", "geometry"]
    assert made["编号"].tolist()[:3] == [1, 2, 3]
    assert made["备注"].tolist()[1] == "=1+1"
    same = [a.wkb == b.wkb for a, b in zip(given.geometry, made.geometry, strict=True)]
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text("utf-8").splitlines()]
    named = {one["unit"] for one in log}
    assert same == [code not in named for code in given["社区代码"]]
    assert same[4]
    assert made.geometry.iloc[:2].area.sum() == pytest.approx(2000 * 400)
    assert made.crs == given.crs
    assert gpd.read_file(tmp_path / "out" / "street.gpkg").crs.to_epsg() == 4326
    whole = "".join(path.read_bytes().decode("utf-8", "replace") for path in (tmp_path / "out").iterdir())
    assert "张三" not in whole
    assert "13900000000" not in whole


def test_the_log_names_every_change_and_both_versions(gridkit, project, tmp_path):
    gridkit("repair", project, "--apply", "-o", tmp_path / "out")
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text("utf-8").splitlines()]
    assert {
        "defect_id",
        "code",
        "level",
        "op",
        "unit",
        "role",
        "area_m2",
        "before",
        "after",
        "gridkit",
        "rules",
    } == set(log[0])
    gap = [one for one in log if one["level"] == "community" and one["code"] == "T202"]
    assert [(one["op"], one["area_m2"], one["role"]) for one in gap] == [
        ("gained", 400.0, "auto"), ("matched", 0.0, "auto"),
    ]  # fmt: skip


def test_the_tables_for_the_project_file_read_what_was_written(gridkit, project, tmp_path):
    gridkit("repair", project, "--apply", "-o", project / "fixed")
    (project / "again.toml").write_text(
        "[project]\nas_of = 2024-06-30\n" + (project / "fixed" / "layers.toml").read_text("utf-8"), encoding="utf-8"
    )
    said = gridkit("repair", project / "again.toml", "--json")
    found = json.loads(said.out)
    assert [one["area_m2"] for one in found["waiting"]] == [12000.0]
    assert not [one for one in found["rules"] if one["rule"] == "T202"]


def test_decisions_of_the_workbook_are_read_back_in_chinese(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan", "--lang", "zh")
    file = tmp_path / "plan" / "decisions.xlsx"
    book = openpyxl.load_workbook(file)
    sheet = book.active
    at = {cell.value: cell.column for cell in sheet[2]}
    with speaking("zh"):
        word = gettext(WORDS["give"])
    assert word in sheet.data_validations.dataValidation[0].formula1
    sheet.cell(4, at["decision"]).value = word
    sheet.cell(4, at["target"]).value = "990101002002"
    sheet.cell(4, at["role"]).value = "街道办"
    book.save(tmp_path / "filled.xlsx")
    said = gridkit("repair", project, "--apply", tmp_path / "filled.xlsx", "-o", tmp_path / "out")
    assert said.code == 0, said.err + said.out
    made = gpd.read_file(tmp_path / "out" / "community.gpkg")
    assert made.geometry.area.round().tolist()[2:4] == [400_000.0, 400_000.0]
    assert shapely.coverage_is_valid(made.geometry.to_numpy())


def test_all_mistakes_of_decisions_are_told_at_once(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan")
    (row,) = rows(tmp_path / "plan")
    file = tmp_path / "d.csv"
    lines = [
        "defect_id,decision,target,reason,role,decided_on,until",
        f"{row['defect_id']},give,990101002002,,,,",
        f"{row['defect_id']},keep,,,,,",
        "aaaaaaaaaaaa,giv,,,,,",
        "aaaaaaaaaaab,give,990101002009,,,,",
        "1.2E+11,keep,,,,,",
        "aaaaaaaaaaac,keep,,,,,31/31/2024",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    said = gridkit("repair", project, "--apply", file, "-o", tmp_path / "out")
    assert said.code == 3
    for needle in ("d.csv:4", "d.csv:5", "d.csv:6", "d.csv:7", "decided 2 times", "did you mean", "give"):
        assert needle in said.err
    assert not (tmp_path / "out").exists()


def test_a_decision_about_nothing_is_reported_as_stale(gridkit, project, tmp_path):
    file = decide(tmp_path / "d.csv", aaaaaaaaaaaa=("keep", ""))
    said = gridkit("repair", project, "--apply", file, "-o", tmp_path / "out")
    assert said.code == 1
    assert "1 decision(s) name no defect of these layers any more: aaaaaaaaaaaa" in said.out


def test_a_decision_on_what_no_repair_settles_is_refused(gridkit, project, tmp_path):
    """A community without a name for its street, which lies in none: nothing to give."""
    frame = gpd.read_file(project / "communities.gpkg")
    bow = shapely.Polygon([(X0 + x, Y0 + y) for x, y in ((2000, 0), (2500, 400), (2500, 0), (2000, 300))])
    frame.geometry = [*frame.geometry[:4], bow]
    frame.to_file(project / "communities.gpkg", layer="communities")
    write(project, '[repair]\nauthority = { community = "none" }\n')
    found = gridkit("repair", project, "-o", tmp_path / "plan")
    assert found.code == 1
    layers = pyogrio.list_layers(tmp_path / "plan" / "defects.gpkg")[:, 0]
    between = next(str(one) for one in layers if str(one).startswith(("community_T351", "community_T352")))
    name = gpd.read_file(tmp_path / "plan" / "defects.gpkg", layer=between)["defect_id"].iloc[0]
    file = decide(tmp_path / "d.csv", **{name: ("give", "990101001")})
    said = gridkit("repair", project, "--apply", file, "-o", tmp_path / "out")
    assert said.code == 3
    for words in ("d.csv:2", name, 'authority = { community = "bottom" }', "keep"):
        assert words in said.err
    assert gridkit("repair", project, "--apply", decide(file, **{name: ("keep", "")}), "-o", tmp_path / "out").code == 1


def test_a_decision_that_has_ended_is_reported_and_not_used(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan")
    (row,) = rows(tmp_path / "plan")
    file = tmp_path / "d.csv"
    file.write_text(f"defect_id,decision,until\n{row['defect_id']},keep,2023-12-31\n", encoding="utf-8")
    said = gridkit("repair", project, "--apply", file, "-o", tmp_path / "out")
    assert said.code == 1
    assert f"1 decision(s) have expired: {row['defect_id']}" in said.out
    assert "1 defect(s) wait" in said.out


def test_what_is_kept_stays_kept_in_later_runs(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan")
    (row,) = rows(tmp_path / "plan")
    file = decide(tmp_path / "d.csv", **{row["defect_id"]: ("keep", "")})
    assert gridkit("repair", project, "--apply", file, "-o", tmp_path / "out").code == 0
    (project / "exceptions.csv").write_bytes((tmp_path / "out" / "exceptions.csv").read_bytes())
    write(project, '[repair]\nexceptions = "exceptions.csv"\n')
    for _ in range(2):
        said = gridkit("repair", project)
        assert "1 kept" in said.out
        assert "wait" not in said.out


@pytest.mark.parametrize(("until", "waits"), [("2024-06-30", False), ("2024-06-29", True)])
def test_an_exception_that_has_ended_is_told_and_the_defect_waits_again(gridkit, project, tmp_path, until, waits):
    gridkit("repair", project, "-o", tmp_path / "plan")
    (row,) = rows(tmp_path / "plan")
    lines = ["defect_id,reason,role,until", f"{row['defect_id']},seen,office,{until}", "abcdefabcdef,seen,office,"]
    (project / "exceptions.csv").write_text("\n".join(lines), encoding="utf-8")
    write(project, '[repair]\nexceptions = "exceptions.csv"\n')
    said = gridkit("repair", project).out
    assert ("1 defect(s) wait" in said) == waits
    assert (f"the exception for defect {row['defect_id']} ended on {until}" in said) == waits
    assert "T602  no defect abcdefabcdef is found any more" in said
    assert "decisions name no defect" not in said


def test_filled_decisions_are_never_written_over(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan")
    assert gridkit("repair", project, "-o", tmp_path / "plan").code == 1  # ours, unchanged: replaced
    file = tmp_path / "plan" / "decisions.csv"
    file.write_text(file.read_text("utf-8") + "\n", encoding="utf-8")
    said = gridkit("repair", project, "-o", tmp_path / "plan")
    assert said.code == 5
    assert "decisions.csv" in said.err


def test_inputs_are_never_written_over(gridkit, project, tmp_path):
    before = digests(project)
    said = gridkit("repair", project, "--apply", "-o", project)
    assert said.code == 5
    assert digests(project) == before
    assert gridkit("repair", project, "--apply").code == 2


def test_taking_everything_back_gives_the_files_again(gridkit, project, tmp_path):
    gridkit("repair", project, "--apply", "-o", tmp_path / "out")
    write(project, "[repair]\narea = 1\n")  # the settings of then are used
    said = gridkit("repair", project, "--revert", tmp_path / "out" / "log.jsonl", "-o", tmp_path / "back")
    assert said.code == 1
    for mine, theirs in (("community.gpkg", "communities.gpkg"), ("street.gpkg", "streets.geojson")):
        made, given = gpd.read_file(tmp_path / "back" / mine), gpd.read_file(project / theirs)
        assert [a.wkb for a in made.geometry] == [b.wkb for b in given.geometry]
    assert (tmp_path / "back" / "log.jsonl").read_text("utf-8") == ""


def test_one_repair_is_taken_back_by_its_id(gridkit, project, tmp_path):
    gridkit("repair", project, "-o", tmp_path / "plan")
    (row,) = rows(tmp_path / "plan")
    file = decide(tmp_path / "d.csv", **{row["defect_id"]: ("give", "990101002002")})
    gridkit("repair", project, "--apply", file, "-o", tmp_path / "out")
    log = tmp_path / "out" / "log.jsonl"
    said = gridkit("repair", project, "--revert", log, row["defect_id"], "-o", tmp_path / "back")
    assert "1 repair(s) taken back" in said.out
    made, given = gpd.read_file(tmp_path / "back" / "community.gpkg"), gpd.read_file(project / "communities.gpkg")
    assert made.geometry.iloc[2].wkb == given.geometry.iloc[2].wkb
    assert made.geometry.iloc[:2].area.sum() == pytest.approx(800_000)
    left = [json.loads(line)["defect_id"] for line in (tmp_path / "back" / "log.jsonl").read_text("utf-8").splitlines()]
    assert left
    assert row["defect_id"] not in left


def test_nothing_is_taken_back_from_another_file(gridkit, project, tmp_path):
    gridkit("repair", project, "--apply", "-o", tmp_path / "out")
    frame = gpd.read_file(project / "communities.gpkg")
    frame.loc[3, "社区名称"] = "改"
    frame.to_file(project / "communities.gpkg", layer="communities")
    log = tmp_path / "out" / "log.jsonl"
    said = gridkit("repair", project, "--revert", log, "-o", tmp_path / "back")
    assert said.code == 3
    assert "communities.gpkg" in said.err
    assert gridkit("repair", project, "--revert", log, "abcabcabcabc", "-o", tmp_path / "back").code == 3


@pytest.mark.parametrize("text", ["", "[1]\n", "{", '{"a": 1}\n', "\x00\n"])
def test_a_log_that_is_none(gridkit, project, tmp_path, text):
    (tmp_path / "log.jsonl").write_text(text, encoding="utf-8")
    said = gridkit("repair", project, "--revert", tmp_path / "log.jsonl", "-o", tmp_path / "back")
    assert said.code == 3


def test_settings_with_mistakes_are_told_with_their_lines(gridkit, project):
    write(project, '[repair]\nauthority = {community = "below"}\ngap_width = -1\nshare = 2\nlocked = [1]\nwidth = 3\n')
    said = gridkit("repair", project)
    assert said.code == 3
    lines = [line for line in said.err.splitlines() if "gridkit.toml:" in line]
    assert len(lines) == 5
    for needle in ("bottom", "gap_width", "share", "locked", "unknown key width"):
        assert any(needle in line for line in lines)


BORDER = '[repair]\narea = 1e6\nshare = 1\n[[repair.borders]]\nbetween = ["990101001", "990101002"]\nauthority = "{}"\n'


def test_mistakes_in_borders_are_told_with_their_lines(gridkit, project):
    write(
        project,
        """
[[repair.borders]]
between = ["990101001", "990101001"]
authority = "top"
[[repair.borders]]
between = ["990101001", "990101002"]
authority = "990101003"
[[repair.borders]]
betwen = ["990101001", "990101002"]
""",
    )
    said = gridkit("repair", project)
    assert said.code == 3
    lines = {
        int(line.split("gridkit.toml:")[1].split(":")[0]): line for line in said.err.splitlines() if ".toml:" in line
    }
    for number, words in ((14, "two different codes"), (18, "one of the two codes"), (20, "did you mean between?")):
        assert words in lines[number]


@pytest.mark.parametrize(("pair", "words"), [
    ('["990101001", "990101009"]', "did you mean 99010100"), ('["990101001", "x"]', "code x"),
    ('["990101001", "990101002001"]', "different levels"),
])  # fmt: skip
def test_borders_of_units_that_are_not_there_are_told_with_their_line(gridkit, project, pair, words):
    write(project, f'[[repair.borders]]\nbetween = {pair}\nauthority = "top"\n')
    said = gridkit("repair", project)
    assert said.code == 3
    assert "gridkit.toml:12:" in said.err
    assert words in said.err


@pytest.mark.parametrize(("winner", "width"), [("990101001", 410), ("990101002", 400)])
def test_a_border_of_the_project_is_planned_done_and_taken_back(gridkit, project, tmp_path, winner, width):
    """The outline of the first street reaches 10 m into the second; their communities meet at 400 m."""
    gpd.GeoDataFrame(
        {"街道代码": ["990101001", "990101002"], "街道名称": ["一街道", "二街道"]},
        geometry=[box(0, 0, 2500, 410), box(0, 410, 2000, 390)], crs="EPSG:4544",
    ).to_file(project / "streets.gpkg", layer="streets")  # fmt: skip
    write(project, BORDER.format(winner))
    file = project / "gridkit.toml"
    file.write_text(file.read_text("utf-8").replace("streets.geojson", "streets.gpkg"), encoding="utf-8")
    found = json.loads(gridkit("repair", project, "--json").out)
    assert found["settings"]["borders"] == [{"between": ["990101001", "990101002"], "authority": winner}]
    assert gridkit("repair", project, "--apply", "-o", tmp_path / "out").code in (0, 1)
    made = gpd.read_file(tmp_path / "out" / "community.gpkg").geometry
    assert made.iloc[3].bounds[1] - Y0 == width
    log = tmp_path / "out" / "log.jsonl"
    file.write_text(file.read_text("utf-8").split("[repair]")[0], encoding="utf-8")
    assert gridkit("repair", project, "--revert", log, "-o", tmp_path / "back").code in (0, 1)
    back, given = (
        gpd.read_file(one).geometry for one in (tmp_path / "back" / "community.gpkg", project / "communities.gpkg")
    )
    assert [one.wkb for one in back] == [one.wkb for one in given]


def test_limits_and_locked_units_of_the_project_hold(gridkit, project, tmp_path):
    write(project, '[repair]\ngap_width = 1\nlocked = ["990101001001"]\n')
    found = json.loads(gridkit("repair", project, "--json").out)
    assert found["settings"]["limits"]["gap_width"] == 1
    assert found["settings"]["locked"] == ["990101001001"]
    assert len(found["waiting"]) == 2


def test_words_on_the_command_line(gridkit, project, tmp_path):
    assert gridkit("repair", project, "--plan", "--apply", "-o", tmp_path / "x").code == 2
    assert gridkit("repair", project, "abcabcabcabc").code == 2
    assert gridkit("repair", "--apply", project, "-o", tmp_path / "x").code == 2
    assert gridkit("repair", project, "--apply", tmp_path / "none.csv", "-o", tmp_path / "x").code == 3
    assert gridkit("repair", project, "--simplify", "0", "-o", tmp_path / "x").code == 2


def test_simplified_layers_fit(gridkit, project, tmp_path):
    frame = gpd.read_file(project / "communities.gpkg")
    line = [(X0 + 1000 + 4 * np.sin(y / 20), Y0 + y) for y in range(0, 401, 5)]
    west = shapely.Polygon([(X0, Y0), *line, (X0, Y0 + 400)])
    east = shapely.Polygon([*line, (X0 + 2000, Y0 + 400), (X0 + 2000, Y0)])
    frame = frame.iloc[:2].set_geometry(gpd.GeoSeries([west, east], crs=frame.crs))
    frame.to_file(project / "communities.gpkg", layer="communities")
    streets = gpd.GeoDataFrame(
        {"街道代码": ["990101001"], "街道名称": ["一街道"]}, geometry=[shapely.coverage_union_all([west, east])],
        crs="EPSG:4544",
    )  # fmt: skip
    streets.to_file(project / "streets.gpkg", layer="streets")
    (project / "gridkit.toml").write_text(
        TOML.format(more="", name="x").replace("streets.geojson", "streets.gpkg"), encoding="utf-8"
    )
    said = gridkit("repair", project, "--simplify", "10", "-o", tmp_path / "out")
    assert said.code == 0, said.err
    made = gpd.read_file(tmp_path / "out" / "community.gpkg")
    street = gpd.read_file(tmp_path / "out" / "street.gpkg")
    assert shapely.get_num_coordinates(made.geometry.to_numpy()).sum() < 60
    assert shapely.coverage_is_valid(made.geometry.to_numpy())
    assert shapely.symmetric_difference(made.geometry.union_all(), street.geometry.iloc[0]).area < 1e-6
    before = {point for shape in (west, east) for point in shape.exterior.coords}
    assert set(map(tuple, shapely.get_coordinates(made.geometry.to_numpy()).tolist())) <= before


def test_what_is_no_coverage_is_not_simplified(gridkit, project, tmp_path):
    said = gridkit("repair", project, "--simplify", "10", "-o", tmp_path / "out")
    assert said.code == 3
    assert "990101002001 / 990101002002 (12,000 m²)" in said.err


def test_layers_of_a_map_service_go_back_to_its_numbers(gridkit, project, tmp_path):
    from gridkit.geo.datum import wgs84_to_gcj02

    frame = gpd.read_file(project / "communities.gpkg").to_crs("EPSG:4326")
    frame.geometry = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1]))
    )
    frame.to_file(project / "communities.gpkg", layer="communities")
    text = (project / "gridkit.toml").read_text("utf-8").replace("columns = {", 'crs = "GCJ-02"\ncolumns = {')
    (project / "gridkit.toml").write_text(text.replace('[layers.street]\npath = "streets.geojson"\n', ""), "utf-8")
    gridkit("repair", project, "--apply", "-o", tmp_path / "out")
    made = gpd.read_file(tmp_path / "out" / "community.gpkg")
    log = (tmp_path / "out" / "log.jsonl").read_text("utf-8")
    old = set(map(tuple, shapely.get_coordinates(frame.geometry.to_numpy()).tolist()))
    new = [xy for xy in map(tuple, shapely.get_coordinates(made.geometry.to_numpy()).tolist()) if xy not in old]
    # vertices of the file keep its numbers; new ones, where bent borders cross, lie on the old borders
    lines = shapely.union_all(shapely.boundary(frame.geometry.to_numpy()))
    assert len(new) < 10
    assert (shapely.distance(shapely.points(new), lines) < 1e-9).all()
    assert '"op": "gained"' in log
    assert made.geometry.iloc[4].wkb == frame.geometry.iloc[4].wkb
    assert 'crs = "GCJ-02"' in (tmp_path / "out" / "layers.toml").read_text("utf-8")
