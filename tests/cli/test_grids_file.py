"""``gridkit grids file``: from a proposal to a package, its refusals, and the next filing on top of it."""

from __future__ import annotations

import csv
import json
import shutil

import openpyxl
import pandas as pd
import pytest

from gridkit import cli, errors
from gridkit.cli.grids import file as command
from gridkit.filing import verify_filing
from gridkit.grids.codes import SCHEMES
from gridkit.grids.lineage import POLICIES
from tests.cli.grid_project import WEST, layers, save

SAID = ("--reason", "新建道路", "--doc-no", "1号", "--time", "2024-06-30T09:00:00+08:00")


@pytest.fixture(scope="module")
def filed(tmp_path_factory):
    """A first filing, and the plan with its codes."""
    root = tmp_path_factory.mktemp("file")
    project = save(root / "project", {name: layer for name, layer in layers().items() if name != "grid"})
    assert cli.run(["grids", "propose", str(project), "--fresh", "--profile", "fast", "-o", str(root / "plan")]) == 0
    assert cli.run(["grids", "file", str(root / "plan"), "-o", str(root / "one"), "--date", "2024-01-01", "--no-map",
                    "--keep", str(root / "kept"), "--json"]) == 0  # fmt: skip
    return root


def households(folder):
    with (folder / "codes.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["code"]: int(row["households"]) for row in csv.DictReader(stream)}


def codes(folder):
    return list(households(folder))


def test_the_names_of_the_options_are_those_of_the_grids():
    assert tuple(SCHEMES) == command.SCHEMES
    assert command.POLICIES == POLICIES


def test_a_first_filing(gridkit, filed):
    assert codes(filed / "one")[:2] == [WEST + "001", WEST + "002"]
    assert verify_filing(filed / "one") == []
    # what was proven when it was proposed, and the names of communities, are filed with it
    report = (filed / "plan" / "report.csv").read_text("utf-8").splitlines()
    assert (filed / "one" / "proposal.csv").read_text("utf-8-sig").splitlines() == report
    assert report[1].split(",")[:3] == [WEST, "12", "2280"]
    cover = openpyxl.load_workbook(filed / "one" / "filing.xlsx").worksheets[0]
    assert f"东门社区 {WEST}" in {cell.value for row in cover.iter_rows() for cell in row}
    said = gridkit("grids", "check", filed / "plan").out
    assert "as proposed: communities feasible 2; at most 4,560 households in the band" in said
    assert not (filed / "kept" / "report.csv").exists()


@pytest.mark.parametrize("drawn", [(), ("--fresh",)])
def test_codes_of_the_grid_layer_are_never_issued_again(gridkit, tmp_path, drawn):
    before = layers()
    today = set(before["grid"]["网格编码"])
    project = save(tmp_path / "project", before)
    gridkit("grids", "propose", project, "--band", "300:400", "--profile", "fast", "-o", tmp_path / "plan", *drawn)
    assert gridkit("grids", "file", tmp_path / "plan", "-o", tmp_path / "one", "--draft", "--no-map").code in (0, 1)
    with (tmp_path / "one" / "relationship.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    # every household of today's grids goes somewhere: without --before the plan knows what it was proposed from
    assert {row["grid_old"] for row in rows} == today
    assert sum(int(row["households_both"]) for row in rows) == 24 * 190
    goes_on = {row["grid_old"] for row in rows if row["grid_old"] == row["grid_new"]}
    assert set(codes(tmp_path / "one")) & today == goes_on
    with (tmp_path / "one" / "ledger.csv").open(encoding="utf-8-sig", newline="") as stream:
        status = {row["code"]: row["status"] for row in csv.DictReader(stream)}
    assert {code for code in today if status[code] == "retired"} == today - goes_on


def test_the_next_filing_compares_with_the_codes_of_before(gridkit, filed, tmp_path):
    plan = shutil.copytree(filed / "kept", tmp_path / "plan")
    first, second = codes(filed / "one")[:2]
    assert gridkit("grids", "edit", plan, "merge", second, "--into", first, *SAID).code in (0, 1)
    registry = tmp_path / "staff.csv"
    registry.write_text(f"岗位,网格编码\n网格员,{first}\n网格员,{second}\n", encoding="utf-8")
    said = gridkit("grids", "file", plan, "-o", tmp_path / "two", "--registry", registry, "--column", "网格编码",
                   "--no-map", "--json")  # fmt: skip
    assert said.code == errors.EXIT_CLEAN
    found = json.loads(said.out)
    assert found["date"] == "2024-06-30"
    assert found["relations"]["merge"] == 2
    assert found["registries"] == {"follows": 1, "same": 1}
    # the one with more than half of the merged grid's households goes on, the other code is retired
    sizes = households(filed / "one")
    assert sizes[first] != sizes[second]
    goes_on = max((first, second), key=sizes.get)
    assert {first, second} & set(codes(tmp_path / "two")) == {goes_on}


def test_a_plan_with_errors_is_refused(gridkit, filed, tmp_path):
    plan = shutil.copytree(filed / "kept", tmp_path / "plan")
    assert gridkit("grids", "edit", plan, "move", f"{WEST}X001", "--to", "-", *SAID).code == errors.EXIT_FINDINGS
    said = gridkit("grids", "file", plan, "-o", tmp_path / "two", "--no-map")
    assert said.code == errors.EXIT_FINDINGS
    assert "G101" in said.out
    assert "Nothing was written" in said.out
    assert not (tmp_path / "two").exists()
    assert gridkit("grids", "file", plan, "-o", tmp_path / "two", "--no-map", "--draft").code == errors.EXIT_FINDINGS
    assert json.loads((tmp_path / "two" / "manifest.json").read_text("utf-8"))["draft"]


@pytest.mark.parametrize(("more", "says"), [
    (("--scheme", "no"), "no scheme of codes"),
    (("--date", "June"), "no date"),
    (("--registry", "x.csv"), "--column does not fit"),
    (("--registry", "x.csv", "--column", "a"), "no such file"),
    (("--before", "nowhere"), "plan"),
])  # fmt: skip
def test_bad_input(gridkit, filed, tmp_path, more, says):
    said = gridkit("grids", "file", filed / "kept", "-o", tmp_path / "out", "--no-map", *more)
    assert said.code in (errors.EXIT_USAGE, errors.EXIT_INPUT)
    assert says in said.err
    assert not (tmp_path / "out").exists()


def test_codes_that_end_without_a_successor_are_said(gridkit, tmp_path):
    found = layers()
    found["grid"] = pd.concat([found["grid"], found["grid"].iloc[:1].assign(网格编码=WEST + "009")])
    project = save(tmp_path / "project", found)
    gridkit("grids", "propose", project, "--fresh", "--profile", "fast", "-o", tmp_path / "plan")
    said = gridkit("grids", "file", tmp_path / "plan", "-o", tmp_path / "one", "--no-map", "--draft")
    assert "1 codes that were issued earlier have no ground in the plan before" in said.err
    gridkit("grids", "atoms", project, "-o", tmp_path / "today")
    said = gridkit("grids", "file", tmp_path / "plan", "-o", tmp_path / "two", "--no-map", "--draft", "--before",
                   tmp_path / "today")  # fmt: skip
    assert "codes that were issued" not in said.err
    same = ("relationship.csv", "codes.csv")
    assert [(tmp_path / "one" / name).read_bytes() for name in same] == [
        (tmp_path / "two" / name).read_bytes() for name in same
    ]
    # the plan before is known to diff as well, and to what is proposed from the proposal
    said = json.loads(gridkit("grids", "diff", tmp_path / "plan", "--json").out)
    assert said == json.loads(gridkit("grids", "diff", tmp_path / "today", tmp_path / "plan", "--json").out)
    gridkit("grids", "propose", tmp_path / "plan", "--profile", "fast", "-o", tmp_path / "again")
    assert json.loads(gridkit("grids", "diff", tmp_path / "again", "--json").out)["households"] == 24 * 190
    assert "no plan before" in gridkit("grids", "diff", tmp_path / "today").err


def test_communities_without_a_code_are_not_filed(gridkit, tmp_path):
    found = {name: layer for name, layer in layers().items() if name in {"community", "compound"}}
    found["community"] = found["community"].assign(社区代码="5.20100E+11")
    project = save(tmp_path / "project", found)
    gridkit("grids", "propose", project, "--profile", "fast", "-o", tmp_path / "plan")
    said = gridkit("grids", "file", tmp_path / "plan", "-o", tmp_path / "one", "--no-map")
    assert said.code == errors.EXIT_USAGE
    assert "no usable code" in said.err


def test_codes_borne_twice_are_said(gridkit, tmp_path):
    found = {name: layer for name, layer in layers().items() if name != "road"}
    found["compound"].loc[1, "小区编号"] = found["compound"].loc[0, "小区编号"]
    found["grid"].loc[1, "网格编码"] = WEST + "001"
    project = save(tmp_path / "project", found)
    said = gridkit("grids", "propose", project, "--profile", "fast", "-o", tmp_path / "plan")
    assert f"2 codes are borne by several features of a layer, of which one counts: {WEST}001, {WEST}X001" in said.err
    assert said.code == errors.EXIT_FINDINGS
    assert gridkit("grids", "atoms", project).code == errors.EXIT_FINDINGS
    assert "S104" in {
        row["code"] for row in json.loads(gridkit("grids", "check", project, "--json").out)[0]["findings"]
    }
    said = gridkit("grids", "file", tmp_path / "plan", "-o", tmp_path / "one", "--no-map")
    assert said.code == errors.EXIT_FINDINGS
    assert "2 codes are borne by several features" in said.err
    assert (tmp_path / "one" / "codes.csv").exists()


def test_the_project_says_how_codes_are_made(gridkit, tmp_path):
    found = {name: layer for name, layer in layers().items() if name in {"community", "compound"}}
    settings = '[grids]\nscheme = "{{community}}-{{serial}}"\npolicy = "strict"\nplan = "{}"\n'
    project = save(tmp_path / "project", found, more=settings.format("now"))
    for folder in (project / "now", tmp_path / "apart"):
        gridkit("grids", "propose", project, "--profile", "fast", "-o", folder)
    for at, (plan, more, first, policy) in enumerate([
        (project, (), f"{WEST}-001", "strict"),
        (project / "now", (), f"{WEST}-001", "strict"),
        (tmp_path / "apart", (), f"{WEST}-001", "strict"),
        (project, ("--scheme", "stat12+3", "--policy", "majority"), f"{WEST}001", "majority"),
    ]):  # fmt: skip
        out = tmp_path / f"out{at}"
        assert gridkit("grids", "file", plan, "-o", out, "--no-map", *more).code in (0, 1)
        assert codes(out)[0] == first
        assert json.loads((out / "manifest.json").read_text("utf-8"))["terms"]["policy"] == policy
