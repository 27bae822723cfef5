"""Parts into which a grid can be split, by the same cost as a proposal."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.errors import UsageError
from gridkit.grids.propose import Wish, problem_of, seed_of
from gridkit.grids.solve.problem import bits
from gridkit.grids.solve.search import improve
from gridkit.grids.solve.trees import split
from gridkit.locale import N_
from gridkit.model.plan import UNASSIGNED

if TYPE_CHECKING:
    from gridkit.model.plan import Plan

STARTS: Final = 24
"""Random splits that are tried and bettered; the cheapest is taken."""


def split_in(plan: Plan, uid: str, parts: int, *, seed: int = 0) -> list[list[str]]:
    """Return a grid's atoms in so many connected parts, the one with most households first.

    Parameters
    ----------
    plan : Plan
    uid : str
        A grid of the plan.
    parts : int
        2 or more.
    seed : int
        Equal seeds give equal parts.

    Raises
    ------
    UsageError
        The grid has too few atoms, or does not hang together.
    """
    here = plan.atoms.frame.loc[(plan.assignment == uid).to_numpy()]
    name = plan.grids["name"][uid] or plan.grids["code"][uid] or uid
    if len(here) < parts:
        raise UsageError(
            N_("{grid} has {n} atoms and cannot be split in {parts}"),
            remedy=N_("cut land or a large compound first: gridkit grids edit PLAN cut"), grid=name, n=len(here),
            parts=parts,
        )  # fmt: skip
    edges = plan.atoms.edges.loc[plan.atoms.edges["a"].isin(here.index) & plan.atoms.edges["b"].isin(here.index)]
    nobody = pd.Series(UNASSIGNED, index=here.index, dtype="object")
    norm = plan.norm_of(str(plan.grids["community"][uid]))
    problem = problem_of(here, edges, norm, old=nobody, wish=Wish(keep=0))
    if not problem.is_connected(problem.all):
        raise UsageError(
            N_("{grid} does not hang together"), remedy=N_("say which atoms go together: --parts FILE"), grid=name
        )
    random = Random(seed_of(seed, uid))
    found: list[list[int]] = []
    for _ in range(STARTS):
        some = split(problem, problem.all, parts, random)
        better = improve(problem, some, random)
        found += [masks for masks in (some, better) if len(masks) == parts]
    if not found:
        raise UsageError(
            N_("no way was found to split {grid} in {parts}"), remedy=N_("say which atoms go together: --parts FILE"),
            grid=name, parts=parts,
        )  # fmt: skip
    best = min(found, key=lambda masks: (problem.total(masks), sorted(masks)))
    best = sorted(best, key=lambda mask: (-problem.households(mask), mask))
    return [[str(here.index[i]) for i in bits(mask)] for mask in best]
