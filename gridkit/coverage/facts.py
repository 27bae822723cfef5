"""What the coverage rules ask about: branch rows with their validity, and the ties between records and compounds."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.kleene import N, at_least, every, known, sure
from gridkit.coverage.ties import Open, branch_ties, community_of, named_places, pairing_ties
from gridkit.model.fields import YES

if TYPE_CHECKING:
    from gridkit.model import Attributes, City, Links, Places
    from gridkit.rules.ruleset import RuleSet


@dataclass(frozen=True)
class Facts:
    """The inputs of one coverage run, put into the shape that the rules need.

    ``codes`` are the compounds in layer order; ``branches`` is indexed by row id with ``kind``, ``level``, ``status``,
    ``named`` (places it names), ``evidence``, ``in_term``, ``enough``, ``duplicate``, ``valid``, ``community``;
    ``ties`` has one row per compound, record and ``through`` (``covers``, ``grid``, ``unit``) with ``place`` (position
    of the compound in ``codes``) and ``strength`` (yes for accepted links, maybe for open ones); ``pairs`` the same for
    pairings.
    """

    city: City
    places: pd.DataFrame
    links: Open
    attributes: Attributes
    codes: pd.Index
    branches: pd.DataFrame
    ties: pd.DataFrame
    pairs: pd.DataFrame

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
    branches = branch_table(city, split, least=ruleset.thresholds.min_formal_members)
    ties = branch_ties(city, split, located, attributes.frame)
    return Facts(city, located, split, attributes, codes, branches, ties, pairing_ties(city, split, codes))


def branch_table(city: City, links: Open, *, least: int) -> pd.DataFrame:
    """Return one row per branch record with what the rules ask about it (see :class:`Facts`).

    A branch is valid when it is in term at the as-of date, active, has ``least`` formal members and is no duplicate;
    what is not stated leaves "maybe".
    """
    rows = city.rows("branches")
    table = pd.DataFrame(index=rows.index)
    table["kind"], table["level"] = rows["branch_kind"], rows["org_level"]
    table["status"] = rows["branch_status"].where(rows["branch_status"] != "", "active")
    table["named"] = named_places(links).reindex(rows.index, fill_value=0).astype("int64")
    table["evidence"] = (rows["big_committee_member"] == YES) | (rows["agreement_on"] != "")
    table["community"] = community_of(rows, links)
    as_of = city.as_of.isoformat() if city.as_of else ""
    table["in_term"] = known(rows["term_end"] >= as_of, (rows["term_end"] == "") | (as_of == ""))
    table["enough"] = at_least(rows["formal_members"], least)
    table["duplicate"] = duplicates(rows, table)
    fine = every(
        [table["in_term"].to_numpy(), table["enough"].to_numpy(), sure(table["status"] == "active")], len(table)
    )
    table["valid"] = np.where(table["duplicate"], N, fine).astype("int8")
    return table


def duplicates(rows: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Return which active rows repeat an earlier one: the same branch id, or the same name in the same community.

    Earlier means by file, sheet and row number, whatever the order of the frame. Where no community is known the list
    of covered places takes its part; rows without either are not judged.
    """
    order = rows.assign(_id=rows.index).sort_values(["src", "row", "_id"], kind="stable").index
    active = (table["status"] == "active").reindex(order)
    same_id = rows["branch_id"].reindex(order)
    where = table["community"].where(
        table["community"] != "", rows["covers"].where(rows["covers"] == "", "=" + rows["covers"])
    )
    name = rows["name"].reindex(order).map(plain_name)
    key = (name + "|" + where.reindex(order)).where((name != "") & (where.reindex(order) != ""), "")
    repeated = pd.Series(False, index=order)
    for values in (same_id, key):
        told = values[active & (values != "")]
        repeated.loc[told.index] |= told.duplicated(keep="first")
    return repeated.reindex(rows.index)


def plain_name(name: str) -> str:
    """Return ``name`` in one width and case, without blanks and punctuation.

    >>> plain_name("东门社区 第１党支部（筹）")
    '东门社区第1党支部筹'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
