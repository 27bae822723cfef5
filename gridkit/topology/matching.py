"""Which unit of one version is which of the other: by equal shape, by code and place, by place alone, by lists."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridkit.geo.crosswalk import overlaps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.topology.versions import Version

Array = np.ndarray[Any, Any]
Pairs = list[tuple[int, int]]

EQUAL: Final = 0.001
"""Metres: borders that are nowhere farther apart are the same."""
CORE: Final = 0.5
"""Share of a unit that makes it the same place."""
PLACE: Final = 2 / 3
"""Share of both units that makes them the same place where neither code nor name says so."""
PART: Final = 0.1
"""Share of a unit that one which is nobody's successor must have from another to count as made of it."""


@dataclass(frozen=True)
class Matches:
    """What belongs together.

    ``same``, ``redrawn`` and ``moved`` hold pairs of positions (old, new): equal borders, borders within the tolerance,
    other borders. ``groups`` holds splits, merges and rearrangements: positions in old, positions in new. ``listed``
    are pairs of which one has no polygon, ``gone`` and ``fresh`` the units that are in one version only. ``one``,
    ``other``, ``area`` are the overlaps of all units without a counterpart of equal vertices; ``anchors`` says, for the
    groups, which old unit goes on as which new one.
    """

    same: Pairs
    redrawn: Pairs
    moved: Pairs
    groups: list[tuple[tuple[int, ...], tuple[int, ...]]]
    listed: Pairs
    gone: list[int]
    fresh: list[int]
    one: Array
    other: Array
    area: Array
    anchors: Pairs


def match(old: Version, new: Version, *, tolerance: float, share: float) -> Matches:
    """Return what belongs together in two versions.

    Parameters
    ----------
    old, new : Version
    tolerance : float
        Metres within which a border may be drawn elsewhere and still be the same.
    share : float
        Largest change of area of a border that is only drawn anew (0..1).
    """
    listed = _listed(old, new)
    free_old, free_new = old.drawn.copy(), new.drawn.copy()
    free_old[[i for i, _ in listed]] = False
    free_new[[j for _, j in listed]] = False
    same = _equal(old, new, free_old, free_new)
    free_old[[i for i, _ in same]] = False
    free_new[[j for _, j in same]] = False
    table = _overlaps(old, new, np.flatnonzero(free_old), np.flatnonzero(free_new))
    anchors = _anchors(table, old, new)
    grade = _grades(old, new, anchors, tolerance=tolerance, share=share)
    same += [pair for pair, one in zip(anchors, grade, strict=True) if one == 2]
    redrawn = [pair for pair, one in zip(anchors, grade, strict=True) if one == 1]
    rest = [pair for pair, one in zip(anchors, grade, strict=True) if not one]
    for settled in (same, redrawn):
        free_old[[i for i, _ in settled]] = False
        free_new[[j for _, j in settled]] = False
    open_ = table[free_old[table["one"]] & free_new[table["other"]]]
    moved, groups = _components(open_, rest, old, new)
    for i, j in moved:
        free_old[i], free_new[j] = False, False
    for some_old, some_new in groups:
        free_old[list(some_old)], free_new[list(some_new)] = False, False
    bare_old, bare_new = ~old.drawn, ~new.drawn
    bare_old[[i for i, _ in listed]] = False
    bare_new[[j for _, j in listed]] = False
    grouped = {i for some, _ in groups for i in some}
    return Matches(
        sorted(same), sorted(redrawn), moved, groups, listed,
        np.flatnonzero(free_old | bare_old).tolist(), np.flatnonzero(free_new | bare_new).tolist(),
        table["one"].to_numpy(), table["other"].to_numpy(), table["area"].to_numpy(),
        [pair for pair in rest if pair[0] in grouped],
    )  # fmt: skip


def _position(keys: Iterable[Any], some: Iterable[int]) -> dict[Any, int]:
    """Return key -> position, of the keys that stand once."""
    found: dict[Any, int] = {}
    double = set()
    for key, at in zip(keys, some, strict=True):
        if key in found:
            double.add(key)
        found[key] = at
    return {key: at for key, at in found.items() if key not in double and key != "" and key[:1] != ("",)}


def _listed(old: Version, new: Version) -> Pairs:
    """Pair units of which one has no polygon: by code, then by name and parent, then by name alone."""
    bare_old, bare_new = ~old.drawn, ~new.drawn
    if not (bare_old.any() or bare_new.any()):
        return []
    by_code, there = _position(old.keys, range(len(old.keys))), _position(new.keys, range(len(new.keys)))
    shared = [(by_code[key], there[key]) for key in by_code if key in there]
    pairs = [(i, j) for i, j in shared if bare_old[i] or bare_new[j]]
    left_old = np.setdiff1d(np.arange(len(old.keys)), [i for i, _ in shared])
    left_new = np.setdiff1d(np.arange(len(new.keys)), [j for _, j in shared])
    for parented in (True, False):
        found = [
            _position([(name, parent) if parented else (name,) for name, parent in zip(
                one.plain_names[left], one.parent_keys[left], strict=True)], left.tolist())
            for one, left in ((old, left_old), (new, left_new))
        ]  # fmt: skip
        more = [(i, found[1][key]) for key, i in found[0].items() if key in found[1]]
        more = [(i, j) for i, j in more if bare_old[i] or bare_new[j]]
        pairs += more
        left_old = np.setdiff1d(left_old, [i for i, _ in more])
        left_new = np.setdiff1d(left_new, [j for _, j in more])
    return sorted(pairs)


def _equal(old: Version, new: Version, free_old: Array, free_new: Array) -> Pairs:
    """Pair units with the same vertices; of several with one shape those with the same code, then the same name."""
    groups: tuple[dict[bytes, list[int]], ...] = (defaultdict(list), defaultdict(list))
    for group, version, free in zip(groups, (old, new), (free_old, free_new), strict=True):
        some = np.flatnonzero(free)
        for at, text in zip(some.tolist(), shapely.to_wkb(shapely.normalize(version.shapes[some])), strict=True):
            group[text].append(at)
    pairs: Pairs = []
    for text, mine in groups[0].items():
        theirs = groups[1].get(text, [])
        if len(mine) == 1 == len(theirs):
            pairs.append((mine[0], theirs[0]))
        elif theirs:
            pairs += _paired(old, new, mine, theirs)
    return pairs


def _paired(old: Version, new: Version, mine: list[int], theirs: list[int]) -> Pairs:
    """Pair units of one shape: by code, by name, and the others in the order of their codes."""
    pairs: Pairs = []
    for words in ((old.keys, new.keys), (old.names, new.names)):
        here, there = _position(words[0][mine], mine), _position(words[1][theirs], theirs)
        found = [(here[key], there[key]) for key in sorted(here.keys() & there.keys())]
        pairs += found
        mine = sorted(set(mine) - {i for i, _ in found})
        theirs = sorted(set(theirs) - {j for _, j in found})
    return pairs + list(zip(mine, theirs, strict=False))


def _overlaps(old: Version, new: Version, some_old: Array, some_new: Array) -> pd.DataFrame:
    one, other, area = overlaps(old.shapes[some_old], new.shapes[some_new])
    table = pd.DataFrame({"one": some_old[one], "other": some_new[other], "area": area})
    table["of_old"] = table["area"] / shapely.area(old.shapes[table["one"]])
    table["of_new"] = table["area"] / shapely.area(new.shapes[table["other"]])
    return table


def _anchors(table: pd.DataFrame, old: Version, new: Version) -> Pairs:
    """Pair each old unit with the one new unit that goes on with it.

    The same code with half of one of both, then most of each other (half, where the name is the same), then the same
    code with a part of one of both.
    """
    shared = (old.keys[table["one"]] == new.keys[table["other"]]) & (old.keys[table["one"]] != "")
    largest = table[["of_old", "of_new"]].max(axis=1)
    rounded = table.assign(area=table["area"].round(4))  # the order of the two shapes may move the last digits
    ordered = rounded.sort_values(["area", "one", "other"], ascending=[False, True, True])
    best = ~ordered["one"].duplicated() & ~ordered["other"].duplicated()
    names = old.plain_names[table["one"]], new.plain_names[table["other"]]
    least = np.where((names[0] == names[1]) & (names[0] != ""), CORE, PLACE)
    mutual = best.reindex(table.index) & (table[["of_old", "of_new"]].min(axis=1) >= least)
    taken_old, taken_new = np.zeros(len(old.codes), dtype=bool), np.zeros(len(new.codes), dtype=bool)
    pairs: Pairs = []
    for chosen in (shared & (largest >= CORE), mutual, shared & (largest >= PART)):
        for i, j in table.loc[chosen, ["one", "other"]].itertuples(index=False, name=None):
            if not (taken_old[i] or taken_new[j]):
                taken_old[i] = taken_new[j] = True
                pairs.append((int(i), int(j)))
    return sorted(pairs)


def _grades(old: Version, new: Version, pairs: Pairs, *, tolerance: float, share: float) -> list[int]:
    """Return 2 where borders are equal, 1 where they are within the tolerance, else 0."""
    if not pairs:
        return []
    before, after = old.shapes[[i for i, _ in pairs]], new.shapes[[j for _, j in pairs]]
    areas = shapely.area(before), shapely.area(after)
    close = np.abs(areas[0] - areas[1]) <= share * np.maximum(*areas)
    grade = np.zeros(len(pairs), dtype=int)
    some = np.flatnonzero(close)
    some = some[near(before[some], after[some], tolerance)]
    grade[some] = 1
    grade[some[near(before[some], after[some], EQUAL)]] = 2
    return grade.tolist()


def near(before: Array, after: Array, distance: float) -> Array:
    """Return whether no vertex of either border is farther than ``distance`` (metres) from the other border.

    >>> near(np.array([shapely.box(0, 0, 9, 9)]), np.array([shapely.box(0, 0, 9, 9.5)]), 0.5).tolist()
    [True]
    """
    result = np.ones(len(before), dtype=bool)
    lines = [shapely.boundary(shapes) for shapes in (before, after)]
    for line, shapes in (lines, lines[::-1]):
        shapely.prepare(line)
        points, pair = shapely.get_coordinates(shapes, return_index=True)
        ok = shapely.dwithin(line[pair], shapely.points(points), distance)
        np.logical_and.at(result, pair, ok)
    return result


def _components(table: pd.DataFrame, anchors: Pairs, old: Version, new: Version) -> tuple[Pairs, list[Any]]:
    """Return pairs that go on with another border, and groups of splits, merges and rearrangements.

    Ground that passes between two units which both go on is a moved border. A unit that goes on from none, or as none,
    ties together all that gave it, or got from it, a good part of its ground, as long as it is most of it.
    """
    on_old, on_new = np.full(len(old.codes), -1), np.full(len(new.codes), -1)
    for i, j in anchors:
        on_old[i], on_new[j] = j, i
    i, j = table["one"].to_numpy(), table["other"].to_numpy()
    covered = np.bincount(i, weights=table["of_old"], minlength=len(old.codes))
    drawn_from = np.bincount(j, weights=table["of_new"], minlength=len(new.codes))
    tied = on_old[i] == j
    tied |= (on_old[i] < 0) & (covered[i] >= CORE) & (table["of_old"].to_numpy() >= PART)
    tied |= (on_new[j] < 0) & (drawn_from[j] >= CORE) & (table["of_new"].to_numpy() >= PART)
    i, j = i[tied], j[tied]
    size = len(old.codes) + len(new.codes)
    graph = coo_array((np.ones(len(i), dtype=np.int8), (i, j + len(old.codes))), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    members: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for a, b in zip(i.tolist(), j.tolist(), strict=True):
        members[label[a]][0].add(a)
        members[label[a]][1].add(b)
    found = sorted((tuple(sorted(a)), tuple(sorted(b))) for a, b in members.values())
    moved: Pairs = []
    groups = []
    names = old.plain_names, new.plain_names
    for some_old, some_new in found:
        if len(some_old) > 1 or len(some_new) > 1:
            groups.append((some_old, some_new))
            continue
        a, b = some_old[0], some_new[0]
        if on_old[a] == b or (names[0][a] and names[0][a] == names[1][b]):
            moved.append((a, b))
    return moved, groups
