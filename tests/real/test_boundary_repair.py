"""Repair of real boundary layers: Beijing (two levels) and Denver (enclaves and slivers)."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gridkit.model import City, Layer, conform
from gridkit.model.fields import COMMUNITY, LAYER_FIELDS, STREET
from gridkit.topology.mend import mend
from gridkit.topology.misfits import find_misfits

pytestmark = pytest.mark.real
AIRPORT, CHAOYANG, SHUNYI = "110105020000", "110105000000", "110113000000"


def layer(level: str, given: gpd.GeoDataFrame, crs: str, **fields) -> Layer:
    codes = fields.pop("code")
    frame = pd.DataFrame({**fields, "src": "real", "row": range(1, len(given) + 1)})
    frame.index = pd.Index([str(code) for code in codes], dtype="object", name="code")
    frame["geometry"] = given.to_crs(crs).geometry.to_numpy()
    frame = conform(frame, LAYER_FIELDS[level]).sort_index()
    return Layer(level, gpd.GeoDataFrame(frame, geometry="geometry", crs=crs), frozenset(fields))


@pytest.fixture(scope="module")
def beijing(real) -> City:
    """Streets as the level of the children, districts as that of the parents."""
    streets = pyogrio.read_dataframe(real / "beijing" / "streets.gpkg")
    districts = pyogrio.read_dataframe(real / "beijing" / "districts.gpkg")
    crs = "EPSG:32650"
    below = layer(COMMUNITY, streets, crs, code=streets["code"], name=streets["Name"].to_numpy(),
                  street_code=streets["parentCode"].astype(str).to_numpy())  # fmt: skip
    above = layer(STREET, districts, crs, code=districts["code"], name=districts["Name"].to_numpy())
    return City("Beijing", crs, layers={STREET: above, COMMUNITY: below})


def decided(city: City, **more) -> pd.DataFrame:
    """Give every place that waits to the unit that is suggested, until nothing waits."""
    rows: dict[str, str] = {}
    for _ in range(6):
        table = pd.DataFrame({"defect_id": list(rows), "decision": "give"})
        waiting = set(mend(city, decisions=table, **more).waiting) - set(rows)
        if not waiting:
            break
        rows |= dict.fromkeys(sorted(waiting), "give")
    return pd.DataFrame({"defect_id": list(rows), "decision": "give"})


def bytes_of(frame):
    return dict(zip(frame.index, shapely.to_wkb(frame.geometry.to_numpy()), strict=True))


def test_the_airport_stays_where_its_code_says(beijing):
    repair = mend(beijing, authority="bottom")
    before, now = beijing.layers[COMMUNITY].frame, repair.layers[COMMUNITY]
    changed = {code for code, data in bytes_of(before).items() if data != bytes_of(now)[code]}
    assert changed == set(repair.log.loc[repair.log["level"] == COMMUNITY, "unit"])
    place = now.geometry[AIRPORT]
    assert abs(place.area / before.geometry[AIRPORT].area - 1) < 1e-3
    assert now.loc[AIRPORT, "street_code"] == CHAOYANG
    inside = shapely.area(shapely.intersection(repair.layers[STREET].geometry[CHAOYANG], place))
    assert inside > 0.999 * place.area
    assert not len(mend(_after(beijing, repair), authority="bottom").log)


def _after(city, repair):
    return dataclasses.replace(
        city, layers={name: dataclasses.replace(old, frame=repair.layers[name]) for name, old in city.layers.items()}
    )


def test_children_fill_their_parents_once_everything_is_decided(beijing):
    table = decided(beijing, authority="bottom")
    repair = mend(beijing, authority="bottom", decisions=table)
    assert repair.waiting == ()
    streets, districts = repair.layers[COMMUNITY], repair.layers[STREET]
    label = districts.index.get_indexer(streets["street_code"])
    left = find_misfits(streets.geometry.to_numpy(), label, districts.geometry.to_numpy())
    widths = 2 * left["area"].to_numpy() / np.maximum(shapely.length(left["geometry"].to_numpy()), 1e-12)
    assert (widths < 1e-3).all()
    assert districts.geometry[SHUNYI].intersection(streets.geometry[AIRPORT]).area < 1
    lost = repair.log[(repair.log["level"] == STREET) & (repair.log["unit"] == SHUNYI)]
    assert lost["area_m2"].max() == pytest.approx(10_566_000, rel=1e-3)


def test_enclaves_stay_open_and_slivers_close(real):
    given = pyogrio.read_dataframe(real / "denver" / "orig" / "DenverCo_precincts2020_orig.shp")
    city = City("Denver", "EPSG:26913", layers={
        STREET: layer(STREET, given, "EPSG:26913", code=given["PRECID"], name=given["NAME"].to_numpy())
    })  # fmt: skip
    repair = mend(city)

    def holes(frame):
        whole = shapely.union_all(frame.geometry.to_numpy())
        rings = [shapely.Polygon(ring) for part in shapely.get_parts(whole) for ring in part.interiors]
        return np.sort(shapely.area(np.array(rings, dtype=object)))

    before, now = holes(city.layers[STREET].frame), holes(repair.layers[STREET])
    assert (before > 1000).sum() == (now > 1000).sum() == 9
    assert now[now > 1000] == pytest.approx(before[before > 1000], abs=1e-3)
    assert (now < 100).sum() == 0 < (before < 100).sum()
    assert shapely.coverage_is_valid(repair.layers[STREET].geometry.to_numpy())
    assert not len(mend(_after(city, repair)).log)
