"""Which coordinate system to compute in, and which stated systems can be trusted.

Layers are kept in EPSG:4490 (CGCS2000 degrees) and measured in the 3-degree Gauss-Kruger zone of their centre, never in
Web Mercator. WGS 84 and CGCS2000 agree to less than a millimetre on the ellipsoid and some decimetres in epoch, so
EPSG:4326 and EPSG:4490 are treated as equal. Which other systems are allowed stands in this module and nowhere else
(:data:`IDENTICAL`, ``_SAME_AS_WGS84``, ``_REFUSED``). Beijing 1954 and Xi'an 1980 are refused: PROJ has no public
transformation for them and shifts by 0.0 m without a word where tens of metres are due; control points known in both
systems are the remedy (:mod:`gridkit.geo.control`).
"""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

from gridkit.errors import LayerError
from gridkit.geo.axes import (
    CHINA,
    NORTHINGS,
    meridian_system,
    metric_reading,
    near,
    swapped_degrees,
    zone_of,
    zone_system,
)
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    Geo = TypeVar("Geo", gpd.GeoDataFrame, gpd.GeoSeries)

LONLAT: Final = "EPSG:4490"
IDENTICAL: Final = ("EPSG:4326", "EPSG:4490")
"""The one pair that is taken as equal without a transformation (PROJ has none: it would be a "ballpark" one)."""

_SAME_AS_WGS84: Final = ("world geodetic system 1984", "wgs_1984", "wgs 84", "china 2000", "china_2000", "cgcs2000")
"""Datums whose systems are allowed as they are: WGS 84 and CGCS2000, in degrees or in any projection of them
(EPSG:4326, 4490, 4491-4554, 3857, 326xx, ...). Between these only the projection is computed."""
_REFUSED: Final = ("beijing", "xian 1980", "xian_1980", "xi'an", "xi_an", "pulkovo 1942", "pulkovo_1942")
"""Datums that are always refused: no public transformation leads from them to WGS 84. A system of any other datum is
allowed where PROJ knows a transformation to WGS 84 that is no ballpark one."""

CONTROL: Final = N_(
    "have the surveying office convert the file to CGCS2000, or give points known in both systems: "
    'control = "control.csv" at the layer in gridkit.toml'
)
_STATE_CRS: Final = N_('state it in gridkit.toml, for example crs = "EPSG:4490"')
_SWAP: Final = N_("swap the two columns, or export the file with the easting first")


def metric_crs(lon: float, lat: float) -> str:
    """Return the metric system in which to measure around a place.

    Parameters
    ----------
    lon, lat : float
        Degrees.

    Returns
    -------
    str
        The CGCS2000 3-degree zone named by its central meridian (EPSG:4534-4554) inside the box of China, else the UTM
        zone on WGS 84.

    Raises
    ------
    LayerError
        If the place is no place on earth.

    Examples
    --------
    >>> metric_crs(107.98, 26.58), metric_crs(-104.9, 39.7), metric_crs(151.2, -33.9)
    ('EPSG:4545', 'EPSG:32613', 'EPSG:32756')
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise LayerError(
            N_("the layers have no centre: their coordinates cannot be converted to degrees"),
            remedy=N_("state the coordinate system of the file in gridkit.toml"),
        )
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise LayerError(
            N_("the coordinates are not degrees: centre {lon}, {lat}"),
            remedy=N_("state the coordinate system of the file in gridkit.toml"),
            lon=lon,
            lat=lat,
        )
    west, south, east, north = CHINA
    if west <= lon <= east and south <= lat <= north:
        meridian = min(max(math.floor((lon + 1.5) / 3) * 3, 75), 135)
        return f"EPSG:{4534 + (meridian - 75) // 3}"
    zone = min(math.floor((lon + 180) / 6) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def to_metric(frame: Geo, crs: str) -> Geo:
    """Return ``frame`` in the metric system ``crs``; the frame itself where it already is.

    Use :func:`resolve_crs` on the stated system first: this function trusts ``frame.crs``.

    >>> import geopandas as gpd
    >>> point = gpd.GeoSeries.from_xy([105.0], [30.0], crs="EPSG:4490")
    >>> round(float(to_metric(point, "EPSG:4544").x[0]))
    500000
    """
    if frame.crs is None:
        raise LayerError(N_("the layer has no coordinate system"), remedy=_STATE_CRS)
    return frame if frame.crs == CRS.from_user_input(crs) else frame.to_crs(crs)


def to_lonlat(frame: Geo) -> Geo:
    """Return ``frame`` in degrees of EPSG:4490 (east first).

    >>> import geopandas as gpd
    >>> point = gpd.GeoSeries.from_xy([500_000.0], [3_320_113.0], crs="EPSG:4544")
    >>> round(float(to_lonlat(point).y[0]), 3)
    30.0
    """
    if frame.crs is None:
        raise LayerError(N_("the layer has no coordinate system"), remedy=_STATE_CRS)
    if frame.crs.to_epsg() == 4326:
        return frame.set_crs(LONLAT, allow_override=True)
    return frame if frame.crs == CRS.from_user_input(LONLAT) else frame.to_crs(LONLAT)


def resolve_crs(stated: str, *, bounds: Sequence[float], place: str) -> str:
    """Check a stated coordinate system against the numbers and return the name to read the layer with.

    Parameters
    ----------
    stated : str
        Anything pyproj understands (``EPSG:4490``, WKT); empty where the file states none.
    bounds : sequence of float
        ``minx, miny, maxx, maxy`` as in the file, east first; NaN for a layer without geometry.
    place : str
        File and layer for messages.

    Returns
    -------
    str
        ``EPSG:<n>`` where there is one, else the WKT. EPSG:4326 becomes EPSG:4490.

    Raises
    ------
    LayerError
        If nothing is stated, the name is unknown, the system is Beijing 1954, Xi'an 1980 or local, has no real
        transformation to WGS 84, or does not fit the numbers (swapped axes, metres labelled as degrees, eastings with
        a zone number under a code without, numbers that no place on earth has).

    Examples
    --------
    >>> resolve_crs("EPSG:4326", bounds=(107.9, 26.5, 108.1, 26.7), place="a.gpkg")
    'EPSG:4490'
    """
    if not stated.strip():
        raise LayerError(N_("the layer states no coordinate system"), place=place, remedy=_STATE_CRS)
    try:
        crs = CRS.from_user_input(stated)
    except CRSError as error:
        raise LayerError(
            N_("{crs} is not a coordinate system that is known here"),
            place=place,
            remedy=_STATE_CRS,
            crs=stated[:80],
        ) from error
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    label = f"{crs.name} (EPSG:{crs.to_epsg()})" if crs.to_epsg() else crs.name
    if not (crs.is_geographic or crs.is_projected) or crs.geodetic_crs is None:
        raise LayerError(
            N_("{crs} is a local system: its relation to the earth is not stated"),
            place=place,
            remedy=CONTROL,
            crs=label,
        )
    _refuse_silent_shift(crs, bounds, label, place)
    _fit(crs, bounds, label, place)
    epsg = crs.to_epsg()
    if epsg == 4326:
        return LONLAT
    return f"EPSG:{epsg}" if epsg else crs.to_wkt()


def _datum(crs: CRS) -> str:
    return f"{crs.geodetic_crs.name} {crs.datum.name if crs.datum else ''}".lower() if crs.geodetic_crs else ""


def _refuse_silent_shift(crs: CRS, bounds: Sequence[float], label: str, place: str) -> None:
    """Refuse systems from which PROJ would move the layer by nothing at all, without an error."""
    datum = _datum(crs)
    if any(word in datum for word in _REFUSED) or not (
        any(word in datum for word in _SAME_AS_WGS84) or _has_real_shift(crs.to_wkt(), _area(crs, bounds))
    ):
        raise LayerError(
            N_("no exact conversion from {crs} is known; it would be moved by 0 m where tens of metres are due"),
            place=place,
            remedy=CONTROL,
            crs=label,
        )


def _area(crs: CRS, bounds: Sequence[float]) -> tuple[float, float, float, float] | None:
    if crs.is_geographic and all(map(math.isfinite, bounds)) and _is_degrees(bounds):
        return bounds[0], bounds[1], bounds[2], bounds[3]
    area = crs.area_of_use
    return (area.west, area.south, area.east, area.north) if area else None


@lru_cache(maxsize=64)
def _has_real_shift(wkt: str, area: tuple[float, float, float, float] | None) -> bool:
    interest = AreaOfInterest(*area) if area else None
    with warnings.catch_warnings():
        # A better grid file may exist elsewhere; a real transformation of some metres is enough to go on.
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(
            CRS.from_wkt(wkt),
            CRS.from_epsg(4326),
            always_xy=True,
            area_of_interest=interest,  # type: ignore[arg-type]  # pyproj's stub names a second class of that name
            allow_ballpark=False,
        )
    return len(group.transformers) > 0


def _is_degrees(bounds: Sequence[float]) -> bool:
    minx, miny, maxx, maxy = bounds
    return minx >= -180.001 and maxx <= 180.001 and miny >= -90.001 and maxy <= 90.001


def _fit(crs: CRS, bounds: Sequence[float], label: str, place: str) -> None:
    """Compare the numbers with the system: in China latitudes and longitudes do not overlap, nor degrees and metres."""
    if not all(map(math.isfinite, bounds)):
        return
    if crs.is_geographic and swapped_degrees(bounds):
        problem, remedy, right = N_("latitude and longitude are swapped"), N_("swap the two columns"), ""
    elif crs.is_geographic and not _is_degrees(bounds):
        problem = N_("the file says {crs}, but its numbers are no degrees")
        remedy, right = _metric_remedy(bounds)
    elif crs.is_projected and _is_degrees(bounds):
        problem, remedy, right = N_("the file says {crs}, but its numbers are degrees"), _STATE_CRS, ""
    elif crs.is_projected:
        _fit_zone(crs, bounds, label, place)
        problem, remedy = N_("the file says {crs}, but its numbers lie outside of that system"), _STATE_CRS
        if _on_earth(crs, bounds):
            return
        right = ""
    else:
        return
    raise LayerError(problem, place=place, remedy=remedy, crs=label, right=right)


def _metric_remedy(bounds: Sequence[float]) -> tuple[str, str]:
    """Return what to write where degrees were expected and metres stand, and the system that the numbers name."""
    reading = metric_reading(bounds)
    if reading is None:
        return _STATE_CRS, ""
    if reading.swapped and reading.zone:
        return N_('swap the two columns (the first holds northings), then state crs = "{right}"'), reading.systems[0]
    if reading.swapped:
        return N_("swap the two columns (the first holds northings), then state the zone, for example "
                  'crs = "EPSG:4545" for 108°E (EPSG:4534 is 75°E, one more for each 3 degrees)'), ""  # fmt: skip
    if reading.zone:
        return N_(
            'state crs = "{right}" for the file in gridkit.toml: its eastings begin with the zone'
        ), reading.systems[0]
    return N_("its eastings do not name their zone: state it, for example "
              'crs = "EPSG:4545" for 108°E (EPSG:4534 is 75°E, one more for each 3 degrees)'), ""  # fmt: skip


def _fit_zone(crs: CRS, bounds: Sequence[float], label: str, place: str) -> None:
    """Compare eastings with the zone of a transverse Mercator system of China: swapped axes, or another zone number.

    Eastings lie within 450 km of the false easting (500 000, or 36 500 000 with the zone number 36 before it),
    northings between 0.3 and 6 million metres; where both could be either nothing is said.
    """
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return
    values = {one.name: one.value for one in operation.params}
    meridian, false = float(values["Longitude of natural origin"]), float(values["False easting"])
    minx, miny, maxx, maxy = bounds
    if not CHINA[0] - 3 <= meridian <= CHINA[2] + 3 or near(minx, maxx, false):
        return
    if (near(miny, maxy, false) or zone_of(miny, maxy)) and minx >= NORTHINGS[0] and maxx <= NORTHINGS[1]:
        raise LayerError(
            N_("the file says {crs}, but its eastings and northings are swapped"),
            place=place,
            remedy=_SWAP,
            crs=label,
        )
    zone, bare = zone_of(minx, maxx), near(minx, maxx)
    if not (zone or bare) or not NORTHINGS[0] <= miny <= maxy <= NORTHINGS[1]:
        return
    if zone:
        problem = N_("the file says {crs}, but its eastings begin with the number of zone {zone}")
    else:
        problem = N_("the file says {crs}, but its eastings have no zone number in front")
    raise LayerError(
        problem,
        place=place,
        remedy=N_('state crs = "{right}" for the file in gridkit.toml'),
        crs=label,
        zone=zone,
        right=zone_system(zone) if zone else meridian_system(meridian),
    )


def _on_earth(crs: CRS, bounds: Sequence[float]) -> bool:
    minx, miny, maxx, maxy = bounds
    lon, lat = Transformer.from_crs(crs, LONLAT, always_xy=True).transform([minx, minx, maxx, maxx], [miny, maxy] * 2)
    return all(map(math.isfinite, [*lon, *lat]))
