"""The edits that lead from one plan to another on the same atoms: what a proposal or a drawing means as a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.errors import UsageError
from gridkit.grids.replay import add
from gridkit.locale import N_
from gridkit.model.plan import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridkit.model.plan import EditLog, Plan

    Step = tuple[str, dict[str, Any]]

NEWEST: Final = ""
"""As the grid of a step: the one that the ``new`` before it has made, whose uid only the log knows."""


def steps_between(before: Plan, after: Plan) -> list[Step]:
    """Return the edits that make of one plan the other, in an order in which each of them is allowed.

    Parameters
    ----------
    before, after : Plan
        Of the same atoms. A grid of one uid and community in both is the same grid; codes and dates are no matter of
        edits and are not compared.

    Returns
    -------
    list of (str, dict)
        Operation and arguments of :class:`gridkit.model.plan.Edit`; the grid ``NEWEST`` is the one that the last
        ``new`` made. One step for each new grid, each grid that gains land, each that ends, and each that has another
        name, kind or lock, and one for all land that loses its grid: fewer cannot do it with these operations. A locked
        grid that changes is unlocked first, and locked again.

    Raises
    ------
    UsageError
        The plans are of different atoms.

    Examples
    --------
    See ``tests/grids/test_steps.py``.
    """
    _demand_same_atoms(before, after)
    same = [uid for uid in after.grids.index if uid in before.grids.index]
    same = [uid for uid in same if after.grids["community"][uid] == before.grids["community"][uid]]
    kept = set(same)
    gone = [str(uid) for uid in before.grids.index if uid not in kept]
    fresh = [uid for uid in after.grids.index if uid not in kept]
    # a uid that names another grid now counts as new land there, also where it was written the same before
    names = {uid: f"{uid}\x1fnew" for uid in fresh} | {uid: uid for uid in same} | {UNASSIGNED: UNASSIGNED}
    wanted = after.assignment.map(names).to_numpy()
    held = before.assignment.to_numpy()
    moving = wanted != held
    gains = _members(after.assignment.index[moving], wanted[moving])
    unlocked = _to_unlock(before, after, set(same), gone=gone, lost=set(held[moving]), gained=set(gains))
    out: list[Step] = [("unlock", {"grid": uid}) for uid in unlocked]
    every = _members(after.assignment.index, wanted)
    for uid in fresh:
        out += _new(after, uid, every.get(names[uid], []))
    out += [("move", {"atoms": gains[uid], "to": uid}) for uid in [*same, UNASSIGNED] if uid in gains]
    for uid in same:
        out += _changes(before, after, uid)
    out += [("retire", {"grid": uid}) for uid in gone]
    locked = before.grids["locked"]
    out += [
        ("lock", {"grid": uid})
        for uid in same
        if bool(after.grids["locked"][uid]) and (not bool(locked[uid]) or uid in unlocked)
    ]
    return out


def _demand_same_atoms(before: Plan, after: Plan) -> None:
    if before.atoms is not after.atoms and before.atoms.version != after.atoms.version:
        raise UsageError(
            N_("the two plans are made of different atoms"),
            remedy=N_("compare plans of one set of atoms; gridkit grids diff compares any two"),
        )


def _members(atoms: pd.Index, uids: np.ndarray[Any, Any]) -> dict[str, list[str]]:
    """Return uid -> its atoms, in the order of the atoms."""
    groups = pd.Series(np.arange(len(atoms))).groupby(uids, sort=True).indices
    return {str(uid): [str(atom) for atom in atoms[np.sort(at)]] for uid, at in groups.items()}


def _to_unlock(
    before: Plan, after: Plan, same: set[str], *, gone: Sequence[str], lost: set[str], gained: set[str]
) -> list[str]:
    """Return the locked grids that are touched, or are no longer locked."""
    ended = set(gone)
    out = []
    for uid in before.grids.index[before.grids["locked"].astype(bool)]:
        touched = uid in ended or uid in lost or uid in gained
        if uid in same:
            one, other = before.grids.loc[uid], after.grids.loc[uid]
            touched |= one["kind"] != other["kind"] or one["name"] != other["name"] or not bool(other["locked"])
        if touched:
            out.append(str(uid))
    return out


def _new(after: Plan, uid: str, atoms: list[str]) -> list[Step]:
    row = after.grids.loc[uid]
    out: list[Step] = [("new", {"community": str(row["community"]), "kind": str(row["kind"]), "atoms": atoms})]
    if row["name"]:
        out.append(("rename", {"grid": NEWEST, "name": str(row["name"])}))
    if bool(row["locked"]):
        out.append(("lock", {"grid": NEWEST}))
    return out


def _changes(before: Plan, after: Plan, uid: str) -> list[Step]:
    one, other = before.grids.loc[uid], after.grids.loc[uid]
    out: list[Step] = []
    if one["kind"] != other["kind"]:
        out.append(("set_kind", {"grid": uid, "kind": str(other["kind"])}))
    if one["name"] != other["name"]:
        out.append(("rename", {"grid": uid, "name": str(other["name"])}))
    return out


def follow(
    plan: Plan, log: EditLog, steps: Iterable[Step], *, user: str = "", time: str = "", reason: str = "",
    doc_no: str = "",
) -> tuple[Plan, EditLog]:  # fmt: skip
    """Return the plan after some steps, and the log with a line for each of them.

    Parameters
    ----------
    plan : Plan
        As the log leaves it.
    log : EditLog
    steps : iterable of (str, dict)
        From :func:`steps_between`.
    user, time, reason, doc_no : str
        Of every line.

    Raises
    ------
    UsageError
        A step is not allowed; nothing is logged then.
    """
    newest = ""
    for op, args in steps:
        known = plan.grids.index
        said = {**args, "grid": newest} if args.get("grid") == NEWEST else args
        plan, log = add(plan, log, op, said, user=user, time=time, reason=reason, doc_no=doc_no)
        if op == "new":
            newest = str(plan.grids.index.difference(known)[0])
    return plan, log
