"""Transformations fitted to control points: known ones are found again, and what decides none is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Transformer

from gridkit.errors import LayerError
from gridkit.geo.control import fit
from gridkit.geo.crs import resolve_crs

PLANE = "EPSG:4545"  # Kaili, 108 degrees east
BEIJING54 = "EPSG:2433"  # Beijing 1954, 3-degree zone of 108 degrees east
SEVEN = "+proj=helmert +x=-15.8 +y=-154.4 +z=-82.3 +rx=0.4 +ry=-0.2 +rz=0.7 +s=3.5 +convention=position_vector"


def spots(n=6, seed=1, side=12_000.0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-side, side, (n, 2)) + np.array([500_000.0, 2_941_000.0])


def local(xy, *, turn=1.7, scale=1.00004, east=-431_250.0, north=-2_907_111.0):
    """A city system: the plane turned by degrees, stretched, and moved."""
    a, b = scale * np.cos(np.radians(turn)), scale * np.sin(np.radians(turn))
    x, y = xy.T
    return np.column_stack([a * x - b * y + east, b * x + a * y + north])


def table(old, xy, names=None):
    lon, lat = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True).transform(*xy.T)
    names = names or [f"K{i}" for i in range(len(xy))]
    return pd.DataFrame({"name": names, "x": old[:, 0], "y": old[:, 1], "lon": lon, "lat": lat})


def beijing54(lon, lat, height=0.0):
    """CGCS2000 degrees to Beijing 1954 metres, by seven parameters that the test makes up."""
    own = CRS.from_user_input(BEIJING54)
    a, rf = own.ellipsoid.semi_major_metre, own.ellipsoid.inverse_flattening
    there = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=cart +ellps=GRS80 "
        f"+step +inv {SEVEN} +step +inv +proj=cart +a={a} +rf={rf} "
        f"+step +proj=tmerc +lon_0=108 +x_0=500000 +a={a} +rf={rf}"
    )
    x, y, _ = there.transform(lon, lat, np.full(len(lon), height))
    return np.column_stack([x, y])


def missed(found, old, xy):
    lon, lat = found.forward(old[:, 0], old[:, 1])
    x, y = Transformer.from_crs("EPSG:4490", PLANE, always_xy=True).transform(lon, lat)
    return float(np.hypot(x - xy[:, 0], y - xy[:, 1]).max())


def test_four_parameters_of_a_city_system_are_found_again():
    xy = spots()
    found = fit(table(local(xy), xy), "4")
    assert found.rms < 1e-4
    assert found.outlier == ""
    assert found.parameters["turn_arcsec"] == pytest.approx(-1.7 * 3600, abs=0.01)
    assert found.parameters["scale_ppm"] == pytest.approx((1 / 1.00004 - 1) * 1e6, abs=0.01)
    others = spots(50, seed=9)
    assert missed(found, local(others), others) < 0.001


def test_two_points_decide_four_parameters():
    xy = spots(2)
    found = fit(table(local(xy), xy), "4")
    assert found.rms < 1e-4
    assert missed(found, local(spots(20, 5)), spots(20, 5)) < 0.001


def test_geometries_are_converted_vertex_by_vertex():
    xy = spots()
    found = fit(table(local(xy), xy), "4")
    ring = spots(5, seed=3)
    polygon = found.to_lonlat(np.array([shapely.MultiPoint(local(ring)).convex_hull], dtype=object))[0]
    want = shapely.MultiPoint(ring).convex_hull
    back = Transformer.from_crs("EPSG:4490", PLANE, always_xy=True)
    got = shapely.transform(polygon, lambda c: np.column_stack(back.transform(c[:, 0], c[:, 1])))
    assert got.symmetric_difference(want).area < 1.0


@pytest.mark.parametrize("n", [3, 8])
def test_seven_parameters_of_beijing_1954_are_applied_within_centimetres(n):
    xy = spots(n, seed=4)
    lon, lat = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True).transform(*xy.T)
    old = beijing54(lon, lat)
    assert np.hypot(*(old - xy).T).min() > 20  # the systems differ by tens of metres
    found = fit(table(old, xy), "7", source=BEIJING54)
    assert found.rms < 0.02
    others = spots(40, seed=8, side=9_000.0)
    lon, lat = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True).transform(*others.T)
    assert missed(found, beijing54(lon, lat), others) < 0.05


def test_four_parameters_are_enough_for_beijing_1954_inside_a_city():
    xy = spots(6)
    lon, lat = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True).transform(*xy.T)
    found = fit(table(beijing54(lon, lat), xy), "4", source=BEIJING54)
    assert found.rms < 0.05


def test_degrees_of_an_old_system_serve_as_well():
    xy = spots(6)
    lon, lat = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True).transform(*xy.T)
    old = beijing54(lon, lat)
    degrees = np.column_stack(Transformer.from_crs(BEIJING54, "EPSG:4214", always_xy=True).transform(*old.T))
    for kind in ("4", "7"):
        assert fit(table(degrees, xy), kind, source="EPSG:4214").rms < 0.05


def test_heights_take_part():
    xy = spots(6)
    points = table(local(xy), xy)
    lon, lat = points["lon"].to_numpy(), points["lat"].to_numpy()
    points[["x", "y"]] = beijing54(lon, lat, 1_200.0)
    points["height"] = points["target_height"] = 1_200.0
    assert fit(points, "7", source=BEIJING54).rms < 0.05


def test_residuals_and_the_point_that_is_wrong():
    xy = spots(8)
    old = local(xy)
    old[3] += [4.0, -3.0]
    found = fit(table(old, xy), "4")
    assert found.outlier == "K3"
    assert list(found.residuals.columns) == ["name", "east", "north", "length"]
    assert found.residuals.set_index("name")["length"].idxmax() == "K3"
    assert found.rms == pytest.approx(np.sqrt((found.residuals["length"] ** 2).mean()), abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "source", "make", "words"),
    [
        ("4", "", lambda: spots(1), "needs 2 control points; there are 1"),
        ("7", BEIJING54, lambda: spots(2), "needs 3 control points; there are 2"),
        ("4", "", lambda: np.tile(spots(1), (4, 1)), "at one place"),
        ("7", BEIJING54, lambda: spots(1) + np.outer(np.arange(5), [900.0, 300.0]), "one line"),
        ("7", "", spots, "none is stated"),
    ],
)
def test_what_decides_no_transformation_is_refused(kind, source, make, words):
    xy = make()
    with pytest.raises(LayerError, match=words) as caught:
        fit(table(xy, xy), kind, source=source, place="control.csv")
    assert str(caught.value).startswith("control.csv: ")


def test_points_that_are_not_the_same_are_refused():
    xy = spots(6)
    with pytest.raises(LayerError, match="do not fit"):
        fit(table(local(xy)[:, ::-1], xy), "4")
    with pytest.raises(LayerError, match="do not fit"):
        fit(table(local(xy)[::-1], xy), "4")
    with pytest.raises(LayerError, match="do not fit"):
        fit(table(local(xy, scale=1.01), xy), "4")


@pytest.mark.parametrize(
    "stated", ["EPSG:4214", "EPSG:2433", "EPSG:4610", "EPSG:2385", 'LOCAL_CS["city",UNIT["metre",1]]']
)
def test_the_refusal_of_old_systems_names_the_remedy(stated):
    bounds = (107.9, 26.5, 108.1, 26.7) if stated in ("EPSG:4214", "EPSG:4610") else (5e5, 2.94e6, 5.1e5, 2.95e6)
    with pytest.raises(LayerError, match=r'control = "control\.csv"'):
        resolve_crs(stated, bounds=bounds, place="old.shp")
