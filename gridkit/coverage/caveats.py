"""What a reader must know before the figures: registries that are not there or not declared complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.locale import gettext

if TYPE_CHECKING:
    from gridkit.model import City


def caveats(city: City) -> list[str]:
    """Return sentences, in the current language, about what the coverage of ``city`` cannot say; usually none.

    >>> from gridkit.model import City
    >>> len(caveats(City("nowhere", "EPSG:4544")))
    1
    """
    registry = city.registries.get("branches")
    if registry is None:
        return [
            gettext(
                "No registry of party organisations is in the project: whether a compound is covered by one is "
                "unknown, and no compound can be called uncovered."
            )
        ]
    declared = registry.complete or any(s.kind == "branches" and s.complete for s in city.sources)
    if not declared:
        return [
            gettext(
                "The registry of party organisations is not declared complete: a compound that it does not name is "
                "unknown, not uncovered."
            )
        ]
    return []
