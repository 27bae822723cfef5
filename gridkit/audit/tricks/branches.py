"""Branches that count although they should not, or not so: A101-A104, A108, A109, A110, A114."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gridkit.audit.tricks.trick import Trick, plain
from gridkit.model.fields import COMPOUND, NO, YES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.audit.tricks.counted import Counted, Offender

_ACTIVE = ("active", "")
_OWN = ("compound", "joint")


def paper(counted: Counted) -> Iterator[Trick]:
    """A101: a branch with too few formal members and without a secretary, which nevertheless covers.

    Too few is what C102 (own branches) and C107 (joint ones) say; of other kinds that count, fewer formal members than
    are needed. The number is the branch's own: one that states none, or enough, is not said to have few because its
    compounds do. A blank cell means that there is no secretary where the registry fills that column elsewhere; where
    it does not, only a branch without any formal member is told.
    """
    rows = counted.branches
    kept = counted.given("branches", "secretary") and bool((rows["secretary"] == YES).any())
    told = {row["subject"] for code in ("C102", "C107") for row in counted.found(code)}
    few = rows["formal_members"].lt(counted.limits.min_formal_members).fillna(False).to_numpy(bool)
    few &= (rows.index.isin(told) | ~rows["branch_kind"].isin(_OWN)) & rows.index.isin(counted.carried)
    for record in sorted(rows.index[few]):
        members, secretary = int(rows.at[record, "formal_members"]), rows.at[record, "secretary"]
        if secretary == YES or not (secretary == NO or kept or members == 0):
            continue
        codes = counted.carried[record]
        params = {"branch": counted.branch(record), "members": members, "n": len(codes)}
        where = tuple((record, name) for name in ("formal_members", "secretary", "covers"))
        yield Trick("A101", record, (record,), params, where, compounds=codes)


def far(counted: Counted) -> Iterator[Trick]:
    """A102: a joint branch whose compounds lie far apart or in several communities (C105)."""
    for row in counted.found("C105"):
        told = row["params"]
        limit = counted.limits.joint_max_span_m / 1000
        params = {"span_km": told["span_km"], "communities": told["communities"], "limit": f"{limit:g}"}
        variant = {} if told["span_km"] > limit else {"variant": "near"}
        yield _of_branch(counted, "A102", row, {**params, **variant})


def large(counted: Counted) -> Iterator[Trick]:
    """A103: a joint branch over more places than is usual (C104), an error from a second limit on."""
    for row in counted.found("C104"):
        named, hard = int(row["params"]["named"]), counted.limits.joint_hard_units
        most = counted.limits.joint_max_units
        if named > hard:
            yield _of_branch(counted, "A103", row, {"named": named, "most": hard, "variant": "hard"}, severity="error")
        else:
            yield _of_branch(counted, "A103", row, {"named": named, "most": most})


def expired(counted: Counted) -> Iterator[Trick]:
    """A104: a branch whose term is over (C217) still covers."""
    for row in counted.found("C217"):
        yield _of_branch(counted, "A104", row, {"date": row["params"]["term_end"]}, also=("covers",))


def _of_branch(
    counted: Counted, code: str, row: Offender, params: dict[str, object], *, severity: str = "",
    also: tuple[str, ...] = (),
) -> Trick:  # fmt: skip
    record = str(row["subject"])
    codes = counted.carried[record]
    whole = {"branch": counted.branch(record), "n": len(codes), **params}
    where = tuple((record, name) for name in also)
    return Trick(code, record, (record,), whole, where, tuple(row["refs"]), codes, severity=severity)


def wrong_form(counted: Counted) -> Iterator[Trick]:
    """A108: an own branch with too few members (C102), or only a joint one though an own branch is due (C101).

    Where the branch states no number, that of its compound decides; the sentence and the cells then are the compound's.
    """
    for row in counted.found("C102"):
        told = row["params"]
        params = {"members": told["members"], "least": told["least"]}
        whose = {"name": told["name"], "variant": "compound"} if told.get("variant") == "compound" else {}
        yield _of_branch(counted, "A108", row, {**params, **whose})
    via = counted.coverage.frame["via"]
    for row in counted.found("C101", counted=False):
        code, told = str(row["subject"]), row["params"]
        if code not in counted.declared or told["status"] != "JOINT_BRANCH":
            continue
        params = {"name": counted.name(code), "members": told["members"], "variant": "joint"}
        rows = tuple(str(record) for record in via.at[code])
        where = tuple((record, "covers") for record in rows)
        yield Trick("A108", code, (), params, where, tuple(row["refs"]), (code,))


def members_twice(counted: Counted) -> Iterator[Trick]:
    """A109: the branches of a community have more formal members than it has (C110).

    Which of them holds a member twice cannot be said from counts: no row is taken away. It can be told only where the
    community states its members or every one of its compounds does, so through a linker that misses one row in ten
    hardly ever; and branches of which all compounds lie elsewhere are not counted, since they may state the wrong
    community.
    """
    found = counted.found("C110", counted=False)
    rows, area = counted.branches, counted.places.frame["community"]
    of_cell = {counted.city.cell(str(record), "formal_members"): str(record) for record in rows.index} if found else {}
    for row in found:
        community, told = str(row["subject"]), row["params"]
        stated = [of_cell[cell] for cell in row["refs"] if cell in of_cell]
        records = [record for record in stated if record in counted.carried]
        away = [r for r in records if all(area.get(code) != community for code in counted.carried[r])]
        least = int(told["members"]) - int(rows["formal_members"].reindex(away).sum())
        if not records or least <= int(told["total"]):
            continue
        params = {"community": told["community"], "members": told["members"], "total": told["total"],
                  "count": int(told["members"]) - int(told["total"])}  # fmt: skip
        codes = tuple(sorted({code for record in records for code in counted.carried[record]}))
        yield Trick("A109", community, (), params, refs=tuple(row["refs"]), compounds=codes[:1], area=community)


def functional(counted: Counted) -> Iterator[Trick]:
    """A110: a functional branch counts as a territorial one.

    Either its name says so while its kind is another or none, or the compound registry claims an own or joint branch
    where a functional one is all that covers.
    """
    rows, words = counted.branches, counted.ruleset.words
    spelled = "|".join(map(re.escape, words.functional)) or r"(?!)"
    named = rows["name"].str.contains(spelled, regex=True).fillna(False).astype(bool)
    posing = named & rows["branch_kind"].isin((*_OWN, "")) & rows["branch_status"].isin(_ACTIVE)
    links = counted.links.accepted(COMPOUND, "covers")
    for record in sorted(rows.index[posing.to_numpy(bool)]):
        codes = counted.carried.get(record, ())
        if rows.at[record, "branch_kind"] == "":
            named_here = set(links.loc[links["record"] == record, "code"]) - counted.declared
            codes = tuple(sorted(str(code) for code in named_here))
        if codes:
            params = {"branch": counted.branch(record), "n": len(codes)}
            where = ((record, "name"), (record, "branch_kind"), (record, "covers"))
            yield Trick("A110", record, (record,), params, where, compounds=codes)
    frame = counted.coverage.frame
    only = frame[(frame["status"] == "FUNCTIONAL_ONLY") & (frame["organisation"] == NO)]
    claimed = counted.attributes.frame["coverage_claimed"].reindex(only.index).fillna("")
    for code, text, via in zip(only.index, claimed, only["via"], strict=True):
        if any(word in text for word in words.functional) or text.strip() in words.claims_nothing:
            continue
        if any(word in text for word in words.claims_organisation):
            branch = counted.branch(via[0]) if via else "—"
            params = {"name": counted.name(code), "text": text, "branch": branch, "variant": "claimed"}
            cells = (*counted.origin(code, "coverage_claimed"), *((str(record), "covers") for record in via))
            yield Trick("A110", str(code), tuple(via), params, cells, compounds=(str(code),))


def ghosts(counted: Counted) -> Iterator[Trick]:
    """A114: rows that count although nothing on the map answers to them.

    A branch of which every place matches nothing (C111), and a row of the compound registry that claims coverage (or
    that counts, where nothing is claimed) and matches nothing. A name that waits for a person is no ghost, and neither
    is a branch that is itself named after a compound: its list calls that by an unknown name.
    """
    rows = counted.branches
    covers = counted.links.frame[counted.links.frame["field"] == "covers"]
    known = set(covers.loc[covers["code"] != "", "record"]) | set(covers.loc[covers["method"] == "all", "record"])
    told: dict[str, Offender] = {}
    for row in counted.found("C111", counted=False):
        if row["subject"] in rows.index and row["subject"] not in known:
            told.setdefault(str(row["subject"]), row)
    named = _compounds_by_name(counted) if told else {}
    names = {name for here in named.values() for name in here if len(name) > 1}
    alike = counted.alike("covers") if told else {}
    for record, row in sorted(told.items()):
        kind, status = rows.at[record, "branch_kind"], rows.at[record, "branch_status"]
        if kind in (*_OWN, "") and status in _ACTIVE and not _named_after(counted, record, named):
            params: dict[str, object] = {"branch": counted.branch(record), "name": row["params"]["name"]}
            here = _community(counted, record)
            doubt = (
                not here
                or here in alike.get(record, ())
                or plain(row["params"]["name"]) in names
                or any(name in plain(counted.branch(record)) for name in names)
            )
            params |= {"variant": "possible"} if doubt else {}
            severity = "notice" if doubt else ""
            yield Trick("A114", record, (record,) if not doubt else (), params, refs=tuple(row["refs"]), area=here,
                        severity=severity)  # fmt: skip
    lost = counted.links.unmatched()
    lost = lost[(lost["field"] == "compound") & (lost["level"] == COMPOUND)]
    claims = counted.claims() | (not counted.given("compounds", "coverage_claimed"))
    full = _full(counted)
    for record, mention in lost[["record", "mention"]].drop_duplicates("record").itertuples(index=False):
        if bool(claims.get(record, False)):
            text = str(counted.city.rows("compounds").at[record, "coverage_claimed"]) or "—"
            sure = counted.stated(str(record)) in full
            params = {"name": str(mention), "text": text, "variant": "compound" if sure else "possible_compound"}
            yield Trick("A114", str(record), (str(record),) if sure else (), params, ((str(record), "name"),),
                        severity="" if sure else "notice")  # fmt: skip


def _full(counted: Counted) -> frozenset[str]:
    """Return the communities whose compounds all have a row of the registry: one more row there names none of them."""
    area = counted.places.frame["community"]
    listed = area.index.isin(counted.listing["code"])
    return frozenset(area[listed]) - frozenset(area[~listed]) - {""}


def _compounds_by_name(counted: Counted) -> dict[str, set[str]]:
    """Return community -> plain names of its compounds."""
    area = counted.places.frame["community"]
    found: dict[str, set[str]] = {}
    for code, name in counted.attributes.frame["name"].items():
        found.setdefault(str(area.get(code, "")), set()).add(plain(str(name)))
    return found


def _named_after(counted: Counted, record: str, named: dict[str, set[str]]) -> bool:
    name = plain(counted.branch(record))
    return any(len(one) > 1 and one in name for one in named.get(_community(counted, record), ()))


def _community(counted: Counted, record: str) -> str:
    links = counted.links.accepted("community", "community")
    found = sorted(links.loc[links["record"] == record, "code"])
    return str(found[0]) if found else str(counted.branches.at[record, "community_code"])
