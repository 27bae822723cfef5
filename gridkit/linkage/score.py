"""Weigh candidates and decide: accepted, waiting for a person, or nothing.

Points are additive and shown to the reader with every link. Some things never suffice, whatever the points: a code
alone (tables carry shifted and stale codes), a similar name alone, another phase of the same estate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.linkage.evidence import gather
from gridkit.linkage.stems import is_type
from gridkit.rules.weights import DEFAULT, load_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from gridkit.linkage.targets import Targets
    from gridkit.rules.weights import Threshold

SHORTEST: Final = {"compound": 3}
"""Least length of a name that is accepted although no parent is stated (2 at other levels)."""
KEPT: Final = 5
"""Candidates kept per mention."""
FEATURES: Final = {"name": "name", "parent": "parent", "code": "code_is", "point": "point_is", "address": "address_is"}
"""Feature -> its column in the tables of this room."""

_METHOD: Final = {"same": "name", "decided": "alias", "alias": "alias", "core": "core", "base": "base",
                  "sister": "similar", "slip": "similar", "similar": "similar"}  # fmt: skip
_AT: Final = ("inside", "close", "within")


def score(
    candidates: pd.DataFrame, mentions: pd.DataFrame, targets: Targets, *, profile: str = DEFAULT
) -> pd.DataFrame:
    """Weigh candidates and decide.

    Parameters
    ----------
    candidates : pandas.DataFrame
        ``uid`` (index of ``mentions``), ``target`` (code), ``kind`` (0 same, 1 alias, 2 core, 9 not by name).
    mentions : pandas.DataFrame
        Unique mentions: ``text``, ``full``, ``core``, ``base``, ``short``, ``marks``, ``code``, ``community``,
        ``street``, ``unresolved``, ``soft``, ``point``, ``x``, ``y``, ``address``.
    targets : Targets
    profile : str
        Thresholds, ``normal`` or ``audit``.

    Returns
    -------
    pandas.DataFrame
        ``uid``, ``target``, ``method``, ``score``, ``margin``, ``rank``, ``accepted``, ``reason``, best first, at most
        ``KEPT`` per mention.
    """
    table = candidates.sort_values(["uid", "target", "kind"]).drop_duplicates(["uid", "target"])
    table = table.join(mentions, on="uid").join(targets.frame.add_prefix("t_"), on="target").reset_index(drop=True)
    table = gather(table, targets)
    points = np.zeros(len(table))
    for feature, weight in load_weights().by_feature().items():
        column = table[FEATURES[feature]].tolist()
        points += np.array([weight.get(word, 0.0) for word in column], dtype=float)
    alike = table["name"].isin(["similar", "slip"]).to_numpy()
    table["score"] = np.round(points - alike * (100 - table["ratio"].to_numpy()) / 50, 2)
    table = table.sort_values(["uid", "score", "target"], ascending=[True, False, True], ignore_index=True)
    return _decide(table, targets.level, profile)


def _decide(table: pd.DataFrame, level: str, profile: str) -> pd.DataFrame:
    least = load_weights().profiles[profile]
    same_as_next = table["uid"].eq(table["uid"].shift(-1))
    table["rank"] = table.groupby("uid").cumcount() + 1
    table["next"] = table["target"].shift(-1).where(same_as_next, "")
    table["margin"] = (table["score"] - table["score"].shift(-1).where(same_as_next, 0.0)).round(2)
    table["bar"] = _bar(table, level, least)
    table["accepted"] = (
        (table["rank"] == 1)
        & (table["score"] >= least.accept)
        & (table["margin"] >= least.margin)
        & (table["bar"] == "")
    )
    worth = (
        table["accepted"]
        | (table["score"] >= least.review)
        | (table["code_is"] == "same")
        | (table["point_is"] == "within")
    )
    table = table[(table["rank"] <= KEPT) & worth].copy()
    # Few combinations occur: rows share the text of the method and the dictionary of the reason.
    table["method"] = _each(_method, table[["code_is", "name", "parent", "point_is", "address_is"]])
    table["reason"] = _each(_reason, table[[*FEATURES.values(), "next", "margin", "bar"]])
    return table[["uid", "target", "method", "score", "margin", "rank", "accepted", "reason"]]


def _bar(table: pd.DataFrame, level: str, least: Threshold) -> np.ndarray[Any, Any]:
    """Return what forbids a link however many points it has, ``""`` for nothing."""
    name, parent = table["name"].to_numpy(dtype=object), table["parent"].to_numpy(dtype=object)
    code = (table["code_is"] == "same").to_numpy()
    at = table["point_is"].isin(_AT).to_numpy()
    address = (table["address_is"] == "same").to_numpy()
    within = (table["point_is"] == "within").to_numpy()
    # A code written in place of a name; one in a column beside an empty name may be shifted with its community.
    written = (table["text"] != "").to_numpy() | at | address
    support = code.astype(int) + at + address
    here = np.isin(parent, ("same", "street"))
    own = np.isin(name, ("same", "decided", "alias"))
    brief = (parent == "none") & (table["full"].str.len() < SHORTEST.get(level, 2)).to_numpy()
    kinds = {full: level == "compound" and is_type(full) for full in table["full"].unique()}
    short = own & (support == 0) & (brief | table["full"].map(kinds).to_numpy(dtype=bool))
    elsewhere = np.isin(parent, ("near", "other"))
    alone = np.select(
        [
            own,
            name == "core",
            np.isin(name, ("base", "sister", "slip", "similar")),
            name == "different",
            name == "none",
        ],
        [
            elsewhere & (support == 0),
            ~here & (support == 0),
            support == 0,
            (support < 2) | ~here,
            (support < 2) & ~(here & written) & ~within,
        ],
        True,
    ).astype(bool)
    doubt = (table["code_is"] == "contradicts") | (table["point_is"] == "far") | (table["address_is"] == "other")
    pairs = np.array([f"{one} {two}" for one, two in zip(name, parent, strict=True)], dtype=object)
    lifted = np.isin(pairs, least.alone) & ~doubt.to_numpy() & (table["margin"] >= least.alone_margin).to_numpy()
    alone &= ~lifted
    return np.select([short, alone], ["short", "alone"], "")


def _each(make: Callable[..., Any], table: pd.DataFrame) -> list[Any]:
    """Return ``make(*row)`` per row, made once for equal rows."""
    rows = list(zip(*(table[name].tolist() for name in table.columns), strict=True))
    made = {row: make(*row) for row in dict.fromkeys(rows)}
    return [made[row] for row in rows]


def _method(code: str, name: str, parent: str, point: str, address: str) -> str:
    parts = ["code"] if code == "same" else []
    parts += [_METHOD[name]] if name in _METHOD else []
    parts += ["parent"] if parent in ("same", "street") else []
    parts += ["point"] if point in _AT else []
    parts += ["address"] if address == "same" else []
    return "+".join(parts) or "none"


def _reason(*said: Any) -> dict[str, Any]:
    *words, following, margin, bar = said
    given = dict(zip(FEATURES, words, strict=True))
    reason: dict[str, Any] = {key: value for key, value in given.items() if value != "none"}
    if following:
        reason["next"] = following
    reason["margin"] = float(margin)
    if bar:
        reason[bar] = "yes"
    return reason
