"""A small project for the commands of grids: two communities side by side, twelve compounds in each, a road, grids."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, box

CRS = "EPSG:4544"
X, Y = 500_000.0, 4_400_000.0
WEST, EAST = "990101001001", "990101001002"
LAYERS = ("community", "compound", "grid", "road")


def square(x, y, width, height=None):
    return box(X + x, Y + y, X + x + width, Y + y + (height or width))


def layers():
    """Return each layer of the project by name; tests change one of them."""
    compounds = []
    for code, left in ((WEST, 0), (EAST, 600)):
        for n in range(12):
            shape = square(left + 20 + n % 4 * 145, 15 + n // 4 * 130, 120, 100)
            compounds.append((f"{code}X{n + 1:03d}", f"小区{n + 1}", code, 200 if n % 2 else 180, shape))
    columns = ["小区编号", "小区名称", "社区代码", "户数", "geometry"]
    return {
        "community": frame({"社区代码": [WEST, EAST], "社区名称": ["东门社区", "西门社区"]},
                           [square(0, 0, 600, 400), square(600, 0, 600, 400)]),
        "compound": gpd.GeoDataFrame(pd.DataFrame(compounds, columns=columns), geometry="geometry", crs=CRS),
        "grid": frame({"网格编码": [WEST + "001", WEST + "002", EAST + "001"],
                       "网格名称": ["第一网格", "第二网格", "第一网格"], "所属社区编码": [WEST, WEST, EAST]},
                      [square(0, 0, 300, 400), square(300, 0, 300, 400), square(600, 0, 600, 400)]),
        "road": frame({"highway": ["primary"]}, [LineString([(X, Y + 130), (X + 1200, Y + 130)])]),
    }  # fmt: skip


def frame(columns, shapes, crs=CRS):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def save(folder, found, *, more="", leave_out=()):
    """Write a project of layers and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = '[project]\nname = "t"\nas_of = 2024-06-30\n'
    for name, layer in found.items():
        if name not in leave_out:
            layer.to_file(folder / f"{name}.gpkg", driver="GPKG")
            text += f'[layers.{name}]\npath = "{name}.gpkg"\n'
    (folder / "gridkit.toml").write_text(text + more, encoding="utf-8")
    return folder
