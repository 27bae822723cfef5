"""Neighbouring compounds of one community, joined into branches under the limits of the rule set."""

from __future__ import annotations

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
    n log n, and for each left over the number of branches.

    Examples
    --------
    >>> points = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0], [9000.0, 0.0]])
    >>> join_neighbours(points, np.array([1, 2, 0, 1]), Limits(3, 5, 50, 1500.0))
    ([([0, 1, 2], 200.0)], [(3, True)])
    """
    if not len(points):
        return [], []
    near = _neighbours(points, limit.span)
    free = np.ones(len(points), dtype=bool)
    groups: list[list[int]] = []
    for seed in _along_a_curve(points):
        if free[seed]:
            group = _grow(seed, [at for at in near[seed] if free[at]], points, members, limit)
            if group:
                free[group] = False
                groups.append(group)
    for at in np.flatnonzero(free).tolist():
        if _taken_up(at, groups, points, members, limit) or _shared(at, groups, points, members, limit):
            free[at] = False
    whole = [(sorted(group), _span(points[group])) for group in groups]
    return sorted(whole), [(at, not near[at]) for at in np.flatnonzero(free).tolist()]


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


def _grow(seed: int, near: list[int], points: Array, members: Array, limit: Limits) -> list[int]:
    """Return a branch around ``seed`` from its free neighbours; empty where none has enough members."""
    nearest = _fill(seed, near, points, members, limit)
    if len(nearest) > 1 and members[nearest].sum() >= limit.least:
        return nearest
    rich = sorted(near, key=lambda at: -min(int(members[at]), limit.least))  # stable: among equals the nearest
    for needed in range(1, min(limit.units, len(rich) + 1)):
        kept = _fill(seed, rich[:needed], points, members, limit)
        if len(kept) > 1 and members[kept].sum() >= limit.least:
            return _fill(seed, [*kept[1:], *(at for at in near if at not in kept)], points, members, limit)
    several = _fill(seed, rich, points, members, limit)
    return several if len(several) > 1 and members[several].sum() >= limit.least else []


def _fill(seed: int, candidates: list[int], points: Array, members: Array, limit: Limits) -> list[int]:
    """Return ``seed`` and, in their order, the candidates that keep within the limits."""
    group = [seed]
    for at in candidates:
        if len(group) == limit.units:
            break
        if members[group].sum() + members[at] <= limit.most and _reach(at, group, points) <= limit.span:
            group.append(at)
    return group


def _taken_up(at: int, groups: list[list[int]], points: Array, members: Array, limit: Limits) -> bool:
    """Add ``at`` to the nearest branch that has room; tell whether there is one."""
    fitting = [
        (_reach(at, group, points), place) for place, group in enumerate(groups)
        if len(group) < limit.units and members[group].sum() + members[at] <= limit.most
    ]  # fmt: skip
    reach, place = min(fitting, default=(np.inf, 0))
    if reach > limit.span:
        return False
    groups[place].append(at)
    return True


def _shared(at: int, groups: list[list[int]], points: Array, members: Array, limit: Limits) -> bool:
    """Found a branch of ``at`` and one or two compounds of a branch that stays one without them; tell whether."""
    for group in sorted(groups, key=lambda one: (_reach(at, one, points), one)):
        if _reach(at, group, points) > 2 * limit.span:
            return False
        near = sorted(group, key=lambda other: (_reach(at, [other], points), other))
        for taken in (near[:1], near[:2], *([one] for one in near[1:])):
            rest, new = [one for one in group if one not in taken], [at, *taken]
            sums = members[rest].sum(), members[new].sum()
            if (
                len(rest) > 1
                and min(sums) >= limit.least
                and sums[1] <= limit.most
                and _span(points[new]) <= limit.span
            ):
                group[:] = rest
                groups.append(new)
                return True
    return False


def _reach(at: int, group: list[int], points: Array) -> float:
    return float(np.hypot(*(points[group] - points[at]).T).max())


def _span(points: Array) -> float:
    return float(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)).max())
