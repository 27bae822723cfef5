"""Covered, possible, confirmed: how sure it is that a compound without an organisation has none.

A few per cent of missed links would accuse hundreds of compounds. So a compound is called *confirmed* uncovered only
where nothing in the files could cover it after all: the registry is complete there, and no row that names something
unknown, waits for a person, is hidden, says nothing, or was linked with doubt speaks of its community or may lie
anywhere. Everything else that is not covered is *possible*.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.doubt import STATUS_OF_KIND
from gridkit.audit.evidence import ACTIVE
from gridkit.audit.stated import Where
from gridkit.locale import N_, gettext
from gridkit.model.fields import COMPOUND, NO, UNKNOWN, YES
from gridkit.model.proof import SHADE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.model import City, Coverage, Links, Places

SHOWN: Final = 5
"""Row ids that an explanation names; all of them are counted."""
EXACT: Final = ("same", "decided", "alias", "core")
"""Names that a link needs to be beyond doubt: the name itself, another one that is known, or the name without its type
word where only one place of the community is called so (none of 1,068 such links was wrong in three noisy worlds)."""
BESIDE: Final = ("same", "street", "none", "")
"""What the stated community may say of such a link."""
TOLERATED: Final = 0.03
"""How likely a confirmed compound may at most be covered after all, so that 97 of 100 are right."""
MISSED: Final = 0.05
"""Share of names that wait, or are linked with doubt, that mean something else than what they are like: 5 % of 2,114,
4 % of 558 and 4 % of 1,168 in eight noisy worlds. Of names without a candidate about half mean something else, so these
block their community whole."""
FAINT: Final = ("waiting", "doubtful")
"""Doubts that are cast on the whole community of a name beside those on what it is like."""
KEPT_OUT: Final = ("S140", "S141", "S142", "S143", "S145", "S150")
"""Rows set aside that can be no organisation: blank, totals, notes, headers; and what the project has decided."""

SENTENCES: Final[Mapping[str, str]] = {
    "covered": N_("covered: {n} record(s) of the registries say so"),
    "confirmed": N_("confirmed uncovered: the registry is complete here, and nothing in the files could cover it"),
    "silent": N_("possible: no registry that is declared complete speaks of it"),
    "candidate": N_("possible: {n} name(s) that wait for a person may mean it"),
    "held": N_("possible: {n} hidden or struck-out row(s), not decided yet, may cover it"),
    "blank": N_("possible: {n} organisation(s) do not say which compounds they cover"),
    "alike": N_("possible: {n} name(s) that mean no known compound, or wait for a person, are like its name"),
    "unlinked": N_("possible: {n} name(s) in rows of its community or street mean no compound that is known"),
    "waiting": N_("possible: {n} name(s) in rows of its community or street wait for a person"),
    "unread": N_("possible: {n} row(s) of the registry could not be used and may cover it"),
    "rival": N_("possible: {n} name(s) linked to another compound may mean it"),
    "doubtful": N_("possible: {n} link(s) in its community are uncertain and may mean it"),
    "anywhere": N_("possible: about {n} name(s) that are not linked may mean a compound of another community"),
    "unit": N_("possible: it is run by a unit, and {n} row(s) about units or their premises are not linked"),
}
"""Why a compound has its shade, the weightiest first; ``n`` counts the rows or names behind it."""
_ORDER: Final = {name: at for at, name in enumerate(SENTENCES)}


def say_shade(because: Mapping[str, Any]) -> str:
    """Return in the reader's language why a compound has its shade.

    >>> say_shade({"why": "waiting", "n": 2, "records": ("a.xlsx!S!3", "a.xlsx!S!9")})
    'possible: 2 name(s) in rows of its community or street wait for a person'
    """
    return gettext(SENTENCES[str(because["why"])]).format(n=because["n"])


def shade(city: City, places: Places, links: Links, coverage: Coverage) -> pd.DataFrame:
    """Return the shade of every compound, and why.

    Parameters
    ----------
    city, places, links, coverage
        Of one run.

    Returns
    -------
    pandas.DataFrame
        ``SHADE_COLUMNS``, indexed like ``coverage.frame``. ``because`` is a dict: ``why`` (a key of
        :data:`SENTENCES`), ``n`` (rows or names that it rests on) and ``records`` (the first of their row ids).

    Notes
    -----
    The community rule of the linking note: with it "confirmed uncovered" was right in .970-.977 of the cases and kept
    43-54 % of the compounds that truly are uncovered; naming candidates alone reached .933. Here faint doubts and names
    from anywhere are weighed by what they are expected to cover: right in .982-.987, kept 23-30 %, in 14 noisy worlds
    (``benchmarks/calibration.py``), where before hardly any was kept. An accepted link is
    doubtful where its name is only like the name of its target, or where its row or a code says otherwise.
    Cost is linear in links plus, per community, mentions times compounds.
    """
    frame = coverage.frame
    where = Where.of(city, places, links, frame.index)
    covers = _covers(city, links, coverage)
    doubts = pd.concat(_doubts(city, links, coverage, where, covers), ignore_index=True)
    doubts = doubts.drop_duplicates(["place", "why", "record", "position"])
    organisation = frame["organisation"].to_numpy(dtype=object)
    covered = organisation == YES
    sure = (organisation == NO) & where.complete
    sure[doubts.loc[~doubts["why"].isin(FAINT), "place"].to_numpy(np.int64)] = False
    outside, expected = _outside(covers, where)
    share = expected / max(int((organisation != YES).sum()), 1)
    if share > TOLERATED:
        doubts = pd.concat([doubts, _spread(outside, sure, expected)], ignore_index=True)
        sure[:] = False
    faint = doubts["why"].isin(FAINT).to_numpy(bool)
    risky = share + _faint(doubts[faint], where, organisation != YES) > TOLERATED
    doubts = doubts[~faint | risky[doubts["place"].to_numpy(np.int64)]]
    sure[doubts["place"].to_numpy(np.int64)] = False
    because: list[dict[str, Any]] = [{"why": "silent", "n": 0, "records": ()} for _ in covered]
    for at, found in _weightiest(doubts):
        because[at] = found
    for at in np.flatnonzero(sure).tolist():
        because[at] = {"why": "confirmed", "n": 0, "records": ()}
    for at in np.flatnonzero(covered).tolist():
        via = frame["via"].iloc[at]
        because[at] = {"why": "covered", "n": len(via), "records": tuple(via[:SHOWN])}
    shades = np.select([covered, sure], ["covered", "confirmed"], "possible").astype(object)
    told = pd.Series(because, dtype=object, index=frame.index)
    return pd.DataFrame({SHADE_COLUMNS[0]: shades, SHADE_COLUMNS[1]: told}, index=frame.index, dtype=object)


def _covers(city: City, links: Links, coverage: Coverage) -> pd.DataFrame:
    """Return all candidates of what organisations list that exist and whose kind gives a status that counts."""
    branches = city.rows("branches")
    exists = branches["branch_status"].isin((*ACTIVE, UNKNOWN))
    able = branches["branch_kind"].map(STATUS_OF_KIND).isin(coverage.counts_as) | (branches["branch_kind"] == "")
    frame = links.frame.astype({"record": object, "field": object, "level": object, "code": object})
    return frame[(frame["field"] == "covers") & frame["record"].isin(branches.index[exists & able])]


def _waiting(covers: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates of mentions that no link settles; of those that a person settled as "none" nothing."""
    if covers.empty:
        return covers
    settled = covers["accepted"].astype(bool).groupby([covers["record"], covers["position"]]).transform("any")
    return covers[~settled & (covers["method"] != "override")]


def _faint(doubts: pd.DataFrame, where: Where, uncovered: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return per compound how likely one of the faintly doubtful names around it means just it.

    Each means with the probability ``MISSED`` one of the uncovered compounds of the community or street that it speaks
    of, any of them equally.
    """
    spread = doubts.assign(open=uncovered[doubts["place"].to_numpy(np.int64)])
    among = spread.groupby(["why", "record", "position"])["open"].transform("sum").clip(lower=1)
    at = doubts["place"].to_numpy(np.int64)
    return np.bincount(at, weights=MISSED / among.to_numpy(float), minlength=len(where.codes))


def _outside(covers: pd.DataFrame, where: Where) -> tuple[pd.DataFrame, float]:
    """Return the mentions that may mean a compound far from where they are said to lie, and how many of them may.

    These are mentions without any candidate: all whose row states no place, and of the others the share that the
    rows of exactly known names have whose community is not the stated one.
    """
    key = ["record", "position"]
    waiting = _waiting(covers)
    strange = waiting.loc[waiting["code"] == "", key].drop_duplicates()
    nowhere = where.nowhere(strange)
    reasons = [
        (reason.get("name"), reason.get("parent"))
        for reason, rank in zip(covers["reason"], covers["rank"], strict=True) if rank == 1
    ]  # fmt: skip
    stated = [parent for name, parent in reasons if name in EXACT and parent in ("same", "near", "other")]
    away = sum(parent != "same" for parent in stated) / max(len(stated), 1)
    return (strange if away else nowhere), len(nowhere) + away * (len(strange) - len(nowhere))


def _spread(outside: pd.DataFrame, sure: np.ndarray[Any, Any], expected: float) -> pd.DataFrame:
    """Return the doubt that mentions from anywhere cast on the compounds that would be confirmed without them."""
    first = outside.sort_values(["record", "position"]).head(SHOWN)
    table = first.merge(pd.DataFrame({"place": np.flatnonzero(sure)}), how="cross")
    return table.assign(why="anywhere", n=math.ceil(expected))


def _weightiest(doubts: pd.DataFrame) -> list[tuple[int, dict[str, Any]]]:
    """Return, per place, the weightiest doubt with its number and its first records."""
    if doubts.empty:
        return []
    order = doubts["why"].map(_ORDER).to_numpy()
    table = doubts.assign(order=order)
    table = table[table["order"] == table.groupby("place")["order"].transform("min")]
    table = table.sort_values(["place", "record", "position"], kind="stable")
    groups = table.groupby("place", sort=True)
    counts, whys = groups.size(), groups["why"].first()
    if "n" in table:  # more than the records that are named
        counts = counts.where(groups["n"].first().isna(), groups["n"].first()).astype("int64")
    first = table[groups.cumcount() < SHOWN].groupby("place")["record"].agg(lambda rows: tuple(dict.fromkeys(rows)))
    return [
        (int(place), {"why": why, "n": int(n), "records": records})
        for place, why, n, records in zip(counts.index, whys, counts, first, strict=True)
    ]


def _doubts(city: City, links: Links, coverage: Coverage, where: Where, covers: pd.DataFrame) -> list[pd.DataFrame]:
    """Return tables of ``place``, ``why``, ``record``, ``position``: what may cover the compound at that place."""
    names = city.rows("branches")["name"]
    parts = [
        *_named(covers, where, names),
        *_trusted(covers, where),
        _open(city, coverage, where),
        _unread(city, where),
    ]
    if len(links.pending):
        held = links.pending[links.pending["field"] == "covers"]
        parts += [
            where.compounds(held, "held"),
            where.around(held, "held"),
            where.everywhere(where.nowhere(held), "held"),
        ]
    if "UNIT_ORG" in coverage.counts_as:
        parts.append(_units(city, links.frame, where))
    return parts


def _named(covers: pd.DataFrame, where: Where, names: pd.Series) -> list[pd.DataFrame]:
    """Return what mentions that wait, or name nothing known, may mean; a person's "none" (override) means none.

    An organisation may be called after the compound that its list names otherwise: where it lists one compound alone
    and bears the name of one of its community, that is what it means, and not any other there.
    """
    rest = _waiting(covers)
    called = rest.assign(mention=names.reindex(rest["record"]).fillna("").to_numpy())
    alone = covers.groupby("record")["position"].nunique().reindex(rest["record"]).to_numpy() == 1
    after = where.named_after(called[alone])
    open_, nothing = rest[rest["code"] != ""], rest[rest["code"] == ""]
    return [
        where.compounds(open_, "candidate"),
        where.alike(rest, "alike"),
        where.alike(called, "alike"),
        after,
        where.around(open_, "waiting"),
        where.around(nothing[~nothing["record"].isin(after["record"])], "unlinked"),
    ]


def _trusted(covers: pd.DataFrame, where: Where) -> list[pd.DataFrame]:
    """Return what accepted links may mean instead: their rivals, and any compound of the community of a doubtful one.

    Decisions of persons are beyond doubt.
    """
    if covers.empty:
        return []
    accepted = covers["accepted"].astype(bool)
    settled = accepted.groupby([covers["record"], covers["position"]]).transform("any")
    decided = (covers["method"] == "override").groupby([covers["record"], covers["position"]]).transform("any")
    rivals = covers[settled & ~accepted & ~decided & (covers["code"] != "")]
    sure = covers[accepted & (covers["method"] != "override") & (covers["method"] != "all")]
    doubtful = sure[np.array([_doubtful(reason) for reason in sure["reason"]], dtype=bool)]
    return [where.compounds(rivals, "rival"), where.around(doubtful, "doubtful")]


def _doubtful(reason: Mapping[str, Any]) -> bool:
    return (
        reason.get("name", "") not in EXACT
        or reason.get("parent", "") not in BESIDE
        or reason.get("code") == "contradicts"
    )


def _open(city: City, coverage: Coverage, where: Where) -> pd.DataFrame:
    """Return the records that coverage itself found open: held rows, and organisations that name nothing."""
    held = {record for rows in city.pending.values() for record in rows.index}
    some = coverage.frame[coverage.frame["organisation"] != YES]
    pairs = [(code, record) for code, records in some["open_via"].items() for record in records]
    whys = ["held" if record in held else "blank" for _, record in pairs]
    places = where.codes.get_indexer([code for code, _ in pairs])
    return pd.DataFrame({"place": places, "why": whys, "record": [record for _, record in pairs], "position": 0})


def _unread(city: City, where: Where) -> pd.DataFrame:
    """Return the rows of the branch registry that were set aside and may have been organisations."""
    names = {source.name for source in city.sources if source.kind == "branches"}
    rows = city.set_aside
    rows = rows[rows["src"].isin(names) & ~rows["reason"].isin((*KEPT_OUT, "S149"))]
    records = [f"{src}!{row}" for src, row in zip(rows["src"], rows["row"], strict=True)]
    return where.everywhere(pd.DataFrame({"record": records, "position": 0}, dtype=object), "unread")


def _units(city: City, frame: pd.DataFrame, where: Where) -> pd.DataFrame:
    """Return what may cover compounds run by units: organisations whose unit, and premises whose place, are open."""
    rows = city.rows("branches")
    about = rows["branch_status"].isin((*ACTIVE, UNKNOWN)) & rows["branch_kind"].isin(("unit", "retired", ""))
    of_branch = (frame["field"] == "unit") & frame["record"].isin(rows.index[about].astype(object))
    of_premises = (frame["field"].isin(["compound", "unit"])) & frame["record"].isin(
        city.rows("premises").index.astype(object)
    )
    some = frame[of_branch | of_premises]
    settled = some["accepted"].astype(bool).groupby([some["record"], some["field"]]).transform("any")
    rest = some[~settled.astype(bool) & (some["method"] != "override")] if len(some) else some
    found = pd.concat([
        where.compounds(rest[rest["level"] == COMPOUND], "unit"),
        where.around(rest[rest["level"] == COMPOUND], "unit"),
        where.everywhere(pd.concat([where.nowhere(rest), rest[rest["level"] != COMPOUND]]), "unit"),
    ], ignore_index=True)  # fmt: skip
    return found[where.unit_run[found["place"].to_numpy(np.int64)]]
