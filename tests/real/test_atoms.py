"""Atoms and grids on real streets: roads of Wuhan with made communities, and the streets of Beijing as communities."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridkit.geo.datum import bd09_to_wgs84
from gridkit.grids.atoms import Ground, build_atoms
from gridkit.grids.check import check
from gridkit.grids.propose import Wish, propose
from gridkit.model.plan import Norm

pytestmark = pytest.mark.real
UTM = "EPSG:32650"


def frame(shapes, codes, **columns):
    return gpd.GeoDataFrame(columns, index=pd.Index(codes, name="code"), geometry=list(shapes), crs=UTM)


def demand(built, outlines, norm):
    """Atoms lie over no other, nothing of a community is left out, and every grid hangs together."""
    atoms = built.atoms.frame
    assert shapely.coverage_is_valid(atoms.geometry.to_numpy())
    ground = shapely.area(shapely.union_all(outlines.geometry.to_numpy()))
    assert atoms.geometry.area.sum() == pytest.approx(ground, rel=1e-6)
    plan = propose(built.atoms, norm, wish=Wish(profile="fast")).plan
    counts = check(plan).counts()
    assert not {"G101", "G102", "G103", "G105", "G108", "G111", "G112"} & set(counts)
    return plan


def test_roads_of_wuhan(real):
    """Communities of 650 m, compounds between real streets: roads cut land, no compound, and carry the borders."""
    roads = gpd.read_parquet(real / "roads" / "wuhan_core10km_original.parquet").to_crs(UTM)
    west, south = roads.total_bounds[:2] + 2_000
    side, count = 650, 6
    cells = [(i, j) for i in range(count) for j in range(count)]
    squares = [
        shapely.box(west + i * side, south + j * side, west + (i + 1) * side, south + (j + 1) * side) for i, j in cells
    ]
    codes = [f"420102001{n + 1:03d}" for n in range(len(cells))]
    random = np.random.default_rng(8)
    places = random.random((len(cells) * 14, 2)) * side * count + (west, south)
    back = random.integers(25, 60, (len(places), 2))
    made = shapely.box(*(places - back).T, *(places + 45).T)
    size = np.rint(np.exp(random.normal(5.0, 0.6, len(made)))).astype(int)
    compounds = frame(made, [f"C{n:04d}" for n in range(len(made))], name="", households=size, persons=3 * size)
    outlines = frame(squares, codes)
    built = build_atoms(outlines, compounds, ground=Ground(roads=roads))
    plan = demand(built, outlines, Norm(300, 500))
    assert (built.atoms.frame["kind"] == "land").sum() > 100
    assert built.atoms.edges["road"].sum() > 0.2 * built.atoms.edges["length"].sum()
    gone = set(built.log.loc[built.log["event"].isin(["outside", "no_ground", "no_place"]), "subject"])
    kept = compounds["households"].drop(index=list(gone))
    assert built.atoms.frame["households"].sum() == kept.sum()
    large = built.atoms.frame["households"] > 500
    assert len(plan) > 200
    assert large.mean() < 0.1


def test_streets_of_beijing(real):
    """Streets as they are drawn, with overlaps and exclaves, and listed compounds as discs around their points."""
    streets = gpd.read_file(real / "beijing" / "streets.gpkg").to_crs(UTM)
    inner = streets["parentCode"].astype(str).str[:6] == "110101"
    streets = streets.loc[inner].drop_duplicates("code")
    outlines = frame(streets.geometry, streets["code"].astype(str))
    table = pd.read_csv(real / "beijing" / "compounds_4sources.csv", dtype=str)
    lon, lat = (pd.to_numeric(table[name], errors="coerce") for name in ("lon", "lat"))
    there = lon.between(115, 118) & lat.between(39, 42)
    x, y = bd09_to_wgs84(lon[there].to_numpy(), lat[there].to_numpy())
    points = gpd.GeoSeries.from_xy(x, y, crs="EPSG:4326").to_crs(UTM)
    points = points.loc[~points.duplicated()].reset_index(drop=True)
    size = np.rint(np.exp(np.random.default_rng(8).normal(6.0, 0.8, len(points)))).astype(int)
    codes = [f"C{n:05d}" for n in range(len(points))]
    compounds = frame(points.buffer(60, quad_segs=4), codes, name="", households=size,
                      persons=2 * size)  # fmt: skip
    built = build_atoms(outlines, compounds)
    demand(built, outlines, Norm(1500, 2500))
    told = built.log["event"].value_counts()
    assert told["outside"] > 1000
    assert told["clipped"] > 10
    assert told["overlap"] > 100
