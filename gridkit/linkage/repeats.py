"""The same branch, unit or company several times, in one registry or in several files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridkit.linkage.lists import NOTHING, split_cell
from gridkit.linkage.names import keys, keys_of, normalise, strip_parents
from gridkit.linkage.parents import hints
from gridkit.linkage.stems import addresses
from gridkit.linkage.targets import clean_code
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridkit.model import City, Links

KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "branches": ("branch", ("branch_id",)),
    "units": ("unit", ("unit_id", "uscc")),
    "property_companies": ("company", ("company_id", "uscc")),
}
"""Registry -> level of its names, and the fields that hold its codes."""
ALIKE: Final = 85
"""Least similarity (0-100) of the names of two branches with the same list."""
SHOWN: Final = 5
"""Names told in a finding; the cells of all are in its refs."""
_PLAIN: Final = re.compile(r"[\W_]+")
_NUMERALS: Final = re.compile(r"[0-9]+|[一二三四五六七八九十]")
_NO_NAMES: Final = frozenset({"支部", "党支部", "联合支部", "联合党支部", "功能型支部", "功能型党支部", "党小组"})
"""What many branches are called."""


def repeated_records(city: City, links: Links) -> Iterator[dict[str, Any]]:
    """Yield L120 for each cluster of records that are the same organisation.

    The same is: one code; one normalised name in one place (community, else superior, else address; companies are known
    by their name alone); or, of branches of one kind and place with the same list, names that are nearly equal and hold
    the same numbers. Branches that are planned or dissolved are left out, and those that are repeated to the letter:
    C215 tells them. Records of one key are chained, not compared with each other: cost is linear.
    """
    known = hints(city)
    for kind, (level, fields) in KINDS.items():
        rows = city.rows(kind)
        if kind == "branches":
            rows = rows[~rows["branch_status"].isin(("planned", "dissolved"))]
        if len(rows) < 2:
            continue
        table = _table(city, links, rows, kind=kind, known=known)
        yield from _told(city, table, kind, _edges(table, rows, level, fields), code_field=fields[0])


def _table(
    city: City, links: Links, rows: pd.DataFrame, *, kind: str, known: Mapping[str, tuple[tuple[str, str], ...]]
) -> pd.DataFrame:
    """Return ``name``, ``full``, ``place``, ``src`` of each record, in the order of what they say."""
    level = KINDS[kind][0]
    normal = [
        strip_parents(re.sub(r"^(?:中共|中国共产党)", "", one), known)[0] for one in normalise(rows["name"].tolist())
    ]
    full = [key.full for key in keys_of(normal, level)]
    table = pd.DataFrame({"name": rows["name"].to_numpy(), "full": full}, index=rows.index, dtype=object)
    table["full"] = table["full"].mask(table["full"].isin(_NO_NAMES), "")
    table["place"] = "" if kind != "property_companies" else "-"
    if kind != "property_companies":
        table["place"] = _places(links, rows, kind)
    table["src"], table["row"] = rows["src"], rows["row"]
    return table.sort_values(["src", "row"], kind="stable")


def _places(links: Links, rows: pd.DataFrame, kind: str) -> pd.Series:
    """Return where each record lies: its community, else its superior, else its address."""
    accepted = links.frame[links.frame["accepted"].astype(bool) & links.frame["field"].isin(("community", "parent"))]
    found = {
        field: part.drop_duplicates("record").set_index("record")["code"].reindex(rows.index).fillna("")
        for field, part in (("community", accepted[accepted["field"] == "community"]),
                            ("parent", accepted[accepted["field"] == "parent"]))
    }  # fmt: skip
    stated = [key.full for key in keys(rows["community_name"].tolist(), "community")]
    place = found["community"].where(found["community"] != "", pd.Series(stated, index=rows.index)).astype(object)
    if kind == "branches":
        return place.where(place != "", found["parent"]).astype(object)
    return place.where(place != "", pd.Series(addresses(rows["address"].tolist()), index=rows.index)).astype(object)


def _edges(table: pd.DataFrame, rows: pd.DataFrame, level: str, fields: tuple[str, ...]) -> pd.DataFrame:
    """Return ``first``, ``second`` (positions in ``table``) and ``how`` of records that are the same."""
    parts = []
    for field in fields:
        code = clean_code(rows[field].reindex(table.index))
        parts.append(_chain(code.where(~code.isin(NOTHING), "")).assign(how="code"))
    both = (table["full"] != "") & (table["place"] != "")
    parts.append(_chain((table["full"] + "\x1f" + table["place"]).where(both, "")).assign(how="name"))
    if level == "branch":
        parts.append(_same_list(table, rows.reindex(table.index)).assign(how="list"))
    return pd.concat(parts, ignore_index=True)


def _chain(key: pd.Series) -> pd.DataFrame:
    """Tie every record of a key to the first."""
    table = pd.DataFrame({"key": key.to_numpy(dtype=object), "second": np.arange(len(key))})
    table = table[table["key"] != ""]
    table["first"] = table.groupby("key", sort=False)["second"].transform("first")
    return table.loc[table["first"] != table["second"], ["first", "second"]]


def _same_list(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Tie branches of one kind, place and list to the next in the order of their names, if nearly equal."""
    cells = rows["covers"].str.strip()
    lists = {text: "、".join(sorted(normalise(list(split_cell(text).items)))) for text in cells.unique()}
    numbers = [",".join(_NUMERALS.findall(full)) for full in table["full"]]
    made = pd.DataFrame(
        {"list": cells.map(lists).to_numpy(), "kind": rows["branch_kind"].to_numpy(), "numbers": numbers,
         "place": table["place"].to_numpy(), "full": table["full"].to_numpy(), "at": np.arange(len(table))}
    )  # fmt: skip
    made = made[(made["list"] != "") & (made["place"] != "") & (made["full"] != "")]
    group = ["list", "kind", "place", "numbers"]
    made = made.sort_values([*group, "full", "at"], ignore_index=True)
    same = (made[group] == made[group].shift()).all(axis=1).to_numpy(bool)
    where = np.flatnonzero(same)
    if not len(where):
        return pd.DataFrame({"first": [], "second": []}, dtype="int64")
    names, at = made["full"].tolist(), made["at"].to_numpy()
    ratio = process.cpdist([names[one] for one in where], [names[one - 1] for one in where], scorer=fuzz.ratio)
    alike = where[ratio >= ALIKE]
    return pd.DataFrame({"first": at[alike - 1], "second": at[alike]})


def _told(
    city: City, table: pd.DataFrame, kind: str, edges: pd.DataFrame, *, code_field: str
) -> Iterator[dict[str, Any]]:
    if edges.empty:
        return
    first, second = edges["first"].to_numpy(), edges["second"].to_numpy()
    graph = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(len(table), len(table)))
    label = connected_components(graph, directed=False)[1]
    ways: dict[int, set[str]] = {}
    for at, how in zip(label[first].tolist(), edges["how"], strict=True):
        ways.setdefault(at, set()).add(how)
    members: dict[int, list[int]] = {}
    for at, one in enumerate(label.tolist()):
        if one in ways:
            members.setdefault(one, []).append(at)
    names, records = table["name"].tolist(), table.index.tolist()
    for one, rows in members.items():
        called = list(dict.fromkeys(names[at].strip() for at in rows))
        if kind == "branches" and len({_PLAIN.sub("", name) for name in called}) == 1:
            continue
        how = ways[one]
        fields = ("name", code_field) if "code" in how else ("name",)
        way = next(way for way in ("name", "code", "list") if way in how)
        variant: dict[str, Any] = {} if way == "name" else {"variant": way}
        yield CATALOGUE["L120"].found(
            records[rows[0]], refs=[city.cell(records[at], field) for at in rows for field in fields], count=len(rows),
            kind=kind, names="、".join(called[:SHOWN]) + (" …" if len(called) > SHOWN else ""),
            **variant,
        )  # fmt: skip
