"""The two departmental networks of the demo city against the answer sheet, which counts blocks and knows no borders."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gridkit import networks
from gridkit.grids.merge import overlay
from gridkit.grids.merge_drawn import codes_twice, drawn_borders, grid_relations, pairs, uncovered
from gridkit.grids.merge_plan import merge_networks
from gridkit.grids.propose import Wish
from gridkit.io.initial.recognise import walk
from gridkit.io.project import read_project
from gridkit.model.plan import Atoms, Norm

DATA = Path(__file__).parents[2] / "data"
FOLDER = DATA / "networks"
NORM = Norm(1, 4000)
"""So wide that nothing but the networks themselves says where a border runs."""


@pytest.fixture(scope="module")
def answers():
    return json.loads((FOLDER / "answers.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(DATA / "boundaries", folder / "boundaries")
    layers = {"community": "communities.shp", "grid": "grids.gpkg", "compound": "compounds.gpkg"}
    text = "".join(f'[layers.{level}]\npath = "boundaries/{name}"\n' for level, name in layers.items())
    (folder / "gridkit.toml").write_text(f'[project]\nname = "t"\nas_of = 2024-06-30\n{text}', "utf-8")
    soil = networks.soil_of_project(read_project(folder))
    asked = [networks.Ask(name, FOLDER / f"{name}.gpkg") for name in ("party", "security")]
    posts = [networks.AskPosts("security", "staff", FOLDER / "security_staff.xlsx"),
             networks.AskPosts("party", "stations", FOLDER / "party_stations.csv")]  # fmt: skip
    return soil, networks.read_networks(asked, posts, soil)


@pytest.fixture(scope="module")
def found(read):
    soil, some = read
    return overlay(soil.atoms, some.networks, NORM)


def planted(answers, kind):
    return [one for one in answers["planted"] if one["kind"] == kind]


def test_metres_in_common_are_those_of_the_blocks(found, answers):
    row = pairs(found, drawn_borders(found)).iloc[0]
    metres = answers["metres"]
    assert row["agree"] == pytest.approx(metres["both"], rel=0.01)
    assert row["one_alone"] == pytest.approx(metres["party"], rel=0.08)  # crossings count as common
    assert row["other_alone"] == pytest.approx(metres["security"], rel=0.08)
    assert row["one_elsewhere"] == pytest.approx(metres["party_elsewhere"], rel=0.08)
    assert row["other_elsewhere"] == pytest.approx(metres["security_elsewhere"], rel=0.08)


def test_planted_differences_are_told_and_nothing_else(found, answers):
    table = grid_relations(found)
    told = {relation: set(part["grid_one"]) - {""} for relation, part in table.groupby("relation")}
    merged = {code for one in planted(answers, "merged") for code in one["party"]}
    split = {code for one in planted(answers, "split") for code in one["party"]}
    moved = {code for one in planted(answers, "moved") for code in one["party"]}
    assert told["merge"] == merged
    assert told["split"] <= split | moved
    assert split <= told["split"] | told["boundary"]
    changed = merged | split | moved
    assert set().union(*(told.get(kind, set()) for kind in ("split", "boundary", "many", "merge"))) <= changed
    left = uncovered(found).set_index("network")
    for one in planted(answers, "area"):
        assert left.loc[one["network"], "community"] == one["community"]
        assert left.loc[one["network"], "whole"]
    swapped = {code for one in planted(answers, "same_code") for code in one["party"]}
    assert swapped <= set(codes_twice(found)["code"]) <= swapped | changed


def test_posts_are_those_of_the_answer_sheet(read, answers):
    soil, some = read
    totals = {f"{one.name}.{kind}": n for one in some.networks for kind, n in one.total.items() if n}
    assert totals == answers["posts"]
    assert {one.name: len(one.grids) for one in some.networks} == answers["grids"]
    assert len(some.notes) == 2  # a column of persons was left out, and a note under the table not counted
    assert soil.names["990101001001"]


def test_common_borders_are_kept(found, read, answers):
    soil, some = read
    frame = soil.atoms.frame
    here = sorted({one["community"] for one in answers["planted"]})[:3]
    mine = frame.loc[frame["community"].isin(here)]
    atoms = Atoms(mine, soil.atoms.edges.loc[soil.atoms.edges["a"].isin(mine.index)])
    made = merge_networks(overlay(atoms, some.networks, NORM), wish=Wish(profile="fast"))
    empty = {"small"}  # grids without a household cannot stand alone, whatever the band
    assert set(made.given_up["reason"]) <= empty
    assert (made.given_up["size"] == 0).all()
    assert made.shares["agreed_kept"] + made.given_up["length"].sum() == pytest.approx(made.shares["agreed"])
    assert made.shares["agreed_kept"] > 0.97 * made.shares["agreed"]


def test_init_does_not_take_networks_for_layers_of_the_project():
    assert not [path for path in walk(DATA) if "networks" in path.relative_to(DATA).parts]
