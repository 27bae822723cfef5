"""The levels of a city repaired in order: outlines that are right from above, codes that are right from below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.errors import UsageError
from gridkit.locale import N_
from gridkit.model.fields import COMMUNITY, GRID, STREET
from gridkit.topology.borders import BOTTOM, NONE, TOP, Borders
from gridkit.topology.closing import ROUNDS, close
from gridkit.topology.fitting import Listed, clip, left_over, list_conflicts, rebuild

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.topology.choices import Choices
    from gridkit.topology.resolve import Limits
    from gridkit.topology.work import Units, Work

Array = np.ndarray[Any, Any]
ABOVE = {GRID: COMMUNITY, COMMUNITY: STREET}


@dataclass(frozen=True)
class Order:
    """What is repaired, and by which settings: ``says`` is who is right between a level and the one above it."""

    works: Mapping[str, Work]
    given: Mapping[str, Units]
    says: Mapping[str, Borders]
    choices: Choices
    limits: Limits


def mend_in_order(order: Order) -> None:
    """Repair all levels.

    Notes
    -----
    From above: a level that is not put together from the one below it is settled by itself, and cut to the outlines
    above it where these are right. From below: parents are put together where their children are right. Communities
    that are put together from grids and lie in streets whose outlines are right get grids that are cut to the streets.
    """
    _demand_possible(order)
    for level in (STREET, COMMUNITY, GRID):
        if level in order.works:
            _from_above(order, level)
    for child in (GRID, COMMUNITY):
        if child in order.says and order.says[child].usual != TOP and order.says[child].has(BOTTOM):
            _put_together(order, child)
    if _through(order) and COMMUNITY in order.works:
        _list_left(order)


def _through(order: Order) -> bool:
    """Return whether grids make communities, which have to lie in streets."""
    sides = [order.says[child].usual if child in order.says else NONE for child in (GRID, COMMUNITY)]
    return sides == [BOTTOM, TOP]


def _from_above(order: Order, level: str) -> None:
    work, limits = order.works[level], order.limits
    made = next((child for child, above in ABOVE.items() if above == level and child in order.says), None)
    if made is not None and order.says[made].usual == BOTTOM:
        return  # put together from below
    borders, above = order.says.get(level, Borders(NONE)), ABOVE.get(level, "")
    through = level == GRID and _through(order)
    cross = 0.0 if through or borders.usual == TOP else limits.match_width
    if not (borders.has(TOP) or through):
        close(work, order.choices, limits=limits, cross=cross)
        return
    if borders.usual == TOP and borders.has(BOTTOM):
        close(work, order.choices, limits=limits, cross=cross)
        _put_together(order, level)
    cuts = [_cut(order, level, above, borders)] if borders.has(TOP) else []
    cuts += [_cut_through(order)] if through else []
    start = work.copied()
    for _attempt in range(ROUNDS):
        _cut_and_close(order, work, cuts, cross=cross)
        if work.spent <= work.barred:
            break
        work.taken_back(start, barred=work.barred | work.spent)


def _cut_and_close(order: Order, work: Work, cuts: list[tuple[Array, str, Listed, Borders]], *, cross: float) -> None:
    """Cut a level to the outlines above it, and close what that leaves, until nothing changes any more."""
    invalid, limits = work.misfits, order.limits
    for _round in range(ROUNDS):  # what is cut can leave a gap, and a gap that is closed can lie in another parent
        again = close(work, order.choices, limits=limits, cross=cross)
        found = []
        for label, up, listed, some in cuts:
            again |= clip(work, label, order.works[up], order.choices, listed=listed, limits=limits, borders=some)
            found += work.misfits
        work.misfits = found
        if not again:
            break
    work.misfits = list(dict.fromkeys([*invalid, *work.misfits]))


def _cut(order: Order, level: str, above: str, borders: Borders) -> tuple[Array, str, Listed, Borders]:
    label = label_of(order.works[level].units, order.works[above].units)
    listed = list_conflicts(order.given[level], label, order.given[above], limits=order.limits)
    return label, above, listed, borders


def _cut_through(order: Order) -> tuple[Array, str, Listed, Borders]:
    """Return how grids are cut to the streets in which their communities lie."""
    works, given = order.works, order.given
    first = label_of(works[GRID].units, works[COMMUNITY].units)
    second = label_of(works[COMMUNITY].units, works[STREET].units)
    label = np.where(first >= 0, np.append(second, -1)[first], -1)
    own = list_conflicts(given[GRID], label, given[STREET], limits=order.limits)
    told = list_conflicts(given[COMMUNITY], second, given[STREET], limits=order.limits)
    both = Listed(pd.concat([own.frame, told.frame], ignore_index=True))  # what an inspection tells goes first
    return label, STREET, both, order.says[COMMUNITY]


def _put_together(order: Order, child: str) -> None:
    """Put the parents of a level together where its units are right."""
    below, work = order.works[child], order.works[ABOVE[child]]
    label = label_of(below.units, work.units)
    listed = list_conflicts(order.given[child], label, order.given[ABOVE[child]], limits=order.limits)
    before, failed, borders = work.misfits, work.failed, order.says[child]
    for _round in range(ROUNDS):
        again = rebuild(below, label, work, order.choices, listed=listed, limits=order.limits, borders=borders)
        if borders.usual != BOTTOM:  # units beside the border have to get its vertices
            again |= close(work, order.choices, limits=order.limits, cross=order.limits.match_width)
        if not again:
            break
    work.misfits = list(dict.fromkeys([*before, *work.misfits]))
    work.failed = list(dict.fromkeys([*failed, *work.failed]))


def _list_left(order: Order) -> None:
    """Note where communities without grids, or that wait, lie outside their streets."""
    work, above = order.works[COMMUNITY], order.works[STREET]
    label = label_of(work.units, above.units)
    listed = list_conflicts(order.given[COMMUNITY], label, order.given[STREET], limits=order.limits)
    names = left_over(work, label, above, listed)
    waiting = {*order.works[GRID].misfits, *order.works[GRID].waiting, *work.misfits}
    work.misfits += [name for name in names if name not in waiting]


def label_of(below: Units, above: Units) -> Array:
    """Return the parent of each child as a position in the level above, -1 for none."""
    return above.codes.get_indexer(pd.Index(below.parents, dtype=object))


def _demand_possible(order: Order) -> None:
    """Refuse a border of communities that follows the grids where it has to follow the outlines of streets as well.

    Raises
    ------
    UsageError
    """
    if GRID not in order.says or COMMUNITY not in order.says or order.says[GRID].usual != TOP:
        return
    units, streets = order.works[COMMUNITY].units, order.says[COMMUNITY]
    street_of = dict(zip(map(str, units.codes), map(str, units.parents), strict=True))
    for pair, rule in sorted(order.says[GRID].said.items(), key=lambda item: sorted(item[0])):
        above = frozenset(street_of.get(code, "") for code in pair)
        if rule not in (TOP, NONE) and len(above) == 2 and streets.said.get(above, streets.usual) == TOP:
            raise UsageError(
                N_("the border of {pair} cannot follow its units: it is that of {streets}, whose outlines are right"),
                remedy=N_('let both borders have the same authority in [[repair.borders]], or "top" for this one'),
                pair=" / ".join(sorted(pair)), streets=" / ".join(sorted(above)),
            )  # fmt: skip


def with_winners(units: Units, borders: Borders | None) -> Units:
    """Return the units of a level with the borders at which one of two of them is right."""
    return units if borders is None else replace(units, winners=borders.winners())
