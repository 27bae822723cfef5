"""Coverage of compounds, the urban-township gap, and the cross-table of management modes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.doubt import STATUS_OF_KIND, Doubt
from gridkit.audit.rollup import Items, Rate, one_row, rollup
from gridkit.model.fields import COMMUNITY, NO, UNKNOWN, YES

if TYPE_CHECKING:
    from gridkit.audit.evidence import Evidence
    from gridkit.audit.scopes import Scopes
    from gridkit.model import Attributes, Coverage

OLD_UNTIL: Final = 2000
"""Last year of building of an old compound (domain note 2.8)."""

SMALL_N: Final = 30
"""With fewer compounds than this on either side a gap in points says little; it is then marked ``small_n``."""


def coverage_rates(
    scopes: Scopes, evidence: Evidence, attributes: Attributes, *, coverage: Coverage
) -> list[list[pd.DataFrame]]:
    """Return ``coverage.*`` by compounds and households over the whole layer, and ``gap.organisation``.

    A compound that the coverage does not know is unknown; one without a household count is excluded from the
    households and named, never counted as none. Mentions that name nothing known widen the intervals by as many
    compounds as they may cover; ``details`` name their records (``possible``).
    """
    items = scopes.compounds
    frame = coverage.frame.reindex(items.frame.index)
    households = attributes.frame["households"].reindex(items.frame.index).astype("Int64")
    counted = households.notna().to_numpy(dtype=bool)
    weight = households.fillna(0).to_numpy(dtype=np.int64)
    valid = frame["valid"].fillna(UNKNOWN).to_numpy(dtype=object)
    parts: list[list[pd.DataFrame]] = []
    for kind in ("organisation", "work"):
        value = frame[kind].fillna(UNKNOWN).to_numpy(dtype=object)
        yes, open_ = value == YES, value == UNKNOWN
        doubt = Doubt.of(evidence, coverage.counts_as if kind == "organisation" else STATUS_OF_KIND.values())
        where = items.frame[COMMUNITY]
        details = {"counts_as": tuple(coverage.counts_as), "ruleset": coverage.ruleset, "possible": doubt.records}
        as_declared = (yes, open_)
        as_valid = (yes & (valid == YES), open_ | (yes & ~np.isin(valid, (YES, NO))))
        for variant, (held, unknown) in (("declared", as_declared), ("valid", as_valid)):
            # As valid, a name that matches nothing may also mean a compound whose organisation does not hold.
            lacking = ~held & ~unknown
            one = doubt.weights(items, lacking, weight=np.ones(len(value), dtype=np.int64), community=where)
            many = doubt.weights(items, lacking & counted, weight=weight, community=where)
            name = f"coverage.{kind}.{variant}"
            parts.append(rollup(items, Rate(name, "compounds", held, unknown, doubt=one, details=details)))
            by_home = Rate(name, "households", held, unknown, counted, weight, doubt=many, details=details)
            parts.append(rollup(items, by_home))
            if name == "coverage.organisation.declared":
                parts += [[pd.DataFrame([gap(parts[0], "compounds"), gap(parts[1], "households")])]]
    return parts


def gap(part: list[pd.DataFrame], basis: str) -> dict[str, Any]:
    """Return the urban rate less the township rate as one row, from the rows of the rate by scope level.

    Both rates are intervals, so the gap is one: from (lowest urban - highest township) to (highest urban - lowest
    township), on the common denominator ``urban n * township n``. The urban and township numbers are in ``details``.
    """
    rows = pd.concat([frame[frame["scope_level"] == "class"] for frame in part])
    sides = {}
    for side in ("urban", "township"):
        row = rows[rows["scope"] == side]
        sides[side] = [int(row[name].sum()) for name in ("numerator", "denominator", "unknown", "excluded")]
    (a, m, p, x), (b, n, q, y) = sides["urban"], sides["township"]
    numbers = (a * n - (b + q) * m, m * n, x + y, p * n + q * m)
    details: dict[str, object] = {
        side: {"numerator": value[0], "denominator": value[1], "unknown": value[2]} for side, value in sides.items()
    }
    points = [round(100 * value / (m * n), 6) for value in (numbers[0], numbers[0] + numbers[3])] if m * n else []
    details |= {"points": tuple(points), "small_n": min(m, n) < SMALL_N}
    return one_row("gap.organisation", basis, numbers, details=details)


def mode_table(scopes: Scopes, evidence: Evidence, attributes: Attributes, *, coverage: Coverage) -> list[pd.DataFrame]:
    """Return ``mode.covered``: organisation coverage by management mode and age, scopes like ``joint/old``."""
    index = scopes.compounds.frame.index
    frame = attributes.frame.reindex(index)
    mode = frame["management_mode"].fillna("").replace("", UNKNOWN).astype("object")
    year = frame["built_year"].astype("Int64")
    age = pd.Series(np.where((year <= OLD_UNTIL).fillna(False), "old", "new"), index=index, dtype="object")
    age = age.where(year.notna(), UNKNOWN)
    items = Items(pd.DataFrame({"mode": mode + "/" + age}, index=index))
    value = coverage.frame["organisation"].reindex(items.frame.index).fillna(UNKNOWN).to_numpy(dtype=object)
    one = Doubt.of(evidence, coverage.counts_as).weights(
        items, value == NO, weight=np.ones(len(value), dtype=np.int64), community=scopes.compounds.frame[COMMUNITY]
    )
    return rollup(items, Rate("mode.covered", "compounds", value == YES, value == UNKNOWN, doubt=one))
