"""Joint branches as one table: how many places each names, how far apart they lie, how many members they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridkit.coverage.kleene import Y

if TYPE_CHECKING:
    from gridkit.coverage.facts import Facts

_SMALL = 32


@dataclass(frozen=True)
class JointBranches:
    """Active joint branches, and compound branches that name several places.

    ``table`` is indexed by record: ``kind``, ``named``, ``reachable`` (named places that are, or may be, in a layer),
    ``span_m`` (largest distance between two of its compounds, 0 where fewer than two have a place), ``communities``
    (distinct ones that its compounds lie in), ``members`` (the smaller of the formal members stated for the branch and
    the sum over its compounds; a sum counts only where every place is linked and every number known).
    """

    table: pd.DataFrame
    ties: dict[str, tuple[int, ...]]
    names: dict[str, str]

    @classmethod
    def of(cls, facts: Facts) -> JointBranches:
        """Return the joint branches among the facts."""
        rows = facts.branches
        index, ties = _joined(facts)
        table = rows.loc[index, ["kind", "named"]].copy()
        if table.empty:
            return cls(table, {}, {})
        table["reachable"] = _reachable(facts, index)
        table["span_m"] = _spans(facts, ties).reindex(index).fillna(0.0)
        communities = facts.places["community"].iloc[ties["place"].to_numpy()].to_numpy()
        placed = pd.DataFrame({"record": ties["record"].to_numpy(), "community": communities})
        placed = placed[placed["community"] != ""]
        table["communities"] = placed.groupby("record")["community"].nunique().reindex(index, fill_value=0)
        table["members"] = _members(facts, ties, table)
        partners = {str(record): tuple(sorted(places)) for record, places in ties.groupby("record")["place"]}
        return cls(table.sort_index(), partners, facts.city.rows("branches")["name"].to_dict())

    def partners(self, record: str) -> tuple[int, ...]:
        """Return the positions of the compounds that ``record`` joins surely."""
        return self.ties.get(record, ())

    def name(self, record: str) -> str:
        """Return the name of the branch ``record``."""
        return self.names[record]


def together(facts: Facts) -> pd.Series:
    """Return the formal members of each joint branch, by record; the number decides C107 and its validity.

    It is the smaller known one of what the branch states and the sum over its compounds.
    """
    index, ties = _joined(facts)
    if index.empty:
        return pd.Series([], index=index, dtype="Float64")
    return _members(facts, ties, facts.branches.loc[index, ["named"]])


def _joined(facts: Facts) -> tuple[pd.Index, pd.DataFrame]:
    """Return the records of joint branches, and their sure ties to the compounds they name."""
    rows, ties = facts.branches, facts.ties
    joint = (rows["kind"] == "joint") | ((rows["kind"] == "compound") & (rows["named"] > 1))
    index = rows.index[joint & (rows["status"] == "active") & (rows["level"] != "group")]
    return index, ties[(ties["through"] == "covers") & (ties["strength"] == Y) & ties["record"].isin(index)]


def _reachable(facts: Facts, index: pd.Index) -> pd.Series:
    sure, perhaps = facts.links.sure, facts.links.perhaps
    accepted = sure.loc[sure["field"] == "covers", ["record", "level", "code"]].drop_duplicates()["record"]
    waiting = perhaps.loc[perhaps["field"] == "covers", ["record", "position"]].drop_duplicates()["record"]
    return pd.concat([accepted, waiting]).value_counts().reindex(index, fill_value=0)


def _members(facts: Facts, ties: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    stated = facts.city.rows("branches")["formal_members"].reindex(table.index).astype("Float64")
    own = facts.frame["formal_members"].iloc[ties["place"].to_numpy()].astype("Float64")
    frame = pd.DataFrame({"record": ties["record"].to_numpy(), "members": own.to_numpy()})
    groups = frame.groupby("record")["members"]
    linked, told, total = groups.size(), groups.count(), groups.sum()
    whole = (told == linked) & (linked == table["named"].reindex(linked.index))
    together = total.where(whole).reindex(table.index).astype("Float64")
    return pd.concat([stated, together], axis=1).min(axis=1).astype("Float64")


def _spans(facts: Facts, ties: pd.DataFrame) -> pd.Series:
    """Largest distance (m) between the centroids of the compounds of each record: all pairs of few, hulls of many."""
    if "compound" not in facts.city.layers or ties.empty:
        return pd.Series(dtype="float64")
    shapes = facts.city.layers["compound"].frame.geometry.reindex(facts.codes)
    centres = shapely.centroid(shapes.to_numpy()[ties["place"].to_numpy()])
    points = pd.DataFrame(
        {"record": ties["record"].to_numpy(), "x": shapely.get_x(centres), "y": shapely.get_y(centres)}
    )
    points = points[np.isfinite(points["x"])]
    size = points.groupby("record")["x"].transform("size")
    few, many = points[size <= _SMALL], points[size > _SMALL]
    pairs = few.merge(few, on="record", suffixes=("", "2"))
    pairs["span"] = np.hypot(pairs["x"] - pairs["x2"], pairs["y"] - pairs["y2"])
    spans: pd.Series[Any] = pairs.groupby("record")["span"].max()
    wide = {str(record): _diameter(part[["x", "y"]].to_numpy()) for record, part in many.groupby("record")}
    return pd.concat([spans, pd.Series(wide, dtype="float64")])


def _diameter(points: np.ndarray[Any, Any]) -> float:
    """Largest distance between two of many points, by the corners of their convex hull.

    >>> square = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0], [0.0, 4.0], [1.0, 1.0]])
    >>> _diameter(square)
    5.0
    """
    corners = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(points)))
    away = corners[:, None, :] - corners[None, :, :]
    return float(np.hypot(away[..., 0], away[..., 1]).max())
