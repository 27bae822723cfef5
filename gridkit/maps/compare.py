"""An earlier run beside the present one: which compounds are new, gone, or have another status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridkit.errors import InputError
from gridkit.locale import N_
from gridkit.maps.features import grouped
from gridkit.maps.words import GROUPS
from gridkit.model.fields import STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.model import Run

LISTED = 5000
"""Vanished compounds that the page lists; of more it says the number."""


@dataclass(frozen=True)
class Before:
    """The compounds of an earlier run.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by code (text, unique): ``name``, ``status`` (one of ``STATUSES``); where they are known also
        ``organisation`` and ``valid`` (``yes``, ``no``, ``unknown``).
    label : str
        How the run is called: its date, or its folder.
    ruleset : str
        Rule set of that run; statuses by another one are another question, and the page says so.
    city : str
        Name of its city, empty where it is not known; the page warns where it is another one.
    part : bool
        Whether this is a part of that run, as on the page of one street; where the vanished compounds lay is not known
        there, so that nothing is said of them.
    """

    frame: pd.DataFrame
    label: str = ""
    ruleset: str = ""
    city: str = ""
    part: bool = False

    def __post_init__(self) -> None:
        lacking = {"name", "status"} - set(self.frame.columns)
        if lacking or not self.frame.index.is_unique or not self.frame["status"].isin(STATUSES).all():
            raise InputError(
                N_("the earlier run does not hold codes with one known status each"),
                place=self.label,
                remedy=N_("run gridkit audit again on the earlier data"),
            )

    @classmethod
    def of(cls, run: Run) -> Before:
        """Return the compounds of a run."""
        frame = run.coverage.frame[["status", "organisation", "valid"]]
        frame = frame.assign(name=run.attributes.frame["name"].reindex(frame.index).fillna(""))
        label = run.city.as_of.isoformat() if run.city.as_of else ""
        return cls(frame, label, run.coverage.ruleset, run.city.name)

    def of_those(self, codes: pd.Index) -> Before:
        """Return the same run as far as it speaks of ``codes``.

        >>> frame = pd.DataFrame({"name": ["A", "B"], "status": ["UNKNOWN"] * 2}, index=["a", "b"])
        >>> list(Before(frame).of_those(pd.Index(["b", "c"])).frame.index)
        ['b']
        """
        return replace(self, frame=self.frame[self.frame.index.isin(codes)], part=True)


def before_status(now: pd.DataFrame, before: Before, *, column: str = "status") -> pd.Series:
    """Return the status (or what else ``column`` holds) that each compound had; empty text for one that was not there.

    >>> frame = pd.DataFrame({"name": ["A"], "status": ["UNKNOWN"]}, index=["a"])
    >>> before_status(pd.DataFrame(index=["a", "b"]), Before(frame)).tolist()
    ['UNKNOWN', '']
    """
    return before.frame[column].reindex(now.index).astype("object").fillna("")


def comparison(run: Run, now: pd.DataFrame, before: Before, *, public: bool = False) -> dict[str, Any]:
    """Return what the page says of the comparison, as plain values.

    Parameters
    ----------
    run : Run
        The present run.
    now : pandas.DataFrame
        Compounds of the map, indexed by code, with ``status``.
    before : Before
    public : bool
        Do not list vanished compounds: whether one of them may be published is not known any more.

    Returns
    -------
    dict
        ``label``, ``new`` (codes), ``vanished`` (code, name, status), ``vanished_count``, ``whole``, ``changed``,
        ``same``, ``counts`` (status -> number then), ``same_rules``, ``counts_as`` (statuses that count as organisation
        coverage), ``figures`` (group of the headline -> number then; empty for a part), ``city`` (of the earlier run,
        where it is another one), ``common`` and ``renamed`` (compounds named in both, and those named otherwise).
    """
    then = before_status(now, before)
    gone = before.frame[~before.frame.index.isin(run.coverage.frame.index)].sort_index()
    there = then != ""
    listed = [] if public else gone.head(LISTED).reset_index().to_numpy(dtype=object).tolist()
    counts = before.frame["status"].value_counts()
    return {
        "label": before.label,
        "new": sorted(map(str, now.index[~there])),
        "vanished": [{"code": str(code), "name": str(name), "status": status} for code, name, status in listed],
        "vanished_count": len(gone),
        "whole": not before.part,
        "changed": int((there & (then != now["status"])).sum()),
        "same": int((there & (then == now["status"])).sum()),
        "counts": {status: int(counts.get(status, 0)) for status in STATUSES},
        "same_rules": before.ruleset in ("", run.coverage.ruleset),
        "counts_as": list(run.coverage.counts_as),
        "figures": {} if before.part else _figures(before, run.coverage.counts_as),
        **_strange(run, now, before),
    }


def _figures(before: Before, counts_as: Sequence[str]) -> dict[str, int]:
    frame = before.frame
    if "organisation" not in frame:
        frame = frame.assign(organisation=frame["status"].isin(counts_as).map({True: "yes", False: "no"}))
    groups = grouped(frame).value_counts()
    return {"total": len(frame)} | {group: int(groups.get(group, 0)) for group in GROUPS}


def _strange(run: Run, now: pd.DataFrame, before: Before) -> dict[str, Any]:
    """Return what suggests that the two runs are not of one city: codes may coincide by chance."""
    names = pd.DataFrame({"then": before.frame["name"], "now": now["name"]}).dropna()
    names = names[(names["then"] != "") & (names["now"] != "")]
    other = bool(before.city) and not before.part and before.city != run.city.name
    renamed = int((names["then"] != names["now"]).sum())
    return {"city": before.city if other else "", "common": len(names), "renamed": renamed}
