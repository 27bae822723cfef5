"""What speaks for and against a candidate: one word per feature, for many candidates at once.

``name`` (same, decided, alias, core, base, sister, slip, similar, different, phase), ``parent``, ``code``, ``point``
and ``address``; the points of each word are in ``gridkit/rules/sets/links.toml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from gridkit.linkage.names import marks_clash
from gridkit.linkage.targets import DECIDED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gridkit.linkage.targets import Targets

    Words = NDArray[np.object_]

SIMILAR: Final = 70
"""Least similarity (0-100) of a similar name; 50 where the first two characters agree."""
SLIP: Final = 4
"""Least length of a name in which one differing character is a slip of the pen."""
CLOSE_M, NEAR_M, FAR_M = 50.0, 200.0, 300.0
"""Metres from a point to a compound that is close, near, and too far to be meant."""

_FOUND_BY: Final = {DECIDED: "decided", 0: "same", 1: "alias", 2: "core"}


def gather(table: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Return the words of every feature for candidates joined with their mentions and targets (``t_...``)."""
    name, ratio = _name(table, targets)
    return table.assign(
        name=name,
        ratio=ratio,
        parent=_parent(table, targets),
        code_is=_code(table, targets),
        point_is=_point(table, targets),
        address_is=_address(table),
    )


def _name(table: pd.DataFrame, targets: Targets) -> tuple[Words, NDArray[np.float64]]:
    """Compare names; where the candidate was not found by its name, the comparison is made here."""
    word = np.array([_FOUND_BY.get(kind, "") for kind in table["kind"].tolist()], dtype=object)
    ratio = np.full(len(table), 100.0)
    other = np.flatnonzero(word == "")
    if not len(other):
        return word, ratio
    some = table.iloc[other]
    full, base = some["full"].to_numpy(dtype=object), some["base"].to_numpy(dtype=object)
    t_full, t_base = some["t_full"].to_numpy(dtype=object), some["t_base"].to_numpy(dtype=object)
    ratio[other] = process.cpdist(full.tolist(), t_full.tolist(), scorer=fuzz.ratio)
    steps = process.cpdist(base.tolist(), t_base.tolist(), scorer=OSA.distance)
    aliases = _pairs(targets, 1)
    known = np.fromiter(
        (pair in aliases for pair in zip(some["target"], full, strict=True)), dtype=bool, count=len(some)
    )
    confirmed = _pairs(targets, DECIDED)
    decided = np.fromiter(
        (pair in confirmed for pair in zip(some["target"], full, strict=True)), dtype=bool, count=len(some)
    )
    clash = np.fromiter(
        (
            bool(one) and bool(two) and marks_clash(one, two)
            for one, two in zip(some["marks"], some["t_marks"], strict=True)
        ),
        dtype=bool,
        count=len(some),
    )
    marks_agree = (some["marks"] == some["t_marks"]).to_numpy(dtype=bool)
    long_enough = np.minimum(_lengths(base), _lengths(t_base)) >= SLIP
    two = (np.minimum(_lengths(base), _lengths(t_base)) >= 2) & (targets.level == "compound")
    begins_alike = np.array([a[:2] == b[:2] for a, b in zip(full, t_full, strict=True)], dtype=bool)
    word[other] = np.select(
        [
            full == "",
            full == t_full,
            decided,
            known,
            (some["core"] == some["t_core"]).to_numpy(dtype=bool),
            clash,
            base == t_base,
            marks_agree & (some["short"] == some["t_short"]).to_numpy(dtype=bool),
            marks_agree & (steps == 1) & long_enough,
            (ratio[other] >= SIMILAR) | ((ratio[other] >= 50) & begins_alike) | (marks_agree & (steps == 1) & two),
        ],
        ["none", "same", "decided", "alias", "core", "phase", "base", "sister", "slip", "similar"],
        "different",
    )
    return word, ratio


def _pairs(targets: Targets, kind: int) -> set[tuple[str, str]]:
    """Return target code and name of every name of one kind."""
    rows = targets.keys.loc[targets.keys["kind"] == kind, ["code", "key"]]
    return set(rows.itertuples(index=False, name=None))


def _lengths(texts: Words) -> NDArray[np.int64]:
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def _parent(table: pd.DataFrame, targets: Targets) -> Words:
    community, street = (table[name].to_numpy(dtype=object) for name in ("community", "street"))
    t_community, t_street = (table[f"t_{name}"].to_numpy(dtype=object) for name in ("community", "street"))
    soft = table["soft"].to_numpy(dtype=bool)
    stated = community != ""
    by_street = ~stated & (street != "")
    same = stated & ((community == t_community) | (community == table["t_stated"].to_numpy(dtype=object)))
    near = np.zeros(len(table), dtype=bool)
    rest = np.flatnonzero(stated & ~same & ~soft)
    if len(rest) and targets.adjacent:
        pairs = zip(community[rest], t_community[rest], strict=True)
        near[rest] = np.fromiter((pair in targets.adjacent for pair in pairs), dtype=bool, count=len(rest))
    word = np.select(
        [
            same,
            stated & (t_community == ""),
            near,
            stated & ~soft,
            by_street & (street == t_street),
            by_street & (t_street == ""),
            by_street & ~soft,
            table["unresolved"].to_numpy(dtype=bool) & ~soft,
        ],
        ["same", "unknown", "near", "other", "street", "unknown", "other", "unresolved"],
        "none",
    )
    return np.where(soft & (word == "unknown"), "none", word)


def _code(table: pd.DataFrame, targets: Targets) -> Words:
    given = table["code"].to_numpy(dtype=object)
    written = targets.codes["written"]
    owners = set(zip(written, targets.codes["target"], strict=True))
    pairs = zip(given, table["target"], strict=True)
    same = np.fromiter((pair in owners for pair in pairs), dtype=bool, count=len(table))
    known = np.isin(given.astype(str), written.to_numpy(dtype=str))
    return np.select([given == "", same, known], ["none", "same", "contradicts"], "unknown")


def _point(table: pd.DataFrame, targets: Targets) -> Words:
    """Where the point of the mention lies: by the place that it fell in, or by its distance to the shape."""
    fell = table["point"].to_numpy(dtype=object)
    target = table["target"].to_numpy(dtype=object)
    word = np.where(fell == "", "none", np.where(fell == target, "within", "outside")).astype(object)
    x = table["x"].to_numpy(dtype=float)
    there = np.flatnonzero(np.isfinite(x))
    if not len(there) or targets.shapes is None:
        return word
    shapes = targets.shapes[targets.frame.index.get_indexer(table["target"].iloc[there])]
    apart = shapely.distance(shapely.points(x[there], table["y"].to_numpy(dtype=float)[there]), shapes)
    word[there] = np.select(
        [np.isnan(apart), apart <= 0, apart <= CLOSE_M, apart <= NEAR_M, apart <= FAR_M],
        ["none", "inside", "close", "near", "beside"],
        "far",
    )
    return word


def _address(table: pd.DataFrame) -> Words:
    given, there = table["address"].to_numpy(dtype=object), table["t_address"].to_numpy(dtype=object)
    none = (given == "") | (there == "")
    roads = np.fromiter(
        (a.rpartition("|")[0] == b.rpartition("|")[0] for a, b in zip(given, there, strict=True)),
        dtype=bool,
        count=len(table),
    )
    return np.select([none, given == there, roads], ["none", "same", "road"], "other")
