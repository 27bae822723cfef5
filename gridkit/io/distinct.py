"""Columns as their distinct cells: what is done to a cell is done once, however often it stands in the column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray


class Distinct(NamedTuple):
    """``cells``: each distinct cell in the order of its first place; ``places``: per row the position in ``cells``."""

    cells: list[Any]
    places: NDArray[np.intp]

    def spread(self, values: Sequence[Any]) -> list[Any]:
        """Return one value per row from one value per distinct cell."""
        held = np.empty(len(values), dtype=object)
        held[:] = values
        return held[self.places].tolist()

    def rows_of(self, wanted: Iterable[int]) -> dict[int, list[int]]:
        """Return the rows in which each of some distinct cells stands, in ascending order.

        >>> distinct(["a", "b", "a", "c"]).rows_of([0, 2])
        {0: [0, 2], 2: [3]}
        """
        marked = np.zeros(len(self.cells), dtype=bool)
        chosen = sorted(wanted)
        marked[chosen] = True
        rows = np.flatnonzero(marked[self.places])
        found = self.places[rows]
        order = np.argsort(found, kind="stable")
        starts = np.searchsorted(found[order], chosen)
        ends = np.searchsorted(found[order], chosen, side="right")
        in_order = rows[order].tolist()
        return {one: in_order[a:b] for one, a, b in zip(chosen, starts.tolist(), ends.tolist(), strict=True)}


def distinct(cells: Sequence[Any]) -> Distinct:
    """Return the distinct cells of a column; ``1``, ``True`` and ``"1"`` are three of them.

    >>> distinct([1.0, True, "1", 1.0]).places.tolist()
    [0, 1, 2, 0]
    """
    keys: Sequence[Any] = cells
    if bool in set(map(type, cells)):
        keys = [(type(cell), cell) for cell in cells]
    try:
        table: dict[Any, Any] = dict.fromkeys(keys)
    except TypeError:  # lists of a GeoJSON file cannot be keys
        keys = [(type(cell), repr(cell)) for cell in cells]
        table = dict.fromkeys(keys)
    for number, key in enumerate(table):
        table[key] = number
    places = np.fromiter(map(table.__getitem__, keys), dtype=np.intp, count=len(keys))
    if keys is cells:
        return Distinct(list(table), places)
    first = np.full(len(table), len(cells), dtype=np.intp)
    np.minimum.at(first, places, np.arange(len(cells)))
    return Distinct([cells[row] for row in first.tolist()], places)


def counted(cells: Iterable[Any]) -> Mapping[Any, int]:
    """Return how often each cell stands in a column.

    >>> dict(counted(["a", "b", "a"]))
    {'a': 2, 'b': 1}
    """
    held = cells if isinstance(cells, (list, tuple)) else list(cells)
    try:
        return Counter(held)
    except TypeError:
        return Counter(repr(cell) for cell in held)
