"""Small files as offices send them, written where a test needs them."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import geopandas as gpd
import openpyxl
from shapely.geometry import box

from gridkit.io.city import read_city
from gridkit.io.project import read_project
from gridkit.model import City, Findings

COMPOUNDS = [
    ["小区编号", "小区名称", "社区代码", "小区类型", "户数"],
    ["X1", "启明小区", "990101001001", "商品房小区", 120],
]


def workbook(path: Path, rows, *, merges=(), hidden=(), sheet="Sheet1", others=(), hidden_sheets=()) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    for area in merges:
        page.merge_cells(area)
    for row in hidden:
        page.row_dimensions[row].hidden = True
    for name, content in others:
        extra = book.create_sheet(name)
        for row in content:
            extra.append(row)
        if name in hidden_sheets:
            extra.sheet_state = "hidden"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def table(path: Path, rows, *, encoding="utf-8", separator=",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows)
    return path


def square(x: float = 0.0, y: float = 0.0, side: float = 0.001):
    return box(107.98 + x, 26.58 + y, 107.98 + x + side, 26.58 + y + side)


def layer(path: Path, columns: dict, geometries, *, crs: str | None = "EPSG:4490", name: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = gpd.GeoDataFrame(columns, geometry=list(geometries), crs=crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a file without a system is what some tests want
        frame.to_file(path, **({"layer": name} if name else {}))
    return path


def read(folder: Path, text: str) -> tuple[City, Findings]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gridkit.toml").write_text(text, encoding="utf-8")
    return read_city(read_project(folder))


def read_compounds(folder: Path, rows, **how) -> tuple[City, Findings]:
    workbook(folder / "a.xlsx", rows, **how)
    return read(folder, '[registries.compounds]\npath = "a.xlsx"\n')


def read_registry(folder: Path, kind: str, rows) -> tuple[City, Findings]:
    table(folder / "a.csv", rows)
    return read(folder, f'[registries.{kind}]\npath = "a.csv"\n')
