"""Which grid, community, street and class the counted things belong to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from gridkit.audit.rollup import Items
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, STREET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.model import City, Places

CLASSES = {"urban": "urban", "township": "township", "village": "township"}
"""Community type -> class of the urban-township split; a village counts as township, no type as ``unclassed``."""


def look_up(keys: pd.Series, values: pd.Series, missing: str = "") -> pd.Series:
    """Return the text that each of ``keys`` has in ``values``, ``missing`` where it has none.

    >>> look_up(pd.Series(["a", "b"]), pd.Series({"a": "x"}, dtype="object")).tolist()
    ['x', '']
    """
    return keys.map(values).astype("object").fillna(missing)


@dataclass(frozen=True)
class Scopes:
    """The city's hierarchy, by geometry where the layers have one."""

    city: City
    places: Places

    def _codes(self, level: str) -> list[str]:
        layer = self.city.layers.get(level)
        return [] if layer is None else layer.frame.index.tolist()

    def _parent(self, level: str, stated: str) -> pd.Series:
        """Return child code -> parent code, from the places, or as the layer states it."""
        if level in self.places.parents:
            return self.places.parents[level].astype("object")
        layer = self.city.layers.get(level)
        return pd.Series(dtype="object") if layer is None else layer.frame[stated].astype("object")

    def above(self, communities: pd.Series) -> pd.DataFrame:
        """Return ``class``, ``street``, ``community`` for things known by the code of their community, if any."""
        layer = self.city.layers.get(COMMUNITY)
        kinds = pd.Series(dtype="object") if layer is None else layer.frame["community_type"].map(CLASSES)
        return pd.DataFrame(
            {
                "class": look_up(communities, kinds),
                "street": look_up(communities, self._parent(COMMUNITY, "street_code")),
                "community": communities.astype("object"),
            },
            index=communities.index,
        )

    @cached_property
    def compounds(self) -> Items:
        """The compounds of the layer, the denominator of all their rates, with scopes; empty scopes are kept."""
        index = pd.Index(self._codes(COMPOUND), dtype="object")
        frame = self.places.frame.reindex(index)[[GRID, COMMUNITY, STREET]].fillna("").astype("object")
        frame.insert(0, "class", self.above(frame[COMMUNITY])["class"])
        known = {level: self._codes(level) for level in (STREET, COMMUNITY, GRID)}
        return Items(frame[["class", STREET, COMMUNITY, GRID]], known)

    def grids(self) -> Items:
        """Return the grids of the layer by class, street and community."""
        codes = pd.Index(self._codes(GRID), dtype="object")
        parent = self._parent(GRID, "community_code")
        return Items(self.above(look_up(pd.Series(codes, index=codes, dtype="object"), parent)))

    def communities(self) -> Items:
        """Return the communities of the layer by class and street."""
        codes = pd.Index(self._codes(COMMUNITY), dtype="object")
        return Items(self.above(pd.Series(codes, index=codes, dtype="object"))[["class", STREET]])

    def rows(self, index: pd.Index, communities: pd.Series) -> Items:
        """Return registry rows by the community that ``communities`` (row id -> code) gives them, if any."""
        return Items(self.above(communities.reindex(index).astype("object").fillna("")))

    def rows_by_compound(self, index: pd.Index, compounds: pd.Series) -> Items:
        """Return registry rows by the community of the compound that ``compounds`` (row id -> code) gives them."""
        return self.rows(index, look_up(compounds, self.places.frame[COMMUNITY]))


def only_city(ids: Iterable[str]) -> Items:
    """Return things that have no scope below the city."""
    return Items(pd.DataFrame(index=pd.Index(list(ids), dtype="object")))
