"""Decisions of persons, applied: they come before all evidence, bars and thresholds, and one target per record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.linkage.assign import one_to_one, record_order
from gridkit.linkage.keys import key_of, mention_keys
from gridkit.linkage.mentions import COMMUNITY_COLUMNS, COMPOUND_COLUMN, COVERS, PLACE_COLUMNS, RECORD_COLUMNS
from gridkit.linkage.names import keys
from gridkit.linkage.references import References
from gridkit.linkage.targets import with_names
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID
from gridkit.model.overrides import DECISION_COLUMNS, Overrides, targets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.linkage.targets import Targets
    from gridkit.model import City

__all__ = ["METHOD", "Decisions", "Overrides", "key_of", "mention_keys", "targets_of", "what_became"]

METHOD: Final = "override"
"""Method of a link that a person has decided."""
_MENTION: Final = ["record", "field", "position"]
_OF_SEVERAL: Final = frozenset((column.kind, column.field) for column in (*PLACE_COLUMNS, COVERS))
"""Columns whose mention may name several places; any other names one thing."""
_LEVELS: Final = {
    **{
        (column.kind, column.field): (column.level,)
        for column in (*COMMUNITY_COLUMNS, *RECORD_COLUMNS, *PLACE_COLUMNS, COMPOUND_COLUMN)
    },
    ("branches", "covers"): (COMPOUND, GRID),
    ("pairings", "target"): (COMPOUND, COMMUNITY),
}
"""What each column can name."""
_OVERRULED: Final = frozenset(("short", "alone", "taken_by", "next", "margin"))
"""What a reason says of rivals and bars, which a decision overrules."""


class Decisions:
    """The decisions in force for one city; without any, everything that it is asked is returned as it came."""

    def __init__(self, city: City, overrides: Overrides | None) -> None:
        self._city = city
        frame = in_force(overrides, city)
        self._by_key = {row["key"]: row for row in frame.to_dict("records")}
        self._aliases = frame[frame["decision"] == "alias"]
        self._references: dict[int, References] = {}

    def named(self, targets: Targets) -> Targets:
        """Return targets with the further names that ``alias`` decisions give them, in whatever registry they stand."""
        names: dict[str, list[str]] = {}
        for kind, field, mention, target in self._aliases[["kind", "field", "mention", "target"]].itertuples(
            index=False
        ):
            if targets.level in _LEVELS.get((kind, field), (COMPOUND, GRID, COMMUNITY)):
                code = self._refer(targets).owner(target)
                if code and mention:
                    names.setdefault(code, []).append(mention)
        return with_names(targets, {code: sorted(set(names[code])) for code in sorted(names)})

    def _refer(self, targets: Targets) -> References:
        """Return how targets are referred to, made once; further names change nothing there."""
        at = id(targets.codes)
        return (
            self._references.setdefault(at, References(targets)) if at not in self._references else self._references[at]
        )

    def apply(self, links: pd.DataFrame, *targets: Targets) -> pd.DataFrame:
        """Return links with the decisions applied.

        Parameters
        ----------
        links : pandas.DataFrame
            Columns of links, every candidate of each mention.
        *targets : Targets
            What the mentions can name, one per level.

        Returns
        -------
        pandas.DataFrame
            A decided mention has its targets first, accepted, by the method ``override``; its other candidates are
            kept and not accepted. ``no_match`` leaves one row without a code. What ``reason`` knew of a target stays,
            so that a contradiction can still be told.
        """
        if not self._by_key or links.empty:
            return links
        heads = links.drop_duplicates(_MENTION)
        told = mention_keys(self._city, heads)
        hit = told["key"].isin(set(self._by_key)).to_numpy()
        if not hit.any():
            return links
        group = links.groupby(_MENTION, sort=False).ngroup()
        wanted = group.loc[heads.index[hit]].tolist()
        some = links[group.isin(set(wanted))]
        rows: dict[int, list[dict[str, Any]]] = {}
        for at, row in zip(group.loc[some.index].tolist(), some.to_dict("records"), strict=True):
            rows.setdefault(at, []).append(row)
        made: list[dict[str, Any]] = []
        done: list[int] = []
        by_level = {one.level: self._refer(one) for one in targets}
        for at, key, kind in zip(wanted, told.loc[hit, "key"], told.loc[hit, "kind"], strict=True):
            decided = _decided(self._by_key[key], kind, rows[at], by_level)
            if decided:
                made += decided
                done.append(at)
        if not done:
            return links
        new = pd.DataFrame(made, columns=list(links.columns))
        return pd.concat([links[~group.isin(set(done))], new.astype(links.dtypes.to_dict())], ignore_index=True)

    def assign(self, links: pd.DataFrame, rows: pd.DataFrame, *, profile: str) -> pd.DataFrame:
        """Give one target to each record (see :func:`gridkit.linkage.assign.one_to_one`), decided ones first.

        What a decision takes is not there for the others. Of several records that are decided to be the same target the
        first, by what they say, is its record; the others say so (``taken_by``).
        """
        chosen = links[links["method"] == METHOD]
        if chosen.empty:
            return one_to_one(links, rows, profile=profile)
        settled = links["record"].isin(set(chosen["record"]))
        linked = chosen[chosen["accepted"].astype(bool)]
        order = {record: at for at, record in enumerate(record_order(linked, rows))}
        linked = linked.assign(_order=linked["record"].map(order)).sort_values("_order", kind="stable")
        owner = dict(zip(*linked.drop_duplicates("code")[["code", "record"]].T.to_numpy(), strict=True))
        done, rest = links[settled].copy(), links[~settled]
        done["reason"] = _taken(done, owner, done["accepted"].astype(bool))
        lost = rest["code"].isin(set(owner))
        free = one_to_one(rest[~lost], rows, profile=profile)
        taken = rest[lost].assign(accepted=False)
        taken["reason"] = _taken(taken, owner, ~taken["accepted"].astype(bool))
        out = pd.concat([done, free, taken], ignore_index=True)
        order_columns = ["record", "accepted", "rank", "code"]
        out = out.sort_values(order_columns, ascending=[True, False, True, True], kind="stable", ignore_index=True)
        return out.assign(rank=out.groupby("record").cumcount() + 1)


def _taken(links: pd.DataFrame, owner: Mapping[str, str], where: pd.Series) -> list[dict[str, Any]]:
    """Return the reasons, with the record that has the target where it is another one."""
    columns = zip(links["reason"], links["code"], links["record"], where, strict=True)
    return [
        {**reason, "taken_by": owner[code]} if here and owner.get(code, record) != record else reason
        for reason, code, record, here in columns
    ]


def in_force(overrides: Overrides | None, city: City) -> pd.DataFrame:
    """Return the decisions that have not expired on the date of the data; without a date none has."""
    frame = (Overrides() if overrides is None else overrides).frame
    if city.as_of is None or frame.empty:
        return frame
    return frame[(frame["expires"] == "") | (frame["expires"] >= city.as_of.isoformat())]


def _decided(
    decision: Mapping[str, str], kind: str, rows: Sequence[Mapping[str, Any]], targets: Mapping[str, References]
) -> list[dict[str, Any]]:
    """Return the rows of one decided mention; none where the decision cannot be carried out."""
    head = rows[0]
    what = {"override": decision["decision"]}
    base = {**head, "method": METHOD, "score": 0.0, "margin": 0.0}
    if decision["decision"] == "no_match":
        reason = what | ({"code": "contradicts"} if _has_code(rows, set()) else {})
        return [{**base, "code": "", "rank": 1, "accepted": False, "reason": reason}]
    found = _found(decision, (kind, head["field"]), head["level"], targets)
    known = {(row["level"], row["code"]): row for row in rows if row["code"]}
    out = []
    for pair in found:
        like = known.pop(pair, None)
        reason = {} if like is None else {key: value for key, value in like["reason"].items() if key not in _OVERRULED}
        if _has_code(rows, set(found)):
            reason["code"] = "contradicts"
        level, code = pair
        points = {} if like is None else {"score": like["score"], "margin": like["margin"]}
        out.append({**base, **points, "level": level, "code": code, "accepted": True, "reason": reason | what})
    for row in known.values() if found else ():
        reason = {key: value for key, value in row["reason"].items() if key != "taken_by"}
        out.append({**row, "accepted": False, "reason": reason})
    return [{**row, "rank": at} for at, row in enumerate(out, start=1)]


def _found(
    decision: Mapping[str, str], column: tuple[str, str], level: str, targets: Mapping[str, References]
) -> list[tuple[str, str]]:
    """Return level and code of the targets of a decision; none where one is not there, or there are too many."""
    wanted = targets_of(decision["target"])
    if len(wanted) > 1 and column not in _OF_SEVERAL:
        return []
    levels = [level, *(one for one in _LEVELS.get(column, ()) if one and one != level)]
    found = []
    for text in wanted:
        owners = ((one, targets[one].owner(text)) for one in levels if one in targets)
        found.append(next(((one, code) for one, code in owners if code), ("", "")))
    return found if all(code for _, code in found) else []


def _has_code(rows: Iterable[Mapping[str, Any]], chosen: set[tuple[str, str]]) -> bool:
    """Tell whether the row's own code is that of a target that was not chosen."""
    return any(row["reason"].get("code") == "same" and (row["level"], row["code"]) not in chosen for row in rows)


def what_became(city: City, links: pd.DataFrame, overrides: Overrides | None) -> pd.DataFrame:
    """Return the decisions with what became of each.

    Parameters
    ----------
    city : City
        With its held rows as records (:meth:`gridkit.model.City.with_pending`).
    links : pandas.DataFrame
        All links, those of held rows too.
    overrides : Overrides, optional

    Returns
    -------
    pandas.DataFrame
        ``DECISION_COLUMNS``, sorted by key.
    """
    if overrides is None or not len(overrides):
        return pd.DataFrame(columns=list(DECISION_COLUMNS))
    heads = links.drop_duplicates(_MENTION)
    told = heads.assign(key=mention_keys(city, heads)["key"], used=heads["method"] == METHOD)
    told = told[told["key"].isin(set(overrides.frame["key"]))]
    groups = told.groupby("key")
    used, count = groups["used"].any(), groups.size()
    first = told.sort_values(["key", "record"]).drop_duplicates("key").set_index("key")["record"]
    frame = overrides.frame.reset_index(drop=True).copy()
    current = frame["key"].isin(set(in_force(overrides, city)["key"]))
    texts = _other_names(frame, heads)
    states = []
    for row, now, text in zip(frame.to_dict("records"), current, texts, strict=True):
        states.append(_state(row, now=now, seen=row["key"] in count.index, used=used.get(row["key"], False), text=text))
    frame["state"] = pd.Series(states, dtype=object)
    frame["mentions"] = frame["key"].map(count).fillna(0).astype("int64")
    frame["record"] = frame["key"].map(first.to_dict()).astype(object).fillna("")
    return frame[list(DECISION_COLUMNS)].sort_values("key", ignore_index=True)


def _other_names(frame: pd.DataFrame, heads: pd.DataFrame) -> list[bool]:
    """Return which ``alias`` decisions give a name that some row still says, whatever else stands in it."""
    alias = frame["decision"] == "alias"
    if not alias.any():
        return [False] * len(frame)
    said = {key.full for key in keys(heads["mention"].astype(str).tolist(), COMPOUND)}
    names = keys(frame["mention"].tolist(), COMPOUND)
    return [bool(one) and key.full in said for one, key in zip(alias, names, strict=True)]


def _state(row: Mapping[str, str], *, now: bool, seen: bool, used: bool, text: bool) -> str:
    if not seen and not text:
        return "unseen"
    if not now:
        return "expired"
    if used or not seen:
        return "used"
    single = len(targets_of(row["target"])) > 1 and (row["kind"], row["field"]) not in _OF_SEVERAL
    return "single" if single else "gone"
