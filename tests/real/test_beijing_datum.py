"""The listing of compounds of Beijing states no datum: BD-09 is named, and stays out once it has been undone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridkit.geo.datum import bd09_to_gcj02, bd09_to_wgs84
from gridkit.io.city import read_city
from gridkit.io.placement import compare, placed
from gridkit.io.project import read_project
from gridkit.io.vector import read_layer

pytestmark = pytest.mark.real
COLUMNS = {"lon": "lon", "lat": "lat", "name": "name"}
PROJECT = """
[layers.street]
path = "streets.gpkg"
columns = {{ code = "code", name = "Name" }}
[layers.compound]
path = "compounds.csv"
columns = {{ lon = "lon", lat = "lat", name = "name" }}
{extra}
"""


def rounded(convert):
    def move(lon, lat):
        return tuple(np.round(one, 6) for one in convert(lon, lat))

    return move


CASES = {
    "raw": (None, "BD-09"),
    "half-converted": (rounded(bd09_to_gcj02), "GCJ-02"),
    "pre-converted": (rounded(bd09_to_wgs84), "same"),
}


@pytest.fixture(scope="module")
def listing(real):
    return pd.read_csv(real / "beijing" / "compounds_4sources.csv", dtype=str)


@pytest.fixture
def folder(real, listing, tmp_path, request):
    convert, _ = CASES[request.param]
    table = listing.copy()
    if convert is not None:
        there = table["lon"].notna() & table["lat"].notna()
        lon, lat = convert(table.loc[there, "lon"].astype(float), table.loc[there, "lat"].astype(float))
        table.loc[there, "lon"], table.loc[there, "lat"] = lon.astype(str), lat.astype(str)
    table.to_csv(tmp_path / "compounds.csv", index=False)
    (tmp_path / "streets.gpkg").write_bytes((real / "beijing" / "streets.gpkg").read_bytes())
    return tmp_path


def findings(folder, extra=""):
    """Of every third row: what a score is taken of is a sample of the listing anyway."""
    listing = folder / "compounds.csv"
    if not (folder / "gridkit.toml").exists():
        head, *rows = listing.read_text(encoding="utf-8").splitlines()
        listing.write_text("\n".join([head, *rows[::3]]), encoding="utf-8")
    (folder / "gridkit.toml").write_text(PROJECT.format(extra=extra), encoding="utf-8")
    return read_city(read_project(folder))[1]


@pytest.mark.parametrize(("folder", "want"), [(name, want) for name, (_, want) in CASES.items()], indirect=["folder"])
def test_the_datum_is_named(folder, want):
    compounds = placed(read_layer("compounds.csv", folder, "compound", columns=COLUMNS))
    streets = placed(read_layer("streets.gpkg", folder, "street", columns={"code": "code", "name": "Name"}))
    scores = compare(compounds, streets)
    assert scores.verdict == want
    assert scores.n > 2_900
    assert scores.share(want) > 0.97


@pytest.mark.parametrize("folder", ["raw"], indirect=True)
def test_the_line_to_write_is_suggested_and_nothing_is_corrected(folder):
    said = findings(folder)
    (note,) = said.with_code("S170").to_dict("records")
    assert note["params"]["line"] == '[layers.compound] crs = "BD-09"'
    assert "S131" not in said.counts()
    assert findings(folder, 'crs = "BD-09"').counts().get("S170", 0) == 0
    contradicted = findings(folder, 'crs = "GCJ-02"').with_code("S171").to_dict("records")
    assert [one["params"]["value"] for one in contradicted] == ["BD-09"]


@pytest.mark.parametrize("folder", ["pre-converted"], indirect=True)
def test_converted_coordinates_are_left_alone(folder):
    counts = findings(folder).counts()
    assert not {"S170", "S171", "S172", "S173"} & set(counts)
    assert "S171" in findings(folder, 'crs = "BD-09"').counts()
