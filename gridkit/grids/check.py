"""Check a plan of grids: every rule gives the offending grids, with place and number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo.crs import to_lonlat
from gridkit.grids.totals import pieces_of, totals
from gridkit.model import Findings
from gridkit.model.plan import UNASSIGNED
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.model.plan import Plan

Row = dict[str, Any]

NAMED: Final = 5
"""Names that a sentence lists."""
_DAMAGED: Final = re.compile(r"^\d+(\.\d*)?[eE]\+?\d+$|^\d+\.\d*$|^\d{15,}0{3,}$")
"""What a spreadsheet program makes of a long code: 5.22601E+14, a point, or zeros for the last digits."""


def check(plan: Plan, *, ledger: pd.DataFrame | None = None) -> Findings:
    """Return what is wrong with a plan.

    Parameters
    ----------
    plan : Plan
    ledger : pandas.DataFrame, optional
        Every code that was ever issued (``LEDGER_COLUMNS``); without it only codes used twice or of another community
        are found.

    Returns
    -------
    Findings
        G101 to G112, each with the place of its atom or grid.
    """
    facts = _Facts(plan)
    rows = [row for part in (_land(facts), _grids(facts), _compounds(facts), _codes(facts, ledger)) for row in part]
    return Findings.of(rows)


class _Facts:
    """What several checks need, worked out once."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.frame, self.grid = plan, plan.atoms.frame, plan.assignment
        self.totals = totals(plan)
        self.pieces = pieces_of(plan)
        points = shapely.point_on_surface(self.frame.geometry.to_numpy())
        degrees = to_lonlat(gpd.GeoSeries(points, index=self.frame.index, crs=self.frame.crs))
        self.where = pd.DataFrame({"lon": degrees.x.round(6), "lat": degrees.y.round(6)}, index=self.frame.index)
        largest = self.frame["households"].groupby(self.grid.to_numpy()).idxmax()
        self.seat = largest.to_dict()
        many = plan.grids["name"].duplicated(keep=False)
        self.names = {str(uid): _name(row, str(uid), alone=not many[uid]) for uid, row in plan.grids.iterrows()}

    def at(self, atom: str | None) -> dict[str, Any]:
        """Return the place of an atom, for a finding."""
        if atom is None:
            return {}
        return {"lon": float(self.where["lon"][atom]), "lat": float(self.where["lat"][atom])}

    def at_grid(self, uid: str) -> dict[str, Any]:
        """Return the place of a grid: a point in its largest atom."""
        return self.at(self.seat.get(uid))


def _name(row: pd.Series, uid: str, *, alone: bool) -> str:
    """Return what a grid is called; most communities have a first grid, so that the name alone may tell little."""
    name, code = str(row["name"]), str(row["code"])
    return (name if alone else f"{name} {code or uid}") if name else code or uid


def _land(facts: _Facts) -> Iterator[Row]:
    rule = CATALOGUE["G101"]
    for atom, row in facts.frame.loc[(facts.grid == UNASSIGNED).to_numpy()].iterrows():
        yield rule.found(
            str(atom), **facts.at(str(atom)), name=row["name"] or str(atom), community=row["community"],
            households=int(row["households"]),
        )  # fmt: skip


def _grids(facts: _Facts) -> Iterator[Row]:
    plan, sums = facts.plan, facts.totals
    communities = facts.frame["community"].groupby(facts.grid.to_numpy()).unique()
    behind = facts.frame["households"].where(facts.pieces > 0, 0).groupby(facts.grid.to_numpy()).sum()
    for uid, row in plan.grids.iterrows():
        key, place, total = str(uid), facts.at_grid(str(uid)), sums.loc[uid]
        name = facts.names[key]
        codes = sorted(communities.get(uid, []))
        if not total["atoms"]:
            yield CATALOGUE["G108"].found(key, name=name)
            continue
        if len(codes) > 1 or (codes and codes[0] != row["community"]):
            both = sorted({*codes, row["community"]})
            yield CATALOGUE["G102"].found(key, **place, name=name, n=len(both), communities=", ".join(both[:NAMED]))
        if total["pieces"] > 1:
            yield CATALOGUE["G103"].found(
                key, **place, name=name, n=int(total["pieces"]), households=int(behind.get(uid, 0))
            )
        if total["outside"]:
            yield _out_of_band(facts, key, int(total["outside"]), name, place)
        if total["unknown"]:
            yield CATALOGUE["G110"].found(key, **place, name=name, n=int(total["unknown"]))


def _out_of_band(facts: _Facts, uid: str, off: int, name: str, place: dict[str, Any]) -> Row:
    norm = facts.plan.norm_of(str(facts.plan.grids["community"][uid]))
    size = int(facts.totals[norm.measure][uid])
    alone = facts.totals["atoms"][uid] == 1 or facts.frame[norm.measure][facts.seat[uid]] > norm.high
    if off > 0 and alone:
        atom = facts.seat[uid]
        title = facts.frame["name"][atom] or atom
        size = int(facts.frame[norm.measure][atom])
        return CATALOGUE["G109"].found(uid, **place, name=title, size=size, measure=norm.measure, high=norm.high)
    more: dict[str, Any] = {"variant": "above"} if off > 0 else {}
    return CATALOGUE["G104"].found(
        uid, **place, name=name, size=size, measure=norm.measure, off=abs(off), low=norm.low, high=norm.high, **more
    )


def _compounds(facts: _Facts) -> Iterator[Row]:
    frame = facts.frame.assign(grid=facts.grid)
    parts = frame.loc[(frame["kind"] == "part") & (frame["grid"] != UNASSIGNED)]
    for code, rows in parts.groupby("compound", sort=True):
        norm = facts.plan.norm_of(str(rows["community"].iloc[0]))
        grids = sorted(rows["grid"].unique())
        if len(grids) > 1 and rows[norm.measure].sum() <= norm.high:
            yield CATALOGUE["G105"].found(
                str(code), **facts.at(str(rows.index[0])), name=rows["name"].iloc[0] or str(code),
                households=int(rows["households"].sum()), n=len(grids),
                grids=", ".join(facts.names[uid] for uid in grids[:NAMED]),
            )  # fmt: skip
    mixed = parts.groupby("grid")["compound"].unique()
    others = frame.loc[(frame["kind"] != "part") & (frame["households"] > 0)].groupby("grid").size()
    for uid, compounds in mixed.items():
        if len(compounds) > 1 or uid in others.index:
            yield CATALOGUE["G111"].found(
                str(uid), **facts.at_grid(str(uid)), name=facts.names[str(uid)], compound=sorted(compounds)[0]
            )
    kinds = facts.plan.grids["kind"]
    for atom, row in frame.loc[(frame["kind"] == "exclusive") & (frame["grid"] != UNASSIGNED)].iterrows():
        if kinds[row["grid"]] != "exclusive":
            yield CATALOGUE["G112"].found(
                str(atom), **facts.at(str(atom)), area=row["name"] or str(atom), name=facts.names[row["grid"]],
                kind=kinds[row["grid"]],
            )  # fmt: skip


def _codes(facts: _Facts, ledger: pd.DataFrame | None) -> Iterator[Row]:
    grids = facts.plan.grids
    coded = grids.loc[grids["code"] != ""]
    for code, same in coded.groupby("code", sort=True):
        if len(same) > 1:
            names = [facts.names[str(uid)] for uid in sorted(same.index)]
            yield CATALOGUE["G107"].found(
                str(code), **facts.at_grid(str(min(same.index))), variant="twice", code=str(code), n=len(same),
                names=", ".join(names[:NAMED]),
            )  # fmt: skip
    status = {} if ledger is None else ledger.set_index("code")["status"].to_dict()
    until = {} if ledger is None else ledger.set_index("code")["valid_to"].to_dict()
    for uid, row in coded.iterrows():
        said: dict[str, Any] = {"name": facts.names[str(uid)], "code": row["code"]}
        place = facts.at_grid(str(uid))
        if ledger is None and _DAMAGED.search(row["code"]):
            yield CATALOGUE["G106"].found(str(uid), **place, variant="damaged", **said)
        elif ledger is not None and row["code"] not in status:
            damaged: dict[str, Any] = {"variant": "damaged"} if _DAMAGED.search(row["code"]) else {}
            yield CATALOGUE["G106"].found(str(uid), **place, **damaged, **said)
        elif status.get(row["code"]) == "retired":
            yield CATALOGUE["G107"].found(str(uid), **place, date=str(until.get(row["code"], "")), **said)


def fractions(plan: Plan) -> dict[str, tuple[int, int]]:
    """Return numerator and denominator of what a plan is judged by.

    ``in_band`` (comprehensive grids inside the band of all), ``contiguous``, and ``households`` in such grids of all.
    """
    sums = totals(plan)
    drawn = (plan.grids["kind"] == "comprehensive").to_numpy() & (sums["atoms"] > 0).to_numpy()
    inside = drawn & (sums["outside"] == 0).to_numpy()
    whole = (sums["atoms"] > 0).to_numpy()
    return {
        "in_band": (int(inside.sum()), int(drawn.sum())),
        "contiguous": (int(np.sum(whole & (sums["pieces"] == 1).to_numpy())), int(whole.sum())),
        "households": (int(sums["households"][inside].sum()), int(plan.atoms.frame["households"].sum())),
    }
