"""Which old grid became which new one, which codes go on, and the ledger of all codes that were ever issued."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from scipy.optimize import linear_sum_assignment

from gridkit.errors import UsageError
from gridkit.grids.codes import SCHEMES, Scheme, empty_ledger, next_serials, reading_order
from gridkit.locale import N_
from gridkit.model.plan import LEDGER_COLUMNS, RELATION_COLUMNS, Lineage, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICIES: Final = ("majority", "strict")
"""``majority``: a code goes on where more than half of the old grid's households stay and are more than half of the new
grid's (a border moved is no new grid). ``strict``: any change of its land gives a grid a new code."""


def relations(old: Plan, new: Plan) -> pd.DataFrame:
    """Return a row for each pair of an old and a new grid that share land, and for grids without a counterpart.

    Parameters
    ----------
    old, new : Plan
        Of the same ground; atoms may have been cut in between, or built anew.

    Returns
    -------
    pandas.DataFrame
        ``RELATION_COLUMNS``, grids by uid. ``households_old`` and ``households_both`` count the households of the old
        plan (of an atom that was cut, shared out as the new plan has them), so that the weights of an old grid add up
        to 1; ``households_new`` those of the new one.
    """
    pairs = _shared(old, new)
    both = pairs.groupby(["grid_old", "grid_new"], as_index=False)[
        ["households_both", "households_now", "area_both"]
    ].sum()
    whole_old = both.groupby("grid_old")[["households_both", "area_both"]].transform("sum")
    out = both.assign(
        households_old=whole_old["households_both"],
        households_new=both.groupby("grid_new")["households_now"].transform("sum"),
    )
    many_old = out.groupby("grid_old")["grid_new"].transform("count") > 1
    many_new = out.groupby("grid_new")["grid_old"].transform("count") > 1
    out["part_old"] = np.where(many_old, "P", "")
    out["part_new"] = np.where(many_new, "P", "")
    out["relation"] = _kinds(out, many_old.to_numpy(), many_new.to_numpy())
    # without households the share of land says how much of a grid went where
    people = out["households_both"] / out["households_old"].where(out["households_old"] > 0)
    out["weight"] = people.fillna(out["area_both"] / whole_old["area_both"].where(whole_old["area_both"] > 0)).fillna(
        0.0
    )
    out = out.round({"weight": 6, "area_both": 2})
    return out[list(RELATION_COLUMNS)].sort_values(["grid_old", "grid_new"], ignore_index=True)


def _shared(old: Plan, new: Plan) -> pd.DataFrame:
    """Return for each new atom its old and new grid, its old and new households, and its area."""
    frame = new.atoms.frame
    origin = origins(old, new)
    before = old.atoms.frame["households"].reindex(origin).fillna(0).to_numpy(dtype=float)
    now = frame["households"].to_numpy(dtype=float)
    area = frame.geometry.area.to_numpy()
    key = pd.Series(origin.to_numpy())
    # an old atom that is several now: its households by those of today, else by area
    share = pd.Series(np.where(now > 0, now, 0.0)).groupby(key).transform("sum")
    ground = pd.Series(area).groupby(key).transform("sum")
    part = np.where(share > 0, now / share.where(share > 0), area / ground.where(ground > 0))
    pairs = pd.DataFrame(
        {
            "grid_old": old.assignment.reindex(origin).fillna("").to_numpy(),
            "grid_new": new.assignment.to_numpy(),
            "households_both": np.rint(before * part),
            "households_now": now,
            "area_both": area,
        }
    )
    gone = sorted(set(old.grids.index) - set(pairs["grid_old"]))
    come = sorted(set(new.grids.index) - set(pairs["grid_new"]))
    # a grid without land in both plans is the same one
    ends = [(uid, uid if uid in come else "") for uid in gone] + [("", uid) for uid in come if uid not in gone]
    more = [(*pair, 0.0, 0.0, 0.0) for pair in ends]
    pairs = pd.concat([pairs, pd.DataFrame(more, columns=pairs.columns)]) if more else pairs
    pairs = pairs.loc[(pairs["grid_old"] != "") | (pairs["grid_new"] != "")]
    return pairs.astype({"households_both": "int64", "households_now": "int64"})


def origins(old: Plan, new: Plan) -> pd.Series:
    """Return new atom -> old atom: by name, by the name of which it was cut, else by where it lies."""
    names = pd.Series(new.atoms.frame.index, index=new.atoms.frame.index)
    known = old.atoms.frame.index
    found = names.where(names.isin(known))
    while True:
        cut = found.isna() & names.str.contains("~")
        if not cut.any():
            break
        names = names.where(~cut, names.str.rpartition("~")[0])
        found = found.fillna(names.where(names.isin(known)))
    lost = found.index[found.isna()]
    if len(lost):
        points = shapely.point_on_surface(new.atoms.frame.geometry[lost].to_numpy())
        at, of = old.atoms.frame.sindex.query(points, predicate="intersects")
        first = np.unique(at, return_index=True)[1]
        found[lost[at[first]]] = known[of[first]]
    return found.fillna("")


def _kinds(table: pd.DataFrame, many_old: Any, many_new: Any) -> Any:
    """Return the relation of each pair: from how many partners the two grids have."""
    lone_old, lone_new = (table["grid_new"] == "").to_numpy(), (table["grid_old"] == "").to_numpy()
    whole_new = table.groupby("grid_old")["part_new"].transform(lambda part: (part == "").all()).to_numpy(dtype=bool)
    whole_old = table.groupby("grid_new")["part_old"].transform(lambda part: (part == "").all()).to_numpy(dtype=bool)
    major = (
        (2 * table["households_both"] > table["households_old"])
        & (2 * table["households_now"] > table["households_new"])
    ).to_numpy()
    return np.select(
        [
            lone_old & ~many_old,
            lone_new & ~many_new,
            lone_old | lone_new,
            ~many_old & ~many_new,
            many_old & whole_new,
            many_new & whole_old,
            major,
        ],
        ["retired", "issued", "boundary", "unchanged", "split", "merge", "boundary"],
        default="many",
    )


def matching(old: Plan, new: Plan, *, policy: str = "majority") -> dict[str, str]:
    """Return new uid -> old uid of the grids whose code goes on.

    Pairs are matched one to one for the most households in common (Hungarian method); a grid without households is
    compared by area, and one without land goes on where it has none in both plans.
    """
    table = relations(old, new)
    table = table.loc[(table["grid_old"] != "") & (table["grid_new"] != "")]
    communities = new.grids["community"].reindex(table["grid_new"]).to_numpy()
    same = old.grids["community"].reindex(table["grid_old"]).to_numpy() == communities
    table = table.loc[same]
    if policy == "strict":
        # the same land: no border moved, and no atom of it was cut
        table = table.loc[table["relation"] == "unchanged"]
        return dict(zip(table["grid_new"], table["grid_old"], strict=True))
    sums = _shared(old, new).groupby(["grid_old", "grid_new"])[["households_both", "households_now", "area_both"]].sum()
    area_old = sums["area_both"].groupby("grid_old").sum()
    area_new = sums["area_both"].groupby("grid_new").sum()
    kept: dict[str, str] = {}
    for _, part in table.groupby(old.grids["community"].reindex(table["grid_old"]).to_numpy(), sort=True):
        before, after = sorted(set(part["grid_old"])), sorted(set(part["grid_new"]))
        common = np.zeros((len(before), len(after)))
        for row in part.itertuples(index=False):
            common[before.index(row.grid_old), after.index(row.grid_new)] = row.households_both * 1e6 + row.area_both
        for one, other in zip(*linear_sum_assignment(-common), strict=True):
            pair = (before[one], after[other])
            if pair in sums.index and _goes_on(pair, sums, part, area_old, area_new):
                kept[pair[1]] = pair[0]
    same_empty = table.loc[(table["grid_old"] == table["grid_new"]) & (table["area_both"] == 0), "grid_new"]
    return {**dict(zip(same_empty, same_empty, strict=True)), **kept}


def _goes_on(pair: tuple[str, str], sums: Any, part: pd.DataFrame, area_old: Any, area_new: Any) -> bool:
    old, new = pair
    row = part.loc[(part["grid_old"] == old) & (part["grid_new"] == new)].iloc[0]
    shared = sums.loc[pair]
    if row["households_old"] and row["households_new"]:
        return bool(
            2 * row["households_both"] > row["households_old"] and 2 * shared["households_now"] > row["households_new"]
        )
    return bool(2 * shared["area_both"] > area_old[old] and 2 * shared["area_both"] > area_new[new])


def issue_codes(
    plan: Plan, ledger: pd.DataFrame | None = None, *, before: Plan | None = None, scheme: Scheme = SCHEMES["stat12+3"],
    policy: str = "majority", date: str = "", doc_no: str = "",
) -> tuple[Plan, Lineage]:  # fmt: skip
    """Return a plan in which every grid has a code, and the ledger and relations that say where codes went.

    Parameters
    ----------
    plan : Plan
        A code that a grid has already is kept where the ledger has it as live for this grid.
    ledger : pandas.DataFrame, optional
        ``LEDGER_COLUMNS``; None for the first issue.
    before : Plan, optional
        The plan with the codes of today.
    scheme, policy, date, doc_no
        How codes are made, when a code goes on (``POLICIES``), since when the plan holds (YYYY-MM-DD), and the number
        of the document that decides it.

    Raises
    ------
    UsageError
        Serials run out, or the policy is unknown.

    Notes
    -----
    A grid whose code goes on takes the uid of the old grid as well, so that branches, staff and stations stay joined.
    Grids that are new are numbered from west to east and from north to south after the highest serial ever issued;
    nothing is numbered anew later.
    """
    if policy not in POLICIES:
        raise UsageError(N_("{policy} is no policy of codes"), remedy=N_("use one of: {known}"), policy=policy,
                         known=", ".join(POLICIES))  # fmt: skip
    ledger = with_present(empty_ledger() if ledger is None else ledger, before)
    kept = {} if before is None else matching(before, plan, policy=policy)
    plan = _same_uids(plan, before, kept)
    codes = _kept_codes(plan, before, {before_uid: before_uid for before_uid in kept.values()})
    codes |= _issued_since(plan, before, ledger, codes)
    order = reading_order(plan)
    issued: dict[str, str] = {}
    missing = plan.grids.loc[~plan.grids.index.isin(codes)]
    for (community, exclusive), part in missing.groupby(
        [missing["community"], missing["kind"] == "exclusive"], sort=True
    ):
        uids = sorted(part.index, key=lambda uid: (order[uid], uid))
        numbers = next_serials(scheme, str(community), ledger, exclusive=bool(exclusive), count=len(uids))
        issued |= {uid: scheme.code(str(community), serial) for uid, serial in zip(uids, numbers, strict=True)}
    grids = plan.grids.copy()
    grids["code"] = [codes.get(uid) or issued[uid] for uid in grids.index]
    fresh = grids.index.isin(list(issued))
    grids.loc[fresh, "valid_from"] = date
    coded = replace(plan, grids=grids)
    table = relations(before, coded) if before is not None else _first(coded)
    return coded, Lineage(_entered(ledger, coded, before, table, date=date, doc_no=doc_no), table)


def with_present(ledger: pd.DataFrame, before: Plan | None) -> pd.DataFrame:
    """Return the ledger with the codes of a plan that was never entered: none of them may be issued again."""
    if before is None:
        return ledger
    grids = before.grids.loc[(before.grids["code"] != "") & ~before.grids["code"].isin(set(ledger["code"]))]
    grids = grids.drop_duplicates("code").sort_values("code")
    rows = [
        (row["code"], uid, row["community"], "live", row["valid_from"], "", "", "", "") for uid, row in grids.iterrows()
    ]
    return pd.concat([ledger, pd.DataFrame(rows, columns=list(LEDGER_COLUMNS))], ignore_index=True)


def _same_uids(plan: Plan, before: Plan | None, kept: Mapping[str, str]) -> Plan:
    """Return the plan with the uid of the old grid wherever its code goes on."""
    if before is None:
        return plan
    names = {uid: uid for uid in plan.grids.index} | dict(kept)
    # a new grid that carries an old uid without its code would be two grids under one name
    taken = set(kept.values())
    for uid in plan.grids.index:
        if uid not in kept and uid in taken:
            names[uid] = f"{uid}-{sum(1 for other in names.values() if other.startswith(uid))}"
    grids = plan.grids.rename(index=names).sort_index()
    return replace(
        plan, grids=grids.rename_axis("uid"), assignment=plan.assignment.map(lambda uid: names.get(uid, uid))
    )


def _kept_codes(plan: Plan, before: Plan | None, kept: Mapping[str, str]) -> dict[str, str]:
    if before is None:
        own = plan.grids["code"]
        return {str(uid): str(code) for uid, code in own.items() if code}
    old = before.grids["code"]
    return {uid: str(old[uid]) for uid in kept if uid in plan.grids.index and old[uid]}


def _issued_since(plan: Plan, before: Plan | None, ledger: pd.DataFrame, codes: Mapping[str, str]) -> dict[str, str]:
    """Return the codes that were issued to grids after the plan before: live in the ledger under the same uid."""
    if before is None:
        return {}
    live = ledger.loc[ledger["status"] == "live"].set_index("code")["uid"].to_dict()
    old, taken = set(before.grids["code"]), set(codes.values())
    own = plan.grids["code"].astype(str).to_dict()
    return {
        uid: code for uid, code in own.items()
        if code and uid not in codes and code not in old | taken and live.get(code) == uid
    }  # fmt: skip


def _first(plan: Plan) -> pd.DataFrame:
    rows = [("", uid, 0, 0, 0, 0.0, "", "", 0.0, "issued") for uid in plan.grids.index]
    return pd.DataFrame(rows, columns=list(RELATION_COLUMNS))


def _entered(
    ledger: pd.DataFrame, plan: Plan, before: Plan | None, table: pd.DataFrame, *, date: str, doc_no: str
) -> pd.DataFrame:
    """Return the ledger with new codes entered and those that ended retired; no row is ever taken out."""
    out = ledger.copy()
    after = plan.grids["code"].to_dict()
    old = {} if before is None else before.grids["code"].to_dict()
    known = set(out["code"])
    came: dict[str, list[str]] = {}
    went: dict[str, list[str]] = {}
    for row in table.itertuples(index=False):
        one, other = old.get(row.grid_old, ""), after.get(row.grid_new, "")
        if one and other and one != other:
            came.setdefault(other, []).append(one)
            went.setdefault(one, []).append(other)
    fresh = [
        (code, uid, plan.grids["community"][uid], "live", date, "", " ".join(sorted(came.get(code, []))), "", doc_no)
        for uid, code in sorted(after.items(), key=lambda pair: pair[1]) if code not in known
    ]  # fmt: skip
    out = pd.concat([out, pd.DataFrame(fresh, columns=list(LEDGER_COLUMNS))], ignore_index=True)
    # codes of the plan before, and codes entered earlier for this ground that no grid has any more
    here = set(plan.atoms.frame["community"]) | set(plan.grids["community"])
    gone = out["code"].isin(set(old.values())) | out["community"].isin(here)
    ended = gone & ~out["code"].isin(set(after.values())) & (out["status"] == "live")
    out.loc[ended, "status"] = "retired"
    out.loc[ended, "valid_to"] = date
    out.loc[ended, "doc_no"] = doc_no
    out.loc[ended, "successors"] = [" ".join(sorted(went.get(code, []))) for code in out.loc[ended, "code"]]
    return out.sort_values("code", ignore_index=True)
