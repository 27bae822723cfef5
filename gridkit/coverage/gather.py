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
    frame = pd.DataFrame({"place": places.astype(np.int64), "value": values.astype(object)})
    frame = frame[frame["value"] != ""].drop_duplicates()
    if frame.empty:
        return result
    keys = record_order(frame["value"].to_numpy()) if ordered else np.arange(len(frame))
    order = np.lexsort((keys, frame["place"].to_numpy()))
    place, value = frame["place"].to_numpy()[order], frame["value"].to_numpy(object)[order].tolist()
    starts = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
    ends = np.r_[starts[1:], len(place)]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        result[place[start]] = tuple(value[start:end])
    return result
