import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from gridkit.errors import LayerError
from gridkit.geo import (
    LONLAT,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    metric_crs,
    resolve_crs,
    to_lonlat,
    to_metric,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

KAILI = (107.9, 26.5, 108.1, 26.7)


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (107.98, 26.58, "EPSG:4545"),  # Kaili, meridian 108
        (104.9, 25.09, "EPSG:4544"),  # Xingyi, 105
        (110.8, 32.6, "EPSG:4546"),  # Shiyan, 111
        (113.26, 23.13, "EPSG:4547"),  # Guangzhou, 114
        (73.5, 39.0, "EPSG:4534"),
        (135.0, 48.0, "EPSG:4554"),
        (-104.99, 39.74, "EPSG:32613"),
        (180.0, 10.0, "EPSG:32660"),
    ],
)
def test_metric_crs(lon, lat, crs):
    assert metric_crs(lon, lat) == crs


def test_meridian_arithmetic_agrees_with_the_epsg_database():
    for meridian in range(75, 136, 3):
        parameters = {
            p.name: p.value for p in CRS.from_user_input(metric_crs(meridian, 30)).coordinate_operation.params
        }
        assert parameters["Longitude of natural origin"] == meridian


def test_metric_crs_refuses_metres():
    with pytest.raises(LayerError):
        metric_crs(500_000.0, 3_000_000.0)
    with pytest.raises(LayerError):
        metric_crs(float("nan"), 1.0)


@pytest.mark.parametrize(
    ("stated", "want"),
    [
        ("EPSG:4326", "EPSG:4490"),
        ("EPSG:4490", "EPSG:4490"),
        ("epsg:4545", "EPSG:4545"),
        ("OGC:CRS84", "OGC"),
        ("EPSG:3857", "EPSG:3857"),
    ],
)
def test_resolve(stated, want):
    bounds = KAILI if CRS.from_user_input(stated).is_geographic else (12_000_000, 3_000_000, 12_010_000, 3_010_000)
    got = resolve_crs(stated, bounds=bounds, place="x")
    assert got == want or CRS.from_user_input(got).is_geographic


def test_resolve_accepts_what_real_files_state():
    wkt = CRS.from_epsg(2232).to_wkt("WKT1_ESRI")
    assert resolve_crs(wkt, bounds=(3_100_000, 1_650_000, 3_200_000, 1_750_000), place="denver.shp")
    assert resolve_crs("EPSG:4269", bounds=(-105.1, 39.6, -104.6, 39.9), place="denver.shp") == "EPSG:4269"


@pytest.mark.parametrize("stated", ["EPSG:4214", "EPSG:4610", "EPSG:2437", "EPSG:2385", "EPSG:4555"])
def test_refuses_systems_that_proj_shifts_by_nothing(stated):
    bounds = KAILI if CRS.from_user_input(stated).is_geographic else (500_000, 2_900_000, 510_000, 2_910_000)
    with pytest.raises(LayerError, match="0 m"):
        resolve_crs(stated, bounds=bounds, place="old.shp")


@pytest.mark.parametrize(
    ("stated", "bounds"),
    [
        ("", KAILI),
        ("  ", KAILI),
        ("EPSG:99999", KAILI),
        ("nonsense", KAILI),
        ("EPSG:4490", (26.5, 107.9, 26.7, 108.1)),
        ("EPSG:4490", (500_000, 2_900_000, 510_000, 2_910_000)),
        ("EPSG:4545", KAILI),
        ('LOCAL_CS["city",UNIT["metre",1]]', (0, 0, 100, 100)),
    ],
)
def test_refuses_with_the_place(stated, bounds):
    with pytest.raises(LayerError) as caught:
        resolve_crs(stated, bounds=bounds, place="city.gpkg!grids")
    assert str(caught.value).startswith("city.gpkg!grids: ")


def test_empty_layer_has_no_bounds_to_contradict():
    assert resolve_crs("EPSG:4545", bounds=(float("nan"),) * 4, place="x") == "EPSG:4545"


def test_there_and_back():
    points = gpd.GeoSeries.from_xy([107.9, 108.1], [26.5, 26.7], crs="EPSG:4326")
    lonlat = to_lonlat(points)
    assert lonlat.crs.to_epsg() == 4490
    assert (lonlat.x == points.x).all()
    metric = to_metric(lonlat, "EPSG:4545")
    assert to_metric(metric, "EPSG:4545") is metric
    assert np.allclose(to_lonlat(metric).x, points.x, atol=1e-9)
    assert to_lonlat(lonlat) is lonlat
    assert to_lonlat(points).crs == CRS.from_user_input(LONLAT)


def test_layers_without_a_system_are_refused():
    points = gpd.GeoSeries.from_xy([1.0], [1.0])
    with pytest.raises(LayerError):
        to_metric(points, "EPSG:4545")
    with pytest.raises(LayerError):
        to_lonlat(points)


@pytest.mark.parametrize(
    ("lon", "lat", "gcj", "bd"),
    [
        (107.98, 26.57, (568, 134), (1096, 74)),  # Kaili
        (104.895, 25.09, (425, 144), (961, 70)),  # Xingyi
        (113.264, 23.129, (621, 119), (1268, 72)),  # Guangzhou
        (110.798, 32.63, (555, 116), (1183, 71)),  # Shiyan
    ],
)
def test_offsets_of_known_cities(lon, lat, gcj, bd):
    """Offsets as measured for the domain note; the exact points are not known, hence the tolerance."""
    geod = Geod(ellps="WGS84")
    for forward, (metres, azimuth) in ((wgs84_to_gcj02, gcj), (wgs84_to_bd09, bd)):
        x, y = forward(lon, lat)
        angle, _, distance = geod.inv(lon, lat, float(x), float(y))
        assert distance == pytest.approx(metres, abs=15)
        assert angle == pytest.approx(azimuth, abs=2)


@settings(deadline=None)
@given(st.floats(75, 134), st.floats(19, 53))
def test_datum_round_trip(lon, lat):
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)):
        x, y = back(*there(lon, lat))
        assert abs(float(x) - lon) < 1e-10
        assert abs(float(y) - lat) < 1e-10


def test_outside_china_nothing_moves_and_nan_stays():
    x, y = wgs84_to_gcj02([-104.9, np.nan], [39.7, np.nan])
    assert x[0] == -104.9
    assert y[0] == 39.7
    assert np.isnan(x[1])
    assert gcj02_to_wgs84([], [])[0].shape == (0,)


GAUSS = (490_130.8, 2_932_454.7, 491_825.7, 2_932_677.5)  # Kaili in the zone of meridian 108
ZONED = (36_490_130.8, 2_932_454.7, 36_491_825.7, 2_932_677.5)  # the same with the number of the zone


@pytest.mark.parametrize(
    ("stated", "bounds", "words"),
    [
        ("EPSG:4545", (GAUSS[1], GAUSS[0], GAUSS[3], GAUSS[2]), "eastings and northings are swapped"),
        ("EPSG:4524", (ZONED[1], ZONED[0], ZONED[3], ZONED[2]), "eastings and northings are swapped"),
        ("EPSG:4545", (ZONED[1], ZONED[0], ZONED[3], ZONED[2]), "eastings and northings are swapped"),
        ("EPSG:32648", (GAUSS[1], GAUSS[0], GAUSS[3], GAUSS[2]), "eastings and northings are swapped"),
        ("EPSG:4545", ZONED, 'zone 36 (state crs = "EPSG:4524"'),
        ("EPSG:4525", ZONED, 'zone 36 (state crs = "EPSG:4524"'),
        ("EPSG:4545", (18_490_130.8, GAUSS[1], 18_491_825.7, GAUSS[3]), 'zone 18 (state crs = "EPSG:4496"'),
        ("EPSG:4524", GAUSS, 'no zone number in front (state crs = "EPSG:4545"'),
        ("EPSG:4545", (1e12, 1e12, 2e12, 2e12), "lie outside of that system"),
    ],
)
def test_eastings_that_do_not_fit_their_zone_are_refused(stated, bounds, words):
    with pytest.raises(LayerError) as caught:
        resolve_crs(stated, bounds=bounds, place="a.gpkg!c")
    assert str(caught.value).startswith("a.gpkg!c: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("stated", "bounds"),
    [
        ("EPSG:4545", GAUSS),
        ("EPSG:4524", ZONED),
        ("EPSG:4545", (400_000, 500_000, 450_000, 600_000)),  # far south: either axis could be either
        ("EPSG:4502", (150_000, 2_900_000, 850_000, 3_100_000)),  # a zone of 6 degrees
        ("EPSG:2180", (490_000, 300_000, 500_000, 310_000)),  # Poland: not our box
    ],
)
def test_eastings_that_fit_are_taken(stated, bounds):
    assert resolve_crs(stated, bounds=bounds, place="x") == stated


def test_a_centre_that_cannot_be_computed_is_never_shown_as_a_number():
    with pytest.raises(LayerError) as caught:
        metric_crs(float("inf"), float("inf"))
    assert "inf" not in str(caught.value)


def test_the_zone_codes_are_those_of_the_epsg_database():
    for zone in (*range(13, 24), *range(25, 46)):
        code = 4513 + zone - 25 if zone >= 25 else 4491 + zone - 13
        assert CRS.from_epsg(code).name.endswith(f"zone {zone}")
