"""Which layer lies in which: a reason for what was recognised, and a level for what was not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gridkit.io.initial.kinds import Guess
from gridkit.io.initial.places import degrees, share_inside, tiled
from gridkit.locale import gettext
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS, STREET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridkit.io.initial.look import Look
    from gridkit.io.initial.propose import Entry

_INSIDE: Final = 0.9
_TILES: Final = 0.85
_SCATTERED: Final = 0.6
_BELOW: Final[Mapping[str, str]] = {STREET: COMMUNITY, COMMUNITY: GRID}


def with_parents(entries: Sequence[Entry]) -> list[Entry]:
    """Add to every layer how much of it lies in the next wider one; little of it is a doubt."""
    layers = {entry.kind: entry for entry in entries if entry.group == "layers" and entry.look.shape == "polygon"}
    return [_told(entry, layers) if entry.group == "layers" else entry for entry in entries]


def _told(entry: Entry, layers: Mapping[str, Entry]) -> Entry:
    wider = [level for level in LEVELS[: LEVELS.index(entry.kind)] if level in layers]
    if not wider or entry.look.geometry is None:
        return entry
    parent = layers[wider[-1]]
    mine, its = degrees(entry.look), degrees(parent.look)
    if mine is None or its is None:
        return entry
    share = share_inside(mine, its)
    if share >= _INSIDE:
        text = gettext("{share} % lie in {parent}").format(share=int(100 * share), parent=parent.look.shown)
        return replace(entry, reasons=(*entry.reasons, text))
    text = gettext("only {share} % lie in {parent}").format(share=int(100 * share), parent=parent.look.shown)
    return replace(
        entry, confidence="medium" if entry.confidence == "high" else entry.confidence, doubts=(*entry.doubts, text)
    )


def level_by_place(look: Look, layers: Mapping[str, Entry]) -> tuple[Guess, str] | None:
    """Return the level of a layer that says nothing of itself, by the layers that it lies in; None where none is clear.

    What fills a wider layer is the next level below it; what only stands here and there in it are compounds. Levels
    that are there already are not given away a second time.

    Returns
    -------
    guess : Guess
    reason : str
    """
    mine = degrees(look) if look.shape == "polygon" else None
    if mine is None or look.rows < 3:
        return None
    for level in (GRID, COMMUNITY, STREET):
        its = degrees(layers[level].look) if level in layers else None
        if its is None or share_inside(mine, its) < _INSIDE or look.rows <= layers[level].look.rows:
            continue
        found = _below(level, mine, its)
        if not found or found in layers:
            return None
        text = gettext("lies in {parent} and fills {share} % of it")
        reason = text.format(parent=layers[level].look.shown, share=round(100 * tiled(mine, its)))
        known = next((one.fields for one in look.guesses if one.kind == found), {})
        return Guess(found, 1.5, known, (reason,)), reason
    return None


def _below(level: str, children: gpd.GeoSeries, parents: gpd.GeoSeries) -> str:
    share = tiled(children, parents)
    if share >= _TILES:
        return _BELOW.get(level, "")
    return COMPOUND if share <= _SCATTERED else ""
