"""How the headline's groups go with "confirmed uncovered" and "possibly covered" of the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.locale import gettext as _
from gridkit.maps.features import group_of
from gridkit.maps.words import GROUPS

if TYPE_CHECKING:
    from gridkit.model import Run


def certainty(run: Run) -> list[str]:
    """Return what leads from the groups of the headline to the figures of the reports; nothing without an audit.

    The reports divide all compounds without organisation coverage by how sure that is; the map by what they have
    instead. Both come from the same run, and the sentence has both sums.
    """
    shades = run.result.shades["shade"].reindex(run.coverage.frame.index).dropna()
    groups = group_of(run.coverage)
    if not len(shades) or len(shades) != len(groups):
        return []
    sums, counts = shades.value_counts(), groups[groups != "covered"].value_counts()
    parts = [f"{_(label)} {int(counts[name])}" for name, label in GROUPS.items() if counts.get(name, 0)]
    if not parts:
        return []
    text = _(
        "Without organisation coverage: {n} = {parts}. Of these {confirmed} are confirmed uncovered (nothing in the "
        "files could cover them) and {possible} are possibly covered. “Not covered” in the legend leaves out those "
        "with work coverage only and those planned."
    )
    n, confirmed, possible = int(counts.sum()), int(sums.get("confirmed", 0)), int(sums.get("possible", 0))
    return [text.format(n=n, parts=" + ".join(parts), confirmed=confirmed, possible=possible)]
