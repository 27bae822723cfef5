"""Two levels made to fit, with a log: parents rebuilt from their children, or children cut to their parents."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.locale import N_
from gridkit.topology.borders import BOTTOM, TOP, Borders
from gridkit.topology.choices import AUTO, DO_GIVE, DO_KEEP, DO_REMOVE
from gridkit.topology.closing import NO_TARGET, NONE_SUGGESTED, Named, carry_out, really
from gridkit.topology.defects import find_defects, wider, widths
from gridkit.topology.misfits import find_misfits
from gridkit.topology.nested import find_clips, parents_of
from gridkit.topology.records import defect_ids, rule_of, units_of
from gridkit.topology.repair import LEAVE, REMOVE, ROUNDING
from gridkit.topology.resolve import ASK, GIVE, KEEP, changes_of, over_bound
from gridkit.topology.work import MATCHED, REBUILT, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.topology.choices import Choices, Decision
    from gridkit.topology.nested import Clips
    from gridkit.topology.resolve import Limits
    from gridkit.topology.work import Units, Work

Array = np.ndarray[Any, Any]

OUTSIDE, UNFILLED, UNMATCHED, EXCLAVE = "T351", "T352", "T353", "T354"
NOWHERE: Final = -1
NOISE: Final = 1e-6
"""Metres: what is narrower comes from rounding, and is no conflict."""
SPECK: Final = 1e-6
"""Square metres: what is smaller is none either."""
ALL_BOTTOM, ALL_TOP = Borders(BOTTOM), Borders(TOP)
_AGAINST_CODES: Final = N_("the units there state the parent {stated}, and parents are put together from their units")
_CHANGE_CODES: Final = N_('write one of these targets: {may}; or keep; or correct codes, or say authority = "top"')
_ONLY_GIVE: Final = N_("nothing is removed there: units are cut to the outlines of their parents")


@dataclass(frozen=True)
class Listed:
    """The conflicts of code and place before anything was changed.

    ``frame`` has ``name`` (the id that an inspection gives), ``names`` (every id by which it may be decided), ``rule``,
    ``area`` and ``geometry``.
    """

    frame: pd.DataFrame

    def at(self, shapes: Array) -> Array:
        """Return the row in which each place lies, overlaps of the outlines themselves first; -1 for none."""
        result = np.full(len(shapes), NOWHERE, dtype=np.intp)
        if len(shapes) and len(self.frame):
            points = shapely.point_on_surface(shapes)
            at, row = shapely.STRtree(self.frame["geometry"].to_numpy()).query(points, predicate="intersects")
            np.maximum.at(result, at, row)
        return result


def list_conflicts(below: Units, label: Array, above: Units, *, limits: Limits) -> Listed:
    """Return where the parents that children state and the outlines of the parents differ, as the layers were given.

    Parameters
    ----------
    below, above : Units
        Children and parents as they were given.
    label : numpy.ndarray of int
        The parent that each child states, a position in ``above``; -1 for none.
    limits : Limits
    """
    found = find_misfits(below.shapes, label, above.shapes)
    geometry = found["geometry"].to_numpy()
    units = _units_of(found["children"], found["drawn"], below.codes, above.codes)
    free = (found["children"].map(len) == 0).to_numpy()
    rule = np.where(free, UNFILLED, OUTSIDE).astype(object)
    both = [
        defect_ids(names, units, geometry, level=below.level)
        for names in (rule, np.where(free, UNFILLED, EXCLAVE).astype(object))
    ]
    told = pd.DataFrame({"rule": rule, "area": found["area"], "geometry": geometry, "name": both[0]})
    told["names"] = list(zip(*both, strict=True)) if len(told) else pd.Series([], dtype=object)
    defects = find_defects(above.shapes)
    shapes = defects.frame["geometry"].to_numpy()
    code = rule_of(defects, above.shapes, match_width=limits.match_width)
    ids = defect_ids(code, units_of(defects, above.codes), shapes, level=above.level)
    drawn = pd.DataFrame({"rule": code, "area": defects.frame["area"], "geometry": shapes, "name": ids})
    drawn["names"] = [(name,) for name in ids]
    drawn = drawn[(defects.frame["count"] > 1).to_numpy()]
    return Listed(pd.concat([told, drawn], ignore_index=True))


def _units_of(children: pd.Series, drawn: pd.Series, codes: pd.Index, above: pd.Index) -> pd.Series:
    """Return the codes of the children at each place, of the outlines where there is no child."""
    return pd.Series(
        [
            tuple(codes[list(mine)]) if mine else tuple(above[list(outlines)])
            for mine, outlines in zip(children, drawn, strict=True)
        ],
        dtype=object,
    )


def _decision(listed: Listed, row: int, own: str, choices: Choices) -> tuple[str, Decision] | None:
    """Return the decision on a place and its defect, by the names of the conflict it is part of, else by its own."""
    names = (own,) if row == NOWHERE else (*listed.frame["names"].iloc[row], own)
    return next(((name, one) for name in names if (one := choices.of(name)) is not None), None)


def rebuild(
    below: Work, label: Array, above: Work, choices: Choices, *, listed: Listed, limits: Limits,
    borders: Borders = ALL_BOTTOM,
) -> bool:  # fmt: skip
    """Put the parents together from their children; what is beyond the limits stays as it is drawn and waits.

    Returns whether any parent was changed.

    Parameters
    ----------
    below, above : Work
        ``above`` is changed in place.
    label : numpy.ndarray of int
    choices : Choices
        A decision ``give`` at a place follows the children; ``keep`` leaves the outline as it is drawn.
    listed : Listed
    limits : Limits
        A place is bound by area and width, a parent as a whole by the share of its area.
    borders : Borders
        Where the children are right; other places stay as they are drawn, without a word.
    """
    made = parents_of(below.shapes, label, len(above.shapes))
    has = ~shapely.is_missing(made) & ~above.units.locked
    misfits = find_misfits(below.shapes, label, above.shapes)
    real = (widths(misfits["geometry"].to_numpy()) > NOISE) & (misfits["area"].to_numpy() > SPECK)
    table = pd.DataFrame(_changes(misfits, has), columns=["place", "parent", "gains"])
    table["area"] = misfits["area"].to_numpy()[table["place"].to_numpy(np.intp)]
    rows = listed.at(misfits["geometry"].to_numpy())
    names = _names(misfits, rows, listed, below.units, above.units)
    sided = borders.at(zip(misfits["stated"], misfits["drawn"], strict=True), above.units.codes)
    mine = sided.side == BOTTOM
    plan = _plan(misfits, table, above=above, limits=limits, cross=np.where(sided.said, math.inf, borders.cross))
    plan.loc[sided.asked, "action"] = ASK
    plan.loc[~mine, "action"] = KEEP
    for place, (row, own) in enumerate(zip(rows.tolist(), names["own"], strict=True)):
        decided = _decision(listed, row, own, choices)
        if decided is not None and real[place] and mine[place]:
            _obey(plan, misfits, place, *decided, codes=above.units.codes, choices=choices)
    concerned = np.zeros(len(misfits), dtype=bool)
    concerned[table["place"].to_numpy(np.intp)] = True
    above.misfits = list(
        dict.fromkeys(names.loc[concerned & real & ~_told(below, misfits) & (plan["action"] == ASK).to_numpy(), "name"])
    )
    free = (plan["action"] == GIVE).to_numpy()
    fresh = _put_together(made, misfits, table[~free[table["place"].to_numpy(np.intp)]])
    done = table[free[table["place"].to_numpy(np.intp)]]
    bad = np.union1d(np.flatnonzero(_other_type(above.units.shapes, fresh)), _other_area(above.shapes, fresh, done))
    late = done[(done["parent"].isin(bad) & real[done["place"].to_numpy(np.intp)]).to_numpy()]
    above.failed = list(dict.fromkeys(names["name"].to_numpy()[late["place"].to_numpy(np.intp)].tolist()))
    done = done[~done["parent"].isin(bad).to_numpy()]
    if not real[done["place"].to_numpy(np.intp)].any():
        if shapely.coverage_is_valid(above.shapes):
            return False
        done = done.iloc[:0]  # outlines that fit get the vertices of their children, no more
    stuck = np.union1d(bad, np.setdiff1d(table["parent"].to_numpy(np.intp), done["parent"].to_numpy(np.intp)))
    candidates = np.setdiff1d(np.flatnonzero(has), stuck)
    if borders.usual != BOTTOM:  # what lies at no border of these keeps the vertices of its outline
        candidates = np.intersect1d(candidates, done["parent"].to_numpy(np.intp))
    result = above.shapes.copy()
    result[candidates] = fresh[candidates]
    changed = really(above.shapes, result, candidates)
    above.shapes[changed] = result[changed]
    _log_rebuilt(above, misfits, done, names, plan=plan, changed=changed)
    return bool(len(changed))


def left_over(below: Work, label: Array, above: Work, listed: Listed) -> list[str]:
    """Return the ids of the places where two levels differ now."""
    misfits = find_misfits(below.shapes, label, above.shapes)
    real = (widths(misfits["geometry"].to_numpy()) > NOISE) & (misfits["area"].to_numpy() > SPECK)
    rows = listed.at(misfits["geometry"].to_numpy())
    names = _names(misfits, rows, listed, below.units, above.units)
    return list(dict.fromkeys(names.loc[real & ~_told(below, misfits), "name"]))


def _other_type(before: Array, fresh: Array) -> Array:
    """Return which polygons would come out in several parts, or broken: a layer may have no place for them."""
    single = shapely.get_type_id(before) == shapely.GeometryType.POLYGON
    whole = np.isin(shapely.get_type_id(fresh), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    return (single & (shapely.get_num_geometries(fresh) > 1)) | ~whole | ~shapely.is_valid(fresh)


def _other_area(before: Array, fresh: Array, done: pd.DataFrame) -> Array:
    """Return the parents whose area would change by more than the places say: lines too close to be told apart."""
    signed = np.where(done["gains"].to_numpy(dtype=bool), 1.0, -1.0) * done["area"].to_numpy()
    due = np.bincount(done["parent"].to_numpy(np.intp), weights=signed, minlength=len(before))
    error = np.abs(shapely.area(fresh) - shapely.area(before) - due)
    return np.flatnonzero(error > ROUNDING * np.maximum(shapely.length(before), 1.0))


def _told(below: Work, places: pd.DataFrame) -> Array:
    """Return which places without a child lie in a gap of the level itself, which waits or is kept there."""
    result = np.zeros(len(places), dtype=bool)
    if len(below.left) and len(places):
        points = shapely.point_on_surface(places["geometry"].to_numpy())
        result[np.unique(shapely.STRtree(below.left).query(points, predicate="intersects")[0])] = True
    return result & (places["children"].map(len) == 0).to_numpy()


def _changes(misfits: pd.DataFrame, has: Array) -> Iterator[tuple[int, int, bool]]:
    """Yield which parent gains or loses which place."""
    for place, (stated, drawn) in enumerate(zip(misfits["stated"], misfits["drawn"], strict=True)):
        for parent in sorted((set(stated) ^ set(drawn)) - {NOWHERE}):
            if has[parent]:
                yield place, parent, parent in stated


def _plan(misfits: pd.DataFrame, table: pd.DataFrame, *, above: Work, limits: Limits, cross: Array) -> pd.DataFrame:
    """Return what is done at each place: ``action``, ``role``.

    Ground that children of one parent have in the outline of another is asked about where it is wider than ``cross``.
    """
    shapes, area = misfits["geometry"].to_numpy(), misfits["area"].to_numpy()
    seen = wider(shapes, np.full(len(shapes), limits.match_width))
    crossing = (misfits["stated"].map(len).to_numpy() > 0) & (misfits["drawn"].map(len).to_numpy() > 0)
    crossing &= wider(shapes, cross)
    large = (area > limits.area) | wider(shapes, np.full(len(shapes), limits.gap_width)) | crossing
    counted = table[(seen & ~large)[table["place"].to_numpy(np.intp)]]
    counted = counted.rename(columns={"place": "defect", "parent": "unit"})
    large[over_bound(counted, shapely.area(above.units.shapes), limits=limits, used=above.used)] = True
    return pd.DataFrame({"action": np.where(large, ASK, GIVE).astype(object), "role": AUTO}, index=misfits.index)


def _obey(
    plan: pd.DataFrame, misfits: pd.DataFrame, place: int, name: str, decision: Decision, *, codes: pd.Index,
    choices: Choices,
) -> None:  # fmt: skip
    """Put a decision on a place into the plan, or note why it cannot be followed."""
    stated = {str(codes[one]) for one in misfits["stated"].iloc[place] if one != NOWHERE}
    drawn = {str(codes[one]) for one in misfits["drawn"].iloc[place]}
    wins = {DO_GIVE: not stated or decision.target in ("", *stated), DO_REMOVE: decision.target in drawn - stated}
    if decision.what == DO_KEEP:
        plan.loc[place, ["action", "role"]] = [KEEP, decision.role]
    elif wins.get(decision.what):
        plan.loc[place, ["action", "role"]] = [GIVE, decision.role]
        choices.followed.add(name)
    else:  # against what the children say: their codes have to be changed, not their parent's outline
        plan.loc[place, "action"] = ASK
        choices.deny(name, _AGAINST_CODES, may=sorted(stated), remedy=_CHANGE_CODES, stated=", ".join(sorted(stated)))


def _names(misfits: pd.DataFrame, rows: Array, listed: Listed, below: Units, above: Units) -> pd.DataFrame:
    """Return the id and the rule of each place: those of the conflict listed before, else its own."""
    units = _units_of(misfits["children"], misfits["drawn"], below.codes, above.codes)
    rule = np.where(misfits["children"].map(len) == 0, UNFILLED, OUTSIDE).astype(object)
    name = defect_ids(rule, units, misfits["geometry"].to_numpy(), level=below.level).to_numpy(dtype=object, copy=True)
    own = name.copy()
    old = rows != NOWHERE
    name[old] = listed.frame["name"].to_numpy()[rows[old]]
    rule[old] = listed.frame["rule"].to_numpy()[rows[old]]
    return pd.DataFrame({"name": name, "rule": rule, "own": own}, index=misfits.index)


def _put_together(made: Array, misfits: pd.DataFrame, left: pd.DataFrame) -> Array:
    """Return the parents from their children, with the places that are ``left`` as they are drawn."""
    result = made.copy()
    for place, parent, gains in left[["place", "parent", "gains"]].itertuples(index=False):
        shape = misfits["geometry"].iloc[place]
        join = shapely.difference if gains else shapely.union
        result[parent] = join(result[parent], shape)
    return result


def _log_rebuilt(
    above: Work, misfits: pd.DataFrame, done: pd.DataFrame, names: pd.DataFrame, *, plan: pd.DataFrame, changed: Array
) -> None:
    logged = set()
    for place, parent, gains, area in done[["place", "parent", "gains", "area"]].itertuples(index=False):
        name, rule = names[["name", "rule"]].iloc[place]
        shape, role = misfits["geometry"].iloc[place], str(plan["role"].iloc[place])
        above.entries.append(Entry(name, rule, REBUILT, int(parent), role, float(area), shape, bool(gains)))
        logged.add(int(parent))
    rest = [unit for unit in changed.tolist() if unit not in logged]
    own = defect_ids(
        np.full(len(rest), UNMATCHED), pd.Series([(above.units.codes[unit],) for unit in rest], dtype=object),
        above.units.shapes[np.array(rest, dtype=np.intp)], level=above.units.level,
    )  # fmt: skip
    for unit, name in zip(rest, own, strict=True):
        above.entries.append(Entry(name, UNMATCHED, MATCHED, unit, AUTO, 0.0, None, None))


def clip(
    below: Work, label: Array, above: Work, choices: Choices, *, listed: Listed, limits: Limits,
    borders: Borders = ALL_TOP,
) -> bool:  # fmt: skip
    """Cut the children to their parents; what is beyond the limits stays and waits. Return whether any changed.

    Parameters
    ----------
    below, above : Work
        ``below`` is changed in place; the shapes of ``above`` are a coverage.
    label : numpy.ndarray of int
    choices : Choices
        A decision ``give`` names the child that gets the place (of the drawn parent; the suggested one where it is
        blank); ``keep`` leaves the children as they are.
    listed : Listed
    limits : Limits
    borders : Borders
        Where the outlines of the parents are right; children stay as they are elsewhere, without a word.
    """
    found = find_clips(below.shapes, label, above.shapes)
    defects = found.defects
    frame = defects.frame
    rows = listed.at(frame["geometry"].to_numpy())
    claims = defects.claimed.groupby("defect")["unit"].agg(tuple).reindex(frame.index)
    misfits = pd.DataFrame({"geometry": frame["geometry"], "area": frame["area"]})
    misfits["children"] = [one if isinstance(one, tuple) else () for one in claims]
    misfits["drawn"] = [(one,) if one >= 0 else () for one in found.drawn.tolist()]
    names = _names(misfits, rows, listed, below.units, above.units)
    stated = [tuple({int(label[child]) for child in some}) for some in misfits["children"]]
    sided = borders.at(zip(stated, misfits["drawn"], strict=True), above.units.codes)
    plan = _clip_plan(below, found, limits=limits)
    plan.loc[sided.asked & (plan["action"] == GIVE).to_numpy(), "action"] = ASK
    plan.loc[sided.side != TOP, "action"] = KEEP
    for place, (row, own) in enumerate(zip(rows.tolist(), names["own"], strict=True)):
        decided = _decision(listed, row, own, choices)
        if decided is not None and plan["action"].iloc[place] != KEEP:
            heirs = _may_have(found, place, label, codes=below.units.codes, above=above.units.codes)
            _obey_clip(plan, place, *decided, heirs=heirs, choices=choices)
    target = np.where(plan["action"] == GIVE, plan["target"], LEAVE).astype(np.int64)
    named = Named(defects, names["rule"].to_numpy(), pd.Index(names["name"], dtype=object), plan)
    changed, left, spent = carry_out(below, named, defects, np.arange(len(frame)), target, width=limits.match_width)
    waits = left & ~_told(below, misfits) & (plan["action"] == ASK).to_numpy()
    below.cut = spent if below.cut is None else below.cut + spent
    below.misfits = list(dict.fromkeys(named.ids[waits].tolist()))
    return bool(len(changed))


def _clip_plan(below: Work, found: Clips, *, limits: Limits) -> pd.DataFrame:
    """Return what is done at each place: ``action``, ``target``, ``role``."""
    units, defects = below.units, found.defects
    frame = defects.frame
    shapes = frame["geometry"].to_numpy()
    target = np.where(found.target >= 0, found.target, np.where(found.drawn == NOWHERE, REMOVE, LEAVE))
    target = target.astype(np.int64)
    ask = (frame["area"].to_numpy() > limits.area) | wider(shapes, np.full(len(shapes), limits.gap_width))
    ask |= target == LEAVE
    if len(units.compounds) and len(shapes):
        ask[shapely.STRtree(shapes).query(units.compounds, predicate="within")[1]] = True
    moves = changes_of(defects, target, target != LEAVE)
    ask[moves.loc[units.locked[moves["unit"].to_numpy(np.intp)], "defect"].to_numpy(np.intp)] = True
    seen = wider(shapes, np.full(len(shapes), limits.match_width))
    counted = moves[(seen & ~ask)[moves["defect"].to_numpy(np.intp)]]
    ask[counted.loc[counted["unit"].isin(below.barred), "defect"].to_numpy(np.intp)] = True
    over = over_bound(counted, shapely.area(units.shapes), limits=limits, used=below.cut)
    if below.cut is not None:  # a second repair would not know what was spent: such units are left from the start
        units_over = counted.loc[counted["defect"].isin(over), "unit"]
        below.spent |= {unit for unit in units_over.tolist() if below.cut[unit] > 0}
    ask[over] = True
    plan = pd.DataFrame({"action": np.where(ask, ASK, GIVE).astype(object), "target": target, "role": AUTO})
    plan.loc[(widths(shapes) <= NOISE) | (frame["area"].to_numpy() <= SPECK), "action"] = KEEP
    if len(below.kept) and len(shapes):
        kept = shapely.STRtree(below.kept).query(shapely.point_on_surface(shapes), predicate="intersects")[0]
        plan.loc[np.unique(kept), "action"] = KEEP
    return plan


def _may_have(found: Clips, place: int, label: Array, *, codes: pd.Index, above: pd.Index) -> dict[str, int]:
    """Return the children that may have a place, in the order of preference, by their codes and those of parents."""
    claimed, borders = found.defects.claimed, found.defects.borders
    claimants = claimed.loc[claimed["defect"] == place, "unit"].tolist()
    beside = borders[borders["defect"] == place].sort_values(["length", "unit"], ascending=[False, True])["unit"]
    suggested = [one for one in (int(found.target[place]),) if one >= 0]
    units = list(dict.fromkeys([*suggested, *map(int, claimants), *map(int, beside)]))
    result = {str(codes[unit]): unit for unit in units}
    for unit in units:
        if label[unit] >= 0:
            result.setdefault(str(above[label[unit]]), unit)
    return result


def _obey_clip(
    plan: pd.DataFrame, place: int, name: str, decision: Decision, *, heirs: dict[str, int], choices: Choices
) -> None:
    """Put a decision on a place into the plan, or note why it cannot be followed."""
    if decision.what == DO_KEEP:
        plan.loc[place, ["action", "role"]] = [KEEP, decision.role]
        return
    heir = heirs.get(decision.target) if decision.target else int(plan["target"].iloc[place])
    if decision.what != DO_GIVE or heir is None or heir in (NOWHERE, LEAVE):
        why = _ONLY_GIVE if decision.what != DO_GIVE else NO_TARGET if decision.target else NONE_SUGGESTED
        choices.deny(name, why, may=heirs)
        return
    choices.followed.add(name)
    plan.loc[place, ["action", "target", "role"]] = [GIVE, heir, decision.role]
