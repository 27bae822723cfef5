"""The link-error allowance of every indicator: how much fewer and more it may be where links are wrong.

An indicator that is a cell of the definition matrix has the allowance of that cell; the gap between the classes that of
both of its sides. Any other rate that rests on links is widened by ``ceil(rate * n)`` of its items, both ways, where
``n`` items rest on links that no person decided. Of a place smaller than the city these are all items that a link has
put there. What rests on no link has no allowance: numbers of members, dates and forms stand in the row itself, and
weights such as households are taken as they are stated.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.allowance import most_wrong_of
from gridkit.audit.format import span
from gridkit.audit.proofs import SURE, graded
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, NO, YES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gridkit.model import AuditResult, City, Indicators, Links

    Key = tuple[str, str]

MEASURES: Final[Mapping[str, tuple[str, str, str]]] = {
    "coverage.organisation.declared": ("compound", "declared", "all"),
    "coverage.organisation.valid": ("compound", "valid", "all"),
    "coverage.work.declared": ("compound", "work", "all"),
    "coverage.work.valid": ("compound", "work_valid", "all"),
    "grids.branch_rate": ("grid", "branch", "comprehensive"),
    "grids.branch_or_group_rate": ("grid", "branch_or_group", "comprehensive"),
}
"""Indicator -> subject, numerator and denominator of the matrix that it is."""

LEVELS: Final = ("city", "class", "street")
"""Scope levels of the matrix."""

GAP: Final = "gap.organisation"
MODE: Final = "mode.covered"
SUM_OF_LINKS: Final = "load.units_per_community"
"""Every unit of this sum is there through links."""
ALLOWANCE: Final = ("allowance_low", "allowance_high")


@dataclass(frozen=True)
class Resting:
    """On which links a rate rests.

    ``answers`` are registry and field of the links that say whether an item holds, ``item`` registry, field and level
    through which the items themselves are named (empty: the items are rows); ``placed`` registry and field of the links
    that put a row into a place; ``weight`` registry and column of what an item counts; ``members`` whether links decide
    which items there are at all.
    """

    answers: tuple[tuple[str, str], ...] = ()
    item: tuple[str, str, str] | None = None
    placed: tuple[str, str] | None = None
    weight: tuple[str, str] | None = None
    members: bool = False


_PAIRED: Final = (("pairings", "unit"), ("pairings", "target"))
_COMMITTEE: Final = ("owners_committees", "compound")
RESTING: Final[Mapping[str, Resting]] = {
    "pairing.units": Resting(_PAIRED, ("pairings", "unit", "unit"), ("units", "community")),
    "pairing.communities": Resting(_PAIRED, ("pairings", "target", COMMUNITY)),
    "pairing.compounds": Resting(_PAIRED, ("pairings", "target", COMPOUND)),
    "premises.priority_kept": Resting(
        (*_PAIRED, ("premises", "unit"), ("premises", "compound")), ("premises", "unit", "unit"), members=True
    ),
    "governance.body_rate": Resting((_COMMITTEE,), (*_COMMITTEE, COMPOUND)),
    "exclusive.group_rate": Resting((("branches", "covers"),), ("branches", "covers", GRID)),
    "property.organisation_rate": Resting((("property_service", "company"),), placed=("property_service", "compound")),
    "owners.party_share": Resting(placed=_COMMITTEE, weight=("owners_committees", "members")),
    "owners.cross_appointment": Resting(placed=_COMMITTEE),
    "members.reported": Resting(placed=("units", "community"), weight=("units", "members")),
    **{
        name: Resting(placed=("ledgers", "community"))
        for name in ("ledger.promised", "ledger.resolved", "ledger.resolved_of_promised", "ledger.overdue",
                     "lists.match_rate")
    },
}  # fmt: skip
"""Indicators that are no cell of the matrix -> the links that they rest on."""
_ROWS_OF: Final = ("companies", "companies_with_members")
"""Bases whose items are rows that say themselves whether they hold."""


def widen(
    indicators: Indicators, result: AuditResult, city: City | None = None, links: Links | None = None
) -> Indicators:
    """Return the indicators with the link-error allowance in ``allowance_low``, ``allowance_high``, ``low``, ``high``.

    Parameters
    ----------
    indicators : Indicators
        As measured; rows that are widened already are widened anew.
    result : AuditResult
        The definition matrix, the answers behind it, and the allowance.
    city, links : City, Links, optional
        Without them only what follows from the matrix is widened.

    Returns
    -------
    Indicators
        ``low`` = (numerator - allowance_low) / denominator and ``high`` = (numerator + unknown + allowance_high) /
        denominator; shares are kept between 0 and 1.
    """
    frame = indicators.frame.reset_index(drop=True)
    if frame.empty:
        return indicators
    wider = np.zeros((len(frame), 2), dtype=np.int64)
    for name, part in frame.groupby("id", sort=False):
        at = part.index.to_numpy()
        if name in MEASURES:
            wider[at] = cell_allowances(part, result, MEASURES[str(name)])
        elif name == GAP:
            wider[at] = [_of_gap(row, result) for row in part.to_dict("records")]
        elif name == MODE:
            wider[at] = _of_modes(part, result)
    if city is not None and links is not None and result.allowance.rate:
        _of_links(frame, _Links(city, links), result.allowance.rate, wider)
    low, high = span(
        *(frame[name].astype("int64").to_numpy() for name in ("numerator", "denominator", "unknown")),
        less=wider[:, 0], more=wider[:, 1], share=~frame["id"].str.startswith(("load.", GAP)).to_numpy(bool),
    )  # fmt: skip
    denominator = frame["denominator"].where(frame["denominator"] > 0).astype("float64")
    columns = dict(zip(ALLOWANCE, wider.T, strict=True))
    return replace(indicators, frame=frame.assign(**columns, low=low / denominator, high=high / denominator))


def cell_allowances(part: pd.DataFrame, result: AuditResult, measure: tuple[str, str, str]) -> np.ndarray:
    """Return the allowance of rows that are cells of the matrix; below the streets from the answers themselves."""
    subject, numerator, denominator = measure
    cells = result.matrix
    cells = cells[
        (cells["subject"] == subject) & (cells["numerator_id"] == numerator) & (cells["denominator_id"] == denominator)
    ]
    names = ("scope_level", "scope", "weight")
    known = {
        tuple(key): value
        for key, value in zip(
            cells[list(names)].itertuples(index=False, name=None),
            cells[list(ALLOWANCE)].astype("int64").itertuples(index=False, name=None), strict=True,
        )
    }  # fmt: skip
    for level, basis in dict.fromkeys(zip(part["scope_level"], part["basis"], strict=True)):
        if level not in LEVELS:
            known |= _by_scope(result, measure, level=level, weight=basis)
    keys = zip(part["scope_level"], part["scope"], part["basis"], strict=True)
    return np.array([known.get(key, (0, 0)) for key in keys], dtype=np.int64).reshape(-1, 2)


def _by_scope(
    result: AuditResult, measure: tuple[str, str, str], *, level: str, weight: str
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return the allowance per scope of a level that the matrix does not have, as its cells have theirs."""
    subject, numerator, denominator = measure
    frame = result.definitions.get(subject)
    if frame is None or f"weight.{weight}" not in frame or f"scope.{level}" not in frame:
        return {}
    part = frame[frame[f"weight.{weight}"].notna() & (frame[f"denominator.{denominator}"] == YES)]
    answer, scope = part[f"numerator.{numerator}"], part[f"scope.{level}"].astype("object")
    weights = part[f"weight.{weight}"].astype("int64")
    risky = (answer == YES) & (part[f"machine.{numerator}"] == YES)
    wrong = {label: most_wrong_of(int(n), result.allowance.rate) for label, n in risky.groupby(scope).sum().items()}
    less, more = (_heaviest(weights[which], scope[which], wrong) for which in (risky, answer == NO))
    return {(level, str(label), weight): (less.get(label, 0), more.get(label, 0)) for label in wrong}


def _heaviest(weight: pd.Series, scope: pd.Series, most: Mapping[Any, int]) -> dict[Any, int]:
    """Return, per scope, the sum of its ``most`` heaviest items."""
    frame = pd.DataFrame({"scope": scope, "weight": weight}).sort_values("weight", ascending=False, kind="stable")
    kept = frame[frame.groupby("scope").cumcount() < frame["scope"].map(most)]
    return {label: int(total) for label, total in kept.groupby("scope")["weight"].sum().items()}


def _of_gap(row: Mapping[Any, Any], result: AuditResult) -> tuple[int, int]:
    """Return the allowance of the gap: lowest urban less highest township share, and the other way round."""
    cells = result.matrix
    cells = cells[
        (cells["subject"] == "compound") & (cells["scope_level"] == "class") & (cells["numerator_id"] == "declared")
        & (cells["denominator_id"] == "all") & (cells["weight"] == row["basis"])
    ].set_index("scope")  # fmt: skip
    if not {"urban", "township"} <= set(cells.index) or not row["denominator"]:
        return 0, 0
    names = ("numerator", "denominator", "unknown", *ALLOWANCE)
    urban, township = ([int(cells.loc[side, name]) for name in names] for side in ("urban", "township"))
    (a, b), (c, d) = (span(*side[:3], less=side[3], more=side[4]) for side in (urban, township))
    m, n = urban[1], township[1]
    least, most = a * n - d * m, b * n - c * m
    numerator, unknown = int(row["numerator"]), int(row["unknown"])
    return max(numerator - least, 0), max(most - numerator - unknown, 0)


def _of_modes(part: pd.DataFrame, result: AuditResult) -> np.ndarray:
    """Return the allowance of the cross-table of management modes, from the compounds of each of its cells."""
    frame = result.definitions.get("compound")
    if frame is None:
        return np.zeros((len(part), 2), dtype=np.int64)
    machine = frozenset(frame.index[(frame["machine.declared"] == YES).to_numpy(bool)])
    found = []
    for held, lacking in zip(part["numerator_ids"], part["missing_ids"], strict=True):
        wrong = most_wrong_of(sum(code in machine for code in held), result.allowance.rate)
        found.append((wrong, min(wrong, len(lacking))))
    return np.array(found, dtype=np.int64).reshape(-1, 2)


@dataclass(frozen=True)
class _Links:
    """Which rows and codes rest on links that no person decided."""

    city: City
    links: Links
    _kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        return graded(self.links)

    def of(self, kind: str, name: str) -> pd.DataFrame:
        """Return the accepted links of one field of one registry."""
        if (kind, name) not in self._kept:
            records = self.city.rows(kind).index.astype("object")
            table = self.table[self.table["field"] == name]
            self._kept[kind, name] = table[table["record"].isin(records)]
        return self._kept[kind, name]

    def weak(self, *fields: tuple[str, str]) -> frozenset[str]:
        """Return the rows of which some link of ``fields`` was decided by no person."""
        rows = [part.loc[part["grade"] < SURE, "record"] for part in (self.of(*one) for one in fields)]
        return frozenset(record for part in rows for record in part)

    def items(self, rest: Resting) -> frozenset[str]:
        """Return the items that only such rows name."""
        weak = self.weak(*rest.answers)
        if rest.item is None:
            return weak
        kind, name, level = rest.item
        named = self.of(kind, name)
        named = named[named["level"] == level]
        held = named["record"].isin(weak)
        return frozenset(named.loc[held, "code"]) - frozenset(named.loc[~held, "code"])

    def weights(self, rest: Resting) -> Mapping[str, int]:
        """Return what each item counts; nothing where each counts one."""
        if rest.weight is None:
            return {}
        kind, column = rest.weight
        return self.city.rows(kind)[column].fillna(0).astype("int64").to_dict()


def _of_links(frame: pd.DataFrame, known: _Links, rate: float, wider: np.ndarray) -> None:
    """Put the allowance of the rates that are no cells of the matrix into ``wider``."""
    for name, rest in RESTING.items():
        part = frame[(frame["id"] == name) & ~frame["basis"].isin(_ROWS_OF)]
        if part.empty:
            continue
        answers, weights = known.items(rest) if rest.answers else frozenset(), known.weights(rest)
        placed = known.weak(rest.placed) if rest.placed else frozenset()
        for at, row in zip(part.index, part.to_dict("records"), strict=True):
            wider[at] = _of_row(row, rest, (answers, placed), rate=rate, weights=weights)
    for at in frame.index[frame["id"] == SUM_OF_LINKS]:
        wider[at] = most_wrong_of(int(frame.loc[at, "numerator"]), rate)


def _of_row(
    row: Mapping[Any, Any], rest: Resting, weak: tuple[frozenset[str], frozenset[str]], *, rate: float,
    weights: Mapping[str, int],
) -> tuple[int, int]:  # fmt: skip
    """Return the allowance of one row: the heaviest items that may be wrong, both ways."""
    answers, placed = weak
    here = placed if row["scope_level"] not in ("city", "kind") else frozenset()
    counted: Iterable[str] = (*row["numerator_ids"], *row["unknown_ids"], *row["missing_ids"])
    at_risk = [one for one in counted if one in here] if here else []
    asked = counted if rest.members else row["numerator_ids"]
    at_risk += [one for one in asked if one in answers and one not in here]
    wrong = most_wrong_of(len(at_risk), rate)
    if weights:
        wrong = sum(sorted((weights.get(one, 0) for one in at_risk), reverse=True)[:wrong])
    return min(wrong, int(row["numerator"])), wrong if here or rest.members else min(wrong, _lacking(row))


def _lacking(row: Mapping[Any, Any]) -> int:
    return max(int(row["denominator"]) - int(row["numerator"]) - int(row["unknown"]), 0)
