"""Which registry rows speak of which things: accepted links, links that wait for a person, and declared silence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gridkit.audit.rollup import among
from gridkit.model.fields import COMMUNITY, UNKNOWN

if TYPE_CHECKING:
    from gridkit.model import City, Links

ACTIVE: Final = ("active", "")
"""Branch statuses of an organisation that exists; one without a status is taken to exist, as the registry lists it."""


Table = dict[tuple[str, str], pd.DataFrame]


def _by_mention(frame: pd.DataFrame) -> Table:
    """Return ``record``, ``code`` per field and level, as plain objects, each pair once."""
    pairs = frame[["record", "code"]].astype("object")
    keys = frame.groupby(["field", "level"]).indices
    return {(str(field), str(level)): pairs.iloc[at].drop_duplicates() for (field, level), at in keys.items()}


@dataclass(frozen=True)
class Evidence:
    """The links of a city, by the registry and mention column that they come from."""

    city: City
    links: Links

    @cached_property
    def _tables(self) -> tuple[Table, Table]:
        frame = self.links.frame
        return _by_mention(frame[frame["accepted"].astype(bool)]), _by_mention(self.links.open())

    @cached_property
    def unmatched(self) -> pd.DataFrame:
        """The mentions without any candidate."""
        return self.links.unmatched()

    def _rows(self, table: Table, kind: str, field: str, level: str) -> pd.DataFrame:
        rows = table.get((field, level), pd.DataFrame({"record": [], "code": []}, dtype="object"))
        return rows[among(rows["record"], self.city.rows(kind).index)].reset_index(drop=True)

    def linked(self, kind: str, field: str, level: str) -> pd.DataFrame:
        """Return ``record``, ``code`` of the accepted links of registry ``kind``."""
        return self._rows(self._tables[0], kind, field, level)

    def waiting(self, kind: str, field: str, level: str) -> pd.DataFrame:
        """Return ``record``, ``code`` of the candidates that wait for a person."""
        return self._rows(self._tables[1], kind, field, level)

    def one(self, kind: str, field: str, level: str) -> pd.Series:
        """Return record -> code, the smallest code where a record was linked to several."""
        rows = self.linked(kind, field, level)
        if rows["record"].duplicated().any():
            rows = rows.sort_values(["record", "code"]).drop_duplicates("record")
        return rows.set_index("record")["code"]

    @cached_property
    def community_of_branches(self) -> pd.Series:
        """Row id of a branch -> the community that its row was linked to."""
        return self.one("branches", "community", COMMUNITY)

    def has(self, kind: str) -> bool:
        """Return whether the city has this registry at all."""
        return kind in self.city.registries

    def speaks_of(self, kind: str, codes: pd.Series) -> np.ndarray:
        """Return for which ``codes`` (of any level) the silence of registry ``kind`` means no."""
        registry = self.city.registries.get(kind)
        if registry is None or not registry.complete or not registry.scope:
            return np.full(len(codes), registry is not None and registry.complete)
        return (
            codes.astype("object")
            .fillna("")
            .map(lambda code: str(code).startswith(registry.scope))
            .to_numpy(dtype=bool)
        )

    def active_branches(self) -> pd.DataFrame:
        """Return the branch rows that exist: neither planned nor dissolved."""
        rows = self.city.rows("branches")
        return rows[rows["branch_status"].isin(ACTIVE)]

    def existing_branches(self) -> pd.DataFrame:
        """Return the branch rows that exist or may: also those with a status that nobody could read."""
        rows = self.city.rows("branches")
        return rows[rows["branch_status"].isin((*ACTIVE, UNKNOWN))]
