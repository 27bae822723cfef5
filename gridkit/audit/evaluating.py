"""Which street evaluates a unit: the one where what it is paired with lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridkit.audit.evidence import Evidence
from gridkit.audit.pairing import pairs
from gridkit.audit.rollup import among
from gridkit.audit.scopes import Scopes, look_up
from gridkit.model.fields import COMMUNITY, COMPOUND, STREET
from gridkit.model.proof import EVALUATING_COLUMNS

if TYPE_CHECKING:
    from gridkit.model import City, Links, Places


def evaluating(city: City, places: Places, links: Links) -> pd.DataFrame:
    """Return every unit with the street that evaluates it, by the place of its paired compounds and communities.

    Parameters
    ----------
    city, places, links
        What the earlier rooms hand on.

    Returns
    -------
    pandas.DataFrame
        ``EVALUATING_COLUMNS``, one row per unit and street, sorted: ``unit`` (row id of the registry; without one, what
        the pairing calls it), ``name``, ``street`` (code, ``""`` for none), ``state``, ``via`` (row ids of its
        pairings there), ``targets`` (codes of what it is paired with there). States: ``one`` street, ``several`` (each
        is listed), ``unplaced`` (paired with what lies in no known street), ``waiting`` (a link waits for a person),
        ``unpaired`` (the registry of pairings is complete and does not name it), ``unknown`` (it is not complete).
        Without a registry of pairings there are no rows.

    Notes
    -----
    The street where the paired compound lies evaluates the unit (a proposal to the Kaili consultative conference).
    """
    evidence = Evidence(city, links)
    if not evidence.has("pairings"):
        return pd.DataFrame(columns=list(EVALUATING_COLUMNS), dtype="object")
    known = pairs(evidence)
    settled = known.settled
    by_community = Scopes(city, places).above(settled["target"])[STREET]
    by_compound = look_up(settled["target"], places.frame[STREET])
    settled = settled.assign(street=by_compound.where(settled["level"] == COMPOUND, by_community))
    paired = _paired(settled)
    rest = _unpaired(city, evidence, settled["unit"], known.perhaps_units)
    table = pd.concat([paired, rest], ignore_index=True) if len(rest) else paired
    names = city.rows("units")["name"]
    table["name"] = look_up(table["unit"], names) if len(names) else table["unit"]
    return table.sort_values(["unit", "street"], ignore_index=True)[list(EVALUATING_COLUMNS)].astype("object")


def _paired(settled: pd.DataFrame) -> pd.DataFrame:
    """Return one row per unit and street of its pairs."""
    rows = [
        {"unit": unit, "street": street, "via": tuple(sorted(set(part["record"]))),
         "targets": tuple(sorted(set(part["target"])))}
        for (unit, street), part in settled.groupby(["unit", "street"], sort=True)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["unit", "street", "via", "targets"], dtype="object")
    known = frame[frame["street"] != ""].groupby("unit")["street"].size()
    streets = look_up(frame["unit"], known, missing="0").astype(int)
    state = pd.Series("one", index=frame.index, dtype="object").where(streets < 2, "several")
    return frame.assign(state=state.where(frame["street"] != "", "unplaced"))


def _unpaired(city: City, evidence: Evidence, paired: pd.Series, perhaps: frozenset[str]) -> pd.DataFrame:
    """Return the units of the registry that no settled pairing names."""
    units = city.rows("units").index
    units = units[~among(units, paired)]
    where = evidence.one("units", "community", COMMUNITY).reindex(units)
    state = pd.Series("unknown", index=units, dtype="object")
    state = state.mask(evidence.speaks_of("pairings", where), "unpaired").mask(among(units, perhaps), "waiting")
    empty = [()] * len(units)
    return pd.DataFrame(
        {"unit": units.astype("object"), "street": "", "state": state.to_numpy(), "via": empty, "targets": empty},
        dtype="object",
    )
