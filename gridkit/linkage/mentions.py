"""Which registry columns mention something, declared once; and the mentions they hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from gridkit.linkage.lists import DITTO, NOTHING, split_cell
from gridkit.linkage.names import normalise
from gridkit.linkage.targets import clean_code
from gridkit.linkage.wholes import whole

if TYPE_CHECKING:
    from collections.abc import Collection

    from gridkit.linkage.targets import Targets
    from gridkit.model import City


class Column(NamedTuple):
    """A registry column that mentions one thing.

    ``code`` and ``name`` are the fields that hold it (``""`` for none). ``soft``: the parent stated in the row need not
    be the parent of the thing, it only breaks ties.
    """

    kind: str
    field: str
    level: str
    code: str
    name: str
    soft: bool = False


COMMUNITY_COLUMNS: Final = (
    Column("branches", "community", "community", "community_code", "community_name"),
    Column("units", "community", "community", "community_code", "community_name"),
    Column("service_points", "community", "community", "", "community_name"),
    Column("ledgers", "community", "community", "", "community_name"),
)
"""Mentions of communities that are links of their own; other registries state one only to say where something lies."""
STATING: Final = (
    Column("compounds", "", "community", "community_code", "community_name"),
    Column("premises", "", "community", "", "community_name"),
    Column("pairings", "", "community", "", "community_name"),
    Column("property_service", "", "community", "", "community_name"),
    Column("owners_committees", "", "community", "", "community_name"),
)
RECORD_COLUMNS: Final = (
    Column("branches", "unit", "unit", "unit_id", "unit_name", soft=True),
    Column("branches", "parent", "branch", "parent_id", "parent_name", soft=True),
    Column("premises", "unit", "unit", "unit_id", "unit_name", soft=True),
    Column("pairings", "unit", "unit", "unit_id", "unit_name", soft=True),
    Column("property_service", "company", "company", "company_id", "company_name", soft=True),
)
PLACE_COLUMNS: Final = (
    Column("premises", "compound", "compound", "compound_id", "compound_name"),
    Column("pairings", "target", "", "target_id", "target_name"),
    Column("property_service", "compound", "compound", "compound_id", "compound_name"),
    Column("owners_committees", "compound", "compound", "compound_id", "compound_name"),
)
COMPOUND_COLUMN: Final = Column("compounds", "compound", "compound", "compound_id", "name")
"""The attribute registry: one record per compound."""
COVERS: Final = Column("branches", "covers", "", "", "covers")

_GRID_KINDS: Final = ("grid", "exclusive_grid_group")
_COMMUNITY_NAME: Final = re.compile(r"(?:社区|村|居委会|居民委员会|村委会|村民委员会)$")


_NO_MENTIONS: Final = pd.DataFrame(
    {
        name: pd.Series([], dtype=dtype)
        for name, dtype in {
            **dict.fromkeys(("record", "text", "code", "field", "level", "mention"), "object"),
            **{"position": "int64", "soft": "bool"},
        }.items()
    }
)


def simple(city: City, column: Column) -> pd.DataFrame:
    """Return one mention per row that fills the column, with ``text``, ``code``, ``level`` and ``soft``."""
    if column.kind not in city.registries:
        return _NO_MENTIONS.copy()
    rows = city.rows(column.kind)
    text = rows[column.name].str.strip()
    text = text.mask(text.isin(NOTHING), "")
    code = rows[column.code].str.strip() if column.code else pd.Series("", index=rows.index, dtype=object)
    table = pd.DataFrame({"record": rows.index, "text": text.to_numpy(), "code": code.to_numpy()}, dtype=object)
    table["field"], table["position"], table["level"] = column.field, 0, column.level
    table["mention"] = table["text"].where(table["text"] != "", table["code"])
    if column.field == "target":
        stated = rows["target_kind"].to_numpy()
        guess = text.str.contains(_COMMUNITY_NAME).map({True: "community", False: "compound"}).to_numpy()
        table["level"] = [kind or other for kind, other in zip(stated, guess, strict=True)]
    table["soft"] = column.soft
    return table[table["mention"] != ""].reset_index(drop=True)


def covers(city: City, compounds: Targets, grids: Targets) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the mentions in ``branches.covers``, and the rows that cover all: ``record``, ``mention``, ``level``.

    The latter also have ``but``: the names that such a row leaves out.
    Items that end in 网格 or are grid codes mention grids, others compounds; a branch of a grid may also name its grid
    in another way. 同上 repeats the cell of the row above.
    """
    rows = city.rows("branches")
    cells = _repeat(rows)
    known = set(compounds.keys["key"]) | set(grids.keys["key"])
    wholes = {text: whole(text) for text in cells.unique()}
    split = {text: split_cell(text, known) for text, all_places in wholes.items() if all_places is None}
    items: list[tuple[str, int, str, bool]] = []
    everything: list[tuple[str, str, str, tuple[str, ...]]] = []
    for record, text, kind, group in zip(rows.index, cells, rows["branch_kind"], rows["org_level"], strict=True):
        every = wholes[text]
        if every is not None:
            everything.append((record, text.strip(), every.level, split_cell(every.but, known).items))
            continue
        of_grid = kind in _GRID_KINDS or (kind == "" and group == "group")
        items.extend((record, position, item, of_grid) for position, item in enumerate(split[text].items))
    table = pd.DataFrame(items, columns=["record", "position", "text", "of_grid"])
    table = table.astype({"record": object, "text": object, "position": "int64"})
    table["field"], table["code"], table["mention"], table["soft"] = "covers", "", table["text"], False
    table["level"] = _levels(table, compounds, grids)
    whole_rows = pd.DataFrame(everything, columns=["record", "mention", "level", "but"], dtype=object)
    return table.drop(columns="of_grid"), whole_rows


def _repeat(rows: pd.DataFrame) -> pd.Series:
    """Return the cells of ``covers``, 同上 replaced by the nearest cell above in the same sheet."""
    cells = rows["covers"].astype(object)
    ditto = cells.str.strip().isin(DITTO)
    if not ditto.any():
        return cells
    order = rows.sort_values(["src", "row"]).index
    above = cells.mask(ditto).reindex(order).groupby(rows["src"].reindex(order)).ffill()
    return above.reindex(rows.index).fillna("").astype(object)


def _levels(table: pd.DataFrame, compounds: Targets, grids: Targets) -> list[str]:
    texts = table["text"].to_list()
    grid_codes, compound_codes = set(grids.codes["written"]), set(compounds.codes["written"])
    grid_names: Collection[str] = set(grids.keys["key"])
    written = clean_code(table["text"])
    levels = []
    for normal, code, of_grid in zip(normalise(texts), written, table["of_grid"], strict=True):
        if normal.endswith("网格") or re.search(r"网格第?[0-9]+号?$", normal) or code in grid_codes:
            levels.append("grid")
        elif code in compound_codes:
            levels.append("compound")
        else:
            levels.append("grid" if of_grid and (normal in grid_names or _looks_like_code(code)) else "compound")
    return levels


def _looks_like_code(text: str) -> bool:
    return len(text) >= 6 and text.isascii() and text.isalnum()


def title_of(kind: str, field: str) -> str:
    """Return the registry field that holds the names of a mention: ``unit_name`` for the unit of a branch.

    >>> title_of("branches", "unit"), title_of("branches", "covers")
    ('unit_name', 'covers')
    """
    columns = (*COMMUNITY_COLUMNS, *RECORD_COLUMNS, *PLACE_COLUMNS, COMPOUND_COLUMN, COVERS)
    return next((column.name for column in columns if (column.kind, column.field) == (kind, field)), field)
