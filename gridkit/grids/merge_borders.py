"""Borders that networks agree on, as the solver takes them; and why one was given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.grids.merge import kept, votes
from gridkit.grids.solve.merged import MergeProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.grids.merge import Overlay
    from gridkit.grids.solve.problem import Band, Weights
    from gridkit.model.plan import Plan

GIVEN_UP_COLUMNS: Final = ("community", "grid", "a", "b", "length", "networks", "reason", "size")
"""Columns of :func:`given_up`: the merged grid across which the border went, the atoms on its two sides, metres, the
networks (as bits), why (``REASONS``), and the households that are the reason."""
REASONS: Final = ("small", "between", "dangling", "other")
"""Why an agreed border was given up: it cuts off land with fewer households than a grid needs; what lies on its two
sides cannot be divided into whole grids of the band; it ends inside a grid and encloses nothing; the cost of another
shape."""


@dataclass(frozen=True)
class Borders:
    """What is said of the borders between atoms, and the networks' own grids to start from.

    Parameters
    ----------
    agreed : mapping of (str, str) to float
        Two atoms -> metres of agreed border.
    some : mapping of (str, str) to float
        Two atoms -> share of the networks covering them that have a border there.
    starts : sequence of pandas.Series
        The assignment of each network.
    """

    agreed: Mapping[tuple[str, str], float]
    some: Mapping[tuple[str, str], float]
    starts: Sequence[pd.Series]

    @classmethod
    def of(cls, found: Overlay) -> Borders:
        """Return what the networks of an overlay say."""
        table = votes(found)
        names = list(zip(table["a"], table["b"], strict=True))
        agreed = {pair: float(n) for pair, n, yes in zip(names, table["length"], table["agreed"], strict=True) if yes}
        share = (table["have"] / table["cover"].clip(lower=1)).to_numpy()
        some = {pair: float(part) for pair, part in zip(names, share, strict=True) if part > 0}
        return cls(agreed, some, [plan.assignment for plan in found.plans])

    def problem(
        self, atoms: pd.Index, sizes: tuple[list[int], list[int], list[int]],
        edges: Sequence[tuple[int, int, int, int]], *, band: Band, weights: Weights, old: Sequence[int] | None,
    ) -> MergeProblem:  # fmt: skip
        """Return the problem of some atoms.

        A border that some networks have counts as one along a road for as much of its length as there are networks
        that have it: it is preferred to one that nobody has.
        """
        names = [str(atom) for atom in atoms]
        wanted = [
            (a, b, length, max(road, round(length * self.some.get((names[a], names[b]), 0.0))))
            for a, b, length, road in edges
        ]
        agreed = [(a, b, length) for a, b, length, _ in edges if (names[a], names[b]) in self.agreed]
        return MergeProblem(
            *sizes, wanted, band, weights, old, agreed=agreed, starts=[_numbers(one[names]) for one in self.starts]
        )


def _numbers(grids: pd.Series) -> list[int]:
    known = {uid: at for at, uid in enumerate(sorted(set(grids) - {""}))}
    return [known.get(uid, -1) for uid in grids]


def given_up(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the agreed borders that a plan does not keep, each with the reason.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`gridkit.grids.merge.votes`.
    plan : Plan
        The merged one.

    Returns
    -------
    pandas.DataFrame
        ``GIVEN_UP_COLUMNS``, by community, grid and atoms.
    """
    lost = table.loc[table["agreed"].to_numpy() & ~kept(table, plan)]
    grid = plan.assignment.reindex(lost["a"]).to_numpy()
    rows = []
    inner = table.loc[~kept(table, plan) & ~table["agreed"].to_numpy()]
    home = plan.assignment.reindex(inner["a"]).to_numpy()
    for uid in sorted(set(grid)):
        mine = lost.loc[grid == uid]
        members = plan.assignment.index[plan.assignment == uid]
        zone = _zones([str(atom) for atom in members], inner.loc[home == uid])
        community = str(plan.grids["community"][uid])
        norm = plan.norm_of(community)
        size = plan.atoms.frame.loc[members, norm.measure].groupby([zone[str(atom)] for atom in members]).sum()
        for a, b, length, having in mine[["a", "b", "length", "having"]].itertuples(index=False):
            one, other = zone[a], zone[b]
            small, both = int(min(size[one], size[other])), int(size[one] + size[other])
            if one == other:
                reason, number = "dangling", int(size[one])
            elif small < norm.low:
                reason, number = "small", small
            elif max(size[one], size[other]) > norm.high:
                reason, number = "between", both
            else:
                reason, number = "other", both
            rows.append((community, uid, a, b, float(length), int(having), reason, number))
    return pd.DataFrame(rows, columns=list(GIVEN_UP_COLUMNS)).sort_values(
        ["community", "grid", "a", "b"], ignore_index=True
    )


def _zones(atoms: Sequence[str], edges: pd.DataFrame) -> dict[str, int]:
    """Return atom -> number of the piece that the agreed borders inside a grid leave it in."""
    beside: dict[str, list[str]] = {atom: [] for atom in atoms}
    for a, b in zip(edges["a"], edges["b"], strict=True):
        if a in beside and b in beside:
            beside[a].append(b)
            beside[b].append(a)
    zone: dict[str, int] = {}
    for atom in atoms:
        waiting = [] if atom in zone else [atom]
        while waiting:
            one = waiting.pop()
            if one not in zone:
                zone[one] = atoms.index(atom)
                waiting += beside[one]
    return zone


def shares(table: pd.DataFrame, plan: Plan) -> dict[str, Any]:
    """Return metres of border by how many networks have it, and how many of them a plan keeps.

    Returns
    -------
    dict
        ``agreed`` and ``agreed_kept`` (every network that covers the place has it), of which ``alone`` and
        ``alone_kept`` where only one network covers it; ``some``, ``some_kept`` (not all have it); ``new`` (borders of
        the plan that no network has); ``merged`` (all borders of the plan between atoms of one community).
    """
    length, here = table["length"].to_numpy(), kept(table, plan)
    agreed, alone = table["agreed"].to_numpy(), (table["cover"] == 1).to_numpy()
    some = (table["have"] > 0).to_numpy() & ~agreed
    parts = {
        "agreed": agreed, "agreed_kept": agreed & here, "alone": agreed & alone, "alone_kept": agreed & alone & here,
        "some": some, "some_kept": some & here, "new": here & (table["have"] == 0).to_numpy(), "merged": here,
    }  # fmt: skip
    return {name: round(float(np.sum(length[mask])), 1) for name, mask in parts.items()}
