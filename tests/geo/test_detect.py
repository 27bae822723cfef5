"""A wrong datum is named, a right one is left alone, and where the data cannot tell nothing is said."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridkit.geo.detect import HYPOTHESES, labels_in, score_datum, score_pairs
from gridkit.geo.evidence import Sides, sided
from gridkit.geo.labels import bare, first_words, learned
from tests.geo import towns

TRUTHS = tuple(HYPOTHESES)


def verdicts(truth, seeds, **how):
    found = []
    for seed in seeds:
        rng = np.random.default_rng([seed, TRUTHS.index(truth)])
        children, parents, stated = towns.layers(rng, truth, **how)
        found.append(score_datum(children, parents, stated=stated, shifts=False).verdict)
    return found


@pytest.mark.parametrize("city", towns.CITIES)
@pytest.mark.parametrize("truth", TRUTHS)
def test_with_stated_parents_every_datum_is_named(truth, city):
    assert verdicts(truth, range(1), city=city) == [truth]


@pytest.mark.parametrize("truth", TRUTHS)
def test_points_with_stated_parents(truth):
    assert verdicts(truth, range(1), areal=False) == [truth]


@pytest.mark.parametrize("truth", TRUTHS)
def test_polygons_without_stated_parents(truth):
    assert verdicts(truth, range(1), label=False, n=300) == [truth]


@pytest.mark.parametrize("how", [{"n": 15, "noise": 30.0}, {"n": 20, "label": False, "noise": 30.0}, {"n": 15}])
def test_few_features_never_give_a_wrong_verdict(how):
    for truth in TRUTHS:
        assert set(verdicts(truth, range(2), **how)) <= {truth, ""}


def test_fourteen_features_are_too_few():
    children, parents, stated = towns.layers(np.random.default_rng(1), "BD-09", n=14)
    scores = score_datum(children, parents, stated=stated)
    assert scores.verdict == ""
    assert scores.n == 14


@pytest.mark.parametrize("truth", TRUTHS)
def test_parents_much_larger_than_the_shift_cannot_tell(truth):
    cells = np.array([shapely.box(-50_000, -50_000, 0, 50_000), shapely.box(0, -50_000, 50_000, 50_000)], dtype=object)
    children, parents, stated = towns.layers(np.random.default_rng(4), truth, n=80, parents=cells)
    assert score_datum(children, parents, stated=stated).verdict == ""
    assert score_datum(children, parents).verdict == ""


@pytest.mark.parametrize("seed", range(4))
def test_points_beyond_the_parents_on_one_side_are_no_evidence(seed):
    """A strip of parents is missing: moving everything away from it puts more points inside, which proves nothing."""
    children, parents, _ = towns.layers(np.random.default_rng(seed), "same", n=200, areal=False)
    west = shapely.get_x(shapely.centroid(parents.to_numpy()))
    kept = parents[west < np.quantile(west, 0.9)]
    assert score_datum(children, kept).verdict in ("", "same")


def test_a_mixture_of_systems_is_not_named():
    rng = np.random.default_rng(2)
    children, parents, stated = towns.layers(rng, "same", n=100, areal=False)
    others = gpd.GeoSeries(
        gpd.points_from_xy(*HYPOTHESES["reverse GCJ-02"](children.x.to_numpy(), children.y.to_numpy())),
        children.index, crs=4490,
    )  # fmt: skip
    mixed = children.where(rng.random(100) < 0.5, others)
    assert score_datum(mixed, parents, stated=stated).verdict == ""


@pytest.mark.parametrize("where", [(-104.9, 39.7), (10.0, 50.0)])
def test_outside_china_nothing_differs_and_nothing_is_said(where):
    parents = gpd.GeoSeries({f"p{i}": shapely.box(where[0] + i / 50, where[1], where[0] + (i + 1) / 50, where[1] + 0.02)
                             for i in range(20)}, crs=4490)  # fmt: skip
    children = parents.representative_point()
    scores = score_datum(children, parents, stated=pd.Series(parents.index, parents.index))
    assert scores.verdict == ""
    assert set(scores.scores["share"]) == {1.0}


def test_hostile_layers():
    nobody = gpd.GeoSeries([], dtype="geometry", crs=4490)
    children, parents, _ = towns.layers(np.random.default_rng(0), "same", n=20)
    assert score_datum(nobody, parents).verdict == ""
    assert score_datum(children, nobody).n == 0
    holes = pd.concat(
        [children, gpd.GeoSeries([None, shapely.Point(), shapely.Point(np.nan, 1)], ["x", "y", "z"], crs=4490)]
    )
    assert score_datum(holes, parents).n == 20
    bow = gpd.GeoSeries([shapely.Polygon([(108, 26), (108.1, 26.1), (108.1, 26), (108, 26.1)])] * 20, crs=4490)
    assert score_datum(bow, parents).verdict == ""
    metres = gpd.GeoSeries([shapely.Point(5e5 + i, 3e6) for i in range(20)])
    assert score_datum(metres, parents).verdict == ""


def test_the_order_of_rows_does_not_matter():
    children, parents, stated = towns.layers(np.random.default_rng(6), "GCJ-02", n=80)
    one = score_datum(children, parents, stated=stated)
    two = score_datum(children.iloc[::-1], parents.iloc[::-1], stated=stated.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(one.scores, two.scores)
    assert one.verdict == two.verdict == "GCJ-02"


def test_scores_are_a_table_of_all_hypotheses():
    children, parents, stated = towns.layers(np.random.default_rng(8), "BD-09", n=60)
    scores = score_datum(children, parents, stated=stated)
    assert list(scores.scores.columns) == ["hypothesis", "share", "n"]
    assert scores.scores["hypothesis"].to_list() == list(TRUTHS)
    assert scores.share("BD-09") > 0.9
    assert scores.share("same") < 0.4
    assert scores.kind == "stated"


@pytest.mark.parametrize("shift", [(60.0, 0.0), (-70.0, 80.0)])
def test_a_constant_shift_is_measured_and_is_no_map_service(shift):
    children, parents, stated = towns.layers(
        np.random.default_rng(11), "same", n=600, areal=False, noise=0.0, shift=shift
    )
    scores = score_datum(children, parents, stated=stated)
    assert scores.verdict in ("", "same")
    assert scores.shift == pytest.approx(shift, abs=20)


def squares(seed, side, step, n, *, part=1.0):
    """Return square parents in degrees, small homes in them (in the west of each: ``part``), and the stated parents."""
    rng = np.random.default_rng(seed)
    cells = [shapely.box(*corner, corner[0] + step, corner[1] + step)
             for corner in ((108 + i * step, 26.5 + j * step) for i in range(side) for j in range(side))]  # fmt: skip
    at = rng.integers(0, len(cells), n)
    spots = [shapely.Point(cells[k].bounds[0] + u * part * step, cells[k].bounds[1] + v * step).buffer(4e-4)
             for k, (u, v) in zip(at, rng.random((n, 2)), strict=True)]  # fmt: skip
    codes = np.array([f"p{k}" for k in range(len(cells))], dtype=object)
    return gpd.GeoSeries(spots, crs=4490), gpd.GeoSeries(cells, codes, crs=4490), pd.Series(codes[at])


def moved(series, move):
    shapes = shapely.transform(series.to_numpy(), lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    return gpd.GeoSeries(shapes, series.index, crs=4490)


@pytest.mark.parametrize("truth", ["same", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("seed", range(3))
def test_homes_along_one_side_of_their_parents_never_give_a_wrong_verdict(truth, seed):
    homes, cells, stated = squares(seed, 4, 0.01, 60, part=0.25)
    numbers = towns.NUMBERS.get(truth, lambda x, y: (x, y))
    assert score_datum(moved(homes, numbers), cells, stated=stated).verdict in ("", truth)


@pytest.mark.parametrize("angle", [0.3, 1.9, 3.5, 5.4])
def test_a_shift_of_600_metres_that_is_no_map_service_is_not_named(angle):
    homes, cells, stated = squares(5, 5, 0.005, 60)
    off = moved(homes, lambda x, y: (x + 0.006 * np.cos(angle), y + 0.0054 * np.sin(angle)))
    assert score_datum(off, cells, stated=stated).verdict == ""


def test_a_right_layer_has_no_shift():
    children, parents, stated = towns.layers(np.random.default_rng(12), "same", n=300, areal=False)
    assert score_datum(children, parents, stated=stated).shift == (0.0, 0.0)


@pytest.mark.parametrize("truth", TRUTHS)
def test_two_layers_of_the_same_things(truth):
    place = towns.Place()
    rng = np.random.default_rng(5)
    spots = shapely.points(rng.uniform(-4_000, 4_000, (40, 2)))
    doors = shapely.transform(spots, lambda xy: xy + rng.normal(0, 30, xy.shape))
    numbers = truth.removeprefix("reverse ") if truth != "same" else ""
    left, right = ("", numbers) if truth.startswith("reverse") else (numbers, "")
    houses = shapely.buffer(doors, 60)
    scores = score_pairs(
        gpd.GeoSeries(place.degrees(spots, left), crs=4490), gpd.GeoSeries(place.degrees(houses, right), crs=4490)
    )
    assert scores.verdict == truth
    assert scores.scores.set_index("hypothesis")["distance"][truth] < 100
    assert scores.kind == "pairs"


def test_pairs_with_a_constant_shift_and_wrong_names():
    place, rng = towns.Place(), np.random.default_rng(7)
    spots = rng.uniform(-4_000, 4_000, (60, 2))
    left = gpd.GeoSeries(place.degrees(shapely.points(spots + np.array([90.0, -40.0]))), crs=4490)
    right = shapely.points(spots)
    right[:10] = shapely.points(spots[:10] + 30_000.0)  # named alike, but other things
    scores = score_pairs(left, gpd.GeoSeries(place.degrees(right), crs=4490))
    assert scores.verdict in ("", "same")
    assert scores.shift == pytest.approx((90.0, -40.0), abs=3)
    assert scores.set_aside == 10
    nobody = gpd.GeoSeries([], dtype="geometry", crs=4490)
    assert score_pairs(nobody, nobody).verdict == ""


def test_sides_are_counted():
    assert sided(np.ones(10), np.zeros(10)) == Sides(10, 0, 1.0)
    assert Sides(10, 0, 1.0).chance == pytest.approx(1 / 1024)
    assert Sides(0, 0, 0.0).chance == 1.0
    assert not Sides(5, 5, 0.0).clear(stated=True)
    assert not Sides(3, 0, 0.5).clear(stated=True)
    assert Sides(12, 0, 0.5).clear(stated=False)
    assert not Sides(500, 100, 0.005).clear(stated=True)  # beyond chance, and nothing worth
    assert Sides(500, 100, 0.05).clear(stated=True)


STREETS = pd.Series({"s1": "六铺炕街道", "s2": "望京街道", "s3": "南口镇", "s4": "南口地区", "s5": "大兴区"})


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("六铺炕一区", "s1"),
        ("[朝阳 ] 望京街道利泽西园", "s2"),
        ("北京市大兴区黄村", "s5"),
        ("望京西路与六铺炕之间", "s2"),
        ("某路近望京与六铺炕", "s1"),
        ("某路近望京与大兴", ""),
        ("南口镇南大街", "s3"),
        ("南口大街", ""),
        ("", ""),
    ],
)
def test_places_named_in_addresses(text, want):
    assert labels_in(pd.Series([text]), STREETS).to_list() == [want]


def test_names_without_codes():
    assert labels_in(pd.Series(["望京西园"]), ["望京街道"]).to_list() == ["望京街道"]
    assert labels_in(pd.Series([], dtype=object), STREETS).to_list() == []
    assert bare("多福巷社区居委会") == "多福巷"


def test_first_words_learn_only_what_all_hypotheses_agree_on():
    words = first_words(pd.Series(["朝阳区甲路"] * 20 + ["海淀区乙路"] * 20 + ["丙路"] * 20 + ["丁巷"] * 3))
    areas = np.array(["C"] * 20 + ["H"] * 20 + ["C", "H"] * 10 + ["H"] * 3, dtype=object)
    other = np.where(np.arange(63) < 20, "H", areas)
    same = learned(words, {"same": areas, "BD-09": areas})
    assert same.iloc[0] == "C"
    assert same.iloc[20] == "H"
    assert same.iloc[-1] == ""
    assert learned(words, {"same": areas, "BD-09": other}).iloc[0] == ""


def test_a_slight_margin_convinces_only_in_great_numbers():
    assert Sides(40, 0, 0.06).convincing(60, fits=True)
    assert not Sides(3, 0, 0.02).convincing(60, fits=True)
    assert Sides(40, 0, 0.02).convincing(3_000, fits=True)
    assert not Sides(10, 4, 0.06).convincing(60, fits=False)
    assert Sides(40, 4, 0.3).convincing(60, fits=False)
