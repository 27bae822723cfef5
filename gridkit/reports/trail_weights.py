"""What the ids behind a figure count: one each, or their households, residents, area, members, units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.audit.evidence import Evidence
from gridkit.audit.pairing import pairs
from gridkit.audit.scopes import look_up
from gridkit.model.fields import COMMUNITY, GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from gridkit.model import Run

_OF_INDICATOR: Final[Mapping[tuple[str, str, bool], str]] = {
    ("load.households_per_grid", "households", True): "grid.households",
    ("load.units_per_community", "units", True): "community.units",
    ("owners.party_share", "members", True): "committee.party_members",
    ("owners.party_share", "members", False): "committee.members",
    ("members.reported", "members", True): "unit.members_reported",
    ("members.reported", "members", False): "unit.members",
    ("owners.party_share_min", "members", True): "committee.party_members",
    ("owners.party_share_min", "members", False): "committee.members",
}
"""(indicator, basis, whether the numerator is asked for) -> weight, where an id does not count one."""


MATRIX: Final = "matrix"
"""Weights of the definition matrix: ``matrix.compound.area`` is the column ``weight.area`` of its definitions."""


def traced_weight(indicator: str, basis: str, part: str) -> str:
    """Return the weight of the ids behind one part of an indicator; empty where each counts one.

    >>> traced_weight("coverage.work.valid", "households", "unknown")
    'households'
    """
    if part == "excluded":
        return ""
    if indicator.startswith("coverage."):
        return "households" if basis == "households" else ""
    return _OF_INDICATOR.get((indicator, basis, part == "numerator"), "")


def weigh(run: Run, name: str, ids: tuple[str, ...]) -> int:
    """Return what ``ids`` count together in the weight ``name``; a missing value counts nothing.

    Parameters
    ----------
    run : Run
    name : str
        Empty (one each), ``households``, ``grid.households``, ``community.units``, ``committee.members``,
        ``committee.party_members``, ``unit.members``, ``unit.members_reported``, or one of the matrix.
    ids : tuple of str
        Codes or row ids.
    """
    if not name or not ids:
        return len(ids)
    if name.startswith(f"{MATRIX}."):
        subject, weight = name.split(".")[1:]
        values = run.result.definitions[subject][f"weight.{weight}"]
    else:
        values = _WEIGHTS[name](run)
    found = values[values.index.isin(ids)]
    if len(found) != len(ids):  # rows that lack the value, or an id that is asked for twice
        found = values.reindex(list(ids))
    return int(found.fillna(0).sum())


def _households(run: Run) -> pd.Series:
    return run.attributes.frame["households"]


def _grid_households(run: Run) -> pd.Series:
    """Return the households of grids as the grid layer states them, else the sum over the compounds."""
    stated = run.city.layers[GRID].frame["households"].astype("Int64")
    place = run.places.frame[GRID]
    homes = _households(run).reindex(place.index).astype("Int64")
    complete = homes.notna().groupby(place).all()
    return stated.fillna(homes.groupby(place).sum().where(complete).reindex(stated.index).astype("Int64"))


def _units(run: Run) -> pd.Series:
    """Return how many units are paired with each community or with a compound in it."""
    known = pairs(Evidence(run.city, run.links)).settled
    inside = look_up(known["target"], run.places.frame[COMMUNITY])
    community = known["target"].where(known["level"] == COMMUNITY, inside)
    return known.assign(community=community).drop_duplicates(["unit", "community"]).groupby("community").size()


def _registry(run: Run, kind: str, column: str) -> pd.Series:
    return run.city.rows(kind)[column]


_WEIGHTS: Final[Mapping[str, Callable[[Run], pd.Series]]] = {
    "households": _households,
    "grid.households": _grid_households,
    "community.units": _units,
    "unit.members": lambda run: _registry(run, "units", "members"),
    "unit.members_reported": lambda run: _registry(run, "units", "members_reported"),
    "committee.members": lambda run: _registry(run, "owners_committees", "members"),
    "committee.party_members": lambda run: _registry(run, "owners_committees", "party_members"),
}
