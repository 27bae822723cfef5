"""Names that a layer gives to several features of one parent: nobody can say which of them a registry means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely

from gridkit.linkage.names import key_frame, normalise
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS, STREET
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.model import City, Places

SHOWN: Final = 10
"""Codes named in a finding; the cells of all are in its refs."""
DISTRICT: Final = 6
"""Digits of the code of a street that are those of its district."""


def namesakes(city: City, places: Places) -> Iterator[dict[str, Any]]:
    """Yield L106 for each normalised name that several features of one parent share, in every layer.

    The parent is the stated one, else the one that the feature lies in; of streets it is the district, the first six
    digits of their code. In other layers than that of compounds names that are the same to the letter are left out, as
    S106 tells them. Compounds that are points only are repeated listings (L110). Cost is linear.
    """
    for level in LEVELS:
        layer = city.layers.get(level)
        if layer is None or len(layer) < 2:
            continue
        frame = layer.frame
        table = pd.DataFrame(
            {"full": key_frame(frame["name"], level)["full"], "parent": _parents(frame, level, places)},
            index=frame.index, dtype=object,
        )  # fmt: skip
        table["drawn"] = shapely.get_dimensions(frame.geometry.to_numpy()) == 2
        table["name"], table["place"] = frame["name"], frame["src"] + "!" + frame["row"].astype(str)
        table = table[(table["full"] != "") & (table["parent"] != "")].sort_index()
        table = table[table.duplicated(["parent", "full"], keep=False)]
        yield from _told(city, table, level)


def _parents(frame: pd.DataFrame, level: str, places: Places) -> pd.Series:
    """Return the parent of each feature: a code, the normalised name where only that is stated, ``""`` for none."""
    if level == STREET:
        return pd.Series([str(code)[:DISTRICT] for code in frame.index], index=frame.index, dtype=object)
    if level == COMMUNITY:
        stated, name, found = frame["street_code"], frame["street_name"], places.parents.get(COMMUNITY)
    else:
        stated, name = frame["community_code"], frame["community_name"]
        found = places.frame["community"] if level == COMPOUND else places.parents.get(GRID)
    stated = stated.where(stated != "", pd.Series(normalise(name.to_list()), index=frame.index)).astype(object)
    if found is None:
        return stated
    return stated.where(stated != "", found.reindex(frame.index).fillna("").astype(object))


def _told(city: City, table: pd.DataFrame, level: str) -> Iterator[dict[str, Any]]:
    above = city.layers.get(STREET if level == COMMUNITY else COMMUNITY)
    names = {} if above is None else dict(zip(above.frame.index, above.frame["name"], strict=True))
    groups: dict[tuple[str, str], list[tuple[str, str, str, bool]]] = {}
    columns = ["parent", "full", "name", "place", "drawn"]
    for code, parent, full, name, record, drawn in table[columns].itertuples():
        groups.setdefault((parent, full), []).append((str(code), name, record, bool(drawn)))
    for (parent, _), rows in groups.items():
        told_as_s106 = level in (COMMUNITY, GRID) and len({name for _, name, _, _ in rows}) == 1
        if told_as_s106 or (level == COMPOUND and not any(drawn for *_, drawn in rows)):
            continue
        codes = [code for code, *_ in rows]
        variant: dict[str, Any] = {} if level == COMPOUND else {"variant": level}
        yield CATALOGUE["L106"].found(
            codes[0], refs=[city.cell(record, "name") for _, _, record, _ in rows], count=len(codes), name=rows[0][1],
            community_name=names.get(parent, parent), codes=", ".join(codes[:SHOWN]), **variant,
        )  # fmt: skip
