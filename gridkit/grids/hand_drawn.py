"""Grids drawn by hand on the atoms of a plan: a clean tiling, what the drawn lines cut, and which codes go on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely

from gridkit.grids.baseline import WHOLE, overlaps
from gridkit.grids.drawn import CUT, titles
from gridkit.grids.lineage import matching
from gridkit.grids.propose import uid_of
from gridkit.model.fields import VOCABULARIES
from gridkit.model.plan import GRID_COLUMNS, UNASSIGNED, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

TOLERANCE: Final = 5.0
"""Metres by which a line drawn by hand may lie beside the border that it means."""
COVERED: Final = 0.5
"""Share of an atom that drawn grids must cover so that it belongs to one of them."""
CUT_COLUMNS: Final = (
    "atom", "name", "community", "households", "grid", "drawn", "share", "other", "other_share", "bare",
)  # fmt: skip
"""Columns of ``Laid.cuts``: an atom that a drawn line cuts and the grid that gets it (uid, ``""`` for none); the drawn
grids that hold most and next most of it by name, with the share of the atom in each; the share that none covers."""
_PART: Final = "\x1f"


@dataclass(frozen=True)
class Laid:
    """Drawn grids laid over the atoms of a plan.

    ``plan`` is the tiling; ``cuts`` the atoms that a drawn line cuts (``CUT_COLUMNS``); ``matched`` says which drawn
    grid goes on as which grid of the plan: row of the drawing -> uid; ``several`` the rows that were split by
    community; ``lost`` rows that hold no atom; ``snapped`` counts the atoms that stayed where they were, as the line
    runs within the tolerance of their border; ``filled`` those that were filled; ``untouched`` communities where
    nothing is drawn.
    """

    plan: Plan
    cuts: pd.DataFrame
    matched: Mapping[str, str]
    several: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    snapped: int = 0
    filled: int = 0
    untouched: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Laid: {self.plan!r}, {len(self.cuts)} atoms cut, {len(self.matched)} grids go on>"


def lay(plan: Plan, drawn: gpd.GeoDataFrame, *, tolerance: float = TOLERANCE, fill: bool = False) -> Laid:
    """Lay grids drawn by hand over the atoms of a plan: each atom goes to the drawn grid that holds most of it.

    Parameters
    ----------
    plan : Plan
        Its atoms are given out; its grids go on where the drawing means them.
    drawn : geopandas.GeoDataFrame
        Valid polygons in the system of the atoms, indexed by a row that tells them apart, with ``code``, ``name`` and
        ``kind`` (``""`` where not stated).
    tolerance : float
        Metres; an atom stays in its grid of today where all of it lies within this distance of what was drawn for that
        grid: the line is taken to mean the border of the atom.
    fill : bool
        Give land that no drawn grid covers to the grid beside it with which it has the longest border.

    Returns
    -------
    Laid

    Notes
    -----
    A drawn grid that lies in several communities is a grid in each of them where it holds more than 1 % of its ground.
    Communities without any drawn grid, and exclusive areas that are not drawn as such, keep the grids of the plan. A
    drawn grid goes on as the grid whose code it states where the two share land, else as the one with which it shares
    more than half of the households, both ways (:func:`gridkit.grids.lineage.matching`).
    """
    pairs = _candidates(plan, drawn)
    frame = plan.atoms.frame
    best = pairs.drop_duplicates("atom").set_index("atom")
    bare = _bare(plan, drawn, pairs)
    best = best.loc[[bare.get(atom, 0.0) <= 1 - COVERED for atom in best.index]]
    here = frame["community"].isin(set(best["community"]))
    wanted = plan.assignment.where(~here | _keeps(plan, pairs), UNASSIGNED)
    wanted[best.index] = best["part"]
    first = _entered(plan, drawn, wanted)
    going = _going_on(plan, drawn, first)
    wanted, snapped = _snapped(plan, drawn, wanted, going, tolerance=tolerance)
    filled = 0
    if fill:
        wanted, filled = _filled(plan, wanted)
    named = _named(plan, drawn, wanted, going)
    uids = {part: uid for part, uid in named.items() if part != uid}
    found = wanted.map(lambda part: uids.get(part, part)).astype("object").rename("grid")
    after = _result(plan, drawn, found, named, here)
    parts = [part.split(_PART) for part in sorted(set(best["part"]))]
    rows = [row for row, _community in parts]
    return Laid(
        after, _cuts(plan, drawn, pairs, bare, after.assignment, tolerance=tolerance),
        {part.split(_PART)[0]: uid for part, uid in sorted(going.items())},
        tuple(sorted({row for row in rows if rows.count(row) > 1})),
        tuple(str(row) for row in drawn.index if str(row) not in set(rows)), snapped, filled,
        tuple(sorted(set(frame["community"]) - set(frame["community"][here]))),
    )  # fmt: skip


def _candidates(plan: Plan, drawn: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return which drawn grid covers which share of which atom, the largest first; ``part`` is row and community."""
    layer = drawn.assign(grid_kind=drawn["kind"]).sort_index()
    pairs = overlaps(plan.atoms, layer)
    pairs["part"] = pairs["grid"] + _PART + pairs["community"]
    ground = pd.Series(shapely.area(layer.geometry.to_numpy()) * 100, index=[str(row) for row in layer.index])
    whole = pairs.groupby("part")["area"].transform("sum") > CUT * pairs["grid"].map(ground)
    pairs = pairs.loc[whole | (pairs["community"] == pairs["home"])]
    return pairs.sort_values(["atom", "share", "grid"], ascending=[True, False, True], kind="stable", ignore_index=True)


def _bare(plan: Plan, drawn: gpd.GeoDataFrame, pairs: pd.DataFrame) -> dict[str, float]:
    """Return the share of each atom that no drawn grid covers, where it is more than a trace; 1 without any."""
    most = pairs.groupby("atom")["share"].agg(["max", "size"])
    out: dict[str, float] = dict.fromkeys(plan.atoms.frame.index.difference(most.index), 1.0)
    alone = most.index[(most["max"] < WHOLE) & (most["size"] == 1)]
    out |= {str(atom): 1.0 - share for atom, share in most["max"][alone].items()}
    # of several drawn grids some may overlap: only there the ground has to be looked at
    several = pairs.loc[pairs["atom"].isin(most.index[(most["max"] < WHOLE) & (most["size"] > 1)])]
    ground, shapes = plan.atoms.frame.geometry.to_numpy(), drawn.geometry.to_numpy()
    places = pd.Index([str(row) for row in drawn.index]).get_indexer(several["grid"])
    for atom, at in several.groupby("atom").indices.items():
        mine = ground[plan.atoms.frame.index.get_loc(atom)]
        left = shapely.difference(mine, shapely.union_all(shapes[places[at]]))
        out[str(atom)] = float(shapely.area(left) / max(shapely.area(mine), 1e-9))
    return out


def _keeps(plan: Plan, pairs: pd.DataFrame) -> pd.Series:
    """Tell which atoms keep their grid though the drawing says nothing of them: exclusive areas of exclusive grids."""
    kinds = plan.assignment.map(plan.grids["kind"].to_dict())
    exclusive = (plan.atoms.frame["kind"] == "exclusive") & (kinds == "exclusive")
    return exclusive & ~plan.assignment.index.isin(set(pairs["atom"]))


def _entered(plan: Plan, drawn: gpd.GeoDataFrame, wanted: pd.Series) -> Plan:
    """Return the drawn parts as a plan of their own, beside grids that stay."""
    parts = sorted(set(wanted) - set(plan.grids.index) - {UNASSIGNED})
    rows = [_row(drawn, part) for part in parts]
    fresh = pd.DataFrame(rows, columns=list(GRID_COLUMNS), index=pd.Index(parts, name="uid", dtype="object"))
    stay = plan.grids.loc[sorted(set(wanted) & set(plan.grids.index))]
    grids = pd.concat([stay, fresh]).sort_index() if len(stay) else fresh
    return replace(plan, assignment=wanted.astype("object").rename("grid"), grids=grids)


def _row(drawn: gpd.GeoDataFrame, part: str) -> dict[str, Any]:
    row, community = part.split(_PART)
    found = drawn.loc[row]
    kind = found["kind"] if found["kind"] in VOCABULARIES["grid_kind"] else "comprehensive"
    name = str(found["name"]) or str(found["code"])
    return {"code": "", "name": name, "kind": kind, "community": community, "locked": False, "valid_from": ""}


def _going_on(plan: Plan, drawn: gpd.GeoDataFrame, first: Plan) -> dict[str, str]:
    """Return drawn part -> uid of the grid as which it goes on, by its code first, else by the majority rule."""
    codes = plan.grids["code"]
    # assignment.csv calls a grid without a code by its uid: a drawing made from that table does so as well
    alone = {str(uid): str(uid) for uid in codes.index} | {
        str(code): str(uid) for uid, code in codes[(codes != "") & ~codes.duplicated(keep=False)].items()
    }
    both = pd.DataFrame({"part": first.assignment, "old": plan.assignment, "n": plan.atoms.frame["households"]})
    both["area"] = plan.atoms.frame.geometry.area
    shared = both.groupby(["part", "old"])[["n", "area"]].sum()
    wishes = []
    for part in first.grids.index:
        old = alone.get(str(drawn["code"][part.split(_PART)[0]]), "") if _PART in part else ""
        if old and (part, old) in shared.index and plan.grids["community"][old] == first.grids["community"][part]:
            n, area = shared.loc[(part, old)]
            wishes.append((old, -n, -area, part))
    stay = {str(uid) for uid in first.grids.index if _PART not in uid}
    out: dict[str, str] = {}
    for old, _n, _area, part in sorted(wishes):
        if old not in stay and old not in out.values():
            out[part] = old
    by_land = matching(plan, first)
    for part, old in sorted(by_land.items()):
        if _PART in part and part not in out and old not in stay and old not in out.values():
            out[part] = old
    return out


def _snapped(
    plan: Plan, drawn: gpd.GeoDataFrame, wanted: pd.Series, going: Mapping[str, str], *, tolerance: float
) -> tuple[pd.Series, int]:
    """Return where each atom belongs when a line within the tolerance of its border is taken to be that border."""
    of = {old: part for part, old in going.items()}
    out, n = wanted.copy(), 0
    own = pd.Series([of.get(uid, "") for uid in plan.assignment], index=wanted.index)
    own = own[(own != "") & (own != wanted)] if tolerance > 0 else own[:0]
    for part, atoms in own.groupby(own).groups.items():
        near = shapely.buffer(drawn.geometry[str(part).split(_PART)[0]], tolerance)
        shapely.prepare(near)
        stay = atoms[shapely.covers(near, plan.atoms.frame.geometry[atoms].to_numpy())]
        out[stay] = part
        n += len(stay)
    return out, n


def _filled(plan: Plan, wanted: pd.Series) -> tuple[pd.Series, int]:
    """Give land without a grid to the grid beside it with the longest common border, from the outside in."""
    frame, edges, out = plan.atoms.frame, plan.atoms.edges, wanted.copy()
    both = pd.DataFrame({"atom": [*edges["a"], *edges["b"]], "beside": [*edges["b"], *edges["a"]],
                         "length": [*edges["length"], *edges["length"]]})  # fmt: skip
    both = both.loc[(frame["kind"].reindex(both["atom"]) != "exclusive").to_numpy()]
    n = 0
    while True:
        grid = out.reindex(both["beside"]).to_numpy()
        kind = frame["kind"].reindex(both["beside"]).to_numpy()
        usable = (out.reindex(both["atom"]).to_numpy() == UNASSIGNED) & (grid != UNASSIGNED) & (kind != "exclusive")
        sums = both.loc[usable].assign(grid=grid[usable]).groupby(["atom", "grid"], as_index=False)["length"].sum()
        if sums.empty:
            return out, n
        sums = sums.sort_values(["atom", "length", "grid"], ascending=[True, False, True], kind="stable")
        best = sums.drop_duplicates("atom")
        out[best["atom"].to_numpy()] = best["grid"].to_numpy()
        n += len(best)


def _named(plan: Plan, drawn: gpd.GeoDataFrame, wanted: pd.Series, going: Mapping[str, str]) -> dict[str, str]:
    """Return drawn part -> uid: of the grid that goes on, else a new one."""
    parts = sorted(set(wanted) - {UNASSIGNED})
    return {part: going.get(part) or (uid_of(part.split(_PART)[1], [part], "drawn") if _PART in part else part)
            for part in parts}  # fmt: skip


def _result(plan: Plan, drawn: gpd.GeoDataFrame, found: pd.Series, named: Mapping[str, str], here: pd.Series) -> Plan:
    """Return the plan with the grids that go on, those that are new, and those of communities without a drawing."""
    drawn_in = set(plan.atoms.frame["community"][here])
    stay = plan.grids.index.isin(list(named.values())) | ~plan.grids["community"].isin(drawn_in)
    rows = {str(uid): row.to_dict() for uid, row in plan.grids.loc[stay].iterrows()}
    for part, uid in named.items():
        if _PART not in part:
            continue
        stated, row = drawn.loc[part.split(_PART)[0]], _row(drawn, part)
        if uid in rows:
            rows[uid] |= {key: row[key] for key in ("name", "kind") if stated[key]}
        else:
            rows[uid] = row
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(GRID_COLUMNS)).sort_index().rename_axis("uid")
    table.index = table.index.astype("object")
    return replace(plan, assignment=found, grids=table.astype({"locked": bool}))


def _cuts(
    plan: Plan, drawn: gpd.GeoDataFrame, pairs: pd.DataFrame, bare: Mapping[str, float], given: pd.Series, *,
    tolerance: float,
) -> pd.DataFrame:  # fmt: skip
    frame = plan.atoms.frame
    most = pairs.drop_duplicates("atom").set_index("atom")
    most = most.loc[most["share"] < WHOLE]
    # a line within the tolerance of the border of an atom means that border
    near = drawn.geometry.set_axis(drawn.index.astype(str)).buffer(tolerance)
    ground = frame.geometry[most.index].to_numpy()
    most = most.loc[~shapely.covers(near[most["grid"]].to_numpy(), ground)] if tolerance > 0 else most
    others = pairs.loc[pairs.duplicated("atom")].drop_duplicates("atom").set_index("atom")
    second = {str(row.Index): (row.grid, row.share) for row in others[["grid", "share"]].itertuples()}
    names = dict(zip(map(str, drawn.index), titles(drawn.set_axis("#" + drawn.index)), strict=True)) | {"": ""}
    told = frame.loc[most.index, ["name", "community", "households"]].assign(
        grid=given[most.index], drawn=most["grid"], share=most["share"]
    )
    rows = []
    for atom, name, community, households, grid, first, share in told.itertuples(name=None):
        other, part = second.get(str(atom), ("", 0.0))
        rows.append((
            atom, name, community, int(households), grid, names[first], round(float(share), 4), names[other],
            round(float(part), 4), round(bare.get(atom, 0.0), 4),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(CUT_COLUMNS))
