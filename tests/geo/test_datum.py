"""GCJ-02 and BD-09: known offsets of cities, an exact inverse over China, and nothing outside."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from gridkit.geo.datum import (
    BOX,
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_box,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

GEOD = Geod(ellps="WGS84")
MILLIMETRE = 0.001
THERE_AND_BACK = (
    (wgs84_to_gcj02, gcj02_to_wgs84),
    (gcj02_to_bd09, bd09_to_gcj02),
    (wgs84_to_bd09, bd09_to_wgs84),
)
ALL = tuple(function for pair in THERE_AND_BACK for function in pair)


@pytest.mark.parametrize(
    ("lon", "lat", "gcj", "bd"),
    [
        (107.98, 26.57, (568, 134), (1096, 74)),  # Kaili
        (104.895, 25.09, (425, 144), (961, 70)),  # Xingyi
        (113.264, 23.129, (621, 119), (1268, 72)),  # Guangzhou
        (110.798, 32.63, (555, 116), (1183, 71)),  # Shiyan
        (116.40, 39.90, (556, None), (1380, None)),  # Beijing
        (121.47, 31.23, (482, None), (1141, None)),  # Shanghai
        (104.07, 30.67, (363, None), (948, None)),  # Chengdu
        (87.62, 43.82, (266, None), (1107, None)),  # Urumqi
    ],
)
def test_offsets_and_azimuths_of_cities(lon, lat, gcj, bd):
    """As measured for the domain note; the exact points are not known, hence the tolerance."""
    for forward, (metres, azimuth) in ((wgs84_to_gcj02, gcj), (wgs84_to_bd09, bd)):
        x, y = forward(lon, lat)
        angle, _, distance = GEOD.inv(lon, lat, float(x), float(y))
        assert distance == pytest.approx(metres, abs=20)
        if azimuth is not None:
            assert angle == pytest.approx(azimuth, abs=2)


@pytest.mark.parametrize(("there", "back"), THERE_AND_BACK)
def test_the_inverse_is_exact_to_a_millimetre_all_over_china(there, back):
    rng = np.random.default_rng(20)
    lon, lat = rng.uniform(73.0, 136.0, 100_000), rng.uniform(3.0, 54.0, 100_000)
    x, y = back(*there(lon, lat))
    _, _, missed = GEOD.inv(lon, lat, x, y)
    assert np.max(missed) < MILLIMETRE


@pytest.mark.parametrize("function", ALL)
def test_nothing_moves_outside_the_box(function):
    west, south, east, north = BOX
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-180.0, 180.0, 20_000), rng.uniform(-90.0, 90.0, 20_000)
    outside = (lon < west) | (lon > east) | (lat < south) | (lat > north)
    x, y = function(lon, lat)
    assert (x[outside] == lon[outside]).all()
    assert (y[outside] == lat[outside]).all()
    moved = (x != lon) | (y != lat)
    assert moved[~outside].all()
    assert (in_box(lon, lat) == ~outside).all()


@pytest.mark.parametrize("function", ALL)
def test_what_is_no_number_stays_none(function):
    x, y = function([np.nan, np.inf, 108.0], [26.5, 26.5, np.nan])
    assert np.isnan(x[0])
    assert x[1] == np.inf
    assert np.isnan(y[2])
    assert function([], [])[0].shape == (0,)
    single = function(108.0, 26.5)
    assert np.ndim(single[0]) == 0


def test_the_shape_of_the_numbers_is_kept():
    lon, lat = np.full((3, 4), 108.0), np.full((3, 4), 26.5)
    assert gcj02_to_wgs84(lon, lat)[0].shape == (3, 4)


def test_pieces_are_iterated_like_the_whole():
    """More points than one piece of the iteration holds."""
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(100.0, 120.0, 20_000), rng.uniform(20.0, 40.0, 20_000)
    whole = gcj02_to_wgs84(lon, lat)
    one_by_one = [gcj02_to_wgs84(lon[k], lat[k]) for k in range(0, 20_000, 3_000)]
    assert [float(x) for x, _ in one_by_one] == pytest.approx(whole[0][::3_000].tolist(), abs=1e-12)


def test_the_formula_as_it_is_usually_written():
    """The waves by multiples of one angle against one sine each."""
    from benchmarks.datum import shift

    rng = np.random.default_rng(9)
    for lon, lat in zip(rng.uniform(73, 136, 500), rng.uniform(3, 54, 500), strict=True):
        x, y = wgs84_to_gcj02(lon, lat)
        dlon, dlat = shift(lon, lat)
        assert float(x) - lon == pytest.approx(dlon, abs=1e-13 * 180)
        assert float(y) - lat == pytest.approx(dlat, abs=1e-13 * 180)
