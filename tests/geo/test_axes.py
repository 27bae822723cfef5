"""What bare numbers say: degrees with minutes, zones, exchanged axes, decimals."""

from __future__ import annotations

import numpy as np
import pytest

from gridkit.geo.axes import (
    decimals,
    degrees_of,
    meridian_system,
    metric_reading,
    step_in_metres,
    swapped_degrees,
    zone_of,
    zone_system,
)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("107°58'30\"E", 107.975),
        ("107°58′30″", 107.975),
        ("107º58’30”", 107.975),
        ("东经107度58分30秒", 107.975),
        ("E107°58.5'", 107.975),
        ("107° 58' 30'' ", 107.975),
        ("26°34'12.36\"N", 26.5701),
        ("107.975°", 107.975),
        ("１０７°５８′３０″", None),
        ("107.975", None),
        ("", None),
        ("58'30\"", None),
        ("107°60'", None),
        ("107°58'60\"", None),
        ('107°30"', None),
        ("N26°34'N", None),
        ("12°" * 40, None),
    ],
)
def test_degrees_minutes_seconds(text, want):
    got = degrees_of(text)
    if want is None:
        assert got is None or got == pytest.approx(107.975)  # full-width digits may be understood
    else:
        assert got == pytest.approx(want, abs=1e-9)


def test_every_zone_number_is_understood_and_no_other():
    for zone in range(1, 60):
        low, high = zone * 1_000_000 + 480_000.0, zone * 1_000_000 + 520_000.0
        assert zone_of(low, high) == (zone if 13 <= zone <= 23 or 25 <= zone <= 45 else 0)
    assert zone_of(490_000.0, 510_000.0) == 0
    assert zone_of(float("nan"), 1.0) == 0
    assert [zone_system(13), zone_system(23), zone_system(25), zone_system(45)] == [
        "EPSG:4491", "EPSG:4501", "EPSG:4513", "EPSG:4533",
    ]  # fmt: skip
    assert [meridian_system(75), meridian_system(135)] == ["EPSG:4534", "EPSG:4554"]


@pytest.mark.parametrize(
    ("bounds", "swapped", "zone"),
    [
        ((36_490_000.0, 2_930_000.0, 36_492_000.0, 2_933_000.0), False, 36),
        ((2_930_000.0, 36_490_000.0, 2_933_000.0, 36_492_000.0), True, 36),
        ((490_000.0, 2_930_000.0, 492_000.0, 2_933_000.0), False, 0),
        ((2_930_000.0, 490_000.0, 2_933_000.0, 492_000.0), True, 0),
        ((18_490_000.0, 2_930_000.0, 18_492_000.0, 2_933_000.0), False, 18),
    ],
)
def test_metres_of_gauss_kruger(bounds, swapped, zone):
    reading = metric_reading(bounds)
    assert (reading.swapped, reading.zone) == (swapped, zone)
    assert len(reading.systems) == (1 if zone else 21)


@pytest.mark.parametrize(
    "bounds", [(107.9, 26.5, 108.1, 26.7), (0, 0, 0, 0), (float("nan"),) * 4, (4e5, 5e5, 5e5, 6e5)]
)
def test_other_numbers_are_no_gauss_kruger(bounds):
    assert metric_reading(bounds) is None


def test_exchanged_degrees():
    assert swapped_degrees((26.5, 107.9, 26.7, 108.1))
    assert not swapped_degrees((107.9, 26.5, 108.1, 26.7))


@pytest.mark.parametrize(
    ("numbers", "want"),
    [
        ([107.98, 26.5], 2),
        ([107.9, 26.0], 1),
        ([108.0], 0),
        ([107.975308, 26.5], 6),
        ([107.97530864197531], 9),
        ([np.nan], 0),
        ([], 0),
    ],
)
def test_decimals(numbers, want):
    assert decimals(numbers) == want


def test_steps():
    assert step_in_metres(5, degrees=True) == pytest.approx(1.11)
    assert step_in_metres(2, degrees=False) == 0.01
