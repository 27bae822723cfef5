"""Links counted by the column that mentions, and what one set of links has that another has not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.linkage.mentions import title_of
from gridkit.linkage.overrides import METHOD

if TYPE_CHECKING:
    from gridkit.model import City, Coverage, Indicators, Links

TALLY_COLUMNS: Final = ("kind", "field", "level", "mentions", "accepted", "decided", "waiting", "none", "methods")
CHANGE_COLUMNS: Final = ("kind", "record", "field", "position", "mention", "change", "before", "after", "cell")
CHANGES: Final = ("gained", "lost", "changed", "settled", "reopened")
"""A link where there was none, none where there was one, another one; and without a link before and after: a mention
that no longer waits because it names nothing known, or that waits now."""
FIGURES: Final = ("numerator", "denominator", "unknown", "low", "high")
_MENTION: Final = ["record", "field", "position"]
_INDICATOR: Final = ["id", "scope_level", "scope", "basis"]


def mentions(links: Links) -> pd.DataFrame:
    """Return one row per mention: ``mention``, ``level``, ``method``, ``state`` and the accepted ``codes``.

    ``state`` is ``accepted``, ``waiting`` or ``none``; ``method`` that of the first candidate. Indexed by record, field
    and position.
    """
    frame = links.frame
    heads = frame[frame["rank"] == 1].drop_duplicates(_MENTION).set_index(_MENTION)
    accepted = frame[frame["accepted"].astype(bool)]
    codes = accepted.sort_values("code").groupby(_MENTION)["code"].agg(tuple).reindex(heads.index)
    table = heads[["mention", "level", "method"]].copy()
    table["codes"] = pd.Series([one if isinstance(one, tuple) else () for one in codes], table.index, dtype=object)
    waiting = (heads["code"] != "") & codes.isna()
    table["state"] = pd.Series("none", index=table.index, dtype=object).mask(waiting, "waiting")
    table["state"] = table["state"].mask(codes.notna(), "accepted")
    return table


def tally(city: City, links: Links) -> pd.DataFrame:
    """Return how many mentions of each registry column were linked, wait, or name nothing known.

    Returns
    -------
    pandas.DataFrame
        ``TALLY_COLUMNS``, sorted; ``mentions == accepted + waiting + none``. ``decided`` counts those of all three that
        a person has decided, ``methods`` the evidence of the accepted ones (method -> number, most first).
    """
    table = mentions(links).reset_index()
    table["kind"] = _kinds(city, table["record"])
    rows = []
    for (kind, field, level), part in table.groupby(["kind", "field", "level"], sort=True):
        states = part["state"].value_counts()
        methods = Counter(part.loc[part["state"] == "accepted", "method"])
        rows.append(
            {
                "kind": kind, "field": field, "level": level, "mentions": len(part),
                **{state: int(states.get(state, 0)) for state in ("accepted", "waiting", "none")},
                "decided": int((part["method"] == METHOD).sum()),
                "methods": dict(sorted(methods.items(), key=lambda item: (-item[1], item[0]))),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(TALLY_COLUMNS))


def _kinds(city: City, records: pd.Series) -> list[str]:
    kinds = {str(src): kind for kind in city.registries for src in city.rows(kind)["src"].unique()}
    return [kinds.get(str(record).rpartition("!")[0], "") for record in records]


def link_changes(city: City, before: Links, after: Links) -> pd.DataFrame:
    """Return the mentions whose link is another one, or whose lack of one has another reason.

    Returns
    -------
    pandas.DataFrame
        ``CHANGE_COLUMNS``: ``change`` is one of ``CHANGES``, ``before`` and ``after`` the accepted codes, ``cell`` the
        place of the mention; in the order of ``CHANGES``, then of records.
    """
    sides = mentions(before).add_suffix("_before"), mentions(after).add_suffix("_after")
    both = sides[0].join(sides[1], how="outer").reset_index()
    for name in ("codes", "state"):
        for side in ("before", "after"):
            values = both[f"{name}_{side}"]
            missing = () if name == "codes" else "none"
            filled = [missing if isinstance(one, float) else one for one in values]
            both[f"{name}_{side}"] = pd.Series(filled, index=both.index, dtype=object)
    both["mention"] = both["mention_after"].where(both["mention_after"].notna(), both["mention_before"])
    kept = zip(both["codes_before"], both["codes_after"], both["state_before"], both["state_after"], strict=True)
    both["change"] = pd.Series([_change(*one) for one in kept], index=both.index, dtype=object)
    found = both[both["change"] != ""].rename(columns={"codes_before": "before", "codes_after": "after"})
    order = found["change"].map({name: at for at, name in enumerate(CHANGES)}).astype("int64")
    parts = [str(record).rpartition("!") for record in found["record"]]
    found = found.assign(_order=order, _source=[part[0] for part in parts], _row=[int(part[2]) for part in parts])
    found = found.sort_values(["_order", "_source", "_row", "field", "position"], ignore_index=True)
    found["kind"] = pd.Series(_kinds(city, found["record"]), index=found.index, dtype=object)
    where = zip(found["kind"], found["field"], found["record"], strict=True)
    cells = [city.cell(record, title_of(kind, field)) for kind, field, record in where]
    found["cell"] = pd.Series(cells, index=found.index, dtype=object)
    return found[list(CHANGE_COLUMNS)]


def _change(old: tuple[str, ...], new: tuple[str, ...], state: str, now: str) -> str:
    if old != new:
        return "changed" if old and new else "gained" if new else "lost"
    if state == now:
        return ""
    return "settled" if now == "none" else "reopened"


def coverage_changes(before: Coverage, after: Coverage) -> pd.DataFrame:
    """Return ``old`` and ``new`` status of each compound whose status is another one; indexed by code."""
    table = pd.DataFrame({"old": before.frame["status"], "new": after.frame["status"]})
    return table[(table["old"] != table["new"]).to_numpy()].sort_index()


def indicator_changes(before: Indicators, after: Indicators) -> pd.DataFrame:
    """Return the indicators whose figures are others, each figure with ``_before`` and ``_after``."""
    sides = [one.frame.set_index(_INDICATOR)[list(FIGURES)] for one in (before, after)]
    table = sides[0].add_suffix("_before").join(sides[1].add_suffix("_after"), how="outer")
    differ = pd.Series(False, index=table.index)
    for name in ("numerator", "denominator", "unknown"):
        differ |= table[f"{name}_before"].fillna(-1) != table[f"{name}_after"].fillna(-1)
    return table[differ].reset_index().sort_values(_INDICATOR, ignore_index=True)
