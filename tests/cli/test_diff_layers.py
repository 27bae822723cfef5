"""``gridkit diff layers`` as users call it: files of any kind and datum, terminal, JSON, workbook, GeoPackage."""

from __future__ import annotations

import json
import sqlite3

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, box

from gridkit import errors, locale
from gridkit.cli import diff_layers
from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02

CELL = 0.01


def city(side=5) -> gpd.GeoDataFrame:
    cells = [(i, j) for i in range(side) for j in range(side)]
    return gpd.GeoDataFrame(
        {"code": [f"5226010010{i}{j}" for i, j in cells], "name": [f"第{i}{j}社区" for i, j in cells]},
        geometry=[box(108 + CELL * i, 26.5 + CELL * j, 108 + CELL * (i + 1), 26.5 + CELL * (j + 1)) for i, j in cells],
        crs=4490,
    )


def changed() -> gpd.GeoDataFrame:
    """Cell 00 is cut in two, 22 has another name."""
    frame = city()
    frame.loc[12, "name"] = "新名社区"
    x, y, x2, y2 = frame.geometry[0].bounds
    frame.loc[0, "geometry"] = box(x, y, x + CELL / 4, y2)
    half = gpd.GeoDataFrame(
        {"code": ["522601001099"], "name": ["半个社区"]}, geometry=[box(x + CELL / 4, y, x2, y2)], crs=4490
    )
    return pd.concat([frame, half], ignore_index=True)


@pytest.fixture
def files(tmp_path):
    old, new = tmp_path / "old.gpkg", tmp_path / "new.gpkg"
    city().to_file(old, layer="community")
    changed().to_file(new, layer="community")
    return old, new


def run(*arguments, lang="en") -> int:
    with locale.speaking(lang):
        return diff_layers.subcommand().main([str(one) for one in arguments], standalone_mode=False)


def document(capsys, *arguments) -> dict:
    run(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_changes_of_boundaries_are_told_first(files, capsys):
    assert run(*files) == errors.EXIT_FINDINGS
    out = capsys.readouterr().out
    assert "old.gpkg (25 units) → new.gpkg (26 units)" in out
    assert out.index("split: 第00社区 (522601001000) → 第00社区 (522601001000), 半个社区 (522601001099)") < out.index(
        "renamed: 第22社区 (522601001022) → 新名社区 (522601001022)"
    )
    assert "Changes of boundaries: 1" in out and "unchanged 23" in out


def test_the_same_file_differs_in_nothing(files, capsys):
    assert run(files[0], files[0]) == errors.EXIT_CLEAN
    assert "unchanged 25" in capsys.readouterr().out


def test_everything_as_json(files, capsys):
    found = document(capsys, *files)
    assert found["schema"] == "gridkit-diff-layers/1"
    assert {event: n for event, n in found["counts"].items() if n} == {"split": 1, "renamed": 1, "same": 23}
    first = found["events"][0]
    assert (first["kind"], first["event"], first["old"]) == ("boundary", "split", ["522601001000"])
    assert first["new"] == ["522601001000", "522601001099"] and first["households"] is None
    assert sum(row["share_old"] for row in found["crosswalk"] if row["old"] == "522601001000") == pytest.approx(1)


def test_households_weigh_the_changes(files, tmp_path, capsys):
    frame = gpd.GeoDataFrame(
        {"code": ["x1", "x2"], "name": ["甲小区", "乙小区"], "households": [120, 80]},
        geometry=[Point(108.001, 26.505), Point(108.008, 26.505)], crs=4490,
    )  # fmt: skip
    frame.to_file(tmp_path / "homes.gpkg", layer="compound")
    found = document(capsys, *files, "--households", tmp_path / "homes.gpkg")
    assert found["events"][0]["households"] == 200
    homes = {(row["old"][-2:], row["new"][-2:]): row["households"] for row in found["crosswalk"] if row["households"]}
    assert homes == {("00", "00"): 120, ("00", "99"): 80}


@pytest.mark.parametrize(("move", "datum"), [(wgs84_to_bd09, "BD-09"), (wgs84_to_gcj02, "GCJ-02")])
@pytest.mark.parametrize("side", [0, 1])
def test_two_datums_are_brought_together_and_said(files, tmp_path, capsys, move, datum, side):
    spoilt = city() if side == 0 else changed()
    spoilt["geometry"] = shapely.transform(spoilt.geometry.values, move, interleaved=False)
    path = tmp_path / "shifted.gpkg"
    spoilt.to_file(path, layer="community")
    pair = (path, files[1]) if side == 0 else (files[0], path)
    found = document(capsys, *pair)
    assert {event: n for event, n in found["counts"].items() if n and event not in ("same", "redigitised")} == {
        "split": 1, "renamed": 1,
    }  # fmt: skip
    assert len(found["notes"]) == 1 and datum in found["notes"][0] and "shifted.gpkg" in found["notes"][0]
    stated = ("--old-crs" if side == 0 else "--new-crs", datum)
    assert document(capsys, *pair, *stated)["notes"] == []
    wrong = ("--old-crs" if side == 0 else "--new-crs", "EPSG:4490")
    (doubt,) = document(capsys, *pair, *wrong)["notes"]
    assert "nothing was converted" in doubt


def test_a_table_of_codes_is_compared_by_code_and_name(files, tmp_path, capsys):
    rows = pd.DataFrame(city().drop(columns="geometry"))
    rows.loc[1, "name"] = "别名社区"
    rows.iloc[:-1].to_csv(tmp_path / "official.csv", index=False)
    found = document(capsys, files[0], tmp_path / "official.csv")
    assert {event: n for event, n in found["counts"].items() if n} == {"renamed": 1, "abolished": 1}
    assert found["crosswalk"] == [] and "code and name" in found["notes"][0]


def test_a_workbook(files, tmp_path, capsys):
    out = tmp_path / "diff.xlsx"
    run(*files, "-o", out)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[:3] == ["Summary", "Changes of boundaries", "Other names, codes, parents"]
    assert [cell.value for cell in book["Changes of boundaries"][2]][:2] == ["split", "第00社区 (522601001000)"]
    assert book["Crosswalk"].max_row > 26
    again = tmp_path / "again.xlsx"
    run(*files, "-o", again)
    assert out.read_bytes() == again.read_bytes()


def test_a_geopackage(files, tmp_path, capsys):
    out = tmp_path / "diff.gpkg"
    run(*files, "-o", out)
    events = gpd.read_file(out, layer="events")
    assert events.iloc[0]["old"] == "522601001000" and events.iloc[0]["new"] == "522601001000; 522601001099"
    assert events.crs.to_epsg() == 4490 and events.geometry.is_valid.all()
    capsys.readouterr()
    with sqlite3.connect(out) as book:
        assert book.execute("select count(*) from crosswalk").fetchone() == (
            len(document(capsys, *files)["crosswalk"]),
        )
    again = tmp_path / "again.gpkg"
    run(*files, "-o", again)
    assert out.read_bytes() == again.read_bytes()


def test_columns_may_be_named(tmp_path, capsys):
    for name, frame in (("old", city()), ("new", changed())):
        frame.rename(columns={"code": "PRECID", "name": "TITLE9"}).to_file(tmp_path / f"{name}.shp")
    columns = ("--column", "code=PRECID", "--column", "name=TITLE9")
    found = document(capsys, tmp_path / "old.shp", tmp_path / "new.shp", "--level", "community", *columns)
    assert found["counts"]["split"] == found["counts"]["renamed"] == 1


def test_names_that_want_to_be_formulas_stay_texts(files, tmp_path, capsys):
    frame = changed()
    frame.loc[0, "name"] = "=1+1"
    frame.to_file(tmp_path / "evil.gpkg", layer="community")
    out = tmp_path / "diff.xlsx"
    run(files[0], tmp_path / "evil.gpkg", "-o", out)
    cells = [cell for row in openpyxl.load_workbook(out)["Crosswalk"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["-o", "diff.pdf"], "xlsx"),
        (["--column", "code"], "FIELD=NAME"),
        (["--layer", "a", "--layer", "b", "--layer", "c"], "--layer"),
    ],
)
def test_what_cannot_be_carried_out(files, more, said):
    with pytest.raises(errors.UsageError, match=said):
        run(*files, *more)


def test_files_that_cannot_be_used(files, tmp_path):
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (tmp_path / "broken.gpkg").write_bytes(b"SQLite format 3\0 nothing")
    for path in (tmp_path / "absent.gpkg", tmp_path / "empty.geojson", tmp_path / "broken.gpkg"):
        with pytest.raises(errors.InputError):
            run(files[0], path)


def test_it_runs_in_chinese(files, tmp_path, capsys):
    assert run(*files, "-o", tmp_path / "差异.xlsx", lang="zh") == errors.EXIT_FINDINGS
    assert "第00社区" in capsys.readouterr().out


def test_compounds_without_numbers_are_told(files, tmp_path, capsys):
    frame = gpd.GeoDataFrame(
        {"code": ["x1", "x2", "x3"], "name": ["甲小区", "乙小区", "丙小区"], "households": [120, None, 5]},
        geometry=[Point(108.001, 26.505), Point(108.008, 26.505), None], crs=4490,
    )  # fmt: skip
    frame.to_file(tmp_path / "homes.gpkg", layer="compound")
    found = document(capsys, *files, "--households", tmp_path / "homes.gpkg")
    assert len(found["notes"]) == 2
    assert sum(row["households"] for row in found["crosswalk"]) == 125
    frame.drop(columns="households").to_file(tmp_path / "bare.gpkg", layer="compound")
    with pytest.raises(errors.InputError, match="households"):
        run(*files, "--households", tmp_path / "bare.gpkg")


def test_a_code_that_stands_twice_is_told_and_the_larger_one_kept(files, tmp_path, capsys):
    double = pd.concat([changed(), changed().iloc[:1]], ignore_index=True)
    double.to_file(tmp_path / "double.gpkg", layer="community")
    found = document(capsys, files[0], tmp_path / "double.gpkg")
    assert found["findings"]["S104"] == 1 and found["counts"]["split"] == 1
