"""What makes the denominator smaller than the map: A106 (left out, reclassified, merged), A107 (exempt, uncovered)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from gridkit.audit.tricks.trick import Trick, plain
from gridkit.model.fields import COMMUNITY, COMPOUND, NO, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.audit.tricks.counted import Counted

EXEMPT: Final = ("unit", "village")
"""Types that offices take out of the denominator: unit-run compounds, and village compounds counted with villages."""
_PARTS: Final = re.compile(r"[、，,/／+＋&＆;；]|(?<=.)[和及与](?=.)")
_TYPES: Final = re.compile(
    r"(?:小区|花园|家园|公寓|新村|名邸|华庭|新城|雅居|大院|宿舍|家属院|家属楼|苑|府|院|里|坊|园|楼)$"
)


def shrunk(counted: Counted) -> Iterator[Trick]:
    """Return the tricks A106: uncovered compounds that the registry leaves out, calls exempt, or merges into one row.

    Leaving out a covered compound flatters nobody: only compounds that do not count as covered are told. A registry
    that claims nothing, or that is not complete where it leaves some out, is no denominator of anybody's claim.

    A name that is not linked is no proof that anything is left out: where an unsettled row of the compound registry or
    of the branches may mean the compound, it is a notice that says so (variant ``possible``).
    """
    yield from _left_out(counted)
    yield from _reclassified(counted)
    yield from _merged(counted)


def _left_out(counted: Counted) -> Iterator[Trick]:
    """Compounds missing from a complete registry (C111), or from a community whose rows all claim coverage (C112)."""
    if not bool(counted.claims().any()):
        return
    codes = set(counted.coverage.frame.index)
    missing = {str(row["subject"]): row for row in counted.found("C111", counted=False) if row["subject"] in codes}
    full = {str(row["subject"]): row for row in counted.found("C112", counted=False)}
    where = counted.places.frame[COMMUNITY].reindex(counted.coverage.frame.index).fillna("")
    open_ = counted.perhaps("compound") | counted.perhaps("covers")
    if full:
        frame = counted.links.frame
        listed = set(frame.loc[(frame["field"] == "compound") & (frame["level"] == COMPOUND), "code"])
        listed |= set(counted.links.pending.loc[counted.links.pending["field"] == "compound", "code"])
        for code in where.index[where.isin(full.keys())]:
            if code not in listed:
                missing.setdefault(str(code), full[str(where[code])])
    layer = counted.city.layers.get(COMPOUND)
    for code, row in sorted(missing.items()):
        if code in counted.declared:
            continue
        here = str(where[code])
        params = {"name": counted.name(code), "community": counted.community_name(here)}
        refs = tuple(row["refs"]) if row["subject"] == code else ()
        record = f"{layer.frame.at[code, 'src']}!{layer.frame.at[code, 'row']}" if layer is not None else ""
        doubt = code in open_
        params |= {"variant": "possible"} if doubt else {}
        severity = "notice" if doubt else ""
        yield Trick("A106", code, (), params, ((record, "name"),), refs, (code,), here, severity=severity)


def _reclassified(counted: Counted) -> Iterator[Trick]:
    """Compounds that the registry calls exempt while the layer calls them something else (L107, or read here)."""
    layer = counted.city.layers.get(COMPOUND)
    if layer is None or not counted.given("compounds", "compound_type"):
        return
    registry = counted.city.rows("compounds")["compound_type"]
    listing = counted.listing
    stated = registry.reindex(listing["record"]).to_numpy()
    drawn = layer.frame["compound_type"].reindex(listing["code"]).fillna("").to_numpy()
    for record, code, told, shown in zip(listing["record"], listing["code"], stated, drawn, strict=True):
        exempt = told in EXEMPT and shown not in ("", UNKNOWN, *EXEMPT)
        if exempt and code not in counted.declared:
            where = ((str(record), "compound_type"), (f"{layer.frame.at[code, 'src']}!{layer.frame.at[code, 'row']}",
                     "compound_type"))  # fmt: skip
            params = {"name": counted.name(code), "registry_value": told, "layer_value": shown, "variant": "type"}
            yield Trick("A106", str(code), (), params, where, compounds=(str(code),))


def _merged(counted: Counted) -> Iterator[Trick]:
    """Rows of the registry that name several compounds of one community and count as one: A、B小区."""
    rows = counted.city.rows("compounds")
    several = rows["name"][rows["name"].str.contains(_PARTS).fillna(False).astype(bool)]
    if several.empty:
        return
    known: dict[str, list[str]] = defaultdict(list)
    for code, name in counted.attributes.frame["name"].items():
        known[plain(str(name))].append(str(code))
    layer = counted.city.layers.get(COMPOUND)
    names = layer.frame["name"] if layer is not None else counted.attributes.frame["name"]
    for code, name in names.items():
        known[plain(str(name))].append(str(code))
    area = counted.places.frame[COMMUNITY]
    listing = counted.listing
    linked = dict(zip(listing["record"], listing["community"], strict=True))
    for record, name in sorted(several.items()):
        if plain(name) in known and str(record) not in linked:
            continue
        here = linked.get(record) or str(rows.at[record, "community_code"])
        stated = str(rows.at[record, "community_name"])
        found = []
        for part in _parts(str(name)):
            codes = sorted({code for key in part for code in known.get(key, ())})
            codes = [code for code in codes if _there(counted, str(area.get(code, "")), here, stated)]
            found += codes[:1] if len(codes) == 1 else []
        found = sorted(set(found))
        if len(found) > 1:
            params = {"name": str(name), "count": len(found), "variant": "merged"}
            yield Trick("A106", str(record), (), params, ((str(record), "name"),), compounds=tuple(found))


def _there(counted: Counted, area: str, here: str, stated: str) -> bool:
    """Whether a compound may be meant by a row: it lies in the community that the row states, if it states one."""
    if stated and plain(counted.community_name(area)) == plain(stated):
        return True
    return area == here if here else not stated


def _parts(name: str) -> list[tuple[str, ...]]:
    """Return the names that a merged one may stand for, per part.

    >>> _parts("金桂、银杏小区")
    [('金桂', '金桂小区'), ('银杏小区',)]
    """
    parts = [part.strip() for part in _PARTS.split(name) if part.strip()]
    kind = _TYPES.search(parts[-1]) if parts else None
    found: list[tuple[str, ...]] = []
    for part in parts:
        bare = kind is not None and not _TYPES.search(part)
        found.append((plain(part), plain(part + kind.group(0))) if bare and kind else (plain(part),))
    return found


def exempt(counted: Counted) -> Iterator[Trick]:
    """A107: a unit-run compound, taken out of the denominator, that no organisation of its unit covers.

    It has none at all, or one by word only (C109). A compound of which nobody knows is not told, nor one that only its
    registry row says is covered while a name waits for a person. Where an unsettled name of the branch registry may
    mean it, it is a notice (variant ``possible``), unless the row of its unit is linked and shows no evidence.
    """
    open_ = counted.perhaps("covers")
    frame = counted.coverage.frame
    unit = counted.attributes.frame["compound_type"].reindex(frame.index) == "unit"
    bare = {str(row["subject"]): row for row in counted.found("C109", counted=False)}
    for code in frame.index[unit.to_numpy(bool)]:
        row = bare.get(code)
        linked = row is not None and row["params"].get("variant") != "claimed"
        if code in counted.declared or not (linked or frame.at[code, "organisation"] == NO):
            continue
        params: dict[str, object] = {"name": counted.name(code)}
        doubt = not linked and code in open_
        if doubt:
            params["variant"] = "possible"
        elif row is not None:
            params |= {"branch": row["params"]["branch"], "variant": "word"}
        refs = tuple(row["refs"]) if row is not None else ()
        where = (*counted.origin(code, "compound_type"), *counted.origin(code, "owner_unit"))
        severity = "notice" if doubt else ""
        yield Trick("A107", str(code), (), params, where, refs, (str(code),), severity=severity)
