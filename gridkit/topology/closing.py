"""One level made a coverage: what may be settled by itself or was decided is settled, round by round, with a log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridkit.locale import N_
from gridkit.topology.choices import AUTO, DO_GIVE, DO_KEEP, DO_REMOVE, prefer_winners, preferred
from gridkit.topology.covering import filled, inner_first, twins_counted
from gridkit.topology.defects import find_defects, wider
from gridkit.topology.faces import clear_points, find_regions
from gridkit.topology.records import INSIDE, OVERLAP, TWICE, defect_ids, rule_of, units_of
from gridkit.topology.repair import LEAVE, NEAR, segments_of, settle
from gridkit.topology.resolve import ASK, GIVE, KEEP, changes_of, over_bound, resolve
from gridkit.topology.split import split_gaps
from gridkit.topology.work import GAINED, LOST, MATCHED, MISMATCH, Entry, Units, Work, merge, part_of

if TYPE_CHECKING:
    from gridkit.topology.choices import Choices, Decision
    from gridkit.topology.defects import Defects
    from gridkit.topology.resolve import Limits

Array = np.ndarray[Any, Any]

ROUNDS: Final = 6
UNSURE: Final = ("share", "alone", "parents")
"""Causes that depend on the units beside a defect: looked at again where one of these was changed."""
NONE: Final = "none"
"""Action on what is no defect: the ground of units that are not looked at."""
NO_TARGET: Final = N_("the target {target!r} neither claims the place nor borders on it")
NONE_SUGGESTED: Final = N_("the decision names no target, and no unit is suggested")
_NOTHING_LEFT: Final = N_("nothing can be removed there: the place has no second claimant")
_LOCKED: Final = N_("it would change {units}, which [repair] locked names")
_BROKEN: Final = N_("it would change {units}, whose geometry is invalid and cannot be mended without changing its area")
_WRITE_KEEP: Final = N_("unlock or redraw it, write another target, or keep")


class Named(NamedTuple):
    """Defects of one round with their rules and names, and what is done: a frame ``action, target, cause, role``."""

    defects: Defects
    rule: Array
    ids: pd.Index
    plan: pd.DataFrame


def close(work: Work, choices: Choices, *, limits: Limits, cross: float) -> bool:
    """Settle the overlaps and gaps of a level; return whether anything was changed.

    Parameters
    ----------
    work : Work
        Changed in place.
    choices : Choices
    limits : Limits
    cross : float
        What units of several parents share is settled by itself if it is narrower than this (metres).

    Notes
    -----
    After each round the places beside changed units are looked at again; a further round is done where something is
    left over or was taken back, until a round changes nothing.
    """
    changed, places = _round(work, choices, limits=limits, cross=cross)
    any_change = bool(len(changed))
    for _ in range(ROUNDS):
        if not len(changed) or not len(places):
            break
        part, at = part_of(work, changed, places)
        mine, places = _round(part, choices, limits=limits, cross=cross)
        merge(work, part, at)
        changed = at[mine]
    return any_change


def _round(work: Work, choices: Choices, *, limits: Limits, cross: float) -> tuple[Array, Array]:
    """Settle what may be settled; return the changed units, and the places that have to be looked at again."""
    named = _named(work, choices, limits=limits, cross=cross)
    parts, origin, target = _shared_out(work, named, limits)
    changed, left, spent = carry_out(work, named, parts, origin, target, width=limits.match_width)
    work.used += spent
    geometry = named.defects.frame["geometry"].to_numpy()
    action = named.plan["action"].to_numpy()
    left &= action != NONE
    work.waiting = dict(zip(named.ids[left & (action == ASK)], geometry[left & (action == ASK)], strict=True))
    work.kept, work.left = geometry[action == KEEP], geometry[left]
    again = named.ids.isin(work.failed)
    if not len(changed):
        return changed, geometry[again]
    unsure = np.flatnonzero(left & named.plan["cause"].isin(UNSURE).to_numpy())
    beside = shapely.STRtree(geometry[unsure]).query(work.shapes[changed], predicate="intersects")[1]
    again[unsure[beside]] = True
    return changed, np.r_[geometry[again], _anything_new(work.shapes, changed, geometry[left])]


def carry_out(
    work: Work, named: Named, parts: Defects, origin: Array, target: Array, *, width: float
) -> tuple[Array, Array, Array]:
    """Give each part of a defect to its target, and log it.

    Returns the changed units, which defects are left, and how much of its own accord each unit changed.
    """
    settled = settle(work.shapes, parts, target, may_empty=_may_empty(named))
    changed = really(work.shapes, settled.shapes, settled.changed)
    done = np.where(settled.done, target, LEAVE)
    spent = _log(work, named, parts, origin, target=done, changed=changed, width=width)
    work.shapes[changed] = _as_many(settled.shapes[changed], given=work.units.shapes[changed])
    left = np.ones(len(named.ids), dtype=bool)
    left[origin[settled.done]] = False
    work.failed = named.ids[np.unique(origin[settled.failed])].tolist()
    return changed, left, spent


def _named(work: Work, choices: Choices, *, limits: Limits, cross: float) -> Named:
    """Return the defects of a level now, and what is to be done with each."""
    units = work.units
    defects = find_defects(work.shapes)
    geometry = defects.frame["geometry"].to_numpy()
    rule = twins_counted(rule_of(defects, work.shapes, match_width=limits.match_width), defects, work.shapes)
    named_units = units_of(defects, units.codes)
    inner = np.flatnonzero(rule == INSIDE)
    named_units[inner] = pd.Series(inner_first(defects, work.shapes, units.codes, inner), index=inner, dtype=object)
    ids = defect_ids(rule, named_units, geometry, level=units.level)
    prefer, torn = preferred(defects, units.locked, units.evidence)
    prefer_winners(defects, units.winners, units.codes, prefer)
    inside = _inside(units.compounds, defects)
    plan = resolve(
        defects,
        shapely.area(units.shapes),
        units.parent,
        limits=replace(limits, match_width=cross),
        inside=inside,
        prefer=prefer,
    )
    action, cause = (plan[name].to_numpy(dtype=object).copy() for name in ("action", "cause"))
    give = action == GIVE
    unsaid = (rule == OVERLAP) & (inside > 0) & (prefer < 0)
    gap = np.flatnonzero(defects.frame["count"] == 0)
    broken = [table.loc[table["unit"].isin(units.broken), "defect"] for table in (defects.claimed, defects.borders)]
    for at, what, why in (
        (give & np.isin(rule, (TWICE, INSIDE)), ASK, "share"),
        (give & (torn | unsaid), ASK, "inside"),
        (gap[filled(geometry[gap], units.held)], KEEP, ""),
        (_beyond(geometry, units.outside), NONE, ""),
        (np.concatenate(broken).astype(np.intp), ASK, "alone"),
    ):
        action[at], cause[at] = what, why
    plan = plan.assign(action=action, cause=cause, role=AUTO)
    named = Named(defects, rule, ids, plan)
    for at, defect_id in enumerate(ids.tolist()):
        decision = choices.of(defect_id)
        if decision is not None and action[at] != NONE:
            _obey(named, at, decision, units=units, choices=choices)
    return named


def _beyond(geometry: Array, outside: Array) -> Array:
    """Return the defects that others of the layer, which are not looked at now, have a part in."""
    if not len(outside):
        return np.zeros(0, dtype=np.intp)
    at, which = shapely.STRtree(outside).query(geometry, predicate="intersects")
    return np.unique(at[~shapely.touches(geometry[at], outside[which])])


def _inside(compounds: Array, defects: Defects) -> Array:
    """Return how many compounds lie in each defect."""
    if not len(compounds) or not len(defects.frame):
        return np.zeros(len(defects.frame), dtype=np.int64)
    found = shapely.STRtree(defects.frame["geometry"].to_numpy()).query(compounds, predicate="within")[1]
    return np.bincount(found, minlength=len(defects.frame))


def _obey(named: Named, at: int, decision: Decision, *, units: Units, choices: Choices) -> None:
    """Put a decision into the plan, or note why it cannot be followed."""
    plan, defects, name = named.plan, named.defects, str(named.ids[at])
    if decision.what == DO_KEEP:
        plan.loc[at, ["action", "cause", "role"]] = [KEEP, "", decision.role]
        return
    claimants = defects.claimed.loc[defects.claimed["defect"] == at, "unit"].to_numpy(np.intp)
    beside = defects.borders.loc[defects.borders["defect"] == at, "unit"].to_numpy(np.intp)
    may = claimants if len(claimants) else beside
    target = int(plan["target"].iloc[at])
    if decision.target:
        target = int(units.codes.get_indexer([decision.target])[0])
    elif decision.what == DO_GIVE:
        target = _named_below(defects.frame["geometry"].iloc[at], units, claimants, usual=target)
    if target not in may:
        why = NO_TARGET if decision.target else NONE_SUGGESTED
        choices.deny(name, why, may=units.codes[may])
        return
    if decision.what == DO_REMOVE:
        others = claimants[claimants != target] if decision.target else claimants[claimants == target]
        if len(claimants) < 2 or not len(others):
            choices.deny(name, _NOTHING_LEFT)
            return
        target = int(others[0])
    loses = claimants[claimants != target]
    touched = loses if len(claimants) else np.r_[target, loses]
    for which, why in ((units.locked[touched], _LOCKED), (np.isin(touched, units.broken), _BROKEN)):
        if which.any():
            choices.deny(name, why, units=", ".join(map(str, units.codes[touched[which]])), remedy=_WRITE_KEEP)
            return
    choices.followed.add(name)
    plan.loc[at, ["action", "cause", "target", "role"]] = [GIVE, "", target, decision.role]


def _named_below(place: shapely.Geometry, units: Units, claimants: Array, *, usual: int) -> int:
    """Return the claimant that all units of the level below name that lie there, else the ``usual`` one."""
    shapes, parents = units.below
    if not len(claimants) or not len(shapes):
        return usual
    here = np.flatnonzero(shapely.intersects(shapes, shapely.point_on_surface(place)))
    said = units.codes.get_indexer(np.unique(parents[here].astype(object)))
    return int(said[0]) if len(said) == 1 and said[0] in claimants else usual


def _may_empty(named: Named) -> Array:
    """Return the units of which a decision leaves nothing: claimants of decided defects that do not get them."""
    decided = ((named.plan["action"] == GIVE) & (named.plan["role"] != AUTO)).to_numpy()
    claimed = named.defects.claimed
    return np.unique(claimed.loc[decided[claimed["defect"].to_numpy(np.intp)], "unit"].to_numpy(np.intp))


def _shared_out(work: Work, named: Named, limits: Limits) -> tuple[Defects, Array, Array]:
    """Return the defects with long gaps divided, the defect of each part, and who gets it."""
    plan, units = named.plan, work.units
    give = (plan["action"] == GIVE).to_numpy()
    free = give & (plan["role"] == AUTO).to_numpy()
    gap = (named.defects.frame["count"] == 0).to_numpy()
    parts, origin, heir = split_gaps(named.defects, free & gap, units.locked)
    whole = np.where(give, plan["target"].to_numpy(np.int64), LEAVE)
    target = np.where(heir >= 0, heir, whole[origin] if len(origin) else whole)
    counted = free & wider(named.defects.frame["geometry"].to_numpy(), np.full(len(plan), limits.match_width))
    table = changes_of(parts, target, counted[origin] if len(origin) else counted)
    table["defect"] = origin[table["defect"].to_numpy(np.intp)]
    over = over_bound(table, shapely.area(units.shapes), limits=limits, used=work.used)
    plan.loc[over, ["action", "cause"]] = [ASK, "share"]
    target[np.isin(origin, over)] = LEAVE
    return parts, origin, target


def really(before: Array, after: Array, changed: Array) -> Array:
    """Return which of the units are another shape, not the same with another start or order of rings."""
    same = shapely.equals_identical(shapely.normalize(_many(before[changed])), shapely.normalize(_many(after[changed])))
    return changed[~same]


def _as_many(shapes: Array, *, given: Array) -> Array:
    """Return shapes with one part as multipolygons where they were given as such: these may fall apart later on."""
    whole = ~shapely.is_empty(shapes) & (shapely.get_type_id(given) == shapely.GeometryType.MULTIPOLYGON)
    return np.where(whole, _many(shapes), shapes)


def _many(shapes: Array) -> Array:
    """Return polygons as multipolygons, so that both kinds compare."""
    result = shapes.copy()
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    result[single] = shapely.multipolygons(shapes[single], indices=np.arange(single.sum())) if single.any() else []
    return result


def _log(
    work: Work, named: Named, parts: Defects, origin: Array, *, target: Array, changed: Array, width: float
) -> Array:
    """Write down who gained and lost at which defect, and who only got vertices; return the change of each."""
    table = changes_of(parts, target, target != LEAVE)
    geometry = parts.frame["geometry"].to_numpy()
    seen = wider(geometry, np.full(len(geometry), width))
    ids, roles = named.ids.tolist(), named.plan["role"].tolist()
    logged: set[int] = set()
    spent = np.zeros(len(work.shapes))
    for part, unit, gains, area in zip(
        table["defect"].tolist(), table["unit"].tolist(), table["gains"].tolist(), table["area"].tolist(), strict=True
    ):
        at = int(origin[part])
        op, role = (GAINED if gains else LOST), str(roles[at])
        work.entries.append(Entry(ids[at], named.rule[at], op, unit, role, area, geometry[part], bool(gains)))
        logged.add(unit)
        if role == AUTO and seen[part]:
            spent[unit] += area
    rest = np.setdiff1d(changed, np.array(sorted(logged), dtype=np.intp))
    _log_matched(work, named, np.unique(origin[target != LEAVE]), rest)
    return spent


def _log_matched(work: Work, named: Named, done: Array, rest: Array) -> None:
    """Write down the units that only got vertices: by the settled defect they touch, else by a name of their own."""
    near: dict[int, int] = {}
    if len(done) and len(rest):
        places = named.defects.frame["geometry"].to_numpy()[done]
        unit, place = shapely.STRtree(places).query(work.shapes[rest], predicate="intersects")
        near = dict(sorted(zip(rest[unit].tolist(), done[place].tolist(), strict=True), reverse=True))
    alone = [unit for unit in rest.tolist() if unit not in near]
    codes = work.units.codes
    own = defect_ids(
        np.full(len(alone), MISMATCH), pd.Series([(codes[unit],) for unit in alone], dtype=object),
        work.shapes[np.array(alone, dtype=np.intp)], level=work.units.level,
    )  # fmt: skip
    names = dict(zip(alone, own, strict=True))
    ids, roles = named.ids.tolist(), named.plan["role"].tolist()
    for unit in rest.tolist():
        at = near.get(unit)
        name = names[unit] if at is None else ids[at]
        rule = MISMATCH if at is None else named.rule[at]
        role = AUTO if at is None else str(roles[at])
        work.entries.append(Entry(name, rule, MATCHED, unit, role, 0.0, None, None))


def _anything_new(shapes: Array, changed: Array, known: Array) -> Array:
    """Return the places beside the changed units that are wrong and were not ``known``."""
    tree = shapely.STRtree(shapes)
    near = np.unique(tree.query(shapes[changed], predicate="intersects")[1])
    regions = find_regions(shapes[near])
    points = clear_points(regions.shapes)
    edges, _ = segments_of(shapely.coverage_invalid_edges(shapes[near[regions.loose]]))
    new, loose = np.ones(len(points), dtype=bool), np.ones(len(edges), dtype=bool)
    if len(known):
        seen = shapely.STRtree(known)
        new[seen.query(points, predicate="intersects")[0]] = False
        loose[seen.query(edges, predicate="dwithin", distance=NEAR)[0]] = False
    held = np.unique(tree.query(points, predicate="intersects")[0])  # a hole in the neighbourhood, not in the layer
    new[np.intersect1d(held, np.flatnonzero(regions.count == 0))] = False
    return np.r_[regions.shapes[new], edges[loose]]
