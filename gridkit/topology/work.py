"""A level while it is repaired: its units, their shapes so far, what was done; a part of it, and the part put back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Array = np.ndarray[Any, Any]

MISMATCH: Final = "T204"
GAINED, LOST, REBUILT, MATCHED = "gained", "lost", "rebuilt", "matched"


class Entry(NamedTuple):
    """What one unit gained or lost by one defect; ``gains`` says which way, None where only vertices were added."""

    defect_id: str
    rule: str
    op: str
    unit: int
    role: str
    area: float
    geometry: shapely.Geometry | None
    gains: bool | None


@dataclass(frozen=True)
class Units:
    """The units of one level that should cover the ground, in the order of their codes.

    ``shapes`` are valid polygons in metres, ``parent`` the number of the parent of each (-1 for none), ``locked`` those
    that neither gain nor lose, ``compounds`` the points where compounds lie, ``evidence`` what they say (``point``,
    ``unit``), ``broken`` those whose geometry was made valid only to look at it, ``parents`` the codes of the parents,
    ``held`` what fills gaps (exclusive grids), ``outside`` other units of the layer that are not looked at,
    ``below`` what the level below says: its shapes and the unit that each names as its parent (``shape``, ``parent``).
    """

    level: str
    codes: pd.Index
    shapes: Array
    parent: Array
    locked: Array
    compounds: Array
    evidence: pd.DataFrame
    broken: Array = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    parents: Array = field(default_factory=lambda: np.zeros(0, dtype=object))
    held: Array = field(default_factory=lambda: np.zeros(0, dtype=object))
    outside: Array = field(default_factory=lambda: np.zeros(0, dtype=object))
    below: tuple[Array, Array] = field(default_factory=lambda: (np.zeros(0, dtype=object), np.zeros(0, dtype=object)))
    winners: Mapping[frozenset[str], str] = field(default_factory=dict)


@dataclass
class Work:
    """A level while it is repaired.

    ``used`` is the change of each unit by overlaps and gaps so far, ``cut`` that by fitting to the parents; ``waiting``
    are defects of the level itself and where they are, ``misfits`` those against another level; ``kept``
    the places of exceptions, ``left`` those of all overlaps and gaps that are left; ``spent`` are units that were cut
    to their parents and would pass their bound by what came up after that, ``barred`` those that only decisions cut.
    """

    units: Units
    shapes: Array
    used: Array
    entries: list[Entry] = field(default_factory=list)
    waiting: dict[str, shapely.Geometry] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    misfits: list[str] = field(default_factory=list)
    cut: Array | None = None
    kept: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    left: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    spent: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()

    @classmethod
    def on(cls, units: Units) -> Work:
        """Return the work on a level before anything is done."""
        return cls(units, units.shapes.copy(), np.zeros(len(units.shapes)))

    def copied(self) -> Work:
        """Return the work as it is now, for :meth:`taken_back`."""
        return replace(
            self, shapes=self.shapes.copy(), used=self.used.copy(), waiting=dict(self.waiting),
            entries=list(self.entries), failed=list(self.failed), misfits=list(self.misfits),
        )  # fmt: skip

    def taken_back(self, to: Work, *, barred: frozenset[int]) -> None:
        """Put the work back to where it was; units that are ``barred`` change by decisions alone from now on."""
        for name, value in vars(to.copied()).items():
            setattr(self, name, value)
        self.barred = barred


def part_of(work: Work, changed: Array, places: Array) -> tuple[Work, Array]:
    """Return the units at and beside places, and at what waits beside a change, as work of their own; their positions.

    Parameters
    ----------
    work : Work
    changed : numpy.ndarray of int
        Positions of units that were changed.
    places : numpy.ndarray of shapely geometries
    """
    units = work.units
    tree = shapely.STRtree(work.shapes)
    waits = np.array(list(work.waiting.values()), dtype=object)
    beside = np.unique(shapely.STRtree(waits).query(work.shapes[changed], predicate="intersects")[1])
    core = np.unique(tree.query(np.r_[places, waits[beside]], predicate="intersects")[1])
    near = np.unique(tree.query(work.shapes[core], predicate="intersects")[1])
    position = np.full(len(work.shapes), -1, dtype=np.intp)
    position[near] = np.arange(len(near))
    said = units.evidence.assign(unit=position[units.evidence["unit"].to_numpy(np.intp)])
    broken = position[units.broken]
    mine = replace(
        units, codes=units.codes[near], shapes=units.shapes[near], parent=units.parent[near],
        locked=units.locked[near], evidence=said[said["unit"] >= 0], broken=broken[broken >= 0],
        parents=units.parents[near], outside=np.delete(work.shapes, near),
    )  # fmt: skip
    return Work(mine, work.shapes[near], work.used[near]), near


def merge(work: Work, part: Work, at: Array) -> None:
    """Put a part back into the work on the whole level."""
    work.shapes[at], work.used[at] = part.shapes, part.used
    work.entries += [entry._replace(unit=int(at[entry.unit])) for entry in part.entries]
    work.failed = part.failed
    if len(part.left):  # what waits beside a change may have another name now
        names = list(work.waiting)
        points = shapely.point_on_surface(np.array([work.waiting[name] for name in names], dtype=object))
        again = np.unique(shapely.STRtree(part.left).query(points, predicate="intersects")[0])
        for name in again.tolist():
            work.waiting.pop(names[name])
    work.waiting |= part.waiting
    work.left, work.kept = np.r_[work.left, part.left], np.r_[work.kept, part.kept]
