"""Polygons from lines: closed ones, almost closed ones, and nets of open ones whose ends meet within a tolerance.

Drawings hold boundaries as lines. A line whose ends meet becomes a polygon of its own. Open lines are tied together
where their ends come close to each other or to another line, and the faces of that net become polygons; a closed line
that such a net touches is divided by it. What still ends nowhere is reported with the gap that is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Lines = NDArray[np.object_]

FINE: Final = 500.0
"""Lines of a net are cut at each other on a raster of ``tolerance / FINE``, so that what touches is found to touch."""


@dataclass(frozen=True)
class Rings:
    """What lines make.

    Parameters
    ----------
    polygons : (n,) array of Polygon
        Closed lines in the order given, then the faces of nets from south to north.
    divided : int
        Closed lines that are not among them because a net divides them.
    ends : (m, 2) array of float
        Places where a line ends nowhere; for a line that bounds nothing although both its ends meet others, its middle.
    gaps : (m,) array of float
        Distance from each to the nearest other such end, or else to the nearest other line; infinite for a lone line.
    lines : (m,) array of int
        The line that each is of.
    """

    polygons: Lines
    divided: int
    ends: NDArray[np.float64]
    gaps: NDArray[np.float64]
    lines: NDArray[np.int64]


def close_rings(lines: Lines, *, tolerance: float) -> Rings:
    """Return the polygons that lines bound.

    Parameters
    ----------
    lines : (n,) array of LineString
        In any order and direction.
    tolerance : float
        Ends closer than this belong together, in the unit of the coordinates.

    Examples
    --------
    >>> lines = shapely.from_wkt(["LINESTRING (0 0, 9 0, 9 9)", "LINESTRING (0 9, 0 0.02)", "LINESTRING (0 9, 9 9.01)"])
    >>> found = close_rings(lines, tolerance=0.05)
    >>> round(float(shapely.area(found.polygons)[0])), len(found.ends)
    (81, 0)
    """
    lines = np.asarray(lines, dtype=object)
    used = np.flatnonzero(shapely.length(lines) > 0)
    whole = lines[used]
    closed = is_closed(whole, tolerance=tolerance)
    rings = np.full(len(whole), None, dtype=object)
    rings[closed] = _polygons(whole[closed])
    closed &= shapely.area(rings) > tolerance * tolerance  # else it was drawn there and back again
    work = whole.copy()
    work[closed] = shapely.boundary(rings[closed])
    if closed.all():
        return Rings(rings[closed], 0, np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.int64))
    groups = _groups(work, tolerance)
    in_net = np.isin(groups, np.unique(groups[~closed]))
    tied, free = _tied(work, np.flatnonzero(~closed), tolerance)
    faces = _faces(tied, groups, in_net, tolerance)
    divided = closed & in_net
    kept = rings[closed & ~in_net]
    same = _unchanged(rings[divided], faces, tolerance)
    ends, gaps, owners = _loose(work, tied, free, faces, np.flatnonzero(~closed), tolerance)
    return Rings(np.concatenate([kept, faces]), int(divided.sum()) - same, ends, gaps, used[owners])


def is_closed(lines: Lines, *, tolerance: float) -> NDArray[np.bool_]:
    """Tell for each line whether its ends meet within the tolerance, and it is long enough to surround anything."""
    start, end = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    long = (shapely.get_num_points(lines) >= 4) & (shapely.length(lines) > 4 * tolerance)
    return (shapely.distance(start, end) <= tolerance) & long


def _polygons(lines: Lines) -> Lines:
    """Return the polygons inside closed lines; where the ends do not quite meet the last one moves to the first."""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    first, last = _first_and_last(owner)
    points[last] = points[first]
    polygons: Lines = shapely.polygons(shapely.linearrings(points, indices=owner)) if len(lines) else lines
    return polygons


def _first_and_last(owner: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.flatnonzero(np.diff(owner, prepend=-1)), np.flatnonzero(np.diff(owner, append=-1))


def _groups(work: Lines, tolerance: float) -> NDArray[np.int64]:
    """Return the number of the net that each line belongs to: lines that come within the tolerance of each other."""
    one, other = shapely.STRtree(work).query(work, predicate="dwithin", distance=tolerance)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(work), len(work)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _tied(work: Lines, opened: NDArray[np.int64], tolerance: float) -> tuple[Lines, NDArray[np.bool_]]:
    """Tie the ends of open lines to each other, then to the lines beside them.

    Returns
    -------
    (n,) array of LineString
        The lines with moved ends, an end that meets the side of another line drawn across it.
    (2, k) array of bool
        For the first and last point of each open line whether it ends nowhere.
    """
    count = len(opened)
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(work[opened], place)) for place in (0, -1)])
    pairs = cKDTree(ends).query_pairs(tolerance, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(ends), len(ends)))
    knots = connected_components(graph, directed=False)[1]
    order = np.lexsort((ends[:, 1], ends[:, 0]))  # the first point of a knot in space, whatever the order of the lines
    first = np.full(knots.max() + 1, -1)
    first[knots[order][::-1]] = order[::-1]
    moved = ends[first[knots]]
    members = np.bincount(knots)[knots]
    own = np.tile(knots[:count] == knots[count:], 2)
    free = (members == 1) | (own & (members == 2))
    tied = work.copy()
    tied[opened] = _with_ends(work[opened], moved[:count], moved[count:])
    tree = shapely.STRtree(tied)
    lonely = np.flatnonzero(free)
    at, near = tree.query(shapely.points(moved[lonely]), predicate="dwithin", distance=tolerance)
    others = near != opened[lonely[at] % count]
    for end in np.unique(lonely[at[others]]):
        place = int(opened[end % count])
        beside = tree.geometries[near[others & (lonely[at] == end)]]
        free[end] = False
        tied[place] = _longer(tied[place], _across(tied[place], beside, moved[end], tolerance), bool(end < count))
    return tied, free.reshape(2, count)


def _with_ends(lines: Lines, start: NDArray[np.float64], end: NDArray[np.float64]) -> Lines:
    points, owner = shapely.get_coordinates(lines, return_index=True)
    first, last = _first_and_last(owner)
    points[first], points[last] = start, end
    moved: Lines = shapely.linestrings(points, indices=owner)
    return moved


def _across(line: shapely.LineString, beside: Lines, end: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Return a point just beyond the nearest of the lines beside an end."""
    point = shapely.Point(end)
    nearest = beside[int(np.argmin(shapely.distance(beside, point)))]
    foot = shapely.get_coordinates(shapely.shortest_line(point, nearest))[-1]
    step = foot - end
    length = float(np.hypot(*step))
    if length < tolerance * 1e-6:
        points = shapely.get_coordinates(line)
        step = points[0] - points[1] if np.array_equal(points[0], end) else points[-1] - points[-2]
        length = max(float(np.hypot(*step)), 1e-300)
    return foot + step / length * tolerance


def _longer(line: shapely.LineString, point: NDArray[np.float64], first: bool) -> shapely.LineString:
    points = shapely.get_coordinates(line)
    return shapely.LineString(np.vstack([point, points]) if first else np.vstack([points, point]))


def _faces(tied: Lines, groups: NDArray[np.int64], in_net: NDArray[np.bool_], tolerance: float) -> Lines:
    """Return the faces of every net, from south to north."""
    found: list[shapely.Polygon] = []
    order = np.flatnonzero(in_net)[np.argsort(groups[in_net], kind="stable")]
    for net in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        cut = shapely.union_all(tied[net], grid_size=tolerance / FINE)
        found += list(shapely.get_parts(shapely.polygonize(shapely.get_parts(cut))))
    faces = np.array([None, *found], dtype=object)[1:]
    faces = faces[shapely.area(faces) > tolerance * tolerance]
    boxes = shapely.bounds(faces).reshape(-1, 4)
    return faces[np.lexsort((boxes[:, 3], boxes[:, 2], boxes[:, 0], boxes[:, 1]))]


def _unchanged(rings: Lines, faces: Lines, tolerance: float) -> int:
    """Return how many closed lines of nets are faces as they were drawn."""
    if not len(rings) or not len(faces):
        return 0
    one, other = shapely.STRtree(faces).query(shapely.point_on_surface(rings), predicate="within")
    gap = np.abs(shapely.area(rings[one]) - shapely.area(faces[other]))
    return len(np.unique(one[gap <= tolerance * shapely.length(rings[one])]))


def _loose(
    work: Lines, tied: Lines, free: NDArray[np.bool_], faces: Lines, opened: NDArray[np.int64], tolerance: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return places, gaps and lines of what ends nowhere or bounds nothing."""
    side, position = np.nonzero(free)
    points = [shapely.get_point(work[opened[position]], np.where(side == 0, 0, -1))]
    owners = [opened[position]]
    middles = shapely.line_interpolate_point(work[opened], 0.5, normalized=True)
    bounding = np.zeros(len(opened), dtype=bool)
    if len(faces):
        tree = shapely.STRtree(shapely.boundary(faces))
        bounding[tree.query(middles, predicate="dwithin", distance=tolerance)[0]] = True
    idle = ~bounding & ~free.any(axis=0)
    points.append(middles[idle])
    owners.append(opened[idle])
    places, lines = np.concatenate(points), np.concatenate(owners)
    if not len(places):
        return np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.int64)
    ends = shapely.get_coordinates(places)
    order = np.lexsort((ends[:, 0], ends[:, 1], lines))
    return ends[order], _gaps(tied, places, lines, int(free.sum()))[order], lines[order]


def _gaps(tied: Lines, places: Lines, lines: NDArray[np.int64], loose: int) -> NDArray[np.float64]:
    ends = shapely.get_coordinates(places)
    gaps = np.full(len(places), np.inf)
    if loose > 1:
        gaps[:loose] = cKDTree(ends[:loose]).query(ends[:loose], k=2)[0][:, 1]
    for one in np.flatnonzero(np.isinf(gaps)):
        others = np.delete(tied, lines[one])
        gaps[one] = float(shapely.distance(others, places[one]).min()) if len(others) else np.inf
    return gaps
