"""A113: one instructor, unit or company that "covers" more compounds than anybody can look after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.audit.scopes import look_up
from gridkit.audit.tricks.trick import Trick
from gridkit.model.fields import COMMUNITY, COMPOUND, YES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from gridkit.audit.evidence import Evidence
    from gridkit.audit.tricks.counted import Counted

_ACTIVE = ("active", "")


def stretched(counted: Counted) -> Iterator[Trick]:
    """Return the tricks A113.

    A registry keeps no names, so one person behind many compounds can be seen only by who sends the instructor, and
    only among compounds whose work coverage rests on nothing else (status INSTRUCTOR_ONLY). Three ways are looked at,
    each with more than ``instructor_max_compounds`` of them: a unit that is paired with them, and they with no other;
    a property company whose outcome is "instructor sent" and that serves them, where every compound that it serves
    states an instructor; a community in which every compound states an instructor and whose organisations, all of
    which state their formal members, have fewer than one for every ``instructor_max_compounds``. One person named
    under three spellings, or sent by three offices, cannot be seen; nor can two persons sent by one unit be told from
    one.
    """
    frame = counted.coverage.frame
    only = frame[frame["status"] == "INSTRUCTOR_ONLY"]
    if only.empty:
        return
    evidence = counted.evidence
    yield from _by_unit(counted, evidence, only["via"])
    stated = (counted.attributes.frame["instructor"].reindex(frame.index) == YES).to_numpy(bool)
    yes = frozenset(frame.index[stated])
    lonely = frozenset(only.index) & yes
    yield from _by_company(counted, evidence, lonely, yes)
    yield from _by_community(counted, lonely, yes)


def _by_unit(counted: Counted, evidence: Evidence, via: pd.Series) -> Iterator[Trick]:
    rows = counted.city.rows("pairings")
    unit = evidence.one("pairings", "unit", "unit").reindex(rows.index)
    stated = rows["unit_id"].where(rows["unit_id"] != "", rows["unit_name"])
    unit = unit.where(unit.notna(), stated).astype("object")
    pairs = via.explode().dropna().rename("record").rename_axis("code").reset_index()
    pairs = pairs[pairs["record"].isin(rows.index)]
    pairs = pairs.assign(unit=look_up(pairs["record"], unit))
    whom = pairs.drop_duplicates(["code", "unit"])
    alone = whom.loc[~whom["code"].duplicated(keep=False) & (whom["unit"] != ""), "code"]
    pairs = pairs[pairs["code"].isin(alone)]
    most = counted.limits.instructor_max_compounds
    count = pairs.drop_duplicates(["unit", "code"])["unit"].value_counts()
    many = count.index[(count > most).to_numpy(bool)]
    for name, part in pairs[pairs["unit"].isin(many)].groupby("unit", sort=True):
        codes = tuple(sorted(set(part["code"])))
        if len(codes) > most:
            records = tuple(sorted(set(part["record"])))
            said = str(counted.city.rows("units")["name"].get(name, name))
            params = {"name": said, "n": len(codes), "most": most}
            where = tuple((str(record), "target_name") for record in records)
            yield Trick("A113", str(name), records, params, where, compounds=codes)


def _by_company(counted: Counted, evidence: Evidence, lonely: frozenset[str], yes: frozenset[str]) -> Iterator[Trick]:
    companies = counted.city.rows("property_companies")
    sending = companies.index[(companies["party_form"] == "instructor").to_numpy(bool)]
    who = evidence.linked("property_service", "company", "company").rename(columns={"code": "company"})
    served = who.merge(evidence.linked("property_service", "compound", COMPOUND), on="record")
    most = counted.limits.instructor_max_compounds
    for company, part in served[served["company"].isin(sending)].groupby("company", sort=True):
        codes = tuple(sorted(set(part["code"]) & lonely))
        if len(codes) > most and set(part["code"]) <= yes:
            params = {"name": str(companies["name"][company]), "n": len(codes), "most": most, "variant": "company"}
            where = ((str(company), "party_form"), *((str(r), "compound_name") for r in sorted(set(part["record"]))))
            yield Trick("A113", str(company), (), params, where, compounds=codes)


def _by_community(counted: Counted, lonely: frozenset[str], yes: frozenset[str]) -> Iterator[Trick]:
    area = counted.places.frame[COMMUNITY].reindex(counted.coverage.frame.index).fillna("")
    rows, most = counted.branches, counted.limits.instructor_max_compounds
    linked = counted.links.accepted(COMMUNITY, "community").drop_duplicates("record").set_index("record")["code"]
    where = linked.reindex(rows.index)
    where = where.where(where.notna(), rows["community_code"]).astype("object")
    active = rows["branch_status"].isin(_ACTIVE) & (rows["org_level"] != "group")
    inside: dict[str, list[str]] = {}
    for code, community in zip(area.index.tolist(), area.tolist(), strict=True):
        inside.setdefault(str(community), []).append(str(code))
    for community, every in sorted(inside.items()):
        codes = tuple(sorted(set(every) & lonely))
        if not community or len(codes) <= most or not set(every) <= yes:
            continue
        members = rows.loc[(active & (where == community)).to_numpy(bool), "formal_members"]
        total = int(members.sum()) if len(members) and members.notna().all() else None
        if total is not None and len(codes) > most * total:
            params = {"community": counted.community_name(community), "n": len(codes), "total": total,
                      "variant": "community"}  # fmt: skip
            cells = tuple(pair for code in codes for pair in counted.origin(code, "instructor"))
            cells += tuple((str(record), "formal_members") for record in members.index)
            yield Trick("A113", community, (), params, cells, compounds=codes, area=community)
