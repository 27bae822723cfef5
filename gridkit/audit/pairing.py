"""Pairing of units with communities and compounds, counted from both sides, and the rule of own premises first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gridkit.audit.rollup import Rate, among, rollup
from gridkit.audit.scopes import look_up
from gridkit.model.fields import COMMUNITY, COMPOUND

if TYPE_CHECKING:
    import numpy as np

    from gridkit.audit.evidence import Evidence
    from gridkit.audit.rollup import Items
    from gridkit.audit.scopes import Scopes


@dataclass(frozen=True)
class Pairs:
    """Settled pairs (``record``, ``unit``, ``level``, ``target``), and what may be paired once a link is settled."""

    settled: pd.DataFrame
    perhaps_units: frozenset[str]
    perhaps_targets: frozenset[str]
    levels: frozenset[str]

    def of(self, level: str) -> pd.DataFrame:
        """Return the pairs with targets of one level."""
        return self.settled[self.settled["level"] == level]


def pairs(evidence: Evidence) -> Pairs:
    """Return the pairs of the registry ``pairings``.

    A pair is settled where both its unit and its target are linked. A row of which only one side is linked, or has
    candidates that wait, makes the other sides it names perhaps paired, never unpaired.
    """
    rows = evidence.city.rows("pairings")
    units = evidence.linked("pairings", "unit", "unit").rename(columns={"code": "unit"})
    if not evidence.has("units"):  # nothing to link to: a unit is then whom the row names
        named = rows["unit_id"].where(rows["unit_id"] != "", rows["unit_name"])
        units = named[named != ""].rename("unit").rename_axis("record").reset_index()
    targets = [
        evidence.linked("pairings", "target", level).assign(level=level).rename(columns={"code": "target"})
        for level in (COMMUNITY, COMPOUND)
    ]
    target = pd.concat(targets, ignore_index=True)
    settled = units.merge(target, on="record").sort_values(["unit", "level", "target", "record"], ignore_index=True)
    done = settled["record"]
    open_units = evidence.waiting("pairings", "unit", "unit")["code"]
    open_targets = pd.concat([evidence.waiting("pairings", "target", level) for level in (COMMUNITY, COMPOUND)])["code"]
    half_units = units.loc[~among(units["record"], done), "unit"]
    half_targets = target.loc[~among(target["record"], done), "target"]
    levels = {*rows["target_kind"].unique(), *target["level"].unique()} - {""}
    return Pairs(
        settled, frozenset([*open_units, *half_units]), frozenset([*open_targets, *half_targets]), frozenset(levels)
    )


def unit_items(scopes: Scopes, evidence: Evidence) -> Items:
    """Return the units of the registry by the community they lie in."""
    return scopes.rows(scopes.city.rows("units").index, evidence.one("units", "community", COMMUNITY))


def pairing_rates(scopes: Scopes, evidence: Evidence) -> list[list[pd.DataFrame]]:
    """Return ``pairing.units``, ``pairing.communities``, ``pairing.compounds`` and ``premises.priority_kept``.

    Without a complete pairing registry what it does not name is unknown. The rate of a kind of target that the registry
    never pairs is left out.
    """
    if not evidence.has("pairings"):
        return []
    known, parts = pairs(evidence), []
    if evidence.has("units"):
        items = unit_items(scopes, evidence)
        parts.append(rollup(items, _units(items, evidence, known)))
        if evidence.has("premises"):
            parts.append(rollup(*_priority(items, evidence, known, scopes)))
    communities, compounds = scopes.communities(), scopes.compounds
    for name, level, items in (
        ("pairing.communities", COMMUNITY, communities),
        ("pairing.compounds", COMPOUND, compounds),
    ):
        if level in known.levels:
            parts.append(rollup(items, _targets(name, items, evidence, known, level=level, scopes=scopes)))
    return parts


def _silent(items: Items, evidence: Evidence, communities: pd.Series) -> np.ndarray:
    """Return for which items it means nothing that no pairing names them."""
    return ~evidence.speaks_of("pairings", communities.reindex(items.frame.index))


def _units(items: Items, evidence: Evidence, known: Pairs) -> Rate:
    units = evidence.city.rows("units")
    held = items.mask(known.settled["unit"])
    unknown = _silent(items, evidence, items.frame["community"]) | items.mask(known.perhaps_units)
    military = tuple(sorted(units.index[units["unit_kind"] == "military"]))
    details = {"military": military, "pairings": len(evidence.city.rows("pairings"))}
    return Rate("pairing.units", "units", held, unknown, details=details)


def _targets(name: str, items: Items, evidence: Evidence, known: Pairs, *, level: str, scopes: Scopes) -> Rate:
    held = items.mask(known.of(level)["target"])
    unknown = _silent(items, evidence, items.frame.index.to_series()) | items.mask(known.perhaps_targets)
    details: dict[str, object] = {"pairings": len(known.of(level))}
    if level == COMMUNITY:
        via = look_up(known.of(COMPOUND)["target"], scopes.places.frame[COMMUNITY])
        details["only_by_a_compound"] = int((items.mask(via) & ~held).sum())
    return Rate(name, "communities" if level == COMMUNITY else "compounds", held, unknown, details=details)


def _priority(units: Items, evidence: Evidence, known: Pairs, scopes: Scopes) -> tuple[Items, Rate]:
    """Return the rate of units paired with a compound in which they have premises, among all units with premises."""
    unit = evidence.linked("premises", "unit", "unit").rename(columns={"code": "unit"})
    items = units.only(units.mask(unit["unit"]))
    compound = evidence.linked("premises", "compound", COMPOUND).rename(columns={"code": "target"})
    owned = unit.merge(compound, on="record")
    there = known.of(COMPOUND)[["unit", "target"]].drop_duplicates()
    held = items.mask(owned.merge(there, on=["unit", "target"])["unit"])
    near = owned[["unit"]].assign(target=look_up(owned["target"], scopes.places.frame[COMMUNITY]))
    beside = items.mask(near.merge(known.of(COMMUNITY)[["unit", "target"]], on=["unit", "target"])["unit"])
    unplaced = items.mask(unit.loc[~among(unit["record"], owned["record"]), "unit"])
    silent = _silent(items, evidence, items.frame["community"])
    details = {"only_with_its_community": tuple(items.ids[beside & ~held].tolist())}
    unknown = silent | unplaced | items.mask(known.perhaps_units)
    return items, Rate("premises.priority_kept", "units", held, unknown, details=details)
