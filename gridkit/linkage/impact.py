"""What a decision would change: the compounds whose coverage status hangs on an open link.

Worked out from the trace of the coverage that there is, in one pass; nothing is decided again. A compound changes where
an earlier rule than the deciding one waits for nothing but this link, and where, the link being another's, nothing is
left that could cover it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, UNKNOWN, YES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.model import Attributes, City, Coverage, Places
    from gridkit.rules.ruleset import CoverRule, RuleSet

SEVERAL: Final = "*"
"""Stands for a key where a way to a compound needs more than one decision."""
_WAY: Final = ["owner", "compound", "key", "top"]


def impact_of(
    city: City,
    places: Places,
    arms: pd.DataFrame,
    *,
    coverage: Coverage,
    attributes: Attributes,
    ruleset: RuleSet,
) -> dict[str, tuple[str, ...]]:
    """Return, per key, the compounds that would get another status if its best candidate were confirmed.

    Parameters
    ----------
    city, places : City, Places
    arms : pandas.DataFrame
        Accepted links and open candidates: ``record``, ``field``, ``level``, ``code``, ``method``; ``key`` (``""`` for
        accepted ones) and ``top`` (the candidate that would be confirmed; true for accepted ones).
    coverage, attributes, ruleset
        As they were decided with these links.

    Returns
    -------
    dict of str to tuple of str
        Codes in order; keys that change nothing are left out. Two open links on one way (a branch of an uncertain unit
        with uncertain premises) count for neither. Branches beyond those that the trace names are not counted.
    """
    ways = _ways(city, places, arms, attributes)
    waiting = _waiting(coverage, ruleset, set(ways["owner"]))
    found = [
        _confirmed(city, ways, waiting, attributes=attributes, ruleset=ruleset),
        _instructed(city, arms, coverage=coverage, attributes=attributes, ruleset=ruleset),
    ]
    gained = pd.concat(found, ignore_index=True)
    speaks = _speaks(city, places, attributes, ruleset=ruleset)
    freed = _freed(pd.concat([ways, _no_longer_silent(city, arms, coverage)], ignore_index=True), coverage, speaks)
    both = pd.concat([gained, freed], ignore_index=True).drop_duplicates().sort_values(["key", "compound"])
    return {str(key): tuple(codes) for key, codes in both.groupby("key")["compound"]}


def _ways(city: City, places: Places, arms: pd.DataFrame, attributes: Attributes) -> pd.DataFrame:
    """Return ``owner`` (branch or pairing), ``compound``, ``key``, ``top`` of every way that waits for a decision."""
    branches = city.rows("branches").index
    where = places.frame.rename_axis("compound").reset_index()[["compound", GRID, COMMUNITY]]
    of_branch = arms[arms["record"].isin(branches)]
    covers = of_branch[of_branch["field"] == "covers"]
    parts = [_named(covers[covers["level"] == COMPOUND])]
    for level, some in ((GRID, covers[covers["level"] == GRID]), (COMMUNITY, _everywhere(of_branch))):
        lying = where.loc[where[level] != "", ["compound", level]]
        parts.append(some.merge(lying, left_on="code", right_on=level).rename(columns={"record": "owner"})[_WAY])
    parts.append(_through_units(city, arms, of_branch, attributes))
    pairings = arms[arms["record"].isin(city.rows("pairings").index)]
    parts.append(_named(pairings[(pairings["field"] == "target") & (pairings["level"] == COMPOUND)]))
    ways = pd.concat(parts, ignore_index=True).astype({"top": bool})
    return ways[ways["key"] != ""].drop_duplicates()


def _named(arms: pd.DataFrame) -> pd.DataFrame:
    return arms.rename(columns={"record": "owner", "code": "compound"})[_WAY]


def _everywhere(of_branch: pd.DataFrame) -> pd.DataFrame:
    """Return the open communities of branches that cover everything in a community that is not known."""
    every = of_branch.loc[(of_branch["method"] == "all") & (of_branch["code"] == ""), "record"]
    return of_branch[(of_branch["field"] == "community") & of_branch["record"].isin(every)]


def _through_units(city: City, arms: pd.DataFrame, of_branch: pd.DataFrame, attributes: Attributes) -> pd.DataFrame:
    """Branch -> its unit -> compounds where that has premises, or which it owns."""
    units = of_branch[of_branch["field"] == "unit"].rename(columns={"record": "owner", "code": "unit"})
    rows = arms[arms["record"].isin(city.rows("premises").index)]
    of_unit = rows[rows["field"] == "unit"].rename(columns={"code": "unit"})
    housed = of_unit.merge(rows[rows["field"] == "compound"], on="record", suffixes=("_1", "_2"))
    housed = housed.rename(columns={"code": "compound"})
    housed = pd.concat([_both(housed), _owned(city, attributes)], ignore_index=True)
    ties = units[["owner", "unit", "key", "top"]].merge(housed, on="unit", suffixes=("_1", "_2"))
    return _both(ties)[_WAY] if len(ties) else ties.reindex(columns=_WAY)


def _no_longer_silent(city: City, arms: pd.DataFrame, coverage: Coverage) -> pd.DataFrame:
    """Return the ways of branches without a list, which may mean any compound until what their name says is decided."""
    rows = city.rows("branches")
    blank = rows.index[rows["covers"].str.strip() == ""]
    waits = arms[(arms["field"] == "covers") & (arms["key"] != "") & arms["record"].isin(blank)]
    one = waits.drop_duplicates(["record", "key"]).drop_duplicates("record", keep=False)
    if one.empty:
        return pd.DataFrame(columns=_WAY)
    there = coverage.frame["open_via"].explode().dropna()
    there = there[there.isin(set(one["record"]))]
    pairs = pd.DataFrame({"record": there.to_numpy(dtype=object), "compound": there.index.to_numpy(dtype=object)})
    named = waits.loc[waits["top"], ["record", "code"]].assign(meant=True).rename(columns={"code": "compound"})
    ways = pairs.merge(one[["record", "key"]], on="record").merge(named, on=["record", "compound"], how="left")
    return ways[ways["meant"].isna()].rename(columns={"record": "owner"}).assign(top=False)[_WAY]


def _both(table: pd.DataFrame) -> pd.DataFrame:
    """Join the keys of two steps of a way: the one that waits, ``SEVERAL`` where two different ones do."""
    one, two = (table[name].to_numpy(dtype=object) for name in ("key_1", "key_2"))
    key = np.where(one == "", two, np.where((two == "") | (one == two), one, SEVERAL))
    top = table["top_1"].to_numpy(dtype=bool) & table["top_2"].to_numpy(dtype=bool)
    kept = [name for name in ("owner", "unit", "compound") if name in table]
    return table[kept].assign(key=pd.Series(key, index=table.index, dtype=object), top=top)


def _owned(city: City, attributes: Attributes) -> pd.DataFrame:
    """Return units and the compounds that state them as their owner, by exact id or exact name of one unit."""
    units, parts = city.rows("units"), []
    for of_unit, of_compound in (("unit_id", "owner_unit_id"), ("name", "owner_unit")):
        names = units.loc[units[of_unit] != "", of_unit]
        names = names[~names.duplicated(keep=False)]
        owners = attributes.frame.loc[attributes.frame[of_compound] != "", of_compound]
        known = pd.Series(names.index, index=names.to_numpy(dtype=object), dtype=object)
        unit = owners.astype(object).map(known).dropna()
        parts.append(pd.DataFrame({"unit": unit.to_numpy(dtype=object), "compound": unit.index.to_numpy(dtype=object)}))
    return pd.concat(parts, ignore_index=True).drop_duplicates().assign(key="", top=True)


def _waiting(coverage: Coverage, ruleset: RuleSet, owners: set[str]) -> pd.DataFrame:
    """Return ``compound``, ``owner``, ``rule``: the first rule that waits for a record, before the deciding one."""
    trace = coverage.trace
    columns = ["compound", "owner", "rule"]
    if trace.empty or "open_via" not in trace:
        return pd.DataFrame(columns=columns, dtype=object)
    order = {name: at for at, name in enumerate(dict.fromkeys(trace["rule"].tolist()))}
    statuses = {rule.id: rule.status for rule in ruleset.rules}
    at = trace["rule"].map(order).to_numpy()
    decided = trace["compound"].map(coverage.frame["rule"].map(order)).to_numpy(dtype=float)
    early = trace[(at < decided) & (trace["open_via"].map(len) > 0).to_numpy()]
    status = early["compound"].map(coverage.frame["status"]).to_numpy(dtype=object)
    early = early[early["rule"].map(statuses).to_numpy(dtype=object) != status]
    table = early[["compound", "rule", "open_via"]].explode("open_via").rename(columns={"open_via": "owner"})
    table = table[table["owner"].isin(owners)].assign(at=lambda part: part["rule"].map(order))
    return table.sort_values(["at", "compound", "owner"]).drop_duplicates(["compound", "owner"])[columns]


def _confirmed(
    city: City, ways: pd.DataFrame, waiting: pd.DataFrame, *, attributes: Attributes, ruleset: RuleSet
) -> pd.DataFrame:
    """Return ``key``, ``compound`` where a rule would hold if the best candidate were confirmed."""
    sure = ways[ways["top"] & (ways["key"] != SEVERAL)]
    told = sure.merge(waiting, on=["owner", "compound"])
    branches = city.rows("branches")
    vague = branches.index[(branches["branch_kind"] == "") | (branches["branch_status"] == UNKNOWN)]
    told = told[~told["owner"].isin(vague)]
    typed = {rule.id for rule in ruleset.rules if _asks_type(rule)}
    no_type = attributes.frame.index[attributes.frame["compound_type"].isin(("", UNKNOWN))]
    return told.loc[~(told["rule"].isin(typed) & told["compound"].isin(no_type)), ["key", "compound"]]


def _asks_type(rule: CoverRule) -> bool:
    return bool(rule.when.compound_type) or (bool(rule.needs) and all(needs.compound_type for needs in rule.needs))


def _instructed(
    city: City, arms: pd.DataFrame, *, coverage: Coverage, attributes: Attributes, ruleset: RuleSet
) -> pd.DataFrame:
    """Return ``key``, ``compound`` where a row of the compound registry brings an instructor that was not known."""
    asking = [at for at, rule in enumerate(ruleset.rules) if any(YES in needs.instructor for needs in rule.needs)]
    rows = city.rows("compounds")
    some = arms[(arms["field"] == COMPOUND) & (arms["key"] != "") & arms["top"] & arms["record"].isin(rows.index)]
    if not asking or some.empty:
        return pd.DataFrame(columns=["key", "compound"], dtype=object)
    order = {rule.id: at for at, rule in enumerate(ruleset.rules)}
    decided = some["code"].map(coverage.frame["rule"]).map(order)
    brings = some["record"].map(rows["instructor"]) == YES
    lacks = some["code"].map(attributes.frame["instructor"]) != YES
    return some[(decided > asking[0]) & brings & lacks].rename(columns={"code": "compound"})[["key", "compound"]]


def _freed(ways: pd.DataFrame, coverage: Coverage, speaks: pd.Series) -> pd.DataFrame:
    """Return ``key``, ``compound`` where nothing would be left that may cover an unknown compound."""
    unknown = coverage.frame[(coverage.frame["status"] == "UNKNOWN") & speaks.reindex(coverage.frame.index)]
    some = ways[ways["compound"].isin(unknown.index)]
    of_one = some.groupby("compound").agg(keys=("key", "nunique"), top=("top", "any"))
    free = of_one.index[(of_one["keys"] == 1) & ~of_one["top"].astype(bool)]
    some = some[some["compound"].isin(free) & (some["key"] != SEVERAL)]
    waiting = dict(unknown["open_via"].items())
    lines: list[dict[str, Any]] = []
    for (compound, key), rows in some.groupby(["compound", "key"]):
        if set(rows["owner"]) >= set(waiting[compound]):
            lines.append({"key": key, "compound": compound})
    return pd.DataFrame(lines, columns=["key", "compound"], dtype=object)


def _speaks(city: City, places: Places, attributes: Attributes, *, ruleset: RuleSet) -> pd.Series:
    """Return, per compound, whether the silence of complete registries means that no organisation covers it."""
    frame = attributes.frame
    community = places.frame["community"].reindex(frame.index).fillna("").astype(object)
    where = community.where(community != "", frame.index.to_series().astype(object))
    complete: dict[str, Any] = {}
    for kind in {kind for table in ruleset.organisation.silence for kind in table.complete}:
        scopes = {source.scope for source in city.sources if source.kind == kind and source.complete}
        registry = city.registries.get(kind)
        scopes |= {registry.scope} if registry is not None and registry.complete else set()
        complete[kind] = np.logical_or.reduce(
            [
                np.zeros(len(frame), dtype=bool),
                *(where.str.startswith(scope).to_numpy(bool) for scope in sorted(scopes)),
            ]
        )
    out = np.zeros(len(frame), dtype=bool)
    for table in ruleset.organisation.silence:
        holds = np.ones(len(frame), dtype=bool)
        for kind in table.complete:
            holds &= complete[kind]
        out |= holds & _stated(table, frame)
    return pd.Series(out, index=frame.index)


def _stated(table: Any, frame: pd.DataFrame) -> Any:
    """Return where the compound says what a table of silence asks; nowhere where it asks what is not looked at here."""
    asked: Mapping[str, tuple[str, ...]] = {
        name: getattr(table, name) for name in table.model_fields_set - {"complete"}
    }
    if set(asked) - {"instructor", "eligible", "compound_type"}:
        return np.zeros(len(frame), dtype=bool)
    holds = np.ones(len(frame), dtype=bool)
    for name, values in asked.items():
        holds &= frame[name].isin(values).to_numpy()
    return holds
