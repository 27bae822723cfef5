"""Plans that come from elsewhere: from the grid layer of the city, or from a table of atoms and grids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.grids.propose import uid_of
from gridkit.grids.totals import grid_layer
from gridkit.model.fields import VOCABULARIES
from gridkit.model.plan import GRID_COLUMNS, UNASSIGNED, Atoms, Norm, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

WHOLE: Final = 0.99
"""Share of an atom inside its grid above which a drawn border is taken to follow the atom."""
NO_CODE: Final = "~"
"""How a code begins that reading made for a feature without one."""
CUT_COLUMNS: Final = ("atom", "grid", "other", "share")


def from_layer(
    atoms: Atoms, layer: gpd.GeoDataFrame, norm: Norm, *, norms: Mapping[str, Norm] | None = None
) -> tuple[Plan, pd.DataFrame]:
    """Return the plan that a layer of grids stands for: each atom belongs to the grid that holds most of it.

    Parameters
    ----------
    atoms : Atoms
    layer : geopandas.GeoDataFrame
        Grids indexed by code, in the system of the atoms, with ``name``, ``grid_kind``, ``valid_from`` where known.
        Exclusive grids hold exclusive atoms, all others the rest.
    norm, norms
        As of :class:`Plan`.

    Returns
    -------
    Plan
        A grid that holds land of several communities has that of the one in which most of it lies; atoms elsewhere stay
        without a grid, as a grid belongs to one community. Its uid is made of its code, so that it is the same when the
        layer is read again. Grids that hold no atom are left out.
    pandas.DataFrame
        Atoms that a drawn border cuts: ``atom``, ``grid``, ``other`` (the next grid, ``""`` for none), ``share`` of the
        atom in its grid; sorted by atom.
    """
    grids = layer.loc[~shapely.is_missing(layer.geometry.to_numpy())].sort_index()
    pairs = overlaps(atoms, grids)
    pairs = pairs.loc[pairs["community"] == pairs["home"]]
    pairs = pairs.sort_values(["atom", "share", "grid"], ascending=[True, False, True], kind="stable")
    best = pairs.drop_duplicates("atom").set_index("atom")
    uids = {code: uid_of("", [code], "layer") for code in best["grid"].unique()}
    assignment = pd.Series(UNASSIGNED, index=atoms.frame.index, dtype="object", name="grid")
    assignment[best.index] = [uids[code] for code in best["grid"]]
    homes = best.groupby("grid")["home"].first()
    table = _table(grids, uids, homes)
    rest = pairs.loc[pairs.duplicated("atom")].drop_duplicates("atom").set_index("atom")["grid"]
    cut = best.loc[best["share"] < WHOLE]
    cuts = pd.DataFrame(
        {"atom": cut.index, "grid": cut["grid"].to_numpy(), "other": [rest.get(atom, "") for atom in cut.index],
         "share": cut["share"].round(4).to_numpy()}, columns=list(CUT_COLUMNS),
    )  # fmt: skip
    return Plan(atoms, assignment, table, norm, dict(norms or {})), cuts


def overlaps(atoms: Atoms, grids: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return which grid covers which share of which atom, the atom's community, and the one of most of the grid.

    Columns ``atom``, ``grid``, ``community``, ``area`` (whole square decimetres), ``share`` and ``home``; exclusive
    grids and exclusive atoms with each other alone.
    """
    frame = atoms.frame
    shapes, bodies = frame.geometry.to_numpy(), shapely.make_valid(grids.geometry.to_numpy())
    atom, grid = shapely.STRtree(bodies).query(shapes, predicate="intersects")
    special = (grids["grid_kind"] == "exclusive").to_numpy() if "grid_kind" in grids else np.zeros(len(grids), bool)
    fits = special[grid] == (frame["kind"] == "exclusive").to_numpy()[atom]
    atom, grid = atom[fits], grid[fits]
    shared = shapely.area(shapely.intersection(shapes[atom], bodies[grid]))
    atom, grid, shared = atom[shared > 0], grid[shared > 0], shared[shared > 0]
    pairs = pd.DataFrame({
        "atom": frame.index[atom], "grid": [str(code) for code in grids.index[grid]],
        "community": frame["community"].to_numpy()[atom], "area": np.rint(shared * 100).astype("int64"),
        "share": shared / np.maximum(shapely.area(shapes[atom]), 1e-9),
    })  # fmt: skip
    sums = pairs.groupby(["grid", "community"], sort=True)["area"].sum().reset_index()
    sums = sums.sort_values(["grid", "area", "community"], ascending=[True, False, True], kind="stable")
    return pairs.assign(home=pairs["grid"].map(sums.drop_duplicates("grid").set_index("grid")["community"]))


def _table(grids: gpd.GeoDataFrame, uids: Mapping[str, str], homes: pd.Series) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for code, uid in uids.items():
        row = grids.loc[code]
        kind = str(row.get("grid_kind") or "")
        rows.append({
            "uid": uid, "code": "" if code.startswith(NO_CODE) else code, "name": _text(row.get("name")),
            "kind": kind if kind in VOCABULARIES["grid_kind"] else "comprehensive", "community": str(homes[code]),
            "locked": False, "valid_from": _text(row.get("valid_from"))[:10],
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["uid", *GRID_COLUMNS]).set_index("uid").sort_index()


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NaT or pd.isna(value) else str(value)


def with_assignment(plan: Plan, assignment: pd.Series) -> Plan:
    """Return a plan whose atoms belong to other grids, as a table from :mod:`gridkit.io.assignment` says.

    Parameters
    ----------
    plan : Plan
    assignment : pandas.Series of str
        Uid or code of a grid, ``""`` for none, indexed by atom; an atom that it does not list has no grid. A value that
        is no grid of the plan makes a new one of that name, in the community of its first atom.

    Examples
    --------
    See ``tests/grids/test_baseline.py``.
    """
    frame = plan.atoms.frame
    codes = plan.grids["code"]
    alone = codes[(codes != "") & ~codes.duplicated(keep=False)]
    names = {str(code): str(uid) for uid, code in alone.items()} | {str(uid): str(uid) for uid in plan.grids.index}
    wanted = assignment.reindex(frame.index).fillna(UNASSIGNED).astype(str)
    rows = []
    for value in sorted(set(wanted) - set(names) - {UNASSIGNED}):
        members = [str(atom) for atom in wanted.index[wanted == value]]
        community = str(frame["community"][members[0]])
        uid = uid_of(community, [value], "table")
        names[value] = uid
        rows.append({"uid": uid, "code": "", "name": value, "kind": "comprehensive", "community": community,
                     "locked": False, "valid_from": ""})  # fmt: skip
    fresh = pd.DataFrame(rows, columns=["uid", *GRID_COLUMNS]).set_index("uid")
    grids = pd.concat([plan.grids, fresh]).sort_index() if rows else plan.grids
    found = wanted.map({**names, UNASSIGNED: UNASSIGNED}).astype("object").rename("grid")
    return replace(plan, assignment=found, grids=grids)


def on_other_atoms(atoms: Atoms, plan: Plan) -> Plan:
    """Return a plan on other atoms of the same ground: each atom belongs to the grid that holds most of it.

    Grids keep uid, code, name, kind and lock; those that hold no atom are left out.
    """
    if plan.atoms.version == atoms.version:
        return plan
    layer = grid_layer(plan)
    layer = layer.assign(grid_kind=layer["kind"]).set_axis(pd.Index([str(uid) for uid in layer.index], name="code"))
    found, _cuts = from_layer(atoms, layer, plan.norm, norms=plan.norms)
    names = {uid_of("", [str(uid)], "layer"): str(uid) for uid in plan.grids.index}
    grids = plan.grids.loc[sorted(names[uid] for uid in found.grids.index)].copy()
    homes = {names[uid]: community for uid, community in found.grids["community"].items()}
    grids["community"] = [homes[uid] for uid in grids.index]
    assignment = pd.Series([names.get(uid, uid) for uid in found.assignment], index=atoms.frame.index, dtype="object")
    return Plan(atoms, assignment.rename("grid"), grids, plan.norm, plan.norms)
