"""All S findings that need the whole city: fields, codes, duplicates, parents, official names, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.io.headers import HEADERS
from gridkit.io.vocabulary import SYNONYMS
from gridkit.model import Findings
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, REQUIRED, STREET
from gridkit.rules import CATALOGUE
from gridkit.schema.cells import LISTED, Table, is_layer, per_row, per_value, tables
from gridkit.schema.codes import check_codes
from gridkit.schema.official import check_official
from gridkit.schema.schemes import SCHEMES, Scheme, is_credit_code, street_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from gridkit.model import City

ALTERNATIVES: Final[Mapping[str, str]] = {
    "unit_name": "unit_id",
    "compound_name": "compound_id",
    "company_name": "company_id",
    "target_name": "target_id",
}
"""A name that is required may be missing where its code is there."""

KEYS: Final[Mapping[str, str]] = {
    "compounds": "compound_id",
    "branches": "branch_id",
    "units": "unit_id",
    "property_companies": "company_id",
    "ledgers": "item_id",
    "codes": "code",
}
"""Registry -> the field that names a row and so may not stand twice."""

NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    COMMUNITY: ("street_code", "street_name"),
    GRID: ("community_code", "community_name"),
    COMPOUND: ("community_code", "community_name"),
    "compounds": ("community_code", "community_name"),
    "service_points": ("community_name",),
}
"""Kinds whose names should be unique within a parent, and the fields that name the parent, the best first."""

PARENTS: Final = (
    (COMMUNITY, "street_code", STREET),
    (GRID, "community_code", COMMUNITY),
    (COMPOUND, "community_code", COMMUNITY),
    (COMPOUND, "grid_code", GRID),
    ("compounds", "community_code", COMMUNITY),
    ("compounds", "grid_code", GRID),
    ("branches", "community_code", COMMUNITY),
    ("units", "community_code", COMMUNITY),
)
"""Kind, field with a code, level in which that code must exist."""

RANGES: Final[Mapping[tuple[str, str], tuple[int, int]]] = {
    (COMPOUND, "households"): (1, 30_000),
    ("compounds", "households"): (1, 30_000),
    (GRID, "households"): (0, 30_000),
    (COMMUNITY, "households"): (1, 100_000),
    (COMPOUND, "population"): (0, 100_000),
    ("compounds", "population"): (0, 100_000),
    (COMPOUND, "built_year"): (1900, 2100),
    ("compounds", "built_year"): (1900, 2100),
    ("branches", "members"): (0, 5_000),
    ("owners_committees", "members"): (1, 99),
}
"""Kind and field -> numbers that can be; outside lies a slip of the pen, not a rare case."""


EFFECTS: Final[Mapping[tuple[str, str], str]] = {
    ("branches", "branch_kind"): "undecided",
    (COMPOUND, "compound_type"): "unit_run",
    (GRID, "community_code"): "by_place",
    ("owners_committees", "body_kind"): "uncounted",
    ("ledgers", "ledger_kind"): "uncounted",
    ("codes", "code"): "unlinked",
    **dict.fromkeys(
        ((COMPOUND, "name"), ("compounds", "name"), ("units", "name"), ("property_companies", "name")), "by_code"
    ),
}
"""Kind and required field -> what follows where the column is missing, if more than that rows have no name."""

SHOWN: Final = 6
"""A finding about a missing column names at most this many headers that would be recognised."""


def check_city(city: City, *, scheme: str = "stat12+3") -> Findings:
    """Return what is wrong with the tables and layers of a city.

    Parameters
    ----------
    city : City
        As read.
    scheme : str
        Name of the code scheme in :data:`gridkit.schema.schemes.SCHEMES`; it is stated, never inferred.

    Returns
    -------
    Findings
        S101, S102, S105-S109, S118, S127-S129, S184-S188, each with its cells.
    """
    all_tables = {table.kind: table for table in tables(city)}
    rows: list[dict[str, Any]] = []
    for table in all_tables.values():
        rows += _required(city, table, all_tables)
        rows += _grammar(table, SCHEMES[scheme])
        rows += _twice(table)
        rows += _ranges(city, table)
        rows += _credit_codes(table)
    rows += _undated(city)
    rows += _parents(all_tables)
    rows += check_official(all_tables)
    rows += check_codes(all_tables, SCHEMES[scheme])
    return Findings.of(rows)


def _required(city: City, table: Table, others: Mapping[str, Table]) -> Iterator[dict[str, Any]]:
    """Find required fields without a value, and files without the column."""
    frame = table.frame
    for field in REQUIRED[table.kind]:
        if field == "code" and is_layer(table.kind):
            continue  # a feature without a code has a provisional one, and its own finding
        if table.kind == COMPOUND and field != "name" and _given_elsewhere(others, field):
            continue
        without = {
            source.name
            for source in city.sources
            if source.kind == table.kind
            and field not in source.columns
            and ALTERNATIVES.get(field, field) not in source.columns
        }
        for src in sorted(without):
            yield CATALOGUE["S127"].found(src, refs=[src], **_missing_column(table.kind, field))
        empty = (frame[field] == "") & ~frame["src"].isin(without)
        if field in ALTERNATIVES and ALTERNATIVES[field] in frame:
            empty &= frame[ALTERNATIVES[field]] == ""
        yield from per_row("S101", table, frame[empty], field)


def _missing_column(kind: str, field: str) -> dict[str, Any]:
    """Return what a missing column is, how it may be headed and filled, and what follows from its absence."""
    chinese = [header for header in HEADERS[kind][field].split() if not header.isascii()]
    headers = "、".join(chinese[:SHOWN])
    effect = EFFECTS.get((kind, field), "unlinked" if field in ALTERNATIVES else "nameless")
    params = {"field": field, "table": kind, "headers": headers, "effect": effect}
    if field not in SYNONYMS:
        return params
    values = "、".join(words.split()[0] for words in SYNONYMS[field].values())
    return {**params, "values": values, "variant": "vocabulary"}


def _given_elsewhere(others: Mapping[str, Table], field: str) -> bool:
    """Tell whether the registry of compounds gives what the layer of compounds need not have."""
    registry = others.get("compounds")
    return registry is not None and bool((registry.frame[field] != "").any())


def _grammar(table: Table, scheme: Scheme) -> Iterator[dict[str, Any]]:
    """Find codes of a layer that do not follow the scheme, or that do not begin with their parent's code."""
    if not is_layer(table.kind):
        return
    frame = table.frame[~table.frame["code"].str.startswith("~")]
    fits = frame["code"].map(lambda code: scheme.fits(table.kind, code)).astype(bool)
    expected = "/".join(str(number) for number in scheme.digits.get(table.kind, ()))
    yield from per_value("S102", table, frame[~fits], "code", expected=expected, scheme=scheme.name)
    if table.kind in scheme.nested:
        field, shared = scheme.nested[table.kind]
        both = frame[fits & frame[field].str.fullmatch(r"\d+")]
        odd = both[both["code"].str[:shared] != both[field].str[:shared]]
        for parent, same in odd.groupby(field, sort=True):
            yield from per_value("S129", table, same, "code", parent=str(parent))


def _twice(table: Table) -> Iterator[dict[str, Any]]:
    """Find rows of a registry with one code, and rows of a table with one name in one parent."""
    frame = table.frame
    key = KEYS.get(table.kind)
    if key:
        double = frame[(frame[key] != "") & frame[key].duplicated(keep=False)]
        yield from per_value("S105", table, double, key)
    if table.kind not in NAMED:
        return
    parent = frame[NAMED[table.kind][0]]
    for field in NAMED[table.kind][1:]:
        parent = parent.where(parent != "", frame[field])
    named = frame[(frame["name"] != "") & (parent != "")].assign(_parent=parent)
    double = named[named.duplicated(["src", "_parent", "name"], keep=False)]
    rule = CATALOGUE["S106"]
    groups = list(double.groupby(["src", "_parent", "name"], sort=True))
    if len(groups) > LISTED:
        for src, same in double.groupby("src", sort=True):
            shown = ", ".join(sorted(same["name"].unique())[:10]) + " ..."
            yield rule.found(str(src), refs=table.refs(same, "name"), n=len(same), value=shown, parent="...")
        return
    for (_, where, name), same in groups:
        first = same.sort_values("row").index[0]
        subject = str(table.subjects.loc[first])
        yield rule.found(subject, refs=table.refs(same, "name"), n=len(same), value=name, parent=where)


def _ranges(city: City, table: Table) -> Iterator[dict[str, Any]]:
    """Find numbers outside of what can be."""
    for (kind, field), (low, high) in RANGES.items():
        if kind != table.kind:
            continue
        top = city.as_of.year if field == "built_year" and city.as_of is not None else high
        numbers: pd.Series = table.frame[field]
        odd = table.frame[((numbers < low) | (numbers > top)).fillna(False).astype(bool)]
        yield from _implausible(table, odd, field, low=low, high=top)


def _implausible(table: Table, odd: pd.DataFrame, field: str, **limits: int) -> Iterator[dict[str, Any]]:
    """Tell of each impossible number whose it is, as long as they are few and the rows have names."""
    if "name" not in odd or len(odd) > LISTED:
        yield from per_value("S118", table, odd, field, **limits, column=field)
        return
    for (src, label), row in odd.groupby(["src", odd.index], sort=True):
        name = str(row["name"].iloc[0])
        told: dict[str, Any] = {"name": name, "variant": "named"} if name else {}
        yield CATALOGUE["S118"].found(
            str(table.subjects.loc[label]), refs=table.refs(row, field), header=table.header(field, str(src)),
            value=str(row[field].iloc[0]), n=1, **limits, column=field, **told,
        )  # fmt: skip


def _undated(city: City) -> Iterator[dict[str, Any]]:
    """Tell of a registry with terms of office in a project that does not say of what date it is."""
    registry = city.registries.get("branches")
    if city.as_of is not None or registry is None:
        return
    dated = registry.frame[registry.frame["term_end"] != ""]
    if len(dated):
        yield CATALOGUE["S188"].found(str(dated["src"].min()), refs=sorted(dated["src"].unique()), n=len(dated))


def _credit_codes(table: Table) -> Iterator[dict[str, Any]]:
    """Find unified social credit codes that cannot be."""
    if "uscc" not in table.frame:
        return
    frame = table.frame[table.frame["uscc"] != ""]
    bad = ~frame["uscc"].map(lambda code: is_credit_code(code.upper())).astype(bool)
    yield from per_value("S128", table, frame[bad], "uscc")


def _parents(all_tables: Mapping[str, Table]) -> Iterator[dict[str, Any]]:
    """Find codes of parents that no feature has; words (第二网格) are left to linking."""
    for kind, field, level in PARENTS:
        if kind not in all_tables or level not in all_tables:
            continue
        table, layer = all_tables[kind], all_tables[level].frame
        known = {_canonical(code, level) for code in layer["code"] if not code.startswith("~")}
        if not known:
            continue
        coded = table.frame[table.frame[field].str.fullmatch(r"[0-9A-Za-z-]+")]
        lost = coded[
            ~coded[field].map(lambda code, level=level, known=known: _canonical(code, level) in known).astype(bool)
        ]
        where = ", ".join(sorted(layer["src"].unique()))
        yield from per_value("S107", table, lost, field, layer=where)


def _canonical(code: str, level: str) -> str:
    return street_code(code) if level == STREET else code
