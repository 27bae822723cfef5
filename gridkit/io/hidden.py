"""What a sheet holds beside its values, and what the format of the file does not let us see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Range = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of the first and the last cell of a merged range, counted from 0."""

Area = tuple[int, int, int, int]
"""First row, first column, last row and last column of a range of cells, counted from 0."""


@dataclass(frozen=True)
class Hidden:
    """What a sheet holds beside its values; positions are counted from 0 like those of ``Sheet.cells``.

    Parameters
    ----------
    rows, columns : tuple of int
        Positions of hidden rows and columns, those that a filter hides too.
    struck : frozenset of (int, int)
        Row and column of the filled cells that are struck out.
    errors : tuple of str
        Names of the cells with an error value: ``D17``.
    empty : tuple of str
        Names of the cells with a formula whose result was never stored.
    sums : Mapping of (int, int) to tuple of Area
        Row and column of a cell with a SUM or SUBTOTAL formula -> the ranges of the same sheet that it adds.
    chosen : Mapping of (int, int) to tuple of Area
        The same of a cell with a SUMIF formula, which adds only some cells of the ranges.
    external : int
        How many formulas reach into other workbooks.
    macros : bool
        Whether the workbook holds macros; they are never run.
    sheet : bool
        Whether the sheet itself is hidden.
    unseen : tuple of str
        What the format does not let us see: of "rows", "columns", "struck", "sums", "errors".
    partly : Mapping of (int, int) to str
        Row and column of a cell of which a part is struck out -> what is left; the cells hold only that.
    """

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    struck: frozenset[tuple[int, int]] = frozenset()
    errors: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    sums: Mapping[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)
    external: int = 0
    macros: bool = False
    sheet: bool = False
    unseen: tuple[str, ...] = ()
    partly: Mapping[tuple[int, int], str] = field(default_factory=dict)
    chosen: Mapping[tuple[int, int], tuple[Area, ...]] = field(default_factory=dict)


def positions(spans: Iterable[tuple[int, int]], limit: int) -> tuple[int, ...]:
    """Return the positions below ``limit`` that spans (first and last) cover, however many there are and overlap.

    >>> positions([(7, 9), (1, 2), (2, 3)], 9)
    (1, 2, 3, 7, 8)
    """
    found: list[int] = []
    reached = 0
    for first, last in sorted(spans):
        found += range(max(first, reached), min(last + 1, limit))
        reached = max(reached, last + 1)
    return tuple(found)


class Page(NamedTuple):
    """One sheet as a reader gives it: its name, its cells, its merged ranges, and what it hides."""

    name: str
    cells: list[list[Any]]
    merged: tuple[Range, ...] = ()
    hidden: Hidden = Hidden()
