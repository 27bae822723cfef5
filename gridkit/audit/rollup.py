"""One rate, counted once over sorted groups for every scope: numbers and the ids behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.model.results import INDICATOR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCOPE_LEVELS: Final = ("city", "class", "street", "community", "grid", "mode", "kind")
"""Scope levels in the order of the indicator table; the city comes first, so it answers an unqualified question."""

UNPLACED, UNCLASSED = "unplaced", "unclassed"
"""Scopes of what lies in no known grid, community or street, and of what has no community type."""

_NUMBERS = ("numerator", "denominator", "excluded", "unknown")
_IDS = ("numerator_ids", "unknown_ids", "missing_ids", "excluded_ids")


def among(values: Iterable[str], ids: Iterable[str]) -> np.ndarray:
    """Return which of ``values`` are among ``ids``; hashed as plain objects, as text arrays are slow at this.

    >>> among(["a", "b"], ("b", "c")).tolist()
    [False, True]
    """
    wanted = np.empty(len(known := list(ids)), dtype=object)
    wanted[:] = known
    return pd.Series(np.asarray(values, dtype=object), dtype="object").isin(wanted).to_numpy(dtype=bool)


@dataclass(frozen=True)
class Groups:
    """Items of one scope level in group order: ``labels`` (sorted), ``order`` of the items, ``bounds`` per label."""

    labels: list[str]
    order: np.ndarray
    bounds: np.ndarray

    @classmethod
    def of(cls, keys: pd.Series, known: Iterable[str] = ()) -> Groups:
        """Group by ``keys``; labels of ``known`` are there even where no item has them."""
        labels = sorted({*keys.unique().tolist(), *known})
        codes = pd.Index(labels, dtype="object").get_indexer(keys.to_numpy(dtype=object))
        order = np.argsort(codes, kind="stable")
        return cls(labels, order, np.searchsorted(codes[order], np.arange(len(labels) + 1)))

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the whole numbers ``values`` per label, exactly."""
        running = np.concatenate([[0], np.cumsum(values[self.order], dtype=np.int64)])
        return running[self.bounds[1:]] - running[self.bounds[:-1]]

    def members(self, ids: np.ndarray, mask: np.ndarray) -> list[tuple[str, ...]]:
        """Return the ids where ``mask`` holds per label, in the order of ``ids``."""
        picked = mask[self.order]
        chosen = ids[self.order[picked]].tolist()
        cuts = np.concatenate([[0], np.cumsum(picked)])[self.bounds].tolist()
        return [tuple(chosen[a:b]) for a, b in pairwise(cuts)]


@dataclass(frozen=True)
class Items:
    """What a rate counts, with its scopes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by id (sorted text), one column per scope level below the city (``class``, ``street``, ...), text.
    known : Mapping[str, Iterable[str]]
        Per level, scopes that get a row even without items.
    """

    frame: pd.DataFrame
    known: Mapping[str, Iterable[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.frame.index.is_monotonic_increasing:
            object.__setattr__(self, "frame", self.frame.sort_index())

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def ids(self) -> np.ndarray:
        """The ids, sorted."""
        return self.frame.index.to_numpy(dtype=object)

    @cached_property
    def groups(self) -> dict[str, Groups]:
        """The groups of every scope level, the city included."""
        city = pd.Series("", index=self.frame.index, dtype="object")
        result = {} if "mode" in self.frame else {"city": Groups.of(city, ("",))}
        for level in self.frame.columns:
            instead = UNCLASSED if level == "class" else UNPLACED
            keys = self.frame[level].where(self.frame[level] != "", instead)
            result[level] = Groups.of(keys, self.known.get(level, ()))
        return result

    def only(self, which: np.ndarray) -> Items:
        """Return the items where ``which`` holds, as a population of their own."""
        return Items(self.frame[which])

    def mask(self, ids: Iterable[str]) -> np.ndarray:
        """Return which items are in ``ids``, as booleans in the order of the items."""
        found = np.zeros(len(self), dtype=bool)
        at = self._index.get_indexer(
            pd.Index(ids if isinstance(ids, (pd.Series, pd.Index)) else list(ids), dtype="object")
        )
        found[at[at >= 0]] = True
        return found

    @cached_property
    def _index(self) -> pd.Index:
        """The ids as an index that is hashed once."""
        return pd.Index(self.ids, dtype="object")


@dataclass(frozen=True)
class Rate:
    """One indicator on one basis: which items hold, which are unknown, which count, and with what weight.

    ``held``, ``unknown``, ``counted`` are booleans and ``weight``, ``part`` whole numbers in the order of the items.
    The denominator is the sum of ``weight`` over the counted items; the numerator that of ``part`` (``weight`` where
    not given) over those that hold. Items that do not count are the excluded ones. ``details`` go to the city row.
    ``doubt`` gives, per scope level, the weight of items that may hold after all (see :mod:`gridkit.audit.doubt`); it
    is added to the unknown.
    """

    name: str
    basis: str
    held: np.ndarray
    unknown: np.ndarray
    counted: np.ndarray | None = None
    weight: np.ndarray | None = None
    part: np.ndarray | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    doubt: Mapping[str, np.ndarray] = field(default_factory=dict)


def _text(values: list[str]) -> pd.Series:
    return pd.Series(values, dtype="object")


def rollup(items: Items, rate: Rate) -> list[pd.DataFrame]:
    """Return the rows of ``rate``, one frame per scope level.

    >>> items = Items(pd.DataFrame({"street": ["s1", "s1", "s2"]}, index=pd.Index(["a", "b", "c"], dtype="object")))
    >>> rate = Rate("x", "compounds", np.array([True, False, False]), np.array([False, False, True]))
    >>> table([rollup(items, rate)])[["scope_level", "scope", "numerator", "denominator", "unknown"]].values.tolist()
    [['city', '', 1, 3, 1], ['street', 's1', 1, 2, 0], ['street', 's2', 0, 1, 1]]
    """
    every = np.ones(len(items), dtype=bool)
    counted = every if rate.counted is None else rate.counted
    weight = every.astype(np.int64) if rate.weight is None else rate.weight
    part = weight if rate.part is None else rate.part
    held, unknown = rate.held & counted, rate.unknown & counted & ~rate.held
    sums = (part * held, weight * counted, ~counted, weight * unknown)
    masks = (held, unknown, counted & ~held & ~unknown, ~counted)
    frames = []
    for level, groups in items.groups.items():
        size = len(groups.labels)
        perhaps = sums[3] + rate.doubt[level] if level in rate.doubt else sums[3]
        frames.append(
            pd.DataFrame(
                {
                    "id": _text([rate.name] * size),
                    "scope_level": _text([level] * size),
                    "scope": _text(groups.labels),
                    "basis": _text([rate.basis] * size),
                    **{name: groups.sums(value) for name, value in zip(_NUMBERS, (*sums[:3], perhaps), strict=True)},
                    **{name: groups.members(items.ids, mask) for name, mask in zip(_IDS, masks, strict=True)},
                    "details": [dict(rate.details) if level == "city" else {} for _ in range(size)],
                }
            )
        )
    return frames


def one_row(
    name: str,
    basis: str,
    numbers: tuple[int, int, int, int],
    *,
    ids: tuple[tuple[str, ...], ...] = ((), (), (), ()),
    scope: tuple[str, str] = ("city", ""),
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one row of the table.

    ``numbers`` are numerator, denominator, excluded, unknown; ``ids`` those that hold, that are unknown, that do not
    hold, and that are excluded.
    """
    row: dict[str, Any] = {"id": name, "scope_level": scope[0], "scope": scope[1], "basis": basis}
    row |= {key: int(value) for key, value in zip(_NUMBERS, numbers, strict=True)}
    row |= dict(zip(_IDS, ids, strict=True))
    return row | {"details": dict(details or {})}


def table(parts: Iterable[list[pd.DataFrame]]) -> pd.DataFrame:
    """Return all rows in one frame with ``INDICATOR_COLUMNS``, sorted by id, scope level, scope, basis."""
    frames = [frame for part in parts for frame in part]
    rows = pd.concat(frames, ignore_index=True)
    for name in ("id", "scope_level", "scope", "basis"):
        rows[name] = rows[name].astype("object")
    levels = rows["scope_level"].map({level: rank for rank, level in enumerate(SCOPE_LEVELS)})
    ranks = [pd.factorize(rows[name], sort=True)[0] for name in ("basis", "scope")]
    order = np.lexsort([*ranks, levels.to_numpy(), pd.factorize(rows["id"], sort=True)[0]])
    rows = rows.take(order).reset_index(drop=True)
    denominator = rows["denominator"].where(rows["denominator"] > 0).astype("float64")
    rows["low"] = rows["numerator"] / denominator
    rows["high"] = (rows["numerator"] + rows["unknown"]) / denominator
    rows[["allowance_low", "allowance_high"]] = 0  # until gridkit.audit.widening
    return rows[list(INDICATOR_COLUMNS)]
