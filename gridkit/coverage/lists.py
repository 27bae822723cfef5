"""Do the lists agree? C110 (members counted twice), C111 (in one list only), C112 (full coverage of less), C113."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.concern import Concern, fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.coverage.facts import Facts
    from gridkit.rules.ruleset import RuleSet


def members_twice(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C110: the branches of a community have more formal members than the community.

    Counted are active compound, joint and grid branches that are no duplicates (groups are inside branches, functional
    branches gather reported members, unit branches belong elsewhere). The total is what the community organisation
    states; without one the sum over the community's compounds, then without grid branches, and only where every
    compound states its number. A joint branch counts in its own community.
    """
    del frame, ruleset
    rows, about = facts.city.rows("branches"), facts.branches
    active = (about["status"] == "active") & ~about["duplicate"]
    known = facts.places["community"]
    stated = rows["formal_members"].where(active & (about["kind"] == "community")).dropna()
    head = stated.groupby(about["community"].reindex(stated.index)).sum()
    own = facts.frame["formal_members"]
    homes = own.groupby(known.to_numpy()).agg(["sum", "count", "size"])
    homes = homes.loc[(homes["count"] == homes["size"]) & (homes.index != ""), "sum"]
    for kinds, totals in (
        (("compound", "joint", "grid"), head),
        (("compound", "joint"), homes[~homes.index.isin(head.index)]),
    ):
        counted = (
            rows["formal_members"].where(active & about["kind"].isin(kinds) & (about["level"] != "group")).dropna()
        )
        groups = counted.groupby(about["community"].reindex(counted.index))
        sums, records = groups.sum(), groups.groups
        for community in sorted(sums.index.intersection(totals.index)):
            if community and sums[community] > totals[community]:
                params = {
                    "community": _community_name(facts, community),
                    "members": int(sums[community]),
                    "total": int(totals[community]),
                }
                where = tuple((record, "formal_members") for record in sorted(records[community]))
                yield Concern("C110", community, (), params, where, ("community", community))


def _community_name(facts: Facts, code: str) -> str:
    """The name of a community of the layer; its code where the layer does not hold it."""
    layer = facts.city.layers.get("community")
    return str(layer.frame["name"][code]) if layer is not None and code in layer.frame.index else code


def one_list_only(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C111: a compound that a branch names but no layer has, or that a complete registry leaves out."""
    del ruleset
    lost = facts.links.unmatched
    named = (lost["field"] == "covers") & (lost["level"] == "compound") & (lost["method"] != "all")
    lost = lost[named & lost["record"].isin(facts.branches.index)]
    here, registry = _sources(facts, "compound"), _sources(facts, "compounds")
    there = facts.city.rows("branches")["src"]
    perhaps = _perhaps_meant(facts, frame)
    for record, mention in lost[["record", "mention"]].drop_duplicates().itertuples(index=False):
        params = {"name": mention, "there": there[record], "here": here}
        places = perhaps.get(facts.branches.loc[record, "community"], ())
        yield Concern("C111", record, places, params, fields(record, "covers"))
    absent = ~listed(facts) & facts.complete("compounds")
    layer = facts.city.layers.get("compound")
    records = (layer.frame["src"] + "!" + layer.frame["row"].astype(str)).to_dict() if layer else {}
    names = facts.frame["name"][absent].to_list()
    for place, name in zip(np.flatnonzero(absent).tolist(), names, strict=True):
        code = str(facts.codes[place])
        params = {"name": name, "there": here, "here": registry}
        where = fields(records[code], "name") if layer else ()
        yield Concern("C111", code, (place,), params, where, ("compound", code))


def _perhaps_meant(facts: Facts, frame: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    """Uncovered compounds of each community: a name there that nothing matches may be one of them under an alias."""
    uncovered = np.flatnonzero((frame["status"] == "UNCOVERED").to_numpy())
    where = facts.places["community"].iloc[uncovered]
    return {
        str(code): tuple(uncovered[at].tolist()) for code, at in where.groupby(where.to_numpy()).indices.items() if code
    }


def _sources(facts: Facts, kind: str) -> str:
    """Names of the files that a layer or registry was read from: they need no translation."""
    return ", ".join(sorted(source.name for source in facts.city.sources if source.kind == kind)) or kind


def listed(facts: Facts) -> np.ndarray[Any, Any]:
    """Return which compounds the compound registry knows, or may know by a link that waits or a row that is held."""
    rows = facts.city.rows("compounds")
    known = facts.links.to("compound", "compound", rows)["code"]
    held = facts.links.pending
    return facts.codes.isin({*known, *held.loc[held["field"] == "compound", "code"]})


def full_of_less(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C112: every registry row of a community claims coverage, but the layer holds compounds that it does not know."""
    del frame
    rows = facts.city.rows("compounds")
    links = facts.links.sure
    links = links[(links["field"] == "compound") & (links["level"] == "compound") & links["record"].isin(rows.index)]
    where = facts.places["community"].reindex(links["code"]).to_numpy()
    table = pd.DataFrame({"record": links["record"].to_numpy(), "community": where}).dropna().drop_duplicates()
    claimed = rows["coverage_claimed"].reindex(table["record"]).fillna("")
    table["claims"] = ((claimed != "") & ~claimed.str.strip().isin(ruleset.words.claims_nothing)).to_numpy(bool)
    unknown = (
        pd.Series(~listed(facts), index=facts.codes).groupby(facts.places["community"].to_numpy()).agg(["sum", "size"])
    )
    lying = facts.places.groupby("community").indices
    for community, part in table.groupby("community"):
        missing = int(unknown.loc[community, "sum"])
        if community and missing and part["claims"].all():
            params = {
                "community": _community_name(facts, community),
                "rows": len(part),
                "missing": missing,
                "compounds": int(unknown.loc[community, "size"]),
            }
            cells = tuple((record, "coverage_claimed") for record in sorted(part["record"]))
            places = tuple(lying[community].tolist())
            yield Concern("C112", community, places, params, cells, ("community", community))


def names_none(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C113: a branch covers compounds by its kind, or all of a community nobody knows, and does not say which.

    Where the registry has no column of compounds at all, that is said once. The compounds are not flagged: their
    ``open_via`` names the rows.
    """
    del frame, ruleset
    silent = facts.branches["silent"]
    rows = facts.city.rows("branches")
    records = silent.index[silent != ""].sort_values()
    if len(records) and "covers" not in facts.city.registries["branches"].given:
        params = {"branch": rows.loc[records[0], "name"], "count": len(records), "variant": "column"}
        yield Concern("C113", records[0], (), params, fields(records[0], "name"))
        return
    for record in records:
        variant = {"variant": "all"} if silent[record] == "all" else {}
        params = {"branch": rows.loc[record, "name"], **variant}
        yield Concern("C113", record, (), params, fields(record, "covers"))
