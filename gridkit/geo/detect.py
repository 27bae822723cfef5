"""Whether a layer lies in the datum of a map service, judged by another layer that it belongs in.

Five hypotheses are tried: the layer is right as it stands (``same``), it holds GCJ-02 or BD-09 numbers, or the other
layer does (``reverse``). Each is scored by the share of the features (of their area, for polygons) that lie in the
parent they state, or in any single parent where none is stated. A verdict needs 15 features, a good fit, and a best
hypothesis that is better than every other by a clear margin, better than itself moved by as much (and by half as much)
in every direction, and not clearly worse than itself moved by any constant shift: only then do the data say where the
layer lies, and not merely that more of it lies inside, or that it lies off in a way of its own, as local systems do.
Anything less is "cannot tell". A constant shift that is by chance nearly that of a map service cannot be told from it.
Two layers that share one wrong datum agree with each other: nothing can tell them from right ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gridkit.geo.crs import LONLAT, metric_crs
from gridkit.geo.datum import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from gridkit.geo.evidence import NO_SHIFT, constant_shift, drifts, gap, pinned, sided, valid
from gridkit.geo.labels import labels_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]
    Numbers = NDArray[np.float64]
    Move = Callable[[Any, Any], tuple[Any, Any]]

__all__ = ["HYPOTHESES", "DatumScores", "labels_in", "score_datum", "score_pairs"]

SAME, GCJ02, BD09 = "same", "GCJ-02", "BD-09"
REVERSE_GCJ02, REVERSE_BD09 = "reverse GCJ-02", "reverse BD-09"
ENOUGH: Final = 15
"""Fewer features than this never give a verdict."""
MOST: Final = 3_000
"""More features than this are sampled, evenly by place and independently of their order."""
FIT_STATED: Final = 0.5
"""Least share of the best hypothesis where parents are stated (names in addresses are often wrong ones)."""
FIT_ANY: Final = 0.9
"""Least share where no parent is stated: a layer that reaches beyond its parents says nothing."""
NEAR: Final = 3_000.0
"""Metres: a feature farther than this from the parent it states is in no hypothesis there; its label is wrong."""
CLOSE: Final = 100.0
"""Metres within which two layers of the same things agree (share of :func:`score_pairs`)."""


def _stay(lon: Any, lat: Any) -> tuple[Any, Any]:
    return lon, lat


HYPOTHESES: Final[Mapping[str, Move]] = {
    SAME: _stay,
    GCJ02: gcj02_to_wgs84,
    BD09: bd09_to_wgs84,
    REVERSE_GCJ02: wgs84_to_gcj02,
    REVERSE_BD09: wgs84_to_bd09,
}
"""What is done to the layer under each hypothesis, in the order in which ties are settled."""


@dataclass(frozen=True)
class DatumScores:
    """What the comparison of two layers says.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``hypothesis``, ``share`` (0..1) and ``n``; ``distance`` (median metres) from :func:`score_pairs` only.
    verdict : str
        One of :data:`HYPOTHESES`; ``""`` where the data cannot tell.
    n : int
        Features used.
    kind : str
        ``stated``, ``any`` or ``pairs``: what the features were compared with.
    set_aside : int
        Features whose stated parent lies more than 3 km away (or pairs that do): wrongly labelled.
    shift : tuple of float
        Metres east and north by which the layer lies off as a whole though no hypothesis says so; (0, 0) for none.
    """

    scores: pd.DataFrame = field(repr=False)
    verdict: str
    n: int
    kind: str
    set_aside: int = 0
    shift: tuple[float, float] = NO_SHIFT

    def share(self, hypothesis: str) -> float:
        """Return the share of one hypothesis, NaN where nothing was compared."""
        return float(self.scores.set_index("hypothesis")["share"][hypothesis])


def score_datum(
    children: gpd.GeoSeries,
    parents: gpd.GeoSeries,
    *,
    stated: pd.Series | None = None,
    shifts: bool = True,
    least: float | None = None,
) -> DatumScores:
    """Score the hypotheses by how well the features lie in their parents.

    Parameters
    ----------
    children : geopandas.GeoSeries, shape (n,)
        Polygons or points in degrees, as the file says them.
    parents : geopandas.GeoSeries, shape (m,)
        Polygons in degrees, indexed by code.
    stated : pandas.Series, optional
        Code of the parent of each child (same index); ``""`` where none is known. Where 15 are known only these count.
    shifts : bool
        Also look for a constant shift that is none of the hypotheses.
    least : float, optional
        Share that the best hypothesis must reach: 0.5 where parents are stated and 0.9 where not, unless said here.

    Returns
    -------
    DatumScores

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import Point, box
    >>> town = gpd.GeoSeries({f"{i}{j}": box(108 + i / 299, 26.5 + j / 299, 108 + (i + 1) / 299, 26.5 + (j + 1) / 299)
    ...                       for i in range(5) for j in range(5)}, crs=4490)
    >>> homes = town.representative_point()
    >>> moved = gpd.GeoSeries([Point(*wgs84_to_bd09(p.x, p.y)) for p in homes], town.index, crs=4490)
    >>> [score_datum(x, town, stated=pd.Series(town.index, town.index)).verdict for x in (moved, homes)]
    ['BD-09', 'same']
    """
    holders, codes = _parents(parents)
    shapes = np.array(children.array, dtype=object)
    usable = np.isfinite(shapely.bounds(shapes).reshape(-1, 4)).all(axis=1)
    stands: NDArray[np.intp] = np.full(len(shapes), -1, dtype=np.intp)
    if stated is not None:
        known = pd.Series(np.arange(len(codes)), index=codes)
        labels = stated if stated.index.equals(children.index) else stated.reindex(children.index)
        stands = known.reindex(labels.to_numpy()).fillna(-1).to_numpy(dtype=np.intp)
    labelled = usable & (stands >= 0)
    by_label = int(labelled.sum()) >= ENOUGH
    chosen = _sample(shapes, np.flatnonzero(labelled if by_label else usable))
    kind = "stated" if by_label else "any"
    if not len(chosen) or not len(holders):
        return _nothing(kind)
    frame = _Frame.around(holders)
    holders = valid(frame.metres(holders))
    shapely.prepare(holders)
    shapes, place = shapes[chosen], stands[chosen] if by_label else None
    moved = {name: valid(frame.metres(shapes, move)) for name, move in HYPOTHESES.items()}
    wrong = 0
    if place is not None:
        near = shapely.dwithin(holders[place], moved[SAME], NEAR)
        wrong, place = int((~near).sum()), place[near]
        moved = {name: shapes[near] for name, shapes in moved.items()}
    if least is None:
        least = FIT_STATED if by_label else FIT_ANY
    return _judged(_Ground(holders, place), moved, wrong=wrong, shifts=shifts, least=least)


def score_pairs(left: gpd.GeoSeries, right: gpd.GeoSeries) -> DatumScores:
    """Score the hypotheses for the left layer by how near its features come to the same things in the right layer.

    Parameters
    ----------
    left, right : geopandas.GeoSeries, shape (n,)
        The same things (matched by name, say) in degrees, position by position; polygons count with their centres.

    Returns
    -------
    DatumScores
        ``share`` is that of the pairs within 100 m, and ``distance`` the median distance in metres.
    """
    a, b = shapely.centroid(np.array(left.array, dtype=object)), shapely.centroid(np.array(right.array, dtype=object))
    there = np.isfinite(shapely.bounds(a)).all(axis=1) & np.isfinite(shapely.bounds(b)).all(axis=1)
    if not there.any():
        return _nothing("pairs")
    a, b = a[there], b[there]
    frame = _Frame.around(b)
    aim = shapely.get_coordinates(frame.metres(b))
    off = {name: shapely.get_coordinates(frame.metres(a, move)) - aim for name, move in HYPOTHESES.items()}
    near = np.hypot(*off[SAME].T) <= NEAR
    off = {name: vectors[near] for name, vectors in off.items()}
    n = int(near.sum())
    if not n:
        return _nothing("pairs", int((~near).sum()))
    far = {name: np.hypot(*vectors.T) for name, vectors in off.items()}
    table = _table({name: float((d <= CLOSE).mean()) for name, d in far.items()}, n)
    table["distance"] = [round(float(np.median(far[name])), 1) for name in HYPOTHESES]
    middle = {name: np.median(vectors, axis=0) for name, vectors in off.items()}
    best = min(HYPOTHESES, key=lambda name: float(np.hypot(*middle[name])))
    rival = min(float(np.hypot(*(middle[best] - middle[name]))) for name in HYPOTHESES if name != best)
    left_over = float(np.hypot(*middle[best]))
    sure = n >= ENOUGH and 2 * n > len(near) and left_over <= rival / 3
    sure &= all(sided(far[name], far[best], least=10.0).clear(stated=True) for name in HYPOTHESES if name != best)
    error = 1.25 * 1.4826 * np.median(np.abs(off[SAME] - middle[SAME]), axis=0) / np.sqrt(n)
    length = float(np.hypot(*middle[SAME]))
    fixed = n >= ENOUGH and length >= 25.0 and length > 5.0 * float(np.hypot(*error)) and (not sure or best == SAME)
    shift = (float(round(middle[SAME][0])), float(round(middle[SAME][1]))) if fixed else NO_SHIFT
    return DatumScores(table, best if sure else "", n, "pairs", int((~near).sum()), shift)


def _nothing(kind: str, wrong: int = 0) -> DatumScores:
    return DatumScores(_table(dict.fromkeys(HYPOTHESES, float("nan")), 0), "", 0, kind, wrong)


def _table(shares: Mapping[str, float], n: int) -> pd.DataFrame:
    names = list(HYPOTHESES)
    return pd.DataFrame({"hypothesis": names, "share": [round(shares[name], 4) for name in names], "n": n})


def _parents(parents: gpd.GeoSeries) -> tuple[Geometries, Any]:
    """Return the polygons among the parents and their codes, in the order of the codes."""
    series = parents[~parents.index.duplicated()]
    shapes = np.array(series.array, dtype=object)
    fine = (shapely.get_dimensions(shapes) == 2) & np.isfinite(shapely.bounds(shapes).reshape(-1, 4)).all(axis=1)
    codes = np.array([str(code) for code in series.index], dtype=object)[fine]
    order = np.argsort(codes, kind="stable")
    return shapes[fine][order], codes[order]


def _sample(shapes: Geometries, positions: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the features in an order that does not depend on that of the rows, and not more than are needed."""
    boxes = shapely.bounds(shapes[positions]).reshape(-1, 4)
    order = positions[np.lexsort(boxes.T)]
    if len(order) > MOST:
        order = order[np.linspace(0, len(order) - 1, MOST).astype(np.intp)]
    return order


class _Frame(NamedTuple):
    """A metric system around the place."""

    project: Transformer

    @classmethod
    def around(cls, shapes: Geometries) -> _Frame:
        boxes = shapely.bounds(shapes)
        lon, lat = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
        lon, lat = min(max(float(lon), -180.0), 180.0), min(max(float(lat), -90.0), 90.0)
        return cls(Transformer.from_crs(LONLAT, metric_crs(lon, lat), always_xy=True))

    def metres(self, shapes: Geometries, move: Move = _stay) -> Geometries:
        def there(xy: Numbers) -> Numbers:
            return np.column_stack(self.project.transform(*move(xy[:, 0], xy[:, 1])))

        moved: Geometries = shapely.transform(shapely.force_2d(shapes), there)
        return moved


class _Ground(NamedTuple):
    """The parents, and which of them each feature states (None for any)."""

    holders: Geometries
    place: NDArray[np.intp] | None

    @property
    def stated(self) -> bool:
        """Whether each feature states its parent."""
        return self.place is not None

    def part(self, positions: NDArray[np.intp]) -> _Ground:
        """Return the ground of a part of the features."""
        return self if self.place is None else self._replace(place=self.place[positions])

    def shares(self, shapes: Geometries) -> Numbers:
        """Return how much of each feature lies in its parent, 0..1."""
        total = shapely.area(shapes)
        flat = total <= 0
        out = np.zeros(len(shapes))
        if self.place is not None:
            own = self.holders[self.place]
            out[shapely.covers(own, shapes)] = 1.0
            rest = np.flatnonzero((out == 0) & ~flat & shapely.intersects(own, shapes))
            out[rest] = shapely.area(shapely.intersection(own[rest], shapes[rest])) / total[rest]
            return out
        tree = shapely.STRtree(self.holders)
        out[tree.query(shapes, predicate="covered_by")[0]] = 1.0
        rest = np.flatnonzero((out == 0) & ~flat)
        child, parent = tree.query(shapes[rest], predicate="intersects")
        child = rest[child]
        parts = shapely.area(shapely.intersection(self.holders[parent], shapes[child])) / total[child]
        np.maximum.at(out, child, parts)
        return out


def _judged(ground: _Ground, moved: Mapping[str, Geometries], *, wrong: int, shifts: bool, least: float) -> DatumScores:
    """Apply the rule: enough features, a good fit, better than the rivals and than itself moved."""
    kind = "stated" if ground.stated else "any"
    shares = {name: ground.shares(shapes) for name, shapes in moved.items()}
    n = len(moved[SAME])
    if not n:
        return _nothing(kind, wrong)
    means = {name: float(found.mean()) for name, found in shares.items()}
    best = max(HYPOTHESES, key=lambda name: round(means[name], 9))
    sure = n >= ENOUGH and n > wrong and means[best] >= least
    fits = means[best] >= FIT_ANY
    for name in HYPOTHESES:
        if name != best and sure:
            sides = sided(shares[best], shares[name])
            sure = sides.clear(stated=ground.stated, fits=fits) and sides.convincing(n, fits=fits)
    if sure:
        reach = min(gap(moved[best], moved[name]) for name in HYPOTHESES if name != best)
        sure = pinned(ground, moved[best], shares[best], reach) and not drifts(ground, moved[best])
    verdict = best if sure else ""
    shift = NO_SHIFT
    if shifts and n >= ENOUGH and verdict in ("", SAME):
        shift = constant_shift(ground, moved[SAME], least=least)
    return DatumScores(_table(means, n), verdict, n, kind, wrong, shift)
