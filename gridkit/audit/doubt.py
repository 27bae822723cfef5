"""How many more compounds may be covered by mentions that name nothing known.

A branch that names a compound nobody knows (an old name, a slip of the pen, a ghost) may mean a compound that is
otherwise without coverage. Which one, nobody can say; how many at most, can be counted: each such mention covers one
compound more, in the community that its row states, or anywhere where it states none. A rate whose upper end left them
out would be too narrow, and would accuse compounds that are covered under another name.

A row that covers "all" of a community that nobody knows is no such mention: the compounds it may mean are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gridkit.audit.rollup import UNPLACED, among
from gridkit.model.fields import COMPOUND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.audit.evidence import Evidence
    from gridkit.audit.rollup import Items

STATUS_OF_KIND: Final = {
    "compound": "OWN_BRANCH",
    "joint": "JOINT_BRANCH",
    "unit": "UNIT_ORG",
    "retired": "UNIT_ORG",
    "grid": "GRID_BRANCH",
    "functional": "FUNCTIONAL_ONLY",
    "": "OWN_BRANCH",
}
"""Branch kind -> the status that a compound would have if the branch covers it; a kind nobody states may be any."""


@dataclass(frozen=True)
class Doubt:
    """Mentions that name nothing known: ``record`` (row id) and ``community`` (code or ``""``), one row per mention."""

    mentions: pd.DataFrame

    @classmethod
    def of(cls, evidence: Evidence, statuses: Iterable[str]) -> Doubt:
        """Return the mentions of active branches that could give one of ``statuses``."""
        branches = evidence.existing_branches()
        able = branches.index[branches["branch_kind"].map(STATUS_OF_KIND).isin(set(statuses))]
        return cls.among(evidence, able, COMPOUND)

    @classmethod
    def among(cls, evidence: Evidence, able: pd.Index, level: str) -> Doubt:
        """Return the mentions of the branch rows ``able`` that name nothing of ``level`` (compounds or grids)."""
        rows = evidence.unmatched
        # "all" may mean any compound of a place; "override" is known, by a person's decision, to mean none.
        named = (rows["field"] == "covers") & (rows["level"] == level) & ~rows["method"].isin(["all", "override"])
        rows = rows[named.to_numpy(dtype=bool)]
        rows = rows[among(rows["record"], able)]
        community = rows["record"].map(evidence.community_of_branches).astype("object").fillna("")
        mentions = pd.DataFrame({"record": rows["record"].astype("object"), "community": community})
        return cls(mentions.sort_values(["record", "community"], ignore_index=True))

    @property
    def records(self) -> tuple[str, ...]:
        """Row ids of the mentions, each once."""
        return tuple(sorted(set(self.mentions["record"])))

    def weights(
        self, items: Items, lacking: np.ndarray, *, weight: np.ndarray, community: pd.Series
    ) -> dict[str, np.ndarray]:
        """Return, per scope level, the weight that each item may add at most to "covered" in its scope.

        Parameters
        ----------
        items : Items
            The compounds with their scopes.
        lacking : numpy.ndarray of bool
            Which of them are known not to be covered.
        weight : numpy.ndarray of int
            What each counts (1, or its households).
        community : pandas.Series
            The community code of each item.

        Notes
        -----
        The heaviest compounds that lack coverage are taken, so that the sum is an upper bound for every scope.
        """
        if self.mentions.empty:
            return {}
        allowed = self.mentions["community"].value_counts()
        result = {}
        for level in items.groups:
            label = pd.Series("", index=items.frame.index) if level == "city" else items.frame[level]
            result[level] = _heaviest(
                community.reindex(items.frame.index), label, np.where(lacking, weight, 0), allowed=allowed
            )
        return result


def _heaviest(community: pd.Series, label: pd.Series, weight: np.ndarray, *, allowed: pd.Series) -> np.ndarray:
    """Keep, per scope, the heaviest items of each community up to its number, then those anywhere; 0 for the rest."""
    result = np.zeros(len(weight), dtype=np.int64)
    if not weight.any():
        return result
    frame = pd.DataFrame({
        "label": label.replace("", UNPLACED).to_numpy(dtype=object),
        "community": community.to_numpy(dtype=object),
        "weight": weight,
        "at": np.arange(len(weight)),
    })  # fmt: skip
    frame = frame[frame["weight"] > 0].sort_values(["weight", "at"], ascending=[False, True], kind="stable")
    stated = frame["community"].map(allowed).where(frame["community"] != "", 0).fillna(0)
    taken = frame.groupby(["label", "community"]).cumcount() < stated
    rest = frame[~taken]
    anywhere = rest.index[rest.groupby("label").cumcount() < allowed.get("", 0)]
    kept = frame.loc[taken | frame.index.isin(anywhere), "at"].to_numpy()
    result[kept] = weight[kept]
    return result
