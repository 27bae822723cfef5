"""Overlaps and gaps of small random layers, told against a count of the cells of a lattice."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import label

from gridkit.topology.defects import find_defects
from gridkit.topology.survey import survey

SIDE = 8
ANYWHERE = st.tuples(*[st.integers(0, SIDE - 1)] * 2, *[st.integers(1, SIDE)] * 2)
"""A box: column and row of its lower left cell, columns and rows."""


CORNER = np.array([534_000.3, 3_460_000.7])


class Layer(NamedTuple):
    """Units as sets of cells, shape (n, SIDE, SIDE), and as polygons on the same lattice."""

    cells: Any
    shapes: Any


@st.composite
def layers(draw: Any) -> Layer:
    """Layers of parts of a partition and of loose boxes, changed by boxes that are added and taken away."""
    block = draw(st.sampled_from([1, 2, 4]))
    number = draw(st.integers(1, 6))
    wide = SIDE // block
    of_block = draw(st.lists(st.integers(0, number), min_size=wide * wide, max_size=wide * wide))
    drawn = np.kron(np.reshape(of_block, (wide, wide)), np.ones((block, block), dtype=int))
    cells = [drawn == one for one in range(number)]
    cells += [boxed(box) for box in draw(st.lists(ANYWHERE, max_size=3))]
    for unit, box, more in draw(st.lists(st.tuples(st.integers(0, 8), ANYWHERE, st.booleans()), max_size=5)):
        at = unit % len(cells)
        cells[at] = cells[at] | boxed(box) if more else cells[at] & ~boxed(box)
    cells += [cells[unit % len(cells)] for unit in draw(st.lists(st.integers(0, 8), max_size=1))]
    cells = np.array([some for some in cells if some.any()]).reshape(-1, SIDE, SIDE)
    junctions = np.ones((SIDE + 1, SIDE + 1), dtype=bool) if draw(st.booleans()) else corners(drawn)
    some = np.random.default_rng(draw(st.integers(0, 99))).random(junctions.shape) < 0.2
    kinds = [np.zeros_like(junctions), junctions, junctions | some, some]
    drawn_as = draw(st.lists(st.sampled_from([1, 1, 1, 0, 2, 3]), min_size=len(cells), max_size=len(cells)))
    return Layer(cells, np.array([polygon(one, kinds[kind]) for one, kind in zip(cells, drawn_as, strict=True)]))


def turn(angle: float, shear: float) -> Any:
    """A matrix that turns, slants and enlarges by 37."""
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return 37.0 * turned @ np.array([[1.0, shear], [0.0, 1.0]])


def boxed(box: tuple[int, int, int, int]) -> Any:
    cells = np.zeros((SIDE, SIDE), dtype=bool)
    cells[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] = True
    return cells


def corners(drawn: Any) -> Any:
    """The points of the lattice at which the parts of a partition have a vertex, shape (SIDE + 1, SIDE + 1)."""
    around = np.pad(drawn, 1, constant_values=-1)
    four = np.stack([around[:-1, :-1], around[:-1, 1:], around[1:, :-1], around[1:, 1:]])
    across, along = (four[0] == four[2]) & (four[1] == four[3]), (four[0] == four[1]) & (four[2] == four[3])
    return ~across & ~along


def polygon(cells: Any, kept: Any) -> shapely.Geometry:
    """The polygon of some cells, with vertices at its corners and where they are ``kept``."""
    row, column = np.nonzero(cells)
    whole = shapely.segmentize(shapely.union_all(shapely.box(column, row, column + 1, row + 1)), 1.0)
    parts = [
        shapely.Polygon(plain(part.exterior, kept), [plain(ring, kept) for ring in part.interiors])
        for part in shapely.get_parts(whole)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def plain(ring: shapely.LinearRing, kept: Any) -> Any:
    points = shapely.get_coordinates(ring)[:-1]
    before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
    corner = (before != after).all(axis=1)
    column, row = points.astype(int).T
    return points[corner | kept[row, column]]


def expected(cells: Any) -> list[tuple[tuple[int, ...], int]]:
    """Claimants and cells of all places not claimed once; cells side by side with the same claimants are one."""
    claim = np.tensordot(2 ** np.arange(len(cells)), cells, axes=1)
    claim = np.pad(claim, 1)
    result = []
    for one in np.unique(claim).tolist():
        who = tuple(at for at in range(len(cells)) if one >> at & 1)
        places, _ = label(claim == one)
        if len(who) == 1:
            continue
        size = np.bincount(places.ravel())
        size[[0, places[0, 0]]] = 0  # not here, and outside
        result += [(who, n) for n in size[size > 0].tolist()]
    return sorted(result)


def found(shapes: Any, scale: float, places: Any = find_defects) -> list[tuple[tuple[int, ...], float]]:
    """Claimants and area of the places that are found, in cells."""
    defects = places(shapes)
    defects = getattr(defects, "defects", defects)
    who: list[list[int]] = [[] for _ in range(len(defects.frame))]
    for defect, unit in defects.claimed[["defect", "unit"]].to_numpy().tolist():
        who[defect].append(unit)
    area = np.round(defects.frame["area"].to_numpy() / scale, 6).tolist()
    return sorted((tuple(units), size) for units, size in zip(who, area, strict=True) if size > 0)


def owned(cells: Any) -> dict[int, int]:
    """The length of the borders between places with several claimants and the cells of each unit that are its alone."""
    count = np.pad(cells.sum(axis=0), 1)
    alone = np.pad(cells, ((0, 0), (1, 1), (1, 1))) & (count == 1)
    over = count > 1
    total = sum((np.roll(alone, step, axis=axis) & over).sum(axis=(1, 2)) for axis in (1, 2) for step in (1, -1))
    return {unit: int(length) for unit, length in enumerate(np.atleast_1d(total)) if length}


@pytest.mark.parametrize("places", [find_defects, survey])
def test_an_overlap_that_ends_on_a_border_that_matches_is_found(places):
    """The third unit reaches 30 over the common border of the fourth and the second, and has no vertex on it."""
    first = shapely.difference(shapely.box(0, 0, 1000, 400), shapely.box(998, 100, 1000, 300))
    others = [(1000, 0, 2000, 400), (0, 400, 1030, 800), (1000, 400, 2000, 800), (2000, 0, 2500, 400)]
    shapes = np.array([first, *[shapely.box(*one) for one in others]])
    assert found(shapes, 1, places) == [((), 400.0), ((2, 3), 12_000.0)]


def test_no_face_is_lost_where_an_edge_runs_past_a_vertex_of_borders_that_match():
    """Three units meet in (4, 4), borders going up only; the upper edge of a fourth, in the lowest, leads past it."""
    lowest = shapely.Polygon([(0, 0), (8, 0), (8, 8), (4, 4), (0, 8)])
    left, right = shapely.Polygon([(0, 8), (4, 4), (4, 8)]), shapely.Polygon([(4, 8), (4, 4), (8, 8)])
    shapes = np.array([lowest, left, right, shapely.box(2, 0, 6, 4)])
    assert found(shapes, 1) == found(shapes, 1, survey) == [((0, 3), 16.0)]
    assert shapely.area(find_defects(shapes).cut.faces).sum() == 64.0  # of a ring that touches itself none is made


def test_a_border_through_an_overlap_of_turned_units_loses_no_face():
    """Cut once and again, lines of this layer do not close."""
    shapes = shapely.from_wkt([
        "POLYGON ((0 8, 8 8, 8 4, 4 4, 4 0, 0 0, 0 8))", "POLYGON ((4 4, 8 4, 8 0, 4 0, 4 4))",
        "POLYGON ((0 1, 7 1, 7 0, 4 0, 0 0, 0 1))", "POLYGON ((0 1, 2 1, 4 1, 6 1, 7 1, 7 0, 4 0, 3 0, 2 0, 0 0, 0 1))",
    ])  # fmt: skip
    turned = shapely.transform(shapes, lambda points: points @ turn(0.25, 1).T + CORNER)
    places = [(who, round(size, 3)) for who, size in found(turned, 37.0**2) if size > 1e-3]
    assert places == [((0, 2, 3), 4.0), ((1, 2, 3), 3.0)]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(layers())
def test_every_place_is_found_once_with_its_claimants(layer):
    if not len(layer.cells):
        return
    assert found(layer.shapes, 1) == expected(layer.cells)
    assert found(layer.shapes, 1, survey) == expected(layer.cells)
    defects = find_defects(layer.shapes)
    count = defects.frame["count"].to_numpy()[defects.borders["defect"].to_numpy(np.intp)]
    borders = defects.borders[count > 1].groupby("unit")["length"].sum()
    assert {unit: round(length) for unit, length in borders.items()} == owned(layer.cells)
    cut = defects.cut
    assert shapely.area(cut.faces[cut.count > 0]).sum() == layer.cells[cut.units].any(axis=0).sum()


@settings(max_examples=50, deadline=None, derandomize=True)
@given(layers(), st.floats(0.0, 1.5), st.integers(1, 3))
def test_areas_add_up_where_the_lattice_is_turned(layer, angle, shear):
    """Borders that lie on each other differ by the last digit then: only sums can be told."""
    if not len(layer.cells):
        return
    shapes = shapely.transform(layer.shapes, lambda points: points @ turn(angle, shear).T + CORNER)
    for places in (find_defects, survey):
        for several in (True, False):
            area = sum(size for who, size in found(shapes, 37.0**2, places) if (len(who) > 1) == several)
            told = sum(size for who, size in expected(layer.cells) if (len(who) > 1) == several)
            assert area == pytest.approx(told, abs=1e-4)
