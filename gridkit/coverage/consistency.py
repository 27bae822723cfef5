"""Does the coverage fit the rules behind it? C101-C109, each a list of offenders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.concern import Concern, fields
from gridkit.coverage.joint import JointBranches
from gridkit.coverage.kleene import Y
from gridkit.model.fields import YES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.coverage.facts import Facts
    from gridkit.rules.ruleset import RuleSet

_SETTLED = ("UNIT_ORG", "OWN_BRANCH", "UNKNOWN")
_TERRITORIAL = ("grid", "compound", "joint", "functional")


def own_branch_due(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C101: enough formal members and eligible, yet only a joint branch or none. Unit-run compounds are exempt."""
    own = facts.frame
    members = own["formal_members"]
    due = members.ge(ruleset.thresholds.min_formal_members).fillna(False).to_numpy(bool)
    due &= ((own["eligible"] == YES) & (own["compound_type"] != "unit")).to_numpy(bool)
    due &= ~frame["status"].isin(_SETTLED).to_numpy(bool)
    origin = facts.attributes.origin
    rows = zip(
        np.flatnonzero(due).tolist(),
        *(values[due].to_list() for values in (own["name"], members, frame["status"])),
        *(origin[name][due].to_list() for name in ("formal_members", "eligible")),
        strict=True,
    )
    for place, name, count, status, of_members, of_eligible in rows:
        code = str(facts.codes[place])
        where = fields(of_members, "formal_members") + fields(of_eligible, "eligible")
        params = {"name": name, "members": int(count), "status": status}
        yield Concern("C101", code, (place,), params, where, ("compound", code))


def small_own_branch(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C102: an own branch with too few formal members (those of the compound where it states none, which is said)."""
    del frame
    ties = own_branches(facts)
    stated = facts.city.rows("branches")["formal_members"].reindex(ties["record"]).reset_index(drop=True)
    counted = facts.frame["formal_members"].iloc[ties["place"].to_numpy()].reset_index(drop=True)
    members = stated.fillna(counted)
    least = ruleset.thresholds.min_formal_members
    for at in np.flatnonzero(members.lt(least).fillna(False).to_numpy(bool)).tolist():
        place, record = int(ties["place"].iloc[at]), str(ties["record"].iloc[at])
        params = {**_names(facts, record, place), "members": int(members.iloc[at]), "least": least}
        where = fields(record, "formal_members")
        if pd.isna(stated.iloc[at]):
            params["variant"], where = "compound", _origin(facts, "formal_members", place)
        yield Concern("C102", record, (place,), params, where + fields(record, "covers"), _at(facts, place))


def own_branches(facts: Facts) -> pd.DataFrame:
    """Return the sure ties of active compound branches that name one compound alone."""
    rows = facts.branches
    alone = rows.index[
        (rows["kind"] == "compound") & (rows["status"] == "active") & (rows["named"] == 1) & (rows["level"] != "group")
    ]
    ties = facts.ties
    return ties[(ties["through"] == "covers") & (ties["strength"] == Y) & ties["record"].isin(alone)]


def joint_branches(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C103, C104, C105, C107: joint branches of one, of too many, far apart, too small."""
    del frame
    limits = ruleset.thresholds
    joint = JointBranches.of(facts)
    table = joint.table
    if table.empty:
        return
    everything = facts.branches["silent"].reindex(table.index) == "all"  # nobody knows of how many
    one = (table["kind"] == "joint") & (table["named"] > 0) & (table["reachable"] <= 1) & ~everything
    many = table["named"] > limits.joint_max_units
    far = (table["span_m"] > limits.joint_max_span_m) | (table["communities"] > 1)
    small = table["members"].lt(limits.min_formal_members).fillna(False).astype(bool)
    least, most = limits.min_formal_members, limits.joint_max_units
    for code, mask, asked in (
        ("C103", one, {}),
        ("C104", many, {"most": most}),
        ("C105", far, {}),
        ("C107", small, {"least": least}),
    ):
        part = table[mask.to_numpy(bool)]
        for record, row in zip(part.index, part.to_dict("records"), strict=True):
            params = {"branch": joint.name(record), **_figures(code, row), **asked}
            where = fields(record, "covers", *(("formal_members",) if code == "C107" else ()))
            places = joint.partners(record)
            yield Concern(code, record, places, params, where, _at(facts, *places[:1]))


def _figures(code: str, row: dict[str, Any]) -> dict[str, Any]:
    if code == "C103":
        named = int(row["named"])
        return {"reachable": int(row["reachable"]), "named": named, **({"variant": "one"} if named == 1 else {})}
    if code == "C104":
        return {"named": int(row["named"])}
    if code == "C105":
        return {"span_km": round(float(row["span_m"]) / 1000, 1), "communities": int(row["communities"])}
    return {"members": int(row["members"])}


def large_branch(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C106: a branch (not a general branch or committee) with more members than is usual."""
    del frame
    rows = facts.city.rows("branches")
    members = rows["members"].fillna(rows["formal_members"])
    level = facts.branches["level"]
    plain = (level == "branch") | ((level == "") & facts.branches["kind"].isin(_TERRITORIAL))
    most = ruleset.thresholds.branch_max_members
    large = (plain & (facts.branches["status"] == "active")).to_numpy(bool) & members.gt(most).fillna(False).to_numpy(
        bool
    )
    covered = _covered(facts, rows.index[large])
    for record in rows.index[large]:
        params = {"branch": rows.loc[record, "name"], "members": int(members[record]), "most": most}
        places = covered.get(record, ())
        where = fields(record, "members", "formal_members")
        yield Concern("C106", record, places, params, where, _at(facts, *places[:1]))


def unit_compounds(facts: Facts, frame: pd.DataFrame, ruleset: RuleSet) -> Iterator[Concern]:
    """C108 and C109: unit-run compounds with a new own branch, or covered through a unit without evidence."""
    del frame
    unit = (facts.frame["compound_type"] == "unit").to_numpy(bool)
    rows = facts.city.rows("branches")
    ties = own_branches(facts)
    ties = ties[unit[ties["place"].to_numpy()]]
    for place, record in ties[["place", "record"]].itertuples(index=False):
        founded = rows.loc[record, "founded_on"]
        if _is_new(founded, facts, years=ruleset.thresholds.new_branch_years):
            params = {**_names(facts, record, place), "founded_on": founded or "—"}
            where = fields(record, "founded_on", "covers") + _origin(facts, "compound_type", place)
            yield Concern("C108", str(facts.codes[place]), (int(place),), params, where, _at(facts, place))
    yield from _without_evidence(facts, unit)


def _is_new(founded: str, facts: Facts, *, years: int) -> bool:
    """Whether a branch counts as newly founded; yes where either date is missing, since nothing says it is old."""
    as_of = facts.city.as_of
    return not founded or as_of is None or founded > f"{as_of.year - years:04d}{as_of.isoformat()[4:]}"


def _without_evidence(facts: Facts, unit: np.ndarray[Any, Any]) -> Iterator[Concern]:
    rows, own = facts.branches, facts.frame
    ties = facts.ties[(facts.ties["strength"] == Y) & facts.ties["through"].isin(("covers", "unit"))]
    about = rows.loc[ties["record"]]
    place = ties["place"].to_numpy()
    relevant = (about["kind"].isin(("unit", "retired")) & (about["status"] == "active")).to_numpy(bool) & unit[place]
    evident = about["evidence"].to_numpy(bool)
    stated = ((own["big_committee_member"] == YES) | (own["agreement_on"] != "")).to_numpy(bool)
    shown = stated.copy()
    shown[place[relevant & evident]] = True
    bare = ties[relevant & ~shown[place]]
    bare = bare.drop_duplicates("place")
    for at, record, through in bare[["place", "record", "through"]].itertuples(index=False):
        code = str(facts.codes[at])
        naming = ("covers",) if through == "covers" else ("unit_name", "unit_id")
        where = fields(record, *naming, "big_committee_member", "agreement_on")
        yield Concern("C109", code, (int(at),), _names(facts, record, at), where, ("compound", code))
    told = unit & ~shown & own["coverage_claimed"].str.contains("单位|离退休|unit", regex=True).to_numpy(bool)
    told[bare["place"].to_numpy()] = False
    for at in np.flatnonzero(told).tolist():
        code = str(facts.codes[at])
        params = {"name": own["name"].iloc[at], "branch": own["coverage_claimed"].iloc[at], "variant": "claimed"}
        yield Concern("C109", code, (at,), params, _origin(facts, "coverage_claimed", at), ("compound", code))


def _names(facts: Facts, record: str, place: int) -> dict[str, Any]:
    return {"branch": facts.city.rows("branches").loc[record, "name"], "name": facts.frame["name"].iloc[place]}


def _origin(facts: Facts, field: str, place: int) -> tuple[tuple[str, str], ...]:
    return fields(facts.attributes.origin[field].iloc[place], field)


def _at(facts: Facts, *places: int) -> tuple[str, str]:
    return ("compound", str(facts.codes[places[0]])) if places else ("", "")


def _covered(facts: Facts, records: pd.Index) -> dict[str, tuple[int, ...]]:
    """Return the compounds that each of ``records`` names surely."""
    ties = facts.ties[(facts.ties["strength"] == Y) & facts.ties["record"].isin(records)]
    return {str(record): tuple(sorted(set(places))) for record, places in ties.groupby("record")["place"]}
