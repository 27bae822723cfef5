"""Rows that repeat a branch: told by what they say, never by where they stand."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.coverage.gather import record_order

if TYPE_CHECKING:
    from collections.abc import Hashable

EXISTING: Final = ("active", "unknown")
"""Statuses of a branch that exists, or may."""
_CONTENT: Final = ("members", "formal_members", "term_end", "unit_id", "unit_name", "big_committee_member",
                   "agreement_on")  # fmt: skip
_SEPARATORS: Final = re.compile(r"[、，,;；/|\s]+")


def repeated(rows: pd.DataFrame, table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return which rows repeat a branch, and which are one branch told in several ways.

    One branch is: the same branch id, or the same name in the same community. Where no community is known the list of
    covered places takes its part; rows without either are not judged, nor are planned and dissolved branches.

    Parameters
    ----------
    rows : pandas.DataFrame
        The branch registry.
    table : pandas.DataFrame
        On the same index, with ``kind``, ``level``, ``status``, ``community``.

    Returns
    -------
    duplicate : pandas.Series of bool
        Every row of a branch but one: the first by content, by row id where the content is the same.
    disputed : pandas.Series of bool
        All rows of a branch whose rows differ in anything that coverage or validity rests on: nobody can say which of
        them is right, and the order of the rows must not decide it.
    """
    duplicate = pd.Series(False, index=rows.index)
    disputed = duplicate.copy()
    exists = table["status"].isin(EXISTING)
    for key in (rows["branch_id"], name_key(rows, table)):
        told = key[exists & (key != "")]
        told = told[told.duplicated(keep=False)]
        if told.empty:
            continue
        group = pd.DataFrame({"key": told, "content": _content(rows.loc[told.index], table)}, dtype=object)
        group["order"] = record_order(told.index.to_numpy(object))
        group = group.sort_values(["key", "content", "order"], kind="stable")
        duplicate.loc[group.index[group.duplicated("key")]] = True
        several = group.groupby("key")["content"].transform("nunique") > 1
        disputed.loc[several.index[several]] = True
    return duplicate, disputed


def later_rows(rows: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Return which rows repeat one that stands before them in the files, for pointing at them; decides nothing."""
    order = rows.index[record_order(rows.index.to_numpy(object)).argsort(kind="stable")]
    later = pd.Series(False, index=rows.index)
    exists = table["status"].isin(EXISTING)
    for key in (rows["branch_id"], name_key(rows, table)):
        told = key[exists & (key != "")].reindex(order).dropna()
        later.loc[told.index[told.duplicated()]] = True
    return later


def name_key(rows: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Return name and community of each branch as one text; empty where either is missing."""
    where = table["community"].where(
        table["community"] != "", rows["covers"].where(rows["covers"] == "", "=" + rows["covers"])
    )
    name = rows["name"].map(plain_name)
    return (name + "|" + where).where((name != "") & (where != ""), "").astype("object")


def _content(rows: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Return what each row says of its branch, as one text; the order of a list does not matter."""
    columns: dict[Hashable, pd.Series] = {
        name: table[name].reindex(rows.index) for name in ("kind", "level", "status", "community")
    }
    columns |= {name: rows[name] for name in _CONTENT}
    columns["covers"] = rows["covers"].map(lambda text: "、".join(sorted(set(_SEPARATORS.split(text.strip())))))
    parts = [values.astype("object").where(values.notna(), "").map(str) for values in columns.values()]
    return pd.Series(["\x1f".join(row) for row in zip(*parts, strict=True)], index=rows.index, dtype=object)


def plain_name(name: str) -> str:
    """Return ``name`` in one width and case, without blanks and punctuation.

    >>> plain_name("东门社区 第１党支部（筹）")
    '东门社区第1党支部筹'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
