"""Every bad input that boundary layers come with, against each step from the defects to the repair of a city."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, affinity, box

from benchmarks.coverages import world
from gridkit.errors import InputError
from gridkit.geo import place
from gridkit.model.boundaries import DEFECT_COLUMNS
from gridkit.topology.defects import find_defects
from gridkit.topology.inspect import inspect
from gridkit.topology.levels import areal
from gridkit.topology.mend import mend
from gridkit.topology.misfits import find_misfits
from gridkit.topology.nested import find_clips, parents_of
from gridkit.topology.repair import LEAVE, settle
from gridkit.topology.resolve import GIVE, Limits, resolve
from gridkit.topology.survey import survey
from tests import tiny
from tests.topology.layers import city, inspected

WIDE = Limits(gap_width=1e9, overlap_width=1e9, area=1e18, share=1e9)
"""Everything is given to somebody: what cannot come out clean has to be taken back."""


def ring_of(angle, radius):
    return np.column_stack([np.cos(angle), np.sin(angle)]) * np.asarray(radius)[:, None]


def spiral_sliver():
    """A strip 1 cm wide that winds five times through a sheet."""
    angle = np.linspace(0, 10 * np.pi, 200)
    return LineString(ring_of(angle, 10 + angle)).buffer(0.005)


def nested_rings():
    """A hole inside an enclave inside a hole."""
    return [box(0, 0, 90, 90) - box(20, 20, 70, 70), box(30, 30, 60, 60) - box(40, 40, 50, 50)]


def third_invalid():
    made = world(36, dirty=0.3, seed=4)
    bow = Polygon([(0, 0), (150, 150), (150, 0), (0, 150)])
    return [affinity.translate(bow, *one.centroid.coords[0]) if at % 3 == 0 else one
            for at, one in enumerate(made.spoilt)]  # fmt: skip


def many_parts():
    parts = [box(x, y, x + 1.5, y + 1) for x in range(0, 50, 2) for y in range(0, 40, 2)]
    assert len(parts) == 500
    return [MultiPolygon(parts), box(0, 0, 25, 40), box(25, 0, 50, 40)]


def nearly_collinear():
    """Borders of one line, each drawn with vertices off it by the last digits."""
    rng = np.random.Generator(np.random.PCG64(2))
    x = np.linspace(0, 1000, 60)
    sides = [np.column_stack([x, rng.normal(0, 1e-9, 60)]) for _ in range(4)]
    above = [Polygon([*side, (1000, 50), (0, 50)]) for side in sides[:2]]
    below = [Polygon([*side, (1000, -50), (0, -50)]) for side in sides[2:]]
    return [*above, *below]


def far_and_fine():
    """Coordinates of ten million metres that differ by tenths of a millimetre."""
    cells = [box(x, y, x + 10, y + 10) for x in (0, 10, 20) for y in (0, 10, 20)]
    shifts = np.random.Generator(np.random.PCG64(3)).uniform(-1e-4, 1e-4, (len(cells), 2))
    return [affinity.translate(one, 1e7 + dx, 1e7 + dy) for one, (dx, dy) in zip(cells, shifts, strict=True)]


def not_a_number():
    with np.errstate(invalid="ignore"):
        return shapely.from_wkt("POLYGON ((0 0, NaN 0, 5 5, 0 0))")


BAD = {
    "no polygon": [],
    "one polygon": [box(0, 0, 10, 10)],
    "all identical": [box(0, 0, 10, 10)] * 30,
    "one contains all": [box(0, 0, 90, 90), *(box(x, 0, x + 10, 10) for x in range(0, 90, 10))],
    "bow-tie": [Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), box(10, 0, 20, 10)],
    "spiral sliver": [box(-60, -60, 60, 60), spiral_sliver()],
    "spiral cut out": [box(-60, -60, 60, 60) - spiral_sliver(), box(60, -60, 90, 60)],
    "1e-9 slivers": [box(0, 0, 10, 10), Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10 - 1e-9, 5)]),
                     Polygon([(0, 10), (5, 10 + 1e-9), (10, 10), (10, 20), (0, 20)])],
    "hole in enclave in hole": nested_rings(),
    "a third invalid": third_invalid(),
    "500 parts": many_parts(),
    "nothing left when made valid": [Polygon([(0, 0), (10, 10), (0, 0), (0, 0)]), box(0, 0, 10, 10)],
    "empty and missing": [Polygon(), None, MultiPolygon(), box(0, 0, 10, 10)],
    "collections": [GeometryCollection([box(0, 0, 10, 10), LineString([(0, 0), (5, 20)])]), box(9, 0, 20, 10),
                    GeometryCollection([Point(1, 1)]), GeometryCollection([GeometryCollection([box(0, 10, 5, 15)])])],
    "lines and points": [LineString([(0, 0), (9, 9)]), Point(3, 3), box(0, 0, 10, 10)],
    "not a number": [not_a_number(), box(0, 0, 10, 10),
                     Polygon([(0, 0), (np.inf, 0), (5, 5)])],
    "touching in a point": [box(0, 0, 10, 10), box(10, 10, 20, 20), box(20, 0, 30, 10), box(10, -10, 20, 0)],
    "a hole that touches its shell": [Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(0, 0), (5, 2), (2, 5)]]),
                                      Polygon([(0, 0), (5, 2), (2, 5)])],
    "nearly collinear": nearly_collinear(),
    "far and fine": far_and_fine(),
    "degrees taken for metres": [affinity.scale(box(x, 0, x + 11, 10), 1e-4, 1e-4, origin=(0, 0)) for x in (0, 10, 20)],
}  # fmt: skip
HOME = np.array([tiny.X0, tiny.Y0])
LEVELS = ("community", "compound")


def drawn(raw):
    """The shapes that the kernel gets of what a layer holds."""
    given = np.empty(len(raw), dtype=object)
    given[:] = raw
    shapes = areal(given)
    return shapes[~shapely.is_missing(shapes)]


def total(values):
    return float(np.sum(values))


def check_faces(shapes, defects):
    """Faces add up to the units they were cut from, each as often as it is claimed."""
    cut = defects.cut
    every = total(shapely.area(cut.faces) * cut.count)
    assert every == pytest.approx(total(shapely.area(shapes[cut.units])), rel=1e-9, abs=1e-3)
    assert (defects.frame["area"] >= 0).all()
    assert shapely.is_valid(defects.frame["geometry"].to_numpy()).all()


def check_settled(shapes, defects, target):
    """Whatever is settled comes out valid and adds up; whatever is not keeps its bytes."""
    before = shapely.to_wkb(shapes)
    result = settle(shapes, defects, target)
    assert (shapely.to_wkb(shapes) == before).all(), "what is given is not changed"
    untouched = np.setdiff1d(np.arange(len(shapes)), result.changed)
    assert (shapely.to_wkb(result.shapes[untouched]) == before[untouched]).all()
    assert shapely.is_valid(result.shapes[result.changed]).all()
    assert not shapely.is_empty(result.shapes).any()
    assert not (result.done & result.failed).any()
    frame = defects.frame[result.done]
    expected = total(shapely.area(shapes)) + total(frame["area"] * (1 - frame["count"]))
    assert total(shapely.area(result.shapes)) == pytest.approx(expected, rel=1e-9, abs=1e-3)
    return result


def check_kernel(shapes):
    """Defects, plan and repair of one layer; parents that are drawn, and parents that are put together."""
    defects = find_defects(shapes)
    check_faces(shapes, defects)
    seen = survey(shapes).defects.frame
    assert total(seen["area"]) == pytest.approx(total(defects.frame["area"]), rel=1e-6, abs=1e-3)
    for limits in (Limits(), WIDE):
        plan = resolve(defects, shapely.area(shapes), np.arange(len(shapes)) % 3, limits=limits)
        target = np.where(plan["action"] == GIVE, plan["target"], LEAVE).astype(np.int64)
        check_settled(shapes, defects, target)
    label = np.arange(len(shapes)) % 2
    parents = [one for one in parents_of(shapes, label, 2) if one is not None]
    if len(parents) == 2:
        above = np.array(parents, dtype=object)[::-1].copy()
        above[0] = shapely.union_all(above[0].envelope)
        for found in (find_misfits(shapes, label, above), find_clips(shapes, label, above).defects.frame):
            assert shapely.is_valid(found["geometry"].to_numpy()).all()
            assert found["area"].sum() >= 0


@pytest.mark.parametrize("name", BAD)
def test_the_kernel_takes_it(name):
    check_kernel(drawn(BAD[name]))


def layer_of(level, raw, *, above=False):
    """A city of one level, or of two with every other unit in one of two superiors."""
    at_home = [None if one is None else shapely.transform(one, lambda points: points + HOME)
               for one in raw]  # fmt: skip
    units = [{"code": f"{at:03d}", "shape": one} for at, one in enumerate(at_home)]
    if not above:
        return city({level: units})
    for at, unit in enumerate(units):
        unit["community_code"] = "AB"[at % 2]
    halves = [affinity.translate(box(x, 0, x + 45, 90), *HOME) for x in (0, 45)]
    communities = [{"code": code, "shape": half} for code, half in zip("AB", halves, strict=True)]
    return city({"grid": units, "community": communities})


def check_mended(one, repair):
    """Rows, columns and types stay; nothing is emptied; what no log names keeps its bytes."""
    for name, old in one.layers.items():
        new = repair.layers[name]
        assert list(new.index) == list(old.frame.index)
        assert list(new.columns) == list(old.frame.columns)
        assert (new.geom_type.fillna("") == old.frame.geom_type.fillna("")).all()
        was, now = (frame.geometry.to_numpy() for frame in (old.frame, new))
        same = shapely.to_wkb(was) == shapely.to_wkb(now)
        logged = set(repair.log.loc[repair.log["level"] == name, "unit"])
        assert {code for code, kept in zip(new.index, same, strict=True) if not kept} <= logged
        assert shapely.is_valid(now[~same]).all()
        assert not shapely.is_empty(now[~same]).any()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", [name for name in BAD if BAD[name]])
def test_a_level_of_it_is_inspected_and_repaired(name, level):
    one = layer_of(level, BAD[name])
    assert list(inspected(one).frame.columns) == list(DEFECT_COLUMNS)
    check_mended(one, mend(one, place(one)))


@pytest.mark.parametrize("authority", ["bottom", "top", "none"])
@pytest.mark.parametrize("name", [name for name in BAD if BAD[name]])
def test_two_levels_of_it_are_fitted_to_each_other(name, authority):
    one = layer_of("grid", BAD[name], above=True)
    if authority == "none":  # findings do not depend on who is right
        inspected(one)
    check_mended(one, mend(one, place(one), authority=authority, limits=WIDE))


def in_degrees(one, *levels):
    layers = {name: dataclasses.replace(old, frame=old.frame.to_crs("EPSG:4490")) if name in levels else old
              for name, old in one.layers.items()}  # fmt: skip
    return dataclasses.replace(one, layers=layers)


def test_levels_of_different_systems_are_compared_in_metres():
    cells = [box(0, 0, 45, 90), box(45.04, 0, 90, 90)]
    one = layer_of("grid", cells, above=True)
    plain, mixed = inspected(one).frame, inspect(in_degrees(one, "community"), place(one)).frame
    assert set(plain["code"]) == set(mixed["code"])
    assert mixed["area_m2"].sum() == pytest.approx(plain["area_m2"].sum(), abs=0.05)


def test_levels_of_different_systems_are_placed_and_not_repaired_in_the_numbers_of_another():
    mixed = in_degrees(layer_of("grid", [box(0, 0, 45, 90), box(45.04, 0, 90, 90)], above=True), "community")
    assert place(mixed).parents["grid"].tolist() == ["A", "B"]
    with pytest.raises(InputError, match="bring them to one system"):
        mend(mixed)


def test_a_layer_without_rows_is_inspected_and_repaired():
    one = layer_of("community", [box(0, 0, 9, 9)])
    frame = one.layers["community"].frame.iloc[:0]
    nothing = dataclasses.replace(one, layers={"community": dataclasses.replace(one.layers["community"], frame=frame)})
    assert len(inspected(nothing).frame) == 0
    repair = mend(nothing, place(nothing))
    assert len(repair.log) == 0
    assert isinstance(repair.layers["community"], gpd.GeoDataFrame)


NUMBERS = st.integers(0, 12) | st.floats(0, 12, allow_nan=False, width=32)
RINGS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=7)
LAYERS = st.lists(RINGS, min_size=1, max_size=9)
PLACES = st.sampled_from([(1.0, 0.0), (40.0, 500_000.0), (1e-3, 0.0), (1e-4, 1e7)])
"""Scale and offset: a sheet, a city, coordinates that pass for degrees, fine differences far from the origin."""


@settings(max_examples=25, deadline=None)
@given(LAYERS, PLACES)
def test_random_polygons_come_out_valid_or_as_they_were(rings, where):
    scale, offset = where
    raw = [Polygon(np.array(ring, dtype=float) * scale + offset) for ring in rings]
    check_kernel(drawn(raw))


@settings(max_examples=15, deadline=None)
@given(LAYERS, st.sampled_from(["bottom", "top", "none"]))
def test_random_cities_are_repaired_or_left(rings, authority):
    one = layer_of("grid", [Polygon(np.array(ring, dtype=float) * 7) for ring in rings], above=True)
    inspected(one)
    check_mended(one, mend(one, place(one), authority=authority, limits=WIDE))
