"""Which registry rows speak of which things: accepted links, links that wait for a person, and declared silence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.model import City, Links

ACTIVE: Final = ("active", "")
"""Branch statuses of an organisation that exists; one without a status is taken to exist, as the registry lists it."""


@dataclass(frozen=True)
class Evidence:
    """The links of a city, by the registry and mention column that they come from."""

    city: City
    links: Links

    @cached_property
    def _tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        frame = self.links.frame
        return frame[frame["accepted"].astype(bool)], self.links.open()

    def _rows(self, table: pd.DataFrame, kind: str, field: str, level: str) -> pd.DataFrame:
        rows = table[(table["field"] == field) & (table["level"] == level)]
        rows = rows[rows["record"].isin(self.city.rows(kind).index)]
        return rows[["record", "code"]].drop_duplicates().reset_index(drop=True)

    def linked(self, kind: str, field: str, level: str) -> pd.DataFrame:
        """Return ``record``, ``code`` of the accepted links of registry ``kind``."""
        return self._rows(self._tables[0], kind, field, level)

    def waiting(self, kind: str, field: str, level: str) -> pd.DataFrame:
        """Return ``record``, ``code`` of the candidates that wait for a person."""
        return self._rows(self._tables[1], kind, field, level)

    def one(self, kind: str, field: str, level: str) -> pd.Series:
        """Return record -> code, the smallest code where a record was linked to several."""
        rows = self.linked(kind, field, level)
        return rows.groupby("record")["code"].min().astype("object")

    def has(self, kind: str) -> bool:
        """Return whether the city has this registry at all."""
        return kind in self.city.registries

    def speaks_of(self, kind: str, codes: pd.Series) -> np.ndarray:
        """Return for which ``codes`` (of any level) the silence of registry ``kind`` means no."""
        registry = self.city.registries.get(kind)
        if registry is None or not registry.complete:
            return np.zeros(len(codes), dtype=bool)
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
