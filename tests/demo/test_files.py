"""The written files: deterministic to the byte, planted where the answer sheet says, and the committed copy current."""

import csv
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from gridkit.demo import make_city, write
from gridkit.errors import OutputError

DATA = Path(__file__).parents[2] / "data"


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def sheet_of(folder: Path, place: dict) -> list[list]:
    """All cells of a written table, as offices see them (row 1 is index 0)."""
    path = folder / place["file"]
    if path.suffix == ".xlsx":
        page = openpyxl.load_workbook(path)[place["sheet"]]
        return [[cell.value for cell in row] for row in page.iter_rows()]
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig") if path.stem not in {"units", "property_service"} else raw.decode("gb18030")
    return list(csv.reader(text.splitlines()))


def column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@pytest.fixture(scope="module")
def answers(written):
    return json.loads((written / "answers.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def tables(written, answers):
    found = {}
    for place in answers["planted"]:
        if place["file"].startswith("registries/"):
            found.setdefault(place["file"], None)
    places = {place["file"]: place for place in answers["planted"]}
    return {file: sheet_of(written, places[file]) for file in found}


def test_two_runs_are_equal_to_the_byte(county, written, tmp_path):
    write(county, tmp_path)
    assert hashes(tmp_path) == hashes(written)


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_hash_order_does_not_matter(written, tmp_path, seed):
    code = (
        "import sys, pathlib; from gridkit.demo import make_city, write; write(make_city(), pathlib.Path(sys.argv[1]))"
    )
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(DATA.parent)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=env)
    assert hashes(tmp_path) == hashes(written)


def test_committed_data_are_those_of_a_fresh_run(written):
    fresh, kept = hashes(written), hashes(DATA)
    assert set(fresh) <= set(kept)
    for name in sorted(fresh):
        if name.endswith(".gpkg"):  # the bytes of SQLite differ between its versions
            one, other = gpd.read_file(written / name), gpd.read_file(DATA / name)
            assert one.crs == other.crs and one.equals(other), name
        else:
            assert fresh[name] == kept[name], name


def test_committed_data_are_small():
    assert (
        sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file() and "runs" not in path.parts) < 3_000_000
    )


def test_answer_sheet_covers_every_compound(county, written, answers):
    layer = gpd.read_file(written / "boundaries/compounds.gpkg")
    assert set(answers["compounds"]) == set(layer["小区编号"]) == set(county.truth)
    assert sum(answers["totals"]["by_status"].values()) == answers["totals"]["compounds"] == len(layer)
    ids = {row["id"] for row in county.tables["branches"]}
    for entry in answers["compounds"].values():
        assert set(entry["via"]) <= ids
        assert entry["reason"]


def test_every_planted_place_is_a_place(tables, answers):
    seen = {place["kind"] for place in answers["planted"]}
    assert {f"C1{n:02d}" for n in range(1, 13)} <= seen
    for place in answers["planted"]:
        assert place["row"] > 0, place
        if place["file"] in tables and place["column"]:
            cells = tables[place["file"]]
            header_rows = cells[: 4 if place["sheet"] else 1]
            assert place["header"] in [row[column(place["column"])] for row in header_rows], place


def holds(tables, place):
    return tables[place["file"]][place["row"] - 1][column(place["column"])]


EXPECTED = {
    "value_out_of_vocabulary": {"别墅区", "智慧物业"},
    "count_not_a_number": {"若干"},
    "count_with_words": {"约320余人"},
    "code_missing": {None},
    "code_scientific": {"9.90101E+11"},
    "parent_does_not_exist": {"990101001099"},
    "grid_does_not_exist": {"990101001001999"},
    "orphan": {"DZZ999999"},
    "parent_by_name_only": {None},
    "branch_without_grid": {None},
    "unknown_compound": {"望江台花园"},
    "dissolved_still_covers": {"已撤销"},
}


@pytest.mark.parametrize("kind", sorted(EXPECTED))
def test_planted_cells_hold_what_they_say(tables, answers, kind):
    places = [place for place in answers["planted"] if place["kind"] == kind]
    assert places
    assert {holds(tables, place) for place in places} <= EXPECTED[kind]


def test_planted_rows_are_about_their_subject(tables, answers, county):
    names = {home["id"]: home["name"] for home in county.tables["compounds"]}
    for place in answers["planted"]:
        row = tables[place["file"]][place["row"] - 1] if place["file"] in tables else []
        if place["kind"] in {"duplicate_row", "duplicate_branch", "cycle", "orphan", "level_skipped"}:
            assert place["subject"] in row, place
        if place["kind"] == "C106":
            assert holds(tables, place) == 63
        if place["kind"] == "C103":
            assert names[place["subject"]][:2] in holds(tables, place)
        if place["kind"] in {"alias_unknown", "misspelt", "phase_dropped"}:
            assert names[place["subject"]] not in holds(tables, place)
        if place["kind"] == "full_width_digits":
            assert not holds(tables, place).isascii() and holds(tables, place).isdigit()
        if place["kind"] == "code_as_number":
            assert isinstance(holds(tables, place), int)


def test_unlinkable_compounds_are_those_whose_only_evidence_is_written_otherwise(answers):
    hidden = {code for code, entry in answers["compounds"].items() if not entry["linkable"]}
    kinds = {"alias_unknown": 6, "misspelt": 4, "phase_dropped": 2}
    planted = [place for place in answers["planted"] if place["kind"] in kinds]
    assert hidden == {place["subject"] for place in planted} and len(hidden) == 12
    assert {kind: sum(place["kind"] == kind for place in planted) for kind in kinds} == kinds
    assert all(len(answers["compounds"][code]["via"]) == 1 for code in hidden)


def test_compound_workbook_looks_like_a_form(written, county):
    page = openpyxl.load_workbook(written / "registries/compounds.xlsx")["小区台账"]
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][0] == "演示市住宅小区党组织覆盖情况统计表" and "填报单位" in rows[1][0]
    merged = {str(area) for area in page.merged_cells.ranges}
    assert "O3:P3" in merged and "A3:A4" in merged
    first = [row[0] for row in rows]
    assert first.count("小计") == len(county.tables["communities"]) and first.count("合计") == 1
    assert str(rows[-1][0]).startswith("注：")
    hidden = [at for at, dimension in page.row_dimensions.items() if dimension.hidden]
    assert len(hidden) == 1 and rows[hidden[0] - 1][1]
    total = next(row for row in rows if row[0] == "合计")
    households = rows[2].index("户数")
    sums = sum(row[households] for row in rows if row[0] == "小计")
    assert total[households] == sums
    data = [row for row in rows[4:] if isinstance(row[0], int)]
    assert sums == sum(row[households] for row in data if isinstance(row[households], int))
    assert all(isinstance(row[rows[2].index("社区代码")], str | None) for row in data[:5])


def test_encodings(written):
    registries = written / "registries"
    assert (registries / "premises.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not (registries / "ledgers.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        (registries / "units.csv").read_bytes().decode("utf-8")
    assert "单位名称" in (registries / "units.csv").read_bytes().decode("gb18030")


def test_shapefile_is_gbk_without_a_word_about_it(written):
    assert not (written / "boundaries/communities.cpg").exists()
    head = (written / "boundaries/communities.dbf").read_bytes()[:64]
    assert head[29] == 0 and head[32:40].decode("gb18030") == "社区代码"
    frame = gpd.read_file(written / "boundaries/communities.shp", encoding="gb18030")
    assert list(frame.columns)[:5] == ["社区代码", "社区名称", "街道代码", "社区类型", "城乡分类代"]
    assert frame["社区名称"].str.endswith("社区").all() and frame.crs.to_epsg() == 4544


def test_layers_are_the_truth_but_for_the_planted_defects(written, county, answers):
    bent = {place["subject"] for place in answers["planted"] if place["kind"] in {"grid_overlap", "grid_gap"}}
    changed = {code for pair in bent for code in pair.split()}
    grids = gpd.read_file(written / "boundaries/grids.gpkg").set_index("网格编码")
    differ = [row["code"] for row in county.tables["grids"] if not grids.geometry[row["code"]].equals(row["geometry"])]
    assert len(bent) == 2 and len(differ) == 2 and set(differ) <= changed
    homes = gpd.read_file(written / "boundaries/compounds.gpkg").set_index("小区编号")
    truth = {home["id"]: home for home in county.tables["compounds"]}
    moved = {code for code, home in truth.items() if not homes.geometry[code].equals(home["geometry"])}
    assert (
        moved == {p["subject"] for p in answers["planted"] if p["kind"] == "compound_over_border"} and len(moved) == 2
    )
    stated = {code for code, home in truth.items() if homes["社区代码"][code] != home["community"]}
    assert stated == {p["subject"] for p in answers["planted"] if p["kind"] == "stated_community_differs"}
    communities = {row["code"]: row["geometry"] for row in county.tables["communities"]}
    for code in moved:
        share = (
            homes.geometry[code].intersection(communities[truth[code]["community"]]).area / homes.geometry[code].area
        )
        assert 0.6 < share < 0.92


def test_bent_grids_overlap_and_gape(written, county, answers):
    grids = gpd.read_file(written / "boundaries/grids.gpkg").set_index("网格编码")
    whole = {row["code"]: row["geometry"] for row in county.tables["communities"]}
    for place in answers["planted"]:
        if place["kind"] in {"grid_overlap", "grid_gap"}:
            one, other = place["subject"].split()
            here = grids[(grids["社区代码"] == one[:12]) & (grids["网格类型"] == "综合网格")].geometry
            overlap = grids.geometry[one].intersection(grids.geometry[other]).area
            gap = whole[one[:12]].difference(here.union_all()).area
            assert (overlap > 10) == (place["kind"] == "grid_overlap")
            assert (gap > 10) == (place["kind"] == "grid_gap")


def test_project_file_names_every_file_and_is_complete_but_for_two(written):
    project = tomllib.loads((written / "gridkit.toml").read_text("utf-8"))
    assert project["project"]["name"] == "演示市（虚构）" and project["project"]["as_of"].isoformat() == "2024-06-30"
    for spec in (*project["layers"].values(), *project["registries"].values()):
        assert (written / spec["path"]).is_file()
    assert {kind for kind, spec in project["registries"].items() if not spec["complete"]} == {
        "service_points",
        "ledgers",
    }
    assert len(project["claims"]) == 10


def test_no_person_only_obvious_fillers(written, tables):
    cells = [cell for rows in tables.values() for row in rows for cell in row if isinstance(cell, str)]
    phones = {cell for cell in cells if len(cell) == 11 and cell.isdigit()}
    assert phones <= {"00000000000"}
    rows = sheet_of(written, {"file": "registries/branches.xlsx", "sheet": "党组织台账"})
    secretary = rows[2].index("书记")
    names = {row[secretary] for row in rows[3:] if len(row) > secretary and row[secretary]}
    assert names <= {f"{stem}某" for stem in "甲乙丙丁戊己庚辛壬癸"}


def test_town_is_written_whole(tmp_path):
    write(make_city("town", 2), tmp_path)
    assert len(list((tmp_path / "registries").iterdir())) == 10
    assert all(place["row"] > 0 for place in json.loads((tmp_path / "answers.json").read_text("utf-8"))["planted"])


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        write(make_city("town"), tmp_path / "file")
