"""Levels with fewer vertices: still coverages, still nested, nobody lost, no vertex moved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.errors import InputError
from gridkit.topology.levels import Level
from gridkit.topology.simplify import simplify_levels


def level(name, codes, shapes, parent):
    shapes = np.array(shapes, dtype=object)
    return Level(name, pd.DataFrame(index=codes), np.array(codes, dtype=object), shapes, shapes,
                 np.array(parent, dtype=object), np.ones(len(codes), dtype=bool))  # fmt: skip


def bent(x0, y0, x1, y1, seed, size=6.0):
    """Return a border with twenty random bends, the same from both sides."""
    rng = np.random.default_rng(int(abs(x0) * 7 + abs(y0) * 13 + abs(x1) * 17 + abs(y1) * 29) + seed)
    t = np.linspace(0, 1, 22)[1:-1, None]
    aside = rng.uniform(-size, size, (20, 1)) * 4 * t * (1 - t) * np.array([[y1 - y0, x1 - x0]]) / 100
    inner = (1 - t) * [x0, y0] + t * [x1, y1] + aside
    return np.vstack([[x0, y0], inner, [x1, y1]])


def lattice(nx, ny, seed):
    """Return cells of 100 m whose borders are bent."""
    across = {(i, j): bent(100 * i, 100 * j, 100 * i + 100, 100 * j, seed) for i in range(nx) for j in range(ny + 1)}
    up = {(i, j): bent(100 * i, 100 * j, 100 * i, 100 * j + 100, seed) for i in range(nx + 1) for j in range(ny)}
    return {
        (i, j): shapely.Polygon(np.vstack([across[i, j], up[i + 1, j], across[i, j + 1][::-1], up[i, j][::-1]]))
        for i in range(nx)
        for j in range(ny)
    }


def city(seed, gridless=()):
    """Four columns of cells are grids, pairs of columns communities, pairs of communities streets."""
    cells = lattice(4, 2, seed)
    grids = {f"{i // 2}{j}{i % 2}": cell for (i, j), cell in cells.items()}
    communities = sorted({code[:2] for code in grids})
    wholes = [shapely.coverage_union_all([grids[g] for g in grids if g[:2] == code]) for code in communities]
    streets = sorted({code[0] for code in grids})
    tops = [shapely.coverage_union_all([grids[g] for g in grids if g[0] == code]) for code in streets]
    kept = [code for code in sorted(grids) if code[:2] not in gridless]
    return {
        "street": level("street", streets, tops, [""] * len(streets)),
        "community": level("community", communities, wholes, [code[0] for code in communities]),
        "grid": level("grid", kept, [grids[code] for code in kept], [code[:2] for code in kept]),
    }


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), tolerance=st.floats(1, 60), bare=st.sampled_from([(), ("00",), ("00", "11")]))
def test_all_levels_stay_coverages_that_fit(seed, tolerance, bare):
    levels = city(seed, bare)
    made = simplify_levels(levels, tolerance)
    assert {name: list(shapes.index) for name, shapes in made.items()} == {
        name: list(one.codes) for name, one in levels.items()
    }
    before = set(map(tuple, shapely.get_coordinates(levels["street"].shapes).tolist()))
    before |= set(
        map(tuple, shapely.get_coordinates(np.r_[levels["grid"].shapes, levels["community"].shapes]).tolist())
    )
    for shapes in made.values():
        array = shapes.to_numpy()
        assert shapely.is_valid(array).all()
        assert (shapely.area(array) > 0).all()
        assert shapely.coverage_is_valid(array)
        assert set(map(tuple, shapely.get_coordinates(array).tolist())) <= before
    for child, parent in (("grid", "community"), ("community", "street")):
        for code, whole in made[parent].items():
            some = [shape for one, shape in made[child].items() if one.startswith(code)]
            if some:
                assert shapely.symmetric_difference(shapely.union_all(some), whole).area < 1e-6


def test_fewer_vertices_the_larger_the_tolerance():
    made = [simplify_levels(city(3), tolerance).values() for tolerance in (0.001, 10, 30)]
    counts = [sum(int(shapely.get_num_coordinates(one.to_numpy()).sum()) for one in levels) for levels in made]
    assert counts[0] > counts[1] > counts[2]


def test_a_level_that_its_parts_do_not_fill_is_refused_by_name():
    levels = city(1)
    short = levels["grid"]
    keep = short.codes != "000"
    levels["grid"] = level("grid", short.codes[keep], short.shapes[keep], short.parent[keep])
    with pytest.raises(InputError, match=r"community layer.*00"):
        simplify_levels(levels, 5)


def test_units_that_overlap_are_refused_by_name():
    levels = {
        "community": level("community", ["a", "b"], [shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10)], ["", ""])
    }
    with pytest.raises(InputError, match=r"a / b \(10\.0 m²\)"):
        simplify_levels(levels, 5)


def test_nothing_to_simplify():
    with pytest.raises(InputError, match="no layer of areas"):
        simplify_levels({}, 5)
