"""Cities for measuring the map: a planar partition, nested four times, with names and texts as long as real ones.

Every compound is a cell of a bent lattice; a grid is a row of three cells, a community four rows of two grids, a street
five by five communities. Neighbours share every vertex of their border, as after a repair of boundaries. Of each
twenty cells about one holds no compound. Each city is made from its seed alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES: Final = {1_000: (1, 2), 10_000: (4, 4), 100_000: (12, 14)}
"""Compounds, roughly -> rows and columns of streets."""
BENDS: Final = 5
"""Vertices between two corners of a cell, so that a cell has 24 (and the closing one)."""
BLOCKS: Final = {"street": (20, 30), "community": (4, 6), "grid": (1, 3), "compound": (1, 1)}
"""Level -> rows and columns of cells of one feature."""
PITCH: Final = 150.0
"""Metres between corners."""
EMPTY: Final = 0.06
ORIGIN: Final = (107.4, 26.2)
STATUSES: Final = ("OWN_BRANCH", "JOINT_BRANCH", "UNIT_ORG", "GRID_BRANCH", "INSTRUCTOR_ONLY", "UNCOVERED", "UNKNOWN")

_CHARACTERS: Final = np.array(
    list(
        "金银翠碧锦绣紫丹青云星晨春瑞祥福康安和雅馨嘉怡龙华富盛永阳明桂湖波枫兰竹荷柳桐泉溪岭景园辉丽泽润台城河庭源海"
    ),
    object,
)
_TYPES: Final = np.array(["小区", "花园", "苑", "家园", "公寓", "新村", "名邸", "华庭", "新城", "雅居"], object)
_ROADS: Final = np.array(
    ["文化", "人民", "解放", "建设", "中山", "和平", "迎宾", "环城", "滨江", "学府", "朝阳", "新华"], object
)


def map_world(compounds: int = 10_000, *, seed: int = 7) -> dict[str, gpd.GeoDataFrame]:
    """Return level -> features in degrees, the widest level first, indexed by code.

    Parameters
    ----------
    compounds : int
        One of ``SIZES``: 1,000, 10,000 or 100,000.
    seed : int
        Equal seeds give equal cities.

    Returns
    -------
    dict of str to geopandas.GeoDataFrame
        ``compound`` has ten columns beside its geometry, of which ``address``, ``company`` and ``reason`` are long.

    Examples
    --------
    >>> city = map_world(1_000)
    >>> {level: len(frame) for level, frame in city.items()}
    {'street': 2, 'community': 50, 'grid': 400, 'compound': 1131}
    >>> bool(city["compound"].geometry.is_valid.all())
    True
    """
    random = np.random.default_rng(seed)
    rows, columns = (a * b for a, b in zip(SIZES[compounds], BLOCKS["street"], strict=True))
    lattice = _lattice(rows, columns, random)
    shapes = {level: _blocks(lattice, size) for level, size in BLOCKS.items()}
    at = _places(rows, columns)
    frames = {level: _areas(level, shapes[level], at, random) for level in ("street", "community", "grid")}
    kept = np.flatnonzero(random.random(rows * columns) >= EMPTY)
    frames["compound"] = _compounds(kept, shapes["compound"], at, random)
    return frames


def _lattice(rows: int, columns: int, random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return edges along rows, shape (rows + 1, columns, bends + 2, 2), and along columns, in degrees."""
    y, x = np.mgrid[: rows + 1, : columns + 1].astype(float)
    corners = np.stack([x, y], axis=-1) * PITCH + random.uniform(-0.22, 0.22, (rows + 1, columns + 1, 2)) * PITCH

    def bent(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        along = np.linspace(0, 1, BENDS + 2)[:, None]
        line = a[:, :, None] + (b - a)[:, :, None] * along
        line[:, :, 1:-1] += random.uniform(-0.035, 0.035, (*line.shape[:2], BENDS, 2)) * PITCH
        scale = np.array([111_320 * np.cos(np.radians(ORIGIN[1])), 110_800])
        return np.asarray(line / scale + np.array(ORIGIN))

    return bent(corners[:, :-1], corners[:, 1:]), bent(corners[:-1], corners[1:])


def _blocks(lattice: tuple[NDArray[np.float64], NDArray[np.float64]], size: tuple[int, int]) -> NDArray[np.object_]:
    """Return the polygons of blocks of ``size`` cells, row by row."""
    across, down = lattice
    high, wide = size
    rows, columns = down.shape[0] // high, across.shape[1] // wide
    r = np.repeat(np.arange(rows) * high, columns)[:, None]
    c = np.tile(np.arange(columns) * wide, rows)[:, None]
    right, up = np.arange(wide)[None], np.arange(high)[None]
    sides = (
        across[r, c + right][:, :, :-1],
        down[r + up, c + wide][:, :, :-1],
        across[r + high, c + right[:, ::-1]][:, :, :0:-1],
        down[r + up[:, ::-1], c][:, :, :0:-1],
    )
    rings = np.concatenate([side.reshape(len(r), -1, 2) for side in sides], axis=1)
    return np.asarray(shapely.polygons(rings))


def _places(rows: int, columns: int) -> dict[str, NDArray[np.int64]]:
    """Return level -> number of the block that each cell lies in."""
    y, x = np.divmod(np.arange(rows * columns), columns)
    return {level: y // high * (columns // wide) + x // wide for level, (high, wide) in BLOCKS.items()}


def _codes(level: str, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array([f"{level[0]}{level[-1]}{number:07d}" for number in numbers.tolist()], object)


def _word(n: int, length: int, random: np.random.Generator) -> NDArray[np.object_]:
    picked = _CHARACTERS[random.integers(0, len(_CHARACTERS), (n, length))]
    return np.asarray(picked.sum(axis=1), object)


def _areas(
    level: str, shapes: NDArray[np.object_], at: dict[str, NDArray[np.int64]], random: np.random.Generator
) -> gpd.GeoDataFrame:
    numbers = np.arange(len(shapes))
    above = {"community": "street", "grid": "community"}.get(level)
    first = np.unique(at[level], return_index=True)[1]
    known = random.integers(0, 30, len(shapes))
    columns = {
        "name": _word(len(shapes), 2, random) + {"street": "街道", "community": "社区", "grid": "网格"}[level],
        "parent": _codes(above, at[above][first]) if above else np.full(len(shapes), "", object),
        "numerator": known,
        "denominator": known + random.integers(0, 9, len(shapes)),
    }
    index = pd.Index(_codes(level, numbers), name="code")
    return gpd.GeoDataFrame(columns, index=index, geometry=shapes, crs="EPSG:4490")


def _compounds(
    kept: NDArray[np.int64], shapes: NDArray[np.object_], at: dict[str, NDArray[np.int64]], random: np.random.Generator
) -> gpd.GeoDataFrame:
    n = len(kept)
    names = _word(n, 2, random) + _TYPES[random.integers(0, len(_TYPES), n)]
    numbers = np.array([f"{number}号" for number in random.integers(1, 999, n).tolist()], object)
    branch = _word(n, 2, random) + "联合党支部"
    columns = {
        "name": names,
        "type": np.array(["commercial", "work_unit", "open", "rural"], object)[random.integers(0, 4, n)],
        "households": random.integers(20, 2_500, n),
        **{level: _codes(level, at[level][kept]) for level in ("street", "community", "grid")},
        "status": np.array(STATUSES, object)[random.integers(0, len(STATUSES), n)],
        "address": _ROADS[random.integers(0, len(_ROADS), n)] + "路" + numbers + names,
        "company": _word(n, 3, random) + "物业服务有限公司第" + _word(n, 1, random) + "分公司",
        "reason": "登记簿把" + branch + "列在" + names + "，按规则计为覆盖；住户人数取自台账。",
    }
    index = pd.Index(_codes("compound", kept), name="code")
    return gpd.GeoDataFrame(columns, index=index, geometry=shapes[kept], crs="EPSG:4490")
