"""Figures of areas that the indicator table does not hold: share uncovered, own branch, members per 100 households."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gridkit.audit.rollup import UNPLACED
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.model import Run

UNCOVERED, OWN, MEMBERS = "map.uncovered", "map.own_branch", "map.members_per_100"
TITLES: Final[Mapping[str, str]] = {
    UNCOVERED: N_("compounds that are not covered"),
    OWN: N_("compounds with a branch of their own as deciding status"),
    MEMBERS: N_("formal members per 100 households"),
}
COLUMNS: Final = ("id", "scope_level", "scope", "basis", "numerator", "denominator", "unknown")


def shares(run: Run, levels: Sequence[str]) -> pd.DataFrame:
    """Return one row per figure and area, like the indicator table: whole numbers, what is unknown apart.

    Compounds without a status that is known stay in the denominator. ``members_per_100`` counts only compounds of
    which both numbers are known; of an area in which none is, the denominator is 0.

    Parameters
    ----------
    run : Run
    levels : sequence of str
        Levels of areas.

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS``.
    """
    status = run.coverage.frame["status"].fillna("UNKNOWN").to_numpy(dtype=object)
    index = run.coverage.frame.index
    unknown = status == "UNKNOWN"
    one = np.ones(len(index), dtype=np.int64)
    attributes = run.attributes.frame.reindex(index)
    homes, members = (attributes[name].astype("Int64") for name in ("households", "formal_members"))
    both = (homes.notna() & members.notna()).to_numpy(dtype=bool)
    homes_, members_ = (np.where(both, column.fillna(0).to_numpy(np.int64), 0) for column in (homes, members))
    none = np.zeros(len(index), dtype=np.int64)
    figures = {
        UNCOVERED: ("compounds", (status == "UNCOVERED").astype(np.int64), one, unknown.astype(np.int64)),
        OWN: ("compounds", (status == "OWN_BRANCH").astype(np.int64), one, unknown.astype(np.int64)),
        MEMBERS: ("members", members_, homes_, none),
    }
    parts = []
    for level in levels:
        scope = run.places.frame[level].reindex(index).fillna("").replace("", UNPLACED)
        for name, (basis, *numbers) in figures.items():
            if not numbers[1].any():
                continue
            sums = pd.DataFrame(dict(zip(COLUMNS[4:], numbers, strict=True)), index=index).groupby(scope).sum()
            parts.append(sums.rename_axis("scope").reset_index().assign(id=name, scope_level=level, basis=basis))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)] if parts else pd.DataFrame(columns=list(COLUMNS))
