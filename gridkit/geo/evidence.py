"""How sure a comparison of two placements of one layer is: features that differ are counted, shifts are tried.

Only the features on which two placements disagree say anything about which is right, so these are counted on either
side (a sign test), and not the difference of two percentages alone. And a placement that is right is pinned from all
sides: pushed in any direction it fits worse. One that merely pushes the layer inside the area of its parents is not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]
    Numbers = NDArray[np.float64]

NO_SHIFT: Final = (0.0, 0.0)
CHANCE: Final = {True: 0.05, False: 0.01}
"""Chance at which as one-sided a count would come about if both placements were equally good; greater where each
feature states its parent, because then only the right place fits."""
PUSHED: Final = {True: 0.25, False: 0.1}
"""The same for a placement against itself pushed aside, in each direction."""
BETTER: Final = {True: 0.2, False: 0.1}
"""The same for itself pushed aside against a placement: it is not where the layer fits best."""
SIDE: Final = 0.75
"""Least part of the features that differ which must side with the better placement."""
MARGIN: Final = 0.01
"""Least difference of the shares."""
CONVINCING: Final = 0.05
"""Least difference of the shares for a verdict; a smaller one only where a count is beyond doubt."""
MANY: Final = 300
"""So many features are many."""
BEYOND: Final = 1e-4
"""Chance at which a count is beyond doubt."""
WIDE: Final = 0.1
"""Difference of the shares that needs no count where nearly all features lie in the parent that they state."""
LEAST: Final = 0.05
"""A feature whose shares differ by no more than this does not take sides."""
EXACT: Final = 400
"""Up to so many differing features the chance is summed exactly, beyond by the normal distribution."""
DRIFT: Final = 0.02
"""Least gain in share by which a layer that is moved on by a constant shift fits better."""
DRIFTED: Final = 0.25
"""The chance of that."""
DIRECTIONS: Final = 8
REACH: Final = 150.0
"""Metres up to which a constant shift is looked for: Beijing 1954, Xi'an 1980 and local systems lie 30-130 m off."""
GAIN: Final = 0.03
"""Least gain in share by which a constant shift is believed."""
SHORTEST: Final = 25.0
"""Metres below which a shift is not told from digitising."""
FREE: Final = 600.0
"""Metres around a placement in which a shift that no hypothesis explains is looked for."""
FEW: Final = 150
"""So many areas are enough to try many places."""
TRIED: Final = 600
"""So many features are enough to look for a shift."""


class Ground(Protocol):
    """What a layer is placed on: gives the share of every feature that fits."""

    @property
    def stated(self) -> bool:
        """Whether each feature states its parent."""

    def shares(self, shapes: Geometries) -> Numbers:
        """Return 0..1 for each feature."""

    def part(self, positions: NDArray[np.intp]) -> Ground:
        """Return the ground of a part of the features."""


class Sides(NamedTuple):
    """Features that fit better under the first placement, and under the second; and the difference of the means."""

    better: int
    worse: int
    margin: float

    @property
    def chance(self) -> float:
        """One-sided chance of so many on one side."""
        n = self.better + self.worse
        if n == 0:
            return 1.0
        if n > EXACT:
            return 0.5 * math.erfc((self.better - self.worse - 1) / math.sqrt(2 * n))
        return sum(math.comb(n, k) for k in range(self.better, n + 1)) / 2**n

    def clear(self, *, stated: bool, fits: bool = False) -> bool:
        """Tell whether the first is better beyond doubt.

        Where features state their parents and nearly all of them fit (``fits``), a wide margin is enough.
        """
        one_sided = self.better >= SIDE * (self.better + self.worse)
        wide = stated and fits and self.margin >= WIDE
        return one_sided and self.margin >= MARGIN and (wide or self.chance <= CHANCE[stated])

    def convincing(self, n: int, *, fits: bool) -> bool:
        """Tell whether ``n`` features are enough for a verdict: many of them differ, or so few by chance never would.

        Where the better placement does not fit well (``not fits``), both are asked.
        """
        beyond = self.chance <= BEYOND
        if fits:
            return self.margin >= CONVINCING or (beyond and n >= MANY)
        return self.margin >= 2 * CONVINCING and beyond

    def leads(self, chance: float) -> bool:
        """Tell whether the first is the better one, by more than such a chance."""
        return self.better > self.worse and self.chance <= chance


def sided(first: Numbers, second: Numbers, least: float = LEAST) -> Sides:
    """Count the features that take sides; ``first`` is the better where it is larger by more than ``least``.

    >>> sided(np.array([1.0, 1, 1, 0, 1]), np.array([0.0, 0, 0, 1, 1]))[:2]
    (3, 1)
    """
    gap = first - second
    return Sides(int((gap > least).sum()), int((gap < -least).sum()), float(gap.mean()) if len(gap) else 0.0)


def pinned(ground: Ground, shapes: Geometries, shares: Numbers, reach: float) -> bool:
    """Tell whether a placement fits better than itself moved by ``reach`` metres, and by half of that, to all sides.

    At a quarter of that distance no direction may fit better. Features that all lie along one side of their parents are
    not held from the other side, and are no evidence.
    """
    for distance in (reach, reach / 2, reach / 4):
        for step in range(DIRECTIONS):
            angle = 2 * math.pi * step / DIRECTIONS
            moved = ground.shares(shifted(shapes, distance * math.sin(angle), distance * math.cos(angle)))
            if sided(moved, shares).leads(BETTER[ground.stated]):
                return False
            held = sided(shares, moved)
            if distance == reach and not held.leads(PUSHED[ground.stated]):
                return False
            if distance == reach / 2 and held.better <= held.worse:
                return False
    return True


def drifts(ground: Ground, shapes: Geometries) -> bool:
    """Tell whether a layer fits clearly better when it is moved on by any constant shift: then it lies elsewhere."""
    areal = bool((shapely.get_dimensions(shapes) == 2).any())
    chosen = np.linspace(0, len(shapes) - 1, min(FEW if areal else TRIED, len(shapes))).astype(np.intp)
    shapes, ground = shapes[chosen], ground.part(chosen)
    here = ground.shares(shapes)
    if here.mean() > 1.0 - DRIFT:
        return False
    east, north, best = 0.0, 0.0, here
    for span in (np.linspace(-FREE, FREE, 9), np.linspace(-100, 100, 5)):
        middle = (east, north)
        for dx in middle[0] + span:
            for dy in middle[1] + span:
                moved = ground.shares(shifted(shapes, float(dx), float(dy)))
                if moved.mean() > best.mean():
                    east, north, best = float(dx), float(dy), moved
    sides = sided(best, here)
    return sides.margin >= DRIFT and sides.leads(DRIFTED)


def gap(first: Geometries, second: Geometries) -> float:
    """Return the median distance in metres between two placements of the same features."""
    a, b = shapely.centroid(first), shapely.centroid(second)
    return float(np.median(shapely.distance(a, b))) if len(a) else 0.0


def constant_shift(ground: Ground, shapes: Geometries, *, least: float) -> tuple[float, float]:
    """Return metres east and north by which a layer lies off its parents as a whole; (0, 0) where that is not clear.

    Parameters
    ----------
    ground : Ground
        The parents.
    shapes : array of geometries
        The features as they stand, in metres.
    least : float
        Share that the moved layer must reach.
    """
    chosen = np.linspace(0, len(shapes) - 1, min(TRIED, len(shapes))).astype(np.intp)
    shapes, ground = shapely.centroid(shapes[chosen]), ground.part(chosen)
    here = ground.shares(shapes)
    if here.mean() > 1.0 - GAIN:
        return NO_SHIFT
    best, east, north = here, 0.0, 0.0
    for step in (50.0, 20.0):
        span = np.arange(-3, 4) * step
        tried = {(dx, dy): ground.shares(shifted(shapes, dx, dy)) for dx in east + span for dy in north + span}
        top = max(float(one.mean()) for one in tried.values())
        ties = [place for place, one in tried.items() if one.mean() >= top - 1e-9]
        east, north = (float(np.mean([place[axis] for place in ties])) for axis in (0, 1))
        best = ground.shares(shifted(shapes, east, north))
    sides, length = sided(best, here), math.hypot(east, north)
    sure = sides.clear(stated=False) and sides.margin >= GAIN and best.mean() >= least and SHORTEST <= length <= REACH
    # A shift is where the layer fits; what fits as well when pushed on by as much again is no place of its own.
    if not sure or not pinned(ground, shifted(shapes, east, north), best, max(2 * length, 100.0)):
        return NO_SHIFT
    return float(-round(east)), float(-round(north))


def shifted(shapes: Geometries, east: float, north: float) -> Geometries:
    """Return geometries moved by metres."""
    move: Any = np.array([east, north])
    moved: Geometries = shapely.transform(shapes, lambda xy: xy + move)
    return moved


def valid(shapes: Geometries) -> Geometries:
    """Return geometries with invalid polygons made valid."""
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes = shapes.copy()
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes
