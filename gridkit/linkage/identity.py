"""What each row of a registry is about, so that two tellings of the same registry can be laid side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from gridkit.linkage.lists import NOTHING, split_cell
from gridkit.linkage.names import keys, normalise
from gridkit.linkage.stems import base_of
from gridkit.linkage.targets import clean_code
from gridkit.model.fields import COMPOUND
from gridkit.rules.weights import DEFAULT, load_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.model import City, Links

PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "compounds": ("compound", "name"),
    "owners_committees": ("compound", "compound_name"),
}
"""Kinds whose rows are about a place: the mention that names it, and the field of its name."""
RECORDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "branches": (("branch_id",), ("name", "@")),
    "units": (("unit_id", "uscc"), ("name", "@")),
    "premises": ((), ("unit_name", "compound_name", "premises_kind", "address")),
    "pairings": ((), ("unit_name", "target_name")),
    "property_companies": (("company_id", "uscc"), ("name",)),
    "property_service": ((), ("company_name", "compound_name", "site_name")),
    "service_points": ((), ("name", "service_level", "@")),
    "ledgers": (("item_id",), ("ledger_kind", "item", "compound_name", "@")),
    "codes": (("code",), ("name", "parent_code")),
    "compounds": (("compound_id",), ("name", "@")),
    "owners_committees": (("compound_id",), ("compound_name", "@")),
}
"""Kinds whose rows are things of their own: the fields of their codes, and those that say the same without a code;
``@`` is the community. The last two are used where the project has no layer of compounds."""
_MENTIONS: Final[Mapping[str, str]] = {
    "unit_name": "unit", "compound_name": "compound", "target_name": "target", "company_name": "company",
    "@": "community",
}  # fmt: skip
_LEVELS: Final[Mapping[str, str]] = {"branches": "branch", "units": "unit", "property_companies": "company"}


Codes = tuple[str, ...]


class Told(NamedTuple):
    """What the rows of one telling are about, by row id.

    ``things`` are codes (tuple; several where one row names several, none where nobody can say), ``maybe`` the codes
    that a row without a thing may mean, ``names`` the names of the rows as they are compared.
    """

    things: pd.Series
    maybe: pd.Series
    names: pd.Series


def identify(kind: str, a: tuple[City, Links], b: tuple[City, Links], *, profile: str = DEFAULT) -> tuple[Told, Told]:
    """Return what the rows of two tellings of a registry are about, in the same codes.

    Rows about compounds are about the places that they are linked to; a row whose place went to another row is a second
    row for it. Other rows are the same thing by their code, else by name and place where that is unique on both sides.

    Parameters
    ----------
    kind : str
        Kind of registry.
    a, b : tuple of City and Links
        Each side with the telling as its registry, and the links of it.
    profile : str
        How much is asked of a link.

    Examples
    --------
    >>> from gridkit.model import City, Links
    >>> from gridkit.linkage.resolve import no_links
    >>> nothing = City("nowhere", "EPSG:4544"), Links(no_links())
    >>> len(identify("units", nothing, nothing)[0].things)
    0
    """
    if kind in PLACES and COMPOUND in a[0].layers:
        return _of_places(kind, *a, profile=profile), _of_places(kind, *b, profile=profile)
    return _of_records(kind, a, b)


def _series(index: pd.Index, values: Iterable[Any]) -> pd.Series:
    return pd.Series(list(values), index=index, dtype=object)


def _names(kind: str, texts: Sequence[str]) -> list[str]:
    """Return names as they are compared: without spelling, without the generic word at their end."""
    level = COMPOUND if kind in PLACES else _LEVELS.get(kind, "")
    return [key.core for key in keys(texts, level)] if level else normalise(texts)


def _of_places(kind: str, city: City, links: Links, *, profile: str) -> Told:
    field, title = PLACES[kind]
    rows = city.rows(kind)
    frame = links.frame[(links.frame["field"] == field) & (links.frame["level"] == COMPOUND)]
    frame = frame[frame["record"].isin(rows.index) & (frame["code"] != "")]
    least = load_weights().profiles[profile].accept
    taken = pd.Series(["taken_by" in one for one in frame["reason"]], index=frame.index, dtype=bool)
    settled = frame["accepted"].astype(bool)
    # The place of this row went to another row that says the same: it is told twice.
    second = taken & (frame["rank"] == 1) & (frame["score"] >= least) & ~frame["record"].isin(frame["record"][settled])
    sure = _codes(frame[settled | second])
    maybe = {record: codes for record, codes in _codes(frame).items() if record not in sure}
    names = _names(kind, rows[title].tolist())
    sure |= _several(city, rows, title, sure=sure, maybe=maybe)
    maybe = {record: codes for record, codes in maybe.items() if record not in sure}
    return Told(
        _series(rows.index, (sure.get(record, ()) for record in rows.index)),
        _series(rows.index, (maybe.get(record, ()) for record in rows.index)),
        _series(rows.index, names),
    )


def _codes(frame: pd.DataFrame) -> dict[str, Codes]:
    """Return record -> its codes, sorted."""
    found: dict[str, set[str]] = {}
    for record, code in zip(frame["record"], frame["code"], strict=True):
        found.setdefault(record, set()).add(code)
    return {record: tuple(sorted(codes)) for record, codes in found.items()}


def _several(
    city: City, rows: pd.DataFrame, title: str, *, sure: Mapping[str, Codes], maybe: Mapping[str, Codes]
) -> dict[str, Codes]:
    """Return the places of rows that name several: as a list (翠湖苑一、二期), or by what their names have in common.

    Only places count that no row has of its own. Those of a list must all be known, each as one place of the community
    that the row states (of the city, where it states none that is known).
    """
    owned = {code for codes in sure.values() for code in codes}
    layer = _Layer(city)
    found = {}
    for record, text in rows[title].items():
        if record in sure:
            continue
        items = split_cell(str(text)).items
        stated = rows.loc[record, "community_name"]
        named = layer.listed(items, stated) if len(items) > 1 else layer.common(str(text), maybe.get(str(record), ()))
        if len(named) > 1 and owned.isdisjoint(named):
            found[str(record)] = tuple(sorted(named))
    return found


class _Layer:
    """The compounds of a layer by their names as they are compared."""

    def __init__(self, city: City) -> None:
        frame = city.layers[COMPOUND].frame
        self._full = dict(zip(map(str, frame.index), _full(frame["name"], COMPOUND), strict=True))
        self._community = dict(zip(map(str, frame.index), _full(frame["community_name"], "community"), strict=True))
        self._codes: dict[str, list[str]] = {}
        for code, full in self._full.items():
            self._codes.setdefault(full, []).append(code)

    def listed(self, items: Sequence[str], community: str) -> list[str]:
        """Return the places that a list names; none where one of its items is no single place."""
        here = _full([community], "community")[0]
        found = []
        for full in _full(items, COMPOUND):
            codes = self._codes.get(full, []) if full else []
            near = [code for code in codes if here and self._community[code] == here] or codes
            if len(near) != 1:
                return []
            found += near
        return list(dict.fromkeys(found))

    def common(self, text: str, candidates: Codes) -> list[str]:
        """Return the candidates that are phases or parts of what a name says, if they differ in nothing else."""
        own = keys([text], COMPOUND)[0]
        parts = [code for code in candidates if base_of(self._full[code]) == base_of(own.full) != self._full[code]]
        apart = {self._full[code] for code in parts}
        return parts if not own.marks and len(apart) == len(parts) else []


def _full(texts: Iterable[str], level: str) -> list[str]:
    return [key.full for key in keys([str(text) for text in texts], level)]


def _of_records(kind: str, a: tuple[City, Links], b: tuple[City, Links]) -> tuple[Told, Told]:
    fields, says = RECORDS[kind]
    sides = [_keys_of(kind, *side, fields=fields, says=says) for side in (a, b)]
    groups = _Groups(sides)
    return groups.told(0), groups.told(1)


class _Keys(NamedTuple):
    """Per row of one side: its codes, what it says without them, and its bare name."""

    index: pd.Index
    codes: list[tuple[str, ...]]
    says: list[str]
    names: list[str]


def _keys_of(kind: str, city: City, links: Links, *, fields: tuple[str, ...], says: tuple[str, ...]) -> _Keys:
    rows = city.rows(kind)
    codes = [clean_code(rows[field].mask(rows[field].isin(NOTHING), "")).tolist() for field in fields]
    linked = links.frame[links.frame["accepted"].astype(bool) & links.frame["record"].isin(rows.index)]
    parts = [_said(kind, rows, linked, says_field) for says_field in says]
    told = ["\x1f".join(one) if one[0] else "" for one in zip(*parts, strict=True)]
    pairs: list[tuple[str, ...]] = [()] * len(rows)
    if codes:
        named = (zip(fields, row, strict=True) for row in zip(*codes, strict=True))
        pairs = [tuple(f"{field}\x1f{code}" for field, code in row if code) for row in named]
    return _Keys(rows.index, pairs, told, parts[0] if fields else [""] * len(rows))


def _said(kind: str, rows: pd.DataFrame, linked: pd.DataFrame, field: str) -> list[str]:
    """Return what a row says in a field: the code that it is linked to, else the text as it is compared."""
    name = "community_name" if field == "@" else field
    texts = rows[name].astype(object).fillna("").tolist() if name in rows else [""] * len(rows)
    if field == "name":
        return _names(kind, texts)
    plain = [key.full for key in keys(texts, "community")] if field == "@" else normalise(texts)
    if field not in _MENTIONS:
        return plain
    codes = _codes(linked[linked["field"] == _MENTIONS[field]])
    return [",".join(codes.get(record, ())) or text for record, text in zip(rows.index, plain, strict=True)]


class _Groups:
    """Rows of two sides put together where they are the same thing: by code first, then by what they say."""

    def __init__(self, sides: Sequence[_Keys]) -> None:
        self._sides = sides
        self._rows = [(side, at) for side, keys_ in enumerate(sides) for at in range(len(keys_.index))]
        self._head = list(range(len(self._rows)))
        self._by_code()
        self._by_words()

    def _find(self, at: int) -> int:
        while self._head[at] != at:
            self._head[at] = self._head[self._head[at]]
            at = self._head[at]
        return at

    def _join(self, one: int, other: int) -> None:
        low, high = sorted((self._find(one), self._find(other)))
        self._head[high] = low

    def _by_code(self) -> None:
        first: dict[str, int] = {}
        for number, (side, at) in enumerate(self._rows):
            for code in self._sides[side].codes[at]:
                self._join(number, first.setdefault(code, number))

    def _by_words(self) -> None:
        """Join rows without a code to what is called like them, then what only one side has, where both are unique."""
        for side in (0, 1):
            known = self._called(side, only=False)
            for number, (own, at) in enumerate(self._rows):
                said = self._sides[own].says[at]
                if own == side and said and not self._sides[own].codes[at]:
                    same = known[said]
                    coded = [group for group in same if group != self._find(number)]
                    bare = [group for group in coded if not self._has_code(group)]
                    for group in bare if len(coded) != 1 else coded:
                        self._join(number, group)
        left, right = self._called(0, only=True), self._called(1, only=True)
        for said, groups in left.items():
            others = right.get(said, ())
            if len(groups) == 1 and len(others) == 1:
                self._join(next(iter(groups)), next(iter(others)))

    def _has_code(self, group: int) -> bool:
        side, at = self._rows[group]
        return bool(self._sides[side].codes[at])

    def _called(self, side: int, *, only: bool) -> dict[str, set[int]]:
        """Return words -> groups of this side that say them; ``only``: of groups that the other side does not have."""
        both = {self._find(number) for number, (own, _) in enumerate(self._rows) if own != side} if only else set()
        found: dict[str, set[int]] = {}
        for number, (own, at) in enumerate(self._rows):
            said = self._sides[own].says[at]
            if own == side and said and self._find(number) not in both:
                found.setdefault(said, set()).add(self._find(number))
        return found

    def told(self, side: int) -> Told:
        """Return what the rows of a side are about; things are called by their code, else by what their rows say."""
        labels = self._labels()
        mine = [number for number, (own, _) in enumerate(self._rows) if own == side]
        keys_ = self._sides[side]
        things = [(label,) if (label := labels[self._find(number)]) else () for number in mine]
        empty: list[tuple[str, ...]] = [()] * len(mine)
        return Told(_series(keys_.index, things), _series(keys_.index, empty), _series(keys_.index, keys_.names))

    def _labels(self) -> dict[int, str]:
        called: dict[int, list[str]] = {}
        for number, (side, at) in enumerate(self._rows):
            keys_ = self._sides[side]
            words = [code.partition("\x1f")[2] for code in keys_.codes[at][:1]]
            words = words or [" · ".join(part for part in keys_.says[at].split("\x1f") if part)]
            called.setdefault(self._find(number), []).extend(f"{not keys_.codes[at]:d}{word}" for word in words if word)
        labels: dict[int, str] = {}
        seen: dict[str, int] = {}
        for group in sorted(called, key=lambda one: (sorted(called[one]), one)):
            label = min(called[group], default="0")[1:]
            seen[label] = seen.get(label, 0) + 1
            labels[group] = label if seen[label] == 1 or not label else f"{label} #{seen[label]}"
        return labels
