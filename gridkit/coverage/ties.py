"""Ties between records and compounds: who names a compound, lies over it or owns it, surely or perhaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gridkit.coverage.kleene import MAYBE, Y
from gridkit.model import Links

if TYPE_CHECKING:
    from gridkit.model import City

TIE_COLUMNS = ("place", "record", "through", "strength")


@dataclass(frozen=True)
class Open:
    """Links split once: ``frame`` (all), ``sure`` (accepted) and ``perhaps`` (candidates that wait for a person).

    ``pending`` are the links that held rows would have, which are in none of these.
    """

    frame: pd.DataFrame
    sure: pd.DataFrame
    perhaps: pd.DataFrame
    unmatched: pd.DataFrame
    pending: pd.DataFrame

    @classmethod
    def of(cls, links: Links) -> Open:
        """Return the split of ``links``."""
        # plain objects: membership tests on them are several times faster than on arrow-backed text
        texts = dict.fromkeys(("record", "field", "level", "code"), "object")
        frame = links.frame.astype({**texts, "accepted": "bool"})
        plain = Links(frame)
        return cls(frame, frame[frame["accepted"]], plain.open(), plain.unmatched(), links.pending)

    def to(self, level: str, name: str, rows: pd.DataFrame) -> pd.DataFrame:
        """Return ``record``, ``code``, ``strength`` of the links of column ``name`` of the registry ``rows``."""
        if rows.empty:
            return pd.DataFrame({"record": [], "code": [], "strength": []}, dtype="object")
        parts = []
        for frame, strength in ((self.sure, Y), (self.perhaps, MAYBE)):
            part = frame.loc[(frame["level"] == level) & (frame["field"] == name), ["record", "code"]]
            parts.append(part[part["record"].isin(rows.index)].assign(strength=strength))
        return pd.concat(parts, ignore_index=True)


def listed(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the links of places that branches list; of rows without a list those accepted from their name."""
    blank = rows.index[rows["covers"].str.strip() == ""].astype(object)
    covers = frame[frame["field"] == "covers"]
    return covers[covers["accepted"] | ~covers["record"].isin(blank)]


def named_places(links: Open, rows: pd.DataFrame) -> pd.Series:
    """Return how many places each record names: distinct accepted codes, plus mentions that are not accepted.

    A place written twice in one list counts once.
    """
    frame = listed(links.frame, rows)
    accepted = frame.loc[frame["accepted"], ["record", "level", "code"]].drop_duplicates()
    key = ["record", "position"]
    settled = frame.loc[frame["accepted"], key].drop_duplicates()
    mentions = frame[key].drop_duplicates().merge(settled.assign(settled=True), on=key, how="left")
    waiting = mentions[mentions["settled"].isna()]
    return pd.concat([accepted["record"], waiting["record"]]).value_counts()


def community_of(rows: pd.DataFrame, links: Open) -> pd.Series:
    """Return the community of each record: its accepted link, else the code or name that it states."""
    found = links.sure[(links.sure["field"] == "community") & (links.sure["level"] == "community")]
    linked = found.drop_duplicates("record").set_index("record")["code"].reindex(rows.index).fillna("")
    stated = rows["community_code"].where(rows["community_code"] != "", rows["community_name"])
    return linked.where(linked != "", stated).astype("object")


def branch_ties(city: City, links: Open, places: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """Return the ties of branch records to the compounds that they name, lie over or are tied to by their unit.

    Parameters
    ----------
    city : City
        With the registries ``branches``, ``units``, ``premises`` as far as there are any.
    links : Open
        The links, split.
    places, attributes : pandas.DataFrame
        Indexed by compound code.

    Returns
    -------
    pandas.DataFrame
        ``record``, ``code`` (of the compound), ``through``, ``strength``, for :func:`placed`.
    """
    branches = city.rows("branches")
    by_name = links.to("compound", "covers", branches).assign(through="covers")
    grids = links.to("grid", "covers", branches)
    lying = places.loc[places["grid"] != "", ["grid"]].rename_axis("compound").reset_index()
    by_grid = grids.merge(lying, left_on="code", right_on="grid").drop(columns=["code", "grid"])
    by_grid = by_grid.rename(columns={"compound": "code"}).assign(through="grid")
    by_unit = _unit_ties(city, links, attributes).assign(through="unit")
    return pd.concat([by_name, by_grid, by_unit], ignore_index=True)


def pairing_ties(city: City, links: Open, codes: pd.Index) -> pd.DataFrame:
    """Return the ties of pairing records to the compounds they name (``through`` is ``covers``)."""
    return placed(links.to("compound", "target", city.rows("pairings")).assign(through="covers"), codes)


def _unit_ties(city: City, links: Open, attributes: pd.DataFrame) -> pd.DataFrame:
    """Branch -> its unit -> compounds where the unit has premises or which it owns."""
    of_branch = links.to("unit", "unit", city.rows("branches"))
    if of_branch.empty:
        return of_branch
    premises = city.rows("premises")
    housed = links.to("unit", "unit", premises).merge(
        links.to("compound", "compound", premises), on="record", suffixes=("_unit", "")
    )
    housed["strength"] = housed[["strength_unit", "strength"]].min(axis=1)
    housed = housed[["code_unit", "code", "strength"]].rename(columns={"code_unit": "unit"})
    where = pd.concat([housed, _owned(city.rows("units"), attributes)], ignore_index=True)
    ties = of_branch.rename(columns={"code": "unit"}).merge(where, on="unit", suffixes=("_branch", ""))
    ties["strength"] = ties[["strength_branch", "strength"]].min(axis=1)
    return ties[["record", "code", "strength"]]


def _owned(units: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """Unit row -> compounds that state it as their owner, by exact id or exact name of one unit."""
    parts = []
    for of_unit, of_compound in (("unit_id", "owner_unit_id"), ("name", "owner_unit")):
        names = units.loc[units[of_unit] != "", [of_unit]].rename_axis("unit").reset_index()
        names = names[~names[of_unit].duplicated(keep=False)]
        owners = attributes.loc[attributes[of_compound] != "", [of_compound]].rename_axis("code").reset_index()
        parts.append(names.merge(owners, left_on=of_unit, right_on=of_compound)[["unit", "code"]])
    return pd.concat(parts, ignore_index=True).drop_duplicates().assign(strength=Y)


def placed(ties: pd.DataFrame, codes: pd.Index) -> pd.DataFrame:
    """Return ``TIE_COLUMNS``: the strongest tie per compound, record and way, by the position of the compound."""
    ties = ties.assign(place=codes.get_indexer(ties["code"]))
    ties = ties[ties["place"] >= 0].sort_values(["place", "record", "through", "strength"], kind="stable")
    ties = ties.drop_duplicates(["place", "record", "through"], keep="last")
    ties["strength"] = ties["strength"].astype("int8")
    return ties[list(TIE_COLUMNS)].reset_index(drop=True)
