"""What the rows of a check are about: the name of a place or organisation, and the street and community they state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.model.fields import COMMUNITY, STREET

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridkit.model import City
    from gridkit.reports.check import Place

_NAMES: Final = ("name", "compound_name", "unit_name", "company_name")
"""Fields with the name of a place or an organisation; the subject of a ledger is free text and stays out."""

_Told = tuple[str, str, str]
_NOTHING: Final[_Told] = ("", "", "")


class Subjects:
    """Looks up what a row of a file is about; rows that were set aside say nothing.

    Examples
    --------
    >>> from gridkit.model import City
    >>> from gridkit.reports.check import Place
    >>> Subjects(City("nowhere", "EPSG:4545")).of(Place("a.csv!3", "a.csv", 3))
    ('', '', '')
    """

    def __init__(self, city: City) -> None:
        self._names = {
            level: dict(zip(layer.frame.index, layer.frame["name"], strict=True))
            for level, layer in city.layers.items()
            if level in (STREET, COMMUNITY)
        }
        self._rows: dict[tuple[str, int], _Told] = {}
        for level, layer in city.layers.items():
            self._add(layer.frame, level)
        for registry in city.registries.values():
            self._add(registry.frame)

    def of(self, place: Place) -> _Told:
        """Return name, street and community of the row in which a place lies; ``""`` for what it does not say."""
        return self._rows.get((place.source, place.row), _NOTHING)

    def _add(self, frame: pd.DataFrame, level: str = "") -> None:
        names = _first(frame, _NAMES, {})
        street = (
            names if level == STREET else _first(frame, ("street_name", "street_code"), self._names.get(STREET, {}))
        )
        community = ("community_name", "community_code")
        stated = names if level == COMMUNITY else _first(frame, community, self._names.get(COMMUNITY, {}))
        rows = zip(frame["src"], frame["row"].astype(int), names, street, stated, strict=True)
        for src, row, *told in rows:
            self._rows[src, row] = (told[0], told[1], told[2])


def _first(frame: pd.DataFrame, fields: tuple[str, ...], known: Mapping[str, str]) -> list[str]:
    """Return per row the first of some fields that says something; a code by its name where that is known."""
    out = [""] * len(frame)
    for field in fields:
        if field in frame:
            out = [have or known.get(value, value) for have, value in zip(out, frame[field], strict=True)]
    return out
