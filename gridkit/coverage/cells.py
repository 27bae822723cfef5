"""Cells (file, sheet, column, row) of many records at once, and the cells behind a coverage status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.gather import gather

if TYPE_CHECKING:
    from gridkit.coverage.facts import Facts
    from gridkit.model import City

Array = np.ndarray[Any, Any]
_OF_BRANCH = ("covers", "formal_members", "term_end")


def cells(city: City, records: Array, field: str) -> Array:
    """Return ``city.cell(record, field)`` for many record ids."""
    if not len(records):
        return np.empty(0, dtype=object)
    codes, unique = pd.factorize(records)
    sources = {source.name: source for source in city.sources}
    places = []
    for record in unique:
        name, _, row = record.rpartition("!")
        places.append(sources[name].cell(int(row), field) if name in sources else record)
    return np.array(places, dtype=object)[codes]


def reasons(facts: Facts, support: pd.DataFrame) -> Array:
    """Return, per compound, the cells that its status rests on.

    For a branch its list of places (or its unit), its formal members and its term; for a pairing the target; for an
    instructor the cell that states one; then the cell with the compound's own formal members.
    """
    city, size = facts.city, len(facts.codes)
    place, record = support["place"].to_numpy(np.int64), support["record"].to_numpy(object)
    # plain objects: membership tests on them are several times faster than on arrow-backed text
    of_branch, of_pairing = (
        pd.Index(record, dtype=object).isin(index.astype(object))
        for index in (facts.branches.index, city.rows("pairings").index)
    )
    kind = np.where(of_branch, "branch", np.where(of_pairing, "pairing", "compound"))
    wanted = [("branch", "covers"), ("branch", "formal_members"), ("branch", "term_end"), ("pairing", "target_name"),
              ("compound", "instructor")]  # fmt: skip
    places, found = [], []
    for of, field in wanted:
        mask = kind == of
        places.append(place[mask])
        found.append(cells(city, record[mask], field))
    origin = facts.attributes.origin["formal_members"].to_numpy(object)
    places.append(np.arange(size))
    found.append(cells(city, origin, "formal_members"))
    return gather(np.concatenate(places), np.concatenate(found), size, ordered=False)
