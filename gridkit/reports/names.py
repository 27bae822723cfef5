"""Names of places and of registry records, looked up once per report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridkit.model.fields import GRID
from gridkit.reports import words
from gridkit.reports.values import texts
from gridkit.rules.labels import ANSWERS, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridkit.model import City, Run

_NAME_FIELDS = ("name", "unit_name", "company_name", "compound_name", "item")
"""Fields that hold the name of an organisation or a place, never of a person."""


def _registry_names(city: City) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in sorted(city.registries):
        frame = city.registries[kind].frame
        field = next((name for name in _NAME_FIELDS if name in frame.columns), None)
        if field is not None:
            found.update(zip(frame.index.tolist(), texts(frame[field]), strict=True))
    return found


@dataclass(frozen=True)
class Names:
    """Names by level and code, and by registry row id.

    ``areas`` maps level -> code -> name; ``rows`` maps row id -> name of the organisation in that row.
    """

    areas: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, str]

    @classmethod
    def of(cls, run: Run) -> Names:
        """Collect the names of a run."""
        areas = {
            level: dict(zip(layer.frame.index.tolist(), texts(layer.frame["name"]), strict=True))
            for level, layer in run.city.layers.items()
        }
        return cls(areas, _registry_names(run.city))

    def place(self, level: str, code: str) -> str:
        """Return the name of one place, its code where it has none."""
        return self.areas.get(level, {}).get(code, "") or code

    def places(self, level: str, codes: pd.Series) -> list[str]:
        """Return the names of many places of one level, codes where there is no name."""
        known = self.areas.get(level, {})
        return [known.get(code, "") or code for code in texts(codes)]

    def thing(self, code: str) -> str:
        """Return the name of a record (by row id) or a place (by code); the code itself where it has none.

        Grids of many communities are called the same, so their code stands with the name.

        >>> names = Names({"grid": {"990101": "Grid 1"}}, {"a.xlsx!3": "Branch A"})
        >>> names.thing("a.xlsx!3"), names.thing("990101"), names.thing("x")
        ('Branch A', 'Grid 1 (990101)', 'x')
        """
        if self.rows.get(code):
            return self.rows[code]
        level = next((level for level, known in self.areas.items() if known.get(code)), "")
        if level == GRID:
            return label(f"{self.areas[GRID][code]} ({code})", "place")
        return self.areas[level][code] if level else code

    def scope(self, level: str, code: str) -> str:
        """Return the name of the scope of an indicator.

        >>> Names({"street": {"99": "Ping'an"}}, {}).scope("street", "99")
        "Ping'an"
        """
        if level in self.areas:
            return self.place(level, code)
        if level == "kind":
            return words.labelled(ANSWERS, code) if code in ANSWERS else label(code, "unit_kind")
        return " / ".join(words.scope_label(part) for part in code.split("/"))

    def anywhere(self, code: str) -> str:
        """Return the name of a scope whose level is not stated, as in a claim."""
        level = next((level for level, known in self.areas.items() if code in known), "")
        return self.scope(level, code)
