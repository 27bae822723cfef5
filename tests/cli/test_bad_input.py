"""Bad input: one clear message that names file, place and remedy, the right exit code, and nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from gridkit import errors

TOML = """
[project]
name = "t"
as_of = 2024-06-30

[layers.community]
path = "communities.geojson"

[layers.compound]
path = "compounds.geojson"

[registries.branches]
path = "branches.csv"
complete = true
"""

COMMUNITY = {"社区代码": "990101001001", "社区名称": "东门社区"}


def square(x: float, y: float, size: float) -> dict:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*features: tuple[dict, dict | None]) -> str:
    rows = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)


def compound(code: str, name: str) -> dict:
    return {"小区编号": code, "小区名称": name, "社区代码": "990101001001", "小区类型": "商品房小区", "户数": 100}


@pytest.fixture
def project(tmp_path):
    """A small sound project; tests break one thing of it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "gridkit.toml").write_text(TOML, encoding="utf-8")
    (folder / "communities.geojson").write_text(collection((COMMUNITY, square(105, 39, 0.01))), encoding="utf-8")
    compounds = collection(
        (compound("990101001001X001", "金桂家园"), square(105.001, 39.001, 0.001)),
        (compound("990101001001X002", "银杏小区"), square(105.004, 39.004, 0.001)),
    )
    (folder / "compounds.geojson").write_text(compounds, encoding="utf-8")
    (folder / "branches.csv").write_text(
        "党组织名称,党组织类型,所属社区,覆盖小区,正式党员数\n金桂家园党支部,小区党支部,东门社区,金桂家园,5\n",
        encoding="utf-8",
    )
    return folder


def runs(folder) -> list[str]:
    return sorted(p.name for p in (folder / "runs").iterdir()) if (folder / "runs").exists() else []


def test_the_sound_project_works(gridkit, project):
    said = gridkit("audit", project, "--json")
    assert said.code in (errors.EXIT_CLEAN, errors.EXIT_FINDINGS), said.err
    result = json.loads(said.out)
    assert result["compounds"]["by_status"]["OWN_BRANCH"] == 1
    assert result["compounds"]["by_status"]["UNCOVERED"] == 1
    assert len(runs(project)) == 1


def refuse(gridkit, project, *needles: str, code: int = errors.EXIT_INPUT):
    for command in ("check", "audit", "map"):
        said = gridkit(command, project)
        assert said.code == code, (command, said)
        for needle in needles:
            assert needle in said.err, (needle, said.err)
        assert said.out == ""
    assert runs(project) == []
    assert not (project / "map.html").exists()
    chinese = gridkit("check", project, "--lang", "zh")
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese.err)


def test_no_project_file(gridkit, tmp_path):
    refuse(gridkit, tmp_path, "gridkit.toml", "gridkit demo")


def test_missing_file(gridkit, project):
    (project / "branches.csv").unlink()
    refuse(gridkit, project, "branches.csv")


def test_missing_layer_file(gridkit, project):
    (project / "compounds.geojson").unlink()
    refuse(gridkit, project, "compounds.geojson")


def test_a_layer_that_is_no_layer(gridkit, project):
    (project / "compounds.geojson").write_bytes(b"\x00\x01\x02 no layer")
    refuse(gridkit, project, "compounds.geojson")


def test_a_workbook_that_is_no_workbook(gridkit, project):
    (project / "branches.xlsx").write_bytes(b"PK\x03\x04 broken")
    (project / "gridkit.toml").write_text(TOML.replace("branches.csv", "branches.xlsx"), encoding="utf-8")
    refuse(gridkit, project, "branches.xlsx")


def workbook(path, sheets: dict[str, list[list]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)


def test_wrong_sheet_name(gridkit, project):
    workbook(project / "branches.xlsx", {"台账": [["党组织名称", "党组织类型", "覆盖小区"]]})
    text = TOML.replace('path = "branches.csv"', 'path = "branches.xlsx"\nsheet = "Sheet9"')
    (project / "gridkit.toml").write_text(text, encoding="utf-8")
    refuse(gridkit, project, "branches.xlsx", "Sheet9", "台账")


def test_empty_sheet(gridkit, project):
    workbook(project / "branches.xlsx", {"台账": []})
    (project / "gridkit.toml").write_text(TOML.replace("branches.csv", "branches.xlsx"), encoding="utf-8")
    refuse(gridkit, project, "branches.xlsx")


def test_empty_csv(gridkit, project):
    (project / "branches.csv").write_bytes(b"")
    refuse(gridkit, project, "branches.csv")


def test_no_recognisable_header(gridkit, project):
    (project / "branches.csv").write_text("alpha,beta\n1,2\n", encoding="utf-8")
    refuse(gridkit, project, "branches.csv", "columns")


def test_a_layer_without_crs(gridkit, project):
    import geopandas as gpd
    import shapely

    columns = {"小区名称": ["a"], "小区类型": ["商品房小区"]}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.box(105, 39, 105.1, 39.1)])
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(project / "compounds.gpkg")
    (project / "gridkit.toml").write_text(TOML.replace("compounds.geojson", "compounds.gpkg"), encoding="utf-8")
    refuse(gridkit, project, "compounds.gpkg", "crs")


def test_unknown_keys_all_at_once_each_with_its_line(gridkit, project):
    text = TOML.replace("as_of", "asof").replace("complete", "compleet").replace('name = "t"', 'name = "t"\nfoo = 1')
    (project / "gridkit.toml").write_text(text, encoding="utf-8")
    refuse(gridkit, project, "gridkit.toml:4", "gridkit.toml:5", "asof", "compleet", "foo")


def test_broken_toml(gridkit, project):
    (project / "gridkit.toml").write_text("[project\nname = 1", encoding="utf-8")
    refuse(gridkit, project, "gridkit.toml:1")


def test_a_table_with_lon_lat_is_taken_as_4326_and_flagged(gridkit, project):
    (project / "points.csv").write_text(
        "小区名称,小区类型,经度,纬度\n金桂家园,商品房小区,105.0015,39.0015\n", encoding="utf-8"
    )
    (project / "gridkit.toml").write_text(TOML.replace("compounds.geojson", "points.csv"), encoding="utf-8")
    said = gridkit("check", project, "--all")
    assert said.code in (errors.EXIT_CLEAN, errors.EXIT_FINDINGS)
    assert "EPSG:4326" in said.out


def test_invalid_and_null_geometry_are_kept_and_reported(gridkit, project):
    bowtie = [[105.006, 39.001], [105.008, 39.003], [105.008, 39.001], [105.006, 39.003], [105.006, 39.001]]
    text = collection(
        (compound("990101001001X001", "金桂家园"), {"type": "Polygon", "coordinates": [bowtie]}),
        (compound("990101001001X002", "银杏小区"), None),
    )
    (project / "compounds.geojson").write_text(text, encoding="utf-8")
    said = gridkit("audit", project, "--json")
    assert said.code == errors.EXIT_FINDINGS
    result = json.loads(said.out)
    assert result["compounds"]["total"] == 2
    found = gridkit("check", project, "--all").out
    assert "compounds.geojson" in found


def test_duplicate_codes_are_set_aside_with_a_reason(gridkit, project):
    text = collection(
        (compound("990101001001X001", "金桂家园"), square(105.001, 39.001, 0.001)),
        (compound("990101001001X001", "银杏小区"), square(105.004, 39.004, 0.002)),
    )
    (project / "compounds.geojson").write_text(text, encoding="utf-8")
    said = gridkit("check", project, "--json")
    assert said.code == errors.EXIT_FINDINGS
    result = json.loads(said.out)
    source = next(row for row in result["inputs"] if row["path"] == "compounds.geojson")
    assert (source["rows_in"], source["kept"], source["set_aside"]) == (2, 1, 1)


def test_a_registry_row_for_a_compound_that_does_not_exist(gridkit, project):
    with (project / "branches.csv").open("a", encoding="utf-8") as file:
        file.write("乌有党支部,小区党支部,东门社区,乌有花园,5\n")
    said = gridkit("check", project, "--all")
    assert said.code == errors.EXIT_FINDINGS
    assert "乌有花园" in said.out
    assert "branches.csv!D3" in said.out


def test_output_folder_that_cannot_be_written(gridkit, project, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    said = gridkit("audit", project, "--out", tmp_path / "file" / "runs")
    assert said.code == errors.EXIT_OUTPUT
    assert "runs" in said.err
    said = gridkit("map", project, "-o", tmp_path / "file" / "map.html")
    assert said.code == errors.EXIT_OUTPUT
    said = gridkit("demo", tmp_path / "file" / "demo", "--size", "town")
    assert said.code == errors.EXIT_OUTPUT


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to a child process")
def test_ctrl_c_in_the_middle_leaves_nothing(project):
    code = (
        "import sys, time, gridkit.reports as r, gridkit.pipeline as p\n"
        "def slow(run, path):\n"
        "    path.write_text('half'); print('writing', flush=True); time.sleep(60)\n"
        "p.WRITERS['audit.html'] = slow\n"
        "from gridkit.cli import main\n"
        f"main(['audit', {str(project)!r}, '--lang', 'en'])\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == errors.EXIT_INTERRUPTED
    assert "interrupted" in said
    assert "Traceback" not in said
    assert runs(project) == []


def test_a_stated_column_that_is_not_there(gridkit, project):
    text = TOML.replace('path = "compounds.geojson"', 'path = "compounds.geojson"\ncolumns = { name = "楼盘名" }')
    (project / "gridkit.toml").write_text(text, encoding="utf-8")
    refuse(gridkit, project, "compounds.geojson", "楼盘名", "小区名称")


def test_demo_never_writes_over_files_of_somebody_else(gridkit, project):
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    said = gridkit("demo", project, "--size", "town")
    assert said.code == errors.EXIT_OUTPUT
    assert "new or empty folder" in said.err
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_without_a_compound_layer_check_works_and_audit_says_what_is_missing(gridkit, project):
    toml = project / "gridkit.toml"
    toml.write_text(TOML.replace('[layers.compound]\npath = "compounds.geojson"\n', ""), encoding="utf-8")
    assert gridkit("check", project).code in (errors.EXIT_CLEAN, errors.EXIT_FINDINGS)
    for command in ("audit", "map"):
        said = gridkit(command, project)
        assert said.code == errors.EXIT_INPUT
        assert "no compound layer" in said.err and "[layers.compound]" in said.err
    assert runs(project) == []
