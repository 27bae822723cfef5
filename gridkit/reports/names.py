"""Names of places and of registry records, looked up once per report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridkit.reports import words
from gridkit.reports.values import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

    def records(self, row_ids: Iterable[str]) -> list[str]:
        """Return the names of registry rows, each once; the row id where the row has no name."""
        return list(dict.fromkeys(self.rows.get(row, "") or row for row in row_ids))

    def scope(self, level: str, code: str) -> str:
        """Return the name of the scope of an indicator.

        >>> Names({"street": {"99": "Ping'an"}}, {}).scope("street", "99")
        "Ping'an"
        """
        if level in self.areas:
            return self.place(level, code)
        return " / ".join(words.labelled(words.SCOPES, part) for part in code.split("/"))

    def anywhere(self, code: str) -> str:
        """Return the name of a scope whose level is not stated, as in a claim."""
        level = next((level for level, known in self.areas.items() if code in known), "")
        return self.scope(level, code)
