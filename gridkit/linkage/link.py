"""Join registry rows to codes: every mention, every candidate, and a decision with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.linkage.health import probe
from gridkit.linkage.lists import split_cell
from gridkit.linkage.mentions import COMPOUND_COLUMN, PLACE_COLUMNS, RECORD_COLUMNS, covers, simple
from gridkit.linkage.names import keys
from gridkit.linkage.overrides import Decisions, what_became
from gridkit.linkage.parents import Rows, hints, inherit, locate
from gridkit.linkage.pending import pending_links
from gridkit.linkage.resolve import no_links, resolve
from gridkit.linkage.sites import sites
from gridkit.linkage.targets import Targets, layer_targets, record_targets
from gridkit.linkage.titles import of_names, titled
from gridkit.model import Links
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID
from gridkit.model.results import LINK_COLUMNS
from gridkit.rules.weights import DEFAULT, load_weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.model import City, Overrides, Places

    Hints = Mapping[str, tuple[tuple[str, str], ...]]


def link(city: City, places: Places, *, profile: str = DEFAULT, overrides: Overrides | None = None) -> Links:
    """Link every mention of the registries to the layers, and records to each other.

    Name, parent, code, point and address each speak for or against a candidate (``rules/sets/links.toml``); one is
    accepted where it has enough points and is far enough ahead of the next. A code alone never suffices, nor, in the
    profile ``audit``, a similar name without a code, a point or an address that agrees. Everything else with a
    candidate waits for a person. Columns that most anchors contradict are not used (:mod:`gridkit.linkage.health`).

    Parameters
    ----------
    city : City
    places : Places
        As returned by :func:`gridkit.geo.place` for the same city.
    profile : str
        ``audit`` or ``normal``: how much is asked of a link.
    overrides : Overrides, optional
        Decisions of persons, which come before everything else (:mod:`gridkit.linkage.overrides`).

    Returns
    -------
    Links
        Sorted by record, field, position, rank; independent of the order of rows in the files. What held rows would
        link to stands apart in ``pending``.

    Examples
    --------
    >>> from gridkit.model import City
    >>> from gridkit.geo import place
    >>> city = City("nowhere", "EPSG:4544")
    >>> link(city, place(city))
    <Links: 0 accepted, 0 for review, 0 without candidate>
    """
    base, health = _links(city, places, profile, overrides)
    held = pending_links(city, base, lambda whole: _links(whole, places, profile, overrides)[0])
    return Links(base, held, health, _decisions(city, base, held, overrides))


def _decisions(city: City, base: pd.DataFrame, held: pd.DataFrame, overrides: Overrides | None) -> pd.DataFrame:
    """Return what became of each decision, in the links and in those of held rows."""
    whole = city.with_pending() if city.pending else city
    links = pd.concat([base, held], ignore_index=True) if len(held) else base
    return what_became(whole, links, overrides)


def _links(city: City, places: Places, profile: str, overrides: Overrides | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame of all links of a city, and the columns that were not fit to be used."""
    known = hints(city)
    decisions = Decisions(city, overrides)
    communities = decisions.named(layer_targets(city, places, COMMUNITY))
    stated, rows = locate(city, places, communities, decisions)
    records = _link_records(city, rows, known, decisions)
    parts = [stated, records]
    rows = inherit(rows, records, city.rows("branches").index)
    compounds = decisions.named(layer_targets(city, places, COMPOUND))
    told, health = probe(rows.attach(simple(city, COMPOUND_COLUMN)), compounds)
    own = decisions.apply(resolve(told, compounds, known, profile=profile), compounds)
    own = decisions.assign(own, city.rows("compounds"), profile=profile)
    parts.append(own)
    aliases = _registry_aliases(city, own)
    targets = {
        COMPOUND: decisions.named(layer_targets(city, places, COMPOUND, aliases)) if aliases else compounds,
        GRID: decisions.named(layer_targets(city, places, GRID)),
        COMMUNITY: communities,
    }
    named = [rows.attach(simple(city, column)) for column in PLACE_COLUMNS]
    items, everything = covers(city, targets[COMPOUND], targets[GRID])
    everything["soft"] = False
    named.append(rows.attach(items))
    mentions = pd.concat(named, ignore_index=True)
    for level, target in targets.items():
        some = _unplaced_communities(mentions[mentions["level"] == level])
        if level == COMPOUND:
            some, unfit = probe(some, target)
            health = pd.concat([health, unfit], ignore_index=True) if len(unfit) else health
        parts.append(decisions.apply(resolve(some, target, known, profile=profile), *targets.values()))
    parts.append(decisions.apply(_all_of(rows.attach(everything), targets), *targets.values()))
    names = rows.attach(titled(city, targets[COMPOUND], targets[GRID], known))
    for level in (COMPOUND, GRID):
        some = names[names["level"] == level]
        said = of_names(resolve(some, targets[level], known, profile=profile), some, profile=profile)
        parts.append(decisions.apply(said, *targets.values()))
    parts.append(sites(city, rows, targets[COMPOUND], profile=profile))
    return _assemble(parts), health


def _link_records(city: City, rows: Rows, known: Hints, decisions: Decisions) -> pd.DataFrame:
    """Link mentions of units, companies and branches to the records that describe them."""
    parts = []
    for level in ("unit", "company", "branch"):
        columns = [column for column in RECORD_COLUMNS if column.level == level]
        mentions = [rows.attach(simple(city, column)) for column in columns]
        mentioned = pd.concat(mentions, ignore_index=True)
        if len(mentioned):
            targets = decisions.named(record_targets(city, level, rows.frame["community"]))
            parts.append(decisions.apply(resolve(mentioned, targets, known), targets))
    return pd.concat(parts, ignore_index=True) if parts else no_links()


def _unplaced_communities(mentions: pd.DataFrame) -> pd.DataFrame:
    """Return mentions of communities without the community of their row: it would be their own parent."""
    own = mentions["level"] == COMMUNITY
    return mentions.assign(
        community=mentions["community"].where(~own, ""), unresolved=mentions["unresolved"].astype(bool) & ~own
    )


def _registry_aliases(city: City, own: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the aliases that the compound registry gives, by compound code."""
    cells = city.rows("compounds")["aliases"]
    cells = cells[cells.str.strip() != ""]
    accepted = own[own["accepted"]].set_index("record")["code"]
    return {accepted[record]: split_cell(cell).items for record, cell in cells.items() if record in accepted.index}


def _all_of(everything: pd.DataFrame, targets: Mapping[str, Targets]) -> pd.DataFrame:
    """Return a link to every compound (or grid) of the community of each row that covers all.

    Where no community is known the row may mean any of them: one link without a code, of the method ``all``. Where it
    leaves out a place that nobody knows, it may be any of the community: all of them wait for a person.
    """
    sure = load_weights().points.name["same"]
    found: list[dict[str, Any]] = []
    by_community = {level: targets[level].frame.groupby("community").groups for level in (COMPOUND, GRID)}
    columns = ["record", "mention", "level", "community", "unresolved", "but"]
    for record, mention, level, community, unresolved, but in everything[columns].itertuples(index=False):
        base = {"record": record, "field": "covers", "position": 0, "mention": mention, "level": level}
        codes = sorted(by_community[level].get(community, [])) if community else []
        reason = {"all_of": community} if community else {"parent": "unresolved"} if unresolved else {}
        left_out, lost = _left_out(targets[level], codes, but)
        if but and codes:
            reason |= {"but_unknown": lost} if lost else {"but": ", ".join(left_out)}
        codes = codes if lost else [code for code in codes if code not in left_out]
        for rank, code in enumerate(codes, start=1):
            found.append({**base, "code": code, "method": "all", "score": sure, "margin": 0.0 if lost else sure,
                          "rank": rank, "accepted": not lost, "reason": reason})  # fmt: skip
        if not codes:
            found.append({**base, "code": "", "method": "none" if community else "all", "score": 0.0, "margin": 0.0,
                          "rank": 1, "accepted": False, "reason": reason})  # fmt: skip
    return pd.DataFrame(found, columns=list(LINK_COLUMNS)) if found else no_links()


def _left_out(targets: Targets, codes: Sequence[str], names: Sequence[str]) -> tuple[list[str], str]:
    """Return the codes of the places that a row leaves out, and the first name that means none or several of them."""
    there = targets.frame.loc[list(codes)]
    out: list[str] = []
    for name, key in zip(names, keys(list(names), targets.level), strict=True):
        same = there.index[there["full"] == key.full]
        same = same if len(same) else there.index[there["core"] == key.core]
        if len(same) != 1:
            return [], name
        out.append(str(same[0]))
    return sorted(out), ""


def _row_order(records: pd.Series) -> pd.Series:
    """Return the place of each row id in the order of sources, then of rows as numbers."""
    codes, unique = pd.factorize(records.astype(object))
    parts = [record.rpartition("!") for record in unique]
    keys = np.array([f"{src}!{row.zfill(9)}" for src, _, row in parts], dtype=object)
    return pd.Series(pd.factorize(keys, sort=True)[0][codes], index=records.index)


def _assemble(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    frame = pd.concat(filled, ignore_index=True) if filled else no_links()
    for name in ("field", "method"):
        # One text for the many rows that hold it.
        codes, texts = pd.factorize(frame[name].astype(object))
        frame[name] = pd.Series(texts.to_numpy(dtype=object)[codes], index=frame.index, dtype=object)
    frame = frame.assign(key=_row_order(frame["record"]))
    return frame.sort_values(["key", "field", "position", "rank", "code"], ignore_index=True)[list(LINK_COLUMNS)]
