"""From mentions of one level to their candidates: unique first, keys once, then decided, then spread to all rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.linkage.candidates import find
from gridkit.linkage.names import keys_of, normalise, strip_parents
from gridkit.linkage.score import score
from gridkit.linkage.stems import leading_words, without_leading
from gridkit.linkage.targets import clean_code, with_stems
from gridkit.model.results import LINK_COLUMNS
from gridkit.rules.weights import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.linkage.targets import Targets

MENTION_COLUMNS: Final = ("record", "field", "position", "mention", "text", "code")
"""What every mention has; ``community``, ``street``, ``unresolved``, ``soft``, ``point`` are filled where missing."""
_TYPES: Final = {
    **dict.fromkeys(LINK_COLUMNS, "object"),
    **{"position": "int64", "rank": "int64", "score": "float64", "margin": "float64", "accepted": "bool"},
}
_MISSING: Final = {
    "community": "", "street": "", "unresolved": False, "soft": False, "point": "", "address": "",
    "x": math.nan, "y": math.nan,
}  # fmt: skip
_SAME: Final = ["text", "code", *_MISSING]


def resolve(
    mentions: pd.DataFrame,
    targets: Targets,
    hints: Mapping[str, tuple[tuple[str, str], ...]],
    *,
    profile: str = DEFAULT,
) -> pd.DataFrame:
    """Link mentions to targets.

    Parameters
    ----------
    mentions : pandas.DataFrame
        ``MENTION_COLUMNS`` and what is known of the parent: ``community`` and ``street`` (codes), ``unresolved`` (a
        parent is stated but not known), ``soft`` (the parent only breaks ties), ``point`` (the target around
        a point).
    targets : Targets
    hints : mapping
        Normalised parent name -> ``(level, code)`` pairs, for names such as 东门社区金桂家园.

    Returns
    -------
    pandas.DataFrame
        ``record``, ``field``, ``position``, ``mention``, ``level``, ``code``, ``method``, ``score``, ``margin``,
        ``rank``, ``accepted``, ``reason``; at least one row per mention.
    """
    if mentions.empty:
        return no_links()
    mentions = mentions.reset_index(drop=True)
    for name, value in _MISSING.items():
        given = mentions[name] if name in mentions else pd.Series(value, index=mentions.index)
        if isinstance(value, float):
            mentions[name] = given.astype(float)
        else:
            mentions[name] = given.astype(object).where(given.notna(), value).astype(object if value == "" else bool)
    mentions["code"] = clean_code(mentions["code"])
    mentions["uid"] = mentions.groupby(_SAME, sort=True, dropna=False).ngroup()
    unique = mentions.drop_duplicates("uid").set_index("uid")[_SAME].sort_index()
    if len(targets):
        unique = _with_keys(unique, targets, hints)
        written = _code_as_text(unique, targets)
        unique["code"] = unique["code"].where(unique["code"] != "", written)
        # A text that is a code is no name; it must not count as another name than the target's.
        names = ["full", "core", "base", "short"]
        unique[names] = unique[names].mask(written != "", "")
        decided = score(find(unique, targets), unique, targets, profile=profile)
        absent: dict[str, str] = {}
    else:
        columns = ["uid", "target", "method", "score", "margin", "rank", "accepted", "reason"]
        decided = pd.DataFrame({name: pd.Series([], dtype=object) for name in columns})
        absent = {"targets": "absent"}
    table = mentions[["record", "field", "position", "mention", "uid"]].merge(decided, on="uid", how="left")
    nothing = table["target"].isna()
    table["code"] = table["target"].where(~nothing, "").astype(object)
    table["method"] = table["method"].where(~nothing, "none").astype(object)
    table["score"] = table["score"].astype(float).fillna(0.0)
    table["margin"] = table["margin"].astype(float).fillna(0.0)
    table["rank"] = table["rank"].astype(float).fillna(1).astype("int64")
    table["accepted"] = table["accepted"].where(~nothing, False).astype(bool)
    blank = mentions[["uid"]].merge(unique[["unresolved"]], left_on="uid", right_index=True)
    unresolved = set(blank.loc[blank["unresolved"].astype(bool), "uid"])
    table["reason"] = [
        ({**absent, "parent": "unresolved"} if uid in unresolved else dict(absent)) if none else reason
        for uid, none, reason in zip(table["uid"], nothing, table["reason"], strict=True)
    ]
    return table.assign(level=targets.level).drop(columns=["uid", "target"])


def no_links() -> pd.DataFrame:
    """Return a table of links without rows."""
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in _TYPES.items()})


def _code_as_text(unique: pd.DataFrame, targets: Targets) -> pd.Series:
    """Return the text where it is itself a code of a target."""
    written = clean_code(unique["text"])
    return written.where(written.isin(targets.codes["written"]), "")


def _with_keys(
    unique: pd.DataFrame, targets: Targets, hints: Mapping[str, tuple[tuple[str, str], ...]]
) -> pd.DataFrame:
    """Add ``full``, ``core``, ``marks``; parents named in front of a name take the place of the stated ones."""
    level, known = targets.level, set(targets.keys["key"])
    normal = normalise(unique["text"].to_list())
    unique = unique.copy()
    if level in ("compound", "grid"):
        leading = leading_words(normal, known)
        normal = [without_leading(full, leading) for full in normal]
        community, street, unresolved = (unique[name].to_list() for name in ("community", "street", "unresolved"))
        for at, full in enumerate(normal):
            normal[at], found = strip_parents(full, hints)
            for name in found:
                for kind in ("community", "street"):
                    codes = [code for where, code in hints[name] if where == kind]
                    if kind == "community" and len(codes) == 1:
                        community[at], unresolved[at] = codes[0], False
                    elif kind == "street" and len(codes) == 1 and not community[at]:
                        street[at], unresolved[at] = codes[0], False
        unique["community"], unique["street"], unique["unresolved"] = community, street, unresolved
    rows = keys_of(normal, level)
    unique["full"] = [row.full for row in rows]
    unique["core"] = [row.core for row in rows]
    unique["marks"] = [row.marks for row in rows]
    return with_stems(unique, level)
