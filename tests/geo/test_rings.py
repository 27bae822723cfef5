from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.geo.rings import close_rings, is_closed

TOLERANCE = 0.05
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]


def lines(*coordinates):
    return np.array([None, *(shapely.LineString(one) for one in coordinates)], dtype=object)[1:]


def close(*coordinates):
    return close_rings(lines(*coordinates), tolerance=TOLERANCE)


def test_closed_and_almost_closed_lines_are_polygons():
    found = close(SQUARE, [(200, 0), (300, 0), (300, 100), (200, 100), (200, 0.04)])
    assert shapely.area(found.polygons).tolist() == pytest.approx([10000, 10000], abs=5)
    assert len(found.ends) == 0


def test_a_gap_beyond_the_tolerance_is_reported_with_its_place():
    found = close(SQUARE, [(200, 0), (300, 0), (300, 100), (200, 100), (200, 0.06)])
    assert len(found.polygons) == 1
    assert found.ends.tolist() == [[200, 0], [200, 0.06]]
    assert found.gaps.tolist() == pytest.approx([0.06, 0.06])
    assert found.lines.tolist() == [1, 1]


def test_loose_segments_are_chained():
    found = close([(0, 0), (100, 0.03)], [(100, 100), (100, 0)], [(0, 100.02), (100, 100)], [(0, 100), (0.01, 0.01)])
    assert shapely.area(found.polygons).tolist() == pytest.approx([10000], abs=5)
    assert len(found.ends) == 0


def test_a_closed_line_is_divided_by_lines_that_meet_it():
    found = close(SQUARE, [(50, 0.02), (50, 99.98)], [(50, 50), (99.96, 50)])
    assert shapely.area(found.polygons).tolist() == pytest.approx([5000, 2500, 2500], abs=5)
    assert (found.divided, len(found.ends)) == (1, 0)
    assert shapely.area(found.polygons).sum() == pytest.approx(10000, abs=1)


def test_a_line_that_hangs_at_a_closed_one_divides_nothing():
    found = close(SQUARE, [(50, 0), (50, 40)])
    assert shapely.area(found.polygons).tolist() == pytest.approx([10000])
    assert found.divided == 0
    assert (found.ends.tolist(), found.lines.tolist()) == ([[50, 40]], [1])
    assert found.gaps.tolist() == pytest.approx([40])


def test_a_line_between_two_polygons_bounds_nothing():
    other = [(x + 200, y) for x, y in SQUARE]
    found = close(SQUARE, other, [(100, 50), (200, 50)])
    assert len(found.polygons) == 2
    assert found.ends.tolist() == [[150, 50]]


def test_nested_closed_lines_stay_as_they_are_drawn():
    found = close(SQUARE, [(10, 10), (20, 10), (20, 20), (10, 20), (10, 10)])
    assert shapely.area(found.polygons).tolist() == [10000, 100]


def test_what_has_no_inside_is_no_polygon():
    found = close([(0, 0), (10, 0), (5, 0), (0, 0)], [(50, 50), (50, 50)], [(70, 70), (70.01, 70)])
    assert len(found.polygons) == 0
    assert set(found.lines.tolist()) == {0, 2}


def test_nothing_gives_nothing():
    assert len(close_rings(np.array([], dtype=object), tolerance=TOLERANCE).polygons) == 0


def test_short_lines_are_not_closed():
    assert is_closed(lines([(0, 0), (0.01, 0), (0.01, 0.01), (0, 0)], SQUARE), tolerance=TOLERANCE).tolist() == [
        False, True,
    ]  # fmt: skip


@st.composite
def cut_polygons(draw):
    """Star-shaped polygons beside each other, cut into segments that are shuffled, turned and pulled apart a little."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    shapes, pieces = [], []
    for n in range(draw(st.integers(1, 5))):
        corners = draw(st.integers(3, 12))
        angles = (np.arange(corners) + random.uniform(0, 0.6, corners)) * 2 * np.pi / corners
        radius = random.uniform(20, 90, corners)
        ring = np.column_stack([n * 200 + radius * np.cos(angles), radius * np.sin(angles)])
        shapes.append(shapely.Polygon(ring))
        ring = np.vstack([ring, ring[:1]])
        cuts = np.unique(np.concatenate([[0, corners], random.integers(0, corners, draw(st.integers(0, 6)))]))
        for start, end in pairwise(cuts):
            piece = ring[start : end + 1].copy()
            shift = random.uniform(-1, 1, (2, 2)) * TOLERANCE / 6
            piece[0] += shift[0]
            piece[-1] += shift[1]
            pieces.append(shapely.LineString(piece[:: random.choice([-1, 1])]))
    random.shuffle(pieces)
    return shapes, np.array([None, *pieces], dtype=object)[1:]


@settings(deadline=None, max_examples=60)
@given(cut_polygons())
def test_polygons_cut_to_pieces_come_back(case):
    shapes, pieces = case
    found = close_rings(pieces, tolerance=TOLERANCE)
    assert len(found.ends) == 0
    assert len(found.polygons) == len(shapes)
    by_place = sorted(found.polygons, key=lambda one: one.centroid.x)
    for shape, back in zip(shapes, by_place, strict=True):
        assert abs(back.area - shape.area) <= TOLERANCE * shape.length
        assert shapely.hausdorff_distance(back, shape) <= TOLERANCE


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_a_net_of_lines_conserves_its_area(seed, across, down):
    random = np.random.default_rng(seed)
    x, y = np.cumsum(random.uniform(20, 90, across + 1)), np.cumsum(random.uniform(20, 90, down + 1))
    net = [[(one, y[0]), (one, y[-1])] for one in x] + [[(x[0], one), (x[-1], one)] for one in y]
    net = [np.array(one) + random.uniform(-1, 1, (2, 2)) * TOLERANCE / 6 for one in net]
    random.shuffle(net)
    found = close_rings(lines(*net), tolerance=TOLERANCE)
    assert len(found.polygons) == across * down
    assert len(found.ends) == 0
    whole = (x[-1] - x[0]) * (y[-1] - y[0])
    assert shapely.area(found.polygons).sum() == pytest.approx(whole, abs=TOLERANCE * 2 * (x[-1] + y[-1]))


@settings(deadline=None, max_examples=20)
@given(cut_polygons(), st.randoms(use_true_random=False))
def test_the_order_of_lines_plays_no_part(case, random):
    _, pieces = case
    order = list(range(len(pieces)))
    random.shuffle(order)
    one, other = (close_rings(some, tolerance=TOLERANCE) for some in (pieces, pieces[order]))
    key = lambda found: sorted(shapely.to_wkb(shapely.normalize(shapely.set_precision(found.polygons, 0.001))).tolist())  # noqa: E731
    assert key(one) == key(other)
