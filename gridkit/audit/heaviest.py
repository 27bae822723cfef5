"""Sums over scopes, and the heaviest items of each: upper bounds of what a few unknown items may add or take away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.audit.definitions import Subject

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Blocks:
    """Items of one scope level and weight: sorted by scope, the heaviest first, items of equal weight as they come.

    ``order`` are positions of items, ``pattern`` and ``weight`` follow it, ``starts`` are the bounds of the scopes,
    ``scope`` is per item in its own order.
    """

    scope: Array
    order: Array
    pattern: Array
    weight: Array
    starts: Array
    _kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, scope: Array, pattern: Array, weight: Array, size: int) -> Blocks:
        """Sort items with the whole numbers ``weight`` by ``scope`` (0 .. ``size`` - 1)."""
        order = np.lexsort((-weight, scope))
        starts = np.searchsorted(scope[order], np.arange(size + 1))
        return cls(scope, order, pattern[order], weight[order].astype(np.int64), starts)

    def tables(self, patterns: int) -> tuple[Array, Array]:
        """Return, per scope and pattern, the number of items and the sum of their weights; exact below 2^53."""
        size = len(self.starts) - 1
        cell = self.scope[self.order] * patterns + self.pattern
        shape = size, patterns
        items = np.bincount(cell, minlength=size * patterns).reshape(shape)
        weights = np.bincount(cell, weights=self.weight, minlength=size * patterns).reshape(shape)
        return items.astype(np.int64), np.rint(weights).astype(np.int64)

    def heaviest(self, which: Array, most: Array) -> Array:
        """Return, per scope, the sum of the ``most`` heaviest items whose pattern is in ``which``.

        Parameters
        ----------
        which : numpy.ndarray of bool
            Per pattern.
        most : numpy.ndarray of int
            Per scope.
        """
        if not most.any() or not which.any():
            return np.zeros(len(most), dtype=np.int64)
        key = which.tobytes()
        if key not in self._kept:
            at = np.flatnonzero(which[self.pattern])
            bounds = np.searchsorted(at, self.starts)
            self._kept[key] = bounds, np.concatenate([[0], np.cumsum(self.weight[at])])
        bounds, running = self._kept[key]
        last = np.minimum(bounds[:-1] + most, bounds[1:])
        found: Array = running[last] - running[bounds[:-1]]
        return found


@dataclass(frozen=True)
class Near:
    """The items of the communities that mentions state, sorted by scope and community, the heaviest first.

    ``place`` are their positions in the order of the blocks, ``pattern``, ``weight`` and ``scope`` follow them;
    ``starts`` are the bounds of the groups of one scope and community, ``quota`` is how many of each may be meant, and
    ``anywhere`` how many may lie in any community.
    """

    place: Array
    pattern: Array
    weight: Array
    scope: Array
    starts: Array
    quota: Array
    anywhere: int

    @classmethod
    def of(cls, blocks: Blocks, subject: Subject, mentions: pd.DataFrame) -> Near:
        """Sort the items of ``subject`` in the communities that ``mentions`` state."""
        allowed = mentions["community"].value_counts().to_dict()
        anywhere = int(allowed.pop("", 0))
        codes, names = subject.communities
        most = np.array([allowed.get(name, 0) for name in names], dtype=np.int64)
        at = codes[blocks.order]
        place = np.flatnonzero(most[at] > 0)
        # Stable, so that inside one scope and community the heaviest stay first.
        group = blocks.scope[blocks.order[place]] * len(names) + at[place]
        order = np.argsort(group, kind="stable")
        place, group = place[order], group[order]
        starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, dtype=np.int64)
        bounds, scope = np.r_[starts, len(place)], blocks.scope[blocks.order[place]]
        quota = most[at[place[starts]]]
        return cls(place, blocks.pattern[place], blocks.weight[place], scope, bounds, quota, anywhere)


def _first(at: Array, starts: Array, most: Array) -> Array:
    """Return those of the sorted positions ``at`` that are among the first ``most`` of their block."""
    bounds = np.searchsorted(at, starts)
    sizes = np.diff(bounds)
    rank = np.arange(len(at)) - np.repeat(bounds[:-1], sizes)
    kept: Array = at[rank < np.repeat(most, sizes)]
    return kept


def doubtful(subject: Subject, blocks: Blocks, numerator: str, lacking: Array) -> Array:
    """Return, per scope, the weight that mentions which name nothing known may add at most to ``numerator``.

    The heaviest lacking items of each community up to the number of its mentions, then the heaviest of the rest for
    those that state no community; as :meth:`gridkit.audit.doubt.Doubt.weights`, for whole patterns at once.
    """
    size = len(blocks.starts) - 1
    doubt = subject.doubts.get(numerator)
    if doubt is None or doubt.mentions.empty or not lacking.any():
        return np.zeros(size, dtype=np.int64)
    key = ("doubt", id(doubt), lacking.tobytes())
    if key not in blocks._kept:
        if id(doubt) not in blocks._kept:
            blocks._kept[id(doubt)] = Near.of(blocks, subject, doubt.mentions)
        blocks._kept[key] = _doubtful(blocks, blocks._kept[id(doubt)], lacking)
    found: Array = blocks._kept[key]
    return found


def _doubtful(blocks: Blocks, near: Near, lacking: Array) -> Array:
    size = len(blocks.starts) - 1
    taken = _first(np.flatnonzero(lacking[near.pattern]), near.starts, near.quota)
    total = np.bincount(near.scope[taken], weights=near.weight[taken], minlength=size)
    if near.anywhere:
        rest = lacking[blocks.pattern]
        rest[near.place[taken]] = False
        more = _first(np.flatnonzero(rest), blocks.starts, np.full(size, near.anywhere))
        scope = blocks.scope[blocks.order[more]]
        total = total + np.bincount(scope, weights=blocks.weight[more], minlength=size)
    return np.rint(total).astype(np.int64)
