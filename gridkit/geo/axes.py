"""What bare numbers say of themselves: swapped axes, zone numbers, missing decimals, degrees in minutes and seconds.

In China latitudes (4-54) and longitudes (73-136) do not overlap, nor do eastings (0.05-0.95 million metres, or 13-45
million with the number of the zone in front) and northings (0.3-6 million metres) of Gauss-Kruger systems.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

CHINA: Final = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north of the box in which CGCS2000 zones are used."""
FALSE_EASTING: Final = 500_000.0
REACH: Final = 450_000.0
NORTHINGS: Final = (300_000.0, 6_000_000.0)
"""Metres: false easting without a zone number, reach of eastings around it, northings of the box of China."""
MERIDIANS: Final = range(75, 136, 3)
METRES_PER_DEGREE: Final = 111_000.0
MOST_DECIMALS: Final = 9

_MARKS: Final = str.maketrans({
    "º": "°", "˚": "°", "度": "°", "分": "'", "秒": '"', "′": "'", "’": "'", "‘": "'", "＇": "'", "´": "'",
    "″": '"', "”": '"', "“": '"', "＂": '"', "。": "°", "．": ".", "，": ".",
})  # fmt: skip
_SIDES: Final = {
    "e": 1,
    "n": 1,
    "w": -1,
    "s": -1,
    "东经": 1,
    "北纬": 1,
    "西经": -1,
    "南纬": -1,
    "东": 1,
    "北": 1,
    "": 1,
}
_SIDE: Final = r"东经|北纬|西经|南纬|[ewns东北]"
_DMS: Final = re.compile(
    rf"(?P<before>{_SIDE})?(?P<d>\d{{1,3}}(\.\d+)?)°((?P<m>\d{{1,2}}(\.\d+)?)')?"
    rf"((?P<s>\d{{1,2}}(\.\d+)?)(\"|''))?(?P<after>{_SIDE})?"
)


def degrees_of(text: str) -> float | None:
    """Return degrees written with minutes and seconds; None for anything else.

    >>> degrees_of("107°58'30″E"), degrees_of("北纬26度34分12秒"), degrees_of("107.98"), degrees_of("26°61'")
    (107.975, 26.57, None, None)
    """
    found = _DMS.fullmatch("".join(text.translate(_MARKS).split()).lower())
    if found is None or (found["before"] and found["after"]):
        return None
    minutes, seconds = float(found["m"] or 0), float(found["s"] or 0)
    if minutes >= 60 or seconds >= 60 or (found["s"] and not found["m"]):
        return None
    side = _SIDES[found["before"] or found["after"] or ""]
    return side * round(float(found["d"]) + minutes / 60 + seconds / 3600, 10)


class Reading(NamedTuple):
    """What metric numbers can be: systems that they may stand in, and whether northing and easting are exchanged."""

    systems: tuple[str, ...]
    swapped: bool
    zone: int


def near(low: float, high: float, false_easting: float = FALSE_EASTING) -> bool:
    """Tell whether numbers lie about a false easting."""
    return false_easting - REACH <= low and high <= false_easting + REACH


def zone_of(low: float, high: float) -> int:
    """Return the zone number before eastings: 13-23 (6 degrees wide) or 25-45 (3 degrees wide); 0 where there is none.

    >>> zone_of(36_490_130.8, 36_491_825.7), zone_of(490_130.8, 491_825.7)
    (36, 0)
    """
    zone = int(low // 1_000_000) if math.isfinite(low) else 0
    known = 13 <= zone <= 23 or 25 <= zone <= 45
    return zone if known and near(low, high, zone * 1_000_000 + FALSE_EASTING) else 0


def zone_system(zone: int) -> str:
    """Return the CGCS2000 system of eastings with this zone number.

    >>> zone_system(36), zone_system(18)
    ('EPSG:4524', 'EPSG:4496')
    """
    return f"EPSG:{4513 + zone - 25 if zone >= 25 else 4491 + zone - 13}"


def meridian_system(meridian: float) -> str:
    """Return the CGCS2000 3-degree system without zone numbers of a central meridian.

    >>> meridian_system(108)
    'EPSG:4545'
    """
    return f"EPSG:{4534 + round(meridian - 75) // 3}"


def metric_reading(bounds: Sequence[float]) -> Reading | None:
    """Return what metric numbers in China can be, None where they are no Gauss-Kruger coordinates.

    Parameters
    ----------
    bounds : sequence of float
        ``minx, miny, maxx, maxy`` as in the file.

    Examples
    --------
    >>> metric_reading((36_490_130.8, 2_932_454.7, 36_491_825.7, 2_932_677.5))
    Reading(systems=('EPSG:4524',), swapped=False, zone=36)
    >>> metric_reading((2_932_454.7, 490_130.8, 2_932_677.5, 491_825.7)).swapped
    True
    """
    minx, miny, maxx, maxy = bounds
    if not all(map(math.isfinite, bounds)):
        return None
    for swapped, (low, high), (south, north) in (
        (False, (minx, maxx), (miny, maxy)),
        (True, (miny, maxy), (minx, maxx)),
    ):
        zone = zone_of(low, high)
        if (zone or near(low, high)) and NORTHINGS[0] <= south and north <= NORTHINGS[1] and not near(south, north):
            systems = (zone_system(zone),) if zone else tuple(meridian_system(one) for one in MERIDIANS)
            return Reading(systems, swapped, zone)
    return None


def swapped_degrees(bounds: Sequence[float]) -> bool:
    """Tell whether what stands for longitudes are latitudes of China and the other way round.

    >>> swapped_degrees((26.5, 107.9, 26.7, 108.1)), swapped_degrees((107.9, 26.5, 108.1, 26.7))
    (True, False)
    """
    minx, miny, maxx, maxy = bounds
    west, south, east, north = CHINA
    return minx >= south and maxx <= north and miny >= west and maxy <= east


def decimals(numbers: ArrayLike) -> int:
    """Return to how many decimals numbers are given: the most that any of them has, 9 for nine and more.

    >>> decimals([107.98, 108.0]), decimals([107.123456789, 108.0]), decimals([490000.0, 491000.0])
    (2, 9, 0)
    """
    values = np.asarray(numbers, dtype="float64")
    values = values[np.isfinite(values)]
    for digits in range(MOST_DECIMALS):
        if np.allclose(values, np.round(values, digits), rtol=0, atol=1e-10 * max(1.0, 10.0 ** (3 - digits))):
            return digits
    return MOST_DECIMALS


def step_in_metres(digits: int, *, degrees: bool) -> float:
    """Return how far two neighbouring numbers with so many decimals lie apart, in metres.

    >>> step_in_metres(2, degrees=True), step_in_metres(0, degrees=False)
    (1110.0, 1.0)
    """
    return float(round((METRES_PER_DEGREE if degrees else 1.0) * 10.0**-digits, 6))
