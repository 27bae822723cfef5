"""Is a column fit to be used? Codes, points and stated communities are tried on anchors before anything is linked.

Anchors are mentions whose normalised name is the only one of its kind: within the stated community for codes and
points, in the whole city for the column of communities itself. A column of which most anchors say something else is
named and not used; one that is shifted by a row, or by the same distance everywhere, is told as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.linkage.names import keys
from gridkit.linkage.targets import clean_code
from gridkit.model.results import HEALTH_COLUMNS

if TYPE_CHECKING:
    from gridkit.linkage.targets import Targets

ANCHORS: Final = 20
"""Least number of anchors from which a column is judged."""
HEALTHY: Final = 0.6
"""Least share of anchors that a column must agree with."""
OFFSET_M: Final = 60.0
"""Metres from which the middle shift of all points is no accident."""


def probe(mentions: pd.DataFrame, targets: Targets) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Try the columns of codes, points and communities of each source.

    Parameters
    ----------
    mentions : pandas.DataFrame
        ``record``, ``field``, ``text``, ``code``, ``community``, ``x``, ``y``, ``soft``, in any order.
    targets : Targets

    Returns
    -------
    tuple of pandas.DataFrame
        The mentions, with ``code``, ``x`` and ``y``, or ``community`` emptied where their column is not to be used; and
        ``HEALTH_COLUMNS`` of the columns found unfit: ``verdict`` is ``shifted`` (by a row), ``offset`` (points; ``dx``
        and ``dy`` in metres) or ``wrong``.
    """
    if len(mentions) < ANCHORS or not len(targets):
        return mentions, _verdicts([])
    mentions = mentions.copy()
    anchors = _anchors(mentions, targets)
    found: list[dict[str, Any]] = []
    source = mentions["record"].str.rpartition("!")[0]
    for (name, field), rows in mentions.groupby([source, "field"], sort=True).groups.items():
        order = rows[np.argsort([int(record.rpartition("!")[2]) for record in mentions.loc[rows, "record"]])]
        part = mentions.loc[order]
        for column, verdict in (
            ("community", _community(part, anchors, targets)),
            ("code", _code(part, anchors, targets)),
            ("point", _point(part, anchors, targets)),
        ):
            if verdict:
                found.append({"source": name, "field": field, "column": column, **verdict})
                mentions.loc[rows, ["x", "y"] if column == "point" else column] = np.nan if column == "point" else ""
                if column == "community":
                    break  # anchors within wrong communities prove nothing
    return mentions, _verdicts(found)


def _verdicts(found: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(found, columns=list(HEALTH_COLUMNS))


def _anchors(mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Return, per mention, the one target of its name in its community (``here``) and in the city (``only``)."""
    full = np.array([key.full for key in keys(mentions["text"].to_list(), targets.level)], dtype=object)
    names = targets.keys[targets.keys["kind"] == 0].drop_duplicates(["key", "code"])
    only = names.drop_duplicates("key", keep=False).set_index("key")["code"]
    within = names.drop_duplicates(["key", "community"], keep=False)
    lookup = dict(zip(zip(within["key"], within["community"], strict=True), within["code"], strict=True))
    here = [lookup.get(pair, "") if pair[1] else "" for pair in zip(full, mentions["community"], strict=True)]
    table = {"here": here, "only": pd.Series(full).map(only).astype(object).fillna("").to_numpy(dtype=object)}
    return pd.DataFrame(table, index=mentions.index, dtype=object)


def _judge(said: pd.Series, meant: pd.Series) -> dict[str, Any]:
    """Compare what a column says with what the anchors mean, as it stands and shifted by a row up and down."""
    said, meant = said.reset_index(drop=True), meant.reset_index(drop=True)
    tried = (said != "") & (meant != "")
    checked = int(tried.sum())
    if checked < ANCHORS:
        return {}
    agreeing = int((said[tried] == meant[tried]).sum())
    if agreeing >= HEALTHY * checked:
        return {}
    for step in (1, -1):
        moved = said.shift(step, fill_value="")
        both = (moved != "") & (meant != "")
        if both.sum() >= ANCHORS and (moved[both] == meant[both]).mean() >= HEALTHY:
            return {"verdict": "shifted", "checked": checked, "agreeing": agreeing, "dx": 0.0, "dy": 0.0}
    return {"verdict": "wrong", "checked": checked, "agreeing": agreeing, "dx": 0.0, "dy": 0.0}


def _code(part: pd.DataFrame, anchors: pd.DataFrame, targets: Targets) -> dict[str, Any]:
    owner = targets.codes.drop_duplicates("written").set_index("written")["target"]
    said = clean_code(part["code"])
    return _judge(
        said.map(owner).astype(object).where(said != "", "").fillna("?").where(said != "", ""),
        anchors.loc[part.index, "here"],
    )


def _community(part: pd.DataFrame, anchors: pd.DataFrame, targets: Targets) -> dict[str, Any]:
    if bool(part["soft"].any()):
        return {}
    where = anchors.loc[part.index, "only"].map(targets.frame["community"]).astype(object).fillna("")
    return _judge(part["community"].astype(object), where.astype(object))


def _point(part: pd.DataFrame, anchors: pd.DataFrame, targets: Targets) -> dict[str, Any]:
    meant = anchors.loc[part.index, "here"]
    tried = np.isfinite(part["x"].to_numpy(dtype=float)) & (meant != "").to_numpy()
    if targets.shapes is None or tried.sum() < ANCHORS:
        return {}
    shapes = targets.shapes[targets.frame.index.get_indexer(meant[tried])]
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    if len(middle) != int(tried.sum()):  # a target without a place
        return {}
    apart = part.loc[tried, ["x", "y"]].to_numpy(dtype=float) - middle
    dx, dy = np.median(apart, axis=0)
    like = np.hypot(*(apart - (dx, dy)).T) <= OFFSET_M
    if np.hypot(dx, dy) < OFFSET_M or like.mean() < HEALTHY:
        near = np.hypot(*apart.T) <= 10 * OFFSET_M
        if near.mean() >= 1 - HEALTHY:
            return {}
        return {"verdict": "wrong", "checked": int(tried.sum()), "agreeing": int(near.sum()), "dx": 0.0, "dy": 0.0}
    good = int((np.hypot(*apart.T) <= OFFSET_M).sum())
    return {
        "verdict": "offset", "checked": int(tried.sum()), "agreeing": good,
        "dx": round(float(dx), 0), "dy": round(float(dy), 0),
    }  # fmt: skip
