"""Codes and names of the layers against an official list of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.geo.labels import bare_name
from gridkit.model.fields import COMMUNITY, STREET
from gridkit.rules import CATALOGUE
from gridkit.schema.cells import per_value
from gridkit.schema.schemes import street_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from gridkit.schema.cells import Table


def check_official(all_tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """Return codes that the official list lacks (S108), and names that differ from it (S109)."""
    if "codes" not in all_tables:
        return []
    official = all_tables["codes"].frame
    streets = {street_code(code) for code in [*official["code"], *official["parent_code"]] if _is_street(code)}
    names = dict(zip(official["code"].map(street_code), official["name"], strict=True))
    communities = {code for code in official["code"] if len(code) == 12 and not code.endswith("000")}
    rows: list[dict[str, Any]] = []
    for level, known in ((STREET, streets), (COMMUNITY, communities)):
        if level in all_tables and known:
            rows += _compared(all_tables[level], known, names)
    return rows


def _is_street(code: str) -> bool:
    return len(street_code(code)) == 9 and code.isdigit()


def _compared(table: Table, known: set[str], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    frame = table.frame[~table.frame["code"].str.startswith("~")]
    codes: pd.Series = frame["code"].map(street_code)
    yield from per_value("S108", table, frame[~codes.isin(known)], "code")
    official = codes.map(names)
    both = frame.assign(_official=official)[official.notna() & (frame["name"] != "")]
    differ = both[both["name"].map(bare_name) != both["_official"].map(bare_name)]
    rule = CATALOGUE["S109"]
    for label, row in differ.groupby(level=0, sort=True):
        yield rule.found(
            str(label),
            refs=table.refs(row, "name"),
            n=1,
            value=str(row["name"].iloc[0]),
            official=str(row["_official"].iloc[0]),
        )
