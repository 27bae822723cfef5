"""One record per target, one target per record: the assignment that is best as a whole.

Row by row, the best candidate of one record may be the only candidate of another. The sparse assignment gives every
record the target, or none, with which the points of all records together are most; a target that is taken does not
compete any more, so that what is left over becomes clear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from gridkit.rules.weights import DEFAULT, load_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridkit.rules.weights import Threshold

_DOUBTS: Final = {("code", "contradicts"), ("point", "far"), ("address", "other")}


def one_to_one(links: pd.DataFrame, rows: pd.DataFrame, *, profile: str = DEFAULT) -> pd.DataFrame:
    """Decide links of which every record and every target has at most one.

    Parameters
    ----------
    links : pandas.DataFrame
        Links of one column as :func:`gridkit.linkage.resolve.resolve` returns them, one mention per record.
    rows : pandas.DataFrame
        The registry; ties are broken by what its rows say, so that their order in the file decides nothing.
    profile : str
        Thresholds.

    Returns
    -------
    pandas.DataFrame
        The same candidates; ``accepted`` decided anew, the target that was assigned ranks first, and a record whose
        best candidate went to another says so (``taken_by``).
    """
    named = links[links["code"] != ""]
    if named.empty:
        return links
    order = record_order(named, rows)
    at = pd.Index(order)
    record, target = at.get_indexer(named["record"]), pd.factorize(named["code"], sort=True)[0]
    points = named["score"].to_numpy(dtype=float)
    given = _assign(record, target, points)
    chosen = given[record] == target
    free = _not_taken(record, target, points, given)
    rival = np.where(free, points, _if_exchanged(record, target, points, given))
    margin = _margins(record, points, chosen=chosen, rival=rival)
    least = load_weights().profiles[profile]
    short = np.array(["short" in reason for reason in named["reason"]], dtype=bool)
    alone = np.array(["alone" in reason and not _lifted(reason, least) for reason in named["reason"]], dtype=bool)
    barred = (
        short | alone | (np.array(["alone" in reason for reason in named["reason"]]) & (margin < least.alone_margin))
    )
    accepted = chosen & (points >= least.accept) & (margin >= least.margin) & ~barred
    owner = dict(zip(target[accepted], named["record"][accepted], strict=True))
    return _told(links, named, target, accepted=accepted, owner=owner, margin=margin)


def _lifted(reason: Mapping[str, object], least: Threshold) -> bool:
    """Tell whether the profile accepts such a link without support, once its rivals are taken: one doubt is allowed."""
    pair = f"{reason.get('name', 'none')} {reason.get('parent', 'none')}"
    return pair in least.alone and sum((key, reason.get(key)) in _DOUBTS for key in ("code", "point", "address")) <= 1


def record_order(named: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """Return the records of links in the order of what they say, then of where they stand."""
    if named.empty:
        return []
    records = named["record"].drop_duplicates()
    said = rows.loc[records].drop(columns=["src", "row"])
    content = said.astype(object).where(said.notna(), "").astype(str).agg("\x1f".join, axis=1).to_numpy(dtype=object)
    place = [f"{record.rpartition('!')[0]}!{record.rpartition('!')[2].zfill(9)}" for record in records]
    table = pd.DataFrame({"record": records.to_numpy(), "content": content, "place": place})
    return table.sort_values(["content", "place"])["record"].to_list()


def _assign(record: NDArray[np.intp], target: NDArray[np.intp], points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the target of each record, -1 for none; every record may stay alone at no points."""
    useful = points > 0
    records, targets = int(record.max()) + 1, int(target.max()) + 1
    # Nothing may weigh 0 in a sparse matrix; equal points go to the record that comes first.
    weight = points[useful] + 1.0 - 1e-6 * record[useful] / records
    first = np.concatenate([record[useful], np.arange(records)])
    second = np.concatenate([target[useful], targets + np.arange(records)])
    values = np.concatenate([weight, np.full(records, 1.0)])
    # The assignment of older scipy releases takes 32-bit indices only.
    first, second = first.astype(np.int32), second.astype(np.int32)
    matrix = csr_array(coo_array((values, (first, second)), shape=(records, targets + records)))
    who, what = min_weight_full_bipartite_matching(matrix, maximize=True)
    given = np.full(records, -1, dtype=np.intp)
    given[who] = np.where(what < targets, what, -1)
    return given


def _not_taken(
    record: NDArray[np.intp], target: NDArray[np.intp], points: NDArray[np.float64], given: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return which candidates still compete: their target is free, or its owner has fewer points for it."""
    best = np.full(int(target.max()) + 1, -np.inf)
    mine = given[record] == target
    best[target[mine]] = points[mine]
    return mine | (points > best[target])


def _if_exchanged(
    record: NDArray[np.intp], target: NDArray[np.intp], points: NDArray[np.float64], given: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return what a taken candidate is worth if its owner took the record's own target instead; -inf where it cannot.

    Two records that fit two targets equally well can be exchanged: nothing says which is which.
    """
    owner = np.full(int(target.max()) + 1, -1, dtype=np.intp)
    mine = given[record] == target
    owner[target[mine]] = record[mine]
    width = int(target.max()) + 1
    held = pd.Series(points, index=record.astype(np.int64) * width + target)
    other, own = owner[target], given[record]
    possible = (other >= 0) & (own >= 0) & ~mine
    swapped = held.reindex(np.where(possible, other.astype(np.int64) * width + own, -1)).to_numpy()
    now = held.reindex(np.where(possible, other.astype(np.int64) * width + target, -1)).to_numpy()
    return np.nan_to_num(np.where(possible, points + swapped - now, -np.inf), nan=-np.inf)


def _margins(
    record: NDArray[np.intp], points: NDArray[np.float64], *, chosen: NDArray[np.bool_], rival: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return by how much each chosen candidate is ahead of the others of its record, by what they are still worth."""
    others = ~chosen
    row = np.zeros(int(record.max()) + 1)
    np.maximum.at(row, record[others], rival[others])
    return np.where(chosen, points - row[record], 0.0)


def _told(
    links: pd.DataFrame,
    named: pd.DataFrame,
    target: NDArray[np.intp],
    *,
    accepted: NDArray[np.bool_],
    owner: dict[int, str],
    margin: NDArray[np.float64],
) -> pd.DataFrame:
    """Write the decisions back: the assigned candidate first, and who has what was lost."""
    reasons = [
        {**reason, "taken_by": owner[code]} if owner.get(code, record) != record else reason
        for reason, code, record in zip(named["reason"], target, named["record"], strict=True)
    ]
    out = links.assign(accepted=False)
    out.loc[named.index, "accepted"] = accepted
    out["reason"] = out["reason"].astype(object)
    out.loc[named.index, "reason"] = pd.Series(reasons, index=named.index, dtype=object)
    out.loc[named.index[accepted], "margin"] = np.round(margin[accepted], 2)
    out = out.sort_values(["record", "accepted", "rank"], ascending=[True, False, True])
    out["rank"] = out.groupby("record").cumcount() + 1
    return out.sort_index()
