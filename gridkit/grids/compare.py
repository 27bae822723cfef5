"""What differs between two plans of grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridkit.grids.lineage import matching, origins, relations

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.model.plan import Plan


@dataclass(frozen=True)
class Difference:
    """Whole numbers of households and grids, and the relations between the two plans.

    ``moved`` households live in atoms whose grid is another one now (``households`` in all); ``kept`` grids go on with
    the same land, ``changed`` with other borders, ``issued`` are new, ``retired`` are gone.
    """

    households: int
    moved: int
    kept: int
    changed: int
    issued: int
    retired: int
    relations: pd.DataFrame
    matched: dict[str, str]

    def __repr__(self) -> str:
        return f"<Difference: {self.moved} of {self.households} households change grid, {self.kept} grids unchanged>"


def diff_plans(old: Plan, new: Plan) -> Difference:
    """Return what changed from one plan to the other.

    Parameters
    ----------
    old, new : Plan
        Of the same ground.
    """
    table = relations(old, new)
    matched = matching(old, new)
    before = old.assignment.reindex(origins(old, new)).fillna("").to_numpy()
    # a grid that goes on under no old code is a new one, also where it kept its uid
    after = new.assignment.map(lambda uid: matched.get(uid, f"new {uid}" if uid else "")).to_numpy()
    size = new.atoms.frame["households"].astype("int64")
    same = set(table.loc[table["relation"] == "unchanged", "grid_new"])
    return Difference(
        households=int(size.sum()),
        moved=int(size[before != after].sum()),
        kept=sum(uid in same for uid in matched),
        changed=sum(uid not in same for uid in matched),
        issued=len(new.grids) - len(matched),
        retired=len(old.grids) - len(matched),
        relations=table,
        matched=matched,
    )
