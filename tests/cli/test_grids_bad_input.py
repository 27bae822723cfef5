"""Bad input of the commands of grids: told with place and remedy, never a traceback, and nothing half-written."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.affinity import translate
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from gridkit import cli, errors
from gridkit.io.edits import read_edits
from tests.cli.grid_project import CRS, EAST, WEST, X, Y, frame, layers, save, square

FAST = ("--profile", "fast", "--fresh")


def no_compounds(found):
    found["compound"] = found["compound"].loc[found["compound"]["社区代码"] == WEST]


def one_tiny_compound(found):
    found["compound"] = found["compound"].iloc[:1]


def an_island(found):
    away = square(0, 900, 100, 100)
    found["community"].loc[0, "geometry"] = MultiPolygon([square(0, 0, 600, 400), away])
    found["compound"].loc[0, "geometry"] = square(10, 910, 80, 80)


def across_two_communities(found):
    found["compound"].loc[3, "geometry"] = square(455, 15, 250, 100)


def unknown_households(found):
    found["compound"]["户数"] = found["compound"]["户数"].astype(object)
    found["compound"].loc[0, "户数"] = None
    found["compound"].loc[1, "户数"] = -5
    found["compound"].loc[2, "户数"] = "约"


def no_households_at_all(found):
    found["compound"] = found["compound"].drop(columns="户数")


def overlapping_compounds(found):
    found["compound"].loc[1, "geometry"] = square(100, 15, 120, 100)


def the_same_compound_twice(found):
    found["compound"].loc[1, "geometry"] = found["compound"].loc[0, "geometry"]


def one_code_twice(found):
    found["compound"].loc[1, "小区编号"] = found["compound"].loc[0, "小区编号"]


def compounds_that_are_points(found):
    found["compound"]["geometry"] = found["compound"].centroid


def compounds_without_a_place(found):
    found["compound"].loc[0, "geometry"] = None


def a_bow_tie(found):
    found["community"].loc[1, "geometry"] = Polygon(
        [(X + 600, Y), (X + 1200, Y + 400), (X + 1200, Y), (X + 600, Y + 400)]
    )


def overlapping_communities(found):
    found["community"].loc[1, "geometry"] = square(550, 0, 650, 400)


def a_community_twice(found):
    found["community"] = pd.concat([found["community"], found["community"].iloc[:1]], ignore_index=True)


def grids_far_away(found):
    found["grid"]["geometry"] = [translate(shape, 50_000) for shape in found["grid"].geometry]


def roads_in_another_system(found):
    found["road"] = found["road"].to_crs("EPSG:32648")


def roads_that_are_points(found):
    found["road"] = frame({"n": [1]}, [Point(X, Y)])


def layers_without_features(found):
    for name in ("road", "compound"):
        found[name] = found[name].iloc[:0]


def a_giant(found):
    found["compound"].loc[5, "户数"] = 10**9


def a_hostile_name(found):
    found["compound"].loc[0, "小区名称"] = "=cmd|'/c calc'!A1<script>{x}%s\n\u202e"
    found["compound"].loc[1, "小区编号"] = '=1+1",{0}'


SURVIVE = {
    no_compounds: ("atoms in 2 communities", "fewer than one grid needs"),
    one_tiny_compound: ("atoms in 2 communities", "180 households in all: fewer than one grid needs"),
    an_island: ("", "a part with 180 households hangs together with nothing else"),
    across_two_communities: ("reach across the border of their community", ""),
    unknown_households: ("3 compound(s) do not state their households", "3 compound(s) do not state their households"),
    no_households_at_all: ("24 compound(s) do not state their households", "do not state their households"),
    overlapping_compounds: ("overlap smaller ones", ""),
    the_same_compound_twice: ("1 compound(s) with 200 households have no ground of their own", ""),
    one_code_twice: ("", ""),
    compounds_that_are_points: (
        "24 compound(s) with 4,560 households have no ground of their own",
        "fewer than one grid needs",
    ),
    compounds_without_a_place: ("1 compound(s) with 180 households have no place", ""),
    a_bow_tie: ("", ""),
    overlapping_communities: ("communities overlap by 20,000 m²", ""),
    a_community_twice: ("", ""),
    grids_far_away: ("", ""),
    roads_in_another_system: ("24 atoms", ""),
    roads_that_are_points: ("24 atoms", ""),
    layers_without_features: ("[layers.compound] holds no feature", "fewer than one grid needs"),
    a_giant: ("no buildings to cut along", "larger than a grid may be"),
    a_hostile_name: ("24 atoms", ""),
}


@pytest.mark.parametrize("spoil", SURVIVE, ids=lambda spoil: spoil.__name__)
def test_data_that_is_bad_but_is_drawn_all_the_same(gridkit, tmp_path, spoil):
    found = layers()
    spoil(found)
    project = save(tmp_path / "p", found)
    atoms, reasons = SURVIVE[spoil]
    said = gridkit("grids", "atoms", project)
    assert said.code in (0, 1), said.err
    assert atoms in said.out
    said = gridkit("grids", "propose", project, *FAST, "-o", tmp_path / "plan", "--all")
    assert said.code in (0, 1), said.err
    assert reasons in said.out
    said = gridkit("grids", "check", tmp_path / "plan", "--json")
    assert said.code in (0, 1), said.err
    codes = {row["code"] for row in json.loads(said.out)[0]["findings"]}
    assert not codes & {"G101", "G102", "G103", "G108"}  # every atom has a grid, and every grid hangs together
    said = gridkit("grids", "check", project)
    assert said.code in (0, 1), said.err


def no_communities(found):
    del found["community"]


def communities_that_are_points(found):
    found["community"]["geometry"] = found["community"].centroid


def roads_without_a_system(found):
    found["road"] = found["road"].set_crs(None, allow_override=True)


@pytest.mark.filterwarnings("ignore:.*crs.*was not provided")
@pytest.mark.parametrize(("spoil", "needle"), [
    (no_communities, "no layer of communities with areas"),
    (communities_that_are_points, "no layer of communities with areas"),
    (roads_without_a_system, "states no coordinate system"),
], ids=lambda one: getattr(one, "__name__", ""))  # fmt: skip
def test_files_that_cannot_be_used(gridkit, tmp_path, spoil, needle):
    found = layers()
    spoil(found)
    project = save(tmp_path / "p", found)
    for command in (("atoms",), ("propose",)):
        said = gridkit("grids", *command, project, "-o", tmp_path / "plan")
        assert said.code == errors.EXIT_INPUT
        assert needle in said.err
        assert "(" in said.err  # a remedy
        assert not (tmp_path / "plan").exists()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project and a plan of it with one edit."""
    folder = tmp_path_factory.mktemp("bad")
    save(folder / "p", layers())
    assert cli.run(["grids", "propose", str(folder / "p"), *FAST, "-o", str(folder / "plan")]) == 0
    shutil.copytree(folder / "plan", folder / "bare")
    for name in ("甲", "乙"):
        assert cli.run(["grids", "edit", str(folder / "plan"), "rename", grids(folder / "plan")[0], name]) == 0
    return folder


def grids(plan):
    return [line.split(",")[0] for line in (plan / "grids.csv").read_text("utf-8").splitlines()[1:]]


def lines(folder):
    return (folder / "plan" / "edits.jsonl").read_text("utf-8").splitlines()


def another_base(folder):
    edit = json.loads(lines(folder)[0])
    return [json.dumps({**edit, "base": "0" * 12, "prev_hash": "0" * 12})]


def a_number(folder):
    """A line that another program sealed: our own commands and the page mask what they write."""
    edits = read_edits(folder / "plan" / "edits.jsonl").edits
    return [edits[0].line(), replace(edits[1], reason="致电13900000000").sealed().line()]


TAMPERED = {
    "a number of a person": (a_number, "edit 2 names a number of a person"),
    "another base": (another_base, "line 1 of the edits was changed after it was written"),
    "a reason changed": (lambda f: [lines(f)[0].replace("甲", "丙"), lines(f)[1]], "line 1 of the edits was changed"),
    "a line left out": (lambda f: lines(f)[1:], "line 1 of the edits does not follow"),
    "two lines changed over": (lambda f: lines(f)[::-1], "line 1 of the edits does not follow"),
    "a line twice": (lambda f: [*lines(f), lines(f)[1]], "line 3 of the edits does not follow"),
    "no JSON": (lambda _: ["{"], "edits.jsonl:1: this is no JSON"),
    "nothing": (lambda _: [""], "holds no edit"),
    "half a line": (lambda f: [lines(f)[0], lines(f)[1][:50]], "edits.jsonl:2: this is no JSON"),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_edits_that_are_refused(gridkit, made, tmp_path, case):
    change, needle = TAMPERED[case]
    (tmp_path / "edits.jsonl").write_text("\n".join(change(made)), encoding="utf-8")
    before = (made / "bare" / "plan.json").read_bytes()
    said = gridkit("grids", "apply", tmp_path / "edits.jsonl", made / "bare")
    assert said.code in (errors.EXIT_USAGE, errors.EXIT_INPUT)
    assert needle in said.err
    assert (made / "bare" / "plan.json").read_bytes() == before


def test_edits_of_another_plan_and_twice(gridkit, made, tmp_path):
    edits = made / "plan" / "edits.jsonl"
    said = gridkit("grids", "apply", edits, made / "plan")
    assert (said.code, "applied before" in said.err) == (errors.EXIT_USAGE, True)
    assert gridkit("grids", "propose", made / "p", "--band", "700:900", *FAST, "-o", tmp_path / "other").code in (0, 1)
    said = gridkit("grids", "apply", edits, tmp_path / "other")
    assert (said.code, "the edits start from plan" in said.err) == (errors.EXIT_USAGE, True)
    shutil.copytree(made / "bare", tmp_path / "bare")
    assert gridkit("grids", "apply", edits, tmp_path / "bare").code in (0, 1)
    assert gridkit("grids", "apply", edits, tmp_path / "bare").code == errors.EXIT_USAGE
    shutil.copytree(made / "bare", tmp_path / "third")
    assert gridkit("grids", "edit", tmp_path / "third", "lock", grids(made / "bare")[1]).code == 0
    said = gridkit("grids", "apply", edits, tmp_path / "third")
    assert (said.code, "go different ways from edit 1 on" in said.err) == (errors.EXIT_USAGE, True)


def excel(text):
    return text.replace(f"{WEST}X001,", "9.90101E+14,")


BROKEN = {
    "codes damaged by Excel": ("assignment.csv", excel, "has lost its digits to a spreadsheet program"),
    "an atom twice": ("assignment.csv", lambda text: text + text.splitlines()[-1] + "\n", "stands here again"),
    "an atom that is not there": ("assignment.csv", lambda text: text + "nobody,x\n", "there is no atom nobody"),
    "an empty assignment": ("assignment.csv", lambda _: "", "holds no row"),
    "grids changed": ("grids.csv", lambda text: text + "\n", "grids.csv was changed after it was written"),
    "edits changed": ("edits.jsonl", lambda text: text.replace("甲", "丙"), "edits.jsonl was changed after"),
    "no JSON": ("plan.json", lambda _: "{", "the plan cannot be read"),
    "another format": ("plan.json", lambda text: text.replace('"format": 2', '"format": 7'), "this plan has format 7"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_plan_folders_that_are_broken(gridkit, made, tmp_path, case):
    name, change, needle = BROKEN[case]
    plan = shutil.copytree(made / "plan", tmp_path / "plan")
    text = (plan / name).read_text("utf-8")
    (plan / name).write_text(change(text), encoding="utf-8")
    for command in (("check", plan), ("edit", plan, "undo"), ("propose", plan), ("diff", plan, plan)):
        said = gridkit("grids", *command)
        assert said.code == errors.EXIT_INPUT, (command, said)
        assert needle in said.err
        assert said.out == ""


def test_what_is_asked_for_and_is_not_there(gridkit, made, tmp_path):
    plan = made / "bare"
    asked = [
        (("propose", plan, "--lock", "nobody"), "there is no grid nobody"),
        (("propose", plan, "--community", "1"), "there is no community 1"),
        (("propose", plan, "--band", "500:300"), "is no band"),
        (("propose", plan, "--fresh", "--lock", "x"), "--fresh goes neither"),
        (("propose", tmp_path), "there is no project file"),
        (("check", tmp_path / "none"), "no folder of a plan"),
        (("check", plan, "--layer", "x.gpkg"), "against a project"),
        (("edit", plan, "move", "nobody", "--to", "-"), "there is no atom nobody"),
        (("edit", plan, "split", grids(plan)[0]), "say how to split"),
        (("edit", plan, "split", grids(plan)[0], "--in", 9), "cannot be split in 9"),
        (("edit", plan, "cut", f"{WEST}X001", "--line", "LINESTRING (0 0, x"), "is no line"),
        (("edit", plan, "cut", f"{WEST}X001", "--line", "none.gpkg"), "none.gpkg"),
        (("edit", plan, "cut", f"{WEST}X001", "--line", "LINESTRING (0 0, 1 1)", "--households", "a"), "no numbers"),
        (("edit", plan, "new", "123"), "there is no community 123"),
        (("edit", plan, "lock"), "say what to lock"),
        (("edit", plan, "undo", "--time", "yesterday"), "is no time"),
        (("edit", plan, "undo"), "there is no edit to undo"),
        (("apply", tmp_path / "none.jsonl", plan), "there is no such file"),
        (("diff", plan, tmp_path / "none"), "no folder of a plan"),
    ]
    for words, needle in asked:
        said = gridkit("grids", *words)
        assert said.code in (errors.EXIT_USAGE, errors.EXIT_INPUT), (words, said)
        assert needle in said.err, (words, said.err)
        assert said.out == ""


def test_drawn_layers_that_cannot_be_used(gridkit, made, tmp_path):
    (tmp_path / "a.gpkg").write_bytes(b"no layer")
    frame({"n": [1]}, [box(0, 0, 1, 1)]).to_file(tmp_path / "far.gpkg", driver="GPKG")
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=[None, LineString([(X, Y), (X + 1, Y)])], crs=CRS).to_file(
        tmp_path / "lines.gpkg", driver="GPKG"
    )
    assert gridkit("grids", "check", made / "p", "--layer", tmp_path / "a.gpkg").code == errors.EXIT_INPUT
    assert gridkit("grids", "check", made / "p", "--layer", tmp_path / "none.gpkg").code == errors.EXIT_INPUT
    for name in ("far.gpkg", "lines.gpkg"):
        said = gridkit("grids", "check", made / "p", "--layer", tmp_path / name)
        assert said.code in (errors.EXIT_FINDINGS, errors.EXIT_INPUT), said
    assert EAST


def test_a_folder_that_is_not_ours_is_left_alone(gridkit, made, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    said = gridkit("grids", "propose", made / "bare", "--profile", "fast", "-o", tmp_path / "mine")
    assert (said.code, "notes.txt" in said.err) == (errors.EXIT_OUTPUT, True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine", "notes.txt"]
