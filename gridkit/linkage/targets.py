"""What mentions can point to: the features and records of one level, with their keys and parents."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pandas as pd
import shapely

from gridkit.linkage.names import former_names, key_frame, other_names
from gridkit.linkage.stems import addresses, base_of, stem_of
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from gridkit.model import City, Places

TOUCH_M: Final = 5.0
"""Metres within which communities are neighbours: borders that are drawn twice seldom meet exactly."""
KEY_KINDS: Final = ("same", "alias", "core")
"""How a name was found, the strongest first: the name itself, a known alias, the name without its generic type word."""
DECIDED: Final = -1
"""Kind of a name that a person has confirmed (an ``alias`` decision): as good as the name itself."""
_RECORDS: Final = {
    "unit": ("units", ("unit_id", "uscc")),
    "company": ("property_companies", ("company_id", "uscc")),
    "branch": ("branches", ("branch_id",)),
}
"""Levels whose targets are registry records: the registry, and the fields that hold their codes."""
_LIST: Final = re.compile(r"[、，,;；/|\n]+")


@dataclass(frozen=True)
class Targets:
    """The things of one level that can be mentioned.

    ``frame`` is indexed by target code: ``name``, ``full``, ``core``, ``marks``, ``community``, ``street`` (where it
    lies), ``stated`` (the community that its own layer states). ``codes`` holds ``written`` code -> ``target``,
    ``keys`` the lookup table ``kind`` (position in ``KEY_KINDS``, or ``DECIDED``), ``key``, ``code``, ``community``,
    ``street``.
    ``shapes`` are the geometries in the order of ``frame`` (None where points say nothing), ``adjacent`` the pairs of
    communities that touch.
    """

    level: str
    frame: pd.DataFrame
    codes: pd.DataFrame
    keys: pd.DataFrame
    shapes: NDArray[np.object_] | None = None
    adjacent: frozenset[tuple[str, str]] = frozenset()

    def __len__(self) -> int:
        return len(self.frame)


def clean_code(codes: pd.Series) -> pd.Series:
    """Return codes as they are compared: without blanks, upper case, half width."""
    table = {code: one_code(code) for code in codes.unique()}
    return pd.Series([table[code] for code in codes], index=codes.index, dtype=object)


def one_code(code: str) -> str:
    """Return a code as it is compared; see :func:`clean_code`."""
    if code.isascii():
        return code.replace(" ", "").strip().upper()
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in code).replace(" ", "").strip().upper()


def layer_targets(
    city: City, places: Places, level: str, aliases: Mapping[str, tuple[str, ...]] | None = None
) -> Targets:
    """Return the targets of a polygon level; none where the city has no such layer.

    Parameters
    ----------
    aliases : mapping, optional
        Further names by code, besides those in the layer's ``aliases`` and in brackets after its names.
    """
    layer = city.layers.get(level)
    if layer is None:
        return _targets(level, pd.DataFrame({"name": pd.Series([], dtype=object)}), {}, {})
    frame = pd.DataFrame({"name": layer.frame["name"].astype(object)}, index=layer.frame.index)
    if level == COMPOUND:
        where = places.frame.reindex(frame.index)
        frame["community"], frame["street"] = where["community"].fillna(""), where["street"].fillna("")
        frame["stated"] = layer.frame["community_code"]
    elif level == GRID:
        frame["community"] = _up(frame.index, places.parents.get(GRID))
        frame["street"] = _up(pd.Index(frame["community"]), places.parents.get(COMMUNITY))
        frame["stated"] = layer.frame["community_code"]
    elif level == COMMUNITY:
        frame["street"] = _up(frame.index, places.parents.get(COMMUNITY))
    if level == COMPOUND:
        frame["address"] = addresses(layer.frame["address"].to_list())
    written = dict(zip(layer.frame["aliases"].index, layer.frame["aliases"], strict=True)) if level == COMPOUND else {}
    made = _targets(
        level, frame, {code: (code,) for code in frame.index}, _names(frame["name"], written, aliases or {})
    )
    if level != COMPOUND:
        return made
    return replace(made, shapes=layer.frame.geometry.loc[made.frame.index].to_numpy(), adjacent=_adjacent(city))


def _adjacent(city: City) -> frozenset[tuple[str, str]]:
    """Return the pairs of communities that touch."""
    layer = city.layers.get(COMMUNITY)
    if layer is None:
        return frozenset()
    shapes, codes = layer.frame.geometry.to_numpy(), layer.frame.index.to_numpy(dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH_M)
    apart = first != second
    return frozenset(zip(codes[first[apart]].tolist(), codes[second[apart]].tolist(), strict=True))


def record_targets(city: City, level: str, community: pd.Series | None = None) -> Targets:
    """Return the targets of a level whose things are registry records (unit, company, branch).

    Parameters
    ----------
    community : pandas.Series, optional
        Community code per row id, as resolved.
    """
    kind, fields = _RECORDS[level]
    rows = city.rows(kind)
    frame = pd.DataFrame({"name": rows["name"].astype(object)}, index=rows.index)
    if community is not None:
        frame["community"] = community.reindex(frame.index).fillna("")
    codes = {row: tuple(values) for row, *values in rows[list(fields)].itertuples()}
    return _targets(level, frame, codes, _names(frame["name"], {}, {}))


def _up(codes: pd.Index, parents: pd.Series | None) -> list[str]:
    table = {} if parents is None else dict(zip(parents.index, parents, strict=True))
    return [table.get(code, "") for code in codes]


def _names(
    names: pd.Series, written: Mapping[str, str], further: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the other names of each target that has any."""
    found: dict[str, tuple[str, ...]] = {}
    for code, name in names.items():
        cell = written.get(str(code), "")
        entries = [*(_LIST.split(cell) if cell else ()), *further.get(str(code), ())]
        others = [other for entry in entries for other in other_names(entry)]
        if "(" in name or "（" in name:
            others += former_names(name)
        if others:
            found[str(code)] = tuple(dict.fromkeys(other.strip() for other in others if other.strip()))
    return found


def _targets(
    level: str, frame: pd.DataFrame, codes: Mapping[str, tuple[str, ...]], aliases: Mapping[str, tuple[str, ...]]
) -> Targets:
    frame = frame.rename_axis("code").sort_index()
    for column in ("community", "street", "stated", "address"):
        frame[column] = frame[column].astype(object) if column in frame else ""
    frame = with_stems(frame.join(key_frame(frame["name"], level)), level)
    pairs = [(written, code) for code, many in codes.items() for written in many if written]
    lookup = pd.DataFrame(pairs, columns=["written", "target"], dtype=object)
    lookup["written"] = clean_code(lookup["written"])
    more = pd.Series(
        [name for many in aliases.values() for name in many],
        index=pd.Index([code for code, many in aliases.items() for _ in many], dtype=object),
        dtype=object,
    )
    parts = [frame["full"].rename("key").to_frame().assign(kind=0)]
    parts.append(key_frame(more, level)["full"].rename("key").to_frame().assign(kind=1))
    parts.append(frame["core"].rename("key").to_frame().assign(kind=2))
    keys = pd.concat(parts).rename_axis("code").reset_index()
    keys = keys[keys["key"] != ""].sort_values(["code", "key", "kind"]).drop_duplicates(["code", "key"])
    return Targets(level, frame, lookup.drop_duplicates(), _spread(keys, frame))


def with_names(targets: Targets, names: Mapping[str, Sequence[str]]) -> Targets:
    """Return the same targets, known by further names that a person has confirmed, by target code."""
    if not names:
        return targets
    index = pd.Index([code for code, many in names.items() for _ in many], dtype=object, name="code")
    more = pd.Series([name for many in names.values() for name in many], index=index, dtype=object)
    made = key_frame(more, targets.level)["full"].rename("key").to_frame().assign(kind=DECIDED).reset_index()
    own = targets.frame["full"].reindex(made["code"]).to_numpy()
    made = made[(made["key"] != "") & (made["key"] != own)].drop_duplicates()
    keys = pd.concat([targets.keys, _spread(made, targets.frame)], ignore_index=True)
    return replace(targets, keys=keys.sort_values(["key", "kind", "code"], ignore_index=True))


def with_stems(frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """Add ``base`` and ``short`` to a table with ``full`` and ``core``: looser forms of the names of compounds."""
    if level != COMPOUND:
        return frame.assign(base=frame["full"], short=frame["core"])
    base = [base_of(full) for full in frame["full"]]
    return frame.assign(base=base, short=[stem_of(one) for one in base])


def _spread(keys: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Add where each target lies; a target whose layer states another community can be found in both."""
    here = keys.join(frame[["community", "street"]], on="code")
    stated = frame.loc[(frame["stated"] != "") & (frame["stated"] != frame["community"]), "stated"]
    there = keys[keys["code"].isin(stated.index)].copy()
    there["community"] = there["code"].map(stated).astype(object) if len(there) else ""
    there["street"] = there["code"].map(frame["street"]).astype(object) if len(there) else ""
    return pd.concat([here, there], ignore_index=True).sort_values(["key", "kind", "code"], ignore_index=True)
