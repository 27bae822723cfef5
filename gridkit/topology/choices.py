"""What people decided about defects, and what the data say for one unit before the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.errors import TableError
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.rules import CATALOGUE
from gridkit.topology.resolve import NOBODY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping

    from gridkit.topology.defects import Defects

Array = np.ndarray[Any, Any]

DO_GIVE, DO_KEEP, DO_REMOVE = "give", "keep", "remove"
AUTO: Final = "auto"
"""Role of what was settled by the rules alone."""
_BETWEEN: Final = ("T351", "T352", "T353", "T354")
"""Rules about two levels that differ."""
_SAY_WHO: Final = N_('say who is right: authority = {{ {level} = "bottom" }} or "top" in [repair]; or write keep')
_ROW: Final = N_("decision on {defect_id}")


@dataclass(frozen=True)
class Decision:
    """One decision: ``give`` (to the unit ``target``), ``keep`` or ``remove`` (``target`` is left without ground).

    ``ref`` is the row of the file where it stands.
    """

    what: str
    target: str
    role: str
    ref: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Choices:
    """Decisions by defect, which of them were used (their ids), to tell those that fit nothing, and how it went.

    ``excepted`` are those of the exceptions; of these an inspection tells which concern nothing. A decision may concern
    several places: it is refused only if it was ``followed`` at none and ``denied`` at one.
    """

    by_id: Mapping[str, Decision] = field(default_factory=dict)
    excepted: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    denied: dict[str, TableError] = field(default_factory=dict)

    def of(self, defect_id: str) -> Decision | None:
        """Return the decision on a defect, None where there is none."""
        found = self.by_id.get(defect_id)
        if found is not None:
            self.used.add(defect_id)
        return found

    def deny(self, defect_id: str, why: str, *, may: Iterable[str] = (), remedy: str = "", **values: str) -> None:
        """Note that a decision cannot be followed at a place, why, and which targets would do."""
        decision = self.by_id[defect_id]
        known = ", ".join(dict.fromkeys(one for one in may if one))
        usual = N_("write one of these targets: {may}; or keep") if known else N_("write keep, or leave it undecided")
        self.denied.setdefault(defect_id, TableError(
            why, place=_place(defect_id, decision.ref), remedy=remedy or usual,
            **{"target": decision.target, "decision": decision.what, "may": known, **values},
        ))  # fmt: skip

    def demand_followed(self) -> None:
        """Refuse decisions that could be followed nowhere, all of them at once.

        Raises
        ------
        TableError
        """
        refused = [error for name, error in sorted(self.denied.items()) if name not in self.followed]
        if len(refused) == 1:
            raise refused[0]
        if refused:
            raise TableError("{text}", text="\n".join(map(str, refused)))


def read_choices(decisions: pd.DataFrame | None, exceptions: pd.DataFrame | None, as_of: dt.date | None) -> Choices:
    """Return the decisions and exceptions of two tables; a decision goes before an exception.

    Parameters
    ----------
    decisions : pandas.DataFrame, optional
        ``BOUNDARY_DECISION_COLUMNS``; blank decisions are left out, and those whose ``until`` lies
        before ``as_of``.
    exceptions : pandas.DataFrame, optional
        ``defect_id`` (as a column or the index) and ``until``: defects that stay as they are.

    Raises
    ------
    TableError
        If a decision is none of ``BOUNDARY_DECISIONS``, or a defect is decided twice in different ways.

    Examples
    --------
    >>> table = pd.DataFrame({"defect_id": ["ab12"], "decision": ["give"], "target": ["101"]})
    >>> read_choices(table, None, None).by_id["ab12"]
    Decision(what='give', target='101', role='decided')
    """
    found: dict[str, Decision] = {}
    for row in _rows(exceptions, as_of):
        found[row["defect_id"]] = Decision(DO_KEEP, "", row["role"] or row.get("who", "") or "decided", row["ref"])
    seen: dict[str, Decision] = {}
    for row in _rows(decisions, as_of):
        if row["decision"] == "":
            continue
        if row["decision"] not in (DO_GIVE, DO_KEEP, DO_REMOVE):
            raise TableError(
                N_("the decision {decision!r} is unknown: give, keep or remove"),
                place=_place(row["defect_id"], row["ref"]), **row,
            )  # fmt: skip
        decision = Decision(row["decision"], row["target"], row["role"] or "decided", row["ref"])
        if seen.setdefault(row["defect_id"], decision) != decision:
            place = _place(row["defect_id"], row["ref"])
            raise TableError(N_("the defect is decided twice, and differently"), place=place)
    return Choices({**found, **seen}, frozenset(found) - frozenset(seen))


def demand_possible(
    decided: pd.DataFrame, frame: pd.DataFrame, unused: Collection[str], sides: Mapping[str, str]
) -> None:
    """Refuse decisions to move ground on defects that no repair settles: they would wait for ever without a word.

    Parameters
    ----------
    decided : pandas.DataFrame
        Decisions, with ``ref``.
    frame : pandas.DataFrame
        Of an inspection.
    unused : collection of str
        Defects that are there after the repair, and at which it did not look.
    sides : mapping of str to str
        Level of the children -> ``bottom``, ``top`` or ``none``.

    Raises
    ------
    TableError
        All at once.
    """
    rows = decided[decided["defect_id"].isin(frame.index.intersection(list(unused))) & (decided["decision"] != DO_KEEP)]
    said = []
    for name, ref in rows[["defect_id", "ref"]].itertuples(index=False):
        code, level = str(frame["code"][name]), str(frame["level"][name])
        undecided = code in _BETWEEN and sides.get(level) == "none"
        said.append(str(TableError(
            N_("the repair moves no ground for {code} ({title}) as it is set"), place=_place(str(name), str(ref)),
            remedy=_SAY_WHO if undecided else N_("correct the layer or its codes, or write keep"), level=level,
            code=code, title=_(CATALOGUE[code].title),
        )))  # fmt: skip
    if said:
        raise TableError("{text}", text="\n".join(said))


def _place(defect_id: str, ref: str = "") -> str:
    """Return where a decision stands: file and row, and the defect that it is on."""
    said = _(_ROW).format(defect_id=defect_id)
    return f"{':'.join(ref.rsplit('!', 1))}: {said}" if ref else said


def _rows(table: pd.DataFrame | None, as_of: dt.date | None) -> Iterable[dict[str, str]]:
    if table is None:
        return
    frame = table.reset_index() if table.index.name == "defect_id" else table
    for row in frame.to_dict("records"):
        texts = {str(key): "" if value is None or value != value else str(value).strip() for key, value in row.items()}  # noqa: PLR0124
        blank = dict.fromkeys(("defect_id", "decision", "target", "role", "until", "ref"), "")
        texts = {**blank, **texts}
        if texts["defect_id"] and not (as_of and texts["until"] and texts["until"] < as_of.isoformat()):
            yield texts


def preferred(defects: Defects, locked: Array, evidence: pd.DataFrame) -> tuple[Array, Array]:
    """Return who goes before the others at each defect, and where the evidence speaks for several.

    Parameters
    ----------
    defects : Defects
    locked : numpy.ndarray of bool
        Units that neither gain nor lose.
    evidence : pandas.DataFrame
        ``point`` (where a compound lies) and ``unit`` (position of the unit that it says it is in).

    Returns
    -------
    prefer : numpy.ndarray of int
        As :func:`gridkit.topology.resolve.resolve` takes it.
    torn : numpy.ndarray of bool

    Notes
    -----
    A locked claimant keeps what it claims; a gap goes to no locked unit. Then what compounds inside say, where they
    agree; then the longest border.
    """
    frame, claimed, borders = defects.frame, defects.claimed, defects.borders
    gap = frame["count"].to_numpy() == 0
    prefer, torn = np.full(len(frame), -1, dtype=np.int64), np.zeros(len(frame), dtype=bool)
    rows = pd.concat(
        [claimed[["defect", "unit"]], borders.loc[gap[borders["defect"].to_numpy(np.intp)], ["defect", "unit"]]]
    )
    if len(evidence) and len(frame):
        point, at = shapely.STRtree(frame["geometry"].to_numpy()).query(
            evidence["point"].to_numpy(), predicate="within"
        )
        said = pd.DataFrame({"defect": at, "unit": evidence["unit"].to_numpy(np.int64)[point]}).drop_duplicates()
        said = said.merge(rows.astype("int64").drop_duplicates(), on=["defect", "unit"])
        number = np.bincount(said["defect"], minlength=len(frame))
        torn = number > 1
        one = said[number[said["defect"].to_numpy(np.intp)] == 1]
        prefer[one["defect"].to_numpy(np.intp)] = one["unit"]
    if locked.any():
        _prefer_locked(defects, locked, prefer)
    return prefer, torn


def prefer_winners(defects: Defects, winners: Mapping[frozenset[str], str], codes: pd.Index, prefer: Array) -> None:
    """Change ``prefer`` at what exactly two units claim or border on, where one of the two is said to be right."""
    if not winners:
        return
    count = defects.frame["count"].to_numpy()
    gaps = defects.borders.loc[count[defects.borders["defect"].to_numpy(np.intp)] == 0, ["defect", "unit"]]
    for at, some in pd.concat([defects.claimed[["defect", "unit"]], gaps]).groupby("defect")["unit"]:
        winner = winners.get(frozenset(map(str, codes[some.to_numpy(np.intp)])))
        if winner is not None and prefer[int(str(at))] != NOBODY:
            prefer[int(str(at))] = codes.get_loc(winner)


def _prefer_locked(defects: Defects, locked: Array, prefer: Array) -> None:
    """Change ``prefer`` so that no locked unit gains or loses."""
    gap = defects.frame["count"].to_numpy() == 0
    held = defects.claimed[locked[defects.claimed["unit"].to_numpy(np.intp)]]
    number = np.bincount(held["defect"].to_numpy(np.intp), minlength=len(gap))
    at = held["defect"].to_numpy(np.intp)
    prefer[at] = held["unit"]
    prefer[number > 1] = NOBODY
    ranked = defects.borders.sort_values(["defect", "length", "unit"], ascending=[True, False, True], kind="stable")
    ranked = ranked[gap[ranked["defect"].to_numpy(np.intp)]]
    touches = np.unique(ranked.loc[locked[ranked["unit"].to_numpy(np.intp)], "defect"].to_numpy(np.intp))
    free = ranked[~locked[ranked["unit"].to_numpy(np.intp)]].drop_duplicates("defect").set_index("defect")["unit"]
    first = free.reindex(touches).fillna(NOBODY).to_numpy(np.int64)
    undecided = (prefer[touches] < 0) | locked[np.maximum(prefer[touches], 0)]
    prefer[touches[undecided]] = first[undecided]
