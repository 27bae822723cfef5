"""Two versions of one layer laid over each other: how much of each old unit, and of its households, is in each new one.

Overlaps are found through a tree and measured together, so that the work grows with the number of units. Households
are whole numbers: what a compound on a border has is divided by the area of its pieces, and what is left over goes to
the largest remainders, so that no household is lost or made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError
from gridkit.locale import N_

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]
    Positions = NDArray[np.intp]
    Numbers = NDArray[np.float64]

NOISE: Final = 0.01
"""Square metres: a smaller overlap is noise of the coordinates, unless it is a good part of one of the units."""
_GOOD_PART: Final = 0.01
_POLYGONS: Final = (3, 6)
COLUMNS: Final = ("old", "new", "area_m2", "share_old", "share_new", "households", "household_share")


def areal(shapes: Geometries) -> Geometries:
    """Return valid polygons; None for what has no area, has no end, or is no polygon.

    >>> areal(np.array([shapely.box(0, 0, 1, 1), shapely.Point(0, 0), None], dtype=object)).tolist()[1:]
    [None, None]
    """
    result = np.array(shapely.force_2d(shapes), dtype=object)
    broken = np.flatnonzero(~(shapely.is_valid(result) | shapely.is_missing(result)))
    finite = np.isfinite(shapely.bounds(result)).all(axis=1)
    broken = broken[finite[broken] & (shapely.get_dimensions(result[broken]) == 2)]
    if len(broken):
        result[broken] = shapely.make_valid(result[broken], method="structure", keep_collapsed=False)
    for mixed in np.flatnonzero(finite & (shapely.get_type_id(result) == 7)):
        parts = [part for part in shapely.get_parts(result[mixed]) if shapely.get_type_id(part) in _POLYGONS]
        result[mixed] = shapely.union_all(parts) if parts else None
    fine = finite & np.isin(shapely.get_type_id(result), _POLYGONS) & (shapely.area(result) > 0)
    result[~fine] = None
    return result


def overlaps(old: Geometries, new: Geometries) -> tuple[Positions, Positions, Numbers]:
    """Return all pairs of polygons that share ground, and how much (square metres), sorted by position.

    Parameters
    ----------
    old, new : numpy.ndarray of shapely polygons or None
        Valid, in metres, from :func:`areal`.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 1)])
    >>> [part.tolist() for part in overlaps(two, np.array([shapely.box(1, 0, 3, 1)]))]
    [[0, 1], [0, 0], [1.0, 1.0]]
    """
    twin_old, twin_new = _twins(old, new)
    one, other = shapely.STRtree(new).query(old)
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    equal = twin_old[one] == other
    apart = np.zeros(len(one), dtype=bool)
    if equal.any():
        # What equals a unit of the other version overlaps there only what that unit overlaps in its own version.
        for twin, at, beside, version in ((twin_old, one, other, new), (twin_new, other, one, old)):
            clean = _clean(version)
            apart |= (twin[at] >= 0) & clean[twin[at]] & clean[beside]
    area = np.where(equal, shapely.area(old[one]), 0.0)
    open_ = np.flatnonzero(~equal & ~apart)
    open_ = open_[shapely.intersects(old[one[open_]], new[other[open_]])]
    area[open_] = shapely.area(shapely.intersection(old[one[open_]], new[other[open_]]))
    least = np.minimum(shapely.area(old[one]), shapely.area(new[other]))
    real = (area > NOISE) | (area > _GOOD_PART * least)
    return one[real], other[real], area[real]


def _twins(old: Geometries, new: Geometries) -> tuple[Positions, Positions]:
    """Return, for the units of both versions, the one of the other version with the same vertices; -1 for none."""
    found = []
    for shapes in (old, new):
        texts = pd.Series(shapely.to_wkb(shapely.normalize(shapes)), dtype=object)
        found.append(texts[texts.notna() & ~texts.duplicated(keep=False)])
    places = pd.Series(found[1].index, index=found[1].to_numpy())
    twin = places.reindex(found[0].to_numpy()).fillna(-1).to_numpy(dtype=np.intp)
    result = np.full(len(old), -1, dtype=np.intp), np.full(len(new), -1, dtype=np.intp)
    result[0][found[0].index] = twin
    has = np.flatnonzero(result[0] >= 0)
    result[1][result[0][has]] = has
    return result


def _clean(shapes: Geometries) -> NDArray[np.bool_]:
    """Return which polygons of a layer overlap no other one: their borders meet those of their neighbours."""
    result = np.zeros(len(shapes), dtype=bool)
    there = np.flatnonzero(~shapely.is_missing(shapes))
    result[there] = shapely.is_empty(shapely.coverage_invalid_edges(shapes[there]))
    return result


def crosswalk(old: Any, new: Any, *, points: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """Return how much of each old unit lies in each new one, by area and by households.

    Parameters
    ----------
    old, new : geopandas.GeoDataFrame or GeoSeries
        Polygons indexed by unique codes, in one metric system.
    points : geopandas.GeoDataFrame, optional
        Compounds (points or polygons) in the same system with a column ``households``; one that is not known counts 0.

    Returns
    -------
    pandas.DataFrame
        ``old``, ``new`` (codes, sorted; ``""`` for ground that no unit of that version has), ``area_m2``,
        ``share_old``, ``share_new`` (of the area of the unit; they add to 1 for a unit that nobody overlaps in the
        other version), ``households`` (``Int64``, ``<NA>`` without ``points``; their sum is that of ``points``),
        ``household_share`` (of the households of the old unit). Households at no place stand in the row of two ``""``.

    Raises
    ------
    InputError
        If the systems differ, codes are not unique, or households are no whole numbers.

    Examples
    --------
    >>> import geopandas as gpd
    >>> old = gpd.GeoSeries({"a": shapely.box(0, 0, 4, 1)}, crs=4544)
    >>> new = gpd.GeoSeries({"a": shapely.box(0, 0, 3, 1), "b": shapely.box(3, 0, 4, 1)}, crs=4544)
    >>> homes = gpd.GeoDataFrame({"households": [30, 9]}, geometry=gpd.points_from_xy([1, 3.5], [0.5, 0.5]), crs=4544)
    >>> crosswalk(old, new, points=homes)[["new", "share_old", "households"]].values.tolist()
    [['a', 0.75, 30], ['b', 0.25, 9]]
    """
    _demand(old, new, points)
    codes_old, shapes_old = _sorted(old)
    codes_new, shapes_new = _sorted(new)
    one, other, area = overlaps(shapes_old, shapes_new)
    table = pd.DataFrame({"one": one, "other": other, "area_m2": area})
    table = pd.concat([table, _uncovered(shapes_old, table, "one"), _uncovered(shapes_new, table, "other")])
    table = table.groupby(["one", "other"], as_index=False)["area_m2"].sum()
    if points is not None:
        held = _held(points, shapes_old, shapes_new)
        table = table.merge(held, on=["one", "other"], how="outer")
        table = table.fillna({"area_m2": 0.0, "households": 0})
    else:
        table["households"] = pd.NA
    return _shares(table, (codes_old, shapes_old), (codes_new, shapes_new))


def _demand(*frames: Any) -> None:
    given = [frame for frame in frames if frame is not None]
    if len({frame.crs for frame in given}) > 1:
        raise InputError(N_("the layers are in different coordinate systems"), remedy=N_("bring them to one system"))
    for frame in given[:2]:
        if not frame.index.is_unique:
            raise InputError(
                N_("codes stand more than once: {codes}"),
                remedy=N_("give each unit a code of its own"),
                codes=", ".join(sorted({str(one) for one in frame.index[frame.index.duplicated()]})[:10]),
            )


def _sorted(frame: Any) -> tuple[Geometries, Geometries]:
    codes: Geometries = np.array([str(code) for code in frame.index], dtype=object)
    order = np.argsort(codes, kind="stable")
    shapes: Geometries = np.array(frame.geometry.array, dtype=object)
    return codes[order], areal(shapes[order])


def _uncovered(shapes: Geometries, table: pd.DataFrame, side: str) -> pd.DataFrame:
    """Return the ground of each unit that the other version leaves to nobody."""
    area = shapely.area(shapes)
    covered = np.bincount(table[side], weights=table["area_m2"], minlength=len(shapes))
    left = np.nan_to_num(area) - covered
    rows = np.flatnonzero((left > NOISE) | (left > _GOOD_PART * area))
    other = "other" if side == "one" else "one"
    return pd.DataFrame({side: rows, other: np.full(len(rows), -1, dtype=np.intp), "area_m2": left[rows]})


def _shares(
    table: pd.DataFrame, old: tuple[NDArray[np.object_], Geometries], new: tuple[NDArray[np.object_], Geometries]
) -> pd.DataFrame:
    table = table.sort_values(["one", "other"], ignore_index=True)
    result = pd.DataFrame(index=table.index)
    for name, side, (codes, shapes) in (("old", "one", old), ("new", "other", new)):
        place = table[side].to_numpy(dtype=np.intp)
        result[name] = np.append(codes, "")[place]
        result[f"share_{name}"] = (
            table["area_m2"].to_numpy(dtype=float) / np.append(shapely.area(shapes), np.nan)[place]
        )
    result["area_m2"] = table["area_m2"].to_numpy(dtype=float)
    households = table["households"].astype("Int64")
    result["households"] = households
    total = households.fillna(0).groupby(table["one"]).transform("sum").to_numpy(dtype=float)
    share = np.full(len(table), np.nan)
    known = (total > 0) & (table["one"].to_numpy() >= 0) & households.notna().to_numpy()
    share[known] = households.fillna(0).to_numpy(dtype=float)[known] / total[known]
    result["household_share"] = share
    return result[list(COLUMNS)]


def weights_of(points: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the households of compounds as whole numbers; 0 for those that are not known.

    Raises
    ------
    InputError
        If there is no such column, or a number is negative or broken.
    """
    if "households" not in points:
        raise InputError(N_("the compounds have no numbers of households"), remedy=N_("add a column households"))
    numbers = pd.to_numeric(points["households"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    numbers = np.nan_to_num(numbers, nan=0.0, posinf=-1.0, neginf=-1.0)
    if ((numbers < 0) | (numbers != np.floor(numbers))).any():
        raise InputError(
            N_("numbers of households are negative or no whole numbers"), remedy=N_("correct them in the file")
        )
    return numbers.astype(np.int64)


def first_holder(points: Geometries, holders: Geometries) -> Positions:
    """Return the position of the first polygon that each point lies in or on, -1 for none.

    >>> first_holder(shapely.points([[1, 0.5], [9, 9]]), np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    array([ 0, -1])
    """
    result = np.full(len(points), len(holders), dtype=np.intp)
    point, holder = shapely.STRtree(holders).query(points, predicate="intersects")
    np.minimum.at(result, point, holder)
    result[result == len(holders)] = -1
    return result


def spots(shapes: Geometries) -> Geometries:
    """Return one point of each compound that lies in it: itself for a point; None where there is nothing."""
    result = np.array(shapely.force_2d(shapes), dtype=object)
    result[~np.isfinite(shapely.bounds(result)).all(axis=1)] = None
    return np.asarray(shapely.point_on_surface(result))


def _held(points: gpd.GeoDataFrame, old: Geometries, new: Geometries) -> pd.DataFrame:
    """Return the households of each pair of positions (-1 for none)."""
    number = weights_of(points)
    shapes = np.asarray(points.geometry.array, dtype=object)
    place = spots(shapes)
    one, other = first_holder(place, old), first_holder(place, new)
    area = areal(shapes)
    area[shapely.area(area) < NOISE] = None
    several = np.flatnonzero(~_inside(area, old, one) | ~_inside(area, new, other))
    whole = np.ones(len(points), dtype=bool)
    whole[several] = False
    rows = [pd.DataFrame({"one": one[whole], "other": other[whole], "households": number[whole]})]
    trees = shapely.STRtree(old), shapely.STRtree(new)
    rows += [_divided(area[at], int(number[at]), *trees) for at in several.tolist()]
    table = pd.concat(rows, ignore_index=True)
    return table.groupby(["one", "other"], as_index=False)["households"].sum().query("households > 0")


def _inside(area: Geometries, holders: Geometries, which: Positions) -> NDArray[np.bool_]:
    """Return which compounds need no division: points, and polygons that their unit covers."""
    alone = shapely.is_missing(area)
    rest = np.flatnonzero(~alone & (which >= 0))
    chosen = holders[which[rest]]
    shapely.prepare(chosen)
    alone[rest] = shapely.covers(chosen, area[rest])
    return np.asarray(alone)


def _divided(shape: Any, number: int, old: shapely.STRtree, new: shapely.STRtree) -> pd.DataFrame:
    """Divide the households of one polygon by the area of its pieces, the rest to the largest remainders."""
    near_old, near_new = np.sort(old.query(shape)), np.sort(new.query(shape))
    pieces = [(int(at), shapely.intersection(shape, old.geometries[at])) for at in near_old]
    pieces.append((-1, shapely.difference(shape, shapely.union_all(old.geometries[near_old]))))
    pairs: list[tuple[int, int, int]] = []
    for at, piece in pieces:
        whole = _units(shapely.area(piece))
        for there in near_new.tolist():
            part = _units(shapely.area(shapely.intersection(piece, new.geometries[there])))
            pairs += [(at, there, part)] if part else []
            whole -= part
        pairs += [(at, -1, whole)] if whole > 0 else []
    sizes = [part for _, _, part in pairs]
    parts = largest_remainder(number, sizes)
    return pd.DataFrame({"one": [p[0] for p in pairs], "other": [p[1] for p in pairs], "households": parts})


def _units(area: float) -> int:
    """Return an area in whole square centimetres."""
    return round(float(area) * 10_000)


def largest_remainder(number: int, sizes: list[int]) -> list[int]:
    """Divide a whole number by whole sizes; what is left goes to the largest remainders, the first of equal ones.

    >>> largest_remainder(10, [1, 1, 1]), largest_remainder(1, [1, 2])
    ([4, 3, 3], [0, 1])
    """
    total = sum(sizes)
    parts = [number * size // total for size in sizes]
    order = sorted(range(len(sizes)), key=lambda at: (-(number * sizes[at] % total), at))
    for at in order[: number - sum(parts)]:
        parts[at] += 1
    return parts
