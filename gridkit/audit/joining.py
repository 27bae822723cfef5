"""Neighbouring compounds of one community, joined into branches under the limits of the rule set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from gridkit.rules.ruleset import Thresholds

NEAR: Final = 48
"""Nearest neighbours of a compound that are looked at; a joint branch takes a handful."""

Array = np.ndarray[Any, Any]
Group = tuple[list[int], float]


@dataclass(frozen=True, slots=True)
class Limits:
    """``least`` formal members of a branch; most compounds (``units``), members and metres of a joint one."""

    least: int
    units: int
    most: int
    span: float

    @classmethod
    def of(cls, thresholds: Thresholds) -> Limits:
        """Return the limits of a rule set; a limit of nothing means that nothing can be joined."""
        return cls(thresholds.min_formal_members, max(thresholds.joint_max_units, 1),
                   max(thresholds.branch_max_members, 1), float(thresholds.joint_max_span_m))  # fmt: skip


def join_neighbours(points: Array, members: Array, limit: Limits) -> tuple[list[Group], list[tuple[int, bool]]]:
    """Return joint branches of one community, and the compounds that none can take up.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, 2)
        Metres. Equal places are told apart by their order, so the rows must come in an order of their own.
    members : numpy.ndarray of int, shape (n,)
    limit : Limits

    Returns
    -------
    tuple of two lists
        Joint branches as (positions, largest distance in metres); compounds left over as (position, whether no other
        compound lies within the span). Every position is in exactly one.

    Notes
    -----
    Greedy along a space-filling curve: each compound that is still free takes its nearest free neighbours, and where
    these have too few members it takes, for the furthest of them, neighbours with more. What is left over then goes to
    the nearest branch that still has room, or founds a branch with some compounds of one that can spare them. Cost
    n log n, as only the ``NEAR`` nearest neighbours of each are looked at.

    Examples
    --------
    >>> points = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0], [9000.0, 0.0]])
    >>> join_neighbours(points, np.array([1, 2, 0, 1]), Limits(3, 5, 50, 1500.0))
    ([([0, 1, 2], 200.0)], [(3, True)])
    """
    if not len(points):
        return [], []
    near = _neighbours(points, limit.span)
    ground = _Ground([(float(x), float(y)) for x, y in points], [int(one) for one in members], limit)
    free = [True] * len(points)
    groups: list[list[int]] = []
    for seed in _along_a_curve(points):
        if free[seed]:
            group = ground.grow(seed, [at for at in near[seed] if free[at]])
            if group:
                groups.append(group)
                for at in group:
                    free[at] = False
    _settle(free, groups, near, ground)
    whole = [(sorted(group), ground.span(group)) for group in groups]
    return sorted(whole), [(at, not near[at]) for at, left in enumerate(free) if left]


def _settle(free: list[bool], groups: list[list[int]], near: list[list[int]], ground: _Ground) -> None:
    """Let what is left over join a branch near by that has room, or share one that can spare some compounds."""
    home = {at: place for place, group in enumerate(groups) for at in group}
    for at in [one for one, left in enumerate(free) if left]:
        places = list(dict.fromkeys(home[other] for other in near[at] if other in home))
        fitting = [(ground.reach(at, groups[place]), place) for place in places if ground.has_room(at, groups[place])]
        reach, place = min(fitting, default=(math.inf, 0))
        if reach <= ground.limit.span:
            groups[place].append(at)
            home[at] = place
            free[at] = False
            continue
        for place in sorted(places, key=lambda one: (ground.reach(at, groups[one]), one)):
            taken = ground.spared(at, groups[place])
            if taken:
                groups[place] = [one for one in groups[place] if one not in taken]
                groups.append([at, *taken])
                home |= dict.fromkeys(groups[-1], len(groups) - 1)
                free[at] = False
                break


@dataclass(frozen=True, slots=True)
class _Ground:
    """Places and members of the compounds of one community, and the limits."""

    points: list[tuple[float, float]]
    members: list[int]
    limit: Limits

    def together(self, group: list[int]) -> int:
        """Return the members of a group."""
        return sum(self.members[at] for at in group)

    def reach(self, at: int, group: list[int]) -> float:
        """Return the largest distance from ``at`` to one of the group."""
        return max(math.dist(self.points[at], self.points[other]) for other in group)

    def span(self, group: list[int]) -> float:
        """Return the largest distance inside a group."""
        return max(self.reach(at, group) for at in group)

    def has_room(self, at: int, group: list[int]) -> bool:
        """Tell whether the group may take ``at`` up, wherever it lies."""
        return len(group) < self.limit.units and self.together([at, *group]) <= self.limit.most

    def stands(self, group: list[int]) -> bool:
        """Tell whether a group may be a joint branch."""
        return len(group) > 1 and self.limit.least <= self.together(group) <= self.limit.most

    def fill(self, seed: int, candidates: list[int]) -> list[int]:
        """Return ``seed`` and, in their order, the candidates that keep within the limits."""
        group = [seed]
        for at in candidates:
            if len(group) == self.limit.units:
                break
            if self.has_room(at, group) and self.reach(at, group) <= self.limit.span:
                group.append(at)
        return group

    def grow(self, seed: int, near: list[int]) -> list[int]:
        """Return a branch around ``seed`` from its free neighbours; empty where they have too few members."""
        nearest = self.fill(seed, near)
        if self.stands(nearest):
            return nearest
        rich = sorted(near, key=lambda at: -min(self.members[at], self.limit.least))  # among equals the nearest
        for needed in range(1, min(self.limit.units, len(rich) + 1)):
            kept = self.fill(seed, rich[:needed])
            if self.stands(kept):
                return self.fill(seed, [*kept[1:], *(at for at in near if at not in kept)])
        several = self.fill(seed, rich)
        return several if self.stands(several) else []

    def spared(self, at: int, group: list[int]) -> list[int]:
        """Return one or two compounds of ``group`` with which ``at`` is a branch while the rest stays one."""
        near = sorted(group, key=lambda other: (math.dist(self.points[at], self.points[other]), other))
        for taken in (near[:1], near[:2], *([one] for one in near[1:])):
            new, rest = [at, *taken], [one for one in group if one not in taken]
            if self.stands(new) and self.stands(rest) and self.span(new) <= self.limit.span:
                return taken
        return []


def _neighbours(points: Array, span: float) -> list[list[int]]:
    """Return, per point, its nearest others within ``span``, the nearest first, equals by position."""
    count = min(len(points), NEAR + 1)
    away, at = cKDTree(points).query(points, k=count)
    away, at = away.reshape(len(points), count), at.reshape(len(points), count)
    return [
        [other for _, other in sorted(zip(distances, others, strict=True)) if other != own]
        for own, (distances, others) in enumerate(
            (row[row <= span].tolist(), where[row <= span].tolist()) for row, where in zip(away, at, strict=True)
        )
    ]


def _along_a_curve(points: Array) -> list[int]:
    """Return the positions along a Z-order curve: what is near on it is mostly near on the ground."""
    low = points.min(axis=0)
    size = max(float((points.max(axis=0) - low).max()), 1.0)
    cells = ((points - low) / size * 0xFFFF).astype(np.uint64)
    key = np.zeros(len(points), dtype=np.uint64)
    for bit in range(16):
        for axis in (0, 1):
            key |= ((cells[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    order: list[int] = np.argsort(key, kind="stable").tolist()
    return order
