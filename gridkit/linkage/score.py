"""Points of evidence: how well a candidate fits a mention, and when it is accepted.

Hand-set, additive, and shown to the reader with every link. A code alone never suffices (tables carry shifted and stale
codes), nor does a similar name; both wait for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rapidfuzz import fuzz, process

from gridkit.linkage.names import marks_clash

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from gridkit.linkage.targets import Targets

NAME_POINTS: Final = {
    "same": 8.0,
    "alias": 6.0,
    "core": 5.0,
    "similar": 2.0,
    "different": -4.0,
    "phase": -8.0,
    "none": 0,
}
"""The name itself, a known alias, the name without its generic type word, a similar one, another, another phase."""
PARENT_POINTS: Final = {"same": 3.0, "street": 3.0, "other": -4.0, "unknown": -2.0, "unresolved": -2.0, "none": 0}
"""Same community, same street (no community stated), another; place of the target unknown; stated parent unknown."""
CODE_POINTS: Final = {"same": 4.0, "contradicts": -2.0, "unknown": 0, "none": 0}
POINT_POINTS: Final = {"inside": 7.0, "outside": 0, "none": 0}
ACCEPT: Final = 7.0
"""Least points of an accepted link."""
MARGIN: Final = 1.0
"""Least points ahead of the next candidate."""
SIMILAR: Final = 70
"""Least similarity (0-100) of a similar name; 50 where the first two characters agree."""
SHORTEST: Final = {"compound": 3}
"""Least length of a name that is accepted although no parent is stated (2 at other levels)."""
KEPT: Final = 5
"""Candidates kept per mention."""

_METHOD: Final = {"same": "name", "alias": "alias", "core": "core", "similar": "similar"}


def score(candidates: pd.DataFrame, mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Weigh candidates and decide.

    Parameters
    ----------
    candidates : pandas.DataFrame
        ``uid`` (index of ``mentions``), ``target`` (code), ``kind`` (0 same, 1 alias, 2 core, 9 not by name).
    mentions : pandas.DataFrame
        Unique mentions: ``text``, ``full``, ``core``, ``marks``, ``code``, ``community``, ``street``, ``unresolved``,
        ``soft``, ``point``.
    targets : Targets

    Returns
    -------
    pandas.DataFrame
        ``uid``, ``target``, ``method``, ``score``, ``margin``, ``rank``, ``accepted``, ``reason``, best first, at most
        ``KEPT`` per mention.
    """
    table = candidates.sort_values(["uid", "target", "kind"]).drop_duplicates(["uid", "target"])
    table = table.join(mentions, on="uid").join(targets.frame.add_prefix("t_"), on="target").reset_index(drop=True)
    table["name"], table["ratio"] = _name_feature(table, targets)
    table["parent"] = _parent_feature(table)
    table["code_is"] = _code_feature(table, targets)
    table["point_is"] = np.where(
        table["point"] == "", "none", np.where(table["point"] == table["target"], "inside", "outside")
    )
    weights = {"name": NAME_POINTS, "parent": PARENT_POINTS, "code_is": CODE_POINTS, "point_is": POINT_POINTS}
    points = np.zeros(len(table))
    for feature, weight in weights.items():
        points += np.array([weight[value] for value in table[feature].tolist()], dtype=float)
    table["score"] = np.round(points - (table["name"] == "similar") * (100 - table["ratio"]) / 50, 2)
    table = table.sort_values(["uid", "score", "target"], ascending=[True, False, True], ignore_index=True)
    return _decide(table, targets.level)


def _name_feature(table: pd.DataFrame, targets: Targets) -> tuple[pd.Series, np.ndarray]:
    """Compare names; where the candidate was not found by its name, the comparison is made here."""
    name = table["kind"].map({0: "same", 1: "alias", 2: "core"}).astype(object)
    ratio = np.full(len(table), 100.0)
    other = np.flatnonzero(name.isna())
    if not len(other):
        return name, ratio
    some = table.iloc[other]
    ratio[other] = process.cpdist(some["full"].to_list(), some["t_full"].to_list(), scorer=fuzz.ratio)
    aliases = set(targets.keys.loc[targets.keys["kind"] == 1, ["code", "key"]].itertuples(index=False, name=None))
    found = []
    for full, core, marks, target, t_full, t_core, t_marks, likeness in zip(
        some["full"], some["core"], some["marks"], some["target"], some["t_full"], some["t_core"], some["t_marks"],
        ratio[other], strict=True,
    ):  # fmt: skip
        if full in ("", t_full):
            found.append("same" if full else "none")
        elif (target, full) in aliases:
            found.append("alias")
        elif core == t_core:
            found.append("core")
        elif marks_clash(marks, t_marks):
            found.append("phase")
        else:
            alike = likeness >= SIMILAR or (likeness >= 50 and full[:2] == t_full[:2])
            found.append("similar" if alike else "different")
    name.iloc[other] = found
    return name, ratio


def _parent_feature(table: pd.DataFrame) -> np.ndarray:
    community, street = table["community"], table["street"]
    same = (community != "") & ((community == table["t_community"]) | (community == table["t_stated"]))
    by_street = (community == "") & (street != "")
    feature = np.select(
        [
            same,
            (community != "") & (table["t_community"] == ""),
            (community != "") & ~table["soft"],
            by_street & (street == table["t_street"]),
            by_street & (table["t_street"] == ""),
            by_street & ~table["soft"],
            table["unresolved"] & ~table["soft"],
        ],
        ["same", "unknown", "other", "street", "unknown", "other", "unresolved"],
        "none",
    )
    return np.where(table["soft"] & (feature == "unknown"), "none", feature)


def _code_feature(table: pd.DataFrame, targets: Targets) -> np.ndarray:
    """``same`` if the written code is the candidate's, ``contradicts`` if it is another target's."""
    written = table["code"]
    pairs = set(zip(targets.codes["written"], targets.codes["target"], strict=True))
    agrees = np.array([pair in pairs for pair in zip(written, table["target"], strict=True)], dtype=bool)
    known = written.isin(targets.codes["written"]).to_numpy()
    return np.select([(written == "").to_numpy(), agrees, known], ["none", "same", "contradicts"], "unknown")


def _decide(table: pd.DataFrame, level: str) -> pd.DataFrame:
    same_as_next = table["uid"].eq(table["uid"].shift(-1))
    table["rank"] = table.groupby("uid").cumcount() + 1
    table["next"] = table["target"].shift(-1).where(same_as_next, "")
    table["margin"] = (table["score"] - table["score"].shift(-1).where(same_as_next, 0.0)).round(2)
    by_name_only = (table["name"] == "same") & table["parent"].isin(["none"])
    by_name_only &= (table["code_is"] != "same") & (table["point_is"] != "inside")
    table["short"] = by_name_only & (table["full"].str.len() < SHORTEST.get(level, 2))
    table["accepted"] = (
        (table["rank"] == 1) & (table["score"] >= ACCEPT) & (table["margin"] >= MARGIN) & ~table["short"]
    )
    table = table[table["rank"] <= KEPT].copy()
    # Few combinations occur: rows share the text of the method and the dictionary of the reason.
    table["method"] = _each(_method, table[["code_is", "name", "parent", "point_is"]])
    table["reason"] = _each(_reason, table[["name", "parent", "code_is", "point_is", "next", "margin", "short"]])
    return table[["uid", "target", "method", "score", "margin", "rank", "accepted", "reason"]]


def _each(make: Callable[..., Any], table: pd.DataFrame) -> list[Any]:
    """Return ``make(*row)`` per row, made once for equal rows."""
    rows = list(zip(*(table[name].tolist() for name in table.columns), strict=True))
    made = {row: make(*row) for row in dict.fromkeys(rows)}
    return [made[row] for row in rows]


def _method(code: str, name: str, parent: str, point: str) -> str:
    parts = ["code"] if code == "same" else []
    parts += [_METHOD[name]] if name in _METHOD else []
    parts += ["parent"] if parent in ("same", "street") else []
    parts += ["point"] if point == "inside" else []
    return "+".join(parts) or "none"


def _reason(
    name: str, parent: str, code: str, point: str, following: str, margin: float, short: bool
) -> dict[str, Any]:
    given = {"name": name, "parent": parent, "code": code, "point": point}
    reason: dict[str, Any] = {key: value for key, value in given.items() if value != "none"}
    if following:
        reason["next"] = following
    reason["margin"] = float(margin)
    if short:
        reason["short"] = "yes"
    return reason
