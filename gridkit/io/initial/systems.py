"""The coordinate system of a layer that states none, as far as its numbers tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely

from gridkit.io.initial.places import LONLAT, in_degrees
from gridkit.locale import gettext

if TYPE_CHECKING:
    from gridkit.io.initial.look import Look


def system_of(look: Look) -> tuple[str, str, str]:
    """Return the ``crs`` to write, a doubt, and a question that has to be answered before the layer can be read.

    Degrees are taken for CGCS2000, with a doubt: nothing in the numbers tells GCJ-02 or BD-09. Metres are never
    guessed at: an easting with a zone number tells the zone, but not whether it is CGCS2000, Xi'an 1980 or Beijing
    1954.
    """
    if look.geometry is None or look.crs:
        return "", "", ""
    west, _, east, _ = (float(one) for one in shapely.total_bounds(look.geometry))
    if not math.isfinite(west):
        return "", "", gettext("it holds no place")
    if in_degrees(look):
        return LONLAT, gettext("it states no coordinate system; its numbers are degrees, taken for CGCS2000"), ""
    zone = int(west // 1_000_000)
    if zone == int(east // 1_000_000) and 25 <= zone <= 45:
        return "", "", _asked(f"EPSG:{4488 + zone}")
    if zone == int(east // 1_000_000) and 13 <= zone <= 23:
        return "", "", _asked(f"EPSG:{4478 + zone}")
    return "", "", gettext("it states no coordinate system, and metres do not tell theirs; ask the office that drew it")


def _asked(crs: str) -> str:
    text = gettext(
        "it states no coordinate system; by its zone number it is {crs} if it is CGCS2000, which only the office "
        "that drew it can tell from Xi'an 1980 and Beijing 1954"
    )
    return text.format(crs=crs)
