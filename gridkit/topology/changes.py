"""What became of the units of a boundary layer from one version to the next: events with their evidence.

A unit that is only named anew, or drawn anew within the tolerance, is no change of a boundary: :data:`KINDS` says which
event is one, and the events of boundaries stand first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError
from gridkit.geo.crosswalk import first_holder, spots, weights_of
from gridkit.locale import N_
from gridkit.model.boundaries import EVENT_COLUMNS
from gridkit.topology.defects import widths
from gridkit.topology.matching import Matches, match
from gridkit.topology.versions import Version, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Array = np.ndarray[Any, Any]

BOUNDARY, RECORD, DRAWING = "boundary", "record", "drawing"
KINDS: Final[Mapping[str, str]] = MappingProxyType({
    "split": BOUNDARY,
    "merged": BOUNDARY,
    "rearranged": BOUNDARY,
    "border_moved": BOUNDARY,
    "new": BOUNDARY,
    "abolished": BOUNDARY,
    "transferred": RECORD,
    "renamed": RECORD,
    "recoded": RECORD,
    "redigitised": DRAWING,
    "same": DRAWING,
})  # fmt: skip
"""Event -> what it changes: a boundary, what is on record of a unit, or nothing but the drawing; in order of events."""
TOLERANCE: Final = 1.0
"""Metres within which a border is the same, drawn anew."""
SHARE: Final = 0.01
"""Largest change of area of a unit that is only drawn anew."""
LISTED: Final = N_(
    "{n} units have no polygon in one of the two versions: they are compared by code and name, their borders are not"
)
PARENT_RECODED: Final = N_("the parent {old} is called {new} now, with the same units: no unit was transferred")
APART: Final = N_("the two layers share no ground: compare their coordinate systems")


@dataclass(frozen=True)
class LayerChanges:
    """Events of a layer (:data:`~gridkit.model.boundaries.EVENT_COLUMNS`), and notes: templates with their values."""

    events: gpd.GeoDataFrame
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many events there are of each, in the order of :data:`KINDS`."""
        found = Counter(self.events["event"])
        return {event: found[event] for event in KINDS if found[event]}


def changes(
    old: pd.DataFrame,
    new: pd.DataFrame,
    *,
    tolerance: float = TOLERANCE,
    share: float = SHARE,
    households: gpd.GeoDataFrame | None = None,
    level: str = "",
) -> gpd.GeoDataFrame:
    """Return what became of the units: the events of :func:`compare`."""
    return compare(old, new, tolerance=tolerance, share=share, households=households, level=level).events


def compare(
    old: pd.DataFrame,
    new: pd.DataFrame,
    *,
    tolerance: float = TOLERANCE,
    share: float = SHARE,
    households: gpd.GeoDataFrame | None = None,
    level: str = "",
) -> LayerChanges:
    """Compare two versions of one layer.

    Parameters
    ----------
    old, new : geopandas.GeoDataFrame, or pandas.DataFrame without geometry
        Units indexed by code, with ``name`` and ``parent_code`` (or ``street_code``, ``community_code``,
        ``grid_code``) where known; polygons in metres of one system. Units without a polygon are compared by code and
        name.
    tolerance, share : float
        Metres that a border may lie elsewhere, and change of the area (0..1), where a unit is only drawn anew.
    households : geopandas.GeoDataFrame, optional
        Compounds in the same system with ``households``: evidence, and the weight of each event.
    level : str
        What stands in the column ``level``.

    Returns
    -------
    LayerChanges
        ``old`` and ``new`` are tuples of codes. ``area_m2`` is the ground that the event is about: what changed hands
        for ``border_moved``, else what both versions share, and the whole unit for ``new`` and ``abolished``.
        ``share_old`` and ``share_new`` say how much of the units is common to both sides. ``households`` are those on
        ground that changed hands (``border_moved``), else those inside. ``evidence`` is a mapping: ``geometry``
        (``equal``, ``near``, ``overlap``, ``none``, ``unknown``), ``code``, ``name``, ``parent`` (``same``, ``other``,
        ``""`` where one is not known), ``members`` (compounds on both sides, only before, only after), and details.

    Raises
    ------
    InputError
        If a code stands twice, a layer is not in metres, or the systems differ.

    Examples
    --------
    >>> old = gpd.GeoDataFrame({"name": ["A"]}, index=["a"], geometry=[shapely.box(0, 0, 400, 100)], crs=4544)
    >>> halves = [shapely.box(0, 0, 200, 100), shapely.box(200, 0, 400, 100)]
    >>> new = gpd.GeoDataFrame({"name": ["A", "B"]}, index=["a", "b"], geometry=halves, crs=4544)
    >>> changes(old, new)[["event", "old", "new"]].values.tolist()
    [['split', ('a',), ('a', 'b')]]
    """
    before, after = versions(old, new)
    crs = getattr(old, "crs", None) or getattr(new, "crs", None)
    if households is not None and crs is not None and households.crs != crs:
        raise InputError(N_("the layers are in different coordinate systems"), remedy=N_("bring them to one system"))
    found = match(before, after, tolerance=tolerance, share=share)
    told = _Teller(before, after, found, _Homes.of(households, before, after), level)
    rows = sorted(told.rows(), key=lambda row: (list(KINDS).index(row["event"]), row["old"], row["new"]))
    frame = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    for name in ("area_m2", "share_old", "share_new"):
        frame[name] = frame[name].astype(float)
    frame["households"] = frame["households"].astype("Int64")
    events = gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)
    return LayerChanges(events, tuple(_notes(before, after, found, told.parents)))


def _notes(
    old: Version, new: Version, found: Matches, parents: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    bare = int((~old.drawn).sum() + (~new.drawn).sum()) - sum(
        1 for i, j in found.listed if not old.drawn[i] and not new.drawn[j]
    )
    if bare:
        yield LISTED, {"n": bare}
    if old.drawn.any() and new.drawn.any() and not (found.same or found.redrawn or len(found.one)):
        yield APART, {}
    for before, after in sorted(parents.items()):
        yield PARENT_RECODED, {"old": before, "new": after}


@dataclass(frozen=True)
class _Homes:
    """Compounds by the unit that they lie in, before and after."""

    number: Array
    old: Mapping[int, set[int]]
    new: Mapping[int, set[int]]

    @classmethod
    def of(cls, households: gpd.GeoDataFrame | None, old: Version, new: Version) -> _Homes | None:
        if households is None:
            return None
        points = spots(np.asarray(households.geometry.array, dtype=object))
        inside = []
        for version in (old, new):
            some: dict[int, set[int]] = defaultdict(set)
            for point, unit in enumerate(first_holder(points, version.shapes).tolist()):
                if unit >= 0:
                    some[unit].add(point)
            inside.append(some)
        return cls(weights_of(households), inside[0], inside[1])

    def inside(self, old: Iterable[int], new: Iterable[int]) -> tuple[set[int], set[int]]:
        """Return the compounds of some units before, and of some units after."""
        return set().union(*(self.old.get(i, ()) for i in old)), set().union(*(self.new.get(j, ()) for j in new))


class _Teller:
    """Makes the rows of events."""

    def __init__(self, old: Version, new: Version, found: Matches, homes: _Homes | None, level: str) -> None:
        self.old, self.new, self.found, self.homes, self.level = old, new, found, homes, level
        self.parents = _recoded_parents(old, new, [*found.same, *found.redrawn, *found.moved, *found.listed])
        self.common: dict[tuple[int, int], float] = {}
        self.from_old: dict[int, list[int]] = defaultdict(list)
        self.to_new: dict[int, list[int]] = defaultdict(list)
        for i, j, area in zip(found.one.tolist(), found.other.tolist(), found.area.tolist(), strict=True):
            self.common[i, j] = area
            self.to_new[i].append(j)
            self.from_old[j].append(i)
        self.area_old, self.area_new = shapely.area(old.shapes), shapely.area(new.shapes)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield all events, in no order."""
        found = self.found
        for pair in found.same:
            records = list(self._records(pair, "equal"))
            yield from records or [self._pair("same", pair, "equal")]
        for pair in found.redrawn:
            yield self._pair("redigitised", pair, "near")
            yield from self._records(pair, "near")
        yield from self._moved()
        for pair in found.listed:
            yield from self._records(pair, "unknown")
        for some_old, some_new in found.groups:
            event = "split" if len(some_old) == 1 else "merged" if len(some_new) == 1 else "rearranged"
            yield self._group(event, some_old, some_new)
        for pair in found.anchors:
            if self._told(self.old.keys, self.new.keys, pair) == "same":
                yield from self._records(pair, "overlap")
        for i in found.gone:
            yield self._group("abolished", (i,), ())
        for j in found.fresh:
            yield self._group("new", (), (j,))

    def _moved(self) -> Iterator[dict[str, Any]]:
        pairs = self.found.moved
        before, after = self.old.shapes[[i for i, _ in pairs]], self.new.shapes[[j for _, j in pairs]]
        strips = shapely.symmetric_difference(before, after)
        wide = widths(strips)
        for pair, strip, width in zip(pairs, strips, wide.tolist(), strict=True):
            i, j = pair
            more: dict[str, Any] = {
                "width_m": round(width, 2),
                "lost_to": {str(self.new.codes[to]): round(self.common[i, to], 2) for to in self.to_new[i] if to != j},
                "gained_from": {
                    str(self.old.codes[of]): round(self.common[of, j], 2) for of in self.from_old[j] if of != i
                },
            }
            row = self._pair("border_moved", pair, "overlap", more)
            between = sum(more["lost_to"].values()) + sum(more["gained_from"].values())
            row["evidence"]["outside_m2"] = round(max(0.0, float(shapely.area(strip)) - between), 2)
            yield {**row, "area_m2": float(shapely.area(strip)), "geometry": strip}
            yield from self._records(pair, "overlap")

    def _records(self, pair: tuple[int, int], geometry: str) -> Iterator[dict[str, Any]]:
        """Yield what is on record of a unit that goes on: another name, code, parent."""
        i, j = pair
        name = self._told(self.old.plain_names, self.new.plain_names, pair)
        if name == "other":
            more = {"old_name": self.old.names[i], "new_name": self.new.names[j]}
            yield self._pair("renamed", pair, geometry, more)
        if self._told(self.old.keys, self.new.keys, pair) == "other":
            yield self._pair("recoded", pair, geometry)
        if self._parent(pair) == "other":
            more = {"old_parent": self.old.parents[i], "new_parent": self.new.parents[j]}
            yield self._pair("transferred", pair, geometry, more)

    def _told(self, old: Array, new: Array, pair: tuple[int, int]) -> str:
        one, other = old[pair[0]], new[pair[1]]
        return "" if not (one and other) else "same" if one == other else "other"

    def _parent(self, pair: tuple[int, int]) -> str:
        one, other = self.old.parent_keys[pair[0]], self.new.parent_keys[pair[1]]
        return (
            "same"
            if one and self.parents.get(one) == other
            else self._told(self.old.parent_keys, self.new.parent_keys, pair)
        )

    def _pair(
        self, event: str, pair: tuple[int, int], geometry: str, more: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        i, j = pair
        evidence = {
            "geometry": geometry,
            "code": self._told(self.old.keys, self.new.keys, pair),
            "name": self._told(self.old.plain_names, self.new.plain_names, pair),
            "parent": self._parent(pair),
        }
        row = self._row(event, (i,), (j,), {**evidence, **(more or {})})
        if geometry == "unknown":
            return {**row, "area_m2": np.nan, "share_old": np.nan, "share_new": np.nan}
        if geometry in ("equal", "near"):
            common = self.common.get(pair, float(np.minimum(self.area_old[i], self.area_new[j])))
            return {
                **row,
                "area_m2": common,
                "share_old": common / self.area_old[i],
                "share_new": common / self.area_new[j],
            }
        return row

    def _group(self, event: str, old: Sequence[int], new: Sequence[int]) -> dict[str, Any]:
        bare = any(not self.old.drawn[i] for i in old) or any(not self.new.drawn[j] for j in new)
        codes = set(self.old.keys[list(old)]) - {""}, set(self.new.keys[list(new)]) - {""}
        evidence: dict[str, Any] = {"geometry": "unknown" if bare else "overlap" if old and new else "none"}
        if old and new:
            evidence["code"] = "same" if codes[0] & codes[1] else "other" if codes[0] and codes[1] else ""
        else:
            mine, other = (codes[0], self.new.keys) if old else (codes[1], self.old.keys)
            evidence["code"] = "elsewhere" if mine & set(other[np.isin(other, list(mine))]) else "other" if mine else ""
            evidence |= self._ground(old, new)
        return self._row(event, tuple(old), tuple(new), evidence)

    def _ground(self, old: Sequence[int], new: Sequence[int]) -> dict[str, Any]:
        """Return who has the ground of a unit that is gone, or had that of a new one."""
        if old:
            to = {str(self.new.codes[j]): round(self.common[old[0], j], 2) for j in self.to_new[old[0]]}
            return {"lost_to": to} if to else {}
        of = {str(self.old.codes[i]): round(self.common[i, new[0]], 2) for i in self.from_old[new[0]]}
        return {"gained_from": of} if of else {}

    def _row(self, event: str, old: tuple[int, ...], new: tuple[int, ...], evidence: dict[str, Any]) -> dict[str, Any]:
        shares = [self._share(old, new, side) for side in (0, 1)]
        if old and new:
            area = sum(self.common.get((i, j), 0.0) for i in old for j in new)
        else:
            area = float(self.area_old[old[0]] if old else self.area_new[new[0]])
        shape = self._shape(event, old, new)
        number, members = self._homes(event, old, new)
        return {
            "event": event, "level": self.level, "old": tuple(self.old.codes[list(old)].tolist()),
            "new": tuple(self.new.codes[list(new)].tolist()), "area_m2": area, "share_old": shares[0],
            "share_new": shares[1], "households": number, "evidence": {**evidence, **members}, "geometry": shape,
        }  # fmt: skip

    def _share(self, old: tuple[int, ...], new: tuple[int, ...], side: int) -> float:
        """Return how much of the units of one version lies in those of the other (in anybody for a single one)."""
        if not (old if side == 0 else new):
            return float("nan")
        whole = float(self.area_old[list(old)].sum() if side == 0 else self.area_new[list(new)].sum())
        pairs = [(i, j) for i in old for j in (new or self.to_new[i])] or [
            (i, j) for j in new for i in self.from_old[j]
        ]
        return min(1.0, sum(self.common.get(pair, 0.0) for pair in pairs) / whole) if whole > 0 else float("nan")

    def _shape(self, event: str, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
        if event in ("merged", "new") or not old:
            return self.new.shapes[new[0]]
        if event in ("split", "abolished"):
            return self.old.shapes[old[0]]
        if event == "rearranged":
            return shapely.union_all(self.new.shapes[list(new)])
        return self.old.shapes[old[0]] if self.new.shapes[new[0]] is None else self.new.shapes[new[0]]

    def _homes(self, event: str, old: tuple[int, ...], new: tuple[int, ...]) -> tuple[Any, dict[str, Any]]:
        if self.homes is None:
            return pd.NA, {}
        before, after = self.homes.inside(old, new)
        some = before ^ after if event == "border_moved" else before | after
        members = {"both": len(before & after), "old": len(before - after), "new": len(after - before)}
        return int(self.homes.number[sorted(some)].sum()), {"members": members}


def _recoded_parents(old: Version, new: Version, pairs: Sequence[tuple[int, int]]) -> dict[str, str]:
    """Return parents that only have another code: all their units went together to a code that was not there before."""
    to: dict[str, set[str]] = defaultdict(set)
    of: dict[str, set[str]] = defaultdict(set)
    for i, j in pairs:
        one, other = str(old.parent_keys[i]), str(new.parent_keys[j])
        if one and other:
            to[one].add(other)
            of[other].add(one)
    known_old, known_new = set(old.parent_keys.tolist()), set(new.parent_keys.tolist())
    found = {}
    for one, others in to.items():
        other = next(iter(others))
        if len(others) == 1 == len(of[other]) and one not in known_new and other not in known_old:
            found[one] = other
    return found
