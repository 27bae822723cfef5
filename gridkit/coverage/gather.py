"""Collect values per compound into sorted tuples, without a loop over compounds that have none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]


def record_order(records: Array) -> Array:
    """Return a whole number per text such that sorting by it sorts by file and sheet, then by row number.

    >>> record_order(np.array(["b.xlsx!1", "a.xlsx!10", "a.xlsx!9"], dtype=object)).tolist()
    [2, 1, 0]
    """
    codes, unique = pd.factorize(records)
    parts = [str(text).rpartition("!") for text in unique]
    keys = [(head, int(row) if row.isascii() and row.isdigit() else -1, row) for head, _, row in parts]
    rank = np.empty(len(unique), dtype=np.int64)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return rank[codes] if len(unique) else codes.astype(np.int64)


def gather(places: Array, values: Array, size: int, *, ordered: bool = True) -> Array:
    """Return an array of ``size`` tuples: the distinct values of each place, blank ones left out.

    Sorted as records (``ordered``), else in the order given.

    >>> gather(np.array([1, 1, 1]), np.array(["a!10", "a!9", "a!9"], dtype=object), 3).tolist()
    [(), ('a!9', 'a!10'), ()]
    """
    result = np.empty(size, dtype=object)
    result[:] = [()] * size
    told = values != ""
    places, values = places[told].astype(np.int64), values[told].astype(object)
    if not len(places):
        return result
    keys = record_order(values) if ordered else np.arange(len(values))
    order = np.lexsort((keys, places))
    place, value = places[order], values[order].tolist()
    starts = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
    ends = np.r_[starts[1:], len(place)]
    for at, start, end in zip(place[starts].tolist(), starts.tolist(), ends.tolist(), strict=True):
        result[at] = tuple(dict.fromkeys(value[start:end]))
    return result
