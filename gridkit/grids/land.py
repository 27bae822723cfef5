"""Tile the ground of a community: compounds whole, land near a compound to it, other land cut along roads and water."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array = np.ndarray[Any, Any]

REACH: Final = 60.0
"""Metres around a compound within which open land of its block counts to it, so that compounds across a lane touch."""
STEP: Final = 10.0
"""Metres between the points of a compound's border from which its neighbourhood is measured."""
LEAST: Final = 2_500.0
"""Square metres of open land below which it is no piece of its own."""
TORN: Final = 0.01
"""Square metres by which Voronoi cells may differ from the ground that they share."""
LAND: Final = -1

_TOUCH: Final = 0.01
"""Metres within which a compound lies at a block."""


def disjoint(shapes: Array) -> tuple[Array, Array]:
    """Return polygons without overlaps, and how many square metres each one lost: the smaller one keeps the ground.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygons, shape (n,)
        Valid; equal sizes are settled by position.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 3, 1), shapely.box(2, 0, 4, 1)])
    >>> shapes, lost = disjoint(two)
    >>> shapely.area(shapes).tolist(), lost.tolist()
    ([2.0, 2.0], [1.0, 0.0])
    """
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    rank = np.empty(len(shapes), dtype=np.intp)
    rank[np.lexsort((np.arange(len(shapes)), shapely.area(shapes)))] = np.arange(len(shapes))
    smaller = rank[other] < rank[one]
    one, other = one[smaller], other[smaller]
    deep = shapely.area(shapely.intersection(shapes[one], shapes[other])) > 0
    one, other = one[deep], other[deep]
    out = shapes.copy()
    for at in np.unique(one):
        out[at] = areas_of(shapely.difference(out[at], shapely.union_all(shapes[other[one == at]])))
    return out, shapely.area(shapes) - shapely.area(out)


def tiles(
    outline: Any, seeds: Array, lines: Array, *, keeps_out: NDArray[np.bool_] | None = None
) -> tuple[Array, Array]:
    """Return pieces of a community and whose they are.

    Parameters
    ----------
    outline : shapely polygon or multipolygon
        The community, in metres.
    seeds : numpy.ndarray of shapely polygons, shape (n,)
        Its compounds, without overlaps, inside the outline.
    lines : numpy.ndarray of shapely lines
        Roads and water that cut land, never a compound.
    keeps_out : numpy.ndarray of bool, shape (n,), optional
        Seeds to which no land is added.

    Returns
    -------
    tuple of numpy.ndarray
        Polygons that tile the outline (up to the rounding of their borders), and for each the position of its seed or
        ``LAND``.
    """
    closed = np.zeros(len(seeds), dtype=bool) if keeps_out is None else keeps_out
    ground = areas_of(shapely.difference(outline, shapely.union_all(seeds))) if len(seeds) else outline
    blocks = _blocks(ground, lines)
    pieces, owners = [seeds], [np.arange(len(seeds))]
    taking = np.flatnonzero(~closed)
    tree = shapely.STRtree(seeds[taking])
    block, seed = tree.query(blocks, predicate="dwithin", distance=_TOUCH)
    order = np.argsort(block, kind="stable")
    block, seed = block[order], taking[seed[order]]
    starts = np.searchsorted(block, np.arange(len(blocks) + 1))
    for at, ground_here in enumerate(blocks):
        beside = np.unique(seed[starts[at] : starts[at + 1]])
        some, whose = _shared(ground_here, seeds, beside)
        pieces.append(some)
        owners.append(whose)
    return np.concatenate(pieces), np.concatenate(owners)


def _blocks(ground: Any, lines: Array) -> Array:
    """Return the land cut along the lines."""
    inside = shapely.intersection(ground, shapely.union_all(lines)) if len(lines) else shapely.MultiLineString()
    if shapely.is_empty(inside):
        parts = shapely.get_parts(ground)
    else:
        noded = shapely.node(shapely.union_all([shapely.boundary(ground), inside]))
        parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
        parts = parts[shapely.intersects(ground, shapely.point_on_surface(parts))]
    parts = parts[shapely.area(parts) > 0]
    return parts[np.lexsort(shapely.bounds(parts).T[::-1])] if len(parts) else parts


def _shared(ground: Any, seeds: Array, beside: Array) -> tuple[Array, Array]:
    """Share the land of one block among the compounds beside it: near land to the nearest, far land to nobody."""
    if not len(beside):
        return np.array([ground], dtype=object), np.array([LAND])
    cells = cells_of(ground, seeds[beside])
    far = shapely.difference(cells, shapely.buffer(seeds[beside], REACH, quad_segs=3))
    open_land = shapely.get_parts(areas_of(shapely.union_all(far)))
    open_land = open_land[shapely.area(open_land) >= LEAST]
    if len(open_land):
        cells = shapely.difference(cells, shapely.union_all(open_land))
    parts, owner = shapely.get_parts(np.append(cells, open_land), return_index=True)
    flat = (shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 0)
    whose = np.append(beside, np.full(len(open_land), LAND))
    return parts[flat], whose[owner[flat]]


def cells_of(ground: Any, seeds: Array) -> Array:
    """Return the part of ``ground`` that is nearest to each seed, by the Voronoi cells of points on their borders."""
    if len(seeds) == 1:
        return np.array([ground], dtype=object)
    rings = shapely.segmentize(shapely.boundary(seeds), STEP)
    xy, owner = shapely.get_coordinates(rings, return_index=True)
    # around the origin: with seven digits before the point the diagram of points on a circle comes out torn
    middle = np.round(np.mean(xy, axis=0))
    xy, first = np.unique(np.round(xy - middle, 3), axis=0, return_index=True)
    owner = owner[first]
    around = shapely.transform(shapely.envelope(ground), lambda at: at - middle)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=around, ordered=True))
    cells = shapely.transform(cells, lambda at: at + middle)
    # clipping to the envelope may leave a cell as an area with a line beside it
    for at in np.flatnonzero(shapely.get_type_id(cells) != shapely.GeometryType.POLYGON):
        cells[at] = areas_of(cells[at])
    near = shapely.intersects(cells, ground)
    cells, owner = cells[near], owner[near]
    whole = shapely.intersection(_joined(cells, owner, len(seeds)), ground)
    return _completed(ground, seeds, whole)


def _completed(ground: Any, seeds: Array, cells: Array) -> Array:
    """Return cells that cover the ground: what a torn diagram leaves out goes to the nearest seed."""
    if abs(shapely.area(ground) - np.nansum(shapely.area(cells))) < TORN:
        return cells
    there = cells[~shapely.is_missing(cells)]
    lost = shapely.get_parts(areas_of(shapely.difference(ground, shapely.union_all(there))))
    out = cells.copy()
    for part, seed in zip(lost, shapely.STRtree(seeds).nearest(lost), strict=True):
        out[seed] = part if out[seed] is None else shapely.union(out[seed], part)
    return out


def _joined(cells: Array, owner: NDArray[np.intp], count: int) -> Array:
    """Return the cells of each owner as one: the fast way where the diagram is sound, else by its noded borders."""
    parts = [cells[owner == at] for at in range(count)]
    try:
        whole = np.array([shapely.coverage_union_all(some) if len(some) else None for some in parts], dtype=object)
        if shapely.is_valid(whole[~shapely.is_missing(whole)]).all():
            return whole
    except shapely.errors.GEOSException:
        pass
    return noded(cells, owner, count)


def areas_of(shape: Any) -> Any:
    """Return the polygons of a shape, without the lines and points that an overlay may leave."""
    parts = shapely.get_parts(shape)
    parts = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > 0)]
    return shapely.multipolygons(parts) if len(parts) != 1 else parts[0]


def noded(pieces: Array, owners: NDArray[np.intp], count: int, *, grain: float = 0.001) -> Array:
    """Return the union of the pieces of each owner, with the same vertices on both sides of every border.

    Parameters
    ----------
    pieces : numpy.ndarray of shapely polygons, shape (m,)
        They tile the ground up to rounding.
    owners : numpy.ndarray of int, shape (m,)
        Owner of each piece, 0 to ``count`` - 1.
    count : int
    grain : float
        Metres to which vertices are rounded.

    Returns
    -------
    numpy.ndarray of shapely polygons, shape (count,)
    """
    lines = shapely.union_all(shapely.boundary(pieces), grid_size=grain)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points = shapely.point_on_surface(faces)
    face, piece = shapely.STRtree(pieces).query(points, predicate="intersects")
    # a sliver between two pieces lies in none: it goes to the nearest one within a few grains, a true hole to nobody
    lost = np.setdiff1d(np.arange(len(faces)), face)
    if len(lost):
        near, to = shapely.STRtree(pieces).query(points[lost], predicate="dwithin", distance=10 * grain)
        face, piece = np.append(face, lost[near]), np.append(piece, to)
    order = np.lexsort((owners[piece], face))
    face, owner = face[order], owners[piece][order]
    first = np.append(True, face[1:] != face[:-1]) if len(face) else np.zeros(0, dtype=bool)
    face, owner = face[first], owner[first]
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(count + 1))
    parts = faces[face[order]]
    return np.array([shapely.coverage_union_all(parts[a:b]) for a, b in pairwise(starts)])
