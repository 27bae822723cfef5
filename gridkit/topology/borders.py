"""Who is right where two levels differ: for a whole level, and at the common border of two parents."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

Array = np.ndarray[Any, Any]
Pair = frozenset[str]

BOTTOM, TOP, NONE = "bottom", "top", "none"
"""Who is right where two levels differ: the children by their codes, the outlines of the parents, or nobody."""
SIDES: Final = (BOTTOM, TOP, NONE)
_NOBODY: Final = -1


@dataclass(frozen=True)
class Borders:
    """Who is right between two levels.

    Parameters
    ----------
    usual : str
        ``bottom``, ``top`` or ``none``, where nothing is said of a border.
    said : mapping of a pair of codes of parents to str
        The same words, or one of the two codes: what that one claims is its own, by its children or by its outline.
    cross : float
        Widest strip, in metres, that goes from the outline of one parent to another without a decision where nothing is
        said of the border; where a person has said who is right, that is the decision.

    Examples
    --------
    >>> borders = Borders("bottom", {frozenset("AB"): "top", frozenset("AC"): "C"})
    >>> borders.has("top"), borders.has("none")
    (True, False)
    >>> places = [((0,), (1,)), ((0,), (2,)), ((2,), (0,)), ((1,), (2,))]
    >>> borders.at(places, "ABC").side.tolist()
    ['top', 'top', 'bottom', 'bottom']
    """

    usual: str
    said: Mapping[Pair, str] = field(default_factory=dict)
    cross: float = math.inf

    def has(self, side: str) -> bool:
        """Return whether a side is right anywhere; a code can be either."""
        every = {side} if side == NONE else {side, *self.said.values()} - ({BOTTOM, TOP, NONE} - {side})
        return side == self.usual or any(one in every for one in self.said.values())

    def winners(self) -> dict[Pair, str]:
        """Return the borders at which one of the two parents is right."""
        return {pair: one for pair, one in self.said.items() if one not in SIDES}

    def at(self, places: Iterable[tuple[Sequence[int], Sequence[int]]], codes: Sequence[str] | pd.Index) -> Sided:
        """Return who is right at places, given the parents that children state there, and those that are drawn."""
        rows = list(self._rows(places, codes))
        side, asked, stated = zip(*rows, strict=True) if rows else ((), (), ())
        return Sided(np.array(side, dtype=object), np.array(asked, dtype=bool), np.array(stated, dtype=bool))

    def _rows(
        self, places: Iterable[tuple[Sequence[int], Sequence[int]]], codes: Sequence[str] | pd.Index
    ) -> Iterator[tuple[str, bool, bool]]:
        if not self.said:
            yield from ((self.usual, False, False) for _ in places)
            return
        for stated, drawn in places:
            names, outlines = ({str(codes[at]) for at in some if at > _NOBODY} for some in (stated, drawn))
            rule = self.said.get(frozenset(names | outlines))
            if rule is None:
                yield self.usual, False, False
                continue
            if rule not in SIDES:
                rule = BOTTOM if names == {rule} else TOP if rule in outlines else NONE
            several = rule == TOP and len(outlines) > 1
            asked = rule == NONE or (several and self.usual == BOTTOM)
            yield (self.usual if asked else rule), asked, not asked


@dataclass(frozen=True)
class Sided:
    """Who is right at each place (``side``), where that is ``asked`` all the same, and where a border ``said`` it."""

    side: Array
    asked: Array
    said: Array
