"""``gridkit grids`` from a project to a plan that is edited, applied and compared."""

from __future__ import annotations

import json
import shutil

import pytest

from gridkit import cli, errors
from tests.cli.grid_project import EAST, WEST, LineString, X, Y, frame, layers, save, square

SAID = ("--reason", "新建道路", "--doc-no", "1号", "--time", "2024-06-30T09:00:00+08:00")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return save(tmp_path_factory.mktemp("grids") / "project", layers())


@pytest.fixture(scope="module")
def proposed(project):
    """A proposal, without regard to the grids of today: six grids in each community."""
    folder = project.parent / "proposed"
    assert cli.run(["grids", "propose", str(project), "--fresh", "--profile", "fast", "-o", str(folder)]) == 0
    return folder


@pytest.fixture
def plan(proposed, tmp_path):
    return shutil.copytree(proposed, tmp_path / "plan")


def table(plan):
    lines = (plan / "assignment.csv").read_text("utf-8").splitlines()[1:]
    return dict(line.split(",") for line in lines)


def neighbours(plan):
    """Return an atom and another grid of its community."""
    found = table(plan)
    atom = f"{WEST}X001"
    other = next(grid for name, grid in sorted(found.items()) if name.startswith(WEST) and grid != found[atom])
    return atom, found[atom], other


def test_atoms(gridkit, project, tmp_path):
    said = gridkit("grids", "atoms", project, "-o", tmp_path / "atoms")
    assert said.code == errors.EXIT_CLEAN
    assert "24 atoms in 2 communities, 4,560 households" in said.out
    assert "the layer of grids has 3 grids" in said.out
    shown = json.loads(gridkit("grids", "atoms", project, "--json").out)
    assert (shown["atoms"], shown["households"], shown["grids_today"]) == (24, 4560, 3)
    assert gridkit("grids", "check", tmp_path / "atoms").code == errors.EXIT_FINDINGS  # 3 grids of 1,140 households
    again = gridkit("grids", "propose", tmp_path / "atoms", "--json", "--profile", "fast")
    assert json.loads(again.out)["totals"]["moved"] > 0


def test_the_grids_of_today_are_the_baseline(gridkit, project, tmp_path):
    said = gridkit("grids", "propose", project, "--json", "--profile", "fast", "-o", tmp_path / "plan")
    assert said.code == errors.EXIT_CLEAN
    totals = json.loads(said.out)["totals"]
    assert (totals["in_band"], totals["grids"], totals["moved"]) == (
        12,
        12,
        4560 - 3 * 400,
    )  # three go on, with two compounds of 200 each
    assert set(table(tmp_path / "plan").values()) >= {WEST + "001", WEST + "002", EAST + "001"}
    assert "change their grid" in gridkit("grids", "propose", project, "--profile", "fast").out


def test_a_plan_that_fits_is_not_changed(gridkit, plan, tmp_path):
    said = gridkit("grids", "propose", plan, "--profile", "fast", "--prove", "-o", tmp_path / "again", "--json")
    assert said.code == errors.EXIT_CLEAN
    assert json.loads(said.out)["totals"]["moved"] == 0
    assert gridkit("grids", "diff", plan, tmp_path / "again").code == errors.EXIT_CLEAN
    assert table(plan) == table(tmp_path / "again")


def test_a_lock_and_one_community(gridkit, project, plan, tmp_path):
    said = gridkit("grids", "propose", project, "--lock", WEST + "001", "--profile", "fast", "-o", tmp_path / "b")
    assert said.code == errors.EXIT_CLEAN  # locked grids are not judged
    kept = [atom for atom, grid in table(tmp_path / "b").items() if grid == WEST + "001"]
    assert len(kept) == 6
    said = gridkit("grids", "propose", plan, "--community", EAST, "--band", "900:1200", "--profile", "fast", "--json",
                   "-o", tmp_path / "c")  # fmt: skip
    assert [row["community"] for row in json.loads(said.out)["communities"]] == [EAST]
    before, after = table(plan), table(tmp_path / "c")
    assert all(before[atom] == after[atom] for atom in before if atom.startswith(WEST))


def test_why_the_band_is_out_of_reach(gridkit, project):
    said = gridkit("grids", "propose", project, "--band", "3000:4000", "--fresh", "--profile", "fast")
    assert said.code == errors.EXIT_FINDINGS
    assert "2,280 households in all: fewer than one grid needs" in said.out
    said = gridkit("grids", "propose", project, "--band", "1500:2000", "--fresh", "--profile", "fast")
    assert "no whole number of grids fits into the band" in said.out
    said = gridkit("grids", "propose", project, "--band", "100:150", "--fresh", "--profile", "fast", "--lang", "zh")
    assert said.code == errors.EXIT_FINDINGS


def test_edits_undo_and_log(gridkit, plan):
    atom, home, other = neighbours(plan)
    before = table(plan)
    said = gridkit("grids", "edit", plan, "move", atom, "--to", other, *SAID)
    assert said.code == errors.EXIT_FINDINGS  # one grid too large, one too small
    assert "above the band" in said.out
    assert "what this makes wrong:" in said.out
    assert table(plan)[atom] == other
    line = json.loads((plan / "edits.jsonl").read_text("utf-8"))
    assert (line["reason"], line["doc_no"], line["time"]) == ("新建道路", "1号", "2024-06-30T09:00:00+08:00")
    assert gridkit("grids", "edit", plan, "undo", *SAID).code == errors.EXIT_CLEAN
    assert table(plan) == before
    assert len((plan / "edits.jsonl").read_text("utf-8").splitlines()) == 2
    assert gridkit("grids", "edit", plan, "undo").code == errors.EXIT_USAGE
    assert home == before[atom]


def test_every_operation(gridkit, plan, tmp_path):
    atom, home, other = neighbours(plan)

    def edit(*words, code=None):
        said = gridkit("grids", "edit", plan, *words, *SAID, "--json")
        assert said.code in ((0, 1) if code is None else (code,)), said.err
        return json.loads(said.out) if said.out else said.err

    rows = edit("merge", home, other, "--into", home)["grids"]
    assert [(row["households"], row["pieces"]) for row in rows] == [(760, rows[0]["pieces"])]
    assert [row["households"] for row in edit("split", home, "--in", 2)["grids"]] == [380, 380] or rows[0]["pieces"] > 1
    mine = [name for name, grid in table(plan).items() if grid == home]
    (tmp_path / "parts.csv").write_text("\n".join(f"{name},{n}" for n, name in enumerate(mine)), encoding="utf-8")
    assert len(edit("split", home, "--parts", tmp_path / "parts.csv")["grids"]) == len(mine)
    new = edit("new", WEST, "--kind", "exclusive")["grids"][0]["uid"]
    assert edit("set-kind", new, "comprehensive")["grids"][0]["kind"] == "comprehensive"
    assert edit("rename", new, "新网格")["grids"][0]["name"] == "新网格"
    assert "is locked" in (edit("lock", new) and edit("retire", "新网格", code=errors.EXIT_USAGE))
    edit("unlock", "--all")
    edit("lock", "--community", WEST)
    edit("unlock", "--community", WEST)
    edit("retire", "新网格")
    assert "kept whole" in edit("cut", atom, "--line", f"LINESTRING ({X} {Y + 60}, {X + 600} {Y + 60})",
                                code=errors.EXIT_USAGE)  # fmt: skip
    edit("move", atom, "--to", "-")
    assert table(plan)[atom] == ""
    assert gridkit("grids", "check", plan).code == errors.EXIT_FINDINGS


def test_a_cut_along_a_file_in_degrees(gridkit, project, plan, tmp_path):
    gridkit("grids", "propose", project, "--band", "100:150", "--fresh", "--profile", "fast", "-o", tmp_path / "small")
    atom = f"{WEST}X001"
    knife = frame({"n": [1]}, [LineString([(X - 50, Y + 60), (X + 700, Y + 60)])])
    knife.to_crs("EPSG:4490").to_file(tmp_path / "line.geojson", driver="GeoJSON")
    said = gridkit("grids", "edit", tmp_path / "small", "cut", atom, "--line", tmp_path / "line.geojson",
                   "--households", "80,100", *SAID)  # fmt: skip
    assert said.code in (0, 1), said.err
    assert {f"{atom}~1", f"{atom}~2"} <= set(table(tmp_path / "small"))
    assert gridkit("grids", "edit", tmp_path / "small", "undo").code in (0, 1)
    assert atom in table(tmp_path / "small")
    wkt = knife.to_crs("EPSG:4490").geometry.iloc[0].wkt
    said = gridkit("grids", "edit", tmp_path / "small", "cut", atom, "--line", wkt, "--json")
    # 180 households by area: 45 m and 55 m of 100 m, and the land that counts to the compound
    assert sum(piece["households"] for piece in json.loads(said.out)["atoms"]) == 180
    gridkit("grids", "edit", tmp_path / "small", "undo")
    knife.to_file(tmp_path / "multi.gpkg", layer="knife")
    knife.translate(0, 10_000).to_frame("geometry").to_file(tmp_path / "multi.gpkg", layer="far")
    cut = ("grids", "edit", tmp_path / "small", "cut", atom, "--line")
    for line, more, says in (
        (tmp_path / "none.geojson", (), "name a file with lines"), ("", (), "name a file with lines"),
        (tmp_path / "multi.gpkg", (), "several layers: "), (f"{tmp_path / 'multi.gpkg'}!far", (), "do not cut"),
        ("LINESTRING (1 nan, 2 3)", (), "is no line"), ("POINT (1 2)", (), "no line to cut along"),
        (wkt, ("--households", "1,2"), "are not the 180 of"),
    ):  # fmt: skip
        said = gridkit(*cut, line, *more)
        assert (said.code in (errors.EXIT_USAGE, errors.EXIT_INPUT), says in said.err) == (True, True), said.err
    assert gridkit(*cut, f"{tmp_path / 'multi.gpkg'}!knife").code in (0, 1)


def test_apply_and_diff(gridkit, plan, tmp_path):
    shutil.copytree(plan, tmp_path / "other")
    atom, home, other = neighbours(plan)
    gridkit("grids", "edit", plan, "move", atom, "--to", other, *SAID)
    gridkit("grids", "edit", plan, "rename", home, "改名", *SAID)
    said = gridkit("grids", "apply", plan / "edits.jsonl", tmp_path / "other", "-o", tmp_path / "third", "--json")
    assert said.code == errors.EXIT_FINDINGS
    assert json.loads(said.out)["edits"] == 2
    head = json.loads((plan / "edits.jsonl").read_text("utf-8").splitlines()[-1])["hash"]
    assert json.loads(said.out)["head"] == head == json.loads((plan / "plan.json").read_text("utf-8"))["head"]
    assert f"2 edits, the last one with hash {head}" in gridkit("grids", "check", plan).out
    # a log that was cut off at its end still verifies: nothing but its number and head tell
    (tmp_path / "short.jsonl").write_text((plan / "edits.jsonl").read_text("utf-8").splitlines()[0], encoding="utf-8")
    assert "applied before" in gridkit("grids", "apply", tmp_path / "short.jsonl", plan).err
    said = gridkit("grids", "apply", tmp_path / "short.jsonl", tmp_path / "other", "-o", tmp_path / "short")
    assert "1 edits, the last one with hash" in said.out
    assert head not in said.out
    files = [path.name for path in sorted(plan.rglob("*")) if path.is_file() and path.name != "plan.json"]
    assert files
    for path in sorted(plan.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "third" / path.relative_to(plan)).read_bytes(), path
    assert gridkit("grids", "diff", plan, tmp_path / "third").code == errors.EXIT_CLEAN
    said = gridkit("grids", "diff", tmp_path / "other", plan, "--json")
    shown = json.loads(said.out)
    assert (said.code, shown["moved"], shown["issued"], shown["retired"]) == (errors.EXIT_FINDINGS, 180, 0, 0)
    assert "households" in gridkit("grids", "diff", tmp_path / "other", plan).out


def test_an_edit_of_the_plan_that_the_project_names(gridkit, plan, project, monkeypatch):
    atom, _, other = neighbours(plan)
    folder = save(plan.parent / "named", {}, more='[grids]\nplan = "../plan"\n')
    monkeypatch.chdir(folder)
    assert gridkit("grids", "edit", "move", atom, "--to", other, *SAID).code == errors.EXIT_FINDINGS
    assert table(plan)[atom] == other
    assert gridkit("grids", "check").code == errors.EXIT_FINDINGS


def test_a_layer_drawn_by_hand(gridkit, project, tmp_path):
    shapes = [square(0, 0, 300, 400), square(290, 0, 250, 400), square(600, 0, 610, 400)]
    frame({"网格名称": ["甲", "乙", "丙"]}, shapes).to_crs("EPSG:4490").to_file(tmp_path / "drawn.gpkg", driver="GPKG")
    said = gridkit("grids", "check", project, "--layer", tmp_path / "drawn.gpkg", "--json")
    assert said.code == errors.EXIT_FINDINGS
    found = json.loads(said.out)[0]
    counts = {code: sum(row["code"] == code for row in found["findings"]) for code in ("G121", "G122", "G123", "G104")}
    assert counts == {"G121": 1, "G122": 1, "G123": 1, "G104": 3}
    assert all(row["lon"] for row in found["findings"])
    assert (
        "Land that two drawn grids cover" in gridkit("grids", "check", project, "--layer", tmp_path / "drawn.gpkg").out
    )
    assert gridkit("grids", "check", project).code == errors.EXIT_FINDINGS  # its own layer: grids of 1,140 households


def test_a_layer_on_the_command_line_that_cannot_be_used(gridkit, project, tmp_path):
    frame({"网格名称": ["甲"]}, [square(600_000, 0, 300)]).to_file(tmp_path / "far.gpkg", driver="GPKG")
    for name, told in (
        ("far.gpkg", "no drawn grid lies in a community of the project"),
        ("far.gpkg!roads", "name the layer as FILE!LAYER"),
        ("fat.gpkg", "(similar files there: far.gpkg)"),
    ):
        said = gridkit("grids", "check", project, "--layer", tmp_path / name)
        assert said.code == errors.EXIT_INPUT and told in said.err, said.err


def test_codes_that_a_spreadsheet_has_damaged_are_told(gridkit, tmp_path):
    found = layers()
    found["grid"]["网格编码"] = ["9.90101E+14", f"{WEST}002000", f"{EAST}001"]
    project = save(tmp_path / "project", found)
    for more in ((), ("--layer", project / "grid.gpkg")):
        rows = json.loads(gridkit("grids", "check", project, *more, "--json").out)[0]["findings"]
        told = {row["code"]: row["text"] for row in rows if row["code"] in {"S115", "G106"}}
        assert "9.90101E+14" in told["S115"]
        assert f"{WEST}002000, which looks damaged" in told["G106"]


def test_an_assignment_changed_by_hand(gridkit, plan):
    file = plan / "assignment.csv"
    text = file.read_text("utf-8")
    atom, home, other = neighbours(plan)
    file.write_text(text.replace(f"{atom},{home}", f"{atom},{other}"), encoding="utf-8")
    said = gridkit("grids", "check", plan)
    assert "was changed by hand" in said.err
    assert gridkit("grids", "edit", plan, "move", atom, "--to", home).code == errors.EXIT_CLEAN
    assert gridkit("grids", "check", plan).err == ""


def test_numbers_of_persons_do_not_reach_the_log(plan, gridkit):
    grid = sorted(set(table(plan).values()))[0]
    done = gridkit("grids", "edit", plan, "rename", grid, "张 13900000000", "--reason", "王 13900000000", *SAID[2:])
    assert done.code in (0, 1)
    log = (plan / "edits.jsonl").read_text("utf-8")
    assert "张 ***" in log and "王 ***" in log
    assert "13900000000" not in log + (plan / "grids.csv").read_text("utf-8")


def test_edits_of_a_board_that_are_not_saved_are_told(plan, gridkit):
    plan.with_name(f"{plan.name}.journal").write_text("{}", encoding="utf-8")
    said = gridkit("grids", "edit", plan, "lock", "--all")
    assert said.code in (errors.EXIT_CLEAN, errors.EXIT_FINDINGS)
    assert "a board has edits of" in said.err


def test_a_plan_is_no_drawing(plan, gridkit):
    said = gridkit("grids", "import", plan, plan)
    assert said.code == errors.EXIT_USAGE
    assert "not a drawing" in said.err
