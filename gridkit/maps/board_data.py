"""What the redraw board needs to know of a plan, as plain values: the plan at the base of its log, and the log."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.grids.baseline import on_other_atoms
from gridkit.grids.edit import apply_edit
from gridkit.maps.arcs import Arcs, cut
from gridkit.model.fields import VOCABULARIES
from gridkit.model.plan import ATOM_KINDS, EDIT_FIELDS, GRID_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from gridkit.model.plan import EditLog, Norm, Plan

Array = np.ndarray[Any, Any]

FORMAT: Final = 1
UNIT: Final = 0.1
"""Metres of one unit of the coordinates."""
SCRIPTS: Final = (
    "gk-board-sha", "gk-board-mask", "gk-board-geometry", "gk-board-plan", "gk-board-edit", "gk-board-faces",
    "gk-board-cut", "gk-board-check", "gk-board-split", "gk-board-table", "gk-board-jsonl", "gk-board-log",
)  # fmt: skip
"""Our scripts that know the board's language, in the order in which a page loads them; they follow ``gk-data``."""
MOST_POINTS: Final = 300_000
"""Points of shared borders that a page of 2 MB has room for; with more the borders are simplified."""
TOLERANCES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
"""Metres that a simplified border may lie from what it was; the least that makes room is used, more than half a metre
only where the page would be too large else."""
LINE_POINTS: Final = 40_000
"""Points of the lines along which a cut may be drawn."""
_ROUGH_LINE: Final = 0.5
_AREA_OFF: Final = 0.02
"""Share of its area that an atom may lose to the page before it is not cut there."""


def board_document(
    base: Plan, log: EditLog, *, filed: Plan | None = None, lines: gpd.GeoDataFrame | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the document of a board.

    Parameters
    ----------
    base : Plan
        As it was before the first line of the log.
    log : EditLog
        Replayed by the page, so that undo reaches its first line.
    filed : Plan, optional
        The plan that holds, on these atoms or others; by default the base.
    lines : geopandas.GeoDataFrame, optional
        Lines or polygons along which cuts are drawn (roads, buildings), in the system of the atoms; ``kind`` where
        known. Only those on land that may be cut are kept.
    names : mapping of str to str, optional
        Community code -> name.

    Returns
    -------
    dict
        Plain values: coordinates in whole decimetres from ``origin``, borders once for both sides (``arcs``),
        neighbours only where they do not follow from common borders, ``tolerance`` the metres by which borders were
        simplified. ``rough`` names atoms whose shape the page does not know well enough to cut them; ``cuts`` says what
        the cuts of the log made, so that the page need not be sure of them.

    Raises
    ------
    ValueError
        The log starts from another plan.
    gridkit.errors.UsageError
        An edit of the log cannot be done.
    """
    if log.base != base.base:
        raise ValueError(f"the edits start from {log.base}, not from {base.base}")
    frame = base.atoms.frame
    communities = sorted({str(code) for code in (*frame["community"], *base.grids["community"])})
    document: dict[str, Any] = {
        "gk": FORMAT, "kind": "board", "base": base.base, "crs": "" if frame.crs is None else frame.crs.to_string(),
        "unit": UNIT, "norm": _norm(base.norm), "norms": {code: _norm(base.norms[code]) for code in sorted(base.norms)},
        "communities": [[code, (names or {}).get(code, "")] for code in communities],
        "kinds": list(ATOM_KINDS), "gridKinds": list(VOCABULARIES["grid_kind"]),
        "atoms": _atoms(frame, communities), **_grids(base),
    }  # fmt: skip
    document |= _ground(base)
    if filed is not None:
        document["filed"] = _grids(on_other_atoms(base.atoms, filed))
    document["log"] = [{name: getattr(edit, name) for name in EDIT_FIELDS} for edit in log.edits]
    for edit in document["log"]:
        edit["args"] = dict(edit["args"])
    if any(edit.op == "cut" for edit in log.edits):
        document["cuts"] = cuts_of(base, log)
    if lines is not None and len(lines):
        document["lines"] = _lines(base, lines, np.array(document["origin"], dtype=float))
    return document


def packed(document: Mapping[str, Any]) -> str:
    """Return a document as text for a page: base64 of gzipped JSON, the same for equal documents.

    >>> packed({"gk": 1}) == packed({"gk": 1})
    True
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode("ascii")


def _norm(norm: Norm) -> dict[str, Any]:
    return {"low": norm.low, "high": norm.high, "best": norm.best, "measure": norm.measure}


def _texts(column: pd.Series) -> list[str]:
    return ["" if value is None or pd.isna(value) else str(value) for value in column]


def _atoms(frame: gpd.GeoDataFrame, communities: list[str]) -> dict[str, Any]:
    place = {code: at for at, code in enumerate(communities)}
    kinds = {kind: at for at, kind in enumerate(ATOM_KINDS)}
    return {
        "id": [str(atom) for atom in frame.index],
        "community": [place[str(code)] for code in frame["community"]],
        "kind": [kinds[str(kind)] for kind in frame["kind"]],
        "compound": _texts(frame["compound"]), "name": _texts(frame["name"]),
        "households": [int(n) for n in frame["households"]], "persons": [int(n) for n in frame["persons"]],
        "known": [int(bool(one)) for one in frame["known"]],
    }  # fmt: skip


def _grids(plan: Plan) -> dict[str, Any]:
    """Return the rows of the grids and the number of the grid of each atom, -1 for none."""
    place = {uid: at for at, uid in enumerate(plan.grids.index)}
    columns = [
        [int(bool(one)) for one in plan.grids[name]] if name == "locked" else _texts(plan.grids[name])
        for name in GRID_COLUMNS
    ]
    rows = [[str(uid), *row] for uid, *row in zip(plan.grids.index, *columns, strict=True)]
    return {"grids": rows, "assignment": [place.get(uid, -1) for uid in plan.assignment]}


def cuts_of(base: Plan, log: EditLog) -> dict[str, Any]:
    """Return what each cut of a log made, by the hash of its line: the page knows outlines too roughly to be sure."""
    plans, found = [base], {}
    for edit in log.edits:
        if edit.op == "undo":
            plans.pop()
            continue
        plans.append(apply_edit(plans[-1], edit))
        if edit.op != "cut":
            continue
        frame = plans[-1].atoms.frame
        new = frame.loc[sorted(set(frame.index) - set(plans[-2].atoms.frame.index), key=lambda name: (len(name), name))]
        centre = shapely.get_coordinates(shapely.centroid(np.asarray(new.geometry.array, dtype=object)))
        found[edit.hash] = {
            "households": [int(n) for n in new["households"]], "persons": [int(n) for n in new["persons"]],
            "centres": centre.round(2).tolist(),
        }  # fmt: skip
    return found


# ---- ground


def _ground(plan: Plan) -> dict[str, Any]:
    """Return origin, arcs, rings, neighbours and rough atoms."""
    frame = plan.atoms.frame
    shapes = np.asarray(frame.geometry.array, dtype=object)
    bounds = shapely.total_bounds(shapes) if len(shapes) else np.zeros(4)
    origin = np.floor(np.nan_to_num(bounds[:2]))
    rings, owner, whole = _arcs(shapes, origin)
    tolerance, arcs = 0.0, whole
    for wanted in TOLERANCES:
        if len(arcs.units) <= MOST_POINTS:
            break
        tolerance, arcs = wanted, _simplified(whole, wanted)
    return {
        "origin": [int(origin[0]), int(origin[1])], "tolerance": tolerance,
        "arcs": {"count": arcs.points.tolist(), "xy": _deltas(arcs.units)},
        "rings": {"atom": rings.tolist(), "arcs": arcs.count.tolist(), "refs": arcs.refs.tolist()},
        "edges": _edges(plan, owner, arcs),
        "rough": _rough(shapes, rings, owner, arcs).tolist(),
    }  # fmt: skip


def _arcs(shapes: Array, origin: Array) -> tuple[Array, Array, Arcs]:
    """Return the rings of each atom, the atom of each ring, and the arcs; rings that vanish in the units are left out.

    Shells have the land to their left, and the rings of an atom stand together, each shell before its holes.
    """
    parts, of_part = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    lines, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(lines, return_index=True)
    units = np.rint((points - origin) / UNIT).astype(np.int64)
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, dtype=bool)
    same = np.append((units[1:] == units[:-1]).all(axis=1), False) if len(ring) else np.zeros(0, dtype=bool)
    units, ring = units[~last & ~same], ring[~last & ~same]
    size = np.bincount(ring, minlength=len(lines))
    keep = size >= 3
    units, ring = units[keep[ring]], ring[keep[ring]]
    owner = of_part[of_ring][keep]
    return np.bincount(owner, minlength=len(shapes)), owner, cut(units, size[keep], np.ones(len(owner), dtype=bool))


def _simplified(arcs: Arcs, tolerance: float) -> Arcs:
    """Return arcs with fewer points, none of which lies further than ``tolerance`` metres away; their ends stay.

    Both sides of a border have the same arc, so that the land is tiled as before.
    """
    number = np.repeat(np.arange(len(arcs.points)), arcs.points)
    lines = shapely.linestrings(arcs.units.astype(float), indices=number)
    units, number = shapely.get_coordinates(shapely.simplify(lines, tolerance / UNIT), return_index=True)
    return Arcs(np.bincount(number, minlength=len(lines)), units.astype(np.int64), arcs.count, arcs.refs)


def _deltas(units: Array) -> list[int]:
    """Return x and y of each point as the difference from the point before it."""
    steps: list[int] = np.diff(units, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist()
    return steps


def _pairs(owner: Array, arcs: Arcs) -> tuple[Array, Array]:
    """Return the atoms to the left and to the right of each arc, -1 for none; of several the first counts."""
    side = np.full((2, len(arcs.points)), -1, dtype=np.int64)
    atom = np.repeat(owner, arcs.count)
    back = (arcs.refs < 0).astype(np.int64)
    arc = np.where(arcs.refs < 0, ~arcs.refs, arcs.refs)
    side[back[::-1], arc[::-1]] = atom[::-1]
    return side[0], side[1]


def _edges(plan: Plan, owner: Array, arcs: Arcs) -> dict[str, Any]:
    """Return what the page cannot know of neighbours from their common arcs."""
    frame, edges = plan.atoms.frame, plan.atoms.edges
    left, right = _pairs(owner, arcs)
    community = pd.factorize(frame["community"])[0]
    both = (left >= 0) & (right >= 0) & (left != right)
    both[both] = community[left[both]] == community[right[both]]
    n = max(1, len(frame))
    found = np.unique(np.minimum(left[both], right[both]) * n + np.maximum(left[both], right[both]))
    place = pd.Series(np.arange(len(frame)), index=frame.index)
    a, b = place.reindex(edges["a"]).to_numpy(dtype=np.int64), place.reindex(edges["b"]).to_numpy(dtype=np.int64)
    table = edges.assign(key=np.minimum(a, b) * n + np.maximum(a, b)).drop_duplicates("key").set_index("key")
    share = (table["road"] / table["length"].clip(lower=1e-9) * 100).round().clip(0, 100)
    road = share.reindex(found)
    also = table.loc[~table.index.isin(found)].sort_index()
    return {
        "road": [int(one) for one in road.fillna(0)],
        "not": np.flatnonzero(road.isna().to_numpy()).tolist(),
        "also": [
            [int(key) // n, int(key) % n, round(length / UNIT), round(on / UNIT)]
            for key, length, on in zip(also.index, also["length"], also["road"], strict=True)
        ],
    }


def _rough(shapes: Array, rings: Array, owner: Array, arcs: Arcs) -> Array:
    """Return the atoms that lost a ring or a part of their area to the units of the page."""
    lost = rings != _ring_count(shapes)
    area = _ring_areas(owner, arcs, len(shapes)) * UNIT**2
    there = shapely.area(shapes)
    off = np.abs(area - there) > np.maximum(_AREA_OFF * there, 1.0)
    return np.flatnonzero(lost | off | (rings == 0))


def _ring_count(shapes: Array) -> Array:
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    return np.bincount(of_part, weights=shapely.get_num_interior_rings(parts) + 1, minlength=len(shapes)).astype(int)


def _ring_areas(owner: Array, arcs: Arcs, count: int) -> Array:
    """Return the area of each atom as the page sees it: each arc is summed once, with its sign for each side."""
    if not len(arcs.points):
        return np.zeros(count)
    units = arcs.units.astype(float)
    start = np.cumsum(arcs.points) - arcs.points
    cross = units[:-1, 0] * units[1:, 1] - units[1:, 0] * units[:-1, 1]
    cross = np.append(cross, 0.0)
    cross[start + arcs.points - 1] = 0.0
    swept = np.add.reduceat(cross, start) / 2
    arc = np.where(arcs.refs < 0, ~arcs.refs, arcs.refs)
    sign = np.where(arcs.refs < 0, -1.0, 1.0)
    return np.bincount(np.repeat(owner, arcs.count), weights=sign * swept[arc], minlength=count)


def _lines(plan: Plan, lines: gpd.GeoDataFrame, origin: Array) -> dict[str, Any]:
    """Return the lines on ground that may be cut: first those in compounds above the band, as many as there is room."""
    frame = plan.atoms.frame
    high = np.array([plan.norm_of(str(code)).high for code in frame["community"]])
    size = np.array([
        row[plan.norm_of(str(code)).measure]
        for code, row in zip(frame["community"], frame[["households", "persons"]].to_dict("records"), strict=True)
    ])  # fmt: skip
    kind = frame["kind"].to_numpy()
    large = ((kind == "compound") | (kind == "part")) & (size > high)
    given = np.asarray(lines.geometry.array, dtype=object)
    words = _texts(lines["kind"]) if "kind" in lines else [""] * len(lines)
    bodies = np.where(shapely.get_dimensions(given) == 2, shapely.boundary(given), given)
    tree = shapely.STRtree(bodies)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    first = np.unique(tree.query(shapes[large], predicate="intersects")[1])
    rest = np.setdiff1d(np.unique(tree.query(shapes[kind == "land"], predicate="intersects")[1]), first)
    order = np.append(first, rest)
    simple = shapely.simplify(bodies[order], _ROUGH_LINE)
    room = np.cumsum(shapely.get_num_coordinates(simple)) <= LINE_POINTS
    parts, owner = shapely.get_parts(simple[room], return_index=True)
    points, of_part = shapely.get_coordinates(parts, return_index=True)
    units = np.rint((points - origin) / UNIT).astype(np.int64)
    return {
        "kind": [words[at] for at in order[room][owner]],
        "count": np.bincount(of_part, minlength=len(parts)).tolist(), "xy": _deltas(units),
        "left_out": int((~room).sum()),
    }  # fmt: skip
