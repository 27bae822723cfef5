"""Which of several tables or layers of one kind are used: together, one before another, or as a registry."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.initial.columns import has_points
from gridkit.io.initial.dates import newest
from gridkit.io.initial.systems import system_of
from gridkit.io.text import cell_text, compact
from gridkit.locale import gettext
from gridkit.model.fields import COMPOUND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.initial.look import Look
    from gridkit.io.initial.propose import Entry

_STALE: Final = re.compile(
    r"备份|副本|作废|废弃|旧(?:版|表|数据|图|台账|文件|的|[\W_]|$)|(?<![a-z])(?:old|bak)(?![a-z])|backup",
    re.I,
)
_SUMMARY: Final = re.compile(r"汇总|总表|合计|汇合|summary|total", re.I)
_COVERED: Final = 0.9
"""Share of a summary that the tables beside it must hold to be read in its place."""

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "compounds": ("name", "community_name", "community_code"),
    "branches": ("name", "community_name"),
    "units": ("name",),
    "premises": ("unit_name", "compound_name", "community_name", "premises_kind"),
    "pairings": ("unit_name", "target_name"),
    "property_companies": ("name",),
    "property_service": ("company_name", "compound_name", "community_name"),
    "owners_committees": ("compound_name", "community_name"),
    "service_points": ("name",),
    "ledgers": ("item_id", "community_name", "item"),
    "codes": ("code",),
}
"""What tells one record of a registry from another; a community may be written in the name of its file only."""


def in_one_place(rivals: dict[tuple[str, str], list[Entry]]) -> None:
    """Move tables without coordinates from the compound layer to the registry, where they are not alone.

    Files of one form stay together, and what has a place outranks what has none.
    """
    layers = rivals["layers", COMPOUND]
    registries = rivals["registries", "compounds"]
    drawn = any(entry.look.geometry is not None or _has_place(entry) for entry in layers)
    listed = [*registries, *layers]
    for entry in [one for one in layers if one.look.geometry is None and not _has_place(one)]:
        same = any(other is not entry and _same_form(entry, other) for other in listed)
        if (drawn or same) and better_as_registry(entry):
            layers.remove(entry)
            registries.append(as_registry(entry))


def _has_place(entry: Entry) -> bool:
    return has_points(entry.look.guesses, entry.look)


def better_as_registry(entry: Entry) -> bool:
    """Tell whether a table can be read as a registry of compounds."""
    return any(one.kind == "compounds" for one in entry.look.guesses)


def as_registry(entry: Entry) -> Entry:
    """Return an entry as one of the registry of compounds."""
    guess = next(one for one in entry.look.guesses if one.kind == "compounds")
    return replace(entry, group="registries", kind="compounds", guess=guess)


def rank(entry: Entry) -> tuple[Any, ...]:
    """Polygons before points before tables, then what is surer, larger, first by name."""
    unreadable = entry.look.geometry is not None and bool(system_of(entry.look)[2])
    areal = {"polygon": 0, "point": 1, "": 2 - ("lon" in entry.guess.fields)}[entry.look.shape]
    return (
        unreadable,
        stale(entry.look),
        entry.guess.score < 1.8,
        areal,
        -entry.guess.score,
        -entry.look.rows,
        entry.look.name,
    )


def together(kind: str, found: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return which tables make up one registry together: of one form, and with records of their own."""
    if len(found) < 2:
        return list(found), []
    by_name = sorted(found, key=lambda one: one.look.name)
    last = {one.look.name for one in found if stale(one.look) or _summary(one, kind, found)}
    ordered = sorted(
        by_name,
        key=lambda one: (one.look.name not in last, newest(one.look), one.guess.score, one.look.rows),
        reverse=True,
    )
    best, kept, left = ordered[0], [ordered[0]], []
    seen = set(_keys(kind, best))
    for entry in ordered[1:]:
        own = _keys(kind, entry)
        common = len(own & seen) / max(1, min(len(own), len(seen)))
        if _same_form(best, entry) and common <= 0.1:
            kept.append(entry)
            seen |= own
        else:
            left.append(replace(entry, question=_question(best, entry, common)))
    return sorted(kept, key=lambda one: one.look.name), sorted(left, key=lambda one: one.look.name)


def _question(best: Entry, entry: Entry, common: float) -> str:
    if not _same_form(best, entry):
        text = gettext("its columns are others than those of {name}, which is used; which one counts, or both?")
        return text.format(name=best.look.shown)
    text = gettext("{share} % of its records are in {name} too, which is used; which one counts?")
    return text.format(name=best.look.shown, share=round(100 * common))


def _same_form(one: Entry, other: Entry) -> bool:
    mine, its = set(one.guess.fields), set(other.guess.fields)
    return bool(mine & its) and len(mine & its) / len(mine | its) >= 0.6


def _keys(kind: str, entry: Entry) -> set[tuple[str, ...]]:
    positions = [entry.guess.fields[name] for name in _KEYS[kind] if name in entry.guess.fields]
    rows = zip(*(entry.look.columns[at] for at in positions), strict=True) if positions else iter(())
    return {key for row in rows if any(key := tuple(compact(cell_text(cell)) for cell in row))}


def stale(look: Look) -> bool:
    """Tell whether a table or layer is called a copy, or an old one.

    >>> from gridkit.io.initial.look import Look
    >>> [stale(Look(name)) for name in ("社区_备份.shp", "小区旧.gpkg", "旧城社区.xlsx", "x_old.csv", "gold.csv")]
    [True, True, False, True, False]
    """
    return bool(_STALE.search(look.name))


def _summary(entry: Entry, kind: str, found: Sequence[Entry]) -> bool:
    """Tell whether a sheet only sums up what the sheets beside it hold."""
    if not _SUMMARY.search(entry.look.part):
        return False
    beside = [one for one in found if one is not entry and _same_form(entry, one) and not stale(one.look)]
    own = _keys(kind, entry)
    held = set().union(*(_keys(kind, one) for one in beside)) if beside else set()
    return bool(own) and len(beside) > 1 and len(own & held) >= _COVERED * len(own)
