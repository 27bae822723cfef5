"""What held rows would cover: rows hidden or struck out, about which the project has not decided, leave it open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.concern import Concern
from gridkit.coverage.kleene import MAYBE
from gridkit.coverage.silent import open_ties
from gridkit.coverage.ties import TIE_COLUMNS, Open, branch_ties, pairing_ties, placed
from gridkit.model import Links
from gridkit.model.fields import YES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gridkit.coverage.facts import Facts
    from gridkit.model import City
    from gridkit.rules.ruleset import RuleSet


@dataclass(frozen=True)
class Held:
    """What there would be, beyond the facts, if every held row were a record.

    ``branches`` are the held branch rows, like ``Facts.branches``; ``ties`` and ``pairs`` are further ties, all of them
    maybe; ``instructor`` is per compound the held row of the compound registry that states an instructor (``""``).
    """

    branches: pd.DataFrame
    ties: pd.DataFrame
    pairs: pd.DataFrame
    instructor: np.ndarray[Any, Any]


def held_facts(facts: Facts, links: Links, table: Callable[[City, Open], pd.DataFrame]) -> Held:
    """Return what the held rows of a city add.

    Parameters
    ----------
    facts : Facts
        Of the records.
    links : Links
        With what the held rows would link to.
    table : callable
        Makes the table of branches of a city.
    """
    city = facts.city.with_pending()
    frame = pd.concat([links.frame, links.pending], ignore_index=True) if len(links.pending) else links.frame
    split = Open.of(Links(frame))
    rows = facts.city.pending.get("branches", pd.DataFrame())
    branches = table(city, split).loc[rows.index]
    named = branch_ties(city, split, facts.places, facts.frame)
    named = named[named["record"].isin([*facts.branches.index, *branches.index])]
    silent = open_ties(city, branches, facts.places) if len(branches) else named.iloc[:0]
    ties = placed(pd.concat([named, silent], ignore_index=True), facts.codes)
    return Held(
        branches,
        _beyond(ties, facts.ties),
        _beyond(pairing_ties(city, split, facts.codes), facts.pairs),
        _instructors(facts, split),
    )


def _beyond(ties: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """Return the ties that ``base`` does not have, as mere possibilities."""
    key = ["place", "record", "through"]
    known = pd.MultiIndex.from_frame(base[key].astype({"record": object, "through": object}))
    new = ~pd.MultiIndex.from_frame(ties[key].astype({"record": object, "through": object})).isin(known)
    return ties[new].assign(strength=MAYBE)[list(TIE_COLUMNS)].reset_index(drop=True)


def _instructors(facts: Facts, links: Open) -> np.ndarray[Any, Any]:
    """Return, per compound, the held row that states an instructor, where no record does; else ``""``."""
    found = np.full(len(facts.codes), "", dtype=object)
    rows = facts.city.pending.get("compounds")
    if rows is None:
        return found
    stating = rows.index[rows["instructor"] == YES]
    part = links.frame[
        (links.frame["field"] == "compound") & (links.frame["code"] != "") & links.frame["record"].isin(stating)
    ]
    part = part.sort_values(["code", "record"], ascending=False)
    at = facts.codes.get_indexer(part["code"])
    found[at[at >= 0]] = part["record"].to_numpy(object)[at >= 0]
    found[(facts.frame["instructor"] == YES).to_numpy(bool)] = ""
    return found


def would_cover(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C114: a row that is hidden or struck out, and held, is all that may cover some compounds."""
    del ruleset
    if not facts.city.pending or "open_via" not in frame:
        return
    held = {
        str(record): (kind, row)
        for kind in ("branches", "pairings", "compounds")
        if kind in facts.city.pending
        for record, row in zip(facts.city.pending[kind].index, facts.city.pending[kind].to_dict("records"), strict=True)
    }
    places: dict[str, list[int]] = {}
    open_ = frame["open_via"][frame["status"] == "UNKNOWN"]
    for place, records in zip(facts.codes.get_indexer(open_.index).tolist(), open_, strict=True):
        for record in records:
            if record in held:
                places.setdefault(record, []).append(place)
    columns = {
        "branches": ("name", "covers"),
        "pairings": ("unit_name", "target_name"),
        "compounds": ("name", "instructor"),
    }
    for record, found in sorted(places.items()):
        kind, row = held[record]
        name, field = columns[kind]
        variant = {} if row["why"] == "row" else {"variant": row["why"]}
        params = {"branch": row[name] or record, "n": len(found), **variant}
        code = str(facts.codes[found[0]])
        yield Concern("C114", record, tuple(found), params, ((record, field),), ("compound", code))
