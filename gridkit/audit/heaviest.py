"""Sums over scopes, and the heaviest items of each: upper bounds of what a few unknown items may add or take away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
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
        allowed = doubt.mentions["community"].value_counts().to_dict()
        blocks._kept[key] = _doubtful(subject, blocks, allowed, lacking)
    found: Array = blocks._kept[key]
    return found


def _doubtful(subject: Subject, blocks: Blocks, allowed: dict[str, int], lacking: Array) -> Array:
    size = len(blocks.starts) - 1
    at = np.flatnonzero(lacking[blocks.pattern])
    if "communities" not in blocks._kept:
        blocks._kept["communities"] = pd.factorize(subject.community.to_numpy(dtype=object))
    communities, names = blocks._kept["communities"]
    quota = np.array([allowed.get(name, 0) if name else 0 for name in names], dtype=np.int64)
    scope, community = blocks.scope[blocks.order[at]], communities[blocks.order[at]]
    named = np.flatnonzero(quota[community] > 0)
    # Stable, so that inside one scope and community the heaviest stay first.
    groups = scope[named] * len(names) + community[named]
    order = np.argsort(groups, kind="stable")
    groups = groups[order]
    first = np.searchsorted(groups, groups)
    taken = named[order[np.arange(len(groups)) - first < quota[community[named[order]]]]]
    weight = blocks.weight[at]
    total = np.bincount(scope[taken], weights=weight[taken], minlength=size)
    anywhere = allowed.get("", 0)
    if anywhere:
        rest = np.ones(len(at), dtype=bool)
        rest[taken] = False
        where = np.flatnonzero(rest)
        rank = np.arange(len(where)) - np.searchsorted(scope[where], scope[where])
        where = where[rank < anywhere]
        total = total + np.bincount(scope[where], weights=weight[where], minlength=size)
    return np.rint(total).astype(np.int64)
