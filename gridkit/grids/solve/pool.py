"""The best partition from a pool of grids: set partitioning by linear programme, fixing and branch and bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

from gridkit.grids.solve.problem import matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.grids.solve.problem import Problem

Array = np.ndarray[Any, Any]

START, BATCH, ROUNDS = 400, 400, 60
"""Columns of the first linear programme, columns added in a round, and rounds of column generation at most."""
FEW = 250
"""Columns of the first branch and bound; four times as many in each further one, until none is left out in vain."""
SLACK = 1e-7
"""Reduced costs and gaps below this are rounding."""
NODES = 500
"""Nodes after which branch and bound stops (a clock would make results depend on the machine); what it has then is not
said to be the optimum."""


@dataclass(frozen=True)
class Chosen:
    """A partition, its cost, a lower bound for any partition from the same columns, and whether it is the best one."""

    grids: list[int]
    cost: float
    bound: float
    proven: bool


def choose(problem: Problem, masks: Sequence[int], incumbent: Sequence[int], *, costs: Array | None = None) -> Chosen:
    """Return the cheapest partition that can be made of some connected sets.

    Parameters
    ----------
    problem : Problem
    masks : sequence of int
        Connected sets; the incumbent's and the single atoms are added.
    incumbent : sequence of int
        A partition, handed back where nothing better is found.
    costs : numpy.ndarray, shape (len(masks),), optional
        The costs of ``masks``; by default the problem's. Other objectives may be minimised this way.

    Notes
    -----
    The linear programme over all columns is solved by column generation: it starts from the cheap ones, and every
    column whose reduced cost is negative is offered. A column whose reduced cost exceeds incumbent - bound is in no
    better partition and is left out before branch and bound starts.
    """
    columns = sorted({*masks, *incumbent, *(1 << i for i in range(problem.n))})
    weight = problem.costs_of(columns) if costs is None else _spread(masks, costs, columns)
    place = {mask: at for at, mask in enumerate(columns)}
    here = [place[mask] for mask in incumbent]
    inside = matrix(columns, problem.n).astype(bool)
    bound, reduced = _relaxed(inside, weight, np.array(here))
    picked, proven = _rounds(inside, weight, reduced, np.array(here), bound=bound)
    cost = float(weight[picked].sum())
    return Chosen(sorted(columns[at] for at in picked), cost, cost if proven else bound, proven)


def _rounds(inside: Array, weight: Array, reduced: Array, here: Array, *, bound: float) -> tuple[Array, bool]:
    """Return the best columns, and whether they are proven to be: the most promising first, as they lower the limit."""
    order = np.lexsort((np.arange(len(weight)), reduced))
    some, proven = FEW, False
    while not proven:
        best = float(weight[here].sum())
        wanted = order[: int(np.searchsorted(reduced[order], best - bound + SLACK, side="right"))]
        if best - bound <= SLACK or not len(wanted):
            return here, True
        left = np.union1d(wanted[:some], here)
        found, optimal = _branched(inside[left], weight[left])
        if found is not None and float(weight[left[found]].sum()) < best - SLACK:
            here = left[found]
            best = float(weight[here].sum())
        if not optimal:
            return here, False
        proven = len(wanted) <= some or float(reduced[wanted[some]]) > best - bound + SLACK
        some *= 4
    return here, True


def _spread(masks: Sequence[int], costs: Array, columns: Sequence[int]) -> Array:
    known = dict(zip(masks, costs.tolist(), strict=True))
    return np.array([known[mask] for mask in columns])


def _relaxed(inside: Array, weight: Array, incumbent: Array) -> tuple[float, Array]:
    """Return a lower bound for every partition and the reduced cost of every column."""
    share = weight / inside.sum(axis=1)
    order = np.lexsort((np.arange(len(weight)), share))
    active = np.zeros(len(weight), dtype=bool)
    active[order[:START]] = True
    active[incumbent] = True
    active[inside.sum(axis=1) == 1] = True
    duals, reduced = np.zeros(inside.shape[1]), weight.copy()
    for _ in range(ROUNDS):
        some = np.flatnonzero(active)
        solved = linprog(
            weight[some], A_eq=csc_array(inside[some].T.astype(float)), b_eq=np.ones(inside.shape[1]), method="highs"
        )
        if solved.status != 0:
            break
        duals = solved.eqlin.marginals
        reduced = weight - inside @ duals
        wanted = np.flatnonzero((reduced < -SLACK) & ~active)
        if not len(wanted):
            return float(duals.sum()), reduced
        active[wanted[np.argsort(reduced[wanted], kind="stable")[:BATCH]]] = True
    # duals of a restricted programme: a bound for all columns once the most negative reduced costs are paid back,
    # as no partition has more columns than atoms
    short = float(np.minimum(reduced, 0.0).min()) * inside.shape[1]
    return float(duals.sum()) + short, reduced - short


def _branched(inside: Array, weight: Array) -> tuple[Array | None, bool]:
    n = inside.shape[1]
    solved = milp(
        weight,
        constraints=LinearConstraint(csc_array(inside.T.astype(float)), np.ones(n), np.ones(n)),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(weight)),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    if solved.x is None:
        return None, False
    picked = np.flatnonzero(solved.x > 0.5)
    whole = bool((inside[picked].sum(axis=0) == 1).all())
    return (picked, solved.status == 0) if whole else (None, False)
