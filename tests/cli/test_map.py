"""``gridkit map``: from a project, a run folder, or layers; one page, pages by street, a picture."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridkit import errors
from tests.cli.test_bad_input import collection, compound, square
from tests.cli.test_link import BRANCHES, TOML
from tests.maps.pages import data_of, everything, settings_of

STREET = ({"街道代码": "990101001", "街道名称": "平安街道"}, square(104.99, 38.99, 0.03))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A project with one street and its run folder; tests copy it."""
    from gridkit import cli

    folder = tmp_path_factory.mktemp("base") / "project"
    folder.mkdir()
    text = TOML + '[layers.street]\npath = "streets.geojson"\n[map]\ntitle = "图一"\n'
    (folder / "gridkit.toml").write_text(text, encoding="utf-8")
    (folder / "branches.csv").write_text(BRANCHES, encoding="utf-8")
    area = {"社区代码": "990101001001", "社区名称": "东门社区"}
    (folder / "communities.geojson").write_text(collection((area, square(105, 39, 0.01))), encoding="utf-8")
    (folder / "streets.geojson").write_text(collection(STREET), encoding="utf-8")
    places = [
        (compound("990101001001X001", "金桂家园"), square(105.001, 39.001, 0.001)),
        (compound("990101001001X002", "银杏小区"), square(105.004, 39.004, 0.001)),
        (compound("990101001001X003", "市财政局家属院"), square(105.006, 39.006, 0.001)),
    ]
    (folder / "compounds.geojson").write_text(collection(*places), encoding="utf-8")
    cli.run(["audit", str(folder), "--lang", "en"])
    return folder


@pytest.fixture
def project(base, tmp_path):
    return Path(shutil.copytree(base, tmp_path / "copy"))


def run_in(project: Path) -> Path:
    return next(path for path in (project / "runs").iterdir() if (path / "manifest.json").is_file())


def test_a_run_folder_gives_the_bytes_that_the_run_has(gridkit, project):
    run = run_in(project)
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    said = gridkit("map", run)
    assert said.code == 0, said.err
    assert Path(said.out.strip()).resolve() == (project / "map.html").resolve()
    assert (project / "map.html").read_bytes() == (run / "map.html").read_bytes()
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_run_whose_files_or_settings_changed_is_not_drawn(gridkit, project):
    run = run_in(project)
    with (project / "branches.csv").open("a", encoding="utf-8") as file:
        file.write("B3,三,小区党支部,东门社区,2026-01-01,6,正常,银杏小区\n")
    said = gridkit("map", run)
    assert said.code == errors.EXIT_INPUT and "files have changed since the run: branches.csv" in said.err
    (project / "branches.csv").unlink()
    assert "not there any more: branches.csv" in gridkit("map", run).err
    (project / "branches.csv").write_text(BRANCHES, encoding="utf-8")
    toml = (project / "gridkit.toml").read_text(encoding="utf-8")
    (project / "gridkit.toml").write_text(toml.replace("complete = true", "complete = false"), encoding="utf-8")
    said = gridkit("map", run)
    assert said.code == errors.EXIT_INPUT and "settings have changed since the run" in said.err
    assert not (project / "map.html").exists()


def test_another_title_is_no_other_run(gridkit, project):
    toml = (project / "gridkit.toml").read_text(encoding="utf-8")
    (project / "gridkit.toml").write_text(toml.replace("图一", "图二"), encoding="utf-8")
    assert gridkit("map", run_in(project)).code == 0
    assert "<title>图二</title>" in (project / "map.html").read_text(encoding="utf-8")


def test_a_run_elsewhere_needs_its_project(gridkit, project, tmp_path):
    moved = Path(shutil.move(run_in(project), tmp_path / "moved"))
    said = gridkit("map", moved)
    assert said.code == errors.EXIT_USAGE and "--project PATH" in said.err
    assert gridkit("map", moved, "--project", project, "-o", tmp_path / "m.html").code == 0
    said = gridkit("map", tmp_path / "moved" / "tables")
    assert said.code == errors.EXIT_INPUT


def test_options_outrank_the_project(gridkit, project, tmp_path):
    target = tmp_path / "p.html"
    said = gridkit("map", project, "-o", target, "--profile", "public", "--title", "题 {{ 1 }}", "--approval-no", "S1",
                   "--fields", "name, households")  # fmt: skip
    assert said.code == 0 and "left out as places of the armed forces" not in said.err
    page = target.read_text(encoding="utf-8")
    assert "题 {{ 1 }}" in page and "Map review number: S1" in page and settings_of(page)["public"]
    assert set(data_of(page)["compound"]["reason"]) == {""} and "branches.csv" not in everything(page)


def test_what_cannot_be_asked_for(gridkit, project, tmp_path):
    for arguments, needle in (
        (("--by-street", "--png"), "--by-street writes pages"),
        (("--dpi", "100"), "--dpi is for pictures"),
        (("--png", "--dpi", "5"), "5 dots per inch"),
        (("--fields", "phone"), "phone is not a field of the map"),
        (("--compare", tmp_path), "this is not a run folder"),
        (("--layer", "grid=x.shp"), "without a project"),
    ):
        said = gridkit("map", project, *arguments)
        assert said.code == errors.EXIT_USAGE and needle in said.err, said
    for spec, needle in (
        ("x=1", "does not say which layer"),
        ("grid", "does not say"),
        ("grid=no.shp", "no such file"),
    ):
        said = gridkit("map", "--layer", spec)
        assert said.code in (errors.EXIT_USAGE, errors.EXIT_INPUT) and needle in said.err
    said = gridkit("map", "--layer", "grid=a", "--layer", "grid=b")
    assert said.code in (errors.EXIT_USAGE, errors.EXIT_INPUT)


def test_layers_without_a_project(gridkit, project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = [f"--layer=street={project / 'streets.geojson'}", f"--layer=compound={project / 'compounds.geojson'}"]
    said = gridkit("map", *files)
    assert (said.code, said.out) == (0, "map.html\n"), said.err
    page = Path("map.html").read_text(encoding="utf-8")
    assert "Map of streets.geojson, compounds.geojson" in page and str(tmp_path) not in page
    assert "gk-levels" in page or "addStore" in page
    # nothing is known about coverage, so nothing is said about it
    assert "overage" not in page.partition("<body>")[2].partition("<script>")[0] and "0/3" not in page
    assert gridkit("map", *files, "--profile", "public", "-o", "p.html").code == 0
    assert "No registry of party organisations" in Path("p.html").read_text(encoding="utf-8")
    assert gridkit("map", f"--layer=street={project / 'streets.geojson'}", "-o", "s.html").code == 0
    assert list(data_of(Path("s.html").read_text(encoding="utf-8"))) == ["street"]


def test_pages_by_street_and_a_picture(gridkit, project):
    said = gridkit("map", project, "--by-street")
    assert said.code == 0, said.err
    assert sorted(path.name for path in (project / "map").iterdir()) == ["990101001.html", "index.html"]
    said = gridkit("map", project, "--png", "--dpi", "50")
    assert said.code == 0 and (project / "map.png").read_bytes()[:4] == b"\x89PNG"


def test_compared_with_an_earlier_run(gridkit, project, tmp_path):
    (project / "branches.csv").write_text(BRANCHES.replace("银杏小区", "财政局家属院"), encoding="utf-8")
    target = tmp_path / "c.html"
    assert gridkit("map", project, "--compare", run_in(project), "-o", target).code == 0
    page = target.read_text(encoding="utf-8")
    said = settings_of(page)["compare"]
    assert said["label"] == "2024-06-30" and said["changed"] >= 1 and said["vanished"] == []
    assert json.loads((run_in(project) / "manifest.json").read_text(encoding="utf-8"))["as_of"] == said["label"]
    assert data_of(page)["compound"]["before_status"].isin(["", "OWN_BRANCH", "UNCOVERED", "UNKNOWN"]).all()


def test_tables_that_were_changed_after_the_run_are_not_compared(gridkit, project):
    table = run_in(project) / "tables" / "compounds.parquet"
    rows = pq.read_table(table).to_pandas()
    pq.write_table(pa.Table.from_pandas(rows.assign(status="UNKNOWN")), table)
    for line in (("map", project, "--compare", run_in(project)), ("map", run_in(project))):
        said = gridkit(*line)
        assert said.code == errors.EXIT_INPUT and "changed since the run: tables/compounds.parquet" in said.err
    assert not (project / "map.html").exists()
