"""Colours of the grids of a plan: neighbours differ, and a grid keeps the colour that it had."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, Final

import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

TINTS: Final = ("#bcd7ef", "#f6dd9f", "#c4e3bd", "#dfc7e8", "#f2c3b5", "#b9e0dd", "#e3d3c0", "#d6d9a8")
"""Light colours that are told apart side by side; names and borders are read on them. Four are enough for a plane."""
SHORTEST: Final = 0.05
"""Metres of a common border from which two grids are neighbours: a corner is none."""


def neighbours(uids: list[str], shapes: np.ndarray[Any, Any]) -> dict[str, set[str]]:
    """Return which grids have a border in common.

    Parameters
    ----------
    uids : list of str
    shapes : numpy.ndarray
        Their polygons in metres; those that are missing have no neighbours.

    Examples
    --------
    >>> boxes = shapely.box([0, 1, 1], [0, 0, 1], [1, 2, 2], [1, 1, 2])
    >>> found = neighbours(["a", "b", "c"], boxes)
    >>> {uid: sorted(beside) for uid, beside in found.items()}
    {'a': ['b'], 'b': ['a', 'c'], 'c': ['b']}
    """
    found: dict[str, set[str]] = {uid: set() for uid in uids}
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    common = shapely.length(shapely.intersection(shapes[one], shapes[other])) > SHORTEST
    for a, b in zip(one[common].tolist(), other[common].tolist(), strict=True):
        found[uids[a]].add(uids[b])
        found[uids[b]].add(uids[a])
    return found


def coloured(beside: Mapping[str, set[str]], *, held: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return a colour (0, 1, ...) for each grid, so that neighbours differ.

    Parameters
    ----------
    beside : mapping of str to set of str
        Neighbours of each grid, from :func:`neighbours`.
    held : mapping of str to int, optional
        Colours of an earlier plan, kept where they still fit.

    Notes
    -----
    Colours that are held come first. Then the grid with most different colours around it comes next (Brelaz' method);
    where it would need a fifth colour, two colours are exchanged along a chain of its neighbours (Kempe). Ties go by
    uid, so that equal plans look equal.

    Examples
    --------
    >>> coloured({"a": {"b", "c"}, "b": {"a", "c"}, "c": {"a", "b"}})
    {'a': 0, 'b': 1, 'c': 2}
    """
    out: dict[str, int] = {}
    for uid in sorted(set(beside) & set(held or {})):
        if not any(out.get(near) == (held or {})[uid] for near in beside[uid]):
            out[uid] = (held or {})[uid]
    around = {uid: {out[near] for near in beside[uid] if near in out} for uid in beside}
    waiting = [(-len(around[uid]), -len(beside[uid]), uid) for uid in beside if uid not in out]
    heapq.heapify(waiting)
    while waiting:
        many, _most, uid = heapq.heappop(waiting)
        if uid in out:
            continue
        if -many != len(around[uid]):  # an exchange has changed what lies around it
            heapq.heappush(waiting, (-len(around[uid]), -len(beside[uid]), uid))
            continue
        colour = next(one for one in range(len(beside) + 1) if one not in around[uid])
        if colour > 3:
            colour = _exchanged(uid, beside, out, otherwise=colour)
            around = {one: {out[near] for near in beside[one] if near in out} for one in beside}
        out[uid] = colour
        for near in beside[uid]:
            around[near].add(colour)
            if near not in out:
                heapq.heappush(waiting, (-len(around[near]), -len(beside[near]), near))
    return dict(sorted(out.items()))


def _exchanged(uid: str, beside: Mapping[str, set[str]], out: dict[str, int], *, otherwise: int) -> int:
    """Free one of four colours beside a grid by exchanging two along a chain; return it, else ``otherwise``."""
    for one in range(4):
        for other in range(4):
            holders = sorted(near for near in beside[uid] if out.get(near) == one)
            if one == other or not holders:
                continue
            chain: set[str] = set()
            waiting = list(holders)
            while waiting:
                at = waiting.pop()
                if at not in chain:
                    chain.add(at)
                    waiting += [near for near in sorted(beside[at]) if out.get(near) in (one, other)]
            if not any(out.get(near) == other and near in chain for near in beside[uid]):
                for at in chain:
                    out[at] = other if out[at] == one else one
                return one
    return otherwise
