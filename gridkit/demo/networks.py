"""Two departmental networks of grids of a demo city, with planted differences, and the borders that are truly common.

The Party's network is the true one. That of public security is drawn by other people: a few metres beside, in degrees,
some grids merged, some split, some borders moved by a block, one community left out, two codes exchanged. What is
common is counted on the blocks of the city, not on what is drawn.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gridkit.demo.lattice import polygons
from gridkit.demo.layers import _fixed_date, _geopackage
from gridkit.demo.tables import WORDS, Sheet
from gridkit.demo.territory import SIZES, make_territory
from gridkit.demo.workbook import write_csv, write_table

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.demo.city import DemoCity
    from gridkit.demo.lattice import Lattice, Rect
    from gridkit.demo.territory import Record

APART: Final = 8.0
"""Metres by which the second department draws the same corner elsewhere, at most."""
EACH: Final = 3
"""Planted differences of each kind, as far as the city has room for them."""


@dataclass
class _Plan:
    """The grids of a department as blocks: code -> rectangle of cells, and what was planted."""

    rects: dict[str, Rect]
    names: dict[str, str]
    planted: list[dict[str, Any]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


def write_networks(city: DemoCity, folder: Path) -> None:
    """Write ``party.gpkg``, ``security.gpkg``, their posts and ``answers.json`` into ``folder``.

    Equal cities give equal files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(f"{city.seed}/networks")
    lattice = make_territory(SIZES[city.size], city.seed).lattice
    grids = [grid for grid in city.tables["grids"] if grid["kind"] == "comprehensive"]
    communities = {row["code"]: row for row in city.tables["communities"]}
    party = _Plan({grid["code"]: grid["rect"] for grid in grids}, {grid["code"]: grid["name"] for grid in grids})
    security = _Plan(dict(party.rects), {code: f"综治{name}" for code, name in party.names.items()})
    _leave_out(party, security, sorted(communities))
    _merge(security, random)
    _split(security, random)
    _move(security, random)
    _exchange(security, random)
    exclusive = [grid for grid in city.tables["grids"] if grid["kind"] != "comprehensive"]
    with _fixed_date():
        _geopackage(folder / "party.gpkg", _party_rows(party, exclusive, lattice), city.crs)
        rims = [communities[code]["geometry"] for code in sorted(communities)]
        rows = _security_rows(security, lattice, rims)
        frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=city.crs).to_crs("EPSG:4490")
        frame.geometry = shapely.set_precision(frame.geometry.to_numpy(), 1e-9, mode="pointwise")
        _geopackage(folder / "security.gpkg", frame.to_dict("records"), "EPSG:4490")
    staff = _staff(security, random)
    write_table(staff, folder, "security_staff.xlsx", "演示市综治网格员配备情况表")
    stations = _stations(party, lattice, random, city.crs)
    write_csv(stations, folder, "party_stations.csv", "utf-8-sig")
    text = json.dumps(_answers(party, security, lattice, communities, len(exclusive), staff=staff, stations=stations),
                      ensure_ascii=False, sort_keys=True, indent=1)  # fmt: skip
    (folder / "answers.json").write_bytes((text + "\n").encode())


# ---- what differs


def _leave_out(party: _Plan, security: _Plan, communities: list[str]) -> None:
    """The last community has no grids of public security, the one before none of the Party."""
    for plan, name, code in ((security, "security", communities[-1]), (party, "party", communities[-2])):
        gone = sorted(grid for grid in plan.rects if grid.startswith(code))
        for grid in gone:
            del plan.rects[grid]
        security.touched |= set(gone)
        security.planted.append({"kind": "area", "network": name, "community": code, "party": [], "security": []})


def _beside(rects: dict[str, Rect]) -> list[tuple[str, str]]:
    """Return pairs of grids of one community that share a whole side of both."""
    pairs = []
    for one, (i0, i1, j0, j1) in sorted(rects.items()):
        for other, (k0, k1, l0, l1) in sorted(rects.items()):
            across = i1 == k0 and (j0, j1) == (l0, l1)
            along = j1 == l0 and (i0, i1) == (k0, k1)
            if one[:12] == other[:12] and (across or along):
                pairs.append((one, other))
    return pairs


def _free(plan: _Plan, random: Random) -> list[tuple[str, str]]:
    pairs = [pair for pair in _beside(plan.rects) if not plan.touched & set(pair)]
    random.shuffle(pairs)
    return pairs


def _plant(plan: _Plan, kind: str, party: list[str], security: list[str]) -> None:
    plan.touched |= {*party, *security}
    plan.planted.append({"kind": kind, "network": "security", "community": party[0][:12], "party": party,
                         "security": security})  # fmt: skip


def _merge(plan: _Plan, random: Random) -> None:
    """Two grids of the Party are one."""
    for _ in range(EACH):
        for one, other in _free(plan, random)[:1]:
            (i0, _, j0, _), (_, k1, _, l1) = plan.rects[one], plan.rects.pop(other)
            plan.rects[one] = (i0, k1, j0, l1)
            _plant(plan, "merged", [one, other], [one])


def _split(plan: _Plan, random: Random) -> None:
    """A grid of the Party is two; the second one gets a number that nobody has."""
    for number in range(EACH):
        large = sorted(
            code for code, (i0, i1, j0, j1) in plan.rects.items()
            if code not in plan.touched and max(i1 - i0, j1 - j0) > 1
        )  # fmt: skip
        if not large:
            return
        code = random.choice(large)
        i0, i1, j0, j1 = plan.rects[code]
        fresh = f"{code[:12]}{700 + number}"
        if i1 - i0 >= j1 - j0:
            cut = i0 + (i1 - i0) // 2
            plan.rects[code], plan.rects[fresh] = (i0, cut, j0, j1), (cut, i1, j0, j1)
        else:
            cut = j0 + (j1 - j0) // 2
            plan.rects[code], plan.rects[fresh] = (i0, i1, j0, cut), (i0, i1, cut, j1)
        plan.names[fresh] = f"{plan.names[code]}分"
        _plant(plan, "split", [code], [code, fresh])


def _move(plan: _Plan, random: Random) -> None:
    """The border between two grids runs one row of blocks farther."""
    for _ in range(EACH):
        for one, other in _free(plan, random):
            (i0, i1, j0, j1), (k0, k1, l0, l1) = plan.rects[one], plan.rects[other]
            if i1 == k0 and k1 - k0 > 1:
                plan.rects[one], plan.rects[other] = (i0, i1 + 1, j0, j1), (k0 + 1, k1, l0, l1)
            elif j1 == l0 and l1 - l0 > 1 and i1 != k0:
                plan.rects[one], plan.rects[other] = (i0, i1, j0, j1 + 1), (k0, k1, l0 + 1, l1)
            else:
                continue
            _plant(plan, "moved", [one, other], [one, other])
            break


def _exchange(plan: _Plan, random: Random) -> None:
    """Two grids have each other's code."""
    for one, other in _free(plan, random)[:1]:
        plan.rects[one], plan.rects[other] = plan.rects[other], plan.rects[one]
        _plant(plan, "same_code", [one, other], [one, other])


# ---- what is written


def _party_rows(plan: _Plan, exclusive: list[Record], lattice: Lattice) -> list[Record]:
    codes = sorted(plan.rects)
    shapes = polygons(lattice, [plan.rects[code] for code in codes])
    rows = [
        _row(code, plan.names[code], "comprehensive", shape, branch=at % 7 != 3)
        for at, (code, shape) in enumerate(zip(codes, shapes, strict=True))
    ]
    return rows + [_row(g["code"], g["name"], g["kind"], g["geometry"], branch=False) for g in exclusive]


def _row(code: str, name: str, kind: str, shape: Any, *, branch: bool) -> Record:
    return {
        "网格编码": code, "网格名称": name, "社区代码": code[:12], "网格类型": WORDS["grid_kind"][kind],
        "网格党支部编码": f"WGDZB{code[-9:]}" if branch else "", "geometry": shape,
    }  # fmt: skip


def _security_rows(plan: _Plan, lattice: Lattice, rims: list[Any]) -> list[Record]:
    codes = sorted(plan.rects)
    shapes = _drawn_beside(polygons(lattice, [plan.rects[code] for code in codes]), rims)
    return [
        {"网格编码": code, "网格名称": plan.names[code], "社区代码": code[:12], "geometry": shape}
        for code, shape in zip(codes, shapes, strict=True)
    ]


def _drawn_beside(shapes: np.ndarray, rims: list[Any]) -> np.ndarray:
    """Return shapes with every corner inside a community a few metres elsewhere, the same for all that share it."""
    lines = shapely.STRtree(shapely.boundary(np.array(rims, dtype=object)))

    def moved(xy: np.ndarray) -> np.ndarray:
        inner = np.ones(len(xy), dtype=bool)
        inner[lines.query(shapely.points(xy), predicate="dwithin", distance=2 * APART)[0]] = False
        wave = np.stack([np.sin(xy[:, 1] / 41.0 + xy[:, 0] / 97.0), np.cos(xy[:, 0] / 53.0 - xy[:, 1] / 89.0)], axis=1)
        out: np.ndarray = np.round(xy + np.where(inner[:, None], APART * wave / np.sqrt(2.0), 0.0), 2)
        return out

    found: np.ndarray = shapely.transform(shapes, moved)
    return found


def _staff(plan: _Plan, random: Random) -> Sheet:
    rows: list[Record] = []
    for at, code in enumerate(sorted(plan.rects)):
        for post in range(1 + random.randrange(3)):
            kind = "专职" if post == 0 else "兼职"
            rows.append({"序号": len(rows) + 1, "网格编码": code, "岗位": kind, "网格员": f"{'甲乙丙丁'[at % 4]}某"})
    header = ("序号", "网格编码", "岗位", "网格员")
    return Sheet("网格员", header, rows, [str(row["序号"]) for row in rows])


def _stations(plan: _Plan, lattice: Lattice, random: Random, crs: str) -> Sheet:
    codes = [code for code in sorted(plan.rects) if random.random() < 0.2]
    shapes = polygons(lattice, [plan.rects[code] for code in codes])
    spots = gpd.GeoSeries(shapely.point_on_surface(shapes), crs=crs).to_crs("EPSG:4490")
    rows = [
        {"驿站名称": f"驿站{at}", "经度": f"{spot.x:.7f}", "纬度": f"{spot.y:.7f}"} for at, spot in enumerate(spots, 1)
    ]
    return Sheet("驿站", ("驿站名称", "经度", "纬度"), rows, [str(row["驿站名称"]) for row in rows])


# ---- the truth


def _answers(
    party: _Plan, security: _Plan, lattice: Lattice, communities: dict[str, Record], exclusive: int, *, staff: Sheet,
    stations: Sheet,
) -> dict[str, Any]:  # fmt: skip
    """Return what is planted, and metres of border that both, one or the other network has, counted block by block."""
    metres = {"both": 0.0, "party": 0.0, "security": 0.0, "party_elsewhere": 0.0, "security_elsewhere": 0.0}
    cells = [_cells(plan, lattice) for plan in (party, security)]
    land = _cells(_Plan({code: row["rect"] for code, row in communities.items()}, {}), lattice)
    for side in range(2):
        one = tuple(slice(None, -1) if axis == side else slice(None) for axis in range(2))
        other = tuple(slice(1, None) if axis == side else slice(None) for axis in range(2))
        length = _sides(lattice, side)
        inside = (land[one] == land[other]) & (land[one] != "")
        covers = [inside & (grid[one] != "") & (grid[other] != "") for grid in cells]
        has = [cover & (grid[one] != grid[other]) for cover, grid in zip(covers, cells, strict=True)]
        metres["both"] += float(length[has[0] & has[1]].sum())
        metres["party"] += float(length[has[0] & ~has[1] & covers[1]].sum())
        metres["security"] += float(length[has[1] & ~has[0] & covers[0]].sum())
        metres["party_elsewhere"] += float(length[has[0] & ~covers[1]].sum())
        metres["security_elsewhere"] += float(length[has[1] & ~covers[0]].sum())
    branches = sum(at % 7 != 3 for at in range(len(party.rects)))
    return {
        "planted": security.planted, "metres": {name: round(value, 1) for name, value in metres.items()},
        "grids": {"party": len(party.rects) + exclusive, "security": len(security.rects)},
        "posts": {"party.branches": branches, "party.stations": len(stations.rows),
                  "security.staff": len(staff.rows)},
        "apart": APART,
    }  # fmt: skip


def _cells(plan: _Plan, lattice: Lattice) -> np.ndarray:
    """Return the code of the grid in which each block lies, "" for none; shape (nx, ny)."""
    out = np.full((lattice.nx, lattice.ny), "", dtype=object)
    for code, (i0, i1, j0, j1) in plan.rects.items():
        out[i0:i1, j0:j1] = code
    return out


def _sides(lattice: Lattice, side: int) -> np.ndarray:
    """Return the metres of the border between blocks that follow each other from west to east, or south to north."""
    nodes = lattice.nodes
    ends = nodes[2:-2:2, :] if side == 0 else nodes[:, 2:-2:2]
    steps = np.diff(ends, axis=1 - side)
    length = np.hypot(steps[..., 0], steps[..., 1])
    found: np.ndarray = length[:, ::2] + length[:, 1::2] if side == 0 else length[::2] + length[1::2]
    return found
