"""What the coverage rules ask about: branch rows with their validity, and the ties between records and compounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.duplicates import repeated
from gridkit.coverage.held import Held, held_facts
from gridkit.coverage.joint import together
from gridkit.coverage.kleene import MAYBE, Answers, N, at_least, every, known
from gridkit.coverage.silent import open_ties, saying_nothing
from gridkit.coverage.ties import Open, branch_ties, community_of, named_places, pairing_ties, placed
from gridkit.model.fields import UNKNOWN, YES

if TYPE_CHECKING:
    from gridkit.model import Attributes, City, Links, Places
    from gridkit.rules.ruleset import RuleSet


@dataclass(frozen=True)
class Facts:
    """The inputs of one coverage run, put into the shape that the rules need.

    ``codes`` are the compounds in layer order; ``branches`` is indexed by row id with ``kind``, ``level``, ``status``,
    ``named`` (places it names), ``evidence``, ``in_term``, ``enough``, ``duplicate``, ``disputed``, ``valid``,
    ``community``, ``silent`` (covers compounds by its kind and does not say which: ``""``, ``none`` or ``all``);
    ``ties`` has one row per compound, record and ``through`` (``covers``, ``grid``, ``unit``) with ``place`` (position
    of the compound in ``codes``) and ``strength`` (yes for accepted links, maybe for open ones and for rows that do not
    say which compounds they cover); ``pairs`` the same for pairings. ``held`` is what held rows would add; the ties and
    pairs hold it already, as possibilities.
    """

    city: City
    places: pd.DataFrame
    links: Open
    attributes: Attributes
    codes: pd.Index
    branches: pd.DataFrame
    ties: pd.DataFrame
    pairs: pd.DataFrame
    held: Held | None = None

    @property
    def every_branch(self) -> pd.DataFrame:
        """The branches, and behind them the held rows, which ties may name too."""
        return self.branches if self.held is None else pd.concat([self.branches, self.held.branches])

    @property
    def frame(self) -> pd.DataFrame:
        """The attributes of the compounds."""
        return self.attributes.frame

    def complete(self, kind: str) -> np.ndarray[Any, Any]:
        """Return, per compound, whether a registry of ``kind`` is declared complete where it lies.

        A scope is a code prefix of the community (of the compound's own code where no community is known).
        """
        where = self.places["community"].where(self.places["community"] != "", self.codes.to_series().to_numpy())
        result = np.zeros(len(self.codes), dtype=bool)
        for scope in scopes(self.city, kind):
            result |= where.str.startswith(scope).to_numpy(bool)
        return result


def scopes(city: City, kind: str) -> tuple[str, ...]:
    """Return the code prefixes for which a registry of ``kind`` is declared complete (``""``: everywhere)."""
    found = {source.scope for source in city.sources if source.kind == kind and source.complete}
    registry = city.registries.get(kind)
    if registry is not None and registry.complete:
        found.add(registry.scope)
    return tuple(sorted(found))


def collect(city: City, places: Places, links: Links, attributes: Attributes, *, ruleset: RuleSet) -> Facts:
    """Return the facts that coverage rules and findings share."""
    codes = attributes.frame.index
    located = places.frame.reindex(codes)
    for column in ("grid", "community", "street"):
        located[column] = located[column].fillna("").astype("object")
    split = Open.of(links)
    least = ruleset.thresholds.min_formal_members
    branches = branch_table(city, split, least=least)
    named = branch_ties(city, split, located, attributes.frame)
    ties = placed(pd.concat([named, open_ties(city, branches, located)], ignore_index=True), codes)
    facts = Facts(city, located, split, attributes, codes, branches, ties, pairing_ties(city, split, codes))
    facts = replace(facts, branches=_joint_members(facts, least=least))
    return _with_held(facts, links, least=least) if city.pending else facts


def _with_held(facts: Facts, links: Links, *, least: int) -> Facts:
    """Return the facts with all that held rows would add, as possibilities."""
    held = held_facts(facts, links, lambda city, split: branch_table(city, split, least=least))
    ties = pd.concat([facts.ties, held.ties], ignore_index=True)
    pairs = pd.concat([facts.pairs, held.pairs], ignore_index=True)
    return replace(facts, ties=ties, pairs=pairs, held=held)


def _joint_members(facts: Facts, *, least: int) -> pd.DataFrame:
    """Return the branches with joint ones judged by the members of their compounds together (the number of C107)."""
    members = together(facts)
    if members.empty:
        return facts.branches
    table = facts.branches.copy()
    table.loc[members.index, "enough"] = at_least(members, least)
    table["valid"] = _valid(table)
    return table


def branch_table(city: City, links: Open, *, least: int) -> pd.DataFrame:
    """Return one row per branch record with what the rules ask about it (see :class:`Facts`).

    A branch is valid when it is in term at the as-of date, active, has ``least`` formal members and is no duplicate;
    what is not stated leaves "maybe", and so do rows of one branch that contradict each other.
    """
    rows = city.rows("branches")
    table = pd.DataFrame(index=rows.index)
    table["kind"], table["level"] = rows["branch_kind"], rows["org_level"]
    table["status"] = rows["branch_status"].where(rows["branch_status"] != "", "active")
    table["named"] = named_places(links, rows).reindex(rows.index, fill_value=0).astype("int64")
    table["evidence"] = (rows["big_committee_member"] == YES) | (rows["agreement_on"] != "")
    table["community"] = community_of(rows, links)
    as_of = city.as_of.isoformat() if city.as_of else ""
    table["in_term"] = known(rows["term_end"] >= as_of, (rows["term_end"] == "") | (as_of == ""))
    table["enough"] = at_least(rows["formal_members"], least)
    table["duplicate"], table["disputed"] = repeated(rows, table)
    table["valid"] = _valid(table)
    table["silent"] = saying_nothing(rows, table, links)
    return table


def _valid(table: pd.DataFrame) -> Answers:
    active = known(table["status"] == "active", table["status"] == UNKNOWN)
    fine = every([table["in_term"].to_numpy(), table["enough"].to_numpy(), active], len(table))
    return np.where(table["disputed"], MAYBE, np.where(table["duplicate"], N, fine)).astype(np.int8)
