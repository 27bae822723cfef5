"""What waits for a person, the decisions that change most first: one row per decision, however many cells say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.linkage.impact import impact_of
from gridkit.linkage.keys import mention_keys
from gridkit.linkage.mentions import COMMUNITY_COLUMNS, COMPOUND_COLUMN, COVERS, PLACE_COLUMNS, RECORD_COLUMNS
from gridkit.linkage.overrides import METHOD
from gridkit.linkage.parents import points_of
from gridkit.linkage.references import References
from gridkit.linkage.targets import record_targets
from gridkit.linkage.words import explain_reason
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS
from gridkit.rules.ruleset import load_ruleset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.model import Attributes, City, Coverage, Links, Places
    from gridkit.rules.ruleset import RuleSet

QUEUE_COLUMNS: Final = (
    "key", "kind", "field", "level", "mention", "parent", "address", "cells", "candidates", "impact", "households",
    "changes", "x", "y",
)  # fmt: skip
SHOWN: Final = 5
"""Candidates of a decision."""
_RECORDS: Final = {"unit": "units", "company": "property_companies", "branch": "branches"}
_COLUMNS: Final = {
    (column.kind, column.field): column
    for column in (*COMMUNITY_COLUMNS, *RECORD_COLUMNS, *PLACE_COLUMNS, COMPOUND_COLUMN, COVERS)
}
_MENTION: Final = ["record", "field", "position"]


def review_queue(
    city: City,
    places: Places,
    links: Links,
    coverage: Coverage,
    attributes: Attributes,
    ruleset: RuleSet | None = None,
) -> pd.DataFrame:
    """Return the decisions that wait for a person.

    Parameters
    ----------
    city, places, links
        As they were linked.
    coverage, attributes
        As they were decided with these links.
    ruleset : RuleSet, optional
        The rules of the coverage; the strict set where none is given.

    Returns
    -------
    pandas.DataFrame
        ``QUEUE_COLUMNS``, sorted by ``impact`` (most first), then ``key``; the index counts from 0. ``cells`` are all
        cells that say the same. ``candidates`` are up to five dictionaries: ``code``, ``target`` (how an overrides file
        names it), ``level``, ``name``, ``parent`` (name), ``score``, ``why`` (evidence in the current language).
        ``changes`` are the compounds that would get another status if the first candidate were confirmed, ``impact``
        their number, ``households`` those of them that are known; ``x``, ``y`` a point that the row states (metres in
        the system of the city, NaN for none). Names in the lists of branches without any candidate are there as well,
        as each may mean one more compound that is covered.

    Examples
    --------
    >>> from gridkit.model import Attributes, City, Coverage, Links, Places
    >>> import pandas as pd
    >>> from gridkit.model.results import COVERAGE_COLUMNS, LINK_COLUMNS, PLACE_COLUMNS
    >>> empty = pd.DataFrame()
    >>> len(review_queue(City("nowhere", "EPSG:4544"), Places(pd.DataFrame(columns=list(PLACE_COLUMNS))),
    ...     Links(pd.DataFrame(columns=list(LINK_COLUMNS))), Coverage(pd.DataFrame(columns=list(COVERAGE_COLUMNS))),
    ...     Attributes(empty, empty)))
    0
    """
    open_ = _open(links)
    if open_.empty:
        return pd.DataFrame(columns=list(QUEUE_COLUMNS))
    open_ = open_.join(mention_keys(city, open_)[["kind", "parent", "address", "key"]])
    best = _candidates(open_)
    arms = _arms(links, open_, best)
    ruleset = load_ruleset() if ruleset is None else ruleset
    changes = impact_of(city, places, arms, coverage=coverage, attributes=attributes, ruleset=ruleset)
    heads = open_.sort_values(["key", *_MENTION]).drop_duplicates(["key", *_MENTION])
    table = heads.drop_duplicates("key").set_index("key")[["kind", "field", "level", "mention", "parent", "address"]]
    table["cells"] = _cells(city, heads).reindex(table.index)
    table["candidates"] = _described(city, places, links, best).reindex(table.index)
    table["candidates"] = [value if isinstance(value, tuple) else () for value in table["candidates"]]
    found = [changes.get(str(key), ()) for key in table.index]
    table["changes"] = pd.Series(found, index=table.index, dtype=object)
    table["impact"] = [len(codes) for codes in found]
    table["households"] = _households(attributes, found)
    table[["x", "y"]] = _points(city, heads).reindex(table.index).to_numpy()
    table = table.reset_index().sort_values(["impact", "key"], ascending=[False, True], ignore_index=True)
    return table[list(QUEUE_COLUMNS)]


def _open(links: Links) -> pd.DataFrame:
    """Return the candidates that wait, and names in the lists of branches that have none."""
    lost = links.unmatched()
    lost = lost[(lost["field"] == "covers") & ~lost["method"].isin([METHOD, "all"])]
    both = pd.concat([links.open(), lost]).astype({"record": object, "field": object, "level": object, "code": object})
    return both.sort_index()


def _candidates(open_: pd.DataFrame) -> pd.DataFrame:
    """Return ``key``, ``level``, ``code``, ``score``, ``reason`` of the candidates shown, the best of a key first."""
    named = open_[open_["code"] != ""].sort_values(
        ["key", "score", "rank", "code"], ascending=[True, False, True, True]
    )
    first = named.drop_duplicates(["key", "level", "code"])
    return first[first.groupby("key").cumcount() < SHOWN][["key", "level", "code", "score", "reason"]]


def _arms(links: Links, open_: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    """Return accepted links and open candidates alike, for :func:`gridkit.linkage.impact.impact_of`."""
    columns = ["record", "field", "level", "code", "method"]
    frame = links.frame
    rest = frame[frame["accepted"].astype(bool) | ((frame["method"] == "all") & (frame["code"] == ""))]
    sure = rest[columns].assign(key="", top=True)
    top = set(best.drop_duplicates("key")[["key", "level", "code"]].itertuples(index=False, name=None))
    waits = open_.loc[open_["code"] != "", [*columns, "key"]]
    chosen = [row in top for row in waits[["key", "level", "code"]].itertuples(index=False, name=None)]
    return pd.concat([sure, waits.assign(top=chosen)], ignore_index=True).astype({"top": bool})


def _cells(city: City, heads: pd.DataFrame) -> pd.Series:
    """Return all cells that say what each key says: the name, the code where no name is written."""
    named: dict[tuple[str, str], Mapping[str, str]] = {}
    cells = []
    for kind, field, record in heads[["kind", "field", "record"]].itertuples(index=False, name=None):
        column = _COLUMNS[kind, field]
        if (kind, field) not in named:
            named[kind, field] = dict(city.rows(kind)[column.name].items())
        written = named[kind, field].get(record, "").strip()
        # what an organisation without a list says, its name says
        other = "name" if column == COVERS else column.code or column.name
        cells.append(city.cell(record, column.name if written else other))
    told = pd.DataFrame({"key": heads["key"].to_numpy(dtype=object), "cell": cells}).drop_duplicates()
    return told.groupby("key")["cell"].agg(tuple)


def _described(city: City, places: Places, links: Links, best: pd.DataFrame) -> pd.Series:
    """Return the candidates of each key as dictionaries of plain values."""
    about = {level: _About(city, places, links, str(level)) for level in sorted(set(best["level"]))}
    said: dict[int, str] = {}
    rows = []
    for level, code, score, reason in best[["level", "code", "score", "reason"]].itertuples(index=False, name=None):
        if id(reason) not in said:
            # the next best is shown beside it
            said[id(reason)] = explain_reason(
                {key: value for key, value in reason.items() if key not in ("next", "margin")}
            )
        rows.append({**about[level].of(code), "level": level, "score": float(score), "why": said[id(reason)]})
    made = pd.DataFrame({"key": best["key"].to_numpy(dtype=object), "row": rows})
    return made.groupby("key")["row"].agg(tuple)


class _About:
    """Names of the things of one level, and of what they lie in."""

    def __init__(self, city: City, places: Places, links: Links, level: str) -> None:
        self._references: References | None = None
        self._names: Mapping[str, str] = {}
        up = places.parents.get(level)
        self._parents: Mapping[str, str] = {} if up is None else dict(zip(up.index, up, strict=True))
        layer = city.layers.get({COMPOUND: COMMUNITY, GRID: COMMUNITY, COMMUNITY: "street"}.get(level, COMMUNITY))
        self._above: Mapping[str, str] = {} if layer is None else dict(layer.frame["name"].items())
        if level in LEVELS:
            own = city.layers.get(level)
            self._names = {} if own is None else dict(own.frame["name"].items())
            if level == COMPOUND:
                self._parents = dict(places.frame["community"].items())
            return
        here = links.accepted(COMMUNITY, "community").drop_duplicates("record").set_index("record")["code"]
        self._references = References(record_targets(city, level, here))
        self._names = dict(city.rows(_RECORDS[level])["name"].items())
        self._parents = dict(here.items())

    def of(self, code: str) -> dict[str, Any]:
        parent = self._parents.get(code, "")
        return {
            "code": code,
            "target": code if self._references is None else self._references.text(code),
            "name": self._names.get(code, ""),
            "parent": self._above.get(parent, "") or parent,
        }


def _households(attributes: Attributes, changes: list[tuple[str, ...]]) -> list[int]:
    if not any(changes):
        return [0] * len(changes)
    known = attributes.frame["households"].fillna(0).astype("int64")
    by_code = dict(zip(known.index.tolist(), known.tolist(), strict=True))
    return [sum(by_code.get(code, 0) for code in codes) for codes in changes]


def _points(city: City, heads: pd.DataFrame) -> pd.DataFrame:
    """Return ``x`` and ``y`` of the first row of each key that states a point."""
    kinds = [kind for kind in sorted(set(heads["kind"])) if kind in city.registries]
    points = [points_of(city, city.rows(kind)) for kind in kinds]
    known = pd.concat([part for part in points if len(part)]) if any(map(len, points)) else None
    if known is None:
        return pd.DataFrame({"x": np.array([], dtype=float), "y": np.array([], dtype=float)})
    there = heads[heads["record"].isin(known.index)].drop_duplicates("key")
    return known.reindex(there["record"]).set_index(pd.Index(there["key"], dtype=object))
