"""Write the boundary files: GeoJSON, a Shapefile in GBK without code page, two GeoPackages - with planted defects."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from gridkit.demo.plant import Plant
from gridkit.demo.tables import WORDS
from gridkit.demo.territory import PLAIN
from gridkit.demo.workbook import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridkit.demo.degrade import Mess
    from gridkit.demo.territory import Record

_MOMENT = "2024-06-30T00:00:00.000Z"
DEFECT = 4.0
"""Width in metres of the planted overlap and gap between grids."""


@contextmanager
def _fixed_date() -> Iterator[None]:
    """GeoPackage writes the time of writing; give it the as-of date instead."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _MOMENT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_layers(mess: Mess, folder: Path) -> dict[str, Layout]:
    """Write all four layers into ``folder``; return where each feature went."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = mess.city.tables
    grids = [dict(grid) for grid in tables["grids"]]
    homes = [dict(home) for home in tables["compounds"]]
    if mess.city.size not in PLAIN:
        _bend_grids(mess, grids)
        _push_over_border(mess, homes)
    stated = _stated_communities(mess, homes)
    with _fixed_date():
        _geojson(folder / "streets.geojson", [
            {"街道代码": s["code"], "街道名称": s["name"], "主管单位": s["managing_body"], "geometry": s["geometry"]}
            for s in tables["streets"]
        ], mess.city.crs)  # fmt: skip
        _shapefile(folder / "communities.shp", tables["communities"], mess.city.crs)
        _geopackage(folder / "grids.gpkg", [
            {
                "网格编码": g["code"], "网格名称": g["name"], "社区代码": g["community"],
                "网格类型": WORDS["grid_kind"][g["kind"]],
                "户数": g["households"], "网格长": "甲某" if g["grid_head"] else "", "geometry": g["geometry"],
            } for g in grids
        ], mess.city.crs)  # fmt: skip
        _geopackage(folder / "compounds.gpkg", [
            {
                "小区编号": h["id"], "小区名称": h["name"], "社区代码": stated.get(h["id"], h["community"]),
                "小区类型": WORDS["compound_type"][h["compound_type"]], "建成年份": h["built_year"],
                "户数": h["households"],
                "常住人口": h["population"], "geometry": h["geometry"],
            } for h in homes
        ], mess.city.crs)  # fmt: skip
    codes = {c["code"]: n for n, c in enumerate(tables["communities"], 1)}
    return {
        "communities": Layout("boundaries/communities.shp", "communities", codes),
        "grids": Layout("boundaries/grids.gpkg", "grids", {g["code"]: n for n, g in enumerate(grids, 1)}),
        "compounds.layer": Layout(
            "boundaries/compounds.gpkg", "compounds", {h["id"]: n for n, h in enumerate(homes, 1)}
        ),
    }


def _geojson(path: Path, rows: list[Record], crs: str) -> None:
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=crs).to_crs("EPSG:4490")
    frame.to_file(path, driver="GeoJSON", engine="pyogrio", COORDINATE_PRECISION=8)


def _geopackage(path: Path, rows: list[Record], crs: str) -> None:
    path.unlink(missing_ok=True)
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)
    frame.to_file(path, driver="GPKG", layer=path.stem, engine="pyogrio")


_FIELDS = (
    ("社区代码", 12),
    ("社区名称", 40),
    ("街道代码", 12),
    ("社区类型", 16),
    ("城乡分类代", 3),
    ("户数", 9),
    ("常住人口", 9),
)
"""Attributes of the Shapefile; 城乡分类代码 is cut to the 10 bytes that a dBASE name may have."""


def _shapefile(path: Path, rows: tuple[Record, ...], crs: str) -> None:
    """Write geometry with GDAL, then the attributes by hand: GBK names and values, no language byte, no ``.cpg``."""
    frame = gpd.GeoDataFrame({"id": range(len(rows))}, geometry=[row["geometry"] for row in rows], crs=crs)
    frame.to_file(path, driver="ESRI Shapefile", engine="pyogrio")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    values = [
        (
            c["code"], c["name"], c["street"], WORDS["klass"][c["klass"]], c["urban_rural_class"], c["households"],
            c["population"],
        ) for c in rows
    ]  # fmt: skip
    path.with_suffix(".dbf").write_bytes(dbase(_FIELDS, values))


def dbase(fields: tuple[tuple[str, int], ...], values: list[tuple[Any, ...]]) -> bytes:
    r"""Return a dBASE III table in GB18030 without a code page; ``fields`` are names and widths, dated 2024-06-30.

    >>> dbase((("代码", 3),), [("007",)])[-5:]
    b' 007\x1a'
    """
    width = 1 + sum(size for _, size in fields)
    head = struct.pack("<4BIHH20x", 3, 124, 6, 30, len(values), 33 + 32 * len(fields), width)
    for at, (name, size) in enumerate(fields):
        kind = b"N" if values and isinstance(values[0][at], int) else b"C"
        head += name.encode("gb18030").ljust(11, b"\0") + kind + struct.pack("<4xBB14x", size, 0)
    body = b""
    for row in values:
        body += b" "
        for value, (_, size) in zip(row, fields, strict=True):
            text = str(value).encode("gb18030")
            body += text.rjust(size) if isinstance(value, int) else text.ljust(size)
    return head + b"\r" + body + b"\x1a"


def _bend_grids(mess: Mess, grids: list[Record]) -> None:
    """Let two neighbouring grids overlap, and open a gap between another two, by moving a shared node of one of them.

    The node lies inside the community, on the edge between the two, and away from all compounds (it is on a road).
    """
    plain = [grid for grid in grids if grid["kind"] == "comprehensive"]
    done: set[str] = set()
    for kind, step, note in (("grid_overlap", DEFECT, "与相邻网格重叠"), ("grid_gap", -DEFECT, "与相邻网格之间有缝隙")):
        pair = _neighbours(plain, done)
        if pair is None:
            return
        one, other, node = pair
        done.update(grid["community"] for grid in (one, other))
        towards = np.asarray(other["geometry"].centroid.coords[0]) - node
        moved = np.round(node + step * towards / np.hypot(*towards), 2)
        ring = shapely.get_coordinates(one["geometry"])
        ring[(ring == node).all(axis=1)] = moved
        one["geometry"] = shapely.Polygon(ring)
        mess.plants.append(
            Plant(kind, "grids", one["code"], "geometry", f"{one['code']} {other['code']}", f"{note}（{DEFECT:g}米）")
        )


def _neighbours(grids: list[Record], done: set[str]) -> tuple[Record, Record, np.ndarray] | None:
    """Two grids of one community and a node that only they share."""
    for at, one in enumerate(grids):
        if one["community"] in done:
            continue
        here = [grid for grid in grids if grid["community"] == one["community"]]
        for other in here[:]:
            if other["code"] <= one["code"]:
                continue
            mine = {tuple(p) for p in shapely.get_coordinates(one["geometry"]).tolist()}
            shared = mine & {tuple(p) for p in shapely.get_coordinates(other["geometry"]).tolist()}
            rest = {
                tuple(p)
                for grid in grids
                if grid["code"] not in {one["code"], other["code"]}
                for p in shapely.get_coordinates(grid["geometry"]).tolist()
            }
            free = sorted(shared - rest - _border(one, other))
            if free:
                return one, other, np.asarray(free[0])
        if at > 200:
            break
    return None


def _border(one: Record, other: Record) -> set[tuple[float, ...]]:
    """Nodes on the outer border of the two together."""
    union = shapely.union_all([one["geometry"], other["geometry"]])
    return {tuple(p) for p in shapely.get_coordinates(union).tolist()}


def _push_over_border(mess: Mess, homes: list[Record]) -> None:
    """Move two compounds so that a tenth to a third of each lies in the neighbouring community."""
    communities = {c["code"]: c["geometry"] for c in mess.city.tables["communities"]}
    tree = shapely.STRtree([home["geometry"] for home in homes])
    done = 0
    for at, home in enumerate(homes):
        own = communities[home["community"]]
        near = [
            code
            for code, shape in communities.items()
            if code != home["community"] and shape.distance(home["geometry"]) < 14
        ]
        if not near or done == 2:
            continue
        shape, other = home["geometry"], communities[near[0]]
        line = np.asarray(shapely.shortest_line(shape, other).coords)
        way = line[1] - line[0]
        depth = np.sqrt(shape.area) * 0.3
        step = way * (1 + depth / max(np.hypot(*way), 0.01))
        moved = shapely.Polygon(np.round(shapely.get_coordinates(shape) + step, 2))
        inside = moved.intersection(own).area / moved.area
        hits = set(tree.query(moved, predicate="intersects").tolist()) - {at}
        if 0.6 < inside < 0.92 and not hits and moved.intersection(other).area > 0.05 * moved.area:
            home["geometry"] = moved
            note = f"跨越社区界线，{round(100 * (1 - inside))}%在邻近社区"
            for kind in ("compound_over_border", "compound_over_grid_line"):
                mess.plants.append(Plant(kind, "compounds.layer", home["id"], "geometry", home["id"], note))
            done += 1


def _stated_communities(mess: Mess, homes: list[Record]) -> dict[str, str]:
    """One compound states the community next to the one in which it lies."""
    if mess.city.size in PLAIN:
        return {}
    used = {plant.key for plant in mess.plants} | mess.unlinkable
    codes = [c["code"] for c in mess.city.tables["communities"]]
    home = next(h for h in homes[len(homes) // 2 :] if h["id"] not in used)
    other = codes[(codes.index(home["community"]) + 1) % len(codes)]
    mess.plants.append(
        Plant(
            "stated_community_differs",
            "compounds.layer",
            home["id"],
            "社区代码",
            home["id"],
            f"实际位于{home['community']}，表中写{other}",
        )
    )
    return {home["id"]: other}
