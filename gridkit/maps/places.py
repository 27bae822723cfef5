"""An order of features by place, so that neighbours stand beside each other in the map's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridkit.maps.parts import WORLD, project

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_BITS = WORLD.bit_length() - 1


def in_order(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows along a Hilbert curve, features without a geometry last, whatever their order was.

    Rows of one place are sorted by code, then by all that they hold.
    """
    if len(frame) <= 1:
        return frame
    shapes = np.asarray(frame.geometry.array)
    key = hilbert(shapes)
    codes = np.array([str(code) for code in frame.index], dtype=object)
    order = np.lexsort((_ranks(codes), key))
    same = (key[order][1:] == key[order][:-1]) & (codes[order][1:] == codes[order][:-1])
    if same.any():
        order = _settled(frame, order, same)
    return frame.iloc[order]


def _ranks(codes: NDArray[np.object_]) -> NDArray[np.int64]:
    place = {code: at for at, code in enumerate(sorted(set(codes.tolist())))}
    return np.array([place[code] for code in codes.tolist()], dtype=np.int64)


def _settled(frame: gpd.GeoDataFrame, order: NDArray[np.int64], same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the order with rows of the same place and code sorted by what they hold."""
    run = np.concatenate([[0], np.cumsum(~same)])
    doubtful = np.flatnonzero(np.bincount(run)[run] > 1)
    rows = frame.iloc[order[doubtful]]
    held = rows.drop(columns=rows.geometry.name).astype(str).agg("\0".join, axis=1) if rows.shape[1] > 1 else None
    wkb = shapely.to_wkb(np.asarray(rows.geometry.array), hex=True)
    texts = [f"{shape}\0{'' if held is None else held.iloc[at]}" for at, shape in enumerate(wkb)]
    inner = sorted(range(len(doubtful)), key=lambda at: (int(run[doubtful[at]]), texts[at]))
    order = order.copy()
    order[doubtful] = order[doubtful][inner]
    return order


def hilbert(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return where the middle of each geometry in degrees lies along a Hilbert curve over the world.

    Features without a geometry are at the end of it.

    >>> hilbert(np.array([shapely.Point(-179, 84), shapely.Point(179, 84), None], dtype=object)).argsort().tolist()
    [0, 1, 2]
    """
    box = shapely.bounds(shapes)
    middle = (box[:, :2] + box[:, 2:]) / 2
    there = np.isfinite(middle).all(axis=1)
    units = np.clip(project(np.where(there[:, None], middle, 0.0)), 0, WORLD - 1)
    x, y = units[:, 0].copy(), units[:, 1].copy()
    key = np.zeros(len(x), dtype=np.int64)
    for bit in range(_BITS - 1, -1, -1):
        right, down = (x >> bit) & 1, (y >> bit) & 1
        key = key << 2 | (3 * right) ^ down
        # turn the quarter so that the curve goes on in it
        flip = (down == 0) & (right == 1)
        x, y = np.where(flip, ~x, x), np.where(flip, ~y, y)
        x, y = np.where(down == 0, y, x), np.where(down == 0, x, y)
    return np.where(there, key, np.iinfo(np.int64).max)
