"""Transformations fitted to control points: points whose coordinates are known in the old system and in CGCS2000.

Two are offered. With **4** parameters (two shifts, one turn, one scale) plane coordinates become plane coordinates:
right for a city, needs two points, and asks nothing of the old system, so that it is the one for local systems. With
**7** parameters (three shifts, three turns, one scale: Bursa-Wolf between geocentric coordinates) the ellipsoid of the
old system takes part: right for a province, needs three points, and the old system must say its ellipsoid (Beijing
1954, Xi'an 1980). There is no plane transformation with 7 parameters. Heights are taken as 0 where none are given,
which the fit then hides in its shifts; inside one city that costs millimetres. No parameters come with this package:
they are not public.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from gridkit.errors import LayerError
from gridkit.geo.crs import LONLAT, metric_crs
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Pairs = tuple[Numbers, Numbers]

KINDS: Final = ("4", "7")
LEAST_POINTS: Final = {"4": 2, "7": 3}
FLAT: Final = 0.01
"""Points whose spread across is less than this part of their spread along lie on one line."""
APART: Final = 10.0
"""Metres by which control points must lie apart."""
STRANGE_SCALE: Final = 2e-3
"""A scale farther than this from 1 joins points that are not the same."""
STRANGE_RMS: Final = 50.0
"""Metres: with such residuals the points are not the same."""


@dataclass(frozen=True)
class Fit:
    """A fitted transformation to CGCS2000 degrees.

    Parameters
    ----------
    kind : str
        ``4`` or ``7``.
    parameters : dict of str to float
        Metres, arc seconds and parts per million.
    residuals : pandas.DataFrame
        Columns ``name``, ``east``, ``north``, ``length``: metres by which the fit misses each point.
    rms : float
        Root of the mean squared length, in metres.
    outlier : str
        Name of the point without which the others fit at least three times better; ``""`` for none.
    """

    kind: str
    parameters: dict[str, float]
    residuals: pd.DataFrame = field(repr=False)
    rms: float
    outlier: str
    forward: Callable[[Numbers, Numbers], Pairs] = field(repr=False)

    def to_lonlat(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return geometries of the old system in degrees of CGCS2000, every vertex converted."""
        moved: NDArray[np.object_] = shapely.transform(
            shapely.force_2d(shapes), lambda xy: np.column_stack(self.forward(xy[:, 0], xy[:, 1]))
        )
        return moved


def fit(points: pd.DataFrame, kind: str, *, source: str = "", place: str = "") -> Fit:
    """Fit a transformation to control points.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns ``name``, ``x``, ``y`` (old system, east first), ``lon``, ``lat`` (CGCS2000 degrees) and, optionally,
        ``height`` and ``target_height`` in metres.
    kind : str
        ``4`` or ``7``.
    source : str
        Old system as pyproj knows it; may be empty or local for ``4``.
    place : str
        The file, for messages.

    Raises
    ------
    LayerError
        If there are too few points, they lie on one line (7) or at one place, are plainly not the same, or the old
        system does not say its ellipsoid (7).

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["a", "b", "c"], "x": [0.0, 9000.0, 0.0], "y": [0.0, 0.0, 9000.0],
    ...                       "lon": [108.0, 108.09, 108.0], "lat": [26.5, 26.5, 26.58123]})
    >>> found = fit(table, "4")
    >>> found.kind, found.rms < 20
    ('4', True)
    """
    if len(points) < LEAST_POINTS[kind]:
        raise LayerError(
            N_("a transformation with {kind} parameters needs {least} control points; there are {n}"),
            place=place,
            remedy=N_("add points that are known in both systems"),
            kind=kind,
            least=LEAST_POINTS[kind],
            n=len(points),
        )
    make = _similarity if kind == "4" else _bursa_wolf
    solve, names = make(points, source, place)
    _demand_spread(points, kind, source, place)
    everything = np.arange(len(points))
    forward, values = solve(everything)
    missed = _missed(forward, points)
    lengths = np.hypot(*missed.T)
    rms = float(np.sqrt(np.mean(lengths**2)))
    _demand_same(values, rms, place)
    table = pd.DataFrame(
        {"name": points["name"].to_numpy(), "east": missed[:, 0], "north": missed[:, 1], "length": lengths}
    )
    outlier = _outlier(solve, points, kind, rms)
    return Fit(kind, dict(zip(names, values, strict=True)), table.round(4), round(rms, 4), outlier, forward)


def _demand_spread(points: pd.DataFrame, kind: str, source: str, place: str) -> None:
    xy = points[["x", "y"]].to_numpy(dtype=float)
    if source and _crs(source).is_geographic:
        xy = xy * [100_000.0, 111_000.0]
    along, across = np.linalg.svd(xy - xy.mean(axis=0), compute_uv=False)[:2] if len(xy) > 1 else (0.0, 0.0)
    if along < APART or (kind == "7" and across < FLAT * along):
        raise LayerError(
            N_("the control points lie at one place or on one line, which decides no transformation"),
            place=place,
            remedy=N_("add points around the area, not along one road"),
        )


def _demand_same(values: tuple[float, ...], rms: float, place: str) -> None:
    """Refuse a fit that joins different points, or eastings with northings."""
    scale = values[-1]  # parts per million in both kinds
    if abs(scale) > STRANGE_SCALE * 1e6 or rms > STRANGE_RMS:
        raise LayerError(
            N_("the control points do not fit: scale {scale} ppm, residuals of {rms} m"),
            place=place,
            remedy=N_(
                "check that x is the easting and y the northing, and that each line is one point in both systems"
            ),
            scale=round(scale),
            rms=round(rms, 1),
        )


def _missed(forward: Callable[[Numbers, Numbers], Pairs], points: pd.DataFrame) -> Numbers:
    """Return metres east and north between the fitted and the known places."""
    lon, lat = points["lon"].to_numpy(dtype=float), points["lat"].to_numpy(dtype=float)
    plane = Transformer.from_crs(LONLAT, metric_crs(float(lon.mean()), float(lat.mean())), always_xy=True)
    got = forward(points["x"].to_numpy(dtype=float), points["y"].to_numpy(dtype=float))
    there, known = plane.transform(*got), plane.transform(lon, lat)
    return np.column_stack([there[0] - known[0], there[1] - known[1]])


def _outlier(solve: Callable[[NDArray[np.intp]], Any], points: pd.DataFrame, kind: str, rms: float) -> str:
    """Return the point without which the others fit three times better, where enough remain to say so."""
    n = len(points)
    if n < LEAST_POINTS[kind] + 2 or rms < 0.02:
        return ""
    without = []
    for left_out in range(n):
        rest = np.delete(np.arange(n), left_out)
        missed = _missed(solve(rest)[0], points.iloc[rest])
        without.append(float(np.sqrt(np.mean(np.sum(missed**2, axis=1)))))
    best = int(np.argmin(without))
    return str(points["name"].iloc[best]) if without[best] * 3 < rms else ""


def _similarity(points: pd.DataFrame, source: str, place: str) -> tuple[Any, tuple[str, ...]]:
    """Return a solver for x' = tx + a x - b y, y' = ty + b x + a y in the plane."""
    flat = _flattener(source)
    x, y = flat(points["x"].to_numpy(dtype=float), points["y"].to_numpy(dtype=float))
    lon, lat = points["lon"].to_numpy(dtype=float), points["lat"].to_numpy(dtype=float)
    plane = metric_crs(float(lon.mean()), float(lat.mean()))
    u, v = Transformer.from_crs(LONLAT, plane, always_xy=True).transform(lon, lat)
    back = Transformer.from_crs(plane, LONLAT, always_xy=True)

    def solve(used: NDArray[np.intp]) -> tuple[Callable[[Numbers, Numbers], Pairs], tuple[float, ...]]:
        x0, y0, u0, v0 = (float(one[used].mean()) for one in (x, y, u, v))
        dx, dy, du, dv = x[used] - x0, y[used] - y0, u[used] - u0, v[used] - v0
        square = float((dx**2 + dy**2).sum())
        a, b = float((dx * du + dy * dv).sum()) / square, float((dx * dv - dy * du).sum()) / square

        def forward(e: Numbers, n: Numbers) -> Pairs:
            e, n = flat(e, n)
            e, n = e - x0, n - y0
            lonlat: Pairs = back.transform(u0 + a * e - b * n, v0 + b * e + a * n)
            return lonlat

        east, north = u0 - a * x0 + b * y0, v0 - b * x0 - a * y0
        turn = float(np.degrees(np.arctan2(b, a)) * 3600)
        return forward, (east, north, turn, (float(np.hypot(a, b)) - 1) * 1e6)

    return solve, ("east_m", "north_m", "turn_arcsec", "scale_ppm")


def _flattener(source: str) -> Callable[[Numbers, Numbers], Pairs]:
    """Return what makes plane metres of the old coordinates: nothing, or a projection on the old ellipsoid."""
    if not source or not _crs(source).is_geographic:
        return lambda x, y: (x, y)
    ellipsoid = _ellipsoid(_crs(source))

    def flat(lon: Numbers, lat: Numbers) -> Pairs:
        a, f = ellipsoid
        meridian = round(float(np.median(lon)) / 3) * 3
        local = Transformer.from_pipeline(f"+proj=tmerc +lon_0={meridian} +x_0=500000 +a={a} +rf={1 / f}")
        plane: Pairs = local.transform(lon, lat)
        return plane

    return flat


def _crs(source: str) -> CRS:
    return CRS.from_user_input(source)


def _ellipsoid(crs: CRS) -> tuple[float, float]:
    own = crs.ellipsoid
    assert own is not None  # geographic and projected systems have one
    return float(own.semi_major_metre), 1 / float(own.inverse_flattening)


def _bursa_wolf(points: pd.DataFrame, source: str, place: str) -> tuple[Any, tuple[str, ...]]:
    """Return a solver for the seven parameters between geocentric coordinates on the two ellipsoids."""
    old = _crs(source) if source else None
    if old is None or old.geodetic_crs is None:
        raise LayerError(
            N_("7 parameters need the ellipsoid of the old system, and none is stated"),
            place=place,
            remedy=N_('state crs = "EPSG:4214" (Beijing 1954) or its zone, or use transform = "4"'),
        )
    axis = _ellipsoid(old)
    degrees = Transformer.from_crs(old, old.geodetic_crs, always_xy=True)
    new = _ellipsoid(_crs(LONLAT))
    heights = (_heights(points, "height"), _heights(points, "target_height"))

    def geocentric(x: Numbers, y: Numbers, h: Numbers) -> Numbers:
        return _to_xyz(*degrees.transform(x, y), h, axis)

    p = geocentric(points["x"].to_numpy(dtype=float), points["y"].to_numpy(dtype=float), heights[0])
    q = _to_xyz(points["lon"].to_numpy(dtype=float), points["lat"].to_numpy(dtype=float), heights[1], new)

    def solve(used: NDArray[np.intp]) -> tuple[Callable[[Numbers, Numbers], Pairs], tuple[float, ...]]:
        # Centred, because over a city the turns and the shifts of the earth's centre are all but the same thing.
        middle = p[used].mean(axis=0)
        at = p[used] - middle
        rows = np.zeros((3 * len(used), 7))
        rows[:, :3] = np.tile(np.eye(3), (len(used), 1))
        for k, (dx, dy, dz) in enumerate(at):
            rows[3 * k : 3 * k + 3, 3:6] = [[0, dz, -dy], [-dz, 0, dx], [dy, -dx, 0]]
            rows[3 * k : 3 * k + 3, 6] = dx, dy, dz
        scale = np.array([1, 1, 1, *[np.abs(at).max()] * 4])
        found = np.linalg.lstsq(rows / scale, (q[used] - p[used]).ravel(), rcond=1e-9)[0] / scale
        turn, m = found[3:6], found[6]

        def moved(xyz: Numbers) -> Numbers:
            d = xyz - middle
            out: Numbers = xyz + found[:3] + m * d - np.cross(turn, d)
            return out

        def forward(x: Numbers, y: Numbers) -> Pairs:
            lon, lat, _ = _to_degrees(moved(geocentric(x, y, np.full(len(x), float(np.mean(heights[0]))))), new)
            return lon, lat

        shift = found[:3] - m * middle + np.cross(turn, middle)
        return forward, (*map(float, shift), *(float(np.degrees(one) * 3600) for one in turn), float(m * 1e6))

    names = ("x_m", "y_m", "z_m", "turn_x_arcsec", "turn_y_arcsec", "turn_z_arcsec", "scale_ppm")
    return solve, names


def _heights(points: pd.DataFrame, name: str) -> Numbers:
    if name not in points:
        return np.zeros(len(points))
    return points[name].fillna(0.0).to_numpy(dtype=float)


def _cart(ellipsoid: tuple[float, float]) -> Transformer:
    return Transformer.from_pipeline(f"+proj=cart +a={ellipsoid[0]} +rf={1 / ellipsoid[1]}")


def _to_xyz(lon: Numbers, lat: Numbers, height: Numbers, ellipsoid: tuple[float, float]) -> Numbers:
    return np.column_stack(_cart(ellipsoid).transform(lon, lat, height))


def _to_degrees(xyz: Numbers, ellipsoid: tuple[float, float]) -> tuple[Numbers, Numbers, Numbers]:
    x, y, z = xyz.T
    lon, lat, height = _cart(ellipsoid).transform(x, y, z, direction="INVERSE")
    return lon, lat, height
