"""Cases of rules S170-S179: files whose coordinates are wrong in one way, and the same files right."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Transformer

from gridkit.geo.datum import wgs84_to_gcj02
from tests.io import files

PLANE = "EPSG:4545"
BACK = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True)
X0, Y0 = 498_000.0, 2_938_500.0


def degrees(shapes, numbers=None):
    """Return metres of the zone of Kaili in degrees, or in the numbers of a map service."""

    def move(xy):
        lon, lat = BACK.transform(xy[:, 0], xy[:, 1])
        return np.column_stack(numbers(lon, lat) if numbers else (lon, lat))

    return list(shapely.transform(np.array(shapes, dtype=object), move))


def communities(folder, side=5, size=600.0, name="c.gpkg"):
    """Write square communities and return their squares in metres, their codes, and the lines of the project."""
    cells = [shapely.box(X0 + i * size, Y0 + j * size, X0 + (i + 1) * size, Y0 + (j + 1) * size)
             for i in range(side) for j in range(side)]  # fmt: skip
    codes = [f"990101{n // 9 + 1:03d}{n % 9 + 1:03d}" for n in range(len(cells))]
    files.layer(
        folder / name, {"社区代码": codes, "社区名称": [f"第{n}社区" for n in range(len(cells))]}, degrees(cells)
    )
    return cells, codes, f'[layers.community]\npath = "{name}"\n'


def homes(folder, *, numbers=None, shift=(0.0, 0.0), stated="", spread=0.3, many=3, digits=9, deep=False):
    """Write points in each community, with the code of the community, and return the lines of the project.

    ``deep``: without the code, and so deep inside that every hypothesis leaves them in some community.
    """
    cells, codes, text = communities(folder, side=11 if deep else 5)
    rng = np.random.default_rng(3)
    spots, owners = [], []
    for cell, code in zip(cells, codes, strict=True):
        if deep and abs(np.array(cell.centroid.coords[0]) - [X0 + 3_300.0, Y0 + 3_300.0]).max() > 700:
            continue
        middle = np.array([cell.centroid.x, cell.centroid.y])
        for spot in middle + rng.uniform(-spread, spread, (many, 2)) * 600.0:
            spots.append(shapely.Point(spot + np.array(shift)))
            owners.append(code)
    placed = degrees(spots, numbers)
    head = ["小区编号", "小区名称", "小区类型", *([] if deep else ["社区代码"]), "经度", "纬度"]
    rows = [
        [f"X{n}", f"第{n}小区", "商品房", *([] if deep else [code]), round(p.x, digits), round(p.y, digits)]
        for n, (p, code) in enumerate(zip(placed, owners, strict=True))
    ]
    files.table(folder / "p.csv", [head, *rows])
    return f'{text}[layers.compound]\npath = "p.csv"\n{stated}'


def far_zone(folder, crs):
    """Write a layer in metres whose stated zone is another one."""
    _, _, text = communities(folder)
    files.layer(folder / "g.gpkg", {"网格编码": ["G1"], "社区代码": ["990101001001"]},
                [shapely.box(X0, Y0, X0 + 300, Y0 + 300)], crs=crs)  # fmt: skip
    return f'{text}[layers.grid]\npath = "g.gpkg"\n'


def units(folder, lon, lat):
    files.table(folder / "u.csv", [["单位名称", "经度", "纬度", "坐标系"], ["甲局", lon, lat, "WGS84"]])
    return '[registries.units]\npath = "u.csv"\n'


def controlled(folder, *, wrong=0.0, control=True):
    """Write a layer in Beijing 1954 metres (moved by a constant here) and control points, one of them off."""
    shift = np.array([48.0, -61.0]) if control else np.zeros(2)
    square = shapely.box(X0, Y0, X0 + 900, Y0 + 900)
    crs = "EPSG:2433" if control else PLANE
    files.layer(folder / "a.gpkg", {"小区编号": ["X1"], "小区名称": ["甲小区"], "小区类型": ["商品房"]},
                [shapely.transform(square, lambda xy: xy + shift)], crs=crs)  # fmt: skip
    spots = np.array([[X0, Y0], [X0 + 4_000, Y0], [X0, Y0 + 4_000], [X0 + 4_000, Y0 + 3_000], [X0 + 2_000, Y0 + 1_500]])
    rows = [["点名", "x", "y", "lon", "lat"]]
    for n, ((x, y), (lon, lat)) in enumerate(zip(spots, np.column_stack(BACK.transform(*spots.T)), strict=True)):
        rows.append([f"K{n}", x + shift[0] + (wrong if n == 2 else 0.0), y + shift[1], lon, lat])
    files.table(folder / "control.csv", rows)
    return '[layers.compound]\npath = "a.gpkg"\n' + ('control = "control.csv"\n' if control else "")


CASES = {
    "S170": (lambda f: homes(f, numbers=wgs84_to_gcj02), homes),
    "S171": (
        lambda f: homes(f, stated='crs = "BD-09"\n'),
        lambda f: homes(f, numbers=wgs84_to_gcj02, stated='crs = "GCJ-02"\n'),
    ),
    "S172": (lambda f: homes(f, deep=True), lambda f: homes(f, deep=True, stated='crs = "EPSG:4326"\n')),
    "S173": (lambda f: homes(f, shift=(90.0, 60.0), spread=0.45, many=20), lambda f: homes(f, spread=0.45, many=20)),
    "S174": (lambda f: units(f, "26.58", "107.98"), lambda f: units(f, "107.98", "26.58")),
    "S175": (lambda f: units(f, "36498000", "2938500"), lambda f: units(f, "107.98", "26.58")),
    "S176": (lambda f: homes(f, digits=3), homes),
    "S177": (lambda f: units(f, "107°58'48\"E", "26°34'48\"N"), lambda f: units(f, "107.98", "26.58")),
    "S178": (controlled, lambda f: controlled(f, control=False)),
    "S179": (lambda f: controlled(f, wrong=6.0), controlled),
}
