"""Candidates: which targets a mention could mean, found by keys, never by comparing everything with everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

from gridkit.linkage.evidence import NEAR_M, SIMILAR
from gridkit.linkage.names import marks_clash
from gridkit.linkage.targets import DECIDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridkit.linkage.targets import Targets

BY_CODE: Final = 9
"""``kind`` of a candidate that was not found by its name."""
ELSEWHERE: Final = 3
"""Namesakes outside the stated parent that are shown to the reviewer."""
NAMESAKES: Final = 6
"""Targets of one name, code or address in one parent that are looked at (more than are shown, so that a tie is seen).

What more targets share decides nothing by itself, and what else speaks for one of them finds it anyway. So no join
costs more than so many rows per mention, however often a name, a code or an address is repeated on both sides.
"""
SIMILAR_KEPT: Final = 3
SHORT: Final = 3
"""Names up to this length are compared with those of the same length even where little agrees."""
CROWD: Final = 200
"""Targets around a point beyond which only the nearest is looked at: a geocoder's middle of the town says nothing."""
BUCKET: Final = 300
"""Names compared at most where there is no community to narrow the search."""


def find(mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Return candidates ``uid``, ``target``, ``kind`` of unique mentions (see :func:`gridkit.linkage.score.score`).

    By code; by point; by name, alias and core within the stated community, or street, or the city where neither is
    stated; namesakes elsewhere where the stated parent has none; similar names where there is no namesake in reach.
    """
    parts = [
        _by_code(mentions, targets),
        _by_point(mentions, targets),
        _by_address(mentions, targets),
        _by_distance(mentions, targets),
    ]
    others = len(parts)
    free = (mentions["community"] == "") & (mentions["street"] == "")
    here = _first(targets.keys, ["community"], NAMESAKES)
    in_community = _by_key(mentions[(mentions["community"] != "") & ~mentions["soft"]], here, ["community"])
    in_street = mentions[(mentions["community"] == "") & (mentions["street"] != "") & ~mentions["soft"]]
    parts += [in_community, _by_key(in_street, _first(targets.keys, ["street"], NAMESAKES), ["street"])]
    if mentions["soft"].any():
        # A soft parent only breaks ties: its namesakes must be among those that are looked at.
        parts.append(_by_key(mentions[mentions["soft"] & (mentions["community"] != "")], here, ["community"]))
    city_wide = _first(targets.keys, [], NAMESAKES)
    parts.append(_by_key(mentions[free | mentions["soft"]], city_wide, []))
    named = set().union(*(set(part["uid"]) for part in parts[others:]))
    rest = mentions[~mentions.index.isin(named) & (mentions["full"] != "")]
    if targets.level != "grid":
        by_street = _by_key(rest[rest["street"] != ""], _first(targets.keys, ["street"], ELSEWHERE), ["street"])
        parts += [by_street, _by_key(rest, _first(targets.keys, [], ELSEWHERE), [])]
        parts.append(_similar(rest, targets))
    else:
        parts.append(_by_key(rest[rest["unresolved"]], _first(targets.keys, [], ELSEWHERE), []))
    return pd.concat(parts, ignore_index=True).astype({"target": object, "kind": "int64"})


def _frame(uid: object, target: object, kind: object) -> pd.DataFrame:
    return pd.DataFrame({"uid": uid, "target": target, "kind": kind})


def _by_code(mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    given = mentions.loc[mentions["code"] != "", ["code"]].rename_axis("uid").reset_index()
    codes = targets.codes[targets.codes.groupby("written").cumcount() < NAMESAKES]
    found = given.merge(codes, left_on="code", right_on="written")
    return _frame(found["uid"], found["target"], BY_CODE)


def _by_point(mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    given = mentions[mentions["point"].isin(targets.frame.index) & (mentions["point"] != "")]
    return _frame(given.index, given["point"].to_numpy(), BY_CODE)


def _by_address(mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Return the targets at the road and number of a mention, within its community."""
    given = mentions.loc[(mentions["address"] != "") & (mentions["community"] != ""), ["address", "community"]]
    there = targets.frame.loc[targets.frame["address"] != "", ["address", "community"]].rename_axis("target")
    there = there[there.groupby(["address", "community"]).cumcount() < NAMESAKES]
    found = given.rename_axis("uid").reset_index().merge(there.reset_index(), on=["address", "community"])
    return _frame(found["uid"], found["target"], BY_CODE)


def _by_distance(mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Return the compounds near the point of a mention."""
    given = mentions[np.isfinite(mentions["x"].to_numpy(dtype=float))]
    if given.empty or targets.shapes is None:
        return _frame(np.array([], dtype="int64"), np.array([], dtype=object), np.array([], dtype="int64"))
    points = shapely.points(given["x"].to_numpy(dtype=float), given["y"].to_numpy(dtype=float))
    tree = shapely.STRtree(targets.shapes)
    alone = ~_crowded(given, targets.shapes)
    at, found = tree.query(points[alone], predicate="dwithin", distance=NEAR_M)
    there, nearest = tree.query_nearest(points[~alone], max_distance=NEAR_M, all_matches=False)
    at = np.concatenate([np.flatnonzero(alone)[at], np.flatnonzero(~alone)[there]])
    codes = targets.frame.index.to_numpy(dtype=object)[np.concatenate([found, nearest])]
    return _frame(given.index.to_numpy()[at], codes, BY_CODE)


def _crowded(given: pd.DataFrame, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which points have more than ``CROWD`` shapes in the cells of ``NEAR_M`` around them."""
    low = np.floor(shapely.bounds(shapes).reshape(-1, 4) / NEAR_M)
    low = low[np.isfinite(low).all(axis=1)]
    steps = (-1, 0, 1)
    middle = np.floor((low[:, :2] + low[:, 2:]) / 2)
    counts = pd.Series(1, index=pd.MultiIndex.from_arrays(middle.T)).groupby(level=[0, 1]).sum() if len(low) else None
    if counts is None or int(counts.max()) * 9 <= CROWD:
        return np.zeros(len(given), dtype=bool)
    cells = np.floor(given[["x", "y"]].to_numpy(dtype=float) / NEAR_M)
    around = np.zeros(len(given), dtype=np.int64)
    for dx in steps:
        for dy in steps:
            near = pd.MultiIndex.from_arrays((cells + np.array([dx, dy])).T)
            around += counts.reindex(near, fill_value=0).to_numpy()
    return around > CROWD


def _first(keys: pd.DataFrame, within: list[str], count: int) -> pd.DataFrame:
    """Return the first ``count`` targets (by code) of each key within a parent."""
    unique = keys.drop_duplicates(["kind", "key", "code"]) if not within else keys
    return unique[unique.groupby([*within, "kind", "key"]).cumcount() < count]


def _by_key(mentions: pd.DataFrame, keys: pd.DataFrame, within: list[str]) -> pd.DataFrame:
    """Join mentions to keys inside a parent: full names to names and aliases, cores to cores."""
    if mentions.empty or keys.empty:
        return _frame(np.array([], dtype="int64"), np.array([], dtype=object), np.array([], dtype="int64"))
    parts = []
    for column, kinds in (("full", (DECIDED, 0, 1)), ("core", (2,))):
        left = mentions.loc[mentions[column] != "", [column, *within]].rename(columns={column: "key"})
        left = left.rename_axis("uid").reset_index()
        parts.append(left.merge(keys.loc[keys["kind"].isin(kinds)], on=["key", *within])[["uid", "code", "kind"]])
    found = pd.concat(parts, ignore_index=True)
    return _frame(found["uid"], found["code"], found["kind"])


def _similar(mentions: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Return targets with a similar name: in the stated community, else among those with the same beginning."""
    frame = targets.frame
    near = mentions[mentions["community"] != ""]
    found = list(_compare(near, near["community"], frame, frame["community"]))
    far = mentions[mentions["community"] == ""]
    parent = far["street"].where(far["street"].astype(object).isin(set(frame["street"])), "")
    with_street = frame["street"] + "|" + frame["full"].str[:2]
    found += _compare(far, parent + "|" + far["full"].str[:2], frame, with_street)
    bare = far[parent == ""]
    found += _compare(bare, "|" + bare["full"].str[:2], frame, "|" + frame["full"].str[:2])
    uid, target = zip(*found, strict=True) if found else ((), ())
    return _frame(np.array(uid, dtype="int64"), np.array(target, dtype=object), BY_CODE)


def _compare(
    mentions: pd.DataFrame, wanted: pd.Series, frame: pd.DataFrame, offered: pd.Series
) -> Iterator[tuple[int, str]]:
    """Compare names group by group."""
    groups = frame.groupby(offered.to_numpy()).indices
    full, marks, codes = frame["base"].to_numpy(), frame["marks"].to_numpy(), frame.index.to_numpy()
    for key, rows in mentions.groupby(wanted.to_numpy()):
        choices = groups.get(key)
        if choices is None:
            continue
        choices = choices[:BUCKET]
        names = full[choices].tolist()
        likeness = process.cdist(rows["base"].to_list(), names, scorer=fuzz.ratio, score_cutoff=50, dtype=np.uint8)
        for uid, name, mark, line in zip(rows.index, rows["base"], rows["marks"], likeness, strict=True):
            kept = 0
            for at in np.lexsort((codes[choices].astype(str), -line.astype(int))):
                if line[at] < 50 or kept == SIMILAR_KEPT:
                    break
                alike = line[at] >= SIMILAR or name[:2] == names[at][:2] or len(name) == len(names[at]) <= SHORT
                if alike and not marks_clash(mark, marks[choices[at]]):
                    kept += 1
                    yield uid, codes[choices[at]]
