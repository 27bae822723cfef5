"""Keys of mentions: what a row says, normalised, so that a decision finds it again in any order, file or sheet."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.linkage.mentions import (
    COMMUNITY_COLUMNS,
    COMPOUND_COLUMN,
    COVERS,
    PLACE_COLUMNS,
    RECORD_COLUMNS,
)
from gridkit.linkage.names import keys, normalise
from gridkit.linkage.stems import addresses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.model import City

KEY_LENGTH: Final = 16
KEY_COLUMNS: Final = ("kind", "parent", "address", "key")

_PLAIN_NUMBER: Final = re.compile(r"[0-9]*e?[0-9]*")
"""Keys that a spreadsheet program would take for a number (12e5) and write back as another text."""
_KINDS: Final = tuple(
    dict.fromkeys(
        column.kind for column in (*COMMUNITY_COLUMNS, *RECORD_COLUMNS, *PLACE_COLUMNS, COMPOUND_COLUMN, COVERS)
    )
)


def key_of(kind: str, field: str, mention: str, parent: str = "", address: str = "") -> str:
    """Return the key of a mention: 16 hexadecimal digits of the sha256 of what its row says.

    Parameters
    ----------
    kind, field : str
        The registry, and the ``field`` of its links (``branches``, ``covers``).
    mention : str
        The name as written; traditional characters, brackets and numerals do not matter.
    parent : str
        The community that the row states, its code where it states no name; for mentions of communities the street.
    address : str
        The address of the row; road and number count where there are any.

    Examples
    --------
    >>> one = key_of("branches", "covers", "阳光花园1期", "东门社区")
    >>> one == key_of("branches", "covers", "陽光花園（一期）", "东门社区居委会")
    True
    >>> one == key_of("branches", "covers", "阳光花园1期", "西门社区")
    False
    """
    return _keys([kind], [field], [mention], [parent], [address])[0]


def _keys(
    kinds: Sequence[str],
    fields: Sequence[str],
    mentions: Sequence[str],
    parents: Sequence[str],
    places: Sequence[str],
) -> list[str]:
    names = normalise(mentions)
    streets, communities = keys(parents, "street"), keys(parents, "community")
    above = [
        street.full if field == "community" else community.full
        for field, street, community in zip(fields, streets, communities, strict=True)
    ]
    roads = addresses(places)
    rest = [road or other for road, other in zip(roads, normalise(places), strict=True)]
    return [_digest("\x1f".join(parts)) for parts in zip(kinds, fields, names, above, rest, strict=True)]


def _digest(text: str) -> str:
    """Return the first 16 digits of the hash that no spreadsheet program takes for a number."""
    whole = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    found = (whole[at : at + KEY_LENGTH] for at in range(len(whole) - KEY_LENGTH + 1))
    return next((one for one in found if not _PLAIN_NUMBER.fullmatch(one)), whole[:KEY_LENGTH])


def mention_keys(city: City, links: pd.DataFrame) -> pd.DataFrame:
    """Return what the key of each link is made of, and the key itself.

    Parameters
    ----------
    city : City
        With the rows of the links; :meth:`gridkit.model.City.with_pending` for those of held rows.
    links : pandas.DataFrame
        ``record``, ``field`` and ``mention``, as in :attr:`gridkit.model.Links.frame`.

    Returns
    -------
    pandas.DataFrame
        On the index of ``links``: ``kind``, ``parent``, ``address`` (as the row states them) and ``key``. Cost is
        linear; equal mentions are hashed once.
    """
    fields = links["field"].astype(object)
    where = _said(city).reindex(links["record"].astype(object)).fillna("")
    table = pd.DataFrame({"kind": where["kind"].to_numpy(dtype=object), "field": fields.to_numpy(dtype=object)})
    of_community = (table["field"] == "community").to_numpy()
    table["mention"] = links["mention"].to_numpy(dtype=object)
    table["parent"] = where["street"].where(of_community, where["community"]).to_numpy(dtype=object)
    table["address"] = where["address"].to_numpy(dtype=object)
    codes = table.groupby(list(table.columns), sort=False).ngroup().to_numpy()
    unique = table.drop_duplicates()
    made = _keys(*(unique[name].tolist() for name in table.columns))
    table["key"] = pd.Series(made, dtype=object).to_numpy(dtype=object)[codes] if len(unique) else ""
    return table[list(KEY_COLUMNS)].set_axis(links.index)


def _said(city: City) -> pd.DataFrame:
    """Return what every row says of its place: ``kind``, ``community``, ``street``, ``address``, by row id."""
    parts = [_of_kind(city, kind) for kind in _KINDS if kind in city.registries]
    if not parts:
        return pd.DataFrame({name: pd.Series([], dtype=object) for name in ("kind", "community", "street", "address")})
    whole = pd.concat(parts)
    return whole[~whole.index.duplicated()]


def _of_kind(city: City, kind: str) -> pd.DataFrame:
    rows = city.rows(kind)

    def field(name: str) -> Any:
        return rows[name].astype(object) if name in rows else pd.Series("", index=rows.index, dtype=object)

    community = field("community_name").str.strip()
    return pd.DataFrame(
        {
            "kind": kind,
            "community": community.where(community != "", field("community_code").str.strip()),
            "street": field("street_name").str.strip(),
            "address": field("address").str.strip(),
        },
        index=rows.index.astype(object),
        dtype=object,
    )
