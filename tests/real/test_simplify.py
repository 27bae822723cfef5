"""Real layers with fewer vertices: they stay coverages, and levels still fit."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from gridkit.cli import run

pytestmark = pytest.mark.real
TOML = """
[project]
name = "Denver"
[layers.community]
path = "{path}"
columns = {{ code = "PRECID", name = "NAME" }}
"""


def test_denver_stays_a_coverage_with_its_enclaves(real, tmp_path):
    path = (real / "denver/repaired/DenverCo_precincts2020_repaired.shp").as_posix()
    (tmp_path / "gridkit.toml").write_text(TOML.format(path=path), encoding="utf-8")
    assert run(["repair", str(tmp_path), "--simplify", "20", "-o", str(tmp_path / "out")]) == 0
    made, given = gpd.read_file(tmp_path / "out" / "community.gpkg"), gpd.read_file(path)
    assert made["PRECID"].tolist() == given["PRECID"].tolist()
    assert made.crs.to_epsg() == given.crs.to_epsg()
    shapes, before = made.geometry.to_numpy(), given.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert not shapely.is_empty(shapes).any() and shapely.is_valid(shapes).all()
    assert shapely.get_num_coordinates(shapes).sum() < shapely.get_num_coordinates(before).sum() / 7
    holes = [int(shapely.get_num_interior_rings(shapely.get_parts(shapely.coverage_union_all(some))).sum())
             for some in (before, shapes)]  # fmt: skip
    assert holes[0] == holes[1]
    # vertices are left out, never moved
    kept = set(map(tuple, shapely.get_coordinates(shapes).tolist()))
    assert kept <= set(map(tuple, shapely.get_coordinates(before).tolist()))


def test_denver_as_it_was_is_refused_until_it_is_repaired(real, tmp_path, capsys):
    path = (real / "denver/orig/DenverCo_precincts2020_orig.shp").as_posix()
    (tmp_path / "gridkit.toml").write_text(TOML.format(path=path), encoding="utf-8")
    assert run(["repair", str(tmp_path), "--simplify", "20", "-o", str(tmp_path / "no"), "--lang", "en"]) == 3
    assert "1320516532 / 1340516527" in capsys.readouterr().err
    assert run(["repair", str(tmp_path), "--apply", "-o", str(tmp_path / "fixed")]) == 1  # the enclaves wait
    text = "[project]\n" + (tmp_path / "fixed" / "layers.toml").read_text("utf-8")
    (tmp_path / "again.toml").write_text(text, encoding="utf-8")
    assert run(["repair", str(tmp_path / "again.toml"), "--simplify", "20", "-o", str(tmp_path / "out")]) == 0
    made = gpd.read_file(tmp_path / "out" / "community.gpkg")
    assert shapely.coverage_is_valid(made.geometry.to_numpy())


def test_repaired_streets_of_beijing_keep_their_bytes(real, tmp_path):
    (tmp_path / "gridkit.toml").write_text(
        '[project]\nname = "北京"\n[layers.street]\npath = "{0}/districts.gpkg"\n[layers.community]\n'
        'path = "{0}/streets.gpkg"\ncolumns = {{ street_code = "parentCode" }}\n'.format((real / "beijing").as_posix()),
        encoding="utf-8",
    )
    assert run(["repair", str(tmp_path), "--apply", "-o", str(tmp_path / "out")]) == 1
    for level, name in (("community", "streets"), ("street", "districts")):
        made, given = (
            gpd.read_file(tmp_path / "out" / f"{level}.gpkg"),
            gpd.read_file(real / "beijing" / f"{name}.gpkg"),
        )
        log = (tmp_path / "out" / "log.jsonl").read_text("utf-8")
        code = next(column for column in given if given[column].astype(str).str.startswith("1101").all())
        differ = [
            str(one) for one, a, b in zip(given[code], given.geometry, made.geometry, strict=True) if a.wkb != b.wkb
        ]
        assert all(f'"unit": "{one}"' in log for one in differ)
        assert len(differ) < len(given)
